#pragma once

#include "widgets/figures/figure_data.h"

#include <QString>

#include <vector>

namespace tercet {

class HeatMap;

// The heat map of components × ratings (SPEC C6), for panels and figures alike.

inline constexpr double kRatingMapMost = 0.8; ///< |r| of the strongest colours

/// What people read of a rating term: "Aesthetic appreciation".
[[nodiscard]] QString ratingName(const Ratings& ratings, std::size_t term);

/// The order of the ratings that brings an embedding's strong correlations to the diagonal, categories before
/// dimensions.
[[nodiscard]] std::vector<std::size_t> ratingColumns(const EmbeddingView& embedding, const Ratings& ratings);

/// Fills a map with the correlations of a system that has an embedding with labels. Columns come in the order
/// `columns`; rows by the diagonal, or by falling r with the rating `sortedBy` ≥ 0. GUI thread.
void showRatingMap(HeatMap& map, const FigureData& figureData, const FigureSystem& system,
                   const std::vector<std::size_t>& columns, int sortedBy = -1);

} // namespace tercet
