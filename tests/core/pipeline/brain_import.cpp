#include "core/pipeline/brain_import.h"

#include "brain_files.h"
#include "core/base/error.h"
#include "core/brain/region_table.h"
#include "core/pipeline/surface_import.h"

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

const std::vector<std::int64_t>& whole(const ArrayBundle& arrays, const char* name) {
    return arrays.get<std::int64_t>(name).values;
}
const std::vector<std::int32_t>& numbers(const ArrayBundle& arrays, const char* name) {
    return arrays.get<std::int32_t>(name).values;
}
const std::vector<double>& reals(const ArrayBundle& arrays, const char* name) {
    return arrays.get<double>(name).values;
}
const std::vector<std::string>& texts(const ArrayBundle& arrays, const char* name) {
    return arrays.get<std::string>(name).values;
}

bool anyContains(const std::vector<std::string>& notes, const std::string& part) {
    return std::any_of(notes.begin(), notes.end(),
                       [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

} // namespace

TEST_CASE("runs are imported with the events and motion that lie beside them") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const ScanPlan plan{.motion = true, .constant = 5};
    const auto scans = writeScans(folder / "sub-01/func", plan);
    const ImportReport report = importFiles(*study, {.kind = "fmri", .files = scans});
    CHECK_THAT(report.summary, Contains("3 runs of subject “sub-01”: 23 voxels, 120 volumes of 1 s") &&
                                   Contains("18 of 18 stimuli shown in 18 blocks"));
    CHECK(anyContains(report.notes, "“stimulus”"));
    CHECK(study->subjects() == std::vector<Subject>{{"sub-01", "sub-01"}});
    CHECK(study->imported("sub-01", "fmri") == report.key);

    const auto arrays = study->arrays(report.key);
    REQUIRE(texts(*arrays, scan_arrays::kPath).size() == 3);
    for (std::size_t f = 0; f < 3; ++f) {
        CHECK(texts(*arrays, scan_arrays::kPath)[f] == scans[f].string());
        CHECK(whole(*arrays, scan_arrays::kBytes)[f] == static_cast<std::int64_t>(fs::file_size(scans[f])));
        CHECK(texts(*arrays, scan_arrays::kHash)[f] != texts(*arrays, scan_arrays::kHash)[(f + 1) % 3]);
    }
    CHECK(whole(*arrays, scan_arrays::kSize) == std::vector<std::int64_t>{4, 3, 2});
    CHECK(affineIn(*arrays, scan_arrays::kAffine) == plan.toMm());
    CHECK(arrays->get<std::int32_t>(scan_arrays::kVoxel).shape == std::vector<std::size_t>{23, 3});
    // The sixth voxel is constant; the one after it is i = 2, j = 1, k = 0.
    CHECK(std::vector<std::int32_t>(numbers(*arrays, scan_arrays::kVoxel).begin() + 12,
                                    numbers(*arrays, scan_arrays::kVoxel).begin() + 18) ==
          std::vector<std::int32_t>{0, 1, 0, 2, 1, 0});
    CHECK(reals(*arrays, scan_arrays::kRepetitionTime) == std::vector<double>{1});
    CHECK(whole(*arrays, scan_arrays::kRunFile) == std::vector<std::int64_t>{0, 1, 2});
    CHECK(whole(*arrays, scan_arrays::kRunFirst) == std::vector<std::int64_t>{0, 0, 0});
    CHECK(whole(*arrays, scan_arrays::kRunVolumes) == std::vector<std::int64_t>{40, 40, 40});
    for (std::size_t b = 0; b < 18; ++b) {
        CHECK(numbers(*arrays, scan_arrays::kBlockRun)[b] == static_cast<std::int32_t>(b / 6));
        CHECK(numbers(*arrays, scan_arrays::kBlockStimulus)[b] == static_cast<std::int32_t>(b));
        CHECK(reals(*arrays, scan_arrays::kBlockOnset)[b] == 6 * static_cast<double>(b % 6));
        CHECK(reals(*arrays, scan_arrays::kBlockDuration)[b] == 4);
    }
    const auto motion = arrays->matrix(scan_arrays::kMotion);
    REQUIRE((motion.rows() == 120 && motion.cols() == 6));
    const std::string first = motionOf(plan, 1).substr(motionOf(plan, 1).find('\n') + 1, 7);
    CHECK(motion(40, 0) == std::stod(first));

    // Models that take the ratings as they are come with the first scan.
    std::vector<std::string> systems;
    for (const System& system : study->systems())
        systems.push_back(system.name);
    CHECK(systems == std::vector<std::string>{"category-ratings", "dimension-ratings", "human-concat"});
}

TEST_CASE("an import of scans says how far it is, and can be stopped, which keeps nothing") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const ImportRequest request{.kind = "fmri", .files = writeScans(folder / "sub-01/func", {})};
    const std::size_t before = study->imports().size();
    std::size_t looks = 0;
    std::size_t last = std::numeric_limits<std::size_t>::max(); // that goes on
    std::optional<JobControl> control;
    const auto importWithLooks = [&](const Progress& progress) {
        looks = 0;
        control.emplace([&] {
            if (++looks > last)
                control->requestStop();
        });
        importFiles(*study, request, *control, progress);
    };
    for (const std::size_t stopped : {0, 1, 5, 10}) {
        last = stopped;
        CHECK_THROWS_AS(importWithLooks({}), Cancelled);
        CHECK(looks == stopped + 1);
        CHECK(study->imports().size() == before);
        CHECK(study->subjects().empty());
    }
    last = std::numeric_limits<std::size_t>::max();
    const auto state = std::make_shared<ProgressState>();
    importWithLooks(Progress(state));
    CHECK(looks > 10);
    CHECK(state->fraction() == 1);
    CHECK(state->message() == "Reading " + request.files.back().filename().string());
}

