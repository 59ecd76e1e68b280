#include "core/io/mgh_header.h"

#include "core/base/error.h"
#include "core/io/big_endian_reader.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

namespace tercet {
namespace {

constexpr std::array<std::byte, 4> kVersion{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}};
constexpr std::size_t kHeader = 284;
constexpr std::array<VoxelType, 5> kTypes{{{0, 1, voxelAt<std::uint8_t>},
                                           {1, 4, voxelAt<std::int32_t>},
                                           {3, 4, voxelAt<float>},
                                           {4, 2, voxelAt<std::int16_t>},
                                           {10, 2, voxelAt<std::uint16_t>}}};

} // namespace

bool looksLikeMgh(std::span<const std::byte> beginning) noexcept {
    return beginning.size() >= kVersion.size() && std::ranges::equal(beginning.first(kVersion.size()), kVersion);
}

VolumeHeader readMghHeader(std::span<const std::byte> beginning, const std::filesystem::path& path) {
    const std::string where = path.string() + ", header";
    BigEndianReader reader(beginning, where);
    reader.require(kHeader, "a header");
    static_cast<void>(reader.integer()); // version
    std::array<std::int32_t, 4> lengths{};
    double voxels = 1;
    for (std::size_t axis = 0; axis < lengths.size(); ++axis) {
        lengths[axis] = reader.integer();
        if (lengths[axis] < 1)
            throw FormatError({.where = fmt::format("{}, axis {}", where, axis + 1),
                               .expected = "a length of at least 1",
                               .found = std::to_string(lengths[axis])});
        if (axis < 3)
            voxels *= lengths[axis];
    }
    if (voxels > static_cast<double>(kMostVoxels))
        throw FormatError({.where = where,
                           .expected = "at most " + withThousands(kMostVoxels) + " voxels in a volume",
                           .found = fmt::format("{:.3g}", voxels)});
    const std::int32_t code = reader.integer();
    const auto type = std::ranges::find(kTypes, code, &VoxelType::code);
    if (type == kTypes.end())
        throw FormatError({.where = where,
                           .expected = "real numbers (types 0, 1, 3, 4 and 10)",
                           .found = "elements of type " + std::to_string(code)});
    static_cast<void>(reader.integer()); // degrees of freedom

    VolumeHeader header;
    header.image = path;
    header.type = *type;
    header.swapped = std::endian::native == std::endian::little;
    header.offset = kHeader;
    VolumeInfo& info = header.info;
    info.format = kMghFormat;
    std::copy_n(lengths.begin(), 3, info.size.begin());
    info.volumes = static_cast<std::size_t>(lengths[3]);
    info.oriented = reader.shortInteger() > 0;
    Point3 spacing{1, 1, 1};
    std::array<Point3, 3> axes{{{-1, 0, 0}, {0, 0, -1}, {0, 1, 0}}};
    Point3 centre{};
    if (info.oriented) {
        std::ranges::generate(spacing, [&] { return reader.real(); });
        for (Point3& axis : axes)
            std::ranges::generate(axis, [&] { return reader.real(); });
        std::ranges::generate(centre, [&] { return reader.real(); });
    }
    for (std::size_t r = 0; r < 3; ++r) {
        info.toMm.rows[r][3] = centre[r];
        for (std::size_t c = 0; c < 3; ++c) {
            info.toMm.rows[r][c] = axes[c][r] * spacing[c];
            info.toMm.rows[r][3] -= info.toMm.rows[r][c] * lengths[c] / 2;
        }
    }
    if (!info.toMm.inverse())
        throw FormatError({.where = where,
                           .expected = "axes that span the space",
                           .found = "a matrix that does not",
                           .remedy = "repair its direction cosines"});
    return header;
}

double readMghRepetitionTime(const std::filesystem::path& path, std::size_t end) {
    const std::unique_ptr<std::remove_pointer_t<gzFile>, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose_r);
    std::array<std::byte, 4> bytes{};
    if (!file || gzseek(file.get(), static_cast<z_off_t>(end), SEEK_SET) < 0 ||
        gzread(file.get(), bytes.data(), bytes.size()) != static_cast<int>(bytes.size()))
        return 0;
    const double milliseconds = BigEndianReader(bytes, path.string()).real();
    return std::isfinite(milliseconds) && milliseconds > 0 ? milliseconds / 1e3 : 0;
}

} // namespace tercet
