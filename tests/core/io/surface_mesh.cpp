#include "core/io/surface_mesh.h"

#include "core/base/error.h"
#include "core/io/gifti_file.h"
#include "core/io/packing.h"
#include "core/io/scratch.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <set>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

std::string base64(std::string_view bytes) {
    static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += i + k <= bytes.size() ? kLetters[group >> (18 - 6 * k) & 63U] : '=';
    }
    return text;
}

template <class T>
std::string bytesOf(const std::vector<T>& values, bool bigEndian = false) {
    std::string bytes;
    for (const T value : values) {
        std::string one(sizeof(T), '\0');
        std::memcpy(one.data(), &value, sizeof(T));
        if (bigEndian)
            std::reverse(one.begin(), one.end());
        bytes += one;
    }
    return bytes;
}

std::string arrayText(const std::string& intent, const std::string& type, const std::string& encoding,
                      const std::string& shape, const std::string& data, const std::string& extra = {}) {
    return "<DataArray Intent=\"NIFTI_INTENT_" + intent + "\" DataType=\"NIFTI_TYPE_" + type + "\" Encoding=\"" +
           encoding + "\" " + shape + " " + extra + "><Data>" + data + "</Data></DataArray>";
}

std::string document(const std::string& inside) {
    return "<?xml version=\"1.0\"?>\n<GIFTI Version=\"1.0\">\n" + inside + "\n</GIFTI>\n";
}

const std::vector<float> kCorners{0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
const std::vector<std::int32_t> kFaces{0, 1, 2, 0, 2, 3};
const std::string kPoints = "Dimensionality=\"2\" Dim0=\"4\" Dim1=\"3\"";
const std::string kTriangles = "Dimensionality=\"2\" Dim0=\"2\" Dim1=\"3\"";

std::string tetrahedron() {
    return document(arrayText("POINTSET", "FLOAT32", "Base64Binary", kPoints, base64(bytesOf(kCorners))) +
                    arrayText("TRIANGLE", "INT32", "ASCII", kTriangles, "0 1 2\n0 2 3\n"));
}

/// FreeSurfer's numbers are big-endian.
std::string big(std::int32_t value) { return bytesOf(std::vector<std::int32_t>{value}, true); }
std::string big(float value) { return bytesOf(std::vector<float>{value}, true); }

std::string freeSurferSurface(std::int32_t vertices = 4, std::int32_t triangles = 2) {
    return std::string("\xFF\xFF\xFE") + "made by somebody\n\n" + big(vertices) + big(triangles) +
           bytesOf(kCorners, true) + bytesOf(kFaces, true);
}

std::string annotation(bool second) {
    std::string text = big(3);
    for (const auto& [vertex, key] : {std::pair{0, 25 + 5 * 256 + 25 * 65536}, std::pair{1, 0}, std::pair{2, 1}})
        text += big(vertex) + big(key);
    text += big(1);
    const auto named = [](const std::string& name) {
        return big(static_cast<std::int32_t>(name.size() + 1)) + name + '\0';
    };
    const auto parcel = [&](int number, const std::string& name, int r, int g, int b) {
        return (second ? big(number) : std::string()) + named(name) + big(r) + big(g) + big(b) + big(0);
    };
    text += second ? big(-2) + big(2) + named("table.txt") + big(2) : big(2) + named("table.txt");
    return text + parcel(0, "V1", 25, 5, 25) + parcel(1, "MST", 1, 0, 0);
}

void checkTetrahedron(const SurfaceMesh& mesh) {
    REQUIRE(mesh.vertices.size() == 4);
    REQUIRE(mesh.triangles.size() == 2);
    for (std::size_t v = 0; v < 4; ++v)
        for (std::size_t c = 0; c < 3; ++c)
            CHECK(mesh.vertices[v][c] == kCorners[3 * v + c]);
    CHECK(mesh.triangles[1] == std::array<std::uint32_t, 3>{0, 2, 3});
}

} // namespace

