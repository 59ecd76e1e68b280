#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/text.h"
#include "core/embedding/many_fits.h"
#include "core/judgments/agreement.h"
#include "core/pipeline/fit_options.h"
#include "core/pipeline/held_out_choice.h"
#include "core/pipeline/run_log.h"
#include "core/pipeline/step_groups.h"
#include "core/spaces/alignment.h"
#include "core/spaces/compression.h"
#include "core/spaces/pair_answers.h"
#include "core/spaces/reproducibility.h"
#include "core/spaces/similarity.h"
#include "core/study/judgment_set.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

using Kind = StepInput::Kind;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Array<std::int64_t> toArray(Matrix<std::int64_t> values) {
    return {{values.rows(), values.cols()}, std::move(values.values())};
}

Parameter resamplesParameter(const char* of) {
    return {.name = "resamples",
            .title = "Resamples",
            .defaultValue = std::int64_t{1000},
            .minimum = 0,
            .maximum = 1e6,
            .help = fmt::format("Bootstrap samples of the {} for the interval.", of)};
}

/// Whose similarities T2 measures: the study's prototypes if the judgments show any two of them, else the stimuli
/// around which they were collected.
std::vector<std::uint32_t> comparedStimuli(const StepContext& context, const Triplets& judgments) {
    if (const auto sample = context.inputs.find("prototypes"); sample != context.inputs.end()) {
        const auto& prototypes = sample->second->get<std::uint32_t>("prototypes").values;
        const PairAnswers answers = pairAnswers(judgments, prototypes, context.control);
        if (std::any_of(answers.shown.begin(), answers.shown.end(), [](std::uint32_t shown) { return shown > 0; }))
            return prototypes;
    }
    return centralStimuli(judgments, context.control);
}

StepInput prototypesInput() { return {.name = "prototypes", .step = "sample-validation", .optional = true}; }

// --- rsm (E7) ---

