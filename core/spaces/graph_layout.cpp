#include "core/spaces/graph_layout.h"

#include "core/base/rng.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace tercet {
namespace {

constexpr double kHot = 1;      ///< a first layout
constexpr double kWarm = 0.35;  ///< after a change
constexpr double kCold = 0.004; ///< at rest
constexpr double kCooling = 0.975;
constexpr double kFriction = 0.6; ///< share of its speed that a node keeps
constexpr double kNear = 1;       ///< length of an edge within a community
constexpr double kFar = 1.8;      ///< and between two
constexpr double kFarPull = 0.12; ///< of an edge between two, against one within
constexpr double kRepulsion = 0.16;
constexpr double kClearance = 0.82; ///< least distance of two nodes
constexpr double kCohesion = 0.06;
constexpr double kGap = 0.5; ///< between the discs around two communities
constexpr double kGravity = 0.03;
constexpr int kMostSteps = 2000;

} // namespace

GraphLayout::GraphLayout(std::size_t nodes, std::uint64_t seed)
    : m_seed(seed), m_places(nodes, Place{0, 0}), m_speeds(nodes, Place{0, 0}), m_placed(nodes, false),
      m_community(nodes, -1), m_degree(nodes, 0), m_held(nodes) {}

void GraphLayout::setGraph(std::span<const GraphEdge> edges, std::span<const int> community) {
    const bool first = std::none_of(m_placed.begin(), m_placed.end(), [](bool placed) { return placed; });
    m_edges.assign(edges.begin(), edges.end());
    m_community.assign(community.begin(), community.end());
    std::fill(m_degree.begin(), m_degree.end(), std::size_t{0});
    for (const GraphEdge& edge : m_edges) {
        ++m_degree[edge.first];
        ++m_degree[edge.second];
    }
    const int count = m_community.empty() ? 0 : *std::max_element(m_community.begin(), m_community.end()) + 1;
    const std::vector<bool> before = m_placed;
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        if (m_community[i] < 0) {
            m_placed[i] = false;
            continue;
        }
        if (before[i])
            continue;
        // A stream per node, so that a node begins at one place whichever others there are.
        Rng rng(m_seed, i);
        const double angle = 2 * std::numbers::pi * rng.uniform();
        const double distance = 0.3 + 0.4 * rng.uniform();
        Place center{0, 0};
        std::size_t known = 0;
        for (const GraphEdge& edge : m_edges) {
            if (edge.first != i && edge.second != i)
                continue;
            const std::size_t other = edge.first == i ? edge.second : edge.first;
            if (!before[other])
                continue;
            center[0] += m_places[other][0];
            center[1] += m_places[other][1];
            ++known;
        }
        if (known > 0) {
            center[0] /= static_cast<double>(known);
            center[1] /= static_cast<double>(known);
        } else {
            // Communities begin on a circle, so that they need not cross each other.
            const double turn = 2 * std::numbers::pi * m_community[i] / std::max(1, count);
            center = {1.6 * count * std::cos(turn) / std::numbers::pi, 1.6 * count * std::sin(turn) / std::numbers::pi};
        }
        m_places[i] = {center[0] + distance * std::cos(angle), center[1] + distance * std::sin(angle)};
        m_speeds[i] = {0, 0};
        m_placed[i] = true;
    }
    m_heat = first ? kHot : std::max(m_heat, kWarm);
}

void GraphLayout::setPlaces(MatrixView<const double> places) {
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        m_placed[i] = std::isfinite(places(i, 0)) && std::isfinite(places(i, 1));
        if (m_placed[i])
            m_places[i] = {places(i, 0), places(i, 1)};
        m_speeds[i] = {0, 0};
    }
    m_heat = 0;
}

void GraphLayout::hold(std::size_t node, Place place) {
    m_held = node;
    m_places[node] = place;
    m_speeds[node] = {0, 0};
    m_heat = std::max(m_heat, kWarm);
}

void GraphLayout::release() { m_held = m_places.size(); }
void GraphLayout::wake() { m_heat = std::max(m_heat, kWarm); }

void GraphLayout::pullEdges() {
    for (const GraphEdge& edge : m_edges) {
        const double x = m_places[edge.second][0] - m_places[edge.first][0];
        const double y = m_places[edge.second][1] - m_places[edge.first][1];
        const double distance = std::max(1e-6, std::hypot(x, y));
        const bool within = m_community[edge.first] == m_community[edge.second];
        const auto least = static_cast<double>(std::min(m_degree[edge.first], m_degree[edge.second]));
        const double pull = m_heat * (within ? 1 : kFarPull) * std::min(1.0, 0.3 + std::abs(edge.r)) /
                            std::max(1.0, least) * (distance - (within ? kNear : kFar)) / distance;
        const auto a = static_cast<double>(m_degree[edge.first]);
        const auto b = static_cast<double>(m_degree[edge.second]);
        const double share = a / (a + b); // the better tied node moves less
        m_speeds[edge.first][0] += x * pull * (1 - share);
        m_speeds[edge.first][1] += y * pull * (1 - share);
        m_speeds[edge.second][0] -= x * pull * share;
        m_speeds[edge.second][1] -= y * pull * share;
    }
}

