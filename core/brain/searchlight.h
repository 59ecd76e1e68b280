#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace tercet {

using VoxelIndex = std::array<std::int32_t, 3>; ///< i, j, k of a volume

struct SearchlightOptions {
    double radius = 3;     ///< voxels
    bool inclusive = true; ///< distances up to the radius (123 voxels); else below it (93)
};

/// How each model sees the stimuli: a similarity per pair of stimuli, in the order (1, 2), (1, 3) … (2, 3) …
/// `embedding`: stimuli × components.
enum class RowSimilarity { Pearson, Cosine, Dot };
/// Throws DataError for fewer than three stimuli or a row whose similarity is not defined (its number from 1),
/// Cancelled.
[[nodiscard]] std::vector<double> similarityOfRows(MatrixView<const double> embedding, RowSimilarity kind,
                                                   const JobControl& control = JobControl());

/// Searchlight RSA (SPEC B4): around every voxel, the Spearman correlation of how similar the stimuli's patterns in the
/// sphere are (Pearson r, voxels inside the mask only) with how similar a model sees them. Ranks are exact, ties get
/// their average. Everything about the models is computed once, for any number of them in one pass.
class Searchlight {
public:
    /// `patterns`: stimuli × voxels; `places`: the voxels' indices, each once; `models`: per model a value per pair.
    /// The patterns must outlive the searchlight. Throws DataError if the numbers do not agree, there are fewer than
    /// three stimuli, or a model is constant or holds what is not finite; Cancelled.
    Searchlight(MatrixView<const double> patterns, std::vector<VoxelIndex> places,
                const std::vector<std::vector<double>>& models, const SearchlightOptions& options = {},
                const JobControl& control = JobControl());
    ~Searchlight();
    Searchlight(Searchlight&&) noexcept;
    Searchlight& operator=(Searchlight&&) noexcept;

    [[nodiscard]] std::size_t voxels() const;
    [[nodiscard]] std::size_t models() const;
    /// The voxels in the sphere around one, itself included, ascending.
    [[nodiscard]] std::vector<std::uint32_t> sphere(std::size_t voxel) const;
    /// What correlate() works in; one per thread.
    class Workspace {
    public:
        explicit Workspace(const Searchlight& searchlight);
        ~Workspace();
        Workspace(Workspace&&) noexcept;
        Workspace& operator=(Workspace&&) noexcept;

    private:
        friend class Searchlight;
        struct Buffers;
        std::unique_ptr<Buffers> m_buffers;
    };
    /// ρ of every model in the sphere around a voxel; NaN if the sphere has fewer than two voxels, a stimulus' pattern
    /// in it is constant or holds a NaN, or all pairs are equally similar. Any thread. Throws Cancelled.
    void correlate(std::size_t voxel, Workspace& workspace, std::span<double> rho,
                   const JobControl& control = JobControl()) const;
    /// The order in which a partial map is most useful: voxels of a coarse grid first, then of grids twice as fine.
    [[nodiscard]] std::vector<std::uint32_t> coarseToFine() const;

private:
    struct Plan;
    std::unique_ptr<const Plan> m_plan;
};

/// Voxels of a sphere that is nowhere cut off.
[[nodiscard]] std::size_t sphereVoxels(const SearchlightOptions& options);

/// Bytes of a searchlight with spheres of so many voxels: patterns, similarities and ranks of the models, a workspace
/// per thread, and ρ as it is computed, kept and shown.
[[nodiscard]] std::size_t searchlightBytes(std::size_t stimuli, std::size_t voxels, std::size_t models,
                                           std::size_t sphere, int threads);

/// ρ of all voxels (models × voxels), coarse to fine. `known` marks voxels whose ρ is in `rho` already, so that a map
/// that was interrupted goes on; `grown` is called now and then by one thread at a time, with the voxels that were
/// added since. The same bits for any number of threads. Throws what `grown` throws, Cancelled (with `rho` and `known`
/// as far as they came).
void correlateAll(const Searchlight& searchlight, Matrix<double>& rho, std::vector<std::uint8_t>& known,
                  const std::function<void(std::span<const std::uint32_t> voxels)>& grown, const JobControl& control,
                  const Progress& progress, int threads);

} // namespace tercet
