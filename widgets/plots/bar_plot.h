#pragma once

#include "widgets/plots/axis.h"
#include "widgets/plots/item_plot.h"

#include <QColor>
#include <QRectF>
#include <QString>
#include <QStringList>

#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace tercet {

/// A named value with its interval.
struct Bar {
    static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    QString name;
    QColor color;         ///< made legible on the background where it is not
    double value = kNone; ///< NaN: only the name is drawn, and a dash
    double low = kNone;   ///< of the whisker; NaN for none
    double high = kNone;
    double ceilingLow = kNone; ///< of the grey box that a bar could reach; NaN for none
    double ceilingHigh = kNone;
    QStringList details = {}; ///< lines of the card under the pointer; empty for none
};

/// Horizontal bars, one below the other, from a common start: name at the left, value at the right, whisker for the
/// interval, a grey box for the ceiling and a dashed line for chance. GUI thread.
class BarPlot : public ItemPlot {
    Q_OBJECT

public:
    explicit BarPlot(QWidget* parent = nullptr);

    void setDecimals(int decimals); ///< of the values
    void setBars(std::vector<Bar> bars);
    [[nodiscard]] const std::vector<Bar>& bars() const { return m_bars; }
    /// A dashed line across the bars, with its interval; nothing removes it.
    void setReference(std::optional<double> value, const QString& name = {}, double low = Bar::kNone,
                      double high = Bar::kNone);
    /// Fixed limits; nothing for those of the data, from 0.
    void setRange(std::optional<std::pair<double, double>> range);

    /// Where a bar is drawn, in widget coordinates.
    [[nodiscard]] QRectF areaOf(int bar) const;
    /// The height at which every bar has the room it needs.
    [[nodiscard]] double heightFor(const Look& look, double width) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 80}; }

protected:
    void draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const override;
    [[nodiscard]] int itemAt(const QPointF& position) const override;

private:
    struct Frame {
        QRectF area; ///< of the bars
        PlotAxis axis;
        double row = 0; ///< height of one
        double names = 0;
        double values = 0;
    };
    [[nodiscard]] double nameWidth(double width, const Look& look) const;
    [[nodiscard]] Frame frameFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] static double place(const Frame& frame, double value);
    [[nodiscard]] QRectF barArea(const Frame& frame, std::size_t bar) const;

    std::vector<Bar> m_bars;
    int m_decimals = 2;
    std::optional<double> m_reference;
    double m_referenceLow = Bar::kNone;
    double m_referenceHigh = Bar::kNone;
    QString m_referenceName;
    std::optional<std::pair<double, double>> m_range;
};

} // namespace tercet
