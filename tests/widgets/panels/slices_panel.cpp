#include "scanned_panel.h"

#include "core/pipeline/pipeline.h"
#include "widgets/panels/level_slider.h"
#include "widgets/panels/slices_panel.h"

#include <QComboBox>
#include <QSpinBox>
#include <QToolButton>

using namespace tercet;

namespace {

constexpr int kVoxel = 5 * 2 * kCortexSide + 3; ///< of the left half, whose voxels answer to the categories
constexpr Point3 kPlace{-50, 50, 0};            ///< its middle

/// The colour that is drawn in the axial slice.
QColor colorAt(SlicePlot& plot, const Point3& place) {
    const QImage image = plot.grab().toImage();
    return image.pixelColor((*plot.placeOf(SliceAxis::Axial, place) * image.devicePixelRatio()).toPoint());
}

} // namespace

class SlicesPanelTest : public QObject {
    Q_OBJECT

private slots:
    void saysWhatIsMissingStepByStep() { offersStepByStep<SlicesPanel>("Run Responses"); }

    void drawsHowWellEachVoxelIsPredicted() {
        for (const char* system : {kCategoryRatings, "dimension-ratings"})
            m_study.runFor("encode", system, "anna");
        const auto session = m_study.open();
        SlicesPanel panel(*session);
        showPanel(panel, {900, 700});
        choose(panel);
        QTRY_COMPARE(panel.plots().size(), 1U);
        QVERIFY(!panel.bar().levelSlider()->isEnabled()); // nothing was tested
        SlicePlot& plot = *panel.plots().front();
        QTRY_VERIFY(plot.placeOf(SliceAxis::Axial, kPlace));
        QVERIFY(colorAt(plot, kPlace) != colorAt(plot, {50, 50, 0}));
        QVERIFY(plot.placeOf(SliceAxis::Axial, kPlace)->x() < plot.placeOf(SliceAxis::Axial, {50, 50, 0})->x());
        const Figure figure = *panel.figure();
        QCOMPARE(figure.name, QString("slices"));
        QVERIFY(figure.picture.recipe.contains("\"place\""));
        QVERIFY(figure.picture.recipe.contains("anna"));
        QCOMPARE(figure.tables().front().rows.size(), 1U);
    }

    void theGreyBelowIsTheMeanScan() {
        const auto session = m_study.open();
        SlicesPanel panel(*session);
        showPanel(panel, {900, 700});
        choose(panel);
        QTRY_COMPARE(panel.plots().size(), 1U);
        SlicePlot& plot = *panel.plots().front();
        plot.setValues({});
        const QColor left = colorAt(plot, kPlace); // where answers make the scans lighter
        const QColor right = colorAt(plot, {50, 50, 0});
        QCOMPARE(left.saturation(), 0);
        QVERIFY(left.value() > right.value() + 10);
        // Results of before have none: then all voxels are of one grey.
        const auto arrays = session->arrays({"preprocess-fmri", "", "anna"});
        ArrayBundle older{.arrays = arrays->arrays, .attributes = arrays->attributes};
        older.arrays.erase("mean_image");
        const auto values = sliceValues(
            [&](const Task& task) {
                return task.step == "preprocess-fmri" ? std::make_shared<const ArrayBundle>(older) : nullptr;
            },
            "anna");
        QVERIFY(values && values->image.empty() && values->regionOf.empty());
        showVoxels(plot, *values);
        QCOMPARE(colorAt(plot, kPlace), colorAt(plot, {50, 50, 0}));
    }

    void aClickSelectsTheVoxelAndTheCrosshairFollowsTheSelection() {
        const auto session = m_study.open();
        SlicesPanel panel(*session);
        showPanel(panel, {900, 700});
        choose(panel);
        QTRY_COMPARE(panel.plots().size(), 1U);
        SlicePlot& plot = *panel.plots().front();
        QTest::mouseClick(&plot, Qt::LeftButton, {}, plot.placeOf(SliceAxis::Axial, kPlace)->toPoint());
        QCOMPARE(session->selection().voxel(), (VoxelPlace{.subject = "anna", .voxel = kVoxel}));
        QVERIFY2(panel.reading().contains("voxel " + QString::number(kVoxel)), qPrintable(panel.reading()));
        QTRY_VERIFY(panel.reading().contains("Category ratings"));
        QTRY_VERIFY(panel.reading().contains("Dimension ratings"));
        session->selection().setVoxel({.subject = "anna", .voxel = 2});
        QCOMPARE(plot.crosshair(), (Point3{-60, 0, 0}));
        session->selection().setVoxel({.subject = "bert", .voxel = kVoxel}); // of somebody who is not shown
        QCOMPARE(plot.crosshair(), (Point3{-60, 0, 0}));
        session->selection().setVoxel({.subject = "anna", .voxel = 100000});
        QCOMPARE(plot.crosshair(), (Point3{-60, 0, 0}));
        // What was selected while the panel was hidden.
        panel.hide();
        session->selection().setVoxel({.subject = "anna", .voxel = kVoxel});
        panel.show();
        QTRY_COMPARE(plot.crosshair(), kPlace);
    }

