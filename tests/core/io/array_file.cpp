#include "core/io/array_file.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/io/hdf5.h"
#include "core/io/numpy_file.h"
#include "scratch.h"

#include <sys/mount.h>
#include <thread>

using namespace tercet;
using namespace tercet::test;
using Catch::Contains;

namespace {

ArrayBundle smallBundle() {
    ArrayBundle bundle;
    bundle.set("weights", Matrix<double>(2, 3, {0.5, -1.25, 1e300, 0, 4, 5}));
    bundle.set("loss", std::vector<float>{1.5F, 0.25F});
    bundle.set("epochs", std::vector<std::int64_t>{-(std::int64_t{1} << 40), 7});
    bundle.set("choices", std::vector<std::int32_t>{-1, 2});
    bundle.set("wide", std::vector<std::uint32_t>{4'000'000'000U});
    bundle.arrays["triplets"] = Array<std::uint16_t>{{2, 3}, {0, 1, 65535, 3, 4, 5}};
    bundle.set("mask", std::vector<std::uint8_t>{0, 1, 255});
    bundle.set("names", std::vector<std::string>{"", "Empathic Pain", "ΔR²"});
    bundle.arrays["scalar"] = Array<double>{{}, {2.5}};
    bundle.arrays["nothing"] = Array<double>{{0, 3}, {}};
    bundle.set("no names", std::vector<std::string>{});
    bundle.attributes = {{"step", "fit-embedding"}, {"parameters", std::string(100'000, 'p')}, {"empty", ""}};
    return bundle;
}

std::size_t openFiles() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

} // namespace

TEST_CASE("an array file gives back what was written, as the same bytes each time") {
    const ScratchFolder folder;
    const ArrayBundle bundle = smallBundle();
    writeArrayFile(folder / "a.h5", bundle);
    std::this_thread::sleep_for(std::chrono::milliseconds(1001)); // HDF5 would store the second of writing
    writeArrayFile(folder / "b.h5", bundle);
    CHECK(contentOf(folder / "a.h5") == contentOf(folder / "b.h5"));
    CHECK(folder.fileCount() == 2);

    ArrayBundle read = readArrayFile(folder / "a.h5");
    CHECK(read.arrays == bundle.arrays);
    CHECK(read.attributes == bundle.attributes);
    CHECK(readArrayFileAttributes(folder / "a.h5") == bundle.attributes);
    CHECK_NOTHROW(verifyArrayFile(folder / "a.h5"));
    CHECK(read.matrix("weights")(0, 2) == 1e300);
    CHECK(read.attribute("step") == "fit-embedding");
    CHECK(read.take<std::uint16_t>("triplets").values.size() == 6);
    CHECK_FALSE(read.contains("triplets"));

    writeArrayFile(folder / "a.h5", read);
    CHECK_FALSE(readArrayFile(folder / "a.h5").contains("triplets"));
}

TEST_CASE("a bundle names the file and the array that are not as asked") {
    const ScratchFolder folder;
    const auto path = folder / "result.h5";
    writeArrayFile(path, smallBundle());
    const ArrayBundle bundle = readArrayFile(path);
    CHECK_THAT(messageOf<MissingError>([&] { (void)bundle.get<double>("bias"); }),
               Contains(path.string()) && Contains("“bias”"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)bundle.get<double>("mask"); }),
               Contains(path.string()) && Contains("expected float64, found uint8"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)bundle.matrix("scalar"); }), Contains("rows × columns"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)bundle.attribute("seed"); }), Contains("“seed”"));
}

TEST_CASE("a damaged array file is either still right or reported as damaged, whichever byte was hit") {
    const ScratchFolder folder;
    const auto path = folder / "a.h5";
    ArrayBundle bundle = smallBundle();
    bundle.attributes["parameters"] = "{}";
    writeArrayFile(path, bundle);
    const std::string whole = contentOf(path);
    Rng rng(1);
    std::size_t found = 0;
    for (std::size_t at = 0; at < whole.size(); at += 1 + rng.below(16)) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1U << rng.below(8)));
        folder.write("a.h5", damaged);
        try {
            const ArrayBundle read = readArrayFile(path);
            if (read.arrays != bundle.arrays || read.attributes != bundle.attributes)
                FAIL("byte " << at << " changed the values unnoticed");
        } catch (const StorageError& error) {
            ++found;
            if (std::string(error.what()).find(path.string()) == std::string::npos)
                FAIL(error.what());
        }
    }
    CHECK(found > 100);
}

