#include "plots_data.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/palettes.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace tercet;

namespace {

constexpr ColorVision kVisions[]{ColorVision::Normal, ColorVision::Protanopia, ColorVision::Deuteranopia,
                                 ColorVision::Tritanopia};

double smallestDifference(const std::vector<QColor>& colors, ColorVision vision) {
    double least = 1000;
    for (std::size_t i = 0; i < colors.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            least = std::min(least, colorDifference(simulated(colors[i], vision), simulated(colors[j], vision)));
    return least;
}

/// Colour differences between neighbours of an evenly sampled map: largest over smallest.
double unevenness(const std::vector<QColor>& colors) {
    double least = 1000;
    double most = 0;
    for (std::size_t i = 1; i < colors.size(); ++i) {
        const double step = colorDifference(colors[i - 1], colors[i]);
        least = std::min(least, step);
        most = std::max(most, step);
    }
    return most / least;
}

} // namespace

class Colors : public QObject {
    Q_OBJECT

private slots:
    void differencesAreThoseOfThePublishedTestData() {
        // Pairs of Sharma, Wu & Dalal 2005, table 1.
        const struct {
            Lab a, b;
            double difference;
        } pairs[]{{{50, 2.6772, -79.7751}, {50, 0, -82.7485}, 2.0425},
                  {{50, 0, 0}, {50, -1, 2}, 2.3669},
                  {{50, 2.49, -0.001}, {50, -2.49, 0.0009}, 7.1792},
                  {{50, 2.5, 0}, {73, 25, -18}, 27.1492},
                  {{50, 2.5, 0}, {61, -5, 29}, 22.8977},
                  {{50, 2.5, 0}, {56, -27, -3}, 31.9030},
                  {{60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}, 1.2644},
                  {{6.7747, -0.2908, -2.4247}, {5.8714, -0.0985, -2.2286}, 0.6377},
                  {{2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}, 0.9082}};
        for (const auto& pair : pairs) {
            QVERIFY2(std::abs(colorDifference(pair.a, pair.b) - pair.difference) < 1e-4,
                     qPrintable(QString::number(colorDifference(pair.a, pair.b))));
            QVERIFY(std::abs(colorDifference(pair.b, pair.a) - pair.difference) < 1e-4);
        }
        QVERIFY(std::abs(colorDifference(QColor(Qt::black), QColor(Qt::white)) - 100) < 0.01);
    }
    void oklchComesBack() {
        Rng rng(1);
        for (int i = 0; i < 500; ++i) {
            const QColor color(static_cast<int>(rng.below(256)), static_cast<int>(rng.below(256)),
                               static_cast<int>(rng.below(256)));
            const QColor back = fromOklch(toOklch(color));
            QVERIFY(std::abs(back.red() - color.red()) <= 1 && std::abs(back.green() - color.green()) <= 1 &&
                    std::abs(back.blue() - color.blue()) <= 1);
        }
    }
    void outOfGamutKeepsLightnessAndHue() {
        const Oklch asked{0.7, 0.35, 145};
        const Oklch got = toOklch(fromOklch(asked));
        QVERIFY(std::abs(got.lightness - asked.lightness) < 0.01);
        QVERIFY(std::abs(got.hue - asked.hue) < 1.5);
        QVERIFY(got.chroma < asked.chroma);
    }
    void legibleReachesTheRatioAndNoMore() {
        for (const QColor background : {QColor(Qt::white), QColor(0x17181B)})
            for (int i = 0; i < 36; ++i) {
                const QColor text = legibleOn(background, componentColor(i), 4.5);
                QVERIFY(contrastRatio(background, text) >= 4.5);
                if (contrastRatio(background, componentColor(i)) < 4.4)
                    QVERIFY(contrastRatio(background, text) < 4.75);
            }
    }
    void mixtureIsThatOfPainting() {
        QCOMPARE(mixed(QColor(0, 0, 0), QColor(200, 100, 50), 0.5).rgb(), qRgb(100, 50, 25));
    }

