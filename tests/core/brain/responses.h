#pragma once

#include "core/brain/encoding.h"

namespace tercet::test {

/// Hands out the voxels of responses in memory (stimuli × voxels), which have to outlive it.
inline ResponseReader readerOf(const Matrix<double>& responses) {
    return [&responses](std::size_t first, MatrixView<double> block) {
        for (std::size_t i = 0; i < block.rows(); ++i)
            for (std::size_t v = 0; v < block.cols(); ++v)
                block(i, v) = responses(i, first + v);
    };
}

} // namespace tercet::test
