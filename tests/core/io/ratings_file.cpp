#include "core/io/ratings_file.h"

#include "core/base/error.h"
#include "core/io/stimulus_id.h"
#include "scratch.h"

#include "packing.h"

#include <algorithm>
#include <numeric>

using namespace tercet;
using namespace tercet::test;
using Catch::Contains;

namespace {

using Texts = std::vector<std::string>;

RatingsTable ratingsOf(const std::string& content, const RatingsOptions& options = {}) {
    const ScratchFolder folder;
    return readRatings(folder.write("ratings.csv", content), options);
}

Texts namesOf(const RatingsTable& table) {
    Texts names;
    for (const Term& term : table.terms)
        names.push_back(term.name);
    return names;
}

std::string allNotes(const RatingsTable& table) {
    return std::accumulate(table.notes.begin(), table.notes.end(), std::string());
}

/// A header and one row of the 34 categories.
std::string categoryTable(const std::string& rows) {
    std::string content = "filename";
    for (std::size_t i = 0; i < kCategoryCount; ++i)
        content += "," + knownTerms()[i].name;
    return content + "\n" + rows;
}

} // namespace

TEST_CASE("known terms: 34 categories and 14 dimensions, in any spelling") {
    REQUIRE(knownTerms().size() == 48);
    CHECK(std::ranges::is_sorted(knownTerms().first(34), {}, &Term::name));
    CHECK(std::ranges::is_sorted(knownTerms().subspan(34), {}, &Term::name));
    for (const char* name :
         {"Aesthetic Appreciation", "aesthetic_appreciation", "Aesthetic_appreciation", "AESTHETIC-APPRECIATION",
          " aesthetic  appreciation ", "AestheticAppreciation", "aesthetic.appreciation"})
        CHECK(findTerm(name) == 2U);
    CHECK(findTerm("Valence_mean") == 47U);
    CHECK_FALSE(findTerm("Valence_SD"));
    CHECK_FALSE(findTerm("amused elation"));
    CHECK_FALSE(findTerm(""));
}

TEST_CASE("one spelling of stimulus ids") {
    for (const char* id : {"7", "0007", "0007.mp4", "clips/7.MP4", " 7 ", "7.0", "a\\b\\0007.webm"})
        CHECK(canonicalStimulusId(id) == "0007");
    CHECK(canonicalStimulusId("Acorns 1.jpg") == "Acorns 1");
    CHECK(canonicalStimulusId("12345") == "12345");
    CHECK(canonicalStimulusId("0") == "0000");
    CHECK(canonicalStimulusId("v1.2") == "v1.2");
    CHECK(parseStimulusIds("859, 866,2186-2188,cat-dog.mp4") ==
          Texts{"0859", "0866", "2186", "2187", "2188", "cat-dog"});
    CHECK_THROWS_AS(parseStimulusIds("9-5"), ParameterError);
}

TEST_CASE("ratings come in canonical order whatever the order and spelling of the file") {
    const RatingsTable table = ratingsOf(
        "\xef\xbb\xbfstim_id,Valence,Aesthetic Appreciation,seconds,awe,Awe\r\n3,5,0.25,10,0.5,9\r\n1,6,0,11,1,9\r\n");
    CHECK(table.stimulusIds == Texts{"0003", "0001"});
    CHECK(table.names == Texts{"3", "1"});
    CHECK(namesOf(table) == Texts{"aesthetic_appreciation", "awe", "valence"});
    CHECK(table.terms[2].kind == TermKind::Dimension);
    CHECK(table.values == Matrix<double>(2, 3, {0.25, 0.5, 5, 0, 1, 6}));
    CHECK_THAT(allNotes(table), Contains("Awe") && Contains("seconds"));

    const RatingsTable more = ratingsOf("stim_id,Valence,seconds,kind\n3,5,10,dog\n", {.otherColumns = true});
    CHECK(namesOf(more) == Texts{"valence", "seconds"});
    CHECK(more.terms[1].kind == TermKind::Other);
    CHECK_THAT(allNotes(more), Contains("kind"));
}

