#include "widgets/plots/word_cloud.h"

#include "core/base/rng.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QPainter>
#include <QTest>

using namespace tercet;

namespace {

std::vector<CloudWord> someWords(int count, std::uint64_t seed = 1) {
    const QStringList texts{"aesthetic appreciation", "awe",  "joy",   "arousal-high", "empathic pain",
                            "obstruction-low",        "fear", "pride", "calmness",     "identity-high"};
    Rng rng(seed);
    std::vector<CloudWord> words;
    for (int i = 0; i < count; ++i) {
        const QString& text = texts[i % texts.size()];
        words.push_back({.text = text,
                         .r = (rng.uniform() < 0.3 ? -1 : 1) * (0.1 + 0.7 * rng.uniform()),
                         .kind = text.contains('-') ? CloudWord::Kind::Dimension : CloudWord::Kind::Category,
                         .color = QColor(0x008590)});
    }
    return words;
}

void checkLayout(const std::vector<CloudWord>& words, const std::vector<PlacedWord>& placed, const QSizeF& area) {
    QVERIFY(!placed.empty());
    const double scale = placed[0].size / std::abs(words[static_cast<std::size_t>(placed[0].word)].r);
    for (std::size_t i = 0; i < placed.size(); ++i) {
        QVERIFY(QRectF(-1e-9, -1e-9, area.width() + 2e-9, area.height() + 2e-9).contains(placed[i].box));
        const double r = std::abs(words[static_cast<std::size_t>(placed[i].word)].r);
        QVERIFY(qAbs(placed[i].size - scale * r) < 1e-9);
        for (std::size_t j = 0; j < i; ++j) {
            const QRectF common = placed[i].box.intersected(placed[j].box);
            QVERIFY(common.width() <= 1e-9 || common.height() <= 1e-9);
        }
    }
}

bool same(const std::vector<PlacedWord>& a, const std::vector<PlacedWord>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const PlacedWord& x, const PlacedWord& y) {
        return x.word == y.word && x.size == y.size && x.box == y.box && x.baseline == y.baseline;
    });
}

} // namespace

class WordCloudTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void wordsKeepApartInsideAndInProportion_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<QSizeF>("area");
        QTest::newRow("usual") << 12 << QSizeF(320, 180);
        QTest::newRow("many") << 40 << QSizeF(500, 300);
        QTest::newRow("narrow") << 12 << QSizeF(70, 200);
        QTest::newRow("flat") << 12 << QSizeF(400, 30);
        QTest::newRow("small") << 10 << QSizeF(60, 40);
        QTest::newRow("one") << 1 << QSizeF(40, 40);
    }
    void wordsKeepApartInsideAndInProportion() {
        QFETCH(int, count);
        QFETCH(QSizeF, area);
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
            const auto words = someWords(count, seed);
            checkLayout(words, layoutCloud(words, area, {.seed = seed}), area);
        }
    }
    void theStrongestAreKeptAndReadable() {
        const auto words = someWords(40);
        const auto placed = layoutCloud(words, {160, 100}, {.smallest = 9});
        QVERIFY(placed.size() > 1 && placed.size() < 24);
        double weakest = 1;
        QSet<int> kept;
        for (const PlacedWord& one : placed) {
            QVERIFY(one.size >= 9);
            kept << one.word;
            weakest = std::min(weakest, std::abs(words[static_cast<std::size_t>(one.word)].r));
        }
        for (int i = 0; i < 40; ++i)
            QVERIFY(kept.contains(i) || std::abs(words[static_cast<std::size_t>(i)].r) <= weakest);
        QVERIFY(layoutCloud({}, {100, 100}).empty());
        QVERIFY(layoutCloud(words, {0, 0}).empty());
        QVERIFY(layoutCloud({{.text = "a", .r = 0}}, {100, 100}).empty());
    }
    void placesFollowTheSeedAlone() {
        const auto words = someWords(12);
        const auto first = layoutCloud(words, {320, 180}, {.seed = 5});
        QVERIFY(same(first, layoutCloud(words, {320, 180}, {.seed = 5})));
        QVERIFY(!same(first, layoutCloud(words, {320, 180}, {.seed = 6})));
    }
    void everyInkIsInsideItsBox_data() {
        QTest::addColumn<double>("scale");
        QTest::newRow("screen") << 1.0;
        QTest::newRow("twice") << 2.0;
        QTest::newRow("print") << 4.0;
    }
    void everyInkIsInsideItsBox() {
        QFETCH(double, scale);
        const QSizeF area(320, 180);
        const auto words = someWords(12);
        const auto placed = layoutCloud(words, area);
        QImage image((area * scale).toSize(), QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
        painter.scale(scale, scale);
        drawCloud(painter, {}, words, placed, Theme::instance().look());
        painter.end();
        std::vector<int> ink(placed.size());
        int outside = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x) {
                if (image.pixelColor(x, y) == Qt::white)
                    continue;
                const QPointF at((x + 0.5) / scale, (y + 0.5) / scale);
                bool inside = false;
                for (std::size_t i = 0; i < placed.size(); ++i)
                    if (placed[i].box.adjusted(-0.5, -0.5, 0.5, 0.5).contains(at)) {
                        inside = true;
                        ++ink[i];
                    }
                outside += !inside;
            }
        QCOMPARE(outside, 0);
        for (const int pixels : ink)
            QVERIFY(pixels > 10);
    }
    void categoriesAndDimensionsDifferWithoutColour() {
        const auto drawn = [](CloudWord::Kind kind) {
            const std::vector<CloudWord> words{{.text = "awe", .r = 0.5, .kind = kind}};
            QImage image(120, 60, QImage::Format_RGB32);
            image.fill(Qt::white);
            QPainter painter(&image);
            drawCloud(painter, {}, words, {{0, 24, {10, 40}, {}}}, paperLook());
            return image;
        };
        QVERIFY(drawn(CloudWord::Kind::Category) != drawn(CloudWord::Kind::Dimension));
        QVERIFY(drawn(CloudWord::Kind::Category) == drawn(CloudWord::Kind::Category));
    }
    void pointerAndKeysShowR() {
        WordCloud cloud;
        cloud.resize(320, 200);
        cloud.setWords(someWords(8));
        cloud.show();
        QVERIFY(cloud.accessibleDescription().contains("awe"));
        const QImage before = cloud.grab().toImage();
        QTest::mouseMove(&cloud, cloud.layout().at(0).box.center().toPoint());
        QTRY_VERIFY(cloud.grab().toImage() != before);
        QTest::keyClick(&cloud, Qt::Key_Escape);
        QVERIFY(cloud.grab().toImage() == before);
        QTest::keyClick(&cloud, Qt::Key_Down);
        QVERIFY(cloud.grab().toImage() != before);
        cloud.setWords({});
        QVERIFY(!cloud.grab().isNull());
        cloud.resize(4, 4);
        QVERIFY(!cloud.grab().isNull());
    }
};

QTEST_MAIN(WordCloudTest)
#include "word_cloud.moc"
