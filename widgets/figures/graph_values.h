#pragma once

#include "core/spaces/emotion_graph.h"
#include "core/spaces/graph_layout.h"
#include "widgets/figures/figure_data.h"
#include "widgets/plots/flow_plot.h"
#include "widgets/plots/graph_plot.h"
#include "widgets/plots/overlap_plot.h"

#include <QPointF>

#include <vector>

namespace tercet {

/// The graph that a result of emotion-graph holds. Throws MissingError where an array is missing.
[[nodiscard]] EmotionGraph emotionGraphIn(const ArrayBundle& result);
/// Per component of a result of emotion-graph the column it had while training.
[[nodiscard]] std::vector<int> trainingColumnsIn(const ArrayBundle& result);
/// The options that a result of emotion-graph was made with.
[[nodiscard]] EmotionGraphOptions graphOptionsOf(const ResultRecord& record);
/// The stored layout, y down.
[[nodiscard]] std::vector<QPointF> placesIn(const ArrayBundle& result);
/// Where a layout has its nodes.
[[nodiscard]] std::vector<QPointF> placesIn(const GraphLayout& layout);

/// What plots draw of a graph: components with the numbers, names and colours that they have in other panels;
/// communities (of `community`: one number per component, −1 for none) with what a person called them, else with
/// names from their components' labels.
[[nodiscard]] GraphPlotData graphPlotData(const FigureSystem& system, const Ratings* ratings, const EmotionGraph& graph,
                                          const std::vector<int>& community, const std::vector<int>& trainingColumns);

/// What plots draw of a result of match-components; columns in the study's order.
[[nodiscard]] FlowPlotData flowPlotData(const FigureData& figureData, const ArrayBundle& result, double threshold,
                                        bool dark);

/// What plots draw of a result of cluster-overlap.
[[nodiscard]] OverlapPlotData overlapPlotData(const FigureData& figureData, const ArrayBundle& result, bool dark);

} // namespace tercet
