#include "core/embedding/spose_kernels.h"

#include <algorithm>

// Highway needs this order.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/embedding/spose_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace tercet::spose {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kChunk>;
using V = hn::Vec<D>;
constexpr D kTag;
constexpr std::size_t kLanes = hn::MaxLanes(D());
constexpr std::size_t kVectors = kChunk / kLanes; // vectors in a line
static_assert(kChunk == kGroup && kChunk % kLanes == 0);

template <class T>
HWY_INLINE T* at(T* base, std::uint32_t offset) {
    return base + offset / sizeof(float);
}

/// Sums of adjacent lanes: those of a, then those of b.
HWY_INLINE V addPairs(V a, V b) {
#if HWY_TARGET == HWY_SCALAR
    return hn::Add(a, b);
#else
    return hn::Add(hn::ConcatEven(kTag, b, a), hn::ConcatOdd(kTag, b, a));
#endif
}

/// Adds the lanes of a to `sums`.
HWY_INLINE void addLanes(V a, double* HWY_RESTRICT sums) {
#if HWY_TARGET == HWY_SCALAR
    *sums += static_cast<double>(hn::GetLane(a));
#else
    const hn::Repartition<double, D> wide;
    double* high = sums + kLanes / 2;
    hn::Store(hn::Add(hn::Load(wide, sums), hn::PromoteTo(wide, hn::LowerHalf(a))), wide, sums);
    hn::Store(hn::Add(hn::Load(wide, high), hn::PromoteTo(wide, hn::UpperHalf(hn::Half<D>(), a))), wide, high);
#endif
}

/// Partial products of `kCount` judgments' pairs, reduced until one vector holds them.
struct Dots {
    V ij, ik, jk;
};

HWY_INLINE Dots addPairs(const Dots& a, const Dots& b) {
    return {addPairs(a.ij, b.ij), addPairs(a.ik, b.ik), addPairs(a.jk, b.jk)};
}

/// Products of vectors [kFirst, kFirst + kCount) of one judgment's three lines, adjacent lanes added until one vector
/// is left.
template <std::size_t kFirst, std::size_t kCount>
HWY_INLINE Dots productsOf(const float* i, const float* j, const float* k) {
    if constexpr (kCount == 1) {
        const V a = hn::Load(kTag, i + kFirst * kLanes);
        const V b = hn::Load(kTag, j + kFirst * kLanes);
        const V c = hn::Load(kTag, k + kFirst * kLanes);
        return {hn::Mul(a, b), hn::Mul(a, c), hn::Mul(b, c)};
    } else {
        return addPairs(productsOf<kFirst, kCount / 2>(i, j, k), productsOf<kFirst + kCount / 2, kCount / 2>(i, j, k));
    }
}

/// The dot products of kCount judgments, one after the other in the lanes once kCount is kLanes.
template <std::size_t kCount>
HWY_INLINE Dots dotsOf(const float* weights, const std::uint32_t* offsets, std::size_t stride) {
    if constexpr (kCount == 1)
        return productsOf<0, kVectors>(at(weights, offsets[0]), at(weights, offsets[stride]),
                                       at(weights, offsets[2 * stride]));
    else
        return addPairs(dotsOf<kCount / 2>(weights, offsets, stride),
                        dotsOf<kCount / 2>(weights, offsets + kCount / 2, stride));
}

void AddUpDots(const float* HWY_RESTRICT weights, Offsets offsets, std::size_t groups, float* HWY_RESTRICT dots,
               std::size_t stride) {
    for (std::size_t t = 0; t < groups * kGroup; t += kLanes) {
        const Dots sums = dotsOf<kLanes>(weights, offsets.values + t, offsets.stride);
        hn::Store(sums.ij, kTag, dots + t);
        hn::Store(sums.ik, kTag, dots + stride + t);
        hn::Store(sums.jk, kTag, dots + 2 * stride + t);
    }
}