TEST_CASE("events and motion are found for scans whose names say how they were preprocessed, or are given") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const ScanPlan plan{.runs = 2, .motion = true};
    auto scans = writeScans(folder / "func", plan);
    SECTION("more in the names") {
        for (std::size_t r = 0; r < scans.size(); ++r) {
            const auto to = plan.file(folder / "func", r, "space-T1w_desc-preproc_bold.nii");
            fs::rename(scans[r], to);
            scans[r] = to;
        }
    }
    SECTION("a run has no motion") { fs::remove(plan.file(folder / "func", 1, "motion.tsv")); }
    ImportRequest request{.kind = "fmri", .files = scans};
    SECTION("given, elsewhere and in another order") {
        fs::create_directories(folder / "tables");
        for (const std::size_t r : {0, 1}) {
            const fs::path events = folder / fmt::format("tables/{}.tsv", r);
            const fs::path motion = folder / fmt::format("tables/{}.par", r);
            fs::rename(plan.file(folder / "func", r, "events.tsv"), events);
            fs::rename(plan.file(folder / "func", r, "motion.tsv"), motion);
            std::string rows;
            for (std::size_t t = 0; t < plan.volumes; ++t)
                rows += fmt::format("{} {}\n", t + r, t * t);
            writeText(motion, rows);
            request.events.insert(request.events.begin(), events);
            request.motion.insert(request.motion.begin(), motion);
        }
    }
    const ImportReport report = importFiles(*study, request);
    const auto arrays = study->arrays(report.key);
    const auto& stimulus = numbers(*arrays, scan_arrays::kBlockStimulus);
    REQUIRE(stimulus.size() == 12);
    CHECK(stimulus.front() == (request.events.empty() ? 0 : 6));
    const auto motion = arrays->matrix(scan_arrays::kMotion);
    REQUIRE(motion.rows() == 80);
    if (!request.motion.empty()) {
        CHECK(motion.cols() == 2);
        CHECK(motion(0, 0) == 1);
        CHECK(motion(40, 0) == 0);
    } else {
        CHECK(motion.cols() == 6);
        CHECK(motion(0, 0) != 0);
        const bool without = anyContains(report.notes, "1 run is without motion parameters");
        CHECK((motion(40, 0) == 0) == without);
    }
}

TEST_CASE("events that other runs are named in are taken as given, and said") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    ImportRequest request{.kind = "fmri", .files = writeScans(folder / "sub-01/func", {})};
    for (const char* run : {"2", "2", "3"})
        request.events.push_back(folder / ("sub-01/func/sub-01_task-clips_run-0" + std::string(run) + "_events.tsv"));
    const ImportReport report = importFiles(*study, request);
    CHECK(anyContains(report.notes, "sub-01_task-clips_run-01_bold.nii gets the events "
                                    "sub-01_task-clips_run-02_events.tsv, whose names say run-01 and run-02."));
    CHECK_FALSE(anyContains(report.notes, "run-03_bold.nii gets"));
}

