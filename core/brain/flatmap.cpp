#include "core/brain/flatmap.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <queue>

namespace tercet {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

void checkTriangles(const SurfaceMesh& mesh) {
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t)
        for (const std::uint32_t vertex : mesh.triangles[t])
            if (vertex >= mesh.vertices.size())
                throw DataError({.where = "surface, triangle " + withThousands(t),
                                 .expected = "vertices below " + withThousands(mesh.vertices.size()),
                                 .found = withThousands(vertex)});
}

void checkRegions(const SurfaceMesh& mesh, std::span<const std::int32_t> regionOf) {
    checkTriangles(mesh);
    if (regionOf.size() != mesh.vertices.size())
        throw DataError({.where = "regions of a surface",
                         .expected = "one per vertex (" + withThousands(mesh.vertices.size()) + ")",
                         .found = withThousands(regionOf.size()),
                         .remedy = "choose the parcellation of this surface"});
}

struct Edge {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    friend auto operator<=>(const Edge&, const Edge&) = default;
};

Edge edgeBetween(std::uint32_t a, std::uint32_t b) { return {std::min(a, b), std::max(a, b)}; }

std::array<Edge, 3> edgesOf(const std::array<std::uint32_t, 3>& triangle) {
    return {edgeBetween(triangle[0], triangle[1]), edgeBetween(triangle[1], triangle[2]),
            edgeBetween(triangle[2], triangle[0])};
}

/// The edges that belong to one triangle only, ascending.
std::vector<Edge> rimEdges(const SurfaceMesh& mesh) {
    // The higher ends of all edges, by their lower ends.
    std::vector<std::size_t> first(mesh.vertices.size() + 1);
    for (const auto& triangle : mesh.triangles)
        for (const Edge& edge : edgesOf(triangle))
            ++first[edge.low + 1];
    std::partial_sum(first.begin(), first.end(), first.begin());
    std::vector<std::uint32_t> ends(first.back());
    std::vector<std::size_t> next(first.begin(), first.end() - 1);
    for (const auto& triangle : mesh.triangles)
        for (const Edge& edge : edgesOf(triangle))
            ends[next[edge.low]++] = edge.high;
    std::vector<Edge> rim;
    for (std::uint32_t low = 0; low < mesh.vertices.size(); ++low) {
        const auto highs = std::span(ends).subspan(first[low], first[low + 1] - first[low]);
        std::sort(highs.begin(), highs.end());
        for (std::size_t i = 0; i < highs.size(); ++i)
            if ((i == 0 || highs[i - 1] != highs[i]) && (i + 1 == highs.size() || highs[i + 1] != highs[i]))
                rim.push_back({low, highs[i]});
    }
    return rim;
}

/// Joins segments between points into lines, in the order in which the segments were added.
class LineJoiner {
public:
    void add(const OutlinePoint& from, const OutlinePoint& to) {
        const std::size_t segment = m_ends.size();
        m_ends.push_back({pointOf(from), pointOf(to)});
        for (const std::size_t end : m_ends.back())
            m_segmentsAt[end].push_back(segment);
    }
    /// Lines from open ends and junctions first, then the closed ones.
    void join(std::array<std::int32_t, 2> regions, std::vector<Outline>& lines) {
        m_used.assign(m_ends.size(), false);
        for (const bool closed : {false, true})
            for (std::size_t segment = 0; segment < m_ends.size(); ++segment)
                for (const std::size_t end : m_ends[segment])
                    if (!m_used[segment] && (closed || m_segmentsAt[end].size() != 2))
                        lines.push_back(walk(regions, segment, end));
    }

private:
    [[nodiscard]] std::size_t pointOf(const OutlinePoint& point) {
        const auto [place, isNew] = m_numberOf.try_emplace(point.vertices, m_points.size());
        if (isNew) {
            m_points.push_back(point);
            m_segmentsAt.emplace_back();
        }
        return place->second;
    }
    [[nodiscard]] Outline walk(std::array<std::int32_t, 2> regions, std::size_t segment, std::size_t start) {
        Outline line{.regions = regions, .points = {m_points[start]}};
        std::size_t end = start;
        while (segment != kNone) {
            m_used[segment] = true;
            end = m_ends[segment][m_ends[segment][0] == end ? 1 : 0];
            line.points.push_back(m_points[end]);
            segment = kNone;
            if (m_segmentsAt[end].size() == 2 && end != start)
                for (const std::size_t next : m_segmentsAt[end])
                    if (!m_used[next])
                        segment = next;
        }
        if (end == start && m_segmentsAt[start].size() == 2) {
            line.closed = true;
            line.points.pop_back();
        }
        return line;
    }

