#pragma once

#include "widgets/figures/brain_map_kind.h"
#include "widgets/figures/figure_data.h"
#include "widgets/plots/grouped_bars.h"

#include <utility>
#include <vector>

namespace tercet {

/// One test between two systems in a region: of the first less the other.
struct RegionTest {
    QString region;
    QString system;
    QString other;
    double difference = GroupedBar::kNone;
    double t = GroupedBar::kNone;
    double freedom = GroupedBar::kNone;
    double q = GroupedBar::kNone;
    double effect = GroupedBar::kNone; ///< Cohen's d
    double low = GroupedBar::kNone;    ///< of the 95 % interval of the difference
    double high = GroupedBar::kNone;
};

/// What the result of roi-test says of the regions, as bars are drawn of it (SPEC B5).
struct RegionValues {
    QStringList systems;               ///< of each group's bars
    std::vector<BarGroup> subcortical; ///< a group per region that has voxels
    std::vector<BarGroup> cortical;
    std::vector<RegionTest> tests; ///< of these systems, once for each pair and region
    QString valueName;
    QString rule; ///< test, degrees of freedom and family, as the result says
};

/// Of these systems, or of all; regions as the table has them, or by the highest mean. `arrays`: of roi-test. A
/// region's stars say that its best system differs from the next at a false discovery rate below 0.05, 0.01 and 0.001.
[[nodiscard]] RegionValues regionValues(const FigureData& figureData, const ArrayBundle& arrays,
                                        const QStringList& systems, bool sorted, bool dark);

/// The same of two systems' maps of voxels, tested against each other in every region over these subjects; the tests
/// of all regions are one family (SPEC B8). `kind`: encoding or the searchlight. No groups without maps of both, or
/// without assign-regions.
[[nodiscard]] RegionValues regionValuesOf(const FigureData& figureData, BrainMapKind kind,
                                          const std::pair<QString, QString>& systems, const QStringList& subjects,
                                          bool dark);

} // namespace tercet
