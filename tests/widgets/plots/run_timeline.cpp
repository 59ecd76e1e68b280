#include "widgets/plots/run_timeline.h"

#include "widgets/plots/theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace tercet;

class RunTimelineTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void spansLieOverTheirVolumes() {
        RunTimeline plot;
        plot.resize(600, 120);
        plot.setRun(50, 2, {{0, 10, "first"}, {40, 20, "second"}, {80, 10, "third", TimelineSpan::Kind::Other}});
        const QRectF volumes = plot.volumesArea();
        const double second = volumes.width() / 100;
        QVERIFY(second > 4);
        QVERIFY(qAbs(plot.areaOf(0).left() - volumes.left()) < 0.01);
        QVERIFY(qAbs(plot.areaOf(1).left() - volumes.left() - 40 * second) < 0.01);
        QVERIFY(qAbs(plot.areaOf(1).width() - 20 * second) < 0.01);
        QVERIFY(plot.areaOf(1).bottom() <= volumes.top() + 0.01);
    }
    void whatHasNoVolumesIsRed() {
        RunTimeline plot;
        plot.resize(600, 120);
        plot.setRun(20, 1, {{2, 4, "fits"}, {18, 12, "past", TimelineSpan::Kind::Misfit}});
        const QImage image = plot.grab().toImage();
        const auto redness = [&](const QPointF& at) {
            const QColor color = image.pixelColor(at.toPoint());
            return color.red() - (color.green() + color.blue()) / 2;
        };
        const QRectF fits = plot.areaOf(0);
        const QRectF past = plot.areaOf(1);
        QVERIFY(redness(past.topLeft() + QPointF(4, 4)) > 20);
        QVERIFY(redness(fits.topLeft() + QPointF(4, 4)) < 10);
        const QRectF volumes = plot.volumesArea();
        QVERIFY(past.right() > volumes.right() + 50);
        QVERIFY(redness(QPointF(past.right() - 4, volumes.center().y())) > 20);
    }
    void namesAppearUnderThePointerAndByKeys() {
        RunTimeline plot;
        plot.resize(600, 120);
        plot.setRun(50, 2, {{60, 10, "later"}, {0, 10, "first"}});
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        const QSignalSpy hovered(&plot, &ItemPlot::itemHovered);
        QTest::mouseMove(&plot, plot.areaOf(0).center().toPoint());
        QTRY_COMPARE(plot.hovered(), 0);
        QTest::keyClick(&plot, Qt::Key_Escape);
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(plot.hovered(), 1); // in order of time
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(plot.hovered(), 0);
        QVERIFY(hovered.count() >= 3);
    }
    void anEmptyRunIsDrawn() {
        RunTimeline plot;
        plot.resize(300, 100);
        plot.setRun(0, 0, {});
        QVERIFY(!plot.grab().isNull());
        plot.setRun(10'000, 0.5, {{-5, 0, "before", TimelineSpan::Kind::Misfit}});
        QVERIFY(!plot.grab().isNull());
        QVERIFY(plot.areaOf(0).right() < plot.volumesArea().left() + 4);
    }
};

QTEST_MAIN(RunTimelineTest)
#include "run_timeline.moc"
