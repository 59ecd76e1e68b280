#pragma once

#include "core/brain/region_table.h"
#include "core/pipeline/step.h"

#include <string>
#include <vector>

namespace tercet {

// The parts of the table of steps, and what they share.

[[nodiscard]] std::vector<Step> judgmentSteps();
[[nodiscard]] std::vector<Step> embeddingSteps();
[[nodiscard]] std::vector<Step> meaningSteps();
[[nodiscard]] std::vector<Step> validationSteps();
[[nodiscard]] std::vector<Step> graphSteps();
[[nodiscard]] std::vector<Step> responseSteps(); ///< of the brain: what every subject's voxels answered
[[nodiscard]] std::vector<Step> surfaceSteps();  ///< and where they lie on the cortex
[[nodiscard]] std::vector<Step> brainSteps();    ///< and how models compare with it

/// Kinds of systems a step runs for.
[[nodiscard]] std::vector<SystemSource> ratedSystems();    ///< judged by the rating table
[[nodiscard]] std::vector<SystemSource> judgedSystems();   ///< with judgments, simulated or imported
[[nodiscard]] std::vector<SystemSource> embeddedSystems(); ///< with an embedding, fitted or imported
[[nodiscard]] std::vector<SystemSource> modelSystems();    ///< these and rating tables

[[nodiscard]] StepInput embeddingInput(); ///< the system's own, named "embedding"
[[nodiscard]] StepInput judgmentsInput(); ///< the system's own, named "judgments"
[[nodiscard]] StepInput ratingsInput();
[[nodiscard]] StepInput categoriesInput(); ///< ratings that have emotion categories

[[nodiscard]] Parameter seedParameter();
[[nodiscard]] std::uint64_t seedOf(const StepContext& context);
/// The value of a parameter that counts.
[[nodiscard]] std::size_t countOf(const StepContext& context, const char* parameter);
/// The weights of the input "embedding", stimuli × components.
[[nodiscard]] MatrixView<const double> embeddingOf(const StepContext& context);

/// The study's table of regions, from the input "table", else the usual one.
[[nodiscard]] RegionTable regionTableFor(const StepContext& context);

/// Sets the one line that people read of a result.
void summarise(ArrayBundle& bundle, std::string summary);

} // namespace tercet
