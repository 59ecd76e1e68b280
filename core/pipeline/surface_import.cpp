#include "core/pipeline/surface_import.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/brain/surface_curvature.h"
#include "core/io/cifti_file.h"
#include "core/io/delimited_table.h"
#include "core/io/parcel_names.h"
#include "core/io/pycortex_folder.h"
#include "core/io/volume_file.h"
#include "core/pipeline/brain_import.h"
#include "core/pipeline/import_parts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <map>

namespace tercet {
namespace {

namespace fs = std::filesystem;
using Points = std::vector<std::array<float, 3>>;
using Triangles = std::vector<std::array<std::uint32_t, 3>>;

constexpr const char* kToVoxel = "to_voxel";

/// The words of a file's name: "S1200.L.flat.32k_fs_LR.surf.gii" → s1200, l, flat, 32k, fs, lr, surf, gii.
std::vector<std::string> wordsOf(const fs::path& file) {
    std::vector<std::string> words(1);
    for (const char c : lowered(file.filename().string())) {
        if (c == '.' || c == '_' || c == '-')
            words.emplace_back();
        else
            words.back() += c;
    }
    return words;
}

std::optional<Hemisphere> hemisphereIn(const std::string& word) {
    if (word == "l" || word == "lh" || word == "left")
        return Hemisphere::Left;
    if (word == "r" || word == "rh" || word == "right")
        return Hemisphere::Right;
    return {};
}

std::optional<Hemisphere> hemisphereOf(const fs::path& file) {
    for (const std::string& word : wordsOf(file))
        if (const auto side = hemisphereIn(word))
            return side;
    return {};
}

Hemisphere requiredHemisphere(const fs::path& file) {
    if (const auto side = hemisphereOf(file))
        return *side;
    throw FormatError({.where = file.string(),
                       .expected = "lh, rh, left, right, L or R in the file's name",
                       .found = "none of them",
                       .remedy = "rename the file so that it says which hemisphere it is"});
}

/// What a file of a hemisphere holds.
enum class Geometry { Flat, Inflated, White, Pial, Midthickness, Curvature, Other };

Geometry geometryOf(const fs::path& file) {
    const std::vector<std::string> words = wordsOf(file);
    const auto has = [&](std::initializer_list<const char*> any) {
        return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
            return std::any_of(any.begin(), any.end(), [&](const char* one) { return word == one; });
        });
    };
    if (has({"flat"}))
        return Geometry::Flat;
    if (has({"very", "veryinflated", "sphere", "thick", "thickness", "area", "orig", "smoothwm"}))
        return Geometry::Other;
    if (has({"inflated", "infl"}))
        return Geometry::Inflated;
    if (has({"white", "wm"}))
        return Geometry::White;
    if (has({"pial", "pia"}))
        return Geometry::Pial;
    if (has({"midthickness", "mid", "fiducial"}))
        return Geometry::Midthickness;
    if (has({"curv", "curvature", "sulc"}))
        return Geometry::Curvature;
    return Geometry::Other;
}

/// Whether a mesh has as many vertices as fsaverage's, or those of fs_LR, where both hemispheres have the same.
bool isStandardMesh(std::size_t vertices) {
    constexpr std::array<std::size_t, 8> kStandard = {642,     2'562,  10'242, 40'962, // fsaverage3 … 6
                                                      163'842, 32'492, 59'292, 7'842};
    return std::find(kStandard.begin(), kStandard.end(), vertices) != kStandard.end();
}

