#include "core/brain/planted_cortex.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/brain/flattening.h"
#include "core/brain/region_table.h"
#include "core/io/delimited_table.h"
#include "core/reference_files.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

using namespace tercet;
using Catch::Matchers::Contains;

namespace {

const PlantedCortex& cortex() {
    static const PlantedCortex planted = plantCortex(1);
    return planted;
}

using Edge = std::pair<std::uint32_t, std::uint32_t>;

std::map<Edge, int> directedEdges(const SurfaceMesh& surface) {
    std::map<Edge, int> edges;
    for (const auto& triangle : surface.triangles)
        for (std::size_t corner = 0; corner < 3; ++corner)
            ++edges[{triangle[corner], triangle[(corner + 1) % 3]}];
    return edges;
}

Point3 place(const SurfaceMesh& surface, std::uint32_t vertex) {
    const auto& v = surface.vertices[vertex];
    return {v[0], v[1], v[2]};
}

/// Twice the area as a vector along the normal.
Point3 areaOf(const SurfaceMesh& surface, const std::array<std::uint32_t, 3>& triangle) {
    const Point3 a = place(surface, triangle[0]), b = place(surface, triangle[1]), c = place(surface, triangle[2]);
    Point3 u{}, v{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        u[axis] = b[axis] - a[axis];
        v[axis] = c[axis] - a[axis];
    }
    return {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
}

double length(const Point3& v) { return std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]); }

/// mm³ inside a closed surface whose normals point out.
double volumeOf(const SurfaceMesh& surface) {
    double volume = 0;
    for (const auto& triangle : surface.triangles) {
        const Point3 area = areaOf(surface, triangle);
        const Point3 at = place(surface, triangle[0]);
        volume += (area[0] * at[0] + area[1] * at[1] + area[2] * at[2]) / 6;
    }
    return volume;
}

std::array<Point3, 2> boundsOf(const SurfaceMesh& surface) {
    std::array<Point3, 2> bounds{Point3{1e9, 1e9, 1e9}, Point3{-1e9, -1e9, -1e9}};
    for (const auto& vertex : surface.vertices)
        for (std::size_t axis = 0; axis < 3; ++axis) {
            bounds[0][axis] = std::min(bounds[0][axis], static_cast<double>(vertex[axis]));
            bounds[1][axis] = std::max(bounds[1][axis], static_cast<double>(vertex[axis]));
        }
    return bounds;
}

/// In how many pieces the vertices of each number are.
std::map<std::size_t, int> piecesOf(const PlantedHemisphere& hemisphere, const std::vector<std::size_t>& numbers) {
    std::vector<std::uint32_t> parent(numbers.size());
    std::iota(parent.begin(), parent.end(), 0U);
    const auto root = [&](std::uint32_t v) {
        while (parent[v] != v)
            v = parent[v] = parent[parent[v]];
        return v;
    };
    for (const auto& triangle : hemisphere.white.triangles)
        for (std::size_t corner = 0; corner < 3; ++corner)
            if (const auto a = triangle[corner], b = triangle[(corner + 1) % 3]; numbers[a] == numbers[b])
                parent[root(a)] = root(b);
    std::map<std::size_t, int> pieces;
    for (std::uint32_t v = 0; v < parent.size(); ++v)
        pieces[numbers[v]] += root(v) == v ? 1 : 0;
    return pieces;
}

Point3 centreOf(const PlantedHemisphere& hemisphere, const std::string& parcel) {
    Point3 sum{};
    double count = 0;
    for (std::uint32_t v = 0; v < hemisphere.parcels.keys.size(); ++v) {
        const auto known = hemisphere.parcels.parcels.find(hemisphere.parcels.keys[v]);
        if (known == hemisphere.parcels.parcels.end() || parcelKey(known->second.name) != parcelKey(parcel))
            continue;
        const Point3 at = place(hemisphere.midthickness, v);
        for (std::size_t axis = 0; axis < 3; ++axis)
            sum[axis] += at[axis];
        ++count;
    }
    return {sum[0] / count, sum[1] / count, sum[2] / count};
}

} // namespace

