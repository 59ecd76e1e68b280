#include "core/brain/voxel_test.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>

namespace tercet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kBlock = 256; ///< voxels
constexpr double kCells = 20'000;   ///< of a unit of the score

/// How many permuted scores lie where.
class Counts {
public:
    Counts() : m_cells(static_cast<std::size_t>(2 * kCells) + 1, 0) {}
    void add(double score) { ++m_cells[cellOf(score)]; }
    void join(const Counts& other) {
        for (std::size_t c = 0; c < m_cells.size(); ++c)
            m_cells[c] += other.m_cells[c];
    }
    /// From here on add() is over: counts become those of a cell and all above.
    void accumulate() { std::partial_sum(m_cells.rbegin(), m_cells.rend(), m_cells.rbegin()); }
    [[nodiscard]] std::uint64_t total() const { return m_cells.front(); }
    [[nodiscard]] std::uint64_t reaching(double score) const { return m_cells[cellOf(score)]; }

private:
    static std::size_t cellOf(double score) {
        return static_cast<std::size_t>((std::clamp(score, -1.0, 1.0) + 1) * kCells);
    }
    std::vector<std::uint64_t> m_cells;
};

/// Deals out the rows of stimuli to others that were shown as often.
class Dealer {
public:
    Dealer(std::size_t rows, const std::vector<std::int32_t>& stimuli) : m_order(rows) {
        std::iota(m_order.begin(), m_order.end(), 0U);
        std::vector<std::vector<std::uint32_t>> showings; // in the order in which stimuli come first
        std::map<std::int32_t, std::size_t> places;
        for (std::size_t row = 0; row < rows; ++row) {
            const auto stimulus = stimuli.empty() ? static_cast<std::int32_t>(row) : stimuli[row];
            const auto [place, isNew] = places.emplace(stimulus, showings.size());
            if (isNew)
                showings.emplace_back();
            showings[place->second].push_back(static_cast<std::uint32_t>(row));
        }
        for (auto& rowsOf : showings)
            m_alike[rowsOf.size()].push_back(std::move(rowsOf));
        for (const auto& [times, alike] : m_alike) {
            m_dealt.emplace_back(alike.size());
            std::iota(m_dealt.back().begin(), m_dealt.back().end(), 0U);
            m_exchanged += alike.size() > 1 ? alike.size() : 0;
        }
    }
    [[nodiscard]] std::size_t exchanged() const { return m_exchanged; }
    /// The row whose responses each row gets next.
    const std::vector<std::uint32_t>& deal(Rng& rng) {
        std::size_t kind = 0;
        for (const auto& [times, alike] : m_alike) {
            std::vector<std::uint32_t>& dealt = m_dealt[kind++];
            shuffle(dealt, rng);
            for (std::size_t s = 0; s < alike.size(); ++s)
                for (std::size_t k = 0; k < times; ++k)
                    m_order[alike[s][k]] = alike[dealt[s]][k];
        }
        return m_order;
    }

private:
    std::vector<std::uint32_t> m_order;
    std::map<std::size_t, std::vector<std::vector<std::uint32_t>>> m_alike; ///< rows of stimuli, by their number
    std::vector<std::vector<std::uint32_t>> m_dealt;                        ///< of each number
    std::size_t m_exchanged = 0;
};

/// Mean over folds; NaN where a fold has none.
std::vector<double> meanScores(const EncodingScores& scores) {
    std::vector<double> means(scores.score.cols(), 0);
    for (std::size_t f = 0; f < scores.score.rows(); ++f)
        for (std::size_t v = 0; v < means.size(); ++v)
            means[v] += scores.score(f, v) / static_cast<double>(scores.score.rows());
    return means;
}

} // namespace

VoxelTest testVoxels(const RidgeEncoding& encoding, std::size_t voxels, const ResponseReader& read,
                     const VoxelTestOptions& options, std::size_t bytes, const JobControl& control,
                     const Progress& progress, int threads) {
    if (options.permutations == 0)
        throw ParameterError({.where = "voxel test", .expected = "at least one permutation", .found = "none"});
    if (!options.stimuli.empty() && options.stimuli.size() != encoding.rows())
        throw ParameterError({.where = "voxel test",
                              .expected = "the stimulus of each of " + withThousands(encoding.rows()) + " rows",
                              .found = withThousands(options.stimuli.size())});
    std::vector<std::vector<std::uint32_t>> orders; // the same for every voxel
    Rng rng(options.seed);
    Dealer dealer(encoding.rows(), options.stimuli);
    constexpr std::size_t kFewest = 3;
    if (dealer.exchanged() < kFewest)
        throw DataError({.where = "voxel test",
                         .expected = "at least three stimuli that were shown as often as another one",
                         .found = std::to_string(dealer.exchanged()),
                         .remedy = "test over folds"});
    for (std::size_t p = 0; p < options.permutations; ++p)
        orders.push_back(dealer.deal(rng));
    const std::size_t blocks = (voxels + kBlock - 1) / kBlock;
    const std::size_t perBlock = encoding.size().blockBytes(kBlock) + encoding.rows() * kBlock * sizeof(double);
    const auto most = static_cast<int>(std::min<std::size_t>(1024, std::max<std::size_t>(1, bytes / perBlock)));
    std::vector<double> measured(voxels, kNone);
    std::vector<std::size_t> own(voxels, 0);
    Counts counts; // whole numbers: the order in which blocks are joined changes nothing
    std::mutex mutex;
    std::size_t done = 0;
    parallelFor(blocks, std::min(threads, most), [&](std::size_t index) {
        const std::size_t first = index * kBlock;
        const std::size_t count = std::min(kBlock, voxels - first);
        Matrix<double> responses(encoding.rows(), count);
        {
            const std::lock_guard lock(mutex);
            read(first, responses.view());
        }
        const std::vector<double> scores = meanScores(encoding.encode(responses, control));
        Counts found;
        Matrix<double> permuted(encoding.rows(), count);
        for (const std::vector<std::uint32_t>& rows : orders) {
            for (std::size_t i = 0; i < rows.size(); ++i)
                std::copy(responses.row(rows[i]).begin(), responses.row(rows[i]).end(), permuted.row(i).begin());
            const std::vector<double> chance = meanScores(encoding.encode(permuted, control));
            for (std::size_t v = 0; v < count; ++v) {
                if (!std::isfinite(chance[v]) || !std::isfinite(scores[v]))
                    continue;
                found.add(chance[v]);
                own[first + v] += chance[v] >= scores[v] ? 1 : 0;
            }
        }
        const std::lock_guard lock(mutex);
        std::copy(scores.begin(), scores.end(), measured.begin() + static_cast<std::ptrdiff_t>(first));
        counts.join(found);
        progress.set(static_cast<double>(++done) / static_cast<double>(blocks));
    });
    counts.accumulate();
    VoxelTest test{dealer.exchanged(), std::vector<double>(voxels, kNone),
                   options.pooled ? static_cast<std::size_t>(counts.total()) : options.permutations};
    for (std::size_t v = 0; v < voxels; ++v)
        if (std::isfinite(measured[v])) {
            const auto reaching = static_cast<double>(options.pooled ? counts.reaching(measured[v]) : own[v]);
            test.p[v] = (1 + reaching) / (1 + static_cast<double>(test.permutations));
        }
    return test;
}

} // namespace tercet
