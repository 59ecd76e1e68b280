#include "core/spaces/repulsion_grid.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/spaces/repulsion_grid.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef TERCET_REPULSION_GRID_ONCE
#define TERCET_REPULSION_GRID_ONCE
namespace tercet {

/// Four neighbouring floats; every x86-64 and ARM processor has registers for them.
using Quad [[gnu::vector_size(16)]] = float;

/// Polynomials of the cubic B-spline: the four weights' coefficients of 1, t, t², t³.
constexpr Quad kSpline[4] = {{1.F / 6, 4.F / 6, 1.F / 6, 0},
                             {-3.F / 6, 0, 3.F / 6, 0},
                             {3.F / 6, -1.F, 3.F / 6, 0},
                             {-1.F / 6, 3.F / 6, -3.F / 6, 1.F / 6}};

/// Places between two nodes, in each direction, for which a point's effect on itself is tabulated.
constexpr int kSelfPlaces = 32;

/// What the vector code reads and writes of a grid.
struct GridKernels {
    static const std::vector<RepulsionGrid::Level>& levels(const RepulsionGrid& grid) { return grid.m_levels; }
    static const float* twiddles(const RepulsionGrid& grid) { return grid.m_twiddles.data(); }
    static const std::uint32_t* frequencyAt(const RepulsionGrid& grid) { return grid.m_frequencyAt.data(); }
    static const std::uint32_t* placeOf(const RepulsionGrid& grid) { return grid.m_placeOf.data(); }
    static std::size_t side(const RepulsionGrid& grid) { return grid.m_side; }
    static std::size_t columns(const RepulsionGrid& grid) { return grid.m_columns; }
    static float* kernel(RepulsionGrid& grid) { return grid.m_kernel.data(); }
    static float* charges(RepulsionGrid& grid) { return grid.m_charges.data(); }
    static float* real(RepulsionGrid& grid) { return grid.m_real.data(); }
    static float* imaginary(RepulsionGrid& grid) { return grid.m_imaginary.data(); }
    static float* potential(RepulsionGrid& grid) { return grid.m_potential.data(); }
    static const float* potential(const RepulsionGrid& grid) { return grid.m_potential.data(); }
    static const float* self(const RepulsionGrid& grid) { return grid.m_self.data(); }
    static float spacing(const RepulsionGrid& grid) { return grid.m_spacing; }
    static float originX(const RepulsionGrid& grid) { return grid.m_originX; }
    static float originY(const RepulsionGrid& grid) { return grid.m_originY; }
};

} // namespace tercet
#endif

