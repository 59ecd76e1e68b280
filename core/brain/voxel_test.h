#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"
#include "core/brain/encoding.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tercet {

struct VoxelTestOptions {
    std::size_t permutations = 20; ///< of the stimuli, each encoded anew
    /// Of each row, whose showings are dealt out together, to a stimulus that was shown as often; empty: each row is
    /// one of its own.
    std::vector<std::int32_t> stimuli = {};
    std::uint64_t seed = 1;
    /// Compares with the permutations of all voxels, so that p can be small enough for a false discovery rate over many
    /// voxels after few permutations; else with the voxel's own, which need a thousand.
    bool pooled = true;
};

struct VoxelTest {
    std::size_t exchanged = 0;    ///< stimuli for which there is another that was shown as often; the others stay
    std::vector<double> p;        ///< one-sided, of a mean score above what permuted stimuli give; NaN without a score
    std::size_t permutations = 0; ///< that p compares with
};

/// Whether voxels are predicted better than by chance (SPEC B10): the responses are dealt out to the stimuli anew and
/// encoded again, with the same folds, and p = (1 + permuted mean scores that reach the measured one) /
/// (1 + permutations). Encoding again matters: scores of folds share their training parts, and vary together more than
/// permuting predictions alone would show. Pooled scores are counted in cells of 1/20,000. The same bits for any number
/// of threads and bytes. Throws what `read` throws, ParameterError for no permutations or stimuli of other rows,
/// DataError if fewer than three stimuli can be exchanged, Cancelled.
[[nodiscard]] VoxelTest testVoxels(const RidgeEncoding& encoding, std::size_t voxels, const ResponseReader& read,
                                   const VoxelTestOptions& options, std::size_t bytes, const JobControl& control,
                                   const Progress& progress, int threads);

} // namespace tercet
