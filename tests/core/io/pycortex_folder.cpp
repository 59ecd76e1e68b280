#include "core/io/pycortex_folder.h"

#include "core/base/error.h"
#include "core/io/packing.h"
#include "core/io/scratch.h"
#include "core/io/surface_mesh.h"
#include "core/io/volume_file.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <unistd.h>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

const std::string kMatrices =
    R"({"coord": [[-0.5, 0, 0, 40], [0, 0.5, 0, 50], [0, 0, 0.25, 12], [0, 0, 0.0, 1]], "magnet": 0})";

} // namespace

TEST_CASE("A folder of pycortex tells what it holds, with one hemisphere or both") {
    const ScratchFolder folder;
    for (const char* name : {"flat_lh.gii", "flat_rh.gii", "pia_lh.gii", "wm_rh.gii.gz", "flat_cut_rh.gii",
                             "flat_lh.gii~", "_lh.gii", "lh.gii", "pia_rh.npz"})
        folder.write(std::string("S9/surfaces/") + name, "");
    for (const char* name : {"full/reference.nii.gz", "full/mask_thick.nii.gz", "full/mask_thin.nii", "bare/notes.txt"})
        folder.write(std::string("S9/transforms/") + name, "");
    folder.write("S9/transforms/full/matrices.xfm", kMatrices);
    folder.write("S9/transforms/alone/matrices.xfm", kMatrices);
    folder.write("S9/surface-info/curvature.npz", "");
    folder.write("S9/overlays.svg", "");

    const auto at = folder / "S9";
    const PycortexFolder subject = readPycortexFolder(at);
    REQUIRE(subject.surfaces.size() == 4);
    CHECK(subject.surfaces.at("flat").left == at / "surfaces/flat_lh.gii");
    CHECK(subject.surfaces.at("flat").right == at / "surfaces/flat_rh.gii");
    CHECK(subject.surfaces.at("pia").left == at / "surfaces/pia_lh.gii");
    CHECK(subject.surfaces.at("pia").right.empty());
    CHECK(subject.surfaces.at("wm").left.empty());
    CHECK(subject.surfaces.at("wm").right == at / "surfaces/wm_rh.gii.gz");
    CHECK(subject.surfaces.at("flat_cut").right == at / "surfaces/flat_cut_rh.gii");
    REQUIRE(subject.transforms.size() == 2);
    const PycortexTransform& full = subject.transforms.at("full");
    CHECK(full.toVoxel({10, -20, 8}) == Point3{35, 40, 14});
    CHECK(full.reference == at / "transforms/full/reference.nii.gz");
    CHECK(full.masks ==
          std::map<std::string, std::filesystem::path>{{"thick", at / "transforms/full/mask_thick.nii.gz"},
                                                       {"thin", at / "transforms/full/mask_thin.nii"}});
    CHECK(subject.transforms.at("alone").reference.empty());
    CHECK(subject.vertexValues.at("curvature") == at / "surface-info/curvature.npz");
    CHECK(subject.overlays == at / "overlays.svg");
    CHECK(looksLikePycortexFolder(at));
    CHECK_FALSE(looksLikePycortexFolder(folder.path()));
    CHECK_FALSE(looksLikePycortexFolder(at / "overlays.svg"));
}

