#include "core/base/label_placement.h"

#include "core/base/rng.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace tercet;

namespace {

std::vector<WantedLabel> crowd(std::size_t count, double width, double height) {
    Rng rng(5);
    std::vector<WantedLabel> wanted;
    for (std::size_t i = 0; i < count; ++i)
        wanted.push_back({width * rng.uniform(), height * rng.uniform(), 20 + 40 * rng.uniform(), 14});
    return wanted;
}

} // namespace

TEST_CASE("Names never collide, stay inside and near their place") {
    const LabelBox area{0, 0, 800, 500};
    const auto wanted = crowd(360, 800, 500);
    const auto boxes = placedLabels(wanted, area);
    REQUIRE(boxes.size() == wanted.size());
    std::size_t shown = 0;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        if (!boxes[i])
            continue;
        ++shown;
        CHECK(area.contains(*boxes[i]));
        CHECK(boxes[i]->width == wanted[i].width);
        CHECK(std::hypot(boxes[i]->x + boxes[i]->width / 2 - wanted[i].x,
                         boxes[i]->y + boxes[i]->height / 2 - wanted[i].y) <= 2 * 14 + 1e-9);
        for (std::size_t j = 0; j < i; ++j)
            if (boxes[j])
                CHECK_FALSE(boxes[i]->overlaps(*boxes[j]));
    }
    CHECK(shown > 180);
}

TEST_CASE("A name with room stands on its place, and the first one keeps it") {
    const std::vector<WantedLabel> wanted{{50, 50, 30, 10}, {52, 50, 30, 10}, {200, 50, 10, 10}, {95, 90, 20, 10}};
    const auto boxes = placedLabels(wanted, {0, 0, 100, 100});
    REQUIRE(boxes[0]);
    CHECK(boxes[0]->x == 35);
    CHECK(boxes[0]->y == 45);
    REQUIRE(boxes[1]);
    CHECK(boxes[1]->y + boxes[1]->height <= 45.0); // above, the shortest way
    CHECK_FALSE(boxes[2]);                         // its place is outside
    REQUIRE(boxes[3]);
    CHECK(boxes[3]->x + boxes[3]->width <= 100); // pushed inside
}

TEST_CASE("Names move with the picture") {
    const auto wanted = crowd(100, 400, 300);
    auto moved = wanted;
    for (WantedLabel& label : moved) {
        label.x += 64;
        label.y -= 32;
    }
    const auto boxes = placedLabels(wanted, {-1000, -1000, 3000, 3000});
    const auto movedBoxes = placedLabels(moved, {-1000, -1000, 3000, 3000});
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        REQUIRE(boxes[i].has_value() == movedBoxes[i].has_value());
        if (boxes[i])
            CHECK(movedBoxes[i]->x == Approx(boxes[i]->x + 64));
    }
}
