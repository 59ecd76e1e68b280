#include "brain_files.h"
#include "core/base/error.h"
#include "core/brain/flatmap.h"
#include "core/io/event_file.h"
#include "core/io/numpy_file.h"
#include "core/pipeline/projected_surface.h"
#include "core/pipeline/surface_import.h"

#include <cstdlib>
#include <fstream>
#include <set>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

std::vector<fs::path> under(const fs::path& folder, std::initializer_list<const char*> names) {
    std::vector<fs::path> files;
    for (const char* name : names)
        files.push_back(folder / name);
    return files;
}

std::size_t inParcels(const ArrayBundle& arrays, Hemisphere side) {
    const auto parcels = parcelsIn(arrays, side);
    return static_cast<std::size_t>(
        std::count_if(parcels.begin(), parcels.end(), [](std::int32_t parcel) { return parcel >= 0; }));
}

std::string parcelAt(const ArrayBundle& arrays, Hemisphere side, std::size_t vertex) {
    const std::int32_t parcel = parcelsIn(arrays, side)[vertex];
    return parcel < 0 ? "" : arrays.get<std::string>("parcel_name").values[static_cast<std::size_t>(parcel)];
}

/// The vertices at which a map of voxels has a value.
struct Covered {
    std::size_t vertices = 0;
    double mean = 0; ///< of their values
};

Covered coveredBy(const ProjectedHemisphere& hemisphere, std::span<const double> map) {
    Covered covered;
    const auto values = hemisphere.map(map);
    for (const float value : *values)
        if (std::isfinite(value)) {
            ++covered.vertices;
            covered.mean += value;
        }
    covered.mean /= static_cast<double>(covered.vertices);
    return covered;
}

double meanX(std::span<const std::array<float, 3>> vertices) {
    double sum = 0;
    for (const auto& vertex : vertices)
        sum += vertex[0];
    return sum / static_cast<double>(vertices.size());
}

/// One run of two stimuli on a grid, whose values do not matter.
ImportReport importGrid(Study& study, const ScratchFolder& folder, const VolumeInfo& info, const std::string& subject,
                        const fs::path& mask) {
    const fs::path scan = folder / (subject + "_run-1_bold.nii");
    writeVolumes(scan, info, 8, [](std::size_t t, std::span<double> values) {
        for (std::size_t v = 0; v < values.size(); ++v)
            values[v] = static_cast<double>(100 + t * (1 + v % 3));
    });
    writeText(folder / (subject + "_run-1_events.tsv"), "onset\tduration\tstimulus\n0\t2\t0001\n4\t2\t0002\n");
    return importFiles(study, {.kind = "fmri", .files = {scan}, .subject = subject, .mask = mask});
}

/// Voxels of 8 mm around the brain in MNI's mm, x reversed as in many scans.
VolumeInfo coarseGrid() {
    return {.size = {24, 28, 24},
            .repetitionTime = 1,
            .toMm = {{{{-8, 0, 0, 92}, {0, 8, 0, -128}, {0, 0, 8, -72}}}},
            .oriented = true};
}

/// Of every voxel one coordinate of its centre, mm.
std::vector<double> coordinates(const Study& study, const std::string& subject, const VolumeInfo& info,
                                std::size_t axis) {
    std::vector<double> values;
    const auto scans = study.arrays(*study.imported(subject, "fmri"));
    const auto& voxel = scans->get<std::int32_t>(scan_arrays::kVoxel).values;
    for (std::size_t v = 0; v < voxel.size() / 3; ++v)
        values.push_back(info.toMm({static_cast<double>(voxel[3 * v]), static_cast<double>(voxel[3 * v + 1]),
                                    static_cast<double>(voxel[3 * v + 2])})[axis]);
    return values;
}

