#include "core/spaces/component_kinds.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tercet {

ComponentKind kindOf(const ComponentLabel& label, std::span<const Term> terms, bool includeUninterpretable) {
    if (!label.interpretable && !includeUninterpretable)
        return ComponentKind::Uninterpretable;
    bool category = false;
    bool dimension = false;
    for (const LabelTerm& term : label.terms) {
        if (term.term >= terms.size())
            throw ParameterError({.where = "Kind of a component",
                                  .expected = fmt::format("a term below {}", terms.size()),
                                  .found = fmt::format("{}", term.term)});
        category = category || terms[term.term].kind == TermKind::Category;
        dimension = dimension || terms[term.term].kind == TermKind::Dimension;
    }
    if (category && dimension)
        return ComponentKind::Mixed;
    if (category)
        return ComponentKind::Categorical;
    return dimension ? ComponentKind::Dimensional : ComponentKind::Other;
}

std::vector<ComponentKind> componentKinds(MatrixView<const double> correlation, std::span<const Term> terms,
                                          const KindOptions& options) {
    std::vector<ComponentKind> kinds;
    kinds.reserve(correlation.rows());
    for (std::size_t c = 0; c < correlation.rows(); ++c)
        kinds.push_back(
            kindOf(labelFrom(correlation.row(c), terms, options.label), terms, options.includeUninterpretable));
    return kinds;
}

KindCounts countKinds(std::span<const ComponentKind> kinds) {
    KindCounts counts;
    for (const ComponentKind kind : kinds)
        switch (kind) {
        case ComponentKind::Categorical:
            ++counts.categorical;
            break;
        case ComponentKind::Mixed:
            ++counts.mixed;
            break;
        case ComponentKind::Dimensional:
            ++counts.dimensional;
            break;
        case ComponentKind::Other:
            ++counts.other;
            break;
        case ComponentKind::Uninterpretable:
            ++counts.uninterpretable;
            break;
        }
    return counts;
}

std::vector<double> strongestCorrelations(MatrixView<const double> correlation, bool positiveOnly) {
    std::vector<double> strongest(correlation.rows(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t c = 0; c < correlation.rows(); ++c)
        for (const double r : correlation.row(c)) {
            const double value = positiveOnly ? r : std::abs(r);
            if (!std::isnan(value) && !(strongest[c] >= value))
                strongest[c] = value;
        }
    return strongest;
}

std::vector<double> sharesAbove(std::span<const double> strongest, std::span<const double> thresholds) {
    std::vector<double> shares;
    shares.reserve(thresholds.size());
    for (const double threshold : thresholds)
        shares.push_back(strongest.empty() ? std::numeric_limits<double>::quiet_NaN()
                                           : static_cast<double>(std::count_if(
                                                 strongest.begin(), strongest.end(),
                                                 [threshold](double value) { return value > threshold; })) /
                                                 static_cast<double>(strongest.size()));
    return shares;
}

} // namespace tercet
