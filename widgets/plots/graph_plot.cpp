#include "widgets/plots/graph_plot.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace tercet {
namespace {

constexpr double kMargin = 10;
constexpr double kHullPadding = 7;
constexpr double kLargestRadius = 19;
constexpr double kSmallestRadius = 8.5;
constexpr double kCrampedRadius = 6.5; ///< where there is no room
constexpr double kTouching = 0.41;     ///< of a unit of the layout: nodes that are as near as they get
constexpr double kMostScale = 78;      ///< of a unit of the layout
constexpr double kMostStretch = 1.7;
constexpr double kLabelWidth = 150;

QPolygonF convexHull(std::vector<QPointF> points) {
    std::sort(points.begin(), points.end(),
              [](const QPointF& a, const QPointF& b) { return a.x() != b.x() ? a.x() < b.x() : a.y() < b.y(); });
    const auto cross = [](const QPointF& o, const QPointF& a, const QPointF& b) {
        return (a.x() - o.x()) * (b.y() - o.y()) - (a.y() - o.y()) * (b.x() - o.x());
    };
    QPolygonF hull;
    for (int side = 0; side < 2; ++side) {
        const qsizetype start = hull.size();
        for (const QPointF& point : points) {
            while (hull.size() >= start + 2 && cross(hull[hull.size() - 2], hull.last(), point) <= 0)
                hull.removeLast();
            hull.append(point);
        }
        hull.removeLast();
        std::reverse(points.begin(), points.end());
    }
    return hull;
}

double overlap(const QRectF& a, const QRectF& b) {
    const QRectF both = a.intersected(b);
    return both.isEmpty() ? 0 : both.width() * both.height();
}

} // namespace

QColor clusterColor(int number) {
    static constexpr std::array<QRgb, 10> kColors{0xFF2F7FC1, 0xFFD98300, 0xFF009E73, 0xFFC2609B, 0xFF7A6FC9,
                                                  0xFFC9542B, 0xFF8C8B22, 0xFF3AA6B9, 0xFF9A6A4B, 0xFF7C858F};
    return QColor::fromRgb(kColors[static_cast<std::size_t>(std::max(0, number)) % kColors.size()]);
}

GraphPlot::GraphPlot(QWidget* parent) : PlotWidget(parent) {
    setAccessibleName(tr("Emotion graph"));
    setMinimumSize(160, 140);
}

void GraphPlot::setGraph(GraphPlotData graph) {
    m_graph = std::move(graph);
    m_places.resize(m_graph.nodes.size());
    const auto count = static_cast<int>(m_graph.nodes.size());
    if (m_hovered >= count)
        m_hovered = -1;
    if (m_pressed >= count)
        m_pressed = -1;
    update();
}

void GraphPlot::setPlaces(std::vector<QPointF> places) {
    m_places = std::move(places);
    m_places.resize(m_graph.nodes.size());
    update();
}

void GraphPlot::setHighlighted(int node) {
    if (std::exchange(m_highlighted, node) != node)
        update();
}

void GraphPlot::setSelected(int node) {
    if (std::exchange(m_selected, node) != node)
        update();
}

GraphPlot::View GraphPlot::viewFor(const QRectF& area) const {
    QRectF bounds;
    bool any = false;
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        if (m_graph.nodes[i].community < 0)
            continue;
        const QRectF one(m_places[i] - QPointF(0.5, 0.5), QSizeF(1, 1));
        bounds = any ? bounds.united(one) : one;
        any = true;
    }
    if (!any)
        return {.origin = area.center()};
    // Names stand around the hulls.
    const QRectF room = area.adjusted(kMargin + 26, kMargin + 18, -kMargin - 26, -kMargin - 18);
    const double scale =
        std::clamp(std::min(room.width() / bounds.width(), room.height() / bounds.height()), 4.0, kMostScale);
    // A layout has no direction, so that it may be wider than it was made, within reason.
    View view{.scale = scale};
    view.stretchX = std::clamp(room.width() / bounds.width() / scale, 1.0, kMostStretch);
    view.stretchY = std::clamp(room.height() / bounds.height() / scale, 1.0, kMostStretch);
    if (scale >= kMostScale)
        view.stretchX = view.stretchY = 1;
    view.origin = room.center() - (view.shown(bounds.center()) - view.origin);
    return view;
}

