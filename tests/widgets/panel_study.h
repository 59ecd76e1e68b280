#pragma once

#include "small_study.h"

#include <memory>
#include <string_view>

namespace tercet {

inline constexpr const char* kCategories = "human-categories";
inline constexpr const char* kDimensions = "human-dimensions";

/// A small study in a temporary folder; without ratings it has no stimuli and no systems.
class PanelStudy {
public:
    explicit PanelStudy(bool withRatings = true)
        : m_study(withRatings ? makeSmallStudy(m_folder.path())
                              : Study::create((m_folder.path() + "/bare.tercet").toStdString(), "Bare study")) {}

    [[nodiscard]] const std::shared_ptr<Study>& study() const { return m_study; }
    [[nodiscard]] QString folder() const { return m_folder.path(); }

    /// Runs a step and what it needs, on this thread.
    void run(const char* step, const char* system = kCategories) const {
        if (std::string_view(step) == "centroids") // few stimuli, few of each category
            setParameters(*m_study, {step, system}, {{"minimum", "3"}, {"permutations", "20"}});
        JobControl control;
        runTask(*m_study, {step, system}, {.control = control, .progress = {}});
    }

    /// The same for both systems.
    void runBoth(const char* step) const {
        run(step, kCategories);
        run(step, kDimensions);
    }

    /// A session that has read the study.
    [[nodiscard]] std::unique_ptr<StudySession> open() const {
        auto session = std::make_unique<StudySession>(m_study);
        QSignalSpy opened(session.get(), &StudySession::opened);
        if (!opened.wait(20000))
            qFatal("the session did not open");
        return session;
    }

private:
    QTemporaryDir m_folder;
    std::shared_ptr<Study> m_study;
};

/// Shows a panel and lets it refresh.
inline void showPanel(QWidget& panel, const QSize& size = {640, 480}) {
    panel.resize(size);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    QCoreApplication::processEvents();
}

} // namespace tercet
