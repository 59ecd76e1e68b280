#include "core/brain/encoding.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/brain/responses.h"
#include "core/io/hdf5.h"
#include "core/reference_files.h"
#include "core/reference_matrix.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <numeric>

using namespace tercet;
using Catch::Matchers::Contains;
using test::matrixIn;

namespace {

std::vector<std::int64_t> counted(std::size_t count) {
    std::vector<std::int64_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

struct Planted {
    Matrix<double> features;
    Matrix<double> responses;
};

/// Half of the voxels follow the features, the others are noise.
Planted planted(std::size_t rows, std::size_t components, std::size_t voxels, std::uint64_t seed) {
    Rng rng(seed);
    Planted data{Matrix<double>(rows, components), Matrix<double>(rows, voxels)};
    for (double& value : data.features.values())
        value = 3 * rng.normal() + 1;
    Matrix<double> weights(components, voxels);
    for (double& value : weights.values())
        value = rng.normal();
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t v = 0; v < voxels; ++v) {
            double value = 100 + 4 * rng.normal();
            for (std::size_t k = 0; k < components; ++k)
                value += v % 2 == 0 ? weights(k, v) * data.features(i, k) : 0;
            data.responses(i, v) = value;
        }
    return data;
}

double pearsonOf(const std::vector<double>& a, const std::vector<double>& b) {
    const auto n = static_cast<double>(a.size());
    const double meanA = std::accumulate(a.begin(), a.end(), 0.0) / n;
    const double meanB = std::accumulate(b.begin(), b.end(), 0.0) / n;
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - meanA) * (b[i] - meanB);
        aa += (a[i] - meanA) * (a[i] - meanA);
        bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return ab / std::sqrt(aa * bb);
}

/// Ridge of one voxel as it is written in books: normal equations of standardised features, by elimination.
std::vector<double> predictions(const Planted& data, std::size_t voxel, const std::vector<std::size_t>& training,
                                const std::vector<std::size_t>& held, double alpha) {
    const std::size_t d = data.features.cols();
    const auto n = static_cast<double>(training.size());
    std::vector<double> mean(d, 0), scale(d, 0);
    double center = 0;
    for (const std::size_t i : training) {
        center += data.responses(i, voxel) / n;
        for (std::size_t k = 0; k < d; ++k)
            mean[k] += data.features(i, k) / n;
    }
    for (const std::size_t i : training)
        for (std::size_t k = 0; k < d; ++k)
            scale[k] += (data.features(i, k) - mean[k]) * (data.features(i, k) - mean[k]) / n;
    const auto z = [&](std::size_t i, std::size_t k) { return (data.features(i, k) - mean[k]) / std::sqrt(scale[k]); };
    Matrix<double> system(d, d + 1);
    for (const std::size_t i : training)
        for (std::size_t k = 0; k < d; ++k) {
            for (std::size_t l = 0; l < d; ++l)
                system(k, l) += z(i, k) * z(i, l);
            system(k, d) += z(i, k) * (data.responses(i, voxel) - center);
        }
    for (std::size_t k = 0; k < d; ++k)
        system(k, k) += alpha;
    for (std::size_t k = 0; k < d; ++k)
        for (std::size_t row = 0; row < d; ++row)
            if (row != k) {
                const double factor = system(row, k) / system(k, k);
                for (std::size_t l = 0; l <= d; ++l)
                    system(row, l) -= factor * system(k, l);
            }
    std::vector<double> result;
    for (const std::size_t i : held) {
        double value = center;
        for (std::size_t k = 0; k < d; ++k)
            value += z(i, k) * system(k, d) / system(k, k);
        result.push_back(value);
    }
    return result;
}

} // namespace

