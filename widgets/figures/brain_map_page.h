#pragma once

#include "widgets/figures/brain_map.h"
#include "widgets/figures/figure_presets.h"

#include <QRectF>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QPainter;

namespace tercet {

// What the presets of maps of voxels share.

/// One map of a figure.
struct BrainMapPart {
    BrainMapRequest request;
    QString title; ///< its model and subject
    BrainMap map;
    std::optional<BrainMap> other = {}; ///< drawn in one map with the first
    std::string system = {};            ///< in tables
};

/// Maps of one kind, which have one scale.
struct BrainMapParts {
    BrainMapKind kind = BrainMapKind::Encoding;
    double level = 1; ///< false discovery rate below which they are coloured
    std::vector<BrainMapPart> parts;
    QStringList models;   ///< of the parts
    QStringList subjects; ///< of the parts
    double most = 1;      ///< upper limit of their scale
    bool tested = false;  ///< one of them has false discovery rates
    QStringList untested; ///< titles of those that have none
    QString component;    ///< title of the one whose weights are drawn
    QString firstTitle;   ///< of the model that is drawn with a second one
    QString other;        ///< title of a second model that is drawn with the one there is; empty for none

    /// Adds the maps of a subject that are there, of the models asked for, of weights those of the first model alone;
    /// not those that are known to be of other voxels than `voxels`, as voxelsOf() says. Throws as FigureData::arrays.
    void add(const FigureData& figureData, const FigureOptions& options, const Subject& subject,
             const std::string& voxels);
    /// Below which false discovery rate all of them are coloured; 1 if there is none.
    [[nodiscard]] double commonLevel() const { return tested && untested.isEmpty() ? level : 1; }
    /// What is coloured, as a sentence for a caption; names maps that were not tested among others that were.
    [[nodiscard]] QString ruleText() const;
    /// A row per map: its mean, largest value, and share of what is coloured; NaN where it was not tested.
    [[nodiscard]] Table table(const QString& title) const;
};

/// The end of a sentence on what is thresholded, that names what is not: "; not thresholded: A, B"; empty for nothing.
[[nodiscard]] QString exceptionsText(const QStringList& untested);

/// A component of an encoded model by its label; a rated term by its name. Throws as FigureData::arrays.
[[nodiscard]] QString featureTitle(const FigureData& figureData, const QString& system, int trainingColumn);

/// No maps yet, of a kind, with the level of the options or the usual one, 0.05.
[[nodiscard]] BrainMapParts emptyParts(const FigureOptions& options, BrainMapKind kind);

/// Maps of the subjects asked for; without being asked, of the first that has one. `drawnOn`: the voxels of what maps
/// of the subject are drawn on, as voxelsOf() says; nothing if they cannot be drawn. Throws as BrainMapParts::add(),
/// and ParameterError (weights of several models).
[[nodiscard]] BrainMapParts brainMapParts(const FigureData& figureData, const FigureOptions& options,
                                          const std::function<std::optional<std::string>(const Subject&)>& drawnOn);

/// Maps in rows, with titles above them and their key below.
struct BrainMapGrid {
    BrainMapParts maps;
    double widthMm = 0;
    int columns = 1;
    double mapMm = 0;   ///< height of a map
    double titleMm = 0; ///< above each
    double keyMm = 0;   ///< below all; of two models in one map a square
    /// Draws one part.
    std::function<void(QPainter& painter, const QRectF& area, const Look& look, const BrainMapPart& part)> draw = {};

    /// Measures titles and key in `look`; `mapMm` and `draw` remain to be set.
    BrainMapGrid(BrainMapParts shown, double width, int columnCount, const Look& look);
    [[nodiscard]] double heightMm() const;
    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
};

/// Draws a key in the middle of an area, as wide as keys are.
void paintBrainKey(QPainter& painter, const QRectF& area, const Look& look, BrainMapKind kind, double most,
                   const QString& title);

inline constexpr double kCortexAspect = 0.5; ///< height of a cortex to its width
/// A cortex as figures show it.
void prepareCortex(SurfaceView& view, const ProjectedSurface& cortex, bool inflated);

using SubjectCortices = std::map<QString, std::shared_ptr<const ProjectedSurface>>; ///< by name

/// The subject's cortex, read when it is first asked for; null where there is none. Throws as FigureData::arrays.
[[nodiscard]] std::shared_ptr<const ProjectedSurface> cortexOf(SubjectCortices& known, const FigureData& figureData,
                                                               const Subject& subject);
/// The maps on the cortex.
[[nodiscard]] BrainMapGrid cortexGrid(BrainMapParts maps, const SubjectCortices& cortices, double widthMm,
                                      bool inflated, const Look& look);

} // namespace tercet
