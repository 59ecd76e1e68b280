#pragma once

#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QRectF>
#include <QString>

#include <vector>

class QPainter;

namespace tercet {

/// A plot of numbered items, of which the one under the pointer, or reached with the arrow keys, is marked. Return and
/// the space bar click it, Escape leaves it. GUI thread.
class ItemPlot : public PlotWidget {
    Q_OBJECT

public:
    void setTitle(const QString& title, const QString& note = {}); ///< `note`: unit, interval, n
    void setHovered(int item); ///< as if pointed at; −1, or one that is not there, for none. Emits nothing.
    [[nodiscard]] int hovered() const { return m_hovered; }
    /// Paints the plot with nothing hovered into `area` as vectors.
    void paint(QPainter& painter, const QRectF& area, const Look& look) const;

signals:
    void itemHovered(int item); ///< −1: none any more
    void itemClicked(int item);

protected:
    /// Arrow keys go through the items to the right, or if `vertical` down.
    explicit ItemPlot(bool vertical, QWidget* parent);

    [[nodiscard]] const QString& title() const { return m_title; }
    [[nodiscard]] const QString& note() const { return m_note; }
    /// The items that can be hovered, as the arrow keys go through them.
    void setOrder(std::vector<int> order);
    [[nodiscard]] const std::vector<int>& order() const { return m_order; }

    virtual void draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const = 0;
    [[nodiscard]] virtual int itemAt(const QPointF& position) const = 0; ///< −1: none

    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void moveHover(int item);

    QString m_title;
    QString m_note;
    std::vector<int> m_order;
    int m_hovered = -1;
    bool m_vertical;
};

} // namespace tercet
