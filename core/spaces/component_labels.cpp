#include "core/spaces/component_labels.h"

#include "core/base/error.h"
#include "core/base/statistics.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace tercet {

ComponentLabel labelFrom(std::span<const double> r, std::span<const Term> terms, const LabelOptions& options) {
    if (r.size() != terms.size())
        throw ParameterError({.where = "Correlations of a component",
                              .expected = fmt::format("{}, one per rated term", terms.size()),
                              .found = fmt::format("{}", r.size())});
    if (options.most < 1)
        throw ParameterError({.where = "Terms in a label", .expected = "at least 1", .found = "0"});
    std::vector<LabelTerm> sorted;
    double highest = 0;
    for (std::size_t i = 0; i < r.size(); ++i)
        if (!std::isnan(r[i])) {
            sorted.push_back({i, r[i]});
            highest = std::max(highest, options.positiveOnly ? r[i] : std::abs(r[i]));
        }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const LabelTerm& a, const LabelTerm& b) { return std::abs(a.r) > std::abs(b.r); });
    ComponentLabel label{.interpretable = highest > options.interpretable};
    for (const LabelTerm& term : sorted) {
        if (label.terms.size() == options.most ||
            (!label.terms.empty() && std::abs(label.terms.back().r) - std::abs(term.r) >= options.drop))
            break;
        if (!label.terms.empty())
            label.text += ", ";
        label.text += terms[term.term].name;
        if (terms[term.term].kind == TermKind::Dimension)
            label.text += term.r > 0 ? "-high" : "-low";
        label.terms.push_back(term);
    }
    return label;
}

ComponentLabels labelComponents(MatrixView<const double> embedding, MatrixView<const double> ratings,
                                std::span<const Term> terms, const LabelOptions& options) {
    if (embedding.rows() != ratings.rows())
        throw ParameterError({.where = "Labels of components",
                              .expected = fmt::format("ratings of {} stimuli, as in the embedding", embedding.rows()),
                              .found = fmt::format("{}", ratings.rows())});
    ComponentLabels result{.correlation = correlateColumns(embedding, ratings)};
    for (std::size_t c = 0; c < embedding.cols(); ++c)
        result.labels.push_back(labelFrom(std::as_const(result.correlation).row(c), terms, options));
    return result;
}

ComponentLabels labelComponents(MatrixView<const float> embedding, MatrixView<const double> ratings,
                                std::span<const Term> terms, const LabelOptions& options) {
    const Matrix<double> copy(embedding.rows(), embedding.cols(),
                              {embedding.values().begin(), embedding.values().end()});
    return labelComponents(copy.view(), ratings, terms, options);
}

} // namespace tercet
