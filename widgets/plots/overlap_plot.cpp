#include "widgets/plots/overlap_plot.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QTransform>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

namespace tercet {
namespace {

constexpr std::size_t kVennSystems = 4;

struct Ellipse {
    double x, y, width, height, angle; ///< in a unit square, y up; degrees counter-clockwise
};

/// Shapes in which every subset of the systems has a region.
std::vector<Ellipse> ellipses(std::size_t count) {
    switch (count) {
    case 1:
        return {{0.5, 0.5, 0.6, 0.6, 0}};
    case 2:
        return {{0.37, 0.5, 0.5, 0.5, 0}, {0.63, 0.5, 0.5, 0.5, 0}};
    case 3:
        return {{0.38, 0.61, 0.5, 0.5, 0}, {0.62, 0.61, 0.5, 0.5, 0}, {0.5, 0.4, 0.5, 0.5, 0}};
    default:
        return {{0.350, 0.400, 0.72, 0.45, 140},
                {0.450, 0.500, 0.72, 0.45, 140},
                {0.544, 0.500, 0.72, 0.45, 40},
                {0.644, 0.400, 0.72, 0.45, 40}};
    }
}

/// Where the number of each subset stands; bit 0 is the first system.
QPointF regionPlace(std::size_t count, unsigned systems) {
    static const std::array<QPointF, 16> four{
        QPointF{},    {0.14, 0.42}, {0.32, 0.72}, {0.23, 0.59}, {0.68, 0.72}, {0.29, 0.30}, {0.50, 0.66}, {0.35, 0.50},
        {0.85, 0.42}, {0.50, 0.17}, {0.71, 0.30}, {0.61, 0.24}, {0.77, 0.59}, {0.39, 0.24}, {0.65, 0.50}, {0.50, 0.38}};
    static const std::array<QPointF, 8> three{QPointF{},   {0.27, 0.66}, {0.73, 0.66}, {0.5, 0.70},
                                              {0.5, 0.27}, {0.36, 0.47}, {0.64, 0.47}, {0.5, 0.54}};
    static const std::array<QPointF, 4> two{QPointF{}, {0.25, 0.5}, {0.75, 0.5}, {0.5, 0.5}};
    if (count == 1)
        return {0.5, 0.5};
    return count == 2 ? two.at(systems) : (count == 3 ? three.at(systems) : four.at(systems));
}

} // namespace

OverlapPlot::OverlapPlot(QWidget* parent) : PlotWidget(parent) {
    setAccessibleName(tr("Clusters that systems have in common"));
    setMinimumSize(180, 240);
}

void OverlapPlot::setOverlap(OverlapPlotData overlap) {
    m_overlap = std::move(overlap);
    m_sets.clear();
    for (const OverlapPlotCluster& cluster : m_overlap.clusters)
        if (std::find(m_sets.begin(), m_sets.end(), cluster.systems) == m_sets.end())
            m_sets.push_back(cluster.systems);
    std::stable_sort(m_sets.begin(), m_sets.end(), [this](unsigned a, unsigned b) {
        if (countOf(a) != countOf(b))
            return countOf(a) > countOf(b);
        return std::popcount(a) != std::popcount(b) ? std::popcount(a) > std::popcount(b) : a < b;
    });
    m_hovered = 0;
    update();
}

void OverlapPlot::setChosen(unsigned systems) {
    if (std::exchange(m_chosen, systems) != systems)
        update();
}

int OverlapPlot::countOf(unsigned systems) const {
    return static_cast<int>(std::count_if(m_overlap.clusters.begin(), m_overlap.clusters.end(),
                                          [&](const OverlapPlotCluster& one) { return one.systems == systems; }));
}

QStringList OverlapPlot::clustersOf(unsigned systems) const {
    QStringList names;
    for (const OverlapPlotCluster& cluster : m_overlap.clusters)
        if (cluster.systems == systems)
            names << cluster.name;
    return names;
}

OverlapPlot::Parts OverlapPlot::partsFor(const QRectF& area, const Look& look) const {
    Parts parts;
    const QFontMetricsF metrics(look.font(TextSize::Small));
    parts.rowHeight = metrics.height() + kHalfUnit;
    const double rows = parts.rowHeight * static_cast<double>(m_overlap.systems.size());
    const double bars = std::clamp(0.2 * area.height(), 44.0, 110.0);
    const double below = rows + bars + metrics.height() + 2 * kUnit;
    const bool wide = area.width() > 1.3 * area.height();
    parts.venn = wide ? QRectF(area.left(), area.top(), area.width() * 0.48, area.height())
                      : QRectF(area.left(), area.top(), area.width(), area.height() - below);
    parts.upset = wide ? QRectF(parts.venn.right(), area.top(), area.right() - parts.venn.right(), area.height())
                       : QRectF(area.left(), parts.venn.bottom(), area.width(), below);
    double names = 0;
    for (const OverlapPlotSystem& system : m_overlap.systems)
        names = std::max(names, metrics.horizontalAdvance(system.title));
    parts.left = parts.upset.left() + kUnit + std::min(names + 2 * kUnit, 0.45 * parts.upset.width());
    parts.rowsTop = parts.upset.bottom() - rows - kHalfUnit;
    parts.barTop = std::max(parts.upset.top() + metrics.height() + kHalfUnit, parts.rowsTop - 2.2 * bars);
    parts.step = std::min(3.5 * kUnit, (parts.upset.right() - kUnit - parts.left) /
                                           std::max<double>(1, static_cast<double>(m_sets.size())));
    return parts;
}

std::vector<QPainterPath> OverlapPlot::shapes(const QRectF& venn) const {
    std::vector<QPainterPath> paths;
    const double side = std::min(venn.width() / 0.96, venn.height() / 0.86);
    for (const Ellipse& one : ellipses(std::min(kVennSystems, m_overlap.systems.size()))) {
        QPainterPath path;
        path.addEllipse(QPointF(), one.width / 2 * side, one.height / 2 * side);
        QTransform place;
        const QPointF center = venn.center() + side * QPointF(one.x - 0.5, 0.47 - one.y);
        place.translate(center.x(), center.y());
        place.rotate(-one.angle);
        paths.push_back(place.map(path));
    }
    return paths;
}

QPointF OverlapPlot::regionIn(const QRectF& venn, unsigned systems) const {
    const double side = std::min(venn.width() / 0.96, venn.height() / 0.86);
    const QPointF at = regionPlace(std::min(kVennSystems, m_overlap.systems.size()), systems);
    return venn.center() + side * QPointF(at.x() - 0.5, 0.47 - at.y());
}

QRectF OverlapPlot::barIn(const Parts& parts, unsigned systems) const {
    const auto found = std::find(m_sets.begin(), m_sets.end(), systems);
    if (found == m_sets.end())
        return {};
    const double x = parts.left + (static_cast<double>(found - m_sets.begin()) + 0.5) * parts.step;
    const double most = countOf(m_sets.front());
    const double height = (parts.rowsTop - kHalfUnit - parts.barTop) * countOf(systems) / most;
    return {x - 0.32 * parts.step, parts.rowsTop - kHalfUnit - height, 0.64 * parts.step, height};
}

QPointF OverlapPlot::regionOf(unsigned systems) const {
    if (systems == 0 || m_overlap.systems.size() > kVennSystems || systems >> m_overlap.systems.size() != 0)
        return {};
    return regionIn(partsFor(rect(), Theme::instance().look()).venn.adjusted(kUnit, kUnit, -kUnit, -kUnit), systems);
}

QRectF OverlapPlot::barOf(unsigned systems) const { return barIn(partsFor(rect(), Theme::instance().look()), systems); }

unsigned OverlapPlot::setAt(const QPointF& place) const {
    const Parts parts = partsFor(rect(), Theme::instance().look());
    if (parts.upset.contains(place)) {
        const auto column = static_cast<int>(std::floor((place.x() - parts.left) / parts.step));
        return column >= 0 && column < static_cast<int>(m_sets.size()) ? m_sets[static_cast<std::size_t>(column)] : 0;
    }
    unsigned systems = 0;
    const auto paths = shapes(parts.venn.adjusted(kUnit, kUnit, -kUnit, -kUnit));
    for (std::size_t s = 0; s < paths.size(); ++s)
        if (paths[s].contains(place))
            systems |= 1U << s;
    return countOf(systems) > 0 ? systems : 0;
}

void OverlapPlot::paintOverlap(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_overlap.systems.empty())
        return;
    const Parts parts = partsFor(area, look);
    const QFont font = look.font(TextSize::Small);
    const QFont strong = look.font(TextSize::Body, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const QFontMetricsF strongMetrics(strong);
    const unsigned shown = m_hovered != 0 ? m_hovered : m_chosen;
    const QRectF venn = parts.venn.adjusted(kUnit, kUnit, -kUnit, -kUnit);
    const auto paths = shapes(venn);
    for (std::size_t s = 0; s < paths.size(); ++s) {
        QColor fill = m_overlap.systems[s].color;
        fill.setAlphaF(look.dark ? 0.2F : 0.16F);
        painter.setBrush(fill);
        painter.setPen(QPen(m_overlap.systems[s].color, (shown >> s & 1U) != 0 ? 2.4 : 1.2));
        painter.drawPath(paths[s]);
    }
    if (m_overlap.systems.size() <= kVennSystems)
        for (unsigned systems = 1; systems < 1U << m_overlap.systems.size(); ++systems) {
            const int count = countOf(systems);
            const QString words = QString::number(count);
            const QPointF at = regionIn(venn, systems);
            painter.setFont(count > 0 ? strong : font);
            painter.setPen(count > 0 ? look.text : look.mutedText);
            const QFontMetricsF& used = count > 0 ? strongMetrics : metrics;
            painter.drawText(at + QPointF(-used.horizontalAdvance(words) / 2, used.capHeight() / 2), words);
            if (systems == shown && count > 0) {
                painter.setBrush(Qt::NoBrush);
                painter.setPen(QPen(look.selection, 1.8));
                painter.drawEllipse(at, strongMetrics.height() * 0.72, strongMetrics.height() * 0.72);
            }
        }

    painter.setFont(font);
    const double right = parts.left + parts.step * static_cast<double>(m_sets.size());
    for (std::size_t s = 0; s < m_overlap.systems.size(); ++s) {
        const QRectF row(parts.upset.left() + kUnit, parts.rowsTop + static_cast<double>(s) * parts.rowHeight,
                         parts.left - parts.upset.left() - kUnit, parts.rowHeight);
        if (s % 2 == 0)
            painter.fillRect(QRectF(parts.left, row.top(), right - parts.left, row.height()),
                             mixed(look.surface, look.grid, 0.5));
        drawChip(painter, row.adjusted(0, 0, -kHalfUnit, 0), m_overlap.systems[s].title, m_overlap.systems[s].color,
                 font, look.text);
    }
    for (std::size_t k = 0; k < m_sets.size(); ++k) {
        const unsigned systems = m_sets[k];
        const double x = parts.left + (static_cast<double>(k) + 0.5) * parts.step;
        const bool marked = systems == shown;
        const QRectF bar = barIn(parts, systems);
        painter.setPen(Qt::NoPen);
        painter.setBrush(marked ? look.selection : look.mutedText);
        painter.drawRect(bar);
        const QString count = QString::number(countOf(systems));
        painter.setPen(look.text);
        painter.drawText(QPointF(x - metrics.horizontalAdvance(count) / 2, bar.top() - 3), count);
        int first = -1;
        int last = -1;
        const auto dotAt = [&](std::size_t s) {
            return QPointF(x, parts.rowsTop + (static_cast<double>(s) + 0.5) * parts.rowHeight);
        };
        for (std::size_t s = 0; s < m_overlap.systems.size(); ++s)
            if ((systems >> s & 1U) != 0) {
                first = first < 0 ? static_cast<int>(s) : first;
                last = static_cast<int>(s);
            }
        painter.setPen(QPen(marked ? look.selection : look.mutedText, 2));
        if (last > first)
            painter.drawLine(dotAt(static_cast<std::size_t>(first)), dotAt(static_cast<std::size_t>(last)));
        const double radius = std::min(5.0, 0.3 * parts.step);
        for (std::size_t s = 0; s < m_overlap.systems.size(); ++s) {
            const bool has = (systems >> s & 1U) != 0;
            painter.setPen(has ? QPen(Qt::NoPen) : QPen(look.border, 1));
            painter.setBrush(has ? m_overlap.systems[s].color : look.surface);
            painter.drawEllipse(dotAt(s), radius, radius);
        }
    }
    painter.setPen(look.mutedText);
    painter.drawText(QPointF(parts.upset.left() + kUnit, parts.rowsTop - kUnit),
                     metrics.elidedText(tr("clusters"), Qt::ElideRight, parts.left - parts.upset.left() - 2 * kUnit));
}

void OverlapPlot::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.fillRect(area, look.surface);
    paintOverlap(painter, area, look);
    painter.restore();
}

