#include "app/command_line.h"

#include "app/bench.h"
#include "app/terminal_progress.h"
#include "core/base/error.h"
#include "core/base/outcome.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/pipeline/brain_import.h"
#include "core/pipeline/demo_study.h"
#include "core/pipeline/pipeline.h"
#include "core/pipeline/result_export.h"
#include "core/pipeline/run_mapping.h"
#include "core/study/study_import.h"

#ifdef TERCET_GUI
#include "app/figure_command.h"
#endif

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <exception>
#include <fmt/format.h>
#include <functional>
#include <nlohmann/json.hpp>

namespace tercet {
namespace {

using nlohmann::json;
using TextMap = std::map<std::string, std::string>;

constexpr std::array kCommands = {"demo", "import", "system", "steps", "run",
                                  "show", "export", "figure", "check", "bench"};

std::string describe(const Parameter& parameter) {
    std::string text =
        fmt::format("    --{} ({}; default {}", parameter.name, parameter.domain(), toText(parameter.defaultValue));
    for (const auto& [source, value] : parameter.defaultFor)
        text += fmt::format(", {} for {}", toText(value), toString(source));
    text += ")";
    if (!parameter.unit.empty())
        text += " [" + parameter.unit + "]";
    text += "\n        " + parameter.help;
    if (!parameter.paper.empty())
        text += " The paper: " + parameter.paper;
    return text;
}

void printSteps(bool asJson) {
    if (asJson) {
        json list = json::array();
        for (const Step& step : stepTable()) {
            json parameters = json::array();
            for (const Parameter& parameter : step.parameters) {
                json defaults = json::object();
                for (const auto& [source, value] : parameter.defaultFor)
                    defaults[toString(source)] = toText(value);
                parameters.push_back({{"name", parameter.name},
                                      {"domain", parameter.domain()},
                                      {"default", toText(parameter.defaultValue)},
                                      {"default_for", defaults},
                                      {"unit", parameter.unit},
                                      {"help", parameter.help},
                                      {"paper", parameter.paper}});
            }
            json inputs = json::array();
            for (const StepInput& input : step.inputs)
                inputs.push_back(input.name);
            list.push_back({{"name", step.name},
                            {"title", step.title},
                            {"version", step.version},
                            {"help", step.help},
                            {"per_system", step.perSystem()},
                            {"per_subject", step.perSubject},
                            {"inputs", inputs},
                            {"parameters", parameters},
                            {"arrays", step.arrays}});
        }
        fmt::print("{}\n", list.dump(2));
        return;
    }
    for (const Step& step : stepTable()) {
        fmt::print("{} — {}{}\n    {}\n", step.name, step.title,
                   step.perSystem() && step.perSubject ? " (for each system and subject)"
                   : step.perSystem()                  ? " (for each system)"
                   : step.perSubject                   ? " (for each subject)"
                                                       : "",
                   step.help);
        for (const Parameter& parameter : step.parameters)
            fmt::print("{}\n", describe(parameter));
        fmt::print("\n");
    }
}

const char* stateWord(StepState::Kind kind) {
    switch (kind) {
    case StepState::Kind::Blocked:
        return "blocked";
    case StepState::Kind::Missing:
        return "missing";
    case StepState::Kind::Stale:
        return "stale";
    case StepState::Kind::Done:
        return "done";
    }
    return "";
}

std::string summaryOf(const Study& study, const ResultRecord& record) {
    const TextMap attributes = study.attributes(record.key);
    const auto found = attributes.find("summary");
    return found == attributes.end() ? "" : found->second;
}

/// The same, or what is wrong with the result's file.
std::string summaryOrFault(const Study& study, const ResultRecord& record) {
    try {
        return summaryOf(study, record);
    } catch (const Error& error) {
        return error.what();
    }
}

/// The result that `name` means: "step/system", "step", or the beginning of a key.
ResultRecord resultNamed(const Study& study, const std::string& name) {
    for (const Task& task : allTasks(study))
        if (toText(task) == name)
            if (auto record = shownResult(study, task))
                return *record;
    std::optional<ResultRecord> found;
    for (const ResultRecord& record : study.results())
        if (name.size() >= 6 && record.key.starts_with(name))
            found = record;
    if (!found)
        throw MissingError(
            {.where = "result " + tercet::quoted(name),
             .what = "the study has no such result",
             .remedy = "`tercet show STUDY` lists what there is; name it as it stands there or by its key"});
    return *found;
}

json recordJson(const Study& study, const ResultRecord& record) {
    return {{"key", record.key},         {"step", record.step},       {"step_version", record.stepVersion},
            {"system", record.system},   {"subject", record.subject}, {"parameters", record.parameters},
            {"inputs", record.inputs},   {"program", record.program}, {"created_at", record.createdAt},
            {"seconds", record.seconds}, {"threads", record.threads}, {"summary", summaryOrFault(study, record)}};
}

void showStudy(const Study& study, bool asJson) {
    std::shared_ptr<const Ratings> ratings;
    std::string fault;
    try {
        ratings = study.ratings();
    } catch (const Error& error) {
        fault = error.what();
    }
    if (asJson) {
        json tasks = json::array();
        TaskStates states(study);
        for (const Task& task : allTasks(study)) {
            const StepState state = states.stateOf(task);
            json entry = {{"task", toText(task)}, {"state", stateWord(state.kind)}};
            if (!state.reason.empty())
                entry["reason"] = state.reason;
            if (state.record)
                entry["result"] = recordJson(study, *state.record);
            tasks.push_back(std::move(entry));
        }
        json systems = json::array();
        for (const System& system : study.systems())
            systems.push_back({{"name", system.name},
                               {"title", system.title},
                               {"source", toString(system.source)},
                               {"parameters", system.parameterCount}});
        json subjects = json::array();
        for (const Subject& subject : study.subjects())
            subjects.push_back({{"name", subject.name}, {"title", subject.title}});
        json imports = json::array();
        for (const ImportRecord& record : study.imports())
            imports.push_back({{"key", record.key},
                               {"kind", record.kind},
                               {"owner", record.owner},
                               {"path", record.path},
                               {"bytes", record.bytes},
                               {"imported_at", record.importedAt},
                               {"notes", record.notes}});
        fmt::print("{}\n", json{{"id", study.id()},
                                {"title", study.title()},
                                {"stimuli", study.stimuli()->size()},
                                {"rating_terms", ratings ? ratings->terms.size() : 0},
                                {"systems", systems},
                                {"subjects", subjects},
                                {"imports", imports},
                                {"tasks", tasks}}
                               .dump(2));
        return;
    }
    fmt::print("{} — {}", study.title(), counted(study.stimuli()->size(), "stimulus", "stimuli"));
    if (ratings)
        fmt::print(", rated on {} and {}",
                   counted(ratings->columns(TermKind::Category).size(), "category", "categories"),
                   counted(ratings->columns(TermKind::Dimension).size(), "dimension", "dimensions"));
    fmt::print("\n");
    if (!fault.empty())
        fmt::print("  {}\n", fault);
    for (const ImportRecord& record : study.imports()) {
        fmt::print("  {}{}: {}\n", record.kind, record.owner.empty() ? "" : " of " + record.owner,
                   record.path.empty() ? "generated" : record.path);
        for (const std::string& note : record.notes)
            fmt::print("    {}\n", note);
    }
    TaskStates states(study);
    for (const Task& task : allTasks(study)) {
        const StepState state = states.stateOf(task);
        fmt::print("  {:<42} {:<8} {}\n", toText(task), stateWord(state.kind),
                   state.record ? summaryOrFault(study, *state.record) : state.reason);
    }
}

void showResult(const Study& study, const std::string& name, bool asJson) {
    const ResultRecord record = resultNamed(study, name);
    const auto bundle = study.arrays(record.key);
    json arrays = json::object();
    for (const auto& [array, value] : bundle->arrays)
        arrays[array] = std::visit([](const auto& a) { return shapeText(a.shape); }, value);
    for (const auto& [array, large] : bundle->large)
        arrays[array] = shapeText({large.rows(), large.columns()});
    json description = recordJson(study, record);
    description["arrays"] = arrays;
    if (asJson) {
        fmt::print("{}\n", description.dump(2));
        return;
    }
    fmt::print("{}\n", toText(Task{record.step, record.system, record.subject}));
    fmt::print("  {}\n", summaryOf(study, record));
    fmt::print("  key {}, made {} by Tercet {} in {} on {} threads\n", record.key, record.createdAt, record.program,
               formatDuration(record.seconds), record.threads);
    for (const auto& [parameter, value] : record.parameters)
        fmt::print("  --{} {}\n", parameter, value);
    for (const auto& [input, key] : record.inputs)
        fmt::print("  input {} {}\n", input, key);
    for (const auto& [array, shape] : arrays.items()) {
        const auto help = stepNamed(record.step).arrays.find(array);
        fmt::print("  array {} ({}){}\n", array, shape.get<std::string>(),
                   help == stepNamed(record.step).arrays.end() ? "" : ": " + help->second);
    }
}

/// "--name value" and "--name=value" pairs.
TextMap pairsFrom(const std::vector<std::string>& words) {
    TextMap pairs;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (!word.starts_with("--") || word.size() < 3)
            throw ParameterError(
                {.where = "tercet run", .expected = "--parameter value", .found = tercet::quoted(word)});
        const auto equals = word.find('=');
        if (equals != std::string::npos) {
            pairs[word.substr(2, equals - 2)] = word.substr(equals + 1);
        } else {
            if (i + 1 == words.size())
                throw ParameterError({.where = word, .expected = "a value behind it", .found = "the end of the line"});
            pairs[word.substr(2)] = words[++i];
        }
    }
    return pairs;
}

struct RunRequest {
    std::string what; ///< a step, or "all"
    std::string system;
    std::string subject;
    TextMap parameters;
    int threads = 1;
    double memory = static_cast<double>(kUsualMemory >> 30U); ///< GB
};

/// The parameters of a result that are not the defaults, as they are set: " (--folds whole-runs)".
std::string changedParameters(const Study& study, const ResultRecord& record) {
    std::string text;
    const Step& step = stepNamed(record.step);
    for (const auto& [name, value] : record.parameters) {
        const Parameter& parameter = step.parameter(name);
        const ParameterValue& usual =
            record.system.empty() ? parameter.defaultValue : parameter.defaultOf(study.system(record.system).source);
        if (value != toText(usual))
            text += fmt::format("{}--{} {}", text.empty() ? " (" : " ", name, value);
    }
    return text.empty() ? text : text + ")";
}

/// How the program ends where a task failed.
int codeOf(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const ParameterError&) {
        return 2;
    } catch (const Error&) {
        return 1;
    }
}

