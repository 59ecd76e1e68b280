#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <span>

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

/// 95 % Wilson score interval of a share of `hits` in `trials` > 0.
[[nodiscard]] Interval wilsonInterval(std::size_t hits, std::size_t trials);

} // namespace tercet
