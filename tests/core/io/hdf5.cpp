#include "core/io/hdf5.h"

#include "core/base/error.h"
#include "packing.h"
#include "scratch.h"

using namespace tercet;
using namespace tercet::test;
using Catch::Contains;

TEST_CASE("HDF5 numbers are converted where that keeps them and refused where not") {
    const ScratchFolder folder;
    const auto path = folder / "a.h5";
    {
        Hdf5File file = Hdf5File::create(path);
        file.write<std::int64_t>("deep/inside/big", {2}, std::vector<std::int64_t>{70'000, -3});
        file.write<double>("half", {}, std::vector<double>{0.5});
        file.write<std::string>("names", {2}, std::vector<std::string>{"a", "b"});
        file.writeAttribute("deep", "kind", "folder");
        file.close();
    }
    const Hdf5File file = Hdf5File::open(path);
    CHECK(file.list() == std::vector<std::string>{"deep", "half", "names"});
    CHECK(file.list("deep/inside") == std::vector<std::string>{"big"});
    CHECK(file.contains("deep/inside/big"));
    CHECK_FALSE(file.contains("deep/outside/big"));
    CHECK(file.isDataset("half"));
    CHECK_FALSE(file.isDataset("deep"));
    CHECK(file.describe("deep/inside/big").kind == ElementKind::Signed);
    CHECK(file.read<double>("deep/inside/big").values == std::vector<double>{70'000, -3});
    CHECK(file.read<std::int32_t>("deep/inside/big").values == std::vector<std::int32_t>{70'000, -3});
    CHECK_THAT(messageOf<FormatError>([&] { (void)file.read<std::uint16_t>("deep/inside/big"); }),
               Contains(path.string()) && Contains("big") && Contains("from 0 to 65535") && Contains("found 70000"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)file.read<std::int32_t>("half"); }), Contains("whole numbers"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)file.read<double>("names"); }),
               Contains("expected numbers, found text"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)file.read<std::string>("half"); }), Contains("expected text"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)file.read<double>("third"); }), Contains("“third”"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)file.list("third"); }), Contains("“third”"));
    CHECK(file.attribute("deep", "kind") == "folder");
    CHECK_THAT(messageOf<MissingError>([&] { (void)file.attribute("deep", "none"); }), Contains("“none”"));
    CHECK_FALSE(file.numericAttribute("deep", "kind"));
}

TEST_CASE("blocks of an HDF5 dataset are read without the rest") {
    const ScratchFolder folder;
    {
        Hdf5File file = Hdf5File::create(folder / "a.h5");
        file.write<std::int32_t>("table", {2, 3}, std::vector<std::int32_t>{1, 2, 3, -4, 5, 6});
        file.write<std::string>("names", {1, 2}, std::vector<std::string>{"a", "b"});
        file.write<double>("line", {3}, std::vector<double>{1, 2, 3});
        file.close();
    }
    const Hdf5File file = Hdf5File::open(folder / "a.h5");
    CHECK(file.describe("table").chunk.empty());
    CHECK(file.readBlock("table", 0, 2, 1, 2) == Matrix<double>(2, 2, {2, 3, 5, 6}));
    CHECK(file.readBlock("table", 1, 1, 0, 1) == Matrix<double>(1, 1, {-4}));
    CHECK(file.readBlock("table", 2, 0, 0, 3).empty());
    CHECK_THAT(messageOf<ParameterError>([&] { (void)file.readBlock("table", 1, 2, 0, 1); }),
               Contains("expected rows below 2, found 2 from 1 on"));
    CHECK_THAT(messageOf<ParameterError>([&] { (void)file.readBlock("table", 0, 1, 4, SIZE_MAX); }),
               Contains("expected columns below 3"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)file.readBlock("names", 0, 1, 0, 1); }), Contains("found text"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)file.readBlock("line", 0, 1, 0, 1); }), Contains("rows and columns"));
    CHECK_THROWS_AS(file.readBlock("none", 0, 1, 0, 1), MissingError);

    const Hdf5File packed = Hdf5File::open(fixture("bdata_packed.h5"));
    CHECK(packed.describe("dataset").chunk == std::vector<std::size_t>{7, 9});
    CHECK(packed.readBlock("dataset", 6, 2, 8, 3) == Matrix<double>(2, 3, {608, 609, 610, 708, 709, 710}));
}

TEST_CASE("HDF5 files of h5py are read: variable-length text, scalars, numeric attributes") {
    const auto path = sharedFile("reference/analysis/spaces.h5");
    if (path.empty())
        return;
    const Hdf5File file = Hdf5File::open(path);
    CHECK(file.describe("in/embedding").shape == std::vector<std::size_t>{300, 12});
    CHECK(file.read<std::string>("in/rating_names").values.at(2) == "aesthetic_appreciation");
    CHECK(file.read<double>("out/top1").shape.empty());
    CHECK(file.numericAttribute("/", "edge_threshold") == 0.2);
    CHECK_THAT(file.attribute("/", "note"), Contains("rank 0"));
}

TEST_CASE("files that are not HDF5") {
    const ScratchFolder folder;
    CHECK_THAT(messageOf<MissingError>([&] { (void)Hdf5File::open(folder / "none.h5"); }), Contains("none.h5"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)Hdf5File::open(folder.path()); }), Contains("a folder"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)Hdf5File::open(folder.write("empty.h5", "")); }),
               Contains("empty.h5"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)Hdf5File::open(folder.write("text.h5", "hello")); }),
               Contains("text.h5"));
}
