#pragma once

#include "core/base/table.h"
#include "widgets/figures/figure_data.h"

#include <QStringList>

#include <vector>

namespace tercet {

// What the results of the validation steps say, as tables: a row per observation, the system in a column, shares in %.
// Of what there is of `systems` (names); those that have nothing are left out. On the thread of FigureData::arrays.

/// Held-out accuracy, noise ceiling and explained share with their 95 % intervals (SPEC E6, T8).
[[nodiscard]] std::vector<Table> accuracyTables(const FigureData& figureData, const QStringList& systems);
/// Held-out accuracy over the number of components: means with their 95 % intervals, and every fit (SPEC E4).
[[nodiscard]] std::vector<Table> sweepTables(const FigureData& figureData, const QStringList& systems);
/// Reproducibility of every component with its 95 % interval, and in every run (SPEC E5).
[[nodiscard]] std::vector<Table> reproducibilityTables(const FigureData& figureData, const QStringList& systems);
/// Pearson r of the prototypes' similarities, and every pair of prototypes (SPEC E7).
[[nodiscard]] std::vector<Table> similarityTables(const FigureData& figureData, const QStringList& systems);
/// Accuracy over the components kept, and how many keep 95 and 99 % of it (SPEC E8).
[[nodiscard]] std::vector<Table> compressionTables(const FigureData& figureData, const QStringList& systems);
/// Recovered components over the number of judgments: quartiles, and every replicate (SPEC T10).
[[nodiscard]] std::vector<Table> saturationTables(const FigureData& figureData, const QStringList& systems);
/// Alignment of every pair of systems with its 95 % interval (SPEC E9); empty before align-systems.
[[nodiscard]] std::vector<Table> alignmentTables(const FigureData& figureData);
/// Agreement of every pair of systems with its 95 % interval; empty before agreement.
[[nodiscard]] std::vector<Table> agreementTables(const FigureData& figureData);

} // namespace tercet
