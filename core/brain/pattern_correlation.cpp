#include "core/brain/pattern_correlation.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

namespace tercet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kBlock = 256; ///< voxels whose sums are taken together, whatever the memory

bool isUsable(MatrixView<const double> responses, std::size_t voxel) {
    bool varies = false;
    for (std::size_t i = 0; i < responses.rows(); ++i) {
        if (!std::isfinite(responses(i, voxel)))
            return false;
        varies = varies || responses(i, voxel) != responses(0, voxel);
    }
    return varies;
}

} // namespace

void PairSums::add(double x, double y) {
    ++count;
    const double dx = x - meanX;
    const double dy = y - meanY;
    meanX += dx / count;
    meanY += dy / count;
    xx += dx * (x - meanX);
    yy += dy * (y - meanY);
    xy += dx * (y - meanY);
}

void PairSums::join(const PairSums& other) {
    if (other.count == 0)
        return;
    const double total = count + other.count;
    const double dx = other.meanX - meanX;
    const double dy = other.meanY - meanY;
    const double share = count * other.count / total;
    xx += other.xx + dx * dx * share;
    yy += other.yy + dy * dy * share;
    xy += other.xy + dx * dy * share;
    meanX += dx * other.count / total;
    meanY += dy * other.count / total;
    count = total;
}

double PairSums::correlation() const { return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : kNone; }

std::vector<double> correlatePatterns(const PatternProblem& problem, const ResponseReader& read,
                                      const PatternPairs& add, std::size_t bytes, const JobControl& control,
                                      const Progress& progress, int threads) {
    const std::size_t blocks = (problem.voxels + kBlock - 1) / kBlock;
    const std::size_t perBlock =
        problem.matrices * problem.rows * kBlock * sizeof(double) + problem.pairs * sizeof(PairSums);
    const auto most = static_cast<int>(
        std::min<std::size_t>(1024, std::max<std::size_t>(1, bytes / std::max<std::size_t>(1, perBlock))));
    const auto workers = static_cast<std::size_t>(std::clamp(threads, 1, most));
    std::vector<PairSums> sums(problem.pairs);
    std::vector<std::vector<PairSums>> parts(workers);
    std::mutex mutex;
    for (std::size_t first = 0; first < blocks; first += workers) {
        const std::size_t count = std::min(workers, blocks - first);
        parallelFor(count, static_cast<int>(workers), [&](std::size_t at) {
            control.check();
            const std::size_t begin = (first + at) * kBlock;
            Matrix<double> responses(problem.rows, std::min(kBlock, problem.voxels - begin));
            {
                const std::lock_guard lock(mutex);
                read(begin, responses.view());
            }
            std::vector<std::size_t> usable;
            for (std::size_t v = 0; v < responses.cols(); ++v)
                if (isUsable(responses, v))
                    usable.push_back(v);
            parts[at].assign(problem.pairs, {});
            add(responses, usable, parts[at]);
        });
        for (std::size_t at = 0; at < count; ++at)
            for (std::size_t p = 0; p < problem.pairs; ++p)
                sums[p].join(parts[at][p]);
        progress.set(static_cast<double>(first + count) / static_cast<double>(blocks));
    }
    std::vector<double> correlations;
    correlations.reserve(problem.pairs);
    for (const PairSums& one : sums)
        correlations.push_back(one.correlation());
    return correlations;
}

} // namespace tercet
