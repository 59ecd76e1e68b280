#include "core/io/volume_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/file_content.h"

#include <fmt/format.h>
#include <nifti2_io.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace tercet {
namespace {

constexpr std::size_t kHeader1 = sizeof(nifti_1_header);
constexpr std::size_t kHeader2 = sizeof(nifti_2_header);
constexpr std::size_t kMostVoxels = std::size_t{1} << 31U; ///< of a volume
constexpr double kMostExpansion = 1100;                    ///< gzip cannot pack more bytes into one

struct Element {
    int type;
    std::size_t bytes;
    double (*read)(const std::byte* at);
};

template <class T>
double valueAt(const std::byte* at) {
    T value;
    std::memcpy(&value, at, sizeof(T));
    return static_cast<double>(value);
}

const Element* elementOf(int type) {
    static constexpr std::array<Element, 11> elements{{{DT_UINT8, 1, valueAt<std::uint8_t>},
                                                       {DT_INT8, 1, valueAt<std::int8_t>},
                                                       {DT_INT16, 2, valueAt<std::int16_t>},
                                                       {DT_UINT16, 2, valueAt<std::uint16_t>},
                                                       {DT_INT32, 4, valueAt<std::int32_t>},
                                                       {DT_UINT32, 4, valueAt<std::uint32_t>},
                                                       {DT_INT64, 8, valueAt<std::int64_t>},
                                                       {DT_UINT64, 8, valueAt<std::uint64_t>},
                                                       {DT_FLOAT32, 4, valueAt<float>},
                                                       {DT_FLOAT64, 8, valueAt<double>},
                                                       {DT_FLOAT128, 16, valueAt<long double>}}};
    const auto found =
        std::find_if(elements.begin(), elements.end(), [type](const Element& one) { return one.type == type; });
    return found == elements.end() ? nullptr : &*found;
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
    if (!apart && !(static_cast<double>(raw.vox_offset) >= sizeof(Raw)))
        throw FormatError({.where = where,
                           .expected = "voxels that begin after the header",
                           .found = fmt::format("at byte {}", raw.vox_offset)});
    if (!elementOf(raw.datatype))
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
        header.format = nifti ? "NIfTI-1" : "Analyze 7.5";
        // The library works on what it swaps itself.
        nifti_1_header own;
        std::memcpy(&own, bytes.data(), kHeader1);
        header.image.reset(nifti_convert_n1hdr2nim(own, path.c_str()));
    } else {
        throw FormatError({.where = path.string(),
                           .expected = "a NIfTI or Analyze header, which begins with 348 or 540",
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

struct VolumeFile::State {
    VolumeInfo info;
    std::filesystem::path path; ///< of the image
    const Element* element = nullptr;
    bool swapped = false;
    std::size_t offset = 0;
    double slope = 1;
    double intercept = 0;
    gzFile file = nullptr;
    std::size_t next = 0; ///< volume at which the file stands

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (file)
            gzclose_r(file);
    }
    [[nodiscard]] std::size_t volumeBytes() const { return info.voxels() * element->bytes; }
    void seek(std::size_t volume) {
        if (!file)
            file = gzopen(path.c_str(), "rb");
        if (!file)
            throw StorageError({.where = path.string(), .what = "cannot be read", .remedy = "check its permissions"});
        gzbuffer(file, 1U << 18U);
        const auto at = static_cast<z_off_t>(offset + volume * volumeBytes());
        if (gzseek(file, at, SEEK_SET) != at)
            endsEarly(volume);
        next = volume;
    }
    [[noreturn]] void endsEarly(std::size_t volume) const {
        throw FormatError(
            {.where = path.string(),
             .expected = withThousands(info.volumes) + " volumes of " + withThousands(volumeBytes()) + " bytes",
             .found = "an end in volume " + withThousands(volume + 1),
             .remedy = "get the file again"});
    }
    void read(std::vector<std::byte>& bytes) {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const auto chunk = static_cast<unsigned>(std::min<std::size_t>(bytes.size() - done, 1U << 26U));
            const int got = gzread(file, bytes.data() + done, chunk);
            if (got <= 0)
                endsEarly(next);
            done += static_cast<std::size_t>(got);
        }
        ++next;
    }
};

VolumeFile::VolumeFile(std::unique_ptr<State> state) : m_state(std::move(state)) {}
VolumeFile::VolumeFile(VolumeFile&&) noexcept = default;
VolumeFile& VolumeFile::operator=(VolumeFile&&) noexcept = default;
VolumeFile::~VolumeFile() = default;

VolumeFile VolumeFile::open(const std::filesystem::path& path) {
    const FileContent head = FileContent::readHead(path, kHeader2);
    const Header header = headerIn(head.bytes(), path);
    const nifti_image& image = *header.image;
    auto state = std::make_unique<State>();
    state->path = imageOf(path, header.apart);
    state->element = elementOf(image.datatype);
    state->swapped = header.swapped && state->element->bytes > 1;
    state->offset = static_cast<std::size_t>(std::max<std::int64_t>(0, image.iname_offset));
    if (std::isfinite(image.scl_slope) && image.scl_slope != 0) {
        state->slope = image.scl_slope;
        state->intercept = std::isfinite(image.scl_inter) ? image.scl_inter : 0;
    }
    VolumeInfo& info = state->info;
    info.format = header.format;
    for (std::size_t axis = 0; axis < 3; ++axis)
        info.size[axis] = static_cast<std::size_t>(std::max<std::int64_t>(1, image.dim[axis + 1]));
    for (int axis = 4; axis <= 7; ++axis)
        info.volumes *= static_cast<std::size_t>(std::max<std::int64_t>(1, axis <= image.ndim ? image.dim[axis] : 1));
    info.repetitionTime = secondsIn(image);
    info.oriented = image.sform_code > 0 || image.qform_code > 0;
    info.toMm = affineOf(image.sform_code > 0 ? image.sto_xyz : image.qto_xyz);
    if (!info.toMm.inverse())
        throw FormatError({.where = path.string() + ", header",
                           .expected = "axes that span the space",
                           .found = "a matrix that does not",
                           .remedy = "repair its sform or qform"});

    const double needed = static_cast<double>(state->offset) +
                          static_cast<double>(info.volumes) * static_cast<double>(state->volumeBytes());
    std::error_code ignored;
    const auto there = static_cast<double>(std::filesystem::file_size(state->path, ignored));
    const FileContent first = FileContent::readHead(state->path, 1);
    if (needed > (first.wasCompressed() ? kMostExpansion : 1) * there)
        throw FormatError({.where = state->path.string(),
                           .expected = fmt::format("{} voxels in {} volumes, {:.0f} bytes",
                                                   withThousands(info.voxels()), withThousands(info.volumes), needed),
                           .found = fmt::format("{:.0f} bytes{}", there, first.wasCompressed() ? ", compressed" : ""),
                           .remedy = "get the file again"});
    return VolumeFile(std::move(state));
}

const VolumeInfo& VolumeFile::info() const noexcept { return m_state->info; }

void VolumeFile::readVolumes(std::size_t first, std::size_t count,
                             const std::function<void(std::size_t volume, std::span<const double> values)>& take) {
    State& state = *m_state;
    if (first + count > state.info.volumes)
        throw ParameterError({.where = state.path.string(),
                              .expected = "volumes up to " + withThousands(state.info.volumes),
                              .found = withThousands(first + count)});
    std::vector<std::byte> bytes(state.volumeBytes());
    std::vector<double> values(state.info.voxels());
    const std::size_t size = state.element->bytes;
    if (!state.file || state.next != first)
        state.seek(first);
    for (std::size_t volume = first; volume < first + count; ++volume) {
        state.read(bytes);
        if (state.swapped)
            for (std::size_t v = 0; v < values.size(); ++v)
                std::reverse(bytes.data() + v * size, bytes.data() + (v + 1) * size);
        for (std::size_t v = 0; v < values.size(); ++v)
            values[v] = state.slope * state.element->read(bytes.data() + v * size) + state.intercept;
        take(volume, values);
    }
}

std::vector<double> VolumeFile::readVolume(std::size_t volume) {
    std::vector<double> result;
    readVolumes(volume, 1,
                [&](std::size_t, std::span<const double> values) { result.assign(values.begin(), values.end()); });
    return result;
}

bool looksLikeVolume(const std::filesystem::path& path, std::span<const std::byte> beginning) noexcept {
    const std::string name = plainFileName(path);
    const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
    if (ends(".nii") || ends(".img"))
        return true;
    if (!ends(".hdr") || beginning.size() < 4)
        return false;
    std::int32_t size = 0;
    std::memcpy(&size, beginning.data(), sizeof(size));
    const auto swapped = static_cast<std::int32_t>(__builtin_bswap32(static_cast<std::uint32_t>(size)));
    return size == 348 || size == 540 || swapped == 348 || swapped == 540;
}

} // namespace tercet
