#pragma once

#include "widgets/bridge/study_session.h"

#include <QAbstractTableModel>

#include <map>
#include <string>
#include <vector>

namespace tercet {

/// The study's table of regions as rows, one per parcel; a region without parcels has a row of its own (SPEC D6). Every
/// edit is one step to undo; what cannot be is refused.
class RegionTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Region, Kind, Parcel, Voxels };
    static constexpr int kColumns = 4;

    explicit RegionTableModel(StudySession& session, QObject* parent = nullptr);

    /// How many voxels of a subject lie in each parcel, by parcelKey(); none: not known.
    void setVoxels(std::map<std::string, std::int64_t> voxels, const QString& subject);

    /// Gives the parcels of rows to a region, which is made, of the kind of the first row's, if there is none of that
    /// name. A row without a parcel renames its region.
    bool moveToRegion(const std::vector<int>& rows, const QString& region);
    /// Of the regions of the rows, all of each.
    bool setKind(const std::vector<int>& rows, bool subcortical);
    /// Takes parcels out of the table, and regions that have none.
    bool remove(const std::vector<int>& rows);
    /// Adds a parcel, which may be empty, to a region; `subcortical` counts if the region is new.
    bool add(const QString& region, bool subcortical, const QString& parcel);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

signals:
    void refused(const QString& message); ///< one sentence
    void accepted();

private:
    static constexpr std::size_t kNoParcel = static_cast<std::size_t>(-1);
    struct Row {
        std::size_t region = 0;
        std::size_t parcel = kNoParcel;
        friend bool operator==(const Row&, const Row&) = default;
    };
    void reload();
    [[nodiscard]] const RegionTable::Region& regionAt(int row) const;
    [[nodiscard]] std::string parcelAt(int row) const; ///< empty where the region has none
    bool put(const RegionTable& table);
    /// Whether no region has the parcel; refuses it else.
    bool isFree(const std::string& parcel);

    StudySession& m_session;
    RegionTable m_table; ///< that the rows are of
    std::vector<Row> m_rows;
    std::map<std::string, std::int64_t> m_voxels;
    QString m_subject;
};

/// "cortical", "subcortical": as the table says it, for people.
[[nodiscard]] QString regionKindWord(bool subcortical);

} // namespace tercet
