#include "core/base/label_placement.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace tercet {
namespace {

constexpr int kRingsPerHeight = 3;
constexpr int kDirections = 12;

struct Offset {
    double x;
    double y;
};

/// Places around the middle in units of a text's height, nearest first; on a ring first above and below, where lines
/// of text need least way.
std::vector<Offset> offsetsTried(double reach) {
    std::vector<Offset> offsets{{0, 0}};
    for (int ring = 1; ring <= static_cast<int>(std::floor(reach * kRingsPerHeight)); ++ring) {
        const double radius = static_cast<double>(ring) / kRingsPerHeight;
        for (int step = 0; step < kDirections; ++step) {
            const int turn = (step + 1) / 2 * (step % 2 == 0 ? 1 : -1); // 0, −1, 1, −2, 2 …
            const double angle = std::numbers::pi * (2.0 * turn / kDirections - 0.5);
            offsets.push_back({radius * std::cos(angle), radius * std::sin(angle)});
        }
    }
    return offsets;
}

} // namespace

std::vector<std::optional<LabelBox>> placedLabels(std::span<const WantedLabel> wanted, const LabelBox& area,
                                                  double reach) {
    const std::vector<Offset> offsets = offsetsTried(reach);
    std::vector<std::optional<LabelBox>> boxes(wanted.size());
    std::vector<LabelBox> taken;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const WantedLabel& label = wanted[i];
        if (!area.contains({label.x, label.y, 0, 0}))
            continue;
        for (const Offset& offset : offsets) {
            const LabelBox box{label.x + offset.x * label.height - label.width / 2,
                               label.y + offset.y * label.height - label.height / 2, label.width, label.height};
            if (!area.contains(box) ||
                std::any_of(taken.begin(), taken.end(), [&](const LabelBox& other) { return box.overlaps(other); }))
                continue;
            boxes[i] = box;
            taken.push_back(box);
            break;
        }
    }
    return boxes;
}

} // namespace tercet
