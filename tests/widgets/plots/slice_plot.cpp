#include "widgets/plots/slice_plot.h"

#include "core/base/error.h"
#include "painted_texts.h"
#include "widgets/plots/theme.h"

#include <QPainter>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace tercet;

namespace {

constexpr QRgb kValue = 0xFFCC0000U;

/// 9 × 11 × 7 voxels around the origin, all of them or every second one.
std::vector<std::int32_t> block() {
    std::vector<std::int32_t> places;
    for (int k = 0; k < 7; ++k)
        for (int j = 0; j < 11; ++j)
            for (int i = 0; i < 9; ++i)
                places.insert(places.end(), {i, j, k});
    return places;
}
int numberOf(int i, int j, int k) { return i + 9 * (j + 11 * k); }

/// Voxels of 4 mm whose middle one lies at the origin; its axes are turned by `degrees` around z, then those with a
/// negative sign run the other way.
Affine placed(const std::array<int, 3>& signs, double degrees) {
    const double c = std::cos(degrees * M_PI / 180);
    const double s = std::sin(degrees * M_PI / 180);
    Affine map{.rows = {{{4 * c, -4 * s, 0, 0}, {4 * s, 4 * c, 0, 0}, {0, 0, 4, 0}}}};
    constexpr std::array<double, 3> kMiddle{4, 5, 3};
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t a = 0; a < 3; ++a) {
            map.rows[r][a] *= signs[a];
            map.rows[r][3] -= map.rows[r][a] * kMiddle[a];
        }
    return map;
}

struct Shown {
    SlicePlot plot;
    std::shared_ptr<const VoxelGrid> grid;

    explicit Shown(const Affine& toMm, const std::vector<std::int32_t>& places = block())
        : grid(std::make_shared<const VoxelGrid>(toMm, places)) {
        plot.setGrid(grid);
        plot.setColors([](double, bool) { return kValue; }, 0, 1);
        plot.setCrosshairShown(false);
        plot.resize(700, 620);
        plot.show();
        if (!QTest::qWaitForWindowExposed(&plot))
            qFatal("the plot is not shown");
    }
    /// Gives one voxel a value.
    void plant(int voxel) {
        std::vector<double> values(grid->voxels(), std::nan(""));
        values[static_cast<std::size_t>(voxel)] = 1;
        plot.setValues(std::move(values));
    }
    /// Of the slice of an axis.
    [[nodiscard]] QRectF area(SliceAxis axis) const {
        Point3 low = grid->low();
        Point3 high = grid->high();
        low[static_cast<std::size_t>(axis)] = plot.crosshair()[static_cast<std::size_t>(axis)];
        high[static_cast<std::size_t>(axis)] = plot.crosshair()[static_cast<std::size_t>(axis)];
        return QRectF(*plot.placeOf(axis, low), *plot.placeOf(axis, high)).normalized();
    }
    /// Where the planted colour is in the part of the picture that shows slices of an axis; nothing if nowhere.
    [[nodiscard]] std::optional<QPointF> planted(SliceAxis axis) {
        const QImage image = plot.grab().toImage();
        QPointF sum;
        int count = 0;
        const QRectF part = area(axis);
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                if (image.pixel(x, y) == kValue && part.contains(QPointF(x, y) / image.devicePixelRatio())) {
                    sum += QPointF(x, y) / image.devicePixelRatio();
                    ++count;
                }
        return count == 0 ? std::nullopt : std::optional(sum / count);
    }
};

} // namespace

class SlicePlotTest : public QObject {
    Q_OBJECT

private slots:
    void leftIsLeftWhateverTheStorageOrder_data() {
        QTest::addColumn<QVector<int>>("signs");
        QTest::addColumn<double>("degrees");
        QTest::newRow("as in the person") << QVector<int>{1, 1, 1} << 0.0;
        QTest::newRow("x runs to the left") << QVector<int>{-1, 1, 1} << 0.0;
        QTest::newRow("y runs to the back") << QVector<int>{1, -1, 1} << 0.0;
        QTest::newRow("z runs down") << QVector<int>{1, 1, -1} << 0.0;
        QTest::newRow("all run the other way") << QVector<int>{-1, -1, -1} << 0.0;
        QTest::newRow("axes swapped") << QVector<int>{1, 1, 1} << 90.0;
        QTest::newRow("oblique") << QVector<int>{1, 1, 1} << 25.0;
        QTest::newRow("oblique, flipped") << QVector<int>{-1, 1, 1} << -25.0;
    }
    void leftIsLeftWhateverTheStorageOrder() {
        QFETCH(QVector<int>, signs);
        QFETCH(double, degrees);
        Shown shown(placed({signs[0], signs[1], signs[2]}, degrees));
        // The voxel at the left, in front and above.
        const int voxel = shown.grid->voxelAt({-8, 12, 8});
        QVERIFY(voxel >= 0);
        shown.plant(voxel);
        const Point3 middle = shown.grid->middleOf(static_cast<std::size_t>(voxel));
        QVERIFY(middle[0] < -4 && middle[1] > 4 && middle[2] > 4);
        shown.plot.setCrosshair(middle);
        for (const SliceAxis axis : kSliceAxes) {
            const auto place = shown.planted(axis);
            QVERIFY(place);
            const auto expected = *shown.plot.placeOf(axis, middle);
            QVERIFY(QLineF(*place, expected).length() < 1.5); // pixels
            const QPointF centre = shown.area(axis).center();
            QVERIFY(place->y() < centre.y());
            QCOMPARE(place->x() > centre.x(), axis == SliceAxis::Sagittal); // where the front is right
        }
    }

