#include "widgets/panels/pipeline_panel.h"

#include "small_study.h"
#include "widgets/panels/number_box.h"
#include "widgets/panels/parameter_form.h"
#include "widgets/panels/pipeline_view.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

using namespace tercet;

namespace {

const Task kSample{"sample-triplets", ""};
const Task kFit{"fit-embedding", "human-categories"};
const Task kHeldOut{"held-out", "human-categories"};

/// The grid as text: a line per step with the word of each box.
QString asText(const PipelineModel& model) {
    QString text;
    for (int row = 0; row < model.rowCount(); ++row) {
        text += model.headerData(row, Qt::Vertical, Qt::DisplayRole).toString() + ':';
        for (int column = 0; column < model.columnCount(); ++column)
            text += ' ' + PipelineModel::word(static_cast<PipelineModel::Box>(
                              model.index(row, column).data(PipelineModel::BoxRole).toInt()));
        text = text.trimmed() + '\n';
    }
    return text;
}

} // namespace

class PipelinePanelTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<StudySession> m_session;

private slots:
    void initTestCase() {
        m_session = std::make_unique<StudySession>(makeSmallStudy(m_folder.path()));
        QTRY_VERIFY(!m_session->tasks().empty());
    }
    void cleanupTestCase() { m_session.reset(); }

    void boxesFollowTheStates() {
        PipelineModel model(*m_session);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.columnCount(), 2);
        QVERIFY2(asText(model).startsWith("Sample triplets: to do\n"), qPrintable(asText(model)));
        QVERIFY(asText(model).contains("Fit embedding: to do to do\n"));
        // What a box is made from are the boxes before it.
        const auto sources = model.sourcesOf(model.indexOf(kFit));
        QCOMPARE(sources.size(), std::size_t{1});
        QCOMPARE(*model.taskAt(sources.front()), (Task{"simulate-judgments", "human-categories"}));
        QVERIFY(model.sourcesOf(model.indexOf(kSample)).empty());

        m_session->run(kSample);
        QCOMPARE(model.boxOf(kSample), PipelineModel::Box::Queued);
        QVERIFY(waitIdle(*m_session));
        QTRY_COMPARE(model.boxOf(kSample), PipelineModel::Box::Done);
        QVERIFY(model.describe(kSample).contains("triplets"));
        m_session->setTaskParameters(kSample, {{"per-pair", "2"}});
        QTRY_COMPARE(model.boxOf(kSample), PipelineModel::Box::Stale);
        QVERIFY(model.describe(kSample).contains("parameters were changed"));
        m_session->undoStack().undo();
        QTRY_COMPARE(model.boxOf(kSample), PipelineModel::Box::Done);
    }

    void keysMoveBetweenBoxesAndOpenThem() {
        PipelinePanel panel(*m_session);
        panel.resize(420, 700);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        PipelineView* view = panel.view();
        view->setFocus();
        view->setCurrentIndex(panel.model()->indexOf(kFit));
        QTest::keyClick(view, Qt::Key_Right);
        QCOMPARE(*panel.model()->taskAt(view->currentIndex()), (Task{"fit-embedding", "human-dimensions"}));
        for (const char* above : {"noise-ceiling", "simulate-validation", "simulate-judgments"}) {
            QTest::keyClick(view, Qt::Key_Up);
            QCOMPARE(*panel.model()->taskAt(view->currentIndex()), (Task{above, "human-dimensions"}));
        }
        QTest::keyClick(view, Qt::Key_Up);
        QVERIFY(panel.model()->taskAt(view->currentIndex())->system.empty()); // a step of the whole study
        QTest::keyClick(view, Qt::Key_Down);
        QVERIFY(!panel.model()->taskAt(view->currentIndex())->system.empty());
        view->setCurrentIndex(panel.model()->indexOf(kFit));
        QVERIFY(!panel.formShown());
        QTest::keyClick(view, Qt::Key_Return);
        QVERIFY(panel.formShown()); // nothing to see yet: its parameters
        QCOMPARE(m_session->selection().system(), QString("human-categories"));

        const QSignalSpy requested(&panel, &PipelinePanel::panelRequested);
        view->setCurrentIndex(panel.model()->indexOf(kSample));
        QTest::keyClick(view, Qt::Key_Return);
        QCOMPARE(requested.count(), 1); // done: there is something to see
        QCOMPARE(requested.front().front().toString(), QString("sample-triplets"));
    }

    void clickOnABoxExplainsIt() {
        PipelinePanel panel(*m_session);
        panel.resize(420, 700);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        const QRect cell = panel.view()->visualRect(panel.model()->indexOf(kHeldOut));
        QTest::mouseClick(panel.view()->viewport(), Qt::LeftButton, Qt::NoModifier,
                          PipelineDelegate::boxIn(cell).center());
        QCOMPARE(*panel.model()->taskAt(panel.view()->currentIndex()), kHeldOut);
        QCOMPARE(panel.form()->task(), std::optional(kHeldOut));
    }

    void everyStepMakesAForm() {
        ParameterForm form(*m_session);
        for (const Task& task : m_session->tasks()) {
            form.setTask(task);
            for (const Parameter& parameter : stepNamed(task.step).parameters) {
                QWidget* field = form.field(parameter.name);
                QVERIFY2(field, parameter.name.c_str());
                QVERIFY(!field->toolTip().isEmpty());
                QVERIFY(!field->accessibleName().isEmpty());
            }
            QVERIFY(form.message().isEmpty());
            QVERIFY(!form.applyButton()->isEnabled());
        }
    }

    void formShowsDefaultsRefusesNonsenseAndUndoes() {
        ParameterForm form(*m_session);
        form.setTask(kFit);
        form.show();
        auto* lambda = qobject_cast<NumberBox*>(form.field("lambda"));
        QVERIFY(lambda);
        QCOMPARE(lambda->text(), std::string("0.004")); // the default of categories
        lambda->setText("0.9x");
        QVERIFY(form.message().contains("0.9x"));
        QVERIFY(!form.applyButton()->isEnabled());
        QVERIFY(!form.apply());
        lambda->setText("0.02");
        QVERIFY(form.message().isEmpty());
        QTest::mouseClick(form.applyButton(), Qt::LeftButton);
        QCOMPARE(m_session->task(kFit).parameters.real("lambda"), 0.02);
        QVERIFY(!form.applyButton()->isEnabled());
        m_session->undoStack().undo();
        QCOMPARE(lambda->text(), std::string("0.004"));
        lambda->stepBy(1);
        QCOMPARE(lambda->text(), std::string("0.0041"));
        form.useDefaults();
        QCOMPARE(lambda->text(), std::string("0.004"));
        auto* components = qobject_cast<NumberBox*>(form.field("components"));
        QCOMPARE(components->text(), std::string("30"));
        components->stepBy(-1);
        QCOMPARE(components->text(), std::string("29"));
    }
};

QTEST_MAIN(PipelinePanelTest)
#include "pipeline_panel.moc"
