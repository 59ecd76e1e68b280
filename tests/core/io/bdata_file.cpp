#include "core/io/bdata_file.h"

#include "core/base/error.h"
#include "core/io/hdf5.h"
#include "core/io/packing.h"
#include "core/io/scratch.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <numeric>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
using Columns = std::vector<std::size_t>;

/// A small file whose value in a sample and column is 100 × sample + column.
struct Sample {
    std::string data = "dataset";
    std::string metadata = "metadata";
    std::vector<std::size_t> shape{4, 6};
    std::vector<std::string> keys{"VoxelData", "V1", "9-46d", "d", "9", "Run", "odd (key)"};
    std::vector<std::string> descriptions{"1 = voxels", "1 = ROI V1", "1 = ROI 9-46d", "1 = ROI d",
                                          "numbers",    "1 = Run",    "1 = odd"};
    std::vector<std::size_t> metadataShape{7, 6};

    std::filesystem::path write(const std::filesystem::path& path) const {
        Hdf5File file = Hdf5File::create(path);
        std::vector<double> values;
        for (std::size_t i = 0; i < elementCount(shape); ++i)
            values.push_back(static_cast<double>(100 * (i / shape.back()) + i % shape.back()));
        file.write<double>(data, shape, values);
        file.write<std::string>(metadata + "/key", {keys.size()}, keys);
        file.write<std::string>(metadata + "/description", {descriptions.size()}, descriptions);
        const std::vector<double> marks{1,     1,     1,     1, 1,     kNone, // VoxelData
                                        1,     1,     0,     0, kNone, kNone, // V1
                                        kNone, 1,     1,     0, 0,     kNone, // 9-46d
                                        kNone, kNone, 1,     1, 1,     kNone, // d
                                        -2,    1.5,   1,     1, -2,    kNone, // 9
                                        kNone, kNone, kNone, 0, 0,     1,     // Run
                                        1,     0,     0,     0, 0,     0};
        std::vector<double> fitted = marks;
        fitted.resize(elementCount(metadataShape), 0);
        file.write<double>(metadata + "/value", metadataShape, fitted);
        file.close();
        return path;
    }
};

/// Every value asked for, gathered from the blocks, which must come in turn.
Matrix<double> gathered(const BDataFile& file, std::size_t first, std::size_t count, const Columns& columns,
                        std::size_t memory, std::size_t& blocks) {
    Matrix<double> all(count, columns.size());
    std::size_t next = first;
    blocks = 0;
    file.readRows(
        first, count, columns,
        [&](std::size_t sample, MatrixView<const double> rows) {
            REQUIRE(sample == next);
            REQUIRE(rows.cols() == columns.size());
            REQUIRE(sample + rows.rows() <= first + count);
            for (std::size_t r = 0; r < rows.rows(); ++r)
                for (std::size_t c = 0; c < rows.cols(); ++c)
                    all(sample - first + r, c) = rows(r, c);
            next += rows.rows();
            ++blocks;
        },
        memory);
    CHECK(next == first + count);
    return all;
}

} // namespace

TEST_CASE("Both layouts of BData are read the same") {
    const ScratchFolder folder;
    for (const bool old : {false, true}) {
        CAPTURE(old);
        Sample sample;
        if (old) {
            sample.data = "dataSet";
            sample.metadata = "metaData";
        }
        const auto path = sample.write(folder / "a.h5");
        CHECK(looksLikeBData(Hdf5File::open(path)));
        const BDataFile file = BDataFile::open(path);
        CHECK(file.samples() == 4);
        CHECK(file.columns() == 6);
        CHECK(file.keys() == sample.keys);
        CHECK(file.description("V1") == "1 = ROI V1");
        CHECK(file.roiKeys() == std::vector<std::string>{"V1", "9-46d", "d"});
        CHECK(file.metadata("9")[1] == 1.5);
        CHECK(std::isnan(file.metadata("9")[5]));
        CHECK(file.column("Run").values() == std::vector<double>{5, 105, 205, 305});
        CHECK(file.column("V1") == Matrix<double>(4, 2, {0, 1, 100, 101, 200, 201, 300, 301}));
        CHECK(file.labels("Run").empty());
        CHECK_THROWS_AS(file.labels("V9"), MissingError);
        CHECK_THROWS_AS(file.column("V9"), MissingError);
        CHECK_THROWS_WITH(file.readRows(3, 2, Columns{0}, {}), Contains("samples below 4, found 2 from 3 on"));
        CHECK_THROWS_WITH(file.readRows(0, 1, Columns{6}, {}), Contains("columns below 6, found 6"));
    }
    Hdf5File::create(folder / "other.h5").write<double>("dataset", {1, 1}, std::vector<double>{1});
    CHECK_FALSE(looksLikeBData(Hdf5File::open(folder / "other.h5")));
}

