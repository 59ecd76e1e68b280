#include "widgets/figures/region_values.h"

#include "core/brain/group_tests.h"
#include "core/pipeline/result_origin.h"
#include "widgets/figures/brain_map.h"
#include "widgets/plots/axis.h"

#include <QObject>

#include <algorithm>
#include <cmath>
#include <map>

namespace tercet {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

RegionTest turned(const RegionTest& test) {
    return {test.region,  test.other, test.system,  -test.difference, -test.t,
            test.freedom, test.q,     -test.effect, -test.high,       -test.low};
}

/// What is known of regions, systems and subjects numbered as their names.
struct RegionMeans {
    std::vector<QString> systems;
    std::vector<std::string> regions;
    std::vector<std::uint8_t> subcortical;
    std::size_t subjects = 0;
    std::vector<double> mean;                               ///< systems × subjects × regions
    std::map<std::array<std::size_t, 3>, RegionTest> tests; ///< of system, other, region; both ways

    void addTest(std::size_t system, std::size_t other, std::size_t region, RegionTest test) {
        test.region = QString::fromStdString(regions[region]);
        test.system = systems[system];
        test.other = systems[other];
        tests[{other, system, region}] = turned(test);
        tests[{system, other, region}] = std::move(test);
    }
    [[nodiscard]] double at(std::size_t system, std::size_t subject, std::size_t region) const {
        return mean[(system * subjects + subject) * regions.size() + region];
    }
};

RegionMeans meansFrom(const ArrayBundle& arrays) {
    RegionMeans means;
    for (const std::string& name : arrays.get<std::string>("systems").values)
        means.systems.push_back(QString::fromStdString(name));
    means.regions = arrays.get<std::string>("regions").values;
    means.subcortical = arrays.get<std::uint8_t>("subcortical").values;
    means.subjects = arrays.get<std::string>("subjects").values.size();
    means.mean = arrays.get<double>("mean").values;
    const auto& comparison = arrays.get<std::int32_t>("comparison").values;
    const auto of = [&](const char* name, std::size_t i) { return arrays.get<double>(name).values[i]; };
    for (std::size_t i = 0; 3 * i < comparison.size(); ++i) {
        const auto at = [&](std::size_t k) { return static_cast<std::size_t>(comparison[3 * i + k]); };
        means.addTest(at(0), at(1), at(2),
                      {.difference = of("difference", i),
                       .t = of("t", i),
                       .freedom = of("freedom", i),
                       .q = of("q", i),
                       .effect = of("effect", i),
                       .low = of("low", i),
                       .high = of("high", i)});
    }
    return means;
}

/// The mean of finite values in each region; NaN where there is none.
std::vector<double> meansInRegions(std::span<const double> values, const std::vector<std::int32_t>& region,
                                   std::size_t regions) {
    std::vector<double> sum(regions, 0);
    std::vector<double> count(regions, 0);
    for (std::size_t v = 0; v < std::min(values.size(), region.size()); ++v)
        if (const auto r = static_cast<std::size_t>(region[v]);
            region[v] >= 0 && r < regions && std::isfinite(values[v])) {
            sum[r] += values[v];
            ++count[r];
        }
    for (std::size_t r = 0; r < regions; ++r)
        sum[r] = count[r] > 0 ? sum[r] / count[r] : GroupedBar::kNone;
    return sum;
}

RegionMeans meansOf(const FigureData& figureData, BrainMapKind kind, const std::pair<QString, QString>& systems,
                    const QStringList& subjects) {
    RegionMeans means{.systems = {systems.first, systems.second}};
    std::vector<double> second;
    for (const QString& subject : subjects) {
        const auto regions = figureData.arrays({"assign-regions", "", subject.toStdString()});
        const auto map = [&](const QString& system) {
            return brainMap(figureData.arrays, {.kind = kind, .system = system, .subject = subject});
        };
        const auto one = map(systems.first);
        const auto other = map(systems.second);
        if (!regions || !one || !other)
            continue;
        const std::string voxels = voxelsOf(*regions);
        if (areOtherVoxels(one->voxels, voxels) || areOtherVoxels(other->voxels, voxels))
            continue;
        if (means.regions.empty()) {
            means.regions = regions->get<std::string>("region_name").values;
            means.subcortical = regions->get<std::uint8_t>("subcortical").values;
        }
        ++means.subjects;
        const auto& region = regions->get<std::int32_t>("region").values;
        for (const auto& [to, of] : {std::pair(&means.mean, &*one), std::pair(&second, &*other)}) {
            const std::vector<double> each = meansInRegions(of->values, region, means.regions.size());
            to->insert(to->end(), each.begin(), each.end());
        }
    }
    means.mean.insert(means.mean.end(), second.begin(), second.end());
    std::vector<MeanTest> tests;
    std::vector<double> p;
    for (std::size_t r = 0; r < means.regions.size(); ++r) {
        std::vector<double> differences;
        for (std::size_t s = 0; s < means.subjects; ++s)
            differences.push_back(means.at(0, s, r) - means.at(1, s, r));
        tests.push_back(meanTest(differences));
        p.push_back(tests.back().p);
    }
    const std::vector<double> q = falseDiscoveryRates(p);
    for (std::size_t r = 0; r < tests.size(); ++r)
        means.addTest(0, 1, r,
                      {.difference = tests[r].mean,
                       .t = tests[r].t,
                       .freedom = tests[r].freedom,
                       .q = q[r],
                       .effect = tests[r].effect,
                       .low = tests[r].interval.low,
                       .high = tests[r].interval.high});
    return means;
}

QString textOf(const RegionTest& test, const QString& other) {
    return tr("%1 than %2: t(%3) = %4, q = %5, d = %6, [%7, %8]")
        .arg(numberText(test.difference, 3), other)
        .arg(test.freedom)
        .arg(numberText(test.t, 2), QString::number(test.q, 'g', 2), numberText(test.effect, 2),
             numberText(test.low, 3), numberText(test.high, 3));
}

/// Fills the groups of `values`, whose systems are those of `means` with these numbers.
void addGroups(RegionValues& values, const FigureData& figureData, const RegionMeans& means,
               const std::vector<std::size_t>& shown, bool sorted, bool dark) {
    std::vector<std::pair<double, std::size_t>> order; // highest mean, region
    std::vector<BarGroup> groups(means.regions.size());
    for (std::size_t r = 0; r < means.regions.size(); ++r) {
        BarGroup& group = groups[r];
        group.name = QString::fromStdString(means.regions[r]);
        std::vector<std::pair<double, std::size_t>> ranking;
        for (const std::size_t s : shown) {
            GroupedBar bar{.color = figureData.color(means.systems[s], dark)};
            double sum = 0;
            for (std::size_t p = 0; p < means.subjects; ++p)
                if (const double value = means.at(s, p, r); std::isfinite(value)) {
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
            bar.details << tr("%1, %2").arg(figureData.modelTitle(means.systems[s]), group.name)
                        << tr("%1 ± %2 s.d., %3 subjects")
                               .arg(numberText(bar.value, 3), numberText(bar.deviation, 3))
                               .arg(bar.dots.size());
            for (const std::size_t other : shown)
                if (const auto test = means.tests.find({s, other, r});
                    test != means.tests.end() && std::isfinite(test->second.q))
                    bar.details << textOf(test->second, figureData.modelTitle(means.systems[other]));
            if (std::isfinite(bar.value))
                ranking.emplace_back(bar.value, s);
            group.bars.push_back(std::move(bar));
        }
        if (ranking.empty())
            continue;
        std::sort(ranking.rbegin(), ranking.rend());
        order.emplace_back(ranking.front().first, r);
        if (ranking.size() > 1)
            if (const auto test = means.tests.find({ranking[0].second, ranking[1].second, r});
                test != means.tests.end())
                group.mark = test->second.q < 0.001  ? QStringLiteral("***")
                             : test->second.q < 0.01 ? QStringLiteral("**")
                             : test->second.q < 0.05 ? QStringLiteral("*")
                                                     : QString();
    }
    for (const auto& [place, test] : means.tests)
        if (const auto at = [&](std::size_t k) { return std::find(shown.begin(), shown.end(), place[k]); };
            at(0) < at(1) && at(1) != shown.end() && std::isfinite(test.q))
            values.tests.push_back(test);
    if (sorted)
        std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [highest, r] : order)
        (means.subcortical[r] != 0 ? values.subcortical : values.cortical).push_back(std::move(groups[r]));
}

QString meanName(bool searchlight) { return searchlight ? tr("mean ρ") : tr("mean r"); }

} // namespace

