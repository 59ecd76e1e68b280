#include "panel_study.h"

#include "core/base/error.h"
#include "widgets/panels/empty_page.h"
#include "widgets/panels/panel.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/system_form.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>

using namespace tercet;

namespace {

/// Counts its refreshes and shows what it is told to.
class ProbePanel : public Panel {
public:
    explicit ProbePanel(StudySession& session) : Panel(session, "probe", "Probe") {
        useSystemChip();
        usePictureButton();
        showFailuresOf({"map"});
        setBody(new QLabel("body"));
    }
    [[nodiscard]] std::optional<Figure> figure() const override {
        if (fails)
            throw MissingError({.where = "probe", .what = "there are no values"});
        Figure figure;
        figure.picture.millimetres = {40, 30};
        figure.picture.paint = [](QPainter&, const QRectF&, const Look&) {};
        figure.name = "probe";
        figure.tables = [this] { return values; };
        return figure;
    }
    std::vector<Table> values{
        {.title = "Edges", .columns = {"a", "r (%)"}, .rows = {{"x", "0.123456"}}, .decimals = {-1, 2}}};
    using Panel::showEmpty;
    using Panel::system;

    bool fails = false;
    int refreshes = 0;
    std::function<void(ProbePanel&)> content = [](ProbePanel& panel) { panel.showBody(); };

protected:
    void refresh() override {
        ++refreshes;
        content(*this);
    }
};

} // namespace

class PanelTest : public QObject {
    Q_OBJECT

private slots:
    void refreshesOnceATurnAndOnlyWhileShown() {
        const PanelStudy study;
        const auto session = study.open();
        ProbePanel panel(*session);
        panel.invalidate();
        QCoreApplication::processEvents();
        QCOMPARE(panel.refreshes, 0);
        showPanel(panel);
        QCOMPARE(panel.refreshes, 1);
        for (int i = 0; i < 10; ++i)
            panel.invalidate();
        QCoreApplication::processEvents();
        QCOMPARE(panel.refreshes, 2);
        panel.hide();
        panel.invalidate();
        QCoreApplication::processEvents();
        QCOMPARE(panel.refreshes, 2);
        panel.show();
        QCOMPARE(panel.refreshes, 3);
    }

    void aLabelOfTwoLinesElidesTheSecondAndTellsTheWholeAsTip() {
        ElidedLabel label(nullptr, 2);
        label.setText("one two three four five six seven eight nine ten eleven twelve");
        label.show();
        label.resize(2000, label.sizeHint().height());
        QVERIFY(label.toolTip().isEmpty());
        label.resize(label.sizeHint().width() * 3 / 4, label.height()); // on two lines
        QVERIFY(label.toolTip().isEmpty());
        label.resize(label.sizeHint().width() / 4, label.height());
        QCOMPARE(label.toolTip(), label.text());
        QCOMPARE(label.minimumSizeHint(), QSize(0, 2 * label.fontMetrics().height()));
    }

    void chipShowsAndChangesTheSystemInFront() {
        const PanelStudy study;
        const auto session = study.open();
        ProbePanel panel(*session);
        showPanel(panel);
        QToolButton* chip = panel.header()->chip();
        QVERIFY(chip->isVisible());
        QCOMPARE(panel.system(), QString(kCategories));
        QCOMPARE(chip->text(), QString("Human categories"));
        const auto actions = chip->menu()->actions();
        QCOMPARE(actions.size(), 4); // two systems, a line, and editing
        actions[1]->trigger();
        QCOMPARE(session->selection().system(), QString(kDimensions));
        QTRY_COMPARE(chip->text(), QString("Human dimensions"));
        session->selection().setSystem(kCategories);
        QTRY_COMPARE(chip->text(), QString("Human categories"));
        System renamed = session->systems().front();
        renamed.title = "Raters";
        session->editSystem(renamed);
        QTRY_COMPARE(chip->text(), QString("Raters"));

        chip->menu()->actions().last()->trigger();
        auto* form = panel.findChild<SystemForm*>();
        QVERIFY(form);
        form->titleBox()->setText("People");
        form->countBox()->setText("few");
        QTest::keyClick(form->countBox(), Qt::Key_Return);
        QVERIFY(form->problem().contains("few")); // stays open
        QCOMPARE(chip->text(), QString("Raters"));
        form->countBox()->setText("7 B");
        QTest::keyClick(form->countBox(), Qt::Key_Return);
        QTRY_COMPARE(chip->text(), QString("People"));
        QCOMPARE(session->systems().front().parameterCount, 7e9);
        session->undoStack().undo();
        QTRY_COMPARE(chip->text(), QString("Raters"));
        QCOMPARE(session->systems().front().parameterCount, 0.0);
    }

