#include "widgets/figures/validation_plots.h"

#include "core/base/statistics.h"
#include "core/base/text.h"
#include "core/spaces/seriation.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/plots/line_plot.h"
#include "widgets/plots/scatter_plot.h"

#include <QObject>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kPercent = 100;

using Bundle = std::shared_ptr<const ArrayBundle>;

QString tr(const char* text) { return QObject::tr(text); }

struct SystemResult {
    const FigureSystem* system;
    Bundle arrays;
};

/// The systems that have a result of `step` with all of `arrays`.
std::vector<SystemResult> resultsOf(const FigureData& figureData, const QStringList& systems, const char* step,
                                    std::initializer_list<const char*> arrays) {
    std::vector<SystemResult> found;
    for (const QString& name : systems) {
        const FigureSystem* system = figureData.system(name);
        const Bundle bundle = system ? figureData.arrays({step, name.toStdString()}) : nullptr;
        if (bundle &&
            std::all_of(arrays.begin(), arrays.end(), [&](const char* array) { return bundle->contains(array); }))
            found.push_back({system, bundle});
    }
    return found;
}

std::vector<LineSeries> seriesOf(const FigureData& figureData, const std::vector<SystemResult>& found, bool dark) {
    std::vector<LineSeries> series;
    for (const SystemResult& result : found)
        series.push_back({result.system->title, figureData.color(result.system->name, dark), Qt::SolidLine, true});
    return series;
}

/// Mean, low and high (n × 3) as a curve and its band.
void setBanded(LinePlot& plot, int series, const std::vector<double>& x, const std::vector<double>& band) {
    std::vector<double> mean;
    std::vector<double> low;
    std::vector<double> high;
    for (std::size_t i = 0; i + 2 < band.size(); i += 3) {
        mean.push_back(band[i]);
        low.push_back(band[i + 1]);
        high.push_back(band[i + 2]);
    }
    plot.setValues(series, x, mean);
    plot.setBand(series, low, high);
}

/// Every value of the rows (x × runs) over the x of its row.
void setRunDots(LinePlot& plot, int series, const std::vector<double>& x, const std::vector<double>& values) {
    if (x.empty())
        return;
    const std::size_t runs = values.size() / x.size();
    std::vector<double> places;
    for (const double at : x)
        places.insert(places.end(), runs, at);
    plot.setDots(series, places, values);
}

LinePlot::Box boxOf(double x, std::vector<double> values) {
    std::erase_if(values, [](double value) { return !std::isfinite(value); });
    if (values.empty())
        return {x, kNone, kNone, kNone, kNone, kNone};
    std::sort(values.begin(), values.end());
    return {
        x, values.front(), quantileOf(values, 0.25), quantileOf(values, 0.5), quantileOf(values, 0.75), values.back()};
}

QString interval(double low, double high, int decimals) {
    return QStringLiteral("[%1, %2]").arg(numberText(low, decimals), numberText(high, decimals));
}

QString titleOf(const FigureData& figureData, const std::string& system) {
    const FigureSystem* found = figureData.system(QString::fromStdString(system));
    return found ? found->title : QString::fromStdString(system);
}

/// One bar for each pair of systems of a study-wide result with the matrices `value`, `low` and `high`.
std::vector<Bar> pairBars(const FigureData& figureData, const ArrayBundle& bundle, const char* value, double factor,
                          bool dark, const std::function<QStringList(std::size_t, std::size_t)>& details) {
    const auto& systems = bundle.get<std::string>("systems").values;
    const auto values = bundle.matrix(value);
    const auto low = bundle.matrix("low");
    const auto high = bundle.matrix("high");
    std::vector<Bar> bars;
    for (std::size_t i = 0; i < systems.size(); ++i)
        for (std::size_t j = i + 1; j < systems.size(); ++j) {
            const QString name =
                QStringLiteral("%1 – %2").arg(titleOf(figureData, systems[i]), titleOf(figureData, systems[j]));
            Bar bar{.name = name,
                    .color = figureData.color(QString::fromStdString(systems[i]), dark),
                    .value = factor * values(i, j),
                    .low = factor * low(i, j),
                    .high = factor * high(i, j)};
            bar.details = QStringList{name} + details(i, j);
            bars.push_back(std::move(bar));
        }
    return bars;
}

} // namespace

