#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tercet {

// Orders of the lines of a similarity matrix (n × n, symmetric, higher: more alike; its diagonal is not read) in which
// like stands beside like, so that what belongs together is a block on the diagonal (E7). NaN counts as 0. The same
// matrix always has the same order: of equal choices the lower line. Any thread; time O(n³) at worst, usually O(n²).

/// Every line once: the leaves of the tree of average linkage, in which each two branches are joined at their most
/// alike ends.
[[nodiscard]] std::vector<std::size_t> seriatedOrder(MatrixView<const double> similarity);

/// The same with the lines of each group (one number per line, any numbers) together: groups by the mean similarity of
/// their lines to each other's, lines within their group, each group turned so that it begins with the line most alike
/// to the last one of the group before.
[[nodiscard]] std::vector<std::size_t> seriatedOrder(MatrixView<const double> similarity, std::span<const int> groups);

} // namespace tercet
