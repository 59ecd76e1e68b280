#include "widgets/plots/rose_plot.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QLineF>
#include <QMouseEvent>
#include <QPaintEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace tercet {
namespace {

constexpr int kTickMs = 16;
constexpr double kGlideMs = 55;
constexpr int kSettleMs = 250;
constexpr double kSmallestCell = 168;   ///< pixels; below, the plot grows downwards instead
constexpr double kNamedCell = 19.5;     ///< width from which petals are named, in sizes of the text
constexpr double kShortestNamed = 0.06; ///< weight
constexpr double kLeader = 7;           ///< from the full circle to a name
constexpr double kNameGap = 3;
constexpr double kTurn = 2 * std::numbers::pi;

/// The two far corners of a petal as angles, counter-clockwise from the right.
std::pair<double, double> sectorOf(int component, int count) {
    const double middle = kTurn * (component + 0.5) / count;
    const double half = std::min(kTurn / 2 / count, kTurn / 6); // one or two components still make a triangle
    return {middle - half, middle + half};
}

/// Share of the full length at which a petal of that weight is drawn.
double lengthOf(double weight) { return std::isfinite(weight) ? std::clamp(weight, 0.0, 1.0) : 0; }

/// Whether the second part of a leader passes through an area.
bool crosses(const QPolygonF& leader, const QRectF& area) {
    const QLineF part(leader[1], leader[2]);
    const QLineF edges[]{{area.topLeft(), area.topRight()},
                         {area.topRight(), area.bottomRight()},
                         {area.bottomRight(), area.bottomLeft()},
                         {area.bottomLeft(), area.topLeft()}};
    return std::any_of(std::begin(edges), std::end(edges), [&](const QLineF& edge) {
        return part.intersects(edge, nullptr) == QLineF::BoundedIntersection;
    });
}

QPointF onCircle(double radius, double angle) { return {radius * std::cos(angle), -radius * std::sin(angle)}; }

} // namespace

RosePlot::RosePlot(QWidget* parent) : PlotWidget(parent) {
    setAccessibleName(tr("Rose diagrams"));
    setMinimumWidth(static_cast<int>(kSmallestCell));
}

void RosePlot::setRoses(std::vector<RoseSystem> systems, std::vector<RoseStimulus> stimuli) {
    for ([[maybe_unused]] const RoseStimulus& stimulus : stimuli)
        Q_ASSERT(stimulus.weights.size() == systems.size());
    m_systems = std::move(systems);
    m_stimuli = std::move(stimuli);
    // Petals start where they are drawn now; new ones grow from nothing.
    std::vector<RoseStimulus> start = m_stimuli;
    for (std::size_t i = 0; i < start.size(); ++i)
        for (std::size_t s = 0; s < start[i].weights.size(); ++s)
            for (std::size_t c = 0; c < start[i].weights[s].size(); ++c) {
                const bool drawn =
                    i < m_drawn.size() && s < m_drawn[i].weights.size() && c < m_drawn[i].weights[s].size();
                const double now = drawn ? m_drawn[i].weights[s][c] : 0;
                start[i].weights[s][c] = std::isfinite(now) ? now : 0;
            }
    m_drawn = std::move(start);
    m_hovered = {};
    updateMinimumHeight();
    if (!mayGlide()) {
        m_drawn = m_stimuli;
        m_ticker.stop();
    } else {
        m_sinceTarget.start();
        if (!m_ticker.isActive()) {
            m_sinceTick.start();
            m_ticker.start(kTickMs, Qt::PreciseTimer, this);
        }
    }
    update();
}

void RosePlot::setHighlighted(int system, int component) {
    if (system == m_highlightedSystem && component == m_highlightedComponent)
        return;
    m_highlightedSystem = system;
    m_highlightedComponent = component;
    update();
}

void RosePlot::setNamedPetals(int count) {
    m_namedPetals = std::max(0, count);
    update();
}

