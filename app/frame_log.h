#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <cstddef>
#include <cstdio>
#include <memory>

class QPaintEvent;

namespace tercet {

class MainWindow;

/// Measures how the window answers while it works, for `tercet bench window`: writes one JSON object a line to a file,
///   {"event": "stall", "ms": …}  a turn of the event loop that took more than 5 ms longer than it should
///   {"event": "frame", "ms": …}  time between two repaints of the map
///   {"event": "epoch", "ms": …}  an epoch of the fit that runs
///   {"event": "click", "ms": …}  from a click on the map to the repaint of the roses and of the table of stimuli
/// An empty file name measures nothing. Set by TERCET_FRAME_LOG; with TERCET_FRAME_RUN=step/system it runs that task
/// once the study is open, clicks on the map four times a second while it runs, and ends the program when it is done or
/// after TERCET_FRAME_SECONDS (60).
class FrameLog : public QObject {
public:
    FrameLog(MainWindow& window, const QString& file);
    ~FrameLog() override;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    void onOpened();
    void beat();
    void click();
    void write(const char* event, double milliseconds);
    void finishClick();

    MainWindow& m_window;
    std::unique_ptr<std::FILE, Close> m_file;
    QTimer m_beat;
    QTimer m_clicks;
    QElapsedTimer m_sinceBeat;
    QElapsedTimer m_sinceFrame;
    QElapsedTimer m_sinceClick;
    QElapsedTimer m_sinceStart;
    QWidget* m_map = nullptr;
    QWidget* m_rose = nullptr;
    QWidget* m_table = nullptr;
    bool m_waitsForRose = false;
    bool m_waitsForTable = false;
    bool m_started = false;
    int m_point = 0;
    std::size_t m_epochs = 0; ///< of the running fit that were written
};

} // namespace tercet
