#include "app/frame_log.h"

#include "app/main_window.h"
#include "app/workspace.h"
#include "widgets/panels/map_panel.h"
#include "widgets/panels/rose_panel.h"
#include "widgets/panels/stimulus_view.h"
#include "widgets/panels/study_panel.h"
#include "widgets/plots/point_map.h"
#include "widgets/plots/rose_plot.h"

#include <QApplication>
#include <QEvent>
#include <QMouseEvent>

#include <algorithm>

namespace tercet {
namespace {

constexpr int kBeatMilliseconds = 5;
constexpr int kClickMilliseconds = 250;
constexpr double kLongestFrame = 1000; ///< a longer time means that the map rested

double milliseconds(const QElapsedTimer& timer) { return static_cast<double>(timer.nsecsElapsed()) / 1e6; }

} // namespace

FrameLog::FrameLog(MainWindow& window, const QString& file) : m_window(window) {
    if (file.isEmpty())
        return;
    m_file.reset(std::fopen(qPrintable(file), "w"));
    if (!m_file) {
        MainWindow::reportEverywhere(
            tr("%1: the log of frames cannot be written; give TERCET_FRAME_LOG a file that can.").arg(file));
        return;
    }
    connect(&window, &MainWindow::studyOpened, this, &FrameLog::onOpened);
    connect(&window, &MainWindow::studyClosed, this, [this] {
        m_beat.stop();
        m_clicks.stop();
        m_map = m_rose = m_table = nullptr;
    });
    m_beat.setTimerType(Qt::PreciseTimer);
    m_beat.setInterval(kBeatMilliseconds);
    connect(&m_beat, &QTimer::timeout, this, &FrameLog::beat);
    m_clicks.setInterval(kClickMilliseconds);
    connect(&m_clicks, &QTimer::timeout, this, &FrameLog::click);
}

FrameLog::~FrameLog() = default;

void FrameLog::write(const char* event, double ms) {
    std::fprintf(m_file.get(), "{\"event\": \"%s\", \"ms\": %.3f}\n", event, ms);
    std::fflush(m_file.get());
}

void FrameLog::onOpened() {
    const Workspace& workspace = *m_window.workspace();
    m_map = qobject_cast<MapPanel*>(workspace.panel(QStringLiteral("map")))->plot();
    m_rose = qobject_cast<RosePanel*>(workspace.panel(QStringLiteral("rose")))->plot();
    m_table = qobject_cast<StudyPanel*>(workspace.panel(QStringLiteral("study")))->view()->viewport();
    for (QWidget* widget : {m_map, m_rose, m_table})
        widget->installEventFilter(this);
    const QStringList run = qEnvironmentVariable("TERCET_FRAME_RUN").split('/');
    connect(m_window.session(), &StudySession::statesChanged, this, [this, run] {
        StudySession& session = *m_window.session();
        const Task task{run.value(0).toStdString(), run.value(1).toStdString()};
        const auto& tasks = session.tasks();
        if (std::find(tasks.begin(), tasks.end(), task) == tasks.end())
            return;
        if (!m_started) {
            m_started = true;
            m_sinceStart.start();
            session.run(task);
            m_clicks.start();
        } else if (!session.running(task) && !session.queued(task)) {
            m_clicks.stop();
            QMetaObject::invokeMethod(&m_window, &QWidget::close, Qt::QueuedConnection);
        }
    });
    connect(m_window.session(), &StudySession::fitChanged, this, [this](const QString& system) {
        const auto fit = m_window.session()->fit(system);
        if (!fit || !fit->live)
            return;
        m_epochs = std::min(m_epochs, fit->records.size());
        for (; m_epochs < fit->records.size(); ++m_epochs)
            write("epoch", 1000 * fit->records[m_epochs].seconds);
    });
    m_sinceBeat.start();
    m_beat.start();
}

void FrameLog::beat() {
    const double took = milliseconds(m_sinceBeat);
    m_sinceBeat.restart();
    if (took > 2 * kBeatMilliseconds)
        write("stall", took - kBeatMilliseconds);
    bool given = false;
    const int limit = qEnvironmentVariableIntValue("TERCET_FRAME_SECONDS", &given);
    if (m_started && m_sinceStart.elapsed() > 1000 * (given ? limit : 60)) {
        m_beat.stop();
        m_window.close();
    }
}

void FrameLog::click() {
    auto* map = qobject_cast<PointMap*>(m_map);
    if (!map || map->pointCount() == 0 || m_waitsForRose || m_waitsForTable)
        return;
    constexpr int kStride = 977; // wanders over the map
    m_point = (m_point + kStride) % map->pointCount();
    const QPointF place = map->placeOf(m_point);
    const QPointF global = map->mapToGlobal(place);
    for (const auto type : {QEvent::MouseButtonPress, QEvent::MouseButtonRelease})
        QCoreApplication::postEvent(
            map, new QMouseEvent(type, place, global, Qt::LeftButton,
                                 type == QEvent::MouseButtonPress ? Qt::LeftButton : Qt::NoButton, Qt::NoModifier));
    m_sinceClick.start();
}

bool FrameLog::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::MouseButtonRelease && watched == m_map) {
        if (!m_clicks.isActive())
            m_sinceClick.start();
        m_waitsForRose = m_rose->isVisible();
        m_waitsForTable = m_table->isVisible();
    } else if (event->type() == QEvent::Paint) {
        const auto* map = qobject_cast<PointMap*>(m_map);
        if (watched == m_map && map && map->gliding()) {
            const double since = m_sinceFrame.isValid() ? milliseconds(m_sinceFrame) : kLongestFrame;
            m_sinceFrame.restart();
            if (since < kLongestFrame)
                write("frame", since);
        } else if (watched == m_map) {
            m_sinceFrame.invalidate();
        } else if (watched == m_rose && m_waitsForRose) {
            const auto* panel = qobject_cast<RosePanel*>(m_window.workspace()->panel(QStringLiteral("rose")));
            const auto& selected = m_window.session()->selection().stimuli();
            if (panel->shownStimuli() == selected.mid(0, RosePanel::kMostStimuli)) {
                m_waitsForRose = false;
                finishClick();
            }
        } else if (watched == m_table && m_waitsForTable) {
            m_waitsForTable = false;
            finishClick();
        }
    }
    return QObject::eventFilter(watched, event);
}

void FrameLog::finishClick() {
    // The paint event has yet to be handled: what is measured ends with the next turn of the event loop.
    if (!m_waitsForRose && !m_waitsForTable)
        QTimer::singleShot(0, Qt::PreciseTimer, this, [this] { write("click", milliseconds(m_sinceClick)); });
}

} // namespace tercet