/// The slice of Haxby et al. (2001), whose volumes are of what `labels` says.
ImportReport importHaxby(Study& study, const fs::path& bold, const fs::path& labels) {
    return importFiles(study, {.kind = "fmri",
                               .files = {bold},
                               .subject = "haxby",
                               .mask = bold.parent_path() / "mask.nii.gz",
                               .volumeLabels = labels});
}

} // namespace

TEST_CASE("conditions of a real scan predict its voxels from import to map") {
    const auto bold = sharedFile("data/fmri/haxby2001_slice/bold.nii.gz");
    if (bold.empty())
        return;
    const ScratchFolder folder;
    const auto study = Study::create(folder / "a.tercet", "Haxby");
    const ImportReport scans = importHaxby(*study, bold, bold.parent_path() / "attributes_literal.txt");
    CHECK_THAT(scans.summary, Contains("12 runs") && Contains("1,452 volumes of 2.5 s") &&
                                  Contains("8 of 8 stimuli shown in 96 blocks"));
    REQUIRE(study->stimuli()->size() == 8);
    Array<double> conditions{{8, 8}, std::vector<double>(64)}; // a component each; symmetric ones are similarities
    for (std::size_t i = 0; i < 8; ++i)
        conditions.values[8 * i + (i + 1) % 8] = 1;
    writeNpy(folder / "conditions.npy", conditions);
    importFiles(*study, {.kind = "embedding", .files = {folder / "conditions.npy"}, .system = "conditions"});
    setParameters(*study, {"preprocess-fmri"}, {{"delay", "5"}});
    setParameters(*study, {"encode", "conditions"}, {{"folds", "whole-runs"}});
    const Task task{"encode", "conditions", "haxby"};
    CHECK_THROWS_AS(
        [&] {
            setParameters(*study, task, {{"folds", "runs"}});
            run(*study, task);
        }(),
        DataError); // every run shows all conditions
    setParameters(*study, task, {{"folds", "whole-runs"}});
    const auto encoded = study->arrays(run(*study, task, 2).key);
    const auto& score = encoded->get<double>("score").values;
    const auto above = std::count_if(score.begin(), score.end(), [](double r) { return r > 0.4; });
    double best = 0;
    for (const double r : score)
        best = std::max(best, std::isfinite(r) ? r : 0);
    CAPTURE(above, best, score.size());
    CHECK(above >= 50);
    CHECK(best > 0.7);
    CHECK(encoded->matrix("score_per_fold").rows() == 5);
    CHECK(encoded->get<std::string>("feature").values.size() == 8);

    // Conditions in another order are told apart as well.
    const Task test{"voxel-test", "conditions", "haxby"};
    CHECK_THROWS_WITH(run(*study, test), Contains("8 features tells 8 stimuli apart") && Contains("folds"));
    setParameters(*study, test, {{"test", "folds"}});
    const auto tested = study->arrays(run(*study, test).key);
    const auto& q = tested->get<double>("q").values;
    CHECK(std::count_if(q.begin(), q.end(), [](double rate) { return rate < 0.05; }) >= 50);
}

