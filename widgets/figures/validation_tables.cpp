#include "widgets/figures/validation_tables.h"

#include "core/base/statistics.h"
#include "widgets/figures/table_builder.h"
#include "widgets/figures/validation_plots.h"

#include <QObject>

#include <algorithm>
#include <cmath>
#include <functional>

namespace tercet {
namespace {

constexpr double kPercent = 100;
constexpr double kChance = kPercent / 3;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

using Bundle = std::shared_ptr<const ArrayBundle>;

QString tr(const char* text) { return QObject::tr(text); }

double at(const std::vector<double>& values, std::size_t place) {
    return place < values.size() ? values[place] : kNone;
}

/// Calls `add` with each of `systems` that has a result of `step`, its cell and the arrays.
void forEachResult(const FigureData& figureData, const QStringList& systems, const char* step,
                   const std::function<void(const FigureSystem&, const std::string&, const ArrayBundle&)>& add) {
    for (const QString& name : systems) {
        const FigureSystem* system = figureData.system(name);
        if (const Bundle bundle = system ? figureData.arrays({step, name.toStdString()}) : nullptr)
            add(*system, systemCell(figureData, name), *bundle);
    }
}

/// Calls `add` with every pair of the systems of a result.
void forEachPair(const FigureData& figureData, const ArrayBundle& bundle,
                 const std::function<void(std::size_t, std::size_t, const std::string&, const std::string&)>& add) {
    std::vector<std::string> cells;
    for (const std::string& name : bundle.get<std::string>("systems").values)
        cells.push_back(systemCell(figureData, QString::fromStdString(name)));
    for (std::size_t i = 0; i < cells.size(); ++i)
        for (std::size_t j = i + 1; j < cells.size(); ++j)
            add(i, j, cells[i], cells[j]);
}

} // namespace

std::vector<Table> accuracyTables(const FigureData& figureData, const QStringList& systems) {
    TableBuilder table(tr("Held-out accuracy"), {{"system"},
                                                 {"held-out accuracy (%)", 2},
                                                 {"held-out accuracy low (%)", 2},
                                                 {"held-out accuracy high (%)", 2},
                                                 {"noise ceiling (%)", 2},
                                                 {"noise ceiling low (%)", 2},
                                                 {"noise ceiling high (%)", 2},
                                                 {"explained (%)", 1},
                                                 {"explained low (%)", 1},
                                                 {"explained high (%)", 1},
                                                 {"chance (%)", 1}});
    forEachResult(
        figureData, systems, "held-out",
        [&](const FigureSystem& system, const std::string& cell, const ArrayBundle& bundle) {
            const std::vector<double> accuracy = valuesOf(bundle, "accuracy", kPercent);
            const std::vector<double> explained = valuesOf(bundle, "explained", kPercent);
            const Bundle noise = figureData.arrays({"noise-ceiling", system.name.toStdString()});
            const std::vector<double> ceiling = noise ? valuesOf(*noise, "ceiling", kPercent) : std::vector<double>();
            table.add({cell, at(accuracy, 0), at(accuracy, 1), at(accuracy, 2), at(ceiling, 0), at(ceiling, 1),
                       at(ceiling, 2), at(explained, 0), at(explained, 1), at(explained, 2), kChance});
        });
    return {table.take()};
}

std::vector<Table> sweepTables(const FigureData& figureData, const QStringList& systems) {
    TableBuilder means(tr("Accuracy over components"), {{"system"},
                                                        {"components"},
                                                        {"held-out accuracy (%)", 2},
                                                        {"held-out accuracy low (%)", 2},
                                                        {"held-out accuracy high (%)", 2},
                                                        {"chosen"}});
    TableBuilder fits(tr("Fits of the sweep"),
                      {{"system"}, {"components"}, {"run"}, {"held-out accuracy (%)", 2}, {"active components"}});
    forEachResult(
        figureData, systems, "sweep-dimensions",
        [&](const FigureSystem&, const std::string& cell, const ArrayBundle& bundle) {
            const std::vector<double> components = valuesOf(bundle, "components");
            const std::vector<double> band = valuesOf(bundle, "band", kPercent);
            const std::vector<double> accuracy = valuesOf(bundle, "accuracy", kPercent);
            const std::vector<double> active = valuesOf(bundle, "active");
            const double chosen = at(valuesOf(bundle, "chosen"), 0);
            const std::size_t runs = components.empty() ? 0 : accuracy.size() / components.size();
            for (std::size_t k = 0; k < components.size(); ++k) {
                means.add({cell, components[k], at(band, 3 * k), at(band, 3 * k + 1), at(band, 3 * k + 2),
                           components[k] == chosen});
                for (std::size_t run = 0; run < runs; ++run)
                    fits.add({cell, components[k], run + 1, accuracy[k * runs + run], at(active, k * runs + run)});
            }
        });
    return {means.take(), fits.take()};
}

std::vector<Table> reproducibilityTables(const FigureData& figureData, const QStringList& systems) {
    TableBuilder components(tr("Reproducibility of components"), {{"system"},
                                                                  {"rank"},
                                                                  {"component"},
                                                                  {"label"},
                                                                  {"reproducibility (r)", 3},
                                                                  {"reproducibility low (r)", 3},
                                                                  {"reproducibility high (r)", 3}});
    TableBuilder runs(tr("Reproducibility in runs"),
                      {{"system"}, {"run"}, {"seed"}, {"component of the run"}, {"reproducibility (r)", 3}});
    forEachResult(figureData, systems, "reproducibility",
                  [&](const FigureSystem& system, const std::string& cell, const ArrayBundle& bundle) {
                      const auto known = bundle.matrix("component");
                      std::vector<std::size_t> order(known.rows());
                      for (std::size_t k = 0; k < order.size(); ++k)
                          order[k] = k;
                      const auto rank = [&](std::size_t k) { return std::isfinite(known(k, 0)) ? known(k, 0) : -2; };
                      std::stable_sort(order.begin(), order.end(),
                                       [&](std::size_t a, std::size_t b) { return rank(a) > rank(b); });
                      for (std::size_t place = 0; place < order.size(); ++place) {
                          const std::size_t k = order[place];
                          components.add({cell, place + 1, k + 1,
                                          system.componentNames.value(static_cast<qsizetype>(k)), known(k, 0),
                                          known(k, 1), known(k, 2)});
                      }
                      const auto each = bundle.matrix("reproducibility");
                      const std::vector<std::int64_t>& seeds = bundle.get<std::int64_t>("seeds").values;
                      for (std::size_t run = 0; run < each.rows(); ++run)
                          for (std::size_t k = 0; k < each.cols(); ++k)
                              runs.add({cell, run + 1, seeds.at(run), k + 1, each(run, k)});
                  });
    return {components.take(), runs.take()};
}

std::vector<Table> similarityTables(const FigureData& figureData, const QStringList& systems) {
    TableBuilder fits(tr("Correlation"), {{"system"}, {"r", 3}, {"r low", 3}, {"r high", 3}, {"p"}, {"pairs"}});
    TableBuilder pairs(tr("Pairs"), {{"system"},
                                     {"stimulus"},
                                     {"name"},
                                     {"other stimulus"},
                                     {"other name"},
                                     {"predicted similarity", 3},
                                     {"measured similarity", 3},
                                     {"judgments"}});
    forEachResult(figureData, systems, "rsm",
                  [&](const FigureSystem& system, const std::string& cell, const ArrayBundle& bundle) {
                      const std::vector<double> fit = valuesOf(bundle, "fit");
                      fits.add({cell, at(fit, 0), at(fit, 1), at(fit, 2), at(fit, 3), at(fit, 4)});
                      const PrototypeSimilarity similarity = prototypeSimilarity(figureData, system.name);
                      const std::vector<double> counts = valuesOf(bundle, "counts");
                      const std::size_t size = similarity.stimuli.size();
                      const auto stimulus = [&](std::size_t place) -> const Stimulus& {
                          return figureData.stimuli->at(static_cast<std::size_t>(similarity.stimuli[place]));
                      };
                      for (std::size_t i = 0; i < size; ++i)
                          for (std::size_t j = 0; j < i; ++j)
                              pairs.add({cell, stimulus(i).id, stimulus(i).name, stimulus(j).id, stimulus(j).name,
                                         similarity.predicted(i, j), similarity.measured(i, j),
                                         at(counts, i * size + j)});
                  });
    return {fits.take(), pairs.take()};
}

std::vector<Table> compressionTables(const FigureData& figureData, const QStringList& systems) {
    TableBuilder curve(tr("Accuracy over components kept"), {{"system"},
                                                             {"components kept"},
                                                             {"held-out accuracy (%)", 2},
                                                             {"share of the full accuracy (%)", 1},
                                                             {"chance (%)", 1}});
    TableBuilder reached(
        tr("Components needed"),
        {{"system"}, {"full accuracy (%)", 2}, {"components for 95 % of it"}, {"components for 99 % of it"}});
    forEachResult(figureData, systems, "compress",
                  [&](const FigureSystem&, const std::string& cell, const ArrayBundle& bundle) {
                      const std::vector<double> kept = valuesOf(bundle, "kept");
                      const std::vector<double> accuracy = valuesOf(bundle, "accuracy", kPercent);
                      const double chance = at(valuesOf(bundle, "chance", kPercent), 0);
                      if (accuracy.empty())
                          return;
                      for (std::size_t k = 0; k < kept.size(); ++k)
                          curve.add({cell, kept[k], accuracy.at(k), kPercent * accuracy[k] / accuracy.back(), chance});
                      const std::vector<double> least = valuesOf(bundle, "reached");
                      reached.add({cell, accuracy.back(), at(least, 0), at(least, 1)});
                  });
    return {curve.take(), reached.take()};
}

std::vector<Table> saturationTables(const FigureData& figureData, const QStringList& systems) {
    TableBuilder quartiles(tr("Quartiles"), {{"system"},
                                             {"judgments"},
                                             {"minimum", 1},
                                             {"lower quartile", 1},
                                             {"median", 1},
                                             {"upper quartile", 1},
                                             {"maximum", 1},
                                             {"saturated"}});
    TableBuilder replicates(
        tr("Replicates"), {{"system"}, {"judgments"}, {"replicate"}, {"recovered components"}, {"active components"}});
    forEachResult(figureData, systems, "saturation",
                  [&](const FigureSystem&, const std::string& cell, const ArrayBundle& bundle) {
                      const std::vector<double> judgments = valuesOf(bundle, "judgments");
                      const std::vector<double> recovered = valuesOf(bundle, "recovered");
                      const std::vector<double> active = valuesOf(bundle, "active");
                      const double from = at(valuesOf(bundle, "saturates_at"), 0);
                      const std::size_t count = judgments.empty() ? 0 : recovered.size() / judgments.size();
                      for (std::size_t k = 0; k < judgments.size(); ++k) {
                          std::vector<double> sorted;
                          for (std::size_t i = k * count; i < (k + 1) * count; ++i) {
                              replicates.add({cell, judgments[k], i - k * count + 1, recovered[i], at(active, i)});
                              if (std::isfinite(recovered[i]))
                                  sorted.push_back(recovered[i]);
                          }
                          std::sort(sorted.begin(), sorted.end());
                          quartiles.add({cell, judgments[k], quantileOf(sorted, 0), quantileOf(sorted, 0.25),
                                         quantileOf(sorted, 0.5), quantileOf(sorted, 0.75), quantileOf(sorted, 1),
                                         from > 0 && judgments[k] >= from});
                      }
                  });
    return {quartiles.take(), replicates.take()};
}

std::vector<Table> alignmentTables(const FigureData& figureData) {
    TableBuilder table(tr("Alignment"), {{"system"},
                                         {"other system"},
                                         {"alignment", 2},
                                         {"alignment low", 2},
                                         {"alignment high", 2},
                                         {"correlation (r)", 3},
                                         {"reliability (r)", 3},
                                         {"other reliability (r)", 3}});
    const Bundle bundle = figureData.arrays({"align-systems", ""});
    if (!bundle)
        return {};
    const auto alignment = bundle->matrix("alignment");
    const auto low = bundle->matrix("low");
    const auto high = bundle->matrix("high");
    const auto correlation = bundle->matrix("correlation");
    const std::vector<double> reliability = valuesOf(*bundle, "reliability");
    forEachPair(figureData, *bundle,
                [&](std::size_t i, std::size_t j, const std::string& system, const std::string& other) {
                    table.add({system, other, alignment(i, j), low(i, j), high(i, j), correlation(i, j),
                               reliability.at(i), reliability.at(j)});
                });
    return {table.take()};
}

std::vector<Table> agreementTables(const FigureData& figureData) {
    TableBuilder table(tr("Agreement"), {{"system"},
                                         {"other system"},
                                         {"agreement (%)", 2},
                                         {"agreement low (%)", 2},
                                         {"agreement high (%)", 2},
                                         {"kappa", 3},
                                         {"common triplets"},
                                         {"chance (%)", 1}});
    const Bundle bundle = figureData.arrays({"agreement", ""});
    if (!bundle)
        return {};
    const auto share = bundle->matrix("share");
    const auto low = bundle->matrix("low");
    const auto high = bundle->matrix("high");
    const auto kappa = bundle->matrix("kappa");
    const std::vector<double> trials = valuesOf(*bundle, "trials");
    forEachPair(figureData, *bundle,
                [&](std::size_t i, std::size_t j, const std::string& system, const std::string& other) {
                    table.add({system, other, kPercent * share(i, j), kPercent * low(i, j), kPercent * high(i, j),
                               kappa(i, j), trials.at(i * kappa.cols() + j), kChance});
                });
    return {table.take()};
}

} // namespace tercet
