#pragma once

#include "core/pipeline/pipeline.h"
#include "widgets/plots/slice_plot.h"

#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tercet {

/// Where a subject's voxels lie, how they look and to which regions they belong.
struct SliceValues {
    std::shared_ptr<const VoxelGrid> grid;
    std::string voxels;                 ///< which they are, as voxelsOf() says
    std::vector<double> image;          ///< per voxel: mean of the scans; empty if it was not kept
    std::vector<std::int32_t> regionOf; ///< per voxel: number of its region, −1 for none; empty before they are known
    QStringList regions;                ///< names
    std::vector<std::uint8_t> subcortical; ///< per region: 1 where it is one
};

/// Of the results of preprocess-fmri and, if there is one that fits, assign-regions; nothing without the first. Throws
/// as VoxelGrid and ArrayBundle's getters.
[[nodiscard]] std::optional<SliceValues>
sliceValues(const std::function<std::shared_ptr<const ArrayBundle>(const Task&)>& arrays, const QString& subject);

/// Lays voxels, image and regions into a plot; subcortical regions are its main ones.
void showVoxels(SlicePlot& plot, const SliceValues& values);
/// z in mm of at most `count` axial slices through the subcortical regions, or without any through all voxels.
[[nodiscard]] std::vector<double> montagePlaces(const SliceValues& values, int count);
/// The middle of the subcortical voxel that is nearest to the mean of the middles of the subcortical regions; without
/// such regions of all voxels and regions.
[[nodiscard]] Point3 usualPlace(const SliceValues& values);

} // namespace tercet
