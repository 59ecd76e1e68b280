#pragma once

#include "core/base/matrix.h"
#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QColor>
#include <QImage>
#include <QRectF>
#include <QString>
#include <QStringList>

#include <functional>
#include <vector>

namespace tercet {

/// A matrix as coloured cells with names at its rows (left) and columns (slanted, below), any number of each: up to
/// thousands, where a pixel shows the mean of its cells. Rows and columns are named by their place in the matrix,
/// whatever order they are shown in. Where lines are narrow every second or third is named, and none below that: its
/// room is the cells'. Wheel: zoom; drag: scroll; double click: all. Arrow keys move from cell to cell, + and − zoom, 0
/// shows all, S sorts by the column, R by the row. GUI thread.
class HeatMap : public PlotWidget {
    Q_OBJECT

public:
    explicit HeatMap(QWidget* parent = nullptr);

    void setTitle(const QString& title, const QString& note = {});
    /// NaN cells are hatched.
    void setValues(Matrix<double> values);
    [[nodiscard]] const Matrix<double>& values() const { return m_values; }
    void setRowNames(const QStringList& names);    ///< one per row, or none
    void setColumnNames(const QStringList& names); ///< one per column, or none
    void setRowColors(std::vector<QColor> colors); ///< discs before the names; one per row, or none
    /// Rules are drawn between columns of different groups; one number per column, or none.
    void setColumnGroups(std::vector<int> groups);
    /// The values of the ends of the colours: diverging around their middle, or rising from `low` to `high`.
    void setDiverging(double most); ///< from −most through 0 to most
    void setRising(double low, double high);
    /// The order in which rows and columns are shown: places in the matrix, each once; empty: as they are.
    void setOrder(std::vector<std::size_t> rows, std::vector<std::size_t> columns);
    [[nodiscard]] const std::vector<std::size_t>& rowOrder() const { return m_rows; }
    [[nodiscard]] const std::vector<std::size_t>& columnOrder() const { return m_columns; }
    void setSquareCells(bool square);
    /// Marks the names by which the lines are sorted: a row and a column, −1 for none.
    void setSortedBy(int row, int column);
    /// Whether the wheel alone zooms, as it does at first, or only with Ctrl: in what can be scrolled itself.
    void setWheelZooms(bool zooms) { m_wheelZooms = zooms; }
    /// What the lines of a cell's card are.
    void setDescribe(std::function<QStringList(int row, int column)> describe);
    /// Marks a row and a column as pointed at here or elsewhere; −1 for none. Emits nothing.
    void setHovered(int row, int column);
    void setSelectedRow(int row);
    [[nodiscard]] int hoveredRow() const { return m_hoveredRow; }
    [[nodiscard]] int hoveredColumn() const { return m_hoveredColumn; }

    [[nodiscard]] double zoom() const { return m_zoom; } ///< 1: all is shown
    void showAll();
    /// Where a cell is drawn, in widget coordinates; beyond cellsArea() if it is scrolled out of sight.
    [[nodiscard]] QRectF areaOf(int row, int column) const;
    [[nodiscard]] QRectF cellsArea() const;
    /// The shown lines whose names are drawn when nothing is pointed at: every k-th, 0 for none.
    [[nodiscard]] int rowNameStep() const;
    [[nodiscard]] int columnNameStep() const;
    /// Changes whenever the cells are drawn anew, which pointing does not do.
    [[nodiscard]] qint64 cellsKey() const { return m_cells.cacheKey(); }
    /// The full name under the pointer, where it is on one; else empty.
    [[nodiscard]] QString nameAt(const QPointF& place) const;
    [[nodiscard]] QRectF rowNameArea(int row) const;
    /// The place at which a column's name ends, below its cells.
    [[nodiscard]] QPointF columnNamePlace(int column) const;
    /// The height at which rows have room for their names, under `width`.
    [[nodiscard]] double heightFor(double width, const Look& look) const;
    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {120, 96}; }

signals:
    void cellHovered(int row, int column); ///< −1, −1: none any more
    void cellClicked(int row, int column);
    void rowNameClicked(int row);
    void rowSortAsked(int row); ///< double click on a row's name, or R
    void columnNameClicked(int column);

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Frame {
        QRectF area;     ///< of the cells
        QRectF view;     ///< the part of all lines that is in it: x of columns, y of rows
        double left = 0; ///< edge of everything
        double names = 0;
        double slanted = 0; ///< height of the columns' names
        int rowStep = 0;    ///< every k-th is named, 0: none
        int columnStep = 0;
        [[nodiscard]] double cellWidth() const { return area.width() / view.width(); }
        [[nodiscard]] double cellHeight() const { return area.height() / view.height(); }
    };
    struct Line {
        bool isRow = true;
        int place = -1; ///< −1: on no name
    };
    [[nodiscard]] Frame frameFor(const QRectF& area, const Look& look, bool zoomed) const;
    [[nodiscard]] Frame liveFrame() const;
    [[nodiscard]] static QRectF cellArea(const Frame& frame, std::size_t shownRow, std::size_t shownColumn);
    [[nodiscard]] QRgb colorOf(double value, bool dark) const;
    [[nodiscard]] QImage cellsImage(const QSize& pixels, const QRectF& view, const Look& look, double ratio) const;
    void drawVectorCells(QPainter& painter, const Frame& frame, const Look& look) const;
    void drawNames(QPainter& painter, const Frame& frame, const Look& look, int row, int column) const;
    void drawRowName(QPainter& painter, const Frame& frame, const Look& look, std::size_t shown, bool marked) const;
    void drawColumnName(QPainter& painter, const Frame& frame, const Look& look, std::size_t shown, bool marked) const;
    void drawMarks(QPainter& painter, const QRectF& area, const Frame& frame, const Look& look) const;
    void draw(QPainter& painter, const QRectF& area, const Look& look, bool live) const;
    void moveHover(int row, int column);
    void invalidateCells();
    void zoomBy(double factor, const QPointF& around);
    void scrollBy(const QPointF& pixels);
    void scrollTo(int shownRow, int shownColumn);
    void clampView();
    [[nodiscard]] Line lineNamedAt(const Frame& frame, const QPointF& place) const;
    [[nodiscard]] int shownRowOf(int row) const;
    [[nodiscard]] int shownColumnOf(int column) const;

    Matrix<double> m_values;
    QStringList m_rowNames;
    QStringList m_columnNames;
    std::vector<QColor> m_rowColors;
    std::vector<int> m_groups;
    std::vector<std::size_t> m_rows;    ///< shown → place
    std::vector<std::size_t> m_columns; ///< shown → place
    QString m_title;
    QString m_note;
    double m_low = -1;
    double m_high = 1;
    bool m_diverging = true;
    bool m_square = false;
    std::function<QStringList(int, int)> m_describe;
    int m_hoveredRow = -1;
    int m_hoveredColumn = -1;
    int m_selectedRow = -1;
    int m_sortedRow = -1;
    int m_sortedColumn = -1;
    bool m_wheelZooms = true;
    double m_zoom = 1;
    QPointF m_origin;       ///< of the view, as shares of all columns and rows
    mutable QImage m_cells; ///< as last drawn on the screen
    mutable Frame m_cellsFrame;
    mutable bool m_cellsDark = false;
    mutable bool m_cellsStale = true;
    QPointF m_pressPlace;
    QPointF m_dragPlace;
    bool m_pressed = false;
    bool m_dragging = false;
};

} // namespace tercet
