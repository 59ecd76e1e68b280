#include "core/judgments/agreement.h"

#include "core/base/parallel.h"
#include "core/base/statistics.h"

#include <limits>
#include <utility>

namespace tercet {
namespace {

struct Tally {
    std::size_t same = 0;
    std::size_t trials = 0;
};

Tally compare(const std::vector<AnsweredTriplet>& a, const std::vector<AnsweredTriplet>& b) {
    Tally tally;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        if (a[i].stimuli < b[j].stimuli) {
            ++i;
        } else if (b[j].stimuli < a[i].stimuli) {
            ++j;
        } else {
            const std::size_t first = a[i++].modal();
            const std::size_t second = b[j++].modal();
            if (first == 3 || second == 3)
                continue;
            ++tally.trials;
            tally.same += first == second;
        }
    }
    return tally;
}

} // namespace

Agreement agreementOf(std::span<const std::vector<AnsweredTriplet>> systems, int threads, const JobControl& control) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    const std::size_t n = systems.size();
    Agreement result{.share = Matrix<double>(n, n, kNan),
                     .low = Matrix<double>(n, n, kNan),
                     .high = Matrix<double>(n, n, kNan),
                     .kappa = Matrix<double>(n, n, kNan),
                     .trials = Matrix<std::int64_t>(n, n)};
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j)
            pairs.emplace_back(i, j);
    parallelFor(pairs.size(), threads, [&](std::size_t pair) {
        control.check();
        const auto [i, j] = pairs[pair];
        const Tally tally = compare(systems[i], systems[j]);
        result.trials(i, j) = result.trials(j, i) = static_cast<std::int64_t>(tally.trials);
        if (tally.trials == 0)
            return;
        const double share = static_cast<double>(tally.same) / static_cast<double>(tally.trials);
        const Interval interval = wilsonInterval(tally.same, tally.trials);
        result.share(i, j) = result.share(j, i) = share;
        result.low(i, j) = result.low(j, i) = interval.low;
        result.high(i, j) = result.high(j, i) = interval.high;
        result.kappa(i, j) = result.kappa(j, i) = (share - Agreement::kChance) / (1 - Agreement::kChance);
    });
    return result;
}

} // namespace tercet