TEST_CASE("one flipped byte in the values names the array and what to do") {
    const ScratchFolder folder;
    const auto path = folder / "a.h5";
    ArrayBundle bundle;
    bundle.set("weights", std::vector<double>(1000, 0.1));
    writeArrayFile(path, bundle);
    std::string content = contentOf(path);
    const double value = 0.1;
    const auto at = content.find(std::string(reinterpret_cast<const char*>(&value), sizeof value));
    REQUIRE(at != std::string::npos);
    content[at + 4001] ^= 1;
    folder.write("a.h5", content);
    CHECK_THAT(messageOf<StorageError>([&] { (void)readArrayFile(path); }),
               Contains(path.string()) && Contains("“weights”") && Contains("run the step"));
    CHECK_THAT(messageOf<StorageError>([&] { verifyArrayFile(path); }), Contains("“weights”"));
}

TEST_CASE("array files that are not what they should be") {
    const ScratchFolder folder;
    writeArrayFile(folder / "whole.h5", smallBundle());
    const std::string whole = contentOf(folder / "whole.h5");
    const auto complaintAbout = [&](const std::filesystem::path& path) {
        return messageOf<StorageError>([&] { (void)readArrayFile(path); });
    };
    for (const std::size_t length : {std::size_t{0}, std::size_t{7}, whole.size() / 2, whole.size() - 1})
        CHECK_THAT(complaintAbout(folder.write("cut.h5", whole.substr(0, length))),
                   Contains("cut.h5") && Contains("damaged"));
    CHECK_THAT(complaintAbout(folder.write("text.h5", "1,2,3\n")), Contains("text.h5"));
    CHECK_THAT(complaintAbout(folder.path()), Contains(folder.path().string()));
    Hdf5File::create(folder / "foreign.h5").close();
    CHECK_THAT(complaintAbout(folder / "foreign.h5"), Contains("foreign.h5"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)readArrayFile(folder / "absent.h5"); }), Contains("absent.h5"));
}

TEST_CASE("bundles that cannot be stored are refused before anything is written") {
    const ScratchFolder folder;
    ArrayBundle slash;
    slash.set("a/b", std::vector<double>{1});
    CHECK_THAT(messageOf<ParameterError>([&] { writeArrayFile(folder / "a.h5", slash); }), Contains("“a/b”"));
    ArrayBundle uneven;
    uneven.arrays["x"] = Array<double>{{2, 2}, {1, 2, 3}};
    CHECK_THAT(messageOf<ParameterError>([&] { writeArrayFile(folder / "a.h5", uneven); }), Contains("“x”"));
    ArrayBundle zero;
    zero.set("x", std::vector<std::string>{std::string("a\0b", 3)});
    CHECK_THAT(messageOf<ParameterError>([&] { writeArrayFile(folder / "a.h5", zero); }), Contains("zero byte"));
    CHECK_THAT(messageOf<StorageError>([&] { writeArrayFile(folder / "none/a.h5", smallBundle()); }),
               Contains("none/a.h5"));
    CHECK(folder.fileCount() == 0);
}