HWY_BEFORE_NAMESPACE();
namespace tercet {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

const hn::CappedTag<float, 16> kFloats;
using Floats = hn::Vec<decltype(kFloats)>;

HWY_ATTR std::size_t laneCount() { return hn::Lanes(kFloats); }

/// As many complex numbers as there are lanes, one from each of the transforms that run side by side.
struct Complex {
    Floats re;
    Floats im;
};

HWY_INLINE Complex load(const float* at, std::size_t lanes) {
    return {hn::Load(kFloats, at), hn::Load(kFloats, at + lanes)};
}
HWY_INLINE void store(Complex value, float* at, std::size_t lanes) {
    hn::Store(value.re, kFloats, at);
    hn::Store(value.im, kFloats, at + lanes);
}
HWY_INLINE Complex add(Complex a, Complex b) { return {hn::Add(a.re, b.re), hn::Add(a.im, b.im)}; }
HWY_INLINE Complex sub(Complex a, Complex b) { return {hn::Sub(a.re, b.re), hn::Sub(a.im, b.im)}; }
/// a · (c + is)
HWY_INLINE Complex turn(Complex a, float c, float s) {
    const Floats cosine = hn::Set(kFloats, c);
    const Floats sine = hn::Set(kFloats, s);
    return {hn::NegMulAdd(a.im, sine, hn::Mul(a.re, cosine)), hn::MulAdd(a.re, sine, hn::Mul(a.im, cosine))};
}
/// a + factor · b, and a − i b, a + i b
HWY_INLINE Complex addScaled(Complex a, float factor, Complex b) {
    const Floats f = hn::Set(kFloats, factor);
    return {hn::MulAdd(f, b.re, a.re), hn::MulAdd(f, b.im, a.im)};
}
HWY_INLINE Complex scaled(float factor, Complex b) {
    const Floats f = hn::Set(kFloats, factor);
    return {hn::Mul(f, b.re), hn::Mul(f, b.im)};
}
HWY_INLINE Complex minusI(Complex a, Complex b) { return {hn::Add(a.re, b.im), hn::Sub(a.im, b.re)}; }
HWY_INLINE Complex plusI(Complex a, Complex b) { return {hn::Sub(a.re, b.im), hn::Add(a.im, b.re)}; }

/// The discrete Fourier transform of R numbers; kInverse conjugates its factors (no scaling).
template <int R, bool kInverse>
HWY_INLINE void transform(Complex (&v)[R]) {
    const auto minus = [](Complex a, Complex b) HWY_ATTR { return kInverse ? plusI(a, b) : minusI(a, b); };
    const auto plus = [](Complex a, Complex b) HWY_ATTR { return kInverse ? minusI(a, b) : plusI(a, b); };
    if constexpr (R == 2) {
        const Complex a = v[0];
        v[0] = add(a, v[1]);
        v[1] = sub(a, v[1]);
    } else if constexpr (R == 3) {
        constexpr float kSine = 0.866025403784438647F;
        const Complex both = add(v[1], v[2]);
        const Complex differ = scaled(kSine, sub(v[1], v[2]));
        const Complex middle = addScaled(v[0], -0.5F, both);
        v[0] = add(v[0], both);
        v[1] = minus(middle, differ);
        v[2] = plus(middle, differ);
    } else if constexpr (R == 4) {
        const Complex s0 = add(v[0], v[2]);
        const Complex s1 = sub(v[0], v[2]);
        const Complex s2 = add(v[1], v[3]);
        const Complex s3 = sub(v[1], v[3]);
        v[0] = add(s0, s2);
        v[1] = minus(s1, s3);
        v[2] = sub(s0, s2);
        v[3] = plus(s1, s3);
    } else {
        static_assert(R == 5);
        constexpr float kCosine1 = 0.309016994374947424F;
        constexpr float kCosine2 = -0.809016994374947424F;
        constexpr float kSine1 = 0.951056516295153572F;
        constexpr float kSine2 = 0.587785252292473129F;
        const Complex p1 = add(v[1], v[4]);
        const Complex m1 = sub(v[1], v[4]);
        const Complex p2 = add(v[2], v[3]);
        const Complex m2 = sub(v[2], v[3]);
        const Complex a1 = addScaled(addScaled(v[0], kCosine1, p1), kCosine2, p2);
        const Complex a2 = addScaled(addScaled(v[0], kCosine2, p1), kCosine1, p2);
        const Complex b1 = addScaled(scaled(kSine1, m1), kSine2, m2);
        const Complex b2 = addScaled(scaled(kSine2, m1), -kSine1, m2);
        v[0] = add(v[0], add(p1, p2));
        v[1] = minus(a1, b1);
        v[4] = plus(a1, b1);
        v[2] = minus(a2, b2);
        v[3] = plus(a2, b2);
    }
}

/// One forward stage over a block: transforms of R numbers a part apart, then factors (decimation in frequency).
template <int R>
HWY_INLINE void forwardStage(float* block, std::size_t part, const float* factors, std::size_t lanes) {
    const std::size_t stride = 2 * lanes;
    for (std::size_t n = 0; n < part; ++n, factors += 2 * (R - 1)) {
        Complex v[R];
        for (int j = 0; j < R; ++j)
            v[j] = load(block + (n + static_cast<std::size_t>(j) * part) * stride, lanes);
        transform<R, false>(v);
        store(v[0], block + n * stride, lanes);
        for (int j = 1; j < R; ++j)
            store(turn(v[j], factors[2 * (j - 1)], factors[2 * (j - 1) + 1]),
                  block + (n + static_cast<std::size_t>(j) * part) * stride, lanes);
    }
}

/// Undoes forwardStage, but for the scale (decimation in time).
template <int R>
HWY_INLINE void inverseStage(float* block, std::size_t part, const float* factors, std::size_t lanes) {
    const std::size_t stride = 2 * lanes;
    for (std::size_t n = 0; n < part; ++n, factors += 2 * (R - 1)) {
        Complex v[R];
        v[0] = load(block + n * stride, lanes);
        for (int j = 1; j < R; ++j)
            v[j] = turn(load(block + (n + static_cast<std::size_t>(j) * part) * stride, lanes), factors[2 * (j - 1)],
                        -factors[2 * (j - 1) + 1]);
        transform<R, true>(v);
        for (int j = 0; j < R; ++j)
            store(v[j], block + (n + static_cast<std::size_t>(j) * part) * stride, lanes);
    }
}

/// The first stage (radix 4) when the second half of the block is zero and unread.
HWY_INLINE void forwardFromHalf(float* block, std::size_t part, const float* factors, std::size_t lanes) {
    const std::size_t stride = 2 * lanes;
    for (std::size_t n = 0; n < part; ++n, factors += 6) {
        const Complex a = load(block + n * stride, lanes);
        const Complex b = load(block + (n + part) * stride, lanes);
        store(add(a, b), block + n * stride, lanes);
        store(turn(minusI(a, b), factors[0], factors[1]), block + (n + part) * stride, lanes);
        store(turn(sub(a, b), factors[2], factors[3]), block + (n + 2 * part) * stride, lanes);
        store(turn(plusI(a, b), factors[4], factors[5]), block + (n + 3 * part) * stride, lanes);
    }
}

/// The last stage when only the first half of the block is wanted.
HWY_INLINE void inverseToHalf(float* block, std::size_t part, const float* factors, std::size_t lanes) {
    const std::size_t stride = 2 * lanes;
    for (std::size_t n = 0; n < part; ++n, factors += 6) {
        const Complex a = load(block + n * stride, lanes);
        const Complex b = turn(load(block + (n + part) * stride, lanes), factors[0], -factors[1]);
        const Complex c = turn(load(block + (n + 2 * part) * stride, lanes), factors[2], -factors[3]);
        const Complex d = turn(load(block + (n + 3 * part) * stride, lanes), factors[4], -factors[5]);
        store(add(add(a, c), add(b, d)), block + n * stride, lanes);
        store(plusI(sub(a, c), sub(b, d)), block + (n + part) * stride, lanes);
    }
}

template <int R>
HWY_INLINE void multiplied(float* block, const std::uint32_t* frequencies, const float* kernel, std::size_t columns,
                           std::size_t last, std::size_t lanes) {
    Complex v[R];
    for (int j = 0; j < R; ++j)
        v[j] = load(block + static_cast<std::size_t>(j) * 2 * lanes, lanes);
    transform<R, false>(v);
    for (int j = 0; j < R; ++j) {
        // The kernel is even: frequency f and 2N − f share a row.
        const std::size_t f = std::min<std::size_t>(frequencies[j], last - frequencies[j]);
        const Floats k = hn::LoadU(kFloats, kernel + f * columns);
        v[j] = {hn::Mul(v[j].re, k), hn::Mul(v[j].im, k)};
    }
    transform<R, true>(v);
    for (int j = 0; j < R; ++j)
        store(v[j], block + static_cast<std::size_t>(j) * 2 * lanes, lanes);
}

struct Plan {
    const RepulsionGrid& grid;
    std::size_t lanes;
};

HWY_ATTR void runForward(const Plan& plan, std::size_t level, float* block) {
    const auto& levels = GridKernels::levels(plan.grid);
    if (level == levels.size())
        return;
    const auto& l = levels[level];
    const std::size_t part = l.size / l.radix;
    const float* factors = GridKernels::twiddles(plan.grid) + l.twiddles;
    switch (l.radix) {
    case 2:
        forwardStage<2>(block, part, factors, plan.lanes);
        break;
    case 3:
        forwardStage<3>(block, part, factors, plan.lanes);
        break;
    case 4:
        forwardStage<4>(block, part, factors, plan.lanes);
        break;
    default:
        forwardStage<5>(block, part, factors, plan.lanes);
        break;
    }
    if (part > 1)
        for (std::size_t j = 0; j < l.radix; ++j)
            runForward(plan, level + 1, block + j * part * 2 * plan.lanes);
}

HWY_ATTR void runInverse(const Plan& plan, std::size_t level, float* block) {
    const auto& levels = GridKernels::levels(plan.grid);
    if (level == levels.size())
        return;
    const auto& l = levels[level];
    const std::size_t part = l.size / l.radix;
    if (part > 1)
        for (std::size_t j = 0; j < l.radix; ++j)
            runInverse(plan, level + 1, block + j * part * 2 * plan.lanes);
    const float* factors = GridKernels::twiddles(plan.grid) + l.twiddles;
    switch (l.radix) {
    case 2:
        inverseStage<2>(block, part, factors, plan.lanes);
        break;
    case 3:
        inverseStage<3>(block, part, factors, plan.lanes);
        break;
    case 4:
        inverseStage<4>(block, part, factors, plan.lanes);
        break;
    default:
        inverseStage<5>(block, part, factors, plan.lanes);
        break;
    }
}

/// Forward, times the kernel, inverse, part by part so that each part stays in the nearest cache.
HWY_ATTR void runConvolution(const Plan& plan, std::size_t level, float* block, std::size_t place,
                             const float* kernel) {
    const auto& l = GridKernels::levels(plan.grid)[level];
    const std::size_t part = l.size / l.radix;
    const float* factors = GridKernels::twiddles(plan.grid) + l.twiddles;
    if (part == 1) {
        const std::uint32_t* frequencies = GridKernels::frequencyAt(plan.grid) + place;
        const std::size_t columns = GridKernels::columns(plan.grid);
        const std::size_t last = 2 * GridKernels::side(plan.grid);
        switch (l.radix) {
        case 2:
            multiplied<2>(block, frequencies, kernel, columns, last, plan.lanes);
            break;
        case 3:
            multiplied<3>(block, frequencies, kernel, columns, last, plan.lanes);
            break;
        case 4:
            multiplied<4>(block, frequencies, kernel, columns, last, plan.lanes);
            break;
        default:
            multiplied<5>(block, frequencies, kernel, columns, last, plan.lanes);
            break;
        }
        return;
    }
    switch (l.radix) {
    case 2:
        forwardStage<2>(block, part, factors, plan.lanes);
        break;
    case 3:
        forwardStage<3>(block, part, factors, plan.lanes);
        break;
    case 4:
        forwardStage<4>(block, part, factors, plan.lanes);
        break;
    default:
        forwardStage<5>(block, part, factors, plan.lanes);
        break;
    }
    for (std::size_t j = 0; j < l.radix; ++j)
        runConvolution(plan, level + 1, block + j * part * 2 * plan.lanes, place + j * part, kernel);
    switch (l.radix) {
    case 2:
        inverseStage<2>(block, part, factors, plan.lanes);
        break;
    case 3:
        inverseStage<3>(block, part, factors, plan.lanes);
        break;
    case 4:
        inverseStage<4>(block, part, factors, plan.lanes);
        break;
    default:
        inverseStage<5>(block, part, factors, plan.lanes);
        break;
    }
}

/// 64-byte aligned room for `count` lane-wise complex numbers.
HWY_ATTR float* roomFor(RepulsionGrid::Scratch& scratch, std::size_t count, std::size_t lanes) {
    const std::size_t wanted = count * 2 * lanes + 16;
    if (scratch.values.size() < wanted)
        scratch.values.resize(wanted);
    auto address = std::bit_cast<std::uintptr_t>(scratch.values.data());
    address = (address + 63) / 64 * 64;
    return std::bit_cast<float*>(address);
}

HWY_INLINE Quad loadQuad(const float* from) {
    Quad value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
HWY_INLINE void storeQuad(Quad value, float* to) { std::memcpy(to, &value, sizeof value); }
HWY_INLINE Quad quadOf(float value) { return Quad{value, value, value, value}; }

/// Writes number j of lane l of four vectors to rows[l][j].
HWY_INLINE void storeTransposed(const Floats (&v)[4], float* rows, std::size_t stride, std::size_t lanes) {
    HWY_ALIGN float quads[4 * 16];
    hn::StoreInterleaved4(v[0], v[1], v[2], v[3], kFloats, quads);
    for (std::size_t l = 0; l < lanes; ++l)
        storeQuad(loadQuad(quads + 4 * l), rows + l * stride);
}
HWY_INLINE void loadTransposed(const float* rows, std::size_t stride, Floats (&v)[4], std::size_t lanes) {
    HWY_ALIGN float quads[4 * 16];
    for (std::size_t l = 0; l < lanes; ++l)
        storeQuad(loadQuad(rows + l * stride), quads + 4 * l);
    hn::LoadInterleaved4(kFloats, quads, v[0], v[1], v[2], v[3]);
}

/// Along x, for 2 × lanes neighbouring y: one half of them as real parts, the other as imaginary parts.
HWY_ATTR void transformRows(RepulsionGrid& grid, std::size_t task, RepulsionGrid::Scratch& scratch) {
    const Plan plan{grid, laneCount()};
    const std::size_t lanes = plan.lanes;
    const std::size_t side = GridKernels::side(grid);
    const std::size_t columns = GridKernels::columns(grid);
    float* buffer = roomFor(scratch, 2 * side, lanes);
    const std::size_t y = task * 2 * lanes;
    const float* charges = GridKernels::charges(grid) + y;
    for (std::size_t x = 0; x < side; ++x, charges += side) {
        Floats a = hn::LoadU(kFloats, charges);
        Floats b = hn::LoadU(kFloats, charges + lanes);
        for (std::size_t p = 1; p < RepulsionGrid::kSpreadTasks; ++p) {
            a = hn::Add(a, hn::LoadU(kFloats, charges + p * side * side));
            b = hn::Add(b, hn::LoadU(kFloats, charges + p * side * side + lanes));
        }
        store({a, b}, buffer + x * 2 * lanes, lanes);
    }
    const auto& first = GridKernels::levels(grid)[0];
    forwardFromHalf(buffer, first.size / 4, GridKernels::twiddles(grid) + first.twiddles, lanes);
    for (std::size_t j = 0; j < 4; ++j)
        runForward(plan, 1, buffer + j * (first.size / 4) * 2 * lanes);

    // Of a + ib, a's transform is (Z_k + Z*_−k) / 2 and b's (Z_k − Z*_−k) / 2i.
    const std::uint32_t* placeOf = GridKernels::placeOf(grid);
    float* real = GridKernels::real(grid) + y * columns;
    float* imaginary = GridKernels::imaginary(grid) + y * columns;
    const Floats half = hn::Set(kFloats, 0.5F);
    for (std::size_t k = 0; k < columns; k += 4) {
        Floats ar[4];
        Floats ai[4];
        Floats br[4];
        Floats bi[4];
        for (std::size_t j = 0; j < 4; ++j) {
            if (k + j > side) {
                ar[j] = ai[j] = br[j] = bi[j] = hn::Zero(kFloats);
                continue;
            }
            const Complex z = load(buffer + placeOf[k + j] * 2 * lanes, lanes);
            const Complex w = load(buffer + placeOf[(2 * side - k - j) % (2 * side)] * 2 * lanes, lanes);
            ar[j] = hn::Mul(half, hn::Add(z.re, w.re));
            ai[j] = hn::Mul(half, hn::Sub(z.im, w.im));
            br[j] = hn::Mul(half, hn::Add(z.im, w.im));
            bi[j] = hn::Mul(half, hn::Sub(w.re, z.re));
        }
        storeTransposed(ar, real + k, columns, lanes);
        storeTransposed(ai, imaginary + k, columns, lanes);
        storeTransposed(br, real + lanes * columns + k, columns, lanes);
        storeTransposed(bi, imaginary + lanes * columns + k, columns, lanes);
    }
}

HWY_ATTR void convolveColumns(RepulsionGrid& grid, std::size_t task, RepulsionGrid::Scratch& scratch) {
    const Plan plan{grid, laneCount()};
    const std::size_t lanes = plan.lanes;
    const std::size_t side = GridKernels::side(grid);
    const std::size_t columns = GridKernels::columns(grid);
    const std::size_t k = task * lanes;
    float* buffer = roomFor(scratch, 2 * side, lanes);
    float* real = GridKernels::real(grid) + k;
    float* imaginary = GridKernels::imaginary(grid) + k;
    for (std::size_t y = 0; y < side; ++y)
        store({hn::LoadU(kFloats, real + y * columns), hn::LoadU(kFloats, imaginary + y * columns)},
              buffer + y * 2 * lanes, lanes);
    const auto& first = GridKernels::levels(grid)[0];
    const std::size_t part = first.size / 4;
    const float* factors = GridKernels::twiddles(grid) + first.twiddles;
    forwardFromHalf(buffer, part, factors, lanes);
    for (std::size_t j = 0; j < 4; ++j)
        runConvolution(plan, 1, buffer + j * part * 2 * lanes, j * part, GridKernels::kernel(grid) + k);
    inverseToHalf(buffer, part, factors, lanes);
    for (std::size_t y = 0; y < side; ++y) {
        const Complex value = load(buffer + y * 2 * lanes, lanes);
        hn::StoreU(value.re, kFloats, real + y * columns);
        hn::StoreU(value.im, kFloats, imaginary + y * columns);
    }
}

HWY_ATTR void restoreRows(RepulsionGrid& grid, std::size_t task, RepulsionGrid::Scratch& scratch) {
    const Plan plan{grid, laneCount()};
    const std::size_t lanes = plan.lanes;
    const std::size_t side = GridKernels::side(grid);
    const std::size_t columns = GridKernels::columns(grid);
    float* buffer = roomFor(scratch, 2 * side, lanes);
    const std::size_t y = task * 2 * lanes;
    const std::uint32_t* placeOf = GridKernels::placeOf(grid);
    const float* real = GridKernels::real(grid) + y * columns;
    const float* imaginary = GridKernels::imaginary(grid) + y * columns;
    for (std::size_t k = 0; k <= side; k += 4) {
        Floats ar[4];
        Floats ai[4];
        Floats br[4];
        Floats bi[4];
        loadTransposed(real + k, columns, ar, lanes);
        loadTransposed(imaginary + k, columns, ai, lanes);
        loadTransposed(real + lanes * columns + k, columns, br, lanes);
        loadTransposed(imaginary + lanes * columns + k, columns, bi, lanes);
        for (std::size_t j = 0; j < std::min<std::size_t>(4, side + 1 - k); ++j) {
            store({hn::Sub(ar[j], bi[j]), hn::Add(ai[j], br[j])}, buffer + placeOf[k + j] * 2 * lanes, lanes);
            if (k + j > 0 && k + j < side)
                store({hn::Add(ar[j], bi[j]), hn::Sub(br[j], ai[j])}, buffer + placeOf[2 * side - k - j] * 2 * lanes,
                      lanes);
        }
    }
    const auto& first = GridKernels::levels(grid)[0];
    const std::size_t part = first.size / 4;
    for (std::size_t j = 0; j < 4; ++j)
        runInverse(plan, 1, buffer + j * part * 2 * lanes);
    inverseToHalf(buffer, part, GridKernels::twiddles(grid) + first.twiddles, lanes);
    float* potential = GridKernels::potential(grid) + y;
    for (std::size_t x = 0; x < side; ++x) {
        const Complex value = load(buffer + x * 2 * lanes, lanes);
        hn::StoreU(value.re, kFloats, potential + x * side);
        hn::StoreU(value.im, kFloats, potential + x * side + lanes);
    }
}

/// Transforms 2 × lanes real, even sequences of 2N numbers at once: sequence s is values[s + i × stride], i ≤ N; the
/// transform, real and even too, replaces it.
HWY_ATTR void transformEven(const RepulsionGrid& grid, float* values, std::size_t stride,
                            RepulsionGrid::Scratch& scratch) {
    const Plan plan{grid, laneCount()};
    const std::size_t lanes = plan.lanes;
    const std::size_t side = GridKernels::side(grid);
    float* buffer = roomFor(scratch, 2 * side, lanes);
    for (std::size_t i = 0; i < 2 * side; ++i) {
        const float* from = values + std::min(i, 2 * side - i) * stride;
        store({hn::LoadU(kFloats, from), hn::LoadU(kFloats, from + lanes)}, buffer + i * 2 * lanes, lanes);
    }
    runForward(plan, 0, buffer);
    for (std::size_t k = 0; k <= side; ++k) {
        const Complex value = load(buffer + GridKernels::placeOf(grid)[k] * 2 * lanes, lanes);
        hn::StoreU(value.re, kFloats, values + k * stride);
        hn::StoreU(value.im, kFloats, values + k * stride + lanes);
    }
}

/// Cubic B-spline weights of the four nodes around a point `t` ∈ [0, 1) beyond the second, and their slopes.
HWY_INLINE Quad cubic(float t) {
    const Quad x = quadOf(t);
    return kSpline[0] + x * (kSpline[1] + x * (kSpline[2] + x * kSpline[3]));
}
HWY_INLINE Quad cubicSlope(float t) {
    const Quad x = quadOf(t);
    return kSpline[1] + x * (2.F * kSpline[2] + x * (3.F * kSpline[3]));
}
HWY_INLINE float sumOf(Quad value) { return (value[0] + value[1]) + (value[2] + value[3]); }

struct Place {
    std::size_t node; // lowest of the 4 × 4
    float tx;
    float ty;
};

HWY_INLINE Place placeOn(const RepulsionGrid& grid, float inverse, float x, float y) {
    const float gx = (x - GridKernels::originX(grid)) * inverse;
    const float gy = (y - GridKernels::originY(grid)) * inverse;
    const auto ix = static_cast<std::int32_t>(gx);
    const auto iy = static_cast<std::int32_t>(gy);
    return {.node = static_cast<std::size_t>(ix - 1) * GridKernels::side(grid) + static_cast<std::size_t>(iy - 1),
            .tx = gx - static_cast<float>(ix),
            .ty = gy - static_cast<float>(iy)};
}

HWY_ATTR void spread(RepulsionGrid& grid, std::size_t task, const float* positions, std::size_t count) {
    const std::size_t side = GridKernels::side(grid);
    float* charges = GridKernels::charges(grid) + task * side * side;
    std::memset(charges, 0, side * side * sizeof(float));
    const float inverse = 1 / GridKernels::spacing(grid);
    for (std::size_t i = 0; i < count; ++i) {
        const Place place = placeOn(grid, inverse, positions[2 * i], positions[2 * i + 1]);
        const Quad wx = cubic(place.tx);
        const Quad wy = cubic(place.ty);
        float* node = charges + place.node;
        for (int r = 0; r < 4; ++r, node += side)
            storeQuad(loadQuad(node) + quadOf(wx[r]) * wy, node);
    }
}

HWY_ATTR double evaluate(const RepulsionGrid& grid, const float* positions, std::size_t count, float* forces) {
    const std::size_t side = GridKernels::side(grid);
    const float* potential = GridKernels::potential(grid);
    const float* self = GridKernels::self(grid);
    const float inverse = 1 / GridKernels::spacing(grid);
    const float scale = -0.5F * inverse;
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Place place = placeOn(grid, inverse, positions[2 * i], positions[2 * i + 1]);
        const Quad wx = cubic(place.tx);
        const Quad dx = cubicSlope(place.tx);
        const float* node = potential + place.node;
        Quad value = quadOf(0);
        Quad slope = value;
        for (int r = 0; r < 4; ++r, node += side) {
            const Quad row = loadQuad(node);
            value += quadOf(wx[r]) * row;
            slope += quadOf(dx[r]) * row;
        }
        const Quad wy = cubic(place.ty);
        const float* own = self + 4 * (static_cast<int>(place.tx * kSelfPlaces) * kSelfPlaces +
                                       static_cast<int>(place.ty * kSelfPlaces));
        forces[2 * i] = scale * sumOf(slope * wy) - own[0];
        forces[2 * i + 1] = scale * sumOf(value * cubicSlope(place.ty)) - own[1];
        sum += static_cast<double>(sumOf(value * wy) - own[2]);
    }
    return sum;
}

} // namespace
} // namespace HWY_NAMESPACE
} // namespace tercet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tercet {
namespace {

HWY_EXPORT(laneCount);
HWY_EXPORT(transformRows);
HWY_EXPORT(convolveColumns);
HWY_EXPORT(restoreRows);
HWY_EXPORT(transformEven);
HWY_EXPORT(spread);
HWY_EXPORT(evaluate);

constexpr std::size_t kSideUnit = 32; // sides are multiples of it with factors 2, 3, 5
constexpr std::size_t kLargestSide = 1024;
constexpr float kMargin = 1.5F;  // nodes below the lowest point
constexpr float kExtraNodes = 5; // nodes beyond the span: margins, and the spline's reach

/// The smallest allowed side of at least `nodes`.
std::size_t sideFor(float nodes) {
    for (std::size_t side = kSideUnit; side < kLargestSide; side += kSideUnit) {
        std::size_t rest = side;
        for (const std::size_t prime : {2UL, 3UL, 5UL})
            while (rest % prime == 0)
                rest /= prime;
        if (rest == 1 && static_cast<float>(side) >= nodes)
            return side;
    }
    return kLargestSide;
}

} // namespace

