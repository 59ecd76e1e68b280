#include "brain_files.h"
#include "core/base/error.h"
#include "core/base/statistics.h"
#include "core/base/text.h"
#include "core/brain/group_tests.h"
#include "core/brain/leave_one_out.h"
#include "core/brain/preprocessing.h"
#include "core/brain/searchlight.h"
#include "core/brain/voxel_test.h"
#include "core/io/numpy_file.h"
#include "core/pipeline/brain_features.h"
#include "core/pipeline/result_origin.h"
#include "core/pipeline/scan_runs.h"
#include "core/spaces/similarity.h"

#include <numbers>
#include <numeric>
#include <set>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

const std::string kCategories = "category-ratings";
const std::string kDimensions = "dimension-ratings";
const std::string kConcat = "human-concat";
const std::string kFirst = "sub-01";
const std::string kSecond = "sub-02";

Task preprocess(const std::string& subject) { return {"preprocess-fmri", "", subject}; }
Task assign(const std::string& subject) { return {"assign-regions", "", subject}; }
Task encode(const std::string& system, const std::string& subject) { return {"encode", system, subject}; }

/// Scans of a few voxels that show 24 stimuli, in files that stay in the study's folder.
ScanPlan smallPlan(const std::string& subject, std::uint64_t seed) {
    return {.subject = subject, .runs = 4, .seed = seed, .motion = true};
}

/// Fast settings for every system.
void setFew(Study& study) {
    setParameters(study, {"preprocess-fmri"}, {{"halvings", "4"}});
    for (const System& system : study.systems()) {
        setParameters(study, {"encode", system.name}, {{"outer", "4"}, {"inner", "3"}});
        setParameters(study, {"voxel-test", system.name}, {{"permutations", "3"}});
        setParameters(study, {"choose-stimuli", system.name}, {{"keep", "12"}});
    }
}

ImportReport importSubject(Study& study, const ScanPlan& plan, const fs::path& mask = {}) {
    return importFiles(study, {.kind = "fmri", .files = writeScans(study.folder() / "scans", plan), .mask = mask});
}

/// Two subjects, whose voxels of low k are the thalamus and of high k the hippocampus but for the last four.
std::shared_ptr<Study> makeScannedStudy(const fs::path& folder) {
    auto study = makeRatedStudy(folder, 24);
    importSubject(*study, smallPlan(kFirst, 1));
    importSubject(*study, smallPlan(kSecond, 2));
    const auto parcels = writeVolume(study->folder() / "scans/dseg.nii", ScanPlan().info(), [](std::size_t v) {
        return v < 12 ? 10.0 : v < 20 ? 17.0 : 0.0;
    });
    importFiles(*study, {.kind = "parcellation", .files = {parcels}});
    setFew(*study);
    return study;
}

std::shared_ptr<const ArrayBundle> resultOf(Study& study, const Task& task) {
    return study.arrays(run(study, task).key);
}

Matrix<float> responsesIn(const ArrayBundle& bundle) {
    const LargeArray& large = bundle.largeArray("responses");
    Matrix<float> values(large.rows(), large.columns());
    large.read(0, 0, values.view());
    return values;
}

Matrix<double> asDoubles(const Matrix<float>& values) {
    Matrix<double> result(values.rows(), values.cols());
    std::copy(values.values().begin(), values.values().end(), result.values().begin());
    return result;
}

/// NaN are the same.
template <class A, class B>
bool same(const A& a, const B& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](auto x, auto y) {
        return x == y || (std::isnan(static_cast<double>(x)) && std::isnan(static_cast<double>(y)));
    });
}

const std::vector<double>& reals(const ArrayBundle& bundle, const char* name) {
    return bundle.get<double>(name).values;
}
const std::vector<std::int32_t>& numbers(const ArrayBundle& bundle, const char* name) {
    return bundle.get<std::int32_t>(name).values;
}
const std::vector<std::string>& texts(const ArrayBundle& bundle, const char* name) {
    return bundle.get<std::string>(name).values;
}
std::vector<std::int64_t> wide(const std::vector<std::int32_t>& values) { return {values.begin(), values.end()}; }

/// Ratings of one kind, a row per sample.
Matrix<double> ratedRows(const Study& study, TermKind kind, const std::vector<std::int32_t>& stimuli) {
    const Matrix<double> part = study.ratings()->part(kind);
    Matrix<double> rows(stimuli.size(), part.cols());
    for (std::size_t s = 0; s < stimuli.size(); ++s)
        std::copy(part.row(static_cast<std::size_t>(stimuli[s])).begin(),
                  part.row(static_cast<std::size_t>(stimuli[s])).end(), rows.row(s).begin());
    return rows;
}

/// All ratings with mean 0 and standard deviation 1 per column.
Matrix<double> scaledRatings(const Study& study) {
    Matrix<double> values = study.ratings()->values;
    const auto n = static_cast<double>(values.rows());
    for (std::size_t c = 0; c < values.cols(); ++c) {
        double sum = 0, squares = 0;
        for (std::size_t i = 0; i < values.rows(); ++i)
            sum += values(i, c);
        for (std::size_t i = 0; i < values.rows(); ++i)
            squares += (values(i, c) - sum / n) * (values(i, c) - sum / n);
        for (std::size_t i = 0; i < values.rows(); ++i)
            values(i, c) = (values(i, c) - sum / n) / std::sqrt(squares / n);
    }
    return values;
}

/// The study's ratings once more, with other values.
Study::Import withRatings(const Study& study, const std::function<void(Matrix<double>&)>& change) {
    Study::Import import{.kind = "ratings"};
    const auto known = study.ratings();
    Matrix<double> values = known->values;
    change(values);
    std::vector<std::string> terms;
    std::vector<std::uint8_t> kinds;
    for (const Term& term : known->terms) {
        terms.push_back(term.name);
        kinds.push_back(static_cast<std::uint8_t>(term.kind));
    }
    import.arrays.set("ratings", std::move(values));
    import.arrays.set("terms", std::move(terms));
    import.arrays.set("kinds", std::move(kinds));
    return import;
}

/// ρ of the core, of responses in which each stimulus was shown once, in the order of the study.
Matrix<double> searchedDirectly(const ArrayBundle& responses, const std::vector<std::int32_t>& stimuli,
                                const std::vector<std::vector<double>>& models, const SearchlightOptions& options) {
    const Matrix<double> all = asDoubles(responsesIn(responses));
    Matrix<double> patterns(stimuli.size(), all.cols());
    for (std::size_t i = 0; i < stimuli.size(); ++i) {
        const auto row = all.row(static_cast<std::size_t>(stimuli[i]));
        std::copy(row.begin(), row.end(), patterns.row(i).begin());
    }
    std::vector<VoxelIndex> places;
    for (std::size_t v = 0; v < all.cols(); ++v)
        places.push_back({numbers(responses, "voxel")[3 * v], numbers(responses, "voxel")[3 * v + 1],
                          numbers(responses, "voxel")[3 * v + 2]});
    Matrix<double> rho;
    std::vector<std::uint8_t> known;
    correlateAll(Searchlight(patterns, places, models, options), rho, known, {}, JobControl(), Progress(), 1);
    return rho;
}

using enum StepState::Kind;

} // namespace

