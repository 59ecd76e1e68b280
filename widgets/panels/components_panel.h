#pragma once

#include "core/base/table.h"
#include "widgets/panels/panel.h"

class QLineEdit;
class QStackedWidget;
class QStandardItemModel;
class QTableView;

namespace tercet {

class BarDelegate;
class ComponentOrder;
class ComponentTableModel;

/// What the components of the system in front mean (SPEC C1–C3): a table that follows a running fit, with names to
/// edit, search and sorting; or the labels of all systems side by side.
class ComponentsPanel : public Panel {
    Q_OBJECT
public:
    explicit ComponentsPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;
    /// The table that is shown: of the selected rows if there are several, else of all, in their order.
    [[nodiscard]] std::vector<Table> tables() const override;
    [[nodiscard]] QTableView* view() const { return m_view; }
    [[nodiscard]] ComponentOrder* order() const { return m_order; }
    [[nodiscard]] QLineEdit* searchBox() const { return m_search; }
    [[nodiscard]] QTableView* allView() const { return m_allView; } ///< components × systems
    [[nodiscard]] QToolButton* allButton() const { return m_all; }

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refreshNote();
    void refreshAll();
    void shareWidth(); ///< among the columns
    void showSelected();

    ComponentTableModel* m_table;
    ComponentOrder* m_order;
    QTableView* m_view;
    QLineEdit* m_search;
    QToolButton* m_all;
    QStackedWidget* m_pages;
    QStandardItemModel* m_allTable;
    QTableView* m_allView;
    QStringList m_allSystems; ///< per pair of columns after the first
    BarDelegate* m_sumBars;
    BarDelegate* m_maximumBars;
    BarDelegate* m_sparsityBars;
};

} // namespace tercet
