#include "widgets/plots/voxel_grid.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <limits>
#include <map>

namespace tercet {
namespace {

constexpr std::int64_t kMostPlaces = std::int64_t{1} << 27;
constexpr double kSameLayer = 0.25; ///< of the spacing: middles so near to each other are of one layer

double squaredDistance(const PlanePoint& a, const PlanePoint& b) {
    return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]);
}

} // namespace

VoxelGrid::VoxelGrid(const Affine& toMm, std::span<const std::int32_t> voxels) : m_toMm(toMm) {
    const auto inverse = toMm.inverse();
    if (!inverse)
        throw DataError({.where = "the grid of voxels",
                         .expected = "a map from voxels to mm that can be inverted",
                         .found = "one that cannot",
                         .remedy = "check the affine of the scans"});
    if (voxels.size() % 3 != 0 || voxels.size() / 3 > std::numeric_limits<std::int32_t>::max())
        throw DataError({.where = "the grid of voxels",
                         .expected = "i, j and k of each voxel",
                         .found = counted(voxels.size(), "number", "numbers")});
    m_toIndex = *inverse;
    if (voxels.empty())
        return;
    std::array<std::int64_t, 3> last{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        m_first[axis] = voxels[axis];
        last[axis] = voxels[axis];
        for (std::size_t v = axis; v < voxels.size(); v += 3) {
            m_first[axis] = std::min<std::int64_t>(m_first[axis], voxels[v]);
            last[axis] = std::max<std::int64_t>(last[axis], voxels[v]);
        }
    }
    std::int64_t places = 1;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        m_size[axis] = last[axis] - m_first[axis] + 1;
        if (m_size[axis] > kMostPlaces / places)
            throw DataError({.where = "the grid of voxels",
                             .expected = "voxels within " + withThousands(kMostPlaces) + " places",
                             .found = "ones that are spread further"});
        places *= m_size[axis];
    }
    m_voxelAt.assign(static_cast<std::size_t>(places), -1);
    for (std::size_t r = 0; r < 3; ++r) {
        m_toIndex.rows[r][3] -= static_cast<double>(m_first[r]);
        m_spacing[r] = 0;
        for (std::size_t c = 0; c < 3; ++c)
            m_spacing[r] = std::max(m_spacing[r], std::abs(m_toMm.rows[r][c]));
    }
    m_low.fill(std::numeric_limits<double>::infinity());
    m_high.fill(-std::numeric_limits<double>::infinity());
    for (std::size_t v = 0; v < voxels.size() / 3; ++v) {
        const std::array<std::int32_t, 3> place{voxels[3 * v], voxels[3 * v + 1], voxels[3 * v + 2]};
        std::int32_t& here = m_voxelAt[static_cast<std::size_t>(
            place[0] - m_first[0] + m_size[0] * (place[1] - m_first[1] + m_size[1] * (place[2] - m_first[2])))];
        if (here >= 0)
            throw DataError({.where = "the grid of voxels",
                             .expected = "one voxel at each place",
                             .found = "voxels " + withThousands(static_cast<std::uint64_t>(here)) + " and " +
                                      withThousands(v) + " at the same"});
        here = static_cast<std::int32_t>(v);
        m_places.push_back(place);
        m_middles.push_back(
            m_toMm({static_cast<double>(place[0]), static_cast<double>(place[1]), static_cast<double>(place[2])}));
        for (const SliceAxis axis : kSliceAxes) {
            const auto r = static_cast<std::size_t>(axis);
            m_low[r] = std::min(m_low[r], m_middles.back()[r] - reach(axis));
            m_high[r] = std::max(m_high[r], m_middles.back()[r] + reach(axis));
        }
    }
}

double VoxelGrid::reach(SliceAxis axis) const {
    const auto& row = m_toMm.rows[static_cast<std::size_t>(axis)];
    return (std::abs(row[0]) + std::abs(row[1]) + std::abs(row[2])) / 2;
}

void VoxelGrid::requireOnePerVoxel(std::size_t found) const {
    if (found != voxels())
        throw DataError({.where = "the grid of voxels",
                         .expected = "one value per voxel (" + withThousands(voxels()) + ")",
                         .found = withThousands(found)});
}

std::int32_t VoxelGrid::at(std::int64_t i, std::int64_t j, std::int64_t k) const {
    if (i < 0 || j < 0 || k < 0 || i >= m_size[0] || j >= m_size[1] || k >= m_size[2])
        return -1;
    return m_voxelAt[static_cast<std::size_t>(i + m_size[0] * (j + m_size[1] * k))];
}

std::int32_t VoxelGrid::neighbour(std::size_t voxel, std::size_t axis, int side) const {
    std::array<std::int64_t, 3> place{};
    for (std::size_t a = 0; a < 3; ++a)
        place[a] = m_places[voxel][a] - m_first[a] + (a == axis ? side : 0);
    return at(place[0], place[1], place[2]);
}

int VoxelGrid::voxelAt(const Point3& point) const {
    std::int32_t voxel = -1;
    readLine(point, {}, {&voxel, 1});
    return voxel;
}

void VoxelGrid::readLine(const Point3& first, const Point3& step, std::span<std::int32_t> voxels) const {
    const Point3 from = m_toIndex(first);
    const Point3 to = m_toIndex({first[0] + step[0], first[1] + step[1], first[2] + step[2]});
    const Point3 by{to[0] - from[0], to[1] - from[1], to[2] - from[2]};
    for (std::size_t n = 0; n < voxels.size(); ++n) {
        std::array<std::int64_t, 3> place{};
        bool inside = true;
        for (std::size_t a = 0; a < 3; ++a) {
            const double index = std::floor(from[a] + static_cast<double>(n) * by[a] + 0.5);
            inside = inside && index >= 0 && index < static_cast<double>(m_size[a]); // not for what is not finite
            place[a] = inside ? static_cast<std::int64_t>(index) : 0;
        }
        voxels[n] = inside ? at(place[0], place[1], place[2]) : -1;
    }
}

