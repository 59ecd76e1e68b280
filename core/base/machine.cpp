#include "core/base/machine.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sys/resource.h>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/base/machine.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tercet::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Fused multiply-adds in registers, `rounds` × 12 vectors; returns their number of float operations.
double multiplyAdds(std::size_t rounds, float* sink) {
    const hn::ScalableTag<float> d;
    const auto factor = hn::Set(d, 0.999F);
    auto a0 = hn::Set(d, 0.1F), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
    auto a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0;
    for (std::size_t i = 0; i < rounds; ++i) {
        a0 = hn::MulAdd(a0, factor, factor);
        a1 = hn::MulAdd(a1, factor, factor);
        a2 = hn::MulAdd(a2, factor, factor);
        a3 = hn::MulAdd(a3, factor, factor);
        a4 = hn::MulAdd(a4, factor, factor);
        a5 = hn::MulAdd(a5, factor, factor);
        a6 = hn::MulAdd(a6, factor, factor);
        a7 = hn::MulAdd(a7, factor, factor);
        a8 = hn::MulAdd(a8, factor, factor);
        a9 = hn::MulAdd(a9, factor, factor);
        a10 = hn::MulAdd(a10, factor, factor);
        a11 = hn::MulAdd(a11, factor, factor);
    }
    const auto sum =
        hn::Add(hn::Add(hn::Add(a0, a1), hn::Add(a2, a3)),
                hn::Add(hn::Add(hn::Add(a4, a5), hn::Add(a6, a7)), hn::Add(hn::Add(a8, a9), hn::Add(a10, a11))));
    *sink = hn::GetLane(hn::SumOfLanes(d, sum));
    return 2.0 * 12.0 * static_cast<double>(rounds * hn::Lanes(d));
}

/// a += 0.5 b over `count` values, a multiple of the vector length.
void scaledAdd(float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::size_t count) {
    const hn::ScalableTag<float> d;
    const auto factor = hn::Set(d, 0.5F);
    for (std::size_t i = 0; i < count; i += hn::Lanes(d))
        hn::StoreU(hn::MulAdd(factor, hn::LoadU(d, b + i), hn::LoadU(d, a + i)), d, a + i);
}

const char* targetName() { return hwy::TargetName(HWY_TARGET); }

} // namespace
} // namespace tercet::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tercet {
namespace {

HWY_EXPORT(multiplyAdds);
HWY_EXPORT(scaledAdd);
HWY_EXPORT(targetName);

using Clock = std::chrono::steady_clock;

double secondsOf(int threads, const std::function<void(int)>& work) {
    ThreadTeam team(threads);
    double best = 1e9;
    for (int repeat = 0; repeat < 3; ++repeat) {
        Clock::time_point start;
        double seconds = 0;
        team.run([&](int rank) {
            team.barrier();
            if (rank == 0)
                start = Clock::now();
            work(rank);
            team.barrier();
            if (rank == 0)
                seconds = std::chrono::duration<double>(Clock::now() - start).count();
        });
        best = std::min(best, seconds);
    }
    return best;
}

/// GB/s of scaledAdd over blocks of `bytes` a thread, both arrays together.
double bandwidth(int threads, std::size_t bytes, std::size_t repeats) {
    const std::size_t count = bytes / 2 / sizeof(float);
    std::vector<std::vector<float>> a(static_cast<std::size_t>(threads));
    std::vector<std::vector<float>> b(static_cast<std::size_t>(threads));
    const double seconds = secondsOf(threads, [&](int rank) {
        auto& mine = a[static_cast<std::size_t>(rank)];
        auto& other = b[static_cast<std::size_t>(rank)];
        if (mine.empty()) {
            mine.assign(count, 1.0F);
            other.assign(count, 1.0F);
        }
        for (std::size_t i = 0; i < repeats; ++i)
            HWY_DYNAMIC_DISPATCH(scaledAdd)(mine.data(), other.data(), count);
    });
    return 1e-9 * static_cast<double>(threads) * static_cast<double>(repeats) * 3.0 * static_cast<double>(bytes / 2) /
           seconds;
}

} // namespace

MachineLimits measureMachine(int threads) {
    MachineLimits limits;
    limits.instructionSet = HWY_DYNAMIC_DISPATCH(targetName)();
    std::vector<float> sinks(static_cast<std::size_t>(threads) * 64);
    double operations = 0;
    const double seconds = secondsOf(threads, [&](int rank) {
        const double mine = HWY_DYNAMIC_DISPATCH(multiplyAdds)(5'000'000, &sinks[static_cast<std::size_t>(rank) * 64]);
        if (rank == 0)
            operations = mine;
    });
    limits.gigaflops = 1e-9 * static_cast<double>(threads) * operations / seconds;
    limits.cacheGigabytes = bandwidth(threads, std::size_t{256} << 10U, 4000);
    limits.memoryGigabytes = bandwidth(threads, std::size_t{96} << 20U, 3);
    return limits;
}

std::size_t peakMemory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

void resetPeakMemory() { std::ofstream("/proc/self/clear_refs") << "5"; }

double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace tercet
#endif