TEST_CASE("Encoding is that of the reference") {
    const test::ReferenceFiles reference("encoding");
    for (const auto& path : reference.paths()) {
        CAPTURE(path);
        const auto file = Hdf5File::open(path);
        const auto features = matrixIn(file, "in/features");
        const auto responses = matrixIn(file, "in/responses");
        EncodingFolds folds;
        for (const std::int64_t fold : file.read<std::int64_t>("in/outer_fold").values)
            folds.outer.push_back(static_cast<int>(fold));
        const auto inner = file.read<std::int64_t>("in/inner_fold");
        folds.inner = Matrix<int>(inner.shape[0], inner.shape[1]);
        for (std::size_t i = 0; i < inner.values.size(); ++i)
            folds.inner.values()[i] = static_cast<int>(inner.values[i]);
        const auto alphas = file.read<double>("in/alphas").values;
        const RidgeEncoding encoding(features, folds, {.alphas = alphas});
        const EncodingScores found = encoding.encode(responses);
        const auto scores = matrixIn(file, "out/score_per_fold");
        const auto alpha = matrixIn(file, "out/alpha");
        const auto weights = file.read<double>("out/weights").values;
        std::size_t sameAlpha = 0;
        double worst = 0;
        double worstWeight = 0;
        const std::size_t d = features.cols();
        const std::size_t voxels = responses.cols();
        for (std::size_t f = 0; f < scores.rows(); ++f)
            for (std::size_t v = 0; v + 1 < voxels; ++v) {
                if (std::abs(found.alpha(f, v) / alpha(f, v) - 1) > 1e-9)
                    continue;
                ++sameAlpha;
                worst = std::max(worst, std::abs(found.score(f, v) - scores(f, v)));
                for (std::size_t k = 0; k < d; ++k)
                    worstWeight = std::max(worstWeight,
                                           std::abs(found.weights(f * d + k, v) - weights[(f * d + k) * voxels + v]));
            }
        CHECK(sameAlpha == scores.rows() * (voxels - 1));
        CHECK(worst < 1e-10);
        CHECK(worstWeight < 1e-10);
        for (std::size_t f = 0; f < scores.rows(); ++f) { // the constant voxel
            CHECK(std::isnan(found.score(f, voxels - 1)));
            CHECK(std::isnan(found.alpha(f, voxels - 1)));
        }
        const EncodingResult all =
            encodeVoxels(encoding, voxels, test::readerOf(responses), 1U << 20U, JobControl(), Progress(), 1);
        const auto means = file.read<double>("out/score").values;
        for (std::size_t v = 0; v + 1 < voxels; ++v)
            CHECK(std::abs(all.score[v] - means[v]) < 1e-10);
        CHECK(std::isnan(all.score[voxels - 1]));
    }
}

TEST_CASE("Both criteria choose what brute force chooses") {
    const Planted data = planted(60, 4, 9, 3);
    const EncodingFolds folds = foldsAtRandom(counted(60), 3, 4, 5);
    const std::vector<double> alphas{0.1, 1, 10, 100, 1000};
    for (const RidgeCriterion criterion : {RidgeCriterion::Correlation, RidgeCriterion::Explained}) {
        const EncodingScores found =
            RidgeEncoding(data.features, folds, {.alphas = alphas, .criterion = criterion}).encode(data.responses);
        for (std::size_t v = 0; v < data.responses.cols(); ++v)
            for (int f = 0; f < 3; ++f) {
                double best = -std::numeric_limits<double>::infinity();
                double chosen = 0;
                std::vector<std::size_t> training, test;
                for (std::size_t i = 0; i < 60; ++i)
                    (folds.outer[i] == f ? test : training).push_back(i);
                for (const double alpha : alphas) {
                    double sum = 0;
                    for (int g = 0; g < 4; ++g) {
                        std::vector<std::size_t> inside, held;
                        for (const std::size_t i : training)
                            (folds.inner(static_cast<std::size_t>(f), i) == g ? held : inside).push_back(i);
                        const std::vector<double> predicted = predictions(data, v, inside, held, alpha);
                        std::vector<double> truth;
                        for (const std::size_t i : held)
                            truth.push_back(data.responses(i, v));
                        if (criterion == RidgeCriterion::Correlation) {
                            sum += pearsonOf(predicted, truth);
                            continue;
                        }
                        const double mean =
                            std::accumulate(truth.begin(), truth.end(), 0.0) / static_cast<double>(truth.size());
                        double missed = 0, spread = 0;
                        for (std::size_t i = 0; i < truth.size(); ++i) {
                            missed += (truth[i] - predicted[i]) * (truth[i] - predicted[i]);
                            spread += (truth[i] - mean) * (truth[i] - mean);
                        }
                        sum += 1 - missed / spread;
                    }
                    if (sum > best) {
                        best = sum;
                        chosen = alpha;
                    }
                }
                CAPTURE(v, f, static_cast<int>(criterion));
                CHECK(found.alpha(static_cast<std::size_t>(f), v) == chosen);
                std::vector<double> truth;
                for (const std::size_t i : test)
                    truth.push_back(data.responses(i, v));
                CHECK(found.score(static_cast<std::size_t>(f), v) ==
                      Approx(pearsonOf(predictions(data, v, training, test, chosen), truth)).margin(1e-10));
            }
    }
}

