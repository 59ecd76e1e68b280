#pragma once

#include "core/base/matrix.h"
#include "core/base/statistics.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tercet {

/// Whether the mean of differences is 0, over subjects. All NaN (n aside) with fewer than two finite values.
struct MeanTest {
    std::size_t n = 0; ///< finite values
    double mean = 0;
    double deviation = 0; ///< sample standard deviation
    double t = 0;         ///< infinite where all values are equal and not 0, NaN where all are 0
    double freedom = 0;   ///< n − 1
    double p = 0;         ///< two-tailed, Student
    double effect = 0;    ///< Cohen's d: mean / deviation
    Interval interval;    ///< 95 %, of the mean
};
/// One-sample t test against 0 (SPEC B5); NaN in `values` do not count.
[[nodiscard]] MeanTest meanTest(std::span<const double> values);
/// Paired t test: meanTest() of a − b. Both of one length; pairs with a NaN do not count.
[[nodiscard]] MeanTest pairedTest(std::span<const double> a, std::span<const double> b);

/// Exact two-tailed p of the mean under flips of the signs: the share of all 2ⁿ flips whose mean is at least as far
/// from 0 (1/16 at least for five subjects). NaN do not count; NaN without values. Throws DataError beyond 20 values,
/// of which there are too many flips.
[[nodiscard]] double signFlipP(std::span<const double> values);

/// Benjamini–Hochberg: per p the smallest false discovery rate at which it is significant, at most 1. NaN stay NaN and
/// do not count to the family.
[[nodiscard]] std::vector<double> falseDiscoveryRates(std::span<const double> p);

} // namespace tercet
