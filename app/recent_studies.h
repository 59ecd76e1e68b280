#pragma once

#include <QList>
#include <QString>

namespace tercet {

/// The studies that were opened last, newest first, kept in the user's settings.
class RecentStudies {
public:
    struct Entry {
        QString folder; ///< absolute
        QString title;
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    static constexpr int kMost = 10;

    [[nodiscard]] static QList<Entry> list();
    static void add(const Entry& entry);
    static void remove(const QString& folder);
};

} // namespace tercet
