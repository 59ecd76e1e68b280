#include "widgets/views/surface_view.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "widgets/plots/theme.h"
#include "widgets/views/surface_pass.h"

#include <QApplication>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <cmath>
#include <limits>

using namespace tercet;

namespace {

constexpr int kSide = 21; ///< vertices along each side of a sheet
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

int vertexOf(int column, int row) { return row * kSide + column; }

/// A sheet of 2 mm squares, flat or bent to a dome whose outside looks to the hemisphere's own side.
std::shared_ptr<const SurfaceMesh> sheet(int hemisphere, bool dome) {
    auto mesh = std::make_shared<SurfaceMesh>();
    for (int row = 0; row < kSide; ++row)
        for (int column = 0; column < kSide; ++column) {
            const float x = 2 * static_cast<float>(column - kSide / 2);
            const float y = 2 * static_cast<float>(row - kSide / 2);
            const float out = 40 - 0.05F * (x * x + y * y);
            if (!dome)
                mesh->vertices.push_back({x, y, 0});
            else if (hemisphere == 0)
                mesh->vertices.push_back({-out, -x, y});
            else
                mesh->vertices.push_back({out, x, y});
        }
    for (int row = 0; row + 1 < kSide; ++row)
        for (int column = 0; column + 1 < kSide; ++column) {
            const auto v = static_cast<std::uint32_t>(vertexOf(column, row));
            mesh->triangles.push_back({v, v + 1, v + kSide + 1});
            mesh->triangles.push_back({v, v + kSide + 1, v + kSide});
        }
    return mesh;
}

BothHemispheres<HemisphereMeshes> bothSheets() {
    return {{{sheet(0, false), sheet(0, true)}, {sheet(1, false), sheet(1, true)}}};
}

std::shared_ptr<const std::vector<float>> valuesOf(float (*valueAt)(int column, int row)) {
    auto values = std::make_shared<std::vector<float>>();
    for (int row = 0; row < kSide; ++row)
        for (int column = 0; column < kSide; ++column)
            values->push_back(valueAt(column, row));
    return values;
}

SurfaceColors redToBlue() {
    SurfaceColors colors{.low = 0, .high = 1};
    for (int i = 0; i < 256; ++i)
        colors.table.push_back(qRgb(255 - i, 0, i));
    return colors;
}

void prepare(SurfaceView& view) {
    view.resize(900, 500);
    view.setMeshes(bothSheets());
    view.setColors(redToBlue());
}

QColor colorAt(const QImage& image, const QPointF& place) {
    const QPointF pixel = place * image.devicePixelRatio();
    return image.pixelColor(static_cast<int>(std::floor(pixel.x())), static_cast<int>(std::floor(pixel.y())));
}

QColor colorAt(SurfaceView& view, const SurfaceVertex& vertex) {
    return colorAt(view.grab().toImage(), view.placeOf(vertex));
}

bool isGrey(const QColor& color) { return color.red() == color.green() && color.green() == color.blue(); }

bool isNear(const QColor& a, const QColor& b, int difference = 3) {
    return std::abs(a.red() - b.red()) <= difference && std::abs(a.green() - b.green()) <= difference &&
           std::abs(a.blue() - b.blue()) <= difference;
}

} // namespace

class SurfaceViewTest : public QObject {
    Q_OBJECT

private slots:
    void init() { Theme::instance().setChoice(ThemeChoice::Light); }

    void valuesHaveTheirColor() {
        SurfaceView view;
        prepare(view);
        const auto ramp = valuesOf([](int column, int) { return static_cast<float>(column) / 20; });
        view.setValues({ramp, ramp});
        for (const int hemisphere : {0, 1})
            for (const int column : {3, 10, 17}) {
                const int level = static_cast<int>(256 * column / 20.0);
                const QColor found = colorAt(view, {hemisphere, vertexOf(column, 8)});
                QVERIFY2(isNear(found, QColor(255 - level, 0, level), 4), qPrintable(found.name()));
            }
    }

