#include "core/brain/ridge_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>

// Highway needs this order.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/brain/ridge_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace tercet::ridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<double, kLanes>;
using V = hn::Vec<D>;
constexpr D kTag;
constexpr std::size_t kWidth = hn::MaxLanes(D());
static_assert(kLanes % kWidth == 0);
constexpr std::size_t kTall = 4; ///< rows of a tile

/// sums(first … first + kTall − 1, v … v + kWide vectors).
template <std::size_t kTall_, std::size_t kWide>
HWY_INLINE void productTile(const double* x, std::size_t xStride, Rows rows, const double* y, std::size_t stride,
                            double* sums) {
    V sum[kTall_][kWide];
    for (auto& line : sum)
        for (V& one : line)
            one = hn::Zero(kTag);
    for (std::size_t i = 0; i < rows.count; ++i) {
        const double* row = x + rows.rows[i] * xStride;
        const double* values = y + rows.rows[i] * stride;
        V value[kWide];
        for (std::size_t w = 0; w < kWide; ++w)
            value[w] = hn::Load(kTag, values + w * kWidth);
        for (std::size_t k = 0; k < kTall_; ++k) {
            const V factor = hn::Set(kTag, row[k]);
            for (std::size_t w = 0; w < kWide; ++w)
                sum[k][w] = hn::MulAdd(factor, value[w], sum[k][w]);
        }
    }
    for (std::size_t k = 0; k < kTall_; ++k)
        for (std::size_t w = 0; w < kWide; ++w)
            hn::Store(sum[k][w], kTag, sums + k * stride + w * kWidth);
}

template <std::size_t kWide>
HWY_INLINE void productStrip(const double* x, std::size_t xStride, std::size_t components, Rows rows, const double* y,
                             std::size_t stride, double* sums) {
    std::size_t k = 0;
    for (; k + kTall <= components; k += kTall)
        productTile<kTall, kWide>(x + k, xStride, rows, y, stride, sums + k * stride);
    for (; k < components; ++k)
        productTile<1, kWide>(x + k, xStride, rows, y, stride, sums + k * stride);
}

void Products(const double* x, std::size_t xStride, std::size_t components, Rows rows, const double* y,
              std::size_t stride, double* sums) {
    constexpr std::size_t kWide = 2;
    std::size_t v = 0;
    for (; v + kWide * kWidth <= stride; v += kWide * kWidth)
        productStrip<kWide>(x, xStride, components, rows, y + v, stride, sums + v);
    for (; v < stride; v += kWidth)
        productStrip<1>(x, xStride, components, rows, y + v, stride, sums + v);
}

void Squares(Rows rows, const double* y, std::size_t stride, double* squares) {
    for (std::size_t v = 0; v < stride; v += kWidth) {
        V sum = hn::Zero(kTag);
        for (std::size_t i = 0; i < rows.count; ++i) {
            const V value = hn::Load(kTag, y + rows.rows[i] * stride + v);
            sum = hn::MulAdd(value, value, sum);
        }
        hn::Store(sum, kTag, squares + v);
    }
}

void Turn(const double* by, const double* shift, std::size_t rows, std::size_t components, const double* in,
          const double* sum, std::size_t stride, double* out) {
    for (std::size_t v = 0; v < stride; v += kWidth) {
        const V total = hn::Load(kTag, sum + v);
        for (std::size_t k = 0; k < rows; ++k) {
            V even = hn::Mul(hn::Set(kTag, -shift[k]), total);
            V odd = hn::Zero(kTag);
            const double* row = by + k * components;
            std::size_t l = 0;
            for (; l + 2 <= components; l += 2) {
                even = hn::MulAdd(hn::Set(kTag, row[l]), hn::Load(kTag, in + l * stride + v), even);
                odd = hn::MulAdd(hn::Set(kTag, row[l + 1]), hn::Load(kTag, in + (l + 1) * stride + v), odd);
            }
            if (l < components)
                even = hn::MulAdd(hn::Set(kTag, row[l]), hn::Load(kTag, in + l * stride + v), even);
            hn::Store(hn::Add(even, odd), kTag, out + k * stride + v);
        }
    }
}

