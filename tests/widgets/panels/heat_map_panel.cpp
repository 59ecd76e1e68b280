#include "empty_panel.h"

#include "widgets/figures/rating_map.h"
#include "widgets/panels/empty_page.h"
#include "widgets/panels/heat_map_panel.h"
#include "widgets/panels/panel_header.h"
#include "widgets/plots/heat_map.h"

#include <QPushButton>
#include <QToolButton>

#include <cmath>

using namespace tercet;

class HeatMapPanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_study.runBoth("label-components"); }

    void saysWhatIsMissing() {
        checkOfferOfEmpty<HeatMapPanel>("Fit Human categories");
        const PanelStudy bare(false);
        const auto other = bare.open();
        HeatMapPanel nothing(*other);
        showPanel(nothing);
        QVERIFY(nothing.isEmpty());
        QVERIFY(!nothing.figure());
    }

    void showsTheCorrelationsOfEverySystemAskedFor() {
        const auto session = m_study.open();
        HeatMapPanel panel(*session);
        showPanel(panel, {700, 900});
        QTRY_VERIFY(!panel.isEmpty());
        QCOMPARE(panel.shownSystems(), QStringList{kCategories});
        const auto same = [&](int map, const char* system) {
            const auto& shown = panel.maps().at(static_cast<std::size_t>(map))->values().values();
            const auto& expected = session->embedding(system)->correlations.values();
            return std::equal(shown.begin(), shown.end(), expected.begin(), expected.end(),
                              [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); });
        };
        QVERIFY(same(0, kCategories));
        panel.allButton()->click();
        QTRY_COMPARE(panel.maps().size(), 2U);
        QVERIFY(same(0, kCategories));
        QVERIFY(same(1, kDimensions));
        QCOMPARE(panel.maps()[0]->columnOrder(), panel.maps()[1]->columnOrder());
        session->selection().setSystem(kDimensions);
        panel.allButton()->click();
        QTRY_COMPARE(panel.shownSystems(), QStringList{kDimensions});
        QVERIFY(same(0, kDimensions));
        QVERIFY(panel.figure()->picture.recipe.contains(kDimensions));
    }

    void aRatingsNameSortsTheComponentsAndTheDiagonalComesBack() {
        const auto session = m_study.open();
        HeatMapPanel panel(*session);
        showPanel(panel, {1000, 700});
        QTRY_VERIFY(!panel.isEmpty());
        HeatMap* map = panel.maps().front();
        const auto diagonal = map->rowOrder();
        for (const int term : {5, 40}) {
            QVERIFY(map->columnNameStep() > 0);
            QTest::mouseClick(map, Qt::LeftButton, {}, map->columnNamePlace(term).toPoint());
            QTRY_COMPARE(panel.sortedBy(), term);
            const auto falls = [&] {
                double last = 2;
                for (const std::size_t row : map->rowOrder()) {
                    const double r = map->values()(row, static_cast<std::size_t>(term));
                    if (r > last)
                        return false;
                    last = std::isnan(r) ? -2 : r;
                }
                return map->rowOrder() != diagonal;
            };
            QTRY_VERIFY(falls());
            QVERIFY(panel.header()->findChild<ElidedLabel*>()->text().contains(
                ratingName(*session->ratings(), static_cast<std::size_t>(term))));
        }
        QTest::mouseClick(map, Qt::LeftButton, {}, map->columnNamePlace(40).toPoint());
        QTRY_COMPARE(panel.sortedBy(), -1);
        QTRY_VERIFY(map->rowOrder() == diagonal);
    }

    void aComponentSortsTheRatingsOfAllSystems() {
        const auto session = m_study.open();
        HeatMapPanel panel(*session);
        showPanel(panel, {1000, 900});
        QTRY_VERIFY(!panel.isEmpty());
        panel.allButton()->click();
        QTRY_COMPARE(panel.maps().size(), 2U);
        HeatMap* map = panel.maps()[1];
        const auto diagonal = map->columnOrder();
        map->rowSortAsked(2);
        QTRY_VERIFY(map->columnOrder() != diagonal);
        QCOMPARE(panel.sortedByComponent(), session->embedding(kDimensions)->trainingColumns[2]);
        QCOMPARE(panel.maps()[0]->columnOrder(), map->columnOrder());
        std::pair<TermKind, double> last{TermKind::Category, 2};
        for (const std::size_t term : map->columnOrder()) {
            const TermKind kind = session->ratings()->terms[term].kind;
            const double r = map->values()(2, term);
            QVERIFY2(kind == last.first ? std::isnan(r) || r <= last.second : kind == TermKind::Dimension,
                     "falling r, categories before dimensions");
            last = {kind, std::isnan(r) ? -2 : r};
        }
        map->rowSortAsked(2);
        QTRY_VERIFY(map->columnOrder() == diagonal);
        QCOMPARE(panel.sortedByComponent(), -1);
    }

    void pointingAndSelectingAreLinkedForEverySystem() {
        const auto session = m_study.open();
        HeatMapPanel panel(*session);
        HeatMapPanel other(*session); // what a second view of the same window shows
        for (HeatMapPanel* each : {&panel, &other}) {
            showPanel(*each, {800, 900});
            QTRY_VERIFY(!each->isEmpty());
            each->allButton()->click();
            QTRY_COMPARE(each->maps().size(), 2U);
        }
        Selection& selection = session->selection();
        const int column = session->embedding(kDimensions)->trainingColumns[3];
        emit panel.maps()[1]->cellHovered(3, 7);
        QCOMPARE(selection.hoveredComponent(kDimensions), column);
        QCOMPARE(selection.hoveredComponent(), -1); // it is none of the system in front
        QCOMPARE(other.maps()[1]->hoveredRow(), 3);
        QCOMPARE(other.maps()[0]->hoveredRow(), -1);
        QCOMPARE(panel.maps()[0]->hoveredColumn(), 7);
        emit panel.maps()[0]->cellHovered(1, 2);
        QCOMPARE(selection.hoveredComponent(), session->embedding(kCategories)->trainingColumns[1]);
        QCOMPARE(other.maps()[0]->hoveredRow(), 1);
        QCOMPARE(other.maps()[1]->hoveredRow(), -1);
        emit panel.maps()[0]->cellHovered(-1, -1);
        QCOMPARE(other.maps()[0]->hoveredRow(), -1);
        emit panel.maps()[1]->rowNameClicked(3);
        QCOMPARE(selection.system(), QString(kDimensions));
        QCOMPARE(selection.component(), column);
        QTRY_COMPARE(panel.shownSystems().size(), 2);
    }

private:
    PanelStudy m_study;
};

QTEST_MAIN(HeatMapPanelTest)
#include "heat_map_panel.moc"
