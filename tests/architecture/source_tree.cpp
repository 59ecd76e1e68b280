#include "architecture/source_tree.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace tercet::architecture {
namespace fs = std::filesystem;

fs::path topFolder() { return TERCET_SOURCE_DIR; }

const std::vector<SourceFile>& sourceFiles() {
    static const std::vector<SourceFile> files = [] {
        std::vector<SourceFile> found;
        for (const char* top : {"core", "widgets", "app"}) {
            for (const auto& entry : fs::recursive_directory_iterator(topFolder() / top)) {
                if (!entry.is_regular_file())
                    continue;
                std::ifstream stream(entry.path(), std::ios::binary);
                found.push_back({entry.path().lexically_relative(topFolder()).generic_string(),
                                 {std::istreambuf_iterator<char>(stream), {}}});
            }
        }
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
        return found;
    }();
    return files;
}

std::string folderOf(const std::string& path) {
    if (path.starts_with("app/"))
        return "app";
    return fs::path(path).parent_path().generic_string();
}

} // namespace tercet::architecture
