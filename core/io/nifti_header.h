#pragma once

#include "core/io/volume_header.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace tercet {

inline constexpr std::size_t kLongestNiftiHeader = 540; ///< bytes

/// Reads a NIfTI-1, NIfTI-2 or Analyze 7.5 header. `path` is looked at for the image beside it and named in messages.
/// Throws MissingError if that image is absent, FormatError as VolumeFile::open.
[[nodiscard]] VolumeHeader readNiftiHeader(std::span<const std::byte> beginning, const std::filesystem::path& path);

/// The 352 bytes before the voxels of a NIfTI-1 file of `count` volumes, in the byte order of this machine. Throws
/// ParameterError, naming `path`, for what the format cannot hold.
[[nodiscard]] std::string makeNiftiHeader(const VolumeInfo& info, std::size_t count, const VoxelStorage& storage,
                                          const std::filesystem::path& path);

} // namespace tercet