/// Collects the files of both hemispheres, and what is wrong between them.
class SurfaceParts {
public:
    void addFile(const fs::path& file, std::vector<std::string>& notes) {
        const Geometry geometry = geometryOf(file);
        if (geometry == Geometry::Other) {
            notes.push_back(fmt::format("{} was left out: its name says no geometry that is used (flat, inflated, "
                                        "white, pial, midthickness, curv or sulc).",
                                        file.filename().string()));
            return;
        }
        const std::string name = lowered(file.filename().string());
        if (geometry == Geometry::Curvature && name.ends_with(".dscalar.nii")) {
            const CiftiContent content = readCifti(file);
            for (const Hemisphere side : kHemispheres)
                addCurvature(side, onSurface(content, 0, side == Hemisphere::Left ? "CORTEX_LEFT" : "CORTEX_RIGHT"),
                             file);
            return;
        }
        const Hemisphere side = requiredHemisphere(file);
        if (const auto [first, isNew] = m_files.emplace(std::pair{side, geometry}, file); !isNew) {
            notes.push_back(fmt::format("{} was left out: {} is taken.", file.filename().string(),
                                        first->second.filename().string()));
            return;
        }
        if (geometry == Geometry::Curvature)
            addCurvature(side, readVertexValues(file), file);
        else if (name.find(".patch") != std::string::npos)
            m_patches[side] = file;
        else
            addMesh(side, geometry, readSurface(file), file);
    }

    void addMesh(Hemisphere side, Geometry geometry, SurfaceMesh mesh, const fs::path& file) {
        CorticalSurface& surface = m_sides[side];
        requireVertices(side, mesh.vertices.size(), file);
        if (geometry == Geometry::Flat) {
            surface.flat = std::move(mesh);
            return;
        }
        if (!surface.triangles.empty() && surface.triangles != mesh.triangles)
            throw FormatError({.where = file.string(),
                               .expected = "the triangles of " + m_first.at(side).filename().string(),
                               .found = "others",
                               .remedy = "import surfaces of one mesh"});
        surface.triangles = std::move(mesh.triangles);
        (geometry == Geometry::Inflated ? surface.inflated
         : geometry == Geometry::White  ? surface.white
         : geometry == Geometry::Pial   ? surface.pial
                                        : surface.midthickness) = std::move(mesh.vertices);
    }

    void addCurvature(Hemisphere side, std::vector<float> values, const fs::path& file) {
        requireVertices(side, values.size(), file);
        m_sides[side].curvature = std::move(values);
    }

    /// Makes what can be made of the rest. Throws FormatError if there is nothing to be drawn of a hemisphere, or of
    /// any.
    void complete(const fs::path& where, std::vector<std::string>& notes) {
        for (const auto& [side, patch] : m_patches) {
            CorticalSurface& surface = m_sides[side];
            const auto folded = surface.folded();
            if (folded.empty())
                throw FormatError({.where = patch.string(),
                                   .what = "a patch is a part of a surface",
                                   .expected = fmt::format("the white or pial surface of the {} hemisphere beside it",
                                                           toString(side)),
                                   .found = "none"});
            surface.flat = flattened({Points(folded.begin(), folded.end()), surface.triangles}, readPatch(patch));
        }
        for (auto& [side, surface] : m_sides) {
            if (surface.vertices() == 0 || (surface.flat.triangles.empty() && surface.triangles.empty()))
                throw FormatError({.where = where.string(),
                                   .expected = fmt::format("a flat, inflated, white, pial or midthickness surface of "
                                                           "the {} hemisphere",
                                                           toString(side)),
                                   .found = "none"});
            if (surface.curvature.empty() && !surface.folded().empty()) {
                surface.curvature = meanCurvature(surface.folded(), surface.triangles);
                if (notes.empty() || notes.back() != kCurvatureNote)
                    notes.emplace_back(kCurvatureNote);
            }
        }
        if (m_sides.empty())
            throw FormatError({.where = where.string(),
                               .expected = "a flat, inflated, white, pial or midthickness surface",
                               .found = "none",
                               .remedy = "rename the files so that they say what they are"});
        if (const auto left = m_vertices.find(Hemisphere::Left), right = m_vertices.find(Hemisphere::Right);
            left != m_vertices.end() && right != m_vertices.end() && left->second != right->second &&
            (isStandardMesh(left->second) || isStandardMesh(right->second)))
            throw FormatError({.where = m_first.at(Hemisphere::Right).string(),
                               .what = "the hemispheres are of different standard meshes",
                               .expected = fmt::format("{} vertices as in {}", withThousands(left->second),
                                                       m_first.at(Hemisphere::Left).filename().string()),
                               .found = withThousands(right->second),
                               .remedy = "import both hemispheres of one mesh"});
        if (m_sides.size() == 1)
            notes.push_back(fmt::format("There is a {} hemisphere only.", toString(m_sides.begin()->first)));
    }

