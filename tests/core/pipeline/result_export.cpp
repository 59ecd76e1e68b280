#include "core/pipeline/result_export.h"
#include "brain_study.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/array_file.h"
#include "core/io/numpy_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

std::vector<std::string> linesOf(const std::filesystem::path& file) {
    const std::string content = contentOf(file);
    std::vector<std::string> lines;
    for (const std::string_view line : split(content, '\n'))
        lines.emplace_back(line);
    REQUIRE(lines.back().empty());
    lines.pop_back();
    return lines;
}

} // namespace

TEST_CASE("a result is exported whole, in every form") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    const ResultRecord map = run(*study, kMap);
    const ResultRecord fit = *shownResult(*study, kFit);
    const auto fitted = study->arrays(fit.key);
    const MatrixView<const double> weights = fitted->matrix("embedding");

    SECTION("csv") {
        exportResult(*study, fit, "", folder / "e.csv");
        const auto lines = linesOf(folder / "e.csv");
        REQUIRE(lines.size() == 61);
        CHECK_THAT(lines[0], Catch::StartsWith("stimulus,embedding_1,embedding_2,"));
        for (std::size_t i = 0; i < 60; ++i) {
            const auto cells = split(lines[i + 1], ',');
            REQUIRE(cells.size() == 21);
            CHECK(cells[0] == (*study->stimuli())[i].id);
            for (std::size_t c = 0; c < 20; ++c)
                CHECK(toNumber(cells[c + 1]) == weights(i, c));
        }
    }
    SECTION("npy") {
        exportResult(*study, fit, "", folder / "e.npy");
        const ArrayValue back = readNpy(folder / "e.npy");
        CHECK(std::get<Array<double>>(back) == study->arrays(fit.key)->get<double>("embedding"));
        exportResult(*study, map, "positions", folder / "p.npy");
        CHECK(std::get<Array<float>>(readNpy(folder / "p.npy")) == study->arrays(map.key)->get<float>("positions"));
    }
    SECTION("h5") {
        exportResult(*study, fit, "", folder / "e.h5");
        const ArrayBundle back = readArrayFile(folder / "e.h5");
        CHECK(back.arrays == study->arrays(fit.key)->arrays);
        CHECK(back.attributes.at("step") == "fit-embedding");
    }
    SECTION("json") {
        exportResult(*study, fit, "", folder / "e.json");
        const auto json = nlohmann::json::parse(contentOf(folder / "e.json"));
        CHECK(json["key"] == fit.key);
        CHECK(json["parameters"]["components"] == "20");
        CHECK(json["inputs"]["judgments"] == fit.inputs.at("judgments"));
        CHECK(json["arrays"].size() == study->arrays(fit.key)->arrays.size());
        REQUIRE(json["arrays"]["embedding"].size() == 60);
        CHECK(json["arrays"]["embedding"][59][19].get<double>() == weights(59, 19));
        CHECK(json["arrays"]["training_column"].size() == 20);
    }
}

TEST_CASE("rows of an export bear stimulus ids where they are stimuli, and only there") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    setParameters(*study, kFit, {{"epochs", "60"}, {"stopping", "limit"}, {"batch", "4096"}}); // as many as stimuli
    const ResultRecord fit = run(*study, kFit);
    exportResult(*study, fit, "record_objective", folder / "o.csv");
    const auto lines = linesOf(folder / "o.csv");
    REQUIRE(lines.size() == 61);
    CHECK(lines[0] == "row,record_objective");
    CHECK_THAT(lines[1], Catch::StartsWith("0,"));
}

TEST_CASE("an array that stays in its file is exported from there") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet", 18);
    importFiles(*study, {.kind = "fmri", .files = writeScans(folder / "scans", {})});
    const ResultRecord responses = run(*study, {"preprocess-fmri", "", "sub-01"});
    const auto arrays = study->arrays(responses.key);
    const LargeArray& large = arrays->largeArray("responses");
    Matrix<float> expected(large.rows(), large.columns());
    large.read(0, 0, expected.view());
    REQUIRE((expected.rows() == 18 && expected.cols() == 24));

    exportResult(*study, responses, "", folder / "r.npy");
    const auto npy = std::get<Array<float>>(readNpy(folder / "r.npy"));
    CHECK(npy.shape == std::vector<std::size_t>{18, 24});
    CHECK(std::equal(npy.values.begin(), npy.values.end(), expected.values().begin(), expected.values().end()));

    exportResult(*study, responses, "responses", folder / "r.csv");
    const auto lines = linesOf(folder / "r.csv");
    REQUIRE(lines.size() == 19);
    CHECK_THAT(lines[0], Catch::StartsWith("row,responses_1,responses_2,") && Catch::EndsWith(",responses_24"));
    for (std::size_t r = 0; r < 18; ++r) {
        const auto cells = split(lines[r + 1], ',');
        REQUIRE(cells.size() == 25);
        CHECK(cells[0] == std::to_string(r));
        for (std::size_t v = 0; v < 24; ++v)
            CHECK(static_cast<float>(toNumber(cells[v + 1]).value_or(9e9)) == expected(r, v));
    }

    exportResult(*study, responses, "", folder / "r.h5");
    Matrix<float> copied(18, 24);
    readArrayFile(folder / "r.h5").largeArray("responses").read(0, 0, copied.view());
    CHECK(copied == expected);
    exportResult(*study, responses, "run", folder / "run.npy");
    CHECK(std::get<Array<std::int32_t>>(readNpy(folder / "run.npy")).values.size() == 18);

    CHECK(messageOf<ParameterError>([&] { exportResult(*study, responses, "", folder / "r.json"); }) ==
          (folder / "r.json").string() +
              ": “responses” is too large for .json: expected a name ending in .npy, .csv or .h5, found “.json”.");
    CHECK_FALSE(std::filesystem::exists(folder / "r.json"));
    CHECK_THAT(messageOf<MissingError>([&] { exportResult(*study, responses, "none", folder / "n.npy"); }),
               Contains("one of ") && Contains("responses"));
}

TEST_CASE("an export that cannot be is refused and leaves no file") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    const ResultRecord sample = run(*study, kSample);
    CHECK_THAT(messageOf<ParameterError>([&] { exportResult(*study, sample, "", folder / "t.xlsx"); }),
               Contains(".npy, .csv, .h5 or .json") && Contains("“.xlsx”"));
    CHECK_THAT(messageOf<MissingError>([&] { exportResult(*study, sample, "weights", folder / "t.npy"); }),
               Contains("“weights”") && Contains("one of triplets"));
    CHECK_THAT(messageOf<StorageError>([&] { exportResult(*study, sample, "", folder / "none" / "t.npy"); }),
               Contains("folder does not exist"));
    CHECK(folder.fileCount() == 1);
}
