#include "core/judgments/triplet_sampling.h"

#include "core/base/error.h"
#include "core/base/rng.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

using namespace tercet;

namespace {

using Set = std::array<std::uint32_t, 3>;

std::vector<Set> setsOf(const Triplets& triplets) {
    std::vector<Set> sets(triplets.size());
    for (std::size_t i = 0; i < sets.size(); ++i) {
        sets[i] = {triplets.at(i, 0), triplets.at(i, 1), triplets.at(i, 2)};
        std::sort(sets[i].begin(), sets[i].end());
    }
    return sets;
}

bool allDistinctRows(const std::vector<Set>& sets, std::size_t stimuli) {
    return std::all_of(sets.begin(), sets.end(),
                       [&](const Set& s) { return s[0] < s[1] && s[1] < s[2] && s[2] < stimuli; });
}

/// Whether every set can be given to one of its pairs so that each pair holds at most `most` (augmenting paths),
/// pairs counted among `anchors` only.
bool canBeShared(const std::vector<Set>& sets, std::size_t most, const std::set<std::uint32_t>& anchors) {
    struct Pair {
        std::vector<std::size_t> sets;
        std::size_t visitedFor = std::numeric_limits<std::size_t>::max();
    };
    std::unordered_map<std::uint64_t, Pair> pairs;
    std::vector<std::array<Pair*, 3>> pairsOf(sets.size());
    for (std::size_t s = 0; s < sets.size(); ++s)
        for (std::size_t p = 0; p < 3; ++p) {
            const std::uint32_t first = sets[s][p == 2 ? 1 : 0];
            const std::uint32_t second = sets[s][p == 0 ? 1 : 2];
            if (anchors.contains(first) && anchors.contains(second))
                pairsOf[s][p] = &pairs[std::uint64_t{first} << 32U | second];
        }
    const auto give = [&](auto&& self, std::size_t set, std::size_t root) -> bool {
        for (Pair* pair : pairsOf[set])
            if (pair && pair->sets.size() < most) {
                pair->sets.push_back(set);
                return true;
            }
        for (Pair* pair : pairsOf[set]) {
            if (!pair || pair->visitedFor == root)
                continue;
            pair->visitedFor = root;
            for (std::size_t& other : pair->sets)
                if (self(self, other, root)) {
                    other = set;
                    return true;
                }
        }
        return false;
    };
    for (std::size_t s = 0; s < sets.size(); ++s)
        if (!give(give, s, s))
            return false;
    return true;
}

std::set<std::uint32_t> firstRows(std::uint32_t count) {
    std::set<std::uint32_t> rows;
    for (std::uint32_t i = 0; i < count; ++i)
        rows.insert(i);
    return rows;
}

} // namespace

TEST_CASE("Any number of stimuli gives as many unique triplets as there can be") {
    for (const std::size_t perPair : {1U, 2U, 3U, 7U})
        for (std::size_t n = 3; n <= 40; ++n) {
            CAPTURE(n, perPair);
            const auto sample = sampleTriplets(n, {.perPair = perPair, .seed = 100 + n});
            const std::size_t all = n * (n - 1) * (n - 2) / 6;
            CHECK(sample.requested == n * (n - 1) / 2 * perPair);
            REQUIRE(sample.triplets.size() == std::min(all, sample.requested));
            const auto sets = setsOf(sample.triplets);
            CHECK(allDistinctRows(sets, n));
            CHECK(countRepeated(sample.triplets) == 0);
            CHECK(std::set<Set>(sets.begin(), sets.end()).size() == sets.size());
            CHECK(canBeShared(sets, perPair, firstRows(static_cast<std::uint32_t>(n))));
        }
}

TEST_CASE("The paper's sample is exact, unique, narrow and the same for every number of threads") {
    const auto one = sampleTriplets(2180, {.seed = 7, .threads = 1});
    CHECK(one.triplets.size() == 7'125'330);
    CHECK(one.requested == 7'125'330);
    CHECK(one.triplets.narrow());
    CHECK(countRepeated(one.triplets) == 0);
    CHECK(sampleTriplets(2180, {.seed = 7, .threads = 3}).triplets == one.triplets);
    CHECK_FALSE(sampleTriplets(30, {.seed = 7}).triplets == sampleTriplets(30, {.seed = 8}).triplets);

    std::size_t outside = 0;
    std::vector<std::size_t> uses(2180, 0);
    std::array<std::size_t, 3> lowestAt{};
    one.triplets.visit([&](const auto values) {
        for (std::size_t i = 0; i < values.size(); i += 3) {
            outside += values[i] >= 2180 || values[i + 1] >= 2180 || values[i + 2] >= 2180 ||
                       values[i] == values[i + 1] || values[i] == values[i + 2] || values[i + 1] == values[i + 2];
            for (std::size_t p = 0; p < 3; ++p)
                ++uses[values[i + p]];
            ++lowestAt[static_cast<std::size_t>(std::min_element(&values[i], &values[i] + 3) - &values[i])];
        }
    });
    CHECK(outside == 0);
    // Each stimulus is in 2 × 2179 × 3 / 2 + about 3269 triplets as a third; places are drawn evenly.
    const double mean = 3.0 * 7'125'330 / 2180;
    for (const std::size_t count : uses)
        REQUIRE(std::abs(static_cast<double>(count) - mean) < 6 * std::sqrt(mean / 3));
    for (const std::size_t count : lowestAt)
        CHECK(std::abs(static_cast<double>(count) - 7'125'330 / 3.0) < 5 * std::sqrt(7'125'330 * 2 / 9.0));
}

