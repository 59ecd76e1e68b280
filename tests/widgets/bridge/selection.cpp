#include "widgets/bridge/selection.h"

#include <QSignalSpy>
#include <QTest>

using tercet::Selection;

class SelectionTest : public QObject {
    Q_OBJECT
private slots:
    void rowsAreAscendingAndUnique() {
        Selection selection;
        const QSignalSpy changed(&selection, &Selection::stimuliChanged);
        selection.setStimuli({5, 1, 5, 3});
        QCOMPARE(selection.stimuli(), QVector<int>({1, 3, 5}));
        QCOMPARE(changed.count(), 1);
    }
    void sayingTheSameIsSilent() {
        Selection selection;
        selection.setStimuli({2, 1});
        selection.setComponent(4);
        selection.setSystem("a");
        const QSignalSpy stimuli(&selection, &Selection::stimuliChanged);
        const QSignalSpy component(&selection, &Selection::componentChanged);
        const QSignalSpy hovered(&selection, &Selection::hoveredStimulusChanged);
        const QSignalSpy system(&selection, &Selection::systemChanged);
        selection.setStimuli({1, 2, 2});
        selection.setComponent(4);
        selection.setHoveredStimulus(-7); // nothing is −1, whatever is said
        selection.setSystem("a");
        QCOMPARE(stimuli.count() + component.count() + hovered.count() + system.count(), 0);
        QCOMPARE(selection.hoveredStimulus(), -1);
    }
    void componentsOfSystemsThatAreNotInFrontAreHoveredApart() {
        Selection selection;
        selection.setSystem("a");
        const QSignalSpy hovered(&selection, &Selection::hoveredComponentChanged);
        selection.setHoveredComponent("b", 3);
        QCOMPARE(selection.hoveredComponent(), -1);
        QCOMPARE(selection.hoveredComponent("b"), 3);
        QCOMPARE(selection.hoveredComponent("c"), -1);
        selection.setHoveredComponent(3); // of the one in front
        QCOMPARE(selection.hoveredComponent(), 3);
        QCOMPARE(selection.hoveredComponent("b"), -1);
        selection.setHoveredComponent("b", 3);
        selection.setSystem("b");
        QCOMPARE(selection.hoveredComponent(), 3);
        selection.setHoveredComponent("a", -1);
        QCOMPARE(selection.hoveredComponent() + selection.hoveredComponent("a"), -2);
        QCOMPARE(hovered.count(), 4);
    }
    void voxelsAreSetsPerSubject() {
        Selection selection;
        const QSignalSpy changed(&selection, &Selection::voxelsChanged);
        selection.setVoxels({{"anna", {4, 2, 4}}, {"bert", {}}});
        QCOMPARE(selection.voxels().keys(), QStringList({"anna"}));
        QCOMPARE(selection.voxels().value("anna"), QVector<int>({2, 4}));
        selection.setVoxels({{"anna", {2, 4}}});
        QCOMPARE(changed.count(), 1);
        const QSignalSpy clicked(&selection, &Selection::voxelChanged);
        const QSignalSpy pointed(&selection, &Selection::hoveredRegionChanged);
        for (int twice = 0; twice < 2; ++twice) {
            selection.setVoxel({.subject = "anna", .voxel = 7});
            selection.setHoveredRegion("TPJ");
        }
        QCOMPARE(clicked.count() + pointed.count(), 2);
        QCOMPARE(selection.voxel().voxel, 7);
        selection.setVoxels({{"anna", {2, 4}}, {"bert", {1}}});
        selection.dropVoxels("bert");
        QCOMPARE(selection.voxels().keys(), QStringList({"anna"}));
        QCOMPARE(selection.voxel().voxel, 7);
        selection.dropVoxels("anna");
        QVERIFY(selection.voxels().isEmpty() && selection.voxel().subject.isEmpty());
    }
};

QTEST_GUILESS_MAIN(SelectionTest)
#include "selection.moc"