TEST_CASE("Threads, blocks and memory change no bit") {
    const Planted data = planted(90, 6, 203, 8);
    const RidgeEncoding encoding(data.features, foldsAtRandom(counted(90), 5, 6, 1), {});
    std::size_t most = 0;
    const auto read = [&](std::size_t first, MatrixView<double> block) {
        most = std::max(most, block.cols());
        test::readerOf(data.responses)(first, block);
    };
    const auto with = [&](std::size_t bytes, int threads) {
        return encodeVoxels(encoding, 203, read, bytes, JobControl(), Progress(), threads);
    };
    const EncodingResult large = with(1U << 30U, 1);
    CHECK(most == 203);
    most = 0;
    const EncodingResult small = with(1U << 20U, 3);
    CHECK(most < 203);
    CHECK(large.score == small.score);
    CHECK(large.scorePerFold == small.scorePerFold);
    CHECK(large.alpha == small.alpha);
    CHECK(large.weights == small.weights);
    double planted = 0, noise = 0;
    for (std::size_t v = 0; v < 203; ++v)
        (v % 2 == 0 ? planted : noise) += large.score[v] / 101;
    CHECK(planted > 0.7);
    CHECK(std::abs(noise) < 0.1);
}

TEST_CASE("An encoding keeps within the memory that it may take, or says that it cannot") {
    const EncodingSize paper{.rows = 2180, .components = 30};
    constexpr std::size_t kVoxels = 100'000;
    const auto gigabytes = [](double count) { return static_cast<std::size_t>(count * (1U << 30U)); };
    for (const double bound : {2.0, 0.5, 0.2, 0.12})
        for (const int threads : {1, 2, 64}) {
            CAPTURE(bound, threads);
            const EncodingMemory memory = encodingMemory(paper, kVoxels, 3, gigabytes(bound), threads);
            CHECK(memory.peak() <= gigabytes(bound));
            CHECK(memory.kept == 3 * kVoxels * (1 + 5 + 5 + 30) * sizeof(double));
            // A block at least twice: as it was read and centred; its sums, and what is scanned over penalties.
            CHECK(memory.perThread >= memory.block * sizeof(double) * (2 * 2180 + 6 * 30 + 100));
            CHECK(memory.threads >= 1);
            CHECK(memory.threads <= threads);
            CHECK(memory.block >= 32);
        }
    CHECK(encodingMemory(paper, kVoxels, 3, gigabytes(2), 2).block == 512);
    CHECK(encodingMemory(paper, kVoxels, 3, gigabytes(2), 2).threads == 2);
    CHECK(encodingMemory(paper, kVoxels, 3, gigabytes(0.5), 64).threads == 64); // in smaller blocks
    CHECK(encodingMemory(paper, kVoxels, 3, gigabytes(0.12), 64).threads < 64);
    CHECK_THROWS_WITH(encodingMemory(paper, kVoxels, 3, gigabytes(0.05), 2),
                      Contains("encoding: 100,000 voxels with 2,180 responses take at least") &&
                          Contains("expected at most") && Contains("allow more with --memory-gb"));

    const Planted data = planted(90, 6, 203, 8);
    const RidgeEncoding encoding(data.features, foldsAtRandom(counted(90), 5, 6, 1), {});
    CHECK(encoding.size().rows == 90);
    CHECK(encoding.size().components == 6);
    CHECK(encoding.size().outer == 5);
    CHECK(encoding.size().inner == 6);
    CHECK(encoding.size().alphas == 100);
    CHECK_THROWS_AS(encodeVoxels(encoding, 203, test::readerOf(data.responses), 20'000, JobControl(), Progress(), 1),
                    ParameterError);
}

TEST_CASE("A voxel that cannot be encoded leaves the others as they are") {
    Planted data = planted(60, 4, 8, 4);
    const RidgeEncoding encoding(data.features, foldsAtRandom(counted(60), 3, 3, 1), {});
    const EncodingScores before = encoding.encode(data.responses);
    data.responses(17, 2) = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 0; i < 60; ++i)
        data.responses(i, 5) = 0.1;
    const EncodingScores after = encoding.encode(data.responses);
    for (std::size_t f = 0; f < 3; ++f)
        for (std::size_t v = 0; v < 8; ++v) {
            if (v == 2 || v == 5) {
                CHECK(std::isnan(after.score(f, v)));
                CHECK(std::isnan(after.weights(f * 4, v)));
            } else {
                CHECK(after.score(f, v) == before.score(f, v));
            }
        }
}

