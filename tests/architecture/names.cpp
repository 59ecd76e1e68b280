#include "architecture/source_tree.h"

#include <catch2/catch.hpp>

#include <regex>
#include <set>
#include <sstream>

using namespace tercet::architecture;

namespace {

/// Whether a file may stand where it does under this name: snake_case, .h or .cpp, a noun that says what it holds;
/// "-inl.h" is what Highway compiles once for each processor.
bool fileNameFits(const std::string& path) {
    static const std::regex kName(R"(([a-z][a-z0-9]*/)+[a-z][a-z0-9]*(_[a-z0-9]+)*(\.cpp|(-inl)?\.h))");
    static const std::regex kAnything(R"(.*/(utils?|helpers?|misc|common|stuff)\.(h|cpp))");
    return path.ends_with("/CMakeLists.txt") || (std::regex_match(path, kName) && !std::regex_match(path, kAnything));
}

/// The types defined in `text` whose names are not PascalCase.
std::vector<std::string> badTypeNames(const std::string& text) {
    static const std::regex kDefinition(
        R"(^\s*(?:class|struct|union|enum(?: class| struct)?)\s+(?:alignas\([^)]*\)\s*)?(\w+)\s*(?:final\s*)?(?:\{|:(?!:)))");
    static const std::regex kPascalCase(R"([A-Z][A-Za-z0-9]*)");
    std::vector<std::string> bad;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (std::regex_search(line, match, kDefinition) && !std::regex_match(match[1].str(), kPascalCase))
            bad.push_back(match[1]);
    }
    return bad;
}

bool guarded(const SourceFile& file) {
    return !file.path.ends_with(".h") || file.path.ends_with("-inl.h") || file.text.starts_with("#pragma once\n");
}

/// The fixed top level, and what git ignores there.
bool belongsOnTop(const std::string& name) {
    static const std::set<std::string> kTop = {"CMakeLists.txt", "CMakePresets.json", "LICENSE",   "README.md", "app",
                                               "core",           "packaging",         "resources", "shaders",   "tests",
                                               "widgets"};
    static const std::set<std::string> kIgnored = {"build", "CMakeUserPresets.json"};
    return kTop.contains(name) || kIgnored.contains(name) || name.starts_with('.') || name.ends_with(".tercet");
}

} // namespace

TEST_CASE("files and types are named after the scheme, headers are guarded") {
    for (const SourceFile& file : sourceFiles()) {
        INFO(file.path);
        CHECK(fileNameFits(file.path));
        CHECK(guarded(file));
        CHECK(badTypeNames(file.text) == std::vector<std::string>{});
    }
    CHECK(fileNameFits("core/spaces/emotion_graph.h"));
    CHECK(fileNameFits("core/embedding/spose_kernel-inl.h"));
    CHECK(fileNameFits("widgets/panels/CMakeLists.txt"));
    for (const char* wrong : {"core/base/Matrix.h", "core/base/fileReader.cpp", "core/base/utils.h",
                              "core/base/matrix.hpp", "core/base/notes.md", "core/Base/matrix.h"})
        CHECK_FALSE(fileNameFits(wrong));
    CHECK_FALSE(guarded({"core/base/matrix.h", "#include <vector>\n"}));
    CHECK(
        badTypeNames("struct Rating {\nclass Fit final : public Step {\nstruct sqlite3;\nstruct fmt::formatter<X> {") ==
        std::vector<std::string>{});
    CHECK(badTypeNames("struct rating_table {\n    enum class kind : int { a };\n") ==
          std::vector<std::string>{"rating_table", "kind"});
}

TEST_CASE("the top level holds what the design names and nothing else") {
    for (const auto& entry : std::filesystem::directory_iterator(topFolder())) {
        INFO(entry.path().filename().string());
        CHECK(belongsOnTop(entry.path().filename().string()));
    }
    CHECK_FALSE(belongsOnTop("src"));
    CHECK_FALSE(belongsOnTop("NOTES.md"));
}
