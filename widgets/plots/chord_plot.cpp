#include "widgets/plots/chord_plot.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace tercet {
namespace {

constexpr double kArcWidth = 8;
constexpr double kGapTurns = 0.0035;
constexpr double kClusterGapTurns = 0.012;

QPointF onCircle(const QPointF& center, double radius, double turns) {
    const double angle = 2 * std::numbers::pi * turns - std::numbers::pi / 2;
    return center + radius * QPointF(std::cos(angle), std::sin(angle));
}

QRectF around(const QPointF& center, double radius) {
    return {center - QPointF(radius, radius), QSizeF(2 * radius, 2 * radius)};
}

double degrees(double turns) { return 90 - 360 * turns; } // as QPainterPath counts them

} // namespace

ChordPlot::ChordPlot(QWidget* parent) : PlotWidget(parent) {
    setAccessibleName(tr("Chords of the emotion graph"));
    setMinimumSize(140, 140);
}

void ChordPlot::setGraph(GraphPlotData graph) {
    m_graph = std::move(graph);
    if (m_hovered >= static_cast<int>(m_graph.nodes.size()))
        m_hovered = -1;
    arrange();
    update();
}

void ChordPlot::arrange() {
    const auto count = m_graph.nodes.size();
    m_order.resize(count);
    std::iota(m_order.begin(), m_order.end(), 0);
    const auto communityOf = [&](int node) { return m_graph.nodes[static_cast<std::size_t>(node)].community; };
    std::stable_sort(m_order.begin(), m_order.end(), [&](int a, int b) {
        const auto key = [&](int node) { return communityOf(node) < 0 ? 1 << 20 : communityOf(node); };
        return key(a) < key(b);
    });
    double gaps = 0;
    for (std::size_t i = 0; i < count; ++i)
        gaps += communityOf(m_order[i]) == communityOf(m_order[(i + 1) % count]) ? kGapTurns : kClusterGapTurns;
    const double width = count == 0 ? 0 : (1 - gaps) / static_cast<double>(count);
    m_arcs.assign(count, {});
    double at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        m_arcs[static_cast<std::size_t>(m_order[i])] = {at, at + width};
        at += width + (communityOf(m_order[i]) == communityOf(m_order[(i + 1) % count]) ? kGapTurns : kClusterGapTurns);
    }
    // One scale for all, so that ribbons can be compared: the busiest arc is full.
    std::vector<double> strength(count, 0);
    for (const GraphPlotEdge& edge : m_graph.edges) {
        strength[static_cast<std::size_t>(edge.first)] += std::abs(edge.r);
        strength[static_cast<std::size_t>(edge.second)] += std::abs(edge.r);
    }
    const double most = strength.empty() ? 0 : *std::max_element(strength.begin(), strength.end());
    const double scale = most > 0 ? width / most : 0;
    std::vector<double> next(count);
    for (std::size_t i = 0; i < count; ++i)
        next[i] = (m_arcs[i].from + m_arcs[i].to) / 2 - scale * strength[i] / 2;
    // At each arc, ribbons leave in the order in which their other ends come backwards, so that few cross.
    m_ribbons.assign(m_graph.edges.size(), {});
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<std::pair<double, std::size_t>> ends;
        for (std::size_t e = 0; e < m_graph.edges.size(); ++e) {
            const GraphPlotEdge& edge = m_graph.edges[e];
            const bool first = edge.first == static_cast<int>(i);
            if (!first && edge.second != static_cast<int>(i))
                continue;
            const auto other = static_cast<std::size_t>(first ? edge.second : edge.first);
            const double ahead = m_arcs[other].from - m_arcs[i].from;
            ends.emplace_back(-(ahead < 0 ? ahead + 1 : ahead), e);
        }
        std::sort(ends.begin(), ends.end());
        for (const auto& [ahead, e] : ends) {
            const double wide = scale * std::abs(m_graph.edges[e].r);
            const Arc arc{next[i], next[i] + wide};
            next[i] += wide;
            (m_graph.edges[e].first == static_cast<int>(i) ? m_ribbons[e].first : m_ribbons[e].second) = arc;
        }
    }
}

