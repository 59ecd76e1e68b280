#include "widgets/figures/brain_map.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/table_builder.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kAspect = 0.5; ///< height of a cortex to its width
constexpr double kUsualLevel = 0.05;
constexpr double kNarrow = 120; ///< mm; below it maps stand one below the other

QString tr(const char* text) { return QObject::tr(text); }

/// One cortex of the figure.
struct Part {
    BrainMapRequest request;
    QString title;
    std::shared_ptr<const ProjectedSurface> cortex;
    BrainMap map;
};

/// The number of what is drawn.
double significantShare(const BrainMap& map, double level) {
    double all = 0;
    double below = 0;
    for (std::size_t v = 0; v < map.gate.size(); ++v)
        if (std::isfinite(map.gate[v])) {
            ++all;
            below += static_cast<double>(map.gate[v] < level);
        }
    return all > 0 ? below / all : std::nan("");
}

} // namespace

Figure flatmapFigure(SharedFigureData figureData, const FigureOptions& options) {
    const BrainMapKind kind = options.brainMap;
    std::vector<QString> models;
    for (const System& model : figureData->models)
        if (const QString name = QString::fromStdString(model.name);
            options.systems.isEmpty() ? !isRatingTable(model.source) : options.systems.contains(name))
            models.push_back(name);
    if (kind == BrainMapKind::Ceiling)
        models = {QString()};
    std::vector<Part> parts;
    QStringList drawnModels;
    QStringList drawnSubjects;
    for (const Subject& subject : figureData->subjects) {
        const QString name = QString::fromStdString(subject.name);
        // Without being asked, the first subject that has everything stands for all.
        if (options.subjects.isEmpty() ? !parts.empty() : !options.subjects.contains(name))
            continue;
        const auto surface = figureData->arrays({"project-surface", "", subject.name});
        if (!surface)
            continue;
        const auto cortex = std::make_shared<const ProjectedSurface>(projectedSurface(*surface));
        for (const QString& model : models) {
            const BrainMapRequest request{
                .kind = kind, .system = model, .subject = name, .component = std::max(0, options.component)};
            auto map = brainMap(figureData->arrays, request);
            if (!map)
                continue;
            QString title = QString::fromStdString(subject.title);
            if (!model.isEmpty())
                title = figureData->modelTitle(model) + QStringLiteral(", ") + title;
            parts.push_back({request, title, cortex, std::move(*map)});
            if (!model.isEmpty() && !drawnModels.contains(model))
                drawnModels << model;
            if (!drawnSubjects.contains(name))
                drawnSubjects << name;
        }
    }
    if (parts.empty())
        nothingToDraw("flatmap", "no subject has a map and a cortex to draw it on",
                      "import fMRI and a surface, and run the steps project-surface and encode");
    std::vector<BrainMap> maps;
    bool tested = false;
    for (const Part& part : parts) {
        maps.push_back(part.map);
        tested = tested || !part.map.gate.empty();
    }
    const double most = scaleFor(maps);
    const double level = options.level.value_or(kUsualLevel);
    const double width = widthOf(options, 183);
    const Look look = figureLook(options);
    const int columns = parts.size() == 1                                    ? 1
                        : drawnSubjects.size() > 1 && drawnModels.size() > 1 ? static_cast<int>(drawnModels.size())
                                                                             : (width < kNarrow ? 1 : 2);
    const int rows = (static_cast<int>(parts.size()) + columns - 1) / columns;
    const double titleHeight = chipLine(look) / kUnitsPerMm;
    const double cell = width / columns * kAspect + titleHeight;
    const double keyHeight = ColorBar().heightFor(look) / kUnitsPerMm;
    Figure figure;
    figure.name = QStringLiteral("flatmap");
    figure.title = tr("Maps on the cortex");
    figure.caption =
        tr("%1 of each voxel on the flattened cortex, curvature below it (sulci darker), one scale for all.%2")
            .arg(titleOf(kind))
            .arg(tested && level < 1
                     ? tr(" All coloured voxels P < %1, FDR corrected over the subject’s voxels.").arg(level)
                     : tr(" Not thresholded."));
    figure.picture.title = tr("Maps on the cortex — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, rows * cell + keyHeight};
    figure.picture.recipe = recipe(*figureData, figure.name, drawnModels,
                                   {"preprocess-fmri", "project-surface", "encode", "voxel-test", "searchlight"},
                                   {{"subjects", QJsonArray::fromStringList(drawnSubjects)},
                                    {"map", wordFor(kind)},
                                    {"level", level},
                                    {"component", std::max(0, options.component)},
                                    {"inflated", options.inflated}});
    figure.tables = [=] {
        TableBuilder table(
            tr("Maps on the cortex"),
            {{"subject"}, {"system"}, {"mean", 3}, {"largest", 3}, {"voxels"}, {"share_below_level", 3}});
        for (const Part& part : parts) {
            double sum = 0;
            double largest = -std::numeric_limits<double>::infinity();
            std::size_t count = 0;
            for (const double value : part.map.values)
                if (std::isfinite(value)) {
                    sum += value;
                    largest = std::max(largest, value);
                    ++count;
                }
            table.add({part.request.subject, part.request.system,
                       count > 0 ? sum / static_cast<double>(count) : std::nan(""), count > 0 ? largest : std::nan(""),
                       count, significantShare(part.map, level)});
        }
        return std::vector<Table>{table.take()};
    };
    const bool inflated = options.inflated;
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& paper) {
        painter.fillRect(area, paper.surface);
        const double columnWidth = area.width() / columns;
        const double rowHeight = cell * kUnitsPerMm;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const Part& part = parts[i];
            const QRectF place(area.left() + columnWidth * (static_cast<int>(i) % columns),
                               area.top() + rowHeight * (static_cast<int>(i) / columns), columnWidth, rowHeight);
            painter.setPen(paper.text);
            painter.setFont(paper.font(TextSize::Body));
            painter.drawText(QRectF(place.left(), place.top(), place.width(), titleHeight * kUnitsPerMm),
                             Qt::AlignCenter, part.title);
            SurfaceView view;
            showCortex(view, *part.cortex);
            showBrainMap(view, *part.cortex, part.map, kind, most, level, paper.dark);
            SurfaceCamera camera = view.camera();
            camera.flatness = inflated ? 0 : camera.flatness;
            view.setCamera(camera);
            view.paint(painter, place.adjusted(kHalfUnit, titleHeight * kUnitsPerMm, -kHalfUnit, 0), paper);
        }
        ColorBar key;
        showBrainKey(key, kind, most);
        const double keyWidth = std::min(area.width(), 60 * kUnitsPerMm);
        key.paint(painter,
                  QRectF(area.center().x() - keyWidth / 2, area.bottom() - keyHeight * kUnitsPerMm, keyWidth,
                         keyHeight * kUnitsPerMm),
                  paper);
    };
    return figure;
}

} // namespace tercet
