#pragma once

#include <QStyledItemDelegate>

namespace tercet {

/// Draws the ratings that a component correlates with side by side: name, r, and under them a bar as long as |r|, blue
/// for r < 0 and red above as in every map of r.
class TermsDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace tercet
