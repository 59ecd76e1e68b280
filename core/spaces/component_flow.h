#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tercet {

/// What becomes of a component in the other systems.
enum class ComponentFate : std::uint8_t {
    Shared,  ///< matched in every other system
    Partly,  ///< matched in at least one, but not in every
    Blended, ///< matched in none, but its meaning is in another system all the same, mixed with others
    Unique,  ///< none of these
};
[[nodiscard]] std::string toString(ComponentFate fate); ///< "shared", "partly shared", "blended", "unique"

struct ComponentLink {
    std::size_t system = 0;
    std::size_t component = 0;
    std::size_t otherSystem = 0;
    std::size_t otherComponent = 0;
    double r = 0;
};

/// One ingredient of a blend.
struct ComponentBlend {
    std::size_t system = 0;
    std::size_t component = 0;
    std::size_t otherSystem = 0;
    std::size_t otherComponent = 0;
    double weight = 0; ///< of the ingredient, of all of them together, 0–1
    double r = 0;      ///< Pearson r of the component with the whole mixture
};

/// How the components of several systems correspond.
struct ComponentFlow {
    std::vector<ComponentLink> matches = {}; ///< every pair of the one-to-one matching of every two systems, whatever
                                             ///< its r, but not NaN; system < otherSystem
    std::vector<std::vector<ComponentFate>> fates = {}; ///< per system, per component
    std::vector<std::vector<double>> best = {};         ///< the highest r with any component of any other system
    std::vector<ComponentBlend> blends = {};            ///< of the blended ones, in their order
};

/// Compares the components of embeddings (stimuli × components, of the same stimuli in the same order; of unequal
/// numbers the first ones that all have) of at least two systems.
///
/// Rule. Two systems' components are matched one to one so that the sum of their Pearson r is largest
/// (component_matching.h); a match counts if its r is at least `threshold`. A component that has no match in any
/// system is blended if in some other system either one component has r ≥ threshold with it that is matched to another
/// (several share one), or none has but a non-negative mixture of two or more does (least squares on standardised
/// components; ingredients below a tenth of the sum of weights do not count as such). A constant component is unique,
/// and its best r is NaN.
///
/// Throws ParameterError for fewer than two systems or a threshold outside of 0–1; Cancelled.
[[nodiscard]] ComponentFlow componentFlow(std::span<const MatrixView<const double>> embeddings, double threshold,
                                          const JobControl& control = {});

} // namespace tercet
