#include "widgets/plots/gallery_grid.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kCardWidth = 18 * kUnit; ///< at least
constexpr double kCloudShare = 0.5;       ///< height of a cloud over its width
constexpr double kLargestCloud = 16 * kUnit;
constexpr int kMostWords = 8;

} // namespace

GalleryGrid::GalleryGrid(QWidget* parent) : PlotWidget(parent) { setAccessibleName(tr("All components")); }

void GalleryGrid::setCards(std::vector<GalleryCard> cards) {
    m_cards = std::move(cards);
    m_laidOut = {};
    m_hovered = std::min(m_hovered, static_cast<int>(m_cards.size()) - 1);
    m_current = std::min(m_current, static_cast<int>(m_cards.size()) - 1);
    takeHeight();
    update();
}

void GalleryGrid::setCurrent(int card) {
    if (card == m_current)
        return;
    m_current = card;
    update();
}

int GalleryGrid::columnsFor(double width, int columns) {
    return columns > 0 ? columns : std::max(1, static_cast<int>(width / kCardWidth));
}

QSizeF GalleryGrid::cellSize(double width, const Look& look, int columns) {
    const double cell = width / columnsFor(width, columns);
    const double line = QFontMetricsF(look.font(TextSize::Small)).height();
    return {cell, line + std::min(kCloudShare * cell, kLargestCloud) + 1.5 * kUnit};
}

double GalleryGrid::heightFor(double width, const Look& look, int columns) const {
    const int perRow = columnsFor(width, columns);
    const int rows = (static_cast<int>(m_cards.size()) + perRow - 1) / perRow;
    return rows * cellSize(width, look, columns).height();
}

void GalleryGrid::draw(QPainter& painter, const QRectF& area, const Look& look, int columns, bool live) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    const QSizeF cell = cellSize(area.width(), look, columns);
    const int perRow = columnsFor(area.width(), columns);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(strong);
    const QSizeF cloud(cell.width() - 2 * kUnit, cell.height() - metrics.height() - 1.5 * kUnit);
    const double smallest = look.pixelSizes[0];
    if (cloud != m_laidOut || smallest != m_smallest) {
        m_layouts.clear();
        for (const GalleryCard& card : m_cards)
            m_layouts.push_back(layoutCloud(card.words, cloud,
                                            {.smallest = smallest,
                                             .largest = 1.9 * look.pixelSizes[1],
                                             .mostWords = kMostWords,
                                             .families = look.families}));
        m_laidOut = cloud;
        m_smallest = smallest;
    }
    for (int i = 0; i < static_cast<int>(m_cards.size()); ++i) {
        const GalleryCard& card = m_cards[static_cast<std::size_t>(i)];
        const QRectF box(area.left() + i % perRow * cell.width(),
                         area.top() + static_cast<double>(i / perRow) * cell.height(), cell.width(), cell.height());
        const QRectF inner = box.adjusted(2, 2, -2, -2);
        painter.setPen(QPen(live && i == m_current ? look.selection : look.grid, 1));
        painter.setBrush(live && i == m_hovered ? look.highlight : look.surface);
        painter.drawRect(inner.adjusted(0.5, 0.5, -0.5, -0.5));
        drawChip(painter, QRectF(inner.left() + kHalfUnit, inner.top() + 2, inner.width() - kUnit, metrics.height()),
                 card.title, card.color, strong, look.text);
        drawCloud(painter, QPointF(box.left() + kUnit, box.top() + metrics.height() + kUnit), card.words,
                  m_layouts[static_cast<std::size_t>(i)], look);
    }
}

void GalleryGrid::paint(QPainter& painter, const QRectF& area, const Look& look, int columns) const {
    draw(painter, area, look, columns, false);
}

void GalleryGrid::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    draw(painter, rect(), look, 0, true);
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

QRectF GalleryGrid::areaOf(int card) const {
    const QSizeF cell = cellSize(width(), Theme::instance().look(), 0);
    const int perRow = columnsFor(width(), 0);
    return {QPointF(card % perRow * cell.width(), static_cast<double>(card / perRow) * cell.height()), cell};
}

void GalleryGrid::takeHeight() {
    const int height = static_cast<int>(std::ceil(heightFor(width(), Theme::instance().look())));
    if (minimumHeight() != height)
        setMinimumHeight(height);
}

void GalleryGrid::resizeEvent(QResizeEvent* event) {
    PlotWidget::resizeEvent(event);
    takeHeight();
}

void GalleryGrid::point(int card) {
    if (card == m_hovered)
        return;
    m_hovered = card;
    update();
    emit cardHovered(card);
}

void GalleryGrid::mouseMoveEvent(QMouseEvent* event) {
    int found = -1;
    for (int i = 0; i < static_cast<int>(m_cards.size()); ++i)
        if (areaOf(i).contains(event->position()))
            found = i;
    point(found);
}

void GalleryGrid::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_hovered >= 0)
        emit cardClicked(m_hovered);
}

void GalleryGrid::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_cards.size()) - 1;
    const int at = m_hovered >= 0 ? m_hovered : m_current;
    const int perRow = columnsFor(width(), 0);
    const auto move = [&](int by) {
        if (at < 0)
            point(std::min(0, last));
        else if (at + by >= 0 && at + by <= last)
            point(at + by);
    };
    switch (event->key()) {
    case Qt::Key_Right:
        move(1);
        break;
    case Qt::Key_Left:
        move(-1);
        break;
    case Qt::Key_Down:
        move(perRow);
        break;
    case Qt::Key_Up:
        move(-perRow);
        break;
    case Qt::Key_Return:
    case Qt::Key_Space:
        if (m_hovered >= 0)
            emit cardClicked(m_hovered);
        break;
    case Qt::Key_Escape:
        point(-1);
        break;
    default:
        PlotWidget::keyPressEvent(event);
    }
}

void GalleryGrid::leaveEvent(QEvent*) { point(-1); }

} // namespace tercet
