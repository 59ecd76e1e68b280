#include "widgets/panels/stimulus_table.h"

#include "core/base/text.h"
#include "core/io/terms.h"
#include "widgets/bridge/term_text.h"
#include "widgets/plots/palettes.h"

#include <QColor>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

constexpr double kDimensionLow = 1;
constexpr double kDimensionHigh = 9;

QString valueText(double value, bool category) {
    return std::isnan(value) ? QStringLiteral("–") : QString::number(value, 'f', category ? 2 : 1);
}

} // namespace

StimulusTableModel::StimulusTableModel(StudySession& session, QObject* parent)
    : QAbstractTableModel(parent), m_session(session) {
    reload();
    connect(&session, &StudySession::studyChanged, this, [this] {
        beginResetModel();
        reload();
        endResetModel();
    });
    connect(&session.selection(), &Selection::stimuliChanged, this, [this] {
        readSelection();
        emit selectionChanged();
    });
}

void StimulusTableModel::reload() {
    m_rows = static_cast<int>(m_session.stimuli().size());
    m_terms = m_session.ratings() ? static_cast<int>(m_session.ratings()->terms.size()) : 0;
    m_searchTexts.clear();
    readSelection();
}

void StimulusTableModel::readSelection() {
    m_selected.assign(static_cast<std::size_t>(m_rows), false);
    m_selectedCount = 0;
    for (const int row : m_session.selection().stimuli())
        if (row >= 0 && row < m_rows) {
            m_selected[static_cast<std::size_t>(row)] = true;
            ++m_selectedCount;
        }
}

int StimulusTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : m_rows; }
int StimulusTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : FirstTerm + m_terms;
}
int StimulusTableModel::termCount() const { return m_terms; }
QString StimulusTableModel::termName(int term) const {
    return termText(m_session.ratings()->terms.at(static_cast<std::size_t>(term)).name);
}
bool StimulusTableModel::isCategory(int term) const { return kindOf(term) == TermKind::Category; }
TermKind StimulusTableModel::kindOf(int term) const {
    return m_session.ratings()->terms.at(static_cast<std::size_t>(term)).kind;
}
std::pair<double, double> StimulusTableModel::rangeOf(int term) const {
    if (kindOf(term) == TermKind::Category)
        return {0, 1};
    if (kindOf(term) == TermKind::Dimension)
        return {kDimensionLow, kDimensionHigh};
    std::pair<double, double> range{0, 0};
    for (int row = 0; row < m_rows; ++row)
        if (const double value = rating(row, term); !std::isnan(value))
            range = {std::min(range.first, value), std::max(range.second, value)};
    return range;
}
double StimulusTableModel::rating(int row, int term) const {
    const auto& values = m_session.ratings()->values;
    const auto r = static_cast<std::size_t>(row);
    return r < values.rows() ? values(r, static_cast<std::size_t>(term)) : std::numeric_limits<double>::quiet_NaN();
}
int StimulusTableModel::topCategory(int row) const {
    const auto& top = m_session.topCategories();
    return static_cast<std::size_t>(row) < top.size() ? top[static_cast<std::size_t>(row)] : -1;
}
const std::string& StimulusTableModel::id(int row) const {
    return m_session.stimuli()[static_cast<std::size_t>(row)].id;
}
const std::string& StimulusTableModel::name(int row) const {
    return m_session.stimuli()[static_cast<std::size_t>(row)].name;
}
bool StimulusTableModel::isSelected(int row) const { return m_selected[static_cast<std::size_t>(row)]; }

const QString& StimulusTableModel::searchText(int row) const {
    if (m_searchTexts.empty()) {
        m_searchTexts.reserve(static_cast<std::size_t>(m_rows));
        for (int i = 0; i < m_rows; ++i) {
            QString text = QString::fromStdString(name(i)) + '\n';
            if (id(i) != name(i))
                text += QString::fromStdString(id(i)) + '\n';
            if (const int top = topCategory(i); top >= 0)
                text += termName(top);
            m_searchTexts.push_back(text.toLower());
        }
    }
    return m_searchTexts[static_cast<std::size_t>(row)];
}

