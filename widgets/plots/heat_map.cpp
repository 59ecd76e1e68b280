#include "widgets/plots/heat_map.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QImage>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace tercet {
namespace {

constexpr double kSlantDegrees = 55;
constexpr double kMostNameShare = 0.34;          ///< of the width, for the names of rows
constexpr double kMostSlantedShare = 0.4;        ///< of the height, for the names of columns
constexpr double kNamePitch = 0.82;              ///< of a line, at which slanted names still keep apart
constexpr std::size_t kMostVectorCells = 20'000; ///< more are drawn as one image
constexpr double kDisc = 7;

std::vector<std::size_t> asTheyAre(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

} // namespace

HeatMap::HeatMap(QWidget* parent) : PlotWidget(parent) {}

void HeatMap::setTitle(const QString& title, const QString& note) {
    m_title = title;
    m_note = note;
    setAccessibleName(title);
    update();
}

void HeatMap::setValues(Matrix<double> values) {
    m_values = std::move(values);
    m_rows = asTheyAre(m_values.rows());
    m_columns = asTheyAre(m_values.cols());
    m_rowNames.clear();
    m_columnNames.clear();
    m_rowColors.clear();
    m_groups.clear();
    m_hoveredRow = m_hoveredColumn = m_selectedRow = -1;
    updateGeometry();
    update();
}

void HeatMap::setRowNames(const QStringList& names) {
    m_rowNames = names;
    update();
}

void HeatMap::setColumnNames(const QStringList& names) {
    m_columnNames = names;
    updateGeometry();
    update();
}

void HeatMap::setRowColors(std::vector<QColor> colors) {
    m_rowColors = std::move(colors);
    update();
}

void HeatMap::setColumnGroups(std::vector<int> groups) {
    m_groups = std::move(groups);
    update();
}

void HeatMap::setDiverging(double most) {
    m_diverging = true;
    m_low = -most;
    m_high = most;
    update();
}

void HeatMap::setRising(double low, double high) {
    m_diverging = false;
    m_low = low;
    m_high = high;
    update();
}

void HeatMap::setOrder(std::vector<std::size_t> rows, std::vector<std::size_t> columns) {
    m_rows = rows.empty() ? asTheyAre(m_values.rows()) : std::move(rows);
    m_columns = columns.empty() ? asTheyAre(m_values.cols()) : std::move(columns);
    Q_ASSERT(m_rows.size() == m_values.rows() && m_columns.size() == m_values.cols());
    update();
}

void HeatMap::setSquareCells(bool square) {
    m_square = square;
    update();
}

void HeatMap::setDescribe(std::function<QStringList(int, int)> describe) { m_describe = std::move(describe); }

void HeatMap::setHovered(int row, int column) {
    if (row == m_hoveredRow && column == m_hoveredColumn)
        return;
    m_hoveredRow = row;
    m_hoveredColumn = column;
    update();
}

void HeatMap::setSelectedRow(int row) {
    if (row == m_selectedRow)
        return;
    m_selectedRow = row;
    update();
}

void HeatMap::moveHover(int row, int column) {
    if (row == m_hoveredRow && column == m_hoveredColumn)
        return;
    setHovered(row, column);
    emit cellHovered(row, column);
}

int HeatMap::shownRowOf(int row) const {
    const auto found = std::find(m_rows.begin(), m_rows.end(), static_cast<std::size_t>(row));
    return row < 0 || found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int HeatMap::shownColumnOf(int column) const {
    const auto found = std::find(m_columns.begin(), m_columns.end(), static_cast<std::size_t>(column));
    return column < 0 || found == m_columns.end() ? -1 : static_cast<int>(found - m_columns.begin());
}

QRgb HeatMap::colorOf(double value, bool dark) const {
    if (!std::isfinite(value))
        return missingColor(dark);
    const double share = std::clamp((value - m_low) / (m_high - m_low), 0.0, 1.0);
    return m_diverging ? divergingColor(2 * share - 1, dark) : sequentialColor(share);
}

HeatMap::Frame HeatMap::frameFor(const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    Frame frame;
    double top = area.top() + kHalfUnit;
    if (!m_title.isEmpty())
        top += metrics.height() + kHalfUnit;
    double widest = 0;
    for (const QString& name : m_rowNames)
        widest = std::max(widest, metrics.horizontalAdvance(name));
    const double disc = m_rowColors.empty() ? 0 : kDisc + kHalfUnit;
    frame.names = m_rowNames.isEmpty() ? 0 : std::min(widest + disc + kHalfUnit, kMostNameShare * area.width());
    double longest = 0;
    for (const QString& name : m_columnNames)
        longest = std::max(longest, metrics.horizontalAdvance(name));
    const double sine = std::sin(radians(kSlantDegrees));
    const double cosine = std::cos(radians(kSlantDegrees));
    frame.slanted = m_columnNames.isEmpty() ? 0
                                            : std::min(longest * sine + metrics.height() * cosine + kHalfUnit,
                                                       kMostSlantedShare * area.height());
    // The names of the first columns reach to the left of their cells.
    const double lean = m_columnNames.isEmpty() ? 0 : std::min(longest * cosine, 0.25 * area.width());
    frame.area.setCoords(area.left() + kUnit + std::max(frame.names, lean), top, area.right() - kUnit,
                         area.bottom() - kUnit - frame.slanted);
    if (m_square && m_values.rows() > 0 && m_values.cols() > 0) {
        const double side = std::min(frame.area.width() / static_cast<double>(m_values.cols()),
                                     frame.area.height() / static_cast<double>(m_values.rows()));
        frame.area.setSize({side * static_cast<double>(m_values.cols()), side * static_cast<double>(m_values.rows())});
    }
    frame.rowNames =
        !m_rowNames.isEmpty() && frame.area.height() >= 0.78 * metrics.height() * static_cast<double>(m_values.rows());
    frame.columnNames =
        !m_columnNames.isEmpty() &&
        frame.area.width() * sine >= kNamePitch * metrics.height() * static_cast<double>(m_values.cols());
    return frame;
}

double HeatMap::heightFor(double width, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    const Frame frame = frameFor(QRectF(0, 0, width, 1e6), look);
    return frame.area.top() + frame.slanted + kUnit +
           static_cast<double>(m_values.rows()) * (m_rowNames.isEmpty() ? 4 : 0.95 * metrics.height());
}

QSize HeatMap::sizeHint() const { return {360, static_cast<int>(std::ceil(heightFor(360, Theme::instance().look())))}; }

QRectF HeatMap::cellArea(const Frame& frame, std::size_t shownRow, std::size_t shownColumn) const {
    const double width = frame.area.width() / static_cast<double>(m_values.cols());
    const double height = frame.area.height() / static_cast<double>(m_values.rows());
    return {frame.area.left() + static_cast<double>(shownColumn) * width,
            frame.area.top() + static_cast<double>(shownRow) * height, width, height};
}

void HeatMap::drawCells(QPainter& painter, const Frame& frame, const Look& look) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (m_values.size() > kMostVectorCells) {
        QImage image(static_cast<int>(m_values.cols()), static_cast<int>(m_values.rows()), QImage::Format_RGB32);
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(static_cast<int>(i))); // NOLINT: as Qt gives it
            for (std::size_t j = 0; j < m_columns.size(); ++j)
                line[j] = colorOf(m_values(m_rows[i], m_columns[j]), look.dark);
        }
        painter.setRenderHint(QPainter::SmoothPixmapTransform, frame.area.width() < image.width());
        painter.drawImage(frame.area, image);
    } else {
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            for (std::size_t j = 0; j < m_columns.size(); ++j) {
                const double value = m_values(m_rows[i], m_columns[j]);
                const QRectF cell = cellArea(frame, i, j);
                painter.fillRect(cell, QColor::fromRgb(colorOf(value, look.dark)));
                if (!std::isfinite(value))
                    painter.fillRect(cell, QBrush(look.mutedText, Qt::BDiagPattern));
            }
    }
    painter.restore();
    if (m_groups.empty())
        return;
    painter.setPen(QPen(look.text, 1.2));
    for (std::size_t j = 1; j < m_columns.size(); ++j)
        if (m_groups[m_columns[j]] != m_groups[m_columns[j - 1]]) {
            const double x = cellArea(frame, 0, j).left();
            painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()));
        }
}

