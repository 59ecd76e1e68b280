#include "core/spaces/similarity.h"

#include "core/base/error.h"
#include "core/base/rng.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

using namespace tercet;

namespace {

Matrix<double> weights(std::size_t n, std::size_t d, double scale) {
    Rng rng(n, d);
    Matrix<double> x(n, d);
    for (double& value : x.values())
        value = scale * std::max(0.0, rng.normal());
    return x;
}

Matrix<double> similarityOf(const Matrix<double>& x, int threads = 1) {
    return predictedSimilarity(x, JobControl(), Progress(), threads);
}

/// Term by term, each from its own largest product.
double plainly(const Matrix<double>& x, std::size_t i, std::size_t j) {
    const auto product = [&](std::size_t a, std::size_t b) {
        double sum = 0;
        for (std::size_t c = 0; c < x.cols(); ++c)
            sum += x(a, c) * x(b, c);
        return sum;
    };
    double sum = 0;
    for (std::size_t k = 0; k < x.rows(); ++k)
        if (k != i && k != j)
            sum += 1 / (1 + std::exp(product(i, k) - product(i, j)) + std::exp(product(j, k) - product(i, j)));
    return sum / static_cast<double>(x.rows() - 2);
}

} // namespace

TEST_CASE("predicted similarity is the mean choice probability over all thirds") {
    // The last one has products so far apart that their exponentials cannot share one scale.
    for (const auto& [n, scale] : {std::pair<std::size_t, double>{3, 1}, {8, 1}, {37, 1}, {20, 25}}) {
        const Matrix<double> x = weights(n, 5, scale);
        const Matrix<double> similarity = similarityOf(x);
        CAPTURE(n, scale);
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(similarity(i, i) == 1);
            for (std::size_t j = 0; j < i; ++j) {
                CHECK(similarity(i, j) == Approx(plainly(x, i, j)).epsilon(1e-12).margin(1e-300));
                CHECK(similarity(i, j) == similarity(j, i));
            }
        }
    }
}

TEST_CASE("equal stimuli are chosen a third of the time") {
    const Matrix<double> similarity = similarityOf(Matrix<double>(9, 2, std::vector<double>(18, 0.7)));
    CHECK(similarity(4, 2) == Approx(1.0 / 3).epsilon(1e-14));
}

TEST_CASE("similarity has the same bits for any number of threads") {
    const Matrix<double> x = weights(61, 7, 1);
    CHECK(similarityOf(x, 1) == similarityOf(x, 3));
}

TEST_CASE("similarity says what it needs, and stops when asked to") {
    CHECK_THROWS_AS(similarityOf(weights(2, 3, 1)), DataError);
    CHECK_THROWS_AS(similarityOf(Matrix<double>(10'001, 1)), DataError);
    Matrix<double> x = weights(5, 3, 1);
    x(2, 1) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(similarityOf(x), DataError);
    JobControl control;
    control.requestStop();
    CHECK_THROWS_AS(predictedSimilarity(weights(5, 3, 1), control, Progress(), 1), Cancelled);
}