TEST_CASE("responses of scans are those of the preprocessing, run by run") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const ScanPlan plan = smallPlan(kFirst, 1);
    setParameters(*study, {"preprocess-fmri"}, {{"delay", "3"}, {"clip", "2"}, {"trend", "false"}});
    const auto result = resultOf(*study, preprocess(kFirst));
    const Matrix<float> responses = responsesIn(*result);
    REQUIRE((responses.rows() == 24 && responses.cols() == 24));
    const auto imported = study->arrays(*study->imported(kFirst, "fmri"));
    const auto motion = imported->matrix(scan_arrays::kMotion);
    std::vector<StimulusBlock> blocks;
    std::vector<double> sums(24);
    for (std::size_t b = 0; b < 6; ++b)
        blocks.push_back({6 * static_cast<double>(b), 4});
    for (std::size_t r = 0; r < 4; ++r) {
        Matrix<double> series(plan.volumes, 24);
        VolumeFile::open(plan.file(study->folder() / "scans", r, "bold.nii"))
            .readVolumes(0, plan.volumes, [&](std::size_t t, std::span<const double> values) {
                std::copy(values.begin(), values.end(), series.row(t).begin());
                std::transform(sums.begin(), sums.end(), values.begin(), sums.begin(), std::plus<>());
            });
        const RunPreprocessing direct(plan.volumes, {motion.row(r * plan.volumes).data(), plan.volumes, 6}, blocks,
                                      {.repetitionTime = 1, .delay = 3, .clipAt = 2, .trend = false});
        const Matrix<double> expected = direct.apply(series);
        for (std::size_t b = 0; b < 6; ++b)
            for (std::size_t v = 0; v < 24; ++v)
                REQUIRE(responses(6 * r + b, v) == static_cast<float>(expected(b, v)));
    }
    for (std::size_t v = 0; v < 24; ++v)
        CHECK(reals(*result, "mean_image")[v] == sums[v] / (4 * static_cast<double>(plan.volumes)));
    std::vector<std::int32_t> order(24);
    std::iota(order.begin(), order.end(), 0);
    CHECK(numbers(*result, "stimulus") == order);
    CHECK(numbers(*result, "run")[5] == 0);
    CHECK(numbers(*result, "run")[6] == 1);
    CHECK(numbers(*result, "voxel") == numbers(*imported, "voxel"));
    CHECK(result->matrix("affine")(0, 3) == -4);
    for (const double ceiling : reals(*result, "ceiling"))
        CHECK(std::isnan(ceiling)); // nothing was shown twice
}

TEST_CASE("a voxel's series ends as its responses, and begins as in the scan") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const ScanPlan plan = smallPlan(kFirst, 1);
    setParameters(*study, {"preprocess-fmri"}, {{"delay", "3"}, {"clip", "2"}});
    const Matrix<float> responses = responsesIn(*resultOf(*study, preprocess(kFirst)));
    const JobControl control;
    const VoxelSeries series = voxelSeries(*study, kFirst, 7, 2, control);
    CHECK(series.runs == 4);
    CHECK(series.repetitionTime == 1);
    REQUIRE(series.raw.size() == plan.volumes);
    CHECK(series.raw[4] == VolumeFile::open(plan.file(study->folder() / "scans", 2, "bold.nii")).readVolume(4)[7]);
    REQUIRE(series.stages.scaled.size() == 6);
    for (std::size_t b = 0; b < 6; ++b) {
        CHECK(static_cast<float>(series.stages.scaled[b]) == responses(12 + b, 7));
        CHECK(series.stimuli[b] == static_cast<std::int32_t>(12 + b));
        CHECK(series.blocks[b].onset == 6 * static_cast<double>(b));
    }
    CHECK_THROWS_AS(voxelSeries(*study, kFirst, 24, 0, control), ParameterError);
    CHECK_THROWS_AS(voxelSeries(*study, kFirst, 0, 4, control), ParameterError);
    CHECK_THROWS_AS(voxelSeries(*study, "nobody", 0, 0, control), MissingError);
    JobControl stopped;
    stopped.requestStop();
    CHECK_THROWS_AS(voxelSeries(*study, kFirst, 0, 0, stopped), Cancelled);
    const fs::path scan = plan.file(study->folder() / "scans", 2, "bold.nii");
    ScanPlan other = plan; // as many bytes on another grid
    std::swap(other.size[0], other.size[1]);
    writeScan(scan, other, 2);
    CHECK_THAT(messageOf<FormatError>([&] { (void)voxelSeries(*study, kFirst, 0, 2, control); }),
               Contains(scan.string()) && Contains("has changed since it was imported"));
    fs::rename(scan, scan.string() + ".away");
    CHECK_THAT(messageOf<MissingError>([&] { (void)voxelSeries(*study, kFirst, 0, 2, control); }),
               Contains("not where it was when it was imported"));
}

TEST_CASE("neither threads nor memory change a result of the brain") {
    const ScratchFolder folder;
    std::vector<std::map<std::string, std::string>> bytes;
    const std::vector<Task> tasks = {preprocess(kFirst),
                                     encode(kDimensions, kFirst),
                                     {"voxel-test", kDimensions, kFirst},
                                     {"choose-stimuli", kDimensions, kFirst},
                                     {"searchlight", "", kFirst}};
    struct Means {
        int threads;
        std::size_t memory;
    };
    const std::size_t megabyte = 1U << 20U;
    for (const Means& means :
         {Means{1, kUsualMemory}, Means{3, kUsualMemory}, Means{1, megabyte}, Means{2, megabyte}}) {
        const auto study = makeRatedStudy(folder / fmt::format("{}.tercet", bytes.size()), 24);
        ScanPlan plan = smallPlan(kFirst, 1);
        plan.size = {12, 12, 8}; // more voxels than one part of any step takes
        plan.constant = 700;
        importSubject(*study, plan, writeVolume(folder / "mask.nii", plan.info(), [](std::size_t) { return 1.0; }));
        setFew(*study);
        setParameters(*study, {"searchlight"}, {{"radius", "1"}});
        Run one{.memory = means.memory};
        std::map<std::string, std::string> all;
        for (const Task& task : tasks)
            for (auto& [name, value] : bytesOf(*study, one.of(*study, task, means.threads)))
                all[task.step + "/" + name] = std::move(value);
        bytes.push_back(std::move(all));
    }
    REQUIRE(bytes.front().contains("preprocess-fmri/responses"));
    for (std::size_t other = 1; other < bytes.size(); ++other)
        for (const auto& [name, value] : bytes.front()) {
            INFO(name << ", " << other);
            CHECK(bytes[other].at(name) == value);
        }
}

TEST_CASE("voxels in an image beside their header are as imported too") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet", 24);
    const ScanPlan plan = smallPlan(kFirst, 1);
    std::vector<fs::path> headers;
    for (const fs::path& scan : writeScans(folder / "func", plan)) {
        std::string header = contentOf(scan).substr(0, 348);
        const float offset = 0;
        std::memcpy(header.data() + 108, &offset, sizeof(offset));
        std::memcpy(header.data() + 344, "ni1", 4);
        fs::path pair = scan;
        writeText(pair.replace_extension(".img"), contentOf(scan).substr(352));
        writeText(pair.replace_extension(".hdr"), header);
        headers.push_back(pair);
        fs::remove(scan);
    }
    importFiles(*study, {.kind = "fmri", .files = headers});
    run(*study, preprocess(kFirst));
    setParameters(*study, {"preprocess-fmri"}, {{"clip", "2"}});
    fs::path image = headers[1];
    damage(image.replace_extension(".img"));
    CHECK_THAT(messageOf<FormatError>([&] { run(*study, preprocess(kFirst)); }),
               Contains(headers[1].string()) && Contains("has changed since it was imported"));
}

