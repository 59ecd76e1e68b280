#include "widgets/plots/line_plot.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tercet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kSampleWidth = 14; ///< of the line before a name in the legend
constexpr double kSampleGap = 5;
constexpr double kEntryGap = 14;
constexpr double kCurveContrast = 2.4; ///< with the background, at least

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

qsizetype nearestSample(const std::vector<double>& x, double place) {
    if (x.empty() || !std::isfinite(place))
        return -1;
    const auto after = std::lower_bound(x.begin(), x.end(), place);
    if (after == x.begin())
        return 0;
    if (after == x.end())
        return static_cast<qsizetype>(x.size()) - 1;
    return after - x.begin() - (place - *(after - 1) < *after - place ? 1 : 0);
}

} // namespace

LinePlot::LinePlot(QWidget* parent) : PlotWidget(parent), m_reading(kNone) {}

void LinePlot::setTitle(const QString& title, const QString& unit) {
    m_title = title;
    m_unit = unit;
    setAccessibleName(title);
    update();
}

void LinePlot::setXLabel(const QString& label) {
    m_xLabel = label;
    update();
}

void LinePlot::setValueFormat(char format, int precision) {
    m_valueFormat = format;
    m_valuePrecision = precision;
    update();
}

void LinePlot::setSeries(const std::vector<LineSeries>& series) {
    m_curves.clear();
    for (const LineSeries& each : series)
        m_curves.push_back({.series = each});
    update();
}

void LinePlot::setValues(int series, std::span<const double> x, std::span<const double> y) {
    Q_ASSERT(x.size() == y.size());
    Curve& curve = m_curves.at(static_cast<std::size_t>(series));
    curve.x.assign(x.begin(), x.end());
    curve.y.assign(y.begin(), y.end());
    curve.low.clear();
    curve.high.clear();
    update();
}

void LinePlot::setBand(int series, std::span<const double> low, std::span<const double> high) {
    Curve& curve = m_curves.at(static_cast<std::size_t>(series));
    Q_ASSERT(low.size() == high.size() && (low.empty() || low.size() == curve.x.size()));
    curve.low.assign(low.begin(), low.end());
    curve.high.assign(high.begin(), high.end());
    update();
}

void LinePlot::setDots(int series, std::span<const double> x, std::span<const double> y) {
    Q_ASSERT(x.size() == y.size());
    Curve& curve = m_curves.at(static_cast<std::size_t>(series));
    curve.dotsX.assign(x.begin(), x.end());
    curve.dotsY.assign(y.begin(), y.end());
    update();
}

void LinePlot::setBoxes(int series, std::vector<Box> boxes) {
    m_curves.at(static_cast<std::size_t>(series)).boxes = std::move(boxes);
    update();
}

void LinePlot::setSpan(int series, std::optional<std::pair<double, double>> span) {
    m_curves.at(static_cast<std::size_t>(series)).span = span;
    update();
}

void LinePlot::setSummary(int series, std::optional<double> value) {
    m_curves.at(static_cast<std::size_t>(series)).summary = value;
    update();
}

void LinePlot::setZone(std::optional<std::pair<double, double>> zone, const QString& name) {
    m_zone = zone;
    m_zoneName = name;
    update();
}

void LinePlot::setReference(std::optional<double> y, const QString& name) {
    m_reference = y;
    m_referenceName = name;
    update();
}

void LinePlot::setYRange(std::optional<std::pair<double, double>> range) {
    m_yRange = range;
    update();
}

void LinePlot::setLogarithmic(bool logarithmic) {
    m_logarithmic = logarithmic;
    update();
}

void LinePlot::setSeriesShown(int series, bool shown) {
    m_curves.at(static_cast<std::size_t>(series)).shown = shown;
    update();
}

bool LinePlot::seriesShown(int series) const { return m_curves.at(static_cast<std::size_t>(series)).shown; }

void LinePlot::setReading(double x) {
    if (same(x, m_reading))
        return;
    m_reading = x;
    update();
}

void LinePlot::moveReading(double x) {
    if (same(x, m_reading))
        return;
    setReading(x);
    emit readingMoved(x);
}

