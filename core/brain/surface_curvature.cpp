#include "core/brain/surface_curvature.h"

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

using Vector = std::array<double, 3>;

Vector operator-(const std::array<float, 3>& a, const std::array<float, 3>& b) {
    return {double{a[0]} - double{b[0]}, double{a[1]} - double{b[1]}, double{a[2]} - double{b[2]}};
}
Vector cross(const Vector& a, const Vector& b) {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
double dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
void add(Vector& sum, const Vector& value, double factor) {
    for (std::size_t i = 0; i < 3; ++i)
        sum[i] += factor * value[i];
}

constexpr int kAverages = 4;

} // namespace

std::vector<float> meanCurvature(std::span<const std::array<float, 3>> vertices,
                                 std::span<const std::array<std::uint32_t, 3>> triangles) {
    const std::size_t n = vertices.size();
    std::vector<Vector> laplacian(n, Vector{});
    std::vector<Vector> normal(n, Vector{});
    std::vector<double> area(n, 0);
    for (const auto& triangle : triangles) {
        const Vector across =
            cross(vertices[triangle[1]] - vertices[triangle[0]], vertices[triangle[2]] - vertices[triangle[0]]);
        const double twice = std::sqrt(dot(across, across));
        if (!(twice > 0))
            continue;
        for (std::size_t corner = 0; corner < 3; ++corner) {
            const std::uint32_t a = triangle[corner];
            const std::uint32_t b = triangle[(corner + 1) % 3];
            const std::uint32_t c = triangle[(corner + 2) % 3];
            const double cotangent = dot(vertices[b] - vertices[a], vertices[c] - vertices[a]) / twice;
            const Vector edge = vertices[c] - vertices[b];
            add(laplacian[b], edge, cotangent / 2);
            add(laplacian[c], edge, -cotangent / 2);
            add(normal[a], across, 1);
            area[a] += twice / 6;
        }
    }
    std::vector<double> curvature(n, 0);
    for (std::size_t v = 0; v < n; ++v)
        if (const double length = std::sqrt(dot(normal[v], normal[v])); length > 0 && area[v] > 0)
            curvature[v] = dot(laplacian[v], normal[v]) / length / area[v] / 2;
    for (int round = 0; round < kAverages; ++round) {
        std::vector<double> sum(curvature);
        std::vector<double> count(n, 1);
        for (const auto& triangle : triangles)
            for (std::size_t corner = 0; corner < 3; ++corner) // each edge of a closed surface comes from both sides
                for (const std::size_t other : {(corner + 1) % 3, (corner + 2) % 3}) {
                    sum[triangle[corner]] += curvature[triangle[other]] / 2;
                    count[triangle[corner]] += 0.5;
                }
        for (std::size_t v = 0; v < n; ++v)
            curvature[v] = sum[v] / count[v];
    }
    return {curvature.begin(), curvature.end()};
}

} // namespace tercet
