#include "widgets/plots/size_plot.h"

#include "core/base/text.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace tercet {
namespace {

constexpr double kContrast = 2.4; ///< of a point with the background, at least
constexpr double kReach = 14;     ///< of the pointer
constexpr double kMark = 4;
constexpr int kShapes = 4;

QPainterPath shapeAt(const QPointF& at, int group, double size) {
    QPainterPath path;
    switch (group % kShapes) {
    case 0:
        path.addEllipse(at, size, size);
        break;
    case 1:
        path.addRect(QRectF(at - QPointF(size, size), at + QPointF(size, size)).adjusted(0.5, 0.5, -0.5, -0.5));
        break;
    case 2:
        path.addPolygon(QPolygonF{at + QPointF(0, -1.3 * size), at + QPointF(1.3 * size, 0),
                                  at + QPointF(0, 1.3 * size), at + QPointF(-1.3 * size, 0)});
        path.closeSubpath();
        break;
    default:
        path.addPolygon(
            QPolygonF{at + QPointF(0, -1.2 * size), at + QPointF(1.2 * size, size), at + QPointF(-1.2 * size, size)});
        path.closeSubpath();
    }
    return path;
}

} // namespace

SizePlot::SizePlot(QWidget* parent) : PlotWidget(parent) {}

void SizePlot::setTitle(const QString& title, const QString& note) {
    m_title = title;
    m_note = note;
    setAccessibleName(title);
    update();
}

void SizePlot::setLabels(const QString& x, const QString& y) {
    m_xLabel = x;
    m_yLabel = y;
    update();
}

void SizePlot::setPoints(std::vector<SizePoint> points, const QStringList& groups) {
    m_points = std::move(points);
    m_groups = groups;
    m_bySize.clear();
    for (int i = 0; i < static_cast<int>(m_points.size()); ++i)
        if (const SizePoint& point = m_points[static_cast<std::size_t>(i)];
            point.size > 0 && std::isfinite(point.size) && std::isfinite(point.value))
            m_bySize.push_back(i);
    std::stable_sort(m_bySize.begin(), m_bySize.end(), [&](int a, int b) {
        return m_points[static_cast<std::size_t>(a)].size < m_points[static_cast<std::size_t>(b)].size;
    });
    m_hovered = -1;
    QStringList texts;
    for (const int i : m_bySize)
        texts << m_points[static_cast<std::size_t>(i)].details.join(QStringLiteral(", "));
    setAccessibleDescription(texts.join(QStringLiteral("; ")));
    update();
}