void RepulsionGrid::place(const Bounds& bounds) {
    const float span = std::max(bounds.highX - bounds.lowX, bounds.highY - bounds.lowY);
    const std::size_t side = sideFor(span / m_finestSpacing + kExtraNodes);
    // Beyond the largest grid the spacing grows by quarters, so that the kernel is seldom made anew.
    float spacing = m_finestSpacing;
    while (span / spacing + kExtraNodes > static_cast<float>(side))
        spacing *= 1.25F;
    if (side != m_side || spacing != m_spacing)
        resize(side, spacing);
    m_originX = bounds.lowX - kMargin * m_spacing;
    m_originY = bounds.lowY - kMargin * m_spacing;
}

void RepulsionGrid::resize(std::size_t side, float spacing) {
    m_side = side;
    m_spacing = spacing;
    m_columns = (side + 1 + 15) / 16 * 16;
    const std::size_t length = 2 * side;

    // The first stage is of radix 4; odd factors and a lone 2 come before the other fours.
    std::vector<std::size_t> radices{4};
    std::size_t rest = length / 4;
    for (const std::size_t odd : {5UL, 3UL})
        for (; rest % odd == 0; rest /= odd)
            radices.push_back(odd);
    if (std::countr_zero(rest) % 2 == 1) {
        radices.push_back(2);
        rest /= 2;
    }
    for (; rest > 1; rest /= 4)
        radices.push_back(4);

    m_levels.clear();
    m_twiddles.clear();
    std::size_t size = length;
    for (const std::size_t radix : radices) {
        m_levels.push_back({.size = size, .radix = radix, .twiddles = m_twiddles.size()});
        for (std::size_t n = 0; n < size / radix; ++n)
            for (std::size_t j = 1; j < radix; ++j) {
                const double angle =
                    -2 * std::numbers::pi * static_cast<double>(n * j % size) / static_cast<double>(size);
                m_twiddles.push_back(static_cast<float>(std::cos(angle)));
                m_twiddles.push_back(static_cast<float>(std::sin(angle)));
            }
        size /= radix;
    }
    // Part j of a block of radix R holds the frequencies R f + j.
    m_frequencyAt.assign(length, 0);
    m_placeOf.assign(length, 0);
    for (std::size_t place = 0; place < length; ++place) {
        std::size_t rest2 = place;
        std::size_t frequency = 0;
        std::size_t factor = 1;
        for (const Level& level : m_levels) {
            const std::size_t part = level.size / level.radix;
            frequency += factor * (rest2 / part);
            rest2 %= part;
            factor *= level.radix;
        }
        m_frequencyAt[place] = static_cast<std::uint32_t>(frequency);
        m_placeOf[frequency] = static_cast<std::uint32_t>(place);
    }
    m_charges.assign(kSpreadTasks * side * side, 0);
    m_potential.assign(side * side, 0);
    m_real.assign(side * m_columns, 0);
    m_imaginary.assign(side * m_columns, 0);
    makeKernel();
    measureSelf();
}

