#include "core/study/study.h"
#include "core/base/error.h"
#include "core/study/database.h"
#include "core/study/judgment_set.h"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <sys/file.h>
#include <unistd.h>

using namespace tercet;
namespace fs = std::filesystem;

namespace {

/// A folder that is gone after the test.
struct Folder {
    fs::path path = fs::temp_directory_path() / ("tercet-study-" + std::to_string(::getpid()));
    Folder() {
        fs::remove_all(path);
        fs::create_directories(path);
    }
    ~Folder() {
        std::error_code ignored;
        fs::permissions(path / "s.tercet", fs::perms::owner_all, ignored);
        fs::remove_all(path, ignored);
    }
};

Study::Import ratingsImport() {
    Study::Import import;
    import.kind = "ratings";
    import.systems = {{ "categories", "Human categories", SystemSource::Categories }};
    import.newStimuli = {{"a", "A"}, {"b", "B"}, { "c", "C" }};
    import.arrays.set("ratings", Matrix<double>(3, 2, {0.5, 1, 0.25, 2, 0, 3}));
    import.arrays.set("terms", std::vector<std::string>{"joy", "valence"});
    import.arrays.set("kinds",
                      std::vector<std::uint8_t>{std::uint8_t(TermKind::Category), std::uint8_t(TermKind::Dimension)});
    import.source = "/nowhere/ratings.csv";
    import.notes = {"one note"};
    return import;
}

ResultRecord record(const std::string& key) {
    ResultRecord r;
    r.key = key;
    r.step = "map";
    r.system = "categories";
    r.parameters = {{"seed", "1"}};
    r.inputs = {{"embedding", "0011"}};
    r.program = "test";
    r.seconds = 1.5;
    r.threads = 2;
    return r;
}

std::string messageOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

} // namespace

TEST_CASE("a study keeps what was put into it") {
    const Folder folder;
    const fs::path where = folder.path / "s.tercet";
    std::string key;
    {
        const auto study = Study::create(where, "My study");
        CHECK(study->readOnlyReason().empty());
        const auto before = study->revision();
        key = study->add(ratingsImport());
        CHECK(study->revision() > before);
        ArrayBundle bundle;
        bundle.set("positions", Matrix<double>(3, 2, {1, 2, 3, 4, 5, 6}));
        study->store(record("00ff"), std::move(bundle));
        study->setSetting("window/theme", "dark");
    }
    const auto study = Study::open(where);
    CHECK(study->title() == "My study");
    CHECK(study->id().size() == 32);
    CHECK(*study->stimuli() == std::vector<Stimulus>{{"a", "A"}, {"b", "B"}, {"c", "C"}});
    CHECK(study->systems() == std::vector<System>{{"categories", "Human categories", SystemSource::Categories}});
    REQUIRE(study->ratings());
    CHECK(study->ratings()->part(TermKind::Dimension).values() == std::vector<double>{1, 2, 3});
    CHECK(study->imported("", "ratings") == key);
    CHECK(study->imports().at(0).notes == std::vector<std::string>{"one note"});
    const auto result = study->newestResult("map", "categories", "");
    REQUIRE(result);
    CHECK(result->parameters == std::map<std::string, std::string>{{"seed", "1"}});
    CHECK(result->seconds == 1.5);
    CHECK(study->arrays("00ff")->matrix("positions")(2, 1) == 6);
    CHECK(study->arrays("00ff") == study->arrays("00ff"));
    CHECK(study->setting("window/theme") == "dark");
    CHECK(study->settings("window/").size() == 1);
    CHECK(study->settings("window_").empty());
}

TEST_CASE("arrays are loaded once while somebody holds them") {
    const Folder folder;
    const auto study = Study::create(folder.path / "s.tercet", "s");
    const std::string key = study->add(ratingsImport());
    const auto first = study->arrays(key);
    CHECK(study->arrays(key).get() == first.get());
}

