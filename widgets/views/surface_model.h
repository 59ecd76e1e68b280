#pragma once

#include "core/brain/flatmap.h"
#include "core/io/surface_mesh.h"
#include "widgets/views/surface_camera.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tercet {

/// One hemisphere: two shapes of the same vertices. Either may be null, and stands in for the other.
struct HemisphereMeshes {
    std::shared_ptr<const SurfaceMesh> flat;     ///< in the plane z = 0, y up
    std::shared_ptr<const SurfaceMesh> inflated; ///< or any other folded shape; x to the right, y forward, z up, mm
};

/// The left and the right hemisphere.
template <class T>
using BothHemispheres = std::array<T, 2>;

using SurfacePlace = std::array<float, 3>;
using SurfaceTriangle = std::array<std::uint32_t, 3>;

/// From the places of a SurfaceModel to those in a picture.
struct SurfaceProjection {
    BothHemispheres<std::array<std::array<float, 3>, 3>> turn; ///< rows of a matrix, times 1 − flatness
    BothHemispheres<std::array<float, 3>> middle;              ///< mm, times 1 − flatness
    float flatness = 1;
    float scale = 1;   ///< pixels per mm
    float originX = 0; ///< of the middle of the whole, pixels
    float originY = 0; ///< the same, downwards
    [[nodiscard]] bool isFlat() const noexcept { return flatness >= 1; }
};

/// Both hemispheres side by side, flat and inflated, as one list of vertices: those of the left one first. Flat maps
/// lie as sideBySide() says; inflated, the left hemisphere is seen from its left and the right one from its right, so
/// that the occipital poles meet in the middle there too. Immutable; any thread.
class SurfaceModel {
public:
    SurfaceModel() = default;
    /// Throws DataError if the two shapes of a hemisphere have not the same number of vertices, a triangle points past
    /// them or one that is used is not finite.
    explicit SurfaceModel(const BothHemispheres<HemisphereMeshes>& meshes);

    [[nodiscard]] std::size_t vertices() const noexcept { return m_flat.size(); }
    [[nodiscard]] std::size_t firstVertex(std::size_t hemisphere) const noexcept { return m_first[hemisphere]; }
    [[nodiscard]] std::size_t verticesOf(std::size_t hemisphere) const noexcept {
        return m_first[hemisphere + 1] - m_first[hemisphere];
    }
    [[nodiscard]] std::size_t hemisphereOf(std::size_t vertex) const noexcept { return vertex < m_first[1] ? 0 : 1; }
    [[nodiscard]] bool hasFlat() const noexcept { return m_hasFlat; }
    [[nodiscard]] bool hasInflated() const noexcept { return m_hasInflated; }

    /// What is drawn: as soon as the surface unfolds it is cut.
    [[nodiscard]] std::span<const SurfaceTriangle> triangles(double flatness) const noexcept {
        return flatness > 0 ? m_cutTriangles : m_wholeTriangles;
    }
    /// Of both hemispheres, or of one (as places in triangles()).
    [[nodiscard]] std::size_t firstTriangle(std::size_t hemisphere, double flatness) const noexcept {
        return (flatness > 0 ? m_firstCut : m_firstWhole)[hemisphere];
    }
    [[nodiscard]] const SurfaceMesh* mesh(std::size_t hemisphere, double flatness) const noexcept {
        return (flatness > 0 ? m_cutMeshes : m_wholeMeshes)[hemisphere].get();
    }
    /// Laid out, mm from the middle of the whole.
    [[nodiscard]] std::span<const SurfacePlace> flatPlaces() const noexcept { return m_flat; }
    /// Seen from the side (x to the right, y up, z towards the viewer), mm from the middle of the hemisphere.
    [[nodiscard]] std::span<const SurfacePlace> sidePlaces() const noexcept { return m_side; }

    /// Onto width × height pixels.
    [[nodiscard]] SurfaceProjection projection(const SurfaceCamera& camera, double width, double height) const;
    /// x and y in pixels, y down, from the left top corner; z in mm towards the viewer. Of vertices in no triangle:
    /// anything.
    [[nodiscard]] SurfacePlace place(const SurfaceProjection& projection, std::size_t vertex) const noexcept;
    void place(const SurfaceProjection& projection, std::vector<SurfacePlace>& places) const;
    /// How much a vertex faces the viewer or turns its back: 1 straight, 0 seen from its edge. Flat: 1.
    [[nodiscard]] float facing(const SurfaceProjection& projection, std::size_t vertex) const noexcept;
    /// How light each vertex is under a lamp beside the viewer, 0–255; flat: 255.
    void shade(const SurfaceProjection& projection, std::vector<std::uint8_t>& shades) const;

private:
    void layOut();
    void findNormals();

    std::array<std::size_t, 3> m_first{};
    std::array<std::size_t, 3> m_firstCut{};
    std::array<std::size_t, 3> m_firstWhole{};
    BothHemispheres<std::shared_ptr<const SurfaceMesh>> m_cutMeshes;
    BothHemispheres<std::shared_ptr<const SurfaceMesh>> m_wholeMeshes;
    BothHemispheres<bool> m_turns{};          ///< whether there is a shape to turn
    BothHemispheres<SurfacePlace> m_middle{}; ///< of the hemispheres seen from the side, mm from that of the whole
    std::array<double, 2> m_flatSize{};       ///< width and height, mm
    std::array<double, 2> m_sideSize{};
    bool m_hasFlat = false;
    bool m_hasInflated = false;
    std::vector<SurfacePlace> m_flat;
    std::vector<SurfacePlace> m_side;
    std::vector<SurfacePlace> m_normals; ///< of m_side, of length 1
    std::vector<SurfaceTriangle> m_cutTriangles;
    std::vector<SurfaceTriangle> m_wholeTriangles;
};

} // namespace tercet
