#include "core/brain/rank_correlation.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/brain/rsa_kernels.h"

#include <hwy/aligned_allocator.h>
#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

constexpr std::size_t kPadding = 16;

std::size_t padded(std::size_t count) { return (count + kPadding - 1) / kPadding * kPadding; }

void sortPlaces(std::span<std::uint32_t> places, const double* values) {
    std::sort(places.begin(), places.end(),
              [values](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
}

/// The same of many, in parts that are merged, with a look at the control at each.
void sortPlaces(std::span<std::uint32_t> places, const double* values, const JobControl& control) {
    constexpr std::size_t kPart = std::size_t{1} << 17;
    const std::size_t count = places.size();
    for (std::size_t first = 0; first < count; first += kPart) {
        control.check();
        sortPlaces(places.subspan(first, std::min(kPart, count - first)), values);
    }
    const auto at = [&](std::size_t place) {
        return places.begin() + static_cast<std::ptrdiff_t>(std::min(place, count));
    };
    for (std::size_t width = kPart; width < count; width *= 2)
        for (std::size_t first = 0; first + width < count; first += 2 * width) {
            control.check();
            std::inplace_merge(at(first), at(first + width), at(first + 2 * width),
                               [values](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
        }
}

/// Calls give(place, rank) for places that are sorted by their values; places[0] has rank `first` + 1. Equal values get
/// the average of their ranks; returns Σ (t³ − t) over the groups of t equal ones.
template <class Give>
double giveRanks(std::span<const std::uint32_t> places, const double* values, std::size_t first, const Give& give) {
    double ties = 0;
    for (std::size_t i = 0; i < places.size();) {
        std::size_t end = i + 1;
        while (end < places.size() && values[places[end]] == values[places[i]])
            ++end;
        const double rank = static_cast<double>(first) + 0.5 * static_cast<double>(i + 1 + end);
        const auto tied = static_cast<double>(end - i);
        ties += tied * (tied * tied - 1);
        for (; i < end; ++i)
            give(places[i], rank);
    }
    return ties;
}

} // namespace

struct RankCorrelation::Models {
    std::size_t count = 0;
    std::size_t length = 0;
    std::size_t stride = 0;
    hwy::AlignedFreeUniquePtr<float[]> ranks; ///< centred, which float32 holds exactly up to 2²³ values: count × stride
    std::vector<double> squares;              ///< sums of their squares
};

struct RankCorrelation::Workspace::Buffers {
    std::vector<std::uint64_t> keys; ///< value and place
    hwy::Sorter sorter;
    std::vector<std::uint32_t> alike;  ///< sorted keys that differ from the next in the place alone
    std::vector<std::uint32_t> places; ///< of values with one key
    hwy::AlignedFreeUniquePtr<float[]> rank;
    std::size_t length = 0;
    std::vector<double> sums;
};

RankCorrelation::Workspace::Workspace() : m_buffers(std::make_unique<Buffers>()) {}
RankCorrelation::Workspace::~Workspace() = default;
RankCorrelation::Workspace::Workspace(Workspace&&) noexcept = default;
RankCorrelation::Workspace& RankCorrelation::Workspace::operator=(Workspace&&) noexcept = default;

std::vector<double> averageRanks(std::span<const double> values, const JobControl& control) {
    std::vector<std::uint32_t> places(values.size());
    std::iota(places.begin(), places.end(), std::uint32_t{0});
    sortPlaces(places, values.data(), control);
    std::vector<double> ranks(values.size());
    giveRanks(places, values.data(), 0, [&](std::uint32_t place, double rank) { ranks[place] = rank; });
    return ranks;
}

RankCorrelation::RankCorrelation(const std::vector<std::vector<double>>& models, const JobControl& control) {
    auto ranked = std::make_unique<Models>();
    ranked->count = models.size();
    ranked->length = models.empty() ? 0 : models.front().size();
    ranked->stride = padded(ranked->length);
    ranked->ranks = hwy::AllocateAligned<float>(std::max<std::size_t>(1, ranked->count * ranked->stride));
    std::fill_n(ranked->ranks.get(), ranked->count * ranked->stride, 0.0F);
    for (std::size_t m = 0; m < models.size(); ++m) {
        const std::vector<double>& model = models[m];
        const std::string where = "model " + std::to_string(m + 1);
        if (model.size() != ranked->length || model.size() < 2)
            throw DataError({.where = where,
                             .expected = "as many values as the first model has, at least two",
                             .found = withThousands(model.size())});
        if (!std::all_of(model.begin(), model.end(), [](double value) { return std::isfinite(value); }))
            throw DataError({.where = where, .expected = "finite values", .found = "one that is not"});
        std::vector<double> ranks = averageRanks(model, control);
        const double mean = 0.5 * (static_cast<double>(ranks.size()) + 1);
        double squares = 0;
        for (double& rank : ranks) {
            rank -= mean;
            squares += rank * rank;
        }
        if (squares == 0)
            throw DataError({.where = where, .expected = "pairs that differ in similarity", .found = "all equal"});
        for (std::size_t p = 0; p < ranks.size(); ++p)
            ranked->ranks[m * ranked->stride + p] = static_cast<float>(ranks[p]);
        ranked->squares.push_back(squares);
    }
    m_models = std::move(ranked);
}

RankCorrelation::~RankCorrelation() = default;
RankCorrelation::RankCorrelation(RankCorrelation&&) noexcept = default;
RankCorrelation& RankCorrelation::operator=(RankCorrelation&&) noexcept = default;

std::size_t RankCorrelation::bytes(std::size_t length, std::size_t models) {
    return padded(length) * models * sizeof(float) + length * (sizeof(std::uint32_t) + sizeof(double));
}
std::size_t RankCorrelation::workBytes(std::size_t length) {
    return length * (sizeof(std::uint64_t) + 2 * sizeof(std::uint32_t)) + padded(length) * sizeof(float);
}

std::size_t RankCorrelation::models() const { return m_models->count; }
std::size_t RankCorrelation::length() const { return m_models->length; }

void RankCorrelation::correlate(std::span<const double> values, Workspace& workspace, std::span<double> rho) const {
    const std::size_t count = length();
    Workspace::Buffers& buffers = *workspace.m_buffers;
    if (buffers.length != count) {
        buffers.keys.resize(count);
        buffers.rank = hwy::AllocateAligned<float>(std::max<std::size_t>(1, padded(count)));
        std::fill_n(buffers.rank.get(), padded(count), 0.0F);
        buffers.length = count;
    }
    buffers.sums.resize(models());
    const auto placeBits = static_cast<int>(std::bit_width(count - 1));
    rsa::makeKeys(values.data(), count, placeBits, buffers.keys.data());
    std::vector<std::uint64_t>& keys = buffers.keys;
    buffers.sorter(keys.data(), count, hwy::SortAscending());
    float* rank = buffers.rank.get();
    const std::uint64_t placeMask = (std::uint64_t{1} << placeBits) - 1;
    double ties = 0;
    buffers.alike.clear();
    for (std::size_t i = 0; i + 1 < count; ++i) {
        rank[keys[i] & placeMask] = static_cast<float>(i + 1);
        if ((keys[i] ^ keys[i + 1]) <= placeMask)
            buffers.alike.push_back(static_cast<std::uint32_t>(i));
    }
    rank[keys[count - 1] & placeMask] = static_cast<float>(count);
    for (std::size_t a = 0; a < buffers.alike.size();) { // equal, or too close for the key
        const std::size_t first = buffers.alike[a];
        std::size_t last = first;
        for (; a < buffers.alike.size() && buffers.alike[a] == last; ++a)
            ++last;
        buffers.places.clear();
        for (std::size_t i = first; i <= last; ++i)
            buffers.places.push_back(static_cast<std::uint32_t>(keys[i] & placeMask));
        sortPlaces(buffers.places, values.data());
        ties += giveRanks(buffers.places, values.data(), first,
                          [&](std::uint32_t place, double given) { rank[place] = static_cast<float>(given); });
    }
    const auto n = static_cast<double>(count);
    const double squares = (n * (n * n - 1) - ties) / 12;
    rsa::weighRanks(buffers.rank.get(), padded(count), m_models->ranks.get(), m_models->stride, models(),
                    buffers.sums.data());
    for (std::size_t m = 0; m < models(); ++m)
        rho[m] = squares > 0 ? buffers.sums[m] / std::sqrt(squares * m_models->squares[m])
                             : std::numeric_limits<double>::quiet_NaN();
}

} // namespace tercet
