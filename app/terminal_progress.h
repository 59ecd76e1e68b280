#pragma once

#include "core/base/control.h"
#include "core/base/progress.h"

#include <memory>
#include <thread>

namespace tercet {

/// Shows a job's progress on stderr while it lives: one line that is rewritten on a terminal, a line every ten seconds
/// elsewhere. Interrupting the program (Ctrl-C) asks the job to stop; a second time ends the program.
class TerminalProgress {
public:
    explicit TerminalProgress(JobControl& control);
    ~TerminalProgress();
    TerminalProgress(const TerminalProgress&) = delete;
    TerminalProgress& operator=(const TerminalProgress&) = delete;

    [[nodiscard]] Progress progress() const { return Progress(m_state); }
    /// Prints a line of its own above the progress.
    void say(const std::string& line);

private:
    void watch(const std::stop_token& stop);

    JobControl& m_control;
    std::shared_ptr<ProgressState> m_state = std::make_shared<ProgressState>();
    std::mutex m_output;
    bool m_terminal;
    std::jthread m_watcher;
};

} // namespace tercet
