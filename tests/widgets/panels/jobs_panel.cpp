#include "widgets/panels/jobs_panel.h"

#include "core/base/error.h"
#include "small_study.h"
#include "widgets/panels/job_table.h"

#include <QAbstractItemModelTester>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace tercet;

class JobsPanelTest : public QObject {
    Q_OBJECT
private slots:
    void rowsFollowTheJobs() {
        JobRunner runner;
        JobTableModel model(runner);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        runner.start(JobRunner::Lane::Files, "first", [](JobControl&, const Progress&) {});
        runner.start(JobRunner::Lane::Files, "second",
                     [](JobControl&, const Progress&) { throw DataError({.where = "row 2", .what = "it is empty"}); });
        QTRY_VERIFY(!runner.busy());
        QString text;
        for (int row = 0; row < model.rowCount(); ++row)
            text += model.index(row, 0).data().toString() + ": " + model.index(row, 1).data().toString() + '\n';
        QCOMPARE(text, QString("second: failed\nfirst: done\n"));
        QCOMPARE(model.index(0, 1).data(Qt::ToolTipRole).toString().toStdString(),
                 DataError({.where = "row 2", .what = "it is empty"}).what());
        runner.forgetEnded();
        QCOMPARE(model.rowCount(), 0);
    }

    void buttonsPauseAndStopTheJobInFront() {
        QTemporaryDir folder;
        StudySession session(makeSmallStudy(folder.path(), 20));
        JobsPanel panel(session);
        panel.resize(600, 240);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        QVERIFY(panel.isEmpty());
        const int id =
            session.jobs().start(JobRunner::Lane::Compute, "long", [](JobControl& control, const Progress& progress) {
                progress.set(0.25);
                while (true)
                    control.check();
            });
        QTRY_VERIFY(!panel.isEmpty());
        QTRY_COMPARE(panel.model()->index(0, JobTableModel::State).data().toString(), QString("25 %"));
        const auto press = [&](const char* words) {
            for (auto* button : panel.findChildren<QToolButton*>())
                if (button->toolTip().startsWith(words) && button->isEnabled()) {
                    QTest::mouseClick(button, Qt::LeftButton);
                    return true;
                }
            return false;
        };
        // QTRY_VERIFY asks again after it was answered.
        QStringList done;
        const auto pressed = [&](const char* words) {
            if (!done.contains(words) && press(words))
                done << words;
            return done.contains(words);
        };
        QTRY_VERIFY(pressed("Pause"));
        QVERIFY(session.jobs().job(id)->control->paused());
        QTRY_COMPARE(panel.model()->index(0, JobTableModel::State).data().toString(), QString("paused at 25 %"));
        QTRY_VERIFY(pressed("Stop"));
        QTRY_COMPARE(session.jobs().job(id)->state, Job::State::Stopped);
        QTRY_VERIFY(pressed("Take ended"));
        QTRY_VERIFY(panel.isEmpty());
    }
};

QTEST_MAIN(JobsPanelTest)
#include "jobs_panel.moc"