QString LinePlot::written(double value) const {
    QString text = std::isfinite(value) ? QString::number(value, m_valueFormat, m_valuePrecision) : QStringLiteral("–");
    if (text.startsWith(u'-'))
        text[0] = QChar(0x2212);
    return text;
}

LinePlot::Header LinePlot::headerFor(double width, const Look& look, double reading) const {
    const QFontMetricsF strong(look.font(TextSize::Small, QFont::DemiBold));
    const QFontMetricsF plain(look.font(TextSize::Small));
    const double line = strong.height();
    Header header;
    const double heading = headingHeight(m_title, m_unit, width - 2 * kUnit, look);
    header.height = kHalfUnit + heading;
    double titleEnd = kUnit;
    if (!m_title.isEmpty())
        titleEnd += strong.horizontalAdvance(m_title) + kEntryGap;
    if (!m_unit.isEmpty())
        titleEnd += plain.horizontalAdvance(m_unit) + kHalfUnit;
    double total = 0;
    for (const Curve& curve : m_curves) {
        if (!curve.series.inLegend) {
            header.entries.emplace_back();
            continue;
        }
        const qsizetype at =
            std::isfinite(reading) ? nearestSample(curve.x, reading) : static_cast<qsizetype>(curve.x.size()) - 1;
        Entry entry;
        if (curve.summary && !std::isfinite(reading))
            entry.value = written(*curve.summary);
        else
            entry.value = at >= 0 ? written(curve.y[static_cast<std::size_t>(at)]) : QString();
        // Values change while a fit runs; a common width keeps the names where they are.
        const double valueWidth =
            std::max(strong.horizontalAdvance(entry.value), strong.horizontalAdvance(QStringLiteral("0.000")));
        const double nameWidth =
            curve.series.name.isEmpty() ? 0 : plain.horizontalAdvance(curve.series.name) + kSampleGap;
        entry.area = QRectF(0, 0, kSampleWidth + kSampleGap + nameWidth + valueWidth, line);
        total += entry.area.width() + (total > 0 ? kEntryGap : 0);
        header.entries.push_back(std::move(entry));
    }
    const bool beside = heading < 1.5 * line && titleEnd + total <= width - kUnit;
    double x = beside ? width - kUnit - total : kUnit;
    double y = kHalfUnit;
    const auto nextLine = [&] {
        x = kUnit;
        y += line;
        header.height += line;
    };
    if (!beside && total > 0 && titleEnd > kUnit) {
        y += heading - line;
        nextLine();
    }
    for (Entry& entry : header.entries) {
        if (entry.area.isEmpty())
            continue;
        if (x > kUnit && x + entry.area.width() > width - kUnit)
            nextLine();
        entry.area.moveTopLeft({x, y});
        x += entry.area.width() + kEntryGap;
    }
    return header;
}

void LinePlot::drawHeader(QPainter& painter, const QRectF& area, const Look& look, double reading) const {
    const Header header = headerFor(area.width(), look, reading);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFont plain = look.font(TextSize::Small);
    const QFontMetricsF strongMetrics(strong);
    const QFontMetricsF plainMetrics(plain);
    drawHeading(painter, area.topLeft() + QPointF(kUnit, kHalfUnit), area.width() - 2 * kUnit, m_title, m_unit, look);
    for (std::size_t i = 0; i < m_curves.size(); ++i) {
        const Curve& curve = m_curves[i];
        if (!curve.series.inLegend)
            continue;
        const QRectF place = header.entries[i].area.translated(area.topLeft());
        const double baseline = place.top() + strongMetrics.ascent();
        const double middle = baseline - plainMetrics.xHeight() / 2;
        const QColor color = curve.shown ? legibleOn(look.surface, curve.series.color, kCurveContrast) : look.border;
        painter.setPen(QPen(color, look.lineWidth + 0.5, curve.series.style, Qt::FlatCap));
        painter.drawLine(QPointF(place.left(), middle), QPointF(place.left() + kSampleWidth, middle));
        double x = place.left() + kSampleWidth + kSampleGap;
        painter.setFont(plain);
        painter.setPen(curve.shown ? look.mutedText : mixed(look.surface, look.mutedText, 0.6));
        if (!curve.series.name.isEmpty()) {
            painter.drawText(QPointF(x, baseline), curve.series.name);
            x += plainMetrics.horizontalAdvance(curve.series.name) + kSampleGap;
        }
        if (curve.shown && !header.entries[i].value.isEmpty()) {
            painter.setFont(strong);
            painter.setPen(look.text);
            painter.drawText(QPointF(x, baseline), header.entries[i].value);
        }
    }
}

