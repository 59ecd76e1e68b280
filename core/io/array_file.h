#pragma once

#include "core/base/control.h"
#include "core/base/error.h"
#include "core/base/matrix.h"
#include "core/io/array.h"
#include "core/io/large_array.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace tercet {

/// What one array file holds: named arrays and what is known about them.
struct ArrayBundle {
    std::map<std::string, ArrayValue> arrays = {};
    std::map<std::string, LargeArray> large = {}; ///< what stays in its file; other names than in `arrays`
    std::map<std::string, std::string> attributes = {};
    std::string source = {}; ///< the file it was read from, for messages; empty for a new one

    [[nodiscard]] bool contains(const std::string& name) const { return arrays.contains(name); }
    /// Throws MissingError if there is no such large array.
    [[nodiscard]] const LargeArray& largeArray(const std::string& name) const;
    /// Throws MissingError if there is no such array, FormatError if its elements are not T.
    template <class T>
    [[nodiscard]] const Array<T>& get(const std::string& name) const;
    /// Moves an array out of the bundle. Throws as get().
    template <class T>
    [[nodiscard]] Array<T> take(const std::string& name);
    /// A two-dimensional array of double as rows × columns; the bundle must outlive it. Throws as get().
    [[nodiscard]] MatrixView<const double> matrix(const std::string& name) const;
    /// Adds or replaces a two-dimensional array.
    void set(const std::string& name, Matrix<double> values);
    /// Adds or replaces an array of one axis.
    template <class T>
    void set(const std::string& name, std::vector<T> values) {
        const std::size_t count = values.size();
        arrays[name] = Array<T>{{count}, std::move(values)};
    }
    /// Throws MissingError if there is no such attribute.
    [[nodiscard]] const std::string& attribute(const std::string& name) const;
};

/// An array file is not as it was written.
class DamagedFileError : public StorageError {
    using StorageError::StorageError;
};

/// Files with this ending are unfinished array files of a killed program and may be deleted.
inline constexpr std::string_view kUnfinishedFileEnding = ".partial";

/// Writes the bundle as HDF5 that h5py and MATLAB read without plugins: every array contiguous, in its own type. Before
/// HDF5's content stands a text with a checksum of each array and of the rest, so that damage is found before the HDF5
/// library, which does not survive every damage, reads anything. The file appears under its name only when all of it
/// is on the disk; on failure nothing is left. The same bundle gives the same bytes. Throws StorageError (disk full,
/// read-only, no such folder), and ParameterError if a name is empty, contains "/" or a line end, or values do not
/// fill their shape; Cancelled.
void writeArrayFile(const std::filesystem::path& path, const ArrayBundle& bundle,
                    const JobControl& control = JobControl());

/// Reads what writeArrayFile wrote and compares every checksum. Throws MissingError if the file is absent,
/// DamagedFileError if it or one of its arrays is damaged, StorageError if it cannot be read, Cancelled.
[[nodiscard]] ArrayBundle readArrayFile(const std::filesystem::path& path, const JobControl& control = JobControl());

/// Reads the attributes alone, without looking at the values of arrays; fast for large files. Throws as readArrayFile.
[[nodiscard]] std::map<std::string, std::string> readArrayFileAttributes(const std::filesystem::path& path);

/// Throws what readArrayFile would throw, with hardly any memory.
void verifyArrayFile(const std::filesystem::path& path, const JobControl& control = JobControl());

} // namespace tercet