    [[nodiscard]] const std::map<Hemisphere, CorticalSurface>& sides() const { return m_sides; }

private:
    static constexpr const char* kCurvatureNote = "Curvature was computed from the folded surface.";

    void requireVertices(Hemisphere side, std::size_t vertices, const fs::path& file) {
        const auto [first, isNew] = m_first.emplace(side, file);
        if (isNew)
            m_vertices[side] = vertices;
        if (m_vertices[side] != vertices)
            throw FormatError({.where = file.string(),
                               .expected = fmt::format("{} vertices as in {}", withThousands(m_vertices[side]),
                                                       first->second.filename().string()),
                               .found = withThousands(vertices)});
    }

    std::map<Hemisphere, CorticalSurface> m_sides;
    std::map<std::pair<Hemisphere, Geometry>, fs::path> m_files;
    std::map<Hemisphere, fs::path> m_first; ///< file whose number of vertices the others must have
    std::map<Hemisphere, std::size_t> m_vertices;
    std::map<Hemisphere, fs::path> m_patches;
};

Array<float> toArray(const Points& points) {
    Array<float> array{{points.size(), 3}, {}};
    array.values.reserve(points.size() * 3);
    for (const auto& point : points)
        array.values.insert(array.values.end(), point.begin(), point.end());
    return array;
}

Array<std::uint32_t> toArray(const Triangles& triangles) {
    Array<std::uint32_t> array{{triangles.size(), 3}, {}};
    array.values.reserve(triangles.size() * 3);
    for (const auto& triangle : triangles)
        array.values.insert(array.values.end(), triangle.begin(), triangle.end());
    return array;
}

/// Keeps the transform of a pycortex folder that is asked for, or its only one.
void addTransform(const fs::path& path, const PycortexFolder& folder, const std::string& transform, ArrayBundle& arrays,
                  std::vector<std::string>& notes) {
    if (folder.transforms.empty()) {
        if (!transform.empty())
            throw ParameterError({.where = "--transform",
                                  .expected = "none, because " + path.filename().string() + " has no transforms",
                                  .found = tercet::quoted(transform)});
        return;
    }
    std::string all;
    for (const auto& [name, one] : folder.transforms)
        all += (all.empty() ? "" : ", ") + name;
    auto chosen = folder.transforms.find(transform);
    if (transform.empty() && folder.transforms.size() == 1)
        chosen = folder.transforms.begin();
    if (chosen == folder.transforms.end()) {
        if (!transform.empty())
            throw ParameterError(
                {.where = "--transform", .expected = "one of " + all, .found = tercet::quoted(transform)});
        notes.push_back(fmt::format("The folder has several transforms ({}); without --transform, scans are laid on "
                                    "the surface by their own matrix.",
                                    all));
        return;
    }
    arrays.set(kToVoxel, toMatrix(chosen->second.toVoxel));
    notes.push_back(fmt::format("Scans are laid on the surface by the transform {}.", tercet::quoted(chosen->first)));
}

