#pragma once

#include "core/spaces/affinity_graph.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tercet {

/// The vector code of the map. Positions, forces and the like are x, y of every row of an AffinityGraph, float32.
/// All functions may run on disjoint ranges of rows from several threads.

/// Writes Σ_j weight_ij (y_i − y_j) / (1 + |y_i − y_j|²) to `forces` (whole array) for rows begin … end.
void attract(const AffinityGraph& graph, std::span<const float> positions, std::size_t begin, std::size_t end,
             std::span<float> forces);

/// Σ weight_ij log(1 + |y_i − y_j|²) over rows begin … end.
[[nodiscard]] double logDistances(const AffinityGraph& graph, std::span<const float> positions, std::size_t begin,
                                  std::size_t end);

/// Layouts for the exact repulsion: all x, then all y, each padded to a multiple of 16 with places so far away
/// that they neither push nor count.
class SplitPositions {
public:
    explicit SplitPositions(std::size_t points);
    void set(std::span<const float> positions, std::size_t begin, std::size_t end);
    [[nodiscard]] std::size_t padded() const noexcept { return m_values.size() / 2; }
    [[nodiscard]] const float* x() const noexcept { return m_values.data(); }
    [[nodiscard]] const float* y() const noexcept { return m_values.data() + padded(); }

private:
    std::vector<float> m_values;
};

/// Writes Σ_j (y_i − y_j) / (1 + |y_i − y_j|²)² to `forces` (whole array) for rows begin … end and returns their
/// Σ_ij 1 / (1 + |y_i − y_j|²), j ≠ i. Reciprocals are good to about 12 bits.
[[nodiscard]] double repelExactly(const SplitPositions& positions, std::size_t begin, std::size_t end,
                                  std::span<float> forces);

/// The sum that repelExactly() returns, with full divisions.
[[nodiscard]] double sumKernel(const SplitPositions& positions, std::size_t begin, std::size_t end);

/// One step of gradient descent with momentum and gains (Jacobs 1988; van der Maaten 2008) per coordinate.
struct Descent {
    float attraction = 0; ///< factor of attracting forces: exaggeration / 2n
    float repulsion = 0;  ///< factor of repelling forces: 1 / Z
    float learningRate = 0;
    float momentum = 0;
    float longestStep = 0; ///< of a coordinate in one iteration
    float shiftX = 0;      ///< added to every position
    float shiftY = 0;
};
/// Where points are after a step.
struct Extent {
    float lowX;
    float lowY;
    float highX;
    float highY;
    double sumX;
    double sumY;
};
/// Moves the given coordinates (x, y, x, y, …; all spans of one length).
[[nodiscard]] Extent descend(const Descent& descent, std::span<const float> attraction,
                             std::span<const float> repulsion, std::span<float> positions, std::span<float> velocities,
                             std::span<float> gains);

} // namespace tercet
