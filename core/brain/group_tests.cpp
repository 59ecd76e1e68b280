#include "core/brain/group_tests.h"

#include "core/base/error.h"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMostFlipped = 20;

std::vector<double> finiteOf(std::span<const double> values) {
    std::vector<double> finite;
    std::copy_if(values.begin(), values.end(), std::back_inserter(finite),
                 [](double value) { return std::isfinite(value); });
    return finite;
}

} // namespace

MeanTest meanTest(std::span<const double> values) {
    const std::vector<double> finite = finiteOf(values);
    MeanTest test{finite.size(), kNone, kNone, kNone, kNone, kNone, kNone, {kNone, kNone}};
    if (finite.size() < 2)
        return test;
    const auto n = static_cast<double>(finite.size());
    test.mean = std::accumulate(finite.begin(), finite.end(), 0.0) / n;
    double squares = 0;
    for (const double value : finite)
        squares += (value - test.mean) * (value - test.mean);
    test.freedom = n - 1;
    test.deviation = std::sqrt(squares / test.freedom);
    test.t = test.mean / (test.deviation / std::sqrt(n));
    test.effect = test.mean / test.deviation;
    test.interval = meanInterval(finite).interval;
    if (std::isinf(test.t))
        test.p = 0;
    else if (!std::isnan(test.t))
        test.p = 2 * boost::math::cdf(boost::math::complement(boost::math::students_t(test.freedom), std::abs(test.t)));
    return test;
}

MeanTest pairedTest(std::span<const double> a, std::span<const double> b) {
    std::vector<double> differences(std::min(a.size(), b.size()));
    for (std::size_t i = 0; i < differences.size(); ++i)
        differences[i] = a[i] - b[i];
    return meanTest(differences);
}

double signFlipP(std::span<const double> values) {
    const std::vector<double> finite = finiteOf(values);
    if (finite.empty())
        return kNone;
    if (finite.size() > kMostFlipped)
        throw DataError({.where = "sign flips",
                         .expected = "at most " + std::to_string(kMostFlipped) + " subjects",
                         .found = std::to_string(finite.size()),
                         .remedy = "use the t test"});
    double observed = 0;
    double size = 0;
    for (const double value : finite) {
        observed += value;
        size += std::abs(value);
    }
    const double least = std::abs(observed) - 1e-12 * size; // flips that differ by rounding count
    const std::size_t flips = std::size_t{1} << finite.size();
    std::size_t extreme = 0;
    for (std::size_t flip = 0; flip < flips; ++flip) {
        double sum = 0;
        for (std::size_t i = 0; i < finite.size(); ++i)
            sum += (flip >> i & 1U) != 0 ? -finite[i] : finite[i];
        extreme += std::abs(sum) >= least ? 1 : 0;
    }
    return static_cast<double>(extreme) / static_cast<double>(flips);
}

std::vector<double> falseDiscoveryRates(std::span<const double> p) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < p.size(); ++i)
        if (!std::isnan(p[i]))
            order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
    std::vector<double> rates(p.size(), kNone);
    double least = 1;
    for (std::size_t rank = order.size(); rank > 0; --rank) {
        const std::size_t i = order[rank - 1];
        least = std::min(least, p[i] * static_cast<double>(order.size()) / static_cast<double>(rank));
        rates[i] = least;
    }
    return rates;
}

} // namespace tercet
