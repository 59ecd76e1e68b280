#include "pipeline_study.h"

#include <thread>

using namespace tercet;
using namespace tercet::test;

namespace {

const std::string kSystem = "human-categories";

} // namespace

TEST_CASE("a step that was asked to stop as it began stores nothing") {
    const ScratchFolder folder;
    const auto study = makeStudyOfFewRuns(folder / "a.tercet", {});
    for (const Task& task :
         {Task{"noise-ceiling", kSystem}, Task{"rsm", kSystem}, Task{"compress", kSystem}, Task{"align-systems", ""},
          Task{"sweep-dimensions", kSystem}, Task{"reproducibility", kSystem}, Task{"saturation", kSystem},
          Task{"agreement", ""}, Task{"similarity", kSystem}, Task{"emotion-graph", kSystem}}) {
        INFO(task.step);
        Run stopped;
        bool begun = false;
        // The pipeline does not look at the control between this and the end of the step.
        const auto started = [&](const Task& one) {
            begun = one == task;
            if (begun)
                stopped.control.requestStop();
        };
        CHECK_THROWS_AS(runTask(*study, task,
                                {.control = stopped.control,
                                 .progress = {},
                                 .threads = 1,
                                 .started = started,
                                 .publish = {},
                                 .finished = {}}),
                        Cancelled);
        CHECK(begun);
        CHECK(stateOf(*study, task).kind == StepState::Kind::Missing);
    }
}

TEST_CASE("a step that would take hours ends where it is when it is asked to stop") {
    const ScratchFolder folder;
    const auto study = makeStudyOfFewRuns(folder / "a.tercet", {});
    struct Long {
        Task task;
        std::map<std::string, std::string> parameters;
    };
    for (const Long& each : {Long{{"noise-ceiling", kSystem}, {{"triplets", "1000000"}, {"answers", "10000"}}},
                             Long{{"rsm", kSystem}, {{"resamples", "1000000"}, {"permutations", "1000000"}}},
                             Long{{"align-systems", ""}, {{"resamples", "1000000"}, {"splits", "1000"}}},
                             Long{{"emotion-graph", kSystem}, {{"seeds", "100000"}}}}) {
        INFO(each.task.step);
        setParameters(*study, each.task, each.parameters);
        Run stopped;
        std::jthread stopper;
        const auto started = [&](const Task& one) {
            if (one == each.task)
                stopper = std::jthread([&] {
                    std::this_thread::sleep_for(std::chrono::milliseconds(100));
                    stopped.control.requestStop();
                });
        };
        CHECK_THROWS_AS(runTask(*study, each.task,
                                {.control = stopped.control,
                                 .progress = {},
                                 .threads = 2,
                                 .started = started,
                                 .publish = {},
                                 .finished = {}}),
                        Cancelled);
        CHECK(stateOf(*study, each.task).kind == StepState::Kind::Missing);
    }
}
