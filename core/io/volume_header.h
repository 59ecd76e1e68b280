#pragma once

#include "core/io/volume_file.h"

#include <cmath>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <limits>

namespace tercet {

inline constexpr std::size_t kMostVoxels = std::size_t{1} << 31U; ///< of a volume

/// How a voxel is stored, in the byte order of this machine.
struct VoxelType {
    int code = 0; ///< the format's own
    std::size_t bytes = 0;
    double (*read)(const std::byte* at) = nullptr;
};

template <class T>
[[nodiscard]] double voxelAt(const std::byte* at) {
    T value;
    std::memcpy(&value, at, sizeof(T));
    return static_cast<double>(value);
}

/// Whether a value is finite as a 32-bit float.
[[nodiscard]] inline bool fitsFloat(double value) { return std::abs(value) <= std::numeric_limits<float>::max(); }

/// What comes before the voxels of a volume file, and how they are stored.
struct VolumeHeader {
    VolumeInfo info;
    std::filesystem::path image; ///< the file that holds the voxels
    VoxelType type;
    bool swapped = false;   ///< whether voxels are in the other byte order
    std::size_t offset = 0; ///< of the first voxel, in bytes of the unpacked file
    double slope = 1;       ///< a value is slope × stored + intercept
    double intercept = 0;
};

} // namespace tercet
