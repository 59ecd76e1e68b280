#pragma once

#include "core/base/affine.h"
#include "core/io/array.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tercet {

/// One array of a GIFTI file, in C order.
struct GiftiArray {
    std::string intent; ///< without its prefix: POINTSET, TRIANGLE, SHAPE, LABEL, NONE …
    std::vector<std::size_t> shape;
    std::vector<double> values;
    std::optional<Affine> transform;         ///< of a POINTSET: from its coordinates to those of its space
    std::map<std::string, std::string> meta; ///< for example AnatomicalStructurePrimary
};

struct GiftiLabel {
    std::string name;
    std::array<float, 4> color{}; ///< red, green, blue, alpha, 0–1
};

struct GiftiContent {
    std::vector<GiftiArray> arrays;
    std::map<std::int64_t, GiftiLabel> labels;
    std::map<std::string, std::string> meta;
};

/// Reads a GIFTI file (.gii), plain or gzip-compressed as a whole: arrays of 8- and 32-bit integers and floats, as
/// text, base64 or compressed base64, either byte order and index order. Throws MissingError, StorageError, and
/// FormatError if it is not XML, an array's data do not fill its dimensions or lie in another file; sizes are checked
/// before memory is taken. Any thread.
[[nodiscard]] GiftiContent readGifti(const std::filesystem::path& path);

/// Writes a GIFTI file (.gii): TRIANGLE and LABEL arrays as 32-bit integers, all others as 32-bit floats (NaN and
/// infinity stay), compressed; the same content gives the same bytes. The file is either complete or absent. Throws
/// ParameterError if the name does not end in .gii or the values of an array do not fill its 1 to 6 dimensions;
/// DataError, naming array and value, for a value that those cannot hold; StorageError. Any thread.
void writeGifti(const std::filesystem::path& path, const GiftiContent& content);

/// Whether content begins as a GIFTI file does.
[[nodiscard]] bool looksLikeGifti(std::span<const std::byte> beginning) noexcept;

} // namespace tercet
