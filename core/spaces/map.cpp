#include "core/spaces/map.h"

#include "core/base/error.h"
#include "core/base/linear_algebra.h"
#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/spaces/map_forces.h"
#include "core/spaces/repulsion_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

constexpr std::size_t kExactPoints = 4000; // up to so many, all pairs are quicker than the grid
constexpr std::size_t kExactRows = 32;     // rows of a task with all pairs
constexpr std::size_t kAttractRows = 256;
constexpr std::size_t kPointRows = 1024; // rows of a task with little work per row
constexpr double kInitialDeviation = 1e-4;
constexpr double kInitialNoise = 1e-6;
constexpr float kMomentum = 0.95F;
constexpr float kCalmMomentum = 0.5F;
constexpr float kLongestStep = 5;   // of a coordinate; the attraction's own scale is 1
constexpr int kCheckInterval = 50;  // iterations between measurements of the divergence
constexpr int kCalmIterations = 20; // after points changed
constexpr float kCalmShare = 0.01F; // longest step then, as a share of the layout's width

void validate(const MapOptions& options) {
    if (!(options.exaggeration >= 1) || !std::isfinite(options.exaggeration))
        throw ParameterError({.where = "exaggeration of the map",
                              .expected = "a number of at least 1",
                              .found = fmt::format("{}", options.exaggeration)});
    if (options.iterations < 0 || options.exaggeratedIterations < 0)
        throw ParameterError({.where = "iterations of the map",
                              .expected = "a number of at least 0",
                              .found = fmt::format("{}", std::min(options.iterations, options.exaggeratedIterations))});
    if (!(options.tolerance >= 0))
        throw ParameterError({.where = "tolerance of the map",
                              .expected = "a number of at least 0",
                              .found = fmt::format("{}", options.tolerance)});
    if (!(options.learningRate > 0) || !std::isfinite(options.learningRate))
        throw ParameterError({.where = "learning rate of the map",
                              .expected = "a number above 0",
                              .found = fmt::format("{}", options.learningRate)});
}

Matrix<float> initialLayout(MatrixView<const double> points, const MapOptions& options) {
    const std::size_t n = points.rows();
    Matrix<float> layout(n, 2);
    Rng rng(options.seed);
    PrincipalComponents components;
    if (options.init == MapInit::Pca)
        components = principalComponents(points, 2);
    const bool flat = components.variances.empty() || !(components.variances[0] > 0);
    const double scale = flat ? 0 : kInitialDeviation / std::sqrt(components.variances[0]);
    const double noise = flat ? kInitialDeviation : kInitialNoise;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < 2; ++k)
            layout(i, k) = static_cast<float>((flat ? 0 : scale * components.scores(i, k)) + noise * rng.normal());
    return layout;
}

/// Σ p log p + Σ p log(1 + d²) + log Z; `logs` are parts of 2n times the middle sum.
double divergenceFrom(const AffinityGraph& graph, std::span<const double> logs, double normalisation) {
    if (graph.size() < 2)
        return 0;
    const double crossed = std::accumulate(logs.begin(), logs.end(), 0.0);
    return graph.negativeEntropy() + crossed / (2 * static_cast<double>(graph.size())) + std::log(normalisation);
}

std::size_t tasksFor(std::size_t rows, std::size_t perTask) { return (rows + perTask - 1) / perTask; }

} // namespace

struct Map::State {
    State(MatrixView<const double> points, const MapOptions& given, int threadCount, const JobControl& control,
          const Progress& progress)
        : options((validate(given), given)), team(threadCount),
          graph(points, given.perplexity, given.metric, threadCount, control, progress), split(0),
          scratches(static_cast<std::size_t>(team.size())) {
        const std::size_t n = graph.size();
        exact = options.repulsion == MapRepulsion::Exact ||
                (options.repulsion == MapRepulsion::Automatic && n <= kExactPoints);
        split = SplitPositions(exact ? n : 0);
        attraction.resize(2 * n);
        repulsion.resize(2 * n);
        partSums.resize(tasksFor(n, exact ? kExactRows : kPointRows));
        extents.resize(tasksFor(n, kPointRows));
        adopt(initialLayout(points, options));
    }

