#include "app/graph_bench.h"

#include "app/headless.h"
#include "core/spaces/graph_layout.h"
#include "widgets/figures/graph_values.h"
#include "widgets/plots/chord_plot.h"
#include "widgets/plots/palettes.h"

#include <QImage>
#include <QPainter>

#include <chrono>

namespace tercet {
namespace {

double redrawSeconds(const EmotionGraph& graph) {
    GraphPlotData data;
    for (int k = 0; k < graph.communities(); ++k)
        data.clusters.push_back({QStringLiteral("cluster %1").arg(k + 1), {}, clusterColor(k)});
    for (std::size_t i = 0; i < graph.size(); ++i)
        data.nodes.push_back({.number = static_cast<int>(i) + 1,
                              .color = componentColor(static_cast<int>(i)),
                              .size = graph.pagerank[i],
                              .community = graph.community[i]});
    for (const GraphEdge& edge : graph.edges)
        data.edges.push_back({static_cast<int>(edge.first), static_cast<int>(edge.second), edge.r});
    GraphLayout layout(graph.size());
    layout.setGraph(graph.edges, graph.community);

    const Look look = lightLook();
    QImage image(1600, 900, QImage::Format_RGB32);
    const auto start = std::chrono::steady_clock::now();
    layout.step();
    GraphPlot plot;
    plot.setGraph(data);
    plot.setPlaces(placesIn(layout));
    ChordPlot chords;
    chords.setGraph(data);
    QPainter painter(&image);
    chords.paint(painter, QRectF(0, 0, 600, 900), look);
    plot.paint(painter, QRectF(600, 0, 1000, 900), look);
    painter.end();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

std::vector<double> graphRedrawSeconds(std::span<const EmotionGraph> graphs) {
    const Headless headless;
    std::vector<double> seconds;
    if (!graphs.empty())
        (void)redrawSeconds(graphs.front()); // loads fonts, which a panel has when its threshold is dragged
    for (const EmotionGraph& graph : graphs)
        seconds.push_back(redrawSeconds(graph));
    return seconds;
}

} // namespace tercet
