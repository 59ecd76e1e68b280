#include "core/base/statistics.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/table_builder.h"
#include "widgets/plots/bar_plot.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

constexpr std::size_t kTop = 3;

QString tr(const char* text) { return QObject::tr(text); }

struct CentroidBars {
    std::vector<Bar> bars;
    double chance = Bar::kNone; ///< mean over all systems' permutations
    double low = Bar::kNone;    ///< of the middle 95 %
    double high = Bar::kNone;
};

CentroidBars centroidBars(const FigureData& figureData, const QStringList& systems) {
    CentroidBars found;
    std::vector<double> chance;
    for (const QString& name : systems) {
        const auto arrays = figureData.arrays({"centroids", name.toStdString()});
        if (!arrays)
            continue;
        const std::vector<double>& accuracy = arrays->get<double>("accuracy").values;
        const std::size_t k = std::min(kTop, accuracy.size());
        if (k == 0)
            continue;
        found.bars.push_back({.name = figureData.system(name)->title,
                              .color = figureData.color(name, false),
                              .value = 100 * accuracy[k - 1]});
        const MatrixView<const double> permuted = arrays->matrix("chance");
        for (std::size_t p = 0; p < permuted.rows(); ++p)
            chance.push_back(100 * permuted(p, k - 1));
    }
    if (!chance.empty()) {
        std::sort(chance.begin(), chance.end());
        found.chance = std::accumulate(chance.begin(), chance.end(), 0.0) / static_cast<double>(chance.size());
        found.low = quantileOf(chance, 0.025);
        found.high = quantileOf(chance, 0.975);
    }
    return found;
}

/// The bars with the chance that all share, and the accuracy of every number of nearest centroids.
std::vector<Table> centroidTables(const FigureData& figureData, const QStringList& systems) {
    TableBuilder top(
        tr("Top-3 accuracy"),
        {{"system"}, {"top-3 accuracy (%)", 1}, {"chance (%)", 1}, {"chance low (%)", 1}, {"chance high (%)", 1}});
    TableBuilder all(tr("Top-k accuracy"), {{"system"}, {"nearest centroids"}, {"accuracy (%)", 1}});
    const CentroidBars shown = centroidBars(figureData, systems);
    auto bar = shown.bars.begin();
    for (const QString& name : systems) {
        const auto arrays = figureData.arrays({"centroids", name.toStdString()});
        if (!arrays || arrays->get<double>("accuracy").values.empty())
            continue;
        const std::string system = systemCell(figureData, name);
        top.add({system, bar++->value, shown.chance, shown.low, shown.high});
        const std::vector<double>& accuracy = arrays->get<double>("accuracy").values;
        for (std::size_t k = 0; k < accuracy.size(); ++k)
            all.add({system, k + 1, 100 * accuracy[k]});
    }
    return {top.take(), all.take()};
}

} // namespace

Figure centroidFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems = drawnSystems(
        *figureData, options, [](const FigureSystem& system) { return system.results.contains("centroids"); });
    const auto show = [=](BarPlot& plot) {
        const CentroidBars shown = centroidBars(*figureData, systems);
        plot.setTitle(tr("Top-3 accuracy of the nearest centroid"), tr("% of stimuli"));
        plot.setDecimals(1);
        plot.setBars(shown.bars);
        if (std::isfinite(shown.chance))
            plot.setReference(shown.chance, tr("chance %1 %").arg(numberText(shown.chance, 1)), shown.low, shown.high);
    };
    if (systems.isEmpty())
        nothingToDraw("centroid-accuracy", "no stimulus was assigned to a category yet", "run the step centroids");
    BarPlot measured;
    show(measured);
    const double width = widthOf(options, 89);
    Figure figure;
    figure.name = QStringLiteral("centroid-accuracy");
    figure.title = tr("Categories told apart");
    figure.caption = tr("Share of stimuli whose own category is among the three nearest centroids, itself left out. "
                        "Dashed: chance, the mean over permuted labels; shaded, its middle 95 %.") +
                     summaries(*figureData, systems, "centroids");
    figure.picture.title = tr("Categories told apart — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, measured.heightFor(figureLook(options), width * kUnitsPerMm) / kUnitsPerMm};
    figure.picture.recipe = recipe(*figureData, figure.name, systems, {"fit-embedding", "centroids"}, {});
    figure.tables = [=] { return centroidTables(*figureData, systems); };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        BarPlot plot;
        show(plot);
        plot.paint(painter, area, look);
    };
    return figure;
}

} // namespace tercet
