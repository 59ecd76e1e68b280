#include "core/spaces/emotion_graph.h"
#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/io/hdf5.h"
#include "core/reference_files.h"
#include "core/reference_matrix.h"
#include "core/spaces/graph_layout.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

using namespace tercet;
using test::matrixIn;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Matrix<double> correlations(std::size_t n, const std::vector<GraphEdge>& edges) {
    Matrix<double> r(n, n);
    for (std::size_t i = 0; i < n; ++i)
        r(i, i) = 1;
    for (const GraphEdge& edge : edges)
        r(edge.first, edge.second) = r(edge.second, edge.first) = edge.r;
    return r;
}

Matrix<double> noise(std::size_t n, double spread, std::uint64_t seed) {
    Matrix<double> r(n, n, 1.0);
    Rng rng(seed);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j)
            r(i, j) = r(j, i) = std::clamp(spread * rng.normal(), -0.99, 0.99);
    return r;
}

/// The highest modularity of all partitions, by trying each.
double bestOfAll(const EmotionGraph& graph) {
    std::vector<int> community(graph.size(), 0);
    double best = -1;
    while (true) {
        best = std::max(best, modularityOf(graph.edges, community));
        std::size_t i = graph.size();
        while (i-- > 1) {
            const int limit = *std::max_element(community.begin(), community.begin() + static_cast<std::ptrdiff_t>(i));
            if (community[i] <= limit) {
                ++community[i];
                std::fill(community.begin() + static_cast<std::ptrdiff_t>(i) + 1, community.end(), 0);
                break;
            }
        }
        if (i == 0 || i > graph.size())
            return best;
    }
}

} // namespace

TEST_CASE("The emotion graph is that of the reference") {
    const test::ReferenceFiles reference("spaces");
    for (const auto& path : reference.paths()) {
        CAPTURE(path);
        const auto file = Hdf5File::open(path);
        const auto embedding = matrixIn(file, "in/embedding");
        const EmotionGraph graph = emotionGraph(embedding.view());
        const auto r = matrixIn(file, "out/component_correlation");
        REQUIRE(graph.correlation.size() == r.size());
        double worst = 0;
        for (std::size_t i = 0; i < r.size(); ++i)
            worst = std::max(worst, std::abs(graph.correlation.values()[i] - r.values()[i]));
        CHECK(worst < 1e-12);
        for (const auto& [rule, name] :
             {std::pair{EdgeRule::Positive, "out/edges_positive"}, {EdgeRule::Absolute, "out/edges_absolute"}}) {
            const EmotionGraph one = emotionGraph(embedding.view(), {.rule = rule});
            const auto edges = file.read<std::int64_t>(name);
            REQUIRE(edges.shape.at(0) == one.edges.size());
            for (std::size_t e = 0; e < one.edges.size(); ++e) {
                CHECK(edges.values[2 * e] == static_cast<std::int64_t>(one.edges[e].first));
                CHECK(edges.values[2 * e + 1] == static_cast<std::int64_t>(one.edges[e].second));
                CHECK(one.edges[e].r == graph.correlation(one.edges[e].first, one.edges[e].second));
            }
        }
        const auto isolated = file.read<std::int64_t>("out/isolated_positive").values;
        CHECK(std::vector<std::int64_t>(graph.isolated.begin(), graph.isolated.end()) == isolated);
        const auto rank = file.read<double>("out/pagerank_positive").values;
        REQUIRE(rank.size() == graph.pagerank.size());
        for (std::size_t i = 0; i < rank.size(); ++i)
            CHECK(std::abs(rank[i] - graph.pagerank[i]) < 1e-9);
        const double best = file.read<double>("out/best_modularity_positive").values.at(0);
        CHECK(graph.modularity >= best - 1e-6);
        CHECK(graph.modularity == Approx(modularityOf(graph.edges, graph.community)).margin(1e-12));
    }
}