TEST_CASE("a searchlight tells faces from houses where a real brain does") {
    const auto bold = sharedFile("data/fmri/haxby2001_slice/bold.nii.gz");
    if (bold.empty())
        return;
    const ScratchFolder folder;
    const auto study = Study::create(folder / "a.tercet", "Haxby");
    // Each block of a face or house is a stimulus of its own.
    std::ifstream labels(bold.parent_path() / "attributes_literal.txt");
    std::string own;
    for (std::string label, run; labels >> label >> run;)
        own += (label == "face" || label == "house" ? label + run : "rest") + " " + run + "\n";
    writeText(folder / "labels.txt", own);
    importHaxby(*study, bold, folder / "labels.txt");
    const auto stimuli = study->stimuli();
    REQUIRE(stimuli->size() == 24);
    Array<double> kinds{{24, 2}, std::vector<double>(48)};
    for (std::size_t i = 0; i < 24; ++i)
        kinds.values[2 * i + ((*stimuli)[i].id.starts_with("face") ? 0 : 1)] = 1;
    writeNpy(folder / "kinds.npy", kinds);
    importFiles(*study, {.kind = "embedding", .files = {folder / "kinds.npy"}, .system = "kinds"});
    setParameters(*study, {"preprocess-fmri"}, {{"delay", "5"}});
    const auto found = study->arrays(run(*study, {"searchlight", "", "haxby"}, 2).key);
    const auto rho = found->matrix("rho").row(0);
    const auto scans = study->arrays(*study->imported("haxby", "fmri"));
    const auto& voxel = scans->get<std::int32_t>(scan_arrays::kVoxel).values;
    std::set<std::array<std::int32_t, 3>> high;
    for (std::size_t v = 0; v < rho.size(); ++v)
        if (rho[v] > 0.5)
            high.insert({voxel[3 * v], voxel[3 * v + 1], voxel[3 * v + 2]});
    const std::size_t all = high.size();
    std::size_t largest = 0; // voxels that share a side
    while (!high.empty()) {
        std::vector<std::array<std::int32_t, 3>> next{*high.begin()};
        high.erase(high.begin());
        std::size_t size = 0;
        for (; !next.empty(); ++size) {
            const auto here = next.back();
            next.pop_back();
            for (std::size_t axis = 0; axis < 3; ++axis)
                for (const std::int32_t step : {-1, 1}) {
                    auto there = here;
                    there[axis] += step;
                    if (high.erase(there) > 0)
                        next.push_back(there);
                }
        }
        largest = std::max(largest, size);
    }
    CAPTURE(all, largest);
    CHECK(all >= 150); // 171, and 162 in one piece, in NumPy
    CHECK(largest >= 150);
}

TEST_CASE("real events name the videos by the numbers of their files") {
    const auto packed = sharedFile("data/ck2017/ds005191_events_sub-01.tar.gz");
    const auto ratings = sharedFile("data/ck2017/ratings48_2180.csv.gz");
    if (packed.empty() || ratings.empty())
        return;
    const ScratchFolder folder;
    const std::string unpack = fmt::format("tar xzf '{}' -C '{}' --wildcards '*_ses-trainPerception03_*_run-0[12]_*'",
                                           packed.string(), folder.path().string());
    REQUIRE(std::system(unpack.c_str()) == 0); // NOLINT(concurrency-mt-unsafe)
    const auto study = Study::create(folder / "a.tercet", "Videos");
    importFiles(*study, {.kind = "ratings", .files = {ratings}});
    REQUIRE(study->stimuli()->size() == 2180);
    ImportRequest request{.kind = "fmri", .keptEvents = "trial_type=2"};
    std::vector<std::int32_t> labels; // the second column, which counts the videos that were kept from 1
    for (const char* run : {"01", "02"}) {
        const std::string name = fmt::format("sub-01_ses-trainPerception03_task-trainPerception_run-{}", run);
        request.files.push_back(folder / (name + "_bold.nii"));
        writeVolumes(request.files.back(), {.size = {2, 1, 1}, .repetitionTime = 1}, 700,
                     [](std::size_t t, std::span<double> values) {
                         values[0] = 10 + std::sin(static_cast<double>(t));
                         values[1] = 10 + std::cos(static_cast<double>(t));
                     });
        const EventTable events = readEvents(folder / (name + "_events.tsv"));
        for (std::size_t e = 0; e < events.onset.size(); ++e)
            if (events.column("trial_type")[e] == "2")
                labels.push_back(std::stoi(events.column("stimLabel")[e]) - 1);
    }
    REQUIRE(labels.size() == 73);
    const ImportReport report = importFiles(*study, request);
    CHECK(std::any_of(report.notes.begin(), report.notes.end(),
                      [](const std::string& note) { return note.find("“stimID”") != std::string::npos; }));
    const auto stimuliOf = [&](const ImportReport& import) {
        return study->arrays(import.key)->get<std::int32_t>(scan_arrays::kBlockStimulus).values;
    };
    CHECK(stimuliOf(report) == labels);
    request.stimulusColumn = "stimLabel";
    request.indexBase = 1;
    CHECK(stimuliOf(importFiles(*study, request)) == labels);
}

