#include "core/spaces/component_matching.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/statistics.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <set>

using namespace tercet;

namespace {

Matrix<double> noise(std::size_t n, std::size_t d, std::uint64_t seed) {
    Matrix<double> values(n, d);
    Rng rng(seed);
    for (double& value : values.values())
        value = rng.normal();
    return values;
}

double total(const std::vector<ComponentMatch>& matches) {
    double sum = 0;
    for (const auto& match : matches)
        if (match.second != ComponentMatch::kNone)
            sum += match.r;
    return sum;
}

} // namespace

TEST_CASE("The matching has the largest sum of all") {
    for (const auto& [p, q] : {std::pair{5U, 5U}, {3U, 6U}, {6U, 3U}, {1U, 4U}, {4U, 1U}})
        for (std::uint64_t seed = 0; seed < 12; ++seed) {
            CAPTURE(p, q, seed);
            const auto a = noise(12, p, seed);
            const auto b = noise(12, q, seed + 100);
            const auto matches = matchComponents(a, b);
            REQUIRE(matches.size() == p);
            std::set<std::size_t> used;
            for (std::size_t i = 0; i < p; ++i) {
                CHECK(matches[i].first == i);
                if (matches[i].second != ComponentMatch::kNone)
                    CHECK(used.insert(matches[i].second).second);
                else
                    CHECK(std::isnan(matches[i].r));
            }
            CHECK(used.size() == std::min(p, q));
            const auto r = correlateColumns(a, b);
            std::vector<std::size_t> order(std::max(p, q));
            std::iota(order.begin(), order.end(), std::size_t{0});
            double best = -10;
            do {
                double sum = 0;
                for (std::size_t i = 0; i < p; ++i)
                    if (order[i] < q)
                        sum += r(i, order[i]);
                best = std::max(best, sum);
            } while (std::next_permutation(order.begin(), order.end()));
            CHECK(total(matches) == Approx(best).epsilon(1e-12));
        }
}

TEST_CASE("A shuffled embedding is matched to itself") {
    const auto a = noise(50, 30, 1);
    std::vector<std::size_t> order(30);
    std::iota(order.begin(), order.end(), std::size_t{0});
    Rng rng(2);
    shuffle(order, rng);
    Matrix<double> b(50, 30);
    for (std::size_t i = 0; i < 50; ++i)
        for (std::size_t c = 0; c < 30; ++c)
            b(i, order[c]) = 3 * a(i, c) + 1;
    for (const auto& match : matchComponents(a, b)) {
        CHECK(match.second == order[match.first]);
        CHECK(match.r == Approx(1));
    }
}

TEST_CASE("A constant component is matched last, with undefined r") {
    auto a = noise(20, 3, 5);
    auto b = a;
    for (std::size_t i = 0; i < 20; ++i)
        b(i, 1) = 4;
    const auto matches = matchComponents(a, b);
    CHECK(matches[0].second == 0);
    CHECK(matches[1].second == 1);
    CHECK(std::isnan(matches[1].r));
    CHECK(matches[2].second == 2);
    CHECK(matchComponents(Matrix<double>(20, 0), a).empty());
    CHECK(matchComponents(a, Matrix<double>(20, 0)).size() == 3);
    CHECK_THROWS_AS(matchComponents(a, noise(19, 3, 1)), ParameterError);
}
