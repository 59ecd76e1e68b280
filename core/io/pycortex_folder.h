#pragma once

#include "core/base/affine.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tercet {

/// The files of one surface. Either is empty where the folder has none.
struct PycortexSurface {
    std::filesystem::path left;
    std::filesystem::path right;
};

/// How a scan lies to the surfaces.
struct PycortexTransform {
    Affine toVoxel;                  ///< from surface mm to the voxel index (i, j, k) of the reference
    std::filesystem::path reference; ///< the volume that is meant; empty where the folder has none
    std::map<std::string, std::filesystem::path> masks; ///< by kind: "thick", "thin" …
};

/// What pycortex holds of a subject (SPEC B11). Only the matrices are read; the rest are paths of files that are there.
struct PycortexFolder {
    std::map<std::string, PycortexSurface> surfaces; ///< by name: "flat", "inflated", "pia", "wm", "fiducial" …
    std::map<std::string, PycortexTransform> transforms;
    std::map<std::string, std::filesystem::path> vertexValues; ///< "curvature", "thickness" …: see below
    std::filesystem::path overlays;                            ///< drawings of regions (SVG); empty without
};

/// Lists a subject's folder of a pycortex store. Throws MissingError if there is no such folder, FormatError if it has
/// no surfaces or the matrix of a transform is not understood, StorageError if it cannot be read. Any thread.
[[nodiscard]] PycortexFolder readPycortexFolder(const std::filesystem::path& folder);

/// Whether a folder has surfaces where pycortex puts them.
[[nodiscard]] bool looksLikePycortexFolder(const std::filesystem::path& folder) noexcept;

/// One value per vertex; empty for a hemisphere that the file has not.
struct PycortexValues {
    std::vector<double> left;
    std::vector<double> right;
};

/// Reads a file of vertexValues (.npz with "left" and "right"); NaN stays. Throws as readNpz(), and FormatError if it
/// has neither or they are not lists of numbers. Any thread.
[[nodiscard]] PycortexValues readPycortexValues(const std::filesystem::path& path);

} // namespace tercet
