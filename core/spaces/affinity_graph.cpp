#include "core/spaces/affinity_graph.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/spaces/nearest_neighbours.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/spaces/affinity_graph.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace tercet {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

const hn::CappedTag<float, 16> kFloats;
using Floats = hn::Vec<decltype(kFloats)>;

/// Replaces one row's squared distances by Gaussian weights that sum to 1 and have entropy `entropy` (nats):
/// ∝ exp(−β distance), β by Newton steps on log β inside a bracket. `distances` and `weights` are room for `count`
/// rounded up to a multiple of 16.
HWY_ATTR void gaussianRow(float* HWY_RESTRICT row, std::size_t count, float entropy, float* HWY_RESTRICT distances,
                          float* HWY_RESTRICT weights) {
    constexpr int kMaxSteps = 60;
    constexpr float kTolerance = 2e-6F;
    const std::size_t step = hn::Lanes(kFloats);
    const std::size_t padded = (count + 15) / 16 * 16;
    float least = std::numeric_limits<float>::infinity();
    float sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        least = std::min(least, row[i]);
        sum += row[i];
    }
    const float mean = sum / static_cast<float>(count) - least;
    for (std::size_t i = 0; i < padded; ++i)
        distances[i] = i < count ? row[i] - least : std::numeric_limits<float>::infinity();
    float low = 0;
    float high = std::numeric_limits<float>::infinity();
    float beta = mean > 0 ? 1 / mean : 1;
    float total = 1;
    for (int iteration = 0; iteration < kMaxSteps; ++iteration) {
        Floats weightSum = hn::Zero(kFloats);
        Floats first = weightSum;
        Floats second = weightSum;
        const Floats scale = hn::Set(kFloats, -beta);
        for (std::size_t i = 0; i < padded; i += step) {
            const Floats u = hn::LoadU(kFloats, distances + i);
            // Beyond 80 a weight is nothing beside the nearest one's 1; this also keeps infinity out of the products.
            const Floats exponent = hn::Max(hn::Mul(scale, u), hn::Set(kFloats, -80.F));
            const auto counts = hn::Gt(exponent, hn::Set(kFloats, -79.F));
            const Floats w = hn::IfThenElseZero(counts, hn::Exp(kFloats, exponent));
            const Floats bounded = hn::IfThenElseZero(counts, u);
            const Floats wu = hn::Mul(w, bounded);
            hn::StoreU(w, kFloats, weights + i);
            weightSum = hn::Add(weightSum, w);
            first = hn::Add(first, wu);
            second = hn::MulAdd(wu, bounded, second);
        }
        total = hn::GetLane(hn::SumOfLanes(kFloats, weightSum));
        const float average = hn::GetLane(hn::SumOfLanes(kFloats, first)) / total;
        const float variance = hn::GetLane(hn::SumOfLanes(kFloats, second)) / total - average * average;
        const float excess = std::log(total) + beta * average - entropy;
        if (std::abs(excess) < kTolerance)
            break;
        (excess > 0 ? low : high) = beta;
        const float slope = beta * beta * variance; // −dH / d log β
        float next = slope > 0 ? beta * std::exp(std::clamp(excess / slope, -2.F, 2.F)) : 0;
        if (!(next > low && next < high))
            next = std::isinf(high) ? beta * 8 : (low + high) / 2;
        if (!(next < 1e30F) || next == beta)
            break;
        beta = next;
    }
    for (std::size_t i = 0; i < count; ++i)
        row[i] = weights[i] / total;
}

/// Adds Σ w and Σ w log w over `count` weights, a multiple of 16, to the sums.
HWY_ATTR void addWeights(const float* weights, std::size_t count, double* sum, double* logarithms) {
    const std::size_t step = hn::Lanes(kFloats);
    Floats plain = hn::Zero(kFloats);
    Floats logs = plain;
    for (std::size_t i = 0; i < count; i += step) {
        const Floats w = hn::LoadU(kFloats, weights + i);
        plain = hn::Add(plain, w);
        logs = hn::MulAdd(w, hn::Log(kFloats, hn::Max(w, hn::Set(kFloats, 1e-37F))), logs);
    }
    *sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(kFloats, plain)));
    *logarithms += static_cast<double>(hn::GetLane(hn::SumOfLanes(kFloats, logs)));
}

