#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/parallel.h"
#include "core/base/progress.h"
#include "core/base/triplets.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace tercet {

/// What is done to the columns of ratings or features before cosines are taken.
enum class ColumnScaling : std::uint8_t {
    Raw,      ///< nothing
    Midpoint, ///< the scale's midpoint is subtracted (5 on a scale of 1 to 9)
    ZScore,   ///< mean 0, population standard deviation 1; a constant column becomes 0 and thus drops out
};

/// How judgments are made whose most similar pair is not unique: cosines that differ by at most 1e-12 are tied.
enum class TieRule : std::uint8_t {
    Random, ///< a seeded draw among the tied pairs
    First,  ///< the first of the tied pairs in the order (1,2), (1,3), (2,3)
};

struct SimulationOptions {
    ColumnScaling scaling = ColumnScaling::Raw;
    double midpoint = 5; ///< for ColumnScaling::Midpoint
    TieRule ties = TieRule::Random;
    std::uint64_t seed = 0;
    int threads = threadBudget(); ///< the result does not depend on it
    /// Memory that may be spent on a table of all n² similarities, bytes; without room for it each similarity is
    /// computed when needed, more slowly, with the same result.
    std::size_t tableBytes = std::size_t{512} << 20U;
    /// How messages name a stimulus; "stimulus row 17" if empty.
    std::function<std::string(std::size_t row)> nameOf = {};
};

struct SimulatedChoices {
    /// The triplets in the order given; the first two places hold the most similar pair in its given order, the
    /// third the odd one out.
    Triplets judgments;
    std::size_t ties = 0; ///< judgments whose most similar pair was not unique
};

/// T3, T4: what a judge would choose who compares the rows of `values` (stimuli × ratings or features averaged over
/// frames) by their cosine. The pair of largest cosine stays; equivalently, the odd one is the one with the largest
/// mean cosine distance to the other two. float64.
/// Throws DataError naming the stimulus if a value is not finite or a row is all zero after scaling; ParameterError
/// if a triplet names a row that `values` has not; Cancelled.
[[nodiscard]] SimulatedChoices simulateChoices(MatrixView<const double> values, const Triplets& triplets,
                                               const SimulationOptions& options, const JobControl& control = {},
                                               const Progress& progress = {});

struct DrawOptions {
    /// Temperature of the choice: pair (i, j) stays with probability ∝ exp(xᵢ·xⱼ / noise). 1 is the model of E1;
    /// near 0 the pair of largest product always stays, large values make choices random. > 0.
    double noise = 1;
    std::uint64_t seed = 0;
    int threads = threadBudget();                     ///< the result does not depend on it
    std::size_t tableBytes = std::size_t{512} << 20U; ///< as in SimulationOptions
};

/// Judgments drawn from an embedding (stimuli × components) by the model of E1, in the layout of SimulatedChoices.
/// Throws DataError if a weight is not finite; ParameterError for noise ≤ 0 and as simulateChoices; Cancelled.
[[nodiscard]] Triplets drawChoices(MatrixView<const double> embedding, const Triplets& triplets,
                                   const DrawOptions& options, const JobControl& control = {},
                                   const Progress& progress = {});

} // namespace tercet
