#include "core/brain/region_table.h"

#include "core/base/error.h"
#include "core/io/delimited_table.h"
#include "core/reference_files.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace tercet;
using Catch::Matchers::Contains;

namespace {

std::string regionName(std::string_view parcel) {
    static const RegionTable table = defaultRegionTable();
    const auto region = regionOf(table, parcel);
    return region ? table.regions[*region].name : "";
}

} // namespace

TEST_CASE("The default table has the 26 regions, no parcel in two of them") {
    const RegionTable table = defaultRegionTable();
    std::vector<std::string> names;
    std::set<std::string> parcels;
    for (const auto& region : table.regions) {
        names.push_back(region.name);
        CHECK_FALSE(region.parcels.empty());
        CHECK(region.subcortical == (names.size() > 16));
        for (const std::string& parcel : region.parcels)
            CHECK(parcels.insert(parcelKey(parcel)).second);
    }
    CHECK(names == std::vector<std::string>{
                       "VC",      "TPJ",     "IPL",       "PC",          "STS",          "TE",       "TF",
                       "MTC",     "MST",     "insula",    "DLPFC",       "DMPFC",        "VLPFC",    "VMPFC",
                       "ACC",     "OFC",     "thalamus",  "hippocampus", "hypothalamus", "pallidum", "brainstem",
                       "caudate", "putamen", "accumbens", "amygdala",    "cerebellum"});
}

TEST_CASE("Every cortical parcel of the table is one of the atlas") {
    const auto path = test::sharedFile("data/surfaces/parcellations_csv/glasser_360_names.csv");
    if (path.empty())
        return;
    const auto atlas = DelimitedTable::read(path, {.header = HeaderRule::Absent});
    REQUIRE(atlas.columns() == 360);
    std::set<std::string> known;
    for (std::size_t column = 0; column < atlas.columns(); ++column)
        known.insert(parcelKey(atlas.cell(0, column)));
    CHECK(known.size() == 180);
    for (const auto& region : defaultRegionTable().regions)
        for (const std::string& parcel : region.parcels)
            if (!region.subcortical) {
                INFO(parcel);
                CHECK(known.contains(parcelKey(parcel)));
            }
}

TEST_CASE("Parcels are found in the spellings of the public files") {
    for (const char* name : {"L_V1_ROI", "R_V1_ROI", "V1", "v1", "hcp180_r_lh.L_V1_ROI", "lh.L_V1_ROI", "rh.V1",
                             "hcp180_R_V1", " V1 ", "V1_R"}) {
        INFO(name);
        CHECK(regionName(name) == "VC");
    }
    CHECK(regionName("R_a9-46v_ROI") == "DLPFC");
    CHECK(regionName("a24") == "ACC"); // the public lists of ACC and insula are swapped
    CHECK(regionName("MI") == "insula");
    CHECK(regionName("L_MST_ROI") == "MST");
    CHECK(regionName("hyppocampus") == "hippocampus");
    CHECK(regionName("nuc_accum") == "accumbens");
    CHECK(regionName("Left-Thalamus-Proper") == "thalamus");
    CHECK(regionName("Insula") == "insula");
    CHECK(regionName("52").empty()); // the area, not the volume of that number
    CHECK(regionName("L_FEF_ROI").empty());
    CHECK(regionName("").empty());
    const RegionTable table = defaultRegionTable();
    CHECK(table.regions[regionOfVolume(table, 52).value()].name == "pallidum");
    CHECK(table.regions[regionOfVolume(table, 803).value()].name == "hypothalamus");
    CHECK_FALSE(regionOfVolume(table, 2));
}

TEST_CASE("A table of regions comes back from its text") {
    RegionTable table = defaultRegionTable();
    CHECK(regionTableFromCsv(toCsv(table), "regions.csv") == table);
    table.regions.push_back({"mine, \"new\"", false, {}});
    CHECK(regionTableFromCsv(toCsv(table), "regions.csv") == table);
    const RegionTable other =
        regionTableFromCsv("parcel;region;kind\nV1;A;cortical\n#17;B;Subcortical\nV2;a;cortical\n", "t");
    CHECK(other == RegionTable{{{"A", false, {"V1", "V2"}}, {"B", true, {"#17"}}}});
}

TEST_CASE("Tables of regions that mean nothing are refused in one sentence") {
    struct Case {
        const char* text;
        const char* says;
    };
    const auto given = GENERATE(values<Case>({
        {"region,kind\nA,cortical\n", "line 1"},
        {"region,kind,parcel\n", "a line for every parcel"},
        {"", "regions.csv"},
        {"region,kind,parcel\n,cortical,V1\n", "line 2"},
        {"region,kind,parcel\nA,cortical,V1\nA,middle,V2\n", "line 3"},
        {"region,kind,parcel\nA,cortical,V1\nA,subcortical,V2\n", "both kinds"},
        {"region,kind,parcel\nA,cortical,V1\nB,cortical,L_V1_ROI\n", "also in line 2"},
        {"region,kind,parcel\nA,cortical\n", "line 2"},
    }));
    INFO(given.text);
    CHECK_THROWS_WITH(regionTableFromCsv(given.text, "regions.csv"), Contains(given.says));
    CHECK_THROWS_AS(regionTableFromCsv(given.text, "regions.csv"), FormatError);
}
