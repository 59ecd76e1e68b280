#include "brain_files.h"
#include "core/base/error.h"

#include <unistd.h>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

/// What is not imported, and what is said of it.
struct Bad {
    const char* what;
    std::function<ImportRequest(Study&, const ScratchFolder&)> request;
    const char* where; ///< part of the place
    std::vector<const char*> says;
    bool withoutStimuli = false; ///< of the study
};

ImportRequest scansOf(const ScratchFolder& folder, const ScanPlan& plan = {}) {
    return {.kind = "fmri", .files = writeScans(folder / "func", plan)};
}

/// Scans of which one file holds other text than it should.
ImportRequest withFile(const ScratchFolder& folder, const char* what, std::string_view text, std::size_t run = 1,
                       const ScanPlan& plan = {}) {
    const ImportRequest request = scansOf(folder, plan);
    writeText(plan.file(folder / "func", run, what), text);
    return request;
}

fs::path cutTo(const fs::path& file, double share) {
    fs::resize_file(file, static_cast<std::uintmax_t>(static_cast<double>(fs::file_size(file)) * share));
    return file;
}

const std::vector<Bad>& badScans() {
    static const std::vector<Bad> cases = {
        {"no file",
         [](Study&, const ScratchFolder&) { return ImportRequest{.kind = "fmri"}; },
         "import",
         {"expected a file, found none"}},
        {"a file that is not there",
         [](Study&, const ScratchFolder& folder) {
             return ImportRequest{.kind = "fmri", .files = {folder / "sub-01_bold.nii"}};
         },
         "sub-01_bold.nii",
         {}},
        {"whose it is, is not said",
         [](Study&, const ScratchFolder& folder) { return scansOf(folder, {.subject = "someone"}); },
         "import fmri",
         {"whose it is", "--subject"}},
        {"a subject without letters",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.subject = "???";
             return request;
         },
         "--subject",
         {"letters, digits and hyphens", "“???”"}},
        {"a subject whose name could become another's",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.subject = "Jörg";
             return request;
         },
         "--subject",
         {"letters, digits and hyphens", "“Jörg”"}},
        {"stimuli that the study does not know, beside conditions that look like some",
         [](Study&, const ScratchFolder& folder) {
             const ImportRequest request = scansOf(folder);
             for (std::size_t run = 0; run < request.files.size(); ++run)
                 writeText(ScanPlan().file(folder / "func", run, "events.tsv"),
                           "onset\tduration\ttrial_type\tstimulus\n0\t4\t2\tnowhere.mp4\n8\t4\t3\tnever.mp4\n");
             return request;
         },
         "events.tsv",
         {"expected a column that names stimuli of the study", "found “nowhere.mp4”", "--stimulus-column"}},
        {"voxels that begin beyond every file",
         [](Study&, const ScratchFolder& folder) {
             const ImportRequest request = scansOf(folder);
             const float offset = 1e12F;
             std::fstream file(request.files[0], std::ios::in | std::ios::out | std::ios::binary);
             file.seekp(108); // vox_offset
             file.write(reinterpret_cast<const char*>(&offset), sizeof(offset));
             return request;
         },
         "run-01_bold.nii, header",
         {"expected voxels that begin after the header"}},
        {"runs of two subjects",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.files.push_back(folder / "sub-02_run-01_bold.nii");
             return request;
         },
         "import fmri",
         {"expected files of one subject, found sub-01 and sub-02", "--subject"}},
        {"a run twice",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.files.push_back(request.files[1]);
             return request;
         },
         "run-02_bold.nii",
         {"expected each file once, found it twice"}},
        {"volumes of minutes",
         [](Study&, const ScratchFolder& folder) { return scansOf(folder, {.repetitionTime = 2000}); },
         "run-01_bold.nii",
         {"expected volumes of 0.01 to 60 s, found 2000 s", "in seconds as --tr"}},
        {"volumes of milliseconds",
         [](Study&, const ScratchFolder& folder) { return scansOf(folder, {.repetitionTime = 0.002}); },
         "run-01_bold.nii",
         {"expected volumes of 0.01 to 60 s, found 0.002 s", "in seconds as --tr"}},
        {"events of which none is kept",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.keptEvents = "stimulus=joy";
             return request;
         },
         "events.tsv",
         {"expected events with “stimulus=joy”, found none", "--keep"}},
        {"a truncated scan",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             cutTo(request.files[1], 0.7);
             return request;
         },
         "run-02_bold.nii",
         {}},
        {"a truncated packed scan",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             const fs::path packed = request.files[0].string() + ".gz";
             writeScan(packed, {}, 0);
             request.files = {cutTo(packed, 0.5)};
             return request;
         },
         "run-01_bold.nii.gz",
         {}},
        {"a packed scan that ends after what is looked at first",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             const fs::path packed = request.files[2].string() + ".gz";
             writeScan(packed, {}, 2);
             request.files[2] = cutTo(packed, 0.9);
             return request;
         },
         "run-03_bold.nii.gz",
         {"expected 40 volumes", "found an end in volume"}},
        {"one volume",
         [](Study&, const ScratchFolder& folder) { return scansOf(folder, {.runs = 1, .volumes = 1}); },
         "run-01_bold.nii",
         {"expected a scan of several volumes, found one volume"}},
        {"runs of other sizes",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             writeScan(request.files[2], {.size = {4, 3, 3}}, 2);
             return request;
         },
         "run-03_bold.nii",
         {"expected 4 × 3 × 2 voxels, as in sub-01_task-clips_run-01_bold.nii, found 4 × 3 × 3 voxels"}},
        {"runs in other places",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             const ScanPlan plan;
             VolumeInfo info = plan.info();
             info.toMm.rows[1][3] += 0.1;
             writeVolumes(request.files[1], info, plan.volumes, [](std::size_t t, std::span<double> values) {
                 std::fill(values.begin(), values.end(), static_cast<double>(t));
             });
             return request;
         },
         "run-02_bold.nii",
         {"elsewhere than those of sub-01_task-clips_run-01_bold.nii", "the same matrix", "found another"}},
        {"a run shorter than its events",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             writeScan(request.files[1], {.volumes = 30}, 1);
             return request;
         },
         "run-02_bold.nii",
         {"run 2 is shorter than its events need", "volumes until 34 s, the end of stimulus “0012” in block 6",
          "found 30 volumes until 30 s"}},
        {"an event before the first volume",
         [](Study&, const ScratchFolder& folder) {
             return withFile(folder, "events.tsv", "onset\tduration\tstimulus\n-1\t4\t0001\n6\t4\t0002\n");
         },
         "run-02_bold.nii",
         {"expected events from the run's first volume on", "found stimulus “0001” at -1 s"}},
        {"an event without a duration",
         [](Study&, const ScratchFolder& folder) {
             return withFile(folder, "events.tsv", "onset\tduration\tstimulus\n0\t4\t0001\n6\tn/a\t0002\n");
         },
         "run-02_events.tsv, event 2",
         {"expected a duration in seconds, found none"}},
        {"an event that is shorter than a volume",
         [](Study&, const ScratchFolder& folder) {
             return withFile(folder, "events.tsv", "onset\tduration\tstimulus\n0\t4\t0001\n6\t0.2\t0002\n");
         },
         "run-02_bold.nii",
         {"expected blocks of at least one volume, 1 s, found stimulus “0002” from 6 s for 0.2 s in block 2"}},
        {"fewer than two stimuli in a run",
         [](Study&, const ScratchFolder& folder) {
             return withFile(folder, "events.tsv", "onset\tduration\tstimulus\n0\t4\t0001\n6\t4\t9999\n");
         },
         "run-02_bold.nii",
         {"expected at least two stimuli in run 2, found 1"}},
        {"no events beside a run",
         [](Study&, const ScratchFolder& folder) {
             const ImportRequest request = scansOf(folder);
             fs::remove(ScanPlan().file(folder / "func", 2, "events.tsv"));
             return request;
         },
         "run-03_bold.nii",
         {"no table of events beside this run", "sub-01_task-clips_run-03_events.tsv", "--events"}},
        {"events of another number of runs",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.events = {ScanPlan().file(folder / "func", 0, "events.tsv")};
             return request;
         },
         "--events",
         {"expected a file for each of 3 runs, found 1"}},
        {"events without onsets",
         [](Study&, const ScratchFolder& folder) {
             return withFile(folder, "events.tsv", "begin\tduration\tstimulus\n0\t4\t0001\n6\t4\t0002\n");
         },
         "run-02_events.tsv",
         {"onset"}},
        {"events without a known column",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder, {.runs = 1});
             writeText(ScanPlan().file(folder / "func", 0, "events.tsv"),
                       "onset\tduration\tword\n0\t4\tjoy\n6\t4\tfear\n");
             return request;
         },
         "run-01_events.tsv",
         {"expected a column that names stimuli of the study, like “0001”, found “joy”", "--stimulus-column"}},
        {"a column that is asked for and is in the first run only",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = withFile(folder, "events.tsv", "onset\tduration\tclip\n0\t4\t0001\n6\t4\t0002\n");
             request.stimulusColumn = "stimulus";
             return request;
         },
         "run-02_events.tsv",
         {"stimulus", "clip"}},
        {"a filter that is not understood",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.keptEvents = "clip";
             return request;
         },
         "--keep",
         {"expected COLUMN=VALUE,VALUE, found “clip”"}},
        {"a filter of an unknown column",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.keptEvents = "kind=clip";
             return request;
         },
         "run-01_events.tsv",
         {"kind", "trial_type"}},
        {"a study without stimuli",
         [](Study&, const ScratchFolder& folder) { return scansOf(folder); },
         "import fmri",
         {"no stimuli yet", "import ratings"},
         true},
        {"labels of other volumes",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.volumeLabels = folder.write("labels.txt", "rest 0\nrest 0\n");
             return request;
         },
         "labels.txt",
         {"expected a label for each of 120 volumes, found 2"}},
        {"a label that is no stimulus",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder, {.runs = 1, .volumes = 4});
             request.volumeLabels = folder.write("labels.txt", "rest 0\n0001 0\nhouse 0\n0002 0\n");
             return request;
         },
         "labels.txt, line 3",
         {"expected a stimulus of the study or rest, found “house”"}},
        {"motion with other rows",
         [](Study&, const ScratchFolder& folder) {
             return withFile(folder, "motion.tsv", motionOf({.volumes = 39}, 1), 1, {.motion = true});
         },
         "run-02_motion.tsv",
         {"expected a row for each of the run's 40 volumes, found 39"}},
        {"motion with other columns",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             for (std::size_t r = 0; r < 3; ++r) {
                 std::string rows;
                 for (std::size_t t = 0; t < 40; ++t)
                     rows += r == 2 ? "1 2 3\n" : "1 2\n";
                 request.motion.push_back(folder.write(fmt::format("{}.par", r), rows));
             }
             return request;
         },
         "2.par",
         {"expected 2 columns as in the other runs, found 3"}},
        {"motion of another number of runs",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.motion = {folder.write("m.par", "1 2\n")};
             return request;
         },
         "--motion",
         {"expected a file for each of 3 runs, found 1"}},
        {"a mask of another grid",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.mask =
                 writeVolume(folder / "mask.nii", ScanPlan{.size = {3, 3, 2}}.info(), [](std::size_t) { return 1.0; });
             return request;
         },
         "mask.nii",
         {"expected 4 × 3 × 2 voxels", "found 3 × 3 × 2 voxels"}},
        {"a scan as a mask",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.mask = request.files[0];
             return request;
         },
         "run-01_bold.nii",
         {"expected one volume that says which voxels count, found 40 volumes"}},
        {"an empty mask",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder);
             request.mask = writeVolume(folder / "mask.nii", ScanPlan().info(), [](std::size_t) { return 0.0; });
             return request;
         },
         "mask.nii",
         {"expected voxels with a signal that varies, found no voxel at all", "check that the mask"}},
        {"a mask that misses the data",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder, {.constant = 7});
             request.mask =
                 writeVolume(folder / "mask.nii", ScanPlan().info(), [](std::size_t v) { return v == 7 ? 1.0 : 0.0; });
             return request;
         },
         "mask.nii",
         {"found 1 voxels, all constant in the first run"}},
        {"no mask and no signal",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder, {.runs = 1});
             writeVolumes(request.files[0], ScanPlan().info(), 40,
                          [](std::size_t, std::span<double> values) { std::fill(values.begin(), values.end(), 3.0); });
             return request;
         },
         "run-01_bold.nii",
         {"expected voxels with a signal that varies, found no voxel at all", "--mask"}},
        {"no number in a scan",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = scansOf(folder, {.runs = 1});
             writeVolumes(request.files[0], ScanPlan().info(), 40, [](std::size_t, std::span<double> values) {
                 std::fill(values.begin(), values.end(), std::nan(""));
             });
             return request;
         },
         "run-01_bold.nii",
         {"found no voxel at all"}},
        {"BData without voxels",
         [](Study&, const ScratchFolder& folder) {
             return ImportRequest{
                 .kind = "fmri", .files = {BDataPlan{.voxels = 0}.write(folder / "sub-1.h5")}, .subject = "1"};
         },
         "sub-1.h5",
         {"VoxelData"}},
        {"BData without a column of stimuli",
         [](Study&, const ScratchFolder& folder) {
             return ImportRequest{.kind = "fmri",
                                  .files = {BDataPlan{.stimulusKey = "Block"}.write(folder / "sub-1.h5")}};
         },
         "sub-1.h5",
         {"expected a column “stimulus_name”, “stim_index” or “Label”, found none", "--stimulus-column"}},
        {"a key of BData without a column",
         [](Study&, const ScratchFolder& folder) {
             return ImportRequest{
                 .kind = "fmri", .files = {BDataPlan().write(folder / "sub-1.h5")}, .stimulusColumn = "voxel_x"};
         },
         "sub-1.h5",
         {"expected numbers of each sample under the key “voxel_x”, found 0 columns", "--stimulus-column"}},
        {"a sample of BData of no run",
         [](Study&, const ScratchFolder& folder) {
             BDataPlan plan;
             plan.runs[2] = std::nan("");
             return ImportRequest{.kind = "fmri", .files = {plan.write(folder / "sub-1.h5")}};
         },
         "sub-1.h5, sample 3",
         {"expected the numbers of its session and run, found none"}},
        {"BData off the grid",
         [](Study&, const ScratchFolder& folder) {
             return ImportRequest{.kind = "fmri", .files = {BDataPlan{.offGrid = 0.7}.write(folder / "sub-1.h5")}};
         },
         "sub-1.h5",
         {"expected voxel centres on a regular grid"}},
        {"BData of other voxels",
         [](Study&, const ScratchFolder& folder) {
             return ImportRequest{
                 .kind = "fmri",
                 .files = {BDataPlan().write(folder / "sub-1.h5"), BDataPlan{.voxels = 6}.write(folder / "two.h5")}};
         },
         "two.h5",
         {"expected the 8 voxel columns of sub-1.h5, found 6 others"}},
        {"BData of unknown stimuli",
         [](Study&, const ScratchFolder& folder) {
             return ImportRequest{
                 .kind = "fmri",
                 .files = {BDataPlan{.stimuli = {70, 71, 72}, .runs = {1, 1, 1}}.write(folder / "sub-1.h5")}};
         },
         "sub-1.h5",
         {"expected samples of at least three stimuli of the study, found 0", "--base"}},
        {"HDF5 that is no BData",
         [](Study&, const ScratchFolder& folder) {
             Hdf5File file = Hdf5File::create(folder / "sub-1.h5");
             file.write<double>("x", {1}, std::vector<double>{1});
             file.close();
             return ImportRequest{.kind = "fmri", .files = {folder / "sub-1.h5"}};
         },
         "sub-1.h5",
         {}},
    };
    return cases;
}

