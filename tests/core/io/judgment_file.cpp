#include "core/io/judgment_file.h"

#include "core/base/error.h"
#include "core/io/numpy_file.h"
#include "scratch.h"

#include "packing.h"

#include <algorithm>
#include <numeric>

using namespace tercet;
using namespace tercet::test;
using Catch::Contains;

namespace {

using Narrow = Triplets::Narrow;

std::string allNotes(const JudgmentTable& table) {
    return std::accumulate(table.notes.begin(), table.notes.end(), std::string());
}

Narrow rowsOf(const JudgmentTable& table) {
    REQUIRE(table.triplets->visit([](auto values) { return sizeof(values[0]); }) == sizeof(std::uint16_t));
    return table.triplets->visit([](auto values) { return Narrow(values.begin(), values.end()); });
}

} // namespace

TEST_CASE("the same judgments in every format") {
    const ScratchFolder folder;
    const Narrow expected{0, 5, 2, 4, 1, 3};
    folder.write("a.txt", "0 5 2\n4 1 3\n");
    folder.write("b.txt", "0 5 2 \r\n4\t1  3\r\n\r\n");
    folder.write("c.csv", "0,5,2\r4,1,3");
    folder.write("d.txt", "0.000000000000000000e+00 5.0 2.\n4.0e0 1.0 3.0\n");
    folder.write("e.csv", "\xef\xbb\xbfimage1,image2,odd\n\"0\",\"5\",\"2\"\n4,1,3\n");
    folder.write("f.txt.gz", gzipped("# pairs first\n0 5 2\n4 1 3\n"));
    writeNpy(folder / "g.npy", Array<std::uint16_t>{{2, 3}, expected});
    writeNpy(folder / "h.npy", Array<double>{{2, 3}, {0, 5, 2, 4, 1, 3}});
    writeNpy(folder / "i.npy", Array<std::int64_t>{{2, 3}, {0, 5, 2, 4, 1, 3}});
    writeZip(folder / "j.npz", {{"triplets.npy", contentOf(folder / "g.npy")}}, true);
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        CAPTURE(entry.path());
        const JudgmentTable table = readJudgments(entry.path());
        CHECK(rowsOf(table) == expected);
        CHECK(table.stimuli == 6);
        CHECK(table.participants.empty());
        CHECK(table.heldOut.empty());
    }
}

TEST_CASE("where indices begin") {
    const ScratchFolder folder;
    const auto fromOne = folder.write("a.txt", "1 6 3\n5 2 4\n");
    const JudgmentTable detected = readJudgments(fromOne);
    CHECK(rowsOf(detected) == Narrow{0, 5, 2, 4, 1, 3});
    CHECK_THAT(allNotes(detected), Contains("from 1 to 6") && Contains("counted from 1"));
    CHECK(readJudgments(fromOne, {.stimuli = 6}).stimuli == 6);
    CHECK(rowsOf(readJudgments(fromOne, {.stimuli = 7})).front() == 1);
    CHECK(rowsOf(readJudgments(fromOne, {.base = IndexBase::Zero})).front() == 1);
    const auto sparse = folder.write("b.txt", "2 6 3\n5 2 4\n");
    CHECK(rowsOf(readJudgments(sparse)).front() == 2);
    CHECK(rowsOf(readJudgments(sparse, {.stimuli = 6})).front() == 1);
    CHECK_THAT(messageOf<FormatError>(
                   [&] { (void)readJudgments(folder.write("c.txt", "0 1 2\n"), {.base = IndexBase::One}); }),
               Contains("c.txt, line 1, column 1") && Contains("at least 1"));
}

TEST_CASE("a fourth column is the participant, or the odd one if it always is one of the three") {
    const ScratchFolder folder;
    const JudgmentTable people = readJudgments(folder.write("a.txt", "0 5 2 7.0\n4 1 3 3\n"));
    CHECK(people.participants == std::vector<std::int32_t>{7, 3});
    CHECK(rowsOf(people) == Narrow{0, 5, 2, 4, 1, 3});
    const JudgmentTable choices = readJudgments(folder.write("b.txt", "0 5 2 5\n4 1 3 3\n"));
    CHECK(choices.participants.empty());
    CHECK(rowsOf(choices) == Narrow{0, 2, 5, 4, 1, 3});
    CHECK_THAT(allNotes(choices), Contains("odd one"));
    const JudgmentTable told = readJudgments(folder / "b.txt", {.fourth = FourthColumn::Participant});
    CHECK(told.participants == std::vector<std::int32_t>{5, 3});
    CHECK_THAT(messageOf<FormatError>([&] { (void)readJudgments(folder / "a.txt", {.fourth = FourthColumn::OddOne}); }),
               Contains("line 1"));
    std::string ascending = "a,b,c,choice\n";
    for (int i = 0; i < 60; ++i)
        ascending += "0,1,2," + std::to_string(i % 3) + "\n";
    CHECK(readJudgments(folder.write("c.csv", ascending)).triplets->size() == 60);
}

