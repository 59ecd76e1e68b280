#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace tercet {

/// The repulsion of t-SNE on a regular grid: the potential φ(y) = Σ_j 1 / (1 + |y − y_j|²) of all points, its sum (the
/// normalisation Z) and its gradient, in time O(n + g² log g) for g grid nodes per side. Float32.
///
/// Each point's unit charge is spread to 6 × 6 nodes by quintic B-splines; the potential's spline coefficients are a
/// convolution, done by Fourier transforms (FFTW) on a grid of twice the side; φ and its analytic gradient are read off
/// the spline at each point (particle–particle particle–mesh, Hockney & Eastwood 1981; for t-SNE with Lagrange
/// polynomials: Linderman et al. 2019, FIt-SNE). One charge and one kernel suffice, since the force is a gradient:
/// Σ_j (y − y_j) / (1 + |y − y_j|²)² = −∇φ / 2. What the grid lets a point feel of its own charge is known for every
/// place between nodes and is taken off. A narrow layout gets narrow spacing: its forces are small differences of a
/// potential that is nearly the same everywhere.
///
/// Work is cut into tasks for a team of threads: place() and spread(), then all tasks of transformRows, then of
/// convolveColumns, then of restoreRows, then evaluate, each stage after the one before has ended. Tasks of one stage
/// may run on different threads, each with its own Scratch; results do not depend on who runs what.
class RepulsionGrid {
public:
    using Scratch = std::vector<std::complex<float>>;
    struct Bounds {
        float lowX = 0;
        float lowY = 0;
        float highX = 0;
        float highY = 0;
    };

    RepulsionGrid();
    ~RepulsionGrid();
    RepulsionGrid(const RepulsionGrid&) = delete;
    RepulsionGrid& operator=(const RepulsionGrid&) = delete;

    /// Lays the grid over the bounds of all points.
    void place(const Bounds& bounds);

    /// `positions` are x, y of every point, inside the bounds.
    void spread(std::span<const float> positions);
    [[nodiscard]] std::size_t rowTasks() const noexcept;
    [[nodiscard]] std::size_t columnTasks() const noexcept;
    void transformRows(std::size_t task);
    void convolveColumns(std::size_t task, Scratch& scratch);
    void restoreRows(std::size_t task);
    /// For each of `positions` writes Σ_j (y − y_j) / (1 + |y − y_j|²)² to `forces` (x, y); returns the sum of φ
    /// without each point's 1 with itself.
    [[nodiscard]] double evaluate(std::span<const float> positions, std::span<float> forces) const;

    /// Where the nodes are.
    struct Geometry {
        std::size_t side = 0; ///< nodes
        float spacing = 0;
        float originX = 0;
        float originY = 0;
    };

private:
    class Transforms;

    void resize(std::size_t side, float spacing);
    void makeKernel();
    void measureSelf(std::span<const float> response);

    Geometry m_geometry;
    std::unique_ptr<Transforms> m_transforms;
    std::size_t m_columns = 0; // side + 1 frequencies, padded
    std::size_t m_points = 0;
    double m_offset = 0;         // the kernel's value at the grid's diagonal, which is taken off it everywhere
    std::vector<float> m_kernel; // (side + 1 × columns) the transform of the kernel
    std::vector<float> m_values; // (side × 2 side), y fastest: charges, then coefficients of φ, in the first halves
    std::vector<std::complex<float>> m_spectrum; // (side × columns) rows, transformed along y
    std::vector<float> m_self;                   // (places between nodes × 4) own force x, y, own φ, 0
};

} // namespace tercet
