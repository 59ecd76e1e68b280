#include "widgets/figures/component_kind_values.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/system_tables.h"
#include "widgets/plots/line_plot.h"
#include "widgets/plots/stacked_bars.h"

#include <QPainter>

namespace tercet {
namespace {

constexpr double kNarrow = 120; ///< mm; below it the parts stand one below the other

QString tr(const char* text) { return QObject::tr(text); }

} // namespace

Figure componentKindsFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems = drawnSystems(*figureData, options, hasCorrelations);
    if (systems.isEmpty() || !figureData->ratings)
        nothingToDraw("component-kinds", "no system has components with labels yet",
                      "import a rating table and run the step fit-embedding or import an embedding");
    const KindOptions kinds{.label = {.drop = options.labelDrop,
                                      .interpretable = options.interpretable,
                                      .positiveOnly = options.positiveOnly},
                            .includeUninterpretable = options.includeUninterpretable};
    const double width = widthOf(options, 183);
    const bool beside = width >= kNarrow;
    StackedBars measured;
    showKinds(measured, *figureData, systems, kinds, false);
    const double barsHeight =
        measured.heightFor((beside ? width / 2 : width) * kUnitsPerMm, figureLook(options)) / kUnitsPerMm;
    const double linesHeight = std::max(0.55 * (beside ? width / 2 : width), beside ? barsHeight : 0.0);
    Figure figure;
    figure.name = QStringLiteral("component-kinds");
    figure.title = tr("Kinds of components");
    figure.caption = tr("Left: share of components whose largest %1 with a rating exceeds a threshold, beside the "
                        "names that at %2. Right: components whose "
                        "label has categories, dimensions or both; uninterpretable ones have no %1 above %2%3.")
                         .arg(options.positiveOnly ? tr("r") : tr("|r|"))
                         .arg(options.interpretable, 0, 'g', 3)
                         .arg(options.includeUninterpretable ? tr(" and are counted by their label") : QString());
    figure.picture.title = tr("Kinds of components — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, beside ? linesHeight : linesHeight + barsHeight};
    figure.picture.recipe = recipe(*figureData, figure.name, systems, {"fit-embedding", "label-components"},
                                   {{"threshold", options.interpretable},
                                    {"label_drop", options.labelDrop},
                                    {"signed", options.positiveOnly},
                                    {"uninterpretable", options.includeUninterpretable}});
    figure.tables = [=] { return kindTables(*figureData, systems, kinds); };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        QRectF left = area;
        QRectF right = area;
        if (beside) {
            left.setRight(area.center().x());
            right.setLeft(area.center().x());
        } else {
            left.setHeight(area.height() * linesHeight / (linesHeight + barsHeight));
            right.setTop(left.bottom());
        }
        LinePlot lines;
        showSharesAbove(lines, *figureData, systems, kinds, false);
        lines.paint(painter, left.adjusted(0, 0, -kUnit, -kHalfUnit), look);
        StackedBars bars;
        showKinds(bars, *figureData, systems, kinds, false);
        bars.paint(painter, right, look);
    };
    return figure;
}

} // namespace tercet
