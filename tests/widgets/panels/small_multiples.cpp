#include "widgets/panels/small_multiples.h"

#include "widgets/panels/panel_header.h"

#include <QScrollBar>
#include <QTest>

#include <algorithm>

using namespace tercet;

namespace {

constexpr QSize kLeast(120, 72);

/// Twice as wide as high.
class View : public QWidget {
public:
    [[nodiscard]] QSize sizeHint() const override { return {400, 200}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return kLeast; }
};

QStringList numbered(const QString& name, int count) {
    QStringList all;
    for (int i = 1; i <= count; ++i)
        all << name + ' ' + QString::number(i);
    return all;
}

} // namespace

class SmallMultiplesTest : public QObject {
    Q_OBJECT
private slots:
    void theGridScrollsBelowTheViewsLeastSize() {
        Shown shown({980, 700});
        shown.multiples.arrange({"anna"}, {"dimensions"});
        const QSize alone = shown.multiples.minimumSizeHint();
        shown.multiples.arrange(numbered("subject", 5), numbered("model", 7));
        QCOMPARE(shown.views.size(), 35U);
        QCOMPARE(shown.multiples.minimumSizeHint(), alone);
        QTRY_VERIFY(!shown.multiples.horizontalScrollBar()->isVisible());
        QVERIFY(!shown.multiples.verticalScrollBar()->isVisible());
        const auto atLeast = [&](const QSize& size) {
            return std::all_of(shown.views.begin(), shown.views.end(), [&](const QWidget* view) {
                return view->width() >= size.width() && view->height() >= size.height();
            });
        };
        QTRY_VERIFY(atLeast(kLeast));
        shown.multiples.resize(400, 200);
        QTRY_VERIFY(shown.multiples.horizontalScrollBar()->isVisible());
        QVERIFY(shown.multiples.verticalScrollBar()->isVisible());
        QVERIFY(atLeast(kLeast));
        QCOMPARE(shown.multiples.size(), QSize(400, 200));
    }

    void headingsStayBesideTheRowsAndAboveTheColumns() {
        Shown shown({400, 200});
        shown.multiples.arrange(numbered("subject", 5), numbered("model", 7));
        const auto rectOf = [&](const QWidget* widget) {
            return QRect(widget->mapTo(&shown.multiples, QPoint()), widget->size());
        };
        const auto agree = [&](int row, int column) {
            const QRect view = rectOf(shown.views[static_cast<std::size_t>(row * 7 + column)]);
            const QRect above = rectOf(shown.labelled("model " + QString::number(column + 1)));
            const QRect beside = rectOf(shown.labelled("subject " + QString::number(row + 1)));
            const QRect room = rectOf(shown.multiples.viewport());
            return above.left() >= view.left() && above.right() <= view.right() && above.bottom() < room.top() &&
                   beside.top() >= view.top() && beside.bottom() <= view.bottom() && beside.right() < room.left();
        };
        QTRY_VERIFY(agree(0, 0));
        QVERIFY(agree(4, 6));
        shown.multiples.horizontalScrollBar()->setValue(150);
        shown.multiples.verticalScrollBar()->setValue(100);
        QVERIFY(agree(0, 0));
        QVERIFY(agree(4, 6));
        shown.multiples.resize(1400, 900);
        QTRY_VERIFY(agree(4, 6) && agree(1, 2));
        shown.multiples.arrange(numbered("subject", 2), numbered("model", 7));
        QTRY_VERIFY(agree(1, 6));
    }

    void rowsAndColumnsStayWhereTheyAre() {
        Shown shown({900, 700});
        shown.multiples.arrange(numbered("subject", 2), numbered("model", 3));
        QTRY_COMPARE(shown.columns(), 3);
        shown.multiples.resize(300, 900);
        QTest::qWait(0);
        QCOMPARE(shown.columns(), 3);
        shown.multiples.arrange(numbered("subject", 3), numbered("model", 2));
        QTRY_COMPARE(shown.columns(), 2);
    }

    void oneRowIsWrappedSoThatViewsAreLargest() {
        Shown shown({900, 500});
        shown.multiples.arrange({QString()}, QStringList(4));
        QTRY_COMPARE(shown.columns(), 2);
        shown.multiples.resize(260, 900);
        QTRY_COMPARE(shown.columns(), 1);
        shown.multiples.resize(1200, 130);
        QTRY_COMPARE(shown.columns(), 4);
        shown.multiples.resize(300, 60); // where four would be wider than the panel
        QTRY_COMPARE(shown.columns(), 2);
        QVERIFY(!shown.multiples.horizontalScrollBar()->isVisible());
        shown.multiples.arrange(QStringList(6), {QString()}); // the same of one column
        shown.multiples.resize(900, 500);
        QTRY_COMPARE(shown.columns(), 2);
    }

    void titlesStandAboveSeveralViews() {
        Shown shown({900, 500});
        shown.multiples.arrange({"anna"}, {"dimensions"});
        QTest::qWait(0);
        QVERIFY(!shown.labelled("dimensions"));
        shown.multiples.arrange({"anna", "bert"}, {"dimensions"}); // which the box above names
        QTRY_VERIFY(shown.labelled("bert")->isVisible());
        QVERIFY(!shown.labelled("dimensions"));
        shown.multiples.arrange({"anna"}, {"dimensions", "categories"});
        QTRY_VERIFY(shown.labelled("categories")->isVisible());
        shown.multiples.arrange({"anna", "bert"}, {QString()}); // maps without a model
        QTRY_VERIFY(shown.labelled("bert")->isVisible());
    }

private:
    struct Shown {
        std::vector<QWidget*> views;
        SmallMultiples multiples{[this](std::size_t place) {
            views.resize(place);
            return views.emplace_back(new View);
        }};

        explicit Shown(const QSize& size) {
            multiples.resize(size);
            multiples.show();
        }
        /// Views beside the first one.
        [[nodiscard]] int columns() const {
            const auto topOf = [](const QWidget* view) { return view->parentWidget()->y(); };
            return static_cast<int>(std::count_if(
                views.begin(), views.end(), [&](const QWidget* view) { return topOf(view) == topOf(views.front()); }));
        }
        [[nodiscard]] ElidedLabel* labelled(const QString& text) const {
            for (ElidedLabel* label : multiples.findChildren<ElidedLabel*>())
                if (label->text() == text)
                    return label;
            return nullptr;
        }
    };
};

QTEST_MAIN(SmallMultiplesTest)
#include "small_multiples.moc"
