#include "panel_study.h"

#include "widgets/panels/empty_page.h"
#include "widgets/panels/fit_panel.h"
#include "widgets/plots/legend.h"
#include "widgets/plots/line_plot.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>

using namespace tercet;

class FitPanelTest : public QObject {
    Q_OBJECT

private slots:
    void saysWhatIsMissing() {
        const PanelStudy none(false);
        {
            const auto session = none.open();
            FitPanel panel(*session);
            showPanel(panel);
            QVERIFY(panel.isEmpty());
            QVERIFY(!panel.emptyPage()->button()->isVisible());
            QVERIFY(!panel.fitButton()->isEnabled());
            QVERIFY(!panel.fitAllButton()->isEnabled());
            QVERIFY(!panel.figure());
        }
        none.study()->setSystem({"imported", "Imported", SystemSource::Embedding});
        const auto session = none.open();
        FitPanel panel(*session);
        showPanel(panel);
        QVERIFY2(panel.emptyPage()->title().contains("Nothing to fit"), qPrintable(panel.emptyPage()->title()));
    }

    void fitsLiveAndStopsAndResumes() {
        const PanelStudy study;
        setParameters(*study.study(), {"fit-embedding", kCategories}, {{"epochs", "100000"}, {"stopping", "limit"}});
        const auto session = study.open();
        FitPanel panel(*session);
        showPanel(panel);
        QVERIFY(panel.isEmpty());
        QTest::mouseClick(panel.emptyPage()->button(), Qt::LeftButton);
        const Task task{"fit-embedding", kCategories};
        QTRY_VERIFY_WITH_TIMEOUT(session->fit(kCategories) && session->fit(kCategories)->records.size() > 3, 30000);
        QTRY_VERIFY(!panel.isEmpty());
        QTRY_VERIFY2(panel.status().contains("of 100000"), qPrintable(panel.status()));
        QVERIFY(!panel.fitButton()->isEnabled());
        QVERIFY(panel.stopButton()->isEnabled());
        // The newest value is at the right end of each plot.
        QTRY_VERIFY(panel.plot(FitPanel::Objective)->placeOf(2, 1).x() >
                    panel.plot(FitPanel::Objective)->placeOf(1, 1).x());

        QTest::mouseClick(panel.pauseButton(), Qt::LeftButton);
        QTRY_VERIFY(session->paused(task));
        QTRY_VERIFY2(panel.status().contains("paused"), qPrintable(panel.status()));
        QTRY_VERIFY(panel.fitButton()->isEnabled());
        QTest::mouseClick(panel.fitButton(), Qt::LeftButton);
        QTRY_VERIFY(!session->paused(task));

        QTest::mouseClick(panel.stopButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!session->running(task), 30000);
        QTRY_VERIFY(session->fit(kCategories) && !session->fit(kCategories)->live);
        QTRY_VERIFY2(panel.status().contains("stopped by hand"), qPrintable(panel.status()));
        const std::size_t epochs = session->fit(kCategories)->records.size();
        QTRY_VERIFY2(panel.fitButton()->toolTip().contains("Resume"), qPrintable(panel.fitButton()->toolTip()));
        QVERIFY(panel.figure());

        QTRY_VERIFY(panel.fitButton()->isEnabled());
        QTest::mouseClick(panel.fitButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(session->fit(kCategories)->live && session->fit(kCategories)->records.size() > epochs,
                                 30000);
        QTest::mouseClick(panel.stopButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!session->running(task), 30000);
    }

    void fitsAllSystemsOneAfterTheOther() {
        const PanelStudy study;
        const auto session = study.open();
        FitPanel panel(*session);
        showPanel(panel);
        QVERIFY(panel.fitAllButton()->isEnabled());
        QTest::mouseClick(panel.fitAllButton(), Qt::LeftButton);
        QVERIFY(session->queued({"fit-embedding", kDimensions}) || session->running({"fit-embedding", kDimensions}));
        QTRY_VERIFY_WITH_TIMEOUT(session->fit(kCategories) && session->fit(kDimensions) && !session->jobs().busy(),
                                 60000);
        // Both are overlaid, and the legend takes one away.
        QTRY_COMPARE(panel.shownSystems(), (QStringList{kCategories, kDimensions}));
        QTRY_VERIFY(panel.legend()->isVisible());
        QTest::mouseClick(panel.legend(), Qt::LeftButton, {}, panel.legend()->areaOf(1).center().toPoint());
        QTRY_COMPARE(panel.shownSystems(), QStringList{kCategories});
        QVERIFY(panel.figure()->picture.recipe.contains(kCategories));
        QVERIFY(!panel.figure()->picture.recipe.contains(kDimensions));
        QTRY_VERIFY2(panel.status().contains("epoch limit"), qPrintable(panel.status())); // from the stored fit
    }

    void plotsReadTogether() {
        const PanelStudy study;
        study.run("fit-embedding");
        const auto session = study.open();
        FitPanel panel(*session);
        showPanel(panel, {900, 600});
        QTRY_VERIFY(!panel.isEmpty());
        const QImage before = panel.plot(FitPanel::Sparsity)->grab().toImage();
        LinePlot* objective = panel.plot(FitPanel::Objective);
        QTest::mouseMove(objective, objective->placeOf(10, session->fit(kCategories)->records[9].objective).toPoint());
        QTRY_VERIFY(panel.plot(FitPanel::Sparsity)->grab().toImage() != before);
    }
};

QTEST_MAIN(FitPanelTest)
#include "fit_panel.moc"
