#include "widgets/plots/density_plot.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <set>

namespace tercet {
namespace {

constexpr QRgb kEqualColor = 0xFFE0322B;
constexpr QRgb kMultipleColor = 0xFFF08A1D;
constexpr double kLineContrast = 3;
constexpr double kSmallestSide = 24;
constexpr double kFirstBrush = 0.2;   ///< side of the one that a key makes, as a share of the axis
constexpr double kBesideGain = 1.3;   ///< of the cells' side, from which on the heading stands beside them
constexpr double kWidestBeside = 0.4; ///< of the plot, that the heading takes there

const QString kWidestTick = QStringLiteral("−0.00");

QColor colorOf(const DensityLine& line, const Look& look, double contrast) {
    return legibleOn(look.surface, QColor::fromRgb(line.factor > 1 ? kMultipleColor : kEqualColor), contrast);
}

QString factorText(double factor) { return QStringLiteral("%1×").arg(factor, 0, 'g', 3); }

/// Of a column of factors, with the gap behind it.
double factorWidth(const QFontMetricsF& metrics) { return metrics.horizontalAdvance(QStringLiteral("1.6×  ")); }

QString shareText(double share) {
    return std::isfinite(share) ? QStringLiteral("%1 %").arg(100 * share, 0, 'f', 0) : QStringLiteral("–");
}

/// Of a count ≥ 1, from 0 at 1 to 1 at `most`.
double logShare(std::uint32_t count, std::uint32_t most) {
    return most > 1 ? std::log(static_cast<double>(count)) / std::log(static_cast<double>(most)) : 1;
}

/// Around the cells.
struct Margins {
    double left = 0;
    double right = 0;  ///< the last share stands around the corner
    double shares = 0; ///< above the cells, below the heading
    double below = 0;