QVariant StimulusTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const int row = index.row();
    const int column = index.column();
    if (role == SelectedRole)
        return isSelected(row);
    if (role == HoveredRole)
        return m_session.selection().hoveredStimulus() == row;
    if (column < FirstTerm) {
        const int top = column == TopCategory ? topCategory(row) : -1;
        switch (role) {
        case Qt::DisplayRole:
        case Qt::ToolTipRole:
            if (column == Name)
                return QString::fromStdString(name(row));
            if (column == Id)
                return QString::fromStdString(id(row));
            if (top < 0)
                return role == Qt::DisplayRole ? QVariant(QStringLiteral("–")) : QVariant();
            return role == Qt::DisplayRole
                       ? termName(top)
                       : tr("%1: share of raters %2").arg(termName(top), valueText(rating(row, top), true));
        case ColorRole:
            return top < 0 ? QVariant() : QVariant(categoryColor(termName(top), top));
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
        default:
            return {};
        }
    }
    const int term = column - FirstTerm;
    const TermKind kind = kindOf(term);
    const double value = rating(row, term);
    switch (role) {
    case Qt::DisplayRole:
        return valueText(value, kind != TermKind::Dimension);
    case Qt::ToolTipRole:
        return kind == TermKind::Category
                   ? tr("%1: share of raters %2 (0–1)").arg(termName(term), valueText(value, true))
               : kind == TermKind::Dimension
                   ? tr("%1: %2 on the scale 1–9").arg(termName(term), valueText(value, false))
                   : tr("%1: %2").arg(termName(term), valueText(value, true));
    case ValueRole:
        return value;
    case ShareRole: // of a term of unknown range there is none
        if (kind == TermKind::Other || std::isnan(value))
            return {};
        return std::clamp(
            kind == TermKind::Category ? value : (value - kDimensionLow) / (kDimensionHigh - kDimensionLow), 0.0, 1.0);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    default:
        return {};
    }
}

QVariant StimulusTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical)
        return role == Qt::DisplayRole ? QVariant(section + 1) : QVariant();
    if (section < 0 || section >= columnCount())
        return {};
    if (section < FirstTerm) {
        if (role == Qt::DisplayRole)
            return section == Name ? tr("Stimulus") : section == Id ? tr("Id") : tr("Top category");
        if (role == Qt::ToolTipRole)
            return section == Name ? tr("What people read")
                   : section == Id ? tr("The id in the imported file; it never changes")
                                   : tr("The category that most raters chose");
        return {};
    }
    const int term = section - FirstTerm;
    switch (role) {
    case Qt::DisplayRole:
        return termName(term);
    case Qt::ToolTipRole:
        return kindOf(term) == TermKind::Category ? tr("%1: share of raters, 0–1; click to sort").arg(termName(term))
               : kindOf(term) == TermKind::Dimension
                   ? tr("%1: mean rating on the scale 1–9; click to sort").arg(termName(term))
                   : tr("%1; click to sort").arg(termName(term));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    default:
        return {};
    }
}

StimulusOrder::StimulusOrder(StimulusTableModel& table, QObject* parent) : QAbstractProxyModel(parent), m_table(table) {
    setSourceModel(&table);
    rebuild();
    connect(&table, &QAbstractItemModel::modelAboutToBeReset, this, [this] { beginResetModel(); });
    connect(&table, &QAbstractItemModel::modelReset, this, [this] {
        if (m_filter.term >= m_table.termCount() || m_filter.category >= m_table.termCount())
            m_filter = {};
        if (m_sortColumn >= m_table.columnCount())
            m_sortColumn = -1;
        rebuild();
        endResetModel();
    });
    connect(&table, &StimulusTableModel::selectionChanged, this, [this] {
        if (!m_filter.selectedOnly)
            return;
        beginResetModel();
        rebuild();
        endResetModel();
    });
}

int StimulusOrder::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}
int StimulusOrder::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : m_table.columnCount(); }
QModelIndex StimulusOrder::index(int row, int column, const QModelIndex& parent) const {
    return hasIndex(row, column, parent) ? createIndex(row, column) : QModelIndex();
}
QModelIndex StimulusOrder::parent(const QModelIndex&) const { return {}; }
QModelIndex StimulusOrder::mapToSource(const QModelIndex& proxy) const {
    const int row = proxy.isValid() ? stimulusAt(proxy.row()) : -1;
    return row < 0 ? QModelIndex() : m_table.index(row, proxy.column());
}
QModelIndex StimulusOrder::mapFromSource(const QModelIndex& source) const {
    const int place = source.isValid() ? placeOf(source.row()) : -1;
    return place < 0 ? QModelIndex() : createIndex(place, source.column());
}
QVariant StimulusOrder::headerData(int section, Qt::Orientation orientation, int role) const {
    return m_table.headerData(orientation == Qt::Vertical ? stimulusAt(section) : section, orientation, role);
}
int StimulusOrder::stimulusAt(int place) const {
    return place >= 0 && place < rowCount() ? m_rows[static_cast<std::size_t>(place)] : -1;
}
int StimulusOrder::placeOf(int stimulus) const {
    return stimulus >= 0 && static_cast<std::size_t>(stimulus) < m_places.size()
               ? m_places[static_cast<std::size_t>(stimulus)]
               : -1;
}

