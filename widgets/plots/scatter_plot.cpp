#include "widgets/plots/scatter_plot.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

constexpr double kContrast = 2.4;  ///< of a point with the background, at least
constexpr double kReach = 12;      ///< of the pointer
constexpr double kFewPoints = 300; ///< up to which they are drawn large

bool finite(const QPointF& point) { return std::isfinite(point.x()) && std::isfinite(point.y()); }

} // namespace

ScatterPlot::ScatterPlot(QWidget* parent) : ItemPlot(false, parent) {}

void ScatterPlot::setLabels(const QString& x, const QString& y) {
    m_xLabel = x;
    m_yLabel = y;
    update();
}

void ScatterPlot::setPoints(std::vector<QPointF> points, const QColor& color) {
    m_points = std::move(points);
    m_color = color;
    std::vector<int> byX;
    for (int i = 0; i < static_cast<int>(m_points.size()); ++i)
        if (finite(m_points[static_cast<std::size_t>(i)]))
            byX.push_back(i);
    std::stable_sort(byX.begin(), byX.end(), [&](int a, int b) {
        return m_points[static_cast<std::size_t>(a)].x() < m_points[static_cast<std::size_t>(b)].x();
    });
    setOrder(std::move(byX));
}

void ScatterPlot::setRange(std::optional<std::pair<double, double>> range) {
    m_range = range;
    update();
}

void ScatterPlot::setEqualLine(bool shown) {
    m_equalLine = shown;
    update();
}

void ScatterPlot::setFitLine(bool shown) {
    m_fitLine = shown;
    update();
}

void ScatterPlot::setDescribe(std::function<QStringList(int)> describe) { m_describe = std::move(describe); }

ScatterPlot::Frame ScatterPlot::frameFor(const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    Frame frame;
    double low = 0;
    double high = 1;
    if (m_range) {
        std::tie(low, high) = *m_range;
    } else if (!order().empty()) {
        low = high = m_points[static_cast<std::size_t>(order().front())].x();
        for (const int i : order()) {
            const QPointF& point = m_points[static_cast<std::size_t>(i)];
            low = std::min({low, point.x(), point.y()});
            high = std::max({high, point.x(), point.y()});
        }
        const double span = high > low ? high - low : 1;
        low = low >= 0 && low < 0.3 * span ? 0 : low - 0.05 * span;
        high += 0.05 * span;
    }
    const double top = area.top() + kHalfUnit + (note().isEmpty() ? 1 : 2) * metrics.height() + kUnit;
    const double bottom = area.bottom() - 2 * metrics.height() - kUnit;
    const double labels = metrics.horizontalAdvance(QStringLiteral("0.00")) + metrics.height() + 2 * kUnit;
    const double side = std::max(0.0, std::min(area.width() - labels - kUnit, bottom - top));
    frame.area = QRectF(area.left() + labels, top, side, side);
    for (PlotAxis* axis : {&frame.x, &frame.y}) {
        axis->low = low;
        axis->high = high;
        axis->addTicks(std::clamp(side / (metrics.horizontalAdvance(QStringLiteral("0.00")) + 2 * kUnit), 1.0, 8.0),
                       false);
    }
    return frame;
}

QPointF ScatterPlot::placeIn(const Frame& frame, const QPointF& point) {
    return {frame.area.left() + frame.x.share(point.x()) * frame.area.width(),
            frame.area.bottom() - frame.y.share(point.y()) * frame.area.height()};
}

void ScatterPlot::draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont plain = look.font(TextSize::Small);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(plain);
    const double room = area.width() - 2 * kUnit;
    const QPointF baseline = area.topLeft() + QPointF(kUnit, kHalfUnit + metrics.ascent());
    painter.setFont(strong);
    painter.setPen(look.text);
    painter.drawText(baseline, QFontMetricsF(strong).elidedText(title(), Qt::ElideRight, room));
    painter.setFont(plain);
    painter.setPen(look.mutedText);
    painter.drawText(baseline + QPointF(0, metrics.height()), metrics.elidedText(note(), Qt::ElideRight, room));

    const Frame frame = frameFor(area, look);
    if (frame.area.width() < 24)
        return;
    drawAxes(painter, frame.area, frame.x, m_xLabel, frame.y, m_yLabel, area.left(), look);
    painter.save();
    painter.setClipRect(frame.area.adjusted(-2, -2, 2, 2), Qt::IntersectClip);
    if (m_equalLine) {
        painter.setPen(QPen(look.mutedText, 1, Qt::DashLine));
        painter.drawLine(placeIn(frame, {frame.x.low, frame.x.low}), placeIn(frame, {frame.x.high, frame.x.high}));
    }
    const bool few = static_cast<double>(order().size()) <= kFewPoints;
    QColor color = legibleOn(look.surface, m_color, kContrast);
    color.setAlpha(few ? 200 : 110);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const double radius = (few ? 1.4 : 0.9) * look.lineWidth + 0.4;
    for (const int i : order())
        painter.drawEllipse(placeIn(frame, m_points[static_cast<std::size_t>(i)]), radius, radius);
    painter.setBrush(Qt::NoBrush);
    if (m_fitLine && order().size() > 2) {
        double meanX = 0;
        double meanY = 0;
        for (const int i : order()) {
            meanX += m_points[static_cast<std::size_t>(i)].x();
            meanY += m_points[static_cast<std::size_t>(i)].y();
        }
        meanX /= static_cast<double>(order().size());
        meanY /= static_cast<double>(order().size());
        double xx = 0;
        double xy = 0;
        for (const int i : order()) {
            const QPointF& point = m_points[static_cast<std::size_t>(i)];
            xx += (point.x() - meanX) * (point.x() - meanX);
            xy += (point.x() - meanX) * (point.y() - meanY);
        }
        if (xx > 0) {
            const auto line = [&](double x) { return QPointF(x, meanY + xy / xx * (x - meanX)); };
            painter.setPen(QPen(look.text, look.lineWidth));
            painter.drawLine(placeIn(frame, line(m_points[static_cast<std::size_t>(order().front())].x())),
                             placeIn(frame, line(m_points[static_cast<std::size_t>(order().back())].x())));
        }
    }
    painter.restore();
    if (hovered >= 0) {
        const QPointF at = placeIn(frame, m_points[static_cast<std::size_t>(hovered)]);
        painter.setPen(QPen(look.selection, 2));
        painter.drawEllipse(at, radius + 3, radius + 3);
        if (m_describe)
            drawCard(painter, area, at, m_describe(hovered), look, m_color);
    }
}

QPointF ScatterPlot::placeOf(int point) const {
    return placeIn(frameFor(rect(), Theme::instance().look()), m_points.at(static_cast<std::size_t>(point)));
}

int ScatterPlot::itemAt(const QPointF& position) const {
    const Frame frame = frameFor(rect(), Theme::instance().look());
    int best = -1;
    double least = kReach * kReach;
    for (const int i : order()) {
        const QPointF away = placeIn(frame, m_points[static_cast<std::size_t>(i)]) - position;
        if (const double distance = QPointF::dotProduct(away, away); distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

} // namespace tercet
