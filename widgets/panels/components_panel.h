#pragma once

#include "widgets/panels/panel.h"

class QLineEdit;
class QTableView;

namespace tercet {

class BarDelegate;
class ComponentOrder;
class ComponentTableModel;

/// What the components of the system in front mean (SPEC C1–C3): a table that follows a running fit, with names to
/// edit, search and sorting.
class ComponentsPanel : public Panel {
    Q_OBJECT
public:
    explicit ComponentsPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;
    [[nodiscard]] QTableView* view() const { return m_view; }
    [[nodiscard]] ComponentOrder* order() const { return m_order; }
    [[nodiscard]] QLineEdit* searchBox() const { return m_search; }

public slots:
    /// Puts the selected rows, or all, on the clipboard as tab-separated text.
    void copyTable();

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refreshNote();
    void shareWidth(); ///< among the columns
    void showSelected();

    ComponentTableModel* m_table;
    ComponentOrder* m_order;
    QTableView* m_view;
    QLineEdit* m_search;
    BarDelegate* m_sumBars;
    BarDelegate* m_maximumBars;
    BarDelegate* m_sparsityBars;
};

} // namespace tercet