TEST_CASE("events are told apart by the column that names most stimuli, by the one asked for, and filtered") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const ScanPlan plan{.runs = 2};
    const auto scans = writeScans(folder / "func", plan);
    for (std::size_t r = 0; r < 2; ++r) {
        std::string events = "onset\tduration\ttrial_type\tnumber\tclip\tfile\n";
        for (std::size_t b = 0; b < 6; ++b)
            events += fmt::format("{}\t4\t{}\t{}\tclip, {}\t{:04}.mp4\n", 6 * b, b < 4 ? 2 : -1, b, 6 * r + b + 1,
                                  b == 5 ? 999 : 6 * r + b + 1);
        writeText(plan.file(folder / "func", r, "events.tsv"), events);
    }
    ImportRequest request{.kind = "fmri", .files = scans};
    std::vector<std::int32_t> expected(12);
    std::iota(expected.begin(), expected.end(), 0);
    std::string column = "“clip”"; // by the stimuli's names; “number” repeats itself in each run
    SECTION("the column that names most") {}
    SECTION("a column that is asked for, by file names, of which some are of no stimulus") {
        request.stimulusColumn = "file";
        column = "“file”";
        expected = {0, 1, 2, 3, 4, 6, 7, 8, 9, 10};
    }
    SECTION("numbers from 0") {
        request.stimulusColumn = "number";
        request.indexBase = 0;
        column = "“number”";
        expected = {0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5};
    }
    SECTION("some events") {
        request.keptEvents = "trial_type=2, 7";
        expected = {0, 1, 2, 3, 6, 7, 8, 9};
    }
    const ImportReport report = importFiles(*study, request);
    CHECK(anyContains(report.notes, column));
    CHECK(anyContains(report.notes, "their stimulus is not in the study: 2 events, the first of “0999.mp4”.") ==
          (column == "“file”"));
    CHECK(numbers(*study->arrays(report.key), scan_arrays::kBlockStimulus) == expected);
}

TEST_CASE("a column called after stimuli names them, whatever others look like") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const ScanPlan plan{.runs = 2};
    const ImportRequest request{.kind = "fmri", .files = writeScans(folder / "func", plan)};
    const auto columnOf = [&](const char* third, const char* fourth) {
        for (std::size_t r = 0; r < 2; ++r) {
            std::string events = fmt::format("onset\tduration\t{}\t{}\n", third, fourth);
            for (std::size_t b = 0; b < 6; ++b)
                events += fmt::format("{}\t4\t{}\t{:04}.mp4\n", 6 * b, b + 1, b % 2 + 1);
            writeText(plan.file(folder / "func", r, "events.tsv"), events);
        }
        const ImportReport report = importFiles(*study, request);
        const auto note = std::ranges::find_if(report.notes, [](const std::string& one) {
            return one.find("are named by the column") != std::string::npos;
        });
        return note == report.notes.end() ? "" : *note;
    };
    CHECK_THAT(columnOf("trial_type", "clip"), Contains("“trial_type”")); // six against two
    CHECK_THAT(columnOf("trial_type", "stim_file"), Contains("“stim_file”"));
    CHECK_THAT(columnOf("stimulus_duration", "clip"), Contains("“stimulus_duration”")); // as trial_type
    CHECK_THAT(columnOf("stimulus_duration", "Stimulus"), Contains("“Stimulus”"));
}

TEST_CASE("a number is an id, a place where ids are no numbers, and a place where the first one's number is given") {
    const ScratchFolder folder;
    const auto study = Study::create(folder / "a.tercet", "Numbers");
    const bool numbered = GENERATE(true, false);
    const std::optional<int> base = GENERATE(std::optional<int>(), std::optional(0), std::optional(1));
    Study::Import known{.kind = "ratings"};
    for (const char* name : {"1", "2", "4", "5"}) // the third was left out
        known.newStimuli.push_back({numbered ? fmt::format("{:0>4}", name) : fmt::format("clip-{}", name), name});
    if (!numbered)
        for (Stimulus& stimulus : known.newStimuli)
            stimulus.name = stimulus.id;
    known.arrays.set("ratings", Matrix<double>(4, 1));
    known.arrays.set("terms", std::vector<std::string>{"valence"});
    known.arrays.set("kinds", std::vector<std::uint8_t>{1});
    study->add(std::move(known));
    const ScanPlan plan{.runs = 2};
    const auto scans = writeScans(folder / "func", plan);
    writeText(plan.file(folder / "func", 0, "events.tsv"),
              "onset\tduration\tonly\tshown\n0\t4\t1\t1\n6\t4\t2\t2\n12\t4\t4\t3\n");
    writeText(plan.file(folder / "func", 1, "events.tsv"),
              "onset\tduration\tshown\n0\t4\t3\n6\t4\t4.0\n12\t4\t2\n18\t4\t0\n");
    const ImportReport report = importFiles(*study, {.kind = "fmri", .files = scans, .indexBase = base});
    const auto expected = base == 0                ? std::vector<std::int32_t>{1, 2, 3, 3, 2, 0}
                          : base == 1 || !numbered ? std::vector<std::int32_t>{0, 1, 2, 2, 3, 1}
                                                   : std::vector<std::int32_t>{0, 1, 2, 1};
    CHECK(numbers(*study->arrays(report.key), scan_arrays::kBlockStimulus) == expected);
    CHECK(anyContains(report.notes, "Numbers like “1” are taken as places") == (!numbered && !base));
}

