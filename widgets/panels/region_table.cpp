#include "widgets/panels/region_table.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <set>

namespace tercet {
namespace {

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

/// The region of that name; a new one at the end if there is none.
RegionTable::Region& regionNamed(RegionTable& table, const std::string& name, bool subcortical) {
    const auto found = std::ranges::find(table.regions, name, &RegionTable::Region::name);
    return found != table.regions.end() ? *found : table.regions.emplace_back(name, subcortical);
}

} // namespace

QString regionKindWord(bool subcortical) {
    return subcortical ? RegionTableModel::tr("subcortical") : RegionTableModel::tr("cortical");
}

RegionTableModel::RegionTableModel(StudySession& session, QObject* parent)
    : QAbstractTableModel(parent), m_session(session) {
    connect(&session, &StudySession::regionsChanged, this, &RegionTableModel::reload);
    connect(&session, &StudySession::opened, this, &RegionTableModel::reload);
    reload();
}

void RegionTableModel::reload() {
    std::vector<Row> rows;
    const RegionTable& table = m_session.regions();
    for (std::size_t r = 0; r < table.regions.size(); ++r) {
        for (std::size_t p = 0; p < table.regions[r].parcels.size(); ++p)
            rows.push_back({r, p});
        if (table.regions[r].parcels.empty())
            rows.push_back({r, kNoParcel});
    }
    if (rows == m_rows) {
        m_table = table;
        if (!rows.empty())
            emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
        return;
    }
    beginResetModel();
    m_table = table;
    m_rows = std::move(rows);
    endResetModel();
}

void RegionTableModel::setVoxels(std::map<std::string, std::int64_t> voxels, const QString& subject) {
    if (voxels == m_voxels && subject == m_subject)
        return;
    m_voxels = std::move(voxels);
    m_subject = subject;
    if (!m_rows.empty())
        emit dataChanged(index(0, Voxels), index(rowCount() - 1, Voxels));
}

const RegionTable::Region& RegionTableModel::regionAt(int row) const {
    return m_table.regions[m_rows.at(static_cast<std::size_t>(row)).region];
}

std::string RegionTableModel::parcelAt(int row) const {
    const std::size_t parcel = m_rows.at(static_cast<std::size_t>(row)).parcel;
    return parcel == kNoParcel ? std::string() : regionAt(row).parcels[parcel];
}

bool RegionTableModel::put(const RegionTable& table) {
    try {
        m_session.setRegions(table);
    } catch (const Error& error) {
        emit refused(text(error.what()));
        return false;
    }
    emit accepted();
    return true;
}

bool RegionTableModel::isFree(const std::string& parcel) {
    for (const RegionTable::Region& region : m_table.regions)
        for (const std::string& member : region.parcels)
            if (parcelKey(member) == parcelKey(parcel)) {
                emit refused(tr("The parcel “%1” is in the region “%2” already; a parcel is in one region only.")
                                 .arg(text(parcel), text(region.name)));
                return false;
            }
    return true;
}

bool RegionTableModel::moveToRegion(const std::vector<int>& rows, const QString& region) {
    const std::string name = region.simplified().toStdString();
    if (rows.empty() || name.empty())
        return false;
    RegionTable table = m_table;
    const bool subcortical = regionAt(rows.front()).subcortical;
    for (const int row : rows) {
        const std::string from = regionAt(row).name;
        const std::string parcel = parcelAt(row);
        if (from == name)
            continue;
        if (parcel.empty()) {
            const auto old = std::ranges::find(table.regions, from, &RegionTable::Region::name);
            if (std::ranges::count(table.regions, name, &RegionTable::Region::name) > 0)
                table.regions.erase(old);
            else
                old->name = name;
            continue;
        }
        std::erase(regionNamed(table, from, subcortical).parcels, parcel);
        regionNamed(table, name, subcortical).parcels.push_back(parcel);
    }
    return put(table);
}

bool RegionTableModel::setKind(const std::vector<int>& rows, bool subcortical) {
    RegionTable table = m_table;
    for (const int row : rows)
        regionNamed(table, regionAt(row).name, subcortical).subcortical = subcortical;
    return put(table);
}

bool RegionTableModel::remove(const std::vector<int>& rows) {
    RegionTable table = m_table;
    std::set<std::string> emptied;
    for (const int row : rows) {
        const std::string parcel = parcelAt(row);
        if (parcel.empty())
            emptied.insert(regionAt(row).name);
        else
            std::erase(regionNamed(table, regionAt(row).name, false).parcels, parcel);
    }
    std::erase_if(table.regions, [&](const RegionTable::Region& region) { return emptied.contains(region.name); });
    if (table.regions.empty()) {
        emit refused(tr("A table of regions needs at least one region."));
        return false;
    }
    return put(table);
}

bool RegionTableModel::add(const QString& region, bool subcortical, const QString& parcel) {
    const std::string name = region.simplified().toStdString();
    const std::string added = parcel.simplified().toStdString();
    if (name.empty()) {
        emit refused(tr("Say which region the parcel belongs to."));
        return false;
    }
    if (!added.empty() && !isFree(added))
        return false;
    RegionTable table = m_table;
    RegionTable::Region& into = regionNamed(table, name, subcortical);
    if (!added.empty())
        into.parcels.push_back(added);
    return put(table);
}

int RegionTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RegionTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant RegionTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const int column = index.column();
    if (role == Qt::TextAlignmentRole)
        return column == Voxels ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    const std::string parcel = parcelAt(index.row());
    if (role == Qt::ToolTipRole && column == Parcel && parcel.starts_with('#'))
        return tr("Number %1 of FreeSurfer’s volumes").arg(text(parcel.substr(1)));
    if (role != Qt::DisplayRole && role != Qt::EditRole)
        return {};
    switch (column) {
    case Region:
        return text(regionAt(index.row()).name);
    case Kind:
        return regionKindWord(regionAt(index.row()).subcortical);
    case Parcel:
        return text(parcel);
    default:
        break;
    }
    if (m_voxels.empty() || parcel.empty())
        return {};
    const auto found = m_voxels.find(parcelKey(parcel));
    return text(withThousands(static_cast<std::uint64_t>(found == m_voxels.end() ? 0 : found->second)));
}

