#pragma once

#include <filesystem>
#include <string>

namespace tercet {

struct BenchRequest {
    std::string name;              ///< one of benchNames(); empty: all that need no file
    std::filesystem::path ratings; ///< fit-paper, window: a rating table; empty: made-up ratings of the same size
    std::filesystem::path points;  ///< map: points (n × d) as .npy; empty: made-up ones of three sizes
    bool json = false;             ///< one JSON object a line
    int threads = 1;               ///< at most; single-thread figures are always given too
};

/// "sample, fit, fit-paper, map, centroids, similarity, window".
[[nodiscard]] std::string benchNames();

/// Times what the program exists for and prints each figure with the share of this machine's limit that it reaches.
/// Throws ParameterError for an unknown name, and what the readers throw.
void runBench(const BenchRequest& request);

} // namespace tercet
