#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tercet {

struct RosePoint {
    double x = 0; ///< to the right
    double y = 0; ///< upwards
};

/// One component of a stimulus in a rose diagram of radius 1 around the origin (C9): a triangle from the centre to
/// both edges of the component's sector.
struct Petal {
    double length = 0; ///< weight over the component's maximum, 0–1
    double from = 0;   ///< angles of the sector's edges, radians, counter-clockwise from the right
    double to = 0;
    RosePoint first;  ///< corner on the edge `from`
    RosePoint second; ///< corner on the edge `to`; the third corner is the centre
};

/// The largest weight of each component over all stimuli (stimuli × components), at least 0; what petals of every
/// stimulus are measured by. NaN weights take no part.
[[nodiscard]] std::vector<double> componentMaxima(MatrixView<const double> embedding);

/// The rose of one stimulus: one petal per component, in order, in equal sectors. A weight that is negative or NaN
/// and a component whose maximum is 0 give length 0, a weight above the maximum gives 1.
/// Throws ParameterError if the sizes differ.
[[nodiscard]] std::vector<Petal> rosePetals(std::span<const double> weights, std::span<const double> maxima);

/// The petals worth a label, longest first (of equal ones the first): up to `most`, each at least half as long as the
/// longest; fewer if fewer are longer than 0.
[[nodiscard]] std::vector<std::size_t> longestPetals(std::span<const Petal> petals, std::size_t most = 3);

} // namespace tercet
