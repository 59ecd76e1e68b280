#include "core/io/gifti_file.h"

#include "core/base/error.h"
#include "core/io/scratch.h"
#include "core/io/surface_mesh.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

TEST_CASE("Written GIFTI files are read back") {
    const ScratchFolder folder;
    for (std::size_t vertices = 3; vertices < 9; ++vertices) { // every end of base64
        GiftiContent content;
        content.meta = {{"Subject", "A & B <\"1\">"}};
        content.labels = {{0, {"???", {0, 0, 0, 0}}}, {-7, {"V1 <early>", {0.1F, 1, 0.333F, 1}}}};
        GiftiArray points{"POINTSET", {vertices, 3}, {}, {}, {{"AnatomicalStructurePrimary", "CortexLeft"}}};
        GiftiArray labels{"LABEL", {vertices}, {}, {}, {}};
        GiftiArray values{"NONE", {vertices}, {}, {}, {}};
        for (std::size_t v = 0; v < vertices; ++v) {
            for (const double step : {0.5, -1.25, 1e-3})
                points.values.push_back(static_cast<float>(step * static_cast<double>(v)));
            labels.values.push_back(v % 2 == 0 ? 0 : -7);
            values.values.push_back(v == 1 ? -INFINITY : static_cast<double>(v) / 4);
        }
        const GiftiArray triangles{"TRIANGLE", {2, 3}, {0, 1, 2, 2, 1, 0}, {}, {}};
        content.arrays = {points, triangles, labels, values};
        const auto path = folder / "lh.surf.gii";
        writeGifti(path, content);
        const std::string bytes = contentOf(path);
        CHECK(looksLikeGifti(std::as_bytes(std::span(bytes))));
        writeGifti(path, content);
        CHECK(contentOf(path) == bytes);

        const GiftiContent read = readGifti(path);
        CHECK(read.meta == content.meta);
        REQUIRE(read.labels.size() == 2);
        for (const auto& [key, label] : content.labels) {
            CHECK(read.labels.at(key).name == label.name);
            CHECK(read.labels.at(key).color == label.color);
        }
        REQUIRE(read.arrays.size() == 4);
        for (std::size_t i = 0; i < 4; ++i) {
            CHECK(read.arrays[i].intent == content.arrays[i].intent);
            CHECK(read.arrays[i].shape == content.arrays[i].shape);
            CHECK(read.arrays[i].values == content.arrays[i].values);
            CHECK(read.arrays[i].meta == content.arrays[i].meta);
            CHECK_FALSE(read.arrays[i].transform);
        }
        const SurfaceMesh mesh = readSurface(path);
        CHECK(mesh.vertices.size() == vertices);
        CHECK(mesh.triangles.size() == 2);
    }
    GiftiContent moved;
    moved.arrays.push_back(
        {"POINTSET", {1, 3}, {1, 2, 3}, Affine{{{{1, 0, 0, 0.1}, {0, 2, 0, -5}, {0, 0, 1, 1e-9}}}}, {}});
    moved.arrays.push_back({"SHAPE", {2, 0}, {}, {}, {}});
    moved.arrays.push_back({"SHAPE", {1}, {std::nan("")}, {}, {}});
    writeGifti(folder / "moved.gii", moved);
    const GiftiContent read = readGifti(folder / "moved.gii");
    CHECK(read.arrays[0].transform == moved.arrays[0].transform);
    CHECK(read.arrays[1].values.empty());
    CHECK(std::isnan(read.arrays[2].values[0]));
}

TEST_CASE("What GIFTI cannot hold is refused and nothing is left") {
    const ScratchFolder folder;
    const auto write = [&](const GiftiArray& array, const char* name = "a.gii") {
        writeGifti(folder / name, {{{"SHAPE", {1}, {1}, {}, {}}, array}, {}, {}});
    };
    CHECK_THAT(messageOf<ParameterError>([&] {
                   write({"SHAPE", {2, 3}, {1, 2}, {}, {}});
               }),
               Contains("a.gii, array 2: expected values for 2 × 3, found 2"));
    CHECK_THROWS_WITH(write({"SHAPE", {}, {1}, {}, {}}), Contains("1 to 6 dimensions, found 0"));
    CHECK_THROWS_WITH(write({"SHAPE", {1, 1, 1, 1, 1, 1, 1}, {1}, {}, {}}), Contains("found 7"));
    for (const double value : {0.5, 2147483648.0, -2147483649.0, std::nan("")})
        CHECK_THROWS_AS(write({"LABEL", {1}, {value}, {}, {}}), DataError);
    CHECK_THAT(messageOf<DataError>([&] {
                   write({"TRIANGLE", {1, 3}, {0, 1, 1.5}, {}, {}});
               }),
               Contains("array 2, value 3: expected a whole number of 32 bits, found 1.5"));
    CHECK_THAT(messageOf<DataError>([&] {
                   write({"SHAPE", {1}, {-1e39}, {}, {}});
               }),
               Contains("a number of 32 bits, found -1e+39"));
    CHECK_THROWS_WITH(write({"SHAPE", {1}, {1}, {}, {}}, "a.gii.gz"), Contains("a name that ends in .gii"));
    CHECK_THROWS_AS(write({"SHAPE", {1}, {1}, {}, {}}, "none/a.gii"), StorageError);
    CHECK(folder.fileCount() == 0);
}
