#include "widgets/panels/component_table.h"

#include "widgets/bridge/term_text.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/palettes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

constexpr double kZeroWeight = 0.001; ///< as in the sparsity of the fit

} // namespace

ComponentTableModel::ComponentTableModel(StudySession& session, QObject* parent)
    : QAbstractTableModel(parent), m_session(session) {}

std::vector<ComponentTableModel::Row> ComponentTableModel::rowsOf(const QString& system) const {
    std::vector<Row> rows;
    const auto embedding = m_session.embedding(system);
    if (!embedding)
        return rows;
    const std::size_t components = embedding->weights.cols();
    const std::size_t stimuli = embedding->weights.rows();
    rows.resize(components);
    for (std::size_t i = 0; i < components; ++i) {
        Row& row = rows[i];
        row.trainingColumn = embedding->trainingColumns[i];
        row.name = m_session.componentName(system, row.trainingColumn);
        row.maximum = embedding->maxima[i];
        if (i < embedding->labels.size())
            row.label = termText(embedding->labels[i].text);
        const auto& ratings = m_session.ratings();
        if (embedding->correlations.empty() || !ratings)
            continue;
        const auto correlations = embedding->correlations.row(i);
        const auto strength = [&](std::size_t term) {
            return std::isnan(correlations[term]) ? -1 : std::abs(correlations[term]);
        };
        std::vector<std::size_t> order(correlations.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        const std::size_t shown = std::min<std::size_t>(order.size(), kTerms);
        std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                          [&](std::size_t a, std::size_t b) { return strength(a) > strength(b); });
        for (std::size_t term = 0; term < shown; ++term)
            if (strength(order[term]) >= 0)
                row.terms.push_back({termText(ratings->terms[order[term]].name), correlations[order[term]]});
    }
    for (std::size_t stimulus = 0; stimulus < stimuli; ++stimulus) {
        const auto weights = embedding->weights.row(stimulus);
        for (std::size_t i = 0; i < components; ++i) {
            rows[i].sum += weights[i];
            rows[i].sparsity += weights[i] < kZeroWeight ? 1 : 0;
        }
    }
    for (Row& row : rows)
        row.sparsity /= static_cast<double>(std::max<std::size_t>(1, stimuli));
    return rows;
}

void ComponentTableModel::show(const QString& system) {
    std::vector<Row> rows = rowsOf(system);
    const bool reset = system != m_system || rows.size() != m_rows.size();
    if (reset)
        beginResetModel();
    m_system = system;
    m_rows = std::move(rows);
    m_largestSum = m_largestMaximum = 0;
    for (const Row& row : m_rows) {
        m_largestSum = std::max(m_largestSum, row.sum);
        m_largestMaximum = std::max(m_largestMaximum, row.maximum);
    }
    if (reset)
        endResetModel();
    else if (!m_rows.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
}

int ComponentTableModel::rowOf(int trainingColumn) const {
    const auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                    [&](const Row& row) { return row.trainingColumn == trainingColumn; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int ComponentTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ComponentTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant ComponentTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = m_rows.at(static_cast<std::size_t>(index.row()));
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Rank:
            return index.row() + 1;
        case Label:
            return row.name.isEmpty() ? row.label : row.name;
        case Terms: {
            QStringList terms;
            for (const Term& term : row.terms)
                terms << QStringLiteral("%1 %2").arg(term.name).arg(term.r, 0, 'f', 2);
            return terms.join(QStringLiteral(", "));
        }
        case Sum:
            return row.sum;
        case Maximum:
            return row.maximum;
        case Sparsity:
            return 100 * row.sparsity;
        default:
            return {};
        }
    case Qt::EditRole:
        return index.column() == Label ? row.name : data(index, Qt::DisplayRole);
    case SortRole:
        if (index.column() == Terms)
            return row.terms.isEmpty() ? 0 : std::abs(row.terms.front().r);
        if (index.column() == Label)
            return data(index, Qt::DisplayRole).toString().toLower();
        return data(index, Qt::DisplayRole);
    case TermsRole:
        return index.column() == Terms ? QVariant::fromValue(row.terms) : QVariant();
    case Qt::DecorationRole:
        return index.column() == Rank ? swatchIcon(componentColor(row.trainingColumn)) : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == Rank ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case Qt::ToolTipRole:
        if (index.column() == Label)
            return row.name.isEmpty() || row.label.isEmpty()
                       ? tr("%1\nDouble click or F2 gives it a name of your own.").arg(row.label)
                       : tr("%1\nIts label by correlation: %2").arg(row.name, row.label);
        if (index.column() == Terms)
            return data(index, Qt::DisplayRole);
        return {};
    case Qt::FontRole:
        return {};
    default:
        return {};
    }
}

QVariant ComponentTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    static constexpr struct {
        const char* title;
        const char* help;
    } kHeaders[kColumns] = {
        {QT_TR_NOOP("#"), QT_TR_NOOP("Rank by the sum of weights, and the component's colour in every panel")},
        {QT_TR_NOOP("Label"), QT_TR_NOOP("The ratings it correlates with most, or the name you gave it")},
        {QT_TR_NOOP("Ratings, r"),
         QT_TR_NOOP("Pearson r with the ratings, the three largest |r|; sorts by the largest")},
        {QT_TR_NOOP("Sum"), QT_TR_NOOP("Sum of its weights over all stimuli")},
        {QT_TR_NOOP("Maximum"), QT_TR_NOOP("Its largest weight")},
        {QT_TR_NOOP("Sparsity, %"), QT_TR_NOOP("Share of stimuli with a weight below 0.001, in %")},
    };
    if (role == Qt::DisplayRole)
        return tr(kHeaders[section].title);
    if (role == Qt::ToolTipRole)
        return tr(kHeaders[section].help);
    return {};
}

Qt::ItemFlags ComponentTableModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() == Label && !m_session.readOnly() ? flags | Qt::ItemIsEditable : flags;
}

bool ComponentTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || role != Qt::EditRole || index.column() != Label || m_session.readOnly())
        return false;
    const QString name = value.toString().simplified();
    const Row& row = m_rows.at(static_cast<std::size_t>(index.row()));
    if (name == row.name)
        return true;
    m_session.renameComponent(m_system, row.trainingColumn, name);
    return true;
}

ComponentOrder::ComponentOrder(ComponentTableModel& components, QObject* parent)
    : QSortFilterProxyModel(parent), m_components(components) {
    setSourceModel(&components);
    setSortRole(ComponentTableModel::SortRole);
    setDynamicSortFilter(true);
}

void ComponentOrder::setSearch(const QString& text) {
    m_words = text.toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

bool ComponentOrder::filterAcceptsRow(int row, const QModelIndex& parent) const {
    if (m_words.isEmpty())
        return true;
    QString text;
    for (const int column : {ComponentTableModel::Rank, ComponentTableModel::Label, ComponentTableModel::Terms})
        text += m_components.index(row, column, parent).data().toString().toLower() + QLatin1Char(' ');
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString& word) { return text.contains(word); });
}

} // namespace tercet