TEST_CASE("a scan that is gone or has changed stops its subject alone and says so") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const fs::path scan = smallPlan(kFirst, 1).file(study->folder() / "scans", 2, "bold.nii");
    SECTION("gone") {
        fs::rename(scan, scan.string() + ".away");
        const std::string message = messageOf<MissingError>([&] { run(*study, encode(kDimensions, kFirst)); });
        CHECK_THAT(message, Contains(scan.string()) && Contains("not where it was when it was imported") &&
                                Contains("import it again"));
        fs::rename(scan.string() + ".away", scan);
    }
    SECTION("of another length") {
        const std::string before = contentOf(scan);
        writeText(scan, before + "x");
        CHECK_THAT(messageOf<FormatError>([&] { run(*study, preprocess(kFirst)); }),
                   Contains(scan.string()) && Contains("has changed since it was imported"));
        writeText(scan, before);
    }
    SECTION("of another content") {
        const std::string before = contentOf(scan);
        damage(scan);
        CHECK_THAT(messageOf<FormatError>([&] { run(*study, preprocess(kFirst)); }),
                   Contains(scan.string()) && Contains("has changed since it was imported"));
        writeText(scan, before);
    }
    CHECK(kindOf(*study, preprocess(kFirst)) == Missing);
    run(*study, encode(kDimensions, kSecond));
    CHECK(kindOf(*study, encode(kDimensions, kSecond)) == Done);
    CHECK(kindOf(*study, encode(kDimensions, kFirst)) == Missing);
    run(*study, encode(kDimensions, kFirst)); // once the scan is back
    CHECK(kindOf(*study, encode(kDimensions, kFirst)) == Done);
}

TEST_CASE("a voxel that is constant in one run has no values anywhere") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet", 24);
    const ScanPlan plan = smallPlan(kFirst, 1);
    writeScans(study->folder() / "scans", plan);
    ScanPlan still = plan;
    still.constant = 13;
    const fs::path mask = writeVolume(folder / "mask.nii", plan.info(), [](std::size_t) { return 1.0; });
    const auto scans = writeScans(study->folder() / "scans", plan);
    writeScan(scans[3], still, 3);
    importFiles(*study, {.kind = "fmri", .files = scans, .mask = mask});
    setFew(*study);
    const auto responses = resultOf(*study, preprocess(kFirst));
    std::vector<std::uint8_t> missing(24);
    missing[13] = 1;
    CHECK(responses->get<std::uint8_t>("missing").values == missing);
    const Matrix<float> values = responsesIn(*responses);
    CHECK(std::isfinite(values(0, 13)));
    CHECK(std::isnan(values(20, 13)));
    CHECK_THAT(responses->attribute("summary"), Contains("1 voxel is constant or incomplete, without values"));
    const auto encoded = resultOf(*study, encode(kDimensions, kFirst));
    const auto tested = resultOf(*study, {"voxel-test", kDimensions, kFirst});
    const auto searched = resultOf(*study, {"searchlight", "", kFirst});
    for (std::size_t v = 0; v < 24; ++v) {
        INFO(v);
        CHECK(std::isnan(reals(*encoded, "score")[v]) == (v == 13));
        CHECK(std::isnan(reals(*tested, "q")[v]) == (v == 13));
        CHECK(std::isnan(searched->matrix("rho")(0, v)) == (v == 13));
    }
}

TEST_CASE("encoding is that of the core, for every rule of the folds") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const auto responses = resultOf(*study, preprocess(kFirst));
    const auto run = wide(numbers(*responses, "run"));
    const auto stimulus = wide(numbers(*responses, "stimulus"));
    std::vector<std::int64_t> rows(stimulus.size());
    std::iota(rows.begin(), rows.end(), 0);
    std::string rule;
    EncodingFolds folds;
    SECTION("runs") {
        rule = "runs";
        folds = foldsByRun(run, stimulus, 4, 3);
    }
    SECTION("whole runs") {
        rule = "whole-runs";
        folds = foldsByRun(run, rows, 4, 3);
    }
    SECTION("random") {
        rule = "random";
        folds = foldsAtRandom(stimulus, 4, 3, 9);
    }
    const RidgeCriterion criterion = rule == "random" ? RidgeCriterion::Explained : RidgeCriterion::Correlation;
    setParameters(*study, {"encode", kDimensions},
                  {{"folds", rule}, {"seed", "9"}, {"criterion", rule == "random" ? "explained" : "correlation"}});
    const auto result = resultOf(*study, encode(kDimensions, kFirst));
    const Matrix<double> features = ratedRows(*study, TermKind::Dimension, numbers(*responses, "stimulus"));
    const EncodingResult direct =
        encodeVoxels(RidgeEncoding(features, folds, {.criterion = criterion}), 24,
                     readerOf(responses->largeArray("responses")), kUsualMemory, JobControl(), Progress(), 1);
    for (std::size_t f = 0; f < 4; ++f)
        for (std::size_t v = 0; v < 24; ++v) {
            REQUIRE(result->matrix("alpha")(f, v) == Approx(direct.alpha(f, v)).epsilon(1e-12));
            REQUIRE(result->matrix("score_per_fold")(f, v) == Approx(direct.scorePerFold(f, v)).margin(1e-12));
        }
    for (std::size_t v = 0; v < 24; ++v) {
        REQUIRE(reals(*result, "score")[v] == Approx(direct.score[v]).margin(1e-12));
        for (std::size_t f = 0; f < 2; ++f)
            REQUIRE(result->matrix("weights")(f, v) == Approx(direct.weights(f, v)).margin(1e-12));
    }
    // The first dimension is what voxels 1, 4, 7 … follow.
    const auto& score = reals(*result, "score");
    CHECK(score[1] > 0.8);
    CHECK(score[2] < 0.5);
    const std::vector<Term> terms = study->ratings()->terms;
    CHECK(texts(*result, "feature") == std::vector<std::string>{terms[3].name, terms[4].name});
    CHECK(numbers(*result, "training_column") == std::vector<std::int32_t>{0, 1});
}

TEST_CASE("folds that cannot be made say whose and what to ask for") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet", 24);
    const ScanPlan plan = smallPlan(kFirst, 1);
    const auto scans = writeScans(study->folder() / "scans", plan);
    for (std::size_t r = 0; r < 4; ++r) { // every run shows the same
        writeScan(scans[r], smallPlan(kFirst, r + 1), 0);
        writeText(plan.file(study->folder() / "scans", r, "events.tsv"), eventsOf(plan, 0));
    }
    importFiles(*study, {.kind = "fmri", .files = scans});
    setFew(*study);
    CHECK_THAT(messageOf<DataError>([&] { run(*study, encode(kDimensions, kFirst)); }),
               Contains("folds of subject “sub-01”") && Contains("whole-runs"));
    setParameters(*study, {"encode", kDimensions}, {{"folds", "whole-runs"}});
    CHECK(resultOf(*study, encode(kDimensions, kFirst))->matrix("score_per_fold").rows() == 4);
    setParameters(*study, {"encode", kDimensions}, {{"outer", "5"}});
    CHECK_THAT(messageOf<DataError>([&] { run(*study, encode(kDimensions, kFirst)); }),
               Contains("folds of subject “sub-01”") && Contains("ask for fewer"));
    setParameters(*study, {"encode", kDimensions}, {{"folds", "random"}, {"alpha-low", "10"}, {"alpha-high", "1"}});
    CHECK_THAT(messageOf<ParameterError>([&] { run(*study, encode(kDimensions, kFirst)); }),
               Contains("expected --alpha-low below --alpha-high, found 10 and 1"));
    // What was shown four times gives a ceiling.
    const auto responses = study->arrays(shownResult(*study, preprocess(kFirst))->key);
    CHECK(std::count_if(reals(*responses, "ceiling").begin(), reals(*responses, "ceiling").end(),
                        [](double value) { return value > 0; }) > 8);
}

