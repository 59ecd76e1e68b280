#pragma once

#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QPainterPath>
#include <QString>

#include <vector>

namespace tercet {

/// What becomes of a component in the other systems; each has a mark of its own.
enum class FlowFate { Shared, Partly, Blended, Unique };

struct FlowPlotItem {
    int number = 0;
    QString name;
    QColor color;
    FlowFate fate = FlowFate::Unique;
    double best = 0; ///< highest r with a component of another system; may be NaN
    int id = 0;      ///< for whoever gave it
};

struct FlowPlotColumn {
    QString id;
    QString title;
    QColor color;
    std::vector<FlowPlotItem> items;
};

struct FlowPlotBand {
    int column = 0;
    int item = 0;
    int otherColumn = 0;
    int otherItem = 0;
    double r = 0;       ///< width of the band
    bool blend = false; ///< an ingredient: dashed
};

struct FlowPlotData {
    std::vector<FlowPlotColumn> columns;
    std::vector<FlowPlotBand> bands;
};

/// Matched components as a flow between systems: a column per system, bands as wide as r between columns that stand
/// side by side, a filled disc for shared, a half disc for partly shared, a diamond for blended and a ring for unique
/// components. Items are put in an order in which few bands cross. Where the bands would have no room, the columns
/// between the first and the last show numbers alone. Pointing at an item shows all that it is matched with, in every
/// column. GUI thread.
class FlowPlot : public PlotWidget {
    Q_OBJECT

public:
    explicit FlowPlot(QWidget* parent = nullptr);

    void setFlow(FlowPlotData flow);
    void setHighlighted(int column, int item); ///< −1 for none
    struct Place {
        int column = -1;
        int item = -1;
        friend bool operator==(const Place&, const Place&) = default;
    };
    [[nodiscard]] Place itemAt(const QPointF& place) const;
    [[nodiscard]] QPointF centerOf(const Place& item) const; ///< of its mark, in widget coordinates
    /// Items of the other columns that are matched with an item, one after another.
    [[nodiscard]] std::vector<Place> matchedWith(const Place& item) const;
    [[nodiscard]] const FlowPlotData& flow() const { return m_flow; }
    /// Room that the items need at a width.
    [[nodiscard]] double heightFor(const Look& look, double width) const;
    /// Where the marks and their names or numbers are drawn.
    [[nodiscard]] std::vector<QRectF> nameAreas(const QRectF& area, const Look& look) const;

    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override { return {480, 480}; }

signals:
    void itemHovered(int column, int item); ///< −1: none
    void itemClicked(int column, int item);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Grid {
        double top = 0;
        double rowHeight = 0;
        double keyTop = 0;
        QRectF area;
        std::vector<double> lefts;      ///< of the columns
        std::vector<double> nameWidths; ///< of mark and name
        std::vector<bool> named;        ///< not numbers alone
        [[nodiscard]] double titleWidth(std::size_t column) const;
    };
    [[nodiscard]] bool titlesNeedTwoLines(const Grid& grid, const Look& look) const;
    void placeColumns(Grid& grid, const Look& look) const;
    [[nodiscard]] Grid gridFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] QPointF markOf(const Grid& grid, const Place& item) const;
    void arrange();
    void paintFlow(QPainter& painter, const QRectF& area, const Look& look) const;
    void setHovered(const Place& item);

    FlowPlotData m_flow;
    std::vector<std::vector<int>> m_rows; ///< per column, per item: its row
    Place m_hovered;
    Place m_highlighted;
};

} // namespace tercet
