#include "core/embedding/spose_objective.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace tercet {
namespace {

// Sums are formed per block of this many judgments and added in block order, whatever thread did the block.
constexpr std::size_t kBlock = 4096;

std::size_t blockCount(std::size_t judgments) { return (judgments + kBlock - 1) / kBlock; }

/// Calls body(block, first, last) for each block of `count` items.
template <class Body>
void forBlocks(std::size_t count, int threads, const Body& body) {
    parallelFor(blockCount(count), threads,
                [&](std::size_t block) { body(block, block * kBlock, std::min(count, (block + 1) * kBlock)); });
}

using Triple = std::array<double, 3>;

double dot(const double* a, const double* b, std::size_t count) {
    double sum = 0;
    for (std::size_t c = 0; c < count; ++c)
        sum += a[c] * b[c];
    return sum;
}

/// x_i·x_j, x_i·x_k, x_j·x_k.
template <class Index>
Triple similarities(MatrixView<const double> x, const Index* judgment) {
    const double* a = x.row(judgment[0]).data();
    const double* b = x.row(judgment[1]).data();
    const double* c = x.row(judgment[2]).data();
    return {dot(a, b, x.cols()), dot(a, c, x.cols()), dot(b, c, x.cols())};
}

/// The three choice probabilities, and -log of the first.
struct Choice {
    Triple probability;
    double surprise;
};

Choice choiceOf(const Triple& s) {
    const double top = std::max({s[0], s[1], s[2]});
    const Triple e{std::exp(s[0] - top), std::exp(s[1] - top), std::exp(s[2] - top)};
    const double sum = e[0] + e[1] + e[2];
    return {{e[0] / sum, e[1] / sum, e[2] / sum}, std::log(sum) + top - s[0]};
}

void requireFinite(MatrixView<const double> x) {
    const auto values = x.values();
    const auto bad = std::find_if_not(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
    if (bad == values.end())
        return;
    const auto index = static_cast<std::size_t>(bad - values.begin());
    throw DataError({.where = "embedding, row " + std::to_string(index / x.cols() + 1) + ", component " +
                              std::to_string(index % x.cols() + 1),
                     .expected = "a finite weight",
                     .found = std::to_string(*bad)});
}

void requireValid(MatrixView<const double> x, const Triplets& judgments, int threads) {
    requireFinite(x);
    requireValidJudgments(judgments, x.rows(), threads);
}

template <class Index>
ChoiceAccuracy accuracyOf(MatrixView<const double> x, std::span<const Index> values,
                          std::span<const std::uint32_t> chosen, bool all, int threads) {
    const std::size_t count = all ? values.size() / 3 : chosen.size();
    std::vector<std::size_t> hits(blockCount(count));
    forBlocks(count, threads, [&](std::size_t block, std::size_t first, std::size_t last) {
        for (std::size_t t = first; t < last; ++t) {
            const Triple s = similarities(x, values.data() + 3 * (all ? t : chosen[t]));
            hits[block] += s[0] > s[1] && s[0] > s[2];
        }
    });
    ChoiceAccuracy result;
    result.trials = count;
    for (const std::size_t h : hits)
        result.hits += h;
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    result.share = count > 0 ? static_cast<double>(result.hits) / static_cast<double>(count) : kNan;
    result.interval = count > 0 ? wilsonInterval(result.hits, count) : Interval{kNan, kNan};
    return result;
}

} // namespace

void requireValidJudgments(const Triplets& judgments, std::size_t stimuli, int threads) {
    std::atomic<std::size_t> firstBad{std::numeric_limits<std::size_t>::max()};
    judgments.visit([&](const auto values) {
        forBlocks(values.size() / 3, threads, [&](std::size_t, std::size_t first, std::size_t last) {
            bool good = true;
            for (std::size_t t = first; t < last; ++t) {
                const auto* v = values.data() + 3 * t;
                good &= (v[0] < stimuli) & (v[1] < stimuli) & (v[2] < stimuli) & (v[0] != v[1]) & (v[0] != v[2]) &
                        (v[1] != v[2]);
            }
            for (std::size_t t = first; t < last && !good; ++t) {
                const auto* v = values.data() + 3 * t;
                if (v[0] < stimuli && v[1] < stimuli && v[2] < stimuli && v[0] != v[1] && v[0] != v[2] && v[1] != v[2])
                    continue;
                std::size_t known = firstBad.load();
                while (t < known && !firstBad.compare_exchange_weak(known, t)) {
                }
                break;
            }
        });
    });
    const std::size_t bad = firstBad.load();
    if (bad == std::numeric_limits<std::size_t>::max())
        return;
    const std::array<std::uint32_t, 3> v{judgments.at(bad, 0), judgments.at(bad, 1), judgments.at(bad, 2)};
    const std::string where = "judgment " + withThousands(bad + 1) + " of " + withThousands(judgments.size());
    const std::uint32_t highest = *std::max_element(v.begin(), v.end());
    if (highest >= stimuli)
        throw DataError({.where = where,
                         .expected = "stimulus rows from 0 to " + std::to_string(stimuli - 1),
                         .found = "row " + std::to_string(highest),
                         .remedy = "check whether the file counts from 1 and belongs to this study"});
    const std::uint32_t twice = v[0] == v[1] || v[0] == v[2] ? v[0] : v[1];
    throw DataError({.where = where,
                     .expected = "three different stimuli",
                     .found = "row " + std::to_string(twice) + " twice",
                     .remedy = "remove or correct this judgment"});
}

Matrix<double> choiceProbabilities(MatrixView<const double> x, const Triplets& judgments, int threads) {
    requireValid(x, judgments, threads);
    Matrix<double> result(judgments.size(), 3);
    judgments.visit([&](const auto values) {
        forBlocks(judgments.size(), threads, [&](std::size_t, std::size_t first, std::size_t last) {
            for (std::size_t t = first; t < last; ++t) {
                const Choice choice = choiceOf(similarities(x, values.data() + 3 * t));
                std::copy(choice.probability.begin(), choice.probability.end(), result.row(t).begin());
            }
        });
    });
    return result;
}

double sposeObjective(MatrixView<const double> x, const Triplets& judgments, double lambda, int threads) {
    requireValid(x, judgments, threads);
    std::vector<double> sums(blockCount(judgments.size()));
    judgments.visit([&](const auto values) {
        forBlocks(judgments.size(), threads, [&](std::size_t block, std::size_t first, std::size_t last) {
            for (std::size_t t = first; t < last; ++t)
                sums[block] += choiceOf(similarities(x, values.data() + 3 * t)).surprise;
        });
    });
    double nll = 0;
    for (const double sum : sums)
        nll += sum;
    double size = 0;
    for (const double value : x.values())
        size += std::abs(value);
    return nll / static_cast<double>(judgments.size()) + lambda / static_cast<double>(x.rows()) * size;
}

Matrix<double> sposeGradient(MatrixView<const double> x, const Triplets& judgments, double lambda, int threads) {
    requireValid(x, judgments, threads);
    // Residuals of a slab of judgments are computed by blocks of judgments, then added up by columns, each column
    // in the order of the judgments.
    constexpr std::size_t kSlab = 16 * kBlock;
    constexpr std::size_t kColumns = 4;
    const auto count = static_cast<double>(judgments.size());
    Matrix<double> gradient(x.rows(), x.cols());
    std::vector<Triple> residuals(std::min(kSlab, judgments.size()));
    judgments.visit([&](const auto values) {
        for (std::size_t slab = 0; slab < judgments.size(); slab += kSlab) {
            const std::size_t size = std::min(kSlab, judgments.size() - slab);
            const auto* slabValues = values.data() + 3 * slab;
            forBlocks(size, threads, [&](std::size_t, std::size_t first, std::size_t last) {
                for (std::size_t t = first; t < last; ++t) {
                    const Triple p = choiceOf(similarities(x, slabValues + 3 * t)).probability;
                    residuals[t] = {(p[0] - 1) / count, p[1] / count, p[2] / count};
                }
            });
            parallelFor((x.cols() + kColumns - 1) / kColumns, threads, [&](std::size_t group) {
                const std::size_t end = std::min(x.cols(), (group + 1) * kColumns);
                for (std::size_t t = 0; t < size; ++t) {
                    const auto* v = slabValues + 3 * t;
                    const Triple& w = residuals[t];
                    for (std::size_t c = group * kColumns; c < end; ++c) {
                        gradient(v[0], c) += w[0] * x(v[1], c) + w[1] * x(v[2], c);
                        gradient(v[1], c) += w[0] * x(v[0], c) + w[2] * x(v[2], c);
                        gradient(v[2], c) += w[1] * x(v[0], c) + w[2] * x(v[1], c);
                    }
                }
            });
        }
    });
    const double l1 = lambda / static_cast<double>(x.rows());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double value = x.values()[i];
        gradient.values()[i] += l1 * static_cast<double>((value > 0) - (value < 0));
    }
    return gradient;
}

ChoiceAccuracy choiceAccuracy(MatrixView<const double> x, const Triplets& judgments, int threads) {
    requireValid(x, judgments, threads);
    return judgments.visit([&](const auto values) { return accuracyOf(x, values, {}, true, threads); });
}

ChoiceAccuracy choiceAccuracy(MatrixView<const double> x, const Triplets& judgments,
                              std::span<const std::uint32_t> chosen, int threads) {
    requireValid(x, judgments, threads);
    return judgments.visit([&](const auto values) { return accuracyOf(x, values, chosen, false, threads); });
}

} // namespace tercet
