#pragma once

#include "core/io/surface_mesh.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tercet {

/// The box around what triangles use of a surface, in mm; what is in no triangle may lie anywhere.
struct SurfaceBounds {
    std::array<float, 3> low{};
    std::array<float, 3> high{};
};

/// Nothing if the surface has no triangles. Throws DataError if a triangle points past the vertices or a vertex that
/// is used is not finite.
[[nodiscard]] std::optional<SurfaceBounds> boundsOf(const SurfaceMesh& mesh);

/// How far the left and the right flat map move along x, in mm, to lie side by side with `gap` mm between them: the
/// left one ends at −gap / 2, the right one begins at gap / 2 (SPEC B6, B11). A missing one moves by 0, and the other
/// as if it were there.
[[nodiscard]] std::array<float, 2> sideBySide(const std::optional<SurfaceBounds>& left,
                                              const std::optional<SurfaceBounds>& right, float gap);

/// A point given by vertices, so that it follows them wherever they move: the mean of the first `corners` of them.
struct OutlinePoint {
    std::array<std::uint32_t, 3> vertices{};
    std::uint8_t corners = 1;
    friend bool operator==(const OutlinePoint&, const OutlinePoint&) = default;
};

/// A line between two regions, or along the rim of a surface.
struct Outline {
    std::array<std::int32_t, 2> regions{-1, -1}; ///< on its sides, ascending, −1 for none; of a rim both are −1
    bool closed = false;                         ///< then the last point is joined to the first
    std::vector<OutlinePoint> points;
};

/// The lines between vertices of different regions: through the middles of the edges between them, and the centre of
/// triangles with three regions. `regionOf`: one per vertex, −1 for none. A region may have holes and several pieces.
/// The order depends on the mesh alone. Throws DataError if the numbers do not agree or a triangle points past the
/// vertices.
[[nodiscard]] std::vector<Outline> regionOutlines(const SurfaceMesh& mesh, std::span<const std::int32_t> regionOf);

/// The lines along edges that belong to one triangle only: the border of a flat map, the rims of its holes. Throws as
/// regionOutlines().
[[nodiscard]] std::vector<Outline> rimOf(const SurfaceMesh& mesh);

/// Where a region's name belongs.
struct RegionAnchor {
    std::int32_t region = 0;
    std::uint32_t vertex = 0; ///< the deepest of the region's largest piece
    float depth = 0;          ///< way along edges from there to the piece's border, mm
    float area = 0;           ///< of the whole region, mm²
};

/// One per region that has vertices in triangles, ascending. The border of a piece are its vertices beside another
/// region and on the mesh's rim; of equally deep vertices the first is taken. Throws as regionOutlines().
[[nodiscard]] std::vector<RegionAnchor> regionAnchors(const SurfaceMesh& mesh, std::span<const std::int32_t> regionOf);

} // namespace tercet
