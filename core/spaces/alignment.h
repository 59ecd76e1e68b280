#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/parallel.h"
#include "core/base/progress.h"
#include "core/base/statistics.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace tercet {

// Correlations of similarity matrices, given as lower triangles (pairPlace) with NaN where there is no data. Pairs of
// one stimulus depend on each other, so stimuli are resampled, not pairs: 95 % intervals are percentiles over samples
// of the stimuli with replacement, in which a pair counts as often as both its stimuli were drawn, and a stimulus
// makes no pair with itself. All results are the same for any number of threads.

/// Pearson r over the pairs that both have; NaN with fewer than three pairs or where one is constant.
[[nodiscard]] double trianglePearson(std::span<const double> a, std::span<const double> b);

struct ResamplingOptions {
    std::size_t resamples = 1000;    ///< of the stimuli, for intervals; 0: intervals are NaN
    std::size_t permutations = 1000; ///< of the stimuli of one matrix, for p
    std::uint64_t seed = 0;
    int threads = threadBudget();
};

struct MatrixFit {
    double r = 0;
    Interval bootstrap;    ///< 95 %, over stimuli
    Interval fisher;       ///< 95 %, by Fisher's z as if pairs were independent: too narrow
    double p = 1;          ///< two-tailed, Mantel: share of permutations, this one among them, with at least this |r|
    std::size_t pairs = 0; ///< that both have
};

/// E7: how well `predicted` fits `measured` of the same `stimuli`. Throws Cancelled.
[[nodiscard]] MatrixFit fitOfMatrices(std::span<const double> predicted, std::span<const double> measured,
                                      std::size_t stimuli, const ResamplingOptions& options,
                                      const JobControl& control = {}, const Progress& progress = {});

/// One system's measured similarity, whole and in halves of its answers.
struct HalvedMatrix {
    std::vector<double> whole;
    std::vector<std::pair<std::vector<double>, std::vector<double>>> halves; ///< one or more ways to split
};

struct Alignment {
    Matrix<double> correlation;      ///< systems × systems: r of the whole matrices; 1 on the diagonal
    std::vector<double> reliability; ///< systems: r of the halves, mean over the ways to split
    Matrix<double> alignment;        ///< systems × systems: correlation / √(reliability · reliability), 1 on the
                                     ///< diagonal; NaN if a reliability is not above 0; may exceed 1 by chance
    Matrix<double> low;              ///< of the 95 % interval of the alignment
    Matrix<double> high;             ///< likewise
};

/// E9 for every pair of systems, all about the same `stimuli`. Throws Cancelled.
[[nodiscard]] Alignment alignSystems(std::span<const HalvedMatrix> systems, std::size_t stimuli,
                                     const ResamplingOptions& options, const JobControl& control = {},
                                     const Progress& progress = {});

} // namespace tercet