TEST_CASE("A job that was asked to stop ends its encoding") {
    const Planted data = planted(60, 4, 40, 4);
    const RidgeEncoding encoding(data.features, foldsAtRandom(counted(60), 3, 3, 1), {});
    JobControl control;
    control.requestStop();
    CHECK_THROWS_AS(encodeVoxels(
                        encoding, 40, [](std::size_t, MatrixView<double>) {}, 1U << 20U, control, Progress(), 2),
                    Cancelled);
}

TEST_CASE("Features that cannot be used are named") {
    Planted data = planted(60, 4, 8, 4);
    const EncodingFolds folds = foldsAtRandom(counted(60), 3, 3, 1);
    Matrix<double> constant = data.features;
    for (std::size_t i = 0; i < 60; ++i)
        constant(i, 2) = 5;
    CHECK_THROWS_WITH(RidgeEncoding(constant, folds), Contains("component 3 constant"));
    Matrix<double> broken = data.features;
    broken(3, 3) = std::numeric_limits<double>::infinity();
    CHECK_THROWS_AS(RidgeEncoding(broken, folds), DataError);
    CHECK_THROWS_AS(RidgeEncoding(data.features, folds, {.alphas = {1, 0}}), ParameterError);
    CHECK_THROWS_AS(RidgeEncoding(data.features, foldsAtRandom(counted(59), 3, 3, 1)), DataError);
    CHECK_THROWS_AS(RidgeEncoding(data.features, folds).encode(Matrix<double>(59, 2)), DataError);
}

TEST_CASE("Folds by run hold runs out together and never part a stimulus") {
    // 61 runs of 36 stimuli, two runs sharing one.
    std::vector<std::int64_t> runs, stimuli;
    for (std::int64_t run = 1; run <= 61; ++run)
        for (std::int64_t i = 0; i < 36; ++i) {
            runs.push_back(run);
            stimuli.push_back(run * 100 + i);
        }
    stimuli[30 * 36] = stimuli[0]; // run 31 shows a stimulus of run 1
    const EncodingFolds folds = foldsByRun(runs, stimuli, 5, 6);
    CHECK(folds.outerCount() == 5);
    CHECK(folds.innerCount() == 6);
    std::vector<int> rowsOf(5, 0);
    for (std::size_t row = 0; row < runs.size(); ++row) {
        ++rowsOf[static_cast<std::size_t>(folds.outer[row])];
        CHECK((folds.inner(static_cast<std::size_t>(folds.outer[row]), row) == -1));
        for (std::size_t f = 0; f < 5; ++f)
            if (static_cast<int>(f) != folds.outer[row])
                CHECK((folds.inner(f, row) >= 0 && folds.inner(f, row) < 6));
        if (row % 36 != 0) // runs are not parted, neither outside nor inside
            for (std::size_t f = 0; f < 5; ++f) {
                CHECK(folds.outer[row] == folds.outer[row - 1]);
                CHECK(folds.inner(f, row) == folds.inner(f, row - 1));
            }
    }
    CHECK(folds.outer[0] == folds.outer[30 * 36]);
    for (const int rows : rowsOf)
        CHECK((rows >= 12 * 36 && rows <= 14 * 36));
    CHECK_THROWS_WITH(foldsByRun(std::vector<std::int64_t>{1, 1, 2, 2}, std::vector<std::int64_t>{1, 2, 3, 4}, 5, 6),
                      Contains("2 for 5 folds"));
}

TEST_CASE("Random folds keep the rows of a stimulus together and follow their seed") {
    std::vector<std::int64_t> stimuli;
    for (int i = 0; i < 100; ++i)
        stimuli.push_back(i % 40);
    const EncodingFolds folds = foldsAtRandom(stimuli, 5, 6, 9);
    for (std::size_t row = 40; row < 100; ++row) {
        CHECK(folds.outer[row] == folds.outer[row % 40]);
        for (std::size_t f = 0; f < 5; ++f)
            CHECK(folds.inner(f, row) == folds.inner(f, row % 40));
    }
    CHECK(foldsAtRandom(stimuli, 5, 6, 9).outer == folds.outer);
    CHECK(foldsAtRandom(stimuli, 5, 6, 10).outer != folds.outer);
    std::vector<std::int64_t> given(100, 3);
    for (std::size_t row = 0; row < 100; ++row)
        given[row] = row % 40 < 20 ? 7 : 3;
    const EncodingFolds asGiven = foldsAsGiven(given, stimuli, 4, 1);
    CHECK(asGiven.outerCount() == 2);
    CHECK(asGiven.outer[0] == 1);
    given[60] = 3; // stimulus 20 is in both now
    given[20] = 7;
    CHECK_THROWS_WITH(foldsAsGiven(given, stimuli, 4, 1), Contains("stimulus 20 in folds"));
}
