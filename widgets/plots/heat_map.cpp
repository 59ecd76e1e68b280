#include "widgets/plots/heat_map.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QImage>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QStyleHints>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <numeric>

namespace tercet {
namespace {

constexpr double kSlantDegrees = 55;
constexpr double kMostNameShare = 0.34;          ///< of the width, for the names of rows
constexpr double kMostSlantedShare = 0.4;        ///< of the height, for the names of columns
constexpr double kNamePitch = 0.82;              ///< of a line, at which slanted names still keep apart
constexpr double kRowPitch = 0.78;               ///< of a line, at which names of rows still keep apart
constexpr int kLargestStep = 3;                  ///< fewer names than of every third line are none
constexpr double kSmallestHatched = 3;           ///< of a cell without value; below it is flat
constexpr double kHatch = 5;                     ///< from line to line
constexpr double kLargestCell = 40;              ///< to which one can zoom
constexpr double kArrow = 7;                     ///< room of the mark of sorting
constexpr std::size_t kMostVectorCells = 20'000; ///< more are drawn as one image
constexpr double kDisc = 7;

std::vector<std::size_t> asTheyAre(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

/// Every how many lines `pitch` apart can have a name that needs `room`; 0: too few.
int stepFor(double pitch, double room) {
    const double step = pitch > 0 ? std::ceil(room / pitch - 1e-9) : kLargestStep + 1;
    return step > kLargestStep ? 0 : std::max(1, static_cast<int>(step));
}

/// Lines from lower left to upper right, at the same places whatever the cell.
void hatch(QPainter& painter, const QRectF& cell) {
    for (double sum = std::ceil((cell.left() + cell.top()) / kHatch) * kHatch; sum < cell.right() + cell.bottom();
         sum += kHatch) {
        const double left = std::max(cell.left(), sum - cell.bottom());
        const double right = std::min(cell.right(), sum - cell.top());
        if (right > left)
            painter.drawLine(QPointF(left, sum - left), QPointF(right, sum - right));
    }
}

} // namespace

HeatMap::HeatMap(QWidget* parent) : PlotWidget(parent) {}

void HeatMap::setTitle(const QString& title, const QString& note) {
    m_title = title;
    m_note = note;
    setAccessibleName(title);
    update();
}

void HeatMap::invalidateCells() {
    m_cellsStale = true;
    update();
}

void HeatMap::setValues(Matrix<double> values) {
    if (values.rows() != m_values.rows() || values.cols() != m_values.cols()) {
        m_zoom = 1;
        m_origin = {};
    }
    m_values = std::move(values);
    m_rows = asTheyAre(m_values.rows());
    m_columns = asTheyAre(m_values.cols());
    m_rowNames.clear();
    m_columnNames.clear();
    m_rowColors.clear();
    m_groups.clear();
    m_hoveredRow = m_hoveredColumn = m_selectedRow = m_sortedRow = m_sortedColumn = -1;
    updateGeometry();
    invalidateCells();
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
    invalidateCells();
}

void HeatMap::setRising(double low, double high) {
    m_diverging = false;
    m_low = low;
    m_high = high;
    invalidateCells();
}

void HeatMap::setOrder(std::vector<std::size_t> rows, std::vector<std::size_t> columns) {
    m_rows = rows.empty() ? asTheyAre(m_values.rows()) : std::move(rows);
    m_columns = columns.empty() ? asTheyAre(m_values.cols()) : std::move(columns);
    Q_ASSERT(m_rows.size() == m_values.rows() && m_columns.size() == m_values.cols());
    invalidateCells();
}

void HeatMap::setSquareCells(bool square) {
    m_square = square;
    update();
}

void HeatMap::setSortedBy(int row, int column) {
    m_sortedRow = row;
    m_sortedColumn = column;
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

HeatMap::Frame HeatMap::frameFor(const QRectF& area, const Look& look, bool zoomed) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    const double sine = std::sin(radians(kSlantDegrees));
    const double cosine = std::cos(radians(kSlantDegrees));
    const auto rows = static_cast<double>(m_values.rows());
    const auto columns = static_cast<double>(m_values.cols());
    double top = area.top() + kHalfUnit;
    if (!m_title.isEmpty())
        top += metrics.height() + kHalfUnit;
    double widest = 0;
    for (const QString& name : m_rowNames)
        widest = std::max(widest, metrics.horizontalAdvance(name));
    const double disc = m_rowColors.empty() ? 0 : kDisc + kHalfUnit;
    const double names = std::min(widest + disc + kHalfUnit, kMostNameShare * area.width());
    double longest = 0;
    for (const QString& name : m_columnNames)
        longest = std::max(longest, metrics.horizontalAdvance(name));
    const double slanted =
        std::min(longest * sine + metrics.height() * cosine + kHalfUnit, kMostSlantedShare * area.height());
    // The names of the first columns reach to the left of their cells.
    const double lean = std::min(longest * cosine, 0.25 * area.width());

    Frame frame;
    frame.left = area.left();
    const double zoom = zoomed ? m_zoom : 1;
    const QPointF origin = zoomed ? m_origin : QPointF();
    frame.view = QRectF(origin.x() * columns, origin.y() * rows, columns / zoom, rows / zoom);
    const auto place = [&](bool namedRows, bool namedColumns) {
        frame.area.setCoords(area.left() + kUnit + std::max(namedRows ? names : 0, namedColumns ? lean : 0), top,
                             area.right() - kUnit, area.bottom() - kUnit - (namedColumns ? slanted : 0));
        if (m_square && !m_values.empty()) {
            const double side = std::min(frame.area.width() / columns, frame.area.height() / rows);
            frame.area.setSize({side * columns, side * rows});
        }
        if (zoomed) // cells are pixels there
            frame.area = QRectF(frame.area.toRect());
        frame.rowStep = namedRows ? stepFor(frame.cellHeight(), kRowPitch * metrics.height()) : 0;
        frame.columnStep = namedColumns ? stepFor(frame.cellWidth(), kNamePitch * metrics.height() / sine) : 0;
    };
    bool namedRows = !m_rowNames.isEmpty();
    bool namedColumns = !m_columnNames.isEmpty();
    place(namedRows, namedColumns);
    if (namedColumns && frame.columnStep == 0)
        place(namedRows, namedColumns = false);
    if (namedRows && frame.rowStep == 0) {
        place(namedRows = false, !m_columnNames.isEmpty());
        if (frame.columnStep == 0)
            place(false, false);
    }
    frame.names = frame.rowStep > 0 ? names : 0;
    frame.slanted = frame.columnStep > 0 ? slanted : 0;
    return frame;
}

HeatMap::Frame HeatMap::liveFrame() const { return frameFor(rect(), Theme::instance().look(), true); }

double HeatMap::heightFor(double width, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    const Frame frame = frameFor(QRectF(0, 0, width, 1e6), look, false);
    const auto rows = static_cast<double>(m_values.rows());
    const double cells = m_square ? frame.area.height() : rows * (m_rowNames.isEmpty() ? 4 : 0.95 * metrics.height());
    return frame.area.top() + cells + frame.slanted + kUnit;
}

QSize HeatMap::sizeHint() const { return {360, static_cast<int>(std::ceil(heightFor(360, Theme::instance().look())))}; }

QRectF HeatMap::cellArea(const Frame& frame, std::size_t shownRow, std::size_t shownColumn) {
    return {frame.area.left() + (static_cast<double>(shownColumn) - frame.view.left()) * frame.cellWidth(),
            frame.area.top() + (static_cast<double>(shownRow) - frame.view.top()) * frame.cellHeight(),
            frame.cellWidth(), frame.cellHeight()};
}

/// The part `view` of the lines on so many pixels: each shows its cell, or the mean of those it covers that have a
/// value.
QImage HeatMap::cellsImage(const QSize& pixels, const QRectF& view, const Look& look, double ratio) const {
    QImage image(pixels, QImage::Format_RGB32);
    if (image.isNull())
        return image;
    struct Span {
        std::size_t first = 0;
        std::size_t end = 0;
        bool operator==(const Span&) const = default;
    };
    const auto spansOf = [](double from, double length, int count, std::size_t lines) {
        std::vector<Span> spans;
        for (int i = 0; i < count; ++i) {
            const double start = from + i * length / count;
            const auto first = std::min(lines - 1, static_cast<std::size_t>(std::max(0.0, start + 1e-9)));
            const auto next = static_cast<std::size_t>(std::max(0.0, start + length / count + 1e-9));
            spans.push_back({first, std::clamp(next, first + 1, lines)});
        }
        return spans;
    };
    const std::vector<Span> across = spansOf(view.left(), view.width(), pixels.width(), m_columns.size());
    const std::vector<Span> down = spansOf(view.top(), view.height(), pixels.height(), m_rows.size());
    const bool hatched = pixels.width() / view.width() >= kSmallestHatched * ratio &&
                         pixels.height() / view.height() >= kSmallestHatched * ratio;
    const int period = qRound(kHatch * ratio);
    const int thick = std::max(1, qRound(ratio));
    const QRgb line = mixed(QColor::fromRgb(missingColor(look.dark)), look.mutedText, 0.7).rgb();
    std::vector<double> means(across.size());
    std::vector<QRgb> colors(across.size());
    for (int y = 0; y < pixels.height(); ++y) {
        const Span rows = down[static_cast<std::size_t>(y)];
        auto* out = reinterpret_cast<QRgb*>(image.scanLine(y)); // NOLINT: as Qt gives it
        const bool again = y > 0 && rows == down[static_cast<std::size_t>(y) - 1];
        for (std::size_t x = 0; x < across.size() && !again; ++x) {
            if (x > 0 && across[x] == across[x - 1]) {
                means[x] = means[x - 1];
                colors[x] = colors[x - 1];
                continue;
            }
            double sum = 0;
            double count = 0;
            for (std::size_t i = rows.first; i < rows.end; ++i)
                for (std::size_t j = across[x].first; j < across[x].end; ++j)
                    if (const double value = m_values(m_rows[i], m_columns[j]); std::isfinite(value)) {
                        sum += value;
                        ++count;
                    }
            means[x] = count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
            colors[x] = colorOf(means[x], look.dark);
        }
        for (std::size_t x = 0; x < across.size(); ++x)
            out[x] = hatched && std::isnan(means[x]) && (static_cast<int>(x) + y) % period < thick ? line : colors[x];
    }
    return image;
}

void HeatMap::drawVectorCells(QPainter& painter, const Frame& frame, const Look& look) const {
    // Neighbours overlap a little, so that no viewer shows the background through their seams.
    constexpr double kOverlap = 0.25;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(look.mutedText, 0.5));
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        for (std::size_t j = 0; j < m_columns.size(); ++j) {
            const double value = m_values(m_rows[i], m_columns[j]);
            const QRectF cell = cellArea(frame, i, j);
            painter.fillRect(
                cell.adjusted(0, 0, j + 1 < m_columns.size() ? kOverlap : 0, i + 1 < m_rows.size() ? kOverlap : 0),
                QColor::fromRgb(colorOf(value, look.dark)));
        }
    if (std::min(frame.cellWidth(), frame.cellHeight()) >= kSmallestHatched)
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            for (std::size_t j = 0; j < m_columns.size(); ++j)
                if (!std::isfinite(m_values(m_rows[i], m_columns[j])))
                    hatch(painter, cellArea(frame, i, j));
    painter.restore();
}

void HeatMap::drawRowName(QPainter& painter, const Frame& frame, const Look& look, std::size_t shown,
                          bool marked) const {
    const auto place = static_cast<int>(m_rows[shown]);
    const QFont font = look.font(TextSize::Small, marked ? QFont::DemiBold : QFont::Normal);
    const QFontMetricsF metrics(font);
    const double middle = cellArea(frame, shown, 0).center().y();
    const double disc = m_rowColors.empty() ? 0 : kDisc + kHalfUnit;
    double right = frame.area.left() - kHalfUnit;
    if (place == m_sortedRow) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(look.accent);
        painter.drawPolygon(
            QPolygonF{QPointF(right - 4, middle - 4), QPointF(right + 1, middle), QPointF(right - 4, middle + 4)});
        right -= kArrow;
    }
    const QString name = metrics.elidedText(m_rowNames[place], Qt::ElideRight,
                                            frame.names - disc - kHalfUnit - (place == m_sortedRow ? kArrow : 0));
    const double left = right - metrics.horizontalAdvance(name);
    painter.setFont(font);
    painter.setPen(marked ? look.text : look.mutedText);
    painter.drawText(QPointF(left, middle + metrics.capHeight() / 2), name);
    if (disc > 0) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_rowColors[m_rows[shown]]);
        painter.drawEllipse(QPointF(left - kHalfUnit - kDisc / 2, middle), kDisc / 2, kDisc / 2);
    }
    painter.setBrush(Qt::NoBrush);
}

