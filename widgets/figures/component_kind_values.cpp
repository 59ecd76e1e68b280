#include "widgets/figures/component_kind_values.h"

#include "widgets/plots/line_plot.h"
#include "widgets/plots/stacked_bars.h"

#include <QObject>

#include <algorithm>
#include <array>

namespace tercet {
namespace {

// In thousandths, so that each threshold is the number nearest to its decimals.
constexpr int kFirst = 100;
constexpr int kLast = 500;
constexpr int kStep = 5;

QString tr(const char* text) { return QObject::tr(text); }

const std::array<Qt::PenStyle, 4> kStyles{Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};

} // namespace

bool hasCorrelations(const FigureSystem& system) { return system.embedding && !system.embedding->correlations.empty(); }

std::vector<double> kindThresholds() {
    std::vector<double> thresholds;
    for (int threshold = kFirst; threshold <= kLast; threshold += kStep)
        thresholds.push_back(threshold / 1000.0);
    return thresholds;
}

void showSharesAbove(LinePlot& plot, const FigureData& figureData, const QStringList& systems,
                     const KindOptions& options, bool dark) {
    const bool positiveOnly = options.label.positiveOnly;
    plot.setTitle(tr("Interpretable components"),
                  positiveOnly ? tr("% with max r above the threshold") : tr("% with max |r| above the threshold"));
    plot.setXLabel(positiveOnly ? tr("threshold of r") : tr("threshold of |r|"));
    plot.setValueFormat('f', 0);
    plot.setYRange(std::pair{0.0, 100.0});
    const std::vector<double> thresholds = kindThresholds();
    std::vector<LineSeries> series;
    for (qsizetype i = 0; i < systems.size(); ++i)
        series.push_back({.name = figureData.system(systems[i])->title,
                          .color = figureData.color(systems[i], dark),
                          .style = kStyles[static_cast<std::size_t>(i) % kStyles.size()]});
    plot.setSeries(series);
    for (qsizetype i = 0; i < systems.size(); ++i) {
        std::vector<double> shares = sharesAbove(
            strongestCorrelations(figureData.system(systems[i])->embedding->correlations, positiveOnly), thresholds);
        for (double& share : shares)
            share *= 100;
        plot.setValues(static_cast<int>(i), thresholds, shares);
    }
    plot.setReadingPainted(true);
    plot.setReading(std::clamp(options.label.interpretable, kFirst / 1000.0, kLast / 1000.0));
}

void showKinds(StackedBars& plot, const FigureData& figureData, const QStringList& systems, const KindOptions& options,
               bool dark) {
    plot.setTitle(tr("Kinds of components"), tr("% of components, with counts"));
    std::vector<StackedBar> bars;
    bool others = false;
    for (const QString& name : systems) {
        const FigureSystem& system = *figureData.system(name);
        const KindCounts counts =
            countKinds(componentKinds(system.embedding->correlations, figureData.ratings->terms, options));
        others = others || counts.other > 0;
        StackedBar bar{.name = system.title, .color = figureData.color(name, dark)};
        for (const std::size_t count :
             {counts.categorical, counts.mixed, counts.dimensional, counts.uninterpretable, counts.other})
            bar.counts.push_back(static_cast<int>(count));
        bars.push_back(std::move(bar));
    }
    std::vector<StackPart> parts{{tr("categorical"), QColor(0xC07B00), StackPart::Pattern::Solid},
                                 {tr("mixed"), QColor(0x9B7FB5), StackPart::Pattern::Hatched},
                                 {tr("dimensional"), QColor(0x00A9A1), StackPart::Pattern::Dotted},
                                 {tr("uninterpretable"), QColor(0x888C92), StackPart::Pattern::Empty},
                                 {tr("other ratings"), QColor(0x5A5E65), StackPart::Pattern::Solid}};
    if (!others) {
        parts.pop_back();
        for (StackedBar& bar : bars)
            bar.counts.pop_back();
    }
    plot.setBars(std::move(parts), std::move(bars));
}

} // namespace tercet
