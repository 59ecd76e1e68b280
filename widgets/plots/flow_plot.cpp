#include "widgets/plots/flow_plot.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

constexpr double kMark = 5;
constexpr double kLeastRow = 15;
constexpr double kLeastGap = 36;

void drawMark(QPainter& painter, const QPointF& center, FlowFate fate, const QColor& color, const Look& look) {
    painter.setPen(QPen(mixed(color, look.text, 0.45), 1.2));
    switch (fate) {
    case FlowFate::Shared:
        painter.setBrush(color);
        painter.drawEllipse(center, kMark, kMark);
        break;
    case FlowFate::Partly:
        painter.setBrush(look.surface);
        painter.drawEllipse(center, kMark, kMark);
        painter.setBrush(color);
        painter.drawChord(QRectF(center - QPointF(kMark, kMark), QSizeF(2 * kMark, 2 * kMark)), 90 * 16, 180 * 16);
        break;
    case FlowFate::Blended:
        painter.setBrush(color);
        painter.drawPolygon(QPolygonF{center + QPointF(0, -kMark - 1), center + QPointF(kMark + 1, 0),
                                      center + QPointF(0, kMark + 1), center + QPointF(-kMark - 1, 0)});
        break;
    case FlowFate::Unique:
        painter.setBrush(look.surface);
        painter.drawEllipse(center, kMark, kMark);
        break;
    }
}

/// Disc and title of a column, on two lines where one is too short.
void drawTitle(QPainter& painter, const QRectF& area, const FlowPlotColumn& column, const QFont& font,
               const Look& look) {
    const QFontMetricsF metrics(font);
    const double indent = chipIndent(font);
    QString first = column.title;
    QString second;
    while (metrics.horizontalAdvance(first) + indent > area.width() && first.contains(QLatin1Char(' '))) {
        const auto space = first.lastIndexOf(QLatin1Char(' '));
        second = first.mid(space + 1) + (second.isEmpty() ? QString() : QLatin1Char(' ') + second);
        first.truncate(space);
    }
    const QRectF line(area.topLeft(), QSizeF(area.width(), metrics.height()));
    drawChip(painter, line, first, column.color, font, look.text);
    painter.setFont(font);
    painter.setPen(look.text);
    painter.drawText(line.translated(indent, metrics.height()).adjusted(0, 0, -indent, 0),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(second, Qt::ElideRight, area.width() - indent));
}

QString fateText(FlowFate fate) {
    switch (fate) {
    case FlowFate::Shared:
        return FlowPlot::tr("shared by all");
    case FlowFate::Partly:
        return FlowPlot::tr("by some");
    case FlowFate::Blended:
        return FlowPlot::tr("blended");
    case FlowFate::Unique:
        return FlowPlot::tr("unique");
    }
    return {};
}

} // namespace

FlowPlot::FlowPlot(QWidget* parent) : PlotWidget(parent) {
    setAccessibleName(tr("Components matched between systems"));
}

void FlowPlot::setFlow(FlowPlotData flow) {
    m_flow = std::move(flow);
    m_hovered = {};
    arrange();
    setMinimumHeight(static_cast<int>(heightFor(Theme::instance().look(), width())));
    update();
}

