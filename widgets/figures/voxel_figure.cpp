#include "core/base/error.h"
#include "core/base/text.h"
#include "widgets/figures/brain_map.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/voxel_values.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <span>

namespace tercet {
namespace {

constexpr double kSmallestPlot = 43; ///< mm

QString tr(const char* text) { return QObject::tr(text); }

/// Those asked for, or all that are not tables of ratings, in the study's order.
QStringList modelsToDraw(const FigureData& figureData, const FigureOptions& options) {
    QStringList models;
    for (const System& model : figureData.models)
        if (const QString name = QString::fromStdString(model.name);
            options.systems.isEmpty() ? !isRatingTable(model.source)
                                      : options.systems.contains(name) || name == options.against)
            models << name;
    return models;
}

} // namespace

Figure voxelFigure(SharedFigureData figureData, const FigureOptions& options) {
    const BrainMapKind kind = options.brainMap;
    if (kind != BrainMapKind::Encoding && kind != BrainMapKind::Searchlight)
        throw ParameterError({.where = "figure voxels, option map",
                              .expected = "encoding or searchlight, which models have",
                              .found = wordFor(kind).toStdString()});
    const VoxelRequest request{
        .kind = kind, .subjects = subjectsToDraw(*figureData, options), .level = options.level.value_or(1)};
    QStringList xs = modelsToDraw(*figureData, options);
    if (options.systems.isEmpty() && rankedModels(*figureData, request, xs).size() < 2) // ratings alone were encoded
        for (const System& model : figureData->models)
            if (const QString name = QString::fromStdString(model.name); !xs.contains(name))
                xs << name;
    const QString y = options.against.isEmpty() ? rankedModels(*figureData, request, xs).value(0) : options.against;
    xs.removeAll(y);
    const auto multiples = std::make_shared<const VoxelMultiples>(
        y.isEmpty() ? VoxelMultiples() : voxelMultiples(*figureData, request, y, xs));
    if (multiples->pairs.empty())
        nothingToDraw("voxels", "no two systems have been compared with the voxels of a subject",
                      "import fMRI, and run the step encode for two systems");
    QStringList drawnModels{y};
    QStringList drawnSubjects;
    bool tested = false;
    for (const VoxelPair& pair : multiples->pairs) {
        drawnModels << pair.x;
        tested = tested || pair.tested;
        for (const VoxelPair::Part& part : pair.parts)
            if (!drawnSubjects.contains(part.subject))
                drawnSubjects << part.subject;
    }
    const auto count = static_cast<int>(multiples->pairs.size());
    const double width = widthOf(options, count == 1 ? 89 : 183);
    const Look look = figureLook(options);
    const int most = std::max(1, static_cast<int>(width / kSmallestPlot));
    const int rows = (count + most - 1) / most;
    const int columns = (count + rows - 1) / rows;
    const double side = width / columns;
    const double height = side + DensityPlot::extraHeight(look) / kUnitsPerMm;
    const double keyHeight = ColorBar().heightFor(look) / kUnitsPerMm;
    Figure figure;
    figure.name = QStringLiteral("voxels");
    figure.title = tr("Voxels of two systems");
    figure.caption =
        tr("%1 of each voxel by %2 against each other system; %3, voxels of all pooled. Colour: number of voxels, "
           "logarithmic. Red: equal; orange: 1.2 and 1.6 times as much; at each line’s end the share of voxels above "
           "it.%4")
            .arg(titleOf(kind), figureData->modelTitle(y),
                 QString::fromStdString(
                     counted(static_cast<std::uint64_t>(drawnSubjects.size()), "subject", "subjects")),
                 request.level < 1 && tested
                     ? tr(" Voxels with P < %1 for one of the two, FDR corrected over the subject’s voxels.")
                           .arg(request.level)
                     : QString());
    figure.picture.title = tr("Voxels of two systems — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, rows * height + keyHeight};
    figure.picture.recipe = recipe(*figureData, figure.name, drawnModels,
                                   {"preprocess-fmri", "encode", "voxel-test", "searchlight", "compare-voxels"},
                                   {{"subjects", QJsonArray::fromStringList(drawnSubjects)},
                                    {"map", wordFor(kind)},
                                    {"level", request.level},
                                    {"against", y}});
    figure.tables = [=] { return voxelTables(*figureData, *multiples); };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& paper) {
        painter.fillRect(area, paper.surface);
        for (int i = 0; i < count; ++i) {
            DensityPlot plot;
            showVoxels(plot, *figureData, *multiples, multiples->pairs[static_cast<std::size_t>(i)], kind);
            plot.paint(painter,
                       QRectF(area.left() + i % columns * side * kUnitsPerMm,
                              area.top() + i / columns * height * kUnitsPerMm, side * kUnitsPerMm,
                              height * kUnitsPerMm),
                       paper);
        }
        drawVoxelKey(painter, area, *multiples, paper);
    };
    return figure;
}

} // namespace tercet