void RepulsionGrid::makeKernel() {
    // 1 / (1 + r²) at all offsets up to N in both directions, even and periodic; padded to whole vectors.
    const std::size_t width = (m_side + 1 + 31) / 32 * 32;
    std::vector<float> values(width * width);
    const double squared = static_cast<double>(m_spacing) * static_cast<double>(m_spacing);
    for (std::size_t i = 0; i <= m_side; ++i)
        for (std::size_t j = 0; j <= m_side; ++j)
            values[i * width + j] = static_cast<float>(1 / (1 + squared * static_cast<double>(i * i + j * j)));
    const auto transpose = [&] {
        for (std::size_t i = 0; i < width; ++i)
            for (std::size_t j = 0; j < i; ++j)
                std::swap(values[i * width + j], values[j * width + i]);
    };
    Scratch scratch;
    const std::size_t step = 2 * HWY_DYNAMIC_DISPATCH(laneCount)();
    for (int direction = 0; direction < 2; ++direction) {
        for (std::size_t s = 0; s < width; s += step)
            HWY_DYNAMIC_DISPATCH(transformEven)(*this, values.data() + s, width, scratch);
        transpose();
    }
    // Spline coefficients, not samples, are convolved: divide by the B-spline's transform, at source and at target,
    // in both directions; and by the inverse transform's scale.
    std::vector<double> spline(m_side + 1);
    for (std::size_t k = 0; k <= m_side; ++k) {
        const double value =
            (4 + 2 * std::cos(std::numbers::pi * static_cast<double>(k) / static_cast<double>(m_side))) / 6;
        spline[k] = 1 / (value * value);
    }
    const double scale = 1 / (4 * static_cast<double>(m_side) * static_cast<double>(m_side));
    m_kernel.assign((m_side + 1) * m_columns, 0);
    for (std::size_t i = 0; i <= m_side; ++i)
        for (std::size_t j = 0; j <= m_side; ++j)
            m_kernel[i * m_columns + j] =
                static_cast<float>(static_cast<double>(values[i * width + j]) * spline[i] * spline[j] * scale);
}

