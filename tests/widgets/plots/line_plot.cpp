#include "plots_data.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace tercet;
namespace ex = tercet::examples;

namespace {

const QColor kBlue(0x2F64CD);
const QColor kRed(0xC80000);

/// Share of places along the curve at which its colour is seen.
double seen(LinePlot& plot, const std::vector<double>& x, const std::vector<double>& y, const QColor& color) {
    const QImage image = plot.grab().toImage();
    int hits = 0;
    int all = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isfinite(y[i]))
            continue;
        ++all;
        const QPoint place = plot.placeOf(x[i], y[i]).toPoint();
        for (int dx = -1; dx <= 1; ++dx)
            for (int dy = -1; dy <= 1; ++dy)
                if (image.rect().contains(place + QPoint(dx, dy)) &&
                    colorDifference(image.pixelColor(place + QPoint(dx, dy)), color) < 25) {
                    ++hits;
                    dx = dy = 2;
                }
    }
    return all == 0 ? 0 : static_cast<double>(hits) / all;
}

} // namespace

class LinePlotTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void ticksOfMillionsAreShort() {
        QCOMPARE(tickLabel(2e6, 1e6), QString("2 M"));
        QCOMPARE(tickLabel(2.5e6, 5e5), QString("2.5 M"));
        QCOMPARE(tickLabel(20000, 1e4), QString("20,000"));
        QCOMPARE(tickLabel(-0.5, 0.5), QString("\u22120.5"));
    }
    void curvesPassThroughTheirValues() {
        LinePlot plot;
        plot.resize(500, 300);
        plot.setSeries({{"a", kBlue, Qt::SolidLine}, {"b", kRed, Qt::SolidLine}});
        std::vector<double> x, a, b;
        for (int i = 0; i < 60; ++i) {
            x.push_back(i);
            a.push_back(std::sin(i / 9.0));
            b.push_back(-2 + 0.01 * i);
        }
        plot.setValues(0, x, a);
        plot.setValues(1, x, b);
        QCOMPARE(seen(plot, x, a, kBlue), 1.0);
        QCOMPARE(seen(plot, x, b, kRed), 1.0);
        plot.setSeriesShown(1, false);
        QVERIFY(seen(plot, x, b, kRed) < 0.05);
    }
    void thinningDrawsTheSame() {
        // 50,000 samples with single spikes: every spike must still be seen.
        LinePlot plot;
        plot.resize(400, 250);
        plot.setSeries({{"", kBlue, Qt::SolidLine}});
        std::vector<double> x, y, spikeX, spikeY;
        for (int i = 0; i < 50000; ++i) {
            x.push_back(i);
            y.push_back(0.001 * (i % 7));
            if (i % 5000 == 2500) {
                y.back() = 1;
                spikeX.push_back(i);
                spikeY.push_back(0.6);
            }
        }
        plot.setValues(0, x, y);
        QCOMPARE(seen(plot, spikeX, spikeY, kBlue), 1.0);
    }
    void gapsStayOpen() {
        LinePlot plot;
        plot.resize(400, 250);
        plot.setSeries({{"", kBlue, Qt::SolidLine}});
        const double nan = std::nan("");
        const std::vector<double> x{0, 1, 2, 3, 4, 5, 6, 7, 8};
        plot.setValues(0, x, std::vector<double>{1, 1, 1, nan, nan, nan, 1, 1, 1});
        plot.setYRange(std::pair{0.0, 2.0});
        QCOMPARE(seen(plot, {0.5, 1, 1.5, 6.5, 7}, {1, 1, 1, 1, 1}, kBlue), 1.0);
        QCOMPARE(seen(plot, {2.5, 3, 4, 5, 5.5}, {1, 1, 1, 1, 1}, kBlue), 0.0);
    }
    void oddDataDoNotBreakIt() {
        LinePlot plot;
        plot.resize(300, 200);
        QVERIFY(!plot.grab().isNull());
        plot.setSeries({{"a", kBlue, Qt::SolidLine}});
        QVERIFY(!plot.grab().isNull());
        plot.setValues(0, std::vector<double>{1}, std::vector<double>{5});
        QCOMPARE(seen(plot, {1}, {5}, kBlue), 1.0); // a single sample is a dot
        plot.setValues(0, std::vector<double>{1, 2}, std::vector<double>{5, 5});
        QVERIFY(!plot.grab().isNull());
        plot.setLogarithmic(true);
        plot.setValues(0, std::vector<double>{1, 2, 3}, std::vector<double>{-1, 0, 1e-9});
        QVERIFY(!plot.grab().isNull());
        plot.setValues(0, std::vector<double>{1, 2, 3}, std::vector<double>{1e-300, 1, 1e300});
        QVERIFY(!plot.grab().isNull());
        plot.setLogarithmic(false);
        plot.setValues(0, {}, {});
        QVERIFY(!plot.grab().isNull());
        plot.resize(20, 10);
        QVERIFY(!plot.grab().isNull());
    }
    void readingFollowsPointerAndKeys() {
        LinePlot plot;
        plot.resize(500, 300);
        plot.setSeries({{"a", kBlue, Qt::SolidLine}});
        const std::vector<double> x{0, 10, 20, 30, 40};
        plot.setValues(0, x, std::vector<double>{1, 2, 3, 4, 5});
        plot.show();
        QSignalSpy readings(&plot, &LinePlot::readingMoved);
        QTest::mouseMove(&plot, (plot.placeOf(20, 3) + QPointF(12, 0)).toPoint());
        QTRY_VERIFY(readings.count() > 0);
        QCOMPARE(readings.last().first().toDouble(), 20.0);
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(readings.last().first().toDouble(), 30.0);
        QTest::keyClick(&plot, Qt::Key_Escape);
        QVERIFY(std::isnan(readings.last().first().toDouble()));
    }
    void legendToggles() {
        LinePlot plot;
        plot.resize(500, 300);
        plot.setSeries({{"train", kBlue, Qt::SolidLine}, {"held out", kRed, Qt::SolidLine}});
        QSignalSpy toggles(&plot, &LinePlot::seriesToggled);
        QTest::mouseClick(&plot, Qt::LeftButton, Qt::NoModifier, plot.legendAreaOf(1).center().toPoint());
        QCOMPARE(toggles.count(), 1);
        QVERIFY(!plot.seriesShown(1));
        QTest::mouseClick(&plot, Qt::LeftButton, Qt::NoModifier, plot.legendAreaOf(1).center().toPoint());
        QVERIFY(plot.seriesShown(1));
    }
    void dotsBoxesSpansAndZonesStandWhereTheirValuesSay() {
        LinePlot plot;
        plot.resize(500, 300);
        plot.setSeries({{"a", kBlue, Qt::SolidLine}});
        const std::vector<double> x{0, 10, 20};
        plot.setValues(0, x, std::vector<double>(3, std::nan("")));
        plot.setYRange(std::pair{0.0, 1.0});
        QCOMPARE(seen(plot, {5, 10}, {0.5, 0.2}, kBlue), 0.0);
        plot.setDots(0, std::vector<double>{5, 15, 7}, std::vector<double>{0.5, 0.9, std::nan("")});
        QVERIFY(colorDifference(plot.grab().toImage().pixelColor(plot.placeOf(5, 0.5).toPoint()), kBlue) < 45);
        plot.setBoxes(0, {{10, 0.1, 0.3, 0.4, 0.6, 0.8}});
        QCOMPARE(seen(plot, {10, 10, 10}, {0.2, 0.4, 0.7}, kBlue), 1.0); // whiskers and median
        QCOMPARE(seen(plot, {10, 10}, {0.05, 0.85}, kBlue), 0.0);
        const auto lightness = [&](double at, double y) {
            return toLab(plot.grab().toImage().pixelColor(plot.placeOf(at, y).toPoint())).lightness;
        };
        const double before = lightness(19, 0.95);
        plot.setZone(std::pair{0.93, 0.97});
        QVERIFY(lightness(19, 0.95) < before - 5);
        QVERIFY(lightness(19, 0.5) > before - 2);
        plot.setSpan(0, std::pair{18.0, 20.0});
        QVERIFY(lightness(19, 0.5) < before - 5);
        QVERIFY(lightness(2, 0.5) > before - 2);
    }
    void referenceAndBandAreDrawn() {
        LinePlot plot;
        plot.resize(500, 300);
        plot.setSeries({{"a", kBlue, Qt::SolidLine}});
        const ex::FitCurves c = ex::fitCurves(100, 2);
        plot.setValues(0, c.epoch, c.heldOut);
        const QImage before = plot.grab().toImage();
        plot.setBand(0, c.low, c.high);
        QVERIFY(plot.grab().toImage() != before);
        plot.setReference(1.0 / 3, "chance 1/3");
        const QImage image = plot.grab().toImage();
        int dashes = 0;
        const QPoint left = plot.placeOf(40, 1.0 / 3).toPoint();
        for (int x = 0; x < 100; ++x)
            for (int dy = -1; dy <= 1; ++dy)
                if (toLab(image.pixelColor(left + QPoint(x, dy))).lightness < 75) {
                    ++dashes;
                    break;
                }
        QVERIFY2(dashes > 30 && dashes < 90, qPrintable(QString::number(dashes)));
    }
};

QTEST_MAIN(LinePlotTest)
#include "line_plot.moc"
