#pragma once

#include "core/brain/region_table.h"
#include "core/pipeline/given_names.h"
#include "core/pipeline/pipeline.h"
#include "core/study/study.h"
#include "core/study/study_import.h"
#include "widgets/bridge/job_runner.h"
#include "widgets/bridge/selection.h"
#include "widgets/bridge/study_views.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QUndoStack>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace tercet {

/// What one window knows of one open study: the study, its selection, its jobs, and per system the newest of every
/// view, live or stored. Panels read from here and listen; they never touch files. GUI thread: what has to be read or
/// written is done by a thread of its own, in order. Live values are taken from mailboxes 20 times a second.
class StudySession : public QObject {
    Q_OBJECT
public:
    explicit StudySession(std::shared_ptr<Study> study, QObject* parent = nullptr);
    ~StudySession() override; ///< stops every job, waits for it and for what is being written

    [[nodiscard]] Study& study() const { return *m_study; }
    [[nodiscard]] const QString& id() const { return m_id; }
    [[nodiscard]] const QString& title() const { return m_title; }
    [[nodiscard]] bool readOnly() const { return !m_study->readOnlyReason().empty(); }
    [[nodiscard]] Selection& selection() { return m_selection; }
    [[nodiscard]] JobRunner& jobs() { return m_jobs; }
    [[nodiscard]] QUndoStack& undoStack() { return m_undoStack; }

    /// Those with judgments or an embedding.
    [[nodiscard]] const std::vector<System>& systems() const { return m_systems; }
    /// These, and the rating tables that only the brain is compared with.
    [[nodiscard]] const std::vector<System>& models() const { return m_models; }
    [[nodiscard]] const std::vector<Subject>& subjects() const { return m_subjects; }
    [[nodiscard]] const std::vector<Stimulus>& stimuli() const { return *m_stimuli; }
    [[nodiscard]] const std::shared_ptr<const std::vector<Stimulus>>& sharedStimuli() const { return m_stimuli; }
    /// Null before ratings were imported.
    [[nodiscard]] const std::shared_ptr<const Ratings>& ratings() const { return m_ratings; }
    /// Per stimulus the column of its highest category among the rating terms, −1 without categories.
    [[nodiscard]] const std::vector<int>& topCategories() const { return m_topCategories; }

    // Null (or nothing) where there is none yet.
    [[nodiscard]] std::shared_ptr<const EmbeddingView> embedding(const QString& system) const;
    [[nodiscard]] std::shared_ptr<const MapView> map(const QString& system) const;
    [[nodiscard]] std::shared_ptr<const FitView> fit(const QString& system) const;

    /// The arrays of a task's result, or of as much as a running task has published; null where there is none. The
    /// first call for a result has them read: arraysChanged() follows, or failed(). Until then what was there before.
    [[nodiscard]] std::shared_ptr<const ArrayBundle> arrays(const Task& task);

    /// What a person called a component; empty if nobody did. `trainingColumn` of the stored embedding.
    [[nodiscard]] QString componentName(const QString& system, int trainingColumn) const;
    /// Undoable and durable. A name belongs to a stored embedding; while a fit runs for the first time there is none.
    void renameComponent(const QString& system, int trainingColumn, const QString& name);
    /// Gives the system of that name another title and parameter count. Undoable and durable.
    void editSystem(const System& edited);
    /// What people wrote of the clusters of a system's components (SPEC G2); of the stored embedding.
    [[nodiscard]] std::vector<GivenCluster> clusters(const QString& system) const;
    /// Undoable and durable, for the cluster of these training columns; with neither name nor description it goes back
    /// to what its labels say.
    void describeCluster(const QString& system, std::vector<int> members, const QString& name,
                         const QString& description);
    /// Which parcels make up each region (SPEC D6): imported, edited, or the usual ones.
    [[nodiscard]] const RegionTable& regions() const;
    /// Undoable and durable; what was made with another table is stale. Throws FormatError if a parcel stands twice or
    /// a name is empty, and then changes nothing.
    void setRegions(const RegionTable& table);
    /// Whether a parcellation was imported, or scans that bring one, so that the table has something to act on.
    [[nodiscard]] bool hasParcels() const;
    /// Throws ParameterError, and then sets none.
    void setTaskParameters(const Task& task, const std::map<std::string, std::string>& texts);

