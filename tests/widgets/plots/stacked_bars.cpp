#include "widgets/plots/stacked_bars.h"

#include "widgets/plots/theme.h"

#include <QApplication>
#include <QTest>

using namespace tercet;

namespace {

std::vector<StackPart> parts(const QColor& color) {
    return {{"solid", color, StackPart::Pattern::Solid},
            {"hatched", color, StackPart::Pattern::Hatched},
            {"dotted", color, StackPart::Pattern::Dotted},
            {"empty", color, StackPart::Pattern::Empty}};
}

} // namespace

class StackedBarsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void partsAreAsWideAsTheirShares() {
        StackedBars plot;
        plot.resize(500, 200);
        plot.setBars(parts(Qt::darkBlue), {{"a", {}, {5, 3, 2, 0}}, {"longer name", {}, {2, 2, 2, 2}}});
        const double whole = plot.areaOf(1, 0).width() * 4;
        QVERIFY(whole > 200);
        QVERIFY(qAbs(plot.areaOf(0, 0).width() - 0.5 * whole) < 0.01);
        QVERIFY(qAbs(plot.areaOf(0, 1).width() - 0.3 * whole) < 0.01);
        QCOMPARE(plot.areaOf(0, 3).width(), 0.0);
        QVERIFY(qAbs(plot.areaOf(0, 1).left() - plot.areaOf(0, 0).right()) < 0.01);
        QVERIFY(plot.areaOf(0, 0).bottom() < plot.areaOf(1, 0).top());
    }
    void partsDifferWithoutColour() {
        StackedBars plot;
        plot.resize(500, 120);
        QSet<QByteArray> looks;
        for (int part = 0; part < 4; ++part) {
            std::vector<int> counts(4, 0);
            counts[static_cast<std::size_t>(part)] = 1;
            plot.setBars(parts(Qt::darkGray), {{"a", {}, counts}});
            const QImage bar = plot.grab(plot.areaOf(0, part).toRect().adjusted(3, 3, -300, -3)).toImage();
            looks.insert(QByteArray(reinterpret_cast<const char*>(bar.constBits()), bar.sizeInBytes()));
        }
        QCOMPARE(looks.size(), 4);
    }
    void countsAppearUnderThePointerAndByKeys() {
        StackedBars plot;
        plot.resize(500, 200);
        plot.setBars(parts(Qt::darkBlue), {{"a", {}, {5, 3, 2, 0}}, {"b", {}, {1, 1, 1, 1}}});
        plot.show();
        QVERIFY(plot.accessibleDescription().contains("a hatched 3"));
        const QImage before = plot.grab().toImage();
        QTest::mouseMove(&plot, plot.areaOf(1, 0).center().toPoint());
        QTRY_VERIFY(plot.grab().toImage() != before);
        const QImage pointed = plot.grab().toImage();
        QTest::keyClick(&plot, Qt::Key_Escape);
        const QImage without = plot.grab().toImage();
        QVERIFY(without != pointed);
        QTest::keyClick(&plot, Qt::Key_Down);
        QVERIFY(plot.grab().toImage() != without);
        plot.setBars({}, {});
        QVERIFY(!plot.grab().isNull());
        plot.setBars(parts(Qt::darkBlue), {{"none", {}, {0, 0, 0, 0}}});
        plot.resize(8, 8);
        QVERIFY(!plot.grab().isNull());
    }
};

QTEST_MAIN(StackedBarsTest)
#include "stacked_bars.moc"
