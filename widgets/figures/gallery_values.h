#pragma once

#include "widgets/figures/figure_data.h"
#include "widgets/plots/stimulus_cards.h"
#include "widgets/plots/word_cloud.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tercet {

// What galleries of components show (SPEC C5), for panels and figures alike.

inline constexpr int kGalleryStimuli = 6; ///< top stimuli of a component

/// The ratings with which a component is interpretable (|r| > 0.1), strongest first: dimensions with -high or -low by
/// the sign of r, others with a minus before them where r is below 0. Empty without ratings.
[[nodiscard]] std::vector<CloudWord> cloudWords(const EmbeddingView& embedding, const Ratings* ratings,
                                                std::size_t component);

/// A stimulus with its highest category. `share` of what is the most, 0–1.
[[nodiscard]] StimulusCard stimulusCard(const FigureData& figureData, std::size_t row, double weight, double share);

/// The stimuli with the largest weights on a component, at most `count`, of equal ones the first; those with weight 0
/// are left out.
[[nodiscard]] std::vector<StimulusCard> topStimuli(const FigureData& figureData, const EmbeddingView& embedding,
                                                   std::size_t component, int count = kGalleryStimuli);

/// "Component 1: aesthetic appreciation, calmness", by the place in the embedding.
[[nodiscard]] QString componentTitle(const FigureSystem& system, std::size_t component);
/// The same by the training column; empty where the system has no embedding with it.
[[nodiscard]] QString componentTitle(const FigureData& figureData, const QString& system, int trainingColumn);

} // namespace tercet
