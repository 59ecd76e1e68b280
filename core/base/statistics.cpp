#include "core/base/statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

namespace tercet {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The continued fraction of the incomplete beta function (modified Lentz).
double betaFraction(double a, double b, double x) {
    constexpr double kTiny = 1e-300;
    const auto nonzero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
    double c = 1;
    double d = 1 / nonzero(1 - (a + b) * x / (a + 1));
    double fraction = d;
    for (int m = 1; m < 10'000; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / nonzero(1 + even * d);
        c = nonzero(1 + even / c);
        fraction *= c * d;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / nonzero(1 + odd * d);
        c = nonzero(1 + odd / c);
        fraction *= c * d;
        if (std::abs(c * d - 1) < 1e-15)
            break;
    }
    return fraction;
}

/// The regularised incomplete beta function I_x(a, b).
double betaBelow(double a, double b, double x) {
    const double front =
        std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * betaFraction(a, b, x) / a : 1 - front * betaFraction(b, a, 1 - x) / b;
}

/// Probability that a Student-distributed variable is below t ≥ 0.
double studentBelow(double t, double freedom) {
    if (t == 0)
        return 0.5;
    return 1 - 0.5 * betaBelow(freedom / 2, 0.5, freedom / (freedom + t * t));
}

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
        const double scale = constant ? kNan : 1 / std::sqrt(square);
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

double quantileOf(std::span<const double> sorted, double p) {
    if (sorted.empty())
        return kNan;
    const double at = p * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const std::size_t high = std::min(low + 1, sorted.size() - 1);
    return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

Interval percentileInterval(std::vector<double> values) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    std::sort(values.begin(), values.end());
    return {quantileOf(values, 0.025), quantileOf(values, 0.975)};
}

MeanInterval meanInterval(std::span<const double> values) {
    double sum = 0;
    double n = 0;
    for (const double value : values)
        if (!std::isnan(value)) {
            sum += value;
            ++n;
        }
    MeanInterval result{n > 0 ? sum / n : kNan, {kNan, kNan}};
    if (n < 2)
        return result;
    double squares = 0;
    for (const double value : values)
        if (!std::isnan(value))
            squares += (value - result.mean) * (value - result.mean);
    const double half = studentQuantile(0.975, n - 1) * std::sqrt(squares / (n - 1) / n);
    result.interval = {result.mean - half, result.mean + half};
    return result;
}

double studentQuantile(double p, double freedom) {
    if (p < 0.5)
        return -studentQuantile(1 - p, freedom);
    double low = 0;
    double high = 1;
    while (studentBelow(high, freedom) < p)
        high *= 2;
    for (int step = 0; step < 200 && high - low > 1e-14 * high; ++step) {
        const double middle = low + (high - low) / 2;
        (studentBelow(middle, freedom) < p ? low : high) = middle;
    }
    return low + (high - low) / 2;
}

double correlationP(double r, std::size_t count) {
    if (std::isnan(r) || count < 3)
        return kNan;
    const double freedom = static_cast<double>(count) - 2;
    const double rest = 1 - r * r;
    if (rest <= 0)
        return 0;
    return std::max(0.0, 2 * (1 - studentBelow(std::abs(r) * std::sqrt(freedom / rest), freedom)));
}

Interval wilsonInterval(std::size_t hits, std::size_t trials) {
    constexpr double kZ = 1.959963984540054;
    const auto n = static_cast<double>(trials);
    const double p = static_cast<double>(hits) / n;
    const double centre = (p + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
    const double half = kZ / (1 + kZ * kZ / n) * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
    return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

} // namespace tercet
