#include "scanned_study.h"

#include "widgets/bridge/voxel_reader.h"
#include "widgets/panels/empty_page.h"
#include "widgets/panels/page_tabs.h"
#include "widgets/panels/voxel_panel.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/plots/grouped_bars.h"
#include "widgets/plots/line_plot.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>

using namespace tercet;

namespace {

constexpr int kRow = 5; ///< of the volume
constexpr int kColumn = 3;
constexpr int kVoxel = kRow * 2 * kCortexSide + kColumn;         ///< answers to the first category
constexpr int kNoise = kRow * 2 * kCortexSide + kCortexSide + 2; ///< to nothing
const VoxelPlace kPlace{.subject = "anna", .voxel = kVoxel, .hemisphere = 0, .vertex = kRow * kCortexSide + kColumn};

} // namespace

class VoxelPanelTest : public QObject {
    Q_OBJECT

private slots:
    void saysWhatIsMissing() {
        const auto session = m_study.open();
        VoxelPanel panel(*session);
        showPanel(panel, {700, 800});
        QTRY_VERIFY(panel.isEmpty());
        QVERIFY(!panel.figure());
        session->selection().setVoxel({.subject = "anna", .hemisphere = 0, .vertex = 3}); // without a voxel below
        QTRY_VERIFY(panel.emptyPage()->findChild<QLabel*>()->text().contains("No voxel here"));
        session->selection().setVoxel(kPlace);
        QTRY_COMPARE(panel.emptyPage()->findChild<QPushButton*>()->text(), QString("Preprocess"));
    }

    void aVertexOfALargerSurfaceHasNoOthers() {
        VoxelReader reader(*m_study.study());
        std::vector<std::shared_ptr<const VoxelReading>> readings;
        connect(&reader, &VoxelReader::read, this, [&](const auto& reading) { readings.push_back(reading); });
        VoxelPlace place = kPlace;
        for (const int vertex : {kPlace.vertex, kCortexSide * kCortexSide, 1'000'000'000}) {
            place.vertex = vertex;
            reader.request(place, 0, false);
            QTRY_COMPARE(readings.size(), 1U);
            QCOMPARE(readings.front()->others.size(), vertex == kPlace.vertex ? 1U : 0U);
            readings.clear();
        }
    }

    void theProfileIsThatOfTheResults() {
        for (const char* subject : {"anna", "bert"})
            m_study.runFor("encode", kCategoryRatings, subject);
        const auto session = m_study.open();
        VoxelPanel panel(*session);
        showPanel(panel, {700, 800});
        session->selection().setVoxel(kPlace);
        QTRY_COMPARE(panel.scores()->bars().size(), 1U);
        const auto arraysOf = [&](const char* step, const char* system, const char* subject) {
            return session->study().arrays(session->study().newestResult(step, system, subject)->key);
        };
        const auto encoded = arraysOf("encode", kCategoryRatings, "anna");
        QCOMPARE(panel.scores()->bars().front().value, encoded->get<double>("score").values[kVoxel]);
        // The other subject has the same vertices, and the same voxel below this one.
        const double other = arraysOf("encode", kCategoryRatings, "bert")->get<double>("score").values[kVoxel];
        QTRY_COMPARE(panel.scores()->bars().front().low, other);
        QCOMPARE(panel.scores()->bars().front().high, other);
        const auto weights = encoded->matrix("weights");
        QCOMPARE(panel.weights()->groups().size(), weights.rows());
        double largest = 0;
        for (std::size_t f = 0; f < weights.rows(); ++f) {
            QCOMPARE(panel.weights()->groups()[f].bars.front().value, weights(f, kVoxel));
            largest = std::max(largest, weights(f, kVoxel));
        }
        QCOMPARE(panel.weights()->groups().front().bars.front().value, largest); // the category that was planted
        // Its favourites are the stimuli with the largest responses.
        const auto responses = arraysOf("preprocess-fmri", "", "anna");
        const LargeArray& large = responses->largeArray("responses");
        Matrix<double> column(large.rows(), 1);
        large.read(0, kVoxel, column.view());
        const auto& stimulus = responses->get<std::int32_t>("stimulus").values;
        std::vector<std::pair<double, int>> order;
        for (std::size_t row = 0; row < column.rows(); ++row)
            order.emplace_back(column(row, 0), stimulus[row]);
        std::sort(order.rbegin(), order.rend());
        QTRY_VERIFY(panel.stimuli()->cards().size() > 3);
        for (std::size_t i = 0; i < panel.stimuli()->cards().size(); ++i) {
            QCOMPARE(panel.stimuli()->cards()[i].stimulus, order[i].second);
            QCOMPARE(panel.stimuli()->cards()[i].weight, order[i].first);
        }
        const auto tables = panel.tables();
        QCOMPARE(tables.size(), 3U);
        QCOMPARE(tables[2].rows.size(), order.size());
    }

    void theStagesEndWithTheResponses() {
        const auto session = m_study.open();
        VoxelPanel panel(*session);
        showPanel(panel, {700, 800});
        session->selection().setVoxel(kPlace);
        panel.pages()->setCurrentIndex(1);
        QTRY_COMPARE(panel.runBox()->count(), 4);
        QVERIFY(panel.noStages().isEmpty());
        panel.runBox()->setCurrentIndex(2);
        const auto table = [&] { return panel.tables(); };
        QTRY_VERIFY(panel.figure() && panel.figure()->picture.recipe.contains("\"run\": 3"));
        const auto record = session->study().newestResult("preprocess-fmri", "", "anna");
        const auto responses = session->study().arrays(record->key);
        Matrix<double> column(responses->largeArray("responses").rows(), 1);
        responses->largeArray("responses").read(0, kVoxel, column.view());
        const auto& run = responses->get<std::int32_t>("run").values;
        std::vector<double> expected;
        for (std::size_t row = 0; row < run.size(); ++row)
            if (run[row] == 2)
                expected.push_back(column(row, 0));
        QTRY_COMPARE(table().at(1).rows.size(), expected.size());
        for (std::size_t b = 0; b < expected.size(); ++b)
            QVERIFY(std::abs(std::stod(table().at(1).rows[b].back()) - expected[b]) < 1e-6);
    }

    void theLastOfSeveralVoxelsIsShown() {
        const auto session = m_study.open();
        VoxelPanel panel(*session);
        showPanel(panel, {700, 800});
        for (const int voxel : {kVoxel, kNoise, kVoxel, kNoise}) {
            VoxelPlace place = kPlace;
            place.voxel = voxel;
            session->selection().setVoxel(place);
            QCoreApplication::processEvents();
        }
        QTRY_VERIFY(panel.figure());
        QVERIFY(panel.figure()->picture.recipe.contains(QString("\"voxel\": %1").arg(kNoise)));
    }

    void aScanThatIsGoneIsSaidInPlace() {
        const QString scan = m_study.folder() + "/anna/run-1_bold.nii";
        QVERIFY(QFile::rename(scan, scan + ".away"));
        const auto session = m_study.open();
        VoxelPanel panel(*session);
        showPanel(panel, {700, 800});
        session->selection().setVoxel(kPlace);
        panel.pages()->setCurrentIndex(1);
        QTRY_VERIFY2(panel.noStages().contains("not where it was when it was imported"), qPrintable(panel.noStages()));
        QVERIFY(QFile::rename(scan + ".away", scan));
    }

private:
    ScannedStudy m_study;
};

QTEST_MAIN(VoxelPanelTest)
#include "voxel_panel.moc"
