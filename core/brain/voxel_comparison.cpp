#include "core/brain/voxel_comparison.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/statistics.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace tercet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

void requireAlike(std::span<const double> a, std::span<const double> b) {
    if (a.size() != b.size())
        throw DataError({.where = "voxel comparison",
                         .expected = "the same voxels in both maps (" + withThousands(a.size()) + ")",
                         .found = withThousands(b.size())});
}

} // namespace

VoxelComparison compareVoxels(std::span<const double> a, std::span<const double> b, std::size_t cells, double low,
                              double high) {
    requireAlike(a, b);
    if (cells == 0 || !(low < high))
        throw ParameterError(
            {.where = "voxel comparison",
             .expected = "at least one cell between two limits",
             .found = std::to_string(cells) + " from " + std::to_string(low) + " to " + std::to_string(high)});
    VoxelComparison comparison{Matrix<std::uint32_t>(cells, cells), low, high, 0, shareAbove(a, b, 1)};
    const auto cellOf = [&](double value) {
        const double place = (value - low) / (high - low) * static_cast<double>(cells);
        return static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(cells) - 1));
    };
    for (std::size_t v = 0; v < a.size(); ++v) {
        if (std::isnan(a[v]) || std::isnan(b[v]))
            continue;
        ++comparison.voxels;
        ++comparison.counts(cellOf(b[v]), cellOf(a[v]));
    }
    return comparison;
}

double shareAbove(std::span<const double> a, std::span<const double> b, double factor) {
    requireAlike(a, b);
    if (!(factor >= 1))
        throw ParameterError(
            {.where = "voxel comparison", .expected = "a factor of at least 1", .found = std::to_string(factor)});
    double above = 0;
    std::size_t voxels = 0;
    for (std::size_t v = 0; v < a.size(); ++v) {
        if (std::isnan(a[v]) || std::isnan(b[v]))
            continue;
        const double line = factor > 1 ? factor * std::max(a[v], 0.0) : a[v];
        above += b[v] > line ? 1 : (b[v] == line ? 0.5 : 0);
        ++voxels;
    }
    return voxels > 0 ? above / static_cast<double>(voxels) : kNone;
}

std::vector<std::uint32_t> voxelsWithin(std::span<const double> a, std::span<const double> b, double lowA, double highA,
                                        double lowB, double highB) {
    requireAlike(a, b);
    std::vector<std::uint32_t> inside;
    for (std::size_t v = 0; v < a.size(); ++v)
        if (a[v] >= lowA && a[v] <= highA && b[v] >= lowB && b[v] <= highB)
            inside.push_back(static_cast<std::uint32_t>(v));
    return inside;
}

std::vector<double> repeatCeiling(MatrixView<const double> responses, std::span<const std::int64_t> stimuli,
                                  std::size_t draws, std::uint64_t seed) {
    std::map<std::int64_t, std::vector<std::size_t>> showings;
    for (std::size_t row = 0; row < stimuli.size(); ++row)
        showings[stimuli[row]].push_back(row);
    std::erase_if(showings, [](const auto& one) { return one.second.size() < 2; });
    std::vector<double> ceiling(responses.cols(), kNone);
    if (showings.size() < 3 || draws == 0)
        return ceiling;
    Rng rng(seed);
    std::vector<double> sum(responses.cols(), 0);
    for (std::size_t d = 0; d < draws; ++d) {
        std::vector<std::pair<std::size_t, std::size_t>> drawn; // rows of each stimulus
        for (auto& [number, rows] : showings) {
            shuffle(rows, rng);
            drawn.emplace_back(rows[0], rows[1]);
        }
        std::vector<double> a(drawn.size()), b(drawn.size());
        for (std::size_t v = 0; v < responses.cols(); ++v) {
            for (std::size_t s = 0; s < drawn.size(); ++s) {
                a[s] = responses(drawn[s].first, v);
                b[s] = responses(drawn[s].second, v);
            }
            sum[v] += pearson(a, b) / static_cast<double>(draws);
        }
    }
    for (std::size_t v = 0; v < responses.cols(); ++v)
        if (sum[v] > 0) // the reliability of one showing, and the most that a model can correlate with it
            ceiling[v] = std::sqrt(sum[v]);
    return ceiling;
}

} // namespace tercet
