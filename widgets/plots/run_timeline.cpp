#include "widgets/plots/run_timeline.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <numeric>

namespace tercet {
namespace {

constexpr double kVolumeRow = 1.5 * kUnit;
constexpr double kClosestTicks = 3; ///< closer ones are a band

QColor colorOf(const TimelineSpan& span, const Look& look) {
    switch (span.kind) {
    case TimelineSpan::Kind::Known:
        return look.accent;
    case TimelineSpan::Kind::Other:
        return look.mutedText;
    case TimelineSpan::Kind::Misfit:
        break;
    }
    return look.error;
}

} // namespace

RunTimeline::RunTimeline(QWidget* parent) : ItemPlot(false, parent) {}

void RunTimeline::setRun(int volumes, double step, std::vector<TimelineSpan> spans) {
    m_volumes = volumes;
    m_step = step;
    m_spans = std::move(spans);
    std::vector<int> order(m_spans.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](int i) { return m_spans[static_cast<std::size_t>(i)].onset; });
    setOrder(std::move(order));
    const auto misfits = std::ranges::count(m_spans, TimelineSpan::Kind::Misfit, &TimelineSpan::kind);
    setAccessibleDescription(
        tr("%1 volumes, %2 events, %3 of them without volumes").arg(volumes).arg(m_spans.size()).arg(misfits));
}

RunTimeline::Frame RunTimeline::frameFor(const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    Frame frame;
    const double room = area.width() - 2 * kUnit;
    const double top = area.top() + kHalfUnit + headingHeight(title(), note(), room, look) + kHalfUnit;
    const double bottom = area.bottom() - metrics.height() - kUnit - kVolumeRow;
    frame.spans = QRectF(QPointF(area.left() + 2 * kUnit, top), QPointF(area.right() - 2 * kUnit, bottom));
    frame.high = std::max(m_volumes * m_step, 1e-3);
    for (const TimelineSpan& span : m_spans) {
        frame.low = std::min(frame.low, span.onset);
        frame.high = std::max(frame.high, span.onset + span.duration);
    }
    frame.volumes = QRectF(QPointF(frame.at(0), bottom), QPointF(frame.at(m_volumes * m_step), bottom + kVolumeRow));
    return frame;
}

QRectF RunTimeline::spanArea(const Frame& frame, const TimelineSpan& span) const {
    const double left = frame.at(span.onset);
    constexpr double kNarrowest = 2;
    return {left, frame.spans.top(), std::max(kNarrowest, frame.at(span.onset + span.duration) - left),
            frame.spans.height()};
}

void RunTimeline::draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont plain = look.font(TextSize::Small);
    const QFontMetricsF metrics(plain);
    drawHeading(painter, area.topLeft() + QPointF(kUnit, kHalfUnit), area.width() - 2 * kUnit, title(), note(), look);
    const Frame frame = frameFor(area, look);
    if (frame.spans.width() < 8 || frame.spans.height() < 4)
        return;
    const QRectF beyond(frame.volumes.topRight(), QPointF(frame.spans.right(), frame.volumes.bottom()));
    if (beyond.width() > 0.5)
        painter.fillRect(beyond, mixed(look.surface, look.error, 0.25));

    painter.setFont(plain);
    for (std::size_t i = 0; i < m_spans.size(); ++i) {
        const TimelineSpan& span = m_spans[i];
        const QRectF box = spanArea(frame, span).adjusted(0, 0, 0, -2);
        const QColor color = legibleOn(look.surface, colorOf(span, look), 2.4);
        const bool marked = static_cast<int>(i) == hovered;
        painter.fillRect(box, mixed(look.surface, color,
                                    marked                                   ? 0.7
                                    : span.kind == TimelineSpan::Kind::Other ? 0.12
                                                                             : 0.35));
        painter.setPen(QPen(color, marked ? 2 : 1));
        painter.setBrush(Qt::NoBrush);
        if (box.width() > 4)
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
        if (metrics.horizontalAdvance(span.name) + kUnit < box.width() && metrics.height() < box.height()) {
            painter.setPen(look.text);
            painter.drawText(box, Qt::AlignCenter, span.name);
        }
    }

    const double apart = m_volumes > 0 ? frame.volumes.width() / m_volumes : 0;
    if (apart >= kClosestTicks) {
        painter.setPen(QPen(look.mutedText, 1));
        for (int v = 0; v <= m_volumes; ++v) {
            const double x = frame.volumes.left() + v * apart;
            painter.drawLine(QPointF(x, frame.volumes.top() + 2), QPointF(x, frame.volumes.bottom() - 2));
        }
    } else if (m_volumes > 0) {
        painter.fillRect(frame.volumes.adjusted(0, 2, 0, -2), mixed(look.surface, look.mutedText, 0.5));
    }

    PlotAxis seconds{.low = frame.low, .high = frame.high};
    seconds.addTicks(std::max(2.0, frame.spans.width() / 64), false);
    painter.setPen(look.mutedText);
    for (std::size_t t = 0; t < seconds.ticks.size(); ++t) {
        const QString label = seconds.labels[static_cast<qsizetype>(t)] + tr(" s");
        const double width = metrics.horizontalAdvance(label);
        const double x = std::clamp(frame.at(seconds.ticks[t]) - width / 2, area.left() + 1, area.right() - width - 1);
        painter.drawText(QPointF(x, frame.volumes.bottom() + kHalfUnit + metrics.ascent()), label);
    }
    if (hovered < 0 || hovered >= static_cast<int>(m_spans.size()))
        return;
    const TimelineSpan& span = m_spans[static_cast<std::size_t>(hovered)];
    QStringList lines{span.name, tr("%1 s to %2 s").arg(span.onset).arg(span.onset + span.duration)};
    if (span.kind == TimelineSpan::Kind::Other)
        lines << tr("left out: not in the study");
    if (span.kind == TimelineSpan::Kind::Misfit)
        lines << tr("there are no volumes for all of it");
    drawCard(painter, area, spanArea(frame, span).center(), lines, look, colorOf(span, look));
}

QRectF RunTimeline::areaOf(int span) const {
    return spanArea(frameFor(rect(), Theme::instance().look()), m_spans[static_cast<std::size_t>(span)]);
}

QRectF RunTimeline::volumesArea() const { return frameFor(rect(), Theme::instance().look()).volumes; }

int RunTimeline::itemAt(const QPointF& position) const {
    const Frame frame = frameFor(rect(), Theme::instance().look());
    for (int i = static_cast<int>(m_spans.size()) - 1; i >= 0; --i)
        if (spanArea(frame, m_spans[static_cast<std::size_t>(i)]).contains(position))
            return i;
    return -1;
}

} // namespace tercet
