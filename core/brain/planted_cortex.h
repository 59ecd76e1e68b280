#pragma once

#include "core/base/affine.h"
#include "core/io/surface_mesh.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tercet {

/// One half of a made-up cortex. All surfaces have the same vertices in mm (x to the right, y to the front, z up), and
/// the same closed list of triangles whose normals point out of the brain; the flat map keeps some of them.
struct PlantedHemisphere {
    SurfaceMesh white;
    SurfaceMesh pial;         ///< about 2.5 mm outside of `white`
    SurfaceMesh midthickness; ///< half-way
    SurfaceMesh inflated;
    /// z = 0, no triangle flipped, about true to the area of `midthickness`. Cut away: the medial wall and two lines
    /// that let it unfold; vertices in no triangle keep their place on `midthickness`.
    SurfaceMesh flat;
    std::vector<float> curvature; ///< per vertex, 1/mm: above 0 in sulci, as FreeSurfer's
    /// The 180 parcels of HCP-MMP 1.0, each in one piece about where it is in people: "L_V1_ROI" has key 1, "R_V1_ROI"
    /// 181; 0 on the medial wall.
    VertexLabels parcels;
};

/// A made-up structure below the cortex: an ellipsoid.
struct PlantedStructure {
    int number = 0;  ///< of FreeSurfer's volumes
    Point3 centre{}; ///< mm
    Point3 radii{};  ///< mm along x, y, z
    [[nodiscard]] bool holds(const Point3& place) const;
};

struct PlantedCortex {
    std::array<PlantedHemisphere, 2> hemispheres; ///< left, right
    std::vector<PlantedStructure> structures;     ///< those of SPEC D6; where two overlap the first has the place
};

inline constexpr std::size_t kPlantedVertices = 10242; ///< of a hemisphere

/// A folded brain of about the usual size, the same for the same seed on any number of threads. Its sides share most of
/// their folds. 1 to 3 s on two threads.
[[nodiscard]] PlantedCortex plantCortex(std::uint64_t seed = 1);

/// Another person's: folded surfaces and structures a few percent larger, smaller and bent; what belongs to vertices
/// stays.
[[nodiscard]] PlantedCortex reshaped(const PlantedCortex& cortex, std::uint64_t seed);

} // namespace tercet