TEST_CASE("Expressions of keys select columns as bdpy does") {
    const ScratchFolder folder;
    const BDataFile file = BDataFile::open(Sample().write(folder / "a.h5"));
    const std::vector<std::pair<const char*, Columns>> cases{
        {"V1 = 1", {0, 1}},
        {"V1", {0, 1}},
        {" V1=1|d=1 ", {0, 1, 2, 3, 4}},
        {"V1 + d", {0, 1, 2, 3, 4}},
        {"VoxelData & d", {2, 3, 4}},
        {"VoxelData - d", {0, 1}},
        {"VoxelData-d-V1", {}},
        {"9-46d", {1, 2}},              // a key with a hyphen
        {"VoxelData-9-46d", {0, 3, 4}}, // one after an operator
        {"9 - d", {}},                  // columns 2 and 3, less d
        {"'9-46d' = 1 & \"V1\" = 1", {1}},
        {"'odd (key)'", {0}},
        {"9 = -2", {0, 4}},
        {"9=1.5+Run", {1, 5}},
        {"9=1-V1", {2, 3}},
        {"V1 | VoxelData & d", {2, 3, 4}}, // from left to right: (V1 | VoxelData) & d
        {"V1 | (VoxelData & d)", {0, 1, 2, 3, 4}},
        {"((V1))", {0, 1}},
        {"VoxelData - (V1 | (d & 9-46d))", {3, 4}}};
    for (const auto& [expression, columns] : cases) {
        CAPTURE(expression);
        CHECK(file.select(expression) == columns);
    }
    const std::vector<std::pair<std::string, const char*>> bad{
        {"", "character 1: expected a key, found the end"},
        {"V1 |", "character 5: expected a key, found the end"},
        {"| V1", "expected a key, found “| V1”"},
        {"(V1 = 1", "character 8: expected a closing parenthesis, found the end"},
        {"V1)", "character 3: expected an operator (| + & -) or the end, found “)”"},
        {"(V1 d)", "expected a closing parenthesis, found “d)”"},
        {"V1 d", "expected an operator"},
        {"V1 = ", "expected a number, found the end"},
        {"V1 = one", "expected a number, found “one”"},
        {"V1 = 1 = 1", "expected an operator"},
        {"'V1", "expected a closing quote"},
        {std::string(100'000, '('), "at most 200 parentheses"}};
    for (const auto& [expression, says] : bad)
        CHECK_THAT(messageOf<ParameterError>([&] { (void)file.select(expression); }),
                   Contains(says) && Contains("a.h5"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)file.select("V1 | V9 = 1"); }),
               Contains("no key “V9”") && Contains("a.h5"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)file.select("''"); }), Contains("no key “”"));
}

