#include "core/embedding/team_size.h"

#include <algorithm>

namespace tercet {

void TeamSize::epochEnded(double seconds, double busyShare) noexcept {
    if (m_full == 1)
        return;
    m_epochs = std::max(0, m_epochs - 1);
    if (m_threads == 1) {
        m_aloneSeconds = seconds;
        if (m_epochs == 0 || seconds >= m_fullSeconds) { // perhaps the machine is free again
            m_threads = m_full;
            m_epochs = seconds >= m_fullSeconds ? m_interval : 0;
        }
        return;
    }
    m_fullSeconds = seconds;
    if (busyShare >= kBusy) {
        m_interval = kShortest;
    } else if (m_epochs == 0) {
        // A try that showed the same as the one before comes later the next time.
        m_interval = m_aloneSeconds > 0 ? std::min(kLongest, 2 * m_interval) : kShortest;
        m_threads = 1;
        m_epochs = m_interval;
    }
}

} // namespace tercet
