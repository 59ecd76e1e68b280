#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"

#include <cstdint>
#include <span>

namespace tercet {

/// The similarity matrix (RSM) that an embedding predicts (SPEC E7): for stimuli i and j the probability that they are
/// chosen as the pair, averaged over every third stimulus k,
///   1 / (n − 2) · Σ_{k ≠ i, j} e^{x_i·x_j} / (e^{x_i·x_j} + e^{x_i·x_k} + e^{x_j·x_k}).
/// `embedding` is (n stimuli × components), finite, n from 3 to 10,000. Returns (n × n) in [0, 1], symmetric, 1 on the
/// diagonal; the same bits for any number of threads. Time O(n³). Throws DataError for fewer or more stimuli or a
/// weight that is not finite, Cancelled.
[[nodiscard]] Matrix<double> predictedSimilarity(MatrixView<const double> embedding, const JobControl& control,
                                                 const Progress& progress, int threads);

/// The same for the stimuli `rows` only (m of them, each once, below n, any n): (m × m) in their order; thirds are
/// still all n stimuli. Time O(m² n). Throws as above, and if m · n is above 10⁸.
[[nodiscard]] Matrix<double> predictedSimilarity(MatrixView<const double> embedding,
                                                 std::span<const std::uint32_t> rows, const JobControl& control,
                                                 const Progress& progress, int threads);

} // namespace tercet
