#include "widgets/panels/study_panel.h"

#include "small_study.h"
#include "widgets/panels/stimulus_view.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QHeaderView>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace tercet;

namespace {

QString names(const StimulusOrder& order, int most = 5) {
    QStringList list;
    for (int place = 0; place < std::min(most, order.rowCount()); ++place)
        list << order.index(place, StimulusTableModel::Name).data().toString();
    return list.join(", ");
}

} // namespace

class StudyPanelTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<StudySession> m_session;

private slots:
    void initTestCase() {
        m_session = std::make_unique<StudySession>(makeSmallStudy(m_folder.path(), 60));
        QTRY_VERIFY(m_session->ratings());
    }
    void cleanup() { m_session->selection().setStimuli({}); }
    void cleanupTestCase() { m_session.reset(); }

    void modelsKeepTheRules() {
        StimulusTableModel table(*m_session);
        StimulusOrder order(table);
        const QAbstractItemModelTester first(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester second(&order, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(table.rowCount(), 60);
        QCOMPARE(table.columnCount(), 3 + 48);
        order.sort(StimulusTableModel::Name, Qt::DescendingOrder);
        QCOMPARE(names(order, 3), QString("clip 60, clip 59, clip 58"));
        order.setFilter({.text = "clip 1"});
        QCOMPARE(names(order, 12), QString("clip 51, clip 41, clip 31, clip 21, clip 19, clip 18, clip 17, clip 16, "
                                           "clip 15, clip 14, clip 13, clip 12"));
        m_session->selection().setStimuli({0, 3, 9});
        order.setFilter({.selectedOnly = true});
        QCOMPARE(names(order), QString("clip 10, clip 4, clip 1"));
        m_session->selection().setStimuli({3});
        QCOMPARE(names(order), QString("clip 4"));
        order.setFilter({});
        order.sort(-1);
        QCOMPARE(names(order, 2), QString("clip 1, clip 2"));
        for (int stimulus = 0; stimulus < 60; ++stimulus)
            QCOMPARE(order.stimulusAt(order.placeOf(stimulus)), stimulus);
    }

    void ratingsSortAndFilterByValue() {
        StimulusTableModel table(*m_session);
        StimulusOrder order(table);
        const int column = StimulusTableModel::FirstTerm + 1;
        order.sort(column, Qt::DescendingOrder);
        for (int place = 1; place < order.rowCount(); ++place)
            QVERIFY(table.rating(order.stimulusAt(place - 1), 1) >= table.rating(order.stimulusAt(place), 1));
        order.setFilter({.term = 1, .low = 0.3, .high = 1});
        QVERIFY(order.rowCount() > 0);
        for (int row = 0; row < table.rowCount(); ++row)
            QCOMPARE(order.placeOf(row) >= 0, table.rating(row, 1) >= 0.3);
        order.setFilter({.category = table.topCategory(0)});
        for (int row = 0; row < table.rowCount(); ++row)
            QCOMPARE(order.placeOf(row) >= 0, table.topCategory(row) == table.topCategory(0));
    }

    void searchBoxFiltersAndCountsAreShown() {
        StudyPanel panel(*m_session);
        panel.resize(700, 500);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        panel.searchBox()->setFocus();
        QTest::keyClicks(panel.searchBox(), "CLIP 6");
        QCOMPARE(names(*panel.order(), 7), QString("clip 6, clip 16, clip 26, clip 36, clip 46, clip 56, clip 60"));
        panel.searchBox()->clear();
        QCOMPARE(panel.order()->rowCount(), 60);
    }

    void selectionGoesBothWays() {
        StudyPanel panel(*m_session);
        panel.resize(700, 400);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        StimulusView* view = panel.view();
        const auto centreOf = [&](int place) { return view->visualRect(panel.order()->index(place, 0)).center(); };
        QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::NoModifier, centreOf(2));
        QCOMPARE(m_session->selection().stimuli(), QVector<int>({2}));
        QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::ShiftModifier, centreOf(5));
        QCOMPARE(m_session->selection().stimuli(), QVector<int>({2, 3, 4, 5}));
        QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::ControlModifier, centreOf(3));
        QCOMPARE(m_session->selection().stimuli(), QVector<int>({2, 4, 5}));
        view->setFocus();
        QTest::keyClick(view, Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(m_session->selection().stimuli().size(), 60);
        QTest::keyClick(view, Qt::Key_Escape);
        QVERIFY(m_session->selection().stimuli().isEmpty());
        view->setCurrentIndex(panel.order()->index(0, 0));
        QTest::keyClick(view, Qt::Key_Down);
        QCOMPARE(m_session->selection().stimuli(), QVector<int>({1}));
        QTest::keyClick(view, Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(m_session->selection().stimuli(), QVector<int>({1, 2}));

        QTest::mouseMove(view->viewport(), centreOf(4));
        QTRY_COMPARE(m_session->selection().hoveredStimulus(), 4);

        // What is selected elsewhere comes into sight.
        m_session->selection().setStimuli({55});
        QVERIFY(view->viewport()->rect().intersects(view->visualRect(panel.order()->index(55, 0))));
        QVERIFY(panel.order()->index(55, 0).data(StimulusTableModel::SelectedRole).toBool());
    }

    void selectedRowsAreCopiedAsTabSeparatedText() {
        StudyPanel panel(*m_session);
        panel.show();
        for (int column = StimulusTableModel::Id; column < panel.order()->columnCount(); ++column)
            panel.view()->setColumnHidden(column, column != StimulusTableModel::FirstTerm + 2);
        m_session->selection().setStimuli({1, 0});
        QTest::keyClick(panel.view(), Qt::Key_C, Qt::ControlModifier);
        const auto& table = panel.order()->table();
        const auto value = [&](int row) {
            return QString::number(table.rating(row, 2), 'g', QLocale::FloatingPointShortest);
        };
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 QString("Stimulus\t%1\nclip 1\t%2\nclip 2\t%3\n").arg(table.termName(2), value(0), value(1)));
    }

    void stateComesBack() {
        QJsonObject state;
        {
            StudyPanel panel(*m_session);
            panel.view()->setColumnHidden(7, true);
            panel.view()->horizontalHeader()->setSortIndicator(4, Qt::DescendingOrder);
            panel.searchBox()->setText("1");
            state = panel.state();
        }
        StudyPanel panel(*m_session);
        panel.restoreState(state);
        QVERIFY(panel.view()->isColumnHidden(7));
        QCOMPARE(panel.searchBox()->text(), QString("1"));
        QVERIFY(panel.order()->rowCount() < 60);
        const auto& table = panel.order()->table();
        for (int place = 1; place < panel.order()->rowCount(); ++place)
            QVERIFY(table.rating(panel.order()->stimulusAt(place - 1), 1) >=
                    table.rating(panel.order()->stimulusAt(place), 1));
    }
};

QTEST_MAIN(StudyPanelTest)
#include "study_panel.moc"
