#include "plots_data.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

#include <numbers>

using namespace tercet;
namespace ex = tercet::examples;

namespace {

constexpr double kTurn = 2 * std::numbers::pi;

std::vector<RoseSystem> plainSystem(int components) {
    RoseSystem system{"MLLM", QColor(0x00A26A), {}};
    for (int c = 0; c < components; ++c)
        system.components.push_back({QString("label %1").arg(c + 1), componentColor(c)});
    return {system};
}

QPointF at(const RosePlot& plot, int stimulus, int system, double angle, double share) {
    const double radius = plot.fullLength() * share;
    return plot.centerOf(stimulus, system) + QPointF(radius * std::cos(angle), -radius * std::sin(angle));
}

} // namespace

class RosePlotTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void petalsAreTrianglesInTheirSectors() {
        constexpr int d = 8;
        RosePlot plot;
        plot.resize(500, 400);
        plot.setNamedPetals(0);
        std::vector<double> weights{1, 0.5, 0.25, 0, 0.75, 1, 0.1, 0.6};
        plot.setRoses(plainSystem(d), {{"clip", {weights}}});
        const QImage image = plot.grab().toImage();
        for (int c = 0; c < d; ++c) {
            const double middle = kTurn * (c + 0.5) / d;
            // The far edge is straight: in the middle of the sector it is nearer by cos(half the sector).
            const double edge = weights[static_cast<std::size_t>(c)] * std::cos(kTurn / 2 / d);
            const auto colorAt = [&](double angle, double share) {
                return image.pixelColor(at(plot, 0, 0, angle, share).toPoint());
            };
            if (edge > 0.1)
                QVERIFY2(colorDifference(colorAt(middle, edge - 0.06), componentColor(c)) < 2,
                         qPrintable(QString::number(c)));
            const QColor beyond = colorAt(middle, edge + 0.05);
            QVERIFY(colorDifference(beyond, componentColor(c)) > 5);
            if (edge > 0.3) {
                const double side = kTurn * (c + 0.93) / d; // near the corner the petal reaches further
                QVERIFY(colorDifference(colorAt(side, edge + 0.01), componentColor(c)) < 12);
            }
        }
    }
    void pointingNamesThePetal() {
        constexpr int d = 30;
        RosePlot plot;
        plot.resize(900, 600);
        plot.setRoses(ex::systems(2, d, false), ex::stimuli(3, 2, d, 1));
        for (int stimulus = 0; stimulus < 3; ++stimulus)
            for (int system = 0; system < 2; ++system)
                for (int c = 0; c < d; ++c) {
                    const RosePlot::Petal expected{stimulus, system, c};
                    QCOMPARE(plot.petalAt(at(plot, stimulus, system, kTurn * (c + 0.5) / d, 0.8)), expected);
                }
        QCOMPARE(plot.petalAt(at(plot, 0, 0, 1, 1.2)).component, -1);
    }
    void mouseAndKeyboardSayTheSame() {
        RosePlot plot;
        plot.resize(500, 400);
        plot.setRoses(plainSystem(6), {{"clip", {{0.2, 0.4, 0.6, 0.8, 1, 0.5}}}});
        plot.show();
        QSignalSpy hovers(&plot, &RosePlot::componentHovered);
        QSignalSpy clicks(&plot, &RosePlot::componentClicked);
        const QPoint third = at(plot, 0, 0, kTurn * 2.5 / 6, 0.3).toPoint();
        QTest::mouseMove(&plot, third);
        QTest::mouseClick(&plot, Qt::LeftButton, Qt::NoModifier, third);
        QCOMPARE(clicks.last(), (QVariantList{0, 0, 2}));
        QTest::keyClick(&plot, Qt::Key_Left);
        QCOMPARE(hovers.last(), (QVariantList{0, 0, 3}));
        QTest::keyClick(&plot, Qt::Key_Return);
        QCOMPARE(clicks.last(), (QVariantList{0, 0, 3}));
        QTest::keyClick(&plot, Qt::Key_Escape);
        QCOMPARE(hovers.last().last().toInt(), -1);
    }
    void petalsGrow() {
        RosePlot plot;
        plot.resize(400, 400);
        plot.setNamedPetals(0);
        plot.setRoses(plainSystem(4), {{"", {{1, 0, 0, 0}}}});
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        plot.setRoses(plainSystem(4), {{"", {{0, 1, 0, 0}}}});
        const auto colorIn = [&](int c) {
            return plot.grab().toImage().pixelColor(at(plot, 0, 0, kTurn * (c + 0.5) / 4, 0.6).toPoint());
        };
        QVERIFY(colorDifference(colorIn(0), componentColor(0)) < 3); // still there
        QTRY_VERIFY(colorDifference(colorIn(1), componentColor(1)) < 3);
        QTRY_VERIFY(colorDifference(colorIn(0), componentColor(0)) > 10);
    }
    void oddWeightsDoNotBreakIt() {
        RosePlot plot;
        plot.resize(300, 240);
        const double nan = std::nan("");
        const double inf = std::numeric_limits<double>::infinity();
        plot.setRoses(plainSystem(3), {{"", {{nan, inf, -2}}}, {"second", {{}}}, {"third", {{1, 1, 1}}}});
        QVERIFY(!plot.grab().isNull());
        plot.setRoses(plainSystem(1), {{"", {{1}}}});
        QVERIFY(!plot.grab().isNull());
        plot.setRoses({}, {});
        QVERIFY(!plot.grab().isNull());
        QCOMPARE(plot.petalAt({10, 10}).component, -1);
    }
    void manyStimuliAskForHeight() {
        RosePlot plot;
        plot.resize(700, 300);
        plot.setRoses(ex::systems(4, 30, false), ex::stimuli(20, 4, 30, 2));
        QVERIFY(plot.minimumHeight() >= 20 * 150);
        plot.setRoses(ex::systems(1, 30, false), ex::stimuli(1, 1, 30, 2));
        QVERIFY(plot.minimumHeight() <= 200);
    }
};

QTEST_MAIN(RosePlotTest)
#include "rose_plot.moc"
