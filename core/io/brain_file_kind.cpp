#include "core/io/brain_file_kind.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/bdata_file.h"
#include "core/io/big_endian_reader.h"
#include "core/io/cifti_file.h"
#include "core/io/event_file.h"
#include "core/io/gifti_file.h"
#include "core/io/hdf5.h"
#include "core/io/pycortex_folder.h"
#include "core/io/surface_mesh.h"
#include "core/io/volume_file.h"
#include "core/io/xml_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace tercet {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestLabels = std::uintmax_t{64} << 20U; ///< bytes of a file that is read as a whole
constexpr std::size_t kFewestVertices = 642;                         ///< of a hemisphere: fsaverage3
constexpr std::size_t kFewestVolumes = 20;                           ///< that labels are recognised by

RecognisedFile unknown(std::string description) { return {FileKind::Unknown, std::move(description)}; }

std::string vertices(std::size_t count) { return counted(count, "vertex", "vertices"); }

RecognisedFile valuesOfVertices(std::size_t count) {
    return {FileKind::Surface,
            fmt::format("Values of {}: importing keeps curvature or sulcal depth with a surface.", vertices(count))};
}

RecognisedFile parcelsOfVertices(std::size_t parcels, std::size_t count) {
    return {FileKind::Parcellation, fmt::format("A parcellation with {} of {}: importing says which region each "
                                                "belongs to.",
                                                counted(parcels, "parcel", "parcels"), vertices(count))};
}

// --- GIFTI ---

/// Takes what stands before the values of the first array.
class GiftiHead : public XmlListener {
public:
    struct Enough {};

    void begin(const std::string& name, const XmlAttributes& attributes) override {
        if (name == "Label")
            ++labels;
        if (name == "DataArray") {
            const auto valueOf = [&](const char* key) {
                const auto found = attributes.find(key);
                return found == attributes.end() ? std::string() : found->second;
            };
            intent = valueOf("Intent");
            rows = static_cast<std::size_t>(std::max<std::int64_t>(0, toInteger(valueOf("Dim0")).value_or(0)));
        }
        if (name == "Data" && !intent.empty())
            throw Enough();
    }
    void text(std::string_view /*characters*/) override {}
    void end(const std::string& /*name*/) override {}

    std::size_t labels = 0;
    std::string intent;
    std::size_t rows = 0;
};

RecognisedFile fromGifti(const fs::path& path, const FileContent& head) {
    GiftiHead found;
    const auto look = [&](const FileContent& content) {
        try {
            readXml(content.text(), path.string(), "a GIFTI document", found);
        } catch (const GiftiHead::Enough&) {
        }
    };
    // What programs tell of how they made a file may be longer than its head.
    try {
        look(head);
    } catch (const FormatError&) {
        if (head.complete() || fs::file_size(path) > kLargestLabels)
            throw;
        found = {};
        look(FileContent::read(path));
    }
    if (found.intent.empty() || found.rows == 0)
        return unknown("A GIFTI document without values.");
    if (found.intent.ends_with("_POINTSET"))
        return {FileKind::Surface,
                fmt::format("A surface of {}: importing draws maps of the brain on it.", vertices(found.rows))};
    if (found.intent.ends_with("_TRIANGLE"))
        return {FileKind::Surface, fmt::format("A surface of {}: importing draws maps of the brain on it.",
                                               counted(found.rows, "triangle", "triangles"))};
    if (found.intent.ends_with("_LABEL"))
        return parcelsOfVertices(found.labels, found.rows);
    return valuesOfVertices(found.rows);
}

// --- CIFTI ---

/// "x.dlabel.nii" → "dlabel"; empty for what is no CIFTI file.
std::string ciftiKindOf(const fs::path& path) {
    const std::string name = lowered(path.filename().string());
    if (!name.ends_with(".nii"))
        return {};
    const std::string kind = lowered(fs::path(name).stem().extension().string());
    constexpr std::array kinds = {".dlabel",  ".dscalar", ".dtseries", ".dconn",  ".ptseries",
                                  ".pscalar", ".plabel",  ".pconn",    ".pdconn", ".dpconn"};
    return std::ranges::find(kinds, kind) == kinds.end() ? std::string() : kind.substr(1);
}

RecognisedFile fromCifti(const fs::path& path, const std::string& kind) {
    if (kind != "dlabel" && kind != "dscalar")
        return unknown(fmt::format("A CIFTI file of the kind {}, which cannot be imported; dlabel and dscalar can, and "
                                   "scans as volumes.",
                                   kind));
    if (fs::file_size(path) > kLargestLabels)
        return unknown("A large CIFTI file; parcellations and values of vertices are smaller.");
    const CiftiContent content = readCifti(path);
    std::size_t count = 0;
    for (const CiftiPart& part : content.parts)
        count += part.surfaceVertices;
    if (kind == "dscalar")
        return valuesOfVertices(count);
    return parcelsOfVertices(content.parcels.empty() ? 0 : content.parcels.front().size(), count);
}

