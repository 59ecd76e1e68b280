#pragma once

#include "widgets/panels/panel.h"

#include <QTimer>

class QLabel;
class QPushButton;
class QScrollArea;

namespace tercet {

class ParameterForm;
class PipelineModel;
class PipelineView;

/// The steps of the study as a diagram of boxes; the box in front is explained below, with what can be done about it
/// and its parameters.
class PipelinePanel : public Panel {
    Q_OBJECT
public:
    explicit PipelinePanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] PipelineModel* model() const { return m_model; }
    [[nodiscard]] PipelineView* view() const { return m_view; }
    [[nodiscard]] ParameterForm* form() const { return m_form; }
    [[nodiscard]] bool formShown() const;

public slots:
    void setCurrent(const tercet::Task& task);
    void showForm(bool shown);

signals:
    /// A box with something to see was opened.
    void panelRequested(const QString& step, const QString& system);

protected:
    void refresh() override;

private:
    [[nodiscard]] std::optional<Task> current() const;
    void explain();
    void open(const QModelIndex& index);
    void showMenu(const QPoint& at);
    [[nodiscard]] QString runText(const Task& task) const;
    void runOrResume(const Task& task);
    void watchProgress();

    PipelineModel* m_model;
    PipelineView* m_view;
    QWidget* m_details;
    QLabel* m_name;
    QLabel* m_state;
    QPushButton* m_run;
    QPushButton* m_pause;
    QPushButton* m_stop;
    QPushButton* m_parameters;
    QScrollArea* m_formArea;
    ParameterForm* m_form;
    QTimer m_progress;
};

} // namespace tercet
