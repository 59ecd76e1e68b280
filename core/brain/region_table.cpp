#include "core/brain/region_table.h"

#include "core/base/error.h"
#include "core/base/table.h"
#include "core/base/text.h"
#include "core/io/delimited_table.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace tercet {
namespace {

constexpr std::string_view kCortical = "cortical";
constexpr std::string_view kSubcortical = "subcortical";

/// Takes the first of `affixes` that `name` begins with away.
template <std::size_t N>
bool dropPrefix(std::string& name, const std::array<std::string_view, N>& affixes) {
    for (const std::string_view affix : affixes)
        if (name.size() > affix.size() && name.starts_with(affix)) {
            name.erase(0, affix.size());
            return true;
        }
    return false;
}

template <std::size_t N>
bool dropSuffix(std::string& name, const std::array<std::string_view, N>& affixes) {
    for (const std::string_view affix : affixes)
        if (name.size() > affix.size() && name.ends_with(affix)) {
            name.erase(name.size() - affix.size());
            return true;
        }
    return false;
}

/// A region's name without the public files' misspellings.
std::string regionKey(std::string_view name) {
    static const std::map<std::string, std::string, std::less<>> kAliases{
        {"hyppocampus", "hippocampus"}, {"nuc_accum", "accumbens"}, {"nucleus_accumbens", "accumbens"}};
    std::string key = parcelKey(name);
    const auto alias = kAliases.find(key);
    return alias == kAliases.end() ? key : alias->second;
}

/// A column of the table. Throws if it is not there.
std::size_t columnOf(const DelimitedTable& table, std::string_view name) {
    if (const auto column = table.findColumn(name))
        return *column;
    throw FormatError({.where = table.name() + ", line 1",
                       .expected = "columns “region”, “kind” and “parcel”",
                       .found = fmt::format("no column {}", tercet::quoted(name)),
                       .remedy = "start from an exported table"});
}

} // namespace

RegionTable defaultRegionTable() {
    return {{
        {"VC", false, {"V1",  "V2",  "V3",  "V3A", "V3B", "V3CD", "V4", "V4t", "V6",   "V6A",  "V7",   "V8", "IPS1",
                       "FFC", "FST", "LO1", "LO2", "LO3", "MT",   "PH", "PIT", "VMV1", "VMV2", "VMV3", "VVC"}},
        {"TPJ", false, {"TPOJ1", "TPOJ2", "TPOJ3"}},
        {"IPL", false, {"PFm", "PGi", "PGs"}},
        {"PC", false, {"31a", "31pd", "31pv", "7m", "PCV", "d23ab", "v23ab"}},
        {"STS", false, {"STSda", "STSdp", "STSva", "STSvp"}},
        {"TE", false, {"TE1a", "TE1m", "TE1p", "TE2a"}},
        {"TF", false, {"TF"}},
        {"MTC", false, {"EC", "H"}},
        {"MST", false, {"MST"}},
        {"insula", false, {"AAIC", "FOP2", "FOP3", "Ig", "MI", "OP2-3", "PoI1", "PoI2"}},
        {"DLPFC", false, {"46", "9-46d", "a9-46v", "p9-46v"}},
        {"DMPFC", false, {"10d", "9m", "d32"}},
        {"VLPFC", false, {"44", "45", "47l", "IFJa", "IFJp", "IFSa", "IFSp", "a47r", "p47r"}},
        {"VMPFC", false, {"10r", "10v", "p32", "s32"}},
        {"ACC", false, {"a24", "a24pr", "a32pr", "p24", "p32pr"}},
        {"OFC", false, {"OFC", "pOFC"}},
        {"thalamus", true, {"Thalamus", "Thalamus-Proper", "#10", "#49"}},
        {"hippocampus", true, {"Hippocampus", "#17", "#53"}},
        {"hypothalamus",
         true,
         {"Hypothalamus", "#801", "#802", "#803", "#804", "#805", "#806", "#807", "#808", "#809", "#810"}},
        {"pallidum", true, {"Pallidum", "#13", "#52"}},
        {"brainstem", true, {"Brain-Stem", "#16"}},
        {"caudate", true, {"Caudate", "#11", "#50"}},
        {"putamen", true, {"Putamen", "#12", "#51"}},
        {"accumbens", true, {"Accumbens-area", "#26", "#58"}},
        {"amygdala", true, {"Amygdala", "#18", "#54"}},
        {"cerebellum", true, {"Cerebellum", "Cerebellum-Cortex", "#8", "#47"}},
    }};
}

