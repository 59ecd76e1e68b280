#include "core/embedding/spose_fit.h"

#include "core/base/error.h"
#include "core/base/statistics.h"
#include "problems.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

using namespace tercet;
using Catch::Matchers::Contains;

namespace {

std::shared_ptr<const Triplets> shared(Triplets judgments) {
    return std::make_shared<const Triplets>(std::move(judgments));
}

SposeOptions smallOptions() {
    SposeOptions options;
    options.components = 5;
    options.batch = 64;
    options.rate = 0.01;
    options.epochLimit = 10;
    options.stopRule = StopRule::EpochLimit;
    options.seed = 11;
    return options;
}

SposeResult fitted(SposeFit& fit, int threads = 1) { return fit.run(JobControl(), Progress(), threads); }

bool sameBits(const Matrix<float>& a, const Matrix<float>& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

bool sameBits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

/// Whether all but the wall times are equal to the last bit.
bool sameBits(const SposeState& a, const SposeState& b) {
    if (a.steps != b.steps || a.records.size() != b.records.size())
        return false;
    for (std::size_t i = 0; i < a.records.size(); ++i) {
        const EpochRecord& p = a.records[i];
        const EpochRecord& q = b.records[i];
        if (p.epoch != q.epoch || !sameBits(p.objective, q.objective) || !sameBits(p.trainAccuracy, q.trainAccuracy) ||
            !sameBits(p.heldOutNll, q.heldOutNll) || !sameBits(p.heldOutAccuracy, q.heldOutAccuracy) ||
            p.activeComponents != q.activeComponents || !sameBits(p.sparsity, q.sparsity))
            return false;
    }
    return sameBits(a.weights, b.weights) && sameBits(a.firstMoment, b.firstMoment) &&
           sameBits(a.secondMoment, b.secondMoment) && sameBits(a.bestWeights, b.bestWeights);
}

/// The same fit, dense and in float64, written as in a textbook.
struct TextbookFit {
    Matrix<double> x, m, v;
    double objective = 0;

    TextbookFit(const Matrix<float>& start, const Triplets& judgments, JudgmentOrder order, const SposeOptions& o,
                std::size_t epochs)
        : x(start.rows(), start.cols()), m(x), v(x) {
        std::copy(start.values().begin(), start.values().end(), x.values().begin());
        const double l1 = o.lambda / static_cast<double>(x.rows());
        double t = 0;
        for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
            order.startEpoch(epoch);
            double nll = 0;
            for (std::size_t first = 0; first < order.trainingCount(); first += o.batch) {
                std::vector<std::uint32_t> numbers(std::min(o.batch, order.trainingCount() - first));
                order.fill(first, numbers);
                for (const std::uint32_t number : numbers)
                    nll -= std::log(problems::probabilities(problems::similarities(x, judgments, number))[0]);
                const Matrix<double> gradient = problems::nllGradient(x, judgments, numbers);
                ++t;
                for (std::size_t i = 0; i < x.size(); ++i) {
                    const double g = gradient.values()[i] + (x.values()[i] > 0 ? l1 : 0);
                    m.values()[i] = 0.9 * m.values()[i] + 0.1 * g;
                    v.values()[i] = 0.999 * v.values()[i] + 0.001 * g * g;
                    const double step = o.rate * (m.values()[i] / (1 - std::pow(0.9, t))) /
                                        (std::sqrt(v.values()[i] / (1 - std::pow(0.999, t))) + 1e-8);
                    x.values()[i] = std::max(0.0, x.values()[i] - step);
                }
            }
            double size = 0;
            for (const double value : x.values())
                size += value;
            objective = nll / static_cast<double>(order.trainingCount()) + l1 * size;
        }
    }
};

Matrix<double> widened(const Matrix<float>& values) {
    Matrix<double> result(values.rows(), values.cols());
    std::copy(values.values().begin(), values.values().end(), result.values().begin());
    return result;
}

} // namespace