TEST_CASE("Bad folders of pycortex are told in one sentence") {
    const ScratchFolder folder;
    CHECK_THAT(messageOf<MissingError>([&] { (void)readPycortexFolder(folder / "none"); }), Contains("no such folder"));
    folder.write("S9/notes.txt", "");
    const auto read = [&] { (void)readPycortexFolder(folder / "S9"); };
    CHECK_THAT(messageOf<FormatError>(read), Contains("surfaces/NAME_lh.gii") && Contains("S9"));
    folder.write("S9/surfaces/pia_lh.gii", "");
    CHECK_NOTHROW(read());
    const std::vector<std::pair<std::string, const char*>> cases{
        {"", "byte 1: expected JSON"},
        {R"({"coord": [[1,0)", "expected JSON"},
        {std::string(100'000, '['), "expected JSON"},
        {"[1]", "expected “coord”, 4 × 4 numbers"},
        {R"({"magnet": 1})", "expected “coord”"},
        {R"({"coord": [[1,0,0,0],[0,1,0,0],[0,0,1,0]]})", "expected “coord”"},
        {R"({"coord": [[1,0,0],[0,1,0],[0,0,1],[0,0,0]]})", "expected “coord”"},
        {R"({"coord": [[1,0,0,"0"],[0,1,0,0],[0,0,1,0],[0,0,0,1]]})", "expected “coord”"},
        {R"({"coord": [[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,1,1]]})", "a last row of 0, 0, 0, 1, found “[0,0,1,1]”"},
        {R"({"coord": [[1,0,0,0],[1,0,0,0],[0,0,1,0],[0,0,0,1]]})", "axes that span the space"}};
    for (const auto& [content, says] : cases) {
        CAPTURE(says);
        folder.write("S9/transforms/full/matrices.xfm", content);
        CHECK_THAT(messageOf<FormatError>(read), Contains(says) && Contains("full/matrices.xfm"));
    }
}

TEST_CASE("Values of vertices are read from pycortex's files") {
    const ScratchFolder folder;
    const std::string left = npyBytes("<f4", "(3,)", rawBytes<float>({1, -0.5F, std::nanf("")}));
    const std::string right = npyBytes("<i8", "(2,)", rawBytes<std::int64_t>({7, 8}));
    const auto path = folder / "curvature.npz";
    writeZip(path, {{"left.npy", left}, {"right.npy", right}}, true);
    const PycortexValues both = readPycortexValues(path);
    REQUIRE(both.left.size() == 3);
    CHECK(both.left[1] == -0.5);
    CHECK(std::isnan(both.left[2]));
    CHECK(both.right == std::vector<double>{7, 8});
    writeZip(path, {{"right.npy", right}}, false);
    CHECK(readPycortexValues(path).left.empty());
    CHECK(readPycortexValues(path).right.size() == 2);

    const auto read = [&] { (void)readPycortexValues(path); };
    writeZip(path, {{"lh.npy", right}}, false);
    CHECK_THAT(messageOf<FormatError>(read), Contains("under “left” or “right”, found “lh”"));
    writeZip(path, {{"left.npy", npyBytes("<i8", "(2, 1)", rawBytes<std::int64_t>({7, 8}))}}, false);
    CHECK_THAT(messageOf<FormatError>(read), Contains("curvature.npz, left: expected one value per vertex, found an "
                                                      "array of 2 × 1"));
    writeZip(path, {{"left.npy", npyBytes("<U1", "(1,)", rawBytes<std::uint32_t>({'a'}))}}, false);
    CHECK_THAT(messageOf<FormatError>(read), Contains("curvature.npz, left"));
    folder.write("curvature.npz", "no archive");
    CHECK_THROWS_AS(read(), FormatError);
    CHECK_THROWS_AS(readPycortexValues(folder / "none.npz"), MissingError);
}

TEST_CASE("The surface halfway between two") {
    const SurfaceMesh pia{{{0, 0, 2}, {1, 0, 2}, {0, 1, 2}}, {{0, 1, 2}}};
    SurfaceMesh white{{{0, 0, 0}, {3, 0, 0}, {0, 1, 1}}, {{0, 1, 2}}};
    const SurfaceMesh fiducial = halfway(pia, white);
    CHECK(fiducial.vertices == std::vector<std::array<float, 3>>{{0, 0, 1}, {2, 0, 1}, {0, 1, 1.5F}});
    CHECK(fiducial.triangles == pia.triangles);
    white.triangles = {{0, 2, 1}};
    CHECK_THROWS_WITH(halfway(pia, white), Contains("found other triangles"));
    white.vertices.pop_back();
    CHECK_THROWS_WITH(halfway(pia, white), Contains("3 and 2 vertices"));
}

TEST_CASE("A real subject of pycortex lies inside its scan") {
    const auto path = sharedFile("data/surfaces/pycortex_S1");
    if (path.empty())
        return;
    const PycortexFolder subject = readPycortexFolder(path);
    for (const char* name : {"flat", "pia", "wm"}) {
        CHECK_FALSE(subject.surfaces.at(name).left.empty());
        CHECK_FALSE(subject.surfaces.at(name).right.empty());
    }
    CHECK(subject.transforms.size() == 2);
    const PycortexTransform& full = subject.transforms.at("fullhead");
    VolumeFile reference = VolumeFile::open(full.reference);
    const auto size = reference.info().size;
    const std::vector<double> scan = reference.readVolume();
    double inScan = 0;
    for (const double value : scan)
        inScan += value / static_cast<double>(scan.size());
    const SurfaceMesh fiducial =
        halfway(readSurface(subject.surfaces.at("pia").left), readSurface(subject.surfaces.at("wm").left));
    CHECK(fiducial.vertices.size() == 152'893);
    double onSurface = 0;
    std::size_t outside = 0;
    for (const auto& vertex : fiducial.vertices) {
        const Point3 voxel = full.toVoxel({vertex[0], vertex[1], vertex[2]});
        std::array<std::size_t, 3> index{};
        bool inside = true;
        for (std::size_t c = 0; c < 3; ++c) {
            inside = inside && voxel[c] > -0.5 && voxel[c] < static_cast<double>(size[c]) - 0.5;
            index[c] = static_cast<std::size_t>(std::max(0.0, std::round(voxel[c])));
        }
        if (inside)
            onSurface += scan[index[0] + size[0] * (index[1] + size[1] * index[2])];
        outside += inside ? 0 : 1;
    }
    CHECK(outside == 0);
    CHECK(onSurface / static_cast<double>(fiducial.vertices.size()) > 2 * inScan); // grey matter, not air
}
