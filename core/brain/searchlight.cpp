#include "core/brain/searchlight.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/brain/rank_correlation.h"
#include "core/brain/rsa_kernels.h"

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <optional>

namespace tercet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
/// A variance below this share of the sum of squares is rounding.
constexpr double kRounding = 1e-13;
constexpr int kCoarsest = 3;          ///< the first grid has every eighth voxel
constexpr std::size_t kTogether = 16; ///< voxels per thread between two looks at the map

std::size_t pairsOf(std::size_t stimuli) { return stimuli * (stimuli - 1) / 2; }

/// The voxel at every place of the box around all of them.
class Grid {
public:
    explicit Grid(const std::vector<VoxelIndex>& places) {
        m_low = m_high = places.front();
        for (const VoxelIndex& place : places)
            for (std::size_t axis = 0; axis < 3; ++axis) {
                m_low[axis] = std::min(m_low[axis], place[axis]);
                m_high[axis] = std::max(m_high[axis], place[axis]);
            }
        m_voxels.assign(sizeOf(0) * sizeOf(1) * sizeOf(2), kEmpty);
        for (std::size_t v = 0; v < places.size(); ++v) {
            std::uint32_t& at = m_voxels[indexOf(places[v])];
            if (at != kEmpty)
                throw DataError(
                    {.where = "searchlight",
                     .expected = "each voxel once",
                     .found = "voxels " + std::to_string(at + 1) + " and " + std::to_string(v + 1) + " at one place"});
            at = static_cast<std::uint32_t>(v);
        }
    }
    [[nodiscard]] std::optional<std::uint32_t> voxelAt(const VoxelIndex& place) const {
        for (std::size_t axis = 0; axis < 3; ++axis)
            if (place[axis] < m_low[axis] || place[axis] > m_high[axis])
                return {};
        const std::uint32_t voxel = m_voxels[indexOf(place)];
        return voxel == kEmpty ? std::nullopt : std::optional(voxel);
    }

private:
    static constexpr std::uint32_t kEmpty = std::numeric_limits<std::uint32_t>::max();
    [[nodiscard]] std::size_t sizeOf(std::size_t axis) const {
        return static_cast<std::size_t>(m_high[axis] - m_low[axis]) + 1;
    }
    [[nodiscard]] std::size_t indexOf(const VoxelIndex& place) const {
        std::size_t index = 0;
        for (std::size_t axis = 0; axis < 3; ++axis)
            index = index * sizeOf(axis) + static_cast<std::size_t>(place[axis] - m_low[axis]);
        return index;
    }

    VoxelIndex m_low{};
    VoxelIndex m_high{};
    std::vector<std::uint32_t> m_voxels;
};

std::vector<VoxelIndex> offsetsOf(const SearchlightOptions& options) {
    std::vector<VoxelIndex> offsets;
    const auto reach = static_cast<std::int32_t>(std::ceil(options.radius));
    const double limit = options.radius * options.radius;
    for (std::int32_t i = -reach; i <= reach; ++i)
        for (std::int32_t j = -reach; j <= reach; ++j)
            for (std::int32_t k = -reach; k <= reach; ++k) {
                const double distance =
                    static_cast<double>(i) * i + static_cast<double>(j) * j + static_cast<double>(k) * k;
                if (options.inclusive ? distance <= limit : distance < limit)
                    offsets.push_back({i, j, k});
            }
    return offsets;
}

} // namespace

std::vector<double> similarityOfRows(MatrixView<const double> embedding, RowSimilarity kind,
                                     const JobControl& control) {
    const std::size_t n = embedding.rows();
    if (n < 3)
        throw DataError({.where = "model", .expected = "at least three stimuli", .found = withThousands(n)});
    Matrix<double> rows(n, embedding.cols());
    for (std::size_t i = 0; i < n; ++i) {
        const auto row = embedding.row(i);
        double mean = 0;
        if (kind == RowSimilarity::Pearson)
            for (const double value : row)
                mean += value / static_cast<double>(row.size());
        double squares = 0;
        double norm = 0;
        for (std::size_t c = 0; c < row.size(); ++c) {
            rows(i, c) = row[c] - mean;
            norm += rows(i, c) * rows(i, c);
            squares += row[c] * row[c];
        }
        if (kind != RowSimilarity::Dot && !(norm > kRounding * squares))
            throw DataError({.where = "model, stimulus " + std::to_string(i + 1),
                             .expected = kind == RowSimilarity::Pearson ? "weights that differ" : "a weight above 0",
                             .found = "none",
                             .remedy = "compare by dot products"});
        if (kind != RowSimilarity::Dot)
            for (double& value : rows.row(i))
                value /= std::sqrt(norm);
    }
    std::vector<double> similarity;
    similarity.reserve(pairsOf(n));
    for (std::size_t i = 0; i < n; ++i) {
        control.check();
        for (std::size_t j = i + 1; j < n; ++j) {
            double sum = 0;
            for (std::size_t c = 0; c < rows.cols(); ++c)
                sum += rows(i, c) * rows(j, c);
            similarity.push_back(sum);
        }
    }
    return similarity;
}

