#include "core/base/error.h"
#include "pipeline_study.h"

#include <sys/mount.h>
#include <unistd.h>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

/// Ends like a sentence, and has no line break.
bool isSentence(const std::string& text) {
    return text.ends_with('.') && !text.ends_with("..") && text.find('\n') == std::string::npos;
}

std::shared_ptr<Study> makeJudgedStudy(const fs::path& folder) {
    auto study = Study::create(folder, "Judged");
    Study::Import import;
    import.kind = "judgments";
    import.owner = "people";
    import.systems = {{ "people", "People", SystemSource::Judgments }};
    for (int i = 0; i < 5; ++i)
        import.newStimuli.push_back({std::to_string(i), std::to_string(i)});
    import.arrays.arrays["triplets"] = toArray(Triplets(Triplets::Narrow{0, 1, 2, 1, 2, 3, 0, 1, 4, 2, 3, 0}));
    study->add(std::move(import));
    return study;
}

/// Without the rights of root while it lives.
class PlainUser {
public:
    PlainUser() {
        constexpr uid_t kNobody = 65534;
        if (m_before == 0)
            REQUIRE(::seteuid(kNobody) == 0);
    }
    ~PlainUser() { static_cast<void>(::seteuid(m_before)); }
    PlainUser(const PlainUser&) = delete;
    PlainUser& operator=(const PlainUser&) = delete;

private:
    uid_t m_before = ::geteuid();
};

} // namespace

TEST_CASE("a damaged result is reported, and running again repairs it") {
    const ScratchFolder folder;
    const auto where = folder / "a.tercet";
    ResultRecord fit;
    std::map<std::string, std::string> bytes;
    std::string sample;
    {
        const auto study = makeStudy(where);
        fit = run(*study, kFit);
        sample = shownResult(*study, kSample)->key;
        bytes = bytesOf(*study, fit);
    }
    const auto study = Study::open(where);

    SECTION("the step itself") {
        damage(fileOf(*study, fit.key));
        const std::string message = messageOf<StorageError>([&] { (void)study->arrays(fit.key); });
        INFO(message);
        CHECK(isSentence(message));
        CHECK_THAT(message,
                   Contains(fit.key) && Contains("damaged") && Contains("run fit-embedding of human-categories again"));
        Run again;
        CHECK(again.of(*study, kFit).key == fit.key);
        CHECK(again.computed == std::vector<Task>{kFit});
    }
    SECTION("what the next step is made from") {
        damage(fileOf(*study, fit.key));
        Run next;
        next.of(*study, kMap);
        CHECK(next.computed == std::vector<Task>{kFit, kMap});
    }
    SECTION("what is no longer needed stays as it is") {
        damage(fileOf(*study, sample));
        Run next;
        next.of(*study, kMap);
        CHECK(next.computed == std::vector<Task>{kMap});
        Run again;
        again.of(*study, kSample);
        CHECK(again.computed == std::vector<Task>{kSample});
    }
    SECTION("it is gone") {
        fs::remove(fileOf(*study, fit.key));
        CHECK(stateOf(*study, kFit).kind == StepState::Kind::Missing);
        const std::string message = messageOf<MissingError>([&] { (void)study->arrays(fit.key); });
        CHECK_THAT(message, Contains("run fit-embedding of human-categories again"));
        Run again;
        again.of(*study, kFit);
        CHECK(again.computed == std::vector<Task>{kFit});
    }
    CHECK(bytesOf(*study, fit) == bytes);
    for (const CheckFinding& finding : study->check())
        CHECK(finding.good);
}

TEST_CASE("a damaged import is reported, and importing again repairs it") {
    const ScratchFolder folder;
    const auto where = folder / "a.tercet";
    makeStudy(where).reset();
    const auto study = Study::open(where);
    damage(fileOf(*study, *study->imported("", "ratings")));
    const std::string message = messageOf<StorageError>([&] { run(*study, kSimulate); });
    INFO(message);
    CHECK(isSentence(message));
    CHECK_THAT(message,
               Contains("damaged") && Contains("import /nowhere/ratings.csv again") && !Contains("run the step"));
    CHECK(stateOf(*study, kSimulate).kind == StepState::Kind::Missing);
    bool found = false;
    for (const CheckFinding& finding : study->check())
        found = found || (!finding.good && finding.text.find("import /nowhere/ratings.csv again") != std::string::npos);
    CHECK(found);
    replaceRatings(*study, 7);
    CHECK_NOTHROW(run(*study, kSimulate));
}

