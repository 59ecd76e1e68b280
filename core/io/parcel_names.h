#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace tercet {

/// Reads which name each number of a parcellation stands for: FSL's XML atlas, FreeSurfer's colour table ("10
/// Left-Thalamus 0 118 14 0"), Workbench's (a name, then "10 0 118 14 255" on the next line), a table with a number and
/// a name, or names alone, which are then 1, 2, 3 …; one a line or with commas between. Names of what is no parcel
/// ("Unknown", "???") are left out. Throws MissingError, StorageError, and FormatError if there is no name or a number
/// stands twice. Any thread.
[[nodiscard]] std::map<std::int32_t, std::string> readParcelNames(const std::filesystem::path& path);

} // namespace tercet
