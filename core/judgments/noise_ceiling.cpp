#include "core/judgments/noise_ceiling.h"

#include "core/base/rng.h"

#include <mutex>

namespace tercet {
namespace {

constexpr std::uint64_t kFirstStream = 16ULL << 40U; // not those of other steps, which may have the same seed
constexpr std::size_t kBetweenChecks = std::size_t{1} << 20U;

double meanOf(std::span<const double> values) {
    double sum = 0;
    for (const double value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

} // namespace

NoiseCeiling noiseCeiling(std::span<const AnsweredTriplet> triplets, const NoiseCeilingOptions& options,
                          const JobControl& control, const Progress& progress) {
    std::vector<double> shares;
    shares.reserve(triplets.size());
    for (const AnsweredTriplet& triplet : triplets)
        shares.push_back(static_cast<double>(triplet.most()) / static_cast<double>(triplet.answers()));
    NoiseCeiling ceiling{.share = meanOf(shares), .interval = percentileInterval({})};
    if (shares.empty())
        return ceiling;
    std::vector<double> means(options.resamples);
    std::mutex mutex; // of the progress
    std::size_t done = 0;
    parallelFor(means.size(), options.threads, [&](std::size_t resample) {
        Rng rng(options.seed, kFirstStream + resample);
        double sum = 0;
        for (std::size_t i = 0; i < shares.size(); ++i) {
            if (i % kBetweenChecks == 0)
                control.check();
            sum += shares[rng.below(static_cast<std::uint32_t>(shares.size()))];
        }
        means[resample] = sum / static_cast<double>(shares.size());
        const std::lock_guard lock(mutex);
        progress.set(static_cast<double>(++done) / static_cast<double>(means.size()));
    });
    ceiling.interval = percentileInterval(std::move(means));
    return ceiling;
}

} // namespace tercet