    void failuresStayUntilDismissedAndAreCounted() {
        const PanelStudy study;
        const auto session = study.open();
        ProbePanel panel(*session);
        showPanel(panel);
        QVERIFY(panel.failure().isEmpty());
        emit session->failed({"fit-embedding", kCategories}, "not for this panel");
        QVERIFY(panel.failure().isEmpty());
        emit session->failed({"map", kCategories}, "The map went wrong; try again.");
        QCOMPARE(panel.failure(), QString("The map went wrong; try again."));
        emit session->failed({"map", kCategories}, "The map went wrong; try again.");
        bool counted = false;
        for (const QLabel* label : panel.findChildren<QLabel*>())
            counted = counted || label->text().endsWith("(2 times)");
        QVERIFY(counted);
        panel.invalidate();
        QCoreApplication::processEvents();
        QVERIFY(!panel.failure().isEmpty());
        for (QToolButton* button : panel.findChildren<QToolButton*>())
            if (button->toolTip() == "Dismiss this message")
                QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(panel.failure().isEmpty());
    }

    void emptyPageSaysWhatComesAndMakesIt() {
        const PanelStudy study;
        const auto session = study.open();
        ProbePanel panel(*session);
        panel.content = [](ProbePanel& p) {
            p.showEmpty(Task{"map", kCategories}, "No map yet", "It appears here.", "Make map");
        };
        showPanel(panel);
        QVERIFY(panel.isEmpty());
        QCOMPARE(panel.emptyPage()->title(), QString("No map yet"));
        QCOMPARE(panel.emptyPage()->button()->text(), QString("Make map"));
        QVERIFY(panel.emptyPage()->button()->isVisible());
        QTest::mouseClick(panel.emptyPage()->button(), Qt::LeftButton);
        QVERIFY(session->running({"map", kCategories}) || session->queued({"map", kCategories}));
        panel.invalidate();
        QCoreApplication::processEvents();
        QVERIFY(!panel.emptyPage()->button()->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(session->map(kCategories) != nullptr, 30000);
    }

    void emptyPageOfABlockedTaskSaysWhy() {
        const PanelStudy study(false);
        study.study()->setSystem({"asked", "Asked", SystemSource::Judgments});
        const auto session = study.open();
        ProbePanel panel(*session);
        panel.content = [](ProbePanel& p) { p.showEmpty(Task{"fit-embedding", "asked"}, "No fit", "text", "Fit"); };
        showPanel(panel);
        QVERIFY(!panel.emptyPage()->button()->isVisible());
        QVERIFY2(panel.emptyPage()->text().contains("judgments"), qPrintable(panel.emptyPage()->text()));
    }

    void theMenuOfTheDataCopiesAndExports() {
        const PanelStudy study;
        const auto session = study.open();
        ProbePanel panel(*session);
        showPanel(panel);
        QToolButton* button = nullptr;
        for (QToolButton* each : panel.findChildren<QToolButton*>())
            if (each->menu() && each != panel.header()->chip())
                button = each;
        QVERIFY(button && button->isVisible() && button->isEnabled());
        QStringList texts;
        for (const QAction* action : button->menu()->actions())
            if (!action->isSeparator())
                texts << action->text();
        QCOMPARE(texts, (QStringList{"Copy data as TSV", "Copy as LaTeX table", "Export data (CSV, TSV, LaTeX)…",
                                     "Put the picture on the figure page"}));
        button->menu()->actions()[0]->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), QString("a\tr (%)\nx\t0.123456\n"));
        button->menu()->actions()[1]->trigger();
        const QString latex = QGuiApplication::clipboard()->text();
        QVERIFY2(latex.contains("x & 0.12 \\\\") && latex.contains("r (\\%)"), qPrintable(latex));

