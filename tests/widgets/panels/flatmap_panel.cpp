#include "scanned_panel.h"

#include "widgets/panels/flatmap_panel.h"
#include "widgets/panels/level_slider.h"
#include "widgets/panels/pipeline_model.h"
#include "widgets/plots/palettes.h"

#include <QComboBox>

using namespace tercet;

namespace {

/// The colour that is drawn at a vertex.
QColor colorAt(SurfaceView& view, int hemisphere, int vertex) {
    const QImage image = view.grab().toImage();
    const QPointF place = view.placeOf({hemisphere, vertex}) * image.devicePixelRatio();
    return image.pixelColor(place.toPoint());
}

constexpr int kMiddle = 5 * kCortexSide + 3; ///< a vertex inside, away from the outline of VC

} // namespace

class FlatmapPanelTest : public QObject {
    Q_OBJECT

private slots:
    void saysWhatIsMissingStepByStep() { offersStepByStep<FlatmapPanel>("Lay voxels on the cortex"); }

    void drawsHowWellEachVoxelIsPredicted() {
        for (const char* subject : {"anna", "bert"})
            for (const char* system : {kCategoryRatings, "dimension-ratings"})
                m_study.runFor("encode", system, subject);
        const auto session = m_study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {900, 600});
        panel.bar().modelBox()->setCurrentIndex(panel.bar().modelBox()->findData(kCategoryRatings));
        QTRY_COMPARE(panel.views().size(), 1U);
        QVERIFY(!panel.bar().levelSlider()->isEnabled()); // nothing was tested
        SurfaceView& view = *panel.views().front();
        QTRY_VERIFY(colorAt(view, 0, kMiddle) != colorAt(view, 1, kMiddle));
        const auto encoded = session->arrays({"encode", kCategoryRatings, "anna"});
        const auto& score = encoded->get<double>("score").values;
        // The left hemisphere lies left, and its voxels answer to the categories.
        QVERIFY(view.placeOf({0, kMiddle}).x() < view.placeOf({1, kMiddle}).x());
        QVERIFY(score[static_cast<std::size_t>(5 * 2 * kCortexSide + 3)] > 0.5);
        const Figure figure = *panel.figure();
        QVERIFY(figure.picture.recipe.contains("\"map\": \"encoding\""));
        QVERIFY(figure.picture.recipe.contains("anna"));
        QCOMPARE(figure.tables().front().rows.size(), 1U);
    }

    void theSliderHidesWhatIsNotSignificant() {
        setParameters(*m_study.study(), {"voxel-test", kCategoryRatings}, {{"permutations", "40"}});
        m_study.runFor("voxel-test", kCategoryRatings, "anna");
        const auto session = m_study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {900, 600});
        panel.bar().modelBox()->setCurrentIndex(panel.bar().modelBox()->findData(kCategoryRatings));
        QTRY_VERIFY(panel.bar().levelSlider()->isEnabled());
        SurfaceView& view = *panel.views().front();
        QTRY_VERIFY(colorAt(view, 0, kMiddle).saturation() > 60); // planted, significant
        QVERIFY(colorAt(view, 1, kMiddle).saturation() < 20);     // noise: the curvature shows
        panel.bar().levelSlider()->setValue(panel.bar().levelSlider()->maximum());
        QCOMPARE(panel.bar().level(), 1.0);
        QTRY_VERIFY(colorAt(view, 1, kMiddle).saturation() > 60);
    }

    void smallMultiplesShareOneCamera() {
        const auto session = m_study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {1000, 700});
        panel.bar().modelBox()->setCurrentIndex(panel.bar().modelBox()->findData(kCategoryRatings));
        panel.bar().subjectBox()->setCurrentIndex(panel.bar().subjectBox()->findData(QString()));
        QTRY_COMPARE(panel.views().size(), 2U);
        panel.bar().modelBox()->setCurrentIndex(panel.bar().modelBox()->findData(QString()));
        QTRY_COMPARE(panel.views().size(), 4U); // two subjects, two models that were encoded
        QTRY_COMPARE(panel.bar().levelText(), QString("FDR < 0.05, 1 of 4 maps"));
        panel.views()[0]->zoomIn();
        QTRY_VERIFY(panel.views()[0]->camera().zoom > 1);
        for (const SurfaceView* view : panel.views())
            QTRY_COMPARE(view->camera(), panel.views()[0]->camera());
    }

    void aSecondModelIsDrawnInTheSameMap() {
        const auto session = m_study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {1000, 700});
        panel.bar().modelBox()->setCurrentIndex(panel.bar().modelBox()->findData(kCategoryRatings));
        QTRY_COMPARE(panel.views().size(), 1U);
        const QColor alone = colorAt(*panel.views().front(), 0, kMiddle);
        QVERIFY(!panel.bar().otherBox()->isVisible());
        panel.bar().setComparing(true);
        QTRY_VERIFY(panel.bar().otherBox()->isVisible());
        const auto levelIsBelow = [&] {
            return panel.bar().levelSlider()->geometry().top() > panel.bar().modelBox()->geometry().bottom();
        };
        QVERIFY(!levelIsBelow());
        panel.resize(460, 700);
        QTRY_VERIFY(levelIsBelow());
        panel.resize(1000, 700);
        QTRY_VERIFY(!levelIsBelow());
        QCOMPARE(panel.bar().otherBox()->findData(kCategoryRatings), -1); // not with itself
        panel.bar().otherBox()->setCurrentIndex(panel.bar().otherBox()->findData("dimension-ratings"));
        const auto scoreOf = [&](const char* system) {
            const auto record = session->study().newestResult("encode", system, "anna");
            const auto arrays = session->study().arrays(record->key);
            return arrays->get<double>("score").values[kMiddle / kCortexSide * 2 * kCortexSide + kMiddle % kCortexSide];
        };
        BrainMap first;
        BrainMap second;
        const auto firstRecord = session->study().newestResult("encode", kCategoryRatings, "anna");
        const auto secondRecord = session->study().newestResult("encode", "dimension-ratings", "anna");
        first.values = (first.arrays = session->study().arrays(firstRecord->key))->get<double>("score").values;
        second.values = (second.arrays = session->study().arrays(secondRecord->key))->get<double>("score").values;
        const double most = scaleFor({first, second});
        const QColor expected(pairColor(scoreOf(kCategoryRatings) / most, scoreOf("dimension-ratings") / most, false));
        const auto apart = [](const QColor& a, const QColor& b) {
            return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue());
        };
        // The table of colours has 64 steps.
        QTRY_VERIFY2(apart(colorAt(*panel.views().front(), 0, kMiddle), expected) < 24,
                     qPrintable(colorAt(*panel.views().front(), 0, kMiddle).name() + " " + expected.name()));
        QVERIFY(panel.figure()->picture.recipe.contains("\"against\": \"dimension-ratings\""));
        panel.bar().kindBox()->setCurrentIndex(static_cast<int>(BrainMapKind::Weights));
        QTRY_VERIFY(!panel.bar().otherBox()->isEnabled()); // weights have colours for both signs
        panel.bar().kindBox()->setCurrentIndex(static_cast<int>(BrainMapKind::Encoding));
        panel.bar().setComparing(false);
        QTRY_COMPARE(colorAt(*panel.views().front(), 0, kMiddle), alone);
    }

    void aSecondModelOfOtherVoxelsIsLeftOut() {
        const ScannedStudy study;
        const auto encode = [&](const char* system) {
            setParameters(*study.study(), {"voxel-test", system}, {{"test", "r-to-t"}});
            study.runFor("voxel-test", system, "anna");
        };
        encode(kCategoryRatings);
        encode("dimension-ratings");
        importWithMask(study, "anna", [](std::size_t voxel) { return voxel >= kCortexSide; });
        encode("dimension-ratings");
        const auto session = study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {1000, 700});
        panel.bar().modelBox()->setCurrentIndex(panel.bar().modelBox()->findData(kCategoryRatings));
        QTRY_COMPARE(panel.views().size(), 1U);
        QTRY_VERIFY(colorAt(*panel.views().front(), 0, kMiddle).saturation() > 60);
        const QColor alone = colorAt(*panel.views().front(), 0, kMiddle);
        panel.bar().setComparing(true);
        panel.bar().otherBox()->setCurrentIndex(panel.bar().otherBox()->findData("dimension-ratings"));
        const auto other = [&] { return session->arrays({"encode", "dimension-ratings", "anna"}); };
        QTRY_VERIFY(other());
        QTest::qWait(50);
        QCOMPARE(colorAt(*panel.views().front(), 0, kMiddle), alone);
        QVERIFY(panel.figure()->picture.recipe.contains("\"against\": \"\""));
        const auto data = std::make_shared<const FigureData>(figureDataOf(*study.study()));
        FigureOptions options;
        options.systems = QStringList{kCategoryRatings};
        options.against = "dimension-ratings";
        QVERIFY_EXCEPTION_THROWN((void)flatmapFigure(data, options), MissingError);
    }

    void aMapOfOtherVoxelsThanTheCortexIsNotDrawn() {
        const ScannedStudy study;
        const auto leaveOut = [&](std::size_t column) { // as many voxels, whichever it is
            importWithMask(study, "anna", [&](std::size_t voxel) { return voxel % (2 * kCortexSide) != column; });
        };
        leaveOut(2 * kCortexSide - 1);
        for (const char* step : {"encode", "voxel-test"})
            study.runFor(step, kCategoryRatings, "anna");
        study.runFor("searchlight", "", "anna");
        leaveOut(0);
        study.runFor("project-surface", "", "anna");
        const auto session = study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {900, 600});
        panel.bar().modelBox()->setCurrentIndex(panel.bar().modelBox()->findData(kCategoryRatings));
        for (const auto& [kind, action] : {std::pair{BrainMapKind::Searchlight, "Run Searchlight again"},
                                           std::pair{BrainMapKind::Encoding, "Run Encoding again"}}) {
            panel.bar().kindBox()->setCurrentIndex(static_cast<int>(kind));
            QTRY_COMPARE(panel.emptyPage()->button()->text(), QString(action));
            QVERIFY(panel.isEmpty());
            FigureOptions options;
            options.brainMap = kind;
            options.systems = QStringList{kCategoryRatings};
            const auto data = std::make_shared<const FigureData>(figureDataOf(*study.study()));
            QVERIFY_EXCEPTION_THROWN((void)flatmapFigure(data, options), MissingError);
        }
        panel.emptyPage()->button()->click();
        QTRY_VERIFY_WITH_TIMEOUT(!panel.isEmpty(), 20000);
        leaveOut(2 * kCortexSide - 1); // now the surface is of the voxels before
        study.runFor("encode", kCategoryRatings, "anna");
        const auto later = study.open();
        FlatmapPanel other(*later);
        showPanel(other, {900, 600});
        other.bar().modelBox()->setCurrentIndex(other.bar().modelBox()->findData(kCategoryRatings));
        QTRY_COMPARE(other.emptyPage()->button()->text(), QString("Run Surface again"));
    }

    void weightsFollowTheComponentThatIsPointedAt() {
        const auto session = m_study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {900, 600});
        BrainMapBar& bar = panel.bar();
        Selection& selection = session->selection();
        bar.modelBox()->setCurrentIndex(bar.modelBox()->findData(kCategoryRatings));
        QVERIFY(!bar.componentBox()->isVisible());
        bar.kindBox()->setCurrentIndex(static_cast<int>(BrainMapKind::Weights));
        QTRY_COMPARE(panel.views().size(), 1U);
        QTRY_VERIFY(bar.componentBox()->isVisible());
        const auto categories = session->arrays({"encode", kCategoryRatings, "anna"});
        QCOMPARE(bar.componentBox()->count(), static_cast<int>(categories->get<std::string>("feature").values.size()));
        const auto draws = [&](const QString& model, int component) {
            const auto figure = panel.figure();
            return bar.models() == QStringList{model} && figure &&
                   figure->picture.recipe.contains("\"component\": " + QString::number(component));
        };
        QTRY_VERIFY(draws(kCategoryRatings, 0));
        const QColor first = colorAt(*panel.views().front(), 0, kMiddle);
        selection.setHoveredComponent(kCategoryRatings, 5); // as its bars in Voxel profile do
        QTRY_VERIFY(draws(kCategoryRatings, 5));
        QTRY_VERIFY(colorAt(*panel.views().front(), 0, kMiddle) != first);
        selection.setHoveredComponent("dimension-ratings", 3);
        QTRY_VERIFY(draws("dimension-ratings", 3));
        selection.setHoveredComponent("human-categories", 1); // which is not encoded
        QTRY_VERIFY(draws(kCategoryRatings, 0));
        selection.setHoveredComponent(kCategoryRatings, 1000); // as of a fit that goes on
        QVERIFY(draws(kCategoryRatings, 0));
        selection.setHoveredComponent(-1);
        QTRY_COMPARE(colorAt(*panel.views().front(), 0, kMiddle), first);
    }

    void weightsAreOfTheComponentInTheBox() {
        const auto session = m_study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {900, 600});
        BrainMapBar& bar = panel.bar();
        bar.kindBox()->setCurrentIndex(static_cast<int>(BrainMapKind::Weights));
        bar.modelBox()->setCurrentIndex(bar.modelBox()->findData(kCategoryRatings));
        QTRY_VERIFY(bar.componentBox()->count() > 5);
        bar.componentBox()->setCurrentIndex(4);
        QTRY_COMPARE(bar.component(), bar.componentBox()->itemData(4).toInt());
        QTRY_VERIFY(bar.note().startsWith("Category ratings: " + bar.componentBox()->currentText()));
        bar.modelBox()->setCurrentIndex(bar.modelBox()->findData("dimension-ratings"));
        QTRY_COMPARE(bar.component(), 0);
        bar.modelBox()->setCurrentIndex(bar.modelBox()->findData(kCategoryRatings));
        QTRY_COMPARE(bar.component(), bar.componentBox()->itemData(4).toInt()); // not forgotten
        session->selection().setSystem(kCategoryRatings);                       // in front, the selection says it
        QTRY_COMPARE(bar.component(), 0);
        bar.componentBox()->setCurrentIndex(2);
        QCOMPARE(session->selection().component(), bar.componentBox()->itemData(2).toInt());
        session->selection().setComponent(bar.componentBox()->itemData(6).toInt());
        QTRY_COMPARE(bar.componentBox()->currentIndex(), 6);
    }

    void weightsAreOfOneModel() {
        const auto session = m_study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {900, 600});
        BrainMapBar& bar = panel.bar();
        QTRY_VERIFY(bar.modelBox()->findData(QString()) >= 0);
        bar.modelBox()->setCurrentIndex(bar.modelBox()->findData(QString()));
        QTRY_COMPARE(panel.views().size(), 2U);
        bar.kindBox()->setCurrentIndex(static_cast<int>(BrainMapKind::Weights));
        QTRY_COMPARE(panel.views().size(), 1U);
        QCOMPARE(bar.modelBox()->findData(QString()), -1);
        emit panel.views().front()->vertexHovered(0, kCortexSide + 2);
        QCOMPARE(panel.reading().count("ratings"), 1); // components of models are others
        bar.kindBox()->setCurrentIndex(static_cast<int>(BrainMapKind::Encoding));
        QTRY_COMPARE(panel.views().size(), 2U); // all models, as before
    }

    void pointingReadsEveryModel() {
        const auto session = m_study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {900, 600});
        const auto shown = [&] { return panel.bar().modelBox()->currentData().toString(); };
        QTRY_COMPARE(shown(), QString(kCategoryRatings)); // the first that is encoded
        session->selection().setSystem("dimension-ratings");
        QTRY_COMPARE(shown(), QString("dimension-ratings"));
        session->selection().setSystem("human-categories"); // which is not
        QTRY_COMPARE(shown(), QString(kCategoryRatings));
        QTRY_COMPARE(panel.views().size(), 1U);
        emit panel.views().front()->vertexHovered(0, kCortexSide + 2);
        QVERIFY2(panel.reading().startsWith("VC · left"), qPrintable(panel.reading()));
        QVERIFY(panel.reading().contains("Category ratings"));
        QTRY_VERIFY2((emit panel.views().front()->vertexHovered(0, kCortexSide + 2),
                      panel.reading().contains("Dimension ratings")),
                     qPrintable(panel.reading()));
        panel.bar().modelBox()->setCurrentIndex(panel.bar().modelBox()->findData("dimension-ratings"));
        QTRY_COMPARE(panel.bar().models(), QStringList{"dimension-ratings"});
        QTRY_VERIFY((emit panel.views().front()->vertexHovered(0, kCortexSide + 2),
                     panel.reading().indexOf("Dimension ratings") < panel.reading().indexOf("Category ratings")));
        emit panel.views().front()->vertexHovered(-1, -1);
        QVERIFY(panel.reading().isEmpty());
    }

    void aReadingOfManyMapsBeginsWithTheOneThatIsPointedAt() {
        const auto session = m_study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {900, 600});
        BrainMapBar& bar = panel.bar();
        bar.modelBox()->setCurrentIndex(bar.modelBox()->findData(QString()));
        bar.subjectBox()->setCurrentIndex(bar.subjectBox()->findData(QString()));
        QTRY_COMPARE(panel.views().size(), 4U);
        emit panel.views()[3]->vertexHovered(0, kCortexSide + 2); // of the second subject and model
        QVERIFY2(panel.reading().startsWith("bert · VC · left"), qPrintable(panel.reading()));
        QVERIFY(panel.reading().indexOf("Dimension ratings") < panel.reading().indexOf("Category ratings"));
        emit panel.views()[0]->vertexHovered(0, kCortexSide + 2);
        QVERIFY2(panel.reading().startsWith("anna · VC · left"), qPrintable(panel.reading()));
        QVERIFY(panel.reading().indexOf("Dimension ratings") > panel.reading().indexOf("Category ratings"));
    }

    void theSecondModelIsNotForgotten() {
        const auto session = m_study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {900, 600});
        BrainMapBar& bar = panel.bar();
        const auto choose = [](QComboBox* box, const QString& name) { box->setCurrentIndex(box->findData(name)); };
        QTRY_VERIFY(bar.modelBox()->count() > 0);
        bar.setComparing(true);
        choose(bar.modelBox(), "human-categories");
        QTRY_VERIFY(bar.otherBox()->findData("human-categories") < 0);
        choose(bar.otherBox(), "dimension-ratings");
        choose(bar.modelBox(), "dimension-ratings");
        QTRY_VERIFY(bar.otherBox()->findData("dimension-ratings") < 0);
        choose(bar.modelBox(), "human-categories");
        QTRY_COMPARE(bar.otherBox()->currentData().toString(), QString("dimension-ratings"));
    }

    void aClickSelectsTheVoxelBelowAndBrushedOnesAreMarked() {
        const auto session = m_study.open();
        FlatmapPanel panel(*session);
        showPanel(panel, {900, 600});
        panel.bar().modelBox()->setCurrentIndex(panel.bar().modelBox()->findData(kCategoryRatings));
        QTRY_COMPARE(panel.views().size(), 1U);
        SurfaceView& view = *panel.views().front();
        const QColor plain = colorAt(view, 0, kMiddle);
        const QPoint place = view.placeOf({0, kMiddle}).toPoint();
        QTest::mouseClick(&view, Qt::LeftButton, {}, place);
        constexpr int kRow = kMiddle / kCortexSide;
        const VoxelPlace below{.subject = "anna",
                               .voxel = kRow * 2 * kCortexSide + kMiddle % kCortexSide,
                               .hemisphere = 0,
                               .vertex = kMiddle};
        QCOMPARE(session->selection().voxel(), below);
        QTRY_VERIFY(colorAt(view, 0, kMiddle) != plain);
        session->selection().setVoxel({});
        QTRY_COMPARE(colorAt(view, 0, kMiddle), plain);
        session->selection().setVoxels({{"bert", {below.voxel}}}); // of somebody else
        QCOMPARE(colorAt(view, 0, kMiddle), plain);
        session->selection().setVoxels({{"anna", {below.voxel}}});
        QTRY_VERIFY(colorAt(view, 0, kMiddle) != plain);
        session->selection().setVoxels({});
        QTRY_COMPARE(colorAt(view, 0, kMiddle), plain);
        QTest::mouseMove(&view, view.placeOf({0, kCortexSide + 2}).toPoint());
        QTRY_COMPARE(session->selection().hoveredRegion(), QString("VC"));
    }

    void thePipelineHasOneBoxForAllSubjects() {
        m_study.runFor("searchlight", "", "anna");
        const auto session = m_study.open();
        PipelineModel model(*session);
        const Task anna{"searchlight", "", "anna"};
        const QModelIndex box = model.indexOf(anna);
        QVERIFY(box.isValid());
        QCOMPARE(model.indexOf({"searchlight", "", "bert"}), box);
        QCOMPARE(model.tasksWith(anna).size(), 2U);
        QCOMPARE(model.taskAt(box)->subject, std::string("bert")); // the one that is not done
        QCOMPARE(model.data(box, Qt::DisplayRole).toString(), QString("1 of 2"));
        QVERIFY(model.describe(*model.taskAt(box)).startsWith("1 of 2 subjects done."));
        const QModelIndex surface = model.indexOf({"project-surface", "", "anna"});
        QCOMPARE(model.boxOf(*model.taskAt(surface)), PipelineModel::Box::Done);
    }

private:
    ScannedStudy m_study;
};

QTEST_MAIN(FlatmapPanelTest)
#include "flatmap_panel.moc"
