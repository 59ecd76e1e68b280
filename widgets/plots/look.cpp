#include "widgets/plots/look.h"

#include "widgets/plots/color_space.h"

#include <QStringList>

namespace tercet {
namespace {

std::array<double, 4> screenSizes(double textScale) {
    return {11 * textScale, 13 * textScale, 15 * textScale, 22 * textScale};
}

} // namespace

QFont Look::font(TextSize size, QFont::Weight weight) const {
    QFont font;
    font.setFamilies(families);
    font.setStyleHint(QFont::SansSerif);
    font.setPixelSize(qRound(pixelSizes.at(static_cast<std::size_t>(size))));
    font.setWeight(weight);
    // Unhinted text has the same width at any scale, so that what fits on screen fits on paper.
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

Look lightLook(double textScale) {
    Look look;
    look.window = QColor(0xF2F2F3);
    look.surface = QColor(0xFFFFFF);
    look.header = QColor(0xE8E8EA);
    look.border = QColor(0xCFD0D3);
    look.grid = QColor(0xE5E6E8);
    look.text = QColor(0x1D1F23);
    look.mutedText = QColor(0x5A5E65);
    look.accent = QColor(0x2F62A3);
    look.accentText = QColor(0xFFFFFF);
    look.highlight = mixed(look.surface, look.accent, 0.18);
    look.selection = QColor(0x15171A);
    look.warning = QColor(0x8A5200);
    look.error = QColor(0xB3261E);
    look.pixelSizes = screenSizes(textScale);
    return look;
}

Look darkLook(double textScale) {
    Look look;
    look.dark = true;
    look.window = QColor(0x202225);
    look.surface = QColor(0x17181B);
    look.header = QColor(0x2A2C30);
    look.border = QColor(0x3D4046);
    look.grid = QColor(0x2C2E33);
    look.text = QColor(0xE6E7EA);
    look.mutedText = QColor(0xA2A6AE);
    look.accent = QColor(0x86B4EE);
    look.accentText = QColor(0x10151C);
    look.highlight = mixed(look.surface, look.accent, 0.28);
    look.selection = QColor(0xFFFFFF);
    look.warning = QColor(0xE8B057);
    look.error = QColor(0xF48E85);
    look.pixelSizes = screenSizes(textScale);
    return look;
}

Look paperLook() {
    Look look = lightLook();
    look.window = look.header = look.surface;
    look.border = QColor(0x9A9CA0);
    look.grid = QColor(0xE2E3E5);
    look.text = QColor(Qt::black);
    look.mutedText = QColor(0x4A4D52);
    constexpr double kPoint = 96.0 / 72;
    look.pixelSizes = {6.5 * kPoint, 7 * kPoint, 8 * kPoint, 9.5 * kPoint};
    look.lineWidth = 1;
    return look;
}

} // namespace tercet
