#pragma once

#include "widgets/figures/figure_data.h"
#include "widgets/plots/rose_plot.h"

#include <QStringList>
#include <QVector>

#include <vector>

namespace tercet {

/// The columns of a rose diagram: systems that have an embedding, by name.
[[nodiscard]] std::vector<RoseSystem> roseSystems(const FigureData& figureData, const QStringList& systems, bool dark);
/// Its rows: weights over each component's maximum (SPEC C9).
[[nodiscard]] std::vector<RoseStimulus> roseStimuli(const FigureData& figureData, const QStringList& systems,
                                                    const QVector<int>& rows);
/// Rows worth showing when nobody has chosen: the stimulus highest in each of the most frequent categories, or without
/// categories those of the largest weights. At most `count`, ascending.
[[nodiscard]] QVector<int> exampleStimuli(const FigureData& figureData, int count);

} // namespace tercet