TEST_CASE("labels of volumes say what was shown, and make the stimuli of a study that has none") {
    const ScratchFolder folder;
    const ScanPlan plan{.runs = 2, .volumes = 12, .repetitionTime = 2.5};
    const auto scans = writeScans(folder / "func", plan);
    // Two runs in the first file; one that goes over into no other in the second. Rest between and beside blocks.
    std::string labels = "labels chunks\n";
    const std::vector<std::string> shown = {"rest",  "face", "face", "house", "house", "rest", // run 0
                                            "house", "face", "face", "rest",  "face",  "face", // run 1
                                            "cat",   "cat",  "rest", "cat",   "face",  "face", // run 2
                                            "rest",  "rest", "rest", "rest",  "rest",  "rest"};
    for (std::size_t v = 0; v < shown.size(); ++v)
        labels += fmt::format("{} {}\n", shown[v], v / 6 < 2 ? v / 6 : 2);
    const auto file = folder.write("labels.txt", labels);
    const ImportRequest request{.kind = "fmri", .files = scans, .volumeLabels = file};
    std::shared_ptr<Study> study;
    SECTION("a study without stimuli") { study = Study::create(folder / "a.tercet", "Haxby"); }
    SECTION("a study that knows the conditions") {
        study = Study::create(folder / "a.tercet", "Haxby");
        Study::Import known{.kind = "ratings", .newStimuli = {{"cat", "cat"}, {"face", "Face"}, {"house", "house"}}};
        known.arrays.set("ratings", Matrix<double>(3, 1));
        known.arrays.set("terms", std::vector<std::string>{"valence"});
        known.arrays.set("kinds", std::vector<std::uint8_t>{1});
        study->add(std::move(known));
    }
    const ImportReport report = importFiles(*study, request);
    REQUIRE(study->stimuli()->size() == 3);
    CHECK((*study->stimuli())[0].id == "cat");
    CHECK((*study->stimuli())[2].id == "house");
    const auto arrays = study->arrays(report.key);
    CHECK(whole(*arrays, scan_arrays::kRunFile) == std::vector<std::int64_t>{0, 0, 1});
    CHECK(whole(*arrays, scan_arrays::kRunFirst) == std::vector<std::int64_t>{0, 6, 0});
    CHECK(whole(*arrays, scan_arrays::kRunVolumes) == std::vector<std::int64_t>{6, 6, 12});
    CHECK(numbers(*arrays, scan_arrays::kBlockRun) == std::vector<std::int32_t>{0, 0, 1, 1, 1, 2, 2, 2});
    CHECK(numbers(*arrays, scan_arrays::kBlockStimulus) == std::vector<std::int32_t>{1, 2, 2, 1, 1, 0, 0, 1});
    CHECK(reals(*arrays, scan_arrays::kBlockOnset) == std::vector<double>{2.5, 7.5, 0, 2.5, 10, 0, 7.5, 10});
    CHECK(reals(*arrays, scan_arrays::kBlockDuration) == std::vector<double>{5, 5, 2.5, 5, 5, 5, 2.5, 5});
    CHECK(arrays->matrix(scan_arrays::kMotion).cols() == 0);
}

TEST_CASE("labels that are numbers name the stimuli that they make, wherever counting begins") {
    const ScratchFolder folder;
    const auto study = Study::create(folder / "a.tercet", "Numbers");
    const auto scans = writeScans(folder / "func", {.runs = 1, .volumes = 24});
    std::string labels;
    for (int condition = 12; condition > 0; --condition)
        labels += fmt::format("{0} 0\n{0} 0\n", condition);
    const ImportReport report = importFiles(
        *study, {.kind = "fmri", .files = scans, .indexBase = 1, .volumeLabels = folder.write("labels.txt", labels)});
    const auto stimuli = study->stimuli();
    REQUIRE(stimuli->size() == 12);
    const auto arrays = study->arrays(report.key);
    REQUIRE(numbers(*arrays, scan_arrays::kBlockStimulus).size() == 12);
    int condition = 12;
    for (const std::int32_t shown : numbers(*arrays, scan_arrays::kBlockStimulus))
        CHECK((*stimuli)[static_cast<std::size_t>(shown)].name == std::to_string(condition--));
}

