#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// Which judgments train, which are held out, and in what order an epoch meets the training ones: pure functions of
/// the seed, the held-out choice and the epoch, so that a checkpoint need not hold them.
///
/// The training judgments are shuffled once (Fisher–Yates). Each epoch cuts that sequence, turned by a random offset,
/// into runs and meets the runs in a newly shuffled order: every judgment once an epoch. Runs are single judgments in
/// small sets; from kLongRunsFrom training judgments on they are kRun judgments, so that a batch of 128 is made of
/// 8 runs. Members of a run come from anywhere in the data, and runs are cut elsewhere each epoch.
class JudgmentOrder {
public:
    static constexpr unsigned kRunBits = 4;
    static constexpr std::size_t kRun = std::size_t{1} << kRunBits;
    static constexpr std::size_t kLongRunsFrom = 65536;

    /// Holds out round(share · judgments) of them, drawn with `seed`; `share` in [0, 1), fewer than 2^32 judgments.
    JudgmentOrder(std::size_t judgments, double share, std::uint64_t seed);
    /// Holds out the judgments whose mask is not 0.
    JudgmentOrder(std::span<const std::uint8_t> heldOutMask, std::uint64_t seed);

    [[nodiscard]] std::size_t trainingCount() const noexcept { return m_training.size(); }
    /// Numbers of the training judgments, shuffled once.
    [[nodiscard]] const std::vector<std::uint32_t>& training() const noexcept { return m_training; }
    /// Numbers of the held-out judgments, ascending.
    [[nodiscard]] const std::vector<std::uint32_t>& heldOut() const noexcept { return m_heldOut; }

    /// Makes the order of the given epoch (0-based).
    void startEpoch(std::size_t epoch);
    /// Where the run of places around `place` begins in training(); to ask for its memory in time.
    [[nodiscard]] std::size_t sourceOf(std::size_t place) const noexcept {
        const std::size_t source = (std::size_t{m_runs[place >> m_runBits]} << m_runBits) + m_offset;
        return source < m_training.size() ? source : source - m_training.size();
    }
    /// Calls visit(source, count) for one contiguous part of training() after the other: together they are places
    /// first … last − 1 of the epoch's order. Any number of threads at once.
    template <class Visit>
    void visitParts(std::size_t first, std::size_t last, const Visit& visit) const {
        while (first < last) {
            const std::size_t within = first & ((std::size_t{1} << m_runBits) - 1);
            std::size_t source = sourceOf(first) + within;
            source -= source < m_training.size() ? 0 : m_training.size();
            const std::size_t count =
                std::min({(std::size_t{1} << m_runBits) - within, last - first, m_training.size() - source});
            visit(source, count);
            first += count;
        }
    }
    /// Writes the numbers of the judgments at places first … first + out.size() − 1 of the epoch's order.
    void fill(std::size_t first, std::span<std::uint32_t> out) const;

private:
    std::uint64_t m_seed;
    unsigned m_runBits = 0; // runs of 2^m_runBits
    std::size_t m_offset = 0;
    std::vector<std::uint32_t> m_training;
    std::vector<std::uint32_t> m_heldOut;
    std::vector<std::uint32_t> m_runs; // run met at each place; a shorter last run stays last
};

} // namespace tercet