void HeatMap::drawNames(QPainter& painter, const Frame& frame, const Look& look, int row, int column) const {
    const QFont plain = look.font(TextSize::Small);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(plain);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const auto place = static_cast<qsizetype>(m_rows[i]);
        const bool marked = place == row || place == m_selectedRow;
        if (m_rowNames.isEmpty() || (!frame.rowNames && !marked))
            continue;
        const QRectF cell = cellArea(frame, i, 0);
        const double right = frame.area.left() - kHalfUnit;
        const double disc = m_rowColors.empty() ? 0 : kDisc + kHalfUnit;
        const QFont& font = marked ? strong : plain;
        const QString name =
            QFontMetricsF(font).elidedText(m_rowNames[place], Qt::ElideRight, frame.names - disc - kHalfUnit);
        const double left = right - QFontMetricsF(font).horizontalAdvance(name);
        painter.setFont(font);
        painter.setPen(marked ? look.text : look.mutedText);
        painter.drawText(QPointF(left, cell.center().y() + metrics.capHeight() / 2), name);
        if (disc > 0) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_rowColors[m_rows[i]]);
            painter.drawEllipse(QPointF(left - kHalfUnit - kDisc / 2, cell.center().y()), kDisc / 2, kDisc / 2);
            painter.setBrush(Qt::NoBrush);
        }
    }
    const double room = (frame.slanted - metrics.height() * std::cos(radians(kSlantDegrees)) - kHalfUnit) /
                        std::sin(radians(kSlantDegrees));
    for (std::size_t j = 0; j < m_columns.size(); ++j) {
        const auto place = static_cast<qsizetype>(m_columns[j]);
        if (m_columnNames.isEmpty() || (!frame.columnNames && place != column))
            continue;
        const QRectF cell = cellArea(frame, m_rows.size() - 1, j);
        const QFont& font = place == column ? strong : plain;
        const QString name = QFontMetricsF(font).elidedText(m_columnNames[place], Qt::ElideRight, room + 2);
        painter.save();
        painter.translate(cell.center().x() + metrics.capHeight() / 2, frame.area.bottom() + kHalfUnit);
        painter.rotate(-kSlantDegrees);
        painter.setFont(font);
        painter.setPen(place == column ? look.text : look.mutedText);
        painter.drawText(QPointF(-QFontMetricsF(font).horizontalAdvance(name), metrics.capHeight() / 2), name);
        painter.restore();
    }
}