    explicit Margins(const Look& look) {
        const QFontMetricsF metrics(look.font(TextSize::Small));
        left = metrics.horizontalAdvance(kWidestTick) + metrics.height() + 2 * kUnit;
        right = metrics.horizontalAdvance(QStringLiteral("100 %")) / 2 + kHalfUnit;
        shares = 2 * metrics.height() + kHalfUnit;
        below = 2 * metrics.height() + kUnit;
    }
};

/// Of points that would hide each other only one, so that any number is drawn quickly.
std::vector<QPointF> spread(const std::vector<QPointF>& places) {
    std::set<std::pair<int, int>> taken;
    std::vector<QPointF> shown;
    for (const QPointF& place : places)
        if (taken.emplace(qRound(place.x()), qRound(place.y())).second)
            shown.push_back(place);
    return shown;
}

} // namespace

DensityPlot::DensityPlot(QWidget* parent) : PlotWidget(parent), m_unit(tr("voxels")) {
    setAccessibleDescription(tr("Drag to brush a rectangle; arrow keys move it, with Shift they resize it, Escape "
                                "leaves it"));
}

void DensityPlot::setTitle(const QString& title, const QString& note) {
    m_title = title;
    m_note = note;
    setAccessibleName(note.isEmpty() ? title : title + QStringLiteral(", ") + note);
    update();
}

void DensityPlot::setNames(const QString& x, const QString& y) {
    m_xName = x;
    m_yName = y;
    update();
}

void DensityPlot::setUnit(const QString& unit) {
    m_unit = unit;
    update();
}

void DensityPlot::setCounts(Matrix<std::uint32_t> counts, double low, double high) {
    if (counts.rows() != counts.cols() || !(low < high))
        throw ParameterError({.where = "density plot",
                              .expected = "as many rows as columns, between two limits",
                              .found = std::to_string(counts.rows()) + " × " + std::to_string(counts.cols()) +
                                       " from " + std::to_string(low) + " to " + std::to_string(high)});
    m_counts = std::move(counts);
    m_low = low;
    m_high = high;
    setBrush(m_brush);
    update();
}

void DensityPlot::setMost(std::uint32_t most) {
    m_most = std::max(most, 1U);
    update();
}

void DensityPlot::setLines(std::vector<DensityLine> lines) {
    m_lines = std::move(lines);
    update();
}

void DensityPlot::setMarks(DensityMarks marks) {
    if (marks == m_marks)
        return;
    m_marks = std::move(marks);
    update();
}

void DensityPlot::setBrush(const std::optional<DensityBrush>& brush) {
    std::optional<DensityBrush> inside = brush;
    if (inside) {
        for (double* value : {&inside->lowX, &inside->highX, &inside->lowY, &inside->highY})
            *value = std::clamp(*value, m_low, m_high);
        if (!(inside->lowX < inside->highX) || !(inside->lowY < inside->highY))
            inside.reset();
    }
    if (inside == m_brush)
        return;
    m_brush = inside;
    update();
}

void DensityPlot::brushBy(const std::optional<DensityBrush>& brush) {
    const std::optional<DensityBrush> before = m_brush;
    setBrush(brush);
    if (m_brush != before)
        emit brushed(m_brush);
}

std::uint32_t DensityPlot::roundCount(std::uint32_t count) {
    std::uint64_t power = 1;
    for (;; power *= 10)
        for (const std::uint64_t factor : {1U, 2U, 5U})
            if (factor * power >= count)
                return static_cast<std::uint32_t>(std::min<std::uint64_t>(factor * power, UINT32_MAX));
}

void DensityPlot::showKey(ColorBar& key, std::uint32_t most, const QString& title) {
    key.setLogMap([](double share, bool) { return sequentialColor(share); }, 1, std::max(most, 1U), title);
}

double DensityPlot::extraHeight(const Look& look) {
    const Margins margins(look);
    const double heading = QFontMetricsF(look.font(TextSize::Small, QFont::DemiBold)).height();
    return kHalfUnit + heading + margins.shares + margins.below - margins.left - margins.right;
}

double DensityPlot::cellWidth() const {
    return (m_high - m_low) / static_cast<double>(std::max<std::size_t>(1, m_counts.cols()));
}

DensityPlot::Frame DensityPlot::frameFor(const QRectF& area, const Look& look) const {
    const Margins margins(look);
    const QFontMetricsF metrics(look.font(TextSize::Small));
    Frame frame;
    for (PlotAxis* axis : {&frame.x, &frame.y}) {
        axis->low = m_low;
        axis->high = m_high;
    }
    const double shares = m_lines.empty() ? kHalfUnit : margins.shares;
    const auto sideUnder = [&](double heading) {
        return std::max(0.0, std::min(area.width() - margins.left - margins.right,
                                      area.height() - kHalfUnit - heading - shares - margins.below));
    };
    // A narrower plot has a higher heading.
    const double one = headingHeight(m_title, {}, area.width(), look);
    frame.room = margins.left + sideUnder(one) + margins.right - kUnit;
    const double heading = headingHeight(m_title, m_note, frame.room, look);
    const double side = sideUnder(heading);
    const QFontMetricsF strong(look.font(TextSize::Small, QFont::DemiBold));
    double column = std::max(strong.horizontalAdvance(m_title), metrics.horizontalAdvance(m_note));
    for (const DensityLine& line : m_lines)
        column = std::max(column, factorWidth(metrics) + strong.horizontalAdvance(shareText(line.share)));
    column = std::min(column, kWidestBeside * area.width()) + 2 * kUnit;
    const double sideBeside =
        std::min(area.width() - column - margins.left - margins.right, area.height() - 2 * kHalfUnit - margins.below);
    frame.beside = sideBeside > kBesideGain * side;
    if (frame.beside) {
        const double all = column + margins.left + sideBeside + margins.right;
        frame.heading = {area.left() + (area.width() - all) / 2 + kUnit, area.top() + kHalfUnit};
        frame.room = column - kUnit;
        frame.left = frame.heading.x() + frame.room;
        frame.area = QRectF(frame.left + margins.left, area.top() + 2 * kHalfUnit, sideBeside, sideBeside);
    } else {
        frame.left = area.left() + std::max(0.0, (area.width() - margins.left - side - margins.right) / 2);
        frame.heading = {frame.left + kUnit, area.top() + kHalfUnit};
        frame.area = QRectF(frame.left + margins.left, area.top() + kHalfUnit + heading + shares, side, side);
    }
    for (PlotAxis* axis : {&frame.x, &frame.y})
        axis->addTicks(std::clamp(frame.area.width() / (metrics.horizontalAdvance(kWidestTick) + 2 * kUnit), 1.0, 8.0),
                       false);
    return frame;
}

DensityPlot::Frame DensityPlot::liveFrame() const { return frameFor(rect(), Theme::instance().look()); }

QPointF DensityPlot::placeIn(const Frame& frame, const QPointF& values) {
    return {frame.area.left() + frame.x.share(values.x()) * frame.area.width(),
            frame.area.bottom() - frame.y.share(values.y()) * frame.area.height()};
}

QPointF DensityPlot::placeOf(const QPointF& values) const { return placeIn(liveFrame(), values); }

QPointF DensityPlot::valuesAt(const QPointF& place) const {
    const QRectF area = liveFrame().area;
    const double span = m_high - m_low;
    return {m_low + span * (place.x() - area.left()) / area.width(),
            m_low + span * (area.bottom() - place.y()) / area.height()};
}

std::vector<QRectF> DensityPlot::sharesIn(const Frame& frame, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small, QFont::DemiBold));
    std::vector<QRectF> areas;
    if (frame.beside) { // a row each, the steepest on top as in the cells
        const double top = frame.heading.y() + headingHeight(m_title, m_note, frame.room, look) + kHalfUnit;
        for (std::size_t i = 0; i < m_lines.size(); ++i)
            areas.emplace_back(frame.heading.x(), top + static_cast<double>(m_lines.size() - 1 - i) * metrics.height(),
                               frame.room, metrics.height());
        return areas;
    }
    double limit = frame.area.right() + 2 * frame.area.width(); // of the next one: the line before ends further left
    for (const DensityLine& line : m_lines) {
        const double width = std::max(metrics.horizontalAdvance(factorText(line.factor)),
                                      metrics.horizontalAdvance(shareText(line.share)));
        const double end = m_high > 0 ? std::max(m_high / line.factor, m_low) : m_high;
        const double middle = placeIn(frame, {end, m_high}).x();
        const double right = std::min(middle + width / 2, limit);
        areas.emplace_back(right - width, frame.area.top() - kHalfUnit - 2 * metrics.height(), width,
                           2 * metrics.height());
        limit = areas.back().left() - kHalfUnit;
    }
    return areas;
}

