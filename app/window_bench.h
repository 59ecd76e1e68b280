#pragma once

#include "core/base/matrix.h"

#include <vector>

namespace tercet {

/// How the window answered while it worked, in ms.
struct WindowFigures {
    std::vector<double> frames; ///< between two repaints of the map while it moved
    std::vector<double> clicks; ///< from a click on the map to roses and table repainted
    std::vector<double> epochs; ///< of the fit
    std::vector<double> stalls; ///< turns of the event loop that came more than 5 ms late
};

/// Whether a window could be shown.
[[nodiscard]] bool hasDisplay();

/// Opens this program's window on a study of these category ratings (stimuli × 34) in a folder of its own, fits them
/// for `seconds` while clicking on the map four times a second, and reads what the window logged (FrameLog). Throws
/// MissingError if the program has no window, StorageError.
[[nodiscard]] WindowFigures measureWindow(const Matrix<double>& ratings, int seconds, int threads);

} // namespace tercet
