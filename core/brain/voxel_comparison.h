#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// How two models compare voxel by voxel (SPEC B7).
struct VoxelComparison {
    Matrix<std::uint32_t> counts; ///< cells of b (rows, rising) × cells of a (columns)
    double low = 0;               ///< of both axes
    double high = 1;
    std::size_t voxels = 0; ///< that have both values
    double shareAbove = 0;  ///< of them, where b is above a, as shareAbove() with factor 1
};

/// Counts voxels in `cells` × `cells` equal cells between `low` and `high`; those beyond are counted in the outermost
/// ones. Voxels with a NaN do not count. Throws ParameterError for no cells or limits that are not in order, DataError
/// if the numbers of voxels differ.
[[nodiscard]] VoxelComparison compareVoxels(std::span<const double> a, std::span<const double> b, std::size_t cells,
                                            double low, double high);

/// The share of voxels, of those that have both values, where b is above factor · a; ties count half; NaN without
/// voxels. A multiple of what is not positive says nothing: for a factor above 1 and a ≤ 0, b has to be above 0. A
/// larger factor thus never gives a larger share. Throws ParameterError for a factor below 1, DataError if the numbers
/// of voxels differ.
[[nodiscard]] double shareAbove(std::span<const double> a, std::span<const double> b, double factor);

/// The voxels whose (a, b) lie in a rectangle, its limits included: what a brush selects.
[[nodiscard]] std::vector<std::uint32_t> voxelsWithin(std::span<const double> a, std::span<const double> b, double lowA,
                                                      double highA, double lowB, double highB);

/// The correlation with single showings that a perfect model could reach in a voxel, from stimuli that were shown more
/// than once: the root of the mean Pearson r of one showing with another over random draws of both. `stimuli`: one
/// number per row of `responses` (rows × voxels). NaN where showings do not correlate, or fewer than three stimuli were
/// repeated. The same seed gives the same bits.
[[nodiscard]] std::vector<double> repeatCeiling(MatrixView<const double> responses,
                                                std::span<const std::int64_t> stimuli, std::size_t draws,
                                                std::uint64_t seed);

} // namespace tercet