std::vector<double> valuesOf(const ArrayBundle& bundle, const char* name, double factor) {
    if (!bundle.contains(name))
        return {};
    std::vector<double> values = toDoubles(bundle.arrays.at(name), name).values;
    for (double& value : values)
        value *= factor;
    return values;
}

void showAccuracy(BarPlot& plot, const FigureData& figureData, const QStringList& systems, bool dark) {
    plot.setTitle(tr("Held-out accuracy"), tr("%, 95 % interval; grey: noise ceiling"));
    plot.setDecimals(1);
    plot.setRange(std::pair{0.0, kPercent});
    plot.setReference(kPercent / 3, tr("chance 33.3 %"));
    std::vector<Bar> bars;
    for (const SystemResult& result : resultsOf(figureData, systems, "held-out", {"accuracy"})) {
        const std::vector<double> accuracy = valuesOf(*result.arrays, "accuracy", kPercent);
        Bar bar{.name = result.system->title,
                .color = figureData.color(result.system->name, dark),
                .value = accuracy.at(0),
                .low = accuracy.at(1),
                .high = accuracy.at(2)};
        bar.details = {bar.name, tr("accuracy %1 % %2").arg(numberText(bar.value, 2), interval(bar.low, bar.high, 2))};
        for (const SystemResult& ceiling : resultsOf(figureData, {result.system->name}, "noise-ceiling", {"ceiling"})) {
            const std::vector<double> share = valuesOf(*ceiling.arrays, "ceiling", kPercent);
            bar.ceilingLow = share.at(1);
            bar.ceilingHigh = share.at(2);
            bar.details
                << tr("noise ceiling %1 % %2").arg(numberText(share.at(0), 2), interval(share.at(1), share.at(2), 2));
        }
        if (result.arrays->contains("explained")) {
            const std::vector<double> explained = valuesOf(*result.arrays, "explained", kPercent);
            if (std::isfinite(explained.at(0)))
                bar.details << tr("%1 % %2 of what can be explained")
                                   .arg(numberText(explained.at(0), 1), interval(explained.at(1), explained.at(2), 1));
        }
        bars.push_back(std::move(bar));
    }
    plot.setBars(std::move(bars));
}

void showSweep(LinePlot& plot, const FigureData& figureData, const QStringList& systems, bool dark) {
    const auto found = resultsOf(figureData, systems, "sweep-dimensions", {"components", "accuracy", "band"});
    plot.setTitle(tr("Held-out accuracy"), tr("%, mean and 95 % interval; dots: single fits"));
    plot.setXLabel(tr("components"));
    plot.setValueFormat('f', 1);
    plot.setSeries(seriesOf(figureData, found, dark));
    for (int i = 0; i < static_cast<int>(found.size()); ++i) {
        const ArrayBundle& bundle = *found[static_cast<std::size_t>(i)].arrays;
        const std::vector<double> components = valuesOf(bundle, "components");
        setBanded(plot, i, components, valuesOf(bundle, "band", kPercent));
        setRunDots(plot, i, components, valuesOf(bundle, "accuracy", kPercent));
        if (bundle.contains("chosen"))
            if (const double chosen = valuesOf(bundle, "chosen").at(0); chosen > 0)
                plot.setSpan(i, std::pair{chosen, chosen});
    }
}

