#include "core/judgments/answer_counts.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace tercet {
namespace {

constexpr std::size_t kBetweenChecks = std::size_t{1} << 20U;

/// A judgment without its lowest stimulus: the other two, ascending, and the place of the odd one of all three.
using Rest = std::array<std::uint32_t, 3>;

} // namespace

std::uint32_t AnsweredTriplet::most() const noexcept { return std::max({odd[0], odd[1], odd[2]}); }

std::size_t AnsweredTriplet::modal() const noexcept {
    const std::uint32_t highest = most();
    if (std::count(odd.begin(), odd.end(), highest) != 1)
        return 3;
    return static_cast<std::size_t>(std::find(odd.begin(), odd.end(), highest) - odd.begin());
}

std::vector<AnsweredTriplet> countAnswers(const Triplets& judgments, std::size_t least, int threads,
                                          const JobControl& control) {
    // Sorted into groups of one lowest stimulus, then each group on its own.
    std::vector<std::size_t> begin(1, 0);
    std::vector<Rest> rests(judgments.size());
    judgments.visit([&](const auto values) {
        const auto lowest = [&](std::size_t t) {
            return std::size_t{std::min({values[3 * t], values[3 * t + 1], values[3 * t + 2]})};
        };
        for (std::size_t t = 0; t < rests.size(); ++t) {
            if (t % kBetweenChecks == 0)
                control.check();
            if (lowest(t) + 2 > begin.size())
                begin.resize(lowest(t) + 2);
            ++begin[lowest(t) + 1];
        }
        for (std::size_t i = 1; i < begin.size(); ++i)
            begin[i] += begin[i - 1];
        std::vector<std::size_t> next = begin;
        for (std::size_t t = 0; t < rests.size(); ++t) {
            if (t % kBetweenChecks == 0)
                control.check();
            std::array<std::uint32_t, 3> rows{values[3 * t], values[3 * t + 1], values[3 * t + 2]};
            const std::uint32_t odd = rows[2];
            std::sort(rows.begin(), rows.end());
            if (rows[0] == rows[1] || rows[1] == rows[2])
                throw DataError({.where = "judgment " + withThousands(t + 1),
                                 .expected = "three different stimuli",
                                 .found = fmt::format("row {} twice", rows[1]),
                                 .remedy = "remove or correct this judgment"});
            const auto place = static_cast<std::uint32_t>(std::find(rows.begin(), rows.end(), odd) - rows.begin());
            rests[next[rows[0]]++] = {rows[1], rows[2], place};
        }
    });
    const std::size_t groups = begin.size() - 1;
    std::vector<std::vector<AnsweredTriplet>> found(groups);
    parallelFor(groups, threads, [&](std::size_t group) {
        control.check();
        const auto first = rests.begin() + static_cast<std::ptrdiff_t>(begin[group]);
        const auto last = rests.begin() + static_cast<std::ptrdiff_t>(begin[group + 1]);
        std::sort(first, last);
        for (auto at = first; at != last;) {
            AnsweredTriplet triplet{.stimuli = {static_cast<std::uint32_t>(group), (*at)[0], (*at)[1]}};
            for (; at != last && (*at)[0] == triplet.stimuli[1] && (*at)[1] == triplet.stimuli[2]; ++at)
                ++triplet.odd[(*at)[2]];
            if (triplet.answers() >= least)
                found[group].push_back(triplet);
        }
    });
    std::vector<AnsweredTriplet> all;
    for (const auto& part : found)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

} // namespace tercet
