#include "core/brain/pattern_reliability.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/text.h"
#include "core/brain/pattern_correlation.h"

#include <limits>

namespace tercet {
namespace {

/// The showings of a stimulus in two halves: rows of the responses.
struct Halving {
    std::size_t stimulus;
    std::vector<std::size_t> first;
    std::vector<std::size_t> second; ///< as many
};

/// In the order of the stimuli; those that were shown once or never are not in it.
std::vector<Halving> halvingsOf(std::span<const std::int32_t> stimulusOfRow, std::size_t stimuli,
                                const ReliabilityOptions& options) {
    std::vector<std::vector<std::size_t>> showings(stimuli);
    for (std::size_t row = 0; row < stimulusOfRow.size(); ++row) {
        const std::int32_t stimulus = stimulusOfRow[row];
        if (stimulus < 0 || static_cast<std::size_t>(stimulus) >= stimuli)
            throw DataError({.where = "reliability, response " + withThousands(row + 1),
                             .expected = "a stimulus from 0 below " + withThousands(stimuli),
                             .found = std::to_string(stimulus)});
        showings[static_cast<std::size_t>(stimulus)].push_back(row);
    }
    std::vector<Halving> halvings;
    for (std::size_t s = 0; s < stimuli; ++s) {
        std::vector<std::size_t>& rows = showings[s];
        const auto half = static_cast<std::ptrdiff_t>(rows.size() / 2);
        if (half == 0)
            continue;
        Rng rng(options.seed, s);
        for (std::size_t h = 0; h < (rows.size() == 2 ? 1 : options.halvings); ++h) {
            if (rows.size() > 2)
                shuffle(rows, rng);
            halvings.push_back(
                {s, {rows.begin(), rows.begin() + half}, {rows.begin() + half, rows.begin() + 2 * half}});
        }
    }
    return halvings;
}

double meanOf(MatrixView<const double> responses, const std::vector<std::size_t>& rows, std::size_t voxel) {
    double sum = 0;
    for (const std::size_t row : rows)
        sum += responses(row, voxel);
    return sum / static_cast<double>(rows.size());
}

} // namespace

std::vector<double> patternReliability(std::span<const std::int32_t> stimulusOfRow, std::size_t stimuli,
                                       std::size_t voxels, const ResponseReader& read,
                                       const ReliabilityOptions& options, std::size_t bytes, const JobControl& control,
                                       const Progress& progress, int threads) {
    if (options.halvings == 0)
        throw ParameterError({.where = "reliability", .expected = "at least one halving", .found = "none"});
    const std::vector<Halving> halvings = halvingsOf(stimulusOfRow, stimuli, options);
    if (halvings.empty())
        throw DataError({.where = "reliability", .what = "no stimulus was shown more than once"});
    const std::vector<double> r = correlatePatterns(
        {.rows = stimulusOfRow.size(), .voxels = voxels, .pairs = halvings.size()}, read,
        [&](MatrixView<const double> responses, std::span<const std::size_t> usable, std::span<PairSums> sums) {
            for (std::size_t p = 0; p < halvings.size(); ++p) {
                control.check();
                for (const std::size_t v : usable)
                    sums[p].add(meanOf(responses, halvings[p].first, v), meanOf(responses, halvings[p].second, v));
            }
        },
        bytes, control, progress, threads);
    std::vector<double> reliability(stimuli, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t p = 0; p < halvings.size();) {
        const std::size_t stimulus = halvings[p].stimulus;
        double sum = 0;
        std::size_t count = 0;
        for (; p < halvings.size() && halvings[p].stimulus == stimulus; ++p, ++count)
            sum += r[p];
        reliability[stimulus] = sum / static_cast<double>(count);
    }
    return reliability;
}

} // namespace tercet
