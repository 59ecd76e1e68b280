#include "core/spaces/compression.h"

#include "core/base/linear_algebra.h"
#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <numeric>

namespace tercet {
namespace {

constexpr std::size_t kBlock = 4096;
constexpr std::uint64_t kWhole = 6; // a hit in parts that two and three divide

/// What each component adds to the dot product of two stimuli, by how much is kept.
class Parts {
public:
    virtual ~Parts() = default;
    /// sums[k], k = 0 … components: the dot product with k kept.
    virtual void sums(std::size_t i, std::size_t j, std::span<double> sums) const = 0;
};

class TopParts final : public Parts {
public:
    explicit TopParts(MatrixView<const double> embedding)
        : m_embedding(embedding), m_rank(embedding.rows(), embedding.cols()) {
        std::vector<std::uint32_t> order(embedding.cols());
        for (std::size_t i = 0; i < embedding.rows(); ++i) {
            const auto row = embedding.row(i);
            std::iota(order.begin(), order.end(), std::uint32_t{0});
            std::stable_sort(order.begin(), order.end(),
                             [&](std::uint32_t a, std::uint32_t b) { return row[a] > row[b]; });
            for (std::uint32_t place = 0; place < order.size(); ++place)
                m_rank(i, order[place]) = place;
        }
    }
    void sums(std::size_t i, std::size_t j, std::span<double> sums) const override {
        std::fill(sums.begin(), sums.end(), 0.0);
        const auto a = m_embedding.row(i);
        const auto b = m_embedding.row(j);
        const auto rankA = m_rank.row(i);
        const auto rankB = m_rank.row(j);
        for (std::size_t c = 0; c < a.size(); ++c)
            sums[std::max(rankA[c], rankB[c]) + 1] += a[c] * b[c];
        for (std::size_t k = 1; k < sums.size(); ++k)
            sums[k] += sums[k - 1];
    }

private:
    MatrixView<const double> m_embedding;
    Matrix<std::uint32_t> m_rank; // stimuli × components: 0 for the largest weight
};

class PrincipalParts final : public Parts {
public:
    explicit PrincipalParts(MatrixView<const double> embedding)
        : m_scores(principalComponents(embedding, embedding.cols()).scores), m_shift(m_scores.cols()) {
        const auto n = static_cast<double>(embedding.rows());
        std::vector<double> mean(embedding.cols());
        for (std::size_t i = 0; i < embedding.rows(); ++i)
            for (std::size_t c = 0; c < mean.size(); ++c)
                mean[c] += embedding(i, c) / n;
        for (std::size_t p = 0; p < m_shift.size(); ++p) {
            double squares = 0;
            for (std::size_t i = 0; i < m_scores.rows(); ++i) {
                squares += m_scores(i, p) * m_scores(i, p);
                for (std::size_t c = 0; c < mean.size(); ++c)
                    m_shift[p] += m_scores(i, p) * (embedding(i, c) - mean[c]) * mean[c];
            }
            m_shift[p] = squares > 0 ? m_shift[p] / squares : 0;
        }
    }
    void sums(std::size_t i, std::size_t j, std::span<double> sums) const override {
        const auto a = m_scores.row(i);
        const auto b = m_scores.row(j);
        sums[0] = 0; // the square of the mean, which all pairs have, left out
        for (std::size_t p = 0; p < a.size(); ++p)
            sums[p + 1] = sums[p] + (a[p] + b[p]) * m_shift[p] + a[p] * b[p];
    }

private:
    Matrix<double> m_scores;
    std::vector<double> m_shift; // of each principal direction: its product with the mean
};

std::uint64_t hitOf(double pair, double second, double third) {
    if (pair < second || pair < third)
        return 0;
    const std::uint64_t equal = std::uint64_t{1} + (second == pair ? 1 : 0) + (third == pair ? 1 : 0);
    return kWhole / equal;
}

std::vector<double> accuracyOf(const Parts& parts, std::size_t components, const Triplets& judgments,
                               std::span<const std::uint32_t> chosen, int threads, const JobControl& control,
                               const Progress& progress) {
    const std::size_t blocks = (chosen.size() + kBlock - 1) / kBlock;
    std::vector<std::uint64_t> hits(components + 1);
    std::mutex mutex;
    std::size_t done = 0;
    parallelFor(blocks, threads, [&](std::size_t block) {
        control.check();
        std::array<std::vector<double>, 3> sums;
        for (auto& each : sums)
            each.resize(components + 1);
        std::vector<std::uint64_t> own(components + 1);
        for (std::size_t at = block * kBlock; at < std::min(chosen.size(), (block + 1) * kBlock); ++at) {
            const std::uint32_t i = judgments.at(chosen[at], 0);
            const std::uint32_t j = judgments.at(chosen[at], 1);
            const std::uint32_t k = judgments.at(chosen[at], 2);
            parts.sums(i, j, sums[0]);
            parts.sums(i, k, sums[1]);
            parts.sums(j, k, sums[2]);
            for (std::size_t kept = 0; kept <= components; ++kept)
                own[kept] += hitOf(sums[0][kept], sums[1][kept], sums[2][kept]);
        }
        const std::lock_guard lock(mutex);
        for (std::size_t kept = 0; kept <= components; ++kept)
            hits[kept] += own[kept];
        progress.set(static_cast<double>(++done) / static_cast<double>(blocks));
    });
    std::vector<double> accuracy;
    for (const std::uint64_t sum : hits)
        accuracy.push_back(static_cast<double>(sum) / static_cast<double>(kWhole * chosen.size()));
    return accuracy;
}

} // namespace

std::vector<double> compressedAccuracy(MatrixView<const double> embedding, const Triplets& judgments,
                                       std::span<const std::uint32_t> chosen, CompressionRule rule, int threads,
                                       const JobControl& control, const Progress& progress) {
    if (rule == CompressionRule::TopComponents)
        return accuracyOf(TopParts(embedding), embedding.cols(), judgments, chosen, threads, control, progress);
    return accuracyOf(PrincipalParts(embedding), embedding.cols(), judgments, chosen, threads, control, progress);
}

std::size_t fewestThatKeep(std::span<const double> accuracy, double share) {
    const auto enough =
        std::find_if(accuracy.begin(), accuracy.end(), [&](double value) { return value >= share * accuracy.back(); });
    return enough == accuracy.end() ? accuracy.size() - 1 : static_cast<std::size_t>(enough - accuracy.begin());
}

} // namespace tercet
