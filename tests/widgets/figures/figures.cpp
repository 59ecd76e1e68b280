#include "panel_study.h"

#include "core/base/error.h"
#include "widgets/figures/figure_page.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/rose_values.h"
#include "widgets/plots/palettes.h"

#include <QColor>
#include <QFile>
#include <QHash>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QStandardPaths>

#include <cmath>

using namespace tercet;

namespace {

QString output(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.start(program, arguments);
    process.waitForFinished(20000);
    return QString::fromUtf8(process.readAllStandardOutput());
}

QByteArray content(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class FiguresTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        for (const char* system : {kCategories, kDimensions}) {
            m_study.run("map", system);
            m_study.run("label-components", system);
            m_study.run("centroids", system);
            m_study.run("held-out", system);
            m_study.run("compress", system);
            m_study.run("rsm", system);
        }
        m_study.run("agreement", "");
        m_study.run("align-systems", "");
        m_study.run("match-components", "");
        m_study.run("cluster-overlap", "");
        m_data = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
    }

    void dataHoldsWhatTheStudyHolds() {
        QCOMPARE(m_data->systems.size(), std::size_t{2});
        const FigureSystem* system = m_data->system(kCategories);
        QVERIFY(system && system->embedding && system->map && system->fit);
        QCOMPARE(system->fit->records.size(), std::size_t{30});
        QCOMPARE(system->map->positions.size(), std::size_t{60});
        QCOMPARE(system->componentNames.size(), 10);
        QVERIFY(system->results.at("centroids").summary.contains("top-3"));
        QVERIFY(!m_data->system("nobody"));
        QVERIFY(m_data->color(kCategories, false) != m_data->color(kDimensions, false));
    }

    void namesByHandReplaceLabels() {
        const PanelStudy study;
        study.run("fit-embedding");
        const auto session = study.open();
        const int column = session->embedding(kCategories)->trainingColumns[0];
        session->renameComponent(kCategories, column, "Sunny things");
        QTRY_COMPARE(figureDataOf(*study.study()).system(kCategories)->componentNames[0], QString("Sunny things"));
    }

    void systemsHaveColoursOfTheirOwn() {
        std::vector<System> systems;
        for (int i = 0; i < 6; ++i)
            systems.push_back({"s" + std::to_string(i), "S", SystemSource::Judgments});
        QSet<QRgb> colors;
        for (const System& system : systems)
            colors << colorOfSystem(systems, QString::fromStdString(system.name), true).rgb();
        QCOMPARE(colors.size(), 6);
    }

    void everyPresetIsAPdfOfItsSizeWithTextAndNoBitmaps_data() {
        presets();
        QTest::newRow("similarity") << "similarity"
                                    << "measured similarity";
    }
    void everyPresetIsAPdfOfItsSizeWithTextAndNoBitmaps() {
        QFETCH(QString, preset);
        QFETCH(QString, text);
        if (QStandardPaths::findExecutable("pdffonts").isEmpty())
            QSKIP("poppler-utils is not installed");
        for (const double width : {0.0, 89.0}) {
            const Figure figure = figurePresetNamed(preset).make(m_data, {.widthMm = width});
            const QString path = m_study.folder() + "/" + preset + ".pdf";
            savePicture(figure.picture, path);
            if (width > 0)
                QCOMPARE(figure.picture.millimetres.width(), width);
            const auto size =
                QRegularExpression("Page size:\\s+([\\d.]+) x ([\\d.]+) pts").match(output("pdfinfo", {path}));
            QVERIFY(size.hasMatch());
            QVERIFY(std::abs(size.captured(1).toDouble() - figure.picture.millimetres.width() * 72 / 25.4) < 0.02);
            QVERIFY(std::abs(size.captured(2).toDouble() - figure.picture.millimetres.height() * 72 / 25.4) < 0.02);
            const QStringList fonts = output("pdffonts", {path}).split('\n', Qt::SkipEmptyParts);
            QVERIFY(fonts.size() > 2);
            for (const QString& font : fonts.mid(2)) // embedded, with a map to Unicode
                QVERIFY2(font.contains(QRegularExpression("yes\\s+(yes|no)\\s+yes")), qPrintable(font));
            QCOMPARE(output("pdfimages", {"-list", path}).split('\n', Qt::SkipEmptyParts).size(), 2);
            const QString shown = output("pdftotext", {path, "-"});
            QVERIFY2(shown.contains(text), qPrintable(shown));
        }
    }

