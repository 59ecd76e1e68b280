#include "widgets/plots/bar_plot.h"

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

constexpr double kContrast = 2.4; ///< of a bar with the background, at least
constexpr double kLargestRow = 4.5 * kUnit;
constexpr double kBarShare = 0.58; ///< of a row
constexpr double kWhiskerCap = 3;

/// A name on so many lines, that of a pair best parted between its two.
QStringList nameLines(const QString& name, const QFontMetricsF& metrics, double width, int lines) {
    const qsizetype dash = name.indexOf(QStringLiteral(" – "));
    if (lines < 2 || dash < 0 || metrics.horizontalAdvance(name) <= width)
        return wrapped(name, metrics, width, lines);
    return {metrics.elidedText(name.left(dash + 2), Qt::ElideRight, width),
            metrics.elidedText(name.mid(dash + 3), Qt::ElideRight, width)};
}

} // namespace

BarPlot::BarPlot(QWidget* parent) : ItemPlot(true, parent) {}

void BarPlot::setDecimals(int decimals) {
    m_decimals = decimals;
    update();
}

void BarPlot::setBars(std::vector<Bar> bars) {
    m_bars = std::move(bars);
    std::vector<int> order(m_bars.size());
    std::iota(order.begin(), order.end(), 0);
    setOrder(std::move(order));
    updateGeometry();
}

void BarPlot::setReference(std::optional<double> value, const QString& name, double low, double high) {
    m_reference = value;
    m_referenceName = name;
    m_referenceLow = low;
    m_referenceHigh = high;
    update();
}

void BarPlot::setRange(std::optional<std::pair<double, double>> range) {
    m_range = range;
    update();
}

QSize BarPlot::sizeHint() const { return {360, static_cast<int>(std::ceil(heightFor(Theme::instance().look(), 360)))}; }

/// Names that are wider stand on two lines.
double BarPlot::nameWidth(double width, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    double widest = 0;
    for (const Bar& bar : m_bars)
        widest = std::max(widest, metrics.horizontalAdvance(bar.name));
    return std::min(widest, 0.4 * width);
}

double BarPlot::heightFor(const Look& look, double width) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    const double names = nameWidth(width, look);
    const bool wraps = std::any_of(m_bars.begin(), m_bars.end(),
                                   [&](const Bar& bar) { return metrics.horizontalAdvance(bar.name) > names; });
    const double line = metrics.height();
    return headingHeight(title(), note(), width - 2 * kUnit, look) + 3 * line + kUnit +
           static_cast<double>(std::max<std::size_t>(m_bars.size(), 1)) * std::max((wraps ? 2.2 : 1.5) * line, 22.0);
}

