#include "core/io/volume_file.h"

#include "core/base/error.h"
#include "core/io/packing.h"
#include "core/io/scratch.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

template <class T>
T turned(T value) {
    auto* bytes = reinterpret_cast<char*>(&value); // NOLINT: any value as its bytes
    std::reverse(bytes, bytes + sizeof(T));
    return value;
}

/// A header that is written field by field, at the offsets of the standard.
class Header {
public:
    explicit Header(bool second = false, bool swapped = false)
        : m_second(second), m_swapped(swapped), m_bytes(second ? 544 : 352, '\0') {
        put<std::int32_t>(0, second ? 540 : 348);
        magic(second ? "n+2" : "n+1");
        offset(static_cast<double>(m_bytes.size()));
    }
    template <class T>
    Header& put(std::size_t at, T value) {
        if (m_swapped)
            value = turned(value);
        std::memcpy(m_bytes.data() + at, &value, sizeof(T));
        return *this;
    }
    Header& magic(const char* word) {
        std::memcpy(m_bytes.data() + (m_second ? 4 : 344), word, 4);
        if (m_second)
            std::memcpy(m_bytes.data() + 8, "\r\n\032\n", 4);
        return *this;
    }
    Header& sizes(const std::vector<std::int64_t>& lengths) {
        const auto put = [&](std::size_t axis, std::int64_t length) {
            if (m_second)
                this->put<std::int64_t>(16 + 8 * axis, length);
            else
                this->put<std::int16_t>(40 + 2 * axis, static_cast<std::int16_t>(length));
        };
        for (std::size_t axis = 0; axis < 8; ++axis) {
            put(axis, axis == 0                ? static_cast<std::int64_t>(lengths.size())
                      : axis <= lengths.size() ? lengths[axis - 1]
                                               : 1);
            if (m_second)
                this->put<double>(104 + 8 * axis, axis == 4 ? 2.5 : 3);
            else
                this->put<float>(76 + 4 * axis, axis == 4 ? 2.5F : 3.0F);
        }
        return *this;
    }
    Header& type(int code, int bits) {
        put<std::int16_t>(m_second ? 12 : 70, static_cast<std::int16_t>(code));
        return put<std::int16_t>(m_second ? 14 : 72, static_cast<std::int16_t>(bits));
    }
    Header& offset(double bytes) {
        return m_second ? put<std::int64_t>(168, static_cast<std::int64_t>(bytes))
                        : put<float>(108, static_cast<float>(bytes));
    }
    Header& scale(double slope, double intercept) {
        if (m_second)
            return put<double>(176, slope).put<double>(184, intercept);
        return put<float>(112, static_cast<float>(slope)).put<float>(116, static_cast<float>(intercept));
    }
    Header& sform(const std::array<double, 12>& rows) {
        if (m_second)
            put<std::int32_t>(348, 1);
        else
            put<std::int16_t>(254, 1);
        for (std::size_t i = 0; i < 12; ++i)
            m_second ? put<double>(400 + 8 * i, rows[i]) : put<float>(280 + 4 * i, static_cast<float>(rows[i]));
        return *this;
    }
    template <class T>
    [[nodiscard]] std::string with(const std::vector<T>& values) const {
        std::string content = m_bytes;
        for (T value : values) {
            if (m_swapped)
                value = turned(value);
            content.append(reinterpret_cast<const char*>(&value), sizeof(T)); // NOLINT: as it is stored
        }
        return content;
    }
    [[nodiscard]] const std::string& bytes() const { return m_bytes; }

private:
    bool m_second;
    bool m_swapped;
    std::string m_bytes;
};

template <class T>
std::vector<T> upTo(std::size_t count) {
    std::vector<T> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<T>(i % 100);
    return values;
}

} // namespace

