#include "core/pipeline/run_mapping.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/bdata_file.h"
#include "core/io/event_file.h"
#include "core/io/stimulus_id.h"
#include "core/pipeline/import_parts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <regex>
#include <set>

namespace tercet {
namespace {

namespace fs = std::filesystem;

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

    EventFilter() = default;
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
    [[nodiscard]] std::vector<bool> kept(const EventTable& events, const fs::path& file) const;
};

/// A column of a run's events; the message names their file.
const std::vector<std::string>& columnOf(const EventTable& events, const std::string& column, const fs::path& file) {
    try {
        return events.column(column);
    } catch (const MissingError& error) {
        Fault fault = error.fault();
        fault.where = file.string();
        throw MissingError(fault);
    }
}

std::vector<bool> EventFilter::kept(const EventTable& events, const fs::path& file) const {
    if (column.empty())
        return std::vector<bool>(events.onset.size(), true);
    std::vector<bool> result;
    for (const std::string& cell : columnOf(events, column, file))
        result.push_back(values.contains(cell));
    return result;
}

/// What two files say differently of whose, and which, run they are of: "run-1 and run-2"; empty if nothing.
std::string otherRun(const fs::path& a, const fs::path& b) {
    for (const char* part : {"sub", "ses", "run"}) {
        const std::regex pattern(fmt::format("(?:^|_)({}-[A-Za-z0-9]+)", part));
        const std::string nameA = a.filename().string();
        const std::string nameB = b.filename().string();
        std::smatch inA;
        std::smatch inB;
        if (std::regex_search(nameA, inA, pattern) && std::regex_search(nameB, inB, pattern) &&
            inA[1].str() != inB[1].str())
            return inA[1].str() + " and " + inB[1].str();
    }
    return {};
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

/// Whether a block covers a volume, as RunPreprocessing counts them.
bool hasVolume(const ShownBlock& block, double repetitionTime) {
    return std::nearbyint((block.onset + block.duration) / repetitionTime) >
           std::nearbyint(block.onset / repetitionTime);
}

bool isRest(const std::string& label) {
    const std::string word = lowered(label);
    return word == "0" || word == "rest" || word == "n/a" || word == "fixation";
}

/// Remembers the first number that is no id and was taken for the place of a stimulus.
void rememberCounted(const StimulusNames& names, const std::string& cell, RunMapping& mapping) {
    if (mapping.countedCell.empty() && names.isCounted(cell))
        mapping.countedCell = cell;
}

/// "stimulus", "stim_file"; not "stimulus_duration".
bool isCalledAfterStimuli(const std::string& column) {
    constexpr std::array kOther = {"dur", "onset", "offset", "time", "type", "cond", "categ", "class", "order"};
    const std::string name = lowered(column);
    return name.find("stim") != std::string::npos &&
           std::ranges::none_of(kOther, [&](const char* other) { return name.find(other) != std::string::npos; });
}

/// Collects what does not fit, and goes on with the rest.
class Findings {
public:
    Findings(RunMapping& mapping, const JobControl& control) : m_mapping(mapping), m_control(control) {}

    /// Whether `work` threw nothing; what it threw is a problem of `run` too, where there is one.
    template <class Work>
    bool fits(MappedRun* run, const Work& work) {
        m_control.check();
        try {
            work();
            return true;
        } catch (const Error& error) {
            if (!m_mapping.failure)
                m_mapping.failure = std::current_exception();
            m_mapping.problems.emplace_back(error.what());
            if (run != nullptr && run->problem.empty())
                run->problem = error.what();
            return false;
        }
    }

private:
    RunMapping& m_mapping;
    const JobControl& m_control;
};

class ScanMapper {
public:
    ScanMapper(const std::vector<Stimulus>& stimuli, const ImportRequest& request, Findings& findings,
               RunMapping& mapping)
        : m_stimuli(stimuli), m_request(request), m_mapping(mapping), m_findings(findings) {}

    void run() {
        openScans();
        if (!m_mapping.failure || anyScan())
            m_request.volumeLabels.empty() ? readEventsOfRuns() : readLabels();
        checkBlocks();
        readMotionOfRuns();
        checkMask();
    }

private:
    [[nodiscard]] bool anyScan() const {
        return std::any_of(m_infos.begin(), m_infos.end(), [](const VolumeInfo& info) { return info.voxels() > 0; });
    }

    void openScans() {
        const std::vector<fs::path>& files = m_request.files;
        std::size_t first = files.size();
        m_infos.resize(files.size());
        m_mapping.runs.resize(files.size());
        for (std::size_t f = 0; f < files.size(); ++f) {
            MappedRun& run = m_mapping.runs[f];
            run.file = f;
            m_findings.fits(&run, [&] {
                const VolumeInfo info = VolumeFile::open(files[f]).info();
                if (info.volumes < 2 && files.size() == 1)
                    throw FormatError({.where = files[f].string(),
                                       .expected = "a scan of several volumes",
                                       .found = "one volume",
                                       .remedy = "import the runs’ four-dimensional files"});
                m_infos[f] = info;
                run.volumes = info.volumes;
                if (first == files.size()) {
                    first = f;
                    m_mapping.grid = info;
                }
                requireSameGrid(info, files[f], m_mapping.grid, files[first]);
            });
        }
        if (first == files.size())
            return;
        readRepetitionTime();
        if (!m_mapping.grid.oriented)
            m_mapping.notes.emplace_back("The scans do not say where left is; the map may be mirrored.");
    }

    void readRepetitionTime() {
        m_mapping.repetitionTime = m_request.repetitionTime;
        for (std::size_t f = 0; f < m_infos.size() && m_request.repetitionTime == 0; ++f) {
            if (m_infos[f].voxels() == 0)
                continue;
            const double found = m_infos[f].repetitionTime;
            m_findings.fits(&m_mapping.runs[f], [&] {
                if (!(found > 0))
                    throw FormatError({.where = m_request.files[f].string(),
                                       .what = "the file does not say how long a volume took",
                                       .remedy = "give it in seconds as --tr"});
                if (found < kShortestRepetitionTime || found > kLongestRepetitionTime)
                    throw FormatError({.where = m_request.files[f].string(),
                                       .expected = fmt::format("volumes of {:g} to {:g} s", kShortestRepetitionTime,
                                                               kLongestRepetitionTime),
                                       .found = fmt::format("{:g} s", found),
                                       .remedy = "give the time from volume to volume in seconds as --tr"});
                if (m_mapping.repetitionTime > 0 && std::abs(found - m_mapping.repetitionTime) > 1e-3)
                    throw FormatError(
                        {.where = m_request.files[f].string(),
                         .expected = fmt::format("volumes of {:g} s as in the first run", m_mapping.repetitionTime),
                         .found = fmt::format("{:g} s", found),
                         .remedy = "say which is right as --tr"});
                m_mapping.repetitionTime = m_mapping.repetitionTime > 0 ? m_mapping.repetitionTime : found;
            });
        }
    }

    void readEventsOfRuns() {
        std::vector<MappedRun>& runs = m_mapping.runs;
        std::vector<EventTable> tables(runs.size());
        std::vector<std::vector<bool>> kept(runs.size());
        EventFilter filter;
        std::vector<fs::path> files;
        if (!m_findings.fits(nullptr, [&] {
                files = filesOfRuns(m_request.events, m_request.files, kEventEndings, "--events");
                filter = EventFilter(m_request.keptEvents);
            }))
            return;
        for (std::size_t r = 0; r < runs.size(); ++r) {
            runs[r].events = files[r];
            if (const std::string other = otherRun(m_request.files[r], files[r]); !other.empty())
                m_mapping.notes.push_back(fmt::format("{} gets the events {}, whose names say {}.",
                                                      m_request.files[r].filename().string(),
                                                      files[r].filename().string(), other));
            if (!m_findings.fits(&runs[r], [&] {
                    if (files[r].empty())
                        throw MissingError({.where = m_request.files[r].string(),
                                            .what = "there is no table of events beside this run",
                                            .expected = runStem(m_request.files[r]) + "_events.tsv",
                                            .remedy = "give the tables as --events, or labels of volumes as --labels"});
                    EventTable table = readEvents(files[r]);
                    kept[r] = filter.kept(table, files[r]);
                    tables[r] = std::move(table);
                    if (!m_request.stimulusColumn.empty())
                        static_cast<void>(columnOf(tables[r], m_request.stimulusColumn, files[r]));
                }))
                tables[r].names.clear();
        }
        const auto readable = [](const EventTable& table) { return !table.names.empty(); };
        const auto firstTable = std::find_if(tables.begin(), tables.end(), readable);
        if (firstTable != tables.end())
            m_mapping.columns = firstTable->names;
        m_findings.fits(nullptr, [&] {
            if (m_stimuli.empty())
                throw MissingError({.where = "import fmri",
                                    .what = "the study has no stimuli yet, so that events cannot be told apart",
                                    .remedy = "import ratings, judgments or an embedding first"});
            if (firstTable == tables.end())
                return;
            const StimulusNames names(m_stimuli, m_request.indexBase);
            chooseColumn(tables, kept, names, files);
            addBlocks(tables, kept, names);
        });
    }

    /// The column that names most stimuli; if some are called after stimuli, the one of these. What those do not know
    /// is not looked for in columns of conditions.
    void chooseColumn(const std::vector<EventTable>& tables, const std::vector<std::vector<bool>>& kept,
                      const StimulusNames& names, const std::vector<fs::path>& files) {
        const auto any = [](const std::vector<bool>& events) { return std::ranges::count(events, true) > 0; };
        if (!m_request.keptEvents.empty() && std::ranges::none_of(kept, any))
            throw FormatError({.where = files.front().string(),
                               .expected = "events with " + tercet::quoted(m_request.keptEvents),
                               .found = "none",
                               .remedy = "see how the table spells them, and give that as --keep"});
        std::vector<std::string> candidates = m_mapping.columns;
        if (!m_request.stimulusColumn.empty())
            candidates = {m_request.stimulusColumn};
        if (m_request.stimulusColumn.empty() && std::ranges::any_of(candidates, isCalledAfterStimuli))
            std::erase_if(candidates, std::not_fn(isCalledAfterStimuli));
        std::set<std::int32_t> bestFound;
        std::string example;
        for (const std::string& candidate : candidates) {
            std::set<std::int32_t> found;
            for (std::size_t r = 0; r < tables.size(); ++r) {
                const auto at = std::ranges::find(tables[r].names, candidate);
                if (tables[r].names.empty())
                    continue;
                if (at == tables[r].names.end()) {
                    found.clear(); // only some runs have it
                    break;
                }
                const auto& cells = tables[r].values[static_cast<std::size_t>(at - tables[r].names.begin())];
                for (std::size_t e = 0; e < cells.size(); ++e) {
                    if (example.empty())
                        example = cells[e];
                    if (kept[r][e])
                        if (const auto stimulus = names.find(cells[e]))
                            found.insert(*stimulus);
                }
            }
            if (found.size() > bestFound.size()) {
                m_mapping.stimulusColumn = candidate;
                bestFound = std::move(found);
            }
        }
        if (!m_mapping.stimulusColumn.empty())
            return;
        throw FormatError(
            {.where = files.front().string(),
             .expected = "a column that names stimuli of the study, like " + tercet::quoted(m_stimuli.front().id),
             .found = example.empty() ? "none" : tercet::quoted(example),
             .remedy = "name the column as --stimulus-column, and the number of the first stimulus as "
                       "--base"});
    }

    void addBlocks(const std::vector<EventTable>& tables, const std::vector<std::vector<bool>>& kept,
                   const StimulusNames& names) {
        std::size_t unknown = 0;
        std::string firstUnknown;
        for (std::size_t r = 0; r < tables.size(); ++r) {
            if (tables[r].names.empty())
                continue;
            MappedRun& run = m_mapping.runs[r];
            const std::vector<std::string>& cells = tables[r].column(m_mapping.stimulusColumn);
            for (std::size_t e = 0; e < cells.size(); ++e) {
                if (!kept[r][e])
                    continue;
                const auto stimulus = names.find(cells[e]);
                if (!stimulus) {
                    if (cells[e].empty())
                        continue;
                    if (unknown++ == 0)
                        firstUnknown = cells[e];
                    run.others.push_back({tables[r].onset[e], tables[r].duration[e], cells[e]});
                    continue;
                }
                m_findings.fits(&run, [&] {
                    if (!std::isfinite(tables[r].duration[e]))
                        throw FormatError({.where = fmt::format("{}, event {}", run.events.string(), e + 1),
                                           .expected = "a duration in seconds",
                                           .found = "none"});
                    m_mapping.blocks.push_back(
                        {static_cast<std::int32_t>(r), tables[r].onset[e], tables[r].duration[e], *stimulus});
                    rememberCounted(names, cells[e], m_mapping);
                });
            }
        }
        m_mapping.notes.push_back(
            fmt::format("Stimuli are named by the column {} of the events.", tercet::quoted(m_mapping.stimulusColumn)));
        if (unknown > 0)
            m_mapping.notes.push_back(fmt::format("Left out, because their stimulus is not in the study: {}, the first "
                                                  "of {}.",
                                                  counted(unknown, "event", "events"), tercet::quoted(firstUnknown)));
    }

    void readLabels() {
        const std::vector<MappedRun> files = std::move(m_mapping.runs);
        m_mapping.runs.clear();
        if (!m_findings.fits(nullptr, [&] { addLabelledRuns(); }))
            m_mapping.blocks.clear();
        if (m_mapping.runs.empty())
            m_mapping.runs = files;
        for (MappedRun& run : m_mapping.runs)
            run.problem = files[run.file].problem;
    }

    void addLabelledRuns() {
        const fs::path& file = m_request.volumeLabels;
        const VolumeLabels labels = readVolumeLabels(file);
        std::size_t volumes = 0;
        for (const VolumeInfo& info : m_infos)
            volumes += info.voxels() > 0 ? info.volumes : 0;
        if (labels.labels.size() != volumes)
            throw FormatError({.where = file.string(),
                               .expected = fmt::format("a label for each of {} volumes", volumes),
                               .found = std::to_string(labels.labels.size())});
        if (m_stimuli.empty()) {
            std::set<std::string> conditions;
            for (const std::string& label : labels.labels)
                if (!isRest(label))
                    conditions.insert(label);
            for (const std::string& condition : conditions)
                m_mapping.newStimuli.push_back({canonicalStimulusId(condition), condition});
        }
        // Stimuli that the labels made have the labels as their ids.
        const StimulusNames names(stimuli(), m_mapping.newStimuli.empty() ? m_request.indexBase : std::nullopt);
        std::size_t v = 0;
        for (std::size_t f = 0; f < m_infos.size(); ++f)
            for (std::size_t i = 0; m_infos[f].voxels() > 0 && i < m_infos[f].volumes; ++i, ++v) {
                const bool runBegins = i == 0 || labels.runs[v] != labels.runs[v - 1];
                if (runBegins)
                    m_mapping.runs.push_back({.file = f, .first = i});
                MappedRun& run = m_mapping.runs.back();
                const bool blockBegins = runBegins || labels.labels[v] != labels.labels[v - 1];
                const double time = static_cast<double>(run.volumes) * m_mapping.repetitionTime;
                ++run.volumes;
                if (isRest(labels.labels[v]))
                    continue;
                const auto stimulus = names.find(labels.labels[v]);
                if (!stimulus)
                    throw FormatError({.where = fmt::format("{}, line {}", file.string(), v + 1),
                                       .expected = "a stimulus of the study or rest",
                                       .found = tercet::quoted(labels.labels[v])});
                rememberCounted(names, labels.labels[v], m_mapping);
                if (blockBegins)
                    m_mapping.blocks.push_back(
                        {static_cast<std::int32_t>(m_mapping.runs.size() - 1), time, 0, *stimulus});
                m_mapping.blocks.back().duration += m_mapping.repetitionTime;
            }
    }

    void checkBlocks() {
        if (m_mapping.blocks.empty() && m_mapping.failure) // why, is said
            return;
        const double step = m_mapping.repetitionTime;
        std::vector<std::vector<ShownBlock*>> blocks(m_mapping.runs.size());
        for (ShownBlock& block : m_mapping.blocks)
            blocks[static_cast<std::size_t>(block.run)].push_back(&block);
        for (std::size_t r = 0; r < blocks.size(); ++r) {
            MappedRun& run = m_mapping.runs[r];
            if (!run.problem.empty() || !(step > 0))
                continue;
            const std::string where = m_request.files[run.file].string();
            const double end = static_cast<double>(run.volumes) * step;
            m_findings.fits(&run, [&] {
                for (ShownBlock* block : blocks[r])
                    block->fits =
                        block->onset >= 0 && block->onset + block->duration <= end + 1e-6 && hasVolume(*block, step);
                for (std::size_t b = 0; b < blocks[r].size(); ++b)
                    requireVolumes(*blocks[r][b], b + 1, where, end);
                if (blocks[r].size() < 2)
                    throw FormatError({.where = where,
                                       .expected = fmt::format("at least two stimuli in run {}", r + 1),
                                       .found = std::to_string(blocks[r].size()),
                                       .remedy = "leave this run out, or check --stimulus-column and --keep"});
            });
        }
    }

    void requireVolumes(const ShownBlock& block, std::size_t number, const std::string& where, double end) const {
        if (block.fits)
            return;
        const std::string stimulus = tercet::quoted(stimuli()[static_cast<std::size_t>(block.stimulus)].id);
        if (block.onset < 0)
            throw FormatError({.where = where,
                               .expected = "events from the run's first volume on",
                               .found = fmt::format("stimulus {} at {:g} s", stimulus, block.onset),
                               .remedy = "leave out what was shown before with --keep"});
        if (!hasVolume(block, m_mapping.repetitionTime))
            throw FormatError(
                {.where = where,
                 .expected = fmt::format("blocks of at least one volume, {:g} s", m_mapping.repetitionTime),
                 .found = fmt::format("stimulus {} from {:g} s for {:g} s in block {}", stimulus, block.onset,
                                      block.duration, number),
                 .remedy = "give events with the durations of their stimuli, or leave them out with "
                           "--keep"});
        throw FormatError(
            {.where = where,
             .what = fmt::format("run {} is shorter than its events need", block.run + 1),
             .expected = fmt::format("volumes until {:g} s, the end of stimulus {} in block {}",
                                     block.onset + block.duration, stimulus, number),
             .found = fmt::format(
                 "{} until {:g} s",
                 counted(m_mapping.runs[static_cast<std::size_t>(block.run)].volumes, "volume", "volumes"), end)});
    }

    [[nodiscard]] const std::vector<Stimulus>& stimuli() const {
        return m_mapping.newStimuli.empty() ? m_stimuli : m_mapping.newStimuli;
    }

    void readMotionOfRuns() {
        std::vector<MappedRun>& runs = m_mapping.runs;
        if (!m_request.volumeLabels.empty() && m_request.motion.empty())
            return;
        std::vector<fs::path> files;
        for (const MappedRun& run : runs)
            files.push_back(m_request.files[run.file]);
        std::vector<fs::path> found;
        if (!m_findings.fits(nullptr,
                             [&] { found = filesOfRuns(m_request.motion, files, kMotionEndings, "--motion"); }))
            return;
        std::size_t without = 0;
        for (std::size_t r = 0; r < found.size(); ++r) {
            runs[r].motionFile = found[r];
            if (found[r].empty()) {
                ++without;
                continue;
            }
            if (runs[r].volumes == 0) // its scan cannot be read
                continue;
            m_findings.fits(&runs[r], [&] {
                Matrix<double> motion = readMotion(found[r]);
                if (motion.rows() != runs[r].volumes)
                    throw FormatError(
                        {.where = found[r].string(),
                         .expected = fmt::format("a row for each of the run's {} volumes", runs[r].volumes),
                         .found = std::to_string(motion.rows())});
                if (m_mapping.motionColumns != 0 && motion.cols() != m_mapping.motionColumns)
                    throw FormatError(
                        {.where = found[r].string(),
                         .expected = counted(m_mapping.motionColumns, "column", "columns") + " as in the other runs",
                         .found = std::to_string(motion.cols())});
                m_mapping.motionColumns = motion.cols();
                runs[r].motion = std::move(motion);
            });
        }
        if (without == found.size())
            m_mapping.notes.emplace_back("There are no motion parameters, so that none are regressed out.");
        else if (without > 0)
            m_mapping.notes.push_back(
                fmt::format("{} without motion parameters.", counted(without, "run is", "runs are")));
    }

    void checkMask() {
        if (m_request.mask.empty() || !anyScan())
            return;
        m_findings.fits(nullptr, [&] {
            const VolumeInfo info = VolumeFile::open(m_request.mask).info();
            requireSameGrid(info, m_request.mask, m_mapping.grid, m_request.files.front());
            if (info.volumes != 1)
                throw FormatError({.where = m_request.mask.string(),
                                   .expected = "one volume that says which voxels count",
                                   .found = counted(info.volumes, "volume", "volumes")});
        });
    }

    const std::vector<Stimulus>& m_stimuli;
    const ImportRequest& m_request;
    RunMapping& m_mapping;
    Findings& m_findings;
    std::vector<VolumeInfo> m_infos; ///< of the files; without voxels where one cannot be read
};

// --- BData ---

/// The column that names the stimulus: by words, else by numbers.
std::string stimulusKey(const BDataFile& data, const ImportRequest& request, const std::string& where) {
    std::string key = request.stimulusColumn;
    for (const char* known : {"stimulus_name", "stim_index", "Label"})
        if (key.empty() && std::ranges::find(data.keys(), known) != data.keys().end())
            key = known;
    if (key.empty())
        throw FormatError({.where = where,
                           .expected = "a column “stimulus_name”, “stim_index” or “Label”",
                           .found = "none",
                           .remedy = "name the key as --stimulus-column"});
    return key;
}

/// What a key says of each sample. Throws FormatError if it has no column, or so many that they are voxels.
Matrix<double> labelsOf(const BDataFile& data, const std::string& key, const std::string& where) {
    constexpr std::size_t kMost = 16;
    const std::size_t columns = data.select('"' + key + '"').size();
    if (columns == 0 || columns > kMost)
        throw FormatError({.where = where,
                           .expected = "numbers of each sample under the key " + tercet::quoted(key),
                           .found = counted(columns, "column", "columns"),
                           .remedy = "name another key as --stimulus-column"});
    return data.column(key);
}

/// Adds the samples of the file with number `f` in the request.
void addSamples(const ImportRequest& request, std::size_t f, const StimulusNames& names, RunMapping& mapping,
                std::set<std::int32_t>& shown) {
    const std::string where = request.files[f].string();
    const BDataFile data = BDataFile::open(request.files[f]);
    const auto has = [&](const char* key) { return std::ranges::find(data.keys(), key) != data.keys().end(); };
    if (data.select("VoxelData").empty())
        throw FormatError({.where = where, .expected = "columns of VoxelData", .found = "none"});
    const std::string key = stimulusKey(data, request, where);
    if (f == 0) {
        mapping.stimulusColumn = key;
        const std::vector<std::string> regions = data.roiKeys();
        for (const std::string& one : data.keys())
            if (!one.starts_with("voxel_") && one != "VoxelData" && std::ranges::count(regions, one) == 0)
                mapping.columns.push_back(one);
    }
    const Matrix<double> values = labelsOf(data, key, where);
    const std::size_t which = key == "Label" && values.cols() >= 3 ? 2 : 0; // the third of the public files
    const std::map<double, std::string> words = data.labels(key);
    const Matrix<double> runNumbers = labelsOf(data, "Run", where);
    const Matrix<double> sessions =
        has("Session") ? labelsOf(data, "Session", where) : Matrix<double>(data.samples(), 1);
    std::map<std::pair<double, double>, std::size_t> known;
    for (std::size_t s = 0; s < data.samples(); ++s) {
        if (!std::isfinite(sessions(s, 0)) || !std::isfinite(runNumbers(s, 0)))
            throw FormatError({.where = fmt::format("{}, sample {}", where, s + 1),
                               .expected = "the numbers of its session and run",
                               .found = "none"});
        const auto [place, added] = known.emplace(std::pair{sessions(s, 0), runNumbers(s, 0)}, mapping.runs.size());
        if (added)
            mapping.runs.push_back({.file = f, .first = s});
        MappedRun& run = mapping.runs[place->second];
        ++run.volumes;
        const double value = values(s, which);
        if (!std::isfinite(value)) // nothing was shown
            continue;
        const auto word = words.find(value);
        const std::string name = word != words.end() ? word->second : fmt::format("{}", value);
        const auto found = names.find(name);
        if (!found) {
            run.others.push_back({0, 0, name});
            continue;
        }
        rememberCounted(names, name, mapping);
        mapping.samples.file.push_back(static_cast<std::int32_t>(f));
        mapping.samples.row.push_back(static_cast<std::int64_t>(s));
        mapping.samples.run.push_back(static_cast<std::int32_t>(place->second));
        mapping.samples.stimulus.push_back(*found);
        shown.insert(*found);
    }
}

void mapResponses(const std::vector<Stimulus>& stimuli, const ImportRequest& request, Findings& findings,
                  RunMapping& mapping) {
    mapping.responses = true;
    findings.fits(nullptr, [&] {
        if (stimuli.empty())
            throw MissingError({.where = "import fmri",
                                .what = "the study has no stimuli yet, so that samples cannot be told apart",
                                .remedy = "import ratings, judgments or an embedding first"});
        const StimulusNames names(stimuli, request.indexBase);
        std::set<std::int32_t> shown;
        bool all = true;
        for (std::size_t f = 0; f < request.files.size(); ++f)
            all = findings.fits(nullptr, [&] { addSamples(request, f, names, mapping, shown); }) && all;
        if (all && shown.size() < 3)
            throw FormatError(
                {.where = request.files.front().string(),
                 .expected = "samples of at least three stimuli of the study",
                 .found = std::to_string(shown.size()),
                 .remedy = "name the key as --stimulus-column, and the number of the first stimulus as --base"});
        std::size_t unknown = 0;
        for (const MappedRun& run : mapping.runs)
            unknown += run.others.size();
        if (unknown > 0)
            mapping.notes.push_back(fmt::format("Left out, because their stimulus is not in the study: {}.",
                                                counted(unknown, "sample", "samples")));
    });
}

} // namespace

RunMapping mapRuns(const std::vector<Stimulus>& stimuli, const ImportRequest& request, const JobControl& control) {
    RunMapping mapping;
    Findings findings(mapping, control);
    findings.fits(nullptr, [&] {
        if (request.files.empty())
            throw ParameterError({.where = "import", .expected = "a file", .found = "none"});
    });
    if (mapping.failure)
        return mapping;
    findings.fits(nullptr, [&] { mapping.subject = subjectFor(request); });
    if (isBData(request.files.front()))
        mapResponses(stimuli, request, findings, mapping);
    else
        ScanMapper(stimuli, request, findings, mapping).run();
    if (!mapping.countedCell.empty())
        mapping.notes.push_back(fmt::format("Numbers like {} are taken as places in the list of stimuli, of which the "
                                            "first is 1; --base says otherwise.",
                                            tercet::quoted(mapping.countedCell)));
    return mapping;
}

fs::path eventsBeside(const fs::path& run) { return besideRun(run, kEventEndings); }

fs::path motionBeside(const fs::path& run) { return besideRun(run, kMotionEndings); }

} // namespace tercet
