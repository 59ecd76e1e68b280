#include "core/brain/surface_sampling.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace tercet {
namespace {

constexpr int kDepths = 6; ///< of Ribbon, in the middle of as many layers

/// The places of the voxels that numbers belong to.
class Volume {
public:
    Volume(std::array<std::size_t, 3> size, std::span<const std::int32_t> voxelAt) : m_size(size), m_voxelAt(voxelAt) {}

    [[nodiscard]] std::int32_t at(double i, double j, double k) const {
        const std::array<double, 3> place{i, j, k};
        std::size_t index = 0;
        for (std::size_t axis = 3; axis-- > 0;) {
            if (!(place[axis] >= 0 && place[axis] < static_cast<double>(m_size[axis])))
                return -1;
            index = index * m_size[axis] + static_cast<std::size_t>(place[axis]);
        }
        return m_voxelAt[index];
    }
    void addNearest(const Point3& place, double weight, std::map<std::uint32_t, double>& shares) const {
        if (const std::int32_t voxel =
                at(std::floor(place[0] + 0.5), std::floor(place[1] + 0.5), std::floor(place[2] + 0.5));
            voxel >= 0)
            shares[static_cast<std::uint32_t>(voxel)] += weight;
    }
    void addAround(const Point3& place, double weight, std::map<std::uint32_t, double>& shares) const {
        const Point3 low{std::floor(place[0]), std::floor(place[1]), std::floor(place[2])};
        for (int corner = 0; corner < 8; ++corner) {
            double share = weight;
            Point3 voxel = low;
            for (std::size_t axis = 0; axis < 3; ++axis) {
                const bool next = (corner >> axis & 1) != 0;
                const double fraction = place[axis] - low[axis];
                voxel[axis] += next ? 1 : 0;
                share *= next ? fraction : 1 - fraction;
            }
            if (const std::int32_t found = share > 0 ? at(voxel[0], voxel[1], voxel[2]) : -1; found >= 0)
                shares[static_cast<std::uint32_t>(found)] += share;
        }
    }

private:
    std::array<std::size_t, 3> m_size;
    std::span<const std::int32_t> m_voxelAt;
};

} // namespace

SurfaceSampling::SurfaceSampling(std::array<std::size_t, 3> size, std::span<const std::int32_t> voxelAt,
                                 std::span<const std::array<float, 3>> white,
                                 std::span<const std::array<float, 3>> pial, const Affine& toVoxel, SamplingRule rule,
                                 const JobControl& control) {
    if (voxelAt.size() != size[0] * size[1] * size[2])
        throw DataError({.where = "surface sampling",
                         .expected = withThousands(size[0] * size[1] * size[2]) + " voxels",
                         .found = withThousands(voxelAt.size())});
    if (!pial.empty() && pial.size() != white.size())
        throw DataError(
            {.where = "surface sampling",
             .expected = "as many vertices of the pial as of the white surface (" + withThousands(white.size()) + ")",
             .found = withThousands(pial.size()),
             .remedy = "choose both surfaces of one hemisphere"});
    if (rule == SamplingRule::Ribbon && pial.empty())
        throw DataError({.where = "surface sampling",
                         .expected = "a white and a pial surface",
                         .found = "one surface",
                         .remedy = "import both, or sample by nearest voxel"});
    const Volume volume(size, voxelAt);
    m_first.reserve(white.size() + 1);
    std::map<std::uint32_t, double> shares;
    constexpr std::size_t kLookEvery = 1024; // vertices
    for (std::size_t v = 0; v < white.size(); ++v) {
        if (v % kLookEvery == 0)
            control.check();
        m_first.push_back(m_shares.size());
        shares.clear();
        const int depths = rule == SamplingRule::Ribbon ? kDepths : 1;
        for (int depth = 0; depth < depths; ++depth) {
            const double out = pial.empty() ? 0 : (depth + 0.5) / depths;
            Point3 place{};
            for (std::size_t axis = 0; axis < 3; ++axis)
                place[axis] = (1 - out) * static_cast<double>(white[v][axis]) +
                              (pial.empty() ? 0 : out * static_cast<double>(pial[v][axis]));
            if (rule == SamplingRule::Nearest)
                volume.addNearest(toVoxel(place), 1.0 / depths, shares);
            else
                volume.addAround(toVoxel(place), 1.0 / depths, shares);
        }
        for (const auto& [voxel, weight] : shares)
            m_shares.push_back({voxel, static_cast<float>(weight)});
    }
    m_first.push_back(m_shares.size());
}

SurfaceSampling::SurfaceSampling(std::vector<std::size_t> first, std::vector<Share> shares)
    : m_first(std::move(first)), m_shares(std::move(shares)) {
    if (m_first.empty() || m_first.front() != 0 || m_first.back() != m_shares.size() ||
        !std::is_sorted(m_first.begin(), m_first.end()))
        throw DataError({.where = "surface sampling",
                         .expected = "places that ascend from 0 to " + withThousands(m_shares.size()),
                         .found = "others"});
}

std::size_t SurfaceSampling::covered() const noexcept {
    std::size_t count = 0;
    for (std::size_t v = 0; v < vertices(); ++v)
        count += m_first[v + 1] > m_first[v] ? 1 : 0;
    return count;
}

std::int32_t SurfaceSampling::voxelAt(std::size_t vertex) const {
    std::int32_t voxel = -1;
    float most = 0;
    for (const Share& share : sharesOf(vertex))
        if (share.weight > most) {
            most = share.weight;
            voxel = static_cast<std::int32_t>(share.voxel);
        }
    return voxel;
}

std::vector<float> SurfaceSampling::apply(std::span<const double> values) const {
    std::vector<float> result(vertices(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t v = 0; v < vertices(); ++v) {
        double sum = 0;
        double weight = 0;
        for (const Share& share : sharesOf(v))
            if (share.voxel < values.size() && !std::isnan(values[share.voxel])) {
                sum += static_cast<double>(share.weight) * values[share.voxel];
                weight += static_cast<double>(share.weight);
            }
        if (weight >= 0.5)
            result[v] = static_cast<float>(sum / weight);
    }
    return result;
}

} // namespace tercet