TEST_CASE("a parameter out of its domain is refused and nothing is stored") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    const auto settings = study->settings("");
    struct Case {
        Task task;
        const char* name;
        const char* text;
        const char* expected;
    };
    const auto [task, name, text, expected] = GENERATE(values<Case>({
        {kFit, "components", "0", "a whole number from 1 to 512"},
        {kFit, "components", "513", "a whole number from 1 to 512"},
        {kFit, "components", "2.5", "a whole number"},
        {kFit, "components", "many", "“many”"},
        {kFit, "lambda", "-0.1", "0 to 1"},
        {kFit, "lambda", "nan", "0 to 1"},
        {kFit, "lambda", "inf", "0 to 1"},
        {kFit, "stopping", "never", "one of slope, held-out, limit"},
        {kFit, "given-split", "perhaps", "true or false"},
        {kFit, "colour", "red", "a parameter of this step (components, lambda"},
        {kSample, "seed", "-1", "a whole number"},
        {kSample, "seed", "99999999999999999999999", "a whole number"},
        {{"held-out", "human-categories"}, "judgments-of", "nobody", "human-categories, human-dimensions"},
    }));
    const std::string message = messageOf<Error>([&, &t = task, &n = name, &v = text] {
        std::map<std::string, std::string> texts{{n, v}};
        texts.emplace("seed", "3");
        setParameters(*study, t, texts);
    });
    INFO(message);
    CHECK(isSentence(message));
    CHECK_THAT(message, Contains(expected));
    CHECK(study->settings("") == settings);
}

TEST_CASE("an empty text goes back to the default, of every kind of parameter") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    for (const Task& task : allTasks(*study)) {
        INFO(task.step);
        std::map<std::string, std::string> empty;
        for (const Parameter& parameter : stepNamed(task.step).parameters)
            empty[parameter.name] = "";
        setParameters(*study, task, empty);
        for (const Parameter& parameter : stepNamed(task.step).parameters) {
            const ParameterValue& standard =
                task.system.empty() ? parameter.defaultValue : parameter.defaultOf(study->system(task.system).source);
            CHECK(parametersOf(*study, task).values().at(parameter.name) == standard);
        }
    }
}

TEST_CASE("unknown steps and systems are named together with those there are") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    const auto settings = study->settings("");
    CHECK_THAT(messageOf<ParameterError>([&] {
                   run(*study, {"fit-embeding", "human-categories"});
               }),
               Contains("“fit-embeding”") && Contains("sample-triplets, ") && Contains("fit-embedding"));
    CHECK_THAT(messageOf<MissingError>([&] {
                   run(*study, {"fit-embedding", "people"});
               }),
               Contains("“people”") && Contains("human-categories, human-dimensions"));
    CHECK_THAT(messageOf<MissingError>([&] {
                   setParameters(*study, {"fit-embedding", "people"}, {{"seed", "1"}});
               }),
               Contains("“people”"));
    CHECK(study->settings("") == settings);
    const auto judged = makeJudgedStudy(folder / "b.tercet");
    CHECK_THAT(messageOf<ParameterError>([&] {
                   run(*judged, {"simulate-judgments", "people"});
               }),
               Contains("does not apply to system “people”"));
}

TEST_CASE("a step whose input is missing says what to do") {
    const ScratchFolder folder;
    const auto blocked = [](const Study& study, const Task& task) {
        const StepState state = stateOf(study, task);
        CHECK(state.kind == StepState::Kind::Blocked);
        CHECK(isSentence(state.reason));
        return state.reason;
    };
    SECTION("an empty study") {
        const auto study = Study::create(folder / "a.tercet", "Empty");
        CHECK_THAT(blocked(*study, kSample), Contains("0 stimuli") && Contains("import ratings or judgments"));
        const std::string message = messageOf<MissingError>([&] { run(*study, kSample); });
        CHECK(isSentence(message));
        CHECK_THAT(message, Contains("sample-triplets: ") && Contains("import ratings or judgments"));
        CHECK(study->results().empty());
    }
    SECTION("judgments without ratings") {
        const auto study = makeJudgedStudy(folder / "a.tercet");
        CHECK_THAT(blocked(*study, {"label-components", "people"}), Contains("import a rating table"));
        CHECK_THAT(blocked(*study, {"centroids", "people"}), Contains("import a rating table"));
        CHECK(stateOf(*study, {"map", "people"}).kind == StepState::Kind::Missing);
    }
    SECTION("ratings of dimensions alone") {
        const auto study = Study::create(folder / "a.tercet", "Dimensions");
        study->add(ratingsImport(20, 7, Terms::Dimensions));
        for (const Task& task : {Task{"sample-validation", ""}, Task{"centroids", "human-dimensions"}}) {
            CHECK_THAT(blocked(*study, task), Contains("emotion categories"));
            CHECK_THROWS_AS(run(*study, task), MissingError);
        }
        CHECK(study->results().empty());
        CHECK(stateOf(*study, {"label-components", "human-dimensions"}).kind == StepState::Kind::Missing);
    }
    SECTION("an embedding without judgments") {
        const auto study = makeJudgedStudy(folder / "a.tercet");
        Study::Import import;
        import.kind = "embedding";
        import.owner = "clip";
        import.systems = {{ "clip", "CLIP", SystemSource::Embedding }};
        import.arrays.set("embedding", Matrix<double>(5, 2, {1, 0, 1, 0, 1, 0, 0, 1, 0, 1}));
        study->add(std::move(import));
        const Task heldOut{"held-out", "clip"};
        CHECK_THAT(blocked(*study, heldOut), Contains("“clip” has no judgments") && Contains("name another system"));
        setParameters(*study, heldOut, {{"judgments-of", "people"}, {"which", "all"}});
        CHECK(run(*study, heldOut).inputs.at("judgments") == study->imported("people", "judgments"));
    }
}

