#pragma once

#include "core/base/affine.h"
#include "core/base/table.h"
#include "core/spaces/emotion_graph.h"
#include "widgets/figures/brain_map_kind.h"
#include "widgets/figures/figure_data.h"
#include "widgets/figures/map_coloring.h"
#include "widgets/plots/picture.h"

#include <QString>
#include <QStringList>
#include <QVector>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace tercet {

/// What of a study a figure shows, and how wide it is.
struct FigureOptions {
    QStringList systems;                 ///< these, in the study's order; empty: every one that has what is drawn
    QVector<int> stimuli;                ///< roses: rows; empty: examples of the most frequent categories
    MapColoring coloring;                ///< map
    QStringList hiddenGroups;            ///< map: names of categories that are not drawn
    double widthMm = 0;                  ///< of the page; 0: the preset's own
    int page = 0;                        ///< of the presets with pages; the last there is if beyond
    double interpretable = 0.1;          ///< kinds of components: threshold (SPEC C3)
    double labelDrop = 0.1;              ///< kinds: fall of |r| that ends a label (SPEC C1)
    bool positiveOnly = false;           ///< kinds: of r in place of |r|
    bool includeUninterpretable = false; ///< kinds: these have the kind of their label too
    std::optional<EdgeRule> edgeRule;    ///< emotion graphs: in place of the results' own
    std::optional<double> edgeThreshold; ///< likewise
    bool consensus = false;              ///< emotion graphs: communities of all Louvain runs, not of the best
    QStringList subjects;                ///< brain: these; empty: one, or all where they are compared
    BrainMapKind brainMap = BrainMapKind::Encoding; ///< maps on the cortex: what is drawn
    std::optional<double> level; ///< maps: false discovery rate below which they are coloured; 1: everywhere
    int component = 0;           ///< maps of weights: training column
    bool inflated = false;       ///< maps: not flat
    int slices = 6;              ///< maps in slices: how many
    std::optional<Point3> place; ///< there: mm; three slices through it in place of a montage
    bool sorted = false;         ///< regions: by their highest mean
    QString against; ///< voxels: the model on the y axis; empty: the best. Flatmaps: a second model in the same map
    QString journal; ///< of journalNamed(); empty: generic
};

/// A picture for paper with what a reader needs to know about it, and its values.
struct Figure {
    QString name;  ///< of the preset, and a file's
    QString title; ///< of the preset, for people
    QString caption;
    Picture picture; ///< its recipe is JSON: study, options, results, parameters, version
    /// What the picture shows, a row per observation; at least one table. GUI thread; throws as Study::arrays().
    std::function<std::vector<Table>()> tables;
};

using SharedFigureData = std::shared_ptr<const FigureData>;

// All throw MissingError, naming the step to run, if there is nothing to draw. GUI thread, as is painting the picture.

/// Objective, accuracy, active components and sparsity over epochs, systems overlaid (SPEC E2).
[[nodiscard]] Figure fitFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// The maps of systems side by side under one legend (SPEC C7).
[[nodiscard]] Figure mapFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Roses of stimuli × systems (SPEC C9).
[[nodiscard]] Figure roseFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Labels of components × systems with r (SPEC C2).
[[nodiscard]] Figure labelFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Correlations of components with ratings, systems side by side (SPEC C6).
[[nodiscard]] Figure heatMapFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Number of components, reproducibility and accuracy of the embeddings (SPEC E4–E6, T8).
[[nodiscard]] Figure validationFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Predicted against measured similarity of the prototypes, a part per system (SPEC E7).
[[nodiscard]] Figure similarityFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Accuracy over the components kept per stimulus (SPEC E8).
[[nodiscard]] Figure compressionFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Recovered components over the number of judgments (SPEC T10).
[[nodiscard]] Figure saturationFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Alignment and agreement of every pair of systems (SPEC E9).
[[nodiscard]] Figure agreementFigure(SharedFigureData figureData, const FigureOptions& options = {});

/// Alignment of models with people, over their numbers of parameters (SPEC E10).
[[nodiscard]] Figure modelZooFigure(SharedFigureData figureData, const FigureOptions& options = {});

/// Chords and communities of the components, a row per system (SPEC G1, G2).
[[nodiscard]] Figure emotionGraphFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// The communities as a table: names, descriptions, members (SPEC G2).
[[nodiscard]] Figure clusterFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Components matched between systems, as a flow.
[[nodiscard]] Figure componentFlowFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Clusters that systems have in common (SPEC G3).
[[nodiscard]] Figure clusterOverlapFigure(SharedFigureData figureData, const FigureOptions& options = {});

