#pragma once

#include <QLineEdit>

namespace tercet {

/// A line for a file's path, with a button that opens the dialog to choose it.
class FileField : public QWidget {
    Q_OBJECT
public:
    /// `choose`: what the button does, for its tooltip and the dialog's title.
    explicit FileField(const QString& choose, QWidget* parent = nullptr);

    [[nodiscard]] QLineEdit* line() const { return m_line; }
    [[nodiscard]] std::string path() const; ///< without spaces around it; empty for none

private:
    QLineEdit* m_line;
};

} // namespace tercet
