#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace tercet {

/// What one edge of a plot means: its limits, and the values that are labelled.
struct PlotAxis {
    double low = 0;
    double high = 1;
    std::vector<double> ticks;
    QStringList labels; ///< of the ticks

    void addTick(double value, double step);
    /// Ticks at multiples of 1, 2 or 5 × 10ᵏ that part the axis into at most `mostParts`; of whole numbers if `whole`.
    void addTicks(double mostParts, bool whole);
};

/// A value as an axis writes it whose ticks are `step` apart, with a true minus.
[[nodiscard]] QString tickLabel(double value, double step);

/// A value with fixed decimals and a true minus; "–" where it is not finite.
[[nodiscard]] QString numberText(double value, int decimals);

} // namespace tercet
