#include "widgets/figures/region_values.h"

#include "widgets/plots/axis.h"

#include <QObject>

#include <algorithm>
#include <cmath>
#include <map>

namespace tercet {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

/// One test between two systems in a region.
struct Test {
    double q = GroupedBar::kNone;
    QString text;
};

} // namespace

RegionValues regionValues(const FigureData& figureData, const ArrayBundle& arrays, const QStringList& systems,
                          bool sorted, bool dark) {
    const auto& names = arrays.get<std::string>("systems").values;
    const auto& subjects = arrays.get<std::string>("subjects").values;
    const auto& regions = arrays.get<std::string>("regions").values;
    const auto& subcortical = arrays.get<std::uint8_t>("subcortical").values;
    const auto& mean = arrays.get<double>("mean").values;
    std::map<std::array<std::size_t, 3>, Test> tests; // system, other, region
    const auto& comparison = arrays.get<std::int32_t>("comparison").values;
    const auto of = [&](const char* name, std::size_t i) { return arrays.get<double>(name).values[i]; };
    for (std::size_t i = 0; 3 * i < comparison.size(); ++i) {
        const auto at = [&](std::size_t k) { return static_cast<std::size_t>(comparison[3 * i + k]); };
        const auto add = [&](std::size_t a, std::size_t b, double sign) {
            const double low = sign > 0 ? of("low", i) : -of("high", i);
            const double high = sign > 0 ? of("high", i) : -of("low", i);
            tests[{a, b, at(2)}] = {
                of("q", i), tr("%1 than %2: t(%3) = %4, q = %5, d = %6, [%7, %8]")
                                .arg(numberText(sign * of("difference", i), 3),
                                     figureData.modelTitle(QString::fromStdString(names[b])))
                                .arg(of("freedom", i))
                                .arg(numberText(sign * of("t", i), 2), QString::number(of("q", i), 'g', 2),
                                     numberText(sign * of("effect", i), 2), numberText(low, 3), numberText(high, 3))};
        };
        add(at(0), at(1), 1);
        add(at(1), at(0), -1);
    }
    std::vector<std::size_t> shown;
    RegionValues values;
    for (std::size_t s = 0; s < names.size(); ++s)
        if (const QString name = QString::fromStdString(names[s]); systems.isEmpty() || systems.contains(name)) {
            shown.push_back(s);
            values.systems << name;
        }
    values.valueName = arrays.attribute("of") == "searchlight" ? tr("mean ρ") : tr("mean r");
    values.rule = QString::fromStdString(arrays.attribute("rule"));
    std::vector<std::pair<double, std::size_t>> order; // highest mean, region
    std::vector<BarGroup> groups(regions.size());
    for (std::size_t r = 0; r < regions.size(); ++r) {
        BarGroup& group = groups[r];
        group.name = QString::fromStdString(regions[r]);
        std::vector<std::pair<double, std::size_t>> ranking;
        for (const std::size_t s : shown) {
            GroupedBar bar{.color = figureData.color(QString::fromStdString(names[s]), dark)};
            double sum = 0;
            for (std::size_t p = 0; p < subjects.size(); ++p)
                if (const double value = mean[(s * subjects.size() + p) * regions.size() + r]; std::isfinite(value)) {
                    bar.dots.push_back(value);
                    sum += value;
                }
            const auto n = static_cast<double>(bar.dots.size());
            if (!bar.dots.empty())
                bar.value = sum / n;
            double squares = 0;
            for (const double dot : bar.dots)
                squares += (dot - bar.value) * (dot - bar.value);
            if (bar.dots.size() > 1)
                bar.deviation = std::sqrt(squares / (n - 1));
            bar.details << tr("%1, %2").arg(figureData.modelTitle(QString::fromStdString(names[s])), group.name)
                        << tr("%1 ± %2 s.d., %3 subjects")
                               .arg(numberText(bar.value, 3), numberText(bar.deviation, 3))
                               .arg(bar.dots.size());
            for (const std::size_t other : shown)
                if (const auto test = tests.find({s, other, r}); test != tests.end() && std::isfinite(test->second.q))
                    bar.details << test->second.text;
            if (std::isfinite(bar.value))
                ranking.emplace_back(bar.value, s);
            group.bars.push_back(std::move(bar));
        }
        if (ranking.empty())
            continue;
        std::sort(ranking.rbegin(), ranking.rend());
        order.emplace_back(ranking.front().first, r);
        if (ranking.size() > 1)
            if (const auto test = tests.find({ranking[0].second, ranking[1].second, r}); test != tests.end())
                group.mark = test->second.q < 0.001  ? QStringLiteral("***")
                             : test->second.q < 0.01 ? QStringLiteral("**")
                             : test->second.q < 0.05 ? QStringLiteral("*")
                                                     : QString();
    }
    if (sorted)
        std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [highest, r] : order)
        (subcortical[r] != 0 ? values.subcortical : values.cortical).push_back(std::move(groups[r]));
    return values;
}

} // namespace tercet
