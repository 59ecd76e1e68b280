#include "scanned_study.h"

#include "core/io/file_content.h"
#include "widgets/panels/region_panel.h"
#include "widgets/panels/region_table_editor.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>

using namespace tercet;

namespace {

const Task kAssign{"assign-regions", "", "anna"};

int rowOf(const QAbstractItemModel& model, const QString& parcel) {
    for (int row = 0; row < model.rowCount(); ++row)
        if (model.index(row, RegionTableModel::Parcel).data().toString() == parcel)
            return row;
    return -1;
}

QString cell(const RegionTableModel& model, int row, int column) { return model.index(row, column).data().toString(); }

const RegionTable::Region* regionIn(const RegionTable& table, const char* name) {
    const auto found = std::ranges::find(table.regions, name, &RegionTable::Region::name);
    return found == table.regions.end() ? nullptr : &*found;
}

} // namespace

class RegionTableEditorTest : public QObject {
    Q_OBJECT

private slots:
    void saysThatThereIsNoParcellation() {
        const PanelStudy plain;
        const auto session = plain.open();
        RegionPanel panel(*session);
        showPanel(panel);
        QVERIFY(!panel.tableEditor()->isVisible());
        QTest::mouseClick(panel.tableButton(), Qt::LeftButton);
        QTRY_VERIFY(panel.tableEditor()->isVisible());
        QVERIFY2(panel.tableEditor()->missing().contains("No parcellation was imported"),
                 qPrintable(panel.tableEditor()->missing()));
        QTRY_COMPARE(panel.tableEditor()->model()->rowCount(), usualRows());
        QVERIFY(panel.tableEditor()->note().startsWith("26 regions made of"));
    }

    void editsAreUndoableDurableAndMakeWhatFollowsStale() {
        m_study.runFor("assign-regions", "", "anna");
        {
            const auto session = m_study.open();
            RegionTableEditor editor(*session);
            const QAbstractItemModelTester tester(editor.model(),
                                                  QAbstractItemModelTester::FailureReportingMode::Fatal);
            RegionTableModel& model = *editor.model();
            QTRY_VERIFY(session->hasParcels() && session->state(kAssign).kind == StepState::Kind::Done);
            QVERIFY(editor.missing().isEmpty());
            const int row = rowOf(model, "V1");
            QCOMPARE(cell(model, row, RegionTableModel::Region), QString("VC"));
            QTRY_COMPARE(cell(model, row, RegionTableModel::Voxels),
                         QString::number(2 * kCortexSide * kCortexSide / 2)); // the lower half of both squares

            // To another region, and back.
            QVERIFY(model.setData(model.index(row, RegionTableModel::Region), "TPJ", Qt::EditRole));
            QCOMPARE(cell(model, rowOf(model, "V1"), RegionTableModel::Region), QString("TPJ"));
            QTRY_VERIFY(session->state(kAssign).kind == StepState::Kind::Stale);
            session->undoStack().undo();
            QCOMPARE(session->regions(), defaultRegionTable());
            QTRY_VERIFY(session->state(kAssign).kind == StepState::Kind::Done); // the usual table again
            session->undoStack().redo();

            // A new parcel's name, another kind, a new region, a region of another name.
            QVERIFY(model.setData(model.index(rowOf(model, "TF"), RegionTableModel::Parcel), "TF2", Qt::EditRole));
            QVERIFY(
                model.setData(model.index(rowOf(model, "TF2"), RegionTableModel::Kind), "subcortical", Qt::EditRole));
            QVERIFY(regionIn(session->regions(), "TF")->subcortical);
            QVERIFY(model.add("Own", false, "Mine"));
            QVERIFY(model.add("Empty", true, ""));
            QVERIFY(model.moveToRegion({rowOf(model, "")}, "Void"));
            QVERIFY(regionIn(session->regions(), "Void")->parcels.empty());
            QVERIFY(!regionIn(session->regions(), "Empty"));
            QVERIFY(model.remove({rowOf(model, "Mine")}));
            QVERIFY(regionIn(session->regions(), "Own")->parcels.empty());
            QCOMPARE(session->undoStack().count(), 7);
        }
        const auto again = m_study.open();
        QTRY_VERIFY(regionIn(again->regions(), "Void"));
        QCOMPARE(regionIn(again->regions(), "TF")->parcels, std::vector<std::string>{"TF2"});
        QCOMPARE(regionIn(again->regions(), "TPJ")->parcels.back(), std::string("V1"));
        QCOMPARE(again->study().imported("", "regions").has_value(), true);
        int records = 0;
        for (const ImportRecord& record : again->study().imports())
            records += static_cast<int>(record.kind == "regions");
        QCOMPARE(records, 1); // edits replace each other

        RegionTableEditor editor(*again);
        editor.reset();
        QCOMPARE(again->regions(), defaultRegionTable());
        QTRY_VERIFY(!again->study().imported("", "regions").has_value());
        QTRY_VERIFY(again->state(kAssign).kind == StepState::Kind::Done);
    }

