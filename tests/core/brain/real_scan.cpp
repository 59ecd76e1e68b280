#include "core/brain/encoding.h"
#include "core/brain/preprocessing.h"
#include "core/brain/responses.h"
#include "core/brain/searchlight.h"
#include "core/io/volume_file.h"
#include "core/reference_files.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>

using namespace tercet;

namespace {

constexpr std::size_t kRunVolumes = 121;
constexpr int kConditions = 8;

/// The slice of Haxby et al. 2001 as it is preprocessed: a row per condition and run.
struct Slice {
    std::vector<VoxelIndex> places;
    Matrix<double> responses;
    std::vector<std::int64_t> runs;
    std::vector<int> conditions; ///< 1 face, 2 house …
};

Slice readSlice(const std::filesystem::path& folder) {
    Slice slice;
    VolumeFile maskFile = VolumeFile::open(folder / "mask.nii.gz");
    const std::vector<double> mask = maskFile.readVolume();
    const auto size = maskFile.info().size;
    std::vector<std::size_t> inside;
    for (std::size_t at = 0; at < mask.size(); ++at)
        if (mask[at] != 0) {
            inside.push_back(at);
            slice.places.push_back({static_cast<std::int32_t>(at % size[0]),
                                    static_cast<std::int32_t>(at / size[0] % size[1]),
                                    static_cast<std::int32_t>(at / size[0] / size[1])});
        }
    VolumeFile bold = VolumeFile::open(folder / "bold.nii.gz");
    Matrix<double> series(bold.info().volumes, inside.size());
    bold.readVolumes(0, bold.info().volumes, [&](std::size_t t, std::span<const double> values) {
        for (std::size_t v = 0; v < inside.size(); ++v)
            series(t, v) = values[inside[v]];
    });
    std::vector<int> label, run;
    std::ifstream attributes(folder / "attributes.txt");
    for (int one = 0, chunk = 0; attributes >> one >> chunk;) {
        label.push_back(one);
        run.push_back(chunk);
    }
    REQUIRE(label.size() == series.rows());
    PreprocessingOptions options;
    options.repetitionTime = bold.info().repetitionTime;
    options.delay = 5;
    std::vector<std::vector<double>> rows;
    for (std::size_t first = 0; first < label.size(); first += kRunVolumes) {
        std::vector<StimulusBlock> blocks;
        for (std::size_t t = first; t < first + kRunVolumes; ++t) {
            REQUIRE(run[t] == run[first]);
            if (label[t] == 0)
                continue;
            if (label[t] != label[t - 1]) {
                blocks.push_back({options.repetitionTime * static_cast<double>(t - first), 0});
                slice.conditions.push_back(label[t]);
                slice.runs.push_back(run[t]);
            }
            blocks.back().duration += options.repetitionTime;
        }
        const Matrix<double> responses = RunPreprocessing(kRunVolumes, {}, blocks, options)
                                             .apply({series.row(first).data(), kRunVolumes, series.cols()});
        for (std::size_t b = 0; b < responses.rows(); ++b)
            rows.emplace_back(responses.row(b).begin(), responses.row(b).end());
    }
    slice.responses = Matrix<double>(rows.size(), inside.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        std::copy(rows[i].begin(), rows[i].end(), slice.responses.row(i).begin());
    return slice;
}

/// How many places form the largest group of neighbours.
std::size_t largestGroup(std::set<VoxelIndex> places) {
    std::size_t largest = 0;
    while (!places.empty()) {
        std::vector<VoxelIndex> group{*places.begin()};
        places.erase(places.begin());
        for (std::size_t at = 0; at < group.size(); ++at)
            for (std::size_t axis = 0; axis < 3; ++axis)
                for (const int step : {-1, 1}) {
                    VoxelIndex neighbour = group[at];
                    neighbour[axis] += step;
                    if (places.erase(neighbour) > 0)
                        group.push_back(neighbour);
                }
        largest = std::max(largest, group.size());
    }
    return largest;
}

} // namespace

TEST_CASE("Conditions of a real scan predict its voxels, and a searchlight parts faces from houses") {
    const auto bold = test::sharedFile("data/fmri/haxby2001_slice/bold.nii.gz");
    if (bold.empty())
        return;
    const Slice slice = readSlice(bold.parent_path());
    REQUIRE(slice.responses.rows() == 12 * kConditions);
    Matrix<double> features(slice.responses.rows(), kConditions);
    std::vector<std::int64_t> rows;
    for (std::size_t i = 0; i < features.rows(); ++i) {
        features(i, static_cast<std::size_t>(slice.conditions[i] - 1)) = 1;
        rows.push_back(static_cast<std::int64_t>(i));
    }
    const EncodingFolds folds = foldsByRun(slice.runs, rows, 5, 6);
    const EncodingResult result =
        encodeVoxels(RidgeEncoding(features, folds), slice.places.size(), test::readerOf(slice.responses),
                     std::size_t{1} << 28U, JobControl(), Progress(), 2);
    const auto above = std::count_if(result.score.begin(), result.score.end(), [](double r) { return r > 0.4; });
    double best = 0;
    for (const double r : result.score)
        best = std::isfinite(r) ? std::max(best, r) : best;
    CAPTURE(above, best, slice.places.size());
    CHECK(above >= 50);
    CHECK(best > 0.7);

    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < slice.conditions.size(); ++i)
        if (slice.conditions[i] <= 2)
            shown.push_back(i);
    Matrix<double> patterns(shown.size(), slice.places.size());
    std::vector<double> model;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        std::copy(slice.responses.row(shown[i]).begin(), slice.responses.row(shown[i]).end(), patterns.row(i).begin());
        for (std::size_t j = i + 1; j < shown.size(); ++j)
            model.push_back(slice.conditions[shown[i]] == slice.conditions[shown[j]] ? 1 : 0);
    }
    const Searchlight searchlight(patterns, slice.places, {model});
    Matrix<double> rho;
    std::vector<std::uint8_t> known;
    correlateAll(searchlight, rho, known, {}, JobControl(), Progress(), 2);
    std::set<VoxelIndex> parting;
    double highest = 0;
    for (std::size_t v = 0; v < slice.places.size(); ++v) {
        highest = std::max(highest, std::isfinite(rho(0, v)) ? rho(0, v) : 0);
        if (rho(0, v) > 0.5)
            parting.insert(slice.places[v]);
    }
    CAPTURE(parting.size(), highest);
    CHECK(highest > 0.6);
    CHECK(largestGroup(parting) >= 10);
}
