#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"
#include "core/brain/encoding.h"

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

// Correlations across voxels that are read block by block. Internal to core/brain.
namespace tercet {

/// Sums of pairs (x, y) that can be joined.
struct PairSums {
    double count = 0;
    double meanX = 0;
    double meanY = 0;
    double xx = 0;
    double yy = 0;
    double xy = 0;

    void add(double x, double y);
    void join(const PairSums& other);
    /// Pearson r; NaN where x or y is constant.
    [[nodiscard]] double correlation() const;
};

/// Adds to sums[p] the values of the two patterns of pair p in the voxels `usable` (ascending columns of `responses`,
/// rows × voxels). Any thread.
using PatternPairs = std::function<void(MatrixView<const double> responses, std::span<const std::size_t> usable,
                                        std::span<PairSums> sums)>;

/// What there is to correlate, and what it takes.
struct PatternProblem {
    std::size_t rows = 0;     ///< responses of each voxel
    std::size_t voxels = 0;   ///< that `read` gives
    std::size_t pairs = 0;    ///< of patterns
    std::size_t matrices = 1; ///< numbers per response that adding a block takes, its responses included
};

/// Per pair the Pearson r across voxels. Voxels that are constant or hold a NaN do not count. At least one block of
/// voxels is in memory, and as many side by side as `bytes` allow; their sums are joined in order, so that the bits are
/// the same for any number of threads and bytes. Throws what `read` and `add` throw, Cancelled.
[[nodiscard]] std::vector<double> correlatePatterns(const PatternProblem& problem, const ResponseReader& read,
                                                    const PatternPairs& add, std::size_t bytes,
                                                    const JobControl& control, const Progress& progress, int threads);

} // namespace tercet
