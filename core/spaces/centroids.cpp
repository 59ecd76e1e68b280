#include "core/spaces/centroids.h"

#include "core/base/error.h"
#include "core/base/rng.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <mutex>
#include <utility>

namespace tercet {
namespace {

constexpr std::uint64_t kFirstStream = 3ULL << 40U; // not those of other steps, which may have the same seed
constexpr std::size_t kLanes = 8;                   // centroids whose distances are summed side by side

/// The stimuli that take part, with labels 0 … groups − 1.
class LeaveOneOut {
public:
    LeaveOneOut(Matrix<double> points, std::size_t groups)
        : m_points(std::move(points)), m_groups(groups), m_padded((groups + kLanes - 1) / kLanes * kLanes) {}

    /// For each stimulus the number of centroids nearer than its own group's without it.
    [[nodiscard]] std::vector<std::uint32_t> ranks(const std::vector<std::uint32_t>& groupOf) const {
        const std::size_t d = m_points.cols();
        Matrix<double> sums(m_groups, d);
        std::vector<double> sizes(m_groups, 0);
        for (std::size_t i = 0; i < m_points.rows(); ++i) {
            const auto sum = sums.row(groupOf[i]);
            const auto point = m_points.row(i);
            for (std::size_t c = 0; c < d; ++c)
                sum[c] += point[c];
            ++sizes[groupOf[i]];
        }
        // Components × groups; groups that only fill the last lanes are infinitely far.
        Matrix<double> centroids(d, m_padded, std::numeric_limits<double>::infinity());
        for (std::size_t g = 0; g < m_groups; ++g)
            for (std::size_t c = 0; c < d; ++c)
                centroids(c, g) = sums(g, c) / sizes[g];
        std::vector<std::uint32_t> ranks(m_points.rows());
        for (std::size_t i = 0; i < ranks.size(); ++i) {
            const std::uint32_t own = groupOf[i];
            const auto point = m_points.row(i);
            const auto sum = std::as_const(sums).row(own);
            double ownDistance = 0;
            for (std::size_t c = 0; c < d; ++c) {
                const double difference = (sum[c] - point[c]) / (sizes[own] - 1) - point[c];
                ownDistance += difference * difference;
            }
            for (std::size_t first = 0; first < m_padded; first += kLanes) {
                double distance[kLanes] = {};
                for (std::size_t c = 0; c < d; ++c) {
                    const double* centroid = centroids.data() + c * m_padded + first;
                    const double value = point[c];
                    for (std::size_t lane = 0; lane < kLanes; ++lane)
                        distance[lane] += (centroid[lane] - value) * (centroid[lane] - value);
                }
                for (std::size_t lane = 0; lane < kLanes; ++lane)
                    ranks[i] += distance[lane] < ownDistance && first + lane != own;
            }
        }
        return ranks;
    }