void showReproducibility(LinePlot& plot, const FigureData& figureData, const QStringList& systems, const QString& front,
                         bool dark) {
    const auto found = resultsOf(figureData, systems, "reproducibility", {"component", "reproducibility"});
    plot.setTitle(tr("Reproducibility"), tr("r over runs with 95 % interval; dots: runs; key: mean of all"));
    plot.setXLabel(tr("component, most reproducible first"));
    plot.setValueFormat('f', 2);
    plot.setSeries(seriesOf(figureData, found, dark));
    for (int i = 0; i < static_cast<int>(found.size()); ++i) {
        const SystemResult& result = found[static_cast<std::size_t>(i)];
        const auto components = result.arrays->matrix("component");
        std::vector<std::size_t> order(components.rows());
        for (std::size_t k = 0; k < order.size(); ++k)
            order[k] = k;
        const auto rank = [&](std::size_t k) { return std::isfinite(components(k, 0)) ? components(k, 0) : -2; };
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) > rank(b); });
        std::vector<double> ranks;
        std::vector<double> band;
        for (const std::size_t k : order) {
            ranks.push_back(static_cast<double>(ranks.size() + 1));
            for (std::size_t column = 0; column < 3; ++column)
                band.push_back(components(k, column));
        }
        setBanded(plot, i, ranks, band);
        double sum = 0;
        int finite = 0;
        for (const std::size_t k : order)
            if (std::isfinite(components(k, 0))) {
                sum += components(k, 0);
                ++finite;
            }
        if (finite > 0)
            plot.setSummary(i, sum / finite);
        if (result.system->name != front)
            continue;
        // A run's components have an order of their own, so each run is sorted by itself.
        const auto runs = result.arrays->matrix("reproducibility");
        std::vector<double> x;
        std::vector<double> y;
        for (std::size_t run = 0; run < runs.rows(); ++run) {
            std::vector<double> values(runs.row(run).begin(), runs.row(run).end());
            std::erase_if(values, [](double value) { return !std::isfinite(value); });
            std::sort(values.begin(), values.end(), std::greater<>());
            for (std::size_t k = 0; k < values.size(); ++k) {
                x.push_back(static_cast<double>(k + 1));
                y.push_back(values[k]);
            }
        }
        plot.setDots(i, x, y);
    }
}

void showCompression(LinePlot& plot, const FigureData& figureData, const QStringList& systems, const QString& front,
                     bool dark) {
    const auto found = resultsOf(figureData, systems, "compress", {"kept", "accuracy", "reached"});
    plot.setTitle(tr("Held-out accuracy"), tr("%; shaded: where 95 to 99 % of the full accuracy is reached"));
    plot.setXLabel(tr("components kept per stimulus"));
    plot.setValueFormat('f', 1);
    plot.setReference(kPercent / 3, tr("chance 33.3 %"));
    plot.setSeries(seriesOf(figureData, found, dark));
    plot.setZone({});
    for (int i = 0; i < static_cast<int>(found.size()); ++i) {
        const SystemResult& result = found[static_cast<std::size_t>(i)];
        const std::vector<double> accuracy = valuesOf(*result.arrays, "accuracy", kPercent);
        const std::vector<double> reached = valuesOf(*result.arrays, "reached");
        plot.setValues(i, valuesOf(*result.arrays, "kept"), accuracy);
        plot.setSpan(i, std::pair{reached.at(0), reached.at(1)});
        if (result.system->name == front || found.size() == 1)
            plot.setZone(std::pair{0.95 * accuracy.back(), 0.99 * accuracy.back()},
                         tr("95–99 % of %1").arg(result.system->title));
    }
}

void showSaturation(LinePlot& plot, const FigureData& figureData, const QStringList& systems, bool dark) {
    const auto found = resultsOf(figureData, systems, "saturation", {"judgments", "recovered"});
    plot.setTitle(tr("Recovered components"), tr("medians, with boxes of the replicates"));
    plot.setXLabel(tr("judgments"));
    plot.setValueFormat('f', 1);
    plot.setSeries(seriesOf(figureData, found, dark));
    for (int i = 0; i < static_cast<int>(found.size()); ++i) {
        const ArrayBundle& bundle = *found[static_cast<std::size_t>(i)].arrays;
        const std::vector<double> judgments = valuesOf(bundle, "judgments");
        const std::vector<double> recovered = valuesOf(bundle, "recovered");
        const std::size_t replicates = judgments.empty() ? 0 : recovered.size() / judgments.size();
        std::vector<LinePlot::Box> boxes;
        std::vector<double> medians;
        for (std::size_t k = 0; k < judgments.size(); ++k) {
            const auto first = recovered.begin() + static_cast<std::ptrdiff_t>(k * replicates);
            boxes.push_back(boxOf(judgments[k], {first, first + static_cast<std::ptrdiff_t>(replicates)}));
            medians.push_back(boxes.back().median);
        }
        plot.setValues(i, judgments, medians);
        plot.setBoxes(i, std::move(boxes));
        if (bundle.contains("saturates_at"))
            if (const double at = valuesOf(bundle, "saturates_at").at(0); at > 0)
                plot.setSpan(i, std::pair{at, at});
    }
}

