#include "core/pipeline/pipeline.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/text.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>

namespace tercet {
namespace {

using TextMap = std::map<std::string, std::string>;

std::string settingName(const char* what, const Task& task) {
    return fmt::format("{}/{}/{}", what, task.step, task.system);
}

TextMap readMap(const Study& study, const std::string& name) {
    const auto text = study.setting(name);
    return text ? nlohmann::json::parse(*text).get<TextMap>() : TextMap();
}

void writeMap(Study& study, const std::string& name, const TextMap& values) {
    study.setSetting(name, values.empty() ? std::nullopt : std::optional(nlohmann::json(values).dump()));
}

/// Where one input of a task comes from.
struct Source {
    std::string name = {};               ///< of the input
    std::optional<Task> task = {};       ///< the task that makes it
    std::optional<std::string> key = {}; ///< of an import, or a made-up key of something that is no array file
    std::string missing = {};            ///< why there is neither: one sentence
};

struct Keys {
    std::string key;
    std::string trajectory; ///< of the checkpoint: without parameters that only say how long
    TextMap inputs;         ///< input name → key
    std::string missing;    ///< why there is no key
};

/// The hash of a recipe; of a "trajectory" without parameters that only say how long.
std::string hashOf(const std::string& what, const Step& step, const Task& task, const Parameters& parameters,
                   const TextMap& inputs) {
    Hasher hasher;
    hasher.add(what).add(step.name).add(std::to_string(step.version)).add(task.system);
    if (step.perSubject)
        hasher.add(task.subject);
    for (const Parameter& parameter : step.parameters)
        if (what == "result" || !parameter.lengthOnly)
            hasher.add(parameter.name).add(toText(parameters.values().at(parameter.name)));
    for (const auto& [name, key] : inputs)
        hasher.add(name).add(key);
    return hasher.hex();
}

/// What tasks would be made from, as the study is now; each task is looked at once.
class KeyFinder {
public:
    explicit KeyFinder(const Study& study) : m_study(study), m_systems(study.systems()), m_subjects(study.subjects()) {}

    const Keys& keysOf(const Task& task) {
        if (const auto known = m_known.find(task); known != m_known.end())
            return known->second;
        Keys keys = keysOf(task, parametersOf(m_study, task));
        return m_known.emplace(task, std::move(keys)).first->second;
    }
    Keys keysOf(const Task& task, const Parameters& parameters) {
        const Step& step = stepNamed(task.step);
        Keys keys;
        for (const Source& source : sourcesOf(task, parameters)) {
            if (source.key) {
                keys.inputs[source.name] = *source.key;
            } else if (source.task) {
                const Keys& theirs = keysOf(*source.task);
                if (!theirs.missing.empty()) {
                    keys.missing = theirs.missing;
                    return keys;
                }
                keys.inputs[source.name] = theirs.key;
            } else {
                keys.missing = source.missing;
                return keys;
            }
        }
        keys.key = hashOf("result", step, task, parameters, keys.inputs);
        keys.trajectory = hashOf("trajectory", step, task, parameters, keys.inputs);
        return keys;
    }
    /// The sources of all of a task's inputs, in their order.
    std::vector<Source> sourcesOf(const Task& task, const Parameters& parameters) {
        std::vector<Source> sources;
        for (const StepInput& input : stepNamed(task.step).inputs)
            if (!isLeftOut(task, input, parameters))
                addSources(task, input, parameters, sources);
        return sources;
    }

private:
    bool isThere(const Source& source) { return source.key || (source.task && keysOf(*source.task).missing.empty()); }

    /// Inputs that a parameter does not ask for; a step for all systems may take one's result, if its parameter names
    /// one.
    static bool isLeftOut(const Task& task, const StepInput& input, const Parameters& parameters) {
        if (const auto& [parameter, value] = input.onlyWith; !parameter.empty() && parameters.text(parameter) != value)
            return true;
        return !input.systemParameter.empty() && task.system.empty() && parameters.text(input.systemParameter).empty();
    }

    const System* systemNamed(const std::string& name) const {
        const auto found =
            std::find_if(m_systems.begin(), m_systems.end(), [&](const System& system) { return system.name == name; });
        return found == m_systems.end() ? nullptr : &*found;
    }

