#include "core/io/numpy_file.h"

#include "core/base/error.h"
#include "scratch.h"

#include "packing.h"

#include <algorithm>

using namespace tercet;
using namespace tercet::test;
using Catch::Contains;

namespace {

std::string swapped(std::string bytes, std::size_t width) {
    for (std::size_t at = 0; at < bytes.size(); at += width)
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at + width));
    return bytes;
}

ArrayValue parsed(const std::string& bytes) { return parseNpy(std::as_bytes(std::span(bytes)), "a.npy"); }

const std::vector<std::size_t> kTwoByTwo{2, 2};

} // namespace

TEST_CASE("every element type of NumPy arrays") {
    const std::string shape = "(2, 2)";
    CHECK(parsed(npyBytes("<f8", shape, rawBytes<double>({1, 2, 3, 0.5}))) ==
          ArrayValue(Array<double>{kTwoByTwo, {1, 2, 3, 0.5}}));
    CHECK(parsed(npyBytes("<f4", shape, rawBytes<float>({1, 2, 3, 0.5F}))) ==
          ArrayValue(Array<float>{kTwoByTwo, {1, 2, 3, 0.5F}}));
    CHECK(parsed(npyBytes("<f2", shape, rawBytes<std::uint16_t>({0x3C00, 0xC000, 0x0001, 0x7BFF}))) ==
          ArrayValue(Array<float>{kTwoByTwo, {1, -2, 0x1p-24F, 65504}}));
    CHECK(parsed(npyBytes("<i8", shape, rawBytes<std::int64_t>({1, -2, 3, 4}))) ==
          ArrayValue(Array<std::int64_t>{kTwoByTwo, {1, -2, 3, 4}}));
    CHECK(parsed(npyBytes("<i4", shape, rawBytes<std::int32_t>({1, -2, 3, 4}))) ==
          ArrayValue(Array<std::int32_t>{kTwoByTwo, {1, -2, 3, 4}}));
    CHECK(parsed(npyBytes("<i2", shape, rawBytes<std::int16_t>({1, -2, 3, 4}))) ==
          ArrayValue(Array<std::int32_t>{kTwoByTwo, {1, -2, 3, 4}}));
    CHECK(parsed(npyBytes("|i1", shape, rawBytes<std::int8_t>({1, -2, 3, 4}))) ==
          ArrayValue(Array<std::int32_t>{kTwoByTwo, {1, -2, 3, 4}}));
    CHECK(parsed(npyBytes("<u8", shape, rawBytes<std::uint64_t>({1, 2, 3, 4}))) ==
          ArrayValue(Array<std::int64_t>{kTwoByTwo, {1, 2, 3, 4}}));
    CHECK(parsed(npyBytes("<u4", shape, rawBytes<std::uint32_t>({1, 2, 3, 4}))) ==
          ArrayValue(Array<std::uint32_t>{kTwoByTwo, {1, 2, 3, 4}}));
    CHECK(parsed(npyBytes("<u2", shape, rawBytes<std::uint16_t>({1, 2, 3, 65535}))) ==
          ArrayValue(Array<std::uint16_t>{kTwoByTwo, {1, 2, 3, 65535}}));
    CHECK(parsed(npyBytes("|u1", shape, rawBytes<std::uint8_t>({1, 2, 3, 255}))) ==
          ArrayValue(Array<std::uint8_t>{kTwoByTwo, {1, 2, 3, 255}}));
    CHECK(parsed(npyBytes("|b1", shape, rawBytes<std::uint8_t>({1, 0, 0, 1}))) ==
          ArrayValue(Array<std::uint8_t>{kTwoByTwo, {1, 0, 0, 1}}));
    CHECK(parsed(npyBytes("|S3", "(2,)", std::string("abcd\0\0", 6))) ==
          ArrayValue(Array<std::string>{{2}, {"abc", "d"}}));
    CHECK(parsed(npyBytes("<U2", "(2,)", rawBytes<std::uint32_t>({'a', 0, 0x3B2, 0x1F600}))) ==
          ArrayValue(Array<std::string>{{2}, {"a", "β😀"}}));
}

