#include "widgets/plots/grouped_bars.h"

#include "painted_texts.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QTest>

#include <algorithm>

using namespace tercet;

namespace {

BarGroup groupOf(const QString& name, const std::vector<double>& values, const QString& mark = {}) {
    BarGroup group{.name = name, .mark = mark};
    for (const double value : values)
        group.bars.push_back({.color = Qt::darkGreen, .value = value});
    return group;
}

} // namespace

class GroupedBarsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::instance().install(*qApp); }

    void longNamesLeaveRoomForTheBars() {
        GroupedBars bars;
        std::vector<BarGroup> groups;
        for (int i = 1; i <= 34; ++i)
            groups.push_back(groupOf("aesthetic appreciation " + QString::number(i), {0.1 * (i % 5)}));
        bars.setGroups(std::move(groups), {});
        const auto named = [&](const QSize& size, const QString& start) {
            const auto texts = paintedTexts(bars, size);
            return std::count_if(texts.begin(), texts.end(),
                                 [&](const auto& text) { return text.first.startsWith(start); });
        };
        QCOMPARE(named({700, 500}, "aesthetic appreciation"), 34);
        QCOMPARE(named({700, 160}, "aesthetic appreciation"), 0);
        QVERIFY(named({700, 160}, "aest") > 0); // the beginning of names
        QCOMPARE(named({700, 60}, "a"), 0);
        bars.resize(700, 60);
        const QImage image = bars.grab().toImage();
        int green = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                green += static_cast<int>(QColor(image.pixel(x, y)) == QColor(Qt::darkGreen));
        QVERIFY(green > 300);
    }

    void numbersAreLeftOutRatherThanWrittenOverEachOther() {
        GroupedBars bars;
        std::vector<BarGroup> groups;
        for (int i = 1; i <= 30; ++i)
            groups.push_back(groupOf(QString::number(i), {0.1 * (i % 5)}));
        bars.setGroups(std::move(groups), {});
        const auto shown = [&](int width) {
            QStringList names;
            for (const auto& [text, place] : paintedTexts(bars, {width, 120}))
                if (!text.contains('.'))
                    names << text;
            return names;
        };
        QCOMPARE(shown(1200).size(), 30);
        QCOMPARE(shown(330).mid(0, 3), (QStringList{"1", "3", "5"}));
        QCOMPARE(shown(160).mid(0, 3), (QStringList{"1", "6", "11"}));
    }

    void namesOfRegionsAreAllWritten() {
        GroupedBars bars;
        bars.setGroups({groupOf("hippocampus", {0.1}), groupOf("thalamus", {0.2}), groupOf("amygdala", {0.3})}, {});
        QStringList names;
        for (const auto& [text, place] : paintedTexts(bars, {160, 160}))
            names << text;
        for (const char* name : {"hippocampus", "thalamus", "amygdala"})
            QVERIFY(names.contains(name));
        // As many as the usual regions, upright where they are too many for a slant.
        std::vector<BarGroup> groups;
        for (char letter = 'a'; letter <= 'z'; ++letter)
            groups.push_back(groupOf(QStringLiteral("region %1").arg(letter), {0.1}));
        bars.setGroups(std::move(groups), {});
        for (const int width : {600, 900}) {
            const auto texts = paintedTexts(bars, {width, 200});
            QCOMPARE(std::ranges::count_if(texts, [](const auto& text) { return text.first.startsWith("region"); }),
                     26);
        }
    }

    void labelsOfTheAxisKeepApart() {
        GroupedBars bars;
        bars.setGroups({groupOf("VC", {-0.05, 0.43})}, {});
        for (const int height : {70, 90, 120, 400}) {
            std::vector<double> places;
            for (const auto& [text, place] : paintedTexts(bars, {300, height}))
                if (text.contains('.'))
                    places.push_back(place.y());
            QVERIFY(!places.empty());
            for (std::size_t i = 1; i < places.size(); ++i)
                QVERIFY2(places[i - 1] - places[i] > 12, qPrintable(QString::number(height)));
            if (height == 400)
                QVERIFY(places.size() >= 3);
        }
    }

    void starsStandAboveTheHighestBar() {
        GroupedBars bars;
        bars.resize(400, 300);
        bars.setGroups({groupOf("VC", {0.1, 0.2, 0.9}, "**")}, {});
        const auto texts = paintedTexts(bars, {400, 300});
        const auto stars =
            std::find_if(texts.begin(), texts.end(), [](const auto& text) { return text.first == "**"; });
        QVERIFY(stars != texts.end());
        const QRectF best = bars.areaOf(0, 2);
        QVERIFY(stars->second.x() > best.left() && stars->second.x() < best.right());
        QVERIFY(stars->second.y() <= best.top());
    }
};

QTEST_MAIN(GroupedBarsTest)
#include "grouped_bars.moc"
