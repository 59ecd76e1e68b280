#include "widgets/plots/picture.h"
#include "core/base/error.h"
#include "plots_data.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>

using namespace tercet;
namespace ex = tercet::examples;

namespace {

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString output(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.start(program, arguments);
    process.waitForFinished();
    return QString::fromUtf8(process.readAllStandardOutput() + process.readAllStandardError());
}

} // namespace

class PictureTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    Picture m_picture;
    std::unique_ptr<PointMap> m_map;
    std::unique_ptr<RosePlot> m_rose;
    std::unique_ptr<LinePlot> m_lines;
    std::unique_ptr<Legend> m_legend;

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Dark); // pictures are light all the same
        const ex::Cloud cloud = ex::cloud(500, 1);
        m_map = std::make_unique<PointMap>();
        ex::fill(*m_map, cloud);
        m_rose = std::make_unique<RosePlot>();
        m_rose->setRoses(ex::systems(1, 12, false), ex::stimuli(1, 1, 12, 3));
        m_lines = std::make_unique<LinePlot>();
        const ex::FitCurves c = ex::fitCurves(100, 6);
        m_lines->setTitle("Accuracy");
        m_lines->setXLabel("epoch");
        m_lines->setSeries({{"held out", QColor(0xC07B00), Qt::SolidLine}});
        m_lines->setValues(0, c.epoch, c.heldOut);
        m_legend = std::make_unique<Legend>();
        m_legend->setEntries(ex::legendOf(cloud));
        m_picture = {[this](QPainter& painter, const QRectF& area, const Look& look) {
                         painter.fillRect(area, look.surface);
                         const double half = area.height() / 2;
                         m_map->paint(painter, {0, 0, area.width(), half}, look);
                         m_rose->paint(painter, {0, half, area.width() / 2, half}, look);
                         m_lines->paint(painter, {area.width() / 2, half, area.width() / 2, half / 2}, look);
                         m_legend->paint(painter, {area.width() / 2, 1.5 * half, area.width() / 2, half / 2}, look);
                         QImage image(4, 4, QImage::Format_RGB32);
                         image.fill(QColor(10, 200, 30));
                         painter.drawImage(QRectF(0, 0, 8, 8), image);
                     },
                     {183.5, 120.25},
                     "Résumé of a fit",
                     "step=map seed=1"};
        for (const char* ending : {"pdf", "svg", "png"})
            savePicture(m_picture, m_folder.filePath("all." + QString(ending)), 200);
    }

    void pdfHasTheExactPage() {
        if (QStandardPaths::findExecutable("pdfinfo").isEmpty())
            QSKIP("pdfinfo (poppler-utils) is not installed");
        const QString info = output("pdfinfo", {m_folder.filePath("all.pdf")});
        const auto match = QRegularExpression("Page size:\\s+([\\d.]+) x ([\\d.]+) pts").match(info);
        QVERIFY2(match.hasMatch(), qPrintable(info));
        QVERIFY(std::abs(match.captured(1).toDouble() - 183.5 * 72 / 25.4) < 0.005);
        QVERIFY(std::abs(match.captured(2).toDouble() - 120.25 * 72 / 25.4) < 0.005);
        QVERIFY(info.contains("Résumé of a fit"));
        QVERIFY(!info.contains("rror")); // the table of offsets is whole
    }
    void pdfHasTextAndEmbeddedFonts() {
        if (QStandardPaths::findExecutable("pdffonts").isEmpty())
            QSKIP("pdffonts (poppler-utils) is not installed");
        const QStringList fonts = output("pdffonts", {m_folder.filePath("all.pdf")}).split('\n', Qt::SkipEmptyParts);
        QVERIFY(fonts.size() > 2);
        for (const QString& font : fonts.mid(2))
            QVERIFY2(QRegularExpression("TrueType\\s+\\S+\\s+yes").match(font).hasMatch() ||
                         QRegularExpression("\\s+yes\\s+(yes|no)\\s+yes").match(font).hasMatch(),
                     qPrintable(font));
        const QString text = output("pdftotext", {m_folder.filePath("all.pdf"), "-"});
        for (const char* word : {"Accuracy", "epoch", "held out", "calmness", "clip_0137", "human categories"})
            QVERIFY2(text.contains(word), word);
    }
    void pdfImagesAreLossless() {
        const QByteArray pdf = bytesOf(m_folder.filePath("all.pdf"));
        QVERIFY(pdf.contains("/Subtype /Image"));
        QVERIFY(!pdf.contains("DCTDecode"));
    }
    void svgHasTextSizeAndRecipe() {
        const QByteArray svg = bytesOf(m_folder.filePath("all.svg"));
        QVERIFY(svg.contains("width=\"183.5mm\" height=\"120.25mm\""));
        QVERIFY(svg.contains("<text"));
        QVERIFY(svg.contains(">Accuracy</text>"));
        QVERIFY(svg.contains("Open Sans") || svg.contains("DejaVu Sans"));
        QVERIFY(svg.contains("step=map seed=1"));
        QSvgRenderer renderer(svg);
        QVERIFY(renderer.isValid());
        QVERIFY(std::abs(renderer.viewBoxF().width() - 183.5 / 25.4 * 96) < 0.01);
    }
    void pngHasItsDpi() {
        const QImage image(m_folder.filePath("all.png"));
        QCOMPARE(image.size(), QSize(qRound(183.5 / 25.4 * 200), qRound(120.25 / 25.4 * 200)));
        QCOMPARE(image.dotsPerMeterX(), qRound(200 / 0.0254));
        QCOMPARE(image.text("Description"), QString("step=map seed=1"));
    }
    void picturesAreLightWhateverTheScreen() {
        const QImage image(m_folder.filePath("all.png"));
        QCOMPARE(image.pixelColor(image.width() - 3, image.height() - 3), QColor(Qt::white));
        QVERIFY(Theme::instance().look().dark);
    }
    void theThreeFormatsAgree() {
        const QImage png = renderedPicture(m_picture, 96).convertToFormat(QImage::Format_RGB32);
        QImage svg(png.size(), QImage::Format_RGB32);
        svg.fill(Qt::white);
        QPainter painter(&svg);
        QSvgRenderer(bytesOf(m_folder.filePath("all.svg"))).render(&painter);
        painter.end();
        double difference = 0;
        for (int y = 0; y < png.height(); ++y)
            for (int x = 0; x < png.width(); ++x)
                difference += std::abs(qGreen(png.pixel(x, y)) - qGreen(svg.pixel(x, y)));
        QVERIFY2(difference / (png.width() * png.height()) < 3,
                 qPrintable(QString::number(difference / (png.width() * png.height()))));
    }
    void badRequestsSayWhy_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QSizeF>("size");
        QTest::addColumn<double>("dpi");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("ending") << "/tmp/x.tiff" << QSizeF(10, 10) << 300.0
                                << "/tmp/x.tiff: expected a name that ends in .pdf, .svg or .png, found .tiff.";
        QTest::newRow("no ending") << "/tmp/x" << QSizeF(10, 10) << 300.0
                                   << "/tmp/x: expected a name that ends in .pdf, .svg or .png, found no ending.";
        QTest::newRow("size") << "/tmp/x.pdf" << QSizeF(0, 10) << 300.0
                              << "/tmp/x.pdf: expected a picture of 1 to 2000 mm on each side, found 0 mm × 10 mm.";
        QTest::newRow("dpi") << "/tmp/x.png" << QSizeF(10, 10) << 1e6
                             << "/tmp/x.png: expected 36 to 2400 dpi, found 1e+06 dpi.";
    }
    void badRequestsSayWhy() {
        QFETCH(QString, path);
        QFETCH(QSizeF, size);
        QFETCH(double, dpi);
        QFETCH(QString, sentence);
        Picture picture = m_picture;
        picture.millimetres = size;
        try {
            savePicture(picture, path, dpi);
            QFAIL("nothing was thrown");
        } catch (const ParameterError& error) {
            QCOMPARE(QString::fromUtf8(error.what()), sentence);
        }
    }
    void aFailedSaveLeavesTheOldFile() {
        const QString path = m_folder.filePath("missing/x.pdf");
        QVERIFY_EXCEPTION_THROWN(savePicture(m_picture, path), StorageError);
        // A name that is a folder cannot be replaced by a file.
        QVERIFY(QDir(m_folder.path()).mkdir("taken.svg"));
        QVERIFY_EXCEPTION_THROWN(savePicture(m_picture, m_folder.filePath("taken.svg")), StorageError);
        QVERIFY(QFileInfo(m_folder.filePath("taken.svg")).isDir());
        if (QFile::exists("/dev/full"))
            QVERIFY_EXCEPTION_THROWN(savePicture(m_picture, "/dev/full.pdf/x.pdf"), StorageError);
    }
};

QTEST_MAIN(PictureTest)
#include "picture.moc"
