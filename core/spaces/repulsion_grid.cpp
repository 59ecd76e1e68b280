#include "core/spaces/repulsion_grid.h"

#include <fftw3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <numbers>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/spaces/repulsion_grid.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef TERCET_REPULSION_GRID_ONCE
#define TERCET_REPULSION_GRID_ONCE
namespace tercet {
namespace {

/// Neighbouring floats; the compiler cuts them into what a processor has.
using Eight [[gnu::vector_size(32)]] = float;

constexpr std::size_t kDegree = 5;
constexpr std::size_t kNodes = kDegree + 1; // that a point touches in each direction
constexpr std::ptrdiff_t kBefore = 2;       // of them before the node below the point

/// Polynomials of the quintic B-spline: the six weights' coefficients of 1, t, …, t⁵, times 120.
constexpr Eight kSpline[kDegree + 1] = {
    {1, 26, 66, 26, 1, 0},    {-5, -50, 0, 50, 5, 0},  {10, 20, -60, 20, 10, 0},
    {-10, 20, 0, -20, 10, 0}, {5, -20, 30, -20, 5, 0}, {-1, 5, -10, 10, -5, 1},
};
constexpr float kSplineScale = 1.F / 120;

/// Places between two nodes, in each direction, for which a point's effect on itself is tabulated.
constexpr std::size_t kSelfPlaces = 32;

} // namespace
} // namespace tercet
#endif

