#include "core/base/linear_algebra.h"

#include "core/base/rng.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cassert>

namespace tercet {
namespace {

using Dense = Eigen::MatrixXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr Eigen::Index kExactRank = 512;
constexpr Eigen::Index kOversampling = 10;
constexpr int kPowerIterations = 7;

Dense orthonormal(const Dense& values) {
    const Eigen::HouseholderQR<Dense> qr(values);
    return qr.householderQ() * Dense::Identity(values.rows(), values.cols());
}

/// Orthonormal columns (d × count) whose span holds the leading right singular vectors of `centred` (n × d).
Dense leadingSpan(const RowMajor& centred, Eigen::Index count) {
    Rng rng(0);
    Dense basis(centred.cols(), count);
    for (Eigen::Index c = 0; c < count; ++c)
        for (Eigen::Index r = 0; r < basis.rows(); ++r)
            basis(r, c) = rng.normal();
    for (int i = 0; i < kPowerIterations; ++i)
        basis = orthonormal(centred.transpose() * orthonormal(centred * basis));
    return basis;
}

/// Scores on the leading `count` directions: centred · basis · (eigenvectors of its Gram matrix).
Dense rotatedScores(const Dense& projected, Eigen::Index count) {
    const Eigen::SelfAdjointEigenSolver<Dense> solver(projected.transpose() * projected);
    return projected * solver.eigenvectors().rowwise().reverse().leftCols(count);
}

} // namespace

PrincipalComponents principalComponents(MatrixView<const double> values, std::size_t count) {
    const auto n = static_cast<Eigen::Index>(values.rows());
    const auto d = static_cast<Eigen::Index>(values.cols());
    PrincipalComponents result{.scores = Matrix<double>(values.rows(), count), .variances = std::vector<double>(count)};
    if (n < 2 || d == 0)
        return result;
    RowMajor centred = Eigen::Map<const RowMajor>(values.data(), n, d);
    centred.rowwise() -= centred.colwise().mean().eval();

    const Eigen::Index rank = std::min(n, d);
    const Eigen::Index kept = std::min(rank, static_cast<Eigen::Index>(count));
    Dense scores;
    if (rank > kExactRank) {
        scores = rotatedScores(centred * leadingSpan(centred, std::min(rank, kept + kOversampling)), kept);
    } else if (d <= n) {
        scores = rotatedScores(centred, kept);
    } else {
        const Eigen::SelfAdjointEigenSolver<Dense> solver(centred * centred.transpose());
        scores = solver.eigenvectors().rowwise().reverse().leftCols(kept) *
                 solver.eigenvalues().reverse().head(kept).cwiseMax(0).cwiseSqrt().asDiagonal();
    }
    for (Eigen::Index c = 0; c < kept; ++c) {
        Eigen::Index largest = 0;
        scores.col(c).cwiseAbs().maxCoeff(&largest);
        const double sign = scores(largest, c) < 0 ? -1 : 1;
        for (Eigen::Index r = 0; r < n; ++r)
            result.scores(static_cast<std::size_t>(r), static_cast<std::size_t>(c)) = sign * scores(r, c);
        result.variances[static_cast<std::size_t>(c)] = scores.col(c).squaredNorm() / static_cast<double>(n - 1);
    }
    return result;
}

SymmetricEigen symmetricEigen(MatrixView<const double> matrix) {
    const auto n = static_cast<Eigen::Index>(matrix.rows());
    SymmetricEigen result{std::vector<double>(matrix.rows()), Matrix<double>(matrix.rows(), matrix.rows())};
    if (n == 0)
        return result;
    const Eigen::SelfAdjointEigenSolver<Dense> solver(Eigen::Map<const RowMajor>(matrix.data(), n, n));
    Eigen::Map<Eigen::VectorXd>(result.values.data(), n) = solver.eigenvalues();
    Eigen::Map<RowMajor>(result.vectors.data(), n, n) = solver.eigenvectors();
    return result;
}

Matrix<double> orthonormalBasis(MatrixView<const double> values) {
    constexpr double kDependent = 1e-10;
    Dense columns = Eigen::Map<const RowMajor>(values.data(), static_cast<Eigen::Index>(values.rows()),
                                               static_cast<Eigen::Index>(values.cols()));
    for (Eigen::Index c = 0; c < columns.cols(); ++c)
        if (const double norm = columns.col(c).norm(); norm > 0)
            columns.col(c) /= norm;
    Eigen::ColPivHouseholderQR<Dense> qr(columns);
    qr.setThreshold(kDependent);
    const Eigen::Index rank = columns.size() == 0 ? 0 : qr.rank();
    Matrix<double> basis(values.rows(), static_cast<std::size_t>(rank));
    if (rank > 0)
        Eigen::Map<RowMajor>(basis.data(), columns.rows(), rank) =
            qr.householderQ() * Dense::Identity(columns.rows(), rank);
    return basis;
}

Matrix<double> product(MatrixView<const double> a, MatrixView<const double> b) {
    assert(a.cols() == b.rows());
    Matrix<double> result(a.rows(), b.cols());
    for (std::size_t i = 0; i < a.rows(); ++i)
        for (std::size_t k = 0; k < a.cols(); ++k)
            for (std::size_t j = 0; j < b.cols(); ++j)
                result(i, j) += a(i, k) * b(k, j);
    return result;
}

Matrix<double> transposed(MatrixView<const double> matrix) {
    Matrix<double> result(matrix.cols(), matrix.rows());
    for (std::size_t i = 0; i < matrix.rows(); ++i)
        for (std::size_t j = 0; j < matrix.cols(); ++j)
            result(j, i) = matrix(i, j);
    return result;
}

} // namespace tercet
