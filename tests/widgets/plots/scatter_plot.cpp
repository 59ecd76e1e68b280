#include "widgets/plots/scatter_plot.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace tercet;

namespace {

const QColor kBlue(0x2F64CD);

bool seenAt(const QImage& image, const QPointF& place) {
    return colorDifference(image.pixelColor(place.toPoint()), kBlue) < 30;
}

} // namespace

class ScatterPlotTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void pointsStandWhereTheirValuesSay() {
        ScatterPlot plot;
        plot.resize(360, 360);
        plot.setEqualLine(false);
        plot.setFitLine(false);
        plot.setRange(std::pair{0.0, 1.0});
        plot.setPoints({{0.2, 0.8}, {0.8, 0.2}, {std::nan(""), 0.5}}, kBlue);
        const QPointF first = plot.placeOf(0);
        const QPointF second = plot.placeOf(1);
        QVERIFY(first.x() < second.x() && first.y() < second.y());
        QVERIFY(qAbs((second.x() - first.x()) - (second.y() - first.y())) < 0.01); // one scale for both axes
        const QImage image = plot.grab().toImage();
        QVERIFY(seenAt(image, first) && seenAt(image, second));
        QVERIFY(!seenAt(image, (first + second) / 2));
    }
    void theFitLinePassesThroughTheMeans() {
        ScatterPlot plot;
        plot.resize(360, 360);
        plot.setEqualLine(false);
        plot.setRange(std::pair{0.0, 1.0});
        plot.setPoints({{0.1, 0.3}, {0.5, 0.5}, {0.9, 0.7}}, QColor(Qt::white));
        const QPointF between = (plot.placeOf(0) + plot.placeOf(1)) / 2;
        const auto darkness = [&](const QImage& image) {
            double least = 100;
            for (int dy = -1; dy <= 1; ++dy)
                least = std::min(least, toLab(image.pixelColor(between.toPoint() + QPoint(0, dy))).lightness);
            return least;
        };
        QVERIFY(darkness(plot.grab().toImage()) < 50);
        plot.setFitLine(false);
        QVERIFY(darkness(plot.grab().toImage()) > 80);
    }
    void pointerAndKeysFindPoints() {
        ScatterPlot plot;
        plot.resize(360, 360);
        plot.setPoints({{0.9, 0.9}, {0.1, 0.1}, {std::nan(""), 0}, {0.5, 0.2}}, kBlue);
        plot.setDescribe([](int point) { return QStringList{QString::number(point)}; });
        plot.show();
        QSignalSpy hovers(&plot, &ScatterPlot::itemHovered);
        QSignalSpy clicks(&plot, &ScatterPlot::itemClicked);
        QTest::mouseMove(&plot, (plot.placeOf(3) + QPointF(4, 3)).toPoint());
        QTRY_COMPARE(hovers.count(), 1);
        QCOMPARE(hovers.takeFirst().first().toInt(), 3);
        QTest::keyClick(&plot, Qt::Key_Right); // in the order of x
        QCOMPARE(hovers.takeFirst().first().toInt(), 0);
        QTest::keyClick(&plot, Qt::Key_Right);
        QVERIFY(hovers.isEmpty()); // the last one
        QTest::keyClick(&plot, Qt::Key_Return);
        QCOMPARE(clicks.takeFirst().first().toInt(), 0);
        QTest::keyClick(&plot, Qt::Key_Escape);
        QCOMPARE(hovers.takeFirst().first().toInt(), -1);
    }
    void oddDataDoNotBreakIt() {
        ScatterPlot plot;
        plot.resize(300, 200);
        QVERIFY(!plot.grab().isNull());
        plot.setPoints({{1, 1}}, kBlue);
        QVERIFY(!plot.grab().isNull());
        plot.setPoints({{std::nan(""), 1}}, kBlue);
        QTest::keyClick(&plot, Qt::Key_Right);
        plot.resize(20, 10);
        QVERIFY(!plot.grab().isNull());
    }
};

QTEST_MAIN(ScatterPlotTest)
#include "scatter_plot.moc"
