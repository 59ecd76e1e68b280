#include "core/brain/pattern_reliability.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/statistics.h"
#include "core/brain/responses.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace tercet;
using Catch::Matchers::Contains;
using test::readerOf;

namespace {

constexpr std::size_t kVoxels = 600;

/// Showings of stimuli in a shuffled order; `noise` is added to a stimulus' pattern at each of them.
struct Showings {
    std::vector<std::int32_t> stimulus; ///< per row
    Matrix<double> responses;
    std::size_t stimuli = 0;

    [[nodiscard]] std::vector<std::size_t> rowsOf(std::size_t wanted) const {
        std::vector<std::size_t> rows;
        for (std::size_t r = 0; r < stimulus.size(); ++r)
            if (stimulus[r] == static_cast<std::int32_t>(wanted))
                rows.push_back(r);
        return rows;
    }
    [[nodiscard]] std::vector<double> reliability(const ReliabilityOptions& options = {}, std::size_t bytes = 1U << 24U,
                                                  int threads = 2) const {
        return patternReliability(stimulus, stimuli, responses.cols(), readerOf(responses), options, bytes,
                                  JobControl(), Progress(), threads);
    }
};

Showings show(const std::vector<std::size_t>& times, const std::vector<double>& noise) {
    Showings shown{.stimuli = times.size()};
    Rng rng(3);
    for (std::size_t s = 0; s < times.size(); ++s)
        shown.stimulus.insert(shown.stimulus.end(), times[s], static_cast<std::int32_t>(s));
    shuffle(shown.stimulus, rng);
    Matrix<double> pattern(times.size(), kVoxels);
    for (double& value : pattern.values())
        value = rng.normal();
    shown.responses = Matrix<double>(shown.stimulus.size(), kVoxels);
    for (std::size_t r = 0; r < shown.stimulus.size(); ++r)
        for (std::size_t v = 0; v < kVoxels; ++v) {
            const auto s = static_cast<std::size_t>(shown.stimulus[r]);
            shown.responses(r, v) = pattern(s, v) + noise[s] * rng.normal();
        }
    return shown;
}

/// Pearson r of the mean patterns of two sets of rows.
double likeness(const Showings& shown, const std::vector<std::size_t>& first, const std::vector<std::size_t>& second) {
    const auto mean = [&](const std::vector<std::size_t>& rows) {
        std::vector<double> sum(shown.responses.cols());
        for (const std::size_t row : rows)
            for (std::size_t v = 0; v < sum.size(); ++v)
                sum[v] += shown.responses(row, v) / static_cast<double>(rows.size());
        return sum;
    };
    return pearson(mean(first), mean(second));
}

} // namespace

TEST_CASE("Reliability of two showings is the correlation of their patterns, and of one there is none") {
    const Showings shown = show({2, 1, 2, 0, 2}, {0.5, 0.1, 2, 1, 1});
    const auto found = shown.reliability();
    REQUIRE(found.size() == 5);
    for (const std::size_t s : {0U, 2U, 4U}) {
        const auto rows = shown.rowsOf(s);
        CHECK(found[s] == Approx(likeness(shown, {rows[0]}, {rows[1]})).margin(1e-12));
    }
    CHECK(std::isnan(found[1]));
    CHECK(std::isnan(found[3]));
    CHECK(shown.reliability({.halvings = 1, .seed = 9})[4] == found[4]); // nothing is left to chance
}

TEST_CASE("Reliability of more showings is the mean over halvings") {
    const Showings shown = show({3, 4}, {1, 1});
    const auto found = shown.reliability({.halvings = 4000});
    const auto three = shown.rowsOf(0);
    const auto four = shown.rowsOf(1);
    double ofThree = 0; // one is left out
    double ofFour = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        ofThree += likeness(shown, {three[i]}, {three[(i + 1) % 3]}) / 3;
        ofFour += likeness(shown, {four[0], four[i + 1]}, {four[(i + 1) % 3 + 1], four[(i + 2) % 3 + 1]}) / 3;
    }
    CHECK(found[0] == Approx(ofThree).margin(0.003)); // that many random halvings are not quite equally often each
    CHECK(found[1] == Approx(ofFour).margin(0.003));
    CHECK(std::abs(ofFour - ofThree) > 0.05);
    CHECK(shown.reliability({.halvings = 3, .seed = 1}) != shown.reliability({.halvings = 3, .seed = 2}));
}

TEST_CASE("Noisy stimuli are ranked last") {
    std::vector<std::size_t> times;
    std::vector<double> noise;
    for (std::size_t s = 0; s < 40; ++s) {
        times.push_back(2 + s % 3);
        noise.push_back(s % 2 == 0 ? 0.3 : 3);
    }
    const auto found = show(times, noise).reliability();
    double worstClean = 2;
    double bestNoisy = -2;
    for (std::size_t s = 0; s < 40; ++s)
        if (s % 2 == 0)
            worstClean = std::min(worstClean, found[s]);
        else
            bestNoisy = std::max(bestNoisy, found[s]);
    CHECK(worstClean > 0.85); // 1 / (1 + 0.3²)
    CHECK(bestNoisy < 0.4);   // 1 / (1 + 3² / 2) at most, and chance around it
}

TEST_CASE("Reliability has the same bits for any threads and memory, and passes over voxels that cannot be used") {
    const Showings shown = show({2, 3, 5, 2}, {1, 1, 1, 1});
    const auto one = shown.reliability({}, 1U << 30U, 1);
    CHECK(one == shown.reliability({}, 1U << 30U, 3));
    CHECK(one == shown.reliability({}, 1, 2));
    Showings wider = shown;
    wider.responses = Matrix<double>(12, kVoxels + 2, 3.0); // the last two constant, then one with a NaN
    for (std::size_t r = 0; r < 12; ++r)
        std::copy(shown.responses.row(r).begin(), shown.responses.row(r).end(), wider.responses.row(r).begin());
    wider.responses(4, kVoxels + 1) = std::numeric_limits<double>::quiet_NaN();
    CHECK(wider.reliability() == one);
}

TEST_CASE("What has no reliability is said") {
    Showings shown = show({1, 1, 1}, {1, 1, 1});
    CHECK_THROWS_WITH(shown.reliability(), Contains("no stimulus was shown more than once"));
    shown = show({2, 2}, {1, 1});
    CHECK_THROWS_AS(shown.reliability({.halvings = 0}), ParameterError);
    shown.stimulus[2] = 2;
    CHECK_THROWS_WITH(shown.reliability(), Contains("response 3") && Contains("below 2"));
    shown.stimulus[2] = -1;
    CHECK_THROWS_AS(shown.reliability(), DataError);
    shown = show({2, 2}, {1, 1});
    JobControl control;
    control.requestStop();
    CHECK_THROWS_AS(patternReliability(shown.stimulus, 2, kVoxels, readerOf(shown.responses), {}, 1U << 24U, control,
                                       Progress(), 2),
                    Cancelled);
}
