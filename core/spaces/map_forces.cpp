#include "core/spaces/map_forces.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/spaces/map_forces.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

#ifndef TERCET_MAP_FORCES_ONCE
#define TERCET_MAP_FORCES_ONCE
namespace tercet {
namespace {

constexpr std::size_t kGathered = 256; // edges fetched at once

/// Copies the (x, y) of the targets of `count` edges. On purpose outside the vector targets: processors that defend
/// against sampling of gathered data take five times as long for gather instructions as for these loads.
[[gnu::noinline]] void fetch(const std::uint32_t* edges, std::uint32_t targetMask, std::size_t count,
                             const float* positions, float* out) {
    for (std::size_t e = 0; e < count; ++e)
        std::memcpy(out + 2 * e, positions + 2 * static_cast<std::size_t>(edges[e] & targetMask), 2 * sizeof(float));
}

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

HWY_ATTR void attractRows(const AffinityGraph& graph, const float* positions, std::size_t begin, std::size_t end,
                          float* forces) {
    const std::size_t step = hn::Lanes(kFloats);
    const std::size_t* rowBegin = graph.rowBegin().data();
    const std::uint32_t* edges = graph.edges().data();
    const hn::RebindToUnsigned<decltype(kFloats)> words;
    const auto weightMask = hn::Set(words, ~graph.targetMask() >> 1);
    const Floats one = hn::Set(kFloats, 1.F);
    HWY_ALIGN float fetched[2 * kGathered];
    for (std::size_t r = begin; r < end; ++r) {
        const Floats x = hn::Set(kFloats, positions[2 * r]);
        const Floats y = hn::Set(kFloats, positions[2 * r + 1]);
        Floats sumX = hn::Zero(kFloats);
        Floats sumY = sumX;
        for (std::size_t first = rowBegin[r]; first < rowBegin[r + 1]; first += kGathered) {
            const std::size_t count = std::min(kGathered, rowBegin[r + 1] - first);
            fetch(edges + first, graph.targetMask(), count, positions, fetched);
            for (std::size_t e = 0; e < count; e += step) {
                Floats otherX;
                Floats otherY;
                hn::LoadInterleaved2(kFloats, fetched + 2 * e, otherX, otherY);
                const Floats dx = hn::Sub(x, otherX);
                const Floats dy = hn::Sub(y, otherY);
                const Floats kernel = hn::ApproximateReciprocal(hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, one)));
                const auto weight = hn::And(hn::ShiftRight<1>(hn::LoadU(words, edges + first + e)), weightMask);
                const Floats pull = hn::Mul(kernel, hn::BitCast(kFloats, weight));
                sumX = hn::MulAdd(pull, dx, sumX);
                sumY = hn::MulAdd(pull, dy, sumY);
            }
        }
        forces[2 * r] = hn::GetLane(hn::SumOfLanes(kFloats, sumX));
        forces[2 * r + 1] = hn::GetLane(hn::SumOfLanes(kFloats, sumY));
    }
}

HWY_ATTR double logDistanceRows(const AffinityGraph& graph, const float* positions, std::size_t begin,
                                std::size_t end) {
    const std::size_t step = hn::Lanes(kFloats);
    const std::size_t* rowBegin = graph.rowBegin().data();
    const float* weights = graph.weights().data();
    const Floats one = hn::Set(kFloats, 1.F);
    HWY_ALIGN float fetched[2 * kGathered];
    double total = 0;
    for (std::size_t r = begin; r < end; ++r) {
        const Floats x = hn::Set(kFloats, positions[2 * r]);
        const Floats y = hn::Set(kFloats, positions[2 * r + 1]);
        Floats sum = hn::Zero(kFloats);
        for (std::size_t first = rowBegin[r]; first < rowBegin[r + 1]; first += kGathered) {
            const std::size_t count = std::min(kGathered, rowBegin[r + 1] - first);
            fetch(graph.edges().data() + first, graph.targetMask(), count, positions, fetched);
            for (std::size_t e = 0; e < count; e += step) {
                Floats otherX;
                Floats otherY;
                hn::LoadInterleaved2(kFloats, fetched + 2 * e, otherX, otherY);
                const Floats dx = hn::Sub(x, otherX);
                const Floats dy = hn::Sub(y, otherY);
                const Floats logarithm = hn::Log(kFloats, hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, one)));
                sum = hn::MulAdd(hn::LoadU(kFloats, weights + first + e), logarithm, sum);
            }
        }
        total += static_cast<double>(hn::GetLane(hn::SumOfLanes(kFloats, sum)));
    }
    return total;
}

