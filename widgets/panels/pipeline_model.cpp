#include "widgets/panels/pipeline_model.h"

#include "core/base/text.h"
#include "widgets/figures/figure_data.h"
#include "widgets/plots/theme.h"

#include <algorithm>

namespace tercet {
namespace {

/// Whether a step has to do with scanned people.
bool ofSubjects(const Step& step) {
    return step.perSubject || std::any_of(step.inputs.begin(), step.inputs.end(),
                                          [](const StepInput& input) { return input.everySubject != 0; });
}

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

} // namespace

PipelineModel::PipelineModel(StudySession& session, QObject* parent) : QAbstractTableModel(parent), m_session(session) {
    reload();
    const auto resetIfOther = [this] {
        if (m_session.systems() == m_systems && m_session.subjects().empty() == m_withoutSubjects)
            return;
        beginResetModel();
        reload();
        endResetModel();
    };
    connect(&session, &StudySession::studyChanged, this, resetIfOther);
    connect(&session, &StudySession::namesChanged, this, resetIfOther);
    connect(&session, &StudySession::statesChanged, this, [this, resetIfOther] {
        resetIfOther();
        if (rowCount() > 0 && columnCount() > 0)
            emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    });
}

void PipelineModel::reload() {
    m_steps.clear();
    m_systems = m_session.systems();
    m_withoutSubjects = m_session.subjects().empty();
    for (const Step& step : stepTable()) {
        if (m_withoutSubjects && ofSubjects(step))
            continue;
        const bool applies =
            !step.perSystem() || std::any_of(m_systems.begin(), m_systems.end(),
                                             [&](const System& system) { return step.runsFor(system.source); });
        if (applies && !m_systems.empty())
            m_steps.push_back(&step);
    }
}

std::vector<Task> PipelineModel::tasksWith(const Task& task) const {
    if (!stepNamed(task.step).perSubject)
        return {task};
    std::vector<Task> all;
    for (const Subject& subject : m_session.subjects())
        all.push_back({task.step, task.system, subject.name});
    return all;
}

int PipelineModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_steps.size());
}
int PipelineModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_systems.size());
}

std::optional<Task> PipelineModel::taskAt(const QModelIndex& index) const {
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const Step& step = *m_steps[static_cast<std::size_t>(index.row())];
    Task task{step.name};
    if (step.perSystem()) {
        const System& system = m_systems[static_cast<std::size_t>(index.column())];
        if (!step.runsFor(system.source))
            return {};
        task.system = system.name;
    } else if (index.column() != 0) {
        return {};
    }
    if (!step.perSubject)
        return task;
    const std::vector<Task> all = tasksWith(task);
    const auto first = [&](auto&& fits) { return std::find_if(all.begin(), all.end(), fits); };
    auto chosen = first([this](const Task& one) { return m_session.running(one); });
    if (chosen == all.end())
        chosen = first([this](const Task& one) { return m_session.queued(one); });
    if (chosen == all.end())
        chosen = first([this](const Task& one) { return m_session.state(one).kind != StepState::Kind::Done; });
    return chosen == all.end() ? all.front() : *chosen;
}

QModelIndex PipelineModel::indexOf(const Task& task) const {
    const auto step = std::find_if(m_steps.begin(), m_steps.end(), [&](const Step* s) { return s->name == task.step; });
    if (step == m_steps.end())
        return {};
    const int row = static_cast<int>(step - m_steps.begin());
    if (task.system.empty())
        return index(row, 0);
    const auto system =
        std::find_if(m_systems.begin(), m_systems.end(), [&](const System& s) { return s.name == task.system; });
    return system == m_systems.end() ? QModelIndex() : index(row, static_cast<int>(system - m_systems.begin()));
}

PipelineModel::Box PipelineModel::boxOf(const Task& task) const {
    if (m_session.running(task))
        return m_session.paused(task) ? Box::Paused : Box::Running;
    if (m_session.queued(task))
        return Box::Queued;
    switch (m_session.state(task).kind) {
    case StepState::Kind::Blocked:
        return Box::Blocked;
    case StepState::Kind::Missing:
        return Box::Missing;
    case StepState::Kind::Stale:
        return Box::Stale;
    case StepState::Kind::Done:
        return Box::Done;
    }
    return Box::None;
}

QString PipelineModel::word(Box box) {
    switch (box) {
    case Box::None:
        return {};
    case Box::Blocked:
        return tr("blocked");
    case Box::Missing:
        return tr("to do");
    case Box::Stale:
        return tr("stale");
    case Box::Queued:
        return tr("queued");
    case Box::Running:
        return tr("running");
    case Box::Paused:
        return tr("paused");
    case Box::Done:
        return tr("done");
    }
    return {};
}

QString PipelineModel::describe(const Task& task) const {
    const std::vector<Task> all = tasksWith(task);
    if (all.size() < 2)
        return describeOne(task);
    const auto done = std::count_if(
        all.begin(), all.end(), [this](const Task& one) { return m_session.state(one).kind == StepState::Kind::Done; });
    QString subject = text(task.subject);
    for (const Subject& one : m_session.subjects())
        if (one.name == task.subject)
            subject = text(one.title);
    return tr("%1 of %2 subjects done. %3: %4").arg(done).arg(all.size()).arg(subject, describeOne(task));
}

