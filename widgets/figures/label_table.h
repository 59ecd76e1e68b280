#pragma once

#include "core/base/table.h"
#include "widgets/figures/figure_data.h"

namespace tercet {

/// Components × systems (SPEC C2): per system the component's name, else its label, and the r with the largest |r| of
/// its ratings. Rows are places in the order of falling sums; systems with fewer components have empty cells. Of those
/// of `systems` that have an embedding, in that order; without any there are no rows.
[[nodiscard]] Table labelTableOf(const FigureData& figureData, const QStringList& systems);

/// The systems that have an embedding, in the study's order.
[[nodiscard]] QStringList labelTableSystems(const FigureData& figureData);

} // namespace tercet
