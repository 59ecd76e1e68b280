#include "core/spaces/emotion_graph.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/statistics.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

/// A move must gain more than rounding may pretend.
constexpr double kLeastGain = 1e-12;
constexpr int kConsensusRounds = 10;
constexpr double kConsensusShare = 0.5;

struct WeightedGraph {
    struct Neighbour {
        std::size_t node;
        double weight;
    };
    std::vector<std::vector<Neighbour>> neighbours; ///< without the node itself
    std::vector<double> strength;                   ///< sum of a node's weights; those within it count twice
    double total = 0;                               ///< of all strengths

    explicit WeightedGraph(std::size_t nodes) : neighbours(nodes), strength(nodes, 0) {}
    [[nodiscard]] std::size_t size() const { return neighbours.size(); }
    void join(std::size_t a, std::size_t b, double weight) {
        neighbours[a].push_back({b, weight});
        neighbours[b].push_back({a, weight});
        strength[a] += weight;
        strength[b] += weight;
        total += 2 * weight;
    }
};

using Partition = std::vector<std::size_t>;

/// Puts every node, in random order, where modularity gains most, until none moves. Whether any did.
bool moveNodes(const WeightedGraph& graph, Partition& community, Rng& rng) {
    const std::size_t n = graph.size();
    std::vector<double> total(n, 0);
    std::vector<std::size_t> count(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
        total[community[i]] += graph.strength[i];
        ++count[community[i]];
    }
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    shuffle(order, rng);
    std::vector<double> tie(n, 0);
    std::vector<std::size_t> touched;
    bool anyMoved = false;
    bool moved = true;
    while (moved) {
        moved = false;
        for (const std::size_t i : order) {
            const std::size_t own = community[i];
            touched.assign(1, own);
            for (const auto& [node, weight] : graph.neighbours[i]) {
                const std::size_t other = community[node];
                if (tie[other] == 0 && other != own)
                    touched.push_back(other);
                tie[other] += weight;
            }
            total[own] -= graph.strength[i];
            --count[own];
            const double scale = graph.strength[i] / graph.total;
            std::size_t best = own;
            double bestGain = tie[own] - scale * total[own] + kLeastGain;
            for (const std::size_t other : touched) {
                const double gain = tie[other] - scale * total[other];
                if (gain > bestGain) {
                    best = other;
                    bestGain = gain;
                }
            }
            if (bestGain < 0 && count[own] > 0) // better alone
                best = static_cast<std::size_t>(std::find(count.begin(), count.end(), std::size_t{0}) - count.begin());
            for (const std::size_t other : touched)
                tie[other] = 0;
            community[i] = best;
            total[best] += graph.strength[i];
            ++count[best];
            moved = moved || best != own;
        }
        anyMoved = anyMoved || moved;
    }
    return anyMoved;
}

/// Numbers 0, 1, … in the order in which they first occur; returns how many.
std::size_t renumber(Partition& community) {
    std::vector<std::size_t> number(community.size(), community.size());
    std::size_t next = 0;
    for (std::size_t& one : community) {
        if (number[one] == community.size())
            number[one] = next++;
        one = number[one];
    }
    return next;
}

/// One node per community.
WeightedGraph merged(const WeightedGraph& graph, const Partition& community, std::size_t count) {
    WeightedGraph result(count);
    Matrix<double> weights(count, count);
    for (std::size_t i = 0; i < graph.size(); ++i)
        for (const auto& [node, weight] : graph.neighbours[i])
            if (community[node] != community[i])
                weights(community[i], community[node]) += weight;
    for (std::size_t a = 0; a < count; ++a)
        for (std::size_t b = 0; b < count; ++b)
            if (weights(a, b) > 0)
                result.neighbours[a].push_back({b, weights(a, b)});
    for (std::size_t i = 0; i < graph.size(); ++i)
        result.strength[community[i]] += graph.strength[i];
    result.total = graph.total;
    return result;
}