TEST_CASE("many stimuli take 32 bits") {
    const ScratchFolder folder;
    const JudgmentTable table = readJudgments(folder.write("a.txt", "0 70000 2\n"));
    CHECK(table.triplets->visit([](auto values) { return sizeof(values[0]); }) == sizeof(std::uint32_t));
    CHECK(table.triplets->at(0, 1) == 70000);
}

TEST_CASE("a folder of training and test trials") {
    const ScratchFolder folder;
    folder.write("train_90.txt", "9 9 9\n"); // .npy comes first
    writeNpy(folder / "train_90.npy", Array<std::int32_t>{{2, 3}, {1, 2, 3, 3, 2, 1}});
    folder.write("test_10.txt", "4 2 1\n");
    const JudgmentTable table = readJudgments(folder.path());
    CHECK(rowsOf(table) == Narrow{0, 1, 2, 2, 1, 0, 3, 1, 0});
    CHECK(table.heldOut == std::vector<std::uint8_t>{0, 0, 1});
    folder.write("test_10.txt", "4 2 1 8\n");
    CHECK_THAT(messageOf<FormatError>([&] { (void)readJudgments(folder.path()); }),
               Contains("test_10.txt") && Contains("expected 3 columns"));
    std::filesystem::remove(folder / "test_10.txt");
    CHECK_THAT(messageOf<MissingError>([&] { (void)readJudgments(folder.path()); }), Contains("no test_10"));
}

TEST_CASE("several files are one set: where indices begin is decided for all of them") {
    const ScratchFolder folder;
    const std::vector<std::filesystem::path> files{folder.write("train.txt", "0 1 2\n3 2 1\n"),
                                                   folder.write("test.txt", "1 3 2\n")};
    CHECK(rowsOf(readJudgments(files[1])) == Narrow{0, 2, 1}); // alone it seems to count from 1
    const JudgmentTable both = readJudgments(files);
    CHECK(rowsOf(both) == Narrow{0, 1, 2, 3, 2, 1, 1, 3, 2});
    CHECK(both.heldOut == std::vector<std::uint8_t>{0, 0, 1});
    CHECK(readJudgments(std::vector<std::filesystem::path>{files[0], files[0]}).heldOut.empty());
}

