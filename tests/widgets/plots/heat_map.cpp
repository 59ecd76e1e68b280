#include "widgets/plots/heat_map.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/picture.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QFile>
#include <QPainter>
#include <QSet>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>

#include <cmath>

using namespace tercet;

namespace {

Matrix<double> smallMatrix() { return {2, 3, {0.8, -0.8, 0, 0.1, std::nan(""), -0.4}}; }

Matrix<double> chequered(std::size_t size) {
    Matrix<double> values(size, size);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j)
            values(i, j) = (i + j) % 2 == 0 ? 1 : -1;
    return values;
}

QStringList names(int count) {
    QStringList result;
    for (int i = 0; i < count; ++i)
        result << QString("a rather long name %1").arg(i);
    return result;
}

void wheel(HeatMap& map, const QPointF& at, int steps, Qt::KeyboardModifiers modifiers = {}) {
    QWheelEvent event(at, map.mapToGlobal(at), {}, {0, 120 * steps}, Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&map, &event);
}

void drag(HeatMap& map, const QPoint& from, const QPoint& to) {
    QTest::mousePress(&map, Qt::LeftButton, {}, from);
    for (int i = 1; i <= 5; ++i) {
        QMouseEvent move(QEvent::MouseMove, from + (to - from) * i / 5, map.mapToGlobal(from + (to - from) * i / 5),
                         Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(&map, &move);
    }
    QTest::mouseRelease(&map, Qt::LeftButton, {}, to);
}

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
    void aPixelOfManyCellsHasTheirMean() {
        HeatMap map;
        map.resize(300, 300);
        Matrix<double> values(2180, 2180, 0.5);
        for (std::size_t i = 0; i < 2180; i += 2) // would vanish, or be all there is, if pixels showed single cells
            for (std::size_t j = 0; j < 2180; ++j)
                values(i, j) = i < 1090 ? -0.5 : std::nan("");
        map.setValues(values);
        map.setDiverging(1);
        const QImage image = map.grab().toImage();
        QVERIFY(colorDifference(image.pixelColor(map.areaOf(500, 1000).center().toPoint()),
                                QColor(divergingColor(0, false))) < 8);
        QVERIFY(colorDifference(image.pixelColor(map.areaOf(1700, 1000).center().toPoint()),
                                QColor(divergingColor(0.5, false))) < 3);
        for (std::size_t j = 0; j < 2180; ++j)
            for (std::size_t i = 1090; i < 2180; ++i)
                values(i, j) = std::nan("");
        map.setValues(values);
        QCOMPARE(map.grab().toImage().pixel(map.areaOf(1700, 1000).center().toPoint()), missingColor(false));
    }
    void pointingDrawsNoCellAnew() {
        HeatMap map;
        map.resize(420, 420);
        map.setValues(chequered(300));
        map.show();
        (void)map.grab();
        const qint64 key = map.cellsKey();
        for (int i = 0; i < 10; ++i)
            map.setHovered(i, i);
        map.setSelectedRow(7);
        (void)map.grab();
        QCOMPARE(map.cellsKey(), key);
        const auto drawnAnew = [&] {
            const qint64 before = map.cellsKey();
            (void)map.grab();
            return map.cellsKey() != before;
        };
        map.setDiverging(2);
        QVERIFY(drawnAnew());
        map.resize(430, 420);
        QVERIFY(drawnAnew());
        map.setValues(chequered(300));
        QVERIFY(drawnAnew());
        Theme::instance().setChoice(ThemeChoice::Dark);
        QVERIFY(drawnAnew());
        Theme::instance().setChoice(ThemeChoice::Light);
    }
    void marksAreSeenOnDarkCellsAndLeaveThemFree() {
        HeatMap map;
        map.setValues(Matrix<double>(20, 20, 0.0));
        map.setRising(0, 1);
        map.resize(300, 300);
        const QImage before = map.grab().toImage();
        map.setHovered(10, 10);
        const QImage after = map.grab().toImage();
        const QRectF cell = map.areaOf(10, 10);
        const QRectF aside = map.areaOf(10, 4);
        const QPoint rim(qRound(aside.center().x()), qRound(aside.top()) - 2);
        QVERIFY(toLab(before.pixelColor(rim)).lightness < 30);
        QVERIFY(toLab(after.pixelColor(rim)).lightness > 45);
        QCOMPARE(after.pixel(cell.center().toPoint()), before.pixel(cell.center().toPoint()));
        QCOMPARE(after.pixel(aside.center().toPoint()), before.pixel(aside.center().toPoint()));
    }

    void cellsWithoutValueAreHatchedAlsoAmongMany() {
        HeatMap map;
        map.resize(700, 700);
        Matrix<double> values(160, 160, 1);
        for (std::size_t i = 40; i < 80; ++i)
            for (std::size_t j = 40; j < 80; ++j)
                values(i, j) = std::nan("");
        map.setValues(values);
        const QImage image = map.grab().toImage();
        const QRect area = map.areaOf(45, 45).united(map.areaOf(70, 70)).toRect();
        QSet<QRgb> colors;
        for (int x = area.left(); x < area.right(); ++x)
            colors << image.pixel(x, area.center().y());
        QCOMPARE(colors.size(), 2); // the colour of what is missing, and the lines over it
        QVERIFY(colors.contains(missingColor(false)));
        QVERIFY(!colors.contains(divergingColor(1, false)));
    }
    void theWheelZoomsAroundThePointerAndDraggingScrolls() {
        HeatMap map;
        map.resize(400, 400);
        map.setValues(chequered(200));
        map.setRowNames(names(200));
        map.setColumnNames(names(200));
        map.show();
        QSignalSpy clicks(&map, &HeatMap::cellClicked);
        QSignalSpy hovers(&map, &HeatMap::cellHovered);
        const QPointF at = map.areaOf(60, 130).center();
        for (int i = 0; i < 6; ++i)
            wheel(map, at, 1); // names appear on the way, and the cells move aside
        QVERIFY(map.zoom() > 3);
        QVERIFY(map.rowNameStep() > 0);
        QVERIFY(map.areaOf(60, 130).adjusted(-1, -1, 1, 1).contains(at));
        const QPointF before = map.areaOf(60, 130).center();
        drag(map, before.toPoint(), before.toPoint() + QPoint(30, -20));
        QVERIFY((map.areaOf(60, 130).center() - before - QPointF(30, -20)).manhattanLength() < 3);
        QCOMPARE(clicks.count(), 0); // it was no click
        QTest::mouseClick(&map, Qt::LeftButton, {}, map.areaOf(61, 131).center().toPoint());
        QCOMPARE(clicks.count(), 1);
        QCOMPARE(clicks[0][0].toInt(), 61);
        QCOMPARE(clicks[0][1].toInt(), 131);
        drag(map, map.cellsArea().center().toPoint(), QPoint(4000, 4000)); // no further than the first cell
        QVERIFY((map.areaOf(0, 0).topLeft() - map.cellsArea().topLeft()).manhattanLength() < 1);
        QTest::mouseDClick(&map, Qt::LeftButton, {}, map.cellsArea().center().toPoint());
        QCOMPARE(map.zoom(), 1.0);
        QVERIFY((map.areaOf(199, 199).bottomRight() - map.cellsArea().bottomRight()).manhattanLength() < 1);
        map.setWheelZooms(false);
        wheel(map, at, 1);
        QCOMPARE(map.zoom(), 1.0);
        wheel(map, at, 1, Qt::ControlModifier);
        QVERIFY(map.zoom() > 1);
    }
    void keysZoomAndKeepTheCellInSight() {
        HeatMap map;
        map.resize(400, 400);
        map.setValues(chequered(200));
        map.show();
        QTest::keyClick(&map, Qt::Key_Down);
        for (int i = 0; i < 8; ++i)
            QTest::keyClick(&map, Qt::Key_Plus);
        QVERIFY(map.zoom() > 5);
        for (int i = 0; i < 150; ++i)
            QTest::keyClick(&map, i % 2 == 0 ? Qt::Key_Down : Qt::Key_Right);
        QCOMPARE(map.hoveredRow(), 75);
        QCOMPARE(map.hoveredColumn(), 75);
        QVERIFY(map.cellsArea().adjusted(-1, -1, 1, 1).contains(map.areaOf(75, 75)));
        QTest::keyClick(&map, Qt::Key_0);
        QCOMPARE(map.zoom(), 1.0);
        QSignalSpy rows(&map, &HeatMap::rowSortAsked);
        QTest::keyClick(&map, Qt::Key_R);
        QCOMPARE(rows.takeFirst().first().toInt(), 75);
    }
    void namesThatDoNotFitLeaveTheirRoomToTheCells() {
        HeatMap map;
        map.resize(300, 300);
        map.setValues(chequered(150));
        map.setRowNames(names(150));
        map.setColumnNames(names(150));
        QCOMPARE(map.rowNameStep(), 0);
        QCOMPARE(map.columnNameStep(), 0);
        QVERIFY2(map.cellsArea().width() > 280 && map.cellsArea().height() > 280, "the cells fill what there is");
        // A little too many: every second or third name.
        map.setValues(chequered(30));
        map.setRowNames(names(30));
        map.setColumnNames(names(30));
        QVERIFY(map.rowNameStep() > 1);
        QVERIFY(map.cellsArea().left() > 40);
        map.setSquareCells(true);
        QVERIFY(std::abs(map.areaOf(0, 0).width() - map.areaOf(0, 0).height()) < 0.2);
    }
    void elidedNamesAreWholeInTheToolTip() {
        HeatMap map;
        map.resize(300, 300);
        map.setValues(smallMatrix());
        const QString longName = "a component with a very long name indeed, longer than there is room";
        map.setRowNames({longName, "b"});
        map.setColumnNames({"Aesthetic appreciation", "Awe", "Fear"});
        QCOMPARE(map.nameAt(map.rowNameArea(0).center()), longName);
        QCOMPARE(map.nameAt(map.columnNamePlace(0)), QString("Aesthetic appreciation"));
        QCOMPARE(map.nameAt(map.areaOf(0, 0).center()), QString());
    }
    void theSortedNameHasAnArrow() {
        HeatMap map;
        map.resize(400, 300);
        map.setValues(smallMatrix());
        map.setRowNames({"a", "b"});
        map.setColumnNames({"Joy", "Awe", "Fear"});
        const auto accents = [&](const QRectF& area) {
            const QImage image = map.grab().toImage();
            int count = 0;
            for (int y = int(area.top()); y < area.bottom(); ++y)
                for (int x = int(area.left()); x < area.right(); ++x)
                    count += image.pixelColor(x, y) == Theme::instance().look().accent;
            return count;
        };
        const QPointF below = map.columnNamePlace(1);
        const QRectF column(below.x() - 8, below.y() - 8, 16, 10);
        QCOMPARE(accents(column) + accents(map.rowNameArea(1)), 0);
        map.setSortedBy(1, 1);
        QVERIFY(accents(column) > 8);
        QVERIFY(accents(map.rowNameArea(1)) > 8);
        QSignalSpy rows(&map, &HeatMap::rowSortAsked);
        QTest::mouseDClick(&map, Qt::LeftButton, {}, map.rowNameArea(1).center().toPoint());
        QCOMPARE(rows.takeFirst().first().toInt(), 1);
    }
    void smallMatricesAreVectorsOnPaper() {
        HeatMap map;
        Matrix<double> values(66, 66, 0.3);
        values(3, 4) = std::nan("");
        map.setValues(values);
        map.setRising(0, 1);
        QTemporaryDir folder;
        const auto saved = [&](const char* name) {
            Picture picture;
            picture.millimetres = {89, 89};
            picture.paint = [&](QPainter& painter, const QRectF& area, const Look& look) {
                map.paint(painter, area, look);
            };
            const QString path = folder.filePath(name);
            savePicture(picture, path);
            QFile file(path);
            return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
        };
        QString svg = saved("small.svg");
        QVERIFY(!svg.contains("<image"));
        QVERIFY(svg.count(QColor(sequentialColor(0.3)).name()) >= 1);
        QVERIFY2(svg.count("<rect") + svg.count("<path") > 66 * 66, qPrintable(QString::number(svg.count("<path"))));
        map.setValues(chequered(200));
        QVERIFY(saved("large.svg").contains("<image"));
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
        QSignalSpy hovers(&map, &HeatMap::cellHovered);
        QTest::mouseMove(&map, map.rowNameArea(1).center().toPoint()); // the whole row
        QTRY_VERIFY(!hovers.isEmpty() && hovers.last().at(0).toInt() == 1 && hovers.last().at(1).toInt() == -1);
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