void Residuals(const float* HWY_RESTRICT dots, std::size_t chunks, std::size_t dotStride, std::size_t count,
               float scale, float* HWY_RESTRICT residual, std::size_t stride, Tally* tally) {
    const V one = hn::Set(kTag, 1.0F);
    const V factor = hn::Set(kTag, scale);
    // -log p_ij = log Σ exp(s − top) + top − s_ij; a few judgments share one logarithm: Σ exp is at most 3.
    constexpr std::size_t kShare = 64 * kGroup;
    for (std::size_t first = 0; first < count; first += kShare) {
        V product[kVectors];
        V gap[kVectors];
        for (std::size_t v = 0; v < kVectors; ++v) {
            product[v] = one;
            gap[v] = hn::Zero(kTag);
        }
        std::size_t hits = 0;
        const std::size_t last = HWY_MIN(count, first + kShare);
        for (std::size_t group = first; group < last; group += kGroup)
            for (std::size_t v = 0; v < kVectors; ++v) {
                const std::size_t t = group + v * kLanes;
                V s0 = hn::Load(kTag, dots + t);
                V s1 = hn::Load(kTag, dots + dotStride + t);
                V s2 = hn::Load(kTag, dots + 2 * dotStride + t);
                for (std::size_t c = 1; c < chunks; ++c) {
                    const float* part = dots + 3 * dotStride * c + t;
                    s0 = hn::Add(s0, hn::Load(kTag, part));
                    s1 = hn::Add(s1, hn::Load(kTag, part + dotStride));
                    s2 = hn::Add(s2, hn::Load(kTag, part + 2 * dotStride));
                }
                const V top = hn::Max(s0, hn::Max(s1, s2));
                const V e0 = hn::Exp(kTag, hn::Sub(s0, top));
                const V e1 = hn::Exp(kTag, hn::Sub(s1, top));
                const V e2 = hn::Exp(kTag, hn::Sub(s2, top));
                const V others = hn::Add(e1, e2);
                const V sum = hn::Add(e0, others);
                const V scaled = hn::Div(factor, sum);
                hn::Store(hn::Neg(hn::Mul(others, scaled)), kTag, residual + t); // p_ij − 1 without cancellation
                hn::Store(hn::Mul(e1, scaled), kTag, residual + stride + t);
                hn::Store(hn::Mul(e2, scaled), kTag, residual + 2 * stride + t);
                if (tally == nullptr)
                    continue;
                const auto valid = hn::FirstN(kTag, last > t ? last - t : 0);
                product[v] = hn::Mul(product[v], hn::IfThenElse(valid, sum, one));
                gap[v] = hn::Add(gap[v], hn::IfThenElseZero(valid, hn::Sub(top, s0)));
                hits += hn::CountTrue(kTag, hn::And(valid, hn::And(hn::Gt(s0, s1), hn::Gt(s0, s2))));
            }
        if (tally == nullptr)
            continue;
        for (std::size_t v = 0; v < kVectors; ++v)
            addLanes(hn::Add(hn::Log(kTag, product[v]), gap[v]), tally->laneNll + v * kLanes);
        tally->hits += hits;
    }
}

void ScatterGradient(const float* HWY_RESTRICT weights, float* HWY_RESTRICT gradient, Offsets offsets,
                     const float* HWY_RESTRICT residual, std::size_t stride, std::size_t count) {
    for (std::size_t t = 0; t < count; ++t) {
        const std::uint32_t i = offsets.values[t];
        const std::uint32_t j = offsets.values[offsets.stride + t];
        const std::uint32_t k = offsets.values[2 * offsets.stride + t];
        const V ij = hn::Set(kTag, residual[t]);
        const V ik = hn::Set(kTag, residual[stride + t]);
        const V jk = hn::Set(kTag, residual[2 * stride + t]);
        for (std::size_t v = 0; v < kChunk; v += kLanes) {
            const V xi = hn::Load(kTag, at(weights, i) + v);
            const V xj = hn::Load(kTag, at(weights, j) + v);
            const V xk = hn::Load(kTag, at(weights, k) + v);
            float* gi = at(gradient, i) + v;
            float* gj = at(gradient, j) + v;
            float* gk = at(gradient, k) + v;
            const V di = hn::MulAdd(ik, xk, hn::MulAdd(ij, xj, hn::Load(kTag, gi)));
            const V dj = hn::MulAdd(jk, xk, hn::MulAdd(ij, xi, hn::Load(kTag, gj)));
            const V dk = hn::MulAdd(jk, xj, hn::MulAdd(ik, xi, hn::Load(kTag, gk)));
            hn::Store(di, kTag, gi);
            hn::Store(dj, kTag, gj);
            hn::Store(dk, kTag, gk);
        }
    }
}

