#include "core/judgments/triplet_sampling.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <mutex>
#include <numeric>
#include <type_traits>

namespace tercet {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kMostStimuli = 1U << 21U; // three of them fit a 64-bit key
constexpr std::size_t kMostTriplets = 1'000'000'000;
constexpr std::size_t kTripletsPerCheck = 1U << 16U; // a few milliseconds

std::uint64_t mixed(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31U);
}

/// One number per set of three rows, the same for every order of them. Rows below kMostStimuli.
std::uint64_t setKey(std::uint64_t a, std::uint64_t b, std::uint64_t c) noexcept {
    const std::uint64_t low = std::min({a, b, c});
    const std::uint64_t high = std::max({a, b, c});
    return (low << 42U) | ((a + b + c - low - high) << 21U) | high;
}

/// Pairs of some anchor stimuli with thirds from all stimuli. T1: every stimulus is an anchor; T2: the prototypes.
/// Drawn triplets lie by pair, as (first, second, third), first < second; a place not filled has third = first.
template <class Index>
class PairSampler {
public:
    /// `forbidden`: setKey of the triplets that may not be drawn, ascending, each once; each holds two anchors or more.
    PairSampler(std::size_t stimuli, std::vector<std::uint32_t> anchors, std::vector<std::uint64_t> forbidden,
                const TripletSamplingOptions& options, const JobControl& control, const Progress& progress)
        : m_stimuli(stimuli), m_anchors(std::move(anchors)), m_forbidden(std::move(forbidden)), m_options(options),
          m_control(control), m_progress(progress), m_perPair(std::min(options.perPair, stimuli - 2)),
          m_anchorOf(stimuli, kNone), m_signature(stimuli) {
        std::sort(m_anchors.begin(), m_anchors.end());
        for (std::size_t i = 0; i < m_anchors.size(); ++i)
            m_anchorOf[m_anchors[i]] = i;
        Rng rng(options.seed, kSignatureStream);
        for (auto& value : m_signature)
            value = rng.next();
        m_values.resize(3 * pairs() * m_perPair);
    }

    std::vector<Index> run() {
        const std::size_t drawn = draw();
        if (m_options.unique && drawn < std::min(pairs() * m_perPair, possible()))
            fillShortPairs(drawn);
        m_progress.set(0.6);
        compact();
        scatter();
        m_progress.set(1);
        return std::move(m_values);
    }

private:
    // Streams 0, 1, … belong to the anchors.
    static constexpr std::uint64_t kSignatureStream = 1ULL << 40U;
    static constexpr std::uint64_t kRepairStream = kSignatureStream + 1;
    static constexpr std::uint64_t kOrderStream = kSignatureStream + 2;

    [[nodiscard]] std::size_t pairs() const { return m_anchors.size() * (m_anchors.size() - 1) / 2; }
    /// The pair of the anchors numbered a < b.
    [[nodiscard]] std::size_t pairOf(std::size_t a, std::size_t b) const {
        return a * (2 * m_anchors.size() - a - 1) / 2 + (b - a - 1);
    }
    /// The pair of two stimuli in any order, or none if one of them is no anchor.
    [[nodiscard]] std::size_t pairOfStimuli(std::size_t i, std::size_t j) const {
        const auto [a, b] = std::minmax(m_anchorOf[i], m_anchorOf[j]);
        return b == kNone ? kNone : pairOf(a, b);
    }
    /// The number of sets of three that hold two anchors or more and are not forbidden.
    [[nodiscard]] std::size_t possible() const {
        const std::size_t m = m_anchors.size();
        return pairs() * (m - 2) / 3 + pairs() * (m_stimuli - m) - m_forbidden.size();
    }

    Index* place(std::size_t pair, std::size_t slot) { return &m_values[3 * (pair * m_perPair + slot)]; }
    static bool filled(const Index* triplet) { return triplet[2] != triplet[0]; }

