#pragma once

#include "core/base/matrix.h"
#include "core/io/surface_mesh.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tercet {

/// A part of the brain in a CIFTI file: vertices of a hemisphere's surface, or voxels of a volume.
struct CiftiPart {
    std::string structure; ///< CORTEX_LEFT, CORTEX_RIGHT, THALAMUS_LEFT …
    std::size_t first = 0; ///< of its places in a map
    std::size_t count = 0;
    std::size_t surfaceVertices = 0;     ///< of the whole surface; 0 for voxels
    std::vector<std::uint32_t> vertices; ///< `count` of them, or none for voxels
    std::vector<std::array<std::int32_t, 3>> voxels;
};

struct CiftiContent {
    std::vector<CiftiPart> parts;
    std::vector<std::string> maps;                                     ///< names
    std::vector<std::map<std::int32_t, VertexLabels::Parcel>> parcels; ///< per map; empty for scalars
    Matrix<float> values;                                              ///< maps × places
};

/// Reads a CIFTI-2 dense scalar or label file (.dscalar.nii, .dlabel.nii). Throws MissingError, StorageError, and
/// FormatError if it is of another kind, its parts do not fill its places, a vertex is past its surface, or it ends
/// early; sizes are checked before memory is taken. Any thread.
[[nodiscard]] CiftiContent readCifti(const std::filesystem::path& path);

/// A map on a whole hemisphere: one value per vertex of its surface, NaN where the file has none. Throws MissingError
/// naming the structures there are.
[[nodiscard]] std::vector<float> onSurface(const CiftiContent& content, std::size_t map, const std::string& structure);

} // namespace tercet