void FlowPlot::arrange() {
    m_rows.clear();
    for (const FlowPlotColumn& column : m_flow.columns) {
        std::vector<int> rows(column.items.size());
        std::iota(rows.begin(), rows.end(), 0);
        m_rows.push_back(std::move(rows));
    }
    // Each column by the mean row of what its items are matched with in the column before, to and fro.
    const auto order = [&](int column, int beside) {
        const auto c = static_cast<std::size_t>(column);
        const auto& before = m_rows[static_cast<std::size_t>(beside)];
        std::vector<double> want(m_rows[c].size());
        for (std::size_t i = 0; i < want.size(); ++i) {
            double sum = 0;
            double weight = 0;
            for (const FlowPlotBand& band : m_flow.bands) {
                int other = -1;
                if (band.column == column && band.item == static_cast<int>(i) && band.otherColumn == beside)
                    other = band.otherItem;
                else if (band.otherColumn == column && band.otherItem == static_cast<int>(i) && band.column == beside)
                    other = band.item;
                if (other < 0)
                    continue;
                const double share = band.r * (band.blend ? 0.2 : 1);
                sum += share * before[static_cast<std::size_t>(other)];
                weight += share;
            }
            want[i] = weight > 0 ? sum / weight : 1000 + m_rows[c][i];
        }
        std::vector<std::size_t> sorted(want.size());
        std::iota(sorted.begin(), sorted.end(), std::size_t{0});
        std::stable_sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) { return want[a] < want[b]; });
        for (std::size_t row = 0; row < sorted.size(); ++row)
            m_rows[c][sorted[row]] = static_cast<int>(row);
    };
    const auto columns = static_cast<int>(m_rows.size());
    for (int round = 0; round < 3; ++round) {
        for (int c = 1; c < columns; ++c)
            order(c, c - 1);
        if (round < 2)
            for (int c = columns - 2; c >= 0; --c)
                order(c, c + 1);
    }
}

void FlowPlot::setHighlighted(int column, int item) {
    const Place place{column, item};
    if (place == m_highlighted)
        return;
    m_highlighted = place;
    update();
}

double FlowPlot::heightFor(const Look& look, double width) const {
    std::size_t most = 0;
    for (const FlowPlotColumn& column : m_flow.columns)
        most = std::max(most, column.items.size());
    const double line = QFontMetricsF(look.font(TextSize::Small)).height();
    Grid grid{.area = QRectF(0, 0, width, 1)};
    placeColumns(grid, look);
    const int titleLines = titlesNeedTwoLines(grid, look) ? 2 : 1;
    return static_cast<double>(most) * std::max(kLeastRow, line) + (titleLines + 1) * line + 4 * kUnit;
}

double FlowPlot::Grid::titleWidth(std::size_t column) const {
    return (column + 1 < lefts.size() ? lefts[column + 1] : area.right()) - lefts[column] - kUnit;
}

bool FlowPlot::titlesNeedTwoLines(const Grid& grid, const Look& look) const {
    const QFont font = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    for (std::size_t c = 0; c < m_flow.columns.size(); ++c)
        if (metrics.horizontalAdvance(m_flow.columns[c].title) + chipIndent(font) > grid.titleWidth(c))
            return true;
    return false;
}

void FlowPlot::placeColumns(Grid& grid, const Look& look) const {
    const std::size_t columns = m_flow.columns.size();
    const double width = grid.area.width() - kUnit;
    const QFont titleFont = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF titleMetrics(titleFont);
    double titles = 0;
    double word = 0;
    for (const FlowPlotColumn& column : m_flow.columns) {
        titles = std::max(titles, titleMetrics.horizontalAdvance(column.title));
        for (const QString& each : column.title.split(QLatin1Char(' ')))
            word = std::max(word, titleMetrics.horizontalAdvance(each));
    }
    const auto count = static_cast<double>(std::max<std::size_t>(1, columns));
    const double cell = width / count;
    const double wide = std::clamp(std::max(titles + 2 * kUnit, std::min(0.56 * cell, 230.0)), 0.4 * cell, 0.8 * cell);
    grid.nameWidths.assign(columns, wide);
    grid.named.assign(columns, true);
    // The last column needs room for its names alone.
    double gap = columns > 1 ? (width - kUnit - kMark - count * wide) / (count - 1) : 0;
    if (columns > 2 && gap < kLeastGap) {
        const double number =
            2 * kMark + 5 + QFontMetricsF(look.font(TextSize::Small)).horizontalAdvance(QStringLiteral("00")) + 2;
        gap = std::clamp(chipIndent(titleFont) + word + kUnit + 1 - number, std::min(kLeastGap, 0.1 * width),
                         0.15 * width);
        const double room = width - kUnit - kMark - (count - 1) * gap - (count - 2) * number;
        for (std::size_t c = 0; c < columns; ++c) {
            grid.named[c] = c == 0 || c + 1 == columns;
            grid.nameWidths[c] = grid.named[c] ? room / 2 : number;
        }
    }
    double left = grid.area.left() + kUnit;
    for (std::size_t c = 0; c < columns; ++c) {
        grid.lefts.push_back(left);
        left += grid.nameWidths[c] + gap;
    }
}