TEST_CASE("the surfaces of fsaverage5 and tables of its parcels are imported") {
    const auto flat = sharedFile("data/surfaces/fsaverage5/flat_left.gii.gz");
    const auto table = sharedFile("data/surfaces/parcellations_csv/glasser_360_fsa5.csv");
    if (flat.empty() || table.empty())
        return;
    const ScratchFolder folder;
    const auto study = Study::create(folder / "a.tercet", "fsaverage5");
    const ImportReport report = importFiles(
        *study,
        {.kind = "surface",
         .files = under(flat.parent_path(),
                        {"flat_left.gii.gz", "flat_right.gii.gz", "infl_left.gii.gz", "infl_right.gii.gz",
                         "pial_left.gii.gz", "pial_right.gii.gz", "white_left.gii.gz", "white_right.gii.gz",
                         "curv_left.gii.gz", "curv_right.gii.gz", "thick_left.gii.gz", "sphere_right.gii.gz"})});
    CHECK_THAT(report.summary, Contains("left 10,242 vertices, right 10,242 vertices"));
    REQUIRE(report.notes.size() == 2); // thickness and sphere are not used
    const auto surfaces = study->arrays(report.key);
    for (const Hemisphere side : kHemispheres) {
        const auto surface = surfaceIn(*surfaces, side);
        REQUIRE(surface);
        CHECK(surface->triangles.size() == 20480);
        CHECK(surface->flat.triangles.size() == (side == Hemisphere::Left ? 18654 : 18790));
        CHECK(surface->inflated.size() == 10242);
        CHECK(surface->curvature.size() == 10242);
        CHECK(surface->folded()[5] == surface->white[5]);
    }
    // The left hemisphere first; without the surface as well, because both are of one size.
    const fs::path names = table.parent_path() / "glasser_360_names.csv";
    const ImportReport parcels = importFiles(*study, {.kind = "parcellation", .files = {table}, .parcelNames = names});
    CHECK_THAT(parcels.summary, Contains("of both hemispheres for all subjects"));
    const auto arrays = study->arrays(parcels.key);
    for (const Hemisphere side : kHemispheres) {
        CHECK(parcelsIn(*arrays, side).size() == 10242);
        CHECK(inParcels(*arrays, side) > 9000);
        std::size_t ofOther = 0;
        for (std::size_t v = 0; v < 10242; ++v)
            ofOther += parcelAt(*arrays, side, v).starts_with(side == Hemisphere::Left ? "R_" : "L_") ? 1 : 0;
        CHECK(ofOther == (side == Hemisphere::Left ? 0 : 17)); // the file has 17 such vertices itself
    }
    CHECK_THAT(messageOf<MissingError>([&] { importFiles(*study, {.kind = "parcellation", .files = {table}}); }),
               Contains("glasser_360_fsa5.csv") && Contains("--names"));
    const fs::path ofOther = table.parent_path() / "glasser_360_conte69.csv";
    CHECK_THAT(messageOf<FormatError>(
                   [&] { importFiles(*study, {.kind = "parcellation", .files = {ofOther}, .parcelNames = names}); }),
               Contains("another mesh") && Contains("10,242 of the right"));
    // FreeSurfer's own sample is of this mesh, and its name says no hemisphere.
    const auto sample = sharedFile("data/surfaces/freesurfer_format_samples/test.annot");
    if (sample.empty())
        return;
    CHECK_THROWS_AS(importFiles(*study, {.kind = "parcellation", .files = {sample}}), FormatError);
    fs::copy_file(sample, folder / "lh.test.annot");
    const ImportReport own = importFiles(*study, {.kind = "parcellation", .files = {folder / "lh.test.annot"}});
    CHECK_THAT(own.summary, Contains("of the left hemisphere"));
    CHECK(inParcels(*study->arrays(own.key), Hemisphere::Left) > 9000);
}