    /// [k − 1]: share of ranks below k.
    void accuracies(const std::vector<std::uint32_t>& ranks, std::span<double> share) const {
        std::fill(share.begin(), share.end(), 0.0);
        for (const std::uint32_t rank : ranks)
            ++share[rank];
        double below = 0;
        for (double& value : share) {
            below += value;
            value = below / static_cast<double>(ranks.size());
        }
    }

private:
    Matrix<double> m_points;
    std::size_t m_groups;
    std::size_t m_padded;
};

ChanceLevel levelOf(std::vector<double> values) {
    const auto n = static_cast<double>(values.size());
    ChanceLevel level;
    for (const double value : values)
        level.mean += value;
    level.mean /= n;
    double squares = 0;
    for (const double value : values)
        squares += (value - level.mean) * (value - level.mean);
    level.deviation = values.size() > 1 ? std::sqrt(squares / (n - 1)) : 0;
    std::sort(values.begin(), values.end());
    const double at = 0.95 * (n - 1);
    const auto low = static_cast<std::size_t>(at);
    const std::size_t high = std::min(low + 1, values.size() - 1);
    level.percentile95 = values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
    return level;
}

} // namespace

std::vector<std::uint32_t> topCategories(MatrixView<const double> categories) {
    if (categories.cols() == 0)
        throw ParameterError({.where = "Top categories", .expected = "at least one category", .found = "none"});
    std::vector<std::uint32_t> top(categories.rows());
    for (std::size_t i = 0; i < top.size(); ++i) {
        const auto row = categories.row(i);
        for (std::size_t c = 0; c < row.size(); ++c)
            if (std::isnan(row[c]))
                throw DataError({.where = fmt::format("Rating of stimulus row {}, column {}", i, c + 1),
                                 .expected = "a number",
                                 .found = "nan"});
        top[i] = static_cast<std::uint32_t>(std::max_element(row.begin(), row.end()) - row.begin());
    }
    return top;
}

CentroidResult nearestCentroids(MatrixView<const double> embedding, std::vector<std::uint32_t> topCategory,
                                const CentroidOptions& options, const JobControl& control, const Progress& progress) {
    if (topCategory.size() != embedding.rows())
        throw ParameterError({.where = "Categories of stimuli",
                              .expected = fmt::format("{}, as in the embedding", embedding.rows()),
                              .found = fmt::format("{}", topCategory.size())});
    if (options.minimumPerCategory < 2)
        throw ParameterError({.where = "Stimuli per category",
                              .expected = "at least 2, one of which is left out",
                              .found = fmt::format("{}", options.minimumPerCategory)});
    for (std::size_t i = 0; i < embedding.rows(); ++i)
        for (const double weight : embedding.row(i))
            if (!std::isfinite(weight))
                throw DataError({.where = fmt::format("Embedding, stimulus row {}", i),
                                 .expected = "finite weights",
                                 .found = fmt::format("{}", weight)});

    CentroidResult result{.topCategory = std::move(topCategory)};
    std::vector<std::size_t> counts;
    for (const std::uint32_t category : result.topCategory) {
        if (category >= counts.size())
            counts.resize(std::size_t{category} + 1);
        ++counts[category];
    }
    std::vector<std::uint32_t> groupOfCategory(counts.size());
    for (std::size_t c = 0; c < counts.size(); ++c)
        if (counts[c] >= options.minimumPerCategory) {
            groupOfCategory[c] = static_cast<std::uint32_t>(result.categories.size());
            result.categories.push_back(static_cast<std::uint32_t>(c));
        }
    if (result.categories.size() < 2)
        throw DataError({.where = "Nearest centroid",
                         .expected = fmt::format("at least two categories that are the top category of {} stimuli",
                                                 options.minimumPerCategory),
                         .found = fmt::format("{}", result.categories.size()),
                         .remedy = "lower the minimum per category or add stimuli"});
    std::vector<std::uint32_t> groupOf;
    std::vector<double> values;
    for (std::size_t i = 0; i < result.topCategory.size(); ++i) {
        const std::uint32_t category = result.topCategory[i];
        if (counts[category] < options.minimumPerCategory)
            continue;
        result.rows.push_back(static_cast<std::uint32_t>(i));
        groupOf.push_back(groupOfCategory[category]);
        values.insert(values.end(), embedding.row(i).begin(), embedding.row(i).end());
    }
    const std::size_t groups = result.categories.size();
    const LeaveOneOut test(Matrix<double>(result.rows.size(), embedding.cols(), std::move(values)), groups);
    result.rank = test.ranks(groupOf);
    result.accuracy.resize(groups);
    test.accuracies(result.rank, result.accuracy);

    result.permuted = Matrix<double>(options.permutations, groups);
    std::mutex mutex;
    std::size_t done = 0;
    parallelFor(options.permutations, options.threads, [&](std::size_t permutation) {
        control.check();
        Rng rng(options.seed, kFirstStream + permutation);
        std::vector<std::uint32_t> permuted = groupOf;
        shuffle(permuted, rng);
        test.accuracies(test.ranks(permuted), result.permuted.row(permutation));
        const std::lock_guard lock(mutex);
        progress.set(static_cast<double>(++done) / static_cast<double>(options.permutations));
    });
    for (std::size_t k = 0; k < groups && options.permutations > 0; ++k) {
        std::vector<double> column(options.permutations);
        for (std::size_t p = 0; p < column.size(); ++p)
            column[p] = result.permuted(p, k);
        result.chance.push_back(levelOf(std::move(column)));
    }
    return result;
}

} // namespace tercet
