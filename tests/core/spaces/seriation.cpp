#include "core/spaces/seriation.h"
#include "core/base/rng.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

using namespace tercet;

namespace {

using Order = std::vector<std::size_t>;

Order shuffled(std::size_t count, Rng& rng) {
    Order order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = count; i > 1; --i)
        std::swap(order[i - 1], order[static_cast<std::size_t>(rng.uniform() * static_cast<double>(i))]);
    return order;
}

bool isPermutation(Order order) {
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i)
        if (order[i] != i)
            return false;
    return true;
}

/// exp(−distance) of points on a line.
Matrix<double> alikeOnALine(const std::vector<double>& places) {
    Matrix<double> similarity(places.size(), places.size());
    for (std::size_t i = 0; i < places.size(); ++i)
        for (std::size_t j = 0; j < places.size(); ++j)
            similarity(i, j) = std::exp(-std::abs(places[i] - places[j]));
    return similarity;
}

/// Average linkage by its definition: always the two branches whose lines are on average the most alike.
std::vector<Order> bruteForceBranches(const Matrix<double>& similarity) {
    std::vector<Order> open;
    for (std::size_t i = 0; i < similarity.rows(); ++i)
        open.push_back({i});
    std::vector<Order> branches;
    while (open.size() > 1) {
        double most = -std::numeric_limits<double>::infinity();
        std::size_t first = 0;
        std::size_t second = 0;
        for (std::size_t a = 0; a < open.size(); ++a)
            for (std::size_t b = 0; b < a; ++b) {
                double sum = 0;
                for (const std::size_t i : open[a])
                    for (const std::size_t j : open[b])
                        sum += similarity(i, j);
                if (const double mean = sum / static_cast<double>(open[a].size() * open[b].size()); mean > most) {
                    most = mean;
                    first = b;
                    second = a;
                }
            }
        open[first].insert(open[first].end(), open[second].begin(), open[second].end());
        branches.push_back(open[first]);
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(second));
    }
    return branches;
}

/// Whether these lines stand in a row, in whatever order.
bool together(const Order& order, const Order& lines) {
    std::size_t first = order.size();
    std::size_t last = 0;
    for (const std::size_t line : lines) {
        const auto at = static_cast<std::size_t>(std::find(order.begin(), order.end(), line) - order.begin());
        first = std::min(first, at);
        last = std::max(last, at);
    }
    return last - first + 1 == lines.size();
}

} // namespace

TEST_CASE("points on a line are found in their order from one end or the other") {
    Rng rng(11);
    constexpr std::size_t kCount = 16;
    const Order at = shuffled(kCount, rng);
    std::vector<double> places; // in pairs of pairs of pairs, so that the tree has them in a row
    for (const std::size_t i : at)
        places.push_back(static_cast<double>(i) + static_cast<double>(i / 2) + static_cast<double>(i / 4) +
                         static_cast<double>(i / 8));
    const Order order = seriatedOrder(alikeOnALine(places).view());
    REQUIRE(isPermutation(order));
    REQUIRE(order.size() == kCount);
    const bool rising = at[order.front()] == 0;
    for (std::size_t i = 0; i < kCount; ++i)
        CHECK(at[order[i]] == (rising ? i : kCount - 1 - i));
}

TEST_CASE("every branch of average linkage stands together") {
    Rng rng(5);
    for (const std::size_t count : {2U, 3U, 9U, 40U}) {
        Matrix<double> similarity(count, count, 1);
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < i; ++j)
                similarity(i, j) = similarity(j, i) = rng.uniform();
        const Order order = seriatedOrder(similarity.view());
        REQUIRE(isPermutation(order));
        REQUIRE(order.size() == count);
        for (const Order& branch : bruteForceBranches(similarity))
            CHECK(together(order, branch));
    }
}

TEST_CASE("groups stand together, by their mean similarity and turned towards each other") {
    // Four groups along a line, named and given in another order.
    const std::vector<double> places{10.0, 0.4, 3.3, 0.0, 10.6, 2.7, 7.0, 0.7, 10.3, 3.0, 7.4};
    const std::vector<int> groups{-1, 9, 2, 9, -1, 2, 4, 9, -1, 2, 4};
    const Order order = seriatedOrder(alikeOnALine(places).view(), groups);
    Order expected{3, 1, 7, 5, 9, 2, 6, 10, 0, 8, 4};
    if (order.front() != expected.front())
        std::reverse(expected.begin(), expected.end());
    CHECK(order == expected);
}

TEST_CASE("one group is as none, and each its own group as none too") {
    Rng rng(8);
    std::vector<double> places(20);
    for (double& place : places)
        place = 8 * rng.uniform();
    const Matrix<double> similarity = alikeOnALine(places);
    const Order order = seriatedOrder(similarity.view());
    CHECK(seriatedOrder(similarity.view(), std::vector<int>(20, 3)) == order);
    std::vector<int> each(20);
    std::iota(each.begin(), each.end(), -4);
    CHECK(seriatedOrder(similarity.view(), each) == order);
}

TEST_CASE("orders of nothing, of one line, of equal lines and of missing values") {
    CHECK(seriatedOrder(Matrix<double>().view()).empty());
    CHECK(seriatedOrder(Matrix<double>().view(), {}).empty());
    CHECK(seriatedOrder(Matrix<double>(1, 1).view()) == Order{0});
    CHECK(seriatedOrder(Matrix<double>(5, 5, 0.5).view()) == seriatedOrder(Matrix<double>(5, 5, 0.25).view()));
    CHECK(isPermutation(seriatedOrder(Matrix<double>(5, 5, 0.5).view())));

    Matrix<double> missing(4, 4, std::nan(""));
    missing(0, 3) = missing(3, 0) = 0.4;
    Matrix<double> zeros(4, 4, 0);
    zeros(0, 3) = zeros(3, 0) = 0.4;
    CHECK(seriatedOrder(missing.view()) == seriatedOrder(zeros.view()));
    CHECK(together(seriatedOrder(missing.view()), {0, 3}));
}
