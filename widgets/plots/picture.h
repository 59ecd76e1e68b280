#pragma once

#include "widgets/plots/look.h"

#include <QByteArray>
#include <QRectF>
#include <QSizeF>
#include <QString>

#include <functional>

class QImage;
class QPainter;

namespace tercet {

/// Draws something into `area`, in logical units of 1/96 inch, with the look's colours and text.
using Painting = std::function<void(QPainter& painter, const QRectF& area, const Look& look)>;

/// Something that can be saved. It is painted with its own look, whatever the screen shows.
struct Picture {
    Painting paint;
    QSizeF millimetres; ///< of the page
    QString title;
    QString recipe; ///< how it was made, kept inside the file; may be empty
    Look look = paperLook();
};

/// Saves as PDF, SVG or PNG by the ending of `path`: text stays text with its font embedded (PDF), images are kept
/// lossless, the page has exactly the size asked for. `dpi` is for PNG. The file appears whole or not at all.
/// Throws ParameterError (ending, size, dpi), and as saveWhole().
void savePicture(const Picture& picture, const QString& path, double dpi = 300);

/// Writes a file, which appears whole or not at all. Throws StorageError.
void saveWhole(const QString& path, const QByteArray& bytes);

/// Paints the picture into the rectangle from the origin that has its size in logical units, with no line thinner than
/// its look allows.
void paintPicture(const Picture& picture, QPainter& painter);

/// The picture as pixels, marked with `dpi`.
[[nodiscard]] QImage renderedPicture(const Picture& picture, double dpi);

} // namespace tercet
