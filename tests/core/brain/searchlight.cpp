#include "core/brain/searchlight.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/brain/rank_correlation.h"
#include "core/io/hdf5.h"
#include "core/reference_files.h"
#include "core/reference_matrix.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

using namespace tercet;
using Catch::Matchers::Contains;
using test::matrixIn;

namespace {

std::vector<VoxelIndex> placesIn(const Hdf5File& file) {
    const auto array = file.read<std::int64_t>("in/voxel_ijk");
    std::vector<VoxelIndex> places;
    for (std::size_t v = 0; v < array.shape.at(0); ++v)
        places.push_back({static_cast<std::int32_t>(array.values[3 * v]),
                          static_cast<std::int32_t>(array.values[3 * v + 1]),
                          static_cast<std::int32_t>(array.values[3 * v + 2])});
    return places;
}

/// Pearson r of the patterns of every pair of stimuli, as it is defined.
std::vector<double> neuralSimilarity(const Matrix<double>& patterns, const std::vector<std::uint32_t>& voxels) {
    std::vector<double> similarity;
    for (std::size_t i = 0; i < patterns.rows(); ++i)
        for (std::size_t j = i + 1; j < patterns.rows(); ++j) {
            double a = 0, b = 0;
            for (const std::uint32_t v : voxels) {
                a += patterns(i, v) / static_cast<double>(voxels.size());
                b += patterns(j, v) / static_cast<double>(voxels.size());
            }
            double ab = 0, aa = 0, bb = 0;
            for (const std::uint32_t v : voxels) {
                ab += (patterns(i, v) - a) * (patterns(j, v) - b);
                aa += (patterns(i, v) - a) * (patterns(i, v) - a);
                bb += (patterns(j, v) - b) * (patterns(j, v) - b);
            }
            similarity.push_back(ab / std::sqrt(aa * bb));
        }
    return similarity;
}

struct Small {
    Matrix<double> patterns;
    std::vector<VoxelIndex> places;
    std::vector<std::vector<double>> models;
};

Small small(std::size_t stimuli, int side, std::size_t models, std::uint64_t seed) {
    Rng rng(seed);
    Small data;
    for (int i = 0; i < side; ++i)
        for (int j = 0; j < side; ++j)
            for (int k = 0; k < side; ++k)
                if (rng.uniform() < 0.8)
                    data.places.push_back({i - 2, j + 5, k});
    data.patterns = Matrix<double>(stimuli, data.places.size());
    for (double& value : data.patterns.values())
        value = rng.normal();
    for (std::size_t m = 0; m < models; ++m) {
        std::vector<double> model(stimuli * (stimuli - 1) / 2);
        for (double& value : model)
            value = m % 2 == 0 ? rng.normal() : std::round(2 * rng.normal()); // the second has ties
        data.models.push_back(std::move(model));
    }
    return data;
}

double pearsonOf(const std::vector<double>& a, const std::vector<double>& b) {
    const auto n = static_cast<double>(a.size());
    double meanA = 0, meanB = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        meanA += a[i] / n;
        meanB += b[i] / n;
    }
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - meanA) * (b[i] - meanB);
        aa += (a[i] - meanA) * (a[i] - meanA);
        bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return ab / std::sqrt(aa * bb);
}

/// Average ranks by counting.
std::vector<double> ranksOf(const std::vector<double>& values) {
    std::vector<double> ranks;
    for (const double value : values) {
        double below = 0, equal = 0;
        for (const double other : values) {
            below += other < value ? 1 : 0;
            equal += other == value ? 1 : 0;
        }
        ranks.push_back(below + (equal + 1) / 2);
    }
    return ranks;
}

} // namespace

