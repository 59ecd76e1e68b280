#include "core/embedding/spose_fit.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/base/text.h"
#include "core/embedding/spose_kernels.h"
#include "core/embedding/team_size.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstring>
#include <ctime>
#include <limits>
#include <new>
#include <numeric>
#include <utility>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace tercet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kKeepFirst = 0.9; // Adam's β1, β2, ε
constexpr double kKeepSecond = 0.999;
constexpr double kEpsilon = 1e-8;
constexpr double kActiveWeight = 0.1;
constexpr double kSparseWeight = 1e-3;
constexpr std::uint64_t kWeightStream = 2;
constexpr std::size_t kBlock = 64;  // judgments worked on while their lines are in the L1 cache
constexpr std::size_t kAhead = 128; // judgments by which memory is asked for before it is read
constexpr auto kPublishEvery = std::chrono::milliseconds(100);

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// How long the calling thread has run on a processor.
double processorSeconds() {
    std::timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

std::size_t roundedUp(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

/// Treats subnormal floats as 0 on this thread while it lives: moments of weights that rest at 0 decay into them, and
/// each operation on one costs a hundred.
class SubnormalsOff {
public:
#if defined(__SSE2__)
    SubnormalsOff() : m_before(_mm_getcsr()) { _mm_setcsr(m_before | 0x8040U); }
    ~SubnormalsOff() { _mm_setcsr(m_before); }

private:
    unsigned m_before;
#else
    SubnormalsOff() {}
    ~SubnormalsOff() {}

public:
#endif
    SubnormalsOff(const SubnormalsOff&) = delete;
    SubnormalsOff& operator=(const SubnormalsOff&) = delete;
};

/// Zeroed values, aligned to cache lines.
template <class T>
class AlignedArray {
public:
    AlignedArray() = default;
    explicit AlignedArray(std::size_t size) {
        const std::size_t bytes = roundedUp(std::max<std::size_t>(size * sizeof(T), 1), spose::kLineBytes);
        m_values.reset(static_cast<T*>(std::aligned_alloc(spose::kLineBytes, bytes)));
        if (!m_values)
            throw std::bad_alloc();
        std::memset(static_cast<void*>(m_values.get()), 0, bytes);
    }
    [[nodiscard]] T* data() const noexcept { return m_values.get(); }

private:
    struct Free {
        void operator()(T* values) const noexcept { std::free(values); }
    };
    std::unique_ptr<T, Free> m_values;
};

/// The judgments with these numbers, in this order.
Triplets chosenFrom(const Triplets& judgments, std::span<const std::uint32_t> numbers, int threads) {
    return judgments.visit([&](const auto values) {
        constexpr std::size_t kTask = 65536;
        std::vector<std::remove_const_t<typename decltype(values)::value_type>> chosen(3 * numbers.size());
        parallelFor((numbers.size() + kTask - 1) / kTask, threads, [&](std::size_t task) {
            const std::size_t last = std::min(numbers.size(), (task + 1) * kTask);
            for (std::size_t t = task * kTask; t < last; ++t)
                std::copy_n(values.data() + std::size_t{3} * numbers[t], 3, chosen.data() + 3 * t);
        });
        return Triplets(std::move(chosen));
    });
}

void requireDomain(bool good, const char* name, const char* expected, double found) {
    if (!good)
        throw ParameterError({.where = name, .expected = expected, .found = fmt::format("{}", found)});
}

void requireOptions(const SposeOptions& o) {
    const auto number = [](std::size_t value) { return static_cast<double>(value); };
    requireDomain(o.components >= 1 && o.components <= 4096, "components", "1 to 4096", number(o.components));
    requireDomain(o.lambda >= 0 && std::isfinite(o.lambda), "lambda", "a finite number of at least 0", o.lambda);
    requireDomain(o.rate > 0 && std::isfinite(o.rate), "learning rate", "a finite number above 0", o.rate);
    requireDomain(o.batch >= 1, "batch", "at least 1 judgment", number(o.batch));
    requireDomain(o.epochLimit >= 1, "epoch limit", "at least 1", number(o.epochLimit));
    requireDomain(o.heldOutShare >= 0 && o.heldOutShare < 1, "held-out share", "0 or more and less than 1",
                  o.heldOutShare);
    requireDomain(o.window >= 2, "window", "at least 2 epochs", number(o.window));
}

/// The split, once the judgments are known to be numberable.
JudgmentOrder orderOf(const Triplets& judgments, const SposeOptions& options, std::span<const std::uint8_t> mask) {
    requireOptions(options);
    if (judgments.size() > std::numeric_limits<std::uint32_t>::max())
        throw DataError(
            {.where = "judgments", .expected = "fewer than 2^32", .found = withThousands(judgments.size())});
    if (mask.empty())
        return {judgments.size(), options.heldOutShare, options.seed};
    if (mask.size() != judgments.size())
        throw DataError({.where = "held-out mask",
                         .expected = withThousands(judgments.size()) + " values, one per judgment",
                         .found = withThousands(mask.size())});
    return {mask, options.seed};
}

double slopeOf(std::span<const EpochRecord> records) {
    const double centre = static_cast<double>(records.size() - 1) / 2;
    double sum = 0; // the sign of the least-squares slope is that of this sum
    for (std::size_t i = 0; i < records.size(); ++i)
        sum += (static_cast<double>(i) - centre) * records[i].objective;
    return sum;
}

} // namespace

/// Weights, gradient and moments in the layout of the kernels, and a spare line per chunk.
struct SposeFit::Arrays {
    Arrays(std::size_t stimuli, std::size_t componentCount)
        : rows(stimuli), components(componentCount), chunkCount((components + spose::kChunk - 1) / spose::kChunk),
          size((rows + 1) * chunkCount * spose::kChunk),
          values(4 * size), lines{values.data(), values.data() + size, values.data() + 2 * size,
                                  values.data() + 3 * size} {}

    /// Place of a chunk's first value in each array.
    [[nodiscard]] std::size_t placeOf(std::size_t chunk) const { return chunk * rows * spose::kChunk; }
    [[nodiscard]] std::size_t placeOf(std::size_t row, std::size_t component) const {
        return placeOf(component / spose::kChunk) + row * spose::kChunk + component % spose::kChunk;
    }
    void load(const Matrix<float>& from, float* array) const {
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t c = 0; c < components; ++c)
                array[placeOf(row, c)] = from(row, c);
    }
    /// To the end of an epoch: no gradient is pending.
    void load(const SposeState& state) const {
        std::fill_n(values.data(), 4 * size, 0.0F);
        load(state.weights, lines.weights);
        load(state.firstMoment, lines.first);
        load(state.secondMoment, lines.second);
    }
    [[nodiscard]] Matrix<float> matrix(const float* array) const {
        Matrix<float> result(rows, components);
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t c = 0; c < components; ++c)
                result(row, c) = array[placeOf(row, c)];
        return result;
    }

    std::size_t rows;
    std::size_t components;
    std::size_t chunkCount;
    std::size_t size; // of each array
    AlignedArray<float> values;
    spose::Lines lines;
};

