#pragma once

#include "core/base/matrix.h"
#include "core/io/terms.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tercet {

struct LabelOptions {
    std::size_t most = 3; ///< terms in a label, ≥ 1
    double drop = 0.1;    ///< a term whose |r| is lower than the one before it by this much or more ends the label
    double interpretable = 0.1; ///< C3: |r| that the strongest term must exceed
    bool positiveOnly = false;  ///< C3 with r in place of |r|
};

struct LabelTerm {
    std::size_t term = 0; ///< column of the ratings
    double r = 0;
    friend bool operator==(const LabelTerm&, const LabelTerm&) = default;
};

/// What a component means (C1).
struct ComponentLabel {
    std::vector<LabelTerm> terms = {}; ///< by falling |r|; empty if no r is defined (the component is constant)
    std::string text = {};             ///< "fear, arousal-high"; dimensions carry -high or -low by the sign of r
    bool interpretable = false;        ///< C3
    friend bool operator==(const ComponentLabel&, const ComponentLabel&) = default;
};

struct ComponentLabels {
    Matrix<double> correlation = {}; ///< components × terms, Pearson r; NaN where component or rating is constant
    std::vector<ComponentLabel> labels = {}; ///< one per component
};

/// The label of one component from its r with every term; undefined r (NaN) take no part. Of equal |r| the first
/// term comes first. Throws ParameterError if the numbers of r and terms differ or options.most is 0.
[[nodiscard]] ComponentLabel labelFrom(std::span<const double> r, std::span<const Term> terms,
                                       const LabelOptions& options = {});

/// Labels of all components of `embedding` (stimuli × components) from `ratings` (stimuli × terms). Takes a few
/// milliseconds for 2,180 × 30 with 48 terms, so that a running fit can be labelled as it goes.
/// Throws ParameterError if shapes disagree.
[[nodiscard]] ComponentLabels labelComponents(MatrixView<const double> embedding, MatrixView<const double> ratings,
                                              std::span<const Term> terms, const LabelOptions& options = {});
[[nodiscard]] ComponentLabels labelComponents(MatrixView<const float> embedding, MatrixView<const double> ratings,
                                              std::span<const Term> terms, const LabelOptions& options = {});

} // namespace tercet
