#pragma once

#include "widgets/panels/panel.h"

class QLabel;
class QScrollArea;
class QTabWidget;

namespace tercet {

class FlowPlot;
class OverlapPlot;

/// How the components and clusters of all systems correspond: components matched between systems as a flow, and which
/// clusters systems have in common (SPEC G3), with the rule in words.
class ComponentFlowPanel : public Panel {
    Q_OBJECT
public:
    explicit ComponentFlowPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override; ///< of the page in front
    void showStep(const QString& step) override;
    [[nodiscard]] FlowPlot* flow() const { return m_flow; }
    [[nodiscard]] OverlapPlot* overlap() const { return m_overlap; }
    [[nodiscard]] QLabel* details() const { return m_details; }
    [[nodiscard]] QTabWidget* pages() const { return m_pages; }

protected:
    void refresh() override;

private:
    void highlight();
    void showSet(unsigned systems);

    FlowPlot* m_flow;
    OverlapPlot* m_overlap;
    QScrollArea* m_scroll;
    QLabel* m_details;
    QTabWidget* m_pages;
    QWidget* m_overlapPage;
    std::shared_ptr<const ArrayBundle> m_matches;
    std::shared_ptr<const ArrayBundle> m_clusters;
};

} // namespace tercet
