#include "core/spaces/nearest_neighbours.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <thread>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/spaces/nearest_neighbours.cpp"
#include <hwy/aligned_allocator.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef TERCET_NEAREST_NEIGHBOURS_ONCE
#define TERCET_NEAREST_NEIGHBOURS_ONCE
namespace tercet {
namespace {

constexpr std::size_t kBlock = 32;  // points side by side in a block, dimensions one after the other
constexpr std::size_t kQueries = 8; // queries that share the loads of a block

/// The nearest points found so far for one query: up to `capacity` candidates below `limit`, which shrinks.
struct Candidates {
    float limit = 0; ///< squared distance; nothing at or beyond it can be among the nearest
    std::size_t size = 0;
    std::vector<float> distances;
    std::vector<std::uint32_t> rows;
};

/// Points in blocks of 32, dimension by dimension; places beyond the last point are infinitely far.
class Blocks {
public:
    Blocks(std::size_t blocks, std::size_t d)
        : m_d(d), m_values(hwy::AllocateAligned<float>(std::max<std::size_t>(1, blocks * d * kBlock))) {
        std::fill_n(m_values.get(), blocks * d * kBlock, std::numeric_limits<float>::infinity());
    }
    void set(std::size_t block, std::size_t place, std::span<const float> point) {
        float* values = m_values.get() + block * m_d * kBlock + place;
        for (std::size_t k = 0; k < m_d; ++k)
            values[k * kBlock] = point[k];
    }
    [[nodiscard]] const float* block(std::size_t index) const { return m_values.get() + index * m_d * kBlock; }

private:
    std::size_t m_d;
    hwy::AlignedFreeUniquePtr<float[]> m_values;
};

} // namespace
} // namespace tercet
#endif

