#pragma once

#include "core/brain/ridge_kernels.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace tercet::ridge {

/// Values over voxels as the kernels want them: rows of one stride, aligned, 0 beyond the voxels. Internal to
/// core/brain.
class VoxelRows {
public:
    [[nodiscard]] static std::size_t strideFor(std::size_t voxels) { return (voxels + kLanes - 1) / kLanes * kLanes; }

    VoxelRows(std::size_t rows, std::size_t stride)
        : m_stride(stride), m_size(rows * stride), m_values(new (kAlignment) double[std::max<std::size_t>(1, m_size)]) {
        clear();
    }
    [[nodiscard]] double* row(std::size_t index) { return m_values.get() + index * m_stride; }
    [[nodiscard]] const double* row(std::size_t index) const { return m_values.get() + index * m_stride; }
    [[nodiscard]] double* data() { return m_values.get(); }
    void clear() { std::fill_n(m_values.get(), m_size, 0.0); }
    void add(const VoxelRows& other, double factor) {
        for (std::size_t i = 0; i < m_size; ++i)
            m_values[i] += factor * other.m_values[i];
    }

private:
    static constexpr std::align_val_t kAlignment{64};
    struct Free {
        void operator()(double* values) const noexcept { ::operator delete[](values, kAlignment); }
    };

    std::size_t m_stride;
    std::size_t m_size;
    std::unique_ptr<double[], Free> m_values;
};

} // namespace tercet::ridge
