#pragma once

#include "widgets/plots/look.h"

#include <QPointF>
#include <QRectF>
#include <QStringList>

class QFontMetricsF;
class QPainter;

namespace tercet {

/// Text drawn over data. Coordinates are logical units of the painter.

/// `text` from baseline point `at`, with a rim of `rim` that is `width` wide so that it reads on any colour.
void drawRimmedText(QPainter& painter, const QPointF& at, const QString& text, const QFont& font, const QColor& color,
                    const QColor& rim, double width);

/// Words of `text` in at most `lines` lines no wider than `width`; the last one is elided. Prefers to break after a
/// comma.
[[nodiscard]] QStringList wrapped(const QString& text, const QFontMetricsF& metrics, double width, int lines);

/// A small card beside `anchor` that stays inside `bounds`: first line strong, others muted, a disc of `swatch` before
/// the first if it is valid. Returns where it was drawn.
QRectF drawCard(QPainter& painter, const QRectF& bounds, const QPointF& anchor, const QStringList& lines,
                const Look& look, const QColor& swatch = {});

/// Height of drawHeading().
[[nodiscard]] double headingHeight(const QString& title, const QString& note, double width, const Look& look);
/// A bold title and behind it a muted note, which goes below, on two lines at most, if it does not fit on the title's.
/// `width` is what both may take.
void drawHeading(QPainter& painter, const QPointF& topLeft, double width, const QString& title, const QString& note,
                 const Look& look);

/// What the disc of a chip takes of its width.
[[nodiscard]] double chipIndent(const QFont& font);
/// A disc of `color` and `text`, left-aligned and centred vertically in `area`; the text is elided. Returns its width.
double drawChip(QPainter& painter, const QRectF& area, const QString& text, const QColor& color, const QFont& font,
                const QColor& textColor);

/// The frame that shows keyboard focus.
void drawFocusFrame(QPainter& painter, const QRectF& area, const Look& look);

} // namespace tercet
