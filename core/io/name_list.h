#pragma once

#include "core/io/delimited_table.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tercet {

/// The column of a table that identifies its rows: the first whose name says so (file name, then id, then name) and
/// whose cells do not repeat, else the first of text that does not repeat; nothing if there is none.
[[nodiscard]] std::optional<std::size_t> findIdColumn(const DelimitedTable& table);

/// Names in order, one a stimulus or component: a text with a name a line, or a table with a column of names. Throws
/// MissingError, StorageError, and FormatError if there are none, one is empty, or one repeats, naming both lines.
[[nodiscard]] std::vector<std::string> readNameList(const std::filesystem::path& path);

} // namespace tercet