/// wᵀ gram w of kWide vectors of voxels, whose weights lie in `weights` (components × kWide vectors, zeros up to a
/// multiple of kTall).
template <std::size_t kWide>
HWY_INLINE void quadraticForm(const double* packed, std::size_t components, const double* weights, V* form) {
    for (std::size_t w = 0; w < kWide; ++w)
        form[w] = hn::Zero(kTag);
    for (std::size_t first = 0; first < components; first += kTall) {
        V sum[kTall][kWide];
        for (auto& line : sum)
            for (V& one : line)
                one = hn::Zero(kTag);
        for (std::size_t l = 0; l < first + kTall; ++l, packed += kTall) {
            V weight[kWide];
            for (std::size_t w = 0; w < kWide; ++w)
                weight[w] = hn::Load(kTag, weights + (l * kWide + w) * kWidth);
            for (std::size_t k = 0; k < kTall; ++k) {
                const V factor = hn::Set(kTag, packed[k]);
                for (std::size_t w = 0; w < kWide; ++w)
                    sum[k][w] = hn::MulAdd(factor, weight[w], sum[k][w]);
            }
        }
        for (std::size_t k = 0; k < kTall; ++k)
            for (std::size_t w = 0; w < kWide; ++w)
                form[w] = hn::MulAdd(sum[k][w], hn::Load(kTag, weights + ((first + k) * kWide + w) * kWidth), form[w]);
    }
}

template <std::size_t kWide>
HWY_INLINE void clearPadding(std::size_t components, double* work) {
    for (std::size_t k = components; k % kTall != 0; ++k)
        for (std::size_t w = 0; w < kWide; ++w)
            hn::Store(hn::Zero(kTag), kTag, work + (k * kWide + w) * kWidth);
}

/// Calls score(w, w·h, wᵀ gram w, alpha's place) for every α of kWide vectors of voxels from v on.
template <std::size_t kWide, class Score>
HWY_INLINE void scanAlphas(const HeldOut& heldOut, const double* alphas, std::size_t count, std::size_t v, double* work,
                           const Score& score) {
    clearPadding<kWide>(heldOut.components, work);
    for (std::size_t a = 0; a < count; ++a) {
        V dot[kWide];
        for (V& one : dot)
            one = hn::Zero(kTag);
        for (std::size_t k = 0; k < heldOut.components; ++k) {
            const V shrink = hn::Set(kTag, 1 / (heldOut.eigenvalues[k] + alphas[a]));
            for (std::size_t w = 0; w < kWide; ++w) {
                const std::size_t at = k * heldOut.stride + v + w * kWidth;
                const V weight = hn::Mul(shrink, hn::Load(kTag, heldOut.trained + at));
                dot[w] = hn::MulAdd(weight, hn::Load(kTag, heldOut.held + at), dot[w]);
                hn::Store(weight, kTag, work + (k * kWide + w) * kWidth);
            }
        }
        V form[kWide];
        quadraticForm<kWide>(heldOut.gram, heldOut.components, work, form);
        for (std::size_t w = 0; w < kWide; ++w)
            score(a, v + w * kWidth, dot[w], form[w]);
    }
}

/// The vectors of voxels, two at a time.
template <class Body>
HWY_INLINE void eachStrip(std::size_t stride, const Body& body) {
    std::size_t v = 0;
    for (; v + 2 * kWidth <= stride; v += 2 * kWidth)
        body(std::integral_constant<std::size_t, 2>(), v);
    for (; v < stride; v += kWidth)
        body(std::integral_constant<std::size_t, 1>(), v);
}

HWY_INLINE V correlation(V dot, V form, V variance, V undefined) {
    const V product = hn::Mul(form, variance);
    const auto defined = hn::Gt(product, hn::Zero(kTag));
    const V safe = hn::IfThenElse(defined, product, hn::Set(kTag, 1.0));
    return hn::IfThenElse(defined, hn::Div(dot, hn::Sqrt(safe)), undefined);
}

void AddCorrelations(const HeldOut& heldOut, const double* alphas, std::size_t count, double* total, double* work) {
    eachStrip(heldOut.stride, [&](auto wide, std::size_t first) {
        scanAlphas<wide.value>(heldOut, alphas, count, first, work, [&](std::size_t a, std::size_t v, V dot, V form) {
            const V variance = hn::Load(kTag, heldOut.variance + v);
            double* at = total + a * heldOut.stride + v;
            hn::Store(hn::Add(hn::Load(kTag, at), correlation(dot, form, variance, hn::Zero(kTag))), kTag, at);
        });
    });
}

