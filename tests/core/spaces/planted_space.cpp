#include "core/spaces/planted_space.h"

#include "core/base/error.h"
#include "core/base/statistics.h"
#include "core/io/terms.h"
#include "core/spaces/centroids.h"
#include "core/spaces/component_labels.h"
#include "core/spaces/component_matching.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <set>

using namespace tercet;

namespace {

Matrix<double> categoriesOf(const PlantedSpace& space) {
    Matrix<double> part(space.ratings.rows(), kCategoryCount);
    for (std::size_t i = 0; i < part.rows(); ++i)
        for (std::size_t c = 0; c < kCategoryCount; ++c)
            part(i, c) = space.ratings(i, c);
    return part;
}

double meanMatch(const PlantedSystem& system, const PlantedSpace& space) {
    double sum = 0;
    for (const auto& match : matchComponents(space.weights, system.weights))
        sum += match.r / kPlantedComponents;
    return sum;
}

} // namespace

TEST_CASE("A planted space is complete and in range") {
    for (const std::size_t stimuli : {160U, 300U, 1500U}) {
        CAPTURE(stimuli);
        const PlantedSpace space = plantSpace(stimuli, 5);
        CHECK(std::set<std::string>(space.names.begin(), space.names.end()).size() == stimuli);
        REQUIRE(space.weights.rows() == stimuli);
        REQUIRE(space.weights.cols() == kPlantedComponents);
        REQUIRE(space.components.size() == kPlantedComponents);
        REQUIRE(space.ratings.rows() == stimuli);
        REQUIRE(space.ratings.cols() == 48);
        std::size_t zeros = 0;
        for (std::size_t i = 0; i < stimuli; ++i) {
            const auto weights = space.weights.row(i);
            CHECK(*std::min_element(weights.begin(), weights.end()) >= 0);
            CHECK(*std::max_element(weights.begin(), weights.end()) > 1);
            zeros += static_cast<std::size_t>(std::count(weights.begin(), weights.end(), 0.0));
            const auto ratings = space.ratings.row(i);
            const auto categories = ratings.first(kCategoryCount);
            const auto dimensions = ratings.subspan(kCategoryCount);
            CHECK(*std::min_element(categories.begin(), categories.end()) >= 0);
            CHECK(*std::max_element(categories.begin(), categories.end()) <= 1);
            CHECK(std::accumulate(categories.begin(), categories.end(), 0.0) > 0);
            CHECK(*std::min_element(dimensions.begin(), dimensions.end()) >= 1);
            CHECK(*std::max_element(dimensions.begin(), dimensions.end()) <= 9);
        }
        CHECK(static_cast<double>(zeros) > 0.8 * static_cast<double>(space.weights.size()));
    }
    CHECK_THROWS_WITH(plantSpace(100), "Stimuli of the demo study: expected at least 160, found 100.");
}

TEST_CASE("The same seed plants the same space") {
    const PlantedSpace one = plantSpace(200, 3);
    const PlantedSpace two = plantSpace(200, 3);
    CHECK(one.names == two.names);
    CHECK(one.weights == two.weights);
    CHECK(one.ratings == two.ratings);
    CHECK(one.systems[1].weights == two.systems[1].weights);
    CHECK_FALSE(plantSpace(200, 4).ratings == one.ratings);
}

TEST_CASE("Planted components are labelled by what they stand for") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        const PlantedSpace space = plantSpace(300, seed);
        const auto labels = labelComponents(space.weights.view(), space.ratings, knownTerms());
        for (std::size_t c = 0; c < kPlantedComponents; ++c) {
            const PlantedComponent& component = space.components[c];
            const ComponentLabel& label = labels.labels[c];
            CAPTURE(component.meaning, label.text);
            CHECK(knownTerms()[component.terms.front()].name == component.meaning);
            CHECK(label.interpretable);
            CHECK(std::count(component.terms.begin(), component.terms.end(), label.terms.front().term) == 1);
            CHECK(label.terms.front().r > 0.6);
        }
    }
}

TEST_CASE("Enough categories of a planted space have enough stimuli to be told apart") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        const PlantedSpace space = plantSpace(300, seed);
        const auto categories = categoriesOf(space);
        const auto result = nearestCentroids(space.weights, topCategories(categories), {.permutations = 20});
        CHECK(result.categories.size() >= 10);
        CHECK(result.accuracy[2] > 0.8);
        CHECK(result.chance[2].percentile95 < 0.4);
    }
}

TEST_CASE("Planted systems judge by the planted weights, with different noise") {
    const PlantedSpace space = plantSpace(300, 9);
    REQUIRE(space.systems.size() == 4);
    const PlantedSystem& mllm = space.systems[0];
    const PlantedSystem& llm = space.systems[1];
    const PlantedSystem& categories = space.systems[2];
    CHECK(mllm.name == "mllm");
    CHECK(llm.name == "llm");
    CHECK(mllm.noise > 0);
    CHECK(llm.noise > mllm.noise);
    CHECK(meanMatch(mllm, space) > 0.97);
    CHECK(meanMatch(llm, space) > 0.8);
    CHECK(meanMatch(llm, space) < meanMatch(mllm, space));
    for (std::size_t c = 0; c < kPlantedComponents; ++c) {
        const auto r = correlateColumns(space.weights, mllm.weights);
        CHECK(r(c, c) > 0.95);
    }
    CHECK(categories.judge == PlantedSystem::Judge::Categories);
    CHECK(categories.weights.rows() == 300);
    CHECK(categories.weights.cols() == kPlantedComponents - 1); // one stands for a dimension
    CHECK(space.systems[3].judge == PlantedSystem::Judge::Dimensions);
    CHECK(space.systems[3].weights.empty());
    for (const PlantedSystem& system : space.systems)
        for (const double weight : system.weights.values())
            REQUIRE(weight >= 0);
}
