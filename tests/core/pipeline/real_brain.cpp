#include "brain_files.h"
#include "core/base/error.h"
#include "core/io/event_file.h"
#include "core/io/numpy_file.h"
#include "core/pipeline/surface_import.h"

#include <cstdlib>

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

} // namespace

TEST_CASE("conditions of a real scan predict its voxels from import to map") {
    const auto bold = sharedFile("data/fmri/haxby2001_slice/bold.nii.gz");
    if (bold.empty())
        return;
    const ScratchFolder folder;
    const auto study = Study::create(folder / "a.tercet", "Haxby");
    const auto beside = bold.parent_path();
    const ImportReport scans = importFiles(*study, {.kind = "fmri",
                                                    .files = {bold},
                                                    .subject = "haxby",
                                                    .mask = beside / "mask.nii.gz",
                                                    .volumeLabels = beside / "attributes_literal.txt"});
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
               Contains("another mesh") && Contains("10,242 vertices of the right hemisphere"));
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
