#include "core/base/error.h"
#include "widgets/figures/brain_map_page.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/slice_values.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QPainter>

#include <algorithm>

namespace tercet {
namespace {

constexpr double kNarrowestSlice = 22; ///< mm

QString tr(const char* text) { return QObject::tr(text); }

} // namespace

Figure sliceFigure(SharedFigureData figureData, const FigureOptions& options) {
    std::map<QString, SliceValues> voxels;
    BrainMapParts maps = brainMapParts(*figureData, options, [&](const Subject& subject) -> std::optional<std::string> {
        const QString name = QString::fromStdString(subject.name);
        auto values = sliceValues(figureData->arrays, name);
        if (!values)
            return {};
        return voxels.emplace(name, std::move(*values)).first->second.voxels;
    });
    std::erase_if(maps.parts, [&](const BrainMapPart& part) {
        return part.map.values.size() != voxels.at(part.request.subject).grid->voxels();
    });
    if (maps.parts.empty())
        nothingToDraw("slices", "no subject has a map of voxels",
                      "import fMRI, and run the steps preprocess-fmri and encode");
    if (options.place)
        for (const BrainMapPart& part : maps.parts) {
            const VoxelGrid& grid = *voxels.at(part.request.subject).grid;
            for (std::size_t axis = 0; axis < 3; ++axis)
                if (const double at = (*options.place)[axis]; at < grid.low()[axis] || at > grid.high()[axis])
                    throw ParameterError({.where = "figure slices, option place",
                                          .expected = QStringLiteral("%1 between %2 and %3 mm")
                                                          .arg(QLatin1Char("xyz"[axis]))
                                                          .arg(grid.low()[axis], 0, 'f', 1)
                                                          .arg(grid.high()[axis], 0, 'f', 1)
                                                          .toStdString(),
                                          .found = QString::number(at).toStdString()});
        }
    const auto plotOf = [voxels, maps, count = options.slices, place = options.place](const BrainMapPart& part) {
        const SliceValues& values = voxels.at(part.request.subject);
        auto plot = std::make_unique<SlicePlot>();
        showVoxels(*plot, values);
        showBrainMap(*plot, part.map, maps.kind, maps.most, maps.level);
        if (place)
            plot->setCrosshair(*place);
        else
            plot->setMontage(montagePlaces(values, count));
        plot->setCrosshairShown(place.has_value());
        return plot;
    };
    const Look measure = figureLook(options);
    BrainMapGrid grid(maps, widthOf(options, 183), 1, measure);
    const int slices = options.place ? 3 : options.slices;
    const int perRow = std::max(1, static_cast<int>(grid.widthMm / kNarrowestSlice));
    const int rows = (slices + perRow - 1) / perRow;
    for (const BrainMapPart& part : maps.parts)
        grid.mapMm =
            std::max(grid.mapMm,
                     plotOf(part)->heightFor(grid.widthMm * kUnitsPerMm - 2 * kHalfUnit, measure, rows) / kUnitsPerMm);
    grid.draw = [plotOf](QPainter& painter, const QRectF& area, const Look& look, const BrainMapPart& part) {
        plotOf(part)->paint(painter, area, look);
    };
    Figure figure;
    figure.name = QStringLiteral("slices");
    figure.title = tr("Maps in slices");
    figure.caption =
        (options.place
             ? tr("%1 of each voxel in a sagittal, a coronal and an axial slice through x %2, y %3, z %4 mm, left on "
                  "the left; one scale for all. Bold outlines: subcortical regions. %5")
                   .arg(titleOf(maps.kind))
                   .arg((*options.place)[0], 0, 'f', 1)
                   .arg((*options.place)[1], 0, 'f', 1)
                   .arg((*options.place)[2], 0, 'f', 1)
             : tr("%1 of each voxel in axial slices at z in mm, left on the left, front at the top; one scale for all. "
                  "Bold outlines: subcortical regions. %2")
                   .arg(titleOf(maps.kind)))
            .arg(maps.ruleText());
    figure.picture.title = tr("Maps in slices — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {grid.widthMm, grid.heightMm()};
    QJsonObject own{{"subjects", QJsonArray::fromStringList(maps.subjects)},
                    {"map", wordFor(maps.kind)},
                    {"level", maps.level},
                    {"component", std::max(0, options.component)},
                    {"slices", options.slices}};
    if (options.place)
        own["place"] = QJsonArray{(*options.place)[0], (*options.place)[1], (*options.place)[2]};
    figure.picture.recipe = recipe(*figureData, figure.name, maps.models,
                                   {"preprocess-fmri", "assign-regions", "encode", "voxel-test", "searchlight"}, own);
    figure.tables = [maps, title = figure.title] { return std::vector<Table>{maps.table(title)}; };
    figure.picture.paint = [grid](QPainter& painter, const QRectF& area, const Look& look) {
        grid.paint(painter, area, look);
    };
    return figure;
}

} // namespace tercet
