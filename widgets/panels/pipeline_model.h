#pragma once

#include "widgets/bridge/study_session.h"

#include <QAbstractTableModel>

#include <optional>

namespace tercet {

/// The table of steps as a grid of boxes: a row per step, a column per system (with subjects: per model). A step that
/// is not per system has one box, in the first column, that the view spans over all. A step per subject has one box for
/// all of them; the task that stands for it is the first that runs, waits or is not done.
class PipelineModel : public QAbstractTableModel {
    Q_OBJECT
public:
    /// What a box shows.
    enum class Box { None, Blocked, Missing, Stale, Queued, Running, Paused, Done };
    enum Role {
        BoxRole = Qt::UserRole, ///< int of Box
        ProgressRole,           ///< double, 0–1, of a running task
        GroupRole,              ///< QString: of the row
        WholeStudyRole,         ///< bool: of the row
    };

    explicit PipelineModel(StudySession& session, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

    [[nodiscard]] std::optional<Task> taskAt(const QModelIndex& index) const;
    /// A task and those of the other subjects, which share its box.
    [[nodiscard]] std::vector<Task> tasksWith(const Task& task) const;
    [[nodiscard]] QModelIndex indexOf(const Task& task) const;
    [[nodiscard]] Box boxOf(const Task& task) const;
    [[nodiscard]] static QString word(Box box);
    /// One or two sentences: state, result, why not current.
    [[nodiscard]] QString describe(const Task& task) const;
    /// The boxes whose results a box is made from.
    [[nodiscard]] std::vector<QModelIndex> sourcesOf(const QModelIndex& index) const;

public slots:
    void refreshProgress(); ///< of running boxes

private:
    void reload();
    [[nodiscard]] QString toolTip(const Task& task) const;
    [[nodiscard]] QString describeOne(const Task& task) const; ///< of one subject

    StudySession& m_session;
    std::vector<const Step*> m_steps;
    std::vector<System> m_systems;
    bool m_withoutSubjects = true;
};

} // namespace tercet
