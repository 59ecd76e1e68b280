#include "widgets/plots/stacked_bars.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

constexpr double kContrast = 2.4;
constexpr double kLargestRow = 4.5 * kUnit;
constexpr double kBarShare = 0.66; ///< of a row
constexpr double kSwatch = 10;
constexpr double kHatch = 5; ///< distance of lines and dots

int totalOf(const StackedBar& bar) { return std::accumulate(bar.counts.begin(), bar.counts.end(), 0); }

/// Patterns are lines and dots of their own, which every format keeps as vectors.
void fillPart(QPainter& painter, const QRectF& box, const StackPart& part, const Look& look) {
    if (box.width() < 0.5)
        return;
    const QColor color = legibleOn(look.surface, part.color, kContrast);
    painter.save();
    painter.setClipRect(box, Qt::IntersectClip);
    switch (part.pattern) {
    case StackPart::Pattern::Solid:
        painter.fillRect(box, color);
        break;
    case StackPart::Pattern::Hatched:
        painter.fillRect(box, mixed(look.surface, color, 0.35));
        painter.setPen(QPen(color, 1.5));
        for (double x = box.left() - box.height(); x < box.right(); x += kHatch)
            painter.drawLine(QPointF(x, box.bottom()), QPointF(x + box.height(), box.top()));
        break;
    case StackPart::Pattern::Dotted:
        painter.fillRect(box, mixed(look.surface, color, 0.35));
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        for (double y = box.top() + kHatch / 2; y < box.bottom(); y += kHatch)
            for (double x = box.left() + kHatch / 2; x < box.right(); x += kHatch)
                painter.drawEllipse(QPointF(x, y), 1.2, 1.2);
        break;
    case StackPart::Pattern::Empty:
        painter.fillRect(box, look.surface);
        break;
    }
    painter.restore();
    painter.setPen(QPen(color, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
}

} // namespace

StackedBars::StackedBars(QWidget* parent) : ItemPlot(true, parent) {}

void StackedBars::setBars(std::vector<StackPart> parts, std::vector<StackedBar> bars) {
    m_parts = std::move(parts);
    m_bars = std::move(bars);
    std::vector<int> order(m_bars.size());
    std::iota(order.begin(), order.end(), 0);
    setOrder(std::move(order));
    QStringList texts;
    for (const StackedBar& bar : m_bars)
        for (std::size_t i = 0; i < m_parts.size() && i < bar.counts.size(); ++i)
            texts << QStringLiteral("%1 %2 %3").arg(bar.name, m_parts[i].name).arg(bar.counts[i]);
    setAccessibleDescription(texts.join(QStringLiteral(", ")));
}

/// Upper left corners of the key's entries, and at the end that of the line below them.
std::vector<QPointF> StackedBars::keyPlaces(const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    const double line = metrics.height() + 2;
    double x = area.left() + kUnit;
    double y = area.top() + kHalfUnit + headingHeight(title(), note(), area.width() - 2 * kUnit, look) + 2;
    std::vector<QPointF> places;
    for (const StackPart& part : m_parts) {
        const double width = kSwatch + kHalfUnit + metrics.horizontalAdvance(part.name);
        if (!places.empty() && x + width > area.right() - kUnit && x > area.left() + kUnit) {
            x = area.left() + kUnit;
            y += line;
        }
        places.emplace_back(x, y);
        x += width + 1.5 * kUnit;
    }
    places.emplace_back(area.left() + kUnit, places.empty() ? y : y + line);
    return places;
}

StackedBars::Frame StackedBars::frameFor(const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    Frame frame;
    for (const StackedBar& bar : m_bars)
        frame.names = std::max(frame.names, metrics.horizontalAdvance(bar.name) + kSwatch + kHalfUnit);
    frame.names = std::min(frame.names, 0.4 * area.width());
    const double top = keyPlaces(area, look).back().y() + kHalfUnit;
    frame.area.setCoords(area.left() + frame.names + 2 * kUnit, top, area.right() - 2 * kUnit,
                         area.bottom() - metrics.height() - kUnit);
    frame.row =
        std::min(kLargestRow, frame.area.height() / static_cast<double>(std::max<std::size_t>(m_bars.size(), 1)));
    frame.area.setHeight(frame.row * static_cast<double>(m_bars.size()));
    return frame;
}

double StackedBars::heightFor(double width, const Look& look) const {
    const double line = QFontMetricsF(look.font(TextSize::Small)).height();
    return keyPlaces(QRectF(0, 0, width, 1000), look).back().y() + kHalfUnit + line + kUnit +
           static_cast<double>(std::max<std::size_t>(m_bars.size(), 1)) * std::max(1.7 * line, 22.0);
}

QRectF StackedBars::partArea(const Frame& frame, std::size_t bar, std::size_t part) const {
    const std::vector<int>& counts = m_bars[bar].counts;
    const int total = std::max(1, totalOf(m_bars[bar]));
    const auto before = std::accumulate(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(part), 0);
    const double left = frame.area.left() + frame.area.width() * before / total;
    const double width = frame.area.width() * counts[part] / total;
    return {left, frame.area.top() + (static_cast<double>(bar) + (1 - kBarShare) / 2) * frame.row, width,
            kBarShare * frame.row};
}

void StackedBars::draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont plain = look.font(TextSize::Small);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(plain);
    const QFontMetricsF strongMetrics(strong);
    const double room = area.width() - 2 * kUnit;
    drawHeading(painter, area.topLeft() + QPointF(kUnit, kHalfUnit), room, title(), note(), look);
    const Frame frame = frameFor(area, look);
    if (frame.area.width() < 8 || frame.row < 3)
        return;
    const std::vector<QPointF> places = keyPlaces(area, look);
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        const QPointF at = places[i] + QPointF(0, (metrics.height() - kSwatch) / 2);
        fillPart(painter, QRectF(at, QSizeF(kSwatch, kSwatch)), m_parts[i], look);
        painter.setFont(plain);
        painter.setPen(look.text);
        painter.drawText(places[i] + QPointF(kSwatch + kHalfUnit, metrics.ascent()),
                         metrics.elidedText(m_parts[i].name, Qt::ElideRight, room - kSwatch - kHalfUnit));
    }
    for (const int percent : {0, 50, 100}) {
        const double x = frame.area.left() + frame.area.width() * percent / 100;
        const QString label = QStringLiteral("%1 %").arg(percent);
        painter.setPen(QPen(look.grid, 1));
        painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()));
        painter.setPen(look.mutedText);
        painter.drawText(
            QPointF(x - metrics.horizontalAdvance(label) / 2, frame.area.bottom() + kHalfUnit + metrics.ascent()),
            label);
    }
    for (std::size_t i = 0; i < m_bars.size(); ++i) {
        const StackedBar& bar = m_bars[i];
        const double middle = frame.area.top() + (static_cast<double>(i) + 0.5) * frame.row;
        if (static_cast<int>(i) == hovered)
            painter.fillRect(QRectF(area.left(), middle - frame.row / 2, area.width(), frame.row), look.highlight);
        drawChip(painter, QRectF(area.left() + kUnit, middle - metrics.height() / 2, frame.names, metrics.height()),
                 bar.name, bar.color, plain, look.text);
        for (std::size_t p = 0; p < m_parts.size() && p < bar.counts.size(); ++p) {
            if (bar.counts[p] == 0)
                continue;
            const QRectF box = partArea(frame, i, p);
            fillPart(painter, box, m_parts[p], look);
            const QString count = QString::number(bar.counts[p]);
            const double width = strongMetrics.horizontalAdvance(count);
            if (width + kHalfUnit < box.width())
                drawRimmedText(painter, QPointF(box.center().x() - width / 2, middle + strongMetrics.capHeight() / 2),
                               count, strong, look.text, look.surface, 1.5);
        }
    }
    if (hovered >= 0 && hovered < static_cast<int>(m_bars.size())) {
        const StackedBar& bar = m_bars[static_cast<std::size_t>(hovered)];
        QStringList lines{bar.name};
        const int total = std::max(1, totalOf(bar));
        for (std::size_t p = 0; p < m_parts.size() && p < bar.counts.size(); ++p)
            if (bar.counts[p] > 0)
                lines << tr("%1: %2 of %3 (%4 %)")
                             .arg(m_parts[p].name)
                             .arg(bar.counts[p])
                             .arg(total)
                             .arg(numberText(100.0 * bar.counts[p] / total, 0));
        drawCard(painter, area, QPointF(frame.area.center().x(), frame.area.top() + (hovered + 0.5) * frame.row), lines,
                 look, bar.color);
    }
}

QRectF StackedBars::areaOf(int bar, int part) const {
    return partArea(frameFor(rect(), Theme::instance().look()), static_cast<std::size_t>(bar),
                    static_cast<std::size_t>(part));
}

int StackedBars::itemAt(const QPointF& position) const {
    const Frame frame = frameFor(rect(), Theme::instance().look());
    const double row = (position.y() - frame.area.top()) / std::max(frame.row, 1.0);
    return row >= 0 && row < static_cast<double>(m_bars.size()) ? static_cast<int>(row) : -1;
}

} // namespace tercet