    /// Whether the pair (i < j) is the one pair of {i, j, z} that draws this set at first.
    [[nodiscard]] bool owns(std::size_t i, std::size_t j, std::size_t z) const {
        if (m_anchorOf[z] == kNone)
            return true;
        const std::uint64_t hash = mixed(m_signature[i] + m_signature[j] + m_signature[z]) >> 32U;
        const std::uint64_t rank = static_cast<std::uint64_t>(z > i) + static_cast<std::uint64_t>(z > j);
        return hash * 3 >> 32U == rank;
    }
    [[nodiscard]] bool allowed(std::size_t i, std::size_t j, std::size_t z) const {
        return z != i && z != j &&
               (m_forbidden.empty() || !std::binary_search(m_forbidden.begin(), m_forbidden.end(), setKey(i, j, z)));
    }

    /// Returns how many places were filled.
    std::size_t draw() {
        std::atomic<std::size_t> filledPlaces{0};
        std::size_t rowsDone = 0;
        std::mutex mutex;
        const std::size_t rows = m_anchors.size() - 1;
        parallelFor(rows, m_options.threads, [&](std::size_t a) {
            m_control.check();
            Rng rng(m_options.seed, a);
            std::vector<Index> rest;
            std::size_t count = 0;
            for (std::size_t b = a + 1; b < m_anchors.size(); ++b)
                count += drawPair(m_anchors[a], m_anchors[b], place(pairOf(a, b), 0), rng, rest);
            filledPlaces += count;
            const std::lock_guard lock(mutex);
            m_progress.set(0.6 * static_cast<double>(++rowsDone) / static_cast<double>(rows));
        });
        return filledPlaces;
    }

    std::size_t drawPair(std::size_t i, std::size_t j, Index* triplets, Rng& rng, std::vector<Index>& rest) {
        std::size_t count = 0;
        const auto usable = [&](std::size_t z) {
            if ((m_options.unique && !owns(i, j, z)) || !allowed(i, j, z))
                return false;
            for (std::size_t s = 0; s < count; ++s)
                if (triplets[3 * s + 2] == z)
                    return false;
            return true;
        };
        for (std::size_t s = 0; s < m_perPair; ++s) {
            triplets[3 * s] = triplets[3 * s + 2] = static_cast<Index>(i);
            triplets[3 * s + 1] = static_cast<Index>(j);
        }
        const std::size_t attempts = 12 * m_perPair + 24;
        for (std::size_t t = 0; t < attempts && count < m_perPair; ++t) {
            const std::size_t z = rng.below(static_cast<std::uint32_t>(m_stimuli));
            if (usable(z))
                triplets[3 * count++ + 2] = static_cast<Index>(z);
        }
        if (count == m_perPair)
            return count;
        rest.clear(); // few are left: draw from a list of them
        for (std::size_t z = 0; z < m_stimuli; ++z)
            if (usable(z))
                rest.push_back(static_cast<Index>(z));
        while (count < m_perPair && !rest.empty()) {
            const std::size_t at = rng.below(static_cast<std::uint32_t>(rest.size()));
            triplets[3 * count++ + 2] = rest[at];
            rest[at] = rest.back();
            rest.pop_back();
        }
        return count;
    }

    /// Where a set is held: the slot of one of its pairs.
    struct Holder {
        std::size_t pair = kNone;
        std::size_t slot = 0;
    };
    Holder slotOf(std::size_t pair, std::size_t i, std::size_t j, std::size_t z) {
        if (pair == kNone)
            return {};
        const std::size_t sum = i + j + z;
        for (std::size_t s = 0; s < m_perPair; ++s) {
            const Index* t = place(pair, s);
            if (filled(t) && std::size_t{t[0]} + t[1] + t[2] == sum)
                return {pair, s};
        }
        return {};
    }
    Holder holderOf(std::size_t i, std::size_t j, std::size_t z) {
        for (const std::size_t pair : {pairOfStimuli(i, j), pairOfStimuli(i, z), pairOfStimuli(j, z)})
            if (const Holder holder = slotOf(pair, i, j, z); holder.pair != kNone)
                return holder;
        return {};
    }

