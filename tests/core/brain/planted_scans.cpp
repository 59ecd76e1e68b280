#include "core/brain/planted_scans.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/brain/encoding.h"
#include "core/brain/leave_one_out.h"
#include "core/brain/preprocessing.h"
#include "core/brain/responses.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

using namespace tercet;
using Catch::Matchers::Contains;
using test::readerOf;

namespace {

/// Sparse components, as embeddings have, and a system that knows a blurred half of them beside its own.
std::vector<Matrix<double>> twoSystems(std::size_t stimuli) {
    constexpr std::size_t kComponents = 10;
    Rng rng(5);
    std::vector<Matrix<double>> systems(2, Matrix<double>(stimuli, kComponents));
    for (std::size_t i = 0; i < stimuli; ++i)
        for (std::size_t c = 0; c < kComponents; ++c) {
            const auto weight = [&] { return rng.uniform() < 0.3 ? 0.5 + rng.uniform() : 0.1 * rng.uniform(); };
            systems[0](i, c) = weight();
            systems[1](i, c) = c < kComponents / 3 ? 0.5 * systems[0](i, c) + 0.5 * weight() : weight();
        }
    return systems;
}

PlantedScansPlan planOf(std::size_t stimuli) {
    return {.systems = twoSystems(stimuli),
            .drives = {{"VC", 0, 1.2}, {"TPJ", 0, 1.2}, {"insula", 1, 1.2}, {"hippocampus", 1, 1.2}},
            .subjects = {1, 0.8, 1.1}};
}

const PlantedCortex& cortex() {
    static const PlantedCortex planted = plantCortex(1);
    return planted;
}

/// Voxels that touch by a corner, in pieces.
std::size_t piecesOf(const PlantedSubject& subject, bool left) {
    const PlantedHemisphere& hemisphere = subject.cortex.hemispheres[left ? 0 : 1];
    std::map<std::uint32_t, bool> open;
    for (const PlantedVoxel& voxel : subject.voxels)
        if (hemisphere.parcels.parcels.contains(voxel.parcel))
            open[voxel.place] = true;
    std::size_t pieces = 0;
    for (auto& [place, isOpen] : open) {
        if (!isOpen)
            continue;
        ++pieces;
        std::vector<std::uint32_t> waiting{place};
        isOpen = false;
        while (!waiting.empty()) {
            const auto at = static_cast<std::int64_t>(waiting.back());
            waiting.pop_back();
            for (int step = 0; step < 27; ++step) {
                const auto row = static_cast<std::int64_t>(subject.size[0]);
                const auto slice = row * static_cast<std::int64_t>(subject.size[1]);
                const auto next =
                    static_cast<std::uint32_t>(at + step % 3 - 1 + row * (step / 3 % 3 - 1) + slice * (step / 9 - 1));
                if (const auto found = open.find(next); found != open.end() && found->second) {
                    found->second = false;
                    waiting.push_back(next);
                }
            }
        }
    }
    return pieces;
}

Point3 placeOf(const PlantedSubject& subject, std::uint32_t place) {
    return subject.toMm({static_cast<double>(place % subject.size[0]),
                         static_cast<double>(place / subject.size[0] % subject.size[1]),
                         static_cast<double>(place / subject.size[0] / subject.size[1])});
}

/// One row per showing.
struct Measured {
    std::vector<std::size_t> stimuli;
    std::vector<std::int64_t> runs;
    Matrix<double> responses; ///< showings × chosen voxels
};

Measured measure(const PlantedScans& scans, const PlantedSubject& subject, const std::vector<std::size_t>& chosen) {
    Measured result;
    std::vector<double> values;
    for (std::size_t run = 0; run < subject.runs.size(); ++run) {
        const PlantedRun& plan = subject.runs[run];
        std::vector<StimulusBlock> blocks;
        for (const PlantedEvent& event : plan.events) {
            blocks.push_back({event.onset, event.duration});
            result.stimuli.push_back(event.stimulus);
            result.runs.push_back(static_cast<std::int64_t>(run));
        }
        const PlantedSeries series = scans.series(subject, run, 2);
        Matrix<double> volumes(plan.volumes, chosen.size());
        for (std::size_t t = 0; t < plan.volumes; ++t)
            for (std::size_t v = 0; v < chosen.size(); ++v)
                volumes(t, v) = series.scale * series.values(t, chosen[v]);
        const Matrix<double> scaled =
            RunPreprocessing(plan.volumes, plan.motion, blocks, {.repetitionTime = kPlantedRepetitionTime})
                .apply(volumes);
        values.insert(values.end(), scaled.values().begin(), scaled.values().end());
    }
    result.responses = Matrix<double>(result.stimuli.size(), chosen.size(), std::move(values));
    return result;
}

Matrix<double> rowsOf(const Matrix<double>& features, const std::vector<std::size_t>& rows) {
    Matrix<double> result(rows.size(), features.cols());
    for (std::size_t i = 0; i < rows.size(); ++i)
        std::ranges::copy(features.row(rows[i]), result.row(i).begin());
    return result;
}

} // namespace

