#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/io/embedding_file.h"
#include "core/io/file_kind.h"
#include "core/io/judgment_file.h"
#include "core/io/mat_file.h"
#include "core/io/name_list.h"
#include "core/io/numpy_file.h"
#include "core/io/ratings_file.h"
#include "scratch.h"

#include "packing.h"

#include <functional>

using namespace tercet;
using namespace tercet::test;

namespace {

/// Flips bits, cuts, repeats and overwrites parts of a content.
std::string damaged(std::string content, Rng& rng) {
    const auto place = [&] { return rng.below(static_cast<std::uint32_t>(content.size())); };
    for (std::uint32_t i = 0; i <= rng.below(4) && !content.empty(); ++i)
        switch (rng.below(6)) {
        case 0:
            content.resize(place());
            break;
        case 1:
            content[place()] = static_cast<char>(rng.below(256));
            break;
        case 2:
            content.insert(place(), content.substr(place(), rng.below(64)));
            break;
        case 3:
            content.erase(place(), rng.below(64));
            break;
        case 4:
            content[place()] = '\xff';
            break;
        default:
            content[place()] ^= static_cast<char>(1U << rng.below(8));
        }
    return content;
}

} // namespace

TEST_CASE("whatever happens to a file, readers give values or one of our sentences") {
    const ScratchFolder folder;
    writeZip(folder / "a.npz", {{"pruned_loc.npy", npyBytes("<f8", "(2, 2)", rawBytes<double>({1, 2, 3, 4}))}}, true);
    std::vector<std::string> contents{contentOf(folder / "a.npz"),
                                      npyBytes("<f4", "(2, 3)", rawBytes<float>({1, 2, 3, 4, 5, 6})),
                                      npyBytes("<U2", "(2, 1)", rawBytes<std::uint32_t>({'a', 'b', 'c', 0})),
                                      gzipped("id,awe,joy\n1,0.5,0\n2,0.25,1\n"),
                                      "id;awe;\"joy\"\r\n1;0,5;0\r\n\"2\";0,25;1\r\n",
                                      "0 5 2 1\n4 1 3 2\n9 1 3 3\n"};
    for (const char* name : {"ratings_v5.mat", "ratings_v5_packed.mat", "ratings_v73.mat"})
        contents.push_back(contentOf(fixture(name)));
    const std::function<void(const std::filesystem::path&)> readers[] = {
        [](const auto& path) { (void)readRatings(path); },   [](const auto& path) { (void)readEmbedding(path); },
        [](const auto& path) { (void)readJudgments(path); }, [](const auto& path) { (void)readNpz(path); },
        [](const auto& path) { (void)readMatFile(path); },   [](const auto& path) { (void)readNameList(path); },
        [](const auto& path) { (void)recogniseFile(path); }};
    Rng rng(7);
    for (const std::string& content : contents)
        for (int round = 0; round < 150; ++round) {
            const auto path = folder.write("file", damaged(content, rng));
            for (const auto& read : readers)
                try {
                    read(path);
                } catch (const Error& error) {
                    if (std::string_view(error.what()).find(path.string()) == std::string_view::npos)
                        FAIL("the file is not named: " << error.what());
                } catch (const std::exception& error) {
                    std::filesystem::copy_file(path, "/tmp/tercet-damaged-file",
                                               std::filesystem::copy_options::overwrite_existing);
                    FAIL("not one of our sentences: " << error.what());
                }
        }
}
