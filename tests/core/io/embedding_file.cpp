#include "core/io/embedding_file.h"

#include "core/base/error.h"
#include "core/io/numpy_file.h"
#include "scratch.h"

#include "packing.h"

#include <algorithm>
#include <functional>
#include <numeric>

using namespace tercet;
using namespace tercet::test;
using Catch::Contains;

namespace {

using Texts = std::vector<std::string>;

const Matrix<double> kValues(3, 2, {0.5, 1, 0, 2, 3, 0.25});

std::string allNotes(const EmbeddingTable& table) {
    return std::accumulate(table.notes.begin(), table.notes.end(), std::string());
}

} // namespace

TEST_CASE("the same embedding in every format") {
    const ScratchFolder folder;
    writeNpy(folder / "a.npy", Array<double>{{3, 2}, kValues.values()});
    writeNpy(folder / "b.npy", Array<float>{{3, 2}, {0.5F, 1, 0, 2, 3, 0.25F}});
    writeZip(folder / "c.npz",
             {{"pruned_loc.npy", contentOf(folder / "a.npy")},
              {"pruned_scale.npy", npyBytes("<f8", "(3, 2)", std::string(48, '\0'))}},
             true);
    writeZip(
        folder / "d.npz",
        {{"anything.npy", contentOf(folder / "b.npy")}, {"loss.npy", npyBytes("<f8", "(1,)", rawBytes<double>({1}))}},
        false);
    folder.write("e.txt", "0.5 1 \n0 2 \n3 0.25 \n");
    folder.write("f.txt", "5.0e-1\t1\n0\t2\n3\t0.25\n");
    folder.write("g.csv", "0.5,1\n0,2\n3,0.25\n");
    folder.write("h.txt.gz", gzipped("0.5 1\r\n0 2\r\n3 0.25\r\n"));
    folder.write("sparse_embed_epoch0500.txt", "0.5 0 3\n1 2 0.25\n");
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        CAPTURE(entry.path());
        const EmbeddingTable table = readEmbedding(entry.path());
        CHECK(table.values == kValues);
        CHECK(table.stimulusIds.empty());
    }
}

TEST_CASE("ids and names of components are kept") {
    const ScratchFolder folder;
    const EmbeddingTable named =
        readEmbedding(folder.write("a.csv", "id,dim 1,dim 2\ncat,0.5,1\ndog,0,2\ncow,3,0.25\n"));
    CHECK(named.values == kValues);
    CHECK(named.stimulusIds == Texts{"cat", "dog", "cow"});
    CHECK(named.componentNames == Texts{"dim 1", "dim 2"});
    const EmbeddingTable counted = readEmbedding(folder.write("b.csv", ",0,1\n0,0.5,1\n1,0,2\n2,3,0.25\n"));
    CHECK(counted.values == kValues);
    CHECK_THAT(allNotes(counted), Contains("counts the rows"));
    CHECK(readEmbedding(folder / "a.csv", {.stimuli = 5}).values == kValues); // rows are matched by id
    const EmbeddingTable headless = readEmbedding(folder.write("c.csv", "cat,0.5,1\ndog,0,2\ncow,3,0.25\n"));
    CHECK(headless.values == kValues);
    CHECK(headless.stimulusIds == Texts{"cat", "dog", "cow"});
}

TEST_CASE("orientation by the number of stimuli, by name, or as told") {
    const ScratchFolder folder;
    const auto wide = folder.write("wide.txt", "0.5 0 3\n1 2 0.25\n");
    CHECK(readEmbedding(wide, {.stimuli = 3}).values == kValues);
    CHECK(readEmbedding(wide, {.orientation = EmbeddingOrientation::ComponentsByStimuli}).values == kValues);
    CHECK(readEmbedding(wide, {.stimuli = 2}).values.rows() == 2);
    CHECK_THAT(allNotes(readEmbedding(wide)), Contains("more columns (3) than rows (2)"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)readEmbedding(wide, {.stimuli = 7}); }),
               Contains("7 stimuli") && Contains("2 × 3"));
}

TEST_CASE("values below zero: rounding is cleared, more is kept and said") {
    const ScratchFolder folder;
    const EmbeddingTable slight = readEmbedding(folder.write("a.txt", "-0.002 1\n2 -0.01\n"));
    CHECK(slight.values == Matrix<double>(2, 2, {0, 1, 2, 0}));
    CHECK_THAT(allNotes(slight), Contains("2 slightly negative values"));
    const EmbeddingTable real = readEmbedding(folder.write("b.txt", "-0.5 1\n2 -0.001\n"));
    CHECK(real.values == Matrix<double>(2, 2, {-0.5, 1, 2, -0.001}));
    CHECK_THAT(allNotes(real), Contains("not non-negative") && Contains("-0.5"));
}

