#include "scanned_study.h"

#include "widgets/figures/figure_presets.h"

using namespace tercet;

class BrainFiguresTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        const QString folder = m_study.folder();
        const std::string table = folder.toStdString() + "/regions.csv";
        QFile file(QString::fromStdString(table));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("region,kind,parcel\nVC,cortical,V1\n");
        file.close();
        importFiles(*m_study.study(), {.kind = "regions", .files = {table}});
        for (const char* subject : {"anna", "bert"})
            m_study.runFor("encode", kCategoryRatings, subject);
    }

    void componentMapsSayHowAlikeSubjectsAre() {
        const auto data = [&] { return std::make_shared<const FigureData>(figureDataOf(*m_study.study())); };
        QVERIFY_EXCEPTION_THROWN((void)componentMapFigure(data()), MissingError);
        m_study.runFor("component-maps", kCategoryRatings, "");
        const Figure first = componentMapFigure(data());
        FigureOptions options;
        options.page = 1;
        const Figure second = componentMapFigure(data(), options);
        QVERIFY(first.picture.recipe.contains("\"page\": 0"));
        QVERIFY(second.picture.recipe.contains("\"page\": 1"));
        const QImage firstImage = renderedPicture(first.picture, 60);
        QVERIFY(firstImage != renderedPicture(second.picture, 60));
        options.subjects = QStringList{"bert"};
        QVERIFY(componentMapFigure(data(), options).picture.millimetres.height() < second.picture.millimetres.height());
        const auto tables = first.tables();
        QCOMPARE(tables.size(), 1U);
        QCOMPARE(tables[0].rows.size(), 3U); // one pair of subjects for each of three terms
        QCOMPARE(tables[0].rows[0][1], std::string("anna"));
        QCOMPARE(tables[0].rows[0][2], std::string("bert"));
    }

private:
    ScannedStudy m_study;
};

QTEST_MAIN(BrainFiguresTest)
#include "brain_figures.moc"
