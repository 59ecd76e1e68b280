#include "empty_panel.h"

#include "widgets/panels/empty_page.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/rose_panel.h"
#include "widgets/plots/rose_plot.h"

#include <QSignalSpy>

using namespace tercet;

class RosePanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_study.runBoth("fit-embedding"); }

    void saysWhatIsMissing() { checkOfferOfEmpty<RosePanel>("Fit Human categories"); }

    void showsTheSelectedStimuliInEverySystem() {
        const auto session = m_study.open();
        RosePanel panel(*session);
        showPanel(panel);
        QVERIFY(panel.isEmpty());
        QVERIFY(!panel.emptyPage()->button()->isVisible());
        session->selection().setStimuli({4, 2});
        QTRY_VERIFY(!panel.isEmpty());
        QCOMPARE(panel.shownStimuli(), (QVector<int>{2, 4}));
        const RosePlot::Petal petal = panel.plot()->petalAt(panel.plot()->centerOf(1, 1) + QPointF(6, -1));
        QCOMPARE(petal.stimulus, 1);
        QCOMPARE(petal.system, 1);
        QVector<int> many;
        for (int row = 0; row < 20; ++row)
            many << row;
        session->selection().setStimuli(many);
        QTRY_COMPARE(panel.shownStimuli().size(), RosePanel::kMostStimuli);
        QVERIFY(panel.header()->note().contains("20"));
    }

    void followsThePointerWhileNothingIsSelected() {
        const auto session = m_study.open();
        RosePanel panel(*session);
        showPanel(panel);
        session->selection().setHoveredStimulus(7);
        QTRY_COMPARE(panel.shownStimuli(), QVector<int>{7});
        // The last one stays, so that its petals can be pointed at.
        session->selection().setHoveredStimulus(-1);
        QCoreApplication::processEvents();
        QCOMPARE(panel.shownStimuli(), QVector<int>{7});
        session->selection().setStimuli({3});
        QTRY_COMPARE(panel.shownStimuli(), QVector<int>{3});
        session->selection().setHoveredStimulus(9);
        QCoreApplication::processEvents();
        QCOMPARE(panel.shownStimuli(), QVector<int>{3});
    }

    void petalsAndComponentsOfTheSelectionAreOne() {
        const auto session = m_study.open();
        RosePanel panel(*session);
        showPanel(panel, {900, 500});
        session->selection().setStimuli({1});
        QTRY_VERIFY(!panel.isEmpty());
        const auto columns = session->embedding(kCategories)->trainingColumns;
        RosePlot* plot = panel.plot();
        QVERIFY(session->selection().system().isEmpty() || session->selection().system() == kCategories);
        QSignalSpy hovered(&session->selection(), &Selection::hoveredComponentChanged);
        const QPoint inFront = (plot->centerOf(0, 0) + QPointF(0.3 * plot->fullLength(), -2)).toPoint();
        QTest::mouseMove(plot, inFront);
        QTRY_COMPARE(session->selection().hoveredComponent(), columns[0]);
        // A component of another system is none of the system in front.
        QTest::mouseMove(plot, (plot->centerOf(0, 1) + QPointF(0.3 * plot->fullLength(), -2)).toPoint());
        QTRY_COMPARE(session->selection().hoveredComponent(), -1);
        QTest::mouseClick(plot, Qt::LeftButton, {},
                          (plot->centerOf(0, 1) + QPointF(0.3 * plot->fullLength(), -2)).toPoint());
        QCOMPARE(session->selection().system(), QString(kDimensions));
        QCOMPARE(session->selection().component(), session->embedding(kDimensions)->trainingColumns[0]);
    }

    void drawsAFigure() {
        const auto session = m_study.open();
        RosePanel panel(*session);
        showPanel(panel);
        QVERIFY(!panel.figure());
        session->selection().setStimuli({1, 2});
        QTRY_VERIFY(!panel.isEmpty());
        const auto figure = panel.figure();
        QVERIFY(figure);
        QVERIFY(figure->picture.recipe.contains("clip 2"));
    }

private:
    PanelStudy m_study;
};

QTEST_MAIN(RosePanelTest)
#include "rose_panel.moc"
