#include "core/base/error.h"
#include "pipeline_study.h"

#include <cmath>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

const std::string kSystem = "human-categories";

constexpr FewRuns kFew{.runs = "3", .sizes = "2,6,12", .shares = "0.1,0.4,1"};

} // namespace

TEST_CASE("every validation gives the same bytes with one thread and three") {
    const ScratchFolder folder;
    const auto one = makeStudyOfFewRuns(folder / "one.tercet", kFew);
    const auto three = makeStudyOfFewRuns(folder / "three.tercet", kFew);
    for (const Task& task : {Task{"simulate-validation", kSystem}, Task{"noise-ceiling", kSystem},
                             Task{"held-out", kSystem}, Task{"rsm", kSystem}, Task{"compress", kSystem},
                             Task{"reproducibility", kSystem}, Task{"sweep-dimensions", kSystem},
                             Task{"saturation", kSystem}, Task{"align-systems", ""}, Task{"agreement", ""}}) {
        INFO(task.step);
        const ResultRecord a = run(*one, task, 1);
        const ResultRecord b = run(*three, task, 3);
        CHECK(a.key == b.key);
        const auto bytes = bytesOf(*one, a);
        CHECK(bytes == bytesOf(*three, b));
        for (const auto& [name, shape] : stepNamed(task.step).arrays)
            CHECK(bytes.contains(name));
    }
}

TEST_CASE("runs that were finished are not done again, and partial results have NaN for the others") {
    const ScratchFolder folder;
    const auto study = makeStudyOfFewRuns(folder / "a.tercet", kFew);
    const auto whole = makeStudyOfFewRuns(folder / "b.tercet", kFew);
    const Task task{"reproducibility", kSystem};
    run(*study, {"fit-embedding", kSystem});

    std::vector<std::size_t> finished; // rows of every snapshot that are not NaN
    Run stopped;
    const auto count = [&](const Snapshot& snapshot) {
        const auto& partial = *std::get<std::shared_ptr<const ArrayBundle>>(snapshot);
        CHECK(partial.get<std::int64_t>("seeds").values.size() == 3);
        std::size_t rows = 0;
        for (const double accuracy : partial.get<double>("accuracy").values)
            rows += !std::isnan(accuracy);
        finished.push_back(rows);
    };
    stopped.publish = [&](const Task&, const Snapshot& snapshot) {
        count(snapshot);
        if (finished.back() == 2)
            stopped.control.requestStop();
    };
    CHECK_THROWS_AS(stopped.of(*study, task), Cancelled);
    CHECK(finished == std::vector<std::size_t>{0, 1, 2});

    finished.clear();
    Run resumed;
    resumed.publish = [&](const Task&, const Snapshot& snapshot) { count(snapshot); };
    const ResultRecord record = resumed.of(*study, task);
    CHECK(finished == std::vector<std::size_t>{2, 3});
    CHECK(bytesOf(*study, record) == bytesOf(*whole, run(*whole, task)));

    // More runs go on from those that there are.
    finished.clear();
    setParameters(*study, task, {{"runs", "4"}});
    Run more;
    more.publish = [&](const Task&, const Snapshot&) { finished.push_back(0); };
    CHECK(more.of(*study, task).key != record.key);
    CHECK(finished.size() == 2);
}

TEST_CASE("a repeated fit takes the parameters of the system's own") {
    const ScratchFolder folder;
    const auto study = makeStudyOfFewRuns(folder / "a.tercet", kFew);
    const Task task{"reproducibility", kSystem};
    const ResultRecord before = run(*study, task);
    CHECK(study->arrays(before.key)->matrix("reproducibility").cols() == 20);
    CHECK(study->arrays(before.key)->get<std::int64_t>("seeds").values == std::vector<std::int64_t>{2, 3, 4});
    setParameters(*study, kFit, {{"components", "9"}});
    CHECK(stateOf(*study, task).kind == StepState::Kind::Stale);
    CHECK(study->arrays(run(*study, task).key)->matrix("reproducibility").cols() == 9);
}

TEST_CASE("the sweep chooses the smallest number within a standard error of the best") {
    const ScratchFolder folder;
    const auto study = makeStudyOfFewRuns(folder / "a.tercet", kFew);
    setParameters(*study, kFit, {{"epochs", "60"}});
    const auto sweep = study->arrays(run(*study, {"sweep-dimensions", kSystem}).key);
    const auto band = sweep->matrix("band");
    const auto accuracy = sweep->matrix("accuracy");
    std::size_t best = 0;
    for (std::size_t k = 0; k < 3; ++k) {
        CHECK(band(k, 0) == Approx((accuracy(k, 0) + accuracy(k, 1)) / 2));
        best = band(k, 0) > band(best, 0) ? k : best;
    }
    const double error = std::abs(accuracy(best, 0) - accuracy(best, 1)) / 2;
    std::size_t expected = 0;
    while (band(expected, 0) < band(best, 0) - error)
        ++expected;
    const auto& sizes = sweep->get<std::int64_t>("components").values;
    CHECK(sizes == std::vector<std::int64_t>{2, 6, 12});
    CHECK(sweep->get<std::int64_t>("chosen").values.at(0) == sizes[expected]);
    CHECK(band(0, 0) < band(1, 0)); // six groups were planted
}

