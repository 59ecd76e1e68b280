#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"
#include "core/base/triplets.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// What is kept of an embedding (E8).
enum class CompressionRule : std::uint8_t {
    TopComponents,       ///< of every stimulus its k largest weights (of equals the first), the others 0
    PrincipalComponents, ///< of all stimuli the first k principal components about the mean
};

/// E8: [k], k from 0 to the number of components: the share of the judgments numbered in `chosen` that are predicted
/// when so much is kept of `embedding` (stimuli × components, finite). Where the chosen pair shares the largest dot
/// product with others the prediction is a guess and counts as a half or a third, so that k = 0 is at chance; NaN
/// without judgments. The same for any number of threads.
/// Judgments name rows of the embedding (requireValidJudgments). Throws Cancelled.
[[nodiscard]] std::vector<double> compressedAccuracy(MatrixView<const double> embedding, const Triplets& judgments,
                                                     std::span<const std::uint32_t> chosen, CompressionRule rule,
                                                     int threads, const JobControl& control = {},
                                                     const Progress& progress = {});

/// The least k with accuracy[k] ≥ share · accuracy.back(). `accuracy` is not empty; share at most 1.
[[nodiscard]] std::size_t fewestThatKeep(std::span<const double> accuracy, double share);

} // namespace tercet
