#include "core/brain/flattening.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <fmt/format.h>
#include <limits>
#include <string>
#include <utility>

namespace tercet {
namespace {

using Place = std::array<double, 2>;
using Places = std::vector<Place>;

double dot(const Places& a, const Places& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i][0] * b[i][0] + a[i][1] * b[i][1];
    return sum;
}

/// a += factor · b
void add(Places& a, double factor, const Places& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t axis = 0; axis < 2; ++axis)
            a[i][axis] += factor * b[i][axis];
}

/// A triangle of the map with its shape on the surface.
struct Patch {
    std::array<std::size_t, 3> corners{};
    double area = 0;                           ///< on the surface
    std::array<std::array<double, 2>, 2> back; ///< inverse of the edges from corner 0, laid flat, as columns
};

std::array<std::array<double, 2>, 2> edges(const Patch& patch, const Places& places) {
    const auto& [a, b, c] = patch.corners;
    return {{{places[b][0] - places[a][0], places[c][0] - places[a][0]},
             {places[b][1] - places[a][1], places[c][1] - places[a][1]}}};
}

double determinant(const std::array<std::array<double, 2>, 2>& m) { return m[0][0] * m[1][1] - m[0][1] * m[1][0]; }

/// The Laplacian of the map's edges, which turns forces into smooth moves.
class Smoother {
public:
    Smoother(std::size_t vertices, const std::vector<Patch>& patches, std::span<const std::array<float, 3>> surface)
        : m_first(vertices + 1), m_diagonal(vertices, 1.0) {
        std::vector<std::vector<Link>> links(vertices);
        const auto join = [&](std::size_t a, std::size_t b, double weight) {
            const auto known = std::ranges::find(links[a], b, &Link::vertex);
            if (known != links[a].end())
                known->weight += weight;
            else
                links[a].push_back({static_cast<std::uint32_t>(b), weight});
        };
        for (const Patch& patch : patches)
            for (std::size_t corner = 0; corner < 3; ++corner) {
                const std::size_t a = patch.corners[(corner + 1) % 3];
                const std::size_t b = patch.corners[(corner + 2) % 3];
                const double weight = std::clamp(cotangent(surface, patch.corners[corner], a, b), 0.05, 5.0);
                join(a, b, weight);
                join(b, a, weight);
            }
        for (std::size_t v = 0; v < vertices; ++v) {
            m_links.insert(m_links.end(), links[v].begin(), links[v].end());
            m_first[v + 1] = m_links.size();
            if (links[v].empty())
                continue;
            m_diagonal[v] = 0;
            for (const Link& link : links[v])
                m_diagonal[v] += link.weight;
            m_diagonal[v] *= 1 + 1e-4; // the map may move as a whole
        }
    }
    /// Solves Laplacian · x = force by conjugate gradients, not to the end.
    [[nodiscard]] Places operator()(const Places& force) const {
        constexpr int kSteps = 20;
        constexpr double kEnough = 1e-6; // of the squared residual
        Places x(force.size());
        Places residual = force;
        Places scaled = overDiagonal(residual);
        Places direction = scaled;
        double size = dot(residual, scaled);
        const double begun = size;
        for (int step = 0; step < kSteps && size > kEnough * begun; ++step) {
            const Places image = apply(direction);
            const double length = size / dot(direction, image);
            add(x, length, direction);
            add(residual, -length, image);
            scaled = overDiagonal(residual);
            const double now = dot(residual, scaled);
            for (std::size_t i = 0; i < x.size(); ++i)
                for (std::size_t axis = 0; axis < 2; ++axis)
                    direction[i][axis] = scaled[i][axis] + now / size * direction[i][axis];
            size = now;
        }
        return x;
    }

private:
    struct Link {
        std::uint32_t vertex;
        double weight;
    };
    static double cotangent(std::span<const std::array<float, 3>> surface, std::size_t at, std::size_t a,
                            std::size_t b) {
        double along = 0, la = 0, lb = 0;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const double u = static_cast<double>(surface[a][axis]) - static_cast<double>(surface[at][axis]);
            const double v = static_cast<double>(surface[b][axis]) - static_cast<double>(surface[at][axis]);
            along += u * v;
            la += u * u;
            lb += v * v;
        }
        return along / std::sqrt(std::max(la * lb - along * along, std::numeric_limits<double>::min()));
    }
    [[nodiscard]] Places overDiagonal(const Places& values) const {
        Places result(values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            result[i] = {values[i][0] / m_diagonal[i], values[i][1] / m_diagonal[i]};
        return result;
    }
    [[nodiscard]] Places apply(const Places& values) const {
        Places result(values.size());
        for (std::size_t v = 0; v < values.size(); ++v) {
            Place sum{m_diagonal[v] * values[v][0], m_diagonal[v] * values[v][1]};
            for (std::size_t at = m_first[v]; at < m_first[v + 1]; ++at) {
                const auto& [vertex, weight] = m_links[at];
                sum[0] -= weight * values[vertex][0];
                sum[1] -= weight * values[vertex][1];
            }
            result[v] = sum;
        }
        return result;
    }

    std::vector<std::size_t> m_first;
    std::vector<Link> m_links;
    std::vector<double> m_diagonal;
};

