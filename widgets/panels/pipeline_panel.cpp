#include "widgets/panels/pipeline_panel.h"

#include "widgets/panels/parameter_form.h"
#include "widgets/panels/pipeline_view.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/look.h"
#include "widgets/plots/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace tercet {
namespace {

constexpr int kProgressMilliseconds = 100;

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

QPushButton* makeButton(const QString& icon, const QString& words, const QString& tip, QWidget* parent) {
    auto* button = new QPushButton(themedIcon(icon), words, parent);
    button->setToolTip(tip);
    button->setFlat(false);
    return button;
}

} // namespace

PipelinePanel::PipelinePanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("pipeline"), tr("Pipeline"), parent), m_model(new PipelineModel(session, this)) {
    auto* body = new QWidget;
    m_view = new PipelineView(*m_model, body);
    m_details = new QWidget(body);
    m_details->setObjectName(QStringLiteral("pipeline-details"));
    m_name = new QLabel(m_details);
    m_name->setTextFormat(Qt::PlainText);
    m_name->setWordWrap(true);
    m_state = new QLabel(m_details);
    m_state->setWordWrap(true);
    m_state->setTextFormat(Qt::PlainText);
    m_state->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_run = makeButton(QStringLiteral("play"), tr("Run"), tr("Run this step, and before it what it needs (Ctrl+R)"),
                       m_details);
    m_run->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_R));
    m_pause = makeButton(QStringLiteral("pause"), {}, tr("Let it wait"), m_details);
    m_pause->hide();
    m_stop = makeButton(QStringLiteral("stop"), {}, tr("End it; a fit ends at its next epoch and keeps what it has"),
                        m_details);
    m_stop->setAccessibleName(tr("Stop"));
    m_stop->hide();
    m_parameters = makeButton(QStringLiteral("settings"), tr("Parameters"),
                              tr("Show or hide the parameters of this step"), m_details);
    m_parameters->setCheckable(true);
    m_form = new ParameterForm(session);
    m_formArea = new QScrollArea(m_details);
    m_formArea->setWidget(m_form);
    m_formArea->setWidgetResizable(true);
    m_formArea->setFrameShape(QFrame::NoFrame);
    m_formArea->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_formArea->hide();

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(kHalfUnit);
    for (auto* button : {m_run, m_pause, m_stop})
        buttons->addWidget(button);
    buttons->addStretch();
    buttons->addWidget(m_parameters);
    auto* details = new QVBoxLayout(m_details);
    details->setContentsMargins(kUnit, kUnit, kUnit, kUnit);
    details->setSpacing(kHalfUnit);
    details->addWidget(m_name);
    details->addWidget(m_state);
    details->addLayout(buttons);
    details->addWidget(m_formArea, 1);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_view, 3);
    auto* line = new QFrame(body);
    line->setFrameShape(QFrame::HLine);
    line->setFixedHeight(1);
    layout->addWidget(line);
    layout->addWidget(m_details, 0);
    setBody(body);

    addButton(QStringLiteral("play"), tr("Run all steps that are not done (Ctrl+Shift+R)"),
              [this] { this->session().runAll(); });
    connect(m_run, &QPushButton::clicked, this, [this] {
        if (const auto task = current())
            runOrResume(*task);
    });
    connect(m_pause, &QPushButton::clicked, this, [this] {
        if (const auto task = current())
            this->session().setPaused(*task, !this->session().paused(*task));
    });
    connect(m_stop, &QPushButton::clicked, this, [this] {
        if (const auto task = current())
            if (const auto job = this->session().jobOf(*task))
                this->session().stopJob(job->id);
    });
    connect(m_parameters, &QPushButton::toggled, this, &PipelinePanel::showForm);
    connect(m_view, &PipelineView::opened, this, &PipelinePanel::open);
    connect(m_view, &QWidget::customContextMenuRequested, this, &PipelinePanel::showMenu);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &PipelinePanel::explain);
    connect(m_model, &QAbstractItemModel::modelReset, this, &PipelinePanel::invalidate);
    connect(m_view->horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int column) {
        const auto& systems = this->session().systems();
        if (static_cast<std::size_t>(column) < systems.size())
            this->session().selection().setSystem(text(systems[static_cast<std::size_t>(column)].name));
    });
    m_view->horizontalHeader()->setSectionsClickable(true);
    m_progress.setInterval(kProgressMilliseconds);
    connect(&m_progress, &QTimer::timeout, this, &PipelinePanel::watchProgress);
    connect(&session, &StudySession::statesChanged, this, &PipelinePanel::invalidate);
    connect(&session, &StudySession::studyChanged, this, &PipelinePanel::invalidate);
    connect(&session, &StudySession::failed, this,
            [this](const Task&, const QString& message) { showFailure(message); });
}

bool PipelinePanel::formShown() const { return m_formArea->isVisibleTo(this); }

std::optional<Task> PipelinePanel::current() const { return m_model->taskAt(m_view->currentIndex()); }

void PipelinePanel::setCurrent(const Task& task) {
    if (const QModelIndex index = m_model->indexOf(task); index.isValid())
        m_view->setCurrentIndex(index);
}

void PipelinePanel::showForm(bool shown) {
    m_parameters->setChecked(shown);
    m_formArea->setVisible(shown);
    auto* layout = qobject_cast<QVBoxLayout*>(m_details->parentWidget()->layout());
    layout->setStretchFactor(m_details, shown ? 4 : 0);
}

