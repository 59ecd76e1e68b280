#include "core/spaces/repulsion_grid.h"

#include <fftw3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
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

constexpr std::size_t kDegree = 7;
constexpr std::size_t kNodes = kDegree + 1;     // that a point touches in each direction
constexpr std::ptrdiff_t kBefore = kDegree / 2; // of them before the node below the point

/// Polynomials of the B-spline on the nodes that a point touches: the weights' coefficients of 1, t, t², … (de Boor
/// 1978: Σ_j (−1)^j C(p + 1, j) (u − j)₊^p / p! at u = t + p − node, multiplied out).
struct Spline {
    alignas(Eight) std::array<std::array<float, kNodes>, kDegree + 1> coefficients;
};
constexpr Spline makeSpline() {
    std::array<std::array<double, kDegree + 2>, kDegree + 2> choose{};
    double factorial = 1;
    for (std::size_t n = 0; n <= kDegree + 1; ++n) {
        factorial *= n > 1 && n <= kDegree ? static_cast<double>(n) : 1;
        choose[n][0] = 1;
        for (std::size_t k = 1; k <= n; ++k)
            choose[n][k] = choose[n - 1][k - 1] + choose[n - 1][k];
    }
    Spline spline{};
    for (std::size_t power = 0; power <= kDegree; ++power)
        for (std::size_t node = 0; node < kNodes; ++node) {
            double sum = 0;
            for (std::size_t j = 0; j <= kDegree - node; ++j) {
                double term = (j % 2 == 0 ? 1 : -1) * choose[kDegree + 1][j] * choose[kDegree][power];
                for (std::size_t k = power; k < kDegree; ++k)
                    term *= static_cast<double>(kDegree - node - j);
                sum += term;
            }
            spline.coefficients[power][node] = static_cast<float>(sum / factorial);
        }
    return spline;
}
constexpr Spline kSpline = makeSpline();

/// Places between two nodes, in each direction, for which a point's effect on itself is tabulated.
constexpr std::size_t kSelfPlaces = 32;

/// Where the nodes of a mesh are.
struct Geometry {
    std::size_t length = 0; // from row to row
    float spacing = 0;
    float originX = 0;
    float originY = 0;
};

} // namespace
} // namespace tercet
#endif

