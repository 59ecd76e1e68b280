#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// Mean curvature of a folded surface in 1/mm, above 0 where it bends inwards (sulci) as FreeSurfer has it: half the
/// cotangent Laplacian along the outward normal, averaged over neighbours a few times as the surface is seen from
/// afar. Triangles must have their corners counter-clockwise from outside. 0 for vertices in no triangle. Any thread.
[[nodiscard]] std::vector<float> meanCurvature(std::span<const std::array<float, 3>> vertices,
                                               std::span<const std::array<std::uint32_t, 3>> triangles);

} // namespace tercet