LinePlot::Frame LinePlot::frameFor(const QRectF& area, const Look& look) const {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    double left = kInfinity;
    double right = -kInfinity;
    double low = kInfinity;
    double high = -kInfinity;
    bool wholeX = true;
    bool wholeY = true;
    bool wideMarks = false; // need room beside the first and last x
    const auto include = [&](double value) {
        if (!std::isfinite(value) || (m_logarithmic && value <= 0))
            return;
        low = std::min(low, value);
        high = std::max(high, value);
        wholeY = wholeY && value == std::floor(value);
    };
    for (const Curve& curve : m_curves) {
        if (!curve.shown || curve.x.empty())
            continue;
        left = std::min(left, curve.x.front());
        right = std::max(right, curve.x.back());
        wholeX = wholeX && std::all_of(curve.x.begin(), curve.x.end(), [](double x) { return x == std::floor(x); });
        for (const auto* values : {&curve.y, &curve.low, &curve.high, &curve.dotsY})
            std::for_each(values->begin(), values->end(), include);
        for (const Box& box : curve.boxes)
            for (const double value : {box.low, box.high})
                include(value);
        wideMarks = wideMarks || !curve.boxes.empty() || !curve.dotsX.empty();
    }
    if (wideMarks && left < right) {
        const double pad = 0.04 * (right - left);
        left -= pad;
        right += pad;
    }
    if (m_zone)
        for (const double value : {m_zone->first, m_zone->second})
            include(value);
    if (m_reference)
        include(*m_reference);

    Frame frame;
    frame.x.low = left <= right ? left : 0;
    frame.x.high = left < right ? right : frame.x.low + 1;
    if (m_yRange) {
        low = m_yRange->first;
        high = m_yRange->second;
    } else if (!(low <= high)) {
        low = m_logarithmic ? 0.1 : 0;
        high = 1;
        wholeY = false;
    } else if (m_logarithmic) {
        const double pad = 1.02 * std::pow(10, 0.06 * (std::log10(high) - std::log10(low)));
        low = std::max(low / pad, 1e-300);
        high = std::min(high * pad, 1e300);
    } else {
        const double span = high > low ? high - low : std::max(std::abs(high) * 0.1, wholeY ? 2.0 : 0.1);
        low = low >= 0 && low < 0.3 * span ? 0 : low - 0.08 * span; // near zero, zero says more
        high += 0.08 * span;
    }
    frame.y.low = low;
    frame.y.high = high;

    const QFontMetricsF metrics(look.font(TextSize::Small));
    const double bottom = metrics.height() + kHalfUnit;
    const double height = area.height() - bottom - kUnit;
    double labelWidth = 0;
    const double most = std::clamp(height / (2.6 * metrics.height()), 1.0, 6.0);
    const double decades = m_logarithmic ? std::log10(high) - std::log10(low) : 0;
    if (decades >= 1.5) {
        const double stride = std::max(1.0, std::ceil(decades / most));
        for (double power = std::ceil(std::log10(low) / stride) * stride - stride; power <= std::log10(high);
             power += stride)
            for (const double factor : {1.0, 2.0, 5.0})
                if (const double value = factor * std::pow(10, power);
                    value >= low && value <= high && (factor == 1 || decades * 3 <= most))
                    frame.y.addTick(value, std::pow(10, power));
    } else {
        frame.y.addTicks(most, wholeY);
    }
    for (const QString& label : frame.y.labels)
        labelWidth = std::max(labelWidth, metrics.horizontalAdvance(label));
    frame.area =
        QRectF(area.left() + kUnit + std::max(labelWidth, 2.0 * kUnit) + kHalfUnit, area.top() + kHalfUnit + 2, 0, 0);
    frame.area.setRight(area.right() - kUnit - 2);
    frame.area.setBottom(area.bottom() - bottom - 2);

    const double span = frame.x.high - frame.x.low;
    const double labelRoom = metrics.horizontalAdvance(tickLabel(frame.x.high, span / 4)) + 3 * kUnit;
    frame.x.addTicks(std::max(1.0, frame.area.width() / labelRoom), wholeX);
    return frame;
}

