#include "widgets/plots/palettes.h"

#include "widgets/plots/color_space.h"

#include <QHash>
#include <QString>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace tercet {
namespace {

// Farthest-point choice among OKLCH lightness 0.64–0.85, chroma 0.08–0.15, distances by CIEDE2000 for normal,
// deuteranope and protanope readers; in the order of choice, so that the first ones differ most.
constexpr std::array<QRgb, 36> kComponentColors{
    0xFF6FA8DC, 0xFFDBD14E, 0xFFBC7677, 0xFF46EACA, 0xFFC07B00, 0xFFE4A88A, 0xFF7CDBEC, 0xFF00A9A1, 0xFF999C59,
    0xFFE87EAB, 0xFFFBB3BA, 0xFF7983E0, 0xFFCDA417, 0xFF9B7FB5, 0xFF6ECDFF, 0xFFF1C587, 0xFFE4A9CF, 0xFFA1BB5B,
    0xFF5FA389, 0xFF64B6BA, 0xFF70CAA7, 0xFFBC7694, 0xFFEF7D8D, 0xFF7C9AF9, 0xFF96E3A7, 0xFFAD9A3A, 0xFF3FCFD1,
    0xFFC38170, 0xFF83B770, 0xFFC985CA, 0xFFE7A39D, 0xFF9DACFF, 0xFFB58241, 0xFFD3BC38, 0xFFC9AEE9, 0xFF2EA7B0,
};

struct NamedColor {
    const char* name;
    QRgb color;
};

// Hue by affect, then lightness and chroma moved within each hue's range until neighbours differ most for normal,
// deuteranope, protanope and tritanope readers.
constexpr std::array<NamedColor, 34> kCategoryColors{{
    {"admiration", 0xFF4BC6FF},    {"adoration", 0xFFFFBDC2},      {"aesthetic_appreciation", 0xFF008590},
    {"amusement", 0xFFFFBB60},     {"anger", 0xFFC80000},          {"anxiety", 0xFF826AED},
    {"awe", 0xFF9C93D9},           {"awkwardness", 0xFFCE8DA7},    {"boredom", 0xFF797D7F},
    {"calmness", 0xFF00A99E},      {"confusion", 0xFFBFACC6},      {"contempt", 0xFF7A493B},
    {"craving", 0xFFD26B3F},       {"disappointment", 0xFF6288AD}, {"disgust", 0xFF526B14},
    {"empathic_pain", 0xFF944B76}, {"entrancement", 0xFF7B8DFF},   {"envy", 0xFF419435},
    {"excitement", 0xFFFF9453},    {"fear", 0xFF6428C2},           {"guilt", 0xFF6767A2},
    {"horror", 0xFF8B1D8C},        {"interest", 0xFF46D394},       {"joy", 0xFFF6D800},
    {"nostalgia", 0xFFAD956F},     {"pride", 0xFFA87400},          {"relief", 0xFF91ECD4},
    {"romance", 0xFFD83E6E},       {"sadness", 0xFF2F64CD},        {"satisfaction", 0xFFA7E584},
    {"sexual_desire", 0xFFA60058}, {"surprise", 0xFFD4CA00},       {"sympathy", 0xFFA9D1F2},
    {"triumph", 0xFFC49D00},
}};

// Order of SystemKind; lightness carries the difference where hue is lost.
constexpr std::array<QRgb, kSystemKinds> kSystemsOnLight{0xFFEDBE00, 0xFF00A26A, 0xFF7E1038, 0xFF0060AA,
                                                         0xFFBF9BEA, 0xFF788890, 0xFFBC6000};
constexpr std::array<QRgb, kSystemKinds> kSystemsOnDark{0xFFFBD937, 0xFF54CD97, 0xFFC9305F, 0xFF3C77BA,
                                                        0xFFD4BDFF, 0xFF84979F, 0xFFD77127};

constexpr int kSteps = 512;

/// Colours along a curve through OKLCH, resampled so that equal steps differ equally to the eye (CIEDE2000).
template <class Curve>
std::vector<QRgb> evenlySampled(int steps, Curve&& curve) {
    constexpr int kFine = 4096;
    std::vector<QColor> fine;
    std::vector<double> passed{0};
    for (int i = 0; i <= kFine; ++i) {
        fine.push_back(fromOklch(curve(static_cast<double>(i) / kFine)));
        if (i > 0)
            passed.push_back(passed.back() + colorDifference(fine[static_cast<std::size_t>(i - 1)], fine.back()));
    }
    std::vector<QRgb> colors;
    std::size_t at = 0;
    for (int i = 0; i <= steps; ++i) {
        while (at + 1 < passed.size() && passed[at] < passed.back() * i / steps - 1e-9)
            ++at;
        colors.push_back(fine[at].rgb());
    }
    return colors;
}

/// Colours for |value| from 0 to 1 on one side of the diverging map.
std::vector<QRgb> divergingHalf(bool negative, bool dark) {
    return evenlySampled(kSteps, [=](double strength) {
        const double neutral = dark ? 0.27 : 0.965;
        const double end = dark ? 0.78 : 0.43;
        const double chroma = (negative ? 0.14 : 0.16) * (dark ? 0.85 : 1) * std::sin(strength * 1.75);
        return Oklch{neutral + (end - neutral) * strength, chroma, negative ? 254.0 : 33.0};
    });
}

} // namespace

