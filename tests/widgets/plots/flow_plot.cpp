#include "widgets/plots/flow_plot.h"
#include "plots_data.h"
#include "widgets/plots/overlap_plot.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace tercet;
namespace ex = tercet::examples;

class FlowPlotTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void itemsAreFoundAndClicked() {
        FlowPlot plot;
        plot.setFlow(ex::flow(3, 12, 1));
        plot.resize(700, 400);
        plot.show();
        QSignalSpy clicked(&plot, &FlowPlot::itemClicked);
        for (int column = 0; column < 3; ++column)
            for (int item = 0; item < 12; ++item) {
                const QPointF center = plot.centerOf({column, item});
                QCOMPARE(plot.itemAt(center), (FlowPlot::Place{column, item}));
                QTest::mouseClick(&plot, Qt::LeftButton, {}, center.toPoint());
                QCOMPARE(clicked.last().at(0).toInt(), column);
                QCOMPARE(clicked.takeLast().at(1).toInt(), item);
            }
        QCOMPARE(plot.itemAt({695, 395}), FlowPlot::Place{});
    }

    void matchedItemsStandSideBySide() {
        // Each column is the one before, turned around: in a good order no band crosses another.
        FlowPlot plot;
        const FlowPlotData flow = ex::flow(4, 10, 2);
        plot.setFlow(flow);
        plot.resize(800, 420);
        for (const FlowPlotBand& band : flow.bands)
            if (!band.blend)
                QCOMPARE(plot.centerOf({band.column, band.item}).y(),
                         plot.centerOf({band.otherColumn, band.otherItem}).y());
        QCOMPARE(plot.matchedWith({0, 0}).size(), std::size_t{1});
    }

    void namesDoNotOverlap() {
        FlowPlot plot;
        plot.setFlow(ex::flow(4, 30, 3));
        for (const Look& look : {lightLook(), paperLook()})
            for (const double width : {336.0, 700.0}) {
                const QRectF area(0, 0, width, plot.heightFor(look, width));
                const auto names = plot.nameAreas(area, look);
                QCOMPARE(names.size(), std::size_t{120});
                for (std::size_t i = 0; i < names.size(); ++i) {
                    QVERIFY(area.contains(names[i]));
                    for (std::size_t j = i + 1; j < names.size(); ++j)
                        QVERIFY(!names[i].intersects(names[j]));
                }
            }
    }

    void bandsHaveRoomOnANarrowPage() {
        FlowPlot plot;
        plot.setFlow(ex::flow(4, 30, 3));
        const Look look = paperLook();
        const QRectF area(0, 0, 336, plot.heightFor(look, 336));
        const auto names = plot.nameAreas(area, look);
        for (std::size_t column = 0; column + 1 < 4; ++column)
            QVERIFY(names[30 * (column + 1)].left() - names[30 * column].right() > 20);
    }

    void keysGoThroughTheColumns() {
        FlowPlot plot;
        plot.setFlow(ex::flow(3, 5, 4));
        plot.resize(500, 300);
        QSignalSpy hovered(&plot, &FlowPlot::itemHovered);
        QTest::keyClick(&plot, Qt::Key_Down);
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(hovered.last().at(0).toInt(), 1);
        QCOMPARE(plot.centerOf({1, hovered.last().at(1).toInt()}).y(), plot.centerOf({0, 0}).y());
        QTest::keyClick(&plot, Qt::Key_Escape);
        QCOMPARE(hovered.last().at(0).toInt(), -1);
    }

    void setsAreCountedAndFoundInVennAndBars_data() {
        QTest::addColumn<int>("systems");
        for (int systems = 1; systems <= 4; ++systems)
            QTest::addRow("%d systems", systems) << systems;
    }
    void setsAreCountedAndFoundInVennAndBars() {
        QFETCH(int, systems);
        OverlapPlotData data;
        for (int s = 0; s < systems; ++s)
            data.systems.push_back({QString("System %1").arg(s + 1), componentColor(s)});
        const unsigned all = (1U << systems) - 1;
        for (unsigned set = 1; set <= all; ++set)
            for (unsigned k = 0; k < 1 + set % 3; ++k)
                data.clusters.push_back({QString("c %1 %2").arg(set).arg(k), {}, set});
        OverlapPlot plot;
        plot.setOverlap(data);
        plot.resize(360, 520);
        plot.show();
        QCOMPARE(plot.sets().size(), std::size_t{all});
        QSignalSpy clicked(&plot, &OverlapPlot::setClicked);
        for (unsigned set = 1; set <= all; ++set) {
            QCOMPARE(plot.countOf(set), static_cast<int>(1 + set % 3));
            QCOMPARE(plot.clustersOf(set).size(), static_cast<qsizetype>(1 + set % 3));
            QCOMPARE(plot.setAt(plot.regionOf(set)), set);
            QCOMPARE(plot.setAt(plot.barOf(set).center()), set);
            QTest::mouseClick(&plot, Qt::LeftButton, {}, plot.barOf(set).center().toPoint());
            QCOMPARE(clicked.takeLast().at(0).toUInt(), set);
        }
        // Bars are as tall as their counts.
        const double unit = plot.barOf(1).height() / plot.countOf(1);
        for (unsigned set = 1; set <= all; ++set)
            QVERIFY(std::abs(plot.barOf(set).height() - unit * plot.countOf(set)) < 1e-6);
        QCOMPARE(plot.setAt({1, 1}), 0U);
    }

    void emptyOnesAreDrawn() {
        FlowPlot flow;
        flow.resize(200, 200);
        QVERIFY(!flow.grab().isNull());
        OverlapPlot overlap;
        overlap.resize(200, 260);
        QVERIFY(!overlap.grab().isNull());
        QCOMPARE(overlap.setAt({100, 100}), 0U);
        OverlapPlotData six;
        for (int s = 0; s < 6; ++s)
            six.systems.push_back({"S", componentColor(s)});
        six.clusters.push_back({"c", {}, 33});
        overlap.setOverlap(six);
        QVERIFY(!overlap.grab().isNull());
        QCOMPARE(overlap.setAt(overlap.barOf(33).center()), 33U);
    }
};

QTEST_MAIN(FlowPlotTest)
#include "flow_plot.moc"