/// Of numbers; what is none passes CLI::Range.
CLI::Validator within(double low, double high) {
    return CLI::Validator(
        [=](const std::string& text) {
            const auto number = toNumber(text);
            return number && *number >= low && *number <= high
                       ? std::string()
                       : fmt::format("expected a number from {:g} to {:g}, found {}", low, high, tercet::quoted(text));
        },
        fmt::format("FLOAT in [{:g} - {:g}]", low, high));
}

/// Returns 0 if all that could be done was done, and says what was not.
int runTasks(Study& study, const RunRequest& request) {
    const auto& [what, systemName, subjectName, parameters, threads, memory] = request;
    std::vector<Task> tasks;
    if (what == "all") {
        if (!parameters.empty())
            throw ParameterError(
                {.where = "tercet run all",
                 .what = "parameters belong to one step",
                 .remedy = "set them with `tercet run STUDY STEP --" + parameters.begin()->first + " …`"});
        tasks = allTasks(study);
    } else {
        const Step& step = stepNamed(what);
        for (const auto& [name, text] : parameters)
            if (const Parameter& parameter = step.parameter(name); !text.empty()) // else its default
                (void)parameter.parse(text);
        for (const Task& task : allTasks(study))
            if (task.step == what)
                tasks.push_back(task);
        if (tasks.empty())
            throw MissingError({.where = what,
                                .what = step.perSubject && study.subjects().empty()
                                            ? "the study has no subject"
                                            : "the study has no system that this step applies to",
                                .remedy = step.perSubject && study.subjects().empty()
                                              ? "import fMRI first"
                                              : "import ratings or judgments first"});
    }
    if (!systemName.empty()) {
        if (what != "all" && !stepNamed(what).perSystem())
            throw ParameterError({.where = what, .what = "this step is not run for one system", .found = "--system"});
        (void)study.system(systemName);
        std::string others;
        for (const Task& task : tasks)
            if (!task.system.empty())
                others += (others.empty() ? "" : ", ") + task.system;
        std::erase_if(tasks, [&](const Task& task) { return !task.system.empty() && task.system != systemName; });
        if (tasks.empty())
            throw ParameterError({.where = what,
                                  .expected = "a system that it can run for (" + others + ")",
                                  .found = tercet::quoted(systemName)});
    }
    if (!subjectName.empty()) {
        const std::string subject = study.subject(plainNameFrom(subjectName)).name; // as imports name it
        std::erase_if(tasks, [&](const Task& task) { return !task.subject.empty() && task.subject != subject; });
        if (tasks.empty() || (what != "all" && !stepNamed(what).perSubject))
            throw ParameterError({.where = what, .what = "this step is not run for one subject", .found = "--subject"});
    }
    std::map<Task, TextMap> before;
    if (!parameters.empty())
        for (const Task& task : tasks) {
            const TextMap all = parametersOf(study, task).texts();
            for (const auto& [name, text] : parameters)
                before[task][name] = all.at(name);
            setParameters(study, task, parameters);
        }

    JobControl control;
    TerminalProgress terminal(control);
    const std::vector<UndoneTask> undone =
        runTasks(study, tasks,
                 {.control = control,
                  .progress = terminal.progress(),
                  .threads = threads,
                  .memory = static_cast<std::size_t>(memory * static_cast<double>(std::size_t{1} << 30U)),
                  .finished = [&](const Task& done, const ResultRecord& record) {
                      terminal.say(fmt::format("{} in {}: {}{}", toText(done), formatDuration(record.seconds),
                                               summaryOf(study, record), changedParameters(study, record)));
                  }});
    for (const UndoneTask& one : undone) // parameters that were refused are forgotten
        if (before.contains(one.task) && one.error && codeOf(one.error) == 2)
            setParameters(study, one.task, before[one.task]);
    const auto isUndone = [&](const Task& task) {
        return std::ranges::find(undone, task, &UndoneTask::task) != undone.end();
    };
    if (what != "all")
        for (const Task& task : tasks)
            if (const auto record = shownResult(study, task); record && !isUndone(task))
                fmt::print("{} {} {}{}\n", toText(task), record->key, summaryOf(study, *record),
                           changedParameters(study, *record));
    // One sentence for all tasks that one thing keeps from being done.
    std::vector<const UndoneTask*> causes;
    for (const UndoneTask& one : undone)
        if (std::ranges::find(causes, one.reason, &UndoneTask::reason) == causes.end())
            causes.push_back(&one);
    int code = 0; // of the first failure
    for (const UndoneTask* cause : causes) {
        const auto others = std::ranges::count(undone, cause->reason, &UndoneTask::reason) - 1;
        const std::string who =
            toText(cause->task) +
            (others == 0 ? "" : " and " + counted(static_cast<std::uint64_t>(others), "other task", "other tasks"));
        terminal.say(fmt::format("{}: not done. {}", who, cause->reason));
        if (code == 0 && !(what == "all" && cause->blocked))
            code = codeOf(cause->error);
    }
    return code;
}

