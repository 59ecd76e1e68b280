#include "widgets/figures/voxel_profile.h"

#include "core/pipeline/brain_import.h"
#include "core/pipeline/result_origin.h"
#include "core/pipeline/surface_import.h"
#include "widgets/bridge/term_text.h"
#include "widgets/figures/brain_map.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/gallery_values.h"
#include "widgets/figures/table_builder.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/plots/grouped_bars.h"
#include "widgets/plots/line_plot.h"
#include "widgets/plots/palettes.h"

#include <QJsonObject>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
const QColor kRatingColor(0x7a, 0x86, 0x94); ///< of features that are no components

QString tr(const char* text) { return QObject::tr(text); }
QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

double valueAt(std::span<const double> values, int voxel) {
    return voxel >= 0 && static_cast<std::size_t>(voxel) < values.size() ? values[static_cast<std::size_t>(voxel)]
                                                                         : kNone;
}

/// Whether a result may be of the voxels of the subject's responses, which a place counts.
bool isOfResponses(const FigureData& figureData, const QString& subject, const std::string& voxels) {
    const auto responses = figureData.arrays({"preprocess-fmri", "", subject.toStdString()});
    return !responses || !areOtherVoxels(voxels, voxelsOf(*responses));
}

std::optional<BrainMap> mapOf(const FigureData& figureData, BrainMapKind kind, const QString& model,
                              const VoxelPlace& place) {
    auto map = brainMap(figureData.arrays, {.kind = kind, .system = model, .subject = place.subject});
    return map && isOfResponses(figureData, place.subject, map->voxels) ? std::move(map) : std::nullopt;
}

/// NaN where there is none.
double valueAt(const FigureData& figureData, BrainMapKind kind, const QString& model, const VoxelPlace& place) {
    const auto map = mapOf(figureData, kind, model, place);
    return map ? valueAt(map->values, place.voxel) : kNone;
}

/// A model's weights in a voxel.
struct Weights {
    std::vector<double> values;
    std::vector<int> columns;
    QStringList names;   ///< short, below the bars
    QStringList details; ///< full
};

Weights weightsOf(const FigureData& figureData, const VoxelPlace& place, const QString& model) {
    Weights weights;
    const auto arrays = figureData.arrays({"encode", model.toStdString(), place.subject.toStdString()});
    if (!arrays || place.voxel < 0 || !isOfResponses(figureData, place.subject, voxelsOf(*arrays)))
        return weights;
    const auto all = arrays->matrix("weights");
    const auto& features = arrays->get<std::string>("feature").values;
    const auto& columns = arrays->get<std::int32_t>("training_column").values;
    if (static_cast<std::size_t>(place.voxel) >= all.cols())
        return weights;
    for (std::size_t f = 0; f < all.rows(); ++f) {
        weights.values.push_back(all(f, static_cast<std::size_t>(place.voxel)));
        weights.columns.push_back(columns[f]);
        weights.names << termText(features[f]);
        const QString component = componentTitle(figureData, model, columns[f]);
        weights.details << (component.isEmpty() ? termText(features[f]) : component);
    }
    return weights;
}

/// Parts one below the other, each with its share of the height.
using Painter = std::function<void(QPainter&, const QRectF&, const Look&)>;
void paintColumn(QPainter& painter, const QRectF& area, const Look& look,
                 const std::vector<std::pair<double, Painter>>& parts) {
    double all = 0;
    for (const auto& [height, paint] : parts)
        all += height;
    QRectF part = area;
    for (const auto& [height, paint] : parts) {
        part.setHeight(area.height() * height / all);
        paint(painter, part, look);
        part.moveTop(part.bottom());
    }
}

} // namespace

