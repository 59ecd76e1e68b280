#include "core/base/linear_algebra.h"
#include "core/base/rng.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace tercet;

namespace {

/// Rows on a plane in `d` dimensions, wide along one direction and narrow along the other, plus small noise.
Matrix<double> plane(std::size_t n, std::size_t d, double noise) {
    Rng rng(4);
    std::vector<double> first(d);
    std::vector<double> second(d);
    for (std::size_t k = 0; k < d; ++k) {
        first[k] = rng.normal();
        second[k] = rng.normal();
    }
    Matrix<double> values(n, d);
    for (std::size_t i = 0; i < n; ++i) {
        const double a = 10 * rng.normal();
        const double b = 3 * rng.normal();
        for (std::size_t k = 0; k < d; ++k)
            values(i, k) = 100 + a * first[k] + b * second[k] + noise * rng.normal();
    }
    return values;
}

double columnDot(const Matrix<double>& values, std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < values.rows(); ++i)
        sum += values(i, a) * values(i, b);
    return sum;
}

/// Share of the centred sum of squares that two scores explain.
double explained(const Matrix<double>& values, const PrincipalComponents& components) {
    double total = 0;
    for (std::size_t k = 0; k < values.cols(); ++k) {
        double mean = 0;
        for (std::size_t i = 0; i < values.rows(); ++i)
            mean += values(i, k) / static_cast<double>(values.rows());
        for (std::size_t i = 0; i < values.rows(); ++i)
            total += (values(i, k) - mean) * (values(i, k) - mean);
    }
    return (columnDot(components.scores, 0, 0) + columnDot(components.scores, 1, 1)) / total;
}

} // namespace

TEST_CASE("principal components of points on a cross") {
    // (±2, 0), (0, ±1) around (5, 7): variances 8/3 and 2/3.
    const Matrix<double> values(4, 2, {7, 7, 3, 7, 5, 8, 5, 6});
    const PrincipalComponents result = principalComponents(values, 2);
    CHECK(result.variances[0] == Approx(8.0 / 3));
    CHECK(result.variances[1] == Approx(2.0 / 3));
    CHECK(result.scores(0, 0) == Approx(2));
    CHECK(result.scores(1, 0) == Approx(-2));
    CHECK(result.scores(2, 1) == Approx(1));
    CHECK(std::abs(result.scores(2, 0)) < 1e-12);
}

TEST_CASE("principal components are uncorrelated, whichever way they are found") {
    // Covariance (n ≥ d), Gram matrix (n < d), randomised range finder (both large).
    for (const auto& [n, d] : {std::pair<std::size_t, std::size_t>{200, 12}, {12, 200}, {600, 520}}) {
        const Matrix<double> values = plane(n, d, 1e-3);
        const PrincipalComponents result = principalComponents(values, 2);
        CAPTURE(n, d);
        CHECK(explained(values, result) > 0.99999);
        CHECK(std::abs(columnDot(result.scores, 0, 1)) < 1e-6 * columnDot(result.scores, 1, 1));
        CHECK(result.variances[0] == Approx(columnDot(result.scores, 0, 0) / static_cast<double>(n - 1)));
        CHECK(result.variances[0] > result.variances[1]);
    }
}

TEST_CASE("principal components beyond the rank are zero") {
    const PrincipalComponents constant = principalComponents(Matrix<double>(5, 3, 2.0), 2);
    CHECK(constant.variances[0] == 0);
    const PrincipalComponents narrow = principalComponents(Matrix<double>(3, 1, {1, 2, 3}), 2);
    CHECK(narrow.variances[0] == Approx(1));
    CHECK(narrow.variances[1] == 0);
    CHECK(principalComponents(Matrix<double>(1, 4, 1.0), 2).scores(0, 1) == 0);
}