QColor componentColor(int index) {
    const auto count = static_cast<int>(kComponentColors.size());
    const QColor base = QColor::fromRgb(kComponentColors[static_cast<std::size_t>(index % count)]);
    const int round = index / count;
    if (round == 0)
        return base;
    Oklch moved = toOklch(base);
    moved.lightness = std::clamp(moved.lightness + (round % 2 == 1 ? -0.11 : 0.08) * ((round + 1) / 2), 0.45, 0.9);
    return fromOklch(moved);
}

QColor categoryColor(QStringView name, int index) {
    static const QHash<QString, QRgb> known = [] {
        QHash<QString, QRgb> colors;
        for (const NamedColor& entry : kCategoryColors)
            colors.insert(QString::fromLatin1(entry.name), entry.color);
        return colors;
    }();
    QString key = name.trimmed().toString().toLower();
    key.replace(QLatin1Char(' '), QLatin1Char('_')).replace(QLatin1Char('-'), QLatin1Char('_'));
    const auto found = known.constFind(key);
    if (found != known.constEnd())
        return QColor::fromRgb(*found);
    return QColor::fromRgb(kCategoryColors[static_cast<std::size_t>(index) % kCategoryColors.size()].color);
}

QColor systemColor(SystemKind kind, bool dark) {
    return QColor::fromRgb((dark ? kSystemsOnDark : kSystemsOnLight)[static_cast<std::size_t>(kind)]);
}

QRgb divergingColor(double value, bool dark) {
    static const std::array<std::vector<QRgb>, 4> halves{divergingHalf(true, false), divergingHalf(false, false),
                                                         divergingHalf(true, true), divergingHalf(false, true)};
    if (std::isnan(value))
        return missingColor(dark);
    const auto& half = halves[(dark ? 2U : 0U) + (value < 0 ? 0U : 1U)];
    return half[static_cast<std::size_t>(std::lround(std::min(std::abs(value), 1.0) * kSteps))];
}

QRgb sequentialColor(double value) {
    static const std::vector<QRgb> table = evenlySampled(kSteps, [](double share) {
        return Oklch{0.35 + 0.55 * share, 0.098 + 0.055 * share * share * share, 300 - 198 * share};
    });
    if (std::isnan(value))
        return missingColor(false);
    return table[static_cast<std::size_t>(std::lround(std::clamp(value, 0.0, 1.0) * kSteps))];
}

QRgb pairColor(double first, double second, bool dark) {
    if (std::isnan(first) || std::isnan(second))
        return missingColor(dark);
    // Corners of the square: neither, the first, the second, both.
    static constexpr std::array<std::array<Oklch, 4>, 2> kCorners{
        {{Oklch{0.93, 0, 0}, Oklch{0.70, 0.17, 58}, Oklch{0.60, 0.15, 250}, Oklch{0.30, 0.11, 330}},
         {Oklch{0.32, 0, 0}, Oklch{0.68, 0.16, 58}, Oklch{0.60, 0.15, 250}, Oklch{0.96, 0.03, 330}}}};
    const double x = std::clamp(first, 0.0, 1.0);
    const double y = std::clamp(second, 0.0, 1.0);
    double lightness = 0;
    double a = 0;
    double b = 0;
    for (std::size_t corner = 0; corner < 4; ++corner) {
        const double weight = (corner % 2 == 1 ? x : 1 - x) * (corner >= 2 ? y : 1 - y);
        const Oklch& color = kCorners[dark ? 1 : 0][corner];
        const double angle = color.hue * std::numbers::pi / 180;
        lightness += weight * color.lightness;
        a += weight * color.chroma * std::cos(angle);
        b += weight * color.chroma * std::sin(angle);
    }
    return fromOklch({lightness, std::hypot(a, b), std::atan2(b, a) * 180 / std::numbers::pi}).rgb();
}

QRgb missingColor(bool dark) { return dark ? 0xFF4A4D52 : 0xFFC3C5C9; }

} // namespace tercet