TEST_CASE("a feature that does not vary is left out, and a model of nothing else is refused") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    study->add(withRatings(*study, [](Matrix<double>& values) {
        for (std::size_t i = 0; i < values.rows(); ++i) {
            values(i, 1) = i == 3 ? 0.5 : 0; // once, so that it is constant wherever this stimulus is held out
            values(i, 3) = 4;
            values(i, 4) = 5;
        }
    }));
    const std::vector<Term> terms = study->ratings()->terms;
    const auto result = resultOf(*study, encode(kCategories, kFirst));
    CHECK(texts(*result, "feature") == std::vector<std::string>{terms[0].name, terms[2].name});
    CHECK(numbers(*result, "training_column") == std::vector<std::int32_t>{0, 2});
    CHECK(result->matrix("weights").rows() == 2);
    CHECK_THAT(result->attribute("summary"), Contains("2 features, 1 left out that do not vary"));
    CHECK_THAT(messageOf<DataError>([&] { run(*study, encode(kDimensions, kFirst)); }),
               Contains("features of “dimension-ratings”") && Contains("none varies"));
}

TEST_CASE("voxels are tested by permutation, by folds or by r") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const Task task{"voxel-test", kDimensions, kFirst};
    const auto encoded = resultOf(*study, encode(kDimensions, kFirst));
    const auto responses = study->arrays(shownResult(*study, preprocess(kFirst))->key);
    std::vector<double> p;
    std::string how;
    SECTION("permutation") {
        const bool pooled = GENERATE(true, false);
        setParameters(*study, task, {{"permutations", "5"}, {"seed", "4"}, {"pooled", pooled ? "true" : "false"}});
        const RidgeEncoding encoding(
            ratedRows(*study, TermKind::Dimension, numbers(*responses, "stimulus")),
            foldsByRun(wide(numbers(*responses, "run")), wide(numbers(*responses, "stimulus")), 4, 3));
        p = testVoxels(encoding, 24, readerOf(responses->largeArray("responses")),
                       {.permutations = 5, .seed = 4, .pooled = pooled}, kUsualMemory, JobControl(), Progress(), 1)
                .p;
        how = "5 permutations of 24 stimuli, encoded anew";
    }
    SECTION("folds") {
        setParameters(*study, task, {{"test", "folds"}});
        const auto perFold = encoded->matrix("score_per_fold");
        for (std::size_t v = 0; v < 24; ++v) {
            const MeanTest test = meanTest(std::vector{perFold(0, v), perFold(1, v), perFold(2, v), perFold(3, v)});
            p.push_back(test.t > 0 ? test.p / 2 : 1 - test.p / 2);
        }
        how = "one-sided t over 4 folds, d.f. 3";
    }
    SECTION("r") {
        setParameters(*study, task, {{"test", "r-to-t"}});
        for (const double r : reals(*encoded, "score")) {
            const double half = correlationP(r, 24) / 2;
            p.push_back(r > 0 ? half : 1 - half);
        }
        how = "one-sided t of r, n = 24, d.f. 22";
    }
    const auto result = resultOf(*study, task);
    CHECK(reals(*result, "p") == p);
    CHECK(reals(*result, "q") == falseDiscoveryRates(p));
    CHECK_THAT(result->attribute("test"), Contains(how));
    CHECK_THAT(result->attribute("summary"), Contains("of 24 voxels at FDR 0.05"));
    CHECK(p[1] < p[2]);
}

TEST_CASE("stimuli are kept whose patterns are best predicted from the others") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    setParameters(*study, {"choose-stimuli", kDimensions}, {{"keep", "7"}, {"alpha", "20"}});
    const auto result = resultOf(*study, {"choose-stimuli", kDimensions, kFirst});
    const auto responses = study->arrays(shownResult(*study, preprocess(kFirst))->key);
    const std::vector<double> direct = leaveOneOutPatterns(
        LeaveOneOut(ratedRows(*study, TermKind::Dimension, numbers(*responses, "stimulus")), 20), 24,
        readerOf(responses->largeArray("responses")), kUsualMemory, JobControl(), Progress(), 1);
    CHECK(reals(*result, "score") == direct); // each stimulus was shown once, in the order of the study
    std::vector<std::int32_t> order(24);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        return direct[static_cast<std::size_t>(a)] > direct[static_cast<std::size_t>(b)];
    });
    std::sort(order.begin(), order.begin() + 7);
    order.resize(7);
    CHECK(numbers(*result, "chosen") == order);
    CHECK_THAT(result->attribute("summary"), Contains("7 of 24 stimuli kept"));
}

TEST_CASE("without a model stimuli are kept whose patterns are alike whenever they are shown") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet", 24);
    ScanPlan plan = smallPlan(kFirst, 1);
    plan.size = {8, 6, 4};
    SECTION("those that were shown once and noisy ones never") {
        plan.otherRuns = 4;
        plan.runs = 7; // the last three show the stimuli of the first three again
        plan.noise = [](std::size_t stimulus) { return stimulus % 6 == 5 ? 14.0 : 0.0; };
        importSubject(*study, plan);
        setFew(*study);
        setParameters(*study, {"choose-stimuli", kDimensions}, {{"by", "reliability"}, {"keep", "12"}});
        const Task choose{"choose-stimuli", kDimensions, kFirst};
        const auto result = resultOf(*study, choose);
        const auto& score = reals(*result, "score");
        REQUIRE(score.size() == 24);
        for (std::size_t i = 0; i < 24; ++i)
            CHECK(std::isnan(score[i]) == (i >= 18));
        REQUIRE(numbers(*result, "chosen").size() == 12);
        for (const std::int32_t stimulus : numbers(*result, "chosen"))
            CHECK((stimulus < 18 && stimulus % 6 != 5));
        CHECK_THAT(result->attribute("summary"),
                   Contains("12 of 18 stimuli that were shown more than once kept, reliable with r "));
        setParameters(*study, {"choose-stimuli", kDimensions}, {{"keep", "100"}});
        CHECK_THAT(
            resultOf(*study, choose)->attribute("summary"),
            Contains("18 of 18 stimuli that were shown more than once kept (none is left out where 100 are asked "
                     "for), reliable"));
        setParameters(*study, {"choose-stimuli", kDimensions}, {{"keep", "12"}});
        // No system is favoured, and the ratings are not asked.
        setParameters(*study, {"searchlight"}, {{"radius", "1"}, {"chooser", kDimensions}});
        const auto searched = resultOf(*study, {"searchlight", "", kFirst});
        CHECK(numbers(*searched, "stimuli") == numbers(*result, "chosen"));
        CHECK_FALSE(searched->attributes.contains("warning"));
        CHECK_THAT(searched->attribute("summary"), Contains("; stimuli chosen by how reliable their patterns are"));
        study->add(withRatings(*study, [](Matrix<double>& values) { values(0, 0) += 0.1; }));
        CHECK(kindOf(*study, choose) == Done);
        CHECK(kindOf(*study, {"searchlight", "", kFirst}) == Stale);
        setParameters(*study, choose, {{"by", "prediction"}});
        const auto predicted = resultOf(*study, {"searchlight", "", kFirst});
        CHECK_THAT(predicted->attribute("warning"), Contains("chosen with “dimension-ratings”"));
    }
    SECTION("and where nothing is shown twice there is no choice") {
        importSubject(*study, plan);
        setParameters(*study, {"choose-stimuli", kDimensions}, {{"by", "reliability"}});
        CHECK(messageOf<DataError>([&] {
                  run(*study, {"choose-stimuli", kDimensions, kFirst});
              }) == "stimuli of subject “sub-01”: no stimulus was shown more than once; choose by prediction.");
    }
}

