#pragma once

#include "core/base/control.h"
#include "core/base/progress.h"
#include "core/embedding/spose_fit.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace tercet {

/// One of many fits.
struct FitRequest {
    std::shared_ptr<const Triplets> judgments;
    SposeOptions options = {};
    std::vector<std::uint8_t> heldOutMask = {}; ///< as of SposeFit; empty: drawn by the options
};

/// Runs `count` fits side by side, each on one thread as long as there are enough of them: many fits on one thread each
/// are done sooner than one after the other on all. `request(number)` is called on a computing thread when a fit's turn
/// comes, `finished(number, result)` for one fit at a time, in any order; the results themselves are the same for any
/// number of threads. Throws what the fits throw, and Cancelled on a request to stop or to finish: what has been handed
/// to `finished` by then is good.
void runFits(std::size_t count, std::size_t stimuli, const std::function<FitRequest(std::size_t)>& request,
             const std::function<void(std::size_t, SposeResult)>& finished, const JobControl& control,
             const Progress& progress, int threads);

} // namespace tercet
