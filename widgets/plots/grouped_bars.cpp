#include "widgets/plots/grouped_bars.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

constexpr double kContrast = 1.6;
constexpr double kGroupShare = 0.8; ///< of a group's width that bars take
constexpr double kSlant = 40;       ///< degrees, of names that are too wide; upright where they are still too many
constexpr double kUpright = 90;
constexpr double kClosestLines = 0.9; ///< of slanted names, in their heights
constexpr double kMostForNames = 0.5; ///< of the height, slanted names; longer ones are elided
constexpr double kFewestLetters = 4;  ///< else there are no names
constexpr int kMostTicks = 5;

} // namespace

GroupedBars::GroupedBars(QWidget* parent) : ItemPlot(false, parent) {}

void GroupedBars::setGroups(std::vector<BarGroup> groups, const QString& valueName) {
    m_groups = std::move(groups);
    m_valueName = valueName;
    std::size_t bars = 0;
    for (const BarGroup& group : m_groups)
        bars += group.bars.size();
    std::vector<int> order(bars);
    std::iota(order.begin(), order.end(), 0);
    setOrder(std::move(order));
    update();
}

void GroupedBars::setRange(double low, double high) {
    m_low = low;
    m_high = high;
    update();
}

std::pair<double, double> GroupedBars::range() const {
    std::pair<double, double> range{0, 0};
    const auto include = [&](double value) {
        if (std::isfinite(value)) {
            range.first = std::min(range.first, value);
            range.second = std::max(range.second, value);
        }
    };
    for (const BarGroup& group : m_groups)
        for (const GroupedBar& bar : group.bars) {
            include(bar.value);
            include(bar.value + bar.deviation);
            include(bar.value - bar.deviation);
            for (const double dot : bar.dots)
                include(dot);
        }
    return range.first < range.second ? range : std::pair<double, double>{0, 1};
}

GroupedBars::Frame GroupedBars::frameFor(const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    Frame frame;
    const auto [low, high] = m_low < m_high ? std::pair(m_low, m_high) : range();
    frame.axis = {.low = low, .high = high + 0.04 * (high - low)};
    frame.axis.addTicks(kMostTicks, false);
    double labels = 0;
    for (const QString& label : frame.axis.labels)
        labels = std::max(labels, metrics.horizontalAdvance(label));
    double widest = 0;
    for (const BarGroup& group : m_groups)
        widest = std::max(widest, metrics.horizontalAdvance(group.name));
    const double left = area.left() + kUnit + metrics.height() + kHalfUnit + labels + kHalfUnit;
    frame.group = (area.right() - kUnit - left) / static_cast<double>(std::max<std::size_t>(1, m_groups.size()));
    const bool numbered = std::all_of(m_groups.begin(), m_groups.end(), [](const BarGroup& group) {
        return std::all_of(group.name.begin(), group.name.end(), [](QChar letter) { return letter.isDigit(); });
    });
    const auto lineNeeds = [&](double slant) {
        return kClosestLines * metrics.height() / std::sin(slant * M_PI / 180);
    };
    if (!numbered && widest + kHalfUnit > frame.group)
        frame.slant = lineNeeds(kSlant) > frame.group && lineNeeds(kUpright) <= frame.group ? kUpright : kSlant;
    const double needed = frame.slant > 0 ? lineNeeds(frame.slant) : widest + kHalfUnit;
    for (const int every : {1, 2, 5, 10})
        if (frame.every = every; every * frame.group >= needed)
            break;
    const double top =
        area.top() + kHalfUnit + headingHeight(title(), note(), area.width() - 2 * kUnit, look) + metrics.height();
    frame.longestName = widest;
    double names = metrics.height() + kHalfUnit;
    if (frame.slant > 0) {
        const double rise = std::sin(frame.slant * M_PI / 180);
        const double most = (kMostForNames * (area.bottom() - top) - metrics.height()) / rise;
        frame.longestName = widest <= most ? widest : most < kFewestLetters * metrics.averageCharWidth() ? 0 : most;
        names = frame.longestName > 0 ? frame.longestName * rise + metrics.height() : 0;
    }
    frame.area.setCoords(left, top, area.right() - kUnit, std::max(top + 1, area.bottom() - names - kHalfUnit));
    const auto ticksTouch = [&] {
        return frame.axis.ticks.size() > 1 &&
               yOf(frame, frame.axis.ticks[0]) - yOf(frame, frame.axis.ticks[1]) < metrics.height();
    };
    for (int most = kMostTicks - 1; most > 0 && ticksTouch(); --most) {
        frame.axis = {.low = frame.axis.low, .high = frame.axis.high};
        frame.axis.addTicks(most, false);
    }
    return frame;
}

double GroupedBars::yOf(const Frame& frame, double value) {
    return frame.area.bottom() - std::clamp(frame.axis.share(value), 0.0, 1.0) * frame.area.height();
}

QRectF GroupedBars::barArea(const Frame& frame, std::size_t group, std::size_t bar) const {
    const BarGroup& one = m_groups[group];
    const double width = kGroupShare * frame.group / static_cast<double>(std::max<std::size_t>(1, one.bars.size()));
    const double left = frame.area.left() + frame.group * (static_cast<double>(group) + (1 - kGroupShare) / 2) +
                        width * static_cast<double>(bar);
    const double value = std::isfinite(one.bars[bar].value) ? one.bars[bar].value : 0;
    return QRectF(QPointF(left, yOf(frame, value)), QPointF(left + width, yOf(frame, 0))).normalized();
}

