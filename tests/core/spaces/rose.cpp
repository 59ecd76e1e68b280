#include "core/spaces/rose.h"

#include "core/base/error.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>

using namespace tercet;

TEST_CASE("Petals are triangles in equal sectors, as long as weight over maximum") {
    const Matrix<double> embedding(3, 4, {1, 0, 4, 0, 2, 0, 1, -1, 0.5, 0, 2, -2});
    const auto maxima = componentMaxima(embedding);
    CHECK(maxima == std::vector<double>{2, 0, 4, 0});
    const auto petals = rosePetals(embedding.row(0), maxima);
    REQUIRE(petals.size() == 4);
    CHECK(petals[0].length == 0.5);
    CHECK(petals[1].length == 0);
    CHECK(petals[2].length == 1);
    CHECK(petals[0].first.x == 0.5); // the first sector begins at the right
    CHECK(petals[0].first.y == 0);
    CHECK(petals[0].second.x == Approx(0).margin(1e-15));
    CHECK(petals[0].second.y == Approx(0.5)); // and turns upwards
    CHECK(petals[2].first.x == Approx(-1));
    CHECK(petals[2].second.y == Approx(-1));
    CHECK(petals[3].to == Approx(2 * std::numbers::pi));
    for (std::size_t c = 0; c < 4; ++c) {
        CHECK(petals[c].to - petals[c].from == Approx(std::numbers::pi / 2));
        CHECK(std::hypot(petals[c].first.x, petals[c].first.y) == Approx(petals[c].length).margin(1e-15));
        CHECK(std::hypot(petals[c].second.x, petals[c].second.y) == Approx(petals[c].length).margin(1e-15));
    }
}

TEST_CASE("Weights outside of the range give petals inside of it") {
    const std::vector<double> weights{-1, std::numeric_limits<double>::quiet_NaN(), 5, 1};
    const std::vector<double> maxima{2, 2, 2, 0};
    const auto petals = rosePetals(weights, maxima);
    CHECK(petals[0].length == 0);
    CHECK(petals[1].length == 0);
    CHECK(petals[2].length == 1);
    CHECK(petals[3].length == 0);
    CHECK(rosePetals({}, {}).empty());
    CHECK_THROWS_WITH(rosePetals(weights, std::span(maxima).first(3)),
                      "Rose: expected 3 weights, one per component, found 4.");
}

TEST_CASE("The longest petals are labelled") {
    const auto longest = [](const std::vector<double>& weights, std::size_t most = 3) {
        const std::vector<double> maxima(weights.size(), 1);
        return longestPetals(rosePetals(weights, maxima), most);
    };
    using Petals = std::vector<std::size_t>;
    CHECK(longest({0.2, 0.9, 0.5, 0.7}) == Petals{1, 3, 2});
    CHECK(longest({0.2, 0.9, 0.4, 0.7}) == Petals{1, 3});
    CHECK(longest({0.2, 0.9, 0.5, 0.7}, 2) == Petals{1, 3});
    CHECK(longest({0.5, 0.5, 0.5, 0.5}) == Petals{0, 1, 2});
    CHECK(longest({0, 0.01, 0}) == Petals{1});
    CHECK(longest({0, 0, 0}).empty());
    CHECK(longest({}).empty());
}
