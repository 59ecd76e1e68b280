#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/brain/region_table.h"
#include "core/io/bdata_file.h"
#include "core/io/volume_file.h"
#include "core/pipeline/brain_import.h"
#include "core/pipeline/import_parts.h"
#include "core/pipeline/run_mapping.h"
#include "core/pipeline/surface_import.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <numeric>
#include <set>

namespace tercet {
namespace {

namespace fs = std::filesystem;

/// The files that make up a scan: one, or a header and its image.
std::vector<fs::path> partsOf(const fs::path& scan) {
    if (isBData(scan))
        return {scan};
    const VolumeFile file = VolumeFile::open(scan);
    return file.image() == scan ? std::vector{scan} : std::vector{scan, file.image()};
}

/// What the files are, by paths from the study's folder where they lie in it, so that both can be moved together.
void addFiles(const Study& study, const std::vector<fs::path>& files, ArrayBundle& arrays, const JobControl& control,
              const Progress& progress) {
    const fs::path root = fs::absolute(study.folder()).lexically_normal();
    std::vector<std::string> paths;
    std::vector<std::string> hashes;
    std::vector<std::int64_t> bytes;
    for (const fs::path& file : files)
        bytes.push_back(sizeOfScan(file));
    const auto all = static_cast<double>(std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0}));
    double done = 0; // share of all bytes
    for (const fs::path& file : files) {
        const fs::path path = fs::absolute(file).lexically_normal();
        const fs::path inside = path.lexically_relative(root);
        paths.push_back((inside.empty() || *inside.begin() == ".." ? path : inside).string());
        const double end = done + static_cast<double>(bytes[hashes.size()]) / all;
        progress.say("Reading " + file.filename().string());
        hashes.push_back(hashOfScan(file, control, progress.part(done, end)));
        done = end;
    }
    arrays.set(scan_arrays::kPath, std::move(paths));
    arrays.set(scan_arrays::kBytes, std::move(bytes));
    arrays.set(scan_arrays::kHash, std::move(hashes));
}

void addGrid(const std::array<std::size_t, 3>& size, const Affine& toMm,
             const std::vector<std::array<std::int32_t, 3>>& voxels, ArrayBundle& arrays) {
    arrays.set(scan_arrays::kSize, std::vector<std::int64_t>(size.begin(), size.end()));
    arrays.set(scan_arrays::kAffine, toMatrix(toMm));
    Array<std::int32_t> places{{voxels.size(), 3}, {}};
    for (const auto& voxel : voxels)
        places.values.insert(places.values.end(), voxel.begin(), voxel.end());
    arrays.arrays[scan_arrays::kVoxel] = std::move(places);
}

class ScanImport {
public:
    ScanImport(Study& study, const ImportRequest& request, const JobControl& control, const Progress& progress)
        : m_study(study), m_request(request), m_control(control), m_progress(progress), m_stimuli(study.stimuli()),
          m_mapping(mapRuns(*m_stimuli, request, control)) {}

