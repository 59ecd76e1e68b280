#include "scanned_panel.h"

#include "core/base/error.h"
#include "widgets/panels/level_slider.h"
#include "widgets/panels/voxel_comparison_panel.h"

#include <QComboBox>
#include <QPushButton>
#include <QToolButton>

#include <cmath>
#include <numeric>
#include <set>

using namespace tercet;

namespace {

constexpr const char* kDimensionRatings = "dimension-ratings";
constexpr std::size_t kVoxels = 2 * kCortexSide * kCortexSide;

const std::vector<double>& scoreOf(StudySession& session, const char* system, const char* subject) {
    return session.arrays({"encode", system, subject})->get<double>("score").values;
}

double meanOf(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void choose(QComboBox* box, const QString& name) { box->setCurrentIndex(box->findData(name)); }

/// Categories upright, dimensions along.
void choosePair(VoxelComparisonPanel& panel) {
    choose(panel.yBox(), kCategoryRatings);
    choose(panel.xBox(), kDimensionRatings);
    QTRY_COMPARE(panel.multiples().pairs.at(0).y, QString(kCategoryRatings));
}

} // namespace

class VoxelComparisonPanelTest : public QObject {
    Q_OBJECT

private slots:
    void saysWhatIsMissingAndRunsIt() {
        emptyWithoutSubjects<VoxelComparisonPanel>(PanelStudy());
        m_study.runFor("encode", kCategoryRatings, "anna");
        const auto session = m_study.open();
        VoxelComparisonPanel panel(*session);
        showPanel(panel);
        auto* button = panel.emptyPage()->findChild<QPushButton*>();
        QTRY_COMPARE(button->text(), QString("Run Encoding"));
        choose(panel.yBox(), kCategoryRatings);
        choose(panel.xBox(), kDimensionRatings);
        QTRY_VERIFY2(panel.emptyPage()->text().contains("Dimension ratings is not"),
                     qPrintable(panel.emptyPage()->text()));
        button->click();
        QTRY_COMPARE_WITH_TIMEOUT(panel.plots().size(), 1U, 20000); // once it is there, without being asked
        QVERIFY(!panel.isEmpty());
        QCOMPARE(panel.multiples().pairs[0].comparison.voxels, kVoxels); // of one subject until the other is there
    }

    void theBetterSystemIsUpright() {
        for (const char* subject : {"anna", "bert"})
            for (const char* system : {kCategoryRatings, kDimensionRatings})
                m_study.runFor("encode", system, subject);
        const auto session = m_study.open();
        VoxelComparisonPanel panel(*session);
        showPanel(panel, {700, 600});
        QTRY_COMPARE(panel.plots().size(), 1U);
        QTRY_COMPARE(panel.multiples().pairs[0].comparison.voxels, 2 * kVoxels);
        const auto mean = [&](const char* system) {
            return meanOf(scoreOf(*session, system, "anna")) + meanOf(scoreOf(*session, system, "bert"));
        };
        const bool categories = mean(kCategoryRatings) > mean(kDimensionRatings);
        QCOMPARE(panel.yBox()->currentData().toString(), QString(categories ? kCategoryRatings : kDimensionRatings));
        QCOMPARE(panel.xBox()->currentData().toString(), QString(categories ? kDimensionRatings : kCategoryRatings));
        choosePair(panel);
        double above = 0;
        for (const char* subject : {"anna", "bert"})
            for (std::size_t v = 0; v < kVoxels; ++v)
                above +=
                    scoreOf(*session, kCategoryRatings, subject)[v] > scoreOf(*session, kDimensionRatings, subject)[v]
                        ? 1
                        : 0;
        QTRY_VERIFY(std::abs(panel.plots()[0]->lines()[0].share - above / (2 * kVoxels)) < 1e-12);
        panel.swapButton()->click();
        QTRY_COMPARE(panel.yBox()->currentData().toString(), QString(kDimensionRatings));
        QTRY_VERIFY(std::abs(panel.plots()[0]->lines()[0].share - (1 - above / (2 * kVoxels))) < 1e-12);
        choose(panel.yBox(), kCategoryRatings); // the one on the other axis: they change places
        QTRY_COMPARE(panel.xBox()->currentData().toString(), QString(kDimensionRatings));
        choose(panel.subjectBox(), "bert");
        QTRY_COMPARE(panel.multiples().pairs[0].comparison.voxels, kVoxels);
        QCOMPARE(panel.multiples().pairs[0].parts[0].subject, QString("bert"));
    }