TEST_CASE("a second opening is for reading and says so") {
    const Folder folder;
    const auto first = Study::create(folder.path / "s.tercet", "s");
    first->add(ratingsImport());
    const auto second = Study::open(folder.path / "s.tercet");
    CHECK(second->readOnlyReason().find("open in another window") != std::string::npos);
    CHECK(second->stimuli()->size() == 3);
    CHECK_THROWS_AS(second->setSetting("a", "b"), StorageError);
    CHECK_THROWS_AS(second->add(ratingsImport()), StorageError);
    first->setSetting("a", "b");
    CHECK(second->setting("a") == "b");
}

TEST_CASE("opening fails with a sentence") {
    const Folder folder;
    const fs::path where = folder.path / "s.tercet";
    CHECK(messageOf([&] { (void)Study::open(where); }).find("there is no such study") != std::string::npos);
    fs::create_directories(folder.path / "other");
    CHECK(messageOf([&] { (void)Study::open(folder.path / "other"); }).find("not a study") != std::string::npos);
    (void)Study::create(where, "s");
    CHECK(messageOf([&] { (void)Study::create(where, "s"); }).find("exists already") != std::string::npos);

    SECTION("a newer format") {
        Database(where / "study.sqlite", Database::Mode::ReadWrite)
            .run("UPDATE meta SET value = '99' WHERE name = 'format'");
        const std::string message = messageOf([&] { (void)Study::open(where); });
        CHECK(message.find("newer Tercet") != std::string::npos);
        CHECK(message.find("format 99") != std::string::npos);
    }
    SECTION("an empty database") {
        std::ofstream(where / "study.sqlite", std::ios::trunc).flush();
        CHECK(messageOf([&] { (void)Study::open(where); }).find("restore study.sqlite") != std::string::npos);
    }
    SECTION("a damaged database") {
        std::ofstream(where / "study.sqlite", std::ios::trunc)
            << "this is no database, but it is long enough to look at";
        CHECK(messageOf([&] { (void)Study::open(where); }).find("damaged") != std::string::npos);
    }
}

