#include "widgets/plots/stimulus_cards.h"

#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace tercet;

namespace {

const QColor kBar(0xC80000);

std::vector<StimulusCard> sixCards() {
    std::vector<StimulusCard> cards;
    for (int i = 0; i < 6; ++i)
        cards.push_back({.stimulus = 10 + i,
                         .name = QString("clip %1").arg(i),
                         .detail = "joy",
                         .color = QColor(0xF6D800),
                         .weight = 1 - 0.1 * i,
                         .share = 1 - 0.1 * i});
    return cards;
}

int barPixels(const QImage& image, const QRectF& area) {
    int most = 0;
    for (int y = qRound(area.top()); y < qRound(area.bottom()) && y < image.height(); ++y) {
        int count = 0;
        for (int x = qRound(area.left()); x < qRound(area.right()) && x < image.width(); ++x)
            count += colorDifference(image.pixelColor(x, y), kBar) < 3;
        most = std::max(most, count);
    }
    return most;
}

} // namespace

class StimulusCardsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void barsAreAsLongAsTheirShares_data() {
        QTest::addColumn<QSize>("size");
        QTest::newRow("frames") << QSize(600, 300);
        QTest::newRow("lines") << QSize(220, 110);
    }
    void barsAreAsLongAsTheirShares() {
        QFETCH(QSize, size);
        StimulusCards cards;
        cards.resize(size);
        cards.setCards(sixCards(), kBar);
        const QImage image = cards.grab().toImage();
        const int whole = barPixels(image, cards.areaOf(0));
        QVERIFY(whole > 20);
        QVERIFY(qAbs(barPixels(image, cards.areaOf(5)) - 0.5 * whole) <= 2);
        for (int i = 0; i < 6; ++i) {
            QVERIFY(QRectF(cards.rect()).adjusted(-0.01, -0.01, 0.01, 0.01).contains(cards.areaOf(i)));
            for (int j = 0; j < i; ++j) {
                const QRectF common = cards.areaOf(i).intersected(cards.areaOf(j));
                QVERIFY(common.width() < 0.01 || common.height() < 0.01);
            }
        }
    }
    void aFrameTakesItsPlace() {
        StimulusCards cards;
        cards.resize(600, 300);
        auto six = sixCards();
        six[0].frame = QImage(32, 18, QImage::Format_RGB32);
        six[0].frame.fill(Qt::blue);
        cards.setCards(six, kBar);
        const QRectF area = cards.areaOf(0);
        const QPoint inFrame = (area.topLeft() + QPointF(0.5 * area.width(), 16)).toPoint();
        QCOMPARE(cards.grab().toImage().pixelColor(inFrame), QColor(Qt::blue));
        cards.setCards(sixCards(), kBar);
        QVERIFY(cards.grab().toImage().pixelColor(inFrame) != QColor(Qt::blue));
    }
    void pointerAndKeysReachEveryCard() {
        StimulusCards cards;
        cards.resize(600, 300);
        cards.setCards(sixCards(), kBar);
        cards.show();
        QSignalSpy hovered(&cards, &StimulusCards::cardHovered);
        QSignalSpy clicked(&cards, &StimulusCards::cardClicked);
        QTest::mouseMove(&cards, cards.areaOf(2).center().toPoint());
        QTRY_COMPARE(hovered.last().first().toInt(), 12);
        QTest::mouseClick(&cards, Qt::LeftButton, Qt::NoModifier, cards.areaOf(5).center().toPoint());
        QCOMPARE(clicked.takeFirst().first().toInt(), 15);
        QTest::keyClick(&cards, Qt::Key_Escape);
        QTest::keyClick(&cards, Qt::Key_Right);
        QTest::keyClick(&cards, Qt::Key_Right);
        QTest::keyClick(&cards, Qt::Key_Return);
        QCOMPARE(clicked.takeFirst().first().toInt(), 11);
        const QImage before = cards.grab().toImage();
        cards.setSelected({13});
        QVERIFY(cards.grab().toImage() != before);
        cards.setCards({}, kBar);
        QVERIFY(!cards.grab().isNull());
        cards.resize(3, 3);
        QVERIFY(!cards.grab().isNull());
    }
};

QTEST_MAIN(StimulusCardsTest)
#include "stimulus_cards.moc"
