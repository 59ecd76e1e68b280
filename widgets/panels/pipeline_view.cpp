#include "widgets/panels/pipeline_view.h"

#include "widgets/panels/elided_header.h"
#include "widgets/plots/theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

using Box = PipelineModel::Box;

constexpr int kGroupHeight = 20;
constexpr int kBoxHeight = 22;
constexpr int kCellHeight = 26;
constexpr int kRail = 12; ///< left of a box, for the lines that come from above
constexpr int kSign = 14;

QColor blended(const QColor& a, const QColor& b, float share) {
    return QColor::fromRgbF(a.redF() + (b.redF() - a.redF()) * share, a.greenF() + (b.greenF() - a.greenF()) * share,
                            a.blueF() + (b.blueF() - a.blueF()) * share);
}

} // namespace

QRect PipelineDelegate::boxIn(const QRect& cell) {
    return {cell.left() + kRail, cell.bottom() - (kCellHeight + kBoxHeight) / 2 + 1, cell.width() - kRail - kHalfUnit,
            kBoxHeight};
}

void PipelineDelegate::drawSign(QPainter& painter, const QRectF& area, Box box, double progress, const QColor& color) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF disc = area.adjusted(1, 1, -1, -1);
    const QPointF c = disc.center();
    const double r = disc.width() / 2;
    QPen pen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    switch (box) {
    case Box::Done:
        painter.drawPolyline(QPolygonF(
            {c + QPointF(-0.75 * r, 0.05 * r), c + QPointF(-0.2 * r, 0.6 * r), c + QPointF(0.8 * r, -0.6 * r)}));
        break;
    case Box::Missing:
        painter.drawEllipse(disc);
        break;
    case Box::Blocked:
        painter.drawEllipse(disc);
        painter.drawLine(c + QPointF(-0.7 * r, 0.7 * r), c + QPointF(0.7 * r, -0.7 * r));
        break;
    case Box::Stale: { // an arrow going round
        painter.drawArc(disc, 60 * 16, 290 * 16);
        const QPointF tip = c + r * QPointF(std::cos(M_PI / 3), -std::sin(M_PI / 3));
        painter.setBrush(color);
        painter.setPen(Qt::NoPen);
        painter.drawPolygon(QPolygonF({tip + QPointF(3, 1.5), tip + QPointF(-2.5, 2.5), tip + QPointF(0.5, -3.5)}));
        break;
    }
    case Box::Queued:
        painter.setBrush(color);
        painter.setPen(Qt::NoPen);
        for (const double x : {-0.75, 0.0, 0.75})
            painter.drawEllipse(c + QPointF(x * r, 0), 1.6, 1.6);
        break;
    case Box::Running:
        pen.setWidthF(1);
        painter.setPen(pen);
        painter.drawEllipse(disc);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawPie(disc, 90 * 16, -static_cast<int>(std::lround(360 * 16 * progress)));
        break;
    case Box::Paused:
        painter.setBrush(color);
        painter.setPen(Qt::NoPen);
        painter.drawRect(QRectF(c.x() - 0.7 * r, c.y() - 0.8 * r, 0.45 * r, 1.6 * r));
        painter.drawRect(QRectF(c.x() + 0.25 * r, c.y() - 0.8 * r, 0.45 * r, 1.6 * r));
        break;
    case Box::None:
        break;
    }
    painter.restore();
}

void PipelineDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto box = static_cast<Box>(index.data(PipelineModel::BoxRole).toInt());
    if (box == Box::None)
        return;
    const Look& look = Theme::instance().look();
    const QRectF area = QRectF(boxIn(option.rect)).adjusted(0.5, 0.5, -0.5, -0.5);
    const double progress = index.data(PipelineModel::ProgressRole).toDouble();
    const bool active = box == Box::Running || box == Box::Paused;
    const QColor color = box == Box::Stale  ? look.warning
                         : active           ? look.accent
                         : box == Box::Done ? look.text
                                            : look.mutedText;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QPainterPath shape;
    shape.addRoundedRect(area, 4, 4);
    painter->fillPath(shape, box == Box::Done ? look.header : look.surface);
    if (active) {
        painter->save();
        painter->setClipPath(shape);
        painter->fillRect(QRectF(area.left(), area.top(), area.width() * progress, area.height()),
                          blended(look.surface, look.accent, 0.22F));
        painter->restore();
    }
    const auto* view = qobject_cast<const QTableView*>(option.widget);
    const bool current = view && view->currentIndex() == index;
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver);
    QPen border(current || hovered ? look.accent
                : box == Box::Done ? blended(look.border, look.text, 0.35F)
                : active           ? look.accent
                                   : blended(look.border, look.mutedText, 0.5F),
                current ? 2 : 1);
    if (box == Box::Stale)
        border.setDashPattern({4, 3});
    else if (box == Box::Blocked)
        border.setDashPattern({1, 3});
    painter->setPen(border);
    painter->drawPath(shape);

    painter->setFont(look.font(TextSize::Small));
    const QString word = index.data().toString();
    // Stretched columns differ by a pixel: all of them show the word, or none does.
    double room = area.width();
    for (int column = 0; view && column < index.model()->columnCount(); ++column)
        if (std::abs(view->columnWidth(column) - option.rect.width()) <= 1)
            room = std::min(room, double{area.width() + view->columnWidth(column) - option.rect.width()});
    room -= kSign + 3 * kHalfUnit;
    const bool wordFits = painter->fontMetrics().horizontalAdvance(word) <= room;
    const double signX = wordFits ? area.left() + kHalfUnit + 2 : area.center().x() - kSign / 2.0;
    drawSign(*painter, QRectF(signX, area.center().y() - kSign / 2.0, kSign, kSign), box, progress, color);
    if (wordFits) {
        painter->setPen(color);
        painter->drawText(area.adjusted(kSign + 2.5 * kHalfUnit, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, word);
    }
    painter->restore();
}

PipelineHeader::PipelineHeader(QWidget* parent) : QHeaderView(Qt::Vertical, parent) {
    setSectionResizeMode(QHeaderView::Fixed);
    setHighlightSections(false);
    setSectionsClickable(false);
}

bool PipelineHeader::beginsGroup(const QAbstractItemModel& model, int row) {
    return row == 0 || model.headerData(row, Qt::Vertical, PipelineModel::GroupRole) !=
                           model.headerData(row - 1, Qt::Vertical, PipelineModel::GroupRole);
}

void PipelineHeader::paintSection(QPainter* painter, const QRect& rect, int section) const {
    const Look& look = Theme::instance().look();
    painter->save();
    painter->fillRect(rect, look.window);
    if (beginsGroup(*model(), section)) {
        painter->setFont(look.font(TextSize::Small));
        painter->setPen(look.mutedText);
        painter->drawText(QRect(rect.left() + kUnit, rect.top() + 3, rect.width() - kUnit, kGroupHeight - 3),
                          Qt::AlignLeft | Qt::AlignVCenter,
                          model()->headerData(section, Qt::Vertical, PipelineModel::GroupRole).toString());
    }
    painter->setFont(look.font(TextSize::Body));
    painter->setPen(look.text);
    const QRect line(rect.left() + kUnit, rect.bottom() - kCellHeight + 1, rect.width() - kUnit - 2, kCellHeight);
    const QString title = model()->headerData(section, Qt::Vertical, Qt::DisplayRole).toString();
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(title, Qt::ElideRight, line.width()));
    painter->restore();
}

PipelineView::PipelineView(PipelineModel& model, QWidget* parent) : QTableView(parent), m_model(model) {
    setVerticalHeader(new PipelineHeader(this));
    setHorizontalHeader(new ElidedHeader(this));
    setCornerWidget(new QWidget(this));
    setModel(&model);
    setItemDelegate(new PipelineDelegate(this));
    setSelectionMode(QAbstractItemView::NoSelection); // the box in front is the current one
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setShowGrid(false);
    setTabKeyNavigation(false);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setCornerButtonEnabled(false);
    setAccessibleName(tr("Pipeline"));
    viewport()->setAttribute(Qt::WA_Hover);
    viewport()->setBackgroundRole(QPalette::Window);
    setContextMenuPolicy(Qt::CustomContextMenu);
    horizontalHeader()->setMinimumSectionSize(kRail + 3 * kUnit);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    connect(this, &QAbstractItemView::clicked, this, &PipelineView::opened);
    connect(&model, &QAbstractItemModel::modelReset, this, &PipelineView::arrange);
    connect(&Theme::instance(), &Theme::changed, this, &PipelineView::layOutHeader);
    arrange();
}

