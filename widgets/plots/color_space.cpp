#include "widgets/plots/color_space.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace tercet {
namespace {

using Triple = std::array<double, 3>;
using Square = std::array<Triple, 3>;

constexpr double kDegree = std::numbers::pi / 180;

Triple times(const Square& m, const Triple& v) {
    Triple result{};
    for (std::size_t i = 0; i < 3; ++i)
        result[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
    return result;
}

double linear(double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); }

double encoded(double value) { return value <= 0.0031308 ? 12.92 * value : 1.055 * std::pow(value, 1 / 2.4) - 0.055; }

Triple linearRgb(const QColor& color) { return {linear(color.redF()), linear(color.greenF()), linear(color.blueF())}; }

QColor fromLinear(const Triple& rgb) {
    const auto channel = [](double value) { return static_cast<float>(encoded(std::clamp(value, 0.0, 1.0))); };
    return QColor::fromRgbF(channel(rgb[0]), channel(rgb[1]), channel(rgb[2]));
}

bool inGamut(const Triple& rgb) {
    constexpr double slack = 1e-4;
    return std::all_of(rgb.begin(), rgb.end(), [](double v) { return v >= -slack && v <= 1 + slack; });
}

Triple oklchToLinear(const Oklch& color) {
    const double a = color.chroma * std::cos(color.hue * kDegree);
    const double b = color.chroma * std::sin(color.hue * kDegree);
    const double l = color.lightness + 0.3963377774 * a + 0.2158037573 * b;
    const double m = color.lightness - 0.1055613458 * a - 0.0638541728 * b;
    const double s = color.lightness - 0.0894841775 * a - 1.2914855480 * b;
    static constexpr Square toRgb{{{4.0767416621, -3.3077115913, 0.2309699292},
                                   {-1.2684380046, 2.6097574011, -0.3413193965},
                                   {-0.0041960863, -0.7034186147, 1.7076147010}}};
    return times(toRgb, {l * l * l, m * m * m, s * s * s});
}

double luminance(const QColor& color) {
    const Triple rgb = linearRgb(color);
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
}

double hueAngle(double a, double b) {
    if (a == 0 && b == 0)
        return 0;
    const double degrees = std::atan2(b, a) / kDegree;
    return degrees < 0 ? degrees + 360 : degrees;
}

} // namespace

QColor fromOklch(const Oklch& color) {
    Oklch fitted = color;
    if (!inGamut(oklchToLinear(fitted))) {
        double low = 0;
        double high = color.chroma;
        for (int step = 0; step < 24; ++step) {
            fitted.chroma = (low + high) / 2;
            (inGamut(oklchToLinear(fitted)) ? low : high) = fitted.chroma;
        }
        fitted.chroma = low;
    }
    return fromLinear(oklchToLinear(fitted));
}

Oklch toOklch(const QColor& color) {
    static constexpr Square toLms{{{0.4122214708, 0.5363325363, 0.0514459929},
                                   {0.2119034982, 0.6806995451, 0.1073969566},
                                   {0.0883024619, 0.2817188376, 0.6299787005}}};
    Triple lms = times(toLms, linearRgb(color));
    for (double& value : lms)
        value = std::cbrt(value);
    static constexpr Square toOklab{{{0.2104542553, 0.7936177850, -0.0040720468},
                                     {1.9779984951, -2.4285922050, 0.4505937099},
                                     {0.0259040371, 0.7827717662, -0.8086757660}}};
    const Triple lab = times(toOklab, lms);
    return {lab[0], std::hypot(lab[1], lab[2]), hueAngle(lab[1], lab[2])};
}