/// Maps of voxels on the flattened cortex, subjects × models (SPEC B6, B9).
[[nodiscard]] Figure flatmapFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// The same of a subject on a page: encoding of every model, below it the searchlights.
[[nodiscard]] Figure subjectMapFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// How many pages subjectMapFigure() has with these options: one for each subject with maps and a cortex.
[[nodiscard]] int subjectMapPages(const FigureData& figureData, const FigureOptions& options);
/// Maps of voxels in slices of the volume, with the subcortical regions outlined, subjects × models (SPEC B6, D6).
[[nodiscard]] Figure sliceFigure(SharedFigureData figureData, const FigureOptions& options = {});

/// Encoding weights of three components on every subject's cortex, and how alike subjects are (SPEC B9); page 0 has the
/// three that are most alike.
[[nodiscard]] Figure componentMapFigure(SharedFigureData figureData, const FigureOptions& options = {});

/// How many pages it has with these options; 0 before components were compared.
[[nodiscard]] int componentMapPages(const FigureData& figureData, const FigureOptions& options);

/// Mean scores of every system in every region, with subjects and stars (SPEC B5).
[[nodiscard]] Figure regionFigure(SharedFigureData figureData, const FigureOptions& options = {});

/// Voxels of the best model against each other one (SPEC B7). Throws ParameterError too, for a map that is not of
/// models.
[[nodiscard]] Figure voxelFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Every embedding of ratings against its rating table, in voxels and regions (SPEC B8).
[[nodiscard]] Figure rawRatingFigure(SharedFigureData figureData, const FigureOptions& options = {});

inline constexpr int kGalleryPage = 10; ///< components on a page of the gallery

/// Word clouds of the components with the largest sums, systems one below the other (SPEC C5).
[[nodiscard]] Figure wordCloudFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Ten components of two systems with word clouds and top stimuli (SPEC C5).
[[nodiscard]] Figure galleryFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// How many pages galleryFigure() has with these options; 0 without an embedding.
[[nodiscard]] int galleryPages(const FigureData& figureData, const FigureOptions& options);
/// Shares of interpretable, categorical, mixed and dimensional components (SPEC C3, C4).
[[nodiscard]] Figure componentKindsFigure(SharedFigureData figureData, const FigureOptions& options = {});
/// Top-3 accuracy of the nearest centroid of every system, with chance (SPEC C8).
[[nodiscard]] Figure centroidFigure(SharedFigureData figureData, const FigureOptions& options = {});

/// A kind of figure as the command line names it.
struct FigurePreset {
    QString name;
    QString title;
    double widthMm = 0;         ///< by default
    double smallestWidthMm = 0; ///< below it text would not fit
    std::function<Figure(SharedFigureData, const FigureOptions&)> make;
    std::function<int(const FigureData&, const FigureOptions&)> pages = {}; ///< null: there is one
};
[[nodiscard]] const std::vector<FigurePreset>& figurePresets();
/// Makes a figure of a preset, with the options in its recipe. Throws as the preset, and ParameterError for a width
/// that is below the preset's smallest, and for an unknown journal or system.
[[nodiscard]] Figure makeFigure(const FigurePreset& preset, SharedFigureData figureData, const FigureOptions& options);
/// Throws ParameterError naming the presets there are.
[[nodiscard]] const FigurePreset& figurePresetNamed(const QString& name);

/// The column of the rating with the largest |r| of a component; the number of columns if no r is defined.
[[nodiscard]] std::size_t strongestTerm(const EmbeddingView& embedding, std::size_t component);
/// That r, two decimals; empty without ratings.
[[nodiscard]] QString strongestCorrelation(const EmbeddingView& embedding, std::size_t component);

/// The columns of a fit's records, shares in %.
struct FitCurves {
    std::vector<double> epochs;
    std::vector<double> objective;
    std::vector<double> training;
    std::vector<double> heldOut;
    std::vector<double> active;
    std::vector<double> sparsity;
};
[[nodiscard]] FitCurves fitCurves(std::span<const EpochRecord> records);
/// Limits of an axis of counts up to `most`, from 0.
[[nodiscard]] std::pair<double, double> countRange(double most);

} // namespace tercet
