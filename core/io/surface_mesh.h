#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tercet {

/// A surface of triangles. Flat maps keep the full list of vertices and cut the triangles only: vertices in no triangle
/// may be anywhere.
struct SurfaceMesh {
    std::vector<std::array<float, 3>> vertices; ///< mm
    std::vector<std::array<std::uint32_t, 3>> triangles;
};

/// One number per vertex: the key of its parcel.
struct VertexLabels {
    struct Parcel {
        std::string name;
        std::array<float, 4> color{}; ///< red, green, blue, alpha, 0–1
    };
    std::vector<std::int32_t> keys;
    std::map<std::int32_t, Parcel> parcels; ///< keys that are not here have no parcel
};

/// What FreeSurfer's flat patch says of a vertex of the full surface.
struct PatchVertex {
    std::uint32_t vertex = 0;
    bool border = false;
    std::array<float, 3> place{};
};

/// Reads a surface: GIFTI (with its coordinates moved as its matrix says) or a FreeSurfer binary surface of triangles.
/// Throws MissingError, StorageError, and FormatError if the file is of another kind, ends early, has coordinates that
/// are not finite in a vertex that is used, or a triangle that points past the vertices.
[[nodiscard]] SurfaceMesh readSurface(const std::filesystem::path& path);

/// Reads one value per vertex: a GIFTI file with one such array (not labels), or a FreeSurfer curvature file.
/// Throws as readSurface().
[[nodiscard]] std::vector<float> readVertexValues(const std::filesystem::path& path);

/// Reads a parcellation of one hemisphere: a GIFTI label file or a FreeSurfer .annot. Throws as readSurface().
[[nodiscard]] VertexLabels readVertexLabels(const std::filesystem::path& path);

/// Reads a FreeSurfer flat patch (?h.*.patch.3d). Throws as readSurface().
[[nodiscard]] std::vector<PatchVertex> readPatch(const std::filesystem::path& path);

/// A flat map of a surface: the patch's places for its vertices (pycortex' orientation: y, −x), the triangles whose
/// three vertices are all in the patch. Throws DataError if the patch names a vertex that the surface has not.
[[nodiscard]] SurfaceMesh flattened(const SurfaceMesh& surface, const std::vector<PatchVertex>& patch);

/// The surface halfway between two of the same triangles: pycortex' fiducial, of pia and white matter. Throws DataError
/// if their vertices or triangles are not the same.
[[nodiscard]] SurfaceMesh halfway(const SurfaceMesh& one, const SurfaceMesh& other);

} // namespace tercet