void OverlapPlot::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    painter.fillRect(rect(), look.surface);
    paintOverlap(painter, rect(), look);
    if (m_hovered != 0) {
        QStringList systems;
        for (std::size_t s = 0; s < m_overlap.systems.size(); ++s)
            if ((m_hovered >> s & 1U) != 0)
                systems << m_overlap.systems[s].title;
        const bool all = systems.size() == static_cast<qsizetype>(m_overlap.systems.size());
        QStringList lines{all ? tr("In all systems") : tr("Only in %1").arg(systems.join(tr(" and ")))};
        for (const OverlapPlotCluster& cluster : m_overlap.clusters)
            if (cluster.systems == m_hovered)
                lines << (cluster.sharedTerms.isEmpty() ? cluster.name
                                                        : tr("%1 (shared: %2)").arg(cluster.name, cluster.sharedTerms));
        const QRectF bar = barOf(m_hovered);
        drawCard(painter, rect(), m_overlap.systems.size() <= kVennSystems ? regionOf(m_hovered) : bar.center(), lines,
                 look);
    }
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

void OverlapPlot::hover(unsigned systems) {
    if (std::exchange(m_hovered, systems) == systems)
        return;
    update();
    emit setHovered(systems);
}

void OverlapPlot::mouseMoveEvent(QMouseEvent* event) { hover(setAt(event->position())); }

void OverlapPlot::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        emit setClicked(setAt(event->position()));
}

void OverlapPlot::keyPressEvent(QKeyEvent* event) {
    const auto count = static_cast<int>(m_sets.size());
    const auto found = std::find(m_sets.begin(), m_sets.end(), m_hovered);
    const int at = found == m_sets.end() ? -1 : static_cast<int>(found - m_sets.begin());
    if (count > 0 && (event->key() == Qt::Key_Right || event->key() == Qt::Key_Down))
        hover(m_sets[static_cast<std::size_t>((at + 1) % count)]);
    else if (count > 0 && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Up))
        hover(m_sets[static_cast<std::size_t>((std::max(at, 0) + count - 1) % count)]);
    else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        emit setClicked(m_hovered);
    else if (event->key() == Qt::Key_Escape)
        hover(0);
    else
        PlotWidget::keyPressEvent(event);
}

void OverlapPlot::leaveEvent(QEvent*) { hover(0); }

} // namespace tercet