    void withoutValueTheCurvatureShows() {
        SurfaceView view;
        prepare(view);
        const auto folds = valuesOf([](int, int row) { return row < 10 ? -0.2F : 0.2F; });
        const auto holes = valuesOf([](int column, int) { return column < 10 ? kNan : 0.0F; });
        view.setCurvature({folds, folds});
        view.setValues({holes, nullptr});
        const QColor gyrus = colorAt(view, {0, vertexOf(5, 4)});
        const QColor sulcus = colorAt(view, {0, vertexOf(5, 16)});
        QVERIFY(isGrey(gyrus));
        QVERIFY(isGrey(sulcus));
        QVERIFY(gyrus.red() > sulcus.red() + 20);
        QVERIFY(isNear(colorAt(view, {0, vertexOf(15, 4)}), Qt::red));
        QCOMPARE(colorAt(view, {1, vertexOf(15, 4)}), gyrus); // that hemisphere has no values
        Theme::instance().setChoice(ThemeChoice::Dark);
        QVERIFY(colorAt(view, {0, vertexOf(5, 4)}).red() < sulcus.red());
    }

    void nothingIsDrawnBeyondTheGate() {
        SurfaceView view;
        prepare(view);
        const auto ones = valuesOf([](int, int) { return 1.0F; });
        const auto p = valuesOf([](int column, int row) { return row == 2 ? kNan : static_cast<float>(column) / 20; });
        view.setValues({ones, ones});
        view.setGate({p, p}, 0.5);
        QVERIFY(isNear(colorAt(view, {0, vertexOf(9, 8)}), Qt::blue));
        QVERIFY(isGrey(colorAt(view, {0, vertexOf(10, 8)}))); // 0.5 is not less than 0.5
        QVERIFY(isGrey(colorAt(view, {1, vertexOf(18, 8)})));
        QVERIFY(isGrey(colorAt(view, {0, vertexOf(5, 2)})));
        view.setGateLimit(0.25);
        QVERIFY(isGrey(colorAt(view, {0, vertexOf(9, 8)})));
        QVERIFY(isNear(colorAt(view, {0, vertexOf(3, 8)}), Qt::blue));
        view.setGate({}, 0);
        QVERIFY(isNear(colorAt(view, {1, vertexOf(18, 8)}), Qt::blue));
    }

    void twoValuesHaveColorsOfTheirTable() {
        SurfaceView view;
        prepare(view);
        SurfaceColors colors{.columns = 64, .low = 0, .high = 1, .secondLow = 10, .secondHigh = 20};
        for (int row = 0; row < 64; ++row)
            for (int column = 0; column < 64; ++column)
                colors.table.push_back(qRgb(4 * column, 4 * row, 0));
        view.setColors(colors);
        const auto first = valuesOf([](int column, int) { return static_cast<float>(column) / 20; });
        const auto second = valuesOf([](int, int row) { return row == 20 ? kNan : 10 + static_cast<float>(row) / 2; });
        view.setValues({first, first});
        view.setSecondValues({second, second});
        QVERIFY(isNear(colorAt(view, {0, vertexOf(15, 5)}), QColor(192, 64, 0), 6));
        QVERIFY(isNear(colorAt(view, {1, vertexOf(4, 16)}), QColor(48, 204, 0), 6));
        QVERIFY(isGrey(colorAt(view, {0, vertexOf(10, 20)})));
    }

    void leftLiesLeftAndUpIsUp() {
        SurfaceView view;
        prepare(view);
        for (const double flatness : {1.0, 0.5, 0.0}) {
            view.setCamera({.flatness = flatness});
            QVERIFY(view.placeOf({0, vertexOf(20, 10)}).x() < 450);
            QVERIFY(view.placeOf({1, vertexOf(0, 10)}).x() > 450);
            QVERIFY(view.placeOf({0, vertexOf(0, 10)}).x() < view.placeOf({0, vertexOf(20, 10)}).x());
            QVERIFY(view.placeOf({1, vertexOf(0, 10)}).x() < view.placeOf({1, vertexOf(20, 10)}).x());
            QVERIFY(view.placeOf({0, vertexOf(10, 20)}).y() < view.placeOf({0, vertexOf(10, 0)}).y());
            for (const int corner : {vertexOf(0, 0), vertexOf(20, 20)})
                for (const int hemisphere : {0, 1})
                    QVERIFY(QRectF(view.rect()).contains(view.placeOf({hemisphere, corner})));
        }
    }

