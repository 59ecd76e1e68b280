#include "core/brain/preprocessing.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/io/hdf5.h"
#include "core/reference_files.h"
#include "core/reference_matrix.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace tercet;
using Catch::Matchers::Contains;
using test::matrixIn;

namespace {

double worstOf(const std::vector<double>& found, const Matrix<double>& expected, std::size_t column) {
    REQUIRE(found.size() == expected.rows());
    double worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (std::isnan(expected(i, column)) != std::isnan(found[i]))
            return std::numeric_limits<double>::infinity();
        if (!std::isnan(found[i]))
            worst = std::max(worst, std::abs(found[i] - expected(i, column)));
    }
    return worst;
}

} // namespace

TEST_CASE("Every stage of preprocessing is that of the reference") {
    const test::ReferenceFiles reference("preprocessing");
    for (const auto& path : reference.paths()) {
        CAPTURE(path);
        const auto file = Hdf5File::open(path);
        const auto series = matrixIn(file, "in/series");
        const auto onsets = file.read<double>("in/onset_s").values;
        const auto durations = file.read<double>("in/duration_s").values;
        std::vector<StimulusBlock> blocks;
        for (std::size_t b = 0; b < onsets.size(); ++b)
            blocks.push_back({onsets[b], durations[b]});
        const RunPreprocessing run(series.rows(), matrixIn(file, "in/motion"), blocks, {});
        const std::size_t constant = series.cols() - 1;
        const Matrix<double> all = run.apply(series);
        const auto z = matrixIn(file, "out/z");
        for (std::size_t v = 0; v < series.cols(); ++v) {
            CAPTURE(v);
            std::vector<double> one;
            for (std::size_t t = 0; t < series.rows(); ++t)
                one.push_back(series(t, v));
            const PreprocessingStages stages = run.stages(one);
            CHECK(worstOf(stages.scaled, z, v) < 1e-9);
            for (std::size_t b = 0; b < blocks.size(); ++b)
                CHECK((all(b, v) == stages.scaled[b] || (std::isnan(all(b, v)) && std::isnan(stages.scaled[b]))));
            if (v == constant) // flagged at once, where the reference goes on with rounding
                continue;
            CHECK(worstOf(stages.residual, matrixIn(file, "out/residual"), v) < 1e-9);
            CHECK(worstOf(stages.clipped, matrixIn(file, "out/despiked"), v) < 1e-9);
            CHECK(worstOf(stages.blocks, matrixIn(file, "out/blocks"), v) < 1e-9);
        }
        CHECK(std::isnan(all(0, constant)));
    }
}

TEST_CASE("What is regressed out leaves nothing behind") {
    Rng rng(2);
    Matrix<double> motion(80, 6);
    for (std::size_t t = 0; t < 80; ++t)
        for (std::size_t c = 0; c < 6; ++c)
            motion(t, c) = c == 5 ? 0.25 : rng.normal() + (c == 4 ? motion(t, 3) : 0); // one constant
    for (std::size_t t = 0; t < 80; ++t)
        motion(t, 4) = motion(t, 3) + motion(t, 2); // one that depends on others
    const RunPreprocessing run(80, motion, std::vector<StimulusBlock>{{10, 8}, {40, 8}, {90, 8}}, {});
    std::vector<double> series(80);
    for (std::size_t t = 0; t < 80; ++t)
        series[t] = 1000 + 0.3 * static_cast<double>(t) + 5 * motion(t, 1) - 2 * motion(t, 4);
    const PreprocessingStages nothing = run.stages(series);
    for (const double value : nothing.residual)
        CHECK(std::abs(value) < 1e-9);
    CHECK(std::isnan(nothing.scaled[0])); // rounding is not scaled up
    series[30] = std::numeric_limits<double>::quiet_NaN();
    CHECK(std::isnan(run.stages(series).scaled[1]));
}

TEST_CASE("A response that comes late is found where it belongs") {
    std::vector<double> series(60, 100);
    for (std::size_t t = 0; t < 60; ++t)
        series[t] += 0.01 * std::sin(static_cast<double>(t));
    for (std::size_t t = 12; t < 16; ++t) // 4 s after the second block
        series[t] += 5;
    const std::vector<StimulusBlock> blocks{{0, 8}, {20, 8}, {40, 8}, {60, 8}, {80, 8}};
    const auto scaled = RunPreprocessing(60, {}, blocks, {}).stages(series).scaled;
    CHECK(std::max_element(scaled.begin(), scaled.end()) - scaled.begin() == 1);
    CHECK(scaled[1] > 1.9);
    PreprocessingOptions early;
    early.delay = 0;
    const auto unshifted = RunPreprocessing(60, {}, blocks, early).stages(series).scaled;
    CHECK(unshifted[1] < scaled[1] + 1e-12);
}

TEST_CASE("A run that does not fit its events is told so") {
    const std::vector<StimulusBlock> blocks{{0, 8}, {100, 10}};
    CHECK_THROWS_WITH(RunPreprocessing(50, {}, blocks, {}),
                      Contains("block 2") && Contains("57 volumes") && Contains("found 50"));
    CHECK_THROWS_WITH(RunPreprocessing(50, {}, std::vector<StimulusBlock>{{0, 8}, {20, 0.5}}, {}),
                      Contains("block 2") && Contains("at least one volume"));
    CHECK_THROWS_WITH(RunPreprocessing(50, {}, std::vector<StimulusBlock>{{0, 8}}, {}), Contains("two stimuli"));
    CHECK_THROWS_WITH(RunPreprocessing(5, Matrix<double>(5, 6), blocks, {}), Contains("more volumes than regressors"));
    CHECK_THROWS_WITH(RunPreprocessing(50, Matrix<double>(49, 6), blocks, {}), Contains("motion"));
    PreprocessingOptions wrong;
    wrong.repetitionTime = 0;
    CHECK_THROWS_AS(RunPreprocessing(50, {}, blocks, wrong), ParameterError);
}