TEST_CASE("the searchlight is that of the core, for all systems or with one's choice of stimuli") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const Task task{"searchlight", "", kFirst};
    std::map<std::string, std::string> parameters = {{"radius", "2"}};
    const bool chosen = GENERATE(false, true);
    if (chosen) {
        parameters["chooser"] = kDimensions;
        parameters["boundary"] = "exclusive";
    }
    setParameters(*study, task, parameters);
    const auto result = resultOf(*study, task);
    CHECK(texts(*result, "systems") == std::vector<std::string>{kCategories, kDimensions, kConcat});
    std::vector<std::int32_t> stimuli(24);
    std::iota(stimuli.begin(), stimuli.end(), 0);
    if (chosen)
        stimuli = numbers(*study->arrays(shownResult(*study, {"choose-stimuli", kDimensions, kFirst})->key), "chosen");
    CHECK(numbers(*result, "stimuli") == stimuli);
    CHECK(result->attributes.contains("warning") == chosen);
    if (chosen) {
        REQUIRE(stimuli.size() == 12);
        CHECK_THAT(result->attribute("warning"), Contains("chosen with “dimension-ratings”, which favours it"));
        CHECK_THAT(result->attribute("summary"), Contains("stimuli chosen with dimension-ratings, which favours it"));
    }

    const Matrix<double> scaled = scaledRatings(*study);
    Matrix<double> both(stimuli.size(), scaled.cols());
    for (std::size_t i = 0; i < stimuli.size(); ++i) {
        const auto row = scaled.row(static_cast<std::size_t>(stimuli[i]));
        std::copy(row.begin(), row.end(), both.row(i).begin());
    }
    std::vector<std::vector<double>> models;
    for (const TermKind kind : {TermKind::Category, TermKind::Dimension})
        models.push_back(similarityOfRows(ratedRows(*study, kind, stimuli), RowSimilarity::Pearson));
    models.push_back(similarityOfRows(both, RowSimilarity::Pearson)); // of z-scored ratings
    const auto responses = study->arrays(shownResult(*study, preprocess(kFirst))->key);
    const Matrix<double> rho = searchedDirectly(*responses, stimuli, models, {.radius = 2, .inclusive = !chosen});
    for (std::size_t m : {0U, 1U})
        CHECK(same(result->matrix("rho").row(m), rho.row(m)));
    for (std::size_t v = 0; v < 24; ++v) // z-scores differ in the last bits, which may swap ranks
        CHECK(result->matrix("rho")(2, v) == Approx(rho(2, v)).margin(1e-3));
}

TEST_CASE("a searchlight may see stimuli as embeddings predict choices between them, which ratings do not") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const Task task{"searchlight", "", kFirst};
    setParameters(*study, task, {{"radius", "2"}, {"similarity", "predicted"}});
    CHECK_THAT(
        messageOf<DataError>([&] { run(*study, task); }),
        Contains("no model tells these stimuli apart: category-ratings (a table of ratings predicts no choices)"));
    Rng rng(5);
    Array<double> embedding{{24, 3}, std::vector<double>(72)};
    for (double& value : embedding.values)
        value = 2 * rng.uniform();
    writeNpy(folder / "model.npy", embedding);
    importFiles(*study, {.kind = "embedding", .files = {folder / "model.npy"}, .system = "model"});
    setParameters(*study, {"choose-stimuli", kDimensions}, {{"keep", "9"}});
    const bool chosen = GENERATE(false, true);
    setParameters(*study, task, {{"chooser", chosen ? kDimensions : ""}});
    const auto result = resultOf(*study, task);
    CHECK(texts(*result, "systems") == std::vector<std::string>{"model"});
    for (const std::string& system : {kCategories, kDimensions, kConcat})
        CHECK_THAT(result->attribute("summary"),
                   Contains("left out: " + system + " (a table of ratings predicts no choices)"));

    // Over all third stimuli, whichever are compared.
    const auto& stimuli = numbers(*result, "stimuli");
    REQUIRE(stimuli.size() == (chosen ? 9 : 24));
    const Matrix<double> predicted = predictedSimilarity(Matrix<double>(24, 3, embedding.values), {}, {}, 1);
    std::vector<double> similarity;
    for (std::size_t i = 0; i < stimuli.size(); ++i)
        for (std::size_t j = i + 1; j < stimuli.size(); ++j)
            similarity.push_back(predicted(static_cast<std::size_t>(stimuli[i]), static_cast<std::size_t>(stimuli[j])));
    const auto responses = study->arrays(shownResult(*study, preprocess(kFirst))->key);
    const Matrix<double> rho = searchedDirectly(*responses, stimuli, {similarity}, {.radius = 2});
    CHECK(same(result->matrix("rho").row(0), rho.row(0)));
}

TEST_CASE("a searchlight whose spheres hold one voxel is refused, not kept without a value") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const Task task{"searchlight", "", kFirst};
    setParameters(*study, task, {{"radius", "1"}, {"boundary", "exclusive"}});
    CHECK_THAT(messageOf<DataError>([&] { run(*study, task); }), Contains("set a larger radius"));
    CHECK(kindOf(*study, task) != Done);
}

TEST_CASE("an encoding is shown on the way") {
    const ScratchFolder folder;
    auto study = makeRatedStudy(folder / "study.tercet", 120);
    ScanPlan plan = smallPlan(kFirst, 1);
    plan.stimuliPerRun = 30;
    plan.volumes = 190;
    plan.size = {16, 16, 7};
    importSubject(*study, plan);
    setFew(*study);
    Run shown;
    std::vector<double> first;
    shown.publish = [&](const Task& which, const Snapshot& snapshot) {
        if (which == encode(kDimensions, kFirst) && first.empty())
            first = std::get<std::shared_ptr<const ArrayBundle>>(snapshot)->get<double>("score").values;
    };
    const auto record = shown.of(*study, encode(kDimensions, kFirst));
    const auto all = study->arrays(record.key)->get<double>("score").values;
    REQUIRE(first.size() == all.size());
    const auto known = std::count_if(first.begin(), first.end(), [](double r) { return r == r; });
    CHECK(known > 0);
    CHECK(known < std::count_if(
                      all.begin(), all.end(), [](double r) { return r == r; }));
    for (std::size_t v = 0; v < all.size(); ++v)
        if (first[v] == first[v])
            REQUIRE(first[v] == all[v]);
}

TEST_CASE("a searchlight that was stopped goes on where it was, to the same bytes") {
    const ScratchFolder folder;
    const Task task{"searchlight", "", kFirst};
    const auto make = [&](const char* name) {
        auto study = makeRatedStudy(folder / name, 120);
        ScanPlan plan = smallPlan(kFirst, 1);
        plan.stimuliPerRun = 30;
        plan.volumes = 190;
        plan.size = {16, 16, 7}; // so many that the map is shown on the way
        importSubject(*study, plan);
        setFew(*study);
        setParameters(*study, task, {{"radius", "4"}});
        return study;
    };
    const auto whole = make("whole.tercet");
    const auto expected = bytesOf(*whole, run(*whole, task, 2));

    const auto study = make("stopped.tercet");
    const auto checkpoints = [](const Study& one) {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(one.scratchFolder()))
            if (entry.path().string().ends_with(".checkpoint.h5"))
                found.push_back(entry.path());
        return found;
    };
    std::size_t shown = 0;
    Run stopped;
    stopped.publish = [&](const Task& which, const Snapshot& snapshot) {
        CHECK(which == task);
        const auto bundle = std::get<std::shared_ptr<const ArrayBundle>>(snapshot);
        const auto rho = bundle->matrix("rho").row(0);
        shown = static_cast<std::size_t>(std::count_if(rho.begin(), rho.end(), [](double r) { return r == r; }));
        stopped.control.requestStop();
    };
    CHECK_THROWS_AS(stopped.of(*study, task), Cancelled);
    REQUIRE(shown > 0);
    CHECK(kindOf(*study, task) == Missing);
    REQUIRE(checkpoints(*study).size() == 1);
    const auto known = readArrayFile(checkpoints(*study).front()).take<std::uint8_t>("known").values;
    const auto kept = static_cast<std::size_t>(std::count(known.begin(), known.end(), std::uint8_t{1}));
    CHECK(kept >= shown);
    CHECK(kept < known.size());

    for (const char* copy : {"changed.tercet", "damaged.tercet"})
        fs::copy(study->folder(), folder / copy, fs::copy_options::recursive);
    CHECK(bytesOf(*study, run(*study, task, 2)) == expected);
    CHECK(checkpoints(*study).empty());

    // What was kept is not computed again.
    const auto changed = Study::open(folder / "changed.tercet");
    ArrayBundle state = readArrayFile(checkpoints(*changed).at(0));
    const auto voxel = static_cast<std::size_t>(std::find(known.begin(), known.end(), 1) - known.begin());
    constexpr double kMark = 0.123;
    std::get<Array<double>>(state.arrays.at("rho")).values[voxel] = kMark;
    writeArrayFile(checkpoints(*changed).at(0), state);
    CHECK(resultOf(*changed, task)->matrix("rho")(0, voxel) == kMark);

    // Damaged, it is.
    const auto damaged = Study::open(folder / "damaged.tercet");
    damage(checkpoints(*damaged).at(0));
    CHECK(bytesOf(*damaged, run(*damaged, task, 2)) == expected);
    CHECK(checkpoints(*damaged).empty());
}

