#include "app/import_strip.h"

#include "held_lane.h"
#include "hemisphere_files.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace tercet;

namespace {

/// A left hemisphere's surface and parcels.
void writeLeft(const QString& folder) {
    QVERIFY(QDir().mkpath(folder));
    writeHemisphere(folder.toStdString() + "/lh");
}

} // namespace

class ImportStripTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

private slots:
    void onlyTheSameSubjectFollowsWhatIsTyped() {
        const QString root = m_folder.path() + "/names";
        for (const char* subject : {"/sub-1", "/sub-10", "/all"})
            writeLeft(root + subject);
        JobRunner runner;
        ImportStrip strip(runner);
        strip.offer({root});
        QTRY_COMPARE(strip.state(), ImportStrip::State::Asking);
        const auto rowsOf = [&](const QString& subject) {
            std::vector<int> rows;
            for (int row = 0; row < strip.rows(); ++row)
                if (strip.subjectBox(row)->currentText() == subject)
                    rows.push_back(row);
            return rows;
        };
        const std::vector<int> first = rowsOf("sub-1");
        const std::vector<int> tenth = rowsOf("sub-10");
        const std::vector<int> all = rowsOf("");
        for (const auto& rows : {first, tenth, all})
            QCOMPARE(rows.size(), std::size_t{2}); // surface and parcels
        QLineEdit* field = strip.subjectBox(tenth.front())->lineEdit();
        field->end(false);
        for (int i = 0; i < 6; ++i)
            QTest::keyClick(field, Qt::Key_Backspace); // through "sub-1" and ""
        QTest::keyClicks(field, "sub-12");
        QCOMPARE(rowsOf("sub-12"), tenth);
        QCOMPARE(rowsOf("sub-1"), first);
        QCOMPARE(rowsOf(""), all);
        strip.subjectBox(all.front())->setCurrentText("sub-1");
        QCOMPARE(rowsOf(""), std::vector<int>{all.back()});
    }

    void importsThatEndLeaveAQuestionAlone() {
        writeLeft(m_folder.path() + "/asked");
        JobRunner runner;
        ImportStrip strip(runner);
        strip.showImporting(2);
        strip.offer({m_folder.path() + "/asked"});
        QTRY_COMPARE(strip.state(), ImportStrip::State::Asking);
        QVERIFY(strip.hasOffer());
        strip.subjectBox(0)->setCurrentText("anna");
        strip.wantedBox(1)->setChecked(false);
        strip.addFailure("The first failed.");
        QCOMPARE(strip.state(), ImportStrip::State::Asking);
        strip.addImported("The second was imported.", {});
        QCOMPARE(strip.state(), ImportStrip::State::Asking);
        QCOMPARE(strip.rows(), 2);
        QCOMPARE(strip.subjectBox(0)->currentText(), QString("anna"));
        QVERIFY(!strip.wantedBox(1)->isChecked());
        strip.dismiss();
        QCOMPARE(strip.state(), ImportStrip::State::Failed);
        QVERIFY2(strip.text().contains("first failed") && strip.text().contains("second was imported"),
                 qPrintable(strip.text()));
        strip.dismiss(); // it was shown
        QCOMPARE(strip.state(), ImportStrip::State::Hidden);
    }

    void importsThatEndLeaveALookAlone() {
        writeLeft(m_folder.path() + "/looked");
        JobRunner runner;
        ImportStrip strip(runner);
        HeldLane held(runner);
        strip.showImporting(1);
        strip.offer({m_folder.path() + "/looked"});
        strip.addImported("It was imported.", {});
        QVERIFY(strip.hasOffer());
        held.release();
        QTRY_COMPARE(strip.state(), ImportStrip::State::Asking);
        strip.dismiss();
        QCOMPARE(strip.state(), ImportStrip::State::Done);
        QCOMPARE(strip.text(), QString("It was imported."));
    }

    void aLookThatNobodyWaitsForIsStopped() {
        writeLeft(m_folder.path() + "/stopped");
        JobRunner runner;
        ImportStrip strip(runner);
        HeldLane held(runner);
        for (int i = 0; i < 3; ++i)
            strip.offer({m_folder.path() + "/stopped"});
        QTRY_COMPARE(held.waiting(), 1);
        strip.dismiss();
        QTRY_COMPARE(held.waiting(), 0);
        held.release();
        QTRY_VERIFY(!runner.busy());
        QCOMPARE(strip.state(), ImportStrip::State::Hidden);
    }

    void importsThatAreAddedKeepWhatFailedBefore() {
        writeLeft(m_folder.path() + "/added");
        JobRunner runner;
        ImportStrip strip(runner);
        for (const bool endedBefore : {false, true}) {
            strip.showImporting(2);
            strip.offer({m_folder.path() + "/added"});
            QTRY_COMPARE(strip.state(), ImportStrip::State::Asking);
            strip.addFailure("The first failed.");
            if (endedBefore)
                strip.addImported("The second was imported.", {});
            strip.showImporting(1); // the offer was accepted
            QCOMPARE(strip.text(), endedBefore ? QString("Importing …") : QString("Importing 2 of 3 …"));
            if (!endedBefore)
                strip.addImported("The second was imported.", {});
            QCOMPARE(strip.state(), ImportStrip::State::Importing);
            strip.addImported("The third was imported.", {});
            QCOMPARE(strip.state(), ImportStrip::State::Failed);
            for (const char* said : {"first failed", "second was", "third was"})
                QVERIFY2(strip.text().contains(said), qPrintable(strip.text()));
        }
    }
};

QTEST_MAIN(ImportStripTest)
#include "import_strip.moc"
