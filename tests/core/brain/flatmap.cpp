#include "core/brain/flatmap.h"

#include "core/base/error.h"
#include "core/io/cifti_file.h"
#include "core/reference_files.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <map>
#include <set>

using namespace tercet;
using Catch::Matchers::Contains;

namespace {

/// A sheet of columns × rows vertices 1 mm apart, each square cut into two triangles.
SurfaceMesh sheet(std::uint32_t columns, std::uint32_t rows) {
    SurfaceMesh mesh;
    for (std::uint32_t y = 0; y < rows; ++y)
        for (std::uint32_t x = 0; x < columns; ++x)
            mesh.vertices.push_back({static_cast<float>(x), static_cast<float>(y), 0});
    for (std::uint32_t y = 0; y + 1 < rows; ++y)
        for (std::uint32_t x = 0; x + 1 < columns; ++x) {
            const std::uint32_t v = y * columns + x;
            mesh.triangles.push_back({v, v + 1, v + columns + 1});
            mesh.triangles.push_back({v, v + columns + 1, v + columns});
        }
    return mesh;
}

std::vector<std::int32_t> regionsOf(const SurfaceMesh& mesh, std::int32_t (*regionAt)(float x, float y)) {
    std::vector<std::int32_t> regions;
    for (const auto& vertex : mesh.vertices)
        regions.push_back(regionAt(vertex[0], vertex[1]));
    return regions;
}

std::array<double, 2> placeOf(const SurfaceMesh& mesh, const OutlinePoint& point) {
    std::array<double, 2> place{};
    for (std::size_t corner = 0; corner < point.corners; ++corner)
        for (std::size_t axis = 0; axis < 2; ++axis)
            place[axis] += static_cast<double>(mesh.vertices[point.vertices[corner]][axis]) / point.corners;
    return place;
}

double lengthOf(const SurfaceMesh& mesh, const Outline& line) {
    double length = 0;
    for (std::size_t i = line.closed ? 0 : 1; i < line.points.size(); ++i) {
        const auto a = placeOf(mesh, line.points[i]);
        const auto b = placeOf(mesh, line.points[i == 0 ? line.points.size() - 1 : i - 1]);
        length += std::hypot(a[0] - b[0], a[1] - b[1]);
    }
    return length;
}

} // namespace

TEST_CASE("Bounds ignore vertices in no triangle, and flat maps lie side by side") {
    SurfaceMesh mesh = sheet(4, 3);
    mesh.vertices.push_back({900, -900, 5});
    const auto bounds = boundsOf(mesh);
    REQUIRE(bounds);
    CHECK(bounds->low == std::array<float, 3>{0, 0, 0});
    CHECK(bounds->high == std::array<float, 3>{3, 2, 0});
    CHECK(sideBySide(bounds, bounds, 2) == std::array<float, 2>{-4, 1});
    CHECK(sideBySide(std::nullopt, bounds, 2) == std::array<float, 2>{0, 1});
    CHECK(sideBySide(bounds, std::nullopt, 2) == std::array<float, 2>{-4, 0});
    CHECK_FALSE(boundsOf({}));
    mesh.vertices[5][1] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH(boundsOf(mesh), Contains("vertex 5") && Contains("nan"));
}

TEST_CASE("A line runs half-way between two regions, from rim to rim") {
    const SurfaceMesh mesh = sheet(6, 5);
    const auto lines = regionOutlines(mesh, regionsOf(mesh, [](float x, float) { return x < 2.5F ? 4 : -1; }));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].regions == std::array<std::int32_t, 2>{-1, 4});
    CHECK_FALSE(lines[0].closed);
    CHECK(lines[0].points.size() == 9); // 5 edges along x and 4 diagonals
    for (const OutlinePoint& point : lines[0].points)
        CHECK(placeOf(mesh, point)[0] == 2.5);
    CHECK(lengthOf(mesh, lines[0]) == Approx(4));
}

TEST_CASE("Holes and pieces have closed lines of their own") {
    const SurfaceMesh mesh = sheet(20, 10);
    const auto regions = regionsOf(mesh, [](float x, float y) {
        const float fromLeft = std::max(std::abs(x - 5), std::abs(y - 5));
        const float fromRight = std::max(std::abs(x - 14), std::abs(y - 5));
        return (fromLeft <= 3 && fromLeft >= 1) || fromRight <= 2 ? 0 : -1;
    });
    const auto lines = regionOutlines(mesh, regions);
    REQUIRE(lines.size() == 3);
    std::multiset<std::size_t> sizes;
    for (const Outline& line : lines) {
        CHECK(line.closed);
        sizes.insert(line.points.size());
    }
    // A square of n × n vertices is left by 4n edges and 4n − 2 diagonals.
    CHECK(sizes == std::multiset<std::size_t>{6, 38, 54});
}

