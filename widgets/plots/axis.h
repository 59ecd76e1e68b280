#pragma once

#include <QRectF>
#include <QString>
#include <QStringList>

#include <vector>

class QPainter;

namespace tercet {

struct Look;

/// What one edge of a plot means: its limits, and the values that are labelled.
struct PlotAxis {
    double low = 0;
    double high = 1;
    std::vector<double> ticks;
    QStringList labels; ///< of the ticks

    [[nodiscard]] double share(double value) const { return (value - low) / (high - low); } ///< 0 at low, 1 at high
    void addTick(double value, double step);
    /// Ticks at multiples of 1, 2 or 5 × 10ᵏ that part the axis into at most `mostParts`; of whole numbers if `whole`.
    void addTicks(double mostParts, bool whole);
};

/// The axes of a chart in `area`: a grid line and a label for every tick, and the names of x below and of y upright at
/// `left`.
void drawAxes(QPainter& painter, const QRectF& area, const PlotAxis& x, const QString& xName, const PlotAxis& y,
              const QString& yName, double left, const Look& look);

/// A value as an axis writes it whose ticks are `step` apart, with a true minus.
[[nodiscard]] QString tickLabel(double value, double step);

/// A value with fixed decimals and a true minus; "–" where it is not finite.
[[nodiscard]] QString numberText(double value, int decimals);

} // namespace tercet
