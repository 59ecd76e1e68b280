#include "core/base/control.h"

#include "core/base/error.h"

namespace tercet {

void JobControl::check() const {
    if (m_looked)
        m_looked();
    m_requests.wait(kPause);
    if (stopRequested())
        throw Cancelled();
}

} // namespace tercet
