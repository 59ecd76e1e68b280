#include "widgets/plots/item_plot.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace tercet {

ItemPlot::ItemPlot(bool vertical, QWidget* parent) : PlotWidget(parent), m_vertical(vertical) {}

void ItemPlot::setTitle(const QString& title, const QString& note) {
    m_title = title;
    m_note = note;
    setAccessibleName(title);
    update();
}

void ItemPlot::setOrder(std::vector<int> order) {
    m_order = std::move(order);
    setHovered(m_hovered);
    update();
}

void ItemPlot::setHovered(int item) {
    if (std::find(m_order.begin(), m_order.end(), item) == m_order.end())
        item = -1;
    if (item == m_hovered)
        return;
    m_hovered = item;
    update();
}

void ItemPlot::moveHover(int item) {
    if (item == m_hovered)
        return;
    setHovered(item);
    emit itemHovered(item);
}

void ItemPlot::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    draw(painter, area, look, -1);
    painter.restore();
}

void ItemPlot::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    draw(painter, rect(), look, m_hovered);
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

void ItemPlot::mouseMoveEvent(QMouseEvent* event) { moveHover(itemAt(event->position())); }

void ItemPlot::mouseReleaseEvent(QMouseEvent* event) {
    if (const int item = itemAt(event->position()); event->button() == Qt::LeftButton && item >= 0)
        emit itemClicked(item);
}

void ItemPlot::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    const bool back = key == (m_vertical ? Qt::Key_Up : Qt::Key_Left);
    const bool on = key == (m_vertical ? Qt::Key_Down : Qt::Key_Right);
    const bool click = key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space;
    if (key == Qt::Key_Escape) {
        moveHover(-1);
    } else if ((back || on) && !m_order.empty()) {
        const auto last = static_cast<std::ptrdiff_t>(m_order.size()) - 1;
        const auto now = std::find(m_order.begin(), m_order.end(), m_hovered);
        const std::ptrdiff_t next = now == m_order.end() ? (back ? last : 0) : now - m_order.begin() + (back ? -1 : 1);
        moveHover(m_order[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(next, 0, last))]);
    } else if (click && m_hovered >= 0) {
        emit itemClicked(m_hovered);
    } else {
        PlotWidget::keyPressEvent(event);
    }
}

void ItemPlot::leaveEvent(QEvent*) { moveHover(-1); }

} // namespace tercet
