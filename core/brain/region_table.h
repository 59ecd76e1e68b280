#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tercet {

/// Which parcels of an atlas make up each region of interest (SPEC D6). It is data: shown, edited, exported.
struct RegionTable {
    struct Region {
        std::string name;
        bool subcortical = false;
        /// Names of an atlas without side ("V1"), and numbers of FreeSurfer's volumes as "#10".
        std::vector<std::string> parcels;
        friend bool operator==(const Region&, const Region&) = default;
    };
    std::vector<Region> regions;
    friend bool operator==(const RegionTable&, const RegionTable&) = default;
};

/// The 16 cortical regions of HCP-MMP 1.0 parcels and the 10 subcortical ones of FreeSurfer's numbers, in the order of
/// SPEC D6. Thirteen cortical lists are those of the public data with Insula and ACC, which it swaps, put right; MST
/// and TF are the parcels of that name (MST leaves VC), VLPFC the inferior frontal parcels. No parcel is in two
/// regions. The hypothalamus has numbers of FreeSurfer's hypothalamic subunits only.
[[nodiscard]] RegionTable defaultRegionTable();

/// A parcel's or region's name as it is compared: small letters, "_" for "-" and spaces, without what tells the side,
/// the atlas or that it is a region: "L_V1_ROI", "V1" and "hcp180_r_lh.L_V1_ROI" are all "v1".
[[nodiscard]] std::string parcelKey(std::string_view name);

/// The position of the region that has the parcel, or else that has the name itself in any spelling of the public
/// files ("hyppocampus", "nuc_accum"); nothing if there is none.
[[nodiscard]] std::optional<std::size_t> regionOf(const RegionTable& table, std::string_view parcel);
/// The same for a number of FreeSurfer's segmented volumes.
[[nodiscard]] std::optional<std::size_t> regionOfVolume(const RegionTable& table, int number);

/// One line per parcel: region, kind (cortical or subcortical), parcel; an empty parcel for a region that has none.
[[nodiscard]] std::string toCsv(const RegionTable& table);

/// Reads what toCsv() writes, columns in any order, any separator; a region's lines may be apart. `name` stands for the
/// file in messages. Throws FormatError naming the line for a column or name that is missing, another kind, a region of
/// two kinds, or a parcel that stands twice.
[[nodiscard]] RegionTable regionTableFromCsv(std::string_view text, const std::string& name);

} // namespace tercet