TEST_CASE("Searchlights are those of the reference, with both spheres and with ties") {
    const test::ReferenceFiles reference("searchlight");
    for (const auto& path : reference.paths()) {
        CAPTURE(path);
        const auto file = Hdf5File::open(path);
        const auto patterns = matrixIn(file, "in/patterns");
        const auto places = placesIn(file);
        const auto model = file.read<double>("in/model_rsm_upper").values;
        const auto embedding = matrixIn(file, "in/embedding");
        if (std::any_of(model.begin(), model.end(), [](double value) { return std::isnan(value); })) {
            CHECK_THROWS_AS(similarityOfRows(embedding, RowSimilarity::Pearson),
                            DataError); // of a stimulus without weights
            CHECK_THROWS_AS(Searchlight(patterns, places, {model}), DataError);
            continue;
        }
        const auto own = similarityOfRows(embedding, RowSimilarity::Pearson);
        REQUIRE(own.size() == model.size());
        for (std::size_t p = 0; p < own.size(); ++p)
            CHECK(std::abs(own[p] - model[p]) < 1e-12);
        for (const bool inclusive : {true, false}) {
            const Searchlight searchlight(patterns, places, {model}, {.inclusive = inclusive});
            const auto sizes = file.read<std::int64_t>(inclusive ? "out/size_inclusive" : "out/size_strict").values;
            const auto rho = file.read<double>(inclusive ? "out/rho_inclusive" : "out/rho_strict").values;
            Matrix<double> found;
            std::vector<std::uint8_t> known;
            correlateAll(searchlight, found, known, {}, JobControl(), Progress(), 2);
            double worst = 0;
            for (std::size_t v = 0; v < places.size(); ++v) {
                CHECK(searchlight.sphere(v).size() == static_cast<std::size_t>(sizes[v]));
                worst = std::max(worst, std::abs(found(0, v) - rho[v]));
            }
            CHECK(worst < 1e-10);
        }
        // Ties, forced by rounding.
        const auto tied = file.read<double>("in/model_rsm_upper_tied").values;
        const auto rho = file.read<double>("out/rho_tied_round2").values;
        const Searchlight searchlight(patterns, places, {model});
        const RankCorrelation ranks({tied});
        RankCorrelation::Workspace workspace;
        double worst = 0;
        for (std::size_t v = 0; v < places.size(); ++v) {
            std::vector<double> neural = neuralSimilarity(patterns, searchlight.sphere(v));
            for (double& value : neural)
                value = std::nearbyint(value * 100) / 100;
            double one = 0;
            ranks.correlate(neural, workspace, {&one, 1});
            worst = std::max(worst, std::abs(one - rho[v]));
        }
        CHECK(worst < 1e-10);
    }
}

TEST_CASE("A whole sphere has 123 voxels, or 93 without its rim") {
    std::vector<VoxelIndex> places;
    for (int i = 0; i < 9; ++i)
        for (int j = 0; j < 9; ++j)
            for (int k = 0; k < 9; ++k)
                places.push_back({i, j, k});
    const Matrix<double> patterns(3, places.size());
    const std::size_t middle = 4 * 81 + 4 * 9 + 4;
    CHECK(Searchlight(patterns, places, {{1, 2, 3}}).sphere(middle).size() == 123);
    CHECK(Searchlight(patterns, places, {{1, 2, 3}}, {.inclusive = false}).sphere(middle).size() == 93);
}

TEST_CASE("Rank correlations are those of counted ranks, whatever the values are like") {
    Rng rng(3);
    std::vector<std::vector<double>> models{std::vector<double>(300), std::vector<double>(300),
                                            std::vector<double>(300), std::vector<double>(300),
                                            std::vector<double>(300)};
    for (auto& model : models)
        for (double& value : model)
            value = rng.normal();
    const RankCorrelation ranks(models);
    RankCorrelation::Workspace workspace;
    std::vector<double> rho(5);
    for (int kind = 0; kind < 5; ++kind) {
        std::vector<double> values(300);
        for (double& value : values) {
            const double normal = rng.normal();
            value = kind == 0   ? normal
                    : kind == 1 ? std::round(normal)
                    : kind == 2 ? 1 + 1e-14 * std::round(4 * normal) // only the last bits differ
                    : kind == 3 ? std::exp(20 * normal)              // nearly all in one bucket
                                : (rng.uniform() < 0.99 ? std::copysign(0.0, normal)
                                                        : normal); // nearly all tied, zeros of both signs
        }
        ranks.correlate(values, workspace, rho);
        CHECK(averageRanks(values) == ranksOf(values));
        for (std::size_t m = 0; m < 5; ++m)
            CHECK(rho[m] == Approx(pearsonOf(ranksOf(values), ranksOf(models[m]))).margin(1e-10));
    }
    const std::vector<double> equal(300, 0.25);
    ranks.correlate(equal, workspace, rho);
    CHECK(std::isnan(rho[0]));
    CHECK_THROWS_WITH(RankCorrelation({{1, 2}, {3, 3}}), Contains("model 2") && Contains("all equal"));
    CHECK_THROWS_WITH(RankCorrelation({{1, 2}, {1, 2, 3}}), Contains("model 2"));
}

