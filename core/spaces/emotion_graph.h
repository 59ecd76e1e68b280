#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tercet {

/// Which pairs of components are joined.
enum class EdgeRule : std::uint8_t {
    Positive, ///< r > threshold
    Absolute, ///< |r| > threshold
};

struct EmotionGraphOptions {
    EdgeRule rule = EdgeRule::Positive;
    double threshold = 0.2;  ///< 0 ≤ threshold < 1
    std::size_t seeds = 100; ///< runs of Louvain, ≥ 1
    std::uint64_t seed = 1;  ///< of the first; run k draws from stream k of it
    double damping = 0.85;   ///< of PageRank, 0 ≤ damping < 1
};

/// One pair of joined components, first < second.
struct GraphEdge {
    std::size_t first = 0;
    std::size_t second = 0;
    double r = 0;
    friend bool operator==(const GraphEdge&, const GraphEdge&) = default;
};

/// The graph of a system's components (SPEC G1).
struct EmotionGraph {
    Matrix<double> correlation = {};        ///< components × components: Pearson r; NaN where one is constant
    std::vector<GraphEdge> edges = {};      ///< ascending by first, then second
    std::vector<std::size_t> isolated = {}; ///< components without an edge, ascending
    /// Per component: of the partition with the highest modularity over all seeds, of equal ones the first; numbered
    /// from 0 by falling size, of equal sizes the one with the lowest component first; −1 for isolated ones.
    std::vector<int> community = {};
    std::vector<double> pagerank = {};       ///< per component, isolated ones included; sums to 1
    double modularity = 0;                   ///< of `community`; 0 without edges
    std::vector<double> seedModularity = {}; ///< of each seed's partition
    Matrix<double> coassignment = {};        ///< share of seeds that put two components together; 1 on the diagonal
    std::vector<int> consensus = {};         ///< per component, numbered as `community`; −1 for isolated ones

    [[nodiscard]] std::size_t size() const noexcept { return community.size(); }
    [[nodiscard]] int communities() const noexcept; ///< their number
    /// The components of a community, ascending.
    [[nodiscard]] std::vector<std::size_t> members(int number) const;
};

/// The graph over a correlation matrix (c × c, symmetric; its diagonal does not matter). A pair whose r is NaN is not
/// joined, so that a constant component is isolated.
///
/// An edge weighs |r|: under EdgeRule::Absolute a negative correlation ties two components as strongly as a positive
/// one of the same size, in communities and PageRank alike; its sign is kept in `edges` and left to the reader.
/// Communities: Louvain (Blondel et al. 2008) in random order, its levels repeated from single components until
/// nothing moves. Consensus (Lancichinetti & Fortunato 2012): components are joined by the share of seeds that put
/// them together, where it is above one half, and Louvain is run on that graph, over and over until all seeds agree,
/// ten times at most. PageRank: of an undirected weighted graph; isolated components jump anywhere.
/// Takes a few milliseconds for 30 components and 100 seeds. Throws ParameterError if the matrix is not square or an
/// option is outside of its domain; Cancelled.
[[nodiscard]] EmotionGraph emotionGraph(Matrix<double> correlation, const EmotionGraphOptions& options = {},
                                        const JobControl& control = {});
/// The same over the Pearson r of the columns of an embedding (stimuli × components).
[[nodiscard]] EmotionGraph emotionGraph(MatrixView<const double> embedding, const EmotionGraphOptions& options = {},
                                        const JobControl& control = {});

/// The partition's modularity on the graph with these edges: Σ over communities of in / 2m − (total / 2m)²; edges weigh
/// |r|. 0 without edges. `community` has one entry per component.
[[nodiscard]] double modularityOf(std::span<const GraphEdge> edges, std::span<const int> community);

} // namespace tercet
