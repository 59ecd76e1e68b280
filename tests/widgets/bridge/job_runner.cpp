#include "widgets/bridge/job_runner.h"

#include "core/base/error.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <atomic>
#include <thread>

using namespace tercet;

namespace {

enum class Ending { Done, Stopped, Failed };

Ending endingOf(const Outcome& outcome) {
    return std::holds_alternative<Done>(outcome)      ? Ending::Done
           : std::holds_alternative<Stopped>(outcome) ? Ending::Stopped
                                                      : Ending::Failed;
}

struct Case {
    const char* name;
    JobRunner::Process process;
    bool stopBefore;
    Ending ending;
    std::string message;
};

/// The list of jobs that both executors run.
std::vector<Case> cases() {
    return {
        {"fast", [](JobControl&, const Progress& progress) { progress.set(1); }, false, Ending::Done, ""},
        {"failing", [](JobControl&, const Progress&) { throw DataError({.where = "row 3", .what = "it is empty"}); },
         false, Ending::Failed, DataError({.where = "row 3", .what = "it is empty"}).what()},
        {"stopped before it starts", [](JobControl& control, const Progress&) { control.check(); }, true,
         Ending::Stopped, ""},
        {"stops itself",
         [](JobControl& control, const Progress&) {
             control.requestStop();
             control.check();
         },
         false, Ending::Stopped, ""},
        {"throws what is no exception", [](JobControl&, const Progress&) { throw 42; }, false, Ending::Failed,
         "An unknown error ended the job; please report it with the job's log."},
        {"runs out of memory", [](JobControl&, const Progress&) { throw std::bad_alloc(); }, false, Ending::Failed,
         "This machine has not enough free memory for the job; close other programs or choose fewer stimuli."},
    };
}

} // namespace

class JobRunnerTest : public QObject {
    Q_OBJECT
private slots:
    void sameEndingsInlineAndThreaded() {
        for (const Case& one : cases()) {
            JobControl control;
            if (one.stopBefore)
                control.requestStop();
            const Outcome inlined = outcomeOf([&] { one.process(control, Progress()); });
            QVERIFY2(endingOf(inlined) == one.ending, one.name);

            JobRunner runner;
            std::vector<Outcome> finished;
            // Something in front of it keeps it waiting, so that it can be stopped before it starts.
            std::atomic<bool> go = false;
            runner.start(JobRunner::Lane::Compute, "first", [&](JobControl&, const Progress&) { go.wait(false); });
            const int id = runner.start(JobRunner::Lane::Compute, one.name, one.process, [&](const Outcome& outcome) {
                QCOMPARE(QThread::currentThread(), qApp->thread());
                finished.push_back(outcome);
            });
            if (one.stopBefore)
                runner.stop(id);
            go = true;
            go.notify_all();
            QTRY_VERIFY(!runner.busy());
            QCOMPARE(finished.size(), std::size_t{1});
            QVERIFY2(endingOf(finished.front()) == one.ending, one.name);
            QCOMPARE(runner.job(id)->state, one.ending == Ending::Done      ? Job::State::Done
                                            : one.ending == Ending::Stopped ? Job::State::Stopped
                                                                            : Job::State::Failed);
            QCOMPARE(runner.job(id)->message.toStdString(), one.message);
            if (const auto* failed = std::get_if<Failed>(&inlined))
                QCOMPARE(failed->message, one.message);
        }
    }

    void jobsOfALaneRunInOrderAndLanesSideBySide() {
        JobRunner runner;
        std::vector<int> order;
        std::atomic<bool> filesRan = false;
        // The computing job waits for the one in the other lane: in one lane this would hang.
        runner.start(
            JobRunner::Lane::Compute, "a", [&](JobControl&, const Progress&) { filesRan.wait(false); },
            [&](const Outcome&) { order.push_back(1); });
        runner.start(
            JobRunner::Lane::Compute, "b", [](JobControl&, const Progress&) {},
            [&](const Outcome&) { order.push_back(2); });
        runner.start(JobRunner::Lane::Files, "c", [&](JobControl&, const Progress&) {
            filesRan = true;
            filesRan.notify_all();
        });
        QTRY_VERIFY(!runner.busy());
        QCOMPARE(order, std::vector<int>({1, 2}));
    }

