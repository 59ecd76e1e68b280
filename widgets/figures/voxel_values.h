#pragma once

#include "core/base/table.h"
#include "core/brain/voxel_comparison.h"
#include "widgets/figures/brain_map_kind.h"
#include "widgets/figures/figure_data.h"
#include "widgets/plots/density_plot.h"

#include <QMap>
#include <QPointF>
#include <QString>
#include <QStringList>
#include <QVector>

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

class QPainter;

namespace tercet {

/// Of the lines above which shares of voxels are stated.
inline constexpr std::array kVoxelFactors = {1.0, 1.2, 1.6};

/// What is compared voxel by voxel (SPEC B7).
struct VoxelRequest {
    BrainMapKind kind = BrainMapKind::Encoding; ///< or the searchlight; the others are not of models
    QStringList subjects;
    /// Only voxels with a false discovery rate below this in at least one of the two models; 1: all. Where neither was
    /// tested, none is significant.
    double level = 1;
};

/// Two models in the same voxels, subject after subject.
struct VoxelPair {
    struct Part {
        QString subject;
        std::size_t first = 0; ///< its voxel 0 among all
        std::size_t voxels = 0;
        std::string of = {}; ///< which they are, as voxelsOf() says
    };
    QString x;
    QString y;
    std::vector<Part> parts; ///< subjects that have both models for the same voxels
    std::vector<double> a;   ///< of x per voxel; NaN where the voxel is left out, or has no value
    std::vector<double> b;   ///< of y
    bool tested = false;     ///< there are false discovery rates of one of the two
    VoxelComparison comparison;
    std::vector<DensityLine> lines; ///< of kVoxelFactors

    /// The voxels whose values lie in a brush: ascending columns of responses by subject, as Selection has them.
    [[nodiscard]] QMap<QString, QVector<int>> within(const DensityBrush& brush) const;
    /// The values of these of a subject's voxels that are shown.
    [[nodiscard]] std::vector<QPointF> pointsOf(const QString& subject, const QVector<int>& voxels) const;
};

/// Pairs that stand together: with the same cells and the same end of the colours.
struct VoxelMultiples {
    std::vector<VoxelPair> pairs;
    std::uint32_t most = 1;
};

/// Whether a model has a map of that kind for one of the subjects.
[[nodiscard]] bool hasVoxels(const FigureData& figureData, const VoxelRequest& request, const QString& model);

/// Those of `models` that compare-voxels compared, the best first: by the mean share of voxels in which a model is
/// better than each other one. Without its result, and for the searchlight, those that have maps, by their mean.
[[nodiscard]] QStringList rankedModels(const FigureData& figureData, const VoxelRequest& request,
                                       const QStringList& models);

/// `y` against each of `xs`; pairs without a common subject are left out. Axes hold every value that is shown. Throws
/// as FigureData::arrays.
[[nodiscard]] VoxelMultiples voxelMultiples(const FigureData& figureData, const VoxelRequest& request, const QString& y,
                                            const QStringList& xs);

/// Fills a plot with a pair; its title is the model on the x axis.
void showVoxels(DensityPlot& plot, const FigureData& figureData, const VoxelMultiples& multiples, const VoxelPair& pair,
                BrainMapKind kind);

/// The key to the colours of all, at the foot of `area`.
void drawVoxelKey(QPainter& painter, const QRectF& area, const VoxelMultiples& multiples, const Look& look);

/// The shares above every line, of each subject and of all together (subject empty); and the cells that hold voxels.
[[nodiscard]] std::vector<Table> voxelTables(const FigureData& figureData, const VoxelMultiples& multiples);

} // namespace tercet