void HeatMap::drawColumnName(QPainter& painter, const Frame& frame, const Look& look, std::size_t shown,
                             bool marked) const {
    const auto place = static_cast<int>(m_columns[shown]);
    const QFont font = look.font(TextSize::Small, marked ? QFont::DemiBold : QFont::Normal);
    const QFontMetricsF metrics(font);
    const double sine = std::sin(radians(kSlantDegrees));
    const double cosine = std::cos(radians(kSlantDegrees));
    const double x = cellArea(frame, 0, shown).center().x();
    const double bottom = frame.area.bottom();
    double start = 0;
    if (place == m_sortedColumn) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(look.accent);
        painter.drawPolygon(QPolygonF{QPointF(x - 4, bottom + 2), QPointF(x + 4, bottom + 2), QPointF(x, bottom + 7)});
        painter.setBrush(Qt::NoBrush);
        start = kArrow;
    }
    const double below = (frame.slanted - metrics.height() * cosine - kHalfUnit) / sine + 2;
    const double beside = (x - frame.left - kHalfUnit) / cosine;
    painter.save();
    painter.translate(x + metrics.capHeight() / 2, bottom + kHalfUnit);
    painter.rotate(-kSlantDegrees);
    painter.setFont(font);
    painter.setPen(marked ? look.text : look.mutedText);
    const QString name = metrics.elidedText(m_columnNames[place], Qt::ElideRight, std::min(below, beside) - start);
    painter.drawText(QPointF(-start - metrics.horizontalAdvance(name), metrics.capHeight() / 2), name);
    painter.restore();
}