HWY_BEFORE_NAMESPACE();
namespace tercet {
namespace HWY_NAMESPACE {
namespace {

HWY_INLINE void loadEight(const float* from, Eight& value) { std::memcpy(&value, from, sizeof value); }
HWY_INLINE void storeEight(const Eight& value, float* to) { std::memcpy(to, &value, sizeof value); }

/// B-spline weights of the nodes around a point `t` ∈ [0, 1) beyond the node below it, and their derivatives by t.
HWY_INLINE void splineAt(float t, Eight& weights, Eight& slopes) {
    loadEight(kSpline.coefficients[kDegree].data(), weights);
    slopes = Eight{};
    for (std::size_t power = kDegree; power-- > 0;) {
        Eight coefficients;
        loadEight(kSpline.coefficients[power].data(), coefficients);
        slopes = slopes * t + weights;
        weights = weights * t + coefficients;
    }
}
HWY_INLINE float sumOf(const Eight& value) {
    return ((value[0] + value[1]) + (value[2] + value[3])) + ((value[4] + value[5]) + (value[6] + value[7]));
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
    return {.node = static_cast<std::size_t>(ix - kBefore) * grid.length + static_cast<std::size_t>(iy - kBefore),
            .tx = gx - static_cast<float>(ix),
            .ty = gy - static_cast<float>(iy)};
}

HWY_ATTR void spread(const Geometry& grid, const float* positions, std::size_t count, float* charges) {
    const float inverse = 1 / grid.spacing;
    for (std::size_t i = 0; i < count; ++i) {
        const Place place = placeOn(grid, inverse, positions[2 * i], positions[2 * i + 1]);
        Eight wx;
        Eight wy;
        Eight slopes;
        splineAt(place.tx, wx, slopes);
        splineAt(place.ty, wy, slopes);
        float* node = charges + place.node;
        for (std::size_t r = 0; r < kNodes; ++r, node += grid.length) {
            Eight row;
            loadEight(node, row);
            row += wx[r] * wy;
            storeEight(row, node);
        }
    }
}

/// Adds to forces; returns the sum of φ without what points feel of themselves.
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
        splineAt(place.tx, wx, dx);
        splineAt(place.ty, wy, dy);
        const float* node = potential + place.node;
        Eight value = {};
        Eight slope = {};
        for (std::size_t r = 0; r < kNodes; ++r, node += grid.length) {
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
        forces[2 * i] += scale * sumOf(slope) - own[0];
        forces[2 * i + 1] += scale * sumOf(dy) - own[1];
        sum += static_cast<double>(sumOf(value) - own[2]);
    }
    return sum;
}

/// Multiplies a line's transform by an even kernel's, whose frequencies 0 … half are given.
HWY_ATTR void multiplyLine(std::complex<float>* HWY_RESTRICT line, const float* HWY_RESTRICT kernel, std::size_t half) {
    for (std::size_t k = 0; k <= half; ++k)
        line[k] *= kernel[k];
    for (std::size_t k = 1; k < half; ++k)
        line[half + k] *= kernel[half - k];
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
HWY_EXPORT(multiplyLine);

constexpr std::size_t kBatch = 8;          // rows or columns of a task; of which sides are multiples
constexpr std::size_t kLargestSide = 2048; // of the near mesh
constexpr float kWidest = 0.3F;            // spacing; the kernel's own scale is 1
constexpr float kFewestNodes = 32;         // across the layout, else the spacing is halved
constexpr float kNarrowest = 1e-5F;        // layouts are not looked at closer
constexpr float kMargin = kBefore + 0.5F;  // nodes below the lowest point
constexpr float kExtraNodes = kNodes + 2;  // nodes beyond the span: margins, and the spline's reach
constexpr float kCutoff = 20;              // nodes at which the near kernel ends
constexpr float kGap = 30;                 // nodes between the last point and the first one's copy, beyond the cutoff
constexpr float kCoarser = 4;              // spacing of the far mesh, in near ones
constexpr int kSmoothness = 4;             // derivatives up to one less are continuous at the cutoff

/// 1 / (1 + s) at the squared distance s, less its far part. With x = (a² − s) / (1 + a²) for the cutoff a, the kernel
/// is a geometric series in x over 1 + a²; its first terms are the far part, the rest the near one.
double nearKernel(double s, double cutoff) {
    const double x = (cutoff * cutoff - s) / (1 + cutoff * cutoff);
    return x > 0 ? std::pow(x, kSmoothness) / (1 + s) : 0;
}

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

/// The smallest side of at least `nodes` that is a power of 2 times 1, 5 or 25; FFTW's estimated plans for others take
/// up to twice as long.
std::size_t sideFor(float nodes) {
    std::size_t smallest = std::numeric_limits<std::size_t>::max();
    for (std::size_t side : {kBatch, 5 * kBatch, 25 * kBatch}) {
        while (static_cast<float>(side) < nodes)
            side *= 2;
        smallest = std::min(smallest, side);
    }
    return smallest;
}

} // namespace

/// A square grid of charges, then of the potential that they make by an even kernel.
class RepulsionGrid::Mesh {
public:
    enum class Border {
        Open,     ///< nothing lies beyond the nodes
        Periodic, ///< the nodes go on at the opposite side
    };

    /// `kernel` is a function of the squared distance.
    template <class Kernel>
    Mesh(std::size_t side, Border border, float spacing, const Kernel& kernel)
        : m_side(side), m_length(border == Border::Open ? 2 * side : side), m_half(m_length / 2),
          m_columns((m_half + 1 + kBatch - 1) / kBatch * kBatch), m_geometry{.length = m_length,
                                                                             .spacing = spacing,
                                                                             .originX = 0,
                                                                             .originY = 0},
          m_values(side * m_length), m_spectrum(side * m_columns) {
        plan();
        std::vector<float> samples(m_length * m_length);
        const double squared = static_cast<double>(spacing) * static_cast<double>(spacing);
        for (std::size_t i = 0; i <= m_half; ++i) {
            float* row = samples.data() + i * m_length;
            for (std::size_t j = 0; j <= m_half; ++j)
                row[j] = static_cast<float>(kernel(squared * static_cast<double>(i * i + j * j)));
            std::reverse_copy(row + 1, row + m_half, row + m_half + 1);
            if (i % m_half > 0)
                std::copy_n(row, m_length, samples.data() + (m_length - i) * m_length);
        }
        transformKernel(samples);
        measureSelf();
    }