TEST_CASE("voxels are those of the mask, or those with signal") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const ScanPlan plan{.runs = 1, .constant = 2};
    auto scans = writeScans(folder / "func", plan);
    SECTION("of a mask, whose constant voxels are told") {
        const auto mask =
            writeVolume(folder / "mask.nii.gz", plan.info(), [](std::size_t v) { return v == 2 || v > 20 ? 0.5 : 0; });
        const ImportReport report = importFiles(*study, {.kind = "fmri", .files = scans, .mask = mask});
        CHECK(numbers(*study->arrays(report.key), scan_arrays::kVoxel) ==
              std::vector<std::int32_t>{2, 0, 0, 1, 2, 1, 2, 2, 1, 3, 2, 1});
        CHECK(anyContains(report.notes, "1 of 4 voxels are constant in the first run"));
    }
    SECTION("above a fifth of the brightest, and those of no number are not") {
        writeVolumes(scans.front(), plan.info(), plan.volumes, [&](std::size_t t, std::span<double> values) {
            for (std::size_t v = 0; v < values.size(); ++v)
                values[v] = v % 4 == 0 ? std::nan("") : (v < 12 ? 100 : 15) + static_cast<double>(t % 5);
        });
        const ImportReport report = importFiles(*study, {.kind = "fmri", .files = scans});
        CHECK(study->arrays(report.key)->get<std::int32_t>(scan_arrays::kVoxel).shape[0] == 9);
        CHECK(anyContains(report.notes, "above a fifth of the brightest"));
    }
}

TEST_CASE("how long a volume took is asked for where the files do not say it, and what is asked for holds") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    ScanPlan plan{.runs = 2};
    const auto scans = writeScans(folder / "func", plan);
    plan.repetitionTime = GENERATE(0.0, 2.0);
    writeVolumes(scans[1], plan.info(), plan.volumes, [](std::size_t t, std::span<double> values) {
        std::fill(values.begin(), values.end(), static_cast<double>(t));
    });
    const Contents before(*study);
    const std::string message = messageOf<FormatError>([&] { importFiles(*study, {.kind = "fmri", .files = scans}); });
    CHECK_THAT(message, Contains(scans[1].string()) && Contains("--tr"));
    CHECK_THAT(message, plan.repetitionTime == 0 ? Contains("does not say how long")
                                                 : Contains("volumes of 1 s as in the first run, found 2 s"));
    CHECK(Contents(*study) == before);
    const ImportReport report = importFiles(*study, {.kind = "fmri", .files = scans, .repetitionTime = 1.25});
    CHECK(reals(*study->arrays(report.key), scan_arrays::kRepetitionTime) == std::vector<double>{1.25});
}

TEST_CASE("scans inside the study's folder go with it") {
    const ScratchFolder folder;
    auto study = makeRatedStudy(folder / "a.tercet");
    setParameters(*study, {"preprocess-fmri"}, {{"halvings", "2"}});
    const auto scans = writeScans(folder / "a.tercet/scans", {});
    const std::string key = importFiles(*study, {.kind = "fmri", .files = scans}).key;
    CHECK(texts(*study->arrays(key), scan_arrays::kPath).front() == "scans/sub-01_task-clips_run-01_bold.nii");
    study.reset();
    fs::create_directories(folder / "elsewhere");
    fs::rename(folder / "a.tercet", folder / "elsewhere/b.tercet");
    const auto moved = Study::open(folder / "elsewhere/b.tercet");
    const ResultRecord record = run(*moved, {"preprocess-fmri", "", "sub-01"});
    CHECK(moved->arrays(record.key)->largeArray("responses").rows() == 18);
}

TEST_CASE("responses and regions of BData are imported by what its columns say") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const auto file = BDataPlan{.stimuli = {1, 2, 3, 1, 2, 99}}.write(folder / "one.h5");
    const auto second = BDataPlan{.stimuli = {4, 5, 6}, .runs = {1, 1, 2}}.write(folder / "two.h5");
    const ImportReport report =
        importFiles(*study, {.kind = "fmri", .files = {file, second}, .subject = "S 1", .subjectTitle = "The first"});
    CHECK(study->subjects() == std::vector<Subject>{{"s-1", "The first"}});
    CHECK_THAT(report.summary, Contains("8 responses of subject “s-1”: 8 voxels in 2 parcels, 6 stimuli in 4 runs"));
    CHECK(anyContains(report.notes, "their stimulus is not in the study: 1 sample."));
    const auto arrays = study->arrays(report.key);
    CHECK(numbers(*arrays, scan_arrays::kSampleFile) == std::vector<std::int32_t>{0, 0, 0, 0, 0, 1, 1, 1});
    CHECK(whole(*arrays, scan_arrays::kSampleRow) == std::vector<std::int64_t>{0, 1, 2, 3, 4, 0, 1, 2});
    CHECK(numbers(*arrays, scan_arrays::kSampleRun) == std::vector<std::int32_t>{0, 0, 0, 1, 1, 2, 2, 3});
    CHECK(numbers(*arrays, scan_arrays::kSampleStimulus) == std::vector<std::int32_t>{0, 1, 2, 0, 1, 3, 4, 5});
    CHECK(whole(*arrays, scan_arrays::kColumn) == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7});
    CHECK(numbers(*arrays, scan_arrays::kParcel) == std::vector<std::int32_t>{0, 0, 1, 1, -1, -1, -1, -1});
    CHECK(texts(*arrays, scan_arrays::kParcelName) == std::vector<std::string>{"hcp180_r_lh.L_V1_ROI", "thalamus"});
    CHECK(whole(*arrays, scan_arrays::kSize) == std::vector<std::int64_t>{2, 2, 2});
    const Affine toMm = affineIn(*arrays, scan_arrays::kAffine);
    CHECK(toMm({1, 0, 1}) == Point3{-3, 9, 3});
    CHECK(std::vector<std::int32_t>(numbers(*arrays, scan_arrays::kVoxel).begin() + 15,
                                    numbers(*arrays, scan_arrays::kVoxel).begin() + 18) ==
          std::vector<std::int32_t>{1, 0, 1});

    setParameters(*study, {"preprocess-fmri"}, {{"halvings", "2"}});
    const auto responses = study->arrays(run(*study, {"preprocess-fmri", "", "s-1"}).key);
    const LargeArray& large = responses->largeArray("responses");
    Matrix<double> values(large.rows(), large.columns());
    large.read(0, 0, values.view());
    for (std::size_t s = 0; s < 8; ++s)
        for (std::size_t v = 0; v < 8; ++v)
            CHECK(values(s, v) == (v == 5 ? 7
                                          : 100 * static_cast<double>(whole(*arrays, scan_arrays::kSampleRow)[s]) +
                                                static_cast<double>(v)));
    CHECK(responses->get<std::uint8_t>("missing").values == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 1, 0, 0});
    const auto regions = study->arrays(run(*study, {"assign-regions", "", "s-1"}).key);
    const auto& names = texts(*regions, "region_name");
    const auto& region = numbers(*regions, "region");
    REQUIRE(region[0] >= 0);
    REQUIRE(region[2] >= 0);
    CHECK(names[static_cast<std::size_t>(region[0])] == "VC");
    CHECK(names[static_cast<std::size_t>(region[2])] == "thalamus");
    CHECK(region[4] == -1);
}

