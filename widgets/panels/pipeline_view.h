#pragma once

#include "widgets/panels/pipeline_model.h"

#include <QHeaderView>
#include <QStyledItemDelegate>
#include <QTableView>

namespace tercet {

/// Draws the box of a task: border, sign and word say the state; colour only underlines it.
class PipelineDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    /// Where the box stands in its cell.
    [[nodiscard]] static QRect boxIn(const QRect& cell);
    /// Draws the sign of a state, `area` square.
    static void drawSign(QPainter& painter, const QRectF& area, PipelineModel::Box box, double progress,
                         const QColor& color);
};

/// The names of the steps, with the group's above the first of each.
class PipelineHeader : public QHeaderView {
    Q_OBJECT
public:
    explicit PipelineHeader(QWidget* parent = nullptr);
    /// Whether a group begins with this row.
    [[nodiscard]] static bool beginsGroup(const QAbstractItemModel& model, int row);

protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override;
};

/// The pipeline as a diagram: boxes, and lines from what each is made from. Arrows move between boxes, Return opens
/// one.
class PipelineView : public QTableView {
    Q_OBJECT
public:
    explicit PipelineView(PipelineModel& model, QWidget* parent = nullptr);

signals:
    void opened(const QModelIndex& index); ///< clicked, or Return

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;

private:
    void arrange();
    void layOutHeader();

    PipelineModel& m_model;
};

} // namespace tercet