RosePlot::Layout RosePlot::layoutWith(int perRow, const QSizeF& size, const Look& look) const {
    Layout layout;
    layout.perRow = perRow;
    const auto systems = static_cast<int>(m_systems.size());
    const auto stimuli = static_cast<int>(m_stimuli.size());
    const int rows = (stimuli + perRow - 1) / perRow;
    const double line = QFontMetricsF(look.font(TextSize::Small)).height();
    const bool titled =
        std::any_of(m_stimuli.begin(), m_stimuli.end(), [](const auto& s) { return !s.title.isEmpty(); });
    const bool named = std::any_of(m_systems.begin(), m_systems.end(), [](const auto& s) { return !s.name.isEmpty(); });
    layout.titleHeight = titled ? line + kUnit + 2 : 0;
    layout.chipHeight = named ? line + kHalfUnit : 0;
    layout.cell = QSizeF(size.width() / (perRow * systems), size.height() / rows - layout.titleHeight);
    const double width = layout.cell.width();
    const double height = layout.cell.height() - layout.chipHeight;
    const double em = look.pixelSizes[0];
    layout.named = width >= kNamedCell * em && height >= kNamedCell * 0.7 * em;
    layout.radius = layout.named ? std::min(width / 2 - std::max(4 * em, 0.15 * width), height / 2 - 2.2 * em)
                                 : std::min(width, height) / 2 - kUnit;
    return layout;
}

RosePlot::Layout RosePlot::layoutFor(const QSizeF& size, const Look& look) const {
    Layout best;
    double bestWorth = 0;
    for (int perRow = 1; perRow <= static_cast<int>(m_stimuli.size()); ++perRow) {
        const Layout layout = layoutWith(perRow, size, look);
        // Named petals are worth smaller roses.
        const double worth = layout.radius * (layout.named ? 1.7 : 1);
        if (perRow == 1 || worth > bestWorth) {
            best = layout;
            bestWorth = worth;
        }
    }
    return best;
}

void RosePlot::updateMinimumHeight() {
    if (m_stimuli.empty() || m_systems.empty()) {
        setMinimumHeight(120);
        return;
    }
    const int perRow = std::max(1, static_cast<int>(width() / (kSmallestCell * static_cast<double>(m_systems.size()))));
    const int rows = (static_cast<int>(m_stimuli.size()) + perRow - 1) / perRow;
    setMinimumHeight(static_cast<int>(rows * kSmallestCell));
}

QRectF RosePlot::cellOf(const Layout& layout, int stimulus, int system) const {
    const double blockWidth = layout.cell.width() * static_cast<double>(m_systems.size());
    const double blockHeight = layout.cell.height() + layout.titleHeight;
    return {QPointF(stimulus % layout.perRow * blockWidth + system * layout.cell.width(),
                    stimulus / layout.perRow * blockHeight + layout.titleHeight),
            layout.cell};
}

QPointF RosePlot::centerOf(const Layout& layout, int stimulus, int system) const {
    return cellOf(layout, stimulus, system).center() + QPointF(0, layout.chipHeight / 2);
}

QPointF RosePlot::centerOf(int stimulus, int system) const {
    return centerOf(layoutFor(size(), Theme::instance().look()), stimulus, system);
}

double RosePlot::fullLength() const { return layoutFor(size(), Theme::instance().look()).radius; }

RosePlot::Petal RosePlot::petalAt(const QPointF& place) const {
    if (m_stimuli.empty() || m_systems.empty())
        return {};
    const Layout layout = layoutFor(size(), Theme::instance().look());
    for (int stimulus = 0; stimulus < static_cast<int>(m_stimuli.size()); ++stimulus)
        for (int system = 0; system < static_cast<int>(m_systems.size()); ++system) {
            if (!cellOf(layout, stimulus, system).contains(place))
                continue;
            const QPointF step = place - centerOf(layout, stimulus, system);
            const auto count = static_cast<int>(
                m_stimuli[static_cast<std::size_t>(stimulus)].weights[static_cast<std::size_t>(system)].size());
            if (count == 0 || std::hypot(step.x(), step.y()) > layout.radius + 2)
                return {};
            double angle = std::atan2(-step.y(), step.x());
            if (angle < 0)
                angle += kTurn;
            return {stimulus, system, std::min(count - 1, static_cast<int>(angle / kTurn * count))};
        }
    return {};
}

