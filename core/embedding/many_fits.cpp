#include "core/embedding/many_fits.h"

#include "core/base/error.h"
#include "core/base/outcome.h"
#include "core/base/parallel.h"

#include <algorithm>
#include <fmt/format.h>
#include <mutex>
#include <numeric>

namespace tercet {

void runFits(std::size_t count, std::size_t stimuli, const std::function<FitRequest(std::size_t)>& request,
             const std::function<void(std::size_t, SposeResult)>& finished, const JobControl& control,
             const Progress& progress, int threads) {
    std::mutex mutex;
    std::vector<double> shares(count); // done of each fit
    std::size_t done = 0;
    const auto report = [&](std::size_t number, double share) {
        shares[number] = share;
        progress.set(std::accumulate(shares.begin(), shares.end(), 0.0) / static_cast<double>(count));
    };
    const int threadsOfEach = std::max(1, threads / static_cast<int>(std::max<std::size_t>(1, count)));
    progress.say(fmt::format("fit 1 of {}", count));
    parallelFor(count, threads, [&](std::size_t number) {
        control.check();
        const FitRequest asked = request(number);
        SposeFit fit(asked.judgments, stimuli, asked.options, asked.heldOutMask);
        SposeResult result =
            fit.run(control, {}, threadsOfEach, [&](const std::shared_ptr<const FitSnapshot>& snapshot) {
                const std::lock_guard lock(mutex);
                report(number, (static_cast<double>(snapshot->epoch) + snapshot->epochShare) /
                                   static_cast<double>(asked.options.epochLimit));
            });
        if (result.stopReason == StopReason::ByHand)
            throw Cancelled();
        const std::lock_guard lock(mutex);
        finished(number, std::move(result));
        report(number, 1);
        if (++done < count)
            progress.say(fmt::format("fit {} of {}", done + 1, count));
    });
}

} // namespace tercet