Partition louvain(const WeightedGraph& graph, Rng& rng) {
    Partition community(graph.size());
    std::iota(community.begin(), community.end(), std::size_t{0});
    while (true) {
        const bool moved = moveNodes(graph, community, rng);
        WeightedGraph level = merged(graph, community, renumber(community));
        bool joined = false;
        while (true) {
            Partition upper(level.size());
            std::iota(upper.begin(), upper.end(), std::size_t{0});
            if (!moveNodes(level, upper, rng))
                break;
            joined = true;
            const std::size_t count = renumber(upper);
            for (std::size_t& one : community)
                one = upper[one];
            level = merged(level, upper, count);
        }
        if (!moved || !joined)
            return community;
    }
}

double modularityOf(const WeightedGraph& graph, const Partition& community) {
    if (graph.total == 0)
        return 0;
    std::vector<double> inside(graph.size(), 0);
    std::vector<double> total(graph.size(), 0);
    for (std::size_t i = 0; i < graph.size(); ++i) {
        total[community[i]] += graph.strength[i];
        for (const auto& [node, weight] : graph.neighbours[i])
            if (community[node] == community[i])
                inside[community[i]] += weight;
    }
    double sum = 0;
    for (std::size_t c = 0; c < graph.size(); ++c)
        sum += inside[c] / graph.total - (total[c] / graph.total) * (total[c] / graph.total);
    return sum;
}

WeightedGraph graphOf(std::size_t nodes, std::span<const GraphEdge> edges) {
    WeightedGraph graph(nodes);
    for (const GraphEdge& edge : edges)
        graph.join(edge.first, edge.second, std::abs(edge.r));
    return graph;
}

/// What many seeds make of one graph.
struct Runs {
    Partition best;
    double bestModularity = -1;
    std::vector<double> modularity;
    Matrix<double> together; ///< share of the seeds
};

Runs runSeeds(const WeightedGraph& graph, const EmotionGraphOptions& options, const JobControl& control) {
    const std::size_t n = graph.size();
    Runs runs{.best = {}, .modularity = {}, .together = Matrix<double>(n, n)};
    for (std::size_t k = 0; k < options.seeds; ++k) {
        control.check();
        Rng rng(options.seed, k);
        Partition community = louvain(graph, rng);
        runs.modularity.push_back(modularityOf(graph, community));
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                runs.together(i, j) += community[i] == community[j] ? 1 : 0;
        if (runs.modularity.back() > runs.bestModularity + kLeastGain) {
            runs.bestModularity = runs.modularity.back();
            runs.best = std::move(community);
        }
    }
    for (double& share : runs.together.values())
        share /= static_cast<double>(options.seeds);
    return runs;
}

Partition consensusOf(const Matrix<double>& together, const EmotionGraphOptions& options, const JobControl& control) {
    Matrix<double> shares = together;
    const std::size_t n = shares.rows();
    for (int round = 0;; ++round) {
        WeightedGraph graph(n);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = i + 1; j < n; ++j)
                if (shares(i, j) > kConsensusShare)
                    graph.join(i, j, shares(i, j));
        Runs runs = runSeeds(graph, options, control);
        const bool agreed = std::all_of(runs.together.values().begin(), runs.together.values().end(),
                                        [](double share) { return share == 0 || share == 1; });
        if (agreed || round + 1 == kConsensusRounds)
            return std::move(runs.best);
        shares = std::move(runs.together);
    }
}

/// Community numbers for the reader; isolated components have none.
std::vector<int> numbered(const Partition& community, const std::vector<bool>& joined) {
    struct Entry {
        std::size_t number;
        std::size_t size = 0;
        std::size_t first = 0;
    };
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < community.size(); ++i) {
        if (!joined[i])
            continue;
        auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.number == community[i]; });
        if (found == entries.end())
            found = entries.insert(entries.end(), {community[i], 0, i});
        ++found->size;
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.size > b.size; });
    std::vector<int> result(community.size(), -1);
    for (std::size_t i = 0; i < community.size(); ++i)
        if (joined[i])
            result[i] = static_cast<int>(
                std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.number == community[i]; }) -
                entries.begin());
    return result;
}

