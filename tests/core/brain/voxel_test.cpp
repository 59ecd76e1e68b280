#include "core/brain/voxel_test.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/brain/group_tests.h"
#include "core/brain/responses.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace tercet;
using test::readerOf;

namespace {

constexpr std::size_t kRows = 80;

Matrix<double> normal(std::size_t rows, std::size_t columns, Rng& rng) {
    Matrix<double> values(rows, columns);
    for (double& value : values.values())
        value = rng.normal();
    return values;
}

RidgeEncoding encodingOf(const Matrix<double>& features, std::uint64_t seed) {
    std::vector<std::int64_t> stimuli(features.rows());
    std::iota(stimuli.begin(), stimuli.end(), std::int64_t{0});
    return {features, foldsAtRandom(stimuli, 4, 4, seed), {.alphas = {1, 10, 100, 1000}}};
}

} // namespace

TEST_CASE("Noise is found in at most five of a hundred simulations, and planted voxels are found") {
    int simulationsWithFindings = 0;
    double share = 0;
    constexpr int kSimulations = 200;
    for (int s = 0; s < kSimulations; ++s) {
        Rng rng(1000 + static_cast<std::uint64_t>(s));
        const Matrix<double> features = normal(kRows, 5, rng);
        const Matrix<double> responses = normal(kRows, 100, rng);
        const VoxelTest test = testVoxels(encodingOf(features, static_cast<std::uint64_t>(s)), 100, readerOf(responses),
                                          {.permutations = 20}, 1U << 28U, JobControl(), Progress(), 2);
        const std::vector<double> rates = falseDiscoveryRates(test.p);
        const auto found = std::count_if(rates.begin(), rates.end(), [](double q) { return q < 0.05; });
        simulationsWithFindings += found > 0 ? 1 : 0;
        share += static_cast<double>(found) / 100 / kSimulations;
    }
    CAPTURE(simulationsWithFindings, share);
    CHECK(simulationsWithFindings <= 20); // 10 are expected at most, and chance around it
    CHECK(share <= 0.05);

    Rng rng(7);
    const Matrix<double> features = normal(kRows, 5, rng);
    Matrix<double> responses = normal(kRows, 400, rng);
    for (std::size_t i = 0; i < kRows; ++i)
        for (std::size_t v = 0; v < 40; ++v)
            responses(i, v) += features(i, v % 5);
    const VoxelTest test = testVoxels(encodingOf(features, 1), 400, readerOf(responses), {.permutations = 20},
                                      1U << 28U, JobControl(), Progress(), 2);
    CHECK(test.permutations == 400 * 20);
    const std::vector<double> rates = falseDiscoveryRates(test.p);
    const auto planted = std::count_if(rates.begin(), rates.begin() + 40, [](double q) { return q < 0.05; });
    const auto wrong = std::count_if(rates.begin() + 40, rates.end(), [](double q) { return q < 0.05; });
    CAPTURE(planted, wrong);
    CHECK(planted >= 36);
    CHECK(wrong <= 6);
}

TEST_CASE("Showings of a stimulus are dealt out together, so that reliable responses alone are no finding") {
    constexpr std::size_t kStimuli = 16;
    constexpr std::size_t kShowings = 8;
    constexpr std::size_t kVoxels = 300;
    Rng rng(11);
    const Matrix<double> ofStimuli = normal(kStimuli, 3, rng);
    const Matrix<double> driven = normal(kStimuli, kVoxels, rng); // by the stimuli, not by their features
    Matrix<double> features(kStimuli * kShowings, 3);
    Matrix<double> responses = normal(kStimuli * kShowings, kVoxels, rng);
    std::vector<std::int32_t> stimuli;
    std::vector<std::int64_t> wide;
    for (std::size_t row = 0; row < features.rows(); ++row) {
        const std::size_t s = row % kStimuli;
        stimuli.push_back(static_cast<std::int32_t>(s));
        wide.push_back(static_cast<std::int64_t>(s));
        std::copy(ofStimuli.row(s).begin(), ofStimuli.row(s).end(), features.row(row).begin());
        for (std::size_t v = 0; v < kVoxels; ++v)
            responses(row, v) += 2 * driven(s, v);
    }
    const RidgeEncoding encoding(features, foldsAtRandom(wide, 4, 4, 1), {.alphas = {1, 10, 100, 1000}});
    const auto found = [&](const std::vector<std::int32_t>& dealt) {
        const VoxelTest test =
            testVoxels(encoding, kVoxels, readerOf(responses), {.permutations = 40, .stimuli = dealt}, 1U << 28U,
                       JobControl(), Progress(), 2);
        CHECK(test.exchanged == (dealt.empty() ? features.rows() : kStimuli));
        return std::count_if(test.p.begin(), test.p.end(), [](double p) { return p < 0.05; });
    };
    CHECK(found(stimuli) < 0.08 * kVoxels);
    CHECK(found({}) > 0.15 * kVoxels);

    std::vector<std::int32_t> uneven(stimuli.size(), 2); // 1, 2 and 125 showings: nothing can be exchanged
    uneven[0] = 0;
    uneven[1] = uneven[2] = 1;
    CHECK_THROWS_AS(
        testVoxels(encoding, kVoxels, readerOf(responses), {.stimuli = uneven}, 1U << 28U, JobControl(), Progress(), 1),
        DataError);
    CHECK_THROWS_AS(
        testVoxels(encoding, kVoxels, readerOf(responses), {.stimuli = {1}}, 1U << 28U, JobControl(), Progress(), 1),
        ParameterError);
}

TEST_CASE("Tests have the same bits for any threads and memory, and pass over what has no score") {
    Rng rng(5);
    const Matrix<double> features = normal(kRows, 5, rng);
    Matrix<double> responses = normal(kRows, 150, rng);
    responses(3, 70) = std::numeric_limits<double>::quiet_NaN();
    const RidgeEncoding encoding = encodingOf(features, 1);
    for (const bool pooled : {true, false}) {
        const auto with = [&](std::size_t bytes, int threads) {
            return testVoxels(encoding, 150, readerOf(responses), {.permutations = 50, .pooled = pooled}, bytes,
                              JobControl(), Progress(), threads);
        };
        VoxelTest one = with(1U << 30U, 1);
        VoxelTest three = with(1, 3);
        CHECK(std::isnan(one.p[70]));
        one.p[70] = three.p[70] = 0;
        CHECK(one.p == three.p);
        CHECK(*std::min_element(one.p.begin(), one.p.begin() + 70) > 0);
        if (!pooled)
            for (const double p : one.p)
                CHECK(p * 51 == Approx(std::round(p * 51)).margin(1e-9));
    }
    JobControl control;
    control.requestStop();
    CHECK_THROWS_AS(testVoxels(encoding, 150, readerOf(responses), {}, 1U << 28U, control, Progress(), 2), Cancelled);
    CHECK_THROWS_AS(
        testVoxels(encoding, 150, readerOf(responses), {.permutations = 0}, 1U << 28U, JobControl(), Progress(), 2),
        ParameterError);
}