TEST_CASE("the surfaces of fs_LR with CIFTI curvature and labels are imported") {
    const auto flat = sharedFile("data/surfaces/fs_LR_32k/S1200.L.flat.32k_fs_LR.surf.gii");
    if (flat.empty())
        return;
    const ScratchFolder folder;
    const auto study = Study::create(folder / "a.tercet", "fs_LR");
    const fs::path root = flat.parent_path();
    const ImportReport report =
        importFiles(*study, {.kind = "surface",
                             .files = under(root, {"S1200.L.flat.32k_fs_LR.surf.gii", "S1200.R.flat.32k_fs_LR.surf.gii",
                                                   "S1200.L.midthickness_MSMAll.32k_fs_LR.surf.gii",
                                                   "S1200.R.midthickness_MSMAll.32k_fs_LR.surf.gii",
                                                   "S1200.sulc_MSMAll.32k_fs_LR.dscalar.nii"})});
    CHECK(report.notes.empty());
    const auto surfaces = study->arrays(report.key);
    for (const Hemisphere side : kHemispheres) {
        const auto surface = surfaceIn(*surfaces, side);
        REQUIRE(surface);
        CHECK(surface->vertices() == 32492);
        CHECK(surface->flat.triangles.size() == (side == Hemisphere::Left ? 59013 : 58914));
        CHECK(surface->triangles.size() == 64980);
        CHECK(surface->folded()[7] == surface->midthickness[7]);
        REQUIRE(surface->curvature.size() == 32492);
        // The file's depth is of the cortex alone: 29,696 vertices on the left, 29,716 on the right.
        const auto known = std::count_if(surface->curvature.begin(), surface->curvature.end(),
                                         [](float value) { return std::isfinite(value) && value != 0; });
        CHECK(known > 29000);
        CHECK(known <= (side == Hemisphere::Left ? 29696 : 29716));
    }
    const ImportReport parcels = importFiles(
        *study, {.kind = "parcellation", .files = {root / "HCP-MMP1_Q1-Q6_RelatedValidation210.32k_fs_LR.dlabel.nii"}});
    CHECK_THAT(parcels.summary, Contains("360 parcels of both hemispheres"));
    const auto ofCifti = study->arrays(parcels.key);
    CHECK(inParcels(*ofCifti, Hemisphere::Left) == 29696);
    CHECK(inParcels(*ofCifti, Hemisphere::Right) == 29716);
    for (const Hemisphere side : kHemispheres) // whose keys count the right hemisphere first
        for (std::size_t v = 0; v < 32492; v += 13)
            if (const std::string name = parcelAt(*ofCifti, side, v); !name.empty())
                REQUIRE(name.starts_with(side == Hemisphere::Left ? "L_" : "R_"));
    const ImportReport labels = importFiles(
        *study,
        {.kind = "parcellation",
         .files = under(root / "labels_gii", {"Glasser_2016.32k.L.label.gii", "Glasser_2016.32k.R.label.gii"})});
    const auto ofGifti = study->arrays(labels.key);
    CHECK(parcelsIn(*ofGifti, Hemisphere::Right).size() == 32492);
    CHECK(inParcels(*ofGifti, Hemisphere::Left) > 29000);
    const auto sample = sharedFile("data/surfaces/freesurfer_format_samples/test.annot");
    if (sample.empty())
        return;
    fs::copy_file(sample, folder / "lh.test.annot");
    const std::size_t before = study->imports().size();
    CHECK_THAT(messageOf<FormatError>(
                   [&] { importFiles(*study, {.kind = "parcellation", .files = {folder / "lh.test.annot"}}); }),
               Contains("lh.test.annot") && Contains("another mesh") && Contains("expected 32,492 vertices") &&
                   Contains("found 10,242"));
    CHECK(study->imports().size() == before);
}

