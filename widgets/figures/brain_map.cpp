#include "widgets/figures/brain_map.h"

#include "core/pipeline/pipeline.h"
#include "core/pipeline/result_origin.h"
#include "widgets/plots/color_square.h"
#include "widgets/plots/palettes.h"

#include <QObject>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

bool isDiverging(BrainMapKind kind) { return kind == BrainMapKind::Weights; }

QRgb colorAt(BrainMapKind kind, double share, bool dark) {
    return isDiverging(kind) ? divergingColor(2 * share - 1, dark) : sequentialColor(share);
}

double lowestOf(BrainMapKind kind, double most) { return isDiverging(kind) ? -most : 0; }

SurfaceColors colorsFor(BrainMapKind kind, double most, bool dark) {
    SurfaceColors colors;
    colors.low = lowestOf(kind, most);
    colors.high = most;
    for (int i = 0; i < colors.columns; ++i)
        colors.table.push_back(colorAt(kind, i / (colors.columns - 1.0), dark) | 0xFF000000U);
    return colors;
}

ColorBar::Map mapOf(BrainMapKind kind) {
    return [kind](double share, bool dark) { return colorAt(kind, share, dark); };
}

constexpr int kPairColumns = 64; ///< of a table of colours for two values

/// The smaller rate of two maps in each voxel; of the one that was tested where only one was.
std::vector<double> eitherGate(const BrainMap& map, const BrainMap& other) {
    std::vector<double> gate(map.gate.begin(), map.gate.end());
    if (gate.empty() || other.gate.empty())
        return gate.empty() ? std::vector<double>(other.gate.begin(), other.gate.end()) : gate;
    for (std::size_t v = 0; v < std::min(gate.size(), other.gate.size()); ++v)
        gate[v] = std::fmin(map.gate[v], other.gate[v]);
    return gate;
}

template <class Get>
SurfaceView::Values bothOf(const ProjectedSurface& cortex, const Get& get) {
    SurfaceView::Values values;
    for (std::size_t side = 0; side < values.size(); ++side)
        values[side] = get(cortex.hemispheres[side]);
    return values;
}

SurfaceView::Values onCortex(const ProjectedSurface& cortex, std::span<const double> voxels) {
    return bothOf(cortex, [&](const ProjectedHemisphere& one) { return one.map(voxels); });
}

} // namespace

bool areOfSameVoxels(const BrainMap& map, const BrainMap& other) {
    return map.values.size() == other.values.size() && !areOtherVoxels(map.voxels, other.voxels);
}

bool comparesModels(BrainMapKind kind) { return kind == BrainMapKind::Encoding || kind == BrainMapKind::Searchlight; }

QString titleOf(BrainMapKind kind) {
    switch (kind) {
    case BrainMapKind::Encoding:
        return tr("Encoding, r");
    case BrainMapKind::Searchlight:
        return tr("Searchlight, ρ");
    case BrainMapKind::Weights:
        return tr("Component weights");
    case BrainMapKind::Ceiling:
        return tr("Noise ceiling, r");
    }
    return {};
}

QString wordFor(BrainMapKind kind) { return QString::fromLatin1(kBrainMapWords.at(static_cast<std::size_t>(kind))); }

std::optional<BrainMap> brainMap(const std::function<std::shared_ptr<const ArrayBundle>(const Task&)>& arrays,
                                 const BrainMapRequest& request) {
    const std::string system = request.system.toStdString();
    const std::string subject = request.subject.toStdString();
    BrainMap map;
    const auto read = [&](const Task& task) {
        map.arrays = arrays(task);
        if (map.arrays)
            map.voxels = voxelsOf(*map.arrays);
        return map.arrays != nullptr;
    };
    switch (request.kind) {
    case BrainMapKind::Ceiling:
        if (!read({"preprocess-fmri", "", subject}))
            return {};
        map.values = map.arrays->get<double>("ceiling").values;
        map.name = tr("r");
        return map;
    case BrainMapKind::Searchlight: {
        if (!read({"searchlight", "", subject}))
            return {};
        const auto& systems = map.arrays->get<std::string>("systems").values;
        const auto place = std::find(systems.begin(), systems.end(), system);
        if (place == systems.end())
            return {};
        map.values = map.arrays->matrix("rho").row(static_cast<std::size_t>(place - systems.begin()));
        map.name = tr("ρ");
        return map;
    }
    case BrainMapKind::Encoding:
    case BrainMapKind::Weights:
        break;
    }
    if (!read({"encode", system, subject}))
        return {};
    if (request.kind == BrainMapKind::Encoding) {
        map.values = map.arrays->get<double>("score").values;
        map.name = tr("r");
    } else {
        const auto& columns = map.arrays->get<std::int32_t>("training_column").values;
        const auto place = std::find(columns.begin(), columns.end(), request.component);
        if (place == columns.end())
            return {};
        map.values = map.arrays->matrix("weights").row(static_cast<std::size_t>(place - columns.begin()));
        map.name = tr("weight");
    }
    if (auto test = arrays({"voxel-test", system, subject}); test && isMadeFrom(*test, "encoding", *map.arrays))
        if (const auto& q = test->get<double>("q").values; q.size() == map.values.size()) {
            map.gate = q;
            map.test = std::move(test);
        }
    return map;
}

