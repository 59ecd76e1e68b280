#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>

namespace tercet {

using Point3 = std::array<double, 3>;

/// A linear map with a shift, for example from voxel indices (i, j, k) to mm (x to the right, y to the front, z up).
struct Affine {
    std::array<std::array<double, 4>, 3> rows{{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};

    [[nodiscard]] Point3 operator()(const Point3& point) const {
        Point3 result{};
        for (std::size_t r = 0; r < 3; ++r)
            result[r] = rows[r][0] * point[0] + rows[r][1] * point[1] + rows[r][2] * point[2] + rows[r][3];
        return result;
    }
    /// Below 0 where left and right are swapped.
    [[nodiscard]] double determinant() const {
        const auto& m = rows;
        return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
               m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
    }
    /// Nothing if the map cannot be inverted or holds what is not finite.
    [[nodiscard]] std::optional<Affine> inverse() const {
        const double size = determinant();
        if (!std::isfinite(size) || size == 0)
            return {};
        const auto& m = rows;
        Affine result;
        for (std::size_t r = 0; r < 3; ++r)
            for (std::size_t c = 0; c < 3; ++c) {
                const std::size_t a = (c + 1) % 3, b = (c + 2) % 3; // rows and columns of the minor, in turn
                const std::size_t p = (r + 1) % 3, q = (r + 2) % 3;
                result.rows[r][c] = (m[a][p] * m[b][q] - m[a][q] * m[b][p]) / size;
            }
        for (std::size_t r = 0; r < 3; ++r)
            result.rows[r][3] =
                -(result.rows[r][0] * m[0][3] + result.rows[r][1] * m[1][3] + result.rows[r][2] * m[2][3]);
        return result;
    }
    friend bool operator==(const Affine&, const Affine&) = default;
};

} // namespace tercet
