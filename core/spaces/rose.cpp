#include "core/spaces/rose.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>
#include <numeric>

namespace tercet {

std::vector<double> componentMaxima(MatrixView<const double> embedding) {
    std::vector<double> maxima(embedding.cols(), 0);
    for (std::size_t i = 0; i < embedding.rows(); ++i)
        for (std::size_t c = 0; c < maxima.size(); ++c)
            if (embedding(i, c) > maxima[c])
                maxima[c] = embedding(i, c);
    return maxima;
}

std::vector<Petal> rosePetals(std::span<const double> weights, std::span<const double> maxima) {
    if (weights.size() != maxima.size())
        throw ParameterError({.where = "Rose",
                              .expected = fmt::format("{} weights, one per component", maxima.size()),
                              .found = fmt::format("{}", weights.size())});
    std::vector<Petal> petals(weights.size());
    const double sector = 2 * std::numbers::pi / static_cast<double>(petals.size());
    for (std::size_t c = 0; c < petals.size(); ++c) {
        Petal& petal = petals[c];
        if (weights[c] > 0 && maxima[c] > 0)
            petal.length = std::min(weights[c] / maxima[c], 1.0);
        petal.from = sector * static_cast<double>(c);
        petal.to = sector * static_cast<double>(c + 1);
        petal.first = {petal.length * std::cos(petal.from), petal.length * std::sin(petal.from)};
        petal.second = {petal.length * std::cos(petal.to), petal.length * std::sin(petal.to)};
    }
    return petals;
}

std::vector<std::size_t> longestPetals(std::span<const Petal> petals, std::size_t most) {
    std::vector<std::size_t> order(petals.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return petals[a].length > petals[b].length; });
    order.resize(std::min(order.size(), most));
    while (!order.empty() &&
           (petals[order.back()].length == 0 || 2 * petals[order.back()].length < petals[order.front()].length))
        order.pop_back();
    return order;
}

} // namespace tercet
