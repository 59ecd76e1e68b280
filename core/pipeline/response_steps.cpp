#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/brain/leave_one_out.h"
#include "core/brain/pattern_reliability.h"
#include "core/brain/region_table.h"
#include "core/brain/voxel_comparison.h"
#include "core/io/bdata_file.h"
#include "core/io/volume_file.h"
#include "core/pipeline/brain_features.h"
#include "core/pipeline/brain_import.h"
#include "core/pipeline/import_parts.h"
#include "core/pipeline/result_origin.h"
#include "core/pipeline/scan_runs.h"
#include "core/pipeline/step_groups.h"
#include "core/pipeline/surface_import.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>

namespace tercet {
namespace {

namespace fs = std::filesystem;
using Kind = StepInput::Kind;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kVoxelsTogether = 512;                 ///< that one thread works on
constexpr std::size_t kReadTogether = std::size_t{64} << 20; ///< bytes of a file between two looks at the control
constexpr std::size_t kLookEvery = 1024;                     ///< voxels or vertices of which each takes microseconds

// --- preprocess-fmri (D5) ---

/// What both kinds of imports give: responses and what they belong to.
struct Responses {
    LargeArrayWriter writer;
    std::vector<std::int32_t> stimulus; ///< per sample
    std::vector<std::int32_t> run;      ///< per sample
    std::vector<std::uint8_t> missing;  ///< per voxel: 1 where it is constant or holds a NaN in a run
    std::vector<double> image;          ///< per voxel: mean of the scans as they are; NaN where there is none
};

/// Reads the runs one after another, in as many parts of the voxels as fit into the memory.
Responses preprocessedScans(StepContext& context, const ArrayBundle& scans) {
    const std::size_t runs = scans.get<std::int64_t>(scan_arrays::kRunVolumes).values.size();
    const std::size_t blocks = scans.get<std::int32_t>(scan_arrays::kBlockRun).values.size();
    const std::vector<std::size_t> place = placesInVolume(scans);
    const PreprocessingOptions options = preprocessingOptions(scans, context.parameters);

    Responses responses{LargeArrayWriter(context.study.scratchFolder(), blocks, place.size()),
                        {},
                        {},
                        std::vector<std::uint8_t>(place.size()),
                        std::vector<double>(place.size())};
    std::vector<fs::path> paths(scans.get<std::string>(scan_arrays::kPath).values.size()); // of files that were checked
    std::size_t scanned = 0;                                                               // volumes
    for (std::size_t r = 0; r < runs; ++r) {
        const ScanRun run = scanRun(context.study, scans, r, options);
        scanned += run.volumes;
        const std::size_t firstRow = responses.stimulus.size();
        responses.stimulus.insert(responses.stimulus.end(), run.stimuli.begin(), run.stimuli.end());
        responses.run.insert(responses.run.end(), run.stimuli.size(), static_cast<std::int32_t>(r));
        if (paths[run.file].empty())
            paths[run.file] = importedFile(context.study, scans, run.file, &context.control);
        VolumeFile scan = VolumeFile::open(paths[run.file]);
        const std::size_t perVoxel = 3 * run.volumes * sizeof(double); // the series and what becomes of it
        const std::size_t part = std::max(kVoxelsTogether, context.memory / 2 / perVoxel);
        for (std::size_t begin = 0; begin < place.size(); begin += part) {
            const std::size_t end = std::min(place.size(), begin + part);
            std::vector<Matrix<double>> series;
            for (std::size_t v = begin; v < end; v += kVoxelsTogether)
                series.emplace_back(run.volumes, std::min(kVoxelsTogether, end - v));
            scan.readVolumes(
                run.first, run.volumes,
                [&](std::size_t t, std::span<const double> values) {
                    for (std::size_t v = begin; v < end; ++v)
                        series[(v - begin) / kVoxelsTogether](t - run.first, (v - begin) % kVoxelsTogether) =
                            values[place[v]];
                },
                context.control);
            parallelFor(series.size(), context.threads, [&](std::size_t s) {
                context.control.check();
                const Matrix<double> rows = run.preprocessing.apply(series[s]);
                const std::size_t first = begin + s * kVoxelsTogether;
                responses.writer.write(firstRow, first, rows);
                for (std::size_t t = 0; t < run.volumes; ++t)
                    for (std::size_t v = 0; v < rows.cols(); ++v)
                        responses.image[first + v] += series[s](t, v);
                for (std::size_t v = 0; v < rows.cols(); ++v)
                    if (!std::isfinite(rows(0, v)))
                        responses.missing[first + v] = 1;
            });
            context.progress.set(
                (static_cast<double>(r) + static_cast<double>(end) / static_cast<double>(place.size())) /
                static_cast<double>(runs));
        }
    }
    for (double& value : responses.image)
        value /= static_cast<double>(scanned);
    return responses;
}

/// Responses that were preprocessed elsewhere, as they are.
Responses responsesOfBData(StepContext& context, const ArrayBundle& scans) {
    const auto& sampleFile = scans.get<std::int32_t>(scan_arrays::kSampleFile).values;
    const auto& sampleRow = scans.get<std::int64_t>(scan_arrays::kSampleRow).values;
    const auto& column = scans.get<std::int64_t>(scan_arrays::kColumn).values;
    const std::vector<std::size_t> columns(column.begin(), column.end());
    Responses responses{LargeArrayWriter(context.study.scratchFolder(), sampleFile.size(), columns.size()),
                        scans.get<std::int32_t>(scan_arrays::kSampleStimulus).values,
                        scans.get<std::int32_t>(scan_arrays::kSampleRun).values,
                        std::vector<std::uint8_t>(columns.size(), 1), std::vector<double>(columns.size(), kNone)};
    std::vector<double> first(columns.size(), kNone);
    std::vector<std::uint8_t> holds(columns.size());
    std::size_t done = 0;
    const std::size_t files = scans.get<std::string>(scan_arrays::kPath).values.size();
    for (std::size_t f = 0; f < files; ++f) {
        const fs::path path = importedFile(context.study, scans, f, &context.control);
        std::map<std::size_t, std::size_t> target; // row of the file → sample
        for (std::size_t s = 0; s < sampleFile.size(); ++s)
            if (sampleFile[s] == static_cast<std::int32_t>(f))
                target.emplace(static_cast<std::size_t>(sampleRow[s]), s);
        const BDataFile data = BDataFile::open(path);
        data.readRows(
            0, data.samples(), columns,
            [&](std::size_t begin, MatrixView<const double> rows) {
                for (std::size_t r = 0; r < rows.rows(); ++r) {
                    context.control.check();
                    const auto to = target.find(begin + r);
                    if (to == target.end())
                        continue;
                    responses.writer.write(to->second, 0, {rows.row(r).data(), 1, rows.cols()});
                    for (std::size_t v = 0; v < columns.size(); ++v) {
                        const double value = rows(r, v);
                        if (!std::isfinite(value))
                            holds[v] = 1;
                        else if (std::isnan(first[v]))
                            first[v] = value;
                        else if (value != first[v])
                            responses.missing[v] = 0; // it varies
                    }
                    context.progress.set(static_cast<double>(++done) / static_cast<double>(sampleFile.size()));
                }
            },
            std::min(kReadTogether, context.memory / 4));
    }
    for (std::size_t v = 0; v < columns.size(); ++v)
        responses.missing[v] = std::max(responses.missing[v], holds[v]);
    return responses;
}

StepOutput preprocessStep(StepContext& context) {
    const ArrayBundle& scans = *context.inputs.at("scans");
    const bool measured = scans.contains(scan_arrays::kSampleRow); // else volumes
    Responses responses = measured ? responsesOfBData(context, scans) : preprocessedScans(context, scans);
    const auto missing =
        static_cast<std::size_t>(std::count(responses.missing.begin(), responses.missing.end(), std::uint8_t{1}));
    StepOutput output;
    ArrayBundle& arrays = output.arrays;
    const LargeArray& large = arrays.large.emplace("responses", responses.writer.finish()).first->second;

    std::map<std::int32_t, std::size_t> shown;
    for (const std::int32_t stimulus : responses.stimulus)
        ++shown[stimulus];
    const auto repeated = static_cast<std::size_t>(
        std::count_if(shown.begin(), shown.end(), [](const auto& entry) { return entry.second > 1; }));
    std::vector<double> ceiling(large.columns(), kNone);
    constexpr std::size_t kFewestRepeated = 3;
    if (repeated >= kFewestRepeated) {
        const std::vector<std::int64_t> stimuli(responses.stimulus.begin(), responses.stimulus.end());
        parallelFor((large.columns() + kVoxelsTogether - 1) / kVoxelsTogether, context.threads, [&](std::size_t b) {
            context.control.check();
            const std::size_t first = b * kVoxelsTogether;
            Matrix<double> part(large.rows(), std::min(kVoxelsTogether, large.columns() - first));
            large.read(0, first, part.view());
            const std::vector<double> found =
                repeatCeiling(part, stimuli, countOf(context, "halvings"), seedOf(context));
            std::copy(found.begin(), found.end(), ceiling.begin() + static_cast<std::ptrdiff_t>(first));
        });
    }
    std::string summary =
        fmt::format("{} of {} to {}{}", counted(large.columns(), "voxel’s response", "voxels’ responses"),
                    counted(large.rows(), "block", "blocks"), counted(shown.size(), "stimulus", "stimuli"),
                    measured ? ", as they are in the file" : "");
    if (missing > 0)
        summary +=
            fmt::format("; {} constant or incomplete, without values", counted(missing, "voxel is", "voxels are"));
    if (repeated >= kFewestRepeated)
        summary += fmt::format("; noise ceiling from {} repeated stimuli", repeated);
    summarise(arrays, summary);
    arrays.set("stimulus", std::move(responses.stimulus));
    arrays.set("run", std::move(responses.run));
    arrays.set("missing", std::move(responses.missing));
    arrays.set("ceiling", std::move(ceiling));
    arrays.set("mean_image", std::move(responses.image));
    for (const char* name : {scan_arrays::kVoxel, scan_arrays::kAffine, scan_arrays::kSize})
        arrays.arrays[name] = scans.arrays.at(name);
    arrays.attributes[kVoxelsAttribute] = voxelsOf(scans);
    return output;
}

// --- assign-regions (D6) ---

/// The parcel that lies nearest to points in mm, of the vertices of a folded surface.
class NearestParcel {
public:
    void add(std::span<const std::array<float, 3>> vertices, std::span<const std::int32_t> parcels,
             const JobControl& control) {
        for (std::size_t v = 0; v < vertices.size(); ++v) {
            if (v % kLookEvery == 0)
                control.check();
            if (parcels[v] >= 0)
                m_cells[cellOf({vertices[v][0], vertices[v][1], vertices[v][2]})].push_back({vertices[v], parcels[v]});
        }
    }
    /// −1 if none is within kReach.
    [[nodiscard]] std::int32_t at(const Point3& point) const {
        std::int32_t parcel = -1;
        double nearest = kReach * kReach;
        const std::array<int, 3> cell = cellOf(point);
        for (int i = -1; i <= 1; ++i)
            for (int j = -1; j <= 1; ++j)
                for (int k = -1; k <= 1; ++k) {
                    const auto found = m_cells.find({cell[0] + i, cell[1] + j, cell[2] + k});
                    if (found == m_cells.end())
                        continue;
                    for (const Entry& entry : found->second) {
                        double squared = 0;
                        for (std::size_t axis = 0; axis < 3; ++axis) {
                            const double d = double{entry.place[axis]} - point[axis];
                            squared += d * d;
                        }
                        if (squared <= nearest) {
                            nearest = squared;
                            parcel = entry.parcel;
                        }
                    }
                }
        return parcel;
    }
    static constexpr double kReach = 5; ///< mm

private:
    struct Entry {
        std::array<float, 3> place;
        std::int32_t parcel;
    };
    static std::array<int, 3> cellOf(const Point3& point) {
        return {static_cast<int>(std::floor(point[0] / kReach)), static_cast<int>(std::floor(point[1] / kReach)),
                static_cast<int>(std::floor(point[2] / kReach))};
    }
    std::map<std::array<int, 3>, std::vector<Entry>> m_cells;
};

StepOutput assignRegionsStep(StepContext& context) {
    const ArrayBundle& scans = *context.inputs.at("scans");
    const RegionTable table = regionTableFor(context);
    const Affine toMm = affineIn(scans, scan_arrays::kAffine);
    const auto& voxel = scans.get<std::int32_t>(scan_arrays::kVoxel);
    const std::size_t voxels = voxel.shape[0];
    std::vector<std::int32_t> parcel(voxels, -1);
    std::vector<std::string> names;
    std::vector<std::string> sources;
    /// Where no parcel is known yet, takes those that `at` gives, of `theirs`.
    const auto fill = [&](const std::vector<std::string>& theirs, const char* source,
                          const std::function<std::int32_t(std::size_t)>& at) {
        const auto offset = static_cast<std::int32_t>(names.size());
        names.insert(names.end(), theirs.begin(), theirs.end());
        std::size_t found = 0;
        for (std::size_t v = 0; v < voxels; ++v) {
            if (v % kLookEvery == 0)
                context.control.check();
            if (parcel[v] < 0)
                if (const std::int32_t one = at(v); one >= 0) {
                    parcel[v] = offset + one;
                    ++found;
                }
        }
        if (found > 0)
            sources.push_back(fmt::format("{} by {}", withThousands(found), source));
    };
    const auto indexOf = [&](std::size_t v) {
        return Point3{static_cast<double>(voxel.values[3 * v]), static_cast<double>(voxel.values[3 * v + 1]),
                      static_cast<double>(voxel.values[3 * v + 2])};
    };
    if (scans.contains(scan_arrays::kParcel)) {
        const auto& own = scans.get<std::int32_t>(scan_arrays::kParcel).values;
        fill(scans.get<std::string>(scan_arrays::kParcelName).values, "the file’s regions",
             [&](std::size_t v) { return own[v]; });
    }
    if (const auto volume = context.inputs.find("volume-parcels"); volume != context.inputs.end()) {
        const ArrayBundle& atlas = *volume->second;
        const auto& numbers = atlas.get<std::int32_t>("parcel");
        const auto toIndex = affineIn(atlas, "affine").inverse();
        if (!toIndex)
            throw DataError({.where = "the volume’s parcellation", .what = "its matrix cannot be inverted"});
        fill(atlas.get<std::string>("parcel_name").values, "the volume’s parcels", [&](std::size_t v) -> std::int32_t {
            const Point3 at = (*toIndex)(toMm(indexOf(v)));
            std::array<std::size_t, 3> index{};
            for (std::size_t axis = 0; axis < 3; ++axis) {
                const double rounded = std::round(at[axis]);
                if (rounded < 0 || rounded >= static_cast<double>(numbers.shape[2 - axis]))
                    return -1;
                index[axis] = static_cast<std::size_t>(rounded);
            }
            return numbers.values[(index[2] * numbers.shape[1] + index[1]) * numbers.shape[2] + index[0]];
        });
    }
    const auto surface = context.inputs.find("surface");
    const auto parcels = context.inputs.find("parcels");
    std::optional<Fault> otherMesh;
    if (surface != context.inputs.end() && parcels != context.inputs.end()) {
        NearestParcel nearest;
        for (const Hemisphere side : kHemispheres) {
            const auto mesh = surfaceIn(*surface->second, side);
            const auto mine = parcelsIn(*parcels->second, side);
            if (!mesh || mine.empty() || mesh->folded().empty())
                continue;
            if (mesh->vertices() != mine.size())
                otherMesh = {.where = fmt::format("the {} hemisphere", toString(side)),
                             .what = "the parcellation is of another mesh",
                             .expected = counted(mesh->vertices(), "vertex", "vertices"),
                             .found = withThousands(mine.size()),
                             .remedy = "import the parcellation of this surface"};
            else
                nearest.add(mesh->folded(), mine, context.control);
        }
        Affine place = toMm;
        if (const auto transform = transformIn(*surface->second)) {
            const auto back = transform->inverse();
            if (!back)
                throw DataError({.where = "the surface’s transform", .what = "it cannot be inverted"});
            place = *back;
        }
        if (!otherMesh)
            fill(parcels->second->get<std::string>("parcel_name").values, "the nearest vertex",
                 [&](std::size_t v) { return nearest.at(place(indexOf(v))); });
    }
    if (sources.empty() && otherMesh)
        throw DataError(*otherMesh);
    if (sources.empty())
        throw MissingError({.where = "regions of subject " + tercet::quoted(context.subject->name),
                            .what = "no voxel lies in a parcel",
                            .remedy = "import a parcellation of its volume, or a surface with its parcellation"});

    std::vector<std::int32_t> regionOfParcel;
    for (const std::string& name : names) {
        const auto number = name.starts_with('#') ? toInteger(name.substr(1)) : std::nullopt;
        const auto region = number ? regionOfVolume(table, static_cast<int>(*number)) : regionOf(table, name);
        regionOfParcel.push_back(region ? static_cast<std::int32_t>(*region) : -1);
    }
    std::vector<std::int32_t> region(voxels, -1);
    std::vector<std::int64_t> count(table.regions.size());
    for (std::size_t v = 0; v < voxels; ++v)
        if (parcel[v] >= 0) {
            region[v] = regionOfParcel[static_cast<std::size_t>(parcel[v])];
            if (region[v] >= 0)
                ++count[static_cast<std::size_t>(region[v])];
        }
    StepOutput output;
    std::vector<std::string> regionNames;
    std::vector<std::uint8_t> subcortical;
    for (const RegionTable::Region& one : table.regions) {
        regionNames.push_back(one.name);
        subcortical.push_back(static_cast<std::uint8_t>(one.subcortical));
    }
    const auto filled =
        static_cast<std::size_t>(std::count_if(count.begin(), count.end(), [](auto n) { return n > 0; }));
    const auto inside = std::accumulate(count.begin(), count.end(), std::int64_t{0});
    std::string how;
    for (const std::string& source : sources)
        how += (how.empty() ? "" : ", ") + source;
    if (otherMesh)
        how += "; those of the surface are of another mesh";
    summarise(output.arrays, fmt::format("{} of {} voxels in {} of {} regions; parcels: {}",
                                         withThousands(static_cast<std::uint64_t>(inside)), withThousands(voxels),
                                         filled, table.regions.size(), how));
    output.arrays.attributes[kVoxelsAttribute] = voxelsOf(scans);
    output.arrays.set("region", std::move(region));
    output.arrays.set("region_name", std::move(regionNames));
    output.arrays.set("subcortical", std::move(subcortical));
    output.arrays.set("count", std::move(count));
    output.arrays.set("parcel", std::move(parcel));
    output.arrays.set("parcel_name", std::move(names));
    return output;
}

// --- choose-stimuli (B3) ---

/// Per stimulus of the study how well its pattern is predicted from the others; the mean over its showings.
std::vector<double> predictability(StepContext& context) {
    const BrainFeatures features = brainFeatures(context, *context.inputs.at("features"), *context.system);
    const ArrayBundle& measured = *context.inputs.at("responses");
    const LargeArray& large = measured.largeArray("responses");
    const auto& stimulus = measured.get<std::int32_t>("stimulus").values;
    const LeaveOneOut model(features.rowsFor(stimulus), context.parameters.real("alpha"), stimulus);
    const std::vector<double> perSample = leaveOneOutPatterns(model, large.columns(), readerOf(large), context.memory,
                                                              context.control, context.progress, context.threads);
    std::vector<double> score(context.study.stimuli()->size(), 0);
    std::vector<double> count(score.size());
    for (std::size_t s = 0; s < stimulus.size(); ++s)
        if (std::isfinite(perSample[s])) {
            score[static_cast<std::size_t>(stimulus[s])] += perSample[s];
            ++count[static_cast<std::size_t>(stimulus[s])];
        }
    for (std::size_t i = 0; i < score.size(); ++i)
        score[i] = count[i] > 0 ? score[i] / count[i] : kNone;
    return score;
}

/// Per stimulus of the study how alike the patterns of its showings are.
std::vector<double> reliability(StepContext& context) {
    const ArrayBundle& measured = *context.inputs.at("responses");
    const LargeArray& large = measured.largeArray("responses");
    try {
        return patternReliability(measured.get<std::int32_t>("stimulus").values, context.study.stimuli()->size(),
                                  large.columns(), readerOf(large),
                                  {.halvings = countOf(context, "halvings"), .seed = seedOf(context)}, context.memory,
                                  context.control, context.progress, context.threads);
    } catch (const DataError& error) {
        Fault fault = error.fault();
        fault.where = "stimuli of subject " + tercet::quoted(context.subject->name);
        fault.remedy = "choose by prediction";
        throw DataError(fault);
    }
}

StepOutput chooseStimuliStep(StepContext& context) {
    const bool byReliability = context.parameters.text("by") == "reliability";
    std::vector<double> score = byReliability ? reliability(context) : predictability(context);
    std::vector<std::int32_t> order; // best first
    for (std::size_t row = 0; row < score.size(); ++row)
        if (std::isfinite(score[row]))
            order.push_back(static_cast<std::int32_t>(row));
    if (order.empty())
        throw DataError({.where = "stimuli of subject " + tercet::quoted(context.subject->name),
                         .what = byReliability
                                     ? "no stimulus has patterns of two showings that can be compared"
                                     : "no stimulus has a pattern that can be compared with the predicted one",
                         .remedy = "import scans with more voxels that vary"});
    const auto scoreOf = [&](std::int32_t row) { return score[static_cast<std::size_t>(row)]; };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::int32_t a, std::int32_t b) { return scoreOf(a) > scoreOf(b); });
    const std::size_t wanted = countOf(context, "keep");
    const std::size_t keep = std::min(order.size(), wanted);
    StepOutput output;
    summarise(output.arrays,
              fmt::format(
                  "{} of {}{} kept{}, {} with r {:.3f} to {:.3f}", withThousands(keep),
                  counted(order.size(), "stimulus", "stimuli"), byReliability ? " that were shown more than once" : "",
                  keep < wanted ? fmt::format(" (none is left out where {} are asked for)", withThousands(wanted)) : "",
                  byReliability ? "reliable" : "predicted", order.empty() ? kNone : scoreOf(order.front()),
                  keep == 0 ? kNone : scoreOf(order[keep - 1])));
    order.resize(keep);
    std::sort(order.begin(), order.end());
    output.arrays.set("score", std::move(score));
    output.arrays.set("chosen", std::move(order));
    return output;
}

} // namespace

