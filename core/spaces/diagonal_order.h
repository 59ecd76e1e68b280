#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tercet {

// Orders that bring the strong cells of a matrix (components × terms, r) towards its diagonal (C6). NaN counts as −∞;
// rows of NaN come last.

/// Columns in the order in which the rows, from the first on, claim them: each row the free column where it is highest,
/// then what nobody claimed as it stood. Columns of one group (one number per column, ascending) stay together.
[[nodiscard]] std::vector<std::size_t> diagonalColumns(MatrixView<const double> values, std::span<const int> groups);

/// Rows by where in `columns` (each once) their highest cell stands; of several at one column the highest first.
[[nodiscard]] std::vector<std::size_t> diagonalRows(MatrixView<const double> values,
                                                    std::span<const std::size_t> columns);

} // namespace tercet