BarPlot::Frame BarPlot::frameFor(const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    const QFontMetricsF strong(look.font(TextSize::Small, QFont::DemiBold));
    Frame frame;
    double low = 0;
    double high = 0;
    for (const Bar& bar : m_bars) {
        frame.values = std::max(frame.values, strong.horizontalAdvance(numberText(bar.value, m_decimals)));
        for (const double value : {bar.value, bar.low, bar.high, bar.ceilingLow, bar.ceilingHigh})
            if (std::isfinite(value)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
    }
    for (const double value : {m_reference.value_or(0), m_referenceLow, m_referenceHigh})
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    frame.axis.low = m_range ? m_range->first : low < 0 ? 1.05 * low : 0;
    frame.axis.high = m_range ? m_range->second : high > low ? high + 0.03 * (high - low) : 1;
    frame.names = nameWidth(area.width(), look);
    const double top = area.top() + kHalfUnit + headingHeight(title(), note(), area.width() - 2 * kUnit, look) +
                       (m_referenceName.isEmpty() ? 0 : metrics.height());
    frame.area.setCoords(area.left() + kUnit + frame.names + kUnit, top, area.right() - 2 * kUnit - frame.values,
                         area.bottom() - metrics.height() - kUnit);
    frame.row =
        std::min(kLargestRow, frame.area.height() / static_cast<double>(std::max<std::size_t>(m_bars.size(), 1)));
    frame.area.setHeight(frame.row * static_cast<double>(m_bars.size()));
    const double labelRoom = metrics.horizontalAdvance(tickLabel(frame.axis.high, 0.01)) + 2 * kUnit;
    frame.axis.addTicks(std::max(1.0, frame.area.width() / labelRoom), false);
    return frame;
}

double BarPlot::place(const Frame& frame, double value) {
    return frame.area.left() + std::clamp(frame.axis.share(value), 0.0, 1.0) * frame.area.width();
}

QRectF BarPlot::barArea(const Frame& frame, std::size_t bar) const {
    const double start = place(frame, std::max(0.0, frame.axis.low));
    const double end = std::isfinite(m_bars[bar].value) ? place(frame, m_bars[bar].value) : start;
    const double top = frame.area.top() + (static_cast<double>(bar) + (1 - kBarShare) / 2) * frame.row;
    return {std::min(start, end), top, std::abs(end - start), kBarShare * frame.row};
}

void BarPlot::draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont plain = look.font(TextSize::Small);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(plain);
    const QFontMetricsF strongMetrics(strong);
    drawHeading(painter, area.topLeft() + QPointF(kUnit, kHalfUnit), area.width() - 2 * kUnit, title(), note(), look);

    const Frame frame = frameFor(area, look);
    if (frame.area.width() < 8 || frame.row < 3)
        return;
    for (std::size_t i = 0; i < frame.axis.ticks.size(); ++i) {
        const double x = place(frame, frame.axis.ticks[i]);
        const QString& label = frame.axis.labels[static_cast<qsizetype>(i)];
        painter.setPen(QPen(look.grid, 1));
        painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()));
        painter.setPen(look.mutedText);
        painter.drawText(
            QPointF(x - metrics.horizontalAdvance(label) / 2, frame.area.bottom() + kHalfUnit + metrics.ascent()),
            label);
    }
    for (std::size_t i = 0; i < m_bars.size(); ++i) {
        const Bar& bar = m_bars[i];
        const QRectF body = barArea(frame, i);
        const double middle = body.center().y();
        if (static_cast<int>(i) == hovered)
            painter.fillRect(QRectF(area.left(), middle - frame.row / 2, area.width(), frame.row), look.highlight);
        painter.setFont(plain);
        painter.setPen(look.text);
        const QStringList name =
            nameLines(bar.name, metrics, frame.names + 0.5, frame.row >= 1.9 * metrics.height() ? 2 : 1);
        double baseline =
            middle + metrics.capHeight() / 2 - static_cast<double>(name.size() - 1) * metrics.height() / 2;
        for (const QString& line : name) {
            painter.drawText(QPointF(frame.area.left() - kUnit - metrics.horizontalAdvance(line), baseline), line);
            baseline += metrics.height();
        }
        if (std::isfinite(bar.ceilingLow) && std::isfinite(bar.ceilingHigh)) {
            const double left = place(frame, bar.ceilingLow);
            const double right = place(frame, bar.ceilingHigh);
            painter.fillRect(QRectF(left - 1, body.top() - 0.12 * frame.row, std::max(2.0, right - left + 2),
                                    body.height() + 0.24 * frame.row),
                             mixed(look.surface, look.mutedText, 0.45));
        }
        painter.fillRect(body, legibleOn(look.surface, bar.color, kContrast));
        if (std::isfinite(bar.low) && std::isfinite(bar.high)) {
            const double left = place(frame, bar.low);
            const double right = place(frame, bar.high);
            painter.setPen(QPen(look.text, 1));
            painter.drawLine(QPointF(left, middle), QPointF(right, middle));
            for (const double x : {left, right})
                painter.drawLine(QPointF(x, middle - kWhiskerCap), QPointF(x, middle + kWhiskerCap));
        }
        painter.setFont(strong);
        painter.setPen(look.text);
        painter.drawText(QPointF(frame.area.right() + kUnit, middle + strongMetrics.capHeight() / 2),
                         numberText(bar.value, m_decimals));
    }
    if (m_reference) {
        const double x = place(frame, *m_reference);
        if (std::isfinite(m_referenceLow) && std::isfinite(m_referenceHigh)) {
            QColor color = look.mutedText;
            color.setAlpha(60);
            painter.fillRect(QRectF(QPointF(place(frame, m_referenceLow), frame.area.top()),
                                    QPointF(place(frame, m_referenceHigh), frame.area.bottom())),
                             color);
        }
        painter.setPen(QPen(look.text, 1, Qt::DashLine));
        painter.drawLine(QPointF(x, frame.area.top() - 2), QPointF(x, frame.area.bottom()));
        painter.setFont(plain);
        painter.setPen(look.mutedText);
        const double width = metrics.horizontalAdvance(m_referenceName);
        painter.drawText(QPointF(std::clamp(x - width / 2, area.left() + kUnit,
                                            std::max(area.left() + kUnit, area.right() - kUnit - width)),
                                 frame.area.top() - 4),
                         m_referenceName);
    }
    painter.setPen(QPen(look.border, 1));
    const double start = place(frame, std::max(0.0, frame.axis.low));
    painter.drawLine(QPointF(start, frame.area.top()), QPointF(start, frame.area.bottom()));
    if (hovered >= 0 && hovered < static_cast<int>(m_bars.size())) {
        const Bar& bar = m_bars[static_cast<std::size_t>(hovered)];
        if (!bar.details.isEmpty())
            drawCard(painter, area, barArea(frame, static_cast<std::size_t>(hovered)).center(), bar.details, look,
                     bar.color);
    }
}

QRectF BarPlot::areaOf(int bar) const {
    return barArea(frameFor(rect(), Theme::instance().look()), static_cast<std::size_t>(bar));
}

int BarPlot::itemAt(const QPointF& position) const {
    const Frame frame = frameFor(rect(), Theme::instance().look());
    const double row = (position.y() - frame.area.top()) / std::max(frame.row, 1.0);
    return row >= 0 && row < static_cast<double>(m_bars.size()) ? static_cast<int>(row) : -1;
}

} // namespace tercet