void HeatMap::drawNames(QPainter& painter, const Frame& frame, const Look& look, int row, int column) const {
    // The lines in view; a name that is marked takes the place of those it would touch.
    const auto drawLines = [](int step, double from, double length, std::size_t count, const std::vector<int>& marked,
                              const auto& drawName) {
        if (step == 0)
            return;
        for (std::size_t i = 0; i < count; ++i) {
            const double middle = static_cast<double>(i) + 0.5;
            if (middle < from || middle > from + length)
                continue;
            const bool isMarked = std::find(marked.begin(), marked.end(), static_cast<int>(i)) != marked.end();
            const bool besideMarked = std::any_of(marked.begin(), marked.end(), [&](int other) {
                return other >= 0 && std::abs(other - static_cast<int>(i)) < step;
            });
            if (isMarked || (static_cast<int>(i) % step == 0 && !besideMarked))
                drawName(i, isMarked);
        }
    };
    drawLines(frame.rowStep, frame.view.top(), frame.view.height(), m_rows.size(),
              {shownRowOf(row), shownRowOf(m_selectedRow), shownRowOf(m_sortedRow)},
              [&](std::size_t i, bool marked) { drawRowName(painter, frame, look, i, marked); });
    drawLines(frame.columnStep, frame.view.left(), frame.view.width(), m_columns.size(),
              {shownColumnOf(column), shownColumnOf(m_sortedColumn)},
              [&](std::size_t j, bool marked) { drawColumnName(painter, frame, look, j, marked); });
}