/// Imports into the study at `folder`, or into a new one, which is not kept if the import fails.
ImportReport importIntoFolder(const std::filesystem::path& folder, const std::string& title,
                              const ImportRequest& request) {
    JobControl control;
    const TerminalProgress terminal(control);
    std::error_code error;
    if (std::filesystem::exists(folder, error) || error)
        return tercet::importFiles(*Study::open(folder), request, control, terminal.progress());
    auto study = Study::create(
        folder, !title.empty() ? title : (folder.has_filename() ? folder : folder.parent_path()).stem().string());
    try {
        return tercet::importFiles(*study, request, control, terminal.progress());
    } catch (...) {
        study.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
        throw;
    }
}

/// Options of the import that only some kinds of files have.
class KindOptions {
public:
    /// Adds the kinds to the option's help.
    void add(CLI::Option* option, std::vector<std::string> kinds) {
        std::string words = fmt::format("{}", fmt::join(kinds, ", "));
        words.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(words.front())));
        option->description(words + ": " + option->get_description());
        m_kinds.emplace_back(option, std::move(kinds));
    }
    /// Throws ParameterError if one was given that files of `kind` do not have.
    void require(const std::string& kind) const {
        for (const auto& [option, kinds] : m_kinds)
            if (option->count() > 0 && std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
                throw ParameterError({.where = "import " + kind,
                                      .expected = "no " + option->get_name() + ", which is for " +
                                                  fmt::format("{}", fmt::join(kinds, ", ")),
                                      .found = "it"});
    }

private:
    std::vector<std::pair<CLI::Option*, std::vector<std::string>>> m_kinds;
};

