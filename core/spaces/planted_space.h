#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tercet {

/// What a planted component stands for.
struct PlantedComponent {
    std::string meaning;                 ///< name of its first term: "fear"
    std::vector<std::size_t> terms = {}; ///< of knownTerms(), the one that follows it most closely first
};

/// A source of judgments of the demo study.
struct PlantedSystem {
    enum class Judge : std::uint8_t {
        Weights,    ///< draws from `weights` by drawChoices with `noise`
        Categories, ///< simulated from the rated categories
        Dimensions, ///< simulated from the rated dimensions
    };
    std::string name;  ///< letters, digits and hyphens
    std::string title; ///< what people read
    Judge judge = Judge::Weights;
    /// Judge::Weights: stimuli × components, ≥ 0, what it judges by. Judge::Categories: stimuli × the rated
    /// categories that components stand for, what a fit should find. Judge::Dimensions: none.
    Matrix<double> weights = {};
    double noise = 0;          ///< temperature of drawChoices; 0 for the simulated
    double parameterCount = 0; ///< of a model; made up as well
};

/// The behavioural part of a demo study: made-up clips whose ratings and judgments follow from a few components.
struct PlantedSpace {
    std::vector<std::string> names;           ///< of the stimuli, unique: "Paper lanterns on a river"
    std::vector<PlantedComponent> components; ///< kPlantedComponents
    Matrix<double> weights;             ///< stimuli × components, ≥ 0, sparse, every stimulus has one above 1.4
    Matrix<double> ratings;             ///< stimuli × 48 as knownTerms(): categories 0–1, dimensions 1–9
    std::vector<PlantedSystem> systems; ///< mllm, llm, human-categories, human-dimensions
};

inline constexpr std::size_t kPlantedComponents = 16;
inline constexpr std::size_t kFewestPlantedStimuli = 160;

/// A seeded demo study of `stimuli` clips, each of a scene that belongs to one component, most with a touch of
/// others. Ratings are those of 9 to 17 raters: shares of them for categories, means of answers from 1 to 9 for
/// dimensions; every stimulus has a category. The multimodal model judges by nearly the planted weights, the language
/// model by a blurred copy that knows less of what must be seen.
/// Throws ParameterError for fewer than kFewestPlantedStimuli.
[[nodiscard]] PlantedSpace plantSpace(std::size_t stimuli = 300, std::uint64_t seed = 1);

} // namespace tercet