void ChordPlot::setHighlighted(int node) {
    if (std::exchange(m_highlighted, node) != node)
        update();
}

void ChordPlot::setSelected(int node) {
    if (std::exchange(m_selected, node) != node)
        update();
}

ChordPlot::Circle ChordPlot::circleFor(const QRectF& area, const Look& look) {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    return {area.center(), std::max(10.0, std::min(area.width(), area.height()) / 2 - metrics.height() - kUnit)};
}

void ChordPlot::paintChords(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.setRenderHint(QPainter::Antialiasing);
    const Circle circle = circleFor(area, look);
    const QPointF& center = circle.center;
    const double inner = circle.radius - kArcWidth - 2;
    const int shown = m_hovered >= 0 ? m_hovered : m_highlighted;
    // Those within a community lie over those between, and marked ones on top. Opaque, because Qt fills what is
    // transparent on several threads, which for slender shapes takes twice as long.
    for (const int layer : {0, 1, 2})
        for (std::size_t e = 0; e < m_ribbons.size(); ++e) {
            const GraphPlotEdge& edge = m_graph.edges[e];
            const bool marked = shown >= 0 && (edge.first == shown || edge.second == shown);
            const int community = m_graph.nodes[static_cast<std::size_t>(edge.first)].community;
            const bool within = community == m_graph.nodes[static_cast<std::size_t>(edge.second)].community;
            if (layer != (marked ? 2 : (within ? 1 : 0)))
                continue;
            const bool known = community >= 0 && community < static_cast<int>(m_graph.clusters.size());
            const QColor color =
                mixed(look.surface,
                      within && known ? m_graph.clusters[static_cast<std::size_t>(community)].color : look.mutedText,
                      marked ? 0.85 : (shown >= 0 ? 0.12 : (within ? 0.5 : 0.3)));
            const auto& [first, second] = m_ribbons[e];
            QPainterPath path;
            path.moveTo(onCircle(center, inner, first.from));
            path.arcTo(around(center, inner), degrees(first.from), -360 * (first.to - first.from));
            path.quadTo(center, onCircle(center, inner, second.from));
            path.arcTo(around(center, inner), degrees(second.from), -360 * (second.to - second.from));
            path.quadTo(center, onCircle(center, inner, first.from));
            if (edge.r < 0) {
                painter.setBrush(Qt::NoBrush);
                painter.setPen(QPen(color, 1, Qt::DashLine));
            } else {
                painter.setBrush(color);
                painter.setPen(Qt::NoPen);
            }
            painter.drawPath(path);
        }
    const QFont font = look.font(TextSize::Small);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    for (std::size_t i = 0; i < m_arcs.size(); ++i) {
        const GraphPlotNode& node = m_graph.nodes[i];
        const Arc& arc = m_arcs[i];
        QPainterPath path;
        path.moveTo(onCircle(center, circle.radius, arc.from));
        path.arcTo(around(center, circle.radius), degrees(arc.from), -360 * (arc.to - arc.from));
        path.lineTo(onCircle(center, circle.radius - kArcWidth, arc.to));
        path.arcTo(around(center, circle.radius - kArcWidth), degrees(arc.to), 360 * (arc.to - arc.from));
        path.closeSubpath();
        const auto place = static_cast<int>(i);
        painter.setBrush(node.color);
        painter.setPen(place == shown || place == m_selected ? QPen(look.selection, 1.8) : QPen(Qt::NoPen));
        painter.drawPath(path);
        const QString number = QString::number(node.number);
        const double arcLength = 2 * std::numbers::pi * circle.radius * (arc.to - arc.from + kGapTurns);
        if (arcLength < metrics.horizontalAdvance(QStringLiteral("00")) * 0.9 && place != shown)
            continue;
        const QPointF at = onCircle(center, circle.radius + 3 + metrics.height() / 2, (arc.from + arc.to) / 2);
        painter.setPen(place == shown || place == m_selected ? look.text : look.mutedText);
        painter.drawText(at + QPointF(-metrics.horizontalAdvance(number) / 2, metrics.capHeight() / 2), number);
    }
}

