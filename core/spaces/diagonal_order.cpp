#include "core/spaces/diagonal_order.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

double orLowest(double value) { return std::isnan(value) ? -std::numeric_limits<double>::infinity() : value; }

} // namespace

std::vector<std::size_t> diagonalColumns(MatrixView<const double> values, std::span<const int> groups) {
    std::vector<std::size_t> claim(values.cols(), values.rows()); // the row that claimed a column
    for (std::size_t row = 0; row < values.rows(); ++row) {
        std::size_t best = values.cols();
        for (std::size_t column = 0; column < values.cols(); ++column)
            if (claim[column] == values.rows() && !std::isnan(values(row, column)) &&
                (best == values.cols() || values(row, column) > values(row, best)))
                best = column;
        if (best < values.cols())
            claim[best] = row;
    }
    std::vector<std::size_t> order(values.cols());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return groups[a] != groups[b] ? groups[a] < groups[b] : claim[a] < claim[b];
    });
    return order;
}

std::vector<std::size_t> diagonalRows(MatrixView<const double> values, std::span<const std::size_t> columns) {
    struct Peak {
        std::size_t place = std::numeric_limits<std::size_t>::max(); ///< among `columns`
        double value = -std::numeric_limits<double>::infinity();
    };
    std::vector<Peak> peaks(values.rows());
    for (std::size_t row = 0; row < values.rows(); ++row)
        for (std::size_t place = 0; place < columns.size(); ++place)
            if (const double value = orLowest(values(row, columns[place])); value > peaks[row].value)
                peaks[row] = {place, value};
    std::vector<std::size_t> order(values.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return peaks[a].place != peaks[b].place ? peaks[a].place < peaks[b].place : peaks[a].value > peaks[b].value;
    });
    return order;
}

} // namespace tercet
