#include "core/brain/planted_cortex.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/brain/flattening.h"
#include "core/brain/waves.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numbers>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace tercet {
namespace {

// Hemispheres are made in a frame of their own: directions from the middle, the first coordinate to the outer side.
constexpr double kMiddleX = 24; ///< mm from the midline to the middle of a hemisphere
constexpr double kMiddleY = -18;
constexpr double kMiddleZ = 15;

constexpr double kRadians = std::numbers::pi / 180;

double dot(const Point3& a, const Point3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
Point3 minus(const Point3& a, const Point3& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
Point3 cross(const Point3& a, const Point3& b) {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
Point3 times(double factor, const Point3& a) { return {factor * a[0], factor * a[1], factor * a[2]}; }
Point3 unit(const Point3& a) { return times(1 / std::sqrt(dot(a, a)), a); }
double angleBetween(const Point3& a, const Point3& b) { return std::acos(std::clamp(dot(a, b), -1.0, 1.0)); }

/// A direction by degrees: longitude from the outer side to the front, latitude up.
struct Direction {
    double longitude;
    double latitude;
    [[nodiscard]] Point3 vector() const {
        const double lon = longitude * kRadians;
        const double lat = latitude * kRadians;
        return {std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)};
    }
};

/// Where a parcel lies in people, and how wide it is against others.
struct ParcelPlace {
    std::string_view name;
    Direction direction;
    double width;
};

// clang-format off
/// In the order of the atlas.
constexpr std::array<ParcelPlace, 180> kParcels{{
    {"V1", {-106, -32}, 17}, {"MST", {-52, -26}, 4}, {"V6", {-118, -6}, 6}, {"V2", {-124, -26}, 14},
    {"V3", {-96, -30}, 10}, {"V4", {-82, -36}, 11}, {"V8", {-84, -58}, 4}, {"4", {-152, 86}, 16},
    {"3b", {-38, 74}, 13}, {"FEF", {74, 72}, 7}, {"PEF", {50, 54}, 4}, {"55b", {56, 64}, 6}, {"V3A", {-98, -6}, 6},
    {"RSC", {-164, -12}, 8}, {"POS2", {-126, 2}, 9}, {"V7", {-98, 2}, 3}, {"IPS1", {-96, 8}, 6},
    {"FFC", {-66, -62}, 7}, {"V3B", {-86, -2}, 5}, {"LO1", {-68, -24}, 4}, {"LO2", {-68, -36}, 4},
    {"PIT", {-72, -46}, 4}, {"MT", {-56, -24}, 4}, {"A1", {18, -10}, 5}, {"PSL", {-14, 6}, 7}, {"SFL", {156, 42}, 8},
    {"PCV", {-138, 20}, 7}, {"STV", {-20, -2}, 6}, {"7Pm", {-124, 16}, 5}, {"7m", {-136, 4}, 6},
    {"POS1", {-146, -20}, 9}, {"23d", {-172, 8}, 5}, {"v23ab", {-148, -10}, 4}, {"d23ab", {-158, -2}, 6},
    {"31pv", {-150, 0}, 5}, {"5m", {-146, 44}, 6}, {"5mv", {-154, 30}, 8}, {"23c", {-162, 18}, 8},
    {"5L", {-132, 42}, 7}, {"24dd", {-174, 32}, 9}, {"24dv", {176, 20}, 6}, {"7AL", {-112, 40}, 8},
    {"SCEF", {168, 36}, 8}, {"6ma", {158, 54}, 8}, {"7Am", {-124, 28}, 8}, {"7PL", {-110, 18}, 6},
    {"7PC", {-86, 44}, 8}, {"LIPv", {-86, 32}, 7}, {"VIP", {-102, 28}, 7}, {"MIP", {-94, 18}, 7}, {"1", {-28, 62}, 12},
    {"2", {-60, 56}, 13}, {"3a", {0, 74}, 9}, {"6d", {146, 84}, 8}, {"6mp", {-176, 60}, 9}, {"6v", {38, 46}, 5},
    {"p24pr", {176, 10}, 5}, {"33pr", {170, 4}, 5}, {"a24pr", {162, 6}, 5}, {"p32pr", {162, 18}, 6},
    {"a24", {138, -8}, 6}, {"d32", {142, 10}, 5}, {"8BM", {148, 26}, 7}, {"p32", {130, -4}, 5}, {"10r", {124, -10}, 5},
    {"47m", {88, -20}, 3}, {"8Av", {92, 54}, 8}, {"8Ad", {118, 46}, 8}, {"9m", {132, 14}, 9}, {"8BL", {138, 36}, 6},
    {"9p", {122, 32}, 7}, {"10d", {120, 8}, 8}, {"8C", {74, 46}, 8}, {"44", {56, 16}, 7}, {"45", {68, 2}, 8},
    {"47l", {78, -12}, 7}, {"a47r", {90, -6}, 8}, {"6r", {46, 32}, 9}, {"IFJa", {60, 32}, 6}, {"IFJp", {56, 42}, 5},
    {"IFSp", {66, 26}, 5}, {"IFSa", {74, 16}, 6}, {"p9-46v", {80, 32}, 7}, {"46", {92, 32}, 8},
    {"a9-46v", {90, 12}, 7}, {"9-46d", {102, 26}, 9}, {"9a", {116, 22}, 7}, {"10v", {118, -12}, 7},
    {"a10p", {102, 0}, 5}, {"10pp", {108, -6}, 5}, {"11l", {98, -16}, 6}, {"13l", {96, -30}, 6},
    {"OFC", {112, -28}, 11}, {"47s", {84, -30}, 7}, {"LIPd", {-76, 28}, 6}, {"6a", {134, 68}, 10},
    {"i6-8", {108, 60}, 6}, {"s6-8", {136, 48}, 4}, {"43", {36, 26}, 6}, {"OP4", {26, 24}, 8}, {"OP1", {18, 16}, 7},
    {"OP2-3", {28, 4}, 7}, {"52", {30, -16}, 4}, {"RI", {12, 2}, 8}, {"PFcm", {4, 16}, 7}, {"PoI2", {50, -24}, 7},
    {"TA2", {32, -34}, 5}, {"FOP4", {52, 0}, 8}, {"MI", {56, -22}, 6}, {"Pir", {80, -44}, 7}, {"AVI", {70, -24}, 6},
    {"AAIC", {72, -36}, 5}, {"FOP1", {40, 14}, 4}, {"FOP3", {48, -6}, 5}, {"FOP2", {40, 4}, 5}, {"PFt", {-18, 40}, 8},
    {"AIP", {-54, 42}, 10}, {"EC", {108, -74}, 6}, {"PreS", {-176, -62}, 7}, {"H", {150, -66}, 9},
    {"ProS", {-154, -40}, 7}, {"PeEc", {76, -74}, 10}, {"STGa", {34, -42}, 5}, {"PBelt", {8, -12}, 7},
    {"A5", {6, -26}, 7}, {"PHA1", {-168, -68}, 6}, {"PHA3", {-132, -78}, 6}, {"STSda", {14, -36}, 6},
    {"STSdp", {-12, -22}, 7}, {"STSvp", {-16, -30}, 8}, {"TGd", {46, -54}, 12}, {"TE1a", {2, -50}, 7},
    {"TE1p", {-28, -42}, 8}, {"TE2a", {-8, -62}, 9}, {"TF", {-16, -80}, 10}, {"TE2p", {-42, -64}, 6},
    {"PHT", {-38, -30}, 7}, {"PH", {-52, -48}, 8}, {"TPOJ1", {-24, -12}, 7}, {"TPOJ2", {-42, -16}, 7},
    {"TPOJ3", {-56, -14}, 5}, {"DVT", {-122, -4}, 6}, {"PGp", {-70, -6}, 6}, {"IP2", {-56, 30}, 8},
    {"IP1", {-76, 16}, 7}, {"IP0", {-82, 4}, 5}, {"PFop", {4, 30}, 7}, {"PF", {-18, 24}, 12}, {"PFm", {-44, 18}, 13},
    {"PGi", {-42, -2}, 10}, {"PGs", {-60, 4}, 9}, {"V6A", {-106, 2}, 4}, {"VMV1", {-144, -60}, 5},
    {"VMV3", {-106, -68}, 4}, {"PHA2", {-158, -74}, 4}, {"V4t", {-62, -32}, 4}, {"FST", {-52, -34}, 6},
    {"V3CD", {-76, -12}, 5}, {"LO3", {-64, -20}, 5}, {"VMV2", {-130, -66}, 4}, {"31pd", {-144, 6}, 5},
    {"31a", {-156, 10}, 5}, {"VVC", {-86, -72}, 6}, {"25", {134, -26}, 5}, {"s32", {130, -18}, 4},
    {"pOFC", {112, -40}, 5}, {"PoI1", {42, -24}, 7}, {"Ig", {36, -4}, 4}, {"FOP5", {64, -8}, 7}, {"p10p", {108, 8}, 6},
    {"p47r", {80, 6}, 5}, {"TGv", {30, -68}, 5}, {"MBelt", {26, -20}, 5}, {"LBelt", {12, -8}, 5}, {"A4", {2, -16}, 9},
    {"STSva", {6, -40}, 6}, {"TE1m", {-14, -46}, 6}, {"PI", {46, -36}, 6}, {"a32pr", {152, 12}, 6},
    {"p24", {148, 0}, 5},
}};
// clang-format on

constexpr Direction kWall{160, -34};
constexpr double kWallWidth = 27;

using Line = std::vector<Direction>;

/// The great sulci, in degrees.
const std::vector<Line>& greatSulci() {
    static const std::vector<Line> lines{
        {{-150, 82}, {0, 74}, {24, 60}, {32, 42}},                            // central
        {{14, -36}, {-10, -26}, {-30, -20}, {-42, -2}},                       // superior temporal
        {{-128, 14}, {-140, -12}, {-152, -30}},                               // parieto-occipital
        {{-92, -36}, {-118, -36}, {-150, -42}},                               // calcarine
        {{128, 4}, {146, 14}, {164, 18}, {-176, 22}, {-158, 26}, {-150, 40}}, // cingulate
        {{-30, 54}, {-62, 36}, {-90, 20}},                                    // intraparietal
        {{62, 46}, {78, 38}, {98, 20}},                                       // inferior frontal
        {{84, 64}, {110, 52}, {120, 36}},                                     // superior frontal
        {{20, -70}, {-60, -78}, {-100, -58}},                                 // collateral
    };
    return lines;
}

const Line kSylvian{{66, -38}, {52, -22}, {36, -12}, {10, 0}, {-14, 12}};

/// What is cut besides the medial wall: along the calcarine sulcus, and over the top in front.
const std::array<Line, 2> kCuts{
    {{kWall, {-150, -40}, {-118, -36}, {-96, -36}}, {kWall, {170, 8}, {164, 34}, {156, 52}}}};

double angleToLine(const Point3& spot, const Line& line) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        const Point3 from = line[i].vector();
        const Point3 step = minus(line[i + 1].vector(), from);
        const double along = std::clamp(dot(minus(spot, from), step) / dot(step, step), 0.0, 1.0);
        Point3 nearest = from;
        for (std::size_t axis = 0; axis < 3; ++axis)
            nearest[axis] += along * step[axis];
        least = std::min(least, angleBetween(spot, unit(nearest)));
    }
    return least / kRadians;
}

double bell(double x, double width) { return std::exp(-x * x / (width * width)); }

double smoothStep(double x, double from, double to) {
    const double t = std::clamp((x - from) / (to - from), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

/// Three fields: a direction that changes from place to place.
struct Drift {
    std::array<Waves, 3> waves;
    Drift(double shortest, double longest, Rng& rng)
        : waves{Waves(shortest, longest, rng), Waves(shortest, longest, rng), Waves(shortest, longest, rng)} {}
    [[nodiscard]] Point3 moved(const Point3& place, double by) const {
        return {place[0] + by * waves[0](place), place[1] + by * waves[1](place), place[2] + by * waves[2](place)};
    }
};

using Triangles = std::vector<std::array<std::uint32_t, 3>>;

/// Directions spread evenly: an icosahedron whose triangles are split into four, five times. Normals point outwards.
struct Sphere {
    std::vector<Point3> spots; ///< unit vectors
    Triangles triangles;
    std::vector<std::vector<std::uint32_t>> neighbours; ///< of every vertex, ascending
};

Sphere makeSphere() {
    Sphere sphere;
    const double golden = std::numbers::phi;
    for (const Point3& corner :
         {Point3{-1, golden, 0}, Point3{1, golden, 0}, Point3{-1, -golden, 0}, Point3{1, -golden, 0},
          Point3{0, -1, golden}, Point3{0, 1, golden}, Point3{0, -1, -golden}, Point3{0, 1, -golden},
          Point3{golden, 0, -1}, Point3{golden, 0, 1}, Point3{-golden, 0, -1}, Point3{-golden, 0, 1}})
        sphere.spots.push_back(unit(corner));
    sphere.triangles = {{0, 11, 5},  {0, 5, 1},  {0, 1, 7},  {0, 7, 10}, {0, 10, 11}, {1, 5, 9}, {5, 11, 4},
                        {11, 10, 2}, {10, 7, 6}, {7, 1, 8},  {3, 9, 4},  {3, 4, 2},   {3, 2, 6}, {3, 6, 8},
                        {3, 8, 9},   {4, 9, 5},  {2, 4, 11}, {6, 2, 10}, {8, 6, 7},   {9, 8, 1}};
    for (int level = 0; level < 5; ++level) {
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> middles;
        const auto middle = [&](std::uint32_t a, std::uint32_t b) {
            const auto [known, isNew] =
                middles.emplace(std::minmax(a, b), static_cast<std::uint32_t>(sphere.spots.size()));
            if (isNew) {
                const Point3& p = sphere.spots[a];
                const Point3& q = sphere.spots[b];
                sphere.spots.push_back(unit({p[0] + q[0], p[1] + q[1], p[2] + q[2]}));
            }
            return known->second;
        };
        Triangles finer;
        for (const auto& [a, b, c] : sphere.triangles) {
            const std::uint32_t ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
            finer.insert(finer.end(), {{a, ab, ca}, {b, bc, ab}, {c, ca, bc}, {ab, bc, ca}});
        }
        sphere.triangles = std::move(finer);
    }
    sphere.neighbours.resize(sphere.spots.size());
    for (const auto& [a, b, c] : sphere.triangles) { // each edge once in each direction
        sphere.neighbours[a].push_back(b);
        sphere.neighbours[b].push_back(c);
        sphere.neighbours[c].push_back(a);
    }
    for (auto& around : sphere.neighbours)
        std::ranges::sort(around);
    return sphere;
}

/// Mean with the neighbours, some times over.
template <class Value, class Mean>
std::vector<Value> smoothed(std::vector<Value> values, const Sphere& sphere, int times, Mean mean) {
    for (int round = 0; round < times; ++round) {
        std::vector<Value> next(values.size());
        for (std::size_t v = 0; v < values.size(); ++v)
            next[v] = mean(values, v, sphere.neighbours[v]);
        values = std::move(next);
    }
    return values;
}

Point3 meanPlace(const std::vector<Point3>& places, std::size_t at, const std::vector<std::uint32_t>& around) {
    Point3 sum = places[at];
    for (const std::uint32_t other : around)
        for (std::size_t axis = 0; axis < 3; ++axis)
            sum[axis] += places[other][axis];
    return times(1.0 / static_cast<double>(around.size() + 1), sum);
}

double meanValue(const std::vector<double>& values, std::size_t at, const std::vector<std::uint32_t>& around) {
    double sum = values[at];
    for (const std::uint32_t other : around)
        sum += values[other];
    return sum / static_cast<double>(around.size() + 1);
}

constexpr Point3 kRadii{41, 80.5, 61}; ///< mm, of a hemisphere's outline

/// Where from the middle a spot of the sphere lies: the sphere is stretched like the brain, so that vertices stay about
/// equally far apart.
Point3 towards(const Point3& spot) { return unit({kRadii[0] * spot[0], kRadii[1] * spot[1], kRadii[2] * spot[2]}); }

/// mm from the middle to the unfolded white surface: an ellipsoid cut by the midline, the cerebellum below and the
/// eyes in front, with a temporal lobe and, `sylvian` deep, the groove above it.
double outline(const Point3& spot, double sylvian) {
    constexpr double kSharpness = 9;
    constexpr double kFullness = 2.3; // 2: an ellipsoid
    struct Plane {
        Point3 normal;
        double distance;
    };
    static const std::array<Plane, 3> planes{
        {{{-1, 0, 0}, 19.5}, {unit({0, -0.26, -0.97}), 43}, {unit({0, 0.38, -0.92}), 49}}};
    const Point3 direction = towards(spot);
    double sum = 0;
    for (std::size_t axis = 0; axis < 3; ++axis)
        sum += std::pow(std::abs(direction[axis]) / kRadii[axis], kFullness);
    double inverse = std::pow(sum, kSharpness / kFullness);
    for (const Plane& plane : planes)
        if (const double facing = dot(plane.normal, direction) / plane.distance; facing > 0)
            inverse += std::pow(facing, kSharpness);
    double radius = std::pow(inverse, -1 / kSharpness);
    radius += 8 * bell(angleBetween(spot, Direction{36, -52}.vector()) / kRadians, 22);
    radius += 5 * bell(angleBetween(spot, Direction{-10, -50}.vector()) / kRadians, 26);
    radius -= sylvian * bell(angleToLine(spot, kSylvian), 6);
    return radius;
}

/// How deep a place lies in a fold: 0 on a crown, 1 on a floor.
class Folding {
public:
    Folding(std::uint64_t seed, std::uint64_t side) : m_sharedRng(seed, 1), m_ownRng(seed, 2 + side) {}

    [[nodiscard]] double operator()(const Point3& spot) const {
        const Point3 place = times(outline(spot, 0), towards(spot));
        const Point3 bent = m_warp.moved(place, 3.5);
        double height = 0.85 * m_shared(bent) + 0.52 * m_own(bent);
        for (const Line& line : greatSulci())
            height -= 2.4 * bell(angleToLine(spot, line), 4) - 0.7 * bell(angleToLine(spot, line) - 9, 4);
        const double depth = 0.5 - 0.5 * std::tanh(1.5 * (height + 0.3));
        return depth * (0.85 + 0.15 * m_depth(place)) *
               (0.1 + 0.9 * smoothStep(angleBetween(spot, kWall.vector()) / kRadians, 22, 36));
    }

private:
    Rng m_sharedRng;
    Rng m_ownRng;
    Waves m_shared{12, 19, m_sharedRng};
    Drift m_warp{30, 60, m_sharedRng};
    Waves m_depth{40, 80, m_sharedRng};
    Waves m_own{11, 18, m_ownRng};
};

std::vector<Point3> normalsOf(const std::vector<Point3>& places, const Triangles& triangles) {
    std::vector<Point3> normals(places.size());
    for (const auto& [a, b, c] : triangles) {
        const Point3 area = cross(minus(places[b], places[a]), minus(places[c], places[a]));
        for (const std::uint32_t corner : {a, b, c})
            for (std::size_t axis = 0; axis < 3; ++axis)
                normals[corner][axis] += area[axis];
    }
    for (Point3& normal : normals)
        normal = unit(normal);
    return normals;
}

/// Parcels grown from their places, wide ones faster, along edges whose length wavers, so that each is one piece. 0 is
/// the medial wall, then as kParcels.
std::vector<std::size_t> growParcels(const Sphere& sphere, Rng& rng) {
    const Waves bumps(6, 14, rng);
    std::vector<double> slowness(sphere.spots.size());
    for (std::size_t v = 0; v < slowness.size(); ++v)
        slowness[v] = std::exp(0.4 * bumps(times(50, sphere.spots[v])));
    const auto widthOf = [](std::size_t parcel) {
        return std::pow(parcel == 0 ? kWallWidth : kParcels[parcel - 1].width, 0.7);
    };

    constexpr std::size_t kNone = kParcels.size() + 1;
    std::vector<std::size_t> owner(sphere.spots.size(), kNone);
    struct Arrival {
        double time;
        std::uint32_t vertex;
        std::size_t parcel;
        bool operator>(const Arrival& other) const {
            return std::tie(time, vertex, parcel) > std::tie(other.time, other.vertex, other.parcel);
        }
    };
    std::priority_queue<Arrival, std::vector<Arrival>, std::greater<>> arrivals;
    std::vector<bool> taken(owner.size());
    for (std::size_t parcel = 0; parcel <= kParcels.size(); ++parcel) {
        const Point3 place = (parcel == 0 ? kWall : kParcels[parcel - 1].direction).vector();
        std::uint32_t nearest = 0;
        double best = -2;
        for (std::uint32_t v = 0; v < owner.size(); ++v)
            if (const double near = dot(place, sphere.spots[v]); near > best && !taken[v]) {
                best = near;
                nearest = v;
            }
        taken[nearest] = true;
        arrivals.push({0, nearest, parcel});
    }
    while (!arrivals.empty()) {
        const Arrival next = arrivals.top();
        arrivals.pop();
        if (owner[next.vertex] != kNone)
            continue;
        owner[next.vertex] = next.parcel;
        for (const std::uint32_t other : sphere.neighbours[next.vertex])
            if (owner[other] == kNone) {
                const double length = angleBetween(sphere.spots[next.vertex], sphere.spots[other]);
                const double wavering = (slowness[next.vertex] + slowness[other]) / 2;
                arrivals.push({next.time + length * wavering / widthOf(next.parcel), other, next.parcel});
            }
    }
    return owner;
}

/// The triangles that a flat map keeps: none that touches the wall or a cut, one piece, one fan at every vertex.
Triangles cutOpen(const Sphere& sphere, const Triangles& triangles, std::span<const std::size_t> parcels) {
    std::vector<double> wall(sphere.spots.size()); // smoothed, for an even border
    for (std::size_t v = 0; v < wall.size(); ++v)
        wall[v] = parcels[v] == 0 ? 1 : 0;
    wall = smoothed(std::move(wall), sphere, 4, meanValue);
    std::vector<bool> gone(wall.size());
    for (std::size_t v = 0; v < gone.size(); ++v)
        gone[v] = wall[v] > 0.4;
    for (const Line& cut : kCuts)
        for (std::size_t i = 0; i + 1 < cut.size(); ++i) {
            constexpr int kPoints = 200; // closer than vertices
            for (int point = 0; point <= kPoints; ++point) {
                const Point3 from = cut[i].vector();
                const Point3 step = minus(cut[i + 1].vector(), from);
                const Point3 place = unit({from[0] + step[0] * point / kPoints, from[1] + step[1] * point / kPoints,
                                           from[2] + step[2] * point / kPoints});
                const auto nearest =
                    std::ranges::max_element(sphere.spots, {}, [&](const Point3& spot) { return dot(spot, place); });
                gone[static_cast<std::size_t>(nearest - sphere.spots.begin())] = true;
            }
        }
    // The largest piece of what is left, through vertices that are not gone.
    std::vector<int> piece(gone.size(), -1);
    std::vector<std::size_t> sizes;
    for (std::uint32_t start = 0; start < gone.size(); ++start) {
        if (gone[start] || piece[start] >= 0)
            continue;
        const int number = static_cast<int>(sizes.size());
        sizes.push_back(0);
        std::vector<std::uint32_t> waiting{start};
        piece[start] = number;
        while (!waiting.empty()) {
            const std::uint32_t v = waiting.back();
            waiting.pop_back();
            ++sizes.back();
            for (const std::uint32_t other : sphere.neighbours[v])
                if (!gone[other] && piece[other] < 0) {
                    piece[other] = number;
                    waiting.push_back(other);
                }
        }
    }
    const int largest = static_cast<int>(std::ranges::max_element(sizes) - sizes.begin());
    Triangles kept;
    for (const auto& triangle : triangles)
        if (std::ranges::all_of(triangle, [&](std::uint32_t v) { return piece[v] == largest; }))
            kept.push_back(triangle);
    // A vertex where two fans meet would let the map come apart there; one of a single triangle makes a spike.
    for (bool changed = true; changed;) {
        std::vector<std::array<int, 2>> around(gone.size()); // triangles and free edges at a vertex
        std::map<std::pair<std::uint32_t, std::uint32_t>, int> edges;
        for (const auto& triangle : kept)
            for (std::size_t corner = 0; corner < 3; ++corner) {
                ++around[triangle[corner]][0];
                ++edges[std::minmax(triangle[corner], triangle[(corner + 1) % 3])];
            }
        for (const auto& [edge, count] : edges)
            if (count == 1) {
                ++around[edge.first][1];
                ++around[edge.second][1];
            }
        const std::size_t before = kept.size();
        std::erase_if(kept, [&](const auto& triangle) {
            return std::ranges::any_of(triangle,
                                       [&](std::uint32_t v) { return around[v][1] > 2 || around[v][0] == 1; });
        });
        changed = kept.size() != before;
    }
    return kept;
}

std::array<float, 4> parcelColor(std::size_t parcel) {
    const double hue = std::fmod(0.13 + static_cast<double>(parcel) * (std::numbers::phi - 1), 1.0);
    std::array<float, 4> color{0, 0, 0, 1};
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const double turn = 2 * std::numbers::pi * (hue - static_cast<double>(channel) / 3);
        color[channel] = static_cast<float>(0.55 + 0.35 * std::cos(turn));
    }
    return color;
}

SurfaceMesh mesh(const std::vector<Point3>& places, const Triangles& triangles, double side) {
    SurfaceMesh result{.vertices = {}, .triangles = triangles};
    result.vertices.reserve(places.size());
    for (const Point3& place : places)
        result.vertices.push_back({static_cast<float>(side * (kMiddleX + place[0])),
                                   static_cast<float>(kMiddleY + place[1]), static_cast<float>(kMiddleZ + place[2])});
    return result;
}

/// The flat map, seen from outside, up where the brain is up in the mean.
SurfaceMesh flatten(const SurfaceMesh& inflated, const SurfaceMesh& midthickness, const Sphere& sphere,
                    const Triangles& kept, double side) {
    // The equal-area map of the sphere from the point across the wall.
    const Point3 pole = times(-1, kWall.vector());
    const Point3 right = unit(cross({0, 0, 1}, pole));
    const Point3 up = cross(pole, right);
    std::vector<std::array<double, 2>> places(sphere.spots.size());
    for (std::size_t v = 0; v < places.size(); ++v) {
        const Point3& spot = sphere.spots[v];
        const double stretch = std::sqrt(2 / std::max(1e-6, 1 + dot(spot, pole)));
        places[v] = {side * stretch * dot(spot, right), stretch * dot(spot, up)};
    }
    constexpr int kSteps = 100;
    places = relaxedFlatMap(inflated.vertices, kept, places, kSteps); // without folds it opens more easily
    places = relaxedFlatMap(midthickness.vertices, kept, places, kSteps);

    std::vector<bool> used(places.size());
    for (const auto& triangle : kept)
        for (const std::uint32_t corner : triangle)
            used[corner] = true;
    std::array<double, 2> middle{};
    double count = 0;
    for (std::size_t v = 0; v < places.size(); ++v)
        if (used[v]) {
            middle[0] += places[v][0];
            middle[1] += places[v][1];
            ++count;
        }
    std::array<double, 2> upwards{};
    for (std::array<double, 2>& place : places)
        place = {place[0] - middle[0] / count, place[1] - middle[1] / count};
    for (std::size_t v = 0; v < places.size(); ++v)
        if (const Point3& spot = sphere.spots[v]; used[v] && spot[0] > 0) // the outer side
            upwards = {upwards[0] + places[v][0] * spot[2], upwards[1] + places[v][1] * spot[2]};
    const double length = std::hypot(upwards[0], upwards[1]);
    SurfaceMesh flat{.vertices = midthickness.vertices, .triangles = kept};
    for (std::size_t v = 0; v < places.size(); ++v)
        if (used[v])
            flat.vertices[v] = {static_cast<float>((places[v][0] * upwards[1] - places[v][1] * upwards[0]) / length),
                                static_cast<float>((places[v][0] * upwards[0] + places[v][1] * upwards[1]) / length),
                                0};
    return flat;
}

PlantedHemisphere makeHemisphere(const Sphere& sphere, std::uint64_t seed, std::size_t side) {
    constexpr double kDepth = 12;      // mm, of the usual sulcus
    constexpr double kThickness = 2.5; // mm
    constexpr double kSylvianDepth = 11;
    const double outwards = side == 0 ? -1 : 1; // the sign of x
    Triangles triangles = sphere.triangles;
    if (side == 0) // mirrored
        for (auto& triangle : triangles)
            std::swap(triangle[1], triangle[2]);

    const Folding folding(seed, side);
    std::vector<Point3> white, puffed;
    for (const Point3& spot : sphere.spots) {
        white.push_back(times(outline(spot, kSylvianDepth) - kDepth * folding(spot), towards(spot)));
        puffed.push_back(times(outline(spot, 0.6 * kSylvianDepth), towards(spot)));
    }
    white = smoothed(std::move(white), sphere, 1, meanPlace);
    // In the frame, where normals of the sphere's own triangles point outwards on both sides.
    const auto normals = smoothed(normalsOf(white, sphere.triangles), sphere, 2, meanPlace);
    std::vector<Point3> pial = white, middle = white;
    std::vector<double> bending(white.size());
    for (std::size_t v = 0; v < white.size(); ++v) {
        const Point3 normal = unit(normals[v]);
        for (std::size_t axis = 0; axis < 3; ++axis) {
            pial[v][axis] += kThickness * normal[axis];
            middle[v][axis] += kThickness / 2 * normal[axis];
        }
        // Of the sphere through the neighbours: 2 h / d².
        const auto& around = sphere.neighbours[v];
        for (const std::uint32_t other : around) {
            const Point3 edge = minus(white[other], white[v]);
            bending[v] += 2 * dot(edge, normal) / std::max(dot(edge, edge), 0.25) / static_cast<double>(around.size());
        }
    }
    bending = smoothed(std::move(bending), sphere, 3, meanValue);

    PlantedHemisphere result;
    result.white = mesh(white, triangles, outwards);
    result.pial = mesh(pial, triangles, outwards);
    result.midthickness = mesh(middle, triangles, outwards);
    result.inflated = mesh(smoothed(std::move(puffed), sphere, 12, meanPlace), triangles, outwards);
    result.curvature.assign(bending.begin(), bending.end());

    Rng rng(seed, 8 + side);
    const std::vector<std::size_t> parcels = growParcels(sphere, rng);
    const std::size_t offset = side * kParcels.size();
    for (const std::size_t parcel : parcels)
        result.parcels.keys.push_back(parcel == 0 ? 0 : static_cast<std::int32_t>(offset + parcel));
    for (std::size_t parcel = 0; parcel < kParcels.size(); ++parcel)
        result.parcels.parcels[static_cast<std::int32_t>(offset + parcel + 1)] = {
            (side == 0 ? "L_" : "R_") + std::string(kParcels[parcel].name) + "_ROI", parcelColor(parcel)};
    result.flat = flatten(result.inflated, result.midthickness, sphere, cutOpen(sphere, triangles, parcels), outwards);
    return result;
}

std::vector<PlantedStructure> makeStructures() {
    struct Pair {
        int left;
        int right;
        Point3 centre; ///< of the right one
        Point3 radii;
    };
    // Small ones first: they lie against larger ones.
    constexpr std::array<Pair, 9> kPairs{{
        {803, 808, {4.5, -5, -10}, {4.5, 6, 5.5}}, // hypothalamus, its posterior subunit
        {26, 58, {9.5, 11, -7}, {5, 6, 5}},        // accumbens
        {13, 52, {18, -3, 0}, {5, 9, 6.5}},        // pallidum
        {18, 54, {23, -5, -18}, {7, 7.5, 7}},      // amygdala
        {11, 50, {13, 10, 11}, {5.5, 14, 9}},      // caudate
        {12, 51, {27, 3, 2}, {6, 15, 10}},         // putamen
        {17, 53, {27, -24, -14}, {6.5, 16, 6.5}},  // hippocampus
        {10, 49, {11, -19, 8}, {9, 14, 9}},        // thalamus
        {8, 47, {22, -58, -41}, {24, 22, 15}},     // cerebellum
    }};
    std::vector<PlantedStructure> structures;
    for (const Pair& pair : kPairs) {
        structures.push_back({pair.left, {-pair.centre[0], pair.centre[1], pair.centre[2]}, pair.radii});
        structures.push_back({pair.right, pair.centre, pair.radii});
    }
    structures.push_back({16, {0, -28, -33}, {9, 10, 18}}); // brainstem
    return structures;
}

} // namespace

bool PlantedStructure::holds(const Point3& place) const {
    double sum = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double share = (place[axis] - centre[axis]) / radii[axis];
        sum += share * share;
    }
    return sum <= 1;
}

