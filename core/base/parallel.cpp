#include "core/base/parallel.h"

#include "core/base/text.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tercet {
namespace {

int initialBudget() noexcept {
    // Read once, before any thread of ours exists.
    if (const char* text = std::getenv("TERCET_THREADS")) // NOLINT(concurrency-mt-unsafe)
        if (const auto value = toInteger(text); value && *value >= 1 && *value <= 4096)
            return static_cast<int>(*value);
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::atomic<int>& budget() noexcept {
    static std::atomic<int> value{initialBudget()};
    return value;
}

void relax() noexcept {
#if defined(__x86_64__)
    _mm_pause();
#endif
}

} // namespace

int threadBudget() noexcept { return budget().load(std::memory_order_relaxed); }
void setThreadBudget(int threads) noexcept { budget().store(std::max(1, threads), std::memory_order_relaxed); }

void parallelFor(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
    const auto workers = std::min<std::size_t>(count, static_cast<std::size_t>(std::max(1, threads)));
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::size_t failedIndex = std::numeric_limits<std::size_t>::max();
    std::exception_ptr failure;
    const auto work = [&] {
        for (std::size_t index = next.fetch_add(1); index < count; index = next.fetch_add(1)) {
            try {
                body(index);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (index < failedIndex) {
                    failedIndex = index;
                    failure = std::current_exception();
                }
                next.store(count);
            }
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < workers; ++i)
            others.emplace_back(work);
        work();
    }
    if (failure)
        std::rethrow_exception(failure);
}

ThreadTeam::ThreadTeam(int threads) : m_size(std::max(1, threads)) {}

void ThreadTeam::run(const std::function<void(int)>& work) {
    m_waiting = 0;
    m_failed = false;
    std::vector<std::exception_ptr> failures(static_cast<std::size_t>(m_size));
    const auto guarded = [&](int rank) {
        try {
            work(rank);
        } catch (const Abandoned&) {
            return; // another rank failed first
        } catch (...) {
            failures[static_cast<std::size_t>(rank)] = std::current_exception();
            m_failed = true;
            m_generation.fetch_add(1);
            m_generation.notify_all();
        }
    };
    {
        std::vector<std::jthread> others;
        for (int rank = 1; rank < m_size; ++rank)
            others.emplace_back(guarded, rank);
        guarded(0);
    }
    for (const auto& failure : failures)
        if (failure)
            std::rethrow_exception(failure);
}

void ThreadTeam::barrier() {
    if (m_size == 1)
        return;
    const unsigned generation = m_generation.load(std::memory_order_acquire);
    if (m_failed)
        throw Abandoned{};
    if (m_waiting.fetch_add(1, std::memory_order_acq_rel) + 1 == m_size) {
        m_waiting.store(0, std::memory_order_relaxed);
        m_generation.fetch_add(1, std::memory_order_release);
        m_generation.notify_all();
    } else {
        constexpr int kSpins = 400; // about 20 µs
        for (int i = 0; i < kSpins && m_generation.load(std::memory_order_acquire) == generation; ++i)
            relax();
        while (m_generation.load(std::memory_order_acquire) == generation)
            m_generation.wait(generation, std::memory_order_acquire);
    }
    if (m_failed)
        throw Abandoned{};
}

} // namespace tercet
