#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/parallel.h"
#include "core/base/progress.h"
#include "core/base/triplets.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

struct TripletSamplingOptions {
    std::size_t perPair = 3; ///< thirds drawn for each pair of stimuli, ≥ 1
    bool unique = true; ///< no set of three stimuli twice, over all pairs; false: only the thirds of one pair differ
    std::uint64_t seed = 0;
    int threads = threadBudget(); ///< the result does not depend on it
};

/// Triplets to be judged, in random order, the three stimuli of each in random places: any first part of them is
/// itself a random sample, and no place of a triplet is special.
struct SampledTriplets {
    Triplets triplets;
    /// Pairs × perPair. More than triplets.size() only if so many do not exist; then there are as many as possible.
    std::size_t requested = 0;
};

/// T1: every pair of `stimuli` stimuli with `perPair` distinct random thirds; for 2,180 stimuli 7,125,330 triplets.
///
/// Unique triplets: a set of three stimuli could come from each of its three pairs; a seeded hash of the set picks
/// the one pair that may draw it, and pairs left short (with few stimuli only) take triplets nobody drew, if
/// necessary by exchange. So all pairs × perPair triplets are there if stimuli ≥ 3 perPair + 2, and every set of
/// three exactly once if stimuli are fewer.
/// Needs 6 bytes of memory per triplet (12 above 65,536 stimuli) and little more.
/// Throws ParameterError for fewer than 3 stimuli, perPair 0 or more than 10⁹ triplets; Cancelled.
[[nodiscard]] SampledTriplets sampleTriplets(std::size_t stimuli, const TripletSamplingOptions& options,
                                             const JobControl& control = {}, const Progress& progress = {});

/// T2: every pair of `prototypes` (rows < stimuli, each once, at least two) with `options.perPair` distinct random
/// thirds from all stimuli, none of the triplets a set that occurs in `training` (may be empty). Unique as in T1.
/// Throws ParameterError as sampleTriplets and for prototypes or training rows out of range or twice; Cancelled.
[[nodiscard]] SampledTriplets sampleValidationTriplets(std::size_t stimuli, std::span<const std::uint32_t> prototypes,
                                                       const Triplets& training, const TripletSamplingOptions& options,
                                                       const JobControl& control = {}, const Progress& progress = {});

/// T2: the rows with the two highest values of each column (of equal ones the first), merged, ascending.
/// `categories`: stimuli × categories, at least two stimuli. A constant column has no prototypes.
/// Throws DataError if a value is not finite.
[[nodiscard]] std::vector<std::uint32_t> prototypesOf(MatrixView<const double> categories);

/// How many triplets repeat, as a set, one that stands before them.
[[nodiscard]] std::size_t countRepeated(const Triplets& triplets);
/// How many triplets of `a` occur, as a set, in `b`.
[[nodiscard]] std::size_t countShared(const Triplets& a, const Triplets& b);

} // namespace tercet