GraphPlot::Layout GraphPlot::layoutFor(const QRectF& area, const Look& look) const {
    Layout layout;
    const QFontMetricsF metrics(look.font(TextSize::Small));
    const double step = 2 * kSmallestRadius + 6;
    int isolated = 0;
    double most = 0;
    for (const GraphPlotNode& node : m_graph.nodes) {
        isolated += node.community < 0 ? 1 : 0;
        most = std::max(most, node.size);
    }
    const double titleWidth = metrics.horizontalAdvance(tr("isolated")) + 2 * kUnit;
    const int perRow = std::max(1, static_cast<int>((area.width() - 2 * kMargin - titleWidth) / step));
    const int rows = (isolated + perRow - 1) / perRow;
    layout.isolatedTop = area.bottom() - (rows > 0 ? rows * step + kHalfUnit : 0);
    const QRectF inner(area.topLeft(), QPointF(area.right(), layout.isolatedTop));
    layout.view = m_dragging ? m_frozen : viewFor(inner);
    const double least = std::clamp(kTouching * layout.view.scale, kCrampedRadius, kSmallestRadius);
    const double largest = std::clamp(kTouching * layout.view.scale, least, kLargestRadius);
    int place = 0;
    for (std::size_t i = 0; i < m_graph.nodes.size(); ++i) {
        const GraphPlotNode& node = m_graph.nodes[i];
        if (node.community < 0) {
            layout.centers.emplace_back(area.left() + kMargin + titleWidth + (place % perRow + 0.5) * step,
                                        layout.isolatedTop + (place / perRow + 0.5) * step);
            layout.radii.push_back(kSmallestRadius);
            ++place;
            continue;
        }
        layout.centers.push_back(layout.view.shown(m_places[i]));
        layout.radii.push_back(std::max(least, largest * std::sqrt(most > 0 ? node.size / most : 0)));
    }
    for (std::size_t k = 0; k < m_graph.clusters.size(); ++k) {
        std::vector<QPointF> around;
        for (std::size_t i = 0; i < m_graph.nodes.size(); ++i) {
            if (m_graph.nodes[i].community != static_cast<int>(k))
                continue;
            constexpr int kSides = 20;
            for (int s = 0; s < kSides; ++s) {
                const double angle = 2 * std::numbers::pi * s / kSides;
                around.push_back(layout.centers[i] +
                                 (layout.radii[i] + kHullPadding) * QPointF(std::cos(angle), std::sin(angle)));
            }
        }
        layout.hulls.push_back(around.empty() ? QPolygonF() : convexHull(std::move(around)));
    }
    placeLabels(layout, inner, look);
    return layout;
}