TEST_CASE("a real folder of pycortex is imported with the transform that is asked for") {
    const auto store = sharedFile("data/surfaces/pycortex_S1");
    if (store.empty())
        return;
    const ScratchFolder folder;
    const auto study = Study::create(folder / "a.tercet", "pycortex");
    const ImportReport report =
        importFiles(*study, {.kind = "surface", .files = {store}, .subject = "S1", .transform = "fullhead"});
    CHECK_THAT(report.summary, Contains("of subject “s1”: left 152,893 vertices, right 151,487 vertices"));
    const auto arrays = study->arrays(report.key);
    const auto left = surfaceIn(*arrays, Hemisphere::Left);
    REQUIRE(left);
    CHECK(left->flat.triangles.size() == 291351);
    CHECK(left->triangles.size() == 305782);
    CHECK(left->curvature.size() == 152893);
    const auto transform = transformIn(*arrays);
    REQUIRE(transform);
    for (std::size_t v = 0; v < left->vertices(); v += 101) { // within the reference of 100 × 100 × 31 voxels
        const auto& at = left->folded()[v];
        const Point3 index = (*transform)({at[0], at[1], at[2]});
        REQUIRE((index[0] > -0.5 && index[0] < 99.5 && index[1] > -0.5 && index[1] < 99.5 && index[2] > -0.5 &&
                 index[2] < 30.5));
    }
    CHECK_THAT(messageOf<ParameterError>([&] {
                   importFiles(*study, {.kind = "surface", .files = {store}, .subject = "S1", .transform = "half"});
               }),
               Contains("--transform: expected one of fullhead, retinotopy, found “half”"));
}

TEST_CASE("the scan that a real folder of pycortex belongs to lies on its cortex") {
    const auto store = sharedFile("data/surfaces/pycortex_S1");
    if (store.empty())
        return;
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    importFiles(*study, {.kind = "surface", .files = {store}, .subject = "S1", .transform = "fullhead"});
    VolumeFile file = VolumeFile::open(store / "transforms/fullhead/reference.nii.gz");
    const std::vector<double> reference = file.readVolume();
    VolumeInfo info = file.info();
    info.repetitionTime = 1;
    constexpr double kBrain = 300; // brighter is the brain; the median is 35, the 95th percentile 999
    const auto mask =
        writeVolume(folder / "mask.nii", info, [&](std::size_t v) { return reference[v] > kBrain ? 1.0 : 0.0; });
    importGrid(*study, folder, info, "s1", mask);
    std::vector<double> values;
    for (const double value : reference)
        if (value > kBrain)
            values.push_back(value);
    REQUIRE(values.size() == 78792);

    // The reference at floor(xfm · (wm + pia) / 2 + ½), and trilinear over the voxels in the mask where they have half
    // of the weight: computed with NumPy from the files alone. Rounding moves vertices that lie between two voxels.
    struct Expected {
        Hemisphere side;
        std::size_t nearest;
        double nearestMean;
        std::size_t trilinear;
        double trilinearMean;
        double x; ///< mm, mean of wm
    };
    for (const char* rule : {"nearest", "trilinear"}) {
        setParameters(*study, {"project-surface"}, {{"rule", rule}});
        const auto arrays = study->arrays(run(*study, {"project-surface", "", "s1"}).key);
        const ProjectedSurface surface = projectedSurface(*arrays);
        for (const Expected& expected :
             {Expected{Hemisphere::Left, 141135, 840.423551155, 141414, 835.390247201, -28.671571},
              Expected{Hemisphere::Right, 143480, 898.298971392, 143789, 892.863612311, 30.789839}}) {
            INFO(rule << ", " << toString(expected.side));
            const bool nearest = std::string(rule) == "nearest";
            const ProjectedHemisphere& hemisphere = surface.hemispheres[static_cast<std::size_t>(expected.side)];
            const Covered covered = coveredBy(hemisphere, values);
            const std::size_t vertices = nearest ? expected.nearest : expected.trilinear;
            CHECK(covered.vertices >= vertices - 20);
            CHECK(covered.vertices <= vertices + 20);
            CHECK(covered.mean == Approx(nearest ? expected.nearestMean : expected.trilinearMean).margin(0.05));
            CHECK(covered.vertices > 0.92 * static_cast<double>(hemisphere.sampling->vertices()));
            CHECK(meanX(hemisphere.folded->vertices) == Approx(expected.x).margin(1e-3));
        }
        // Flat maps: only what their triangles use counts, whose third coordinate is 0.
        const auto left = boundsOf(*surface.hemispheres[0].flat);
        const auto right = boundsOf(*surface.hemispheres[1].flat);
        REQUIRE((left && right));
        CHECK((left->low[2] == 0 && left->high[2] == 0 && right->low[2] == 0 && right->high[2] == 0));
        const auto moved = sideBySide(left, right, 10);
        CHECK(left->high[0] + moved[0] < right->low[0] + moved[1]);
    }
}