// One case: planting takes most of the time, and every case is a program run of its own.
TEST_CASE("A planted cortex is like one of people") {
    SECTION("surfaces are closed, and their normals point out") {
        for (const PlantedHemisphere& hemisphere : cortex().hemispheres)
            for (const SurfaceMesh* surface :
                 {&hemisphere.white, &hemisphere.pial, &hemisphere.midthickness, &hemisphere.inflated}) {
                REQUIRE(surface->vertices.size() == kPlantedVertices);
                CHECK(surface->triangles == hemisphere.white.triangles);
                const auto edges = directedEdges(*surface);
                CHECK(std::ranges::all_of(edges, [&](const auto& edge) {
                    return edge.second == 1 && edges.contains({edge.first.second, edge.first.first});
                }));
                CHECK(kPlantedVertices - edges.size() / 2 + surface->triangles.size() == 2); // Euler
                CHECK(volumeOf(*surface) > 3e5);
                CHECK(std::ranges::all_of(surface->triangles,
                                          [&](const auto& t) { return length(areaOf(*surface, t)) > 1e-3; }));
            }
    }

    SECTION("hemispheres have the size and the folds of a brain") {
        for (std::size_t side = 0; side < 2; ++side) {
            const PlantedHemisphere& hemisphere = cortex().hemispheres[side];
            const auto [low, high] = boundsOf(hemisphere.pial);
            CHECK(high[0] - low[0] == Approx(65).margin(5));
            CHECK(high[1] - low[1] == Approx(165).margin(8));
            CHECK(high[2] - low[2] == Approx(120).margin(8));
            CHECK((side == 0 ? high[0] < 0 : low[0] > 0));
            CHECK(volumeOf(hemisphere.pial) > volumeOf(hemisphere.midthickness));
            CHECK(volumeOf(hemisphere.midthickness) > volumeOf(hemisphere.white));
            for (std::uint32_t v = 0; v < kPlantedVertices; ++v) {
                Point3 across = place(hemisphere.pial, v);
                const Point3 inside = place(hemisphere.white, v);
                for (std::size_t axis = 0; axis < 3; ++axis)
                    across[axis] -= inside[axis];
                if (!(length(across) == Approx(2.5).epsilon(1e-3)))
                    FAIL("vertex " << v << " is " << length(across) << " mm thick");
            }
            // Floors of sulci are curved the other way than crowns, and lie deeper.
            double inFloors = 0, inCrowns = 0, floors = 0, crowns = 0;
            for (std::uint32_t v = 0; v < kPlantedVertices; ++v) {
                Point3 in = place(hemisphere.inflated, v);
                const Point3 folded = place(hemisphere.white, v);
                for (std::size_t axis = 0; axis < 3; ++axis)
                    in[axis] -= folded[axis];
                (hemisphere.curvature[v] > 0 ? inFloors : inCrowns) += length(in);
                ++(hemisphere.curvature[v] > 0 ? floors : crowns);
            }
            CHECK(floors / (floors + crowns) == Approx(0.45).margin(0.15));
            CHECK(inFloors / floors > inCrowns / crowns + 2);
        }
        CHECK(cortex().hemispheres[0].curvature != cortex().hemispheres[1].curvature);
    }

    SECTION("flat maps lie flat, in one piece, unflipped and about true to area") {
        for (const PlantedHemisphere& hemisphere : cortex().hemispheres) {
            const SurfaceMesh& flat = hemisphere.flat;
            REQUIRE(flat.vertices.size() == kPlantedVertices);
            std::set<std::uint32_t> used;
            std::vector<double> distortions;
            double total = 0, folded = 0;
            for (const auto& triangle : flat.triangles) {
                used.insert(triangle.begin(), triangle.end());
                const Point3 area = areaOf(flat, triangle);
                if (!(area[2] > 0))
                    FAIL("triangle of vertices " << triangle[0] << ", " << triangle[1] << ", " << triangle[2]
                                                 << " flipped");
                total += area[2];
                folded += length(areaOf(hemisphere.midthickness, triangle));
                distortions.push_back(std::abs(std::log(area[2] / length(areaOf(hemisphere.midthickness, triangle)))));
            }
            std::ranges::sort(distortions);
            CHECK(distortions[distortions.size() / 2] < 0.4);
            CHECK(distortions[distortions.size() * 9 / 10] < 0.8);
            CHECK(total / folded == Approx(1).margin(0.15));
            CHECK(std::ranges::all_of(used, [&](std::uint32_t v) { return flat.vertices[v][2] == 0; }));
            CHECK(used.size() > 9000);
            CHECK(used.size() < kPlantedVertices);
            // A disk: Euler characteristic 1, every vertex of the rim in one run of it.
            std::set<Edge> edges;
            std::map<std::uint32_t, int> rim;
            const auto directed = directedEdges(flat);
            for (const auto& [edge, count] : directed) {
                CHECK(count == 1);
                edges.insert(std::minmax(edge.first, edge.second));
                if (!directed.contains({edge.second, edge.first}))
                    ++rim[edge.first];
            }
            CHECK(used.size() + flat.triangles.size() - edges.size() == 1);
            CHECK(std::ranges::all_of(rim, [](const auto& vertex) { return vertex.second == 1; }));
            for (std::uint32_t v = 0; v < kPlantedVertices; ++v)
                if (hemisphere.parcels.keys[v] != 0 && !used.contains(v))
                    CHECK(flat.vertices[v] == hemisphere.midthickness.vertices[v]);
        }
    }

    SECTION("parcels are those of the atlas, each in one piece, regions in at most two") {
        const RegionTable table = defaultRegionTable();
        std::set<std::string> names;
        for (const PlantedHemisphere& hemisphere : cortex().hemispheres) {
            const auto& keys = hemisphere.parcels.keys;
            CHECK(hemisphere.parcels.parcels.size() == 180);
            std::map<std::int32_t, std::size_t> region{{0, table.regions.size()}};
            for (const auto& [key, parcel] : hemisphere.parcels.parcels) {
                names.insert(parcel.name);
                region[key] = regionOf(table, parcel.name).value_or(table.regions.size());
                INFO(parcel.name);
                CHECK(std::ranges::count(keys, key) >= 4);
            }
            CHECK(static_cast<double>(std::ranges::count(keys, 0)) / kPlantedVertices == Approx(0.07).margin(0.03));
            for (const auto& [key, pieces] : piecesOf(hemisphere, {keys.begin(), keys.end()})) {
                INFO(key);
                CHECK(pieces == 1);
            }
            std::vector<std::size_t> regions;
            for (const std::int32_t key : keys)
                regions.push_back(region.at(key));
            auto pieces = piecesOf(hemisphere, regions);
            pieces.erase(table.regions.size());
            CHECK(pieces.size() == 16);
            for (const auto& [number, count] : pieces) {
                INFO(table.regions[number].name);
                CHECK(count <= 2);
            }
        }
        CHECK(names.size() == 360);
        if (const auto path = test::sharedFile("data/surfaces/parcellations_csv/glasser_360_names.csv");
            !path.empty()) {
            const auto atlas = DelimitedTable::read(path, {.header = HeaderRule::Absent});
            for (std::size_t column = 0; column < atlas.columns(); ++column) {
                const std::size_t side = column / 180;
                const auto& parcels = cortex().hemispheres[side].parcels.parcels;
                CHECK(parcels.at(static_cast<std::int32_t>(column + 1)).name ==
                      std::string(atlas.cell(0, column)) + "_ROI");
            }
        }
    }

    SECTION("parcels lie where they lie in people") {
        for (std::size_t side = 0; side < 2; ++side) {
            const PlantedHemisphere& hemisphere = cortex().hemispheres[side];
            const double out = side == 0 ? -1 : 1;
            const Point3 v1 = centreOf(hemisphere, "V1"), temporal = centreOf(hemisphere, "TGd"),
                         junction = centreOf(hemisphere, "TPOJ2"), motor = centreOf(hemisphere, "4"),
                         frontal = centreOf(hemisphere, "10v"), insula = centreOf(hemisphere, "PoI1");
            CHECK(v1[1] < -60);
            CHECK(out * v1[0] < out * junction[0]);
            CHECK(out * junction[0] > 40);
            CHECK(junction[1] < insula[1]);
            CHECK(motor[2] > 50);
            CHECK(frontal[1] > 35);
            CHECK(out * frontal[0] < 20);
            CHECK(out * insula[0] > 30);
            CHECK(temporal[2] < -10);
            CHECK(temporal[1] > junction[1] + 30);
        }
    }

    SECTION("structures are those of the table, the paired ones mirrored") {
        const RegionTable table = defaultRegionTable();
        std::set<std::size_t> found;
        for (const PlantedStructure& structure : cortex().structures) {
            found.insert(regionOfVolume(table, structure.number).value());
            CHECK(structure.holds(structure.centre));
            CHECK_FALSE(structure.holds(
                {structure.centre[0] + 1.01 * structure.radii[0], structure.centre[1], structure.centre[2]}));
            const auto mirrored = std::ranges::count_if(cortex().structures, [&](const PlantedStructure& other) {
                return other.centre == Point3{-structure.centre[0], structure.centre[1], structure.centre[2]};
            });
            CHECK(mirrored == 1);
        }
        CHECK(found.size() == 10);
        CHECK(*found.begin() == 16);
    }

    SECTION("a seed always gives the same, whatever the threads, another seed another") {
        const int before = threadBudget();
        setThreadBudget(1);
        const PlantedCortex again = plantCortex(1);
        setThreadBudget(before);
        const PlantedCortex another = plantCortex(2);
        for (std::size_t side = 0; side < 2; ++side) {
            const PlantedHemisphere& a = again.hemispheres[side];
            const PlantedHemisphere& b = cortex().hemispheres[side];
            CHECK(a.white.vertices == b.white.vertices);
            CHECK(a.flat.vertices == b.flat.vertices);
            CHECK(a.curvature == b.curvature);
            CHECK(a.parcels.keys == b.parcels.keys);
            CHECK(another.hemispheres[side].white.vertices != b.white.vertices);
            CHECK(another.hemispheres[side].parcels.keys != b.parcels.keys);
        }
        const PlantedCortex other = reshaped(cortex(), 1);
        CHECK(other.hemispheres[0].white.vertices == reshaped(cortex(), 1).hemispheres[0].white.vertices);
        CHECK(other.hemispheres[0].white.vertices != reshaped(cortex(), 2).hemispheres[0].white.vertices);
        CHECK(other.hemispheres[0].flat.vertices == cortex().hemispheres[0].flat.vertices);
        for (std::size_t side = 0; side < 2; ++side) {
            const double ratio = volumeOf(other.hemispheres[side].pial) / volumeOf(cortex().hemispheres[side].pial);
            CHECK(ratio != Approx(1).epsilon(1e-4));
            CHECK(ratio == Approx(1).margin(0.2));
            CHECK(volumeOf(other.hemispheres[side].pial) > volumeOf(other.hemispheres[side].white));
        }
    }
}

