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

/// Arrays of n stimuli × d components in chunks.
struct Chunks {
    Chunks(const Matrix<double>& x)
        : count((x.cols() + spose::kChunk - 1) / spose::kChunk), size(x.rows() * spose::kChunk),
          memory(4 * count * size) {
        for (std::size_t c = 0; c < count; ++c) {
            float* base = memory.values.get() + 4 * c * size;
            chunks.push_back({base, base + size, base + 2 * size, base + 3 * size});
        }
        for (std::size_t row = 0; row < x.rows(); ++row)
            for (std::size_t c = 0; c < x.cols(); ++c)
                chunks[c / spose::kChunk].weights[place(row, c)] = static_cast<float>(x(row, c));
    }
    static std::size_t place(std::size_t row, std::size_t c) { return row * spose::kChunk + c % spose::kChunk; }
    std::size_t count;
    std::size_t size;
    Aligned<float> memory;
    std::vector<spose::Chunk> chunks;
};

} // namespace

TEST_CASE("the gradient of a batch in float32 equals float64 to 1e-6") {
    for (const std::size_t d : {1U, 5U, 16U, 30U, 33U})
        for (const std::size_t m : {1U, 15U, 16U, 128U, 1000U}) {
            Matrix<double> x = problems::sparseEmbedding(70, d, d);
            for (double& value : x.values())
                value = static_cast<double>(static_cast<float>(value)); // so that both start from the same numbers
            const Triplets judgments = problems::drawnJudgments(x, m, 9);
            const std::vector<std::uint32_t> numbers = problems::allOf(judgments);
            const Matrix<double> expected = problems::nllGradient(x, judgments, numbers);
            Chunks work(x);
            const std::size_t stride = (m + 15) / 16 * 16;
            Aligned<std::uint32_t> offsets(3 * stride);
            for (std::size_t place = 0; place < 3; ++place)
                for (std::size_t t = 0; t < m; ++t)
                    offsets.values.get()[place * stride + t] =
                        static_cast<std::uint32_t>(judgments.at(t, place) * spose::kLineBytes);
            Aligned<float> dots(work.count * 3 * stride);
            Aligned<float> residual(3 * stride);
            for (std::size_t c = 0; c < work.count; ++c)
                spose::addUpDots(work.chunks[c].weights, {offsets.values.get(), stride}, stride / 16,
                                 dots.values.get() + 3 * stride * c, stride);
            spose::Tally tally;
            spose::residuals(dots.values.get(), work.count, stride, m, 1.0F / static_cast<float>(m),
                             residual.values.get(), stride, &tally);
            for (const spose::Chunk& chunk : work.chunks)
                spose::scatterGradient(chunk, {offsets.values.get(), stride}, residual.values.get(), stride, m);

            Matrix<double> gradient(x.rows(), d);
            for (std::size_t row = 0; row < x.rows(); ++row)
                for (std::size_t c = 0; c < d; ++c)
                    gradient(row, c) =
                        static_cast<double>(work.chunks[c / spose::kChunk].gradient[Chunks::place(row, c)]);
            CHECK(problems::largestDifference(gradient, expected) < 1e-6);
            CHECK(tally.nll() / static_cast<double>(m) ==
                  Approx(problems::objective(x, judgments, 0)).epsilon(0).margin(1e-6));
        }
}

TEST_CASE("Adam steps at once give the bits of one after the other") {
    Rng rng(3);
    Matrix<double> x(40, 16);
    for (double& value : x.values())
        value = rng.uniform() < 0.6 ? 0.01 * rng.uniform() : 0.0;
    Chunks together(x);
    Chunks apart(x);
    for (std::size_t i = 0; i < together.size; ++i) {
        const auto gradient = static_cast<float>(0.01 * rng.normal());
        const auto first = static_cast<float>(0.005 * rng.normal());
        const auto second = static_cast<float>(1e-5 * rng.uniform());
        for (const Chunks* work : {&together, &apart}) {
            work->chunks[0].gradient[i] = gradient;
            work->chunks[0].first[i] = first;
            work->chunks[0].second[i] = second;
        }
    }
    std::vector<spose::AdamStep> steps;
    for (int t = 1; t <= 9; ++t)
        steps.push_back({2e-3F / static_cast<float>(t), 2e-8F});
    const spose::AdamConstants adam{0.9F, 0.1F, 0.999F, 0.001F, 2e-6F};
    // All stimuli at once against lists of different length, in another order, a step at a time.
    std::vector<std::uint32_t> all;
    for (std::uint32_t row = 0; row < 40; ++row)
        all.push_back(row * static_cast<std::uint32_t>(spose::kLineBytes));
    spose::advance(together.chunks[0], all.data(), all.size(), steps.data(), steps.size(), adam);
    std::vector<std::uint32_t> lines;
    for (std::uint32_t row = 40; row-- > 0;)
        lines.push_back(row * static_cast<std::uint32_t>(spose::kLineBytes));
    for (const spose::AdamStep& step : steps) {
        spose::advance(apart.chunks[0], lines.data(), 29, &step, 1, adam);
        spose::advance(apart.chunks[0], lines.data() + 29, 11, &step, 1, adam);
    }
    CHECK(std::equal(together.memory.values.get(), together.memory.values.get() + 4 * together.size,
                     apart.memory.values.get()));
}