TEST_CASE("Plain sampling repeats triplets as often as chance says, but never for one pair") {
    const auto plain = sampleTriplets(300, {.unique = false, .seed = 3});
    CHECK(plain.triplets.size() == 300 * 299 / 2 * 3);
    // A set is drawn by each of its three pairs with probability 3 / 298; repeats: draws − distinct sets.
    const double p = 3.0 / 298;
    const double sets = 300.0 * 299 * 298 / 6;
    const double expected = sets * (3 * p - (1 - std::pow(1 - p, 3)));
    CHECK(std::abs(static_cast<double>(countRepeated(plain.triplets)) - expected) < 5 * std::sqrt(expected));
    CHECK(allDistinctRows(setsOf(plain.triplets), 300));
    const auto few = setsOf(sampleTriplets(50, {.unique = false, .seed = 4}).triplets);
    CHECK(few.size() == 50 * 49 / 2 * 3);
    CHECK(canBeShared(few, 3, firstRows(50)));
    CHECK(sampleTriplets(4, {.perPair = 9, .unique = false}).triplets.size() == 6 * 2);
}

TEST_CASE("Unique triplets are drawn evenly from all triplets") {
    constexpr std::size_t kStimuli = 14;
    constexpr std::size_t kSamples = 4000;
    std::map<Set, std::size_t> counts;
    for (std::size_t seed = 0; seed < kSamples; ++seed)
        for (const Set& set : setsOf(sampleTriplets(kStimuli, {.perPair = 2, .seed = seed}).triplets))
            ++counts[set];
    const std::size_t all = 14 * 13 * 12 / 6;
    CHECK(counts.size() == all);
    const double p = 14.0 * 13 / 2 * 2 / static_cast<double>(all); // 182 of 364
    for (const auto& [set, count] : counts)
        CHECK(std::abs(static_cast<double>(count) - kSamples * p) < 5 * std::sqrt(kSamples * p * (1 - p)));
}

TEST_CASE("Any first part of the sample covers all stimuli alike") {
    const auto sample = sampleTriplets(200, {.seed = 5});
    std::vector<std::size_t> uses(200, 0);
    const std::size_t part = sample.triplets.size() / 10;
    for (std::size_t i = 0; i < part; ++i)
        for (std::size_t p = 0; p < 3; ++p)
            ++uses[sample.triplets.at(i, p)];
    const double mean = 3.0 * static_cast<double>(part) / 200;
    for (const std::size_t count : uses)
        CHECK(std::abs(static_cast<double>(count) - mean) < 5 * std::sqrt(mean));
}