    void cellsHaveTheirSizeInMm() {
        Affine flat;
        flat.rows = {{{2, 0, 0, -8}, {0, 4, 0, -20}, {0, 0, 6, -18}}};
        Shown shown(flat);
        const int voxel = numberOf(4, 5, 3);
        shown.plant(voxel);
        shown.plot.setCrosshair({0, 0, 0});
        const QImage image = shown.plot.grab().toImage();
        const QPointF middle = *shown.plot.placeOf(SliceAxis::Axial, {0, 0, 0}) * image.devicePixelRatio();
        const auto reach = [&](const QPoint& step) {
            QPoint at = middle.toPoint();
            int count = 0;
            while (image.pixel(at) == kValue) {
                at += step;
                ++count;
            }
            return count;
        };
        const double across = reach({1, 0}) + reach({-1, 0}) - 1;
        const double along = reach({0, 1}) + reach({0, -1}) - 1;
        QVERIFY2(std::abs(along / across - 2) < 0.15, qPrintable(QString::number(along / across)));
        const QPointF step =
            *shown.plot.placeOf(SliceAxis::Axial, {2, 0, 0}) - *shown.plot.placeOf(SliceAxis::Axial, {0, 0, 0});
        QVERIFY(std::abs(across - step.x() * image.devicePixelRatio()) <= 1.5);
    }

    void aGateHidesWhatIsNotBelowIt() {
        Shown shown(placed({1, 1, 1}, 0));
        const int voxel = numberOf(4, 5, 3);
        shown.plant(voxel);
        std::vector<double> gate(shown.grid->voxels(), 0.2);
        shown.plot.setGate(gate, 0.05);
        QVERIFY(!shown.planted(SliceAxis::Axial));
        shown.plot.setGateLimit(0.3);
        QVERIFY(shown.planted(SliceAxis::Axial));
    }

    void aClickFindsTheVoxel() {
        Shown shown(placed({-1, 1, 1}, 0));
        QSignalSpy clicked(&shown.plot, &SlicePlot::voxelClicked);
        QSignalSpy moved(&shown.plot, &SlicePlot::crosshairMoved);
        const Point3 place{-12, 16, 0};
        QTest::mouseClick(&shown.plot, Qt::LeftButton, {}, shown.plot.placeOf(SliceAxis::Axial, place)->toPoint());
        QCOMPARE(clicked.count(), 1);
        QCOMPARE(moved.count(), 1);
        QCOMPARE(clicked.front().front().toInt(), shown.grid->voxelAt(place));
        QCOMPARE(shown.grid->voxelAt(shown.plot.crosshair()), shown.grid->voxelAt(place));
        // The other slices go through it now.
        QVERIFY(shown.plot.placeOf(SliceAxis::Sagittal, place));
        QVERIFY(!shown.plot.placeOf(SliceAxis::Sagittal, {12, 16, 0}));
        QTest::mouseClick(&shown.plot, Qt::LeftButton, {}, QPoint(1, 1));
        QCOMPARE(clicked.back().front().toInt(), -1);
    }

