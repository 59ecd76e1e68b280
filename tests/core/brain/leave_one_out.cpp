#include "core/brain/leave_one_out.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/brain/responses.h"
#include "core/io/hdf5.h"
#include "core/reference_files.h"
#include "core/reference_matrix.h"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <map>

using namespace tercet;
using Catch::Matchers::Contains;
using test::matrixIn;
using test::readerOf;

TEST_CASE("Leave-one-out predictions are those of the reference, which fits every time anew") {
    const test::ReferenceFiles reference("encoding");
    for (const auto& encodingPath : reference.paths()) {
        const auto path = encodingPath.parent_path() / "leave_one_out.h5";
        CAPTURE(path);
        const auto file = Hdf5File::open(path);
        const auto responses = matrixIn(file, "in/responses");
        const double alpha = file.numericAttribute("/", "alpha").value_or(10);
        const LeaveOneOut model(matrixIn(file, "in/features"), alpha);
        const Matrix<double> predicted = model.predict(responses);
        const auto expected = matrixIn(file, "out/prediction");
        double worst = 0;
        for (std::size_t i = 0; i < expected.size(); ++i)
            worst = std::max(worst, std::abs(predicted.values()[i] - expected.values()[i]));
        CHECK(worst < 1e-10);
        const auto r = file.read<double>("out/pattern_r").values;
        const auto found =
            leaveOneOutPatterns(model, responses.cols(), readerOf(responses), 1U << 24U, JobControl(), Progress(), 2);
        for (std::size_t i = 0; i < r.size(); ++i)
            CHECK(std::abs(found[i] - r[i]) < 1e-10);
    }
}

TEST_CASE("All showings of a stimulus are left out together") {
    constexpr std::size_t kRows = 14;
    constexpr std::size_t kComponents = 2;
    constexpr double kAlpha = 3;
    const std::vector<std::int32_t> stimuli{4, 7, 4, 0, 9, 7, 4, 2, 0, 5, 6, 2, 8, 4};
    Rng rng(3);
    std::map<std::int32_t, std::array<double, kComponents>> of;
    Matrix<double> features(kRows, kComponents);
    Matrix<double> responses(kRows, 5);
    for (double& value : responses.values())
        value = rng.normal();
    for (std::size_t i = 0; i < kRows; ++i) {
        if (!of.contains(stimuli[i]))
            of[stimuli[i]] = {rng.normal(), rng.normal()};
        std::copy(of[stimuli[i]].begin(), of[stimuli[i]].end(), features.row(i).begin());
    }
    const Matrix<double> predicted = LeaveOneOut(features, kAlpha, stimuli).predict(responses);

    Matrix<double> design(kRows, kComponents + 1, 1.0);
    for (std::size_t k = 0; k < kComponents; ++k) {
        double sum = 0;
        double squares = 0;
        for (std::size_t i = 0; i < kRows; ++i)
            sum += features(i, k);
        for (std::size_t i = 0; i < kRows; ++i)
            squares += std::pow(features(i, k) - sum / kRows, 2);
        for (std::size_t i = 0; i < kRows; ++i)
            design(i, k + 1) = (features(i, k) - sum / kRows) / std::sqrt(squares / kRows);
    }
    for (std::size_t left = 0; left < kRows; ++left)
        for (std::size_t v = 0; v < responses.cols(); ++v) {
            // Normal equations without the stimulus' rows, solved by elimination.
            Matrix<double> equations(kComponents + 1, kComponents + 2);
            for (std::size_t k = 1; k <= kComponents; ++k)
                equations(k, k) = kAlpha;
            for (std::size_t i = 0; i < kRows; ++i)
                for (std::size_t k = 0; k <= kComponents && stimuli[i] != stimuli[left]; ++k) {
                    for (std::size_t l = 0; l <= kComponents; ++l)
                        equations(k, l) += design(i, k) * design(i, l);
                    equations(k, kComponents + 1) += design(i, k) * responses(i, v);
                }
            for (std::size_t pivot = 0; pivot <= kComponents; ++pivot)
                for (std::size_t k = 0; k <= kComponents; ++k)
                    if (k != pivot) {
                        const double times = equations(k, pivot) / equations(pivot, pivot);
                        for (std::size_t l = 0; l < kComponents + 2; ++l)
                            equations(k, l) -= times * equations(pivot, l);
                    }
            double expected = 0;
            for (std::size_t k = 0; k <= kComponents; ++k)
                expected += design(left, k) * equations(k, kComponents + 1) / equations(k, k);
            CHECK(predicted(left, v) == Approx(expected).epsilon(1e-9).margin(1e-12));
        }
}

TEST_CASE("Patterns do not depend on threads and memory, nor on voxels that cannot be used") {
    Rng rng(7);
    Matrix<double> features(50, 3);
    for (double& value : features.values())
        value = rng.normal();
    Matrix<double> responses(50, 1000);
    for (std::size_t i = 0; i < 50; ++i)
        for (std::size_t v = 0; v < 1000; ++v)
            responses(i, v) = features(i, v % 3) + rng.normal();
    const LeaveOneOut model(features, 2);
    const auto with = [&](const Matrix<double>& values, std::size_t bytes, int threads) {
        return leaveOneOutPatterns(model, values.cols(), readerOf(values), bytes, JobControl(), Progress(), threads);
    };
    const auto one = with(responses, 1U << 30U, 1);
    CHECK(one == with(responses, 1U << 30U, 3));
    CHECK(one == with(responses, 1, 2));
    double mean = 0;
    for (const double r : one)
        mean += r / 50;
    CHECK(mean > 0.3);
    Matrix<double> wider(50, 1002, 3.0); // the last two constant, then one with a NaN
    for (std::size_t i = 0; i < 50; ++i)
        for (std::size_t v = 0; v < 1000; ++v)
            wider(i, v) = responses(i, v);
    wider(9, 1001) = std::numeric_limits<double>::quiet_NaN();
    CHECK(with(wider, 1U << 30U, 2) == one);
    JobControl control;
    control.requestStop();
    CHECK_THROWS_AS(leaveOneOutPatterns(model, 1000, readerOf(responses), 1U << 24U, control, Progress(), 2),
                    Cancelled);
}

TEST_CASE("What leave-one-out cannot use is named") {
    Matrix<double> features(5, 2);
    for (std::size_t i = 0; i < 5; ++i)
        features(i, 0) = static_cast<double>(i);
    CHECK_THROWS_WITH(LeaveOneOut(features, 1), Contains("component 2 constant"));
    CHECK_THROWS_AS(LeaveOneOut(features, 0), ParameterError);
    features(2, 1) = std::numeric_limits<double>::infinity();
    CHECK_THROWS_AS(LeaveOneOut(features, 1), DataError);
    CHECK_THROWS_AS(LeaveOneOut(Matrix<double>(2, 1), 1), DataError);
}
