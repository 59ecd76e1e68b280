#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/io/bdata_file.h"
#include "core/io/embedding_file.h"
#include "core/io/event_file.h"
#include "core/io/file_kind.h"
#include "core/io/gifti_file.h"
#include "core/io/hdf5.h"
#include "core/io/judgment_file.h"
#include "core/io/mat_file.h"
#include "core/io/name_list.h"
#include "core/io/numpy_file.h"
#include "core/io/ratings_file.h"
#include "core/io/surface_mesh.h"
#include "core/io/volume_file.h"
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

using Reader = std::function<void(const std::filesystem::path& path)>;

/// Every reader may give values or throw one of our errors, which names the file.
void checkSurvival(const std::vector<std::string>& contents, const std::vector<Reader>& readers, int rounds) {
    const ScratchFolder folder;
    Rng rng(7);
    for (const std::string& content : contents)
        for (int round = 0; round < rounds; ++round) {
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
    const std::vector<Reader> readers = {
        [](const auto& path) { (void)readRatings(path); },   [](const auto& path) { (void)readEmbedding(path); },
        [](const auto& path) { (void)readJudgments(path); }, [](const auto& path) { (void)readNpz(path); },
        [](const auto& path) { (void)readMatFile(path); },   [](const auto& path) { (void)readNameList(path); },
        [](const auto& path) { (void)recogniseFile(path); }};
    checkSurvival(contents, readers, 150);
}

TEST_CASE("whatever happens to a file of brain data, readers give values or one of our sentences") {
    const ScratchFolder folder;
    VolumeInfo scan;
    scan.size = {3, 2, 2};
    const auto fill = [](std::size_t volume, std::span<double> values) { values[1] = static_cast<double>(volume); };
    writeVolumes(folder / "a.nii", scan, 2, fill);
    writeVolumes(folder / "a.nii.gz", scan, 2, fill);
    writeGifti(folder / "a.gii", {{{"POINTSET", {1, 3}, {1, 2, 3}, {}, {}}, {"TRIANGLE", {1, 3}, {0, 0, 0}, {}, {}}},
                                  {{1, {"V1", {1, 0, 0, 1}}}},
                                  {{"Subject", "1"}}});
    // Text of fixed length: on damaged text of any length the library itself crashes.
    Hdf5File file = Hdf5File::create(folder / "bdata.h5");
    file.write<double>("dataset", {2, 3}, std::vector<double>{1, 2, 3, 4, 5, 6});
    file.write<std::string>("metadata/key", {2}, std::vector<std::string>{"VoxelData", "Label"});
    file.write<std::string>("metadata/description", {2}, std::vector<std::string>{"1 = voxels", "1 = label"});
    file.write<double>("metadata/value", {2, 3}, std::vector<double>{1, 1, 0, 0, 0, 1});
    file.write<std::string>("vmap/Label/3.0", {}, std::vector<std::string>{"first"});
    file.close();
    std::string mgh = std::string("\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\2", 20);
    mgh.resize(300, '\0');
    std::vector<std::string> contents{"onset\tduration\ttrial_type\n0\t32\tn/a\n32\tn/a\t2\n",
                                      "# motion\ntrans_x,trans_y,trans_z,rot_x,rot_y,rot_z\n1,2,3,4,5,6\n",
                                      "labels chunks\nrest 0\nface 1\n", mgh};
    for (const char* name : {"a.nii", "a.nii.gz", "a.gii", "bdata.h5"})
        contents.push_back(contentOf(folder / name));
    const std::vector<Reader> readers = {[](const auto& path) { (void)readEvents(path); },
                                         [](const auto& path) { (void)readVolumeLabels(path); },
                                         [](const auto& path) { (void)readMotion(path); },
                                         [](const auto& path) { (void)readSurface(path); },
                                         [](const auto& path) { (void)VolumeFile::open(path).readVolume(); },
                                         [](const auto& path) {
                                             const BDataFile data = BDataFile::open(path);
                                             for (const std::string& key : data.keys())
                                                 (void)data.column(key);
                                             (void)data.labels("Label");
                                         }};
    checkSurvival(contents, readers, 60);
}
