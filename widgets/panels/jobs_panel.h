#pragma once

#include "widgets/panels/panel.h"

#include <QTimer>

class QPlainTextEdit;
class QTreeView;

namespace tercet {

class JobTableModel;

/// What is being computed, what waits and what has ended; pause, stop and the log of each job.
class JobsPanel : public Panel {
    Q_OBJECT
public:
    explicit JobsPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] JobTableModel* model() const { return m_model; }
    [[nodiscard]] QTreeView* view() const { return m_view; }

protected:
    void refresh() override;

private:
    [[nodiscard]] std::shared_ptr<Job> current() const;
    void showJob();

    JobTableModel* m_model;
    QTreeView* m_view;
    QPlainTextEdit* m_log;
    QToolButton* m_pause;
    QToolButton* m_stop;
    QToolButton* m_forget;
    QTimer m_progress;
    int m_logged = -1; ///< job whose log is shown
};

} // namespace tercet