    ImportReport run() {
        if (m_mapping.failure)
            std::rethrow_exception(m_mapping.failure);
        for (const fs::path& file : m_request.files)
            VolumeFile::open(file).requireComplete(m_control);
        chooseVoxels();
        return store();
    }

private:
    void chooseVoxels() {
        const VolumeInfo& grid = m_mapping.grid;
        VolumeFile first = VolumeFile::open(m_request.files.front());
        std::vector<double> lowest(grid.voxels(), std::numeric_limits<double>::infinity());
        std::vector<double> highest(grid.voxels(), -std::numeric_limits<double>::infinity());
        std::vector<double> mean(grid.voxels());
        const auto count = static_cast<double>(m_mapping.runs.front().volumes);
        first.readVolumes(
            m_mapping.runs.front().first, m_mapping.runs.front().volumes,
            [&](std::size_t, std::span<const double> values) {
                for (std::size_t v = 0; v < values.size(); ++v) {
                    lowest[v] = std::min(lowest[v], values[v]);
                    highest[v] = std::max(highest[v], values[v]);
                    mean[v] += values[v] / count;
                }
            },
            m_control);
        std::vector<std::uint8_t> counts(grid.voxels());
        if (!m_request.mask.empty()) {
            VolumeFile mask = VolumeFile::open(m_request.mask);
            const std::vector<double> values = mask.readVolume();
            for (std::size_t v = 0; v < values.size(); ++v)
                counts[v] = static_cast<std::uint8_t>(values[v] != 0 && std::isfinite(values[v]));
        } else {
            std::vector<double> sorted(mean.size()); // what is no number cannot be sorted
            std::transform(mean.begin(), mean.end(), sorted.begin(),
                           [](double value) { return std::isfinite(value) ? value : 0; });
            constexpr double kBright = 0.98;
            constexpr double kShare = 0.2;
            const auto bright =
                sorted.begin() + static_cast<std::ptrdiff_t>(kBright * static_cast<double>(sorted.size() - 1));
            std::nth_element(sorted.begin(), bright, sorted.end());
            for (std::size_t v = 0; v < mean.size(); ++v)
                counts[v] = static_cast<std::uint8_t>(mean[v] > kShare * *bright && lowest[v] < highest[v]);
            m_mapping.notes.emplace_back(
                "Without a mask, voxels count whose mean signal in the first run is above a fifth of "
                "the brightest.");
        }
        std::size_t varying = 0;
        for (std::size_t v = 0; v < counts.size(); ++v)
            if (counts[v] != 0) {
                const auto i = static_cast<std::int32_t>(v % grid.size[0]);
                const auto j = static_cast<std::int32_t>(v / grid.size[0] % grid.size[1]);
                const auto k = static_cast<std::int32_t>(v / grid.size[0] / grid.size[1]);
                m_voxels.push_back({i, j, k});
                varying += static_cast<std::size_t>(lowest[v] < highest[v]);
            }
        if (varying == 0)
            throw FormatError({.where = (m_request.mask.empty() ? m_request.files.front() : m_request.mask).string(),
                               .expected = "voxels with a signal that varies",
                               .found = m_voxels.empty() ? "no voxel at all"
                                                         : fmt::format("{} voxels, all constant in the first run",
                                                                       withThousands(m_voxels.size())),
                               .remedy = m_request.mask.empty() ? "give a mask as --mask"
                                                                : "check that the mask belongs to these scans"});
        if (varying < m_voxels.size())
            m_mapping.notes.push_back(
                fmt::format("{} of {} voxels are constant in the first run and will have no values.",
                            withThousands(m_voxels.size() - varying), withThousands(m_voxels.size())));
    }

    ImportReport store() {
        Study::Import import;
        import.kind = "fmri";
        import.owner = m_mapping.subject->name;
        import.subjects = {*m_mapping.subject};
        import.newStimuli = m_mapping.newStimuli;
        import.source = m_request.files.front();
        import.systems = ratingModels(m_study);
        ArrayBundle& arrays = import.arrays;
        addFiles(m_study, m_request.files, arrays, m_control, m_progress);
        addGrid(m_mapping.grid.size, m_mapping.grid.toMm, m_voxels, arrays);
        arrays.set(scan_arrays::kRepetitionTime, std::vector<double>{m_mapping.repetitionTime});
        std::vector<std::int64_t> files;
        std::vector<std::int64_t> firsts;
        std::vector<std::int64_t> volumes;
        std::size_t all = 0;
        for (const MappedRun& run : m_mapping.runs) {
            files.push_back(static_cast<std::int64_t>(run.file));
            firsts.push_back(static_cast<std::int64_t>(run.first));
            volumes.push_back(static_cast<std::int64_t>(run.volumes));
            all += run.volumes;
        }
        Matrix<double> motion(all, m_mapping.motionColumns);
        std::size_t row = 0;
        for (const MappedRun& run : m_mapping.runs) {
            for (std::size_t v = 0; v < run.motion.rows(); ++v)
                std::copy(run.motion.row(v).begin(), run.motion.row(v).end(), motion.row(row + v).begin());
            row += run.volumes;
        }
        arrays.set(scan_arrays::kRunFile, std::move(files));
        arrays.set(scan_arrays::kRunFirst, std::move(firsts));
        arrays.set(scan_arrays::kRunVolumes, std::move(volumes));
        arrays.set(scan_arrays::kMotion, std::move(motion));
        std::vector<std::int32_t> blockRun;
        std::vector<std::int32_t> blockStimulus;
        std::vector<double> onset;
        std::vector<double> duration;
        std::set<std::int32_t> shown;
        for (const ShownBlock& block : m_mapping.blocks) {
            blockRun.push_back(block.run);
            blockStimulus.push_back(block.stimulus);
            onset.push_back(block.onset);
            duration.push_back(block.duration);
            shown.insert(block.stimulus);
        }
        arrays.set(scan_arrays::kBlockRun, std::move(blockRun));
        arrays.set(scan_arrays::kBlockStimulus, std::move(blockStimulus));
        arrays.set(scan_arrays::kBlockOnset, std::move(onset));
        arrays.set(scan_arrays::kBlockDuration, std::move(duration));
        import.notes = m_mapping.notes;
        ImportReport report;
        report.notes = m_mapping.notes;
        report.summary = fmt::format(
            "Imported {} of subject “{}”: {} voxels, {} volumes of {:g} s, {} of {} shown in {} blocks.",
            counted(m_mapping.runs.size(), "run", "runs"), m_mapping.subject->name, withThousands(m_voxels.size()),
            withThousands(all), m_mapping.repetitionTime, withThousands(shown.size()),
            counted(m_mapping.newStimuli.empty() ? m_stimuli->size() : m_mapping.newStimuli.size(), "stimulus",
                    "stimuli"),
            withThousands(m_mapping.blocks.size()));
        report.key = m_study.add(std::move(import));
        return report;
    }

