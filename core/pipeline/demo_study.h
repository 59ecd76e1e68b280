#pragma once

#include "core/base/control.h"
#include "core/base/progress.h"
#include "core/study/study.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace tercet {

inline constexpr std::uint64_t kDemoSeed = 1;

/// Makes the demo study: made-up clips whose ratings and judgments follow from planted components (plantSpace), four
/// systems, ready to be fitted, and unless `brain` is false five scanned subjects (addDemoBrain). The truth is kept in
/// the study for checkAgainstPlanted(). The same seed makes the same study, but for its identity and dates. Throws
/// StorageError if the folder exists or cannot be written, Cancelled; nothing is left then.
std::shared_ptr<Study> makeDemoStudy(const std::filesystem::path& folder, std::uint64_t seed, const JobControl& control,
                                     const Progress& progress, int threads, bool brain = true);

/// Recovered against planted: one finding per analysis of a demo study that has been run; empty for other studies.
[[nodiscard]] std::vector<CheckFinding> checkAgainstPlanted(const Study& study);

} // namespace tercet
