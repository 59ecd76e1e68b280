#include "core/spaces/reproducibility.h"

#include "core/base/error.h"
#include "core/base/statistics.h"
#include "core/spaces/component_matching.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace tercet {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kActiveWeight = 0.1;

double fisherZ(double r) {
    constexpr double kMost = 1 - 1e-15;
    return std::atanh(std::clamp(r, -kMost, kMost)); // a NaN stays one
}

} // namespace

std::vector<double> correlationsIn(MatrixView<const double> first, MatrixView<const double> second,
                                   RunMatching matching) {
    if (first.rows() != second.rows())
        throw ParameterError({.where = "Runs to compare",
                              .expected = fmt::format("{} stimuli in all", first.rows()),
                              .found = fmt::format("{} in one", second.rows())});
    std::vector<double> result(first.cols(), kNan);
    if (matching == RunMatching::OneToOne) {
        for (const ComponentMatch& match : matchComponents(first, second))
            result[match.first] = match.r;
        return result;
    }
    const Matrix<double> r = correlateColumns(first, second);
    for (std::size_t i = 0; i < r.rows(); ++i)
        for (std::size_t j = 0; j < r.cols(); ++j)
            if (!std::isnan(r(i, j)) && !(result[i] >= r(i, j)))
                result[i] = r(i, j);
    return result;
}

Matrix<double> reproducibilityOf(std::span<const MatrixView<const double>> runs, RunMatching matching) {
    std::size_t components = 0;
    for (const auto& run : runs)
        components = std::max(components, run.cols());
    Matrix<double> result(runs.size(), components, kNan);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        std::vector<double> sum(components);
        std::vector<double> count(components);
        for (std::size_t j = 0; j < runs.size(); ++j) {
            if (j == i)
                continue;
            const std::vector<double> r = correlationsIn(runs[i], runs[j], matching);
            for (std::size_t c = 0; c < r.size(); ++c)
                if (!std::isnan(r[c])) {
                    sum[c] += fisherZ(r[c]);
                    ++count[c];
                }
        }
        for (std::size_t c = 0; c < components; ++c)
            if (count[c] > 0)
                result(i, c) = std::tanh(sum[c] / count[c]);
    }
    return result;
}

Matrix<double> reproducibilityIn(MatrixView<const double> own, std::span<const MatrixView<const double>> runs,
                                 RunMatching matching) {
    Matrix<double> z(own.cols(), runs.size());
    for (std::size_t run = 0; run < runs.size(); ++run) {
        const std::vector<double> r = correlationsIn(own, runs[run], matching);
        for (std::size_t c = 0; c < r.size(); ++c)
            z(c, run) = fisherZ(r[c]);
    }
    Matrix<double> result(own.cols(), 3);
    for (std::size_t c = 0; c < own.cols(); ++c) {
        const MeanInterval mean = meanInterval(z.row(c));
        result(c, 0) = std::tanh(mean.mean);
        result(c, 1) = std::tanh(mean.interval.low);
        result(c, 2) = std::tanh(mean.interval.high);
    }
    return result;
}

std::vector<std::uint8_t> activeComponents(MatrixView<const double> embedding) {
    std::vector<std::uint8_t> active(embedding.cols());
    for (std::size_t i = 0; i < embedding.rows(); ++i)
        for (std::size_t c = 0; c < embedding.cols(); ++c)
            if (embedding(i, c) > kActiveWeight)
                active[c] = 1;
    return active;
}

} // namespace tercet