TEST_CASE("ids to exclude are left out, nothing is renumbered") {
    const RatingsTable table =
        ratingsOf("filename,awe\n0001.mp4,1\n0002.mp4,2\n0004.mp4,3\n", {.excludedIds = parseStimulusIds("2,3")});
    CHECK(table.stimulusIds == Texts{"0001", "0004"});
    CHECK(table.values == Matrix<double>(2, 1, {1, 3}));
    CHECK_THAT(allNotes(table), Contains("1 of 3") && Contains("0003"));
}

TEST_CASE("all-zero rows and equal rows are found and kept") {
    std::string rows;
    const auto add = [&](const std::string& id, double first) {
        rows += id + "," + std::to_string(first);
        for (std::size_t i = 1; i < kCategoryCount; ++i)
            rows += first == 0 ? ",0" : i == 5 ? ",0.75" : ",0.5";
        rows += "\n";
    };
    add("a", 0.25);
    add("b", 0);
    add("c", 0.25);
    add("d", 0.2505);
    const RatingsTable table = ratingsOf(categoryTable(rows));
    CHECK(table.values.rows() == 4);
    CHECK(table.allZeroRows == std::vector<std::size_t>{1});
    REQUIRE(table.duplicates.size() == 2);
    CHECK(table.duplicates[0].a == 0);
    CHECK(table.duplicates[0].b == 2);
    CHECK(table.duplicates[0].exact);
    CHECK(table.duplicates[1].b == 3);
    CHECK_FALSE(table.duplicates[1].exact);
    CHECK_THAT(allNotes(table),
               Contains("rated 0 throughout") && Contains("exactly the same ratings (a and c)") && Contains("nearly"));
}

TEST_CASE("tables without names of columns or rows") {
    std::string row = "0.5";
    for (std::size_t i = 1; i < kCategoryCount; ++i)
        row += ",0." + std::to_string(i);
    const RatingsTable table = ratingsOf(row + "\n" + row + "\n");
    CHECK(table.stimulusIds == Texts{"0001", "0002"});
    CHECK(table.terms.front().name == "admiration");
    CHECK(table.terms.size() == kCategoryCount);
    CHECK_THAT(allNotes(table), Contains("alphabetical") && Contains("0001 to 0002"));
}

TEST_CASE("ratings from MATLAB files") {
    for (const char* name : {"ratings_v5.mat", "ratings_v5_packed.mat", "ratings_v73.mat"}) {
        const RatingsTable table = readRatings(fixture(name));
        CHECK(namesOf(table) == Texts{"admiration", "aesthetic_appreciation", "valence"});
        CHECK(table.stimulusIds == Texts{"0001", "0002", "0003", "0004"});
        CHECK(table.values(3, 1) == 10.0 / 8);
    }
}