// One case: planting the cortex takes most of the time, and every case is a program run of its own.
TEST_CASE("Planted scans are like those of people") {
    SECTION("voxels lie on the cortex and its structures, whatever the grid") {
        const PlantedScans scans(planOf(60), cortex());
        const RegionTable& table = scans.table();
        for (std::size_t number = 0; number < 3; ++number) {
            const PlantedSubject subject = scans.subject(number);
            CAPTURE(number);
            CHECK(subject.voxels.size() > 5000);
            CHECK(subject.voxels.size() < 9000);
            Point3 low{1e9, 1e9, 1e9}, high{-1e9, -1e9, -1e9};
            for (const PlantedHemisphere& hemisphere : subject.cortex.hemispheres)
                for (const auto& vertex : hemisphere.pial.vertices)
                    for (std::size_t axis = 0; axis < 3; ++axis) {
                        low[axis] = std::min(low[axis], static_cast<double>(vertex[axis]));
                        high[axis] = std::max(high[axis], static_cast<double>(vertex[axis]));
                    }
            const double half = scans.plan().voxelSize * std::sqrt(3.0) / 2; // from the centre of a voxel to its corner
            std::map<int, std::size_t> counts;
            std::size_t outside = 0;
            for (const PlantedVoxel& voxel : subject.voxels) {
                ++counts[voxel.region];
                CHECK((voxel.parcel == 0) != (voxel.structure == 0));
                const Point3 at = placeOf(subject, voxel.place);
                if (voxel.structure != 0)
                    continue;
                for (std::size_t axis = 0; axis < 3; ++axis)
                    outside += at[axis] < low[axis] - half || at[axis] > high[axis] + half ? 1 : 0;
                const bool left = voxel.parcel <= 180;
                outside += (left ? at[0] > half : at[0] < -half) ? 1 : 0;
            }
            CHECK(outside == 0);
            for (std::size_t r = 0; r < table.regions.size(); ++r) {
                INFO(table.regions[r].name);
                CHECK(counts[static_cast<int>(r)] >= 5);
            }
            CHECK(piecesOf(subject, true) == 1);
            CHECK(piecesOf(subject, false) == 1);
            CHECK(std::ranges::is_sorted(subject.voxels, {}, &PlantedVoxel::place));
            CHECK((subject.toMm.determinant() < 0) == (number == 1));
            CHECK((subject.toMm.rows[2][1] != 0) == (number == 2));
            CHECK(std::cbrt(std::abs(subject.toMm.determinant())) == Approx(5));
            CHECK(std::abs(subject.toMm.rows[0][3]) > 20);
        }
    }

    SECTION("every stimulus is shown, few are shown again, in runs that fit") {
        const PlantedScans scans(planOf(300), cortex());
        const PlantedSubject subject = scans.subject(0);
        REQUIRE(subject.runs.size() == 10);
        std::vector<std::vector<std::size_t>> shown(300);
        std::size_t volumes = 0;
        for (std::size_t run = 0; run < 10; ++run) {
            const PlantedRun& plan = subject.runs[run];
            volumes += plan.volumes;
            CHECK(plan.motion.rows() == plan.volumes);
            CHECK(plan.motion.cols() == 6);
            double free = 0;
            for (const PlantedEvent& event : plan.events) {
                CHECK(event.onset >= free);
                free = event.onset + event.duration;
                CHECK((event.duration == 4 || event.duration == 6));
                shown[event.stimulus].push_back(run);
            }
            CHECK(free + 10 <= kPlantedRepetitionTime * static_cast<double>(plan.volumes));
        }
        CHECK(volumes > 1000);
        CHECK(volumes < 1300);
        CHECK(std::ranges::count_if(shown, [](const auto& runs) { return runs.size() == 1; }) == 280);
        CHECK(std::ranges::count(shown, std::vector<std::size_t>{8, 9}) == 20);
        CHECK(scans.subject(1).runs[0].events[0].stimulus != subject.runs[0].events[0].stimulus);
    }

    SECTION("a seed always gives the same volumes, whatever the threads") {
        const PlantedScans scans(planOf(60), cortex());
        const PlantedSubject subject = scans.subject(0);
        const PlantedSeries series = scans.series(subject, 3, 1);
        CHECK(series.values == scans.series(subject, 3, 3).values);
        CHECK(series.values == PlantedScans(planOf(60), cortex()).series(scans.subject(0), 3, 2).values);
        CHECK(series.values != scans.series(subject, 4, 2).values);
        PlantedScansPlan other = planOf(60);
        other.seed = 2;
        const PlantedScans others(other, cortex());
        CHECK(others.subject(0).voxels.size() != subject.voxels.size());
        CHECK(others.noisiness() != scans.noisiness());

        std::vector<double> grid(subject.size[0] * subject.size[1] * subject.size[2], 1.0);
        series.fill(subject, 2, grid);
        CHECK(static_cast<std::size_t>(std::ranges::count_if(grid, [](double value) { return value != 0; })) ==
              subject.voxels.size());
        CHECK(grid[subject.voxels[7].place] == series.scale * series.values(2, 7));
        CHECK_THROWS_AS(series.fill(subject, series.values.rows(), grid), DataError);
        grid.pop_back();
        CHECK_THROWS_AS(series.fill(subject, 0, grid), DataError);

        std::size_t constant = 0;
        for (std::size_t v = 0; v < subject.voxels.size(); ++v) {
            std::set<std::int16_t> values;
            for (std::size_t t = 0; t < series.values.rows(); ++t)
                values.insert(series.values(t, v));
            CHECK((values.size() == 1) == subject.voxels[v].constant);
            constant += values.size() == 1 ? 1 : 0;
            CHECK(*values.begin() > 0);
        }
        CHECK(constant >= 1);
        CHECK(constant <= 2);
    }
}