HWY_BEFORE_NAMESPACE();
namespace tercet {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

const hn::CappedTag<float, 16> kFloats;
using Floats = hn::Vec<decltype(kFloats)>;
const hn::RebindToUnsigned<decltype(kFloats)> kWords;
HWY_ATTR inline std::size_t lanes() { return hn::Lanes(kFloats); }

/// Squared distances of the queries to two vectors of points, so far.
struct Tile {
    Floats a[kQueries];
    Floats b[kQueries];
};

HWY_INLINE void clear(Tile& tile) {
    for (std::size_t q = 0; q < kQueries; ++q)
        tile.a[q] = tile.b[q] = hn::Zero(kFloats);
}

/// Adds the dimensions begin … end of `points` (d × 32) to the tile.
HWY_INLINE void addDimensions(Tile& tile, const float* HWY_RESTRICT points, const float* const* queries,
                              std::size_t begin, std::size_t end) {
    const std::size_t step = lanes();
    Tile t = tile;
    for (std::size_t k = begin; k < end; ++k) {
        const Floats a = hn::Load(kFloats, points + k * kBlock);
        const Floats b = hn::Load(kFloats, points + k * kBlock + step);
        for (std::size_t q = 0; q < kQueries; ++q) {
            const Floats value = hn::Set(kFloats, queries[q][k]);
            const Floats da = hn::Sub(a, value);
            const Floats db = hn::Sub(b, value);
            t.a[q] = hn::MulAdd(da, da, t.a[q]);
            t.b[q] = hn::MulAdd(db, db, t.b[q]);
        }
    }
    tile = t;
}

/// Squared distances of the queries (each d values) to the 32 points of `block` (d × 32): out (queries × 32).
HWY_ATTR void blockDistances(const float* block, std::size_t d, const float* const* queries, float* out) {
    const std::size_t step = lanes();
    for (std::size_t lane = 0; lane < kBlock; lane += 2 * step) {
        Tile tile;
        clear(tile);
        addDimensions(tile, block + lane, queries, 0, d);
        for (std::size_t q = 0; q < kQueries; ++q) {
            hn::StoreU(tile.a[q], kFloats, out + q * kBlock + lane);
            hn::StoreU(tile.b[q], kFloats, out + q * kBlock + lane + step);
        }
    }
}

/// Keeps the `count` smallest, or up to `spare` more, of at least `count` candidates and sets the limit to the largest
/// kept.
HWY_ATTR void shrink(Candidates& found, std::size_t count, std::size_t spare) {
    const std::size_t step = lanes();
    float* distances = found.distances.data();
    std::uint32_t* rows = found.rows.data();
    for (std::size_t i = found.size; i < found.size + step; ++i)
        distances[i] = std::numeric_limits<float>::infinity();
    Floats low = hn::Set(kFloats, std::numeric_limits<float>::infinity());
    Floats high = hn::Zero(kFloats);
    for (std::size_t i = 0; i < found.size; i += step) {
        const Floats v = hn::LoadU(kFloats, distances + i);
        low = hn::Min(low, v);
        high =
            hn::Max(high, hn::IfThenElseZero(hn::Lt(v, hn::Set(kFloats, std::numeric_limits<float>::infinity())), v));
    }
    // Non-negative floats are ordered like their bits: bisect for the smallest value that has `count` at or below it.
    auto first = std::bit_cast<std::uint32_t>(hn::GetLane(hn::MinOfLanes(kFloats, low)));
    auto last = std::bit_cast<std::uint32_t>(hn::GetLane(hn::MaxOfLanes(kFloats, high)));
    while (first < last) {
        const std::uint32_t middle = first + (last - first) / 2;
        const Floats pivot = hn::Set(kFloats, std::bit_cast<float>(middle));
        std::size_t below = 0;
        for (std::size_t i = 0; i < found.size; i += step)
            below += hn::CountTrue(kFloats, hn::Le(hn::LoadU(kFloats, distances + i), pivot));
        if (below < count) {
            first = middle + 1;
        } else {
            last = middle;
            if (below <= count + spare)
                break;
        }
    }
    found.limit = std::bit_cast<float>(last);
    const Floats limit = hn::Set(kFloats, found.limit);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < found.size; i += step) {
        const Floats v = hn::LoadU(kFloats, distances + i);
        const auto r = hn::LoadU(kWords, rows + i);
        const auto keep = hn::Le(v, limit);
        hn::CompressStore(r, hn::RebindMask(kWords, keep), kWords, rows + kept);
        kept += hn::CompressStore(v, keep, kFloats, distances + kept);
    }
    for (std::size_t i = kept; kept > count + spare;) // more than one at the limit
        if (distances[--i] == found.limit) {
            --kept;
            distances[i] = distances[kept];
            rows[i] = rows[kept];
        }
    found.size = kept;
}

