#pragma once

#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QPainterPath>
#include <QPointF>
#include <QStringList>

#include <vector>

namespace tercet {

struct GraphPlotNode {
    int number = 0; ///< drawn in it
    QString name;
    QColor color;
    double size = 0;    ///< PageRank: its area
    int community = -1; ///< place among the clusters; −1: isolated, listed beside
};

struct GraphPlotEdge {
    int first = 0; ///< place among the nodes
    int second = 0;
    double r = 0; ///< negative ones are dashed
};

struct GraphPlotCluster {
    QString name;
    QString description;
    QColor color;
};

/// A graph as plots draw it.
struct GraphPlotData {
    std::vector<GraphPlotNode> nodes;
    std::vector<GraphPlotEdge> edges;
    std::vector<GraphPlotCluster> clusters;
};

/// The colour of a community, in the order of their numbers; light and dark surfaces alike.
[[nodiscard]] QColor clusterColor(int number);

/// A graph with its communities (SPEC G1): numbered circles whose area is PageRank, lines as wide as |r|, a soft hull
/// around each community with its name beside it, isolated nodes in a row below. The places come from outside, so that
/// whoever knows the layout can go on with it while a node is dragged. GUI thread.
class GraphPlot : public PlotWidget {
    Q_OBJECT

public:
    explicit GraphPlot(QWidget* parent = nullptr);

    void setGraph(GraphPlotData graph);
    /// One per node, y down, in any unit; those of isolated nodes are not looked at.
    void setPlaces(std::vector<QPointF> places);
    void setHighlighted(int node); ///< as another panel points at it; −1 for none
    void setSelected(int node);
    [[nodiscard]] const GraphPlotData& graph() const { return m_graph; }

    [[nodiscard]] int nodeAt(const QPointF& place) const;    ///< −1: none
    [[nodiscard]] int clusterAt(const QPointF& place) const; ///< by hull or name; −1: none
    [[nodiscard]] QPointF centerOf(int node) const;          ///< in widget coordinates
    /// Where the names of the clusters and the nodes are drawn in an area.
    [[nodiscard]] std::vector<QRectF> clusterLabels(const QRectF& area, const Look& look) const;
    [[nodiscard]] std::vector<QRectF> nodeAreas(const QRectF& area, const Look& look) const;

    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override { return {420, 360}; }

signals:
    void nodeHovered(int node); ///< −1: none
    void nodeClicked(int node);
    void clusterClicked(int cluster);
    void clusterEdited(int cluster);                  ///< asked for by a double click or F2
    void nodeDragged(int node, const QPointF& place); ///< in the unit of the places
    void nodeDropped(int node);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct View {
        double scale = 1; ///< the smaller one
        double stretchX = 1;
        double stretchY = 1;
        QPointF origin;
        [[nodiscard]] QPointF shown(const QPointF& place) const {
            return origin + scale * QPointF(stretchX * place.x(), stretchY * place.y());
        }
        [[nodiscard]] QPointF placeAt(const QPointF& at) const {
            return {(at.x() - origin.x()) / (scale * stretchX), (at.y() - origin.y()) / (scale * stretchY)};
        }
    };
    struct Label {
        QStringList lines;
        QRectF area;
    };
    struct Layout {
        View view;
        std::vector<QPointF> centers;
        std::vector<double> radii;
        std::vector<QPolygonF> hulls;
        std::vector<Label> labels;
        double isolatedTop = 0;
    };
    [[nodiscard]] Layout layoutFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] View viewFor(const QRectF& area) const;
    void placeLabels(Layout& layout, const QRectF& area, const Look& look) const;
    void paintGraph(QPainter& painter, const QRectF& area, const Look& look, const Layout& layout) const;
    void setHovered(int node);

    GraphPlotData m_graph;
    std::vector<QPointF> m_places;
    View m_frozen;
    int m_hovered = -1;
    int m_highlighted = -1;
    int m_selected = -1;
    int m_pressed = -1;
    QPointF m_pressedAt;
    bool m_dragging = false;
};

} // namespace tercet
