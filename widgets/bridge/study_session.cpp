#include "widgets/bridge/study_session.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/pipeline/brain_import.h"
#include "core/pipeline/result_origin.h"
#include "widgets/bridge/live_follower.h"
#include "widgets/bridge/mailbox.h"
#include "widgets/bridge/stored_views.h"

#include <QMetaObject>
#include <QThreadPool>
#include <QTimer>
#include <QUndoCommand>

#include <algorithm>
#include <numeric>
#include <set>

namespace tercet {
namespace {

using TextMap = std::map<std::string, std::string>;

constexpr int kTickMilliseconds = 50;
constexpr const char* kFit = "fit-embedding";
constexpr const char* kMap = "map";
constexpr const char* kRegions = "assign-regions";
constexpr const char* kResponses = "preprocess-fmri";
constexpr const char* kWindowPrefix = "window/";

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

/// The keys of what a system's views show, so that only what is new is loaded.
struct ViewKeys {
    std::string embedding;
    std::string map;
    std::string fit;
};

} // namespace

/// What the reading thread found.
struct StudySession::Facts {
    struct Views {
        ViewKeys keys;
        std::shared_ptr<const EmbeddingView> embedding;
        std::shared_ptr<const MapView> map;
        std::shared_ptr<const FitView> fit;
        bool mapIsCurrent = false;
    };
    std::vector<System> systems;
    std::vector<Subject> subjects;
    std::shared_ptr<const std::vector<Stimulus>> stimuli;
    std::shared_ptr<const Ratings> ratings;
    std::string ratingsKey;
    std::vector<int> topCategories;
    std::vector<Task> tasks;
    std::map<Task, TaskView> taskViews;
    TextMap names;
    TextMap window;
    RegionTable regions;
    bool hasParcels = false;
    int regionEdits = 0;                          ///< made before the reading began
    std::map<std::string, Views> views;           ///< null members: as before
    std::map<std::string, std::string> summaries; ///< result key → summary
    std::vector<std::pair<Task, std::string>> failures;
};

struct StudySession::Live {
    struct Views {
        ViewKeys keys;
        std::shared_ptr<const EmbeddingView> embedding;
        std::shared_ptr<const EmbeddingView> liveEmbedding;
        std::shared_ptr<const MapView> map;
        std::shared_ptr<const MapView> liveMap;
        std::shared_ptr<const FitView> fit;
        std::shared_ptr<const FitView> liveFit;
        bool settling = false; ///< its fit has ended, and the layout follows what was stored
    };
    struct Published {
        Task task;
        Snapshot snapshot;
    };
    struct Running {
        int job = 0;
        int place = 0; ///< among the tasks of its job
    };
    struct Planned {
        Task task;
        int count = 1; ///< tasks it computes
        int done = 0;
    };

    struct Arrays {
        std::string key; ///< of what was read, or is being read
        std::shared_ptr<const ArrayBundle> stored;
        std::shared_ptr<const ArrayBundle> partial; ///< of a running task
    };

    Views& of(const std::string& system) { return views[system]; }
    [[nodiscard]] const Views* of(const QString& system) const {
        const auto found = views.find(system.toStdString());
        return found == views.end() ? nullptr : &found->second;
    }

    std::vector<Task> tasks;
    std::map<Task, TaskView> taskViews;
    TextMap names;
    TextMap window;
    std::string ratingsKey;
    std::map<std::string, Views> views;
    std::map<Task, Arrays> arrays; ///< of tasks somebody asked for
    std::map<std::string, std::string> summaries;
    std::set<std::string> failuresSaid;
    RegionTable regions;
    bool hasParcels = false;
    int regionEdits = 0;            ///< so that what was read before the last of them is not taken for new
    std::map<int, Planned> planned; ///< jobs that run tasks
    std::map<Task, Running> running;
    bool opened = false;
    bool reading = false;
    bool readAgain = false;