    void aBrushSelectsExactlyTheVoxelsInIt() {
        const auto session = m_study.open();
        VoxelComparisonPanel panel(*session);
        showPanel(panel, {700, 600});
        QTRY_VERIFY(panel.plots().size() == 1 && panel.multiples().pairs[0].parts.size() == 2);
        choosePair(panel);
        DensityPlot& plot = *panel.plots()[0];
        const auto& comparison = panel.multiples().pairs[0].comparison;
        const QPointF from = plot.placeOf({comparison.low, 0.15});
        const QPointF to = plot.placeOf({0.2, comparison.high});
        QTest::mousePress(&plot, Qt::LeftButton, {}, from.toPoint() + QPoint(1, 0));
        QTest::mouseMove(&plot, ((from + to) / 2).toPoint());
        QTest::mouseMove(&plot, to.toPoint());
        QTest::mouseRelease(&plot, Qt::LeftButton, {}, to.toPoint());
        QVERIFY(plot.brush());
        const auto wanted = [&](const DensityBrush& brush) {
            QMap<QString, QVector<int>> voxels;
            for (const char* subject : {"anna", "bert"})
                for (std::size_t v = 0; v < kVoxels; ++v) {
                    const double x = scoreOf(*session, kDimensionRatings, subject)[v];
                    const double y = scoreOf(*session, kCategoryRatings, subject)[v];
                    if (x >= brush.lowX && x <= brush.highX && y >= brush.lowY && y <= brush.highY)
                        voxels[subject].append(static_cast<int>(v));
                }
            return voxels;
        };
        QVERIFY(session->selection().voxels().size() == 2); // of both subjects
        QCOMPARE(session->selection().voxels(), wanted(*plot.brush()));
        QVERIFY2(panel.reading().contains("voxels brushed"), qPrintable(panel.reading()));
        QVERIFY(plot.marks().chosen.empty()); // the rectangle says it
        const auto before = session->selection().voxels();
        QTest::keyClick(&plot, Qt::Key_Down);
        QTest::keyClick(&plot, Qt::Key_Down);
        QCOMPARE(session->selection().voxels(), wanted(*plot.brush()));
        QVERIFY(session->selection().voxels() != before);
        QTest::keyClick(&plot, Qt::Key_Escape);
        QVERIFY(session->selection().voxels().isEmpty());
    }

    void voxelsOfElsewhereAreMarked() {
        for (const char* subject : {"anna", "bert"})
            m_study.runFor("assign-regions", "", subject);
        const auto session = m_study.open();
        VoxelComparisonPanel panel(*session);
        showPanel(panel, {700, 600});
        QTRY_VERIFY(panel.plots().size() == 1 && panel.multiples().pairs[0].parts.size() == 2);
        choosePair(panel);
        DensityPlot& plot = *panel.plots()[0];
        const auto at = [&](const char* subject, std::size_t voxel) {
            return QPointF(scoreOf(*session, kDimensionRatings, subject)[voxel],
                           scoreOf(*session, kCategoryRatings, subject)[voxel]);
        };
        QTest::keyClick(&plot, Qt::Key_Right);
        QVERIFY(plot.brush());
        session->selection().setVoxels({{"anna", {3, 40}}, {"bert", {5}}, {"nobody", {1}}});
        QVERIFY(!plot.brush()); // what it selected is no longer
        QCOMPARE(plot.marks().chosen, (std::vector<QPointF>{at("anna", 3), at("anna", 40), at("bert", 5)}));
        session->selection().setVoxel({.subject = "bert", .voxel = 9});
        QCOMPARE(plot.marks().picked, std::optional(at("bert", 9)));
        session->selection().setHoveredRegion("VC"); // the lower half of each square
        QTRY_COMPARE(plot.marks().pointedAt.size(), kVoxels);
        QCOMPARE(plot.marks().pointedAt.front(), at("anna", 0));
        QVERIFY2(panel.reading().startsWith("VC: 128 voxels"), qPrintable(panel.reading()));
        session->selection().setHoveredRegion({});
        session->selection().setVoxel({});
        session->selection().setVoxels({});
        QCOMPARE(plot.marks(), DensityMarks());
        choose(panel.subjectBox(), "anna");
        QTRY_COMPARE(panel.multiples().pairs[0].parts.size(), 1U);
        session->selection().setVoxels({{"bert", {5}}});
        QVERIFY(plot.marks().chosen.empty()); // of somebody who is not shown
    }