TEST_CASE("a full disk leaves the old array file whole and nothing else") {
    const ScratchFolder folder;
    const auto path = folder / "a.h5";
    ArrayBundle bundle;
    bundle.set("weights", std::vector<double>(100'000, 1.0));
    ArrayBundle small;
    small.set("weights", std::vector<double>{1, 2});
    writeArrayFile(path, small);
    const std::size_t before = openFiles();
    for (const std::size_t limit : {std::size_t{0}, std::size_t{600}, std::size_t{5'000}, std::size_t{500'000}}) {
        std::string message;
        {
            const FileSizeLimit full(limit);
            message = messageOf<StorageError>([&] { writeArrayFile(path, bundle); });
        }
        CHECK_THAT(message, Contains(path.string()) && Contains("the disk is full") && Contains("free some space") &&
                                Contains("nothing was lost") && !Contains(".partial"));
        CHECK(folder.fileCount() == 1);
        CHECK(readArrayFile(path).get<double>("weights").values.size() == 2);
    }
    CHECK(openFiles() == before);
}

TEST_CASE("a file system that really is full") {
    const ScratchFolder folder;
    if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0) {
        WARN("skipped: only root can mount a small file system");
        return;
    }
    const auto path = folder / "a.h5";
    ArrayBundle small;
    small.set("weights", std::vector<double>{1, 2});
    writeArrayFile(path, small);
    ArrayBundle large;
    large.set("weights", std::vector<double>(100'000, 1.0));
    const std::string first = messageOf<StorageError>([&] { writeArrayFile(path, large); });
    const std::string second = messageOf<StorageError>([&] {
        Hdf5File file = Hdf5File::create(folder / "b.h5");
        file.write<double>("x", {100'000}, large.get<double>("weights").values);
        file.close();
    });
    std::filesystem::remove(folder / "b.h5");
    const std::string third = messageOf<StorageError>([&] { writeNpy(folder / "c.npy", large.arrays.at("weights")); });
    const std::size_t files = folder.fileCount();
    const std::size_t kept = readArrayFile(path).get<double>("weights").values.size();
    REQUIRE(::umount(folder.path().c_str()) == 0);
    CHECK_THAT(first, Contains("a.h5: the disk is full; free some space and try again; nothing was lost."));
    CHECK_THAT(second, Contains("b.h5: the disk is full"));
    CHECK_THAT(third, Contains("c.npy: the disk is full"));
    CHECK(files == 1);
    CHECK(kept == 2);
}

TEST_CASE("HDF5 itself reports a full disk where no space can be set aside") {
    const ScratchFolder folder;
    const auto path = folder / "plain.h5";
    const std::vector<double> values(100'000, 1.0);
    const std::size_t before = openFiles();
    std::string message;
    {
        const FileSizeLimit full(300'000);
        message = messageOf<StorageError>([&] {
            Hdf5File file = Hdf5File::create(path);
            file.write<double>("x", {values.size()}, values);
            file.close();
        });
    }
    CHECK_THAT(message, Contains(path.string()) && Contains("the disk is full"));
    CHECK(openFiles() == before);
    std::filesystem::remove(path);
    REQUIRE_NOTHROW(writeArrayFile(path, smallBundle()));
}

TEST_CASE("array files can be read by several threads at once") {
    const ScratchFolder folder;
    writeArrayFile(folder / "a.h5", smallBundle());
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int k = 0; k < 20; ++k)
                right += readArrayFile(folder / "a.h5").arrays == smallBundle().arrays;
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(right == 80);
}

TEST_CASE("a large array stays in its file and is read in parts") {
    const ScratchFolder folder;
    constexpr std::size_t kRows = 7, kColumns = 5;
    Matrix<double> values(kRows, kColumns);
    for (std::size_t i = 0; i < values.size(); ++i)
        values.values()[i] = static_cast<double>(i) / 4;
    values(3, 2) = std::nan("");
    LargeArrayWriter writer(folder.path(), kRows, kColumns);
    writer.write(0, 0, MatrixView<const double>(values.data(), 3, kColumns));
    Matrix<double> right(4, 3);
    for (std::size_t r = 0; r < 4; ++r) { // rows 3 to 6, in two parts side by side
        writer.write(3 + r, 0, MatrixView<const double>(values.row(3 + r).data(), 1, 2));
        std::copy_n(values.row(3 + r).data() + 2, 3, right.row(r).begin());
    }
    writer.write(3, 2, right);
    CHECK(folder.fileCount() == 0); // it has no name

    ArrayBundle bundle = smallBundle();
    bundle.large.emplace("responses", writer.finish());
    writeArrayFile(folder / "a.h5", bundle);
    writeArrayFile(folder / "b.h5", bundle);
    CHECK(contentOf(folder / "a.h5") == contentOf(folder / "b.h5"));
    const ArrayBundle read = readArrayFile(folder / "a.h5");
    CHECK(read.arrays == bundle.arrays);
    const LargeArray& large = read.largeArray("responses");
    REQUIRE(large.rows() == kRows);
    REQUIRE(large.columns() == kColumns);
    Matrix<double> part(3, 2);
    large.read(2, 1, part.view());
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 2; ++c)
            CHECK((part(r, c) == values(2 + r, 1 + c) || (std::isnan(part(r, c)) && r == 1 && c == 1)));
    CHECK(Hdf5File::open(folder / "a.h5").read<double>("responses").values[kColumns] == values(1, 0));
    CHECK_THROWS_WITH(read.largeArray("weights"), Contains("no such large array"));

    // Damage within it is found, and named, before anything of it is used.
    std::string bytes = contentOf(folder / "a.h5");
    const auto offset = Hdf5File::open(folder / "a.h5").dataOffset("responses");
    REQUIRE(offset);
    bytes[*offset + 9] ^= 1;
    std::ofstream(folder / "a.h5", std::ios::binary) << bytes;
    CHECK_THROWS_WITH(readArrayFile(folder / "a.h5"), Contains("responses") && Contains("checksum"));
    CHECK_THROWS_AS(LargeArrayWriter(folder / "nowhere", 2, 2), StorageError);
}
