#include "widgets/plots/theme.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/icons.h"

#include <QApplication>
#include <QDir>
#include <QFontInfo>
#include <QFontMetricsF>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace tercet;

class ThemeTest : public QObject {
    Q_OBJECT

private slots:
    void textIsLegible() {
        for (const Look& look : {lightLook(), darkLook(), paperLook()})
            for (const QColor& behind : {look.window, look.surface, look.header}) {
                QVERIFY(contrastRatio(look.text, behind) >= 7);
                for (const QColor& text : {look.mutedText, look.warning, look.error})
                    QVERIFY2(contrastRatio(text, behind) >= 4.5,
                             qPrintable(text.name() + " on " + behind.name() + ": " +
                                        QString::number(contrastRatio(text, behind))));
            }
        for (const Look& look : {lightLook(), darkLook()}) {
            QVERIFY(contrastRatio(look.accentText, look.accent) >= 4.5);
            QVERIFY(contrastRatio(look.text, look.highlight) >= 4.5);
            QVERIFY(contrastRatio(look.accent, look.surface) >= 3); // focus frames
            const QPalette palette = paletteOf(look);
            for (const auto role : {QPalette::Window, QPalette::Base, QPalette::AlternateBase, QPalette::Button})
                QVERIFY(contrastRatio(palette.color(QPalette::Text), palette.color(role)) >= 4.5);
        }
    }
    void theFrameHasNoColour() {
        for (const Look& look : {lightLook(), darkLook(), paperLook()})
            for (const QColor& color :
                 {look.window, look.surface, look.header, look.border, look.grid, look.text, look.mutedText})
                QVERIFY(toOklch(color).chroma < 0.02);
    }
    void themeChangesPaletteOnceAndSaysSo() {
        Theme& theme = Theme::instance();
        theme.install(*qApp);
        theme.setChoice(ThemeChoice::Light);
        QSignalSpy changes(&theme, &Theme::changed);
        theme.setChoice(ThemeChoice::Dark);
        QCOMPARE(changes.count(), 1);
        QVERIFY(theme.look().dark);
        QCOMPARE(QApplication::palette().color(QPalette::Window), theme.look().window);
        theme.setChoice(ThemeChoice::Dark);
        QCOMPARE(changes.count(), 1);
        theme.setChoice(ThemeChoice::Light);
        QCOMPARE(changes.count(), 2);
        QCOMPARE(QApplication::palette().color(QPalette::Window), theme.look().window);
    }
    void textScales() {
        Theme& theme = Theme::instance();
        theme.setTextScale(1.5);
        QCOMPARE(theme.look().font(TextSize::Body).pixelSize(), qRound(13 * 1.5));
        theme.setTextScale(1);
    }
    void fontIsOneOfTheTwo() {
        const QString family = QFontInfo(lightLook().font(TextSize::Body)).family();
        QVERIFY2(family.startsWith("Open Sans") || family.startsWith("DejaVu Sans"), qPrintable(family));
        const QFontMetricsF metrics(lightLook().font(TextSize::Small));
        for (const QChar digit : QStringLiteral("023456789"))
            QCOMPARE(metrics.horizontalAdvance(digit), metrics.horizontalAdvance(u'1')); // numbers stand still
    }
    void everyIconDrawsInTheThemesColour() {
        Theme& theme = Theme::instance();
        (void)applicationIcon();
        const QStringList names = QDir(":/icons").entryList({"*.svg"});
        QVERIFY(names.size() >= 22);
        for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
            theme.setChoice(choice);
            for (QString name : names) {
                if (name == "tercet.svg")
                    continue;
                const QImage image = themedIcon(name.chopped(4)).pixmap(24, 24).toImage();
                int inked = 0;
                for (int y = 0; y < 24; ++y)
                    for (int x = 0; x < 24; ++x) {
                        const QColor pixel = image.pixelColor(x, y);
                        if (pixel.alpha() < 230)
                            continue;
                        ++inked;
                        QVERIFY2(colorDifference(pixel, theme.look().text) < 8, qPrintable(name));
                    }
                QVERIFY2(inked >= 6 && inked < 300, qPrintable(QString("%1: %2").arg(name).arg(inked)));
            }
        }
        theme.setChoice(ThemeChoice::Light);
    }
    void applicationIconHasAnOddOne() {
        const QImage image = applicationIcon().pixmap(128, 128).toImage();
        const QColor first = image.pixelColor(64, 40);
        const QColor second = image.pixelColor(41, 86);
        const QColor odd = image.pixelColor(87, 86);
        QVERIFY(colorDifference(first, second) < 2);
        QVERIFY(colorDifference(first, odd) > 20);
    }
    void swatchHasItsColour() {
        const QImage image = swatchIcon(QColor(0xC80000), SwatchShape::Square, 16).pixmap(16, 16).toImage();
        QCOMPARE(image.pixelColor(8, 8), QColor(0xC80000));
        QCOMPARE(image.pixelColor(0, 0).alpha(), 0);
    }
    void controlsAreFlat() {
        QPushButton button("Fit");
        button.resize(120, 32);
        const QImage image = button.grab().toImage();
        QCOMPARE(image.pixelColor(16, 6), image.pixelColor(16, 26)); // no gradient
        QCOMPARE(image.pixelColor(16, 16), Theme::instance().look().header);
    }
};

QTEST_MAIN(ThemeTest)
#include "theme.moc"
