#include "core/embedding/spose_objective.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/hdf5.h"
#include "problems.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

using namespace tercet;
using Catch::Matchers::Contains;

namespace {

struct Problem {
    Matrix<double> x;
    Triplets judgments;
};

Problem problem(std::uint64_t seed, std::size_t n = 60, std::size_t d = 5, std::size_t m = 9000) {
    const Matrix<double> x = problems::sparseEmbedding(n, d, seed);
    return {x, problems::drawnJudgments(x, m, seed)};
}

} // namespace

TEST_CASE("objective, gradient and probabilities equal plain loops") {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const Problem p = problem(seed);
        const double lambda = 0.0025;
        CHECK(sposeObjective(p.x, p.judgments, lambda, 1) ==
              Approx(problems::objective(p.x, p.judgments, lambda)).epsilon(0).margin(1e-12));

        Matrix<double> gradient = problems::nllGradient(p.x, p.judgments, problems::allOf(p.judgments));
        for (std::size_t i = 0; i < gradient.size(); ++i)
            if (p.x.values()[i] > 0)
                gradient.values()[i] += lambda / 60;
        CHECK(problems::largestDifference(gradient, sposeGradient(p.x, p.judgments, lambda, 1)) < 1e-12);

        const Matrix<double> probability = choiceProbabilities(p.x, p.judgments, 1);
        std::size_t hits = 0;
        for (std::size_t t = 0; t < p.judgments.size(); ++t) {
            const auto s = problems::similarities(p.x, p.judgments, t);
            const auto expected = problems::probabilities(s);
            for (std::size_t place = 0; place < 3; ++place)
                REQUIRE(probability(t, place) == Approx(expected[place]).epsilon(1e-12));
            hits += s[0] > std::max(s[1], s[2]) ? 1 : 0;
        }
        const ChoiceAccuracy accuracy = choiceAccuracy(p.x, p.judgments, 1);
        CHECK(accuracy.hits == hits);
        CHECK(accuracy.trials == p.judgments.size());
        CHECK(accuracy.share == Approx(static_cast<double>(hits) / 9000.0));
        CHECK(accuracy.interval.low < accuracy.share);
        CHECK(accuracy.interval.high > accuracy.share);
    }
}

TEST_CASE("the gradient is the slope of the objective") {
    Problem p = problem(4, 20, 3, 700);
    for (double& value : p.x.values())
        value += 0.05; // away from the corner of |x|
    const Matrix<double> gradient = sposeGradient(p.x, p.judgments, 0.01, 2);
    constexpr double kStep = 1e-5;
    for (std::size_t i = 0; i < p.x.size(); ++i) {
        Matrix<double> up = p.x;
        Matrix<double> down = p.x;
        up.values()[i] += kStep;
        down.values()[i] -= kStep;
        const double slope =
            (sposeObjective(up, p.judgments, 0.01, 1) - sposeObjective(down, p.judgments, 0.01, 1)) / (2 * kStep);
        CHECK(gradient.values()[i] == Approx(slope).epsilon(0).margin(1e-9));
    }
}

TEST_CASE("every number of threads and both index widths give the same bits") {
    const Matrix<double> x = problems::sparseEmbedding(50, 7, 5);
    const Triplets narrow = problems::drawnJudgments<std::uint16_t>(x, 20000, 5);
    const Triplets wide = problems::drawnJudgments<std::uint32_t>(x, 20000, 5);
    const double objective = sposeObjective(x, narrow, 0.004, 1);
    const Matrix<double> gradient = sposeGradient(x, narrow, 0.004, 1);
    for (const int threads : {2, 3, 7}) {
        CHECK(sposeObjective(x, wide, 0.004, threads) == objective);
        CHECK(sposeGradient(x, wide, 0.004, threads) == gradient);
        CHECK(choiceProbabilities(x, wide, threads) == choiceProbabilities(x, narrow, 1));
        CHECK(choiceAccuracy(x, wide, threads).hits == choiceAccuracy(x, narrow, 1).hits);
    }
}