HWY_BEFORE_NAMESPACE();
namespace tercet {
namespace HWY_NAMESPACE {
namespace {

using Geometry = RepulsionGrid::Geometry;

HWY_INLINE void loadEight(const float* from, Eight& value) { std::memcpy(&value, from, sizeof value); }
HWY_INLINE void storeEight(const Eight& value, float* to) { std::memcpy(to, &value, sizeof value); }

/// B-spline weights of the nodes around a point `t` ∈ [0, 1) beyond the node below it.
HWY_INLINE void splineAt(float t, Eight& weights) {
    weights = kSpline[kDegree];
    for (std::size_t power = kDegree; power-- > 0;)
        weights = weights * t + kSpline[power];
    weights *= kSplineScale;
}
/// Their derivatives by t.
HWY_INLINE void slopeAt(float t, Eight& slopes) {
    slopes = static_cast<float>(kDegree) * kSpline[kDegree];
    for (std::size_t power = kDegree; power-- > 1;)
        slopes = slopes * t + static_cast<float>(power) * kSpline[power];
    slopes *= kSplineScale;
}
HWY_INLINE float sumOf(const Eight& value) {
    return ((value[0] + value[1]) + (value[2] + value[3])) + (value[4] + value[5]);
}

struct Place {
    std::size_t node; // lowest of those touched
    float tx;
    float ty;
};

HWY_INLINE Place placeOn(const Geometry& grid, float inverse, float x, float y) {
    const float gx = (x - grid.originX) * inverse;
    const float gy = (y - grid.originY) * inverse;
    const auto ix = static_cast<std::int32_t>(gx);
    const auto iy = static_cast<std::int32_t>(gy);
    return {.node = static_cast<std::size_t>(ix - kBefore) * 2 * grid.side + static_cast<std::size_t>(iy - kBefore),
            .tx = gx - static_cast<float>(ix),
            .ty = gy - static_cast<float>(iy)};
}

HWY_ATTR void spread(const Geometry& grid, const float* positions, std::size_t count, float* charges) {
    const float inverse = 1 / grid.spacing;
    for (std::size_t i = 0; i < count; ++i) {
        const Place place = placeOn(grid, inverse, positions[2 * i], positions[2 * i + 1]);
        Eight wx;
        Eight wy;
        splineAt(place.tx, wx);
        splineAt(place.ty, wy);
        float* node = charges + place.node;
        for (std::size_t r = 0; r < kNodes; ++r, node += 2 * grid.side) {
            Eight row;
            loadEight(node, row);
            row += wx[r] * wy;
            storeEight(row, node);
        }
    }
}

HWY_ATTR double evaluate(const Geometry& grid, const float* potential, const float* self, const float* positions,
                         std::size_t count, float* forces) {
    const float inverse = 1 / grid.spacing;
    const float scale = -0.5F * inverse;
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Place place = placeOn(grid, inverse, positions[2 * i], positions[2 * i + 1]);
        Eight wx;
        Eight dx;
        Eight wy;
        Eight dy;
        splineAt(place.tx, wx);
        slopeAt(place.tx, dx);
        splineAt(place.ty, wy);
        slopeAt(place.ty, dy);
        const float* node = potential + place.node;
        Eight value = {};
        Eight slope = {};
        for (std::size_t r = 0; r < kNodes; ++r, node += 2 * grid.side) {
            Eight row;
            loadEight(node, row);
            value += wx[r] * row;
            slope += dx[r] * row;
        }
        const float* own = self + 4 * (static_cast<std::size_t>(place.tx * kSelfPlaces) * kSelfPlaces +
                                       static_cast<std::size_t>(place.ty * kSelfPlaces));
        slope *= wy;
        dy *= value;
        value *= wy;
        forces[2 * i] = scale * sumOf(slope) - own[0];
        forces[2 * i + 1] = scale * sumOf(dy) - own[1];
        sum += static_cast<double>(sumOf(value) - own[2]);
    }
    return sum;
}

/// Multiplies `columns` complex numbers by as many factors.
HWY_ATTR void scaleRow(float* HWY_RESTRICT numbers, const float* HWY_RESTRICT factors, std::size_t columns) {
    for (std::size_t k = 0; k < columns; ++k) {
        numbers[2 * k] *= factors[k];
        numbers[2 * k + 1] *= factors[k];
    }
}

} // namespace
} // namespace HWY_NAMESPACE
} // namespace tercet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tercet {
namespace {

HWY_EXPORT(spread);
HWY_EXPORT(evaluate);
HWY_EXPORT(scaleRow);

constexpr std::size_t kBatch = 8;     // rows or columns of a task
constexpr std::size_t kSideUnit = 16; // of which sides are multiples
constexpr std::size_t kLargestSide = 1024;
constexpr float kWidest = 0.4F;     // spacing; the kernel's own scale is 1
constexpr float kFewestNodes = 32;  // across the layout, else the spacing is halved
constexpr float kNarrowest = 1e-5F; // layouts are not looked at closer
constexpr float kMargin = 2.5F;     // nodes below the lowest point
constexpr float kExtraNodes = 8;    // nodes beyond the span: margins, and the spline's reach

/// The planner of FFTW is the one part of it that threads may not share.
std::mutex& planner() {
    static std::mutex mutex;
    return mutex;
}

struct PlanDeleter {
    void operator()(fftwf_plan plan) const {
        const std::scoped_lock lock(planner());
        fftwf_destroy_plan(plan);
    }
};
using Plan = std::unique_ptr<std::remove_pointer_t<fftwf_plan>, PlanDeleter>;

fftwf_complex* raw(std::complex<float>* numbers) { return reinterpret_cast<fftwf_complex*>(numbers); }

/// The smallest side of at least `nodes` whose transform is quick.
std::size_t sideFor(float nodes) {
    for (auto units = static_cast<std::size_t>(std::ceil(nodes / kSideUnit));; ++units) {
        std::size_t rest = units;
        for (const std::size_t prime : {2UL, 3UL, 5UL})
            while (rest % prime == 0)
                rest /= prime;
        if (rest == 1)
            return units * kSideUnit;
    }
}

} // namespace

/// Plans for kBatch rows or columns of a grid. Estimated, not timed, so that results are the same in every run.
class RepulsionGrid::Transforms {
public:
    Transforms(std::size_t side, std::size_t columns, float* values, std::complex<float>* spectrum) {
        const int length = static_cast<int>(2 * side);
        const int batch = static_cast<int>(kBatch);
        const auto stride = static_cast<int>(columns);
        Scratch scratch(2 * side * kBatch);
        fftwf_complex* lines = raw(scratch.data());
        const std::scoped_lock lock(planner());
        rows.reset(fftwf_plan_many_dft_r2c(1, &length, batch, values, nullptr, 1, length, raw(spectrum), nullptr, 1,
                                           stride, FFTW_ESTIMATE));
        restoredRows.reset(fftwf_plan_many_dft_c2r(1, &length, batch, raw(spectrum), nullptr, 1, stride, values,
                                                   nullptr, 1, length, FFTW_ESTIMATE));
        lanes.reset(fftwf_plan_many_dft(1, &length, batch, lines, nullptr, batch, 1, lines, nullptr, batch, 1,
                                        FFTW_FORWARD, FFTW_ESTIMATE));
        restoredLanes.reset(fftwf_plan_many_dft(1, &length, batch, lines, nullptr, batch, 1, lines, nullptr, batch, 1,
                                                FFTW_BACKWARD, FFTW_ESTIMATE));
    }