QString voxelTitle(const FigureData& figureData, const VoxelPlace& place) {
    QStringList words;
    for (const Subject& subject : figureData.subjects)
        if (text(subject.name) == place.subject)
            words << text(subject.title);
    const std::string subject = place.subject.toStdString();
    const auto voxel = static_cast<std::size_t>(std::max(0, place.voxel));
    if (const auto regions = figureData.arrays({"assign-regions", "", subject});
        regions && place.voxel >= 0 && isOfResponses(figureData, place.subject, voxelsOf(*regions))) {
        const auto& region = regions->get<std::int32_t>("region").values;
        if (voxel < region.size() && region[voxel] >= 0)
            words << text(regions->get<std::string>("region_name").values.at(static_cast<std::size_t>(region[voxel])));
    }
    if (const auto responses = figureData.arrays({"preprocess-fmri", "", subject});
        responses && place.voxel >= 0 && responses->contains(scan_arrays::kVoxel)) {
        const auto& voxels = responses->get<std::int32_t>(scan_arrays::kVoxel).values;
        if (3 * voxel + 2 < voxels.size()) {
            const Point3 mm = affineIn(*responses, scan_arrays::kAffine)({static_cast<double>(voxels[3 * voxel]),
                                                                          static_cast<double>(voxels[3 * voxel + 1]),
                                                                          static_cast<double>(voxels[3 * voxel + 2])});
            words
                << tr("voxel at (%1, %2, %3) mm").arg(numberText(mm[0], 0), numberText(mm[1], 0), numberText(mm[2], 0));
        }
    }
    if (place.vertex >= 0) // on the cortex a mean of the voxels around it is drawn
        words << (place.hemisphere == 0 ? tr("nearest to left vertex %1") : tr("nearest to right vertex %1"))
                     .arg(place.vertex);
    return words.join(QStringLiteral(" · "));
}

void showModelScores(BarPlot& plot, const FigureData& figureData, const VoxelReading& reading, bool dark) {
    const double ceiling = valueAt(figureData, BrainMapKind::Ceiling, {}, reading.place);
    std::vector<Bar> bars;
    for (const System& model : figureData.models) {
        const QString name = text(model.name);
        const auto encoded = mapOf(figureData, BrainMapKind::Encoding, name, reading.place);
        Bar bar{.name = figureData.modelTitle(name),
                .color = figureData.color(name, dark),
                .value = encoded ? valueAt(encoded->values, reading.place.voxel) : kNone};
        if (!std::isfinite(bar.value))
            continue;
        bar.details << tr("%1: r %2").arg(bar.name, numberText(bar.value, 3));
        if (const double rho = valueAt(figureData, BrainMapKind::Searchlight, name, reading.place); std::isfinite(rho))
            bar.details << tr("searchlight ρ %1").arg(numberText(rho, 3));
        if (const double q = valueAt(encoded->gate, reading.place.voxel); std::isfinite(q))
            bar.details << tr("FDR %1").arg(q, 0, 'g', 2);
        for (const VoxelPlace& other : reading.others)
            if (const double value = valueAt(figureData, BrainMapKind::Encoding, name, other); std::isfinite(value)) {
                bar.low = std::isnan(bar.low) ? value : std::min(bar.low, value);
                bar.high = std::isnan(bar.high) ? value : std::max(bar.high, value);
                bar.details << tr("%1: r %2").arg(other.subject, numberText(value, 3));
            }
        if (std::isfinite(ceiling)) {
            bar.ceilingLow = 0;
            bar.ceilingHigh = ceiling;
        }
        bars.push_back(std::move(bar));
    }
    QStringList notes;
    if (!reading.others.empty())
        notes << tr("whisker: other subjects at this vertex");
    if (std::isfinite(ceiling))
        notes << tr("grey: up to the noise ceiling");
    plot.setTitle(tr("Encoding r of each model"), notes.join(QStringLiteral("; ")));
    plot.setDecimals(3);
    plot.setBars(std::move(bars));
}

std::vector<int> showWeights(GroupedBars& plot, const FigureData& figureData, const VoxelPlace& place,
                             const QString& model) {
    const Weights weights = weightsOf(figureData, place, model);
    std::vector<BarGroup> groups;
    for (std::size_t f = 0; f < weights.values.size(); ++f) {
        const auto i = static_cast<int>(f);
        const QColor color = weights.columns[f] >= 0 ? componentColor(weights.columns[f]) : kRatingColor;
        groups.push_back(
            {.name = weights.names[i],
             .bars = {{.color = color,
                       .value = weights.values[f],
                       .details = {weights.details[i], tr("weight %1").arg(numberText(weights.values[f], 4))}}}});
    }
    plot.setTitle(tr("Weights of %1").arg(figureData.modelTitle(model)), tr("of standardised features"));
    plot.setGroups(std::move(groups), {});
    return weights.columns;
}

