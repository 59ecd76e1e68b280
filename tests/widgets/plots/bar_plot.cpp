#include "widgets/plots/bar_plot.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace tercet;

namespace {

const QColor kBlue(0x2F64CD);
const QColor kRed(0xC80000);

std::vector<Bar> twoBars() {
    return {{.name = "People", .color = kBlue, .value = 0.5, .low = 0.45, .high = 0.55},
            {.name = "A model with a long name", .color = kRed, .value = 1.0}};
}

} // namespace

class BarPlotTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void lengthsAreProportionalToValues() {
        BarPlot plot;
        plot.resize(500, 200);
        plot.setBars(twoBars());
        plot.setRange(std::pair{0.0, 1.0});
        const QRectF half = plot.areaOf(0);
        const QRectF whole = plot.areaOf(1);
        QCOMPARE(half.left(), whole.left());
        QVERIFY(qAbs(2 * half.width() - whole.width()) < 0.01);
        QVERIFY(half.bottom() < whole.top());
        const QImage image = plot.grab().toImage();
        QVERIFY(colorDifference(image.pixelColor((half.topLeft() + QPointF(4, 3)).toPoint()), kBlue) < 5);
        QVERIFY(colorDifference(image.pixelColor((whole.topRight() + QPointF(-4, 3)).toPoint()), kRed) < 5);
        QVERIFY(colorDifference(image.pixelColor((half.topRight() + QPointF(8, 3)).toPoint()), kBlue) > 20);
    }
    void negativeValuesGoToTheLeftOfZero() {
        BarPlot plot;
        plot.resize(500, 200);
        plot.setBars({{.name = "a", .color = kBlue, .value = -1}, {.name = "b", .color = kRed, .value = 1}});
        QVERIFY(qAbs(plot.areaOf(0).right() - plot.areaOf(1).left()) < 0.01);
        QVERIFY(plot.areaOf(0).width() > 50);
    }
    void valuesThatAreMissingHaveNoBar() {
        BarPlot plot;
        plot.resize(500, 200);
        plot.setBars({{.name = "a", .color = kBlue}});
        QCOMPARE(plot.areaOf(0).width(), 0.0);
        QVERIFY(!plot.grab().isNull());
        plot.setBars({});
        QVERIFY(!plot.grab().isNull());
        plot.resize(10, 5);
        QVERIFY(!plot.grab().isNull());
    }
    void pointerAndKeysReachEveryBar() {
        BarPlot plot;
        plot.resize(500, 200);
        std::vector<Bar> bars = twoBars();
        bars[1].details = {"A model", "accuracy 1.00"};
        plot.setBars(bars);
        plot.show();
        QSignalSpy clicks(&plot, &BarPlot::itemClicked);
        const QImage before = plot.grab().toImage();
        QTest::mouseMove(&plot, plot.areaOf(1).center().toPoint());
        QTRY_VERIFY(plot.grab().toImage() != before);
        QTest::mouseClick(&plot, Qt::LeftButton, Qt::NoModifier, plot.areaOf(1).center().toPoint());
        QCOMPARE(clicks.takeFirst().first().toInt(), 1);
        QTest::keyClick(&plot, Qt::Key_Up);
        QTest::keyClick(&plot, Qt::Key_Return);
        QCOMPARE(clicks.takeFirst().first().toInt(), 0);
        QTest::keyClick(&plot, Qt::Key_Escape);
        QTest::keyClick(&plot, Qt::Key_Return);
        QVERIFY(clicks.isEmpty());
    }
};

QTEST_MAIN(BarPlotTest)
#include "bar_plot.moc"
