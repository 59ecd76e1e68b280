#include "core/spaces/component_matching.h"

#include "core/base/error.h"
#include "core/base/statistics.h"

#include <cmath>
#include <fmt/format.h>

namespace tercet {
namespace {

/// For each row of costs (rows ≤ columns) a column of its own, with the smallest sum: shortest augmenting paths with
/// potentials, O(rows² columns).
std::vector<std::size_t> cheapestColumns(const Matrix<double>& costs) {
    constexpr double kFar = std::numeric_limits<double>::infinity();
    const std::size_t n = costs.rows();
    const std::size_t m = costs.cols();
    // Numbers 1 … n and 1 … m; 0 is the row to be placed and its virtual column.
    std::vector<double> rowPotential(n + 1, 0);
    std::vector<double> columnPotential(m + 1, 0);
    std::vector<std::size_t> rowOf(m + 1, 0);
    for (std::size_t row = 1; row <= n; ++row) {
        std::vector<double> distance(m + 1, kFar);
        std::vector<std::size_t> cameFrom(m + 1, 0);
        std::vector<bool> done(m + 1, false);
        rowOf[0] = row;
        std::size_t column = 0;
        do {
            done[column] = true;
            const std::size_t at = rowOf[column];
            double least = kFar;
            std::size_t nearest = 0;
            for (std::size_t j = 1; j <= m; ++j) {
                if (done[j])
                    continue;
                const double reduced = costs(at - 1, j - 1) - rowPotential[at] - columnPotential[j];
                if (reduced < distance[j]) {
                    distance[j] = reduced;
                    cameFrom[j] = column;
                }
                if (distance[j] < least) {
                    least = distance[j];
                    nearest = j;
                }
            }
            for (std::size_t j = 0; j <= m; ++j) {
                if (done[j]) {
                    rowPotential[rowOf[j]] += least;
                    columnPotential[j] -= least;
                } else {
                    distance[j] -= least;
                }
            }
            column = nearest;
        } while (rowOf[column] != 0);
        for (; column != 0; column = cameFrom[column])
            rowOf[column] = rowOf[cameFrom[column]];
    }
    std::vector<std::size_t> columnOf(n);
    for (std::size_t j = 1; j <= m; ++j)
        if (rowOf[j] != 0)
            columnOf[rowOf[j] - 1] = j - 1;
    return columnOf;
}

} // namespace

std::vector<ComponentMatch> matchComponents(MatrixView<const double> first, MatrixView<const double> second) {
    if (first.rows() != second.rows())
        throw ParameterError({.where = "Embeddings to match",
                              .expected = fmt::format("{} stimuli in both", first.rows()),
                              .found = fmt::format("{} in the second", second.rows())});
    const Matrix<double> r = correlateColumns(first, second);
    const bool transposed = r.rows() > r.cols();
    Matrix<double> costs(std::min(r.rows(), r.cols()), std::max(r.rows(), r.cols()));
    for (std::size_t i = 0; i < r.rows(); ++i)
        for (std::size_t j = 0; j < r.cols(); ++j)
            (transposed ? costs(j, i) : costs(i, j)) = std::isnan(r(i, j)) ? 1 : -r(i, j);
    std::vector<ComponentMatch> matches(r.rows());
    for (std::size_t i = 0; i < matches.size(); ++i)
        matches[i].first = i;
    const std::vector<std::size_t> columnOf = cheapestColumns(costs);
    for (std::size_t row = 0; row < columnOf.size(); ++row) {
        const std::size_t i = transposed ? columnOf[row] : row;
        const std::size_t j = transposed ? row : columnOf[row];
        matches[i].second = j;
        matches[i].r = r(i, j);
    }
    return matches;
}

} // namespace tercet
