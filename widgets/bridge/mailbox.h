#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace tercet {

/// One slot between a worker and a panel: the worker replaces what is in it, the panel takes it on its own tick
/// and misses what was replaced meanwhile. Any thread.
template <class T>
class Mailbox {
public:
    void put(std::shared_ptr<const T> value) {
        const std::lock_guard guard(m_mutex);
        m_value = std::move(value);
    }
    /// The latest value, once; null if nothing came since.
    [[nodiscard]] std::shared_ptr<const T> take() {
        const std::lock_guard guard(m_mutex);
        return std::exchange(m_value, nullptr);
    }

private:
    std::mutex m_mutex;
    std::shared_ptr<const T> m_value;
};

} // namespace tercet
