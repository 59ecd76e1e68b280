#include "widgets/panels/file_field.h"

#include "widgets/plots/icons.h"
#include "widgets/plots/look.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QToolButton>

namespace tercet {

FileField::FileField(const QString& choose, QWidget* parent) : QWidget(parent), m_line(new QLineEdit) {
    auto* button = new QToolButton;
    button->setIcon(themedIcon(QStringLiteral("open")));
    button->setToolTip(choose);
    button->setAccessibleName(choose);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kHalfUnit);
    row->addWidget(m_line, 1);
    row->addWidget(button);
    setFocusProxy(m_line);
    connect(button, &QToolButton::clicked, this, [this, choose] {
        auto* dialog = new QFileDialog(this, choose);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        if (!m_line->text().isEmpty())
            dialog->setDirectory(QFileInfo(m_line->text()).absolutePath());
        connect(dialog, &QFileDialog::fileSelected, m_line, &QLineEdit::setText);
        dialog->open();
    });
}

std::string FileField::path() const { return m_line->text().trimmed().toStdString(); }

} // namespace tercet
