#include "core/spaces/map.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/spaces/map_forces.h"
#include "core/spaces/nearest_neighbours.h"
#include "core/spaces/repulsion_grid.h"

#include <catch2/catch.hpp>
#include <hwy/targets.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

using namespace tercet;

namespace {

constexpr std::size_t kClusters = 10;

/// Points around cluster centres (row i belongs to cluster i % 10).
Matrix<double> clusters(std::size_t n, std::size_t d, std::uint64_t seed = 1) {
    Rng rng(seed);
    Matrix<double> centres(kClusters, d);
    for (double& value : centres.values())
        value = 2 * rng.normal();
    Matrix<double> points(n, d);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < d; ++k)
            points(i, k) = centres(i % kClusters, k) + 0.3 * rng.normal();
    return points;
}

Matrix<float> asFloats(const Matrix<double>& values) {
    return {values.rows(), values.cols(), std::vector<float>(values.values().begin(), values.values().end())};
}

Matrix<float> randomLayout(std::size_t n, double deviation) {
    Rng rng(3);
    Matrix<float> layout(n, 2);
    for (float& value : layout.values())
        value = static_cast<float>(deviation * rng.normal());
    return layout;
}

double squaredDistance(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k)
        sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

/// p_ij (n × n) by the textbook, in float64: sorted neighbours, bisection of the width.
Matrix<double> referenceAffinities(const Matrix<double>& points, double perplexity, std::size_t k) {
    const std::size_t n = points.rows();
    Matrix<double> conditional(n, n);
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<std::pair<double, std::size_t>> others;
        for (std::size_t j = 0; j < n; ++j)
            if (j != i)
                others.emplace_back(squaredDistance(points.row(i), points.row(j)), j);
        std::sort(others.begin(), others.end());
        others.resize(k);
        double low = 0;
        double high = 1e6;
        for (int step = 0; step < 200; ++step) {
            const double beta = (low + high) / 2;
            double total = 0;
            for (const auto& [distance, j] : others)
                total += std::exp(-beta * (distance - others[0].first));
            double entropy = 0;
            for (const auto& [distance, j] : others) {
                const double p = std::exp(-beta * (distance - others[0].first)) / total;
                conditional(i, j) = p;
                entropy -= p > 0 ? p * std::log(p) : 0;
            }
            (entropy > std::log(perplexity) ? low : high) = beta;
        }
    }
    Matrix<double> joint(n, n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            joint(i, j) = (conditional(i, j) + conditional(j, i)) / (2 * static_cast<double>(n));
    return joint;
}

Matrix<double> denseAffinities(const AffinityGraph& graph) {
    Matrix<double> joint(graph.size(), graph.size());
    for (std::size_t i = 0; i < graph.size(); ++i)
        for (const Affinity& affinity : graph.row(i))
            joint(i, affinity.point) += affinity.value;
    return joint;
}

/// The divergence by its definition, in float64.
double referenceDivergence(const Matrix<double>& joint, const Matrix<double>& layout) {
    const std::size_t n = joint.rows();
    double z = 0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (j != i)
                z += 1 / (1 + squaredDistance(layout.row(i), layout.row(j)));
    double divergence = 0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (joint(i, j) > 0)
                divergence +=
                    joint(i, j) * std::log(joint(i, j) * z * (1 + squaredDistance(layout.row(i), layout.row(j))));
    return divergence;
}

/// Share of points whose nearest neighbour in the layout is of the same cluster.
double nearestLabelAccuracy(const Matrix<float>& layout) {
    std::size_t right = 0;
    const Neighbours found = nearestNeighbours(layout, 1, 1);
    for (std::size_t r = 0; r < layout.rows(); ++r)
        right += found.order[r] % kClusters == found.order[found.rows(r, 0)] % kClusters;
    return static_cast<double>(right) / static_cast<double>(layout.rows());
}

/// Root mean square of all moves, as a share of the layout's standard deviation.
double relativeMove(const Matrix<float>& from, const Matrix<float>& to) {
    double moved = 0;
    double spread = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto a = static_cast<double>(from.values()[i]);
        const auto b = static_cast<double>(to.values()[i]);
        moved += (a - b) * (a - b);
        spread += a * a;
    }
    return std::sqrt(moved / spread);
}