/// Added to the second moment at each step, to keep 1/√v finite: v then stays below 1e-33 where there is no gradient,
/// and √v far below the rounding of √v + ε.
constexpr float kTinySecond = 1e-36F;

/// The constants of the steps, in registers or next to them.
struct Adam {
    explicit HWY_INLINE Adam(const AdamConstants& a)
        : keepFirst(hn::Set(kTag, a.keepFirst)), addFirst(hn::Set(kTag, a.addFirst)),
          keepSecond(hn::Set(kTag, a.keepSecond)), addSecond(hn::Set(kTag, a.addSecond)), l1(hn::Set(kTag, a.l1)),
          tinySecond(hn::Set(kTag, kTinySecond)), firstOfL1(hn::Mul(addFirst, l1)),
          secondOfL1(hn::MulAdd(hn::Mul(addSecond, l1), l1, tinySecond)) {}
    V keepFirst, addFirst, keepSecond, addSecond, l1, tinySecond;
    V firstOfL1, secondOfL1; ///< what the L1 term alone adds to the moments
};

/// Weights and moments of kCount vectors that are worked on side by side, an operation on all of them at a time, to
/// hide the latency of the chain of operations.
template <std::size_t kCount>
struct Weights {
    V x[kCount], m[kCount], v[kCount];

    /// Calls body(u) for each of the vectors, unrolled.
    template <class Body>
    static HWY_INLINE void each(const Body& body) {
#pragma GCC unroll 16
        for (std::size_t u = 0; u < kCount; ++u)
            body(u);
    }

    /// x − size · m / (√v + ε), not below 0. The square root and the reciprocal are the processor's estimates after
    /// one Newton step each, right to about the last bit.
    HWY_INLINE void step(const AdamStep& by) {
        const V doubledSize = hn::Set(kTag, by.doubledSize);
        const V doubledEpsilon = hn::Set(kTag, by.doubledEpsilon);
        V root[kCount], inverse[kCount], size[kCount];
        each([&](std::size_t u) { inverse[u] = hn::ApproximateReciprocalSqrt(v[u]); });
        each([&](std::size_t u) { root[u] = hn::Mul(v[u], inverse[u]); });
        each([&](std::size_t u) { inverse[u] = hn::NegMulAdd(root[u], inverse[u], hn::Set(kTag, 3.0F)); });
        each([&](std::size_t u) { root[u] = hn::MulAdd(root[u], inverse[u], doubledEpsilon); }); // 2 (√v + ε)
        each([&](std::size_t u) { inverse[u] = hn::ApproximateReciprocal(root[u]); });
        each([&](std::size_t u) { size[u] = hn::Mul(m[u], doubledSize); });
        each([&](std::size_t u) { root[u] = hn::NegMulAdd(root[u], inverse[u], hn::Set(kTag, 2.0F)); });
        each([&](std::size_t u) { size[u] = hn::Mul(size[u], inverse[u]); });
        each([&](std::size_t u) { x[u] = hn::Max(hn::Zero(kTag), hn::NegMulAdd(size[u], root[u], x[u])); });
    }

    /// The step that takes the gradient of the vectors at place(u) and sets it to 0.
    template <class Place>
    HWY_INLINE void firstStep(const Lines& arrays, const Place& place, const AdamStep& by, const Adam& adam) {
        each([&](std::size_t u) {
            x[u] = hn::Load(kTag, arrays.weights + place(u));
            const V g = hn::Add(hn::Load(kTag, arrays.gradient + place(u)),
                                hn::IfThenElseZero(hn::Gt(x[u], hn::Zero(kTag)), adam.l1));
            m[u] = hn::MulAdd(adam.keepFirst, hn::Load(kTag, arrays.first + place(u)), hn::Mul(adam.addFirst, g));
            v[u] = hn::MulAdd(adam.keepSecond, hn::Load(kTag, arrays.second + place(u)),
                              hn::MulAdd(hn::Mul(adam.addSecond, g), g, adam.tinySecond));
        });
        step(by);
    }

