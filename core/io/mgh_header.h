#pragma once

#include "core/io/volume_header.h"

#include <cstddef>
#include <filesystem>
#include <span>

namespace tercet {

inline constexpr const char* kMghFormat = "MGH";

/// Whether content begins as a FreeSurfer volume does.
[[nodiscard]] bool looksLikeMgh(std::span<const std::byte> beginning) noexcept;

/// Reads the header of a FreeSurfer volume (SPEC B11); `path` is named in messages. Without a valid orientation the
/// axes are FreeSurfer's default: 1 mm, to the left, down, to the front, around 0. Throws FormatError as
/// VolumeFile::open.
[[nodiscard]] VolumeHeader readMghHeader(std::span<const std::byte> beginning, const std::filesystem::path& path);

/// The time from one volume to the next (s), which follows the voxels at byte `end` of the unpacked file; 0 where there
/// is none. Packed files are unpacked up to there.
[[nodiscard]] double readMghRepetitionTime(const std::filesystem::path& path, std::size_t end);

} // namespace tercet