    /// Fills empty places along shortest exchange paths (maximum bipartite matching of sets to pairs): a short pair
    /// takes a free set, or one of another pair that can replace it, and so on.
    void fillShortPairs(std::size_t drawn) {
        const std::size_t most = possible();
        Rng rng(m_options.seed, kRepairStream);
        // The wanted set's slot at the pair that holds it now, and the pair that wants it.
        struct Step {
            std::size_t pair;
            std::size_t slot;
            std::size_t wantedBy; // position in `path`
        };
        std::vector<Step> path;
        std::vector<std::uint8_t> reached(pairs(), 0);
        const auto findFree = [&](std::size_t at) -> std::size_t {
            const Index* t = place(path[at].pair, 0);
            const std::size_t i = t[0];
            const std::size_t j = t[1];
            const std::size_t start = rng.below(static_cast<std::uint32_t>(m_stimuli));
            for (std::size_t k = 0; k < m_stimuli; ++k) {
                const std::size_t z = (start + k) % m_stimuli;
                if (!allowed(i, j, z))
                    continue;
                const Holder holder = holderOf(i, j, z);
                if (holder.pair == kNone)
                    return z;
                if (!reached[holder.pair]) {
                    reached[holder.pair] = 1;
                    path.push_back({holder.pair, holder.slot, at});
                }
            }
            return kNone;
        };
        for (std::size_t root = 0; root < pairs() && drawn < most; ++root) {
            for (std::size_t slot = 0; slot < m_perPair && !reached[root]; ++slot) {
                if (filled(place(root, slot)))
                    continue;
                path.assign(1, {root, slot, kNone});
                reached[root] = 1;
                std::size_t third = kNone;
                std::size_t at = 0;
                for (; at < path.size(); ++at) {
                    m_control.check();
                    third = findFree(at);
                    if (third != kNone)
                        break;
                }
                if (third == kNone)
                    break; // nothing free can be reached from these pairs, now or later: they stay marked
                for (; at != kNone; at = path[at].wantedBy) {
                    Index* t = place(path[at].pair, path[at].slot);
                    const std::size_t given = t[2];
                    t[2] = static_cast<Index>(third);
                    if (path[at].wantedBy != kNone) {
                        const Index* wanting = place(path[path[at].wantedBy].pair, 0);
                        third = std::size_t{t[0]} + t[1] + given - wanting[0] - wanting[1];
                    }
                }
                ++drawn;
                for (const Step& step : path)
                    reached[step.pair] = 0;
            }
        }
    }

    void compact() {
        std::size_t kept = 0;
        for (std::size_t from = 0; from < m_values.size(); from += 3) {
            if (!filled(&m_values[from]))
                continue;
            if (kept != from)
                std::copy_n(m_values.begin() + static_cast<std::ptrdiff_t>(from), 3,
                            m_values.begin() + static_cast<std::ptrdiff_t>(kept));
            kept += 3;
        }
        m_values.resize(kept);
    }

    /// Random order of the triplets and of the places in each.
    void scatter() {
        Rng rng(m_options.seed, kOrderStream);
        const std::size_t count = m_values.size() / 3;
        // Partners are drawn some triplets ahead, so that memory is fetched while others are swapped.
        struct Move {
            Index* partner;
            std::uint32_t order;
        };
        std::array<Move, 32> moves{};
        std::size_t sinceCheck = 0;
        for (std::size_t last = count; last > 0;) {
            const std::size_t ahead = std::min(moves.size(), last);
            for (std::size_t k = 0; k < ahead; ++k) {
                Index* partner = &m_values[3 * std::size_t{rng.below(static_cast<std::uint32_t>(last - k))}];
                __builtin_prefetch(partner, 1);
                moves[k] = {partner, rng.below(6)};
            }
            for (std::size_t k = 0; k < ahead; ++k) {
                Index* t = &m_values[3 * (--last)];
                std::swap_ranges(t, t + 3, moves[k].partner);
                std::swap(t[0], t[moves[k].order % 3]);
                if (moves[k].order >= 3)
                    std::swap(t[1], t[2]);
            }
            sinceCheck += ahead;
            if (sinceCheck >= kTripletsPerCheck) {
                sinceCheck = 0;
                m_control.check();
                m_progress.set(1 - 0.4 * static_cast<double>(last) / static_cast<double>(count));
            }
        }
    }

