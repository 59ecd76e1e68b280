#pragma once

#include "core/base/matrix.h"
#include "core/base/rng.h"
#include "core/base/triplets.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

/// A sparse non-negative embedding and judgments drawn from its choice probabilities, and the SPoSE formulas once
/// more, in plain loops.
namespace problems {

using tercet::Matrix;

inline Matrix<double> sparseEmbedding(std::size_t n, std::size_t d, std::uint64_t seed, double share = 0.5,
                                      double scale = 1) {
    tercet::Rng rng(seed);
    Matrix<double> x(n, d);
    for (double& value : x.values())
        value = rng.uniform() < share ? scale * (-std::log(1 - rng.uniform())) * 0.5 : 0.0;
    return x;
}

inline std::array<double, 3> similarities(const Matrix<double>& x, const tercet::Triplets& t, std::size_t judgment) {
    std::array<double, 3> s{};
    for (std::size_t c = 0; c < x.cols(); ++c) {
        const double i = x(t.at(judgment, 0), c);
        const double j = x(t.at(judgment, 1), c);
        const double k = x(t.at(judgment, 2), c);
        s[0] += i * j;
        s[1] += i * k;
        s[2] += j * k;
    }
    return s;
}

inline std::array<double, 3> probabilities(const std::array<double, 3>& s) {
    const std::array<double, 3> e{std::exp(s[0]), std::exp(s[1]), std::exp(s[2])};
    const double sum = e[0] + e[1] + e[2];
    return {e[0] / sum, e[1] / sum, e[2] / sum};
}

/// `count` random triplets, put into the order pair, pair, odd by a draw from the embedding's choice probabilities.
template <class Index = std::uint16_t>
tercet::Triplets drawnJudgments(const Matrix<double>& x, std::size_t count, std::uint64_t seed,
                                std::uint32_t stimuliUsed = std::numeric_limits<std::uint32_t>::max()) {
    tercet::Rng rng(seed, 1);
    const auto n = std::min(static_cast<std::uint32_t>(x.rows()), stimuliUsed);
    std::vector<Index> values;
    for (std::size_t t = 0; t < count; ++t) {
        std::array<Index, 3> v{};
        do
            for (Index& value : v)
                value = static_cast<Index>(rng.below(n));
        while (v[0] == v[1] || v[0] == v[2] || v[1] == v[2]);
        const auto p = probabilities(similarities(x, tercet::Triplets(std::vector<Index>(v.begin(), v.end())), 0));
        const double u = rng.uniform();
        if (u >= p[0] + p[1])
            std::swap(v[0], v[2]); // j, k stay
        else if (u >= p[0])
            std::swap(v[1], v[2]); // i, k stay
        values.insert(values.end(), v.begin(), v.end());
    }
    return tercet::Triplets(std::move(values));
}

inline double objective(const Matrix<double>& x, const tercet::Triplets& t, double lambda) {
    double nll = 0;
    for (std::size_t judgment = 0; judgment < t.size(); ++judgment)
        nll -= std::log(probabilities(similarities(x, t, judgment))[0]);
    double size = 0;
    for (const double value : x.values())
        size += std::abs(value);
    return nll / static_cast<double>(t.size()) + lambda / static_cast<double>(x.rows()) * size;
}

/// Derivative of the mean NLL of the judgments numbered in `numbers`, without the L1 term.
inline Matrix<double> nllGradient(const Matrix<double>& x, const tercet::Triplets& t,
                                  const std::vector<std::uint32_t>& numbers) {
    Matrix<double> gradient(x.rows(), x.cols());
    for (const std::uint32_t judgment : numbers) {
        auto w = probabilities(similarities(x, t, judgment));
        w[0] -= 1;
        const std::size_t i = t.at(judgment, 0);
        const std::size_t j = t.at(judgment, 1);
        const std::size_t k = t.at(judgment, 2);
        for (std::size_t c = 0; c < x.cols(); ++c) {
            gradient(i, c) += w[0] * x(j, c) + w[1] * x(k, c);
            gradient(j, c) += w[0] * x(i, c) + w[2] * x(k, c);
            gradient(k, c) += w[1] * x(i, c) + w[2] * x(j, c);
        }
    }
    for (double& value : gradient.values())
        value /= static_cast<double>(numbers.size());
    return gradient;
}

inline std::vector<std::uint32_t> allOf(const tercet::Triplets& t) {
    std::vector<std::uint32_t> numbers(t.size());
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<std::uint32_t>(i);
    return numbers;
}

inline double largestDifference(const Matrix<double>& a, const Matrix<double>& b) {
    double largest = a.rows() == b.rows() && a.cols() == b.cols() ? 0 : std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        largest = std::max(largest, std::abs(a.values()[i] - b.values()[i]));
    return largest;
}

} // namespace problems
