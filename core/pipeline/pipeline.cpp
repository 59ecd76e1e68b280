#include "core/pipeline/pipeline.h"

#include "core/base/error.h"
#include "core/base/hash.h"

#include <chrono>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

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

bool hasCategories(const Study& study) {
    const std::vector<System> systems = study.systems();
    return std::any_of(systems.begin(), systems.end(),
                       [](const System& system) { return system.source == SystemSource::Categories; });
}

Source sourceOf(const Study& study, std::string system, const StepInput& input, const Parameters& parameters) {
    if (!input.systemParameter.empty() && !parameters.text(input.systemParameter).empty())
        system = parameters.text(input.systemParameter);
    const auto importOr = [&](const char* kind, const char* words, const char* step, const char* remedy) -> Source {
        if (auto key = study.imported(system, kind))
            return {.key = std::move(key)};
        const std::vector<System> systems = study.systems();
        const auto found =
            std::find_if(systems.begin(), systems.end(), [&](const System& one) { return one.name == system; });
        if (found == systems.end())
            return {.missing = fmt::format("The study has no system “{}”: name another.", system)};
        if (step != nullptr && stepNamed(step).runsFor(found->source))
            return {.task = Task{step, system}};
        return {.missing = fmt::format("System “{}” has no {}: {}.", system, words, remedy)};
    };
    switch (input.kind) {
    case StepInput::Kind::Stimuli: {
        const std::size_t count = study.stimuli()->size();
        if (count < 3)
            return {.missing = fmt::format(
                        "The study has {} stimuli, at least 3 are needed: import ratings or judgments.", count)};
        return {.key = fmt::format("stimuli-{}", count)};
    }
    case StepInput::Kind::Ratings:
    case StepInput::Kind::Categories: {
        auto key = study.imported("", "ratings");
        if (!key)
            return {.missing = "The study has no ratings: import a rating table."};
        if (input.kind == StepInput::Kind::Categories && !hasCategories(study))
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
    case StepInput::Kind::Embedding:
        return importOr("embedding", "embedding", "fit-embedding", "import judgments or an embedding for it");
    case StepInput::Kind::Result:
        return {.task = Task{input.step, stepNamed(input.step).perSystem() ? system : std::string()}};
    }
    return {};
}

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
    for (const Parameter& parameter : step.parameters)
        if (what == "result" || !parameter.lengthOnly)
            hasher.add(parameter.name).add(toText(parameters.values().at(parameter.name)));
    for (const auto& [name, key] : inputs)
        hasher.add(name).add(key);
    return hasher.hex();
}

Keys keysOf(const Study& study, const Task& task, const Parameters& parameters);

Keys keysOf(const Study& study, const Task& task) { return keysOf(study, task, parametersOf(study, task)); }

std::string wordsFor(const StepInput& input) {
    switch (input.kind) {
    case StepInput::Kind::Judgments:
        return "judgments";
    case StepInput::Kind::Validation:
        return "validation judgments";
    case StepInput::Kind::Embedding:
        return "an embedding";
    default:
        return "a result of " + input.step;
    }
}

/// The sources of all of a task's inputs, in their order.
std::vector<Source> sourcesOf(const Study& study, const Task& task, const Parameters& parameters) {
    std::vector<Source> sources;
    const auto isThere = [&](const Source& source) {
        return source.key || (source.task && keysOf(study, *source.task).missing.empty());
    };
    for (const StepInput& input : stepNamed(task.step).inputs) {
        if (input.everySystem == 0) {
            Source source = sourceOf(study, task.system, input, parameters);
            source.name = input.name;
            if (!input.optional || isThere(source))
                sources.push_back(std::move(source));
            continue;
        }
        std::size_t found = 0;
        for (const System& system : study.systems()) {
            if (input.kind == StepInput::Kind::Result && !stepNamed(input.step).runsFor(system.source))
                continue;
            Source source = sourceOf(study, system.name, input, parameters);
            if (!isThere(source))
                continue;
            source.name = nameOfInput(input.name, system.name);
            sources.push_back(std::move(source));
            ++found;
        }
        if (found < input.everySystem)
            sources.push_back(
                {.missing = fmt::format("At least {} systems with {} are needed, and the study has {}: import more.",
                                        input.everySystem, wordsFor(input), found)});
    }
    return sources;
}