    [[nodiscard]] std::size_t side() const noexcept { return m_side; }
    [[nodiscard]] std::size_t rowTasks() const noexcept { return m_side / kBatch; }
    [[nodiscard]] std::size_t columnTasks() const noexcept { return m_columns / kBatch; }

    void place(const Bounds& bounds) {
        m_geometry.originX = bounds.lowX - kMargin * m_geometry.spacing;
        m_geometry.originY = bounds.lowY - kMargin * m_geometry.spacing;
    }

    void spread(std::span<const float> positions) {
        std::fill(m_values.begin(), m_values.end(), 0.F);
        HWY_DYNAMIC_DISPATCH(tercet::spread)(m_geometry, positions.data(), positions.size() / 2, m_values.data());
    }

    void transformRows(std::size_t task) {
        fftwf_execute_dft_r2c(m_row.get(), m_values.data() + task * kBatch * m_length,
                              raw(m_spectrum.data() + task * kBatch * m_columns));
    }

    void convolveColumns(std::size_t task, Scratch& scratch) {
        if (scratch.size() < kBatch * m_length)
            scratch.resize(kBatch * m_length);
        const auto line = [&](std::size_t c) { return scratch.data() + c * m_length; };
        std::complex<float>* columns = m_spectrum.data() + task * kBatch;
        for (std::size_t x = 0; x < m_side; ++x)
            for (std::size_t c = 0; c < kBatch; ++c)
                line(c)[x] = columns[x * m_columns + c];
        for (std::size_t c = 0; c < kBatch; ++c) {
            std::fill(line(c) + m_side, line(c) + m_length, std::complex<float>(0));
            fftwf_execute_dft(m_column.get(), raw(line(c)), raw(line(c)));
            HWY_DYNAMIC_DISPATCH(multiplyLine)
            (line(c), m_kernel.data() + (task * kBatch + c) * m_columns, m_half);
            fftwf_execute_dft(m_restoredColumn.get(), raw(line(c)), raw(line(c)));
        }
        for (std::size_t x = 0; x < m_side; ++x)
            for (std::size_t c = 0; c < kBatch; ++c)
                columns[x * m_columns + c] = line(c)[x];
    }

    void restoreRows(std::size_t task) {
        fftwf_execute_dft_c2r(m_restoredRow.get(), raw(m_spectrum.data() + task * kBatch * m_columns),
                              m_values.data() + task * kBatch * m_length);
    }

    [[nodiscard]] double evaluate(std::span<const float> positions, std::span<float> forces) const {
        return HWY_DYNAMIC_DISPATCH(tercet::evaluate)(m_geometry, m_values.data(), m_self.data(), positions.data(),
                                                      positions.size() / 2, forces.data());
    }

private:
    /// Estimated, not timed, so that results are the same in every run.
    void plan() {
        const int length = static_cast<int>(m_length);
        const int batch = static_cast<int>(kBatch);
        const int columns = static_cast<int>(m_columns);
        Scratch scratch(m_length);
        fftwf_complex* line = raw(scratch.data());
        const std::scoped_lock lock(planner());
        m_row.reset(fftwf_plan_many_dft_r2c(1, &length, batch, m_values.data(), nullptr, 1, length,
                                            raw(m_spectrum.data()), nullptr, 1, columns, FFTW_ESTIMATE));
        m_restoredRow.reset(fftwf_plan_many_dft_c2r(1, &length, batch, raw(m_spectrum.data()), nullptr, 1, columns,
                                                    m_values.data(), nullptr, 1, length, FFTW_ESTIMATE));
        m_column.reset(fftwf_plan_dft_1d(length, line, line, FFTW_FORWARD, FFTW_ESTIMATE));
        m_restoredColumn.reset(fftwf_plan_dft_1d(length, line, line, FFTW_BACKWARD, FFTW_ESTIMATE));
    }