/// One pass over the training judgments. Every rank owns some chunks of components and works on all judgments:
/// what the ranks tell each other are dot products, three floats a judgment. A stimulus's weights are brought up to
/// date when a batch is about to read them: dense batches bring all up to date, sparse ones those they name.
struct SposeFit::Epoch {
    Epoch(const Triplets& triplets, Arrays& work, const JudgmentOrder& judgmentOrder, const SposeOptions& options,
          std::uint64_t stepsBefore, int threads)
        : judgments(triplets), arrays(work), order(judgmentOrder),
          batch(std::min(options.batch, judgmentOrder.trainingCount())),
          batches((judgmentOrder.trainingCount() + batch - 1) / batch), stride(roundedUp(batch, kBlock)),
          dense(3 * batch >= work.rows), team(std::clamp(threads, 1, static_cast<int>(work.chunkCount))),
          offsets(kOffsetSlots * 3 * stride), steps(batches) {
        if (team.size() > 1)
            sharedDots = AlignedArray<float>(2 * arrays.chunkCount * 3 * stride);
        for (std::size_t s = 0; s < batches; ++s) {
            const auto t = static_cast<double>(stepsBefore + s + 1);
            const double first = 1 - std::pow(kKeepFirst, t);
            const double second = std::sqrt(1 - std::pow(kKeepSecond, t));
            steps[s] = {static_cast<float>(2 * options.rate * second / first),
                        static_cast<float>(2 * kEpsilon * second)};
        }
        adam = {static_cast<float>(kKeepFirst), static_cast<float>(1 - kKeepFirst), static_cast<float>(kKeepSecond),
                static_cast<float>(1 - kKeepSecond),
                static_cast<float>(options.lambda / static_cast<double>(arrays.rows))};
    }