std::string parcelKey(std::string_view name) {
    std::string key = lowered(trimmed(name));
    if (const std::size_t dot = key.rfind('.'); dot != std::string::npos && dot + 1 < key.size())
        key.erase(0, dot + 1);
    std::ranges::replace(key, '-', '_');
    std::ranges::replace(key, ' ', '_');
    dropSuffix(key, std::array<std::string_view, 1>{"_roi"});
    dropPrefix(key, std::array<std::string_view, 2>{"hcp180_", "ctx_"});
    if (!dropPrefix(key, std::array<std::string_view, 6>{"left_", "right_", "lh_", "rh_", "l_", "r_"}))
        dropSuffix(key, std::array<std::string_view, 6>{"_left", "_right", "_lh", "_rh", "_l", "_r"});
    return key;
}

std::optional<std::size_t> regionOf(const RegionTable& table, std::string_view parcel) {
    const std::string key = parcelKey(parcel);
    if (key.empty())
        return {};
    for (std::size_t r = 0; r < table.regions.size(); ++r)
        for (const std::string& member : table.regions[r].parcels)
            if (parcelKey(member) == key)
                return r;
    const std::string region = regionKey(parcel);
    for (std::size_t r = 0; r < table.regions.size(); ++r)
        if (regionKey(table.regions[r].name) == region)
            return r;
    return {};
}

std::optional<std::size_t> regionOfVolume(const RegionTable& table, int number) {
    return regionOf(table, fmt::format("#{}", number));
}

std::string toCsv(const RegionTable& table) {
    Table rows{.columns = {"region", "kind", "parcel"}};
    for (const RegionTable::Region& region : table.regions) {
        const std::string kind(region.subcortical ? kSubcortical : kCortical);
        for (const std::string& parcel : region.parcels)
            rows.rows.push_back({region.name, kind, parcel});
        if (region.parcels.empty())
            rows.rows.push_back({region.name, kind, ""});
    }
    return rows.toCsv();
}

RegionTable regionTableFromCsv(std::string_view text, const std::string& name) {
    const DelimitedTable cells =
        DelimitedTable::parse(FileContent::copyOf(text), name, {.header = HeaderRule::Present});
    const std::size_t regionColumn = columnOf(cells, "region");
    const std::size_t kindColumn = columnOf(cells, "kind");
    const std::size_t parcelColumn = columnOf(cells, "parcel");
    RegionTable table;
    std::map<std::string, std::size_t> regions;                      // positions by key
    std::map<std::string, std::pair<std::size_t, std::size_t>> seen; // region and row of a parcel
    for (std::size_t row = 0; row < cells.rows(); ++row) {
        const std::string_view regionName = trimmed(cells.cell(row, regionColumn));
        const std::string kind = lowered(trimmed(cells.cell(row, kindColumn)));
        const std::string_view parcel = trimmed(cells.cell(row, parcelColumn));
        if (regionName.empty())
            throw FormatError(
                {.where = cells.place(row, regionColumn), .expected = "a region's name", .found = "an empty cell"});
        if (kind != kCortical && kind != kSubcortical)
            throw FormatError({.where = cells.place(row, kindColumn),
                               .expected = "“cortical” or “subcortical”",
                               .found = tercet::quoted(cells.cell(row, kindColumn))});
        const auto [known, isNew] = regions.emplace(regionKey(regionName), table.regions.size());
        if (isNew)
            table.regions.push_back({std::string(regionName), kind == kSubcortical, {}});
        RegionTable::Region& region = table.regions[known->second];
        if (region.subcortical != (kind == kSubcortical))
            throw FormatError({.where = cells.place(row, kindColumn),
                               .expected = fmt::format("one kind for all lines of {}", tercet::quoted(region.name)),
                               .found = "both kinds"});
        if (parcel.empty())
            continue;
        const auto [first, isFirst] = seen.emplace(parcelKey(parcel), std::pair{known->second, row});
        if (!isFirst)
            throw FormatError({.where = cells.place(row, parcelColumn),
                               .expected = "every parcel once",
                               .found = fmt::format("{} also in line {}, in {}", tercet::quoted(parcel),
                                                    cells.line(first->second.second),
                                                    tercet::quoted(table.regions[first->second.first].name)),
                               .remedy = "keep one of the two lines"});
        region.parcels.emplace_back(parcel);
    }
    if (table.regions.empty())
        throw FormatError({.where = name, .expected = "a line for every parcel", .found = "none"});
    return table;
}

} // namespace tercet
