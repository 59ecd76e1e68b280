#pragma once

#include "widgets/plots/axis.h"
#include "widgets/plots/item_plot.h"

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <QStringList>

#include <vector>

namespace tercet {

/// Something of a size with a measured value. Its name is written beside it once, at the first of its points.
struct SizePoint {
    QString name;
    QColor color;     ///< made legible on the background where it is not
    int group = 0;    ///< gives the mark: disc, square, diamond, triangle, and over again
    double size = 0;  ///< above 0
    double value = 0; ///< points that are not finite are not drawn
    double low = 0;   ///< of the whisker; NaN for none
    double high = 0;
    QStringList details = {}; ///< lines of the card under the pointer
};

/// Values with their intervals over sizes on a logarithmic axis, 1, 2 and 5 apart within few decades, else decades. A
/// key says which mark is which group. GUI thread.
class SizePlot : public ItemPlot {
    Q_OBJECT

public:
    explicit SizePlot(QWidget* parent = nullptr);

    void setLabels(const QString& x, const QString& y);
    void setPoints(std::vector<SizePoint> points, const QStringList& groups);
    [[nodiscard]] const std::vector<SizePoint>& points() const { return m_points; }
    /// Where a point is drawn, in widget coordinates.
    [[nodiscard]] QPointF placeOf(int point) const;
    /// Where names and labels of the axes are drawn.
    [[nodiscard]] std::vector<QRectF> textAreas(const QRectF& area, const Look& look) const;

    [[nodiscard]] QSize sizeHint() const override { return {320, 240}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 120}; }

protected:
    void draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const override;
    [[nodiscard]] int itemAt(const QPointF& position) const override;

private:
    struct Name {
        QPointF at; ///< of the baseline
        QString text;
    };
    struct Frame {
        QRectF area;
        PlotAxis x; ///< in log10
        PlotAxis y;
        std::vector<Name> names;
    };
    [[nodiscard]] Frame frameFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] static QPointF placeIn(const Frame& frame, double size, double value);
    void placeNames(Frame& frame, const Look& look) const;

    std::vector<SizePoint> m_points;
    QStringList m_groups;
    QString m_xLabel;
    QString m_yLabel;
};

} // namespace tercet
