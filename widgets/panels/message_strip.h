#pragma once

#include <QWidget>

class QLabel;

namespace tercet {

/// A line above a panel's body that says what failed and what to do, and stays until it is dismissed. The same
/// message again is counted instead of repeated. Hidden while there is nothing to say.
class MessageStrip : public QWidget {
    Q_OBJECT
public:
    explicit MessageStrip(QWidget* parent = nullptr);

    void say(const QString& message);
    [[nodiscard]] QString message() const; ///< empty while hidden

public slots:
    void dismiss();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void showText();

    QLabel* m_label;
    QString m_message;
    int m_count = 0;
};

} // namespace tercet
