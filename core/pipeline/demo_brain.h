#pragma once

#include "core/base/control.h"
#include "core/base/progress.h"
#include "core/spaces/planted_space.h"
#include "core/study/study.h"

#include <cstdint>
#include <vector>

namespace tercet {

/// Adds five scanned subjects to a demo study: in its folder scans/, in the formats that scanners and surface programs
/// write, runs with head motion and events, folded, inflated and flat surfaces, a parcellation with the real names and
/// subcortical structures; then imports them as a user would. The same seed makes the same files. Throws StorageError,
/// Cancelled.
void addDemoBrain(Study& study, const PlantedSpace& space, std::uint64_t seed, const JobControl& control,
                  const Progress& progress, int threads);

/// Recovered against planted, as far as it was computed; empty for a study without subjects.
[[nodiscard]] std::vector<CheckFinding> checkDemoBrain(const Study& study, const PlantedSpace& space,
                                                       std::uint64_t seed);

} // namespace tercet