TEST_CASE("Every form of a volume file is read the same") {
    const ScratchFolder folder;
    const std::array<double, 12> left{-2, 0, 0, 90, 0, 2, 0, -126, 0, 0, 2, -72};
    for (const bool second : {false, true})
        for (const bool swapped : {false, true}) {
            CAPTURE(second, swapped);
            Header header(second, swapped);
            header.sizes({4, 3, 2, 5}).type(4, 16).scale(0.5, 10).sform(left);
            const std::string content = header.with(upTo<std::int16_t>(4 * 3 * 2 * 5));
            for (const bool compressed : {false, true}) {
                const auto path =
                    folder.write(compressed ? "a.nii.gz" : "a.nii", compressed ? gzipped(content) : content);
                VolumeFile file = VolumeFile::open(path);
                const VolumeInfo& info = file.info();
                CHECK(info.size == std::array<std::size_t, 3>{4, 3, 2});
                CHECK(info.volumes == 5);
                CHECK(info.format == (second ? "NIfTI-2" : "NIfTI-1"));
                CHECK(info.repetitionTime == 2.5);
                CHECK(info.oriented);
                CHECK(info.toMm({1, 1, 1}) == Point3{88, -124, -70});
                std::vector<double> values;
                file.readVolumes(0, 5, [&](std::size_t, std::span<const double> volume) {
                    values.insert(values.end(), volume.begin(), volume.end());
                });
                REQUIRE(values.size() == 120);
                for (std::size_t i = 0; i < 120; ++i)
                    CHECK(values[i] == 0.5 * static_cast<double>(i % 100) + 10);
                CHECK(file.readVolume(3)[2] == 0.5 * 74 + 10); // backwards
            }
        }
    // A pair of files, and types of elements.
    Header pair;
    pair.magic("ni1").offset(0).sizes({2, 2, 1}).type(64, 64);
    const auto path = folder.write("pair.hdr", pair.bytes().substr(0, 348));
    CHECK_THROWS_WITH(VolumeFile::open(path), Contains("pair.img"));
    folder.write("pair.img", pair.with(std::vector<double>{1.5, -2, 3, 4}).substr(352));
    CHECK(VolumeFile::open(path).readVolume() == std::vector<double>{1.5, -2, 3, 4});
    CHECK(!VolumeFile::open(path).info().oriented);
    Header analyze(false, true);
    analyze.magic("\0\0\0").offset(0).sizes({2, 2, 1, 1}).type(2, 8);
    folder.write("spm.img", std::string("\1\2\3\4", 4));
    VolumeFile old = VolumeFile::open(folder.write("spm.hdr", analyze.bytes().substr(0, 348)));
    CHECK(old.info().format == "Analyze 7.5");
    CHECK(old.readVolume() == std::vector<double>{1, 2, 3, 4});
}

