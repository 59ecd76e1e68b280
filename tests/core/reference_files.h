#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace tercet::test {

/// A file of real data or reference results under TERCET_SHARED_DIR; an empty path, after a warning, if it is absent.
inline std::filesystem::path sharedFile(const std::string& name) {
    auto path = std::filesystem::path(TERCET_SHARED_DIR) / name;
    if (std::filesystem::exists(path))
        return path;
    WARN("skipped: " << path << " is absent");
    return {};
}

/// The stored results of one independent reference (`name`: "spaces", "triplets", …) and, where Python has what it
/// needs, results of the same form from two other seeds; removed at the end of the test.
class ReferenceFiles {
public:
    explicit ReferenceFiles(const std::string& name) {
        if (auto stored = sharedFile("reference/analysis/" + name + ".h5"); !stored.empty())
            m_paths.push_back(std::move(stored));
        const auto script = sharedFile("reference/make_reference.py");
        if (script.empty())
            return;
        std::string pattern = (std::filesystem::temp_directory_path() / "tercet-reference-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        m_folder = pattern;
        for (const int seed : {11, 12}) {
            const auto folder = m_folder / std::to_string(seed);
            std::filesystem::create_directory(folder);
            const std::string program = "import pathlib, sys; sys.path.insert(0, '" + script.parent_path().string() +
                                        "'); import numpy, make_reference; make_reference." + name + "(pathlib.Path('" +
                                        folder.string() + "'), numpy.random.default_rng(" + std::to_string(seed) + "))";
            const std::string command = "/usr/bin/python3 -B -c \"" + program + "\" 2>/dev/null";
            if (std::system(command.c_str()) != 0) { // NOLINT(concurrency-mt-unsafe)
                WARN("skipped other seeds: python3 with numpy, scipy, h5py, sklearn and igraph is absent");
                return;
            }
            m_paths.push_back(folder / (name + ".h5"));
        }
    }
    ReferenceFiles(const ReferenceFiles&) = delete;
    ReferenceFiles& operator=(const ReferenceFiles&) = delete;
    ~ReferenceFiles() {
        std::error_code ignored;
        if (!m_folder.empty())
            std::filesystem::remove_all(m_folder, ignored);
    }
    [[nodiscard]] const std::vector<std::filesystem::path>& paths() const noexcept { return m_paths; }

private:
    std::filesystem::path m_folder;
    std::vector<std::filesystem::path> m_paths;
};

} // namespace tercet::test