RegionTable regionTableFor(const StepContext& context) {
    const auto given = context.inputs.find("table");
    if (given == context.inputs.end())
        return defaultRegionTable();
    return regionTableIn(*given->second);
}

std::vector<Step> responseSteps() {
    return {
        {.name = "preprocess-fmri",
         .title = "Responses",
         .group = "Brain",
         .version = 2,
         .help =
             "From scans to one response per voxel and stimulus, run by run: constant, linear trend and head motion "
             "are regressed out, the series is shifted by the delay and clipped, the volumes of each stimulus are "
             "averaged, and each voxel is z-scored. BData files hold responses already; they are taken as they are.",
         .inputs = {{.name = "scans", .kind = Kind::Scans}, {.name = "stimuli", .kind = Kind::Stimuli}},
         .parameters = {{.name = "delay",
                         .title = "Delay",
                         .defaultValue = 4.0,
                         .minimum = 0,
                         .maximum = 20,
                         .unit = "s",
                         .help = "By which the response is taken to follow the stimulus."},
                        {.name = "clip",
                         .title = "Clip at",
                         .defaultValue = 3.0,
                         .minimum = 0,
                         .maximum = 100,
                         .unit = "s.d.",
                         .help = "Values further from the mean are set to this distance; 0 clips nothing."},
                        {.name = "trend",
                         .title = "Remove the linear trend",
                         .defaultValue = true,
                         .help = "Of each run, beside its mean and the head's motion."},
                        {.name = "halvings",
                         .title = "Draws for the ceiling",
                         .defaultValue = std::int64_t{20},
                         .minimum = 1,
                         .maximum = 10000,
                         .help = "How often two showings of each repeated stimulus are drawn for the noise ceiling."},
                        seedParameter()},
         .perSubject = true,
         .arrays =
             {{"responses", "samples × voxels (float32): z of the response"},
              {"stimulus", "samples: row of the stimulus"},
              {"run", "samples: its run, from 0"},
              {"voxel", "voxels × 3: i, j, k"},
              {"affine", "3 × 4: from i, j, k to mm"},
              {"size", "3: voxels of the grid along i, j, k"},
              {"missing", "voxels: 1 where it is constant or incomplete in a run, so that it has no values"},
              {"ceiling",
               "voxels: r with single showings that a perfect model could reach, from repeated stimuli; NaN without"},
              {"mean_image", "voxels: mean of all volumes as scanned; NaN for one with a gap and for BData"}},
         .mainArray = "responses",
         .run = preprocessStep},
        {.name = "assign-regions",
         .title = "Regions",
         .group = "Brain",
         .help = "Says in which parcel and region each voxel lies: by the regions of a BData file, a parcellation of "
                 "the volume, or the parcel of the nearest vertex within 5 mm of the folded surface, in this order. "
                 "Which parcels make up a region is a table that can be imported.",
         .inputs = {{.name = "scans", .kind = Kind::Scans},
                    {.name = "volume-parcels", .kind = Kind::VolumeParcels, .optional = true},
                    {.name = "surface", .kind = Kind::Surface, .optional = true},
                    {.name = "parcels", .kind = Kind::Parcels, .optional = true},
                    {.name = "table", .kind = Kind::Regions}},
         .perSubject = true,
         .arrays = {{"region", "voxels: number of its region, −1 for none"},
                    {"region_name", "regions: names"},
                    {"subcortical", "regions: 1 where it is one"},
                    {"count", "regions: voxels in it"},
                    {"parcel", "voxels: number of its parcel, −1 for none"},
                    {"parcel_name", "parcels: names"}},
         .mainArray = "region",
         .run = assignRegionsStep},
        {.name = "choose-stimuli",
         .title = "Choose stimuli",
         .group = "Brain",
         .version = 2,
         .help = "Predicts the pattern that each stimulus evokes from all others (ridge, leave-one-out in closed form) "
                 "and keeps the stimuli whose predicted and measured patterns correlate best. What is then tested with "
                 "the same model is biased in its favour, which the test says. Or keeps, without a model, the stimuli "
                 "whose patterns are most alike in two halves of their showings; those that were shown once are then "
                 "never kept.",
         .systems = modelSystems(),
         .inputs = {{.name = "responses", .kind = Kind::Result, .step = "preprocess-fmri"},
                    {.name = "features", .kind = Kind::Features, .onlyWith = {"by", "prediction"}}},
         .parameters = {{.name = "by",
                         .title = "Choose by",
                         .defaultValue = std::string("prediction"),
                         .choices = {"prediction", "reliability"},
                         .help = "How well the system predicts the pattern; or how reliable the pattern is over "
                                 "showings, which is the same for every system and favours none."},
                        {.name = "keep",
                         .title = "Stimuli to keep",
                         .defaultValue = std::int64_t{1000},
                         .minimum = 3,
                         .maximum = 1e6,
                         .help = "The best ones.",
                         .paper = "1,000, and 100 in another place."},
                        {.name = "alpha",
                         .title = "Ridge penalty",
                         .defaultValue = 100.0,
                         .minimum = 1e-6,
                         .maximum = 1e9,
                         .help = "Of the leave-one-out predictions, on standardised features."},
                        {.name = "halvings",
                         .title = "Halvings",
                         .defaultValue = std::int64_t{20},
                         .minimum = 1,
                         .maximum = 1000,
                         .help = "By reliability: how often more than two showings are halved at random."},
                        seedParameter()},
         .perSubject = true,
         .arrays = {{"score", "stimuli of the study: Pearson r of predicted and measured pattern, or of the patterns "
                              "of two halves of its showings; NaN if not shown, or for halves not more than once"},
                    {"chosen", "kept stimuli: their rows, ascending"}},
         .mainArray = "score",
         .run = chooseStimuliStep},
    };
}

} // namespace tercet
