#pragma once

#include "core/io/delimited_table.h"
#include "core/io/file_kind.h"

#include <optional>

namespace tercet {

/// The most of a file that the two below look at, in bytes.
inline constexpr std::size_t kBrainHeadBytes = std::size_t{1} << 20U;

/// What recogniseFile() says of scans, surfaces, parcellations and volumes; nothing if a file is none of these, and of
/// a folder that is none of pycortex. `head`: at least the first kBrainHeadBytes of the file, or all of it; empty for a
/// folder. Throws what the readers throw. Any thread.
[[nodiscard]] std::optional<RecognisedFile> recogniseBrainFile(const std::filesystem::path& path,
                                                               const FileContent& head);

/// The same of a text table: events, regions, motion parameters, labels of volumes, numbers of vertices' parcels.
/// `rows`: how many there are, as it is said; `complete`: the table is all of the file.
[[nodiscard]] std::optional<RecognisedFile> recogniseBrainTable(const std::filesystem::path& path,
                                                                const DelimitedTable& table, const std::string& rows,
                                                                bool complete);

/// The header of a volume whose image is `path` ("brain.img" → "brain.hdr"), if it lies beside it; else `path` itself.
[[nodiscard]] std::filesystem::path headerOfVolume(const std::filesystem::path& path);

} // namespace tercet