TEST_CASE("Three regions meet in a point that their lines share") {
    const SurfaceMesh mesh = sheet(7, 7);
    const auto regions = regionsOf(mesh, [](float x, float y) { return y < 3 ? 0 : (x < 3 ? 1 : 2); });
    const auto lines = regionOutlines(mesh, regions);
    REQUIRE(lines.size() == 3);
    std::map<std::array<std::uint32_t, 3>, int> ends;
    for (const Outline& line : lines) {
        CHECK_FALSE(line.closed);
        for (const OutlinePoint& end : {line.points.front(), line.points.back()})
            if (end.corners == 3)
                ++ends[end.vertices];
    }
    REQUIRE(ends.size() == 1);
    CHECK(ends.begin()->second == 3);
}

TEST_CASE("The rim of a sheet with a hole is two closed lines; a closed surface has none") {
    SurfaceMesh mesh = sheet(6, 6);
    std::erase_if(mesh.triangles, [&](const auto& triangle) {
        return std::all_of(triangle.begin(), triangle.end(), [&](std::uint32_t v) {
            return mesh.vertices[v][0] >= 2 && mesh.vertices[v][0] <= 3 && mesh.vertices[v][1] >= 2 &&
                   mesh.vertices[v][1] <= 3;
        });
    });
    const auto lines = rimOf(mesh);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].closed);
    CHECK(lines[1].closed);
    CHECK(lengthOf(mesh, lines[0]) == Approx(20));
    CHECK(lengthOf(mesh, lines[1]) == Approx(4));
    const SurfaceMesh tetrahedron{.vertices = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
                                  .triangles = {{0, 2, 1}, {0, 1, 3}, {1, 2, 3}, {0, 3, 2}}};
    CHECK(rimOf(tetrahedron).empty());
}

TEST_CASE("A name stands deepest in the largest piece of its region") {
    const SurfaceMesh mesh = sheet(30, 12);
    const auto regions = regionsOf(mesh, [](float x, float y) {
        if (std::max(std::abs(x - 20), std::abs(y - 6)) <= 4)
            return 3;
        return x <= 4 && y <= 4 ? 3 : (x >= 27 ? 1 : -1);
    });
    const auto anchors = regionAnchors(mesh, regions);
    REQUIRE(anchors.size() == 2);
    CHECK(anchors[0].region == 1);
    CHECK(mesh.vertices[anchors[0].vertex][0] == 28); // the rim is a border too
    CHECK(anchors[1].region == 3);
    CHECK(mesh.vertices[anchors[1].vertex] == std::array<float, 3>{20, 6, 0});
    CHECK(anchors[1].depth == Approx(4));
    CHECK(anchors[1].area > 64 + 16);
}

TEST_CASE("Regions that do not fit their surface are refused") {
    SurfaceMesh mesh = sheet(3, 3);
    CHECK_THROWS_WITH(regionOutlines(mesh, std::vector<std::int32_t>(8)), Contains("9") && Contains("found 8"));
    CHECK_THROWS_AS(regionAnchors(mesh, std::vector<std::int32_t>(10)), DataError);
    mesh.triangles[3][1] = 9;
    CHECK_THROWS_WITH(rimOf(mesh), Contains("triangle 3") && Contains("found 9"));
    CHECK_THROWS_AS(boundsOf(mesh), DataError);
}

TEST_CASE("Parcels of a published flat map have lines that only end where three regions or a cut meet") {
    const auto surface = test::sharedFile("data/surfaces/fs_LR_32k/S1200.L.flat.32k_fs_LR.surf.gii");
    const auto labels =
        test::sharedFile("data/surfaces/fs_LR_32k/HCP-MMP1_Q1-Q6_RelatedValidation210.32k_fs_LR.dlabel.nii");
    if (surface.empty() || labels.empty())
        return;
    const SurfaceMesh mesh = readSurface(surface);
    std::vector<std::int32_t> regions;
    for (const float key : onSurface(readCifti(labels), 0, "CORTEX_LEFT"))
        regions.push_back(std::isnan(key) ? -1 : static_cast<std::int32_t>(key) - 1);
    const auto lines = regionOutlines(mesh, regions);
    CHECK(regionAnchors(mesh, regions).size() == 180);
    std::set<std::array<std::uint32_t, 3>> onRim;
    for (const Outline& line : rimOf(mesh))
        for (std::size_t i = 0; i < line.points.size(); ++i) {
            const std::uint32_t a = line.points[i].vertices[0];
            const std::uint32_t b = line.points[(i + 1) % line.points.size()].vertices[0];
            onRim.insert({std::min(a, b), std::max(a, b), std::max(a, b)});
        }
    std::size_t loose = 0;
    for (const Outline& line : lines)
        if (!line.closed)
            for (const OutlinePoint& end : {line.points.front(), line.points.back()})
                loose += end.corners != 3 && !onRim.contains(end.vertices) ? 1 : 0;
    CHECK(loose == 0);
}