QVariant RegionTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumns)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == Voxels ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {tr("The region’s name; another one moves the parcel there"),
                                tr("Cortical or subcortical: which of the two plots shows the region"),
                                tr("The atlas’ name without its side, or a number of FreeSurfer’s volumes like #10"),
                                m_voxels.empty() ? tr("Voxels in the parcel, once regions were assigned")
                                                 : tr("Voxels in the parcel, of subject %1").arg(m_subject)};
        return tips[section];
    }
    if (role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Region"), tr("Kind"), tr("Parcel"), tr("Voxels")};
    return names[section];
}

Qt::ItemFlags RegionTableModel::flags(const QModelIndex& index) const {
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (index.isValid() && index.column() != Voxels && !m_session.readOnly())
        flags |= Qt::ItemIsEditable;
    return flags;
}

bool RegionTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::EditRole || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    const int row = index.row();
    const QString typed = value.toString().simplified();
    switch (index.column()) {
    case Region:
        return moveToRegion({row}, typed);
    case Kind:
        if (typed != regionKindWord(true) && typed != regionKindWord(false))
            return false;
        return setKind({row}, typed == regionKindWord(true));
    case Parcel:
        break;
    default:
        return false;
    }
    const std::string before = parcelAt(row);
    if (typed.isEmpty() || typed.toStdString() == before)
        return false;
    if (parcelKey(typed.toStdString()) != parcelKey(before) && !isFree(typed.toStdString()))
        return false;
    RegionTable table = m_table;
    const Row& place = m_rows[static_cast<std::size_t>(row)];
    std::vector<std::string>& parcels = table.regions[place.region].parcels;
    if (place.parcel == kNoParcel)
        parcels.push_back(typed.toStdString());
    else
        parcels[place.parcel] = typed.toStdString();
    return put(table);
}

} // namespace tercet