    void addSources(const Task& task, const StepInput& input, const Parameters& parameters,
                    std::vector<Source>& sources) {
        if (input.everySystem == 0 && input.everySubject == 0) {
            Source source = sourceOf(task.system, task.subject, input, parameters);
            source.name = input.name;
            if (!input.optional || isThere(source))
                sources.push_back(std::move(source));
            return;
        }
        std::vector<std::string> systems;
        for (const System& system : m_systems)
            if (input.everySystem != 0 &&
                (input.kind != StepInput::Kind::Result || stepNamed(input.step).runsFor(system.source)))
                systems.push_back(system.name);
        if (input.everySystem == 0)
            systems.push_back(task.system);
        std::vector<std::string> subjects;
        for (const Subject& subject : m_subjects)
            if (input.everySubject != 0)
                subjects.push_back(subject.name);
        if (input.everySubject == 0)
            subjects.push_back(task.subject);
        std::set<std::string> systemsFound;
        std::set<std::string> subjectsFound;
        for (const std::string& system : systems)
            for (const std::string& subject : subjects) {
                Source source = sourceOf(system, subject, input, parameters);
                if (!isThere(source))
                    continue;
                source.name = input.everySystem != 0 ? nameOfInput(input.name, system) : input.name;
                if (input.everySubject != 0)
                    source.name = nameOfInput(source.name, subject);
                sources.push_back(std::move(source));
                systemsFound.insert(system);
                subjectsFound.insert(subject);
            }
        if (systemsFound.size() < input.everySystem)
            sources.push_back(
                {.missing = fmt::format("At least {} with {} {} needed, and the study has {}: import more.",
                                        counted(input.everySystem, "system", "systems"), wordsFor(input),
                                        input.everySystem == 1 ? "is" : "are", systemsFound.size())});
        else if (subjectsFound.size() < input.everySubject)
            sources.push_back(
                {.missing = fmt::format("At least {} with {} {} needed, and the study has {}: import fMRI of more.",
                                        counted(input.everySubject, "subject", "subjects"), wordsFor(input),
                                        input.everySubject == 1 ? "is" : "are", subjectsFound.size())});
    }

    static std::string wordsFor(const StepInput& input) {
        switch (input.kind) {
        case StepInput::Kind::Judgments:
            return "judgments";
        case StepInput::Kind::Validation:
            return "validation judgments";
        case StepInput::Kind::Embedding:
            return "an embedding";
        case StepInput::Kind::Features:
            return "an embedding or ratings";
        default:
            return "a result of " + input.step;
        }
    }

    Source sourceOf(std::string system, const std::string& subject, const StepInput& input,
                    const Parameters& parameters) {
        if (!input.systemParameter.empty() && !parameters.text(input.systemParameter).empty())
            system = parameters.text(input.systemParameter);
        const auto importOr = [&](const char* kind, const char* words, const char* step, const char* remedy) -> Source {
            if (auto key = m_study.imported(system, kind))
                return {.key = std::move(key)};
            const System* found = systemNamed(system);
            if (found == nullptr)
                return {.missing = fmt::format("The study has no system “{}”: name another.", system)};
            if (step != nullptr && stepNamed(step).runsFor(found->source))
                return {.task = Task{step, system}};
            return {.missing = fmt::format("System “{}” has no {}: {}.", system, words, remedy)};
        };
        const auto ofSubjectOrAll = [&](const char* kind, const char* words) -> Source {
            auto key = m_study.imported(subject, kind);
            if (!key)
                key = m_study.imported("", kind);
            if (key)
                return {.key = std::move(key)};
            return {.missing = fmt::format("The study has no {} for subject “{}”: import it for the subject, or for "
                                           "all subjects.",
                                           words, subject)};
        };
        switch (input.kind) {
        case StepInput::Kind::Stimuli: {
            const std::size_t count = m_study.stimuli()->size();
            if (count < 3)
                return {.missing = fmt::format(
                            "The study has {} stimuli, at least 3 are needed: import ratings or judgments.", count)};
            return {.key = fmt::format("stimuli-{}", count)};
        }
        case StepInput::Kind::Ratings:
        case StepInput::Kind::Categories: {
            auto key = m_study.imported("", "ratings");
            if (!key)
                return {.missing = "The study has no ratings: import a rating table."};
            const bool categories = std::any_of(m_systems.begin(), m_systems.end(), [](const System& each) {
                return each.source == SystemSource::Categories;
            });
            if (input.kind == StepInput::Kind::Categories && !categories)
                return {.missing = "The ratings have no category: import a rating table with emotion categories."};
            return {.key = std::move(key)};
        }
        case StepInput::Kind::Judgments:
            return importOr("judgments", "judgments", "simulate-judgments",
                            "import judgments for it, or name another system's");
        case StepInput::Kind::Validation:
            return importOr("validation", "validation judgments", "simulate-validation",
                            "import its judgments of triplets around the prototypes as kind validation");
        case StepInput::Kind::Repeats:
            return importOr("repeats", "repeated judgments", nullptr,
                            "import its answers to triplets that were asked several times as kind repeats");
        case StepInput::Kind::Features:
            if (const System* found = systemNamed(system); found != nullptr && isRatingTable(found->source))
                return sourceOf(system, subject, {.kind = StepInput::Kind::Ratings}, parameters);
            [[fallthrough]];
        case StepInput::Kind::Embedding:
            return importOr("embedding", "embedding", "fit-embedding", "import judgments or an embedding for it");
        case StepInput::Kind::Scans:
            if (auto key = m_study.imported(subject, "fmri"))
                return {.key = std::move(key)};
            return {.missing = fmt::format("Subject “{}” has no fMRI: import scans for it.", subject)};
        case StepInput::Kind::Surface:
            return ofSubjectOrAll("surface", "cortical surface");
        case StepInput::Kind::Parcels:
            return ofSubjectOrAll("parcels", "parcellation of the surface");
        case StepInput::Kind::VolumeParcels:
            return ofSubjectOrAll("volume-parcels", "parcellation of the volume");
        case StepInput::Kind::Regions:
            return {.key = m_study.imported("", "regions").value_or("regions-usual-1")};
        case StepInput::Kind::Result: {
            const Step& step = stepNamed(input.step);
            return {.task = Task{input.step, step.perSystem() ? system : std::string(),
                                 step.perSubject ? subject : std::string()}};
        }
        }
        return {};
    }