TEST_CASE("NumPy arrays in other orders and versions") {
    CHECK(parsed(npyBytes(">f8", "(2, 2)", swapped(rawBytes<double>({1, 2, 3, 0.5}), 8))) ==
          ArrayValue(Array<double>{kTwoByTwo, {1, 2, 3, 0.5}}));
    CHECK(parsed(npyBytes(">i4", "(2, 2)", swapped(rawBytes<std::int32_t>({1, -2, 3, 4}), 4), true)) ==
          ArrayValue(Array<std::int32_t>{kTwoByTwo, {1, 3, -2, 4}}));
    CHECK(parsed(npyBytes("<f4", "(2, 3)", rawBytes<float>({0, 3, 1, 4, 2, 5}), true)) ==
          ArrayValue(Array<float>{{2, 3}, {0, 1, 2, 3, 4, 5}}));
    CHECK(parsed(npyBytes("<u2", "(2, 1, 3)", rawBytes<std::uint16_t>({0, 3, 1, 4, 2, 5}), true)) ==
          ArrayValue(Array<std::uint16_t>{{2, 1, 3}, {0, 1, 2, 3, 4, 5}}));
    CHECK(parsed(npyBytes("<f8", "()", rawBytes<double>({7}))) == ArrayValue(Array<double>{{}, {7}}));
    CHECK(parsed(npyBytes("<f8", "(0, 3)", "")) == ArrayValue(Array<double>{{0, 3}, {}}));
    CHECK(parsed(npyBytes("<f8", "(1L,)", rawBytes<double>({7}), false, 2)) == ArrayValue(Array<double>{{1}, {7}}));
}

TEST_CASE("what is written as .npy is read back, plain and gzip-wrapped") {
    const ScratchFolder folder;
    for (const ArrayValue& array :
         {ArrayValue(Array<double>{{2, 3}, {1, 2, 3, 4, 5, 6}}), ArrayValue(Array<float>{{2}, {1, 2}}),
          ArrayValue(Array<std::int64_t>{{1}, {-5}}), ArrayValue(Array<std::uint16_t>{{1, 3}, {1, 2, 3}}),
          ArrayValue(Array<std::uint8_t>{{}, {9}}), ArrayValue(Array<std::string>{{3}, {"awe", "", "βΔ😀"}})}) {
        writeNpy(folder / "a.npy", array);
        CHECK(readNpy(folder / "a.npy") == array);
        CHECK(readNpy(folder.write("b.npy.gz", gzipped(contentOf(folder / "a.npy")))) == array);
        std::filesystem::remove(folder / "b.npy.gz");
    }
    CHECK(folder.fileCount() == 1);
    CHECK_THAT(messageOf<StorageError>([&] {
                   writeNpy(folder / "none/a.npy", Array<double>{{1}, {1}});
               }),
               Contains("none/a.npy"));
    CHECK_THAT(messageOf<StorageError>([&] {
                   writeNpy("/dev/full/a.npy", Array<double>{{1}, {1}});
               }),
               Contains("/dev/full"));
}

TEST_CASE("npz archives, stored and deflated") {
    const ScratchFolder folder;
    const std::map<std::string, std::string> entries{
        {"pruned_loc.npy", npyBytes("<f4", "(2, 2)", rawBytes<float>({1, 2, 3, 4}))},
        {"names.npy", npyBytes("|S1", "(2,)", "ab")},
        {"readme.txt", "no array"}};
    for (const bool deflated : {false, true}) {
        writeZip(folder / "a.npz", entries, deflated);
        const auto arrays = readNpz(folder / "a.npz");
        CHECK(arrays.size() == 2);
        CHECK(arrays.at("pruned_loc") == ArrayValue(Array<float>{kTwoByTwo, {1, 2, 3, 4}}));
        CHECK(arrays.at("names") == ArrayValue(Array<std::string>{{2}, {"a", "b"}}));
    }
}