TEST_CASE("a searchlight goes on without what would tell nothing, and says when it cannot") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const Task task{"searchlight", "", kFirst};
    SECTION("more than the memory holds") {
        Run little{.memory = 1000};
        CHECK_THAT(messageOf<DataError>([&] { little.of(*study, task); }),
                   Contains("searchlight of subject “sub-01”") && Contains("24 stimuli") && Contains("--memory-gb"));
    }
    SECTION("too few stimuli") {
        setParameters(*study, task, {{"chooser", kCategories}});
        setParameters(*study, {"choose-stimuli", kCategories}, {{"keep", "3"}});
        CHECK_THAT(messageOf<DataError>([&] { run(*study, task); }), Contains("expected at least 4 stimuli, found 3"));
    }
    SECTION("a model that does not tell the stimuli apart") {
        study->add(withRatings(*study, [](Matrix<double>& values) {
            for (std::size_t i = 0; i < values.rows(); ++i)
                values(i, 0) = values(i, 1) = values(i, 2) = 0.2; // the categories
        }));
        const auto result = resultOf(*study, task);
        CHECK(texts(*result, "systems") == std::vector<std::string>{kDimensions, kConcat});
        CHECK_THAT(result->attribute("summary"), Contains("left out: category-ratings ("));
        CHECK(result->matrix("rho").rows() == 2);
    }
    SECTION("no model that does") {
        study->add(withRatings(
            *study, [](Matrix<double>& values) { std::fill(values.values().begin(), values.values().end(), 1.0); }));
        CHECK_THAT(messageOf<DataError>([&] { run(*study, task); }),
                   Contains("no model tells these stimuli apart: category-ratings"));
    }
    SECTION("a system that is not there") {
        CHECK_THROWS_AS(setParameters(*study, task, {{"chooser", "nobody"}}), MissingError);
    }
}

TEST_CASE("regions are compared by paired t over subjects, of encoding or of searchlights") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const bool searchlight = GENERATE(false, true);
    setParameters(*study, {"searchlight"}, {{"radius", "1"}});
    if (searchlight)
        setParameters(*study, {"roi-test"}, {{"of", "searchlight"}});
    Run all;
    const ResultRecord record = all.of(*study, {"roi-test", ""});
    std::set<std::string> steps;
    for (const Task& task : all.computed)
        steps.insert(task.step);
    CHECK(steps == std::set<std::string>{"preprocess-fmri", "assign-regions", "roi-test",
                                         searchlight ? "searchlight" : "encode"});
    const auto result = study->arrays(record.key);
    const std::vector<std::string> systems = {kCategories, kDimensions, kConcat};
    CHECK(texts(*result, "systems") == systems);
    CHECK(texts(*result, "subjects") == std::vector<std::string>{kFirst, kSecond});
    CHECK(result->attribute("of") == (searchlight ? "searchlight" : "encoding"));
    CHECK_THAT(result->attribute("rule"), !Contains("favours"));
    if (searchlight) { // the test says what a choice of stimuli does
        setParameters(*study, {"searchlight"}, {{"chooser", kDimensions}});
        CHECK_THAT(resultOf(*study, {"roi-test"})->attribute("rule"),
                   Contains("; stimuli chosen with dimension-ratings, which favours it"));
        setParameters(*study, {"searchlight"}, {{"chooser", ""}});
    }
    const auto& regions = texts(*result, "regions");
    const auto place = [&](const char* name) {
        return static_cast<std::size_t>(std::find(regions.begin(), regions.end(), name) - regions.begin());
    };
    const std::array<std::size_t, 2> filled = {place("thalamus"), place("hippocampus")};
    const std::array<std::pair<std::size_t, std::size_t>, 2> voxels = {{{0, 12}, {12, 20}}};
    CHECK(result->get<std::uint8_t>("subcortical").values[filled[0]] == 1);
    // Means by hand: [system][subject][region]
    double mean[3][2][2];
    for (std::size_t m = 0; m < 3; ++m)
        for (std::size_t s = 0; s < 2; ++s) {
            const std::string subject = s == 0 ? kFirst : kSecond;
            const auto map = study->arrays(
                shownResult(*study, searchlight ? Task{"searchlight", "", subject} : encode(systems[m], subject))->key);
            for (std::size_t r = 0; r < 2; ++r) {
                mean[m][s][r] = 0;
                for (std::size_t v = voxels[r].first; v < voxels[r].second; ++v)
                    mean[m][s][r] += (searchlight ? map->matrix("rho")(m, v) : reals(*map, "score")[v]) /
                                     static_cast<double>(voxels[r].second - voxels[r].first);
                CHECK(reals(*result, "mean")[(m * 2 + s) * regions.size() + filled[r]] == Approx(mean[m][s][r]));
            }
        }
    CHECK(result->get<double>("mean").shape == std::vector<std::size_t>{3, 2, regions.size()});
    const auto& comparison = result->get<std::int32_t>("comparison");
    REQUIRE(comparison.shape == std::vector<std::size_t>{3 * regions.size(), 3});
    std::size_t family = 0;
    for (std::size_t test = 0; test < comparison.shape[0]; ++test) {
        const auto a = static_cast<std::size_t>(comparison.values[3 * test]);
        const auto b = static_cast<std::size_t>(comparison.values[3 * test + 1]);
        const auto region = static_cast<std::size_t>(comparison.values[3 * test + 2]);
        CHECK(a < b);
        const auto r = std::find(filled.begin(), filled.end(), region);
        CHECK(std::isfinite(reals(*result, "p")[test]) == (r != filled.end()));
        if (r == filled.end())
            continue;
        ++family;
        const auto at = static_cast<std::size_t>(r - filled.begin());
        const double first = mean[a][0][at] - mean[b][0][at], second = mean[a][1][at] - mean[b][1][at];
        const double difference = (first + second) / 2, deviation = std::abs(first - second) / std::numbers::sqrt2;
        const double t = difference / (deviation / std::numbers::sqrt2);
        CHECK(reals(*result, "difference")[test] == Approx(difference));
        CHECK(reals(*result, "t")[test] == Approx(t));
        CHECK(reals(*result, "freedom")[test] == 1);
        CHECK(reals(*result, "p")[test] == Approx(1 - 2 / std::numbers::pi * std::atan(std::abs(t)))); // Cauchy's
        CHECK(reals(*result, "effect")[test] == Approx(difference / deviation));
        const double reach = 12.706204736 * deviation / std::numbers::sqrt2;
        CHECK(reals(*result, "low")[test] == Approx(difference - reach));
        CHECK(reals(*result, "high")[test] == Approx(difference + reach));
        CHECK(reals(*result, "flip_p")[test] == (first * second > 0 ? 0.5 : 1)); // of four flips
    }
    CHECK(family == 6);
    CHECK(same(reals(*result, "q"), falseDiscoveryRates(reals(*result, "p"))));
    CHECK_THAT(result->attribute("rule"),
               Contains("two-tailed paired t over 2 subjects; family: 6 tests of pairs of systems and regions"));
}

