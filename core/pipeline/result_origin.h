#pragma once

#include "core/io/array_file.h"

#include <string>

namespace tercet {

// What results were made from. Results stay when what they were made from changes, so that those at hand may be of
// different generations.

/// The attribute that voxelsOf() reads.
inline constexpr const char* kVoxelsAttribute = "voxels";

/// Which voxels the values of a result are of: the same text for the same places in the same order and space. As the
/// attribute says; of scans, and of responses without it, a hash of places and matrix; of other results without it
/// empty. Any thread. Throws as ArrayBundle's getters.
[[nodiscard]] std::string voxelsOf(const ArrayBundle& arrays);

/// Whether two such texts are known to be of different voxels; not if one is empty.
[[nodiscard]] bool areOtherVoxels(const std::string& voxels, const std::string& others);

/// Whether `result` was made from `source` as its input of that name, both as Study::arrays() reads results; false of
/// those that are still being made. Any thread.
[[nodiscard]] bool isMadeFrom(const ArrayBundle& result, const std::string& input, const ArrayBundle& source);

} // namespace tercet
