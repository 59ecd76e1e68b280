#include "core/brain/folds.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/base/text.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace tercet {
namespace {

/// Numbers 0 … k − 1 for the different values, in the order of their first row, and how many there are.
std::pair<std::vector<int>, int> numbered(std::span<const std::int64_t> values) {
    std::map<std::int64_t, int> numbers;
    std::vector<int> result;
    result.reserve(values.size());
    for (const std::int64_t value : values)
        result.push_back(numbers.try_emplace(value, static_cast<int>(numbers.size())).first->second);
    return {std::move(result), static_cast<int>(numbers.size())};
}

/// Runs that share a stimulus have one number; numbers in the order of the rows.
std::pair<std::vector<int>, int> groupsOfRuns(std::span<const std::int64_t> runs,
                                              std::span<const std::int64_t> stimuli) {
    const auto [run, runCount] = numbered(runs);
    const auto [stimulus, stimulusCount] = numbered(stimuli);
    std::vector<int> parent(static_cast<std::size_t>(runCount));
    std::iota(parent.begin(), parent.end(), 0);
    const auto rootOf = [&](int one) {
        while (parent[static_cast<std::size_t>(one)] != one)
            one = parent[static_cast<std::size_t>(one)] =
                parent[static_cast<std::size_t>(parent[static_cast<std::size_t>(one)])];
        return one;
    };
    std::vector<int> firstRun(static_cast<std::size_t>(stimulusCount), -1);
    for (std::size_t row = 0; row < run.size(); ++row) {
        int& first = firstRun[static_cast<std::size_t>(stimulus[row])];
        if (first < 0)
            first = run[row];
        const int a = rootOf(first);
        const int b = rootOf(run[row]);
        parent[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
    }
    std::vector<std::int64_t> roots;
    for (const int one : run)
        roots.push_back(rootOf(one));
    return numbered(roots);
}

void requireEnough(int there, int needed, const char* what) {
    if (needed < 2 || there < needed)
        throw DataError(
            {.where = "folds",
             .expected = "at least as many " + std::string(what) + " as folds, and two of them",
             .found = withThousands(static_cast<std::uint64_t>(there)) + " for " + std::to_string(needed) + " folds",
             .remedy = "ask for fewer folds"});
}

/// A number below `folds` for each of `count` things, as equally often as can be, at random.
std::vector<int> dealt(int count, int folds, Rng& rng) {
    std::vector<int> result(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        result[static_cast<std::size_t>(i)] = i % folds;
    shuffle(result, rng);
    return result;
}

/// Inner folds at random by stimulus, for outer folds that keep stimuli together.
void dealInner(EncodingFolds& folds, std::span<const int> stimulus, int stimulusCount, int inner, Rng& rng) {
    const int outer = *std::max_element(folds.outer.begin(), folds.outer.end()) + 1;
    folds.inner = Matrix<int>(static_cast<std::size_t>(outer), folds.outer.size(), -1);
    for (int fold = 0; fold < outer; ++fold) {
        std::vector<int> place(static_cast<std::size_t>(stimulusCount), -1);
        int training = 0;
        for (std::size_t row = 0; row < stimulus.size(); ++row)
            if (int& at = place[static_cast<std::size_t>(stimulus[row])]; folds.outer[row] != fold && at < 0)
                at = training++;
        requireEnough(training, inner, "stimuli of a training part");
        const std::vector<int> dealtOut = dealt(training, inner, rng);
        for (std::size_t row = 0; row < stimulus.size(); ++row)
            if (folds.outer[row] != fold)
                folds.inner(static_cast<std::size_t>(fold), row) =
                    dealtOut[static_cast<std::size_t>(place[static_cast<std::size_t>(stimulus[row])])];
    }
}

} // namespace

int EncodingFolds::outerCount() const { return static_cast<int>(inner.rows()); }

int EncodingFolds::innerCount() const {
    return inner.empty() ? 0 : *std::max_element(inner.values().begin(), inner.values().end()) + 1;
}

EncodingFolds foldsByRun(std::span<const std::int64_t> runs, std::span<const std::int64_t> stimuli, int outer,
                         int inner) {
    const auto [group, groups] = groupsOfRuns(runs, stimuli);
    requireEnough(groups, outer, "runs that share no stimulus");
    EncodingFolds folds;
    const auto foldOf = [&](int one) {
        // The first folds have one run more where they cannot be equal.
        const int least = groups / outer;
        const int larger = groups % outer;
        return one < larger * (least + 1) ? one / (least + 1) : larger + (one - larger * (least + 1)) / least;
    };
    for (const int one : group)
        folds.outer.push_back(foldOf(one));
    folds.inner = Matrix<int>(static_cast<std::size_t>(outer), group.size(), -1);
    for (int fold = 0; fold < outer; ++fold) {
        std::vector<int> place(static_cast<std::size_t>(groups), -1);
        int training = 0;
        for (int one = 0; one < groups; ++one)
            if (foldOf(one) != fold)
                place[static_cast<std::size_t>(one)] = training++;
        requireEnough(training, inner, "runs of a training part");
        for (std::size_t row = 0; row < group.size(); ++row)
            if (const int at = place[static_cast<std::size_t>(group[row])]; at >= 0)
                folds.inner(static_cast<std::size_t>(fold), row) = at % inner;
    }
    return folds;
}

EncodingFolds foldsAtRandom(std::span<const std::int64_t> stimuli, int outer, int inner, std::uint64_t seed) {
    const auto [stimulus, count] = numbered(stimuli);
    requireEnough(count, outer, "stimuli");
    Rng rng(seed);
    const std::vector<int> dealtOut = dealt(count, outer, rng);
    EncodingFolds folds;
    for (const int one : stimulus)
        folds.outer.push_back(dealtOut[static_cast<std::size_t>(one)]);
    dealInner(folds, stimulus, count, inner, rng);
    return folds;
}

EncodingFolds foldsAsGiven(std::span<const std::int64_t> given, std::span<const std::int64_t> stimuli, int inner,
                           std::uint64_t seed) {
    const auto [stimulus, count] = numbered(stimuli);
    std::vector<std::int64_t> names(given.begin(), given.end());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    requireEnough(static_cast<int>(names.size()), 2, "given folds");
    EncodingFolds folds;
    std::vector<int> foldOf(static_cast<std::size_t>(count), -1);
    for (std::size_t row = 0; row < given.size(); ++row) {
        const auto fold = static_cast<int>(std::lower_bound(names.begin(), names.end(), given[row]) - names.begin());
        int& known = foldOf[static_cast<std::size_t>(stimulus[row])];
        if (known >= 0 && known != fold)
            throw DataError({.where = "folds",
                             .expected = "every stimulus in one fold",
                             .found = "stimulus " + std::to_string(stimuli[row]) + " in folds " +
                                      std::to_string(names[static_cast<std::size_t>(known)]) + " and " +
                                      std::to_string(given[row])});
        known = fold;
        folds.outer.push_back(fold);
    }
    Rng rng(seed);
    dealInner(folds, stimulus, count, inner, rng);
    return folds;
}

} // namespace tercet