TEST_CASE("A flat map relaxes to the shape of what it maps") {
    // A sheet bent over an edge unfolds without any distortion.
    std::vector<std::array<float, 3>> surface;
    std::vector<std::array<double, 2>> start;
    std::vector<std::array<std::uint32_t, 3>> triangles;
    constexpr std::uint32_t kSide = 9;
    for (std::uint32_t row = 0; row < kSide; ++row)
        for (std::uint32_t column = 0; column < kSide; ++column) {
            const float along = static_cast<float>(column) - 4;
            surface.push_back({std::min(along, 0.0F), static_cast<float>(row), std::max(along, 0.0F)});
            start.push_back({0.2 * column + 0.1 * row, 3.0 * row + 0.02 * column * column});
            if (row + 1 < kSide && column + 1 < kSide) {
                const std::uint32_t v = row * kSide + column;
                triangles.push_back({v, v + 1, v + kSide});
                triangles.push_back({v + 1, v + kSide + 1, v + kSide});
            }
        }
    start.push_back({-7, 8});
    surface.push_back({0, 0, 0});
    const auto places = relaxedFlatMap(surface, triangles, start, 300);
    const auto distance = [&](std::size_t a, std::size_t b) {
        return std::hypot(places[a][0] - places[b][0], places[a][1] - places[b][1]);
    };
    CHECK(distance(0, kSide - 1) == Approx(8).epsilon(1e-3));
    CHECK(distance(0, kSide * kSide - 1) == Approx(8 * std::sqrt(2)).epsilon(1e-3));
    CHECK(distance(0, 1) == Approx(1).epsilon(1e-2));
    CHECK(places.back() == start.back());

    std::swap(triangles[5][0], triangles[5][1]);
    CHECK_THROWS_WITH(relaxedFlatMap(surface, triangles, start, 1), Contains("triangle 6") && Contains("flipped"));
    triangles[5] = {0, 1, 99};
    CHECK_THROWS_WITH(relaxedFlatMap(surface, triangles, start, 1), Contains("triangle 6") && Contains("99"));
    triangles[5] = {0, 0, 1};
    CHECK_THROWS_WITH(relaxedFlatMap(surface, triangles, start, 1), Contains("degenerate"));
    start.pop_back();
    CHECK_THROWS_AS(relaxedFlatMap(surface, triangles, start, 1), DataError);
}