void showCortex(SurfaceView& view, const ProjectedSurface& cortex) {
    BothHemispheres<HemisphereMeshes> meshes;
    SurfaceView::Regions regions;
    for (std::size_t side = 0; side < meshes.size(); ++side) {
        const ProjectedHemisphere& hemisphere = cortex.hemispheres[side];
        meshes[side] = {hemisphere.flat, hemisphere.folded};
        regions[side] = hemisphere.region;
    }
    view.setMeshes(meshes);
    view.setCurvature(bothOf(cortex, [](const ProjectedHemisphere& one) { return one.curvature; }));
    QStringList names;
    for (const std::string& name : cortex.regions)
        names << QString::fromStdString(name);
    view.setRegions(regions, names);
}

void showBrainMap(SurfaceView& view, const ProjectedSurface& cortex, const BrainMap& map, BrainMapKind kind,
                  double most, double level, bool dark) {
    view.setColors(colorsFor(kind, most, dark));
    view.setSecondValues({});
    view.setValues(onCortex(cortex, map.values));
    view.setGate(map.gate.empty() ? SurfaceView::Values() : onCortex(cortex, map.gate), gateLimit(level));
}

void showBrainMaps(SurfaceView& view, const ProjectedSurface& cortex, const BrainMap& map, const BrainMap& other,
                   double most, double level, bool dark) {
    SurfaceColors colors{.columns = kPairColumns, .high = most, .secondHigh = most};
    for (int row = 0; row < kPairColumns; ++row)
        for (int column = 0; column < kPairColumns; ++column)
            colors.table.push_back(pairColor(column / (kPairColumns - 1.0), row / (kPairColumns - 1.0), dark) |
                                   0xFF000000U);
    view.setColors(std::move(colors));
    view.setValues(onCortex(cortex, map.values));
    view.setSecondValues(onCortex(cortex, other.values));
    const std::vector<double> gate = eitherGate(map, other);
    view.setGate(gate.empty() ? SurfaceView::Values() : onCortex(cortex, gate), gateLimit(level));
}

void showBrainMap(SlicePlot& plot, const BrainMap& map, BrainMapKind kind, double most, double level) {
    plot.setColors(mapOf(kind), lowestOf(kind, most), most);
    plot.setValues({map.values.begin(), map.values.end()});
    plot.setGate({map.gate.begin(), map.gate.end()}, gateLimit(level));
}

double gateLimit(double level) { return level < 1 ? level : 2; }

double scaleFor(const std::vector<BrainMap>& maps) {
    std::vector<double> values;
    for (const BrainMap& map : maps)
        for (const double value : map.values)
            if (std::isfinite(value))
                values.push_back(std::abs(value));
    if (values.empty())
        return 1;
    constexpr double kShare = 0.995;
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(kShare * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    if (!(*place > 0))
        return 1;
    const double unit = std::pow(10, std::floor(std::log10(*place)));
    return std::ceil(*place / unit * 2) / 2 * unit;
}

void showBrainKey(ColorSquare& key, BrainMapKind kind, double most, const QString& model, const QString& other) {
    const QString named = kind == BrainMapKind::Searchlight ? tr("%1, ρ") : tr("%1, r");
    key.setMap(pairColor, most, named.arg(model), named.arg(other));
}

void showBrainKey(ColorBar& key, BrainMapKind kind, double most, const QString& title) {
    key.setMap(mapOf(kind), lowestOf(kind, most), most, title);
}

QString keyTitle(BrainMapKind kind, const QString& component, double level) {
    QString title = kind == BrainMapKind::Weights ? tr("Weight") : titleOf(kind);
    if (kind == BrainMapKind::Weights && !component.isEmpty())
        title += QStringLiteral(" · ") + component;
    return level < 1 ? title + tr(" · FDR < %1").arg(level, 0, 'g', 2) : title;
}

} // namespace tercet
