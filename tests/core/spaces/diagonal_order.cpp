#include "core/spaces/diagonal_order.h"
#include "core/base/rng.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

using namespace tercet;

namespace {

std::vector<std::size_t> shuffled(std::size_t count, Rng& rng) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = count; i > 1; --i)
        std::swap(order[i - 1], order[static_cast<std::size_t>(rng.uniform() * static_cast<double>(i))]);
    return order;
}

bool isPermutation(std::vector<std::size_t> order) {
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i)
        if (order[i] != i)
            return false;
    return true;
}

} // namespace

TEST_CASE("a shuffled diagonal is found again") {
    Rng rng(4);
    constexpr std::size_t kSize = 12;
    const std::vector<std::size_t> at = shuffled(kSize, rng); // the strong column of each row
    Matrix<double> values(kSize, kSize);
    for (std::size_t i = 0; i < kSize; ++i)
        for (std::size_t j = 0; j < kSize; ++j)
            values(i, j) = j == at[i] ? 0.9 : 0.3 * rng.uniform();
    const auto columns = diagonalColumns(values.view(), std::vector<int>(kSize, 0));
    CHECK(columns == at);
    const auto rows = diagonalRows(values.view(), columns);
    for (std::size_t i = 0; i < kSize; ++i)
        CHECK(rows[i] == i);

    std::vector<std::size_t> asTheyAre(kSize);
    std::iota(asTheyAre.begin(), asTheyAre.end(), std::size_t{0});
    const auto byColumn = diagonalRows(values.view(), asTheyAre);
    for (std::size_t i = 0; i < kSize; ++i)
        CHECK(at[byColumn[i]] == i);
}

TEST_CASE("orders are permutations that keep groups together, whatever the values") {
    Rng rng(9);
    const double nan = std::nan("");
    Matrix<double> values(7, 10);
    for (double& value : values.values())
        value = rng.uniform() < 0.2 ? nan : 2 * rng.uniform() - 1;
    for (std::size_t j = 0; j < 10; ++j)
        values(3, j) = nan;
    const std::vector<int> groups{0, 0, 0, 0, 0, 0, 1, 1, 1, 1};
    const auto columns = diagonalColumns(values.view(), groups);
    CHECK(isPermutation(columns));
    CHECK(std::is_sorted(columns.begin(), columns.end(),
                         [&](std::size_t a, std::size_t b) { return groups[a] < groups[b]; }));
    const auto rows = diagonalRows(values.view(), columns);
    CHECK(isPermutation(rows));
    CHECK(rows.back() == 3);
    // Brute force: each row's peak stands no further left than that of the row before.
    std::size_t before = 0;
    for (std::size_t k = 0; k + 1 < rows.size(); ++k) {
        std::size_t peak = 0;
        double highest = -2;
        for (std::size_t place = 0; place < columns.size(); ++place)
            if (values(rows[k], columns[place]) > highest) {
                highest = values(rows[k], columns[place]);
                peak = place;
            }
        CHECK(peak >= before);
        before = peak;
    }
    CHECK(diagonalRows(Matrix<double>().view(), {}).empty());
}
