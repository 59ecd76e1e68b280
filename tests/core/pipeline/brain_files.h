#pragma once

#include "brain_study.h"
#include "core/io/gifti_file.h"
#include "core/io/hdf5.h"
#include "core/io/surface_mesh.h"

#include <functional>

namespace tercet::test {

/// Everything that an import adds to.
struct Contents {
    std::size_t files, imports, subjects, systems, stimuli;
    explicit Contents(const Study& study)
        : files(static_cast<std::size_t>(std::distance(fs::directory_iterator(study.scratchFolder()), {}))),
          imports(study.imports().size()), subjects(study.subjects().size()), systems(study.systems().size()),
          stimuli(study.stimuli()->size()) {}
    friend bool operator==(const Contents&, const Contents&) = default;
};

/// Eight faces; `shift` moves it to the right.
inline SurfaceMesh octahedron(float radius, float shift = 0) {
    SurfaceMesh mesh;
    for (const auto& at : {std::array{1.F, 0.F, 0.F}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}})
        mesh.vertices.push_back({at[0] * radius + shift, at[1] * radius, at[2] * radius});
    mesh.triangles = {{0, 2, 4}, {2, 1, 4}, {1, 3, 4}, {3, 0, 4}, {2, 0, 5}, {1, 2, 5}, {3, 1, 5}, {0, 3, 5}};
    return mesh;
}

inline fs::path writeMesh(const fs::path& file, const SurfaceMesh& mesh) {
    GiftiArray points{.intent = "POINTSET", .shape = {mesh.vertices.size(), 3}};
    for (const auto& vertex : mesh.vertices)
        points.values.insert(points.values.end(), vertex.begin(), vertex.end());
    GiftiArray triangles{.intent = "TRIANGLE", .shape = {mesh.triangles.size(), 3}};
    for (const auto& triangle : mesh.triangles)
        triangles.values.insert(triangles.values.end(), triangle.begin(), triangle.end());
    fs::create_directories(file.parent_path());
    writeGifti(file, {.arrays = {points, triangles}});
    return file;
}

inline fs::path writeLabels(const fs::path& file, const std::vector<double>& keys) {
    GiftiContent content{.arrays = {{.intent = "LABEL", .shape = {keys.size()}, .values = keys}}};
    content.labels[0] = {.name = "???"};
    content.labels[1] = {.name = "L_V1_ROI"};
    content.labels[2] = {.name = "L_TF_ROI"};
    writeGifti(file, content);
    return file;
}

/// A volume whose voxels have these values, i fastest.
inline fs::path writeVolume(const fs::path& file, const VolumeInfo& info,
                            const std::function<double(std::size_t)>& value) {
    writeVolumes(file, info, 1, [&](std::size_t, std::span<double> values) {
        for (std::size_t v = 0; v < values.size(); ++v)
            values[v] = value(v);
    });
    return file;
}

/// A folder as pycortex has it, whose surfaces are octahedra.
inline fs::path writePycortex(const fs::path& folder, const std::vector<std::string>& transforms) {
    for (const char* side : {"lh", "rh"}) {
        writeMesh(folder / fmt::format("surfaces/wm_{}.gii", side), octahedron(4));
        writeMesh(folder / fmt::format("surfaces/pia_{}.gii", side), octahedron(6));
    }
    for (const std::string& name : transforms) {
        fs::create_directories(folder / "transforms" / name);
        writeText(folder / "transforms" / name / "matrices.xfm",
                  R"({"coord": [[0.5,0,0,1],[0,0.5,0,2],[0,0,0.25,3],[0,0,0,1]], "magnet": 0})");
    }
    return folder;
}

/// Eight voxels at the corners of a cube of 3 mm, in samples of one value each: 100 × sample + voxel.
struct BDataPlan {
    std::vector<double> stimuli{1, 2, 3, 1, 2, 9};
    std::vector<double> runs{1, 1, 1, 2, 2, 2};
    double offGrid = 0;
    const char* stimulusKey = "stim_index";
    std::size_t voxels = 8;
    std::size_t stimulusColumns = 1;               ///< the last says which
    std::map<std::string, std::string> words = {}; ///< of the stimuli's numbers

    fs::path write(const fs::path& path) const {
        const double none = std::nan("");
        const std::size_t columns = voxels + 1 + stimulusColumns;
        std::vector<double> data;
        for (std::size_t s = 0; s < stimuli.size(); ++s) {
            for (std::size_t v = 0; v < voxels; ++v)
                data.push_back(v == 5 ? 7 : 100 * static_cast<double>(s) + static_cast<double>(v));
            data.push_back(runs[s]);
            data.insert(data.end(), stimulusColumns - 1, 1);
            data.push_back(stimuli[s]);
        }
        const std::vector<std::string> keys = {"VoxelData", "voxel_x", "voxel_y",  "voxel_z", "hcp180_r_lh.L_V1_ROI",
                                               "thalamus",  "Run",     stimulusKey};
        const std::vector<std::string> descriptions = {"1 = voxels",       "x",       "y",           "z", "1 = ROI V1",
                                                       "1 = ROI thalamus", "1 = run", "1 = stimulus"};
        Matrix<double> values(keys.size(), columns, none);
        for (std::size_t v = 0; v < voxels; ++v) {
            values(0, v) = 1;
            values(1, v) = -6 + 3 * static_cast<double>(v % 2) + (v == 7 ? offGrid : 0);
            values(2, v) = 9 + 3 * static_cast<double>(v / 2 % 2);
            values(3, v) = 3 * static_cast<double>(v / 4);
            values(4, v) = v < 2 ? 1 : 0;
            values(5, v) = v > 0 && v < 4 ? 1 : 0;
        }
        values(6, voxels) = 1;
        for (std::size_t c = voxels + 1; c < columns; ++c)
            values(7, c) = 1;
        Hdf5File file = Hdf5File::create(path);
        file.write<double>("dataset", {stimuli.size(), columns}, data);
        file.write<std::string>("metadata/key", {keys.size()}, keys);
        file.write<std::string>("metadata/description", {keys.size()}, descriptions);
        file.write<double>("metadata/value", {keys.size(), columns}, values.values());
        for (const auto& [number, word] : words)
            file.write<std::string>(fmt::format("vmap/{}/{}", stimulusKey, number), {}, std::vector{word});
        file.close();
        return path;
    }
};

} // namespace tercet::test
