#include "core/io/volume_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/atomic_file.h"
#include "core/io/file_content.h"
#include "core/io/mgh_header.h"
#include "core/io/nifti_header.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

namespace tercet {
namespace {

constexpr double kMostExpansion = 1100; ///< gzip cannot pack more bytes into one

/// A file that is written from its beginning, packed or plain.
class PackedWriter {
public:
    PackedWriter(const AtomicFile& target, bool packed)
        : m_target(target), m_file(gzopen(target.temporaryPath().c_str(), packed ? "wbe1" : "wbeT")) {
        if (!m_file)
            refuse();
        gzbuffer(m_file, 1U << 18U);
    }
    PackedWriter(const PackedWriter&) = delete;
    PackedWriter& operator=(const PackedWriter&) = delete;
    ~PackedWriter() {
        if (m_file)
            gzclose_w(m_file);
    }
    void write(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const auto part = bytes.first(std::min<std::size_t>(bytes.size(), 1U << 26U));
            if (gzwrite(m_file, part.data(), static_cast<unsigned>(part.size())) != static_cast<int>(part.size()))
                refuse();
            bytes = bytes.subspan(part.size());
        }
    }
    void close() {
        if (gzclose_w(std::exchange(m_file, nullptr)) != Z_OK)
            refuse();
    }

private:
    [[noreturn]] void refuse() const {
        const int error = errno;
        const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
        m_target.rethrow(
            StorageError({.what = full ? std::string("the disk is full")
                                       : "cannot be written (" + std::generic_category().message(error) + ")",
                          .remedy = "check the folder and the disk"}));
    }

    const AtomicFile& m_target;
    gzFile m_file;
};

} // namespace

struct VolumeFile::State {
    VolumeHeader header;
    gzFile file = nullptr;
    std::size_t next = 0; ///< volume at which the file stands