StepOutput rsmStep(StepContext& context) {
    const JudgmentSet validation = judgmentsIn(context.inputs.at("validation"));
    const MatrixView<const double> embedding = embeddingOf(context);
    requireValidJudgments(validation.triplets, embedding.rows(), context.threads);
    const std::vector<std::uint32_t> stimuli = comparedStimuli(context, validation.triplets);
    if (stimuli.size() < 3)
        throw DataError({.where = "validation judgments of " + tercet::quoted(context.system->name),
                         .expected = "at least three stimuli to compare",
                         .found = withThousands(stimuli.size()),
                         .remedy = "import more of them"});
    const PairAnswers answers = pairAnswers(validation.triplets, stimuli, context.control);
    Matrix<double> predicted =
        predictedSimilarity(embedding, stimuli, context.control, context.progress.part(0, 0.4), context.threads);
    const std::vector<double> measured = answers.shares();
    const MatrixFit fit = fitOfMatrices(lowerTriangle(predicted), measured, stimuli.size(),
                                        {.resamples = countOf(context, "resamples"),
                                         .permutations = countOf(context, "permutations"),
                                         .seed = seedOf(context),
                                         .threads = context.threads},
                                        context.control, context.progress.part(0.4, 1));
    const Interval interval = context.parameters.text("interval") == "fisher" ? fit.fisher : fit.bootstrap;
    Matrix<std::int64_t> counts(stimuli.size(), stimuli.size());
    for (std::size_t i = 1; i < stimuli.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            counts(i, j) = counts(j, i) = answers.shown[pairPlace(i, j)];
    StepOutput output;
    summarise(output.arrays,
              std::isnan(fit.r)
                  ? fmt::format("{} stimuli; r is not defined, because predicted or measured similarity "
                                "is the same everywhere",
                                stimuli.size())
                  : fmt::format("r {:.3f} [{:.3f}, {:.3f}], p {:.2g}, over {} pairs of {} stimuli", fit.r, interval.low,
                                interval.high, fit.p, withThousands(fit.pairs), stimuli.size()));
    output.arrays.set("predicted", std::move(predicted));
    output.arrays.set("measured", symmetric(measured, stimuli.size(), kNan));
    output.arrays.arrays["counts"] = toArray(std::move(counts));
    output.arrays.set("fit",
                      std::vector<double>{fit.r, interval.low, interval.high, fit.p, static_cast<double>(fit.pairs)});
    output.arrays.set("stimuli", stimuli);
    return output;
}

// --- compress (E8) ---

StepOutput compressStep(StepContext& context) {
    const TestJudgments test = testJudgments(context);
    const MatrixView<const double> embedding = embeddingOf(context);
    const bool principal = context.parameters.text("rule") == "principal-components";
    std::vector<double> accuracy =
        compressedAccuracy(embedding, test.judgments.triplets, test.chosen,
                           principal ? CompressionRule::PrincipalComponents : CompressionRule::TopComponents,
                           context.threads, context.control, context.progress);
    const auto most = static_cast<std::int64_t>(fewestThatKeep(accuracy, 0.95));
    const auto nearlyAll = static_cast<std::int64_t>(fewestThatKeep(accuracy, 0.99));
    std::vector<std::int64_t> kept(accuracy.size());
    std::iota(kept.begin(), kept.end(), std::int64_t{0});
    StepOutput output;
    summarise(output.arrays, fmt::format("{} of {} components {} keep 95 % of the accuracy of {:.4f}, {} keep 99 %",
                                         most, embedding.cols(), principal ? "of all stimuli" : "of each stimulus",
                                         accuracy.back(), nearlyAll));
    output.arrays.set("kept", std::move(kept));
    output.arrays.set("accuracy", std::move(accuracy));
    output.arrays.set("reached", std::vector<std::int64_t>{most, nearlyAll});
    output.arrays.set("chance", std::vector<double>{ChoiceAccuracy::kChance});
    return output;
}

// --- many fits: reproducibility (E5), sweep-dimensions (E4), saturation (T10) ---

/// The fit that a step repeats in other ways.
struct OwnFit {
    JudgmentSet judgments;
    std::size_t stimuli;
    std::shared_ptr<const ArrayBundle> bundle;
    SposeOptions options;
    bool givenSplit; ///< the judgments came with their own split
};

OwnFit ownFit(const StepContext& context) {
    OwnFit own{.judgments = judgmentsIn(context.inputs.at("judgments")),
               .stimuli = context.study.stimuli()->size(),
               .bundle = context.inputs.at("fit"),
               .options = sposeOptions(context.records.at("fit").parameters),
               .givenSplit = false};
    own.givenSplit = context.records.at("fit").parameters.at("given-split") == "true" && !own.judgments.heldOut.empty();
    return own;
}

std::vector<StepInput> fitInputs() { return {judgmentsInput(), {.name = "fit", .step = "fit-embedding"}}; }

/// `count` seeds from `first` on, the fit's own left out.
std::uint64_t seedOfRun(std::size_t run, std::uint64_t first, std::uint64_t own) {
    const std::uint64_t seed = first + run;
    return own >= first && seed >= own ? seed + 1 : seed;
}

/// Does the fits of `numbers` that the log does not hold yet, keeps each and publishes what there is then.
void doFits(StepContext& context, RunLog& log, const std::vector<std::size_t>& numbers, std::size_t stimuli,
            const std::function<FitRequest(std::size_t)>& request,
            const std::function<ArrayBundle(std::size_t, const SposeResult&)>& keep,
            const std::function<ArrayBundle()>& soFar) {
    std::vector<std::size_t> missing;
    for (const std::size_t number : numbers)
        if (log.find(number) == nullptr)
            missing.push_back(number);
    const auto publish = [&] { context.publish(Snapshot(std::make_shared<const ArrayBundle>(soFar()))); };
    if (missing.empty())
        return;
    publish();
    const double begin = static_cast<double>(numbers.size() - missing.size()) / static_cast<double>(numbers.size());
    runFits(
        missing.size(), stimuli, [&](std::size_t place) { return request(missing[place]); },
        [&](std::size_t place, const SposeResult& result) {
            log.add(missing[place], keep(missing[place], result));
            publish();
        },
        context.control, context.progress.part(begin, 1), context.threads);
}

std::size_t countActive(MatrixView<const double> embedding) {
    const std::vector<std::uint8_t> active = activeComponents(embedding);
    return static_cast<std::size_t>(std::count(active.begin(), active.end(), std::uint8_t{1}));
}

RunMatching matchingOf(const StepContext& context) {
    return context.parameters.text("matching") == "one-to-one" ? RunMatching::OneToOne : RunMatching::Best;
}

/// A run's weights, exact in the float32 in which they were fitted.
Array<float> floatsOf(MatrixView<const double> weights) {
    Array<float> array{{weights.rows(), weights.cols()}, {}};
    for (const double weight : weights.values())
        array.values.push_back(static_cast<float>(weight));
    return array;
}

Matrix<double> weightsOf(const ArrayBundle& run) {
    const auto& array = run.get<float>("weights");
    return {array.shape[0], array.shape[1], std::vector<double>(array.values.begin(), array.values.end())};
}

double valueOf(const RunLog& log, std::size_t number, const char* name) {
    const ArrayBundle* run = log.find(number);
    return run == nullptr ? kNan : run->get<double>(name).values.at(0);
}

ArrayBundle reproducibilityBundle(const StepContext& context, const OwnFit& own, const RunLog& log,
                                  const std::vector<std::int64_t>& seeds) {
    std::vector<Matrix<double>> weights;
    std::vector<std::size_t> runs;
    std::vector<double> accuracy(seeds.size(), kNan);
    for (std::size_t run = 0; run < seeds.size(); ++run)
        if (const ArrayBundle* arrays = log.find(run)) {
            runs.push_back(run);
            weights.push_back(weightsOf(*arrays));
            accuracy[run] = valueOf(log, run, "accuracy");
        }
    const std::vector<MatrixView<const double>> views(weights.begin(), weights.end());
    const MatrixView<const double> fitted = own.bundle->matrix("embedding");
    const Matrix<double> known = reproducibilityOf(views, matchingOf(context));
    Matrix<double> all(seeds.size(), fitted.cols(), kNan);
    for (std::size_t i = 0; i < runs.size(); ++i)
        std::copy(known.row(i).begin(), known.row(i).end(), all.row(runs[i]).begin());
    Matrix<double> component = reproducibilityIn(fitted, views, matchingOf(context));
    const std::vector<std::uint8_t> active = activeComponents(fitted);
    double sum = 0;
    double least = 1;
    double count = 0;
    for (std::size_t c = 0; c < active.size(); ++c)
        if (active[c] != 0 && !std::isnan(component(c, 0))) {
            sum += component(c, 0);
            least = std::min(least, component(c, 0));
            ++count;
        }
    ArrayBundle bundle;
    summarise(bundle, fmt::format("{} runs; components in use have r {:.3f} on average, the least {:.3f}", runs.size(),
                                  count > 0 ? sum / count : kNan, count > 0 ? least : kNan));
    bundle.set("seeds", seeds);
    bundle.set("reproducibility", std::move(all));
    bundle.set("component", std::move(component));
    bundle.set("accuracy", std::move(accuracy));
    return bundle;
}

StepOutput reproducibilityStep(StepContext& context) {
    const OwnFit own = ownFit(context);
    const auto triplets = std::make_shared<const Triplets>(own.judgments.triplets);
    std::vector<std::int64_t> seeds;
    std::vector<std::size_t> numbers;
    for (std::size_t run = 0; run < countOf(context, "runs"); ++run) {
        seeds.push_back(static_cast<std::int64_t>(seedOfRun(run, seedOf(context), own.options.seed)));
        numbers.push_back(run);
    }
    RunLog log(context.checkpoint);
    doFits(
        context, log, numbers, own.stimuli,
        [&](std::size_t run) {
            FitRequest request{triplets, own.options, own.bundle->get<std::uint8_t>("held_out").values};
            request.options.seed = static_cast<std::uint64_t>(seeds[run]);
            return request;
        },
        [](std::size_t, const SposeResult& result) {
            ArrayBundle run;
            run.arrays["weights"] = floatsOf(result.weights);
            run.set("accuracy", std::vector<double>{result.heldOut.share});
            return run;
        },
        [&] { return reproducibilityBundle(context, own, log, seeds); });
    return {.arrays = reproducibilityBundle(context, own, log, seeds)};
}

/// A place in the log for a fit of `size` (of whatever is varied) and run.
std::size_t numberOf(std::size_t size, std::size_t run) {
    constexpr std::size_t kMostRuns = 1000;
    return size * kMostRuns + run;
}

std::vector<std::size_t> sizesOf(const StepContext& context) {
    const auto numbers = numbersOf(context.parameters.text("sizes")).value();
    return {numbers.begin(), numbers.end()};
}

ArrayBundle sweepBundle(const RunLog& log, const std::vector<std::size_t>& sizes, std::size_t runs,
                        std::size_t heldOut) {
    Matrix<double> accuracy(sizes.size(), runs);
    Matrix<double> active(sizes.size(), runs);
    Matrix<double> band(sizes.size(), 3);
    for (std::size_t k = 0; k < sizes.size(); ++k) {
        for (std::size_t run = 0; run < runs; ++run) {
            accuracy(k, run) = valueOf(log, numberOf(sizes[k], run), "accuracy");
            active(k, run) = valueOf(log, numberOf(sizes[k], run), "active");
        }
        const MeanInterval mean = meanInterval(accuracy.row(k));
        band(k, 0) = mean.mean;
        band(k, 1) = mean.interval.low;
        band(k, 2) = mean.interval.high;
    }
    const bool whole = std::none_of(accuracy.values().begin(), accuracy.values().end(),
                                    [](double value) { return std::isnan(value); });
    std::int64_t chosen = 0;
    std::string summary = "under way";
    if (whole) {
        std::size_t best = 0;
        for (std::size_t k = 1; k < sizes.size(); ++k)
            if (band(k, 0) > band(best, 0))
                best = k;
        double squares = 0;
        for (const double value : accuracy.row(best))
            squares += (value - band(best, 0)) * (value - band(best, 0));
        const auto n = static_cast<double>(runs);
        const double error = runs > 1 ? std::sqrt(squares / (n - 1) / n)
                                      : std::sqrt(band(best, 0) * (1 - band(best, 0)) / static_cast<double>(heldOut));
        std::size_t k = 0;
        while (band(k, 0) < band(best, 0) - error)
            ++k;
        chosen = static_cast<std::int64_t>(sizes[k]);
        summary =
            fmt::format("{} components: held-out accuracy {:.4f}, within one standard error ({:.4f}) of the best, "
                        "{:.4f} with {}",
                        chosen, band(k, 0), error, band(best, 0), sizes[best]);
    }
    ArrayBundle bundle;
    summarise(bundle, std::move(summary));
    bundle.set("components", std::vector<std::int64_t>(sizes.begin(), sizes.end()));
    bundle.set("accuracy", std::move(accuracy));
    bundle.set("active", std::move(active));
    bundle.set("band", std::move(band));
    bundle.set("chosen", std::vector<std::int64_t>{chosen});
    return bundle;
}

StepOutput sweepStep(StepContext& context) {
    const OwnFit own = ownFit(context);
    const auto triplets = std::make_shared<const Triplets>(own.judgments.triplets);
    const auto& mask = own.bundle->get<std::uint8_t>("held_out").values;
    const auto heldOut =
        static_cast<std::size_t>(std::count_if(mask.begin(), mask.end(), [](auto m) { return m != 0; }));
    if (heldOut == 0)
        throw DataError({.where = "sweep-dimensions/" + context.system->name,
                         .what = "the fit holds out no judgment, so accuracies cannot be compared",
                         .remedy = "run fit-embedding with a held-out share above 0"});
    const std::vector<std::size_t> sizes = sizesOf(context);
    const std::size_t runs = countOf(context, "runs");
    std::vector<std::size_t> numbers;
    for (std::size_t run = 0; run < runs; ++run)
        for (const std::size_t size : sizes)
            numbers.push_back(numberOf(size, run));
    RunLog log(context.checkpoint);
    const auto soFar = [&] { return sweepBundle(log, sizes, runs, heldOut); };
    doFits(
        context, log, numbers, own.stimuli,
        [&](std::size_t number) {
            FitRequest request{triplets, own.options};
            request.options.components = number / numberOf(1, 0);
            request.options.seed = seedOfRun(number % numberOf(1, 0), seedOf(context), own.options.seed);
            if (own.givenSplit)
                request.heldOutMask = mask;
            return request;
        },
        [](std::size_t, const SposeResult& result) {
            ArrayBundle run;
            run.set("accuracy", std::vector<double>{result.heldOut.share});
            run.set("active", std::vector<double>{static_cast<double>(countActive(result.weights))});
            return run;
        },
        soFar);
    return {.arrays = soFar()};
}

/// `count` of the judgments, drawn with or without replacement.
Triplets drawn(const Triplets& judgments, std::size_t count, bool replacement, std::uint64_t seed,
               std::uint64_t stream) {
    Rng rng(seed, stream);
    const auto size = static_cast<std::uint32_t>(judgments.size());
    std::vector<std::uint32_t> numbers(replacement ? count : size);
    if (replacement) {
        for (std::uint32_t& number : numbers)
            number = rng.below(size);
    } else {
        std::iota(numbers.begin(), numbers.end(), std::uint32_t{0});
        for (std::uint32_t place = 0; place < count; ++place)
            std::swap(numbers[place], numbers[place + rng.below(size - place)]);
        numbers.resize(count);
    }
    return judgments.visit([&]<class T>(std::span<const T> values) {
        std::vector<T> chosen;
        chosen.reserve(3 * numbers.size());
        for (const std::uint32_t number : numbers)
            for (std::size_t place = 0; place < 3; ++place)
                chosen.push_back(values[3 * std::size_t{number} + place]);
        return Triplets(std::move(chosen));
    });
}

/// From where on the mean number of recovered components stays at a plateau: the last mean, less a tolerance.
/// 0 if only the last of several numbers of judgments is there.
std::int64_t saturationPoint(const Matrix<double>& recovered, const std::vector<std::int64_t>& judgments,
                             double plateau) {
    std::vector<double> means;
    for (std::size_t s = 0; s < recovered.rows(); ++s)
        means.push_back(meanInterval(recovered.row(s)).mean);
    std::size_t from = means.size();
    while (from > 0 && means[from - 1] >= plateau * means.back())
        --from;
    return from + 1 >= means.size() ? 0 : judgments[from];
}

ArrayBundle saturationBundle(const StepContext& context, const RunLog& log, const std::vector<std::size_t>& sizes,
                             std::size_t replicates, const std::vector<std::uint8_t>& active) {
    const double least = context.parameters.real("least-r");
    Matrix<double> recovered(sizes.size(), replicates);
    Matrix<double> inUse(sizes.size(), replicates);
    for (std::size_t s = 0; s < sizes.size(); ++s)
        for (std::size_t replicate = 0; replicate < replicates; ++replicate) {
            recovered(s, replicate) = kNan;
            if (const ArrayBundle* run = log.find(numberOf(sizes[s], replicate))) {
                const auto& r = run->get<double>("r").values;
                recovered(s, replicate) = 0;
                for (std::size_t c = 0; c < active.size(); ++c)
                    recovered(s, replicate) += active[c] != 0 && r[c] >= least ? 1 : 0;
            }
            inUse(s, replicate) = valueOf(log, numberOf(sizes[s], replicate), "active");
        }
    const bool whole = std::none_of(recovered.values().begin(), recovered.values().end(),
                                    [](double value) { return std::isnan(value); });
    const std::vector<std::int64_t> judgments(sizes.begin(), sizes.end());
    const std::int64_t point = whole ? saturationPoint(recovered, judgments, context.parameters.real("plateau")) : 0;
    ArrayBundle bundle;
    summarise(bundle, !whole ? "under way"
                             : fmt::format("{:.1f} of {} components recovered from {} judgments; {}",
                                           meanInterval(recovered.row(sizes.size() - 1)).mean,
                                           std::count(active.begin(), active.end(), std::uint8_t{1}),
                                           withThousands(sizes.back()),
                                           point > 0 ? fmt::format("saturated from {} on",
                                                                   withThousands(static_cast<std::uint64_t>(point)))
                                                     : "not saturated"));
    bundle.set("judgments", judgments);
    bundle.set("recovered", std::move(recovered));
    bundle.set("active", std::move(inUse));
    bundle.set("saturates_at", std::vector<std::int64_t>{point});
    return bundle;
}

StepOutput saturationStep(StepContext& context) {
    constexpr std::uint64_t kStream = 20ULL << 40U; // not those of other steps, which may have the same seed
    const OwnFit own = ownFit(context);
    const MatrixView<const double> fitted = own.bundle->matrix("embedding");
    const std::vector<std::uint8_t> active = activeComponents(fitted);
    const std::size_t replicates = countOf(context, "replicates");
    const std::size_t total = own.judgments.triplets.size();
    std::vector<std::size_t> sizes;
    const std::vector<double> shares = numbersOf(context.parameters.text("shares")).value();
    for (const double share : shares) {
        const auto size = static_cast<std::size_t>(std::llround(share * static_cast<double>(total)));
        sizes.push_back(std::max({size, std::size_t{1}, sizes.empty() ? 0 : sizes.back() + 1}));
    }
    std::vector<std::size_t> numbers;
    for (const std::size_t size : sizes)
        for (std::size_t replicate = 0; replicate < replicates; ++replicate)
            numbers.push_back(numberOf(size, replicate));
    RunLog log(context.checkpoint);
    const auto soFar = [&] { return saturationBundle(context, log, sizes, replicates, active); };
    doFits(
        context, log, numbers, own.stimuli,
        [&](std::size_t number) {
            const std::size_t size = number / numberOf(1, 0);
            const bool replacement = context.parameters.flag("replacement");
            FitRequest request{std::make_shared<const Triplets>(drawn(own.judgments.triplets,
                                                                      replacement ? size : std::min(size, total),
                                                                      replacement, seedOf(context), kStream + number)),
                               own.options};
            // As many steps an epoch as with all judgments, so that fewer judgments do not mean a shorter fit.
            const double share = static_cast<double>(size) / static_cast<double>(total);
            request.options.batch = static_cast<std::size_t>(
                std::max<long long>(1, std::llround(share * static_cast<double>(own.options.batch))));
            request.options.seed = seedOfRun(number % numberOf(1, 0), seedOf(context), own.options.seed);
            if (own.options.stopRule != StopRule::HeldOut)
                request.options.heldOutShare = 0;
            return request;
        },
        [&](std::size_t, const SposeResult& result) {
            const std::vector<double> r = correlationsIn(fitted, result.weights, RunMatching::OneToOne);
            ArrayBundle run;
            run.set("r", r);
            run.set("active", std::vector<double>{static_cast<double>(countActive(result.weights))});
            return run;
        },
        soFar);
    return {.arrays = soFar()};
}

// --- align-systems (E9) ---

constexpr std::size_t kFewestCompared = 3; ///< stimuli: one pair has no correlation

std::vector<std::uint32_t> inBoth(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
    std::vector<std::uint32_t> common;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
    return common;
}

/// The stimuli that the systems have in common, but for systems that would leave fewer than three to most others: of
/// all systems' stimuli those that share three with the most systems count, of equal ones the most, then the first.
std::vector<std::uint32_t> commonStimuli(const std::vector<std::vector<std::uint32_t>>& compared) {
    std::vector<std::uint32_t> base;
    std::size_t most = 0;
    for (const auto& candidate : compared) {
        const auto sharing =
            static_cast<std::size_t>(std::count_if(compared.begin(), compared.end(), [&](const auto& other) {
                return inBoth(candidate, other).size() >= kFewestCompared;
            }));
        if (sharing > most || (sharing == most && candidate.size() > base.size())) {
            most = sharing;
            base = candidate;
        }
    }
    std::vector<std::uint32_t> common = base;
    if (most >= 2)
        for (const auto& own : compared)
            if (inBoth(base, own).size() >= kFewestCompared)
                common = inBoth(common, own);
    return most >= 2 ? common : std::vector<std::uint32_t>();
}

StepOutput alignSystemsStep(StepContext& context) {
    constexpr std::uint64_t kSplitStream = 21ULL << 40U; // not those of other steps, which may have the same seed
    const auto validations = context.ofEverySystem("validation");
    std::vector<std::string> names;
    std::vector<std::int64_t> judgments;
    std::vector<std::vector<std::uint32_t>> compared;
    for (const auto& [system, bundle] : validations) {
        const JudgmentSet set = judgmentsIn(bundle);
        compared.push_back(comparedStimuli(context, set.triplets));
        judgments.push_back(static_cast<std::int64_t>(set.triplets.size()));
        names.push_back(system.name);
    }
    std::vector<std::uint32_t> stimuli = commonStimuli(compared);
    if (stimuli.size() < kFewestCompared)
        throw DataError({.where = "align-systems",
                         .expected = "at least three stimuli that two systems compared",
                         .found = withThousands(stimuli.size()),
                         .remedy = "import validation judgments of the same triplets for every system"});
    std::vector<HalvedMatrix> systems;
    const std::size_t splits = countOf(context, "splits");
    for (const auto& [system, bundle] : validations) {
        const PairAnswers answers = pairAnswers(judgmentsIn(bundle).triplets, stimuli, context.control);
        HalvedMatrix& matrix = systems.emplace_back(HalvedMatrix{.whole = answers.shares(), .halves = {}});
        for (std::size_t split = 0; split < splits; ++split)
            matrix.halves.push_back(answers.halves(seedOf(context), kSplitStream + systems.size() * 100'000 + split));
    }
    Alignment found = alignSystems(systems, stimuli.size(),
                                   {.resamples = countOf(context, "resamples"),
                                    .permutations = 0,
                                    .seed = seedOf(context),
                                    .threads = context.threads},
                                   context.control, context.progress);
    std::string best;
    double highest = -2;
    for (std::size_t i = 0; i < names.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (found.alignment(i, j) > highest) {
                highest = found.alignment(i, j);
                best = fmt::format("{} and {} are aligned most: {:.3f} [{:.3f}, {:.3f}], over {} stimuli", names[j],
                                   names[i], highest, found.low(i, j), found.high(i, j), stimuli.size());
            }
    StepOutput output;
    summarise(output.arrays,
              best.empty() ? "no alignment is defined, because no two systems have a reliability above 0: import more "
                             "validation judgments"
                           : best);
    output.arrays.set("systems", std::move(names));
    output.arrays.set("stimuli", std::move(stimuli));
    output.arrays.set("alignment", std::move(found.alignment));
    output.arrays.set("low", std::move(found.low));
    output.arrays.set("high", std::move(found.high));
    output.arrays.set("correlation", std::move(found.correlation));
    output.arrays.set("reliability", std::move(found.reliability));
    output.arrays.set("judgments", std::move(judgments));
    return output;
}

// --- agreement ---

StepOutput agreementStep(StepContext& context) {
    std::vector<std::string> names;
    std::vector<std::vector<AnsweredTriplet>> answers;
    for (const auto& [system, bundle] : context.ofEverySystem("judgments")) {
        names.push_back(system.name);
        answers.push_back(countAnswers(judgmentsIn(bundle).triplets, 1, context.threads, context.control));
        context.progress.set(0.9 * static_cast<double>(names.size()) / static_cast<double>(context.systems.size()));
    }
    Agreement found = agreementOf(answers, context.threads, context.control);
    std::string best;
    double highest = -1;
    for (std::size_t i = 0; i < names.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (found.share(i, j) > highest) {
                highest = found.share(i, j);
                best = fmt::format("{} and {} agree most: {:.3f} [{:.3f}, {:.3f}] of {} triplets, κ {:.3f}", names[j],
                                   names[i], highest, found.low(i, j), found.high(i, j),
                                   withThousands(static_cast<std::uint64_t>(found.trials(i, j))), found.kappa(i, j));
            }
    StepOutput output;
    summarise(output.arrays, best.empty() ? "no two systems judged the same triplet: import judgments of the same "
                                            "triplets for several systems"
                                          : best);
    output.arrays.set("systems", std::move(names));
    output.arrays.set("share", std::move(found.share));
    output.arrays.set("low", std::move(found.low));
    output.arrays.set("high", std::move(found.high));
    output.arrays.set("kappa", std::move(found.kappa));
    output.arrays.arrays["trials"] = toArray(std::move(found.trials));
    return output;
}

std::vector<Parameter> compressParameters() {
    std::vector<Parameter> parameters = testParameters();
    parameters.push_back({.name = "rule",
                          .title = "What is kept",
                          .defaultValue = std::string("top-components"),
                          .choices = {"top-components", "principal-components"},
                          .help = "The largest weights of each stimulus, or the first principal components of all.",
                          .paper = "the top components of each stimulus."});
    return parameters;
}

Parameter runsParameter(std::int64_t runs) {
    return {.name = "runs",
            .title = "Runs",
            .defaultValue = runs,
            .minimum = 1,
            .maximum = 999,
            .help = "Fits, each with another seed.",
            .lengthOnly = true};
}

} // namespace

std::vector<Step> validationSteps() {
    return {
        {.name = "rsm",
         .title = "Predicted and measured similarity",
         .group = "Validation",
         .help =
             "Compares the similarity that the embedding predicts for each pair of prototypes, the probability of the "
             "pair averaged over every third stimulus, with the measured one, the share of the validation judgments "
             "about both in which they stayed.",
         .systems = embeddedSystems(),
         .inputs = {embeddingInput(),
                    {.name = "validation", .kind = Kind::Validation, .systemParameter = "judgments-of"},
                    prototypesInput()},
         .parameters =
             {{.name = "judgments-of",
               .title = "Judgments of",
               .defaultValue = std::string(),
               .help = "The system whose validation judgments are predicted; empty: the embedding's own."},
              {.name = "interval",
               .title = "Interval",
               .defaultValue = std::string("bootstrap"),
               .choices = {"bootstrap", "fisher"},
               .help = "95 % interval of r: stimuli are resampled, because pairs of one stimulus depend on each other; "
                       "or Fisher's z as if pairs were independent, which is too narrow.",
               .paper = "silent."},
              resamplesParameter("stimuli"),
              {.name = "permutations",
               .title = "Permutations",
               .defaultValue = std::int64_t{1000},
               .minimum = 0,
               .maximum = 1e6,
               .help = "Permutations of the stimuli for p (Mantel, two-tailed)."},
              seedParameter()},
         .arrays = {{"stimuli", "compared stimuli: their rows, ascending"},
                    {"predicted", "compared × compared: predicted probability of the pair, 1 on the diagonal"},
                    {"measured", "compared × compared: share of judgments that kept the pair; NaN without judgments"},
                    {"counts", "compared × compared: judgments that showed both"},
                    {"fit", "5: Pearson r over the lower triangle, low and high end of its 95 % interval, p, pairs"}},
         .mainArray = "predicted",
         .run = rsmStep},
        {.name = "compress",
         .title = "Compression",
         .group = "Validation",
         .help = "How many components a judgment needs: the accuracy on the held-out judgments when only the largest "
                 "weights of each stimulus are kept. Where the kept weights leave a choice open it counts as a guess.",
         .systems = embeddedSystems(),
         .inputs = testInputs(),
         .parameters = compressParameters(),
         .arrays = {{"kept", "k: components kept, from 0 to all"},
                    {"accuracy", "k: share of the judgments predicted"},
                    {"reached", "2: fewest components with at least 95 % and 99 % of the accuracy of all"},
                    {"chance", "1: accuracy by chance"}},
         .mainArray = "accuracy",
         .run = compressStep},
        {.name = "align-systems",
         .title = "Alignment of systems",
         .group = "Validation",
         .version = 2,
         .help =
             "How similarly two systems see the prototypes: the correlation of their measured similarities over the "
             "root of the product of their split-half reliabilities. Undefined if a reliability is not above 0.",
         .inputs = {{.name = "validation", .kind = Kind::Validation, .everySystem = 2}, prototypesInput()},
         .parameters = {{.name = "splits",
                         .title = "Splits",
                         .defaultValue = std::int64_t{10},
                         .minimum = 1,
                         .maximum = 1000,
                         .help = "Ways to split each pair's judgments into halves; the reliability is their mean.",
                         .paper = "silent on how halves are drawn."},
                        resamplesParameter("stimuli"),
                        seedParameter()},
         .arrays = {{"systems", "systems: their names"},
                    {"stimuli", "compared stimuli: their rows, ascending"},
                    {"alignment", "systems × systems: correlation / √(reliability · reliability); NaN where undefined"},
                    {"low", "systems × systems: low end of the 95 % interval, stimuli resampled"},
                    {"high", "systems × systems: high end of the 95 % interval"},
                    {"correlation", "systems × systems: Pearson r of the measured similarities"},
                    {"reliability", "systems: Pearson r of the halves; NaN where they share fewer than three pairs"},
                    {"judgments", "systems: validation judgments there are"}},
         .mainArray = "alignment",
         .run = alignSystemsStep},
        {.name = "sweep-dimensions",
         .title = "Number of components",
         .group = "Validation",
         .help = "Fits with several numbers of components, each several times with another seed and another held-out "
                 "part, and otherwise as the system's own fit. The chosen number is the smallest whose mean held-out "
                 "accuracy is within one standard error of the best (over runs; of one run, binomial).",
         .systems = judgedSystems(),
         .inputs = fitInputs(),
         .parameters = {{.name = "sizes",
                         .title = "Components",
                         .defaultValue = std::string("2,5,10,15,20,30,40,50"),
                         .minimum = 1,
                         .maximum = 512,
                         .list = Parameter::NumberList::Whole,
                         .help = "The numbers of components that are tried.",
                         .paper = "accuracy saturates near 30.",
                         .lengthOnly = true},
                        runsParameter(3),
                        seedParameter()},
         .arrays = {{"components", "sizes: numbers of components"},
                    {"accuracy", "sizes × runs: held-out accuracy; NaN before the fit is done"},
                    {"active", "sizes × runs: components with a weight above 0.1; NaN before the fit is done"},
                    {"band", "sizes × 3: mean accuracy, low and high end of its 95 % interval over runs"},
                    {"chosen", "1: the chosen number of components; 0 before all fits are done"}},
         .mainArray = "accuracy",
         .run = sweepStep},
        {.name = "reproducibility",
         .title = "Reproducibility",
         .group = "Validation",
         .help =
             "Repeats the system's fit with other seeds and the same held-out judgments: how well each component is "
             "found again (largest Pearson r in each other run, averaged as Fisher's z).",
         .systems = judgedSystems(),
         .inputs = fitInputs(),
         .parameters = {runsParameter(10),
                        {.name = "matching",
                         .title = "Matching",
                         .defaultValue = std::string("best"),
                         .choices = {"best", "one-to-one"},
                         .help = "A component is compared with the most similar one of the other run, whichever others "
                                 "are too; or with its partner in the one-to-one matching with the largest sum of r "
                                 "(Hungarian method).",
                         .paper = "the most similar one.",
                         .lengthOnly = true},
                        seedParameter()},
         .arrays = {{"seeds", "runs: seed of each"},
                    {"reproducibility", "runs × components: mean r of each run's components in the other runs; NaN "
                                        "before the run is done"},
                    {"component", "components × 3: mean r of the system's own components in the runs, low and high end "
                                  "of its 95 % interval over runs"},
                    {"accuracy", "runs: held-out accuracy; NaN before the run is done"}},
         .mainArray = "component",
         .run = reproducibilityStep},
        {.name = "saturation",
         .title = "Saturation",
         .group = "Validation",
         .help = "Fits to growing parts of the judgments: how many of the components of the system's own fit are found "
                 "again. Saturated from the number of judgments on from which the mean stays at the plateau; the "
                 "batch shrinks with the part, so that all fits make as many steps an epoch.",
         .systems = judgedSystems(),
         .inputs = fitInputs(),
         .parameters = {{.name = "shares",
                         .title = "Parts",
                         .defaultValue = std::string("0.02,0.05,0.1,0.2,0.4,0.7,1"),
                         .minimum = 1e-6,
                         .maximum = 1,
                         .list = Parameter::NumberList::Real,
                         .help = "The parts of the judgments that are fitted.",
                         .lengthOnly = true},
                        {.name = "replicates",
                         .title = "Replicates",
                         .defaultValue = std::int64_t{5},
                         .minimum = 1,
                         .maximum = 999,
                         .help = "Fits to each part, every one to other judgments.",
                         .paper = "5.",
                         .lengthOnly = true},
                        {.name = "replacement",
                         .title = "With replacement",
                         .defaultValue = true,
                         .help = "Whether a replicate may draw a judgment more than once (bootstrap).",
                         .paper = "5 bootstrap replicates."},
                        {.name = "least-r",
                         .title = "Least r",
                         .defaultValue = 0.8,
                         .minimum = 0,
                         .maximum = 1,
                         .help = "A component counts as recovered if its partner in the one-to-one matching correlates "
                                 "at least so much.",
                         .paper = "silent.",
                         .lengthOnly = true},
                        {.name = "plateau",
                         .title = "Plateau",
                         .defaultValue = 0.95,
                         .minimum = 0,
                         .maximum = 1,
                         .help = "Share of the components recovered from the largest part that counts as saturated.",
                         .lengthOnly = true},
                        seedParameter()},
         .arrays = {{"judgments", "parts: number of judgments"},
                    {"recovered", "parts × replicates: components of the system's fit that are found again; NaN before "
                                  "the fit is done"},
                    {"active", "parts × replicates: components with a weight above 0.1; NaN before the fit is done"},
                    {"saturates_at", "1: judgments from which on it is saturated; 0 if only the largest part is"}},
         .mainArray = "recovered",
         .run = saturationStep},
        {.name = "agreement",
         .title = "Agreement of systems",
         .group = "Validation",
         .help = "How often two systems choose the same odd one of the triplets that both judged, with 95 % Wilson "
                 "interval and corrected for chance. A triplet judged several times counts with its most frequent "
                 "answer.",
         .inputs = {{.name = "judgments", .kind = Kind::Judgments, .everySystem = 2}},
         .arrays = {{"systems", "systems: their names"},
                    {"share", "systems × systems: share of the common triplets with the same odd one; NaN without any"},
                    {"low", "systems × systems: low end of the 95 % interval"},
                    {"high", "systems × systems: high end of the 95 % interval"},
                    {"kappa", "systems × systems: (share − 1/3) / (1 − 1/3)"},
                    {"trials", "systems × systems: triplets that both judged"}},
         .mainArray = "share",
         .run = agreementStep},
    };
}

} // namespace tercet
