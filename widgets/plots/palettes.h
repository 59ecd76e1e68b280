#pragma once

#include <QColor>
#include <QStringView>

namespace tercet {

/// Where judgments come from; what a system is decides its colour.
enum class SystemKind {
    LanguageModel,
    MultimodalModel,
    HumanCategories,
    HumanDimensions,
    HumanConcat,
    Features,
    Other,
};
inline constexpr int kSystemKinds = 7;

/// Colour of component `index` ≥ 0 in every panel: 36 pastel to medium ones, then darker and lighter rounds of them.
[[nodiscard]] QColor componentColor(int index);

/// Colour of a rated category, by affect: anger red, sadness blue, calmness teal, joy yellow. `name` in any of the
/// usual spellings ("Aesthetic Appreciation", "aesthetic_appreciation"); other names take the colour of `index` ≥ 0.
[[nodiscard]] QColor categoryColor(QStringView name, int index = 0);

/// Colour of a system; the two variants differ in lightness only as far as the background asks.
[[nodiscard]] QColor systemColor(SystemKind kind, bool dark);

/// Diverging map for r: blue below 0, red above, its difference from the neutral at 0 growing evenly (CIEDE2000) with
/// |value| up to 1. NaN gives missingColor.
[[nodiscard]] QRgb divergingColor(double value, bool dark);

/// Sequential map for ratings and weights: violet through teal to yellow, ever lighter, in even steps (CIEDE2000) for
/// values 0 to 1. NaN gives missingColor.
[[nodiscard]] QRgb sequentialColor(double value);

/// Map for two values from 0 to 1: neutral where both are 0, orange for the first alone, blue for the second alone, and
/// for both the farthest from the background. NaN gives missingColor.
[[nodiscard]] QRgb pairColor(double first, double second, bool dark);

/// Colour of what has no value.
[[nodiscard]] QRgb missingColor(bool dark);

} // namespace tercet
