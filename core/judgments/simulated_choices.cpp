#include "core/judgments/simulated_choices.h"

#include "core/base/error.h"
#include "core/base/rng.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <fmt/format.h>
#include <mutex>
#include <type_traits>

namespace tercet {
namespace {

constexpr double kTied = 1e-12;
constexpr std::size_t kJudgmentsPerBlock = 1U << 14U; // of one stream of random numbers, whatever the threads
constexpr std::uint64_t kFirstStream = 2ULL << 40U;   // not those of triplet sampling, which may have the same seed
constexpr std::size_t kJudgmentsPerFetch = 128;
constexpr std::size_t kRowsPerTile = 64;

using Similarities = std::array<double, 3>; ///< of the pairs (1,2), (1,3), (2,3)

/// Products of the rows of a matrix, from a table if there is room for it.
class RowProducts {
public:
    RowProducts(MatrixView<const double> rows, std::size_t tableBytes, int threads, const JobControl& control)
        : m_rows(rows) {
        const std::size_t n = rows.rows();
        if (n > tableBytes / sizeof(double) / std::max<std::size_t>(n, 1))
            return;
        Matrix<double> columns(rows.cols(), n);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t c = 0; c < rows.cols(); ++c)
                columns(c, i) = rows(i, c);
        m_table = Matrix<double>(n, n);
        parallelFor((n + kRowsPerTile - 1) / kRowsPerTile, threads, [&](std::size_t tile) {
            // Each product sums its terms in the order of the columns, like product().
            for (std::size_t i = tile * kRowsPerTile; i < std::min(n, (tile + 1) * kRowsPerTile); ++i) {
                control.check();
                double* const sums = m_table.data() + i * n;
                for (std::size_t c = 0; c < columns.rows(); ++c) {
                    const double factor = rows(i, c);
                    const double* const column = columns.data() + c * n;
                    for (std::size_t j = 0; j < n; ++j)
                        sums[j] += factor * column[j];
                }
            }
        });
    }

    [[nodiscard]] double product(std::size_t i, std::size_t j) const {
        if (!m_table.empty())
            return m_table.data()[i * m_rows.rows() + j];
        const auto a = m_rows.row(i);
        const auto b = m_rows.row(j);
        double sum = 0;
        for (std::size_t c = 0; c < a.size(); ++c)
            sum += a[c] * b[c];
        return sum;
    }

private:
    MatrixView<const double> m_rows;
    Matrix<double> m_table;
};

/// Puts every triplet into the order that choose(similarities, rng) → index of the pair that stays decides.
template <class Choose>
Triplets judged(const RowProducts& products, std::size_t rows, const Triplets& triplets, std::uint64_t seed,
                int threads, const JobControl& control, const Progress& progress, const Choose& choose) {
    return triplets.visit([&](const auto given) {
        using Index = std::remove_cvref_t<decltype(given[0])>;
        std::vector<Index> judgments(given.size());
        const std::size_t count = given.size() / 3;
        const std::size_t blocks = (count + kJudgmentsPerBlock - 1) / kJudgmentsPerBlock;
        std::mutex mutex;
        std::size_t done = 0;
        parallelFor(blocks, threads, [&](std::size_t block) {
            control.check();
            Rng rng(seed, kFirstStream + block);
            // Similarities of many triplets are fetched before choices, which branch at random, are made.
            std::array<Similarities, kJudgmentsPerFetch> similarities;
            const std::size_t end = std::min(count, (block + 1) * kJudgmentsPerBlock);
            for (std::size_t first = block * kJudgmentsPerBlock; first < end; first += kJudgmentsPerFetch) {
                const std::size_t last = std::min(end, first + kJudgmentsPerFetch);
                for (std::size_t t = first; t < last; ++t) {
                    const std::size_t i = given[3 * t];
                    const std::size_t j = given[3 * t + 1];
                    const std::size_t k = given[3 * t + 2];
                    if (i >= rows || j >= rows || k >= rows)
                        throw ParameterError({.where = fmt::format("Triplet {}", t),
                                              .expected = fmt::format("stimulus rows below {}", rows),
                                              .found = fmt::format("{}", std::max({i, j, k}))});
                    similarities[t - first] = {products.product(i, j), products.product(i, k), products.product(j, k)};
                }
                for (std::size_t t = first; t < last; ++t) {
                    const std::size_t pair = choose(similarities[t - first], rng);
                    judgments[3 * t] = given[3 * t + (pair == 2 ? 1 : 0)];
                    judgments[3 * t + 1] = given[3 * t + (pair == 0 ? 1 : 2)];
                    judgments[3 * t + 2] = given[3 * t + 2 - pair];
                }
            }
            const std::lock_guard lock(mutex);
            progress.set(static_cast<double>(++done) / static_cast<double>(blocks));
        });
        return Triplets(std::move(judgments));
    });
}

void checkFinite(MatrixView<const double> values, const std::function<std::string(std::size_t)>& nameOf) {
    for (std::size_t i = 0; i < values.rows(); ++i)
        for (std::size_t c = 0; c < values.cols(); ++c)
            if (!std::isfinite(values(i, c)))
                throw DataError({.where = fmt::format("{}, column {}", nameOf(i), c + 1),
                                 .expected = "a finite number",
                                 .found = fmt::format("{}", values(i, c)),
                                 .remedy = "correct the value or leave the stimulus out"});
}

/// Rows scaled as asked, then to unit length.
Matrix<double> unitRows(MatrixView<const double> values, const SimulationOptions& options,
                        const std::function<std::string(std::size_t)>& nameOf) {
    Matrix<double> rows(values.rows(), values.cols(), {values.values().begin(), values.values().end()});
    const auto n = static_cast<double>(rows.rows());
    for (std::size_t c = 0; c < rows.cols() && options.scaling != ColumnScaling::Raw; ++c) {
        double centre = options.midpoint;
        double scale = 1;
        if (options.scaling == ColumnScaling::ZScore) {
            double sum = 0;
            bool constant = true;
            for (std::size_t i = 0; i < rows.rows(); ++i) {
                sum += rows(i, c);
                constant = constant && rows(i, c) == rows(0, c);
            }
            centre = sum / n;
            double squares = 0;
            for (std::size_t i = 0; i < rows.rows(); ++i)
                squares += (rows(i, c) - centre) * (rows(i, c) - centre);
            scale = constant ? 0 : 1 / std::sqrt(squares / n);
        }
        for (std::size_t i = 0; i < rows.rows(); ++i)
            rows(i, c) = (rows(i, c) - centre) * scale;
    }
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        double largest = 0; // scaled by first, so that squares neither overflow nor vanish
        for (const double value : rows.row(i))
            largest = std::max(largest, std::abs(value));
        if (largest == 0)
            throw DataError({.where = nameOf(i),
                             .what = options.scaling == ColumnScaling::Raw
                                         ? "all values are zero, so it is similar to nothing"
                                         : "all values are zero after scaling, so it is similar to nothing",
                             .remedy = "leave the stimulus out or correct its values"});
        double squares = 0;
        for (const double value : rows.row(i))
            squares += (value / largest) * (value / largest);
        const double length = largest * std::sqrt(squares);
        for (double& value : rows.row(i))
            value /= length;
    }
    return rows;
}