    void nothingLeavesTheViewOnTheWay() {
        auto meshes = bothSheets();
        for (HemisphereMeshes& hemisphere : meshes) {
            auto small = std::make_shared<SurfaceMesh>(*hemisphere.inflated);
            for (auto& vertex : small->vertices)
                for (float& coordinate : vertex)
                    coordinate *= 0.3F;
            hemisphere.inflated = small;
        }
        SurfaceView view;
        view.resize(900, 500);
        view.setMeshes(meshes);
        for (const double flatness : {0.0, 0.25, 0.5, 0.75, 1.0}) {
            view.setCamera({.flatness = flatness});
            for (int v = 0; v < kSide * kSide; ++v)
                for (const int hemisphere : {0, 1})
                    QVERIFY(QRectF(view.rect()).contains(view.placeOf({hemisphere, v})));
            QVERIFY(view.placeOf({0, vertexOf(0, 10)}).x() < 40); // and it fills the view
        }
    }

    void aMissingHemisphereOrShapeLeavesTheRest() {
        SurfaceView view;
        prepare(view);
        view.setMeshes({{{}, {sheet(1, false), nullptr}}});
        const auto ones = valuesOf([](int, int) { return 1.0F; });
        view.setValues({nullptr, ones});
        QVERIFY(isNear(colorAt(view, {1, vertexOf(10, 10)}), Qt::blue));
        QVERIFY(std::abs(view.placeOf({1, vertexOf(10, 10)}).x() - 450) < 1);
        view.setFlat(false); // there is nothing to inflate
        QCOMPARE(view.camera().flatness, 1.0);
        view.setMeshes({{{nullptr, sheet(0, true)}, {}}});
        view.setValues({ones, nullptr});
        QCOMPARE(view.camera().flatness, 0.0);
        QVERIFY(isNear(colorAt(view, {0, vertexOf(10, 10)}), Qt::blue, 10));
        view.setMeshes({});
        QVERIFY(!view.vertexAt({450, 250}));
        QVERIFY(!view.grab().isNull());
    }

    void whatIsPointedAtIsTheVertexDrawnThere_data() {
        QTest::addColumn<double>("flatness");
        QTest::addColumn<double>("turn");
        QTest::addColumn<bool>("graphics");
        for (const bool graphics : {false, true})
            for (const double flatness : {1.0, 0.6, 0.0})
                for (const double turn : {0.0, 12.0})
                    QTest::addRow("%s %g %g", graphics ? "OpenGL" : "processor", flatness, turn)
                        << flatness << turn << graphics;
    }
    void whatIsPointedAtIsTheVertexDrawnThere() {
        QFETCH(double, flatness);
        QFETCH(double, turn);
        QFETCH(bool, graphics);
        SurfaceView view;
        prepare(view);
        view.setRenderer(graphics ? SurfaceRenderer::Graphics : SurfaceRenderer::Processor);
        view.setCamera({.zoom = 1.1, .turn = turn, .tilt = turn / 2, .flatness = flatness});
        for (const int hemisphere : {0, 1})
            for (int row = 3; row < kSide - 3; ++row)
                for (int column = 3; column < kSide - 3; ++column) {
                    const SurfaceVertex vertex{hemisphere, vertexOf(column, row)};
                    QCOMPARE(view.vertexAt(view.placeOf(vertex)), std::optional(vertex));
                }
        QVERIFY(!view.vertexAt({2, 2}));
        QVERIFY(!view.vertexAt({-5, 1000}));
    }

    void theBackHidesTheFront() {
        SurfaceView view;
        prepare(view);
        const auto ones = valuesOf([](int, int) { return 1.0F; });
        view.setValues({ones, nullptr});
        view.setCamera({.turn = 180, .flatness = 0}); // seen from inside: the dome opens towards the viewer
        QVERIFY(view.placeOf({0, vertexOf(20, 10)}).x() < view.placeOf({0, vertexOf(0, 10)}).x());
        QCOMPARE(view.vertexAt(view.placeOf({0, vertexOf(6, 6)})), std::optional(SurfaceVertex{0, vertexOf(6, 6)}));
        view.setCamera({.tilt = 90, .flatness = 0}); // from above the upper half hides the lower one
        const auto seen = view.vertexAt(view.placeOf({0, vertexOf(10, 3)}) + QPointF(1, 1));
        QVERIFY(seen.has_value());
        QVERIFY(seen->vertex / kSide > 10);
    }