/// The place of `value` among `count` values, or count.
HWY_ATTR std::size_t placeOf(std::uint32_t value, const std::uint32_t* values, std::size_t count) {
    const hn::CappedTag<std::uint32_t, 16> words;
    const std::size_t step = hn::Lanes(words);
    const auto wanted = hn::Set(words, value);
    std::size_t i = 0;
    for (; i + step <= count; i += step) {
        const auto found = hn::FindFirstTrue(words, hn::Eq(hn::LoadU(words, values + i), wanted));
        if (found >= 0)
            return i + static_cast<std::size_t>(found);
    }
    while (i < count && values[i] != value)
        ++i;
    return i;
}

} // namespace
} // namespace HWY_NAMESPACE
} // namespace tercet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tercet {
namespace {

HWY_EXPORT(gaussianRow);
HWY_EXPORT(addWeights);
HWY_EXPORT(placeOf);

constexpr std::size_t kChunk = 256; // rows a thread takes at once

std::size_t paddedTo(std::size_t count, std::size_t multiple) { return (count + multiple - 1) / multiple * multiple; }

/// Rows as float32 around their mean (Euclidean) or at length 1 (cosine).
template <class T>
Matrix<float> prepared(MatrixView<const T> points, MapMetric metric) {
    if (points.rows() == 0)
        throw DataError({.where = "map", .what = "there are no points"});
    std::vector<double> mean(points.cols());
    for (std::size_t i = 0; i < points.rows(); ++i)
        for (std::size_t k = 0; k < points.cols(); ++k) {
            if (!std::isfinite(points(i, k)))
                throw DataError({.where = fmt::format("points of the map, row {}, column {}", i + 1, k + 1),
                                 .expected = "a finite number",
                                 .found = fmt::format("{}", points(i, k)),
                                 .remedy = "remove the row or fit the embedding again"});
            mean[k] += static_cast<double>(points(i, k));
        }
    Matrix<float> result(points.rows(), points.cols());
    for (std::size_t i = 0; i < points.rows(); ++i) {
        double length = 0;
        for (std::size_t k = 0; k < points.cols(); ++k)
            length += static_cast<double>(points(i, k)) * static_cast<double>(points(i, k));
        const double scale = metric == MapMetric::Cosine && length > 0 ? 1 / std::sqrt(length) : 1;
        for (std::size_t k = 0; k < points.cols(); ++k) {
            const double centre = metric == MapMetric::Euclidean ? mean[k] / static_cast<double>(points.rows()) : 0;
            result(i, k) = static_cast<float>(static_cast<double>(points(i, k)) * scale - centre);
        }
    }
    return result;
}

template <class Body>
void forChunks(std::size_t rows, int threads, const JobControl& control, const Body& body) {
    parallelFor((rows + kChunk - 1) / kChunk, threads, [&](std::size_t chunk) {
        control.check();
        body(chunk * kChunk, std::min(rows, (chunk + 1) * kChunk));
    });
}

} // namespace

AffinityGraph::AffinityGraph(MatrixView<const double> points, double perplexity, MapMetric metric, int threads,
                             const JobControl& control, const Progress& progress) {
    build(prepared(points, metric), perplexity, threads, control, progress);
}

AffinityGraph::AffinityGraph(MatrixView<const float> points, double perplexity, MapMetric metric, int threads,
                             const JobControl& control, const Progress& progress) {
    build(prepared(points, metric), perplexity, threads, control, progress);
}