    /// Puts a layout (in the points' order) at rest.
    void adopt(const Matrix<float>& layout) {
        const std::size_t n = graph.size();
        positions.resize(2 * n);
        for (std::size_t r = 0; r < n; ++r)
            for (std::size_t k = 0; k < 2; ++k)
                positions[2 * r + k] = layout(graph.order()[r], k);
        velocities.assign(2 * n, 0);
        gains.assign(2 * n, 1);
        // A descent of nothing measures the extent.
        std::fill(attraction.begin(), attraction.end(), 0.F);
        std::fill(repulsion.begin(), repulsion.end(), 0.F);
        for (std::size_t t = 0; t < extents.size(); ++t)
            moveRows(t, Descent{});
        gains.assign(2 * n, 1);
    }

    [[nodiscard]] Matrix<float> layout() const {
        Matrix<float> result(graph.size(), 2);
        for (std::size_t r = 0; r < graph.size(); ++r)
            for (std::size_t k = 0; k < 2; ++k)
                result(graph.order()[r], k) = positions[2 * r + k];
        return result;
    }

    /// What rank 0 fixes before each iteration.
    void prepare() {
        whole = extents[0];
        for (std::size_t t = 1; t < extents.size(); ++t) {
            const Extent& part = extents[t];
            whole.lowX = std::min(whole.lowX, part.lowX);
            whole.lowY = std::min(whole.lowY, part.lowY);
            whole.highX = std::max(whole.highX, part.highX);
            whole.highY = std::max(whole.highY, part.highY);
            whole.sumX += part.sumX;
            whole.sumY += part.sumY;
        }
        if (!exact)
            grid.place({.lowX = whole.lowX, .lowY = whole.lowY, .highX = whole.highX, .highY = whole.highY});
        for (auto& counter : counters)
            counter.store(0, std::memory_order_relaxed);
    }

    /// Runs body(task) for the tasks of one stage that no other rank took.
    template <class Body>
    void share(std::size_t stage, std::size_t tasks, const Body& body) {
        auto& next = counters[stage];
        for (std::size_t t = next.fetch_add(1); t < tasks; t = next.fetch_add(1))
            body(t);
    }

    void attractRows(std::size_t task, std::size_t perTask) {
        const std::size_t begin = task * perTask;
        attract(graph, positions, begin, std::min(graph.size(), begin + perTask), attraction);
    }

    /// All ranks: repelling forces and parts of Z, and attracting forces if wanted. Ends with all at one point.
    void computeForces(int rank, bool attracting) {
        const std::size_t n = graph.size();
        if (exact) {
            share(0, partSums.size(), [&](std::size_t t) {
                const std::size_t begin = t * kExactRows;
                partSums[t] = repelExactly(split, begin, std::min(n, begin + kExactRows), repulsion);
                if (attracting)
                    attractRows(t, kExactRows);
            });
            team.barrier();
            return;
        }
        auto& scratch = scratches[static_cast<std::size_t>(rank)];
        const std::size_t attractTasks = attracting ? tasksFor(n, kAttractRows) : 0;
        share(0, RepulsionGrid::kSpreadTasks + attractTasks, [&](std::size_t t) {
            if (t < RepulsionGrid::kSpreadTasks)
                grid.spread(t, positions);
            else
                attractRows(t - RepulsionGrid::kSpreadTasks, kAttractRows);
        });
        team.barrier();
        share(1, grid.rowTasks(), [&](std::size_t t) { grid.transformRows(t); });
        team.barrier();
        share(2, grid.columnTasks(), [&](std::size_t t) { grid.convolveColumns(t, scratch); });
        team.barrier();
        share(3, grid.rowTasks(), [&](std::size_t t) { grid.restoreRows(t); });
        team.barrier();
        share(4, partSums.size(), [&](std::size_t t) {
            const std::size_t begin = t * kPointRows;
            const std::size_t count = std::min(n, begin + kPointRows) - begin;
            partSums[t] = grid.evaluate(std::span<const float>(positions).subspan(2 * begin, 2 * count), n,
                                        std::span(repulsion).subspan(2 * begin, 2 * count));
        });
        team.barrier();
    }

    /// Z, from the parts in their order; never 0, even for a single point.
    [[nodiscard]] double normalisation() const {
        return std::max(std::accumulate(partSums.begin(), partSums.end(), 0.0), 1e-30);
    }

