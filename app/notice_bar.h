#pragma once

#include <QWidget>

#include <functional>

class QLabel;
class QPushButton;

namespace tercet {

/// A line under the menu that says something about the open study as a whole, with at most one thing to do about it.
class NoticeBar : public QWidget {
    Q_OBJECT
public:
    explicit NoticeBar(QWidget* parent = nullptr);

    void say(const QString& text, const QString& action = {}, std::function<void()> act = {});
    [[nodiscard]] QString text() const; ///< empty while hidden
    [[nodiscard]] QPushButton* actionButton() const { return m_action; }

public slots:
    void dismiss();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* m_label;
    QPushButton* m_action;
    std::function<void()> m_act;
};

} // namespace tercet