void StimulusOrder::sort(int column, Qt::SortOrder order) {
    if (column == m_sortColumn && order == m_sortOrder)
        return;
    beginResetModel();
    m_sortColumn = column;
    m_sortOrder = order;
    rebuild();
    endResetModel();
}

void StimulusOrder::setFilter(const Filter& filter) {
    if (filter == m_filter)
        return;
    beginResetModel();
    m_filter = filter;
    rebuild();
    endResetModel();
}

void StimulusOrder::rebuild() {
    const int count = m_table.rowCount();
    const QStringList words = m_filter.text.toLower().split(' ', Qt::SkipEmptyParts);
    m_rows.clear();
    for (int row = 0; row < count; ++row) {
        if (m_filter.selectedOnly && !m_table.isSelected(row))
            continue;
        if (m_filter.category >= 0 && m_table.topCategory(row) != m_filter.category)
            continue;
        if (m_filter.term >= 0) {
            const double value = m_table.rating(row, m_filter.term);
            if (!(value >= m_filter.low && value <= m_filter.high))
                continue;
        }
        if (!std::all_of(words.begin(), words.end(),
                         [&](const QString& word) { return m_table.searchText(row).contains(word); }))
            continue;
        m_rows.push_back(row);
    }
    const auto sortBy = [&](const auto& less) {
        if (m_sortOrder == Qt::AscendingOrder)
            std::stable_sort(m_rows.begin(), m_rows.end(), less);
        else
            std::stable_sort(m_rows.begin(), m_rows.end(), [&](int a, int b) { return less(b, a); });
    };
    if (m_sortColumn == StimulusTableModel::Name) {
        sortBy([&](int a, int b) { return naturallyLess(m_table.name(a), m_table.name(b)); });
    } else if (m_sortColumn == StimulusTableModel::Id) {
        sortBy([&](int a, int b) { return naturallyLess(m_table.id(a), m_table.id(b)); });
    } else if (m_sortColumn == StimulusTableModel::TopCategory) {
        std::vector<int> terms(static_cast<std::size_t>(m_table.termCount()));
        std::iota(terms.begin(), terms.end(), 0);
        std::sort(terms.begin(), terms.end(),
                  [&](int a, int b) { return m_table.termName(a).compare(m_table.termName(b)) < 0; });
        std::vector<int> rank(terms.size() + 1, static_cast<int>(terms.size())); // the last one: no category
        for (std::size_t i = 0; i < terms.size(); ++i)
            rank[static_cast<std::size_t>(terms[i])] = static_cast<int>(i);
        const auto rankOf = [&](int row) {
            const int top = m_table.topCategory(row);
            return rank[top < 0 ? terms.size() : static_cast<std::size_t>(top)];
        };
        sortBy([&](int a, int b) { return rankOf(a) < rankOf(b); });
    } else if (m_sortColumn >= StimulusTableModel::FirstTerm) {
        const int term = m_sortColumn - StimulusTableModel::FirstTerm;
        std::vector<double> keys(static_cast<std::size_t>(count));
        for (int row = 0; row < count; ++row) {
            const double value = m_table.rating(row, term);
            keys[static_cast<std::size_t>(row)] = std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
        }
        sortBy([&](int a, int b) { return keys[static_cast<std::size_t>(a)] < keys[static_cast<std::size_t>(b)]; });
    }
    m_places.assign(static_cast<std::size_t>(count), -1);
    for (std::size_t place = 0; place < m_rows.size(); ++place)
        m_places[static_cast<std::size_t>(m_rows[place])] = static_cast<int>(place);
}

QString StimulusOrder::tabSeparated(const std::vector<int>& columns) const {
    const bool anySelected =
        std::any_of(m_rows.begin(), m_rows.end(), [&](int row) { return m_table.isSelected(row); });
    QString text;
    const auto cell = [&](QString value, bool last) {
        text += value.replace('\t', ' ').replace('\n', ' ');
        text += last ? '\n' : '\t';
    };
    for (const int column : columns)
        cell(headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(), column == columns.back());
    for (const int row : m_rows) {
        if (anySelected && !m_table.isSelected(row))
            continue;
        for (const int column : columns) {
            const QModelIndex index = m_table.index(row, column);
            const QVariant value = index.data(StimulusTableModel::ValueRole);
            cell(value.isValid() ? QString::number(value.toDouble(), 'g', QLocale::FloatingPointShortest)
                                 : index.data(Qt::DisplayRole).toString(),
                 column == columns.back());
        }
    }
    return text;
}

} // namespace tercet
