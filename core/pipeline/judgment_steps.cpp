#include "core/base/error.h"
#include "core/base/text.h"
#include "core/judgments/simulated_choices.h"
#include "core/judgments/triplet_sampling.h"
#include "core/pipeline/step_groups.h"
#include "core/study/judgment_set.h"

#include <fmt/format.h>

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

// --- simulate-judgments (T3) ---

StepOutput simulateJudgmentsStep(StepContext& context) {
    const bool categories = context.system->source == Categories;
    const Matrix<double> values = context.ratings->part(categories ? TermKind::Category : TermKind::Dimension);
    if (values.cols() == 0)
        throw MissingError({.where = "system " + tercet::quoted(context.system->name),
                            .what = fmt::format("the ratings have no {}", categories ? "category" : "dimension"),
                            .remedy = "import a rating table that has them"});
    const auto stimuli = context.study.stimuli();
    SimulationOptions options;
    const std::string& scaling = context.parameters.text("scaling");
    options.scaling = scaling == "raw"        ? ColumnScaling::Raw
                      : scaling == "midpoint" ? ColumnScaling::Midpoint
                                              : ColumnScaling::ZScore;
    options.midpoint = context.parameters.real("midpoint");
    options.ties = context.parameters.text("ties") == "random" ? TieRule::Random : TieRule::First;
    options.seed = seedOf(context);
    options.threads = context.threads;
    options.nameOf = [&](std::size_t row) { return "stimulus " + tercet::quoted((*stimuli)[row].id); };
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
         .parameters =
             {{.name = "scaling",
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
              seedParameter()},
         .arrays = {{"triplets", "judgments × 3: the pair that stays, then the odd one out"},
                    {"ties", "1: how many judgments had no single most similar pair"}},
         .mainArray = "triplets",
         .run = simulateJudgmentsStep},
    };
}

} // namespace tercet
