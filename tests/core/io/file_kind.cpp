#include "core/io/file_kind.h"

#include "core/base/error.h"
#include "core/io/name_list.h"
#include "core/io/numpy_file.h"
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
        {"images/oasis/images_256.zip", FileKind::Unknown}};
    for (const auto& [name, kind] : known) {
        const auto path = sharedFile(std::string("data/") + name);
        if (path.empty())
            return;
        const RecognisedFile found = recogniseFile(path);
        CAPTURE(name, found.description);
        CHECK(found.kind == kind);
    }
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
