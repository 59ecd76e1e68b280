#include "core/pipeline/demo_study.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/io/stimulus_id.h"
#include "core/judgments/simulated_choices.h"
#include "core/judgments/triplet_sampling.h"
#include "core/pipeline/pipeline.h"
#include "core/spaces/component_matching.h"
#include "core/spaces/planted_space.h"
#include "core/study/judgment_set.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace tercet {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kStimuli = 300;
constexpr const char* kSeedSetting = "demo/seed";

void fill(Study& study, std::uint64_t seed, const JobControl& control, const Progress& progress, int threads) {
    const PlantedSpace space = plantSpace(kStimuli, seed);
    Study::Import ratings;
    ratings.kind = "ratings";
    ratings.source = "made by tercet demo";
    for (std::size_t i = 0; i < space.names.size(); ++i)
        ratings.newStimuli.push_back({fmt::format("{:04}", i + 1), space.names[i]});
    std::vector<std::string> terms;
    std::vector<std::uint8_t> kinds;
    for (const Term& term : knownTerms()) {
        terms.push_back(term.name);
        kinds.push_back(static_cast<std::uint8_t>(term.kind));
    }
    ratings.arrays.set("ratings", space.ratings);
    ratings.arrays.set("terms", std::move(terms));
    ratings.arrays.set("kinds", std::move(kinds));
    for (const PlantedSystem& system : space.systems)
        ratings.systems.push_back({system.name, system.title,
                                   system.judge == PlantedSystem::Judge::Weights      ? SystemSource::Judgments
                                   : system.judge == PlantedSystem::Judge::Categories ? SystemSource::Categories
                                                                                      : SystemSource::Dimensions});
    study.add(std::move(ratings));

    const SampledTriplets sampled = sampleTriplets(kStimuli, {.seed = seed, .threads = threads}, control);
    std::size_t done = 0;
    for (const PlantedSystem& system : space.systems) {
        control.check();
        progress.set(static_cast<double>(done++) / static_cast<double>(space.systems.size()));
        if (system.judge != PlantedSystem::Judge::Weights)
            continue;
        progress.say(system.title + " judges " + withThousands(sampled.triplets.size()) + " triplets");
        const Triplets judgments =
            drawChoices(system.weights, sampled.triplets,
                        {.noise = system.noise, .seed = seed + done, .threads = threads}, control);
        Study::Import import;
        import.kind = "judgments";
        import.system = system.name;
        import.source = "made by tercet demo";
        import.arrays.arrays["triplets"] = toArray(judgments);
        study.add(std::move(import));
    }
    study.setSetting(kSeedSetting, std::to_string(seed));
}

std::string percent(std::size_t part, std::size_t whole) { return fmt::format("{} of {}", part, whole); }

CheckFinding checkFit(const PlantedSystem& system, const ArrayBundle& fit) {
    constexpr double kFound = 0.8;
    const MatrixView<const double> recovered = fit.matrix("embedding");
    const std::vector<ComponentMatch> matches = matchComponents(system.weights, recovered);
    const auto found = static_cast<std::size_t>(
        std::count_if(matches.begin(), matches.end(), [](const ComponentMatch& match) { return match.r > kFound; }));
    double sum = 0;
    for (const ComponentMatch& match : matches)
        sum += std::isnan(match.r) ? 0 : match.r;
    return {4 * found >= 3 * matches.size(),
            fmt::format("fit-embedding/{}: {} planted components recovered with r > {}, mean r {:.3f}.", system.name,
                        percent(found, matches.size()), kFound, sum / static_cast<double>(matches.size()))};
}

/// How many recovered components that match a planted one are labelled with its main term.
CheckFinding checkLabels(const PlantedSpace& space, const PlantedSystem& system, const ArrayBundle& fit,
                         const ArrayBundle& labels) {
    const std::vector<ComponentMatch> matches = matchComponents(system.weights, fit.matrix("embedding"));
    const auto& texts = labels.get<std::string>("labels").values;
    std::size_t right = 0;
    std::size_t matched = 0;
    for (const ComponentMatch& match : matches) {
        if (!(match.r > 0.8))
            continue;
        ++matched;
        const std::string& text = texts[match.second];
        const auto& planted = space.components[match.first].terms;
        right += static_cast<std::size_t>(std::any_of(planted.begin(), planted.end(), [&](std::size_t term) {
            return text.starts_with(knownTerms()[term].name);
        }));
    }
    return {2 * right >= matched,
            fmt::format("label-components/{}: {} matched components are labelled first with a term "
                        "that they were planted with.",
                        system.name, percent(right, matched))};
}

} // namespace

std::shared_ptr<Study> makeDemoStudy(const fs::path& folder, std::uint64_t seed, const JobControl& control,
                                     const Progress& progress, int threads) {
    auto study = Study::create(folder, "Demo study");
    try {
        fill(*study, seed, control, progress, threads);
    } catch (...) {
        study.reset();
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        throw;
    }
    progress.set(1);
    return study;
}

std::vector<CheckFinding> checkAgainstPlanted(const Study& study) {
    const auto text = study.setting(kSeedSetting);
    const auto seed = text ? toInteger(*text) : std::nullopt;
    if (!seed)
        return {};
    std::vector<CheckFinding> findings;
    const PlantedSpace space = plantSpace(study.stimuli()->size(), static_cast<std::uint64_t>(*seed));
    for (const PlantedSystem& system : space.systems) {
        const auto fit = shownResult(study, {"fit-embedding", system.name});
        if (!fit || system.weights.empty())
            continue;
        const auto arrays = study.arrays(fit->key);
        findings.push_back(checkFit(system, *arrays));
        const auto labels = shownResult(study, {"label-components", system.name});
        if (labels && labels->inputs.at("embedding") == fit->key)
            findings.push_back(checkLabels(space, system, *arrays, *study.arrays(labels->key)));
    }
    if (findings.empty())
        findings.push_back({true, "Nothing was fitted yet: `tercet run STUDY all` makes the results to compare."});
    return findings;
}

} // namespace tercet
