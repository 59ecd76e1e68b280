#pragma once

namespace tercet {

/// How many threads the next epoch should use. Threads that work in step all wait when the system runs something else
/// in place of one of them; on a busy machine one thread may be faster than two. Not thread-safe.
class TeamSize {
public:
    explicit TeamSize(int threads) noexcept : m_full(threads), m_threads(threads) {}

    [[nodiscard]] int threads() const noexcept { return m_threads; }

    /// What the epoch took: `seconds` of wall time, and `busyShare`, the time that all threads together ran on a
    /// processor over threads · seconds. While a full team is busy nothing is tried; else some epochs are done by one
    /// thread, and the faster way is kept for a while.
    void epochEnded(double seconds, double busyShare) noexcept;

private:
    static constexpr double kBusy = 0.75;
    static constexpr int kShortest = 8; ///< epochs between two tries
    static constexpr int kLongest = 32;

    int m_full;
    int m_threads;
    double m_fullSeconds = 0;  ///< of the last epoch of a full team
    double m_aloneSeconds = 0; ///< of the last epoch of one thread; 0 before the first
    int m_epochs = 0;          ///< until the other way may be tried
    int m_interval = kShortest;
};

} // namespace tercet