void GraphPlot::placeLabels(Layout& layout, const QRectF& area, const Look& look) const {
    const QFont font = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const QRectF room = area.adjusted(kHalfUnit, kHalfUnit, -kHalfUnit, -kHalfUnit);
    for (std::size_t k = 0; k < m_graph.clusters.size(); ++k) {
        Label label;
        if (!layout.hulls[k].isEmpty() && !m_graph.clusters[k].name.isEmpty()) {
            label.lines = wrapped(m_graph.clusters[k].name, metrics, std::min(kLabelWidth, room.width() / 3), 2);
            QSizeF size(0, metrics.height() * static_cast<double>(label.lines.size()));
            for (const QString& line : label.lines)
                size.setWidth(std::max(size.width(), metrics.horizontalAdvance(line) + 2));
            const QRectF hull = layout.hulls[k].boundingRect();
            const QPointF center = hull.center();
            double least = 1e300;
            const auto consider = [&](const QPointF& middle) {
                QRectF one(QPointF(), size);
                one.moveCenter(middle);
                one.moveLeft(std::clamp(one.left(), room.left(), std::max(room.left(), room.right() - size.width())));
                one.moveTop(std::clamp(one.top(), room.top(), std::max(room.top(), room.bottom() - size.height())));
                double cost = std::hypot(one.center().x() - center.x(), one.center().y() - center.y());
                for (const Label& other : layout.labels)
                    cost += 1000 * overlap(one.adjusted(-4, -2, 4, 2), other.area);
                for (std::size_t i = 0; i < layout.centers.size(); ++i) {
                    const double radius = layout.radii[i];
                    cost += 60 * overlap(one, QRectF(layout.centers[i] - QPointF(radius, radius),
                                                     QSizeF(2 * radius, 2 * radius)));
                }
                // Clipping polygons takes long: not for a place that is worse already.
                for (std::size_t other = 0; other < layout.hulls.size() && cost < least; ++other)
                    if (other != k && layout.hulls[other].boundingRect().intersects(one) &&
                        !layout.hulls[other].intersected(QPolygonF(one)).isEmpty())
                        cost += 400;
                if (cost < least) {
                    least = cost;
                    label.area = one;
                }
            };
            constexpr int kDirections = 24;
            for (const double away : {3.0, 12.0, 26.0})
                for (int d = 0; d < kDirections; ++d) {
                    const double angle = 2 * std::numbers::pi * d / kDirections - std::numbers::pi / 2;
                    const QPointF way(std::cos(angle), std::sin(angle));
                    double reach = 0; // of hull and text that way
                    for (const QPointF& corner : layout.hulls[k])
                        reach = std::max(reach, QPointF::dotProduct(corner - center, way));
                    const double half = std::abs(way.x()) * size.width() / 2 + std::abs(way.y()) * size.height() / 2;
                    consider(center + (reach + half + away) * way);
                }
            if (least > 1000)
                for (int x = 0; x < 12; ++x)
                    for (int y = 0; y < 16; ++y)
                        consider(room.topLeft() +
                                 QPointF((x + 0.5) * room.width() / 12, (y + 0.5) * room.height() / 16));
        }
        layout.labels.push_back(std::move(label));
    }
}

