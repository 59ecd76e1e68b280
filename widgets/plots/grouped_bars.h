#pragma once

#include "widgets/plots/axis.h"
#include "widgets/plots/item_plot.h"

#include <QColor>

#include <limits>
#include <vector>

namespace tercet {

/// One bar of a group.
struct GroupedBar {
    static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    QColor color;             ///< made legible on the background where it is not
    double value = kNone;     ///< NaN: no bar
    double deviation = kNone; ///< half the whisker; NaN for none
    std::vector<double> dots = {};
    QStringList details = {}; ///< lines of the card under the pointer
};

/// Bars that stand together above a name.
struct BarGroup {
    QString name;
    std::vector<GroupedBar> bars;
    QString mark = {}; ///< above the highest one: stars
};

/// Upright bars in groups with whiskers, an open dot for each subject and stars above (SPEC B5). An item is a bar,
/// group by group. GUI thread.
class GroupedBars : public ItemPlot {
    Q_OBJECT

public:
    explicit GroupedBars(QWidget* parent = nullptr);

    void setGroups(std::vector<BarGroup> groups, const QString& valueName);
    [[nodiscard]] const std::vector<BarGroup>& groups() const { return m_groups; }
    /// Limits of the values, for plots that stand together; low ≥ high: those of the data.
    void setRange(double low, double high);
    [[nodiscard]] std::pair<double, double> range() const; ///< of the data: whiskers and dots, with 0
    /// Where a bar is drawn, in widget coordinates.
    [[nodiscard]] QRectF areaOf(int group, int bar) const;
    [[nodiscard]] int groupOf(int item) const { return placeOf(item).group; } ///< −1 for no item
    [[nodiscard]] QSize sizeHint() const override { return {640, 220}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 100}; }

protected:
    void draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const override;
    [[nodiscard]] int itemAt(const QPointF& position) const override;

private:
    struct Frame {
        QRectF area; ///< of the bars
        PlotAxis axis;
        double group = 0;       ///< width of one
        double slant = 0;       ///< of names, degrees
        int every = 1;          ///< of so many names one is written
        double longestName = 0; ///< of slanted names, along them; 0: there is no room for names
    };
    struct Place {
        int group = -1;
        int bar = -1;
    };
    [[nodiscard]] Frame frameFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] QRectF barArea(const Frame& frame, std::size_t group, std::size_t bar) const;
    [[nodiscard]] static double yOf(const Frame& frame, double value);
    [[nodiscard]] Place placeOf(int item) const;

    std::vector<BarGroup> m_groups;
    QString m_valueName;
    double m_low = 0;
    double m_high = 0;
};

} // namespace tercet