TEST_CASE("the fit follows Adam as written, in float64, for sparse and dense batches") {
    const Matrix<double> planted = problems::sparseEmbedding(60, 4, 1);
    const auto judgments = shared(problems::drawnJudgments(planted, 700, 1));
    for (const std::size_t components : {1U, 16U, 30U, 33U})
        for (const std::size_t batch : {1U, 5U, 64U, 5000U})
            for (const double lambda : {0.0, 0.02}) {
                SposeOptions options = smallOptions();
                options.components = components;
                options.batch = batch;
                options.lambda = lambda;
                options.rate = 0.001;
                SposeFit fit(judgments, 60, options);
                const std::size_t epochs = batch == 1 ? 1 : 3;
                const TextbookFit textbook(fit.state().weights, *judgments, fit.order(), options, epochs);
                options.epochLimit = epochs;
                SposeFit limited(judgments, 60, options);
                fitted(limited, 2);
                CHECK(problems::largestDifference(widened(limited.state().weights), textbook.x) < 5e-5);
                CHECK(limited.state().records.back().objective == Approx(textbook.objective).margin(1e-5));
            }
}

TEST_CASE("one, two, three or many threads give the same bytes") {
    const Matrix<double> planted = problems::sparseEmbedding(90, 6, 2);
    const auto narrow = shared(problems::drawnJudgments<std::uint16_t>(planted, 3001, 2));
    const auto wide = shared(problems::drawnJudgments<std::uint32_t>(planted, 3001, 2));
    for (const std::size_t components : {1U, 30U, 49U, 70U})
        for (const std::size_t batch : {8U, 100U, 4000U}) {
            SposeOptions options = smallOptions();
            options.components = components;
            options.batch = batch;
            options.epochLimit = 4;
            options.stopRule = StopRule::HeldOut;
            SposeFit one(narrow, 90, options);
            const SposeResult expected = fitted(one, 1);
            for (const int threads : {2, 3, 5, 8}) {
                SposeFit more(threads == 3 ? wide : narrow, 90, options);
                const SposeResult result = fitted(more, threads);
                CHECK(sameBits(more.state(), one.state()));
                CHECK(result.weights == expected.weights);
                CHECK(result.heldOut.hits == expected.heldOut.hits);
            }
        }
}

TEST_CASE("going on from a state gives the bytes of an uninterrupted fit") {
    const Matrix<double> planted = problems::sparseEmbedding(50, 5, 3);
    const auto judgments = shared(problems::drawnJudgments(planted, 2000, 3));
    for (const std::size_t batch : {7U, 128U}) {
        SposeOptions options = smallOptions();
        options.batch = batch;
        options.stopRule = StopRule::HeldOut;
        SposeFit whole(judgments, 50, options);
        const SposeResult expected = fitted(whole);
        CHECK(whole.state().records.size() == 10);

        options.epochLimit = 4;
        SposeFit begun(judgments, 50, options);
        CHECK(fitted(begun).stopReason == StopReason::EpochLimit);
        const SposeState saved = begun.state();
        options.epochLimit = 10;
        SposeFit continued(judgments, 50, options, {}, saved);
        const SposeResult result = fitted(continued, 2);
        CHECK(sameBits(continued.state(), whole.state()));
        CHECK(result.weights == expected.weights);
        CHECK(result.chosenEpoch == expected.chosenEpoch);

        const SposeResult again = fitted(continued);
        CHECK(again.epochs == 10);
        CHECK(again.weights == expected.weights);
    }
}

TEST_CASE("a stop drops the running epoch, and the fit can go on") {
    const Matrix<double> planted = problems::sparseEmbedding(200, 5, 4);
    const auto judgments = shared(problems::drawnJudgments(planted, 60000, 4));
    SposeOptions options = smallOptions();
    options.batch = 16;
    options.epochLimit = 4;
    SposeFit whole(judgments, 200, options);
    fitted(whole);
    for (const int threads : {1, 2}) {
        SposeFit fit(judgments, 200, options);
        JobControl control;
        const auto progress = std::make_shared<ProgressState>();
        std::jthread user([&] {
            while (progress->fraction() < 0.4) // in the middle of the second epoch
                std::this_thread::yield();
            control.requestStop();
        });
        CHECK_THROWS_AS(fit.run(control, Progress(progress), threads), Cancelled);
        user.join();
        CHECK(fit.state().records.size() < 4);
        fitted(fit, threads);
        CHECK(sameBits(fit.state(), whole.state()));
    }
    JobControl before;
    before.requestStop();
    SposeFit fit(judgments, 200, options);
    CHECK_THROWS_AS(fit.run(before, Progress(), 1), Cancelled);
    CHECK(fit.state().records.empty());
}

