#pragma once

#include "core/base/table.h"
#include "widgets/figures/figure_data.h"
#include "widgets/plots/flow_plot.h"
#include "widgets/plots/overlap_plot.h"

#include <QStringList>

#include <vector>

namespace tercet {

// What figures of graphs, matched components and clusters show, as tables: a row per observation, components with the
// numbers that they have in the figure.

/// Components, edges and communities of the emotion graphs of `systems`, which must have one. Throws as
/// FigureData::arrays() and emotionGraphIn().
[[nodiscard]] std::vector<Table> emotionGraphTables(const FigureData& figureData, const QStringList& systems);
/// The fate of every component, and the bands of the flow.
[[nodiscard]] std::vector<Table> componentFlowTables(const FigureData& figureData, const FlowPlotData& flow);
/// Which system has which cluster, and how many clusters every set of systems has, each what exactly these have.
[[nodiscard]] std::vector<Table> clusterOverlapTables(const OverlapPlotData& overlap);

} // namespace tercet
