#include "core/embedding/spose_kernels.h"

#include "core/base/rng.h"
#include "problems.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

using namespace tercet;

namespace {

/// Zeroed values on a cache line's boundary.
template <class T>
struct Aligned {
    explicit Aligned(std::size_t size)
        : values(static_cast<T*>(std::aligned_alloc(64, (size * sizeof(T) + 63) / 64 * 64)), &std::free) {
        std::fill_n(values.get(), size, T{});
    }
    std::unique_ptr<T, decltype(&std::free)> values;
};

/// The arrays of n stimuli × d components, and a spare line.
struct Work {
    explicit Work(const Matrix<double>& x)
        : rows(x.rows()), chunks((x.cols() + spose::kChunk - 1) / spose::kChunk),
          size((chunks * rows + 1) * spose::kChunk), memory(4 * size) {
        float* values = memory.values.get();
        lines = {values, values + size, values + 2 * size, values + 3 * size};
        for (std::size_t row = 0; row < x.rows(); ++row)
            for (std::size_t c = 0; c < x.cols(); ++c)
                lines.weights[place(row, c)] = static_cast<float>(x(row, c));
    }
    [[nodiscard]] std::size_t placeOf(std::size_t chunk) const { return chunk * rows * spose::kChunk; }
    [[nodiscard]] std::size_t place(std::size_t row, std::size_t c) const {
        return placeOf(c / spose::kChunk) + row * spose::kChunk + c % spose::kChunk;
    }
    [[nodiscard]] std::uint32_t spare() const { return static_cast<std::uint32_t>(chunks * rows * spose::kLineBytes); }
    std::size_t rows;
    std::size_t chunks;
    std::size_t size;
    Aligned<float> memory;
    spose::Lines lines{};
};

} // namespace

TEMPLATE_TEST_CASE("offsets of judgments are written place by place", "", std::uint16_t, std::uint32_t) {
    constexpr std::size_t kStride = 80;
    std::vector<TestType> judgments(3 * kStride);
    for (std::size_t value = 0; value < judgments.size(); ++value)
        judgments[value] = static_cast<TestType>(65535 - 7 * value);
    for (const std::size_t count : {0U, 1U, 15U, 16U, 17U, 48U, 79U}) {
        std::vector<std::uint32_t> offsets(3 * kStride, 1);
        spose::writeOffsets(judgments.data(), count, offsets.data(), kStride);
        for (std::size_t t = 0; t < kStride; ++t)
            for (std::size_t place = 0; place < 3; ++place)
                CHECK(offsets[place * kStride + t] == (t < count ? 64U * judgments[3 * t + place] : 1U));
    }
}

TEST_CASE("the gradient of a batch in float32 equals float64 to 1e-6") {
    for (const std::size_t d : {1U, 5U, 16U, 30U, 33U})
        for (const std::size_t m : {1U, 15U, 16U, 128U, 1000U}) {
            Matrix<double> x = problems::sparseEmbedding(70, d, d);
            for (double& value : x.values())
                value = static_cast<double>(static_cast<float>(value)); // so that both start from the same numbers
            const Triplets judgments = problems::drawnJudgments(x, m, 9);
            const std::vector<std::uint32_t> numbers = problems::allOf(judgments);
            const Matrix<double> expected = problems::nllGradient(x, judgments, numbers);
            const Work work(x);
            const std::size_t stride = (m + 15) / 16 * 16;
            Aligned<std::uint32_t> offsets(3 * stride);
            for (std::size_t place = 0; place < 3; ++place)
                for (std::size_t t = 0; t < m; ++t)
                    offsets.values.get()[place * stride + t] =
                        static_cast<std::uint32_t>(judgments.at(t, place) * spose::kLineBytes);
            Aligned<float> dots(work.chunks * 3 * stride);
            Aligned<float> residual(3 * stride);
            for (std::size_t c = 0; c < work.chunks; ++c)
                spose::addUpDots(work.lines.weights + work.placeOf(c), {offsets.values.get(), stride}, stride / 16,
                                 dots.values.get() + 3 * stride * c, stride);
            spose::Tally tally;
            spose::residuals(dots.values.get(), work.chunks, stride, m, 1.0F / static_cast<float>(m),
                             residual.values.get(), stride, &tally);
            for (std::size_t c = 0; c < work.chunks; ++c)
                spose::scatterGradient(work.lines.weights + work.placeOf(c), work.lines.gradient + work.placeOf(c),
                                       {offsets.values.get(), stride}, residual.values.get(), stride, m);

            Matrix<double> gradient(x.rows(), d);
            for (std::size_t row = 0; row < x.rows(); ++row)
                for (std::size_t c = 0; c < d; ++c)
                    gradient(row, c) = static_cast<double>(work.lines.gradient[work.place(row, c)]);
            CHECK(problems::largestDifference(gradient, expected) < 1e-6);
            CHECK(tally.nll() / static_cast<double>(m) ==
                  Approx(problems::objective(x, judgments, 0)).epsilon(0).margin(1e-6));
        }
}

