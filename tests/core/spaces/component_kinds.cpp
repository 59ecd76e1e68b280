#include "core/spaces/component_kinds.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "six_terms.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <set>
#include <utility>

using namespace tercet;
using test::kTerms;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

ComponentKind kind(const std::vector<double>& r, const KindOptions& options = {}) {
    return componentKinds(Matrix<double>(1, kTerms.size(), r), kTerms, options).at(0);
}

/// C1, C3 and C4 word by word: terms are taken one after another as the strongest of those left.
ComponentKind bruteForce(const std::vector<double>& r, double threshold, bool signedR, bool all) {
    double highest = -2;
    for (const double value : r)
        highest = std::max(highest, signedR ? value : std::abs(value));
    if (!(highest > threshold) && !all)
        return ComponentKind::Uninterpretable;
    std::set<std::size_t> taken;
    std::set<TermKind> kinds;
    double before = kNaN;
    while (taken.size() < 3) {
        std::size_t best = r.size();
        for (std::size_t i = 0; i < r.size(); ++i)
            if (!taken.contains(i) && (best == r.size() || std::abs(r[i]) > std::abs(r[best])))
                best = i;
        if (before - std::abs(r[best]) >= 0.1)
            break;
        before = std::abs(r[best]);
        taken.insert(best);
        kinds.insert(kTerms[best].kind);
    }
    kinds.erase(TermKind::Other);
    if (kinds.size() == 2)
        return ComponentKind::Mixed;
    if (kinds.empty())
        return ComponentKind::Other;
    return *kinds.begin() == TermKind::Category ? ComponentKind::Categorical : ComponentKind::Dimensional;
}

} // namespace

TEST_CASE("The kind of a component follows the terms of its label") {
    CHECK(kind({0.5, 0.45, 0, 0.1, 0, 0}) == ComponentKind::Categorical);
    CHECK(kind({0.5, 0.45, 0, 0.42, 0, 0}) == ComponentKind::Mixed);
    CHECK(kind({0, 0, 0.1, -0.5, 0.45, 0}) == ComponentKind::Dimensional);
    CHECK(kind({0, 0, 0, 0, 0, 0.8}) == ComponentKind::Other);
    CHECK(kind({0.75, 0, 0, 0, 0, 0.8}) == ComponentKind::Categorical);
    // The label is cut before the dimension.
    CHECK(kind({0.5, 0, 0, 0.3, 0, 0}) == ComponentKind::Categorical);
    CHECK(kind({0.5, 0, 0, 0.3, 0, 0}, {.label = {.drop = 0.25}}) == ComponentKind::Mixed);
}

TEST_CASE("Components without a correlation above the threshold have no kind, unless asked for") {
    const std::vector<double> weak{0.09, 0, 0, 0, 0, -0.1};
    CHECK(kind(weak) == ComponentKind::Uninterpretable);
    CHECK(kind(weak, {.includeUninterpretable = true}) == ComponentKind::Categorical);
    CHECK(kind(weak, {.label = {.interpretable = 0.09}}) == ComponentKind::Categorical);
    const std::vector<double> negative{0.02, 0, 0, -0.6, 0, 0};
    CHECK(kind(negative) == ComponentKind::Dimensional);
    CHECK(kind(negative, {.label = {.positiveOnly = true}}) == ComponentKind::Uninterpretable);
    const std::vector<double> undefined(6, kNaN);
    CHECK(kind(undefined) == ComponentKind::Uninterpretable);
    CHECK(kind(undefined, {.includeUninterpretable = true}) == ComponentKind::Other);
}

TEST_CASE("Kinds, counts and shares are those of counting by hand") {
    Rng rng(3);
    constexpr std::size_t kComponents = 400;
    Matrix<double> correlation(kComponents, kTerms.size());
    for (std::size_t c = 0; c < kComponents; ++c)
        for (std::size_t t = 0; t < kTerms.size(); ++t)
            correlation(c, t) = 0.18 * rng.normal();
    for (const double threshold : {0.0, 0.1, 0.3})
        for (const bool signedR : {false, true})
            for (const bool all : {false, true}) {
                const auto kinds = componentKinds(
                    correlation, kTerms,
                    {.label = {.interpretable = threshold, .positiveOnly = signedR}, .includeUninterpretable = all});
                KindCounts counts;
                std::size_t above = 0;
                for (std::size_t c = 0; c < kComponents; ++c) {
                    const auto r = std::as_const(correlation).row(c);
                    const ComponentKind expected = bruteForce({r.begin(), r.end()}, threshold, signedR, all);
                    REQUIRE(kinds[c] == expected);
                    counts.categorical += expected == ComponentKind::Categorical;
                    counts.mixed += expected == ComponentKind::Mixed;
                    counts.dimensional += expected == ComponentKind::Dimensional;
                    counts.other += expected == ComponentKind::Other;
                    counts.uninterpretable += expected == ComponentKind::Uninterpretable;
                    above += std::any_of(r.begin(), r.end(),
                                         [&](double value) { return (signedR ? value : std::abs(value)) > threshold; });
                }
                CHECK(countKinds(kinds) == counts);
                const auto shares =
                    sharesAbove(strongestCorrelations(correlation, signedR), std::vector<double>{threshold});
                CHECK(shares == std::vector<double>{static_cast<double>(above) / kComponents});
                if (!all)
                    CHECK(counts.uninterpretable == kComponents - above);
            }
}

TEST_CASE("A correlation equal to the threshold does not exceed it") {
    const Matrix<double> correlation(2, 2, {0.5, -0.25, kNaN, kNaN});
    const auto strongest = strongestCorrelations(correlation);
    CHECK(strongest[0] == 0.5);
    CHECK(std::isnan(strongest[1]));
    CHECK(sharesAbove(strongest, std::vector<double>{0.25, 0.5, 0.75}) == std::vector<double>{0.5, 0, 0});
    CHECK(strongestCorrelations(Matrix<double>(1, 2, {-0.5, -0.25}), true).at(0) == -0.25);
    CHECK(std::isnan(sharesAbove({}, std::vector<double>{0.1}).at(0)));
}

TEST_CASE("Kinds need a term for every correlation") {
    CHECK_THROWS_AS(componentKinds(Matrix<double>(1, 5, 0.1), kTerms), ParameterError);
    CHECK_THROWS_WITH(kindOf({.terms = {{6, 0.5}}, .text = "x", .interpretable = true}, kTerms),
                      "Kind of a component: expected a term below 6, found 6.");
}
