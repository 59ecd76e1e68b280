#pragma once

#include "widgets/plots/graph_plot.h"

#include <QPainterPath>

namespace tercet {

/// A graph as chords (SPEC G1): all nodes on a circle, those of a community side by side, ribbons as wide as |r|
/// between joined ones. Ribbons within a community have its colour, others are grey, negative ones are dashed outlines.
/// GUI thread.
class ChordPlot : public PlotWidget {
    Q_OBJECT

public:
    explicit ChordPlot(QWidget* parent = nullptr);

    void setGraph(GraphPlotData graph);
    void setHighlighted(int node); ///< −1 for none
    void setSelected(int node);
    [[nodiscard]] int nodeAt(const QPointF& place) const; ///< by arc or number; −1: none
    [[nodiscard]] QPointF centerOf(int node) const;       ///< middle of its arc, in widget coordinates

    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override { return {320, 320}; }

signals:
    void nodeHovered(int node);
    void nodeClicked(int node);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Arc {
        double from = 0; ///< turns from the top, clockwise
        double to = 0;
    };
    struct Circle {
        QPointF center;
        double radius = 0;
    };
    [[nodiscard]] static Circle circleFor(const QRectF& area, const Look& look);
    void arrange();
    void paintChords(QPainter& painter, const QRectF& area, const Look& look) const;
    void setHovered(int node);

    GraphPlotData m_graph;
    std::vector<int> m_order; ///< nodes around the circle
    std::vector<Arc> m_arcs;  ///< per node
    struct Ribbon {
        Arc first;
        Arc second;
    };
    std::vector<Ribbon> m_ribbons; ///< per edge
    int m_hovered = -1;
    int m_highlighted = -1;
    int m_selected = -1;
};

} // namespace tercet
