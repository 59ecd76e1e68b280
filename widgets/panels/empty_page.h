#pragma once

#include <QWidget>

#include <functional>

class QLabel;
class QPushButton;

namespace tercet {

/// What a panel shows while it has nothing: what will appear here, and the button that makes it.
class EmptyPage : public QWidget {
    Q_OBJECT
public:
    explicit EmptyPage(QWidget* parent = nullptr);

    /// Without `action` there is no button.
    void setContent(const QString& title, const QString& text, const QString& action = {},
                    std::function<void()> act = {});

    [[nodiscard]] QString title() const;
    [[nodiscard]] QString text() const;
    [[nodiscard]] QPushButton* button() const { return m_button; }

private:
    void applyLook();

    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_button;
    std::function<void()> m_act;
};

} // namespace tercet
