#pragma once

#include "core/base/table.h"
#include "widgets/figures/figure_data.h"

namespace tercet {

/// Components × systems (SPEC C2): per system the component's name, else its label, and the r with the largest |r| of
/// its ratings, two decimals. Rows are places in the order of falling sums; systems with fewer components have empty
/// cells. Of the systems that have an embedding, in the study's order; without any there are no rows.
[[nodiscard]] Table labelTableOf(const FigureData& figureData);

/// The systems of labelTableOf(), in the order of their pairs of columns after the first.
[[nodiscard]] QStringList labelTableSystems(const FigureData& figureData);

} // namespace tercet