void RosePlot::paintRose(QPainter& painter, const Layout& layout, const QRectF& cell, const QPointF& center, int system,
                         const std::vector<double>& weights, const Look& look) const {
    const RoseSystem& owner = m_systems[static_cast<std::size_t>(system)];
    const double radius = layout.radius;
    if (layout.chipHeight > 0)
        drawChip(painter, QRectF(cell.left() + kUnit, cell.top(), cell.width() - 2 * kUnit, layout.chipHeight),
                 owner.name, owner.color, look.font(TextSize::Small), look.mutedText);
    if (radius < 8)
        return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(look.grid, 1));
    painter.drawEllipse(center, radius, radius);
    painter.drawEllipse(center, radius / 2, radius / 2);
    const QFont font = look.font(TextSize::Small);
    if (weights.empty()) {
        painter.setFont(font);
        painter.setPen(look.mutedText);
        painter.drawText(QRectF(center - QPointF(radius, radius), QSizeF(2 * radius, 2 * radius)), Qt::AlignCenter,
                         tr("no data"));
        return;
    }

    const auto count = static_cast<int>(weights.size());
    const auto colorOf = [&](int component) {
        const auto i = static_cast<std::size_t>(component);
        return i < owner.components.size() ? owner.components[i].color : look.mutedText;
    };
    const auto petal = [&](int component) {
        const auto [from, to] = sectorOf(component, count);
        const double length = radius * lengthOf(weights[static_cast<std::size_t>(component)]);
        return QPolygonF{center, center + onCircle(length, from), center + onCircle(length, to)};
    };
    for (int component = 0; component < count; ++component) {
        if (!(weights[static_cast<std::size_t>(component)] > 0))
            continue;
        const QColor color = colorOf(component);
        painter.setBrush(color);
        painter.setPen(QPen(mixed(color, look.dark ? QColor(Qt::black) : look.text, 0.3), 0.75, Qt::SolidLine,
                            Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolygon(petal(component));
    }
    const int marked = m_highlightedSystem == system ? m_highlightedComponent : -1;
    if (marked >= 0 && marked < count) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(look.selection, 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolygon(petal(marked));
    }
    if (!layout.named)
        return;

    for (const Name& name : placedNames(layout, cell.translated(-center), system, weights, look)) {
        const bool left = name.area.center().x() < 0;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(mixed(look.surface, look.mutedText, 0.6), 0.75));
        painter.drawPolyline(name.leader.translated(center));
        painter.setFont(font);
        painter.setPen(look.text);
        const QFontMetricsF metrics(font);
        double baseline = center.y() + name.area.top() + metrics.ascent();
        for (const QString& line : name.lines) {
            const double shift = left ? name.area.width() - metrics.horizontalAdvance(line) : 0;
            painter.drawText(QPointF(center.x() + name.area.left() + shift, baseline), line);
            baseline += metrics.height();
        }
    }
}