    void everyPresetIsAnSvgWithTextAndRecipe_data() {
        presets();
        QTest::newRow("similarity") << "similarity"
                                    << "measured similarity";
    }
    void everyPresetIsAnSvgWithTextAndRecipe() {
        QFETCH(QString, preset);
        QFETCH(QString, text);
        const Figure figure = figurePresetNamed(preset).make(m_data, {});
        const QString path = m_study.folder() + "/" + preset + ".svg";
        savePicture(figure.picture, path);
        const QString svg = QString::fromUtf8(content(path));
        QVERIFY(svg.contains("<text"));
        QVERIFY2(svg.contains(text), qPrintable(text));
        QVERIFY(!svg.contains("<image"));
        QVERIFY(svg.contains(m_data->studyId));
    }

    void recipesNameStudyResultsAndParameters_data() { presets(); }
    void recipesNameStudyResultsAndParameters() {
        QFETCH(QString, preset);
        const QString path = m_study.folder() + "/" + preset + ".png";
        const Figure figure = figurePresetNamed(preset).make(m_data, {});
        savePicture(figure.picture, path, 100);
        const QImage image(path);
        QCOMPARE(image.width(), qRound(figure.picture.millimetres.width() / 25.4 * 100));
        const QJsonObject recipe = QJsonDocument::fromJson(image.text("Description").toUtf8()).object();
        QCOMPARE(recipe["study"].toObject()["id"].toString(), m_data->studyId);
        QCOMPARE(recipe["figure"].toString(), preset);
        QVERIFY(recipe["program"].toString().startsWith("Tercet"));
        bool fitted = false;
        for (const auto& value : recipe["results"].toArray()) {
            const QJsonObject result = value.toObject();
            QVERIFY(!result["key"].toString().isEmpty());
            if (result["step"].toString() == "fit-embedding") {
                fitted = true;
                QCOMPARE(result["parameters"].toObject()["epochs"].toString(), QString("30"));
                QVERIFY(result["parameters"].toObject().contains("seed"));
            }
        }
        QVERIFY(fitted);
    }

    void similarityHasACellForEveryValueOfBothMatrices() {
        for (const double width : {183.0, 89.0}) {
            const Figure figure = similarityFigure(m_data, {.widthMm = width});
            const QString path = m_study.folder() + "/similarity-cells.svg";
            savePicture(figure.picture, path);
            const QString svg = QString::fromUtf8(content(path));
            QVERIFY(!svg.contains("<image"));
            QHash<QString, int> shapes; // by colour
            QString fill;
            static const QRegularExpression element("<(g|rect|path)\\b[^>]*>");
            for (auto found = element.globalMatch(svg); found.hasNext();) {
                const QRegularExpressionMatch match = found.next();
                static const QRegularExpression color("fill=\"(#[0-9a-f]{6}|none)\"");
                const QRegularExpressionMatch own = color.match(match.captured());
                if (match.captured(1) == "g" && own.hasMatch())
                    fill = own.captured(1);
                else if (match.captured(1) != "g")
                    ++shapes[own.hasMatch() ? own.captured(1) : fill];
            }
            QHash<QString, int> expected;
            int cells = 0;
            for (const char* system : {kCategories, kDimensions}) {
                const auto result = m_data->arrays({"rsm", system});
                for (const char* matrix : {"predicted", "measured"})
                    for (const double value : result->matrix(matrix).values()) {
                        const QRgb color = std::isfinite(value) ? sequentialColor(value) : missingColor(false);
                        ++expected[QColor::fromRgb(color).name()];
                        ++cells;
                    }
            }
            QVERIFY(cells > 1000);
            QVERIFY(expected.size() > 20);
            for (auto each = expected.cbegin(); each != expected.cend(); ++each)
                QVERIFY2(shapes[each.key()] >= each.value(),
                         qPrintable(QString("%1: %2 of %3").arg(each.key()).arg(shapes[each.key()]).arg(each.value())));
            QCOMPARE(svg.count(">Predicted<"), 2);
            QCOMPARE(svg.count(">Measured<"), 2);
            QCOMPARE(svg.count(">similarity<"), 1); // one key for all
        }
    }

    void similarityFitsOnItsPage() {
        for (const double width : {183.0, 89.0, 50.0}) {
            const Figure figure = similarityFigure(m_data, {.systems = {kCategories}, .widthMm = width});
            const double height = figure.picture.millimetres.height();
            QVERIFY2(width > 120 ? height < 0.55 * width : height < 1.9 * width, qPrintable(QString::number(height)));
            const QString path = m_study.folder() + "/similarity-page.png";
            savePicture(figure.picture, path, 150);
            const QImage image = QImage(path).convertToFormat(QImage::Format_RGB32);
            const QRgb paper = image.pixel(0, 0);
            for (int y = 0; y < image.height(); ++y) // nothing is cut off at the right, nor below
                QCOMPARE(image.pixel(image.width() - 1, y), paper);
            for (int x = 0; x < image.width(); ++x)
                QCOMPARE(image.pixel(x, image.height() - 1), paper);
        }
    }

