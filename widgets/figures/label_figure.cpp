#include "widgets/figures/figure_parts.h"
#include "widgets/figures/label_table.h"
#include "widgets/figures/system_tables.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/palettes.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

/// One cell of the label table.
struct LabelCell {
    QColor color;
    QStringList lines;
    QString r; ///< of the term with the largest |r|
};

struct LabelTable {
    struct Column {
        QString title;
        QColor color;
        QString facts;
        std::vector<LabelCell> cells;
    };
    std::vector<Column> columns;
    std::vector<int> lines; ///< per row
    double columnWidth = 0;
    double rankWidth = 0;
    double lineHeight = 0;
    double headHeight = 0;
    double height = 0;
};

LabelTable labelTable(const FigureData& figureData, const QStringList& systems, double width, const Look& look) {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    LabelTable table;
    table.lineHeight = metrics.height();
    table.rankWidth = metrics.horizontalAdvance(QStringLiteral("000")) + kUnit;
    table.columnWidth = (width - table.rankWidth) / static_cast<double>(systems.size());
    const double rWidth = metrics.horizontalAdvance(QStringLiteral("−0.00")) + kUnit;
    const double textWidth = table.columnWidth - rWidth - 2.5 * kUnit;
    for (const QString& name : systems) {
        const FigureSystem& system = *figureData.system(name);
        LabelTable::Column column{
            system.title, figureData.color(name, false), interpretableText(*system.embedding), {}};
        for (std::size_t i = 0; i < system.embedding->trainingColumns.size(); ++i) {
            const QString label = system.componentNames.value(static_cast<int>(i));
            LabelCell cell{componentColor(system.embedding->trainingColumns[i]),
                           wrapped(label.isEmpty() ? QStringLiteral("–") : label, metrics, textWidth, 3),
                           strongestCorrelation(*system.embedding, i)};
            if (table.lines.size() <= i)
                table.lines.push_back(1);
            table.lines[i] = std::max(table.lines[i], static_cast<int>(cell.lines.size()));
            column.cells.push_back(std::move(cell));
        }
        table.columns.push_back(std::move(column));
    }
    table.headHeight = 2 * table.lineHeight + kUnit;
    table.height = table.headHeight + kHalfUnit;
    for (const int lines : table.lines)
        table.height += lines * table.lineHeight + kHalfUnit;
    return table;
}

void paintLabelTable(QPainter& painter, const QRectF& area, const LabelTable& table, const Look& look) {
    painter.fillRect(area, look.surface);
    const QFont plain = look.font(TextSize::Small);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(plain);
    const auto columnLeft = [&](std::size_t column) {
        return area.left() + table.rankWidth + static_cast<double>(column) * table.columnWidth;
    };
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const LabelTable::Column& column = table.columns[c];
        drawChip(painter, QRectF(columnLeft(c), area.top(), table.columnWidth - kUnit, table.lineHeight), column.title,
                 column.color, strong, look.text);
        painter.setFont(plain);
        painter.setPen(look.mutedText);
        painter.drawText(QPointF(columnLeft(c), area.top() + table.lineHeight + metrics.ascent() + 2),
                         metrics.elidedText(column.facts, Qt::ElideRight, table.columnWidth - kUnit));
    }
    double y = area.top() + table.headHeight;
    const auto rule = [&](const QColor& color, double width) {
        painter.setPen(QPen(color, width));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    };
    rule(look.text, 0.75);
    for (std::size_t row = 0; row < table.lines.size(); ++row) {
        const double height = table.lines[row] * table.lineHeight + kHalfUnit;
        const double baseline = y + kHalfUnit / 2.0 + metrics.ascent();
        painter.setFont(plain);
        painter.setPen(look.mutedText);
        const QString rank = QString::number(row + 1);
        painter.drawText(QPointF(area.left() + table.rankWidth - kUnit - metrics.horizontalAdvance(rank), baseline),
                         rank);
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            if (row >= table.columns[c].cells.size())
                continue;
            const LabelCell& cell = table.columns[c].cells[row];
            const double left = columnLeft(c);
            painter.setPen(Qt::NoPen);
            painter.setBrush(cell.color);
            painter.drawEllipse(QPointF(left + 4, baseline - metrics.xHeight() / 2), 3.2, 3.2);
            painter.setPen(look.text);
            for (qsizetype line = 0; line < cell.lines.size(); ++line)
                painter.drawText(QPointF(left + 1.5 * kUnit, baseline + static_cast<double>(line) * table.lineHeight),
                                 cell.lines[line]);
            painter.setPen(look.mutedText);
            painter.drawText(
                QPointF(left + table.columnWidth - 1.5 * kUnit - metrics.horizontalAdvance(cell.r), baseline), cell.r);
        }
        y += height;
        rule(row + 1 == table.lines.size() ? look.text : look.grid, row + 1 == table.lines.size() ? 0.75 : 0.5);
    }
}

} // namespace

std::size_t strongestTerm(const EmbeddingView& embedding, std::size_t component) {
    std::size_t strongest = embedding.correlations.cols();
    if (component >= embedding.correlations.rows())
        return strongest;
    const auto r = embedding.correlations.row(component);
    for (std::size_t term = 0; term < r.size(); ++term)
        if (std::isfinite(r[term]) && (strongest == r.size() || std::abs(r[term]) > std::abs(r[strongest])))
            strongest = term;
    return strongest;
}

QString strongestCorrelation(const EmbeddingView& embedding, std::size_t component) {
    if (embedding.correlations.empty())
        return {};
    const std::size_t term = strongestTerm(embedding, component);
    const double r = term < embedding.correlations.cols() ? embedding.correlations(component, term) : 0;
    return QString::number(r, 'f', 2).replace(QLatin1Char('-'), QChar(0x2212));
}

Figure labelFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems =
        drawnSystems(*figureData, options, [](const FigureSystem& system) { return system.embedding != nullptr; });
    if (systems.isEmpty())
        nothingToDraw("labels", "no system has an embedding yet", "run the step fit-embedding or import an embedding");
    const double width = widthOf(options, 183);
    auto table =
        std::make_shared<LabelTable>(labelTable(*figureData, systems, width * kUnitsPerMm, figureLook(options)));

    Figure figure;
    figure.name = QStringLiteral("labels");
    figure.title = tr("Component labels");
    figure.caption = tr("What the components mean: for each, in descending order of its sum, the ratings it correlates "
                        "with most (three "
                        "at most, cut where |r| drops by 0.1 or more) and the strongest r.") +
                     summaries(*figureData, systems, "centroids");
    figure.picture.title = tr("Component labels — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, table->height / kUnitsPerMm};
    figure.picture.recipe =
        recipe(*figureData, figure.name, systems, {"fit-embedding", "label-components", "centroids"}, {});
    figure.tables = [figureData, systems] {
        return std::vector<Table>{labelsTable(*figureData, systems), labelTableOf(*figureData, systems)};
    };
    figure.picture.paint = [table](QPainter& painter, const QRectF& area, const Look& look) {
        paintLabelTable(painter, area, *table, look);
    };
    return figure;
}

} // namespace tercet
