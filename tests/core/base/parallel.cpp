#include "core/base/parallel.h"
#include "core/base/error.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <vector>

using namespace tercet;

TEST_CASE("parallelFor calls each index once") {
    for (const int threads : {1, 2, 5}) {
        std::vector<int> calls(1000);
        parallelFor(calls.size(), threads, [&](std::size_t i) { ++calls[i]; });
        CHECK(std::accumulate(calls.begin(), calls.end(), 0) == 1000);
        CHECK(*std::min_element(calls.begin(), calls.end()) == 1);
    }
    parallelFor(0, 2, [](std::size_t) { FAIL("called without work"); });
}

TEST_CASE("parallelFor rethrows what a call threw") {
    CHECK_THROWS_AS(parallelFor(100, 2,
                                [](std::size_t i) {
                                    if (i == 37)
                                        throw DataError({.what = "thirty-seven"});
                                }),
                    DataError);
}

TEST_CASE("a team's ranks see each other's writes after a barrier") {
    for (const int threads : {1, 2, 4}) {
        ThreadTeam team(threads);
        std::vector<int> values(static_cast<std::size_t>(threads));
        std::atomic<int> wrong{0};
        team.run([&](int rank) {
            for (int round = 1; round <= 200; ++round) {
                values[static_cast<std::size_t>(rank)] = round;
                team.barrier();
                for (const int value : values)
                    if (value != round)
                        ++wrong;
                team.barrier();
            }
        });
        CHECK(wrong == 0);
    }
}

TEST_CASE("a team whose rank throws does not hang") {
    ThreadTeam team(3);
    CHECK_THROWS_AS(team.run([&](int rank) {
        team.barrier();
        if (rank == 1)
            throw DataError({.what = "rank one"});
        team.barrier();
        team.barrier();
    }),
                    DataError);
    int after = 0;
    team.run([&](int rank) {
        team.barrier();
        if (rank == 0)
            after = 1;
    });
    CHECK(after == 1);
}