struct Repulsion {
    std::vector<float> forces;
    double sum = 0;
};

Repulsion exactRepulsion(const std::vector<float>& positions) {
    const std::size_t n = positions.size() / 2;
    SplitPositions split(n);
    split.set(positions, 0, n);
    Repulsion result{.forces = std::vector<float>(2 * n), .sum = 0};
    result.sum = repelExactly(split, 0, n, result.forces);
    return result;
}

Repulsion gridRepulsion(const std::vector<float>& positions) {
    RepulsionGrid::Bounds bounds{positions[0], positions[1], positions[0], positions[1]};
    for (std::size_t i = 0; i < positions.size(); i += 2) {
        bounds.lowX = std::min(bounds.lowX, positions[i]);
        bounds.highX = std::max(bounds.highX, positions[i]);
        bounds.lowY = std::min(bounds.lowY, positions[i + 1]);
        bounds.highY = std::max(bounds.highY, positions[i + 1]);
    }
    RepulsionGrid grid;
    RepulsionGrid::Scratch scratch;
    grid.place(bounds);
    for (std::size_t t = 0; t < RepulsionGrid::kSpreadTasks; ++t)
        grid.spread(t, positions);
    for (std::size_t t = 0; t < grid.rowTasks(); ++t)
        grid.transformRows(t);
    for (std::size_t t = 0; t < grid.columnTasks(); ++t)
        grid.convolveColumns(t, scratch);
    for (std::size_t t = 0; t < grid.rowTasks(); ++t)
        grid.restoreRows(t);
    Repulsion result{.forces = std::vector<float>(positions.size()), .sum = 0};
    result.sum = grid.evaluate(positions, positions.size() / 2, result.forces);
    return result;
}

double relativeError(const std::vector<float>& values, const std::vector<float>& reference) {
    double error = 0;
    double size = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto v = static_cast<double>(values[i]);
        const auto r = static_cast<double>(reference[i]);
        error += (v - r) * (v - r);
        size += r * r;
    }
    return std::sqrt(error / size);
}

MapResult mapOf(const Matrix<double>& points, const MapOptions& options, int threads = 2) {
    return computeMap(points, options, JobControl(), Progress(), threads, {});
}

bool allFinite(const Matrix<float>& layout) {
    return std::all_of(layout.values().begin(), layout.values().end(), [](float v) { return std::isfinite(v); });
}

} // namespace

TEST_CASE("nearest neighbours are those of brute force") {
    struct Case {
        std::size_t n, d, k;
        bool rounded; // to a lattice: many equal distances and equal points
    };
    // Below and above the size from which space is cut into cells; rows that do not fill whole blocks.
    for (const Case& c : {Case{333, 7, 20, false}, Case{3500, 5, 33, false}, Case{3500, 20, 90, false},
                          Case{3300, 3, 10, true}, Case{5, 2, 4, false}}) {
        Matrix<double> points = clusters(c.n, c.d);
        if (c.rounded)
            for (double& value : points.values())
                value = std::round(value);
        const Matrix<float> floats = asFloats(points);
        const Neighbours found = nearestNeighbours(floats, c.k, 2);
        CAPTURE(c.n, c.d, c.k);
        REQUIRE(std::set<std::uint32_t>(found.order.begin(), found.order.end()).size() == c.n);
        double worst = 0;
        for (std::size_t r = 0; r < c.n; r += 7) {
            const auto here = points.row(found.order[r]);
            std::vector<double> all;
            for (std::size_t other = 0; other < c.n; ++other)
                if (other != found.order[r])
                    all.push_back(squaredDistance(here, points.row(other)));
            std::sort(all.begin(), all.end());
            std::vector<double> claimed;
            std::set<std::uint32_t> distinct;
            for (std::size_t e = 0; e < c.k; ++e) {
                const std::uint32_t row = found.rows(r, e);
                REQUIRE(row != r);
                distinct.insert(row);
                claimed.push_back(squaredDistance(here, points.row(found.order[row])));
                worst = std::max(worst, std::abs(static_cast<double>(found.squaredDistances(r, e)) - claimed.back()) /
                                            (claimed.back() + 1e-3));
            }
            REQUIRE(distinct.size() == c.k);
            std::sort(claimed.begin(), claimed.end());
            for (std::size_t e = 0; e < c.k; ++e)
                worst = std::max(worst, std::abs(claimed[e] - all[e]) / (all[e] + 1e-3));
        }
        CHECK(worst < 1e-4); // float32 coordinates
    }
}

