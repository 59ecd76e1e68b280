#include "app/recent_studies.h"

#include <QSettings>

namespace tercet {
namespace {

void write(const QList<RecentStudies::Entry>& entries) {
    QSettings settings;
    settings.beginWriteArray(QStringLiteral("recent"), static_cast<int>(entries.size()));
    for (int i = 0; i < entries.size(); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(QStringLiteral("folder"), entries[i].folder);
        settings.setValue(QStringLiteral("title"), entries[i].title);
    }
    settings.endArray();
}

} // namespace

QList<RecentStudies::Entry> RecentStudies::list() {
    QList<Entry> entries;
    QSettings settings;
    const int count = settings.beginReadArray(QStringLiteral("recent"));
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        entries << Entry{settings.value(QStringLiteral("folder")).toString(),
                         settings.value(QStringLiteral("title")).toString()};
    }
    settings.endArray();
    return entries;
}

void RecentStudies::add(const Entry& entry) {
    QList<Entry> entries = list();
    entries.removeIf([&](const Entry& other) { return other.folder == entry.folder; });
    entries.prepend(entry);
    while (entries.size() > kMost)
        entries.removeLast();
    write(entries);
}

void RecentStudies::remove(const QString& folder) {
    QList<Entry> entries = list();
    entries.removeIf([&](const Entry& entry) { return entry.folder == folder; });
    write(entries);
}

} // namespace tercet
