#include "core/spaces/centroids.h"

#include "core/base/error.h"
#include "core/base/rng.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

using namespace tercet;

namespace {

struct Problem {
    Matrix<double> embedding;
    std::vector<std::uint32_t> category;
};

Problem clusters(std::size_t n, std::size_t d, std::size_t categories, double spread, std::uint64_t seed) {
    Rng rng(seed);
    Matrix<double> centres(categories, d);
    for (double& value : centres.values())
        value = rng.normal();
    Problem problem{Matrix<double>(n, d), std::vector<std::uint32_t>(n)};
    for (std::size_t i = 0; i < n; ++i) {
        // Sizes differ: low categories come up more often.
        const auto category = std::min(rng.below(static_cast<std::uint32_t>(categories)),
                                       rng.below(static_cast<std::uint32_t>(categories)));
        problem.category[i] = category;
        for (std::size_t c = 0; c < d; ++c)
            problem.embedding(i, c) = centres(category, c) + spread * rng.normal();
    }
    return problem;
}

std::size_t sizeOf(const Problem& problem, std::uint32_t category) {
    return static_cast<std::size_t>(std::count(problem.category.begin(), problem.category.end(), category));
}

long double squaredDistance(const Problem& problem, std::size_t row, std::uint32_t category) {
    std::vector<long double> centroid(problem.embedding.cols(), 0);
    std::size_t count = 0;
    for (std::size_t i = 0; i < problem.category.size(); ++i) {
        if (i == row || problem.category[i] != category)
            continue;
        ++count;
        for (std::size_t c = 0; c < centroid.size(); ++c)
            centroid[c] += problem.embedding(i, c);
    }
    long double sum = 0;
    for (std::size_t c = 0; c < centroid.size(); ++c)
        sum += std::pow(centroid[c] / static_cast<long double>(count) - problem.embedding(row, c), 2);
    return sum;
}

} // namespace

TEST_CASE("Ranks are those of brute force") {
    for (const std::size_t categories : {2U, 7U, 8U, 9U, 20U}) {
        CAPTURE(categories);
        const Problem problem = clusters(220, 5, categories, 1.2, categories);
        const auto result = nearestCentroids(problem.embedding, problem.category, {.permutations = 0});
        std::vector<std::uint32_t> kept;
        for (std::uint32_t c = 0; c < categories; ++c)
            if (sizeOf(problem, c) >= 10)
                kept.push_back(c);
        REQUIRE(result.categories == kept);
        CHECK(result.topCategory == problem.category);
        std::size_t at = 0;
        std::vector<std::size_t> below(kept.size(), 0);
        for (std::size_t i = 0; i < 220; ++i) {
            if (std::find(kept.begin(), kept.end(), problem.category[i]) == kept.end())
                continue;
            REQUIRE(result.rows.at(at) == i);
            const long double own = squaredDistance(problem, i, problem.category[i]);
            const auto rank = std::count_if(kept.begin(), kept.end(), [&](std::uint32_t c) {
                return c != problem.category[i] && squaredDistance(problem, i, c) < own;
            });
            REQUIRE(result.rank[at] == rank);
            for (auto k = static_cast<std::size_t>(rank); k < kept.size(); ++k)
                ++below[k];
            ++at;
        }
        CHECK(at == result.rows.size());
        for (std::size_t k = 0; k < kept.size(); ++k)
            CHECK(result.accuracy[k] == Approx(static_cast<double>(below[k]) / static_cast<double>(at)).epsilon(1e-12));
        CHECK(result.accuracy.back() == 1);
        CHECK(result.chance.empty());
    }
}

