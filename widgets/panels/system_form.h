#pragma once

#include "core/study/study.h"

#include <QFrame>

class QLabel;
class QLineEdit;

namespace tercet {

/// A small form that pops up to edit what is known of a system: what people read, and how many parameters its model
/// has. Enter takes it over, Escape leaves it. Deletes itself when it closes.
class SystemForm : public QFrame {
    Q_OBJECT
public:
    SystemForm(const System& system, QWidget* parent);

    [[nodiscard]] QLineEdit* titleBox() const { return m_title; }
    [[nodiscard]] QLineEdit* countBox() const { return m_count; }
    [[nodiscard]] QString problem() const; ///< one sentence; empty while all is right

signals:
    void accepted(const tercet::System& edited);

private:
    void check();
    void accept();

    System m_system;
    QLineEdit* m_title;
    QLineEdit* m_count;
    QLabel* m_problem;
};

} // namespace tercet