TEST_CASE("Louvain finds the best of all partitions of small graphs") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        CAPTURE(seed);
        const EmotionGraph graph = emotionGraph(noise(9, 0.4, seed), {.rule = EdgeRule::Absolute, .threshold = 0.25});
        CHECK(graph.modularity == Approx(bestOfAll(graph)).margin(1e-12));
        CHECK(*std::max_element(graph.seedModularity.begin(), graph.seedModularity.end()) ==
              Approx(graph.modularity).margin(1e-12));
    }
}

TEST_CASE("Planted communities are found, numbered by size, and every seed agrees") {
    // 5 + 4 + 3 components and two that stand alone.
    Rng rng(4);
    const std::vector<int> planted{1, 0, 2, 0, 1, -1, 0, 1, 2, 0, -1, 1, 0, 2};
    Matrix<double> r(14, 14, 1.0);
    for (std::size_t i = 0; i < 14; ++i)
        for (std::size_t j = i + 1; j < 14; ++j)
            r(i, j) = r(j, i) =
                planted[i] == planted[j] && planted[i] >= 0 ? 0.4 + 0.2 * rng.uniform() : 0.15 * rng.uniform();
    r(0, 1) = r(1, 0) = 0.22;
    const EmotionGraph graph = emotionGraph(r);
    CHECK(graph.community == planted);
    CHECK(graph.consensus == planted);
    CHECK(graph.isolated == std::vector<std::size_t>{5, 10});
    CHECK(graph.communities() == 3);
    CHECK(graph.members(2) == std::vector<std::size_t>{2, 8, 13});
    CHECK(graph.seedModularity.size() == 100);
    for (std::size_t i = 0; i < 14; ++i)
        for (std::size_t j = 0; j < 14; ++j)
            CHECK(graph.coassignment(i, j) == (i == j || (planted[i] == planted[j] && planted[i] >= 0) ? 1 : 0));
}

TEST_CASE("The same seed gives the same graph, the consensus settles where seeds disagree") {
    const Matrix<double> r = noise(30, 0.25, 8);
    const EmotionGraph one = emotionGraph(r, {.seed = 5});
    const EmotionGraph two = emotionGraph(r, {.seed = 5});
    CHECK(one.community == two.community);
    CHECK(one.seedModularity == two.seedModularity);
    CHECK(one.coassignment == two.coassignment);
    CHECK(one.consensus == two.consensus);
    // Seeds disagree here, or the distribution would be no use.
    CHECK(*std::min_element(one.seedModularity.begin(), one.seedModularity.end()) < one.modularity - 1e-3);
    const EmotionGraph more = emotionGraph(r, {.seeds = 400, .seed = 5});
    CHECK(more.modularity >= one.modularity);
    for (std::size_t i = 0; i < 30; ++i)
        for (std::size_t j = 0; j < 30; ++j)
            if (one.consensus[i] == one.consensus[j] && one.consensus[i] >= 0 && i != j)
                CHECK(one.coassignment(i, j) > 0.1);
}

TEST_CASE("A negative correlation ties as strongly as a positive one under the absolute rule") {
    const auto with = correlations(5, {{0, 1, 0.5}, {1, 2, -0.4}, {3, 4, -0.6}});
    const auto positive = correlations(5, {{0, 1, 0.5}, {1, 2, 0.4}, {3, 4, 0.6}});
    const EmotionGraph graph = emotionGraph(with, {.rule = EdgeRule::Absolute});
    const EmotionGraph twin = emotionGraph(positive, {.rule = EdgeRule::Absolute});
    CHECK(graph.community == twin.community);
    CHECK(graph.pagerank == twin.pagerank);
    CHECK(graph.edges[1].r == -0.4);
    CHECK(emotionGraph(with).edges.size() == 1);
}

