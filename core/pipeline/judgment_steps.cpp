#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/text.h"
#include "core/judgments/noise_ceiling.h"
#include "core/judgments/simulated_choices.h"
#include "core/judgments/triplet_sampling.h"
#include "core/pipeline/step_groups.h"
#include "core/study/judgment_set.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>
#include <unordered_map>

namespace tercet {
namespace {

using enum SystemSource;
using Kind = StepInput::Kind;

// --- sample-triplets (T1) ---

StepOutput sampleTripletsStep(StepContext& context) {
    const SampledTriplets sampled = sampleTriplets(context.study.stimuli()->size(),
                                                   {.perPair = countOf(context, "per-pair"),
                                                    .unique = context.parameters.flag("unique"),
                                                    .seed = seedOf(context),
                                                    .threads = context.threads},
                                                   context.control, context.progress);
    StepOutput output;
    output.arrays.arrays["triplets"] = toArray(sampled.triplets);
    summarise(output.arrays,
              sampled.triplets.size() == sampled.requested
                  ? fmt::format("{} triplets", withThousands(sampled.triplets.size()))
                  : fmt::format("{} triplets; {} were asked for, but more do not exist",
                                withThousands(sampled.triplets.size()), withThousands(sampled.requested)));
    return output;
}

// --- sample-validation (T2) ---

StepOutput sampleValidationStep(StepContext& context) {
    const Matrix<double> categories = context.ratings->part(TermKind::Category);
    if (categories.cols() == 0)
        throw MissingError({.where = "sample-validation",
                            .what = "the ratings have no category, so there are no prototypes",
                            .remedy = "import a rating table with emotion categories"});
    const std::vector<std::uint32_t> prototypes = prototypesOf(categories);
    const JudgmentSet training = judgmentsIn(context.inputs.at("triplets"));
    const SampledTriplets sampled = sampleValidationTriplets(
        context.study.stimuli()->size(), prototypes, training.triplets,
        {.perPair = countOf(context, "per-pair"), .unique = true, .seed = seedOf(context), .threads = context.threads},
        context.control, context.progress);
    StepOutput output;
    output.arrays.arrays["triplets"] = toArray(sampled.triplets);
    output.arrays.set("prototypes", prototypes);
    summarise(output.arrays, fmt::format("{} prototypes, {} triplets, none of them among the training triplets",
                                         prototypes.size(), withThousands(sampled.triplets.size())));
    return output;
}

// --- simulate-judgments, simulate-validation (T3) ---

/// The ratings that a rated system judges by.
Matrix<double> judgingRatings(const StepContext& context) {
    const bool categories = context.system->source == Categories;
    Matrix<double> values = context.ratings->part(categories ? TermKind::Category : TermKind::Dimension);
    if (values.cols() == 0)
        throw MissingError({.where = "system " + tercet::quoted(context.system->name),
                            .what = fmt::format("the ratings have no {}", categories ? "category" : "dimension"),
                            .remedy = "import a rating table that has them"});
    return values;
}

/// From parameters as text, of this step or of a result.
SimulationOptions simulationOptions(const StepContext& context, const std::map<std::string, std::string>& texts) {
    SimulationOptions options;
    const std::string& scaling = texts.at("scaling");
    options.scaling = scaling == "raw"        ? ColumnScaling::Raw
                      : scaling == "midpoint" ? ColumnScaling::Midpoint
                                              : ColumnScaling::ZScore;
    options.midpoint = toNumber(texts.at("midpoint")).value_or(options.midpoint);
    options.ties = texts.at("ties") == "random" ? TieRule::Random : TieRule::First;
    options.seed = seedOf(context);
    options.threads = context.threads;
    options.nameOf = [stimuli = context.study.stimuli()](std::size_t row) {
        return "stimulus " + tercet::quoted((*stimuli)[row].id);
    };
    return options;
}

StepOutput simulateJudgmentsStep(StepContext& context) {
    const bool categories = context.system->source == Categories;
    const Matrix<double> values = judgingRatings(context);
    const SimulationOptions options = simulationOptions(context, context.parameters.texts());
    const JudgmentSet triplets = judgmentsIn(context.inputs.at("triplets"));
    const SimulatedChoices choices =
        simulateChoices(values, triplets.triplets, options, context.control, context.progress);
    StepOutput output;
    output.arrays.arrays["triplets"] = toArray(choices.judgments);
    output.arrays.set("ties", std::vector<std::int64_t>{static_cast<std::int64_t>(choices.ties)});
    summarise(output.arrays,
              fmt::format("{} judgments from {} {}, {} of them tied", withThousands(choices.judgments.size()),
                          values.cols(), categories ? "categories" : "dimensions", withThousands(choices.ties)));
    return output;
}

// --- noise-ceiling (T8) ---

/// `count` of the triplets, drawn without replacement, their rows ascending.
Triplets::Wide drawTriplets(const Triplets& triplets, std::size_t count, std::uint64_t seed) {
    constexpr std::uint64_t kStream = 17ULL << 40U; // not those of other steps, which may have the same seed
    Rng rng(seed, kStream);
    Triplets::Wide drawn;
    std::unordered_map<std::uint32_t, std::uint32_t> moved; // a shuffle of numbers, as far as it was needed
    const auto numberAt = [&](std::uint32_t place) {
        const auto at = moved.find(place);
        return at == moved.end() ? place : at->second;
    };
    const auto size = static_cast<std::uint32_t>(triplets.size());
    for (std::uint32_t place = 0; place < std::min<std::size_t>(count, size); ++place) {
        const std::uint32_t other = place + rng.below(size - place);
        const std::uint32_t number = numberAt(other);
        moved[other] = numberAt(place);
        std::array<std::uint32_t, 3> rows{triplets.at(number, 0), triplets.at(number, 1), triplets.at(number, 2)};
        std::sort(rows.begin(), rows.end());
        drawn.insert(drawn.end(), rows.begin(), rows.end());
    }
    return drawn;
}

/// What the ratings answer to random ones of the judged triplets when each is asked several times.
std::vector<AnsweredTriplet> askAgain(const StepContext& context, const ResultRecord& simulation) {
    const JudgmentSet judgments = judgmentsIn(context.inputs.at("judgments"));
    const Triplets::Wide drawn = drawTriplets(judgments.triplets, countOf(context, "triplets"), seedOf(context));
    Triplets::Wide asked;
    for (std::size_t time = 0; time < countOf(context, "answers"); ++time)
        asked.insert(asked.end(), drawn.begin(), drawn.end());
    const SimulatedChoices choices =
        simulateChoices(judgingRatings(context), Triplets(std::move(asked)),
                        simulationOptions(context, simulation.parameters), context.control);
    return countAnswers(choices.judgments, 1, context.threads, context.control);
}

StepOutput noiseCeilingStep(StepContext& context) {
    const auto simulation = context.records.find("judgments");
    std::vector<AnsweredTriplet> triplets;
    if (simulation != context.records.end()) {
        triplets = askAgain(context, simulation->second);
    } else {
        const bool repeats = context.inputs.contains("repeats");
        const JudgmentSet judgments = judgmentsIn(context.inputs.at(repeats ? "repeats" : "judgments"));
        triplets = countAnswers(judgments.triplets, countOf(context, "answers"), context.threads, context.control);
    }
    const NoiseCeiling ceiling = noiseCeiling(
        triplets, {.resamples = countOf(context, "resamples"), .seed = seedOf(context), .threads = context.threads},
        context.control, context.progress);
    Array<std::uint32_t> rows{{triplets.size(), 3}, {}};
    Array<std::int64_t> answers{{triplets.size(), 3}, {}};
    std::size_t given = 0;
    for (const AnsweredTriplet& triplet : triplets) {
        rows.values.insert(rows.values.end(), triplet.stimuli.begin(), triplet.stimuli.end());
        answers.values.insert(answers.values.end(), triplet.odd.begin(), triplet.odd.end());
        given += triplet.answers();
    }
    StepOutput output;
    output.arrays.set("ceiling", std::vector<double>{ceiling.share, ceiling.interval.low, ceiling.interval.high});
    output.arrays.arrays["triplets"] = std::move(rows);
    output.arrays.arrays["answers"] = std::move(answers);
    summarise(output.arrays,
              triplets.empty()
                  ? fmt::format("no ceiling, because no triplet was judged {} times: import answers to triplets that "
                                "were asked several times, as kind repeats",
                                countOf(context, "answers"))
                  : fmt::format("ceiling {:.4f} [{:.4f}, {:.4f}], {} answers to {} triplets", ceiling.share,
                                ceiling.interval.low, ceiling.interval.high, withThousands(given),
                                withThousands(triplets.size())));
    return output;
}

std::vector<Parameter> simulationParameters() {
    return {{.name = "scaling",
             .title = "Scaling of ratings",
             .defaultValue = std::string("raw"),
             .choices = {"raw", "midpoint", "z-score"},
             .help = "What is done to each rating before the cosine: nothing, the midpoint subtracted, or mean 0 "
                     "and standard deviation 1.",
             .paper = "cosines of the raw vectors."},
            {.name = "midpoint",
             .title = "Midpoint of the scale",
             .defaultValue = 5.0,
             .minimum = -1000,
             .maximum = 1000,
             .help = "What “midpoint” subtracts; 5 on a scale of 1 to 9."},
            {.name = "ties",
             .title = "Ties",
             .defaultValue = std::string("random"),
             .choices = {"random", "first"},
             .help = "How a judgment without a single most similar pair is made: by a seeded draw, or the first "
                     "pair in the order (1,2), (1,3), (2,3).",
             .paper = "its public code takes the first."},
            seedParameter()};
}

} // namespace

std::vector<Step> judgmentSteps() {
    return {
        {.name = "sample-triplets",
         .title = "Sample triplets",
         .group = "Judgments",
         .help = "Draws the triplets to be judged: every pair of stimuli with a few random thirds.",
         .inputs = {{.name = "stimuli", .kind = Kind::Stimuli}},
         .parameters = {{.name = "per-pair",
                         .title = "Thirds per pair",
                         .defaultValue = std::int64_t{3},
                         .minimum = 1,
                         .maximum = 1000,
                         .help = "How many different third stimuli each pair of stimuli is shown with."},
                        {.name = "unique",
                         .title = "No triplet twice",
                         .defaultValue = true,
                         .help = "Whether a set of three stimuli may come up once only, over all pairs.",
                         .paper = "silent; plain sampling repeats about 9,810 of 7,125,330 triplets."},
                        seedParameter()},
         .arrays = {{"triplets", "triplets × 3: rows of the three stimuli, in random order"}},
         .mainArray = "triplets",
         .run = sampleTripletsStep},
        {.name = "sample-validation",
         .title = "Sample validation triplets",
         .group = "Judgments",
         .help =
             "Draws triplets around the prototypes, the top two stimuli of every category; none of them is a training "
             "triplet.",
         .inputs = {categoriesInput(), {.name = "triplets", .kind = Kind::Result, .step = "sample-triplets"}},
         .parameters = {{.name = "per-pair",
                         .title = "Thirds per pair",
                         .defaultValue = std::int64_t{100},
                         .minimum = 1,
                         .maximum = 100000,
                         .help = "How many different third stimuli each pair of prototypes is shown with."},
                        seedParameter()},
         .arrays = {{"triplets", "triplets × 3: rows of the three stimuli, in random order"},
                    {"prototypes", "prototypes: rows of the prototype stimuli, ascending"}},
         .mainArray = "triplets",
         .run = sampleValidationStep},
        {.name = "simulate-judgments",
         .title = "Simulate judgments",
         .group = "Judgments",
         .help =
             "Lets the ratings judge: the two stimuli whose ratings have the largest cosine stay, the third is the odd "
             "one out.",
         .systems = ratedSystems(),
         .inputs = {ratingsInput(), {.name = "triplets", .kind = Kind::Result, .step = "sample-triplets"}},
         .parameters = simulationParameters(),
         .arrays = {{"triplets", "judgments × 3: the pair that stays, then the odd one out"},
                    {"ties", "1: how many judgments had no single most similar pair"}},
         .mainArray = "triplets",
         .run = simulateJudgmentsStep},
        {.name = "simulate-validation",
         .title = "Simulate validation",
         .group = "Judgments",
         .help = "Lets the ratings judge the validation triplets, as they judge the others.",
         .systems = ratedSystems(),
         .inputs = {ratingsInput(), {.name = "triplets", .kind = Kind::Result, .step = "sample-validation"}},
         .parameters = simulationParameters(),
         .arrays = {{"triplets", "judgments × 3: the pair that stays, then the odd one out"},
                    {"ties", "1: how many judgments had no single most similar pair"}},
         .mainArray = "triplets",
         .run = simulateJudgmentsStep},
        {.name = "noise-ceiling",
         .title = "Noise ceiling",
         .group = "Judgments",
         .help =
             "How often at most a judgment can be predicted: the share of the most frequent answer to triplets that "
             "were judged several times. Ratings are asked again, with ties drawn anew; of imported judgments the "
             "repeats count (import kind repeats, else what the judgments hold twice).",
         .systems = judgedSystems(),
         .inputs = {judgmentsInput(),
                    {.name = "ratings", .kind = Kind::Ratings, .optional = true},
                    {.name = "repeats", .kind = Kind::Repeats, .optional = true}},
         .parameters = {{.name = "answers",
                         .title = "Answers",
                         .defaultValue = std::int64_t{2},
                         .defaultFor = {{Categories, std::int64_t{20}}, {Dimensions, std::int64_t{20}}},
                         .minimum = 2,
                         .maximum = 10000,
                         .help = "Ratings: how often each triplet is asked. Imported: triplets that were judged at "
                                 "least so often count; few answers make the ceiling too high.",
                         .paper = "20."},
                        {.name = "triplets",
                         .title = "Triplets",
                         .defaultValue = std::int64_t{2000},
                         .minimum = 1,
                         .maximum = 1e6,
                         .help = "Ratings: how many random triplets are asked. Imported: all count.",
                         .paper = "2,000 in the methods, 10,000 in a caption."},
                        {.name = "resamples",
                         .title = "Resamples",
                         .defaultValue = std::int64_t{1000},
                         .minimum = 0,
                         .maximum = 1e6,
                         .help = "Bootstrap samples of the triplets for the interval."},
                        seedParameter()},
         .arrays = {{"ceiling", "3: mean share of the most frequent answer, low and high end of the 95 % interval; NaN "
                                "if nothing was judged several times"},
                    {"triplets", "triplets × 3: rows of the three stimuli, ascending"},
                    {"answers", "triplets × 3: how often each place was the odd one out"}},
         .mainArray = "ceiling",
         .run = noiseCeilingStep},
    };
}

} // namespace tercet