TEST_CASE("a study may be named with a slash at its end") {
    const Folder folder;
    const std::string where = (folder.path / "s.tercet").string();
    CHECK(Study::create(where + "/", "s")->folder() == where);
    CHECK(Study::open(where + "/")->title() == "s");
    CHECK(std::distance(fs::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("check finds a damaged and a lost array") {
    const Folder folder;
    const auto study = Study::create(folder.path / "s.tercet", "s");
    study->add(ratingsImport());
    for (const char* key : {"aa", "bb"}) {
        ArrayBundle bundle;
        bundle.set("positions", Matrix<double>(300, 2, 1.5));
        study->store(record(key), std::move(bundle));
    }
    for (const auto& finding : study->check())
        CHECK(finding.good);
    fs::remove(study->folder() / "arrays" / "aa.h5");
    {
        std::fstream file(study->folder() / "arrays" / "bb.h5", std::ios::in | std::ios::out | std::ios::binary);
        std::string content((std::istreambuf_iterator<char>(file)), {});
        const double value = 1.5;
        const auto at = content.find(std::string(reinterpret_cast<const char*>(&value), sizeof value));
        REQUIRE(at != std::string::npos);
        file.seekp(static_cast<std::streamoff>(at));
        file.put('x');
    }
    int bad = 0;
    std::string text;
    for (const auto& finding : study->check())
        if (!finding.good) {
            ++bad;
            text += finding.text;
        }
    CHECK(bad == 3); // the lost one, the damaged one, and the count of sound files
    CHECK(text.find("run map of categories again") != std::string::npos);
    CHECK_FALSE(study->result("aa"));
}

TEST_CASE("subjects and their results are kept beside those of systems") {
    const Folder folder;
    const auto study = Study::create(folder.path / "s.tercet", "s");
    Study::Import import = ratingsImport();
    import.subjects = {{"s1", "Subject 1"}, { "s2", "Subject 2" }};
    study->add(std::move(import));
    Study::Import again;
    again.kind = "fmri";
    again.owner = "s2";
    again.subjects = {{"s2", "another title"}};
    again.arrays.set("x", std::vector<double>{1});
    const std::string key = study->add(std::move(again));
    CHECK(study->subjects() == std::vector<Subject>{{"s1", "Subject 1"}, {"s2", "Subject 2"}});
    CHECK(study->subject("s2").title == "Subject 2");
    CHECK(study->imported("s2", "fmri") == key);
    CHECK_FALSE(study->imported("s1", "fmri"));
    CHECK_THROWS_WITH(study->subject("s3"), Catch::Contains("s3") && Catch::Contains("s1, s2"));

    for (const char* subject : {"s1", "s2", ""}) {
        ResultRecord record{.key = std::string("aa") + subject, .step = "encode", .system = "mllm", .subject = subject};
        study->store(record, {});
    }
    CHECK(study->newestResult("encode", "mllm", "s1")->key == "aas1");
    CHECK(study->newestResult("encode", "mllm", "")->key == "aa");
    CHECK(study->result("aas2")->subject == "s2");
    CHECK_FALSE(study->newestResult("encode", "mllm", "s3"));
}

TEST_CASE("a study of the format without subjects is brought to this one, or read as it is") {
    const Folder folder;
    const fs::path where = folder.path / "s.tercet";
    {
        const auto study = Study::create(where, "s");
        study->add(ratingsImport());
        study->store({.key = "aa", .step = "map", .system = "categories"}, {});
    }
    {
        Database old(where / "study.sqlite", Database::Mode::ReadWrite);
        old.run("DROP TABLE subjects");
        old.run("ALTER TABLE results DROP COLUMN subject");
        old.run("UPDATE meta SET value = '1' WHERE name = 'format'");
    }
    {
        const int lock = ::open((where / "lock").c_str(), O_RDWR); // NOLINT
        REQUIRE(::flock(lock, LOCK_EX | LOCK_NB) == 0);
        const auto study = Study::open(where);
        CHECK_FALSE(study->readOnlyReason().empty());
        CHECK(study->subjects().empty());
        CHECK(study->newestResult("map", "categories", "")->key == "aa");
        CHECK(study->results().size() == 1);
        ::close(lock);
    }
    const auto study = Study::open(where);
    CHECK(study->newestResult("map", "categories", "")->key == "aa");
    study->store({.key = "bb", .step = "encode", .system = "categories", .subject = "s1"}, {});
    CHECK(study->newestResult("encode", "categories", "s1")->key == "bb");
}

TEST_CASE("a failing import leaves nothing") {
    const Folder folder;
    const auto study = Study::create(folder.path / "s.tercet", "s");
    Study::Import import = ratingsImport();
    import.newStimuli.push_back({"a", "the same id again"});
    CHECK_THROWS_AS(study->add(std::move(import)), StorageError);
    CHECK(study->stimuli()->empty());
    CHECK(study->systems().empty());
    CHECK_FALSE(study->imported("", "ratings"));
    CHECK(fs::is_empty(study->folder() / "arrays"));
}

TEST_CASE("judgments in a bundle are viewed, not copied") {
    auto bundle = std::make_shared<ArrayBundle>();
    bundle->arrays["triplets"] = toArray(Triplets(Triplets::Narrow{0, 1, 2, 2, 1, 0}));
    bundle->set("held_out", std::vector<std::uint8_t>{0, 1});
    const std::uint16_t* values = bundle->get<std::uint16_t>("triplets").values.data();
    JudgmentSet set = judgmentsIn(bundle);
    CHECK(set.triplets.size() == 2);
    CHECK(set.heldOut[1] == 1);
    CHECK(set.triplets.visit([](const auto v) { return static_cast<const void*>(v.data()); }) == values);
    bundle.reset();
    CHECK(set.triplets.at(1, 0) == 2);
}