TEST_CASE("systems are compared voxel by voxel") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const auto result = resultOf(*study, {"compare-voxels", ""});
    const std::vector<std::string> systems = {kCategories, kDimensions, kConcat};
    CHECK(texts(*result, "systems") == systems);
    const auto& each = result->get<double>("share_per_subject");
    REQUIRE(each.shape == std::vector<std::size_t>{2, 3, 3});
    for (std::size_t a = 0; a < 3; ++a)
        for (std::size_t b = 0; b < 3; ++b) {
            if (a == b) {
                CHECK(std::isnan(result->matrix("share_above")(a, b)));
                continue;
            }
            double pooled = 0;
            for (std::size_t s = 0; s < 2; ++s) {
                const std::string subject = s == 0 ? kFirst : kSecond;
                const auto x = study->arrays(shownResult(*study, encode(systems[a], subject))->key);
                const auto y = study->arrays(shownResult(*study, encode(systems[b], subject))->key);
                double above = 0;
                for (std::size_t v = 0; v < 24; ++v)
                    above += reals(*y, "score")[v] > reals(*x, "score")[v] ? 1 : 0;
                CHECK(each.values[(s * 3 + a) * 3 + b] == Approx(above / 24));
                pooled += above / 48;
            }
            CHECK(result->matrix("share_above")(a, b) == Approx(pooled));
        }
    CHECK_THAT(result->attribute("summary"), Contains("% of voxels better than"));
}

TEST_CASE("component maps are mean weights in regions, and how alike subjects are") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    // Four regions of few voxels, so that they can be correlated.
    const auto parcels = writeVolume(study->folder() / "scans/four.nii", ScanPlan().info(), [](std::size_t v) {
        return std::array{10.0, 17.0, 18.0, 0.0, 26.0}[v % 5];
    });
    importFiles(*study, {.kind = "parcellation", .files = {parcels}});
    const auto result = resultOf(*study, {"component-maps", kDimensions});
    const auto& profile = result->get<double>("profile");
    const std::size_t regions = texts(*result, "regions").size();
    REQUIRE(profile.shape == std::vector<std::size_t>{2, 2, regions});
    CHECK(numbers(*result, "training_column") == std::vector<std::int32_t>{0, 1});
    for (std::size_t c = 0; c < 2; ++c) {
        std::array<std::vector<double>, 2> filled;
        for (std::size_t s = 0; s < 2; ++s) {
            const std::string subject = s == 0 ? kFirst : kSecond;
            const auto encoded = study->arrays(shownResult(*study, encode(kDimensions, subject))->key);
            const auto assigned = study->arrays(shownResult(*study, assign(subject))->key);
            for (std::size_t r = 0; r < regions; ++r) {
                double sum = 0, count = 0;
                for (std::size_t v = 0; v < 24; ++v)
                    if (numbers(*assigned, "region")[v] == static_cast<std::int32_t>(r)) {
                        sum += encoded->matrix("weights")(c, v);
                        ++count;
                    }
                const double value = profile.values[(s * 2 + c) * regions + r];
                if (count == 0) {
                    CHECK(std::isnan(value));
                } else {
                    CHECK(value == Approx(sum / count));
                    filled[s].push_back(value);
                }
            }
        }
        REQUIRE(filled[0].size() == 4);
        const double expected = pearson(filled[0], filled[1]);
        CHECK(result->get<double>("similarity").values[c * 4 + 1] == Approx(expected));
        CHECK(result->get<double>("similarity").values[c * 4] == 1);
        CHECK(reals(*result, "mean_similarity")[c] == Approx(expected));
    }
}

TEST_CASE("rating tables are systems of the brain's steps alone") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    std::set<std::string> steps;
    for (const Task& task : allTasks(*study)) {
        if (!task.system.empty()) {
            CHECK(isRatingTable(study->system(task.system).source));
            CHECK(stepNamed(task.step).group == "Brain");
            steps.insert(task.step);
        }
        CHECK(task.subject.empty() != stepNamed(task.step).perSubject);
    }
    CHECK(steps == std::set<std::string>{"encode", "voxel-test", "choose-stimuli", "component-maps"});
    CHECK_THROWS_AS(run(*study, {"map", kCategories}), ParameterError);
}

TEST_CASE("what a subject's results are made from makes these stale and no others") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const auto statesOf = [&](const Task& task) { return kindOf(*study, task); };
    const std::vector<Task> compared = {{"roi-test"}, {"compare-voxels"}, {"component-maps", kDimensions}};
    for (const Task& task : compared)
        run(*study, task);
    SECTION("other scans of one") {
        importSubject(*study, smallPlan(kSecond, 5));
        for (const Task& task : {preprocess(kFirst), assign(kFirst), encode(kConcat, kFirst)})
            CHECK(statesOf(task) == Done);
        for (const Task& task : {preprocess(kSecond), assign(kSecond), encode(kConcat, kSecond)})
            CHECK(statesOf(task) == Stale);
        for (const Task& task : compared)
            CHECK(statesOf(task) == Stale);
        CHECK_THAT(stateOf(*study, preprocess(kSecond)).reason, Contains("made from has changed"));
        Run again;
        again.of(*study, {"compare-voxels"});
        for (const Task& task : again.computed)
            CHECK((task.subject.empty() || task.subject == kSecond));
    }
    SECTION("another table of regions") {
        const auto table = folder.write("regions.csv", "region,kind,parcel\nDeep,subcortical,#10\n");
        importFiles(*study, {.kind = "regions", .files = {table}});
        for (const std::string& subject : {kFirst, kSecond}) {
            CHECK(statesOf(preprocess(subject)) == Done);
            CHECK(statesOf(encode(kConcat, subject)) == Done);
            CHECK(statesOf(assign(subject)) == Stale);
        }
        CHECK(statesOf({"compare-voxels"}) == Done);
        CHECK(statesOf({"roi-test"}) == Stale);
        CHECK(statesOf({"component-maps", kDimensions}) == Stale);
        const auto assigned = resultOf(*study, assign(kFirst));
        CHECK(texts(*assigned, "region_name") == std::vector<std::string>{"Deep"});
        CHECK(assigned->get<std::int64_t>("count").values == std::vector<std::int64_t>{12});
    }
    SECTION("a surface and its parcels") {
        importFiles(
            *study,
            {.kind = "surface", .files = {writeMesh(folder / "lh.white.gii", octahedron(4))}, .subject = kFirst});
        CHECK(statesOf(assign(kFirst)) == Stale);
        CHECK(statesOf(assign(kSecond)) == Done);
        CHECK(statesOf(encode(kConcat, kFirst)) == Done);
    }
    SECTION("parameters are the same for all subjects") {
        setParameters(*study, {"preprocess-fmri"}, {{"delay", "5"}});
        for (const std::string& subject : {kFirst, kSecond}) {
            CHECK(statesOf(preprocess(subject)) == Stale);
            CHECK(statesOf(assign(subject)) == Done);
        }
    }
}

