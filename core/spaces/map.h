#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"
#include "core/spaces/affinity_graph.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tercet {

enum class MapInit {
    Pca,    ///< the first two principal components
    Random, ///< normal, seeded
};

enum class MapRepulsion {
    Automatic, ///< exact up to a few thousand points, else grid
    Exact,     ///< all pairs
    Grid,      ///< RepulsionGrid
};

struct MapOptions {
    double perplexity = 30;
    MapMetric metric = MapMetric::Euclidean;
    MapInit init = MapInit::Pca; ///< scaled to a standard deviation of 1e-4, with a hundredth of seeded noise
    std::uint64_t seed = 0;
    int iterations = 500;           ///< at most, ≥ 0
    double tolerance = 0.005;       ///< computeMap ends when 50 iterations lower the divergence by less than this share
    double exaggeration = 12;       ///< factor of the attraction at first, ≥ 1
    int exaggeratedIterations = 15; ///< ≥ 0
    double learningRate = 2;        ///< > 0, times n / exaggeration of the phase (Belkina et al. 2019 use 1)
    MapRepulsion repulsion = MapRepulsion::Automatic;
};

/// A layout on its way.
struct MapSnapshot {
    Matrix<float> positions; ///< (n × 2) in the points' order, centred
    int iteration = 0;       ///< done so far
    double divergence = 0;   ///< Kullback–Leibler, nats, when last measured (every 50 iterations); NaN before
};

struct MapResult {
    Matrix<float> positions;        ///< (n × 2) in the points' order, centred
    int iterations = 0;             ///< done
    bool converged = false;         ///< whether the tolerance was met
    double divergence = 0;          ///< Kullback–Leibler divergence of the layout from P, nats
    double perplexity = 0;          ///< used
    std::vector<std::string> notes; ///< what the user should know, a sentence each
};

/// A t-SNE layout that can be stepped, looked at, and given changed points (van der Maaten & Hinton 2008). SPEC C7.
/// Gradient descent with gains per coordinate, but with steps twice as long as usual, a momentum of 0.95 throughout and
/// a short exaggeration: it reaches a given divergence in about a sixth of the iterations of the customary schedule.
/// The same seed and calls give the same bytes for any number of threads. One thread at a time may use it.
class Map {
public:
    /// Computes affinities and the first layout of `points` (n × d), which are not kept; `threads` is for all
    /// that follows. Throws DataError and ParameterError as AffinityGraph does, ParameterError for options
    /// outside their domain, Cancelled.
    Map(MatrixView<const double> points, const MapOptions& options, int threads, const JobControl& control = {},
        const Progress& progress = {});
    ~Map();
    Map(Map&&) noexcept;
    Map& operator=(Map&&) noexcept;

    /// Runs more iterations. If it throws Cancelled the layout is that of the last whole iteration.
    void step(int iterations, const JobControl& control = {});
    /// Takes changed points, as many as before, and lets the layout go on from where it is: without exaggeration, from
    /// rest, and with small steps at first. If it throws, nothing has changed. DataError also for another number of
    /// points.
    void setPoints(MatrixView<const double> points, const JobControl& control = {});

    /// Goes on from these places (n × 2, finite), as after setPoints(). Throws DataError for another shape or what is
    /// not finite, and then nothing has changed.
    void setPositions(MatrixView<const float> positions);

    [[nodiscard]] Matrix<float> positions() const; ///< (n × 2) in the points' order, centred
    [[nodiscard]] int iteration() const noexcept;  ///< done since construction
    /// Kullback–Leibler divergence of the layout from P, nats; exact, or with the grid's Z (good to about 1e-4).
    [[nodiscard]] double divergence();
    [[nodiscard]] const AffinityGraph& affinities() const noexcept;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Σ_ij p_ij log(p_ij / q_ij), nats, of a layout (n × 2, finite), with q normalised over all pairs: O(n²).
[[nodiscard]] double mapDivergence(const AffinityGraph& graph, MatrixView<const float> positions, int threads,
                                   const JobControl& control = {});

/// The map of `points` (n × d). Snapshots go to `publish` (from the calling thread) at most 30 times a second. When
/// control asks to finish, the layout so far is returned. Throws as Map does.
[[nodiscard]] MapResult computeMap(MatrixView<const double> points, const MapOptions& options,
                                   const JobControl& control, const Progress& progress, int threads,
                                   const std::function<void(std::shared_ptr<const MapSnapshot>)>& publish);

} // namespace tercet
