#include "core/base/control.h"

#include "core/base/error.h"

namespace tercet {

void JobControl::check() const {
    m_paused.wait(true);
    if (stopRequested())
        throw Cancelled();
}

} // namespace tercet
