#pragma once

#include "core/spaces/component_kinds.h"
#include "widgets/figures/figure_data.h"

#include <vector>

namespace tercet {

class LinePlot;
class StackedBars;

// What kinds of components systems have (SPEC C3, C4), for panels and figures alike. GUI thread.

/// The thresholds at which showSharesAbove() has its lines.
[[nodiscard]] std::vector<double> kindThresholds();

/// The share of components whose strongest correlation exceeds 0.1 to 0.5, a line per system. The threshold in force is
/// named at the axis.
void showSharesAbove(LinePlot& plot, const FigureData& figureData, const QStringList& systems,
                     const KindOptions& options, bool dark);

/// How many components are categorical, mixed, dimensional and uninterpretable, a bar per system.
void showKinds(StackedBars& plot, const FigureData& figureData, const QStringList& systems, const KindOptions& options,
               bool dark);

/// Whether a system has an embedding and correlations of its components with ratings.
[[nodiscard]] bool hasCorrelations(const FigureSystem& system);

} // namespace tercet