std::vector<QRectF> DensityPlot::shareAreas() const { return sharesIn(liveFrame(), Theme::instance().look()); }

QStringList DensityPlot::cardAt(const QPointF& place) const {
    const Frame frame = liveFrame();
    if (m_counts.cols() == 0 || !frame.area.contains(place))
        return {};
    const auto cells = static_cast<double>(m_counts.cols());
    const auto cellOf = [&](double share) {
        return static_cast<std::size_t>(std::clamp(share * cells, 0.0, cells - 1));
    };
    const std::size_t column = cellOf((place.x() - frame.area.left()) / frame.area.width());
    const std::size_t row = cellOf((frame.area.bottom() - place.y()) / frame.area.height());
    const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(cellWidth()))) + 1, 0, 6);
    const auto range = [&](const QString& name, std::size_t cell) {
        const double low = m_low + static_cast<double>(cell) * cellWidth();
        return tr("%1: %2 to %3").arg(name, numberText(low, decimals), numberText(low + cellWidth(), decimals));
    };
    return {QStringLiteral("%1 %2").arg(QString::fromStdString(withThousands(m_counts(row, column))), m_unit),
            range(m_yName, row), range(m_xName, column)};
}

void DensityPlot::drawCells(QPainter& painter, const Frame& frame) const {
    // Neighbours overlap a little, so that no viewer shows the background through their seams.
    constexpr double kOverlap = 0.25;
    const double side = frame.area.width() / static_cast<double>(m_counts.cols());
    painter.save();
    painter.setClipRect(frame.area, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (std::size_t row = 0; row < m_counts.rows(); ++row)
        for (std::size_t column = 0; column < m_counts.cols(); ++column)
            if (const std::uint32_t count = m_counts(row, column); count > 0)
                painter.fillRect(QRectF(frame.area.left() + static_cast<double>(column) * side,
                                        frame.area.bottom() - static_cast<double>(row + 1) * side, side + kOverlap,
                                        side + kOverlap),
                                 QColor::fromRgb(sequentialColor(logShare(std::min(count, m_most), m_most))));
    painter.restore();
}

void DensityPlot::drawLines(QPainter& painter, const Frame& frame, const Look& look) const {
    const std::vector<QRectF> areas = sharesIn(frame, look);
    const QFont plain = look.font(TextSize::Small);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(strong);
    for (std::size_t i = m_lines.size(); i-- > 0;) { // the first one on top
        const DensityLine& line = m_lines[i];
        QPolygonF path;
        if (line.factor > 1) { // where x is not positive, y has to be
            if (m_low < 0)
                path << placeIn(frame, {m_low, 0});
            path << placeIn(frame, {std::max(0.0, m_low), line.factor * std::max(0.0, m_low)})
                 << placeIn(frame, {m_high, line.factor * m_high});
        } else {
            path << placeIn(frame, {m_low, m_low}) << placeIn(frame, {m_high, m_high});
        }
        painter.save();
        painter.setClipRect(frame.area, Qt::IntersectClip);
        QColor rim = look.surface;
        rim.setAlpha(120);
        painter.setPen(QPen(rim, look.lineWidth + 1.4));
        painter.drawPolyline(path);
        QPen pen(colorOf(line, look, kLineContrast), look.lineWidth);
        if (line.factor > 1)
            pen.setDashPattern({4, 2.5});
        pen.setCapStyle(Qt::FlatCap);
        painter.setPen(pen);
        painter.drawPolyline(path);
        painter.restore();
        QRectF factor = areas[i];
        QRectF share = areas[i];
        if (frame.beside)
            share.setLeft(factor.left() + factorWidth(QFontMetricsF(plain)));
        else
            share.setTop(factor.top() + metrics.height());
        const Qt::Alignment across = frame.beside ? Qt::AlignLeft : Qt::AlignHCenter;
        painter.setFont(plain);
        painter.setPen(colorOf(line, look, 4.5));
        painter.drawText(factor, across | Qt::AlignTop, factorText(line.factor));
        painter.setFont(strong);
        painter.setPen(look.text);
        painter.drawText(share, across | Qt::AlignTop, shareText(line.share));
    }
}

void DensityPlot::drawMarks(QPainter& painter, const Frame& frame, const Look& look) const {
    constexpr double kDot = 1.6;
    constexpr double kRing = 2.6;
    constexpr double kPicked = 5;
    painter.save();
    painter.setClipRect(frame.area.adjusted(-kPicked, -kPicked, kPicked, kPicked), Qt::IntersectClip);
    const auto placesOf = [&](const std::vector<QPointF>& values) {
        std::vector<QPointF> places;
        for (const QPointF& value : values)
            if (std::isfinite(value.x()) && std::isfinite(value.y()))
                places.push_back(placeIn(frame, value));
        return spread(places);
    };
    const auto dots = [&](const std::vector<QPointF>& places, const QColor& color, double radius) {
        painter.setPen(QPen(color, 2 * radius, Qt::SolidLine, Qt::RoundCap));
        painter.drawPoints(places.data(), static_cast<int>(places.size()));
    };
    const std::vector<QPointF> chosen = placesOf(m_marks.chosen);
    dots(chosen, look.surface, kDot + 0.9);
    dots(chosen, look.selection, kDot);
    const std::vector<QPointF> rings = placesOf(m_marks.pointedAt);
    dots(rings, look.selection, kRing);
    dots(rings, look.surface, kRing - 1);
    if (m_marks.picked && std::isfinite(m_marks.picked->x()) && std::isfinite(m_marks.picked->y())) {
        painter.setBrush(Qt::NoBrush);
        for (const auto& [color, width] : {std::pair(look.surface, 4.0), std::pair(look.selection, 2.0)}) {
            painter.setPen(QPen(color, width));
            painter.drawEllipse(placeIn(frame, *m_marks.picked), kPicked, kPicked);
        }
    }
    painter.restore();
}

void DensityPlot::drawBrush(QPainter& painter, const Frame& frame, const Look& look) const {
    const QRectF area =
        QRectF(placeIn(frame, {m_brush->lowX, m_brush->highY}), placeIn(frame, {m_brush->highX, m_brush->lowY}))
            .normalized();
    QColor inside = look.selection;
    inside.setAlpha(28);
    painter.setBrush(inside);
    painter.setPen(QPen(look.surface, 3.5));
    painter.drawRect(area);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(look.selection, 1.5));
    painter.drawRect(area);
}

