#include "core/base/text.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/region_values.h"
#include "widgets/figures/table_builder.h"
#include "widgets/figures/voxel_values.h"
#include "widgets/plots/color_bar.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QPainter>

#include <algorithm>

namespace tercet {
namespace {

constexpr double kVoxelWidth = 62; ///< mm
constexpr double kBarHeight = 46;  ///< mm
constexpr double kGap = 3;         ///< mm, between embeddings

QString tr(const char* text) { return QObject::tr(text); }

/// What an embedding of ratings is compared with (SPEC B8); null if it is of none, or the study has no such table.
const System* tableOf(const FigureData& figureData, const System& embedding) {
    for (const System& model : figureData.models)
        if ((embedding.source == SystemSource::Categories && model.source == SystemSource::CategoryRatings) ||
            (embedding.source == SystemSource::Dimensions && model.source == SystemSource::DimensionRatings))
            return &model;
    return nullptr;
}

/// One embedding and its table.
struct Block {
    VoxelMultiples voxels; ///< of one pair
    std::vector<std::pair<BrainMapKind, RegionValues>> regions;
};

/// Bars of all regions, subcortical ones first.
void showRegions(GroupedBars& bars, BrainMapKind kind, const RegionValues& values) {
    std::vector<BarGroup> groups = values.subcortical;
    groups.insert(groups.end(), values.cortical.begin(), values.cortical.end());
    bars.setTitle(kind == BrainMapKind::Searchlight ? tr("Searchlight") : tr("Encoding"), values.rule);
    bars.setGroups(std::move(groups), values.valueName);
}

std::vector<Table> tablesOf(const FigureData& figureData, const std::vector<Block>& blocks) {
    TableBuilder regions(tr("Embeddings and raw ratings in regions"),
                         {{"region"}, {"map"}, {"system"}, {"mean", 3}, {"sd", 3}, {"subjects"}, {"stars"}});
    VoxelMultiples all;
    for (const Block& block : blocks) {
        all.pairs.insert(all.pairs.end(), block.voxels.pairs.begin(), block.voxels.pairs.end());
        for (const auto& [kind, values] : block.regions)
            for (const std::vector<BarGroup>* groups : {&values.subcortical, &values.cortical})
                for (const BarGroup& group : *groups)
                    for (std::size_t b = 0; b < group.bars.size(); ++b)
                        regions.add({group.name, kBrainMapWords.at(static_cast<std::size_t>(kind)),
                                     systemCell(figureData, values.systems[static_cast<int>(b)]), group.bars[b].value,
                                     group.bars[b].deviation, group.bars[b].dots.size(), group.mark});
    }
    std::vector<Table> tables = voxelTables(figureData, all);
    if (Table table = regions.take(); !table.rows.empty())
        tables.push_back(std::move(table));
    return tables;
}

} // namespace

Figure rawRatingFigure(SharedFigureData figureData, const FigureOptions& options) {
    const VoxelRequest request{.subjects = subjectsToDraw(*figureData, options), .level = options.level.value_or(1)};
    auto made = std::make_shared<std::vector<Block>>();
    QStringList drawn;
    std::vector<std::uint32_t> most;
    for (const System& embedding : figureData->studySystems) {
        const QString name = QString::fromStdString(embedding.name);
        const System* table = tableOf(*figureData, embedding);
        if (!table || (!options.systems.isEmpty() && !options.systems.contains(name)))
            continue;
        const QString raw = QString::fromStdString(table->name);
        Block block{voxelMultiples(*figureData, request, name, {raw}), {}};
        if (block.voxels.pairs.empty())
            continue;
        for (const BrainMapKind kind : {BrainMapKind::Encoding, BrainMapKind::Searchlight}) {
            RegionValues values = regionValuesOf(*figureData, kind, {name, raw}, request.subjects, false);
            if (!values.subcortical.empty() || !values.cortical.empty())
                block.regions.emplace_back(kind, std::move(values));
        }
        drawn << name << raw;
        most.push_back(block.voxels.most);
        made->push_back(std::move(block));
    }
    if (made->empty())
        nothingToDraw("raw-ratings", "no embedding of ratings and its table have been compared with a subject",
                      "import ratings and fMRI, and run the step encode for both");
    for (Block& block : *made)
        block.voxels.most = *std::max_element(most.begin(), most.end());
    const std::shared_ptr<const std::vector<Block>> blocks = made;
    const double width = widthOf(options, 183);
    const Look look = figureLook(options);
    const double extra = DensityPlot::extraHeight(look) / kUnitsPerMm;
    const double chips = systemChipsHeight(*figureData, drawn, width * kUnitsPerMm - 2 * kUnit, look) / kUnitsPerMm + 1;
    const double keyHeight = ColorBar().heightFor(look) / kUnitsPerMm;
    const auto heightOf = [=](const Block& block) {
        const double bars = kBarHeight * static_cast<double>(block.regions.size());
        return kGap + std::max(kVoxelWidth + extra, bars);
    };
    double height = chips + keyHeight;
    for (const Block& block : *blocks)
        height += heightOf(block);
    Figure figure;
    figure.name = QStringLiteral("raw-ratings");
    figure.title = tr("Embeddings and raw ratings");
    figure.caption = tr("Embeddings of ratings against the rating tables they were made from. Left: encoding r of each "
                        "voxel, voxels of %1 pooled; red: equal; orange: 1.2 and 1.6 times as much; at each line’s "
                        "end the share of voxels above it. Bars: mean in each region over subjects, whiskers: s.d., "
                        "dots: subjects. Stars: the two differ, two-tailed paired t, false discovery rate over the "
                        "regions below 0.05 (*), 0.01 (**), 0.001 (***).")
                         .arg(QString::fromStdString(
                             counted(static_cast<std::uint64_t>(request.subjects.size()), "subject", "subjects")));
    figure.picture.title = tr("Embeddings and raw ratings — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, height};
    figure.picture.recipe = recipe(
        *figureData, figure.name, drawn, {"preprocess-fmri", "assign-regions", "encode", "searchlight", "voxel-test"},
        {{"subjects", QJsonArray::fromStringList(request.subjects)}, {"level", request.level}});
    figure.tables = [=] { return tablesOf(*figureData, *blocks); };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& paper) {
        painter.fillRect(area, paper.surface);
        drawSystemChips(painter,
                        QRectF(area.left() + kUnit, area.top() + 2, area.width() - 2 * kUnit, chips * kUnitsPerMm),
                        *figureData, drawn, paper);
        const double side = kVoxelWidth * kUnitsPerMm;
        double top = area.top() + (chips + kGap) * kUnitsPerMm;
        for (const Block& block : *blocks) {
            DensityPlot plot;
            const VoxelPair& pair = block.voxels.pairs.front();
            showVoxels(plot, *figureData, block.voxels, pair, BrainMapKind::Encoding);
            const QRectF place(area.left(), top, side, side + extra * kUnitsPerMm);
            plot.paint(painter, place, paper);
            const double left = place.right() + kUnit;
            double barTop = top;
            for (const auto& [kind, values] : block.regions) {
                GroupedBars bars;
                showRegions(bars, kind, values);
                bars.paint(painter, QRectF(left, barTop, area.right() - left, kBarHeight * kUnitsPerMm), paper);
                barTop += kBarHeight * kUnitsPerMm;
            }
            top += heightOf(block) * kUnitsPerMm;
        }
        drawVoxelKey(painter, area, blocks->front().voxels, paper);
    };
    return figure;
}

} // namespace tercet