        panel.values.push_back({.title = "Nodes", .columns = {"n"}, .rows = {{"1"}}});
        panel.setFocus();
        QTRY_VERIFY(panel.hasFocus());
        QTest::keyClick(&panel, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QString("Edges\na\tr (%)\nx\t0.123456\n\nNodes\nn\n1\n"));

        QSignalSpy composed(&panel, &Panel::composeWanted);
        button->menu()->actions().last()->trigger();
        QCOMPARE(composed.size(), 1);
        QCOMPARE(composed[0][0].toString(), QString("probe"));
        for (QAction* action : button->menu()->actions())
            if (action->text().startsWith("Export"))
                action->trigger();
        auto* dialog = panel.findChild<QFileDialog*>();
        QVERIFY(dialog);
        QCOMPARE(dialog->nameFilters(), (QStringList{"CSV (*.csv)", "TSV (*.tsv)", "LaTeX (*.tex)"}));
        QCOMPARE(dialog->defaultSuffix(), QString("csv"));
        dialog->close();

        panel.exportDataTo(study.folder() + "/out.csv");
        QTRY_VERIFY(QFile::exists(study.folder() + "/out-nodes.csv"));
        QFile edges(study.folder() + "/out-edges.csv");
        QVERIFY(edges.open(QIODevice::ReadOnly));
        QCOMPARE(edges.readAll(), QByteArray("a,r (%)\nx,0.123456\n"));
        QVERIFY(panel.failure().isEmpty());

        panel.content = [](ProbePanel& p) { p.showEmpty("Nothing", "yet"); };
        panel.invalidate();
        QTRY_VERIFY(!button->isEnabled());
    }

    void dataThatCannotBeWrittenIsAFailureInPlace_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("said");
        QTest::newRow("no folder") << "/no/such/folder/a.csv"
                                   << "/no/such/folder/a.csv";
        QTest::newRow("ending") << "/a.xlsx"
                                << ".csv, .tsv or .tex";
    }
    void dataThatCannotBeWrittenIsAFailureInPlace() {
        QFETCH(QString, file);
        QFETCH(QString, said);
        const PanelStudy study;
        const auto session = study.open();
        ProbePanel panel(*session);
        showPanel(panel);
        panel.exportDataTo(study.folder() + file);
        QTRY_VERIFY(!panel.failure().isEmpty());
        QVERIFY2(panel.failure().contains(said), qPrintable(panel.failure()));
        QVERIFY(!panel.failure().contains('\n'));
    }

    void aFigureThatCannotBeMadeSaysWhyInsteadOfItsData() {
        const PanelStudy study;
        const auto session = study.open();
        ProbePanel panel(*session);
        panel.fails = true;
        showPanel(panel);
        QGuiApplication::clipboard()->setText("before");
        panel.copyData();
        QVERIFY(panel.failure().contains("no values"));
        QCOMPARE(QGuiApplication::clipboard()->text(), QString("before"));
    }

    void aPictureThatCannotBeSavedIsAFailureInPlace() {
        const PanelStudy study;
        const auto session = study.open();
        ProbePanel panel(*session);
        showPanel(panel);
        panel.savePictureTo(study.folder() + "/no/such/folder/a.pdf");
        QTRY_VERIFY(panel.failure().contains("/no/such/folder/a.pdf"));
        panel.savePictureTo(study.folder() + "/a.pdf");
        QTRY_VERIFY(QFile::exists(study.folder() + "/a.pdf"));
    }
};

QTEST_MAIN(PanelTest)
#include "panel.moc"
