#include "widgets/panels/jobs_panel.h"

#include "widgets/panels/job_table.h"
#include "widgets/panels/panel_header.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/look.h"

#include <QHeaderView>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSplitter>
#include <QToolButton>
#include <QTreeView>

namespace tercet {
namespace {

constexpr int kProgressMilliseconds = 100;

} // namespace

JobsPanel::JobsPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("jobs"), tr("Jobs"), parent), m_model(new JobTableModel(session.jobs(), this)) {
    auto* body = new QSplitter(Qt::Horizontal);
    body->setChildrenCollapsible(false);
    m_view = new QTreeView(body);
    m_view->setModel(m_model);
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setAllColumnsShowFocus(true);
    m_view->setAccessibleName(tr("Jobs"));
    m_view->setItemDelegateForColumn(JobTableModel::State, new JobStateDelegate(m_view));
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(JobTableModel::Title, QHeaderView::Stretch);
    m_view->header()->resizeSection(JobTableModel::State, 16 * kUnit);
    m_view->header()->resizeSection(JobTableModel::Time, 10 * kUnit);
    m_log = new QPlainTextEdit(body);
    m_log->setReadOnly(true);
    m_log->setFrameShape(QFrame::NoFrame);
    m_log->setMaximumBlockCount(Job::kLogLines);
    m_log->setAccessibleName(tr("Log of the job"));
    m_log->setToolTip(tr("What the job did, with times"));
    body->setStretchFactor(0, 3);
    body->setStretchFactor(1, 2);
    setBody(body);

    m_pause = addButton(QStringLiteral("pause"), tr("Pause the job, or let it go on"), [this] {
        if (const auto job = current())
            this->session().jobs().setPaused(job->id, !job->control->paused());
    });
    m_stop = addButton(QStringLiteral("stop"),
                       tr("Stop the job; a fit ends at its next epoch and keeps what it has (Del)"), [this] {
                           if (const auto job = current())
                               this->session().stopJob(job->id);
                       });
    m_forget = addButton(QStringLiteral("close"), tr("Take ended jobs out of the list"),
                         [this] { this->session().jobs().forgetEnded(); });
    m_stop->setShortcut(QKeySequence(Qt::Key_Delete));

    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &JobsPanel::showJob);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this] {
        // What was started last is what one wants to see.
        m_view->setCurrentIndex(m_model->index(0, 0));
        invalidate();
    });
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &JobsPanel::invalidate);
    connect(&session.jobs(), &JobRunner::jobChanged, this, [this](int id) {
        if (const auto job = current(); job && job->id == id)
            invalidate();
        if (!m_progress.isActive() && isVisible() && this->session().jobs().busy())
            m_progress.start();
    });
    m_progress.setInterval(kProgressMilliseconds);
    connect(&m_progress, &QTimer::timeout, this, [this] {
        m_model->refreshRunning();
        if (!isVisible() || !this->session().jobs().busy())
            m_progress.stop();
    });
}

std::shared_ptr<Job> JobsPanel::current() const { return m_model->jobAt(m_view->currentIndex().row()); }

void JobsPanel::refresh() {
    if (m_model->rowCount() == 0) {
        showEmpty(tr("Nothing is running"),
                  tr("What is being computed appears here with its progress and log: run a step in the pipeline."));
        header()->setNote({});
        m_pause->setEnabled(false);
        m_stop->setEnabled(false);
        m_forget->setEnabled(false);
        return;
    }
    showBody();
    if (!current())
        m_view->setCurrentIndex(m_model->index(0, 0));
    int waiting = 0;
    for (const auto& job : session().jobs().jobs())
        waiting += job->state == Job::State::Queued ? 1 : 0;
    header()->setNote(waiting > 0 ? tr("%1 waiting").arg(waiting) : QString());
    m_forget->setEnabled(true);
    showJob();
    if (session().jobs().busy() && !m_progress.isActive())
        m_progress.start();
}

void JobsPanel::showJob() {
    const auto job = current();
    const bool open = job && !job->ended();
    m_pause->setEnabled(open);
    m_stop->setEnabled(open);
    m_pause->setIcon(themedIcon(open && job->control->paused() ? QStringLiteral("resume") : QStringLiteral("pause")));
    const QString text = job ? job->log.join('\n') : QString();
    if (m_log->toPlainText() == text)
        return;
    const bool atEnd = m_logged != (job ? job->id : -1) ||
                       m_log->verticalScrollBar()->value() == m_log->verticalScrollBar()->maximum();
    m_logged = job ? job->id : -1;
    m_log->setPlainText(text);
    if (atEnd)
        m_log->verticalScrollBar()->setValue(m_log->verticalScrollBar()->maximum());
}

} // namespace tercet
