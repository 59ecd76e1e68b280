#include "plots_data.h"
#include "widgets/plots/bar_delegate.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QPainter>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>

using namespace tercet;
namespace ex = tercet::examples;

namespace {

/// First and last column of the bar's colour in the middle line of a cell.
std::pair<int, int> barIn(const QImage& cell, const QColor& color) {
    std::pair extent{-1, -1};
    for (int x = 0; x < cell.width(); ++x)
        if (colorDifference(cell.pixelColor(x, cell.height() / 2 + 2), color) < 3) {
            extent.second = x;
            if (extent.first < 0)
                extent.first = x;
        }
    return extent;
}

QImage drawn(const BarDelegate& delegate, const QVariant& value, int width = 200) {
    QStandardItemModel model(1, 1);
    model.setData(model.index(0, 0), value);
    QImage image(width, 24, QImage::Format_RGB32);
    image.fill(Theme::instance().look().surface);
    QPainter painter(&image);
    QStyleOptionViewItem option;
    option.rect = image.rect();
    option.font = Theme::instance().look().font(TextSize::Body);
    option.fontMetrics = QFontMetrics(option.font);
    option.palette = QApplication::palette();
    option.state = QStyle::State_Enabled;
    delegate.paint(&painter, option, model.index(0, 0));
    return image;
}

} // namespace

class Tables : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        Theme::instance().setChoice(ThemeChoice::Light);
    }

    void signedBarsGrowFromTheMiddle() {
        const BarDelegate delegate(BarDelegate::Kind::Signed);
        const QColor red = QColor::fromRgb(divergingColor(0.75, false));
        const QColor blue = QColor::fromRgb(divergingColor(-0.75, false));
        const auto half = barIn(drawn(delegate, 0.5), red);
        const auto full = barIn(drawn(delegate, 1.0), red);
        const auto minus = barIn(drawn(delegate, -0.5), blue);
        QVERIFY(half.first > 0 && full.first == half.first);
        QVERIFY(std::abs((full.second - full.first) - 2 * (half.second - half.first)) <= 3);
        QVERIFY(std::abs((minus.second - minus.first) - (half.second - half.first)) <= 2);
        QVERIFY(std::abs(minus.second - half.first) <= 3);
        QCOMPARE(barIn(drawn(delegate, 7.0), red), full); // never beyond its track
    }
    void numbersAreWritten() {
        BarDelegate delegate(BarDelegate::Kind::Signed);
        QCOMPARE(delegate.displayText(-0.314159, QLocale::c()), QString("−0.31"));
        QCOMPARE(delegate.displayText(std::nan(""), QLocale::c()), QString("–"));
        QCOMPARE(delegate.displayText("n/a", QLocale::c()), QString("n/a"));
        delegate.setDecimals(0);
        QCOMPARE(delegate.displayText(12.6, QLocale::c()), QString("13"));
    }
    void missingNumbersHaveNoBar() {
        const BarDelegate delegate(BarDelegate::Kind::Signed);
        const QImage missing = drawn(delegate, std::nan(""));
        QCOMPARE(barIn(missing, QColor::fromRgb(divergingColor(0.75, false))).first, -1);
    }
    void worksInAView() {
        QStandardItemModel model(3, 1);
        for (int row = 0; row < 3; ++row)
            model.setData(model.index(row, 0), 0.3 * row);
        QTableView view;
        view.setModel(&model);
        view.setItemDelegate(new BarDelegate(BarDelegate::Kind::Positive, &view));
        view.resize(300, 200);
        view.selectRow(1);
        QVERIFY(!view.grab().isNull());
        view.resizeRowToContents(0);
        QVERIFY(view.rowHeight(0) >= kRowHeight);
    }
    void legendFilters() {
        Legend legend;
        legend.setEntries({{"joy", Qt::yellow, 3}, {"anger", Qt::red, 5}, {"awe", Qt::blue, 7}});
        legend.resize(300, legend.heightForWidth(300));
        legend.show();
        QSignalSpy changes(&legend, &Legend::shownChanged);
        QSignalSpy hovers(&legend, &Legend::entryHovered);
        QTest::mouseClick(&legend, Qt::LeftButton, Qt::NoModifier, legend.areaOf(1).center().toPoint());
        QVERIFY(legend.entryShown(0) && !legend.entryShown(1) && legend.entryShown(2));
        QCOMPARE(changes.count(), 1);
        const QPoint third = legend.areaOf(2).center().toPoint();
        QTest::mouseClick(&legend, Qt::LeftButton, Qt::NoModifier, third);
        QTest::mouseDClick(&legend, Qt::LeftButton, Qt::NoModifier, third);
        QVERIFY(!legend.entryShown(0) && !legend.entryShown(1) && legend.entryShown(2));
        QTest::mouseClick(&legend, Qt::LeftButton, Qt::NoModifier, third);
        QTest::mouseDClick(&legend, Qt::LeftButton, Qt::NoModifier, third);
        QVERIFY(legend.entryShown(0) && legend.entryShown(1) && legend.entryShown(2));
        QTest::mouseMove(&legend, legend.areaOf(0).center().toPoint());
        QTRY_COMPARE(hovers.last().first().toInt(), 0);
        QTest::keyClick(&legend, Qt::Key_Space);
        QVERIFY(!legend.entryShown(0));
    }
    void legendUsesColumns() {
        Legend legend;
        legend.setEntries(ex::legendOf(ex::cloud(300, 1)));
        QVERIFY(legend.heightForWidth(900) < legend.heightForWidth(300));
        legend.resize(900, legend.heightForWidth(900));
        for (int entry = 0; entry < 34; ++entry)
            QVERIFY(QRectF(legend.rect()).contains(legend.areaOf(entry)));
    }
    void colorBarShowsItsMap() {
        ColorBar bar;
        bar.setMap([](double share, bool) { return sequentialColor(share); }, 0, 1, "joy");
        bar.resize(220, bar.sizeHint().height());
        const QImage image = bar.grab().toImage();
        QVERIFY(colorDifference(image.pixelColor(10, 8), QColor::fromRgb(sequentialColor(0.01))) < 4);
        QVERIFY(colorDifference(image.pixelColor(209, 8), QColor::fromRgb(sequentialColor(0.99))) < 4);
    }
};

QTEST_MAIN(Tables)
#include "tables.moc"
