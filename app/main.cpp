#include "app/command_line.h"

#ifdef TERCET_GUI
#include "app/window_program.h"
#endif

#include <string>
#include <vector>

namespace {

/// The first word that is not an option (or the value of --threads).
bool asksForCommand(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--threads")
            ++i;
        else if (!arguments[i].starts_with("--threads="))
            return tercet::isCommand(arguments[i]);
    }
    return false;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (asksForCommand(arguments))
        return tercet::runCommandLine(arguments);
#ifdef TERCET_GUI
    return tercet::runWindow(argc, argv);
#else
    return tercet::runCommandLine(arguments.empty() ? std::vector<std::string>{"--help"} : arguments);
#endif
}
