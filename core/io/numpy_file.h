#pragma once

#include "core/io/array.h"
#include "core/io/large_array.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tercet {

/// Reads a .npy file, plain or gzip-wrapped, format 1.0 to 3.0, little or big endian, C or Fortran order; the
/// result is in C order. Half floats become float, 8- and 16-bit signed integers int32, bool uint8, unsigned 64-bit
/// int64 where they fit; fixed-length text becomes strings. Throws MissingError, StorageError, and FormatError if the
/// header is not understood, elements are of another type (objects, complex), or the file ends early.
[[nodiscard]] ArrayValue readNpy(const std::filesystem::path& path);
/// The same from memory; `name` stands for the file in messages.
[[nodiscard]] ArrayValue parseNpy(std::span<const std::byte> content, const std::string& name);

/// Reads every array of a .npz file by its name without ".npy". Throws as readNpy, and FormatError if the archive
/// is incomplete or damaged.
[[nodiscard]] std::map<std::string, ArrayValue> readNpz(const std::filesystem::path& path);

struct NpyHeader {
    std::vector<std::size_t> shape;
    char kind = 'f'; ///< NumPy's: f, i, u, b (bool), U and S (text)
    std::size_t elementBytes = 0;
    bool bigEndian = false;
    bool fortranOrder = false;
    std::size_t dataOffset = 0; ///< in bytes
};

/// Reads the header at the beginning of a .npy content. Throws FormatError.
[[nodiscard]] NpyHeader parseNpyHeader(std::span<const std::byte> beginning, const std::string& name);

[[nodiscard]] bool looksLikeNpy(std::span<const std::byte> beginning) noexcept;
[[nodiscard]] bool looksLikeZip(std::span<const std::byte> beginning) noexcept;

/// Writes a .npy file (version 1.0, C order, little endian); text is stored as fixed-length Unicode. The file is
/// either complete or absent. Throws StorageError.
void writeNpy(const std::filesystem::path& path, const ArrayValue& array);
/// The same of an array that stays in its file; a few megabytes of it are in memory at a time.
void writeNpy(const std::filesystem::path& path, const LargeArray& array);

} // namespace tercet