RegionValues regionValues(const FigureData& figureData, const ArrayBundle& arrays, const QStringList& systems,
                          bool sorted, bool dark) {
    const RegionMeans means = meansFrom(arrays);
    std::vector<std::size_t> shown;
    RegionValues values;
    for (std::size_t s = 0; s < means.systems.size(); ++s)
        if (systems.isEmpty() || systems.contains(means.systems[s])) {
            shown.push_back(s);
            values.systems << means.systems[s];
        }
    values.valueName = meanName(arrays.attribute("of") == "searchlight");
    values.rule = QString::fromStdString(arrays.attribute("rule"));
    addGroups(values, figureData, means, shown, sorted, dark);
    return values;
}

RegionValues regionValuesOf(const FigureData& figureData, BrainMapKind kind, const std::pair<QString, QString>& systems,
                            const QStringList& subjects, bool dark) {
    const RegionMeans means = meansOf(figureData, kind, systems, subjects);
    const auto tested = std::count_if(means.tests.begin(), means.tests.end(),
                                      [](const auto& test) { return std::isfinite(test.second.q); }) /
                        2; // both ways
    RegionValues values;
    values.systems = {systems.first, systems.second};
    values.valueName = meanName(kind == BrainMapKind::Searchlight);
    values.rule = tr("two-tailed paired t over %1 subjects; family: %2 regions").arg(means.subjects).arg(tested);
    addGroups(values, figureData, means, {0, 1}, false, dark);
    return values;
}

} // namespace tercet