/// The names of the longest petals, where they overlap neither the full circle nor each other nor leave the cell. Each
/// stands beside the circle if there is room, else nearer to the corner. Coordinates are relative to the centre.
std::vector<RosePlot::Name> RosePlot::placedNames(const Layout& layout, const QRectF& cell, int system,
                                                  const std::vector<double>& weights, const Look& look) const {
    const auto& components = m_systems[static_cast<std::size_t>(system)].components;
    const auto count = static_cast<int>(weights.size());
    const double radius = layout.radius;
    std::vector<int> longest(weights.size());
    std::iota(longest.begin(), longest.end(), 0);
    const auto lengthAt = [&](int component) { return lengthOf(weights[static_cast<std::size_t>(component)]); };
    const auto named =
        static_cast<std::ptrdiff_t>(std::min<std::size_t>(longest.size(), static_cast<std::size_t>(m_namedPetals)));
    std::partial_sort(longest.begin(), longest.begin() + named, longest.end(),
                      [&](int a, int b) { return lengthAt(a) != lengthAt(b) ? lengthAt(a) > lengthAt(b) : a < b; });
    longest.resize(static_cast<std::size_t>(named));
    std::erase_if(longest, [&](int component) { return lengthAt(component) < kShortestNamed; });

    const QFontMetricsF metrics(look.font(TextSize::Small));
    const double em = look.pixelSizes[0];
    // Breaks the name into at most `lines` lines so that it fits alone between circle and edge, as wide as there is
    // room.
    const auto fit = [&](Name& name, double side, double limit, int lines) {
        const auto i = static_cast<std::size_t>(name.component);
        const QString label = i < components.size() ? components[i].label : QString();
        const QString text = label.isEmpty() ? tr("component %1").arg(name.component + 1) : label;
        const double beside =
            side - std::sqrt(std::max(0.0, radius * radius - name.anchor * name.anchor)) - kLeader - 6;
        for (; lines > 0; --lines)
            for (const double room : {std::clamp(beside, 7.5 * em, 15 * em), 7.5 * em}) {
                name.lines = wrapped(text, metrics, std::min(room, side - 8), lines);
                double width = 0;
                for (const QString& line : name.lines)
                    width = std::max(width, metrics.horizontalAdvance(line));
                const double height = metrics.height() * static_cast<double>(name.lines.size());
                const double reach = std::max(0.0, side - 3 - width - kLeader);
                name.nearest = reach >= radius ? -height : std::sqrt(radius * radius - reach * reach);
                name.area = QRectF(0, 0, width, height); // y grows away from the horizontal
                if (name.nearest + height <= limit)
                    return true;
            }
        return false;
    };
    // One above the other in the order of their petals, as near to them as they can be; if they are too many, the
    // shortest petals stay without a name.
    const auto stacked = [](std::vector<Name>& names, double from, double to) {
        double free = from;
        for (Name& name : names) {
            name.area.moveTop(std::max({name.anchor - name.area.height() / 2, name.nearest, free}));
            free = name.area.bottom() + kNameGap;
        }
        double bound = to;
        bool fits = true;
        for (auto name = names.rbegin(); name != names.rend(); ++name) {
            name->area.moveTop(std::min(name->area.top(), bound - name->area.height()));
            fits = fits && name->area.top() >= std::max(name->nearest, from) - 1e-6;
            bound = name->area.top() - kNameGap;
        }
        return fits;
    };
    std::vector<Name> placed;
    for (const bool left : {false, true}) {
        const double side = left ? -cell.left() : cell.right();
        double from = -std::numeric_limits<double>::infinity();
        for (const bool below : {false, true}) {
            const double to = below ? cell.bottom() - 2 : -cell.top() - layout.chipHeight;
            std::vector<Name> names;
            for (const int component : longest) {
                const double angle = kTurn * (component + 0.5) / count;
                Name name;
                name.component = component;
                name.anchor = (radius + kLeader) * std::abs(std::sin(angle));
                if ((std::cos(angle) < 0) == left && (std::sin(angle) < 0) == below && fit(name, side, to, 3))
                    names.push_back(std::move(name));
            }
            std::stable_sort(names.begin(), names.end(),
                             [](const Name& a, const Name& b) { return a.anchor < b.anchor; });
            while (!names.empty() && !stacked(names, from, to)) {
                const auto tallest = std::max_element(names.begin(), names.end(), [](const Name& a, const Name& b) {
                    return a.lines.size() < b.lines.size();
                });
                if (tallest->lines.size() > 1 && fit(*tallest, side, to, static_cast<int>(tallest->lines.size()) - 1))
                    continue;
                names.erase(std::min_element(names.begin(), names.end(), [&](const Name& a, const Name& b) {
                    return lengthAt(a.component) < lengthAt(b.component);
                }));
            }
            // Names above that reach across the horizontal push those below away.
            if (!below && !names.empty())
                from = -names.front().area.top() + kNameGap;
            for (Name& name : names) {
                const double top = name.area.top();
                const double bottom = name.area.bottom();
                const double near = top > 0 ? top : std::max(0.0, -bottom);
                const double edge = std::sqrt(std::max(0.0, radius * radius - near * near));
                const double tip = (radius + 4) * std::abs(std::cos(kTurn * (name.component + 0.5) / count));
                const double x = std::max(edge + kLeader, std::min(tip + kLeader, side - 3 - name.area.width()));
                name.area.moveTopLeft({left ? -x - name.area.width() : x, below ? top : -bottom});
                name.leader = leaderOf(name, count, radius, lengthAt(name.component));
                placed.push_back(std::move(name));
            }
        }
    }
    std::sort(placed.begin(), placed.end(),
              [&](const Name& a, const Name& b) { return lengthAt(a.component) > lengthAt(b.component); });
    std::vector<Name> kept;
    for (Name& name : placed)
        if (std::none_of(kept.begin(), kept.end(), [&](const Name& other) {
                return crosses(name.leader, other.area) || crosses(other.leader, name.area);
            }))
            kept.push_back(std::move(name));
    return kept;
}

