#pragma once

#include <string>
#include <vector>

namespace tercet {

/// Whether the first word names a command (so that no window is wanted).
[[nodiscard]] bool isCommand(const std::string& word);

/// Runs one command (DESIGN, "Command line"). `arguments` without the program's name. Results on stdout, progress and
/// errors on stderr. Returns the exit code: 0 done, 1 bad input or failure, 2 wrong usage, 130 stopped by the user.
int runCommandLine(const std::vector<std::string>& arguments);

} // namespace tercet