void ChordPlot::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.fillRect(area, look.surface);
    paintChords(painter, area, look);
    painter.restore();
}

void ChordPlot::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    painter.fillRect(rect(), look.surface);
    paintChords(painter, rect(), look);
    if (m_hovered >= 0) {
        const GraphPlotNode& node = m_graph.nodes[static_cast<std::size_t>(m_hovered)];
        struct Tie {
            double r;
            int other;
        };
        std::vector<Tie> ties;
        for (const GraphPlotEdge& edge : m_graph.edges)
            if (edge.first == m_hovered || edge.second == m_hovered)
                ties.push_back({edge.r, edge.first == m_hovered ? edge.second : edge.first});
        std::sort(ties.begin(), ties.end(), [](const Tie& a, const Tie& b) { return std::abs(a.r) > std::abs(b.r); });
        QStringList lines{node.name.isEmpty() ? tr("component %1").arg(node.number)
                                              : tr("%1 %2").arg(node.number).arg(node.name)};
        constexpr std::size_t kMostTies = 4;
        for (std::size_t t = 0; t < std::min(kMostTies, ties.size()); ++t) {
            const GraphPlotNode& other = m_graph.nodes[static_cast<std::size_t>(ties[t].other)];
            lines << tr("r %1 with %2 %3").arg(ties[t].r, 0, 'f', 2).arg(other.number).arg(other.name);
        }
        if (ties.size() > kMostTies)
            lines << tr("and %1 more").arg(ties.size() - kMostTies);
        else if (ties.empty())
            lines << tr("isolated: no edge at this threshold");
        drawCard(painter, rect(), centerOf(m_hovered), lines, look, node.color);
    }
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

int ChordPlot::nodeAt(const QPointF& place) const {
    const Look& look = Theme::instance().look();
    const Circle circle = circleFor(rect(), look);
    const QPointF way = place - circle.center;
    const double distance = std::hypot(way.x(), way.y());
    if (distance < circle.radius - kArcWidth - 4 || distance > circle.radius + 3 * kUnit)
        return -1;
    double turns = std::atan2(way.x(), -way.y()) / (2 * std::numbers::pi);
    turns += turns < 0 ? 1 : 0;
    for (std::size_t i = 0; i < m_arcs.size(); ++i)
        if (turns >= m_arcs[i].from && turns <= m_arcs[i].to)
            return static_cast<int>(i);
    return -1;
}

QPointF ChordPlot::centerOf(int node) const {
    const Circle circle = circleFor(rect(), Theme::instance().look());
    const Arc& arc = m_arcs.at(static_cast<std::size_t>(node));
    return onCircle(circle.center, circle.radius - kArcWidth / 2, (arc.from + arc.to) / 2);
}

void ChordPlot::setHovered(int node) {
    if (std::exchange(m_hovered, node) == node)
        return;
    update();
    emit nodeHovered(node);
}

void ChordPlot::mouseMoveEvent(QMouseEvent* event) { setHovered(nodeAt(event->position())); }

void ChordPlot::mouseReleaseEvent(QMouseEvent* event) {
    const int node = nodeAt(event->position());
    if (event->button() == Qt::LeftButton && node >= 0)
        emit nodeClicked(node);
}

void ChordPlot::keyPressEvent(QKeyEvent* event) {
    const auto count = static_cast<int>(m_order.size());
    const auto found = std::find(m_order.begin(), m_order.end(), m_hovered);
    const int at = found == m_order.end() ? -1 : static_cast<int>(found - m_order.begin());
    if (count > 0 && (event->key() == Qt::Key_Right || event->key() == Qt::Key_Down))
        setHovered(m_order[static_cast<std::size_t>((at + 1) % count)]);
    else if (count > 0 && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Up))
        setHovered(m_order[static_cast<std::size_t>((std::max(at, 0) + count - 1) % count)]);
    else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_hovered >= 0)
        emit nodeClicked(m_hovered);
    else if (event->key() == Qt::Key_Escape)
        setHovered(-1);
    else
        PlotWidget::keyPressEvent(event);
}

void ChordPlot::leaveEvent(QEvent*) { setHovered(-1); }

} // namespace tercet