/// From the petal's tip straight outwards, then to the side of the name that looks at the rose, or to its edge over or
/// under the end of the petal.
QPolygonF RosePlot::leaderOf(const Name& name, int count, double radius, double length) {
    const auto [from, to] = sectorOf(name.component, count);
    const double angle = (from + to) / 2;
    const double tip = radius * length * std::cos((to - from) / 2);
    const QPointF bend = onCircle(std::max(radius, tip) + 3, angle);
    const QRectF& area = name.area;
    const bool left = area.center().x() < 0;
    QPointF end(left ? area.right() + 3 : area.left() - 3, area.center().y());
    if (left ? bend.x() < area.right() : bend.x() > area.left())
        end = {std::clamp(bend.x(), area.left() + 6, std::max(area.left() + 6, area.right() - 6)),
               bend.y() > area.center().y() ? area.bottom() : area.top()};
    return {onCircle(tip + 2, angle), bend, end};
}

void RosePlot::paintRoses(QPainter& painter, const QRectF& area, const QRectF& visible, const Look& look,
                          const std::vector<RoseStimulus>& stimuli) const {
    painter.fillRect(visible, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    if (stimuli.empty() || m_systems.empty())
        return;
    const Layout layout = layoutFor(area.size(), look);
    const QFont titleFont = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF titleMetrics(titleFont);
    for (int stimulus = 0; stimulus < static_cast<int>(stimuli.size()); ++stimulus) {
        const QRectF first = cellOf(layout, stimulus, 0).translated(area.topLeft());
        const QRectF block(first.left(), first.top() - layout.titleHeight,
                           first.width() * static_cast<double>(m_systems.size()), first.height() + layout.titleHeight);
        if (!block.intersects(visible))
            continue;
        if (layout.titleHeight > 0) {
            const QString title = titleMetrics.elidedText(stimuli[static_cast<std::size_t>(stimulus)].title,
                                                          Qt::ElideRight, block.width() - 2 * kUnit);
            painter.setFont(titleFont);
            painter.setPen(look.text);
            painter.drawText(QPointF(block.left() + kUnit, block.top() + kUnit + titleMetrics.ascent() - 2), title);
        }
        for (int system = 0; system < static_cast<int>(m_systems.size()); ++system)
            paintRose(painter, layout, cellOf(layout, stimulus, system).translated(area.topLeft()),
                      centerOf(layout, stimulus, system) + area.topLeft(), system,
                      stimuli[static_cast<std::size_t>(stimulus)].weights[static_cast<std::size_t>(system)], look);
    }
}

void RosePlot::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.setClipRect(area);
    paintRoses(painter, area, area, look, m_stimuli);
    painter.restore();
}

QStringList RosePlot::cardLines(const Petal& petal) const {
    const RoseSystem& system = m_systems[static_cast<std::size_t>(petal.system)];
    const auto component = static_cast<std::size_t>(petal.component);
    const QString number = tr("component %1").arg(petal.component + 1);
    const QString label = component < system.components.size() ? system.components[component].label : QString();
    const double weight =
        m_stimuli[static_cast<std::size_t>(petal.stimulus)].weights[static_cast<std::size_t>(petal.system)][component];
    QStringList facts;
    if (!label.isEmpty())
        facts << number;
    if (!system.name.isEmpty())
        facts << system.name;
    return {label.isEmpty() ? number : label,
            std::isfinite(weight) ? tr("%1 % of its maximum").arg(100 * weight, 0, 'f', 0) : tr("no value"),
            facts.join(QStringLiteral(" · "))};
}