    Study& m_study;
    const ImportRequest& m_request;
    const JobControl& m_control;
    const Progress& m_progress;
    std::shared_ptr<const std::vector<Stimulus>> m_stimuli;
    RunMapping m_mapping;
    std::vector<std::array<std::int32_t, 3>> m_voxels;
};

// --- BData ---

/// Where voxels lie: on a grid, with the matrix from its indices to mm.
struct Grid {
    std::array<std::size_t, 3> size{};
    Affine toMm;
    std::vector<std::array<std::int32_t, 3>> voxels;
};

/// The grid of voxel centres in mm, whose axes are those of the scanner.
Grid gridOf(const std::array<std::vector<double>, 3>& mm, const std::string& where) {
    Grid grid;
    grid.voxels.resize(mm[0].size());
    for (std::size_t axis = 0; axis < 3; ++axis) {
        constexpr double kSame = 1e-3; // mm
        std::vector<double> places(mm[axis]);
        std::sort(places.begin(), places.end());
        double step = std::numeric_limits<double>::infinity();
        for (std::size_t i = 1; i < places.size(); ++i)
            if (places[i] - places[i - 1] > kSame)
                step = std::min(step, places[i] - places[i - 1]);
        if (!std::isfinite(step))
            step = 1;
        grid.toMm.rows[axis] = {0, 0, 0, places.front()};
        grid.toMm.rows[axis][axis] = step;
        for (std::size_t v = 0; v < mm[axis].size(); ++v) {
            const double index = (mm[axis][v] - places.front()) / step;
            constexpr double kMost = 4096;
            if (std::abs(index - std::round(index)) > 0.05 || index > kMost)
                throw FormatError({.where = where,
                                   .expected = "voxel centres on a regular grid",
                                   .found = fmt::format("{:g} mm among steps of {:g} mm", mm[axis][v], step)});
            grid.voxels[v][axis] = static_cast<std::int32_t>(std::lround(index));
            grid.size[axis] = std::max(grid.size[axis], static_cast<std::size_t>(std::lround(index)) + 1);
        }
    }
    return grid;
}

