#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/judgments/agreement.h"
#include "core/judgments/noise_ceiling.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <map>

#include "core/reference_files.h"

using namespace tercet;

namespace {

Triplets randomJudgments(std::size_t count, std::uint32_t stimuli, std::uint64_t seed) {
    Rng rng(seed);
    Triplets::Wide rows;
    while (rows.size() < 3 * count) {
        const std::uint32_t a = rng.below(stimuli);
        const std::uint32_t b = rng.below(stimuli);
        const std::uint32_t c = rng.below(stimuli);
        if (a != b && a != c && b != c)
            rows.insert(rows.end(), {a, b, c});
    }
    return Triplets(std::move(rows));
}

} // namespace

TEST_CASE("answers are counted by set, whatever the order in which stimuli were shown") {
    const Triplets judgments = randomJudgments(5000, 15, 3);
    std::map<std::array<std::uint32_t, 3>, std::array<std::uint32_t, 3>> expected;
    for (std::size_t t = 0; t < judgments.size(); ++t) {
        std::array<std::uint32_t, 3> rows{judgments.at(t, 0), judgments.at(t, 1), judgments.at(t, 2)};
        std::sort(rows.begin(), rows.end());
        ++expected[rows]
                  [static_cast<std::size_t>(std::find(rows.begin(), rows.end(), judgments.at(t, 2)) - rows.begin())];
    }
    for (const int threads : {1, 3}) {
        const auto found = countAnswers(judgments, 1, threads);
        REQUIRE(found.size() == expected.size());
        std::size_t i = 0;
        for (const auto& [stimuli, odd] : expected) {
            CHECK(found[i].stimuli == stimuli);
            CHECK(found[i++].odd == odd);
        }
    }
    for (const AnsweredTriplet& triplet : countAnswers(judgments, 12, 2))
        CHECK(triplet.answers() >= 12);
    CHECK(countAnswers(judgments, 1'000'000, 1).empty());
    CHECK(countAnswers(Triplets(), 1, 1).empty());
    CHECK_THROWS_AS(countAnswers(Triplets(Triplets::Narrow{1, 2, 1}), 1, 1), DataError);
}

TEST_CASE("the noise ceiling is the mean share of the most frequent answer") {
    const std::vector<AnsweredTriplet> triplets{{.stimuli = {0, 1, 2}, .odd = {4, 0, 0}},
                                                {.stimuli = {0, 1, 3}, .odd = {1, 2, 1}},
                                                {.stimuli = {1, 2, 3}, .odd = {2, 2, 0}},
                                                {.stimuli = {2, 3, 4}, .odd = {0, 1, 3}}};
    const NoiseCeiling one = noiseCeiling(triplets, {.seed = 5, .threads = 1});
    CHECK(one.share == Approx((1 + 0.5 + 0.5 + 0.75) / 4).epsilon(1e-15));
    CHECK(one.interval.low >= 0.5);
    CHECK(one.interval.low < one.share);
    CHECK(one.interval.high > one.share);
    CHECK(one.interval.high <= 1);
    const NoiseCeiling three = noiseCeiling(triplets, {.seed = 5, .threads = 3});
    CHECK(one.interval.low == three.interval.low);
    CHECK(one.interval.high == three.interval.high);
    const NoiseCeiling none = noiseCeiling({}, {});
    CHECK(std::isnan(none.share));
    CHECK(std::isnan(none.interval.low));
}

TEST_CASE("the interval of the noise ceiling is as wide as the standard error says") {
    Rng rng(8);
    std::vector<AnsweredTriplet> triplets(2000);
    double sum = 0;
    double squares = 0;
    for (AnsweredTriplet& triplet : triplets) {
        for (int answer = 0; answer < 20; ++answer)
            ++triplet.odd[rng.uniform() < 0.6 ? 0 : rng.uniform() < 0.5 ? 1 : 2];
        const double share = triplet.most() / 20.0;
        sum += share;
        squares += share * share;
    }
    const double mean = sum / 2000;
    const double error = std::sqrt((squares / 2000 - mean * mean) / 2000);
    const NoiseCeiling ceiling = noiseCeiling(triplets, {.resamples = 4000, .seed = 1});
    CHECK(ceiling.interval.high - ceiling.interval.low == Approx(2 * 1.96 * error).epsilon(0.08));
}

