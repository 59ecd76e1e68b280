#pragma once

#include "widgets/figures/figure_presets.h"

#include <QString>

#include <vector>

namespace tercet {

/// A page that shows figures, which lie beside it as NAME.png, NAME.svg and NAME.pdf, their tables as tableFiles() of
/// NAME.csv: with their captions, the numbers
/// of every system, its component labels, and where each result comes from. Complete HTML, UTF-8.
[[nodiscard]] QString figurePage(const FigureData& figureData, const std::vector<Figure>& figures);

} // namespace tercet
