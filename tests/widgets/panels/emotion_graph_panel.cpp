#include "empty_panel.h"

#include "widgets/figures/figure_options.h"
#include "widgets/figures/graph_values.h"
#include "widgets/panels/component_flow_panel.h"
#include "widgets/panels/emotion_graph_panel.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/chord_plot.h"
#include "widgets/plots/flow_plot.h"
#include "widgets/plots/overlap_plot.h"

#include <QComboBox>
#include <QFile>
#include <QJsonDocument>
#include <QLabel>
#include <QSignalSpy>
#include <QSlider>
#include <QTabWidget>
#include <QTableWidget>
#include <QToolButton>

using namespace tercet;

class EmotionGraphPanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        for (const char* system : {kCategories, kDimensions})
            setParameters(*m_study.study(), {"emotion-graph", system}, {{"threshold", "0.1"}});
        m_study.runBoth("emotion-graph");
        m_study.run("match-components", "");
        m_study.run("cluster-overlap", "");
    }

    void saysWhatIsMissing() {
        checkOfferOfEmpty<EmotionGraphPanel>("Make emotion graph");
        checkOfferOfEmpty<ComponentFlowPanel>("Compare systems");
    }

    void communitiesFollowTheThreshold() {
        const auto session = m_study.open();
        EmotionGraphPanel panel(*session);
        showPanel(panel, {900, 600});
        QTRY_VERIFY(!panel.isEmpty());
        QCOMPARE(panel.thresholdSlider()->value(), 10);
        const EmotionGraph before = panel.graph();
        QVERIFY(!before.edges.empty());
        panel.thresholdSlider()->setValue(25);
        const EmotionGraph expected = emotionGraph(before.correlation, {.threshold = 0.25});
        QVERIFY(panel.graph().edges == expected.edges);
        QVERIFY(panel.graph().community == expected.community);
        QVERIFY(panel.header()->note().contains(QString("%1 edges").arg(expected.edges.size())));
        panel.ruleBox()->setCurrentIndex(1);
        QVERIFY(panel.graph().edges ==
                emotionGraph(before.correlation, {.rule = EdgeRule::Absolute, .threshold = 0.25}).edges);
        // Nothing is joined any more: every component is listed as isolated.
        panel.thresholdSlider()->setValue(90);
        QCOMPARE(panel.graph().isolated.size(), panel.graph().size());
        QCOMPARE(panel.clusterTable()->rowCount(), 0);
        panel.ruleBox()->setCurrentIndex(0);
        panel.thresholdSlider()->setValue(10);
        QVERIFY(panel.graph().community == before.community);
    }

    void aClickSelectsComponentsAndStimuli() {
        const auto session = m_study.open();
        session->selection().setSystem(kCategories);
        EmotionGraphPanel panel(*session);
        showPanel(panel, {900, 600});
        QTRY_VERIFY(!panel.isEmpty());
        const auto columns = session->embedding(kCategories)->trainingColumns;
        QTest::mouseClick(panel.plot(), Qt::LeftButton, {}, panel.plot()->centerOf(2).toPoint());
        QCOMPARE(session->selection().component(), columns[2]);
        QTest::mouseMove(panel.chords(), panel.chords()->centerOf(3).toPoint());
        QTRY_COMPARE(session->selection().hoveredComponent(), columns[3]);
        QVERIFY(panel.clusterTable()->rowCount() > 0);
        emit panel.plot()->clusterClicked(0);
        const auto members = panel.graph().members(0);
        QVERIFY(session->selection().stimuli().size() >= 6);
        QVERIFY(session->selection().stimuli().size() <= static_cast<qsizetype>(6 * members.size()));
        // The strongest stimulus of each member is among them.
        const auto& weights = session->embedding(kCategories)->weights;
        for (const std::size_t c : members) {
            std::size_t top = 0;
            for (std::size_t i = 1; i < weights.rows(); ++i)
                top = weights(i, c) > weights(top, c) ? i : top;
            QVERIFY(session->selection().stimuli().contains(static_cast<int>(top)));
        }
    }

    void clustersAreNamedWithUndoAndForGood() {
        {
            const auto session = m_study.open();
            session->selection().setSystem(kCategories);
            EmotionGraphPanel panel(*session);
            showPanel(panel, {900, 600});
            QTRY_VERIFY(!panel.isEmpty());
            QTableWidget* table = panel.clusterTable();
            const QString before = table->item(0, 0)->text();
            QVERIFY(!before.isEmpty());
            table->item(0, 0)->setText("Bright things");
            table->item(0, 1)->setText("What one runs to");
            QTRY_COMPARE(panel.plot()->graph().clusters[0].name, QString("Bright things"));
            QTRY_COMPARE(panel.plot()->graph().clusters[0].description, QString("What one runs to"));
            session->undoStack().undo();
            session->undoStack().undo();
            QTRY_COMPARE(panel.plot()->graph().clusters[0].name, before);
            session->undoStack().redo();
            session->undoStack().redo();
            QTRY_COMPARE(panel.plot()->graph().clusters[0].name, QString("Bright things"));
            panel.exportGraphTo(m_study.folder() + "/g.graphml");
            QVERIFY(waitIdle(*session));
            QFile file(m_study.folder() + "/g.graphml");
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY(file.readAll().contains("Bright things"));
        }
        const auto session = m_study.open();
        QCOMPARE(session->clusters(kCategories).size(), std::size_t{1});
        QCOMPARE(session->clusters(kCategories)[0].name, std::string("Bright things"));
    }

    void drawsFigures() {
        const auto session = m_study.open();
        EmotionGraphPanel panel(*session);
        showPanel(panel, {900, 600});
        QVERIFY(QTest::qWaitFor([&] { return !panel.isEmpty(); }));
        const auto figure = panel.figure();
        QVERIFY(figure);
        QCOMPARE(figure->name, QString("emotion-graph"));
        QVERIFY(figure->picture.recipe.contains("emotion-graph"));
    }

    void systemsAreCompared() {
        const auto session = m_study.open();
        ComponentFlowPanel panel(*session);
        showPanel(panel, {900, 700});
        QTRY_VERIFY(!panel.isEmpty());
        QTRY_COMPARE(panel.flow()->flow().columns.size(), std::size_t{2});
        const auto columns = session->embedding(kDimensions)->trainingColumns;
        session->selection().setSystem(kCategories);
        emit panel.flow()->itemHovered(1, 2);
        QCOMPARE(session->selection().hoveredSystem(), QString(kDimensions));
        QCOMPARE(session->selection().hoveredComponent(kDimensions), columns[2]);
        emit panel.flow()->itemHovered(0, 1);
        QCOMPARE(session->selection().hoveredSystem(), QString(kCategories));
        emit panel.flow()->itemHovered(-1, -1);
        QCOMPARE(session->selection().hoveredSystem(), QString());
        QTest::mouseClick(panel.flow(), Qt::LeftButton, {}, panel.flow()->centerOf({1, 2}).toPoint());
        QCOMPARE(session->selection().system(), QString(kDimensions));
        QCOMPARE(session->selection().component(), columns[2]);
        QCOMPARE(panel.figure()->name, QString("component-flow"));
        panel.pages()->setCurrentIndex(1);
        QTRY_VERIFY(!panel.overlap()->sets().empty());
        QVERIFY(panel.details()->text().contains("PageRank"));
        const unsigned set = panel.overlap()->sets().front();
        QTest::mouseClick(panel.overlap(), Qt::LeftButton, {}, panel.overlap()->barOf(set).center().toPoint());
        for (const QString& name : panel.overlap()->clustersOf(set))
            QVERIFY(panel.details()->text().contains(name));
        QCOMPARE(panel.figure()->name, QString("cluster-overlap"));
        panel.showStep("match-components");
        QCOMPARE(panel.figure()->name, QString("component-flow"));
        panel.showStep("cluster-overlap");
        QCOMPARE(panel.pages()->currentIndex(), 1);
    }

    void thresholdIsDrawnReopenedAndKept() {
        const auto session = m_study.open();
        session->selection().setSystem(kCategories);
        EmotionGraphPanel panel(*session);
        showPanel(panel, {900, 600});
        QTRY_VERIFY(!panel.isEmpty());
        QVERIFY(!panel.keepButton()->isEnabled());
        const auto stored = panel.graph().edges;
        panel.ruleBox()->setCurrentIndex(1);
        panel.thresholdSlider()->setValue(33);
        panel.partitionBox()->setCurrentIndex(1);
        const auto shown = panel.graph().edges;
        QVERIFY(shown != stored);
        QVERIFY(panel.figure()->caption.contains("|r| > 0.33"));
        QVERIFY(panel.figure()->caption.contains("consensus"));

        // What the picture's recipe says brings another panel to the same graph.
        const QJsonObject recipe = QJsonDocument::fromJson(panel.figure()->picture.recipe.toUtf8()).object();
        const FigureOptions options = figureOptionsFrom(recipe["options"].toObject(), *figureDataOf(*session));
        EmotionGraphPanel other(*session);
        showPanel(other, {900, 600});
        QTRY_VERIFY(!other.isEmpty());
        QVERIFY(other.graph().edges == stored);
        other.showFigure("emotion-graph", options);
        QTRY_VERIFY(other.graph().edges == shown);
        QCOMPARE(other.thresholdSlider()->value(), 33);
        QCOMPARE(other.partitionBox()->currentIndex(), 1);

        const Task task{"emotion-graph", kCategories};
        QVERIFY(panel.keepButton()->isEnabled());
        panel.keepButton()->click();
        QVERIFY(waitIdle(*session));
        QTRY_COMPARE(session->state(task).kind, StepState::Kind::Done);
        QTRY_VERIFY(!panel.keepButton()->isEnabled());
        QCOMPARE(session->state(task).record->parameters.at("threshold"), std::string("0.33"));
        QVERIFY(emotionGraphIn(*session->arrays(task)).edges == shown);
        session->undoStack().undo();
        QTRY_COMPARE(parametersOf(session->study(), task).real("threshold"), 0.1);
    }

private:
    PanelStudy m_study;
};

QTEST_MAIN(EmotionGraphPanelTest)
#include "emotion_graph_panel.moc"