FlowPlot::Grid FlowPlot::gridFor(const QRectF& area, const Look& look) const {
    Grid grid{.area = area};
    placeColumns(grid, look);
    const double line = QFontMetricsF(look.font(TextSize::Small)).height();
    std::size_t most = 1;
    for (const FlowPlotColumn& column : m_flow.columns)
        most = std::max(most, column.items.size());
    grid.top = area.top() + (titlesNeedTwoLines(grid, look) ? 2 : 1) * line + kUnit + kHalfUnit;
    grid.keyTop = area.bottom() - line - kHalfUnit;
    grid.rowHeight = (grid.keyTop - kHalfUnit - grid.top) / static_cast<double>(most);
    return grid;
}

QPointF FlowPlot::markOf(const Grid& grid, const Place& item) const {
    const int row = m_rows[static_cast<std::size_t>(item.column)][static_cast<std::size_t>(item.item)];
    return {grid.lefts[static_cast<std::size_t>(item.column)] + kMark + 1, grid.top + (row + 0.5) * grid.rowHeight};
}

std::vector<FlowPlot::Place> FlowPlot::matchedWith(const Place& item) const {
    std::vector<Place> found;
    for (const FlowPlotBand& band : m_flow.bands) {
        const Place one{band.column, band.item};
        const Place other{band.otherColumn, band.otherItem};
        if (one == item || other == item)
            found.push_back(one == item ? other : one);
    }
    return found;
}