    std::size_t m_stimuli;
    std::vector<std::uint32_t> m_anchors;
    std::vector<std::uint64_t> m_forbidden;
    const TripletSamplingOptions& m_options;
    const JobControl& m_control;
    const Progress& m_progress;
    std::size_t m_perPair;
    std::vector<std::size_t> m_anchorOf;
    std::vector<std::uint64_t> m_signature;
    std::vector<Index> m_values;
};

SampledTriplets sampleAround(std::size_t stimuli, std::vector<std::uint32_t> anchors,
                             std::vector<std::uint64_t> forbidden, const TripletSamplingOptions& options,
                             const JobControl& control, const Progress& progress) {
    const std::size_t requested = anchors.size() * (anchors.size() - 1) / 2 * options.perPair;
    const auto run = [&]<class Index>(std::type_identity<Index>) {
        return Triplets(
            PairSampler<Index>(stimuli, std::move(anchors), std::move(forbidden), options, control, progress).run());
    };
    return {.triplets = Triplets::narrowFits(stimuli) ? run(std::type_identity<std::uint16_t>())
                                                      : run(std::type_identity<std::uint32_t>()),
            .requested = requested};
}

void checkSizes(std::size_t stimuli, std::size_t anchors, std::size_t perPair) {
    if (stimuli < 3)
        throw ParameterError({.where = "Stimuli to sample triplets from",
                              .expected = "at least 3",
                              .found = fmt::format("{}", stimuli),
                              .remedy = "import more stimuli"});
    if (stimuli > kMostStimuli)
        throw ParameterError({.where = "Stimuli to sample triplets from",
                              .expected = fmt::format("at most {}", withThousands(kMostStimuli)),
                              .found = withThousands(stimuli)});
    if (perPair < 1)
        throw ParameterError({.where = "Thirds per pair", .expected = "at least 1", .found = "0"});
    const double pairs = static_cast<double>(anchors) * (static_cast<double>(anchors) - 1) / 2;
    if (pairs * static_cast<double>(std::min(perPair, stimuli)) > static_cast<double>(kMostTriplets))
        throw ParameterError({.where = "Triplets to sample",
                              .expected = fmt::format("at most {}", withThousands(kMostTriplets)),
                              .found = fmt::format("{:.3g} ({} for each pair of {} stimuli)",
                                                   pairs * static_cast<double>(perPair), perPair, anchors),
                              .remedy = "choose fewer thirds per pair or fewer stimuli"});
}

/// setKey of every triplet, ascending.
std::vector<std::uint64_t> sortedKeys(const Triplets& triplets) {
    std::vector<std::uint64_t> keys(triplets.size());
    triplets.visit([&](const auto values) {
        for (std::size_t i = 0; i < keys.size(); ++i)
            keys[i] = setKey(values[3 * i], values[3 * i + 1], values[3 * i + 2]);
    });
    std::sort(keys.begin(), keys.end());
    return keys;
}

} // namespace

SampledTriplets sampleTriplets(std::size_t stimuli, const TripletSamplingOptions& options, const JobControl& control,
                               const Progress& progress) {
    checkSizes(stimuli, stimuli, options.perPair);
    std::vector<std::uint32_t> all(stimuli);
    std::iota(all.begin(), all.end(), 0U);
    return sampleAround(stimuli, std::move(all), {}, options, control, progress);
}

