#pragma once

#include <optional>
#include <span>
#include <vector>

namespace tercet {

/// A rectangle in a picture, y down, in any unit of length.
struct LabelBox {
    double x = 0; ///< left edge
    double y = 0; ///< top edge
    double width = 0;
    double height = 0;
    [[nodiscard]] bool overlaps(const LabelBox& other) const noexcept {
        return x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height;
    }
    [[nodiscard]] bool contains(const LabelBox& other) const noexcept {
        return other.x >= x && other.y >= y && other.x + other.width <= x + width &&
               other.y + other.height <= y + height;
    }
};

/// A text that wants to be centred on its place.
struct WantedLabel {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
};

/// Places texts so that no two overlap and each lies inside `area`: earlier ones first, on their place if that is free,
/// else as near to it as is free, up to `reach` heights away; nothing for those that find no room there or whose place
/// is outside `area` (SPEC B6). Where a text goes depends on places relative to each other alone, so that all move
/// together when the picture is moved, except at the edges of `area`.
[[nodiscard]] std::vector<std::optional<LabelBox>> placedLabels(std::span<const WantedLabel> wanted,
                                                                const LabelBox& area, double reach = 2);

} // namespace tercet