TEST_CASE("More than 65,536 stimuli are named by 32-bit rows") {
    std::vector<std::uint32_t> prototypes;
    for (std::uint32_t i = 0; i < 12; ++i)
        prototypes.push_back(i * 6000);
    const auto sample = sampleValidationTriplets(70'000, prototypes, {}, {.perPair = 50, .seed = 1});
    CHECK_FALSE(sample.triplets.narrow());
    CHECK(sample.triplets.size() == 66 * 50);
    const auto sets = setsOf(sample.triplets);
    CHECK(allDistinctRows(sets, 70'000));
    CHECK(std::any_of(sets.begin(), sets.end(), [](const Set& s) { return s[2] > 66'000; }));
}

TEST_CASE("Validation triplets: every pair of prototypes, disjoint from training") {
    std::vector<std::uint32_t> prototypes;
    for (std::uint32_t i = 0; i < 66; ++i)
        prototypes.push_back((i * 37) % 700);
    const auto training = sampleTriplets(700, {.seed = 1});
    const auto validation = sampleValidationTriplets(700, prototypes, training.triplets, {.perPair = 100, .seed = 2});
    CHECK(validation.triplets.size() == 214'500);
    CHECK(validation.requested == 214'500);
    CHECK(countRepeated(validation.triplets) == 0);
    CHECK(countShared(validation.triplets, training.triplets) == 0);
    CHECK(sampleValidationTriplets(700, prototypes, training.triplets, {.perPair = 100, .seed = 2, .threads = 4})
              .triplets == validation.triplets);
    const std::set<std::uint32_t> anchors(prototypes.begin(), prototypes.end());
    const auto sets = setsOf(validation.triplets);
    CHECK(allDistinctRows(sets, 700));
    CHECK(canBeShared(sets, 100, anchors)); // with 2,145 × 100 sets: every pair has exactly 100
}

TEST_CASE("Validation triplets run out where training took them") {
    const std::size_t n = 9;
    const auto training = sampleTriplets(n, {.perPair = 1, .seed = 4});
    const std::vector<std::uint32_t> prototypes{1, 4, 6, 8};
    const auto validation = sampleValidationTriplets(n, prototypes, training.triplets, {.perPair = 100, .seed = 5});
    std::set<Set> expected;
    for (std::uint32_t a = 0; a < n; ++a)
        for (std::uint32_t b = a + 1; b < n; ++b)
            for (std::uint32_t c = b + 1; c < n; ++c) {
                const auto is = [&](std::uint32_t x) {
                    return std::find(prototypes.begin(), prototypes.end(), x) != prototypes.end();
                };
                if (is(a) + is(b) + is(c) >= 2)
                    expected.insert({a, b, c});
            }
    for (const Set& set : setsOf(training.triplets))
        expected.erase(set);
    const auto sets = setsOf(validation.triplets);
    CHECK(sets.size() == expected.size());
    CHECK(std::set<Set>(sets.begin(), sets.end()) == expected);
    CHECK(validation.requested == 600);
}

TEST_CASE("Sampling says what it cannot do") {
    CHECK_THROWS_WITH(sampleTriplets(2, {}), "Stimuli to sample triplets from: expected at least 3, found 2; import "
                                             "more stimuli.");
    CHECK_THROWS_AS(sampleTriplets(10, {.perPair = 0}), ParameterError);
    CHECK_THROWS_WITH(sampleTriplets(60'000, {}),
                      Catch::Contains("at most 1,000,000,000") && Catch::Contains("3 for each pair of 60000"));
    const std::vector<std::uint32_t> one{3};
    const std::vector<std::uint32_t> twice{3, 4, 3};
    const std::vector<std::uint32_t> outside{3, 10};
    const std::vector<std::uint32_t> good{3, 4};
    CHECK_THROWS_AS(sampleValidationTriplets(10, one, {}, {}), ParameterError);
    CHECK_THROWS_WITH(sampleValidationTriplets(10, twice, {}, {}), "Prototypes: row 3 is named twice.");
    CHECK_THROWS_WITH(sampleValidationTriplets(10, outside, {}, {}), "Prototypes: expected rows below 10, found 10.");
    const Triplets training(Triplets::Narrow{0, 1, 2, 3, 4, 10});
    CHECK_THROWS_WITH(sampleValidationTriplets(10, good, training, {}),
                      "Training triplet 1: expected rows below 10, found 10.");
    JobControl stopped;
    stopped.requestStop();
    CHECK_THROWS_AS(sampleTriplets(100, {}, stopped), Cancelled);
}

TEST_CASE("Progress of sampling ends at one") {
    const auto state = std::make_shared<ProgressState>();
    const auto sample = sampleTriplets(50, {}, {}, Progress(state));
    CHECK(state->fraction() == 1);
}

TEST_CASE("Prototypes are the two highest of each column, the first of equal ones") {
    const Matrix<double> ratings(5, 4, {0.1, 0.5, 0, 2, //
                                        0.9, 0.5, 0, 1, //
                                        0.2, 0.5, 0, 2, //
                                        0.9, 0.6, 0, 2, //
                                        0.9, 0.5, 0, 0});
    CHECK(prototypesOf(ratings) == std::vector<std::uint32_t>{0, 1, 2, 3}); // 1,3 · 3,0 · none · 0,2
    Matrix<double> broken = ratings;
    broken(2, 1) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(prototypesOf(broken), DataError);
}

TEST_CASE("Repeated and shared triplets are counted as sets") {
    const Triplets a(Triplets::Narrow{0, 1, 2, 2, 1, 0, 3, 4, 5, 1, 0, 2});
    const Triplets b(Triplets::Wide{0, 2, 1, 5, 4, 3, 7, 8, 9});
    CHECK(countRepeated(a) == 2);
    CHECK(countRepeated(b) == 0);
    CHECK(countShared(a, b) == 4);
    CHECK(countShared(b, a) == 2);
    CHECK(countShared(a, {}) == 0);
}