void GraphLayout::pushNodes() {
    for (std::size_t i = 0; i < m_places.size(); ++i)
        for (std::size_t j = i + 1; j < m_places.size(); ++j) {
            if (m_community[i] < 0 || m_community[j] < 0)
                continue;
            const double x = m_places[j][0] - m_places[i][0];
            const double y = m_places[j][1] - m_places[i][1];
            const double distance = std::max(1e-3, std::hypot(x, y));
            double push = m_heat * kRepulsion / (distance * distance);
            if (distance < kClearance)
                push += 0.3 * (kClearance - distance) / distance;
            for (const std::size_t axis : {std::size_t{0}, std::size_t{1}}) {
                const double step = push * (axis == 0 ? x : y);
                m_speeds[i][axis] -= step;
                m_speeds[j][axis] += step;
            }
        }
}

void GraphLayout::keepCommunities() {
    struct Disc {
        Place center{0, 0};
        double radius = 0;
        double count = 0;
    };
    std::vector<Disc> discs;
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        if (m_community[i] < 0)
            continue;
        discs.resize(std::max(discs.size(), static_cast<std::size_t>(m_community[i]) + 1));
        Disc& disc = discs[static_cast<std::size_t>(m_community[i])];
        disc.center[0] += m_places[i][0];
        disc.center[1] += m_places[i][1];
        ++disc.count;
    }
    for (Disc& disc : discs)
        for (double& value : disc.center)
            value /= std::max(1.0, disc.count);
    for (std::size_t i = 0; i < m_places.size(); ++i)
        if (m_community[i] >= 0) {
            Disc& disc = discs[static_cast<std::size_t>(m_community[i])];
            disc.radius =
                std::max(disc.radius, std::hypot(m_places[i][0] - disc.center[0], m_places[i][1] - disc.center[1]));
        }
    std::vector<Place> shift(discs.size(), Place{0, 0});
    for (std::size_t a = 0; a < discs.size(); ++a)
        for (std::size_t b = a + 1; b < discs.size(); ++b) {
            const double x = discs[b].center[0] - discs[a].center[0];
            const double y = discs[b].center[1] - discs[a].center[1];
            const double distance = std::max(1e-3, std::hypot(x, y));
            const double overlap = discs[a].radius + discs[b].radius + kGap - distance;
            if (overlap <= 0)
                continue;
            const double push = 0.08 * overlap / distance;
            shift[a][0] -= push * x;
            shift[a][1] -= push * y;
            shift[b][0] += push * x;
            shift[b][1] += push * y;
        }
    for (std::size_t i = 0; i < m_places.size(); ++i)
        if (m_community[i] >= 0) {
            const auto c = static_cast<std::size_t>(m_community[i]);
            for (const std::size_t axis : {std::size_t{0}, std::size_t{1}})
                m_speeds[i][axis] += shift[c][axis] + m_heat * kCohesion * (discs[c].center[axis] - m_places[i][axis]) -
                                     m_heat * kGravity * m_places[i][axis];
        }
}

bool GraphLayout::step() {
    if (m_heat < kCold)
        return false;
    pullEdges();
    pushNodes();
    keepCommunities();
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        if (m_community[i] < 0 || i == m_held) {
            m_speeds[i] = {0, 0};
            continue;
        }
        for (const std::size_t axis : {std::size_t{0}, std::size_t{1}}) {
            m_speeds[i][axis] *= kFriction;
            m_places[i][axis] += std::clamp(m_speeds[i][axis], -0.5, 0.5);
        }
    }
    if (m_held >= m_places.size())
        m_heat *= kCooling;
    return true;
}

void GraphLayout::settle() {
    release();
    for (int i = 0; i < kMostSteps && step(); ++i) {
    }
}

Matrix<double> layoutOf(const EmotionGraph& graph, std::uint64_t seed) {
    GraphLayout layout(graph.size(), seed);
    layout.setGraph(graph.edges, graph.community);
    layout.settle();
    Matrix<double> places(graph.size(), 2, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < graph.size(); ++i)
        if (layout.takesPart(i)) {
            places(i, 0) = layout.places()[i][0];
            places(i, 1) = layout.places()[i][1];
        }
    return places;
}

} // namespace tercet
