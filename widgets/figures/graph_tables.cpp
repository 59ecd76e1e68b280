#include "widgets/figures/graph_tables.h"

#include "widgets/figures/figure_parts.h"
#include "widgets/figures/graph_values.h"
#include "widgets/figures/table_builder.h"

#include <QObject>

#include <bit>
#include <map>

namespace tercet {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

/// Communities are counted from 1; isolated components (−1) have none.
TableCell numberOf(int community) { return community < 0 ? TableCell("") : TableCell(community + 1); }

const char* wordOf(FlowFate fate) {
    switch (fate) {
    case FlowFate::Shared:
        return "shared";
    case FlowFate::Partly:
        return "partly shared";
    case FlowFate::Blended:
        return "blended";
    case FlowFate::Unique:
        break;
    }
    return "unique";
}

} // namespace

std::vector<ShownGraph> shownGraphs(const FigureData& figureData, const FigureOptions& options) {
    std::vector<ShownGraph> graphs;
    for (const QString& name : drawnSystems(figureData, options, [](const FigureSystem& system) {
             return system.results.contains("emotion-graph");
         })) {
        const auto result = figureData.arrays ? figureData.arrays({"emotion-graph", name.toStdString()}) : nullptr;
        if (!result)
            continue;
        const FigureSystem& system = *figureData.system(name);
        EmotionGraph graph = emotionGraphIn(*result);
        GraphLayout layout(graph.size());
        layout.setGraph(graph.edges, graph.community);
        layout.setPlaces(result->matrix("positions"));
        EmotionGraphOptions drawn = graphOptionsOf(system.results.at("emotion-graph").record);
        const bool asStored = options.edgeRule.value_or(drawn.rule) == drawn.rule &&
                              options.edgeThreshold.value_or(drawn.threshold) == drawn.threshold;
        drawn.rule = options.edgeRule.value_or(drawn.rule);
        drawn.threshold = options.edgeThreshold.value_or(drawn.threshold);
        if (!asStored)
            graph = emotionGraph(std::move(graph.correlation), drawn);
        const std::vector<int>& community = options.consensus ? graph.consensus : graph.community;
        if (!asStored || options.consensus) {
            layout.setGraph(graph.edges, community);
            layout.settle();
        }
        graphs.push_back({name,
                          graphPlotData(system, figureData.ratings.get(), graph, community, trainingColumnsIn(*result)),
                          placesIn(layout), graph.modularity, drawn, asStored});
    }
    return graphs;
}

QString memberText(const GraphPlotNode& node) {
    const QString number = QString::number(node.number);
    return node.name.isEmpty() ? number : number + QLatin1Char(' ') + node.name;
}

Table communityTable(const FigureData& figureData, const std::vector<ShownGraph>& graphs) {
    TableBuilder communities(tr("Communities"), {{"system"},
                                                 {"community"},
                                                 {"name"},
                                                 {"description"},
                                                 {"components"},
                                                 {"members"},
                                                 {"modularity of the best run", 3}});
    for (const ShownGraph& shown : graphs)
        for (std::size_t k = 0; k < shown.graph.clusters.size(); ++k) {
            QStringList members;
            for (const GraphPlotNode& node : shown.graph.nodes)
                if (node.community == static_cast<int>(k))
                    members << memberText(node);
            communities.add({systemCell(figureData, shown.system), k + 1, shown.graph.clusters[k].name,
                             shown.graph.clusters[k].description, members.size(), members.join(QStringLiteral("; ")),
                             shown.modularity});
        }
    return communities.take();
}

std::vector<Table> emotionGraphTables(const FigureData& figureData, const std::vector<ShownGraph>& graphs) {
    TableBuilder nodes(
        tr("Nodes"),
        {{"system"}, {"component"}, {"label"}, {"community"}, {"community name"}, {"PageRank", 4}, {"x", 3}, {"y", 3}});
    TableBuilder edges(tr("Edges"),
                       {{"system"}, {"component"}, {"label"}, {"other component"}, {"other label"}, {"r", 2}});
    for (const ShownGraph& shown : graphs) {
        const std::string system = systemCell(figureData, shown.system);
        const GraphPlotData& graph = shown.graph;
        for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
            const GraphPlotNode& node = graph.nodes[i];
            const auto community = static_cast<std::size_t>(node.community);
            nodes.add({system, node.number, node.name, numberOf(node.community),
                       node.community < 0 ? QString() : graph.clusters[community].name, node.size,
                       shown.places.at(i).x(), shown.places.at(i).y()});
        }
        for (const GraphPlotEdge& edge : graph.edges) {
            const GraphPlotNode& first = graph.nodes.at(static_cast<std::size_t>(edge.first));
            const GraphPlotNode& second = graph.nodes.at(static_cast<std::size_t>(edge.second));
            edges.add({system, first.number, first.name, second.number, second.name, edge.r});
        }
    }
    return {nodes.take(), edges.take(), communityTable(figureData, graphs)};
}

std::vector<Table> componentFlowTables(const FigureData& figureData, const FlowPlotData& flow) {
    TableBuilder components(tr("Components"),
                            {{"system"}, {"component"}, {"label"}, {"fate"}, {"highest r with another system", 2}});
    TableBuilder bands(tr("Bands"), {{"system"},
                                     {"component"},
                                     {"label"},
                                     {"other system"},
                                     {"other component"},
                                     {"other label"},
                                     {"kind"},
                                     {"width (r)", 2}});
    for (const FlowPlotColumn& column : flow.columns)
        for (const FlowPlotItem& item : column.items)
            components.add({systemCell(figureData, column.id), item.number, item.name, wordOf(item.fate), item.best});
    const auto itemAt = [&](int column, int item) -> const FlowPlotItem& {
        return flow.columns.at(static_cast<std::size_t>(column)).items.at(static_cast<std::size_t>(item));
    };
    const auto systemAt = [&](int column) {
        return systemCell(figureData, flow.columns.at(static_cast<std::size_t>(column)).id);
    };
    for (const FlowPlotBand& band : flow.bands) {
        const FlowPlotItem& item = itemAt(band.column, band.item);
        const FlowPlotItem& other = itemAt(band.otherColumn, band.otherItem);
        bands.add({systemAt(band.column), item.number, item.name, systemAt(band.otherColumn), other.number, other.name,
                   band.blend ? "part of a blend" : "match", band.r});
    }
    return {components.take(), bands.take()};
}

std::vector<Table> clusterOverlapTables(const OverlapPlotData& overlap) {
    TableBuilder clusters(tr("Clusters"),
                          {{"cluster"}, {"name"}, {"shared terms"}, {"systems that have it"}, {"system"}, {"has it"}});
    std::map<unsigned, int> sizes;
    for (std::size_t m = 0; m < overlap.clusters.size(); ++m) {
        const OverlapPlotCluster& cluster = overlap.clusters[m];
        ++sizes[cluster.systems];
        for (std::size_t s = 0; s < overlap.systems.size(); ++s)
            clusters.add({m + 1, cluster.name, cluster.sharedTerms, std::popcount(cluster.systems),
                          overlap.systems[s].title, (cluster.systems >> s & 1U) != 0});
    }
    TableBuilder sets(tr("Sets"), {{"systems"}, {"number of systems"}, {"clusters"}});
    for (const auto& [systems, size] : sizes) {
        QStringList titles;
        for (std::size_t s = 0; s < overlap.systems.size(); ++s)
            if ((systems >> s & 1U) != 0)
                titles << overlap.systems[s].title;
        sets.add({titles.join(QStringLiteral(" + ")), titles.size(), size});
    }
    return {clusters.take(), sets.take()};
}

} // namespace tercet
