#include "widgets/plots/size_plot.h"

#include "core/base/text.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
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

SizePlot::SizePlot(QWidget* parent) : ItemPlot(false, parent) {}

void SizePlot::setLabels(const QString& x, const QString& y) {
    m_xLabel = x;
    m_yLabel = y;
    update();
}

void SizePlot::setPoints(std::vector<SizePoint> points, const QStringList& groups) {
    m_points = std::move(points);
    m_groups = groups;
    std::vector<int> bySize;
    for (int i = 0; i < static_cast<int>(m_points.size()); ++i)
        if (const SizePoint& point = m_points[static_cast<std::size_t>(i)];
            point.size > 0 && std::isfinite(point.size) && std::isfinite(point.value))
            bySize.push_back(i);
    std::stable_sort(bySize.begin(), bySize.end(), [&](int a, int b) {
        return m_points[static_cast<std::size_t>(a)].size < m_points[static_cast<std::size_t>(b)].size;
    });
    QStringList texts;
    for (const int i : bySize)
        texts << m_points[static_cast<std::size_t>(i)].details.join(QStringLiteral(", "));
    setAccessibleDescription(texts.join(QStringLiteral("; ")));
    setOrder(std::move(bySize));
}

SizePlot::Frame SizePlot::frameFor(const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    Frame frame;
    double smallest = 9;
    double largest = 9;
    double low = 0;
    double high = 1;
    for (const int i : order()) {
        const SizePoint& point = m_points[static_cast<std::size_t>(i)];
        const double size = std::log10(point.size);
        smallest = i == order().front() ? size : std::min(smallest, size);
        largest = i == order().front() ? size : std::max(largest, size);
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
    const double top = area.top() + kHalfUnit + headingHeight(title(), note(), width, look) + key + kUnit;
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
            const double x = frame.x.share(at) * frame.area.width();
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
    for (const int i : order()) {
        const SizePoint& point = m_points[static_cast<std::size_t>(i)];
        const QPointF at = placeIn(frame, point.size, point.value);
        taken.emplace_back(at - QPointF(kMark, kMark), QSizeF(2 * kMark, 2 * kMark));
    }
    QStringList named;
    for (const int i : order()) {
        const SizePoint& point = m_points[static_cast<std::size_t>(i)];
        if (point.name.isEmpty() || named.contains(point.name))
            continue;
        named << point.name;
        const QPointF at = placeIn(frame, point.size, point.value);
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

QPointF SizePlot::placeIn(const Frame& frame, double size, double value) {
    return {frame.area.left() + frame.x.share(std::log10(size)) * frame.area.width(),
            frame.area.bottom() - frame.y.share(value) * frame.area.height()};
}

void SizePlot::draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont plain = look.font(TextSize::Small);
    const QFontMetricsF metrics(plain);
    const double width = area.width() - 2 * kUnit;
    drawHeading(painter, area.topLeft() + QPointF(kUnit, kHalfUnit), width, title(), note(), look);
    painter.setFont(plain);
    if (m_groups.size() > 1) {
        double y = area.top() + kHalfUnit + headingHeight(title(), note(), width, look);
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
    drawAxes(painter, frame.area, frame.x, m_xLabel, frame.y, m_yLabel, area.left(), look);

    for (const int i : order()) {
        const SizePoint& point = m_points[static_cast<std::size_t>(i)];
        const QColor color = legibleOn(look.surface, point.color, kContrast);
        const QPointF at = placeIn(frame, point.size, point.value);
        if (std::isfinite(point.low) && std::isfinite(point.high)) {
            painter.setPen(QPen(color, std::max(1.0, look.thinnestLine)));
            painter.drawLine(placeIn(frame, point.size, point.low), placeIn(frame, point.size, point.high));
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
        const QPointF at = placeIn(frame, point.size, point.value);
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
        const double x = frame.area.left() + frame.x.share(frame.x.ticks[i]) * frame.area.width();
        const double width = metrics.horizontalAdvance(frame.x.labels[static_cast<qsizetype>(i)]);
        areas.emplace_back(x - width / 2, frame.area.bottom() + kHalfUnit, width, metrics.height());
    }
    return areas;
}

QPointF SizePlot::placeOf(int point) const {
    const SizePoint& shown = m_points.at(static_cast<std::size_t>(point));
    return placeIn(frameFor(rect(), Theme::instance().look()), shown.size, shown.value);
}

int SizePlot::itemAt(const QPointF& position) const {
    const Frame frame = frameFor(rect(), Theme::instance().look());
    int best = -1;
    double least = kReach * kReach;
    for (const int i : order()) {
        const SizePoint& point = m_points[static_cast<std::size_t>(i)];
        const QPointF away = placeIn(frame, point.size, point.value) - position;
        if (const double distance = QPointF::dotProduct(away, away); distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

} // namespace tercet