TEST_CASE("Bad volume files are told in one sentence, before memory is taken") {
    const ScratchFolder folder;
    Header good;
    good.sizes({4, 3, 2}).type(4, 16);
    const std::string whole = good.with(upTo<std::int16_t>(24));
    struct Case {
        std::string content;
        const char* says;
    };
    Header huge(true);
    huge.sizes({100000, 100000, 100000}).type(16, 32);
    Header negative;
    negative.sizes({4, -3, 2}).type(4, 16);
    Header axes;
    axes.sizes({4, 3, 2}).type(4, 16).put<std::int16_t>(40, 9);
    Header complex;
    complex.sizes({4, 3, 2}).type(32, 64);
    Header inside;
    inside.sizes({4, 3, 2}).type(4, 16).offset(100);
    Header flat;
    flat.sizes({4, 3, 2}).type(4, 16).sform({1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0});
    Header many(true);
    many.sizes({10, 10, 10, 1'000'000'000}).type(16, 32);
    Header wrongMagic(true);
    wrongMagic.sizes({4, 3, 2}).type(4, 16).magic("abc");
    const std::vector<Case> cases{{whole.substr(0, 100), "348 bytes"},
                                  {whole.substr(0, whole.size() - 1), "24 voxels in 1 volumes, 400 bytes, found 399"},
                                  {gzipped(whole.substr(0, whole.size() - 1)), ""},
                                  {"no scan at all" + std::string(600, 'x'), "a NIfTI, Analyze or MGH header"},
                                  {huge.bytes(), "voxels in a volume"},
                                  {negative.with(upTo<std::int16_t>(24)), "axis 2"},
                                  {axes.with(upTo<std::int16_t>(24)), "1 to 7 axes, found 9"},
                                  {complex.with(upTo<double>(24)), "COMPLEX64"},
                                  {inside.with(upTo<std::int16_t>(24)), "at byte 100"},
                                  {flat.with(upTo<std::int16_t>(24)), "axes that span the space"},
                                  {many.bytes(), "1,000,000,000 volumes"},
                                  {wrongMagic.with(upTo<std::int16_t>(24)), "the magic word n+2"}};
    for (const Case& one : cases) {
        CAPTURE(one.says);
        const auto path = folder.write("bad.nii", one.content);
        const auto use = [&] { static_cast<void>(VolumeFile::open(path).readVolume()); };
        CHECK_THROWS_AS(use(), FormatError);
        CHECK_THROWS_WITH(use(), Contains(one.says) && Contains("bad.nii"));
    }
    CHECK_THROWS_AS(VolumeFile::open(folder / "absent.nii"), MissingError);
    CHECK_THROWS_WITH(VolumeFile::open(folder.write("good.nii", whole)).readVolume(1), Contains("volumes up to 1"));
}

namespace {

/// A FreeSurfer volume, field by field.
struct Mgh {
    std::array<std::int32_t, 7> numbers{1, 3, 2, 2, 1, 4, 0}; ///< version, lengths, type, degrees of freedom
    std::int16_t oriented = 1;
    std::array<float, 15> places{2, 3, 4, -1, 0, 0, 0, 0, -1, 0, 1, 0, 5, 6, 7}; ///< spacing, axes, centre

    template <class T>
    static void append(std::string& bytes, T value) {
        value = turned(value);
        bytes.append(reinterpret_cast<const char*>(&value), sizeof(T)); // NOLINT: as it is stored
    }
    template <class T>
    [[nodiscard]] std::string with(const std::vector<T>& values) const {
        std::string bytes;
        for (const std::int32_t number : numbers)
            append(bytes, number);
        append(bytes, oriented);
        for (const float place : places)
            append(bytes, place);
        bytes.resize(284, '\0');
        for (const T value : values)
            append(bytes, value);
        return bytes;
    }
};

} // namespace

TEST_CASE("A packed volume file that ends early is told without reading its volumes one by one") {
    const ScratchFolder folder;
    Header header;
    header.sizes({4, 3, 2, 3}).type(4, 16);
    const std::string whole = header.with(upTo<std::int16_t>(72));
    const auto check = [&](const std::string& content) {
        VolumeFile::open(folder.write("a.nii.gz", content)).requireComplete();
    };
    CHECK_NOTHROW(check(whole));
    CHECK_NOTHROW(check(gzipped(whole)));
    CHECK_NOTHROW(check(gzipped(whole + "more behind")));
    CHECK_NOTHROW(check(gzipped(whole.substr(0, 400)) + gzipped(whole.substr(400)))); // in parts
    const std::string packed = gzipped(whole);
    CHECK_THROWS_WITH(check(gzipped(whole.substr(0, whole.size() - 2))),
                      Contains("a.nii.gz: expected 3 volumes of 48 bytes, found an end in volume 3"));
    CHECK_THROWS_AS(check(packed.substr(0, packed.size() - 9)), FormatError);
    VolumeFile file = VolumeFile::open(folder.write("b.nii.gz", gzipped(whole + "more")));
    file.requireComplete();
    CHECK(file.readVolume(1)[0] == 24);
}

TEST_CASE("FreeSurfer volumes are read") {
    const ScratchFolder folder;
    const auto check = [&]<class T>(std::int32_t code, const std::vector<T>& values) {
        CAPTURE(code);
        Mgh mgh;
        mgh.numbers[5] = code;
        for (const bool compressed : {false, true}) {
            const auto path =
                folder.write(compressed ? "a.mgz" : "a.mgh", compressed ? gzipped(mgh.with(values)) : mgh.with(values));
            VolumeFile file = VolumeFile::open(path);
            CHECK(file.info().format == "MGH");
            CHECK(file.info().size == std::array<std::size_t, 3>{3, 2, 2});
            CHECK(file.info().volumes == 1);
            CHECK(file.info().oriented);
            CHECK(file.info().toMm({1.5, 1, 1}) == Point3{5, 6, 7}); // the middle of the box
            CHECK(file.info().toMm({2.5, 1, 1}) == Point3{3, 6, 7});
            CHECK(file.info().toMm({1.5, 2, 1}) == Point3{5, 6, 4});
            CHECK(file.info().toMm({1.5, 1, 2}) == Point3{5, 10, 7});
            CHECK(file.readVolume() == std::vector<double>(values.begin(), values.end()));
        }
    };
    check(0, std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255});
    check(1, std::vector<std::int32_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -70'000});
    check(3, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -0.5});
    check(4, std::vector<std::int16_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -300});
    check(10, std::vector<std::uint16_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 65'535});

    Mgh lost;
    lost.oriented = 0;
    const std::vector<std::int16_t> values(12, 1);
    const VolumeFile plain = VolumeFile::open(folder.write("lost.mgh", lost.with(values)));
    CHECK_FALSE(plain.info().oriented);
    CHECK(plain.info().toMm({0, 0, 0}) == Point3{1.5, -1, 1});
    CHECK(plain.info().toMm({1, 2, 2}) == Point3{0.5, 1, -1});

    Mgh timed;
    timed.numbers[4] = 2;
    const std::vector<std::int16_t> two(24, 1);
    std::string content = timed.with(two);
    CHECK(VolumeFile::open(folder.write("timeless.mgh", content)).info().repetitionTime == 0);
    Mgh::append(content, 2500.F);
    CHECK(VolumeFile::open(folder.write("timed.mgh", content)).info().repetitionTime == 2.5);
    CHECK(VolumeFile::open(folder.write("timed.mgz", gzipped(content))).info().repetitionTime == 2.5);

    const auto path = sharedFile("data/surfaces/freesurfer_format_samples/test.mgz");
    if (path.empty())
        return;
    VolumeFile real = VolumeFile::open(path);
    CHECK(real.info().size == std::array<std::size_t, 3>{3, 4, 5});
    CHECK(real.info().volumes == 2);
    CHECK(real.info().repetitionTime == Approx(0.002));
    CHECK(real.info().toMm == Affine{{{{1, 2, 3, -13}, {2, 3, 1, -11.5}, {3, 1, 2, -11.5}}}});
    CHECK(real.readVolume(0)[1 + 3 * (2 + 4 * 3)] == Approx(-0.3047).margin(5e-5));
    CHECK(real.readVolume(1)[1 + 3 * (2 + 4 * 3)] == Approx(0.0018).margin(5e-5));
}

TEST_CASE("Bad FreeSurfer volumes are told in one sentence") {
    const ScratchFolder folder;
    const std::vector<std::int16_t> values(12, 1);
    const std::string whole = Mgh().with(values);
    const auto changed = [&](std::size_t field, std::int32_t value) {
        Mgh mgh;
        mgh.numbers[field] = value;
        return mgh.with(values);
    };
    Mgh flat;
    std::fill(flat.places.begin() + 3, flat.places.begin() + 6, 0.F);
    Mgh undefined;
    undefined.places[0] = std::nanf("");
    Mgh huge;
    huge.numbers = {1, 1'000'000, 1'000'000, 1'000'000, 1, 4, 0};
    const std::vector<std::pair<std::string, const char*>> cases{
        {whole.substr(0, 283), "header, byte 0: expected 284 more bytes (a header), found 283"},
        {whole.substr(0, whole.size() - 1), "12 voxels in 1 volumes, 308 bytes, found 307"},
        {gzipped(whole.substr(0, whole.size() - 1)), "an end in volume 1"},
        {changed(0, 2) + std::string(600, 'x'), "a NIfTI, Analyze or MGH header"},
        {changed(2, 0), "axis 2: expected a length of at least 1, found 0"},
        {changed(4, -1), "axis 4"},
        {changed(4, 2'000'000'000), "12 voxels in 2,000,000,000 volumes"},
        {changed(5, 2), "elements of type 2"},
        {huge.with(values), "voxels in a volume, found 1e+18"},
        {flat.with(values), "axes that span the space"},
        {undefined.with(values), "axes that span the space"}};
    for (const auto& [content, says] : cases) {
        CAPTURE(says);
        const auto path = folder.write("bad.mgz", content);
        const auto use = [&] { static_cast<void>(VolumeFile::open(path).readVolume()); };
        CHECK_THAT(messageOf<FormatError>(use), Contains(says) && Contains("bad.mgz"));
    }
    const auto bytes = std::as_bytes(std::span(whole));
    CHECK(looksLikeVolume("brain.mgz", bytes));
    CHECK(looksLikeVolume("brain.mgh", bytes));
    CHECK_FALSE(looksLikeVolume("brain.gz", bytes));
}

TEST_CASE("Written volumes are read back") {
    const ScratchFolder folder;
    VolumeInfo info;
    info.size = {4, 3, 2};
    info.repetitionTime = 2.5;
    info.oriented = true;
    info.toMm = {{{{-2, 0, 0.25, 90}, {0, 2.5, -0.5, -126}, {0, 0.5, 3, -72}}}};
    const auto valueOf = [](std::size_t volume, std::size_t voxel) {
        return voxel == 5 ? 0 : 0.25 * static_cast<double>(100 * volume + voxel) - 20;
    };
    std::string first;
    for (const char* name : {"a.nii", "a.nii.gz", "A.NII.GZ"})
        for (const bool integers : {false, true}) {
            CAPTURE(name, integers);
            const auto path = folder / name;
            std::size_t next = 0;
            const auto write = [&] {
                next = 0;
                writeVolumes(path, info, 7,
                             [&](std::size_t volume, std::span<double> values) {
                                 REQUIRE(volume == next++);
                                 REQUIRE(values.size() == 24);
                                 CHECK(values[5] == 0); // not what was left there
                                 for (std::size_t v = 0; v < values.size(); ++v)
                                     if (v != 5)
                                         values[v] = valueOf(volume, v);
                                 if (volume < 6)
                                     values[5] = 0;
                             },
                             {.integers = integers, .slope = 0.25, .intercept = 10});
            };
            write();
            CHECK(next == 7);
            const std::string content = contentOf(path);
            write();
            CHECK(contentOf(path) == content);
            if (std::string_view(name) == "a.nii")
                CHECK(content.size() == 352 + 7 * 24 * (integers ? 2 : 4));
            else
                CHECK(content.starts_with(std::string("\x1f\x8b\x08\0\0\0\0\0", 8))); // no name, no time
            VolumeFile file = VolumeFile::open(path);
            CHECK(file.info().format == "NIfTI-1");
            CHECK(file.info().size == info.size);
            CHECK(file.info().volumes == 7);
            CHECK(file.info().repetitionTime == 2.5);
            CHECK(file.info().oriented);
            CHECK(file.info().toMm == info.toMm);
            file.readVolumes(0, 7, [&](std::size_t volume, std::span<const double> values) {
                for (std::size_t v = 0; v < values.size(); ++v)
                    CHECK(values[v] == valueOf(volume, v));
            });
        }
    CHECK(folder.fileCount() == 3);

    // One volume of an unoriented grid; what lies between two integers goes to the nearer.
    info.oriented = false;
    info.repetitionTime = 0;
    writeVolumes(folder / "mask.nii", info, 1, [](std::size_t, std::span<double> values) { values[3] = 1.26; },
                 {.integers = true, .slope = 0.5});
    VolumeFile mask = VolumeFile::open(folder / "mask.nii");
    CHECK_FALSE(mask.info().oriented);
    CHECK(mask.info().volumes == 1);
    CHECK(mask.info().repetitionTime == 0);
    CHECK(mask.info().toMm.rows[0][0] == 2);
    writeVolumes(folder / "timeless.nii", info, 2, [](std::size_t, std::span<double>) {});
    CHECK(VolumeFile::open(folder / "timeless.nii").info().repetitionTime == 0);
    CHECK(mask.readVolume()[3] == 1.5);
    CHECK(mask.readVolume()[2] == 0);
    // Floats hold what is not a number.
    writeVolumes(folder / "nan.nii", info, 1, [](std::size_t, std::span<double> values) { values[3] = std::nan(""); });
    CHECK(std::isnan(VolumeFile::open(folder / "nan.nii").readVolume()[3]));
}

TEST_CASE("What a volume file cannot hold is refused and nothing is left") {
    const ScratchFolder folder;
    VolumeInfo good;
    good.size = {4, 3, 2};
    const auto write = [&](const VolumeInfo& info, double value = 1, const VoxelStorage& storage = {},
                           const char* name = "a.nii.gz", std::size_t count = 2) {
        writeVolumes(
            folder / name, info, count,
            [&](std::size_t volume, std::span<double> values) { values[7] = volume == 1 ? value : 0; }, storage);
    };
    const VoxelStorage integers{.integers = true, .slope = 0.5};
    CHECK_NOTHROW(write(good, 16'383.5, integers));
    CHECK_NOTHROW(write(good, -16'384, integers));
    std::filesystem::remove(folder / "a.nii.gz");
    CHECK_THAT(messageOf<DataError>([&] { write(good, 16'384, integers); }),
               Contains("a.nii.gz, volume 2, voxel 8: expected a value that slope and intercept bring to 16 bits, "
                        "found 16384"));
    CHECK_THROWS_AS(write(good, -16'384.5, integers), DataError);
    CHECK_THROWS_AS(write(good, std::nan(""), integers), DataError);
    CHECK_THAT(messageOf<DataError>([&] { write(good, 1e39); }), Contains("a value of 32 bits, found 1e+39"));
    for (const double slope : {0.0, std::nan(""), 1e-60, 1e60})
        CHECK_THROWS_AS(write(good, 1, {.integers = true, .slope = slope}), ParameterError);
    CHECK_THROWS_AS(write(good, 1, {.integers = true, .intercept = INFINITY}), ParameterError);
    VolumeInfo bad = good;
    bad.size[1] = 0;
    CHECK_THAT(messageOf<ParameterError>([&] { write(bad); }), Contains("axis 2: expected a length from 1 to 32,767"));
    bad.size[1] = 40'000;
    CHECK_THROWS_AS(write(bad), ParameterError);
    CHECK_THROWS_WITH(write(good, 1, {}, "a.nii", 0), Contains("axis 4"));
    bad = good;
    bad.toMm.rows[2][2] = 0;
    CHECK_THROWS_WITH(write(bad), Contains("axes that span the space"));
    bad = good;
    bad.toMm.rows[0][3] = 1e60;
    CHECK_THROWS_AS(write(bad), ParameterError);
    bad = good;
    bad.repetitionTime = -1;
    CHECK_THROWS_WITH(write(bad), Contains("time between volumes: expected seconds, at least 0, found -1"));
    CHECK_THROWS_WITH(write(good, 1, {}, "a.img"), Contains("a name that ends in .nii or .nii.gz"));
    CHECK_THROWS_AS(write(good, 1, {}, "none/a.nii"), StorageError);
    for (const char* name : {"a.nii", "a.nii.gz"}) {
        const FileSizeLimit limit(4096);
        const auto noise = [](std::size_t, std::span<double> values) { // that does not pack
            for (std::size_t v = 0; v < values.size(); ++v)
                values[v] = std::sin(1e3 * static_cast<double>(v));
        };
        VolumeInfo large = good;
        large.size = {50, 50, 50};
        CHECK_THAT(messageOf<StorageError>([&] { writeVolumes(folder / name, large, 1, noise); }),
                   Contains(std::string(name) + ": the disk is full"));
        good.size = {10, 10, 20}; // which fails only when the rest is written
        CHECK_THAT(messageOf<StorageError>([&] { writeVolumes(folder / name, good, 1, noise); }),
                   Contains(std::string(name) + ": the disk is full"));
    }
    const auto stop = [](std::size_t, std::span<double>) { throw Cancelled(); };
    CHECK_THROWS_AS(writeVolumes(folder / "a.nii", good, 1, stop), Cancelled);
    CHECK(folder.fileCount() == 0);
}

TEST_CASE("An affine and its inverse undo each other") {
    const Affine affine{{{{-2, 0.1, 0.3, 90}, {0.2, 2.5, -0.4, -126}, {0, 0.5, 3, -72}}}};
    const auto inverse = affine.inverse();
    REQUIRE(inverse);
    const Point3 back = (*inverse)(affine({3, 7, 11}));
    CHECK(back[0] == Approx(3));
    CHECK(back[1] == Approx(7));
    CHECK(back[2] == Approx(11));
    CHECK(affine.determinant() < 0);
}

TEST_CASE("Real scans are read") {
    const auto path = sharedFile("data/fmri/haxby2001_slice/bold.nii.gz");
    if (path.empty())
        return;
    VolumeFile bold = VolumeFile::open(path);
    CHECK(bold.info().size == std::array<std::size_t, 3>{40, 20, 1});
    CHECK(bold.info().volumes == 1452);
    CHECK(bold.info().repetitionTime == 2.5);
    std::size_t seen = 0;
    double sum = 0;
    bold.readVolumes(0, 1452, [&](std::size_t, std::span<const double> values) {
        ++seen;
        for (const double value : values)
            sum += value;
    });
    CHECK(seen == 1452);
    CHECK(sum > 0);
    VolumeFile mask = VolumeFile::open(path.parent_path() / "mask.nii.gz");
    const auto inside = mask.readVolume();
    CHECK(std::count_if(inside.begin(), inside.end(), [](double value) { return value != 0; }) > 100);
    VolumeFile map = VolumeFile::open(sharedFile("data/fmri/stat_maps/neurovault_image_10426_motor.nii.gz"));
    CHECK(map.info().oriented);
    CHECK(map.readVolume().size() == map.info().voxels());
    VolumeFile reference =
        VolumeFile::open(sharedFile("data/surfaces/pycortex_S1/transforms/fullhead/reference.nii.gz"));
    CHECK(reference.info().size == std::array<std::size_t, 3>{100, 100, 31});
}
