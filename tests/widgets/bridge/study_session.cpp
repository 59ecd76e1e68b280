#include "widgets/bridge/study_session.h"

#include "core/base/error.h"
#include "scanned_study.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace tercet;

namespace {

const QString kSystem = "human-categories";
const Task kFit{"fit-embedding", "human-categories"};
const Task kMap{"map", "human-categories"};
constexpr int kEpochs = 400; ///< of the fit that is looked at

} // namespace

class StudySessionTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_study;

private slots:
    void initTestCase() {
        qRegisterMetaType<Task>("tercet::Task");
        m_study = m_folder.path() + "/small.tercet";
        // A fit that takes longer than many looks at it.
        setParameters(*makeSmallStudy(m_folder.path()), kFit,
                      {{"epochs", std::to_string(kEpochs)}, {"stopping", "limit"}});
    }

    void fitIsLiveAndStaysWhenStored() {
        StudySession session(Study::open(m_study.toStdString()));
        QSignalSpy opened(&session, &StudySession::opened);
        QVERIFY(opened.wait());
        QCOMPARE(session.stimuli().size(), std::size_t{60});
        QCOMPARE(session.systems().size(), std::size_t{2});
        QCOMPARE(session.topCategories().size(), std::size_t{60});
        QVERIFY(session.state(kFit).kind == StepState::Kind::Missing);
        QVERIFY(!session.embedding(kSystem));
        QCOMPARE(session.tasksToRun(kFit), 3); // triplets, judgments, fit

        int liveEmbeddings = 0;
        int liveFits = 0;
        int liveMaps = 0;
        bool wasRunning = false;
        connect(&session, &StudySession::embeddingChanged,
                [&](const QString& system) { liveEmbeddings += session.embedding(system)->live ? 1 : 0; });
        connect(&session, &StudySession::fitChanged,
                [&](const QString& system) { liveFits += session.fit(system)->live ? 1 : 0; });
        connect(&session, &StudySession::mapChanged,
                [&](const QString& system) { liveMaps += session.map(system)->live ? 1 : 0; });
        connect(&session, &StudySession::statesChanged, [&] { wasRunning = wasRunning || session.running(kFit); });
        const QSignalSpy failed(&session, &StudySession::failed);
        const int id = session.run(kFit);
        QCOMPARE(session.run(kFit), id); // it is on its way already
        QVERIFY(session.queued(kFit));
        QVERIFY(waitIdle(session));
        QCOMPARE(failed.count(), 0);
        QCOMPARE(session.jobs().job(id)->state, Job::State::Done);
        QVERIFY(wasRunning);
        QVERIFY(liveFits > 0);
        QTRY_VERIFY(session.embedding(kSystem) && !session.embedding(kSystem)->live);
        QTRY_VERIFY(session.fit(kSystem) && !session.fit(kSystem)->live);
        QCOMPARE(session.fit(kSystem)->records.size(), std::size_t{kEpochs});
        QVERIFY(!session.fit(kSystem)->ended.isEmpty());
        QTRY_VERIFY(session.state(kFit).kind == StepState::Kind::Done);
        const auto embedding = session.embedding(kSystem);
        QCOMPARE(embedding->weights.rows(), std::size_t{60});
        QCOMPARE(embedding->labels.size(), embedding->weights.cols());

        // The layout goes on after the fit, comes to rest and stays.
        QTRY_VERIFY_WITH_TIMEOUT(session.map(kSystem) && !session.map(kSystem)->live, 60000);
        QVERIFY(liveMaps > 0);
        QCOMPARE(session.map(kSystem)->positions.size(), std::size_t{60});
        QVERIFY(session.map(kSystem)->divergence > 0);
    }

    void whatWasMadeIsThereAfterOpeningAgain() {
        StudySession session(Study::open(m_study.toStdString()));
        QTRY_VERIFY(session.embedding(kSystem));
        QTRY_VERIFY(session.fit(kSystem));
        QTRY_VERIFY(session.map(kSystem)); // the layout that rested, without a run of the step
        QVERIFY(!session.map(kSystem)->live);
        QVERIFY(session.state(kFit).kind == StepState::Kind::Done);
        QVERIFY(session.task(kFit).summary.contains("components"));
    }

    void arraysAreReadOnceAskedForAndAgainWhenTheyAreNew() {
        StudySession session(Study::open(m_study.toStdString()));
        QSignalSpy opened(&session, &StudySession::opened);
        QVERIFY(opened.wait());
        const Task kLabels{"label-components", "human-categories"};
        QVERIFY(!session.arrays(kLabels)); // never run
        QVERIFY(!session.arrays(kFit));    // not read yet
        QSignalSpy changed(&session, &StudySession::arraysChanged);
        QTRY_VERIFY(session.arrays(kFit));
        QCOMPARE(changed.count(), 1);
        QCOMPARE(session.arrays(kFit)->matrix("embedding").rows(), std::size_t{60});
        const QSignalSpy failed(&session, &StudySession::failed);
        session.run(kLabels);
        QVERIFY(waitIdle(session));
        QTRY_VERIFY(session.arrays(kLabels));
        QCOMPARE(session.arrays(kLabels)->matrix("correlation").rows(), session.embedding(kSystem)->weights.cols());
        QCOMPARE(changed.count(), 2);

        // A stale result stays until there is a newer one.
        const auto before = session.arrays(kLabels);
        const std::string key = session.state(kLabels).record->key;
        session.setTaskParameters(kFit, {{"lambda", "0.05"}});
        QTRY_VERIFY(session.state(kLabels).kind == StepState::Kind::Stale);
        QCOMPARE(session.arrays(kLabels), before); // the newest there is
        session.undoStack().undo();
        QTRY_VERIFY(session.state(kLabels).kind == StepState::Kind::Done);
        QCOMPARE(session.state(kLabels).record->key, key);
        QCOMPARE(failed.count(), 0);
    }

    void arraysOfARunningStepAreAsFarAsItHasCome() {
        StudySession session(Study::open(m_study.toStdString()));
        QTRY_VERIFY(session.embedding(kSystem));
        const Task task{"reproducibility", "human-categories"};
        session.setTaskParameters(task, {{"runs", "40"}}); // more than are done while one is shown
        QVector<int> partly; // runs that were finished when the arrays were shown while it ran
        std::size_t runs = 0;
        const auto finished = [&] {
            int count = 0;
            const auto arrays = session.arrays(task);
            if (!arrays)
                return -1;
            runs = arrays->get<std::int64_t>("seeds").values.size();
            for (const double accuracy : arrays->get<double>("accuracy").values)
                count += std::isnan(accuracy) ? 0 : 1;
            return count;
        };
        connect(&session, &StudySession::arraysChanged, &session, [&](const Task& changed) {
            if (changed == task && session.running(task))
                partly << finished();
        });
        QCOMPARE(finished(), -1);
        session.run(task);
        QVERIFY(waitIdle(session));
        QVERIFY(!partly.isEmpty());
        QVERIFY2(partly.front() >= 0 && partly.front() < 40, qPrintable(QString::number(partly.front())));
        QVERIFY(std::is_sorted(partly.begin(), partly.end()));
        QTRY_COMPARE(finished(), 40); // and in the end all of it
        QCOMPARE(runs, std::size_t{40});
        QTRY_VERIFY(session.state(task).kind == StepState::Kind::Done);
    }

    void editsAreUndoableAndDurable() {
        {
            StudySession session(Study::open(m_study.toStdString()));
            QTRY_VERIFY(session.embedding(kSystem));
            const QSignalSpy names(&session, &StudySession::namesChanged);
            session.renameComponent(kSystem, 3, "  calm   water ");
            QCOMPARE(session.componentName(kSystem, 3), QString("calm water"));
            session.renameComponent(kSystem, 3, "storm");
            QCOMPARE(session.undoStack().count(), 2);
            session.undoStack().undo();
            QCOMPARE(session.componentName(kSystem, 3), QString("calm water"));
            System edited = session.systems().front();
            edited.title = " Raters ";
            edited.parameterCount = 7e9;
            session.editSystem(edited);
            QCOMPARE(QString::fromStdString(session.systems().front().title), QString("Raters"));
            QVERIFY(names.count() >= 4);
            session.setTaskParameters(kFit, {{"lambda", "0.01"}});
            QCOMPARE(session.task(kFit).parameters.real("lambda"), 0.01);
            QTRY_VERIFY(session.state(kFit).kind == StepState::Kind::Stale);
            session.undoStack().undo();
            QCOMPARE(session.task(kFit).parameters.real("lambda"), 0.004); // the default of categories
            QTRY_VERIFY(session.state(kFit).kind == StepState::Kind::Done);
            session.undoStack().redo();
            QVERIFY_EXCEPTION_THROWN(session.setTaskParameters(kFit, {{"lambda", "much"}}), ParameterError);
            QCOMPARE(session.task(kFit).parameters.real("lambda"), 0.01);
        }
        StudySession session(Study::open(m_study.toStdString()));
        QTRY_VERIFY(session.embedding(kSystem));
        QCOMPARE(session.componentName(kSystem, 3), QString("calm water"));
        QCOMPARE(QString::fromStdString(session.systems().front().title), QString("Raters"));
        QCOMPARE(session.systems().front().parameterCount, 7e9);
        QCOMPARE(session.task(kFit).parameters.real("lambda"), 0.01);
        session.setTaskParameters(kFit, {{"lambda", ""}});
        QTRY_VERIFY(session.state(kFit).kind == StepState::Kind::Done);
    }

    void aRunningFitCanBePausedEndedAndResumed() {
        StudySession session(Study::open(m_study.toStdString()));
        QTRY_VERIFY(!session.tasks().empty());
        session.setTaskParameters(kFit, {{"epochs", "100000"}, {"stopping", "limit"}});
        const int id = session.run(kFit);
        QTRY_VERIFY_WITH_TIMEOUT(
            session.running(kFit) && session.fit(kSystem)->live && session.fit(kSystem)->records.size() > 2, 60000);
        session.setPaused(kFit, true);
        QVERIFY(session.paused(kFit));
        QTest::qWait(200);
        const auto epochs = session.fit(kSystem)->records.size();
        QTest::qWait(200);
        QCOMPARE(session.fit(kSystem)->records.size(), epochs);
        session.setPaused(kFit, false);
        QTRY_VERIFY(session.fit(kSystem)->records.size() > epochs);
        session.stopJob(id); // asked once, a fit keeps what it has
        QVERIFY(waitIdle(session));
        QCOMPARE(session.jobs().job(id)->state, Job::State::Done);
        QTRY_VERIFY(session.task(kFit).canResume);
        const auto ended = session.fit(kSystem)->records.size();
        session.resume(kFit);
        QTRY_VERIFY_WITH_TIMEOUT(
            session.running(kFit) && session.fit(kSystem)->live && session.fit(kSystem)->records.size() > ended, 60000);
        session.jobs().stop(session.jobOf(kFit)->id);
        QVERIFY(waitIdle(session));
        // What was stored before is in view again.
        QTRY_VERIFY(session.fit(kSystem) && !session.fit(kSystem)->live);
        session.setTaskParameters(kFit, {{"epochs", "30"}, {"stopping", ""}});
    }

    void stoppingAFirstFitLeavesNothingLive() {
        StudySession session(Study::open(m_study.toStdString()));
        QTRY_VERIFY(!session.tasks().empty());
        const Task task{"fit-embedding", "human-dimensions"};
        session.setTaskParameters(task, {{"epochs", "100000"}, {"stopping", "limit"}});
        session.run(task);
        QTRY_VERIFY_WITH_TIMEOUT(session.embedding("human-dimensions") && session.embedding("human-dimensions")->live,
                                 60000);
        session.jobs().stop(session.jobOf(task)->id);
        QVERIFY(waitIdle(session));
        QVERIFY(!session.embedding("human-dimensions"));
        QVERIFY(!session.map("human-dimensions"));
        QVERIFY(session.state(task).kind == StepState::Kind::Missing);
    }

    void failuresAreOneSentenceAndNothingIsLost() {
        StudySession session(Study::open(m_study.toStdString()));
        QTRY_VERIFY(session.embedding(kSystem));
        QSignalSpy importFailed(&session, &StudySession::importFailed);
        QFile bad(m_folder.path() + "/bad.csv");
        QVERIFY(bad.open(QIODevice::WriteOnly));
        bad.write("id,Joy,Anger\nclip 1,0.5,much\n");
        bad.close();
        session.importFiles({.kind = "ratings", .files = {bad.fileName().toStdString()}});
        QVERIFY(importFailed.wait(10000));
        QVERIFY(importFailed.front().front().toString().contains("bad.csv"));
        QVERIFY(!importFailed.front().front().toString().contains('\n'));
        QCOMPARE(session.stimuli().size(), std::size_t{60});

        importFailed.clear();
        session.importFiles({.kind = "ratings", .files = {m_folder.path().toStdString() + "/gone.csv"}});
        QVERIFY(importFailed.wait(10000));
        QVERIFY(importFailed.front().front().toString().contains("gone.csv"));
    }

    void aSecondSessionIsReadOnlyAndSaysSo() {
        StudySession first(Study::open(m_study.toStdString()));
        StudySession second(Study::open(m_study.toStdString()));
        QVERIFY(!first.readOnly());
        QVERIFY(second.readOnly());
        QTRY_VERIFY(second.embedding(kSystem));
        const QSignalSpy failed(&second, &StudySession::failed);
        QCOMPARE(second.run(kMap), 0);
        second.setTaskParameters(kFit, {{"lambda", "0.02"}});
        second.renameComponent(kSystem, 0, "x");
        QCOMPARE(failed.count(), 3);
        QVERIFY(failed.front().at(1).toString().contains("another window"));
        QCOMPARE(second.undoStack().count(), 0);
    }

    void aDamagedResultIsSaidAndTheRestWorks() {
        QString key;
        {
            StudySession session(Study::open(m_study.toStdString()));
            QTRY_VERIFY(session.state(kFit).record.has_value());
            key = QString::fromStdString(session.state(kFit).record->key);
        }
        QFile file(m_study + "/arrays/" + key + ".h5");
        const QByteArray good = [&] {
            [[maybe_unused]] const bool opened = file.open(QIODevice::ReadOnly);
            QByteArray bytes = file.readAll();
            file.close();
            return bytes;
        }();
        QVERIFY(good.size() > 3000);
        QByteArray bad = good;
        for (qsizetype i = bad.size() / 2; i < bad.size() / 2 + 400; ++i)
            bad[i] = static_cast<char>(~bad[i]);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bad);
        file.close();
        {
            StudySession session(Study::open(m_study.toStdString()));
            const QSignalSpy failed(&session, &StudySession::failed);
            QTRY_VERIFY(failed.count() > 0);
            QVERIFY(failed.front().at(1).toString().contains(key));
            QCOMPARE(session.stimuli().size(), std::size_t{60});
        }
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(good);
    }

    void selectedVoxelsGoWithTheVoxels() {
        const ScannedStudy study;
        const Task responses{"preprocess-fmri", "", "anna"};
        const auto session = study.open();
        const VoxelPlace place{.subject = "anna", .voxel = 7};
        const auto run = [&] {
            const auto before = session->arrays(responses);
            session->run(responses);
            QTRY_VERIFY(session->arrays(responses) && session->arrays(responses) != before);
        };
        run();
        session->selection().setVoxel(place);
        setParameters(*study.study(), responses, {{"delay", "6"}});
        run();
        QCOMPARE(session->selection().voxel(), place);
        importWithMask(study, "anna", [](std::size_t voxel) { return voxel > 0; });
        run();
        QVERIFY(session->selection().voxel().subject.isEmpty());
    }
};

QTEST_GUILESS_MAIN(StudySessionTest)
#include "study_session.moc"
