#pragma once

namespace tercet {

/// Opens the window and runs until it is closed: `tercet [STUDY] [--demo [DIR]] [--threads N]`. Returns the exit code:
/// 0, 1 where there is no display, 2 for wrong usage.
int runWindow(int argc, char** argv);

} // namespace tercet
