#include "core/spaces/similarity.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>
#include <span>
#include <vector>

namespace tercet {
namespace {

constexpr std::size_t kMostStimuli = 10'000; ///< two matrices of 0.8 GB, a few minutes
constexpr std::size_t kLanes = 8;            ///< sums that are kept side by side, for SIMD
/// Exponents e^(s − highest) are used while they span less than this, so that none of them is 0.
constexpr double kWidest = 700;

std::size_t paddedTo(std::size_t size) { return (size + kLanes - 1) / kLanes * kLanes; }

double dot(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t c = 0; c < a.size(); ++c)
        sum += a[c] * b[c];
    return sum;
}

/// Σ_k e / (e + a[k] + b[k]); both arrays are padded, and infinite where k does not count.
double sumOfShares(double e, const double* a, const double* b, std::size_t size) {
    std::array<double, kLanes> sums{};
    for (std::size_t k = 0; k < size; k += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            sums[lane] += e / (e + a[k + lane] + b[k + lane]);
    double sum = 0;
    for (const double part : sums)
        sum += part;
    return sum;
}

/// The same from the products themselves, whatever they are.
double sumOfSharesOfProducts(double s, const double* a, const double* b, std::size_t size) {
    double sum = 0;
    for (std::size_t k = 0; k < size; ++k)
        sum += 1 / (1 + std::exp(a[k] - s) + std::exp(b[k] - s));
    return sum;
}

} // namespace

Matrix<double> predictedSimilarity(MatrixView<const double> embedding, const JobControl& control,
                                   const Progress& progress, int threads) {
    if (embedding.rows() > kMostStimuli)
        throw DataError({.where = "similarity",
                         .expected = "3 to " + withThousands(kMostStimuli) + " stimuli",
                         .found = withThousands(embedding.rows())});
    std::vector<std::uint32_t> rows(embedding.rows());
    std::iota(rows.begin(), rows.end(), std::uint32_t{0});
    return predictedSimilarity(embedding, rows, control, progress, threads);
}

Matrix<double> predictedSimilarity(MatrixView<const double> embedding, std::span<const std::uint32_t> rows,
                                   const JobControl& control, const Progress& progress, int threads) {
    const std::size_t n = embedding.rows();
    const std::size_t m = rows.size();
    if (n < 3)
        throw DataError({.where = "similarity", .expected = "at least 3 stimuli", .found = withThousands(n)});
    if (m > kMostStimuli * kMostStimuli / n)
        throw DataError(
            {.where = "similarity",
             .expected = "at most " + withThousands(kMostStimuli * kMostStimuli / n) + " stimuli to compare",
             .found = withThousands(m)});
    const auto values = embedding.values();
    if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); }))
        throw DataError({.where = "similarity", .expected = "finite weights", .found = "one that is not"});

    constexpr double kNone = std::numeric_limits<double>::infinity();
    const std::size_t width = paddedTo(n);
    Matrix<double> products(m, width, std::vector<double>(m * width, kNone)); // infinite: not a third stimulus
    std::vector<double> lowest(m, kNone);
    std::vector<double> highest(m, -kNone);
    parallelFor(m, threads, [&](std::size_t i) {
        control.check();
        for (std::size_t j = 0; j < n; ++j)
            if (j != rows[i]) {
                products(i, j) = dot(embedding.row(rows[i]), embedding.row(j));
                lowest[i] = std::min(lowest[i], products(i, j));
                highest[i] = std::max(highest[i], products(i, j));
            }
    });
    const double low = m == 0 ? 0 : *std::min_element(lowest.begin(), lowest.end());
    const double high = m == 0 ? 0 : *std::max_element(highest.begin(), highest.end());
    const bool narrow = high - low < kWidest;
    if (narrow)
        parallelFor(m, threads, [&](std::size_t i) {
            control.check();
            for (double& product : products.row(i))
                product = std::exp(product - high);
        });

    Matrix<double> similarity(m, m);
    std::mutex mutex; // of the progress
    std::size_t done = 0;
    parallelFor(m, threads, [&](std::size_t task) {
        control.check();
        const std::size_t i = m - 1 - task; // the longest rows first
        const auto row = products.row(i);
        for (std::size_t j = 0; j < i; ++j) {
            const auto other = products.row(j);
            const double product = row[rows[j]];
            const double sum = narrow ? sumOfShares(product, row.data(), other.data(), width)
                                      : sumOfSharesOfProducts(product, row.data(), other.data(), width);
            similarity(i, j) = similarity(j, i) = sum / static_cast<double>(n - 2);
        }
        similarity(i, i) = 1;
        const std::lock_guard lock(mutex);
        const double share = static_cast<double>(++done) / static_cast<double>(m);
        progress.set(1 - (1 - share) * (1 - share));
    });
    return similarity;
}

} // namespace tercet
