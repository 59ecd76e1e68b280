#include "widgets/figures/brain_map_page.h"
#include "widgets/figures/figure_parts.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QPainter>

#include <algorithm>

namespace tercet {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

} // namespace

Figure flatmapFigure(SharedFigureData figureData, const FigureOptions& options) {
    SubjectCortices cortices;
    const BrainMapParts maps = brainMapParts(*figureData, options, [&](const Subject& subject) {
        const auto cortex = cortexOf(cortices, *figureData, subject);
        return cortex ? std::optional(cortex->voxels) : std::nullopt;
    });
    if (maps.parts.empty())
        nothingToDraw("flatmap",
                      options.brainMap == BrainMapKind::Weights
                          ? "no subject has weights of that component and a cortex to draw them on"
                          : "no subject has a map and a cortex to draw it on",
                      "import fMRI and a surface, and run the steps project-surface and encode");
    const BrainMapGrid grid = cortexGrid(maps, cortices, widthOf(options, 183), options.inflated, figureLook(options));
    Figure figure;
    figure.name = QStringLiteral("flatmap");
    figure.title = tr("Maps on the cortex");
    if (!options.against.isEmpty() && maps.other.isEmpty())
        nothingToDraw("flatmap", "a second model is drawn with one other, of encoding or searchlights",
                      "ask for one system, and for another one that has such a map");
    figure.caption =
        tr("%1 of each voxel on the flattened cortex, curvature below it (sulci darker), one scale for all. %2")
            .arg(titleOf(maps.kind), maps.ruleText());
    figure.picture.title = tr("Maps on the cortex — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {grid.widthMm, grid.heightMm()};
    figure.picture.recipe = recipe(*figureData, figure.name, maps.models,
                                   {"preprocess-fmri", "project-surface", "encode", "voxel-test", "searchlight"},
                                   {{"subjects", QJsonArray::fromStringList(maps.subjects)},
                                    {"map", wordFor(maps.kind)},
                                    {"level", maps.level},
                                    {"component", std::max(0, options.component)},
                                    {"against", maps.other.isEmpty() ? QString() : options.against},
                                    {"inflated", options.inflated}});
    figure.tables = [maps, title = figure.title] { return std::vector<Table>{maps.table(title)}; };
    figure.picture.paint = [grid](QPainter& painter, const QRectF& area, const Look& look) {
        grid.paint(painter, area, look);
    };
    return figure;
}

} // namespace tercet
