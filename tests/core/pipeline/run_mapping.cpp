#include "core/pipeline/run_mapping.h"

#include "brain_files.h"

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

ImportRequest scansOf(const ScratchFolder& folder, const ScanPlan& plan = {.motion = true}) {
    return {.kind = "fmri", .files = writeScans(folder / "sub-01/func", plan)};
}

} // namespace

TEST_CASE("what is mapped is what the import does") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet", 17); // the last stimulus shown is not in it
    ImportRequest request = scansOf(folder);
    const RunMapping mapping = mapRuns(*study->stimuli(), request);
    CHECK(mapping.problems.empty());
    CHECK_FALSE(mapping.failure);
    CHECK(study->imports().size() == 1); // nothing was done

    const ImportReport report = importFiles(*study, request);
    const auto arrays = study->arrays(report.key);
    CHECK(mapping.subject == Subject{"sub-01", "sub-01"});
    CHECK(study->subjects() == std::vector<Subject>{*mapping.subject});
    CHECK(arrays->get<double>(scan_arrays::kRepetitionTime).values == std::vector<double>{mapping.repetitionTime});
    REQUIRE(mapping.runs.size() == arrays->get<std::int64_t>(scan_arrays::kRunVolumes).values.size());
    std::size_t row = 0;
    for (std::size_t r = 0; r < mapping.runs.size(); ++r) {
        const MappedRun& run = mapping.runs[r];
        CHECK(arrays->get<std::int64_t>(scan_arrays::kRunVolumes).values[r] == static_cast<std::int64_t>(run.volumes));
        REQUIRE(run.motion.rows() == run.volumes);
        for (std::size_t v = 0; v < run.volumes; ++v, ++row)
            for (std::size_t c = 0; c < mapping.motionColumns; ++c)
                CHECK(arrays->matrix(scan_arrays::kMotion)(row, c) == run.motion(v, c));
    }
    REQUIRE(mapping.blocks.size() == 17);
    REQUIRE(arrays->get<std::int32_t>(scan_arrays::kBlockRun).values.size() == 17);
    for (std::size_t b = 0; b < 17; ++b) {
        CHECK(arrays->get<std::int32_t>(scan_arrays::kBlockRun).values[b] == mapping.blocks[b].run);
        CHECK(arrays->get<std::int32_t>(scan_arrays::kBlockStimulus).values[b] == mapping.blocks[b].stimulus);
        CHECK(arrays->get<double>(scan_arrays::kBlockOnset).values[b] == mapping.blocks[b].onset);
        CHECK(arrays->get<double>(scan_arrays::kBlockDuration).values[b] == mapping.blocks[b].duration);
        CHECK(mapping.blocks[b].fits);
    }
    for (const std::string& note : mapping.notes)
        CHECK(std::ranges::count(report.notes, note) == 1);
    CHECK(mapping.stimulusColumn == "stimulus");
    CHECK(mapping.columns == std::vector<std::string>{"trial_type", "stimulus"});
    REQUIRE(mapping.runs[2].others.size() == 1);
    CHECK(mapping.runs[2].others[0].name == "0018");
    CHECK(mapping.runs[2].others[0].onset == 30);
    CHECK(mapping.runs[0].events == folder / "sub-01/func/sub-01_task-clips_run-01_events.tsv");
}

TEST_CASE("everything that does not fit is said, run by run, and the import says the first") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const ScanPlan plan{.runs = 4, .stimuliPerRun = 4, .motion = true};
    const ImportRequest request = scansOf(folder, plan);
    const fs::path func = folder / "sub-01/func";
    fs::remove(plan.file(func, 0, "events.tsv"));
    writeText(plan.file(func, 1, "events.tsv"), "onset\tduration\tstimulus\n0\t4\t0005\n30\t20\t0006\n-1\t2\t0007\n");
    writeText(plan.file(func, 2, "motion.tsv"), "trans_x\ttrans_y\ttrans_z\trot_x\trot_y\trot_z\n0\t0\t0\t0\t0\t0\n");
    const RunMapping mapping = mapRuns(*study->stimuli(), request);
    REQUIRE(mapping.runs.size() == 4);
    CHECK_THAT(mapping.runs[0].problem, Contains("no table of events"));
    CHECK_THAT(mapping.runs[1].problem, Contains("run 2 is shorter") && Contains("“0006”"));
    CHECK_THAT(mapping.runs[2].problem, Contains("each of the run's 40 volumes"));
    CHECK(mapping.runs[3].problem.empty());
    CHECK(mapping.problems.size() == 3);
    std::vector<bool> fits;
    for (const ShownBlock& block : mapping.blocks)
        if (block.run == 1)
            fits.push_back(block.fits);
    CHECK(fits == std::vector<bool>{true, false, false});
    try {
        importFiles(*study, request);
        FAIL_CHECK("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.what() == mapping.problems.front());
    }
}