TEST_CASE("a request to finish ends the fit with the running epoch's end") {
    const Matrix<double> planted = problems::sparseEmbedding(50, 5, 5);
    const auto judgments = shared(problems::drawnJudgments(planted, 2000, 5));
    SposeOptions options = smallOptions();
    SposeFit fit(judgments, 50, options);
    JobControl control;
    const SposeResult result = fit.run(control, Progress(), 1, [&](const auto& snapshot) {
        if (snapshot->epoch == 3)
            control.requestFinish();
    });
    CHECK(result.stopReason == StopReason::ByHand);
    CHECK(result.epochs == 3);
    CHECK(result.chosenEpoch == 3);
    CHECK(result.records.size() == 3);
}

TEST_CASE("a paused fit waits, and goes on") {
    const Matrix<double> planted = problems::sparseEmbedding(50, 5, 6);
    SposeFit fit(shared(problems::drawnJudgments(planted, 2000, 6)), 50, smallOptions());
    JobControl control;
    std::atomic<std::size_t> epochs{0};
    std::atomic<bool> paused{false};
    std::jthread work([&] {
        fit.run(control, Progress(), 2, [&](const auto& snapshot) {
            epochs = snapshot->epoch;
            if (snapshot->epoch == 2 && snapshot->epochShare == 0) {
                control.setPaused(true);
                paused = true;
            }
        });
    });
    while (!paused)
        std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK(epochs == 2);
    control.setPaused(false);
    work.join();
    CHECK(epochs == 10);
}

TEST_CASE("snapshots show each epoch") {
    const Matrix<double> planted = problems::sparseEmbedding(50, 5, 7);
    SposeFit fit(shared(problems::drawnJudgments(planted, 2000, 7)), 50, smallOptions());
    std::vector<std::shared_ptr<const FitSnapshot>> shown;
    const auto progress = std::make_shared<ProgressState>();
    const SposeResult result = fit.run(JobControl(), Progress(progress), 1, [&](auto snapshot) {
        if (snapshot->epochShare == 0)
            shown.push_back(std::move(snapshot));
    });
    REQUIRE(shown.size() == 10);
    for (std::size_t i = 0; i < shown.size(); ++i) {
        CHECK(shown[i]->epoch == i + 1);
        CHECK(shown[i]->records.size() == i + 1);
        CHECK(shown[i]->records.back().epoch == i + 1);
        CHECK(shown[i]->weights.rows() == 50);
        CHECK(shown[i]->secondsLeft >= 0);
    }
    CHECK(sameBits(shown.back()->weights, fit.state().weights));
    CHECK(shown.back()->secondsLeft == 0);
    CHECK(progress->fraction() == 1);

    // The records against float64.
    const EpochRecord& last = result.records.back();
    CHECK(last.heldOutAccuracy == Approx(result.heldOut.share).margin(2.1 / 200)); // but for near ties
    const Matrix<double> weights = widened(fit.state().weights);
    std::size_t active = 0;
    std::size_t small = 0;
    for (std::size_t c = 0; c < 5; ++c) {
        bool above = false;
        for (std::size_t row = 0; row < 50; ++row) {
            above |= weights(row, c) > 0.1;
            small += weights(row, c) < 0.001 ? 1 : 0;
        }
        active += above ? 1 : 0;
    }
    CHECK(last.activeComponents == active);
    CHECK(last.sparsity == Approx(static_cast<double>(small) / 250));
}

TEST_CASE("a long epoch is shown while it runs, and showing it changes nothing") {
    const Matrix<double> planted = problems::sparseEmbedding(300, 5, 8);
    const auto judgments = shared(problems::drawnJudgments(planted, 50000, 8));
    SposeOptions options = smallOptions();
    options.epochLimit = 1;
    for (const std::size_t batch : {4U, 1024U}) { // sparse and dense
        options.batch = batch;
        SposeFit quiet(judgments, 300, options);
        fitted(quiet);
        // A pause in the middle of the epoch makes it long.
        SposeFit fit(judgments, 300, options);
        JobControl control;
        const auto progress = std::make_shared<ProgressState>();
        std::atomic<bool> over{false};
        std::jthread user([&] {
            while (progress->fraction() < 0.2 && !over)
                std::this_thread::yield();
            control.setPaused(true);
            std::this_thread::sleep_for(std::chrono::milliseconds(150));
            control.setPaused(false);
        });
        std::size_t within = 0;
        fit.run(control, Progress(progress), 2, [&](const auto& snapshot) {
            if (snapshot->epochShare > 0) {
                ++within;
                CHECK(snapshot->epoch == 0);
                CHECK(snapshot->weights.rows() == 300);
                CHECK(snapshot->epochShare < 1);
            }
        });
        over = true;
        user.join();
        CHECK(sameBits(fit.state(), quiet.state()));
        if (within == 0)
            WARN("the epoch was over before it could be paused");
    }
}

