#pragma once

#include "core/pipeline/projected_surface.h"
#include "widgets/figures/brain_map_kind.h"
#include "widgets/figures/figure_data.h"
#include "widgets/plots/slice_plot.h"
#include "widgets/views/surface_view.h"

#include <QString>

#include <optional>

namespace tercet {

class ColorSquare;

/// The false discovery rate below which maps are coloured, unless asked otherwise.
inline constexpr double kUsualLevel = 0.05;

struct BrainMapRequest {
    BrainMapKind kind = BrainMapKind::Encoding;
    QString system; ///< not for the ceiling
    QString subject;
    int component = -1; ///< weights: training column
};

/// One value per voxel, and what people read of it.
struct BrainMap {
    std::shared_ptr<const ArrayBundle> arrays; ///< that `values` are in
    std::span<const double> values;
    std::string voxels;                      ///< that `values` are of, as voxelsOf() says
    std::shared_ptr<const ArrayBundle> test; ///< that `gate` is in; null for none
    std::span<const double> gate;            ///< false discovery rates; empty where none were computed of this encoding
    QString name;                            ///< of the value: "r"
};

/// Nothing while the results are not there, or have no such component. Throws as FigureData::arrays.
[[nodiscard]] std::optional<BrainMap>
brainMap(const std::function<std::shared_ptr<const ArrayBundle>(const Task&)>& arrays, const BrainMapRequest& request);

/// Whether two maps of a subject can be drawn in one: results may be of voxels that were imported before others.
[[nodiscard]] bool areOfSameVoxels(const BrainMap& map, const BrainMap& other);

/// Lays a subject's cortex into a view: meshes, curvature, regions.
void showCortex(SurfaceView& view, const ProjectedSurface& cortex);
/// Draws a map on it: between −`most` or 0 and `most`, where the false discovery rate is below `level` (1: everywhere).
void showBrainMap(SurfaceView& view, const ProjectedSurface& cortex, const BrainMap& map, BrainMapKind kind,
                  double most, double level, bool dark);
/// Two maps of the same voxels in one, each from 0 to `most` in colours of a ColorSquare, where one of them is below
/// `level`.
void showBrainMaps(SurfaceView& view, const ProjectedSurface& cortex, const BrainMap& map, const BrainMap& other,
                   double most, double level, bool dark);
/// The same as showBrainMap() in slices of the voxels.
void showBrainMap(SlicePlot& plot, const BrainMap& map, BrainMapKind kind, double most, double level);
/// Below which a gate lets a map through at a level; at level 1 everything.
[[nodiscard]] double gateLimit(double level);

/// Upper limit of a scale for maps: a round number that few values exceed.
[[nodiscard]] double scaleFor(const std::vector<BrainMap>& maps);
/// The key of the colours that showBrainMap() draws with.
void showBrainKey(ColorBar& key, BrainMapKind kind, double most, const QString& title);
/// The key of those of showBrainMaps().
void showBrainKey(ColorSquare& key, BrainMapKind kind, double most, const QString& model, const QString& other);
/// What a map's colours are, for its key; with the level below which they are drawn, unless that is 1.
[[nodiscard]] QString keyTitle(BrainMapKind kind, const QString& component, double level);
/// Whether two maps of the kind can be drawn in one.
[[nodiscard]] bool comparesModels(BrainMapKind kind);
[[nodiscard]] QString titleOf(BrainMapKind kind);
/// As options and the command line name it: "encoding", "searchlight", "weights", "ceiling".
[[nodiscard]] QString wordFor(BrainMapKind kind);

} // namespace tercet
