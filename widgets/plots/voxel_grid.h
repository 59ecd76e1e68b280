#pragma once

#include "core/base/affine.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// The planes in which volumes are cut: of one x, one y or one z.
enum class SliceAxis { Sagittal, Coronal, Axial };
inline constexpr std::array kSliceAxes = {SliceAxis::Sagittal, SliceAxis::Coronal, SliceAxis::Axial};

using PlanePoint = std::array<double, 2>; ///< mm, in a plane

/// Some voxels of a regular grid that lies in space in any way. Lengths are mm: x to the right, y to the front, z up.
/// In planes the first coordinate is x, in sagittal ones y; the second is z, in axial ones y. A value; any thread.
class VoxelGrid {
public:
    VoxelGrid() = default; ///< no voxels
    /// `voxels`: voxels × 3, i, j, k of each; `toMm` gives the middle of a voxel. Throws DataError if the map cannot be
    /// inverted, two voxels share a place, or they are spread over more than 2²⁷ places.
    VoxelGrid(const Affine& toMm, std::span<const std::int32_t> voxels);

    [[nodiscard]] std::size_t voxels() const noexcept { return m_middles.size(); }
    [[nodiscard]] const Point3& middleOf(std::size_t voxel) const { return m_middles[voxel]; }
    [[nodiscard]] int voxelAt(const Point3& point) const; ///< −1 for none
    /// The voxels at `first`, `first` + `step`, …; −1 where there is none.
    void readLine(const Point3& first, const Point3& step, std::span<std::int32_t> voxels) const;
    /// The smallest box that holds all voxels as a whole; all 0 without voxels.
    [[nodiscard]] const Point3& low() const noexcept { return m_low; }
    [[nodiscard]] const Point3& high() const noexcept { return m_high; }
    /// The length of voxels in this direction: of their edge that goes most along it.
    [[nodiscard]] double spacing(SliceAxis axis) const noexcept { return m_spacing[static_cast<std::size_t>(axis)]; }

    /// A face of a voxel beyond which there is another label, or no voxel.
    struct Face {
        Point3 middle;
        std::size_t across = 0;             ///< the axis of the grid that goes through it
        std::array<std::int32_t, 2> labels; ///< of its two sides; −1 for none
    };
    /// The faces between labels, one per voxel and −1 for none. Throws DataError for a wrong number.
    [[nodiscard]] std::vector<Face> borders(std::span<const std::int32_t> labels) const;

    struct Line {
        std::array<PlanePoint, 2> ends;
        std::array<std::int32_t, 2> labels;
    };
    /// Where faces pass through the plane at `place`.
    [[nodiscard]] std::vector<Line> cut(std::span<const Face> faces, SliceAxis axis, double place) const;

    /// The largest connected piece of a label in a plane.
    struct Piece {
        std::int32_t label = -1;
        PlanePoint middle{}; ///< of its voxel that is nearest to their mean
        std::size_t voxels = 0;
    };
    /// One for each label that the plane at `place` passes through, the largest first. Throws as borders().
    [[nodiscard]] std::vector<Piece> pieces(std::span<const std::int32_t> labels, SliceAxis axis, double place) const;

    /// At most `count` places of axial planes, evenly spread over the voxels with a flag other than 0, through the
    /// middles of layers; ascending. Throws as borders().
    [[nodiscard]] std::vector<double> axialPlaces(std::span<const std::uint8_t> flags, std::size_t count) const;

private:
    [[nodiscard]] std::int32_t at(std::int64_t i, std::int64_t j, std::int64_t k) const;
    [[nodiscard]] std::int32_t neighbour(std::size_t voxel, std::size_t axis, int side) const;
    /// How far a voxel reaches from its middle along the normal of a plane.
    [[nodiscard]] double reach(SliceAxis axis) const;
    void requireOnePerVoxel(std::size_t found) const;

    Affine m_toMm;
    Affine m_toIndex; ///< i, j, k within the box of those that occur
    std::array<std::int64_t, 3> m_first{};
    std::array<std::int64_t, 3> m_size{};
    std::vector<std::int32_t> m_voxelAt; ///< of the box, i fastest; −1 for none
    std::vector<std::array<std::int32_t, 3>> m_places;
    std::vector<Point3> m_middles;
    Point3 m_low{};
    Point3 m_high{};
    Point3 m_spacing{1, 1, 1};
};

/// Number in x, y, z of a plane's first and second coordinate.
[[nodiscard]] constexpr std::array<std::size_t, 2> planeAxes(SliceAxis axis) noexcept {
    switch (axis) {
    case SliceAxis::Sagittal:
        return {1, 2};
    case SliceAxis::Coronal:
        return {0, 2};
    case SliceAxis::Axial:
        break;
    }
    return {0, 1};
}

/// The point of a plane in space.
[[nodiscard]] constexpr Point3 inSpace(SliceAxis axis, double place, const PlanePoint& point) noexcept {
    const auto [first, second] = planeAxes(axis);
    Point3 result{};
    result[static_cast<std::size_t>(axis)] = place;
    result[first] = point[0];
    result[second] = point[1];
    return result;
}

} // namespace tercet