TEST_CASE("affinities are those of the textbook") {
    const Matrix<double> points = clusters(150, 6);
    const AffinityGraph graph(points, 12, MapMetric::Euclidean, 2);
    CHECK(graph.perplexity() == 12);
    CHECK(graph.neighbours() == 36);
    const Matrix<double> reference = referenceAffinities(points, 12, 36);
    const Matrix<double> joint = denseAffinities(graph);
    double worst = 0;
    double sum = 0;
    double entropy = 0;
    bool symmetric = true;
    for (std::size_t i = 0; i < points.rows(); ++i)
        for (std::size_t j = 0; j < points.rows(); ++j) {
            worst = std::max(worst, std::abs(joint(i, j) - reference(i, j)));
            symmetric = symmetric && joint(i, j) == joint(j, i);
            sum += joint(i, j);
            entropy += reference(i, j) > 0 ? reference(i, j) * std::log(reference(i, j)) : 0;
        }
    CHECK(symmetric);
    CHECK(worst < 1e-5 * *std::max_element(reference.values().begin(), reference.values().end()));
    CHECK(sum == Approx(1).epsilon(1e-6));
    CHECK(graph.negativeEntropy() == Approx(entropy).epsilon(1e-6));
}

TEST_CASE("cosine affinities do not see lengths") {
    Matrix<double> points = clusters(120, 5);
    const AffinityGraph before(points, 10, MapMetric::Cosine, 1);
    for (std::size_t i = 0; i < points.rows(); ++i)
        for (double& value : points.row(i))
            value *= 1 + static_cast<double>(i % 4);
    const AffinityGraph after(points, 10, MapMetric::Cosine, 1);
    const Matrix<double> a = denseAffinities(before);
    const Matrix<double> b = denseAffinities(after);
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        worst = std::max(worst, std::abs(a.values()[i] - b.values()[i]));
    CHECK(worst < 1e-3 * *std::max_element(a.values().begin(), a.values().end()));
    for (double& value : points.row(7))
        value = 0; // has no direction
    CHECK(AffinityGraph(points, 10, MapMetric::Cosine, 1).row(7).size() >= 30);
}

TEST_CASE("divergence is its definition, and the forces are its gradient") {
    const Matrix<double> points = clusters(120, 6);
    const AffinityGraph graph(points, 10, MapMetric::Euclidean, 1);
    const Matrix<double> joint = denseAffinities(graph);
    const Matrix<float> layout = randomLayout(120, 2);
    Matrix<double> wide(120, 2, std::vector<double>(layout.values().begin(), layout.values().end()));
    CHECK(mapDivergence(graph, layout, 2) == Approx(referenceDivergence(joint, wide)).epsilon(1e-5));

    std::vector<float> ordered;
    for (const std::uint32_t point : graph.order())
        ordered.insert(ordered.end(), {layout(point, 0), layout(point, 1)});
    std::vector<float> attraction(ordered.size());
    attract(graph, ordered, 0, graph.size(), attraction);
    const Repulsion repulsion = exactRepulsion(ordered);
    std::vector<float> gradient;
    std::vector<float> differences;
    for (std::size_t i = 0; i < ordered.size(); ++i) {
        gradient.push_back(static_cast<float>(4 * (static_cast<double>(attraction[i]) / (2 * 120) -
                                                   static_cast<double>(repulsion.forces[i]) / repulsion.sum)));
        double& value = wide(graph.order()[i / 2], i % 2);
        const double here = value;
        constexpr double kStep = 1e-4;
        value = here + kStep;
        const double above = referenceDivergence(joint, wide);
        value = here - kStep;
        const double below = referenceDivergence(joint, wide);
        value = here;
        differences.push_back(static_cast<float>((above - below) / (2 * kStep)));
    }
    CHECK(relativeError(gradient, differences) < 1e-3); // reciprocals of 12 bits
}

