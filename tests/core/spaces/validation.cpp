#include "core/base/rng.h"
#include "core/io/hdf5.h"
#include "core/reference_files.h"
#include "core/reference_matrix.h"
#include "core/spaces/alignment.h"
#include "core/spaces/compression.h"
#include "core/spaces/pair_answers.h"
#include "core/spaces/reproducibility.h"
#include "core/spaces/similarity.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

using namespace tercet;
using test::matrixIn;

namespace {

Matrix<double> sparseWeights(std::size_t n, std::size_t d, std::uint64_t seed) {
    Rng rng(seed);
    Matrix<double> x(n, d);
    for (double& value : x.values())
        value = rng.uniform() < 0.4 ? 2 * rng.uniform() : 0;
    return x;
}

Triplets randomTriplets(std::size_t count, std::uint32_t stimuli, std::uint64_t seed) {
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

double product(const Matrix<double>& x, std::size_t i, std::size_t j) {
    double sum = 0;
    for (std::size_t c = 0; c < x.cols(); ++c)
        sum += x(i, c) * x(j, c);
    return sum;
}

/// Share of judgments predicted, a tie of m counting as 1 / m; products equal up to `rounding` are tied.
double plainAccuracy(const Matrix<double>& x, const Triplets& judgments, double rounding) {
    double hits = 0;
    for (std::size_t t = 0; t < judgments.size(); ++t) {
        const double pair = product(x, judgments.at(t, 0), judgments.at(t, 1));
        double others[2] = {product(x, judgments.at(t, 0), judgments.at(t, 2)),
                            product(x, judgments.at(t, 1), judgments.at(t, 2))};
        int tied = 1;
        bool beaten = false;
        for (const double other : others) {
            tied += std::abs(other - pair) <= rounding ? 1 : 0;
            beaten = beaten || other > pair + rounding;
        }
        hits += beaten ? 0 : 1.0 / tied;
    }
    return hits / static_cast<double>(judgments.size());
}

} // namespace

TEST_CASE("Reproducibility is that of the reference") {
    const test::ReferenceFiles reference("statistics");
    for (const auto& path : reference.paths()) {
        CAPTURE(path);
        const auto file = Hdf5File::open(path);
        const Array<double> runs = file.read<double>("in/runs");
        const auto expected = matrixIn(file, "out/reproducibility");
        REQUIRE(runs.shape.size() == 3);
        std::vector<MatrixView<const double>> views;
        for (std::size_t r = 0; r < runs.shape[0]; ++r)
            views.emplace_back(runs.values.data() + r * runs.shape[1] * runs.shape[2], runs.shape[1], runs.shape[2]);
        const Matrix<double> found = reproducibilityOf(views, RunMatching::Best);
        REQUIRE(found.rows() == expected.rows());
        REQUIRE(found.cols() == expected.cols());
        double worst = 0;
        for (std::size_t i = 0; i < expected.size(); ++i)
            worst = std::max(worst, std::abs(found.values()[i] - expected.values()[i]));
        CHECK(worst < 1e-9);
        // The first run's components in the other nine.
        const Matrix<double> own = reproducibilityIn(views[0], std::span(views).subspan(1), RunMatching::Best);
        for (std::size_t c = 0; c < expected.cols(); ++c) {
            CHECK(own(c, 0) == Approx(expected(0, c)).margin(1e-9));
            CHECK(own(c, 1) < own(c, 0));
            CHECK(own(c, 2) > own(c, 0));
        }
    }
}

TEST_CASE("Alignment of two systems is that of the reference") {
    const test::ReferenceFiles reference("statistics");
    for (const auto& path : reference.paths()) {
        CAPTURE(path);
        const auto file = Hdf5File::open(path);
        const auto systemOf = [&](const std::string& name) {
            HalvedMatrix system;
            system.halves.emplace_back(lowerTriangle(matrixIn(file, "in/rsm_" + name + "_half1")),
                                       lowerTriangle(matrixIn(file, "in/rsm_" + name + "_half2")));
            for (std::size_t p = 0; p < system.halves[0].first.size(); ++p)
                system.whole.push_back((system.halves[0].first[p] + system.halves[0].second[p]) / 2);
            return system;
        };
        const std::vector<HalvedMatrix> systems{systemOf("model"), systemOf("human")};
        const Alignment found = alignSystems(systems, 66, {.resamples = 200, .seed = 1, .threads = 2});
        CHECK(found.alignment(0, 1) == Approx(file.read<double>("out/consistency").values[0]).margin(1e-9));
        CHECK(found.alignment(1, 0) == found.alignment(0, 1));
        CHECK(found.low(0, 1) < found.alignment(0, 1));
        CHECK(found.high(0, 1) > found.alignment(0, 1));
        const Alignment again = alignSystems(systems, 66, {.resamples = 200, .seed = 1, .threads = 1});
        CHECK(again.low == found.low);
        CHECK(again.high == found.high);
    }
}

TEST_CASE("alignment is undefined where a reliability is not above 0") {
    HalvedMatrix good{.whole = {1, 2, 3, 4, 5, 7}, .halves = {{{1, 2, 3, 4, 5, 7}, {1, 2, 3, 5, 4, 7}}}};
    HalvedMatrix bad{.whole = {1, 5, 2, 8, 3, 4}, .halves = {{{1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1}}}};
    const std::vector<HalvedMatrix> systems{good, bad, good};
    const Alignment found = alignSystems(systems, 4, {.resamples = 50, .seed = 1, .threads = 1});
    CHECK(found.reliability[1] == Approx(-1));
    CHECK(std::isnan(found.alignment(0, 1)));
    CHECK(std::isnan(found.low(0, 1)));
    CHECK(std::isnan(found.alignment(1, 1)));
    CHECK_FALSE(std::isnan(found.correlation(0, 1)));
    CHECK(found.alignment(0, 2) == Approx(1 / found.reliability[0]));
}

TEST_CASE("the predicted similarity of some stimuli is that of the whole matrix") {
    const test::ReferenceFiles reference("triplets");
    for (const auto& path : reference.paths()) {
        const auto file = Hdf5File::open(path);
        const auto expected = matrixIn(file, "out/predicted_rsm");
        const std::vector<std::uint32_t> rows{3, 0, 17, 42, 59};
        const Matrix<double> found = predictedSimilarity(matrixIn(file, "in/embedding"), rows, {}, {}, 2);
        REQUIRE(found.rows() == rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (std::size_t j = 0; j < rows.size(); ++j)
                CHECK(std::abs(found(i, j) - expected(rows[i], rows[j])) < 1e-12);
    }
}

TEST_CASE("pairs are counted in every judgment that shows both") {
    const Triplets judgments(Triplets::Narrow{5, 2, 9, 2, 9, 5, 5, 9, 1, 1, 0, 3, 2, 7, 9});
    const std::vector<std::uint32_t> stimuli{2, 5, 9};
    const PairAnswers answers = pairAnswers(judgments, stimuli);
    CHECK(answers.shown == std::vector<std::uint32_t>{2, 3, 3}); // 2–5, 2–9, 5–9
    CHECK(answers.kept == std::vector<std::uint32_t>{1, 1, 1});
    const auto shares = answers.shares();
    CHECK(shares[0] == 0.5);
    CHECK(shares[1] == Approx(1.0 / 3));
    CHECK(std::isnan(pairAnswers(judgments, std::vector<std::uint32_t>{0, 2}).shares()[0]));
}

TEST_CASE("halves hold every answer once and are of equal size") {
    PairAnswers answers{.stimuli = 4, .kept = {40, 0, 7, 3, 1, 0}, .shown = {100, 10, 7, 5, 1, 0}};
    const auto [first, second] = answers.halves(1, 0);
    CHECK(50 * (first[0] + second[0]) == Approx(40));
    CHECK(first[0] != second[0]);
    CHECK(first[1] == 0);
    CHECK(first[2] == 1);
    CHECK(second[2] == 1);
    CHECK((std::isnan(first[4]) != std::isnan(second[4])));
    CHECK(std::isnan(first[5]));
    CHECK(std::isnan(second[5]));
    double sum = 0;
    for (std::uint64_t stream = 0; stream < 400; ++stream)
        sum += answers.halves(1, stream).first[0];
    CHECK(sum / 400 == Approx(0.4).margin(0.01));
}

TEST_CASE("central stimuli are those around which triplets were drawn") {
    Rng rng(4);
    const std::vector<std::uint32_t> prototypes{3, 8, 21, 33, 34, 60};
    Triplets::Wide rows;
    for (const std::uint32_t a : prototypes)
        for (const std::uint32_t b : prototypes)
            for (int third = 0; third < 10 && a < b; ++third)
                for (std::uint32_t c = rng.below(80);; c = rng.below(80))
                    if (c != a && c != b) {
                        rows.insert(rows.end(), {c, a, b});
                        break;
                    }
    CHECK(centralStimuli(Triplets(std::move(rows))) == prototypes);
    CHECK(centralStimuli(Triplets()).empty());
}

TEST_CASE("the fit of two matrices has an interval that knows of shared stimuli") {
    Rng rng(9);
    constexpr std::size_t kStimuli = 40;
    std::vector<double> a(kStimuli * (kStimuli - 1) / 2);
    std::vector<double> b(a.size());
    std::vector<double> effect(kStimuli);
    for (double& value : effect)
        value = rng.normal();
    for (std::size_t i = 1; i < kStimuli; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            a[pairPlace(i, j)] = rng.normal() + effect[i] + effect[j];
            b[pairPlace(i, j)] = a[pairPlace(i, j)] + rng.normal();
        }
    b[7] = std::nan("");
    const ResamplingOptions options{.resamples = 500, .permutations = 200, .seed = 3, .threads = 2};
    const MatrixFit fit = fitOfMatrices(a, b, kStimuli, options);
    double n = 0;
    double sa = 0;
    double sb = 0;
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (std::size_t p = 0; p < a.size(); ++p)
        if (p != 7) {
            ++n;
            sa += a[p];
            sb += b[p];
            aa += a[p] * a[p];
            bb += b[p] * b[p];
            ab += a[p] * b[p];
        }
    CHECK(fit.r == Approx((n * ab - sa * sb) / std::sqrt((n * aa - sa * sa) * (n * bb - sb * sb))).epsilon(1e-12));
    CHECK(fit.pairs == a.size() - 1);
    CHECK(fit.p == Approx(1.0 / 201));
    CHECK(fit.bootstrap.low < fit.r);
    CHECK(fit.bootstrap.high > fit.r);
    CHECK(fit.bootstrap.high - fit.bootstrap.low > fit.fisher.high - fit.fisher.low);
    const MatrixFit alone =
        fitOfMatrices(a, b, kStimuli, {.resamples = 500, .permutations = 200, .seed = 3, .threads = 1});
    CHECK(alone.bootstrap.low == fit.bootstrap.low);
    CHECK(alone.bootstrap.high == fit.bootstrap.high);

    const std::vector<double> flat(a.size(), 0.5);
    CHECK(std::isnan(fitOfMatrices(flat, a, kStimuli, options).r));
    std::vector<double> noise(a.size());
    for (double& value : noise)
        value = rng.normal();
    CHECK(fitOfMatrices(a, noise, kStimuli, options).p > 0.01);
}

TEST_CASE("compression by top components is what masked embeddings predict") {
    const Matrix<double> x = sparseWeights(30, 7, 1);
    const Triplets judgments = randomTriplets(6000, 30, 2);
    std::vector<std::uint32_t> all(judgments.size());
    std::iota(all.begin(), all.end(), std::uint32_t{0});
    const auto found = compressedAccuracy(x, judgments, all, CompressionRule::TopComponents, 2);
    REQUIRE(found.size() == 8);
    CHECK(found[0] == Approx(1.0 / 3).epsilon(1e-15));
    for (std::size_t k = 0; k <= 7; ++k) {
        Matrix<double> masked(30, 7);
        for (std::size_t i = 0; i < 30; ++i) {
            std::vector<std::size_t> order(7);
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return x(i, a) > x(i, b); });
            for (std::size_t c = 0; c < k; ++c)
                masked(i, order[c]) = x(i, order[c]);
        }
        CHECK(found[k] == Approx(plainAccuracy(masked, judgments, 1e-12)).epsilon(1e-12));
    }
    CHECK(found == compressedAccuracy(x, judgments, all, CompressionRule::TopComponents, 1));
    const std::vector<std::uint32_t> none;
    CHECK(std::isnan(compressedAccuracy(x, judgments, none, CompressionRule::TopComponents, 1)[3]));
}