std::vector<StimulusCard> bestStimuli(const FigureData& figureData, const VoxelReading& reading, int count) {
    std::vector<std::size_t> order(reading.responses.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::erase_if(order, [&](std::size_t i) { return !(reading.responses[i] > 0); });
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return reading.responses[a] > reading.responses[b]; });
    order.resize(std::min(order.size(), static_cast<std::size_t>(std::max(0, count))));
    std::vector<StimulusCard> cards;
    for (const std::size_t i : order)
        cards.push_back(stimulusCard(figureData, static_cast<std::size_t>(reading.stimuli[i]), reading.responses[i],
                                     reading.responses[i] / reading.responses[order.front()]));
    return cards;
}

void showStages(const std::array<LinePlot*, kVoxelStages>& plots, const VoxelSeries& series) {
    const QColor line(0x3b, 0x7d, 0xbd);
    const QColor block(0xd1, 0x6b, 0x1f);
    std::vector<double> seconds(series.raw.size());
    for (std::size_t t = 0; t < seconds.size(); ++t)
        seconds[t] = static_cast<double>(t) * series.repetitionTime;
    /// A level per block, with gaps between them.
    std::vector<double> edges;
    const auto levels = [&](const std::vector<double>& values) {
        std::vector<double> y;
        edges.clear();
        for (std::size_t b = 0; b < series.blocks.size(); ++b) {
            const double end = series.blocks[b].onset + series.blocks[b].duration;
            for (const double x : {series.blocks[b].onset, end, end}) {
                edges.push_back(x);
                y.push_back(values[b]);
            }
            y.back() = kNone;
        }
        return y;
    };
    plots[0]->setTitle(QObject::tr("As scanned"), QObject::tr("the scanner’s unit"));
    plots[0]->setSeries({{QString(), line, Qt::SolidLine, false}});
    plots[0]->setValues(0, seconds, series.raw);
    plots[1]->setTitle(QObject::tr("Without mean, drift and motion"), QObject::tr("the scanner’s unit"));
    plots[1]->setSeries({{QString(), line, Qt::SolidLine, false}});
    plots[1]->setValues(0, seconds, series.stages.residual);
    plots[2]->setTitle(QObject::tr("Shifted, clipped"), QObject::tr("the scanner’s unit"));
    plots[2]->setSeries({{QObject::tr("volumes"), line}, {QObject::tr("mean of each block"), block}});
    plots[2]->setValues(0, seconds, series.stages.clipped);
    const std::vector<double> means = levels(series.stages.blocks);
    plots[2]->setValues(1, edges, means);
    plots[3]->setTitle(QObject::tr("Response to each stimulus"), QObject::tr("z over the run"));
    plots[3]->setSeries({{QString(), block, Qt::SolidLine, false}});
    const std::vector<double> scaled = levels(series.stages.scaled);
    plots[3]->setValues(0, edges, scaled);
    for (LinePlot* plot : plots)
        plot->setXLabel(QObject::tr("s"));
}

