#pragma once

#include "core/pipeline/step.h"

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tercet {

/// How far a step is for one system.
struct StepState {
    enum class Kind {
        Blocked, ///< something the user has to bring is not there; `reason` says what
        Missing, ///< can be run, has never been
        Stale,   ///< there is a result, but of other parameters or inputs
        Done,
    };
    Kind kind = Kind::Missing;
    std::string reason;                 ///< one sentence, for Blocked and Stale
    std::optional<ResultRecord> record; ///< the result that is current (Done) or newest (Stale)
};

/// One step for one system and subject; each empty for a step that is not per system, or not per subject.
struct Task {
    std::string step;
    std::string system = {};
    std::string subject = {};
    friend auto operator<=>(const Task&, const Task&) = default;
};

/// "step", "step/system", "step/subject" or "step/system/subject".
[[nodiscard]] std::string toText(const Task& task);

/// What large computations may take, in bytes, unless said otherwise.
inline constexpr std::size_t kUsualMemory = std::size_t{2} << 30;

/// What a run may use and whom it tells.
struct RunContext {
    JobControl& control;
    Progress progress;
    int threads = 1;
    std::size_t memory = kUsualMemory;                                   ///< bytes; changes no result
    std::function<void(const Task&)> started = {};                       ///< a task that really computes begins
    std::function<void(const Task&, const Snapshot&)> publish = {};      ///< on the computing thread
    std::function<void(const Task&, const ResultRecord&)> finished = {}; ///< stored and durable
};

/// The parameters in force for a task: defaults of the step and kind of system, and over them what the user set, which
/// is the same for all subjects.
[[nodiscard]] Parameters parametersOf(const Study& study, const Task& task);
/// Sets parameters for a task (text as on the command line); durable. An empty text goes back to the default.
/// Throws ParameterError, and MissingError for a system that is not there, and then sets none.
void setParameters(Study& study, const Task& task, const std::map<std::string, std::string>& texts);

[[nodiscard]] StepState stateOf(const Study& study, const Task& task);
/// How far a study's tasks are and what they are made from, as the study is now. Looks at each task once, so that it is
/// much faster for many tasks than stateOf(). Throws as the study does. One thread.
class TaskStates {
public:
    explicit TaskStates(const Study& study);
    ~TaskStates();
    TaskStates(const TaskStates&) = delete;
    TaskStates& operator=(const TaskStates&) = delete;

    [[nodiscard]] StepState stateOf(const Task& task);
    /// The tasks that make a task's inputs.
    [[nodiscard]] std::vector<Task> neededBy(const Task& task);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// The result that panels should show for a task: the current one, else the newest; nothing if there is none.
[[nodiscard]] std::optional<ResultRecord> shownResult(const Study& study, const Task& task);

/// Every task that the study's systems and subjects allow, in an order in which each comes after what it needs.
[[nodiscard]] std::vector<Task> allTasks(const Study& study);

/// Runs a task and before it whatever it needs; what is done already is not run again, unless its file is damaged.
/// Returns the task's result. Throws Cancelled, MissingError (Blocked), StorageError if something has to be run in a
/// study that is open for reading, and what the step throws; results finished before stay.
ResultRecord runTask(Study& study, const Task& task, const RunContext& context);

/// A task that could not be done.
struct UndoneTask {
    Task task;
    std::string reason;       ///< one sentence; of a task that needs a failed one, the failed one's
    std::exception_ptr error; ///< what it threw; null for what was not tried, because a task that it needs had failed
    bool blocked = false;     ///< something the user has to bring is not there
};

/// Runs tasks in turn, each as runTask() does, and goes on where one fails; what needs a task that failed is not tried.
/// Returns what was not done, in the order of the tasks. Throws Cancelled, and StorageError, after which nothing could
/// be kept.
[[nodiscard]] std::vector<UndoneTask> runTasks(Study& study, const std::vector<Task>& tasks, const RunContext& context);

/// Whether a fit that was stopped by hand can go on to where it was meant to end.
[[nodiscard]] bool canResume(const Study& study, const Task& task);
/// Restores the parameters that a stop by hand had settled; running the task then goes on from its checkpoint.
void prepareResume(Study& study, const Task& task);

} // namespace tercet