void RosePlot::paintEvent(QPaintEvent* event) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    paintRoses(painter, rect(), event->rect(), look, m_drawn);
    if (m_hovered.component >= 0) {
        const Layout layout = layoutFor(size(), look);
        const auto& weights =
            m_drawn[static_cast<std::size_t>(m_hovered.stimulus)].weights[static_cast<std::size_t>(m_hovered.system)];
        const auto count = static_cast<int>(weights.size());
        const auto [from, to] = sectorOf(m_hovered.component, count);
        const QPointF center = centerOf(layout, m_hovered.stimulus, m_hovered.system);
        const double length = layout.radius * lengthOf(weights[static_cast<std::size_t>(m_hovered.component)]);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(look.selection, 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolygon(QPolygonF{center, center + onCircle(length, from), center + onCircle(length, to)});
        const auto& components = m_systems[static_cast<std::size_t>(m_hovered.system)].components;
        const auto index = static_cast<std::size_t>(m_hovered.component);
        drawCard(painter, visibleRegion().boundingRect(), center + onCircle(length, (from + to) / 2),
                 cardLines(m_hovered), look, index < components.size() ? components[index].color : QColor());
    }
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

void RosePlot::resizeEvent(QResizeEvent*) { updateMinimumHeight(); }

void RosePlot::timerEvent(QTimerEvent* event) {
    if (event->timerId() != m_ticker.timerId()) {
        PlotWidget::timerEvent(event);
        return;
    }
    const double elapsed = std::min<double>(static_cast<double>(m_sinceTick.restart()), 50);
    if (m_sinceTarget.elapsed() >= kSettleMs) {
        m_drawn = m_stimuli;
        m_ticker.stop();
    } else {
        const double share = 1 - std::exp(-elapsed / kGlideMs);
        for (std::size_t i = 0; i < m_drawn.size(); ++i)
            for (std::size_t s = 0; s < m_drawn[i].weights.size(); ++s)
                for (std::size_t c = 0; c < m_drawn[i].weights[s].size(); ++c) {
                    const double target = m_stimuli[i].weights[s][c];
                    double& value = m_drawn[i].weights[s][c];
                    value += share * ((std::isfinite(target) ? target : 0) - value);
                }
    }
    update();
}

void RosePlot::setHovered(const Petal& petal) {
    if (petal == m_hovered)
        return;
    m_hovered = petal;
    update();
    emit componentHovered(petal.stimulus, petal.system, petal.component);
}

void RosePlot::mouseMoveEvent(QMouseEvent* event) { setHovered(petalAt(event->position())); }

void RosePlot::mouseReleaseEvent(QMouseEvent* event) {
    const Petal petal = petalAt(event->position());
    if (event->button() == Qt::LeftButton && petal.component >= 0)
        emit componentClicked(petal.stimulus, petal.system, petal.component);
}

void RosePlot::keyPressEvent(QKeyEvent* event) {
    const auto stimuli = static_cast<int>(m_stimuli.size());
    const auto systems = static_cast<int>(m_systems.size());
    if (stimuli == 0 || systems == 0) {
        PlotWidget::keyPressEvent(event);
        return;
    }
    // Left and right go round a rose, up and down through the roses.
    Petal next = m_hovered.component < 0 ? Petal{0, 0, -1} : m_hovered;
    const auto goRound = [&](int step) {
        const auto count = static_cast<int>(
            m_stimuli[static_cast<std::size_t>(next.stimulus)].weights[static_cast<std::size_t>(next.system)].size());
        next.component = count == 0 ? -1 : (std::max(next.component, step > 0 ? -1 : 0) + step + count) % count;
    };
    const auto goOn = [&](int step) {
        const int rose = (next.stimulus * systems + next.system + step + stimuli * systems) % (stimuli * systems);
        next = {rose / systems, rose % systems, -1};
        goRound(1);
    };
    switch (event->key()) {
    case Qt::Key_Left:
        goRound(1);
        break;
    case Qt::Key_Right:
        goRound(-1);
        break;
    case Qt::Key_Down:
        goOn(1);
        break;
    case Qt::Key_Up:
        goOn(-1);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_hovered.component >= 0)
            emit componentClicked(m_hovered.stimulus, m_hovered.system, m_hovered.component);
        return;
    case Qt::Key_Escape:
        next = {};
        break;
    default:
        PlotWidget::keyPressEvent(event);
        return;
    }
    setHovered(next);
}

void RosePlot::leaveEvent(QEvent*) { setHovered({}); }

} // namespace tercet
