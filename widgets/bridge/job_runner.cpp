#include "widgets/bridge/job_runner.h"

#include <QMetaObject>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <sys/resource.h>
#include <thread>

namespace tercet {
namespace {

constexpr std::size_t kKeptJobs = 200;
/// Computing gives way to the window, which needs little and needs it at once; on an idle machine nothing is lost.
/// Threads that a job starts inherit this.
constexpr int kComputeNiceness = 5;

QString timed(const QString& line) { return QDateTime::currentDateTime().toString("HH:mm:ss  ") + line; }

} // namespace

double Job::seconds() const {
    if (!startedAt.isValid())
        return 0;
    return static_cast<double>(startedAt.msecsTo(ended() ? endedAt : QDateTime::currentDateTime())) / 1000;
}

struct JobRunner::Lanes {
    struct Work {
        std::shared_ptr<Job> job;
        Process process;
        Finish finish;
    };
    struct OneLane {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::deque<Work> queue;
        std::jthread thread;
    };

    explicit Lanes(JobRunner& runner) : owner(runner) {
        for (std::size_t i = 0; i < lanes.size(); ++i)
            lanes[i].thread = std::jthread([this, i](const std::stop_token& stop) {
                if (i == static_cast<std::size_t>(Lane::Compute))
                    setpriority(PRIO_PROCESS, 0, kComputeNiceness);
                serve(lanes[i], stop);
            });
    }

    void serve(OneLane& lane, const std::stop_token& stop) {
        while (true) {
            Work work;
            {
                std::unique_lock lock(lane.mutex);
                if (!lane.changed.wait(lock, stop, [&] { return !lane.queue.empty(); }) || stop.stop_requested())
                    return;
                work = std::move(lane.queue.front());
                lane.queue.pop_front();
            }
            QMetaObject::invokeMethod(
                &owner, [this, job = work.job] { owner.begin(job); }, Qt::QueuedConnection);
            Outcome outcome = outcomeOf([&] {
                work.job->control->check();
                work.process(*work.job->control, Progress(work.job->progress));
            });
            work.process = {}; // what the job held is let go here and not on the GUI thread
            QMetaObject::invokeMethod(
                &owner,
                [this, job = work.job, finish = std::move(work.finish), outcome = std::move(outcome)] {
                    owner.end(job, finish, outcome);
                },
                Qt::QueuedConnection);
        }
    }

    JobRunner& owner;
    std::array<OneLane, 2> lanes;
};

JobRunner::JobRunner(QObject* parent) : QObject(parent), m_lanes(std::make_unique<Lanes>(*this)) {}

JobRunner::~JobRunner() { shutDown(); }

void JobRunner::shutDown() {
    for (auto& lane : m_lanes->lanes)
        lane.thread.request_stop();
    for (const auto& job : m_jobs)
        if (!job->ended())
            job->control->requestStop();
    for (auto& lane : m_lanes->lanes)
        if (lane.thread.joinable())
            lane.thread.join();
}

int JobRunner::start(Lane lane, const QString& title, Process process, Finish finish) {
    auto job = std::make_shared<Job>();
    job->id = ++m_lastId;
    job->title = title;
    job->control = std::make_shared<JobControl>();
    job->progress = std::make_shared<ProgressState>();
    for (std::size_t place = 0; m_jobs.size() >= kKeptJobs && place < m_jobs.size();) {
        if (m_jobs[place]->ended())
            removeAt(place);
        else
            ++place;
    }
    m_jobs.push_back(job);
    emit jobAdded(job->id);
    auto& target = m_lanes->lanes[static_cast<std::size_t>(lane)];
    {
        const std::lock_guard guard(target.mutex);
        target.queue.push_back({job, std::move(process), std::move(finish)});
    }
    target.changed.notify_one();
    return job->id;
}

const std::vector<std::shared_ptr<Job>>& JobRunner::jobs() const { return m_jobs; }

std::shared_ptr<Job> JobRunner::job(int id) const {
    const auto found = std::find_if(m_jobs.begin(), m_jobs.end(), [&](const auto& job) { return job->id == id; });
    return found == m_jobs.end() ? nullptr : *found;
}

bool JobRunner::busy() const {
    return std::any_of(m_jobs.begin(), m_jobs.end(), [](const auto& job) { return !job->ended(); });
}

void JobRunner::log(int id, const QString& line) {
    const auto found = job(id);
    if (!found)
        return;
    if (found->log.size() >= Job::kLogLines)
        found->log.removeFirst();
    found->log.append(timed(line));
    emit jobChanged(id);
}

void JobRunner::stop(int id) {
    const auto found = job(id);
    if (!found || found->ended())
        return;
    found->control->requestStop();
    for (auto& lane : m_lanes->lanes) {
        std::optional<Lanes::Work> taken;
        {
            const std::lock_guard guard(lane.mutex);
            const auto place = std::find_if(lane.queue.begin(), lane.queue.end(),
                                            [&](const Lanes::Work& work) { return work.job == found; });
            if (place != lane.queue.end()) {
                taken = std::move(*place);
                lane.queue.erase(place);
            }
        }
        if (taken)
            QMetaObject::invokeMethod(
                this, [this, work = std::move(*taken)] { end(work.job, work.finish, Stopped{}); },
                Qt::QueuedConnection);
    }
}

void JobRunner::setPaused(int id, bool paused) {
    const auto found = job(id);
    if (!found || found->ended() || found->control->paused() == paused)
        return;
    found->control->setPaused(paused);
    log(id, paused ? tr("Paused.") : tr("Goes on."));
}

void JobRunner::stopAll() {
    std::vector<int> ids;
    for (const auto& job : m_jobs)
        if (!job->ended())
            ids.push_back(job->id);
    // From the back, so that none that waits begins when the one before it ends.
    std::for_each(ids.rbegin(), ids.rend(), [this](int id) { stop(id); });
}

void JobRunner::forgetEnded() {
    for (std::size_t place = 0; place < m_jobs.size();) {
        if (m_jobs[place]->ended())
            removeAt(place);
        else
            ++place;
    }
}

void JobRunner::removeAt(std::size_t place) {
    const int id = m_jobs[place]->id;
    m_jobs.erase(m_jobs.begin() + static_cast<std::ptrdiff_t>(place));
    emit jobRemoved(id);
}

void JobRunner::begin(const std::shared_ptr<Job>& job) {
    job->state = Job::State::Running;
    job->startedAt = QDateTime::currentDateTime();
    log(job->id, tr("Started."));
}

void JobRunner::end(const std::shared_ptr<Job>& job, const Finish& finish, Outcome outcome) {
    job->endedAt = QDateTime::currentDateTime();
    const auto settle = [&](const Outcome& how) {
        if (const auto* failure = std::get_if<Failed>(&how)) {
            job->state = Job::State::Failed;
            job->message = QString::fromStdString(failure->message);
        } else {
            job->state = std::holds_alternative<Done>(how) ? Job::State::Done : Job::State::Stopped;
        }
    };
    settle(outcome);
    if (finish) {
        Outcome finished = outcomeOf([&] { finish(outcome); });
        if (std::holds_alternative<Failed>(finished) && !std::holds_alternative<Failed>(outcome))
            settle(finished);
    }
    log(job->id, job->state == Job::State::Failed    ? job->message
                 : job->state == Job::State::Stopped ? tr("Stopped.")
                                                     : tr("Done."));
}

} // namespace tercet