TEST_CASE("stimuli of BData are named by words, or by the third column of the public files") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    BDataPlan plan;
    std::vector<std::int32_t> expected;
    SECTION("words") {
        plan.stimulusKey = "stimulus_name";
        plan.words = {{"1.0", "0007"}, {"2.0", "clip, 9"}, {"3.0", "0001.mp4"}, {"9.0", "nothing"}};
        expected = {6, 8, 0, 6, 8};
    }
    SECTION("words, and samples at which nothing was shown") {
        plan.stimulusKey = "stimulus_name";
        plan.stimuli = {1, std::nan(""), 2, 3, std::nan(""), 2};
        plan.words = {{"1.0", "0007"}, {"2.0", "clip, 9"}, {"3.0", "0001.mp4"}};
        expected = {6, 8, 0, 8};
    }
    SECTION("the third column") {
        plan.stimulusKey = "Label";
        plan.stimulusColumns = 3;
        expected = {0, 1, 2, 0, 1, 8};
    }
    SECTION("a column that is asked for") {
        plan.stimulusKey = "shown";
        expected = {0, 1, 2, 0, 1, 8};
    }
    ImportRequest request{.kind = "fmri", .files = {plan.write(folder / "sub-7.h5")}};
    if (plan.stimulusKey == std::string("shown"))
        request.stimulusColumn = "shown";
    const ImportReport report = importFiles(*study, request);
    CHECK(study->subjects().front().name == "sub-7");
    CHECK(numbers(*study->arrays(report.key), scan_arrays::kSampleStimulus) == expected);
}

TEST_CASE("models of ratings come with the scans, or with ratings that come later") {
    const ScratchFolder folder;
    const auto study = Study::create(folder / "a.tercet", "Later");
    const auto labels = folder.write("labels.txt", "0001 0\n0001 0\n0002 0\n0002 0\n0003 0\n0003 0\n");
    importFiles(
        *study,
        {.kind = "fmri", .files = writeScans(folder / "func", {.runs = 1, .volumes = 6}), .volumeLabels = labels});
    CHECK(study->systems().empty());
    const auto ratings = folder.write("ratings.csv", "id,valence,arousal\n0001,2,3\n0002,4,1\n0003,5,5\n");
    importFiles(*study, {.kind = "ratings", .files = {ratings}});
    const auto systems = study->systems();
    CHECK(std::count_if(systems.begin(), systems.end(),
                        [](const System& system) { return isRatingTable(system.source); }) == 1);
    CHECK(study->system("dimension-ratings").source == SystemSource::DimensionRatings);
    importFiles(*study, {.kind = "ratings", .files = {ratings}});
    CHECK(study->systems() == systems);
}