    void transformKernel(std::vector<float>& samples) {
        const std::size_t count = m_half + 1;
        Scratch transformed(m_length * count);
        Plan plan;
        {
            const std::scoped_lock lock(planner());
            plan.reset(fftwf_plan_dft_r2c_2d(static_cast<int>(m_length), static_cast<int>(m_length), samples.data(),
                                             raw(transformed.data()), FFTW_ESTIMATE));
        }
        fftwf_execute(plan.get());
        // From values at nodes to spline coefficients: divide by the B-spline's transform, at source and at target, in
        // both directions; and by the inverse transform's scale.
        std::vector<double> spline(count);
        for (std::size_t k = 0; k < count; ++k) {
            double value = 0;
            for (std::size_t node = 0; node < kDegree; ++node)
                value += static_cast<double>(kSpline.coefficients[0][node]) *
                         std::cos((static_cast<double>(node) - kBefore) * angle(k));
            spline[k] = 1 / (value * value * static_cast<double>(m_length));
        }
        m_kernel.assign(m_columns * m_columns, 0);
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j)
                m_kernel[i * m_columns + j] =
                    static_cast<float>(static_cast<double>(transformed[i * count + j].real()) * spline[i] * spline[j]);
    }

    [[nodiscard]] double angle(std::size_t frequency) const {
        return 2 * std::numbers::pi * static_cast<double>(frequency) / static_cast<double>(m_length);
    }