    void graphicsAndProcessorSeeTheSame() {
        const SurfaceModel model(bothSheets());
        SurfacePass pass(model);
        if (!pass.works())
            QSKIP("there is no OpenGL 3.2 through GLX here");
        for (const SurfaceCamera& camera :
             {SurfaceCamera{}, SurfaceCamera{.turn = 40, .tilt = 20, .flatness = 0},
              SurfaceCamera{.x = 10, .y = -4, .zoom = 1.7, .turn = 100, .flatness = 0.3}}) {
            const auto projection = model.projection(camera, 640, 400);
            const auto flatness = static_cast<double>(projection.flatness);
            std::vector<SurfacePlace> places;
            model.place(projection, places);
            TriangleImage own{.width = 640, .height = 400};
            TriangleImage passed = own;
            drawTriangles(places, model.triangles(flatness), true, own);
            QVERIFY(pass.draw(projection, passed));
            QCOMPARE(passed.triangles.size(), own.triangles.size());
            std::size_t covered = 0;
            std::size_t different = 0;
            for (std::size_t i = 0; i < own.triangles.size(); ++i) {
                covered += own.triangles[i] != kNoTriangle ? 1 : 0;
                different += own.triangles[i] != passed.triangles[i] ? 1 : 0;
            }
            QVERIFY(covered > 20000);
            QVERIFY2(different < covered / 100, qPrintable(QString::number(different)));
        }
    }

    void picturesDoNotDependOnThreads() {
        SurfaceView view;
        prepare(view);
        const auto ramp = valuesOf([](int column, int row) { return static_cast<float>(column * row) / 400; });
        view.setValues({ramp, ramp});
        view.setCamera({.turn = 30, .flatness = 0.2});
        const int budget = threadBudget();
        setThreadBudget(1);
        const QImage one = view.rendered({300, 200}, lightLook(), Qt::white);
        setThreadBudget(5);
        const QImage five = view.rendered({300, 200}, lightLook(), Qt::white);
        setThreadBudget(budget);
        QCOMPARE(one, five);
    }

    void itUnfoldsAndFolds() {
        SurfaceView view;
        prepare(view);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        const QPointF flat = view.placeOf({0, vertexOf(2, 2)});
        const QSignalSpy moved(&view, &SurfaceView::cameraChanged);
        QTest::keyClick(&view, Qt::Key_F);
        QTRY_VERIFY(!view.gliding() && view.camera().flatness == 0);
        QVERIFY(moved.count() >= 1);
        SurfaceView inflated;
        prepare(inflated);
        inflated.setCamera({.flatness = 0});
        QCOMPARE(view.placeOf({0, vertexOf(2, 2)}), inflated.placeOf({0, vertexOf(2, 2)}));
        QTest::keyClick(&view, Qt::Key_F);
        QTRY_VERIFY(!view.gliding() && view.camera().flatness == 1);
        QCOMPARE(view.placeOf({0, vertexOf(2, 2)}), flat);
    }

