#include "core/base/error.h"
#include "core/base/text.h"
#include "core/pipeline/fit_checkpoint.h"
#include "core/pipeline/step_groups.h"
#include "core/study/judgment_set.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace tercet {
namespace {

using enum SystemSource;
using Kind = StepInput::Kind;

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

} // namespace

std::vector<Step> embeddingSteps() {
    return {
        {.name = "fit-embedding",
         .title = "Fit embedding",
         .group = "Embedding",
         .help = "Fits a sparse non-negative embedding that predicts the judgments (SPoSE).",
         .systems = judgedSystems(),
         .inputs = {judgmentsInput()},
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
              seedParameter()},
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
         .systems = embeddedSystems(),
         .inputs = {embeddingInput(),
                    {.name = "judgments", .kind = Kind::Judgments, .systemParameter = "judgments-of"}},
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
              seedParameter()},
         .arrays = {{"accuracy", "4: share predicted, low and high end of the 95 % interval, chance"},
                    {"counts", "2: judgments predicted, judgments in all"}},
         .mainArray = "accuracy",
         .run = heldOutStep},
    };
}

} // namespace tercet