void addPycortex(const fs::path& path, const std::string& transform, SurfaceParts& parts, ArrayBundle& arrays,
                 std::vector<std::string>& notes) {
    const PycortexFolder folder = readPycortexFolder(path);
    addTransform(path, folder, transform, arrays, notes); // before what takes long
    const std::map<std::string, Geometry> known = {{"flat", Geometry::Flat},
                                                   {"inflated", Geometry::Inflated},
                                                   {"wm", Geometry::White},
                                                   {"pia", Geometry::Pial},
                                                   {"fiducial", Geometry::Midthickness}};
    for (const auto& [name, files] : folder.surfaces)
        if (const auto geometry = known.find(name); geometry != known.end())
            for (const Hemisphere side : kHemispheres)
                if (const fs::path& file = side == Hemisphere::Left ? files.left : files.right; !file.empty())
                    parts.addMesh(side, geometry->second, readSurface(file), file);
    if (const auto found = folder.vertexValues.find("curvature"); found != folder.vertexValues.end()) {
        const PycortexValues values = readPycortexValues(found->second);
        for (const Hemisphere side : kHemispheres) {
            const std::vector<double>& one = side == Hemisphere::Left ? values.left : values.right;
            std::vector<float> sulci(one.size()); // pycortex' gyri are above 0
            std::transform(one.begin(), one.end(), sulci.begin(),
                           [](double value) { return static_cast<float>(-value); });
            if (!one.empty())
                parts.addCurvature(side, std::move(sulci), found->second);
        }
    }
}

/// The number of vertices of the surface that parcels of `owner` belong to, where it is known.
std::map<Hemisphere, std::size_t> knownVertices(const Study& study, const std::string& owner) {
    auto key = study.imported(owner, "surface");
    if (!key)
        key = study.imported("", "surface");
    std::map<Hemisphere, std::size_t> vertices;
    if (!key)
        return vertices;
    const auto arrays = study.arrays(*key);
    for (const Hemisphere side : kHemispheres)
        if (const auto surface = surfaceIn(*arrays, side))
            vertices[side] = surface->vertices();
    return vertices;
}

/// Parcels of both hemispheres, whose numbers become places in one list of names.
class ParcelParts {
public:
    void add(Hemisphere side, const std::vector<std::int32_t>& keys, const std::map<std::int32_t, std::string>& names,
             const fs::path& file) {
        if (m_sides.contains(side))
            throw FormatError(
                {.where = file.string(),
                 .expected = fmt::format("one file with the parcels of the {} hemisphere", toString(side)),
                 .found = "two",
                 .remedy = "import one parcellation"});
        std::map<std::int32_t, std::int32_t> places;
        std::vector<std::int32_t>& mine = m_sides[side];
        mine.reserve(keys.size());
        for (const std::int32_t key : keys) {
            auto [place, isNew] = places.emplace(key, -1);
            if (isNew)
                if (const auto name = names.find(key); name != names.end()) {
                    place->second = static_cast<std::int32_t>(m_names.size());
                    m_names.push_back(name->second);
                }
            mine.push_back(place->second);
        }
    }
    void store(ArrayBundle& arrays) && {
        for (auto& [side, parcels] : m_sides)
            arrays.set(toString(side), std::move(parcels));
        arrays.set(scan_arrays::kParcelName, std::move(m_names));
    }
    [[nodiscard]] std::size_t parcels() const { return m_names.size(); }
    [[nodiscard]] const std::map<Hemisphere, std::vector<std::int32_t>>& sides() const { return m_sides; }

private:
    std::map<Hemisphere, std::vector<std::int32_t>> m_sides;
    std::vector<std::string> m_names;
};

std::map<std::int32_t, std::string> namesOf(const std::map<std::int32_t, VertexLabels::Parcel>& parcels) {
    std::map<std::int32_t, std::string> names;
    for (const auto& [key, parcel] : parcels) {
        const std::string word = lowered(parcel.name);
        if (word != "unknown" && word != "???" && word != "medial_wall" && !word.empty())
            names.emplace(key, parcel.name);
    }
    return names;
}

