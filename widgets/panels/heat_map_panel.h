#pragma once

#include "widgets/panels/panel.h"

#include <vector>

class QGridLayout;
class QScrollArea;

namespace tercet {

class ColorBar;
class HeatMap;

/// r of every component with every rating (SPEC C6): the system in front, or all of them with their columns linked.
/// Both come in the order of the diagonal; components sorted by the rating whose name was clicked, ratings by the
/// component whose name was double-clicked, each until that is done again.
class HeatMapPanel : public Panel {
    Q_OBJECT
public:
    explicit HeatMapPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;
    [[nodiscard]] const std::vector<HeatMap*>& maps() const { return m_maps; } ///< shown, by system
    [[nodiscard]] const QStringList& shownSystems() const { return m_systems; }
    [[nodiscard]] QToolButton* allButton() const { return m_all; }
    [[nodiscard]] int sortedBy() const { return m_sortedBy; } ///< rating, or −1 for the diagonal
    /// Training column of the component by which ratings are sorted, or −1 for the diagonal.
    [[nodiscard]] int sortedByComponent() const { return m_sortingComponent; }

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fill(HeatMap& map, const QString& system, const std::vector<std::size_t>& columns);
    [[nodiscard]] std::vector<std::size_t> columnOrder(const QString& leading) const;
    HeatMap* addMap();
    void arrange();
    void markSelected();
    void markHovered();
    [[nodiscard]] int rowOf(const QString& system, int trainingColumn) const; ///< −1 if it has none
    void point(int place, int row, int column);

    QScrollArea* m_scroll;
    QGridLayout* m_grid;
    ColorBar* m_key;
    QToolButton* m_all;
    std::vector<HeatMap*> m_maps;
    QStringList m_systems;
    int m_sortedBy = -1;
    QString m_sortingSystem;
    int m_sortingComponent = -1;
};

} // namespace tercet