void HeatMap::drawMarks(QPainter& painter, const QRectF& area, const Frame& frame, const Look& look) const {
    const int selected = shownRowOf(m_selectedRow);
    const int shownRow = shownRowOf(m_hoveredRow);
    const int shownColumn = shownColumnOf(m_hoveredColumn);
    const auto rowArea = [&](int shown) {
        const QRectF cell = cellArea(frame, static_cast<std::size_t>(shown), 0);
        return QRectF(frame.area.left(), cell.top(), frame.area.width(), cell.height());
    };
    painter.save();
    painter.setClipRect(frame.area.adjusted(-1, -1, 2, 2), Qt::IntersectClip);
    painter.setBrush(Qt::NoBrush);
    if (selected >= 0) {
        painter.setPen(QPen(look.accent, 2));
        painter.drawRect(rowArea(selected));
    }
    // A rim around the marks, so that they read on any colour; it leaves the cells within free.
    for (const double rim : {1.0, 0.0}) {
        painter.setPen(QPen(rim > 0 ? look.surface : look.text, 1));
        if (shownRow >= 0)
            painter.drawRect(rowArea(shownRow).adjusted(-rim, -rim, rim, rim));
        if (shownColumn >= 0) {
            const QRectF cell = cellArea(frame, 0, static_cast<std::size_t>(shownColumn));
            painter.drawRect(QRectF(cell.left(), frame.area.top(), cell.width(), frame.area.height())
                                 .adjusted(-rim, -rim, rim, rim));
        }
    }
    if (m_zoom > 1) { // what part of all it is
        painter.setPen(QPen(look.accent, 3, Qt::SolidLine, Qt::RoundCap));
        const QRectF room = frame.area.adjusted(4, 4, -4, -4);
        painter.drawLine(QPointF(room.left() + m_origin.x() * room.width(), room.bottom()),
                         QPointF(room.left() + (m_origin.x() + 1 / m_zoom) * room.width(), room.bottom()));
        painter.drawLine(QPointF(room.right(), room.top() + m_origin.y() * room.height()),
                         QPointF(room.right(), room.top() + (m_origin.y() + 1 / m_zoom) * room.height()));
    }
    painter.restore();
    if (shownRow >= 0 && shownColumn >= 0 && m_describe)
        drawCard(painter, area,
                 cellArea(frame, static_cast<std::size_t>(shownRow), static_cast<std::size_t>(shownColumn)).center(),
                 m_describe(m_hoveredRow, m_hoveredColumn), look,
                 QColor::fromRgb(colorOf(
                     m_values(static_cast<std::size_t>(m_hoveredRow), static_cast<std::size_t>(m_hoveredColumn)),
                     look.dark)));
    else if (shownRow >= 0 && frame.rowStep == 0 && !m_rowNames.isEmpty())
        drawCard(painter, area, rowArea(shownRow).center(), {m_rowNames[m_hoveredRow]}, look);
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
    const Frame frame = frameFor(area, look, live);
    if (frame.area.width() < 8 || frame.area.height() < 8)
        return;
    if (live) {
        const double ratio = painter.device()->devicePixelRatioF();
        if (m_cellsStale || m_cellsFrame.area != frame.area || m_cellsFrame.view != frame.view ||
            m_cellsDark != look.dark || m_cells.devicePixelRatio() != ratio) {
            m_cells = cellsImage((frame.area.size() * ratio).toSize(), frame.view, look, ratio);
            m_cells.setDevicePixelRatio(ratio);
            m_cellsFrame = frame;
            m_cellsDark = look.dark;
            m_cellsStale = false;
        }
        painter.drawImage(frame.area.topLeft(), m_cells);
    } else if (m_values.size() > kMostVectorCells) {
        painter.save();
        painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
        painter.drawImage(frame.area, cellsImage({static_cast<int>(m_values.cols()), static_cast<int>(m_values.rows())},
                                                 frame.view, look, 1));
        painter.restore();
    } else {
        drawVectorCells(painter, frame, look);
    }
    if (!m_groups.empty()) {
        painter.setPen(QPen(look.text, 1.2));
        for (std::size_t j = 1; j < m_columns.size(); ++j)
            if (const double x = cellArea(frame, 0, j).left();
                m_groups[m_columns[j]] != m_groups[m_columns[j - 1]] && x > frame.area.left() && x < frame.area.right())
                painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()));
    }
    drawNames(painter, frame, look, live ? m_hoveredRow : -1, live ? m_hoveredColumn : -1);
    painter.setPen(QPen(look.border, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(frame.area);
    if (live)
        drawMarks(painter, area, frame, look);
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
    return cellArea(liveFrame(), static_cast<std::size_t>(shownRowOf(row)),
                    static_cast<std::size_t>(shownColumnOf(column)));
}

QRectF HeatMap::cellsArea() const { return liveFrame().area; }
int HeatMap::rowNameStep() const { return liveFrame().rowStep; }
int HeatMap::columnNameStep() const { return liveFrame().columnStep; }

QRectF HeatMap::rowNameArea(int row) const {
    const Frame frame = liveFrame();
    const QRectF cell = cellArea(frame, static_cast<std::size_t>(shownRowOf(row)), 0);
    return {frame.area.left() - frame.names, cell.top(), frame.names, cell.height()};
}

QPointF HeatMap::columnNamePlace(int column) const {
    const Frame frame = liveFrame();
    const QRectF cell = cellArea(frame, m_values.rows() - 1, static_cast<std::size_t>(shownColumnOf(column)));
    return {cell.center().x(), frame.area.bottom() + kUnit};
}

HeatMap::Line HeatMap::lineNamedAt(const Frame& frame, const QPointF& place) const {
    if (m_values.empty())
        return {};
    if (frame.rowStep > 0 && place.x() < frame.area.left() && place.x() >= frame.area.left() - frame.names &&
        place.y() >= frame.area.top() && place.y() < frame.area.bottom()) {
        const double row = frame.view.top() + (place.y() - frame.area.top()) / frame.cellHeight();
        return {true, static_cast<int>(m_rows[std::min(m_rows.size() - 1, static_cast<std::size_t>(row))])};
    }
    if (frame.columnStep == 0 || place.y() <= frame.area.bottom() || place.y() > frame.area.bottom() + frame.slanted)
        return {};
    // Names lean to the left: along a name, x falls with y.
    const double x = place.x() + (place.y() - frame.area.bottom()) / std::tan(radians(kSlantDegrees));
    if (x < frame.area.left() || x >= frame.area.right())
        return {};
    const double column = frame.view.left() + (x - frame.area.left()) / frame.cellWidth();
    return {false, static_cast<int>(m_columns[std::min(m_columns.size() - 1, static_cast<std::size_t>(column))])};
}

QString HeatMap::nameAt(const QPointF& place) const {
    const Line line = lineNamedAt(liveFrame(), place);
    return line.place < 0 ? QString() : (line.isRow ? m_rowNames : m_columnNames).value(line.place);
}

bool HeatMap::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return PlotWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), nameAt(help->pos()), this);
    return true;
}

