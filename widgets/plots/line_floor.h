#pragma once

#include <QSizeF>

#include <functional>

class QPainter;

namespace tercet {

/// Paints onto `target` through a painter whose pens are never narrower than `thinnest`, however the painting is
/// scaled: in the units that `target` has now. Everything else arrives as it is; text stays text. `size` is what the
/// painting may take for the size of its device, in the same units. GUI thread.
void paintWithThickLines(QPainter& target, const QSizeF& size, double thinnest,
                         const std::function<void(QPainter&)>& paint);

/// Pixels of what is painted on per logical unit, through paintWithThickLines() too; infinite where there are none.
[[nodiscard]] double pixelsPerUnit(const QPainter& painter);

} // namespace tercet
