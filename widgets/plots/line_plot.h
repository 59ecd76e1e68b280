#pragma once

#include "widgets/plots/axis.h"
#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QPolygonF>
#include <QStringList>

#include <optional>
#include <span>
#include <vector>

namespace tercet {

struct LineSeries {
    QString name;
    QColor color; ///< made legible on the background where it is not
    Qt::PenStyle style = Qt::SolidLine;
    bool inLegend = true;
};

/// A compact plot of a few curves over a common x, cheap enough to be updated 15 times a second. Above it stand the
/// title and the legend: each curve's name with its last value, or the value under the pointer; a click on a name hides
/// the curve. Left and right arrow keys move the reading from sample to sample. GUI thread.
class LinePlot : public PlotWidget {
    Q_OBJECT

public:
    explicit LinePlot(QWidget* parent = nullptr);

    void setTitle(const QString& title, const QString& unit = {});
    void setXLabel(const QString& label); ///< stands at the end of the axis
    /// How values are written in the legend, as in QString::number.
    void setValueFormat(char format, int precision);
    void setSeries(const std::vector<LineSeries>& series);
    /// x ascending, y as long as x; NaN in y leaves a gap.
    void setValues(int series, std::span<const double> x, std::span<const double> y);
    /// An interval around a curve, as long as its x; empty removes it.
    void setBand(int series, std::span<const double> low, std::span<const double> high);
    /// What the legend says of a curve while nothing is read off; nothing for its last value.
    void setSummary(int series, std::optional<double> value);
    /// Single values around a curve, for example those of which it is the mean; NaN are not drawn.
    void setDots(int series, std::span<const double> x, std::span<const double> y);
    /// A box plot over some x of a curve: whiskers from `low` to `high`.
    struct Box {
        double x = 0;
        double low = 0;
        double firstQuartile = 0;
        double median = 0;
        double thirdQuartile = 0;
        double high = 0;
    };
    void setBoxes(int series, std::vector<Box> boxes); ///< by ascending x
    /// Shades the part of x that matters for a curve; nothing removes it.
    void setSpan(int series, std::optional<std::pair<double, double>> span);
    /// Shades a part of y behind all curves, for example what is good enough; nothing removes it.
    void setZone(std::optional<std::pair<double, double>> zone, const QString& name = {});
    /// A dashed horizontal line, for example chance; nothing removes it.
    void setReference(std::optional<double> y, const QString& name = {});
    /// Fixed limits of the y axis; nothing for those of the data.
    void setYRange(std::optional<std::pair<double, double>> range);
    void setLogarithmic(bool logarithmic); ///< y axis; values ≤ 0 leave gaps
    void setSeriesShown(int series, bool shown);
    [[nodiscard]] bool seriesShown(int series) const;
    /// Marks x as read here or in a sister plot; NaN for none. Emits nothing.
    void setReading(double x);
    /// Whether paint() shows the reading as well: yes where it is a choice, no where it follows the pointer (usual).
    void setReadingPainted(bool painted) { m_readingPainted = painted; }

    /// Where (x, y) is drawn, in widget coordinates.
    [[nodiscard]] QPointF placeOf(double x, double y) const;
    /// Where the curve's name stands in the legend, in widget coordinates.
    [[nodiscard]] QRectF legendAreaOf(int series) const;

    /// Paints title, legend with last values (or those read), axes and curves into `area` as vectors.
    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override { return {360, 180}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 96}; }

signals:
    void readingMoved(double x); ///< NaN: nothing is read any more
    void seriesToggled(int series, bool shown);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Curve {
        LineSeries series;
        std::vector<double> x = {};
        std::vector<double> y = {};
        std::vector<double> low = {}; ///< of the band, empty or as long as x
        std::vector<double> high = {};
        std::vector<double> dotsX = {};
        std::vector<double> dotsY = {};
        std::vector<Box> boxes = {};
        std::optional<std::pair<double, double>> span = {};
        std::optional<double> summary;
        bool shown = true;
    };
    struct Entry { ///< of the legend
        QRectF area;
        QString value;
    };
    struct Header {
        double height = 0;
        std::vector<Entry> entries; ///< one per curve
    };
    struct Frame { ///< where data is drawn, and what its edges mean
        QRectF area;
        PlotAxis x;
        PlotAxis y;
    };
    [[nodiscard]] Header headerFor(double width, const Look& look, double reading) const;
    [[nodiscard]] Frame frameFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] double placeX(const Frame& frame, double x) const;
    [[nodiscard]] double placeY(const Frame& frame, double y) const;
    [[nodiscard]] QPolygonF outlineOf(const Frame& frame, const Curve& curve) const;
    void drawHeader(QPainter& painter, const QRectF& area, const Look& look, double reading) const;
    void drawChart(QPainter& painter, const QRectF& area, const Look& look, double reading) const;
    void drawDots(QPainter& painter, const Frame& frame, const Look& look) const;
    void drawBoxes(QPainter& painter, const Frame& frame, const Look& look) const;
    void draw(QPainter& painter, const QRectF& area, const Look& look, double reading) const;
    [[nodiscard]] double nearestX(double x) const;
    [[nodiscard]] QString written(double value) const;
    void moveReading(double x);

    std::vector<Curve> m_curves;
    QString m_title;
    QString m_unit;
    QString m_xLabel;
    char m_valueFormat = 'g';
    int m_valuePrecision = 4;
    std::optional<double> m_reference;
    QString m_referenceName;
    std::optional<std::pair<double, double>> m_zone;
    QString m_zoneName;
    std::optional<std::pair<double, double>> m_yRange;
    bool m_logarithmic = false;
    double m_reading;
    bool m_readingPainted = false;
};

} // namespace tercet