TEST_CASE("scans in MNI's mm lie on the cortex of fs_LR and fsaverage5 with left at the left") {
    const auto flat = sharedFile("data/surfaces/fs_LR_32k/S1200.L.flat.32k_fs_LR.surf.gii");
    const auto sample = sharedFile("data/surfaces/freesurfer_format_samples/test.annot");
    const auto table = sharedFile("data/surfaces/parcellations_csv/glasser_360_fsa5.csv");
    if (flat.empty() || sample.empty() || table.empty())
        return;
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    const VolumeInfo info = coarseGrid();
    importGrid(*study, folder, info, "sub-01", writeVolume(folder / "mask.nii", info, [](std::size_t) { return 1.0; }));
    setParameters(*study, {"project-surface"}, {{"rule", "nearest"}});
    const fs::path root = flat.parent_path();
    const bool fsLR = GENERATE(true, false);
    struct Expected {
        double x;                   ///< mm, mean of what lies in the brain, by NumPy
        std::array<float, 2> flatX; ///< mm, what triangles use of the flat map
        std::size_t parcelTF;       ///< vertices, counted in the file
    };
    std::array<Expected, 2> expected{};
    if (fsLR) {
        importFiles(*study, {.kind = "surface",
                             .files = under(root, {"S1200.L.flat.32k_fs_LR.surf.gii", "S1200.R.flat.32k_fs_LR.surf.gii",
                                                   "S1200.L.midthickness_MSMAll.32k_fs_LR.surf.gii",
                                                   "S1200.R.midthickness_MSMAll.32k_fs_LR.surf.gii"})});
        importFiles(*study, {.kind = "parcellation",
                             .files = {root / "HCP-MMP1_Q1-Q6_RelatedValidation210.32k_fs_LR.dlabel.nii"}});
        expected = {{{-28.804195, {-214.24483F, 231.34518F}, 296}, {30.361828, {-250.54503F, 198.46872F}, 313}}};
    } else {
        importFiles(*study, {.kind = "surface",
                             .files = under(root.parent_path() / "fsaverage5",
                                            {"flat_left.gii.gz", "flat_right.gii.gz", "white_left.gii.gz",
                                             "white_right.gii.gz", "pial_left.gii.gz", "pial_right.gii.gz"})});
        importFiles(
            *study,
            {.kind = "parcellation", .files = {table}, .parcelNames = table.parent_path() / "glasser_360_names.csv"});
        expected = {{{-29.42485, {-155.62358F, 155.92989F}, 97}, {29.880957, {-161.20007F, 159.99078F}, 87}}};
    }
    const auto arrays = study->arrays(run(*study, {"project-surface", "", "sub-01"}).key);
    const ProjectedSurface surface = projectedSurface(*arrays);
    const auto regionTF = std::ranges::find(surface.regions, "TF") - surface.regions.begin();
    for (std::size_t side = 0; side < 2; ++side) {
        INFO((fsLR ? "fs_LR " : "fsaverage5 ") << side);
        const ProjectedHemisphere& hemisphere = surface.hemispheres[side];
        CHECK(hemisphere.sampling->covered() == hemisphere.sampling->vertices());
        CHECK(meanX(hemisphere.folded->vertices) == Approx(expected[side].x).margin(1e-3));
        // Every vertex has the voxel in which it lies: none is mirrored. fsaverage5 is sampled half-way to pial.
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const auto at = hemisphere.map(coordinates(*study, "sub-01", info, axis));
            float furthest = 0;
            for (std::size_t v = 0; v < at->size(); ++v)
                furthest = std::max(furthest, std::abs((*at)[v] - hemisphere.folded->vertices[v][axis]));
            CHECK(furthest <= (fsLR ? 4.001F : 8));
        }
        const auto bounds = boundsOf(*hemisphere.flat);
        REQUIRE(bounds);
        CHECK(bounds->low[0] == Approx(expected[side].flatX[0]));
        CHECK(bounds->high[0] == Approx(expected[side].flatX[1]));
        CHECK((bounds->low[2] == 0 && bounds->high[2] == 0));
        CHECK(static_cast<std::size_t>(std::ranges::count(*hemisphere.region, static_cast<std::int32_t>(regionTF))) ==
              expected[side].parcelTF);
    }
    if (fsLR)
        return;
    // FreeSurfer's annotation is of the left hemisphere alone.
    fs::copy_file(sample, folder / "lh.test.annot");
    importFiles(*study, {.kind = "parcellation", .files = {folder / "lh.test.annot"}, .subject = "sub-01"});
    const auto annotated = study->arrays(run(*study, {"project-surface", "", "sub-01"}).key);
    CHECK(annotated->get<std::int32_t>("left_region").values.size() == 10242);
    CHECK_FALSE(annotated->contains("right_region"));
    CHECK(projectedSurface(*annotated).hemispheres[1].sampling);
}

