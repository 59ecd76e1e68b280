#include "core/spaces/seriation.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

namespace tercet {
namespace {

using Order = std::vector<std::size_t>;

double orZero(double value) { return std::isnan(value) ? 0 : value; }

/// Both orders in a row, each as it is or turned, such that the ends that meet are the most alike.
Order joined(Order left, Order right, MatrixView<const double> similarity) {
    struct Way {
        bool turnLeft;
        bool turnRight;
        double value;
    };
    const auto between = [&](std::size_t a, std::size_t b) { return orZero(similarity(a, b)); };
    Way best{false, false, between(left.back(), right.front())};
    for (const Way& way :
         {Way{false, true, between(left.back(), right.back())}, Way{true, false, between(left.front(), right.front())},
          Way{true, true, between(left.front(), right.back())}})
        if (way.value > best.value)
            best = way;
    if (best.turnLeft)
        std::reverse(left.begin(), left.end());
    if (best.turnRight)
        std::reverse(right.begin(), right.end());
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

} // namespace

std::vector<std::size_t> seriatedOrder(MatrixView<const double> similarity) {
    assert(similarity.rows() == similarity.cols());
    const std::size_t count = similarity.rows();
    if (count == 0)
        return {};
    // Chains of nearest neighbours: branches that are each other's nearest are joined. Average linkage allows it, as
    // joining two never brings them nearer to a third than the nearer one was.
    Matrix<double> linkage(count, count);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < count; ++j)
            linkage(i, j) = orZero(similarity(i, j));
    std::vector<Order> branches(count); // empty: joined to another
    Order open(count);
    for (std::size_t i = 0; i < count; ++i) {
        branches[i] = {i};
        open[i] = i;
    }
    Order chain;
    while (open.size() > 1) {
        if (chain.empty())
            chain.push_back(open.front());
        const std::size_t end = chain.back();
        const std::size_t before = chain.size() > 1 ? chain[chain.size() - 2] : count;
        std::size_t nearest = before; // of equals the one before, so that the chain ends
        for (const std::size_t other : open)
            if (other != end && (nearest == count || linkage(end, other) > linkage(end, nearest)))
                nearest = other;
        if (nearest != before) {
            chain.push_back(nearest);
            continue;
        }
        chain.clear(); // begun anew, so that rounding of the joined cannot lead it back to itself
        const auto [kept, gone] = std::minmax(end, before);
        const auto keptSize = static_cast<double>(branches[kept].size());
        const auto goneSize = static_cast<double>(branches[gone].size());
        open.erase(std::find(open.begin(), open.end(), gone));
        for (const std::size_t other : open)
            if (other != kept)
                linkage(kept, other) = linkage(other, kept) =
                    (keptSize * linkage(kept, other) + goneSize * linkage(gone, other)) / (keptSize + goneSize);
        branches[kept] = joined(std::move(branches[kept]), std::move(branches[gone]), similarity);
        branches[gone].clear();
    }
    return branches[open.front()];
}

std::vector<std::size_t> seriatedOrder(MatrixView<const double> similarity, std::span<const int> groups) {
    assert(groups.size() == similarity.rows());
    std::map<int, Order> members;
    for (std::size_t i = 0; i < groups.size(); ++i)
        members[groups[i]].push_back(i);
    std::vector<Order> lines;
    for (auto& [group, each] : members)
        lines.push_back(std::move(each));

    Matrix<double> means(lines.size(), lines.size());
    for (std::size_t a = 0; a < lines.size(); ++a)
        for (std::size_t b = 0; b < a; ++b) {
            double sum = 0;
            for (const std::size_t i : lines[a])
                for (const std::size_t j : lines[b])
                    sum += orZero(similarity(i, j));
            means(a, b) = means(b, a) = sum / static_cast<double>(lines[a].size() * lines[b].size());
        }
    const auto withinGroup = [&](const Order& all) {
        Matrix<double> within(all.size(), all.size());
        for (std::size_t i = 0; i < all.size(); ++i)
            for (std::size_t j = 0; j < all.size(); ++j)
                within(i, j) = similarity(all[i], all[j]);
        Order order = seriatedOrder(within.view());
        for (std::size_t& line : order)
            line = all[line];
        return order;
    };
    Order order;
    bool second = false; // until the second group is there, the first one can still turn
    for (const std::size_t group : seriatedOrder(means.view())) {
        Order next = withinGroup(lines[group]);
        if (order.empty()) {
            order = std::move(next);
            second = true;
            continue;
        }
        if (second) {
            order = joined(std::move(order), std::move(next), similarity);
            second = false;
            continue;
        }
        if (orZero(similarity(order.back(), next.back())) > orZero(similarity(order.back(), next.front())))
            std::reverse(next.begin(), next.end());
        order.insert(order.end(), next.begin(), next.end());
    }
    return order;
}

} // namespace tercet