TEST_CASE("Blocks of any size hold the same rows, packed or not") {
    const ScratchFolder folder;
    Sample plain;
    plain.shape = {30, 50};
    plain.metadataShape = {7, 50};
    const BDataFile contiguous = BDataFile::open(plain.write(folder / "a.h5"));
    const BDataFile packed = BDataFile::open(fixture("bdata_packed.h5"));
    const std::vector<Columns> choices{{}, {7}, {49, 0, 8, 9, 8}, {40, 3, 5}, [] {
                                           Columns all(50);
                                           std::iota(all.begin(), all.end(), std::size_t{0});
                                           return all;
                                       }()};
    for (const BDataFile* file : {&contiguous, &packed})
        for (const Columns& columns : choices)
            for (const auto& [first, count] : {std::pair<std::size_t, std::size_t>{0, 30}, {5, 17}, {29, 1}, {3, 0}})
                for (const std::size_t memory :
                     {std::size_t{0}, std::size_t{1000}, std::size_t{9000}, std::size_t{1} << 26U}) {
                    std::size_t blocks = 0;
                    const Matrix<double> values = gathered(*file, first, count, columns, memory, blocks);
                    if (memory == 0)
                        CHECK(blocks == count);
                    if (memory == std::size_t{1} << 26U)
                        CHECK(blocks == (count > 0 ? 1U : 0U));
                    bool same = true;
                    for (std::size_t r = 0; r < count; ++r)
                        for (std::size_t c = 0; c < columns.size(); ++c)
                            same = same && values(r, c) == static_cast<double>(100 * (first + r) + columns[c]);
                    CHECK(same);
                }
    CHECK(packed.keys().at(3) == "ROI_B-1");
    CHECK(packed.roiKeys() == std::vector<std::string>{"ROI_A", "ROI_B-1"});
    CHECK(packed.select("ROI_A + ROI_B-1") == Columns{3, 4, 5, 40, 45});
    CHECK(packed.metadata("voxel_x")[10] == -10.5);
    CHECK(packed.column("Label")(2, 1) == 248);
    CHECK(packed.labels("Label") == std::map<double, std::string>{{1, "first"}, {2, "second"}});
}

TEST_CASE("Bad BData is told in one sentence") {
    const ScratchFolder folder;
    const std::string good = contentOf(Sample().write(folder / "good.h5"));
    struct Case {
        const char* says;
        std::function<void(Sample&)> change;
    };
    const std::vector<Case> cases{
        {"metadata/value: expected 7 × 6 numbers, one per key and column of the data, found 7 × 5",
         [](Sample& s) {
             s.metadataShape = {7, 5};
         }},
        {"found 6 × 6",
         [](Sample& s) {
             s.metadataShape = {6, 6};
         }},
        {"metadata/description: expected 7 descriptions, one per key, found 6",
         [](Sample& s) { s.descriptions.pop_back(); }},
        {"metadata/key, row 3: expected a name that no other key has, found “V1”", [](Sample& s) { s.keys[2] = "V1"; }},
        {"row 1: expected a name", [](Sample& s) { s.keys[0] = ""; }},
        {"expected rows and columns, found 24", [](Sample& s) { s.shape = {24}; }},
        {"expected a BData file, with dataset and metadata/key", [](Sample& s) { s.data = "data"; }},
        {"expected a BData file", [](Sample& s) { s.metadata = "metaData"; }}};
    for (const Case& one : cases) {
        Sample sample;
        one.change(sample);
        const auto path = sample.write(folder / "bad.h5");
        CHECK_THAT(messageOf<FormatError>([&] { (void)BDataFile::open(path); }),
                   Contains(one.says) && Contains("bad.h5"));
    }
    for (const std::size_t length : {std::size_t{0}, std::size_t{100}, good.size() / 2, good.size() - 1}) {
        CAPTURE(length);
        const auto path = folder.write("cut.h5", good.substr(0, length));
        CHECK_THAT(messageOf<FormatError>([&] { (void)BDataFile::open(path); }), Contains("cut.h5"));
    }
    CHECK_THROWS_AS(BDataFile::open(folder / "absent.h5"), MissingError);
}

TEST_CASE("A file of bdpy is read") {
    const auto path = sharedFile("data/fmri/bdpy_samples/bdata_sample_vmap_trimmed.h5");
    if (path.empty())
        return;
    const BDataFile file = BDataFile::open(path);
    CHECK(file.samples() == 8);
    CHECK(file.columns() == 11);
    CHECK(file.keys() == std::vector<std::string>{"Data", "Label"});
    CHECK(file.select("Data = 1").size() == 10);
    CHECK(file.roiKeys().empty());
    const Matrix<double> labels = file.column("Label");
    REQUIRE(labels.cols() == 1);
    const auto names = file.labels("Label");
    CHECK(names.size() == 4);
    CHECK(names.at(2) == "label-02");
    for (const double value : labels.values())
        CHECK(names.contains(value));
    CHECK(file.labels("Data").empty());
}
