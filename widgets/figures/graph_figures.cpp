#include "core/base/text.h"
#include "widgets/figures/figure_options.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/graph_tables.h"
#include "widgets/figures/graph_values.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/chord_plot.h"

#include <QFontMetricsF>
#include <QObject>
#include <QPainter>

#include <algorithm>

namespace tercet {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

std::shared_ptr<const ArrayBundle> arraysOf(const FigureData& figureData, const char* step) {
    return figureData.arrays ? figureData.arrays({step, ""}) : nullptr;
}

QString summaryOfStudy(const FigureData& figureData, const char* step) {
    const auto found = figureData.results.find(step);
    return found == figureData.results.end() || found->second.summary.isEmpty()
               ? QString()
               : QStringLiteral(" %1.").arg(found->second.summary);
}

} // namespace

Figure emotionGraphFigure(SharedFigureData figureData, const FigureOptions& options) {
    auto parts = std::make_shared<const std::vector<ShownGraph>>(shownGraphs(*figureData, options));
    if (parts->empty())
        nothingToDraw("emotion-graph", "no emotion graph was made yet", "run the step emotion-graph first");
    QStringList systems;
    std::size_t seeds = 0;
    bool allStored = true;
    QStringList rules;
    for (const ShownGraph& shown : *parts) {
        systems << shown.system;
        allStored = allStored && shown.asStored;
        seeds = std::max(seeds, shown.options.seeds);
        const QString rule = QStringLiteral("%1 > %2").arg(
            shown.options.rule == EdgeRule::Absolute ? QStringLiteral("|r|") : QStringLiteral("r"),
            numberText(shown.options.threshold, 2));
        if (!rules.contains(rule))
            rules << rule;
    }
    const double width = widthOf(options, 183);
    const bool stacked = width < 120;
    const double rowMm = stacked ? 1.4 * width : 0.4 * width;

    Figure figure;
    figure.name = QStringLiteral("emotion-graph");
    figure.title = tr("Emotion graphs");
    figure.caption =
        tr("Components and their correlations across stimuli. Chords between components, as wide as |r|, coloured "
           "within a community. Beside or below: communities (Louvain, %1 of %2 runs), circles sized by PageRank, "
           "lines as wide as |r|, negative ones dashed. Joined where %3; components without an edge are isolated.")
            .arg(options.consensus ? tr("consensus") : tr("best"))
            .arg(seeds)
            .arg(rules.join(tr(" or "))) +
        (allStored ? summaries(*figureData, systems, "emotion-graph") : QString());
    figure.picture.title = tr("Emotion graphs — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, rowMm * static_cast<double>(systems.size())};
    figure.picture.recipe =
        recipe(*figureData, figure.name, systems, {"fit-embedding", "emotion-graph"}, toJson(options, *figureData));
    figure.tables = [figureData, parts] { return emotionGraphTables(*figureData, *parts); };
    figure.picture.paint = [figureData, parts, stacked](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        const double height = area.height() / static_cast<double>(parts->size());
        double top = area.top();
        for (const ShownGraph& part : *parts) {
            const double line = chipLine(look);
            drawSystemChips(painter, QRectF(area.left() + kUnit, top, area.width() - 2 * kUnit, line), *figureData,
                            {part.system}, look);
            const QRectF row(area.left(), top + line, area.width(), height - line - kHalfUnit);
            const QRectF left(row.topLeft(), stacked ? QSizeF(row.width(), 0.4 * row.height())
                                                     : QSizeF(0.4 * row.width(), row.height()));
            const QRectF right(stacked ? left.bottomLeft() : left.topRight(), row.bottomRight());
            ChordPlot chords;
            chords.setGraph(part.graph);
            chords.paint(painter, left, look);
            GraphPlot graph;
            graph.setGraph(part.graph);
            graph.setPlaces(part.places);
            graph.paint(painter, right, look);
            top += height;
        }
    };
    return figure;
}

Figure componentFlowFigure(SharedFigureData figureData, const FigureOptions& options) {
    const auto result = arraysOf(*figureData, "match-components");
    const auto record = figureData->results.find("match-components");
    if (!result || record == figureData->results.end())
        nothingToDraw("component-flow", "components were not matched yet", "run the step match-components first");
    const double threshold = toNumber(record->second.record.parameters.at("threshold")).value_or(0.5);
    auto flow = std::make_shared<FlowPlotData>(flowPlotData(*figureData, *result, threshold, false));
    const double width = widthOf(options, 183);
    QStringList systems;
    for (const FlowPlotColumn& column : flow->columns)
        systems << column.id;
    FlowPlot measure;
    measure.setFlow(*flow);

    Figure figure;
    figure.name = QStringLiteral("component-flow");
    figure.title = tr("Matched components");
    figure.caption =
        tr("Components of the systems, matched one to one between every two so that the sum of their correlations "
           "across stimuli is largest. Bands are as wide as r, from r = %1 on; dashed ones are parts of a blend, a "
           "component that no single one but a non-negative mixture of several, or one that is matched nearer, "
           "resembles as much.")
            .arg(threshold) +
        summaryOfStudy(*figureData, "match-components");
    figure.picture.title = tr("Matched components — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, measure.heightFor(figureLook(options), width * kUnitsPerMm) / kUnitsPerMm};
    figure.picture.recipe = recipe(*figureData, figure.name, systems, {"fit-embedding", "match-components"}, {});
    figure.tables = [figureData, flow] { return componentFlowTables(*figureData, *flow); };
    figure.picture.paint = [flow](QPainter& painter, const QRectF& area, const Look& look) {
        FlowPlot plot;
        plot.setFlow(*flow);
        plot.paint(painter, area, look);
    };
    return figure;
}

Figure clusterOverlapFigure(SharedFigureData figureData, const FigureOptions& options) {
    const auto result = arraysOf(*figureData, "cluster-overlap");
    if (!result)
        nothingToDraw("cluster-overlap", "clusters were not compared yet", "run the step cluster-overlap first");
    auto overlap = std::make_shared<OverlapPlotData>(overlapPlotData(*figureData, *result, false));
    QStringList systems;
    for (const std::string& name : result->get<std::string>("systems").values)
        systems << QString::fromStdString(name);
    const double width = widthOf(options, 89);

    Figure figure;
    figure.name = QStringLiteral("cluster-overlap");
    figure.title = tr("Cluster overlap");
    figure.caption = tr("Clusters of components that systems have in common: Venn diagram and sets, each what exactly "
                        "these systems have. %1")
                         .arg(QString::fromStdString(result->attribute("rule"))) +
                     summaryOfStudy(*figureData, "cluster-overlap");
    figure.picture.title = tr("Cluster overlap — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, std::clamp(1.25 * width, 90.0, 180.0)};
    figure.picture.recipe = recipe(*figureData, figure.name, systems,
                                   {"fit-embedding", "emotion-graph", "label-components", "cluster-overlap"}, {});
    figure.tables = [overlap] { return clusterOverlapTables(*overlap); };
    figure.picture.paint = [overlap](QPainter& painter, const QRectF& area, const Look& look) {
        OverlapPlot plot;
        plot.setOverlap(*overlap);
        plot.paint(painter, area, look);
    };
    return figure;
}

} // namespace tercet
