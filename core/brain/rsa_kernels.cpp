#include "core/brain/rsa_kernels.h"

#include <algorithm>
#include <limits>

// Highway needs this order.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/brain/rsa_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace tercet::rsa {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;
constexpr D kTag;
constexpr std::size_t kWidth = hn::MaxLanes(D());
constexpr std::size_t kWide = kPanel / kWidth;     ///< vectors in a line
constexpr std::size_t kTogether = 2 * kPanel;      ///< stimuli to the right of a tile: two panels, which with the one
                                                   ///< to the left fit into the nearest cache
constexpr std::size_t kTall = kWidth >= 8 ? 8 : 2; ///< stimuli of a tile, as many as the registers hold
static_assert(kPanel % kWidth == 0 && kPanel % kTall == 0);

/// Where the pairs of a stimulus with those after it begin.
HWY_INLINE std::size_t rowStart(std::size_t stimuli, std::size_t i) { return i * stimuli - i * (i + 1) / 2; }

void PairProducts(const Panels& panels, double* r) {
    const std::size_t n = panels.stimuli;
    const std::size_t panelSize = panels.voxels * kPanel;
    for (std::size_t i = 0; i < n; i += kTall) { // whose rows are written from one end to the other
        const double* left = panels.values + i / kPanel * panelSize + i % kPanel;
        for (std::size_t j = i - i % kTogether; j < n; j += kTogether) {
            const double* right = panels.values + j / kPanel * panelSize;
            const double* next = j + kPanel < n ? right + panelSize : right; // which is not used then
            V sum[kTall][2 * kWide];
            for (auto& line : sum)
                for (V& one : line)
                    one = hn::Zero(kTag);
            for (std::size_t s = 0; s < panels.voxels; ++s) {
                V value[2 * kWide];
                for (std::size_t w = 0; w < kWide; ++w) {
                    value[w] = hn::Load(kTag, right + s * kPanel + w * kWidth);
                    value[kWide + w] = hn::Load(kTag, next + s * kPanel + w * kWidth);
                }
                for (std::size_t a = 0; a < kTall; ++a) {
                    const V factor = hn::Set(kTag, left[s * kPanel + a]);
                    for (std::size_t w = 0; w < 2 * kWide; ++w)
                        sum[a][w] = hn::MulAdd(factor, value[w], sum[a][w]);
                }
            }
            for (std::size_t a = 0; a < kTall && i + a < n; ++a) {
                double* row = r + rowStart(n, i + a);
                const std::size_t first = i + a + 1; // stimulus of row[0]
                if (j >= first && j + kTogether <= n) {
                    for (std::size_t w = 0; w < 2 * kWide; ++w)
                        hn::StoreU(sum[a][w], kTag, row + (j - first) + w * kWidth);
                    continue;
                }
                HWY_ALIGN double line[kTogether];
                for (std::size_t w = 0; w < 2 * kWide; ++w)
                    hn::Store(sum[a][w], kTag, line + w * kWidth);
                for (std::size_t b = std::max(j, first); b < std::min(n, j + kTogether); ++b)
                    row[b - first] = line[b - j];
            }
        }
    }
}

void MakeKeys(const double* values, std::size_t count, int placeBits, std::uint64_t* keys) {
    const hn::RebindToSigned<D> integers;
    const V none = hn::Zero(kTag); // makes −0 a 0
    const auto high = hn::Set(integers, static_cast<std::int64_t>(~((std::uint64_t{1} << placeBits) - 1)));
    const auto sign = hn::Set(integers, std::numeric_limits<std::int64_t>::min());
    auto place = hn::Iota(integers, 0);
    const auto step = hn::Set(integers, static_cast<std::int64_t>(kWidth));
    // The bits of positive numbers grow with them, those of negative ones the other way.
    const auto keyOf = [&](V value) {
        const auto bits = hn::BitCast(integers, hn::Add(value, none));
        return hn::Xor(bits, hn::Or(hn::BroadcastSignBit(bits), sign));
    };
    std::size_t p = 0;
    for (; p + kWidth <= count; p += kWidth) {
        const auto key = hn::Or(hn::And(keyOf(hn::LoadU(kTag, values + p)), high), place);
        hn::StoreU(key, integers, reinterpret_cast<std::int64_t*>(keys + p)); // NOLINT: the same bits
        place = hn::Add(place, step);
    }
    if (p < count) {
        HWY_ALIGN double rest[kWidth] = {};
        HWY_ALIGN std::int64_t key[kWidth];
        std::copy(values + p, values + count, rest);
        hn::Store(hn::Or(hn::And(keyOf(hn::Load(kTag, rest)), high), place), integers, key);
        std::copy_n(key, count - p, keys + p);
    }
}

void WeighRanks(const float* rank, std::size_t count, const float* models, std::size_t stride, std::size_t howMany,
                double* sums) {
    const hn::Rebind<float, D> narrow;
    constexpr std::size_t kModels = 4; // at once
    for (std::size_t m = 0; m < howMany; m += kModels) {
        const std::size_t here = std::min(kModels, howMany - m);
        V sum[kModels];
        for (V& one : sum)
            one = hn::Zero(kTag);
        for (std::size_t p = 0; p < count; p += kWidth) {
            const V value = hn::PromoteTo(kTag, hn::Load(narrow, rank + p));
            for (std::size_t a = 0; a < here; ++a)
                sum[a] =
                    hn::MulAdd(value, hn::PromoteTo(kTag, hn::Load(narrow, models + (m + a) * stride + p)), sum[a]);
        }
        for (std::size_t a = 0; a < here; ++a)
            sums[m + a] = hn::GetLane(hn::SumOfLanes(kTag, sum[a]));
    }
}

} // namespace HWY_NAMESPACE
} // namespace tercet::rsa
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tercet::rsa {
namespace {

HWY_EXPORT(PairProducts);
HWY_EXPORT(MakeKeys);
HWY_EXPORT(WeighRanks);

} // namespace

void pairProducts(const Panels& panels, double* r) { HWY_DYNAMIC_DISPATCH(PairProducts)(panels, r); }

void makeKeys(const double* values, std::size_t count, int placeBits, std::uint64_t* keys) {
    HWY_DYNAMIC_DISPATCH(MakeKeys)(values, count, placeBits, keys);
}

void weighRanks(const float* rank, std::size_t count, const float* models, std::size_t stride, std::size_t howMany,
                double* sums) {
    HWY_DYNAMIC_DISPATCH(WeighRanks)(rank, count, models, stride, howMany, sums);
}

} // namespace tercet::rsa
#endif