/// A text file with a whole number per vertex.
std::vector<std::int32_t> numbersPerVertex(const fs::path& file) {
    const DelimitedTable table = DelimitedTable::read(file, {.header = HeaderRule::Absent});
    if (table.columns() != 1)
        throw FormatError({.where = file.string(),
                           .expected = "one column with the number of each vertex’ parcel",
                           .found = counted(table.columns(), "column", "columns")});
    std::vector<std::int32_t> keys;
    keys.reserve(table.rows());
    for (std::size_t r = 0; r < table.rows(); ++r) {
        const double value = table.number(r, 0);
        if (value != std::floor(value) || std::abs(value) > std::numeric_limits<std::int32_t>::max())
            throw FormatError(
                {.where = table.place(r, 0), .expected = "a whole number", .found = fmt::format("{}", value)});
        keys.push_back(static_cast<std::int32_t>(value));
    }
    return keys;
}

std::map<std::int32_t, std::string> givenNames(const ImportRequest& request) {
    if (request.parcelNames.empty())
        throw MissingError({.where = request.files.front().string(),
                            .what = "the file has numbers of parcels without names",
                            .remedy = "give a list or table of names as --names"});
    return readParcelNames(request.parcelNames);
}

/// Those of numbers per vertex. Throws FormatError if there are higher numbers than names: they are of others then.
std::map<std::int32_t, std::string> givenNames(const ImportRequest& request, const std::vector<std::int32_t>& keys) {
    std::map<std::int32_t, std::string> names = givenNames(request);
    const auto highest = keys.empty() ? 0 : *std::max_element(keys.begin(), keys.end());
    if (names.empty() || highest > names.rbegin()->first)
        throw FormatError({.where = request.parcelNames.string(),
                           .expected = fmt::format("names of parcels up to number {} of {}", highest,
                                                   request.files.front().filename().string()),
                           .found = names.empty() ? "none" : fmt::format("the last for {}", names.rbegin()->first),
                           .remedy = "give the names of these parcels, as a list in the order of their numbers or as a "
                                     "table with them"});
    return names;
}

/// Whether parcels have the numbers from 1 on, as atlases count theirs; of FreeSurfer's, half of the first are of none.
bool areCountedThrough(const std::map<std::int32_t, std::int32_t>& numbers) {
    constexpr std::int32_t kOfStructures = 85; // the last that FreeSurfer gives to a structure of the brain
    const std::int32_t last = std::min(kOfStructures, numbers.empty() ? 0 : numbers.rbegin()->first);
    const auto used = std::distance(numbers.lower_bound(1), numbers.upper_bound(last));
    return used > 0.7 * last;
}