    const Study& m_study;
    std::vector<System> m_systems;
    std::vector<Subject> m_subjects;
    std::map<Task, Keys> m_known;
};

/// Appends the tasks that have to be run for `task`, each after what it needs.
/// A result whose file is damaged counts as none if `verify`. Throws Cancelled.
void plan(const Study& study, KeyFinder& finder, const Task& task, bool verify, const JobControl& control,
          std::vector<Task>& order) {
    if (std::find(order.begin(), order.end(), task) != order.end())
        return;
    if (const std::string key = finder.keysOf(task).key; study.result(key) && (!verify || study.isSound(key, control)))
        return;
    for (const Source& source : finder.sourcesOf(task, parametersOf(study, task)))
        if (source.task)
            plan(study, finder, *source.task, verify, control, order);
    order.push_back(task);
}

/// Why a task cannot be done, if one of those that it needs has failed.
std::optional<std::string> failedNeed(TaskStates& states, const Task& task, const std::map<Task, std::string>& failed) {
    if (const auto found = failed.find(task); found != failed.end())
        return found->second;
    if (failed.empty() || states.stateOf(task).kind == StepState::Kind::Done)
        return std::nullopt;
    for (const Task& needed : states.neededBy(task))
        if (auto cause = failedNeed(states, needed, failed))
            return cause;
    return std::nullopt;
}

/// Whether the arrays of an input are a file of the study.
bool isFile(const std::string& key) { return key.find('-') == std::string::npos; }

ResultRecord runOne(Study& study, const Task& task, const RunContext& context, const Progress& progress) {
    const Step& step = stepNamed(task.step);
    Parameters parameters = parametersOf(study, task);
    const Keys keys = KeyFinder(study).keysOf(task, parameters);
    std::optional<System> system;
    if (step.perSystem())
        system = study.system(task.system);
    std::optional<Subject> subject;
    if (step.perSubject)
        subject = study.subject(task.subject);

    StepContext stepContext{.study = study,
                            .system = system ? &*system : nullptr,
                            .subject = subject ? &*subject : nullptr,
                            .systems = study.systems(),
                            .subjects = study.subjects(),
                            .parameters = parameters,
                            .inputs = {},
                            .records = {},
                            .ratings = {},
                            .control = context.control,
                            .progress = progress,
                            .threads = context.threads,
                            .memory = context.memory,
                            .publish =
                                [&](const Snapshot& snapshot) {
                                    if (context.publish)
                                        context.publish(task, snapshot);
                                },
                            .checkpoint = study.checkpointPath(keys.trajectory)};
    for (const auto& [name, key] : keys.inputs)
        if (auto record = study.result(key))
            stepContext.records.emplace(name, std::move(*record));
    for (const auto& [name, key] : keys.inputs)
        if (isFile(key))
            stepContext.inputs[name] = study.arrays(key, context.control);
    if (std::any_of(step.inputs.begin(), step.inputs.end(), [](const StepInput& input) {
            return input.kind == StepInput::Kind::Ratings || input.kind == StepInput::Kind::Categories;
        }))
        stepContext.ratings = study.ratings();

    if (context.started)
        context.started(task);
    progress.say(step.title + (system ? " — " + system->title : "") + (subject ? " — " + subject->title : ""));
    const auto start = std::chrono::steady_clock::now();
    StepOutput output = step.run(stepContext);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

    ResultRecord record;
    if (!output.settled.empty()) {
        TextMap settledTexts;
        TextMap asked;
        for (const auto& [name, value] : output.settled) {
            asked[name] = toText(parameters.values().at(name));
            settledTexts[name] = toText(value);
            parameters.set(name, value);
        }
        setParameters(study, task, settledTexts);
        writeMap(study, settingName("asked", task), asked);
    }
    // Of the inputs that were used, whatever has been edited since.
    record.key = hashOf("result", step, task, parameters, keys.inputs);
    record.step = step.name;
    record.stepVersion = step.version;
    record.system = task.system;
    record.subject = task.subject;
    record.parameters = parameters.texts();
    record.inputs = keys.inputs;
    record.program = TERCET_VERSION;
    record.seconds = seconds;
    record.threads = context.threads;
    // What was ended by hand has changed the parameters already, and is kept.
    const JobControl never;
    study.store(record, std::move(output.arrays), output.settled.empty() ? context.control : never);
    if (output.keptUntilStored) {
        std::error_code ignored;
        std::filesystem::remove(stepContext.checkpoint, ignored);
    }
    progress.set(1);
    if (context.finished)
        context.finished(task, record);
    return record;
}

} // namespace

Parameters parametersOf(const Study& study, const Task& task) {
    const Step& step = stepNamed(task.step);
    const TextMap set = readMap(study, settingName("parameters", task));
    std::optional<SystemSource> source;
    if (step.perSystem())
        source = study.system(task.system).source;
    Parameters parameters;
    for (const Parameter& parameter : step.parameters) {
        const auto found = set.find(parameter.name);
        parameters.set(parameter.name, found != set.end() ? parameter.parse(found->second)
                                       : source           ? parameter.defaultOf(*source)
                                                          : parameter.defaultValue);
    }
    return parameters;
}

void setParameters(Study& study, const Task& task, const TextMap& texts) {
    const Step& step = stepNamed(task.step);
    if (step.perSystem())
        static_cast<void>(study.system(task.system));
    TextMap values = readMap(study, settingName("parameters", task));
    for (const auto& [name, text] : texts) {
        const Parameter& parameter = step.parameter(name);
        if (text.empty()) {
            values.erase(name);
            continue;
        }
        values[name] = toText(parameter.parse(text));
        if (std::any_of(step.inputs.begin(), step.inputs.end(),
                        [&](const StepInput& input) { return input.systemParameter == name; }))
            static_cast<void>(study.system(text));
    }
    writeMap(study, settingName("parameters", task), values);
    writeMap(study, settingName("asked", task), {});
}

std::string toText(const Task& task) {
    std::string text = task.step;
    for (const std::string& part : {task.system, task.subject})
        if (!part.empty())
            text += "/" + part;
    return text;
}

struct TaskStates::State {
    explicit State(const Study& which) : study(which), finder(which) {}
    const Study& study;
    KeyFinder finder;
};

TaskStates::TaskStates(const Study& study) : m_state(std::make_unique<State>(study)) {}
TaskStates::~TaskStates() = default;

StepState TaskStates::stateOf(const Task& task) {
    const Keys& keys = m_state->finder.keysOf(task);
    StepState state;
    state.record = keys.missing.empty() ? m_state->study.result(keys.key) : std::nullopt;
    if (state.record) {
        state.kind = StepState::Kind::Done;
        return state;
    }
    state.record = m_state->study.newestResult(task.step, task.system, task.subject);
    if (!keys.missing.empty()) {
        state.kind = StepState::Kind::Blocked;
        state.reason = keys.missing;
    } else if (state.record) {
        state.kind = StepState::Kind::Stale;
        state.reason =
            state.record->inputs != keys.inputs
                ? "What it was made from has changed since; run it again to bring it up to date."
            : state.record->parameters != parametersOf(m_state->study, task).texts()
                ? "The parameters were changed since this result was made; run it again to bring it up to date."
                : "Another version of Tercet made this result; run it again to bring it up to date.";
    }
    return state;
}

std::vector<Task> TaskStates::neededBy(const Task& task) {
    std::vector<Task> needed;
    for (const Source& source : m_state->finder.sourcesOf(task, parametersOf(m_state->study, task)))
        if (source.task)
            needed.push_back(*source.task);
    return needed;
}

StepState stateOf(const Study& study, const Task& task) { return TaskStates(study).stateOf(task); }

std::optional<ResultRecord> shownResult(const Study& study, const Task& task) { return stateOf(study, task).record; }

std::vector<Task> allTasks(const Study& study) {
    std::vector<Task> tasks;
    const std::vector<System> systems = study.systems();
    const std::vector<Subject> subjects = study.subjects();
    for (const Step& step : stepTable()) {
        std::vector<std::string> names;
        for (const System& system : systems)
            if (step.runsFor(system.source))
                names.push_back(system.name);
        if (!step.perSystem())
            names.emplace_back();
        for (const std::string& name : names) {
            if (!step.perSubject)
                tasks.push_back({step.name, name});
            else
                for (const Subject& subject : subjects)
                    tasks.push_back({step.name, name, subject.name});
        }
    }
    return tasks;
}

ResultRecord runTask(Study& study, const Task& task, const RunContext& context) {
    const Step& step = stepNamed(task.step);
    if (step.perSystem() && !step.runsFor(study.system(task.system).source))
        throw ParameterError({.where = step.name,
                              .what = "this step does not apply to system “" + task.system + "”",
                              .found = "judgments from " + toString(study.system(task.system).source)});
    if (step.perSubject)
        static_cast<void>(study.subject(task.subject));
    std::size_t done = 0;
    while (true) { // anew after every task, because parameters may be edited meanwhile
        KeyFinder finder(study);
        const Keys keys = finder.keysOf(task);
        if (!keys.missing.empty())
            throw MissingError({.where = step.name, .what = keys.missing});
        std::vector<Task> order;
        plan(study, finder, task, done == 0, context.control, order);
        if (order.empty())
            return *study.result(keys.key);
        if (!study.readOnlyReason().empty())
            throw StorageError({.where = study.folder().string(), .what = study.readOnlyReason()});
        context.control.check();
        const auto share = static_cast<double>(done + order.size());
        const ResultRecord record =
            runOne(study, order.front(), context,
                   context.progress.part(static_cast<double>(done) / share, static_cast<double>(done + 1) / share));
        if (order.front() == task)
            return record;
        ++done;
    }
}

std::vector<UndoneTask> runTasks(Study& study, const std::vector<Task>& tasks, const RunContext& context) {
    std::vector<UndoneTask> undone;
    std::map<Task, std::string> failed; // and why
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const Task& task = tasks[i];
        TaskStates states(study);
        if (const auto cause = failedNeed(states, task, failed)) {
            undone.push_back({.task = task, .reason = *cause, .error = nullptr});
            continue;
        }
        const bool blocked = states.stateOf(task).kind == StepState::Kind::Blocked;
        const auto share = static_cast<double>(tasks.size());
        RunContext one = context;
        one.progress = context.progress.part(static_cast<double>(i) / share, static_cast<double>(i + 1) / share);
        Task running = task; // or what it needs
        one.started = [&](const Task& begun) {
            running = begun;
            if (context.started)
                context.started(begun);
        };
        try {
            runTask(study, task, one);
        } catch (const StorageError&) {
            throw;
        } catch (const Error& error) {
            if (!blocked)
                failed.emplace(running, error.what());
            undone.push_back(
                {task, blocked ? states.stateOf(task).reason : error.what(), std::current_exception(), blocked});
        }
    }
    return undone;
}

bool canResume(const Study& study, const Task& task) { return study.setting(settingName("asked", task)).has_value(); }

void prepareResume(Study& study, const Task& task) {
    setParameters(study, task, readMap(study, settingName("asked", task)));
}

} // namespace tercet