TEST_CASE("real volumes of parcels are imported with names of an atlas or FreeSurfer's numbers") {
    const auto rois = sharedFile("data/surfaces/subcortex/Atlas_ROIs.2.nii.gz");
    if (rois.empty())
        return;
    const ScratchFolder folder;
    const auto study = Study::create(folder / "a.tercet", "Volumes");
    const ImportReport plain = importFiles(*study, {.kind = "parcellation", .files = {rois}});
    CHECK_THAT(plain.summary, Contains("of a volume of 91 × 109 × 91 voxels for all subjects"));
    const std::vector<std::string> numbers = study->arrays(plain.key)->get<std::string>("parcel_name").values;
    for (const char* thalamus : {"#10", "#49", "#16"})
        CHECK(std::find(numbers.begin(), numbers.end(), thalamus) != numbers.end());
    const ImportReport named = importFiles(
        *study, {.kind = "parcellation", .files = {rois}, .parcelNames = rois.parent_path() / "FreeSurferAllLut.txt"});
    const std::vector<std::string> names = study->arrays(named.key)->get<std::string>("parcel_name").values;
    CHECK(names.size() == numbers.size());
    CHECK(std::any_of(names.begin(), names.end(), [](const std::string& name) {
        return name.find("halamus") != std::string::npos || name.find("THALAMUS") != std::string::npos;
    }));
}

TEST_CASE("a real BData file without voxels is refused") {
    const auto file = sharedFile("data/fmri/bdpy_samples/bdata_sample_vmap_trimmed.h5");
    if (file.empty())
        return;
    const ScratchFolder folder;
    const auto study = makeRatedStudy(folder / "a.tercet");
    CHECK_THAT(
        messageOf<MissingError>([&] { importFiles(*study, {.kind = "fmri", .files = {file}, .subject = "S1"}); }),
        Contains(file.string()) && Contains("“VoxelData”"));
    CHECK(study->subjects().empty());
}
