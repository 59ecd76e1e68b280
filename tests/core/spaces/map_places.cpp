#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/spaces/map.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace tercet;

namespace {

/// Points in a few groups, far from each other.
Matrix<double> grouped(std::size_t count) {
    Matrix<double> points(count, 5);
    Rng rng(3);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < 5; ++k)
            points(i, k) = (i % 5 == k ? 10 : 0) + rng.normal();
    return points;
}

} // namespace

TEST_CASE("a map goes on from given places instead of from its own") {
    const Matrix<double> points = grouped(200);
    Map first(points, {.perplexity = 15}, 1);
    first.step(300);
    const Matrix<float> rested = first.positions();

    Map second(points, {.perplexity = 15, .init = MapInit::Random, .seed = 9}, 1);
    second.setPositions(rested);
    const auto moved = [&] {
        double sum = 0;
        double extent = 0;
        const Matrix<float> now = second.positions();
        for (std::size_t i = 0; i < now.rows(); ++i) {
            sum += std::hypot(now(i, 0) - rested(i, 0), now(i, 1) - rested(i, 1));
            extent = std::max<double>(extent, std::abs(rested(i, 0)));
        }
        return sum / static_cast<double>(now.rows()) / extent;
    };
    CHECK(moved() < 1e-5);
    second.step(10);
    CHECK(moved() < 0.1); // it was nearly at rest
    CHECK(second.divergence() < first.divergence() * 1.05);
}

TEST_CASE("places that do not fit a map change nothing") {
    const Matrix<double> points = grouped(100);
    Map map(points, {.perplexity = 10}, 1);
    map.step(5);
    const Matrix<float> before = map.positions();
    CHECK_THROWS_AS(map.setPositions(Matrix<float>(99, 2)), DataError);
    CHECK_THROWS_AS(map.setPositions(Matrix<float>(100, 3)), DataError);
    Matrix<float> bad(100, 2);
    bad(41, 1) = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH(map.setPositions(bad), Catch::Contains("point 42"));
    CHECK(map.positions() == before);
}
