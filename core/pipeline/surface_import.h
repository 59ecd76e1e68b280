#pragma once

#include "core/base/affine.h"
#include "core/io/array_file.h"
#include "core/io/surface_mesh.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tercet {

enum class Hemisphere { Left, Right };
inline constexpr std::array kHemispheres = {Hemisphere::Left, Hemisphere::Right};
/// "left", "right": how arrays of an import begin.
[[nodiscard]] const char* toString(Hemisphere side);

/// Whether the import of kind "surface" uses a file: its name says flat, inflated, white, pial, midthickness, curvature
/// or sulcal depth.
[[nodiscard]] bool isUsedSurface(const std::filesystem::path& file);
/// What the names of both hemispheres' files share, in small letters: "lh.aparc.annot" → "aparc.annot".
[[nodiscard]] std::string nameWithoutHemisphere(const std::filesystem::path& file);

/// "left_flat": the name of a hemisphere's array.
[[nodiscard]] std::string arrayName(Hemisphere side, const char* what);
/// The rows of an array with three columns, of float or std::uint32_t; none if it is not there.
template <class T>
[[nodiscard]] std::vector<std::array<T, 3>> triplesIn(const ArrayBundle& arrays, const std::string& name);

/// One hemisphere of an import of kind "surface". Geometries share their vertices; those that are not there are empty.
struct CorticalSurface {
    SurfaceMesh flat; ///< with triangles of its own
    std::vector<std::array<float, 3>> inflated;
    std::vector<std::array<float, 3>> white;
    std::vector<std::array<float, 3>> pial;
    std::vector<std::array<float, 3>> midthickness;
    std::vector<std::array<std::uint32_t, 3>> triangles; ///< of all of these
    std::vector<float> curvature;                        ///< above 0 in sulci

    [[nodiscard]] std::size_t vertices() const noexcept;
    /// What lies in the folded cortex: midthickness, else white or pial, else nothing.
    [[nodiscard]] std::span<const std::array<float, 3>> folded() const noexcept;
};

/// A hemisphere of the arrays of an import; nothing if it is not there.
[[nodiscard]] std::optional<CorticalSurface> surfaceIn(const ArrayBundle& arrays, Hemisphere side);
/// From the surface's mm to indices of the scans' voxels, where the import says so.
[[nodiscard]] std::optional<Affine> transformIn(const ArrayBundle& arrays);
/// An affine map that is stored as 3 × 4.
[[nodiscard]] Affine affineIn(const ArrayBundle& arrays, const std::string& name);
[[nodiscard]] Matrix<double> toMatrix(const Affine& affine);

/// Which parcel each vertex of a hemisphere belongs to: number in the array "parcel_name", −1 for none. Empty if the
/// import of kind "parcels" has not this hemisphere.
[[nodiscard]] std::span<const std::int32_t> parcelsIn(const ArrayBundle& arrays, Hemisphere side);

} // namespace tercet