    std::map<std::array<std::uint32_t, 3>, std::size_t> m_numberOf;
    std::vector<OutlinePoint> m_points;
    std::vector<std::vector<std::size_t>> m_segmentsAt; ///< of every point
    std::vector<std::array<std::size_t, 2>> m_ends;     ///< of every segment
    std::vector<bool> m_used;                           ///< of every segment
};

OutlinePoint middleOf(const Edge& edge) { return {.vertices = {edge.low, edge.high, edge.high}, .corners = 2}; }

OutlinePoint centreOf(std::array<std::uint32_t, 3> triangle) {
    std::sort(triangle.begin(), triangle.end());
    return {.vertices = triangle, .corners = 3};
}

double distance(const std::array<float, 3>& a, const std::array<float, 3>& b) {
    double sum = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double difference = static_cast<double>(a[axis]) - static_cast<double>(b[axis]);
        sum += difference * difference;
    }
    return std::sqrt(sum);
}

double areaOf(const SurfaceMesh& mesh, const std::array<std::uint32_t, 3>& triangle) {
    const double a = distance(mesh.vertices[triangle[0]], mesh.vertices[triangle[1]]);
    const double b = distance(mesh.vertices[triangle[1]], mesh.vertices[triangle[2]]);
    const double c = distance(mesh.vertices[triangle[2]], mesh.vertices[triangle[0]]);
    const double half = (a + b + c) / 2;
    return std::sqrt(std::max(0.0, half * (half - a) * (half - b) * (half - c)));
}

/// The vertices beside each vertex; every edge of a triangle is there in both directions, perhaps more than once.
class Neighbours {
public:
    explicit Neighbours(const SurfaceMesh& mesh) : m_first(mesh.vertices.size() + 1) {
        for (const auto& triangle : mesh.triangles)
            for (const std::uint32_t vertex : triangle)
                m_first[vertex + 1] += 2;
        std::partial_sum(m_first.begin(), m_first.end(), m_first.begin());
        m_all.resize(m_first.back());
        std::vector<std::size_t> next(m_first.begin(), m_first.end() - 1);
        for (const auto& triangle : mesh.triangles)
            for (std::size_t corner = 0; corner < 3; ++corner)
                for (const std::size_t step : {1U, 2U})
                    m_all[next[triangle[corner]]++] = triangle[(corner + step) % 3];
    }
    [[nodiscard]] std::span<const std::uint32_t> of(std::size_t vertex) const {
        return std::span(m_all).subspan(m_first[vertex], m_first[vertex + 1] - m_first[vertex]);
    }

private:
    std::vector<std::size_t> m_first;
    std::vector<std::uint32_t> m_all;
};

/// How far every vertex of a region is from its region's border along edges, mm.
std::vector<double> depths(const SurfaceMesh& mesh, const Neighbours& neighbours,
                           std::span<const std::int32_t> regionOf) {
    std::vector<double> depth(mesh.vertices.size(), std::numeric_limits<double>::infinity());
    for (const Edge& edge : rimEdges(mesh))
        depth[edge.low] = depth[edge.high] = 0;
    for (const auto& triangle : mesh.triangles)
        for (std::size_t corner = 0; corner < 3; ++corner)
            if (const std::uint32_t vertex = triangle[corner];
                regionOf[vertex] != regionOf[triangle[(corner + 1) % 3]] ||
                regionOf[vertex] != regionOf[triangle[(corner + 2) % 3]])
                depth[vertex] = 0;
    using Reached = std::pair<double, std::uint32_t>;
    std::priority_queue<Reached, std::vector<Reached>, std::greater<>> reached;
    for (std::uint32_t vertex = 0; vertex < depth.size(); ++vertex)
        if (regionOf[vertex] >= 0 && depth[vertex] == 0)
            reached.emplace(0, vertex);
    while (!reached.empty()) {
        const auto [way, vertex] = reached.top();
        reached.pop();
        if (way > depth[vertex])
            continue;
        for (const std::uint32_t next : neighbours.of(vertex)) {
            if (regionOf[next] != regionOf[vertex])
                continue;
            if (const double further = way + distance(mesh.vertices[vertex], mesh.vertices[next]);
                further < depth[next]) {
                depth[next] = further;
                reached.emplace(further, next);
            }
        }
    }
    return depth;
}

} // namespace

std::optional<SurfaceBounds> boundsOf(const SurfaceMesh& mesh) {
    checkTriangles(mesh);
    if (mesh.triangles.empty())
        return std::nullopt;
    constexpr float kFar = std::numeric_limits<float>::infinity();
    SurfaceBounds bounds{.low = {kFar, kFar, kFar}, .high = {-kFar, -kFar, -kFar}};
    for (const auto& triangle : mesh.triangles)
        for (const std::uint32_t vertex : triangle)
            for (std::size_t axis = 0; axis < 3; ++axis) {
                const float value = mesh.vertices[vertex][axis];
                if (!std::isfinite(value))
                    throw DataError({.where = "surface, vertex " + withThousands(vertex),
                                     .expected = "finite coordinates",
                                     .found = std::isnan(value) ? "nan" : "infinity"});
                bounds.low[axis] = std::min(bounds.low[axis], value);
                bounds.high[axis] = std::max(bounds.high[axis], value);
            }
    return bounds;
}