    Plan rows;
    Plan restoredRows;
    Plan lanes; // columns, side by side
    Plan restoredLanes;
};

RepulsionGrid::RepulsionGrid() = default;
RepulsionGrid::~RepulsionGrid() = default;

void RepulsionGrid::place(const Bounds& bounds) {
    const float span = std::max({bounds.highX - bounds.lowX, bounds.highY - bounds.lowY, kNarrowest});
    float spacing = kWidest;
    while (span < kFewestNodes * spacing)
        spacing /= 2;
    // Beyond the largest grid the spacing grows by quarters, so that the kernel is seldom made anew.
    while (span / spacing + kExtraNodes > static_cast<float>(kLargestSide))
        spacing *= 1.25F;
    // Halved spacings share one side, for the same reason.
    const float nodes = spacing < kWidest ? 2 * kFewestNodes : span / spacing;
    const std::size_t side = sideFor(nodes + kExtraNodes);
    // It shrinks only when something is gained, so as not to go back and forth.
    if (spacing != m_geometry.spacing || side > m_geometry.side || 5 * side < 4 * m_geometry.side)
        resize(side, spacing);
    m_geometry.originX = bounds.lowX - kMargin * spacing;
    m_geometry.originY = bounds.lowY - kMargin * spacing;
}

void RepulsionGrid::resize(std::size_t side, float spacing) {
    if (side != m_geometry.side) {
        m_columns = (side + 1 + kBatch - 1) / kBatch * kBatch;
        m_values.assign(side * 2 * side, 0);
        m_spectrum.assign(side * m_columns, 0);
        m_transforms = std::make_unique<Transforms>(side, m_columns, m_values.data(), m_spectrum.data());
    }
    m_geometry.side = side;
    m_geometry.spacing = spacing;
    makeKernel();
}

void RepulsionGrid::makeKernel() {
    const std::size_t side = m_geometry.side;
    const std::size_t count = side + 1;
    const auto spacing = static_cast<double>(m_geometry.spacing);
    const auto squared = [&](std::size_t i, std::size_t j) {
        return spacing * spacing * static_cast<double>(i * i + j * j);
    };
    const double farthest = squared(side, side);
    m_offset = 1 / (1 + farthest);
    // The transform of an even sequence of 2 × side numbers is one of its first half.
    std::vector<float> values(count * count);
    Plan plan;
    {
        const std::scoped_lock lock(planner());
        plan.reset(fftwf_plan_r2r_2d(static_cast<int>(count), static_cast<int>(count), values.data(), values.data(),
                                     FFTW_REDFT00, FFTW_REDFT00, FFTW_ESTIMATE));
    }
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < count; ++j)
            values[i * count + j] = static_cast<float>((farthest - squared(i, j)) * m_offset / (1 + squared(i, j)));
    fftwf_execute(plan.get());
    // From values at nodes to spline coefficients: divide by the B-spline's transform, at source and at target, in both
    // directions; and by the inverse transform's scale.
    std::vector<double> spline(count);
    for (std::size_t k = 0; k < count; ++k) {
        const double angle = std::numbers::pi * static_cast<double>(k) / static_cast<double>(side);
        const double value = (66 + 52 * std::cos(angle) + 2 * std::cos(2 * angle)) / 120;
        spline[k] = 1 / (value * value * 2 * static_cast<double>(side));
    }
    m_kernel.assign(count * m_columns, 0);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < count; ++j) {
            float& value = values[i * count + j];
            value = static_cast<float>(static_cast<double>(value) * spline[i] * spline[j]);
            m_kernel[i * m_columns + j] = value;
        }
    fftwf_execute(plan.get());
    measureSelf(values);
}

