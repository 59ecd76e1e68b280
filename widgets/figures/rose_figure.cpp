#include "widgets/figures/figure_parts.h"
#include "widgets/figures/rose_values.h"
#include "widgets/figures/system_tables.h"

#include <QJsonArray>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr int kExampleStimuli = 4;
constexpr double kRoseMm = 45; ///< width of a rose with its names

QString tr(const char* text) { return QObject::tr(text); }

} // namespace

Figure roseFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems =
        drawnSystems(*figureData, options, [](const FigureSystem& system) { return system.embedding != nullptr; });
    if (systems.isEmpty())
        nothingToDraw("rose", "no system has an embedding yet", "run the step fit-embedding or import an embedding");
    const QVector<int> rows =
        options.stimuli.isEmpty() ? exampleStimuli(*figureData, kExampleStimuli) : options.stimuli;
    const double width = widthOf(options, 183);
    const auto columns = static_cast<double>(systems.size());
    const double perRow = std::clamp(std::floor(width / (columns * kRoseMm)), 1.0, static_cast<double>(rows.size()));
    const double cell = width / (columns * perRow);
    const double height = std::ceil(static_cast<double>(rows.size()) / perRow) * (0.8 * cell + 10);

    Figure figure;
    figure.name = QStringLiteral("rose");
    figure.title = tr("Roses");
    figure.caption =
        tr("Roses of single stimuli in every system: a petal per component, in the component's colour, as long as the "
           "stimulus' weight over the component's maximum. The three longest petals are named.");
    figure.picture.title = tr("Roses — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, height};
    QJsonArray ids;
    for (const int row : rows)
        ids.append(QString::fromStdString(figureData->stimuli->at(static_cast<std::size_t>(row)).id));
    figure.picture.recipe =
        recipe(*figureData, figure.name, systems, {"fit-embedding", "label-components"}, {{"stimuli", ids}});
    figure.tables = [=] { return std::vector{roseTable(*figureData, systems, rows)}; };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        RosePlot plot;
        plot.setRoses(roseSystems(*figureData, systems, false), roseStimuli(*figureData, systems, rows));
        plot.paint(painter, area, look);
    };
    return figure;
}

} // namespace tercet
