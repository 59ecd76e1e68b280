#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <vector>

namespace tercet {

struct PrincipalComponents {
    Matrix<double> scores;         ///< (rows × count) coordinates of the centred rows, columns by falling variance
    std::vector<double> variances; ///< (count) of the scores, divisor n − 1, falling
};

/// The first `count` principal components of the rows of `values` (n × d, finite); columns are centred, not scaled.
/// Each column's sign makes its entry of largest magnitude (the first of equals) positive. Columns beyond the rank are
/// zero. Exact if min(n, d) ≤ 512, else a randomised range finder with power iterations and a fixed seed (Halko,
/// Martinsson & Tropp 2011), good to about 1e-6 where the spectrum falls. Time O(n d min(n, d)) and O(n d count).
[[nodiscard]] PrincipalComponents principalComponents(MatrixView<const double> values, std::size_t count);

struct SymmetricEigen {
    std::vector<double> values; ///< ascending
    Matrix<double> vectors;     ///< columns, orthonormal; vectors · diag(values) · vectorsᵀ is the matrix
};

/// Eigenvalues and vectors of a symmetric n × n matrix, of which the lower triangle is read.
[[nodiscard]] SymmetricEigen symmetricEigen(MatrixView<const double> matrix);

/// An orthonormal basis, as columns, of what the columns of `values` (n × d, finite) span: n × rank. Columns within
/// 1e-10 of the others' span add nothing.
[[nodiscard]] Matrix<double> orthonormalBasis(MatrixView<const double> values);

/// a · b, with each sum in the order of its terms. Throws nothing; the shapes must agree.
[[nodiscard]] Matrix<double> product(MatrixView<const double> a, MatrixView<const double> b);
[[nodiscard]] Matrix<double> transposed(MatrixView<const double> matrix);

} // namespace tercet
