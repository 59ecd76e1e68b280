#include "core/judgments/simulated_choices.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/judgments/triplet_sampling.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

using namespace tercet;

namespace {

Matrix<double> randomRatings(std::size_t n, std::size_t d, std::uint64_t seed) {
    Matrix<double> values(n, d);
    Rng rng(seed);
    for (double& value : values.values())
        value = rng.uniform() < 0.5 ? 0 : rng.uniform();
    for (std::size_t i = 0; i < n; ++i)
        values(i, i % d) += 0.01;
    return values;
}

long double cosine(MatrixView<const double> x, std::size_t i, std::size_t j) {
    long double ij = 0;
    long double ii = 0;
    long double jj = 0;
    for (std::size_t c = 0; c < x.cols(); ++c) {
        ij += static_cast<long double>(x(i, c)) * x(j, c);
        ii += static_cast<long double>(x(i, c)) * x(i, c);
        jj += static_cast<long double>(x(j, c)) * x(j, c);
    }
    return ij / std::sqrt(ii * jj);
}

/// The place (0, 1, 2) that the judgment makes odd; checks that the pair keeps its order.
std::size_t oddPlace(const Triplets& triplets, const Triplets& judgments, std::size_t t) {
    constexpr std::array<std::array<std::size_t, 3>, 3> kOrders{{{1, 2, 0}, {0, 2, 1}, {0, 1, 2}}};
    for (std::size_t odd = 0; odd < 3; ++odd) {
        bool same = true;
        for (std::size_t p = 0; p < 3; ++p)
            same = same && judgments.at(t, p) == triplets.at(t, kOrders[odd][p]);
        if (same)
            return odd;
    }
    FAIL("judgment " << t << " is no reordering of its triplet");
    return 3;
}

Matrix<double> zScored(MatrixView<const double> x) {
    Matrix<double> z(x.rows(), x.cols());
    for (std::size_t c = 0; c < x.cols(); ++c) {
        double mean = 0;
        double square = 0;
        for (std::size_t i = 0; i < x.rows(); ++i)
            mean += x(i, c) / static_cast<double>(x.rows());
        for (std::size_t i = 0; i < x.rows(); ++i)
            square += std::pow(x(i, c) - mean, 2) / static_cast<double>(x.rows());
        for (std::size_t i = 0; i < x.rows(); ++i)
            z(i, c) = (x(i, c) - mean) / std::sqrt(square);
    }
    return z;
}

void checkAgainstBruteForce(MatrixView<const double> x, const Triplets& triplets, const Triplets& judgments) {
    REQUIRE(judgments.size() == triplets.size());
    for (std::size_t t = 0; t < triplets.size(); ++t) {
        const std::size_t i = triplets.at(t, 0);
        const std::size_t j = triplets.at(t, 1);
        const std::size_t k = triplets.at(t, 2);
        const long double s[3] = {cosine(x, i, j), cosine(x, i, k), cosine(x, j, k)};
        const auto best = static_cast<std::size_t>(std::max_element(s, s + 3) - s);
        REQUIRE(oddPlace(triplets, judgments, t) == 2 - best);
        // T4: the odd one has the largest mean cosine distance to the other two.
        const long double distance[3] = {1 - (s[0] + s[1]) / 2, 1 - (s[0] + s[2]) / 2, 1 - (s[1] + s[2]) / 2};
        REQUIRE(std::max_element(distance, distance + 3) - distance == static_cast<std::ptrdiff_t>(2 - best));
    }
}

} // namespace

TEST_CASE("The most similar pair stays, raw, centred and z-scored") {
    const auto ratings = randomRatings(60, 14, 1);
    const auto triplets = sampleTriplets(60, {.seed = 2}).triplets;
    const auto raw = simulateChoices(ratings, triplets, {});
    CHECK(raw.ties == 0);
    checkAgainstBruteForce(ratings, triplets, raw.judgments);

    Matrix<double> centred = ratings;
    for (double& value : centred.values())
        value -= 0.3;
    checkAgainstBruteForce(
        centred, triplets,
        simulateChoices(ratings, triplets, {.scaling = ColumnScaling::Midpoint, .midpoint = 0.3}).judgments);

    const auto scored = simulateChoices(ratings, triplets, {.scaling = ColumnScaling::ZScore}).judgments;
    checkAgainstBruteForce(zScored(ratings), triplets, scored);
    CHECK_FALSE(scored == raw.judgments);
}