[[noreturn]] void refuse(std::size_t triangle, std::string expected, std::string found) {
    throw DataError({.where = fmt::format("flat map, triangle {}", withThousands(triangle + 1)),
                     .expected = std::move(expected),
                     .found = std::move(found)});
}

std::vector<Patch> patchesOf(std::span<const std::array<float, 3>> surface,
                             std::span<const std::array<std::uint32_t, 3>> triangles, std::span<const Place> start) {
    std::vector<Patch> patches;
    patches.reserve(triangles.size());
    for (std::size_t t = 0; t < triangles.size(); ++t) {
        Patch patch;
        for (std::size_t corner = 0; corner < 3; ++corner) {
            patch.corners[corner] = triangles[t][corner];
            if (patch.corners[corner] >= surface.size())
                refuse(t, "vertices below " + withThousands(surface.size()), withThousands(patch.corners[corner]));
        }
        double along = 0, ab = 0, ac = 0;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const double origin = surface[patch.corners[0]][axis];
            const double u = static_cast<double>(surface[patch.corners[1]][axis]) - origin;
            const double v = static_cast<double>(surface[patch.corners[2]][axis]) - origin;
            along += u * v;
            ab += u * u;
            ac += v * v;
        }
        const double length = std::sqrt(ab);
        const double height = std::sqrt(std::max(0.0, ac - along * along / ab));
        if (!(length > 0 && height > 1e-9 * length))
            refuse(t, "three corners that are not in line on the surface", "a degenerate triangle");
        patch.area = length * height / 2;
        patch.back = {{{1 / length, -along / length / (length * height)}, {0, 1 / height}}};
        const auto& [a, b, c] = patch.corners;
        if (!((start[b][0] - start[a][0]) * (start[c][1] - start[a][1]) -
                  (start[c][0] - start[a][0]) * (start[b][1] - start[a][1]) >
              0))
            refuse(t, "corners counter-clockwise at the start", "a flipped triangle");
        patches.push_back(patch);
    }
    return patches;
}

/// The energy; infinite where a triangle is flipped. Adds the forces against it to `force` if given.
double energyOf(const std::vector<Patch>& patches, const Places& places, Places* force) {
    double energy = 0;
    for (const Patch& patch : patches) {
        const auto now = edges(patch, places);
        std::array<std::array<double, 2>, 2> map{};
        for (std::size_t r = 0; r < 2; ++r)
            for (std::size_t c = 0; c < 2; ++c)
                map[r][c] = now[r][0] * patch.back[0][c] + now[r][1] * patch.back[1][c];
        const double size = determinant(map);
        if (!(size > 0))
            return std::numeric_limits<double>::infinity();
        const double norm =
            map[0][0] * map[0][0] + map[0][1] * map[0][1] + map[1][0] * map[1][0] + map[1][1] * map[1][1];
        energy += patch.area * norm * (1 + 1 / (size * size));
        if (force == nullptr)
            continue;
        const double direct = 2 * patch.area * (1 + 1 / (size * size));
        const double crossed = 2 * patch.area * norm / (size * size * size);
        const std::array<std::array<double, 2>, 2> slope{
            {{direct * map[0][0] - crossed * map[1][1], direct * map[0][1] + crossed * map[1][0]},
             {direct * map[1][0] + crossed * map[0][1], direct * map[1][1] - crossed * map[0][0]}}};
        for (std::size_t axis = 0; axis < 2; ++axis)
            for (std::size_t edge = 0; edge < 2; ++edge) {
                const double pull = slope[axis][0] * patch.back[edge][0] + slope[axis][1] * patch.back[edge][1];
                (*force)[patch.corners[edge + 1]][axis] -= pull;
                (*force)[patch.corners[0]][axis] += pull;
            }
    }
    return energy;
}

