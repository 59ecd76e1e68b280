#include "core/io/pycortex_folder.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/file_content.h"
#include "core/io/numpy_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <system_error>

namespace tercet {
namespace {

using nlohmann::json;

/// What lies in a folder, in the order of the names; nothing if there is no such folder.
std::vector<std::filesystem::path> entriesOf(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> entries;
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error))
        return entries;
    std::filesystem::directory_iterator at(folder, error);
    for (; !error && at != std::filesystem::directory_iterator(); at.increment(error))
        entries.push_back(at->path());
    if (error)
        throw StorageError({.where = folder.string(),
                            .what = "cannot be listed (" + error.message() + ")",
                            .remedy = "check its permissions and the disk"});
    std::ranges::sort(entries);
    return entries;
}

std::map<std::string, PycortexSurface> surfacesIn(const std::filesystem::path& folder) {
    std::map<std::string, PycortexSurface> surfaces;
    for (const std::filesystem::path& path : entriesOf(folder)) {
        std::string name = path.filename().string();
        for (const std::string_view packed : {".gz", ".gii"})
            if (name.ends_with(packed))
                name.resize(name.size() - packed.size());
        const bool left = name.ends_with("_lh");
        if (plainFileName(path).ends_with(".gii") && name.size() > 3 && (left || name.ends_with("_rh"))) {
            PycortexSurface& surface = surfaces[name.substr(0, name.size() - 3)];
            (left ? surface.left : surface.right) = path;
        }
    }
    return surfaces;
}

/// The matrix "coord" of a file of matrices.
Affine readCoord(const std::filesystem::path& path) {
    const FileContent content = FileContent::read(path);
    json matrices;
    try {
        matrices = json::parse(content.text());
    } catch (const json::parse_error& error) {
        throw FormatError({.where = fmt::format("{}, byte {}", path.string(), error.byte),
                           .expected = "JSON",
                           .found = "something else",
                           .remedy = "copy or make the file again"});
    }
    const auto isRow = [](const json& row) {
        return row.is_array() && row.size() == 4 &&
               std::ranges::all_of(row, [](const json& number) { return number.is_number(); });
    };
    const json coord = matrices.is_object() ? matrices.value("coord", json()) : json();
    if (!coord.is_array() || coord.size() != 4 || !std::ranges::all_of(coord, isRow))
        throw FormatError({.where = path.string(), .expected = "“coord”, 4 × 4 numbers", .found = "none"});
    if (coord[3].get<std::array<double, 4>>() != std::array<double, 4>{0, 0, 0, 1})
        throw FormatError({.where = path.string() + ", “coord”",
                           .expected = "a last row of 0, 0, 0, 1",
                           .found = tercet::quoted(coord[3].dump())});
    Affine affine;
    for (std::size_t r = 0; r < 3; ++r)
        affine.rows[r] = coord[r].get<std::array<double, 4>>();
    if (!affine.inverse())
        throw FormatError({.where = path.string() + ", “coord”",
                           .expected = "axes that span the space",
                           .found = "a matrix that does not"});
    return affine;
}

PycortexTransform transformIn(const std::filesystem::path& folder) {
    PycortexTransform transform;
    transform.toVoxel = readCoord(folder / "matrices.xfm");
    for (const std::filesystem::path& path : entriesOf(folder)) {
        const std::string name = plainFileName(path);
        if (name == "reference.nii")
            transform.reference = path;
        else if (name.starts_with("mask_") && name.ends_with(".nii"))
            transform.masks[name.substr(5, name.size() - 9)] = path;
    }
    return transform;
}

} // namespace

PycortexFolder readPycortexFolder(const std::filesystem::path& folder) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored))
        throw MissingError({.where = folder.string(), .what = "there is no such folder"});
    PycortexFolder subject;
    subject.surfaces = surfacesIn(folder / "surfaces");
    if (subject.surfaces.empty())
        throw FormatError({.where = folder.string(),
                           .expected = "a subject of pycortex, with surfaces/NAME_lh.gii or NAME_rh.gii",
                           .found = "none",
                           .remedy = "choose the folder of one subject, not that of the store"});
    for (const std::filesystem::path& path : entriesOf(folder / "transforms"))
        if (std::filesystem::exists(path / "matrices.xfm", ignored))
            subject.transforms[path.filename().string()] = transformIn(path);
    for (const std::filesystem::path& path : entriesOf(folder / "surface-info"))
        if (path.extension() == ".npz")
            subject.vertexValues[path.stem().string()] = path;
    if (std::filesystem::exists(folder / "overlays.svg", ignored))
        subject.overlays = folder / "overlays.svg";
    return subject;
}

bool looksLikePycortexFolder(const std::filesystem::path& folder) noexcept {
    try {
        return !surfacesIn(folder / "surfaces").empty();
    } catch (const std::exception&) {
        return false;
    }
}

PycortexValues readPycortexValues(const std::filesystem::path& path) {
    auto arrays = readNpz(path);
    const auto take = [&](const char* side) {
        const auto found = arrays.find(side);
        if (found == arrays.end())
            return std::vector<double>();
        const std::string where = fmt::format("{}, {}", path.string(), side);
        Array<double> values = toDoubles(std::move(found->second), where);
        if (values.shape.size() != 1)
            throw FormatError({.where = where,
                               .expected = "one value per vertex",
                               .found = "an array of " + shapeText(values.shape)});
        return std::move(values.values);
    };
    PycortexValues values{take("left"), take("right")};
    if (values.left.empty() && values.right.empty())
        throw FormatError({.where = path.string(),
                           .expected = "values of vertices under “left” or “right”",
                           .found = arrays.empty() ? "nothing" : tercet::quoted(arrays.begin()->first)});
    return values;
}

} // namespace tercet
