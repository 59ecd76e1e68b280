#include "core/base/error.h"
#include "core/pipeline/fit_checkpoint.h"
#include "pipeline_study.h"

#include <chrono>
#include <sys/wait.h>
#include <thread>

using namespace tercet;
using namespace tercet::test;

namespace {

namespace fs = std::filesystem;

const FitSnapshot& fitIn(const Snapshot& snapshot) { return *std::get<std::shared_ptr<const FitSnapshot>>(snapshot); }

std::vector<fs::path> checkpointsOf(const fs::path& study) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(study / "arrays"))
        if (entry.path().filename().string().ends_with(".checkpoint.h5"))
            found.push_back(entry.path());
    return found;
}

/// Runs the fit and says after how many epochs it began.
ResultRecord runFit(Study& study, std::size_t& beganAfter) {
    Run one;
    std::optional<std::size_t> first;
    one.publish = [&](const Task& task, const Snapshot& snapshot) {
        if (task == kFit && !first)
            first = fitIn(snapshot).epochShare > 0 ? fitIn(snapshot).epoch : fitIn(snapshot).epoch - 1;
    };
    ResultRecord record = one.of(study, kFit);
    REQUIRE(first);
    beganAfter = *first;
    return record;
}

} // namespace

TEST_CASE("a fit that was cancelled goes on as if it had not been") {
    const ScratchFolder folder;
    const auto whole = makeStudy(folder / "whole.tercet");
    const auto parts = makeStudy(folder / "parts.tercet");
    for (const auto& study : {whole, parts})
        setParameters(*study, kFit, {{"stopping", "held-out"}});
    const ResultRecord expected = run(*whole, kFit);

    Run cancelled;
    cancelled.publish = [&](const Task& task, const Snapshot& snapshot) {
        if (task == kFit && fitIn(snapshot).epoch == 5)
            cancelled.control.requestStop();
    };
    CHECK_THROWS_AS(cancelled.of(*parts, kFit), Cancelled);
    CHECK(stateOf(*parts, kFit).kind == StepState::Kind::Missing);
    CHECK(stateOf(*parts, kSimulate).kind == StepState::Kind::Done);
    REQUIRE(checkpointsOf(parts->folder()).size() == 1);
    CHECK(readCheckpoint(checkpointsOf(parts->folder()).front()).records.size() == 5);

    std::size_t beganAfter = 0;
    const ResultRecord resumed = runFit(*parts, beganAfter);
    CHECK(beganAfter == 5);
    CHECK(resumed.key == expected.key);
    CHECK(bytesOf(*parts, resumed) == bytesOf(*whole, expected));
}

TEST_CASE("a higher epoch limit goes on from where a lower one ended, a lower one begins anew") {
    const ScratchFolder folder;
    const auto whole = makeStudy(folder / "whole.tercet");
    const auto parts = makeStudy(folder / "parts.tercet");
    const ResultRecord twelve = run(*parts, kFit);
    for (const auto& study : {whole, parts})
        setParameters(*study, kFit, {{"epochs", "15"}});
    std::size_t beganAfter = 0;
    const ResultRecord fifteen = runFit(*parts, beganAfter);
    CHECK(beganAfter == 12);
    CHECK(fifteen.key != twelve.key);
    CHECK(bytesOf(*parts, fifteen) == bytesOf(*whole, run(*whole, kFit)));

    for (const auto& study : {whole, parts})
        setParameters(*study, kFit, {{"epochs", "4"}});
    CHECK(bytesOf(*parts, run(*parts, kFit)) == bytesOf(*whole, run(*whole, kFit)));
}

TEST_CASE("a fit goes on from a checkpoint of the same recipe only") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    run(*study, kFit);
    std::size_t beganAfter = 99;
    SECTION("another λ") {
        setParameters(*study, kFit, {{"lambda", "0.01"}});
        runFit(*study, beganAfter);
    }
    SECTION("other judgments") {
        setParameters(*study, kSimulate, {{"seed", "2"}});
        runFit(*study, beganAfter);
    }
    SECTION("a damaged one") {
        REQUIRE(checkpointsOf(study->folder()).size() == 1);
        damage(checkpointsOf(study->folder()).front());
        setParameters(*study, kFit, {{"epochs", "13"}});
        runFit(*study, beganAfter);
    }
    CHECK(beganAfter == 0);
}

