#pragma once

#include <QStyledItemDelegate>

namespace tercet {

/// Draws the number in a table cell as a bar with the number beside it. Signed numbers grow from the middle, blue to
/// the left and red to the right as in the map of r; others from the left in one colour. What is no number shows as
/// text.
class BarDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    enum class Kind { Signed, Positive };
    explicit BarDelegate(Kind kind, QObject* parent = nullptr) : QStyledItemDelegate(parent), m_kind(kind) {}

    void setMaximum(double maximum) { m_maximum = maximum; } ///< length of a full bar, > 0; 1 at first
    void setDecimals(int decimals) { m_decimals = decimals; }
    /// The model's role that holds the number; Qt::DisplayRole at first.
    void setRole(int role) { m_role = role; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QString displayText(const QVariant& value, const QLocale& locale) const override;

private:
    Kind m_kind;
    double m_maximum = 1;
    int m_decimals = 2;
    int m_role = Qt::DisplayRole;
};

} // namespace tercet
