#pragma once

#include "core/base/rng.h"
#include "core/io/terms.h"
#include "core/study/study.h"
#include "core/study/study_import.h"
#include "widgets/bridge/study_session.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextStream>

#include <algorithm>

namespace tercet {

/// A table of `count` stimuli whose ratings follow a few categories each, so that a fit finds something.
inline QString writeRatings(const QString& path, int count, std::uint64_t seed = 7) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Text))
        qFatal("cannot write %s", qPrintable(path));
    QTextStream out(&file);
    out << "id";
    for (const Term& term : knownTerms())
        out << ',' << QString::fromStdString(term.name);
    out << '\n';
    Rng rng(seed);
    constexpr std::uint32_t kGroups = 6;
    for (int i = 0; i < count; ++i) {
        const std::uint32_t group = rng.below(kGroups);
        out << "clip " << i + 1;
        for (std::size_t k = 0; k < kCategoryCount; ++k)
            out << ','
                << QString::number(k % kGroups == group && k < 2 * kGroups ? 0.3 + 0.6 * rng.uniform()
                                                                           : 0.05 * rng.uniform());
        for (std::size_t k = 0; k < kDimensionCount; ++k)
            out << ',' << QString::number(1 + 8 * ((group * 3 + k * 5) % 8 + rng.uniform()) / 9.0);
        out << '\n';
    }
    return path;
}

/// A study of `count` rated stimuli with parameters that make its fits a matter of a second.
inline std::shared_ptr<Study> makeSmallStudy(const QString& folder, int count = 60) {
    auto study = Study::create((folder + "/small.tercet").toStdString(), "Small study");
    ImportRequest request;
    request.kind = "ratings";
    request.files = {writeRatings(folder + "/ratings.csv", count).toStdString()};
    importInto(*study, request);
    for (const System& system : study->systems())
        setParameters(*study, {"fit-embedding", system.name},
                      {{"epochs", "30"}, {"components", "10"}, {"rate", "0.02"}, {"batch", "256"}});
    return study;
}

/// Waits until the session knows its study and nothing runs.
inline bool waitIdle(StudySession& session, int milliseconds = 60000) {
    return QTest::qWaitFor([&] { return !session.tasks().empty() && !session.jobs().busy(); }, milliseconds);
}

} // namespace tercet
