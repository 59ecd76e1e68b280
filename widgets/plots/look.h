#pragma once

#include <QColor>
#include <QFont>
#include <QStringList>

#include <array>

namespace tercet {

/// The four sizes of text.
enum class TextSize { Small, Body, Heading, Title };

/// The 8-px grid; lengths in device-independent pixels.
inline constexpr int kUnit = 8;
inline constexpr int kHalfUnit = 4;
inline constexpr int kHeaderHeight = 28;
inline constexpr int kRowHeight = 24;
inline constexpr int kIconSize = 16;

/// Colours and text of one appearance: a value that every plot paints with. One logical unit is 1/96 inch, on screen
/// as on paper. The data has the colour, so these are neutral except for accent, warning and error.
struct Look {
    bool dark = false;
    QColor window;                      ///< frame around panels
    QColor surface;                     ///< behind data, lists and text fields
    QColor header;                      ///< panel header, buttons
    QColor border;                      ///< lines between areas
    QColor grid;                        ///< lines behind data
    QColor text;                        ///< contrast ≥ 7 on window, surface and header
    QColor mutedText;                   ///< units, axes, secondary facts; contrast ≥ 4.5 there
    QColor accent;                      ///< focus, links, the one important button
    QColor accentText;                  ///< on accent
    QColor highlight;                   ///< behind selected rows of lists
    QColor selection;                   ///< rings and lassos over data
    QColor warning;                     ///< as text
    QColor error;                       ///< as text
    std::array<double, 4> pixelSizes{}; ///< of TextSize, in logical units
    double lineWidth = 1.5;             ///< of a curve, in logical units
    double thinnestLine = 0;            ///< saved pictures have no thinner one; in logical units
    QStringList families{QStringLiteral("Open Sans"), QStringLiteral("DejaVu Sans")}; ///< of fonts, the first wanted

    [[nodiscard]] QFont font(TextSize size, QFont::Weight weight = QFont::Normal) const;
    friend bool operator==(const Look&, const Look&) = default;
};

/// `textScale` enlarges all text, 1 is the usual size.
[[nodiscard]] Look lightLook(double textScale = 1);
[[nodiscard]] Look darkLook(double textScale = 1);
/// For saved pictures: white, black text at the sizes of journals (6.5 to 9.5 pt), thinner lines.
[[nodiscard]] Look paperLook();

} // namespace tercet
