#include "core/spaces/component_flow.h"
#include "core/base/error.h"
#include "core/base/rng.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace tercet;
using enum ComponentFate;

namespace {

constexpr std::size_t kStimuli = 400;

/// Sources that embeddings are mixed from, sparse and not negative.
Matrix<double> sources(std::size_t count, std::uint64_t seed) {
    Rng rng(seed);
    Matrix<double> values(kStimuli, count);
    for (double& value : values.values())
        value = rng.uniform() < 0.3 ? rng.uniform() : 0;
    return values;
}

using Recipe = std::vector<std::pair<std::size_t, double>>; ///< source, amount

Matrix<double> mixed(const Matrix<double>& from, const std::vector<Recipe>& recipes, std::uint64_t seed) {
    Rng rng(seed);
    Matrix<double> result(from.rows(), recipes.size());
    for (std::size_t i = 0; i < from.rows(); ++i)
        for (std::size_t c = 0; c < recipes.size(); ++c) {
            for (const auto& [source, amount] : recipes[c])
                result(i, c) += amount * from(i, source);
            result(i, c) += 0.02 * rng.uniform();
        }
    return result;
}

ComponentFlow flowOf(const std::vector<Matrix<double>>& embeddings, double threshold = 0.8) {
    const std::vector<MatrixView<const double>> views(embeddings.begin(), embeddings.end());
    return componentFlow(views, threshold);
}

} // namespace

TEST_CASE("Shared, partly shared, blended and unique components are told apart") {
    const Matrix<double> from = sources(12, 3);
    // Source 0 and 1 are in all; 2 in the first two; 3 is the first's own; the first's fourth is an even mixture of
    // three components that the third keeps apart.
    const std::vector<Matrix<double>> systems{
        mixed(from, {{{0, 1}}, {{1, 1}}, {{2, 1}}, {{3, 1}}, {{4, 1}, {5, 1}, {6, 1}}}, 1),
        mixed(from, {{{2, 1}}, {{0, 1}}, {{7, 1}}, {{1, 1}}}, 2),
        mixed(from, {{{4, 1}}, {{1, 1}}, {{5, 1}}, {{0, 1}}, {{6, 1}}, {{8, 1}}}, 3)};
    const ComponentFlow flow = flowOf(systems);
    CHECK(flow.fates[0] == std::vector<ComponentFate>{Shared, Shared, Partly, Unique, Blended});
    CHECK(flow.fates[1] == std::vector<ComponentFate>{Partly, Shared, Unique, Shared});
    CHECK(flow.fates[2] == std::vector<ComponentFate>{Unique, Shared, Unique, Shared, Unique, Unique});
    std::vector<std::size_t> ingredients;
    double sum = 0;
    for (const ComponentBlend& blend : flow.blends) {
        CHECK(blend.system == 0);
        CHECK(blend.component == 4);
        CHECK(blend.otherSystem == 2);
        CHECK(blend.r > 0.95);
        CHECK(blend.weight == Approx(1.0 / 3).margin(0.05));
        ingredients.push_back(blend.otherComponent);
        sum += blend.weight;
    }
    CHECK(ingredients == std::vector<std::size_t>{0, 2, 4});
    CHECK(sum == Approx(1).margin(0.01));
    // Every matched pair that was planted is there with its r.
    const auto match = [&](std::size_t a, std::size_t i, std::size_t b, std::size_t j) {
        const auto found = std::find_if(flow.matches.begin(), flow.matches.end(), [&](const ComponentLink& link) {
            return link.system == a && link.component == i && link.otherSystem == b && link.otherComponent == j;
        });
        return found == flow.matches.end() ? 0.0 : found->r;
    };
    CHECK(match(0, 0, 1, 1) > 0.99);
    CHECK(match(0, 1, 2, 1) > 0.99);
    CHECK(match(1, 3, 2, 1) > 0.99);
    CHECK(match(0, 2, 1, 0) > 0.99);
    CHECK(flow.best[0][0] > 0.99);
    CHECK(flow.best[0][3] < 0.4);
}

TEST_CASE("A component whose partner is taken by another is blended with it") {
    const Matrix<double> from = sources(4, 5);
    // The second system has one component for what the first keeps in two.
    const ComponentFlow flow = flowOf(
        {mixed(from, {{{0, 1}, {1, 0.1}}, {{0, 1}, {2, 0.35}}, {{3, 1}}}, 1), mixed(from, {{{0, 1}}, {{3, 1}}}, 2)});
    CHECK(flow.fates[0] == std::vector<ComponentFate>{Shared, Blended, Shared});
    REQUIRE(flow.blends.size() == 1);
    CHECK(flow.blends[0].component == 1);
    CHECK(flow.blends[0].otherComponent == 0);
    CHECK(flow.blends[0].weight == 1);
    CHECK(flow.fates[1] == std::vector<ComponentFate>{Shared, Shared});
}

TEST_CASE("With two systems nothing is partly shared, and negative mixtures do not count") {
    const Matrix<double> from = sources(6, 6);
    Matrix<double> first = mixed(from, {{{0, 1}}, {{1, 1}}}, 1);
    for (std::size_t i = 0; i < kStimuli; ++i)
        first(i, 1) = from(i, 1) - from(i, 2) + 1;
    const ComponentFlow flow = flowOf({first, mixed(from, {{{0, 1}}, {{1, 1}}, {{2, 1}}}, 2)});
    CHECK(flow.fates[0] == std::vector<ComponentFate>{Shared, Unique});
}

TEST_CASE("Constant components are unique and too few systems are refused") {
    const Matrix<double> from = sources(3, 7);
    Matrix<double> constant = mixed(from, {{{0, 1}}, {{1, 1}}}, 1);
    for (std::size_t i = 0; i < kStimuli; ++i)
        constant(i, 1) = 0.25;
    const std::vector<Matrix<double>> systems{constant, mixed(from, {{{1, 1}}, {{0, 1}}}, 2)};
    const ComponentFlow flow = flowOf(systems);
    CHECK(flow.fates[0] == std::vector<ComponentFate>{Shared, Unique});
    CHECK(std::isnan(flow.best[0][1]));
    CHECK(flow.matches.size() == 1);
    CHECK_THROWS_AS(flowOf({constant}), ParameterError);
    CHECK_THROWS_AS(flowOf(systems, 1.5), ParameterError);
}