TEST_CASE("bad ratings files") {
    const auto complaint = [](const std::string& content, const RatingsOptions& options = {}) {
        return messageOf<FormatError>([&] { (void)ratingsOf(content, options); });
    };
    CHECK_THAT(complaint("filename,awe,joy\n1.mp4,0.5,1\n2.mp4,high,1\n"),
               Contains("ratings.csv, line 3, column 2 “awe”") &&
                   Contains("expected a number, found the text “high”") && Contains("correct the cell"));
    CHECK_THAT(complaint("filename,awe,joy\n1.mp4,0.5,\n"),
               Contains("line 2, column 3 “joy”") && Contains("an empty cell"));
    CHECK_THAT(complaint("filename,awe\n1.mp4,nan\n"),
               Contains("line 2, column 2 “awe”") && Contains("finite") && Contains("nan"));
    CHECK_THAT(complaint("filename,awe\n1.mp4,inf\n"), Contains("line 2") && Contains("inf"));
    CHECK_THAT(complaint("filename,awe\n1.mp4,1\n2.mp4,1\n0001.mp4,0\n"),
               Contains("line 2 and line 4") && Contains("every stimulus once"));
    CHECK_THAT(complaint("clip,awe\na,1\na,1\n"), Contains("“a” in line 2 and line 3"));
    CHECK_THAT(complaint("filename,awe\n1.mp4,1\n,1\n"), Contains("line 3") && Contains("an empty cell"));
    CHECK_THAT(complaint("filename,brightness\n1.mp4,1\n"), Contains("admiration") && Contains("brightness"));
    CHECK_THAT(complaint("1,2\n3,4\n"), Contains("34 categories"));
    CHECK_THAT(complaint("filename,awe\n"), Contains("rows of ratings"));
    CHECK_THAT(complaint("filename,awe\n1.mp4,1,2,3\n"), Contains("line 2: expected 2 cells, found 4"));
    CHECK_THAT(complaint("filename,awe\n1.mp4,1\n", {.idColumn = "clip"}), Contains("“clip”") && Contains("filename"));
    CHECK_THAT(complaint("filename,awe\n1.mp4,1\n", {.excludedIds = {"1"}}), Contains("not excluded"));
    CHECK_THAT(complaint(""), Contains("ratings.csv"));
    CHECK_THAT(complaint(std::string("\0\1\2\3", 4)), Contains("binary"));

    const ScratchFolder folder;
    CHECK_THAT(messageOf<MissingError>([&] { (void)readRatings(folder / "none.csv"); }), Contains("none.csv"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)readRatings(folder.path()); }), Contains("a folder"));
    const std::string mat = contentOf(fixture("ratings_v5.mat"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)readRatings(folder.write("cut.mat", mat.substr(0, 600))); }),
               Contains("cut.mat"));
}

TEST_CASE("the Cowen & Keltner files: names repeat, the first 34 and 14 columns count") {
    const auto path = sharedFile("data/ck2017/CowenKeltnerEmotionalVideos.csv.gz");
    if (path.empty())
        return;
    const RatingsTable table = readRatings(path);
    CHECK(table.values.rows() == 2185);
    CHECK(table.terms.size() == 48);
    CHECK(std::ranges::equal(table.terms, knownTerms()));
    CHECK(table.stimulusIds.front() == "0001");
    CHECK(table.names.front() == "0001.mp4");
    CHECK(table.values(0, 2) == 0.083333); // the category, not the free-response term of the same name
    CHECK(table.values(0, 35) == 5.5556);
    CHECK_THAT(allNotes(table), Contains("37 columns left out for repeating"));
}

TEST_CASE("the paper's 2,180 stimuli, and the same from the whole table without 16 ids") {
    const auto path = sharedFile("data/ck2017/ratings48_2180.csv.gz");
    const auto whole = sharedFile("data/ck2017/CowenKeltnerEmotionalVideos.csv.gz");
    if (path.empty() || whole.empty())
        return;
    const RatingsTable table = readRatings(path);
    CHECK(table.values.rows() == 2180);
    CHECK(table.values.cols() == 48);
    CHECK(table.allZeroRows.empty());
    const RatingsTable reduced =
        readRatings(whole, {.excludedIds = parseStimulusIds("859,866,1363,1673,2184,2186-2196")});
    CHECK(reduced.stimulusIds == table.stimulusIds);
    CHECK(reduced.values == table.values);
}

TEST_CASE("the MATLAB category scores: 2,196 rows, of which eleven are shown twice") {
    const auto path = sharedFile("data/ck2017/category.mat");
    if (path.empty())
        return;
    const RatingsTable table = readRatings(path);
    CHECK(table.values.rows() == 2196);
    CHECK(table.values.cols() == 34);
    CHECK(table.stimulusIds.back() == "2196");
    std::size_t exact = 0;
    for (const DuplicateRows& pair : table.duplicates)
        if (pair.exact) {
            CHECK(pair.b == pair.a + 2185);
            ++exact;
        }
    CHECK(exact == 11);
}

TEST_CASE("OASIS: two dimensions under other names, ids in a column without one") {
    const auto path = sharedFile("data/images/oasis/OASIS.csv");
    if (path.empty())
        return;
    const RatingsTable table = readRatings(path);
    CHECK(table.values.rows() == 900);
    CHECK(namesOf(table) == Texts{"arousal", "valence"});
    CHECK(table.stimulusIds.front() == "I1");
}