TEST_CASE("stopping rules") {
    const Matrix<double> planted = problems::sparseEmbedding(40, 3, 9);
    const auto judgments = shared(problems::drawnJudgments(planted, 1500, 9));
    SposeOptions options = smallOptions();
    options.epochLimit = 2000;
    options.window = 10;

    options.stopRule = StopRule::Slope;
    SposeFit bySlope(judgments, 40, options);
    const SposeResult slope = fitted(bySlope);
    CHECK(slope.stopReason == StopReason::Slope);
    CHECK(slope.epochs < 2000);
    CHECK(slope.chosenEpoch == slope.epochs);
    const auto slopeAt = [&](std::size_t end) {
        double sum = 0;
        for (std::size_t i = 0; i < 10; ++i)
            sum += (static_cast<double>(i) - 4.5) * slope.records[end - 10 + i].objective;
        return sum;
    };
    CHECK(slopeAt(slope.epochs) >= 0);
    for (std::size_t end = 10; end < slope.epochs; ++end)
        REQUIRE(slopeAt(end) < 0);

    options.stopRule = StopRule::HeldOut;
    SposeFit byHeldOut(judgments, 40, options);
    std::vector<Matrix<float>> weights;
    const SposeResult heldOut = byHeldOut.run(JobControl(), Progress(), 1, [&](const auto& snapshot) {
        if (snapshot->epochShare == 0)
            weights.push_back(snapshot->weights);
    });
    CHECK(heldOut.stopReason == StopReason::HeldOut);
    CHECK(heldOut.epochs == heldOut.chosenEpoch + 10);
    for (const EpochRecord& record : heldOut.records) {
        const double best = heldOut.records[heldOut.chosenEpoch - 1].heldOutAccuracy;
        CHECK((record.epoch < heldOut.chosenEpoch ? record.heldOutAccuracy < best : record.heldOutAccuracy <= best));
    }
    for (std::size_t c = 0; c < 5; ++c)
        for (std::size_t row = 0; row < 40; ++row)
            REQUIRE(heldOut.weights(row, c) ==
                    static_cast<double>(weights[heldOut.chosenEpoch - 1](row, heldOut.trainingColumn[c])));
}

TEST_CASE("a planted embedding is recovered") {
    const Matrix<double> planted = problems::sparseEmbedding(100, 4, 10, 0.35, 2.5);
    const auto judgments = shared(problems::drawnJudgments(planted, 40000, 10));
    SposeOptions options;
    options.components = 6;
    options.batch = 256;
    options.lambda = 0.02;
    options.rate = 0.005;
    options.seed = 3;
    SposeFit fit(judgments, 100, options);
    const SposeResult result = fitted(fit, 2);
    const ChoiceAccuracy ceiling = choiceAccuracy(planted, *judgments, fit.order().heldOut(), 1);
    CHECK(result.heldOut.trials == 4000);
    CHECK(result.heldOut.share > ceiling.share - 0.02);
    CHECK(result.heldOut.interval.low > ChoiceAccuracy::kChance);

    const Matrix<double> r = correlateColumns(planted, result.weights);
    for (std::size_t c = 0; c < 4; ++c) {
        double best = 0;
        for (std::size_t k = 0; k < 4; ++k) // the four largest: the others are spare
            best = std::max(best, r(c, k));
        CHECK(best > 0.9);
    }
    CHECK(std::is_sorted(result.sums.begin(), result.sums.end(), std::greater<>()));
    std::vector<std::size_t> columns = result.trainingColumn;
    std::sort(columns.begin(), columns.end());
    CHECK(columns == std::vector<std::size_t>{0, 1, 2, 3, 4, 5});
    for (std::size_t c = 0; c < 6; ++c) {
        double sum = 0;
        for (std::size_t row = 0; row < 100; ++row) {
            sum += result.weights(row, c);
            CHECK(result.weights(row, c) >= 0);
        }
        CHECK(result.sums[c] == Approx(sum));
    }
}

