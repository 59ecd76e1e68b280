#pragma once

#include "core/base/matrix.h"
#include "core/base/statistics.h"
#include "core/base/triplets.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace tercet {

// The SPoSE model (SPEC E1) in float64. `x` is always (n stimuli × d components), finite; a judgment's first two
// stimuli are the pair that stays. Every result is the same to the last bit for any number of threads.
// All throw DataError for a judgment that names a stimulus beyond x or one stimulus twice, and for a non-finite weight.

/// (judgments × 3): P(i,j), P(i,k), P(j,k) of each judgment i, j, k; a row sums to 1.
[[nodiscard]] Matrix<double> choiceProbabilities(MatrixView<const double> x, const Triplets& judgments, int threads);

/// Mean over judgments of -log P(i,j), plus lambda / n · Σ|x|.
[[nodiscard]] double sposeObjective(MatrixView<const double> x, const Triplets& judgments, double lambda, int threads);

/// (n × d): derivative of sposeObjective by x; that of |x| at 0 is taken as 0.
[[nodiscard]] Matrix<double> sposeGradient(MatrixView<const double> x, const Triplets& judgments, double lambda,
                                           int threads);

/// How often the chosen pair has strictly the largest of the three dot products; a tie counts as wrong (SPEC E6).
struct ChoiceAccuracy {
    static constexpr double kChance = 1.0 / 3.0;
    std::size_t hits = 0;
    std::size_t trials = 0;
    double share = 0;  ///< hits / trials; NaN without trials
    Interval interval; ///< 95 % Wilson score interval; NaN without trials
};

[[nodiscard]] ChoiceAccuracy choiceAccuracy(MatrixView<const double> x, const Triplets& judgments, int threads);
/// The same over the judgments numbered in `chosen`.
[[nodiscard]] ChoiceAccuracy choiceAccuracy(MatrixView<const double> x, const Triplets& judgments,
                                            std::span<const std::uint32_t> chosen, int threads);

/// Throws DataError naming the first judgment (counted from 1) that has a stimulus row ≥ `stimuli` or the same
/// stimulus twice.
void requireValidJudgments(const Triplets& judgments, std::size_t stimuli, int threads);

} // namespace tercet