/// Four rows share the loads of the others.
HWY_ATTR double repelRows(const SplitPositions& positions, std::size_t begin, std::size_t end, float* forces) {
    constexpr std::size_t kRows = 4;
    const std::size_t step = hn::Lanes(kFloats);
    const std::size_t padded = positions.padded();
    const float* xs = positions.x();
    const float* ys = positions.y();
    const Floats one = hn::Set(kFloats, 1.F);
    // What each row counts for itself, with the reciprocal's error.
    double total = -static_cast<double>(end - begin) * static_cast<double>(hn::GetLane(hn::ApproximateReciprocal(one)));
    for (std::size_t r = begin; r < end; r += kRows) {
        const std::size_t used = std::min(kRows, end - r);
        const auto row = [&](std::size_t k) { return r + std::min(k, used - 1); };
        const Floats x0 = hn::Set(kFloats, xs[row(0)]), y0 = hn::Set(kFloats, ys[row(0)]);
        const Floats x1 = hn::Set(kFloats, xs[row(1)]), y1 = hn::Set(kFloats, ys[row(1)]);
        const Floats x2 = hn::Set(kFloats, xs[row(2)]), y2 = hn::Set(kFloats, ys[row(2)]);
        const Floats x3 = hn::Set(kFloats, xs[row(3)]), y3 = hn::Set(kFloats, ys[row(3)]);
        Floats fx0 = hn::Zero(kFloats), fy0 = fx0, z0 = fx0;
        Floats fx1 = fx0, fy1 = fx0, z1 = fx0;
        Floats fx2 = fx0, fy2 = fx0, z2 = fx0;
        Floats fx3 = fx0, fy3 = fx0, z3 = fx0;
        for (std::size_t j = 0; j < padded; j += step) {
            const Floats xj = hn::LoadU(kFloats, xs + j);
            const Floats yj = hn::LoadU(kFloats, ys + j);
            const auto push = [&](Floats x, Floats y, Floats& fx, Floats& fy, Floats& z) HWY_ATTR {
                const Floats dx = hn::Sub(x, xj);
                const Floats dy = hn::Sub(y, yj);
                const Floats kernel = hn::ApproximateReciprocal(hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, one)));
                z = hn::Add(z, kernel);
                const Floats squared = hn::Mul(kernel, kernel);
                fx = hn::MulAdd(squared, dx, fx);
                fy = hn::MulAdd(squared, dy, fy);
            };
            push(x0, y0, fx0, fy0, z0);
            push(x1, y1, fx1, fy1, z1);
            push(x2, y2, fx2, fy2, z2);
            push(x3, y3, fx3, fy3, z3);
        }
        const auto finish = [&](std::size_t k, Floats fx, Floats fy, Floats z) HWY_ATTR {
            if (k >= used)
                return;
            forces[2 * (r + k)] = hn::GetLane(hn::SumOfLanes(kFloats, fx));
            forces[2 * (r + k) + 1] = hn::GetLane(hn::SumOfLanes(kFloats, fy));
            total += static_cast<double>(hn::GetLane(hn::SumOfLanes(kFloats, z)));
        };
        finish(0, fx0, fy0, z0);
        finish(1, fx1, fy1, z1);
        finish(2, fx2, fy2, z2);
        finish(3, fx3, fy3, z3);
    }
    return total;
}

HWY_ATTR double sumKernelRows(const SplitPositions& positions, std::size_t begin, std::size_t end) {
    constexpr std::size_t kRun = 4096; // float sums stay short
    const std::size_t step = hn::Lanes(kFloats);
    const Floats one = hn::Set(kFloats, 1.F);
    double total = -static_cast<double>(end - begin); // each row's 1 with itself
    for (std::size_t r = begin; r < end; ++r) {
        const Floats x = hn::Set(kFloats, positions.x()[r]);
        const Floats y = hn::Set(kFloats, positions.y()[r]);
        for (std::size_t first = 0; first < positions.padded(); first += kRun) {
            Floats sum = hn::Zero(kFloats);
            for (std::size_t j = first; j < std::min(first + kRun, positions.padded()); j += step) {
                const Floats dx = hn::Sub(x, hn::LoadU(kFloats, positions.x() + j));
                const Floats dy = hn::Sub(y, hn::LoadU(kFloats, positions.y() + j));
                sum = hn::Add(sum, hn::Div(one, hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, one))));
            }
            total += static_cast<double>(hn::GetLane(hn::SumOfLanes(kFloats, sum)));
        }
    }
    return total;
}

