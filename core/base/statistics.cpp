#include "core/base/statistics.h"

#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

namespace tercet {
namespace {

/// Columns of `values` as rows, centred and scaled to unit length; a constant or NaN column becomes all NaN.
Matrix<double> unitColumns(MatrixView<const double> values) {
    const std::size_t n = values.rows();
    Matrix<double> unit(values.cols(), n);
    for (std::size_t c = 0; c < values.cols(); ++c) {
        const auto row = unit.row(c);
        double mean = 0;
        bool constant = true;
        for (std::size_t i = 0; i < n; ++i) {
            mean += values(i, c);
            constant = constant && values(i, c) == values(0, c);
        }
        mean /= static_cast<double>(n);
        double square = 0;
        for (std::size_t i = 0; i < n; ++i) {
            row[i] = values(i, c) - mean;
            square += row[i] * row[i];
        }
        const double scale = constant ? std::numeric_limits<double>::quiet_NaN() : 1 / std::sqrt(square);
        for (double& value : row)
            value *= scale;
    }
    return unit;
}

double dot(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

} // namespace

double pearson(std::span<const double> a, std::span<const double> b) {
    assert(a.size() == b.size());
    const MatrixView<const double> x(a.data(), a.size(), 1);
    const MatrixView<const double> y(b.data(), b.size(), 1);
    return correlateColumns(x, y)(0, 0);
}

Matrix<double> correlateColumns(MatrixView<const double> a, MatrixView<const double> b) {
    assert(a.rows() == b.rows());
    const Matrix<double> x = unitColumns(a);
    const Matrix<double> y = unitColumns(b);
    Matrix<double> r(a.cols(), b.cols());
    for (std::size_t i = 0; i < a.cols(); ++i)
        for (std::size_t j = 0; j < b.cols(); ++j)
            r(i, j) = dot(x.row(i), y.row(j));
    return r;
}

Interval wilsonInterval(std::size_t hits, std::size_t trials) {
    constexpr double kZ = 1.959963984540054;
    const auto n = static_cast<double>(trials);
    const double p = static_cast<double>(hits) / n;
    const double centre = (p + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
    const double half = kZ / (1 + kZ * kZ / n) * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
    return {centre - half, centre + half};
}

} // namespace tercet
