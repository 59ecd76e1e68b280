#pragma once

#include "widgets/bridge/study_session.h"
#include "widgets/figures/figure_presets.h"

#include <QList>
#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

class QAction;
class QStackedLayout;
class QToolButton;
class QVBoxLayout;

namespace tercet {

class EmptyPage;
class MessageStrip;
class PanelHeader;

/// The frame of every panel: header, strip for failures, and the body or an empty page in its place.
///
/// A panel derives from it, builds its body once in the constructor, connects the session's signals to invalidate(),
/// and shows the newest state in refresh(). However many signals arrive, refresh() runs once per turn of the event
/// loop, and not at all while the panel is hidden. GUI thread.
class Panel : public QWidget {
    Q_OBJECT
public:
    /// `id` names the panel for good (docks, settings, tests); `title` is what people read.
    Panel(StudySession& session, const QString& id, const QString& title, QWidget* parent = nullptr);

    [[nodiscard]] const QString& title() const { return m_title; }
    /// At the top of the panel, unless a dock takes it as its title bar.
    [[nodiscard]] PanelHeader* header() const { return m_header; }
    /// Says above the body what failed, until it is dismissed.
    void showFailure(const QString& message);
    [[nodiscard]] QString failure() const; ///< empty when there is none
    [[nodiscard]] bool isEmpty() const;    ///< the empty page is shown
    [[nodiscard]] EmptyPage* emptyPage() const { return m_empty; }

    /// What the panel shows, for a file; nothing while it is empty. Throws an Error where it cannot be made.
    [[nodiscard]] virtual std::optional<Figure> figure() const { return {}; }
    /// The values of what the panel shows: those of figure(), where a panel has nothing nearer. Throws as figure().
    [[nodiscard]] virtual std::vector<Table> tables() const;
    /// Turns to what shows a step, in a panel that shows several.
    virtual void showStep(const QString& /*step*/) {}
    /// Shows again what a figure of a preset showed: colours, thresholds, pages.
    virtual void showFigure(const QString& /*preset*/, const FigureOptions& /*options*/) {}

    /// Gives the keyboard's focus to the first of the body, else of the header, that takes it.
    void takeFocus();

public slots:
    void invalidate(); ///< refresh() follows soon
    void savePicture();
    /// Writes the picture as a job; a failure appears in the panel.
    void savePictureTo(const QString& path);
    void copyData();  ///< puts tables() on the clipboard as tab-separated text; several each below its title
    void copyLatex(); ///< the same as LaTeX tables
    void exportData();
    /// Writes tables() as a job, as CSV, TSV or LaTeX by the ending of `path`, several to files beside it
    /// (writeTables()); a failure appears in the panel.
    void exportDataTo(const QString& path);

protected:
    /// Shows the newest state of the session: fills the body and calls showBody(), or one of the empty pages.
    virtual void refresh() = 0;

    [[nodiscard]] StudySession& session() const { return m_session; }
    /// The system in front, else the study's first; empty without systems.
    [[nodiscard]] QString system() const;
    [[nodiscard]] QString systemTitle(const QString& name) const;
    [[nodiscard]] QColor systemColor(const QString& name) const;

    void setBody(QWidget* body);
    void showBody();
    void showEmpty(const QString& title, const QString& text, const QString& action = {},
                   std::function<void()> act = {});
    /// An empty page for what a task makes: why it cannot run, that it is queued or running, or a button that runs it.
    void showEmpty(const Task& task, const QString& title, const QString& text, const QString& action);

    void addBar(QWidget* bar); ///< between the header and the body, there while the panel is empty too
    void useSystemChip();      ///< the header shows and changes the system in front
    void usePictureButton();   ///< and beside it the menu of tables(), with Ctrl+C in the panel
    /// Of that menu, for a view's own: copying as text and as LaTeX.
    [[nodiscard]] const QList<QAction*>& copyActions() const { return m_copyActions; }
    void showFailuresOf(std::initializer_list<const char*> steps);
    /// A button with resources/icons/<icon>.svg; `onClick` may be empty.
    QToolButton* addButton(const QString& icon, const QString& toolTip, std::function<void()> onClick);

    void showEvent(QShowEvent* event) override;

private:
    void refreshNow();
    void refreshChip();
    void editSystem(); ///< the one in front
    /// The figure with the window's selection in its recipe; what goes wrong appears above the body.
    [[nodiscard]] std::optional<Figure> figureToSave();
    /// tables(); what goes wrong appears above the body. Empty then, and while the panel is empty.
    [[nodiscard]] std::vector<Table> tablesToTake();
    void startWriting(const QString& path, std::function<void()> write); ///< as a job
    void addDataMenu();

    StudySession& m_session;
    QString m_title;
    PanelHeader* m_header;
    MessageStrip* m_strip;
    EmptyPage* m_empty;
    QWidget* m_body = nullptr;
    QVBoxLayout* m_layout;
    QStackedLayout* m_pages;
    QToolButton* m_pictureButton = nullptr;
    QToolButton* m_dataButton = nullptr;
    QList<QAction*> m_copyActions;
    bool m_stale = true;
    bool m_refreshQueued = false;
    bool m_hasChip = false;
};

} // namespace tercet
