#pragma once

#include "widgets/bridge/job_runner.h"
#include "widgets/bridge/study_session.h"

#include <QFileDialog>
#include <QMainWindow>
#include <QTimer>

#include <functional>
#include <memory>
#include <vector>

class QLabel;
class QMenu;
class QProgressBar;
class QSettings;
class QStackedWidget;

namespace tercet {

struct FigureRecipe;
class ImportStrip;
class NoticeBar;
class StartPage;
class Workspace;

/// A window of the program: the start page or one open study, menus, status bar, and the strip for imports.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    void openStudy(const QString& folder);
    void createStudy(const QString& folder, std::function<void()> then = {});
    /// Opens the demo study, made first if it is not there.
    void openDemo(const QString& folder);
    void closeStudy();
    void offerFiles(const QStringList& paths); ///< as if they were dropped
    /// Goes back to what a saved picture shows, by the recipe in it; says what is no longer the same.
    void openRecipe(const QString& picture);

    [[nodiscard]] StudySession* session() const { return m_session.get(); } ///< null on the start page
    [[nodiscard]] Workspace* workspace() const { return m_workspace; }      ///< null on the start page
    [[nodiscard]] StartPage* startPage() const { return m_startPage; }
    [[nodiscard]] ImportStrip* importStrip() const { return m_importStrip; }
    [[nodiscard]] NoticeBar* noticeBar() const { return m_notice; }

    [[nodiscard]] static QString demoFolder();
    /// Theme and text size as the user chose them.
    static void applyAppearance(const QSettings& settings);
    /// Says in every window what went wrong where no panel could be told.
    static void reportEverywhere(const QString& message);

signals:
    void studyOpened();
    void studyClosed();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    using Maker = std::function<std::shared_ptr<Study>(JobControl&, const Progress&)>;

    void buildMenus();
    void buildStatusBar();
    /// Makes or opens a study off the GUI thread and shows it.
    void makeStudy(const QString& title, const QString& folder, JobRunner::Lane lane, Maker maker,
                   std::function<void()> then);
    void setStudy(std::shared_ptr<Study> study);
    void report(const QString& message);
    void importAll(const std::vector<ImportRequest>& requests, const QString& newStudy);
    void showRecipe(const FigureRecipe& recipe, const QString& picture);
    void applyRecipe(const FigureRecipe& recipe, const QString& picture);
    void refreshActions();
    void refreshRecent();
    void refreshJob();
    void askUnfinished(const std::vector<Task>& tasks);
    void askNew();
    void askOpen();
    void askImport(QFileDialog::FileMode mode);
    void showShortcuts();
    void showAbout();
    QAction* addAction(QMenu* menu, const QString& icon, const QString& text, const QKeySequence& shortcut,
                       std::function<void()> act);

    JobRunner m_opening; ///< opens and makes studies, looks at files
    std::unique_ptr<StudySession> m_session;
    Workspace* m_workspace = nullptr;
    QStackedWidget* m_pages;
    StartPage* m_startPage;
    ImportStrip* m_importStrip;
    NoticeBar* m_notice;
    int m_openingJob = 0;
    std::vector<int> m_imports; ///< jobs of the session, also those that ended
    bool m_closing = false;

    std::vector<QAction*> m_studyActions; ///< enabled with a study
    QAction* m_importAction = nullptr;
    QAction* m_importFolderAction = nullptr;
    QAction* m_pictureAction = nullptr;
    QAction* m_undo = nullptr;
    QAction* m_redo = nullptr;
    QAction* m_runAll = nullptr;
    QAction* m_stop = nullptr;
    QAction* m_pause = nullptr;
    QMenu* m_recentMenu = nullptr;
    QMenu* m_panelMenu = nullptr;

    QLabel* m_jobLabel;
    QProgressBar* m_jobBar;
    QLabel* m_threads;
    QLabel* m_readOnly;
    QTimer m_jobTimer;
};

} // namespace tercet