/// What the parser found wrong, as one sentence.
std::string sentenceFor(const CLI::App& app, const CLI::ParseError& error) {
    const std::vector<CLI::App*> chosen = app.get_subcommands();
    const std::string command = chosen.empty() ? "" : " " + chosen.front()->get_name();
    std::string what = error.what();
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
        what = fmt::format("there is no option or further argument {}",
                           tercet::quoted(fmt::format("{}", fmt::join(app.remaining(true), " "))));
    return fmt::format("tercet:{} {}; `tercet{} --help` says how.", command.empty() ? "" : command + ":", what,
                       command);
}

int checkStudy(const Study& study) {
    bool good = true;
    for (const CheckFinding& finding : study.check()) {
        fmt::print("{} {}\n", finding.good ? "ok  " : "BAD ", finding.text);
        good = good && finding.good;
    }
    for (const CheckFinding& finding : checkAgainstPlanted(study)) {
        fmt::print("{} {}\n", finding.good ? "ok  " : "BAD ", finding.text);
        good = good && finding.good;
    }
    return good ? 0 : 1;
}

} // namespace

bool isCommand(const std::string& word) {
    return std::find(kCommands.begin(), kCommands.end(), word) != kCommands.end() || word == "--help" || word == "-h" ||
           word == "--version";
}

