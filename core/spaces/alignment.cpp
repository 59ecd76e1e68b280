#include "core/spaces/alignment.h"

#include "core/base/rng.h"
#include "core/spaces/pair_answers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>

namespace tercet {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t kResampleStream = 18ULL << 40U; // not those of other steps, which may have the same seed
constexpr std::uint64_t kPermutationStream = 19ULL << 40U;

/// Pearson r where each pair counts weights[i] · weights[j] times.
double weightedPearson(std::span<const double> a, std::span<const double> b, std::span<const double> weights) {
    double total = 0;
    double sumA = 0;
    double sumB = 0;
    std::size_t pairs = 0;
    const auto visit = [&](const auto& body) {
        std::size_t place = 0;
        for (std::size_t i = 1; i < weights.size(); ++i) {
            if (weights[i] == 0) {
                place += i;
                continue;
            }
            for (std::size_t j = 0; j < i; ++j, ++place) {
                const double w = weights[i] * weights[j];
                if (w > 0 && !std::isnan(a[place]) && !std::isnan(b[place]))
                    body(w, a[place], b[place]);
            }
        }
    };
    double lowA = std::numeric_limits<double>::infinity();
    double lowB = lowA;
    double highA = -lowA;
    double highB = -lowA;
    visit([&](double w, double x, double y) {
        total += w;
        sumA += w * x;
        sumB += w * y;
        ++pairs;
        lowA = std::min(lowA, x);
        highA = std::max(highA, x);
        lowB = std::min(lowB, y);
        highB = std::max(highB, y);
    });
    if (pairs < 3 || lowA == highA || lowB == highB)
        return kNan;
    const double meanA = sumA / total;
    const double meanB = sumB / total;
    double aa = 0;
    double bb = 0;
    double ab = 0;
    visit([&](double w, double x, double y) {
        aa += w * (x - meanA) * (x - meanA);
        bb += w * (y - meanB) * (y - meanB);
        ab += w * (x - meanA) * (y - meanB);
    });
    return ab / std::sqrt(aa * bb);
}

std::size_t stimuliOf(std::size_t pairs) {
    auto n = static_cast<std::size_t>(std::sqrt(2.0 * static_cast<double>(pairs)));
    while (n * (n + 1) / 2 < pairs)
        ++n;
    return n + 1;
}

/// How often each stimulus is drawn.
std::vector<double> resampled(std::size_t stimuli, std::uint64_t seed, std::size_t resample) {
    Rng rng(seed, kResampleStream + resample);
    std::vector<double> weights(stimuli);
    for (std::size_t draw = 0; draw < stimuli; ++draw)
        ++weights[rng.below(static_cast<std::uint32_t>(stimuli))];
    return weights;
}

/// Calls body(number) `count` times in parallel, and says how far it is.
template <class Body>
void forEach(std::size_t count, int threads, const JobControl& control, const Progress& progress, const Body& body) {
    std::mutex mutex;
    std::size_t done = 0;
    parallelFor(count, threads, [&](std::size_t number) {
        control.check();
        body(number);
        const std::lock_guard lock(mutex);
        progress.set(static_cast<double>(++done) / static_cast<double>(count));
    });
}

/// r of the halves, mean over the ways to split.
double reliabilityOf(const HalvedMatrix& system, std::span<const double> weights) {
    double sum = 0;
    for (const auto& [first, second] : system.halves)
        sum += weightedPearson(first, second, weights);
    return sum / static_cast<double>(system.halves.size());
}

double aligned(double correlation, double a, double b) {
    return a > 0 && b > 0 ? correlation / std::sqrt(a * b) : kNan;
}

} // namespace

double trianglePearson(std::span<const double> a, std::span<const double> b) {
    return weightedPearson(a, b, std::vector<double>(a.empty() ? 0 : stimuliOf(a.size()), 1.0));
}

