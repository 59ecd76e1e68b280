#include "widgets/panels/system_form.h"

#include "core/base/text.h"
#include "widgets/plots/look.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

namespace tercet {

SystemForm::SystemForm(const System& system, QWidget* parent)
    : QFrame(parent, Qt::Popup), m_system(system), m_title(new QLineEdit(QString::fromStdString(system.title))),
      m_count(new QLineEdit(system.parameterCount > 0 ? QString::fromStdString(formatLargeNumber(system.parameterCount))
                                                      : QString())),
      m_problem(new QLabel) {
    setAttribute(Qt::WA_DeleteOnClose);
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setAccessibleName(tr("Edit system"));
    m_title->setAccessibleName(tr("Title"));
    m_title->setMinimumWidth(30 * kUnit);
    m_count->setAccessibleName(tr("Parameters of the model"));
    m_count->setPlaceholderText(tr("none, or for example 7 B"));
    m_count->setToolTip(tr("How many parameters the model that judged has, with k, M, B or T; empty for people"));
    m_problem->setWordWrap(true);
    m_problem->hide();
    auto* done = new QPushButton(tr("Done"));
    done->setDefault(true);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(kUnit + kHalfUnit, kUnit + kHalfUnit, kUnit + kHalfUnit, kUnit + kHalfUnit);
    form->addRow(tr("Title"), m_title);
    form->addRow(tr("Model parameters"), m_count);
    form->addRow(m_problem);
    form->addRow(QString(), done);
    connect(done, &QPushButton::clicked, this, &SystemForm::accept);
    for (QLineEdit* box : {m_title, m_count}) {
        connect(box, &QLineEdit::returnPressed, this, &SystemForm::accept);
        connect(box, &QLineEdit::textEdited, this, &SystemForm::check);
    }
    m_title->selectAll();
    m_title->setFocus();
}

QString SystemForm::problem() const {
    if (m_title->text().simplified().isEmpty())
        return tr("A system needs a title.");
    if (m_count->text().trimmed().isEmpty())
        return {};
    const auto count = toLargeNumber(m_count->text().toStdString());
    return count && *count >= 0 && *count < 1e18
               ? QString()
               : tr("The parameters of a model are a number like 7 B or 25 M; “%1” is none.").arg(m_count->text());
}

void SystemForm::check() {
    m_problem->setText(problem());
    m_problem->setVisible(!m_problem->text().isEmpty());
    adjustSize();
}

void SystemForm::accept() {
    check();
    if (!problem().isEmpty())
        return;
    m_system.title = m_title->text().simplified().toStdString();
    m_system.parameterCount = toLargeNumber(m_count->text().toStdString()).value_or(0);
    emit accepted(m_system);
    close();
}

} // namespace tercet
