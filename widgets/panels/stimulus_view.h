#pragma once

#include "widgets/bridge/selection.h"
#include "widgets/panels/stimulus_table.h"

#include <QStyledItemDelegate>
#include <QTableView>

namespace tercet {

/// Draws a stimulus's ratings as number over bar, its top category with the category's colour, and rows that are
/// selected or pointed at.
class StimulusDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

/// The table of stimuli. It selects in the window's Selection and not in Qt's selection model, whose ranges become slow
/// when thousands of scattered rows are selected. Click: select; Ctrl toggles; Shift extends; Ctrl+A all shown; Escape
/// none; Ctrl+C copies the selected rows as tab-separated text.
class StimulusView : public QTableView {
    Q_OBJECT
public:
    StimulusView(StimulusOrder& order, Selection& selection, QWidget* parent = nullptr);

    /// Columns that are not hidden, in the order in which they stand.
    [[nodiscard]] std::vector<int> shownColumns() const;

public slots:
    void copySelected() const;

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void choose(int place, Qt::KeyboardModifiers modifiers);
    void showSelected();
    void updatePlace(int place);

    StimulusOrder& m_order;
    Selection& m_selection;
    int m_anchor = -1; ///< row of the study where a range begins
    int m_drawnHover = -1;
    bool m_choosing = false;
};

} // namespace tercet
