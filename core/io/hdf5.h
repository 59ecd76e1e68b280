#pragma once

#include "core/base/matrix.h"
#include "core/io/array.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tercet {

/// What the elements of a stored array are.
enum class ElementKind { Float, Signed, Unsigned, Text, Reference, Other };

struct Hdf5Dataset {
    std::vector<std::size_t> shape;
    ElementKind kind = ElementKind::Other;
    std::size_t elementBytes = 0; ///< as stored
    std::vector<std::size_t>
        chunk; ///< shape of what is stored, and unpacked, as one; empty if all of it lies in one piece
};

/// One open HDF5 file. Object names are paths from the root ("in/ratings"). Not for use by two threads at once;
/// different files may be used by different threads. Every member may throw StorageError when the disk fails.
class Hdf5File {
public:
    /// Opens for reading. Throws MissingError if there is no such file, FormatError if it is not HDF5.
    [[nodiscard]] static Hdf5File open(const std::filesystem::path& path);
    /// Creates or replaces a file for writing, with `reserved` bytes (0, or a power of two of at least 512) before
    /// HDF5's own content for others to use. Throws StorageError.
    [[nodiscard]] static Hdf5File create(const std::filesystem::path& path, std::size_t reserved = 0);

    Hdf5File(Hdf5File&&) noexcept;
    Hdf5File& operator=(Hdf5File&&) noexcept;
    ~Hdf5File(); ///< closes without reporting failures; call close() where they matter

    /// Brings everything to the file system. Throws StorageError (disk full). The file cannot be used afterwards.
    void close();

    [[nodiscard]] const std::filesystem::path& path() const noexcept;

    [[nodiscard]] bool contains(const std::string& object) const;
    [[nodiscard]] bool isDataset(const std::string& object) const;
    /// Names of the members of a group, sorted. Throws MissingError.
    [[nodiscard]] std::vector<std::string> list(const std::string& group = "/") const;
    /// Throws MissingError if there is no such dataset.
    [[nodiscard]] Hdf5Dataset describe(const std::string& dataset) const;

    /// Reads a whole dataset. T: double, float, the integers of ArrayValue, or std::string. Numbers are converted;
    /// throws FormatError where that would change them (text or fractions as integers, out of T's range), where the
    /// dataset claims more than the file can hold, or where stored data are damaged; MissingError if it is absent.
    template <class T>
    [[nodiscard]] Array<T> read(const std::string& dataset) const;

    /// Reads rows `firstRow` … `firstRow` + `rows` − 1 and columns `firstColumn` … of a dataset of numbers with two
    /// axes, so that it may exceed the memory. Throws as read(), FormatError for another number of axes, and
    /// ParameterError for rows or columns that are not there.
    [[nodiscard]] Matrix<double> readBlock(const std::string& dataset, std::size_t firstRow, std::size_t rows,
                                           std::size_t firstColumn, std::size_t columns) const;

    /// Writes a new dataset, contiguous and uncompressed; missing groups are created. `values` must fill `shape`.
    /// Strings are stored with a fixed length (no zero bytes inside), UTF-8.
    template <class T>
    void write(const std::string& dataset, const std::vector<std::size_t>& shape, std::span<const T> values);

    /// A new dataset of float32 whose values are written into the closed file afterwards, at dataOffset().
    void reserve(const std::string& dataset, const std::vector<std::size_t>& shape);

    /// Where the values of a dataset written contiguously lie in the file, in bytes; nothing if it has none.
    [[nodiscard]] std::optional<std::size_t> dataOffset(const std::string& dataset) const;

    /// The objects that a dataset of object references names, in order (MATLAB 7.3 cell arrays).
    [[nodiscard]] std::vector<std::string> references(const std::string& dataset) const;

    [[nodiscard]] std::vector<std::string> attributeNames(const std::string& object = "/") const; ///< sorted
    [[nodiscard]] bool hasAttribute(const std::string& object, const std::string& name) const;
    /// A text attribute. Throws MissingError if it is absent, FormatError if it is not one text.
    [[nodiscard]] std::string attribute(const std::string& object, const std::string& name) const;
    /// A numeric attribute; nothing if it is absent or not a single number.
    [[nodiscard]] std::optional<double> numericAttribute(const std::string& object, const std::string& name) const;
    void writeAttribute(const std::string& object, const std::string& name, const std::string& value);

private:
    struct State;
    explicit Hdf5File(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace tercet
