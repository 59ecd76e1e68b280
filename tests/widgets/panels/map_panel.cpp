#include "panel_study.h"

#include "widgets/panels/empty_page.h"
#include "widgets/panels/map_panel.h"
#include "widgets/panels/panel_header.h"
#include "widgets/plots/legend.h"

#include "core/study/study_import.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>

using namespace tercet;

class MapPanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_study.runBoth("map"); }

    void saysWhatIsMissingAndMakesIt() {
        const PanelStudy study;
        study.run("fit-embedding");
        const auto session = study.open();
        MapPanel panel(*session);
        showPanel(panel);
        QVERIFY(panel.isEmpty());
        QCOMPARE(panel.emptyPage()->button()->text(), QString("Make map"));
        QTest::mouseClick(panel.emptyPage()->button(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!panel.isEmpty(), 30000);
        QCOMPARE(panel.plot()->pointCount(), 60);
        session->selection().setSystem(kDimensions);
        QTRY_VERIFY(panel.isEmpty());
        QCOMPARE(panel.emptyPage()->button()->text(), QString("Fit Human dimensions"));
    }

    void followsARunningFit() {
        const PanelStudy study;
        setParameters(*study.study(), {"fit-embedding", kCategories}, {{"epochs", "100000"}, {"stopping", "limit"}});
        const auto session = study.open();
        MapPanel panel(*session);
        showPanel(panel);
        session->run({"fit-embedding", kCategories});
        QTRY_VERIFY_WITH_TIMEOUT(!panel.isEmpty(), 30000);
        QTRY_VERIFY2(panel.header()->note().contains("moving"), qPrintable(panel.header()->note()));
        const QPointF before = session->map(kCategories)->positions[5];
        QTRY_VERIFY(session->map(kCategories)->positions[5] != before);
        session->finishEarly({"fit-embedding", kCategories});
        QTRY_VERIFY_WITH_TIMEOUT(!session->running({"fit-embedding", kCategories}), 30000);
    }

    void selectionGoesBothWays() {
        const auto session = m_study.open();
        MapPanel panel(*session);
        showPanel(panel, {700, 600});
        QTRY_COMPARE(panel.plot()->pointCount(), 60);
        QTRY_VERIFY(!panel.plot()->gliding());
        QTest::mouseClick(panel.plot(), Qt::LeftButton, {}, panel.plot()->placeOf(12).toPoint());
        QCOMPARE(session->selection().stimuli().size(), 1);
        const int clicked = session->selection().stimuli().front();
        QVERIFY(QLineF(panel.plot()->placeOf(clicked), panel.plot()->placeOf(12)).length() < 2);
        session->selection().setStimuli({3, 40});
        QCOMPARE(panel.plot()->selection(), (QVector<int>{3, 40}));
        QTest::mouseMove(panel.plot(), panel.plot()->placeOf(20).toPoint());
        QTRY_VERIFY(session->selection().hoveredStimulus() >= 0);
    }

    void coloursByCategoryRatingAndComponent() {
        const auto session = m_study.open();
        MapPanel panel(*session);
        showPanel(panel, {700, 600});
        QTRY_COMPARE(panel.coloringBox()->currentText(), QString("Top category"));
        QVERIFY(panel.legend()->isVisible());
        const QImage byCategory = panel.plot()->grab().toImage();
        const int valence = panel.coloringBox()->findText("valence");
        QVERIFY(valence > 0);
        panel.coloringBox()->setCurrentIndex(valence);
        emit panel.coloringBox()->activated(valence);
        QTRY_VERIFY(!panel.legend()->isVisible());
        QCOMPARE(panel.coloring().by, MapColoring::By::Rating);
        QVERIFY(panel.plot()->grab().toImage() != byCategory);
        panel.setColoring({MapColoring::By::Component, session->embedding(kCategories)->trainingColumns[1]});
        QTRY_VERIFY2(panel.coloringBox()->currentText().startsWith("Component 2"),
                     qPrintable(panel.coloringBox()->currentText()));
    }

    void canFollowTheSelectedComponent() {
        const auto session = m_study.open();
        MapPanel panel(*session);
        showPanel(panel, {700, 600});
        QTRY_VERIFY(!panel.isEmpty());
        const auto columns = session->embedding(kCategories)->trainingColumns;
        session->selection().setComponent(columns[2]);
        QCOMPARE(panel.coloring(), MapColoring());
        panel.followBox()->setChecked(true);
        QCOMPARE(panel.coloring(), (MapColoring{MapColoring::By::Component, columns[2]}));
        session->selection().setComponent(columns[4]);
        QCOMPARE(panel.coloring(), (MapColoring{MapColoring::By::Component, columns[4]}));
        panel.setColoring({MapColoring::By::Rating, 1});
        QVERIFY(!panel.followBox()->isChecked());
        QCOMPARE(panel.coloring().by, MapColoring::By::Rating);
        panel.followBox()->setChecked(true);
        panel.followBox()->setChecked(false);
        QCOMPARE(panel.coloring(), MapColoring());
    }

    void withoutCategoriesAComponentColours() {
        const PanelStudy study(false);
        QFile file(study.folder() + "/e.csv");
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (int i = 0; i < 40; ++i)
            file.write(QStringLiteral("%1,%2,%3\n").arg(1 + i % 2).arg(3 + i % 5).arg(0.5 * (i % 3)).toUtf8());
        file.close();
        importInto(*study.study(), {.kind = "embedding", .files = {file.fileName().toStdString()}, .system = "own"});
        setParameters(*study.study(), {"map", "own"}, {{"iterations", "60"}, {"perplexity", "8"}});
        study.run("map", "own");
        const auto session = study.open();
        MapPanel panel(*session);
        showPanel(panel, {700, 600});
        QTRY_VERIFY(!panel.isEmpty());
        const auto columns = session->embedding("own")->trainingColumns;
        QCOMPARE(panel.coloring(), (MapColoring{MapColoring::By::Component, columns[0]}));
        QCOMPARE(panel.coloringBox()->currentText(), QString("Component 1"));
        panel.followBox()->setChecked(true);
        session->selection().setComponent(columns[2]);
        QTRY_COMPARE(panel.coloringBox()->currentText(), QString("Component 3"));
        panel.followBox()->setChecked(false);
        QTRY_COMPARE(panel.coloring().by, MapColoring::By::Component);
    }

    void legendFilters() {
        const auto session = m_study.open();
        MapPanel panel(*session);
        showPanel(panel, {1000, 600});
        QTRY_VERIFY(panel.legend()->isVisible());
        const auto clickEntry = [&](int entry, Qt::KeyboardModifiers modifiers) {
            QTest::mouseClick(panel.legend(), Qt::LeftButton, modifiers,
                              panel.legend()->areaOf(entry).center().toPoint());
        };
        const auto reachable = [&] {
            int count = 0;
            for (int row = 0; row < 60; ++row)
                count += panel.plot()->rowAt(panel.plot()->placeOf(row), 0.5) == row ? 1 : 0;
            return count;
        };
        QTRY_VERIFY(!panel.plot()->gliding());
        const int all = reachable();
        clickEntry(0, Qt::NoModifier);
        QVERIFY(!panel.legend()->entryShown(0));
        const int without = reachable();
        QVERIFY(without < all);
        QVERIFY(panel.figure()->picture.recipe.contains("hidden"));
        clickEntry(0, Qt::AltModifier);
        QVERIFY(panel.legend()->entryShown(0));
        QVERIFY(!panel.legend()->entryShown(1));
        QCOMPARE(reachable(), all - without);
        clickEntry(0, Qt::AltModifier);
        QVERIFY(panel.legend()->entryShown(1));
        QCOMPARE(reachable(), all);
    }

    void smallPanelsLeaveTheKeyOut() {
        const auto session = m_study.open();
        MapPanel panel(*session);
        showPanel(panel, {360, 280});
        QTRY_VERIFY(!panel.isEmpty());
        QVERIFY(!panel.legend()->isVisible());
        QVERIFY(panel.plot()->height() > 180);
        panel.resize(1400, 900);
        QTRY_VERIFY(panel.legend()->isVisible());
        QTRY_VERIFY(panel.legend()->mapTo(&panel, QPoint()).x() > panel.plot()->width() - 4);
    }

private:
    PanelStudy m_study;
};

QTEST_MAIN(MapPanelTest)
#include "map_panel.moc"
