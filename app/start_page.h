#pragma once

#include <QLabel>
#include <QWidget>

class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace tercet {

class MessageStrip;

/// What the window shows without a study: new, open, demo, recent studies, and where to drop files.
class StartPage : public QWidget {
    Q_OBJECT
public:
    explicit StartPage(QWidget* parent = nullptr);

    void showRecent();
    void showFailure(const QString& message); ///< one sentence; stays until dismissed
    [[nodiscard]] QString failure() const;
    /// Says what is being done; `fraction` −1 shows a bar without end. Empty text ends it.
    void showProgress(const QString& text, double fraction, bool canStop);
    void setDropTarget(bool active); ///< a file is being held over the window

signals:
    void newWanted();
    void openWanted();
    void demoWanted();
    void recentWanted(const QString& folder);
    void stopWanted();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void applyLook();
    [[nodiscard]] QPushButton* makeAction(const QString& name, const QString& icon, const QString& title,
                                          const QString& text, const QString& shortcut);

    MessageStrip* m_strip;
    QLabel* m_title;
    QLabel* m_tagline;
    QLabel* m_recentTitle;
    QLabel* m_hint;
    QWidget* m_content;
    QWidget* m_actions;
    QWidget* m_recent;
    QVBoxLayout* m_recentLayout;
    QWidget* m_progressRow;
    QLabel* m_progressText;
    QProgressBar* m_progressBar;
    QPushButton* m_stop;
    bool m_dropTarget = false;
};

} // namespace tercet
