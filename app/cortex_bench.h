#pragma once

#include <cstddef>
#include <vector>

namespace tercet {

/// What a flat cortex of 2 × 163,842 vertices takes in a view of 900 × 500, in seconds.
struct CortexFigures {
    std::size_t vertices = 0;
    double firstFrame = 0;         ///< meshes, curvature, a map and the outlines and names of 360 regions
    std::vector<double> recolour;  ///< another map, its values already laid on the vertices
    std::vector<double> threshold; ///< another limit of the false discovery rate
    std::vector<double> pick;      ///< the vertex at a place
    std::vector<double> turn;      ///< another camera, inflated
};

/// The processor draws. GUI thread; makes an application without a display if there is none.
[[nodiscard]] CortexFigures measureCortex();

} // namespace tercet
