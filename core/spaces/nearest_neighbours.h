#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tercet {

/// The exact nearest neighbours of every point among the others. Rows follow `order`, in which points near each other
/// in space are mostly near in memory, so that work that walks along rows and visits neighbours stays in cache.
struct Neighbours {
    std::vector<std::uint32_t> order; ///< (n) row r is point order[r]
    Matrix<std::uint32_t> rows;       ///< (n × k) neighbours of row r, as rows, in no particular order
    Matrix<float> squaredDistances;   ///< (n × k) Euclidean, squared
};

/// The `count` nearest other points of every point (n × d, finite), 1 ≤ count < n. Float32 sums of squared differences;
/// among neighbours whose float distances are equal at the border, any. The same for any number of threads.
///
/// Points are grouped into Voronoi cells; a cell is searched only if the half-space that separates it from the query's
/// own cell, or its radius, leaves room for a nearer point. Without structure in the data this is brute force.
[[nodiscard]] Neighbours nearestNeighbours(MatrixView<const float> points, std::size_t count, int threads,
                                           const JobControl& control = {}, const Progress& progress = {});

} // namespace tercet