TEST_CASE("Simulated choices do not depend on threads or on memory") {
    auto ratings = randomRatings(150, 9, 3);
    for (std::size_t i = 0; i < 60; ++i)
        for (std::size_t c = 0; c < 9; ++c)
            ratings(i, c) = ratings(i % 4, c); // many ties
    const auto triplets = sampleTriplets(150, {.seed = 4}).triplets;
    const auto one = simulateChoices(ratings, triplets, {.seed = 5, .threads = 1});
    CHECK(one.ties > 100);
    const auto two = simulateChoices(ratings, triplets, {.seed = 5, .threads = 4});
    CHECK(two.judgments == one.judgments);
    CHECK(two.ties == one.ties);
    const auto small = simulateChoices(ratings, triplets, {.seed = 5, .tableBytes = 150 * 150 * 8 - 1});
    CHECK(small.judgments == one.judgments);
    CHECK(small.ties == one.ties);
    CHECK_FALSE(simulateChoices(ratings, triplets, {.seed = 6}).judgments == one.judgments);

    const auto drawn = drawChoices(ratings, triplets, {.seed = 5, .threads = 1});
    CHECK(drawChoices(ratings, triplets, {.seed = 5, .threads = 3}) == drawn);
    CHECK(drawChoices(ratings, triplets, {.seed = 5, .tableBytes = 0}) == drawn);
    CHECK_FALSE(drawChoices(ratings, triplets, {.seed = 6}) == drawn);
}