Lab toLab(const QColor& color) {
    static constexpr Square toXyz{{{0.4123907993, 0.3575843394, 0.1804807884},
                                   {0.2126390059, 0.7151686788, 0.0721923154},
                                   {0.0193308187, 0.1191947798, 0.9505321522}}};
    static constexpr Triple white{0.9504559271, 1.0, 1.0890577508};
    const Triple xyz = times(toXyz, linearRgb(color));
    const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
    const double x = f(xyz[0] / white[0]);
    const double y = f(xyz[1] / white[1]);
    const double z = f(xyz[2] / white[2]);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double colorDifference(const QColor& a, const QColor& b) { return colorDifference(toLab(a), toLab(b)); }

double colorDifference(const Lab& p, const Lab& q) {
    const auto seventh = [](double c) { return std::sqrt(std::pow(c, 7) / (std::pow(c, 7) + std::pow(25.0, 7))); };
    const double meanC = (std::hypot(p.a, p.b) + std::hypot(q.a, q.b)) / 2;
    const double g = 0.5 * (1 - seventh(meanC));
    const double pa = (1 + g) * p.a;
    const double qa = (1 + g) * q.a;
    const double pc = std::hypot(pa, p.b);
    const double qc = std::hypot(qa, q.b);
    const double ph = hueAngle(pa, p.b);
    const double qh = hueAngle(qa, q.b);

    double dh = 0;
    double meanH = ph + qh;
    if (pc * qc != 0) {
        dh = qh - ph;
        if (dh > 180)
            dh -= 360;
        else if (dh < -180)
            dh += 360;
        if (std::abs(ph - qh) <= 180)
            meanH = (ph + qh) / 2;
        else
            meanH = (ph + qh < 360 ? ph + qh + 360 : ph + qh - 360) / 2;
    }
    const double dL = q.lightness - p.lightness;
    const double dC = qc - pc;
    const double dH = 2 * std::sqrt(pc * qc) * std::sin(dh / 2 * kDegree);
    const double meanL = (p.lightness + q.lightness) / 2;
    const double meanChroma = (pc + qc) / 2;
    const double t = 1 - 0.17 * std::cos((meanH - 30) * kDegree) + 0.24 * std::cos(2 * meanH * kDegree) +
                     0.32 * std::cos((3 * meanH + 6) * kDegree) - 0.20 * std::cos((4 * meanH - 63) * kDegree);
    const double fromMid = (meanL - 50) * (meanL - 50);
    const double sL = 1 + 0.015 * fromMid / std::sqrt(20 + fromMid);
    const double sC = 1 + 0.045 * meanChroma;
    const double sH = 1 + 0.015 * meanChroma * t;
    const double turn = 30 * std::exp(-std::pow((meanH - 275) / 25, 2));
    const double rotation = -std::sin(2 * turn * kDegree) * 2 * seventh(meanChroma);
    return std::sqrt(std::pow(dL / sL, 2) + std::pow(dC / sC, 2) + std::pow(dH / sH, 2) +
                     rotation * (dC / sC) * (dH / sH));
}

QColor simulated(const QColor& color, ColorVision vision) {
    static constexpr Square protanopia{
        {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
    static constexpr Square deuteranopia{
        {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};
    static constexpr Square tritanopia{
        {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}};
    switch (vision) {
    case ColorVision::Protanopia:
        return fromLinear(times(protanopia, linearRgb(color)));
    case ColorVision::Deuteranopia:
        return fromLinear(times(deuteranopia, linearRgb(color)));
    case ColorVision::Tritanopia:
        return fromLinear(times(tritanopia, linearRgb(color)));
    case ColorVision::Normal:
        break;
    }
    return color;
}

double contrastRatio(const QColor& a, const QColor& b) {
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

QColor legibleOn(const QColor& background, const QColor& color, double ratio) {
    if (contrastRatio(background, color) >= ratio)
        return color;
    Oklch moved = toOklch(color);
    const double end = luminance(background) > 0.18 ? 0.0 : 1.0;
    double near = moved.lightness;
    double far = end;
    for (int step = 0; step < 16; ++step) {
        moved.lightness = (near + far) / 2;
        (contrastRatio(background, fromOklch(moved)) >= ratio ? far : near) = moved.lightness;
    }
    moved.lightness = far;
    return fromOklch(moved);
}

QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto mix = [share](float x, float y) {
        return static_cast<float>((1 - share) * static_cast<double>(x) + share * static_cast<double>(y));
    };
    return QColor::fromRgbF(mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()), mix(a.blueF(), b.blueF()));
}

} // namespace tercet
