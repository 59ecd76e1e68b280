#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"
#include "core/brain/encoding.h"

#include <cstddef>
#include <vector>

namespace tercet {

/// Leave-one-out ridge predictions in closed form (SPEC B3): every stimulus predicted from all others at one α,
/// features standardised once on all rows, with an intercept that is not penalised. Prediction i is (ŷ_i − h_i y_i) /
/// (1 − h_i) with ŷ the predictions of a fit to all rows and h the diagonal of its hat matrix.
class LeaveOneOut {
public:
    /// `features`: rows × components, finite. Throws DataError for values that are not, a constant component or fewer
    /// than three rows; ParameterError for alpha ≤ 0.
    LeaveOneOut(MatrixView<const double> features, double alpha);

    [[nodiscard]] std::size_t rows() const { return m_design.rows(); }
    /// `responses`: rows × voxels, finite; returns rows × voxels. Any thread.
    [[nodiscard]] Matrix<double> predict(MatrixView<const double> responses) const;

private:
    Matrix<double> m_design;   ///< intercept and standardised features
    Matrix<double> m_solution; ///< from responses' products with the design to weights
    std::vector<double> m_leverage;
};

/// Per row the Pearson r, across voxels, of the predicted with the measured pattern; NaN where it is not defined.
/// Voxels that are constant or hold a NaN do not count. The same bits for any number of threads and bytes. Throws what
/// `read` throws, Cancelled.
[[nodiscard]] std::vector<double> leaveOneOutPatterns(const LeaveOneOut& model, std::size_t voxels,
                                                      const ResponseReader& read, std::size_t bytes,
                                                      const JobControl& control, const Progress& progress, int threads);

} // namespace tercet
