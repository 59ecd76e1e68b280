#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

namespace tercet {

/// Where a job's progress ends up; read by polling from any thread.
class ProgressState {
public:
    [[nodiscard]] double fraction() const noexcept { return m_fraction.load(std::memory_order_relaxed); } ///< 0–1
    [[nodiscard]] std::string message() const; ///< what is being done now

private:
    friend class Progress;
    std::atomic<double> m_fraction{0};
    mutable std::mutex m_mutex;
    std::string m_message;
};

/// A part of a job that reports how far it is; parts nest by weight. Cheap enough for inner loops, a value,
/// safe to use from one thread at a time. A default-made one reports to nobody.
class Progress {
public:
    Progress() = default;
    explicit Progress(std::shared_ptr<ProgressState> state) : m_state(std::move(state)) {}

    /// Sets the done share of this part, 0–1.
    void set(double fraction) const noexcept {
        if (m_state)
            m_state->m_fraction.store(m_begin + m_width * fraction, std::memory_order_relaxed);
    }
    /// Says what is being done now, in a few words.
    void say(std::string message) const;
    /// The part of this part that spans [begin, end] of it, 0–1.
    [[nodiscard]] Progress part(double begin, double end) const;

private:
    std::shared_ptr<ProgressState> m_state;
    double m_begin = 0;
    double m_width = 1;
};

} // namespace tercet