MatrixFit fitOfMatrices(std::span<const double> predicted, std::span<const double> measured, std::size_t stimuli,
                        const ResamplingOptions& options, const JobControl& control, const Progress& progress) {
    const std::vector<double> once(stimuli, 1.0);
    MatrixFit fit{.r = weightedPearson(predicted, measured, once), .bootstrap = {kNan, kNan}, .fisher = {kNan, kNan}};
    for (std::size_t p = 0; p < measured.size(); ++p)
        fit.pairs += !std::isnan(predicted[p]) && !std::isnan(measured[p]);
    if (std::isnan(fit.r)) {
        fit.p = kNan;
        return fit;
    }
    if (fit.pairs > 3) {
        constexpr double kZ = 1.959963984540054;
        const double half = kZ / std::sqrt(static_cast<double>(fit.pairs - 3));
        fit.fisher = {std::tanh(std::atanh(fit.r) - half), std::tanh(std::atanh(fit.r) + half)};
    }
    std::vector<double> values(options.resamples);
    forEach(options.resamples, options.threads, control, progress.part(0, 0.5), [&](std::size_t resample) {
        values[resample] = weightedPearson(predicted, measured, resampled(stimuli, options.seed, resample));
    });
    fit.bootstrap = percentileInterval(std::move(values));
    std::vector<char> atLeast(options.permutations);
    forEach(options.permutations, options.threads, control, progress.part(0.5, 1), [&](std::size_t permutation) {
        Rng rng(options.seed, kPermutationStream + permutation);
        std::vector<std::size_t> order(stimuli);
        std::iota(order.begin(), order.end(), std::size_t{0});
        shuffle(order, rng);
        std::vector<double> permuted(predicted.size());
        for (std::size_t i = 1; i < stimuli; ++i)
            for (std::size_t j = 0; j < i; ++j)
                permuted[pairPlace(i, j)] =
                    predicted[pairPlace(std::max(order[i], order[j]), std::min(order[i], order[j]))];
        constexpr double kRounding = 1e-12; // another order of the same pairs
        atLeast[permutation] = std::abs(weightedPearson(permuted, measured, once)) >= std::abs(fit.r) - kRounding;
    });
    fit.p = (1 + static_cast<double>(std::count(atLeast.begin(), atLeast.end(), 1))) /
            (1 + static_cast<double>(options.permutations));
    return fit;
}

Alignment alignSystems(std::span<const HalvedMatrix> systems, std::size_t stimuli, const ResamplingOptions& options,
                       const JobControl& control, const Progress& progress) {
    const std::size_t n = systems.size();
    const std::vector<double> once(stimuli, 1.0);
    Alignment result{.correlation = Matrix<double>(n, n, 1.0),
                     .reliability = std::vector<double>(n),
                     .alignment = Matrix<double>(n, n, kNan),
                     .low = Matrix<double>(n, n, kNan),
                     .high = Matrix<double>(n, n, kNan)};
    const auto each = [&](std::span<const double> weights, const auto& takePair, std::vector<double>& reliability) {
        for (std::size_t i = 0; i < n; ++i) {
            control.check();
            reliability[i] = reliabilityOf(systems[i], weights);
        }
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < i; ++j) {
                control.check();
                takePair(i, j, weightedPearson(systems[i].whole, systems[j].whole, weights));
            }
    };
    each(
        once,
        [&](std::size_t i, std::size_t j, double r) {
            result.correlation(i, j) = result.correlation(j, i) = r;
            result.alignment(i, j) = result.alignment(j, i) = aligned(r, result.reliability[i], result.reliability[j]);
        },
        result.reliability);
    const std::size_t pairs = n * (n - std::min<std::size_t>(n, 1)) / 2;
    Matrix<double> samples(pairs, options.resamples);
    forEach(options.resamples, options.threads, control, progress, [&](std::size_t resample) {
        std::vector<double> reliability(n);
        each(
            resampled(stimuli, options.seed, resample),
            [&](std::size_t i, std::size_t j, double r) {
                samples(pairPlace(i, j), resample) = aligned(r, reliability[i], reliability[j]);
            },
            reliability);
    });
    for (std::size_t i = 0; i < n; ++i) {
        if (result.reliability[i] > 0)
            result.alignment(i, i) = result.low(i, i) = result.high(i, i) = 1;
        for (std::size_t j = 0; j < i; ++j) {
            if (std::isnan(result.alignment(i, j)))
                continue;
            const auto row = samples.row(pairPlace(i, j));
            const Interval interval = percentileInterval({row.begin(), row.end()});
            result.low(i, j) = result.low(j, i) = interval.low;
            result.high(i, j) = result.high(j, i) = interval.high;
        }
    }
    return result;
}

} // namespace tercet
