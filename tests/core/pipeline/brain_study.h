#pragma once

#include "core/io/volume_file.h"
#include "core/pipeline/brain_import.h"
#include "pipeline_study.h"

#include <cmath>
#include <optional>

namespace tercet::test {

namespace fs = std::filesystem;

/// Made-up scans of one subject, in runs that each show other stimuli.
struct ScanPlan {
    std::string subject = "sub-01";
    std::array<std::size_t, 3> size{4, 3, 2};
    std::size_t runs = 3;
    std::size_t stimuliPerRun = 6;
    std::size_t volumes = 40;
    double repetitionTime = 1;
    std::uint64_t seed = 1;
    bool motion = false;
    std::optional<std::size_t> constant = {};        ///< number of a voxel that is constant
    std::size_t otherRuns = 1000;                    ///< that show other stimuli; those after them show the same again
    double (*noise)(std::size_t stimulus) = nullptr; ///< standard deviation, of a volume that shows it

    static constexpr double kBlock = 4; ///< s
    static constexpr double kGap = 6;   ///< s from one block to the next
    [[nodiscard]] Affine toMm() const { return {{{{2, 0, 0, -4}, {0, 2, 0, -3}, {0, 0, 2, 10}}}}; }
    [[nodiscard]] VolumeInfo info() const {
        return {.size = size, .repetitionTime = repetitionTime, .toMm = toMm(), .oriented = true};
    }
    [[nodiscard]] std::size_t stimulus(std::size_t run, std::size_t block) const {
        return run % otherRuns * stimuliPerRun + block;
    }
    [[nodiscard]] fs::path file(const fs::path& folder, std::size_t run, const char* what) const {
        return folder / fmt::format("{}_task-clips_run-{:02}_{}", subject, run + 1, what);
    }
};

/// What a voxel answers to a stimulus: about a third of the voxels follow each of two features, the others nothing.
inline double answer(std::size_t voxel, std::size_t stimulus) {
    const double phase = static_cast<double>(stimulus);
    return voxel % 3 == 0 ? std::sin(1.7 * phase) : voxel % 3 == 1 ? std::cos(2.3 * phase) : 0;
}

inline void writeScan(const fs::path& file, const ScanPlan& plan, std::size_t run) {
    Rng rng(plan.seed * 100 + run);
    writeVolumes(file, plan.info(), plan.volumes, [&](std::size_t t, std::span<double> values) {
        constexpr double kDelay = 4; // s
        const double time = static_cast<double>(t) * plan.repetitionTime - kDelay;
        const auto block = static_cast<std::size_t>(std::max(0.0, std::floor(time / ScanPlan::kGap)));
        const bool shown = time >= 0 && block < plan.stimuliPerRun &&
                           time - static_cast<double>(block) * ScanPlan::kGap < ScanPlan::kBlock;
        const std::size_t stimulus = plan.stimulus(run, block);
        const double noise = shown && plan.noise != nullptr ? plan.noise(stimulus) : 0;
        for (std::size_t v = 0; v < values.size(); ++v)
            values[v] = v == plan.constant
                            ? 50
                            : 100 + static_cast<double>(v) / 50 + 0.02 * static_cast<double>(t) + rng.uniform() +
                                  (shown ? 4 * answer(v, stimulus) : 0) + (noise > 0 ? noise * rng.normal() : 0);
    });
}

inline void writeText(const fs::path& file, std::string_view text) {
    std::ofstream(file, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

inline std::string eventsOf(const ScanPlan& plan, std::size_t run) {
    std::string text = "onset\tduration\ttrial_type\tstimulus\n";
    for (std::size_t b = 0; b < plan.stimuliPerRun; ++b)
        text += fmt::format("{}\t{}\tclip\t{:04}\n", static_cast<double>(b) * ScanPlan::kGap, ScanPlan::kBlock,
                            plan.stimulus(run, b) + 1);
    return text;
}

inline std::string motionOf(const ScanPlan& plan, std::size_t run) {
    Rng rng(plan.seed * 1000 + run);
    std::string text = "trans_x\ttrans_y\ttrans_z\trot_x\trot_y\trot_z\n";
    for (std::size_t t = 0; t < plan.volumes; ++t)
        for (int c = 0; c < 6; ++c)
            text += fmt::format("{:.5f}{}", rng.uniform(), c == 5 ? '\n' : '\t');
    return text;
}

/// Writes scans, with their events and motion beside them; returns the scans.
inline std::vector<fs::path> writeScans(const fs::path& folder, const ScanPlan& plan) {
    fs::create_directories(folder);
    std::vector<fs::path> scans;
    for (std::size_t r = 0; r < plan.runs; ++r) {
        scans.push_back(plan.file(folder, r, "bold.nii"));
        writeScan(scans.back(), plan, r);
        writeText(plan.file(folder, r, "events.tsv"), eventsOf(plan, r));
        if (plan.motion)
            writeText(plan.file(folder, r, "motion.tsv"), motionOf(plan, r));
    }
    return scans;
}

/// A study whose stimuli have ratings of three categories and two dimensions, but no system that would have to be
/// fitted.
inline std::shared_ptr<Study> makeRatedStudy(const fs::path& folder, std::size_t stimuli = 18) {
    auto study = Study::create(folder, "Scanned");
    Study::Import ratings = ratingsImport(stimuli, 3);
    ratings.systems.clear();
    const std::vector<std::size_t> kept = {0, 1, 2, kCategoryCount, kCategoryCount + 1};
    Matrix<double> values(stimuli, kept.size());
    std::vector<std::string> terms;
    std::vector<std::uint8_t> kinds;
    for (std::size_t c = 0; c < kept.size(); ++c) {
        terms.push_back(knownTerms()[kept[c]].name);
        kinds.push_back(static_cast<std::uint8_t>(knownTerms()[kept[c]].kind));
        for (std::size_t i = 0; i < stimuli; ++i)
            values(i, c) = c == 0   ? 0.5 + 0.5 * answer(0, i)
                           : c == 3 ? 5 + 4 * answer(1, i)
                                    : ratings.arrays.matrix("ratings")(i, kept[c]);
    }
    ratings.arrays.set("ratings", std::move(values));
    ratings.arrays.set("terms", std::move(terms));
    ratings.arrays.set("kinds", std::move(kinds));
    study->add(std::move(ratings));
    return study;
}

} // namespace tercet::test