void RepulsionGrid::measureSelf(std::span<const float> response) {
    // By the offset between two nodes that a point touches: products of weights, and of slopes and weights.
    constexpr std::size_t kOffsets = 2 * kDegree + 1;
    using Offsets = std::array<double, kOffsets>;
    std::vector<Offsets> weights(kSelfPlaces);
    std::vector<Offsets> slopes(kSelfPlaces);
    for (std::size_t p = 0; p < kSelfPlaces; ++p) {
        const double t = (static_cast<double>(p) + 0.5) / kSelfPlaces;
        std::array<double, kNodes> value{};
        std::array<double, kNodes> slope{};
        for (std::size_t node = 0; node < kNodes; ++node)
            for (std::size_t power = kDegree + 1; power-- > 0;) {
                slope[node] = slope[node] * t + value[node];
                value[node] = value[node] * t + static_cast<double>(kSpline[power][node]) / 120;
            }
        for (std::size_t a = 0; a < kNodes; ++a)
            for (std::size_t b = 0; b < kNodes; ++b) {
                weights[p][a + kDegree - b] += value[a] * value[b];
                slopes[p][a + kDegree - b] += slope[a] * value[b] / static_cast<double>(m_geometry.spacing);
            }
    }
    const std::size_t count = m_geometry.side + 1;
    const auto distance = [](std::size_t offset) { return offset < kDegree ? kDegree - offset : offset - kDegree; };
    m_self.assign(4 * kSelfPlaces * kSelfPlaces, 0);
    for (std::size_t px = 0; px < kSelfPlaces; ++px)
        for (std::size_t py = 0; py < kSelfPlaces; ++py) {
            double x = 0;
            double y = 0;
            double potential = 0;
            for (std::size_t i = 0; i < kOffsets; ++i)
                for (std::size_t j = 0; j < kOffsets; ++j) {
                    const auto coefficient = static_cast<double>(response[distance(i) * count + distance(j)]);
                    x += slopes[px][i] * weights[py][j] * coefficient;
                    y += weights[px][i] * slopes[py][j] * coefficient;
                    potential += weights[px][i] * weights[py][j] * coefficient;
                }
            float* own = m_self.data() + 4 * (px * kSelfPlaces + py);
            own[0] = static_cast<float>(-x / 2);
            own[1] = static_cast<float>(-y / 2);
            own[2] = static_cast<float>(potential);
        }
}

void RepulsionGrid::spread(std::span<const float> positions) {
    m_points = positions.size() / 2;
    std::fill(m_values.begin(), m_values.end(), 0.F);
    HWY_DYNAMIC_DISPATCH(spread)(m_geometry, positions.data(), m_points, m_values.data());
}

std::size_t RepulsionGrid::rowTasks() const noexcept { return m_geometry.side / kBatch; }
std::size_t RepulsionGrid::columnTasks() const noexcept { return m_columns / kBatch; }

void RepulsionGrid::transformRows(std::size_t task) {
    const std::size_t row = task * kBatch;
    fftwf_execute_dft_r2c(m_transforms->rows.get(), m_values.data() + row * 2 * m_geometry.side,
                          raw(m_spectrum.data() + row * m_columns));
}

void RepulsionGrid::convolveColumns(std::size_t task, Scratch& scratch) {
    const std::size_t side = m_geometry.side;
    scratch.resize(2 * side * kBatch);
    std::complex<float>* column = m_spectrum.data() + task * kBatch;
    for (std::size_t x = 0; x < side; ++x)
        std::copy_n(column + x * m_columns, kBatch, scratch.data() + x * kBatch);
    std::fill_n(scratch.data() + side * kBatch, side * kBatch, std::complex<float>(0));
    fftwf_execute_dft(m_transforms->lanes.get(), raw(scratch.data()), raw(scratch.data()));
    for (std::size_t k = 0; k < 2 * side; ++k)
        HWY_DYNAMIC_DISPATCH(scaleRow)
    (*raw(scratch.data() + k * kBatch), m_kernel.data() + std::min(k, 2 * side - k) * m_columns + task * kBatch,
     kBatch);
    fftwf_execute_dft(m_transforms->restoredLanes.get(), raw(scratch.data()), raw(scratch.data()));
    for (std::size_t x = 0; x < side; ++x)
        std::copy_n(scratch.data() + x * kBatch, kBatch, column + x * m_columns);
}

void RepulsionGrid::restoreRows(std::size_t task) {
    const std::size_t row = task * kBatch;
    fftwf_execute_dft_c2r(m_transforms->restoredRows.get(), raw(m_spectrum.data() + row * m_columns),
                          m_values.data() + row * 2 * m_geometry.side);
}

double RepulsionGrid::evaluate(std::span<const float> positions, std::span<float> forces) const {
    const std::size_t count = positions.size() / 2;
    const double others = static_cast<double>(count) * (static_cast<double>(m_points) - 1);
    return others * m_offset + HWY_DYNAMIC_DISPATCH(evaluate)(m_geometry, m_values.data(), m_self.data(),
                                                              positions.data(), count, forces.data());
}

} // namespace tercet
#endif