void HeatMap::clampView() {
    const double most = 1 - 1 / m_zoom;
    m_origin = {std::clamp(m_origin.x(), 0.0, most), std::clamp(m_origin.y(), 0.0, most)};
}

void HeatMap::showAll() {
    m_zoom = 1;
    m_origin = {};
    update();
}

void HeatMap::zoomBy(double factor, const QPointF& around) {
    if (m_values.empty())
        return;
    const Frame before = liveFrame();
    const double smallest = std::min(before.cellWidth(), before.cellHeight()) / m_zoom;
    const auto rows = static_cast<double>(m_rows.size());
    const auto columns = static_cast<double>(m_columns.size());
    const QPointF kept(std::clamp(before.view.left() + (around.x() - before.area.left()) / before.cellWidth(),
                                  before.view.left(), before.view.right()),
                       std::clamp(before.view.top() + (around.y() - before.area.top()) / before.cellHeight(),
                                  before.view.top(), before.view.bottom()));
    m_zoom = std::clamp(m_zoom * factor, 1.0, std::max(1.0, kLargestCell / std::max(smallest, 1e-6)));
    clampView();
    const Frame after = liveFrame(); // names may have come or gone
    m_origin = {(kept.x() - (around.x() - after.area.left()) / after.cellWidth()) / columns,
                (kept.y() - (around.y() - after.area.top()) / after.cellHeight()) / rows};
    clampView();
    update();
}