void FlowPlot::paintFlow(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_flow.columns.empty())
        return;
    const Grid grid = gridFor(area, look);
    const Place shown = m_hovered.column >= 0 ? m_hovered : m_highlighted;
    const bool valid = shown.column >= 0 && shown.column < static_cast<int>(m_flow.columns.size()) && shown.item >= 0 &&
                       shown.item < static_cast<int>(m_rows[static_cast<std::size_t>(shown.column)].size());
    std::vector<Place> marked;
    if (valid) {
        marked = matchedWith(shown);
        marked.push_back(shown);
    }
    const auto isMarked = [&](const Place& place) {
        return std::find(marked.begin(), marked.end(), place) != marked.end();
    };
    for (const bool above : {false, true})
        for (const FlowPlotBand& band : m_flow.bands) {
            Place from{band.column, band.item};
            Place to{band.otherColumn, band.otherItem};
            if (from.column > to.column)
                std::swap(from, to);
            if (to.column != from.column + 1)
                continue; // seen by pointing
            const bool strong = valid && isMarked(from) && isMarked(to);
            if (strong != above)
                continue;
            const QPointF a = markOf(grid, from) + QPointF(grid.nameWidths[static_cast<std::size_t>(from.column)], 0);
            const QPointF b = markOf(grid, to) - QPointF(kMark + 1, 0);
            const double half = (b.x() - a.x()) / 2;
            QPainterPath path(a);
            path.cubicTo(a + QPointF(half, 0), b - QPointF(half, 0), b);
            const FlowPlotItem& item =
                m_flow.columns[static_cast<std::size_t>(from.column)].items[static_cast<std::size_t>(from.item)];
            QColor color = mixed(item.color, look.mutedText, 0.25);
            color.setAlphaF(strong ? 0.95F : (valid ? 0.16F : 0.5F));
            QPen pen(color, std::max(0.8, band.r * std::min(11.0, 0.62 * grid.rowHeight)), Qt::SolidLine, Qt::FlatCap);
            if (band.blend) {
                pen.setWidthF(std::max(1.0, 0.4 * pen.widthF()));
                pen.setDashPattern({5 / pen.widthF(), 3 / pen.widthF()});
            }
            painter.strokePath(path, pen);
        }
    const QFont font = look.font(TextSize::Small);
    const QFont strongFont = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    for (int c = 0; c < static_cast<int>(m_flow.columns.size()); ++c) {
        const FlowPlotColumn& column = m_flow.columns[static_cast<std::size_t>(c)];
        const auto nth = static_cast<std::size_t>(c);
        drawTitle(painter, QRectF(grid.lefts[nth], area.top() + kHalfUnit, grid.titleWidth(nth), grid.top - area.top()),
                  column, strongFont, look);
        for (int i = 0; i < static_cast<int>(column.items.size()); ++i) {
            const FlowPlotItem& item = column.items[static_cast<std::size_t>(i)];
            const Place place{c, i};
            const QPointF mark = markOf(grid, place);
            const bool faint = valid && !isMarked(place);
            painter.setOpacity(faint ? 0.4 : 1);
            drawMark(painter, mark, item.fate, item.color, look);
            painter.setFont(place == shown ? strongFont : font);
            painter.setPen(look.text);
            const QString words = item.name.isEmpty() || !grid.named[nth]
                                      ? QString::number(item.number)
                                      : QStringLiteral("%1 %2").arg(item.number).arg(item.name);
            painter.drawText(QPointF(mark.x() + kMark + 5, mark.y() + metrics.capHeight() / 2),
                             grid.named[nth]
                                 ? QFontMetricsF(painter.font())
                                       .elidedText(words, Qt::ElideRight, grid.nameWidths[nth] - kMark - kUnit)
                                 : words);
            painter.setOpacity(1);
        }
    }
    double x = area.left() + kUnit;
    painter.setFont(font);
    for (const FlowFate fate : {FlowFate::Shared, FlowFate::Partly, FlowFate::Blended, FlowFate::Unique}) {
        const QString words = fateText(fate);
        const double y = grid.keyTop + metrics.height() / 2;
        drawMark(painter, {x + kMark, y}, fate, look.mutedText, look);
        painter.setPen(look.mutedText);
        painter.drawText(QPointF(x + 2 * kMark + 5, y + metrics.capHeight() / 2), words);
        x += 2 * kMark + 5 + metrics.horizontalAdvance(words) + 2 * kUnit;
    }
}

std::vector<QRectF> FlowPlot::nameAreas(const QRectF& area, const Look& look) const {
    const Grid grid = gridFor(area, look);
    const double height = QFontMetricsF(look.font(TextSize::Small)).capHeight();
    std::vector<QRectF> areas;
    for (int c = 0; c < static_cast<int>(m_flow.columns.size()); ++c)
        for (int i = 0; i < static_cast<int>(m_flow.columns[static_cast<std::size_t>(c)].items.size()); ++i) {
            const QPointF mark = markOf(grid, {c, i});
            areas.emplace_back(mark.x() - kMark, mark.y() - height / 2, grid.nameWidths[static_cast<std::size_t>(c)],
                               height);
        }
    return areas;
}

void FlowPlot::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.fillRect(area, look.surface);
    paintFlow(painter, area, look);
    painter.restore();
}