TEST_CASE("bad judgment files") {
    const ScratchFolder folder;
    const auto complaint = [&](const std::string& content, const JudgmentOptions& options = {}) {
        const auto path = folder.write("bad.txt", content);
        return messageOf<FormatError>([&] { (void)readJudgments(path, options); });
    };
    CHECK_THAT(complaint("0 1 2\n\n3 4 5\n0 9 1\n", {.stimuli = 6}),
               Contains("bad.txt, line 4, column 2: expected an index from 0 to 5, found 9"));
    CHECK_THAT(complaint("0 1 2\n3 4 3\n"), Contains("bad.txt, line 2: expected three different stimuli, found 3 4 3"));
    CHECK_THAT(complaint("a,b,c\n0,1,2\n4,4,3\n"), Contains("line 3") && Contains("4 4 3"));
    CHECK_THAT(complaint("0 1 2\n3 -4 5\n"),
               Contains("line 2, column 2") && Contains("not negative") && Contains("“-4”"));
    CHECK_THAT(complaint("0 1 2\n3 4.5 5\n"),
               Contains("line 2, column 2") && Contains("whole number") && Contains("“4.5”"));
    CHECK_THAT(complaint("0 1 2\n3 x 5\n"), Contains("line 2, column 2") && Contains("“x”"));
    CHECK_THAT(complaint("0 1 2\n3 nan 5\n"), Contains("“nan”"));
    CHECK_THAT(complaint("0 1 2\n3 99999999999 5\n"), Contains("line 2, column 2") && Contains("2^31"));
    CHECK_THAT(complaint("0 1 2\n3 4\n"), Contains("line 2") && Contains("3 columns") && Contains("found 2"));
    CHECK_THAT(complaint("0 1 2\n3 4 5 6\n"), Contains("line 2") && Contains("found 4"));
    CHECK_THAT(complaint("0 1\n"), Contains("line 1") && Contains("found 2"));
    CHECK_THAT(complaint("1 2 3 4 5\n"), Contains("found 5"));
    CHECK_THAT(complaint("id_lo,id_mid,id_hi,n\n0,146,1534,102\n"), Contains("bad.txt") && Contains("without choices"));
    std::string ascending;
    for (int i = 0; i < 60; ++i)
        ascending += "0 1 " + std::to_string(i + 2) + "\n";
    CHECK_THAT(complaint(ascending), Contains("ascending order"));
    CHECK_THAT(complaint(""), Contains("nothing in it"));
    CHECK_THAT(complaint("a,b,c\n"), Contains("a header alone"));
    CHECK_THAT(complaint(std::string("\0\1\2\3", 4)), Contains("binary"));
    CHECK_THAT(complaint(gzipped("0 1 2\n3 4 5\n").substr(0, 18)), Contains("gzip"));
    CHECK_THAT(complaint(npyBytes("<i4", "(1, 3)", rawBytes<std::int32_t>({0, -1, 2}))),
               Contains("row 1, column 2") && Contains("-1"));
    CHECK_THAT(complaint(npyBytes("<f4", "(1, 3)", rawBytes<float>({0, 1.5F, 2}))),
               Contains("row 1, column 2") && Contains("1.5"));
    CHECK_THAT(complaint(npyBytes("<i4", "(1, 3)", rawBytes<std::int32_t>({1, 1, 2}))),
               Contains("row 1") && Contains("1 1 2"));
    CHECK_THAT(complaint(npyBytes("<i4", "(3,)", rawBytes<std::int32_t>({1, 1, 2}))), Contains("n × 3"));
    CHECK_THAT(complaint(npyBytes("<i4", "(2, 3)", rawBytes<std::int32_t>({1, 1, 2}))),
               Contains("24 bytes") && Contains("12 bytes"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)readJudgments(folder / "none.txt"); }), Contains("none.txt"));
}

TEST_CASE("judgments of people and of language models on THINGS") {
    const auto unique = sharedFile("data/triplets/things_human/union_unique_triplets_u16.npy.gz");
    const auto people = sharedFile("data/triplets/things_human/test_10_ID.txt.gz");
    const auto counts = sharedFile("data/triplets/things_human/diagnostic-triplets.csv.gz");
    if (unique.empty() || people.empty() || counts.empty())
        return;
    const JudgmentTable table = readJudgments(unique);
    CHECK(table.triplets->size() == 289'490);
    CHECK(table.stimuli == 1854);
    const JudgmentTable named = readJudgments(people, {.stimuli = 1854});
    CHECK(named.triplets->size() == 127'304);
    CHECK(named.participants.size() == 127'304);
    CHECK(named.triplets->at(0, 2) == 1);
    CHECK(*std::ranges::max_element(named.participants) == 263);
    CHECK_THAT(messageOf<FormatError>([&] { (void)readJudgments(counts); }),
               Contains("diagnostic-triplets.csv.gz") && Contains("without choices"));

    std::vector<JudgmentTable> raters;
    for (const char* rater : {"humans", "GPT_4", "ChatGPT_3.5"}) {
        const auto path = sharedFile(std::string("data/triplets/llm_vs_human_2171/2171trials_") + rater + ".txt");
        if (path.empty())
            return;
        raters.push_back(readJudgments(path));
        CHECK(raters.back().triplets->size() == 2171);
    }
    for (std::size_t trial = 0; trial < 2171; ++trial) // the same three stimuli in every file
        for (const JudgmentTable& rater : raters) {
            std::vector<std::uint32_t> one;
            std::vector<std::uint32_t> other;
            for (std::size_t place = 0; place < 3; ++place) {
                one.push_back(raters[0].triplets->at(trial, place));
                other.push_back(rater.triplets->at(trial, place));
            }
            if (!std::ranges::is_permutation(one, other))
                FAIL("trial " << trial);
        }
}
