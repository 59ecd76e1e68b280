#include "core/base/error.h"
#include "core/base/text.h"
#include "core/judgments/simulated_choices.h"
#include "core/judgments/triplet_sampling.h"
#include "core/pipeline/fit_checkpoint.h"
#include "core/pipeline/step.h"
#include "core/spaces/centroids.h"
#include "core/spaces/component_labels.h"
#include "core/spaces/similarity.h"
#include "core/study/judgment_set.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <numeric>
#include <vector>

namespace tercet {
namespace {

using enum SystemSource;
using Kind = StepInput::Kind;

const std::vector kRated{Categories, Dimensions};
const std::vector kJudged{Categories, Dimensions, Judgments};
const std::vector kEmbedded{Categories, Dimensions, Judgments, Embedding};

Parameter seedParameter() {
    return {.name = "seed",
            .title = "Seed",
            .defaultValue = std::int64_t{1},
            .minimum = 0,
            .maximum = 1e15,
            .help = "The same seed gives the same bytes, on any number of threads."};
}

std::uint64_t seedOf(const StepContext& context) {
    return static_cast<std::uint64_t>(context.parameters.integer("seed"));
}

std::size_t countOf(const StepContext& context, const char* parameter) {
    return static_cast<std::size_t>(context.parameters.integer(parameter));
}

void summarise(ArrayBundle& bundle, std::string summary) { bundle.attributes["summary"] = std::move(summary); }

/// The imported or fitted weights of a system, stimuli × components.
MatrixView<const double> embeddingOf(const StepContext& context) {
    return context.inputs.at("embedding")->matrix("embedding");
}

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

// --- fit-embedding (E1–E3, E6) ---

const char* reasonText(StopReason reason) {
    switch (reason) {
    case StopReason::Slope:
        return "its objective no longer fell";
    case StopReason::HeldOut:
        return "held-out accuracy no longer rose";
    case StopReason::EpochLimit:
        return "it reached its epoch limit";
    case StopReason::ByHand:
        return "it was stopped by hand";
    }
    return "";
}

StepOutput fitEmbeddingStep(StepContext& context) {
    const JudgmentSet judgments = judgmentsIn(context.inputs.at("judgments"));
    const Parameters& p = context.parameters;
    const std::string& rule = p.text("stopping");
    const SposeOptions options{.components = countOf(context, "components"),
                               .lambda = p.real("lambda"),
                               .rate = p.real("rate"),
                               .batch = countOf(context, "batch"),
                               .epochLimit = countOf(context, "epochs"),
                               .seed = seedOf(context),
                               .heldOutShare = p.real("held-out"),
                               .stopRule = rule == "slope"      ? StopRule::Slope
                                           : rule == "held-out" ? StopRule::HeldOut
                                                                : StopRule::EpochLimit,
                               .window = countOf(context, "window")};
    SposeState state = readCheckpoint(context.checkpoint);
    // A checkpoint may have gone further than a limit that was lowered since.
    if (state.records.size() > options.epochLimit)
        state = {};
    const bool givenSplit = p.flag("given-split");
    SposeFit fit(std::make_shared<const Triplets>(judgments.triplets), context.study.stimuli()->size(), options,
                 givenSplit ? judgments.heldOut : std::span<const std::uint8_t>(), std::move(state));

    using Clock = std::chrono::steady_clock;
    constexpr auto kBetweenCheckpoints = std::chrono::seconds(5);
    auto lastCheckpoint = Clock::now();
    std::size_t lastEpoch = fit.state().records.size();
    const auto publish = [&](std::shared_ptr<const FitSnapshot> snapshot) {
        const bool epochEnded = snapshot->epoch != lastEpoch;
        lastEpoch = snapshot->epoch;
        context.publish(Snapshot(std::move(snapshot)));
        if (epochEnded && Clock::now() - lastCheckpoint >= kBetweenCheckpoints) {
            writeCheckpoint(context.checkpoint, fit.state());
            lastCheckpoint = Clock::now();
        }
    };
    SposeResult result;
    try {
        result = fit.run(context.control, context.progress, context.threads, publish);
    } catch (const Cancelled&) {
        writeCheckpoint(context.checkpoint, fit.state());
        throw;
    }
    writeCheckpoint(context.checkpoint, fit.state());

    StepOutput output;
    std::vector<std::int32_t> columns(result.trainingColumn.begin(), result.trainingColumn.end());
    std::vector<std::uint8_t> heldOut(judgments.triplets.size());
    for (const std::uint32_t number : fit.order().heldOut())
        heldOut[number] = 1;
    output.arrays.set("embedding", std::move(result.weights));
    output.arrays.set("training_column", std::move(columns));
    output.arrays.set("sums", std::move(result.sums));
    output.arrays.set("held_out", std::move(heldOut));
    putRecords(output.arrays, result.records);
    output.arrays.attributes["stop_reason"] = reasonText(result.stopReason);
    output.arrays.attributes["chosen_epoch"] = std::to_string(result.chosenEpoch);
    if (result.stopReason == StopReason::ByHand)
        output.settled["epochs"] = static_cast<std::int64_t>(result.epochs);
    const std::size_t active = result.records.empty() ? 0 : result.records.back().activeComponents;
    summarise(output.arrays,
              fmt::format("{} of {} components in use, held-out accuracy {:.3f} [{:.3f}, {:.3f}], {} epochs: {}",
                          active, options.components, result.heldOut.share, result.heldOut.interval.low,
                          result.heldOut.interval.high, result.epochs, reasonText(result.stopReason)));
    return output;
}

// --- held-out (E6) ---

StepOutput heldOutStep(StepContext& context) {
    const JudgmentSet judgments = judgmentsIn(context.inputs.at("judgments"));
    const auto& bundle = *context.inputs.at("embedding");
    const MatrixView<const double> weights = embeddingOf(context);
    const std::string& which = context.parameters.text("which");
    std::vector<std::uint8_t> mask;
    const bool own = context.parameters.text("judgments-of").empty() ||
                     context.parameters.text("judgments-of") == context.system->name;
    if (which == "held-out" && own && bundle.contains("held_out")) {
        mask = bundle.get<std::uint8_t>("held_out").values;
    } else if (which != "all") {
        const JudgmentOrder order(judgments.triplets.size(), context.parameters.real("share"), seedOf(context));
        mask.resize(judgments.triplets.size());
        for (const std::uint32_t number : order.heldOut())
            mask[number] = 1;
    }
    std::vector<std::uint32_t> chosen;
    for (std::size_t i = 0; i < mask.size(); ++i)
        if (mask[i] != 0)
            chosen.push_back(static_cast<std::uint32_t>(i));
    requireValidJudgments(judgments.triplets, weights.rows(), context.threads);
    const ChoiceAccuracy accuracy = which == "all"
                                        ? choiceAccuracy(weights, judgments.triplets, context.threads)
                                        : choiceAccuracy(weights, judgments.triplets, chosen, context.threads);
    if (accuracy.trials == 0)
        throw DataError({.where = "held-out",
                         .what = "no judgment was held out",
                         .remedy = "fit with a held-out share above 0, or predict all judgments (--which all)"});
    StepOutput output;
    output.arrays.set("accuracy", std::vector<double>{accuracy.share, accuracy.interval.low, accuracy.interval.high,
                                                      ChoiceAccuracy::kChance});
    output.arrays.set("counts", std::vector<std::int64_t>{static_cast<std::int64_t>(accuracy.hits),
                                                          static_cast<std::int64_t>(accuracy.trials)});
    summarise(output.arrays,
              fmt::format("accuracy {:.4f} [{:.4f}, {:.4f}] on {} judgments, chance 0.333", accuracy.share,
                          accuracy.interval.low, accuracy.interval.high, withThousands(accuracy.trials)));
    return output;
}

// --- label-components (C1, C3) ---

StepOutput labelComponentsStep(StepContext& context) {
    ComponentLabels found = labelComponents(embeddingOf(context), context.ratings->values, context.ratings->terms);
    std::vector<std::string> texts;
    std::vector<std::uint8_t> interpretable;
    std::size_t strong = 0;
    for (const ComponentLabel& label : found.labels) {
        texts.push_back(label.text);
        interpretable.push_back(static_cast<std::uint8_t>(label.interpretable));
        strong += static_cast<std::size_t>(!label.terms.empty() && label.terms.front().r > 0.95);
    }
    const auto interpretableCount = std::count(interpretable.begin(), interpretable.end(), std::uint8_t{1});
    StepOutput output;
    output.arrays.set("correlation", std::move(found.correlation));
    output.arrays.set("labels", std::move(texts));
    output.arrays.set("interpretable", std::move(interpretable));
    summarise(output.arrays, fmt::format("{} of {} components interpretable (|r| > 0.1), {} with r > 0.95 to one term",
                                         interpretableCount, found.labels.size(), strong));
    return output;
}

// --- centroids (C8) ---

StepOutput centroidsStep(StepContext& context) {
    const Matrix<double> categories = context.ratings->part(TermKind::Category);
    if (categories.cols() == 0)
        throw MissingError({.where = "centroids",
                            .what = "the ratings have no category",
                            .remedy = "import a rating table with emotion categories"});
    CentroidResult result = nearestCentroids(embeddingOf(context), topCategories(categories),
                                             {.minimumPerCategory = countOf(context, "minimum"),
                                              .permutations = countOf(context, "permutations"),
                                              .seed = seedOf(context),
                                              .threads = context.threads},
                                             context.control, context.progress);
    const std::size_t k = std::min<std::size_t>(3, result.accuracy.size());
    const std::string chance =
        result.chance.empty()
            ? std::string()
            : fmt::format(", chance {:.4f} ± {:.4f}", result.chance[k - 1].mean, result.chance[k - 1].deviation);
    StepOutput output;
    summarise(output.arrays,
              fmt::format("top-1 {:.4f}, top-{} {:.4f}{}; {} stimuli of {} categories", result.accuracy[0], k,
                          result.accuracy[k - 1], chance, withThousands(result.rows.size()), result.categories.size()));
    output.arrays.set("rows", std::move(result.rows));
    output.arrays.set("rank", std::move(result.rank));
    output.arrays.set("categories", std::move(result.categories));
    output.arrays.set("accuracy", std::move(result.accuracy));
    output.arrays.set("chance", std::move(result.permuted));
    return output;
}

// --- similarity (E7) ---

StepOutput similarityStep(StepContext& context) {
    Matrix<double> similarity =
        predictedSimilarity(embeddingOf(context), context.control, context.progress, context.threads);
    std::vector<double> pairs;
    pairs.reserve(similarity.rows() * (similarity.rows() - 1) / 2);
    for (std::size_t i = 0; i < similarity.rows(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            pairs.push_back(similarity(i, j));
    const auto [least, most] = std::minmax_element(pairs.begin(), pairs.end());
    const double mean = std::accumulate(pairs.begin(), pairs.end(), 0.0) / static_cast<double>(pairs.size());
    StepOutput output;
    summarise(output.arrays, fmt::format("{} pairs, similarity {:.3f} on average, {:.3f} to {:.3f}",
                                         withThousands(pairs.size()), mean, *least, *most));
    output.arrays.set("similarity", std::move(similarity));
    return output;
}

// --- map (C7) ---

StepOutput mapStep(StepContext& context) {
    const Parameters& p = context.parameters;
    const std::string& repulsion = p.text("repulsion");
    const MapOptions options{.perplexity = p.real("perplexity"),
                             .metric = p.text("metric") == "cosine" ? MapMetric::Cosine : MapMetric::Euclidean,
                             .init = p.text("init") == "pca" ? MapInit::Pca : MapInit::Random,
                             .seed = seedOf(context),
                             .iterations = static_cast<int>(p.integer("iterations")),
                             .repulsion = repulsion == "exact"  ? MapRepulsion::Exact
                                          : repulsion == "grid" ? MapRepulsion::Grid
                                                                : MapRepulsion::Automatic};
    MapResult map = computeMap(
        embeddingOf(context), options, context.control, context.progress, context.threads,
        [&](std::shared_ptr<const MapSnapshot> snapshot) { context.publish(Snapshot(std::move(snapshot))); });
    StepOutput output;
    output.arrays.arrays["positions"] =
        Array<float>{{map.positions.rows(), map.positions.cols()}, std::move(map.positions.values())};
    output.arrays.set("divergence", std::vector<double>{map.divergence});
    std::string notes;
    for (const std::string& note : map.notes)
        notes += "; " + note;
    summarise(output.arrays,
              fmt::format("{} points, KL {:.3f} after {} iterations, perplexity {:g}{}",
                          withThousands(map.positions.rows()), map.divergence, map.iterations, map.perplexity, notes));
    if (map.iterations < options.iterations)
        output.settled["iterations"] = std::int64_t{map.iterations};
    return output;
}

std::vector<Step> makeTable() {
    const Parameter seed = seedParameter();
    const StepInput embedding{.name = "embedding", .kind = Kind::Embedding};
    const StepInput ratings{.name = "ratings", .kind = Kind::Ratings};
    const StepInput categories{.name = "ratings", .kind = Kind::Categories};
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
                        seed},
         .arrays = {{"triplets", "triplets × 3: rows of the three stimuli, in random order"}},
         .mainArray = "triplets",
         .run = sampleTripletsStep},
        {.name = "sample-validation",
         .title = "Sample validation triplets",
         .group = "Judgments",
         .help =
             "Draws triplets around the prototypes, the top two stimuli of every category; none of them is a training "
             "triplet.",
         .inputs = {categories, {.name = "triplets", .kind = Kind::Result, .step = "sample-triplets"}},
         .parameters = {{.name = "per-pair",
                         .title = "Thirds per pair",
                         .defaultValue = std::int64_t{100},
                         .minimum = 1,
                         .maximum = 100000,
                         .help = "How many different third stimuli each pair of prototypes is shown with."},
                        seed},
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
         .systems = kRated,
         .inputs = {ratings, {.name = "triplets", .kind = Kind::Result, .step = "sample-triplets"}},
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
              seed},
         .arrays = {{"triplets", "judgments × 3: the pair that stays, then the odd one out"},
                    {"ties", "1: how many judgments had no single most similar pair"}},
         .mainArray = "triplets",
         .run = simulateJudgmentsStep},
        {.name = "fit-embedding",
         .title = "Fit embedding",
         .group = "Embedding",
         .help = "Fits a sparse non-negative embedding that predicts the judgments (SPoSE).",
         .systems = kJudged,
         .inputs = {{.name = "judgments", .kind = Kind::Judgments}},
         .parameters =
             {{.name = "components",
               .title = "Components",
               .defaultValue = std::int64_t{30},
               .minimum = 1,
               .maximum = 512,
               .help = "Columns of the embedding; those that are not needed shrink to 0.",
               .paper = "30."},
              {.name = "lambda",
               .title = "Sparsity λ",
               .defaultValue = 0.0025,
               .defaultFor = {{Categories, 0.004}, {Dimensions, 0.005}},
               .minimum = 0,
               .maximum = 1,
               .help = "Weight of the L1 penalty, divided by the number of stimuli.",
               .paper =
                   "0.0025 for models, 0.004 for categories, 0.005 for dimensions; it prints the term with the wrong "
                   "sign and without the division."},
              {.name = "rate",
               .title = "Learning rate",
               .defaultValue = 0.001,
               .minimum = 1e-6,
               .maximum = 1,
               .help = "Step size of Adam.",
               .paper = "0.001."},
              {.name = "batch",
               .title = "Batch",
               .defaultValue = std::int64_t{2048},
               .minimum = 1,
               .maximum = 1e6,
               .unit = "judgments",
               .help = "Judgments per step of Adam. Smaller batches take longer.",
               .paper = "silent; the public SPoSE code uses 128."},
              {.name = "stopping",
               .title = "Stops when",
               .defaultValue = std::string("slope"),
               .choices = {"slope", "held-out", "limit"},
               .help = "The objective no longer falls over the window; held-out accuracy no longer rises over the "
                       "window (and "
                       "the best epoch is kept); or only at the epoch limit.",
               .paper = "the slope of the objective."},
              {.name = "window",
               .title = "Window",
               .defaultValue = std::int64_t{30},
               .minimum = 2,
               .maximum = 10000,
               .unit = "epochs",
               .help = "How many epochs the rule looks back.",
               .paper = "silent; the public SPoSE code uses 50, which ends later at the same objective."},
              {.name = "epochs",
               .title = "Epoch limit",
               .defaultValue = std::int64_t{500},
               .minimum = 1,
               .maximum = 100000,
               .unit = "epochs",
               .help = "The fit ends here whatever the rule. A higher limit goes on from where a lower one ended.",
               .lengthOnly = true},
              {.name = "held-out",
               .title = "Held out",
               .defaultValue = 0.1,
               .minimum = 0,
               .maximum = 0.9,
               .help = "Share of the judgments that test the fit and do not train it.",
               .paper = "a tenth."},
              {.name = "given-split",
               .title = "Use the file's split",
               .defaultValue = true,
               .help =
                   "Where the imported judgments came as training and test files, hold out the test file instead of a "
                   "drawn share."},
              seed},
         .arrays = {{"embedding", "stimuli × components: weights ≥ 0, components by descending sum"},
                    {"training_column", "components: the column each had while training"},
                    {"sums", "components: sum of weights"},
                    {"held_out", "judgments: 1 where held out"},
                    {"record_epoch", "epochs: counted from 1"},
                    {"record_objective", "epochs: training objective"},
                    {"record_train_accuracy", "epochs: share of training judgments predicted"},
                    {"record_held_out_nll", "epochs: mean negative log-likelihood of the held-out judgments"},
                    {"record_held_out_accuracy", "epochs: share of held-out judgments predicted"},
                    {"record_active_components", "epochs: components with a weight above 0.1"},
                    {"record_sparsity", "epochs: share of weights below 0.001"},
                    {"record_seconds", "epochs: wall time in s"}},
         .mainArray = "embedding",
         .run = fitEmbeddingStep},
        {.name = "held-out",
         .title = "Held-out accuracy",
         .group = "Embedding",
         .help = "How many held-out judgments the embedding predicts, with 95 % Wilson interval.",
         .systems = kEmbedded,
         .inputs = {embedding, {.name = "judgments", .kind = Kind::Judgments, .systemParameter = "judgments-of"}},
         .parameters =
             {{.name = "judgments-of",
               .title = "Judgments of",
               .defaultValue = std::string(),
               .help = "The system whose judgments are predicted; empty: the embedding's own. An imported embedding "
                       "has none, so name another system."},
              {.name = "which",
               .title = "Which judgments",
               .defaultValue = std::string("held-out"),
               .choices = {"held-out", "all"},
               .help = "Those held out of the fit (of another system's judgments: a drawn share), or all of them."},
              {.name = "share",
               .title = "Share",
               .defaultValue = 0.1,
               .minimum = 0.001,
               .maximum = 0.9,
               .help = "How much of another system's judgments is drawn; the same seed and share as that system's fit "
                       "draw its held-out judgments."},
              seed},
         .arrays = {{"accuracy", "4: share predicted, low and high end of the 95 % interval, chance"},
                    {"counts", "2: judgments predicted, judgments in all"}},
         .mainArray = "accuracy",
         .run = heldOutStep},
        {.name = "label-components",
         .title = "Label components",
         .group = "Meaning",
         .help = "Correlates every component with every rating and names it by the strongest terms.",
         .systems = kEmbedded,
         .inputs = {embedding, ratings},
         .arrays = {{"correlation", "components × rating terms: Pearson r"},
                    {"labels", "components: label"},
                    {"interpretable", "components: 1 if any |r| > 0.1"}},
         .mainArray = "correlation",
         .run = labelComponentsStep},
        {.name = "centroids",
         .title = "Nearest centroid",
         .group = "Meaning",
         .help =
             "How often a stimulus is nearest, or among the three nearest, to the centroid of its own category, itself "
             "left out; with chance from permuted labels.",
         .systems = kEmbedded,
         .inputs = {embedding, categories},
         .parameters = {{.name = "minimum",
                         .title = "Stimuli per category",
                         .defaultValue = std::int64_t{10},
                         .minimum = 2,
                         .maximum = 100000,
                         .help = "Categories with fewer stimuli are left out."},
                        {.name = "permutations",
                         .title = "Permutations",
                         .defaultValue = std::int64_t{1000},
                         .minimum = 0,
                         .maximum = 1e6,
                         .help = "Label permutations for chance."},
                        seed},
         .arrays = {{"rows", "tested stimuli: their rows"},
                    {"rank", "tested stimuli: centroids nearer than their own"},
                    {"categories", "tested categories: their columns among the categories"},
                    {"accuracy", "top k: share with rank < k"},
                    {"chance", "permutations × top k: accuracy with permuted labels"}},
         .mainArray = "accuracy",
         .run = centroidsStep},
        {.name = "similarity",
         .title = "Similarity",
         .group = "Meaning",
         .help = "Predicts how similar each pair of stimuli is (RSM): the probability that the two are chosen as the "
                 "pair, averaged over every third stimulus.",
         .systems = kEmbedded,
         .inputs = {embedding},
         .arrays = {{"similarity", "stimuli × stimuli: probability of the pair, 1 on the diagonal"}},
         .mainArray = "similarity",
         .run = similarityStep},
        {.name = "map",
         .title = "Map",
         .group = "Meaning",
         .help = "Lays the stimuli out on a plane so that neighbours in the embedding stay neighbours (t-SNE).",
         .systems = kEmbedded,
         .inputs = {embedding},
         .parameters =
             {{.name = "perplexity",
               .title = "Perplexity",
               .defaultValue = 30.0,
               .minimum = 1,
               .maximum = 1000,
               .unit = "neighbours",
               .help = "How many neighbours count, smoothly."},
              {.name = "metric",
               .title = "Metric",
               .defaultValue = std::string("euclidean"),
               .choices = {"euclidean", "cosine"},
               .help = "Distance between rows of the embedding."},
              {.name = "init",
               .title = "Start",
               .defaultValue = std::string("pca"),
               .choices = {"pca", "random"},
               .help = "Where the points start: the first two principal components, or anywhere."},
              {.name = "iterations",
               .title = "Iterations",
               .defaultValue = std::int64_t{MapOptions().iterations},
               .minimum = 1,
               .maximum = 100000,
               .help = "Steps of the layout."},
              {.name = "repulsion",
               .title = "Repulsion",
               .defaultValue = std::string("automatic"),
               .choices = {"automatic", "exact", "grid"},
               .help =
                   "All pairs of points, or a grid that is faster for many points; automatic picks by their number."},
              seed},
         .arrays = {{"positions", "stimuli × 2: place on the map"},
                    {"divergence", "1: Kullback–Leibler divergence, nats"}},
         .mainArray = "positions",
         .run = mapStep},
    };
}

} // namespace

const std::vector<Step>& stepTable() {
    static const std::vector<Step> table = makeTable();
    return table;
}

} // namespace tercet
