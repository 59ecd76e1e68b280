#include "core/pipeline/held_out_choice.h"

#include "core/base/error.h"
#include "core/pipeline/step_groups.h"

#include <numeric>

namespace tercet {

std::vector<StepInput> testInputs() {
    return {embeddingInput(),
            {.name = "judgments", .kind = StepInput::Kind::Judgments, .systemParameter = "judgments-of"}};
}

std::vector<Parameter> testParameters() {
    return {{.name = "judgments-of",
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
            seedParameter()};
}

TestJudgments testJudgments(const StepContext& context) {
    TestJudgments test{.judgments = judgmentsIn(context.inputs.at("judgments")), .chosen = {}};
    const auto& embedding = *context.inputs.at("embedding");
    const std::string& which = context.parameters.text("which");
    const std::string& of = context.parameters.text("judgments-of");
    const bool own = of.empty() || of == context.system->name;
    const std::size_t count = test.judgments.triplets.size();
    if (which == "all") {
        test.chosen.resize(count);
        std::iota(test.chosen.begin(), test.chosen.end(), std::uint32_t{0});
    } else if (own && embedding.contains("held_out")) {
        const auto& mask = embedding.get<std::uint8_t>("held_out").values;
        for (std::size_t i = 0; i < mask.size(); ++i)
            if (mask[i] != 0)
                test.chosen.push_back(static_cast<std::uint32_t>(i));
    } else {
        test.chosen = JudgmentOrder(count, context.parameters.real("share"), seedOf(context)).heldOut();
    }
    requireValidJudgments(test.judgments.triplets, embeddingOf(context).rows(), context.threads);
    if (test.chosen.empty())
        throw DataError({.where = context.system->name,
                         .what = "no judgment was held out",
                         .remedy = "fit with a held-out share above 0, or predict all judgments (--which all)"});
    return test;
}

} // namespace tercet
