#include "widgets/figures/journal.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <QObject>

#include <algorithm>

namespace tercet {
namespace {

constexpr double kUnitsPerPoint = 96.0 / 72;

const QStringList& sansFamilies() {
    static const QStringList families{QStringLiteral("Arial"),           QStringLiteral("Helvetica"),
                                      QStringLiteral("Liberation Sans"), QStringLiteral("Nimbus Sans"),
                                      QStringLiteral("Open Sans"),       QStringLiteral("DejaVu Sans")};
    return families;
}

} // namespace

const std::vector<Journal>& journals() {
    using Letters = Journal::Letters;
    // eLife prescribes no width: those of its text column and of its page.
    static const std::vector<Journal> known{{QStringLiteral("generic"),
                                             QObject::tr("Any journal"),
                                             {85, 120, 183},
                                             240,
                                             paperLook().families,
                                             {6.75, 6.75, 8.25, 9.75},
                                             0.25,
                                             9.75,
                                             Letters::Lower},
                                            {QStringLiteral("nature"),
                                             QStringLiteral("Nature"),
                                             {89, 120, 183},
                                             247,
                                             sansFamilies(),
                                             {6, 6, 6.75, 6.75},
                                             0.25,
                                             8.25,
                                             Letters::Lower},
                                            {QStringLiteral("science"),
                                             QStringLiteral("Science"),
                                             {57, 121, 184},
                                             230,
                                             sansFamilies(),
                                             {6, 6.75, 6.75, 7.5},
                                             0.5,
                                             9.75,
                                             Letters::Upper},
                                            {QStringLiteral("cell"),
                                             QStringLiteral("Cell"),
                                             {85, 114, 174},
                                             225,
                                             sansFamilies(),
                                             {6, 6.75, 7.5, 8.25},
                                             0.5,
                                             9.75,
                                             Letters::Upper},
                                            {QStringLiteral("pnas"),
                                             QStringLiteral("PNAS"),
                                             {87, 114, 178},
                                             225,
                                             sansFamilies(),
                                             {6, 6.75, 7.5, 8.25},
                                             0.5,
                                             9.75,
                                             Letters::Upper},
                                            {QStringLiteral("elife"),
                                             QStringLiteral("eLife"),
                                             {120, 180},
                                             240,
                                             sansFamilies(),
                                             {6.75, 7.5, 8.25, 9},
                                             0.5,
                                             10.5,
                                             Letters::Upper}};
    return known;
}

const Journal& journalNamed(const QString& name) {
    if (name.isEmpty())
        return journals().front();
    for (const Journal& journal : journals())
        if (journal.name == name)
            return journal;
    throw ParameterError({.where = "journal",
                          .expected = "one of " + journalNames().toStdString(),
                          .found = quoted(name.toStdString())});
}

QString journalNames() {
    QStringList names;
    for (const Journal& journal : journals())
        names << journal.name;
    return names.join(QStringLiteral(", "));
}

Look journalLook(const Journal& journal) {
    Look look = paperLook();
    look.families = journal.families;
    std::transform(journal.textPt.begin(), journal.textPt.end(), look.pixelSizes.begin(),
                   [](double points) { return points * kUnitsPerPoint; });
    look.thinnestLine = journal.thinnestLinePt * kUnitsPerPoint;
    look.lineWidth = std::max(look.lineWidth, look.thinnestLine);
    return look;
}

QString panelLetter(const Journal& journal, int index) {
    QString letter;
    for (int rest = index; rest >= 0; rest = rest / 26 - 1)
        letter.prepend(QChar(u'a' + rest % 26));
    return journal.letters == Journal::Letters::Upper ? letter.toUpper() : letter;
}

} // namespace tercet
