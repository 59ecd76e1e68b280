#pragma once

#include "widgets/bridge/study_session.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <memory>
#include <vector>

namespace tercet {

/// The components of one system's embedding as rows in the order of the embedding.
class ComponentTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Rank, Label, Terms, Sum, Maximum, Sparsity };
    static constexpr int kColumns = 6;

    /// A rating that a component correlates with.
    struct Term {
        QString name;
        double r = 0;
    };
    enum Role {
        TermsRole = Qt::UserRole, ///< QVariant of QVector<Term>, strongest first, at most kTerms
        SortRole,                 ///< number or text to sort by
    };
    static constexpr int kTerms = 3;

    explicit ComponentTableModel(StudySession& session, QObject* parent = nullptr);

    /// Shows the newest embedding of a system; rows stay where only values have changed.
    void show(const QString& system);
    [[nodiscard]] const QString& system() const { return m_system; }
    [[nodiscard]] int trainingColumn(int row) const { return m_rows.at(static_cast<std::size_t>(row)).trainingColumn; }
    [[nodiscard]] int rowOf(int trainingColumn) const; ///< −1 if there is none
    [[nodiscard]] double largestSum() const { return m_largestSum; }
    [[nodiscard]] double largestMaximum() const { return m_largestMaximum; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// Names a component, undoably; an empty name goes back to the label.
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

private:
    struct Row {
        int trainingColumn = 0;
        QString label;       ///< from its correlations
        QString name;        ///< given by hand, or empty
        QVector<Term> terms; ///< strongest first
        double sum = 0;
        double maximum = 0;
        double sparsity = 0; ///< share of weights below 0.001
    };
    [[nodiscard]] std::vector<Row> rowsOf(const QString& system) const;

    StudySession& m_session;
    QString m_system;
    std::vector<Row> m_rows;
    double m_largestSum = 0;
    double m_largestMaximum = 0;
};

/// The components sorted by a column, and only those whose label, name or terms hold every word of a search.
class ComponentOrder : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit ComponentOrder(ComponentTableModel& components, QObject* parent = nullptr);
    void setSearch(const QString& text);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    ComponentTableModel& m_components;
    QStringList m_words;
};

} // namespace tercet

Q_DECLARE_METATYPE(QVector<tercet::ComponentTableModel::Term>)
