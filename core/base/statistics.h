#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tercet {

/// Pearson r of two sequences of equal length; NaN if either is constant or holds a NaN.
[[nodiscard]] double pearson(std::span<const double> a, std::span<const double> b);

/// Pearson r of every column of `a` (n × p) with every column of `b` (n × q): p × q. A column that is constant
/// or holds a NaN gives NaN. Columns are centred before products are summed.
[[nodiscard]] Matrix<double> correlateColumns(MatrixView<const double> a, MatrixView<const double> b);

struct Interval {
    double low = 0;
    double high = 0;
};

/// The value below which the share `p` (0–1) of `sorted` (ascending, finite) lies, between order statistics by linear
/// interpolation; NaN if there are none.
[[nodiscard]] double quantileOf(std::span<const double> sorted, double p);

/// From the 2.5th to the 97.5th percentile of resampled values; those that are NaN do not count. NaN if none is left.
[[nodiscard]] Interval percentileInterval(std::vector<double> values);

/// Mean with a 95 % interval by Student's t over independent `values`; those that are NaN do not count. The mean is NaN
/// without values, the interval without two.
struct MeanInterval {
    double mean = 0;
    Interval interval;
};
[[nodiscard]] MeanInterval meanInterval(std::span<const double> values);

/// The t that a Student-distributed variable of `freedom` ≥ 1 degrees of freedom stays below with probability `p` in
/// (0, 1); relative error below 1e-10.
[[nodiscard]] double studentQuantile(double p, double freedom);

/// Two-sided p of a Pearson r over `count` pairs against 0, by Student's t; NaN for an undefined r or fewer than three
/// pairs. Accurate to about 1e-14 absolutely, so that smaller p are 0.
[[nodiscard]] double correlationP(double r, std::size_t count);

/// 95 % Wilson score interval of a share of `hits` in `trials` > 0.
[[nodiscard]] Interval wilsonInterval(std::size_t hits, std::size_t trials);

} // namespace tercet