TEST_CASE("bad embedding files") {
    const ScratchFolder folder;
    const auto complaint = [&](const std::string& name, const std::string& content,
                               const EmbeddingOptions& options = {}) {
        const auto path = folder.write(name, content);
        return messageOf<FormatError>([&] { (void)readEmbedding(path, options); });
    };
    CHECK_THAT(complaint("a.txt", "1 2\n3 nan\n"),
               Contains("a.txt, line 2, column 2") && Contains("finite") && Contains("nan"));
    CHECK_THAT(complaint("a.csv", "id,x,y\na,1,2\nb,-inf,4\n"), Contains("line 3, column 2 “x”") && Contains("inf"));
    CHECK_THAT(complaint("a.npy", npyBytes("<f8", "(2, 2)",
                                           rawBytes<double>({1, 2, 3, std::numeric_limits<double>::quiet_NaN()}))),
               Contains("a.npy, row 2, column 2") && Contains("nan"));
    CHECK_THAT(complaint("a.npy", npyBytes("<f8", "(4,)", rawBytes<double>({1, 2, 3, 4}))),
               Contains("a matrix") && Contains("4 values"));
    CHECK_THAT(complaint("a.npy", npyBytes("<f8", "(0, 4)", "")), Contains("an empty one"));
    CHECK_THAT(complaint("a.npy", npyBytes("|S1", "(1, 2)", "ab")), Contains("text"));
    CHECK_THAT(complaint("a.txt", "1 2\n3\n"), Contains("line 2"));
    CHECK_THAT(complaint("a.csv", "id,x,y\na,1,2\nb,red,4\n"), Contains("line 3, column 2 “x”") && Contains("“red”"));
    CHECK_THAT(complaint("a.txt", "cat\ndog\n"), Contains("names alone"));
    CHECK_THAT(complaint("a.txt", "1 0.5\n0.5 1\n"), Contains("similarities"));
    CHECK_THAT(complaint("a.txt", ""), Contains("a.txt"));
    CHECK_THAT(complaint("a.bin", std::string("\0\1\2", 3)), Contains("binary"));
    CHECK_THAT(complaint("a.txt.gz", gzipped("1 2\n3 4\n").substr(0, 15)), Contains("gzip"));

    const std::string array = npyBytes("<f8", "(2, 1)", rawBytes<double>({1, 2}));
    writeZip(folder / "two.npz", {{"a.npy", array}, {"b.npy", array}}, true);
    CHECK_THAT(messageOf<FormatError>([&] { (void)readEmbedding(folder / "two.npz"); }), Contains("a, b"));
    CHECK(readEmbedding(folder / "two.npz", {.array = "b"}).values.rows() == 2);
    CHECK_THAT(messageOf<MissingError>([&] { (void)readEmbedding(folder / "two.npz", {.array = "c"}); }),
               Contains("“c”"));
    const std::string zip = contentOf(folder / "two.npz");
    CHECK_THAT(complaint("cut.npz", zip.substr(0, zip.size() / 2)), Contains("cut.npz") && Contains("ends early"));
    CHECK_THAT(messageOf<MissingError>([&] { (void)readEmbedding(folder / "none.npy"); }), Contains("none.npy"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)readEmbedding(folder.path()); }), Contains("a folder"));
}

TEST_CASE("published embeddings") {
    struct Published {
        const char* file;
        std::size_t stimuli;
        std::size_t components;
    };
    for (const Published& one :
         {Published{"data/triplets/things_embeddings/spose_embedding_49d_sorted.txt.gz", 1854, 49},
          Published{"data/triplets/things_embeddings/spose_embedding_66d_sorted.txt.gz", 1854, 66},
          Published{"data/triplets/vice_embeddings/things_final_embedding.npy", 1854, 42},
          Published{"data/triplets/vice_embeddings/adjectives_final_embedding.npy", 2372, 21},
          Published{"data/triplets/vice_embeddings/food_final_embedding.npy", 36, 6}}) {
        const auto path = sharedFile(one.file);
        if (path.empty())
            return;
        const EmbeddingTable table = readEmbedding(path);
        CHECK(table.values.rows() == one.stimuli);
        CHECK(table.values.cols() == one.components);
        CHECK(*std::ranges::min_element(table.values.values()) == 0);
        std::vector<double> sums(one.components, 0);
        for (std::size_t row = 0; row < one.stimuli; ++row)
            for (std::size_t k = 0; k < one.components; ++k)
                sums[k] += table.values(row, k);
        if (one.components > 42) // these are sorted
            CHECK(std::ranges::is_sorted(sums, std::greater()));
    }
}
