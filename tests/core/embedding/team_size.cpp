#include "core/embedding/team_size.h"

#include <catch2/catch.hpp>

using namespace tercet;

TEST_CASE("a full team that is busy stays full") {
    TeamSize size(2);
    for (int epoch = 0; epoch < 200; ++epoch) {
        CHECK(size.threads() == 2);
        size.epochEnded(0.2, 0.98);
    }
}

TEST_CASE("where threads wait for each other, one goes on alone and the team is tried again") {
    TeamSize size(4);
    int alone = 0;
    for (int epoch = 0; epoch < 100; ++epoch) {
        alone += size.threads() == 1 ? 1 : 0;
        size.epochEnded(size.threads() == 1 ? 0.5 : 2.0, size.threads() == 1 ? 0.6 : 0.2);
    }
    CHECK(alone >= 80);
    CHECK(alone < 100);
    // The machine is free again.
    for (int epoch = 0; epoch < 40; ++epoch)
        size.epochEnded(size.threads() == 1 ? 0.4 : 0.1, 0.95);
    CHECK(size.threads() == 4);
}

TEST_CASE("where one thread is not faster the team is kept, and tried against less and less often") {
    TeamSize size(2);
    int alone = 0;
    for (int epoch = 0; epoch < 300; ++epoch) {
        alone += size.threads() == 1 ? 1 : 0;
        size.epochEnded(size.threads() == 1 ? 0.5 : 0.4, 0.6);
    }
    CHECK(alone >= 2);
    CHECK(alone <= 12); // of 300
}

TEST_CASE("one thread is one thread") {
    TeamSize size(1);
    size.epochEnded(1, 0.1);
    CHECK(size.threads() == 1);
}