TEST_CASE("a list of numbers is checked when it is set") {
    const ScratchFolder folder;
    const auto study = makeStudyOfFewRuns(folder / "a.tercet", kFew);
    const Task task{"sweep-dimensions", kSystem};
    for (const char* bad : {"", "2,x", "4,2", "2,2", "0,3", "2.5", "2,,3", "600", "nan"}) {
        INFO(bad);
        if (*bad != '\0')
            CHECK_THAT(messageOf<ParameterError>([&] {
                           setParameters(*study, task, {{"sizes", bad}});
                       }),
                       Contains("ascending whole numbers from 1 to 512"));
    }
    setParameters(*study, task, {{"sizes", "2, 7"}});
    setParameters(*study, {"saturation", kSystem}, {{"shares", "0.05,1"}});
}

TEST_CASE("the ceiling of what was never judged twice is not known, and accuracy does without it") {
    const ScratchFolder folder;
    auto study = Study::create(folder / "a.tercet", "Judged");
    Study::Import import;
    import.kind = "judgments";
    import.owner = "people";
    import.systems = {{ "people", "People", SystemSource::Judgments }};
    for (int i = 0; i < 6; ++i)
        import.newStimuli.push_back({std::to_string(i), std::to_string(i)});
    import.arrays.arrays["triplets"] =
        toArray(Triplets(Triplets::Narrow{0, 1, 2, 1, 2, 3, 0, 1, 4, 2, 3, 0, 4, 5, 1, 3, 5, 2, 0, 5, 4, 1, 3, 4}));
    study->add(std::move(import));
    const Task ceiling{"noise-ceiling", "people"};
    const Task heldOut{"held-out", "people"};
    setParameters(*study, {"fit-embedding", "people"}, {{"epochs", "2"}, {"components", "2"}});
    setParameters(*study, heldOut, {{"which", "all"}});

    CHECK_THAT(study->arrays(run(*study, ceiling).key)->attribute("summary"), Contains("kind repeats"));
    const auto without = study->arrays(run(*study, heldOut).key);
    CHECK(std::isnan(without->get<double>("explained").values.at(0)));
    CHECK_THAT(stateOf(*study, {"rsm", "people"}).reason, Contains("kind validation"));

    Study::Import repeats;
    repeats.kind = "repeats";
    repeats.owner = "people";
    repeats.arrays.arrays["triplets"] = toArray(Triplets(Triplets::Narrow{0, 1, 2, 0, 1, 2, 2, 1, 0, 0, 2, 1}));
    study->add(std::move(repeats));
    CHECK(stateOf(*study, heldOut).kind == StepState::Kind::Stale);
    const auto known = study->arrays(run(*study, ceiling).key);
    CHECK(known->get<double>("ceiling").values.at(0) == 0.5);
    CHECK(known->get<std::uint32_t>("triplets").values == std::vector<std::uint32_t>{0, 1, 2});
    CHECK(known->get<std::int64_t>("answers").values == std::vector<std::int64_t>{1, 1, 2});
    const auto with = study->arrays(run(*study, heldOut).key);
    const double accuracy = with->get<double>("accuracy").values.at(0);
    CHECK(with->get<double>("explained").values.at(0) == Approx((accuracy - 1.0 / 3) / (0.5 - 1.0 / 3)));
    setParameters(*study, heldOut, {{"explained", "ratio"}});
    CHECK(study->arrays(run(*study, heldOut).key)->get<double>("explained").values.at(0) == Approx(accuracy / 0.5));
}

TEST_CASE("a system with three validation judgments does not keep the others from being aligned") {
    const ScratchFolder folder;
    const auto study = makeStudyOfFewRuns(folder / "a.tercet", kFew);
    const auto before = study->arrays(run(*study, {"align-systems", ""}).key);
    const auto prototypes =
        study->arrays(run(*study, {"sample-validation", ""}).key)->get<std::uint32_t>("prototypes").values;
    std::vector<std::uint16_t> others; // none of the prototypes
    for (std::uint16_t i = 0; others.size() < 9; ++i)
        if (!std::binary_search(prototypes.begin(), prototypes.end(), i))
            others.push_back(i);
    for (const char* kind : {"judgments", "validation"}) {
        Study::Import import;
        import.kind = kind;
        import.owner = "tiny";
        if (std::string(kind) == "judgments")
            import.systems = {{ "tiny", "Tiny", SystemSource::Judgments, 7e9 }};
        import.arrays.arrays["triplets"] = toArray(Triplets(Triplets::Narrow(others.begin(), others.end())));
        study->add(std::move(import));
    }
    const auto after = study->arrays(run(*study, {"align-systems", ""}).key);
    const auto names = after->get<std::string>("systems").values;
    REQUIRE(names.size() == 3);
    CHECK(after->get<std::uint32_t>("stimuli").values == prototypes);
    const auto alignment = after->matrix("alignment");
    for (std::size_t i = 0; i < 3; ++i) {
        const bool tiny = names[i] == "tiny";
        CHECK(std::isnan(after->get<double>("reliability").values[i]) == tiny);
        CHECK((after->get<std::int64_t>("judgments").values[i] == 3) == tiny);
        for (std::size_t j = 0; j < i; ++j) {
            if (tiny || names[j] == "tiny")
                CHECK(std::isnan(alignment(i, j)));
            else
                CHECK(alignment(i, j) == before->matrix("alignment")(i, j));
        }
    }
}
