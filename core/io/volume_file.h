#pragma once

#include "core/base/affine.h"
#include "core/base/control.h"

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tercet {

/// What the header of a volume file says.
struct VolumeInfo {
    std::array<std::size_t, 3> size{}; ///< voxels along i, j, k
    std::size_t volumes = 1;           ///< one after another: time, or what else the fourth axis is
    double repetitionTime = 0;         ///< s; 0 where the file does not say
    Affine toMm;           ///< from voxel index to mm; without orientation: voxel sizes alone, or MGH's default
    bool oriented = false; ///< whether the file says where left is: sform (taken first), qform, or MGH's
    std::string format;    ///< "NIfTI-1", "NIfTI-2", "Analyze 7.5" or "MGH"
    [[nodiscard]] std::size_t voxels() const noexcept { return size[0] * size[1] * size[2]; }
};

/// A NIfTI-1 or NIfTI-2 file (.nii, .hdr/.img) or an Analyze 7.5 pair, plain or gzip-compressed, any byte order and any
/// real element type; or a FreeSurfer volume (.mgh, .mgz; SPEC B11). Only the header is read at first; volumes are read
/// one after another, so that a file may exceed the memory. Not for use by two threads at once.
class VolumeFile {
public:
    /// Throws MissingError (also for a header without its image), StorageError, and FormatError if the header is not
    /// understood, a size is not possible, elements are complex or colours, or the image is shorter than it says (as
    /// far as that can be seen without unpacking it).
    [[nodiscard]] static VolumeFile open(const std::filesystem::path& path);
    VolumeFile(VolumeFile&&) noexcept;
    VolumeFile& operator=(VolumeFile&&) noexcept;
    ~VolumeFile();

    [[nodiscard]] const VolumeInfo& info() const noexcept;
    /// The file that holds the voxels: that which was opened, or the .img of its .hdr.
    [[nodiscard]] const std::filesystem::path& image() const noexcept;
    /// Calls take(t, values) with volumes `first` … `first` + `count` − 1 in turn; values are scaled as the file says,
    /// i fastest, and valid during the call. Throws FormatError if the file ends early, Cancelled.
    void readVolumes(std::size_t first, std::size_t count,
                     const std::function<void(std::size_t volume, std::span<const double> values)>& take,
                     const JobControl& control = JobControl());
    /// Reads on to the end where only that shows whether a packed file is complete. Throws FormatError if it ends
    /// early or is damaged, Cancelled.
    void requireComplete(const JobControl& control = JobControl());
    /// One volume.
    [[nodiscard]] std::vector<double> readVolume(std::size_t volume = 0);

private:
    struct State;
    explicit VolumeFile(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// How voxels are written: as 32-bit floats, or as 16-bit integers n that stand for slope × n + intercept (both taken
/// as 32-bit floats).
struct VoxelStorage {
    bool integers = false;
    double slope = 1;
    double intercept = 0;
};

/// Writes `count` volumes as NIfTI-1 (.nii, or .nii.gz: compressed fast), one after another: fill(t, values) gives
/// volume t, i fastest; the values are 0 at first. Of `info`: the size, the time between volumes and, where it is
/// oriented, the affine, else voxel sizes alone; not its number of volumes. Integers are rounded to the nearest; the
/// same volumes give the same bytes. The file is either complete or absent, also if `fill` throws. Throws
/// ParameterError if the name ends otherwise, an axis is empty or longer than 32,767, or the affine cannot be inverted;
/// DataError, naming volume and voxel, for a value that the storage cannot hold (NaN and infinity: integers only);
/// StorageError.
void writeVolumes(const std::filesystem::path& path, const VolumeInfo& info, std::size_t count,
                  const std::function<void(std::size_t volume, std::span<double> values)>& fill,
                  const VoxelStorage& storage = {});

/// Whether a file's name and first bytes are those of a volume file.
[[nodiscard]] bool looksLikeVolume(const std::filesystem::path& path, std::span<const std::byte> beginning) noexcept;

} // namespace tercet
