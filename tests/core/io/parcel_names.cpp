#include "core/io/parcel_names.h"

#include "core/base/error.h"
#include "scratch.h"

using namespace tercet;
using namespace tercet::test;
using Catch::Contains;

TEST_CASE("names of parcels are read from every usual form") {
    const ScratchFolder folder;
    const std::map<std::int32_t, std::string> expected{{10, "Left-Thalamus"}, {49, "Right-Thalamus"}};
    const auto [name, text] =
        GENERATE(table<const char*, const char*>({{"lut.txt", "# no. name\n0 Unknown 0 0 0 0\n10 Left-Thalamus 0 118 "
                                                              "14 0\n49 Right-Thalamus 0 118 14 0\n"},
                                                  {"workbench.txt", "Left-Thalamus\n10 0 118 14 255\nRight-Thalamus\n"
                                                                    "49 0 118 14 255\n"},
                                                  {"table.csv", "number,name\n10,Left-Thalamus\n49,Right-Thalamus\n"},
                                                  {"names first.tsv", "Left-Thalamus\t10\nRight-Thalamus\t49\n"},
                                                  {"atlas.xml", "<?xml version=\"1.0\"?><atlas>x<label index=\"0\">"
                                                                "*.*.*</label><label index=\"10\">Left-Thalamus"
                                                                "</label><label index=\"49\" x=\"1\">Right-Thalamus"
                                                                "</label></atlas>"}}));
    CAPTURE(name);
    CHECK(readParcelNames(folder.write(name, text)) == expected);
}

TEST_CASE("names of parcels alone are counted from 1") {
    const ScratchFolder folder;
    const std::map<std::int32_t, std::string> expected{{1, "V1"}, {2, "MST"}, {3, "p9-46v"}};
    CHECK(readParcelNames(folder.write("lines.txt", "V1\nMST\np9-46v\n")) == expected);
    CHECK(readParcelNames(folder.write("commas.csv", "V1,MST,p9-46v\n")) == expected);
    CHECK(readParcelNames(folder.write("one.txt", "V1\n")).at(1) == "V1");
}

TEST_CASE("bad names of parcels are refused in one sentence") {
    const ScratchFolder folder;
    CHECK_THROWS_WITH(readParcelNames(folder.write("a.txt", "10 A\n10 B\n")), Contains("“A” and “B” for 10"));
    CHECK_THROWS_WITH(readParcelNames(folder.write("b.txt", "\n\n")), Contains("names of parcels"));
    CHECK_THROWS_WITH(readParcelNames(folder.write("c.txt", "99999999999 A\n")), Contains("a number of a parcel"));
    CHECK_THROWS_WITH(readParcelNames(folder.write("d.xml", "<?xml version=\"1.0\"?><atlas><label")),
                      Contains("d.xml"));
    CHECK_THROWS_AS(readParcelNames(folder / "nowhere"), MissingError);
}

TEST_CASE("names of parcels of real atlases are read") {
    const std::filesystem::path folder = sharedFile("data/surfaces");
    if (folder.empty())
        return;
    const auto enigma = readParcelNames(folder / "parcellations_csv/glasser_360_names.csv");
    CHECK(enigma.size() == 360);
    CHECK(enigma.at(2) == "L_MST");
    CHECK(enigma.at(181) == "R_V1");
    const auto fsl = readParcelNames(folder / "mni_volumes/HCP-Multi-Modal-Parcellation-1.0.xml");
    CHECK(fsl.at(1) == "L_V1");
    CHECK(fsl.size() == 360);
    CHECK(readParcelNames(folder / "subcortex/FreeSurferSubcorticalLabelTableLut.txt").at(26) == "ACCUMBENS_LEFT");
}