PlantedCortex plantCortex(std::uint64_t seed) {
    const Sphere sphere = makeSphere();
    PlantedCortex cortex{.hemispheres = {}, .structures = makeStructures()};
    parallelFor(2, threadBudget(),
                [&](std::size_t side) { cortex.hemispheres[side] = makeHemisphere(sphere, seed, side); });
    return cortex;
}

PlantedCortex reshaped(const PlantedCortex& cortex, std::uint64_t seed) {
    constexpr double kScale = 0.025;
    constexpr double kShear = 0.015;
    constexpr double kBend = 1.4; // mm
    Rng rng(seed, 16);
    Affine shape;
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t column = 0; column < 3; ++column)
            shape.rows[row][column] += (row == column ? kScale : kShear) * std::clamp(rng.normal(), -2.0, 2.0);
    shape.rows[0][1] = shape.rows[0][2] = 0; // the midline stays between the sides
    const Drift bend(70, 120, rng);
    const auto move = [&](const Point3& place) { return shape(bend.moved(place, kBend)); };

    PlantedCortex result = cortex;
    for (PlantedHemisphere& hemisphere : result.hemispheres)
        for (SurfaceMesh* surface : {&hemisphere.white, &hemisphere.pial, &hemisphere.midthickness})
            for (auto& vertex : surface->vertices) {
                const Point3 place = move({vertex[0], vertex[1], vertex[2]});
                vertex = {static_cast<float>(place[0]), static_cast<float>(place[1]), static_cast<float>(place[2])};
            }
    for (PlantedStructure& structure : result.structures) {
        structure.centre = move(structure.centre);
        for (std::size_t axis = 0; axis < 3; ++axis)
            structure.radii[axis] *= shape.rows[axis][axis];
    }
    return result;
}

} // namespace tercet
