#include "widgets/figures/figure_presets.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "widgets/figures/figure_options.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/journal.h"

#include <QJsonDocument>
#include <QObject>

#include <algorithm>

namespace tercet {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

} // namespace

const std::vector<FigurePreset>& figurePresets() {
    static const std::vector<FigurePreset> presets{
        {QStringLiteral("fit"), tr("Fit curves"), 183, 60, fitFigure},
        {QStringLiteral("map"), tr("Maps"), 183, 60, mapFigure},
        {QStringLiteral("rose"), tr("Roses"), 183, 45, roseFigure},
        {QStringLiteral("labels"), tr("Component labels"), 183, 60, labelFigure},
        {QStringLiteral("heat-map"), tr("Components and ratings"), 183, 80, heatMapFigure},
        {QStringLiteral("validation"), tr("Validation"), 183, 60, validationFigure},
        {QStringLiteral("similarity"), tr("Predicted and measured similarity"), 183, 50, similarityFigure},
        {QStringLiteral("compression"), tr("Compression"), 89, 50, compressionFigure},
        {QStringLiteral("saturation"), tr("Saturation"), 89, 50, saturationFigure},
        {QStringLiteral("agreement"), tr("Agreement of systems"), 183, 60, agreementFigure},
        {QStringLiteral("model-zoo"), tr("Model zoo"), 183, 60, modelZooFigure},
        {QStringLiteral("emotion-graph"), tr("Emotion graphs"), 183, 89, emotionGraphFigure},
        {QStringLiteral("clusters"), tr("Clusters of components"), 183, 60, clusterFigure},
        {QStringLiteral("component-flow"), tr("Matched components"), 183, 89, componentFlowFigure},
        {QStringLiteral("cluster-overlap"), tr("Cluster overlap"), 89, 60, clusterOverlapFigure},
        {QStringLiteral("word-clouds"), tr("Word clouds"), 183, 60, wordCloudFigure},
        {QStringLiteral("gallery"), tr("Gallery of components"), 183, 89, galleryFigure, galleryPages},
        {QStringLiteral("component-kinds"), tr("Kinds of components"), 183, 60, componentKindsFigure},
        {QStringLiteral("centroid-accuracy"), tr("Categories told apart"), 89, 60, centroidFigure},
        {QStringLiteral("flatmap"), tr("Maps on the cortex"), 183, 60, flatmapFigure},
        {QStringLiteral("component-maps"), tr("Components on the cortex"), 183, 89, componentMapFigure,
         componentMapPages},
        {QStringLiteral("subject-maps"), tr("Maps of a subject"), 183, 60, subjectMapFigure, subjectMapPages},
        {QStringLiteral("slices"), tr("Maps in slices"), 183, 60, sliceFigure},
        {QStringLiteral("regions"), tr("Regions of the brain"), 183, 89, regionFigure},
        {QStringLiteral("voxels"), tr("Voxels of two systems"), 183, 60, voxelFigure},
        {QStringLiteral("raw-ratings"), tr("Embeddings and raw ratings"), 183, 160, rawRatingFigure}};
    return presets;
}

Figure makeFigure(const FigurePreset& preset, SharedFigureData figureData, const FigureOptions& options) {
    const Journal& journal = journalNamed(options.journal);
    FigureOptions asked = options;
    if (asked.widthMm <= 0 && !options.journal.isEmpty())
        asked.widthMm = journal.columnsMm.back();
    if (asked.widthMm > 0 && asked.widthMm < preset.smallestWidthMm)
        throw ParameterError(
            {.where = "figure " + preset.name.toStdString(),
             .what = "the text would not fit",
             .expected = QStringLiteral("a width of at least %1 mm").arg(preset.smallestWidthMm).toStdString(),
             .found = QStringLiteral("%1 mm").arg(asked.widthMm).toStdString()});
    QStringList named = asked.systems;
    if (!asked.against.isEmpty())
        named << asked.against;
    for (const QString& system : named)
        if (!figureData->system(system) && !figureData->model(system))
            throw ParameterError({.where = "figure " + preset.name.toStdString(),
                                  .expected = "a system of the study",
                                  .found = tercet::quoted(system.toStdString())});
    for (const QString& subject : asked.subjects)
        if (std::none_of(figureData->subjects.begin(), figureData->subjects.end(),
                         [&](const Subject& one) { return QString::fromStdString(one.name) == subject; }))
            throw ParameterError({.where = "figure " + preset.name.toStdString(),
                                  .expected = "a subject of the study",
                                  .found = tercet::quoted(subject.toStdString())});
    Figure figure = preset.make(figureData, asked);
    figure.picture.look = figureLook(asked);
    QJsonObject recipe = QJsonDocument::fromJson(figure.picture.recipe.toUtf8()).object();
    QJsonObject kept = toJson(asked, *figureData);
    const QJsonObject own = recipe[QStringLiteral("options")].toObject(); // what was really drawn
    for (auto each = own.begin(); each != own.end(); ++each)
        kept[each.key()] = each.value();
    recipe[QStringLiteral("options")] = kept;
    figure.picture.recipe = QString::fromUtf8(QJsonDocument(recipe).toJson(QJsonDocument::Indented));
    return figure;
}

const FigurePreset& figurePresetNamed(const QString& name) {
    QStringList known;
    for (const FigurePreset& preset : figurePresets()) {
        if (preset.name == name)
            return preset;
        known << preset.name;
    }
    throw ParameterError({.where = "figure",
                          .expected = "a preset (" + known.join(QStringLiteral(", ")).toStdString() + ")",
                          .found = tercet::quoted(name.toStdString())});
}

} // namespace tercet