TEST_CASE("Preprocessing and encoding find what was planted, and clean stimuli are predicted best") {
    const PlantedScans scans(planOf(300), cortex());
    const PlantedSubject subject = scans.subject(0);
    const RegionTable& table = scans.table();
    std::vector<std::size_t> chosen; // all that follow a system, some that follow none
    for (std::size_t v = 0; v < subject.voxels.size(); ++v)
        if (subject.voxels[v].system != PlantedVoxel::kNone ? v % 3 == 0 || subject.voxels[v].constant : v % 40 == 0)
            chosen.push_back(v);
    const Measured measured = measure(scans, subject, chosen);
    const std::vector<std::int64_t> stimuli(measured.stimuli.begin(), measured.stimuli.end());
    const EncodingFolds folds = foldsByRun(measured.runs, stimuli, 5, 6);

    std::vector<std::map<int, double>> means; // of systems per region
    for (const Matrix<double>& features : scans.plan().systems) {
        const Matrix<double> rows = rowsOf(features, measured.stimuli);
        const auto found = encodeVoxels(RidgeEncoding(rows, folds), chosen.size(), readerOf(measured.responses),
                                        1U << 28U, JobControl(), Progress(), 2);
        std::map<int, double> sums, counts;
        for (std::size_t v = 0; v < chosen.size(); ++v) {
            const PlantedVoxel& voxel = subject.voxels[chosen[v]];
            CHECK(std::isnan(found.score[v]) == voxel.constant);
            if (voxel.constant)
                continue;
            const int region = voxel.system == PlantedVoxel::kNone ? PlantedVoxel::kNone : voxel.region;
            sums[region] += found.score[v];
            ++counts[region];
        }
        for (auto& [region, sum] : sums)
            sum /= counts[region];
        means.push_back(sums);
    }
    for (std::size_t d = 0; d < scans.plan().drives.size(); ++d) {
        const PlantedDrive& drive = scans.plan().drives[d];
        const int region = static_cast<int>(std::ranges::find(table.regions, drive.region, &RegionTable::Region::name) -
                                            table.regions.begin());
        INFO(drive.region << ": " << means[0][region] << " and " << means[1][region]);
        CHECK(means[drive.system][region] > 0.2);
        CHECK(means[drive.system][region] > means[1 - drive.system][region] + 0.05);
        CHECK(scans.ranking(d) == std::vector<std::size_t>{drive.system, 1 - drive.system});
    }
    for (auto& system : means)
        CHECK(std::abs(system[PlantedVoxel::kNone]) < 0.03);

    // The stimuli that leave-one-out prediction finds best are the clean ones.
    std::vector<std::size_t> visual;
    for (std::size_t v = 0; v < chosen.size(); ++v)
        if (const PlantedVoxel& voxel = subject.voxels[chosen[v]]; voxel.system == 0 && !voxel.constant)
            visual.push_back(v);
    Matrix<double> patterns(measured.stimuli.size(), visual.size());
    for (std::size_t i = 0; i < patterns.rows(); ++i)
        for (std::size_t v = 0; v < visual.size(); ++v)
            patterns(i, v) = measured.responses(i, visual[v]);
    const auto r = leaveOneOutPatterns(LeaveOneOut(rowsOf(scans.plan().systems[0], measured.stimuli), 10),
                                       visual.size(), readerOf(patterns), 1U << 28U, JobControl(), Progress(), 2);
    double clean = 0, noisy = 0, cleanCount = 0, noisyCount = 0;
    for (std::size_t i = 0; i < r.size(); ++i)
        if (const double noise = scans.noisiness()[measured.stimuli[i]]; noise < 0.3) {
            clean += r[i];
            ++cleanCount;
        } else if (noise > 1.5) {
            noisy += r[i];
            ++noisyCount;
        }
    INFO(clean / cleanCount << " and " << noisy / noisyCount);
    CHECK(cleanCount > 50);
    CHECK(noisyCount > 50);
    CHECK(clean / cleanCount > noisy / noisyCount + 0.1);
}