TEST_CASE("the grid's repulsion is that of all pairs") {
    for (const std::size_t n : {200, 700, 2000, 5000})
        for (const double deviation : {1e-4, 1e-2, 0.3, 1.0, 3.0, 10.0, 50.0})
            for (const double apart : {0.0, 23.7, 61.3}) {
                if (apart > 0 && deviation < 0.3)
                    continue; // has a bound of its own
                std::vector<float> positions = randomLayout(n, deviation).values();
                for (std::size_t i = 0; i < positions.size(); ++i)
                    positions[i] += static_cast<float>(apart * static_cast<double>((i / 2 * 7 + i % 2) % 3));
                const Repulsion exact = exactRepulsion(positions);
                const Repulsion grid = gridRepulsion(positions);
                CAPTURE(n, deviation, apart);
                CHECK(relativeError(grid.forces, exact.forces) < 3e-3);
                CHECK(grid.sum == Approx(exact.sum).epsilon(2e-4));
            }
}

TEST_CASE("a clump in one cell of the grid pushes itself little against what it exerts elsewhere") {
    constexpr std::size_t kPoints = 600;
    for (int shift = 0; shift < 30; ++shift) {
        // Two clumps; the first one lies at the grid's edge, always at the same place between nodes.
        std::vector<float> positions = randomLayout(kPoints, 1e-4).values();
        for (std::size_t i = 0; i < positions.size(); ++i)
            positions[i] += i / 2 % 2 == 0 ? 0.F : 40 + 0.01F * static_cast<float>(shift * (i % 2 == 0 ? 1 : 7));
        const Repulsion exact = exactRepulsion(positions);
        const Repulsion grid = gridRepulsion(positions);
        const double strongest = kPoints / 2.0 * 3 * std::sqrt(3.0) / 16; // of r / (1 + r²)², at r² = 1/3
        double worst = 0;
        for (std::size_t i = 0; i < positions.size(); ++i)
            worst =
                std::max(worst, std::abs(static_cast<double>(grid.forces[i]) - static_cast<double>(exact.forces[i])));
        CAPTURE(shift);
        CHECK(worst < 1.5e-3 * strongest);
        CHECK(grid.sum == Approx(exact.sum).epsilon(1e-3));
    }
}