TEST_CASE("bad NumPy files") {
    const ScratchFolder folder;
    const std::string whole = npyBytes("<f8", "(2, 2)", rawBytes<double>({1, 2, 3, 4}));
    const auto complaint = [&](const std::string& content) {
        const auto path = folder.write("bad.npy", content);
        return messageOf<FormatError>([&] { (void)readNpy(path); });
    };
    CHECK_THAT(complaint(whole.substr(0, whole.size() - 5)),
               Contains("bad.npy: expected 32 bytes of values for 2 × 2, found 27 bytes"));
    CHECK_THAT(complaint(whole + "x"), Contains("found 33 bytes"));
    CHECK_THAT(complaint(whole.substr(0, 40)), Contains("bad.npy") && Contains("header"));
    CHECK_THAT(complaint(whole.substr(0, 9)), Contains("header"));
    CHECK_THAT(complaint(""), Contains("nothing"));
    CHECK_THAT(complaint("1 2 3\n"), Contains("NumPy"));
    CHECK_THAT(complaint(npyBytes("|O", "(2,)", "xx")), Contains("Python objects"));
    CHECK_THAT(complaint(npyBytes("<c8", "(2,)", std::string(16, 'x'))), Contains("“<c8”"));
    CHECK_THAT(complaint(npyBytes("<f16", "(1,)", std::string(16, 'x'))), Contains("“<f16”"));
    CHECK_THAT(complaint(npyBytes("<f8", "(99999999999, 99999999999)", "x")), Contains("possible shape"));
    CHECK_THAT(complaint(npyBytes("<f8", "(4000000000,)", "x")), Contains("32000000000 bytes"));
    CHECK_THAT(complaint(npyBytes("<f8", "(-1,)", "x")), Contains("shape"));
    CHECK_THAT(complaint(npyBytes("<u8", "(1,)", rawBytes<std::uint64_t>({~std::uint64_t{0}}))),
               Contains("below 2^63"));
    std::string version = whole;
    version[6] = 9;
    CHECK_THAT(complaint(version), Contains("format 9"));
    CHECK_THAT(complaint(gzipped(whole).substr(0, 40)), Contains("gzip"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)readNpy(folder / "none.npy"); }), Contains("none.npy"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)readNpy(folder.path()); }), Contains("a folder"));
}

TEST_CASE("bad npz archives") {
    const ScratchFolder folder;
    std::string values;
    for (int i = 0; i < 1000; ++i)
        values += rawBytes<double>({i * 0.37});
    writeZip(folder / "whole.npz", {{"loc.npy", npyBytes("<f8", "(100, 10)", values)}}, false);
    const std::string whole = contentOf(folder / "whole.npz");
    const auto complaint = [&](const std::string& content) {
        const auto path = folder.write("bad.npz", content);
        return messageOf<FormatError>([&] { (void)readNpz(path); });
    };
    CHECK_THAT(complaint(whole.substr(0, whole.size() / 2)), Contains("bad.npz") && Contains("ends early"));
    std::string flipped = whole;
    flipped[whole.size() / 2] ^= 1;
    CHECK_THAT(complaint(flipped), Contains("“loc”"));
    CHECK_THAT(complaint(""), Contains("nothing"));
    CHECK_THAT(complaint("not a zip"), Contains("other content"));
    writeZip(folder / "empty.npz", {{"readme.txt", "x"}}, true);
    CHECK_THAT(messageOf<FormatError>([&] { (void)readNpz(folder / "empty.npz"); }), Contains("found none"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)readNpz(folder / "none.npz"); }), Contains("none.npz"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)readNpz(folder.path()); }), Contains("a folder"));
}

TEST_CASE("an array that stays in its file is written as NumPy reads it, part by part") {
    const ScratchFolder folder;
    constexpr std::size_t kRows = 1100; // more than 4 MB
    constexpr std::size_t kColumns = 2000;
    LargeArrayWriter writer(folder.path(), kRows, kColumns);
    Matrix<double> row(1, kColumns);
    const auto value = [](std::size_t r, std::size_t c) {
        return static_cast<double>(r) + static_cast<double>(c) / 4096;
    };
    for (std::size_t r = 0; r < kRows; ++r) {
        for (std::size_t c = 0; c < kColumns; ++c)
            row(0, c) = value(r, c);
        writer.write(r, 0, row);
    }
    writeNpy(folder / "a.npy", writer.finish());
    const auto back = std::get<Array<float>>(readNpy(folder / "a.npy"));
    REQUIRE(back.shape == std::vector<std::size_t>{kRows, kColumns});
    std::size_t different = 0;
    for (std::size_t r = 0; r < kRows; ++r)
        for (std::size_t c = 0; c < kColumns; ++c)
            different += back.values[r * kColumns + c] == static_cast<float>(value(r, c)) ? 0 : 1;
    CHECK(different == 0);
    CHECK_THROWS_AS(writeNpy(folder / "none/a.npy", writer.finish()), StorageError);
}