TEST_CASE("Ties are counted and broken evenly, or in the fixed order") {
    // 0, 1, 2 are multiples of one another; 3 and 4 mirror each other around them.
    const Matrix<double> ratings(5, 2, {1, 1, 3, 3, 0.1, 0.1, 1, 0, 0, 1});
    const auto repeat = [](std::uint16_t a, std::uint16_t b, std::uint16_t c) {
        Triplets::Narrow values;
        for (int i = 0; i < 30'000; ++i)
            values.insert(values.end(), {a, b, c});
        return Triplets(std::move(values));
    };
    const auto odds = [&](const Triplets& triplets, TieRule rule, std::size_t expectedTies) {
        const auto choices = simulateChoices(ratings, triplets, {.ties = rule, .seed = 9});
        CHECK(choices.ties == expectedTies);
        std::array<std::size_t, 3> counts{};
        for (std::size_t t = 0; t < triplets.size(); ++t)
            ++counts[oddPlace(triplets, choices.judgments, t)];
        return counts;
    };
    using Counts = std::array<std::size_t, 3>;
    const auto near = [](std::size_t count, double expected) {
        return std::abs(static_cast<double>(count) - expected) < 5 * std::sqrt(expected);
    };
    for (const std::size_t count : odds(repeat(0, 1, 2), TieRule::Random, 30'000)) // all three pairs
        CHECK(near(count, 10'000));
    CHECK(odds(repeat(0, 1, 2), TieRule::First, 30'000) == Counts{0, 0, 30'000});
    const auto pairs = odds(repeat(3, 0, 4), TieRule::Random, 30'000); // (1,2) and (2,3)
    CHECK(near(pairs[0], 15'000));
    CHECK(pairs[1] == 0);
    CHECK(near(pairs[2], 15'000));
    CHECK(odds(repeat(3, 0, 4), TieRule::First, 30'000) == Counts{0, 0, 30'000});
    CHECK(odds(repeat(3, 4, 0), TieRule::First, 30'000) == Counts{0, 30'000, 0}); // (1,3) before (2,3)
    CHECK(odds(repeat(0, 1, 3), TieRule::Random, 0) == Counts{0, 0, 30'000});     // two equal cosines that lose
}

TEST_CASE("A constant column drops out of z-scored ratings") {
    auto ratings = randomRatings(40, 6, 7);
    const auto triplets = sampleTriplets(40, {.seed = 8}).triplets;
    const auto expected = simulateChoices(ratings, triplets, {.scaling = ColumnScaling::ZScore});
    Matrix<double> wider(40, 7, 0.1);
    for (std::size_t i = 0; i < 40; ++i)
        for (std::size_t c = 0; c < 6; ++c)
            wider(i, c) = ratings(i, c);
    CHECK(simulateChoices(wider, triplets, {.scaling = ColumnScaling::ZScore}).judgments == expected.judgments);
}

TEST_CASE("Cosines survive very small and very large values") {
    auto ratings = randomRatings(30, 5, 11);
    const auto triplets = sampleTriplets(30, {.seed = 12}).triplets;
    const auto expected = simulateChoices(ratings, triplets, {}).judgments;
    for (const double factor : {1e-200, 1e200}) {
        Matrix<double> scaled = ratings;
        for (double& value : scaled.values())
            value *= factor;
        CHECK(simulateChoices(scaled, triplets, {}).judgments == expected);
    }
}

TEST_CASE("Simulation names the stimulus it cannot judge") {
    Matrix<double> ratings(4, 3, 0.5);
    const Triplets triplets(Triplets::Narrow{0, 1, 2, 1, 2, 3});
    const auto nameOf = [](std::size_t row) { return "Stimulus clip_" + std::to_string(row); };
    for (std::size_t c = 0; c < 3; ++c)
        ratings(2, c) = 0;
    CHECK_THROWS_WITH(simulateChoices(ratings, triplets, {.nameOf = nameOf}),
                      "Stimulus clip_2: all values are zero, so it is similar to nothing; leave the stimulus out or "
                      "correct its values.");
    CHECK_THROWS_AS(simulateChoices(ratings, triplets, {}), DataError);
    CHECK_NOTHROW(simulateChoices(ratings, triplets, {.scaling = ColumnScaling::Midpoint, .midpoint = 5}));
    ratings(2, 1) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH(simulateChoices(ratings, triplets, {.nameOf = nameOf}),
                      Catch::StartsWith("Stimulus clip_2, column 2: expected a finite number, found nan"));
    CHECK_THROWS_AS(drawChoices(ratings, triplets, {}), DataError);
    ratings(2, 1) = 1;
    CHECK_THROWS_WITH(simulateChoices(ratings, Triplets(Triplets::Narrow{0, 1, 2, 0, 4, 1}), {}),
                      "Triplet 1: expected stimulus rows below 4, found 4.");
    CHECK_THROWS_AS(drawChoices(ratings, triplets, {.noise = 0}), ParameterError);
    JobControl stopped;
    stopped.requestStop();
    CHECK_THROWS_AS(simulateChoices(ratings, triplets, {}, stopped), Cancelled);
    CHECK(simulateChoices(ratings, {}, {}).judgments.size() == 0);
}

TEST_CASE("Drawn choices follow the model's probabilities at every temperature") {
    const Matrix<double> embedding(3, 2, {1.0, 0.2, 0.8, 0.5, 0.1, 1.1});
    const double s[3] = {1.0 * 0.8 + 0.2 * 0.5, 1.0 * 0.1 + 0.2 * 1.1, 0.8 * 0.1 + 0.5 * 1.1};
    Triplets::Narrow values;
    constexpr std::size_t kTrials = 60'000;
    for (std::size_t i = 0; i < kTrials; ++i)
        values.insert(values.end(), {0, 1, 2});
    const Triplets triplets(std::move(values));
    for (const double noise : {0.3, 1.0, 4.0}) {
        const auto judgments = drawChoices(embedding, triplets, {.noise = noise, .seed = 21});
        std::array<double, 3> share{};
        for (std::size_t t = 0; t < kTrials; ++t)
            share[2 - oddPlace(triplets, judgments, t)] += 1.0 / kTrials;
        double total = 0;
        for (const double value : s)
            total += std::exp(value / noise);
        for (std::size_t pair = 0; pair < 3; ++pair) {
            const double p = std::exp(s[pair] / noise) / total;
            CHECK(std::abs(share[pair] - p) < 5 * std::sqrt(p * (1 - p) / kTrials));
        }
    }
    const auto certain = drawChoices(embedding, triplets, {.noise = 1e-6});
    for (std::size_t t = 0; t < kTrials; ++t)
        REQUIRE(oddPlace(triplets, certain, t) == 2);
}
