#pragma once

#include "widgets/bridge/study_session.h"

#include <QWidget>

#include <map>
#include <optional>
#include <vector>

class QFormLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace tercet {

/// The parameters of one task, made from the step's table: each with unit, domain, default for the kind of system, help
/// and what the paper says. Applying is undoable.
class ParameterForm : public QWidget {
    Q_OBJECT
public:
    explicit ParameterForm(StudySession& session, QWidget* parent = nullptr);

    void setTask(const std::optional<Task>& task);
    [[nodiscard]] const std::optional<Task>& task() const { return m_task; }
    /// The field of a parameter; null if the step has none of that name.
    [[nodiscard]] QWidget* field(const std::string& parameter) const;
    [[nodiscard]] QPushButton* applyButton() const { return m_apply; }
    [[nodiscard]] QPushButton* runButton() const { return m_run; }
    [[nodiscard]] QString message() const; ///< what is wrong with what was typed; empty if nothing is

public slots:
    bool apply(); ///< false if something is wrong with what was typed
    void run();
    void useDefaults();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Row {
        const Parameter* parameter = nullptr;
        QLabel* title = nullptr;
        QWidget* field = nullptr;
        QToolButton* reset = nullptr;
        std::string applied; ///< the value in force
    };

    void build();
    void readApplied();
    void check();
    void explain(const Row& row);
    [[nodiscard]] QWidget* makeField(const Parameter& parameter);
    [[nodiscard]] std::string textOf(const Row& row) const;
    void setText(const Row& row, const std::string& text);
    [[nodiscard]] std::string defaultText(const Parameter& parameter) const;
    /// What was typed otherwise than what is in force; a default as "".
    [[nodiscard]] std::map<std::string, std::string> changes() const;

    StudySession& m_session;
    std::optional<Task> m_task;
    std::vector<Row> m_rows;
    QWidget* m_fields = nullptr;
    QLabel* m_help;
    QLabel* m_message;
    QPushButton* m_apply;
    QPushButton* m_run;
    QPushButton* m_defaults;
};

} // namespace tercet
