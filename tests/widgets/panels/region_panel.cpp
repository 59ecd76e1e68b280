#include "scanned_study.h"

#include "core/base/error.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/panels/empty_page.h"
#include "widgets/panels/region_panel.h"
#include "widgets/panels/region_table_editor.h"
#include "widgets/plots/grouped_bars.h"

#include <QPushButton>
#include <QToolButton>

#include <cmath>
#include <numeric>

using namespace tercet;

class RegionPanelTest : public QObject {
    Q_OBJECT

private slots:
    void saysWhatIsMissing() {
        const PanelStudy plain;
        const auto session = plain.open();
        RegionPanel panel(*session);
        showPanel(panel);
        QVERIFY(panel.isEmpty());
        QVERIFY(!panel.figure());
        const auto scanned = m_study.open();
        RegionPanel other(*scanned);
        showPanel(other);
        QTRY_COMPARE(other.emptyPage()->findChild<QPushButton*>()->text(), QString("Compare regions"));
    }

    void barsAreMeansOverTheSubjects() {
        for (const char* subject : {"anna", "bert"})
            for (const char* system : {kCategoryRatings, "dimension-ratings"})
                m_study.runFor("encode", system, subject);
        const QString folder = m_study.folder();
        const std::string table = folder.toStdString() + "/regions.csv";
        QFile file(QString::fromStdString(table));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("region,kind,parcel\nVC,cortical,V1\nnowhere,subcortical,X9\n");
        file.close();
        importFiles(*m_study.study(), {.kind = "regions", .files = {table}});
        for (const char* system : {"human-categories", "human-dimensions", "human-concat"})
            setParameters(*m_study.study(), {"encode", system}, {{"folds", "random"}, {"outer", "2"}, {"inner", "2"}});
        m_study.runFor("roi-test", "", "");
        const auto session = m_study.open();
        RegionPanel panel(*session);
        showPanel(panel, {700, 500});
        QTRY_VERIFY(!panel.isEmpty());
        QCOMPARE(panel.cortical()->groups().size(), 1U); // the other region has no voxels
        QVERIFY(panel.subcortical()->groups().empty());
        const BarGroup group = panel.cortical()->groups().front();
        QCOMPARE(group.name, QString("VC"));
        QCOMPARE(group.bars.size(), 5U); // embeddings and tables of both kinds of ratings, and all ratings
        for (const GroupedBar& bar : group.bars) {
            QCOMPARE(bar.dots.size(), 2U);
            QVERIFY(std::abs(bar.value - (bar.dots[0] + bar.dots[1]) / 2) < 1e-12);
            QVERIFY(std::abs(bar.deviation - std::abs(bar.dots[0] - bar.dots[1]) / std::sqrt(2)) < 1e-12);
        }
        // The table takes the place of the bars where there is no room for both.
        QTest::mouseClick(panel.tableButton(), Qt::LeftButton);
        QTRY_VERIFY(panel.tableEditor()->isVisible() && !panel.cortical()->isVisible());
        panel.resize(700, 900);
        QTRY_VERIFY(panel.tableEditor()->isVisible() && panel.cortical()->isVisible());
        panel.resize(700, 500);
        QTRY_VERIFY(!panel.cortical()->isVisible());
        QTest::mouseClick(panel.tableButton(), Qt::LeftButton);
        QTRY_VERIFY(!panel.tableEditor()->isVisible() && panel.cortical()->isVisible());
        QTest::mouseMove(panel.cortical(), panel.cortical()->areaOf(0, 1).center().toPoint());
        QTRY_COMPARE(session->selection().hoveredRegion(), QString("VC"));
        // The dot is the mean of the voxels that lie in the region.
        const auto regions = session->study().newestResult("assign-regions", "", "anna");
        const auto encoded = session->study().newestResult("encode", kCategoryRatings, "anna");
        const auto inside = session->study().arrays(regions->key);
        const auto scores = session->study().arrays(encoded->key);
        const auto& region = inside->get<std::int32_t>("region").values;
        const auto& score = scores->get<double>("score").values;
        double sum = 0;
        int count = 0;
        for (std::size_t v = 0; v < score.size(); ++v)
            if (region[v] == 0) {
                sum += score[v];
                ++count;
            }
        QVERIFY(count > 0);
        const QStringList systems = [&] {
            QStringList names;
            for (const auto& name : session->arrays({"roi-test"})->get<std::string>("systems").values)
                names << QString::fromStdString(name);
            return names;
        }();
        const GroupedBar& bar = group.bars[static_cast<std::size_t>(systems.indexOf(kCategoryRatings))];
        QVERIFY(std::abs(bar.dots[0] - sum / count) < 1e-12);
        QVERIFY(bar.details.join('\n').contains("t(1) ="));
        QVERIFY(panel.cortical()->areaOf(0, 0).height() > 1);
        const Figure figure = *panel.figure();
        QVERIFY(figure.caption.contains("paired t over 2 subjects"));
        const std::vector<Table> tables = figure.tables();
        QCOMPARE(tables[0].rows.size(), 5U);
        QCOMPARE(tables[1].rows.size(), 10U); // each pair once
        for (const auto& row : tables[1].rows) {
            const auto valueOf = [&](const std::string& title) {
                const auto model = std::ranges::find(session->models(), title, &System::title);
                return group.bars[static_cast<std::size_t>(systems.indexOf(QString::fromStdString(model->name)))].value;
            };
            QVERIFY(std::abs(std::stod(row[3]) - (valueOf(row[1]) - valueOf(row[2]))) < 1e-9);
        }
        FigureOptions searchlight;
        searchlight.brainMap = BrainMapKind::Searchlight; // of which no regions were compared
        const auto data = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
        QVERIFY_EXCEPTION_THROWN((void)regionFigure(data, searchlight), MissingError);
        // Bars keep their height where the panel is low.
        panel.resize(480, 200);
        QTRY_VERIFY(panel.cortical()->areaOf(0, 0).height() > 20);
    }

private:
    ScannedStudy m_study;
};

QTEST_MAIN(RegionPanelTest)
#include "region_panel.moc"
