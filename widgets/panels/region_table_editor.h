#pragma once

#include "widgets/panels/region_table.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QTableView;
class QToolButton;

namespace tercet {

class ElidedLabel;

/// Shows and edits which parcels make up each region (SPEC D6): cells, rows, the usual table, import and export. Edits
/// of several selected rows go to all of them.
class RegionTableEditor : public QWidget {
    Q_OBJECT
public:
    explicit RegionTableEditor(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] RegionTableModel* model() const { return m_model; }
    [[nodiscard]] QTableView* view() const { return m_view; }
    [[nodiscard]] QLineEdit* searchBox() const { return m_search; }
    [[nodiscard]] QComboBox* regionBox() const { return m_region; }
    [[nodiscard]] QLineEdit* parcelBox() const { return m_parcel; }
    [[nodiscard]] QPushButton* addButton() const { return m_add; }
    [[nodiscard]] QString note() const;    ///< what there is
    [[nodiscard]] QString missing() const; ///< what the table needs to act on; empty if it is there
    [[nodiscard]] QString problem() const; ///< why the last edit was refused: one sentence; empty if it was not

public slots:
    void removeSelected();
    void reset(); ///< to the usual table
    void importFrom(const QString& path);
    void exportTo(const QString& path); ///< as CSV

private:
    void buildRows();
    void refresh();
    void readVoxels();
    void refuse(const QString& message);
    [[nodiscard]] std::vector<int> selectedRows() const;
    void addRow();
    void askImport();
    void askExport();

    StudySession& m_session;
    RegionTableModel* m_model;
    QSortFilterProxyModel* m_order;
    QTableView* m_view;
    QLineEdit* m_search;
    QComboBox* m_region;
    QComboBox* m_kind;
    QLineEdit* m_parcel;
    QPushButton* m_add;
    QToolButton* m_remove;
    QToolButton* m_reset;
    QToolButton* m_import;
    ElidedLabel* m_note;
    QLabel* m_missing; ///< that there is no parcellation
    QLabel* m_problem;
};

} // namespace tercet
