#include "widgets/figures/slice_values.h"

#include "core/pipeline/brain_import.h"
#include "core/pipeline/result_origin.h"
#include "core/pipeline/surface_import.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace tercet {
namespace {

/// A flag for each voxel that lies in a subcortical region; all 1 if there is none.
std::vector<std::uint8_t> shownVoxels(const SliceValues& values) {
    std::vector<std::uint8_t> flags(values.grid->voxels());
    for (std::size_t v = 0; v < values.regionOf.size(); ++v)
        flags[v] = values.regionOf[v] >= 0 ? values.subcortical[static_cast<std::size_t>(values.regionOf[v])] : 0;
    if (std::find(flags.begin(), flags.end(), 1) == flags.end())
        std::fill(flags.begin(), flags.end(), 1);
    return flags;
}

} // namespace

std::optional<SliceValues> sliceValues(const std::function<std::shared_ptr<const ArrayBundle>(const Task&)>& arrays,
                                       const QString& subject) {
    const auto responses = arrays({"preprocess-fmri", "", subject.toStdString()});
    if (!responses)
        return {};
    SliceValues values;
    values.grid = std::make_shared<const VoxelGrid>(affineIn(*responses, scan_arrays::kAffine),
                                                    responses->get<std::int32_t>(scan_arrays::kVoxel).values);
    values.voxels = voxelsOf(*responses);
    constexpr auto kImage = "mean_image"; // older results have none
    if (responses->contains(kImage))
        values.image = responses->get<double>(kImage).values;
    const auto assigned = arrays({"assign-regions", "", subject.toStdString()});
    if (!assigned || assigned->get<std::int32_t>("region").values.size() != values.grid->voxels() ||
        areOtherVoxels(voxelsOf(*assigned), values.voxels))
        return values;
    values.regionOf = assigned->get<std::int32_t>("region").values;
    for (const std::string& name : assigned->get<std::string>("region_name").values)
        values.regions << QString::fromStdString(name);
    values.subcortical = assigned->get<std::uint8_t>("subcortical").values;
    return values;
}

void showVoxels(SlicePlot& plot, const SliceValues& values) {
    plot.setGrid(values.grid);
    plot.setImage(values.image);
    plot.setRegions(values.regionOf, values.regions, values.subcortical);
}

std::vector<double> montagePlaces(const SliceValues& values, int count) {
    return values.grid->axialPlaces(shownVoxels(values), static_cast<std::size_t>(std::max(1, count)));
}

Point3 usualPlace(const SliceValues& values) {
    const std::vector<std::uint8_t> shown = shownVoxels(values);
    struct Sum {
        Point3 middles{};
        double count = 0;
    };
    std::map<std::int32_t, Sum> regions; // each counts the same, however large it is
    for (std::size_t v = 0; v < shown.size(); ++v)
        if (shown[v] != 0) {
            Sum& sum = regions[values.regionOf.empty() ? -1 : values.regionOf[v]];
            ++sum.count;
            for (std::size_t r = 0; r < sum.middles.size(); ++r)
                sum.middles[r] += values.grid->middleOf(v)[r];
        }
    Point3 mean{};
    for (const auto& [region, sum] : regions)
        for (std::size_t r = 0; r < mean.size(); ++r)
            mean[r] += sum.middles[r] / sum.count / static_cast<double>(regions.size());
    Point3 nearest{};
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t v = 0; v < shown.size(); ++v) {
        double distance = 0;
        for (std::size_t r = 0; r < mean.size(); ++r)
            distance += std::pow(values.grid->middleOf(v)[r] - mean[r], 2);
        if (shown[v] != 0 && distance < least) {
            least = distance;
            nearest = values.grid->middleOf(v);
        }
    }
    return nearest;
}

} // namespace tercet