double LinePlot::placeX(const Frame& frame, double x) const {
    return frame.area.left() + (x - frame.x.low) / (frame.x.high - frame.x.low) * frame.area.width();
}

double LinePlot::placeY(const Frame& frame, double y) const {
    const double share = m_logarithmic
                             ? (std::log(y) - std::log(frame.y.low)) / (std::log(frame.y.high) - std::log(frame.y.low))
                             : (y - frame.y.low) / (frame.y.high - frame.y.low);
    return frame.area.bottom() - share * frame.area.height();
}

/// The curve's points in place, a NaN point for each gap. Where many samples share a column of pixels, only its first,
/// lowest, highest and last remain, which draw the same.
QPolygonF LinePlot::outlineOf(const Frame& frame, const Curve& curve) const {
    QPolygonF points;
    constexpr double kColumn = 0.5;
    const bool thin = static_cast<double>(curve.x.size()) > 4 / kColumn * frame.area.width();
    struct Column {
        qint64 number = -1;
        QPointF first, low, high, last;
    } column;
    const auto flush = [&] {
        if (column.number < 0)
            return;
        points << column.first;
        points << (column.low.x() <= column.high.x() ? column.low : column.high);
        points << (column.low.x() <= column.high.x() ? column.high : column.low);
        points << column.last;
        column.number = -1;
    };
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
        const double y = curve.y[i];
        if (!std::isfinite(y) || (m_logarithmic && y <= 0)) {
            flush();
            points << QPointF(kNone, kNone);
            continue;
        }
        const QPointF place(placeX(frame, curve.x[i]), placeY(frame, y));
        if (!thin) {
            points << place;
            continue;
        }
        const auto number = static_cast<qint64>((place.x() - frame.area.left()) / kColumn);
        if (number != column.number) {
            flush();
            column = {number, place, place, place, place};
        }
        if (place.y() > column.low.y())
            column.low = place;
        if (place.y() < column.high.y())
            column.high = place;
        column.last = place;
    }
    flush();
    return points;
}

