#pragma once

#include "core/base/matrix.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// Which component of another run a component is compared with (E5).
enum class RunMatching : std::uint8_t {
    Best,     ///< the one with the largest Pearson r; several may share it
    OneToOne, ///< its partner in the matching with the largest sum of r (Hungarian method)
};

// Embeddings of the same stimuli (stimuli × components). Means of r are taken as Fisher's z, |r| at most 1 − 1e-15.
// A component that is constant in one run finds no partner in it; one that finds none at all is NaN.

/// Per component of `first` its r in `second`; NaN where it or everything there is constant.
[[nodiscard]] std::vector<double> correlationsIn(MatrixView<const double> first, MatrixView<const double> second,
                                                 RunMatching matching);

/// E5: runs × components: mean r of each run's components in each of the other runs. Throws ParameterError if runs
/// differ in stimuli.
[[nodiscard]] Matrix<double> reproducibilityOf(std::span<const MatrixView<const double>> runs, RunMatching matching);

/// components × 3: mean r of each component of `own` in the runs, low and high end of its 95 % interval (Student's t
/// over the z of runs; NaN with fewer than two).
[[nodiscard]] Matrix<double> reproducibilityIn(MatrixView<const double> own,
                                               std::span<const MatrixView<const double>> runs, RunMatching matching);

/// Components with a weight above 0.1, the count of the public SPoSE code: 1 for each such column, else 0.
[[nodiscard]] std::vector<std::uint8_t> activeComponents(MatrixView<const double> embedding);

} // namespace tercet