TEST_CASE("systems agree on the triplets that both judged") {
    // 0 1 2 and 0 1 3 in both, the latter undecided in the second; 1 2 3 in the first alone.
    const Triplets first(Triplets::Narrow{0, 1, 2, 3, 1, 0, 1, 2, 3});
    const Triplets second(Triplets::Narrow{1, 0, 2, 2, 1, 0, 0, 1, 2, 0, 1, 3, 3, 1, 0, 2, 3, 4});
    const Triplets third(Triplets::Narrow{2, 3, 4});
    const std::vector<std::vector<AnsweredTriplet>> systems{countAnswers(first, 1, 1), countAnswers(second, 1, 1),
                                                            countAnswers(third, 1, 1)};
    const Agreement found = agreementOf(systems, 2);
    CHECK(found.trials(0, 1) == 1);
    CHECK(found.share(1, 0) == 1);
    CHECK(found.kappa(0, 1) == Approx(1));
    CHECK(found.trials(0, 2) == 0);
    CHECK(std::isnan(found.share(0, 2)));
    CHECK(std::isnan(found.kappa(2, 0)));
    CHECK(found.trials(1, 2) == 1);
    CHECK(found.share(1, 2) == 1);
    CHECK(found.trials(0, 0) == 3);
    CHECK(found.share(0, 0) == 1);
}

TEST_CASE("agreement by chance has a kappa of 0, and its interval holds a third") {
    const Triplets shown = randomJudgments(20'000, 400, 1);
    Rng rng(2);
    const auto answer = [&] {
        Triplets::Wide rows;
        for (std::size_t t = 0; t < shown.size(); ++t) {
            std::array<std::uint32_t, 3> one{shown.at(t, 0), shown.at(t, 1), shown.at(t, 2)};
            std::swap(one[2], one[rng.below(3)]);
            rows.insert(rows.end(), one.begin(), one.end());
        }
        return countAnswers(Triplets(std::move(rows)), 1, 2);
    };
    const std::vector<std::vector<AnsweredTriplet>> systems{answer(), answer()};
    const Agreement found = agreementOf(systems, 1);
    CHECK(std::abs(found.kappa(0, 1)) < 0.03);
    CHECK(found.low(0, 1) < 1.0 / 3);
    CHECK(found.high(0, 1) > 1.0 / 3);
}

TEST_CASE("models and people of the real trials agree as counted line by line") {
    const auto folder = test::sharedFile("data/triplets/llm_vs_human_2171");
    if (folder.empty())
        return;
    std::vector<Triplets> files;
    for (const char* name : {"2171trials_humans.txt", "2171trials_GPT_4.txt", "2171trials_ChatGPT_3.5.txt"}) {
        std::ifstream lines(folder / name);
        Triplets::Narrow rows;
        for (std::uint16_t row = 0; lines >> row;)
            rows.push_back(row);
        files.emplace_back(std::move(rows));
    }
    std::vector<std::vector<AnsweredTriplet>> systems;
    for (const Triplets& file : files) {
        REQUIRE(file.size() == 2171);
        systems.push_back(countAnswers(file, 1, 1));
    }
    const Agreement found = agreementOf(systems, 1);
    for (std::size_t a = 0; a < 3; ++a)
        for (std::size_t b = 0; b < a; ++b) {
            std::size_t same = 0;
            for (std::size_t t = 0; t < 2171; ++t)
                same += files[a].at(t, 2) == files[b].at(t, 2);
            CHECK(found.trials(a, b) == 2171);
            CHECK(found.share(a, b) == static_cast<double>(same) / 2171);
        }
}