/// Plain loops over 16 coordinates at a time, which the compiler turns into vector code.
HWY_ATTR Extent descendAll(const Descent& descent, const float* HWY_RESTRICT attraction,
                           const float* HWY_RESTRICT repulsion, float* HWY_RESTRICT positions,
                           float* HWY_RESTRICT velocities, float* HWY_RESTRICT gains, std::size_t count) {
    constexpr std::size_t kLanes = 16;
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    float low[kLanes];
    float high[kLanes];
    float sum[kLanes];
    for (std::size_t l = 0; l < kLanes; ++l) {
        low[l] = kInfinity;
        high[l] = -kInfinity;
        sum[l] = 0;
    }
    const Descent d = descent;
    const auto move = [&](std::size_t i, std::size_t lane) HWY_ATTR {
        const float gradient = d.attraction * attraction[i] - d.repulsion * repulsion[i];
        const float before = velocities[i];
        // Where the descent goes on in its direction the gain grows, else it shrinks.
        const float grown = gains[i] + 0.2F;
        const float shrunk = std::max(gains[i] * 0.8F, 0.01F);
        const float gain = gradient * before < 0 ? grown : shrunk;
        gains[i] = gain;
        const float velocity = d.momentum * before - d.learningRate * gain * gradient;
        const float limited = std::max(-d.longestStep, std::min(velocity, d.longestStep));
        velocities[i] = limited;
        const float position = positions[i] + limited + (lane % 2 == 0 ? d.shiftX : d.shiftY);
        positions[i] = position;
        low[lane] = std::min(low[lane], position);
        high[lane] = std::max(high[lane], position);
        sum[lane] += position;
    };
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (std::size_t l = 0; l < kLanes; ++l)
            move(i + l, l);
    for (std::size_t l = 0; i + l < count; ++l)
        move(i + l, l);
    Extent extent{kInfinity, kInfinity, -kInfinity, -kInfinity, 0, 0};
    for (std::size_t l = 0; l < kLanes; l += 2) {
        extent.lowX = std::min(extent.lowX, low[l]);
        extent.lowY = std::min(extent.lowY, low[l + 1]);
        extent.highX = std::max(extent.highX, high[l]);
        extent.highY = std::max(extent.highY, high[l + 1]);
        extent.sumX += static_cast<double>(sum[l]);
        extent.sumY += static_cast<double>(sum[l + 1]);
    }
    return extent;
}

} // namespace
} // namespace HWY_NAMESPACE
} // namespace tercet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tercet {
namespace {

HWY_EXPORT(attractRows);
HWY_EXPORT(logDistanceRows);
HWY_EXPORT(repelRows);
HWY_EXPORT(sumKernelRows);
HWY_EXPORT(descendAll);

} // namespace

void attract(const AffinityGraph& graph, std::span<const float> positions, std::size_t begin, std::size_t end,
             std::span<float> forces) {
    HWY_DYNAMIC_DISPATCH(attractRows)(graph, positions.data(), begin, end, forces.data());
}

double logDistances(const AffinityGraph& graph, std::span<const float> positions, std::size_t begin, std::size_t end) {
    return HWY_DYNAMIC_DISPATCH(logDistanceRows)(graph, positions.data(), begin, end);
}

SplitPositions::SplitPositions(std::size_t points) {
    constexpr float kFarAway = 1e15F; // its square is finite, its reciprocal's square 0
    m_values.assign(2 * ((points + 15) / 16 * 16), kFarAway);
}

void SplitPositions::set(std::span<const float> positions, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
        m_values[i] = positions[2 * i];
        m_values[padded() + i] = positions[2 * i + 1];
    }
}

double repelExactly(const SplitPositions& positions, std::size_t begin, std::size_t end, std::span<float> forces) {
    return HWY_DYNAMIC_DISPATCH(repelRows)(positions, begin, end, forces.data());
}

double sumKernel(const SplitPositions& positions, std::size_t begin, std::size_t end) {
    return HWY_DYNAMIC_DISPATCH(sumKernelRows)(positions, begin, end);
}

Extent descend(const Descent& descent, std::span<const float> attraction, std::span<const float> repulsion,
               std::span<float> positions, std::span<float> velocities, std::span<float> gains) {
    return HWY_DYNAMIC_DISPATCH(descendAll)(descent, attraction.data(), repulsion.data(), positions.data(),
                                            velocities.data(), gains.data(), positions.size());
}

} // namespace tercet
#endif
