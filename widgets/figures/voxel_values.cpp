#include "widgets/figures/voxel_values.h"

#include "core/base/text.h"
#include "widgets/figures/brain_map.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/table_builder.h"
#include "widgets/plots/color_bar.h"

#include <QObject>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace tercet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

QString tr(const char* text) { return QObject::tr(text); }

std::optional<BrainMap> mapOf(const FigureData& figureData, const VoxelRequest& request, const QString& model,
                              const QString& subject) {
    return brainMap(figureData.arrays, {.kind = request.kind, .system = model, .subject = subject});
}

double meanOver(const FigureData& figureData, const VoxelRequest& request, const QString& model) {
    double sum = 0;
    double voxels = 0;
    for (const QString& subject : request.subjects)
        if (const auto map = mapOf(figureData, request, model, subject))
            for (const double value : map->values)
                if (std::isfinite(value)) {
                    sum += value;
                    ++voxels;
                }
    return voxels > 0 ? sum / voxels : kNone;
}

/// Of the column's model, over the others among `models`; NaN where it was not compared with any.
double meanShareAbove(const ArrayBundle& compared, const QString& model, const QStringList& models) {
    const auto& systems = compared.get<std::string>("systems").values;
    const MatrixView<const double> above = compared.matrix("share_above");
    const auto column = std::find(systems.begin(), systems.end(), model.toStdString()) - systems.begin();
    double sum = 0;
    double others = 0;
    for (std::size_t row = 0; row < systems.size() && static_cast<std::size_t>(column) < systems.size(); ++row)
        if (const double share = above(row, static_cast<std::size_t>(column));
            std::isfinite(share) && models.contains(QString::fromStdString(systems[row]))) {
            sum += share;
            ++others;
        }
    return others > 0 ? sum / others : kNone;
}

void addSubject(VoxelPair& pair, const QString& subject, const BrainMap& x, const BrainMap& y, double level) {
    const auto significant = [&](std::size_t voxel) {
        return (voxel < x.gate.size() && x.gate[voxel] < level) || (voxel < y.gate.size() && y.gate[voxel] < level);
    };
    pair.parts.push_back({subject, pair.a.size(), x.values.size(), x.voxels.empty() ? y.voxels : x.voxels});
    pair.tested = pair.tested || !x.gate.empty() || !y.gate.empty();
    for (std::size_t v = 0; v < x.values.size(); ++v) {
        const bool shown = std::isfinite(x.values[v]) && std::isfinite(y.values[v]) && (level >= 1 || significant(v));
        pair.a.push_back(shown ? x.values[v] : kNone);
        pair.b.push_back(shown ? y.values[v] : kNone);
    }
}

/// The axes of all: multiples of a round step, with a whole number of cells in each.
struct Cells {
    double low = 0;
    double high = 1;
    std::size_t count = 20;
};

Cells cellsFor(const std::vector<VoxelPair>& pairs) {
    double least = std::numeric_limits<double>::infinity();
    double largest = -least;
    std::size_t voxels = 0;
    for (const VoxelPair& pair : pairs) {
        std::size_t shown = 0;
        for (const std::vector<double>* values : {&pair.a, &pair.b})
            for (const double value : *values)
                if (std::isfinite(value)) {
                    least = std::min(least, value);
                    largest = std::max(largest, value);
                    ++shown;
                }
        voxels = std::max(voxels, shown / 2);
    }
    if (voxels == 0)
        return {};
    constexpr double kSmallestSpan = 1e-6;
    const double span = std::max(largest - std::min(least, 0.0), kSmallestSpan);
    constexpr double kFewestSteps = 10;
    const double power = std::pow(10, std::floor(std::log10(span / kFewestSteps)));
    double step = power;
    for (const double factor : {2.0, 5.0})
        if (factor * power <= span / kFewestSteps)
            step = factor * power;
    Cells cells{std::floor(std::min(least, 0.0) / step) * step, std::max(1.0, std::ceil(largest / step)) * step};
    if (cells.low > least) // by rounding
        cells.low -= step;
    if (cells.high < largest)
        cells.high += step;
    constexpr double kFewest = 12;
    constexpr double kMost = 72;
    const double wanted = std::clamp(std::sqrt(static_cast<double>(voxels)), kFewest, kMost);
    const double steps = std::round((cells.high - cells.low) / step);
    double each = 1;
    for (const double parts : {2.0, 4.0, 5.0})
        if (steps * parts <= wanted)
            each = parts;
    cells.count = static_cast<std::size_t>(steps * each);
    return cells;
}

QString valueName(BrainMapKind kind) { return kind == BrainMapKind::Searchlight ? tr("ρ") : tr("r"); }

} // namespace

QMap<QString, QVector<int>> VoxelPair::within(const DensityBrush& brush) const {
    QMap<QString, QVector<int>> voxels;
    for (const std::uint32_t place : voxelsWithin(a, b, brush.lowX, brush.highX, brush.lowY, brush.highY)) {
        const auto part = std::prev(std::upper_bound(parts.begin(), parts.end(), place,
                                                     [](std::size_t at, const Part& one) { return at < one.first; }));
        voxels[part->subject].append(static_cast<int>(place - part->first));
    }
    return voxels;
}

std::vector<QPointF> VoxelPair::pointsOf(const QString& subject, const QVector<int>& voxels) const {
    std::vector<QPointF> points;
    for (const Part& part : parts)
        if (part.subject == subject)
            for (const int voxel : voxels)
                if (voxel >= 0 && static_cast<std::size_t>(voxel) < part.voxels)
                    if (const std::size_t at = part.first + static_cast<std::size_t>(voxel);
                        std::isfinite(a[at]) && std::isfinite(b[at]))
                        points.emplace_back(a[at], b[at]);
    return points;
}