TEST_CASE("Constant components and empty graphs have no communities") {
    Matrix<double> embedding(40, 4);
    Rng rng(2);
    for (std::size_t i = 0; i < 40; ++i) {
        embedding(i, 0) = rng.uniform();
        embedding(i, 1) = embedding(i, 0) + 0.1 * rng.uniform();
        embedding(i, 2) = 0.5;
        embedding(i, 3) = kNaN;
    }
    const EmotionGraph graph = emotionGraph(embedding.view());
    CHECK(graph.isolated == std::vector<std::size_t>{2, 3});
    CHECK(graph.community == std::vector<int>{0, 0, -1, -1});
    CHECK(std::isnan(graph.correlation(2, 0)));
    CHECK(std::accumulate(graph.pagerank.begin(), graph.pagerank.end(), 0.0) == Approx(1).margin(1e-12));

    const EmotionGraph bare = emotionGraph(correlations(3, {}));
    CHECK(bare.edges.empty());
    CHECK(bare.modularity == 0);
    CHECK(bare.communities() == 0);
    CHECK(bare.consensus == std::vector<int>{-1, -1, -1});
    CHECK(bare.pagerank == std::vector<double>(3, 1.0 / 3));
    CHECK(emotionGraph(Matrix<double>()).size() == 0);
}

TEST_CASE("Options outside of their domain are refused") {
    CHECK_THROWS_AS(emotionGraph(Matrix<double>(2, 3)), ParameterError);
    CHECK_THROWS_AS(emotionGraph(correlations(3, {}), {.threshold = 1}), ParameterError);
    CHECK_THROWS_AS(emotionGraph(correlations(3, {}), {.threshold = kNaN}), ParameterError);
    CHECK_THROWS_AS(emotionGraph(correlations(3, {}), {.seeds = 0}), ParameterError);
    CHECK_THROWS_AS(emotionGraph(correlations(3, {}), {.damping = 1}), ParameterError);
    JobControl control;
    control.requestStop();
    CHECK_THROWS_AS(emotionGraph(correlations(3, {}), {}, control), Cancelled);
}

TEST_CASE("A layout keeps communities together and nodes apart, and goes on from where it is") {
    Rng rng(4);
    const std::size_t n = 26;
    Matrix<double> r(n, n, 1.0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j)
            r(i, j) = r(j, i) = i % 4 == j % 4 && i < 24 ? 0.25 + 0.5 * rng.uniform() : 0.21 * rng.uniform();
    const EmotionGraph graph = emotionGraph(r);
    REQUIRE(graph.communities() == 4);
    const Matrix<double> places = layoutOf(graph, 1);
    CHECK(places == layoutOf(graph, 1));
    const auto distance = [&](std::size_t i, std::size_t j) {
        return std::hypot(places(i, 0) - places(j, 0), places(i, 1) - places(j, 1));
    };
    double nearest = 1e9;
    for (std::size_t i = 0; i < n; ++i) {
        CHECK(std::isnan(places(i, 0)) == (graph.community[i] < 0));
        if (graph.community[i] < 0)
            continue;
        double own = 0;
        double others = 1e9;
        for (std::size_t j = 0; j < n; ++j) {
            if (j == i || graph.community[j] < 0)
                continue;
            nearest = std::min(nearest, distance(i, j));
            if (graph.community[j] == graph.community[i])
                own = std::max(own, distance(i, j));
            else
                others = std::min(others, distance(i, j));
        }
        CHECK(own < 4.5);
        CHECK(others > 0.8);
    }
    CHECK(nearest > 0.6);

    // A higher threshold takes edges away; what is left stays about where it was.
    GraphLayout layout(n);
    layout.setPlaces(places);
    CHECK_FALSE(layout.step());
    const EmotionGraph fewer = emotionGraph(r, {.threshold = 0.22});
    layout.setGraph(fewer.edges, fewer.community);
    CHECK(layout.step());
    layout.settle();
    for (std::size_t i = 0; i < n; ++i)
        if (layout.takesPart(i) && graph.community[i] >= 0)
            CHECK(std::hypot(layout.places()[i][0] - places(i, 0), layout.places()[i][1] - places(i, 1)) < 1.5);
    // A held node stays in the hand.
    layout.hold(3, {9, -4});
    for (int k = 0; k < 20; ++k)
        CHECK(layout.step());
    CHECK(layout.places()[3] == GraphLayout::Place{9, -4});
    layout.settle();
    CHECK(std::hypot(layout.places()[3][0] - 9, layout.places()[3][1] + 4) > 0.5);
}
