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
    [[nodiscard]] Panel* panel(const QString& id) const;         ///< null if unknown
    [[nodiscard]] Panel* currentPanel() const;                   ///< the one used last; the map at first
    void showPanel(const QString& id, const QString& step = {}); ///< turned to what shows `step`, if any
    void findStimulus();                                         ///< to the search box
    void resetLayout();
    /// Shows what a saved picture shows: systems, selection, colouring, hidden groups, or its composition (undoable).
    /// What the study has not is passed over. Once the session is opened. Throws FormatError for a damaged composition.
    void showRecipe(const FigureRecipe& recipe);
    void storeState(); ///< now, and not a second later

signals:
    void currentPanelChanged();
    /// Tasks that were running or queued when the program ended.
    void unfinishedFound(const std::vector<tercet::Task>& tasks);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QDockWidget* addPanel(Panel* panel);
    void restoreWhatWas();
    void noteUnfinished();
    void storeSoon();

    StudySession& m_session;
    std::vector<QDockWidget*> m_docks;
    std::vector<Panel*> m_panels;
    PipelinePanel* m_pipeline;
    StudyPanel* m_study;
    MapPanel* m_map;
    ComposerPanel* m_composer;
    Panel* m_current = nullptr;
    QTimer m_storeTimer;
    bool m_restored = false;
    bool m_laidOut = false;
};

} // namespace tercet
