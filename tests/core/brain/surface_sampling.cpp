#include "core/brain/surface_sampling.h"

#include "core/base/error.h"
#include "core/io/surface_mesh.h"
#include "core/io/volume_file.h"
#include "core/reference_files.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

using namespace tercet;
using Catch::Matchers::Contains;

namespace {

constexpr std::array<std::size_t, 3> kSize{10, 8, 6};

std::vector<std::int32_t> allVoxels() {
    std::vector<std::int32_t> numbers(10 * 8 * 6);
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

/// A map that is linear in space, which trilinear sampling meets exactly.
std::vector<double> linearMap() {
    std::vector<double> values;
    for (int k = 0; k < 6; ++k)
        for (int j = 0; j < 8; ++j)
            for (int i = 0; i < 10; ++i)
                values.push_back(i + 10.0 * j + 100.0 * k);
    return values;
}

} // namespace

TEST_CASE("A linear map is met exactly between voxels, whatever the affine") {
    const Affine toVoxel{{{{0.5, 0, 0, 1}, {0, -0.5, 0, 5}, {0, 0, 1, 0}}}};
    const std::vector<std::array<float, 3>> white{{3, 4, 2}, {4.5F, 3, 2.25F}, {-1, 6, 4.5F}, {500, 0, 0}};
    const auto values = linearMap();
    const SurfaceSampling linear(kSize, allVoxels(), white, {}, toVoxel, SamplingRule::Trilinear);
    const SurfaceSampling nearest(kSize, allVoxels(), white, {}, toVoxel, SamplingRule::Nearest);
    const auto between = linear.apply(values);
    const auto rounded = nearest.apply(values);
    for (std::size_t v = 0; v < 3; ++v) {
        const Point3 place = toVoxel({white[v][0], white[v][1], white[v][2]});
        CHECK(between[v] == Approx(place[0] + 10 * place[1] + 100 * place[2]));
        CHECK(rounded[v] ==
              Approx(std::floor(place[0] + 0.5) + 10 * std::floor(place[1] + 0.5) + 100 * std::floor(place[2] + 0.5)));
    }
    CHECK(std::isnan(between[3])); // outside
    CHECK(linear.covered() == 3);
    CHECK(linear.sharesOf(0).size() <= 8);
}

TEST_CASE("A ribbon is the mean of what lies between the surfaces") {
    const std::vector<std::array<float, 3>> white{{2, 2, 2}};
    const std::vector<std::array<float, 3>> pial{{5, 2, 2}};
    const SurfaceSampling ribbon(kSize, allVoxels(), white, pial, {}, SamplingRule::Ribbon);
    CHECK(ribbon.apply(linearMap())[0] == Approx(3.5 + 20 + 200));
    const SurfaceSampling middle(kSize, allVoxels(), white, pial, {}, SamplingRule::Trilinear);
    CHECK(middle.apply(linearMap())[0] == Approx(3.5 + 20 + 200));
    CHECK_THROWS_WITH(SurfaceSampling(kSize, allVoxels(), white, {}, {}, SamplingRule::Ribbon),
                      Contains("white and a pial"));
    CHECK_THROWS_WITH(
        SurfaceSampling(kSize, allVoxels(), white, std::vector<std::array<float, 3>>(2), {}, SamplingRule::Nearest),
        Contains("as many vertices"));
    CHECK_THROWS_AS(SurfaceSampling({3, 3, 3}, allVoxels(), white, pial, {}, SamplingRule::Nearest), DataError);
}

TEST_CASE("Voxels that a map of fewer voxels lacks have no value") {
    const auto values = linearMap();
    const std::vector<std::array<float, 3>> white{{2, 2, 1}, {2, 2, 3}};
    const SurfaceSampling sampling(kSize, allVoxels(), white, {}, {}, SamplingRule::Nearest);
    const auto found = sampling.apply(std::span(values).first(values.size() / 2));
    CHECK(found[0] == Approx(2 + 20 + 100));
    CHECK(std::isnan(found[1]));
}

TEST_CASE("Voxels without a value leave their weight to the others, up to half") {
    auto numbers = allVoxels();
    auto values = linearMap();
    const std::vector<std::array<float, 3>> white{{2.25F, 2, 2}, {2.75F, 2, 2}};
    values[2 + 20 + 160] = std::numeric_limits<double>::quiet_NaN(); // voxel (2, 2, 2)
    const SurfaceSampling sampling(kSize, numbers, white, {}, {}, SamplingRule::Trilinear);
    const auto found = sampling.apply(values);
    CHECK(std::isnan(found[0])); // three quarters are missing
    CHECK(found[1] == Approx(3 + 20 + 200));
    numbers[2 + 20 + 160] = -1; // outside the mask is the same
    CHECK(std::isnan(SurfaceSampling(kSize, numbers, white, {}, {}, SamplingRule::Trilinear).apply(values)[0]));
}

TEST_CASE("The voxel at a vertex is the one that weighs most") {
    auto numbers = allVoxels();
    const std::vector<std::array<float, 3>> white{{2.25F, 2, 2}, {2.75F, 2, 2}, {2.5F, 2, 2}, {90, 90, 90}};
    const SurfaceSampling sampling(kSize, numbers, white, {}, {}, SamplingRule::Trilinear);
    CHECK(sampling.voxelAt(0) == 2 + 20 + 160);
    CHECK(sampling.voxelAt(1) == 3 + 20 + 160);
    CHECK(sampling.voxelAt(2) == 2 + 20 + 160); // the first of two
    CHECK(sampling.voxelAt(3) == -1);
}

TEST_CASE("A real volume lies where its transform says on a real surface") {
    const auto transform = test::sharedFile("data/surfaces/pycortex_S1/transforms/fullhead/matrices.xfm");
    if (transform.empty())
        return;
    std::ifstream file(transform);
    const auto coord = nlohmann::json::parse(file)["coord"];
    Affine toVoxel;
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 4; ++c)
            toVoxel.rows[r][c] = coord[r][c].get<double>();
    VolumeFile reference = VolumeFile::open(transform.parent_path() / "reference.nii.gz");
    const std::vector<double> values = reference.readVolume();
    std::vector<std::int32_t> numbers(values.size());
    std::iota(numbers.begin(), numbers.end(), 0);
    const auto surfaces = transform.parent_path().parent_path().parent_path() / "surfaces";
    for (const char* side : {"lh", "rh"}) {
        const SurfaceMesh white = readSurface(surfaces / (std::string("wm_") + side + ".gii"));
        const SurfaceMesh pial = readSurface(surfaces / (std::string("pia_") + side + ".gii"));
        const SurfaceSampling sampling(reference.info().size, numbers, white.vertices, pial.vertices, toVoxel,
                                       SamplingRule::Nearest);
        CHECK(sampling.covered() == white.vertices.size());
        const auto onSurface = sampling.apply(values);
        double inside = 0;
        for (const float value : onSurface)
            inside += static_cast<double>(value) / static_cast<double>(onSurface.size());
        const double everywhere =
            std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
        CHECK(inside > 2 * everywhere); // the cortex is brain, the volume mostly air
    }
}
