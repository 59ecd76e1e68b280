#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>

namespace tercet {

/// The number of threads that computations may use together; at first TERCET_THREADS, else the number of cores.
[[nodiscard]] int threadBudget() noexcept;
/// Sets the budget for the whole program; at least 1.
void setThreadBudget(int threads) noexcept;

/// Calls body(0) … body(count − 1), each once, on up to `threads` threads, in any order. Results do not depend on
/// `threads` as long as each call writes its own place. If calls throw, the rest is skipped and one of the
/// exceptions, the one of the lowest index that threw, is rethrown here.
void parallelFor(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

/// Threads that run one function side by side and meet at barriers; for algorithms whose steps are too short
/// to start threads for. A waiting thread spins for a few microseconds, then sleeps.
class ThreadTeam {
public:
    explicit ThreadTeam(int threads);

    [[nodiscard]] int size() const noexcept { return m_size; }
    /// Runs work(rank) for every rank 0 … size − 1, rank 0 on the calling thread, and waits for all. If one throws,
    /// the others leave at their next barrier, and the exception of the lowest rank is rethrown.
    void run(const std::function<void(int rank)>& work);
    /// Waits until every rank is here. Only inside run().
    void barrier();

private:
    struct Abandoned {};
    int m_size;
    std::atomic<int> m_waiting{0};
    std::atomic<unsigned> m_generation{0};
    std::atomic<bool> m_failed{false};
};

} // namespace tercet
