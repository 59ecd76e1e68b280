#include "empty_panel.h"

#include "widgets/panels/component_kinds_panel.h"
#include "widgets/plots/stacked_bars.h"

#include <QCheckBox>
#include <QSlider>

using namespace tercet;

class ComponentKindsPanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_study.runBoth("fit-embedding"); }

    void saysWhatIsMissing() { checkOfferOfEmpty<ComponentKindsPanel>("Fit Human categories"); }

    void barsFollowTheSliders() {
        const auto session = m_study.open();
        ComponentKindsPanel panel(*session);
        showPanel(panel);
        QTRY_VERIFY(!panel.isEmpty());
        checkBars(*session, panel);
        const auto shown = [&] {
            std::vector<int> counts;
            for (const StackedBar& bar : panel.kinds()->bars())
                counts.insert(counts.end(), bar.counts.begin(), bar.counts.end());
            return counts;
        };
        const std::vector<int> before = shown();
        panel.dropSlider()->setValue(30);
        QTRY_VERIFY(shown() != before);
        checkBars(*session, panel);
        panel.thresholdSlider()->setValue(50);
        panel.signedBox()->setChecked(true);
        QCoreApplication::processEvents();
        checkBars(*session, panel);
        panel.allBox()->setChecked(true);
        QCoreApplication::processEvents();
        QCOMPARE(panel.kinds()->bars().at(0).counts.at(3), 0);
        checkBars(*session, panel);
        QVERIFY(panel.figure()->picture.recipe.contains("0.3"));
    }

private:
    static void checkBars(StudySession& session, const ComponentKindsPanel& panel) {
        const auto& bars = panel.kinds()->bars();
        QCOMPARE(bars.size(), 2U);
        const QStringList systems{kCategories, kDimensions};
        for (int i = 0; i < 2; ++i) {
            const auto embedding = session.embedding(systems[i]);
            const KindCounts counts =
                countKinds(componentKinds(embedding->correlations, session.ratings()->terms, panel.options()));
            const auto& shown = bars[static_cast<std::size_t>(i)].counts;
            QCOMPARE(shown.at(0), static_cast<int>(counts.categorical));
            QCOMPARE(shown.at(1), static_cast<int>(counts.mixed));
            QCOMPARE(shown.at(2), static_cast<int>(counts.dimensional));
            QCOMPARE(shown.at(3), static_cast<int>(counts.uninterpretable));
        }
    }

    PanelStudy m_study;
};

QTEST_MAIN(ComponentKindsPanelTest)
#include "component_kinds_panel.moc"
