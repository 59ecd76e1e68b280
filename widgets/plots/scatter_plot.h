#pragma once

#include "widgets/plots/axis.h"
#include "widgets/plots/item_plot.h"

#include <QColor>
#include <QPointF>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace tercet {

/// Points of two measures against each other with the line of equal values and the least-squares line. The point under
/// the pointer, or the one reached with the arrow keys (from left to right), has a card. GUI thread.
class ScatterPlot : public ItemPlot {
    Q_OBJECT

public:
    explicit ScatterPlot(QWidget* parent = nullptr);

    void setLabels(const QString& x, const QString& y);
    void setPoints(std::vector<QPointF> points, const QColor& color); ///< those that are not finite are not drawn
    /// Limits of both axes; nothing for those of the data.
    void setRange(std::optional<std::pair<double, double>> range);
    void setEqualLine(bool shown); ///< line of equal values
    void setFitLine(bool shown);   ///< least squares of y on x
    /// Lines of the card of a point.
    void setDescribe(std::function<QStringList(int point)> describe);

    /// Where a point is drawn, in widget coordinates.
    [[nodiscard]] QPointF placeOf(int point) const;
    [[nodiscard]] QSize sizeHint() const override { return {260, 260}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {140, 120}; }

protected:
    void draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const override;
    [[nodiscard]] int itemAt(const QPointF& position) const override;

private:
    struct Frame {
        QRectF area;
        PlotAxis x;
        PlotAxis y;
    };
    [[nodiscard]] Frame frameFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] static QPointF placeIn(const Frame& frame, const QPointF& point);

    std::vector<QPointF> m_points;
    QColor m_color;
    QString m_xLabel;
    QString m_yLabel;
    std::optional<std::pair<double, double>> m_range;
    bool m_equalLine = true;
    bool m_fitLine = true;
    std::function<QStringList(int)> m_describe;
};

} // namespace tercet