    /// `onBatch(batchesDone)` is called on rank 0 before each batch and returns whether the weights should be shown
    /// before the next one; `show(batchesDone)` then is called on rank 0 with all weights up to date.
    void run(const std::function<bool(std::size_t)>& onBatch, const std::function<void(std::size_t)>& show) {
        std::vector<double> busy(static_cast<std::size_t>(team.size()));
        const auto start = Clock::now();
        team.run([&](int rank) {
            const double before = processorSeconds();
            Worker(*this, rank).run(onBatch, show);
            busy[static_cast<std::size_t>(rank)] = processorSeconds() - before;
        });
        busyShare = std::accumulate(busy.begin(), busy.end(), 0.0) / (secondsSince(start) * team.size());
    }

    class Worker {
    public:
        Worker(Epoch& epoch, int rank)
            : e(epoch), m_rank(static_cast<std::size_t>(rank)), m_ranks(static_cast<std::size_t>(epoch.team.size())),
              m_firstChunk(e.arrays.chunkCount * m_rank / m_ranks),
              m_lastChunk(e.arrays.chunkCount * (m_rank + 1) / m_ranks), m_dots(e.arrays.chunkCount * 3 * kBlock),
              m_residual(3 * kBlock) {
            if (!e.dense)
                m_upTo.resize(e.arrays.rows);
        }

        void run(const std::function<bool(std::size_t)>& onBatch, const std::function<void(std::size_t)>& show) {
            const SubnormalsOff guard;
            prepare(0, sizeOf(0));
            e.team.barrier();
            for (std::size_t b = 0; b < e.batches; ++b) {
                if (m_rank == 0)
                    e.showNext[(b + 1) % 2] = onBatch(b);
                bringUpToDate(b);
                if (b > 0 && e.showNext[b % 2]) {
                    bringAllUpToDate(b);
                    e.team.barrier();
                    if (m_rank == 0)
                        show(b);
                }
                collectGradient(b);
            }
            bringAllUpToDate(e.batches);
        }

    private:
        [[nodiscard]] std::size_t sizeOf(std::size_t b) const {
            return b < e.batches ? std::min(e.batch, e.order.trainingCount() - b * e.batch) : 0;
        }

        /// Writes the offsets of the next `count` judgments of this rank's share of batch b, and asks for the memory
        /// of those some way ahead: runs lie all over the data.
        void prepare(std::size_t b, std::size_t count) {
            if (m_prepared != b) {
                const std::size_t groups = roundedUp(sizeOf(b), spose::kGroup) / spose::kGroup;
                m_prepared = b;
                m_next = std::min(sizeOf(b), groups * m_rank / m_ranks * spose::kGroup);
                m_end = std::min(sizeOf(b), groups * (m_rank + 1) / m_ranks * spose::kGroup);
            }
            const std::size_t last = std::min(m_end, m_next + count);
            const std::size_t places = b * e.batch;
            std::uint32_t* out = e.offsetsOf(b) + m_next;
            e.judgments.visit([&](const auto values) {
                constexpr std::size_t kRunBytes = 3 * sizeof(values[0]) * JudgmentOrder::kRun;
                std::size_t ahead = places + m_next + kAhead;
                e.order.visitParts(places + m_next, places + last, [&](std::size_t source, std::size_t length) {
                    // Inside a function without other effects GCC 12 would drop these.
                    if (ahead < e.order.trainingCount()) {
                        const auto* run = reinterpret_cast<const char*>(values.data() + 3 * e.order.sourceOf(ahead));
                        for (std::size_t byte = 0; byte < kRunBytes; byte += spose::kLineBytes)
                            __builtin_prefetch(run + byte);
                    }
                    ahead += length;
                    spose::writeOffsets(values.data() + 3 * source, length, out, e.stride);
                    out += length;
                });
            });
            m_next = last;
        }