    /// The step of vectors whose gradient is 0, with the same roundings.
    HWY_INLINE void nextStep(const AdamStep& by, const Adam& adam) {
        each([&](std::size_t u) {
            const auto positive = hn::Gt(x[u], hn::Zero(kTag));
            m[u] = hn::MulAdd(adam.keepFirst, m[u], hn::IfThenElseZero(positive, adam.firstOfL1));
            v[u] = hn::MulAdd(adam.keepSecond, v[u], hn::IfThenElse(positive, adam.secondOfL1, adam.tinySecond));
        });
        step(by);
    }

    template <class Place>
    HWY_INLINE void store(const Lines& arrays, const Place& place) const {
        each([&](std::size_t u) {
            hn::Store(hn::Zero(kTag), kTag, arrays.gradient + place(u));
            hn::Store(x[u], kTag, arrays.weights + place(u));
            hn::Store(m[u], kTag, arrays.first + place(u));
            hn::Store(v[u], kTag, arrays.second + place(u));
        });
    }
};

/// `kLines` lines side by side.
template <std::size_t kLines>
HWY_INLINE void advanceLines(Lines arrays, const std::uint32_t* lines, const AdamStep* steps, const AdamStep* end,
                             const Adam& adam) {
    const auto place = [&](std::size_t u) { return lines[u / kVectors] / sizeof(float) + u % kVectors * kLanes; };
    Weights<kLines * kVectors> weights;
    weights.firstStep(arrays, place, *steps, adam);
    while (++steps != end)
        weights.nextStep(*steps, adam);
    weights.store(arrays, place);
}

void Advance(const Lines& arrays, const std::uint32_t* lines, const std::uint32_t* missing, std::size_t count,
             const AdamStep* end, const AdamConstants& constants, std::uint32_t spare) {
    const Adam adam(constants);
    constexpr std::size_t kMany = kVectors == 1 ? 8 : kVectors == 2 ? 2 : 1; // as many as fit the registers
    constexpr std::size_t kFew = (kMany + 1) / 2;
    for (std::size_t first = 0; first < count; first += kMany) {
        const std::size_t last = HWY_MIN(count, first + kMany);
        std::uint32_t group[kMany];
        std::fill_n(group, kMany, spare);
        std::size_t joined = first;
        for (std::uint32_t left = missing[first]; left > 0;) {
            for (; joined < last && missing[joined] == left; ++joined)
                group[joined - first] = lines[joined];
            const std::uint32_t next = joined < last ? missing[joined] : 0;
            if (joined - first > kFew)
                advanceLines<kMany>(arrays, group, end - left, end - next, adam);
            else
                advanceLines<kFew>(arrays, group, end - left, end - next, adam);
            left = next;
        }
    }
}

void AdvanceAll(const Lines& lines, std::size_t first, std::size_t last, const AdamStep& step,
                const AdamConstants& constants) {
    const Adam adam(constants);
    const AdamStep by = step;
    const Lines arrays = lines;
    constexpr std::size_t kTogether = 4;
    const std::size_t end = last * kChunk;
    std::size_t at = first * kChunk;
    const auto place = [&](std::size_t u) { return at + u * kLanes; };
    for (; at + kTogether * kLanes <= end; at += kTogether * kLanes) {
        Weights<kTogether> weights;
        weights.firstStep(arrays, place, by, adam);
        weights.store(arrays, place);
    }
    for (; at < end; at += kLanes) {
        Weights<1> weights;
        weights.firstStep(arrays, place, by, adam);
        weights.store(arrays, place);
    }
}