/// How far one can go along `move` before the first triangle has no area.
double lengthToFlip(const std::vector<Patch>& patches, const Places& places, const Places& move) {
    double least = std::numeric_limits<double>::infinity();
    for (const Patch& patch : patches) {
        const auto now = edges(patch, places);
        const auto change = edges(patch, move);
        const double c = determinant(now);
        const double b =
            now[0][0] * change[1][1] + change[0][0] * now[1][1] - now[0][1] * change[1][0] - change[0][1] * now[1][0];
        const double a = determinant(change);
        const double inside = b * b - 4 * a * c;
        if (inside < 0)
            continue;
        // The root that does not cancel, and the other by their product.
        const double sum = -(b + std::copysign(std::sqrt(inside), b)) / 2;
        for (const double root : {a != 0 ? sum / a : -1.0, sum != 0 ? c / sum : -1.0})
            if (root > 0)
                least = std::min(least, root);
    }
    return least;
}

/// Steps of a quasi-Newton descent, which guess the energy's curvature from the last few.
struct Memory {
    struct Step {
        Places move;
        Places change; ///< of the slope
        double product;
    };
    std::deque<Step> steps;

    /// The move from `force`: −inverse curvature · slope.
    [[nodiscard]] Places direction(const Places& force, const Smoother& smoother) const {
        std::vector<double> shares(steps.size());
        Places rest = force;
        for (std::size_t i = steps.size(); i-- > 0;) {
            shares[i] = dot(steps[i].move, rest) / steps[i].product;
            add(rest, -shares[i], steps[i].change);
        }
        Places result = smoother(rest);
        for (std::size_t i = 0; i < steps.size(); ++i)
            add(result, shares[i] - dot(steps[i].change, result) / steps[i].product, steps[i].move);
        return result;
    }
};

} // namespace

std::vector<Place> relaxedFlatMap(std::span<const std::array<float, 3>> surface,
                                  std::span<const std::array<std::uint32_t, 3>> triangles, std::span<const Place> start,
                                  int steps) {
    constexpr std::size_t kRemembered = 6;
    constexpr double kSlowest = 5e-5; // share of the energy that a step should gain
    constexpr int kSlowSteps = 3;     // so many that do not in a row are the end
    if (start.size() != surface.size())
        throw DataError({.where = "flat map",
                         .expected = counted(surface.size(), "place", "places"),
                         .found = withThousands(start.size())});
    const std::vector<Patch> patches = patchesOf(surface, triangles, start);
    const Smoother smoother(surface.size(), patches, surface);
    Places places(start.begin(), start.end());

    double target = 0;
    double size = 0;
    for (const Patch& patch : patches) {
        target += patch.area;
        size += determinant(edges(patch, places)) / 2;
    }
    std::vector<bool> used(surface.size());
    for (const Patch& patch : patches)
        for (const std::size_t corner : patch.corners)
            used[corner] = true;
    for (std::size_t v = 0; v < places.size(); ++v)
        if (used[v])
            for (double& coordinate : places[v])
                coordinate *= std::sqrt(target / size);

    Places force(places.size());
    double energy = energyOf(patches, places, &force);
    Memory memory;
    int slowSteps = 0;
    for (int step = 0; step < steps; ++step) {
        Places move = memory.direction(force, smoother);
        double slope = -dot(move, force);
        if (!(slope < 0)) {
            memory.steps.clear();
            move = smoother(force);
            slope = -dot(move, force);
        }
        if (!(slope < 0))
            break;
        double length = std::min(1.0, 0.8 * lengthToFlip(patches, places, move));
        Places next;
        double reached = std::numeric_limits<double>::infinity();
        for (int attempt = 0; attempt < 30; ++attempt, length /= 2) {
            next = places;
            add(next, length, move);
            reached = energyOf(patches, next, nullptr);
            if (reached <= energy + 1e-4 * length * slope)
                break;
        }
        if (!(reached < energy))
            break;
        Places nextForce(places.size());
        energyOf(patches, next, &nextForce);
        Memory::Step made{.move = std::move(move), .change = force, .product = 0};
        for (Place& place : made.move)
            for (double& coordinate : place)
                coordinate *= length;
        add(made.change, -1, nextForce);
        made.product = dot(made.move, made.change);
        if (made.product > 0) {
            memory.steps.push_back(std::move(made));
            if (memory.steps.size() > kRemembered)
                memory.steps.pop_front();
        }
        const bool slow = energy - reached < kSlowest * energy;
        slowSteps = slow ? slowSteps + 1 : 0;
        if (slow)
            memory.steps.clear(); // a triangle in the way may have spoilt it
        places = std::move(next);
        force = std::move(nextForce);
        energy = reached;
        if (slowSteps == kSlowSteps)
            break;
    }
    return places;
}

} // namespace tercet