        void bringUpToDate(std::size_t b) {
            if (e.dense) {
                bringAllUpToDate(b);
                return;
            }
            const std::uint32_t* offsets = e.offsetsOf(b);
            const std::size_t size = sizeOf(b);
            m_due.resize(3 * size + 1);
            std::size_t due = 0;
            for (std::size_t place = 0; place < 3; ++place)
                for (std::size_t t = 0; t < size; ++t) {
                    const std::uint32_t line = offsets[place * e.stride + t];
                    std::uint32_t& upTo = m_upTo[line / spose::kLineBytes];
                    m_due[due] = {line, static_cast<std::uint32_t>(b) - upTo};
                    due += upTo != b ? 1 : 0;
                    upTo = static_cast<std::uint32_t>(b);
                }
            m_due.resize(due);
            advanceDue(b);
        }

        void bringAllUpToDate(std::size_t b) {
            if (e.dense) {
                for (; m_allUpTo < b; ++m_allUpTo)
                    spose::advanceAll(e.arrays.lines, m_firstChunk * e.arrays.rows, m_lastChunk * e.arrays.rows,
                                      e.steps[m_allUpTo], e.adam);
                return;
            }
            m_due.clear();
            for (std::size_t row = 0; row < e.arrays.rows; ++row) {
                if (m_upTo[row] != b)
                    m_due.push_back({static_cast<std::uint32_t>(row * spose::kLineBytes),
                                     static_cast<std::uint32_t>(b) - m_upTo[row]});
                m_upTo[row] = static_cast<std::uint32_t>(b);
            }
            advanceDue(b);
        }

        /// Takes the stimuli in m_due through their missing steps before step b.
        void advanceDue(std::size_t b) {
            sortDue();
            const std::size_t chunks = m_lastChunk - m_firstChunk;
            m_lines.resize(m_due.size() * chunks);
            m_missing.resize(m_due.size() * chunks);
            for (std::size_t i = 0; i < m_due.size(); ++i)
                for (std::size_t c = 0; c < chunks; ++c) {
                    const std::size_t chunk = (m_firstChunk + c) * e.arrays.rows * spose::kLineBytes;
                    m_lines[i * chunks + c] = static_cast<std::uint32_t>(chunk + m_due[i].line);
                    m_missing[i * chunks + c] = m_due[i].steps;
                }
            const std::size_t spare = e.arrays.chunkCount * e.arrays.rows + m_firstChunk;
            spose::advance(e.arrays.lines, m_lines.data(), m_missing.data(), m_lines.size(), e.steps.data() + b, e.adam,
                           static_cast<std::uint32_t>(spare * spose::kLineBytes));
        }

        /// By falling number of missing steps.
        void sortDue() {
            constexpr std::size_t kCounted = 1024;
            std::size_t most = 0;
            for (const Due& due : m_due)
                most = std::max<std::size_t>(most, due.steps);
            if (most >= kCounted) {
                std::stable_sort(m_due.begin(), m_due.end(),
                                 [](const Due& left, const Due& right) { return left.steps > right.steps; });
                return;
            }
            std::array<std::uint32_t, kCounted> place;
            std::fill_n(place.begin(), most + 1, 0U);
            for (const Due& due : m_due)
                ++place[due.steps];
            std::uint32_t before = 0;
            for (std::size_t steps = most + 1; steps-- > 0;)
                before += std::exchange(place[steps], before);
            m_sorted.resize(m_due.size());
            for (const Due& due : m_due)
                m_sorted[place[due.steps]++] = due;
            m_due.swap(m_sorted);
        }

