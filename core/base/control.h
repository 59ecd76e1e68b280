#pragma once

#include <atomic>
#include <functional>
#include <stop_token>
#include <utility>

namespace tercet {

/// What the outside may ask of a running job: to stop, or to wait. One per job, never reused: a request made
/// before the job starts is not lost. All members may be called from any thread.
class JobControl {
public:
    JobControl() = default;
    /// `looked` is called at every check() before it answers, by the thread that checks; it may ask for a stop.
    explicit JobControl(std::function<void()> looked) : m_looked(std::move(looked)) {}

    void requestStop() noexcept {
        m_stop.request_stop();
        raise(kStop);
    }
    /// Asks for an early end that keeps the last good state (a fit ends at its next epoch).
    void requestFinish() noexcept { raise(kFinish); }
    /// A job that was asked to stop or to finish no longer pauses.
    void setPaused(bool paused) noexcept {
        if (paused) {
            raise(kPause);
        } else {
            m_requests.fetch_and(~kPause);
            m_requests.notify_all();
        }
    }
    [[nodiscard]] bool stopRequested() const noexcept { return m_stop.stop_requested(); }
    [[nodiscard]] bool finishRequested() const noexcept { return (m_requests.load() & kFinish) != 0; }
    [[nodiscard]] bool paused() const noexcept { return m_requests.load() == kPause; }
    [[nodiscard]] std::stop_token stopToken() const noexcept { return m_stop.get_token(); }

    /// Called by the job at least every 100 ms: waits while paused; throws Cancelled once a stop was requested.
    void check() const;

private:
    static constexpr unsigned kPause = 1;
    static constexpr unsigned kFinish = 2;
    static constexpr unsigned kStop = 4;

    void raise(unsigned request) noexcept {
        m_requests.fetch_or(request);
        m_requests.notify_all();
    }

    std::function<void()> m_looked;
    std::stop_source m_stop;
    std::atomic<unsigned> m_requests{0};
};

} // namespace tercet
