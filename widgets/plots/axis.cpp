#include "widgets/plots/axis.h"

#include "core/base/text.h"
#include "widgets/plots/look.h"

#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

/// The smallest of 1, 2, 5 × 10ᵏ that divides `span` into at most `most` parts; at least 1 if `whole`.
double niceStep(double span, double most, bool whole) {
    const double rough = span / std::max(most, 1.0);
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= rough * (1 - 1e-9)) {
            step = factor * power;
            break;
        }
    return whole ? std::max(step, 1.0) : step;
}

QString withTrueMinus(QString text) {
    if (text.startsWith(u'-'))
        text[0] = QChar(0x2212);
    return text;
}

} // namespace

QString tickLabel(double value, double step) {
    if (std::abs(value) < step * 1e-6)
        value = 0;
    if (value >= 1e6 && value < 1e15)
        return QString::fromStdString(formatLargeNumber(value));
    if (std::abs(value) >= 1e6 || (value != 0 && step < 1e-5))
        return withTrueMinus(QString::number(value, 'g', 4));
    if (std::abs(value) >= 1e4)
        return withTrueMinus(QLocale(QLocale::English).toString(value, 'f', 0));
    return withTrueMinus(
        QString::number(value, 'f', std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)))));
}

QString numberText(double value, int decimals) {
    return std::isfinite(value) ? withTrueMinus(QString::number(value, 'f', decimals)) : QStringLiteral("–");
}

void PlotAxis::addTick(double value, double step) {
    ticks.push_back(value);
    labels << tickLabel(value, step);
}

void PlotAxis::addTicks(double mostParts, bool whole) {
    const double step = niceStep(high - low, mostParts, whole);
    const double first = std::ceil(low / step - 1e-9);
    for (int i = 0; i <= mostParts + 1 && (first + i) * step <= high + 1e-9 * step; ++i)
        addTick((first + i) * step, step);
}

void drawAxes(QPainter& painter, const QRectF& area, const PlotAxis& x, const QString& xName, const PlotAxis& y,
              const QString& yName, double left, const Look& look) {
    const QFont font = look.font(TextSize::Small);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    for (std::size_t i = 0; i < x.ticks.size(); ++i) {
        const QString& label = x.labels[static_cast<qsizetype>(i)];
        const double at = area.left() + x.share(x.ticks[i]) * area.width();
        painter.setPen(QPen(look.grid, 1));
        painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()));
        painter.setPen(look.mutedText);
        painter.drawText(
            QPointF(at - metrics.horizontalAdvance(label) / 2, area.bottom() + kHalfUnit + metrics.ascent()), label);
    }
    for (std::size_t i = 0; i < y.ticks.size(); ++i) {
        const QString& label = y.labels[static_cast<qsizetype>(i)];
        const double at = area.bottom() - y.share(y.ticks[i]) * area.height();
        painter.setPen(QPen(look.grid, 1));
        painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at));
        painter.setPen(look.mutedText);
        painter.drawText(
            QPointF(area.left() - kHalfUnit - metrics.horizontalAdvance(label), at + metrics.capHeight() / 2), label);
    }
    const QString below = metrics.elidedText(xName, Qt::ElideRight, area.width());
    painter.drawText(QPointF(area.center().x() - metrics.horizontalAdvance(below) / 2,
                             area.bottom() + kHalfUnit + metrics.height() + metrics.ascent()),
                     below);
    const QString upright = metrics.elidedText(yName, Qt::ElideRight, area.height());
    painter.save();
    painter.translate(left + kHalfUnit + metrics.ascent(), area.center().y() + metrics.horizontalAdvance(upright) / 2);
    painter.rotate(-90);
    painter.drawText(QPointF(), upright);
    painter.restore();
    painter.setPen(QPen(look.border, 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.drawLine(area.bottomLeft(), area.topLeft());
}

} // namespace tercet