    void moveRows(std::size_t task, const Descent& descent) {
        const std::size_t begin = task * kPointRows;
        const std::size_t end = std::min(graph.size(), begin + kPointRows);
        const auto part = [&](std::vector<float>& values) {
            return std::span(values).subspan(2 * begin, 2 * (end - begin));
        };
        extents[task] =
            descend(descent, part(attraction), part(repulsion), part(positions), part(velocities), part(gains));
        if (exact)
            split.set(positions, begin, end);
    }

    [[nodiscard]] Descent descentNow() const {
        const auto n = static_cast<double>(graph.size());
        const bool early = !live && iteration < options.exaggeratedIterations;
        const double exaggeration = early ? options.exaggeration : 1;
        const bool calm = live && iteration - changedAt < kCalmIterations;
        const float width = std::max(whole.highX - whole.lowX, whole.highY - whole.lowY);
        return {.attraction = static_cast<float>(exaggeration / (2 * n)),
                .repulsion = static_cast<float>(1 / normalisation()),
                .learningRate = static_cast<float>(options.learningRate * n / exaggeration),
                .momentum = calm ? kCalmMomentum : kMomentum,
                .longestStep = calm ? std::min(kLongestStep, kCalmShare * width) : kLongestStep,
                .shiftX = static_cast<float>(-whole.sumX / n),
                .shiftY = static_cast<float>(-whole.sumY / n)};
    }

    void step(int count, const JobControl& control) {
        team.run([&](int rank) {
            for (int i = 0; i < count; ++i) {
                if (rank == 0) {
                    control.check();
                    prepare();
                }
                team.barrier();
                computeForces(rank, true);
                const Descent descent = descentNow();
                share(5, extents.size(), [&](std::size_t t) { moveRows(t, descent); });
                team.barrier();
                if (rank == 0)
                    ++iteration;
            }
        });
    }

    double divergence() {
        const std::size_t n = graph.size();
        std::vector<double> logs(tasksFor(n, kAttractRows));
        team.run([&](int rank) {
            if (rank == 0)
                prepare();
            team.barrier();
            computeForces(rank, false);
            share(5, logs.size(), [&](std::size_t t) {
                const std::size_t begin = t * kAttractRows;
                const std::size_t end = std::min(n, begin + kAttractRows);
                logs[t] = logDistances(graph, positions, begin, end);
            });
        });
        return divergenceFrom(graph, logs, normalisation());
    }

    MapOptions options;
    ThreadTeam team;
    AffinityGraph graph;
    bool exact = false;
    int iteration = 0;
    bool live = false; // points were changed
    int changedAt = 0; // the iteration at which they were last
    SplitPositions split;
    RepulsionGrid grid;
    std::vector<RepulsionGrid::Scratch> scratches; // one per rank
    std::vector<float> positions;                  // this and the next four: x, y of every row of the graph
    std::vector<float> velocities;
    std::vector<float> gains;
    std::vector<float> attraction;
    std::vector<float> repulsion;
    std::vector<double> partSums; // of Z
    std::vector<Extent> extents;
    Extent whole{};
    std::array<std::atomic<std::size_t>, 6> counters{}; // next task of each stage
};

Map::Map(MatrixView<const double> points, const MapOptions& options, int threads, const JobControl& control,
         const Progress& progress)
    : m_state(std::make_unique<State>(points, options, threads, control, progress)) {}
Map::~Map() = default;
Map::Map(Map&&) noexcept = default;
Map& Map::operator=(Map&&) noexcept = default;

void Map::step(int iterations, const JobControl& control) { m_state->step(iterations, control); }

void Map::setPoints(MatrixView<const double> points, const JobControl& control) {
    State& state = *m_state;
    if (points.rows() != state.graph.size())
        throw DataError({.where = "points of the map",
                         .expected = fmt::format("{} rows, as in the map so far", state.graph.size()),
                         .found = fmt::format("{}", points.rows())});
    AffinityGraph graph(points, state.options.perplexity, state.options.metric, state.team.size(), control);
    const Matrix<float> layout = state.layout();
    state.graph = std::move(graph);
    state.live = true;
    state.changedAt = state.iteration;
    state.adopt(layout);
}

