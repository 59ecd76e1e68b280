#pragma once

#include "core/base/rng.h"
#include "widgets/plots/flow_plot.h"
#include "widgets/plots/graph_plot.h"
#include "widgets/plots/legend.h"
#include "widgets/plots/line_plot.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/point_map.h"
#include "widgets/plots/rose_plot.h"

#include <QStringList>

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

/// Plausible data for pictures and tests of plots, from a seed.
namespace tercet::examples {

inline const QStringList& categoryNames() {
    static const QStringList names{"admiration",    "adoration",      "aesthetic appreciation",
                                   "amusement",     "anger",          "anxiety",
                                   "awe",           "awkwardness",    "boredom",
                                   "calmness",      "confusion",      "contempt",
                                   "craving",       "disappointment", "disgust",
                                   "empathic pain", "entrancement",   "envy",
                                   "excitement",    "fear",           "guilt",
                                   "horror",        "interest",       "joy",
                                   "nostalgia",     "pride",          "relief",
                                   "romance",       "sadness",        "satisfaction",
                                   "sexual desire", "surprise",       "sympathy",
                                   "triumph"};
    return names;
}

struct Cloud {
    std::shared_ptr<const Matrix<float>> positions;
    std::shared_ptr<const std::vector<int>> groups;
    std::shared_ptr<const std::vector<QRgb>> colors;
    std::vector<PointGroup> named;
};

/// `points` in 34 clusters of unequal size and shape, coloured by category.
inline Cloud cloud(int points, std::uint64_t seed) {
    Rng rng(seed);
    const auto groups = static_cast<std::size_t>(categoryNames().size());
    struct Cluster {
        double x, y, size, stretch, turn, share;
    };
    std::vector<Cluster> clusters;
    double total = 0;
    for (std::size_t g = 0; g < groups; ++g) {
        // Spread the centres over a disc by the golden angle.
        const double radius = 42 * std::sqrt((static_cast<double>(g) + 0.5) / static_cast<double>(groups));
        const double angle = 2.39996 * static_cast<double>(g) + 0.3 * rng.normal();
        const double share = 0.15 + rng.uniform() * rng.uniform();
        clusters.push_back({radius * std::cos(angle), radius * std::sin(angle), 2.2 + 3 * std::sqrt(share),
                            0.5 + rng.uniform(), 3.14 * rng.uniform(), share});
        total += share;
    }
    auto positions = std::make_shared<Matrix<float>>(static_cast<std::size_t>(points), 2);
    auto groupOf = std::make_shared<std::vector<int>>();
    auto colors = std::make_shared<std::vector<QRgb>>();
    for (int i = 0; i < points; ++i) {
        double pick = total * rng.uniform();
        std::size_t g = 0;
        while (g + 1 < groups && (pick -= clusters[g].share) > 0)
            ++g;
        const Cluster& c = clusters[g];
        const double spread = rng.uniform() < 0.06 ? 4 : 1;
        const double a = c.size * spread * 0.8 * rng.normal();
        const double b = c.size * spread * 0.8 * c.stretch * rng.normal();
        (*positions)(static_cast<std::size_t>(i), 0) =
            static_cast<float>(c.x + a * std::cos(c.turn) - b * std::sin(c.turn));
        (*positions)(static_cast<std::size_t>(i), 1) =
            static_cast<float>(c.y + a * std::sin(c.turn) + b * std::cos(c.turn));
        groupOf->push_back(static_cast<int>(g));
        colors->push_back(categoryColor(categoryNames()[static_cast<int>(g)]).rgb());
    }
    Cloud result{positions, groupOf, colors, {}};
    for (const QString& name : categoryNames())
        result.named.push_back({name, categoryColor(name)});
    return result;
}

inline void fill(PointMap& map, const Cloud& cloud) {
    map.setPositions(cloud.positions);
    map.setColors(cloud.colors);
    map.setGroups(cloud.groups, cloud.named);
    map.setCard([groups = cloud.groups](int row) {
        return QStringList{QStringLiteral("clip_%1").arg(row + 1, 4, 10, QLatin1Char('0')),
                           categoryNames()[(*groups)[static_cast<std::size_t>(row)]] +
                               QStringLiteral(" 0.62 · joy 0.21")};
    });
}

inline std::vector<LegendEntry> legendOf(const Cloud& cloud) {
    std::vector<LegendEntry> entries;
    for (const PointGroup& group : cloud.named)
        entries.push_back({group.name, group.color, 0});
    for (const int group : *cloud.groups)
        ++entries[static_cast<std::size_t>(group)].count;
    return entries;
}

inline std::vector<RoseSystem> systems(int count, int components, bool dark) {
    constexpr SystemKind kinds[]{SystemKind::HumanCategories, SystemKind::MultimodalModel, SystemKind::LanguageModel,
                                 SystemKind::HumanDimensions};
    const QStringList names{"human categories", "MLLM", "LLM", "human dimensions"};
    std::vector<RoseSystem> result;
    for (int s = 0; s < count; ++s) {
        RoseSystem system{names[s], systemColor(kinds[s], dark), {}};
        for (int c = 0; c < components; ++c) {
            QString label = categoryNames()[(c * 7 + s) % 34];
            if (c % 2 == 0)
                label += ", " + categoryNames()[(c * 5 + 3 + s) % 34];
            if (c % 5 == 0)
                label += ", arousal-high";
            system.components.push_back({label, componentColor(c)});
        }
        result.push_back(std::move(system));
    }
    return result;
}

inline std::vector<RoseStimulus> stimuli(int count, int systemCount, int components, std::uint64_t seed) {
    Rng rng(seed);
    std::vector<RoseStimulus> result;
    for (int i = 0; i < count; ++i) {
        RoseStimulus stimulus{QStringLiteral("clip_%1").arg(137 + 31 * i, 4, 10, QLatin1Char('0')), {}};
        for (int s = 0; s < systemCount; ++s) {
            std::vector<double> weights;
            for (int c = 0; c < components; ++c)
                weights.push_back(std::pow(rng.uniform(), 4.0));
            stimulus.weights.push_back(std::move(weights));
        }
        result.push_back(std::move(stimulus));
    }
    return result;
}

struct FitCurves {
    std::vector<double> epoch, objective, train, heldOut, low, high, active, sparsity;
};

inline FitCurves fitCurves(int epochs, std::uint64_t seed) {
    Rng rng(seed);
    FitCurves c;
    for (int e = 1; e <= epochs; ++e) {
        const double gone = 1 - std::exp(-e / 60.0);
        c.epoch.push_back(e);
        c.objective.push_back(1.0986 - 0.36 * gone + 0.002 * rng.normal());
        c.train.push_back(0.334 + 0.29 * gone + 0.002 * rng.normal());
        c.heldOut.push_back(0.334 + 0.258 * gone + 0.003 * rng.normal());
        c.low.push_back(c.heldOut.back() - 0.009);
        c.high.push_back(c.heldOut.back() + 0.009);
        c.active.push_back(std::round(30 - 2 * gone));
        c.sparsity.push_back(100 * (0.12 + 0.71 * gone));
    }
    return c;
}

struct Graph {
    GraphPlotData data;
    std::vector<QPointF> places;
};

/// Components in communities of about the same size; the last three stand alone. Every community lies in a disc of its
/// own.
inline Graph graph(int nodes, int communities, std::uint64_t seed) {
    Rng rng(seed);
    Graph graph;
    for (int k = 0; k < communities; ++k)
        graph.data.clusters.push_back({categoryNames()[(k * 5 + 2) % 34] + ", " + categoryNames()[(k * 7 + 4) % 34],
                                       k == 1 ? QString("what one would rather not see") : QString(), clusterColor(k)});
    for (int i = 0; i < nodes; ++i) {
        const int community = i + 3 < nodes ? i % communities : -1;
        graph.data.nodes.push_back(
            {i + 1, categoryNames()[i % 34], componentColor(i), 0.01 + 0.05 * rng.uniform(), community});
        const double turn = 6.283185 * community / communities;
        const int ring = i / communities;
        const double way = 6.283185 * ring / 6 + 0.3 * rng.uniform();
        const double far = ring == 0 ? 0 : 1.1;
        graph.places.emplace_back(3 * std::cos(turn) + far * std::cos(way), 2.6 * std::sin(turn) + far * std::sin(way));
    }
    for (int i = 0; i + 3 < nodes; ++i)
        for (int j = i + 1; j + 3 < nodes; ++j)
            if (i % communities == j % communities ? rng.uniform() < 0.7 : rng.uniform() < 0.04)
                graph.data.edges.push_back({i, j, (rng.uniform() < 0.15 ? -1 : 1) * (0.2 + 0.5 * rng.uniform())});
    return graph;
}

/// Systems of which each has the components of the one before, in the opposite order.
inline FlowPlotData flow(int columns, int items, std::uint64_t seed) {
    Rng rng(seed);
    FlowPlotData flow;
    for (int c = 0; c < columns; ++c) {
        FlowPlotColumn column{QString("system-%1").arg(c), QString("System %1").arg(c + 1), componentColor(3 * c), {}};
        for (int i = 0; i < items; ++i) {
            const int source = c % 2 == 0 ? i : items - 1 - i;
            column.items.push_back({i + 1, categoryNames()[source % 34] + ", " + categoryNames()[(source + 9) % 34],
                                    componentColor(source), static_cast<FlowFate>(source % 4), 0.5, 100 * c + i});
            if (c > 0)
                flow.bands.push_back({c - 1, items - 1 - i, c, i, 0.5 + 0.5 * rng.uniform(), false});
        }
        flow.columns.push_back(std::move(column));
    }
    return flow;
}

} // namespace tercet::examples
