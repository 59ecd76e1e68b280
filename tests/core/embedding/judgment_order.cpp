#include "core/embedding/judgment_order.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

using namespace tercet;

namespace {

std::vector<std::uint32_t> epochOf(JudgmentOrder& order, std::size_t epoch, std::size_t batch) {
    order.startEpoch(epoch);
    std::vector<std::uint32_t> met(order.trainingCount());
    for (std::size_t first = 0; first < met.size(); first += batch)
        order.fill(first, std::span(met).subspan(first, std::min(batch, met.size() - first)));
    return met;
}

std::vector<std::uint32_t> sorted(std::vector<std::uint32_t> values) {
    std::sort(values.begin(), values.end());
    return values;
}

} // namespace

TEST_CASE("an epoch meets every training judgment once, whatever the batch") {
    for (const std::size_t count : {7U, 1000U, 100003U}) {
        JudgmentOrder order(count, 0.1, 5);
        CHECK(order.heldOut().size() == static_cast<std::size_t>(std::llround(0.1 * static_cast<double>(count))));
        const std::vector<std::uint32_t> first = epochOf(order, 0, 128);
        std::vector<std::uint32_t> all = sorted(first);
        all.insert(all.end(), order.heldOut().begin(), order.heldOut().end());
        std::vector<std::uint32_t> expected(count);
        std::iota(expected.begin(), expected.end(), 0U);
        CHECK(sorted(all) == expected);
        CHECK(epochOf(order, 0, 13) == first);
        CHECK(epochOf(order, 3, 13) != first);
        CHECK(sorted(epochOf(order, 3, 13)) == sorted(first));
        JudgmentOrder again(count, 0.1, 5);
        CHECK(epochOf(again, 3, 50) == epochOf(order, 3, 13));
        JudgmentOrder other(count, 0.1, 6);
        CHECK(epochOf(other, 0, 128) != first);
    }
}

TEST_CASE("a mask decides what is held out") {
    std::vector<std::uint8_t> mask(1000);
    for (std::size_t i = 0; i < mask.size(); i += 3)
        mask[i] = 1;
    JudgmentOrder order(mask, 1);
    CHECK(order.heldOut().size() == 334);
    CHECK(order.trainingCount() == 666);
    for (const std::uint32_t judgment : epochOf(order, 2, 64))
        REQUIRE(mask[judgment] == 0);
}

TEST_CASE("batches are spread over the data and mixed anew each epoch") {
    constexpr std::size_t kCount = 200000;
    constexpr std::size_t kBatch = 1024;
    JudgmentOrder order(kCount, 0, 2);
    const std::vector<std::uint32_t> a = epochOf(order, 0, kBatch);
    const std::vector<std::uint32_t> b = epochOf(order, 1, kBatch);
    std::vector<std::uint32_t> batchOf(kCount);
    for (std::size_t i = 0; i < kCount; ++i)
        batchOf[b[i]] = static_cast<std::uint32_t>(i / kBatch);
    for (std::size_t first = 0; first + kBatch <= kCount; first += kBatch) {
        double mean = 0;
        std::set<std::uint32_t> next; // batches of the next epoch that this batch's judgments are in
        for (std::size_t i = first; i < first + kBatch; ++i) {
            mean += static_cast<double>(a[i]) / static_cast<double>(kBatch);
            next.insert(batchOf[a[i]]);
        }
        // Uniform numbers: the mean of 1,024 has an s.d. of 0.9 % of the range.
        REQUIRE(std::abs(mean / kCount - 0.5) < 0.045);
        REQUIRE(next.size() >= 48); // of 64 runs of 16, each cut at most once
    }
}