void RepulsionGrid::measureSelf() {
    // The coefficients that a charge on one node causes at the 7 × 7 nodes that a point shares with itself.
    const std::size_t middle = m_side / 2;
    m_charges[middle * m_side + middle] = 1;
    Scratch scratch;
    for (std::size_t task = 0; task < rowTasks(); ++task)
        transformRows(task, scratch);
    for (std::size_t task = 0; task < columnTasks(); ++task)
        convolveColumns(task, scratch);
    for (std::size_t task = 0; task < rowTasks(); ++task)
        restoreRows(task, scratch);
    constexpr std::size_t kReach = 3;
    constexpr std::size_t kOffsets = 2 * kReach + 1;
    using Offsets = std::array<double, kOffsets>;
    // Of each place: products of weights, and of slopes and weights, by the offset between their nodes.
    std::vector<Offsets> weights(kSelfPlaces);
    std::vector<Offsets> slopes(kSelfPlaces);
    for (std::size_t p = 0; p < kSelfPlaces; ++p) {
        const float t = (static_cast<float>(p) + 0.5F) / kSelfPlaces;
        for (int a = 0; a < 4; ++a)
            for (int b = 0; b < 4; ++b) {
                const auto value = [&](int node) {
                    return double{kSpline[0][node] +
                                  t * (kSpline[1][node] + t * (kSpline[2][node] + t * kSpline[3][node]))};
                };
                const double slope =
                    double{kSpline[1][a] + t * (2 * kSpline[2][a] + t * 3 * kSpline[3][a])} / double{m_spacing};
                const auto offset = static_cast<std::size_t>(a - b + static_cast<int>(kReach));
                weights[p][offset] += value(a) * value(b);
                slopes[p][offset] += slope * value(b);
            }
    }
    m_self.assign(4 * kSelfPlaces * kSelfPlaces, 0);
    for (std::size_t px = 0; px < kSelfPlaces; ++px)
        for (std::size_t py = 0; py < kSelfPlaces; ++py) {
            double x = 0;
            double y = 0;
            double potential = 0;
            for (std::size_t i = 0; i < kOffsets; ++i)
                for (std::size_t j = 0; j < kOffsets; ++j) {
                    const double coefficient = m_potential[(middle + i - kReach) * m_side + middle + j - kReach];
                    x += slopes[px][i] * weights[py][j] * coefficient;
                    y += weights[px][i] * slopes[py][j] * coefficient;
                    potential += weights[px][i] * weights[py][j] * coefficient;
                }
            float* own = m_self.data() + 4 * (px * kSelfPlaces + py);
            own[0] = static_cast<float>(-x / 2);
            own[1] = static_cast<float>(-y / 2);
            own[2] = static_cast<float>(potential);
        }
}