    void keysMoveTheCrosshairByAVoxel() {
        Shown shown(placed({1, 1, -1}, 0));
        shown.plot.setCrosshair({0, 0, 0});
        const auto press = [&](Qt::Key key) {
            QTest::keyClick(&shown.plot, key);
            return shown.plot.crosshair();
        };
        QCOMPARE(press(Qt::Key_Left), (Point3{-4, 0, 0}));
        QCOMPARE(press(Qt::Key_Up), (Point3{-4, 4, 0}));
        QCOMPARE(press(Qt::Key_PageUp), (Point3{-4, 4, 4}));
        // In the slice that was pressed last.
        QTest::mouseClick(&shown.plot, Qt::LeftButton, {},
                          shown.plot.placeOf(SliceAxis::Sagittal, {-4, 0, 0})->toPoint());
        shown.plot.setCrosshair({0, 0, 0});
        QCOMPARE(press(Qt::Key_Right), (Point3{0, 4, 0}));
        QCOMPARE(press(Qt::Key_Down), (Point3{0, 4, -4}));
        QCOMPARE(press(Qt::Key_PageDown), (Point3{-4, 4, -4}));
        QSignalSpy clicked(&shown.plot, &SlicePlot::voxelClicked);
        press(Qt::Key_Return);
        QCOMPARE(clicked.front().front().toInt(), shown.grid->voxelAt({-4, 4, -4}));
        for (int n = 0; n < 30; ++n)
            press(Qt::Key_PageDown);
        QCOMPARE(shown.plot.crosshair()[0], shown.grid->low()[0]);
    }

    void hoveringNamesVoxelAndRegion() {
        Shown shown(placed({1, 1, 1}, 0));
        std::vector<std::int32_t> regions(shown.grid->voxels(), -1);
        regions[static_cast<std::size_t>(numberOf(4, 5, 3))] = 1;
        shown.plot.setRegions(regions, {"thalamus", "amygdala"}, {1, 1});
        QSignalSpy voxels(&shown.plot, &SlicePlot::voxelHovered);
        QSignalSpy hovered(&shown.plot, &SlicePlot::regionHovered);
        QTest::mouseMove(&shown.plot, QPoint(1, 1));
        QTest::mouseMove(&shown.plot, shown.plot.placeOf(SliceAxis::Axial, {0, 0, 0})->toPoint());
        QTRY_COMPARE(voxels.count(), 1);
        QCOMPARE(voxels.back().front().toInt(), numberOf(4, 5, 3));
        QCOMPARE(hovered.back().front().toInt(), 1);
        QTest::mouseMove(&shown.plot, QPoint(2, 2));
        QTRY_COMPARE(voxels.back().front().toInt(), -1);
        QCOMPARE(hovered.back().front().toInt(), -1);
    }

    void namesGiveWayWhereTheyWouldCoverTheirSlice() {
        Shown shown(placed({1, 1, 1}, 0));
        std::vector<std::int32_t> regions(shown.grid->voxels(), -1);
        std::fill(regions.begin(), regions.begin() + static_cast<std::ptrdiff_t>(regions.size() / 2), 0);
        const auto nameIsDrawn = [&](const QSize& size) {
            shown.plot.resize(size);
            const QImage with = shown.plot.grab().toImage();
            shown.plot.setNamesShown(false);
            const QImage without = shown.plot.grab().toImage();
            shown.plot.setNamesShown(true);
            return with != without;
        };
        shown.plot.setRegions(regions, {"hypothalamus"}, {1});
        QVERIFY(nameIsDrawn({1200, 900}));
        QVERIFY(!nameIsDrawn({300, 110}));
        shown.plot.setHighlightedRegion(0); // pointed at: it is asked for
        QVERIFY(nameIsDrawn({300, 110}));
    }

    void lettersGiveWayWhereTheyWouldCoverThePlaceOfTheirSlice() {
        Shown shown(placed({1, 1, 1}, 0));
        const auto countOf = [&](const QString& letter, const QSize& size) {
            const auto texts = paintedTexts(shown.plot, size);
            return std::count_if(texts.begin(), texts.end(), [&](const auto& text) { return text.first == letter; });
        };
        QCOMPARE(countOf("S", {900, 300}), 2); // sagittal and coronal
        QCOMPARE(countOf("I", {900, 300}), 2);
        QCOMPARE(countOf("S", {220, 150}), 0);
        QCOMPARE(countOf("I", {220, 150}), 2);
        shown.plot.setMontage({-8, 0, 8});
        QCOMPARE(countOf("L", {900, 300}), 3);
        QCOMPARE(countOf("L", {220, 150}), 0);
    }

    void aMontageHasOneSlicePerPlace() {
        Shown shown(placed({1, 1, 1}, 0));
        shown.plant(numberOf(2, 5, 5)); // z = 8
        const Point3 place{-8, 0, 8};
        shown.plot.setMontage({-8, 0});
        QVERIFY(!shown.plot.placeOf(SliceAxis::Axial, place));
        shown.plot.setMontage({-8, 8});
        const auto there = shown.plot.placeOf(SliceAxis::Axial, place);
        QVERIFY(there);
        const QImage image = shown.plot.grab().toImage();
        QCOMPARE(image.pixel((*there * image.devicePixelRatio()).toPoint()), kValue);
        QCOMPARE(shown.plot.voxelAt(*there), numberOf(2, 5, 5));
        QVERIFY(!shown.plot.placeOf(SliceAxis::Coronal, place));
    }

