#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace tercet {

/// The repulsion of t-SNE on regular grids: the potential φ(y) = Σ_j 1 / (1 + |y − y_j|²) of all points, its sum (the
/// normalisation Z) and its gradient, in time O(n + g² log g) for g grid nodes per side. Float32.
///
/// Each point's unit charge is spread to 8 × 8 nodes by B-splines of degree 7; the potential's spline coefficients are
/// a convolution, done by Fourier transforms (FFTW); φ and its analytic gradient are read off the spline at each point
/// (particle–particle particle–mesh, Hockney & Eastwood 1981; for t-SNE with Lagrange polynomials: Linderman et al.
/// 2019, FIt-SNE). One charge and one kernel suffice, since the force is a gradient:
/// Σ_j (y − y_j) / (1 + |y − y_j|²)² = −∇φ / 2. What a grid lets a point feel of its own charge is known for every
/// place between nodes and is taken off.
///
/// The kernel is the sum of a part that is zero beyond a few units and a part that is smooth (multilevel summation,
/// Skeel et al. 2002): the near one needs no zeros around its grid, the far one only a coarse grid. A narrow layout
/// gets narrow spacing: its forces are small differences of a potential that is nearly the same everywhere.
///
/// Against all pairs, forces are right to 0.1 % (root mean square) and Z to 0.001 %. Two kinds of layout are worse:
/// points that lie much closer together than nodes, in a layout much wider than that, push their whole clump by up to
/// 0.15 % of the strongest force that it exerts elsewhere; and layouts wider than 600 units, beyond the largest grid,
/// get wider spacing.
///
/// Work is cut into tasks for a team of threads: place(), then all tasks of spread, then of transformRows, then of
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

    /// Lays the grids over the bounds of all points.
    void place(const Bounds& bounds);

    static constexpr std::size_t kSpreadTasks = 2;
    [[nodiscard]] std::size_t rowTasks() const noexcept;
    [[nodiscard]] std::size_t columnTasks() const noexcept;

    /// `positions` are x, y of every point, inside the bounds.
    void spread(std::size_t task, std::span<const float> positions);
    void transformRows(std::size_t task);
    void convolveColumns(std::size_t task, Scratch& scratch);
    void restoreRows(std::size_t task);
    /// For each of `positions`, some of the `points` that were spread, writes Σ_j (y − y_j) / (1 + |y − y_j|²)² to
    /// `forces` (x, y); returns the sum of their φ without each point's 1 with itself.
    [[nodiscard]] double evaluate(std::span<const float> positions, std::size_t points, std::span<float> forces) const;

private:
    class Mesh;

    float m_spacing = 0;
    double m_offset = 0;                           // taken off the kernel everywhere
    std::array<std::unique_ptr<Mesh>, 2> m_meshes; // near, far
};

} // namespace tercet
