#include "widgets/panels/stimulus_view.h"

#include "widgets/panels/elided_header.h"
#include "widgets/plots/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace tercet {

void StimulusDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Look& look = Theme::instance().look();
    const bool selected = index.data(StimulusTableModel::SelectedRole).toBool();
    const bool hovered = index.data(StimulusTableModel::HoveredRole).toBool();
    painter->save();
    if (selected)
        painter->fillRect(option.rect, look.highlight);
    else if (hovered)
        painter->fillRect(option.rect, look.header);
    QRect area = option.rect.adjusted(kUnit, 0, -kUnit, 0);
    painter->setFont(look.font(TextSize::Body));
    const QVariant share = index.data(StimulusTableModel::ShareRole);
    const double length = share.isValid() ? share.toDouble() : 0;
    if (length > 0) {
        QColor bar = look.accent;
        bar.setAlphaF(0.45F);
        painter->fillRect(QRectF(area.left(), option.rect.bottom() - 3, area.width() * length, 2), bar);
    }
    const QVariant color = index.data(StimulusTableModel::ColorRole);
    if (color.isValid()) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(color.value<QColor>());
        painter->drawEllipse(QRectF(area.left(), area.center().y() - 3.5, 8, 8));
        area.setLeft(area.left() + 8 + kHalfUnit + 2);
    }
    // Ratings of zero are the rule: they step back, so that what there is can be seen.
    painter->setPen(share.isValid() && length < 0.005 ? look.mutedText : look.text);
    const auto alignment = index.data(Qt::TextAlignmentRole).value<Qt::Alignment>();
    painter->drawText(area, static_cast<int>(alignment),
                      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, area.width()));
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        painter->setPen(QPen(look.accent, 1));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option.rect.adjusted(0, 0, -1, -1));
    }
    painter->restore();
}

StimulusView::StimulusView(StimulusOrder& order, Selection& selection, QWidget* parent)
    : QTableView(parent), m_order(order), m_selection(selection) {
    setHorizontalHeader(new ElidedHeader(this));
    setModel(&order);
    setCornerWidget(new QWidget(this));
    setItemDelegate(new StimulusDelegate(this));
    setSelectionMode(QAbstractItemView::NoSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setShowGrid(false);
    setWordWrap(false);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Stimuli"));
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(kRowHeight);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setMinimumSectionSize(5 * kUnit);
    horizontalHeader()->setDefaultSectionSize(12 * kUnit);
    horizontalHeader()->setSortIndicatorClearable(true);
    horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    setSortingEnabled(true);
    connect(&selection, &Selection::stimuliChanged, this, &StimulusView::showSelected);
    connect(&selection, &Selection::hoveredStimulusChanged, this, [this] {
        updatePlace(m_order.placeOf(m_drawnHover));
        m_drawnHover = m_selection.hoveredStimulus();
        updatePlace(m_order.placeOf(m_drawnHover));
    });
}

std::vector<int> StimulusView::shownColumns() const {
    std::vector<int> columns;
    for (int place = 0; place < horizontalHeader()->count(); ++place)
        if (const int column = horizontalHeader()->logicalIndex(place); !isColumnHidden(column))
            columns.push_back(column);
    return columns;
}

void StimulusView::copySelected() const { QGuiApplication::clipboard()->setText(m_order.tabSeparated(shownColumns())); }

void StimulusView::updatePlace(int place) {
    if (place >= 0)
        viewport()->update(0, rowViewportPosition(place), viewport()->width(), rowHeight(place));
}

void StimulusView::showSelected() {
    viewport()->update();
    const auto& rows = m_selection.stimuli();
    if (m_choosing || rows.isEmpty() || !isVisible())
        return;
    const int top = rowAt(0);
    const int bottom =
        std::max(top, rowAt(viewport()->height() - 1) < 0 ? m_order.rowCount() - 1 : rowAt(viewport()->height() - 1));
    int first = -1;
    for (const int row : rows) {
        const int place = m_order.placeOf(row);
        if (place >= top && place <= bottom)
            return; // some of it is in view
        if (place >= 0 && (first < 0 || place < first))
            first = place;
    }
    if (first >= 0) {
        scrollTo(m_order.index(first, std::max(0, columnAt(0))), QAbstractItemView::PositionAtTop);
        setCurrentIndex(m_order.index(first, std::max(0, currentIndex().column())));
    }
}

void StimulusView::choose(int place, Qt::KeyboardModifiers modifiers) {
    const int row = m_order.stimulusAt(place);
    if (row < 0)
        return;
    m_choosing = true;
    QVector<int> rows;
    if (modifiers.testFlag(Qt::ShiftModifier) && m_order.placeOf(m_anchor) >= 0) {
        const auto [low, high] = std::minmax({m_order.placeOf(m_anchor), place});
        if (modifiers.testFlag(Qt::ControlModifier))
            rows = m_selection.stimuli();
        for (int i = low; i <= high; ++i)
            rows.append(m_order.stimulusAt(i));
    } else if (modifiers.testFlag(Qt::ControlModifier)) {
        rows = m_selection.stimuli();
        if (!rows.removeOne(row))
            rows.append(row);
        m_anchor = row;
    } else {
        rows = {row};
        m_anchor = row;
    }
    m_selection.setStimuli(rows);
    m_choosing = false;
}

void StimulusView::mousePressEvent(QMouseEvent* event) {
    QTableView::mousePressEvent(event);
    if (event->button() != Qt::LeftButton)
        return;
    const QModelIndex index = indexAt(event->position().toPoint());
    if (index.isValid())
        choose(index.row(), event->modifiers());
    else if (event->modifiers() == Qt::NoModifier)
        m_selection.setStimuli({});
}

void StimulusView::mouseMoveEvent(QMouseEvent* event) {
    const QModelIndex index = indexAt(event->position().toPoint());
    m_selection.setHoveredStimulus(index.isValid() ? m_order.stimulusAt(index.row()) : -1);
    if (event->buttons().testFlag(Qt::LeftButton) && index.isValid() && m_anchor >= 0)
        choose(index.row(), event->modifiers() | Qt::ShiftModifier);
    else
        QTableView::mouseMoveEvent(event);
}

void StimulusView::mouseReleaseEvent(QMouseEvent* event) { QTableView::mouseReleaseEvent(event); }

void StimulusView::leaveEvent(QEvent* event) {
    m_selection.setHoveredStimulus(-1);
    QTableView::leaveEvent(event);
}

void StimulusView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        copySelected();
    } else if (event->matches(QKeySequence::SelectAll)) {
        QVector<int> rows;
        rows.reserve(m_order.rowCount());
        for (int place = 0; place < m_order.rowCount(); ++place)
            rows.append(m_order.stimulusAt(place));
        m_choosing = true;
        m_selection.setStimuli(rows);
        m_choosing = false;
    } else if (event->key() == Qt::Key_Escape && !m_selection.stimuli().isEmpty()) {
        m_selection.setStimuli({});
    } else if (event->key() == Qt::Key_Space && currentIndex().isValid()) {
        choose(currentIndex().row(), Qt::ControlModifier);
    } else {
        const int before = currentIndex().row();
        QTableView::keyPressEvent(event);
        if (currentIndex().row() != before && !event->modifiers().testFlag(Qt::ControlModifier))
            choose(currentIndex().row(), event->modifiers() & Qt::ShiftModifier);
        return;
    }
    event->accept();
}

} // namespace tercet