        void collectGradient(std::size_t b) {
            const std::uint32_t* offsets = e.offsetsOf(b);
            const std::size_t size = sizeOf(b);
            const bool alone = m_ranks == 1;
            const std::size_t dotStride = alone ? kBlock : e.stride;
            float* dots = alone ? m_dots.data() : e.sharedDots.data() + b % 2 * e.arrays.chunkCount * 3 * e.stride;
            const auto addUpDots = [&](std::size_t t, std::size_t count, std::size_t at) {
                for (std::size_t c = m_firstChunk; c < m_lastChunk; ++c)
                    spose::addUpDots(e.arrays.lines.weights + e.arrays.placeOf(c), {offsets + t, e.stride},
                                     roundedUp(count, spose::kGroup) / spose::kGroup, dots + 3 * dotStride * c + at,
                                     dotStride);
            };
            // The next batch is prepared in step with this one, before the barrier if others need it after theirs.
            const std::size_t nextPerBlock =
                roundedUp((sizeOf(b + 1) / m_ranks + spose::kGroup) * kBlock / size + 1, spose::kGroup);
            if (!alone) {
                for (std::size_t t = 0; t < size; t += kBlock) {
                    addUpDots(t, std::min(kBlock, size - t), t);
                    prepare(b + 1, nextPerBlock);
                }
                e.team.barrier();
            }
            for (std::size_t t = 0; t < size; t += kBlock) {
                const std::size_t count = std::min(kBlock, size - t);
                if (alone) {
                    addUpDots(t, count, 0);
                    prepare(b + 1, nextPerBlock);
                }
                spose::residuals(dots + (alone ? 0 : t), e.arrays.chunkCount, dotStride, count,
                                 static_cast<float>(1.0 / static_cast<double>(size)), m_residual.data(), kBlock,
                                 m_rank == 0 ? &e.tally : nullptr);
                for (std::size_t c = m_firstChunk; c < m_lastChunk; ++c)
                    spose::scatterGradient(e.arrays.lines.weights + e.arrays.placeOf(c),
                                           e.arrays.lines.gradient + e.arrays.placeOf(c), {offsets + t, e.stride},
                                           m_residual.data(), kBlock, count);
            }
        }

        struct Due {
            std::uint32_t line;
            std::uint32_t steps;
        };

        Epoch& e;
        std::size_t m_rank;
        std::size_t m_ranks;
        std::size_t m_firstChunk;
        std::size_t m_lastChunk;
        AlignedArray<float> m_dots;
        AlignedArray<float> m_residual;
        std::size_t m_prepared = std::numeric_limits<std::size_t>::max(); // batch being prepared: its judgments
        std::size_t m_next = 0;                                           // m_next … m_end − 1 are still to be done
        std::size_t m_end = 0;
        std::size_t m_allUpTo = 0;         // dense: step that all weights wait for
        std::vector<std::uint32_t> m_upTo; // sparse: step that each stimulus's weights wait for
        std::vector<Due> m_due;
        std::vector<Due> m_sorted;
        std::vector<std::uint32_t> m_lines;
        std::vector<std::uint32_t> m_missing;
    };

    // A rank may prepare batch b + 2 while another still reads batch b.
    static constexpr std::size_t kOffsetSlots = 3;
    [[nodiscard]] std::uint32_t* offsetsOf(std::size_t b) const {
        return offsets.data() + b % kOffsetSlots * 3 * stride;
    }

    const Triplets& judgments;
    Arrays& arrays;
    const JudgmentOrder& order;
    std::size_t batch;
    std::size_t batches;
    std::size_t stride;
    bool dense;
    ThreadTeam team;
    AlignedArray<std::uint32_t> offsets;
    AlignedArray<float> sharedDots;
    std::vector<spose::AdamStep> steps;
    spose::AdamConstants adam{};
    std::array<bool, 2> showNext{}; // written by rank 0 one batch ahead
    spose::Tally tally;
    double busyShare = 1; ///< of the threads' time: they ran on a processor
};

