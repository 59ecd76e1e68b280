#pragma once

#include "panel_study.h"

#include "core/io/gifti_file.h"
#include "core/io/volume_file.h"
#include "core/pipeline/brain_import.h"

#include <functional>

namespace tercet {

inline constexpr const char* kCategoryRatings = "category-ratings";
inline constexpr int kCortexSide = 8; ///< vertices along each side of a hemisphere, which is a square of 70 mm

inline VolumeInfo scanInfo() {
    VolumeInfo info{.size = {2 * kCortexSide, kCortexSide, 1}, .repetitionTime = 2, .oriented = true};
    info.toMm.rows = {{{10, 0, 0, -80}, {0, 10, 0, 0}, {0, 0, 10, 0}}};
    return info;
}

/// Adds a subject to a small study: 16 × 8 voxels of 10 mm, each below a vertex of two square hemispheres. Voxels of
/// the left one answer to the first rated category, those of the right one are noise. The lower half of each square is
/// VC.
inline void addSubject(const PanelStudy& made, const char* name, std::uint64_t seed) {
    Study& study = *made.study();
    const std::string folder = made.folder().toStdString() + "/" + name;
    std::filesystem::create_directories(folder);
    constexpr std::size_t kRuns = 4;
    const std::size_t stimuli = study.stimuli()->size();
    const std::size_t perRun = stimuli / kRuns;
    const VolumeInfo info = scanInfo();
    const auto ratings = study.ratings();
    Rng rng(seed);
    ImportRequest scans{.kind = "fmri", .subject = name};
    for (std::size_t r = 0; r < kRuns; ++r) {
        const std::string stem = folder + "/run-" + std::to_string(r + 1);
        std::string events = "onset\tduration\tstimulus\n";
        for (std::size_t s = 0; s < perRun; ++s)
            events += std::to_string(4 * s) + "\t4\t" + (*study.stimuli())[r * perRun + s].id + "\n";
        QFile file(QString::fromStdString(stem + "_events.tsv"));
        if (!file.open(QIODevice::WriteOnly) || file.write(events.c_str()) < 0)
            qFatal("cannot write %s", stem.c_str());
        writeVolumes(stem + "_bold.nii", info, 2 * perRun + 4, [&](std::size_t t, std::span<double> values) {
            constexpr std::size_t kDelay = 2; // volumes
            const std::size_t shown = r * perRun + std::min(perRun - 1, (std::max(t, kDelay) - kDelay) / 2);
            for (std::size_t v = 0; v < values.size(); ++v)
                values[v] = 100 + rng.uniform() +
                            (v % (2 * kCortexSide) < kCortexSide && t >= kDelay ? 5 * ratings->values(shown, 0) : 0);
        });
        scans.files.emplace_back(stem + "_bold.nii");
    }
    importFiles(study, scans);

    ImportRequest surfaces{.kind = "surface", .subject = name};
    ImportRequest parcels{.kind = "parcellation", .subject = name};
    for (const bool left : {true, false}) {
        GiftiArray points{.intent = "POINTSET", .shape = {kCortexSide * kCortexSide, 3}};
        GiftiArray triangles{.intent = "TRIANGLE"};
        GiftiArray keys{.intent = "LABEL", .shape = {kCortexSide * kCortexSide}};
        for (int j = 0; j < kCortexSide; ++j)
            for (int i = 0; i < kCortexSide; ++i) {
                for (const double value : {10.0 * i - (left ? 80 : 0), 10.0 * j, 0.0})
                    points.values.push_back(value);
                keys.values.push_back(j < kCortexSide / 2 ? 1 : 0);
                const int at = j * kCortexSide + i;
                if (i + 1 < kCortexSide && j + 1 < kCortexSide)
                    for (const int corner :
                         {at, at + 1, at + kCortexSide, at + 1, at + kCortexSide + 1, at + kCortexSide})
                        triangles.values.push_back(corner);
            }
        triangles.shape = {triangles.values.size() / 3, 3};
        const std::string stem = folder + (left ? "/lh." : "/rh.");
        for (const char* what : {"flat", "midthickness"}) {
            surfaces.files.emplace_back(stem + what + ".surf.gii");
            GiftiContent content;
            content.arrays = {points, triangles};
            writeGifti(surfaces.files.back(), content);
        }
        GiftiContent labels;
        labels.arrays = {keys};
        labels.labels[1] = {.name = left ? "L_V1_ROI" : "R_V1_ROI"};
        parcels.files.emplace_back(stem + "parcels.label.gii");
        writeGifti(parcels.files.back(), labels);
    }
    importFiles(study, surfaces);
    importFiles(study, parcels);
}

/// Imports the scans of such a subject again with those voxels alone that `counts`, of the place in the volume.
inline void importWithMask(const PanelStudy& made, const char* name, const std::function<bool(std::size_t)>& counts) {
    const std::string folder = made.folder().toStdString() + "/" + name;
    ImportRequest scans{.kind = "fmri", .subject = name, .mask = folder + "/mask.nii"};
    for (const char* run : {"1", "2", "3", "4"})
        scans.files.emplace_back(folder + "/run-" + run + "_bold.nii");
    writeVolumes(scans.mask, scanInfo(), 1, [&](std::size_t, std::span<double> values) {
        for (std::size_t v = 0; v < values.size(); ++v)
            values[v] = counts(v) ? 1 : 0;
    });
    importFiles(*made.study(), scans);
}

/// A small study with two subjects, whose models of ratings are encoded.
class ScannedStudy : public PanelStudy {
public:
    ScannedStudy() {
        addSubject(*this, "anna", 1);
        addSubject(*this, "bert", 2);
        for (const char* system : {kCategoryRatings, "dimension-ratings"})
            setParameters(*study(), {"encode", system}, {{"folds", "random"}, {"outer", "2"}, {"inner", "2"}});
        for (const char* subject : {"anna", "bert"})
            runFor("project-surface", "", subject);
    }
    void runFor(const char* step, const char* system, const char* subject) const {
        JobControl control;
        runTask(*study(), {step, system, subject}, {.control = control, .progress = {}});
    }
};

} // namespace tercet
