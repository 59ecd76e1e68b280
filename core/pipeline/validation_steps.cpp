#include "core/base/text.h"
#include "core/judgments/agreement.h"
#include "core/pipeline/step_groups.h"
#include "core/study/judgment_set.h"

#include <fmt/format.h>

namespace tercet {
namespace {

using Kind = StepInput::Kind;

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
    output.arrays.arrays["trials"] =
        Array<std::int64_t>{{found.trials.rows(), found.trials.cols()}, std::move(found.trials.values())};
    return output;
}

} // namespace

std::vector<Step> validationSteps() {
    return {
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
