#pragma once

#include "core/base/matrix.h"
#include "core/brain/planted_cortex.h"
#include "core/brain/region_table.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tercet {

/// A region that follows one of the systems.
struct PlantedDrive {
    std::string region; ///< of the table
    std::size_t system = 0;
    double signal = 1; ///< standard deviation of responses over stimuli, in that of a volume's thermal noise
};

/// What made-up scanners measure.
struct PlantedScansPlan {
    std::vector<Matrix<double>> systems;         ///< stimuli × components, finite
    std::vector<PlantedDrive> drives;            ///< a region at most once; all others are noise
    std::vector<double> subjects{1, 1, 1, 1, 1}; ///< of each the factor of all signals
    std::size_t runs = 10;                       ///< at least kFewestPlantedRuns
    double voxelSize = 5;                        ///< mm, 2 to 10
    std::uint64_t seed = 1;
};

inline constexpr std::size_t kFewestPlantedRuns = 8;
inline constexpr double kPlantedRepetitionTime = 2; ///< s

/// When a stimulus is shown, in s from the first volume of its run.
struct PlantedEvent {
    std::size_t stimulus = 0;
    double onset = 0;
    double duration = 0;
};

struct PlantedRun {
    std::size_t volumes = 0;
    std::vector<PlantedEvent> events; ///< in the order of their onsets
    Matrix<double> motion;            ///< volumes × 6: mm along x, y, z, then radians about them
};

/// What a voxel is made of.
struct PlantedVoxel {
    static constexpr int kNone = -1;
    std::uint32_t place = 0; ///< in the grid: i + size₀ (j + size₁ k)
    int parcel = 0;          ///< key of the cortex' parcels; 0 for none
    int structure = 0;       ///< FreeSurfer's number; 0 for none
    int region = kNone;      ///< of the table
    int system = kNone;      ///< that it follows
    bool constant = false;   ///< has one value all through
};

struct PlantedSubject {
    std::size_t number = 0;
    PlantedCortex cortex; ///< this person's
    std::array<std::size_t, 3> size{};
    Affine toMm; ///< from voxel indices to the surfaces' mm; the second subject's has x reversed, the third's is tilted
    std::vector<PlantedVoxel> voxels; ///< grey matter and structures, by place; their values are the rest of a volume
    Matrix<float> responses; ///< stimuli × voxels: what the stimuli do, in standard deviations of thermal noise
    std::vector<PlantedRun> runs;
};

/// The volumes of one run.
struct PlantedSeries {
    Matrix<std::int16_t> values; ///< volumes × voxels of the subject
    double scale = 1;            ///< measured value of 1
    /// Writes volume `index` into `grid` (one value per place), 0 where no voxel is. Throws DataError if `grid` is of
    /// another size.
    void fill(const PlantedSubject& subject, std::size_t index, std::span<double> grid) const;
};

/// Five people, or another number, who were scanned while they watched the stimuli. A voxel of a region that follows a
/// system answers with its components, weighted by the region's preferences and by maps that are smooth over the
/// cortex and differ between people; a haemodynamic response of about 5 s, drifts, movements that leak into the
/// voxels, thermal noise, spikes and two voxels without any signal are added. How much a showing varies beyond that
/// differs between stimuli: some are clean, some noisy.
class PlantedScans {
public:
    /// `cortex` is the template that all are reshaped from. Throws ParameterError for a plan without systems or
    /// subjects, with regions that are not in the table or twice, systems that are not there, too few runs, fewer than
    /// three stimuli per run, or sizes and signals out of bounds; DataError for features that are not finite, or
    /// systems of different numbers of stimuli.
    PlantedScans(PlantedScansPlan plan, PlantedCortex cortex, RegionTable table = defaultRegionTable());

    [[nodiscard]] const PlantedScansPlan& plan() const noexcept { return m_plan; }
    [[nodiscard]] const RegionTable& table() const noexcept { return m_table; }
    [[nodiscard]] std::size_t stimuli() const noexcept { return m_noisiness.size(); }
    /// Per stimulus the standard deviation of what its showings add to responses, in that of thermal noise, the same
    /// for all subjects; the smallest are those that leave-one-out choice should keep.
    [[nodiscard]] const std::vector<double>& noisiness() const noexcept { return m_noisiness; }
    /// Of a drive the components that its region prefers, ascending.
    [[nodiscard]] const std::vector<std::size_t>& preferred(std::size_t drive) const { return m_preferred.at(drive); }
    /// Of a drive all systems, the one that should predict best first; the order of the others follows from how much
    /// of the preferred components their own explain.
    [[nodiscard]] std::vector<std::size_t> ranking(std::size_t drive) const;

    /// Throws ParameterError if there are not so many. Any thread.
    [[nodiscard]] PlantedSubject subject(std::size_t number) const;
    /// A run of a subject of these scans, the same bits for any number of threads. Throws ParameterError if there are
    /// not so many, DataError for a subject of scans of other stimuli.
    [[nodiscard]] PlantedSeries series(const PlantedSubject& subject, std::size_t run, int threads) const;

private:
    PlantedScansPlan m_plan;
    PlantedCortex m_cortex;
    RegionTable m_table;
    std::vector<Matrix<double>> m_features; ///< of each system, columns standardised
    std::vector<std::vector<std::size_t>> m_preferred;
    std::vector<double> m_noisiness;
    std::vector<double> m_durations; ///< s, of each stimulus
};

} // namespace tercet