template <class Index>
HWY_INLINE void writeOffsetsOf(const Index* HWY_RESTRICT judgments, std::size_t count, std::uint32_t* HWY_RESTRICT out,
                               std::size_t stride) {
    constexpr int kShift = 6;
    static_assert(kLineBytes == std::size_t{1} << kShift);
    std::size_t t = 0;
#if HWY_TARGET != HWY_SCALAR
    const hn::Rebind<std::uint32_t, D> wide;
    const hn::Rebind<Index, D> narrow;
    for (; t + kLanes <= count; t += kLanes) {
        hn::Vec<decltype(narrow)> place[3];
        hn::LoadInterleaved3(narrow, judgments + 3 * t, place[0], place[1], place[2]);
        for (std::size_t p = 0; p < 3; ++p) {
            if constexpr (sizeof(Index) == sizeof(std::uint32_t))
                hn::StoreU(hn::ShiftLeft<kShift>(place[p]), wide, out + p * stride + t);
            else
                hn::StoreU(hn::ShiftLeft<kShift>(hn::PromoteTo(wide, place[p])), wide, out + p * stride + t);
        }
    }
#endif
    for (; t < count; ++t)
        for (std::size_t p = 0; p < 3; ++p)
            out[p * stride + t] = static_cast<std::uint32_t>(judgments[3 * t + p]) << kShift;
}

void WriteOffsets16(const std::uint16_t* judgments, std::size_t count, std::uint32_t* out, std::size_t stride) {
    writeOffsetsOf(judgments, count, out, stride);
}

void WriteOffsets32(const std::uint32_t* judgments, std::size_t count, std::uint32_t* out, std::size_t stride) {
    writeOffsetsOf(judgments, count, out, stride);
}

const char* InstructionSet() { return hwy::TargetName(HWY_TARGET); }

} // namespace HWY_NAMESPACE
} // namespace tercet::spose
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tercet::spose {

HWY_EXPORT(AddUpDots);
HWY_EXPORT(Residuals);
HWY_EXPORT(ScatterGradient);
HWY_EXPORT(Advance);
HWY_EXPORT(AdvanceAll);
HWY_EXPORT(WriteOffsets16);
HWY_EXPORT(WriteOffsets32);
HWY_EXPORT(InstructionSet);

void writeOffsets(const std::uint16_t* judgments, std::size_t count, std::uint32_t* out, std::size_t stride) {
    HWY_DYNAMIC_DISPATCH(WriteOffsets16)(judgments, count, out, stride);
}

void writeOffsets(const std::uint32_t* judgments, std::size_t count, std::uint32_t* out, std::size_t stride) {
    HWY_DYNAMIC_DISPATCH(WriteOffsets32)(judgments, count, out, stride);
}

void addUpDots(const float* weights, Offsets offsets, std::size_t groups, float* dots, std::size_t stride) {
    HWY_DYNAMIC_DISPATCH(AddUpDots)(weights, offsets, groups, dots, stride);
}

void residuals(const float* dots, std::size_t chunks, std::size_t dotStride, std::size_t count, float scale,
               float* residual, std::size_t stride, Tally* tally) {
    HWY_DYNAMIC_DISPATCH(Residuals)(dots, chunks, dotStride, count, scale, residual, stride, tally);
}

void scatterGradient(const float* weights, float* gradient, Offsets offsets, const float* residual, std::size_t stride,
                     std::size_t count) {
    HWY_DYNAMIC_DISPATCH(ScatterGradient)(weights, gradient, offsets, residual, stride, count);
}

void advance(const Lines& arrays, const std::uint32_t* lines, const std::uint32_t* missing, std::size_t count,
             const AdamStep* end, const AdamConstants& adam, std::uint32_t spare) {
    HWY_DYNAMIC_DISPATCH(Advance)(arrays, lines, missing, count, end, adam, spare);
}

void advanceAll(const Lines& arrays, std::size_t first, std::size_t last, const AdamStep& step,
                const AdamConstants& adam) {
    HWY_DYNAMIC_DISPATCH(AdvanceAll)(arrays, first, last, step, adam);
}

const char* instructionSet() { return HWY_DYNAMIC_DISPATCH(InstructionSet)(); }

} // namespace tercet::spose
#endif
