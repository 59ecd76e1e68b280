#include "core/pipeline/scan_runs.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/volume_file.h"
#include "core/pipeline/brain_import.h"
#include "core/pipeline/import_parts.h"
#include "core/pipeline/pipeline.h"

#include <algorithm>
#include <fmt/format.h>

namespace tercet {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void throwChanged(const fs::path& file) {
    throw FormatError(
        {.where = file.string(), .what = "the file has changed since it was imported", .remedy = "import it again"});
}

} // namespace

fs::path importedFile(const Study& study, const ArrayBundle& scans, std::size_t file, const JobControl* hash) {
    const fs::path path = study.folder() / scans.get<std::string>(scan_arrays::kPath).values.at(file);
    std::error_code error;
    if (!fs::exists(path, error))
        throw MissingError({.where = path.string(),
                            .what = "the scan is not where it was when it was imported",
                            .remedy = "bring it back, or import it again from where it is now"});
    const auto isAsImported = [&] {
        try {
            return sizeOfScan(path) == scans.get<std::int64_t>(scan_arrays::kBytes).values.at(file) &&
                   (!hash || hashOfScan(path, *hash) == scans.get<std::string>(scan_arrays::kHash).values.at(file));
        } catch (const StorageError& failed) { // of the scan, not of the study
            throw MissingError(failed.fault());
        } catch (const FormatError&) { // it is no scan any more
            return false;
        }
    };
    if (!isAsImported())
        throwChanged(path);
    return path;
}

PreprocessingOptions preprocessingOptions(const ArrayBundle& scans, const Parameters& parameters) {
    return {.repetitionTime = scans.get<double>(scan_arrays::kRepetitionTime).values.at(0),
            .delay = parameters.real("delay"),
            .clipAt = parameters.real("clip"),
            .trend = parameters.flag("trend")};
}

ScanRun scanRun(const Study& study, const ArrayBundle& scans, std::size_t run, const PreprocessingOptions& options) {
    const auto& volumesOf = scans.get<std::int64_t>(scan_arrays::kRunVolumes).values;
    const auto& blockRun = scans.get<std::int32_t>(scan_arrays::kBlockRun).values;
    const auto& blockStimulus = scans.get<std::int32_t>(scan_arrays::kBlockStimulus).values;
    const auto& onset = scans.get<double>(scan_arrays::kBlockOnset).values;
    const auto& duration = scans.get<double>(scan_arrays::kBlockDuration).values;
    const auto file = static_cast<std::size_t>(scans.get<std::int64_t>(scan_arrays::kRunFile).values.at(run));
    const auto volumes = static_cast<std::size_t>(volumesOf.at(run));
    std::vector<StimulusBlock> blocks;
    std::vector<std::int32_t> stimuli;
    for (std::size_t b = 0; b < blockRun.size(); ++b)
        if (blockRun[b] == static_cast<std::int32_t>(run)) {
            blocks.push_back({onset[b], duration[b]});
            stimuli.push_back(blockStimulus[b]);
        }
    std::size_t motionRow = 0;
    for (std::size_t r = 0; r < run; ++r)
        motionRow += static_cast<std::size_t>(volumesOf[r]);
    const MatrixView<const double> motion = scans.matrix(scan_arrays::kMotion);
    const MatrixView<const double> own(motion.data() + motionRow * motion.cols(), motion.cols() == 0 ? 0 : volumes,
                                       motion.cols());
    try {
        RunPreprocessing preprocessing(volumes, own, blocks, options);
        return {file,
                static_cast<std::size_t>(scans.get<std::int64_t>(scan_arrays::kRunFirst).values.at(run)),
                volumes,
                std::move(blocks),
                std::move(stimuli),
                std::move(preprocessing)};
    } catch (const DataError& error) {
        Fault fault = error.fault();
        const fs::path path = study.folder() / scans.get<std::string>(scan_arrays::kPath).values.at(file);
        fault.where =
            fmt::format("{}, run {}{}{}", path.string(), run + 1, fault.where.empty() ? "" : ", ", fault.where);
        throw DataError(fault);
    }
}

std::vector<std::size_t> placesInVolume(const ArrayBundle& scans) {
    const auto& size = scans.get<std::int64_t>(scan_arrays::kSize).values;
    const auto& voxel = scans.get<std::int32_t>(scan_arrays::kVoxel);
    std::vector<std::size_t> places(voxel.shape[0]);
    for (std::size_t v = 0; v < places.size(); ++v)
        places[v] = static_cast<std::size_t>(voxel.values[3 * v] +
                                             size[0] * (voxel.values[3 * v + 1] + size[1] * voxel.values[3 * v + 2]));
    return places;
}

VoxelSeries voxelSeries(const Study& study, const std::string& subject, std::size_t voxel, std::size_t run,
                        const JobControl& control) {
    const auto key = study.imported(subject, "fmri");
    const auto scans = key ? study.arrays(*key) : nullptr;
    if (!scans || !scans->contains(scan_arrays::kRunVolumes))
        throw MissingError({.where = "subject " + tercet::quoted(subject),
                            .what = scans ? "the responses were preprocessed before they were imported, so that there "
                                            "is no time series to show"
                                          : "there are no scans",
                            .remedy = scans ? "" : "import fmri"});
    const std::size_t runs = scans->get<std::int64_t>(scan_arrays::kRunVolumes).values.size();
    const std::vector<std::size_t> places = placesInVolume(*scans);
    if (voxel >= places.size() || run >= runs)
        throw ParameterError(
            {.where = "subject " + tercet::quoted(subject),
             .expected = fmt::format("one of {} voxels and {} runs", withThousands(places.size()), runs),
             .found = fmt::format("voxel {} of run {}", voxel, run + 1)});
    const Parameters parameters = parametersOf(study, {"preprocess-fmri", "", subject});
    ScanRun scan = scanRun(study, *scans, run, preprocessingOptions(*scans, parameters));
    VoxelSeries series{.runs = runs, .repetitionTime = scans->get<double>(scan_arrays::kRepetitionTime).values.at(0)};
    VolumeFile file = VolumeFile::open(importedFile(study, *scans, scan.file, nullptr));
    if (const auto& size = scans->get<std::int64_t>(scan_arrays::kSize).values;
        !std::ranges::equal(file.info().size, size, {}, [](std::size_t n) { return static_cast<std::int64_t>(n); }) ||
        scan.first + scan.volumes > file.info().volumes)
        throwChanged(file.image());
    file.readVolumes(
        scan.first, scan.volumes,
        [&](std::size_t, std::span<const double> values) { series.raw.push_back(values[places[voxel]]); }, control);
    series.stages = scan.preprocessing.stages(series.raw);
    series.blocks = std::move(scan.blocks);
    series.stimuli = std::move(scan.stimuli);
    return series;
}

} // namespace tercet
