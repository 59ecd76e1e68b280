#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"
#include "core/brain/folds.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace tercet {

/// What is best is chosen by the mean over inner folds of this.
enum class RidgeCriterion { Correlation, Explained };

struct EncodingOptions {
    std::vector<double> alphas;                             ///< > 0, ascending; empty: usualAlphas()
    RidgeCriterion criterion = RidgeCriterion::Correlation; ///< Pearson r, or R²
};

/// 100 from 10⁻³ to 10³, equally far apart in their logarithm.
[[nodiscard]] std::vector<double> usualAlphas();

/// How large an encoding is.
struct EncodingSize {
    std::size_t rows = 0; ///< of features and of responses
    std::size_t components = 0;
    std::size_t outer = 5; ///< folds
    std::size_t inner = 6; ///< folds
    std::size_t alphas = 100;

    /// Bytes of what is known in the end of a number of voxels.
    [[nodiscard]] std::size_t resultBytes(std::size_t voxels) const;
    /// Bytes that RidgeEncoding::encode() takes for a number of voxels, the responses included.
    [[nodiscard]] std::size_t blockBytes(std::size_t voxels) const;
};

/// How an encoding keeps within the memory that it may take.
struct EncodingMemory {
    std::size_t block = 0;     ///< voxels that a thread works on
    int threads = 0;           ///< side by side
    std::size_t kept = 0;      ///< bytes of results
    std::size_t perThread = 0; ///< bytes of a block

    [[nodiscard]] std::size_t peak() const { return kept + static_cast<std::size_t>(threads) * perThread; }
};

/// The largest blocks, and of these the most threads up to `threads`, with a peak of at most `bytes`; blocks are made
/// smaller before threads are fewer. `results`: how often the results of all voxels are in memory. Throws
/// ParameterError if one thread with the smallest block takes more.
[[nodiscard]] EncodingMemory encodingMemory(const EncodingSize& size, std::size_t voxels, std::size_t results,
                                            std::size_t bytes, int threads);

/// Of some voxels; NaN where a voxel is constant or holds a NaN, and scores of folds in which it is constant.
struct EncodingScores {
    Matrix<double> score;   ///< folds × voxels: Pearson r of held-out predictions
    Matrix<double> alpha;   ///< folds × voxels: the one chosen
    Matrix<double> weights; ///< (folds · components) × voxels, of standardised features
};

/// Ridge encoding of voxels from features (SPEC B1): in each outer fold α is chosen per voxel by the mean over inner
/// folds, features are standardised and responses centred in the training part only. Everything that depends on the
/// features alone is computed once; then any number of voxels can be encoded, in blocks of any size, on any thread,
/// with the same bits for a voxel whatever is encoded beside it.
///
/// All folds and all α of a voxel come from its products with the features: the solution is diagonal in the eigenbasis
/// of the training features, and the correlation of a held-out prediction is a quotient of forms in it, so that no
/// prediction is ever computed. Time per voxel O(folds · (rows · components + inner · α · components²)).
class RidgeEncoding {
public:
    /// `features`: rows × components, finite. Throws DataError for values that are not, fewer than three rows in a
    /// part, or a component that is constant in a training part (its name is its number from 1).
    RidgeEncoding(MatrixView<const double> features, const EncodingFolds& folds, const EncodingOptions& options = {});
    ~RidgeEncoding();
    RidgeEncoding(RidgeEncoding&&) noexcept;
    RidgeEncoding& operator=(RidgeEncoding&&) noexcept;

    [[nodiscard]] std::size_t rows() const;
    [[nodiscard]] std::size_t components() const;
    [[nodiscard]] std::size_t folds() const;
    /// `responses`: rows × voxels. Looks at the control in every fold. Throws Cancelled.
    [[nodiscard]] EncodingScores encode(MatrixView<const double> responses,
                                        const JobControl& control = JobControl()) const;
    [[nodiscard]] EncodingSize size() const;
    /// Floating-point operations that encode() needs for one voxel, with n rows, d components, f outer and g inner
    /// folds and a penalties: f · (2 n (d + 2) for sums of products, 4 (g + 1) d² for turning them into the eigenbases,
    /// and g a (4 d + d (d + 1)) for a correlation at each penalty).
    [[nodiscard]] double operationsPerVoxel() const;

private:
    struct Plan;
    std::unique_ptr<const Plan> m_plan;
};

/// Of all voxels of a subject; NaN as above.
struct EncodingResult {
    std::vector<double> score;   ///< mean over folds
    Matrix<double> scorePerFold; ///< folds × voxels
    Matrix<double> alpha;        ///< folds × voxels
    Matrix<double> weights;      ///< components × voxels, mean over folds
};

/// Fills `responses` (rows × count) with voxels `first` … `first` + count − 1. Called by one thread at a time.
using ResponseReader = std::function<void(std::size_t first, MatrixView<double> responses)>;

/// Encodes `voxels` voxels in blocks that together with the results take at most `bytes` (encodingMemory()). The same
/// bits for any number of threads and bytes. Throws ParameterError for too few bytes, what `read` throws, Cancelled.
[[nodiscard]] EncodingResult encodeVoxels(const RidgeEncoding& encoding, std::size_t voxels, const ResponseReader& read,
                                          std::size_t bytes, const JobControl& control, const Progress& progress,
                                          int threads);

} // namespace tercet