std::vector<double> pagerank(const WeightedGraph& graph, double damping) {
    constexpr double kSettled = 1e-15;
    constexpr int kMostRounds = 10000;
    const std::size_t n = graph.size();
    const auto count = static_cast<double>(n);
    std::vector<double> rank(n, 1 / count);
    for (int round = 0; round < kMostRounds; ++round) {
        double free = 0;
        for (std::size_t i = 0; i < n; ++i)
            free += graph.strength[i] == 0 ? rank[i] : 0;
        std::vector<double> next(n, (1 - damping + damping * free) / count);
        for (std::size_t i = 0; i < n; ++i)
            for (const auto& [node, weight] : graph.neighbours[i])
                next[node] += damping * rank[i] * weight / graph.strength[i];
        double change = 0;
        for (std::size_t i = 0; i < n; ++i)
            change += std::abs(next[i] - rank[i]);
        rank = std::move(next);
        if (change < kSettled)
            break;
    }
    return rank;
}

void requireOptions(const Matrix<double>& correlation, const EmotionGraphOptions& options) {
    if (correlation.rows() != correlation.cols())
        throw ParameterError({.where = "Emotion graph",
                              .expected = "a square matrix of correlations",
                              .found = fmt::format("{} rows and {} columns", correlation.rows(), correlation.cols())});
    if (!(options.threshold >= 0 && options.threshold < 1))
        throw ParameterError({.where = "Emotion graph: threshold",
                              .expected = "0 or more and less than 1",
                              .found = fmt::format("{}", options.threshold)});
    if (options.seeds == 0)
        throw ParameterError({.where = "Emotion graph: seeds", .expected = "at least 1", .found = "0"});
    if (!(options.damping >= 0 && options.damping < 1))
        throw ParameterError({.where = "Emotion graph: damping",
                              .expected = "0 or more and less than 1",
                              .found = fmt::format("{}", options.damping)});
}

} // namespace

int EmotionGraph::communities() const noexcept {
    return community.empty() ? 0 : *std::max_element(community.begin(), community.end()) + 1;
}

std::vector<std::size_t> EmotionGraph::members(int number) const {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < community.size(); ++i)
        if (community[i] == number)
            result.push_back(i);
    return result;
}

double modularityOf(std::span<const GraphEdge> edges, std::span<const int> community) {
    const WeightedGraph graph = graphOf(community.size(), edges);
    double sum = 0;
    const int count = community.empty() ? 0 : *std::max_element(community.begin(), community.end()) + 1;
    if (graph.total == 0)
        return 0;
    for (int c = 0; c < count; ++c) {
        double inside = 0;
        double total = 0;
        for (std::size_t i = 0; i < community.size(); ++i)
            total += community[i] == c ? graph.strength[i] : 0;
        for (const GraphEdge& edge : edges)
            inside += community[edge.first] == c && community[edge.second] == c ? 2 * std::abs(edge.r) : 0;
        sum += inside / graph.total - (total / graph.total) * (total / graph.total);
    }
    return sum;
}

EmotionGraph emotionGraph(Matrix<double> correlation, const EmotionGraphOptions& options, const JobControl& control) {
    requireOptions(correlation, options);
    const std::size_t n = correlation.rows();
    EmotionGraph result{.correlation = std::move(correlation)};
    std::vector<bool> joined(n, false);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j) {
            const double r = result.correlation(i, j);
            if ((options.rule == EdgeRule::Absolute ? std::abs(r) : r) > options.threshold) {
                result.edges.push_back({i, j, r});
                joined[i] = joined[j] = true;
            }
        }
    for (std::size_t i = 0; i < n; ++i)
        if (!joined[i])
            result.isolated.push_back(i);
    const WeightedGraph graph = graphOf(n, result.edges);
    Runs runs = runSeeds(graph, options, control);
    result.community = numbered(runs.best, joined);
    result.consensus = numbered(consensusOf(runs.together, options, control), joined);
    result.modularity = runs.bestModularity;
    result.seedModularity = std::move(runs.modularity);
    result.coassignment = std::move(runs.together);
    result.pagerank = pagerank(graph, options.damping);
    return result;
}

EmotionGraph emotionGraph(MatrixView<const double> embedding, const EmotionGraphOptions& options,
                          const JobControl& control) {
    return emotionGraph(correlateColumns(embedding, embedding), options, control);
}

} // namespace tercet
