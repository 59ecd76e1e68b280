#include "widgets/plots/axis.h"

#include <QLocale>

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

} // namespace tercet
