#include "core/io/file_kind.h"

#include "core/base/error.h"
#include "core/io/gifti_file.h"
#include "core/io/name_list.h"
#include "core/io/numpy_file.h"
#include "core/io/volume_file.h"
#include "scratch.h"

#include "packing.h"

#include <algorithm>

using namespace tercet;
using namespace tercet::test;
using Catch::Contains;

using Texts = std::vector<std::string>;

TEST_CASE("files are recognised by what is in them") {
    const ScratchFolder folder;
    struct Sample {
        FileKind kind;
        std::string content;
        const char* says;
    };
    std::string ascending;
    for (int i = 0; i < 60; ++i)
        ascending += "0 1 " + std::to_string(i + 2) + "\n";
    const Sample samples[] = {
        {FileKind::Ratings, "filename,Awe,Joy,valence\n1.mp4,0.5,1,3\n2.mp4,0,1,3\n",
         "2 stimuli: 2 categories and 1 dimension were"},
        {FileKind::Ratings, gzipped("\xef\xbb\xbfid;awe\r\n1;0,5\r\n"), "1 stimulus:"},
        {FileKind::Unknown, "filename,Awe\n1.mp4,much\n", "line 2"},
        {FileKind::Embedding, "0.5 1 0.25 \n0 2 1 \n", "2 × 3"},
        {FileKind::Embedding, "id,x,y\na,0.5,1\nb,0,2\n", "2 × 2"},
        {FileKind::Embedding, npyBytes("<f4", "(2, 2)", rawBytes<float>({1, 2, 3, 4})), "2 stimuli"},
        {FileKind::Judgments, "0 5 2\n4 1 3\n", "2 odd-one-out judgments"},
        {FileKind::Judgments, "0.0 5.0 2.0 1.0\n4.0 1.0 3.0 1.0\n", "fourth column"},
        {FileKind::Judgments, npyBytes("<u2", "(2, 3)", rawBytes<std::uint16_t>({0, 5, 2, 4, 1, 3})), "2 odd-one-out"},
        {FileKind::Unknown, ascending, "without choices"},
        {FileKind::Captions, "\xef\xbb\xbfvideo_id,description\r\n1,\"A cat, a dog.\"\r\n1,A bird.\r\n", "2 captions"},
        {FileKind::Unknown, "aardvark\nabacus\n", "list of 2 lines"},
        {FileKind::Unknown, "", "empty"},
        {FileKind::Unknown,
         std::string("\x7f"
                     "ELF\0\1",
                     6),
         "binary"},
        {FileKind::Unknown, "one,two\na,b\nc,d\n", "without"},
        {FileKind::Unknown, npyBytes("<f4", "(4,)", rawBytes<float>({1, 2, 3, 4})), "4 values"},
        {FileKind::Unknown, npyBytes("<f4", "(2, 2)", "").substr(0, 30), "header"},
        {FileKind::Unknown, gzipped(std::string(10'000, 'x') + ascending).substr(0, 30), "gzip"},
    };
    for (const Sample& sample : samples) {
        const RecognisedFile found = recogniseFile(folder.write("file", sample.content));
        CAPTURE(found.description);
        CHECK(found.kind == sample.kind);
        CHECK_THAT(found.description, Contains(sample.says) && Catch::EndsWith("."));
    }
    CHECK(recogniseFile(fixture("ratings_v73.mat")).kind == FileKind::Ratings);
    CHECK_THAT(messageOf<MissingError>([&] { (void)recogniseFile(folder / "none"); }), Contains("none"));

    const ScratchFolder trials;
    CHECK(recogniseFile(trials.path()).kind == FileKind::Unknown);
    trials.write("train_90.txt", "0 1 2\n1 2 0\n");
    trials.write("test_10.txt", "2 1 0\n");
    CHECK_THAT(recogniseFile(trials.path()).description, Contains("3 odd-one-out judgments, 1 of them held out"));
}

namespace {

VolumeInfo smallGrid() {
    VolumeInfo info{.size = {4, 3, 2}, .repetitionTime = 2.5, .oriented = true};
    info.toMm.rows = {{{3, 0, 0, 0}, {0, 3, 0, 0}, {0, 0, 3, 0}}};
    return info;
}

void zeros(std::size_t /*volume*/, std::span<double> /*values*/) {}

GiftiContent square(const char* intent) {
    GiftiContent content;
    content.arrays = {{.intent = intent, .shape = {4, 3}, .values = {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0}}};
    if (std::string(intent) == "LABEL") {
        content.arrays.front() = {.intent = intent, .shape = {4}, .values = {0, 1, 2, 1}};
        content.labels = {{1, {"L_V1_ROI"}}, {2, {"L_V2_ROI"}}};
    }
    return content;
}

} // namespace

TEST_CASE("files of the brain are recognised, whole and cut") {
    const ScratchFolder folder;
    const auto volume = [&](const char* name, std::size_t count) {
        writeVolumes(folder / name, smallGrid(), count, zeros);
        return folder / name;
    };
    const auto gifti = [&](const char* name, const char* intent) {
        writeGifti(folder / name, square(intent));
        return folder / name;
    };
    const auto text = [&](const char* name, const std::string& content) { return folder.write(name, content); };
    const std::string surface =
        std::string("\xFF\xFF\xFEmade by hand\n\n", 17) + std::string("\0\0\0\3\0\0\0\1", 8) + std::string(48, '\0');
    const std::string annot = std::string("\0\0\0\1\0\0\0\0\0\0\0\5\0\0\0\1\xFF\xFF\xFF\xFE", 20) +
                              std::string("\0\0\0\1\0\0\0\2a\0\0\0\0\1\0\0\0\0\0\0\0\3V1\0", 25) +
                              std::string("\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    std::string labels;
    std::string numbers;
    for (int i = 0; i < 40; ++i)
        labels += (i % 20 < 10 ? "rest " : "face ") + std::to_string(i / 20) + "\n";
    for (int i = 0; i < 700; ++i)
        numbers += std::to_string(i % 7) + "\n";
    std::string motion;
    for (int i = 0; i < 30; ++i)
        motion += "0.1 0.2 0.3 0.01 0.02 0.03\n";
    struct Sample {
        FileKind kind;
        std::filesystem::path path;
        const char* says;
    };
    const Sample samples[] = {
        {FileKind::Scans, volume("run.nii", 5), "5 volumes of 4 × 3 × 2 voxels, one every 2.5 s"},
        {FileKind::Scans, volume("run.nii.gz", 5), "5 volumes"},
        {FileKind::Mask, volume("sub-01_mask.nii", 1), "A mask of 4 × 3 × 2 voxels"},
        {FileKind::Parcellation, volume("aparc+aseg.nii.gz", 1), "One volume of 4 × 3 × 2 voxels"},
        {FileKind::Unknown, volume("T1w.nii", 1), "scans have several"},
        {FileKind::Surface, gifti("lh.pial.surf.gii", "POINTSET"), "4 vertices"},
        {FileKind::Surface, gifti("lh.curv.gii", "SHAPE"), "Values of 4 vertices"},
        {FileKind::Parcellation, gifti("lh.label.gii", "LABEL"), "2 parcels of 4 vertices"},
        {FileKind::Surface, text("lh.white", surface), "FreeSurfer surface of 3 vertices"},
        {FileKind::Surface,
         text("lh.flat.patch.3d", std::string("\xFF\xFF\xFF\xFF\0\0\0\2", 8) + std::string(32, '\0')),
         "patch of 2 vertices"},
        {FileKind::Surface,
         text("lh.curv", std::string("\xFF\xFF\xFF\0\0\0\2\0\0\0\0\0\0\0\1", 15) + std::string(8, '\0')),
         "Values of 2 vertices"},
        {FileKind::Parcellation, text("lh.aparc.annot", annot), "1 parcel of 1 vertex"},
        {FileKind::Parcellation, text("glasser_360_fsa5.csv", numbers), "parcels of 700 vertices"},
        {FileKind::Events, text("run_events.tsv", "onset\tduration\tstim_id\n0\t4\ta\n4\t4\tb\n"),
         "2 events of a run, named by stim_id"},
        {FileKind::Events, text("bare.tsv", "onset\tduration\n0\t4\n"), "1 events of a run without a column"},
        {FileKind::Regions, text("regions.csv", "region,kind,parcel\nVC,cortical,V1\nVC,cortical,V2\n"),
         "1 region made of 2 parcels"},
        {FileKind::Motion, text("run.par", motion), "30 volumes"},
        {FileKind::Motion, text("x.tsv", "rot_x\trot_y\trot_z\ttrans_x\ttrans_y\ttrans_z\n0\t0\t0\t1\t1\t1\n"),
         "1 volumes"},
        {FileKind::Embedding, text("six.txt", motion), "30 × 6"},
        {FileKind::VolumeLabels, text("attributes.txt", labels), "40 volumes"},
        {FileKind::Unknown, text("cut.nii", contentOf(folder / "run.nii").substr(0, 360)), "cut.nii"},
        {FileKind::Unknown, text("header.nii", contentOf(folder / "run.nii").substr(0, 100)), "header.nii"},
        {FileKind::Unknown, text("cut.nii.gz", contentOf(folder / "run.nii.gz").substr(0, 20)), "gzip"},
        {FileKind::Unknown, text("cut.gii", contentOf(folder / "lh.label.gii").substr(0, 100)), "GIFTI"},
        {FileKind::Unknown, text("cut.white", surface.substr(0, 40)), "3 vertices"},
        {FileKind::Unknown, text("short.white", surface.substr(0, 10)), "line"},
        {FileKind::Unknown, text("cut.annot", annot.substr(0, 30)), "cut.annot"},
        {FileKind::Unknown, text("cut.dlabel.nii", contentOf(folder / "run.nii").substr(0, 360)), "cut.dlabel.nii"},
        {FileKind::Unknown, text("rest.dtseries.nii", contentOf(folder / "run.nii")), "dtseries"},
        {FileKind::Unknown, text("cut.h5", "\x89HDF\r\n\x1a\n"), "cut.h5"},
    };
    for (const Sample& sample : samples) {
        const RecognisedFile found = recogniseFile(sample.path);
        CAPTURE(sample.path.filename().string(), found.description);
        CHECK(found.kind == sample.kind);
        CHECK_THAT(found.description, Contains(sample.says) && Catch::EndsWith("."));
    }
}

TEST_CASE("a large file is recognised by its beginning") {
    const ScratchFolder folder;
    std::string trials;
    while (trials.size() < 5'000'000)
        trials += "12 500 7\n500 12 3\n";
    const RecognisedFile found = recogniseFile(folder.write("trials.txt", trials));
    CHECK(found.kind == FileKind::Judgments);
    CHECK_THAT(found.description, Contains("about 550,000") || Contains("about 540,000"));
}

TEST_CASE("the real files are recognised") {
    const std::pair<const char*, FileKind> known[] = {
        {"ck2017/CowenKeltnerEmotionalVideos.csv.gz", FileKind::Ratings},
        {"ck2017/ratings48_2180.csv.gz", FileKind::Ratings},
        {"ck2017/category.mat", FileKind::Ratings},
        {"ck2017/caption_ck20.csv.gz", FileKind::Captions},
        {"ck2017/prototypes_66.txt", FileKind::Unknown},
        {"ck2017/labels_48.txt", FileKind::Unknown},
        {"triplets/things_human/test_10.txt.gz", FileKind::Judgments},
        {"triplets/things_human/test_10_ID.txt.gz", FileKind::Judgments},
        {"triplets/things_human/union_unique_triplets_u16.npy.gz", FileKind::Judgments},
        {"triplets/things_human/diagnostic-triplets.csv.gz", FileKind::Unknown},
        {"triplets/things_embeddings/spose_embedding_49d_sorted.txt.gz", FileKind::Embedding},
        {"triplets/things_embeddings/spose_embedding_66d_sorted.txt.gz", FileKind::Embedding},
        {"triplets/things_embeddings/RDM48_triplet.mat", FileKind::Unknown},
        {"triplets/vice_embeddings/things_final_embedding.npy", FileKind::Embedding},
        {"triplets/vice_embeddings/things_test_triplet_probabilities.npy", FileKind::Unknown},
        {"images/oasis/images_256.zip", FileKind::Unknown},
        {"fmri/haxby2001_slice/bold.nii.gz", FileKind::Scans},
        {"fmri/haxby2001_slice/mask.nii.gz", FileKind::Mask},
        {"fmri/haxby2001_slice/attributes.txt", FileKind::VolumeLabels},
        {"fmri/haxby2001_slice/attributes_literal.txt", FileKind::VolumeLabels},
        {"fmri/bdpy_samples/bdata_sample_vmap_trimmed.h5", FileKind::Unknown},
        {"fmri/stat_maps/neurovault_image_10426_motor.nii.gz", FileKind::Unknown},
        {"fmri/kamitani_emotion2020/roiInf.mat", FileKind::Unknown},
        {"surfaces/fsaverage5/pial_left.gii.gz", FileKind::Surface},
        {"surfaces/fsaverage5/curv_right.gii.gz", FileKind::Surface},
        {"surfaces/pycortex_S1", FileKind::Surface},
        {"surfaces/fs_LR_32k/S1200.L.flat.32k_fs_LR.surf.gii", FileKind::Surface},
        {"surfaces/fs_LR_32k/S1200.L.midthickness_MSMAll.32k_fs_LR.surf.gii", FileKind::Surface},
        {"surfaces/fs_LR_32k/S1200.sulc_MSMAll.32k_fs_LR.dscalar.nii", FileKind::Surface},
        {"surfaces/fs_LR_32k/HCP-MMP1_Q1-Q6_RelatedValidation210.32k_fs_LR.dlabel.nii", FileKind::Parcellation},
        {"surfaces/fs_LR_32k/labels_gii/Glasser_2016.32k.L.label.gii", FileKind::Parcellation},
        {"surfaces/freesurfer_format_samples/test.annot", FileKind::Parcellation},
        {"surfaces/parcellations_csv/glasser_360_fsa5.csv", FileKind::Parcellation},
        {"surfaces/parcellations_csv/glasser_360_names.csv", FileKind::Unknown},
        {"surfaces/mni_volumes/MNI_Glasser_HCP_v1.0.nii.gz", FileKind::Parcellation},
        {"surfaces/mni_volumes/mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz", FileKind::Unknown},
        {"surfaces/subcortex/Atlas_ROIs.2.nii.gz", FileKind::Parcellation}};
    for (const auto& [name, kind] : known) {
        const auto path = sharedFile(std::string("data/") + name);
        if (path.empty())
            return;
        const RecognisedFile found = recogniseFile(path);
        CAPTURE(name, found.description);
        CHECK(found.kind == kind);
        CHECK_THAT(found.description, Catch::EndsWith("."));
    }
    CHECK(recogniseFile(sharedFile("data/fmri/haxby2001_slice/bold.nii.gz")).description ==
          "1,452 volumes of 40 × 20 × 1 voxels, one every 2.5 s: importing adds a run of a subject.");
    CHECK(recogniseFile(sharedFile("data/ck2017/ratings48_2180.csv.gz")).description ==
          "A ratings table of 2,180 stimuli: 34 categories and 14 dimensions were recognised and will be imported.");
}

TEST_CASE("lists of names") {
    const ScratchFolder folder;
    CHECK(readNameList(folder.write("a.txt", "polar bear\nsea lion, large\n")) ==
          Texts{"polar bear", "sea lion, large"});
    CHECK(readNameList(folder.write("b.txt", "word\r\nbat\r\n")) == Texts{"bat"});
    CHECK(readNameList(folder.write("c.csv", "word,id\nbat,bat1\nbat,bat2\n")) == Texts{"bat1", "bat2"});
    CHECK(readNameList(folder.write("d.tsv.gz", gzipped("Word\tuniqueID\nbat\tbat1\nbat\tbat2\n"))) ==
          Texts{"bat1", "bat2"});
    CHECK_THAT(messageOf<FormatError>([&] { (void)readNameList(folder.write("e.txt", "a\n\nb\na\n")); }),
               Contains("e.txt") && Contains("line 1 and line 4"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)readNameList(folder.write("f.csv", "x,y\n1,2\n1,2\n")); }),
               Contains("do not repeat"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)readNameList(folder.write("g.txt", "")); }), Contains("g.txt"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)readNameList(folder / "none"); }), Contains("none"));
    for (const char* name :
         {"things_embeddings/unique_id.txt", "things_embeddings/words.csv", "vice_embeddings/item_names.tsv"}) {
        const auto path = sharedFile(std::string("data/triplets/") + name);
        if (path.empty())
            return;
        const Texts names = readNameList(path);
        CAPTURE(name);
        CHECK(names.size() == 1854);
        CHECK(names.front() == "aardvark");
        CHECK(std::ranges::find(names, "zucchini") != names.end());
    }
}