TEST_CASE("a study for reading refuses a run before it computes anything") {
    const ScratchFolder folder;
    const auto writer = makeStudy(folder / "a.tercet");
    const ResultRecord sample = run(*writer, kSample);
    const auto reader = Study::open(folder / "a.tercet");
    Run refused;
    const std::string message = messageOf<StorageError>([&] { refused.of(*reader, kFit); });
    INFO(message);
    CHECK(isSentence(message));
    CHECK_THAT(message, Contains("open in another window"));
    CHECK(refused.computed.empty());
    CHECK(refused.of(*reader, kSample).key == sample.key);
}

TEST_CASE("a folder without permission to write is read, and refuses changes in a sentence") {
    const ScratchFolder folder;
    const auto where = folder / "a.tercet";
    const std::string sample = run(*makeStudy(where), kSample).key;
    const auto readOnly = fs::perms::owner_read | fs::perms::owner_exec | fs::perms::group_read |
                          fs::perms::group_exec | fs::perms::others_read | fs::perms::others_exec;
    for (const fs::path& path : {folder.path(), where, where / "arrays"})
        fs::permissions(path, readOnly);
    {
        const PlainUser plain;
        const auto study = Study::open(where);
        CHECK_THAT(study->readOnlyReason(), Contains("may not be written to"));
        CHECK(run(*study, kSample).key == sample);
        Run refused;
        for (const std::string& message :
             {messageOf<StorageError>([&] { refused.of(*study, kFit); }), messageOf<StorageError>([&] {
                  setParameters(*study, kFit, {{"seed", "2"}});
              }),
              messageOf<StorageError>([&] { replaceRatings(*study, 8); }),
              messageOf<StorageError>([&] { (void)Study::create(folder / "b.tercet", "b"); })}) {
            INFO(message);
            CHECK(isSentence(message));
        }
        CHECK(refused.computed.empty());
    }
    for (const fs::path& path : {folder.path(), where / "arrays", where})
        fs::permissions(path, fs::perms::owner_all);
    {
        const PlainUser plain;
        if (::access(where.c_str(), X_OK) != 0) // the owner may look
            CHECK_THAT(messageOf<StorageError>([&] { (void)Study::open(where); }), Contains("permissions"));
    }
    CHECK(Study::open(where)->results().size() == 1);
}

TEST_CASE("a full disk ends a fit with a sentence, and with room again it goes on") {
    const ScratchFolder folder;
    const auto whole = makeStudy(folder / "whole.tercet");
    const ResultRecord expected = run(*whole, kFit);
    const auto disk = folder / "disk";
    fs::create_directory(disk);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=2m") != 0) {
        WARN("skipped: only root can mount a small file system");
        return;
    }
    std::string message;
    std::vector<CheckFinding> findings;
    std::map<std::string, std::string> bytes;
    {
        const auto study = makeStudy(disk / "a.tercet");
        Run first;
        bool filled = false;
        first.publish = [&](const Task& task, const Snapshot&) {
            if (task != kFit || filled)
                return;
            filled = true;
            std::ofstream filler(disk / "filler", std::ios::binary);
            const std::string block(4096, 'x');
            while (filler.write(block.data(), static_cast<std::streamsize>(block.size())) && filler.flush()) {
            }
        };
        message = messageOf<StorageError>([&] { first.of(*study, kFit); });
        findings = study->check();
        fs::remove(disk / "filler");
        bytes = bytesOf(*study, run(*study, kFit));
    }
    REQUIRE(::umount(disk.c_str()) == 0);
    CHECK(isSentence(message));
    CHECK_THAT(message, Contains("the disk is full; free some space and try again"));
    for (const CheckFinding& finding : findings)
        CHECK(finding.good);
    CHECK(bytes == bytesOf(*whole, expected));
}

TEST_CASE("a step that fails leaves nothing of its own and keeps what came before") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    setParameters(*study, kCentroids, {{"minimum", "1000"}});
    const std::string message = messageOf<Error>([&] { run(*study, kCentroids); });
    CHECK(isSentence(message));
    CHECK(stateOf(*study, kFit).kind == StepState::Kind::Done);
    CHECK(stateOf(*study, kCentroids).kind == StepState::Kind::Missing);
    for (const CheckFinding& finding : study->check())
        CHECK(finding.good);
}
