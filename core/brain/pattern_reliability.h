#pragma once

#include "core/base/control.h"
#include "core/base/progress.h"
#include "core/brain/encoding.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

struct ReliabilityOptions {
    std::size_t halvings = 20; ///< at random, of stimuli that were shown more than twice
    std::uint64_t seed = 1;
};

/// How reliable the pattern is that each stimulus evokes (SPEC B3, without a model): the Pearson r, across voxels, of
/// the mean patterns of two halves of its showings, and of that the mean over random halvings; of two showings there is
/// one halving only. An odd showing is left out of a halving at random. `stimulusOfRow`: per response of a voxel a
/// number from 0 below `stimuli`. Returns a value per stimulus; NaN for those that were shown once or never, or where a
/// half is constant. Voxels that are constant or hold a NaN do not count. A stimulus' value does not depend on the
/// others, and the bits are the same for any number of threads and bytes. Throws DataError for a number out of range or
/// if no stimulus was shown more than once, ParameterError for no halvings, what `read` throws, Cancelled.
[[nodiscard]] std::vector<double> patternReliability(std::span<const std::int32_t> stimulusOfRow, std::size_t stimuli,
                                                     std::size_t voxels, const ResponseReader& read,
                                                     const ReliabilityOptions& options, std::size_t bytes,
                                                     const JobControl& control, const Progress& progress, int threads);

} // namespace tercet
