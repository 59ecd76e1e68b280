#include "plots_data.h"
#include "widgets/plots/chord_plot.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include <set>

using namespace tercet;
namespace ex = tercet::examples;

class GraphPlotTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void namesKeepClearOfEachOtherAndInside_data() {
        QTest::addColumn<QSize>("size");
        QTest::newRow("small") << QSize(320, 260);
        QTest::newRow("panel") << QSize(520, 420);
        QTest::newRow("large") << QSize(1200, 900);
        QTest::newRow("flat") << QSize(700, 240);
    }
    void namesKeepClearOfEachOtherAndInside() {
        QFETCH(QSize, size);
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            const ex::Graph example = ex::graph(30, 5, seed);
            GraphPlot plot;
            plot.setGraph(example.data);
            plot.setPlaces(example.places);
            const QRectF area(QRect(QPoint(0, 0), size));
            for (const Look& look : {lightLook(), lightLook(1.4), paperLook()}) {
                const auto labels = plot.clusterLabels(area, look);
                QCOMPARE(labels.size(), example.data.clusters.size());
                for (std::size_t i = 0; i < labels.size(); ++i) {
                    QVERIFY(!labels[i].isEmpty());
                    QVERIFY2(area.contains(labels[i]), "a name leaves the plot");
                    for (std::size_t j = i + 1; j < labels.size(); ++j)
                        QVERIFY2(!labels[i].intersects(labels[j]), "two names overlap");
                }
                for (const QRectF& node : plot.nodeAreas(area, look))
                    QVERIFY2(area.contains(node), "a node leaves the plot");
            }
        }
    }

    void nodesAreasGrowWithPageRank() {
        const ex::Graph example = ex::graph(30, 5, 2);
        GraphPlot plot;
        plot.setGraph(example.data);
        plot.setPlaces(example.places);
        const auto areas = plot.nodeAreas({0, 0, 1200, 900}, lightLook());
        int compared = 0;
        for (std::size_t i = 0; i < areas.size(); ++i)
            for (std::size_t j = 0; j < areas.size(); ++j)
                if (example.data.nodes[i].community >= 0 && example.data.nodes[j].community >= 0 &&
                    areas[i].width() > 17.1 && areas[j].width() > 17.1) {
                    const double expected = example.data.nodes[i].size / example.data.nodes[j].size;
                    QVERIFY(std::abs(areas[i].width() * areas[i].width() / (areas[j].width() * areas[j].width()) -
                                     expected) < 1e-6 * expected);
                    ++compared;
                }
        QVERIFY(compared > 20);
    }

    void pointerFindsNodesAndClusters() {
        const ex::Graph example = ex::graph(30, 5, 3);
        GraphPlot plot;
        plot.resize(700, 520);
        plot.setGraph(example.data);
        plot.setPlaces(example.places);
        plot.show();
        QSignalSpy clicked(&plot, &GraphPlot::nodeClicked);
        QSignalSpy cluster(&plot, &GraphPlot::clusterClicked);
        for (int node = 0; node < 30; ++node) {
            QCOMPARE(plot.nodeAt(plot.centerOf(node)), node);
            QTest::mouseClick(&plot, Qt::LeftButton, {}, plot.centerOf(node).toPoint());
            QCOMPARE(clicked.takeLast().at(0).toInt(), node);
        }
        const auto labels = plot.clusterLabels(plot.rect(), Theme::instance().look());
        for (std::size_t k = 0; k < labels.size(); ++k)
            QCOMPARE(plot.clusterAt(labels[k].center()), static_cast<int>(k));
        QTest::mouseClick(&plot, Qt::LeftButton, {}, labels[2].center().toPoint());
        if (plot.nodeAt(labels[2].center()) < 0)
            QCOMPARE(cluster.takeLast().at(0).toInt(), 2);
        QCOMPARE(plot.nodeAt({2, 2}), -1);
    }

    void aDragGivesPlacesInTheirOwnUnit() {
        const ex::Graph example = ex::graph(30, 5, 3);
        GraphPlot plot;
        plot.resize(700, 520);
        plot.setGraph(example.data);
        plot.setPlaces(example.places);
        plot.show();
        QSignalSpy dragged(&plot, &GraphPlot::nodeDragged);
        QSignalSpy dropped(&plot, &GraphPlot::nodeDropped);
        QSignalSpy clicked(&plot, &GraphPlot::nodeClicked);
        const QPoint from = plot.centerOf(0).toPoint();
        const QPoint to = plot.centerOf(1).toPoint();
        QTest::mousePress(&plot, Qt::LeftButton, {}, from);
        QMouseEvent move(QEvent::MouseMove, to, plot.mapToGlobal(to), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&plot, &move);
        QTest::mouseRelease(&plot, Qt::LeftButton, {}, to);
        QCOMPARE(dragged.size(), 1);
        QCOMPARE(dragged[0].at(0).toInt(), 0);
        const QPointF place = dragged[0].at(1).toPointF();
        QVERIFY((place - example.places[1]).manhattanLength() < 0.05);
        QCOMPARE(dropped.size(), 1);
        QCOMPARE(clicked.size(), 0);
    }

    void keysGoFromNodeToNode() {
        const ex::Graph example = ex::graph(30, 5, 4);
        GraphPlot plot;
        plot.resize(500, 400);
        plot.setGraph(example.data);
        plot.setPlaces(example.places);
        QSignalSpy hovered(&plot, &GraphPlot::nodeHovered);
        QSignalSpy clicked(&plot, &GraphPlot::nodeClicked);
        QSignalSpy cluster(&plot, &GraphPlot::clusterClicked);
        QTest::keyClick(&plot, Qt::Key_Right);
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(hovered.last().at(0).toInt(), 1);
        QTest::keyClick(&plot, Qt::Key_Return);
        QCOMPARE(clicked.last().at(0).toInt(), 1);
        QTest::keyClick(&plot, Qt::Key_Space);
        QCOMPARE(cluster.last().at(0).toInt(), example.data.nodes[1].community);
        QTest::keyClick(&plot, Qt::Key_Escape);
        QCOMPARE(hovered.last().at(0).toInt(), -1);
    }

    void chordsPutEveryNodeOnTheCircle() {
        const ex::Graph example = ex::graph(30, 5, 5);
        ChordPlot plot;
        plot.resize(400, 400);
        plot.setGraph(example.data);
        plot.show();
        QSignalSpy clicked(&plot, &ChordPlot::nodeClicked);
        std::set<std::pair<int, int>> places;
        for (int node = 0; node < 30; ++node) {
            const QPoint place = plot.centerOf(node).toPoint();
            places.emplace(place.x(), place.y());
            QCOMPARE(plot.nodeAt(place), node);
            QTest::mouseClick(&plot, Qt::LeftButton, {}, place);
            QCOMPARE(clicked.takeLast().at(0).toInt(), node);
        }
        QCOMPARE(places.size(), std::size_t{30});
        QCOMPARE(plot.nodeAt({200, 200}), -1);
        // Around the circle a community stays together: its colour begins once.
        QTest::keyClick(&plot, Qt::Key_Right);
        QSignalSpy hovered(&plot, &ChordPlot::nodeHovered);
        int begins = 0;
        int before = -2;
        for (int step = 0; step < 30; ++step) {
            QTest::keyClick(&plot, Qt::Key_Right);
            const int community = example.data.nodes[static_cast<std::size_t>(hovered.last().at(0).toInt())].community;
            begins += community != before ? 1 : 0;
            before = community;
        }
        QVERIFY(begins <= 7); // five communities, the isolated ones, and the one it began in
    }

    void emptyGraphsAreDrawn() {
        GraphPlot plot;
        plot.resize(200, 160);
        QVERIFY(!plot.grab().isNull());
        ChordPlot chords;
        chords.resize(160, 160);
        QVERIFY(!chords.grab().isNull());
        // Nothing but isolated nodes.
        GraphPlotData alone;
        for (int i = 0; i < 40; ++i)
            alone.nodes.push_back({i + 1, {}, Qt::gray, 0.02, -1});
        plot.setGraph(alone);
        chords.setGraph(alone);
        QVERIFY(!plot.grab().isNull());
        QVERIFY(!chords.grab().isNull());
        for (int i = 0; i < 40; ++i)
            QCOMPARE(plot.nodeAt(plot.centerOf(i)), i);
    }
};

QTEST_MAIN(GraphPlotTest)
#include "graph_plot.moc"
