#include "widgets/panels/terms_delegate.h"

#include "widgets/panels/component_table.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr int kBarHeight = 3;
constexpr int kSlotWidth = 12 * kUnit; ///< of one rating; where there is less, fewer are shown

} // namespace

void TermsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    cell.text.clear();
    const QStyle* style = cell.widget ? cell.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);

    const auto terms = index.data(ComponentTableModel::TermsRole).value<QVector<ComponentTableModel::Term>>();
    const Look& look = Theme::instance().look();
    const QFont font = look.font(TextSize::Small);
    const QFontMetrics metrics(font);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(font);
    const QRect area = option.rect.adjusted(kHalfUnit, 0, -kHalfUnit, 0);
    const int shown = std::clamp(area.width() / kSlotWidth, 1, ComponentTableModel::kTerms);
    const int slot = area.width() / shown;
    const int numberWidth = metrics.horizontalAdvance(QStringLiteral("−0.00"));
    for (int i = 0; i < std::min(shown, static_cast<int>(terms.size())); ++i) {
        const ComponentTableModel::Term& term = terms[i];
        const QRect place(area.left() + i * slot, area.top(), slot - 2 * kUnit, area.height());
        const QRect line = place.adjusted(0, 1, 0, -kBarHeight - 2);
        painter->setPen(look.text);
        painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                          metrics.elidedText(term.name, Qt::ElideRight, place.width() - numberWidth - kHalfUnit));
        painter->setPen(look.mutedText);
        painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter,
                          QString::number(term.r, 'f', 2).replace(QLatin1Char('-'), QChar(0x2212)));
        const QRectF track(place.left(), place.bottom() - kBarHeight - 1, place.width(), kBarHeight);
        painter->setPen(Qt::NoPen);
        painter->setBrush(look.grid);
        painter->drawRoundedRect(track, 1.5, 1.5);
        painter->setBrush(QColor::fromRgb(divergingColor(std::copysign(0.75, term.r), look.dark)));
        painter->drawRoundedRect(
            QRectF(track.topLeft(), QSizeF(track.width() * std::min(1.0, std::abs(term.r)), kBarHeight)), 1.5, 1.5);
    }
    painter->restore();
}

QSize TermsDelegate::sizeHint(const QStyleOptionViewItem& /*option*/, const QModelIndex& /*index*/) const {
    return {36 * kUnit, kRowHeight + kHalfUnit};
}

} // namespace tercet
