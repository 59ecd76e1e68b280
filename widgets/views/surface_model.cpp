#include "widgets/views/surface_model.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace tercet {
namespace {

constexpr float kGap = 8;         ///< between the hemispheres, mm
constexpr double kMargin = 0.03;  ///< of the picture, free around everything
constexpr float kDarkest = 0.42F; ///< of a surface seen along its tangent
constexpr std::size_t kBlock = 16384;

using Matrix3 = std::array<std::array<float, 3>, 3>;

/// Calls body(begin, end) for blocks of 0 … count − 1.
template <class Body>
void inBlocks(std::size_t count, const Body& body) {
    parallelFor((count + kBlock - 1) / kBlock, threadBudget(),
                [&](std::size_t block) { body(block * kBlock, std::min(count, (block + 1) * kBlock)); });
}

/// A place of the brain as its hemisphere's own side shows it.
SurfacePlace fromTheSide(std::size_t hemisphere, const SurfacePlace& place) {
    return hemisphere == 0 ? SurfacePlace{-place[1], place[2], -place[0]} : SurfacePlace{place[1], place[2], place[0]};
}

SurfaceBounds turned(std::size_t hemisphere, const SurfaceBounds& bounds) {
    const SurfacePlace a = fromTheSide(hemisphere, bounds.low);
    const SurfacePlace b = fromTheSide(hemisphere, bounds.high);
    SurfaceBounds result;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        result.low[axis] = std::min(a[axis], b[axis]);
        result.high[axis] = std::max(a[axis], b[axis]);
    }
    return result;
}

/// The box around both.
SurfaceBounds together(const BothHemispheres<std::optional<SurfaceBounds>>& bounds) {
    if (!bounds[0] || !bounds[1])
        return bounds[0] ? *bounds[0] : bounds[1].value_or(SurfaceBounds{});
    SurfaceBounds both = *bounds[0];
    for (std::size_t axis = 0; axis < 3; ++axis) {
        both.low[axis] = std::min(both.low[axis], bounds[1]->low[axis]);
        both.high[axis] = std::max(both.high[axis], bounds[1]->high[axis]);
    }
    return both;
}

SurfacePlace middleOf(const SurfaceBounds& bounds) {
    SurfacePlace middle{};
    for (std::size_t axis = 0; axis < 3; ++axis)
        middle[axis] = (bounds.low[axis] + bounds.high[axis]) / 2;
    return middle;
}

std::array<double, 2> sizeOf(const SurfaceBounds& bounds) {
    return {static_cast<double>(bounds.high[0]) - static_cast<double>(bounds.low[0]),
            static_cast<double>(bounds.high[1]) - static_cast<double>(bounds.low[1])};
}

void moveBy(SurfaceBounds& bounds, float x) {
    bounds.low[0] += x;
    bounds.high[0] += x;
}

/// First about the vertical axis, then about the one to the right.
Matrix3 turnAndTilt(double turn, double tilt) {
    const double a = turn * std::numbers::pi / 180;
    const double b = tilt * std::numbers::pi / 180;
    const auto ca = static_cast<float>(std::cos(a));
    const auto sa = static_cast<float>(std::sin(a));
    const auto cb = static_cast<float>(std::cos(b));
    const auto sb = static_cast<float>(std::sin(b));
    return {{{ca, 0, sa}, {sb * sa, cb, -sb * ca}, {-cb * sa, sb, cb * ca}}};
}

double fittingScale(const std::array<double, 2>& size, double width, double height) {
    constexpr double kSmallest = 1e-6;
    const double free = 1 - 2 * kMargin;
    return std::min(free * width / std::max(size[0], kSmallest), free * height / std::max(size[1], kSmallest));
}

} // namespace

