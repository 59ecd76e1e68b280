#include "core/io/nifti_header.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <fmt/format.h>
#include <nifti2_io.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

namespace tercet {
namespace {

constexpr std::size_t kHeader1 = sizeof(nifti_1_header);
constexpr std::size_t kHeader2 = sizeof(nifti_2_header);
static_assert(kHeader2 == kLongestNiftiHeader);

const VoxelType* typeOf(int code) {
    static constexpr std::array<VoxelType, 11> types{{{DT_UINT8, 1, voxelAt<std::uint8_t>},
                                                      {DT_INT8, 1, voxelAt<std::int8_t>},
                                                      {DT_INT16, 2, voxelAt<std::int16_t>},
                                                      {DT_UINT16, 2, voxelAt<std::uint16_t>},
                                                      {DT_INT32, 4, voxelAt<std::int32_t>},
                                                      {DT_UINT32, 4, voxelAt<std::uint32_t>},
                                                      {DT_INT64, 8, voxelAt<std::int64_t>},
                                                      {DT_UINT64, 8, voxelAt<std::uint64_t>},
                                                      {DT_FLOAT32, 4, voxelAt<float>},
                                                      {DT_FLOAT64, 8, voxelAt<double>},
                                                      {DT_FLOAT128, 16, voxelAt<long double>}}};
    const auto found = std::ranges::find(types, code, &VoxelType::code);
    return found == types.end() ? nullptr : &*found;
}

/// The file that holds the voxels of a header: itself, or the .img beside a .hdr.
std::filesystem::path imageOf(const std::filesystem::path& header, bool apart) {
    if (!apart)
        return header;
    const bool packed = lowered(header.extension().string()) == ".gz";
    std::filesystem::path stem = packed ? header.stem() : header.filename();
    const bool capital = stem.extension() == ".HDR";
    stem.replace_extension(capital ? ".IMG" : ".img");
    for (const std::string& ending : {std::string(), std::string(".gz")})
        if (std::filesystem::path image = header.parent_path() / (stem.string() + ending);
            std::filesystem::exists(image))
            return image;
    throw MissingError({.where = header.string(),
                        .what = "its image " + stem.string() + " is not beside it",
                        .remedy = "put both files into one folder"});
}

Affine affineOf(const nifti_dmat44& matrix) {
    Affine affine;
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 4; ++c)
            affine.rows[r][c] = matrix.m[r][c];
    return affine;
}

struct FreeImage {
    void operator()(nifti_image* image) const noexcept { nifti_image_free(image); }
};

/// What comes before the voxels, in the byte order of this machine.
struct Header {
    std::unique_ptr<nifti_image, FreeImage> image;
    std::string format;
    bool swapped = false;
    bool apart = false;
    bool timed = false; ///< the fourth axis has a step; where it is 0 the library would say 1
};

/// Numbers of voxels are checked before the library sees them.
template <class Raw>
void checkSizes(const Raw& raw, const std::string& where) {
    const auto axes = static_cast<long long>(raw.dim[0]);
    if (axes < 1 || axes > 7)
        throw FormatError({.where = where, .expected = "1 to 7 axes", .found = std::to_string(axes)});
    double product = 1;
    for (long long axis = 1; axis <= axes; ++axis) {
        const auto length = static_cast<long long>(raw.dim[axis]);
        if (length < 1)
            throw FormatError({.where = where + ", axis " + std::to_string(axis),
                               .expected = "a length of at least 1",
                               .found = std::to_string(length)});
        product *= static_cast<double>(length);
        if (axis <= 3 && product > static_cast<double>(kMostVoxels))
            throw FormatError({.where = where,
                               .expected = "at most " + withThousands(kMostVoxels) + " voxels in a volume",
                               .found = fmt::format("{:.3g}", product)});
    }
    const bool apart = raw.magic[1] != '+'; // the library would put the voxels elsewhere without a word
    constexpr double kFurthest = 1e9;       // bytes; the library takes what it cannot hold for nothing
    const auto offset = static_cast<double>(raw.vox_offset);
    if ((!apart && !(offset >= sizeof(Raw))) || !(std::abs(offset) <= kFurthest))
        throw FormatError({.where = where,
                           .expected = "voxels that begin after the header",
                           .found = fmt::format("at byte {}", raw.vox_offset)});
    if (!typeOf(raw.datatype))
        throw FormatError({.where = where,
                           .expected = "real numbers (integers of 8 to 64 bits, floats)",
                           .found = std::string("elements of type ") + nifti_datatype_to_string(raw.datatype)});
}

Header headerIn(std::span<const std::byte> bytes, const std::filesystem::path& path) {
    const std::string where = path.string() + ", header";
    const auto ends = [&](std::size_t needed) {
        throw FormatError({.where = where,
                           .expected = std::to_string(needed) + " bytes",
                           .found = std::to_string(bytes.size()),
                           .remedy = "get the file again"});
    };
    nifti_set_debug_level(0);
    std::int32_t size = 0;
    if (bytes.size() < kHeader1)
        ends(kHeader1);
    std::memcpy(&size, bytes.data(), sizeof(size));
    Header header;
    const auto is = [&](std::size_t wanted) {
        header.swapped = static_cast<std::int32_t>(__builtin_bswap32(static_cast<std::uint32_t>(size))) ==
                         static_cast<std::int32_t>(wanted);
        return header.swapped || size == static_cast<std::int32_t>(wanted);
    };
    if (is(kHeader2)) {
        if (bytes.size() < kHeader2)
            ends(kHeader2);
        nifti_2_header raw;
        std::memcpy(&raw, bytes.data(), kHeader2);
        if (header.swapped)
            swap_nifti_header(&raw, 2);
        if (std::memcmp(raw.magic, "n+2", 3) != 0 && std::memcmp(raw.magic, "ni2", 3) != 0)
            throw FormatError({.where = where, .expected = "the magic word n+2 or ni2", .found = "another"});
        checkSizes(raw, where);
        header.apart = raw.magic[1] == 'i';
        header.timed = raw.pixdim[4] > 0;
        header.format = "NIfTI-2";
        header.image.reset(nifti_convert_n2hdr2nim(raw, path.c_str()));
    } else if (is(kHeader1)) {
        nifti_1_header raw;
        std::memcpy(&raw, bytes.data(), kHeader1);
        const bool nifti = std::memcmp(raw.magic, "n+1", 3) == 0 || std::memcmp(raw.magic, "ni1", 3) == 0;
        if (header.swapped)
            old_swap_nifti_header(&raw, nifti ? 1 : 0);
        checkSizes(raw, where);
        header.apart = !nifti || raw.magic[1] == 'i';
        header.timed = raw.pixdim[4] > 0;
        header.format = nifti ? "NIfTI-1" : "Analyze 7.5";
        // The library works on what it swaps itself.
        nifti_1_header own;
        std::memcpy(&own, bytes.data(), kHeader1);
        header.image.reset(nifti_convert_n1hdr2nim(own, path.c_str()));
    } else {
        throw FormatError({.where = path.string(),
                           .expected = "a NIfTI, Analyze or MGH header, which begins with 348, 540 or 1",
                           .found = std::to_string(size)});
    }
    if (!header.image)
        throw FormatError(
            {.where = where, .expected = "a header that can be used", .found = "one that contradicts itself"});
    return header;
}

double secondsIn(const nifti_image& image) {
    if (image.ndim < 4 || !(image.dt > 0) || !std::isfinite(image.dt))
        return 0;
    if (image.time_units == NIFTI_UNITS_MSEC)
        return image.dt / 1e3;
    if (image.time_units == NIFTI_UNITS_USEC)
        return image.dt / 1e6;
    return image.dt;
}

} // namespace