    [[nodiscard]] const std::vector<Task>& tasks() const; ///< each after what it needs
    [[nodiscard]] const TaskView& task(const Task& task) const;
    [[nodiscard]] const StepState& state(const Task& task) const { return this->task(task).state; }
    /// How many tasks a run of this one would compute: itself, and what it needs and is not done.
    [[nodiscard]] int tasksToRun(const Task& task) const;
    [[nodiscard]] bool running(const Task& task) const;
    [[nodiscard]] bool queued(const Task& task) const;
    [[nodiscard]] double progress(const Task& task) const; ///< 0–1 of a running task
    /// The job that computes a task now, or will; null if none does.
    [[nodiscard]] std::shared_ptr<Job> jobOf(const Task& task) const;

    /// Queues a job that runs the task and what it needs; returns the job's id, or that of the job doing it already;
    /// 0 if the study is read-only, which failed() says.
    int run(const Task& task);
    /// Queues every task of the study that is not done and not blocked.
    void runAll();
    /// Ends a running fit at its next epoch and keeps what it has (SPEC E2).
    void finishEarly(const Task& task);
    /// Stops a job; one that fits ends as with finishEarly(), and at once when it is asked a second time.
    void stopJob(int id);
    void setPaused(const Task& task, bool paused);
    [[nodiscard]] bool paused(const Task& task) const;
    void resume(const Task& task); ///< goes on with a fit that was ended early

    /// Queues an import; progress and failure appear as a job, and exactly one of imported() and importFailed()
    /// follows. Imports run in the order in which they were queued. Returns the job's id; 0 if the study is read-only.
    int importFiles(const ImportRequest& request);

    /// Small values kept with the study: the window's state.
    [[nodiscard]] QString setting(const QString& name) const;     ///< as of opening, or stored since
    void storeSetting(const QString& name, const QString& value); ///< durable within a second; not in a read-only study

signals:
    void opened();                                ///< once: everything but arrays is known
    void studyChanged();                          ///< stimuli, systems, ratings
    void embeddingChanged(const QString& system); ///< new weights or labels
    void mapChanged(const QString& system);
    void fitChanged(const QString& system);
    void arraysChanged(const tercet::Task& task); ///< that arrays() gives: read, or published by a running task
    void statesChanged();                         ///< of tasks: missing, stale, queued, running, done; parameters
    void namesChanged();                          ///< of components, clusters or systems
    void regionsChanged();                        ///< the table of regions, or whether there are parcels
    void failed(const tercet::Task& task, const QString& message); ///< one sentence, shown in the panel of the task
    void imported(const QString& summary, const QStringList& notes);
    void importFailed(const QString& message);

private:
    struct Facts;
    struct Live;
    class NameCommand;
    class SystemCommand;
    class ParametersCommand;
    class RegionsCommand;

    void reload();
    void applyFacts(const std::shared_ptr<Facts>& facts);
    void tick();
    void began(int job, const Task& task);
    void computed(int job, const Task& task);
    void ended(int job, const Task& task, const Outcome& outcome);
    void dropLive(const QString& system);
    void write(const Task& task, std::function<void(Study&)> change);
    void setName(const std::string& setting, const QString& name);
    void putSystem(const System& system);
    void putRegions(const RegionTable& table);
    void applyParameters(const Task& task, const std::map<std::string, std::string>& texts);
    [[nodiscard]] const System* systemNamed(const std::string& name) const;
    [[nodiscard]] std::string storedEmbedding(const QString& system) const; ///< its key; empty while there is none
    [[nodiscard]] std::string nameSetting(const QString& system, int trainingColumn) const;

    std::shared_ptr<Study> m_study;
    QString m_id;
    QString m_title;
    std::vector<System> m_systems;
    std::vector<System> m_models;
    std::vector<Subject> m_subjects;
    std::shared_ptr<const std::vector<Stimulus>> m_stimuli;
    std::shared_ptr<const Ratings> m_ratings;
    std::vector<int> m_topCategories;
    Selection m_selection;
    QUndoStack m_undoStack;
    JobRunner m_jobs;
    std::unique_ptr<Live> m_live;
};

} // namespace tercet