    Mailbox<Published> fitNews;
    Mailbox<Published> mapNews;
    Mailbox<Published> partialNews;
    LiveFollower follower;
    QTimer tick;
    QThreadPool files; ///< one thread, so that reads and writes keep their order
};

// --- edits ---

class StudySession::NameCommand : public QUndoCommand {
public:
    NameCommand(StudySession& session, const QString& words, std::string setting, QString before, QString after)
        : QUndoCommand(words), m_session(session), m_setting(std::move(setting)), m_before(std::move(before)),
          m_after(std::move(after)) {}
    void undo() override { m_session.setName(m_setting, m_before); }
    void redo() override { m_session.setName(m_setting, m_after); }

private:
    StudySession& m_session;
    std::string m_setting;
    QString m_before;
    QString m_after;
};

class StudySession::SystemCommand : public QUndoCommand {
public:
    SystemCommand(StudySession& session, System before, System after)
        : QUndoCommand(StudySession::tr("change of %1").arg(tercet::text(before.title))), m_session(session),
          m_before(std::move(before)), m_after(std::move(after)) {}
    void undo() override { m_session.putSystem(m_before); }
    void redo() override { m_session.putSystem(m_after); }

private:
    StudySession& m_session;
    System m_before;
    System m_after;
};

class StudySession::ParametersCommand : public QUndoCommand {
public:
    ParametersCommand(StudySession& session, Task task, TextMap before, TextMap after)
        : QUndoCommand(StudySession::tr("change of %1").arg(tercet::text(stepNamed(task.step).title))),
          m_session(session), m_task(std::move(task)), m_before(std::move(before)), m_after(std::move(after)) {}
    void undo() override { m_session.applyParameters(m_task, m_before); }
    void redo() override { m_session.applyParameters(m_task, m_after); }

private:
    StudySession& m_session;
    Task m_task;
    TextMap m_before;
    TextMap m_after;
};

/// Where the table has become another one since, by an import, undoing would take that back: it does nothing then.
class StudySession::RegionsCommand : public QUndoCommand {
public:
    RegionsCommand(StudySession& session, RegionTable before, RegionTable after)
        : QUndoCommand(StudySession::tr("change of regions")), m_session(session), m_before(std::move(before)),
          m_after(std::move(after)) {}
    void undo() override { change(m_after, m_before); }
    void redo() override { change(m_before, m_after); }

private:
    void change(const RegionTable& from, const RegionTable& to) {
        if (m_session.regions() == from)
            m_session.putRegions(to);
        else
            setObsolete(true);
    }
    StudySession& m_session;
    RegionTable m_before;
    RegionTable m_after;
};

// --- reading ---

namespace {

/// Whether parcels of vertices or voxels were imported. Scans of BData files bring theirs.
bool anyParcels(const Study& study) {
    for (const ImportRecord& record : study.imports()) {
        if (record.kind == "parcels" || record.kind == "volume-parcels")
            return true;
        if (record.kind == "fmri")
            if (const auto arrays = study.arrays(record.key);
                arrays->contains(scan_arrays::kParcelName) &&
                !arrays->get<std::string>(scan_arrays::kParcelName).values.empty())
                return true;
    }
    return false;
}

/// Runs one part of reading; what fails is said of `task`, and the rest goes on.
template <class Work>
void readPart(std::vector<std::pair<Task, std::string>>& failures, const Task& task, Work&& work) {
    const Outcome outcome = outcomeOf(std::forward<Work>(work));
    if (const auto* failed = std::get_if<Failed>(&outcome))
        failures.emplace_back(task, failed->message);
}

} // namespace

StudySession::StudySession(std::shared_ptr<Study> study, QObject* parent)
    : QObject(parent), m_study(std::move(study)), m_id(text(m_study->id())), m_title(text(m_study->title())),
      m_stimuli(m_study->stimuli()), m_live(std::make_unique<Live>()) {
    m_live->files.setMaxThreadCount(1);
    m_live->tick.setInterval(kTickMilliseconds);
    connect(&m_live->tick, &QTimer::timeout, this, &StudySession::tick);
    reload();
}

StudySession::~StudySession() {
    m_live->tick.stop();
    m_jobs.shutDown();
    m_live->files.waitForDone();
}

void StudySession::reload() {
    if (m_live->reading) {
        m_live->readAgain = true;
        return;
    }
    m_live->reading = true;
    auto facts = std::make_shared<Facts>();
    for (const auto& [system, views] : m_live->views)
        facts->views[system].keys = views.keys;
    facts->summaries = m_live->summaries;
    facts->ratings = m_ratings;
    facts->ratingsKey = m_live->ratingsKey;
    facts->regionEdits = m_live->regionEdits;
    facts->hasParcels = m_live->hasParcels;
    m_live->files.start([this, facts] {
        const Study& study = *m_study;
        readPart(facts->failures, {}, [&] {
            facts->systems = modelsInOrder(study.systems());
            facts->subjects = study.subjects();
            facts->stimuli = study.stimuli();
            facts->tasks = allTasks(study);
            facts->names = study.settings(kComponentNamePrefix);
            facts->names.merge(study.settings(kClusterPrefix));
            facts->window = study.settings(kWindowPrefix);
        });
        readPart(facts->failures, {}, [&] {
            const std::string key = study.imported("", "ratings").value_or("");
            if (key == facts->ratingsKey)
                return;
            facts->ratings = study.ratings();
            facts->ratingsKey = key;
            facts->topCategories = facts->ratings ? topCategoriesOf(*facts->ratings) : std::vector<int>();
        });
        facts->regions = defaultRegionTable();
        readPart(facts->failures, {kRegions, ""}, [&] { facts->regions = regionTableOf(study); });
        readPart(facts->failures, {kRegions, ""}, [&] { facts->hasParcels = facts->hasParcels || anyParcels(study); });
        TaskStates states(study);
        for (const Task& task : facts->tasks)
            readPart(facts->failures, task, [&] {
                TaskView& view = facts->taskViews[task];
                view.parameters = parametersOf(study, task);
                view.canResume = canResume(study, task);
                view.state = states.stateOf(task);
                view.needed = states.neededBy(task);
                if (const auto& record = view.state.record) {
                    auto found = facts->summaries.find(record->key);
                    if (found == facts->summaries.end())
                        found = facts->summaries.emplace(record->key, summaryOf(study, record->key)).first;
                    view.summary = text(found->second);
                }
            });
        for (const System& system : facts->systems) {
            auto& views = facts->views[system.name];
            const auto viewOf = [&](const char* step) -> const TaskView* {
                const auto found = facts->taskViews.find({step, system.name});
                return found == facts->taskViews.end() ? nullptr : &found->second;
            };
            const TaskView* fit = viewOf(kFit);
            const auto fitRecord = fit ? fit->state.record : std::nullopt;
            std::string embeddingKey = study.imported(system.name, "embedding").value_or("");
            if (embeddingKey.empty() && fitRecord)
                embeddingKey = fitRecord->key;
            readPart(facts->failures, {kFit, system.name}, [&] {
                if (embeddingKey.empty() || embeddingKey + facts->ratingsKey == views.keys.embedding)
                    return;
                views.embedding = readEmbedding(study, embeddingKey, facts->ratings.get());
                views.keys.embedding = embeddingKey + facts->ratingsKey;
            });
            readPart(facts->failures, {kFit, system.name}, [&] {
                if (!fitRecord || fitRecord->key == views.keys.fit)
                    return;
                views.fit = readFit(study, *fitRecord);
                views.keys.fit = fitRecord->key;
            });
            readPart(facts->failures, {kMap, system.name}, [&] {
                const TaskView* map = viewOf(kMap);
                views.mapIsCurrent = map && map->state.kind == StepState::Kind::Done;
                const std::string kept = "layout of " + embeddingKey;
                if (!views.mapIsCurrent && !embeddingKey.empty() && views.keys.map != kept)
                    if (const auto stored = study.setting(layoutSetting(system.name)))
                        if ((views.map = layoutFrom(*stored, embeddingKey)))
                            views.keys.map = kept;
                if (!map || !map->state.record || (!views.mapIsCurrent && views.keys.map == kept) ||
                    map->state.record->key == views.keys.map)
                    return;
                views.map = readMap(study, map->state.record->key);
                views.keys.map = map->state.record->key;
            });
        }
        QMetaObject::invokeMethod(
            this, [this, facts] { applyFacts(facts); }, Qt::QueuedConnection);
    });
}

void StudySession::applyFacts(const std::shared_ptr<Facts>& facts) {
    Live& live = *m_live;
    live.reading = false;
    const bool studyIsNew = !live.opened || facts->systems != m_models || facts->subjects != m_subjects ||
                            facts->stimuli != m_stimuli || facts->ratingsKey != live.ratingsKey;
    const bool namesAreNew = facts->names != live.names;
    m_models = facts->systems;
    m_systems = facts->systems;
    std::erase_if(m_systems, [](const System& system) { return isRatingTable(system.source); });
    m_subjects = facts->subjects;
    if (facts->stimuli)
        m_stimuli = facts->stimuli;
    if (facts->ratingsKey != live.ratingsKey) {
        m_ratings = facts->ratings;
        m_topCategories = facts->topCategories;
        live.ratingsKey = facts->ratingsKey;
        live.follower.setRatings(m_ratings);
    }
    const bool regionsAreNew = facts->regionEdits == live.regionEdits &&
                               (facts->regions != live.regions || facts->hasParcels != live.hasParcels);
    if (regionsAreNew) { // else what was edited meanwhile is read next
        live.regions = facts->regions;
        live.hasParcels = facts->hasParcels;
    }
    live.tasks = facts->tasks;
    live.taskViews = facts->taskViews;
    live.names = facts->names;
    live.summaries = facts->summaries;
    if (!live.opened)
        live.window = facts->window;

    std::vector<QString> embeddings;
    std::vector<QString> maps;
    std::vector<QString> fits;
    for (auto& [name, found] : facts->views) {
        auto& views = live.of(name);
        views.keys = found.keys;
        const bool fitting = running({kFit, name});
        if (found.embedding) {
            views.embedding = found.embedding;
            if (!fitting) {
                views.liveEmbedding = nullptr;
                if (std::exchange(views.settling, false) && !found.mapIsCurrent && !running({kMap, name}))
                    live.follower.settle(name, views.embedding);
            }
            embeddings.push_back(text(name));
        }
        if (found.fit) {
            views.fit = found.fit;
            if (!fitting)
                views.liveFit = nullptr;
            fits.push_back(text(name));
        }
        if (found.map) {
            views.map = found.map;
            if (found.mapIsCurrent && !running({kMap, name})) {
                views.liveMap = nullptr;
                live.follower.rest(name);
            }
            live.follower.setStart(name, views.map);
            maps.push_back(text(name));
        }
    }
    const bool first = !std::exchange(live.opened, true);
    if (studyIsNew)
        emit studyChanged();
    if (first)
        emit opened();
    if (namesAreNew)
        emit namesChanged();
    if (regionsAreNew)
        emit regionsChanged();
    for (const QString& system : fits)
        emit fitChanged(system);
    for (const QString& system : embeddings)
        emit embeddingChanged(system);
    for (const QString& system : maps)
        emit mapChanged(system);
    emit statesChanged();
    for (const auto& [task, message] : facts->failures)
        if (live.failuresSaid.insert(message).second)
            emit failed(task, text(message));
    if (std::exchange(live.readAgain, false))
        reload();
}

// --- what panels read ---

std::shared_ptr<const EmbeddingView> StudySession::embedding(const QString& system) const {
    const auto* views = m_live->of(system);
    return !views ? nullptr : views->liveEmbedding ? views->liveEmbedding : views->embedding;
}
std::shared_ptr<const MapView> StudySession::map(const QString& system) const {
    const auto* views = m_live->of(system);
    return !views ? nullptr : views->liveMap ? views->liveMap : views->map;
}
std::shared_ptr<const FitView> StudySession::fit(const QString& system) const {
    const auto* views = m_live->of(system);
    return !views ? nullptr : views->liveFit ? views->liveFit : views->fit;
}

std::shared_ptr<const ArrayBundle> StudySession::arrays(const Task& task) {
    Live::Arrays& arrays = m_live->arrays[task];
    const auto& record = state(task).record;
    if (!running(task) && record && record->key != arrays.key) {
        arrays.key = record->key;
        m_live->files.start([this, task, key = record->key] {
            std::shared_ptr<const ArrayBundle> read;
            const Outcome outcome = outcomeOf([&] { read = m_study->arrays(key); });
            QMetaObject::invokeMethod(
                this,
                [this, task, key, read, outcome] {
                    Live::Arrays& slot = m_live->arrays[task];
                    if (slot.key != key)
                        return; // a newer one is being read
                    if (const auto* failure = std::get_if<Failed>(&outcome)) {
                        emit failed(task, text(failure->message));
                        return;
                    }
                    if (task.step == kResponses && slot.stored &&
                        areOtherVoxels(voxelsOf(*slot.stored), voxelsOf(*read)))
                        m_selection.dropVoxels(text(task.subject));
                    slot.stored = read;
                    slot.partial = nullptr;
                    emit arraysChanged(task);
                },
                Qt::QueuedConnection);
        });
    }
    return arrays.partial ? arrays.partial : arrays.stored;
}

const System* StudySession::systemNamed(const std::string& name) const {
    const auto found =
        std::find_if(m_models.begin(), m_models.end(), [&](const System& system) { return system.name == name; });
    return found == m_models.end() ? nullptr : &*found;
}

const std::vector<Task>& StudySession::tasks() const { return m_live->tasks; }

const TaskView& StudySession::task(const Task& task) const {
    static const TaskView none;
    const auto found = m_live->taskViews.find(task);
    return found == m_live->taskViews.end() ? none : found->second;
}

int StudySession::tasksToRun(const Task& task) const {
    std::set<Task> found;
    const std::function<void(const Task&)> visit = [&](const Task& one) {
        if (state(one).kind == StepState::Kind::Done || !found.insert(one).second)
            return;
        for (const Task& needed : this->task(one).needed)
            visit(needed);
    };
    visit(task);
    return static_cast<int>(found.size());
}

// --- edits ---

void StudySession::write(const Task& task, std::function<void(Study&)> change) {
    m_live->files.start([this, task, change = std::move(change)] {
        const Outcome outcome = outcomeOf([&] { change(*m_study); });
        if (const auto* refused = std::get_if<Failed>(&outcome))
            QMetaObject::invokeMethod(
                this,
                [this, task, message = text(refused->message)] {
                    emit failed(task, message);
                    reload();
                },
                Qt::QueuedConnection);
    });
}

std::string StudySession::storedEmbedding(const QString& system) const {
    const auto* views = m_live->of(system);
    if (!views || views->keys.embedding.empty() || (views->liveEmbedding && views->liveEmbedding->live))
        return {};
    return views->keys.embedding.substr(0, views->keys.embedding.size() - m_live->ratingsKey.size());
}

std::string StudySession::nameSetting(const QString& system, int trainingColumn) const {
    const std::string key = storedEmbedding(system);
    return key.empty() ? std::string() : componentNameSetting(system.toStdString(), key, trainingColumn);
}

std::vector<GivenCluster> StudySession::clusters(const QString& system) const {
    const std::string key = storedEmbedding(system);
    const auto found = m_live->names.find(clusterSetting(system.toStdString(), key));
    return key.empty() || found == m_live->names.end() ? std::vector<GivenCluster>() : clustersFrom(found->second);
}

void StudySession::describeCluster(const QString& system, std::vector<int> members, const QString& name,
                                   const QString& description) {
    const std::string key = storedEmbedding(system);
    if (key.empty() || members.empty())
        return;
    std::sort(members.begin(), members.end());
    std::vector<GivenCluster> given = clusters(system);
    const QString before = text(clusterText(given));
    if (const int found = givenOf({members}, given).front(); found >= 0)
        given.erase(given.begin() + found);
    if (!name.simplified().isEmpty() || !description.simplified().isEmpty())
        given.push_back({std::move(members), name.simplified().toStdString(), description.simplified().toStdString()});
    const QString after = text(clusterText(given));
    if (before == after)
        return;
    if (readOnly())
        emit failed({"emotion-graph", system.toStdString()}, text(m_study->readOnlyReason()));
    else
        m_undoStack.push(new NameCommand(*this, tr("description of cluster"), clusterSetting(system.toStdString(), key),
                                         before, after));
}

QString StudySession::componentName(const QString& system, int trainingColumn) const {
    const auto found = m_live->names.find(nameSetting(system, trainingColumn));
    return found == m_live->names.end() ? QString() : text(found->second);
}

void StudySession::renameComponent(const QString& system, int trainingColumn, const QString& name) {
    const std::string setting = nameSetting(system, trainingColumn);
    const QString before = componentName(system, trainingColumn);
    const QString after = name.simplified();
    if (setting.empty() || before == after)
        return;
    if (readOnly())
        emit failed({"label-components", system.toStdString()}, text(m_study->readOnlyReason()));
    else
        m_undoStack.push(new NameCommand(*this, tr("rename component"), setting, before, after));
}

void StudySession::setName(const std::string& setting, const QString& name) {
    if (name.isEmpty())
        m_live->names.erase(setting);
    else
        m_live->names[setting] = name.toStdString();
    emit namesChanged();
    write({"label-components", ""}, [setting, value = name.toStdString()](Study& study) {
        study.setSetting(setting, value.empty() ? std::nullopt : std::optional(value));
    });
}

void StudySession::editSystem(const System& edited) {
    const System* found = systemNamed(edited.name);
    System after = edited;
    after.title = text(edited.title).simplified().toStdString();
    if (!found || after.title.empty() || *found == after)
        return;
    if (readOnly())
        emit failed({kFit, found->name}, text(m_study->readOnlyReason()));
    else
        m_undoStack.push(new SystemCommand(*this, *found, after));
}

void StudySession::putSystem(const System& system) {
    for (std::vector<System>* systems : {&m_systems, &m_models})
        for (System& one : *systems)
            if (one.name == system.name)
                one = system;
    emit namesChanged();
    write({kFit, system.name}, [system](Study& study) { study.setSystem(system); });
}

void StudySession::setTaskParameters(const Task& task, const TextMap& texts) {
    const Step& step = stepNamed(task.step);
    const System* system = systemNamed(task.system);
    const auto defaultOf = [&](const Parameter& parameter) {
        return toText(system ? parameter.defaultOf(system->source) : parameter.defaultValue);
    };
    const TextMap now = this->task(task).parameters.texts();
    TextMap before;
    TextMap after;
    for (const auto& [name, typed] : texts) {
        const Parameter& parameter = step.parameter(name);
        const std::string value = typed.empty() ? defaultOf(parameter) : toText(parameter.parse(typed));
        const std::string old = now.at(name);
        if (value == old)
            continue;
        before[name] = old == defaultOf(parameter) ? "" : old;
        after[name] = value == defaultOf(parameter) ? "" : value;
    }
    if (after.empty())
        return;
    if (readOnly())
        emit failed(task, text(m_study->readOnlyReason()));
    else
        m_undoStack.push(new ParametersCommand(*this, task, before, after));
}

void StudySession::applyParameters(const Task& task, const TextMap& texts) {
    const Step& step = stepNamed(task.step);
    const System* system = systemNamed(task.system);
    TaskView& view = m_live->taskViews[task];
    for (const auto& [name, typed] : texts) {
        const Parameter& parameter = step.parameter(name);
        view.parameters.set(name, !typed.empty() ? parameter.parse(typed)
                                  : system       ? parameter.defaultOf(system->source)
                                                 : parameter.defaultValue);
    }
    emit statesChanged();
    write(task, [task, texts](Study& study) { setParameters(study, task, texts); });
    reload();
}

const RegionTable& StudySession::regions() const { return m_live->regions; }

bool StudySession::hasParcels() const { return m_live->hasParcels; }

void StudySession::setRegions(const RegionTable& table) {
    // As the study keeps it: regions of one name in two spellings are one.
    const RegionTable kept = regionTableFromCsv(toCsv(table), tr("the table of regions").toStdString());
    if (kept == m_live->regions)
        return;
    if (readOnly())
        emit failed({kRegions, ""}, text(m_study->readOnlyReason()));
    else
        m_undoStack.push(new RegionsCommand(*this, m_live->regions, kept));
}

void StudySession::putRegions(const RegionTable& table) {
    m_live->regions = table;
    ++m_live->regionEdits;
    emit regionsChanged();
    write({kRegions, ""}, [table](Study& study) { setRegionTable(study, table); });
    reload();
}

QString StudySession::setting(const QString& name) const {
    const auto found = m_live->window.find(name.toStdString());
    return found == m_live->window.end() ? QString() : text(found->second);
}

void StudySession::storeSetting(const QString& name, const QString& value) {
    const std::string key = name.toStdString();
    if (readOnly() || (m_live->window.contains(key) && m_live->window[key] == value.toStdString()))
        return;
    m_live->window[key] = value.toStdString();
    write({}, [key, stored = value.toStdString()](Study& study) { study.setSetting(key, stored); });
}

// --- running ---

bool StudySession::running(const Task& task) const { return m_live->running.contains(task); }

bool StudySession::queued(const Task& task) const {
    return !running(task) && std::any_of(m_live->planned.begin(), m_live->planned.end(),
                                         [&](const auto& entry) { return entry.second.task == task; });
}

std::shared_ptr<Job> StudySession::jobOf(const Task& task) const {
    if (const auto found = m_live->running.find(task); found != m_live->running.end())
        return m_jobs.job(found->second.job);
    for (const auto& [id, planned] : m_live->planned)
        if (planned.task == task)
            return m_jobs.job(id);
    return nullptr;
}

double StudySession::progress(const Task& task) const {
    const auto found = m_live->running.find(task);
    if (found == m_live->running.end())
        return 0;
    const auto job = m_jobs.job(found->second.job);
    const auto planned = m_live->planned.find(found->second.job);
    if (!job || planned == m_live->planned.end())
        return 0;
    return std::clamp(job->progress->fraction() * planned->second.count - found->second.place, 0.0, 1.0);
}

int StudySession::run(const Task& task) {
    if (const auto job = jobOf(task))
        return job->id;
    if (readOnly()) {
        emit failed(task, text(m_study->readOnlyReason()));
        return 0;
    }
    const System* system = systemNamed(task.system);
    QString title = text(stepNamed(task.step).title);
    if (system)
        title += QStringLiteral(" — ") + text(system->title);
    const auto idSlot = std::make_shared<int>(0); // for the GUI thread alone
    const int id = m_jobs.start(
        JobRunner::Lane::Compute, title,
        [this, task, idSlot](JobControl& control, const Progress& progress) {
            m_live->files.waitForDone(); // parameters changed before the job was queued are stored by now
            const RunContext context{
                .control = control,
                .progress = progress,
                .threads = threadBudget(),
                .started =
                    [this, idSlot](const Task& one) {
                        QMetaObject::invokeMethod(
                            this, [this, idSlot, one] { began(*idSlot, one); }, Qt::QueuedConnection);
                    },
                .publish =
                    [this](const Task& one, const Snapshot& snapshot) {
                        auto news = std::make_shared<const Live::Published>(Live::Published{one, snapshot});
                        if (const auto* fit = std::get_if<std::shared_ptr<const FitSnapshot>>(&snapshot)) {
                            m_live->follower.follow(one.system, *fit);
                            m_live->fitNews.put(std::move(news));
                        } else if (std::holds_alternative<std::shared_ptr<const MapSnapshot>>(snapshot)) {
                            m_live->mapNews.put(std::move(news));
                        } else {
                            m_live->partialNews.put(std::move(news));
                        }
                    },
                .finished =
                    [this, idSlot](const Task& one, const ResultRecord&) {
                        QMetaObject::invokeMethod(
                            this, [this, idSlot, one] { computed(*idSlot, one); }, Qt::QueuedConnection);
                    }};
            runTask(*m_study, task, context);
        },
        [this, task, idSlot](const Outcome& outcome) { ended(*idSlot, task, outcome); });
    *idSlot = id;
    m_live->planned[id] = {task, std::max(1, tasksToRun(task)), 0};
    emit statesChanged();
    return id;
}

void StudySession::runAll() {
    for (const Task& task : m_live->tasks)
        if (const auto kind = state(task).kind; kind != StepState::Kind::Done && kind != StepState::Kind::Blocked)
            run(task);
}

void StudySession::began(int job, const Task& task) {
    const auto planned = m_live->planned.find(job);
    if (planned == m_live->planned.end())
        return;
    m_live->running[task] = {job, planned->second.done};
    m_live->tick.start();
    if (task.step == kMap)
        m_live->follower.rest(task.system);
    m_jobs.log(job, tr("%1 begins.").arg(text(stepNamed(task.step).title)));
    emit statesChanged();
}

void StudySession::computed(int job, const Task& task) {
    tick();
    m_live->running.erase(task);
    m_live->arrays[task].key.clear(); // to be read even if the same key was stored anew
    if (const auto planned = m_live->planned.find(job); planned != m_live->planned.end())
        ++planned->second.done;
    if (task.step == kFit) {
        auto& views = m_live->of(task.system);
        views.settling = true;
        views.keys = {}; // to be read even if the same key was stored anew
    }
    m_jobs.log(job, tr("%1 is stored.").arg(text(stepNamed(task.step).title)));
    emit statesChanged();
    reload();
}

void StudySession::ended(int job, const Task& task, const Outcome& outcome) {
    m_live->planned.erase(job);
    std::vector<Task> broken;
    for (const auto& [one, running] : m_live->running)
        if (running.job == job)
            broken.push_back(one);
    for (const Task& one : broken) {
        m_live->running.erase(one);
        dropLive(text(one.system));
        if (std::exchange(m_live->arrays[one].partial, nullptr))
            emit arraysChanged(one);
    }
    if (const auto* failure = std::get_if<Failed>(&outcome)) {
        for (const Task& one : broken)
            if (one != task)
                emit failed(one, text(failure->message));
        emit failed(task, text(failure->message));
    }
    emit statesChanged();
    reload();
}

void StudySession::dropLive(const QString& system) {
    auto& views = m_live->of(system.toStdString());
    m_live->follower.rest(system.toStdString());
    (void)m_live->fitNews.take();
    (void)m_live->mapNews.take();
    const bool hadEmbedding = std::exchange(views.liveEmbedding, nullptr) != nullptr;
    const bool hadFit = std::exchange(views.liveFit, nullptr) != nullptr;
    const bool hadMap = std::exchange(views.liveMap, nullptr) != nullptr;
    if (hadEmbedding)
        emit embeddingChanged(system);
    if (hadFit)
        emit fitChanged(system);
    if (hadMap)
        emit mapChanged(system);
}

void StudySession::finishEarly(const Task& task) {
    if (const auto job = jobOf(task); job && running(task)) {
        job->control->requestFinish();
        m_jobs.log(job->id, tr("Ends soon and keeps what it has."));
        emit statesChanged();
    }
}

void StudySession::stopJob(int id) {
    const auto job = m_jobs.job(id);
    if (!job)
        return;
    for (const auto& [task, running] : m_live->running)
        if (running.job == id && task.step == kFit && !job->control->finishRequested()) {
            finishEarly(task);
            return;
        }
    m_jobs.stop(id);
}

void StudySession::setPaused(const Task& task, bool paused) {
    if (const auto job = jobOf(task)) {
        m_jobs.setPaused(job->id, paused);
        emit statesChanged();
    }
}

bool StudySession::paused(const Task& task) const {
    const auto job = jobOf(task);
    return job && job->control->paused();
}

void StudySession::resume(const Task& task) {
    if (readOnly()) {
        emit failed(task, text(m_study->readOnlyReason()));
        return;
    }
    write(task, [task](Study& study) {
        if (canResume(study, task))
            prepareResume(study, task);
    });
    run(task);
    reload();
}

void StudySession::tick() {
    Live& live = *m_live;
    if (const auto news = live.fitNews.take(); news && running(news->task)) {
        const auto& snapshot = *std::get<std::shared_ptr<const FitSnapshot>>(news->snapshot);
        auto view = std::make_shared<FitView>();
        view->records = snapshot.records;
        view->secondsLeft = snapshot.secondsLeft;
        const auto& values = task(news->task).parameters.values();
        if (const auto found = values.find("epochs"); found != values.end())
            view->epochLimit = static_cast<int>(std::get<std::int64_t>(found->second));
        view->live = true;
        live.of(news->task.system).liveFit = std::move(view);
        emit fitChanged(text(news->task.system));
    }
    if (const auto news = live.mapNews.take(); news && running(news->task)) {
        const auto& snapshot = *std::get<std::shared_ptr<const MapSnapshot>>(news->snapshot);
        auto view = std::make_shared<MapView>();
        view->positions = pointsOf(snapshot.positions);
        view->iteration = snapshot.iteration;
        view->live = true;
        live.of(news->task.system).liveMap = std::move(view);
        emit mapChanged(text(news->task.system));
    }
    if (const auto news = live.partialNews.take(); news && running(news->task)) {
        live.arrays[news->task].partial = std::get<std::shared_ptr<const ArrayBundle>>(news->snapshot);
        emit arraysChanged(news->task);
    }
    for (auto& [system, views] : live.views) {
        LiveFollower::News news = live.follower.take(system);
        if (news.embedding && running({kFit, system})) {
            views.liveEmbedding = std::move(news.embedding);
            emit embeddingChanged(text(system));
        }
        if (news.map && !running({kMap, system})) {
            const bool rests = !news.map->live;
            views.liveMap = std::move(news.map);
            if (rests && !readOnly() && !views.keys.embedding.empty()) {
                const std::string key =
                    views.keys.embedding.substr(0, views.keys.embedding.size() - live.ratingsKey.size());
                views.map = views.liveMap;
                views.keys.map = "layout of " + key;
                write({kMap, system}, [name = layoutSetting(system), map = views.liveMap, key](Study& study) {
                    study.setSetting(name, layoutText(*map, key));
                });
            }
            emit mapChanged(text(system));
        }
        if (!news.failure.empty())
            emit failed({kMap, system}, text(news.failure));
    }
    if (live.running.empty() && !live.follower.busy())
        live.tick.stop();
}

// --- import ---

int StudySession::importFiles(const ImportRequest& request) {
    if (readOnly()) {
        emit importFailed(text(m_study->readOnlyReason()));
        return 0;
    }
    const QString file = request.files.empty() ? QString() : text(request.files.front().filename().string());
    const auto report = std::make_shared<ImportReport>();
    return m_jobs.start(
        JobRunner::Lane::Files, tr("Import %1").arg(file),
        [this, request, report](const JobControl& control, const Progress& progress) {
            m_live->files.waitForDone(); // edits made before the import was queued are stored by now
            *report = tercet::importFiles(*m_study, request, control, progress);
        },
        [this, report, file](const Outcome& outcome) {
            if (const auto* failure = std::get_if<Failed>(&outcome)) {
                emit importFailed(text(failure->message));
                return;
            }
            if (std::holds_alternative<Stopped>(outcome)) {
                emit importFailed(tr("The import of %1 was stopped.").arg(file));
                return;
            }
            QStringList notes;
            for (const std::string& note : report->notes)
                notes << text(note);
            emit imported(text(report->summary), notes);
            reload();
        });
}

} // namespace tercet