void LinePlot::drawChart(QPainter& painter, const QRectF& area, const Look& look, double reading) const {
    const Frame frame = frameFor(area, look);
    if (frame.area.width() < 8 || frame.area.height() < 8)
        return;
    const QFont font = look.font(TextSize::Small);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    for (std::size_t i = 0; i < frame.y.ticks.size(); ++i) {
        const QString& label = frame.y.labels[static_cast<qsizetype>(i)];
        const double y = placeY(frame, frame.y.ticks[i]);
        painter.setPen(QPen(look.grid, 1));
        painter.drawLine(QPointF(frame.area.left(), y), QPointF(frame.area.right(), y));
        painter.setPen(look.mutedText);
        painter.drawText(
            QPointF(frame.area.left() - kHalfUnit - 1 - metrics.horizontalAdvance(label), y + metrics.capHeight() / 2),
            label);
    }
    const double baseline = frame.area.bottom() + kHalfUnit + metrics.ascent();
    const bool read = std::isfinite(reading) && reading >= frame.x.low && reading <= frame.x.high;
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QString readText = (m_xLabel.isEmpty() ? QString() : m_xLabel + u' ') + QString::number(reading, 'g', 7);
    QRectF readArea; // of the reading's x, in place of tick labels
    if (read) {
        const double width = QFontMetricsF(strong).horizontalAdvance(readText);
        const double leftmost = area.left() + kHalfUnit;
        readArea = QRectF(std::clamp(placeX(frame, reading) - width / 2, leftmost,
                                     std::max(leftmost, area.right() - kHalfUnit - width)),
                          frame.area.bottom(), width, area.bottom() - frame.area.bottom())
                       .adjusted(-6, 0, 6, 0);
    }
    double free = frame.area.right() + kUnit;
    if (const double width = metrics.horizontalAdvance(m_xLabel);
        !m_xLabel.isEmpty() && !(read && readArea.right() > free - width)) {
        free -= width;
        painter.setPen(look.mutedText);
        painter.drawText(QPointF(free, baseline), m_xLabel);
        free -= kUnit;
    }
    for (std::size_t i = 0; i < frame.x.ticks.size(); ++i) {
        const QString& label = frame.x.labels[static_cast<qsizetype>(i)];
        const double x = placeX(frame, frame.x.ticks[i]);
        const double half = metrics.horizontalAdvance(label) / 2;
        if (x + half > free || (x + half > readArea.left() && x - half < readArea.right()))
            continue;
        painter.setPen(QPen(look.border, 1));
        painter.drawLine(QPointF(x, frame.area.bottom()), QPointF(x, frame.area.bottom() + 3));
        painter.setPen(look.mutedText);
        painter.drawText(QPointF(x - half, baseline), label);
    }

    painter.save();
    painter.setClipRect(frame.area.adjusted(-1, -4, 4, 1), Qt::IntersectClip);
    if (m_zone) {
        const QRectF zone(QPointF(frame.area.left(), placeY(frame, m_zone->second)),
                          QPointF(frame.area.right(), placeY(frame, m_zone->first)));
        painter.fillRect(zone, mixed(look.surface, look.mutedText, look.dark ? 0.3 : 0.2));
    }
    for (const Curve& curve : m_curves) {
        if (!curve.shown || !curve.span)
            continue;
        QColor color = legibleOn(look.surface, curve.series.color, kCurveContrast);
        color.setAlpha(look.dark ? 56 : 44);
        const double left = placeX(frame, curve.span->first);
        const double right = placeX(frame, curve.span->second);
        painter.fillRect(QRectF(left - 1.5, frame.area.top(), right - left + 3, frame.area.height()), color);
    }
    for (const Curve& curve : m_curves) {
        if (!curve.shown || curve.low.empty())
            continue;
        QPolygonF band;
        for (std::size_t i = 0; i < curve.x.size(); ++i)
            if (std::isfinite(curve.low[i]) && std::isfinite(curve.high[i]))
                band << QPointF(placeX(frame, curve.x[i]), placeY(frame, curve.high[i]));
        for (std::size_t i = curve.x.size(); i-- > 0;)
            if (std::isfinite(curve.low[i]) && std::isfinite(curve.high[i]))
                band << QPointF(placeX(frame, curve.x[i]), placeY(frame, curve.low[i]));
        QColor color = legibleOn(look.surface, curve.series.color, kCurveContrast);
        color.setAlpha(look.dark ? 64 : 50);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawPolygon(band);
    }
    painter.setBrush(Qt::NoBrush);
    if (m_reference) {
        const double y = placeY(frame, *m_reference);
        painter.setPen(QPen(mixed(look.surface, look.mutedText, 0.75), 1, Qt::DashLine));
        painter.drawLine(QPointF(frame.area.left(), y), QPointF(frame.area.right(), y));
    }
    for (const Curve& curve : m_curves) {
        if (!curve.shown)
            continue;
        painter.setPen(QPen(legibleOn(look.surface, curve.series.color, kCurveContrast), look.lineWidth,
                            curve.series.style, Qt::RoundCap, Qt::RoundJoin));
        const QPolygonF outline = outlineOf(frame, curve);
        qsizetype start = 0;
        for (qsizetype i = 0; i <= outline.size(); ++i)
            if (i == outline.size() || std::isnan(outline[i].x())) {
                if (i > start)
                    painter.drawPolyline(outline.constData() + start, static_cast<int>(i - start));
                start = i + 1;
            }
    }
    drawDots(painter, frame, look);
    drawBoxes(painter, frame, look);
    painter.restore();
    const auto nameLine = [&](double y, const QString& name) {
        const bool above = y - metrics.height() > frame.area.top();
        drawRimmedText(painter,
                       {frame.area.right() - metrics.horizontalAdvance(name), above ? y - 3 : y + metrics.ascent() + 1},
                       name, font, look.mutedText, look.surface, 1.5);
    };
    if (m_reference && !m_referenceName.isEmpty())
        nameLine(placeY(frame, *m_reference), m_referenceName);
    if (m_zone && !m_zoneName.isEmpty())
        drawRimmedText(painter, {frame.area.left() + kHalfUnit, placeY(frame, m_zone->second) + metrics.ascent() + 2},
                       m_zoneName, font, look.mutedText, mixed(look.surface, look.mutedText, look.dark ? 0.3 : 0.2),
                       1.5);
    painter.setPen(QPen(look.border, 1));
    painter.drawLine(frame.area.bottomLeft(), frame.area.bottomRight());

    if (read) {
        const double x = placeX(frame, reading);
        painter.setPen(QPen(look.mutedText, 1));
        painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()));
        painter.setFont(strong);
        painter.setPen(look.text);
        painter.drawText(QPointF(readArea.left() + 6, baseline), readText);
    }
    for (const Curve& curve : m_curves) {
        const qsizetype at = read ? nearestSample(curve.x, reading) : static_cast<qsizetype>(curve.x.size()) - 1;
        if (!curve.shown || at < 0)
            continue;
        const double y = curve.y[static_cast<std::size_t>(at)];
        if (!std::isfinite(y) || (m_logarithmic && y <= 0) || y < frame.y.low || y > frame.y.high)
            continue;
        painter.setPen(QPen(look.surface, 1));
        painter.setBrush(legibleOn(look.surface, curve.series.color, kCurveContrast));
        painter.drawEllipse(QPointF(placeX(frame, curve.x[static_cast<std::size_t>(at)]), placeY(frame, y)),
                            1.5 * look.lineWidth + 1, 1.5 * look.lineWidth + 1);
    }
}