    void brushedVoxelsAndRegionsAreMarked() {
        m_study.runFor("assign-regions", "", "anna");
        const auto session = m_study.open();
        SlicesPanel panel(*session);
        showPanel(panel, {900, 700});
        choose(panel);
        QTRY_COMPARE(panel.plots().size(), 1U);
        SlicePlot& plot = *panel.plots().front();
        QTRY_VERIFY(panel.reading().startsWith("VC · ")); // regions are there
        const QImage plain = plot.grab().toImage();
        session->selection().setVoxels({{"bert", {kVoxel}}}); // of somebody else
        QCOMPARE(plot.grab().toImage(), plain);
        session->selection().setVoxels({{"anna", {kVoxel}}});
        QVERIFY(plot.grab().toImage() != plain);
        session->selection().setVoxels({});
        QCOMPARE(plot.grab().toImage(), plain);
        session->selection().setHoveredRegion("VC");
        QVERIFY(plot.grab().toImage() != plain);
        session->selection().setHoveredRegion({});
        QCOMPARE(plot.grab().toImage(), plain);
        QTest::mouseMove(&plot, plot.placeOf(SliceAxis::Axial, {-60, 10, 0})->toPoint());
        QTRY_COMPARE(session->selection().hoveredRegion(), QString("VC"));
        QVERIFY2(panel.reading().startsWith("VC · x "), qPrintable(panel.reading()));
    }

    void aMontageIsExportedAsItIsShown() {
        const auto session = m_study.open();
        SlicesPanel panel(*session);
        showPanel(panel, {900, 700});
        choose(panel);
        QTRY_COMPARE(panel.plots().size(), 1U);
        panel.montageButton()->setChecked(true);
        QVERIFY(panel.slicesBox()->isVisibleTo(&panel));
        panel.slicesBox()->setValue(3);
        QVERIFY(!panel.plots().front()->placeOf(SliceAxis::Sagittal, kPlace));
        const QString recipe = panel.figure()->picture.recipe;
        QVERIFY(recipe.contains("\"slices\": 3"));
        QVERIFY(!recipe.contains("\"place\""));
        FigureOptions options;
        options.place = kPlace;
        panel.showFigure("slices", options);
        QVERIFY(!panel.montageButton()->isChecked());
        QCOMPARE(panel.plots().front()->crosshair(), kPlace);
    }

    void subjectsAndModelsShareOneCrosshair() {
        m_study.runFor("encode", kCategoryRatings, "bert");
        const auto session = m_study.open();
        SlicesPanel panel(*session);
        showPanel(panel, {1000, 800});
        choose(panel);
        panel.bar().subjectBox()->setCurrentIndex(panel.bar().subjectBox()->findData(QString()));
        QTRY_COMPARE(panel.plots().size(), 2U);
        panel.bar().modelBox()->setCurrentIndex(panel.bar().modelBox()->findData(QString()));
        QTRY_COMPARE(panel.plots().size(), 4U); // two subjects, two models
        QTest::keyClick(panel.plots()[1], Qt::Key_Left);
        for (const SlicePlot* plot : panel.plots())
            QCOMPARE(plot->crosshair(), panel.plots()[1]->crosshair());
        panel.bar().subjectBox()->setCurrentIndex(0);
        QTRY_COMPARE(panel.plots().size(), 2U);
    }

    void everySubjectHasAPage() {
        m_study.runFor("searchlight", "", "anna");
        setParameters(*m_study.study(), {"voxel-test", kCategoryRatings}, {{"permutations", "40"}});
        m_study.runFor("voxel-test", kCategoryRatings, "anna");
        const auto data = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
        FigureOptions options;
        options.systems = QStringList{kCategoryRatings, "dimension-ratings"};
        const FigurePreset& preset = figurePresetNamed("subject-maps");
        QCOMPARE(preset.pages(*data, options), 2);
        const Figure anna = makeFigure(preset, data, options);
        QCOMPARE(anna.tables().size(), 2U); // encoding and searchlights
        QCOMPARE(anna.tables().front().rows.size(), 2U);
        QVERIFY2(anna.caption.contains("All coloured voxels P < 0.05, FDR corrected"), qPrintable(anna.caption));
        QVERIFY(anna.caption.contains("Not thresholded"));
        options.page = 1;
        const Figure bert = makeFigure(preset, data, options);
        QCOMPARE(bert.tables().size(), 1U);
        QVERIFY(!bert.caption.contains("FDR corrected"));
        QVERIFY(bert.picture.recipe.contains("bert") && !bert.picture.recipe.contains("anna"));
        QVERIFY(bert.picture.millimetres.height() < anna.picture.millimetres.height());
        const Figure slices = makeFigure(figurePresetNamed("slices"), data, options);
        QCOMPARE(slices.tables().front().rows.size(), 2U);
        QVERIFY(slices.caption.contains("left on the left"));
        options.subjects = QStringList{"bert"};
        options.page = 7;
        QCOMPARE(preset.pages(*data, options), 1);
        QVERIFY(makeFigure(preset, data, options).title.contains("bert", Qt::CaseInsensitive));
        for (const Figure* figure : {&anna, &bert, &slices})
            QVERIFY(!renderedPicture(figure->picture, 60).isNull());
    }

private:
    static void choose(SlicesPanel& panel) {
        QTRY_VERIFY(panel.bar().modelBox()->count() > 0);
        panel.bar().modelBox()->setCurrentIndex(panel.bar().modelBox()->findData(kCategoryRatings));
    }
    ScannedStudy m_study;
};

QTEST_MAIN(SlicesPanelTest)
#include "slices_panel.moc"
