#pragma once

#include "core/base/table.h"
#include "core/spaces/component_kinds.h"
#include "widgets/figures/figure_data.h"
#include "widgets/figures/map_coloring.h"

#include <QStringList>
#include <QVector>

#include <vector>

namespace tercet {

// What figures of embeddings show, as tables: a row per observation, the system in a column, components numbered from 1
// by falling sums. Of `systems` (names) that have what is shown, in that order. Arrays are asked for on the thread of
// FigureData::arrays.

/// Every epoch of every fit.
[[nodiscard]] Table fitTable(const FigureData& figureData, const QStringList& systems);
/// The place of every stimulus, its category, whether it is a prototype, and what colours it.
[[nodiscard]] Table mapTable(const FigureData& figureData, const QStringList& systems, const MapColoring& coloring);
/// Weights of single stimuli on every component.
[[nodiscard]] Table roseTable(const FigureData& figureData, const QStringList& systems, const QVector<int>& stimuli);
/// Every component with its label, the rating it goes with most, and that r.
[[nodiscard]] Table labelsTable(const FigureData& figureData, const QStringList& systems);
/// r of every component with every rating.
[[nodiscard]] Table ratingMapTable(const FigureData& figureData, const QStringList& systems);
/// The words of the clouds of components `first` to `last` − 1 (from 0).
[[nodiscard]] Table wordsTable(const FigureData& figureData, const QStringList& systems, std::size_t first,
                               std::size_t last);
/// The stimuli with the largest weights on the same components.
[[nodiscard]] Table topStimuliTable(const FigureData& figureData, const QStringList& systems, std::size_t first,
                                    std::size_t last);
/// How many components are of each kind; the share above every threshold; the kind of every component.
[[nodiscard]] std::vector<Table> kindTables(const FigureData& figureData, const QStringList& systems,
                                            const KindOptions& options);

} // namespace tercet
