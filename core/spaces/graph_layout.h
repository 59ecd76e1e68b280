#pragma once

#include "core/base/matrix.h"
#include "core/spaces/emotion_graph.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// A force layout of a graph on the plane that goes on from where it is: joined nodes pull each other, the more the
/// stronger their edge, all nodes repel, a community keeps together and apart from the others. Lengths are such that
/// strongly joined neighbours of a community end about 1 apart. The same calls give the same places. One thread at a
/// time.
class GraphLayout {
public:
    using Place = std::array<double, 2>;

    explicit GraphLayout(std::size_t nodes = 0, std::uint64_t seed = 1);

    /// Nodes of community −1 take no part. Those that took part before stay where they are; new ones begin beside
    /// their neighbours, or where the seed puts them. `community` has one entry per node. Wakes the layout.
    void setGraph(std::span<const GraphEdge> edges, std::span<const int> community);
    /// Puts all nodes somewhere (nodes × 2), NaN for those that take no part, and lets the layout rest.
    void setPlaces(MatrixView<const double> places);
    /// Holds a node at a place, as a hand does, and keeps the others moving.
    void hold(std::size_t node, Place place);
    void release();
    void wake(); ///< lets everything move again, a little

    /// One step; false once the layout has come to rest.
    bool step();
    /// Steps until it rests.
    void settle();
    [[nodiscard]] bool takesPart(std::size_t node) const { return m_community[node] >= 0; }
    [[nodiscard]] const std::vector<Place>& places() const noexcept { return m_places; }

private:
    void pullEdges();
    void pushNodes();
    void keepCommunities();

    std::uint64_t m_seed;
    std::vector<Place> m_places;
    std::vector<Place> m_speeds;
    std::vector<bool> m_placed;
    std::vector<int> m_community;
    std::vector<std::size_t> m_degree;
    std::vector<GraphEdge> m_edges;
    std::size_t m_held;
    double m_heat = 0;
};

/// The places at rest of a graph laid out from a seed (components × 2); NaN for isolated ones.
[[nodiscard]] Matrix<double> layoutOf(const EmotionGraph& graph, std::uint64_t seed);

} // namespace tercet
