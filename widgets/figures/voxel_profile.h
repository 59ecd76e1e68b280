#pragma once

#include "widgets/bridge/voxel_reader.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/plots/stimulus_cards.h"

#include <array>
#include <vector>

namespace tercet {

class BarPlot;
class GroupedBars;
class LinePlot;

// What one voxel does, for the panel and its picture alike. GUI thread.

/// "anna · TPJ · left 1234 · (−34, 12, 40) mm", as far as it is known.
[[nodiscard]] QString voxelTitle(const FigureData& figureData, const VoxelPlace& place);

/// How well every model predicts the voxel, a bar per model that was encoded; the whisker spans the other subjects'
/// voxels at the same vertex, the box ends at the noise ceiling.
void showModelScores(BarPlot& plot, const FigureData& figureData, const VoxelReading& reading, bool dark);

/// The encoding weights of a model in the voxel, a bar per feature (SPEC B9). Returns the training column of each bar
/// of an embedding, −1 for features of rating tables.
std::vector<int> showWeights(GroupedBars& plot, const FigureData& figureData, const VoxelPlace& place,
                             const QString& model);

/// The stimuli with the largest mean responses above 0, at most `count`.
[[nodiscard]] std::vector<StimulusCard> bestStimuli(const FigureData& figureData, const VoxelReading& reading,
                                                    int count);

inline constexpr std::size_t kVoxelStages = 4;
/// A run of the voxel as it was scanned, without drift and motion, shifted and clipped with the mean of every block,
/// and as the response to each stimulus (SPEC D5). The reading needs its series.
void showStages(const std::array<LinePlot*, kVoxelStages>& plots, const VoxelSeries& series);

/// Scores, weights of `model` and best stimuli.
[[nodiscard]] Figure voxelProfileFigure(SharedFigureData figureData, const VoxelReading& reading, const QString& model);
/// The stages of preprocessing; the reading needs its series.
[[nodiscard]] Figure voxelStagesFigure(SharedFigureData figureData, const VoxelReading& reading);

} // namespace tercet