/// Adds to each query's candidates those points of `count` blocks that are nearer than its limit; their rows count
/// from firstRow.
HWY_ATTR void searchBlocks(const float* blocks, std::size_t count, std::size_t d, const float* const* queries,
                           std::uint32_t firstRow, Candidates* found, std::size_t wanted) {
    const std::size_t step = lanes();
    const std::size_t half = d < 16 ? d : d / 2;
    for (std::size_t block = 0; block < count; ++block) {
        for (std::size_t lane = 0; lane < kBlock; lane += 2 * step) {
            const float* points = blocks + block * d * kBlock + lane;
            Tile tile;
            clear(tile);
            addDimensions(tile, points, queries, 0, half);
            if (half < d) {
                auto nearer = hn::Lt(hn::Zero(kFloats), hn::Zero(kFloats));
                for (std::size_t q = 0; q < kQueries; ++q)
                    nearer = hn::Or(nearer, hn::Lt(hn::Min(tile.a[q], tile.b[q]), hn::Set(kFloats, found[q].limit)));
                if (hn::AllFalse(kFloats, nearer))
                    continue;
                addDimensions(tile, points, queries, half, d);
            }
            const auto row = firstRow + static_cast<std::uint32_t>(block * kBlock + lane);
            const auto collect = [&](Candidates& candidates, Floats distances, std::uint32_t first) HWY_ATTR {
                const auto nearer = hn::Lt(distances, hn::Set(kFloats, candidates.limit));
                if (hn::AllFalse(kFloats, nearer))
                    return;
                hn::CompressStore(hn::Iota(kWords, first), hn::RebindMask(kWords, nearer), kWords,
                                  candidates.rows.data() + candidates.size);
                candidates.size +=
                    hn::CompressStore(distances, nearer, kFloats, candidates.distances.data() + candidates.size);
                if (candidates.size + 2 * step > candidates.distances.size())
                    shrink(candidates, wanted, wanted / 8);
            };
            for (std::size_t q = 0; q < kQueries; ++q) {
                collect(found[q], tile.a[q], row);
                collect(found[q], tile.b[q], row + static_cast<std::uint32_t>(step));
            }
        }
    }
}

} // namespace
} // namespace HWY_NAMESPACE
} // namespace tercet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tercet {
namespace {

HWY_EXPORT(blockDistances);
HWY_EXPORT(shrink);
HWY_EXPORT(searchBlocks);

constexpr std::size_t kWholeSearch = 3000; // up to so many points, one cell holds all
constexpr std::size_t kCellSize = 256;     // points in an average cell
constexpr std::size_t kSamplePerCell = 24; // points per cell that place the centres
constexpr int kCentreRounds = 4;
constexpr std::size_t kTaskRows = 64;
constexpr float kSlack = 1 - 1e-4F; // bounds on distances are lowered by more than float rounding

std::size_t blocksFor(std::size_t points) { return (points + kBlock - 1) / kBlock; }

/// Neighbouring queries; missing ones repeat the last.
template <class PointAt>
std::array<const float*, kQueries> queryGroup(std::size_t first, std::size_t end, PointAt pointAt) {
    std::array<const float*, kQueries> queries{};
    for (std::size_t q = 0; q < kQueries; ++q)
        queries[q] = pointAt(std::min(first + q, end - 1));
    return queries;
}

struct Cells {
    Matrix<float> centres; // (cells × d)
    Blocks centreBlocks;
    std::vector<std::uint32_t> order;  // points, cell after cell
    std::vector<std::size_t> firstRow; // (cells + 1) into order
    std::vector<float> radius;         // (cells) largest distance of a member
};

Blocks blocksOf(const Matrix<float>& rows) {
    Blocks blocks(blocksFor(rows.rows()), rows.cols());
    for (std::size_t r = 0; r < rows.rows(); ++r)
        blocks.set(r / kBlock, r % kBlock, rows.row(r));
    return blocks;
}

/// The nearest centre of each point and the squared distance to it.
void assign(MatrixView<const float> points, std::span<const std::uint32_t> which, std::size_t cells,
            const Blocks& centres, std::span<std::uint32_t> cellOf, std::span<float> distance, int threads,
            const JobControl& control) {
    constexpr std::size_t kChunk = 256;
    parallelFor((which.size() + kChunk - 1) / kChunk, threads, [&](std::size_t chunk) {
        control.check();
        std::array<float, kQueries * kBlock> out{};
        const std::size_t end = std::min(which.size(), (chunk + 1) * kChunk);
        for (std::size_t first = chunk * kChunk; first < end; first += kQueries) {
            const auto queries = queryGroup(first, end, [&](std::size_t i) { return points.row(which[i]).data(); });
            const std::size_t used = std::min(kQueries, end - first);
            std::array<float, kQueries> best{};
            best.fill(std::numeric_limits<float>::infinity());
            for (std::size_t b = 0; b < blocksFor(cells); ++b) {
                HWY_DYNAMIC_DISPATCH(blockDistances)(centres.block(b), points.cols(), queries.data(), out.data());
                for (std::size_t q = 0; q < used; ++q)
                    for (std::size_t i = 0; i < kBlock; ++i)
                        if (out[q * kBlock + i] < best[q]) {
                            best[q] = out[q * kBlock + i];
                            cellOf[first + q] = static_cast<std::uint32_t>(b * kBlock + i);
                        }
            }
            for (std::size_t q = 0; q < used; ++q)
                distance[first + q] = best[q];
        }
    });
}

Cells makeCells(MatrixView<const float> points, int threads, const JobControl& control) {
    const std::size_t n = points.rows();
    const std::size_t d = points.cols();
    const std::size_t cells = n <= kWholeSearch ? 1 : n / kCellSize;
    Matrix<float> centres(cells, d);
    // Every (n / cells)-th point starts a centre; every (n / sample)-th takes part in placing them.
    for (std::size_t c = 0; c < cells; ++c)
        std::ranges::copy(points.row(c * n / cells), centres.row(c).begin());
    std::vector<std::uint32_t> cellOf(n);
    std::vector<float> distance(n);
    std::vector<std::uint32_t> all(n);
    std::iota(all.begin(), all.end(), 0U);
    if (cells > 1) {
        std::vector<std::uint32_t> sample(std::min(n, cells * kSamplePerCell));
        for (std::size_t i = 0; i < sample.size(); ++i)
            sample[i] = static_cast<std::uint32_t>(i * n / sample.size());
        for (int round = 0; round < kCentreRounds; ++round) {
            assign(points, sample, cells, blocksOf(centres), cellOf, distance, threads, control);
            Matrix<double> sums(cells, d);
            std::vector<std::size_t> members(cells);
            for (std::size_t i = 0; i < sample.size(); ++i) {
                ++members[cellOf[i]];
                const auto sum = sums.row(cellOf[i]);
                const auto point = points.row(sample[i]);
                for (std::size_t k = 0; k < d; ++k)
                    sum[k] += point[k];
            }
            for (std::size_t c = 0; c < cells; ++c)
                for (std::size_t k = 0; k < d && members[c] > 0; ++k)
                    centres(c, k) = static_cast<float>(sums(c, k) / static_cast<double>(members[c]));
        }
    }
    Blocks centreBlocks = blocksOf(centres);
    assign(points, all, cells, centreBlocks, cellOf, distance, threads, control);

    Cells result{.centres = std::move(centres),
                 .centreBlocks = std::move(centreBlocks),
                 .order = std::vector<std::uint32_t>(n),
                 .firstRow = std::vector<std::size_t>(cells + 1),
                 .radius = std::vector<float>(cells)};
    for (std::size_t i = 0; i < n; ++i) {
        ++result.firstRow[cellOf[i] + 1];
        result.radius[cellOf[i]] = std::max(result.radius[cellOf[i]], std::sqrt(distance[i]));
    }
    std::partial_sum(result.firstRow.begin(), result.firstRow.end(), result.firstRow.begin());
    std::vector<std::size_t> next(result.firstRow.begin(), result.firstRow.end() - 1);
    for (std::size_t i = 0; i < n; ++i)
        result.order[next[cellOf[i]]++] = static_cast<std::uint32_t>(i);
    return result;
}

/// Orders cells along a path from each to its nearest unvisited one, so that near cells are near in memory.
void arrangeCells(Cells& cells) {
    const std::size_t count = cells.radius.size();
    const std::size_t d = cells.centres.cols();
    std::vector<std::size_t> path{0};
    std::vector<bool> visited(count);
    visited[0] = true;
    while (path.size() < count) {
        const auto here = cells.centres.row(path.back());
        std::size_t best = 0;
        float least = std::numeric_limits<float>::infinity();
        for (std::size_t c = 0; c < count; ++c) {
            if (visited[c])
                continue;
            float sum = 0;
            const auto there = cells.centres.row(c);
            for (std::size_t k = 0; k < d && sum < least; ++k)
                sum += (here[k] - there[k]) * (here[k] - there[k]);
            if (sum < least || best == 0) {
                least = std::min(least, sum);
                best = c;
            }
        }
        visited[best] = true;
        path.push_back(best);
    }
    Cells arranged{
        .centres = Matrix<float>(count, d), .centreBlocks = Blocks(0, d), .order = {}, .firstRow = {0}, .radius = {}};
    for (std::size_t c = 0; c < count; ++c) {
        const std::size_t from = path[c];
        std::ranges::copy(cells.centres.row(from), arranged.centres.row(c).begin());
        arranged.radius.push_back(cells.radius[from]);
        arranged.order.insert(arranged.order.end(),
                              cells.order.begin() + static_cast<std::ptrdiff_t>(cells.firstRow[from]),
                              cells.order.begin() + static_cast<std::ptrdiff_t>(cells.firstRow[from + 1]));
        arranged.firstRow.push_back(arranged.order.size());
    }
    arranged.centreBlocks = blocksOf(arranged.centres);
    cells = std::move(arranged);
}

/// Some rows of one cell, searched together.
struct Task {
    std::size_t home;
    std::size_t first;
    std::size_t end;
};

class Search {
public:
    Search(MatrixView<const float> points, std::size_t count, const Cells& cells)
        : m_points(points), m_cells(cells), m_wanted(count + 1), m_firstBlock(cells.radius.size() + 1),
          m_blocks(0, points.cols()) {
        for (std::size_t c = 0; c < cells.radius.size(); ++c)
            m_firstBlock[c + 1] = m_firstBlock[c] + blocksFor(cells.firstRow[c + 1] - cells.firstRow[c]);
        m_blocks = Blocks(m_firstBlock.back(), points.cols());
        for (std::size_t c = 0; c < cells.radius.size(); ++c)
            for (std::size_t r = cells.firstRow[c]; r < cells.firstRow[c + 1]; ++r) {
                const std::size_t place = r - cells.firstRow[c];
                m_blocks.set(m_firstBlock[c] + place / kBlock, place % kBlock, points.row(cells.order[r]));
            }
    }