TEST_CASE("a scan that cannot be read leaves the other runs mapped") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const ImportRequest request = scansOf(folder);
    fs::resize_file(request.files[0], 400);
    const RunMapping mapping = mapRuns(*study->stimuli(), request);
    REQUIRE(mapping.problems.size() == 1);
    CHECK_THAT(mapping.runs[0].problem, Contains("run-01_bold.nii"));
    CHECK(mapping.runs[1].problem.empty());
    CHECK(std::ranges::count(mapping.blocks, 1, &ShownBlock::run) == 6);
    CHECK(mapping.repetitionTime == 1);
}

TEST_CASE("what is asked for is looked at before the voxels are") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const ImportRequest scans = scansOf(folder);
    struct Sample {
        std::function<void(ImportRequest&)> change;
        const char* says;
    };
    const ScanPlan plan;
    VolumeInfo larger = plan.info();
    larger.size = {5, 3, 2};
    const fs::path mask = writeVolume(folder / "mask.nii", larger, [](std::size_t) { return 1; });
    const Sample samples[] = {
        {[](ImportRequest& request) { request.keptEvents = "stimulus"; }, "--keep"},
        {[](ImportRequest& request) { request.keptEvents = "colour=red"; }, "colour"},
        {[](ImportRequest& request) { request.stimulusColumn = "colour"; }, "colour"},
        {[](ImportRequest& request) { request.stimulusColumn = "trial_type"; }, "“clip”"},
        {[](ImportRequest& request) { request.events.resize(2); }, "--events"},
        {[](ImportRequest& request) { request.motion.resize(1); }, "--motion"},
        {[&](ImportRequest& request) { request.mask = mask; }, "mask.nii"},
        {[&](ImportRequest& request) { request.mask = folder / "none.nii"; }, "none.nii"},
        {[](ImportRequest& request) { request.repetitionTime = 0.5; }, "shorter than its events"},
        {[](ImportRequest& request) { request.subject = "?"; }, "--subject"},
        {[&](ImportRequest& request) { request.volumeLabels = folder / "none.txt"; }, "none.txt"},
        {[](ImportRequest& request) { request.files.clear(); }, "a file"},
    };
    for (const Sample& sample : samples) {
        ImportRequest request = scans;
        sample.change(request);
        const RunMapping mapping = mapRuns(*study->stimuli(), request);
        REQUIRE_FALSE(mapping.problems.empty());
        CHECK_THAT(mapping.problems.front(), Contains(sample.says));
        CHECK(mapping.failure);
    }
    CHECK_THAT(mapRuns({}, scans).problems.front(), Contains("no stimuli yet"));
}

TEST_CASE("samples of BData are mapped by run") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const ImportRequest request{.kind = "fmri",
                                .files = {BDataPlan{.stimuli = {1, 2, 3, 1, 2, 99}}.write(folder / "sub-01.h5")}};
    const RunMapping mapping = mapRuns(*study->stimuli(), request);
    CHECK(mapping.problems.empty());
    CHECK(mapping.responses);
    REQUIRE(mapping.runs.size() == 2);
    CHECK(mapping.runs[1].volumes == 3);
    REQUIRE(mapping.runs[1].others.size() == 1);
    CHECK(mapping.runs[1].others[0].name == "99");
    CHECK(mapping.samples.row == std::vector<std::int64_t>{0, 1, 2, 3, 4});
    CHECK(mapping.columns == std::vector<std::string>{"Run", "stim_index"});
    CHECK(mapping.stimulusColumn == "stim_index");
}
