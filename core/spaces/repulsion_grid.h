#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// The repulsion of t-SNE on a regular grid: the potential φ(y) = Σ_j 1 / (1 + |y − y_j|²) of all points, its sum (the
/// normalisation Z) and its gradient, in time O(n + g² log g) for g grid nodes per side.
///
/// Each point's unit charge is spread to 4 × 4 nodes by cubic B-splines; the potential's spline coefficients are a
/// convolution, done by a fast Fourier transform on a grid of twice the side; φ and its analytic gradient are read off
/// the spline at each point (particle–particle particle–mesh, Hockney & Eastwood 1981; for t-SNE with Lagrange
/// polynomials: Linderman et al. 2019, FIt-SNE). One charge and one kernel suffice, since the force is a gradient:
/// Σ_j (y − y_j) / (1 + |y − y_j|²)² = −∇φ / 2. What the grid lets a point feel of its own charge, the largest error,
/// is known for every place between nodes and is taken off. Float32. With nodes 0.3 apart forces are right to 0.2 %
/// where points are dense and to 1 % where they are sparse (root mean square against all pairs), Z to 0.02 %; points
/// that all lie in one cell feel 0.4 % too little of each other.
///
/// Work is cut into tasks for a team of threads: place(), then all tasks of spread, then of transformRows, then of
/// convolveColumns, then of restoreRows, then evaluate, each stage after the one before has ended. Tasks of one stage
/// may run on different threads, each with its own Scratch; results do not depend on who runs what.
class RepulsionGrid {
public:
    struct Scratch {
        std::vector<float> values; // complex numbers: real parts of a few lanes, then their imaginary parts
    };
    struct Bounds {
        float lowX = 0;
        float lowY = 0;
        float highX = 0;
        float highY = 0;
    };

    /// `spacing` of nodes; the kernel's own scale is 1. A layout wider than the largest grid gets a wider spacing.
    explicit RepulsionGrid(float spacing = 0.3F) : m_finestSpacing(spacing) {}

    /// Lays the grid over the bounds of all points. Not thread-safe.
    void place(const Bounds& bounds);
    [[nodiscard]] std::size_t side() const noexcept { return m_side; }

    static constexpr std::size_t kSpreadTasks = 1;
    [[nodiscard]] std::size_t rowTasks() const noexcept;
    [[nodiscard]] std::size_t columnTasks() const noexcept;

    /// `positions` are x, y of every point, inside the bounds.
    void spread(std::size_t task, std::span<const float> positions);
    void transformRows(std::size_t task, Scratch& scratch);
    void convolveColumns(std::size_t task, Scratch& scratch);
    void restoreRows(std::size_t task, Scratch& scratch);
    /// For each of `positions` writes Σ_j (y − y_j) / (1 + |y − y_j|²)² to `forces` (x, y); returns the sum of φ
    /// without each point's 1 with itself.
    [[nodiscard]] double evaluate(std::span<const float> positions, std::span<float> forces) const;

private:
    friend struct GridKernels;
    /// One stage of the transform: blocks of `size` numbers are cut into `radix` parts.
    struct Level {
        std::size_t size = 0;
        std::size_t radix = 0;
        std::size_t twiddles = 0; // where its factors begin
    };

    void resize(std::size_t side, float spacing);
    void makeKernel();
    void measureSelf();

    float m_finestSpacing;
    float m_spacing = 0;
    float m_originX = 0;
    float m_originY = 0;
    std::size_t m_side = 0;    // nodes per side, N
    std::size_t m_columns = 0; // N + 1 frequencies, padded
    std::vector<Level> m_levels;
    std::vector<float> m_twiddles;
    std::vector<std::uint32_t> m_frequencyAt; // (2N) of a place in the transformed order
    std::vector<std::uint32_t> m_placeOf;     // (2N) of a frequency
    std::vector<float> m_kernel;              // (N + 1 × columns) the kernel's transform
    std::vector<float> m_charges;             // (tasks × N × N), y fastest
    std::vector<float> m_real;                // (N × columns) rows transformed along x
    std::vector<float> m_imaginary;
    std::vector<float> m_potential; // (N × N) spline coefficients of φ
    std::vector<float> m_self;      // (places between nodes × 4) own force x, y, own φ, 0
};

} // namespace tercet