int runCommandLine(const std::vector<std::string>& arguments) {
    CLI::App app(
        "Tercet — explore the geometry of emotion.\nWithout a command, or with a STUDY alone, the window opens.",
        "tercet");
    app.set_version_flag("--version", std::string("Tercet ") + TERCET_VERSION);
    app.require_subcommand(1);
    int threads = threadBudget();
    app.add_option("--threads", threads, "Threads to compute with; any number gives the same bytes")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();

    std::string folder;
    std::function<int()> action;
    const auto command = [&](const char* name, const char* help, std::function<int()> run) {
        CLI::App* sub = app.add_subcommand(name, help);
        sub->fallthrough();
        sub->callback([&action, run = std::move(run)] { action = run; });
        return sub;
    };

    std::uint64_t seed = kDemoSeed;
    bool withoutBrain = false;
    auto* demo = command("demo", "Write the demo study", [&] {
        JobControl control;
        TerminalProgress terminal(control);
        const auto study = makeDemoStudy(folder, seed, control, terminal.progress(), threads, !withoutBrain);
        terminal.say(fmt::format("{}: {} stimuli, {} systems, {}.", folder, study->stimuli()->size(),
                                 study->systems().size(), counted(study->subjects().size(), "subject", "subjects")));
        return 0;
    });
    demo->add_option("DIR", folder, "Folder to make, e.g. demo.tercet")->required();
    demo->add_option("--seed", seed, "Another seed makes another study of the same form")->capture_default_str();
    demo->add_flag("--without-brain", withoutBrain, "Leave the scanned subjects out");

    ImportRequest request;
    std::vector<std::string> files;
    std::string names;
    std::string title;
    std::vector<std::string> events;
    std::vector<std::string> motion;
    std::string mask;
    std::string volumeLabels;
    KindOptions kindOptions;
    auto* import = command("import", "Import files into a study, which is made if it is not there", [&] {
        kindOptions.require(request.kind);
        request.files.assign(files.begin(), files.end());
        (request.kind == "parcellation" ? request.parcelNames : request.names) = names;
        request.events.assign(events.begin(), events.end());
        request.motion.assign(motion.begin(), motion.end());
        request.mask = mask;
        request.volumeLabels = volumeLabels;
        const ImportReport report = importIntoFolder(folder, title, request);
        fmt::print("{}\n", report.summary);
        for (const std::string& note : report.notes)
            fmt::print("  {}\n", note);
        return 0;
    });
    import->add_option("STUDY", folder, "The study's folder")->required();
    import->add_option("KIND", request.kind, fmt::format("{}", fmt::join(importKinds(), ", ")))
        ->required()
        ->check(CLI::IsMember(importKinds()));
    import->add_option("FILE", files, "The files; surface: also a folder of pycortex")->required();
    import->add_option("--title", title, "The study's title, if it is made now");
    const auto judged = std::vector<std::string>{"judgments", "validation", "repeats", "embedding"};
    const auto judgments = std::vector<std::string>{"judgments", "validation", "repeats"};
    const auto fmri = std::vector<std::string>{"fmri"};
    const auto subjects = std::vector<std::string>{"fmri", "surface", "parcellation"};
    const auto option = [&](const char* name, auto& value, const char* help, const std::vector<std::string>& kinds) {
        CLI::Option* added = import->add_option(name, value, help);
        kindOptions.add(added, kinds);
        if (std::find(kinds.begin(), kinds.end(), "fmri") != kinds.end() || kinds.front() == "surface")
            added->group("Brain");
        return added;
    };
    option("--system", request.system, "the system's name (default: the file's)", judged);
    option("--system-title", request.systemTitle, "what people read", judged);
    option("--names", names, "a file with one stimulus name a line; of a parcellation: names of parcels",
           {"judgments", "validation", "repeats", "embedding", "parcellation"});
    option("--stimuli", request.stimuli, "how many stimuli there are, if the study does not know", judgments);
    option("--base", request.indexBase,
           "0 or 1, the number of the first stimulus (default: seen in the file; fmri: numbers are ids, or begin at 1 "
           "where ids are none)",
           {"judgments", "validation", "repeats", "fmri"})
        ->check(CLI::Range(0, 1))
        ->group("Options");
    option("--exclude", request.excludedIds, "ids to leave out", {"ratings"})->delimiter(',');
    option("--id-column", request.idColumn, "the column with the stimulus id", {"ratings"});
    kindOptions.add(import->add_flag("--transposed", request.transposed, "components are the rows"), {"embedding"});
    option("--subject", request.subject,
           "whose it is (default: sub-… in the files' names; of surface and parcellation else: all subjects')",
           subjects);
    option("--subject-title", request.subjectTitle, "what people read", subjects);
    option("--events", events, "a table of events for each run (default: beside it)", fmri);
    option("--labels", volumeLabels, "a file with the label and run of each volume, instead of events", fmri);
    option("--motion", motion, "motion parameters of each run (default: beside it)", fmri);
    option("--mask", mask, "the voxels that count (default: those with signal)", fmri);
    option("--tr", request.repetitionTime, "seconds from volume to volume (default: as the files say)", fmri)
        ->check(within(kShortestRepetitionTime, kLongestRepetitionTime));
    option("--stimulus-column", request.stimulusColumn,
           "the column of events, or key of a BData file, that names the stimulus (default: found)", fmri);
    option("--keep", request.keptEvents,
           "COLUMN=VALUE,VALUE: the events that count (default: all that name a stimulus)", fmri);
    option("--transform", request.transform, "which transform of a pycortex folder", {"surface"});
    for (const char* ofEvents : {"--events", "--stimulus-column", "--keep"})
        import->get_option("--labels")->excludes(ofEvents);

    std::string edited;
    std::string editedTitle;
    std::string parameterCount;
    CLI::App* system = command("system", "Say what a system is called and how large its model is", [&] {
        const auto study = Study::open(folder);
        System changed = study->system(edited);
        if (!editedTitle.empty())
            changed.title = editedTitle;
        if (!parameterCount.empty()) {
            const auto count = toLargeNumber(parameterCount);
            if (!count || *count < 0 || *count >= 1e18)
                throw ParameterError({.where = "--parameters",
                                      .expected = "a number like 7B or 25M, or 0 for none",
                                      .found = tercet::quoted(parameterCount)});
            changed.parameterCount = *count;
        }
        study->setSystem(changed);
        return 0;
    });
    system->add_option("STUDY", folder, "The study's folder")->required();
    system->add_option("SYSTEM", edited, "Its name")->required();
    system->add_option("--title", editedTitle, "What people read");
    system->add_option("--parameters", parameterCount, "How many parameters the model that judged has, like 7B");

    bool asJson = false;
    command("steps", "List the steps and their parameters", [&] {
        printSteps(asJson);
        return 0;
    })->add_flag("--json", asJson, "As JSON");

    std::string what;
    RunRequest running;
    CLI::App* run = nullptr;
    run = command("run", "Run a step (or all) and whatever it needs", [&] {
        const auto study = Study::open(folder);
        running.parameters = pairsFrom(run->remaining());
        running.threads = threads;
        return runTasks(*study, running);
    });
    run->add_option("STUDY", folder, "The study's folder")->required();
    run->add_option("STEP", running.what, "A step of `tercet steps`, or all")->required();
    run->add_option("--system", running.system, "For this system only (default: every system)");
    run->add_option("--subject", running.subject, "For this subject only (default: every subject)");
    run->add_option("--memory-gb", running.memory, "Memory that large computations may take; changes no result")
        ->check(within(0.05, 1e6))
        ->capture_default_str();
    run->allow_extras();
    run->fallthrough(false);
    run->add_option("--threads", threads, "Threads to compute with; any number gives the same bytes")
        ->check(CLI::Range(1, 4096));

    auto* show = command("show", "Show what a study holds, or where a result came from", [&] {
        const auto study = Study::open(folder);
        if (what.empty())
            showStudy(*study, asJson);
        else
            showResult(*study, what, asJson);
        return 0;
    });
    show->add_option("STUDY", folder, "The study's folder")->required();
    show->add_option("RESULT", what, "STEP, STEP/SYSTEM, STEP/SYSTEM/SUBJECT or the beginning of a key");
    show->add_flag("--json", asJson, "As JSON");

    std::string file;
    std::string array;
    auto* exporting = command("export", "Write a result to a file that other programs read", [&] {
        const auto study = Study::open(folder);
        exportResult(*study, resultNamed(*study, what), array, file);
        return 0;
    });
    exporting->add_option("STUDY", folder, "The study's folder")->required();
    exporting->add_option("RESULT", what, "STEP, STEP/SYSTEM, STEP/SYSTEM/SUBJECT or the beginning of a key")
        ->required();
    exporting->add_option("FILE", file, "FILE.npy, .csv, .h5 or .json; .graphml or .gexf of an emotion graph")
        ->required();
    exporting->add_option("--array", array, "Which array, where the form holds one (default: the first of the step's)");

    auto* check = command("check", "Check the study's files; in a demo study also recovered against planted truth",
                          [&] { return checkStudy(*Study::open(folder)); });
    check->add_option("STUDY", folder, "The study's folder")->required();

    BenchRequest benchRequest;
    auto* bench = command("bench", "Run the benchmarks", [&] {
        benchRequest.threads = threads;
        runBench(benchRequest);
        return 0;
    });
    bench->add_option("NAME", benchRequest.name, "One of " + benchNames() + " (default: all)");
    bench->add_flag("--json", benchRequest.json, "One JSON object a line");
    bench->add_option("--ratings", benchRequest.ratings,
                      "fit-paper, window: a rating table instead of made-up ratings");
    bench->add_option("--points", benchRequest.points, "map: points (n × d) as .npy instead of made-up ones");

#ifdef TERCET_GUI
    FigureRequest figureRequest;
    std::string recipe;
    auto* figure = command("figure", "Write a figure, or all figures and a page that shows them", [&] {
        if (!recipe.empty())
            return printRecipe(recipe);
        if (figureRequest.file.empty())
            throw ParameterError({.where = "figure", .expected = "STUDY, PRESET and FILE, or --recipe PICTURE"});
        figureRequest.folder = folder;
        return writeFigures(figureRequest);
    });
    figure->add_option("STUDY", folder, "The study's folder");
    figure->add_option("PRESET", figureRequest.preset, "One of " + figurePresetNames() + ", compose, or all");
    figure->add_option(
        "FILE", figureRequest.file,
        "FILE.pdf, .svg or .png; its values: .csv, .tsv or .tex (several tables: FILE-TITLE.csv …); for all: a folder");
    figure->add_option("--journal", figureRequest.journal, "Widths, fonts and lines of: " + figureJournalNames());
    figure->add_option("--composition", figureRequest.composition, "For compose: the page's panels, a JSON file");
    figure->add_option("--recipe", recipe, "Print how a saved picture was made")->excludes("STUDY");
    figure->add_option("--system", figureRequest.system, "For one system (default: all side by side)");
    figure->add_option("--width-mm", figureRequest.widthMm, "Width of the page in mm")->check(within(20, 1000));
    figure->add_option("--dpi", figureRequest.dpi, "Dots per inch of a PNG")->check(CLI::Range(30, 2400));
    figure
        ->add_option("--page", figureRequest.page,
                     "Which page of gallery (ten components) or subject-maps (a subject), from 1")
        ->check(CLI::PositiveNumber);
#endif

    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) // asked for help or the version
            return app.exit(error);
        fmt::print(stderr, "{}\n", sentenceFor(app, error));
        return 2;
    }
    setThreadBudget(threads);
    int code = 0;
    const Outcome outcome = outcomeOf([&] {
        try {
            code = action();
        } catch (const ParameterError& error) {
            fmt::print(stderr, "tercet: {}\n", error.what());
            code = 2;
        }
    });
    if (const auto* failed = std::get_if<Failed>(&outcome)) {
        fmt::print(stderr, "tercet: {}\n", failed->message);
        return 1;
    }
    if (std::holds_alternative<Stopped>(outcome)) {
        fmt::print(stderr, "tercet: stopped; {}.\n",
                   import->parsed() ? "nothing was imported"
                                    : "what was finished is kept, and a fit goes on from its checkpoint");
        return 130;
    }
    return code;
}

} // namespace tercet