void showAlignment(BarPlot& plot, const FigureData& figureData, bool dark) {
    plot.setTitle(tr("Alignment"), tr("correlation of measured similarities over their reliability, 95 % interval"));
    plot.setDecimals(2);
    const Bundle bundle = figureData.arrays({"align-systems", ""});
    if (!bundle) {
        plot.setBars({});
        return;
    }
    const auto correlation = bundle->matrix("correlation");
    const std::vector<double> reliability = valuesOf(*bundle, "reliability");
    const auto& systems = bundle->get<std::string>("systems").values;
    plot.setBars(pairBars(figureData, *bundle, "alignment", 1, dark, [&](std::size_t i, std::size_t j) {
        QStringList lines{tr("correlation %1").arg(numberText(correlation(i, j), 3))};
        for (const std::size_t one : {i, j})
            lines
                << tr("reliability of %1: %2").arg(titleOf(figureData, systems[one]), numberText(reliability[one], 3));
        return lines;
    }));
}

void showAgreement(BarPlot& plot, const FigureData& figureData, bool dark) {
    plot.setTitle(tr("Agreement"), tr("% of common triplets with the same odd one, 95 % interval"));
    plot.setDecimals(1);
    plot.setRange(std::pair{0.0, kPercent});
    plot.setReference(kPercent / 3, tr("chance 33.3 %"));
    const Bundle bundle = figureData.arrays({"agreement", ""});
    if (!bundle) {
        plot.setBars({});
        return;
    }
    const auto kappa = bundle->matrix("kappa");
    const auto& trials = bundle->get<std::int64_t>("trials").values;
    plot.setBars(pairBars(figureData, *bundle, "share", kPercent, dark, [&](std::size_t i, std::size_t j) {
        return QStringList{
            tr("%1 triplets judged by both")
                .arg(QString::fromStdString(withThousands(static_cast<std::uint64_t>(trials[i * kappa.cols() + j])))),
            tr("κ = %1 (0: chance)").arg(numberText(kappa(i, j), 3))};
    }));
}

PrototypeSimilarity prototypeSimilarity(const FigureData& figureData, const QString& system) {
    PrototypeSimilarity similarity;
    const Bundle bundle = figureData.arrays({"rsm", system.toStdString()});
    if (!bundle)
        return similarity;
    for (const double row : valuesOf(*bundle, "stimuli"))
        similarity.stimuli.push_back(static_cast<int>(row));
    const auto copy = [&](const char* name) {
        const auto view = bundle->matrix(name);
        return Matrix<double>(view.rows(), view.cols(),
                              std::vector<double>(view.values().begin(), view.values().end()));
    };
    similarity.predicted = copy("predicted");
    similarity.measured = copy("measured");
    for (std::size_t i = 0; i < similarity.predicted.rows(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (std::isfinite(similarity.measured(i, j)))
                similarity.pairs.emplace_back(static_cast<int>(i), static_cast<int>(j));
    std::vector<int> categories;
    for (const int row : similarity.stimuli)
        if (static_cast<std::size_t>(row) < figureData.topCategories.size())
            categories.push_back(figureData.topCategories[static_cast<std::size_t>(row)]);
    similarity.order = categories.size() == similarity.stimuli.size()
                           ? seriatedOrder(similarity.predicted.view(), categories)
                           : seriatedOrder(similarity.predicted.view());
    const std::vector<double> fit = valuesOf(*bundle, "fit");
    similarity.fit = tr("r = %1 %2, %3 pairs")
                         .arg(numberText(fit.at(0), 3), interval(fit.at(1), fit.at(2), 3),
                              QString::fromStdString(withThousands(similarity.pairs.size())));
    return similarity;
}

void showSimilarity(ScatterPlot& plot, const FigureData& figureData, const PrototypeSimilarity& similarity,
                    const QString& system, bool dark) {
    std::vector<QPointF> points;
    for (const auto& [i, j] : similarity.pairs) {
        const auto row = static_cast<std::size_t>(i);
        const auto column = static_cast<std::size_t>(j);
        points.emplace_back(similarity.predicted(row, column), similarity.measured(row, column));
    }
    plot.setTitle(tr("Measured against predicted"), similarity.fit);
    plot.setLabels(tr("predicted similarity"), tr("measured similarity"));
    plot.setRange(std::pair{0.0, 1.0});
    plot.setPoints(std::move(points), figureData.color(system, dark));
}

} // namespace tercet
