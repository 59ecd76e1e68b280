#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <limits>
#include <vector>

namespace tercet {

/// One component of a first embedding and its partner in a second.
struct ComponentMatch {
    static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
    std::size_t first = 0;
    std::size_t second = kNone;                          ///< kNone where the second embedding has too few components
    double r = std::numeric_limits<double>::quiet_NaN(); ///< Pearson r; NaN without partner or where one is constant
};

/// The one-to-one matching of the components of two embeddings of the same stimuli (stimuli × p, stimuli × q) with
/// the largest sum of Pearson r (Hungarian method); an undefined r counts as −1. One entry per component of `first`,
/// in their order. Throws ParameterError if the numbers of stimuli differ.
[[nodiscard]] std::vector<ComponentMatch> matchComponents(MatrixView<const double> first,
                                                          MatrixView<const double> second);

} // namespace tercet
