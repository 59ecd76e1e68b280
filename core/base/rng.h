#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace tercet {

/// Seeded random numbers (xoshiro256++, seeded by SplitMix64), the same on every platform.
/// Different streams of one seed are independent, so that work split over threads draws the same numbers
/// however it is split. Not thread-safe: one per thread.
class Rng {
public:
    using result_type = std::uint64_t;

    explicit Rng(std::uint64_t seed, std::uint64_t stream = 0) noexcept;

    static constexpr result_type min() noexcept { return 0; }
    static constexpr result_type max() noexcept { return ~result_type{0}; }
    result_type operator()() noexcept { return next(); }

    /// 64 random bits.
    std::uint64_t next() noexcept {
        const std::uint64_t result = rotl(m_state[0] + m_state[3], 23) + m_state[0];
        const std::uint64_t t = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= t;
        m_state[3] = rotl(m_state[3], 45);
        return result;
    }

    /// Uniform in [0, 1), 53 bits.
    double uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    /// Uniform in {0, …, bound − 1} without bias (Lemire 2019); bound > 0.
    std::uint32_t below(std::uint32_t bound) noexcept {
        std::uint64_t product = (next() >> 32) * bound;
        auto low = static_cast<std::uint32_t>(product);
        if (low < bound) {
            const std::uint32_t threshold = (0U - bound) % bound;
            while (low < threshold) {
                product = (next() >> 32) * bound;
                low = static_cast<std::uint32_t>(product);
            }
        }
        return static_cast<std::uint32_t>(product >> 32);
    }

    /// Standard normal (polar method).
    double normal() noexcept;

private:
    static constexpr std::uint64_t rotl(std::uint64_t x, int k) noexcept { return (x << k) | (x >> (64 - k)); }
    std::uint64_t m_state[4];
    double m_spare = 0;
    bool m_hasSpare = false;
};

/// Shuffles `values` in place (Fisher–Yates), from the back.
template <class Range>
void shuffle(Range& values, Rng& rng) {
    for (std::size_t i = values.size(); i > 1; --i)
        std::swap(values[i - 1], values[rng.below(static_cast<std::uint32_t>(i))]);
}

} // namespace tercet
