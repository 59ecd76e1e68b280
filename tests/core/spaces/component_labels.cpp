#include "core/spaces/component_labels.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/statistics.h"
#include "six_terms.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace tercet;
using test::kTerms;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

ComponentLabel label(const std::vector<double>& r, const LabelOptions& options = {}) {
    return labelFrom(r, kTerms, options);
}

} // namespace

TEST_CASE("A label has up to three terms, cut at the first large drop") {
    CHECK(label({0.5, 0.45, 0.42, 0.4, 0.1, 0}).text == "awe, fear, joy");
    CHECK(label({0.5, 0.45, 0.2, 0.3, 0.1, 0}).text == "awe, fear");
    CHECK(label({0.2, 0.9, 0.25, 0, 0, 0}).text == "fear");
    CHECK(label({0.5, 0.25, 0, 0, 0, 0}).text == "awe");
    // A drop of exactly 0.1 in binary ends the label: 0.5 − 0.25 against drop 0.25.
    CHECK(label({0.5, 0.25, 0, 0, 0, 0}, {.drop = 0.25}).text == "awe");
    CHECK(label({0.5, 0.25, 0, 0, 0, 0}, {.drop = 0.26}).text == "awe, fear, joy");
    CHECK(label({0.5, 0.45, 0.42, 0.4, 0.35, 0.3}, {.most = 5}).text == "awe, fear, joy, arousal-high, valence-high");
}

TEST_CASE("The sign shows on dimensions only and order is by size of r") {
    CHECK(label({-0.5, 0.1, 0, 0.55, -0.6, 0}).text == "valence-low, arousal-high, awe");
    CHECK(label({0, 0, 0, 0, 0.1, -0.7}).text == "blue");
    const auto terms = label({0.3, 0.3, -0.3, 0.3, 0, 0}).terms;
    CHECK(terms == std::vector<LabelTerm>{{0, 0.3}, {1, 0.3}, {2, -0.3}}); // equal: in the order of the terms
}

TEST_CASE("Interpretable means above the threshold, signed if asked") {
    CHECK(label({0.11, 0, 0, 0, 0, 0}).interpretable);
    CHECK_FALSE(label({0.1, -0.1, 0, 0, 0, 0}).interpretable);
    CHECK(label({0, 0, 0, 0, -0.2, 0}).interpretable);
    CHECK_FALSE(label({0, 0, 0, 0, -0.2, 0}, {.positiveOnly = true}).interpretable);
    CHECK(label({0, 0, 0, 0, -0.3, 0.2}, {.positiveOnly = true}).interpretable);
    CHECK_FALSE(label({0.3, 0, 0, 0, 0, 0}, {.interpretable = 0.5}).interpretable);
}

TEST_CASE("Undefined correlations take no part") {
    CHECK(label({kNaN, 0.4, kNaN, 0.35, kNaN, kNaN}).text == "fear, arousal-high");
    const auto none = label({kNaN, kNaN, kNaN, kNaN, kNaN, kNaN});
    CHECK(none.text.empty());
    CHECK(none.terms.empty());
    CHECK_FALSE(none.interpretable);
}

TEST_CASE("Components are labelled by their correlations, in either precision") {
    const std::size_t n = 80;
    Rng rng(1);
    Matrix<double> ratings(n, 6);
    Matrix<float> embedding(n, 4);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t c = 0; c < 6; ++c)
            ratings(i, c) = rng.normal();
        embedding(i, 0) = static_cast<float>(ratings(i, 2) + 0.1 * rng.normal());
        embedding(i, 1) = 0.25F;
        embedding(i, 2) = static_cast<float>(-ratings(i, 4) + 0.1 * rng.normal());
        embedding(i, 3) = static_cast<float>(ratings(i, 0) + ratings(i, 3) + 0.1 * rng.normal());
    }
    const auto result = labelComponents(embedding.view(), ratings, kTerms);
    REQUIRE(result.labels.size() == 4);
    CHECK(result.labels[0].text == "joy");
    CHECK(result.labels[1] == ComponentLabel{});
    CHECK(result.labels[2].text == "valence-low");
    CHECK(result.labels[3].terms.size() == 2);
    CHECK(std::isnan(result.correlation(1, 3)));

    const Matrix<double> wide(n, 4, {embedding.values().begin(), embedding.values().end()});
    const auto same = labelComponents(wide.view(), ratings, kTerms);
    CHECK(same.labels == result.labels);
    CHECK(same.correlation(0, 2) == correlateColumns(wide, ratings)(0, 2));
}

TEST_CASE("Labels need matching shapes") {
    const Matrix<double> embedding(5, 2, 1);
    const Matrix<double> ratings(4, 6, 1);
    CHECK_THROWS_WITH(labelComponents(embedding.view(), ratings, kTerms),
                      "Labels of components: expected ratings of 5 stimuli, as in the embedding, found 4.");
    CHECK_THROWS_AS(labelComponents(ratings.view(), embedding.view(), kTerms), ParameterError);
    CHECK_THROWS_AS(labelFrom(std::vector<double>(5), kTerms), ParameterError);
    CHECK_THROWS_AS(label({0, 0, 0, 0, 0, 0}, {.most = 0}), ParameterError);
}