TEST_CASE("surfaces of one hemisphere or both are read by their names") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const auto white = writeMesh(folder / "lh.white.surf.gii", octahedron(10));
    const auto pial = writeMesh(folder / "lh.pial.surf.gii", octahedron(12));
    const auto sphere = writeMesh(folder / "lh.sphere.surf.gii", octahedron(100));
    const auto second = writeMesh(folder / "lh.pial.T1.surf.gii", octahedron(13));
    const ImportReport one = importFiles(*study, {.kind = "surface", .files = {white, pial, sphere, second}});
    CHECK(anyContains(one.notes, "lh.pial.T1.surf.gii was left out: lh.pial.surf.gii is taken."));
    CHECK_THAT(one.summary, Contains("for all subjects: left 6 vertices"));
    CHECK(anyContains(one.notes, "There is a left hemisphere only."));
    CHECK(anyContains(one.notes, "lh.sphere.surf.gii was left out"));
    CHECK(anyContains(one.notes, "Curvature was computed"));
    CHECK(study->imported("", "surface") == one.key);
    const auto arrays = study->arrays(one.key);
    CHECK_FALSE(surfaceIn(*arrays, Hemisphere::Right));
    CHECK_FALSE(transformIn(*arrays));
    const auto left = surfaceIn(*arrays, Hemisphere::Left);
    REQUIRE(left);
    CHECK(left->white == octahedron(10).vertices);
    CHECK(left->pial == octahedron(12).vertices);
    CHECK(left->triangles == octahedron(1).triangles);
    CHECK(left->folded()[0][0] == 10);
    REQUIRE(left->curvature.size() == 6);
    CHECK(left->curvature[0] < 0);
    CHECK(study->subjects().empty());

    const auto right = writeMesh(folder / "R.midthickness.surf.gii", octahedron(11, 40));
    const ImportReport both = importFiles(*study, {.kind = "surface", .files = {white, right}, .subject = "sub-02"});
    CHECK(study->imported("sub-02", "surface") == both.key);
    CHECK(study->imported("", "surface") == one.key);
    CHECK_FALSE(anyContains(both.notes, "takes the place"));
    const ImportReport again = importFiles(*study, {.kind = "surface", .files = {pial}, .subject = "sub-02"});
    CHECK(anyContains(again.notes, "It takes the place of " + white.string() + ", imported 20"));
    CHECK(surfaceIn(*study->arrays(both.key), Hemisphere::Right)->folded()[1][0] == 29);
}

TEST_CASE("a folder of pycortex is a surface with the transform that is asked for, or the only one") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    std::vector<std::string> transforms;
    std::string asked;
    bool expected = false;
    SECTION("none") {}
    SECTION("one") {
        transforms = {"full"};
        expected = true;
    }
    SECTION("several, of which none is asked for") { transforms = {"full", "small"}; }
    SECTION("several, of which one is asked for") {
        transforms = {"full", "small"};
        asked = "small";
        expected = true;
    }
    const auto store = writePycortex(folder / "S9", transforms);
    const ImportReport report =
        importFiles(*study, {.kind = "surface", .files = {store}, .subject = "S9", .transform = asked});
    const auto arrays = study->arrays(report.key);
    CHECK(surfaceIn(*arrays, Hemisphere::Left)->white.size() == 6);
    CHECK(surfaceIn(*arrays, Hemisphere::Right)->pial.size() == 6);
    const auto transform = transformIn(*arrays);
    REQUIRE(transform.has_value() == expected);
    if (transform)
        CHECK((*transform)({2, 4, 8}) == Point3{2, 4, 5});
    CHECK(anyContains(report.notes, "several transforms (full, small)") == (transforms.size() == 2 && asked.empty()));
}

