#include "widgets/figures/brain_map_page.h"

#include "core/base/error.h"
#include "core/pipeline/result_origin.h"
#include "widgets/bridge/term_text.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/gallery_values.h"
#include "widgets/figures/table_builder.h"
#include "widgets/plots/color_square.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kNarrow = 120;  ///< mm; below it maps stand one below the other
constexpr double kKeyWidth = 80; ///< mm, at most

QString tr(const char* text) { return QObject::tr(text); }

double significantShare(const BrainMap& map, double level) {
    double all = 0;
    double below = 0;
    for (const double rate : map.gate)
        if (std::isfinite(rate)) {
            ++all;
            below += static_cast<double>(rate < level);
        }
    return all > 0 ? below / all : std::nan("");
}

/// The part of a foot that a key takes.
QRectF keyPlace(const QRectF& foot) {
    const double width = std::min(foot.width(), kKeyWidth * kUnitsPerMm);
    return {foot.center().x() - width / 2, foot.top(), width, foot.height()};
}

} // namespace

void paintBrainKey(QPainter& painter, const QRectF& area, const Look& look, BrainMapKind kind, double most,
                   const QString& title) {
    ColorBar key;
    showBrainKey(key, kind, most, title);
    key.paint(painter, keyPlace(area), look);
}

void prepareCortex(SurfaceView& view, const ProjectedSurface& cortex, bool inflated) {
    showCortex(view, cortex);
    SurfaceCamera camera = view.camera();
    camera.flatness = inflated ? 0 : camera.flatness;
    view.setCamera(camera);
}

QString exceptionsText(const QStringList& untested) {
    return untested.isEmpty() ? QString() : tr("; not thresholded: %1").arg(untested.join(QStringLiteral(", ")));
}

QString featureTitle(const FigureData& figureData, const QString& system, int trainingColumn) {
    if (const QString component = componentTitle(figureData, system, trainingColumn); !component.isEmpty())
        return component;
    for (const Subject& subject : figureData.subjects)
        if (const auto encoded = figureData.arrays({"encode", system.toStdString(), subject.name})) {
            const auto& columns = encoded->get<std::int32_t>("training_column").values;
            const auto at = std::find(columns.begin(), columns.end(), trainingColumn);
            if (at != columns.end())
                return termText(
                    encoded->get<std::string>("feature").values[static_cast<std::size_t>(at - columns.begin())]);
        }
    return tr("Component %1").arg(trainingColumn + 1);
}

BrainMapParts emptyParts(const FigureOptions& options, BrainMapKind kind) {
    BrainMapParts maps;
    maps.kind = kind;
    maps.level = options.level.value_or(kUsualLevel);
    return maps;
}

void BrainMapParts::add(const FigureData& figureData, const FigureOptions& options, const Subject& subject,
                        const std::string& voxels) {
    QStringList wanted;
    for (const System& model : figureData.models)
        if (const QString name = QString::fromStdString(model.name);
            options.systems.isEmpty() ? !isRatingTable(model.source) : options.systems.contains(name))
            wanted << name;
    if (kind == BrainMapKind::Ceiling)
        wanted = QStringList{QString()};
    if (kind == BrainMapKind::Weights && !models.isEmpty())
        wanted = models;
    const QString name = QString::fromStdString(subject.name);
    for (const QString& model : wanted) {
        const BrainMapRequest request{
            .kind = kind, .system = model, .subject = name, .component = std::max(0, options.component)};
        auto map = brainMap(figureData.arrays, request);
        if (!map || areOtherVoxels(map->voxels, voxels))
            continue;
        QString title = QString::fromStdString(subject.title);
        if (!model.isEmpty())
            title = figureData.modelTitle(model) + QStringLiteral(", ") + title;
        const auto note = [&](const BrainMap& one, const QString& titleOfIt) {
            tested = tested || !one.gate.empty();
            if (one.gate.empty())
                untested << titleOfIt;
        };
        note(*map, title);
        parts.push_back({request, title, std::move(*map), {}, systemCell(figureData, model)});
        if (kind == BrainMapKind::Weights)
            component = featureTitle(figureData, model, request.component);
        if (wanted.size() == 1 && comparesModels(kind) && figureData.model(options.against)) {
            BrainMapRequest second = request;
            second.system = options.against;
            if (auto found = brainMap(figureData.arrays, second); found && areOfSameVoxels(parts.back().map, *found)) {
                note(*found, figureData.modelTitle(options.against) + QStringLiteral(", ") +
                                 QString::fromStdString(subject.title));
                parts.back().other = std::move(*found);
                parts.back().title += tr(" (with %1)").arg(figureData.modelTitle(options.against));
                firstTitle = figureData.modelTitle(model);
                other = figureData.modelTitle(options.against);
            }
        }
        if (!model.isEmpty() && !models.contains(model))
            models << model;
        if (!subjects.contains(name))
            subjects << name;
        if (kind == BrainMapKind::Weights) // the same column is another component in other models
            break;
    }
    std::vector<BrainMap> maps;
    for (const BrainMapPart& part : parts) {
        maps.push_back(part.map);
        if (part.other)
            maps.push_back(*part.other);
    }
    most = scaleFor(maps);
}

