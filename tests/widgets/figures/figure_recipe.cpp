#include "panel_study.h"

#include "core/base/error.h"
#include "widgets/figures/figure_options.h"
#include "widgets/figures/figure_recipe.h"

#include <QFile>
#include <QImage>
#include <QJsonArray>

using namespace tercet;

class FigureRecipeTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        m_study.run("map");
        m_data = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
    }

    void isReadBack_data() { endings(); }
    void isReadBack() {
        QFETCH(QString, ending);
        const FigureOptions options{.systems = {kCategories},
                                    .coloring = {MapColoring::By::Rating, 3},
                                    .hiddenGroups = {"Joy", "Über & <Angst>"},
                                    .widthMm = 89,
                                    .journal = "nature"};
        const QString path = m_study.folder() + "/map." + ending;
        savePicture(makeFigure(figurePresetNamed("map"), m_data, options).picture, path, 72);
        QVERIFY(mayHoldRecipe(path));
        const FigureRecipe recipe = readFigureRecipe(path);
        QCOMPARE(recipe.figure, QString("map"));
        QCOMPARE(recipe.studyId, m_data->studyId);
        QCOMPARE(recipe.studyTitle, m_data->studyTitle);
        const FigureOptions read = figureOptionsFrom(recipe.options, *m_data);
        QCOMPARE(read.systems, options.systems);
        QCOMPARE(read.coloring, options.coloring);
        QCOMPARE(read.hiddenGroups, options.hiddenGroups);
        QCOMPARE(read.widthMm, options.widthMm);
        QCOMPARE(read.journal, options.journal);
        QCOMPARE(recipe.results.size(), std::size_t{2});
        QCOMPARE(recipe.results[0].parameters.at("epochs"), std::string("30"));
        QVERIFY(recipe.results[0].parameters.contains("seed"));
        QVERIFY(recipeChanges(recipe, *m_data).isEmpty());
    }

    void keepsStimuliByTheirIds() {
        const QString path = m_study.folder() + "/rose.svg";
        savePicture(makeFigure(figurePresetNamed("rose"), m_data, {.stimuli = {7, 2}}).picture, path);
        FigureRecipe recipe = readFigureRecipe(path);
        QCOMPARE(figureOptionsFrom(recipe.options, *m_data).stimuli, (QVector<int>{7, 2}));
        recipe.options["stimuli"] = QJsonArray{"nobody", QString::fromStdString((*m_data->stimuli)[2].id)};
        QStringList unknown;
        QCOMPARE(figureOptionsFrom(recipe.options, *m_data, &unknown).stimuli, QVector<int>{2});
        QCOMPARE(unknown, QStringList{"nobody"});
    }

    void saysWhatChangedSince() {
        const PanelStudy study;
        study.run("map");
        const auto before = std::make_shared<const FigureData>(figureDataOf(*study.study()));
        const QString path = study.folder() + "/map.png";
        savePicture(makeFigure(figurePresetNamed("map"), before, {.systems = {kCategories}}).picture, path, 72);
        setParameters(*study.study(), {"fit-embedding", kCategories}, {{"seed", "5"}});
        study.run("map");
        const QStringList changes = recipeChanges(readFigureRecipe(path), figureDataOf(*study.study()));
        QCOMPARE(changes.size(), 2);
        QVERIFY2(changes[0].contains("seed"), qPrintable(changes[0]));
        QVERIFY2(changes[1].contains("other inputs"), qPrintable(changes[1]));
    }

    void foreignPicturesHaveNone_data() { endings(); }
    void foreignPicturesHaveNone() {
        QFETCH(QString, ending);
        const QString path = m_study.folder() + "/foreign." + ending;
        if (ending == "png") {
            QVERIFY(QImage(8, 8, QImage::Format_RGB32).save(path));
        } else {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(ending == "svg" ? "<svg xmlns='http://www.w3.org/2000/svg'><desc>a cat</desc></svg>"
                                       : "%PDF-1.4\n1 0 obj\n<< /EF <</F 1 0 R>> /Length 9 0 R >>\nstream\nx\n%%EOF\n");
        }
        QVERIFY_EXCEPTION_THROWN((void)readFigureRecipe(path), MissingError);
    }

    void damageIsSaid() {
        QVERIFY_EXCEPTION_THROWN((void)readFigureRecipe(m_study.folder() + "/none.svg"), StorageError);
        QVERIFY_EXCEPTION_THROWN((void)readFigureRecipe(m_study.folder() + "/none.doc"), ParameterError);
        const QString path = m_study.folder() + "/cut.svg";
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("<svg><desc>{\"figure\": \"map\", \"study\": </desc></svg>");
        file.close();
        QVERIFY_EXCEPTION_THROWN((void)readFigureRecipe(path), FormatError);
    }

private:
    static void endings() {
        QTest::addColumn<QString>("ending");
        for (const char* ending : {"svg", "pdf", "png"})
            QTest::newRow(ending) << ending;
    }

    PanelStudy m_study;
    SharedFigureData m_data;
};

QTEST_MAIN(FigureRecipeTest)
#include "figure_recipe.moc"
