#include "widgets/plots/bar_delegate.h"

#include "widgets/plots/color_space.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {

QString BarDelegate::displayText(const QVariant& value, const QLocale& locale) const {
    bool number = false;
    const double shown = value.toDouble(&number);
    if (!number)
        return QStyledItemDelegate::displayText(value, locale);
    if (!std::isfinite(shown))
        return QStringLiteral("–");
    QString text = QString::number(shown, 'f', m_decimals);
    if (text.startsWith(u'-'))
        text[0] = QChar(0x2212);
    return text;
}

QSize BarDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {option.fontMetrics.horizontalAdvance(QStringLiteral("−0.00")) + 12 * kUnit, kRowHeight};
}

void BarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QVariant data = index.data(m_role);
    bool number = false;
    const double value = data.toDouble(&number);
    const QString text = displayText(data, item.locale);
    item.text.clear();
    const QStyle* style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);

    const Look& look = Theme::instance().look();
    const int digits =
        item.fontMetrics.horizontalAdvance(displayText(m_kind == Kind::Signed ? -m_maximum : m_maximum, item.locale));
    const QRectF cell = QRectF(item.rect).adjusted(kUnit, 0, -kUnit, 0);
    const QRectF words(cell.right() - digits, cell.top(), digits, cell.height());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(item.font);
    painter->setPen(number && std::isfinite(value) ? item.palette.color(QPalette::Text) : look.mutedText);
    painter->drawText(number ? words : cell,
                      static_cast<int>((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter), text);

    QRectF track(cell.left(), cell.center().y() - 4, words.left() - kUnit - cell.left(), 8);
    if (number && std::isfinite(value) && track.width() > 2 * kUnit) {
        const double share = std::clamp(value / m_maximum, -1.0, 1.0);
        const double zero = m_kind == Kind::Signed ? track.center().x() : track.left();
        const double reach = m_kind == Kind::Signed ? track.width() / 2 : track.width();
        painter->setPen(Qt::NoPen);
        painter->setBrush(look.grid);
        painter->drawRoundedRect(track, 1.5, 1.5);
        QRectF bar(zero, track.top(), share * reach, track.height());
        painter->setBrush(m_kind == Kind::Signed ? QColor::fromRgb(divergingColor(share < 0 ? -0.75 : 0.75, look.dark))
                                                 : mixed(look.surface, look.mutedText, 0.85));
        painter->drawRoundedRect(bar.normalized(), 1.5, 1.5);
        if (m_kind == Kind::Signed) {
            painter->setPen(QPen(look.mutedText, 1));
            const double x = std::floor(zero) + 0.5;
            painter->drawLine(QPointF(x, track.top() - 2), QPointF(x, track.bottom() + 2));
        }
    }
    painter->restore();
}

} // namespace tercet
