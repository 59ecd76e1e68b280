#pragma once

#include "core/spaces/emotion_graph.h"

#include <span>
#include <vector>

namespace tercet {

/// Seconds that it takes to draw each of some graphs as the emotion graph's panel does in a large window (chords and
/// communities, 1,600 × 900), the layout's step included. GUI thread; makes an application without a display if there
/// is none.
[[nodiscard]] std::vector<double> graphRedrawSeconds(std::span<const EmotionGraph> graphs);

} // namespace tercet
