#pragma once

#include <array>

namespace tercet {

/// What of a subject's voxels is drawn on the cortex.
enum class BrainMapKind {
    Encoding,    ///< r of held-out predictions (SPEC B1)
    Searchlight, ///< ρ (SPEC B4)
    Weights,     ///< encoding weights of one component (SPEC B9)
    Ceiling,     ///< r that a perfect model could reach
};
inline constexpr int kBrainMapKinds = 4;
/// As options and the command line name them.
inline constexpr std::array<const char*, kBrainMapKinds> kBrainMapWords = {"encoding", "searchlight", "weights",
                                                                           "ceiling"};

} // namespace tercet
