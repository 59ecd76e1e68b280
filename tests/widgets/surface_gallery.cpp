#include "core/io/cifti_file.h"
#include "core/io/surface_mesh.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/picture.h"
#include "widgets/plots/theme.h"
#include "widgets/views/surface_view.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QPainter>
#include <QTest>

#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <limits>
#include <string>

// Prints how long the published surfaces of TERCET_SHARED_DIR take, and draws them into a folder that is there: numbers
// to compare and pictures to look at, not a test. Usage: surface_gallery [FOLDER]
namespace {

using namespace tercet;

struct Example {
    QString name;
    BothHemispheres<HemisphereMeshes> meshes;
    SurfaceView::Values curvature;
    SurfaceView::Regions regions;
    QStringList names;
};

std::filesystem::path surfaces() { return std::filesystem::path(TERCET_SHARED_DIR) / "data" / "surfaces"; }

std::shared_ptr<const SurfaceMesh> meshIn(const std::string& name) {
    return std::make_shared<const SurfaceMesh>(readSurface(surfaces() / name));
}

std::shared_ptr<const std::vector<float>> shared(std::vector<float> values) {
    return std::make_shared<const std::vector<float>>(std::move(values));
}

Example fsaverage5() {
    Example example{.name = "fsaverage5"};
    QFile file(QString::fromStdString((surfaces() / "parcellations_csv" / "glasser_360_fsa5.csv").string()));
    QFile names(QString::fromStdString((surfaces() / "parcellations_csv" / "glasser_360_names.csv").string()));
    if (!file.open(QIODevice::ReadOnly) || !names.open(QIODevice::ReadOnly))
        return example;
    for (const QString& name : QString::fromUtf8(names.readAll()).split(u',').mid(0, 180))
        example.names << name.trimmed().mid(2);
    const auto keys = file.readAll().split('\n');
    for (std::size_t h = 0; h < 2; ++h) {
        const std::string side = h == 0 ? "left" : "right";
        example.meshes[h] = {meshIn("fsaverage5/flat_" + side + ".gii.gz"),
                             meshIn("fsaverage5/infl_" + side + ".gii.gz")};
        example.curvature[h] = shared(readVertexValues(surfaces() / ("fsaverage5/curv_" + side + ".gii.gz")));
        auto regions = std::make_shared<std::vector<std::int32_t>>();
        for (int v = 0; v < 10242; ++v) {
            const int key = keys[static_cast<int>(h) * 10242 + v].trimmed().toInt();
            regions->push_back(key == 0 ? -1 : (key - 1) % 180);
        }
        example.regions[h] = regions;
    }
    return example;
}

Example fsLR() {
    Example example{.name = "fs_LR"};
    const auto labels = readCifti(surfaces() / "fs_LR_32k/HCP-MMP1_Q1-Q6_RelatedValidation210.32k_fs_LR.dlabel.nii");
    const auto sulci = readCifti(surfaces() / "fs_LR_32k/S1200.sulc_MSMAll.32k_fs_LR.dscalar.nii");
    for (int key = 1; key <= 180; ++key)
        example.names << QString::fromStdString(labels.parcels.at(0).at(key).name).mid(2).remove("_ROI");
    for (std::size_t h = 0; h < 2; ++h) {
        const std::string side = h == 0 ? "L" : "R";
        const std::string structure = h == 0 ? "CORTEX_LEFT" : "CORTEX_RIGHT";
        example.meshes[h] = {meshIn("fs_LR_32k/S1200." + side + ".flat.32k_fs_LR.surf.gii"),
                             meshIn("fs_LR_32k/S1200." + side + ".inflated_MSMAll.32k_fs_LR.surf.gii")};
        auto depth = onSurface(sulci, 0, structure);
        for (float& value : depth)
            value = -value;
        example.curvature[h] = shared(std::move(depth));
        auto regions = std::make_shared<std::vector<std::int32_t>>();
        for (const float key : onSurface(labels, 0, structure))
            regions->push_back(std::isnan(key) || key < 1 ? -1 : (static_cast<int>(key) - 1) % 180);
        example.regions[h] = regions;
    }
    return example;
}

Example pycortex() {
    Example example{.name = "pycortex"};
    for (std::size_t h = 0; h < 2; ++h) {
        const std::string side = h == 0 ? "lh" : "rh";
        example.meshes[h] = {meshIn("pycortex_S1/surfaces/flat_" + side + ".gii"),
                             meshIn("pycortex_S1/surfaces/wm_" + side + ".gii")};
        std::vector<float> curvature;
        auto regions = std::make_shared<std::vector<std::int32_t>>();
        for (const auto& [x, y, z] : example.meshes[h].inflated->vertices) {
            curvature.push_back(std::sin(0.6F * x) + std::sin(0.5F * y) + std::sin(0.55F * z));
            regions->push_back(static_cast<int>(std::floor(y / 40) + 5) * 5 + static_cast<int>(std::floor(z / 40) + 2));
        }
        example.curvature[h] = shared(std::move(curvature));
        example.regions[h] = regions;
    }
    for (int i = 0; i < 60; ++i)
        example.names << QStringLiteral("Block %1").arg(i);
    return example;
}

/// A smooth map that is NaN where it is weak.
SurfaceView::Values wavesOn(const Example& example, float phase) {
    SurfaceView::Values values;
    for (std::size_t h = 0; h < 2; ++h) {
        std::vector<float> all;
        for (const auto& [x, y, z] : example.meshes[h].inflated->vertices) {
            const float value = 0.5F + 0.5F * std::sin(0.05F * y + phase) * std::cos(0.06F * z + 0.02F * x);
            all.push_back(value < 0.45F ? std::numeric_limits<float>::quiet_NaN() : value);
        }
        values[h] = shared(std::move(all));
    }
    return values;
}

struct Cost {
    double wall = 0;      ///< ms
    double processor = 0; ///< ms of all threads together: the same on a busy machine
};

Cost milliseconds(int times, const std::function<void(int)>& what) {
    QElapsedTimer timer;
    timer.start();
    const std::clock_t begin = std::clock();
    for (int i = 0; i < times; ++i)
        what(i);
    return {static_cast<double>(timer.nsecsElapsed()) / 1e6 / times,
            1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / times};
}

void show(const Example& example, SurfaceView& view) {
    view.setMeshes(example.meshes);
    view.setCurvature(example.curvature);
    view.setValues(wavesOn(example, 0));
    SurfaceColors colors{.low = 0.4, .high = 1};
    for (int i = 0; i < 256; ++i)
        colors.table.push_back(sequentialColor(i / 255.0));
    view.setColors(colors);
    view.setRegions(example.regions, example.names);
}

void measure(const Example& example) {
    SurfaceView view;
    view.resize(900, 500);
    view.show();
    QCoreApplication::processEvents();
    QImage screen(view.size(), QImage::Format_ARGB32_Premultiplied);
    const auto frame = [&] { view.render(&screen); };
    const auto report = [&](const char* what, const Cost& cost) {
        std::printf("%-12s %-44s %7.1f ms, %7.1f ms of processors\n", qPrintable(example.name), what, cost.wall,
                    cost.processor);
        std::fflush(stdout);
    };
    const SurfaceView::Values first = wavesOn(example, 0);
    const SurfaceView::Values second = wavesOn(example, 1);
    report("first frame with regions", milliseconds(1, [&](int) {
               show(example, view);
               frame();
           }));
    report("first frame without regions", milliseconds(1, [&](int) {
               view.setMeshes(example.meshes);
               frame();
           }));
    show(example, view);
    frame();
    const auto measureColors = [&](const char* recolor, const char* threshold) {
        report(recolor, milliseconds(20, [&](int i) {
                   view.setValues(i % 2 == 0 ? first : second);
                   frame();
               }));
        view.setGate(first, 0.7);
        report(threshold, milliseconds(20, [&](int i) {
                   view.setGateLimit(0.5 + 0.02 * i);
                   frame();
               }));
        view.setGate({}, 0);
    };
    measureColors("flat: new values", "flat: new threshold");
    report("flat: move", milliseconds(20, [&](int i) {
               view.setCamera({.x = 1.0 * i});
               frame();
           }));
    view.setNamesShown(false);
    report("flat: move without names", milliseconds(20, [&](int i) {
               view.setCamera({.x = 1.0 * i});
               frame();
           }));
    view.setOutlinesShown(false);
    report("flat: move without outlines and names", milliseconds(20, [&](int i) {
               view.setCamera({.x = 1.0 * i});
               frame();
           }));
    report("flat: pick", milliseconds(1000, [&](int i) { (void)view.vertexAt({i * 0.9, 250}); }));
    view.setOutlinesShown(true);
    view.setNamesShown(true);
    for (const bool graphics : {false, true}) {
        view.setRenderer(graphics ? SurfaceRenderer::Graphics : SurfaceRenderer::Processor);
        view.setCamera({.flatness = 0});
        report(graphics ? "OpenGL: first inflated frame" : "processor: first inflated frame",
               milliseconds(1, [&](int) { frame(); }));
        report(graphics ? "OpenGL: turn" : "processor: turn", milliseconds(10, [&](int i) {
                   view.setCamera({.turn = 3.0 * i, .flatness = 0});
                   frame();
               }));
        report(graphics ? "OpenGL: unfold" : "processor: unfold", milliseconds(10, [&](int i) {
                   view.setCamera({.flatness = 0.05 + 0.09 * i});
                   frame();
               }));
        measureColors("new values", "new threshold");
    }
}

void draw(const Example& example, const QDir& folder) {
    for (const ThemeChoice theme : {ThemeChoice::Light, ThemeChoice::Dark})
        for (const QSize size : {QSize(1280, 800), QSize(2560, 1440)}) {
            Theme::instance().setChoice(theme);
            SurfaceView view;
            view.setRenderer(SurfaceRenderer::Graphics);
            view.resize(size);
            view.show();
            QCoreApplication::processEvents();
            show(example, view);
            const auto save = [&](const char* what, const SurfaceCamera& camera) {
                view.setCamera(camera);
                view.grab().save(folder.filePath(QStringLiteral("%1-%2-%3-%4.png")
                                                     .arg(example.name, QLatin1String(what))
                                                     .arg(size.width())
                                                     .arg(theme == ThemeChoice::Dark ? "dark" : "light")));
            };
            save("flat", {});
            if (size.width() == 2560 && theme == ThemeChoice::Dark)
                continue;
            save("inflated", {.flatness = 0});
            save("medial", {.turn = 180, .flatness = 0});
            save("above", {.turn = 30, .tilt = 40, .flatness = 0});
            save("between", {.flatness = 0.5});
            view.setHighlightedRegion(7);
            save("zoomed", {.x = 60, .y = 10, .zoom = 3});
            if (size.width() == 1280 && theme == ThemeChoice::Light) {
                view.setCamera({});
                const Picture picture{.paint = [&](QPainter& painter, const QRectF& area,
                                                   const Look& look) { view.paint(painter, area, look); },
                                      .millimetres = {180, 90},
                                      .title = example.name,
                                      .recipe = {}};
                for (const char* ending : {"pdf", "svg", "png"})
                    savePicture(picture, folder.filePath(example.name + "." + QLatin1String(ending)));
            }
        }
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme::instance().install(application);
    for (Example (*make)() : {fsaverage5, fsLR, pycortex}) {
        const Example example = make();
        measure(example);
        if (argc == 2)
            draw(example, QDir(QString::fromLocal8Bit(argv[1])));
    }
    return 0;
}
