#include "widgets/figures/figure_parts.h"
#include "widgets/figures/similarity_maps.h"
#include "widgets/figures/validation_plots.h"
#include "widgets/figures/validation_tables.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/heat_map.h"
#include "widgets/plots/line_plot.h"
#include "widgets/plots/scatter_plot.h"

#include <QPainter>

#include <algorithm>

namespace tercet {
namespace {

constexpr double kNarrow = 120; ///< mm; below it the parts stand one below the other

QString tr(const char* text) { return QObject::tr(text); }

/// One plot of a figure.
struct Part {
    QString system; ///< the one it is about; empty for all
    std::function<void(QPainter&, const QRectF&, const Look&)> paint;
};

bool hasResult(const FigureData& figureData, const QString& system, const char* step) {
    if (system.isEmpty())
        return figureData.results.contains(step);
    const FigureSystem* found = figureData.system(system);
    return found && found->results.contains(step);
}

QStringList systemsWith(const FigureData& figureData, const FigureOptions& options, const char* step) {
    return drawnSystems(figureData, options, [&](const FigureSystem& system) { return system.results.contains(step); });
}

/// A part that `show` fills, a plot of its own each time it is painted.
template <class Plot, class Show>
Part partOf(Show show) {
    return {.system = {}, .paint = [show](QPainter& painter, const QRectF& area, const Look& look) {
                Plot plot;
                show(plot);
                plot.paint(painter, area, look);
            }};
}

/// The parts side by side, each `aspect` times as high as wide.
Picture pictureOf(std::vector<Part> parts, double width, int mostPerRow, double aspect) {
    const int count = static_cast<int>(parts.size());
    const int perRow = std::min(count, width < kNarrow ? 1 : mostPerRow);
    const int rows = (count + perRow - 1) / perRow;
    const double cellWidth = width / perRow;
    const double cellHeight = std::min(cellWidth, 90.0) * aspect;
    Picture picture;
    picture.millimetres = {width, rows * cellHeight};
    picture.paint = [parts = std::move(parts), perRow, rows](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        const QSizeF cell(area.width() / perRow, area.height() / rows);
        for (int i = 0; i < static_cast<int>(parts.size()); ++i)
            parts[static_cast<std::size_t>(i)].paint(
                painter,
                QRectF(QPointF(area.left() + i % perRow * cell.width(), area.top() + i / perRow * cell.height()), cell)
                    .adjusted(0, 0, -kUnit, -kHalfUnit),
                look);
    };
    return picture;
}

struct Words {
    const char* name;
    QString title;
    QString caption;
};

Figure figureOf(const FigureData& figureData, const Words& words, const QStringList& systems,
                const std::vector<const char*>& steps, Picture picture) {
    Figure figure;
    figure.name = QString::fromLatin1(words.name);
    figure.title = words.title;
    figure.caption = words.caption;
    for (const char* step : steps)
        figure.caption += summaries(figureData, systems, step);
    figure.picture = std::move(picture);
    figure.picture.title = QStringLiteral("%1 — %2").arg(words.title, figureData.studyTitle);
    figure.picture.recipe = recipe(figureData, figure.name, systems, steps, {});
    return figure;
}

/// What a figure's parts show, in their order.
using TableMakers = std::vector<std::function<std::vector<Table>()>>;

Figure withTables(Figure figure, TableMakers makers) {
    figure.tables = [makers = std::move(makers)] {
        std::vector<Table> tables;
        for (const auto& make : makers)
            for (Table& table : make())
                tables.push_back(std::move(table));
        return tables;
    };
    return figure;
}

/// A figure of one plot over all systems with a result of `step`.
template <class Plot, class Show>
Figure singleFigure(const SharedFigureData& figureData, const FigureOptions& options, const Words& words,
                    const char* step, std::vector<Table> (*tables)(const FigureData&, const QStringList&), Show show) {
    const QStringList systems = systemsWith(*figureData, options, step);
    if (systems.isEmpty())
        nothingToDraw(words.name, "there is no result to draw", (std::string("run the step ") + step).c_str());
    return withTables(figureOf(*figureData, words, systems, {step},
                               pictureOf({partOf<Plot>([=](Plot& plot) { show(plot, *figureData, systems); })},
                                         widthOf(options, 89), 1, 0.75)),
                      {[=] { return tables(*figureData, systems); }});
}

/// One system of the figure of similarities.
struct SimilarityRow {
    QString system;
    QString title;
    PrototypeSimilarity similarity;
};

/// A row for each system, one key to all: below the last matrices. Returns how high it all is, and draws nothing
/// without a painter.
double paintSimilarity(QPainter* painter, const QRectF& area, const FigureData& figureData,
                       const std::vector<SimilarityRow>& rows, const Look& look) {
    const double room = area.width() - kUnit;
    double top = area.top() + kHalfUnit;
    for (const SimilarityRow& row : rows) {
        const bool last = &row == &rows.back();
        const SimilarityLayout layout = similarityLayout(
            {.width = area.width(), .inARow = area.width() >= kNarrow * kUnitsPerMm, .key = last}, look);
        const QPointF left(area.left(), top);
        const double heading = headingHeight(row.title, row.similarity.fit, room - kUnit, look);
        const QPointF at(area.left(), top + heading);
        if (painter) {
            drawHeading(*painter, left + QPointF(kUnit, 0), room - kUnit, row.title, row.similarity.fit, look);
            HeatMap predicted;
            showSimilarityMap(predicted, row.similarity, false);
            predicted.paint(*painter, layout.predicted.translated(at), look);
            HeatMap measured;
            showSimilarityMap(measured, row.similarity, true);
            measured.paint(*painter, layout.measured.translated(at), look);
            ScatterPlot scatter;
            showSimilarity(scatter, figureData, row.similarity, row.system, false);
            scatter.setTitle(tr("Measured against predicted"));
            scatter.paint(*painter, layout.scatter.translated(at), look);
            if (last) {
                ColorBar key;
                showSimilarityKey(key);
                key.paint(*painter, layout.key.translated(at), look);
            }
        }
        top = at.y() + layout.height + (last ? kHalfUnit : 2 * kUnit);
    }
    return top - area.top();
}

} // namespace

Figure validationFigure(SharedFigureData figureData, const FigureOptions& options) {
    QStringList all = drawnSystems(*figureData, options, [](const FigureSystem&) { return true; });
    std::vector<Part> parts;
    std::vector<const char*> steps;
    TableMakers tables;
    if (!systemsWith(*figureData, options, "sweep-dimensions").isEmpty()) {
        steps.push_back("sweep-dimensions");
        tables.emplace_back([=] { return sweepTables(*figureData, all); });
        parts.push_back(partOf<LinePlot>([=](LinePlot& plot) { showSweep(plot, *figureData, all, false); }));
    }
    if (const QStringList systems = systemsWith(*figureData, options, "reproducibility"); !systems.isEmpty()) {
        steps.push_back("reproducibility");
        tables.emplace_back([=] { return reproducibilityTables(*figureData, all); });
        parts.push_back(partOf<LinePlot>(
            [=](LinePlot& plot) { showReproducibility(plot, *figureData, all, systems.front(), false); }));
    }
    if (!systemsWith(*figureData, options, "held-out").isEmpty()) {
        steps.push_back("held-out");
        tables.emplace_back([=] { return accuracyTables(*figureData, all); });
        if (!systemsWith(*figureData, options, "noise-ceiling").isEmpty())
            steps.push_back("noise-ceiling");
        parts.push_back(partOf<BarPlot>([=](BarPlot& plot) { showAccuracy(plot, *figureData, all, false); }));
    }
    if (parts.empty())
        nothingToDraw("validation", "no embedding was validated yet",
                      "run the steps held-out, sweep-dimensions and reproducibility");
    return withTables(
        figureOf(*figureData,
                 {"validation", tr("Validation"),
                  tr("Held-out accuracy over the number of components; reproducibility of each component over runs "
                     "with other seeds; held-out accuracy under the noise ceiling. Intervals are 95 %, dots single "
                     "fits, chance 33.3 %.")},
                 all, steps, pictureOf(std::move(parts), widthOf(options, 183), 3, 0.85)),
        std::move(tables));
}

Figure similarityFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems = systemsWith(*figureData, options, "rsm");
    if (systems.isEmpty())
        nothingToDraw("similarity", "no similarity was measured yet", "run the step rsm");
    std::vector<SimilarityRow> rows;
    for (const QString& system : systems)
        rows.push_back({system, figureData->system(system)->title, prototypeSimilarity(*figureData, system)});
    const double width = widthOf(options, 183);
    Picture picture;
    picture.millimetres = {
        width,
        paintSimilarity(nullptr, {0, 0, width * kUnitsPerMm, 0}, *figureData, rows, figureLook(options)) / kUnitsPerMm};
    picture.paint = [figureData, rows = std::move(rows)](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        paintSimilarity(&painter, area, *figureData, rows, look);
    };
    return withTables(figureOf(*figureData,
                               {"similarity", tr("Predicted and measured similarity"),
                                tr("Similarity of every pair of prototypes as the embedding predicts it and as "
                                   "validation judgments measured it. Both matrices of a system are in one order: "
                                   "prototypes of one top category together, like beside like; hatched: not measured. "
                                   "Dashed: equal, solid: least squares.")},
                               systems, {"rsm"}, std::move(picture)),
                      {[=] { return similarityTables(*figureData, systems); }});
}