SurfaceModel::SurfaceModel(const BothHemispheres<HemisphereMeshes>& meshes) {
    for (std::size_t h = 0; h < 2; ++h) {
        const auto& [flat, inflated] = meshes[h];
        if (flat && inflated && flat->vertices.size() != inflated->vertices.size())
            throw DataError({.where = h == 0 ? "left hemisphere" : "right hemisphere",
                             .expected = "as many vertices of the flat as of the inflated surface (" +
                                         withThousands(inflated->vertices.size()) + ")",
                             .found = withThousands(flat->vertices.size()),
                             .remedy = "choose two shapes of one surface"});
        m_cutMeshes[h] = flat ? flat : inflated;
        m_wholeMeshes[h] = inflated ? inflated : flat;
        m_turns[h] = inflated != nullptr;
        m_hasFlat = m_hasFlat || flat;
        m_hasInflated = m_hasInflated || inflated;
        const auto sizeOfMesh = m_cutMeshes[h] ? m_cutMeshes[h]->vertices.size() : 0;
        if (m_first[h] + sizeOfMesh >= std::numeric_limits<std::uint32_t>::max())
            throw DataError({.where = "surface", .expected = "fewer vertices", .found = withThousands(sizeOfMesh)});
        m_first[h + 1] = m_first[h] + sizeOfMesh;
        const auto append = [&](const SurfaceMesh* mesh, std::vector<SurfaceTriangle>& all,
                                std::array<std::size_t, 3>& first) {
            const auto offset = static_cast<std::uint32_t>(m_first[h]);
            if (mesh != nullptr)
                for (const auto& [a, b, c] : mesh->triangles)
                    all.push_back({a + offset, b + offset, c + offset});
            first[h + 1] = all.size();
        };
        append(m_cutMeshes[h].get(), m_cutTriangles, m_firstCut);
        append(m_wholeMeshes[h].get(), m_wholeTriangles, m_firstWhole);
    }
    layOut();
    findNormals();
}

void SurfaceModel::layOut() {
    m_flat.resize(m_first[2]);
    m_side.resize(m_first[2]);
    BothHemispheres<std::optional<SurfaceBounds>> flat;
    BothHemispheres<std::optional<SurfaceBounds>> side;
    for (std::size_t h = 0; h < 2; ++h) {
        if (!m_cutMeshes[h])
            continue;
        flat[h] = boundsOf(*m_cutMeshes[h]);
        side[h] = boundsOf(*m_wholeMeshes[h]);
        // Where one shape stands in for the other it lies as that one does.
        if (side[h] && m_turns[h])
            side[h] = turned(h, *side[h]);
        if (m_cutMeshes[h] == m_wholeMeshes[h])
            flat[h] = side[h];
    }
    const BothHemispheres<float> flatShift = sideBySide(flat[0], flat[1], kGap);
    const BothHemispheres<float> sideShift = sideBySide(side[0], side[1], kGap);
    BothHemispheres<SurfacePlace> sideMiddle{};
    for (std::size_t h = 0; h < 2; ++h) {
        if (side[h])
            sideMiddle[h] = middleOf(*side[h]);
        if (flat[h])
            moveBy(*flat[h], flatShift[h]);
        if (side[h])
            moveBy(*side[h], sideShift[h]);
    }
    const SurfaceBounds wholeFlat = together(flat);
    // Seen from the side the hemispheres stand at one height, each on its middle.
    SurfaceBounds wholeSide = together(side);
    double tallest = 0;
    for (const auto& bounds : side)
        tallest = std::max(tallest, bounds ? sizeOf(*bounds)[1] : 0);
    m_flatSize = sizeOf(wholeFlat);
    m_sideSize = {sizeOf(wholeSide)[0], tallest};
    const SurfacePlace flatMiddle = middleOf(wholeFlat);
    for (std::size_t h = 0; h < 2; ++h) {
        if (!m_cutMeshes[h])
            continue;
        m_middle[h] = {sideMiddle[h][0] + sideShift[h] - middleOf(wholeSide)[0], 0, 0};
        const auto sidePlace = [&](SurfacePlace place) {
            if (m_turns[h])
                place = fromTheSide(h, place);
            for (std::size_t axis = 0; axis < 3; ++axis)
                place[axis] -= sideMiddle[h][axis];
            return place;
        };
        const auto flatPlace = [&](const SurfacePlace& place) {
            if (m_cutMeshes[h] != m_wholeMeshes[h] || !m_turns[h])
                return SurfacePlace{place[0] + flatShift[h] - flatMiddle[0], place[1] - flatMiddle[1], 0};
            const SurfacePlace own = fromTheSide(h, place);
            return SurfacePlace{own[0] + flatShift[h] - flatMiddle[0], own[1] - flatMiddle[1], own[2]};
        };
        inBlocks(verticesOf(h), [&](std::size_t begin, std::size_t end) {
            for (std::size_t v = begin; v < end; ++v) {
                m_flat[m_first[h] + v] = flatPlace(m_cutMeshes[h]->vertices[v]);
                m_side[m_first[h] + v] = sidePlace(m_wholeMeshes[h]->vertices[v]);
            }
        });
    }
}