TEST_CASE("Plans of scans that mean nothing are refused") {
    struct Case {
        const char* says;
        void (*spoil)(PlantedScansPlan& plan);
    };
    const auto given = GENERATE(values<Case>({
        {"systems", [](PlantedScansPlan& plan) { plan.systems.clear(); }},
        {"stimuli", [](PlantedScansPlan& plan) { plan.systems[1] = Matrix<double>(59, 2); }},
        {"finite", [](PlantedScansPlan& plan) { plan.systems[0](3, 1) = std::numeric_limits<double>::quiet_NaN(); }},
        {"subjects", [](PlantedScansPlan& plan) { plan.subjects.clear(); }},
        {"signal of a subject", [](PlantedScansPlan& plan) { plan.subjects[1] = -1; }},
        {"runs", [](PlantedScansPlan& plan) { plan.runs = 7; }},
        {"runs", [](PlantedScansPlan& plan) { plan.runs = 21; }},
        {"voxel size", [](PlantedScansPlan& plan) { plan.voxelSize = 1; }},
        {"region of the table", [](PlantedScansPlan& plan) { plan.drives[0].region = "cortex"; }},
        {"every region once", [](PlantedScansPlan& plan) { plan.drives[0].region = "TPJ"; }},
        {"system below 2", [](PlantedScansPlan& plan) { plan.drives[0].system = 2; }},
        {"signal of VC", [](PlantedScansPlan& plan) { plan.drives[0].signal = std::nan(""); }},
    }));
    PlantedScansPlan plan = planOf(60);
    given.spoil(plan);
    INFO(given.says);
    CHECK_THROWS_WITH(PlantedScans(plan, {}), Contains(given.says));
    const PlantedScans scans(planOf(60), {});
    CHECK_THROWS_AS(scans.subject(3), ParameterError);
    CHECK_THROWS_AS(scans.series({}, 0, 1), ParameterError);
    PlantedSubject stranger;
    stranger.runs.resize(1);
    stranger.voxels.resize(3);
    stranger.responses = Matrix<float>(59, 3);
    CHECK_THROWS_WITH(scans.series(stranger, 0, 1), Contains("60 stimuli"));
}
