#pragma once

#include "widgets/figures/figure_data.h"
#include "widgets/figures/validation_plots.h"
#include "widgets/plots/look.h"

#include <QRectF>
#include <QStringList>

#include <optional>

namespace tercet {

class ColorBar;
class HeatMap;

// The two matrices of similarity beside their scatter (SPEC E7), for the panel and the figure alike. GUI thread.

/// Predicted or measured similarity of the prototypes as square cells from 0 to 1, both in the order of `similarity`.
/// What was not measured, the diagonal included, is hatched.
void showSimilarityMap(HeatMap& map, const PrototypeSimilarity& similarity, bool measured);
/// The key to both.
void showSimilarityKey(ColorBar& key);

/// The card of a pair (places in the prototypes): both names, with their top category where there are ratings, and both
/// values; of a stimulus with itself its name alone.
[[nodiscard]] QStringList similarityCard(const FigureData& figureData, const PrototypeSimilarity& similarity, int place,
                                         int other);

/// Where the parts stand, from (0, 0), in logical units.
struct SimilarityLayout {
    QRectF predicted;
    QRectF measured;
    QRectF scatter;
    QRectF key;
    double height = 0; ///< of all
};
struct SimilarityRoom {
    double width = 0;
    std::optional<double> height; ///< at most; nothing: as high as the matrices are wide
    bool inARow = true;           ///< all three; else the scatter stands below the two matrices
    int scatterTitleLines = 1;    ///< 2 with a note
    bool key = true;              ///< whether there has to be room for it
};
/// The matrices as large as fit, the axes of the scatter as long as their sides.
[[nodiscard]] SimilarityLayout similarityLayout(const SimilarityRoom& room, const Look& look);

} // namespace tercet