TEST_CASE("a given mask is the split, and a stimulus never judged keeps only the L1 term") {
    const Matrix<double> planted = problems::sparseEmbedding(30, 4, 12);
    const auto judgments = shared(problems::drawnJudgments(planted, 600, 12, 29)); // stimulus 29 is in none
    std::vector<std::uint8_t> mask(600);
    std::fill_n(mask.begin(), 60, std::uint8_t{1});
    SposeOptions options = smallOptions();
    for (const std::size_t batch : {2U, 600U}) {
        options.batch = batch;
        options.lambda = 0;
        SposeFit fit(judgments, 30, options, mask);
        CHECK(fit.order().trainingCount() == 540);
        const Matrix<float> start = fit.state().weights;
        CHECK(fitted(fit).heldOut.trials == 60);
        const auto& end = fit.state().weights;
        CHECK(std::equal(end.row(29).begin(), end.row(29).end(), start.row(29).begin()));
        options.lambda = 0.01;
        SposeFit pulled(judgments, 30, options, mask);
        fitted(pulled);
        for (std::size_t c = 0; c < 5; ++c)
            CHECK(pulled.state().weights(29, c) < start(29, c));
    }
    options.heldOutShare = 0;
    SposeFit all(judgments, 30, options);
    const SposeResult result = fitted(all);
    CHECK(result.heldOut.trials == 0);
    CHECK(std::isnan(result.records.back().heldOutAccuracy));
}

TEST_CASE("what cannot be fitted is refused in a sentence") {
    const Matrix<double> planted = problems::sparseEmbedding(30, 4, 13);
    const auto judgments = shared(problems::drawnJudgments(planted, 100, 13));
    const SposeOptions good = smallOptions();
    const auto refused = [&](auto change) {
        SposeOptions options = good;
        change(options);
        CHECK_THROWS_AS(SposeFit(judgments, 30, options), ParameterError);
    };
    refused([](SposeOptions& o) { o.components = 0; });
    refused([](SposeOptions& o) { o.components = 5000; });
    refused([](SposeOptions& o) { o.lambda = -1; });
    refused([](SposeOptions& o) { o.lambda = std::numeric_limits<double>::quiet_NaN(); });
    refused([](SposeOptions& o) { o.rate = 0; });
    refused([](SposeOptions& o) { o.batch = 0; });
    refused([](SposeOptions& o) { o.epochLimit = 0; });
    refused([](SposeOptions& o) { o.heldOutShare = 1; });
    refused([](SposeOptions& o) { o.window = 1; });

    CHECK_THROWS_WITH(SposeFit(judgments, 20, good), Contains("judgment ") && Contains("from 0 to 19"));
    CHECK_THROWS_WITH(SposeFit(shared(Triplets(Triplets::Narrow{0, 1, 2, 3, 3, 4})), 30, good),
                      Contains("judgment 2 of 2") && Contains("row 3 twice"));
    CHECK_THROWS_WITH(SposeFit(shared(Triplets()), 30, good), Contains("at least one to train with"));
    CHECK_THROWS_AS(SposeFit(judgments, 2, good), DataError);
    CHECK_THROWS_WITH(SposeFit(judgments, 30, good, std::vector<std::uint8_t>(99)),
                      Contains("held-out mask") && Contains("100 values") && Contains("99"));
    CHECK_THROWS_WITH(SposeFit(judgments, 30, good, std::vector<std::uint8_t>(100, 1)), Contains("100 held out"));
    SposeOptions held = good;
    held.stopRule = StopRule::HeldOut;
    held.heldOutShare = 0;
    CHECK_THROWS_WITH(SposeFit(judgments, 30, held), Contains("held-out judgments"));

    SposeFit fit(judgments, 30, good);
    SposeOptions more = good;
    more.components = 6;
    CHECK_THROWS_WITH(SposeFit(judgments, 30, more, {}, fit.state()), Contains("checkpoint") && Contains("30 × 5"));

    SposeOptions wild = good;
    wild.rate = 1e30;
    SposeFit exploding(judgments, 30, wild);
    CHECK_THROWS_WITH(fitted(exploding), Contains("learning rate"));
    CHECK(exploding.state().records.size() < 10);
}