Figure voxelProfileFigure(SharedFigureData figureData, const VoxelReading& reading, const QString& model) {
    Figure figure;
    figure.name = QStringLiteral("voxel");
    figure.title = tr("Voxel");
    const QString place = voxelTitle(*figureData, reading.place);
    figure.caption = tr("%1: how well each model predicts the voxel, its encoding weights, and the stimuli with the "
                        "largest mean responses (z).")
                         .arg(place);
    figure.picture.title = tr("%1 — %2").arg(place, figureData->studyTitle);
    constexpr double kWidth = 120;
    constexpr double kScores = 45;
    constexpr double kWeights = 45;
    constexpr double kStimuli = 50;
    figure.picture.millimetres = {kWidth, kScores + kWeights + kStimuli};
    figure.picture.recipe =
        recipe(*figureData, figure.name, {model}, {"preprocess-fmri", "encode", "voxel-test", "searchlight"},
               {{"subject", reading.place.subject}, {"voxel", reading.place.voxel}});
    figure.tables = [=] {
        TableBuilder scores(tr("Models"), {{"system"}, {"subject"}, {"r", 3}, {"searchlight_rho", 3}});
        std::vector<VoxelPlace> places{reading.place};
        places.insert(places.end(), reading.others.begin(), reading.others.end());
        for (const System& each : figureData->models)
            for (const VoxelPlace& at : places)
                scores.add({systemCell(*figureData, text(each.name)), at.subject,
                            valueAt(*figureData, BrainMapKind::Encoding, text(each.name), at),
                            valueAt(*figureData, BrainMapKind::Searchlight, text(each.name), at)});
        const Weights weights = weightsOf(*figureData, reading.place, model);
        TableBuilder features(tr("Weights of %1").arg(figureData->modelTitle(model)), {{"feature"}, {"weight", 4}});
        for (std::size_t f = 0; f < weights.values.size(); ++f)
            features.add({weights.details[static_cast<int>(f)], weights.values[f]});
        TableBuilder responses(tr("Responses"), {{"stimulus"}, {"mean_response_z", 3}, {"showings"}});
        for (std::size_t i = 0; i < reading.stimuli.size(); ++i)
            responses.add({figureData->stimuli->at(static_cast<std::size_t>(reading.stimuli[i])).id,
                           reading.responses[i], reading.showings[i]});
        return std::vector<Table>{scores.take(), features.take(), responses.take()};
    };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        paintColumn(painter, area, look,
                    {{kScores,
                      [&](QPainter& to, const QRectF& part, const Look& paper) {
                          BarPlot plot;
                          showModelScores(plot, *figureData, reading, false);
                          plot.paint(to, part, paper);
                      }},
                     {kWeights,
                      [&](QPainter& to, const QRectF& part, const Look& paper) {
                          GroupedBars plot;
                          showWeights(plot, *figureData, reading.place, model);
                          plot.paint(to, part, paper);
                      }},
                     {kStimuli, [&](QPainter& to, const QRectF& part, const Look& paper) {
                          StimulusCards cards;
                          cards.setCards(bestStimuli(*figureData, reading, kGalleryStimuli),
                                         figureData->color(model, false));
                          cards.paint(to, part, paper);
                      }}});
    };
    return figure;
}

Figure voxelStagesFigure(SharedFigureData figureData, const VoxelReading& reading) {
    Figure figure;
    figure.name = QStringLiteral("voxel-stages");
    figure.title = tr("Stages of preprocessing");
    const QString place = voxelTitle(*figureData, reading.place);
    figure.caption = tr("%1, run %2 of %3: as scanned, without mean, linear trend and motion, shifted by the delay and "
                        "clipped, and the z-scored mean of each stimulus.")
                         .arg(place)
                         .arg(reading.run + 1)
                         .arg(reading.series->runs);
    figure.picture.title = tr("%1 — %2").arg(place, figureData->studyTitle);
    figure.picture.millimetres = {120, 140};
    figure.picture.recipe =
        recipe(*figureData, figure.name, {}, {"preprocess-fmri"},
               {{"subject", reading.place.subject}, {"voxel", reading.place.voxel}, {"run", reading.run + 1}});
    const VoxelSeries series = *reading.series;
    figure.tables = [=] {
        TableBuilder volumes(tr("Volumes"), {{"time (s)"}, {"scanned"}, {"residual", 3}, {"shifted_clipped", 3}});
        for (std::size_t t = 0; t < series.raw.size(); ++t)
            volumes.add({static_cast<double>(t) * series.repetitionTime, series.raw[t], series.stages.residual[t],
                         series.stages.clipped[t]});
        TableBuilder blocks(tr("Stimuli"), {{"stimulus"}, {"onset (s)"}, {"duration (s)"}, {"mean", 3}, {"z", 3}});
        for (std::size_t b = 0; b < series.blocks.size(); ++b)
            blocks.add({figureData->stimuli->at(static_cast<std::size_t>(series.stimuli[b])).id, series.blocks[b].onset,
                        series.blocks[b].duration, series.stages.blocks[b], series.stages.scaled[b]});
        return std::vector<Table>{volumes.take(), blocks.take()};
    };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        std::array<LinePlot, kVoxelStages> plots;
        showStages({&plots[0], &plots[1], &plots[2], &plots[3]}, series);
        std::vector<std::pair<double, Painter>> parts;
        for (LinePlot& plot : plots)
            parts.emplace_back(
                1, [&plot](QPainter& to, const QRectF& part, const Look& paper) { plot.paint(to, part, paper); });
        paintColumn(painter, area, look, parts);
    };
    return figure;
}

} // namespace tercet