void PipelinePanel::refresh() {
    if (session().systems().empty()) {
        showEmpty(tr("Nothing to compute yet"),
                  tr("The steps from judgments to map appear here as a diagram once there are ratings, judgments or an "
                     "embedding. Drop a file on the window, or choose File → Import."));
        return;
    }
    showBody();
    if (!current()) {
        QModelIndex first = m_model->indexOf({"fit-embedding", system().toStdString()});
        if (!first.isValid())
            first = m_model->index(0, 0);
        m_view->setCurrentIndex(first);
    }
    explain();
    watchProgress();
}

QString PipelinePanel::runText(const Task& task) const {
    const TaskView& view = session().task(task);
    const int count = session().tasksToRun(task);
    return view.canResume ? tr("Go on") : count > 1 ? tr("Run with what it needs") : tr("Run");
}

void PipelinePanel::runOrResume(const Task& task) {
    if (session().task(task).canResume)
        session().resume(task);
    else
        for (const Task& each : m_model->tasksWith(task))
            if (session().state(each).kind != StepState::Kind::Done)
                session().run(each);
}

void PipelinePanel::explain() {
    const auto task = current();
    m_details->setVisible(task.has_value());
    if (!task)
        return;
    const Look& look = Theme::instance().look();
    QString name = text(stepNamed(task->step).title);
    if (!task->system.empty())
        name += QStringLiteral(" — ") + systemTitle(text(task->system));
    const auto box = m_model->boxOf(*task);
    m_name->setText(name);
    m_name->setFont(look.font(TextSize::Body, QFont::DemiBold));
    m_state->setText(m_model->describe(*task));
    m_state->setFont(look.font(TextSize::Small));
    const bool busy = session().running(*task) || session().queued(*task);
    const bool resumable = session().task(*task).canResume;
    m_run->setVisible(!busy);
    m_run->setText(runText(*task));
    m_run->setEnabled(!session().readOnly() && box != PipelineModel::Box::Blocked &&
                      (box != PipelineModel::Box::Done || resumable));
    m_pause->setVisible(busy);
    const bool paused = busy && session().paused(*task);
    m_pause->setToolTip(paused ? tr("Let it go on") : tr("Let it wait"));
    m_pause->setAccessibleName(paused ? tr("Go on") : tr("Pause"));
    m_pause->setIcon(themedIcon(paused ? QStringLiteral("resume") : QStringLiteral("pause")));
    m_stop->setVisible(busy);
    m_parameters->setVisible(!stepNamed(task->step).parameters.empty());
    m_form->setTask(task);
}

void PipelinePanel::open(const QModelIndex& index) {
    const auto task = m_model->taskAt(index);
    if (!task)
        return;
    if (!task->system.empty())
        session().selection().setSystem(text(task->system));
    const auto box = m_model->boxOf(*task);
    const bool hasSomethingToSee = box == PipelineModel::Box::Done || box == PipelineModel::Box::Stale ||
                                   box == PipelineModel::Box::Running || box == PipelineModel::Box::Paused;
    if (hasSomethingToSee)
        emit panelRequested(text(task->step), text(task->system));
    else if (box == PipelineModel::Box::Missing && !stepNamed(task->step).parameters.empty())
        showForm(true);
}

void PipelinePanel::showMenu(const QPoint& at) {
    const QModelIndex index = m_view->indexAt(at);
    const auto task = m_model->taskAt(index.isValid() ? index : m_view->currentIndex());
    if (!task)
        return;
    m_view->setCurrentIndex(m_model->indexOf(*task));
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString& icon, const QString& words, bool enabled, const std::function<void()>& act) {
        QAction* action = menu->addAction(themedIcon(icon), words);
        action->setEnabled(enabled);
        connect(action, &QAction::triggered, this, act);
    };
    const auto box = m_model->boxOf(*task);
    const bool running = session().running(*task);
    const bool busy = running || session().queued(*task);
    const bool writable = !session().readOnly();
    if (!busy) {
        add(QStringLiteral("play"), runText(*task),
            writable && box != PipelineModel::Box::Blocked &&
                (box != PipelineModel::Box::Done || session().task(*task).canResume),
            [this, task = *task] { runOrResume(task); });
    } else {
        add(session().paused(*task) ? QStringLiteral("resume") : QStringLiteral("pause"),
            session().paused(*task) ? tr("Go on") : tr("Pause"), true,
            [this, task = *task] { session().setPaused(task, !session().paused(task)); });
        if (running && task->step == "fit-embedding")
            add(QStringLiteral("check"), tr("End now and keep what it has"), true,
                [this, task = *task] { session().finishEarly(task); });
        add(QStringLiteral("stop"), tr("Stop"), true, [this, task = *task] {
            if (const auto job = session().jobOf(task))
                session().jobs().stop(job->id);
        });
    }
    menu->addSeparator();
    add(QStringLiteral("settings"), tr("Parameters…"), !stepNamed(task->step).parameters.empty(),
        [this] { showForm(true); });
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

void PipelinePanel::watchProgress() {
    const auto& tasks = session().tasks();
    const bool any =
        std::any_of(tasks.begin(), tasks.end(), [this](const Task& task) { return session().running(task); });
    if (!any || !isVisible()) {
        m_progress.stop();
        return;
    }
    m_model->refreshProgress();
    if (const auto task = current(); task && session().running(*task))
        m_state->setText(m_model->describe(*task));
    if (!m_progress.isActive())
        m_progress.start();
}

} // namespace tercet
