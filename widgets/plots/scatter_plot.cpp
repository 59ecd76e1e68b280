#include "widgets/plots/scatter_plot.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
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

ScatterPlot::ScatterPlot(QWidget* parent) : PlotWidget(parent) {}

void ScatterPlot::setTitle(const QString& title, const QString& note) {
    m_title = title;
    m_note = note;
    setAccessibleName(title);
    update();
}

void ScatterPlot::setLabels(const QString& x, const QString& y) {
    m_xLabel = x;
    m_yLabel = y;
    update();
}

void ScatterPlot::setPoints(std::vector<QPointF> points, const QColor& color) {
    m_points = std::move(points);
    m_color = color;
    m_byX.clear();
    for (int i = 0; i < static_cast<int>(m_points.size()); ++i)
        if (finite(m_points[static_cast<std::size_t>(i)]))
            m_byX.push_back(i);
    std::stable_sort(m_byX.begin(), m_byX.end(), [&](int a, int b) {
        return m_points[static_cast<std::size_t>(a)].x() < m_points[static_cast<std::size_t>(b)].x();
    });
    m_hovered = -1;
    update();
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

void ScatterPlot::setHovered(int point) {
    if (point == m_hovered || point >= static_cast<int>(m_points.size()))
        return;
    m_hovered = point;
    update();
}

void ScatterPlot::moveHover(int point) {
    if (point == m_hovered)
        return;
    setHovered(point);
    emit pointHovered(point);
}

ScatterPlot::Frame ScatterPlot::frameFor(const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    Frame frame;
    double low = 0;
    double high = 1;
    if (m_range) {
        std::tie(low, high) = *m_range;
    } else if (!m_byX.empty()) {
        low = high = m_points[static_cast<std::size_t>(m_byX.front())].x();
        for (const int i : m_byX) {
            const QPointF& point = m_points[static_cast<std::size_t>(i)];
            low = std::min({low, point.x(), point.y()});
            high = std::max({high, point.x(), point.y()});
        }
        const double span = high > low ? high - low : 1;
        low = low >= 0 && low < 0.3 * span ? 0 : low - 0.05 * span;
        high += 0.05 * span;
    }
    const double top = area.top() + kHalfUnit + (m_note.isEmpty() ? 1 : 2) * metrics.height() + kUnit;
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

QPointF ScatterPlot::place(const Frame& frame, const QPointF& point) {
    return {frame.area.left() + (point.x() - frame.x.low) / (frame.x.high - frame.x.low) * frame.area.width(),
            frame.area.bottom() - (point.y() - frame.y.low) / (frame.y.high - frame.y.low) * frame.area.height()};
}

void ScatterPlot::draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont plain = look.font(TextSize::Small);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(plain);
    const double room = area.width() - 2 * kUnit;
    const QPointF title = area.topLeft() + QPointF(kUnit, kHalfUnit + metrics.ascent());
    painter.setFont(strong);
    painter.setPen(look.text);
    painter.drawText(title, QFontMetricsF(strong).elidedText(m_title, Qt::ElideRight, room));
    painter.setFont(plain);
    painter.setPen(look.mutedText);
    painter.drawText(title + QPointF(0, metrics.height()), metrics.elidedText(m_note, Qt::ElideRight, room));

    const Frame frame = frameFor(area, look);
    if (frame.area.width() < 24)
        return;
    for (std::size_t i = 0; i < frame.x.ticks.size(); ++i) {
        const QString& label = frame.x.labels[static_cast<qsizetype>(i)];
        const QPointF at = place(frame, {frame.x.ticks[i], frame.y.ticks[i]});
        painter.setPen(QPen(look.grid, 1));
        painter.drawLine(QPointF(at.x(), frame.area.top()), QPointF(at.x(), frame.area.bottom()));
        painter.drawLine(QPointF(frame.area.left(), at.y()), QPointF(frame.area.right(), at.y()));
        painter.setPen(look.mutedText);
        const double width = metrics.horizontalAdvance(label);
        painter.drawText(QPointF(at.x() - width / 2, frame.area.bottom() + kHalfUnit + metrics.ascent()), label);
        painter.drawText(QPointF(frame.area.left() - kHalfUnit - width, at.y() + metrics.capHeight() / 2), label);
    }
    const QString xLabel = metrics.elidedText(m_xLabel, Qt::ElideRight, frame.area.width());
    painter.drawText(QPointF(frame.area.center().x() - metrics.horizontalAdvance(xLabel) / 2,
                             frame.area.bottom() + kHalfUnit + metrics.height() + metrics.ascent()),
                     xLabel);
    const QString yLabel = metrics.elidedText(m_yLabel, Qt::ElideRight, frame.area.height());
    painter.save();
    painter.translate(area.left() + kHalfUnit + metrics.ascent(),
                      frame.area.center().y() + metrics.horizontalAdvance(yLabel) / 2);
    painter.rotate(-90);
    painter.drawText(QPointF(), yLabel);
    painter.restore();

    painter.save();
    painter.setClipRect(frame.area.adjusted(-2, -2, 2, 2), Qt::IntersectClip);
    if (m_equalLine) {
        painter.setPen(QPen(look.mutedText, 1, Qt::DashLine));
        painter.drawLine(place(frame, {frame.x.low, frame.x.low}), place(frame, {frame.x.high, frame.x.high}));
    }
    const bool few = static_cast<double>(m_byX.size()) <= kFewPoints;
    QColor color = legibleOn(look.surface, m_color, kContrast);
    color.setAlpha(few ? 200 : 110);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const double radius = (few ? 1.4 : 0.9) * look.lineWidth + 0.4;
    for (const int i : m_byX)
        painter.drawEllipse(place(frame, m_points[static_cast<std::size_t>(i)]), radius, radius);
    painter.setBrush(Qt::NoBrush);
    if (m_fitLine && m_byX.size() > 2) {
        double meanX = 0;
        double meanY = 0;
        for (const int i : m_byX) {
            meanX += m_points[static_cast<std::size_t>(i)].x();
            meanY += m_points[static_cast<std::size_t>(i)].y();
        }
        meanX /= static_cast<double>(m_byX.size());
        meanY /= static_cast<double>(m_byX.size());
        double xx = 0;
        double xy = 0;
        for (const int i : m_byX) {
            const QPointF& point = m_points[static_cast<std::size_t>(i)];
            xx += (point.x() - meanX) * (point.x() - meanX);
            xy += (point.x() - meanX) * (point.y() - meanY);
        }
        if (xx > 0) {
            const auto line = [&](double x) { return QPointF(x, meanY + xy / xx * (x - meanX)); };
            painter.setPen(QPen(look.text, look.lineWidth));
            painter.drawLine(place(frame, line(m_points[static_cast<std::size_t>(m_byX.front())].x())),
                             place(frame, line(m_points[static_cast<std::size_t>(m_byX.back())].x())));
        }
    }
    painter.restore();
    painter.setPen(QPen(look.border, 1));
    painter.drawLine(frame.area.bottomLeft(), frame.area.bottomRight());
    painter.drawLine(frame.area.bottomLeft(), frame.area.topLeft());
    if (hovered >= 0 && finite(m_points[static_cast<std::size_t>(hovered)])) {
        const QPointF at = place(frame, m_points[static_cast<std::size_t>(hovered)]);
        painter.setPen(QPen(look.selection, 2));
        painter.drawEllipse(at, radius + 3, radius + 3);
        if (m_describe)
            drawCard(painter, area, at, m_describe(hovered), look, m_color);
    }
}

void ScatterPlot::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    draw(painter, area, look, -1);
    painter.restore();
}

