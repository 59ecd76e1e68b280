#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/parallel.h"
#include "core/base/progress.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tercet {

/// The column of the highest value of each row, of equal ones the first.
/// Throws DataError if a value is NaN; ParameterError if there are no columns.
[[nodiscard]] std::vector<std::uint32_t> topCategories(MatrixView<const double> categories);

struct CentroidOptions {
    std::size_t minimumPerCategory = 10; ///< stimuli that a category needs to take part, ≥ 2
    std::size_t permutations = 1000;     ///< label permutations for chance; 0: no chance
    std::uint64_t seed = 0;              ///< of the permutations
    int threads = threadBudget();        ///< the result does not depend on it
};

/// Of one k, over all permutations.
struct ChanceLevel {
    double mean = 0;
    double deviation = 0;    ///< sample standard deviation
    double percentile95 = 0; ///< between order statistics by linear interpolation
};

/// How well stimuli are told apart by category (C8).
struct CentroidResult {
    std::vector<std::uint32_t> topCategory = {}; ///< of every stimulus
    std::vector<std::uint32_t> categories = {};  ///< that take part, ascending
    std::vector<std::uint32_t> rows = {};        ///< stimuli of these categories, ascending
    std::vector<std::uint32_t> rank = {}; ///< of each of `rows`: centroids nearer than its own category's; 0 is best
    std::vector<double> accuracy = {};    ///< [k − 1]: share of `rows` with rank < k
    Matrix<double> permuted = {};         ///< permutations × categories: accuracy of each with permuted labels
    std::vector<ChanceLevel> chance = {}; ///< [k − 1]; empty without permutations
};

/// C8: assigns every stimulus to the nearest category centroid, Euclidean, the stimulus itself left out of its own
/// category's centroid. Chance: the same with labels permuted among the stimuli that take part.
/// `embedding`: stimuli × components; `topCategory`: one per stimulus.
/// Throws ParameterError if sizes disagree or the minimum is below 2, DataError if a weight is not finite or fewer
/// than two categories have enough stimuli; Cancelled.
[[nodiscard]] CentroidResult nearestCentroids(MatrixView<const double> embedding,
                                              std::vector<std::uint32_t> topCategory, const CentroidOptions& options,
                                              const JobControl& control = {}, const Progress& progress = {});

} // namespace tercet