void HeatMap::scrollBy(const QPointF& pixels) {
    const Frame frame = liveFrame();
    m_origin -= QPointF(pixels.x() / frame.area.width(), pixels.y() / frame.area.height()) / m_zoom;
    clampView();
    update();
}

/// Scrolls as little as brings the cell into view.
void HeatMap::scrollTo(int shownRow, int shownColumn) {
    const auto into = [&](double from, int line, std::size_t count) {
        const double first = line / static_cast<double>(count);
        const double last = (line + 1) / static_cast<double>(count) - 1 / m_zoom;
        return first < from ? first : last > from ? last : from;
    };
    m_origin = {into(m_origin.x(), shownColumn, m_columns.size()), into(m_origin.y(), shownRow, m_rows.size())};
    clampView();
    update();
}

void HeatMap::wheelEvent(QWheelEvent* event) {
    const double steps = event->angleDelta().y() / 120.0;
    if (m_values.empty() || steps == 0 || (!m_wheelZooms && !event->modifiers().testFlag(Qt::ControlModifier))) {
        event->ignore();
        return;
    }
    zoomBy(std::pow(1.25, steps), event->position());
    event->accept();
}

void HeatMap::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    m_pressed = true;
    m_dragging = false;
    m_pressPlace = m_dragPlace = event->position();
}

