#include "widgets/panels/elided_header.h"

#include "widgets/plots/theme.h"

#include <QPainter>
#include <QStyleOptionHeader>

namespace tercet {
namespace {

constexpr int kDisc = 8;
constexpr int kArrow = 8;

} // namespace

ElidedHeader::ElidedHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
    setSectionsClickable(true);
    setHighlightSections(false);
    setFixedHeight(kHeaderHeight);
}

void ElidedHeader::paintSection(QPainter* painter, const QRect& rect, int section) const {
    if (!rect.isValid())
        return;
    const Look& look = Theme::instance().look();
    QStyleOptionHeader option;
    initStyleOption(&option);
    option.rect = rect;
    option.section = section;
    if (underMouse() && rect.contains(mapFromGlobal(QCursor::pos())))
        option.state |= QStyle::State_MouseOver;
    painter->save();
    style()->drawControl(QStyle::CE_HeaderSection, &option, painter, this);
    painter->restore();

    painter->save();
    QRect area = rect.adjusted(kUnit, 0, -kUnit, 0);
    const QVariant color = model()->headerData(section, Qt::Horizontal, Qt::DecorationRole);
    const QString text = model()->headerData(section, Qt::Horizontal, Qt::DisplayRole).toString();
    const QFontMetrics metrics(look.font(TextSize::Body));
    // Where not even a few letters fit, the colour alone names the column.
    const bool colorAlone =
        color.isValid() && area.width() < kDisc + kHalfUnit + metrics.horizontalAdvance(QStringLiteral("mmm…"));
    if (color.isValid()) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(color.value<QColor>());
        painter->drawEllipse(
            QRectF(colorAlone ? area.center().x() - kDisc / 2.0 : area.left(), area.center().y() - 3.5, kDisc, kDisc));
        area.setLeft(area.left() + kDisc + kHalfUnit);
    }
    const QVariant alignment = model()->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole);
    const bool right = alignment.isValid() && alignment.value<Qt::Alignment>().testFlag(Qt::AlignRight);
    if (isSortIndicatorShown() && sortIndicatorSection() == section) {
        QStyleOptionHeader arrow = option;
        arrow.sortIndicator =
            sortIndicatorOrder() == Qt::AscendingOrder ? QStyleOptionHeader::SortDown : QStyleOptionHeader::SortUp;
        arrow.rect = right ? QRect(area.left(), area.top(), kArrow, area.height())
                           : QRect(area.right() - kArrow, area.top(), kArrow, area.height());
        style()->drawPrimitive(QStyle::PE_IndicatorHeaderArrow, &arrow, painter, this);
        area.adjust(right ? kArrow + 2 : 0, 0, right ? 0 : -kArrow - 2, 0);
    }
    painter->setFont(look.font(TextSize::Body));
    painter->setPen(isEnabled() ? look.text : look.mutedText);
    if (!colorAlone)
        painter->drawText(area, static_cast<int>((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter),
                          metrics.elidedText(text, Qt::ElideRight, area.width()));
    painter->restore();
}

QSize ElidedHeader::sectionSizeFromContents(int section) const {
    QSize size = QHeaderView::sectionSizeFromContents(section);
    size.setHeight(kHeaderHeight);
    return size;
}

} // namespace tercet