std::array<float, 2> sideBySide(const std::optional<SurfaceBounds>& left, const std::optional<SurfaceBounds>& right,
                                float gap) {
    return {left ? -left->high[0] - gap / 2 : 0, right ? -right->low[0] + gap / 2 : 0};
}

std::vector<Outline> regionOutlines(const SurfaceMesh& mesh, std::span<const std::int32_t> regionOf) {
    checkRegions(mesh, regionOf);
    std::map<std::array<std::int32_t, 2>, LineJoiner> joiners;
    const auto add = [&](const Edge& between, const OutlinePoint& from, const OutlinePoint& to) {
        const auto [low, high] = std::minmax(regionOf[between.low], regionOf[between.high]);
        joiners[{low, high}].add(from, to);
    };
    for (const auto& triangle : mesh.triangles) {
        const auto edges = edgesOf(triangle);
        std::array<Edge, 3> crossed;
        std::size_t count = 0;
        for (const Edge& edge : edges)
            if (regionOf[edge.low] != regionOf[edge.high])
                crossed[count++] = edge;
        if (count == 2)
            add(crossed[0], middleOf(crossed[0]), middleOf(crossed[1]));
        for (std::size_t i = 0; count == 3 && i < 3; ++i)
            add(crossed[i], middleOf(crossed[i]), centreOf(triangle));
    }
    std::vector<Outline> lines;
    for (auto& [regions, joiner] : joiners)
        joiner.join(regions, lines);
    return lines;
}

std::vector<Outline> rimOf(const SurfaceMesh& mesh) {
    checkTriangles(mesh);
    LineJoiner joiner;
    const auto point = [](std::uint32_t vertex) { return OutlinePoint{.vertices = {vertex, vertex, vertex}}; };
    for (const Edge& edge : rimEdges(mesh))
        joiner.add(point(edge.low), point(edge.high));
    std::vector<Outline> lines;
    joiner.join({-1, -1}, lines);
    return lines;
}

std::vector<RegionAnchor> regionAnchors(const SurfaceMesh& mesh, std::span<const std::int32_t> regionOf) {
    checkRegions(mesh, regionOf);
    std::vector<double> areas(mesh.vertices.size());
    std::vector<bool> used(mesh.vertices.size());
    for (const auto& triangle : mesh.triangles) {
        const double third = areaOf(mesh, triangle) / 3;
        for (const std::uint32_t vertex : triangle) {
            areas[vertex] += third;
            used[vertex] = true;
        }
    }
    const Neighbours neighbours(mesh);
    const std::vector<double> depth = depths(mesh, neighbours, regionOf);

    struct Candidate {
        RegionAnchor anchor;
        double area = 0;
        double largestPiece = -1;
    };
    std::map<std::int32_t, Candidate> candidates;
    std::vector<bool> visited(mesh.vertices.size());
    std::vector<std::uint32_t> piece;
    for (std::uint32_t start = 0; start < mesh.vertices.size(); ++start) {
        const std::int32_t region = regionOf[start];
        if (region < 0 || !used[start] || visited[start])
            continue;
        piece.assign(1, start);
        visited[start] = true;
        double area = 0;
        std::uint32_t deepest = start;
        // Without any border, as on a closed surface of one region, all vertices are equally deep.
        for (std::size_t i = 0; i < piece.size(); ++i) {
            const std::uint32_t vertex = piece[i];
            area += areas[vertex];
            if (depth[vertex] > depth[deepest] || (depth[vertex] == depth[deepest] && vertex < deepest))
                deepest = vertex;
            for (const std::uint32_t next : neighbours.of(vertex))
                if (regionOf[next] == region && !visited[next]) {
                    visited[next] = true;
                    piece.push_back(next);
                }
        }
        Candidate& candidate = candidates[region];
        candidate.area += area;
        if (area > candidate.largestPiece) {
            candidate.largestPiece = area;
            candidate.anchor = {.region = region, .vertex = deepest, .depth = static_cast<float>(depth[deepest])};
        }
    }
    std::vector<RegionAnchor> anchors;
    for (auto& [region, candidate] : candidates) {
        candidate.anchor.area = static_cast<float>(candidate.area);
        anchors.push_back(candidate.anchor);
    }
    return anchors;
}

} // namespace tercet