void FlowPlot::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    painter.fillRect(rect(), look.surface);
    paintFlow(painter, rect(), look);
    if (m_hovered.column >= 0) {
        const FlowPlotItem& item =
            m_flow.columns[static_cast<std::size_t>(m_hovered.column)].items[static_cast<std::size_t>(m_hovered.item)];
        QStringList lines{item.name.isEmpty() ? tr("component %1").arg(item.number)
                                              : tr("%1 %2").arg(item.number).arg(item.name),
                          fateText(item.fate)};
        for (const FlowPlotBand& band : m_flow.bands) {
            const Place one{band.column, band.item};
            const Place two{band.otherColumn, band.otherItem};
            if (one != m_hovered && two != m_hovered)
                continue;
            const Place& other = one == m_hovered ? two : one;
            const FlowPlotColumn& column = m_flow.columns[static_cast<std::size_t>(other.column)];
            const FlowPlotItem& match = column.items[static_cast<std::size_t>(other.item)];
            lines << (band.blend ? tr("part of %1: %2 %3") : tr("r %4 in %1: %2 %3"))
                         .arg(column.title)
                         .arg(match.number)
                         .arg(match.name);
            if (!band.blend)
                lines.back() = lines.back().arg(band.r, 0, 'f', 2);
        }
        if (lines.size() == 2 && std::isfinite(item.best))
            lines << tr("highest r with another system's component %1").arg(item.best, 0, 'f', 2);
        drawCard(painter, visibleRegion().boundingRect(), centerOf(m_hovered), lines, look, item.color);
    }
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

FlowPlot::Place FlowPlot::itemAt(const QPointF& place) const {
    if (m_flow.columns.empty())
        return {};
    const Grid grid = gridFor(rect(), Theme::instance().look());
    const auto after = std::upper_bound(grid.lefts.begin(), grid.lefts.end(), place.x() + kHalfUnit);
    const int row = static_cast<int>(std::floor((place.y() - grid.top) / grid.rowHeight));
    if (after == grid.lefts.begin())
        return {};
    const auto column = static_cast<int>(after - grid.lefts.begin()) - 1;
    if (place.x() > *(after - 1) + grid.nameWidths[static_cast<std::size_t>(column)] + kHalfUnit)
        return {};
    const auto& rows = m_rows[static_cast<std::size_t>(column)];
    const auto found = std::find(rows.begin(), rows.end(), row);
    return found == rows.end() ? Place{} : Place{column, static_cast<int>(found - rows.begin())};
}

QPointF FlowPlot::centerOf(const Place& item) const { return markOf(gridFor(rect(), Theme::instance().look()), item); }

void FlowPlot::setHovered(const Place& item) {
    if (item == m_hovered)
        return;
    m_hovered = item;
    update();
    emit itemHovered(item.column, item.item);
}

void FlowPlot::mouseMoveEvent(QMouseEvent* event) { setHovered(itemAt(event->position())); }

void FlowPlot::mouseReleaseEvent(QMouseEvent* event) {
    const Place item = itemAt(event->position());
    if (event->button() == Qt::LeftButton && item.column >= 0)
        emit itemClicked(item.column, item.item);
}

void FlowPlot::keyPressEvent(QKeyEvent* event) {
    const auto columns = static_cast<int>(m_rows.size());
    const auto itemAtRow = [&](int column, int row) {
        const auto& rows = m_rows[static_cast<std::size_t>(column)];
        const auto found = std::find(rows.begin(), rows.end(), std::clamp(row, 0, static_cast<int>(rows.size()) - 1));
        return found == rows.end() ? Place{} : Place{column, static_cast<int>(found - rows.begin())};
    };
    if (columns > 0 && (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down || event->key() == Qt::Key_Left ||
                        event->key() == Qt::Key_Right)) {
        if (m_hovered.column < 0) {
            setHovered(itemAtRow(0, 0));
            return;
        }
        const int row = m_rows[static_cast<std::size_t>(m_hovered.column)][static_cast<std::size_t>(m_hovered.item)];
        const int down = event->key() == Qt::Key_Down ? 1 : (event->key() == Qt::Key_Up ? -1 : 0);
        const int right = event->key() == Qt::Key_Right ? 1 : (event->key() == Qt::Key_Left ? -1 : 0);
        setHovered(itemAtRow(std::clamp(m_hovered.column + right, 0, columns - 1), row + down));
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_hovered.column >= 0) {
        emit itemClicked(m_hovered.column, m_hovered.item);
    } else if (event->key() == Qt::Key_Escape) {
        setHovered({});
    } else {
        PlotWidget::keyPressEvent(event);
    }
}

void FlowPlot::leaveEvent(QEvent*) { setHovered({}); }

} // namespace tercet
