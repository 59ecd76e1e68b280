#include "core/base/error.h"
#include "core/base/text.h"
#include "core/pipeline/fit_checkpoint.h"
#include "core/pipeline/fit_options.h"
#include "core/pipeline/held_out_choice.h"
#include "core/pipeline/step_groups.h"
#include "core/study/judgment_set.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <limits>

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
    const SposeOptions options = sposeOptions(p.texts());
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
    const TestJudgments test = testJudgments(context);
    const ChoiceAccuracy accuracy =
        choiceAccuracy(embeddingOf(context), test.judgments.triplets, test.chosen, context.threads);
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> ceiling(3, kNan);
    if (const auto known = context.inputs.find("ceiling"); known != context.inputs.end())
        ceiling = known->second->get<double>("ceiling").values;
    const bool ratio = context.parameters.text("explained") == "ratio";
    const auto explained = [&](double share) {
        return ratio ? share / ceiling[0] : (share - ChoiceAccuracy::kChance) / (ceiling[0] - ChoiceAccuracy::kChance);
    };
    const std::vector<double> explainable{explained(accuracy.share), explained(accuracy.interval.low),
                                          explained(accuracy.interval.high)};
    StepOutput output;
    output.arrays.set("accuracy", std::vector<double>{accuracy.share, accuracy.interval.low, accuracy.interval.high,
                                                      ChoiceAccuracy::kChance});
    output.arrays.set("counts", std::vector<std::int64_t>{static_cast<std::int64_t>(accuracy.hits),
                                                          static_cast<std::int64_t>(accuracy.trials)});
    const std::string ofCeiling =
        std::isnan(ceiling[0])
            ? ", no noise ceiling"
            : fmt::format(", ceiling {:.4f}, {:.1f} % of the explainable part", ceiling[0], 100 * explainable[0]);
    output.arrays.set("ceiling", std::move(ceiling));
    output.arrays.set("explained", explainable);
    summarise(output.arrays,
              fmt::format("accuracy {:.4f} [{:.4f}, {:.4f}] on {} judgments, chance 0.333{}", accuracy.share,
                          accuracy.interval.low, accuracy.interval.high, withThousands(accuracy.trials), ofCeiling));
    return output;
}

std::vector<StepInput> heldOutInputs() {
    std::vector<StepInput> inputs = testInputs();
    inputs.push_back({.name = "ceiling", .step = "noise-ceiling", .systemParameter = "judgments-of", .optional = true});
    return inputs;
}

std::vector<Parameter> heldOutParameters() {
    std::vector<Parameter> parameters = testParameters();
    parameters.push_back(
        {.name = "explained",
         .title = "Explainable part",
         .defaultValue = std::string("above-chance"),
         .choices = {"above-chance", "ratio"},
         .help =
             "The share of the explainable part is (accuracy − chance) / (ceiling − chance), or accuracy / ceiling.",
         .paper = "speaks of the explainable share, up to 91.59 %, without a formula; the ratio is the usual one."});
    return parameters;
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
         .version = 2,
         .help = "How many held-out judgments the embedding predicts, with 95 % Wilson interval, chance and noise "
                 "ceiling.",
         .systems = embeddedSystems(),
         .inputs = heldOutInputs(),
         .parameters = heldOutParameters(),
         .arrays = {{"accuracy", "4: share predicted, low and high end of the 95 % interval, chance"},
                    {"counts", "2: judgments predicted, judgments in all"},
                    {"ceiling", "3: noise ceiling, low and high end of its 95 % interval; NaN where it is not known"},
                    {"explained", "3: share of the explainable part, and of the ends of the accuracy's interval, with "
                                  "the ceiling taken as exact; NaN without ceiling"}},
         .mainArray = "accuracy",
         .run = heldOutStep},
    };
}

} // namespace tercet
