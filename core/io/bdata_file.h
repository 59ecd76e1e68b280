#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tercet {

class Hdf5File;

/// A bdpy BData file (SPEC D4): a table of samples × columns, voxels and labels alike, and for each key of its metadata
/// one number per column. A column belongs to a key where that number is 1. Both layouts: /dataset with /metadata, and
/// the older /dataSet with /metaData. Only keys and descriptions are kept in memory. Not for use by two threads at
/// once. Every member may throw FormatError if stored data are damaged; those that take a key throw MissingError if it
/// is unknown.
class BDataFile {
public:
    /// Throws MissingError, StorageError, and FormatError if the file is not HDF5 of one of the layouts, a key is empty
    /// or repeats, or the numbers of keys, descriptions and columns disagree.
    [[nodiscard]] static BDataFile open(const std::filesystem::path& path);
    BDataFile(BDataFile&&) noexcept;
    BDataFile& operator=(BDataFile&&) noexcept;
    ~BDataFile();

    [[nodiscard]] std::size_t samples() const noexcept;
    [[nodiscard]] std::size_t columns() const noexcept;
    [[nodiscard]] const std::vector<std::string>& keys() const noexcept; ///< in the order of the file
    [[nodiscard]] const std::string& description(std::string_view key) const;
    /// Keys of regions of the brain: their descriptions begin with "1 = ROI".
    [[nodiscard]] std::vector<std::string> roiKeys() const;

    /// One number per column, NaN where the key does not apply (voxel_x: mm).
    [[nodiscard]] std::vector<double> metadata(std::string_view key) const;
    /// The columns that an expression of keys selects, ascending. "KEY" is short for "KEY = 1"; any other number may be
    /// asked for. "|" and "+" unite, "&" intersects, "-" takes away, all from left to right as bdpy has it; parentheses
    /// come first. Keys that hold such a sign are quoted with ' or "; a "-" inside a known key needs none. Throws
    /// ParameterError, naming the place, if the expression is not understood.
    [[nodiscard]] std::vector<std::size_t> select(std::string_view expression) const;
    /// The values of a key's columns (Run, Label, stimulus_name …), samples × columns of the key.
    [[nodiscard]] Matrix<double> column(std::string_view key) const;
    /// The names of a key's numeric values; empty if the file has none.
    [[nodiscard]] std::map<double, std::string> labels(std::string_view key) const;

    /// Calls take(sample, rows) with blocks of samples `first` … `first` + `count` − 1 in turn: rows × `columns`, in
    /// the order asked for, valid during the call. Takes at most `memory` bytes whatever the size of the file, more
    /// only where one row needs it; parts of a compressed file that are taller than a block are unpacked for each of
    /// them again. Throws ParameterError for samples or columns that are not there.
    void readRows(std::size_t first, std::size_t count, std::span<const std::size_t> columns,
                  const std::function<void(std::size_t sample, MatrixView<const double> rows)>& take,
                  std::size_t memory = std::size_t{64} << 20U) const;

private:
    struct State;
    explicit BDataFile(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// Whether an HDF5 file is laid out as bdpy does.
[[nodiscard]] bool looksLikeBData(const Hdf5File& file);

} // namespace tercet
