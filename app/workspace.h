#pragma once

#include "widgets/bridge/study_session.h"
#include "widgets/figures/figure_recipe.h"

#include <QMainWindow>
#include <QTimer>

#include <vector>

class QDockWidget;

namespace tercet {

class ComposerPanel;
class MapPanel;
class Panel;
class PipelinePanel;
class StudyPanel;

/// The panels of one open study as docks. Arrangement, selection and what the panels keep are stored with the study, so
/// that it opens as it was left.
class Workspace : public QMainWindow {
    Q_OBJECT
public:
    explicit Workspace(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] StudySession& session() const { return m_session; }
    [[nodiscard]] const std::vector<QDockWidget*>& docks() const { return m_docks; }
    /// One a dock, checked while it is open. Its shortcut (Ctrl and a digit for the first nine, Alt for the others)
    /// brings the panel to the front with the keyboard's focus; from a menu it closes a panel that is in front already.
    [[nodiscard]] const std::vector<QAction*>& panelActions() const { return m_panelActions; }
    [[nodiscard]] Panel* panel(const QString& id) const;         ///< null if unknown
    [[nodiscard]] Panel* currentPanel() const;                   ///< the one used last; the map at first
    void showPanel(const QString& id, const QString& step = {}); ///< turned to what shows `step`, if any
    void findStimulus();                                         ///< to the search box
    void resetLayout();
    void keepHeights();     ///< of the panels that are in front, before something takes room from them
    void giveHeightsBack(); ///< once the room is there again; not if the window has another size then
    /// Shows what a saved picture shows: systems, selection, colouring, hidden groups, or its composition (undoable).
    /// What the study has not is passed over. Once the session is opened. Throws FormatError for a damaged composition.
    void showRecipe(const FigureRecipe& recipe);
    void storeState(); ///< now, and not a second later

signals:
    void currentPanelChanged();
    /// Tasks that were running or queued when the program ended.
    void unfinishedFound(const std::vector<tercet::Task>& tasks);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QDockWidget* addPanel(Panel* panel);
    void goTo(QDockWidget* dock);
    void restoreWhatWas();
    void noteUnfinished();
    void storeSoon();

    StudySession& m_session;
    std::vector<QDockWidget*> m_docks;
    std::vector<Panel*> m_panels;
    std::vector<QAction*> m_panelActions;
    PipelinePanel* m_pipeline;
    StudyPanel* m_study;
    MapPanel* m_map;
    ComposerPanel* m_composer;
    Panel* m_current = nullptr;
    QTimer m_storeTimer;
    bool m_restored = false;
    bool m_laidOut = false;
    QSize m_keptSize; ///< of what is in keepHeights(); empty: nothing
    QList<QDockWidget*> m_keptDocks;
    QList<int> m_keptHeights;
    bool m_givesBack = false;
};

} // namespace tercet