VolumeHeader readNiftiHeader(std::span<const std::byte> beginning, const std::filesystem::path& path) {
    const Header header = headerIn(beginning, path);
    const nifti_image& image = *header.image;
    VolumeHeader result;
    result.image = imageOf(path, header.apart);
    result.type = *typeOf(image.datatype);
    result.swapped = header.swapped;
    result.offset = static_cast<std::size_t>(std::max<std::int64_t>(0, image.iname_offset));
    if (std::isfinite(image.scl_slope) && image.scl_slope != 0) {
        result.slope = image.scl_slope;
        result.intercept = std::isfinite(image.scl_inter) ? image.scl_inter : 0;
    }
    VolumeInfo& info = result.info;
    info.format = header.format;
    for (std::size_t axis = 0; axis < 3; ++axis)
        info.size[axis] = static_cast<std::size_t>(std::max<std::int64_t>(1, image.dim[axis + 1]));
    for (int axis = 4; axis <= 7; ++axis)
        info.volumes *= static_cast<std::size_t>(std::max<std::int64_t>(1, axis <= image.ndim ? image.dim[axis] : 1));
    info.repetitionTime = header.timed ? secondsIn(image) : 0;
    info.oriented = image.sform_code > 0 || image.qform_code > 0;
    info.toMm = affineOf(image.sform_code > 0 ? image.sto_xyz : image.qto_xyz);
    if (!info.toMm.inverse())
        throw FormatError({.where = path.string() + ", header",
                           .expected = "axes that span the space",
                           .found = "a matrix that does not",
                           .remedy = "repair its sform or qform"});
    return result;
}