    void whatCannotBeIsOneSentenceAndChangesNothing() {
        const auto session = m_study.open();
        RegionTableEditor editor(*session);
        showPanel(editor, {500, 500});
        RegionTableModel& model = *editor.model();
        QTRY_VERIFY(rowOf(model, "V1") >= 0);
        const int undoable = session->undoStack().count();
        QVERIFY(!model.setData(model.index(rowOf(model, "V1"), RegionTableModel::Parcel), "L_V2_ROI", Qt::EditRole));
        QVERIFY2(editor.problem().contains("“L_V2_ROI” is in the region “VC”"), qPrintable(editor.problem()));
        QVERIFY(!editor.problem().contains('\n'));
        QVERIFY(!model.add("", false, "X1"));
        QVERIFY2(editor.problem().contains("which region"), qPrintable(editor.problem()));
        QVERIFY(!model.setData(model.index(0, RegionTableModel::Kind), "spinal", Qt::EditRole));
        QVERIFY(!model.setData(model.index(0, RegionTableModel::Parcel), " ", Qt::EditRole));
        QVERIFY(!model.setData(model.index(0, RegionTableModel::Voxels), "3", Qt::EditRole));
        std::vector<int> all(static_cast<std::size_t>(model.rowCount()));
        std::iota(all.begin(), all.end(), 0);
        QCOMPARE(session->regions(), defaultRegionTable());
        QCOMPARE(session->undoStack().count(), undoable);
        QVERIFY(model.remove(all)); // of every region its name stays
        QVERIFY(editor.problem().isEmpty());
        all.resize(static_cast<std::size_t>(model.rowCount()));
        QVERIFY(!model.remove(all));
        QVERIFY2(editor.problem().contains("at least one region"), qPrintable(editor.problem()));
        session->undoStack().undo();
        QCOMPARE(session->regions(), defaultRegionTable());
    }

    void severalRowsAreEditedAndTakenOutTogether() {
        const auto session = m_study.open();
        RegionTableEditor editor(*session);
        showPanel(editor, {500, 500});
        QTRY_VERIFY(editor.model()->rowCount() > 0);
        editor.searchBox()->setText("tpoj");
        const QAbstractItemModel& shown = *editor.view()->model();
        QCOMPARE(shown.rowCount(), 3);
        editor.view()->selectAll();
        const QModelIndex first = shown.index(0, RegionTableModel::Region);
        editor.view()->setCurrentIndex(first);
        editor.view()->selectAll();
        editor.view()->edit(first);
        auto* box = editor.view()->findChild<QComboBox*>();
        QVERIFY(box);
        box->setCurrentText("IPL");
        editor.view()->setFocus(); // what is edited is taken over
        QTRY_COMPARE(regionIn(session->regions(), "IPL")->parcels.size(), std::size_t{6});
        QVERIFY(regionIn(session->regions(), "TPJ")->parcels.empty());
        session->undoStack().undo();

        editor.searchBox()->setText("tpoj");
        editor.view()->selectAll();
        editor.view()->setFocus();
        QTest::keyClick(editor.view(), Qt::Key_Delete);
        QVERIFY(regionIn(session->regions(), "TPJ")->parcels.empty());
        session->undoStack().undo();
        QCOMPARE(session->regions(), defaultRegionTable());

        editor.regionBox()->setCurrentText("STS");
        editor.parcelBox()->setText("STV");
        QTest::keyClick(editor.parcelBox(), Qt::Key_Return);
        QCOMPARE(regionIn(session->regions(), "STS")->parcels.back(), std::string("STV"));
        QVERIFY(editor.parcelBox()->text().isEmpty());
        session->undoStack().undo();
    }