void HeatMap::mouseMoveEvent(QMouseEvent* event) {
    if (m_values.empty())
        return;
    if (m_pressed && m_zoom > 1 && !m_dragging &&
        (event->position() - m_pressPlace).manhattanLength() >= QGuiApplication::styleHints()->startDragDistance()) {
        m_dragging = true;
        setCursor(Qt::ClosedHandCursor);
    }
    if (m_dragging) {
        scrollBy(event->position() - m_dragPlace);
        m_dragPlace = event->position();
    }
    const Frame frame = liveFrame();
    if (!frame.area.contains(event->position()) || frame.area.isEmpty()) {
        const Line line = lineNamedAt(frame, event->position());
        moveHover(line.isRow ? line.place : -1, -1);
        return;
    }
    const QPointF at = event->position() - frame.area.topLeft();
    const auto row = static_cast<std::size_t>(frame.view.top() + at.y() / frame.cellHeight());
    const auto column = static_cast<std::size_t>(frame.view.left() + at.x() / frame.cellWidth());
    moveHover(static_cast<int>(m_rows[std::min(row, m_rows.size() - 1)]),
              static_cast<int>(m_columns[std::min(column, m_columns.size() - 1)]));
}

void HeatMap::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_values.empty())
        return;
    const Line line = lineNamedAt(liveFrame(), event->position());
    if (line.place >= 0 && line.isRow)
        emit rowSortAsked(line.place);
    else if (line.place < 0)
        showAll();
    m_pressed = line.place >= 0 && !line.isRow; // a second click on a column's name is a click too
}

void HeatMap::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !m_pressed)
        return;
    m_pressed = false;
    if (m_dragging) {
        m_dragging = false;
        unsetCursor();
        return;
    }
    if (m_values.empty())
        return;
    mouseMoveEvent(event);
    if (m_hoveredRow >= 0 && m_hoveredColumn >= 0) {
        emit cellClicked(m_hoveredRow, m_hoveredColumn);
        return;
    }
    const Line line = lineNamedAt(liveFrame(), event->position());
    if (line.place >= 0 && line.isRow)
        emit rowNameClicked(line.place);
    else if (line.place >= 0)
        emit columnNameClicked(line.place);
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
    case Qt::Key_R:
        if (began)
            emit rowSortAsked(m_hoveredRow);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_Minus:
        zoomBy(event->key() == Qt::Key_Minus ? 0.8 : 1.25,
               began ? areaOf(m_hoveredRow, m_hoveredColumn).center() : cellsArea().center());
        return;
    case Qt::Key_0:
    case Qt::Key_Home:
        showAll();
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
    scrollTo(row, column);
    moveHover(static_cast<int>(m_rows[static_cast<std::size_t>(row)]),
              static_cast<int>(m_columns[static_cast<std::size_t>(column)]));
}

void HeatMap::leaveEvent(QEvent*) { moveHover(-1, -1); }

} // namespace tercet
