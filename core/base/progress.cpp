#include "core/base/progress.h"

namespace tercet {

std::string ProgressState::message() const {
    const std::lock_guard lock(m_mutex);
    return m_message;
}

void Progress::say(std::string message) const {
    if (!m_state)
        return;
    const std::lock_guard lock(m_state->m_mutex);
    m_state->m_message = std::move(message);
}

Progress Progress::part(double begin, double end) const {
    Progress result = *this;
    result.m_begin = m_begin + m_width * begin;
    result.m_width = m_width * (end - begin);
    return result;
}

} // namespace tercet
