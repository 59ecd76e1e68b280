#pragma once

#include <cstddef>
#include <cstdint>

// The inner loops of ridge encoding in float64 for many voxels side by side, for the widest SIMD that the processor has
// (Highway). Internal to core/brain.
//
// Arrays over voxels are rows of `stride` values, 64-byte aligned; `stride` is a multiple of 8 and at least the number
// of voxels, and what lies beyond them is 0. A voxel's results do not depend on the voxels beside it.
namespace tercet::ridge {

inline constexpr std::size_t kLanes = 8; ///< `stride` is a multiple of it

/// Rows of an array.
struct Rows {
    const std::uint32_t* rows;
    std::size_t count;
};

/// sums(k, v) = Σ_rows x(row, k) · y(row, v) for k below `components`, in the order of the rows. `x` has rows of
/// `xStride` values.
void products(const double* x, std::size_t xStride, std::size_t components, Rows rows, const double* y,
              std::size_t stride, double* sums);

/// squares(v) = Σ_rows y(row, v)².
void squares(Rows rows, const double* y, std::size_t stride, double* squares);

/// out(k, v) = Σ_l by(k, l) · in(l, v) − shift(k) · sum(v); `by` is (rows × components).
void turn(const double* by, const double* shift, std::size_t rows, std::size_t components, const double* in,
          const double* sum, std::size_t stride, double* out);

/// What held-out predictions look like in the basis in which the ridge solution is diagonal: the weights of a voxel at
/// α are w(k) = c(k) / (λ(k) + α).
struct HeldOut {
    const double* eigenvalues; ///< λ(k)
    const double* gram;        ///< packedGram() of the held-out features in the basis
    const double* trained;     ///< c: components × stride
    const double* held;        ///< h: components × stride, held-out features times responses
    const double* variance;    ///< Σ (y − mean)² of the held-out responses; 0 where they are constant
    std::size_t components;
    std::size_t stride;
};

/// The lower triangle of a symmetric (components × components) matrix with its off-diagonal doubled, in the order in
/// which the kernels read it; packedSize() values.
[[nodiscard]] std::size_t packedSize(std::size_t components);
void packGram(const double* gram, std::size_t components, double* packed);

/// total(a, v) += Pearson r of prediction and response at alphas[a]: w·h / √(wᵀ gram w · variance); 0 where that is
/// not defined. `work` has components × 32 values, 64-byte aligned.
void addCorrelations(const HeldOut& heldOut, const double* alphas, std::size_t count, double* total, double* work);

/// total(a, v) += the share of the held-out variance that is explained, R² = (2 w·h − wᵀ gram w) / spread; here `gram`
/// and `held` are not centred, and `heldOut.variance` holds Σ (y − training mean)² and `spread` Σ (y − mean)².
void addExplained(const HeldOut& heldOut, const double* spread, const double* alphas, std::size_t count, double* total,
                  double* work);

/// At one α per voxel: score(v) = r as above, NaN where it is not defined, and weights(k, v) in the basis.
void correlationsAt(const HeldOut& heldOut, const double* alphaOfVoxel, double* score, double* weights, double* work);

} // namespace tercet::ridge