void HeatMap::draw(QPainter& painter, const QRectF& area, const Look& look, bool live) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(strong);
    if (!m_title.isEmpty()) {
        const double room = area.width() - 2 * kUnit;
        const QString title = metrics.elidedText(m_title, Qt::ElideRight, room);
        const QPointF at = area.topLeft() + QPointF(kUnit, kHalfUnit + metrics.ascent());
        painter.setFont(strong);
        painter.setPen(look.text);
        painter.drawText(at, title);
        const double used = metrics.horizontalAdvance(title) + kUnit;
        if (!m_note.isEmpty() && room - used > 3 * kUnit) {
            painter.setFont(look.font(TextSize::Small));
            painter.setPen(look.mutedText);
            painter.drawText(at + QPointF(used, 0),
                             QFontMetricsF(look.font(TextSize::Small)).elidedText(m_note, Qt::ElideRight, room - used));
        }
    }
    if (m_values.empty())
        return;
    const Frame frame = frameFor(area, look);
    if (frame.area.width() < 8 || frame.area.height() < 8)
        return;
    drawCells(painter, frame, look);
    const int row = live ? m_hoveredRow : -1;
    const int column = live ? m_hoveredColumn : -1;
    drawNames(painter, frame, look, row, column);
    painter.setPen(QPen(look.border, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(frame.area);
    if (const int shown = shownRowOf(m_selectedRow); live && shown >= 0) {
        painter.setPen(QPen(look.accent, 2));
        painter.drawRect(QRectF(frame.area.left(), cellArea(frame, static_cast<std::size_t>(shown), 0).top(),
                                frame.area.width(), cellArea(frame, 0, 0).height()));
    }
    const int shownRow = shownRowOf(row);
    const int shownColumn = shownColumnOf(column);
    painter.setPen(QPen(look.text, 1));
    if (shownRow >= 0) {
        const QRectF cell = cellArea(frame, static_cast<std::size_t>(shownRow), 0);
        painter.drawRect(QRectF(frame.area.left(), cell.top(), frame.area.width(), cell.height()));
    }
    if (shownColumn >= 0) {
        const QRectF cell = cellArea(frame, 0, static_cast<std::size_t>(shownColumn));
        painter.drawRect(QRectF(cell.left(), frame.area.top(), cell.width(), frame.area.height()));
    }
    if (shownRow >= 0 && shownColumn >= 0 && m_describe)
        drawCard(painter, area,
                 cellArea(frame, static_cast<std::size_t>(shownRow), static_cast<std::size_t>(shownColumn)).center(),
                 m_describe(row, column), look,
                 QColor::fromRgb(
                     colorOf(m_values(static_cast<std::size_t>(row), static_cast<std::size_t>(column)), look.dark)));
}

void HeatMap::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    draw(painter, area, look, false);
    painter.restore();
}

