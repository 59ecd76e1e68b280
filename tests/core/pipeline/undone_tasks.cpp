#include "brain_files.h"
#include "core/base/error.h"
#include "core/pipeline/projected_surface.h"

#include <set>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

/// Three subjects; of the last there is no right hemisphere.
std::shared_ptr<Study> makeScannedStudy(const fs::path& folder) {
    auto study = makeRatedStudy(folder, 24);
    for (const std::string subject : {"sub-01", "sub-02", "sub-03"}) {
        const ScanPlan plan{.subject = subject, .runs = 4};
        importFiles(*study, {.kind = "fmri", .files = writeScans(study->folder() / "scans", plan)});
        std::vector<fs::path> surfaces = {writeMesh(folder / "scans" / subject / "lh.white.gii", octahedron(12))};
        if (subject != "sub-03")
            surfaces.push_back(writeMesh(folder / "scans" / subject / "rh.white.gii", octahedron(12)));
        importFiles(*study, {.kind = "surface", .files = surfaces, .subject = subject});
    }
    importFiles(*study, {.kind = "parcellation",
                         .files = {writeLabels(folder / "scans/lh.label.gii", {1, 2, 1, 2, 1, 2}),
                                   writeLabels(folder / "scans/rh.label.gii", {1, 2, 1, 2, 1, 2})}});
    for (const System& system : study->systems()) {
        setParameters(*study, {"encode", system.name}, {{"outer", "4"}, {"inner", "3"}, {"alphas", "5"}});
        setParameters(*study, {"voxel-test", system.name}, {{"permutations", "3"}});
    }
    setParameters(*study, {"searchlight"}, {{"radius", "1"}});
    return study;
}

} // namespace

TEST_CASE("a subject whose scans are gone keeps no other from being done, and is tried once") {
    const ScratchFolder folder;
    const auto study = makeScannedStudy(folder / "a.tercet");
    const fs::path scan = ScanPlan{.subject = "sub-01"}.file(study->folder() / "scans", 2, "bold.nii");
    fs::rename(scan, scan.string() + ".away");

    std::vector<Task> tasks = allTasks(*study);
    std::erase_if(tasks, [](const Task& task) { return stepNamed(task.step).group != "Brain"; });
    JobControl control;
    std::multiset<Task> started;
    const RunContext context{.control = control,
                             .progress = {},
                             .threads = 2,
                             .started = [&](const Task& task) { started.insert(task); },
                             .publish = {},
                             .finished = {}};
    const std::vector<UndoneTask> undone = runTasks(*study, tasks, context);
    CHECK(started.count({"preprocess-fmri", "", "sub-01"}) == 1);

    // What needs that subject's responses, and nothing else.
    const std::set<std::string> ofOne = {"preprocess-fmri", "encode", "voxel-test", "choose-stimuli", "searchlight"};
    const std::set<std::string> ofAll = {"roi-test", "compare-voxels", "component-maps"};
    for (const Task& task : tasks) {
        INFO(toText(task));
        const auto found = std::ranges::find(undone, task, &UndoneTask::task);
        const bool expected = (task.subject == "sub-01" && ofOne.contains(task.step)) || ofAll.contains(task.step);
        CHECK((found != undone.end()) == expected);
        CHECK((kindOf(*study, task) == StepState::Kind::Done) == !expected);
        if (found != undone.end()) {
            CHECK_THAT(found->reason, Contains(scan.string()) && Contains("not where it was when it was imported"));
            CHECK((found->error != nullptr) == (task.step == "preprocess-fmri"));
            CHECK_FALSE(found->blocked);
        }
    }

    // The subject with one hemisphere.
    const auto projected = study->arrays(shownResult(*study, {"project-surface", "", "sub-03"})->key);
    const ProjectedSurface surface = projectedSurface(*projected);
    CHECK(surface.hemispheres[0].sampling);
    CHECK_FALSE(surface.hemispheres[1].sampling);
    CHECK_FALSE(surface.hemispheres[1].folded);
    CHECK(projectedSurface(*study->arrays(shownResult(*study, {"project-surface", "", "sub-02"})->key))
              .hemispheres[1]
              .sampling);

    fs::rename(scan.string() + ".away", scan);
    CHECK(runTasks(*study, tasks, context).empty());
}

TEST_CASE("what waits for the user and what a parameter forbids are told apart") {
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet", 24);
    importFiles(*study, {.kind = "fmri", .files = writeScans(study->folder() / "scans", {.runs = 4})});
    setParameters(*study, {"encode", "category-ratings"}, {{"outer", "24"}, {"inner", "24"}}); // of 24 samples
    setParameters(*study, {"encode", "dimension-ratings"}, {{"outer", "4"}, {"inner", "3"}});
    JobControl control;
    const RunContext context{
        .control = control, .progress = {}, .threads = 1, .started = {}, .publish = {}, .finished = {}};
    const std::vector<UndoneTask> undone = runTasks(*study,
                                                    {{"project-surface", "", "sub-01"},
                                                     {"encode", "category-ratings", "sub-01"},
                                                     {"voxel-test", "category-ratings", "sub-01"},
                                                     {"encode", "dimension-ratings", "sub-01"}},
                                                    context);
    REQUIRE(undone.size() == 3);
    CHECK(undone[0].blocked);
    CHECK_THAT(undone[0].reason, Contains("no cortical surface"));
    CHECK_THROWS_AS(std::rethrow_exception(undone[0].error), MissingError);
    CHECK_FALSE(undone[1].blocked);
    CHECK_THROWS_AS(std::rethrow_exception(undone[1].error), DataError);
    CHECK(undone[2].reason == undone[1].reason);
    CHECK_FALSE(undone[2].error);
    control.requestStop();
    CHECK_THROWS_AS(runTasks(*study, {{"assign-regions", "", "sub-01"}, {"compare-voxels", "", ""}}, context),
                    Cancelled);
}
