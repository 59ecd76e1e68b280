#pragma once

#include "widgets/panels/panel.h"

class QScrollArea;

namespace tercet {

class GroupedBars;
class Legend;
class RegionTableEditor;

/// How well every system predicts the regions of the brain, over subjects (SPEC B5): subcortical above, cortical below.
class RegionPanel : public Panel {
    Q_OBJECT
public:
    explicit RegionPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;
    [[nodiscard]] GroupedBars* cortical() const { return m_cortical; }
    [[nodiscard]] GroupedBars* subcortical() const { return m_subcortical; }
    [[nodiscard]] QToolButton* sortButton() const { return m_sort; }
    /// Unfolds the table of regions.
    [[nodiscard]] QToolButton* tableButton() const { return m_table; }
    [[nodiscard]] RegionTableEditor* tableEditor() const { return m_editor; }

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] bool hasRoomForBars() const; ///< beside the table
    GroupedBars* m_subcortical;
    GroupedBars* m_cortical;
    Legend* m_legend;
    QScrollArea* m_bars;
    QToolButton* m_sort;
    QToolButton* m_table;
    RegionTableEditor* m_editor;
    QStringList m_systems; ///< as the legend has them
};

} // namespace tercet
