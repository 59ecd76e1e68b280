#include "widgets/figures/figure_parts.h"
#include "widgets/figures/system_tables.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/legend.h"
#include "widgets/plots/palettes.h"

#include <QJsonArray>
#include <QPainter>

namespace tercet {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

} // namespace

Figure mapFigure(SharedFigureData figureData, const FigureOptions& options) {
    const auto hasMap = [](const FigureSystem& system) { return system.map && !system.map->positions.empty(); };
    const QStringList systems = drawnSystems(*figureData, options, hasMap);
    if (systems.isEmpty())
        nothingToDraw("map", "no map was made yet", "run the step map first");
    const auto count = static_cast<int>(systems.size());
    const int perRow = count <= 3 ? count : (count == 4 ? 2 : 3);
    const int rows = (count + perRow - 1) / perRow;
    const double width = widthOf(options, count == 1 ? 120 : 183);
    const bool grouped = options.coloring.by == MapColoring::By::Category;

    // Categories are the same in every system, other colourings have a scale each.
    auto entries = std::make_shared<std::vector<LegendEntry>>();
    const MapPaint first = mapPaint(*figureData, *figureData->system(systems.front()), options.coloring, false);
    if (grouped)
        for (std::size_t i = 0; i < first.groups.size(); ++i)
            entries->push_back({first.groups[i].name, first.groups[i].color, first.counts[i]});
    const Look paper = figureLook(options);
    double legendHeight = 0;
    if (grouped && !entries->empty()) {
        Legend legend;
        legend.setEntries(*entries);
        legendHeight = legend.heightFor(width * kUnitsPerMm, paper);
    }
    const double cellWidth = width * kUnitsPerMm / perRow;
    const double top = chipLine(paper) + kHalfUnit;
    const double barHeight = grouped ? 0 : ColorBar().heightFor(paper) + kHalfUnit;
    const double cellHeight = top + cellWidth * 0.8 + barHeight;

    Figure figure;
    figure.name = QStringLiteral("map");
    figure.title = tr("Maps");
    figure.caption =
        tr("t-SNE maps of the embeddings, a point per stimulus, ") +
        (grouped ? tr("coloured by its highest-rated category; prototypes (the two stimuli highest in each "
                      "category) are larger and outlined.")
                 : tr("coloured by value: %1.").arg(first.title)) +
        summaries(*figureData, systems, "map");
    figure.picture.title = tr("Map — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, (rows * cellHeight + legendHeight) / kUnitsPerMm};
    const char* const kinds[] = {"category", "rating", "component"};
    figure.picture.recipe = recipe(*figureData, figure.name, systems, {"fit-embedding", "map"},
                                   {{"colour_by", kinds[static_cast<int>(options.coloring.by)]},
                                    {"colour_index", options.coloring.index},
                                    {"hidden", QJsonArray::fromStringList(options.hiddenGroups)}});
    figure.tables = [figureData, systems, coloring = options.coloring] {
        return std::vector{mapTable(*figureData, systems, coloring)};
    };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        const QVector<int> prototypes = grouped ? prototypeRows(*figureData) : QVector<int>();
        for (int i = 0; i < count; ++i) {
            const FigureSystem& system = *figureData->system(systems[i]);
            const QRectF cell(area.left() + i % perRow * cellWidth, area.top() + i / perRow * cellHeight, cellWidth,
                              cellHeight);
            drawChip(painter, QRectF(cell.left() + kHalfUnit, cell.top(), cell.width() - kUnit, top), system.title,
                     figureData->color(system.name, false), look.font(TextSize::Small, QFont::DemiBold), look.text);
            const MapPaint values = mapPaint(*figureData, system, options.coloring, false);
            PointMap map;
            setMapPositions(map, *system.map);
            setMapPaint(map, values, options.hiddenGroups);
            map.setPrototypes(prototypes);
            map.paint(painter, QRectF(cell.left(), cell.top() + top, cellWidth, cellWidth * 0.8), look);
            if (!grouped) {
                ColorBar bar;
                bar.setMap([](double share, bool) { return sequentialColor(share); }, values.low, values.high,
                           values.title);
                bar.paint(painter,
                          QRectF(cell.left() + kUnit, cell.bottom() - barHeight, cellWidth - 2 * kUnit, barHeight),
                          look);
            }
        }
        if (legendHeight > 0) {
            Legend legend;
            legend.setEntries(*entries);
            for (std::size_t i = 0; i < entries->size(); ++i)
                legend.setEntryShown(static_cast<int>(i), !options.hiddenGroups.contains((*entries)[i].name));
            legend.paint(painter, QRectF(area.left(), area.bottom() - legendHeight, area.width(), legendHeight), look);
        }
    };
    return figure;
}

} // namespace tercet
