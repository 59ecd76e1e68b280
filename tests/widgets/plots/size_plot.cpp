#include "widgets/plots/size_plot.h"

#include <QSignalSpy>
#include <QTest>

using namespace tercet;

class SizePlotTest : public QObject {
    Q_OBJECT

private:
    static std::vector<SizePoint> zoo(int count) {
        std::vector<SizePoint> points;
        for (int i = 0; i < count; ++i)
            points.push_back({.name = QString("Model %1").arg(i + 1),
                              .color = Qt::darkGreen,
                              .group = i % 2,
                              .size = 25e6 * std::pow(1.9, i),
                              .value = 0.3 + 0.04 * i,
                              .low = 0.25 + 0.04 * i,
                              .high = 0.35 + 0.04 * i,
                              .details = {"Model"}});
        return points;
    }

private slots:
    void sizesStandOnALogarithmicAxis() {
        SizePlot plot;
        plot.resize(500, 300);
        plot.setPoints({{.name = "a", .size = 1e8, .value = 0.2},
                        {.name = "b", .size = 1e9, .value = 0.4},
                        {.name = "c", .size = 1e10, .value = 0.8},
                        {.name = "unknown", .size = 0, .value = 0.9}},
                       {"people"});
        const QPointF a = plot.placeOf(0);
        const QPointF b = plot.placeOf(1);
        const QPointF c = plot.placeOf(2);
        QVERIFY(std::abs((b.x() - a.x()) - (c.x() - b.x())) < 1e-9);
        QVERIFY(b.x() > a.x());
        QVERIFY(std::abs((a.y() - b.y()) * 2 - (b.y() - c.y())) < 1e-9);
        QVERIFY(plot.textAreas(plot.rect(), lightLook()).size() > 3);
    }

    void textsDoNotOverlapNorLeaveThePage() {
        for (const Look& look : {lightLook(), paperLook()})
            for (const double width : {250.0, 336.0, 700.0}) {
                SizePlot plot;
                plot.setTitle("Alignment and size", "95 % interval");
                plot.setPoints(zoo(18), {"with categories", "with dimensions"});
                const QRectF area(0, 0, width, 240);
                const auto texts = plot.textAreas(area, look);
                QVERIFY(texts.size() > 6);
                for (std::size_t i = 0; i < texts.size(); ++i) {
                    QVERIFY(area.contains(texts[i]));
                    for (std::size_t j = i + 1; j < texts.size(); ++j)
                        QVERIFY(!texts[i].intersects(texts[j]));
                }
            }
    }

    void keysGoFromTheSmallestToTheLargest() {
        SizePlot plot;
        plot.resize(500, 300);
        plot.setPoints({{.name = "large", .size = 1e11, .value = 0.2}, {.name = "small", .size = 1e8, .value = 0.4}},
                       {"people"});
        QSignalSpy clicked(&plot, &SizePlot::itemClicked);
        QTest::keyClick(&plot, Qt::Key_Right);
        QTest::keyClick(&plot, Qt::Key_Return);
        QTest::keyClick(&plot, Qt::Key_Right);
        QTest::keyClick(&plot, Qt::Key_Return);
        QCOMPARE(clicked.size(), 2);
        QCOMPARE(clicked[0][0].toInt(), 1);
        QCOMPARE(clicked[1][0].toInt(), 0);
        QTest::mouseClick(&plot, Qt::LeftButton, {}, plot.placeOf(1).toPoint());
        QCOMPARE(clicked.last()[0].toInt(), 1);
    }
};

QTEST_MAIN(SizePlotTest)
#include "size_plot.moc"