std::string makeNiftiHeader(const VolumeInfo& info, std::size_t count, const VoxelStorage& storage,
                            const std::filesystem::path& path) {
    constexpr std::size_t kLongest = 32767; ///< of an axis
    const bool timed = count > 1 || info.repetitionTime > 0;
    nifti_1_header header{};
    header.sizeof_hdr = kHeader1;
    header.dim[0] = timed ? 4 : 3;
    std::fill_n(header.dim + 1, 7, std::int16_t{1});
    const std::array<std::size_t, 4> lengths{info.size[0], info.size[1], info.size[2], count};
    for (std::size_t axis = 0; axis < lengths.size(); ++axis) {
        if (lengths[axis] < 1 || lengths[axis] > kLongest)
            throw ParameterError({.where = fmt::format("{}, axis {}", path.string(), axis + 1),
                                  .expected = "a length from 1 to " + withThousands(kLongest),
                                  .found = withThousands(lengths[axis])});
        header.dim[axis + 1] = static_cast<std::int16_t>(lengths[axis]);
    }
    if (!(info.repetitionTime >= 0) || !fitsFloat(info.repetitionTime))
        throw ParameterError({.where = path.string() + ", time between volumes",
                              .expected = "seconds, at least 0",
                              .found = fmt::format("{}", info.repetitionTime)});
    if (!info.toMm.inverse() ||
        !std::ranges::all_of(info.toMm.rows, [](const auto& row) { return std::ranges::all_of(row, fitsFloat); }))
        throw ParameterError(
            {.where = path.string(), .expected = "axes that span the space", .found = "a matrix that does not"});
    header.datatype = storage.integers ? DT_INT16 : DT_FLOAT32;
    header.bitpix = storage.integers ? 16 : 32;
    header.vox_offset = kHeader1 + 4; // no extension
    header.scl_slope = static_cast<float>(storage.integers ? storage.slope : 1);
    header.scl_inter = static_cast<float>(storage.integers ? storage.intercept : 0);
    header.pixdim[0] = 1;
    for (std::size_t c = 0; c < 3; ++c)
        header.pixdim[c + 1] =
            static_cast<float>(std::hypot(info.toMm.rows[0][c], info.toMm.rows[1][c], info.toMm.rows[2][c]));
    header.pixdim[4] = static_cast<float>(info.repetitionTime);
    header.xyzt_units = NIFTI_UNITS_MM | NIFTI_UNITS_SEC;
    if (info.oriented) {
        header.sform_code = NIFTI_XFORM_SCANNER_ANAT;
        const std::array<float*, 3> rows{header.srow_x, header.srow_y, header.srow_z};
        for (std::size_t r = 0; r < 3; ++r)
            std::ranges::transform(info.toMm.rows[r], rows[r], [](double value) { return static_cast<float>(value); });
    }
    std::memcpy(header.magic, "n+1", 4);
    std::string bytes(reinterpret_cast<const char*>(&header), kHeader1); // NOLINT: as it is stored
    return bytes + std::string(4, '\0');
}

} // namespace tercet