TEST_CASE("Adam steps at once give the bits of one line and step after the other") {
    Rng rng(3);
    Matrix<double> x(40, 30);
    for (double& value : x.values())
        value = rng.uniform() < 0.6 ? 0.01 * rng.uniform() : 0.0;
    const Work together(x);
    const Work apart(x);
    for (std::size_t i = 0; i < 2 * 40 * spose::kChunk; ++i) {
        const auto gradient = static_cast<float>(0.01 * rng.normal());
        const auto first = static_cast<float>(0.005 * rng.normal());
        const auto second = static_cast<float>(1e-5 * rng.uniform());
        for (const Work* work : {&together, &apart}) {
            work->lines.gradient[i] = gradient;
            work->lines.first[i] = first;
            work->lines.second[i] = second;
        }
    }
    std::vector<spose::AdamStep> steps;
    for (int t = 1; t <= 9; ++t)
        steps.push_back({2e-3F / static_cast<float>(t), 2e-8F});
    const spose::AdamConstants adam{0.9F, 0.1F, 0.999F, 0.001F, 2e-6F};
    // Lines that miss 9, 9, … 1 steps, all at once.
    std::vector<std::uint32_t> lines;
    std::vector<std::uint32_t> missing;
    for (std::uint32_t line = 80; line-- > 0;) {
        lines.push_back(line * static_cast<std::uint32_t>(spose::kLineBytes));
        missing.push_back(line > 60 ? 9 : line / 7 + 1);
    }
    const spose::AdamStep* end = steps.data() + steps.size();
    spose::advance(together.lines, lines.data(), missing.data(), lines.size(), end, adam, together.spare());
    const std::uint32_t one = 1;
    for (std::size_t i = 0; i < lines.size(); ++i)
        for (std::uint32_t left = missing[i]; left > 0; --left)
            if (left % 2 == 0)
                spose::advance(apart.lines, &lines[i], &one, 1, end - left + 1, adam, apart.spare());
            else
                spose::advanceAll(apart.lines, lines[i] / spose::kLineBytes, lines[i] / spose::kLineBytes + 1,
                                  *(end - left), adam);
    for (std::size_t i = 0; i < 2 * 40 * spose::kChunk; ++i) {
        REQUIRE(together.lines.weights[i] == apart.lines.weights[i]);
        REQUIRE(together.lines.first[i] == apart.lines.first[i]);
        REQUIRE(together.lines.second[i] == apart.lines.second[i]);
        REQUIRE(together.lines.gradient[i] == 0);
        REQUIRE(apart.lines.gradient[i] == 0);
    }
    CHECK(std::any_of(together.lines.weights, together.lines.weights + 80 * spose::kChunk,
                      [](float weight) { return weight > 0; }));
}
