#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// When a stimulus was shown, in seconds from the first volume of its run.
struct StimulusBlock {
    double onset = 0;
    double duration = 0;
};

struct PreprocessingOptions {
    double repetitionTime = 2; ///< s from volume to volume
    double delay = 4;          ///< s by which the response is taken to be later than the stimulus
    double clipAt = 3;         ///< standard deviations; 0: nothing is clipped
    bool trend = true;         ///< takes the linear trend away
};

/// One voxel of a run after each stage (SPEC D5). All NaN for a voxel that is constant or holds a NaN.
struct PreprocessingStages {
    std::vector<double> residual; ///< per volume, without constant, trend and motion
    std::vector<double> clipped;  ///< per volume, earlier by the delay, clipped; NaN at the end, which has no volume
    std::vector<double> blocks;   ///< per stimulus, the mean of its volumes
    std::vector<double> scaled;   ///< per stimulus, z over the run
};

/// Preprocesses the voxels of one run (SPEC D5): takes constant, trend and motion away, shifts by the delay, clips,
/// averages the volumes of each block and z-scores each voxel over the blocks (population standard deviation).
class RunPreprocessing {
public:
    /// `motion`: volumes × parameters, or no columns; columns that depend on others add nothing. Throws DataError
    /// naming the block (from 1) that has no volume or ends beyond the run, or if there are fewer than two blocks or
    /// more regressors than volumes; ParameterError.
    RunPreprocessing(std::size_t volumes, MatrixView<const double> motion, std::span<const StimulusBlock> blocks,
                     const PreprocessingOptions& options);

    /// `series`: volumes × voxels. Returns blocks × voxels; NaN for a voxel that is constant (in the series or in its
    /// blocks) or holds a NaN. Any thread.
    [[nodiscard]] Matrix<double> apply(MatrixView<const double> series) const;
    [[nodiscard]] PreprocessingStages stages(std::span<const double> series) const;

private:
    struct Volumes {
        std::size_t first; ///< of the shifted series
        std::size_t end;
    };
    std::size_t m_volumes;
    std::size_t m_shift;
    double m_clipAt;
    Matrix<double> m_regressors; ///< orthonormal columns
    std::vector<Volumes> m_blocks;
};

} // namespace tercet
