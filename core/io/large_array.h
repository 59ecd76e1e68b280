#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"

#include <cstddef>
#include <filesystem>
#include <memory>

namespace tercet {

/// An array of rows × columns in float32 that stays in its file, because it may exceed the memory; parts of it are read
/// when they are needed. Copies share the file. Any thread.
class LargeArray {
public:
    /// The values lie row after row from byte `offset` of the file. Throws StorageError if it cannot be opened.
    LargeArray(const std::filesystem::path& file, std::size_t offset, std::size_t rows, std::size_t columns);

    [[nodiscard]] std::size_t rows() const noexcept { return m_rows; }
    [[nodiscard]] std::size_t columns() const noexcept { return m_columns; }
    /// Fills `values` with what begins at `row` and `column`. Throws StorageError if the disk fails.
    void read(std::size_t row, std::size_t column, MatrixView<double> values) const;
    void read(std::size_t row, std::size_t column, MatrixView<float> values) const;
    /// Writes all values into a file that exists, from byte `offset` on. Throws StorageError, Cancelled.
    void copyTo(const std::filesystem::path& file, std::size_t offset, const JobControl& control = JobControl()) const;

private:
    friend class LargeArrayWriter;
    class File;
    LargeArray(std::shared_ptr<const File> file, std::size_t rows, std::size_t columns);
    std::shared_ptr<const File> m_file;
    std::size_t m_offset = 0;
    std::size_t m_rows;
    std::size_t m_columns;
};

/// Makes a LargeArray part by part, in a file of `folder` that has no name and is gone with the last copy of the array.
class LargeArrayWriter {
public:
    /// Values that are never written are 0. Throws StorageError (disk full, no such folder).
    LargeArrayWriter(const std::filesystem::path& folder, std::size_t rows, std::size_t columns);
    /// Throws StorageError. Any thread.
    void write(std::size_t row, std::size_t column, MatrixView<const double> values);
    [[nodiscard]] LargeArray finish() const;

private:
    std::shared_ptr<const LargeArray::File> m_file;
    std::size_t m_rows;
    std::size_t m_columns;
};

} // namespace tercet