void DensityPlot::draw(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const Frame frame = frameFor(area, look);
    if (frame.area.width() < kSmallestSide)
        return;
    drawHeading(painter, frame.heading, frame.room, m_title, m_note, look);
    drawAxes(painter, frame.area, frame.x, m_xName, frame.y, m_yName, frame.left, look);
    drawCells(painter, frame);
    drawLines(painter, frame, look);
}

void DensityPlot::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    draw(painter, area, look);
    painter.restore();
}

void DensityPlot::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    draw(painter, rect(), look);
    const Frame frame = liveFrame();
    if (frame.area.width() >= kSmallestSide) {
        drawMarks(painter, frame, look);
        if (m_brush)
            drawBrush(painter, frame, look);
        if (m_pointer && !m_dragging)
            if (const QStringList card = cardAt(*m_pointer); !card.isEmpty())
                drawCard(painter, rect(), *m_pointer, card, look);
    }
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

void DensityPlot::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        m_pressed = event->position();
}

void DensityPlot::mouseMoveEvent(QMouseEvent* event) {
    const QRectF area = liveFrame().area;
    m_pointer = event->position();
    setCursor(area.contains(*m_pointer) ? Qt::CrossCursor : Qt::ArrowCursor);
    if (m_pressed && !m_dragging && area.contains(*m_pressed))
        m_dragging = (*m_pointer - *m_pressed).manhattanLength() >= QApplication::startDragDistance();
    if (m_dragging) {
        const QPointF from = valuesAt(*m_pressed);
        const QPointF to = valuesAt(*m_pointer);
        const auto [lowX, highX] = std::minmax({from.x(), to.x()});
        const auto [lowY, highY] = std::minmax({from.y(), to.y()});
        brushBy(DensityBrush{lowX, highX, lowY, highY});
    }
    update();
}

