#include "core/io/mat_file.h"

#include "core/base/error.h"
#include "scratch.h"

#include "packing.h"

#include <algorithm>

using namespace tercet;
using namespace tercet::test;
using Catch::Contains;

namespace {

using Texts = std::vector<std::string>;

void appendSwapped(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift);
}

/// A big-endian file with the variable x = [1 2], as old workstations wrote it.
std::string bigEndianFile() {
    std::string body;
    for (const std::uint32_t word : {6U, 8U, 6U, 0U, 5U, 8U, 1U, 2U, (1U << 16) | 1U})
        appendSwapped(body, word);
    body += std::string("x\0\0\0", 4);
    for (const std::uint32_t word : {9U, 16U, 0x3FF00000U, 0U, 0x40000000U, 0U})
        appendSwapped(body, word);
    std::string file = "MATLAB 5.0 MAT-file";
    file.resize(124, ' ');
    file += std::string("\1\0MI", 4);
    appendSwapped(file, 14);
    appendSwapped(file, static_cast<std::uint32_t>(body.size()));
    return file + body;
}

} // namespace

TEST_CASE("MATLAB variables of every version read the same") {
    for (const char* name : {"ratings_v5.mat", "ratings_v5_packed.mat", "ratings_v73.mat"}) {
        CAPTURE(name);
        const auto variables = readMatFile(fixture(name));
        const MatValue& ratings = variables.at("L");
        REQUIRE(ratings.field("feat") != nullptr);
        REQUIRE(ratings.field("feat")->isMatrix());
        const Matrix<double> feat = ratings.field("feat")->matrix();
        CHECK(feat.rows() == 4);
        CHECK(feat.cols() == 3);
        CHECK(feat(1, 2) == 5.0 / 8);
        CHECK(ratings.field("featname")->textList() == Texts{"Admiration", "Aesthetic_appreciation", "valence"});
        const MatValue& cube = variables.at("cube");
        CHECK(cube.shape == std::vector<std::size_t>{2, 3, 4});
        for (std::size_t i = 0; i < 24; ++i)
            CHECK(cube.numbers.at(i) == static_cast<double>(i));
    }
}

TEST_CASE("MATLAB texts, small integers, logicals and arrays of structs") {
    const auto variables = readMatFile(fixture("ratings_v5_packed.mat"));
    CHECK(variables.at("words").texts == Texts{"ab", "cde"});
    CHECK(variables.at("small").matrix() == Matrix<double>(2, 2, {1, -2, 3, 4}));
    CHECK(variables.at("flags").matrix() == Matrix<double>(1, 2, {1, 0}));
    CHECK(variables.at("many").field("t")->textList() == Texts{"x", "y"});
    CHECK(variables.at("many").field("n")->cells.at(1).numbers == std::vector<double>{2});
    CHECK(readMatFile(fixture("ratings_v73.mat")).at("nothing").numbers.empty());
}

TEST_CASE("MATLAB files of big-endian machines") {
    const ScratchFolder folder;
    CHECK(readMatFile(folder.write("old.mat", bigEndianFile())).at("x").matrix() == Matrix<double>(1, 2, {1, 2}));
}

TEST_CASE("bad MATLAB files") {
    const ScratchFolder folder;
    const auto complaint = [&](const std::string& content) {
        const auto path = folder.write("bad.mat", content);
        return messageOf<FormatError>([&] { (void)readMatFile(path); });
    };
    for (const char* name : {"ratings_v5.mat", "ratings_v5_packed.mat", "ratings_v73.mat"}) {
        CAPTURE(name);
        const std::string whole = contentOf(fixture(name));
        CHECK_THAT(complaint(whole.substr(0, whole.size() / 2)), Contains("bad.mat") && Contains("complete"));
        CHECK_THAT(complaint(whole.substr(0, whole.size() - 20)), Contains("bad.mat") && Contains("complete"));
        CHECK_THAT(complaint(whole.substr(0, 100)), Contains("bad.mat"));
    }
    CHECK_THAT(complaint(contentOf(fixture("ratings_v5.mat")).substr(0, 128)),
               Contains("expected variables, found none"));
    CHECK_THAT(complaint(""), Contains("nothing in it"));
    CHECK_THAT(complaint("a,b\n1,2\n"), Contains("other content") && Contains("-v7"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)readMatFile(folder / "none.mat"); }), Contains("none.mat"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)readMatFile(folder.path()); }), Contains("a folder"));
}