TEST_CASE("ties are wrong, huge similarities stay finite, subsets count") {
    // Stimuli 0 and 1 alike in the first component, 2 and 3 without any weight.
    const Matrix<double> x(4, 1, {40.0, 40.0, 0.0, 0.0});
    const Triplets t(Triplets::Narrow{0, 1, 2, 2, 3, 0, 0, 2, 1});
    const ChoiceAccuracy all = choiceAccuracy(x, t, 1);
    CHECK(all.hits == 1); // the first; in the second all three are 0
    CHECK(all.trials == 3);
    const std::vector<std::uint32_t> last{1, 2};
    CHECK(choiceAccuracy(x, t, last, 1).hits == 0);
    CHECK(choiceAccuracy(x, t, last, 1).trials == 2);
    CHECK(choiceAccuracy(x, t, std::vector<std::uint32_t>{}, 1).trials == 0);
    CHECK(std::isnan(choiceAccuracy(x, t, std::vector<std::uint32_t>{}, 1).share));
    CHECK(sposeObjective(x, t, 0, 1) == Approx((std::log(3) + 1600) / 3));
    CHECK(choiceProbabilities(x, t, 1)(0, 0) == 1);
}

TEST_CASE("judgments and weights that cannot be used are named") {
    Matrix<double> x = problems::sparseEmbedding(60, 3, 6);
    const auto withFault = [&](std::size_t at, std::array<std::uint16_t, 3> fault) {
        Triplets::Narrow values;
        const Triplets good = problems::drawnJudgments(x, 9000, 6);
        for (std::size_t t = 0; t < good.size(); ++t)
            for (std::size_t place = 0; place < 3; ++place)
                values.push_back(static_cast<std::uint16_t>(t >= at ? fault[place] : good.at(t, place)));
        return Triplets(std::move(values));
    };
    for (const int threads : {1, 3}) {
        CHECK_THROWS_WITH(sposeObjective(x, withFault(8191, {1, 60, 2}), 0, threads),
                          Contains("judgment 8,192 of 9,000") && Contains("row 60"));
        CHECK_THROWS_WITH(sposeGradient(x, withFault(17, {5, 4, 5}), 0, threads),
                          Contains("judgment 18 of 9,000") && Contains("row 5 twice"));
        CHECK_THROWS_WITH(choiceAccuracy(x, withFault(0, {5, 7, 7}), threads),
                          Contains("judgment 1 of 9,000") && Contains("row 7 twice"));
        CHECK_THROWS_AS(requireValidJudgments(withFault(8999, {5, 7, 7}), 60, threads), DataError);
        CHECK_NOTHROW(requireValidJudgments(withFault(9000, {5, 7, 7}), 60, threads));
    }
    const Triplets good = problems::drawnJudgments(x, 10, 6);
    x(7, 2) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH(sposeObjective(x, good, 0, 1), Contains("row 8, component 3") && Contains("nan"));
}

TEST_CASE("the independent reference (triplets.h5) is matched to 1e-9") {
    const std::filesystem::path file = std::filesystem::path(TERCET_SHARED_DIR) / "reference/analysis/triplets.h5";
    if (!std::filesystem::exists(file)) {
        WARN("skipped: there is no " << file);
        return;
    }
    const Hdf5File h5 = Hdf5File::open(file);
    const auto matrix = [&](const char* name) {
        Array<double> array = h5.read<double>(name);
        return Matrix<double>(array.shape.at(0), array.shape.at(1), std::move(array.values));
    };
    const Matrix<double> x = matrix("in/embedding");
    const Triplets judgments(h5.read<std::uint16_t>("in/triplets").values);
    const double lambda = h5.numericAttribute("/", "lambda_l1").value();
    CHECK(problems::largestDifference(choiceProbabilities(x, judgments, 2), matrix("out/pair_probability")) < 1e-9);
    CHECK(problems::largestDifference(sposeGradient(x, judgments, lambda, 2), matrix("out/gradient")) < 1e-9);
    CHECK(sposeObjective(x, judgments, lambda, 2) ==
          Approx(h5.read<double>("out/objective").values.at(0)).epsilon(0).margin(1e-9));
    CHECK(choiceAccuracy(x, judgments, 2).share ==
          Approx(h5.read<double>("out/accuracy").values.at(0)).epsilon(0).margin(1e-9));
}