SizePlot::Frame SizePlot::frameFor(const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    Frame frame;
    double smallest = 9;
    double largest = 9;
    double low = 0;
    double high = 1;
    for (const int i : m_bySize) {
        const SizePoint& point = m_points[static_cast<std::size_t>(i)];
        const double size = std::log10(point.size);
        smallest = i == m_bySize.front() ? size : std::min(smallest, size);
        largest = i == m_bySize.front() ? size : std::max(largest, size);
        for (const double value : {point.value, point.low, point.high})
            if (std::isfinite(value)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
    }
    const double margin = std::max(0.25, 0.08 * (largest - smallest));
    frame.x.low = smallest - margin;
    frame.x.high = largest + margin;
    frame.y.low = low < 0 ? low - 0.03 * (high - low) : 0;
    frame.y.high = high > 1 ? high + 0.03 * (high - low) : 1;

    const double width = area.width() - 2 * kUnit;
    const double key = m_groups.size() > 1 ? static_cast<double>(m_groups.size()) * metrics.height() : 0;
    const double top = area.top() + kHalfUnit + headingHeight(m_title, m_note, width, look) + key + kUnit;
    const double bottom = area.bottom() - 2 * metrics.height() - kUnit;
    const double left =
        area.left() + metrics.horizontalAdvance(QStringLiteral("−0.0")) + metrics.height() + kUnit + kHalfUnit;
    frame.area = QRectF(QPointF(left, top), QPointF(std::max(left, area.right() - 2 * kUnit), std::max(top, bottom)));
    frame.y.addTicks(std::clamp(frame.area.height() / (2.2 * metrics.height()), 1.0, 6.0), false);
    const bool fine = frame.x.high - frame.x.low < 2;
    const double room = metrics.horizontalAdvance(QStringLiteral("500 M")) + 1.5 * kUnit;
    double last = -1e9;
    for (int decade = static_cast<int>(std::floor(frame.x.low)); decade <= static_cast<int>(frame.x.high); ++decade)
        for (const double step : {1.0, 2.0, 5.0}) {
            const double at = decade + std::log10(step);
            if ((step > 1 && !fine) || at < frame.x.low || at > frame.x.high)
                continue;
            const double x = (at - frame.x.low) / (frame.x.high - frame.x.low) * frame.area.width();
            if (x - last < room)
                continue;
            last = x;
            frame.x.ticks.push_back(at);
            frame.x.labels << QString::fromStdString(formatLargeNumber(std::pow(10, at)));
        }
    placeNames(frame, look);
    return frame;
}

/// Right of its point, else left, above or below, where no name or mark is yet.
void SizePlot::placeNames(Frame& frame, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    std::vector<QRectF> taken;
    for (const int i : m_bySize) {
        const SizePoint& point = m_points[static_cast<std::size_t>(i)];
        const QPointF at = place(frame, point.size, point.value);
        taken.emplace_back(at - QPointF(kMark, kMark), QSizeF(2 * kMark, 2 * kMark));
    }
    QStringList named;
    for (const int i : m_bySize) {
        const SizePoint& point = m_points[static_cast<std::size_t>(i)];
        if (point.name.isEmpty() || named.contains(point.name))
            continue;
        named << point.name;
        const QPointF at = place(frame, point.size, point.value);
        const double width = metrics.horizontalAdvance(point.name);
        const double height = metrics.height();
        const double away = kMark + 4;
        const std::array<QPointF, 6> corners{{{at.x() + away, at.y() - height / 2},
                                              {at.x() - away - width, at.y() - height / 2},
                                              {at.x() - width / 2, at.y() - away - height},
                                              {at.x() - width / 2, at.y() + away},
                                              {at.x() + away, at.y() - 1.2 * height},
                                              {at.x() + away, at.y() + 0.2 * height}}};
        for (const QPointF& corner : corners) {
            const QRectF box(corner, QSizeF(width, height));
            if (!frame.area.adjusted(0, -2, 2 * kUnit, 0).contains(box) ||
                std::any_of(taken.begin(), taken.end(), [&](const QRectF& other) { return other.intersects(box); }))
                continue;
            taken.push_back(box);
            frame.names.push_back({corner + QPointF(0, metrics.ascent()), point.name});
            break;
        }
    }
}

QPointF SizePlot::place(const Frame& frame, double size, double value) {
    return {frame.area.left() + (std::log10(size) - frame.x.low) / (frame.x.high - frame.x.low) * frame.area.width(),
            frame.area.bottom() - (value - frame.y.low) / (frame.y.high - frame.y.low) * frame.area.height()};
}

void SizePlot::draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont plain = look.font(TextSize::Small);
    const QFontMetricsF metrics(plain);
    const double width = area.width() - 2 * kUnit;
    drawHeading(painter, area.topLeft() + QPointF(kUnit, kHalfUnit), width, m_title, m_note, look);
    painter.setFont(plain);
    if (m_groups.size() > 1) {
        double y = area.top() + kHalfUnit + headingHeight(m_title, m_note, width, look);
        for (int group = 0; group < m_groups.size(); ++group, y += metrics.height()) {
            painter.setPen(QPen(look.mutedText, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawPath(shapeAt({area.left() + kUnit + kMark + 1, y + metrics.height() / 2}, group, kMark - 0.5));
            painter.setPen(look.text);
            painter.drawText(QPointF(area.left() + kUnit + 2 * kMark + 7, y + metrics.ascent()),
                             metrics.elidedText(m_groups[group], Qt::ElideRight, width - 2 * kMark - 7));
        }
    }
    const Frame frame = frameFor(area, look);
    if (frame.area.width() < 24 || frame.area.height() < 16)
        return;
    for (std::size_t i = 0; i < frame.y.ticks.size(); ++i) {
        const QString& label = frame.y.labels[static_cast<qsizetype>(i)];
        const double y =
            frame.area.bottom() - (frame.y.ticks[i] - frame.y.low) / (frame.y.high - frame.y.low) * frame.area.height();
        painter.setPen(QPen(look.grid, 1));
        painter.drawLine(QPointF(frame.area.left(), y), QPointF(frame.area.right(), y));
        painter.setPen(look.mutedText);
        painter.drawText(
            QPointF(frame.area.left() - kHalfUnit - metrics.horizontalAdvance(label), y + metrics.capHeight() / 2),
            label);
    }
    for (std::size_t i = 0; i < frame.x.ticks.size(); ++i) {
        const QString& label = frame.x.labels[static_cast<qsizetype>(i)];
        const double x =
            frame.area.left() + (frame.x.ticks[i] - frame.x.low) / (frame.x.high - frame.x.low) * frame.area.width();
        painter.setPen(QPen(look.grid, 1));
        painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()));
        painter.setPen(look.mutedText);
        painter.drawText(
            QPointF(x - metrics.horizontalAdvance(label) / 2, frame.area.bottom() + kHalfUnit + metrics.ascent()),
            label);
    }
    painter.setPen(look.mutedText);
    const QString xLabel = metrics.elidedText(m_xLabel, Qt::ElideRight, frame.area.width());
    painter.drawText(QPointF(frame.area.right() - metrics.horizontalAdvance(xLabel),
                             frame.area.bottom() + kHalfUnit + metrics.height() + metrics.ascent()),
                     xLabel);
    const QString yLabel = metrics.elidedText(m_yLabel, Qt::ElideRight, frame.area.height());
    painter.save();
    painter.translate(area.left() + kHalfUnit + metrics.ascent(),
                      frame.area.center().y() + metrics.horizontalAdvance(yLabel) / 2);
    painter.rotate(-90);
    painter.drawText(QPointF(), yLabel);
    painter.restore();
    painter.setPen(QPen(look.border, 1));
    painter.drawLine(frame.area.bottomLeft(), frame.area.bottomRight());
    painter.drawLine(frame.area.bottomLeft(), frame.area.topLeft());

    for (const int i : m_bySize) {
        const SizePoint& point = m_points[static_cast<std::size_t>(i)];
        const QColor color = legibleOn(look.surface, point.color, kContrast);
        const QPointF at = place(frame, point.size, point.value);
        if (std::isfinite(point.low) && std::isfinite(point.high)) {
            painter.setPen(QPen(color, std::max(1.0, look.thinnestLine)));
            painter.drawLine(place(frame, point.size, point.low), place(frame, point.size, point.high));
        }
        painter.setPen(QPen(look.surface, 1));
        painter.setBrush(color);
        painter.drawPath(shapeAt(at, point.group, kMark));
    }
    painter.setPen(look.text);
    for (const Name& name : frame.names)
        painter.drawText(name.at, name.text);
    if (hovered >= 0) {
        const SizePoint& point = m_points[static_cast<std::size_t>(hovered)];
        const QPointF at = place(frame, point.size, point.value);
        painter.setPen(QPen(look.selection, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(shapeAt(at, point.group, kMark + 3));
        drawCard(painter, area, at, point.details, look, point.color);
    }
}

std::vector<QRectF> SizePlot::textAreas(const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    const Frame frame = frameFor(area, look);
    std::vector<QRectF> areas;
    for (const Name& name : frame.names)
        areas.emplace_back(name.at - QPointF(0, metrics.ascent()),
                           QSizeF(metrics.horizontalAdvance(name.text), metrics.height()));
    for (std::size_t i = 0; i < frame.x.ticks.size(); ++i) {
        const double x =
            frame.area.left() + (frame.x.ticks[i] - frame.x.low) / (frame.x.high - frame.x.low) * frame.area.width();
        const double width = metrics.horizontalAdvance(frame.x.labels[static_cast<qsizetype>(i)]);
        areas.emplace_back(x - width / 2, frame.area.bottom() + kHalfUnit, width, metrics.height());
    }
    return areas;
}

void SizePlot::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    draw(painter, area, look, -1);
    painter.restore();
}

void SizePlot::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    draw(painter, rect(), look, m_hovered);
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

QPointF SizePlot::placeOf(int point) const {
    const SizePoint& shown = m_points.at(static_cast<std::size_t>(point));
    return place(frameFor(rect(), Theme::instance().look()), shown.size, shown.value);
}

void SizePlot::setHovered(int point) {
    if (point == m_hovered)
        return;
    m_hovered = point;
    update();
}

int SizePlot::nearest(const QPointF& position) const {
    int best = -1;
    double least = kReach * kReach;
    for (const int i : m_bySize) {
        const QPointF away = placeOf(i) - position;
        if (const double distance = QPointF::dotProduct(away, away); distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

void SizePlot::mouseMoveEvent(QMouseEvent* event) { setHovered(nearest(event->position())); }

void SizePlot::mouseReleaseEvent(QMouseEvent* event) {
    if (const int point = nearest(event->position()); event->button() == Qt::LeftButton && point >= 0)
        emit pointClicked(point);
}

void SizePlot::keyPressEvent(QKeyEvent* event) {
    const bool left = event->key() == Qt::Key_Left;
    if (event->key() == Qt::Key_Escape) {
        setHovered(-1);
    } else if ((left || event->key() == Qt::Key_Right) && !m_bySize.empty()) {
        const auto now = std::find(m_bySize.begin(), m_bySize.end(), m_hovered);
        const auto last = static_cast<std::ptrdiff_t>(m_bySize.size()) - 1;
        const std::ptrdiff_t at = now == m_bySize.end() ? (left ? last : 0) : now - m_bySize.begin() + (left ? -1 : 1);
        setHovered(m_bySize[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at, 0, last))]);
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Space) && m_hovered >= 0) {
        emit pointClicked(m_hovered);
    } else {
        PlotWidget::keyPressEvent(event);
    }
}

void SizePlot::leaveEvent(QEvent*) { setHovered(-1); }

} // namespace tercet
