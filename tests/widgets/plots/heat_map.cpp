#include "widgets/plots/heat_map.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace tercet;

namespace {

Matrix<double> smallMatrix() { return {2, 3, {0.8, -0.8, 0, 0.1, std::nan(""), -0.4}}; }

} // namespace

class HeatMapTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void cellsHaveTheColourOfTheirValueInTheOrderShown() {
        HeatMap map;
        map.resize(400, 300);
        map.setValues(smallMatrix());
        map.setDiverging(0.8);
        const auto colorAt = [&](int row, int column) {
            return map.grab().toImage().pixelColor(map.areaOf(row, column).center().toPoint());
        };
        QVERIFY(colorDifference(colorAt(0, 0), QColor(divergingColor(1, false))) < 3);
        QVERIFY(colorDifference(colorAt(0, 1), QColor(divergingColor(-1, false))) < 3);
        QVERIFY(colorDifference(colorAt(1, 2), QColor(divergingColor(-0.5, false))) < 3);
        QVERIFY(map.areaOf(0, 0).top() < map.areaOf(1, 0).top());
        map.setOrder({1, 0}, {2, 0, 1});
        QVERIFY(map.areaOf(0, 0).top() > map.areaOf(1, 0).top());
        QVERIFY(map.areaOf(0, 2).left() < map.areaOf(0, 0).left());
        QVERIFY(colorDifference(colorAt(0, 0), QColor(divergingColor(1, false))) < 3);
        map.setRising(-0.8, 0.8);
        QVERIFY(colorDifference(colorAt(0, 0), QColor(sequentialColor(1))) < 3);
    }
    void largeMatricesLookTheSame() {
        HeatMap map;
        map.resize(420, 420);
        Matrix<double> values(300, 300);
        for (std::size_t i = 0; i < 300; ++i)
            for (std::size_t j = 0; j < 300; ++j)
                values(i, j) = i < 150 ? 1 : -1;
        map.setValues(values);
        map.setDiverging(1);
        const QImage image = map.grab().toImage();
        QVERIFY(colorDifference(image.pixelColor(map.areaOf(40, 150).center().toPoint()),
                                QColor(divergingColor(1, false))) < 3);
        QVERIFY(colorDifference(image.pixelColor(map.areaOf(260, 150).center().toPoint()),
                                QColor(divergingColor(-1, false))) < 3);
    }
    void namesStayInsideAndSortOnClick() {
        HeatMap map;
        map.resize(400, 300);
        map.setValues(smallMatrix());
        map.setRowNames({"a component with a very long name indeed, longer than there is room", "b"});
        map.setColumnNames({"Aesthetic appreciation", "Awe", "Fear"});
        map.show();
        QVERIFY(map.rowNameArea(0).left() >= 0);
        QVERIFY(map.rowNameArea(0).right() <= map.areaOf(0, 0).left());
        QSignalSpy rows(&map, &HeatMap::rowNameClicked);
        QSignalSpy columns(&map, &HeatMap::columnNameClicked);
        QTest::mouseClick(&map, Qt::LeftButton, {}, map.rowNameArea(1).center().toPoint());
        QCOMPARE(rows.takeFirst().first().toInt(), 1);
        QTest::mouseClick(&map, Qt::LeftButton, {}, map.columnNamePlace(2).toPoint());
        QCOMPARE(columns.takeFirst().first().toInt(), 2);
    }
    void pointerAndKeysMoveOverCells() {
        HeatMap map;
        map.resize(400, 300);
        map.setValues(smallMatrix());
        map.setDescribe([](int row, int column) { return QStringList{QString("%1 %2").arg(row).arg(column)}; });
        map.show();
        QSignalSpy hovers(&map, &HeatMap::cellHovered);
        QSignalSpy clicks(&map, &HeatMap::cellClicked);
        QTest::mouseMove(&map, map.areaOf(1, 1).center().toPoint());
        QTRY_COMPARE(hovers.count(), 1);
        QCOMPARE(hovers.first().at(0).toInt(), 1);
        QCOMPARE(hovers.takeFirst().at(1).toInt(), 1);
        QTest::keyClick(&map, Qt::Key_Up);
        QCOMPARE(hovers.takeFirst().at(0).toInt(), 0);
        QTest::keyClick(&map, Qt::Key_Up); // at the edge
        QVERIFY(hovers.isEmpty());
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(clicks.first().at(0).toInt(), 0);
        QCOMPARE(clicks.first().at(1).toInt(), 1);
        QTest::keyClick(&map, Qt::Key_Escape);
        QCOMPARE(hovers.takeFirst().at(0).toInt(), -1);
    }
    void oddDataDoNotBreakIt() {
        HeatMap map;
        map.resize(200, 100);
        QVERIFY(!map.grab().isNull());
        QTest::keyClick(&map, Qt::Key_Down);
        map.setValues(Matrix<double>(1, 1, {std::nan("")}));
        QVERIFY(!map.grab().isNull());
        map.resize(10, 4);
        QVERIFY(!map.grab().isNull());
    }
};

QTEST_MAIN(HeatMapTest)
#include "heat_map.moc"
