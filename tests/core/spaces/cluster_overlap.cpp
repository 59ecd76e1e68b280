#include "core/spaces/cluster_overlap.h"
#include "core/base/error.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace tercet;

namespace {

const std::vector<Term> kTerms{{"joy", TermKind::Category},       {"fear", TermKind::Category},
                               {"horror", TermKind::Category},    {"arousal", TermKind::Dimension},
                               {"aesthetic", TermKind::Category}, {"calmness", TermKind::Category}};

SystemClusters clusters(const std::vector<std::vector<double>>& profiles, std::vector<double> weights) {
    SystemClusters result{.profiles = Matrix<double>(profiles.size(), kTerms.size()), .weights = std::move(weights)};
    for (std::size_t k = 0; k < profiles.size(); ++k)
        for (std::size_t t = 0; t < kTerms.size(); ++t)
            result.profiles(k, t) = profiles[k][t];
    return result;
}

} // namespace

TEST_CASE("A cluster means what its members' labels say, by PageRank") {
    Matrix<double> r(4, 6);
    r(0, 1) = 0.9; // fear 0.9; horror falls by 0.1 or more: not in the label
    r(0, 2) = 0.5;
    r(1, 1) = 0.6; // fear 0.6, horror 0.55
    r(1, 2) = 0.55;
    r(2, 3) = -0.7; // arousal-low
    r(3, 0) = 0.8;
    const std::vector<int> community{0, 0, 1, -1};
    const std::vector<double> pagerank{0.4, 0.3, 0.2, 0.1};
    const Matrix<double> profiles = clusterProfiles(r, kTerms, community, pagerank);
    REQUIRE(profiles.rows() == 2);
    CHECK(profiles(0, 1) == Approx(0.4 * 0.9 + 0.3 * 0.6));
    CHECK(profiles(0, 2) == Approx(0.3 * 0.55));
    CHECK(profiles(1, 3) == Approx(-0.14));
    CHECK(profiles(0, 0) == 0);
    CHECK(clusterNames(profiles, kTerms) == std::vector<std::string>{"fear", "arousal-low"});
    CHECK(clusterTerms(profiles.view().row(0), kTerms) == std::vector<std::string>{"fear", "horror"});
    CHECK_THROWS_AS(clusterProfiles(r, kTerms, community, std::vector<double>{1}), ParameterError);
}

TEST_CASE("Names differ, and are there without terms") {
    const auto names = [](const std::vector<std::vector<double>>& profiles) {
        return clusterNames(clusters(profiles, std::vector<double>(profiles.size(), 1)).profiles, kTerms);
    };
    CHECK(names({{0, 1, 0.6, 0, 0, 0}, {0, 1, 0.4, 0, 0, 0}}) == std::vector<std::string>{"fear, horror", "fear"});
    CHECK(names({{0, 1, 0.4, 0, 0, 0}, {0, 1, 0, 0.3, 0, 0}}) ==
          std::vector<std::string>{"fear, horror", "fear, arousal-high"});
    CHECK(names({{0, 1, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}}) == std::vector<std::string>{"fear", "fear 2"});
    CHECK(names({{-0.9, 0.2, 0, 0, 0, 0}}) == std::vector<std::string>{"fear"});
    CHECK(names({{1, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0}}) == std::vector<std::string>{"joy", "cluster 2"});
}

TEST_CASE("Clusters that mean the same are merged, one of each system") {
    // Fear in all three systems, beauty in two, a joy and an arousal that stand alone.
    const std::vector<SystemClusters> systems{
        clusters({{0, 1, 0.9, 0.1, 0, 0}, {0, 0, 0, 0, 1, 0.7}}, {0.5, 0.3}),
        clusters({{0, 0, 0, 0, 0.9, 0.8}, {0, 0.8, 1, 0, 0, 0}, {0, 1, 0.2, 0, 0, 0}}, {0.4, 0.3, 0.2}),
        clusters({{0.7, 0, 0, 0, 0, 0}, {0, 1, 0.8, 0, 0, 0}, {0, 0, 0, -1, 0, 0}}, {0.2, 0.5, 0.1})};
    const ClusterOverlap overlap = clusterOverlap(systems, 0.5);
    REQUIRE(overlap.parts.size() == 8);
    REQUIRE(overlap.membership.rows() == 5);
    const auto mergedOf = [&](std::size_t part) { return overlap.parts[part].merged; };
    CHECK(mergedOf(0) == 0);
    CHECK(mergedOf(3) == 0); // (0.8, 1) is more alike to (1, 0.9) and (1, 0.8) than (1, 0.2) is
    CHECK(mergedOf(6) == 0);
    CHECK(mergedOf(1) == 1);
    CHECK(mergedOf(2) == 1);
    CHECK(mergedOf(4) != 0);
    CHECK(overlap.similarity(0, 6) == Approx((1 + 0.72) / std::sqrt((1 + 0.81 + 0.01) * (1 + 0.64))).margin(1e-12));
    CHECK(overlap.profiles(0, 1) == Approx(2.8));
    CHECK(overlap.membership(0, 0) + overlap.membership(0, 1) + overlap.membership(0, 2) == 3);
    CHECK(overlap.membership(1, 2) == 0);
    CHECK(vennCounts(overlap.membership, 3) == std::vector<std::int64_t>{0, 0, 1, 1, 2, 0, 0, 1});
    CHECK(overlapRule(0.5).find("at least 0.5)") != std::string::npos);
    // Only what is equal is merged at 1; everything of different systems that can be is merged at −1.
    CHECK(clusterOverlap(systems, 1).membership.rows() == 8);
    CHECK(clusterOverlap(systems, -1).membership.rows() == 3);
    CHECK_THROWS_AS(clusterOverlap(systems, 1.5), ParameterError);
}

TEST_CASE("A cluster without terms is like no other") {
    const std::vector<SystemClusters> systems{clusters({{0, 0, 0, 0, 0, 0}}, {1}), clusters({{0, 0, 0, 0, 0, 0}}, {1})};
    const ClusterOverlap overlap = clusterOverlap(systems, -1);
    CHECK(overlap.membership.rows() == 2);
    CHECK(std::isnan(overlap.similarity(0, 1)));
    CHECK(clusterOverlap({}, 0.5).parts.empty());
}