BrainMapParts brainMapParts(const FigureData& figureData, const FigureOptions& options,
                            const std::function<std::optional<std::string>(const Subject&)>& drawnOn) {
    if (options.brainMap == BrainMapKind::Weights && options.systems.size() > 1)
        throw ParameterError({.where = "option systems",
                              .expected = "one, as weights are those of a component of one system",
                              .found = std::to_string(options.systems.size())});
    BrainMapParts maps = emptyParts(options, options.brainMap);
    const auto add = [&](const FigureOptions& wanted) {
        for (const Subject& subject : figureData.subjects)
            if (wanted.subjects.isEmpty() ? maps.parts.empty()
                                          : wanted.subjects.contains(QString::fromStdString(subject.name)))
                if (const auto voxels = drawnOn(subject))
                    maps.add(figureData, wanted, subject, *voxels);
    };
    add(options);
    if (maps.parts.empty() && options.systems.isEmpty()) { // then ratings, which are left out beside embeddings
        FigureOptions ratings = options;
        for (const System& model : figureData.models)
            ratings.systems << QString::fromStdString(model.name);
        add(ratings);
    }
    return maps;
}

QString BrainMapParts::ruleText() const {
    if (!tested || level >= 1)
        return tr("Not thresholded.");
    return tr("All coloured voxels P < %1, FDR corrected over the subject’s voxels%2.")
        .arg(QString::number(level), exceptionsText(untested));
}

Table BrainMapParts::table(const QString& title) const {
    TableBuilder table(title,
                       {{"subject"}, {"system"}, {"mean", 3}, {"largest", 3}, {"voxels"}, {"share_below_level", 3}});
    for (const BrainMapPart& part : parts) {
        double sum = 0;
        double largest = -std::numeric_limits<double>::infinity();
        std::size_t count = 0;
        for (const double value : part.map.values)
            if (std::isfinite(value)) {
                sum += value;
                largest = std::max(largest, value);
                ++count;
            }
        table.add({part.request.subject, part.system, count > 0 ? sum / static_cast<double>(count) : std::nan(""),
                   count > 0 ? largest : std::nan(""), count, significantShare(part.map, level)});
    }
    return table.take();
}

BrainMapGrid::BrainMapGrid(BrainMapParts shown, double width, int columnCount, const Look& look)
    : maps(std::move(shown)), widthMm(width), columns(columnCount), titleMm(chipLine(look) / kUnitsPerMm),
      keyMm((maps.other.isEmpty() ? ColorBar().heightFor(look) : ColorSquare().heightFor(look)) / kUnitsPerMm) {}

double BrainMapGrid::heightMm() const {
    const int rows = (static_cast<int>(maps.parts.size()) + columns - 1) / columns;
    return rows * (mapMm + titleMm) + keyMm;
}

void BrainMapGrid::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.fillRect(area, look.surface);
    const double columnWidth = area.width() / columns;
    const double title = titleMm * kUnitsPerMm;
    const double rowHeight = mapMm * kUnitsPerMm + title;
    for (std::size_t i = 0; i < maps.parts.size(); ++i) {
        const QRectF place(area.left() + columnWidth * (static_cast<int>(i) % columns),
                           area.top() + rowHeight * (static_cast<int>(i) / columns), columnWidth, rowHeight);
        painter.setPen(look.text);
        painter.setFont(look.font(TextSize::Body));
        painter.drawText(QRectF(place.left(), place.top(), place.width(), title), Qt::AlignCenter, maps.parts[i].title);
        draw(painter, place.adjusted(kHalfUnit, title, -kHalfUnit, 0), look, maps.parts[i]);
    }
    const QRectF foot(area.left(), area.bottom() - keyMm * kUnitsPerMm, area.width(), keyMm * kUnitsPerMm);
    if (maps.other.isEmpty()) {
        paintBrainKey(painter, foot, look, maps.kind, maps.most,
                      keyTitle(maps.kind, maps.component, maps.commonLevel()));
    } else {
        ColorSquare key;
        showBrainKey(key, maps.kind, maps.most, maps.firstTitle, maps.other);
        key.paint(painter, keyPlace(foot), look);
    }
}

std::shared_ptr<const ProjectedSurface> cortexOf(SubjectCortices& known, const FigureData& figureData,
                                                 const Subject& subject) {
    const auto [entry, added] = known.try_emplace(QString::fromStdString(subject.name));
    if (added)
        if (const auto arrays = figureData.arrays({"project-surface", "", subject.name}))
            entry->second = std::make_shared<const ProjectedSurface>(projectedSurface(*arrays));
    return entry->second;
}

BrainMapGrid cortexGrid(BrainMapParts maps, const SubjectCortices& cortices, double widthMm, bool inflated,
                        const Look& look) {
    const int columns = maps.parts.size() == 1                               ? 1
                        : maps.subjects.size() > 1 && maps.models.size() > 1 ? static_cast<int>(maps.models.size())
                                                                             : (widthMm < kNarrow ? 1 : 2);
    BrainMapGrid grid(std::move(maps), widthMm, columns, look);
    grid.mapMm = widthMm / columns * kCortexAspect;
    grid.draw = [cortices, inflated, kind = grid.maps.kind, most = grid.maps.most, level = grid.maps.level](
                    QPainter& painter, const QRectF& area, const Look& paper, const BrainMapPart& part) {
        const ProjectedSurface& cortex = *cortices.at(part.request.subject);
        SurfaceView view;
        prepareCortex(view, cortex, inflated);
        if (part.other)
            showBrainMaps(view, cortex, part.map, *part.other, most, level, paper.dark);
        else
            showBrainMap(view, cortex, part.map, kind, most, level, paper.dark);
        view.paint(painter, area, paper);
    };
    return grid;
}

} // namespace tercet