void ScatterPlot::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    draw(painter, rect(), look, m_hovered);
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

QPointF ScatterPlot::placeOf(int point) const {
    return place(frameFor(rect(), Theme::instance().look()), m_points.at(static_cast<std::size_t>(point)));
}

int ScatterPlot::nearest(const QPointF& position) const {
    const Frame frame = frameFor(rect(), Theme::instance().look());
    int best = -1;
    double least = kReach * kReach;
    for (const int i : m_byX) {
        const QPointF away = place(frame, m_points[static_cast<std::size_t>(i)]) - position;
        if (const double distance = QPointF::dotProduct(away, away); distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

void ScatterPlot::mouseMoveEvent(QMouseEvent* event) { moveHover(nearest(event->position())); }

void ScatterPlot::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_hovered >= 0)
        emit pointClicked(m_hovered);
}

void ScatterPlot::keyPressEvent(QKeyEvent* event) {
    const bool left = event->key() == Qt::Key_Left;
    if (event->key() == Qt::Key_Escape) {
        moveHover(-1);
    } else if ((left || event->key() == Qt::Key_Right) && !m_byX.empty()) {
        const auto now = std::find(m_byX.begin(), m_byX.end(), m_hovered);
        const auto last = static_cast<std::ptrdiff_t>(m_byX.size()) - 1;
        const std::ptrdiff_t at = now == m_byX.end() ? (left ? last : 0) : now - m_byX.begin() + (left ? -1 : 1);
        moveHover(m_byX[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at, 0, last))]);
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Space) && m_hovered >= 0) {
        emit pointClicked(m_hovered);
    } else {
        PlotWidget::keyPressEvent(event);
    }
}

void ScatterPlot::leaveEvent(QEvent*) { moveHover(-1); }

} // namespace tercet
