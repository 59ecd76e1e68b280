#pragma once

#include <cstddef>
#include <string>

namespace tercet {

/// What this machine could do at most, measured in about half a second; the yardstick beside benchmarks.
struct MachineLimits {
    std::string instructionSet; ///< the widest vectors the program uses here, e.g. "AVX3"
    double gigaflops = 0;       ///< float32 fused multiply-adds from registers, all threads together
    double cacheGigabytes = 0;  ///< GB/s read and written by a += s · b in 256 kB a thread
    double memoryGigabytes = 0; ///< GB/s of the same in 96 MB a thread
};

[[nodiscard]] MachineLimits measureMachine(int threads);

/// The most memory this process has used so far, bytes.
[[nodiscard]] std::size_t peakMemory();
/// From here on peakMemory() counts anew, from what is used now; without effect where the system does not allow it.
void resetPeakMemory();
/// CPU time of this process so far, s.
[[nodiscard]] double cpuSeconds();

} // namespace tercet
