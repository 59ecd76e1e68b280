#pragma once

#include "core/base/control.h"
#include "core/base/outcome.h"
#include "core/base/progress.h"

#include <QDateTime>
#include <QObject>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace tercet {

/// One piece of background work as the Jobs panel shows it. Members are for the GUI thread, except control and
/// progress, which any thread may use.
struct Job {
    static constexpr int kLogLines = 1000; ///< older ones are dropped

    enum class State { Queued, Running, Done, Stopped, Failed };
    int id = 0;
    QString title;
    State state = State::Queued;
    QString message; ///< why it failed: one sentence
    QDateTime startedAt;
    QDateTime endedAt;
    QStringList log; ///< with times
    [[nodiscard]] bool ended() const { return state != State::Queued && state != State::Running; }
    [[nodiscard]] double seconds() const; ///< since it started, or that it took; 0 before
    std::shared_ptr<JobControl> control;
    std::shared_ptr<ProgressState> progress;
};

/// Runs jobs off the GUI thread, one after the other in a lane; lanes run side by side. One contract: `process` on a
/// worker thread, then `finish` on the GUI thread with exactly one outcome; what either throws becomes the outcome.
/// Destroying the runner stops every job and waits for it; those are not finished. GUI thread.
class JobRunner : public QObject {
    Q_OBJECT
public:
    enum class Lane { Compute, Files };
    using Process = std::function<void(JobControl&, const Progress&)>;
    using Finish = std::function<void(const Outcome&)>;

    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override;

    /// Stops every job and waits until no worker runs; jobs started afterwards never run.
    void shutDown();

    /// Queues a job and returns its id.
    int start(Lane lane, const QString& title, Process process, Finish finish = {});
    /// Every job of this session, oldest first (finished ones too, at most 200).
    [[nodiscard]] const std::vector<std::shared_ptr<Job>>& jobs() const;
    [[nodiscard]] std::shared_ptr<Job> job(int id) const; ///< null if unknown
    [[nodiscard]] bool busy() const;
    void log(int id, const QString& line);

public slots:
    void stop(int id); ///< a queued job is taken out; a running one ends within 200 ms
    void setPaused(int id, bool paused);
    void stopAll();
    void forgetEnded(); ///< takes the jobs that ended out of the list

signals:
    void jobAdded(int id);
    void jobChanged(int id); ///< state, pause or log; progress is polled
    void jobRemoved(int id);

private:
    struct Lanes;
    void begin(const std::shared_ptr<Job>& job);
    void end(const std::shared_ptr<Job>& job, const Finish& finish, Outcome outcome);
    void removeAt(std::size_t place);

    std::vector<std::shared_ptr<Job>> m_jobs;
    std::unique_ptr<Lanes> m_lanes;
    int m_lastId = 0;
};

} // namespace tercet
