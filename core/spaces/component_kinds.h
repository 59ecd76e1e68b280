#pragma once

#include "core/spaces/component_labels.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tercet {

/// What a component is about (C4).
enum class ComponentKind {
    Categorical,     ///< its label has categories only
    Mixed,           ///< categories and dimensions
    Dimensional,     ///< dimensions only
    Other,           ///< neither: its label has only other ratings, or no term
    Uninterpretable, ///< no correlation above the threshold (C3)
};

struct KindOptions {
    LabelOptions label = {};             ///< C1; its `interpretable` and `positiveOnly` are the threshold of C3
    bool includeUninterpretable = false; ///< gives these the kind of their label too
};

/// How many components are of each kind; they add up to the number of components.
struct KindCounts {
    std::size_t categorical = 0;
    std::size_t mixed = 0;
    std::size_t dimensional = 0;
    std::size_t other = 0;
    std::size_t uninterpretable = 0;
    friend bool operator==(const KindCounts&, const KindCounts&) = default;
};

/// C4 of a label; its terms are columns of `terms`. Terms of kind Other do not count beside others.
/// Throws ParameterError if a term is beyond `terms`.
[[nodiscard]] ComponentKind kindOf(const ComponentLabel& label, std::span<const Term> terms,
                                   bool includeUninterpretable = false);

/// C3 and C4 of every component. `correlation`: components × terms, Pearson r, NaN where undefined; a component without
/// any r is Uninterpretable, or Other if these are included. A few µs per component, so that sliders can be followed.
/// Throws ParameterError if the number of terms differs from the columns or options.label.most is 0.
[[nodiscard]] std::vector<ComponentKind> componentKinds(MatrixView<const double> correlation,
                                                        std::span<const Term> terms, const KindOptions& options = {});

[[nodiscard]] KindCounts countKinds(std::span<const ComponentKind> kinds);

/// Per component the largest |r| (of r if `positiveOnly`), as C3 compares it; NaN where no r is defined.
[[nodiscard]] std::vector<double> strongestCorrelations(MatrixView<const double> correlation,
                                                        bool positiveOnly = false);

/// Per threshold the share (0–1) of components whose strongest correlation exceeds it; components without one do not.
/// NaN for all if there are no components.
[[nodiscard]] std::vector<double> sharesAbove(std::span<const double> strongest, std::span<const double> thresholds);

} // namespace tercet