namespace {

struct HeldOutFigures {
    double nll = std::numeric_limits<double>::quiet_NaN();
    double accuracy = std::numeric_limits<double>::quiet_NaN();
};

/// `weights`: chunks, `chunkSize` values each.
HeldOutFigures heldOutFigures(std::span<const float> weights, std::size_t chunkSize, const Triplets& judgments,
                              const JobControl& control, int threads) {
    if (judgments.size() == 0)
        return {};
    const std::size_t chunks = weights.size() / chunkSize;
    constexpr std::size_t kTask = 128 * kBlock;
    std::vector<spose::Tally> tallies((judgments.size() + kTask - 1) / kTask);
    parallelFor(tallies.size(), threads, [&](std::size_t task) {
        control.check();
        const SubnormalsOff guard;
        const AlignedArray<std::uint32_t> offsets(3 * kBlock);
        const AlignedArray<float> dots(chunks * 3 * kBlock);
        const AlignedArray<float> residual(3 * kBlock);
        const std::size_t last = std::min(judgments.size(), (task + 1) * kTask);
        for (std::size_t t = task * kTask; t < last; t += kBlock) {
            const std::size_t count = std::min(kBlock, last - t);
            judgments.visit(
                [&](const auto values) { spose::writeOffsets(values.data() + 3 * t, count, offsets.data(), kBlock); });
            for (std::size_t c = 0; c < chunks; ++c)
                spose::addUpDots(weights.data() + c * chunkSize, {offsets.data(), kBlock},
                                 roundedUp(count, spose::kGroup) / spose::kGroup, dots.data() + 3 * kBlock * c, kBlock);
            spose::residuals(dots.data(), chunks, kBlock, count, 1.0F, residual.data(), kBlock, &tallies[task]);
        }
    });
    double nll = 0;
    std::size_t hits = 0;
    for (const spose::Tally& tally : tallies) {
        nll += tally.nll();
        hits += tally.hits;
    }
    const auto count = static_cast<double>(judgments.size());
    return {nll / count, static_cast<double>(hits) / count};
}

/// Sum, activity and sparsity of weights ≥ 0.
struct WeightFigures {
    double sum = 0;
    std::size_t active = 0;
    double sparsity = 0;
};

WeightFigures weightFigures(const Matrix<float>& weights) {
    WeightFigures figures;
    std::vector<char> active(weights.cols());
    std::size_t small = 0;
    for (std::size_t row = 0; row < weights.rows(); ++row)
        for (std::size_t c = 0; c < weights.cols(); ++c) {
            const auto weight = static_cast<double>(weights(row, c));
            figures.sum += weight;
            small += weight < kSparseWeight ? 1 : 0;
            if (weight > kActiveWeight)
                active[c] = 1;
        }
    figures.active = static_cast<std::size_t>(std::count(active.begin(), active.end(), 1));
    figures.sparsity = static_cast<double>(small) / static_cast<double>(weights.size());
    return figures;
}

} // namespace

