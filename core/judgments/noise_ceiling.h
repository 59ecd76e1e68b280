#pragma once

#include "core/base/control.h"
#include "core/base/parallel.h"
#include "core/base/progress.h"
#include "core/base/statistics.h"
#include "core/judgments/answer_counts.h"

#include <cstdint>
#include <span>

namespace tercet {

struct NoiseCeilingOptions {
    std::size_t resamples = 1000; ///< of the triplets, for the interval
    std::uint64_t seed = 0;
    int threads = threadBudget(); ///< the result does not depend on it
};

/// T8: how often at most a judgment can be predicted.
struct NoiseCeiling {
    double share = 0;  ///< mean over triplets of the share of the most frequent answer; NaN without triplets
    Interval interval; ///< 95 %, percentiles over resampled triplets; NaN without triplets or resamples
};

/// T8 of triplets that were answered several times each. Throws Cancelled.
[[nodiscard]] NoiseCeiling noiseCeiling(std::span<const AnsweredTriplet> triplets, const NoiseCeilingOptions& options,
                                        const JobControl& control = {}, const Progress& progress = {});

} // namespace tercet