ImportReport importVolumeParcels(Study& study, const ImportRequest& request, const std::optional<Subject>& subject) {
    const fs::path& path = request.files.front();
    VolumeFile file = VolumeFile::open(path);
    const VolumeInfo info = file.info();
    if (info.volumes != 1)
        throw FormatError({.where = path.string(),
                           .expected = "one volume of parcel numbers",
                           .found = counted(info.volumes, "volume", "volumes")});
    if (!info.oriented)
        throw FormatError({.where = path.string(),
                           .expected = "a matrix from voxels to mm, so that parcels can be laid over scans",
                           .found = "none"});
    std::map<std::int32_t, std::string> names;
    if (!request.parcelNames.empty())
        names = readParcelNames(request.parcelNames);
    const RegionTable regions = regionTableOf(study);
    std::size_t known = 0; // numbers that the regions have
    std::size_t all = 0;
    std::map<std::int32_t, std::int32_t> places;
    std::vector<std::string> used;
    Array<std::int32_t> parcels{{info.size[2], info.size[1], info.size[0]}, {}};
    parcels.values.reserve(info.voxels());
    for (const double value : file.readVolume()) {
        if (value != std::floor(value) || std::abs(value) > 1e9)
            throw FormatError(
                {.where = path.string(), .expected = "whole numbers of parcels", .found = fmt::format("{:g}", value)});
        const auto key = static_cast<std::int32_t>(value);
        auto [place, isNew] = places.emplace(key, -1);
        if (isNew && key != 0) {
            const auto name = names.find(key);
            known += static_cast<std::size_t>(regionOfVolume(regions, key).has_value());
            ++all;
            if (name != names.end() || names.empty()) {
                place->second = static_cast<std::int32_t>(used.size());
                used.push_back(name != names.end() ? name->second : fmt::format("#{}", key));
            }
        }
        parcels.values.push_back(place->second);
    }
    if (used.empty())
        throw FormatError({.where = path.string(), .expected = "parcels", .found = "none"});
    if (names.empty() && (known == 0 || areCountedThrough(places)))
        static_cast<void>(givenNames(request)); // nothing could be made of the numbers
    Study::Import import;
    import.kind = "volume-parcels";
    import.source = path;
    if (subject) {
        import.owner = subject->name;
        import.subjects = {*subject};
    }
    if (names.empty())
        import.notes.push_back(fmt::format("Without names, the numbers are taken as FreeSurfer's; {} of {} belong to a "
                                           "region.",
                                           known, all));
    ImportReport report;
    report.notes = import.notes;
    report.summary = fmt::format("Imported {} of a volume of {} × {} × {} voxels{}.",
                                 counted(used.size(), "parcel", "parcels"), info.size[0], info.size[1], info.size[2],
                                 subject ? " for subject “" + subject->name + "”" : " for all subjects");
    import.arrays.arrays["parcel"] = std::move(parcels);
    import.arrays.set(scan_arrays::kParcelName, std::move(used));
    import.arrays.set("affine", toMatrix(info.toMm));
    report.key = study.add(std::move(import));
    return report;
}

} // namespace

bool isUsedSurface(const fs::path& file) { return geometryOf(file) != Geometry::Other; }

std::string nameWithoutHemisphere(const fs::path& file) {
    std::string name;
    for (const std::string& word : wordsOf(file))
        if (word != "hemi" && !hemisphereIn(word))
            name += (name.empty() ? "" : ".") + word;
    return name;
}

std::string arrayName(Hemisphere side, const char* what) { return fmt::format("{}_{}", toString(side), what); }

template <class T>
std::vector<std::array<T, 3>> triplesIn(const ArrayBundle& arrays, const std::string& name) {
    std::vector<std::array<T, 3>> rows;
    if (!arrays.contains(name))
        return rows;
    const std::vector<T>& values = arrays.get<T>(name).values;
    rows.resize(values.size() / 3);
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i] = {values[3 * i], values[3 * i + 1], values[3 * i + 2]};
    return rows;
}
template std::vector<std::array<float, 3>> triplesIn(const ArrayBundle&, const std::string&);
template std::vector<std::array<std::uint32_t, 3>> triplesIn(const ArrayBundle&, const std::string&);

const char* toString(Hemisphere side) { return side == Hemisphere::Left ? "left" : "right"; }

std::size_t CorticalSurface::vertices() const noexcept {
    for (const Points* points : {&flat.vertices, &inflated, &white, &pial, &midthickness})
        if (!points->empty())
            return points->size();
    return 0;
}

std::span<const std::array<float, 3>> CorticalSurface::folded() const noexcept {
    return !midthickness.empty() ? midthickness : !white.empty() ? white : pial;
}

std::optional<CorticalSurface> surfaceIn(const ArrayBundle& arrays, Hemisphere side) {
    const auto points = [&](const char* what) { return triplesIn<float>(arrays, arrayName(side, what)); };
    CorticalSurface surface;
    surface.flat.vertices = points("flat");
    surface.flat.triangles = triplesIn<std::uint32_t>(arrays, arrayName(side, "flat_triangles"));
    surface.inflated = points("inflated");
    surface.white = points("white");
    surface.pial = points("pial");
    surface.midthickness = points("midthickness");
    surface.triangles = triplesIn<std::uint32_t>(arrays, arrayName(side, "triangles"));
    if (surface.vertices() == 0)
        return {};
    if (const std::string name = arrayName(side, "curvature"); arrays.contains(name))
        surface.curvature = arrays.get<float>(name).values;
    return surface;
}