TEST_CASE("Surfaces are read from GIFTI in every encoding, and from FreeSurfer") {
    const ScratchFolder folder;
    checkTetrahedron(readSurface(folder.write("a.gii", tetrahedron())));
    checkTetrahedron(readSurface(folder.write("a.gii.gz", gzipped(tetrahedron()))));
    const std::string packed =
        document(arrayText("POINTSET", "FLOAT32", "GZipBase64Binary", kPoints, base64(gzipped(bytesOf(kCorners, true))),
                           "Endian=\"BigEndian\"") +
                 arrayText("TRIANGLE", "UINT32", "GZipBase64Binary", kTriangles, base64(gzipped(bytesOf(kFaces)))));
    checkTetrahedron(readSurface(folder.write("b.gii", packed)));
    const std::string columns = document(
        arrayText("POINTSET", "FLOAT32", "ASCII", kPoints, "0 1 0 0 0 0 1 0 0 0 0 1",
                  "ArrayIndexingOrder=\"ColumnMajorOrder\"") +
        arrayText("TRIANGLE", "INT32", "ASCII", kTriangles, "0 0 1 2 2 3", "ArrayIndexingOrder=\"ColumnMajorOrder\""));
    checkTetrahedron(readSurface(folder.write("c.gii", columns)));
    checkTetrahedron(readSurface(folder.write("lh.white", freeSurferSurface())));
    std::string moved = tetrahedron();
    moved.replace(moved.find("<Data>"), 6,
                  "<CoordinateSystemTransformMatrix><MatrixData>1 0 0 5 0 1 0 0 0 0 1 0 0 0 0 1</MatrixData>"
                  "</CoordinateSystemTransformMatrix><Data>");
    CHECK(readSurface(folder.write("d.gii", moved)).vertices[1] == std::array<float, 3>{6, 0, 0});
}

TEST_CASE("Values and parcels of vertices are read from both families") {
    const ScratchFolder folder;
    const auto shape = folder.write(
        "s.gii", document(arrayText("SHAPE", "FLOAT32", "ASCII", "Dimensionality=\"1\" Dim0=\"3\"", "0.5 -1e-2 +3")));
    CHECK(readVertexValues(shape) == std::vector<float>{0.5F, -0.01F, 3});
    const auto curvature =
        folder.write("lh.curv", std::string("\xFF\xFF\xFF") + big(2) + big(9) + big(1) + big(0.25F) + big(-1.5F));
    CHECK(readVertexValues(curvature) == std::vector<float>{0.25F, -1.5F});
    const auto labelled = folder.write(
        "l.gii", document("<LabelTable><Label Key=\"0\" Red=\"0\" Green=\"0\" Blue=\"0\" Alpha=\"0\">none</Label>"
                          "<Label Key=\"7\" Red=\"1\" Green=\"0.5\" Blue=\"0\" Alpha=\"1\"> L_V1 &amp; more</Label>"
                          "</LabelTable>" +
                          arrayText("LABEL", "INT32", "ASCII", "Dimensionality=\"1\" Dim0=\"3\"", "7 0 7")));
    const VertexLabels gifti = readVertexLabels(labelled);
    CHECK(gifti.keys == std::vector<std::int32_t>{7, 0, 7});
    CHECK(gifti.parcels.at(7).name == "L_V1 & more");
    CHECK(gifti.parcels.at(7).color == std::array<float, 4>{1, 0.5F, 0, 1});
    for (const bool second : {false, true}) {
        const VertexLabels annot = readVertexLabels(folder.write("lh.annot", annotation(second)));
        CHECK(annot.keys.size() == 3);
        CHECK(annot.parcels.at(annot.keys[0]).name == "V1");
        CHECK(annot.parcels.at(annot.keys[2]).name == "MST");
        CHECK(!annot.parcels.contains(annot.keys[1]));
    }
}

TEST_CASE("A patch lies as pycortex lays it") {
    const ScratchFolder folder;
    std::string text = big(-1) + big(3);
    for (const auto& [number, x, y] : {std::tuple{1, 1.F, 2.F}, std::tuple{-2, 3.F, 4.F}, std::tuple{3, 5.F, 6.F}})
        text += big(number) + big(x) + big(y) + big(0.F);
    const auto patch = readPatch(folder.write("lh.flat.patch.3d", text));
    REQUIRE(patch.size() == 3);
    CHECK(patch[1].border);
    CHECK(patch[1].vertex == 1);
    const SurfaceMesh surface = readSurface(folder.write("lh.white", freeSurferSurface()));
    const SurfaceMesh flat = flattened(surface, patch);
    CHECK(flat.triangles == std::vector<std::array<std::uint32_t, 3>>{{0, 1, 2}});
    CHECK(flat.vertices[1] == std::array<float, 3>{4, -3, 0});
    CHECK(flat.vertices.size() == 4);
    SurfaceMesh smaller = surface;
    smaller.vertices.resize(2);
    CHECK_THROWS_WITH(flattened(smaller, patch), Contains("below 2"));
}

