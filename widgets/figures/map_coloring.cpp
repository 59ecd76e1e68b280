#include "widgets/figures/map_coloring.h"

#include "core/judgments/triplet_sampling.h"
#include "widgets/bridge/term_text.h"
#include "widgets/plots/palettes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

constexpr int kCardRatings = 3;

QString termName(const Ratings& ratings, std::size_t column) { return termText(ratings.terms[column].name); }

MapPaint byCategory(const FigureData& figureData, bool dark) {
    MapPaint paint;
    const std::size_t count = figureData.stimuli->size();
    auto colors = std::make_shared<std::vector<QRgb>>(count, missingColor(dark));
    auto groups = std::make_shared<std::vector<int>>(count, -1);
    if (figureData.ratings && figureData.topCategories.size() == count) {
        const std::size_t terms = figureData.ratings->terms.size();
        std::vector<int> members(terms);
        for (const int column : figureData.topCategories)
            if (column >= 0)
                ++members[static_cast<std::size_t>(column)];
        std::vector<std::size_t> order(terms);
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return members[a] > members[b]; });
        std::vector<int> groupOf(terms, -1);
        for (const std::size_t column : order) {
            if (members[column] == 0)
                break;
            groupOf[column] = static_cast<int>(paint.groups.size());
            const QString name = termName(*figureData.ratings, column);
            paint.groups.push_back({name, categoryColor(name, static_cast<int>(column))});
            paint.counts.push_back(members[column]);
        }
        for (std::size_t row = 0; row < count; ++row)
            if (const int column = figureData.topCategories[row]; column >= 0) {
                const int group = groupOf[static_cast<std::size_t>(column)];
                (*groups)[row] = group;
                (*colors)[row] = paint.groups[static_cast<std::size_t>(group)].color.rgb();
            }
    }
    paint.colors = std::move(colors);
    paint.groupOfPoint = std::move(groups);
    return paint;
}

template <class ValueOf>
PointMap::Colors onScale(std::size_t count, double low, double high, ValueOf&& valueOf) {
    auto colors = std::make_shared<std::vector<QRgb>>(count);
    const double span = high > low ? high - low : 1;
    for (std::size_t row = 0; row < count; ++row)
        (*colors)[row] = sequentialColor((valueOf(row) - low) / span);
    return colors;
}

} // namespace

MapPaint mapPaint(const FigureData& figureData, const FigureSystem& system, const MapColoring& coloring, bool dark) {
    const std::size_t count = figureData.stimuli->size();
    if (coloring.by == MapColoring::By::Rating && figureData.ratings &&
        coloring.index < static_cast<int>(figureData.ratings->terms.size())) {
        const auto column = static_cast<std::size_t>(coloring.index);
        const bool category = figureData.ratings->terms[column].kind == TermKind::Category;
        MapPaint paint;
        paint.low = category ? 0 : 1;
        paint.high = category ? 1 : 9;
        paint.title = category ? QObject::tr("%1, share of raters").arg(termName(*figureData.ratings, column))
                               : QObject::tr("%1, scale 1–9").arg(termName(*figureData.ratings, column));
        paint.colors = onScale(count, paint.low, paint.high,
                               [&](std::size_t row) { return figureData.ratings->values(row, column); });
        return paint;
    }
    if (coloring.by == MapColoring::By::Component && system.embedding) {
        const auto& columns = system.embedding->trainingColumns;
        const auto found = std::find(columns.begin(), columns.end(), coloring.index);
        if (found != columns.end() && system.embedding->weights.rows() == count) {
            const auto component = static_cast<std::size_t>(found - columns.begin());
            MapPaint paint;
            paint.high = system.embedding->maxima[component];
            const QString name = system.componentNames.value(static_cast<int>(component));
            paint.title = name.isEmpty() ? QObject::tr("component %1, weight").arg(component + 1)
                                         : QObject::tr("%1, weight").arg(name);
            paint.colors = onScale(count, paint.low, paint.high,
                                   [&](std::size_t row) { return system.embedding->weights(row, component); });
            return paint;
        }
    }
    return byCategory(figureData, dark);
}

void setMapPositions(PointMap& plot, const MapView& map) {
    auto positions = std::make_shared<Matrix<float>>(map.positions.size(), 2);
    for (std::size_t row = 0; row < map.positions.size(); ++row) {
        (*positions)(row, 0) = static_cast<float>(map.positions[row].x());
        (*positions)(row, 1) = static_cast<float>(map.positions[row].y());
    }
    plot.setPositions(std::move(positions));
}

void setMapPaint(PointMap& plot, const MapPaint& paint, const QStringList& hidden) {
    if (static_cast<int>(paint.colors->size()) != plot.pointCount())
        return;
    plot.setColors(paint.colors);
    plot.setGroups(paint.groupOfPoint, paint.groups);
    if (hidden.isEmpty() || !paint.groupOfPoint) {
        plot.setShown(nullptr);
        return;
    }
    auto shown = std::make_shared<std::vector<std::uint8_t>>(paint.colors->size(), std::uint8_t{1});
    for (std::size_t row = 0; row < shown->size(); ++row)
        if (const int group = (*paint.groupOfPoint)[row]; group >= 0)
            (*shown)[row] = hidden.contains(paint.groups[static_cast<std::size_t>(group)].name) ? 0 : 1;
    plot.setShown(std::move(shown));
}

QStringList stimulusCard(const FigureData& figureData, const FigureSystem& system, int row) {
    const auto place = static_cast<std::size_t>(row);
    if (row < 0 || place >= figureData.stimuli->size())
        return {};
    const Stimulus& stimulus = (*figureData.stimuli)[place];
    QStringList lines{QString::fromStdString(stimulus.name.empty() ? stimulus.id : stimulus.name)};
    const auto addLargest = [&](std::size_t count, auto&& valueOf, auto&& lineOf) {
        std::vector<std::size_t> order(count);
        std::iota(order.begin(), order.end(), std::size_t{0});
        const std::size_t shown = std::min<std::size_t>(count, kCardRatings);
        std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                          [&](std::size_t a, std::size_t b) { return valueOf(a) > valueOf(b); });
        for (std::size_t i = 0; i < shown; ++i)
            if (valueOf(order[i]) > 0)
                lines << lineOf(order[i]);
    };
    if (figureData.ratings && place < figureData.ratings->values.rows()) {
        const auto columns = figureData.ratings->columns(TermKind::Category);
        const auto valueOf = [&](std::size_t i) {
            const double value = figureData.ratings->values(place, columns[i]);
            return std::isfinite(value) ? value : 0;
        };
        addLargest(columns.size(), valueOf, [&](std::size_t i) {
            return QObject::tr("%1 %2 %")
                .arg(termName(*figureData.ratings, columns[i]))
                .arg(100 * valueOf(i), 0, 'f', 0);
        });
    } else if (system.embedding && place < system.embedding->weights.rows()) {
        const auto weights = system.embedding->weights.row(place);
        addLargest(
            weights.size(), [&](std::size_t i) { return weights[i]; },
            [&](std::size_t i) { return QObject::tr("component %1: %2").arg(i + 1).arg(weights[i], 0, 'f', 2); });
    }
    return lines;
}

QVector<int> prototypeRows(const FigureData& figureData) {
    if (!figureData.ratings || figureData.ratings->columns(TermKind::Category).empty())
        return {};
    const std::vector<std::uint32_t> rows = prototypesOf(figureData.ratings->part(TermKind::Category));
    return {rows.begin(), rows.end()};
}

} // namespace tercet