    /// Writes the task's rows of `out`. A cell is searched for all queries while it is in the nearest cache.
    void run(const Task& task, Neighbours& out, const JobControl& control) const {
        std::vector<Group> groups;
        for (std::size_t first = task.first; first < task.end; first += kQueries)
            groups.push_back(makeGroup(first, task));
        for (Group& group : groups) {
            control.check();
            searchCell(task.home, group);
        }
        const auto others = cellsByDistance(task.home);
        if (!others.empty())
            for (Group& group : groups) {
                for (std::size_t b = 0; b < blocksFor(m_cells.radius.size()); ++b)
                    HWY_DYNAMIC_DISPATCH(blockDistances)
                (m_cells.centreBlocks.block(b), m_points.cols(), group.queries.data(),
                 group.toCentres.data() + b * kBlock * kQueries);
                group.measureReach(task.home);
            }
        for (const auto& [apart, cell] : others) {
            control.check();
            bool done = true;
            for (Group& group : groups) {
                if (apart > group.farthest)
                    continue;
                done = false;
                if (!group.mayReach(cell, apart))
                    continue;
                searchCell(cell, group);
                group.measureReach(task.home);
            }
            if (done)
                break;
        }
        for (std::size_t row = task.first; row < task.end; ++row)
            keep(groups[(row - task.first) / kQueries].found[(row - task.first) % kQueries], row, out);
    }

private:
    /// Queries that are searched for side by side.
    struct Group {
        std::array<const float*, kQueries> queries{};
        std::array<Candidates, kQueries> found;
        std::vector<float> toCentres;        // squared distances: blocks of centres × queries × 32
        std::array<float, kQueries> own{};   // squared distance to the home cell's centre
        std::array<float, kQueries> reach{}; // how far a nearer point can be
        float farthest = 0;                  // no cell matters whose centre is farther than this from home's

