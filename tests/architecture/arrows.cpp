#include "architecture/source_tree.h"

#include <catch2/catch.hpp>

#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace tercet::architecture;

namespace {

/// The folders that each folder may use; what those may use, it may use too.
const std::map<std::string, std::vector<std::string>> kArrows = {
    {"core/base", {}},
    {"core/io", {"core/base"}},
    {"core/study", {"core/io"}},
    {"core/judgments", {"core/study"}},
    {"core/embedding", {"core/judgments"}},
    {"core/spaces", {"core/embedding"}},
    {"core/brain", {"core/spaces"}},
    {"core/video", {"core/study"}},
    {"core/vision", {"core/video", "core/embedding"}},
    {"core/editing", {"core/vision"}},
    {"core/pipeline", {"core/brain", "core/editing"}},
    {"widgets/bridge", {"core/pipeline"}},
    {"widgets/plots", {"widgets/bridge"}},
    {"widgets/views", {"widgets/plots"}},
    {"widgets/figures", {"widgets/views"}},
    {"widgets/panels", {"widgets/figures"}},
    {"app", {"widgets/panels"}},
};

/// Folders that may use less than their arrows reach: plots draw values and know no study.
const std::map<std::string, std::set<std::string>> kNarrowed = {
    {"widgets/plots", {"widgets/plots", "widgets/bridge", "core/base"}},
};

/// A library whose headers, as they are included, match `header` may be used only in `folders` (a folder or all below
/// it), and only in .cpp files unless `inHeaders`.
struct Library {
    std::string name;
    std::regex header;
    std::vector<std::string> folders;
    bool inHeaders = false;
};

const std::vector<Library> kLibraries = {
    {"Qt", std::regex(R"((Q[A-Z]\w*|Qt\w*/.*|(?!qcustomplot)q[a-z0-9_]+\.h))"), {"widgets", "app"}, true},
    {"Eigen", std::regex(R"((Eigen|unsupported)/.*)"), {"core/base"}},
    {"OpenMP", std::regex(R"(omp\.h)"), {"core/base"}},
    {"xxHash", std::regex(R"(xxh.*\.h)"), {"core/base"}},
    {"HDF5", std::regex(R"(hdf5.*\.h|H5.*\.h)"), {"core/io"}},
    {"NIfTI", std::regex(R"((nifti/)?(nifti|znz).*\.h)"), {"core/io"}},
    {"GIFTI", std::regex(R"((gifti/)?gifti.*\.h)"), {"core/io"}},
    {"Expat", std::regex(R"(expat.*\.h)"), {"core/io"}},
    {"matio", std::regex(R"(matio.*\.h)"), {"core/io"}},
    {"libzip", std::regex(R"(zip\w*\.h)"), {"core/io"}},
    {"zlib", std::regex(R"(zlib\.h|zconf\.h)"), {"core/io"}},
    {"SQLite", std::regex(R"(sqlite3.*\.h)"), {"core/study"}},
    {"libcurl", std::regex(R"(curl/.*)"), {"core/judgments"}},
    {"nanoflann", std::regex(R"(nanoflann.*)"), {"core/spaces"}},
    {"igraph", std::regex(R"(igraph.*)"), {"core/spaces"}},
    {"FFTW", std::regex(R"(fftw3.*)"), {"core/spaces"}},
    {"Boost", std::regex(R"(boost/.*)"), {"core/brain"}},
    {"FFmpeg", std::regex(R"(lib(av|sw)\w*/.*)"), {"core/video"}},
    {"libtorch", std::regex(R"((torch|ATen|c10)/.*)"), {"core/vision", "core/editing"}},
    {"Highway", std::regex(R"(hwy/.*)"), {"core"}},
    {"QCustomPlot", std::regex(R"(qcustomplot\.h)"), {"widgets/plots"}},
    {"VTK", std::regex(R"(vtk\w*(\.h|/.*))"), {"widgets/views"}},
    {"CLI11", std::regex(R"(CLI/.*)"), {"app"}},
};

std::set<std::string> reach(const std::string& folder) {
    if (const auto narrowed = kNarrowed.find(folder); narrowed != kNarrowed.end())
        return narrowed->second;
    std::set<std::string> all{folder};
    for (const std::string& next : kArrows.at(folder)) {
        if (kNarrowed.contains(next))
            all.merge([&] {
                std::set<std::string> below{next};
                for (const std::string& deeper : kArrows.at(next))
                    below.merge(reach(deeper));
                return below;
            }());
        else
            all.merge(reach(next));
    }
    return all;
}

struct Include {
    std::string target;
    bool quoted = false;
};

std::optional<Include> includeIn(const std::string& line) {
    static const std::regex kInclude(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
    std::smatch match;
    if (line.find("include") == std::string::npos || !std::regex_search(line, match, kInclude))
        return std::nullopt;
    return Include{match[2], match[1] == "\""};
}

bool isHeader(const std::string& path) { return path.ends_with(".h") && !path.ends_with("-inl.h"); }

bool liesIn(const std::string& path, const std::vector<std::string>& folders) {
    for (const std::string& folder : folders)
        if (path.starts_with(folder + "/"))
            return true;
    return false;
}

/// The part of a file's name that its .h and .cpp share.
std::string stem(const std::string& path) { return path.substr(0, path.rfind('.')); }

/// What is wrong with `file` including `include`; empty if nothing is.
std::string fault(const std::string& file, const Include& include) {
    const std::string folder = folderOf(file);
    if (!kArrows.contains(folder))
        return "lies in no folder of the architecture";
    const std::string& target = include.target;
    const bool ours = liesIn(target, {"core", "widgets", "app"});
    if (ours != include.quoted && !target.ends_with(".moc"))
        return "includes " + target +
               ": our own headers are quoted and named from the top folder, all others stand in <>";
    if (ours) {
        if (!reach(folder).contains(folderOf(target)))
            return "includes " + target + ", against the arrows";
        if (folder == "widgets/panels" && target.ends_with("_panel.h") && stem(target) != stem(file))
            return "includes " + target + ": a panel knows no other panel";
        return {};
    }
    for (const Library& library : kLibraries) {
        if (!std::regex_match(target, library.header))
            continue;
        if (!liesIn(file, library.folders))
            return "includes " + target + ": " + library.name + " does not belong in " + folder;
        if (isHeader(file) && !library.inHeaders)
            return "includes " + target + ": " + library.name + " may not show in a header";
    }
    return {};
}

/// "path, line n: what is wrong" for every wrong include of `file`.
std::vector<std::string> faults(const SourceFile& file) {
    std::vector<std::string> found;
    std::istringstream text(file.text);
    int number = 0;
    for (std::string line; std::getline(text, line);) {
        ++number;
        if (const auto include = includeIn(line))
            if (const std::string what = fault(file.path, *include); !what.empty())
                found.push_back(file.path + ", line " + std::to_string(number) + ": " + what);
    }
    return found;
}

} // namespace

TEST_CASE("includes follow the arrows, and heavy libraries stay in their folder") {
    REQUIRE(sourceFiles().size() > 10);
    for (const SourceFile& file : sourceFiles())
        for (const std::string& found : faults(file))
            FAIL_CHECK(found);
}

TEST_CASE("every kind of wrong include is noticed") {
    struct Example {
        std::string file;
        std::string include;
    };
    const auto wrong = GENERATE(values<Example>({
        {"core/io/csv.cpp", "\"core/study/study.h\""},
        {"core/base/text.h", "\"widgets/bridge/selection.h\""},
        {"core/spaces/map.cpp", "\"core/brain/surface.h\""},
        {"core/embedding/fit.cpp", "\"core/video/frames.h\""},
        {"widgets/bridge/job_runner.h", "\"app/session.h\""},
        {"widgets/plots/bars.cpp", "\"core/study/study.h\""},
        {"widgets/plots/bars.cpp", "\"widgets/views/map_view.h\""},
        {"widgets/views/map_view.cpp", "\"widgets/figures/figure.h\""},
        {"widgets/figures/figure.cpp", "\"widgets/panels/map_panel.h\""},
        {"widgets/panels/map_panel.cpp", "\"widgets/panels/rose_panel.h\""},
        {"core/base/error.cpp", "\"error.h\""},
        {"core/base/error.cpp", "\"../base/error.h\""},
        {"core/base/error.cpp", "<core/base/error.h>"},
        {"core/base/hash.cpp", "\"xxhash.h\""},
        {"core/tools/clock.h", "<chrono>"},
        {"core/matrix.h", "<vector>"},
        {"core/study/study.h", "<QString>"},
        {"core/study/study.cpp", "<QtCore/QString>"},
        {"core/study/study.cpp", "<qglobal.h>"},
        {"core/spaces/map.cpp", "<Eigen/Dense>"},
        {"core/base/solve.h", "<Eigen/Dense>"},
        {"core/embedding/fit.cpp", "<omp.h>"},
        {"core/study/study.cpp", "<hdf5.h>"},
        {"core/io/hdf5.h", "<hdf5.h>"},
        {"core/brain/volume.cpp", "<nifti1_io.h>"},
        {"core/brain/surface.cpp", "<gifti/gifti_io.h>"},
        {"core/study/ratings.cpp", "<matio.h>"},
        {"core/study/ratings.cpp", "<zip.h>"},
        {"core/study/ratings.cpp", "<zlib.h>"},
        {"core/io/csv.cpp", "<sqlite3.h>"},
        {"core/study/database.h", "<sqlite3.h>"},
        {"core/io/download.cpp", "<curl/curl.h>"},
        {"core/embedding/neighbours.cpp", "<nanoflann.hpp>"},
        {"core/spaces/map.h", "<nanoflann.hpp>"},
        {"core/embedding/graph.cpp", "<igraph/igraph.h>"},
        {"core/brain/filter.cpp", "<fftw3.h>"},
        {"core/spaces/t_test.cpp", "<boost/math/distributions.hpp>"},
        {"core/io/movie.cpp", "<libavcodec/avcodec.h>"},
        {"core/embedding/fit.cpp", "<torch/torch.h>"},
        {"core/embedding/fit.h", "<hwy/highway.h>"},
        {"widgets/plots/bars.cpp", "<hwy/highway.h>"},
        {"widgets/panels/fit_panel.cpp", "<qcustomplot.h>"},
        {"widgets/plots/lines.h", "<qcustomplot.h>"},
        {"widgets/panels/cortex_panel.cpp", "<vtkActor.h>"},
        {"widgets/views/cortex_view.h", "<vtkActor.h>"},
        {"core/pipeline/step.cpp", "<CLI/CLI.hpp>"},
        {"app/command_line.h", "<CLI/CLI.hpp>"},
    }));
    INFO(wrong.file << " #include " << wrong.include);
    CHECK(faults({wrong.file, "#pragma once\n\n#include " + wrong.include + "\n"}).size() == 1);
}

TEST_CASE("right includes are let through") {
    const std::vector<SourceFile> right = {
        {"core/base/solve.cpp", "#include \"core/base/solve.h\"\n#include <Eigen/Dense>\n"},
        {"core/embedding/fit.cpp", "#include \"core/io/array.h\"\n#include <hwy/foreach_target.h>\n"},
        {"core/embedding/fit-inl.h", "#include <hwy/highway.h>\n"},
        {"core/pipeline/steps.cpp", "#include \"core/brain/encode.h\"\n#include \"core/vision/clip.h\"\n"},
        {"widgets/bridge/job_runner.h", "#include \"core/pipeline/step.h\"\n#include <QObject>\n"},
        {"widgets/plots/lines.cpp", "#include \"core/base/matrix.h\"\n#include <qcustomplot.h>\n"},
        {"widgets/plots/lines.cpp", "#include <QWidget>\n#include \"lines.moc\"\n"},
        {"widgets/panels/map_panel.cpp",
         "#include \"widgets/panels/map_panel.h\"\n#include \"widgets/views/map_view.h\"\n"},
        {"widgets/panels/map_panel.cpp", "#include \"widgets/panels/panel.h\"\n#include \"core/study/study.h\"\n"},
        {"app/main.cpp", "#include \"core/base/error.h\"\n#include \"widgets/plots/bars.h\"\n#include <CLI/CLI.hpp>\n"},
    };
    for (const SourceFile& file : right)
        for (const std::string& found : faults(file))
            FAIL_CHECK(found);
}