void SurfaceModel::findNormals() {
    if (!m_hasInflated)
        return;
    m_normals.resize(m_first[2]);
    for (const auto& [a, b, c] : m_wholeTriangles) {
        SurfacePlace u{};
        SurfacePlace v{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            u[axis] = m_side[b][axis] - m_side[a][axis];
            v[axis] = m_side[c][axis] - m_side[a][axis];
        }
        const SurfacePlace normal{u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
        for (const std::uint32_t corner : {a, b, c})
            for (std::size_t axis = 0; axis < 3; ++axis)
                m_normals[corner][axis] += normal[axis];
    }
    for (SurfacePlace& normal : m_normals) {
        const float length = std::sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
        for (float& part : normal)
            part = length > 0 ? part / length : 0;
    }
}

SurfaceProjection SurfaceModel::projection(const SurfaceCamera& camera, double width, double height) const {
    const double flatness = !m_hasInflated ? 1 : !m_hasFlat ? 0 : std::clamp(camera.flatness, 0.0, 1.0);
    // On the way the whole is never larger than the same mean of both shapes.
    const auto between = [&](std::size_t axis) {
        return (1 - flatness) * m_sideSize[axis] + flatness * m_flatSize[axis];
    };
    const double scale = fittingScale({between(0), between(1)}, width, height) * camera.zoom;
    SurfaceProjection projection{.flatness = static_cast<float>(flatness),
                                 .scale = static_cast<float>(scale),
                                 .originX = static_cast<float>(width / 2 - camera.x * scale),
                                 .originY = static_cast<float>(height / 2 + camera.y * scale)};
    const auto folded = static_cast<float>(1 - flatness);
    for (std::size_t h = 0; h < 2; ++h) {
        // On its way to flatness the surface turns back, so that it never flips over.
        const double share = m_turns[h] ? static_cast<double>(folded) : 0;
        projection.turn[h] = turnAndTilt((h == 0 ? 1 : -1) * camera.turn * share, camera.tilt * share);
        for (auto& row : projection.turn[h])
            for (float& part : row)
                part *= folded;
        for (std::size_t axis = 0; axis < 3; ++axis)
            projection.middle[h][axis] = m_middle[h][axis] * folded;
    }
    return projection;
}

SurfacePlace SurfaceModel::place(const SurfaceProjection& projection, std::size_t vertex) const noexcept {
    const std::size_t h = hemisphereOf(vertex);
    SurfacePlace place = m_flat[vertex];
    if (!projection.isFlat())
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const auto& row = projection.turn[h][axis];
            const SurfacePlace& side = m_side[vertex];
            place[axis] = projection.flatness * m_flat[vertex][axis] + projection.middle[h][axis] + row[0] * side[0] +
                          row[1] * side[1] + row[2] * side[2];
        }
    return {projection.originX + projection.scale * place[0], projection.originY - projection.scale * place[1],
            place[2]};
}

void SurfaceModel::place(const SurfaceProjection& projection, std::vector<SurfacePlace>& places) const {
    places.resize(vertices());
    inBlocks(vertices(), [&](std::size_t begin, std::size_t end) {
        for (std::size_t v = begin; v < end; ++v)
            places[v] = place(projection, v);
    });
}

float SurfaceModel::facing(const SurfaceProjection& projection, std::size_t vertex) const noexcept {
    if (projection.isFlat())
        return 1;
    const auto& row = projection.turn[hemisphereOf(vertex)][2]; // with the share of the folded shape in it
    const SurfacePlace& normal = m_normals[vertex];
    return std::min(1.0F, projection.flatness + std::abs(row[0] * normal[0] + row[1] * normal[1] + row[2] * normal[2]));
}

void SurfaceModel::shade(const SurfaceProjection& projection, std::vector<std::uint8_t>& shades) const {
    shades.assign(vertices(), 255);
    if (projection.isFlat())
        return;
    inBlocks(vertices(), [&](std::size_t begin, std::size_t end) {
        for (std::size_t v = begin; v < end; ++v)
            shades[v] =
                static_cast<std::uint8_t>(std::lround(255 * (kDarkest + (1 - kDarkest) * facing(projection, v))));
    });
}

} // namespace tercet