    explicit State(VolumeHeader read) : header(std::move(read)) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (file)
            gzclose_r(file);
    }
    [[nodiscard]] std::size_t volumeBytes() const { return header.info.voxels() * header.type.bytes; }
    void seek(std::size_t volume, const JobControl& control) {
        if (!file)
            file = gzopen(header.image.c_str(), "rb");
        if (!file)
            throw StorageError(
                {.where = header.image.string(), .what = "cannot be read", .remedy = "check its permissions"});
        gzbuffer(file, 1U << 18U);
        const auto at = static_cast<z_off_t>(header.offset + volume * volumeBytes());
        if (gzdirect(file) != 0) {
            if (gzseek(file, at, SEEK_SET) != at)
                endsEarly(volume);
        } else { // zlib would read to there all at once, and not before it is asked for more
            if (gztell(file) > at)
                gzrewind(file);
            std::vector<std::byte> passed(std::size_t{1} << 20);
            while (gztell(file) < at) {
                control.check();
                const auto step = std::min(static_cast<z_off_t>(passed.size()), at - gztell(file));
                if (gzread(file, passed.data(), static_cast<unsigned>(step)) != static_cast<int>(step))
                    endsEarly(volume);
            }
        }
        next = volume;
    }
    [[noreturn]] void endsEarly(std::size_t volume) const {
        throw FormatError(
            {.where = header.image.string(),
             .expected = withThousands(header.info.volumes) + " volumes of " + withThousands(volumeBytes()) + " bytes",
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
    const FileContent head = FileContent::readHead(path, kLongestNiftiHeader);
    auto state = std::make_unique<State>(looksLikeMgh(head.bytes()) ? readMghHeader(head.bytes(), path)
                                                                    : readNiftiHeader(head.bytes(), path));
    const VolumeHeader& header = state->header;
    const VolumeInfo& info = header.info;
    const double needed = static_cast<double>(header.offset) +
                          static_cast<double>(info.volumes) * static_cast<double>(state->volumeBytes());
    std::error_code ignored;
    const auto there = static_cast<double>(std::filesystem::file_size(header.image, ignored));
    const FileContent first = FileContent::readHead(header.image, 1);
    if (needed > (first.wasCompressed() ? kMostExpansion : 1) * there)
        throw FormatError({.where = header.image.string(),
                           .expected = fmt::format("{} voxels in {} volumes, {:.0f} bytes",
                                                   withThousands(info.voxels()), withThousands(info.volumes), needed),
                           .found = fmt::format("{:.0f} bytes{}", there, first.wasCompressed() ? ", compressed" : ""),
                           .remedy = "get the file again"});
    if (info.format == kMghFormat && info.volumes > 1)
        state->header.info.repetitionTime =
            readMghRepetitionTime(header.image, header.offset + info.volumes * state->volumeBytes());
    return VolumeFile(std::move(state));
}

const VolumeInfo& VolumeFile::info() const noexcept { return m_state->header.info; }

const std::filesystem::path& VolumeFile::image() const noexcept { return m_state->header.image; }

void VolumeFile::readVolumes(std::size_t first, std::size_t count,
                             const std::function<void(std::size_t volume, std::span<const double> values)>& take,
                             const JobControl& control) {
    State& state = *m_state;
    const VolumeHeader& header = state.header;
    if (first > header.info.volumes || count > header.info.volumes - first)
        throw ParameterError({.where = header.image.string(),
                              .expected = "volumes up to " + withThousands(header.info.volumes),
                              .found = withThousands(first + count)});
    std::vector<std::byte> bytes(state.volumeBytes());
    std::vector<double> values(header.info.voxels());
    const std::size_t size = header.type.bytes;
    if (!state.file || state.next != first)
        state.seek(first, control);
    for (std::size_t volume = first; volume < first + count; ++volume) {
        control.check();
        state.read(bytes);
        if (header.swapped && size > 1)
            for (std::size_t v = 0; v < values.size(); ++v)
                std::reverse(bytes.data() + v * size, bytes.data() + (v + 1) * size);
        for (std::size_t v = 0; v < values.size(); ++v)
            values[v] = header.slope * header.type.read(bytes.data() + v * size) + header.intercept;
        take(volume, values);
    }
}

void VolumeFile::requireComplete(const JobControl& control) {
    State& state = *m_state;
    const VolumeInfo& info = state.header.info;
    if (!FileContent::readHead(state.header.image, 1).wasCompressed()) // open() saw its size
        return;
    // A whole gzip file ends with its unpacked size, modulo 2³².
    const std::uint64_t needed = state.header.offset + info.volumes * state.volumeBytes();
    std::ifstream file(state.header.image, std::ios::binary);
    std::array<unsigned char, 4> last{};
    file.seekg(-static_cast<std::streamoff>(last.size()), std::ios::end);
    file.read(reinterpret_cast<char*>(last.data()), static_cast<std::streamsize>(last.size()));
    std::uint32_t size = 0;
    for (std::size_t i = last.size(); i-- > 0;)
        size = size << 8U | last[i];
    if (file && size == static_cast<std::uint32_t>(needed))
        return;
    if (!state.file || state.next > info.volumes - 1)
        state.seek(0, control);
    std::vector<std::byte> bytes(state.volumeBytes());
    while (state.next < info.volumes) {
        control.check();
        state.read(bytes);
    }
}

std::vector<double> VolumeFile::readVolume(std::size_t volume) {
    std::vector<double> result;
    readVolumes(volume, 1,
                [&](std::size_t, std::span<const double> values) { result.assign(values.begin(), values.end()); });
    return result;
}

void writeVolumes(const std::filesystem::path& path, const VolumeInfo& info, std::size_t count,
                  const std::function<void(std::size_t volume, std::span<double> values)>& fill,
                  const VoxelStorage& storage) {
    if (!plainFileName(path).ends_with(".nii"))
        throw ParameterError(
            {.where = path.string(), .expected = "a name that ends in .nii or .nii.gz", .found = "another"});
    if (storage.integers &&
        !(fitsFloat(storage.slope) && fitsFloat(storage.intercept) && static_cast<float>(storage.slope) != 0))
        throw ParameterError({.where = path.string(),
                              .expected = "a finite slope other than 0 and a finite intercept",
                              .found = fmt::format("{} and {}", storage.slope, storage.intercept)});
    const std::string header = makeNiftiHeader(info, count, storage, path);
    const double slope = static_cast<float>(storage.integers ? storage.slope : 1);
    const double intercept = static_cast<float>(storage.integers ? storage.intercept : 0);
    AtomicFile target(path);
    PackedWriter writer(target, lowered(path.extension().string()) == ".gz");
    writer.write(std::as_bytes(std::span(header)));
    std::vector<double> values(info.voxels());
    std::vector<float> floats(storage.integers ? 0 : values.size());
    std::vector<std::int16_t> integers(storage.integers ? values.size() : 0);
    for (std::size_t volume = 0; volume < count; ++volume) {
        std::ranges::fill(values, 0);
        fill(volume, values);
        const auto refuse = [&](std::size_t voxel, const char* expected) {
            throw DataError({.where = fmt::format("{}, volume {}, voxel {}", path.string(), volume + 1, voxel + 1),
                             .expected = expected,
                             .found = fmt::format("{}", values[voxel])});
        };
        for (std::size_t v = 0; v < values.size(); ++v) {
            if (storage.integers) {
                const double stored = std::round((values[v] - intercept) / slope);
                if (!(stored >= -32768 && stored <= 32767))
                    refuse(v, "a value that slope and intercept bring to 16 bits");
                integers[v] = static_cast<std::int16_t>(stored);
            } else {
                if (std::isfinite(values[v]) && !fitsFloat(values[v]))
                    refuse(v, "a value of 32 bits");
                floats[v] = static_cast<float>(values[v]);
            }
        }
        writer.write(storage.integers ? std::as_bytes(std::span(integers)) : std::as_bytes(std::span(floats)));
    }
    writer.close();
    target.commit();
}

bool looksLikeVolume(const std::filesystem::path& path, std::span<const std::byte> beginning) noexcept {
    const std::string name = plainFileName(path);
    const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
    if (ends(".nii") || ends(".img") || ends(".mgh") || ends(".mgz"))
        return true;
    if (!ends(".hdr") || beginning.size() < 4)
        return false;
    std::int32_t size = 0;
    std::memcpy(&size, beginning.data(), sizeof(size));
    const auto swapped = static_cast<std::int32_t>(__builtin_bswap32(static_cast<std::uint32_t>(size)));
    return size == 348 || size == 540 || swapped == 348 || swapped == 540;
}

} // namespace tercet