Figure compressionFigure(SharedFigureData figureData, const FigureOptions& options) {
    return singleFigure<LinePlot>(
        figureData, options,
        {"compression", tr("Compression"),
         tr("Held-out accuracy when only the largest components of each stimulus are kept; shaded: where 95 to 99 % of "
            "the full accuracy is reached, dashed: chance.")},
        "compress", compressionTables, [](LinePlot& plot, const FigureData& data, const QStringList& systems) {
            showCompression(plot, data, systems, systems.front(), false);
        });
}

Figure saturationFigure(SharedFigureData figureData, const FigureOptions& options) {
    return singleFigure<LinePlot>(
        figureData, options,
        {"saturation", tr("Saturation"),
         tr("Components recovered from fewer judgments; boxes: quartiles over replicates, whiskers: their range.")},
        "saturation", saturationTables, [](LinePlot& plot, const FigureData& data, const QStringList& systems) {
            showSaturation(plot, data, systems, false);
        });
}

Figure agreementFigure(SharedFigureData figureData, const FigureOptions& options) {
    std::vector<Part> parts;
    std::vector<const char*> steps;
    TableMakers tables;
    double bars = 0;
    const auto add = [&](const char* step, void (*show)(BarPlot&, const FigureData&, bool),
                         std::vector<Table> (*tablesOf)(const FigureData&)) {
        if (!hasResult(*figureData, {}, step))
            return;
        steps.push_back(step);
        tables.emplace_back([=] { return tablesOf(*figureData); });
        parts.push_back(partOf<BarPlot>([=](BarPlot& plot) { show(plot, *figureData, false); }));
        BarPlot plot;
        show(plot, *figureData, false);
        bars = std::max(bars, static_cast<double>(plot.bars().size()));
    };
    add("align-systems", showAlignment, alignmentTables);
    add("agreement", showAgreement, agreementTables);
    if (parts.empty())
        nothingToDraw("agreement", "no systems were compared yet", "run the step agreement or align-systems");
    const double width = widthOf(options, 183);
    const double cell = std::min(90.0, width / (width < kNarrow ? 1.0 : static_cast<double>(parts.size())));
    return withTables(
        figureOf(*figureData,
                 {"agreement", tr("Agreement of systems"),
                  tr("Alignment: correlation of measured similarities over the root of their reliabilities. "
                     "Agreement: share of the triplets judged by both with the same odd one. Whiskers are 95 % "
                     "intervals.")},
                 {}, steps, pictureOf(std::move(parts), width, 2, (18 + 6 * bars) / cell)),
        std::move(tables));
}

} // namespace tercet