Keys keysOf(const Study& study, const Task& task, const Parameters& parameters) {
    const Step& step = stepNamed(task.step);
    Keys keys;
    for (const Source& source : sourcesOf(study, task, parameters)) {
        if (source.key) {
            keys.inputs[source.name] = *source.key;
        } else if (source.task) {
            Keys theirs = keysOf(study, *source.task);
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

/// The tasks that make a task's inputs.
std::vector<Task> neededBy(const Study& study, const Task& task) {
    std::vector<Task> needed;
    for (const Source& source : sourcesOf(study, task, parametersOf(study, task)))
        if (source.task)
            needed.push_back(*source.task);
    return needed;
}

/// Appends the tasks that have to be run for `task`, each after what it needs.
/// A result whose file is damaged counts as none if `verify`.
void plan(const Study& study, const Task& task, bool verify, std::vector<Task>& order) {
    if (std::find(order.begin(), order.end(), task) != order.end())
        return;
    if (const std::string key = keysOf(study, task).key; study.result(key) && (!verify || study.isSound(key)))
        return;
    for (const Task& needed : neededBy(study, task))
        plan(study, needed, verify, order);
    order.push_back(task);
}

ResultRecord runOne(Study& study, const Task& task, const RunContext& context, const Progress& progress) {
    const Step& step = stepNamed(task.step);
    Parameters parameters = parametersOf(study, task);
    const Keys keys = keysOf(study, task, parameters);
    std::optional<System> system;
    if (step.perSystem())
        system = study.system(task.system);

    StepContext stepContext{.study = study,
                            .system = system ? &*system : nullptr,
                            .systems = study.systems(),
                            .parameters = parameters,
                            .inputs = {},
                            .records = {},
                            .ratings = {},
                            .control = context.control,
                            .progress = progress,
                            .threads = context.threads,
                            .publish =
                                [&](const Snapshot& snapshot) {
                                    if (context.publish)
                                        context.publish(task, snapshot);
                                },
                            .checkpoint = study.checkpointPath(keys.trajectory)};
    for (const auto& [name, key] : keys.inputs)
        if (auto record = study.result(key))
            stepContext.records.emplace(name, std::move(*record));
    for (const StepInput& input : step.inputs) {
        if (input.optional && !keys.inputs.contains(input.name))
            continue;
        if (input.kind == StepInput::Kind::Ratings || input.kind == StepInput::Kind::Categories)
            stepContext.ratings = study.ratings();
        else if (input.everySystem != 0) {
            for (const System& each : stepContext.systems)
                if (const auto key = keys.inputs.find(nameOfInput(input.name, each.name)); key != keys.inputs.end())
                    stepContext.inputs[key->first] = study.arrays(key->second);
        } else if (input.kind != StepInput::Kind::Stimuli)
            stepContext.inputs[input.name] = study.arrays(keys.inputs.at(input.name));
    }

    if (context.started)
        context.started(task);
    progress.say(step.title + (system ? " — " + system->title : ""));
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
    record.parameters = parameters.texts();
    record.inputs = keys.inputs;
    record.program = TERCET_VERSION;
    record.seconds = seconds;
    record.threads = context.threads;
    study.store(record, std::move(output.arrays));
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

StepState stateOf(const Study& study, const Task& task) {
    const Keys keys = keysOf(study, task);
    StepState state;
    state.record = keys.missing.empty() ? study.result(keys.key) : std::nullopt;
    if (state.record) {
        state.kind = StepState::Kind::Done;
        return state;
    }
    state.record = study.newestResult(task.step, task.system);
    if (!keys.missing.empty()) {
        state.kind = StepState::Kind::Blocked;
        state.reason = keys.missing;
    } else if (state.record) {
        state.kind = StepState::Kind::Stale;
        state.reason =
            state.record->inputs != keys.inputs
                ? "What it was made from has changed since; run it again to bring it up to date."
            : state.record->parameters != parametersOf(study, task).texts()
                ? "The parameters were changed since this result was made; run it again to bring it up to date."
                : "Another version of Tercet made this result; run it again to bring it up to date.";
    }
    return state;
}

std::optional<ResultRecord> shownResult(const Study& study, const Task& task) { return stateOf(study, task).record; }

std::vector<Task> allTasks(const Study& study) {
    std::vector<Task> tasks;
    const std::vector<System> systems = study.systems();
    for (const Step& step : stepTable()) {
        if (!step.perSystem())
            tasks.push_back({step.name, ""});
        for (const System& system : systems)
            if (step.runsFor(system.source))
                tasks.push_back({step.name, system.name});
    }
    return tasks;
}

ResultRecord runTask(Study& study, const Task& task, const RunContext& context) {
    const Step& step = stepNamed(task.step);
    if (step.perSystem() && !step.runsFor(study.system(task.system).source))
        throw ParameterError({.where = step.name,
                              .what = "this step does not apply to system “" + task.system + "”",
                              .found = "judgments from " + toString(study.system(task.system).source)});
    std::size_t done = 0;
    while (true) { // anew after every task, because parameters may be edited meanwhile
        const Keys keys = keysOf(study, task);
        if (!keys.missing.empty())
            throw MissingError({.where = step.name, .what = keys.missing});
        std::vector<Task> order;
        plan(study, task, done == 0, order);
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

bool canResume(const Study& study, const Task& task) { return study.setting(settingName("asked", task)).has_value(); }

void prepareResume(Study& study, const Task& task) {
    setParameters(study, task, readMap(study, settingName("asked", task)));
}

} // namespace tercet
