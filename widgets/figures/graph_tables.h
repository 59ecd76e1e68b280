#pragma once

#include "core/base/table.h"
#include "core/spaces/emotion_graph.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/plots/flow_plot.h"
#include "widgets/plots/graph_plot.h"
#include "widgets/plots/overlap_plot.h"

#include <QPointF>
#include <QString>

#include <vector>

namespace tercet {

// What figures of graphs, matched components and clusters show, as tables: a row per observation, components with the
// numbers that they have in the figure.

/// An emotion graph as a figure draws it.
struct ShownGraph {
    QString system;
    GraphPlotData graph;
    std::vector<QPointF> places; ///< one per node, y down
    double modularity = 0;       ///< of the best Louvain run
    EmotionGraphOptions options;
    bool asStored = true; ///< edges are those of the result
};

/// The graphs of the systems that have a result of emotion-graph, with the edges and communities that `options` ask
/// for.
[[nodiscard]] std::vector<ShownGraph> shownGraphs(const FigureData& figureData, const FigureOptions& options);

/// A component as lists of members name it: "4 awe, entrancement".
[[nodiscard]] QString memberText(const GraphPlotNode& node);

/// Communities with what they are called and their members.
[[nodiscard]] Table communityTable(const FigureData& figureData, const std::vector<ShownGraph>& graphs);

/// Components, edges and communities of emotion graphs.
[[nodiscard]] std::vector<Table> emotionGraphTables(const FigureData& figureData,
                                                    const std::vector<ShownGraph>& graphs);
/// The fate of every component, and the bands of the flow.
[[nodiscard]] std::vector<Table> componentFlowTables(const FigureData& figureData, const FlowPlotData& flow);
/// Which system has which cluster, and how many clusters every set of systems has, each what exactly these have.
[[nodiscard]] std::vector<Table> clusterOverlapTables(const OverlapPlotData& overlap);

} // namespace tercet
