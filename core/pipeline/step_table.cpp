#include "core/pipeline/step_groups.h"

#include <iterator>

namespace tercet {

using enum SystemSource;

const std::vector<Step>& stepTable() {
    static const std::vector<Step> table = [] {
        std::vector<Step> all;
        for (std::vector<Step> group : {judgmentSteps(), embeddingSteps(), validationSteps(), meaningSteps(),
                                        graphSteps(), responseSteps(), surfaceSteps(), brainSteps()})
            all.insert(all.end(), std::make_move_iterator(group.begin()), std::make_move_iterator(group.end()));
        return all;
    }();
    return table;
}

std::vector<SystemSource> ratedSystems() { return {Categories, Dimensions}; }
std::vector<SystemSource> judgedSystems() { return {Categories, Dimensions, Judgments}; }
std::vector<SystemSource> embeddedSystems() { return {Categories, Dimensions, Judgments, Embedding}; }

std::vector<SystemSource> modelSystems() {
    return {Categories, Dimensions, Judgments, Embedding, CategoryRatings, DimensionRatings, AllRatings};
}

StepInput embeddingInput() { return {.name = "embedding", .kind = StepInput::Kind::Embedding}; }
StepInput judgmentsInput() { return {.name = "judgments", .kind = StepInput::Kind::Judgments}; }
StepInput ratingsInput() { return {.name = "ratings", .kind = StepInput::Kind::Ratings}; }
StepInput categoriesInput() { return {.name = "ratings", .kind = StepInput::Kind::Categories}; }

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

MatrixView<const double> embeddingOf(const StepContext& context) {
    return context.inputs.at("embedding")->matrix("embedding");
}

void summarise(ArrayBundle& bundle, std::string summary) { bundle.attributes["summary"] = std::move(summary); }

} // namespace tercet
