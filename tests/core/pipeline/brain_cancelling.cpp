#include "brain_files.h"
#include "core/base/error.h"

#include <set>

using namespace tercet;
using namespace tercet::test;

namespace {

const std::string kSystem = "dimension-ratings";
const std::string kSubject = "sub-01";

/// Two scanned subjects with a surface and parcels; more voxels than one part of any step takes.
std::shared_ptr<Study> makeScannedStudy(const fs::path& folder) {
    auto study = makeRatedStudy(folder, 24);
    for (const char* subject : {"sub-01", "sub-02"}) {
        const ScanPlan plan{.subject = subject, .size = {12, 12, 8}, .runs = 5, .motion = true, .otherRuns = 4};
        importFiles(*study, {.kind = "fmri", .files = writeScans(study->folder() / "scans", plan)});
    }
    importFiles(*study, {.kind = "surface", .files = {writeMesh(folder / "scans/lh.white.gii", octahedron(12))}});
    importFiles(*study,
                {.kind = "parcellation", .files = {writeLabels(folder / "scans/lh.label.gii", {1, 2, 1, 2, 1, 2})}});
    for (const System& system : study->systems()) {
        setParameters(*study, {"encode", system.name}, {{"outer", "4"}, {"inner", "3"}, {"alphas", "5"}});
        setParameters(*study, {"voxel-test", system.name}, {{"permutations", "3"}});
    }
    setParameters(*study, {"searchlight"}, {{"radius", "1"}});
    return study;
}

std::set<std::string> filesOf(const Study& study) {
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(study.scratchFolder()))
        if (const std::string name = entry.path().filename().string(); !name.ends_with(".checkpoint.h5"))
            files.insert(name);
    return files;
}

/// Runs a task and counts the looks at its control, of which one may ask for a stop; 0: none.
struct CountedRun {
    std::size_t looks = 0;
    std::size_t stopAt = 0;
    JobControl control{[this] {
        if (++looks == stopAt)
            control.requestStop();
    }};

    ResultRecord of(Study& study, const Task& task) {
        return runTask(
            study, task,
            {.control = control, .progress = {}, .threads = 1, .started = {}, .publish = {}, .finished = {}});
    }
};

} // namespace

TEST_CASE("every step of the brain looks often, stops at any look and leaves nothing half-written") {
    struct Case {
        Task task;
        std::map<std::string, std::string> parameters;
        std::size_t fewestLooks; ///< that its work is divided by
    };
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    // Of 1,152 voxels in blocks of 512 or 256, 30 showings of 24 stimuli, 4 outer folds, 3 systems, 2 subjects.
    const std::vector<Case> cases = {
        {{"preprocess-fmri", "", kSubject}, {}, 5 * 40 + 3},
        {{"assign-regions", "", kSubject}, {}, 2},
        {{"project-surface", "", kSubject}, {}, 2},
        {{"choose-stimuli", kSystem, kSubject}, {}, 5},
        {{"choose-stimuli", kSystem, kSubject}, {{"by", "reliability"}}, 5 * (1 + 6)},
        {{"encode", kSystem, kSubject}, {}, 3 * (1 + 4)},
        {{"voxel-test", kSystem, kSubject}, {}, 5 * (1 + 3) * 4},
        {{"voxel-test", kSystem, kSubject}, {{"test", "folds"}}, 2},
        {{"voxel-test", kSystem, kSubject}, {{"test", "r-to-t"}}, 2},
        {{"searchlight", "", kSubject}, {}, 30 + 3 * 24 + 1152},
        {{"roi-test", "", ""}, {}, 3 * 2 + 3 * 26},
        {{"compare-voxels", "", ""}, {}, 3 * 3 * 2},
        {{"component-maps", kSystem, ""}, {}, 2 * 2},
    };
    std::size_t copies = 0;
    for (const auto& [task, parameters, fewestLooks] : cases) {
        INFO(toText(task) << " " << (parameters.empty() ? "" : parameters.begin()->second));
        setParameters(*study, task, parameters);
        for (const Task& needed : TaskStates(*study).neededBy(task))
            run(*study, needed);
        const auto copy = [&] {
            const fs::path to = folder / fmt::format("{}.tercet", ++copies);
            fs::copy(study->folder(), to, fs::copy_options::recursive);
            return Study::open(to);
        };
        CountedRun whole;
        const auto done = copy();
        const auto expected = bytesOf(*done, whole.of(*done, task));
        CHECK(whole.looks >= fewestLooks);
        for (const std::size_t stopAt : {whole.looks / 2, whole.looks}) {
            INFO("look " << stopAt << " of " << whole.looks);
            const auto stopped = copy();
            const std::set<std::string> before = filesOf(*stopped);
            CountedRun cut{.stopAt = stopAt};
            CHECK_THROWS_AS(cut.of(*stopped, task), Cancelled);
            CHECK(cut.looks == stopAt);
            CHECK(kindOf(*stopped, task) == StepState::Kind::Missing);
            CHECK(filesOf(*stopped) == before);
            CHECK(bytesOf(*stopped, run(*stopped, task)) == expected);
        }
    }
}
