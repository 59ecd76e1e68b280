#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// Relaxes a flat map so that its triangles come as near as they can to their shape and size on a surface: descends
/// the symmetric Dirichlet energy, which grows without bound as a triangle shrinks to nothing, so that none ever flips.
/// `surface`: places of all vertices, mm. `triangles`: those of the map, all counter-clockwise in `start` and not
/// degenerate on the surface. `start`: one place per vertex of the surface; those in no triangle stay as they are.
/// Returns the places after at most `steps` steps, in mm. Throws DataError naming the first triangle (from 1) that
/// points past the vertices, is degenerate or is not counter-clockwise. Any thread; always the same bits.
[[nodiscard]] std::vector<std::array<double, 2>> relaxedFlatMap(std::span<const std::array<float, 3>> surface,
                                                                std::span<const std::array<std::uint32_t, 3>> triangles,
                                                                std::span<const std::array<double, 2>> start,
                                                                int steps);

} // namespace tercet
