#pragma once

#include <cstddef>
#include <cstdint>

// The inner loops of searchlight RSA, for the widest SIMD that the processor has (Highway). Internal to core/brain.
namespace tercet::rsa {

inline constexpr std::size_t kPanel = 8; ///< stimuli that lie side by side

/// Values per stimulus and voxel of a sphere: panels of 8 stimuli, in each a line of 8 values per voxel, 64-byte
/// aligned, 0 for stimuli that there are not.
struct Panels {
    const double* values;
    std::size_t voxels;
    std::size_t stimuli;
};

/// r(i, j) = Σ_s z(i, s) · z(j, s) of every pair i < j, in the order (0, 1), (0, 2) … (1, 2) …, each sum in the order
/// of the voxels.
void pairProducts(const Panels& panels, double* r);

/// keys(p) grow as the `count` values do, which are finite, and have p in their low `placeBits` bits.
void makeKeys(const double* values, std::size_t count, int placeBits, std::uint64_t* keys);

/// sums(m) = Σ_p rank(p) · models(m, p), each in float64; `models` has rows of `stride` values. Both are 64-byte
/// aligned and 0 from `count` to a multiple of 16.
void weighRanks(const float* rank, std::size_t count, const float* models, std::size_t stride, std::size_t howMany,
                double* sums);

} // namespace tercet::rsa
