#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/brain/region_table.h"
#include "core/io/bdata_file.h"
#include "core/io/event_file.h"
#include "core/io/hdf5.h"
#include "core/io/stimulus_id.h"
#include "core/io/volume_file.h"
#include "core/pipeline/brain_import.h"
#include "core/pipeline/import_parts.h"
#include "core/pipeline/surface_import.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <set>

namespace tercet {
namespace {

namespace fs = std::filesystem;

/// Scans of one run, and what was shown in it.
struct Run {
    std::size_t file = 0;
    std::size_t first = 0; ///< volume in the file
    std::size_t volumes = 0;
    Matrix<double> motion;
};

struct Block {
    std::int32_t run = 0;
    double onset = 0;
    double duration = 0;
    std::int32_t stimulus = 0;
};

/// What the files are, by paths from the study's folder where they lie in it, so that both can be moved together.
void addFiles(const Study& study, const std::vector<fs::path>& files, ArrayBundle& arrays) {
    const fs::path root = fs::absolute(study.folder()).lexically_normal();
    std::vector<std::string> paths;
    std::vector<std::string> hashes;
    std::vector<std::int64_t> bytes;
    for (const fs::path& file : files) {
        const fs::path path = fs::absolute(file).lexically_normal();
        const fs::path inside = path.lexically_relative(root);
        paths.push_back((inside.empty() || *inside.begin() == ".." ? path : inside).string());
        bytes.push_back(static_cast<std::int64_t>(fs::file_size(file)));
        hashes.push_back(hashOfFile(file));
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

std::string sizeText(const std::array<std::size_t, 3>& size) {
    return fmt::format("{} × {} × {} voxels", size[0], size[1], size[2]);
}

/// Throws unless both lie on the same grid.
void requireSameGrid(const VolumeInfo& info, const fs::path& file, const VolumeInfo& first, const fs::path& firstFile) {
    if (info.size != first.size)
        throw FormatError({.where = file.string(),
                           .expected = sizeText(first.size) + ", as in " + firstFile.filename().string(),
                           .found = sizeText(info.size)});
    if (!info.oriented || !first.oriented)
        return;
    constexpr double kTolerance = 0.01; // mm
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 4; ++c) {
            const double reach = c < 3 ? static_cast<double>(info.size[c]) : 1;
            if (std::abs(info.toMm.rows[r][c] - first.toMm.rows[r][c]) * reach > kTolerance)
                throw FormatError({.where = file.string(),
                                   .what = "its voxels lie elsewhere than those of " + firstFile.filename().string(),
                                   .expected = "the same matrix from voxels to mm",
                                   .found = "another",
                                   .remedy = "resample both to one grid"});
        }
}

/// The name of a scan without what says its kind and format: "sub-01_task-x_run-1".
std::string runStem(const fs::path& file) {
    std::string name = file.filename().string();
    for (const char* ending : {".gz", ".nii", ".img", ".hdr", ".mgz", ".mgh", "_bold"})
        if (name.size() > std::char_traits<char>::length(ending) && name.ends_with(ending))
            name.resize(name.size() - std::char_traits<char>::length(ending));
    return name;
}

/// The file beside `run` whose name is its stem with one of `endings`; empty if there is none.
template <std::size_t N>
fs::path besideRun(const fs::path& run, const std::array<const char*, N>& endings) {
    std::string stem = runStem(run);
    while (true) {
        for (const char* ending : endings) {
            std::error_code ignored;
            fs::path candidate = run.parent_path() / (stem + ending);
            if (fs::exists(candidate, ignored))
                return candidate;
        }
        // Preprocessed scans have more in their names than their events: "…_space-T1w_desc-preproc".
        const auto underscore = stem.rfind('_');
        if (underscore == std::string::npos || stem.find("run-", underscore) != std::string::npos)
            return {};
        stem.resize(underscore);
    }
}

constexpr std::array kEventEndings = {"_events.tsv", "_events.tsv.gz", "_events.csv"};
constexpr std::array kMotionEndings = {
    "_motion.tsv", "_desc-confounds_timeseries.tsv", "_desc-confounds_regressors.tsv", ".par", "_mcf.par", ".1D"};

/// Files given one per run, or found beside the runs; an empty path where a run has none.
template <std::size_t N>
std::vector<fs::path> filesOfRuns(const std::vector<fs::path>& given, const std::vector<fs::path>& runs,
                                  const std::array<const char*, N>& endings, const char* option) {
    if (given.empty()) {
        std::vector<fs::path> found;
        for (const fs::path& run : runs)
            found.push_back(besideRun(run, endings));
        return found;
    }
    if (given.size() != runs.size())
        throw ParameterError({.where = option,
                              .expected = "a file for each of " + counted(runs.size(), "run", "runs"),
                              .found = std::to_string(given.size())});
    return given;
}

/// "trial_type=2,3"
struct EventFilter {
    std::string column;
    std::set<std::string> values;

    explicit EventFilter(const std::string& text) {
        if (text.empty())
            return;
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
            throw ParameterError({.where = "--keep", .expected = "COLUMN=VALUE,VALUE", .found = tercet::quoted(text)});
        column = text.substr(0, equals);
        for (const std::string_view value : split(std::string_view(text).substr(equals + 1), ','))
            values.emplace(trimmed(value));
    }
    [[nodiscard]] std::vector<bool> kept(const EventTable& events, const fs::path& file) const {
        if (column.empty())
            return std::vector<bool>(events.onset.size(), true);
        std::vector<bool> result;
        try {
            for (const std::string& cell : events.column(column))
                result.push_back(values.contains(cell));
        } catch (const MissingError& error) {
            Fault fault = error.fault();
            fault.where = file.string();
            throw MissingError(fault);
        }
        return result;
    }
};

class ScanImport {
public:
    ScanImport(Study& study, const ImportRequest& request)
        : m_study(study), m_request(request), m_subject(subjectFor(request)) {}

    ImportReport run() {
        openScans();
        if (m_request.volumeLabels.empty())
            readEventsOfRuns();
        else
            readLabels();
        checkBlocks();
        readMotionOfRuns();
        chooseVoxels();
        return store();
    }

private:
    void openScans() {
        for (const fs::path& file : m_request.files) {
            VolumeFile volumes = VolumeFile::open(file);
            if (m_infos.empty() && volumes.info().volumes < 2 && m_request.files.size() == 1)
                throw FormatError({.where = file.string(),
                                   .expected = "a scan of several volumes",
                                   .found = "one volume",
                                   .remedy = "import the runs’ four-dimensional files"});
            m_infos.push_back(volumes.info());
            requireSameGrid(m_infos.back(), file, m_infos.front(), m_request.files.front());
        }
        m_repetitionTime = m_request.repetitionTime;
        for (std::size_t i = 0; i < m_infos.size() && m_request.repetitionTime == 0; ++i) {
            const double found = m_infos[i].repetitionTime;
            if (!(found > 0))
                throw FormatError({.where = m_request.files[i].string(),
                                   .what = "the file does not say how long a volume took",
                                   .remedy = "give it in seconds as --tr"});
            if (i > 0 && std::abs(found - m_repetitionTime) > 1e-3)
                throw FormatError({.where = m_request.files[i].string(),
                                   .expected = fmt::format("volumes of {:g} s as in the first run", m_repetitionTime),
                                   .found = fmt::format("{:g} s", found),
                                   .remedy = "say which is right as --tr"});
            m_repetitionTime = i == 0 ? found : m_repetitionTime;
        }
        if (!m_infos.front().oriented)
            m_notes.emplace_back("The scans do not say where left is; the map may be mirrored.");
    }

    void readEventsOfRuns() {
        const std::vector<fs::path> files = filesOfRuns(m_request.events, m_request.files, kEventEndings, "--events");
        const EventFilter filter(m_request.keptEvents);
        std::vector<EventTable> tables;
        std::vector<std::vector<bool>> kept;
        for (std::size_t r = 0; r < files.size(); ++r) {
            if (files[r].empty())
                throw MissingError({.where = m_request.files[r].string(),
                                    .what = "there is no table of events beside this run",
                                    .expected = runStem(m_request.files[r]) + "_events.tsv",
                                    .remedy = "give the tables as --events, or labels of volumes as --labels"});
            tables.push_back(readEvents(files[r]));
            kept.push_back(filter.kept(tables.back(), files[r]));
            m_runs.push_back({.file = r, .volumes = m_infos[r].volumes});
        }
        if (m_study.stimuli()->empty())
            throw MissingError({.where = "import fmri",
                                .what = "the study has no stimuli yet, so that events cannot be told apart",
                                .remedy = "import ratings, judgments or an embedding first"});
        const StimulusNames names(*m_study.stimuli(), m_request.indexBase);
        const std::string column = stimulusColumn(tables, kept, names, files);
        std::size_t unknown = 0;
        std::string firstUnknown;
        for (std::size_t r = 0; r < tables.size(); ++r) {
            const std::vector<std::string>& cells = tables[r].column(column);
            for (std::size_t e = 0; e < cells.size(); ++e) {
                if (!kept[r][e])
                    continue;
                const auto stimulus = names.find(cells[e]);
                if (!stimulus) {
                    if (!cells[e].empty() && unknown++ == 0)
                        firstUnknown = cells[e];
                    continue;
                }
                if (!std::isfinite(tables[r].duration[e]))
                    throw FormatError({.where = fmt::format("{}, event {}", files[r].string(), e + 1),
                                       .expected = "a duration in seconds",
                                       .found = "none"});
                m_blocks.push_back(
                    {static_cast<std::int32_t>(r), tables[r].onset[e], tables[r].duration[e], *stimulus});
            }
        }
        m_notes.push_back(fmt::format("Stimuli are named by the column {} of the events.", tercet::quoted(column)));
        if (unknown > 0)
            m_notes.push_back(fmt::format("Left out, because their stimulus is not in the study: {}, the first of {}.",
                                          counted(unknown, "event", "events"), tercet::quoted(firstUnknown)));
    }

    /// The column that names most stimuli.
    std::string stimulusColumn(const std::vector<EventTable>& tables, const std::vector<std::vector<bool>>& kept,
                               const StimulusNames& names, const std::vector<fs::path>& files) const {
        std::vector<std::string> candidates = tables.front().names;
        if (!m_request.stimulusColumn.empty())
            candidates = {m_request.stimulusColumn};
        std::string best;
        std::set<std::int32_t> bestFound;
        for (const std::string& candidate : candidates) {
            std::set<std::int32_t> found;
            for (std::size_t r = 0; r < tables.size(); ++r) {
                const std::vector<std::string>* cells = nullptr;
                try {
                    cells = &tables[r].column(candidate);
                } catch (const MissingError& error) {
                    if (m_request.stimulusColumn.empty()) {
                        found.clear(); // only some runs have it
                        break;
                    }
                    Fault fault = error.fault();
                    fault.where = files[r].string();
                    throw MissingError(fault);
                }
                for (std::size_t e = 0; e < cells->size(); ++e)
                    if (kept[r][e])
                        if (const auto stimulus = names.find((*cells)[e]))
                            found.insert(*stimulus);
            }
            if (found.size() > bestFound.size()) {
                best = candidate;
                bestFound = std::move(found);
            }
        }
        if (!best.empty())
            return best;
        std::string example;
        for (const std::string& candidate : candidates)
            for (const std::string& cell : tables.front().column(candidate))
                if (example.empty() && !cell.empty())
                    example = cell;
        throw FormatError({.where = files.front().string(),
                           .expected = "a column that names stimuli of the study, like " +
                                       tercet::quoted(m_study.stimuli()->front().id),
                           .found = example.empty() ? "none" : tercet::quoted(example),
                           .remedy = "name the column as --stimulus-column, and the number of the first stimulus as "
                                     "--base"});
    }

    void readLabels() {
        const fs::path& file = m_request.volumeLabels;
        const VolumeLabels labels = readVolumeLabels(file);
        std::size_t volumes = 0;
        for (const VolumeInfo& info : m_infos)
            volumes += info.volumes;
        if (labels.labels.size() != volumes)
            throw FormatError({.where = file.string(),
                               .expected = fmt::format("a label for each of {} volumes", volumes),
                               .found = std::to_string(labels.labels.size())});
        if (m_study.stimuli()->empty()) {
            std::set<std::string> conditions;
            for (const std::string& label : labels.labels)
                if (!isRest(label))
                    conditions.insert(label);
            for (const std::string& condition : conditions)
                m_newStimuli.push_back({canonicalStimulusId(condition), condition});
        }
        const StimulusNames names(m_newStimuli.empty() ? *m_study.stimuli() : m_newStimuli, m_request.indexBase);
        std::size_t v = 0;
        for (std::size_t f = 0; f < m_infos.size(); ++f)
            for (std::size_t i = 0; i < m_infos[f].volumes; ++i, ++v) {
                const bool runBegins = i == 0 || labels.runs[v] != labels.runs[v - 1];
                if (runBegins)
                    m_runs.push_back({.file = f, .first = i});
                Run& run = m_runs.back();
                const bool blockBegins = runBegins || labels.labels[v] != labels.labels[v - 1];
                const double time = static_cast<double>(run.volumes) * m_repetitionTime;
                ++run.volumes;
                if (isRest(labels.labels[v]))
                    continue;
                const auto stimulus = names.find(labels.labels[v]);
                if (!stimulus)
                    throw FormatError({.where = fmt::format("{}, line {}", file.string(), v + 1),
                                       .expected = "a stimulus of the study or rest",
                                       .found = tercet::quoted(labels.labels[v])});
                if (blockBegins)
                    m_blocks.push_back({static_cast<std::int32_t>(m_runs.size() - 1), time, 0, *stimulus});
                m_blocks.back().duration += m_repetitionTime;
            }
    }

    static bool isRest(const std::string& label) {
        const std::string word = lowered(label);
        return word == "0" || word == "rest" || word == "n/a" || word == "fixation";
    }

    void checkBlocks() const {
        std::vector<std::size_t> blocks(m_runs.size());
        for (const Block& block : m_blocks) {
            const auto r = static_cast<std::size_t>(block.run);
            ++blocks[r];
            const double end = static_cast<double>(m_runs[r].volumes) * m_repetitionTime;
            if (block.onset < 0)
                throw FormatError(
                    {.where = m_request.files[m_runs[r].file].string(),
                     .expected = "events from the run's first volume on",
                     .found = fmt::format("stimulus {} at {:g} s",
                                          tercet::quoted(stimuli()[static_cast<std::size_t>(block.stimulus)].id),
                                          block.onset),
                     .remedy = "leave out what was shown before with --keep"});
            if (block.onset + block.duration > end + 1e-6)
                throw FormatError(
                    {.where = m_request.files[m_runs[r].file].string(),
                     .what = fmt::format("run {} is shorter than its events need", r + 1),
                     .expected = fmt::format(
                         "volumes until {:g} s, the end of stimulus {} in block {}", block.onset + block.duration,
                         tercet::quoted(stimuli()[static_cast<std::size_t>(block.stimulus)].id), blocks[r]),
                     .found = fmt::format("{} until {:g} s", counted(m_runs[r].volumes, "volume", "volumes"), end)});
        }
        for (std::size_t r = 0; r < blocks.size(); ++r)
            if (blocks[r] < 2)
                throw FormatError({.where = m_request.files[m_runs[r].file].string(),
                                   .expected = fmt::format("at least two stimuli in run {}", r + 1),
                                   .found = std::to_string(blocks[r]),
                                   .remedy = "leave this run out, or check --stimulus-column and --keep"});
    }

    [[nodiscard]] const std::vector<Stimulus>& stimuli() const {
        return m_newStimuli.empty() ? *m_study.stimuli() : m_newStimuli;
    }

    void readMotionOfRuns() {
        if (!m_request.volumeLabels.empty() && m_request.motion.empty())
            return;
        std::vector<fs::path> files;
        for (const Run& run : m_runs)
            files.push_back(m_request.files[run.file]);
        const std::vector<fs::path> found = filesOfRuns(m_request.motion, files, kMotionEndings, "--motion");
        std::size_t without = 0;
        for (std::size_t r = 0; r < found.size(); ++r) {
            if (found[r].empty()) {
                ++without;
                continue;
            }
            m_runs[r].motion = readMotion(found[r]);
            if (m_runs[r].motion.rows() != m_runs[r].volumes)
                throw FormatError({.where = found[r].string(),
                                   .expected = fmt::format("a row for each of the run's {} volumes", m_runs[r].volumes),
                                   .found = std::to_string(m_runs[r].motion.rows())});
            if (m_motionColumns != 0 && m_runs[r].motion.cols() != m_motionColumns)
                throw FormatError({.where = found[r].string(),
                                   .expected = counted(m_motionColumns, "column", "columns") + " as in the other runs",
                                   .found = std::to_string(m_runs[r].motion.cols())});
            m_motionColumns = m_runs[r].motion.cols();
        }
        if (without == found.size())
            m_notes.emplace_back("There are no motion parameters, so that none are regressed out.");
        else if (without > 0)
            m_notes.push_back(fmt::format("{} without motion parameters.", counted(without, "run is", "runs are")));
    }

    void chooseVoxels() {
        const VolumeInfo& grid = m_infos.front();
        VolumeFile first = VolumeFile::open(m_request.files.front());
        std::vector<double> lowest(grid.voxels(), std::numeric_limits<double>::infinity());
        std::vector<double> highest(grid.voxels(), -std::numeric_limits<double>::infinity());
        std::vector<double> mean(grid.voxels());
        const auto count = static_cast<double>(m_runs.front().volumes);
        first.readVolumes(m_runs.front().first, m_runs.front().volumes,
                          [&](std::size_t, std::span<const double> values) {
                              for (std::size_t v = 0; v < values.size(); ++v) {
                                  lowest[v] = std::min(lowest[v], values[v]);
                                  highest[v] = std::max(highest[v], values[v]);
                                  mean[v] += values[v] / count;
                              }
                          });
        std::vector<std::uint8_t> counts(grid.voxels());
        if (!m_request.mask.empty()) {
            VolumeFile mask = VolumeFile::open(m_request.mask);
            requireSameGrid(mask.info(), m_request.mask, grid, m_request.files.front());
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
            m_notes.emplace_back("Without a mask, voxels count whose mean signal in the first run is above a fifth of "
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
            m_notes.push_back(fmt::format("{} of {} voxels are constant in the first run and will have no values.",
                                          withThousands(m_voxels.size() - varying), withThousands(m_voxels.size())));
    }

    ImportReport store() {
        Study::Import import;
        import.kind = "fmri";
        import.owner = m_subject.name;
        import.subjects = {m_subject};
        import.newStimuli = m_newStimuli;
        import.source = m_request.files.front();
        import.systems = ratingModels(m_study);
        ArrayBundle& arrays = import.arrays;
        addFiles(m_study, m_request.files, arrays);
        addGrid(m_infos.front().size, m_infos.front().toMm, m_voxels, arrays);
        arrays.set(scan_arrays::kRepetitionTime, std::vector<double>{m_repetitionTime});
        std::vector<std::int64_t> files;
        std::vector<std::int64_t> firsts;
        std::vector<std::int64_t> volumes;
        std::size_t all = 0;
        for (const Run& run : m_runs) {
            files.push_back(static_cast<std::int64_t>(run.file));
            firsts.push_back(static_cast<std::int64_t>(run.first));
            volumes.push_back(static_cast<std::int64_t>(run.volumes));
            all += run.volumes;
        }
        Matrix<double> motion(all, m_motionColumns);
        std::size_t row = 0;
        for (const Run& run : m_runs) {
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
        for (const Block& block : m_blocks) {
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
        import.notes = m_notes;
        ImportReport report;
        report.notes = m_notes;
        report.summary =
            fmt::format("Imported {} of subject “{}”: {} voxels, {} volumes of {:g} s, {} of {} shown in {} blocks.",
                        counted(m_runs.size(), "run", "runs"), m_subject.name, withThousands(m_voxels.size()),
                        withThousands(all), m_repetitionTime, withThousands(shown.size()),
                        counted(stimuli().size(), "stimulus", "stimuli"), withThousands(m_blocks.size()));
        report.key = m_study.add(std::move(import));
        return report;
    }

    Study& m_study;
    const ImportRequest& m_request;
    Subject m_subject;
    std::vector<VolumeInfo> m_infos; ///< of the files
    std::vector<Run> m_runs;
    std::vector<Block> m_blocks;
    std::vector<Stimulus> m_newStimuli;
    std::vector<std::array<std::int32_t, 3>> m_voxels;
    std::vector<std::string> m_notes;
    std::size_t m_motionColumns = 0;
    double m_repetitionTime = 0;
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

ImportReport importBData(Study& study, const ImportRequest& request) {
    const Subject subject = subjectFor(request);
    if (study.stimuli()->empty())
        throw MissingError({.where = "import fmri",
                            .what = "the study has no stimuli yet, so that samples cannot be told apart",
                            .remedy = "import ratings, judgments or an embedding first"});
    const StimulusNames names(*study.stimuli(), request.indexBase);
    std::vector<std::string> notes;
    std::vector<std::int32_t> file;
    std::vector<std::int64_t> row;
    std::vector<std::int32_t> run;
    std::vector<std::int32_t> stimulus;
    std::vector<std::int64_t> columns;
    std::vector<std::int32_t> parcel;
    std::vector<std::string> parcelNames;
    Grid grid;
    std::int32_t runs = 0;
    std::size_t unknown = 0;
    std::set<std::int32_t> shown;
    for (std::size_t f = 0; f < request.files.size(); ++f) {
        const std::string where = request.files[f].string();
        const BDataFile data = BDataFile::open(request.files[f]);
        const auto has = [&](const std::string& key) {
            return std::find(data.keys().begin(), data.keys().end(), key) != data.keys().end();
        };
        const std::vector<std::size_t> voxels = data.select("VoxelData");
        if (voxels.empty())
            throw FormatError({.where = where, .expected = "columns of VoxelData", .found = "none"});
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
        // The column that names the stimulus: by words, else by numbers.
        std::string key = request.stimulusColumn;
        for (const char* known : {"stimulus_name", "stim_index", "Label"})
            if (key.empty() && has(known))
                key = known;
        if (key.empty())
            throw FormatError({.where = where,
                               .expected = "a column “stimulus_name”, “stim_index” or “Label”",
                               .found = "none",
                               .remedy = "name the key as --stimulus-column"});
        const Matrix<double> values = data.column(key);
        const std::size_t which = key == "Label" && values.cols() >= 3 ? 2 : 0; // the third of the public files
        const std::map<double, std::string> words = data.labels(key);
        const Matrix<double> runNumbers = data.column("Run");
        const Matrix<double> sessions = has("Session") ? data.column("Session") : Matrix<double>(data.samples(), 1);
        std::map<std::pair<double, double>, std::int32_t> known;
        for (std::size_t s = 0; s < data.samples(); ++s) {
            const auto [place, added] = known.emplace(std::pair{sessions(s, 0), runNumbers(s, 0)}, runs);
            runs += static_cast<std::int32_t>(added);
            const double value = values(s, which);
            const auto word = words.find(value);
            const auto found = names.find(word != words.end() ? word->second : fmt::format("{}", value));
            if (!found) {
                ++unknown;
                continue;
            }
            file.push_back(static_cast<std::int32_t>(f));
            row.push_back(static_cast<std::int64_t>(s));
            run.push_back(place->second);
            stimulus.push_back(*found);
            shown.insert(*found);
        }
    }
    if (shown.size() < 3)
        throw FormatError(
            {.where = request.files.front().string(),
             .expected = "samples of at least three stimuli of the study",
             .found = std::to_string(shown.size()),
             .remedy = "name the key as --stimulus-column, and the number of the first stimulus as --base"});
    if (unknown > 0)
        notes.push_back(fmt::format("Left out, because their stimulus is not in the study: {}.",
                                    counted(unknown, "sample", "samples")));
    Study::Import import;
    import.kind = "fmri";
    import.owner = subject.name;
    import.subjects = {subject};
    import.systems = ratingModels(study);
    import.source = request.files.front();
    import.notes = notes;
    addFiles(study, request.files, import.arrays);
    addGrid(grid.size, grid.toMm, grid.voxels, import.arrays);
    ImportReport report;
    report.notes = std::move(notes);
    report.summary = fmt::format(
        "Imported {} of subject “{}”: {} voxels in {} parcels, {} in {}.",
        counted(file.size(), "response", "responses"), subject.name, withThousands(columns.size()), parcelNames.size(),
        counted(shown.size(), "stimulus", "stimuli"), counted(static_cast<std::uint64_t>(runs), "run", "runs"));
    import.arrays.set(scan_arrays::kSampleFile, std::move(file));
    import.arrays.set(scan_arrays::kSampleRow, std::move(row));
    import.arrays.set(scan_arrays::kSampleRun, std::move(run));
    import.arrays.set(scan_arrays::kSampleStimulus, std::move(stimulus));
    import.arrays.set(scan_arrays::kColumn, std::move(columns));
    import.arrays.set(scan_arrays::kParcel, std::move(parcel));
    import.arrays.set(scan_arrays::kParcelName, std::move(parcelNames));
    report.key = study.add(std::move(import));
    return report;
}

bool isBData(const fs::path& file) {
    std::ifstream head(file, std::ios::binary);
    std::array<char, 8> magic{};
    head.read(magic.data(), magic.size());
    return std::string_view(magic.data(), magic.size()) == "\x89HDF\r\n\x1a\n";
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

std::string hashOfFile(const fs::path& path, const JobControl& control) {
    std::ifstream file(path, std::ios::binary);
    std::vector<char> buffer(std::size_t{1} << 22);
    Hasher hasher;
    while (file) {
        control.check();
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        hasher.add(std::string_view(buffer.data(), static_cast<std::size_t>(file.gcount())));
    }
    if (!file.eof())
        throw StorageError({.where = path.string(), .what = "cannot be read to its end", .remedy = "check the disk"});
    return hasher.hex();
}

ImportReport importScans(Study& study, const ImportRequest& request) {
    return isBData(request.files.front()) ? importBData(study, request) : ScanImport(study, request).run();
}

} // namespace tercet
