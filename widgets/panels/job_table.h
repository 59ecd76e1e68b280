#pragma once

#include "widgets/bridge/job_runner.h"

#include <QAbstractTableModel>
#include <QStyledItemDelegate>

#include <memory>
#include <vector>

namespace tercet {

/// The jobs of a session, newest first.
class JobTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Title, State, Time, Columns };
    enum Role {
        ProgressRole = Qt::UserRole, ///< double, 0–1, of a running job; invalid otherwise
        StateRole,                   ///< int of Job::State
    };

    explicit JobTableModel(JobRunner& jobs, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    [[nodiscard]] std::shared_ptr<Job> jobAt(int row) const; ///< null outside
    [[nodiscard]] int rowOf(int id) const;                   ///< −1 if unknown

public slots:
    void refreshRunning();

private:
    JobRunner& m_jobs;
    std::vector<std::shared_ptr<Job>> m_rows; ///< oldest first
};

/// Draws a job's state as a bar with words.
class JobStateDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace tercet