std::size_t RepulsionGrid::rowTasks() const noexcept { return m_side / (2 * HWY_DYNAMIC_DISPATCH(laneCount)()); }
std::size_t RepulsionGrid::columnTasks() const noexcept { return m_columns / HWY_DYNAMIC_DISPATCH(laneCount)(); }

void RepulsionGrid::spread(std::size_t task, std::span<const float> positions) {
    const std::size_t points = positions.size() / 2;
    const std::size_t begin = task * points / kSpreadTasks;
    const std::size_t end = (task + 1) * points / kSpreadTasks;
    HWY_DYNAMIC_DISPATCH(spread)(*this, task, positions.data() + 2 * begin, end - begin);
}
void RepulsionGrid::transformRows(std::size_t task, Scratch& scratch) {
    HWY_DYNAMIC_DISPATCH(transformRows)(*this, task, scratch);
}
void RepulsionGrid::convolveColumns(std::size_t task, Scratch& scratch) {
    HWY_DYNAMIC_DISPATCH(convolveColumns)(*this, task, scratch);
}
void RepulsionGrid::restoreRows(std::size_t task, Scratch& scratch) {
    HWY_DYNAMIC_DISPATCH(restoreRows)(*this, task, scratch);
}
double RepulsionGrid::evaluate(std::span<const float> positions, std::span<float> forces) const {
    return HWY_DYNAMIC_DISPATCH(evaluate)(*this, positions.data(), positions.size() / 2, forces.data());
}

} // namespace tercet
#endif
