#include "core/pipeline/offered_files.h"

#include "brain_files.h"

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

OfferedFiles sorted(const std::vector<fs::path>& paths) {
    const JobControl control;
    return sortOffered(paths, control);
}

/// "fmri sub-01 3": kind, subject and number of files of each group.
std::vector<std::string> outline(const OfferedFiles& offered) {
    std::vector<std::string> lines;
    for (const OfferedGroup& group : offered.groups)
        lines.push_back(fmt::format("{} {} {}{}", group.request.kind, group.request.subject, group.request.files.size(),
                                    group.wanted ? "" : " unwanted"));
    return lines;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("a folder is sorted into what is imported together") {
    const ScratchFolder folder;
    const fs::path root = folder / "bids";
    for (const char* subject : {"sub-01", "sub-02"}) {
        const ScanPlan plan{.subject = subject, .motion = true};
        writeScans(root / subject / "func", plan);
        fs::create_directories(root / subject / "anat");
        writeVolume(root / subject / "func" / fmt::format("{}_mask.nii", subject), plan.info(),
                    [](std::size_t) { return 1; });
        for (const char* side : {"L", "R"}) {
            writeMesh(root / subject / "anat" / fmt::format("{}_hemi-{}_pial.surf.gii", subject, side), octahedron(5));
            writeMesh(root / subject / "anat" / fmt::format("{}_hemi-{}_sphere.surf.gii", subject, side),
                      octahedron(5));
        }
        writeVolume(root / subject / "anat" / fmt::format("{}_dseg.nii", subject), plan.info(),
                    [](std::size_t) { return 10; });
        writeVolume(root / subject / "anat" / fmt::format("{}_T1w.nii", subject), plan.info(),
                    [](std::size_t) { return 10; });
    }
    fs::create_directories(root / "atlas");
    for (const char* side : {"L", "R"}) {
        writeLabels(root / fmt::format("atlas/hemi-{}_hcp-mmp.label.gii", side), {0, 1, 2});
        writeLabels(root / fmt::format("atlas/hemi-{}_aparc.label.gii", side), {0, 1, 2});
    }
    writeText(root / "regions.csv", "region,kind,parcel\nVC,cortical,V1\n");
    writeText(root / ".hidden.csv", "region,kind,parcel\nVC,cortical,V1\n");

    const OfferedFiles offered = sorted({root});
    CHECK(outline(offered) == Lines{"fmri sub-01 3", "fmri sub-02 3", "surface sub-01 2", "surface sub-02 2",
                                    "parcellation  2 unwanted", "parcellation  2", "parcellation sub-01 1",
                                    "parcellation sub-02 1", "regions  1"});
    REQUIRE(offered.leftOut.size() == 1); // spheres and T1w
    CHECK_THAT(offered.leftOut[0], Contains("6 files of bids"));
    const ImportRequest& scans = offered.groups[0].request;
    CHECK(scans.mask.filename() == "sub-01_mask.nii");
    CHECK(scans.events.empty()); // they lie beside the runs
    CHECK_THAT(offered.groups[0].description, Contains("3 runs with events and a mask."));
    CHECK_THAT(offered.groups[5].description, Contains("hcp.mmp") && Contains("both hemispheres"));

    // The import needs nothing else.
    const auto study = makeRatedStudy(folder / "a.tercet");
    for (const OfferedGroup& group : offered.groups)
        if (group.request.kind == "fmri" || group.request.kind == "surface")
            importFiles(*study, group.request);
    CHECK(study->subjects().size() == 2);
    CHECK(study->imported("sub-02", "surface"));
}

TEST_CASE("a subject is the folder that holds scans, and files by themselves are of all subjects") {
    const ScratchFolder folder;
    const fs::path anna = folder / "anna";
    const ScanPlan plan{.subject = "x", .runs = 2};
    const std::vector<fs::path> scans = writeScans(anna / "func", plan);
    for (const char* side : {"lh", "rh"})
        writeMesh(anna / "surf" / fmt::format("{}.pial.gii", side), octahedron(5));
    CHECK(outline(sorted({anna})) == Lines{"fmri anna 2", "surface anna 2"});
    CHECK(outline(sorted({anna / "surf"})) == Lines{"surface  2"});
    CHECK(outline(sorted({anna / "surf/lh.pial.gii", anna / "surf/rh.pial.gii"})) == Lines{"surface  2"});
    const OfferedFiles chosen = sorted({scans[1], scans[0]});
    CHECK(outline(chosen) == Lines{"fmri anna 2"});
    CHECK(chosen.groups[0].request.files == scans); // in order
}

TEST_CASE("people in folders of their own are subjects of their own") {
    const ScratchFolder folder;
    for (const char* name : {"anna", "berta"}) {
        writeScans(folder / "study" / name / "ses-1" / "func", {.subject = "x", .runs = 2});
        writeMesh(folder / "study" / name / "surf" / "lh.pial.gii", octahedron(5));
    }
    CHECK(outline(sorted({folder / "study"})) ==
          Lines{"fmri anna 2", "fmri berta 2", "surface anna 1", "surface berta 1"});
    const auto runOf = [&](const char* name) {
        return folder / "study" / name / "ses-1/func/x_task-clips_run-01_bold.nii";
    };
    CHECK(outline(sorted({runOf("anna"), runOf("berta")})) == Lines{"fmri anna 1", "fmri berta 1"});
    // A folder that says nothing is whose it is where there is no other.
    fs::rename(folder / "study/anna/ses-1/func", folder / "func");
    CHECK(outline(sorted({folder / "func"})) == Lines{"fmri func 2"});
}

TEST_CASE("events and motion are paired with runs in the order of their numbers") {
    const ScratchFolder folder;
    const ScanPlan plan{.runs = 10, .volumes = 40, .motion = true};
    std::vector<fs::path> scans;
    std::vector<fs::path> events;
    std::vector<fs::path> motion;
    const std::vector<fs::path> written = writeScans(folder / "w", plan);
    for (std::size_t r = 0; r < plan.runs; ++r) {
        scans.push_back(folder / fmt::format("func/run_{}.nii", r + 1));
        events.push_back(folder / fmt::format("func/run_{}_trials.tsv", r + 1));
        motion.push_back(folder / fmt::format("func/rp_run_{}.txt", r + 1));
        fs::create_directories(folder / "func");
        fs::rename(written[r], scans.back());
        fs::rename(plan.file(folder / "w", r, "events.tsv"), events.back());
        std::string rows;
        for (std::size_t v = 0; v < plan.volumes; ++v)
            rows += "0.1 0.2 0.3 0.01 0.02 0.03\n";
        writeText(motion.back(), rows);
    }
    const OfferedFiles offered = sorted({folder / "func"});
    REQUIRE(offered.groups.size() == 1);
    CHECK(offered.groups[0].request.files == scans);
    CHECK(offered.groups[0].request.events == events);
    CHECK(offered.groups[0].request.motion == motion);
    CHECK(offered.leftOut.empty());
    fs::remove(motion.back()); // which run it was is not known then
    const OfferedFiles fewer = sorted({folder / "func"});
    CHECK(fewer.groups[0].request.motion.empty());
    REQUIRE(fewer.leftOut.size() == 9);
    CHECK_THAT(fewer.leftOut[0], Contains("rp_run_1.txt"));
}

TEST_CASE("events apart from their runs are paired, and labels taken where there are none") {
    const ScratchFolder folder;
    const ScanPlan plan{.runs = 2};
    const std::vector<fs::path> scans = writeScans(folder / "runs", plan);
    fs::create_directories(folder / "events");
    std::vector<fs::path> events;
    for (std::size_t r = 0; r < 2; ++r) {
        events.push_back(folder / fmt::format("events/sub-01_{}.tsv", r));
        fs::rename(plan.file(folder / "runs", r, "events.tsv"), events.back());
    }
    CHECK(sorted({scans[0], scans[1], events[1], events[0]}).groups.at(0).request.events == events);

    std::string numbers;
    std::string words;
    for (int v = 0; v < 80; ++v) {
        numbers += fmt::format("{} {}\n", v / 4 % 2, v / 40);
        words += fmt::format("{} {}\n", v / 4 % 2 == 0 ? "rest" : "face", v / 40);
    }
    writeText(folder / "runs/attributes.txt", numbers);
    writeText(folder / "runs/literal.txt", words);
    const OfferedFiles labelled = sorted({folder / "runs"});
    REQUIRE(labelled.groups.size() == 1);
    CHECK(labelled.groups[0].request.volumeLabels == folder / "runs/literal.txt");
}

TEST_CASE("what cannot be imported is said, file by file or counted by folder") {
    const ScratchFolder folder;
    fs::create_directories(folder / "mixed");
    writeText(folder / "mixed/notes.txt", "aardvark\n");
    writeText(folder / "mixed/cut.nii", "short");
    const fs::path ratings = folder.write("r.csv", "id,Joy,Anger\na,0.1,0.2\nb,0.3,0.4\n");
    const fs::path events = folder.write("e.tsv", "onset\tduration\tname\n0\t1\ta\n");
    const OfferedFiles offered = sorted({folder / "mixed", ratings, events, folder / "mixed/cut.nii"});
    CHECK(outline(offered) == Lines{"ratings  1"});
    REQUIRE(offered.leftOut.size() == 3);
    CHECK_THAT(offered.leftOut[0], Contains("nothing in this folder"));
    CHECK_THAT(offered.leftOut[1], Contains("e.tsv: 1 events of a run"));
    CHECK_THAT(offered.leftOut[2], Contains("cut.nii"));
    CHECK_THROWS_AS(sorted({folder / "none.csv"}), MissingError);
    JobControl stopped;
    stopped.requestStop();
    CHECK_THROWS_AS(sortOffered({ratings}, stopped), Cancelled);
}

TEST_CASE("the real folders are sorted") {
    const fs::path data = sharedFile("data/fmri/haxby2001_slice");
    if (data.empty())
        return;
    const OfferedFiles haxby = sorted({data});
    REQUIRE(outline(haxby) == Lines{"fmri haxby2001_slice 1"});
    CHECK(haxby.groups[0].request.mask.filename() == "mask.nii.gz");
    CHECK(haxby.groups[0].request.volumeLabels.filename() == "attributes_literal.txt");
    CHECK(outline(sorted({sharedFile("data/surfaces/fsaverage5")})) == Lines{"surface  12"});
    const OfferedFiles pycortex = sorted({sharedFile("data/surfaces/pycortex_S1")});
    REQUIRE(outline(pycortex) == Lines{"surface  1"});
    CHECK(pycortex.groups[0].transforms == Lines{"fullhead", "retinotopy"});
    const Lines standard = outline(sorted({sharedFile("data/surfaces/fs_LR_32k")}));
    CHECK(std::ranges::count(standard, "surface  7") == 1);
    CHECK(std::ranges::count(standard, "parcellation  2") == 1); // Glasser's
    CHECK(std::ranges::count(standard, "parcellation  2 unwanted") == 2);
    CHECK(std::ranges::count(standard, "embedding  1") == 0);
}
