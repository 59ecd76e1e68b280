#include "widgets/figures/voxel_values.h"
#include "core/base/rng.h"
#include "widgets/figures/region_values.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace tercet;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kVoxels = 900;

using Scores = std::map<std::pair<std::string, std::string>, std::vector<double>>; ///< by system and subject

std::shared_ptr<const ArrayBundle> bundleOf(const char* name, const std::vector<double>& values) {
    auto bundle = std::make_shared<ArrayBundle>();
    bundle->set(name, values);
    bundle->source = std::string(name) + ".h5";
    bundle->attributes["inputs"] = R"({"encoding":"score"})";
    return bundle;
}

} // namespace

class VoxelValuesTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Rng rng(11);
        for (const char* subject : {"s1", "s2"}) {
            std::vector<double> common(kVoxels);
            for (double& value : common)
                value = 0.08 * rng.normal() + 0.1;
            for (const char* system : {"good", "fair", "poor"}) {
                const double share = system[0] == 'g' ? 1.3 : system[0] == 'f' ? 1 : 0.5;
                std::vector<double>& score = m_scores[{system, subject}];
                std::vector<double>& q = m_rates[{system, subject}];
                for (const double value : common) {
                    score.push_back(share * value + 0.02 * rng.normal());
                    q.push_back(rng.uniform());
                }
                score[7] = kNone;
            }
        }
        m_scores.erase({"poor", "s2"}); // not compared with it yet
        m_data.models = {{"good", "Good", SystemSource::Judgments},
                         {"fair", "Fair", SystemSource::Judgments},
                         {"poor", "Poor", SystemSource::Judgments}};
        m_data.subjects = {{.name = "s1", .title = "S1"}, {.name = "s2", .title = "S2"}};
        m_data.arrays = [this](const Task& task) -> std::shared_ptr<const ArrayBundle> {
            if (task.step == "encode" && m_scores.contains({task.system, task.subject}))
                return bundleOf("score", m_scores.at({task.system, task.subject}));
            if (task.step == "voxel-test" && m_tested && m_scores.contains({task.system, task.subject}))
                return bundleOf("q", m_rates.at({task.system, task.subject}));
            if (task.step == "compare-voxels")
                return m_compared;
            if (task.step == "assign-regions")
                return m_regions;
            return nullptr;
        };
    }

    void sharesAndCellsAreThoseOfBruteForce() {
        const VoxelRequest request{.subjects = {"s1", "s2"}};
        const VoxelMultiples found = voxelMultiples(m_data, request, "good", {"fair", "poor"});
        QCOMPARE(found.pairs.size(), 2U);
        QCOMPARE(found.pairs[1].parts.size(), 1U); // one subject has no map of it
        for (const VoxelPair& pair : found.pairs) {
            double voxels = 0;
            std::array<double, 3> above{};
            for (const VoxelPair::Part& part : pair.parts) {
                const auto& x = m_scores.at({pair.x.toStdString(), part.subject.toStdString()});
                const auto& y = m_scores.at({"good", part.subject.toStdString()});
                for (std::size_t v = 0; v < kVoxels; ++v) {
                    if (!std::isfinite(x[v]) || !std::isfinite(y[v]))
                        continue;
                    ++voxels;
                    above[0] += y[v] > x[v] ? 1 : 0;
                    above[1] += y[v] > 1.2 * std::max(0.0, x[v]) ? 1 : 0;
                    above[2] += y[v] > 1.6 * std::max(0.0, x[v]) ? 1 : 0;
                    QVERIFY(x[v] >= pair.comparison.low && x[v] <= pair.comparison.high);
                    QVERIFY(y[v] >= pair.comparison.low && y[v] <= pair.comparison.high);
                }
            }
            QCOMPARE(static_cast<double>(pair.comparison.voxels), voxels);
            QCOMPARE(pair.lines.size(), kVoxelFactors.size());
            for (std::size_t i = 0; i < above.size(); ++i)
                QVERIFY(std::abs(pair.lines[i].share - above[i] / voxels) < 1e-12);
            QVERIFY(pair.lines[0].share > 0.5 && pair.lines[2].share < pair.lines[1].share);
            QCOMPARE(pair.comparison.low, found.pairs[0].comparison.low); // one scale for all
            for (const std::uint32_t count : pair.comparison.counts.values())
                QVERIFY(count <= found.most);
        }
    }

    void aBrushHoldsExactlyTheVoxelsInIt() {
        const VoxelPair pair = voxelMultiples(m_data, {.subjects = {"s1", "s2"}}, "good", {"fair"}).pairs.at(0);
        const auto& x = m_scores.at({"fair", "s2"});
        const auto& y = m_scores.at({"good", "s2"});
        const DensityBrush brush{0.05, x[20], y[30], 0.3}; // two limits are values
        const auto voxels = pair.within(brush);
        for (const char* subject : {"s1", "s2"}) {
            QVector<int> wanted;
            for (std::size_t v = 0; v < kVoxels; ++v) {
                const double a = m_scores.at({"fair", subject})[v];
                const double b = m_scores.at({"good", subject})[v];
                if (a >= brush.lowX && a <= brush.highX && b >= brush.lowY && b <= brush.highY)
                    wanted << static_cast<int>(v);
            }
            QCOMPARE(voxels.value(subject), wanted);
        }
        QVERIFY(pair.within({0.9, 0.95, 0.9, 0.95}).isEmpty());
        const auto points = pair.pointsOf("s2", {20, 7, -1, static_cast<int>(kVoxels)}); // NaN, and none
        QCOMPARE(points, (std::vector<QPointF>{{x[20], y[20]}}));
        QVERIFY(pair.pointsOf("nobody", {1}).empty());
    }

    void onlySignificantOnesOfEitherModel() {
        m_tested = true;
        const VoxelPair pair = voxelMultiples(m_data, {.subjects = {"s1"}, .level = 0.2}, "good", {"fair"}).pairs.at(0);
        const VoxelPair all = voxelMultiples(m_data, {.subjects = {"s1"}}, "good", {"fair"}).pairs.at(0);
        m_tested = false;
        QVERIFY(pair.tested);
        std::size_t shown = 0;
        for (std::size_t v = 0; v < kVoxels; ++v)
            shown += v != 7 && (m_rates.at({"good", "s1"})[v] < 0.2 || m_rates.at({"fair", "s1"})[v] < 0.2) ? 1 : 0;
        QCOMPARE(pair.comparison.voxels, shown);
        QCOMPARE(all.comparison.voxels, kVoxels - 1);
        const VoxelPair untested =
            voxelMultiples(m_data, {.subjects = {"s1"}, .level = 0.2}, "good", {"fair"}).pairs.at(0);
        QVERIFY(!untested.tested);
        QCOMPARE(untested.comparison.voxels, 0U);
        QVERIFY(std::isnan(untested.lines[0].share));
    }

    void theBestModelIsTheOneThatTheComparisonFound() {
        const QStringList names{"poor", "fair", "good"};
        QCOMPARE(rankedModels(m_data, {.subjects = {"s1"}}, names), (QStringList{"good", "fair", "poor"}));
        auto compared = std::make_shared<ArrayBundle>();
        compared->set("systems", std::vector<std::string>{"fair", "good", "other"});
        compared->set("share_above", Matrix<double>(3, 3, {kNone, 0.2, 0.9, 0.8, kNone, 0.9, 0.1, 0.1, kNone}));
        m_compared = compared;
        QCOMPARE(rankedModels(m_data, {.subjects = {"s1"}}, names), (QStringList{"fair", "good"}));
        m_compared = nullptr;
    }

    void otherVoxelsOfASubjectAreNotCompared() {
        m_scores[{"poor", "s2"}] = std::vector<double>(5, 0.1); // of scans that were prepared otherwise
        const VoxelMultiples found = voxelMultiples(m_data, {.subjects = {"s2"}}, "good", {"poor"});
        m_scores.erase({"poor", "s2"});
        QVERIFY(found.pairs.empty());
        QCOMPARE(found.most, 1U);
    }

    void regionsAreMeansOfTheirVoxelsTestedInPairs() {
        auto regions = std::make_shared<ArrayBundle>();
        std::vector<std::int32_t> region(kVoxels);
        for (std::size_t v = 0; v < kVoxels; ++v)
            region[v] = static_cast<std::int32_t>(v % 4) - 1;
        regions->set("region", region);
        regions->set("region_name", std::vector<std::string>{"A", "B", "C"});
        regions->set("subcortical", std::vector<std::uint8_t>{0, 1, 0});
        m_regions = regions;
        const RegionValues values =
            regionValuesOf(m_data, BrainMapKind::Encoding, {"good", "fair"}, {"s1", "s2"}, false);
        QVERIFY(regionValuesOf(m_data, BrainMapKind::Searchlight, {"good", "fair"}, {"s1"}, false).cortical.empty());
        m_regions = nullptr;
        QCOMPARE(values.cortical.size(), 2U);
        QCOMPARE(values.subcortical.size(), 1U);
        const BarGroup& group = values.subcortical[0];
        QCOMPARE(group.name, QString("B"));
        std::array<double, 2> means{};
        for (std::size_t s = 0; s < 2; ++s) {
            double sum = 0;
            double count = 0;
            for (std::size_t v = 0; v < kVoxels; ++v)
                if (const double value = m_scores.at({"good", s == 0 ? "s1" : "s2"})[v];
                    region[v] == 1 && std::isfinite(value)) {
                    sum += value;
                    ++count;
                }
            means[s] = sum / count;
            QVERIFY(std::abs(group.bars[0].dots[s] - means[s]) < 1e-12);
        }
        QVERIFY(std::abs(group.bars[0].value - (means[0] + means[1]) / 2) < 1e-12);
        QVERIFY(group.bars[0].details.join('\n').contains("t(1) ="));
        QVERIFY2(values.rule.contains("2 subjects") && values.rule.contains("3 regions"), qPrintable(values.rule));
    }

private:
    Scores m_scores;
    Scores m_rates;
    bool m_tested = false;
    std::shared_ptr<const ArrayBundle> m_compared;
    std::shared_ptr<const ArrayBundle> m_regions;
    FigureData m_data;
};

QTEST_MAIN(VoxelValuesTest)
#include "voxel_values.moc"