        [[nodiscard]] const float* toCentre(std::size_t cell) const {
            return toCentres.data() + cell / kBlock * kQueries * kBlock + cell % kBlock;
        }
        void measureReach(std::size_t home) {
            farthest = 0;
            for (std::size_t q = 0; q < kQueries; ++q) {
                own[q] = toCentre(home)[q * kBlock];
                reach[q] = found[q].limit < 0 ? -1 : std::sqrt(found[q].limit) / kSlack;
                farthest = std::max(farthest, 2 * (std::sqrt(own[q]) + reach[q]) / kSlack);
            }
        }
        /// A point of that cell is nearer to its centre than to the home cell's: it lies beyond the plane midway,
        /// (there − own) / 2 apart from the query.
        [[nodiscard]] bool mayReach(std::size_t cell, float apart) const {
            const float* there = toCentre(cell);
            bool any = false;
            for (std::size_t q = 0; q < kQueries; ++q)
                any = any || there[q * kBlock] - own[q] <= 2 * apart * reach[q];
            return any;
        }
    };

    [[nodiscard]] Group makeGroup(std::size_t first, const Task& task) const {
        const std::size_t used = std::min(kQueries, task.end - first);
        Group group;
        group.queries =
            queryGroup(first, task.end, [&](std::size_t r) { return m_points.row(m_cells.order[r]).data(); });
        for (std::size_t q = 0; q < kQueries; ++q) {
            Candidates& found = group.found[q];
            found.limit = q < used ? std::numeric_limits<float>::infinity() : -1; // a repeated one finds nothing
            found.distances.resize(2 * m_wanted + 4 * kBlock);
            found.rows.resize(found.distances.size());
        }
        group.toCentres.resize(m_cells.radius.size() > 1 ? blocksFor(m_cells.radius.size()) * kBlock * kQueries : 0);
        return group;
    }