TEST_CASE("results of voxels say which they are of, and what they were made from") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const auto responses = resultOf(*study, preprocess(kFirst));
    const auto encoded = resultOf(*study, encode(kDimensions, kFirst));
    const auto tested = resultOf(*study, {"voxel-test", kDimensions, kFirst});
    const std::string voxels = responses->attribute(kVoxelsAttribute);
    REQUIRE(!voxels.empty());
    for (const auto& result : {encoded, tested, resultOf(*study, assign(kFirst)),
                               resultOf(*study, {"searchlight", "", kFirst}), resultOf(*study, preprocess(kSecond))})
        CHECK(voxelsOf(*result) == voxels);
    ArrayBundle early = *responses; // before there was the attribute
    early.attributes.erase(kVoxelsAttribute);
    CHECK(voxelsOf(early) == voxels);
    std::get<Array<double>>(early.arrays.at(scan_arrays::kAffine)).values[3] += 1;
    CHECK(areOtherVoxels(voxelsOf(early), voxels));
    early.arrays.erase(scan_arrays::kVoxel);
    CHECK(voxelsOf(early).empty());
    CHECK_FALSE(areOtherVoxels("", voxels));
    CHECK_FALSE(areOtherVoxels(voxels, ""));

    CHECK(isMadeFrom(*tested, "encoding", *encoded));
    CHECK(isMadeFrom(*tested, "responses", *responses));
    CHECK_FALSE(isMadeFrom(*tested, "responses", *encoded));
    CHECK_FALSE(isMadeFrom(*tested, "nothing", *encoded));
    CHECK_FALSE(isMadeFrom(ArrayBundle(), "encoding", *encoded));
    CHECK_FALSE(isMadeFrom(*tested, "encoding", ArrayBundle{.arrays = encoded->arrays})); // still being made

    const auto mask = writeVolume(study->folder() / "scans/mask.nii", ScanPlan().info(),
                                  [](std::size_t v) { return v == 3 ? 0.0 : 1.0; });
    importSubject(*study, smallPlan(kFirst, 1), mask);
    const auto again = resultOf(*study, encode(kDimensions, kFirst));
    CHECK(areOtherVoxels(voxelsOf(*again), voxels));
    CHECK_FALSE(isMadeFrom(*tested, "encoding", *again));
}

TEST_CASE("voxels lie in the parcel of the nearest vertex, and a volume's parcels come first") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet", 24);
    const ScanPlan plan = smallPlan(kFirst, 1); // x from −4 to 2, y from −3 to 1, z 10 and 12 mm
    importSubject(*study, plan);
    CHECK_THAT(messageOf<MissingError>([&] { run(*study, assign(kFirst)); }),
               Contains("regions of subject “sub-01”") && Contains("no voxel lies in a parcel"));
    SurfaceMesh mesh = octahedron(1);
    mesh.vertices = {{-4, -1, 7}, {2, -1, 7}, {100, 0, 0}, {0, 100, 0}, {0, 0, 100}, {0, 0, -100}};
    const bool transformed = GENERATE(false, true);
    if (transformed) { // the surface's place is half the index of the voxel
        for (auto& vertex : mesh.vertices)
            vertex = {(vertex[0] + 4) / 4, (vertex[1] + 3) / 4, (vertex[2] - 10) / 4};
        for (const char* side : {"lh", "rh"})
            writeMesh(folder / fmt::format("S9/surfaces/wm_{}.gii", side), mesh);
        fs::create_directories(folder / "S9/transforms/full");
        writeText(folder / "S9/transforms/full/matrices.xfm",
                  R"({"coord": [[2,0,0,0],[0,2,0,0],[0,0,2,0],[0,0,0,1]], "magnet": 0})");
        importFiles(*study, {.kind = "surface", .files = {folder / "S9"}, .subject = kFirst});
    } else {
        importFiles(*study, {.kind = "surface", .files = {writeMesh(folder / "lh.white.gii", mesh)}});
    }
    const auto labels = writeLabels(folder / "lh.label.gii", {1, 2, 0, 0, 0, 0});
    importFiles(*study, {.kind = "parcellation", .files = {labels}});
    const auto result = resultOf(*study, assign(kFirst));
    const auto& names = texts(*result, "region_name");
    for (std::size_t v = 0; v < 24; ++v) {
        const std::size_t i = v % 4, j = v / 4 % 3, k = v / 12;
        const double y = 2 * static_cast<double>(j) - 2, z = 2 * static_cast<double>(k) + 3;
        const double left = 2 * static_cast<double>(i), right = 2 * static_cast<double>(3 - i);
        const double nearest = std::min(left, right);
        const bool within = transformed || nearest * nearest + y * y + z * z <= 25;
        const std::string expected = !within ? "" : left < right ? "VC" : "TF";
        const std::int32_t region = numbers(*result, "region")[v];
        INFO(i << ' ' << j << ' ' << k);
        CHECK((region < 0 ? "" : names[static_cast<std::size_t>(region)]) == expected);
    }
    CHECK_THAT(result->attribute("summary"), Contains("by the nearest vertex"));
    const auto parcels =
        writeVolume(folder / "dseg.nii", ScanPlan().info(), [](std::size_t v) { return v == 0 ? 10.0 : 0.0; });
    importFiles(*study, {.kind = "parcellation", .files = {parcels}});
    const auto both = resultOf(*study, assign(kFirst));
    CHECK(names[static_cast<std::size_t>(numbers(*both, "region")[0])] == "thalamus");
    CHECK_THAT(both->attribute("summary"), Contains("1 by the volume’s parcels"));
}

TEST_CASE("parcels of another mesh than the subject's surface give no regions, and are said") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet", 24);
    importSubject(*study, smallPlan(kFirst, 1));
    SurfaceMesh mesh = octahedron(12);
    mesh.vertices.push_back({0, 0, 0});
    importFiles(*study, {.kind = "parcellation", .files = {writeLabels(folder / "lh.label.gii", {1, 2, 0, 0, 0, 0})}});
    importFiles(*study, {.kind = "surface", .files = {writeMesh(folder / "lh.white.gii", mesh)}, .subject = kFirst});
    CHECK_THAT(messageOf<DataError>([&] { run(*study, assign(kFirst)); }),
               Contains("the left hemisphere: the parcellation is of another mesh: expected 7 vertices, found 6"));
    // What needs no regions goes on without them, and regions come from elsewhere.
    const auto projected = resultOf(*study, {"project-surface", "", kFirst});
    CHECK_THAT(projected->attribute("summary"), Contains("without regions, as the parcellation is of a mesh of 6"));
    CHECK_FALSE(projected->contains("left_region"));
    const auto volume =
        writeVolume(folder / "dseg.nii", ScanPlan().info(), [](std::size_t v) { return v == 0 ? 10.0 : 0.0; });
    importFiles(*study, {.kind = "parcellation", .files = {volume}});
    CHECK_THAT(resultOf(*study, assign(kFirst))->attribute("summary"),
               Contains("1 by the volume’s parcels; those of the surface are of another mesh"));
}

TEST_CASE("a subject without scans waits for them") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet", 24);
    importFiles(*study,
                {.kind = "surface", .files = {writeMesh(folder / "lh.white.gii", octahedron(4))}, .subject = "sub-03"});
    const StepState state = stateOf(*study, preprocess("sub-03"));
    CHECK(state.kind == Blocked);
    CHECK(state.reason == "Subject “sub-03” has no fMRI: import scans for it.");
    CHECK_THROWS_AS(run(*study, preprocess("sub-03")), MissingError);
    CHECK_THROWS_AS(run(*study, preprocess("nobody")), MissingError);
    CHECK(kindOf(*study, {"compare-voxels"}) == Blocked);
}
