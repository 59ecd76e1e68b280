#include "panel_study.h"

#include "widgets/figures/figure_recipe.h"
#include "widgets/panels/composer_panel.h"
#include "widgets/panels/page_view.h"

#include <QComboBox>
#include <QFile>
#include <QJsonArray>
#include <QListWidget>

using namespace tercet;

class ComposerPanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        m_study.run("map");
        m_study.run("label-components");
    }

    void composesByHand() {
        const auto session = m_study.open();
        ComposerPanel panel(*session);
        showPanel(panel, {1000, 700});
        panel.addFigure("fit");
        panel.addFigure("map");
        QCoreApplication::processEvents();
        QCOMPARE(panel.composition().panels.size(), std::size_t{2});
        PageView& page = *panel.page();
        const QRectF before = page.areaOf(1);
        QVERIFY(before.top() > page.areaOf(0).bottom());

        // Narrower, by its right edge.
        const QPoint edge(qRound(before.right()), qRound(before.center().y()));
        drag(page, edge, edge - QPoint(qRound(60 * page.unitsPerMm()), 0));
        const double width = panel.composition().panels[1].options["width_mm"].toDouble();
        QVERIFY2(std::abs(width - 123) < 3, qPrintable(QString::number(width)));

        // To the right: it snaps to the edge of the page.
        const QPoint middle = page.areaOf(1).center().toPoint();
        drag(page, middle, middle + QPoint(qRound((183 - width - 1) * page.unitsPerMm()), 0));
        QVERIFY(std::abs(panel.composition().panels[1].placeMm.x() + width - 183) < 1e-6);

        session->undoStack().undo();
        QCOMPARE(panel.composition().panels[1].placeMm.x(), 0.0);
        session->undoStack().undo();
        QCOMPARE(panel.composition().panels[1].options["width_mm"].toDouble(), 183.0);
        QCoreApplication::processEvents();

        // A key removes the panel in front, undo brings it back.
        page.setFocus();
        QTest::keyClick(&page, Qt::Key_Delete);
        QCOMPARE(panel.composition().panels.size(), std::size_t{1});
        session->undoStack().undo();
        QCOMPARE(panel.composition().panels.size(), std::size_t{2});
    }

    void isKeptWithTheStudy() {
        Composition kept;
        {
            const auto session = m_study.open();
            ComposerPanel panel(*session);
            showPanel(panel, {1000, 700});
            panel.addFigure("rose", {{"systems", QJsonArray{kCategories}}});
            panel.journalBox()->setCurrentIndex(panel.journalBox()->findData("nature"));
            emit panel.journalBox()->activated(panel.journalBox()->currentIndex());
            kept = panel.composition();
            QCOMPARE(kept.journal, QString("nature"));
        }
        const auto session = m_study.open();
        ComposerPanel panel(*session);
        QCOMPARE(panel.composition(), kept);
    }

    void savesThePageWithTheSelection() {
        const auto session = m_study.open();
        session->selection().setStimuli({3, 5});
        ComposerPanel panel(*session);
        showPanel(panel, {1000, 700});
        panel.setComposition({.panels = {{"fit", {}, {{"width_mm", 120.0}}}}}, "a page");
        QCoreApplication::processEvents();
        const QString path = m_study.folder() + "/page.pdf";
        panel.savePictureTo(path);
        QTRY_VERIFY(QFile::exists(path));
        const FigureRecipe recipe = readFigureRecipe(path);
        QCOMPARE(recipe.figure, QString("composition"));
        QCOMPARE(recipe.options["selection"].toObject()["stimuli"].toArray().size(), 2);
    }

    void saysWhyAPageCannotBeSaved() {
        const auto session = m_study.open();
        ComposerPanel panel(*session);
        showPanel(panel, {1000, 700});
        panel.setComposition({.panels = {{"fit", {100, 0}, {{"width_mm", 120.0}}}}}, "a page");
        QCoreApplication::processEvents();
        panel.savePictureTo(m_study.folder() + "/off.pdf");
        QVERIFY2(panel.failure().contains("panel a"), qPrintable(panel.failure()));
    }

private:
    static void drag(QWidget& widget, const QPoint& from, const QPoint& to) {
        QTest::mousePress(&widget, Qt::LeftButton, {}, from);
        QTest::mouseMove(&widget, (from + to) / 2);
        QTest::mouseMove(&widget, to);
        QTest::mouseRelease(&widget, Qt::LeftButton, {}, to);
        QCoreApplication::processEvents();
    }

    PanelStudy m_study;
};

QTEST_MAIN(ComposerPanelTest)
#include "composer_panel.moc"
