#include "core/spaces/component_flow.h"

#include "core/base/error.h"
#include "core/base/statistics.h"
#include "core/spaces/component_matching.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace tercet {
namespace {

constexpr double kIngredient = 0.1;

/// The non-negative w with the smallest ‖y − X w‖² for standardised columns, from X'X and X'y (both divided by n), by
/// coordinate descent. Columns that are NaN stay at 0.
std::vector<double> mixture(const Matrix<double>& gram, std::span<const double> cross) {
    constexpr int kMostSweeps = 20000;
    constexpr double kSettled = 1e-12;
    std::vector<double> weights(cross.size(), 0);
    for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
        double change = 0;
        for (std::size_t j = 0; j < cross.size(); ++j) {
            if (std::isnan(cross[j]))
                continue;
            double rest = cross[j];
            for (std::size_t k = 0; k < cross.size(); ++k)
                if (k != j && weights[k] != 0)
                    rest -= gram(j, k) * weights[k];
            const double next = std::max(0.0, rest);
            change = std::max(change, std::abs(next - weights[j]));
            weights[j] = next;
        }
        if (change < kSettled)
            break;
    }
    return weights;
}

/// Pearson r of y with the mixture.
double fitOf(const std::vector<double>& weights, const Matrix<double>& gram, std::span<const double> cross) {
    double along = 0;
    double square = 0;
    for (std::size_t j = 0; j < weights.size(); ++j) {
        if (weights[j] == 0)
            continue;
        along += weights[j] * cross[j];
        for (std::size_t k = 0; k < weights.size(); ++k)
            if (weights[k] != 0)
                square += weights[j] * weights[k] * gram(j, k);
    }
    return square > 0 ? along / std::sqrt(square) : 0;
}

} // namespace

std::string toString(ComponentFate fate) {
    switch (fate) {
    case ComponentFate::Shared:
        return "shared";
    case ComponentFate::Partly:
        return "partly shared";
    case ComponentFate::Blended:
        return "blended";
    case ComponentFate::Unique:
        return "unique";
    }
    return {};
}

ComponentFlow componentFlow(std::span<const MatrixView<const double>> embeddings, double threshold,
                            const JobControl& control) {
    if (embeddings.size() < 2)
        throw ParameterError({.where = "Components to match",
                              .expected = "embeddings of at least two systems",
                              .found = fmt::format("{}", embeddings.size())});
    if (!(threshold >= 0 && threshold <= 1))
        throw ParameterError(
            {.where = "Components to match: threshold", .expected = "0 to 1", .found = fmt::format("{}", threshold)});
    std::size_t stimuli = std::numeric_limits<std::size_t>::max();
    for (const auto& embedding : embeddings)
        stimuli = std::min(stimuli, embedding.rows());
    std::vector<MatrixView<const double>> views;
    std::vector<Matrix<double>> grams;
    for (const auto& embedding : embeddings) {
        views.emplace_back(embedding.data(), stimuli, embedding.cols());
        grams.push_back(correlateColumns(views.back(), views.back()));
        control.check();
    }

    ComponentFlow flow;
    const std::size_t count = views.size();
    std::vector<std::vector<std::size_t>> found(count); // systems in which a component is matched
    for (std::size_t s = 0; s < count; ++s) {
        found[s].assign(views[s].cols(), 0);
        flow.best.emplace_back(views[s].cols(), std::numeric_limits<double>::quiet_NaN());
    }
    std::vector<std::vector<Matrix<double>>> cross(count, std::vector<Matrix<double>>(count));
    for (std::size_t a = 0; a < count; ++a)
        for (std::size_t b = 0; b < count; ++b) {
            if (a == b)
                continue;
            control.check();
            cross[a][b] = correlateColumns(views[a], views[b]);
            for (std::size_t i = 0; i < views[a].cols(); ++i)
                for (const double r : cross[a][b].row(i))
                    if (!(r <= flow.best[a][i]) && !std::isnan(r))
                        flow.best[a][i] = r;
            if (a > b)
                continue;
            for (const ComponentMatch& match : matchComponents(views[a], views[b])) {
                if (match.second == ComponentMatch::kNone || std::isnan(match.r))
                    continue;
                flow.matches.push_back({a, match.first, b, match.second, match.r});
                if (match.r >= threshold) {
                    ++found[a][match.first];
                    ++found[b][match.second];
                }
            }
        }

    for (std::size_t a = 0; a < count; ++a) {
        std::vector<ComponentFate> fates;
        for (std::size_t i = 0; i < views[a].cols(); ++i) {
            fates.push_back(found[a][i] + 1 == count ? ComponentFate::Shared
                            : found[a][i] > 0        ? ComponentFate::Partly
                                                     : ComponentFate::Unique);
            if (found[a][i] > 0)
                continue;
            for (std::size_t b = 0; b < count; ++b) {
                if (a == b)
                    continue;
                control.check();
                const auto r = std::as_const(cross[a][b]).row(i);
                std::vector<ComponentBlend> parts;
                for (std::size_t j = 0; j < r.size(); ++j)
                    if (r[j] >= threshold)
                        parts.push_back({a, i, b, j, 1, r[j]});
                if (parts.empty()) {
                    const std::vector<double> weights = mixture(grams[b], r);
                    double sum = 0;
                    for (const double weight : weights)
                        sum += weight;
                    const double fit = fitOf(weights, grams[b], r);
                    for (std::size_t j = 0; j < r.size(); ++j)
                        if (weights[j] > 0 && weights[j] >= kIngredient * sum)
                            parts.push_back({a, i, b, j, weights[j] / sum, fit});
                    if (parts.size() < 2 || fit < threshold)
                        continue;
                } else {
                    std::sort(parts.begin(), parts.end(),
                              [](const ComponentBlend& x, const ComponentBlend& y) { return x.r > y.r; });
                    parts.resize(1);
                }
                fates.back() = ComponentFate::Blended;
                flow.blends.insert(flow.blends.end(), parts.begin(), parts.end());
            }
        }
        flow.fates.push_back(std::move(fates));
    }
    return flow;
}

} // namespace tercet
