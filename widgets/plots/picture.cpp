#include "widgets/plots/picture.h"

#include "core/base/error.h"
#include "widgets/plots/line_floor.h"

#include <QBuffer>
#include <QDir>
#include <QFileInfo>
#include <QImage>
#include <QPageLayout>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>

#include <cmath>

namespace tercet {
namespace {

constexpr double kUnitsPerMm = 96 / 25.4;
constexpr double kLargestMm = 2000;

QRectF unitsOf(const Picture& picture) { return {QPointF(), picture.millimetres * kUnitsPerMm}; }

void paintScaled(const Picture& picture, QPainter& painter, double scale) {
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing | QPainter::LosslessImageRendering);
    painter.scale(scale, scale);
    paintPicture(picture, painter);
}

/// Qt rounds the page to whole points; this puts the exact size into the file and moves the offsets of what follows.
/// The page's upper left corner stays where it is.
void setExactPage(QByteArray& pdf, const QSizeF& millimetres) {
    const QByteArray key = "/MediaBox [0 0 ";
    const qsizetype start = pdf.indexOf(key);
    const qsizetype end = pdf.indexOf(']', start);
    const qsizetype table = pdf.lastIndexOf("\nxref\n");
    const qsizetype trailer = pdf.lastIndexOf("startxref\n");
    const QList<QByteArray> rounded = pdf.mid(start + key.size(), end - start - key.size()).simplified().split(' ');
    if (start < 0 || end < 0 || table < end || trailer < table || rounded.size() != 2)
        return;
    const QSizeF points = millimetres * 72 / 25.4;
    const double top = rounded[1].toDouble();
    const QByteArray exact = "/MediaBox [0 " + QByteArray::number(top - points.height(), 'f', 4) + ' ' +
                             QByteArray::number(points.width(), 'f', 4) + ' ' + QByteArray::number(top, 'f', 4);
    const qsizetype shift = exact.size() - (end - start);
    // Entries are "0000012345 00000 n": ten digits of offset.
    for (qsizetype line = table + 1; line < trailer; line = pdf.indexOf('\n', line) + 1)
        if (pdf.mid(line + 10, 8) == " 00000 n" && pdf.mid(line, 10).toLongLong() > start)
            pdf.replace(line, 10, QByteArray::number(pdf.mid(line, 10).toLongLong() + shift).rightJustified(10, '0'));
    pdf.truncate(trailer);
    pdf += "startxref\n" + QByteArray::number(table + 1 + shift) + "\n%%EOF\n";
    pdf.replace(start, end - start, exact);
}

void writePdf(const Picture& picture, QBuffer& buffer) {
    QPdfWriter writer(&buffer);
    constexpr int kResolution = 1200;
    writer.setResolution(kResolution);
    writer.setPageLayout(
        QPageLayout(QPageSize(picture.millimetres, QPageSize::Millimeter, picture.title, QPageSize::ExactMatch),
                    QPageLayout::Portrait, QMarginsF(), QPageLayout::Millimeter));
    writer.setTitle(picture.title);
    writer.setCreator(QStringLiteral("Tercet " TERCET_VERSION));
    if (!picture.recipe.isEmpty())
        writer.addFileAttachment(QStringLiteral("recipe.txt"), picture.recipe.toUtf8(), QStringLiteral("text/plain"));
    QPainter painter(&writer);
    paintScaled(picture, painter, kResolution / 96.0);
}

QString asXmlText(QString text) {
    return text.replace(QLatin1Char('&'), QLatin1String("&amp;")).replace(QLatin1Char('<'), QLatin1String("&lt;"));
}

void writeSvg(const Picture& picture, QBuffer& buffer) {
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    constexpr int kUnitsPerInch = 2540; // hundredths of a millimetre, so that the page has exactly its size
    generator.setResolution(kUnitsPerInch);
    generator.setSize((picture.millimetres * 100).toSize());
    generator.setViewBox(unitsOf(picture));
    // Qt writes both as they are.
    generator.setTitle(asXmlText(picture.title));
    generator.setDescription(
        asXmlText(picture.recipe.isEmpty() ? QStringLiteral("Tercet " TERCET_VERSION) : picture.recipe));
    QPainter painter(&generator);
    paintScaled(picture, painter, 1);
}

void writePng(const Picture& picture, QBuffer& buffer, double dpi) {
    if (!renderedPicture(picture, dpi).save(&buffer, "PNG"))
        throw StorageError(
            {.what = "the picture is too large for the memory", .remedy = "choose a smaller size or fewer dpi"});
}

} // namespace

void paintPicture(const Picture& picture, QPainter& painter) {
    const QRectF area = unitsOf(picture);
    if (picture.look.thinnestLine > 0)
        paintWithThickLines(painter, area.size(), picture.look.thinnestLine,
                            [&](QPainter& thick) { picture.paint(thick, area, picture.look); });
    else
        picture.paint(painter, area, picture.look);
}

QImage renderedPicture(const Picture& picture, double dpi) {
    const double scale = dpi / 96;
    const QSizeF pixels = unitsOf(picture).size() * scale;
    QImage image(QSize(qRound(pixels.width()), qRound(pixels.height())), QImage::Format_RGB32);
    if (image.isNull())
        return image;
    image.fill(Qt::white);
    image.setDotsPerMeterX(qRound(dpi / 0.0254));
    image.setDotsPerMeterY(qRound(dpi / 0.0254));
    image.setText(QStringLiteral("Title"), picture.title);
    image.setText(QStringLiteral("Software"), QStringLiteral("Tercet " TERCET_VERSION));
    if (!picture.recipe.isEmpty())
        image.setText(QStringLiteral("Description"), picture.recipe);
    QPainter painter(&image);
    paintScaled(picture, painter, scale);
    return image;
}

void savePicture(const Picture& picture, const QString& path, double dpi) {
    const std::string shown = path.toStdString();
    const QSizeF mm = picture.millimetres;
    if (!(mm.width() >= 1 && mm.height() >= 1 && mm.width() <= kLargestMm && mm.height() <= kLargestMm))
        throw ParameterError({.where = shown,
                              .expected = "a picture of 1 to 2000 mm on each side",
                              .found = QStringLiteral("%1 mm × %2 mm").arg(mm.width()).arg(mm.height()).toStdString()});
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    const QString ending = QFileInfo(path).suffix().toLower();
    if (ending == QLatin1String("pdf")) {
        writePdf(picture, buffer);
        setExactPage(bytes, mm);
    } else if (ending == QLatin1String("svg")) {
        writeSvg(picture, buffer);
    } else if (ending == QLatin1String("png")) {
        if (!(dpi >= 36 && dpi <= 2400))
            throw ParameterError({.where = shown,
                                  .expected = "36 to 2400 dpi",
                                  .found = QStringLiteral("%1 dpi").arg(dpi).toStdString()});
        writePng(picture, buffer, dpi);
    } else {
        throw ParameterError({.where = shown,
                              .expected = "a name that ends in .pdf, .svg or .png",
                              .found = ending.isEmpty() ? "no ending" : "." + ending.toStdString()});
    }
    buffer.close();
    saveWhole(path, bytes);
}

void saveWhole(const QString& path, const QByteArray& bytes) {
    if (!QFileInfo(path).dir().exists())
        throw StorageError({.where = path.toStdString(),
                            .what = "the folder it would be saved in is not there",
                            .remedy = "make it or choose another"});
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        throw StorageError({.where = path.toStdString(),
                            .what = "the file could not be saved (" + file.errorString().toStdString() + ")",
                            .remedy = "choose another folder or free some space"});
}

} // namespace tercet
