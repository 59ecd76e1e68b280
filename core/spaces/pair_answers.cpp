#include "core/spaces/pair_answers.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

constexpr std::size_t kMostStimuli = 10'000;
constexpr std::size_t kBetweenChecks = std::size_t{1} << 20U;

double shareOf(std::uint32_t kept, std::uint32_t shown) {
    return shown == 0 ? std::numeric_limits<double>::quiet_NaN()
                      : static_cast<double>(kept) / static_cast<double>(shown);
}

} // namespace

std::vector<double> PairAnswers::shares() const {
    std::vector<double> values(shown.size());
    for (std::size_t p = 0; p < values.size(); ++p)
        values[p] = shareOf(kept[p], shown[p]);
    return values;
}

std::pair<std::vector<double>, std::vector<double>> PairAnswers::halves(std::uint64_t seed,
                                                                        std::uint64_t stream) const {
    Rng rng(seed, stream);
    std::pair<std::vector<double>, std::vector<double>> result{std::vector<double>(shown.size()),
                                                               std::vector<double>(shown.size())};
    for (std::size_t p = 0; p < shown.size(); ++p) {
        const std::uint32_t odd = shown[p] % 2;
        const std::uint32_t first = shown[p] / 2 + (odd != 0 ? rng.below(2) : 0);
        // Answers are drawn one after the other from those that are left.
        std::uint32_t left = shown[p];
        std::uint32_t keptLeft = kept[p];
        for (std::uint32_t draw = 0; draw < first; ++draw)
            if (rng.below(left--) < keptLeft)
                --keptLeft;
        result.first[p] = shareOf(kept[p] - keptLeft, first);
        result.second[p] = shareOf(keptLeft, shown[p] - first);
    }
    return result;
}

PairAnswers pairAnswers(const Triplets& judgments, std::span<const std::uint32_t> stimuli, const JobControl& control) {
    if (stimuli.size() > kMostStimuli)
        throw ParameterError({.where = "Measured similarity",
                              .expected = "at most " + withThousands(kMostStimuli) + " stimuli",
                              .found = withThousands(stimuli.size())});
    constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> placeOf;
    for (std::size_t i = 0; i < stimuli.size(); ++i) {
        placeOf.resize(std::max<std::size_t>(placeOf.size(), std::size_t{stimuli[i]} + 1), kNone);
        placeOf[stimuli[i]] = static_cast<std::uint32_t>(i);
    }
    const std::size_t pairs = stimuli.size() * (stimuli.size() - std::min<std::size_t>(stimuli.size(), 1)) / 2;
    PairAnswers answers{stimuli.size(), std::vector<std::uint32_t>(pairs), std::vector<std::uint32_t>(pairs)};
    judgments.visit([&](const auto values) {
        const auto place = [&](std::size_t at) {
            return values[at] < placeOf.size() ? std::size_t{placeOf[values[at]]} : std::size_t{kNone};
        };
        for (std::size_t t = 0; t < values.size() / 3; ++t) {
            if (t % kBetweenChecks == 0)
                control.check();
            const std::array<std::size_t, 3> p{place(3 * t), place(3 * t + 1), place(3 * t + 2)};
            for (const auto& [a, b] : {std::pair{0, 1}, std::pair{0, 2}, std::pair{1, 2}}) {
                const std::size_t i = std::max(p[static_cast<std::size_t>(a)], p[static_cast<std::size_t>(b)]);
                const std::size_t j = std::min(p[static_cast<std::size_t>(a)], p[static_cast<std::size_t>(b)]);
                if (i == kNone || i == j)
                    continue;
                ++answers.shown[pairPlace(i, j)];
                answers.kept[pairPlace(i, j)] += b == 1 ? 1 : 0;
            }
        }
    });
    return answers;
}

std::vector<std::uint32_t> centralStimuli(const Triplets& judgments, const JobControl& control) {
    std::vector<std::size_t> counts;
    judgments.visit([&](const auto values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i % kBetweenChecks == 0)
                control.check();
            if (values[i] >= counts.size())
                counts.resize(std::size_t{values[i]} + 1);
            ++counts[values[i]];
        }
    });
    std::vector<std::uint32_t> order(counts.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return counts[a] > counts[b]; });
    std::vector<std::size_t> rank(counts.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        rank[order[i]] = i;
    std::size_t needed = 0;
    judgments.visit([&](const auto values) {
        for (std::size_t t = 0; t < values.size() / 3; ++t) {
            if (t % kBetweenChecks == 0)
                control.check();
            std::array<std::size_t, 3> ranks{rank[values[3 * t]], rank[values[3 * t + 1]], rank[values[3 * t + 2]]};
            std::sort(ranks.begin(), ranks.end());
            needed = std::max(needed, ranks[1] + 1);
        }
    });
    order.resize(needed);
    std::sort(order.begin(), order.end());
    return order;
}

Matrix<double> symmetric(std::span<const double> triangle, std::size_t size, double diagonal) {
    Matrix<double> matrix(size, size, diagonal);
    for (std::size_t i = 1; i < size; ++i)
        for (std::size_t j = 0; j < i; ++j)
            matrix(i, j) = matrix(j, i) = triangle[pairPlace(i, j)];
    return matrix;
}

std::vector<double> lowerTriangle(MatrixView<const double> matrix) {
    std::vector<double> triangle;
    for (std::size_t i = 1; i < matrix.rows(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            triangle.push_back(matrix(i, j));
    return triangle;
}

} // namespace tercet
