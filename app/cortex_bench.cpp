#include "app/cortex_bench.h"

#include "app/headless.h"
#include "core/base/rng.h"
#include "core/brain/planted_cortex.h"
#include "widgets/plots/palettes.h"
#include "widgets/views/surface_view.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

namespace tercet {
namespace {

constexpr int kRounds = 50;
constexpr int kDivisions = 2; ///< each makes four triangles of one

double secondsOf(const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A hemisphere with vertices in the middle of all edges.
void divide(PlantedHemisphere& side) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> middles;
    const auto middleOf = [&](std::uint32_t a, std::uint32_t b) {
        const auto [place, isNew] =
            middles.try_emplace(std::minmax(a, b), static_cast<std::uint32_t>(side.inflated.vertices.size()));
        if (isNew) {
            for (SurfaceMesh* mesh : {&side.inflated, &side.flat}) {
                std::array<float, 3> point{};
                for (std::size_t axis = 0; axis < 3; ++axis)
                    point[axis] = (mesh->vertices[a][axis] + mesh->vertices[b][axis]) / 2;
                mesh->vertices.push_back(point);
            }
            side.curvature.push_back((side.curvature[a] + side.curvature[b]) / 2);
            side.parcels.keys.push_back(side.parcels.keys[a]);
        }
        return place->second;
    };
    for (SurfaceMesh* mesh : {&side.inflated, &side.flat}) {
        std::vector<std::array<std::uint32_t, 3>> parts;
        for (const auto& [a, b, c] : mesh->triangles) {
            const std::uint32_t ab = middleOf(a, b);
            const std::uint32_t bc = middleOf(b, c);
            const std::uint32_t ca = middleOf(c, a);
            parts.insert(parts.end(), {{a, ab, ca}, {ab, b, bc}, {ca, bc, c}, {ab, bc, ca}});
        }
        mesh->triangles = std::move(parts);
    }
}

} // namespace

CortexFigures measureCortex() {
    const Headless headless;
    PlantedCortex cortex = plantCortex();
    BothHemispheres<HemisphereMeshes> meshes;
    SurfaceView::Values curvature;
    SurfaceView::Regions regions;
    QStringList names;
    CortexFigures figures;
    for (std::size_t h = 0; h < 2; ++h) {
        PlantedHemisphere& side = cortex.hemispheres[h];
        for (int i = 0; i < kDivisions; ++i)
            divide(side);
        figures.vertices += side.flat.vertices.size();
        meshes[h] = {std::make_shared<const SurfaceMesh>(side.flat),
                     std::make_shared<const SurfaceMesh>(side.inflated)};
        curvature[h] = std::make_shared<const std::vector<float>>(side.curvature);
        std::vector<std::int32_t> region;
        for (const auto key : side.parcels.keys)
            region.push_back(static_cast<std::int32_t>(key) - 1);
        regions[h] = std::make_shared<const std::vector<std::int32_t>>(std::move(region));
    }
    constexpr int kRegions = 360;
    for (int i = 0; i < kRegions; ++i)
        names << QStringLiteral("R%1").arg(i + 1);

    Rng rng(1);
    const auto randomMap = [&] {
        SurfaceView::Values values;
        for (std::size_t h = 0; h < 2; ++h) {
            std::vector<float> map(cortex.hemispheres[h].flat.vertices.size());
            for (float& value : map)
                value = static_cast<float>(rng.uniform());
            values[h] = std::make_shared<const std::vector<float>>(std::move(map));
        }
        return values;
    };
    SurfaceColors colors;
    for (int i = 0; i < colors.columns; ++i)
        colors.table.push_back(sequentialColor(i / (colors.columns - 1.0)) | 0xFF000000U);
    SurfaceView view;
    view.setRenderer(SurfaceRenderer::Processor);
    view.resize(900, 500);
    view.setAttribute(Qt::WA_DontShowOnScreen);
    view.show();       // so that it is laid out once, not at every picture
    (void)view.grab(); // loads fonts
    const SurfaceView::Values first = randomMap();
    figures.firstFrame = secondsOf([&] {
        view.setMeshes(meshes);
        view.setCurvature(curvature);
        view.setRegions(regions, names);
        view.setColors(colors);
        view.setValues(first);
        (void)view.grab();
    });
    for (int i = 0; i < kRounds; ++i) {
        const SurfaceView::Values next = randomMap();
        figures.recolour.push_back(secondsOf([&] {
            view.setValues(next);
            (void)view.grab();
        }));
    }
    view.setGate(randomMap(), 1);
    for (int i = 0; i < kRounds; ++i)
        figures.threshold.push_back(secondsOf([&] {
            view.setGateLimit(static_cast<double>(i + 1) / kRounds);
            (void)view.grab();
        }));
    for (int i = 0; i < kRounds; ++i)
        figures.pick.push_back(secondsOf([&] { (void)view.vertexAt({900 * rng.uniform(), 500 * rng.uniform()}); }));
    SurfaceCamera camera = view.camera();
    camera.flatness = 0;
    for (int i = 0; i < kRounds; ++i)
        figures.turn.push_back(secondsOf([&] {
            camera.turn = 360.0 * i / kRounds;
            view.setCamera(camera);
            (void)view.grab();
        }));
    return figures;
}

} // namespace tercet