void GraphPlot::paintGraph(QPainter& painter, const QRectF& area, const Look& look, const Layout& layout) const {
    painter.setRenderHint(QPainter::Antialiasing);
    const int shown = m_hovered >= 0 ? m_hovered : m_highlighted;
    for (std::size_t k = 0; k < layout.hulls.size(); ++k) {
        if (layout.hulls[k].isEmpty())
            continue;
        const QColor& color = m_graph.clusters[k].color;
        painter.setBrush(mixed(look.surface, color, look.dark ? 0.26 : 0.17));
        painter.setPen(QPen(mixed(look.surface, color, 0.55), 1));
        painter.drawPolygon(layout.hulls[k]);
    }
    double strongest = 0;
    for (const GraphPlotEdge& edge : m_graph.edges)
        strongest = std::max(strongest, std::abs(edge.r));
    for (const bool above : {false, true})
        for (const GraphPlotEdge& edge : m_graph.edges) {
            const bool marked = shown >= 0 && (edge.first == shown || edge.second == shown);
            if (marked != above)
                continue;
            QColor color = marked ? look.text : look.mutedText;
            color = mixed(look.surface, color, marked ? 0.9 : (shown >= 0 ? 0.25 : 0.5));
            QPen pen(color, std::max(0.5, 4.5 * std::abs(edge.r) / strongest), Qt::SolidLine, Qt::FlatCap);
            if (edge.r < 0)
                pen.setDashPattern({7 / std::max(1.0, pen.widthF()), 4 / std::max(1.0, pen.widthF())});
            painter.setPen(pen);
            painter.drawLine(layout.centers[static_cast<std::size_t>(edge.first)],
                             layout.centers[static_cast<std::size_t>(edge.second)]);
        }
    const QFont numbers = look.font(TextSize::Small);
    const QFontMetricsF metrics(numbers);
    painter.setFont(numbers);
    bool anyIsolated = false;
    for (std::size_t i = 0; i < m_graph.nodes.size(); ++i) {
        const GraphPlotNode& node = m_graph.nodes[i];
        anyIsolated = anyIsolated || node.community < 0;
        const auto place = static_cast<int>(i);
        const double radius = layout.radii[i];
        painter.setBrush(node.color);
        painter.setPen(place == m_selected || place == shown ? QPen(look.selection, 2.4)
                                                             : QPen(mixed(node.color, look.text, 0.45), 1));
        painter.drawEllipse(layout.centers[i], radius, radius);
        const QString number = QString::number(node.number);
        painter.setPen(contrastRatio(node.color, QColor(Qt::black)) > contrastRatio(node.color, QColor(Qt::white))
                           ? Qt::black
                           : Qt::white);
        painter.drawText(layout.centers[i] + QPointF(-metrics.horizontalAdvance(number) / 2, metrics.capHeight() / 2),
                         number);
    }
    if (anyIsolated) {
        painter.setPen(look.mutedText);
        painter.drawText(
            QPointF(area.left() + kMargin, layout.isolatedTop + kSmallestRadius + 3 + metrics.capHeight() / 2),
            tr("isolated"));
    }
    const QFont names = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF nameMetrics(names);
    for (std::size_t k = 0; k < layout.labels.size(); ++k) {
        const Label& label = layout.labels[k];
        double y = label.area.top() + nameMetrics.ascent();
        for (const QString& line : label.lines) {
            const double x = label.area.center().x() - nameMetrics.horizontalAdvance(line) / 2;
            drawRimmedText(painter, {x, y}, line, names, legibleOn(look.surface, m_graph.clusters[k].color, 4.6),
                           look.surface, 1.6);
            y += nameMetrics.height();
        }
    }
}

std::vector<QRectF> GraphPlot::clusterLabels(const QRectF& area, const Look& look) const {
    std::vector<QRectF> areas;
    for (const Label& label : layoutFor(area, look).labels)
        areas.push_back(label.area);
    return areas;
}

std::vector<QRectF> GraphPlot::nodeAreas(const QRectF& area, const Look& look) const {
    const Layout layout = layoutFor(area, look);
    std::vector<QRectF> areas;
    for (std::size_t i = 0; i < layout.centers.size(); ++i)
        areas.emplace_back(layout.centers[i] - QPointF(layout.radii[i], layout.radii[i]),
                           QSizeF(2 * layout.radii[i], 2 * layout.radii[i]));
    return areas;
}

void GraphPlot::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.fillRect(area, look.surface);
    paintGraph(painter, area, look, layoutFor(area, look));
    painter.restore();
}

void GraphPlot::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    painter.fillRect(rect(), look.surface);
    const Layout layout = layoutFor(rect(), look);
    paintGraph(painter, rect(), look, layout);
    const int shown = m_hovered >= 0 ? m_hovered : m_highlighted;
    if (m_hovered >= 0 && !m_dragging) {
        const GraphPlotNode& node = m_graph.nodes[static_cast<std::size_t>(shown)];
        const QString number = tr("component %1").arg(node.number);
        QStringList lines{node.name.isEmpty() ? number : node.name};
        if (!node.name.isEmpty())
            lines << number;
        lines << tr("PageRank %1").arg(node.size, 0, 'f', 3);
        if (node.community >= 0 && node.community < static_cast<int>(m_graph.clusters.size())) {
            const GraphPlotCluster& cluster = m_graph.clusters[static_cast<std::size_t>(node.community)];
            lines << tr("cluster: %1").arg(cluster.name);
            if (!cluster.description.isEmpty())
                lines << cluster.description;
        } else {
            lines << tr("isolated: no edge at this threshold");
        }
        drawCard(painter, rect(), layout.centers[static_cast<std::size_t>(shown)], lines, look, node.color);
    }
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