    /// The other cells and how far their centres are, nearest first.
    [[nodiscard]] std::vector<std::pair<float, std::uint32_t>> cellsByDistance(std::size_t home) const {
        std::vector<std::pair<float, std::uint32_t>> others;
        const auto centre = m_cells.centres.row(home);
        for (std::size_t c = 0; c < m_cells.radius.size(); ++c) {
            if (c == home)
                continue;
            float sum = 0;
            const auto other = m_cells.centres.row(c);
            for (std::size_t k = 0; k < other.size(); ++k)
                sum += (other[k] - centre[k]) * (other[k] - centre[k]);
            others.emplace_back(std::sqrt(sum), static_cast<std::uint32_t>(c));
        }
        std::ranges::sort(others);
        return others;
    }

    void searchCell(std::size_t cell, Group& group) const {
        HWY_DYNAMIC_DISPATCH(searchBlocks)
        (m_blocks.block(m_firstBlock[cell]), m_firstBlock[cell + 1] - m_firstBlock[cell], m_points.cols(),
         group.queries.data(), static_cast<std::uint32_t>(m_cells.firstRow[cell]), group.found.data(), m_wanted);
    }

    /// Drops the point itself and writes the rest.
    void keep(Candidates& found, std::size_t row, Neighbours& out) const {
        HWY_DYNAMIC_DISPATCH(shrink)(found, m_wanted, 0);
        assert(found.size == m_wanted);
        const auto rows = std::span(found.rows).first(m_wanted);
        // Absent only if more than `wanted` points are exactly here: then any of them is left out.
        const auto self = std::min<std::size_t>(
            static_cast<std::size_t>(std::ranges::find(rows, static_cast<std::uint32_t>(row)) - rows.begin()),
            m_wanted - 1);
        std::size_t place = 0;
        for (std::size_t i = 0; i < m_wanted; ++i) {
            if (i == self)
                continue;
            out.rows(row, place) = rows[i];
            out.squaredDistances(row, place) = found.distances[i];
            ++place;
        }
    }

    MatrixView<const float> m_points;
    const Cells& m_cells;
    std::size_t m_wanted; // with the point itself
    std::vector<std::size_t> m_firstBlock;
    Blocks m_blocks;
};

} // namespace

Neighbours nearestNeighbours(MatrixView<const float> points, std::size_t count, int threads, const JobControl& control,
                             const Progress& progress) {
    assert(count >= 1 && count < points.rows());
    Cells cells = makeCells(points, threads, control);
    arrangeCells(cells);
    const Search search(points, count, cells);
    Neighbours result{.order = cells.order,
                      .rows = Matrix<std::uint32_t>(points.rows(), count),
                      .squaredDistances = Matrix<float>(points.rows(), count)};
    std::vector<Task> tasks;
    for (std::size_t c = 0; c < cells.radius.size(); ++c)
        for (std::size_t r = cells.firstRow[c]; r < cells.firstRow[c + 1]; r += kTaskRows)
            tasks.push_back({.home = c, .first = r, .end = std::min(r + kTaskRows, cells.firstRow[c + 1])});
    std::atomic<std::size_t> done{0};
    const auto caller = std::this_thread::get_id();
    parallelFor(tasks.size(), threads, [&](std::size_t t) {
        search.run(tasks[t], result, control);
        const std::size_t finished = ++done;
        if (std::this_thread::get_id() == caller)
            progress.set(static_cast<double>(finished) / static_cast<double>(tasks.size()));
    });
    return result;
}

} // namespace tercet
#endif
