#include "app/terminal_progress.h"

#include "core/base/text.h"

#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <unistd.h>

namespace tercet {
namespace {

volatile std::sig_atomic_t interrupted = 0;

extern "C" void onInterrupt(int signal) {
    if (interrupted != 0)
        std::_Exit(128 + signal);
    interrupted = 1;
}

} // namespace

TerminalProgress::TerminalProgress(JobControl& control) : m_control(control), m_terminal(::isatty(STDERR_FILENO) != 0) {
    interrupted = 0;
    struct sigaction action {};
    action.sa_handler = onInterrupt;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    m_watcher = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

TerminalProgress::~TerminalProgress() {
    m_watcher.request_stop();
    m_watcher.join();
    if (m_terminal)
        fmt::print(stderr, "\r\033[K");
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

void TerminalProgress::say(const std::string& line) {
    const std::lock_guard guard(m_output);
    fmt::print(stderr, "{}{}\n", m_terminal ? "\r\033[K" : "", line);
}

void TerminalProgress::watch(const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    auto shown = start;
    while (!stop.stop_requested()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        if (interrupted != 0)
            m_control.requestStop();
        const auto now = Clock::now();
        if (now - shown < (m_terminal ? std::chrono::milliseconds(150) : std::chrono::milliseconds(10000)))
            continue;
        shown = now;
        const double seconds = std::chrono::duration<double>(now - start).count();
        const std::lock_guard guard(m_output);
        fmt::print(stderr, "{}{:5.1f} %  {}  {}{}", m_terminal ? "\r\033[K" : "", 100 * m_state->fraction(),
                   formatDuration(seconds), m_state->message(), m_terminal ? "" : "\n");
        std::fflush(stderr);
    }
}

} // namespace tercet