namespace {

/// Stimuli with those that fill up the last panel.
std::size_t panelRows(std::size_t stimuli) { return (stimuli + rsa::kPanel - 1) / rsa::kPanel * rsa::kPanel; }

} // namespace

struct Searchlight::Plan {
    MatrixView<const double> patterns;
    std::vector<VoxelIndex> places;
    Grid grid;
    std::vector<VoxelIndex> offsets;
    RankCorrelation ranks;
};

struct Searchlight::Workspace::Buffers {
    hwy::AlignedFreeUniquePtr<double[]> panels;
    std::vector<double> pairs;
    std::vector<double> values;
    RankCorrelation::Workspace ranks;
};

Searchlight::Workspace::Workspace(const Searchlight& searchlight) : m_buffers(std::make_unique<Buffers>()) {
    const std::size_t stimuli = searchlight.m_plan->patterns.rows();
    const std::size_t largest = std::min(searchlight.m_plan->offsets.size(), searchlight.voxels());
    m_buffers->panels = hwy::AllocateAligned<double>(panelRows(stimuli) * largest);
    m_buffers->pairs.resize(pairsOf(stimuli));
    m_buffers->values.resize(largest);
}
Searchlight::Workspace::~Workspace() = default;
Searchlight::Workspace::Workspace(Workspace&&) noexcept = default;
Searchlight::Workspace& Searchlight::Workspace::operator=(Workspace&&) noexcept = default;

Searchlight::Searchlight(MatrixView<const double> patterns, std::vector<VoxelIndex> places,
                         const std::vector<std::vector<double>>& models, const SearchlightOptions& options,
                         const JobControl& control) {
    if (patterns.rows() < 3 || places.empty())
        throw DataError({.where = "searchlight",
                         .expected = "at least three stimuli and a voxel",
                         .found = withThousands(patterns.rows()) + " and " + withThousands(places.size())});
    if (places.size() != patterns.cols())
        throw DataError({.where = "searchlight",
                         .expected = "a place for each of " + withThousands(patterns.cols()) + " voxels",
                         .found = withThousands(places.size())});
    if (models.empty() || models.front().size() != pairsOf(patterns.rows()))
        throw DataError({.where = "searchlight",
                         .expected = "models with a value for each of " + withThousands(pairsOf(patterns.rows())) +
                                     " pairs of stimuli",
                         .found = models.empty() ? "none" : withThousands(models.front().size())});
    if (!(options.radius > 0 && options.radius <= 20))
        throw ParameterError({.where = "searchlight, radius",
                              .expected = "above 0, at most 20 voxels",
                              .found = std::to_string(options.radius)});
    Grid grid(places);
    m_plan = std::make_unique<const Plan>(
        Plan{patterns, std::move(places), std::move(grid), offsetsOf(options), RankCorrelation(models, control)});
}

Searchlight::~Searchlight() = default;
Searchlight::Searchlight(Searchlight&&) noexcept = default;
Searchlight& Searchlight::operator=(Searchlight&&) noexcept = default;

std::size_t Searchlight::voxels() const { return m_plan->places.size(); }
std::size_t Searchlight::models() const { return m_plan->ranks.models(); }

std::vector<std::uint32_t> Searchlight::sphere(std::size_t voxel) const {
    std::vector<std::uint32_t> inside;
    const VoxelIndex& center = m_plan->places.at(voxel);
    for (const VoxelIndex& offset : m_plan->offsets)
        if (const auto found =
                m_plan->grid.voxelAt({center[0] + offset[0], center[1] + offset[1], center[2] + offset[2]}))
            inside.push_back(*found);
    std::sort(inside.begin(), inside.end());
    return inside;
}