SampledTriplets sampleValidationTriplets(std::size_t stimuli, std::span<const std::uint32_t> prototypes,
                                         const Triplets& training, const TripletSamplingOptions& options,
                                         const JobControl& control, const Progress& progress) {
    checkSizes(stimuli, prototypes.size(), options.perPair);
    if (prototypes.size() < 2)
        throw ParameterError({.where = "Prototypes to sample validation triplets around",
                              .expected = "at least 2",
                              .found = fmt::format("{}", prototypes.size())});
    std::vector<std::uint8_t> isPrototype(stimuli, 0);
    for (const std::uint32_t row : prototypes) {
        if (row >= stimuli)
            throw ParameterError({.where = "Prototypes",
                                  .expected = fmt::format("rows below {}", stimuli),
                                  .found = fmt::format("{}", row)});
        if (isPrototype[row])
            throw ParameterError({.where = "Prototypes", .what = fmt::format("row {} is named twice", row)});
        isPrototype[row] = 1;
    }
    std::vector<std::uint64_t> forbidden;
    training.visit([&](const auto values) {
        for (std::size_t i = 0; i < values.size(); i += 3) {
            if (i % (3 * kTripletsPerCheck) == 0)
                control.check();
            const std::size_t a = values[i];
            const std::size_t b = values[i + 1];
            const std::size_t c = values[i + 2];
            if (std::max({a, b, c}) >= stimuli)
                throw ParameterError({.where = fmt::format("Training triplet {}", i / 3),
                                      .expected = fmt::format("rows below {}", stimuli),
                                      .found = fmt::format("{}", std::max({a, b, c}))});
            // Trials that name a stimulus twice are no set of three and hinder nothing.
            if (isPrototype[a] + isPrototype[b] + isPrototype[c] >= 2 && a != b && a != c && b != c)
                forbidden.push_back(setKey(a, b, c));
        }
    });
    std::sort(forbidden.begin(), forbidden.end());
    forbidden.erase(std::unique(forbidden.begin(), forbidden.end()), forbidden.end());
    return sampleAround(stimuli, {prototypes.begin(), prototypes.end()}, std::move(forbidden), options, control,
                        progress);
}

std::vector<std::uint32_t> prototypesOf(MatrixView<const double> categories) {
    std::vector<std::uint32_t> rows;
    for (std::size_t c = 0; c < categories.cols(); ++c) {
        std::array<std::size_t, 2> best{kNone, kNone};
        bool constant = true;
        for (std::size_t i = 0; i < categories.rows(); ++i) {
            const double value = categories(i, c);
            if (!std::isfinite(value))
                throw DataError({.where = fmt::format("Rating of stimulus {} in column {}", i, c),
                                 .expected = "a finite number",
                                 .found = fmt::format("{}", value)});
            constant = constant && value == categories(0, c);
            if (best[0] == kNone || value > categories(best[0], c))
                best = {i, best[0]};
            else if (best[1] == kNone || value > categories(best[1], c))
                best[1] = i;
        }
        if (constant)
            continue;
        for (const std::size_t row : best)
            rows.push_back(static_cast<std::uint32_t>(row));
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

std::size_t countRepeated(const Triplets& triplets) {
    std::vector<std::uint64_t> keys = sortedKeys(triplets);
    const auto unique = std::unique(keys.begin(), keys.end()) - keys.begin();
    return keys.size() - static_cast<std::size_t>(unique);
}

std::size_t countShared(const Triplets& a, const Triplets& b) {
    const std::vector<std::uint64_t> x = sortedKeys(a);
    const std::vector<std::uint64_t> y = sortedKeys(b);
    std::size_t shared = 0;
    auto at = y.begin();
    for (const std::uint64_t key : x) {
        at = std::lower_bound(at, y.end(), key);
        shared += at != y.end() && *at == key;
    }
    return shared;
}

} // namespace tercet
