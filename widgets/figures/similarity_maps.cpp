#include "widgets/figures/similarity_maps.h"

#include "core/base/text.h"
#include "widgets/figures/rating_map.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/heat_map.h"
#include "widgets/plots/palettes.h"

#include <QFontMetricsF>
#include <QObject>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kWidestKey = 280;
constexpr double kMostScatter = 1.3; ///< side of the scatter below the matrices, in sides of one

QString tr(const char* text) { return QObject::tr(text); }

QString nameWithCategory(const FigureData& figureData, const PrototypeSimilarity& similarity, int place) {
    const auto row = static_cast<std::size_t>(similarity.stimuli.at(static_cast<std::size_t>(place)));
    const QString name = QString::fromStdString(figureData.stimuli->at(row).name);
    const int category =
        figureData.ratings && row < figureData.topCategories.size() ? figureData.topCategories[row] : -1;
    return category < 0 ? name
                        : tr("%1 · %2").arg(name, ratingName(*figureData.ratings, static_cast<std::size_t>(category)));
}

} // namespace

void showSimilarityMap(HeatMap& map, const PrototypeSimilarity& similarity, bool measured) {
    map.setTitle(measured ? tr("Measured") : tr("Predicted"));
    map.setValues(measured ? similarity.measured : similarity.predicted);
    map.setRising(0, 1);
    map.setSquareCells(true);
    map.setOrder(similarity.order, similarity.order);
}

void showSimilarityKey(ColorBar& key) {
    key.setMap([](double share, bool) { return sequentialColor(share); }, 0, 1, tr("similarity"));
}

QStringList similarityCard(const FigureData& figureData, const PrototypeSimilarity& similarity, int place, int other) {
    QStringList lines{nameWithCategory(figureData, similarity, place)};
    if (place == other)
        return lines << tr("with itself");
    const auto row = static_cast<std::size_t>(place);
    const auto column = static_cast<std::size_t>(other);
    const double measured = similarity.measured(row, column);
    return lines << nameWithCategory(figureData, similarity, other)
                 << tr("predicted %1").arg(numberText(similarity.predicted(row, column), 2))
                 << (std::isfinite(measured) ? tr("measured %1").arg(numberText(measured, 2)) : tr("not measured"));
}

SimilarityLayout similarityLayout(const SimilarityRoom& room, const Look& look) {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    const double line = metrics.height();
    const double key = room.key ? ColorBar().heightFor(look) : 0;
    // What the plots keep beside their squares.
    const double mapAcross = 2 * kUnit;
    const double mapDown = 2 * kHalfUnit + line + kUnit;
    const double scatterAcross = metrics.horizontalAdvance(QStringLiteral("0.00")) + line + 4 * kUnit;
    const double scatterDown = kHalfUnit + (room.scatterTitleLines + 2) * line + 2 * kUnit;

    SimilarityLayout layout;
    double mapSide = 0;
    if (room.inARow) {
        const double down = std::max(scatterDown, mapDown + key);
        mapSide = (room.width - 2 * mapAcross - scatterAcross) / 3;
        if (room.height)
            mapSide = std::min(mapSide, *room.height - down);
        mapSide = std::max(mapSide, 0.0);
        layout.scatter = QRectF(2 * (mapSide + mapAcross), 0, mapSide + scatterAcross, mapSide + scatterDown);
        layout.height = mapSide + down;
    } else {
        mapSide = room.width / 2 - mapAcross;
        if (room.height)
            mapSide = std::min(mapSide, (*room.height - mapDown - key - scatterDown) / 2);
        mapSide = std::max(mapSide, 0.0);
        const double top = mapSide + mapDown + key;
        double side = std::min(kMostScatter * mapSide, room.width - scatterAcross);
        if (room.height)
            side = std::min(side, *room.height - top - scatterDown);
        side = std::max(side, 0.0);
        layout.scatter = QRectF(0, top, room.width, side + scatterDown);
        layout.height = layout.scatter.bottom();
    }
    const double mapWidth = mapSide + mapAcross;
    layout.predicted = QRectF(0, 0, mapWidth, mapSide + mapDown);
    layout.measured = layout.predicted.translated(mapWidth, 0);
    layout.key = QRectF(0, layout.predicted.bottom(), std::min(2 * mapWidth, kWidestKey), key);
    return layout;
}

} // namespace tercet
