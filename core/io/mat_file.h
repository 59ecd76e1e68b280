#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tercet {

/// One MATLAB value.
struct MatValue {
    enum class Kind { Numbers, Text, Cell, Struct, Other };

    Kind kind = Kind::Other;
    std::vector<std::size_t> shape;         ///< as MATLAB's size()
    std::vector<double> numbers;            ///< Numbers (logical too): in C order, last axis fastest
    std::vector<std::string> texts;         ///< Text: one a row, without the spaces at its end
    std::vector<MatValue> cells;            ///< Cell: in MATLAB's order, first axis fastest
    std::map<std::string, MatValue> fields; ///< Struct; in an array of structs every field is a Cell

    /// The field of that name, or null.
    [[nodiscard]] const MatValue* field(const std::string& name) const;
    /// Numbers with two axes.
    [[nodiscard]] bool isMatrix() const noexcept { return kind == Kind::Numbers && shape.size() == 2; }
    [[nodiscard]] Matrix<double> matrix() const;
    /// The texts of a cell array of texts, or the rows of a char array; nothing for other values.
    [[nodiscard]] std::optional<std::vector<std::string>> textList() const;
};

/// Every variable of a MATLAB file by name: version 5 to 7.2 (compressed or not, either byte order) and 7.3 (HDF5).
/// Sparse and complex arrays, objects and function handles are kept as Other. Throws MissingError, StorageError, and
/// FormatError if it is not such a file, or is damaged or ends early, naming the variable where it is known.
[[nodiscard]] std::map<std::string, MatValue> readMatFile(const std::filesystem::path& path);

[[nodiscard]] bool looksLikeMat(std::string_view beginning) noexcept;

} // namespace tercet
