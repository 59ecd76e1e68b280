#include "core/pipeline/demo_brain.h"

#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/brain/planted_scans.h"
#include "core/io/atomic_file.h"
#include "core/io/gifti_file.h"
#include "core/io/volume_file.h"
#include "core/pipeline/brain_import.h"
#include "core/pipeline/pipeline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <set>

namespace tercet {
namespace {

namespace fs = std::filesystem;

constexpr std::array kSides = {"L", "R"};

/// Which system predicts best where, and how strongly the region answers.
PlantedScansPlan planFor(const PlantedSpace& space, std::uint64_t seed) {
    PlantedScansPlan plan;
    std::map<std::string, std::size_t> number;
    for (const PlantedSystem& system : space.systems) {
        number[system.name] = plan.systems.size();
        if (!system.weights.empty()) {
            plan.systems.push_back(system.weights);
            continue;
        }
        // The rated dimensions are the last columns of the ratings.
        const std::size_t first = space.ratings.cols() - 14;
        Matrix<double> dimensions(space.ratings.rows(), 14);
        for (std::size_t i = 0; i < dimensions.rows(); ++i)
            for (std::size_t d = 0; d < dimensions.cols(); ++d)
                dimensions(i, d) = space.ratings(i, first + d);
        plan.systems.push_back(std::move(dimensions));
    }
    const auto drive = [&](const char* system, std::initializer_list<std::pair<const char*, double>> regions) {
        for (const auto& [region, signal] : regions)
            plan.drives.push_back({region, number.at(system), signal});
    };
    drive("mllm", {{"VC", 1.2},
                   {"TPJ", 1},
                   {"STS", 0.9},
                   {"TE", 0.8},
                   {"MTC", 0.7},
                   {"MST", 0.9},
                   {"IPL", 0.8},
                   {"PC", 0.8},
                   {"VLPFC", 0.8},
                   {"hippocampus", 0.7}});
    drive("human-categories", {{"insula", 0.9}, {"VMPFC", 0.8}, {"OFC", 0.7}, {"amygdala", 0.9}});
    drive("human-dimensions", {{"DMPFC", 0.8}, {"ACC", 0.8}, {"thalamus", 0.8}});
    plan.subjects = {1, 0.9, 1.1, 0.8, 1};
    plan.seed = seed;
    return plan;
}

PlantedScans scansFor(const PlantedSpace& space, std::uint64_t seed) {
    return {planFor(space, seed), plantCortex(seed)};
}

std::string subjectName(std::size_t number) { return fmt::format("sub-{:02}", number + 1); }

GiftiContent contentOf(std::size_t side) {
    GiftiContent content;
    content.meta["AnatomicalStructurePrimary"] = side == 0 ? "CortexLeft" : "CortexRight";
    return content;
}

void writeSurface(const fs::path& file, std::size_t side, const SurfaceMesh& mesh) {
    GiftiContent content = contentOf(side);
    GiftiArray points{.intent = "POINTSET", .shape = {mesh.vertices.size(), 3}};
    points.meta["AnatomicalStructurePrimary"] = content.meta["AnatomicalStructurePrimary"];
    for (const auto& vertex : mesh.vertices)
        points.values.insert(points.values.end(), vertex.begin(), vertex.end());
    GiftiArray triangles{.intent = "TRIANGLE", .shape = {mesh.triangles.size(), 3}};
    for (const auto& triangle : mesh.triangles)
        triangles.values.insert(triangles.values.end(), triangle.begin(), triangle.end());
    content.arrays = {std::move(points), std::move(triangles)};
    writeGifti(file, content);
}

void writeParcels(const fs::path& file, std::size_t side, const VertexLabels& labels) {
    GiftiContent content = contentOf(side);
    content.arrays = {{.intent = "LABEL",
                       .shape = {labels.keys.size()},
                       .values = std::vector<double>(labels.keys.begin(), labels.keys.end())}};
    content.labels[0] = {.name = "???"};
    for (const auto& [key, parcel] : labels.parcels)
        content.labels[key] = {.name = parcel.name, .color = parcel.color};
    writeGifti(file, content);
}

/// The anatomy of a subject; returns the surfaces' files.
std::vector<fs::path> writeAnatomy(const fs::path& folder, const PlantedSubject& subject) {
    fs::create_directories(folder);
    const std::string name = subjectName(subject.number);
    std::vector<fs::path> files;
    for (std::size_t side = 0; side < kSides.size(); ++side) {
        const PlantedHemisphere& hemisphere = subject.cortex.hemispheres[side];
        const auto path = [&](const char* what, const char* kind) {
            return folder / fmt::format("{}_hemi-{}_{}.{}.gii", name, kSides[side], what, kind);
        };
        const auto surface = [&](const char* what, const SurfaceMesh& mesh) {
            files.push_back(path(what, "surf"));
            writeSurface(files.back(), side, mesh);
        };
        surface("white", hemisphere.white);
        surface("pial", hemisphere.pial);
        surface("midthickness", hemisphere.midthickness);
        surface("inflated", hemisphere.inflated);
        surface("flat", hemisphere.flat);
        GiftiContent content = contentOf(side);
        content.arrays = {{.intent = "SHAPE",
                           .shape = {hemisphere.curvature.size()},
                           .values = std::vector<double>(hemisphere.curvature.begin(), hemisphere.curvature.end())}};
        files.push_back(path("curv", "shape"));
        writeGifti(files.back(), content);
    }
    return files;
}

/// The numbers of structures on the subject's own grid.
void writeStructures(const fs::path& file, const PlantedSubject& subject) {
    const VolumeInfo info{.size = subject.size, .toMm = subject.toMm, .oriented = true};
    writeVolumes(file, info, 1,
                 [&](std::size_t, std::span<double> values) {
                     for (const PlantedVoxel& voxel : subject.voxels)
                         values[voxel.place] = voxel.structure;
                 },
                 {.integers = true});
}

struct RunFiles {
    std::vector<fs::path> scans;
    fs::path mask;
};

RunFiles writeRuns(const fs::path& folder, const PlantedScans& scans, const PlantedSubject& subject,
                   const std::vector<Stimulus>& stimuli, const JobControl& control, int threads) {
    fs::create_directories(folder);
    const std::string name = subjectName(subject.number);
    VolumeInfo info{
        .size = subject.size, .repetitionTime = kPlantedRepetitionTime, .toMm = subject.toMm, .oriented = true};
    RunFiles files;
    files.mask = folder / (name + "_task-clips_mask.nii.gz");
    writeVolumes(files.mask, info, 1,
                 [&](std::size_t, std::span<double> values) {
                     for (const PlantedVoxel& voxel : subject.voxels)
                         values[voxel.place] = 1;
                 },
                 {.integers = true});
    for (std::size_t r = 0; r < subject.runs.size(); ++r)
        files.scans.push_back(folder / fmt::format("{}_task-clips_run-{:02}_bold.nii.gz", name, r + 1));
    parallelFor(subject.runs.size(), threads, [&](std::size_t r) {
        control.check();
        const PlantedRun& run = subject.runs[r];
        const PlantedSeries series = scans.series(subject, r, 1);
        writeVolumes(files.scans[r], info, run.volumes,
                     [&](std::size_t t, std::span<double> values) {
                         control.check();
                         series.fill(subject, t, values);
                     },
                     {.integers = true, .slope = series.scale});
        std::string events = "onset\tduration\ttrial_type\tstimulus\n";
        for (const PlantedEvent& event : run.events)
            events +=
                fmt::format("{:.3f}\t{:.3f}\tclip\t{}\n", event.onset, event.duration, stimuli[event.stimulus].id);
        std::string motion = "trans_x\ttrans_y\ttrans_z\trot_x\trot_y\trot_z\n";
        for (std::size_t t = 0; t < run.volumes; ++t)
            for (std::size_t c = 0; c < run.motion.cols(); ++c)
                motion += fmt::format("{:.6f}{}", run.motion(t, c), c + 1 == run.motion.cols() ? '\n' : '\t');
        const auto beside = [&](const char* what) {
            return folder / fmt::format("{}_task-clips_run-{:02}_{}.tsv", name, r + 1, what);
        };
        writeFileAtomically(beside("events"), events);
        writeFileAtomically(beside("motion"), motion);
    });
    return files;
}

double meanWhere(std::span<const double> values, const std::vector<std::int32_t>& region, std::int32_t wanted) {
    double sum = 0;
    double count = 0;
    for (std::size_t v = 0; v < values.size(); ++v)
        if (region[v] == wanted && std::isfinite(values[v])) {
            sum += values[v];
            ++count;
        }
    return count > 0 ? sum / count : std::nan("");
}

} // namespace

void addDemoBrain(Study& study, const PlantedSpace& space, std::uint64_t seed, const JobControl& control,
                  const Progress& progress, int threads) {
    progress.say("Folding a cortex");
    const PlantedScans scans = scansFor(space, seed);
    const fs::path root = study.folder() / "scans";
    const std::size_t subjects = scans.plan().subjects.size();
    const auto stimuli = study.stimuli();
    for (std::size_t s = 0; s < subjects; ++s) {
        control.check();
        progress.say(fmt::format("Scanning subject {} of {}", s + 1, subjects));
        const PlantedSubject subject = scans.subject(s);
        const std::string name = subjectName(s);
        const std::string title = fmt::format("Subject {}", s + 1);
        const fs::path folder = root / name;
        const RunFiles runs = writeRuns(folder / "func", scans, subject, *stimuli, control, threads);
        importFiles(study, {.kind = "fmri",
                            .files = runs.scans,
                            .subject = name,
                            .subjectTitle = title,
                            .mask = runs.mask,
                            .keptEvents = "trial_type=clip"});
        importFiles(study, {.kind = "surface",
                            .files = writeAnatomy(folder / "anat", subject),
                            .subject = name,
                            .subjectTitle = title});
        const fs::path structures = folder / "anat" / (name + "_desc-aseg_dseg.nii.gz");
        writeStructures(structures, subject);
        importFiles(study, {.kind = "parcellation", .files = {structures}, .subject = name, .subjectTitle = title});
        if (s + 1 == subjects) { // the parcels are of vertices, which all subjects share
            std::vector<fs::path> files;
            fs::create_directories(root / "atlas");
            for (std::size_t side = 0; side < kSides.size(); ++side) {
                files.push_back(root / "atlas" / fmt::format("hemi-{}_hcp-mmp.label.gii", kSides[side]));
                writeParcels(files.back(), side, subject.cortex.hemispheres[side].parcels);
            }
            importFiles(study, {.kind = "parcellation", .files = files});
        }
        progress.set(static_cast<double>(s + 1) / static_cast<double>(subjects));
    }
    // Encoding every voxel of seven models and five subjects once more takes a while; so few permutations are enough
    // to see what was planted, because they are pooled over voxels.
    for (const System& system : study.systems()) {
        setParameters(study, {"voxel-test", system.name}, {{"permutations", "3"}});
        setParameters(study, {"choose-stimuli", system.name}, {{"keep", "100"}});
    }
}

std::vector<CheckFinding> checkDemoBrain(const Study& study, const PlantedSpace& space, std::uint64_t seed) {
    std::vector<CheckFinding> findings;
    if (study.subjects().empty())
        return findings;
    const PlantedScans scans = scansFor(space, seed);
    const auto arraysOf = [&](const Task& task) -> std::shared_ptr<const ArrayBundle> {
        const StepState state = stateOf(study, task);
        return state.kind == StepState::Kind::Done ? study.arrays(state.record->key) : nullptr;
    };
    constexpr double kTie = 0.02; // systems know mostly the same components, and fits of them differ by as much
    std::size_t compared = 0;
    std::size_t right = 0;
    std::size_t regionsAsPlanted = 0;
    std::size_t regionVoxels = 0;
    double sensitive = 0;
    double driven = 0;
    double falsely = 0;
    double noise = 0;
    double kept = 0;
    double dropped = 0;
    std::size_t choices = 0;
    for (std::size_t s = 0; s < scans.plan().subjects.size(); ++s) {
        const std::string name = subjectName(s);
        const auto regions = arraysOf({"assign-regions", "", name});
        if (!regions)
            continue;
        const PlantedSubject subject = scans.subject(s);
        const auto& region = regions->get<std::int32_t>("region").values;
        const auto& regionNames = regions->get<std::string>("region_name").values;
        for (std::size_t v = 0; v < subject.voxels.size(); ++v)
            if (subject.voxels[v].region >= 0) {
                ++regionVoxels;
                regionsAsPlanted += static_cast<std::size_t>(region[v] == subject.voxels[v].region);
            }
        for (std::size_t d = 0; d < scans.plan().drives.size(); ++d) {
            const PlantedDrive& drive = scans.plan().drives[d];
            const auto place = std::find(regionNames.begin(), regionNames.end(), drive.region) - regionNames.begin();
            double best = -2;
            double planted = -2;
            std::size_t known = 0;
            for (std::size_t m = 0; m < space.systems.size(); ++m)
                if (const auto encoded = arraysOf({"encode", space.systems[m].name, name})) {
                    ++known;
                    const double mean =
                        meanWhere(encoded->get<double>("score").values, region, static_cast<std::int32_t>(place));
                    best = std::max(best, mean);
                    if (m == drive.system)
                        planted = mean;
                }
            if (known == space.systems.size()) {
                ++compared;
                right += static_cast<std::size_t>(planted >= best - kTie);
            }
        }
        for (std::size_t m = 0; m < space.systems.size(); ++m) {
            if (const auto test = arraysOf({"voxel-test", space.systems[m].name, name})) {
                const auto& q = test->get<double>("q").values;
                for (std::size_t v = 0; v < subject.voxels.size(); ++v) {
                    const int system = subject.voxels[v].system;
                    if (!std::isfinite(q[v]))
                        continue;
                    const auto significant = static_cast<double>(q[v] < 0.05);
                    if (system == static_cast<int>(m)) {
                        ++driven;
                        sensitive += significant;
                    } else if (system == PlantedVoxel::kNone) {
                        ++noise;
                        falsely += significant;
                    }
                }
            }
            if (const auto choice = arraysOf({"choose-stimuli", space.systems[m].name, name})) {
                const auto& chosen = choice->get<std::int32_t>("chosen").values;
                const std::set<std::int32_t> in(chosen.begin(), chosen.end());
                double inside = 0;
                double outside = 0;
                for (std::size_t i = 0; i < scans.noisiness().size(); ++i)
                    (in.contains(static_cast<std::int32_t>(i)) ? inside : outside) += scans.noisiness()[i];
                kept += inside / static_cast<double>(in.size());
                dropped += outside / static_cast<double>(scans.noisiness().size() - in.size());
                ++choices;
            }
        }
    }
    constexpr double kMostlyRight = 0.8;
    if (regionVoxels > 0) {
        const double share = static_cast<double>(regionsAsPlanted) / static_cast<double>(regionVoxels);
        findings.push_back(
            {share > kMostlyRight,
             fmt::format("assign-regions: {:.1f} % of the voxels of regions are where they were planted.",
                         100 * share)});
    }
    if (compared > 0)
        findings.push_back(
            {static_cast<double>(right) > kMostlyRight * static_cast<double>(compared),
             fmt::format("encode: the planted system predicts best, or within r {} of the best, in {} of {} "
                         "regions of subjects.",
                         kTie, right, compared)});
    if (driven > 0)
        findings.push_back({sensitive > 0.5 * driven && falsely < 0.1 * noise,
                            fmt::format("voxel-test: {:.1f} % of the voxels that follow a system found at FDR 0.05, "
                                        "{:.2f} % of those that follow none.",
                                        100 * sensitive / driven, 100 * falsely / std::max(1.0, noise))});
    if (choices > 0)
        findings.push_back(
            {kept < dropped, fmt::format("choose-stimuli: kept stimuli were planted with noise {:.2f}, the others with "
                                         "{:.2f}.",
                                         kept / static_cast<double>(choices), dropped / static_cast<double>(choices))});
    return findings;
}

} // namespace tercet
