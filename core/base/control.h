#pragma once

#include <atomic>
#include <stop_token>

namespace tercet {

/// What the outside may ask of a running job: to stop, or to wait. One per job, never reused: a request made
/// before the job starts is not lost. All members may be called from any thread.
class JobControl {
public:
    void requestStop() noexcept {
        m_stop.request_stop();
        setPaused(false);
    }
    /// Asks for an early end that keeps the last good state (a fit ends at its next epoch).
    void requestFinish() noexcept {
        m_finish.store(true, std::memory_order_relaxed);
        setPaused(false);
    }
    void setPaused(bool paused) noexcept {
        m_paused.store(paused, std::memory_order_relaxed);
        m_paused.notify_all();
    }
    [[nodiscard]] bool stopRequested() const noexcept { return m_stop.stop_requested(); }
    [[nodiscard]] bool finishRequested() const noexcept { return m_finish.load(std::memory_order_relaxed); }
    [[nodiscard]] bool paused() const noexcept { return m_paused.load(std::memory_order_relaxed); }
    [[nodiscard]] std::stop_token stopToken() const noexcept { return m_stop.get_token(); }

    /// Called by the job at least every 100 ms: waits while paused; throws Cancelled once a stop was requested.
    void check() const;

private:
    std::stop_source m_stop;
    std::atomic<bool> m_paused{false};
    std::atomic<bool> m_finish{false};
};

} // namespace tercet