void LinePlot::drawDots(QPainter& painter, const Frame& frame, const Look& look) const {
    painter.setPen(Qt::NoPen);
    for (const Curve& curve : m_curves) {
        if (!curve.shown)
            continue;
        QColor color = legibleOn(look.surface, curve.series.color, kCurveContrast);
        color.setAlpha(150);
        painter.setBrush(color);
        for (std::size_t i = 0; i < curve.dotsX.size(); ++i)
            if (std::isfinite(curve.dotsY[i]))
                painter.drawEllipse(QPointF(placeX(frame, curve.dotsX[i]), placeY(frame, curve.dotsY[i])),
                                    0.8 * look.lineWidth + 0.4, 0.8 * look.lineWidth + 0.4);
    }
    painter.setBrush(Qt::NoBrush);
}

void LinePlot::drawBoxes(QPainter& painter, const Frame& frame, const Look& look) const {
    std::size_t columns = 0;
    for (const Curve& curve : m_curves)
        columns += static_cast<std::size_t>(curve.shown && !curve.boxes.empty());
    std::size_t column = 0;
    for (const Curve& curve : m_curves) {
        if (!curve.shown || curve.boxes.empty())
            continue;
        // Boxes of several curves stand side by side, as wide as their closest neighbours allow.
        double room = frame.area.width();
        for (std::size_t i = 1; i < curve.boxes.size(); ++i)
            room = std::min(room, placeX(frame, curve.boxes[i].x) - placeX(frame, curve.boxes[i - 1].x));
        const double pitch = std::clamp(0.8 * room / static_cast<double>(columns), 2.0, 2.0 * kUnit);
        const double half = 0.4 * pitch;
        const double shift = (static_cast<double>(column++) - (static_cast<double>(columns) - 1) / 2) * pitch;
        const QColor color = legibleOn(look.surface, curve.series.color, kCurveContrast);
        painter.setPen(QPen(color, look.lineWidth, Qt::SolidLine, Qt::FlatCap));
        for (const Box& box : curve.boxes) {
            if (!std::isfinite(box.median))
                continue;
            const double x = placeX(frame, box.x) + shift;
            const QRectF body(QPointF(x - half, placeY(frame, box.thirdQuartile)),
                              QPointF(x + half, placeY(frame, box.firstQuartile)));
            painter.drawLine(QPointF(x, placeY(frame, box.high)), QPointF(x, body.top()));
            painter.drawLine(QPointF(x, body.bottom()), QPointF(x, placeY(frame, box.low)));
            painter.setBrush(mixed(look.surface, color, 0.3));
            painter.drawRect(body);
            painter.drawLine(QPointF(x - half, placeY(frame, box.median)),
                             QPointF(x + half, placeY(frame, box.median)));
        }
    }
    painter.setBrush(Qt::NoBrush);
}