void Searchlight::correlate(std::size_t voxel, Workspace& workspace, std::span<double> rho,
                            const JobControl& control) const {
    control.check();
    std::fill(rho.begin(), rho.end(), kNone);
    const std::vector<std::uint32_t> inside = sphere(voxel);
    if (inside.size() < 2)
        return;
    const std::size_t n = m_plan->patterns.rows();
    Workspace::Buffers& buffers = *workspace.m_buffers;
    double* panels = buffers.panels.get();
    const std::size_t panelSize = inside.size() * rsa::kPanel;
    if (n % rsa::kPanel != 0)
        std::fill_n(panels + n / rsa::kPanel * panelSize, panelSize, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        const double* row = m_plan->patterns.row(i).data();
        double sum = 0;
        double squares = 0;
        for (std::size_t s = 0; s < inside.size(); ++s) {
            const double value = row[inside[s]];
            buffers.values[s] = value;
            sum += value;
            squares += value * value;
        }
        const double mean = sum / static_cast<double>(inside.size());
        double spread = 0;
        for (std::size_t s = 0; s < inside.size(); ++s) {
            double& value = buffers.values[s];
            value -= mean;
            spread += value * value;
        }
        if (!(spread > kRounding * squares) || !std::isfinite(spread))
            return;
        const double scale = 1 / std::sqrt(spread);
        double* line = panels + i / rsa::kPanel * panelSize + i % rsa::kPanel;
        for (std::size_t s = 0; s < inside.size(); ++s)
            line[s * rsa::kPanel] = buffers.values[s] * scale;
    }
    rsa::pairProducts({panels, inside.size(), n}, buffers.pairs.data());
    control.check(); // with thousands of stimuli either half takes a tenth of a second
    m_plan->ranks.correlate(buffers.pairs, buffers.ranks, rho);
}

std::vector<std::uint32_t> Searchlight::coarseToFine() const {
    std::vector<std::uint32_t> order;
    order.reserve(voxels());
    for (int level = kCoarsest; level >= 0; --level)
        for (std::uint32_t v = 0; v < voxels(); ++v) {
            const VoxelIndex& place = m_plan->places[v];
            int finest = kCoarsest;
            for (const std::int32_t index : place)
                for (int l = 1; l <= kCoarsest; ++l)
                    if (index % (1 << l) != 0)
                        finest = std::min(finest, l - 1);
            if (finest == level)
                order.push_back(v);
        }
    return order;
}

std::size_t sphereVoxels(const SearchlightOptions& options) { return offsetsOf(options).size(); }

std::size_t searchlightBytes(std::size_t stimuli, std::size_t voxels, std::size_t models, std::size_t sphere,
                             int threads) {
    const std::size_t pairs = pairsOf(stimuli);
    const std::size_t maps = 3 * voxels * models; // ρ, as it is kept and as it is shown
    const std::size_t perThread =
        (panelRows(stimuli) * std::min(sphere, voxels) + pairs) * sizeof(double) + RankCorrelation::workBytes(pairs);
    return (stimuli * voxels + pairs * models + maps) * sizeof(double) + RankCorrelation::bytes(pairs, models) +
           static_cast<std::size_t>(std::max(1, threads)) * perThread;
}

void correlateAll(const Searchlight& searchlight, Matrix<double>& rho, std::vector<std::uint8_t>& known,
                  const std::function<void(std::span<const std::uint32_t> voxels)>& grown, const JobControl& control,
                  const Progress& progress, int threads) {
    const std::size_t voxels = searchlight.voxels();
    const std::size_t models = searchlight.models();
    if (rho.rows() != models || rho.cols() != voxels || known.size() != voxels) {
        rho = Matrix<double>(models, voxels, kNone);
        known.assign(voxels, 0);
    }
    std::vector<std::uint32_t> order = searchlight.coarseToFine();
    std::erase_if(order, [&](std::uint32_t voxel) { return known[voxel] != 0; });
    const auto workers = static_cast<std::size_t>(std::max(1, threads));
    std::vector<Searchlight::Workspace> spaces;
    for (std::size_t worker = 0; worker < workers; ++worker)
        spaces.emplace_back(searchlight);
    for (std::size_t first = 0; first < order.size(); first += workers * kTogether) {
        const std::size_t count = std::min(workers * kTogether, order.size() - first);
        std::atomic<std::size_t> next = 0; // cores that are slower for a while take fewer
        parallelFor(workers, threads, [&](std::size_t worker) {
            std::vector<double> found(models);
            for (std::size_t at = next++; at < count; at = next++) {
                const std::uint32_t voxel = order[first + at];
                searchlight.correlate(voxel, spaces[worker], found, control);
                for (std::size_t m = 0; m < models; ++m)
                    rho(m, voxel) = found[m];
                known[voxel] = 1;
            }
        });
        if (grown)
            grown(std::span(order).subspan(first, count));
        progress.set(static_cast<double>(voxels - order.size() + first + count) / static_cast<double>(voxels));
    }
}

} // namespace tercet