void HeatMap::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    draw(painter, rect(), look, true);
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

QRectF HeatMap::areaOf(int row, int column) const {
    return cellArea(frameFor(rect(), Theme::instance().look()), static_cast<std::size_t>(shownRowOf(row)),
                    static_cast<std::size_t>(shownColumnOf(column)));
}

QRectF HeatMap::rowNameArea(int row) const {
    const Frame frame = frameFor(rect(), Theme::instance().look());
    const QRectF cell = cellArea(frame, static_cast<std::size_t>(shownRowOf(row)), 0);
    return {frame.area.left() - frame.names, cell.top(), frame.names, cell.height()};
}

QPointF HeatMap::columnNamePlace(int column) const {
    const Frame frame = frameFor(rect(), Theme::instance().look());
    const QRectF cell = cellArea(frame, m_values.rows() - 1, static_cast<std::size_t>(shownColumnOf(column)));
    return {cell.center().x(), frame.area.bottom() + kUnit};
}

void HeatMap::mouseMoveEvent(QMouseEvent* event) {
    if (m_values.empty())
        return;
    const Frame frame = frameFor(rect(), Theme::instance().look());
    const QPointF at = event->position() - frame.area.topLeft();
    const auto row = static_cast<int>(std::floor(at.y() / frame.area.height() * static_cast<double>(m_rows.size())));
    const auto column =
        static_cast<int>(std::floor(at.x() / frame.area.width() * static_cast<double>(m_columns.size())));
    const bool inRows = row >= 0 && row < static_cast<int>(m_rows.size());
    const bool inColumns = column >= 0 && column < static_cast<int>(m_columns.size());
    if (inRows && inColumns)
        moveHover(static_cast<int>(m_rows[static_cast<std::size_t>(row)]),
                  static_cast<int>(m_columns[static_cast<std::size_t>(column)]));
    else
        moveHover(-1, -1);
}

void HeatMap::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_values.empty())
        return;
    if (m_hoveredRow >= 0 && m_hoveredColumn >= 0) {
        emit cellClicked(m_hoveredRow, m_hoveredColumn);
        return;
    }
    const Frame frame = frameFor(rect(), Theme::instance().look());
    const QPointF at = event->position();
    for (const std::size_t row : m_rows)
        if (!m_rowNames.isEmpty() && rowNameArea(static_cast<int>(row)).contains(at)) {
            emit rowNameClicked(static_cast<int>(row));
            return;
        }
    if (m_columnNames.isEmpty() || at.y() < frame.area.bottom())
        return;
    // Names lean to the left: along a name, x falls with y.
    const double x = at.x() + (at.y() - frame.area.bottom()) / std::tan(radians(kSlantDegrees));
    const double share = (x - frame.area.left()) / frame.area.width();
    if (share >= 0 && share < 1)
        emit columnNameClicked(
            static_cast<int>(m_columns[static_cast<std::size_t>(share * static_cast<double>(m_columns.size()))]));
}

void HeatMap::keyPressEvent(QKeyEvent* event) {
    if (m_values.empty()) {
        PlotWidget::keyPressEvent(event);
        return;
    }
    int row = std::max(0, shownRowOf(m_hoveredRow));
    int column = std::max(0, shownColumnOf(m_hoveredColumn));
    const bool began = m_hoveredRow >= 0 && m_hoveredColumn >= 0;
    switch (event->key()) {
    case Qt::Key_Up:
        row -= began ? 1 : 0;
        break;
    case Qt::Key_Down:
        row += began ? 1 : 0;
        break;
    case Qt::Key_Left:
        column -= began ? 1 : 0;
        break;
    case Qt::Key_Right:
        column += began ? 1 : 0;
        break;
    case Qt::Key_Return:
    case Qt::Key_Space:
        if (began)
            emit cellClicked(m_hoveredRow, m_hoveredColumn);
        return;
    case Qt::Key_S:
        if (began)
            emit columnNameClicked(m_hoveredColumn);
        return;
    case Qt::Key_Escape:
        moveHover(-1, -1);
        return;
    default:
        PlotWidget::keyPressEvent(event);
        return;
    }
    row = std::clamp(row, 0, static_cast<int>(m_rows.size()) - 1);
    column = std::clamp(column, 0, static_cast<int>(m_columns.size()) - 1);
    moveHover(static_cast<int>(m_rows[static_cast<std::size_t>(row)]),
              static_cast<int>(m_columns[static_cast<std::size_t>(column)]));
}

void HeatMap::leaveEvent(QEvent*) { moveHover(-1, -1); }

} // namespace tercet