    void theSliderLeavesSignificantVoxels() {
        const auto session = m_study.open();
        {
            VoxelComparisonPanel panel(*session);
            showPanel(panel, {700, 600});
            QTRY_COMPARE(panel.plots().size(), 1U);
            QVERIFY(!panel.levelSlider()->isEnabled());
        }
        setParameters(*m_study.study(), {"voxel-test", kCategoryRatings}, {{"permutations", "40"}});
        m_study.runFor("voxel-test", kCategoryRatings, "anna");
        const auto tested = m_study.open();
        VoxelComparisonPanel panel(*tested);
        showPanel(panel, {700, 600});
        QTRY_VERIFY(panel.levelSlider()->isEnabled());
        QCOMPARE(panel.levelSlider()->level(), 1.0); // off at first
        choose(panel.subjectBox(), "anna");
        QTRY_COMPARE(panel.multiples().pairs[0].comparison.voxels, kVoxels);
        panel.levelSlider()->setLevel(0.05);
        const auto& q = tested->arrays({"voxel-test", kCategoryRatings, "anna"})->get<double>("q").values;
        const auto significant = static_cast<std::size_t>(
            std::count_if(q.begin(), q.end(), [&](double rate) { return rate < panel.levelSlider()->level(); }));
        QVERIFY(significant > 0 && significant < kVoxels);
        QTRY_COMPARE(panel.multiples().pairs[0].comparison.voxels, significant);
        QVERIFY(panel.figure()->caption.contains("FDR corrected"));
    }

    void eachOtherAsSmallMultiples() {
        for (const char* subject : {"anna", "bert"})
            for (const char* system : {kCategories, kDimensions, "human-concat"}) {
                setParameters(*m_study.study(), {"encode", system},
                              {{"folds", "random"}, {"outer", "2"}, {"inner", "2"}});
                m_study.runFor("encode", system, subject);
            }
        const auto session = m_study.open();
        VoxelComparisonPanel panel(*session);
        showPanel(panel, {900, 500});
        QTRY_COMPARE(panel.plots().size(), 1U);
        choose(panel.yBox(), kCategoryRatings);
        panel.xBox()->setCurrentIndex(panel.xBox()->count() - 1);
        QTRY_COMPARE(panel.plots().size(), 4U);
        QVERIFY(!panel.swapButton()->isEnabled());
        std::set<double> lows;
        for (const VoxelPair& pair : panel.multiples().pairs) {
            QCOMPARE(pair.y, QString(kCategoryRatings));
            lows.insert(pair.comparison.low);
        }
        QCOMPARE(lows.size(), 1U);
        QTest::keyClick(panel.plots()[0], Qt::Key_Right);
        QVERIFY(panel.plots()[0]->brush());
        QTest::keyClick(panel.plots()[2], Qt::Key_Right); // one brush at a time
        QVERIFY(!panel.plots()[0]->brush() && panel.plots()[2]->brush());
        qsizetype brushed = 0;
        for (const QVector<int>& voxels : session->selection().voxels())
            brushed += voxels.size();
        QCOMPARE(static_cast<qsizetype>(panel.plots()[0]->marks().chosen.size()), brushed);
        const Figure figure = *panel.figure();
        QCOMPARE(figure.tables().front().rows.size(), 4U * 3); // two subjects, and both
        QVERIFY(figure.picture.recipe.contains("\"against\": \"category-ratings\""));
    }

    void figuresShowPairsAndRawRatings() {
        m_study.run("compare-voxels", "");
        for (const char* subject : {"anna", "bert"})
            m_study.runFor("searchlight", "", subject);
        const auto figureData = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
        const Figure voxels = makeFigure(figurePresetNamed("voxels"), figureData, {});
        QCOMPARE(voxels.tables().front().rows.size(), 3U); // of embeddings: not of tables
        QVERIFY(!renderedPicture(voxels.picture, 72).isNull());
        const Figure turned =
            makeFigure(figurePresetNamed("voxels"), figureData,
                       {.systems = {kCategories, kDimensions}, .subjects = {"bert"}, .against = kDimensions});
        QCOMPARE(turned.tables().front().rows.at(0).at(0), std::string("Human dimensions"));
        QCOMPARE(turned.tables().front().rows.at(0).at(2), std::string("bert"));
        QVERIFY_EXCEPTION_THROWN(
            (void)makeFigure(figurePresetNamed("voxels"), figureData, {.brainMap = BrainMapKind::Weights}),
            ParameterError);
        QVERIFY_EXCEPTION_THROWN((void)makeFigure(figurePresetNamed("voxels"), figureData, {.against = "nobody"}),
                                 ParameterError);
        const Figure raw = makeFigure(figurePresetNamed("raw-ratings"), figureData, {});
        const std::vector<Table> tables = raw.tables();
        QCOMPARE(tables.size(), 3U);
        QCOMPARE(tables[0].rows.size(), 2U * 3);     // categories and dimensions
        QCOMPARE(tables[2].rows.size(), 2U * 2 * 2); // pairs, maps and systems, in one region
        QVERIFY(!renderedPicture(raw.picture, 72).isNull());
        QVERIFY(raw.caption.contains("2 subjects"));
    }

private:
    ScannedStudy m_study;
};

QTEST_MAIN(VoxelComparisonPanelTest)
#include "voxel_comparison_panel.moc"
