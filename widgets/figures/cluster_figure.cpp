#include "widgets/figures/figure_options.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/graph_tables.h"
#include "widgets/plots/annotation.h"

#include <QFontMetricsF>
#include <QObject>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kNameShare = 0.25; ///< of the width
constexpr double kDescriptionShare = 0.33;
constexpr double kLeastMember = 140; ///< width of a column of members
constexpr int kMostLines = 8;

QString tr(const char* text) { return QObject::tr(text); }

/// A cluster with the lines of its cells.
struct ClusterRow {
    QColor color;
    QStringList name;
    QStringList description;
    QStringList members; ///< a line each
    double height = 0;
};

struct ClusterTable {
    struct Block {
        QString system;
        std::vector<ClusterRow> rows;
    };
    std::vector<Block> blocks;
    double nameWidth = 0;
    double descriptionWidth = 0; ///< 0: nobody described a cluster
    double memberWidth = 0;      ///< of one of `memberColumns`
    int memberColumns = 1;
    double height = 0;
};

double headHeight(const Look& look) { return chipLine(look) + QFontMetricsF(look.font(TextSize::Small)).height(); }

ClusterTable clusterTable(const std::vector<ShownGraph>& graphs, double width, const Look& look) {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    ClusterTable table;
    const bool described = std::any_of(graphs.begin(), graphs.end(), [](const ShownGraph& shown) {
        return std::any_of(shown.graph.clusters.begin(), shown.graph.clusters.end(),
                           [](const GraphPlotCluster& cluster) { return !cluster.description.isEmpty(); });
    });
    table.nameWidth = kNameShare * width;
    table.descriptionWidth = described ? kDescriptionShare * width : 0;
    const double members = width - table.nameWidth - table.descriptionWidth;
    table.memberColumns = std::max(1, static_cast<int>(members / kLeastMember));
    table.memberWidth = members / table.memberColumns;
    for (const ShownGraph& shown : graphs) {
        ClusterTable::Block block{shown.system, {}};
        table.height += headHeight(look);
        for (std::size_t k = 0; k < shown.graph.clusters.size(); ++k) {
            const GraphPlotCluster& cluster = shown.graph.clusters[k];
            ClusterRow row{.color = cluster.color,
                           .name = wrapped(cluster.name, metrics, table.nameWidth - 2.5 * kUnit, kMostLines),
                           .description =
                               wrapped(cluster.description, metrics, table.descriptionWidth - kUnit, kMostLines)};
            for (const GraphPlotNode& node : shown.graph.nodes)
                if (node.community == static_cast<int>(k))
                    row.members << metrics.elidedText(memberText(node), Qt::ElideRight, table.memberWidth - kUnit);
            const auto memberLines =
                (row.members.size() + table.memberColumns - 1) / static_cast<qsizetype>(table.memberColumns);
            const auto lines = std::max({row.name.size(), row.description.size(), memberLines});
            row.height = static_cast<double>(lines) * metrics.height() + kHalfUnit;
            table.height += row.height;
            block.rows.push_back(std::move(row));
        }
        table.height += kUnit;
        table.blocks.push_back(std::move(block));
    }
    return table;
}

void paintClusterTable(QPainter& painter, const QRectF& area, const FigureData& figureData, const ClusterTable& table,
                       const Look& look) {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont plain = look.font(TextSize::Small);
    const QFontMetricsF metrics(plain);
    const double descriptions = area.left() + table.nameWidth;
    const double members = descriptions + table.descriptionWidth;
    double y = area.top();
    const auto rule = [&](const QColor& color, double width) {
        painter.setPen(QPen(color, width));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    };
    for (const ClusterTable::Block& block : table.blocks) {
        drawSystemChips(painter, QRectF(area.left(), y, area.width(), metrics.height()), figureData, {block.system},
                        look);
        painter.setFont(plain);
        painter.setPen(look.mutedText);
        const double heads = y + chipLine(look) + metrics.ascent() - 2;
        painter.drawText(QPointF(area.left(), heads), tr("cluster"));
        if (table.descriptionWidth > 0)
            painter.drawText(QPointF(descriptions, heads), tr("description"));
        painter.drawText(QPointF(members, heads), tr("components"));
        y += headHeight(look);
        rule(look.text, 0.75);
        for (const ClusterRow& row : block.rows) {
            const double baseline = y + kHalfUnit / 2.0 + metrics.ascent();
            painter.setPen(Qt::NoPen);
            painter.setBrush(row.color);
            painter.drawEllipse(QPointF(area.left() + 4, baseline - metrics.xHeight() / 2), 3.2, 3.2);
            painter.setPen(look.text);
            const auto write = [&](const QStringList& lines, double x, qsizetype columns, double step) {
                const auto perColumn = (lines.size() + columns - 1) / columns;
                for (qsizetype i = 0; i < lines.size(); ++i)
                    painter.drawText(QPointF(x + static_cast<double>(i / perColumn) * step,
                                             baseline + static_cast<double>(i % perColumn) * metrics.height()),
                                     lines[i]);
            };
            write(row.name, area.left() + 1.5 * kUnit, 1, 0);
            write(row.description, descriptions, 1, 0);
            write(row.members, members, table.memberColumns, table.memberWidth);
            y += row.height;
            const bool last = &row == &block.rows.back();
            rule(last ? look.text : look.grid, last ? 0.75 : 0.5);
        }
        y += kUnit;
    }
}

} // namespace

Figure clusterFigure(SharedFigureData figureData, const FigureOptions& options) {
    auto graphs = std::make_shared<const std::vector<ShownGraph>>(shownGraphs(*figureData, options));
    if (graphs->empty())
        nothingToDraw("clusters", "no emotion graph was made yet", "run the step emotion-graph first");
    QStringList systems;
    for (const ShownGraph& shown : *graphs)
        systems << shown.system;
    const double width = widthOf(options, 183);
    const ClusterTable measured = clusterTable(*graphs, width * kUnitsPerMm, figureLook(options));
    Figure figure;
    figure.name = QStringLiteral("clusters");
    figure.title = tr("Clusters of components");
    figure.caption = tr("Communities of each system's emotion graph: what they are called, what a person wrote of "
                        "them, and their components with labels. Isolated components belong to none.");
    figure.picture.title = tr("Clusters of components — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, measured.height / kUnitsPerMm};
    figure.picture.recipe =
        recipe(*figureData, figure.name, systems, {"fit-embedding", "label-components", "emotion-graph"},
               toJson(options, *figureData));
    figure.tables = [figureData, graphs] { return std::vector{communityTable(*figureData, *graphs)}; };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        paintClusterTable(painter, area, *figureData, clusterTable(*graphs, area.width(), look), look);
    };
    return figure;
}

} // namespace tercet