    void anotherSpellingIsTheSameRegion() {
        const auto session = m_study.open();
        RegionTableEditor editor(*session);
        QTRY_VERIFY(editor.model()->rowCount() > 0 && session->state(kAssign).kind == StepState::Kind::Done);
        QVERIFY(editor.model()->add("sts", false, "STV"));
        QVERIFY(!regionIn(session->regions(), "sts"));
        QCOMPARE(regionIn(session->regions(), "STS")->parcels.back(), std::string("STV"));
        QVERIFY(editor.model()->add("Sts", false, "")); // it is there
        QCOMPARE(session->undoStack().count(), 1);
        const RegionTable edited = session->regions();
        QTRY_VERIFY(session->state(kAssign).kind == StepState::Kind::Stale); // what the study keeps was read
        QCOMPARE(session->regions(), edited);
        session->undoStack().undo();
        QCOMPARE(session->regions(), defaultRegionTable());
    }

    void tablesGoOutAndComeIn() {
        const auto session = m_study.open();
        RegionTableEditor editor(*session);
        QTRY_VERIFY(editor.model()->rowCount() > 0);
        const QString file = m_study.folder() + "/table.csv";
        editor.exportTo(file);
        QTRY_VERIFY(QFile::exists(file));
        QCOMPARE(regionTableFromCsv(FileContent::read(file.toStdString()).text(), "table"), defaultRegionTable());

        const auto write = [&](const char* text) {
            QFile out(file);
            QVERIFY(out.open(QIODevice::WriteOnly | QIODevice::Truncate));
            out.write(text);
        };
        write("region,kind,parcel\nSeeing,cortical,V1\nSeeing,cortical,V1\n");
        editor.importFrom(file);
        QTRY_VERIFY2(editor.problem().contains("table.csv") && editor.problem().contains("line 3"),
                     qPrintable(editor.problem()));
        QCOMPARE(session->regions(), defaultRegionTable());
        write("region,kind,parcel\nSeeing,cortical,V1\n");
        editor.importFrom(file);
        QTRY_COMPARE(session->regions().regions.size(), std::size_t{1});
        QVERIFY(editor.problem().isEmpty());

        // A table imported since is not undone with what came before it.
        write("region,kind,parcel\nOther,cortical,V2\n");
        session->importFiles({.kind = "regions", .files = {file.toStdString()}});
        QTRY_VERIFY(regionIn(session->regions(), "Other"));
        session->undoStack().undo();
        QVERIFY(regionIn(session->regions(), "Other"));
        editor.exportTo(m_study.folder() + "/none/table.csv");
        QTRY_VERIFY2(editor.problem().contains("table.csv"), qPrintable(editor.problem()));
    }

private:
    static int usualRows() {
        int rows = 0;
        for (const RegionTable::Region& region : defaultRegionTable().regions)
            rows += static_cast<int>(std::max<std::size_t>(1, region.parcels.size()));
        return rows;
    }

    ScannedStudy m_study;
};

QTEST_MAIN(RegionTableEditorTest)
#include "region_table_editor.moc"
