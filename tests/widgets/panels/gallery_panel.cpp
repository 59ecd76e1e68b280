#include "empty_panel.h"

#include "widgets/figures/gallery_values.h"
#include "widgets/panels/gallery_panel.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/gallery_grid.h"

#include <QLabel>
#include <QToolButton>
#include <QWheelEvent>

using namespace tercet;

class GalleryPanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_study.runBoth("fit-embedding"); }

    void saysWhatIsMissing() { checkOfferOfEmpty<GalleryPanel>("Fit Human categories"); }

    void aPageShowsTheHeaviestStimuliAndTheStrongestWords() {
        const auto session = m_study.open();
        GalleryPanel panel(*session);
        showPanel(panel);
        QTRY_VERIFY(!panel.isEmpty());
        QCOMPARE(panel.component(), 0);
        const auto embedding = session->embedding(kCategories);
        QVERIFY(panel.titleLabel()->text().startsWith("Component 1: "));
        std::vector<std::pair<double, int>> byWeight;
        for (std::size_t row = 0; row < embedding->weights.rows(); ++row)
            byWeight.emplace_back(-embedding->weights(row, 0), static_cast<int>(row));
        std::sort(byWeight.begin(), byWeight.end());
        const auto& cards = panel.stimuli()->cards();
        QCOMPARE(cards.size(), 6U);
        for (std::size_t i = 0; i < cards.size(); ++i) {
            QCOMPARE(cards[i].stimulus, byWeight[i].second);
            QCOMPARE(cards[i].weight, -byWeight[i].first);
            QCOMPARE(cards[i].name, QString::fromStdString(session->stimuli()[byWeight[i].second].name));
        }
        QCOMPARE(cards[0].share, 1.0);
        double strongest = 0;
        std::size_t above = 0;
        for (const double r : std::as_const(embedding->correlations).row(0)) {
            strongest = std::max(strongest, std::abs(r));
            above += std::abs(r) > 0.1;
        }
        QCOMPARE(panel.cloud()->words().size(), above);
        QCOMPARE(std::abs(panel.cloud()->words().at(0).r), strongest);
        for (const CloudWord& word : panel.cloud()->words()) {
            QVERIFY(!word.text.contains('_'));
            if (word.kind == CloudWord::Kind::Dimension)
                QVERIFY(word.text.endsWith(word.r > 0 ? "-high" : "-low"));
            else
                QCOMPARE(word.text.startsWith(QChar(0x2212)), word.r < 0);
        }
    }

    void pagesTurnAndFollowTheSelection() {
        const auto session = m_study.open();
        GalleryPanel panel(*session);
        showPanel(panel);
        QTRY_VERIFY(!panel.isEmpty());
        const auto& columns = session->embedding(kCategories)->trainingColumns;
        const int last = static_cast<int>(columns.size()) - 1;
        QVERIFY(last >= 2);
        QVERIFY(!panel.previousButton()->isEnabled());
        panel.nextButton()->click();
        QCOMPARE(panel.component(), 1);
        QCOMPARE(session->selection().component(), columns[1]);
        QTest::keyClick(panel.cloud(), Qt::Key_Right);
        QCOMPARE(panel.component(), 2);
        QTest::keyClick(&panel, Qt::Key_Home);
        QCOMPARE(panel.component(), 0);
        QTest::keyClick(&panel, Qt::Key_End);
        QCOMPARE(panel.component(), last);
        QVERIFY(!panel.nextButton()->isEnabled());
        QTest::keyClick(&panel, Qt::Key_PageUp);
        QCOMPARE(panel.component(), last - 1);
        QWheelEvent down(QPointF(9, 9), panel.mapToGlobal(QPointF(9, 9)), {}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                         Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&panel, &down);
        QCOMPARE(panel.component(), last);
        session->selection().setComponent(columns[1]);
        QTRY_COMPARE(panel.component(), 1);
        session->selection().setSystem(kDimensions);
        session->selection().setComponent(session->embedding(kDimensions)->trainingColumns[0]);
        panel.invalidate();
        QTRY_COMPARE(panel.component(), 0);
        QVERIFY(panel.titleLabel()->text().contains("-high") || panel.titleLabel()->text().contains("-low"));
    }

    void aPictureTurnsToItsPage() {
        const PanelStudy study;
        setParameters(*study.study(), {"fit-embedding", kCategories}, {{"components", "14"}, {"lambda", "0"}});
        study.run("fit-embedding");
        const auto session = study.open();
        GalleryPanel panel(*session);
        showPanel(panel);
        QTRY_VERIFY(!panel.isEmpty());
        const auto& columns = session->embedding(kCategories)->trainingColumns;
        QCOMPARE(columns.size(), std::size_t{14});
        panel.showFigure("gallery", {.page = 1});
        QCOMPARE(panel.component(), kGalleryPage);
        // One that was selected on the page stays.
        session->selection().setComponent(columns[kGalleryPage + 1]);
        panel.showFigure("gallery", {.page = 1});
        QCOMPARE(panel.component(), kGalleryPage + 1);
        panel.showFigure("gallery", {.page = 7}); // beyond the last
        QCOMPARE(panel.component(), kGalleryPage + 1);
        panel.showFigure("word-clouds", {});
        QVERIFY(panel.showsOverview());
    }

    void aStimulusIsSelectedEverywhere() {
        const auto session = m_study.open();
        GalleryPanel panel(*session);
        showPanel(panel);
        QTRY_VERIFY(!panel.isEmpty());
        StimulusCards* cards = panel.stimuli();
        QTest::mouseClick(cards, Qt::LeftButton, Qt::NoModifier, cards->areaOf(3).center().toPoint());
        QCOMPARE(session->selection().stimuli(), QVector<int>{cards->cards()[3].stimulus});
        QTest::mouseClick(cards, Qt::LeftButton, Qt::ShiftModifier, cards->areaOf(1).center().toPoint());
        QCOMPARE(session->selection().stimuli().size(), 2);
        QTest::mouseMove(cards, cards->areaOf(2).center().toPoint());
        QTRY_COMPARE(session->selection().hoveredStimulus(), cards->cards()[2].stimulus);
    }

    void theOverviewLeadsToPages() {
        const auto session = m_study.open();
        GalleryPanel panel(*session);
        showPanel(panel);
        QTRY_VERIFY(!panel.isEmpty());
        const auto& columns = session->embedding(kCategories)->trainingColumns;
        panel.overviewButton()->click();
        QVERIFY(panel.showsOverview());
        QCOMPARE(panel.overview()->cards().size(), columns.size());
        QVERIFY(panel.overview()->height() >= panel.overview()->areaOf(static_cast<int>(columns.size()) - 1).bottom());
        QCOMPARE(panel.figure()->name, QString("word-clouds"));
        const QPoint second = panel.overview()->areaOf(1).center().toPoint();
        QTest::mouseMove(panel.overview(), second);
        QTRY_COMPARE(session->selection().hoveredComponent(), columns[1]);
        QTest::mouseClick(panel.overview(), Qt::LeftButton, Qt::NoModifier, second);
        QVERIFY(!panel.showsOverview());
        QCOMPARE(panel.component(), 1);
        QCOMPARE(session->selection().component(), columns[1]);
        QCOMPARE(panel.figure()->name, QString("gallery"));
    }

private:
    PanelStudy m_study;
};

QTEST_MAIN(GalleryPanelTest)
#include "gallery_panel.moc"