void PipelineView::arrange() {
    clearSpans();
    for (int row = 0; row < m_model.rowCount(); ++row) {
        setRowHeight(row, kCellHeight + (PipelineHeader::beginsGroup(m_model, row) ? kGroupHeight : 0));
        if (m_model.columnCount() > 1 && m_model.index(row, 0).data(PipelineModel::WholeStudyRole).toBool())
            setSpan(row, 0, 1, m_model.columnCount());
    }
    layOutHeader();
}

void PipelineView::layOutHeader() {
    const QFontMetrics metrics(Theme::instance().look().font(TextSize::Body));
    int widest = 0;
    for (int row = 0; row < m_model.rowCount(); ++row)
        widest = std::max(widest,
                          metrics.horizontalAdvance(m_model.headerData(row, Qt::Vertical, Qt::DisplayRole).toString()));
    const int boxes = m_model.columnCount() * horizontalHeader()->minimumSectionSize() +
                      verticalScrollBar()->sizeHint().width() + 2 * frameWidth();
    const int room = std::min(width() / 2, width() - boxes);
    verticalHeader()->setFixedWidth(std::min(widest + 2 * kUnit, std::max(9 * kUnit, room)));
    viewport()->update();
}

void PipelineView::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    layOutHeader();
}

void PipelineView::paintEvent(QPaintEvent* event) {
    const Look& look = Theme::instance().look();
    {
        QPainter painter(viewport());
        painter.setRenderHint(QPainter::Antialiasing);
        const QColor color = blended(look.border, look.mutedText, 0.5F);
        for (int row = 0; row < m_model.rowCount(); ++row)
            for (int column = 0; column < m_model.columnCount(); ++column) {
                const QModelIndex at = m_model.index(row, column);
                const auto sources = m_model.sourcesOf(at);
                if (sources.empty())
                    continue;
                const QRect cell(columnViewportPosition(column), rowViewportPosition(row), columnWidth(column),
                                 rowHeight(row));
                const QRectF box = PipelineDelegate::boxIn(cell);
                const double x = box.left() - kRail / 2.0 + 0.5;
                const double y = std::floor(box.center().y()) + 0.5;
                for (const QModelIndex& source : sources) {
                    const QRect sourceCell(cell.left(), rowViewportPosition(source.row()), cell.width(),
                                           rowHeight(source.row()));
                    const QRectF from = PipelineDelegate::boxIn(sourceCell);
                    QPainterPath line(QPointF(x, from.center().y()));
                    if (source.column() == 0 || source.column() == column)
                        line.moveTo(from.left(), std::floor(from.center().y()) + 0.5);
                    line.lineTo(x, std::floor(from.center().y()) + 0.5);
                    line.lineTo(x, y);
                    line.lineTo(box.left(), y);
                    painter.setPen(QPen(color, 1));
                    painter.drawPath(line);
                }
                painter.setPen(Qt::NoPen);
                painter.setBrush(color);
                painter.drawPolygon(QPolygonF(
                    {QPointF(box.left(), y), QPointF(box.left() - 4, y - 3), QPointF(box.left() - 4, y + 3)}));
                painter.setBrush(Qt::NoBrush);
            }
    }
    QTableView::paintEvent(event);
}

void PipelineView::keyPressEvent(QKeyEvent* event) {
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space) &&
        currentIndex().isValid() && event->modifiers() == Qt::NoModifier) {
        emit opened(currentIndex());
        event->accept();
        return;
    }
    QTableView::keyPressEvent(event);
}

QModelIndex PipelineView::moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) {
    // Cells without a box are jumped over; the box of a step for the whole study is in the first column.
    const QModelIndex start = currentIndex();
    const int down = (action == MoveDown ? 1 : 0) - (action == MoveUp ? 1 : 0);
    const int right = (action == MoveRight ? 1 : 0) - (action == MoveLeft ? 1 : 0);
    if (!start.isValid() || (down == 0 && right == 0)) {
        const QModelIndex at = QTableView::moveCursor(action, modifiers);
        return m_model.taskAt(at) ? at : start;
    }
    for (int row = start.row() + down, column = start.column() + right;
         row >= 0 && row < m_model.rowCount() && column >= 0 && column < m_model.columnCount();
         row += down, column += right) {
        const bool whole = m_model.index(row, 0).data(PipelineModel::WholeStudyRole).toBool();
        const QModelIndex at = m_model.index(row, whole ? 0 : column);
        if (at != start && m_model.taskAt(at))
            return at;
    }
    return start;
}

} // namespace tercet