    void pauseHoldsAndStopEndsWithin200Milliseconds() {
        JobRunner runner;
        std::atomic<int> rounds = 0;
        const int id = runner.start(JobRunner::Lane::Compute, "long", [&](JobControl& control, const Progress&) {
            while (true) {
                control.check();
                ++rounds;
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        });
        QTRY_VERIFY(rounds > 3);
        runner.setPaused(id, true);
        QTest::qWait(30);
        const int held = rounds;
        QTest::qWait(50);
        QCOMPARE(rounds.load(), held);
        QVERIFY(runner.job(id)->log.join('\n').contains("Paused."));
        runner.setPaused(id, false);
        QTRY_VERIFY(rounds > held);
        runner.setPaused(id, true);
        QElapsedTimer timer;
        timer.start();
        runner.stop(id); // also while it is paused
        QTRY_VERIFY(!runner.busy());
        QVERIFY(timer.elapsed() < 200);
        QCOMPARE(runner.job(id)->state, Job::State::Stopped);
    }

    void whatFinishThrowsFailsTheJob() {
        JobRunner runner;
        const int id = runner.start(
            JobRunner::Lane::Files, "a", [](JobControl&, const Progress&) {},
            [](const Outcome&) { throw StorageError({.where = "disk", .what = "it is full"}); });
        QTRY_VERIFY(!runner.busy());
        QCOMPARE(runner.job(id)->state, Job::State::Failed);
        QCOMPARE(runner.job(id)->message.toStdString(), StorageError({.where = "disk", .what = "it is full"}).what());
    }

    void stoppingAllRunsNoneOfThoseThatWait() {
        JobRunner runner;
        std::atomic<int> begun = 0;
        for (int i = 0; i < 20; ++i)
            runner.start(JobRunner::Lane::Compute, "one", [&](JobControl& control, const Progress&) {
                ++begun;
                while (true)
                    control.check();
            });
        QTRY_COMPARE(begun.load(), 1);
        runner.stopAll();
        QTRY_VERIFY(!runner.busy());
        QCOMPARE(begun.load(), 1);
        for (const auto& job : runner.jobs())
            QCOMPARE(job->state, Job::State::Stopped);
        runner.forgetEnded();
        QVERIFY(runner.jobs().empty());
    }

    void destructionStopsWhatRunsAndFinishesNothing() {
        bool finished = false;
        std::atomic<bool> running = false;
        std::atomic<bool> left = false;
        {
            JobRunner runner;
            runner.start(
                JobRunner::Lane::Compute, "long",
                [&](JobControl& control, const Progress&) {
                    running = true;
                    try {
                        while (true)
                            control.check();
                    } catch (const Cancelled&) {
                        left = true;
                        throw;
                    }
                },
                [&](const Outcome&) { finished = true; });
            QTRY_VERIFY(running);
        }
        QVERIFY(left);
        QTest::qWait(10);
        QVERIFY(!finished);
    }

    void endedJobsAreForgottenBeyondTwoHundred() {
        JobRunner runner;
        for (int i = 0; i < 250; ++i) {
            runner.start(JobRunner::Lane::Files, "small", [](JobControl&, const Progress&) {});
            if (i % 50 == 0)
                QTRY_VERIFY(!runner.busy());
        }
        QTRY_VERIFY(!runner.busy());
        runner.start(JobRunner::Lane::Files, "last", [](JobControl&, const Progress&) {});
        QTRY_VERIFY(!runner.busy());
        QVERIFY(runner.jobs().size() <= 200);
        QCOMPARE(runner.jobs().back()->title, QString("last"));
    }
};

QTEST_GUILESS_MAIN(JobRunnerTest)
#include "job_runner.moc"
