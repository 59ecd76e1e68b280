#include "core/pipeline/projected_surface.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/brain/region_table.h"
#include "core/pipeline/brain_import.h"
#include "core/pipeline/result_origin.h"
#include "core/pipeline/step_groups.h"
#include "core/pipeline/surface_import.h"

#include <algorithm>
#include <fmt/format.h>

namespace tercet {
namespace {

using Kind = StepInput::Kind;

StepOutput projectSurfaceStep(StepContext& context) {
    const ArrayBundle& scans = *context.inputs.at("scans");
    const ArrayBundle& surfaces = *context.inputs.at("surface");
    const auto parcels = context.inputs.find("parcels");
    const RegionTable table = regionTableFor(context);
    const auto transform = transformIn(surfaces);
    const auto toVoxel = transform ? transform : affineIn(scans, scan_arrays::kAffine).inverse();
    if (!toVoxel)
        throw DataError({.where = "scans of subject " + tercet::quoted(context.subject->name),
                         .what = "their matrix from voxels to mm cannot be inverted"});
    const auto& size = scans.get<std::int64_t>(scan_arrays::kSize).values;
    const std::array<std::size_t, 3> grid{static_cast<std::size_t>(size[0]), static_cast<std::size_t>(size[1]),
                                          static_cast<std::size_t>(size[2])};
    const auto& voxel = scans.get<std::int32_t>(scan_arrays::kVoxel);
    std::vector<std::int32_t> voxelAt(grid[0] * grid[1] * grid[2], -1);
    for (std::size_t v = 0; v < voxel.shape[0]; ++v) {
        const auto at = [&](std::size_t axis) { return static_cast<std::size_t>(voxel.values[3 * v + axis]); };
        voxelAt[at(0) + grid[0] * (at(1) + grid[1] * at(2))] = static_cast<std::int32_t>(v);
    }
    const std::string& asked = context.parameters.text("rule");
    const SamplingRule rule = asked == "nearest"     ? SamplingRule::Nearest
                              : asked == "trilinear" ? SamplingRule::Trilinear
                                                     : SamplingRule::Ribbon;
    std::vector<std::int32_t> regionOfParcel;
    if (parcels != context.inputs.end())
        for (const std::string& name : parcels->second->get<std::string>("parcel_name").values) {
            const auto region = regionOf(table, name);
            regionOfParcel.push_back(region ? static_cast<std::int32_t>(*region) : -1);
        }

    StepOutput output;
    std::string summary;
    std::size_t covered = 0;
    for (const Hemisphere side : kHemispheres) {
        context.control.check();
        const auto surface = surfaceIn(surfaces, side);
        if (!surface)
            continue;
        if (surface->folded().empty())
            throw MissingError({.where = fmt::format("the {} hemisphere of subject {}", toString(side),
                                                     tercet::quoted(context.subject->name)),
                                .what = "there is no surface that lies in the brain, so that voxels cannot be found",
                                .expected = "a white, pial or midthickness surface",
                                .remedy = "import it together with the flat map"});
        const bool both = !surface->white.empty() && !surface->pial.empty();
        const auto inner = both ? std::span<const std::array<float, 3>>(surface->white) : surface->folded();
        const auto outer =
            both ? std::span<const std::array<float, 3>>(surface->pial) : std::span<const std::array<float, 3>>();
        const SurfaceSampling sampling(grid, voxelAt, inner, outer, *toVoxel,
                                       rule == SamplingRule::Ribbon && !both ? SamplingRule::Trilinear : rule,
                                       context.control);
        std::vector<std::int64_t> first;
        std::vector<std::uint32_t> voxels;
        std::vector<float> weights;
        for (std::size_t v = 0; v < sampling.vertices(); ++v) {
            first.push_back(static_cast<std::int64_t>(voxels.size()));
            for (const SurfaceSampling::Share& share : sampling.sharesOf(v)) {
                voxels.push_back(share.voxel);
                weights.push_back(share.weight);
            }
        }
        first.push_back(static_cast<std::int64_t>(voxels.size()));
        covered += sampling.covered();
        summary += fmt::format("{}{}: {} of {} vertices have a voxel", summary.empty() ? "" : ", ", toString(side),
                               withThousands(sampling.covered()), withThousands(sampling.vertices()));
        output.arrays.set(arrayName(side, "share_first"), std::move(first));
        output.arrays.set(arrayName(side, "share_voxel"), std::move(voxels));
        output.arrays.set(arrayName(side, "share_weight"), std::move(weights));
        const auto copy = [&](const char* from, const char* to) {
            if (const auto found = surfaces.arrays.find(arrayName(side, from)); found != surfaces.arrays.end())
                output.arrays.arrays[arrayName(side, to)] = found->second;
        };
        copy("flat", "flat");
        copy("flat_triangles", "flat_triangles");
        copy(!surface->inflated.empty()       ? "inflated"
             : !surface->midthickness.empty() ? "midthickness"
             : !surface->white.empty()        ? "white"
                                              : "pial",
             "folded");
        copy("triangles", "triangles");
        copy("curvature", "curvature");
        if (parcels == context.inputs.end())
            continue;
        const auto mine = parcelsIn(*parcels->second, side);
        if (mine.empty())
            continue;
        if (mine.size() != sampling.vertices()) {
            summary += fmt::format(" (without regions, as the parcellation is of a mesh of {})",
                                   counted(mine.size(), "vertex", "vertices"));
            continue;
        }
        std::vector<std::int32_t> regions;
        for (const std::int32_t parcel : mine)
            regions.push_back(parcel < 0 ? -1 : regionOfParcel[static_cast<std::size_t>(parcel)]);
        output.arrays.set(arrayName(side, "region"), std::move(regions));
    }
    if (covered == 0)
        throw DataError({.where = "surface of subject " + tercet::quoted(context.subject->name),
                         .what = "no vertex lies in a voxel of the scans",
                         .remedy = "check that scans and surface are of one space, or import the surface with its "
                                   "transform"});
    std::vector<std::string> names;
    for (const RegionTable::Region& region : table.regions)
        names.push_back(region.name);
    summarise(output.arrays, summary);
    output.arrays.attributes[kVoxelsAttribute] = voxelsOf(scans);
    output.arrays.set("region_name", std::move(names));
    return output;
}

} // namespace

std::shared_ptr<const std::vector<float>> ProjectedHemisphere::map(std::span<const double> voxels) const {
    return sampling ? std::make_shared<const std::vector<float>>(sampling->apply(voxels)) : nullptr;
}

ProjectedSurface projectedSurface(const ArrayBundle& arrays) {
    ProjectedSurface surface;
    surface.voxels = voxelsOf(arrays);
    surface.regions = arrays.get<std::string>("region_name").values;
    for (const Hemisphere side : kHemispheres) {
        const auto name = [&](const char* what) { return arrayName(side, what); };
        if (!arrays.contains(name("share_first")))
            continue;
        ProjectedHemisphere& hemisphere = surface.hemispheres[static_cast<std::size_t>(side)];
        const auto mesh = [&](const char* points, const char* triangles) -> std::shared_ptr<const SurfaceMesh> {
            if (!arrays.contains(name(points)) || !arrays.contains(name(triangles)))
                return nullptr;
            return std::make_shared<const SurfaceMesh>(
                SurfaceMesh{triplesIn<float>(arrays, name(points)), triplesIn<std::uint32_t>(arrays, name(triangles))});
        };
        hemisphere.flat = mesh("flat", "flat_triangles");
        hemisphere.folded = mesh("folded", "triangles");
        if (arrays.contains(name("curvature")))
            hemisphere.curvature =
                std::make_shared<const std::vector<float>>(arrays.get<float>(name("curvature")).values);
        if (arrays.contains(name("region")))
            hemisphere.region =
                std::make_shared<const std::vector<std::int32_t>>(arrays.get<std::int32_t>(name("region")).values);
        const auto& first = arrays.get<std::int64_t>(name("share_first")).values;
        const auto& voxels = arrays.get<std::uint32_t>(name("share_voxel")).values;
        const auto& weights = arrays.get<float>(name("share_weight")).values;
        std::vector<SurfaceSampling::Share> shares;
        for (std::size_t i = 0; i < voxels.size(); ++i)
            shares.push_back({voxels[i], weights.at(i)});
        hemisphere.sampling.emplace(std::vector<std::size_t>(first.begin(), first.end()), std::move(shares));
    }
    return surface;
}

std::vector<Step> surfaceSteps() {
    return {{.name = "project-surface",
             .title = "Surface",
             .group = "Brain",
             .help =
                 "Says which voxels make the value at each vertex of the subject's cortex, so that every map of its "
                 "voxels can be drawn flat or inflated; and which region a vertex belongs to.",
             .inputs = {{.name = "scans", .kind = Kind::Scans},
                        {.name = "surface", .kind = Kind::Surface},
                        {.name = "parcels", .kind = Kind::Parcels, .optional = true},
                        {.name = "table", .kind = Kind::Regions}},
             .parameters = {{.name = "rule",
                             .title = "Sample",
                             .defaultValue = std::string("trilinear"),
                             .choices = {"nearest", "trilinear", "ribbon"},
                             .help = "The nearest voxel or the eight around, half-way between white and pial surface; "
                                     "or the mean through the ribbon between them."}},
             .perSubject = true,
             .arrays = {{"left_share_first", "vertices + 1: first of its shares"},
                        {"left_share_voxel", "shares: voxel"},
                        {"left_share_weight", "shares: weight"},
                        {"left_flat", "vertices × 3: flat map, mm"},
                        {"left_flat_triangles", "triangles × 3: vertices of the flat map's"},
                        {"left_folded", "vertices × 3: inflated, else as in the brain, mm"},
                        {"left_triangles", "triangles × 3: vertices of the whole surface's"},
                        {"left_curvature", "vertices: above 0 in sulci"},
                        {"left_region", "vertices: number of the region, −1 for none"},
                        {"right_…", "the same of the right hemisphere"},
                        {"region_name", "regions: names"}},
             .mainArray = "left_region",
             .run = projectSurfaceStep}};
}

} // namespace tercet
