#include "panel_study.h"

#include "core/base/table.h"
#include "core/study/judgment_set.h"
#include "widgets/figures/model_zoo.h"
#include "widgets/panels/empty_page.h"
#include "widgets/panels/page_tabs.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/panels/validation_panel.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/plots/line_plot.h"
#include "widgets/plots/size_plot.h"

#include <QAbstractButton>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

using namespace tercet;
using Page = ValidationPanel::Page;

class ValidationPagesTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        setParameters(*m_study.study(), {"reproducibility", kCategories}, {{"runs", "2"}});
        for (const char* step : {"held-out", "compress", "rsm"})
            m_study.run(step, kCategories);
        m_study.run("align-systems", "");
        m_study.run("agreement", "");
    }

    void everyPageShowsItsResultOrHowToGetIt() {
        const auto session = m_study.open();
        session->selection().setSystem(kCategories);
        ValidationPanel panel(*session);
        showPanel(panel, {500, 400});
        for (const Page page :
             {Page::Accuracy, Page::Similarity, Page::Compression, Page::Alignment, Page::Agreement}) {
            panel.setPage(page);
            QTRY_VERIFY2(!panel.isEmpty(), qPrintable(QString::number(static_cast<int>(page))));
            QVERIFY(panel.figure());
            // Results are read in the background.
            QTRY_VERIFY2(!panel.tables().empty() && !panel.tables().front().rows.empty(),
                         qPrintable(QString::number(static_cast<int>(page))));
        }
        panel.setPage(Page::Accuracy);
        const double accuracy = session->arrays({"held-out", kCategories})->get<double>("accuracy").values.at(0);
        QTRY_COMPARE(panel.bars()->bars().front().value, 100 * accuracy);
        for (const Page page : {Page::Components, Page::Reproducibility, Page::Saturation}) {
            panel.setPage(page);
            QTRY_VERIFY(panel.isEmpty());
            QVERIFY(panel.emptyPage()->button()->isVisible());
            QTRY_VERIFY(panel.runButton()->isEnabled());
        }
        panel.setPage(Page::ModelZoo);
        QTRY_VERIFY(panel.isEmpty()); // people alone
    }

    void aPageLooksTheSameAfterAnyOther() {
        const auto session = m_study.open();
        const auto shown = [&](ValidationPanel& panel, Page page, const QString& title) {
            panel.setPage(page);
            [&] { QTRY_VERIFY(panel.bars()->accessibleName() == title && !panel.bars()->bars().empty()); }();
            return panel.bars()->grab().toImage();
        };
        ValidationPanel fresh(*session);
        showPanel(fresh, {500, 400});
        const QImage alignment = shown(fresh, Page::Alignment, "Alignment");
        ValidationPanel used(*session);
        showPanel(used, {500, 400});
        QVERIFY(shown(used, Page::Accuracy, "Held-out accuracy") != alignment);
        QCOMPARE(shown(used, Page::Alignment, "Alignment"), alignment);
    }

    void pagesTurnByClickAndKey() {
        const auto session = m_study.open();
        ValidationPanel panel(*session);
        showPanel(panel, {420, 400});
        PageTabs* tabs = panel.pageBar();
        QCOMPARE(tabs->count(), 9);
        for (int i = 0; i < tabs->count(); ++i) // all can be seen
            QVERIFY(tabs->rect().contains(tabs->tab(i)->geometry()));
        QVERIFY(tabs->tab(8)->y() > tabs->tab(0)->y());
        QTest::mouseClick(tabs->tab(2), Qt::LeftButton);
        QCOMPARE(panel.page(), Page::Reproducibility);
        for (int i = 0; i < 6; ++i)
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        QCOMPARE(panel.page(), Page::ModelZoo);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Home);
        QCOMPARE(panel.page(), Page::Accuracy);
        panel.showStep("saturation");
        QCOMPARE(panel.page(), Page::Saturation);
    }

    void runsAppearOneByOne() {
        const auto session = m_study.open();
        session->selection().setSystem(kCategories);
        ValidationPanel panel(*session);
        showPanel(panel, {500, 400});
        panel.setPage(Page::Reproducibility);
        QTRY_VERIFY(panel.isEmpty() && panel.runButton()->isEnabled());
        panel.runButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(!panel.isEmpty(), 60000);
        QVERIFY(waitIdle(*session));
        QTRY_VERIFY(session->state({"reproducibility", kCategories}).kind == StepState::Kind::Done);
        QTRY_VERIFY(!panel.runButton()->isEnabled());
        QVERIFY(panel.header()->note().contains("r "));
    }

    void modelsAreComparedWithPeople() {
        // A model with a known size, and one with three judgments only.
        const auto simulated =
            m_study.study()->arrays(stateOf(*m_study.study(), {"simulate-validation", kCategories}).record->key);
        for (const auto& [name, whole] : {std::pair{"large", true}, std::pair{"tiny", false}}) {
            ArrayBundle arrays;
            Triplets::Narrow few{0, 1, 2, 3, 4, 5, 6, 7, 8};
            arrays.arrays["triplets"] = whole ? simulated->arrays.at("triplets") : toArray(Triplets(few));
            for (const char* kind : {"judgments", "validation"}) {
                Study::Import import;
                import.kind = kind;
                import.owner = name;
                import.arrays = arrays;
                import.systems = {{ name, whole ? "Large" : "Tiny", SystemSource::Judgments, whole ? 7e9 : 0 }};
                m_study.study()->add(std::move(import));
            }
        }
        m_study.run("align-systems", "");
        const auto session = m_study.open();
        ValidationPanel panel(*session);
        showPanel(panel, {900, 500});
        panel.showFigure("model-zoo", {});
        QCOMPARE(panel.page(), Page::ModelZoo);
        const auto& bars = panel.zooBars()->bars();
        QTRY_COMPARE(bars.size(), std::size_t{4}); // two models with two kinds of ratings
        // The large one judged as the categories do: aligned with them most, and perfectly.
        QCOMPARE(bars.front().name, QString("Large – Human categories"));
        QVERIFY(bars.front().value > 0.97);
        QVERIFY(std::isnan(bars[1].value));
        QVERIFY2(panel.zooNote()->text().contains("Tiny has 3 validation judgments"),
                 qPrintable(panel.zooNote()->text()));
        QVERIFY(panel.zooNote()->text().contains("--parameters"));
        QCOMPARE(panel.zooSizes()->points().front().size, 7e9);
        QVERIFY(panel.figure()->caption.contains("Tiny"));
        session->selection().setSystem(kDimensions);
        emit panel.zooBars()->itemClicked(0);
        QCOMPARE(session->selection().system(), QString("large"));
        const Table table = panel.tables().front();
        QCOMPARE(table.rows.size(), std::size_t{4});
        QCOMPARE(table.rows[0][2], std::string("7000000000"));
        QCOMPARE(table.rows[1][3], std::string());
    }

    void withoutRatingsTheSizeTellsModelsFromPeople() {
        ArrayBundle bundle;
        bundle.set("systems", std::vector<std::string>{"a", "b", "c"});
        bundle.set("reliability", std::vector<double>{0.9, 0.8, 0.7});
        bundle.set("judgments", std::vector<std::int64_t>{900, 800, 700});
        for (const char* name : {"alignment", "low", "high"})
            bundle.set(name, Matrix<double>(3, 3, {1, 0.5, 0.6, 0.5, 1, 0.4, 0.6, 0.4, 1}));
        FigureData data;
        data.studySystems = {{"a", "A", SystemSource::Judgments, 0},
                             {"b", "B", SystemSource::Judgments, 1e9},
                             {"c", "C", SystemSource::Judgments, 2e9}};
        data.arrays = [&](const Task&) { return std::make_shared<const ArrayBundle>(bundle); };
        const ModelZoo zoo = modelZooOf(data);
        QCOMPARE(zoo.humans.size(), std::size_t{1});
        QCOMPARE(zoo.humans[0].name, QString("a"));
        QCOMPARE(zoo.alignments.size(), std::size_t{2});
        QCOMPARE(zoo.models[zoo.alignments[0].model].name, QString("c")); // the better one first
        QCOMPARE(zoo.alignments[0].value, 0.6);
        QVERIFY2(missingIn(zoo).join(" ").contains("Taken for people, because no number of parameters is known: A."),
                 qPrintable(missingIn(zoo).join(" ")));
        // Nobody's size is known: nobody can be told apart.
        for (System& system : data.studySystems)
            system.parameterCount = 0;
        QVERIFY(modelZooOf(data).empty());
    }

private:
    PanelStudy m_study;
};

QTEST_MAIN(ValidationPagesTest)
#include "validation_pages.moc"
