#include "core/brain/voxel_comparison.h"

#include "core/base/error.h"
#include "core/base/rng.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace tercet;

TEST_CASE("Voxels are counted where both models have them") {
    const double none = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> a{0.05, 0.15, 0.25, none, 0.9, -1, 0.2};
    const std::vector<double> b{0.15, 0.05, 0.25, 0.1, 0.1, 0.2, none};
    const VoxelComparison found = compareVoxels(a, b, 3, 0, 0.3);
    CHECK(found.voxels == 5);
    CHECK(found.counts(1, 0) == 1);
    CHECK(found.counts(0, 1) == 1);
    CHECK(found.counts(2, 2) == 1);
    CHECK((found.counts(0, 2) == 1 || found.counts(1, 2) == 1)); // 0.1 is at the edge
    CHECK((found.counts(2, 0) == 1 || found.counts(1, 0) == 2)); // beyond the limits
    CHECK(found.shareAbove == Approx((1 + 0.5 + 1) / 5.0));
    std::uint32_t all = 0;
    for (const std::uint32_t count : found.counts.values())
        all += count;
    CHECK(all == 5);
    CHECK(voxelsWithin(a, b, 0, 0.2, 0, 0.1) == std::vector<std::uint32_t>{1});
    CHECK(std::isnan(compareVoxels(std::vector<double>{none}, std::vector<double>{1}, 3, 0, 1).shareAbove));
    CHECK_THROWS_AS(compareVoxels(a, b, 0, 0, 1), ParameterError);
    CHECK_THROWS_AS(compareVoxels(a, b, 3, 1, 1), ParameterError);
    CHECK_THROWS_AS(compareVoxels(a, std::vector<double>(3), 3, 0, 1), DataError);
}

TEST_CASE("The share above a multiple counts only what is positive") {
    const double none = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> a{0.1, 0.1, 0.1, 0, -0.2, -0.2, -0.2, none, 0.1};
    const std::vector<double> b{0.15, 0.125, 0.25, 0, -0.1, 0.01, -0.3, 1, none};
    CHECK(shareAbove(a, b, 1) == Approx((1 + 1 + 1 + 0.5 + 1 + 1 + 0) / 7.0));
    CHECK(shareAbove(a, b, 1) == compareVoxels(a, b, 4, -1, 1).shareAbove);
    CHECK(shareAbove(a, b, 1.2) == Approx((1 + 1 + 1 + 0.5 + 0 + 1 + 0) / 7.0)); // −0.1 is not 1.2 times −0.2
    CHECK(shareAbove(a, b, 1.6) == Approx((0 + 0 + 1 + 0.5 + 0 + 1 + 0) / 7.0));
    CHECK(shareAbove(std::vector<double>{0.25}, std::vector<double>{0.5}, 2) == 0.5); // on the line
    CHECK(std::isnan(shareAbove(std::vector<double>{none}, std::vector<double>{1}, 1.2)));
    for (const double factor : {0.9, 0.0, -1.0, none})
        CHECK_THROWS_AS(shareAbove(a, b, factor), ParameterError);
    CHECK_THROWS_AS(shareAbove(a, std::vector<double>(3), 1.2), DataError);
}

TEST_CASE("A larger factor never gives a larger share") {
    Rng rng(7);
    std::vector<double> a(500), b(500);
    for (std::size_t v = 0; v < a.size(); ++v) {
        a[v] = 0.1 * rng.normal() + 0.05;
        b[v] = a[v] + 0.05 * rng.normal();
    }
    double before = shareAbove(a, b, 1);
    for (double factor = 1.0001; factor < 3; factor += 0.1) {
        const double share = shareAbove(a, b, factor);
        CHECK(share <= before);
        before = share;
    }
    CHECK(before < shareAbove(a, b, 1));
}

TEST_CASE("The ceiling of repeats is the correlation of one showing with the truth") {
    constexpr std::size_t kStimuli = 4000;
    constexpr std::size_t kShowings = 4;
    Rng rng(3);
    std::vector<std::int64_t> stimuli;
    Matrix<double> responses(kStimuli * kShowings + 1, 3);
    std::size_t row = 0;
    for (std::size_t s = 0; s < kStimuli; ++s) {
        const double truth = rng.normal();
        for (std::size_t k = 0; k < kShowings; ++k, ++row) {
            stimuli.push_back(static_cast<std::int64_t>(s));
            responses(row, 0) = truth + rng.normal();
            responses(row, 1) = truth + 3 * rng.normal();
            responses(row, 2) = rng.normal();
        }
    }
    stimuli.push_back(-1); // shown once
    const auto ceiling = repeatCeiling(responses, stimuli, 20, 1);
    CHECK(ceiling[0] == Approx(std::sqrt(1 / (1 + 1.0))).margin(0.02));
    CHECK(ceiling[1] == Approx(std::sqrt(1 / (1 + 9.0))).margin(0.03));
    CHECK((std::isnan(ceiling[2]) || ceiling[2] < 0.15));
    CHECK(ceiling[0] == repeatCeiling(responses, stimuli, 20, 1)[0]);
    CHECK(std::isnan(repeatCeiling(Matrix<double>(3, 1), std::vector<std::int64_t>{1, 1, 2}, 5, 1)[0]));
}