TEST_CASE("parcels of vertices and of voxels are imported, with names of their own, given, or FreeSurfer's") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const auto names = folder.write("names.csv", "1,V1\n2,TF\n");
    SECTION("labels of a hemisphere") {
        const auto labels = writeLabels(folder / "L.label.gii", {0, 1, 1, 2, 5, 0});
        const ImportReport report = importFiles(*study, {.kind = "parcellation", .files = {labels}});
        CHECK_THAT(report.summary, Contains("2 parcels of the left hemisphere for all subjects"));
        const auto arrays = study->arrays(report.key);
        CHECK(study->imported("", "parcels") == report.key);
        CHECK(texts(*arrays, "parcel_name") == std::vector<std::string>{"L_V1_ROI", "L_TF_ROI"});
        const auto left = parcelsIn(*arrays, Hemisphere::Left);
        CHECK(std::vector<std::int32_t>(left.begin(), left.end()) == std::vector<std::int32_t>{-1, 0, 0, 1, -1, -1});
        CHECK(parcelsIn(*arrays, Hemisphere::Right).empty());
    }
    SECTION("numbers of both hemispheres, the left as long as the surface") {
        SurfaceMesh wider = octahedron(10);
        wider.vertices.push_back({0, 0, 11});
        importFiles(*study, {.kind = "surface",
                             .files = {writeMesh(folder / "lh.white.gii", octahedron(10)),
                                       writeMesh(folder / "rh.white.gii", wider)}});
        const auto file = folder.write("both.csv", "1\n2\n0\n0\n0\n1\n2\n2\n1\n1\n1\n1\n0\n");
        const ImportReport report =
            importFiles(*study, {.kind = "parcellation", .files = {file}, .parcelNames = names});
        const auto arrays = study->arrays(report.key);
        CHECK(parcelsIn(*arrays, Hemisphere::Left).size() == 6);
        const auto right = parcelsIn(*arrays, Hemisphere::Right);
        CHECK(right.size() == 7);
        CHECK(texts(*arrays, "parcel_name")[static_cast<std::size_t>(right[0])] == "TF");
    }
    SECTION("a volume") {
        const ScanPlan plan;
        const bool named = GENERATE(false, true);
        const auto volume = writeVolume(folder / "sub-01_dseg.nii.gz", plan.info(), [](std::size_t v) {
            return v < 3 ? 0.0 : v < 10 ? 10.0 : v < 20 ? 1.0 : 2.0;
        });
        ImportRequest request{.kind = "parcellation", .files = {volume}};
        if (named)
            request.parcelNames = names;
        const ImportReport report = importFiles(*study, request);
        CHECK(study->imported("sub-01", "volume-parcels") == report.key);
        const auto arrays = study->arrays(report.key);
        CHECK(arrays->get<std::int32_t>("parcel").shape == std::vector<std::size_t>{2, 3, 4});
        CHECK(affineIn(*arrays, "affine") == plan.toMm());
        CHECK(anyContains(report.notes, "FreeSurfer's; 1 of 3 belong to a region") != named);
        if (named)
            CHECK(texts(*arrays, "parcel_name") == std::vector<std::string>{"V1", "TF"});
        else
            CHECK(texts(*arrays, "parcel_name") == std::vector<std::string>{"#10", "#1", "#2"});
        const auto& parcel = numbers(*arrays, "parcel");
        CHECK(parcel[0] == -1);
        CHECK(parcel[5] == (named ? -1 : 0));
        CHECK(parcel[15] == (named ? 0 : 1));
        CHECK(parcel[23] == (named ? 1 : 2));
    }
}

TEST_CASE("a table of regions is imported as it is") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const auto file = folder.write("regions.csv", "region,kind,parcel\nSeeing,cortical,V1\nDeep,subcortical,#10\n");
    const ImportReport report = importFiles(*study, {.kind = "regions", .files = {file}});
    CHECK(study->imported("", "regions") == report.key);
    const RegionTable table = regionTableFromCsv(texts(*study->arrays(report.key), "csv").at(0), "table");
    CHECK(table.regions == std::vector<RegionTable::Region>{{"Seeing", false, {"V1"}}, {"Deep", true, {"#10"}}});
    CHECK(report.notes.empty()); // there is no parcellation to compare it with
    const auto labels = writeLabels(folder / "L.label.gii", {0, 1, 1, 2, 5, 0});
    importFiles(*study, {.kind = "parcellation", .files = {labels}});
    const auto other = folder.write("other.csv", "region,kind,parcel\nSeeing,cortical,V1\nDeep,subcortical,#10\n"
                                                 "Seeing,cortical,V9\n");
    CHECK(anyContains(importFiles(*study, {.kind = "regions", .files = {other}}).notes,
                      "2 parcels of the table are in no parcellation of the study: V9 and others"));
}

TEST_CASE("a table of regions that is edited stands for the one before, and the usual one for none") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    CHECK(regionTableOf(*study) == defaultRegionTable());
    const auto file = folder.write("regions.csv", "region,kind,parcel\nSeeing,cortical,V1\n");
    importFiles(*study, {.kind = "regions", .files = {file}});
    RegionTable table = regionTableOf(*study);
    CHECK(table.regions == std::vector<RegionTable::Region>{{"Seeing", false, {"V1"}}});
    table.regions.front().parcels.emplace_back("V2");
    setRegionTable(*study, table);
    CHECK(regionTableOf(*study) == table);
    CHECK(std::ranges::count(study->imports(), "regions", &ImportRecord::kind) == 1);
    const auto key = study->imported("", "regions");
    setRegionTable(*study, {{{"Other", true, {}}}});
    CHECK(study->imported("", "regions") != key);
    setRegionTable(*study, table);
    CHECK(study->imported("", "regions") == key); // what was made with it holds again
    table.regions.front().parcels.emplace_back("L_V2_ROI");
    CHECK_THROWS_AS(setRegionTable(*study, table), FormatError);
    CHECK(study->imported("", "regions") == key);
    setRegionTable(*study, defaultRegionTable());
    CHECK_FALSE(study->imported("", "regions"));
    const auto again = Study::open(folder / "a.tercet");
    CHECK(regionTableOf(*again) == defaultRegionTable());
}
