#pragma once

#include "core/base/affine.h"
#include "core/base/control.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

enum class SamplingRule {
    Nearest,   ///< the voxel whose centre is nearest
    Trilinear, ///< the eight voxels around, by distance
    Ribbon,    ///< trilinear at several depths from the white to the pial surface
};

/// Which voxels of a volume make the value at each vertex of a surface, and how much (SPEC B11). Made once; then every
/// map of the volume is brought to the surface by a pass over the weights.
class SurfaceSampling {
public:
    /// `voxelAt` (i + size₀ (j + size₁ k)) is the number of a voxel among those that have values, −1 for none; its
    /// length is the product of `size`. `white` and `pial`: vertices in the surface's mm; of the same number, or `pial`
    /// empty. `toVoxel` goes from there to voxel indices, whole numbers at the voxels' centres. Nearest and Trilinear
    /// sample half-way between both surfaces. Throws DataError if the numbers do not agree or Ribbon has one surface
    /// only, Cancelled.
    SurfaceSampling(std::array<std::size_t, 3> size, std::span<const std::int32_t> voxelAt,
                    std::span<const std::array<float, 3>> white, std::span<const std::array<float, 3>> pial,
                    const Affine& toVoxel, SamplingRule rule, const JobControl& control = JobControl());
    /// As it was stored: `first` of every vertex' shares and the end. Throws DataError if it does not ascend from 0 to
    /// the number of shares.
    struct Share;
    SurfaceSampling(std::vector<std::size_t> first, std::vector<Share> shares);

    [[nodiscard]] std::size_t vertices() const noexcept { return m_first.size() - 1; }
    /// How many vertices have a voxel.
    [[nodiscard]] std::size_t covered() const noexcept;
    /// One value per vertex: the weighted mean of the voxels that are not NaN; NaN where there are none, or less than
    /// half of the weight. `values`: one per numbered voxel; those that a map of fewer voxels lacks are NaN.
    [[nodiscard]] std::vector<float> apply(std::span<const double> values) const;
    /// The numbered voxels of a vertex with their weights, which add up to at most 1.
    struct Share {
        std::uint32_t voxel;
        float weight;
    };
    [[nodiscard]] std::span<const Share> sharesOf(std::size_t vertex) const {
        return std::span(m_shares).subspan(m_first[vertex], m_first[vertex + 1] - m_first[vertex]);
    }
    /// The numbered voxel with the largest weight at a vertex, the first of equal ones; −1 for none.
    [[nodiscard]] std::int32_t voxelAt(std::size_t vertex) const;

private:
    std::vector<std::size_t> m_first; ///< of every vertex' shares, and the end
    std::vector<Share> m_shares;
};

} // namespace tercet