std::vector<VoxelGrid::Face> VoxelGrid::borders(std::span<const std::int32_t> labels) const {
    requireOnePerVoxel(labels.size());
    std::vector<Face> faces;
    for (std::size_t v = 0; v < labels.size(); ++v)
        for (std::size_t axis = 0; axis < 3; ++axis)
            for (const int side : {-1, 1}) {
                const std::int32_t beside = neighbour(v, axis, side);
                const std::int32_t other = beside < 0 ? -1 : labels[static_cast<std::size_t>(beside)];
                if (other == labels[v] || (side < 0 && beside >= 0)) // those between voxels belong to the first
                    continue;
                Face face{.middle = m_middles[v], .across = axis, .labels = {labels[v], other}};
                for (std::size_t r = 0; r < 3; ++r)
                    face.middle[r] += side * m_toMm.rows[r][axis] / 2;
                faces.push_back(face);
            }
    return faces;
}

std::vector<VoxelGrid::Line> VoxelGrid::cut(std::span<const Face> faces, SliceAxis axis, double place) const {
    const auto normal = static_cast<std::size_t>(axis);
    const auto [first, second] = planeAxes(axis);
    constexpr std::array<std::array<int, 2>, 4> kCorners{{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}};
    std::vector<Line> lines;
    for (const Face& face : faces) {
        const std::size_t a = (face.across + 1) % 3;
        const std::size_t b = (face.across + 2) % 3;
        const auto corner = [&](std::size_t n, std::size_t r) {
            return face.middle[r] + (kCorners[n][0] * m_toMm.rows[r][a] + kCorners[n][1] * m_toMm.rows[r][b]) / 2;
        };
        Line line{.ends = {}, .labels = face.labels};
        std::size_t ends = 0;
        for (std::size_t n = 0; n < kCorners.size() && ends < 2; ++n) {
            const std::size_t next = (n + 1) % kCorners.size();
            const double from = corner(n, normal) - place;
            const double to = corner(next, normal) - place;
            if ((from < 0) == (to < 0))
                continue;
            const double share = from / (from - to);
            for (const auto& [coordinate, r] : {std::pair(std::size_t{0}, first), std::pair(std::size_t{1}, second)})
                line.ends[ends][coordinate] = (1 - share) * corner(n, r) + share * corner(next, r);
            ++ends;
        }
        if (ends == 2)
            lines.push_back(line);
    }
    return lines;
}

std::vector<VoxelGrid::Piece> VoxelGrid::pieces(std::span<const std::int32_t> labels, SliceAxis axis,
                                                double place) const {
    requireOnePerVoxel(labels.size());
    const auto normal = static_cast<std::size_t>(axis);
    const auto [first, second] = planeAxes(axis);
    const double half = reach(axis);
    const auto isCut = [&](std::size_t v) { return std::abs(m_middles[v][normal] - place) <= half; };
    std::map<std::int32_t, Piece> largest;
    std::vector<std::uint8_t> seen(voxels());
    for (std::size_t start = 0; start < labels.size(); ++start) {
        if (labels[start] < 0 || seen[start] != 0 || !isCut(start))
            continue;
        std::vector<std::size_t> piece{start};
        seen[start] = 1;
        PlanePoint mean{};
        for (std::size_t n = 0; n < piece.size(); ++n) {
            mean[0] += m_middles[piece[n]][first];
            mean[1] += m_middles[piece[n]][second];
            for (std::size_t a = 0; a < 3; ++a)
                for (const int side : {-1, 1})
                    if (const std::int32_t beside = neighbour(piece[n], a, side); beside >= 0) {
                        const auto v = static_cast<std::size_t>(beside);
                        if (seen[v] == 0 && labels[v] == labels[start] && isCut(v)) {
                            seen[v] = 1;
                            piece.push_back(v);
                        }
                    }
        }
        Piece& known = largest[labels[start]];
        if (piece.size() <= known.voxels)
            continue;
        known = {.label = labels[start], .voxels = piece.size()};
        mean = {mean[0] / static_cast<double>(piece.size()), mean[1] / static_cast<double>(piece.size())};
        double nearest = std::numeric_limits<double>::infinity();
        for (const std::size_t v : piece) {
            const PlanePoint middle{m_middles[v][first], m_middles[v][second]};
            if (const double distance = squaredDistance(middle, mean); distance < nearest) {
                nearest = distance;
                known.middle = middle;
            }
        }
    }
    std::vector<Piece> result;
    for (const auto& [label, piece] : largest)
        result.push_back(piece);
    std::stable_sort(result.begin(), result.end(), [](const Piece& a, const Piece& b) { return a.voxels > b.voxels; });
    return result;
}

std::vector<double> VoxelGrid::axialPlaces(std::span<const std::uint8_t> flags, std::size_t count) const {
    requireOnePerVoxel(flags.size());
    std::vector<double> layers;
    for (std::size_t v = 0; v < flags.size(); ++v)
        if (flags[v] != 0)
            layers.push_back(m_middles[v][2]);
    std::sort(layers.begin(), layers.end());
    const double same = kSameLayer * spacing(SliceAxis::Axial);
    layers.erase(std::unique(layers.begin(), layers.end(), [same](double a, double b) { return b - a < same; }),
                 layers.end());
    if (layers.size() <= count)
        return layers;
    std::vector<double> places;
    for (std::size_t n = 0; n < count; ++n) // the middles of as many equal parts
        places.push_back(layers[(2 * n + 1) * layers.size() / (2 * count)]);
    return places;
}

} // namespace tercet
