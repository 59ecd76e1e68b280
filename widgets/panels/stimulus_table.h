#pragma once

#include "widgets/bridge/study_session.h"

#include <QAbstractProxyModel>
#include <QAbstractTableModel>
#include <QStringList>

#include <optional>
#include <vector>

namespace tercet {

/// The study's stimuli as a table: name, id, top category, and one column per rating term. Rows are the study's rows.
class StimulusTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Id, TopCategory, FirstTerm };
    enum Role {
        ValueRole = Qt::UserRole, ///< double: the rating; invalid in columns of text
        ShareRole,                ///< double, 0–1: where the rating lies in its kind's range
        ColorRole,                ///< QColor of the row's top category; in column TopCategory
        SelectedRole,             ///< bool: the row is in the window's selection
        HoveredRole,              ///< bool: the row is the one pointed at anywhere
    };

    explicit StimulusTableModel(StudySession& session, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    [[nodiscard]] int termCount() const;
    [[nodiscard]] QString termName(int term) const; ///< 0 … termCount() − 1
    [[nodiscard]] bool isCategory(int term) const;
    [[nodiscard]] TermKind kindOf(int term) const;
    /// What a rating of the term can be at most and least; of terms of unknown range the extremes that there are.
    [[nodiscard]] std::pair<double, double> rangeOf(int term) const;
    [[nodiscard]] double rating(int row, int term) const; ///< NaN where there is none
    [[nodiscard]] int topCategory(int row) const;         ///< term, or −1
    [[nodiscard]] const std::string& id(int row) const;
    [[nodiscard]] const std::string& name(int row) const;
    [[nodiscard]] bool isSelected(int row) const;
    [[nodiscard]] int selectedCount() const { return m_selectedCount; }
    /// Lower-case name, id and top category in one, for searching.
    [[nodiscard]] const QString& searchText(int row) const;

signals:
    void selectionChanged(); ///< other rows are selected

private:
    void reload();
    void readSelection();

    StudySession& m_session;
    int m_rows = 0;
    int m_terms = 0;
    std::vector<bool> m_selected;
    int m_selectedCount = 0;
    mutable std::vector<QString> m_searchTexts; ///< made on the first search
};

/// Which stimuli are shown, and in which order. Works on the model's values themselves, so that a hundred thousand rows
/// are filtered and sorted within a frame or two.
class StimulusOrder : public QAbstractProxyModel {
    Q_OBJECT
public:
    struct Filter {
        QString text;      ///< every word must occur in name, id or top category
        int category = -1; ///< term that must be the top category
        int term = -1;     ///< term whose rating must be in [low, high]
        double low = 0;
        double high = 0;
        bool selectedOnly = false;
        friend bool operator==(const Filter&, const Filter&) = default;
    };

    explicit StimulusOrder(StimulusTableModel& table, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] QModelIndex mapToSource(const QModelIndex& proxy) const override;
    [[nodiscard]] QModelIndex mapFromSource(const QModelIndex& source) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Column −1 is the study's own order.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    void setFilter(const Filter& filter);
    [[nodiscard]] const Filter& filter() const { return m_filter; }
    [[nodiscard]] const StimulusTableModel& table() const { return m_table; }
    [[nodiscard]] int stimulusAt(int place) const; ///< row of the study shown at a place, −1 outside
    [[nodiscard]] int placeOf(int stimulus) const; ///< −1 if it is not shown
    /// The shown rows as tab-separated text with a header line: those selected, or all if none of them is.
    [[nodiscard]] QString tabSeparated(const std::vector<int>& columns) const;

private:
    void rebuild();

    StimulusTableModel& m_table;
    Filter m_filter;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    std::vector<int> m_rows;   ///< place → row of the study
    std::vector<int> m_places; ///< row of the study → place or −1
};

} // namespace tercet
