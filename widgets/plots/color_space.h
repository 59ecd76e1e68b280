#pragma once

#include <QColor>

namespace tercet {

/// OKLCH (Ottosson 2020): perceived lightness 0–1, chroma 0–about 0.37, hue in degrees.
struct Oklch {
    double lightness = 0;
    double chroma = 0;
    double hue = 0;
};

/// CIELAB under D65, lightness 0–100.
struct Lab {
    double lightness = 0;
    double a = 0;
    double b = 0;
};

enum class ColorVision { Normal, Protanopia, Deuteranopia, Tritanopia };

/// The sRGB colour of `color`; outside the gamut the chroma is reduced until it fits, lightness and hue stay.
[[nodiscard]] QColor fromOklch(const Oklch& color);
[[nodiscard]] Oklch toOklch(const QColor& color);
[[nodiscard]] Lab toLab(const QColor& color);

/// CIEDE2000 colour difference (Sharma, Wu & Dalal 2005).
[[nodiscard]] double colorDifference(const Lab& a, const Lab& b);
[[nodiscard]] double colorDifference(const QColor& a, const QColor& b);

/// What a reader with that vision sees (Machado, Oliveira & Fernandes 2009, severity 1, in linear RGB).
[[nodiscard]] QColor simulated(const QColor& color, ColorVision vision);

/// WCAG 2 contrast ratio of two opaque colours, 1–21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

/// `color` darkened or lightened, hue kept, until its contrast with `background` is at least `ratio`.
[[nodiscard]] QColor legibleOn(const QColor& background, const QColor& color, double ratio = 4.5);

/// The opaque mixture (1 − share) · a + share · b in sRGB, as painting b with that opacity over a gives.
[[nodiscard]] QColor mixed(const QColor& a, const QColor& b, double share);

} // namespace tercet