TEST_CASE("Separate clusters are told apart, permuted ones are not") {
    const Problem problem = clusters(600, 6, 5, 0.05, 3);
    const auto result =
        nearestCentroids(problem.embedding, problem.category, {.permutations = 300, .seed = 4, .threads = 1});
    CHECK(result.accuracy[0] == 1);
    REQUIRE(result.chance.size() == 5);
    CHECK(result.chance[0].mean < 0.4);
    CHECK(result.chance[0].deviation > 0);
    CHECK(result.chance[0].percentile95 > result.chance[0].mean);
    CHECK(result.chance[4].mean == 1);
    for (std::size_t k = 1; k < 5; ++k)
        CHECK(result.chance[k].mean > result.chance[k - 1].mean);

    const auto again =
        nearestCentroids(problem.embedding, problem.category, {.permutations = 300, .seed = 4, .threads = 3});
    CHECK(again.permuted == result.permuted);
    CHECK_FALSE(nearestCentroids(problem.embedding, problem.category, {.permutations = 300, .seed = 5}).permuted ==
                result.permuted);
}

TEST_CASE("Chance is the distribution over permutations") {
    const Problem problem = clusters(90, 3, 3, 0.5, 8);
    const auto result = nearestCentroids(problem.embedding, problem.category, {.permutations = 41, .seed = 2});
    for (std::size_t k = 0; k < result.chance.size(); ++k) {
        std::vector<double> values;
        for (std::size_t p = 0; p < 41; ++p)
            values.push_back(result.permuted(p, k));
        const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 41;
        double squares = 0;
        for (const double value : values)
            squares += (value - mean) * (value - mean);
        std::sort(values.begin(), values.end());
        CHECK(result.chance[k].mean == Approx(mean));
        CHECK(result.chance[k].deviation == Approx(std::sqrt(squares / 40)).margin(1e-12));
        CHECK(result.chance[k].percentile95 == Approx(values[38])); // 0.95 × 40
    }
}

TEST_CASE("Embeddings without structure are at chance") {
    Problem problem = clusters(400, 4, 8, 1.0, 21);
    Rng rng(5);
    for (double& value : problem.embedding.values())
        value = rng.normal();
    const auto result = nearestCentroids(problem.embedding, problem.category, {.permutations = 200});
    for (std::size_t k = 0; k < 3; ++k)
        CHECK(std::abs(result.accuracy[k] - result.chance[k].mean) < 4 * result.chance[k].deviation);
}

TEST_CASE("The top category is the first of the highest") {
    const Matrix<double> ratings(3, 3, {0.1, 0.4, 0.4, 0, 0, 0, 0.3, 0.2, 0.5});
    CHECK(topCategories(ratings) == std::vector<std::uint32_t>{1, 0, 2});
    Matrix<double> broken = ratings;
    broken(1, 2) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH(topCategories(broken), "Rating of stimulus row 1, column 3: expected a number, found nan.");
    CHECK_THROWS_AS(topCategories(Matrix<double>(3, 0)), ParameterError);
}

TEST_CASE("Centroids say what they need") {
    const Problem problem = clusters(60, 3, 2, 1, 1);
    CHECK_THROWS_WITH(nearestCentroids(problem.embedding, std::vector<std::uint32_t>(60, 4), {}),
                      "Nearest centroid: expected at least two categories that are the top category of 10 stimuli, "
                      "found 1; lower the minimum per category or add stimuli.");
    CHECK_THROWS_AS(nearestCentroids(problem.embedding, std::vector<std::uint32_t>(59, 4), {}), ParameterError);
    CHECK_THROWS_AS(nearestCentroids(problem.embedding, problem.category, {.minimumPerCategory = 1}), ParameterError);
    Matrix<double> broken = problem.embedding;
    broken(7, 1) = std::numeric_limits<double>::infinity();
    CHECK_THROWS_WITH(nearestCentroids(broken, problem.category, {}),
                      "Embedding, stimulus row 7: expected finite weights, found inf.");
    JobControl stopped;
    stopped.requestStop();
    CHECK_THROWS_AS(nearestCentroids(problem.embedding, problem.category, {}, stopped), Cancelled);
}