    void oneSystemAlone() {
        const Figure figure = mapFigure(m_data, {.systems = {kDimensions}});
        QVERIFY(!figure.picture.recipe.contains(kCategories));
        QCOMPARE(figure.picture.millimetres.width(), 120.0);
        const Figure byRating = mapFigure(m_data, {.coloring = {MapColoring::By::Rating, 3}});
        QVERIFY2(byRating.caption.contains("amusement"), qPrintable(byRating.caption));
    }

    void saysWhatToRunWhenThereIsNothing() {
        const PanelStudy bare;
        const auto nothing = std::make_shared<const FigureData>(figureDataOf(*bare.study()));
        for (const FigurePreset& preset : figurePresets()) {
            try {
                (void)preset.make(nothing, {});
                QFAIL("something was drawn from nothing");
            } catch (const MissingError& error) {
                QVERIFY2(QString(error.what()).contains(preset.name), error.what());
                QVERIFY2(QString(error.what()).contains("run the step"), error.what());
            }
        }
        QVERIFY_EXCEPTION_THROWN((void)figurePresetNamed("pie"), ParameterError);
    }

    void examplesAreOfDifferentCategories() {
        const QVector<int> rows = exampleStimuli(*m_data, 5);
        QCOMPARE(rows.size(), 5);
        QSet<int> categories;
        for (const int row : rows)
            categories << m_data->topCategories[static_cast<std::size_t>(row)];
        QCOMPARE(categories.size(), 5);
    }

    void pageShowsEverything() {
        std::vector<Figure> figures;
        for (const FigurePreset& preset : figurePresets()) {
            try {
                figures.push_back(preset.make(m_data, {}));
            } catch (const MissingError&) { // what the small study was not computed for
            }
        }
        QStringList made;
        for (const Figure& figure : figures)
            made << figure.name;
        for (const char* name : {"validation", "similarity", "compression", "agreement", "heat-map", "gallery"})
            QVERIFY2(made.contains(name), name);
        const QString page = figurePage(*m_data, figures);
        for (const Figure& figure : figures)
            QVERIFY(page.contains(QString("<img src=\"%1.png\"").arg(figure.name)));
        for (const QString& text :
             {QString("Small study"), QString("Human categories"), QString("held-out"), QString("top-3"),
              m_data->system(kCategories)->componentNames[0], QString("seed"), m_data->studyId})
            QVERIFY2(page.contains(text), qPrintable(text));
        QCOMPARE(page.count("<figure "), page.count("</figure>"));
        QCOMPARE(page.count("<tr>"), page.count("</tr>"));
        QVERIFY(!page.contains("http")); // complete as it is
    }

    void markupInNamesIsHarmless() {
        FigureData figureData = *m_data;
        figureData.studyTitle = "<script>x</script>";
        figureData.systems[0].componentNames[0] = "a < b & c";
        const QString page = figurePage(figureData, {});
        QVERIFY(!page.contains("<script>"));
        QVERIFY(page.contains("a &lt; b &amp; c"));
    }

private:
    static void presets() {
        QTest::addColumn<QString>("preset");
        QTest::addColumn<QString>("text");
        QTest::newRow("fit") << "fit"
                             << "Objective";
        QTest::newRow("map") << "map"
                             << "Human categories";
        QTest::newRow("rose") << "rose"
                              << "clip";
        QTest::newRow("labels") << "labels"
                                << "interpretable";
        QTest::newRow("heat-map") << "heat-map"
                                  << "Pearson r";
        QTest::newRow("word-clouds") << "word-clouds"
                                     << "category";
        QTest::newRow("gallery") << "gallery"
                                 << "Component 1";
        QTest::newRow("component-kinds") << "component-kinds"
                                         << "categorical";
        QTest::newRow("centroid-accuracy") << "centroid-accuracy"
                                           << "chance";
        QTest::newRow("emotion-graph") << "emotion-graph"
                                       << "Human categories";
        QTest::newRow("clusters") << "clusters"
                                  << "components";
        QTest::newRow("component-flow") << "component-flow"
                                        << "shared by all";
        QTest::newRow("cluster-overlap") << "cluster-overlap"
                                         << "clusters";
    }

    PanelStudy m_study;
    SharedFigureData m_data;
};

QTEST_MAIN(FiguresTest)
#include "figures.moc"
