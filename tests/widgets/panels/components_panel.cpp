#include "panel_study.h"

#include "widgets/panels/component_table.h"
#include "widgets/panels/components_panel.h"
#include "widgets/panels/empty_page.h"
#include "widgets/panels/panel_header.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>

using namespace tercet;
using Columns = ComponentTableModel::Column;

class ComponentsPanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        m_study.run("fit-embedding");
        m_study.run("label-components");
        m_study.run("centroids");
    }

    void saysWhatIsMissing() {
        const PanelStudy none(false);
        const auto session = none.open();
        ComponentsPanel panel(*session);
        showPanel(panel);
        QVERIFY(panel.isEmpty());
        QVERIFY(!panel.emptyPage()->button()->isVisible());
        QVERIFY(panel.emptyPage()->text().contains("Import"));
    }

    void modelKeepsItsPromises() {
        const auto session = m_study.open();
        ComponentTableModel model(*session);
        QAbstractItemModelTester modelTester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        ComponentOrder order(model);
        QAbstractItemModelTester orderTester(&order, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.show(kCategories);
        QCOMPARE(model.rowCount(), 10);
        model.show(kCategories);
        order.sort(Columns::Sparsity, Qt::DescendingOrder);
        order.setSearch("anger");
        QVERIFY(order.rowCount() > 0);
        QVERIFY(order.rowCount() < 10);
        order.setSearch("no such word");
        QCOMPARE(order.rowCount(), 0);
        model.show(kDimensions);
        QCOMPARE(model.rowCount(), 0);
    }

    void showsValuesOfTheEmbedding() {
        const auto session = m_study.open();
        ComponentTableModel model(*session);
        model.show(kCategories);
        const auto embedding = session->embedding(kCategories);
        double before = 1e300;
        for (int row = 0; row < model.rowCount(); ++row) {
            double sum = 0;
            int zeros = 0;
            for (std::size_t stimulus = 0; stimulus < embedding->weights.rows(); ++stimulus) {
                sum += embedding->weights(stimulus, static_cast<std::size_t>(row));
                zeros += embedding->weights(stimulus, static_cast<std::size_t>(row)) < 0.001 ? 1 : 0;
            }
            QCOMPARE(model.index(row, Columns::Sum).data().toDouble(), sum);
            QCOMPARE(model.index(row, Columns::Sparsity).data().toDouble(), 100.0 * zeros / 60);
            QVERIFY(sum <= before);
            before = sum;
            const auto terms = model.index(row, Columns::Terms)
                                   .data(ComponentTableModel::TermsRole)
                                   .value<QVector<ComponentTableModel::Term>>();
            for (int i = 1; i < terms.size(); ++i)
                QVERIFY(std::abs(terms[i].r) <= std::abs(terms[i - 1].r));
        }
        const QString shown = model.index(0, Columns::Label).data().toString();
        QVERIFY2(!shown.isEmpty() && !shown.contains('_'), qPrintable(shown));
    }

    void selectionGoesBothWays() {
        const auto session = m_study.open();
        ComponentsPanel panel(*session);
        showPanel(panel, {900, 500});
        QTRY_COMPARE(panel.order()->rowCount(), 10);
        const auto columns = session->embedding(kCategories)->trainingColumns;
        const auto rowAt = [&](int row) {
            return panel.view()->visualRect(panel.order()->index(row, Columns::Sum)).center();
        };
        QTest::mouseClick(panel.view()->viewport(), Qt::LeftButton, {}, rowAt(2));
        QCOMPARE(session->selection().component(), columns[2]);
        session->selection().setComponent(columns[5]);
        QCOMPARE(panel.view()->currentIndex().row(), 5);
        panel.view()->sortByColumn(Columns::Rank, Qt::DescendingOrder);
        session->selection().setComponent(columns[0]);
        QCOMPARE(panel.view()->currentIndex().row(), 9);
        QCOMPARE(session->selection().component(), columns[0]);
    }

    void namesCanBeUndone() {
        const auto session = m_study.open();
        ComponentsPanel panel(*session);
        showPanel(panel);
        QTRY_COMPARE(panel.order()->rowCount(), 10);
        const auto first = [&] { return panel.order()->index(0, Columns::Label); };
        const QString label = first().data().toString();
        QVERIFY(panel.order()->setData(first(), "  Sunny   things "));
        QTRY_COMPARE(first().data().toString(), QString("Sunny things"));
        session->undoStack().undo();
        QTRY_COMPARE(first().data().toString(), label);
        session->undoStack().redo();
        QTRY_COMPARE(first().data().toString(), QString("Sunny things"));
        QVERIFY(panel.order()->setData(first(), ""));
        QTRY_COMPARE(first().data().toString(), label);
        QVERIFY(!(panel.order()->flags(panel.order()->index(0, Columns::Sum)) & Qt::ItemIsEditable));
    }

    void copiesTabSeparatedText() {
        const auto session = m_study.open();
        ComponentsPanel panel(*session);
        showPanel(panel);
        QTRY_COMPARE(panel.order()->rowCount(), 10);
        panel.copyData();
        QStringList lines = QApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 11);
        for (const QString& line : lines)
            QCOMPARE(line.count('\t'), ComponentTableModel::kColumns - 1);
        QVERIFY(lines[1].startsWith("1\t"));
        panel.view()->sortByColumn(Columns::Rank, Qt::DescendingOrder);
        panel.copyData();
        lines = QApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
        QVERIFY(lines[1].startsWith("10\t"));
        panel.searchBox()->setText("anger");
        panel.copyData();
        QCOMPARE(QApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts).size(),
                 panel.order()->rowCount() + 1);
    }

    void labelsOfAllSystemsStandSideBySide() {
        const PanelStudy study;
        study.runBoth("fit-embedding");
        const auto session = study.open();
        ComponentsPanel panel(*session);
        showPanel(panel, {900, 500});
        QTRY_VERIFY(panel.order()->rowCount() > 0);
        panel.allButton()->click();
        QAbstractItemModel* all = panel.allView()->model();
        QTRY_COMPARE(all->columnCount(), 5);
        QVERIFY(panel.allView()->isVisible());
        const QStringList systems{kCategories, kDimensions};
        for (int i = 0; i < 2; ++i) {
            const auto embedding = session->embedding(systems[i]);
            for (int row = 0; row < static_cast<int>(embedding->labels.size()); ++row) {
                const ComponentLabel& label = embedding->labels[static_cast<std::size_t>(row)];
                QCOMPARE(all->index(row, 1 + 2 * i).data().toString(),
                         QString::fromStdString(label.text).replace('_', ' '));
                QCOMPARE(all->index(row, 2 + 2 * i).data().toString(),
                         QString::number(label.terms.at(0).r, 'f', 2).replace('-', QChar(0x2212)));
            }
        }
        panel.copyData();
        const QStringList lines = QApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), all->rowCount() + 1);
        QCOMPARE(lines[0], QString("component\tHuman categories\tr\tHuman dimensions\tr"));
        panel.copyLatex();
        const QString latex = QApplication::clipboard()->text();
        QVERIFY2(latex.contains("\\begin{tabular}{rlrlr}"), qPrintable(latex));
        QCOMPARE(latex.count("\\\\\n"), all->rowCount() + 1);
        panel.allView()->setCurrentIndex(all->index(2, 3));
        QCOMPARE(session->selection().system(), QString(kDimensions));
        QCOMPARE(session->selection().component(), session->embedding(kDimensions)->trainingColumns[2]);
        panel.allButton()->click();
        QTRY_VERIFY(panel.view()->isVisible());
    }

    void headerShowsCentroidsAndInterpretableShare() {
        const auto session = m_study.open();
        ComponentsPanel panel(*session);
        showPanel(panel, {1400, 500});
        QTRY_VERIFY2(panel.header()->note().contains("of 10 interpretable"), qPrintable(panel.header()->note()));
        QVERIFY2(panel.header()->note().contains("top-3"), qPrintable(panel.header()->note()));
        QVERIFY2(panel.header()->note().contains("chance"), qPrintable(panel.header()->note()));
    }

private:
    PanelStudy m_study;
};

QTEST_MAIN(ComponentsPanelTest)
#include "components_panel.moc"