ImportRequest surfaces(std::vector<fs::path> files) { return {.kind = "surface", .files = std::move(files)}; }
ImportRequest parcels(std::vector<fs::path> files) { return {.kind = "parcellation", .files = std::move(files)}; }

/// Numbers per vertex with the names of the first two.
ImportRequest namedParcels(const ScratchFolder& folder, const char* file, std::string_view numbers) {
    ImportRequest request = parcels({folder.write(file, numbers)});
    request.parcelNames = folder.write("names.csv", "1,V1\n2,TF\n");
    return request;
}

const std::vector<Bad>& badAnatomy() {
    static const std::vector<Bad> cases = {
        {"triangles that point past the vertices",
         [](Study&, const ScratchFolder& folder) {
             SurfaceMesh mesh = octahedron(10);
             mesh.triangles[3][1] = 6;
             return surfaces({writeMesh(folder / "lh.white.gii", mesh)});
         },
         "lh.white.gii",
         {"6"}},
        {"a surface that is not there",
         [](Study&, const ScratchFolder& folder) { return surfaces({folder / "absent.gii"}); },
         "absent.gii",
         {"there is no such file"}},
        {"no hemisphere in the name",
         [](Study&, const ScratchFolder& folder) {
             return surfaces({writeMesh(folder / "white.gii", octahedron(10))});
         },
         "white.gii",
         {"expected lh, rh, left, right, L or R in the file's name, found none of them", "rename"}},
        {"surfaces of other vertices",
         [](Study&, const ScratchFolder& folder) {
             SurfaceMesh mesh = octahedron(12);
             mesh.vertices.push_back({0, 0, 0});
             return surfaces(
                 {writeMesh(folder / "lh.white.gii", octahedron(10)), writeMesh(folder / "lh.pial.gii", mesh)});
         },
         "lh.pial.gii",
         {"expected 6 vertices as in lh.white.gii, found 7"}},
        {"hemispheres of different standard meshes",
         [](Study&, const ScratchFolder& folder) {
             SurfaceMesh mesh = octahedron(10);
             mesh.vertices.resize(642, {0, 0, 1});
             return surfaces(
                 {writeMesh(folder / "lh.white.gii", mesh), writeMesh(folder / "rh.white.gii", octahedron(10))});
         },
         "rh.white.gii",
         {"different standard meshes", "expected 642 vertices as in lh.white.gii, found 6"}},
        {"numbers of parcels that nobody names",
         [](Study&, const ScratchFolder& folder) {
             return parcels({writeVolume(folder / "atlas.nii", ScanPlan().info(), [](std::size_t v) {
                 return v < 9 ? 0.0 : 7000.0 + static_cast<double>(v % 3);
             })});
         },
         "atlas.nii",
         {"numbers of parcels without names", "--names"}},
        {"surfaces of other triangles",
         [](Study&, const ScratchFolder& folder) {
             SurfaceMesh mesh = octahedron(12);
             mesh.triangles.pop_back();
             return surfaces(
                 {writeMesh(folder / "lh.white.gii", octahedron(10)), writeMesh(folder / "lh.pial.gii", mesh)});
         },
         "lh.pial.gii",
         {"expected the triangles of lh.white.gii, found others"}},
        {"a sphere alone",
         [](Study&, const ScratchFolder& folder) {
             return surfaces({writeMesh(folder / "lh.sphere.gii", octahedron(100))});
         },
         "lh.sphere.gii",
         {"flat, inflated, white, pial or midthickness", "found none"}},
        {"curvature alone",
         [](Study&, const ScratchFolder& folder) {
             writeGifti(folder / "lh.curv.gii",
                        {.arrays = {{.intent = "SHAPE", .shape = {6}, .values = {1, 2, 3, 4, 5, 6}}}});
             return surfaces({folder / "lh.curv.gii"});
         },
         "lh.curv.gii",
         {"surface of the left hemisphere", "found none"}},
        {"what is no surface",
         [](Study&, const ScratchFolder& folder) { return surfaces({folder.write("lh.white", "joy")}); },
         "lh.white",
         {}},
        {"an unknown transform of a folder of pycortex",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = surfaces({writePycortex(folder / "S9", {"full", "small"})});
             request.transform = "large";
             return request;
         },
         "--transform",
         {"expected one of full, small, found “large”"}},
        {"a transform of a folder of pycortex that has none",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = surfaces({writePycortex(folder / "S9", {})});
             request.transform = "large";
             return request;
         },
         "--transform",
         {"S9 has no transforms", "found “large”"}},
        {"a transform of what is no folder of pycortex",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = surfaces({writeMesh(folder / "lh.white.gii", octahedron(10))});
             request.transform = "full";
             return request;
         },
         "--transform",
         {"expected a folder of pycortex", "found lh.white.gii"}},
        {"two parcellations of a hemisphere",
         [](Study&, const ScratchFolder& folder) {
             return parcels({writeLabels(folder / "lh.one.label.gii", {1, 1, 2, 2, 1, 0}),
                             writeLabels(folder / "lh.two.label.gii", {1, 1, 2, 2, 1, 0})});
         },
         "lh.two.label.gii",
         {"expected one file with the parcels of the left hemisphere, found two"}},
        {"labels of another mesh",
         [](Study& study, const ScratchFolder& folder) {
             importFiles(study, surfaces({writeMesh(folder / "lh.white.gii", octahedron(10))}));
             return parcels({writeLabels(folder / "lh.label.gii", {1, 1, 2, 2, 1})});
         },
         "lh.label.gii",
         {"another mesh", "expected 6 vertices of the left hemisphere as in the surface, found 5"}},
        {"labels without a hemisphere",
         [](Study&, const ScratchFolder& folder) {
             return parcels({writeLabels(folder / "atlas.label.gii", {1, 1, 2, 2, 1, 0})});
         },
         "atlas.label.gii",
         {"rename"}},
        {"labels of no parcel",
         [](Study&, const ScratchFolder& folder) {
             return parcels({writeLabels(folder / "lh.label.gii", {0, 0, 7})});
         },
         "lh.label.gii",
         {"expected named parcels, found none"}},
        {"what is no annotation",
         [](Study&, const ScratchFolder& folder) {
             return parcels({folder.write("lh.aparc.annot", std::string("\0\0\0\7\0\0", 6))});
         },
         "lh.aparc.annot",
         {}},
        {"numbers without names",
         [](Study&, const ScratchFolder& folder) { return parcels({folder.write("lh.csv", "1\n2\n1\n")}); },
         "lh.csv",
         {"numbers of parcels without names", "--names"}},
        {"numbers that are not whole",
         [](Study&, const ScratchFolder& folder) { return namedParcels(folder, "lh.csv", "1\n2.5\n1\n"); },
         "lh.csv",
         {"expected a whole number, found 2.5"}},
        {"two numbers a vertex",
         [](Study&, const ScratchFolder& folder) { return namedParcels(folder, "lh.csv", "1,2\n2,2\n"); },
         "lh.csv",
         {"expected one column", "found 2 columns"}},
        {"fewer numbers than the left hemisphere has vertices",
         [](Study& study, const ScratchFolder& folder) {
             importFiles(study, surfaces({writeMesh(folder / "lh.white.gii", octahedron(10))}));
             return namedParcels(folder, "both.csv", "1\n2\n1\n");
         },
         "both.csv",
         {"another mesh", "expected 6 vertices of the left hemisphere, then 6 of the right, found 3"}},
        {"numbers of two sides of another mesh than the only one that is known",
         [](Study& study, const ScratchFolder& folder) {
             importFiles(study, surfaces({writeMesh(folder / "rh.white.gii", octahedron(10))}));
             return namedParcels(folder, "both.csv", "1\n2\n1\n0\n0\n0\n0\n0\n0\n0\n0\n0\n0\n2\n");
         },
         "both.csv",
         {"expected 6 vertices of the left hemisphere, then 6 of the right, found 14"}},
        {"names of other parcels than the numbers",
         [](Study&, const ScratchFolder& folder) {
             ImportRequest request = parcels({folder.write("lh.csv", "1\n2\n3\n")});
             request.parcelNames = folder.write("names.txt", "V1\nTF\n");
             return request;
         },
         "names.txt",
         {"expected names of parcels up to number 3 of lh.csv, found the last for 2"}},
        {"a scan as a parcellation",
         [](Study&, const ScratchFolder& folder) { return parcels({writeScans(folder / "func", {}).front()}); },
         "run-01_bold.nii",
         {"expected one volume of parcel numbers, found 40 volumes"}},
        {"a volume of parts of numbers",
         [](Study&, const ScratchFolder& folder) {
             return parcels({writeVolume(folder / "parcels.nii", ScanPlan().info(),
                                         [](std::size_t v) { return static_cast<double>(v) / 2; })});
         },
         "parcels.nii",
         {"expected whole numbers of parcels, found 0.5"}},
        {"an empty volume",
         [](Study&, const ScratchFolder& folder) {
             return parcels({writeVolume(folder / "parcels.nii", ScanPlan().info(), [](std::size_t) { return 0.0; })});
         },
         "parcels.nii",
         {"expected parcels, found none"}},
        {"a volume that lies nowhere",
         [](Study&, const ScratchFolder& folder) {
             VolumeInfo info = ScanPlan().info();
             info.oriented = false;
             return parcels({writeVolume(folder / "parcels.nii", info, [](std::size_t) { return 1.0; })});
         },
         "parcels.nii",
         {"expected a matrix from voxels to mm", "found none"}},
        {"a volume of an atlas without its names",
         [](Study&, const ScratchFolder& folder) {
             return parcels({writeVolume(folder / "parcels.nii", ScanPlan().info(),
                                         [](std::size_t v) { return static_cast<double>(v % 60); })});
         },
         "parcels.nii",
         {"--names"}},
        {"two volumes of parcels",
         [](Study&, const ScratchFolder& folder) {
             const auto ones = [](std::size_t) { return 1.0; };
             return parcels({writeVolume(folder / "one.nii", ScanPlan().info(), ones),
                             writeVolume(folder / "two.nii", ScanPlan().info(), ones)});
         },
         "import parcellation",
         {"expected one volume, found 2 files"}},
        {"regions of which a parcel stands twice",
         [](Study&, const ScratchFolder& folder) {
             return ImportRequest{
                 .kind = "regions",
                 .files = {folder.write("r.csv", "region,kind,parcel\nA,cortical,V1\nB,cortical,V1\n")}};
         },
         "r.csv",
         {"V1"}},
        {"two tables of regions",
         [](Study&, const ScratchFolder& folder) {
             return ImportRequest{.kind = "regions", .files = {folder / "a.csv", folder / "b.csv"}};
         },
         "import regions",
         {"expected one file, found 2"}},
    };
    return cases;
}