void AffinityGraph::build(const Matrix<float>& points, double perplexity, int threads, const JobControl& control,
                          const Progress& progress) {
    if (!(perplexity >= 1) || !std::isfinite(perplexity))
        throw ParameterError({.where = "perplexity of the map",
                              .expected = "a number of at least 1",
                              .found = fmt::format("{}", perplexity)});
    const std::size_t n = points.rows();
    m_perplexity = std::max(1.0, std::min(perplexity, static_cast<double>(n - 1) / 3));
    m_neighbours = std::min(n - 1, static_cast<std::size_t>(std::ceil(3 * m_perplexity)));
    m_rowBegin.assign(n + 1, 0);
    if (n == 1) {
        m_order = {0};
        return;
    }
    const std::size_t k = m_neighbours;
    Neighbours found = nearestNeighbours(points, k, threads, control, progress.part(0, 0.8));
    m_order = std::move(found.order);

    // Distances become the conditional weights p_j|i.
    Matrix<float>& conditional = found.squaredDistances;
    const Matrix<std::uint32_t>& targets = found.rows;
    const auto entropy = static_cast<float>(std::log(m_perplexity));
    forChunks(n, threads, control, [&](std::size_t begin, std::size_t end) {
        std::vector<float> distances(paddedTo(k, 16));
        std::vector<float> weights(distances.size());
        for (std::size_t r = begin; r < end; ++r)
            HWY_DYNAMIC_DISPATCH(gaussianRow)
        (conditional.row(r).data(), k, entropy, distances.data(), weights.data());
    });
    progress.set(0.87);

    // Row j of the symmetric graph: its own k neighbours, then the points that have j as a neighbour only from
    // their side. An edge known from both sides gets both weights.
    constexpr std::uint32_t kOneSided = std::numeric_limits<std::uint32_t>::max();
    Matrix<std::uint32_t> back(n, k); // the place of r among the neighbours of its neighbour
    forChunks(n, threads, control, [&](std::size_t begin, std::size_t end) {
        for (std::size_t r = begin; r < end; ++r)
            for (std::size_t e = 0; e < k; ++e) {
                const std::size_t place =
                    HWY_DYNAMIC_DISPATCH(placeOf)(static_cast<std::uint32_t>(r), targets.row(targets(r, e)).data(), k);
                back(r, e) = place < k ? static_cast<std::uint32_t>(place) : kOneSided;
            }
    });
    progress.set(0.95);
    std::vector<std::uint32_t> incoming(n);
    for (std::size_t r = 0; r < n; ++r)
        for (std::size_t e = 0; e < k; ++e)
            incoming[targets(r, e)] += back(r, e) == kOneSided;
    control.check();
    for (std::size_t r = 0; r < n; ++r)
        m_rowBegin[r + 1] = m_rowBegin[r] + paddedTo(k + incoming[r], kRowPadding);
    m_targetMask = static_cast<std::uint32_t>((std::uint64_t{1} << std::bit_width(n - 1)) - 1);
    m_edges.resize(m_rowBegin.back());
    m_weights.resize(m_rowBegin.back());
    forChunks(n, threads, control, [&](std::size_t begin, std::size_t end) {
        for (std::size_t r = begin; r < end; ++r) {
            const std::size_t row = m_rowBegin[r];
            for (std::size_t e = 0; e < k; ++e) {
                const std::size_t j = targets(r, e);
                setEdge(row + e, j, conditional(r, e) + (back(r, e) == kOneSided ? 0 : conditional(j, back(r, e))));
            }
            for (std::size_t e = row + k + incoming[r]; e < m_rowBegin[r + 1]; ++e)
                setEdge(e, r, 0);
        }
    });
    control.check();
    std::vector<std::size_t> next(n);
    for (std::size_t r = 0; r < n; ++r)
        next[r] = m_rowBegin[r] + k;
    for (std::size_t r = 0; r < n; ++r)
        for (std::size_t e = 0; e < k; ++e)
            if (back(r, e) == kOneSided)
                setEdge(next[targets(r, e)]++, r, conditional(r, e));
    control.check();

    std::vector<double> sums((n + kChunk - 1) / kChunk);
    std::vector<double> logarithms(sums.size());
    forChunks(n, threads, control, [&](std::size_t begin, std::size_t end) {
        for (std::size_t r = begin; r < end; ++r)
            HWY_DYNAMIC_DISPATCH(addWeights)
        (m_weights.data() + m_rowBegin[r], m_rowBegin[r + 1] - m_rowBegin[r], &sums[r / kChunk],
         &logarithms[r / kChunk]);
    });
    const double twice = 2 * static_cast<double>(n);
    m_negativeEntropy = (std::accumulate(logarithms.begin(), logarithms.end(), 0.0) -
                         std::log(twice) * std::accumulate(sums.begin(), sums.end(), 0.0)) /
                        twice;
    progress.set(1);
}

void AffinityGraph::setEdge(std::size_t edge, std::size_t target, float weight) {
    m_weights[edge] = weight;
    const std::uint64_t bits = std::uint64_t{std::bit_cast<std::uint32_t>(weight)} << 1;
    const std::uint64_t rounded = (bits + (std::uint64_t{m_targetMask} + 1) / 2) & ~std::uint64_t{m_targetMask};
    m_edges[edge] = static_cast<std::uint32_t>(rounded) | static_cast<std::uint32_t>(target);
}

std::vector<Affinity> AffinityGraph::row(std::size_t point) const {
    const auto r =
        static_cast<std::size_t>(std::ranges::find(m_order, static_cast<std::uint32_t>(point)) - m_order.begin());
    std::vector<Affinity> result;
    for (std::size_t e = m_rowBegin[r]; e < m_rowBegin[r + 1]; ++e)
        if (m_weights[e] > 0)
            result.push_back({.point = m_order[m_edges[e] & m_targetMask],
                              .value = static_cast<double>(m_weights[e]) / (2 * static_cast<double>(size()))});
    return result;
}

} // namespace tercet
#endif