void AddExplained(const HeldOut& heldOut, const double* spread, const double* alphas, std::size_t count, double* total,
                  double* work) {
    eachStrip(heldOut.stride, [&](auto wide, std::size_t first) {
        scanAlphas<wide.value>(heldOut, alphas, count, first, work, [&](std::size_t a, std::size_t v, V dot, V form) {
            // 1 − Σ (y − μ − p)² / Σ (y − mean)²
            const V all = hn::Load(kTag, spread + v);
            const auto defined = hn::Gt(all, hn::Zero(kTag));
            const V missed = hn::Sub(hn::Add(hn::Load(kTag, heldOut.variance + v), form), hn::Add(dot, dot));
            const V safe = hn::IfThenElse(defined, all, hn::Set(kTag, 1.0));
            const V explained = hn::IfThenElseZero(defined, hn::Sub(hn::Set(kTag, 1.0), hn::Div(missed, safe)));
            double* at = total + a * heldOut.stride + v;
            hn::Store(hn::Add(hn::Load(kTag, at), explained), kTag, at);
        });
    });
}

void CorrelationsAt(const HeldOut& heldOut, const double* alphaOfVoxel, double* score, double* weights, double* work) {
    const V undefined = hn::Set(kTag, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t v = 0; v < heldOut.stride; v += kWidth) {
        clearPadding<1>(heldOut.components, work);
        const V alpha = hn::Load(kTag, alphaOfVoxel + v);
        V dot = hn::Zero(kTag);
        for (std::size_t k = 0; k < heldOut.components; ++k) {
            const std::size_t at = k * heldOut.stride + v;
            const V weight =
                hn::Div(hn::Load(kTag, heldOut.trained + at), hn::Add(hn::Set(kTag, heldOut.eigenvalues[k]), alpha));
            dot = hn::MulAdd(weight, hn::Load(kTag, heldOut.held + at), dot);
            hn::Store(weight, kTag, work + k * kWidth);
            hn::Store(weight, kTag, weights + at);
        }
        V form[1];
        quadraticForm<1>(heldOut.gram, heldOut.components, work, form);
        hn::Store(correlation(dot, form[0], hn::Load(kTag, heldOut.variance + v), undefined), kTag, score + v);
    }
}

} // namespace HWY_NAMESPACE
} // namespace tercet::ridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tercet::ridge {
namespace {

constexpr std::size_t kTall = 4; ///< rows of a tile, as above

HWY_EXPORT(Products);
HWY_EXPORT(Squares);
HWY_EXPORT(Turn);
HWY_EXPORT(AddCorrelations);
HWY_EXPORT(AddExplained);
HWY_EXPORT(CorrelationsAt);

} // namespace

void products(const double* x, std::size_t xStride, std::size_t components, Rows rows, const double* y,
              std::size_t stride, double* sums) {
    HWY_DYNAMIC_DISPATCH(Products)(x, xStride, components, rows, y, stride, sums);
}

void squares(Rows rows, const double* y, std::size_t stride, double* out) {
    HWY_DYNAMIC_DISPATCH(Squares)(rows, y, stride, out);
}

void turn(const double* by, const double* shift, std::size_t rows, std::size_t components, const double* in,
          const double* sum, std::size_t stride, double* out) {
    HWY_DYNAMIC_DISPATCH(Turn)(by, shift, rows, components, in, sum, stride, out);
}

std::size_t packedSize(std::size_t components) {
    std::size_t size = 0;
    for (std::size_t first = 0; first < components; first += kTall)
        size += (first + kTall) * kTall;
    return size;
}

void packGram(const double* gram, std::size_t components, double* packed) {
    for (std::size_t first = 0; first < components; first += kTall)
        for (std::size_t l = 0; l < first + kTall; ++l)
            for (std::size_t k = first; k < first + kTall; ++k) {
                const bool there = k < components && l <= k;
                *packed++ = there ? (l == k ? 1 : 2) * gram[k * components + l] : 0;
            }
}

void addCorrelations(const HeldOut& heldOut, const double* alphas, std::size_t count, double* total, double* work) {
    HWY_DYNAMIC_DISPATCH(AddCorrelations)(heldOut, alphas, count, total, work);
}

void addExplained(const HeldOut& heldOut, const double* spread, const double* alphas, std::size_t count, double* total,
                  double* work) {
    HWY_DYNAMIC_DISPATCH(AddExplained)(heldOut, spread, alphas, count, total, work);
}

void correlationsAt(const HeldOut& heldOut, const double* alphaOfVoxel, double* score, double* weights, double* work) {
    HWY_DYNAMIC_DISPATCH(CorrelationsAt)(heldOut, alphaOfVoxel, score, weights, work);
}

} // namespace tercet::ridge
#endif
