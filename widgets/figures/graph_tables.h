#pragma once

#include "core/base/table.h"
#include "widgets/figures/figure_data.h"
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
};

/// Components, edges and communities of emotion graphs.
[[nodiscard]] std::vector<Table> emotionGraphTables(const FigureData& figureData,
                                                    const std::vector<ShownGraph>& graphs);
/// The fate of every component, and the bands of the flow.
[[nodiscard]] std::vector<Table> componentFlowTables(const FigureData& figureData, const FlowPlotData& flow);
/// Which system has which cluster, and how many clusters every set of systems has, each what exactly these have.
[[nodiscard]] std::vector<Table> clusterOverlapTables(const OverlapPlotData& overlap);

} // namespace tercet
