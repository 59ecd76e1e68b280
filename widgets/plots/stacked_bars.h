#pragma once

#include "widgets/plots/item_plot.h"

#include <QColor>
#include <QRectF>
#include <QString>

#include <vector>

namespace tercet {

/// What one part of every bar stands for; told by its pattern as well as by its colour.
struct StackPart {
    enum class Pattern { Solid, Hatched, Dotted, Empty };
    QString name;
    QColor color;
    Pattern pattern = Pattern::Solid;
};

struct StackedBar {
    QString name;
    QColor color;            ///< of the disc before the name; invalid for none
    std::vector<int> counts; ///< per part, ≥ 0
};

/// Horizontal bars of equal length, each parted into shares of its total, with the counts in the parts and a key above.
/// GUI thread.
class StackedBars : public ItemPlot {
    Q_OBJECT
public:
    explicit StackedBars(QWidget* parent = nullptr);

    void setBars(std::vector<StackPart> parts, std::vector<StackedBar> bars);
    [[nodiscard]] const std::vector<StackedBar>& bars() const { return m_bars; }
    /// Where a part of a bar is drawn, in widget coordinates.
    [[nodiscard]] QRectF areaOf(int bar, int part) const;

    /// The height at which every bar has the room it needs.
    [[nodiscard]] double heightFor(double width, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override { return {360, 180}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 80}; }

protected:
    void draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const override;
    [[nodiscard]] int itemAt(const QPointF& position) const override;

private:
    struct Frame {
        QRectF area; ///< of the bars
        double row = 0;
        double names = 0;
    };
    [[nodiscard]] std::vector<QPointF> keyPlaces(const QRectF& area, const Look& look) const;
    [[nodiscard]] Frame frameFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] QRectF partArea(const Frame& frame, std::size_t bar, std::size_t part) const;

    std::vector<StackPart> m_parts;
    std::vector<StackedBar> m_bars;
};

} // namespace tercet