SposeFit::SposeFit(const std::shared_ptr<const Triplets>& judgments, std::size_t stimuli, const SposeOptions& options,
                   std::span<const std::uint8_t> heldOutMask, SposeState state)
    : m_stimuli(stimuli), m_options(options), m_order(orderOf(*judgments, options, heldOutMask)),
      m_state(std::move(state)) {
    const std::size_t chunks = (options.components + spose::kChunk - 1) / spose::kChunk;
    const std::size_t mostStimuli = std::numeric_limits<std::uint32_t>::max() / spose::kLineBytes / chunks - 1;
    if (stimuli < 3 || stimuli > mostStimuli)
        throw DataError(
            {.where = "stimuli", .expected = "3 to " + withThousands(mostStimuli), .found = withThousands(stimuli)});
    requireValidJudgments(*judgments, stimuli, threadBudget());
    if (m_order.trainingCount() == 0)
        throw DataError({.where = "judgments",
                         .expected = "at least one to train with",
                         .found = withThousands(judgments->size()) + ", of which " +
                                  withThousands(m_order.heldOut().size()) + " held out"});
    if (options.stopRule == StopRule::HeldOut && m_order.heldOut().empty())
        throw DataError({.where = "held-out judgments",
                         .expected = "at least one, because held-out accuracy is to end the fit",
                         .found = "none",
                         .remedy = "hold out a share or choose another stopping rule"});
    if (m_state.weights.empty()) {
        m_state = {};
        Rng rng(options.seed, kWeightStream);
        m_state.weights = Matrix<float>(stimuli, options.components);
        for (float& weight : m_state.weights.values())
            weight = static_cast<float>(std::abs(0.1 + 0.01 * rng.normal()));
        m_state.firstMoment = Matrix<float>(stimuli, options.components);
        m_state.secondMoment = Matrix<float>(stimuli, options.components);
    }
    for (const Matrix<float>* part : {&m_state.weights, &m_state.firstMoment, &m_state.secondMoment})
        if (part->rows() != stimuli || part->cols() != options.components)
            throw DataError({.where = "checkpoint",
                             .expected = fmt::format("{} stimuli × {} components", stimuli, options.components),
                             .found = fmt::format("{} × {}", part->rows(), part->cols()),
                             .remedy = "start the fit anew"});
    m_training = chosenFrom(*judgments, m_order.training(), threadBudget());
    m_heldOut = chosenFrom(*judgments, m_order.heldOut(), threadBudget());
    m_arrays = std::make_unique<Arrays>(stimuli, options.components);
}

SposeFit::~SposeFit() = default;

const char* SposeFit::instructionSet() { return spose::instructionSet(); }

std::size_t SposeFit::bestEpoch() const {
    const auto best = std::max_element(
        m_state.records.begin(), m_state.records.end(),
        [](const EpochRecord& a, const EpochRecord& b) { return a.heldOutAccuracy < b.heldOutAccuracy; });
    return static_cast<std::size_t>(best - m_state.records.begin()) + 1;
}

std::optional<StopReason> SposeFit::stopReason() const {
    const std::vector<EpochRecord>& records = m_state.records;
    if (m_options.stopRule == StopRule::Slope && records.size() >= m_options.window &&
        slopeOf(std::span(records).last(m_options.window)) >= 0)
        return StopReason::Slope;
    if (m_options.stopRule == StopRule::HeldOut && !records.empty() && records.size() - bestEpoch() >= m_options.window)
        return StopReason::HeldOut;
    if (records.size() >= m_options.epochLimit)
        return StopReason::EpochLimit;
    return std::nullopt;
}

