#include "pipeline_study.h"

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

/// Another version of a step while it lives.
class OtherVersion {
public:
    explicit OtherVersion(const std::string& step) : m_step(const_cast<Step&>(stepNamed(step))) { ++m_step.version; }
    ~OtherVersion() { --m_step.version; }
    OtherVersion(const OtherVersion&) = delete;
    OtherVersion& operator=(const OtherVersion&) = delete;

private:
    Step& m_step; // the table is made once, in memory that is not const
};

using enum StepState::Kind;

} // namespace

TEST_CASE("a key changes with parameter, seed, input and version of the step") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    const std::string sample = run(*study, kSample).key;
    const std::string simulated = run(*study, kSimulate).key;

    SECTION("parameter") {
        setParameters(*study, kSimulate, {{"ties", "first"}});
        CHECK(run(*study, kSimulate).key != simulated);
        CHECK(run(*study, kSample).key == sample);
    }
    SECTION("seed") {
        setParameters(*study, kSimulate, {{"seed", "2"}});
        CHECK(run(*study, kSimulate).key != simulated);
        CHECK(run(*study, kSample).key == sample);
    }
    SECTION("parameter of what it is made from") {
        setParameters(*study, kSample, {{"seed", "2"}});
        CHECK(run(*study, kSimulate).key != simulated);
        CHECK(run(*study, kSample).key != sample);
    }
    SECTION("imported input") {
        replaceRatings(*study, 8);
        CHECK(run(*study, kSimulate).key != simulated);
        CHECK(run(*study, kSample).key == sample);
    }
    SECTION("version of the step") {
        const OtherVersion other("simulate-judgments");
        const ResultRecord record = run(*study, kSimulate);
        CHECK(record.key != simulated);
        CHECK(record.stepVersion == stepNamed("simulate-judgments").version);
        CHECK(run(*study, kSample).key == sample);
    }
    SECTION("version of a step before it") {
        const OtherVersion other("sample-triplets");
        CHECK(run(*study, kSimulate).key != simulated);
    }
    SECTION("system") { CHECK(run(*study, {"simulate-judgments", "human-dimensions"}).key != simulated); }
}

TEST_CASE("a key changes with nothing else") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    const std::string key = run(*study, kMap).key;

    SECTION("another study of the same data, elsewhere, under another title, with more threads") {
        auto other = Study::create(folder / "b.tercet", "Another title");
        Study::Import import = ratingsImport(60, 7);
        import.source = "/elsewhere/table.tsv";
        import.notes = {"a note"};
        other->add(std::move(import));
        for (const Task& task : {kFit, kMap})
            for (const auto& [name, value] : parametersOf(*study, task).texts())
                setParameters(*other, task, {{name, value}});
        CHECK(run(*other, kMap, 2).key == key);
    }
    SECTION("settings, titles and systems beside it") {
        study->setSetting("window/theme", "dark");
        study->setSystem({"human-categories", "Renamed", SystemSource::Categories});
        study->setSystem({"another", "Another", SystemSource::Judgments});
        setParameters(*study, {"map", "human-dimensions"}, {{"seed", "5"}});
        CHECK(kindOf(*study, kMap) == Done);
        CHECK(stateOf(*study, kMap).record->key == key);
    }
    SECTION("a default that is written out") {
        setParameters(*study, kMap, {{"seed", "1"}, {"metric", "euclidean"}});
        CHECK(stateOf(*study, kMap).record->key == key);
    }
    SECTION("the same ratings again") {
        replaceRatings(*study, 7);
        CHECK(stateOf(*study, kMap).record->key == key);
    }
}

TEST_CASE("a step is missing, done, stale, and done again without computing") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    CHECK(kindOf(*study, kMap) == Missing);
    CHECK_FALSE(shownResult(*study, kMap));

    Run first;
    const ResultRecord made = first.of(*study, kMap);
    CHECK(first.computed == std::vector<Task>{kSample, kSimulate, kFit, kMap});
    for (const Task& task : first.computed)
        CHECK(kindOf(*study, task) == Done);
    const auto bytes = bytesOf(*study, made);

    SECTION("a parameter of its own") {
        setParameters(*study, kMap, {{"perplexity", "5"}});
        const StepState state = stateOf(*study, kMap);
        CHECK(state.kind == Stale);
        CHECK_THAT(state.reason, Contains("parameters were changed"));
        CHECK(state.record->key == made.key);
        CHECK(shownResult(*study, kMap)->key == made.key);
        CHECK(kindOf(*study, kFit) == Done);

        Run again;
        CHECK(again.of(*study, kMap).key != made.key);
        CHECK(again.computed == std::vector<Task>{kMap});
        setParameters(*study, kMap, {{"perplexity", "8"}});
    }
    SECTION("a parameter of a step before it") {
        setParameters(*study, kFit, {{"lambda", "0.01"}});
        CHECK(kindOf(*study, kSimulate) == Done);
        CHECK(kindOf(*study, kFit) == Stale);
        CHECK(kindOf(*study, kMap) == Stale);
        CHECK_THAT(stateOf(*study, kMap).reason, Contains("made from has changed"));
        Run again;
        again.of(*study, kMap);
        CHECK(again.computed == std::vector<Task>{kFit, kMap});
        setParameters(*study, kFit, {{"lambda", ""}});
    }
    SECTION("new ratings") {
        replaceRatings(*study, 8);
        CHECK(kindOf(*study, kSample) == Done);
        for (const Task& task : {kSimulate, kFit, kMap})
            CHECK(kindOf(*study, task) == Stale);
        run(*study, kMap);
        replaceRatings(*study, 7);
    }
    SECTION("a new version of the step") {
        const OtherVersion other("map");
        const StepState state = stateOf(*study, kMap);
        CHECK(state.kind == Stale);
        CHECK_THAT(state.reason, !Contains("parameters were changed"));
    }

    CHECK(kindOf(*study, kMap) == Done);
    Run back;
    CHECK(back.of(*study, kMap).key == made.key);
    CHECK(back.computed.empty());
    CHECK(bytesOf(*study, made) == bytes);
}

TEST_CASE("a result says where it came from") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    setParameters(*study, kSimulate, {{"seed", "41"}});
    const ResultRecord fit = run(*study, kFit);
    const ResultRecord simulated = *shownResult(*study, kSimulate);
    CHECK(fit.inputs.at("judgments") == simulated.key);
    CHECK(simulated.parameters.at("seed") == "41");
    CHECK(simulated.inputs.at("ratings") == study->imported("", "ratings"));
    const auto attributes = study->arrays(simulated.key)->attributes;
    CHECK(attributes.at("step") == "simulate-judgments");
    CHECK_THAT(attributes.at("parameters"), Contains("\"seed\":\"41\""));
    CHECK_THAT(attributes.at("inputs"), Contains(*study->imported("", "ratings")));
}

TEST_CASE("a parameter that is edited while a run is under way takes part in it") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    JobControl control;
    bool edited = false;
    const ResultRecord record =
        runTask(*study, kFit, {.control = control, .progress = {}, .started = [&](const Task& task) {
                                   if (task == kSimulate && !edited) {
                                       edited = true;
                                       setParameters(*study, kSample, {{"seed", "9"}});
                                   }
                               }});
    CHECK(stateOf(*study, kFit).kind == Done);
    CHECK(stateOf(*study, kFit).record->key == record.key);
    CHECK(shownResult(*study, kSample)->parameters.at("seed") == "9");
}
