#pragma once

#include "core/brain/surface_sampling.h"
#include "core/io/array_file.h"
#include "core/io/surface_mesh.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tercet {

/// A hemisphere as maps of a subject's voxels are drawn on it (SPEC B6, B11). Null where there is none.
struct ProjectedHemisphere {
    std::shared_ptr<const SurfaceMesh> flat;
    std::shared_ptr<const SurfaceMesh> folded; ///< inflated, else as it lies in the brain
    std::shared_ptr<const std::vector<float>> curvature;
    std::shared_ptr<const std::vector<std::int32_t>> region; ///< per vertex: number of its region, −1 for none
    std::optional<SurfaceSampling> sampling;

    /// One value per vertex of a map with one value per voxel.
    [[nodiscard]] std::shared_ptr<const std::vector<float>> map(std::span<const double> voxels) const;
};

/// What the step project-surface made: left, right; a missing hemisphere has no meshes.
struct ProjectedSurface {
    std::array<ProjectedHemisphere, 2> hemispheres;
    std::vector<std::string> regions;
    std::string voxels; ///< that are laid on it, as voxelsOf() says
};

/// Reads the result of project-surface. Throws as ArrayBundle's getters.
[[nodiscard]] ProjectedSurface projectedSurface(const ArrayBundle& arrays);

} // namespace tercet