SposeResult SposeFit::run(const JobControl& control, const Progress& progress, int threads, const Publish& publish) {
    m_arrays->load(m_state);
    const auto trainingCount = static_cast<double>(m_order.trainingCount());
    const double l1 = m_options.lambda / static_cast<double>(m_stimuli);
    double pace = m_state.records.empty() ? 0 : m_state.records.back().seconds; // seconds an epoch, for the estimate
    const auto show = [&](double share) {
        if (!publish)
            return;
        auto snapshot = std::make_shared<FitSnapshot>();
        snapshot->epoch = m_state.records.size();
        snapshot->epochShare = share;
        snapshot->records = m_state.records;
        snapshot->weights = share > 0 ? m_arrays->matrix(m_arrays->lines.weights) : m_state.weights;
        const double epochsLeft = static_cast<double>(m_options.epochLimit) - static_cast<double>(snapshot->epoch);
        snapshot->secondsLeft = std::max(0.0, (epochsLeft - share) * pace);
        publish(std::move(snapshot));
    };

    std::optional<StopReason> reason = stopReason();
    auto lastShown = Clock::now();
    TeamSize teamSize(std::clamp(threads, 1, static_cast<int>(m_arrays->chunkCount)));
    while (!reason) {
        control.check();
        const auto start = Clock::now();
        const std::size_t index = m_state.records.size();
        const Progress part = progress.part(static_cast<double>(index) / static_cast<double>(m_options.epochLimit),
                                            static_cast<double>(index + 1) / static_cast<double>(m_options.epochLimit));
        part.say(fmt::format("epoch {} of at most {}", index + 1, m_options.epochLimit));

        m_order.startEpoch(index);
        Epoch epoch(m_training, *m_arrays, m_order, m_options, m_state.steps, teamSize.threads());
        const auto shareOf = [&](std::size_t batchesDone) {
            return static_cast<double>(batchesDone) / static_cast<double>(epoch.batches);
        };
        epoch.run(
            [&](std::size_t batchesDone) {
                control.check();
                part.set(shareOf(batchesDone));
                return Clock::now() - lastShown >= kPublishEvery;
            },
            [&](std::size_t batchesDone) {
                if (pace == 0)
                    pace = secondsSince(start) / shareOf(batchesDone);
                show(shareOf(batchesDone));
                lastShown = Clock::now();
            });

        const HeldOutFigures heldOut =
            heldOutFigures({m_arrays->lines.weights, m_arrays->placeOf(m_arrays->chunkCount)}, m_arrays->placeOf(1),
                           m_heldOut, control, threads);
        Matrix<float> weights = m_arrays->matrix(m_arrays->lines.weights);
        const WeightFigures figures = weightFigures(weights);
        EpochRecord record;
        record.epoch = index + 1;
        record.objective = epoch.tally.nll() / trainingCount + l1 * figures.sum;
        record.trainAccuracy = static_cast<double>(epoch.tally.hits) / trainingCount;
        record.heldOutNll = heldOut.nll;
        record.heldOutAccuracy = heldOut.accuracy;
        record.activeComponents = figures.active;
        record.sparsity = figures.sparsity;
        if (!std::isfinite(record.objective))
            throw DataError({.where = fmt::format("epoch {}", record.epoch),
                             .expected = "a finite objective",
                             .found = fmt::format("{}", record.objective),
                             .remedy = "choose a lower learning rate"});

        // From here on the epoch counts.
        m_state.weights = std::move(weights);
        m_state.firstMoment = m_arrays->matrix(m_arrays->lines.first);
        m_state.secondMoment = m_arrays->matrix(m_arrays->lines.second);
        m_state.steps += epoch.batches;
        record.seconds = secondsSince(start);
        teamSize.epochEnded(record.seconds, epoch.busyShare);
        m_state.records.push_back(record);
        if (m_options.stopRule == StopRule::HeldOut && bestEpoch() == record.epoch)
            m_state.bestWeights = m_state.weights;
        pace = pace == 0 ? record.seconds : 0.8 * pace + 0.2 * record.seconds;
        show(0);
        lastShown = Clock::now();
        reason = stopReason();
        if (!reason && control.finishRequested())
            reason = StopReason::ByHand;
    }
    progress.set(1);
    return result(*reason, threads);
}

SposeResult SposeFit::result(StopReason reason, int threads) const {
    SposeResult out;
    out.stopReason = reason;
    out.records = m_state.records;
    out.epochs = m_state.records.size();
    const bool best = m_options.stopRule == StopRule::HeldOut;
    out.chosenEpoch = best ? bestEpoch() : out.epochs;
    const Matrix<float>& weights = best ? m_state.bestWeights : m_state.weights;

    std::vector<double> sums(weights.cols());
    for (std::size_t row = 0; row < weights.rows(); ++row)
        for (std::size_t c = 0; c < weights.cols(); ++c)
            sums[c] += static_cast<double>(weights(row, c));
    out.trainingColumn.resize(weights.cols());
    std::iota(out.trainingColumn.begin(), out.trainingColumn.end(), std::size_t{0});
    std::stable_sort(out.trainingColumn.begin(), out.trainingColumn.end(),
                     [&](std::size_t a, std::size_t b) { return sums[a] > sums[b]; });
    out.weights = Matrix<double>(weights.rows(), weights.cols());
    for (std::size_t c = 0; c < weights.cols(); ++c) {
        out.sums.push_back(sums[out.trainingColumn[c]]);
        for (std::size_t row = 0; row < weights.rows(); ++row)
            out.weights(row, c) = static_cast<double>(weights(row, out.trainingColumn[c]));
    }
    out.heldOut = choiceAccuracy(out.weights, m_heldOut, threads);
    return out;
}

} // namespace tercet
