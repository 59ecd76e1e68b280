#include "widgets/figures/figure_parts.h"
#include "widgets/figures/system_tables.h"
#include "widgets/plots/line_plot.h"

#include <QPainter>

#include <algorithm>
#include <array>

namespace tercet {
namespace {

constexpr double kChancePercent = 100.0 / 3;

QString tr(const char* text) { return QObject::tr(text); }

} // namespace

std::pair<double, double> countRange(double most) { return {0, std::max(1.0, 1.15 * most)}; }

FitCurves fitCurves(std::span<const EpochRecord> records) {
    FitCurves curves;
    for (const EpochRecord& record : records) {
        curves.epochs.push_back(static_cast<double>(record.epoch));
        curves.objective.push_back(record.objective);
        curves.training.push_back(100 * record.trainAccuracy);
        curves.heldOut.push_back(100 * record.heldOutAccuracy);
        curves.active.push_back(static_cast<double>(record.activeComponents));
        curves.sparsity.push_back(100 * record.sparsity);
    }
    return curves;
}

Figure fitFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems = drawnSystems(
        *figureData, options, [](const FigureSystem& system) { return system.fit && !system.fit->records.empty(); });
    if (systems.isEmpty())
        nothingToDraw("fit", "no embedding was fitted yet", "run the step fit-embedding first");
    const double width = widthOf(options, 183);
    const int perRow = width < 120 ? 2 : 4;
    const double height = perRow == 4 ? width * 0.25 : width * 0.75;

    Figure figure;
    figure.name = QStringLiteral("fit");
    figure.title = tr("Fit curves");
    figure.caption = tr("Fit of the embeddings, epoch by epoch: objective (mean negative log-likelihood of the "
                        "training judgments plus "
                        "the L1 term), share of judgments whose odd one is predicted (held-out solid, training dashed, "
                        "chance 33.3 %), "
                        "components with any weight above 0.1, and share of weights below 0.001.") +
                     summaries(*figureData, systems, "fit-embedding");
    figure.picture.title = tr("Fit curves — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, height};
    figure.picture.recipe = recipe(*figureData, figure.name, systems, {"fit-embedding"}, {});
    figure.tables = [figureData, systems] { return std::vector{fitTable(*figureData, systems)}; };
    figure.picture.paint = [figureData, systems, perRow](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        const double room = area.width() - kUnit;
        const double top = systemChipsHeight(*figureData, systems, room, look);
        drawSystemChips(painter, QRectF(area.left() + kUnit, area.top(), room, top), *figureData, systems, look);
        struct Part {
            QString title;
            QString unit;
            int decimals;
            std::vector<double> FitCurves::*values;
            std::vector<double> FitCurves::*dashed;
        };
        const std::array<Part, 4> parts{
            {{tr("Objective"), tr("nats"), 3, &FitCurves::objective, nullptr},
             {tr("Accuracy"), tr("%, training dashed"), 1, &FitCurves::heldOut, &FitCurves::training},
             {tr("Active components"), {}, 0, &FitCurves::active, nullptr},
             {tr("Sparsity"), tr("%"), 1, &FitCurves::sparsity, nullptr}}};
        const int rows = 4 / perRow;
        const QSizeF cell(area.width() / perRow, (area.height() - top) / rows);
        for (int i = 0; i < 4; ++i) {
            const Part& part = parts.at(static_cast<std::size_t>(i));
            LinePlot plot;
            plot.setTitle(part.title, part.unit);
            plot.setXLabel(tr("epoch"));
            plot.setValueFormat('f', part.decimals);
            std::vector<LineSeries> series;
            for (const QString& name : systems) {
                series.push_back({{}, figureData->color(name, false), Qt::SolidLine, false});
                if (part.dashed)
                    series.push_back({{}, figureData->color(name, false), Qt::DashLine, false});
            }
            plot.setSeries(series);
            int place = 0;
            double most = 0;
            for (const QString& name : systems) {
                const FitCurves curves = fitCurves(figureData->system(name)->fit->records);
                plot.setValues(place++, curves.epochs, curves.*part.values);
                most = std::max(most, *std::max_element(curves.active.begin(), curves.active.end()));
                if (part.dashed)
                    plot.setValues(place++, curves.epochs, curves.*part.dashed);
            }
            if (part.dashed)
                plot.setReference(kChancePercent, tr("chance"));
            if (part.values == &FitCurves::active)
                plot.setYRange(countRange(most));
            plot.paint(painter,
                       QRectF(area.left() + i % perRow * cell.width(), area.top() + top + i / perRow * cell.height(),
                              cell.width(), cell.height()),
                       look);
        }
    };
    return figure;
}

} // namespace tercet
