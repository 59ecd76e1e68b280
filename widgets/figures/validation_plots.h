#pragma once

#include "widgets/figures/figure_data.h"

#include <QStringList>

#include <functional>
#include <utility>
#include <vector>

namespace tercet {

class BarPlot;
class LinePlot;
class ScatterPlot;

// What the results of the validation steps look like, for panels and figures alike: each fills a plot with what there
// is of `systems` (names), and leaves out those that have nothing. GUI thread.

/// An array of a result as real numbers, each times `factor`; empty if it is not there.
[[nodiscard]] std::vector<double> valuesOf(const ArrayBundle& bundle, const char* name, double factor = 1);

/// Held-out accuracy in %, with interval, noise ceiling and chance (SPEC E6, T8).
void showAccuracy(BarPlot& plot, const FigureData& figureData, const QStringList& systems, bool dark);
/// Held-out accuracy in % over the number of components, mean and interval, every run a dot (SPEC E4).
void showSweep(LinePlot& plot, const FigureData& figureData, const QStringList& systems, bool dark);
/// Reproducibility (Pearson r) of every component over its rank, mean and interval; single runs of `front` as dots
/// (SPEC E5).
void showReproducibility(LinePlot& plot, const FigureData& figureData, const QStringList& systems, const QString& front,
                         bool dark);
/// Accuracy in % over the number of components kept per stimulus, with the zone of 95–99 % of the full accuracy of
/// `front` and where each system reaches it (SPEC E8).
void showCompression(LinePlot& plot, const FigureData& figureData, const QStringList& systems, const QString& front,
                     bool dark);
/// Recovered components over the number of judgments: medians, with boxes of the replicates (SPEC T10).
void showSaturation(LinePlot& plot, const FigureData& figureData, const QStringList& systems, bool dark);
/// Alignment of every pair of systems with its interval (SPEC E9).
void showAlignment(BarPlot& plot, const FigureData& figureData, bool dark);
/// Share in % of the common triplets on which two systems chose the same odd one, with its interval.
void showAgreement(BarPlot& plot, const FigureData& figureData, bool dark);

/// The predicted and measured similarity of the prototypes (SPEC E7).
struct PrototypeSimilarity {
    std::vector<int> stimuli;               ///< rows, as the matrices have them
    Matrix<double> predicted;               ///< prototypes × prototypes, 0–1
    Matrix<double> measured;                ///< NaN where nothing was judged
    std::vector<std::pair<int, int>> pairs; ///< places in `stimuli` of the pairs that have both, lower triangle
    /// Of both matrices when they are drawn: like beside like by the predicted similarity, top categories together.
    std::vector<std::size_t> order;
    QString fit; ///< "r = 0.85 [0.83, 0.87], 2,145 pairs"
};
/// Empty matrices where the system has no result.
[[nodiscard]] PrototypeSimilarity prototypeSimilarity(const FigureData& figureData, const QString& system);
void showSimilarity(ScatterPlot& plot, const FigureData& figureData, const PrototypeSimilarity& similarity,
                    const QString& system, bool dark);

} // namespace tercet