void DensityPlot::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    if (m_pressed && !m_dragging)
        brushBy({});
    if (m_dragging)
        m_pointer.reset(); // no card over what was brushed, until the pointer moves
    m_pressed.reset();
    m_dragging = false;
    update();
}

void DensityPlot::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (key == Qt::Key_Escape && m_brush) {
        brushBy({});
        return;
    }
    const int x = (key == Qt::Key_Right ? 1 : 0) - (key == Qt::Key_Left ? 1 : 0);
    const int y = (key == Qt::Key_Up ? 1 : 0) - (key == Qt::Key_Down ? 1 : 0);
    if (x == 0 && y == 0) {
        PlotWidget::keyPressEvent(event);
        return;
    }
    const double cell = cellWidth();
    if (!m_brush) {
        const double middle = (m_low + m_high) / 2;
        const double half = kFirstBrush * (m_high - m_low) / 2;
        brushBy(DensityBrush{middle - half, middle + half, middle - half, middle + half});
        return;
    }
    DensityBrush brush = *m_brush;
    if (event->modifiers().testFlag(Qt::ShiftModifier)) {
        brush.highX = std::max(brush.highX + x * cell, brush.lowX + cell);
        brush.highY = std::max(brush.highY + y * cell, brush.lowY + cell);
    } else {
        const double right = std::clamp(x * cell, m_low - brush.lowX, m_high - brush.highX);
        const double up = std::clamp(y * cell, m_low - brush.lowY, m_high - brush.highY);
        brush = {brush.lowX + right, brush.highX + right, brush.lowY + up, brush.highY + up};
    }
    brushBy(brush);
}

void DensityPlot::leaveEvent(QEvent*) {
    m_pointer.reset();
    update();
}

} // namespace tercet
