#pragma once

#include "core/base/matrix.h"
#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QColor>
#include <QRectF>
#include <QString>
#include <QStringList>

#include <functional>
#include <vector>

namespace tercet {

/// A matrix as coloured cells with names at its rows (left) and columns (slanted, below), any number of each. Rows and
/// columns are named by their place in the matrix, whatever order they are shown in. Arrow keys move from cell to cell,
/// a click on a name asks to sort by it. GUI thread.
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
    /// What the lines of a cell's card are.
    void setDescribe(std::function<QStringList(int row, int column)> describe);
    /// Marks a row and a column as pointed at here or elsewhere; −1 for none. Emits nothing.
    void setHovered(int row, int column);
    void setSelectedRow(int row);

    /// Where a cell is drawn, in widget coordinates.
    [[nodiscard]] QRectF areaOf(int row, int column) const;
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
    void columnNameClicked(int column);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Frame {
        QRectF area; ///< of the cells
        double names = 0;
        double slanted = 0; ///< height of the columns' names
        bool rowNames = false;
        bool columnNames = false;
    };
    [[nodiscard]] Frame frameFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] QRectF cellArea(const Frame& frame, std::size_t shownRow, std::size_t shownColumn) const;
    [[nodiscard]] QRgb colorOf(double value, bool dark) const;
    void drawCells(QPainter& painter, const Frame& frame, const Look& look) const;
    void drawNames(QPainter& painter, const Frame& frame, const Look& look, int row, int column) const;
    void draw(QPainter& painter, const QRectF& area, const Look& look, bool live) const;
    void moveHover(int row, int column);
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
};

} // namespace tercet