TEST_CASE("A map is the same for any number of threads, and goes on where it was interrupted") {
    const Small data = small(21, 7, 5, 4);
    const Searchlight searchlight(data.patterns, data.places, data.models, {.radius = 2});
    Matrix<double> one;
    Matrix<double> three;
    std::vector<std::uint8_t> known;
    std::vector<std::uint32_t> grown;
    correlateAll(
        searchlight, one, known,
        [&](std::span<const std::uint32_t> voxels) { grown.insert(grown.end(), voxels.begin(), voxels.end()); },
        JobControl(), Progress(), 1);
    CHECK(grown == searchlight.coarseToFine());
    CHECK(std::set<std::uint32_t>(grown.begin(), grown.end()).size() == data.places.size());
    for (const std::int32_t index : data.places[grown.front()])
        CHECK(index % 4 == 0); // the coarsest that there is
    JobControl control;
    std::vector<std::uint8_t> partly;
    CHECK_THROWS_AS(correlateAll(
                        searchlight, three, partly, [&](std::span<const std::uint32_t>) { control.requestStop(); },
                        control, Progress(), 3),
                    Cancelled);
    const auto done = std::count(partly.begin(), partly.end(), 1);
    CHECK((done > 0 && done < static_cast<std::ptrdiff_t>(data.places.size())));
    std::size_t added = 0;
    correlateAll(
        searchlight, three, partly, [&](std::span<const std::uint32_t> voxels) { added += voxels.size(); },
        JobControl(), Progress(), 3);
    CHECK(added == data.places.size() - static_cast<std::size_t>(done));
    CHECK(one.values() == three.values());
    for (std::size_t v = 0; v < data.places.size(); v += 50) {
        const auto neural = neuralSimilarity(data.patterns, searchlight.sphere(v));
        for (std::size_t m = 0; m < 5; ++m)
            CHECK(one(m, v) == Approx(pearsonOf(ranksOf(neural), ranksOf(data.models[m]))).margin(1e-10));
    }
}

TEST_CASE("What a searchlight takes of the memory is known before") {
    // The paper's stimuli in 100,000 voxels, with all systems: just below 2 GB; with the 1,000 stimuli it keeps, half.
    const std::size_t gigabyte = std::size_t{1} << 30U;
    CHECK(searchlightBytes(2180, 100'000, 7, 123, 2) >
          100'000 * 2180 * sizeof(double) + 7 * 2'375'110 * sizeof(double));
    CHECK(searchlightBytes(2180, 100'000, 7, 123, 2) < 2 * gigabyte);
    CHECK(searchlightBytes(2180, 100'000, 7, 123, 8) > 2 * gigabyte);
    CHECK(searchlightBytes(1000, 100'000, 7, 123, 8) < gigabyte);
    // Large spheres count, as far as there are voxels for them.
    CHECK(sphereVoxels({.radius = 3}) == 123);
    const std::size_t large = sphereVoxels({.radius = 20});
    CHECK(large > 33'000);
    CHECK(searchlightBytes(1000, 100'000, 7, large, 8) > searchlightBytes(1000, 100'000, 7, 123, 8) + gigabyte);
    CHECK(searchlightBytes(1000, 50, 7, large, 8) == searchlightBytes(1000, 50, 7, 50, 8));
}

TEST_CASE("What a searchlight cannot use is undefined there, or named") {
    Small data = small(12, 5, 1, 6);
    data.places.push_back({100, 100, 100}); // alone in its sphere
    Matrix<double> wider(12, data.places.size());
    for (std::size_t i = 0; i < 12; ++i)
        for (std::size_t v = 0; v < data.patterns.cols(); ++v)
            wider(i, v) = data.patterns(i, v);
    wider(3, 0) = std::numeric_limits<double>::quiet_NaN();
    const Searchlight searchlight(wider, data.places, data.models, {.radius = 2});
    Matrix<double> rho;
    std::vector<std::uint8_t> known;
    correlateAll(searchlight, rho, known, {}, JobControl(), Progress(), 2);
    CHECK(std::isnan(rho(0, data.places.size() - 1)));
    std::size_t undefined = 0;
    for (std::size_t v = 0; v < data.places.size(); ++v) {
        const auto inside = searchlight.sphere(v);
        const bool broken = inside.size() < 2 || inside.front() == 0;
        CHECK(std::isnan(rho(0, v)) == broken);
        undefined += broken ? 1 : 0;
    }
    CHECK(undefined < data.places.size() / 2);
    CHECK_THROWS_WITH(Searchlight(wider, {{1, 2, 3}}, data.models), Contains("a place for each of"));
    data.places.back() = data.places.front();
    CHECK_THROWS_WITH(Searchlight(wider, data.places, data.models), Contains("at one place"));
    CHECK_THROWS_AS(Searchlight(wider, data.places, {std::vector<double>(5)}), DataError);
    CHECK_THROWS_WITH(similarityOfRows(Matrix<double>(4, 2), RowSimilarity::Cosine), Contains("stimulus 1"));
}
