#include "core/io/cifti_file.h"

#include "core/base/error.h"
#include "core/io/scratch.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

const std::string kParts =
    R"(<MatrixIndicesMap AppliesToMatrixDimension="1" IndicesMapToDataType="CIFTI_INDEX_TYPE_BRAIN_MODELS">
<BrainModel IndexOffset="0" IndexCount="2" BrainStructure="CIFTI_STRUCTURE_CORTEX_LEFT"
 ModelType="CIFTI_MODEL_TYPE_SURFACE" SurfaceNumberOfVertices="4"><VertexIndices>1 3</VertexIndices></BrainModel>
<BrainModel IndexOffset="2" IndexCount="1" BrainStructure="CIFTI_STRUCTURE_THALAMUS_LEFT"
 ModelType="CIFTI_MODEL_TYPE_VOXELS"><VoxelIndicesIJK>5 6 7</VoxelIndicesIJK></BrainModel></MatrixIndicesMap>)";
const std::string kMaps =
    R"(<MatrixIndicesMap AppliesToMatrixDimension="0" IndicesMapToDataType="CIFTI_INDEX_TYPE_LABELS">
<NamedMap><MapName>parcels</MapName><LabelTable><Label Key="7" Red="1" Green="0" Blue="0" Alpha="1">V1</Label>
</LabelTable></NamedMap><NamedMap><MapName>second</MapName></NamedMap></MatrixIndicesMap>)";

std::string cifti(std::string xml, std::int64_t maps = 2, std::int64_t places = 3) {
    xml = "<CIFTI Version=\"2\"><Matrix>" + xml + "</Matrix></CIFTI>";
    xml.resize((xml.size() + 8 + 15) / 16 * 16 - 8, '\0');
    std::string file(544, '\0');
    const auto put = [&](std::size_t at, auto value) { std::memcpy(file.data() + at, &value, sizeof(value)); };
    put(0, std::int32_t{540});
    std::memcpy(file.data() + 4, "n+2\0\r\n\032\n", 8);
    put(12, std::int16_t{16});
    put(14, std::int16_t{32});
    for (const auto& [axis, length] :
         {std::pair{0, std::int64_t{6}}, {1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, maps}, {6, places}})
        put(16 + 8 * static_cast<std::size_t>(axis), static_cast<std::int64_t>(length));
    put(168, static_cast<std::int64_t>(552 + xml.size()));
    file[540] = 1;
    const auto append = [&](auto value) {
        std::string bytes(sizeof(value), '\0');
        std::memcpy(bytes.data(), &value, sizeof(value));
        file += bytes;
    };
    append(static_cast<std::int32_t>(xml.size() + 8));
    append(std::int32_t{32});
    file += xml;
    for (const float value : {7.F, 0.5F, 0.F, -1.F, 7.F, 2.F})
        append(value);
    return file;
}

} // namespace

TEST_CASE("Maps of a CIFTI file lie on their surfaces") {
    const ScratchFolder folder;
    const CiftiContent content = readCifti(folder.write("a.dlabel.nii", cifti(kParts + kMaps)));
    REQUIRE(content.parts.size() == 2);
    CHECK(content.parts[1].structure == "THALAMUS_LEFT");
    CHECK(content.parts[1].voxels[0] == std::array<std::int32_t, 3>{5, 6, 7});
    CHECK(content.maps == std::vector<std::string>{"parcels", "second"});
    CHECK(content.parcels[0].at(7).name == "V1");
    CHECK(content.values.row(0)[0] == 7);
    CHECK(content.values.row(1)[2] == 2);
    const auto left = onSurface(content, 1, "CORTEX_LEFT");
    REQUIRE(left.size() == 4);
    CHECK(std::isnan(left[0]));
    CHECK(left[1] == 0.5F);
    CHECK(left[3] == -1.F);
    CHECK_THROWS_WITH(onSurface(content, 0, "CORTEX_RIGHT"), Contains("CORTEX_LEFT, THALAMUS_LEFT"));
}

TEST_CASE("Bad CIFTI files are told in one sentence") {
    const ScratchFolder folder;
    const auto with = [](std::string text, const std::string& from, const std::string& to) {
        text.replace(text.find(from), from.size(), to);
        return text;
    };
    const std::string whole = cifti(kParts + kMaps);
    for (const auto& [content, says] :
         {std::pair<std::string, const char*>{cifti(with(kParts, "1 3", "1 4") + kMaps), "vertices below 4, found 4"},
          {cifti(with(kParts, "1 3", "1 3 2") + kMaps), "CORTEX_LEFT: expected 2 places"},
          {cifti(with(kParts, "IndexOffset=\"2\"", "IndexOffset=\"1\"") + kMaps), "THALAMUS_LEFT"},
          {cifti(with(kParts, "5 6 7", "5 6") + kMaps), "three numbers per voxel"},
          {cifti(with(kParts, "1 3", "1 x") + kMaps), "whole numbers"},
          {cifti(kParts), "another kind of CIFTI file"},
          {cifti(kParts + kMaps, 3, 2), "3 named maps"},
          {cifti(kParts + kMaps, 2, 2'000'000), "2 maps of 2,000,000 values"},
          {cifti(with(kParts, "</BrainModel>", "") + kMaps), "line"},
          {whole.substr(0, whole.size() - 4), "2 maps of 3 values"},
          {whole.substr(0, 300), "a CIFTI-2 file"},
          {with(whole, "n+2", "n+1"), "another kind of file"}}) {
        CAPTURE(says);
        const auto path = folder.write("bad.nii", content);
        CHECK_THROWS_AS(readCifti(path), FormatError);
        CHECK_THROWS_WITH(readCifti(path), Contains(says) && Contains("bad.nii"));
    }
}

TEST_CASE("The HCP parcellation is read with its hemispheres the right way round") {
    const auto path = sharedFile("data/surfaces/fs_LR_32k/HCP-MMP1_Q1-Q6_RelatedValidation210.32k_fs_LR.dlabel.nii");
    if (path.empty())
        return;
    const CiftiContent content = readCifti(path);
    CHECK(content.values.cols() == 59412);
    CHECK(onSurface(content, 0, "CORTEX_LEFT").size() == 32492);
    for (const auto& [structure, side] : {std::pair{"CORTEX_LEFT", "L_"}, {"CORTEX_RIGHT", "R_"}}) {
        std::size_t named = 0;
        for (const float key : onSurface(content, 0, structure))
            if (!std::isnan(key) && key != 0) {
                const auto& parcel = content.parcels[0].at(static_cast<std::int32_t>(key));
                CHECK((parcel.name.starts_with(side)));
                ++named;
            }
        CHECK(named > 29000);
    }
    const CiftiContent depth = readCifti(path.parent_path() / "S1200.sulc_MSMAll.32k_fs_LR.dscalar.nii");
    CHECK(onSurface(depth, 0, "CORTEX_RIGHT").size() == 32492);
}
