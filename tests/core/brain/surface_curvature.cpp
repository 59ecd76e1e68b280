#include "core/brain/surface_curvature.h"

#include "core/io/surface_mesh.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>
#include <map>
#include <numbers>

using namespace tercet;

namespace {

/// An octahedron whose triangles were cut into four and put on the sphere, `rounds` times.
SurfaceMesh sphere(double radius, int rounds) {
    SurfaceMesh mesh;
    mesh.vertices = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
    mesh.triangles = {{0, 2, 4}, {2, 1, 4}, {1, 3, 4}, {3, 0, 4}, {2, 0, 5}, {1, 2, 5}, {3, 1, 5}, {0, 3, 5}};
    for (int round = 0; round < rounds; ++round) {
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> middles;
        const auto middle = [&](std::uint32_t a, std::uint32_t b) {
            const auto [place, isNew] =
                middles.emplace(std::minmax(a, b), static_cast<std::uint32_t>(mesh.vertices.size()));
            if (isNew) {
                const auto p = mesh.vertices[a], q = mesh.vertices[b];
                mesh.vertices.push_back({p[0] + q[0], p[1] + q[1], p[2] + q[2]});
            }
            return place->second;
        };
        std::vector<std::array<std::uint32_t, 3>> finer;
        for (const auto& [a, b, c] : mesh.triangles) {
            const std::uint32_t ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
            for (const auto& one : {std::array{a, ab, ca}, {ab, b, bc}, {ca, bc, c}, {ab, bc, ca}})
                finer.push_back(one);
        }
        mesh.triangles = std::move(finer);
        for (auto& vertex : mesh.vertices) {
            const float length = std::hypot(vertex[0], vertex[1], vertex[2]);
            for (float& one : vertex)
                one /= length;
        }
    }
    for (auto& vertex : mesh.vertices)
        for (float& one : vertex)
            one *= static_cast<float>(radius);
    return mesh;
}

/// `place` of `n` × `n` points between 0 and 1; both axes go round if `closed`.
SurfaceMesh sheet(std::uint32_t n, bool closed, const std::function<std::array<double, 3>(double, double)>& place) {
    SurfaceMesh mesh;
    const double steps = closed ? n : n - 1;
    for (std::uint32_t i = 0; i < n; ++i)
        for (std::uint32_t j = 0; j < n; ++j) {
            const auto at = place(i / steps, j / steps);
            mesh.vertices.push_back({static_cast<float>(at[0]), static_cast<float>(at[1]), static_cast<float>(at[2])});
        }
    for (std::uint32_t i = 0; i + (closed ? 0 : 1) < n; ++i)
        for (std::uint32_t j = 0; j + (closed ? 0 : 1) < n; ++j) {
            const std::uint32_t a = i * n + j, b = (i + 1) % n * n + j;
            const std::uint32_t c = (i + 1) % n * n + (j + 1) % n, d = i * n + (j + 1) % n;
            mesh.triangles.push_back({a, b, c});
            mesh.triangles.push_back({a, c, d});
        }
    return mesh;
}

} // namespace

TEST_CASE("A sphere bends outwards by the inverse of its radius, and inwards when seen from inside") {
    for (const double radius : {0.5, 4.0, 60.0}) {
        SurfaceMesh mesh = sphere(radius, 4);
        const std::vector<float> outside = meanCurvature(mesh.vertices, mesh.triangles);
        REQUIRE(outside.size() == mesh.vertices.size());
        for (auto& triangle : mesh.triangles)
            std::swap(triangle[0], triangle[1]);
        const std::vector<float> inside = meanCurvature(mesh.vertices, mesh.triangles);
        double sum = 0;
        for (std::size_t v = 0; v < outside.size(); ++v) {
            sum += double{outside[v]} * radius / static_cast<double>(outside.size());
            REQUIRE(double{outside[v]} * radius == Approx(-1).margin(0.08)); // vertices have unlike shares of the area
            REQUIRE(inside[v] == -outside[v]);
        }
        CHECK(sum == Approx(-1).epsilon(0.005));
    }
}

TEST_CASE("A torus bends as its radii say, outside and in its hole") {
    constexpr double kRing = 10;
    constexpr double kTube = 3;
    constexpr std::uint32_t kPoints = 120;
    const SurfaceMesh torus = sheet(kPoints, true, [](double u, double v) {
        const double a = 2 * std::numbers::pi * u, b = 2 * std::numbers::pi * v;
        const double reach = kRing + kTube * std::cos(b);
        return std::array{reach * std::cos(a), reach * std::sin(a), kTube * std::sin(b)};
    });
    const std::vector<float> curvature = meanCurvature(torus.vertices, torus.triangles);
    for (std::uint32_t j = 0; j < kPoints; ++j) {
        const double c = std::cos(2 * std::numbers::pi * j / kPoints);
        const double expected = -(kRing + 2 * kTube * c) / (2 * kTube * (kRing + kTube * c));
        for (const std::uint32_t i : {0U, 17U, 63U}) {
            INFO(i << ", " << j);
            CHECK(double{curvature[i * kPoints + j]} == Approx(expected).epsilon(0.01));
        }
    }
}

TEST_CASE("A plane and the middle of a saddle are not bent, a valley is above 0 and a ridge below") {
    constexpr std::uint32_t kPoints = 61;
    constexpr std::size_t kMiddle = kPoints / 2 * kPoints + kPoints / 2;
    constexpr double kBend = 0.1; // 1/mm, along each axis
    const auto middleOf = [](double alongX, double alongY) {
        const SurfaceMesh mesh = sheet(kPoints, false, [&](double u, double v) {
            const double x = 6 * (u - 0.5), y = 6 * (v - 0.5);
            return std::array{x, y, (alongX * x * x + alongY * y * y) / 2};
        });
        return double{meanCurvature(mesh.vertices, mesh.triangles)[kMiddle]};
    };
    CHECK(middleOf(0, 0) == Approx(0).margin(1e-6));
    CHECK(middleOf(kBend, -kBend) == Approx(0).margin(1e-4));
    CHECK(middleOf(kBend, 0) == Approx(kBend / 2).epsilon(0.01));
    CHECK(middleOf(-kBend, 0) == Approx(-kBend / 2).epsilon(0.01));
    CHECK(middleOf(kBend, kBend) == Approx(kBend).epsilon(0.01));
}

TEST_CASE("Vertices in no triangle, and triangles without an area, do not bend") {
    SurfaceMesh mesh = sphere(10, 3);
    const std::vector<float> before = meanCurvature(mesh.vertices, mesh.triangles);
    const auto used = static_cast<std::uint32_t>(mesh.vertices.size());
    mesh.vertices.push_back({1000, -5, std::nanf("")});
    for (int i = 0; i < 3; ++i)
        mesh.vertices.push_back({200, 200, 200});
    mesh.triangles.push_back({used + 1, used + 2, used + 3});
    const std::vector<float> curvature = meanCurvature(mesh.vertices, mesh.triangles);
    REQUIRE(curvature.size() == used + 4);
    for (std::size_t v = used; v < curvature.size(); ++v)
        CHECK(curvature[v] == 0);
    CHECK(std::equal(before.begin(), before.end(), curvature.begin()));
    CHECK(meanCurvature({}, {}).empty());
}
