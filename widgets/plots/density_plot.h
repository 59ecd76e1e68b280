#pragma once

#include "core/base/matrix.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QPointF>
#include <QRectF>
#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace tercet {

class ColorBar;

/// A rectangle of values, its limits included.
struct DensityBrush {
    double lowX = 0;
    double highX = 0;
    double lowY = 0;
    double highY = 0;
    friend bool operator==(const DensityBrush&, const DensityBrush&) = default;
};

/// A line y = factor · x, and the share (0–1) of what is counted that lies above it; NaN for unknown.
struct DensityLine {
    double factor = 1;
    double share = 0;
};

/// What is marked among what is counted, as (x, y).
struct DensityMarks {
    std::vector<QPointF> chosen = {};    ///< filled dots
    std::vector<QPointF> pointedAt = {}; ///< rings
    std::optional<QPointF> picked = {};  ///< one large ring
    friend bool operator==(const DensityMarks&, const DensityMarks&) = default;
};

/// How many of something have which two values: a square of cells, coloured by the logarithm of their counts, with
/// both axes alike, the line of equal values in red and multiples of it dashed in orange, with the share above each
/// printed at its end (SPEC B7). Drag: brush a rectangle; a click or Escape: none. Arrow keys make and move the
/// rectangle by a cell, with Shift they resize it. GUI thread.
class DensityPlot : public PlotWidget {
    Q_OBJECT

public:
    explicit DensityPlot(QWidget* parent = nullptr);

    void setTitle(const QString& title, const QString& note = {}); ///< `note`: n
    void setNames(const QString& x, const QString& y);
    /// What is counted, as the card of a cell says it: "voxels".
    void setUnit(const QString& unit);
    /// Cells of y (rows, rising) × cells of x, of equal width between `low` and `high` on both axes. Throws
    /// ParameterError unless it is square and `low` < `high`.
    void setCounts(Matrix<std::uint32_t> counts, double low, double high);
    /// The count at the end of the colours, ≥ 1, for plots that stand together.
    void setMost(std::uint32_t most);
    void setLines(std::vector<DensityLine> lines); ///< by rising factors, from 1
    void setMarks(DensityMarks marks);
    /// Moved into the axes; what lies beyond them altogether is no brush. Emits nothing.
    void setBrush(const std::optional<DensityBrush>& brush);
    [[nodiscard]] const std::optional<DensityBrush>& brush() const { return m_brush; }
    [[nodiscard]] const std::vector<DensityLine>& lines() const { return m_lines; }
    [[nodiscard]] const DensityMarks& marks() const { return m_marks; }
    [[nodiscard]] const QString& title() const { return m_title; }

    /// Where values are drawn, in widget coordinates, and the inverse.
    [[nodiscard]] QPointF placeOf(const QPointF& values) const;
    [[nodiscard]] QPointF valuesAt(const QPointF& place) const;
    /// Where the shares of the lines are printed, in widget coordinates.
    [[nodiscard]] std::vector<QRectF> shareAreas() const;
    /// The lines of the card of the cell at a place; empty outside.
    [[nodiscard]] QStringList cardAt(const QPointF& place) const;
    void paint(QPainter& painter, const QRectF& area, const Look& look) const; ///< without brush and marks
    [[nodiscard]] QSize sizeHint() const override { return {320, 340}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {170, 200}; }

    /// By how much a plot with a heading of one line, and shares, is higher than wide where nothing is left bare.
    [[nodiscard]] static double extraHeight(const Look& look);
    /// The smallest of 1, 2, 5 × 10ᵏ that is not below `count`; 1 for 0.
    [[nodiscard]] static std::uint32_t roundCount(std::uint32_t count);
    /// The key to colours that end at `most`.
    static void showKey(ColorBar& key, std::uint32_t most, const QString& title);

signals:
    /// By hand: a rectangle of values, while it is drawn too, or nothing any more.
    void brushed(const std::optional<tercet::DensityBrush>& brush);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Frame {
        QRectF area;         ///< of the cells
        double left = 0;     ///< of the axis with its texts
        QPointF heading;     ///< its top left
        double room = 0;     ///< width that the heading may take
        bool beside = false; ///< heading and shares stand left of the axis, not above the cells
        PlotAxis x;
        PlotAxis y;
    };
    [[nodiscard]] Frame frameFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] Frame liveFrame() const;
    [[nodiscard]] static QPointF placeIn(const Frame& frame, const QPointF& values);
    [[nodiscard]] std::vector<QRectF> sharesIn(const Frame& frame, const Look& look) const;
    [[nodiscard]] double cellWidth() const; ///< in values
    void draw(QPainter& painter, const QRectF& area, const Look& look) const;
    void drawCells(QPainter& painter, const Frame& frame) const;
    void drawLines(QPainter& painter, const Frame& frame, const Look& look) const;
    void drawMarks(QPainter& painter, const Frame& frame, const Look& look) const;
    void drawBrush(QPainter& painter, const Frame& frame, const Look& look) const;
    void brushBy(const std::optional<DensityBrush>& brush); ///< by hand

    QString m_title;
    QString m_note;
    QString m_xName;
    QString m_yName;
    QString m_unit;
    Matrix<std::uint32_t> m_counts;
    double m_low = 0;
    double m_high = 1;
    std::uint32_t m_most = 1;
    std::vector<DensityLine> m_lines;
    DensityMarks m_marks;
    std::optional<DensityBrush> m_brush;
    std::optional<QPointF> m_pressed; ///< where the button went down
    bool m_dragging = false;
    std::optional<QPointF> m_pointer;
};

} // namespace tercet
