#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tercet::architecture {

struct SourceFile {
    std::string path; ///< from the top folder, as in an #include: "core/base/matrix.h"
    std::string text;
};

/// The repository's top folder.
[[nodiscard]] std::filesystem::path topFolder();

/// Every file in core/, widgets/ and app/, in the order of the paths.
[[nodiscard]] const std::vector<SourceFile>& sourceFiles();

/// The folder of the table of arrows that holds a file: "core/base", "widgets/plots", "app"; of a file that lies
/// elsewhere, its parent folder.
[[nodiscard]] std::string folderOf(const std::string& path);

} // namespace tercet::architecture