void Map::setPositions(MatrixView<const float> positions) {
    State& state = *m_state;
    if (positions.rows() != state.graph.size() || positions.cols() != 2)
        throw DataError({.where = "layout of the map",
                         .expected = fmt::format("{} × 2 values", state.graph.size()),
                         .found = fmt::format("{} × {}", positions.rows(), positions.cols())});
    const auto values = positions.values();
    const auto bad = std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
    if (bad != values.end())
        throw DataError({.where = fmt::format("layout of the map, point {}", (bad - values.begin()) / 2 + 1),
                         .expected = "finite places",
                         .found = fmt::format("{}", *bad)});
    state.live = true;
    state.changedAt = state.iteration;
    state.adopt(Matrix<float>(positions.rows(), 2, std::vector<float>(values.begin(), values.end())));
}

Matrix<float> Map::positions() const { return m_state->layout(); }
int Map::iteration() const noexcept { return m_state->iteration; }
double Map::divergence() { return m_state->divergence(); }
const AffinityGraph& Map::affinities() const noexcept { return m_state->graph; }

double mapDivergence(const AffinityGraph& graph, MatrixView<const float> positions, int threads,
                     const JobControl& control) {
    const std::size_t n = graph.size();
    if (positions.rows() != n || positions.cols() != 2)
        throw DataError({.where = "layout of the map",
                         .expected = fmt::format("{} × 2 values", n),
                         .found = fmt::format("{} × {}", positions.rows(), positions.cols())});
    std::vector<float> ordered(2 * n);
    for (std::size_t r = 0; r < n; ++r)
        for (std::size_t k = 0; k < 2; ++k)
            ordered[2 * r + k] = positions(graph.order()[r], k);
    SplitPositions split(n);
    split.set(ordered, 0, n);
    std::vector<double> sums(tasksFor(n, kExactRows));
    std::vector<double> logs(sums.size());
    parallelFor(sums.size(), threads, [&](std::size_t t) {
        control.check();
        const std::size_t begin = t * kExactRows;
        const std::size_t end = std::min(n, begin + kExactRows);
        sums[t] = sumKernel(split, begin, end);
        logs[t] = logDistances(graph, ordered, begin, end);
    });
    return divergenceFrom(graph, logs, std::accumulate(sums.begin(), sums.end(), 0.0));
}

MapResult computeMap(MatrixView<const double> points, const MapOptions& options, const JobControl& control,
                     const Progress& progress, int threads,
                     const std::function<void(std::shared_ptr<const MapSnapshot>)>& publish) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::duration<double> kTick(1.0 / 30);
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    progress.say("finding neighbours");
    Map map(points, options, threads, control, progress.part(0, 0.2));
    const Progress layout = progress.part(0.2, 1);
    layout.say("laying out");
    MapResult result{.positions = {},
                     .iterations = 0,
                     .converged = false,
                     .divergence = kUnknown,
                     .perplexity = map.affinities().perplexity(),
                     .notes = {}};
    if (result.perplexity < options.perplexity)
        result.notes.push_back(fmt::format("Perplexity {} is too large for {} points; {:.4g} was used.",
                                           options.perplexity, points.rows(), result.perplexity));
    auto published = Clock::now() - std::chrono::seconds(1);
    int chunk = 1; // iterations between two looks at the clock
    while (map.iteration() < options.iterations && !result.converged && !control.finishRequested()) {
        const auto start = Clock::now();
        const int untilCheck = kCheckInterval - map.iteration() % kCheckInterval;
        const int count = std::min({chunk, untilCheck, options.iterations - map.iteration()});
        map.step(count, control);
        if (count == untilCheck) {
            const double before = result.divergence;
            result.divergence = map.divergence();
            result.converged = before - result.divergence < options.tolerance * before;
        }
        const std::chrono::duration<double> spent = (Clock::now() - start) / count;
        chunk = std::clamp(static_cast<int>(kTick / std::max(spent, kTick / kCheckInterval)), 1, kCheckInterval);
        layout.set(static_cast<double>(map.iteration()) / options.iterations);
        if (publish && Clock::now() - published >= kTick) {
            publish(std::make_shared<const MapSnapshot>(MapSnapshot{
                .positions = map.positions(), .iteration = map.iteration(), .divergence = result.divergence}));
            published = Clock::now();
        }
    }
    result.positions = map.positions();
    result.iterations = map.iteration();
    result.divergence = map.divergence();
    layout.set(1);
    return result;
}

} // namespace tercet
