#pragma once

#include "core/embedding/spose_fit.h"
#include "core/io/array_file.h"

#include <filesystem>
#include <vector>

namespace tercet {

/// The records of a fit as arrays "record_epoch", "record_objective", … of a bundle, and back.
void putRecords(ArrayBundle& bundle, const std::vector<EpochRecord>& records);
[[nodiscard]] std::vector<EpochRecord> recordsIn(const ArrayBundle& bundle);

/// Writes a fit's state so that a killed program can go on; the file is replaced in one piece. Throws StorageError.
void writeCheckpoint(const std::filesystem::path& file, const SposeState& state);
/// The state in `file`; an empty one if there is no file or it is damaged, so that the fit begins anew.
[[nodiscard]] SposeState readCheckpoint(const std::filesystem::path& file);

} // namespace tercet