    void aPaintingIsTheSameAsTheScreen() {
        Shown shown(placed({-1, 1, 1}, 0));
        shown.plant(shown.grid->voxelAt({-8, 12, 0}));
        shown.plot.setCrosshair({-8, 12, 0});
        QImage image(700, 620, QImage::Format_ARGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        shown.plot.paint(painter, QRectF(0, 0, 700, 620), lightLook(), 1);
        painter.end();
        const QPoint place = shown.plot.placeOf(SliceAxis::Axial, {-8, 12, 0})->toPoint();
        QCOMPARE(image.pixel(place), kValue);
        QVERIFY(shown.plot.heightFor(700, lightLook()) < shown.plot.heightFor(700, lightLook(), 2));
    }

    void damagedValuesAreRefused() {
        SlicePlot plot;
        plot.setGrid(std::make_shared<const VoxelGrid>(Affine(), block()));
        QVERIFY_THROWS_EXCEPTION(DataError, plot.setValues({1, 2}));
        QVERIFY_THROWS_EXCEPTION(DataError, plot.setImage({1}));
        QVERIFY_THROWS_EXCEPTION(DataError, plot.setGate({1}, 1));
        std::vector<std::int32_t> regions(plot.grid().voxels(), 2);
        QVERIFY_THROWS_EXCEPTION(DataError, plot.setRegions(regions, {"a", "b"}, {1, 1}));
        QVERIFY_THROWS_EXCEPTION(DataError, plot.setRegions({}, {"a", "b"}, {1}));
        plot.setMarked(std::vector{-1, 1 << 30}); // left out
        Affine flat;
        flat.rows[2] = {0, 0, 0, 1};
        using Places = std::vector<std::int32_t>;
        QVERIFY_THROWS_EXCEPTION(DataError, VoxelGrid(flat, block()));
        QVERIFY_THROWS_EXCEPTION(DataError, VoxelGrid(Affine(), Places{0, 0}));
        QVERIFY_THROWS_EXCEPTION(DataError, VoxelGrid(Affine(), Places{1, 2, 3, 1, 2, 3}));
        QVERIFY_THROWS_EXCEPTION(DataError, VoxelGrid(Affine(), Places{0, 0, 0, 1 << 20, 1 << 20, 1 << 20}));
        const int least = std::numeric_limits<std::int32_t>::min();
        QVERIFY_THROWS_EXCEPTION(
            DataError, VoxelGrid(Affine(), Places{least, 0, 0, std::numeric_limits<std::int32_t>::max(), 0, 0}));
        QCOMPARE(VoxelGrid(Affine(), {}).voxelAt({0, 0, 0}), -1);
        QCOMPARE(VoxelGrid(Affine(), block()).voxelAt({std::nan(""), 0, 0}), -1);
    }

    void bordersLieBetweenLabels() {
        const VoxelGrid grid(placed({1, 1, 1}, 0), block());
        std::vector<std::int32_t> labels(grid.voxels(), -1);
        labels[static_cast<std::size_t>(numberOf(4, 5, 3))] = 0; // alone
        for (const int i : {0, 1})
            labels[static_cast<std::size_t>(numberOf(i, 0, 3))] = 1;
        labels[static_cast<std::size_t>(numberOf(3, 0, 3))] = 1; // a smaller piece
        const auto faces = grid.borders(labels);
        QCOMPARE(faces.size(), 6U + 10U + 6U);
        const auto lines = grid.cut(faces, SliceAxis::Axial, 0);
        QCOMPARE(lines.size(), 4U + 6U + 4U);
        for (const auto& line : lines)
            if (std::max(line.labels[0], line.labels[1]) == 0)
                for (const PlanePoint& end : line.ends)
                    QVERIFY(std::abs(end[0]) == 2 && std::abs(end[1]) == 2);
        QVERIFY(grid.cut(faces, SliceAxis::Axial, 8).empty());
        const auto pieces = grid.pieces(labels, SliceAxis::Axial, 0);
        QCOMPARE(pieces.size(), 2U);
        QCOMPARE(pieces[0].label, 1);
        QCOMPARE(pieces[0].voxels, 2U);
        QVERIFY(pieces[0].middle[0] < -8);
        QCOMPARE(pieces[1].middle, (PlanePoint{0, 0}));
        std::vector<std::uint8_t> flags(grid.voxels(), 1);
        QCOMPARE(grid.axialPlaces(flags, 100), (std::vector<double>{-12, -8, -4, 0, 4, 8, 12}));
        QCOMPARE(grid.axialPlaces(flags, 3), (std::vector<double>{-8, 0, 8}));
    }
};

QTEST_MAIN(SlicePlotTest)
#include "slice_plot.moc"
