#include "widgets/panels/job_table.h"

#include "core/base/text.h"
#include "widgets/plots/theme.h"

#include <QPainter>

#include <algorithm>

namespace tercet {
namespace {

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

QString stateText(const Job& job) {
    switch (job.state) {
    case Job::State::Queued:
        return job.control->paused() ? JobTableModel::tr("queued, paused") : JobTableModel::tr("queued");
    case Job::State::Running: {
        const QString percent = QString::number(100 * job.progress->fraction(), 'f', 0);
        return job.control->paused() ? JobTableModel::tr("paused at %1 %").arg(percent)
                                     : JobTableModel::tr("%1 %").arg(percent);
    }
    case Job::State::Done:
        return JobTableModel::tr("done");
    case Job::State::Stopped:
        return JobTableModel::tr("stopped");
    case Job::State::Failed:
        return JobTableModel::tr("failed");
    }
    return {};
}

} // namespace

JobTableModel::JobTableModel(JobRunner& jobs, QObject* parent)
    : QAbstractTableModel(parent), m_jobs(jobs), m_rows(jobs.jobs()) {
    connect(&jobs, &JobRunner::jobAdded, this, [this](int id) {
        beginInsertRows({}, 0, 0);
        m_rows.push_back(m_jobs.job(id));
        endInsertRows();
    });
    connect(&jobs, &JobRunner::jobRemoved, this, [this](int id) {
        const int row = rowOf(id);
        if (row < 0)
            return;
        beginRemoveRows({}, row, row);
        m_rows.erase(m_rows.end() - 1 - row);
        endRemoveRows();
    });
    connect(&jobs, &JobRunner::jobChanged, this, [this](int id) {
        if (const int row = rowOf(id); row >= 0)
            emit dataChanged(index(row, 0), index(row, Columns - 1));
    });
}

int JobTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}
int JobTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

std::shared_ptr<Job> JobTableModel::jobAt(int row) const {
    return row >= 0 && row < rowCount() ? m_rows[m_rows.size() - 1 - static_cast<std::size_t>(row)] : nullptr;
}

int JobTableModel::rowOf(int id) const {
    const auto found = std::find_if(m_rows.rbegin(), m_rows.rend(), [&](const auto& job) { return job->id == id; });
    return found == m_rows.rend() ? -1 : static_cast<int>(found - m_rows.rbegin());
}

QVariant JobTableModel::data(const QModelIndex& index, int role) const {
    const auto job = index.isValid() ? jobAt(index.row()) : nullptr;
    if (!job)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == Title    ? job->title
               : index.column() == State  ? stateText(*job)
               : job->startedAt.isValid() ? text(formatDuration(job->seconds()))
                                          : QString();
    case Qt::ToolTipRole:
        return job->state == Job::State::Failed    ? job->message
               : job->state == Job::State::Running ? text(job->progress->message())
                                                   : stateText(*job);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(index.column() == Time ? Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter)
                                                          : Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    case ProgressRole:
        return job->state == Job::State::Running ? QVariant(job->progress->fraction()) : QVariant();
    case StateRole:
        return static_cast<int>(job->state);
    default:
        return {};
    }
}

QVariant JobTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Title ? tr("Job") : section == State ? tr("Progress") : tr("Time");
}

void JobTableModel::refreshRunning() {
    for (int row = 0; row < rowCount(); ++row)
        if (jobAt(row)->state == Job::State::Running)
            emit dataChanged(index(row, State), index(row, Time));
}

void JobStateDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Look& look = Theme::instance().look();
    const auto state = static_cast<Job::State>(index.data(JobTableModel::StateRole).toInt());
    const QVariant progress = index.data(JobTableModel::ProgressRole);
    painter->save();
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, look.highlight);
    QRectF area = QRectF(option.rect).adjusted(kUnit, 0, -kUnit, 0);
    painter->setFont(look.font(TextSize::Body));
    if (progress.isValid()) {
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF bar(area.left(), area.bottom() - 6, area.width(), 3);
        painter->setPen(Qt::NoPen);
        painter->setBrush(look.grid);
        painter->drawRoundedRect(bar, 1.5, 1.5);
        painter->setBrush(look.accent);
        painter->drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * progress.toDouble(), 3), 1.5, 1.5);
        area.setBottom(area.bottom() - 4);
    }
    painter->setPen(state == Job::State::Failed    ? look.error
                    : state == Job::State::Running ? look.text
                                                   : look.mutedText);
    painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, index.data().toString());
    painter->restore();
}

} // namespace tercet
