#include "held_lane.h"
#include "scanned_study.h"

#include "widgets/panels/run_mapping_view.h"
#include "widgets/plots/run_timeline.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>

using namespace tercet;

namespace {

QString cell(const RunMappingModel& model, int row, int column) { return model.index(row, column).data().toString(); }

} // namespace

class RunMappingViewTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        addSubject(m_made, "anna", 1);
        const QString folder = m_made.folder() + "/anna";
        for (int r = 1; r <= 4; ++r)
            m_request.files.emplace_back(QStringLiteral("%1/run-%2_bold.nii").arg(folder).arg(r).toStdString());
        m_request.kind = "fmri";
        m_request.subject = "anna";
        m_perRun = static_cast<int>(m_made.study()->stimuli()->size()) / 4;
    }

    void showsWhatGoesWithEveryRun() {
        JobRunner runner;
        RunMappingView view(runner);
        const QAbstractItemModelTester tester(view.model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
        fill(view);
        QVERIFY2(view.fits(), qPrintable(view.sentence()));
        QVERIFY2(view.sentence().startsWith("All fits: 4 runs"), qPrintable(view.sentence()));
        const RunMappingModel& model = *view.model();
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(cell(model, 1, RunMappingModel::File), QString("run-2_bold.nii"));
        QCOMPARE(cell(model, 1, RunMappingModel::Volumes), QString::number(2 * m_perRun + 4));
        QCOMPARE(cell(model, 1, RunMappingModel::Events), QString("run-2_events.tsv"));
        QCOMPARE(cell(model, 1, RunMappingModel::Stimuli), QString::number(m_perRun));
        QCOMPARE(cell(model, 1, RunMappingModel::Motion), QString("–"));
        QCOMPARE(view.timeline()->spans().size(), static_cast<std::size_t>(m_perRun));
        QCOMPARE(view.timeline()->spans()[0].onset, 0.0);
        view.table()->setCurrentIndex(model.index(2, 0));
        QCOMPARE(view.timeline()->accessibleName(), QString("Run 3"));
        QCOMPARE(view.columnBox()->findText("stimulus"), 0);
    }

    void everyChangeIsChecked() {
        JobRunner runner;
        RunMappingView view(runner);
        fill(view);
        const auto says = [&](const char* part) {
            return !view.checking() && !view.fits() && view.sentence().contains(part);
        };
        view.timeBox()->setText("0.5");
        QVERIFY(view.checking());
        QTRY_VERIFY2(says("shorter than its events"), qPrintable(view.sentence()));
        QVERIFY(std::ranges::count(view.timeline()->spans(), TimelineSpan::Kind::Misfit, &TimelineSpan::kind) > 0);
        QVERIFY(!view.model()->run(0).problem.empty());
        view.timeBox()->clear();
        QTRY_VERIFY(view.fits());
        view.keepBox()->setText("stimulus");
        QTRY_VERIFY2(says("“Events that count”"), qPrintable(view.sentence()));
        view.keepBox()->clear();
        view.columnBox()->setCurrentText("colour");
        QTRY_VERIFY2(says("colour"), qPrintable(view.sentence()));
        QCOMPARE(view.request().stimulusColumn, std::string("colour"));
        view.columnBox()->setCurrentText("");
        view.maskBox()->setText(m_made.folder() + "/none.nii");
        QTRY_VERIFY2(says("none.nii"), qPrintable(view.sentence()));
        QCOMPARE(view.model()->index(0, RunMappingModel::Problem).data().toString(), QString("–")); // it does not fit
        view.maskBox()->clear();
        view.labelsBox()->setText(m_made.folder() + "/none.txt");
        QTRY_VERIFY2(says("none.txt"), qPrintable(view.sentence()));
        view.labelsBox()->clear();
        QTRY_VERIFY(view.fits());
        view.setSubject("");
        QTRY_VERIFY2(says("whose it is"), qPrintable(view.sentence()));
    }

    void secondsHaveAPointEverywhere() {
        QLocale::setDefault(QLocale(QLocale::German));
        JobRunner runner;
        RunMappingView view(runner);
        QLocale::setDefault(QLocale::c());
        fill(view);
        for (const char* typed : {"0,8", "0.8"}) {
            view.timeBox()->clear();
            QTest::keyClicks(view.timeBox(), typed);
            QCOMPARE(view.timeBox()->text(), QString("0.8"));
            QCOMPARE(view.request().repetitionTime, 0.8);
        }
    }

    void aCheckOfWhatWasChangedSinceIsStopped() {
        JobRunner runner;
        HeldLane held(runner);
        {
            RunMappingView view(runner);
            view.setRequest(m_request);
            for (int i = 0; i < 3; ++i)
                view.takeAllRuns();
            QTRY_COMPARE(held.waiting(), 1);
            view.keepBox()->setText("a=b");
            QTRY_COMPARE(held.waiting(), 0); // until nothing more is typed
            QTRY_COMPARE(held.waiting(), 1);
        }
        QTRY_COMPARE(held.waiting(), 0);
    }

    void filesAreReplacedByDropping() {
        JobRunner runner;
        RunMappingView view(runner);
        fill(view);
        const QString events = m_made.folder() + "/other_events.tsv";
        QFile file(events);
        QVERIFY(file.open(QIODevice::WriteOnly));
        const std::string known = m_made.study()->stimuli()->front().id;
        file.write(("onset\tduration\tstimulus\n0\t4\t" + known + "\n4\t4\tnobody\n8\t4\t" + known + "\n").c_str());
        file.close();
        view.table()->selectRow(1);
        view.takeFiles({events});
        QTRY_COMPARE(cell(*view.model(), 1, RunMappingModel::Others), QString("1"));
        QCOMPARE(cell(*view.model(), 1, RunMappingModel::Stimuli), QString("2"));
        QCOMPARE(cell(*view.model(), 0, RunMappingModel::Events), QString("run-1_events.tsv")); // as it was
        QCOMPARE(view.model()->index(1, RunMappingModel::Others).data(Qt::ToolTipRole).toString(), QString("nobody"));
        QVERIFY(view.fits());
        QCOMPARE(view.request().events.size(), std::size_t{4});

        view.takeFiles({QString::fromStdString(m_request.files.front().string())});
        QTRY_VERIFY(std::ranges::any_of(view.findChildren<QLabel*>(), [](const QLabel* label) {
            return label->text().contains("neither events, motion parameters, a mask nor labels");
        }));
        QCOMPARE(view.request().events.size(), std::size_t{4});
    }

    void runsAreLeftOutAndTakenInAgain() {
        JobRunner runner;
        RunMappingView view(runner);
        fill(view);
        view.table()->selectRow(1);
        QTest::mouseClick(view.leaveOutButton(), Qt::LeftButton);
        QTRY_COMPARE(view.model()->rowCount(), 3);
        QCOMPARE(cell(*view.model(), 1, RunMappingModel::File), QString("run-3_bold.nii"));
        QCOMPARE(view.request().files.size(), std::size_t{3});
        QTRY_VERIFY(view.fits());
        view.takeAllRuns();
        QTRY_COMPARE(view.model()->rowCount(), 4);
        QCOMPARE(view.request().files, m_request.files);

        // Twice before the table has followed, and by key.
        view.table()->selectRow(1);
        view.leaveOutSelected();
        view.leaveOutSelected();
        QTRY_COMPARE(view.model()->rowCount(), 3);
        QTRY_VERIFY(!view.checking());
        QCOMPARE(view.request().files, (std::vector{m_request.files[0], m_request.files[2], m_request.files[3]}));
        view.table()->setFocus();
        view.table()->selectRow(0);
        QTest::keyClick(view.table(), Qt::Key_Delete);
        QTRY_COMPARE(view.model()->rowCount(), 2);
        QCOMPARE(view.request().files, (std::vector{m_request.files[2], m_request.files[3]}));
    }

    void filesStayWithTheirRunsWhenSomeAreLeftOut_data() {
        QTest::addColumn<bool>("paired");
        QTest::newRow("found beside the runs") << false;
        QTest::newRow("given with the runs") << true;
    }
    void filesStayWithTheirRunsWhenSomeAreLeftOut() {
        QFETCH(bool, paired);
        ImportRequest request = m_request;
        const auto eventsOf = [&](int run) {
            return std::filesystem::path(
                QStringLiteral("%1/anna/run-%2_events.tsv").arg(m_made.folder()).arg(run).toStdString());
        };
        std::vector<std::filesystem::path> events;
        for (const int run : {2, 1, 4, 3})
            events.push_back(eventsOf(run));
        if (paired)
            request.events = events;
        else
            events = {eventsOf(1), eventsOf(2), eventsOf(3), eventsOf(4)};
        JobRunner runner;
        RunMappingView view(runner);
        fill(view, request);
        view.table()->selectRow(1);
        view.leaveOutSelected();
        QTRY_VERIFY(!view.checking());
        const QString other = m_made.folder() + "/last_events.tsv";
        QVERIFY(QFile::exists(other) || QFile::copy(QString::fromStdString(eventsOf(1).string()), other));
        view.table()->selectRow(2); // the fourth
        view.takeFiles({other});
        QTRY_COMPARE(cell(*view.model(), 2, RunMappingModel::Events), QString("last_events.tsv"));
        view.keepBox()->setText("trial");
        view.keepBox()->clear();
        view.takeAllRuns();
        QTRY_COMPARE(view.model()->rowCount(), 4);
        QTRY_VERIFY2(view.fits(), qPrintable(view.sentence()));
        events[3] = other.toStdString();
        QCOMPARE(view.request().events, events);
    }

    void saysWhichFilesWereNotTaken() {
        JobRunner runner;
        RunMappingView view(runner);
        fill(view);
        QStringList files;
        const QString tables = m_made.folder() + "/anna/run-%1_events.tsv";
        QVERIFY(QFile::copy(tables.arg(4), tables.arg(10))); // comes after run 2 and 3
        for (const int run : {3, 10, 2})
            files << tables.arg(run);
        const auto said = [&](const QString& part) {
            return std::ranges::any_of(view.findChildren<QLabel*>(),
                                       [&](const QLabel* label) { return label->text().contains(part); });
        };
        view.table()->selectRow(0);
        view.takeFiles(files);
        QTRY_COMPARE(cell(*view.model(), 0, RunMappingModel::Events), QString("run-2_events.tsv"));
        QVERIFY(view.fits());
        QVERIFY(said("All fits: 4 runs") && said("Not taken: 2 of 3 files, as 1 run is selected"));
        view.table()->selectAll();
        view.takeFiles(files);
        QTRY_COMPARE(cell(*view.model(), 1, RunMappingModel::Events), QString("run-3_events.tsv"));
        QTRY_VERIFY(!said("Not taken"));
    }

private:
    void fill(RunMappingView& view) { fill(view, m_request); }
    void fill(RunMappingView& view, const ImportRequest& request) {
        showPanel(view, {900, 600});
        view.setStimuli(m_made.study()->stimuli());
        view.setRequest(request);
        QTRY_VERIFY(!view.checking());
    }

    PanelStudy m_made;
    ImportRequest m_request;
    int m_perRun = 0;
};

QTEST_MAIN(RunMappingViewTest)
#include "run_mapping_view.moc"