TEST_CASE("compression by principal components ends at the whole embedding") {
    const Matrix<double> x = sparseWeights(40, 6, 5);
    const Triplets judgments = randomTriplets(5000, 40, 6);
    std::vector<std::uint32_t> all(judgments.size());
    std::iota(all.begin(), all.end(), std::uint32_t{0});
    const auto found = compressedAccuracy(x, judgments, all, CompressionRule::PrincipalComponents, 2);
    CHECK(found[0] == Approx(1.0 / 3).epsilon(1e-15));
    // Rounding decides between pairs that are tied at 0 in the embedding itself.
    CHECK(found[6] == Approx(plainAccuracy(x, judgments, 1e-12)).margin(0.02));
    // Of an embedding of rank one, one component is all.
    Matrix<double> line(40, 3);
    Rng rng(7);
    for (std::size_t i = 0; i < 40; ++i) {
        const double t = rng.uniform();
        for (std::size_t c = 0; c < 3; ++c)
            line(i, c) = t * static_cast<double>(c + 1);
    }
    const auto rankOne = compressedAccuracy(line, judgments, all, CompressionRule::PrincipalComponents, 1);
    CHECK(rankOne[1] == Approx(plainAccuracy(line, judgments, 1e-12)).epsilon(1e-12));
}

TEST_CASE("the fewest components that keep a share are the first to reach it") {
    const std::vector<double> accuracy{0.33, 0.5, 0.77, 0.79, 0.8};
    CHECK(fewestThatKeep(accuracy, 0.95) == 2);
    CHECK(fewestThatKeep(accuracy, 0.99) == 4);
    CHECK(fewestThatKeep(accuracy, 0.4) == 0);
    CHECK(fewestThatKeep(accuracy, 1) == 4);
}

TEST_CASE("constant components find nothing and are found by nothing") {
    Matrix<double> one = sparseWeights(50, 3, 1);
    Matrix<double> two = one;
    for (std::size_t i = 0; i < 50; ++i)
        one(i, 2) = 0;
    CHECK(std::isnan(correlationsIn(one, two, RunMatching::Best)[2]));
    CHECK(correlationsIn(one, two, RunMatching::Best)[0] == Approx(1));
    CHECK(correlationsIn(two, one, RunMatching::Best)[2] < 0.9);
    CHECK(std::isnan(correlationsIn(two, one, RunMatching::OneToOne)[2]));
    const std::vector<MatrixView<const double>> runs{two, two};
    const Matrix<double> mean = reproducibilityOf(runs, RunMatching::Best);
    CHECK(mean(0, 0) == Approx(1));
    CHECK(activeComponents(one) == std::vector<std::uint8_t>{1, 1, 0});
}
