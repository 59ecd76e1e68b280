#include "plots_data.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/disc_raster.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

using namespace tercet;
namespace ex = tercet::examples;

namespace {

/// Even–odd test by the definition: crossings of a ray to the right.
bool insideByDefinition(const QPolygonF& outline, const QPointF& p) {
    bool inside = false;
    for (qsizetype i = 0, j = outline.size() - 1; i < outline.size(); j = i++)
        if ((outline[i].y() > p.y()) != (outline[j].y() > p.y()) &&
            p.x() < (outline[j].x() - outline[i].x()) * (p.y() - outline[i].y()) / (outline[j].y() - outline[i].y()) +
                        outline[i].x())
            inside = !inside;
    return inside;
}

std::shared_ptr<const Matrix<float>> positionsOf(const std::vector<std::pair<float, float>>& points) {
    auto positions = std::make_shared<Matrix<float>>(points.size(), 2);
    for (std::size_t i = 0; i < points.size(); ++i) {
        (*positions)(i, 0) = points[i].first;
        (*positions)(i, 1) = points[i].second;
    }
    return positions;
}

void drag(QWidget& widget, const QPolygonF& path, Qt::MouseButton button,
          Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::mousePress(&widget, button, modifiers, path.first().toPoint());
    for (const QPointF& p : path) {
        QMouseEvent move(QEvent::MouseMove, p.toPoint(), widget.mapToGlobal(p.toPoint()), Qt::NoButton, button,
                         modifiers);
        QApplication::sendEvent(&widget, &move);
    }
    QTest::mouseRelease(&widget, button, modifiers, path.last().toPoint());
}

} // namespace

class PointMapTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void discsCoverTheirArea_data() {
        QTest::addColumn<double>("radius");
        for (const double radius : {1.0, 1.375, 2.5, 4.0, 7.25})
            QTest::addRow("%g", radius) << radius;
    }
    void discsCoverTheirArea() {
        QFETCH(double, radius);
        QImage image(40, 40, QImage::Format_RGB32);
        image.fill(Qt::black);
        DiscRaster raster;
        raster.begin(image);
        raster.setDisc(radius, 1);
        raster.stamp(20.3F, 19.6F, qRgb(255, 255, 255));
        double covered = 0;
        double x = 0;
        double y = 0;
        for (int row = 0; row < 40; ++row)
            for (int column = 0; column < 40; ++column) {
                const double share = qRed(image.pixel(column, row)) / 255.0;
                covered += share;
                x += share * (column + 0.5);
                y += share * (row + 0.5);
            }
        const double area = 3.14159265 * radius * radius;
        QVERIFY2(std::abs(covered - area) < 0.06 * area + 0.15, qPrintable(QString("%1 %2").arg(covered).arg(area)));
        QVERIFY(std::abs(x / covered - 20.3) < 0.15 && std::abs(y / covered - 19.6) < 0.15);
    }
    void discsStayInsideTheImage() {
        QImage image(16, 16, QImage::Format_RGB32);
        image.fill(Qt::white);
        DiscRaster raster;
        raster.begin(image);
        raster.setDisc(5, 1);
        const float nan = std::nanf("");
        for (const float x : {-100.0F, -5.0F, 0.0F, 15.9F, 20.0F, 1e9F, nan})
            for (const float y : {-100.0F, -5.0F, 0.0F, 15.9F, 20.0F, 1e9F, nan})
                raster.stamp(x, y, qRgb(10, 20, 30));
        QCOMPARE(image.pixel(0, 0), qRgb(10, 20, 30));
        QCOMPARE(image.pixel(8, 8), qRgb(255, 255, 255));
    }
    void opacityMixes() {
        QImage image(9, 9, QImage::Format_RGB32);
        image.fill(Qt::white);
        DiscRaster raster;
        raster.begin(image);
        raster.setDisc(3, 0.5);
        raster.stamp(4.5F, 4.5F, qRgb(0, 0, 0));
        QVERIFY(std::abs(qRed(image.pixel(4, 4)) - 127) <= 1);
    }

    void pointsAreWhereTheyShouldBe() {
        PointMap map;
        map.resize(400, 300);
        map.setPositions(positionsOf({{0, 0}, {10, 0}, {0, 10}, {10, 10}, {5, 5}}));
        map.setColors(std::make_shared<std::vector<QRgb>>(std::initializer_list<QRgb>{
            qRgb(200, 0, 0), qRgb(0, 150, 0), qRgb(0, 0, 200), qRgb(200, 150, 0), qRgb(0, 150, 150)}));
        QCOMPARE(map.placeOf(4), QPointF(200, 150));
        QVERIFY(map.placeOf(0).y() > map.placeOf(2).y()); // y is up
        QCOMPARE(map.placeOf(1).x() - map.placeOf(0).x(), map.placeOf(0).y() - map.placeOf(2).y());
        const QImage image = map.grab().toImage();
        const QRgb expected[]{qRgb(200, 0, 0), qRgb(0, 150, 0), qRgb(0, 0, 200), qRgb(200, 150, 0), qRgb(0, 150, 150)};
        for (int row = 0; row < 5; ++row)
            QVERIFY(colorDifference(image.pixelColor(map.placeOf(row).toPoint()), QColor::fromRgb(expected[row])) < 4);
        QCOMPARE(image.pixelColor(2, 2), Theme::instance().look().surface);
    }
    void pointsWithoutAPlaceAreLeftOut() {
        PointMap map;
        map.resize(400, 300);
        const float nan = std::nanf("");
        map.setPositions(positionsOf({{0, 0}, {nan, 1}, {10, 10}, {3, nan}}));
        (void)map.grab();
        QCOMPARE(map.rowsInside(QPolygonF(QRectF(-10, -10, 500, 500))), (QVector<int>{0, 2}));
        QCOMPARE(map.rowAt(map.placeOf(2)), 2);
    }
    void emptyAndSinglePointsAreFine() {
        PointMap map;
        map.resize(200, 100);
        QVERIFY(!map.grab().isNull());
        map.setPositions(positionsOf({{3, 4}}));
        QCOMPARE(map.placeOf(0), QPointF(100, 50));
        map.setPositions(nullptr);
        QVERIFY(!map.grab().isNull());
        QCOMPARE(map.rowAt({100, 50}), -1);
    }
    void lassoTakesExactlyThePointsInside() {
        const ex::Cloud cloud = ex::cloud(5000, 11);
        PointMap map;
        map.resize(700, 500);
        ex::fill(map, cloud);
        Rng rng(5);
        for (int round = 0; round < 40; ++round) {
            QPolygonF outline; // also self-crossing ones
            const int corners = 3 + static_cast<int>(rng.below(60));
            for (int i = 0; i < corners; ++i)
                outline << QPointF(700 * rng.uniform(), 500 * rng.uniform());
            QVector<int> expected;
            for (int row = 0; row < map.pointCount(); ++row)
                if (insideByDefinition(outline, map.placeOf(row)))
                    expected << row;
            QCOMPARE(map.rowsInside(outline), expected);
        }
    }
    void draggingSelectsWithEveryModifier() {
        PointMap map;
        map.resize(400, 400);
        map.setPositions(positionsOf({{0, 0}, {1, 0}, {2, 0}, {0, 2}, {1, 2}, {2, 2}}));
        map.show();
        QSignalSpy changes(&map, &PointMap::selectionChanged);
        const auto around = [&](std::initializer_list<int> rows) {
            QRectF box(map.placeOf(*rows.begin()), QSizeF());
            for (const int row : rows)
                box = box.united(QRectF(map.placeOf(row) - QPointF(12, 12), QSizeF(24, 24)));
            return QPolygonF{box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft(), box.topLeft()};
        };
        drag(map, around({0, 1}), Qt::LeftButton);
        QCOMPARE(map.selection(), (QVector<int>{0, 1}));
        drag(map, around({3}), Qt::LeftButton, Qt::ShiftModifier);
        QCOMPARE(map.selection(), (QVector<int>{0, 1, 3}));
        drag(map, around({0, 3}), Qt::LeftButton, Qt::AltModifier);
        QCOMPARE(map.selection(), (QVector<int>{1}));
        drag(map, around({0, 1, 2}), Qt::LeftButton, Qt::ControlModifier);
        QCOMPARE(map.selection(), (QVector<int>{0, 2}));
        QCOMPARE(changes.count(), 4);
        QCOMPARE(changes.last().first().value<QVector<int>>(), (QVector<int>{0, 2}));
        QTest::mouseClick(&map, Qt::LeftButton, Qt::NoModifier, map.placeOf(5).toPoint());
        QCOMPARE(map.selection(), (QVector<int>{5}));
        QTest::mouseClick(&map, Qt::LeftButton, Qt::ShiftModifier, map.placeOf(4).toPoint());
        QCOMPARE(map.selection(), (QVector<int>{4, 5}));
        QTest::keyClick(&map, Qt::Key_Escape);
        QCOMPARE(map.selection(), QVector<int>{});
        map.setSelection({2});
        QCOMPARE(changes.count(), 7); // not by setSelection
    }
    void clickOnNothingClearsButDoubleClickOnlyFits() {
        PointMap map;
        map.resize(400, 400);
        map.setPositions(positionsOf({{0, 0}, {2, 2}}));
        map.show();
        map.setSelection({1});
        QTest::mouseClick(&map, Qt::LeftButton, Qt::NoModifier, QPoint(20, 20));
        QTest::mouseDClick(&map, Qt::LeftButton, Qt::NoModifier, QPoint(20, 20));
        QTest::qWait(QApplication::doubleClickInterval() + 100);
        QCOMPARE(map.selection(), (QVector<int>{1}));
        QTest::mouseClick(&map, Qt::LeftButton, Qt::NoModifier, QPoint(20, 20));
        QTRY_COMPARE(map.selection(), QVector<int>{});
    }
    void hoverPicksTheNearest() {
        const ex::Cloud cloud = ex::cloud(3000, 12);
        PointMap map;
        map.resize(600, 500);
        ex::fill(map, cloud);
        map.show();
        QSignalSpy hovers(&map, &PointMap::hovered);
        Rng rng(6);
        for (int round = 0; round < 60; ++round) {
            const QPoint place(static_cast<int>(rng.below(600)), static_cast<int>(rng.below(500)));
            double best = 10;
            for (int row = 0; row < map.pointCount(); ++row)
                best = std::min(best, std::hypot(map.placeOf(row).x() - place.x(), map.placeOf(row).y() - place.y()));
            const int got = map.rowAt(place);
            if (got < 0)
                QVERIFY(best > 10 - 1e-3);
            else
                QVERIFY(std::abs(std::hypot(map.placeOf(got).x() - place.x(), map.placeOf(got).y() - place.y()) -
                                 best) < 1e-3);
        }
        QTest::mouseMove(&map, map.placeOf(77).toPoint());
        QTRY_VERIFY(hovers.count() > 0);
        QVERIFY(hovers.last().first().toInt() >= 0);
    }
    void hiddenPointsAreGhosts() {
        PointMap map;
        map.resize(300, 300);
        map.setPositions(positionsOf({{0, 0}, {1, 1}}));
        map.setColors(std::make_shared<std::vector<QRgb>>(2, qRgb(200, 0, 0)));
        map.setShown(std::make_shared<std::vector<std::uint8_t>>(std::initializer_list<std::uint8_t>{1, 0}));
        QCOMPARE(map.rowAt(map.placeOf(1)), -1);
        QCOMPARE(map.rowsInside(QPolygonF(QRectF(0, 0, 300, 300))), (QVector<int>{0}));
        const QColor ghost = map.grab().toImage().pixelColor(map.placeOf(1).toPoint());
        QVERIFY(ghost != Theme::instance().look().surface);
        QVERIFY(toOklch(ghost).chroma < 0.03);
    }
    void wheelKeepsThePlaceUnderThePointer() {
        PointMap map;
        map.resize(500, 400);
        map.setPositions(ex::cloud(200, 3).positions);
        const QPointF before = map.placeOf(17);
        QWheelEvent wheel(before, map.mapToGlobal(before), {}, {0, 240}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        const double gap = map.placeOf(18).x() - before.x();
        QApplication::sendEvent(&map, &wheel);
        QVERIFY(QLineF(map.placeOf(17), before).length() < 0.01);
        QVERIFY(std::abs((map.placeOf(18).x() - map.placeOf(17).x()) / gap - 1.25 * 1.25) < 0.01);
    }
    void draggingMovesAndHomeComesBack() {
        PointMap map;
        map.resize(500, 400);
        map.setPositions(ex::cloud(200, 3).positions);
        map.show();
        const QPointF before = map.placeOf(0);
        drag(map, {{100, 100}, {130, 100}, {160, 80}}, Qt::MiddleButton);
        QVERIFY(QLineF(map.placeOf(0), before + QPointF(60, -20)).length() < 0.01);
        QTest::keyPress(&map, Qt::Key_Space);
        drag(map, {{100, 100}, {90, 100}}, Qt::LeftButton);
        QTest::keyRelease(&map, Qt::Key_Space);
        QVERIFY(QLineF(map.placeOf(0), before + QPointF(50, -20)).length() < 0.01);
        QVERIFY(map.selection().isEmpty());
        QTest::keyClick(&map, Qt::Key_Left);
        QVERIFY(map.placeOf(0).x() > before.x() + 60);
        QTest::keyClick(&map, Qt::Key_Home);
        QTRY_VERIFY(!map.gliding());
        QVERIFY(QLineF(map.placeOf(0), before).length() < 0.01);
    }
    void keyboardReachesPoints() {
        PointMap map;
        map.resize(400, 400);
        map.setPositions(positionsOf({{0, 0}, {5, 0.5}, {10, 0}, {5, 9}}));
        map.show();
        QSignalSpy hovers(&map, &PointMap::hovered);
        QTest::keyClick(&map, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(hovers.last().first().toInt(), 2);
        QTest::keyClick(&map, Qt::Key_Left, Qt::ControlModifier);
        QCOMPARE(hovers.last().first().toInt(), 1);
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(map.selection(), (QVector<int>{1}));
        QTest::keyClick(&map, Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(map.selection().size(), 4);
    }
    void newPositionsAreGlidedTo() {
        PointMap map;
        map.resize(400, 400);
        map.setPositions(positionsOf({{0, 0}, {10, 10}, {0, 10}}));
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        QTest::qWait(20);
        const QPointF start = map.placeOf(2);
        map.setPositions(positionsOf({{0, 0}, {10, 10}, {10, 0}}));
        QVERIFY(QLineF(map.placeOf(2), start).length() < 0.5); // not at once
        QVERIFY(map.gliding());
        QTRY_VERIFY(!map.gliding());
        QVERIFY(QLineF(map.placeOf(2), QPointF(map.placeOf(1).x(), map.placeOf(0).y())).length() < 0.01);
        // Another number of points: there at once.
        map.setPositions(positionsOf({{0, 0}, {10, 10}}));
        QVERIFY(!map.gliding());
    }
    void viewFollowsGrowingDataUnlessZoomed() {
        PointMap map;
        map.resize(400, 400);
        map.setPositions(positionsOf({{0, 0}, {1, 1}}));
        map.show();
        map.setPositions(positionsOf({{0, 0}, {100, 100}}));
        QTRY_VERIFY(!map.gliding());
        QVERIFY(map.rect().contains(map.placeOf(1).toPoint()));
        QTest::keyClick(&map, Qt::Key_Plus);
        const QPointF before = map.placeOf(0);
        map.setPositions(positionsOf({{0, 0}, {500, 500}}));
        QTRY_VERIFY(!map.gliding());
        QVERIFY(QLineF(map.placeOf(0), before).length() < 0.01);
    }
    void groupNamesFollowTheFilter() {
        // Names are drawn in their group's colour on a rim of the background: with names, some pixels change.
        const ex::Cloud cloud = ex::cloud(2000, 4);
        PointMap map;
        map.resize(800, 600);
        ex::fill(map, cloud);
        const QImage with = map.grab().toImage();
        map.setGroupNamesShown(false);
        const QImage without = map.grab().toImage();
        QVERIFY(with != without);
        map.setGroupNamesShown(true);
        map.setShown(std::make_shared<std::vector<std::uint8_t>>(2000, 0));
        const QImage ghosts = map.grab().toImage();
        map.setGroupNamesShown(false);
        QCOMPARE(map.grab().toImage(), ghosts); // no members shown, no names
    }
    void vectorsShowWhatTheScreenShows() {
        const ex::Cloud cloud = ex::cloud(400, 8);
        PointMap map;
        map.resize(500, 400);
        ex::fill(map, cloud);
        map.setSelection({1, 2, 3});
        map.setGroupNamesShown(false); // on the screen they lie on whole pixels
        const QImage screen = map.grab().toImage().convertToFormat(QImage::Format_RGB32);
        QImage painted(500, 400, QImage::Format_RGB32);
        QPainter painter(&painted);
        map.paint(painter, painted.rect(), Theme::instance().look());
        painter.end();

        double difference = 0;
        double ink = 0;
        for (int y = 0; y < 400; ++y)
            for (int x = 0; x < 500; ++x) {
                difference += std::abs(qGreen(screen.pixel(x, y)) - qGreen(painted.pixel(x, y)));
                ink += 255 - qGreen(screen.pixel(x, y));
            }
        QVERIFY2(ink > 0 && difference < 0.12 * ink, qPrintable(QString::number(difference / ink)));
    }
};

QTEST_MAIN(PointMapTest)
#include "point_map.moc"