GroupedBars::Place GroupedBars::placeOf(int item) const {
    for (std::size_t g = 0; item >= 0 && g < m_groups.size(); ++g) {
        const auto bars = static_cast<int>(m_groups[g].bars.size());
        if (item < bars)
            return {static_cast<int>(g), item};
        item -= bars;
    }
    return {};
}

QRectF GroupedBars::areaOf(int group, int bar) const {
    return barArea(frameFor(rect(), Theme::instance().look()), static_cast<std::size_t>(group),
                   static_cast<std::size_t>(bar));
}

int GroupedBars::itemAt(const QPointF& position) const {
    const Frame frame = frameFor(rect(), Theme::instance().look());
    int item = 0;
    for (std::size_t g = 0; g < m_groups.size(); ++g)
        for (std::size_t b = 0; b < m_groups[g].bars.size(); ++b, ++item) {
            const QRectF bar = barArea(frame, g, b);
            if (position.x() >= bar.left() && position.x() < bar.right() && position.y() >= frame.area.top() &&
                position.y() <= frame.area.bottom())
                return item;
        }
    return -1;
}

void GroupedBars::draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const {
    painter.fillRect(area, look.surface);
    drawHeading(painter, area.topLeft() + QPointF(kUnit, kHalfUnit), area.width() - 2 * kUnit, title(), note(), look);
    const Frame frame = frameFor(area, look);
    const QFont small = look.font(TextSize::Small);
    const QFontMetricsF metrics(small);
    drawAxes(painter, frame.area, {}, {}, frame.axis, m_valueName, area.left() + kUnit, look);
    const Place marked = placeOf(hovered);
    painter.setFont(small);
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        const BarGroup& group = m_groups[g];
        double highest = -std::numeric_limits<double>::infinity(); // bar
        QPointF top;                                               // of what is drawn of it
        for (std::size_t b = 0; b < group.bars.size(); ++b) {
            const GroupedBar& bar = group.bars[b];
            if (!std::isfinite(bar.value))
                continue;
            double reach = std::max(bar.value, 0.0);
            const QRectF body = barArea(frame, g, b);
            const bool pointed = static_cast<int>(g) == marked.group && static_cast<int>(b) == marked.bar;
            painter.fillRect(body.adjusted(0.5, 0, -0.5, 0), legibleOn(look.surface, bar.color, kContrast));
            const double x = body.center().x();
            if (std::isfinite(bar.deviation)) {
                painter.setPen(QPen(look.text, 1));
                painter.drawLine(QPointF(x, yOf(frame, bar.value - bar.deviation)),
                                 QPointF(x, yOf(frame, bar.value + bar.deviation)));
                reach = std::max(reach, bar.value + bar.deviation);
            }
            const double radius = std::clamp(body.width() / 5, 1.0, 2.5);
            painter.setPen(QPen(look.text, pointed ? 1.2 : 0.8));
            painter.setBrush(look.surface);
            for (const double dot : bar.dots)
                if (std::isfinite(dot)) {
                    painter.drawEllipse(QPointF(x, yOf(frame, dot)), radius, radius);
                    reach = std::max(reach, dot);
                }
            if (bar.value > highest) {
                highest = bar.value;
                top = {x, yOf(frame, reach)};
            }
            painter.setBrush(Qt::NoBrush);
        }
        const double middle = frame.area.left() + frame.group * (static_cast<double>(g) + 0.5);
        painter.setPen(look.text);
        if (!group.mark.isEmpty())
            painter.drawText(
                QPointF(top.x() - metrics.horizontalAdvance(group.mark) / 2, std::max(frame.area.top(), top.y() - 1)),
                group.mark);
        if (g % static_cast<std::size_t>(frame.every) != 0 || frame.longestName <= 0)
            continue;
        if (frame.slant > 0) {
            const QString name = metrics.elidedText(group.name, Qt::ElideRight, frame.longestName + 1);
            painter.save();
            painter.translate(middle + metrics.capHeight() / 2 * std::cos(frame.slant * M_PI / 180),
                              frame.area.bottom() + kUnit);
            painter.rotate(-frame.slant);
            painter.drawText(QPointF(-metrics.horizontalAdvance(name), metrics.capHeight() / 2), name);
            painter.restore();
        } else {
            painter.drawText(QPointF(middle - metrics.horizontalAdvance(group.name) / 2,
                                     frame.area.bottom() + metrics.ascent() + kHalfUnit),
                             group.name);
        }
    }
    painter.setPen(QPen(look.border, 1));
    painter.drawLine(QPointF(frame.area.left(), yOf(frame, 0)), QPointF(frame.area.right(), yOf(frame, 0)));
    if (marked.group >= 0) {
        const GroupedBar& bar =
            m_groups[static_cast<std::size_t>(marked.group)].bars[static_cast<std::size_t>(marked.bar)];
        if (!bar.details.isEmpty())
            drawCard(
                painter, area,
                barArea(frame, static_cast<std::size_t>(marked.group), static_cast<std::size_t>(marked.bar)).center(),
                bar.details, look, bar.color);
    }
}

} // namespace tercet
