#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/triplets.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace tercet {

/// The place of a pair i > j in a lower triangle without its diagonal, row by row.
[[nodiscard]] constexpr std::size_t pairPlace(std::size_t i, std::size_t j) noexcept { return i * (i - 1) / 2 + j; }

/// What judgments say of each pair of some stimuli (E7): of the judgments that show both, how many keep them as the
/// pair. Both arrays are lower triangles (pairPlace).
struct PairAnswers {
    std::size_t stimuli = 0;
    std::vector<std::uint32_t> kept;
    std::vector<std::uint32_t> shown;

    /// Lower triangle of kept / shown; NaN where nothing was shown.
    [[nodiscard]] std::vector<double> shares() const;
    /// The same from two halves of the answers: each pair's are shared out at random, evenly, an odd one to either.
    [[nodiscard]] std::pair<std::vector<double>, std::vector<double>> halves(std::uint64_t seed,
                                                                             std::uint64_t stream) const;
};

/// Counts the pairs of `stimuli` (rows, each once). Throws ParameterError for more than 10,000 stimuli; Cancelled.
[[nodiscard]] PairAnswers pairAnswers(const Triplets& judgments, std::span<const std::uint32_t> stimuli,
                                      const JobControl& control = {});

/// The stimuli around which judgments were collected, ascending: as many of the most often shown (of equals the lower
/// rows) as it takes for every judgment to show two of them. These are T2's prototypes where every pair of them was
/// shown with random thirds. Throws Cancelled.
[[nodiscard]] std::vector<std::uint32_t> centralStimuli(const Triplets& judgments, const JobControl& control = {});

/// A symmetric matrix of a lower triangle.
[[nodiscard]] Matrix<double> symmetric(std::span<const double> triangle, std::size_t size, double diagonal);
/// The lower triangle of a square matrix.
[[nodiscard]] std::vector<double> lowerTriangle(MatrixView<const double> matrix);

} // namespace tercet