    void viewsShareACamera() {
        SurfaceView one;
        SurfaceView other;
        prepare(one);
        prepare(other);
        connect(&one, &SurfaceView::cameraChanged, &other, &SurfaceView::setCamera);
        connect(&other, &SurfaceView::cameraChanged, &one, &SurfaceView::setCamera);
        const QPointF pointer = one.placeOf({1, vertexOf(5, 15)});
        QWheelEvent wheel(pointer, one.mapToGlobal(pointer), {}, {0, 240}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(&one, &wheel);
        QVERIFY(one.camera().zoom > 1.5);
        QCOMPARE(other.camera(), one.camera());
        QVERIFY((other.placeOf({1, vertexOf(5, 15)}) - pointer).manhattanLength() < 0.01); // zoomed there
        QTest::keyClick(&other, Qt::Key_Right);
        QVERIFY(one.placeOf({1, vertexOf(5, 15)}).x() < pointer.x() - 10);
        QTest::mouseDClick(&one, Qt::LeftButton);
        QCOMPARE(other.camera(), SurfaceCamera{});
    }

    void draggingMovesTheFlatAndTurnsTheInflated() {
        SurfaceView view;
        prepare(view);
        const auto drag = [&view](const QPoint& from, const QPoint& by) {
            QTest::mousePress(&view, Qt::LeftButton, Qt::NoModifier, from);
            for (const QPoint& place : {from + by / 2, from + by}) {
                QMouseEvent move(QEvent::MouseMove, place, view.mapToGlobal(place), Qt::NoButton, Qt::LeftButton,
                                 Qt::NoModifier);
                QApplication::sendEvent(&view, &move);
            }
            QTest::mouseRelease(&view, Qt::LeftButton, Qt::NoModifier, from + by);
        };
        const QSignalSpy clicked(&view, &SurfaceView::vertexClicked);
        const QPointF before = view.placeOf({0, vertexOf(10, 10)});
        drag({300, 200}, {40, 20});
        QVERIFY((view.placeOf({0, vertexOf(10, 10)}) - before - QPointF(40, 20)).manhattanLength() < 0.1);
        view.setCamera({.flatness = 0});
        for (const int hemisphere : {0, 1}) {
            view.setCamera({.flatness = 0});
            const QPointF middle = view.placeOf({hemisphere, vertexOf(10, 10)});
            drag(middle.toPoint(), {30, 0});
            QVERIFY(view.camera().turn != 0);
            QVERIFY(view.placeOf({hemisphere, vertexOf(10, 10)}).x() > middle.x() + 5); // it follows the pointer
        }
        QCOMPARE(clicked.count(), 0);
    }

    void pointingAndClickingTellTheVertexAndItsRegion() {
        SurfaceView view;
        prepare(view);
        auto regions = std::make_shared<std::vector<std::int32_t>>();
        for (int v = 0; v < kSide * kSide; ++v)
            regions->push_back(v % kSide < 10 ? 0 : (v % kSide < 15 ? 1 : -1));
        view.setRegions({regions, nullptr}, {QStringLiteral("V1"), QStringLiteral("MT")});
        const QSignalSpy hovered(&view, &SurfaceView::vertexHovered);
        const QSignalSpy region(&view, &SurfaceView::regionHovered);
        const QSignalSpy clicked(&view, &SurfaceView::vertexClicked);
        const auto pointAt = [&view](const QPointF& place) {
            QMouseEvent move(QEvent::MouseMove, place, view.mapToGlobal(place), Qt::NoButton, Qt::NoButton,
                             Qt::NoModifier);
            QApplication::sendEvent(&view, &move);
        };
        pointAt(view.placeOf({0, vertexOf(12, 6)}));
        QCOMPARE(hovered.last(), (QList<QVariant>{0, vertexOf(12, 6)}));
        QCOMPARE(region.last(), QList<QVariant>{1});
        pointAt(view.placeOf({1, vertexOf(12, 6)}));
        QCOMPARE(hovered.last(), (QList<QVariant>{1, vertexOf(12, 6)}));
        QCOMPARE(region.last(), QList<QVariant>{-1});
        QTest::mouseClick(&view, Qt::LeftButton, Qt::NoModifier, view.placeOf({0, vertexOf(3, 3)}).toPoint());
        QCOMPARE(clicked.count(), 1);
        QCOMPARE(clicked.last().mid(0, 2), (QList<QVariant>{0, vertexOf(3, 3)}));
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(&view, &leave);
        QCOMPARE(hovered.last(), (QList<QVariant>{-1, -1}));
    }

    void selectedVerticesAndHighlightedRegionsStandOut() {
        SurfaceView view;
        prepare(view);
        const QColor before = colorAt(view, {0, vertexOf(4, 4)});
        view.setSelection({{{static_cast<std::uint32_t>(vertexOf(4, 4)), 100000}, {}}});
        QVERIFY(!isNear(colorAt(view, {0, vertexOf(4, 4)}), before, 20));
        QVERIFY(isNear(colorAt(view, {0, vertexOf(8, 8)}), before));
        auto regions = std::make_shared<std::vector<std::int32_t>>();
        for (int v = 0; v < kSide * kSide; ++v)
            regions->push_back(v % kSide < 10 ? 0 : -1);
        view.setSelection({});
        view.setRegions({regions, regions}, {QStringLiteral("V1")});
        view.setOutlinesShown(false);
        view.setNamesShown(false);
        const QPointF border = (view.placeOf({0, vertexOf(9, 3)}) + view.placeOf({0, vertexOf(10, 3)})) / 2;
        QVERIFY(isNear(colorAt(view.grab().toImage(), border), before));
        view.setHighlightedRegion(0);
        QVERIFY(!isNear(colorAt(view.grab().toImage(), border), before, 40));
        view.setHighlightedRegion(-1);
        view.setOutlinesShown(true);
        QVERIFY(!isNear(colorAt(view.grab().toImage(), border), before, 20));
        const QRect inside(view.placeOf({0, vertexOf(2, 18)}).toPoint(), view.placeOf({0, vertexOf(7, 2)}).toPoint());
        const auto lightest = [&] {
            int most = 0;
            const QImage image = view.grab(inside).toImage();
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    most = std::max(most, qRed(image.pixel(x, y)));
            return most;
        };
        QVERIFY(lightest() <= before.red() + 3);
        view.setNamesShown(true);
        QVERIFY(lightest() > 240); // the name, white inside its region
    }

    void picturesHaveSizeAndBackground() {
        SurfaceView view;
        prepare(view);
        const auto ones = valuesOf([](int, int) { return 1.0F; });
        view.setValues({ones, ones});
        const QImage image = view.rendered({450, 250}, paperLook(), Qt::transparent);
        QCOMPARE(image.size(), QSize(450, 250));
        QCOMPARE(qAlpha(image.pixel(3, 3)), 0);
        QVERIFY(isNear(colorAt(image, view.placeOf({1, vertexOf(10, 10)}) / 2), Qt::blue));
        QCOMPARE(QColor(view.rendered({450, 250}, paperLook(), Qt::yellow).pixel(3, 3)), QColor(Qt::yellow));
        QVERIFY_EXCEPTION_THROWN((void)view.rendered({0, 250}, paperLook(), Qt::white), ParameterError);
        QVERIFY_EXCEPTION_THROWN((void)view.rendered({40000, 40000}, paperLook(), Qt::white), ParameterError);
    }

    void theOverlayFitsThePicture() {
        SurfaceView view;
        prepare(view);
        auto regions = std::make_shared<std::vector<std::int32_t>>();
        for (int v = 0; v < kSide * kSide; ++v)
            regions->push_back(v / kSide < 3 ? 0 : -1);
        view.setRegions({regions, regions}, {QStringLiteral("V1")});
        view.setNamesShown(false);
        const auto overlaid = [&view](const SurfaceVertex& below, const SurfaceVertex& above) {
            QImage page(1000, 600, QImage::Format_RGB32);
            page.fill(Qt::white);
            QPainter painter(&page);
            view.paintOverlay(painter, {50, 40, 900, 500}, lightLook());
            painter.end();
            return colorAt(page, (view.placeOf(below) + view.placeOf(above)) / 2 + QPointF(50, 40));
        };
        QVERIFY(overlaid({1, vertexOf(8, 2)}, {1, vertexOf(8, 3)}).red() < 200);
        QCOMPARE(overlaid({1, vertexOf(8, 8)}, {1, vertexOf(8, 9)}), QColor(Qt::white));
        view.setCamera({.flatness = 0});
        QVERIFY(overlaid({1, vertexOf(8, 2)}, {1, vertexOf(8, 3)}).red() < 200);
        view.setCamera({.tilt = 60, .flatness = 0}); // the dome hides its lower border
        QCOMPARE(overlaid({1, vertexOf(8, 2)}, {1, vertexOf(8, 3)}), QColor(Qt::white));
    }

    void wrongNumbersAreRefused() {
        SurfaceView view;
        prepare(view);
        const auto few = std::make_shared<const std::vector<float>>(7);
        QVERIFY_EXCEPTION_THROWN(view.setValues({few, nullptr}), DataError);
        QVERIFY_EXCEPTION_THROWN(view.setCurvature({nullptr, few}), DataError);
        QVERIFY_EXCEPTION_THROWN(view.setGate({few, few}, 0.05), DataError);
        QVERIFY_EXCEPTION_THROWN(view.setRegions({std::make_shared<std::vector<std::int32_t>>(3), nullptr}, {}),
                                 DataError);
        auto meshes = bothSheets();
        auto larger = std::make_shared<SurfaceMesh>(*meshes[1].inflated);
        larger->vertices.push_back({});
        meshes[1].inflated = larger;
        QVERIFY_EXCEPTION_THROWN(view.setMeshes(meshes), DataError);
        QVERIFY(view.vertexAt(view.placeOf({0, vertexOf(4, 4)})).has_value()); // all as it was
    }
};

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    Theme::instance().install(application);
    SurfaceViewTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "surface_view.moc"
