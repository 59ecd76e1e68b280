#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

enum class MapMetric {
    Euclidean,
    Cosine, ///< Euclidean distance of rows scaled to length 1, √(2 − 2 cos); all-zero rows stay zero
};

/// One p_ij of the graph.
struct Affinity {
    std::size_t point = 0; ///< j
    double value = 0;      ///< p_ij
};

/// The sparse joint distribution p_ij of t-SNE (van der Maaten & Hinton 2008): p_j|i is a Gaussian of the squared
/// distances to i's 3 × perplexity nearest other points whose width gives the row that perplexity;
/// p_ij = (p_j|i + p_i|j) / 2n, so that all p sum to 1. SPEC C7.
///
/// If a row has more points at one distance than the perplexity, all nearest, they share it equally. Immutable once
/// made; may be read from any thread.
class AffinityGraph {
public:
    /// `points` (n × d), n ≥ 1; they are not kept. A perplexity above (n − 1) / 3 is lowered to it, but not below 1.
    /// Throws DataError for no points and naming the row of a value that is not finite, ParameterError for a perplexity
    /// below 1. The same for any number of threads.
    AffinityGraph(MatrixView<const double> points, double perplexity, MapMetric metric, int threads,
                  const JobControl& control = {}, const Progress& progress = {});
    AffinityGraph(MatrixView<const float> points, double perplexity, MapMetric metric, int threads,
                  const JobControl& control = {}, const Progress& progress = {});

    [[nodiscard]] std::size_t size() const noexcept { return m_order.size(); }
    [[nodiscard]] double perplexity() const noexcept { return m_perplexity; } ///< the one used
    [[nodiscard]] std::size_t neighbours() const noexcept { return m_neighbours; }
    [[nodiscard]] double negativeEntropy() const noexcept { return m_negativeEntropy; } ///< Σ p log p, nats
    /// The p_ij > 0 of point i, in no particular order.
    [[nodiscard]] std::vector<Affinity> row(std::size_t point) const;

    /// The graph as computations walk it. Row r stands for point order()[r]; its edges are rowBegin()[r] …
    /// rowBegin()[r + 1], a multiple of kRowPadding; fillers have weight 0 and lead to r itself. p = weight / 2n.
    static constexpr std::size_t kRowPadding = 16;
    [[nodiscard]] std::span<const std::uint32_t> order() const noexcept { return m_order; }
    [[nodiscard]] std::span<const std::size_t> rowBegin() const noexcept { return m_rowBegin; }
    [[nodiscard]] std::span<const float> weights() const noexcept { return m_weights; }
    /// Target and weight in one word, to halve what a walk must read from memory: the low bits, as many as n needs,
    /// are the target; the rest are the first bits of the weight's float32 without its sign, rounded (for 100,000
    /// points to within 0.2 %, without bias).
    [[nodiscard]] std::span<const std::uint32_t> edges() const noexcept { return m_edges; }
    [[nodiscard]] std::uint32_t targetMask() const noexcept { return m_targetMask; }

private:
    void build(const Matrix<float>& points, double perplexity, int threads, const JobControl& control,
               const Progress& progress);
    void setEdge(std::size_t edge, std::size_t target, float weight);

    double m_perplexity = 0;
    std::size_t m_neighbours = 0;
    double m_negativeEntropy = 0;
    std::vector<std::uint32_t> m_order;
    std::vector<std::size_t> m_rowBegin;
    std::uint32_t m_targetMask = 0;
    std::vector<std::uint32_t> m_edges;
    std::vector<float> m_weights;
};

} // namespace tercet