// --- FreeSurfer ---

RecognisedFile fromFreeSurferSurface(const fs::path& path, const FileContent& head) {
    BigEndianReader reader(head.bytes(), path.string());
    static_cast<void>(reader.unsigned24());
    static_cast<void>(reader.line()); // who made it
    static_cast<void>(reader.line());
    const std::int64_t count = reader.integer();
    const std::int64_t triangles = reader.integer();
    constexpr std::int64_t kBytes = 12; // of either
    if (count <= 0 || triangles < 0 ||
        (!head.wasCompressed() && static_cast<std::uintmax_t>(kBytes * (count + triangles)) > fs::file_size(path)))
        throw FormatError({.where = path.string(),
                           .expected = fmt::format("{} vertices and {} triangles", count, triangles),
                           .found = formatBytes(fs::file_size(path)),
                           .remedy = "get the file again"});
    return {FileKind::Surface, fmt::format("A FreeSurfer surface of {}: importing draws maps of the brain on it.",
                                           vertices(static_cast<std::size_t>(count)))};
}

std::optional<RecognisedFile> fromFreeSurfer(const fs::path& path, const FileContent& head) {
    const std::string_view begin = head.text();
    if (plainFileName(path).ends_with(".annot")) {
        if (fs::file_size(path) > kLargestLabels)
            return unknown("A large FreeSurfer annotation, which cannot be one of a hemisphere.");
        const VertexLabels labels = readVertexLabels(path);
        return parcelsOfVertices(labels.parcels.size(), labels.keys.size());
    }
    if (begin.starts_with("\xFF\xFF\xFE"))
        return fromFreeSurferSurface(path, head);
    if (!begin.starts_with("\xFF\xFF\xFF"))
        return {};
    BigEndianReader reader(head.bytes(), path.string());
    if (begin.starts_with("\xFF\xFF\xFF\xFF")) { // −1
        static_cast<void>(reader.integer());
        const std::int32_t count = reader.integer();
        if (count <= 0)
            return {};
        return RecognisedFile{FileKind::Surface, fmt::format("A FreeSurfer flat patch of {}: importing needs the white "
                                                             "or pial surface beside it.",
                                                             vertices(static_cast<std::size_t>(count)))};
    }
    static_cast<void>(reader.unsigned24());
    const std::int32_t count = reader.integer();
    if (count <= 0)
        return {};
    return valuesOfVertices(static_cast<std::size_t>(count));
}

// --- volumes ---

