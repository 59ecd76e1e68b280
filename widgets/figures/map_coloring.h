#pragma once

#include "widgets/figures/figure_data.h"
#include "widgets/plots/point_map.h"

#include <QString>
#include <QStringList>
#include <QVector>

#include <vector>

namespace tercet {

/// What the colour of a map's points says.
struct MapColoring {
    enum class By { Category, Rating, Component };
    By by = By::Category;
    int index = 0; ///< Rating: column of the table; Component: training column
    friend bool operator==(const MapColoring&, const MapColoring&) = default;
};

/// A system's points under a colouring.
struct MapPaint {
    PointMap::Colors colors;        ///< per stimulus
    PointMap::Indices groupOfPoint; ///< Category only: place in groups, −1 for none; else null
    std::vector<PointGroup> groups; ///< categories that lead for some stimulus, most frequent first
    std::vector<int> counts;        ///< per group
    double low = 0;                 ///< value of the first and last colour of the scale, not for Category
    double high = 1;
    QString title; ///< of the scale, with unit
};

[[nodiscard]] MapPaint mapPaint(const FigureData& figureData, const FigureSystem& system, const MapColoring& coloring,
                                bool dark);

void setMapPositions(PointMap& plot, const MapView& map);
/// Groups named in `hidden` become ghosts. Nothing if the paint is not of as many stimuli as the positions.
void setMapPaint(PointMap& plot, const MapPaint& paint, const QStringList& hidden);

/// Name, then the three highest ratings (or components) of a stimulus: the lines of its card.
[[nodiscard]] QStringList stimulusCard(const FigureData& figureData, const FigureSystem& system, int row);

/// Rows of the two stimuli highest in each category (SPEC T2), ascending.
[[nodiscard]] QVector<int> prototypeRows(const FigureData& figureData);

} // namespace tercet