Affine affineIn(const ArrayBundle& arrays, const std::string& name) {
    const MatrixView<const double> values = arrays.matrix(name);
    Affine affine;
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 4; ++c)
            affine.rows[r][c] = values(r, c);
    return affine;
}

Matrix<double> toMatrix(const Affine& affine) {
    Matrix<double> matrix(3, 4);
    for (std::size_t r = 0; r < 3; ++r)
        std::copy(affine.rows[r].begin(), affine.rows[r].end(), matrix.row(r).begin());
    return matrix;
}

std::optional<Affine> transformIn(const ArrayBundle& arrays) {
    if (!arrays.contains(kToVoxel))
        return {};
    return affineIn(arrays, kToVoxel);
}

std::span<const std::int32_t> parcelsIn(const ArrayBundle& arrays, Hemisphere side) {
    if (!arrays.contains(toString(side)))
        return {};
    return arrays.get<std::int32_t>(toString(side)).values;
}

ImportReport importSurface(Study& study, const ImportRequest& request) {
    const std::optional<Subject> subject = subjectOrAll(request);
    Study::Import import;
    SurfaceParts parts;
    for (const fs::path& file : request.files) {
        if (std::error_code ignored; !fs::exists(file, ignored))
            throw MissingError({.where = file.string(),
                                .what = "there is no such file",
                                .remedy = "check its name and whether it was moved"});
        if (looksLikePycortexFolder(file))
            addPycortex(file, request.transform, parts, import.arrays, import.notes);
        else
            parts.addFile(file, import.notes);
    }
    if (!request.transform.empty() && std::none_of(request.files.begin(), request.files.end(), looksLikePycortexFolder))
        throw ParameterError({.where = "--transform",
                              .expected = "a folder of pycortex, which has transforms",
                              .found = request.files.front().filename().string()});
    parts.complete(request.files.front(), import.notes);
    import.kind = "surface";
    import.source = request.files.front();
    if (subject) {
        import.owner = subject->name;
        import.subjects = {*subject};
    }
    std::string counts;
    for (const auto& [side, surface] : parts.sides()) {
        counts += fmt::format("{}{} {} vertices", counts.empty() ? "" : ", ", toString(side),
                              withThousands(surface.vertices()));
        const auto set = [&, s = side](const char* what, const Points& points) {
            if (!points.empty())
                import.arrays.arrays[arrayName(s, what)] = toArray(points);
        };
        set("flat", surface.flat.vertices);
        if (!surface.flat.triangles.empty())
            import.arrays.arrays[arrayName(side, "flat_triangles")] = toArray(surface.flat.triangles);
        set("inflated", surface.inflated);
        set("white", surface.white);
        set("pial", surface.pial);
        set("midthickness", surface.midthickness);
        if (!surface.triangles.empty())
            import.arrays.arrays[arrayName(side, "triangles")] = toArray(surface.triangles);
        if (!surface.curvature.empty())
            import.arrays.set(arrayName(side, "curvature"), surface.curvature);
    }
    ImportReport report;
    report.notes = import.notes;
    report.summary = fmt::format("Imported the cortical surface{}: {}.",
                                 subject ? " of subject “" + subject->name + "”" : " for all subjects", counts);
    report.key = study.add(std::move(import));
    return report;
}

