#include "app/window_bench.h"

#include "core/base/error.h"
#include "core/io/terms.h"
#include "core/pipeline/pipeline.h"
#include "core/study/study_import.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace tercet {
namespace {

/// A folder that is gone with all that is in it when this is.
class ScratchFolder {
public:
    ScratchFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "tercet-bench-XXXXXX").string();
        if (!::mkdtemp(pattern.data()))
            throw StorageError({.where = pattern,
                                .what = "no folder for the benchmark could be made",
                                .remedy = "set TMPDIR to one that can be written"});
        m_path = pattern;
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    [[nodiscard]] std::filesystem::path operator/(const char* name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
};

bool isSet(const char* variable) {
    const char* value = std::getenv(variable); // NOLINT(concurrency-mt-unsafe): no other thread sets any
    return value && *value;
}

void writeRatings(const Matrix<double>& ratings, const std::filesystem::path& path) {
    std::ofstream table(path);
    table << "stimulus";
    for (std::size_t term = 0; term < ratings.cols(); ++term)
        table << ',' << knownTerms()[term].name;
    for (std::size_t stimulus = 0; stimulus < ratings.rows(); ++stimulus) {
        table << "\nclip " << stimulus + 1;
        for (const double value : ratings.row(stimulus))
            table << ',' << value;
    }
    table << '\n';
    if (!table.flush())
        throw StorageError({.where = path.string(), .what = "the ratings could not be written"});
}

/// Runs this program with one argument and more environment, and waits for its end.
int runSelf(const std::string& argument, std::vector<std::string> environment) {
    for (char** entry = ::environ; *entry; ++entry)
        environment.emplace_back(*entry); // the first of two settings counts
    std::vector<char*> variables;
    for (std::string& variable : environment)
        variables.push_back(variable.data());
    variables.push_back(nullptr);
    std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
    std::string text = argument;
    std::vector<char*> words{program.data(), text.data(), nullptr};
    ::pid_t child = 0;
    if (const int failure = ::posix_spawn(&child, program.c_str(), nullptr, nullptr, words.data(), variables.data()))
        throw StorageError(
            {.where = program, .what = "could not be started: " + std::generic_category().message(failure)});
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

bool hasDisplay() { return isSet("DISPLAY") || isSet("WAYLAND_DISPLAY"); }

WindowFigures measureWindow(const Matrix<double>& ratings, int seconds, int threads) {
    const ScratchFolder scratch;
    const std::filesystem::path table = scratch / "ratings.csv";
    writeRatings(ratings, table);
    const std::filesystem::path folder = scratch / "bench.tercet";
    {
        const auto study = Study::create(folder, "Benchmark");
        importInto(*study, {.kind = "ratings", .files = {table}});
        JobControl control;
        runTask(*study, {"simulate-judgments", "human-categories"},
                {.control = control, .progress = {}, .threads = threads});
    }
    const std::string log = (scratch / "frames.jsonl").string();
    const int code = runSelf(
        folder.string(), {"TERCET_FRAME_LOG=" + log, "TERCET_FRAME_RUN=fit-embedding/human-categories",
                          fmt::format("TERCET_FRAME_SECONDS={}", seconds), fmt::format("TERCET_THREADS={}", threads),
                          "XDG_CONFIG_HOME=" + (scratch / "config").string()});
    WindowFigures figures;
    std::ifstream lines(log);
    for (std::string line; std::getline(lines, line);) {
        const auto entry = nlohmann::json::parse(line);
        const std::string event = entry.at("event");
        auto& values = event == "frame"   ? figures.frames
                       : event == "click" ? figures.clicks
                       : event == "epoch" ? figures.epochs
                                          : figures.stalls;
        values.push_back(entry.at("ms"));
    }
    if (code != 0 || figures.frames.empty() || figures.clicks.empty())
        throw MissingError({.where = "tercet bench window",
                            .expected = "a window that logs frames and clicks",
                            .found = fmt::format("{} frames, {} clicks and exit code {}", figures.frames.size(),
                                                 figures.clicks.size(), code)});
    return figures;
}

} // namespace tercet
