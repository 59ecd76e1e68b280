#pragma once

#include "widgets/panels/panel.h"
#include "widgets/panels/stimulus_table.h"

#include <QJsonObject>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;

namespace tercet {

class StimulusView;

/// The study's stimuli as a table: search, filters, sorting, columns, and the window's selection.
class StudyPanel : public Panel {
    Q_OBJECT
public:
    explicit StudyPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] StimulusView* view() const { return m_view; }
    [[nodiscard]] StimulusOrder* order() const { return m_order; }
    [[nodiscard]] QLineEdit* searchBox() const { return m_search; }

    /// Hidden columns, widths, sorting and filter, to be kept with the study.
    [[nodiscard]] QJsonObject state() const;
    void restoreState(const QJsonObject& state);

protected:
    void refresh() override;

private:
    void buildFilterRow();
    void fillTerms();
    void applyFilter();
    void showCounts();
    void fillColumnMenu(QMenu* menu);
    void onReset();

    StimulusTableModel* m_table;
    StimulusOrder* m_order;
    StimulusView* m_view;
    QLineEdit* m_search;
    QWidget* m_filterRow;
    QComboBox* m_category;
    QComboBox* m_term;
    QDoubleSpinBox* m_low;
    QDoubleSpinBox* m_high;
    QToolButton* m_filterButton;
    QToolButton* m_selectedOnly;
    QStringList m_terms; ///< as in the combo boxes
};

} // namespace tercet
