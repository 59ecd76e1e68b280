#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// Which rows (stimuli in the order of the scan) are held out together (SPEC B1, B2).
struct EncodingFolds {
    std::vector<int> outer; ///< per row: the outer fold in which it is tested, from 0
    Matrix<int> inner;      ///< outer folds × rows: the inner fold of a training row, from 0; −1 where it is tested
    [[nodiscard]] int outerCount() const;
    [[nodiscard]] int innerCount() const;
};

/// Outer folds of neighbouring runs, as equal in number of runs as they can be (61 runs in 5 folds: 1–13, 14–25, …),
/// and inner folds that deal the training runs out in turn. `runs` and `stimuli`: one number per row, any numbers.
/// Where a stimulus was shown in several runs, the runs that share it stay together. Throws DataError if there are
/// fewer such groups of runs than folds.
[[nodiscard]] EncodingFolds foldsByRun(std::span<const std::int64_t> runs, std::span<const std::int64_t> stimuli,
                                       int outer, int inner);

/// Folds of stimuli dealt out at random, a stimulus with all its rows; the same seed gives the same folds.
/// Throws DataError if there are fewer stimuli than folds.
[[nodiscard]] EncodingFolds foldsAtRandom(std::span<const std::int64_t> stimuli, int outer, int inner,
                                          std::uint64_t seed);

/// Outer folds as given (any numbers, ascending), inner ones dealt out at random by stimulus. Throws DataError if there
/// are fewer than two folds, a stimulus is in two of them, or a training part has fewer stimuli than inner folds.
[[nodiscard]] EncodingFolds foldsAsGiven(std::span<const std::int64_t> folds, std::span<const std::int64_t> stimuli,
                                         int inner, std::uint64_t seed);

} // namespace tercet