ImportReport importBData(Study& study, const ImportRequest& request, const JobControl& control,
                         const Progress& progress) {
    RunMapping mapping = mapRuns(*study.stimuli(), request, control);
    if (mapping.failure)
        std::rethrow_exception(mapping.failure);
    const Subject& subject = *mapping.subject;
    std::vector<std::int64_t> columns;
    std::vector<std::int32_t> parcel;
    std::vector<std::string> parcelNames;
    Grid grid;
    for (std::size_t f = 0; f < request.files.size(); ++f) {
        const std::string where = request.files[f].string();
        const BDataFile data = BDataFile::open(request.files[f]);
        const auto has = [&](const std::string& key) {
            return std::find(data.keys().begin(), data.keys().end(), key) != data.keys().end();
        };
        const std::vector<std::size_t> voxels = data.select("VoxelData");
        const std::vector<std::int64_t> own(voxels.begin(), voxels.end());
        if (f == 0) {
            columns = own;
            for (const char* axis : {"voxel_x", "voxel_y", "voxel_z"})
                if (!has(axis))
                    throw FormatError({.where = where,
                                       .expected = "metadata “voxel_x”, “voxel_y”, “voxel_z”",
                                       .found = fmt::format("no {}", tercet::quoted(axis))});
            std::array<std::vector<double>, 3> mm;
            const std::array<std::vector<double>, 3> all{data.metadata("voxel_x"), data.metadata("voxel_y"),
                                                         data.metadata("voxel_z")};
            for (const std::size_t column : voxels)
                for (std::size_t axis = 0; axis < 3; ++axis) {
                    if (!std::isfinite(all[axis][column]))
                        throw FormatError({.where = fmt::format("{}, column {}", where, column + 1),
                                           .expected = "the voxel's place in mm",
                                           .found = "none"});
                    mm[axis].push_back(all[axis][column]);
                }
            grid = gridOf(mm, where);
            // Atlas parcels before the larger regions that are made of them.
            std::vector<std::string> keys;
            for (const bool atlas : {true, false})
                for (const std::string& key : data.roiKeys())
                    if (key.starts_with("hcp180") == atlas &&
                        (atlas || regionOf(defaultRegionTable(), key).has_value()))
                        keys.push_back(key);
            parcel.assign(voxels.size(), -1);
            for (const std::string& key : keys) {
                const std::vector<double> member = data.metadata(key);
                bool used = false;
                for (std::size_t v = 0; v < voxels.size(); ++v)
                    if (parcel[v] < 0 && member[voxels[v]] == 1) {
                        parcel[v] = static_cast<std::int32_t>(parcelNames.size());
                        used = true;
                    }
                if (used)
                    parcelNames.push_back(key);
            }
        } else if (own != columns) {
            throw FormatError({.where = where,
                               .expected = fmt::format("the {} voxel columns of {}", withThousands(columns.size()),
                                                       request.files.front().filename().string()),
                               .found = fmt::format("{} others", withThousands(own.size()))});
        }
    }
    MappedSamples& samples = mapping.samples;
    const std::set<std::int32_t> shown(samples.stimulus.begin(), samples.stimulus.end());
    Study::Import import;
    import.kind = "fmri";
    import.owner = subject.name;
    import.subjects = {subject};
    import.systems = ratingModels(study);
    import.source = request.files.front();
    import.notes = mapping.notes;
    addFiles(study, request.files, import.arrays, control, progress);
    addGrid(grid.size, grid.toMm, grid.voxels, import.arrays);
    ImportReport report;
    report.notes = std::move(mapping.notes);
    report.summary = fmt::format(
        "Imported {} of subject “{}”: {} voxels in {} parcels, {} in {}.",
        counted(samples.row.size(), "response", "responses"), subject.name, withThousands(columns.size()),
        parcelNames.size(), counted(shown.size(), "stimulus", "stimuli"), counted(mapping.runs.size(), "run", "runs"));
    import.arrays.set(scan_arrays::kSampleFile, std::move(samples.file));
    import.arrays.set(scan_arrays::kSampleRow, std::move(samples.row));
    import.arrays.set(scan_arrays::kSampleRun, std::move(samples.run));
    import.arrays.set(scan_arrays::kSampleStimulus, std::move(samples.stimulus));
    import.arrays.set(scan_arrays::kColumn, std::move(columns));
    import.arrays.set(scan_arrays::kParcel, std::move(parcel));
    import.arrays.set(scan_arrays::kParcelName, std::move(parcelNames));
    report.key = study.add(std::move(import));
    return report;
}

} // namespace

std::vector<System> ratingModels(const Study& study) {
    const auto ratings = study.ratings();
    if (!ratings)
        return {};
    const bool categories = !ratings->columns(TermKind::Category).empty();
    const bool dimensions = !ratings->columns(TermKind::Dimension).empty();
    std::vector<System> models;
    if (categories)
        models.push_back({"category-ratings", "Category ratings", SystemSource::CategoryRatings});
    if (dimensions)
        models.push_back({"dimension-ratings", "Dimension ratings", SystemSource::DimensionRatings});
    if (categories && dimensions)
        models.push_back({"human-concat", "Human concat", SystemSource::AllRatings});
    return models;
}

bool isBData(const fs::path& file) {
    std::ifstream head(file, std::ios::binary);
    std::array<char, 8> magic{};
    head.read(magic.data(), magic.size());
    return std::string_view(magic.data(), magic.size()) == "\x89HDF\r\n\x1a\n";
}

std::int64_t sizeOfScan(const fs::path& path) {
    std::uintmax_t size = 0;
    for (const fs::path& part : partsOf(path)) {
        std::error_code error;
        size += fs::file_size(part, error);
        if (error)
            throw StorageError({.where = part.string(), .what = "cannot be read (" + error.message() + ")"});
    }
    return static_cast<std::int64_t>(size);
}

std::string hashOfScan(const fs::path& path, const JobControl& control, const Progress& progress) {
    std::vector<char> buffer(std::size_t{1} << 22);
    Hasher hasher;
    const auto all = static_cast<double>(sizeOfScan(path));
    std::streamsize done = 0;
    for (const fs::path& part : partsOf(path)) {
        std::ifstream file(part, std::ios::binary);
        while (file) {
            control.check();
            file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
            hasher.add(std::string_view(buffer.data(), static_cast<std::size_t>(file.gcount())));
            done += file.gcount();
            progress.set(static_cast<double>(done) / all);
        }
        if (!file.eof())
            throw StorageError(
                {.where = part.string(), .what = "cannot be read to its end", .remedy = "check the disk"});
    }
    return hasher.hex();
}

ImportReport importScans(Study& study, const ImportRequest& request, const JobControl& control,
                         const Progress& progress) {
    return isBData(request.files.front()) ? importBData(study, request, control, progress)
                                          : ScanImport(study, request, control, progress).run();
}

} // namespace tercet