TEST_CASE("a program that is killed in the middle of a fit loses no more than since its checkpoint") {
    const ScratchFolder folder;
    const fs::path where = folder / "killed.tercet";
    {
        const auto study = makeStudy(where);
        setParameters(*study, kFit, {{"epochs", "100000"}, {"stopping", "limit"}});
        run(*study, kSimulate);
    }
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            run(*Study::open(where), kFit);
        } catch (...) {
        }
        ::_exit(1);
    }
    while (checkpointsOf(where).empty() && ::waitpid(child, nullptr, WNOHANG) == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));

    const auto study = Study::open(where);
    CHECK(study->readOnlyReason().empty());
    for (const CheckFinding& finding : study->check())
        CHECK(finding.good);
    CHECK(stateOf(*study, kFit).kind == StepState::Kind::Missing);
    REQUIRE(checkpointsOf(where).size() == 1);
    const std::size_t epochs = readCheckpoint(checkpointsOf(where).front()).records.size();
    REQUIRE(epochs > 0);

    const auto whole = makeStudy(folder / "whole.tercet");
    for (const auto& each : {study, whole})
        setParameters(*each, kFit, {{"epochs", std::to_string(epochs + 2)}, {"stopping", "limit"}});
    std::size_t beganAfter = 0;
    const ResultRecord resumed = runFit(*study, beganAfter);
    CHECK(beganAfter == epochs);
    const ResultRecord expected = run(*whole, kFit);
    CHECK(resumed.key == expected.key);
    CHECK(bytesOf(*study, resumed) == bytesOf(*whole, expected));
}

TEST_CASE("what a killed program had half written is removed by the next one that may write") {
    const ScratchFolder folder;
    const fs::path where = folder / "a.tercet";
    const fs::path partial = where / "arrays" / "00ff.h5.4711-0.partial";
    {
        const auto writer = makeStudy(where);
        std::ofstream(partial) << "half of it";
        const auto reader = Study::open(where);
        CHECK(fs::exists(partial));
    }
    (void)Study::open(where);
    CHECK_FALSE(fs::exists(partial));
}

TEST_CASE("a fit stopped by hand stores what it has and can go on") {
    const ScratchFolder folder;
    const auto whole = makeStudy(folder / "whole.tercet");
    const auto parts = makeStudy(folder / "parts.tercet");

    Run stopped;
    stopped.publish = [&](const Task& task, const Snapshot& snapshot) {
        if (task == kFit && fitIn(snapshot).epoch == 4)
            stopped.control.requestFinish();
    };
    CHECK_FALSE(canResume(*parts, kFit));
    const ResultRecord early = stopped.of(*parts, kFit);
    const auto epochs = parts->arrays(early.key)->get<double>("record_epoch").values.size();
    CHECK(epochs < 12);
    CHECK(early.parameters.at("epochs") == std::to_string(epochs));
    CHECK(parts->arrays(early.key)->attribute("stop_reason") == "it was stopped by hand");
    CHECK(stateOf(*parts, kFit).kind == StepState::Kind::Done);
    CHECK(canResume(*parts, kFit));

    // It is the very result of a fit that was to have as many epochs.
    setParameters(*whole, kFit, {{"epochs", std::to_string(epochs)}});
    const ResultRecord same = run(*whole, kFit);
    CHECK(same.key == early.key);
    CHECK(bytesOf(*parts, early) == bytesOf(*whole, same));

    prepareResume(*parts, kFit);
    CHECK_FALSE(canResume(*parts, kFit));
    CHECK(stateOf(*parts, kFit).kind == StepState::Kind::Stale);
    std::size_t beganAfter = 0;
    const ResultRecord resumed = runFit(*parts, beganAfter);
    CHECK(beganAfter == epochs);
    setParameters(*whole, kFit, {{"epochs", "12"}});
    const ResultRecord expected = run(*whole, kFit);
    CHECK(resumed.key == expected.key);
    CHECK(bytesOf(*parts, resumed) == bytesOf(*whole, expected));
    CHECK_FALSE(canResume(*parts, kFit));
}

TEST_CASE("editing a parameter after a stop by hand forgets what was asked before") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    Run stopped;
    stopped.publish = [&](const Task& task, const Snapshot& snapshot) {
        if (task == kFit && fitIn(snapshot).epoch == 2)
            stopped.control.requestFinish();
    };
    stopped.of(*study, kFit);
    setParameters(*study, kFit, {{"epochs", "6"}});
    CHECK_FALSE(canResume(*study, kFit));
    CHECK(run(*study, kFit).parameters.at("epochs") == "6");
}

TEST_CASE("one thread and two give the same bytes") {
    const ScratchFolder folder;
    const auto one = makeStudy(folder / "one.tercet");
    const auto two = makeStudy(folder / "two.tercet");
    const std::string repulsion = GENERATE("exact", "grid");
    for (const auto& study : {one, two}) {
        setParameters(*study, kFit, {{"components", "40"}, {"epochs", "4"}});
        setParameters(*study, kMap, {{"repulsion", repulsion}});
    }
    for (const Task& task : {kSample, kSimulate, kFit, kMap, kCentroids, kLabels}) {
        INFO(task.step);
        const ResultRecord a = run(*one, task, 1);
        const ResultRecord b = run(*two, task, 2);
        CHECK(b.threads == 2);
        CHECK(a.key == b.key);
        CHECK(bytesOf(*one, a) == bytesOf(*two, b));
    }
}