TEST_CASE("Bad surfaces are told in one sentence, before memory is taken") {
    const ScratchFolder folder;
    const std::string good = tetrahedron();
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        return text;
    };
    struct Case {
        std::string content;
        const char* says;
    };
    std::string nan = freeSurferSurface();
    const std::string noNumber = big(std::nanf(""));
    std::copy(noNumber.begin(), noNumber.end(), nan.begin() + 3 + 18 + 8);
    const std::vector<Case> cases{
        {with("0 2 3", "0 2 4"), "triangle 2: expected vertices below 4, found 4"},
        {with("0 2 3", "0 2"), "6 values, found 5"},
        {with("0 2 3", "0 2 -1"), "triangle 2"},
        {with("0 2 3", "0 2 x"), "numbers"},
        {with("Dim0=\"4\"", "Dim0=\"4000000000\""), "12000000000 values, found data for fewer"},
        {with("Dim0=\"4\"", "Dim0=\"-4\""), "Dim0"},
        {with("Dim0=\"4\"", "Dim0=\"5\""), "array 1"},
        {with("Dim1=\"3\"", "Dim1=\"2\""), "array 1"},
        {with("Base64Binary", "ExternalFileBinary"), "with its data inside"},
        {with("Base64Binary", "GZipBase64Binary"), "bytes after unpacking"},
        {with("FLOAT32", "COMPLEX64"), "real numbers"},
        {with("TRIANGLE", "SHAPE"), "an array TRIANGLE"},
        {with("</GIFTI>", ""), "a GIFTI document"},
        {good.substr(0, good.size() / 2), "line"},
        {freeSurferSurface(4000000, 2), "more bytes (vertices)"},
        {freeSurferSurface(-1, 2), "a number of vertices, found -1"},
        {freeSurferSurface().substr(0, 70), "more bytes"},
        {nan, "finite coordinates"},
        {"solid\nfacet normal", "a surface: GIFTI, or FreeSurfer"}};
    for (const Case& one : cases) {
        CAPTURE(one.says);
        const auto path = folder.write("bad.surf", one.content);
        CHECK_THROWS_AS(readSurface(path), FormatError);
        CHECK_THROWS_WITH(readSurface(path), Contains(one.says) && Contains("bad.surf"));
    }
    std::string annot = annotation(true);
    CHECK_THROWS_WITH(readVertexLabels(folder.write("short.annot", annot.substr(0, annot.size() - 3))),
                      Contains("short.annot"));
    annot.replace(4, 4, big(9));
    CHECK_THROWS_WITH(readVertexLabels(folder.write("wild.annot", annot)), Contains("vertices below 3"));
    CHECK_THROWS_WITH(readVertexLabels(folder.write("bare.annot", annotation(true).substr(0, 28))),
                      Contains("table of colours"));
    CHECK_THROWS_AS(readSurface(folder / "absent.gii"), MissingError);
    CHECK_THROWS_WITH(readPatch(folder.write("p", big(-1) + big(1000))), Contains("vertices of a patch"));
}

TEST_CASE("Real surfaces and parcels are read") {
    const auto flat = sharedFile("data/surfaces/fsaverage5/flat_left.gii.gz");
    if (flat.empty())
        return;
    const auto surfaces = flat.parent_path().parent_path();
    const SurfaceMesh left = readSurface(flat);
    CHECK(left.vertices.size() == 10242);
    CHECK(left.triangles.size() == 18654);
    CHECK(readSurface(surfaces / "fsaverage5/pial_right.gii.gz").triangles.size() == 20480);
    CHECK(readVertexValues(surfaces / "fsaverage5/sulc_left.gii.gz").size() == 10242);
    const SurfaceMesh cortex = readSurface(surfaces / "pycortex_S1/surfaces/flat_lh.gii");
    CHECK(cortex.vertices.size() == 152893);
    CHECK(cortex.triangles.size() == 291351);
    const SurfaceMesh hcp = readSurface(surfaces / "fs_LR_32k/S1200.R.flat.32k_fs_LR.surf.gii");
    CHECK(hcp.vertices.size() == 32492);
    CHECK(hcp.triangles.size() == 58914);
    const VertexLabels glasser = readVertexLabels(surfaces / "fs_LR_32k/labels_gii/Glasser_2016.32k.L.label.gii");
    CHECK(glasser.keys.size() == 32492);
    const std::set<std::int32_t> used(glasser.keys.begin(), glasser.keys.end());
    CHECK(used.size() >= 180);
    const VertexLabels annot = readVertexLabels(surfaces / "freesurfer_format_samples/test.annot");
    CHECK(annot.keys.size() > 1000);
    CHECK(!annot.parcels.empty());
}