ImportReport importParcellation(Study& study, const ImportRequest& request) {
    const std::optional<Subject> subject = subjectOrAll(request);
    const auto vertices = knownVertices(study, subject ? subject->name : std::string());
    ParcelParts parts;
    for (const fs::path& file : request.files) {
        const std::string name = lowered(file.filename().string());
        if (name.ends_with(".dlabel.nii")) {
            const CiftiContent content = readCifti(file);
            if (content.parcels.empty() || content.parcels.front().empty())
                throw FormatError({.where = file.string(), .expected = "labels", .found = "a map without labels"});
            for (const Hemisphere side : kHemispheres) {
                std::vector<std::int32_t> keys;
                for (const float value :
                     onSurface(content, 0, side == Hemisphere::Left ? "CORTEX_LEFT" : "CORTEX_RIGHT"))
                    keys.push_back(std::isfinite(value) ? static_cast<std::int32_t>(value)
                                                        : std::numeric_limits<std::int32_t>::min());
                parts.add(side, keys, namesOf(content.parcels.front()), file);
            }
        } else if (name.ends_with(".annot") || name.ends_with(".gii") || name.ends_with(".gii.gz")) {
            const VertexLabels labels = readVertexLabels(file);
            parts.add(requiredHemisphere(file), labels.keys,
                      request.parcelNames.empty() ? namesOf(labels.parcels) : readParcelNames(request.parcelNames),
                      file);
        } else if (name.ends_with(".csv") || name.ends_with(".txt") || name.ends_with(".tsv")) {
            const std::vector<std::int32_t> keys = numbersPerVertex(file);
            if (const auto side = hemisphereOf(file)) {
                parts.add(*side, keys, givenNames(request, keys), file);
                continue;
            }
            // Both hemispheres, the left first.
            const auto left = vertices.find(Hemisphere::Left);
            const auto right = vertices.find(Hemisphere::Right);
            // A side that is not known has as many vertices as the other.
            const std::size_t middle = left != vertices.end()    ? left->second
                                       : right != vertices.end() ? right->second
                                                                 : keys.size() / 2;
            const std::size_t rest = right != vertices.end() ? right->second : middle;
            if (middle + rest != keys.size())
                throw FormatError({.where = file.string(),
                                   .what = "the parcellation is of another mesh",
                                   .expected = fmt::format("{} vertices of the left hemisphere, then {} of the right",
                                                           withThousands(middle), withThousands(rest)),
                                   .found = withThousands(keys.size())});
            const auto names = givenNames(request, keys);
            const auto half = keys.begin() + static_cast<std::ptrdiff_t>(middle);
            parts.add(Hemisphere::Left, {keys.begin(), half}, names, file);
            parts.add(Hemisphere::Right, {half, keys.end()}, names, file);
        } else {
            if (request.files.size() != 1)
                throw ParameterError({.where = "import parcellation",
                                      .expected = "one volume",
                                      .found = counted(request.files.size(), "file", "files")});
            return importVolumeParcels(study, request, subject);
        }
    }
    for (const auto& [side, parcels] : parts.sides())
        if (const auto known = vertices.find(side); known != vertices.end() && known->second != parcels.size())
            throw FormatError({.where = request.files.front().string(),
                               .what = "the parcellation is of another mesh",
                               .expected = fmt::format("{} vertices of the {} hemisphere as in the surface",
                                                       withThousands(known->second), toString(side)),
                               .found = withThousands(parcels.size())});
    if (parts.parcels() == 0)
        throw FormatError({.where = request.files.front().string(), .expected = "named parcels", .found = "none"});
    Study::Import import;
    import.kind = "parcels";
    import.source = request.files.front();
    if (subject) {
        import.owner = subject->name;
        import.subjects = {*subject};
    }
    ImportReport report;
    report.summary = fmt::format("Imported {} of {}{}.", counted(parts.parcels(), "parcel", "parcels"),
                                 parts.sides().size() == 2
                                     ? "both hemispheres"
                                     : fmt::format("the {} hemisphere", toString(parts.sides().begin()->first)),
                                 subject ? " for subject “" + subject->name + "”" : " for all subjects");
    std::move(parts).store(import.arrays);
    report.key = study.add(std::move(import));
    return report;
}

} // namespace tercet