bool hasVoxels(const FigureData& figureData, const VoxelRequest& request, const QString& model) {
    return std::any_of(request.subjects.begin(), request.subjects.end(),
                       [&](const QString& subject) { return mapOf(figureData, request, model, subject).has_value(); });
}

QStringList rankedModels(const FigureData& figureData, const VoxelRequest& request, const QStringList& models) {
    const auto compared = request.kind == BrainMapKind::Encoding ? figureData.arrays({"compare-voxels"}) : nullptr;
    std::vector<std::pair<double, QString>> ranking;
    for (const QString& model : models)
        ranking.emplace_back(compared ? meanShareAbove(*compared, model, models) : meanOver(figureData, request, model),
                             model);
    std::erase_if(ranking, [](const auto& one) { return !std::isfinite(one.first); });
    std::stable_sort(ranking.begin(), ranking.end(),
                     [](const auto& one, const auto& other) { return one.first > other.first; });
    QStringList ranked;
    for (const auto& [value, model] : ranking)
        ranked << model;
    return ranked;
}

VoxelMultiples voxelMultiples(const FigureData& figureData, const VoxelRequest& request, const QString& y,
                              const QStringList& xs) {
    VoxelMultiples multiples;
    for (const QString& x : xs) {
        VoxelPair pair{.x = x, .y = y};
        for (const QString& subject : request.subjects) {
            const auto mapX = mapOf(figureData, request, x, subject);
            const auto mapY = mapOf(figureData, request, y, subject);
            if (mapX && mapY && areOfSameVoxels(*mapX, *mapY))
                addSubject(pair, subject, *mapX, *mapY, request.level);
        }
        if (!pair.parts.empty())
            multiples.pairs.push_back(std::move(pair));
    }
    const Cells cells = cellsFor(multiples.pairs);
    std::uint32_t most = 1;
    for (VoxelPair& pair : multiples.pairs) {
        pair.comparison = compareVoxels(pair.a, pair.b, cells.count, cells.low, cells.high);
        for (const double factor : kVoxelFactors)
            pair.lines.push_back({factor, shareAbove(pair.a, pair.b, factor)});
        const auto& counts = pair.comparison.counts.values();
        most = std::max(most, *std::max_element(counts.begin(), counts.end()));
    }
    multiples.most = DensityPlot::roundCount(most);
    return multiples;
}

void showVoxels(DensityPlot& plot, const FigureData& figureData, const VoxelMultiples& multiples, const VoxelPair& pair,
                BrainMapKind kind) {
    const auto axis = [&](const QString& model) {
        return QStringLiteral("%1, %2").arg(figureData.modelTitle(model), valueName(kind));
    };
    plot.setTitle(figureData.modelTitle(pair.x),
                  tr("%1 voxels").arg(QString::fromStdString(withThousands(pair.comparison.voxels))));
    plot.setNames(axis(pair.x), axis(pair.y));
    plot.setCounts(pair.comparison.counts, pair.comparison.low, pair.comparison.high);
    plot.setMost(multiples.most);
    plot.setLines(pair.lines);
}

void drawVoxelKey(QPainter& painter, const QRectF& area, const VoxelMultiples& multiples, const Look& look) {
    constexpr double kWidth = 60; // mm
    ColorBar key;
    DensityPlot::showKey(key, multiples.most, tr("Voxels"));
    const double height = key.heightFor(look);
    const double width = std::min(area.width(), kWidth * kUnitsPerMm);
    key.paint(painter, QRectF(area.center().x() - width / 2, area.bottom() - height, width, height), look);
}

std::vector<Table> voxelTables(const FigureData& figureData, const VoxelMultiples& multiples) {
    TableBuilder shares(tr("Voxels of two systems"), {{"system"},
                                                      {"other"},
                                                      {"subject"},
                                                      {"voxels"},
                                                      {"share_above", 3},
                                                      {"share_above_1.2", 3},
                                                      {"share_above_1.6", 3}});
    TableBuilder cells(tr("Cells"), {{"system"}, {"other"}, {"low", 4}, {"other_low", 4}, {"width", 4}, {"voxels"}});
    for (const VoxelPair& pair : multiples.pairs) {
        const std::string system = systemCell(figureData, pair.y);
        const std::string other = systemCell(figureData, pair.x);
        const auto add = [&](const QString& subject, std::span<const double> a, std::span<const double> b) {
            const auto voxels = std::count_if(a.begin(), a.end(), [](double value) { return std::isfinite(value); });
            shares.add({system, other, subject, voxels, shareAbove(a, b, kVoxelFactors[0]),
                        shareAbove(a, b, kVoxelFactors[1]), shareAbove(a, b, kVoxelFactors[2])});
        };
        for (const VoxelPair::Part& part : pair.parts)
            add(part.subject, std::span(pair.a).subspan(part.first, part.voxels),
                std::span(pair.b).subspan(part.first, part.voxels));
        if (pair.parts.size() > 1)
            add({}, pair.a, pair.b);
        const VoxelComparison& found = pair.comparison;
        const double width = (found.high - found.low) / static_cast<double>(found.counts.cols());
        for (std::size_t row = 0; row < found.counts.rows(); ++row)
            for (std::size_t column = 0; column < found.counts.cols(); ++column)
                if (const std::uint32_t count = found.counts(row, column); count > 0)
                    cells.add({system, other, found.low + width * static_cast<double>(row),
                               found.low + width * static_cast<double>(column), width, count});
    }
    return {shares.take(), cells.take()};
}

} // namespace tercet