QString PipelineModel::describeOne(const Task& task) const {
    const TaskView& view = m_session.task(task);
    switch (boxOf(task)) {
    case Box::Running:
    case Box::Paused:
    case Box::Queued: {
        const auto job = m_session.jobOf(task);
        const QString message = job && m_session.running(task) ? text(job->progress->message()) : QString();
        const QString percent = QString::number(100 * m_session.progress(task), 'f', 0);
        return boxOf(task) == Box::Queued   ? tr("Queued; it begins when the jobs before it are done.")
               : boxOf(task) == Box::Paused ? tr("Paused at %1 %.").arg(percent)
               : message.isEmpty()          ? tr("Running, %1 %.").arg(percent)
                                            : tr("Running, %1 %: %2").arg(percent, message);
    }
    case Box::Done:
        return view.canResume ? tr("%1. Ended by hand; it can go on.").arg(view.summary) : view.summary;
    case Box::Stale:
        return view.summary.isEmpty() ? text(view.state.reason)
                                      : tr("%1. %2").arg(view.summary, text(view.state.reason));
    case Box::Blocked:
        return text(view.state.reason);
    case Box::Missing:
        return view.canResume ? tr("Ended by hand; it can go on.") : text(stepNamed(task.step).help);
    case Box::None:
        break;
    }
    return {};
}

QString PipelineModel::toolTip(const Task& task) const {
    const Step& step = stepNamed(task.step);
    const TaskView& view = m_session.task(task);
    QString tip = QStringLiteral("<p><b>%1</b> — %2</p><p>%3</p>")
                      .arg(text(step.title).toHtmlEscaped(), word(boxOf(task)), describe(task).toHtmlEscaped());
    QStringList lines;
    for (const auto& [name, value] : view.parameters.texts())
        if (!value.empty())
            lines << tr("%1 %2").arg(text(step.parameter(name).title), text(value)).toHtmlEscaped();
    if (!lines.isEmpty())
        tip += "<p>" + lines.join("<br>") + "</p>";
    if (view.state.record)
        tip += tr("<p>Took %1 on %2 threads, %3</p>")
                   .arg(text(formatDuration(view.state.record->seconds)))
                   .arg(view.state.record->threads)
                   .arg(QDateTime::fromString(text(view.state.record->createdAt), Qt::ISODate)
                            .toLocalTime()
                            .toString("yyyy-MM-dd HH:mm"));
    return tip;
}

QVariant PipelineModel::data(const QModelIndex& index, int role) const {
    const auto task = taskAt(index);
    if (role == WholeStudyRole)
        return index.isValid() && !m_steps[static_cast<std::size_t>(index.row())]->perSystem();
    if (role == GroupRole)
        return index.isValid() ? QVariant(text(m_steps[static_cast<std::size_t>(index.row())]->group)) : QVariant();
    if (!task)
        return role == BoxRole ? QVariant(static_cast<int>(Box::None)) : QVariant();
    switch (role) {
    case Qt::DisplayRole: {
        const Box box = boxOf(*task);
        const std::vector<Task> all = tasksWith(*task);
        const auto done = std::count_if(all.begin(), all.end(), [this](const Task& one) {
            return m_session.state(one).kind == StepState::Kind::Done;
        });
        if (done > 0 && static_cast<std::size_t>(done) < all.size() && box != Box::Running)
            return tr("%1 of %2").arg(done).arg(all.size());
        return box == Box::Running ? tr("%1 %").arg(100 * m_session.progress(*task), 0, 'f', 0) : word(box);
    }
    case Qt::ToolTipRole:
        return toolTip(*task);
    case Qt::AccessibleTextRole: {
        QString name = text(stepNamed(task->step).title);
        if (!task->system.empty())
            name += ", " + text(m_systems[static_cast<std::size_t>(index.column())].title);
        return name + ": " + word(boxOf(*task));
    }
    case BoxRole:
        return static_cast<int>(boxOf(*task));
    case ProgressRole:
        return m_session.progress(*task);
    default:
        return {};
    }
}

QVariant PipelineModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal) {
        if (section < 0 || section >= columnCount())
            return {};
        const System& system = m_systems[static_cast<std::size_t>(section)];
        if (role == Qt::DisplayRole)
            return text(system.title);
        if (role == Qt::ToolTipRole)
            return tr("%1: judgments from %2. Click to bring it to the front.")
                .arg(text(system.title), text(toString(system.source)));
        if (role == Qt::DecorationRole)
            return colorOfSystem(m_systems, text(system.name), Theme::instance().look().dark);
        return {};
    }
    if (section < 0 || section >= rowCount())
        return {};
    const Step& step = *m_steps[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return text(step.title);
    if (role == Qt::ToolTipRole)
        return text(step.help);
    if (role == GroupRole)
        return text(step.group);
    return {};
}

Qt::ItemFlags PipelineModel::flags(const QModelIndex& index) const {
    return taskAt(index) ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

std::vector<QModelIndex> PipelineModel::sourcesOf(const QModelIndex& index) const {
    std::vector<QModelIndex> sources;
    if (const auto task = taskAt(index))
        for (const Task& needed : m_session.task(*task).needed)
            if (const QModelIndex source = indexOf(needed); source.isValid())
                sources.push_back(source);
    return sources;
}

void PipelineModel::refreshProgress() {
    for (int row = 0; row < rowCount(); ++row)
        for (int column = 0; column < columnCount(); ++column) {
            const QModelIndex at = index(row, column);
            if (const auto task = taskAt(at); task && m_session.running(*task))
                emit dataChanged(at, at, {Qt::DisplayRole, ProgressRole});
        }
}

} // namespace tercet