    void measureSelf() {
        // The coefficients around a unit charge on a node: the transform back, for a few nodes.
        std::vector<std::array<double, kNodes>> waves(m_half + 1);
        for (std::size_t k = 0; k <= m_half; ++k)
            for (std::size_t d = 0; d < kNodes; ++d)
                waves[k][d] = (k % m_half == 0 ? 1 : 2) * std::cos(static_cast<double>(d) * angle(k));
        std::array<std::array<double, kNodes>, kNodes> response{};
        for (std::size_t i = 0; i <= m_half; ++i) {
            std::array<double, kNodes> row{};
            for (std::size_t j = 0; j <= m_half; ++j)
                for (std::size_t d = 0; d < kNodes; ++d)
                    row[d] += waves[j][d] * static_cast<double>(m_kernel[i * m_columns + j]);
            for (std::size_t a = 0; a < kNodes; ++a)
                for (std::size_t b = 0; b < kNodes; ++b)
                    response[a][b] += waves[i][a] * row[b];
        }
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
                    value[node] = value[node] * t + static_cast<double>(kSpline.coefficients[power][node]);
                }
            for (std::size_t a = 0; a < kNodes; ++a)
                for (std::size_t b = 0; b < kNodes; ++b) {
                    weights[p][a + kDegree - b] += value[a] * value[b];
                    slopes[p][a + kDegree - b] += slope[a] * value[b] / static_cast<double>(m_geometry.spacing);
                }
        }
        const auto distance = [](std::size_t offset) { return offset < kDegree ? kDegree - offset : offset - kDegree; };
        m_self.assign(4 * kSelfPlaces * kSelfPlaces, 0);
        for (std::size_t px = 0; px < kSelfPlaces; ++px)
            for (std::size_t py = 0; py < kSelfPlaces; ++py) {
                double x = 0;
                double y = 0;
                double potential = 0;
                for (std::size_t i = 0; i < kOffsets; ++i)
                    for (std::size_t j = 0; j < kOffsets; ++j) {
                        const double coefficient = response[distance(i)][distance(j)];
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

    std::size_t m_side;
    std::size_t m_length;  // of the transforms
    std::size_t m_half;    // highest frequency
    std::size_t m_columns; // frequencies, padded
    Geometry m_geometry;
    std::vector<float> m_values;                 // (side × length), y fastest: charges, then coefficients of φ
    std::vector<std::complex<float>> m_spectrum; // (side × columns) rows, transformed along y
    std::vector<float> m_kernel;                 // (columns × columns) the transform of the kernel
    std::vector<float> m_self;                   // (places between nodes × 4) own force x, y, own φ, 0
    Plan m_row;                                  // kBatch of them, as the next one
    Plan m_restoredRow;
    Plan m_column;
    Plan m_restoredColumn;
};

RepulsionGrid::RepulsionGrid() = default;
RepulsionGrid::~RepulsionGrid() = default;

void RepulsionGrid::place(const Bounds& bounds) {
    const float span = std::max({bounds.highX - bounds.lowX, bounds.highY - bounds.lowY, kNarrowest});
    const auto nodesAt = [&](float spacing) { return span / spacing + kExtraNodes + kGap; };
    // Steps are coarse, and there is room to go back and forth, so that kernels are seldom made anew.
    float spacing = m_spacing < kWidest && span > kFewestNodes * m_spacing && span < 3 * kFewestNodes * m_spacing
                        ? m_spacing
                        : kWidest;
    while (span < kFewestNodes * spacing)
        spacing /= 2;
    while (nodesAt(spacing) > static_cast<float>(kLargestSide))
        spacing *= 1.25F;
    const float nodes = spacing < kWidest ? 3 * kFewestNodes + kExtraNodes + kGap : nodesAt(spacing);
    const std::size_t side = sideFor(nodes);
    const std::size_t sideNow = m_meshes[0] ? m_meshes[0]->side() : 0;
    if (spacing != m_spacing || side > sideNow || 5 * side < 4 * sideNow) {
        m_spacing = spacing;
        const double cutoff = static_cast<double>(kCutoff * spacing);
        m_meshes[0] = std::make_unique<Mesh>(side, Mesh::Border::Periodic, spacing,
                                             [&](double s) { return nearKernel(s, cutoff); });
        const std::size_t coarseSide =
            sideFor((static_cast<float>(side) - kExtraNodes - kGap) / kCoarser + kExtraNodes);
        // The kernel's value at the diagonal is taken off, since in a narrow layout little but the same value remains.
        const double diagonal =
            2 * std::pow(static_cast<double>(kCoarser * spacing) * static_cast<double>(coarseSide), 2);
        m_offset = 1 / (1 + diagonal);
        m_meshes[1] = std::make_unique<Mesh>(coarseSide, Mesh::Border::Open, kCoarser * spacing, [&](double s) {
            return (diagonal - s) * m_offset / (1 + s) - nearKernel(s, cutoff);
        });
    }
    for (const auto& mesh : m_meshes)
        mesh->place(bounds);
}

std::size_t RepulsionGrid::rowTasks() const noexcept { return m_meshes[0]->rowTasks() + m_meshes[1]->rowTasks(); }
std::size_t RepulsionGrid::columnTasks() const noexcept {
    return m_meshes[0]->columnTasks() + m_meshes[1]->columnTasks();
}

void RepulsionGrid::spread(std::size_t task, std::span<const float> positions) { m_meshes[task]->spread(positions); }

void RepulsionGrid::transformRows(std::size_t task) {
    const std::size_t near = m_meshes[0]->rowTasks();
    task < near ? m_meshes[0]->transformRows(task) : m_meshes[1]->transformRows(task - near);
}

void RepulsionGrid::convolveColumns(std::size_t task, Scratch& scratch) {
    const std::size_t near = m_meshes[0]->columnTasks();
    task < near ? m_meshes[0]->convolveColumns(task, scratch) : m_meshes[1]->convolveColumns(task - near, scratch);
}

void RepulsionGrid::restoreRows(std::size_t task) {
    const std::size_t near = m_meshes[0]->rowTasks();
    task < near ? m_meshes[0]->restoreRows(task) : m_meshes[1]->restoreRows(task - near);
}

double RepulsionGrid::evaluate(std::span<const float> positions, std::size_t points, std::span<float> forces) const {
    std::fill(forces.begin(), forces.end(), 0.F);
    const double others = static_cast<double>(positions.size() / 2) * (static_cast<double>(points) - 1);
    return others * m_offset + m_meshes[0]->evaluate(positions, forces) + m_meshes[1]->evaluate(positions, forces);
}

} // namespace tercet
#endif