std::string rowName(std::size_t row) { return fmt::format("Stimulus row {}", row); }

} // namespace

SimulatedChoices simulateChoices(MatrixView<const double> values, const Triplets& triplets,
                                 const SimulationOptions& options, const JobControl& control,
                                 const Progress& progress) {
    const std::function<std::string(std::size_t)> nameOf = options.nameOf ? options.nameOf : rowName;
    checkFinite(values, nameOf);
    const Matrix<double> rows = unitRows(values, options, nameOf);
    const RowProducts cosines(rows, options.tableBytes, options.threads, control);
    std::atomic<std::size_t> ties{0};
    const bool first = options.ties == TieRule::First;
    Triplets judgments = judged(cosines, rows.rows(), triplets, options.seed, options.threads, control, progress,
                                [&](const Similarities& s, Rng& rng) -> std::size_t {
                                    const double least = std::max({s[0], s[1], s[2]}) - kTied;
                                    const bool tied[3] = {s[0] >= least, s[1] >= least, s[2] >= least};
                                    const std::size_t count = std::size_t{tied[0]} + tied[1] + tied[2];
                                    const std::size_t firstTied = tied[0] ? 0 : tied[1] ? 1 : 2;
                                    if (count == 1)
                                        return firstTied;
                                    ties.fetch_add(1, std::memory_order_relaxed);
                                    if (first)
                                        return firstTied;
                                    std::uint32_t skip = rng.below(static_cast<std::uint32_t>(count));
                                    std::size_t pair = firstTied;
                                    for (; skip > 0; --skip)
                                        do
                                            ++pair;
                                        while (!tied[pair]);
                                    return pair;
                                });
    return {.judgments = std::move(judgments), .ties = ties};
}

Triplets drawChoices(MatrixView<const double> embedding, const Triplets& triplets, const DrawOptions& options,
                     const JobControl& control, const Progress& progress) {
    if (!(options.noise > 0) || !std::isfinite(options.noise))
        throw ParameterError({.where = "Noise of drawn judgments",
                              .expected = "a number above 0",
                              .found = fmt::format("{}", options.noise)});
    checkFinite(embedding, rowName);
    const RowProducts products(embedding, options.tableBytes, options.threads, control);
    const double sharpness = 1 / options.noise;
    return judged(products, embedding.rows(), triplets, options.seed, options.threads, control, progress,
                  [&](const Similarities& s, Rng& rng) -> std::size_t {
                      const double most = std::max({s[0], s[1], s[2]});
                      const double p0 = std::exp((s[0] - most) * sharpness);
                      const double p1 = std::exp((s[1] - most) * sharpness);
                      const double p2 = std::exp((s[2] - most) * sharpness);
                      const double u = rng.uniform() * (p0 + p1 + p2);
                      return u < p0 ? 0 : u < p0 + p1 ? 1 : 2;
                  });
}

} // namespace tercet
