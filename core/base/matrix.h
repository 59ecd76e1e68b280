#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace tercet {

/// A row-major, contiguous rows × cols array owned by somebody else. Cheap to copy.
template <class T>
class MatrixView {
public:
    MatrixView() = default;
    MatrixView(T* data, std::size_t rows, std::size_t cols) : m_data(data), m_rows(rows), m_cols(cols) {}
    /// A view of values is also a view of constant values.
    template <class U>
    requires(std::is_const_v<T>&& std::is_same_v<U, std::remove_const_t<T>>) MatrixView(const MatrixView<U>& other)
        : m_data(other.data()), m_rows(other.rows()), m_cols(other.cols()) {}

    [[nodiscard]] T* data() const noexcept { return m_data; }
    [[nodiscard]] std::size_t rows() const noexcept { return m_rows; }
    [[nodiscard]] std::size_t cols() const noexcept { return m_cols; }
    [[nodiscard]] std::size_t size() const noexcept { return m_rows * m_cols; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] T& operator()(std::size_t row, std::size_t col) const {
        assert(row < m_rows && col < m_cols);
        return m_data[row * m_cols + col];
    }
    [[nodiscard]] std::span<T> row(std::size_t index) const {
        assert(index < m_rows);
        return {m_data + index * m_cols, m_cols};
    }
    [[nodiscard]] std::span<T> values() const noexcept { return {m_data, size()}; }

private:
    T* m_data = nullptr;
    std::size_t m_rows = 0;
    std::size_t m_cols = 0;
};

/// A row-major rows × cols array that owns its values; new ones are zero.
template <class T>
class Matrix {
public:
    Matrix() = default;
    Matrix(std::size_t rows, std::size_t cols, T value = T{})
        : m_rows(rows), m_cols(cols), m_values(rows * cols, value) {}
    /// Takes `values` as they are; their number must be rows × cols.
    Matrix(std::size_t rows, std::size_t cols, std::vector<T> values)
        : m_rows(rows), m_cols(cols), m_values(std::move(values)) {
        assert(m_values.size() == rows * cols);
    }

    [[nodiscard]] std::size_t rows() const noexcept { return m_rows; }
    [[nodiscard]] std::size_t cols() const noexcept { return m_cols; }
    [[nodiscard]] std::size_t size() const noexcept { return m_values.size(); }
    [[nodiscard]] bool empty() const noexcept { return m_values.empty(); }
    [[nodiscard]] T* data() noexcept { return m_values.data(); }
    [[nodiscard]] const T* data() const noexcept { return m_values.data(); }
    [[nodiscard]] T& operator()(std::size_t row, std::size_t col) {
        assert(row < m_rows && col < m_cols);
        return m_values[row * m_cols + col];
    }
    [[nodiscard]] const T& operator()(std::size_t row, std::size_t col) const {
        assert(row < m_rows && col < m_cols);
        return m_values[row * m_cols + col];
    }
    [[nodiscard]] std::span<T> row(std::size_t index) { return view().row(index); }
    [[nodiscard]] std::span<const T> row(std::size_t index) const { return view().row(index); }
    [[nodiscard]] const std::vector<T>& values() const noexcept { return m_values; }
    [[nodiscard]] std::vector<T>& values() noexcept { return m_values; }
    [[nodiscard]] MatrixView<T> view() noexcept { return {m_values.data(), m_rows, m_cols}; }
    [[nodiscard]] MatrixView<const T> view() const noexcept { return {m_values.data(), m_rows, m_cols}; }
    operator MatrixView<T>() noexcept { return view(); }
    operator MatrixView<const T>() const noexcept { return view(); }
    friend bool operator==(const Matrix&, const Matrix&) = default;

private:
    std::size_t m_rows = 0;
    std::size_t m_cols = 0;
    std::vector<T> m_values;
};

} // namespace tercet