int GraphPlot::nodeAt(const QPointF& place) const {
    const Layout layout = layoutFor(rect(), Theme::instance().look());
    int nearest = -1;
    double least = 1e9;
    for (std::size_t i = 0; i < layout.centers.size(); ++i) {
        const QPointF way = place - layout.centers[i];
        const double distance = std::hypot(way.x(), way.y()) - layout.radii[i];
        if (distance < std::min(3.0, least)) {
            least = distance;
            nearest = static_cast<int>(i);
        }
    }
    return nearest;
}

int GraphPlot::clusterAt(const QPointF& place) const {
    const Layout layout = layoutFor(rect(), Theme::instance().look());
    for (std::size_t k = 0; k < layout.labels.size(); ++k)
        if (layout.labels[k].area.contains(place))
            return static_cast<int>(k);
    for (std::size_t k = 0; k < layout.hulls.size(); ++k)
        if (layout.hulls[k].containsPoint(place, Qt::OddEvenFill))
            return static_cast<int>(k);
    return -1;
}

QPointF GraphPlot::centerOf(int node) const {
    return layoutFor(rect(), Theme::instance().look()).centers.at(static_cast<std::size_t>(node));
}

void GraphPlot::setHovered(int node) {
    if (std::exchange(m_hovered, node) == node)
        return;
    update();
    emit nodeHovered(node);
}

void GraphPlot::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    m_pressed = nodeAt(event->position());
    m_pressedAt = event->position();
    m_frozen = layoutFor(rect(), Theme::instance().look()).view;
}

void GraphPlot::mouseMoveEvent(QMouseEvent* event) {
    if (m_pressed >= 0 && (event->buttons() & Qt::LeftButton)) {
        const bool movable = m_graph.nodes[static_cast<std::size_t>(m_pressed)].community >= 0;
        if (!m_dragging && movable &&
            (event->position() - m_pressedAt).manhattanLength() >= QApplication::startDragDistance())
            m_dragging = true;
        if (m_dragging)
            emit nodeDragged(m_pressed, m_frozen.placeAt(event->position()));
        return;
    }
    setHovered(nodeAt(event->position()));
    setCursor(m_hovered >= 0 || clusterAt(event->position()) >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void GraphPlot::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    const int pressed = std::exchange(m_pressed, -1);
    if (std::exchange(m_dragging, false)) {
        update();
        emit nodeDropped(pressed);
        return;
    }
    if (pressed >= 0 && nodeAt(event->position()) == pressed)
        emit nodeClicked(pressed);
    else if (const int cluster = pressed < 0 ? clusterAt(event->position()) : -1; cluster >= 0)
        emit clusterClicked(cluster);
}

void GraphPlot::mouseDoubleClickEvent(QMouseEvent* event) {
    if (const int cluster = clusterAt(event->position()); cluster >= 0 && nodeAt(event->position()) < 0)
        emit clusterEdited(cluster);
}

void GraphPlot::keyPressEvent(QKeyEvent* event) {
    const auto count = static_cast<int>(m_graph.nodes.size());
    if (count == 0) {
        PlotWidget::keyPressEvent(event);
        return;
    }
    const int community = m_hovered < 0 ? -1 : m_graph.nodes[static_cast<std::size_t>(m_hovered)].community;
    switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Down:
        setHovered((m_hovered + 1) % count);
        return;
    case Qt::Key_Left:
    case Qt::Key_Up:
        setHovered((std::max(m_hovered, 0) + count - 1) % count);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_hovered >= 0)
            emit nodeClicked(m_hovered);
        return;
    case Qt::Key_Space:
        if (community >= 0)
            emit clusterClicked(community);
        return;
    case Qt::Key_F2:
        if (community >= 0)
            emit clusterEdited(community);
        return;
    case Qt::Key_Escape:
        setHovered(-1);
        return;
    default:
        PlotWidget::keyPressEvent(event);
    }
}

void GraphPlot::leaveEvent(QEvent*) { setHovered(-1); }

} // namespace tercet
