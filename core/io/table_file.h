#pragma once

#include "core/base/table.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tercet {

inline constexpr std::string_view kTableEndings = ".csv, .tsv or .tex"; ///< as a sentence names them

/// Whether writeTables() knows the ending of a file's name.
[[nodiscard]] bool isTableFile(const std::filesystem::path& file);

/// Where writeTables() writes: one table to `file`, several each to a file beside it that is named for the table's
/// title ("graph.csv" → "graph-edges.csv"; small ASCII letters, digits and hyphens, a number where two would be the
/// same).
[[nodiscard]] std::vector<std::filesystem::path> tableFiles(const std::filesystem::path& file,
                                                            std::span<const Table> tables);

/// Writes tables as CSV, TSV or LaTeX by the ending of `file`, each file whole or not at all; returns tableFiles().
/// Any thread. Throws ParameterError (ending, a table whose rows have other lengths), MissingError (no tables) and
/// StorageError.
std::vector<std::filesystem::path> writeTables(const std::filesystem::path& file, std::span<const Table> tables);

} // namespace tercet