void LinePlot::draw(QPainter& painter, const QRectF& area, const Look& look, double reading) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    drawHeader(painter, area, look, reading);
    drawChart(painter, area.adjusted(0, headerFor(area.width(), look, reading).height, 0, 0), look, reading);
}

void LinePlot::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    draw(painter, area, look, m_readingPainted ? m_reading : kNone);
    painter.restore();
}

void LinePlot::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    draw(painter, rect(), look, m_reading);
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

QPointF LinePlot::placeOf(double x, double y) const {
    const Look& look = Theme::instance().look();
    const Frame frame = frameFor(QRectF(rect()).adjusted(0, headerFor(width(), look, m_reading).height, 0, 0), look);
    return {placeX(frame, x), placeY(frame, y)};
}

QRectF LinePlot::legendAreaOf(int series) const {
    return headerFor(width(), Theme::instance().look(), m_reading).entries.at(static_cast<std::size_t>(series)).area;
}

double LinePlot::nearestX(double x) const {
    double best = kNone;
    for (const Curve& curve : m_curves) {
        const qsizetype i = curve.shown ? nearestSample(curve.x, x) : -1;
        if (i >= 0 && !(std::abs(best - x) <= std::abs(curve.x[static_cast<std::size_t>(i)] - x)))
            best = curve.x[static_cast<std::size_t>(i)];
    }
    return best;
}

void LinePlot::mouseMoveEvent(QMouseEvent* event) {
    const Look& look = Theme::instance().look();
    const Frame frame = frameFor(QRectF(rect()).adjusted(0, headerFor(width(), look, m_reading).height, 0, 0), look);
    const QPointF place = event->position();
    if (!frame.area.adjusted(-kUnit, -kUnit, kUnit, kUnit).contains(place)) {
        moveReading(kNone);
        return;
    }
    const double share = (place.x() - frame.area.left()) / frame.area.width();
    moveReading(nearestX(frame.x.low + share * (frame.x.high - frame.x.low)));
}

void LinePlot::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    for (int series = 0; series < static_cast<int>(m_curves.size()); ++series)
        if (legendAreaOf(series).contains(event->position())) {
            const bool shown = !seriesShown(series);
            setSeriesShown(series, shown);
            emit seriesToggled(series, shown);
            return;
        }
}

void LinePlot::keyPressEvent(QKeyEvent* event) {
    const bool left = event->key() == Qt::Key_Left;
    if (event->key() == Qt::Key_Escape) {
        moveReading(kNone);
    } else if (left || event->key() == Qt::Key_Right) {
        const auto curve =
            std::find_if(m_curves.begin(), m_curves.end(), [](const Curve& c) { return c.shown && !c.x.empty(); });
        if (curve == m_curves.end())
            return;
        const auto last = static_cast<qsizetype>(curve->x.size()) - 1;
        const qsizetype now = nearestSample(curve->x, m_reading);
        const qsizetype next = now < 0 ? last : std::clamp<qsizetype>(now + (left ? -1 : 1), 0, last);
        moveReading(curve->x[static_cast<std::size_t>(next)]);
    } else {
        PlotWidget::keyPressEvent(event);
    }
}

void LinePlot::leaveEvent(QEvent*) { moveReading(kNone); }

} // namespace tercet