void checkRefused(const Bad& bad) {
    INFO(bad.what);
    const ScratchFolder folder;
    const auto study =
        bad.withoutStimuli ? Study::create(folder / "a.tercet", "Empty") : makeRatedStudy(folder / "a.tercet");
    const ImportRequest request = bad.request(*study, folder);
    const Contents before(*study);
    try {
        importFiles(*study, request);
        FAIL_CHECK("nothing was thrown");
    } catch (const Error& error) {
        const Fault& fault = error.fault();
        const std::string sentence = error.what();
        INFO(sentence);
        CHECK_THAT(fault.where, Contains(bad.where));
        CHECK((!fault.what.empty() || (!fault.expected.empty() && !fault.found.empty())));
        for (const char* part : bad.says)
            CHECK_THAT(sentence, Contains(part));
        CHECK(sentence.find('\n') == std::string::npos);
        CHECK(sentence.back() != ' ');
    }
    CHECK(Contents(*study) == before);
}

} // namespace

TEST_CASE("scans that cannot be used are refused in one sentence, and nothing is kept of them") {
    for (const Bad& bad : badScans())
        checkRefused(bad);
}

TEST_CASE("surfaces, parcels and regions that cannot be used are refused in one sentence") {
    for (const Bad& bad : badAnatomy())
        checkRefused(bad);
}

TEST_CASE("a study that is open for reading takes no scans") {
    const ScratchFolder folder;
    const auto writer = makeRatedStudy(folder / "a.tercet");
    const auto reader = Study::open(folder / "a.tercet");
    REQUIRE_FALSE(reader->readOnlyReason().empty());
    const Contents before(*writer);
    CHECK_THAT(messageOf<StorageError>([&] { importFiles(*reader, scansOf(folder)); }),
               Contains(reader->readOnlyReason()));
    CHECK(Contents(*writer) == before);
}