    void systemsDifferForEveryReader() {
        for (const bool dark : {false, true}) {
            std::vector<QColor> colors;
            for (int kind = 0; kind < kSystemKinds; ++kind)
                colors.push_back(systemColor(static_cast<SystemKind>(kind), dark));
            for (const ColorVision vision : kVisions) {
                const double least = smallestDifference(colors, vision);
                QVERIFY2(
                    least >= (vision == ColorVision::Tritanopia ? 8 : 12),
                    qPrintable(QString("dark %1, vision %2: %3").arg(dark).arg(static_cast<int>(vision)).arg(least)));
            }
            const QColor surface = dark ? QColor(0x17181B) : QColor(Qt::white);
            for (const QColor& color : colors)
                QVERIFY(contrastRatio(color, surface) >= 1.6);
        }
    }
    void systemsKeepThePapersAssociations() {
        const auto hue = [](SystemKind kind) { return toOklch(systemColor(kind, false)).hue; };
        QVERIFY(hue(SystemKind::LanguageModel) > 80 && hue(SystemKind::LanguageModel) < 110);      // yellow
        QVERIFY(hue(SystemKind::MultimodalModel) > 140 && hue(SystemKind::MultimodalModel) < 175); // green
        QVERIFY(hue(SystemKind::HumanCategories) < 30);                                            // wine red
        QVERIFY(hue(SystemKind::HumanDimensions) > 235 && hue(SystemKind::HumanDimensions) < 270); // blue
        QVERIFY(hue(SystemKind::HumanConcat) > 290 && hue(SystemKind::HumanConcat) < 325);         // lilac
    }
    void componentsDiffer() {
        std::vector<QColor> colors;
        for (int i = 0; i < 30; ++i)
            colors.push_back(componentColor(i));
        QVERIFY(smallestDifference(colors, ColorVision::Normal) >= 7);
        std::set<QRgb> seen;
        for (int i = 0; i < 108; ++i)
            seen.insert(componentColor(i).rgb());
        QCOMPARE(seen.size(), std::size_t{108});
    }
    void categoriesDifferAndAreKnownInEverySpelling() {
        std::vector<QColor> colors;
        for (const QString& name : examples::categoryNames())
            colors.push_back(categoryColor(name));
        QVERIFY(smallestDifference(colors, ColorVision::Normal) >= 6);
        QVERIFY(smallestDifference(colors, ColorVision::Deuteranopia) >= 4);
        QVERIFY(smallestDifference(colors, ColorVision::Protanopia) >= 4);
        QCOMPARE(categoryColor(u"Aesthetic Appreciation"), categoryColor(u"aesthetic_appreciation"));
        QCOMPARE(categoryColor(u" sexual-desire"), categoryColor(u"sexual desire"));
        QVERIFY(categoryColor(u"unheard of", 3) != categoryColor(u"unheard of", 4));
    }
    void divergingMapIsSymmetricAndEven() {
        for (const bool dark : {false, true}) {
            std::vector<QColor> below, above;
            for (int i = 0; i <= 16; ++i) {
                below.push_back(QColor::fromRgb(divergingColor(-i / 16.0, dark)));
                above.push_back(QColor::fromRgb(divergingColor(i / 16.0, dark)));
                const double apart = toOklch(below.back()).lightness - toOklch(above.back()).lightness;
                QVERIFY2(std::abs(apart) < 0.035, qPrintable(QString("%1 %2").arg(i).arg(apart)));
            }
            QVERIFY2(unevenness(below) < 1.25 && unevenness(above) < 1.25,
                     qPrintable(QString("%1 %2").arg(unevenness(below)).arg(unevenness(above))));
            QVERIFY(toOklch(below.front()).chroma < 0.01);
            for (const ColorVision vision : {ColorVision::Protanopia, ColorVision::Deuteranopia})
                QVERIFY(colorDifference(simulated(below[8], vision), simulated(above[8], vision)) > 15);
            QCOMPARE(divergingColor(5, dark), divergingColor(1, dark));
            QCOMPARE(divergingColor(std::nan(""), dark), missingColor(dark));
        }
    }
    void cornersOfTheMapForTwoValuesDifferForEveryReader() {
        for (const bool dark : {false, true}) {
            std::vector<QColor> corners;
            for (const double first : {0.0, 1.0})
                for (const double second : {0.0, 1.0})
                    corners.push_back(QColor::fromRgb(pairColor(first, second, dark)));
            for (const ColorVision vision : kVisions)
                QVERIFY(smallestDifference(corners, vision) > 20);
            QVERIFY(toOklch(corners.front()).chroma < 0.01);
            QCOMPARE(pairColor(-1, 7, dark), pairColor(0, 1, dark));
            QCOMPARE(pairColor(std::nan(""), 1, dark), missingColor(dark));
        }
    }
    void sequentialMapIsEvenAndGrowsLighter() {
        for (const ColorVision vision : kVisions) {
            std::vector<QColor> steps;
            double before = -1;
            for (int i = 0; i <= 16; ++i) {
                steps.push_back(simulated(QColor::fromRgb(sequentialColor(i / 16.0)), vision));
                const double lightness = toLab(steps.back()).lightness;
                QVERIFY(lightness > before);
                before = lightness;
            }
            if (vision == ColorVision::Normal)
                QVERIFY2(unevenness(steps) < 1.25, qPrintable(QString::number(unevenness(steps))));
            for (std::size_t i = 1; i < steps.size(); ++i) // a sixteenth can be told from the next by everyone
                QVERIFY(colorDifference(steps[i - 1], steps[i]) > 1.5);
        }
    }
};

QTEST_GUILESS_MAIN(Colors)
#include "colors.moc"