bool nameHas(const fs::path& path, std::initializer_list<std::string_view> words) {
    const std::string name = plainFileName(path);
    return std::ranges::any_of(words, [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

RecognisedFile fromVolumes(const fs::path& path) {
    const VolumeInfo info = VolumeFile::open(headerOfVolume(path)).info();
    const std::string size = fmt::format("{} × {} × {} voxels", info.size[0], info.size[1], info.size[2]);
    if (info.volumes > 1)
        return {FileKind::Scans,
                fmt::format("{} volumes of {}, {}: importing adds a run of a subject.", withThousands(info.volumes),
                            size,
                            info.repetitionTime > 0 ? fmt::format("one every {:g} s", info.repetitionTime)
                                                    : std::string("whose time is to be given"))};
    if (nameHas(path, {"mask"}))
        return {FileKind::Mask, fmt::format("A mask of {}: it says which voxels of scans count.", size)};
    if (nameHas(path, {"aseg", "aparc", "parc", "dseg", "atlas", "rois", "label", "glasser", "schaefer", "segment"}))
        return {
            FileKind::Parcellation,
            fmt::format("One volume of {}: importing takes its numbers as parcels and lays them over scans.", size)};
    return unknown(fmt::format("One volume of {}, whose name says neither mask nor parcellation (aseg, dseg, atlas, "
                               "label); scans have several volumes.",
                               size));
}

RecognisedFile fromHdf5(const fs::path& path) {
    if (!looksLikeBData(Hdf5File::open(path)))
        return unknown("An HDF5 file, which is none of the kinds that can be imported.");
    const BDataFile data = BDataFile::open(path);
    const std::size_t voxels = data.select("VoxelData").size();
    return {FileKind::Scans, fmt::format("{} of {} voxels with {} in a BData file: importing adds the responses of a "
                                         "subject.",
                                         counted(data.samples(), "sample", "samples"), withThousands(voxels),
                                         counted(data.roiKeys().size(), "region", "regions"))};
}

// --- tables ---

bool hasColumns(const DelimitedTable& table, std::initializer_list<std::string_view> names) {
    return table.hasHeader() &&
           std::ranges::all_of(names, [&](std::string_view name) { return table.findColumn(name).has_value(); });
}

bool allWhole(const DelimitedTable& table, std::size_t column) {
    for (std::size_t row = 0; row < table.rows(); ++row)
        if (const auto value = table.tryNumber(row, column); !value || *value != std::floor(*value))
            return false;
    return true;
}

/// Whether the second column numbers runs: whole numbers in stretches of several rows.
bool numbersRuns(const DelimitedTable& table) {
    if (table.columns() != 2 || table.rows() < kFewestVolumes || !allWhole(table, 1))
        return false;
    std::size_t stretches = 1;
    std::set<std::string_view> labels;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        stretches += static_cast<std::size_t>(row > 0 && table.cell(row, 1) != table.cell(row - 1, 1));
        labels.insert(table.cell(row, 0));
    }
    return 10 * stretches <= table.rows() && 2 * labels.size() <= table.rows();
}

} // namespace

fs::path headerOfVolume(const fs::path& path) {
    const std::string name = plainFileName(path);
    if (!name.ends_with(".img"))
        return path;
    fs::path stem = path;
    if (lowered(stem.extension().string()) == ".gz")
        stem.replace_extension();
    for (const char* ending : {".hdr", ".HDR", ".hdr.gz"})
        if (fs::path header = fs::path(stem).replace_extension(ending); fs::exists(header))
            return header;
    return path;
}

std::optional<RecognisedFile> recogniseBrainFile(const fs::path& path, const FileContent& head) {
    if (fs::is_directory(path)) {
        if (!looksLikePycortexFolder(path))
            return {};
        const PycortexFolder folder = readPycortexFolder(path);
        std::vector<std::string> surfaces;
        for (const auto& [name, files] : folder.surfaces)
            surfaces.push_back(name);
        return RecognisedFile{FileKind::Surface,
                              fmt::format("A pycortex folder with the surfaces {} and {}: importing draws maps of the "
                                          "brain on them.",
                                          fmt::join(surfaces, ", "),
                                          counted(folder.transforms.size(), "transform", "transforms"))};
    }
    if (const std::string kind = ciftiKindOf(path); !kind.empty())
        return fromCifti(path, kind);
    if (looksLikeVolume(path, head.bytes()))
        return fromVolumes(path);
    if (head.text().starts_with("\x89HDF"))
        return fromHdf5(path);
    if (looksLikeGifti(head.bytes().first(std::min<std::size_t>(head.bytes().size(), 1024))))
        return fromGifti(path, head);
    return fromFreeSurfer(path, head);
}

std::optional<RecognisedFile> recogniseBrainTable(const fs::path& path, const DelimitedTable& table,
                                                  const std::string& rows, bool complete) {
    if (hasColumns(table, {"onset", "duration"})) {
        std::vector<std::string> others;
        for (const std::string& name : table.header())
            if (lowered(name) != "onset" && lowered(name) != "duration")
                others.push_back(name);
        return RecognisedFile{FileKind::Events,
                              fmt::format("{} events of a run{}: importing needs the run’s scans.", rows,
                                          others.empty() ? std::string(" without a column that names what was shown")
                                                         : fmt::format(", named by {}", fmt::join(others, ", ")))};
    }
    if (hasColumns(table, {"region", "kind", "parcel"})) {
        std::set<std::string> regions;
        for (const std::string& name : table.texts(*table.findColumn("region")))
            regions.insert(lowered(name));
        return RecognisedFile{FileKind::Regions,
                              fmt::format("A table of {} made of {} parcels: importing replaces the study’s.",
                                          counted(regions.size(), "region", "regions"), rows)};
    }
    const std::string name = plainFileName(path);
    if (hasColumns(table, {"trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"}) || name.ends_with(".par") ||
        name.ends_with(".1d") || name.ends_with("_motion.tsv") || (name.starts_with("rp_") && name.ends_with(".txt")))
        return RecognisedFile{FileKind::Motion,
                              fmt::format("Motion parameters of {} volumes: importing needs the run’s scans.", rows)};
    if (numbersRuns(table))
        return RecognisedFile{FileKind::VolumeLabels,
                              fmt::format("Labels and runs of {} volumes: importing needs their scans.", rows)};
    if (complete && !table.hasHeader() && table.columns() == 1 && table.rows() >= kFewestVertices && allWhole(table, 0))
        return RecognisedFile{FileKind::Parcellation,
                              fmt::format("Numbers of the parcels of {} vertices: importing needs a list of the "
                                          "parcels’ names.",
                                          rows)};
    return {};
}

} // namespace tercet