TEST_CASE("every instruction set computes the same forces") {
    const Matrix<double> points = clusters(500, 4);
    const AffinityGraph graph(points, 20, MapMetric::Euclidean, 1);
    const std::vector<float> positions = randomLayout(500, 5).values();
    std::vector<float> attraction(positions.size());
    attract(graph, positions, 0, graph.size(), attraction);
    const Repulsion exact = exactRepulsion(positions);
    const Repulsion grid = gridRepulsion(positions);
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        CAPTURE(hwy::TargetName(target));
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        const AffinityGraph other(points, 20, MapMetric::Euclidean, 1);
        CHECK(other.negativeEntropy() == Approx(graph.negativeEntropy()).epsilon(1e-6));
        std::vector<float> otherAttraction(positions.size());
        attract(graph, positions, 0, graph.size(), otherAttraction);
        CHECK(relativeError(otherAttraction, attraction) < 1e-3);
        CHECK(relativeError(exactRepulsion(positions).forces, exact.forces) < 1e-3);
        CHECK(relativeError(gridRepulsion(positions).forces, grid.forces) < 1e-3);
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

TEST_CASE("a map is the same for any number of threads") {
    const Matrix<double> points = clusters(700, 8);
    const Matrix<double> changed = clusters(700, 8, 2);
    for (const MapRepulsion repulsion : {MapRepulsion::Exact, MapRepulsion::Grid}) {
        std::vector<Matrix<float>> layouts;
        for (const int threads : {1, 2, 3}) {
            Map map(points, {.seed = 5, .repulsion = repulsion}, threads);
            map.step(60);
            map.setPoints(changed);
            map.step(7);
            map.step(33);
            layouts.push_back(map.positions());
        }
        CHECK(layouts[0] == layouts[1]);
        CHECK(layouts[0] == layouts[2]);
    }
    CHECK(mapOf(points, {.seed = 5, .iterations = 120}, 1).positions ==
          mapOf(points, {.seed = 5, .iterations = 120}, 3).positions);
    CHECK(mapOf(points, {.seed = 5, .iterations = 20}).positions !=
          mapOf(points, {.seed = 6, .iterations = 20}).positions);
}

TEST_CASE("planted clusters come apart, exactly and on the grid") {
    const Matrix<double> points = clusters(1000, 10);
    for (const MapRepulsion repulsion : {MapRepulsion::Exact, MapRepulsion::Grid}) {
        const MapOptions options{.init = MapInit::Random, .repulsion = repulsion};
        CHECK(nearestLabelAccuracy(Map(points, options, 2).positions()) < 0.2);
        const MapResult result = mapOf(points, options);
        CHECK(nearestLabelAccuracy(result.positions) > 0.99);
        CHECK(result.converged);
        CHECK(result.iterations < 500);
        CHECK(result.notes.empty());
        const AffinityGraph graph(points, 30, MapMetric::Euclidean, 2);
        CHECK(mapDivergence(graph, result.positions, 2) == Approx(result.divergence).epsilon(1e-3));
        double mean = 0;
        for (const float value : result.positions.values())
            mean += static_cast<double>(value);
        CHECK(std::abs(mean / static_cast<double>(result.positions.size())) < 0.1);
    }
}

TEST_CASE("exact and grid repulsion reach the same divergence") {
    const Matrix<double> points = clusters(1500, 10);
    const MapResult exact = mapOf(points, {.iterations = 200, .repulsion = MapRepulsion::Exact});
    const MapResult grid = mapOf(points, {.iterations = 200, .repulsion = MapRepulsion::Grid});
    CHECK(grid.divergence == Approx(exact.divergence).epsilon(0.03));
}

TEST_CASE("a map goes on living while its points change") {
    Matrix<double> points = clusters(900, 8);
    Map map(points, {}, 2);
    map.step(250);
    const Matrix<float> before = map.positions();
    const double settled = map.divergence();

    Rng rng(9);
    for (double& value : points.values())
        value += 0.01 * rng.normal();
    map.setPoints(points);
    CHECK(map.positions() == before);
    map.step(1);
    CHECK(relativeMove(before, map.positions()) < 0.005);
    map.step(29);
    CHECK(relativeMove(before, map.positions()) < 0.1);
    CHECK(map.divergence() == Approx(settled).epsilon(0.05));
    CHECK(map.iteration() == 280);

    // A cluster that joins another one in the data joins it in the map.
    for (std::size_t i = 0; i < points.rows(); i += kClusters)
        for (std::size_t k = 0; k < points.cols(); ++k)
            points(i, k) = points(i + 1, k) + 0.05 * rng.normal();
    const Matrix<float> apart = map.positions();
    map.setPoints(points);
    const double surprised = map.divergence();
    map.step(300);
    CHECK(map.divergence() < 0.8 * surprised);
    float distance = 0;
    float distanceBefore = 0;
    const Matrix<float> after = map.positions();
    for (std::size_t i = 0; i < points.rows(); i += kClusters) {
        distance += std::hypot(after(i, 0) - after(i + 1, 0), after(i, 1) - after(i + 1, 1));
        distanceBefore += std::hypot(apart(i, 0) - apart(i + 1, 0), apart(i, 1) - apart(i + 1, 1));
    }
    CHECK(distance < 0.5F * distanceBefore);
    CHECK_THROWS_AS(map.setPoints(clusters(899, 8)), DataError);
    CHECK(map.positions() == after);
}

TEST_CASE("a map can be stopped, and finished early") {
    const Matrix<double> points = clusters(800, 8);
    JobControl stopped;
    stopped.requestStop();
    CHECK_THROWS_AS(computeMap(points, {}, stopped, Progress(), 2, {}), Cancelled);

    JobControl control;
    int snapshots = 0;
    CHECK_THROWS_AS(computeMap(points, {.iterations = 100000, .tolerance = 0}, control, Progress(), 2,
                               [&](const std::shared_ptr<const MapSnapshot>& snapshot) {
                                   ++snapshots;
                                   CHECK(snapshot->positions.rows() == 800);
                                   control.requestStop();
                               }),
                    Cancelled);
    CHECK(snapshots == 1);

    JobControl finishing;
    int last = 0;
    const MapResult result = computeMap(points, {.iterations = 100000, .tolerance = 0}, finishing, Progress(), 2,
                                        [&](const std::shared_ptr<const MapSnapshot>& snapshot) {
                                            last = snapshot->iteration;
                                            if (last > 3)
                                                finishing.requestFinish();
                                        });
    CHECK(result.iterations == last);
    CHECK_FALSE(result.converged);

    Map map(points, {}, 2);
    map.step(5);
    const Matrix<float> before = map.positions();
    CHECK_THROWS_AS(map.step(5, stopped), Cancelled);
    CHECK(map.positions() == before);
    map.step(1);
    CHECK(map.iteration() == 6);
}

TEST_CASE("few, equal and repeated points have a map") {
    for (const std::size_t n : {1, 2, 3, 5, 17}) {
        for (const MapRepulsion repulsion : {MapRepulsion::Exact, MapRepulsion::Grid}) {
            CAPTURE(n);
            const MapResult result = mapOf(clusters(n, 3), {.iterations = 150, .repulsion = repulsion});
            CHECK(result.positions.rows() == n);
            CHECK(allFinite(result.positions));
            CHECK(result.perplexity == Approx(std::max(1.0, static_cast<double>(n - 1) / 3)));
            REQUIRE(result.notes.size() == 1);
            CHECK(result.notes[0].find("too large") != std::string::npos);
        }
    }
    // All equal: nothing tells them apart, yet each has its own place.
    for (const MapMetric metric : {MapMetric::Euclidean, MapMetric::Cosine}) {
        const MapResult equal = mapOf(Matrix<double>(200, 4, 1.5), {.metric = metric, .iterations = 100});
        CHECK(allFinite(equal.positions));
        CHECK(std::set<float>(equal.positions.values().begin(), equal.positions.values().end()).size() > 300);
        CHECK(allFinite(mapOf(Matrix<double>(150, 3, 0.0), {.metric = metric, .iterations = 100}).positions));
    }
    // More copies of a point than neighbours; also above the size at which space is cut into cells.
    for (const std::size_t n : {400, 3300}) {
        Matrix<double> points = clusters(n, 4);
        for (std::size_t i = 0; i < n; i += 2)
            std::ranges::copy(points.row(0), points.row(i).begin());
        CHECK(allFinite(mapOf(points, {.perplexity = 10, .iterations = 60}).positions));
    }
    CHECK(allFinite(mapOf(Matrix<double>(40, 0), {.iterations = 20}).positions));
}

TEST_CASE("a map refuses what it cannot lay out, and says where") {
    Matrix<double> points = clusters(50, 3);
    points(16, 1) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH(Map(points, {}, 1), Catch::Contains("row 17") && Catch::Contains("finite"));
    CHECK_THROWS_AS(Map(points, {}, 1), DataError);
    points(16, 1) = std::numeric_limits<double>::infinity();
    CHECK_THROWS_AS(Map(points, {}, 1), DataError);
    CHECK_THROWS_AS(Map(Matrix<double>(0, 3), {}, 1), DataError);
    const Matrix<double> good = clusters(50, 3);
    CHECK_THROWS_AS(Map(good, {.perplexity = 0.5}, 1), ParameterError);
    CHECK_THROWS_AS(Map(good, {.perplexity = std::numeric_limits<double>::quiet_NaN()}, 1), ParameterError);
    CHECK_THROWS_AS(Map(good, {.exaggeration = 0}, 1), ParameterError);
    CHECK_THROWS_AS(Map(good, {.learningRate = -1}, 1), ParameterError);
    CHECK_THROWS_AS(Map(good, {.iterations = -1}, 1), ParameterError);
    Map map(good, {}, 1);
    map.step(3);
    const Matrix<float> before = map.positions();
    CHECK_THROWS_AS(map.setPoints(points), DataError);
    CHECK(map.positions() == before);
    CHECK_THROWS_AS(mapDivergence(map.affinities(), randomLayout(49, 1), 1), DataError);
}
