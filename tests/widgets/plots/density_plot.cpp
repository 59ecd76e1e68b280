#include "widgets/plots/density_plot.h"

#include "core/base/error.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/picture.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace tercet;

namespace {

constexpr std::size_t kCells = 10; ///< from 0 to 1

/// 1, 10 and 100 in three cells.
void fill(DensityPlot& plot) {
    Matrix<std::uint32_t> counts(kCells, kCells);
    counts(1, 8) = 1;   // y 0.1–0.2, x 0.8–0.9
    counts(5, 5) = 10;  //
    counts(8, 2) = 100; // y 0.8–0.9, x 0.2–0.3
    plot.setTitle("Model", "111 voxels");
    plot.setNames("first, r", "second, r");
    plot.setCounts(std::move(counts), 0, 1);
    plot.setMost(100);
    plot.setLines({{1, 0.954}, {1.2, 0.5}, {1.6, 0.25}});
}

DensityBrush brushOf(const QSignalSpy& spy) { return *spy.last().first().value<std::optional<DensityBrush>>(); }

void drag(DensityPlot& plot, const QPointF& from, const QPointF& to) {
    QTest::mousePress(&plot, Qt::LeftButton, {}, plot.placeOf(from).toPoint());
    QTest::mouseMove(&plot, (plot.placeOf(from) + plot.placeOf(to)).toPoint() / 2);
    QTest::mouseMove(&plot, plot.placeOf(to).toPoint());
    QTest::mouseRelease(&plot, Qt::LeftButton, {}, plot.placeOf(to).toPoint());
}

bool near(double value, double wanted) { return std::abs(value - wanted) < 0.01; }

} // namespace

class DensityPlotTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void cellsAreLighterTheMoreTheyHoldAndEmptyOnesAreBare() {
        DensityPlot plot;
        plot.resize(420, 440);
        fill(plot);
        const QImage image = plot.grab().toImage();
        const auto lightness = [&](const QPointF& values) {
            return toLab(image.pixelColor(plot.placeOf(values).toPoint())).lightness;
        };
        QVERIFY(lightness({0.87, 0.13}) + 15 < lightness({0.57, 0.52}));
        QVERIFY(lightness({0.57, 0.52}) + 15 < lightness({0.23, 0.87}));
        QCOMPARE(image.pixelColor(plot.placeOf({0.95, 0.35}).toPoint()), Theme::instance().look().surface);
        // Both axes have one scale.
        const QPointF origin = plot.placeOf({0, 0});
        QVERIFY(near((plot.placeOf({1, 0}) - origin).x(), -(plot.placeOf({0, 1}) - origin).y()));
        QVERIFY(near(plot.valuesAt(plot.placeOf({0.3, 0.7})).x(), 0.3));
        QVERIFY(near(plot.valuesAt(plot.placeOf({0.3, 0.7})).y(), 0.7));
    }

    void theLineOfEqualValuesIsRedAndMultiplesAreOrange() {
        DensityPlot plot;
        plot.resize(420, 440);
        fill(plot);
        const QImage image = plot.grab().toImage();
        const auto hues = [&](double factor, int low, int high) { // share of a line's places with a hue between
            int found = 0;
            int all = 0;
            for (double x = 0.05; x < 0.95 / factor; x += 0.002, ++all) {
                const QPointF place = plot.placeOf({x, factor * x});
                const QColor color = image.pixelColor(static_cast<int>(place.x()), static_cast<int>(place.y()));
                found += color.hsvSaturation() > 60 && color.hsvHue() >= low && color.hsvHue() <= high ? 1 : 0;
            }
            return static_cast<double>(found) / all;
        };
        QVERIFY(hues(1, 0, 12) > 0.85);
        for (const double factor : {1.2, 1.6}) {
            QVERIFY(hues(factor, 20, 45) > 0.4); // dashed
            QVERIFY(hues(factor, 20, 45) < 0.85);
        }
        QVERIFY(hues(0.8, 0, 45) < 0.1);
    }

    void sharesStandAtTheEndsOfTheLinesAndNeverOverlap() {
        DensityPlot plot;
        fill(plot);
        for (const int side : {150, 180, 220, 320, 500, 900})
            for (const auto& [low, high] : {std::pair{0.0, 1.0}, {-0.9, 0.1}, {-0.2, 0.6}, {0.0, 0.3}}) {
                plot.resize(side, side + 20);
                plot.setCounts(Matrix<std::uint32_t>(kCells, kCells), low, high);
                const std::vector<QRectF> areas = plot.shareAreas();
                QCOMPARE(areas.size(), 3U);
                for (std::size_t i = 1; i < areas.size(); ++i)
                    QVERIFY2(areas[i].right() < areas[i - 1].left(), qPrintable(QString::number(side)));
                QVERIFY(areas.front().right() <= side);
                QVERIFY(areas.back().left() >= 0);
                if (side >= 500 && low == 0) {
                    QVERIFY(near(areas[1].center().x(), plot.placeOf({high / 1.2, high}).x()));
                    QVERIFY(near(areas[2].center().x(), plot.placeOf({high / 1.6, high}).x()));
                }
            }
    }

    void headingAndSharesStandBesideTheCellsOfALowPlot() {
        DensityPlot plot;
        fill(plot);
        plot.resize(450, 150);
        const double side = (plot.placeOf({1, 0}) - plot.placeOf({0, 0})).x();
        QVERIFY(side > 80);
        const std::vector<QRectF> areas = plot.shareAreas();
        for (std::size_t i = 0; i < areas.size(); ++i) {
            QVERIFY(areas[i].right() < plot.placeOf({0, 0}).x() && areas[i].left() >= 0 && areas[i].bottom() <= 150);
            QVERIFY(i == 0 || areas[i].bottom() <= areas[i - 1].top() + 0.5); // the steepest on top
        }
        plot.resize(450, 450);
        QVERIFY(plot.shareAreas()[0].bottom() < plot.placeOf({0, 1}).y());
    }

    void aDragBrushesTheRectangleAndAClickClearsIt() {
        DensityPlot plot;
        plot.resize(420, 440);
        fill(plot);
        plot.show();
        QSignalSpy spy(&plot, &DensityPlot::brushed);
        drag(plot, {0.2, 0.9}, {0.6, 0.5});
        QVERIFY(spy.count() >= 1);
        const DensityBrush brush = brushOf(spy);
        QVERIFY(near(brush.lowX, 0.2) && near(brush.highX, 0.6) && near(brush.lowY, 0.5) && near(brush.highY, 0.9));
        QCOMPARE(plot.brush(), std::optional(brush));
        drag(plot, {0.7, 0.7}, {1.2, 1.4}); // beyond the axes: up to them
        QCOMPARE(brushOf(spy).highX, 1.0);
        QCOMPARE(brushOf(spy).highY, 1.0);
        QVERIFY(near(brushOf(spy).lowX, 0.7));
        QTest::mouseClick(&plot, Qt::LeftButton, {}, plot.placeOf({0.3, 0.3}).toPoint());
        QVERIFY(!plot.brush());
        QVERIFY(!spy.last().first().value<std::optional<DensityBrush>>());
        const auto count = spy.count();
        QTest::mouseClick(&plot, Qt::LeftButton, {}, plot.placeOf({0.3, 0.3}).toPoint());
        QCOMPARE(spy.count(), count); // nothing changed
        plot.setBrush(DensityBrush{0.1, 0.2, 0.1, 0.2});
        QCOMPARE(spy.count(), count); // not by hand
    }

    void keysMakeMoveResizeAndLeaveTheBrush() {
        DensityPlot plot;
        plot.resize(420, 440);
        fill(plot);
        plot.show();
        QSignalSpy spy(&plot, &DensityPlot::brushed);
        QTest::keyClick(&plot, Qt::Key_Escape);
        QVERIFY(spy.isEmpty());
        QTest::keyClick(&plot, Qt::Key_Right);
        DensityBrush brush = brushOf(spy);
        QVERIFY(near(brush.lowX, 0.4) && near(brush.highX, 0.6) && near(brush.lowY, 0.4) && near(brush.highY, 0.6));
        QTest::keyClick(&plot, Qt::Key_Right);
        QTest::keyClick(&plot, Qt::Key_Up);
        QTest::keyClick(&plot, Qt::Key_Up);
        brush = brushOf(spy);
        QVERIFY(near(brush.lowX, 0.5) && near(brush.highX, 0.7) && near(brush.lowY, 0.6) && near(brush.highY, 0.8));
        QTest::keyClick(&plot, Qt::Key_Left, Qt::ShiftModifier);
        QTest::keyClick(&plot, Qt::Key_Up, Qt::ShiftModifier);
        brush = brushOf(spy);
        QVERIFY(near(brush.lowX, 0.5) && near(brush.highX, 0.6) && near(brush.lowY, 0.6) && near(brush.highY, 0.9));
        QTest::keyClick(&plot, Qt::Key_Left, Qt::ShiftModifier); // never less than a cell
        QVERIFY(near(brushOf(spy).highX - brushOf(spy).lowX, 0.1));
        for (int i = 0; i < 20; ++i)
            QTest::keyClick(&plot, Qt::Key_Down);
        QVERIFY(near(brushOf(spy).lowY, 0) && near(brushOf(spy).highY, 0.3)); // keeps its size at the edge
        QTest::keyClick(&plot, Qt::Key_Escape);
        QVERIFY(!plot.brush());
    }

    void theCardReadsTheCell() {
        DensityPlot plot;
        plot.resize(420, 440);
        fill(plot);
        const QStringList card = plot.cardAt(plot.placeOf({0.25, 0.85}));
        QCOMPARE(card, (QStringList{"100 voxels", "second, r: 0.80 to 0.90", "first, r: 0.20 to 0.30"}));
        QCOMPARE(plot.cardAt(plot.placeOf({0.55, 0.15})).value(0), QString("0 voxels"));
        QVERIFY(plot.cardAt(plot.placeOf({1.1, 0.5})).isEmpty());
    }

    void marksAreDrawnWhereTheirValuesAre() {
        DensityPlot plot;
        plot.resize(420, 440);
        fill(plot);
        const auto dark = [&](const QPointF& values) {
            return toLab(plot.grab().toImage().pixelColor(plot.placeOf(values).toPoint())).lightness < 50;
        };
        const QPointF bare(0.75, 0.45);
        QVERIFY(!dark(bare));
        const QImage plain = plot.grab().toImage();
        plot.setMarks({.chosen = {bare, {std::nan(""), 0.5}}});
        QVERIFY(dark(bare));
        for (const DensityMarks& ring : {DensityMarks{.pointedAt = {bare}}, DensityMarks{.picked = bare}}) {
            plot.setMarks(ring);
            QVERIFY(!dark(bare));
            QVERIFY(plot.grab().toImage() != plain);
        }
        plot.setMarks({});
        QCOMPARE(plot.grab().toImage(), plain);
    }

    void linesAndTextStayVectors() {
        DensityPlot plot;
        fill(plot);
        QTemporaryDir folder;
        const QString path = folder.filePath("density.svg");
        savePicture(
            {.paint = [&](QPainter& painter, const QRectF& area, const Look& look) { plot.paint(painter, area, look); },
             .millimetres = {60, 64},
             .title = "density"},
            path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray svg = file.readAll();
        QVERIFY(!svg.contains("<image"));
        QVERIFY(svg.contains(">95 %<") && svg.contains(">1.6×<") && svg.contains(">second, r<"));
        QVERIFY(svg.contains("stroke-dasharray"));
    }

    void countsOfTheKeyAreRound() {
        for (const auto& [count, wanted] : {std::pair<std::uint32_t, std::uint32_t>{0, 1},
                                            {1, 1},
                                            {2, 2},
                                            {3, 5},
                                            {6, 10},
                                            {999, 1000},
                                            {1001, 2000}})
            QCOMPARE(DensityPlot::roundCount(count), wanted);
        QCOMPARE(DensityPlot::roundCount(UINT32_MAX), UINT32_MAX);
        ColorBar key;
        key.resize(300, key.sizeHint().height());
        DensityPlot::showKey(key, 500, "Voxels");
        const QImage logarithmic = key.grab().toImage();
        DensityPlot::showKey(key, 1, "Voxels"); // one cell of one
        QVERIFY(key.grab().toImage() != logarithmic);
    }

    void oddDataDoNotBreakIt() {
        DensityPlot plot;
        plot.resize(300, 320);
        QVERIFY(!plot.grab().isNull());
        QTest::keyClick(&plot, Qt::Key_Right);
        QVERIFY_EXCEPTION_THROWN(plot.setCounts(Matrix<std::uint32_t>(2, 3), 0, 1), ParameterError);
        QVERIFY_EXCEPTION_THROWN(plot.setCounts(Matrix<std::uint32_t>(2, 2), 1, 1), ParameterError);
        plot.setBrush(DensityBrush{5, 6, 5, 6}); // nowhere near
        QVERIFY(!plot.brush());
        plot.setLines({{1, std::nan("")}});
        plot.setCounts(Matrix<std::uint32_t>(1, 1), -1, 0);
        QVERIFY(!plot.grab().isNull());
        plot.resize(20, 10);
        QVERIFY(!plot.grab().isNull());
    }
};

QTEST_MAIN(DensityPlotTest)
#include "density_plot.moc"
