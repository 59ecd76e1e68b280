#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"
#include "core/brain/encoding.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// Leave-one-out ridge predictions in closed form (SPEC B3): every stimulus predicted from all others at one α,
/// features standardised once on all rows, with an intercept that is not penalised. With ŷ the predictions of a fit to
/// all rows and h the diagonal of its hat matrix, that of a stimulus shown in the m rows S is (ŷ_i − h_i Σ_S y) /
/// (1 − m h_i) for each i in S.
class LeaveOneOut {
public:
    /// `features`: rows × components, finite. `stimuli`: of each row, whose rows have the same features and are left
    /// out together; empty: each row is one of its own. Throws DataError for values that are not finite, a constant
    /// component, fewer than three stimuli or stimuli of other rows; ParameterError for alpha ≤ 0.
    LeaveOneOut(MatrixView<const double> features, double alpha, std::span<const std::int32_t> stimuli = {});

    [[nodiscard]] std::size_t rows() const { return m_design.rows(); }
    /// `responses`: rows × voxels, finite; returns rows × voxels. Any thread.
    [[nodiscard]] Matrix<double> predict(MatrixView<const double> responses) const;

private:
    Matrix<double> m_design;   ///< intercept and standardised features
    Matrix<double> m_solution; ///< from responses' products with the design to weights
    std::vector<double> m_leverage;
    std::vector<std::vector<std::size_t>> m_showings; ///< rows of each stimulus
};

/// Per row the Pearson r, across voxels, of the predicted with the measured pattern; NaN where it is not defined.
/// Voxels that are constant or hold a NaN do not count. The same bits for any number of threads and bytes. Throws what
/// `read` throws, Cancelled.
[[nodiscard]] std::vector<double> leaveOneOutPatterns(const LeaveOneOut& model, std::size_t voxels,
                                                      const ResponseReader& read, std::size_t bytes,
                                                      const JobControl& control, const Progress& progress, int threads);

} // namespace tercet
