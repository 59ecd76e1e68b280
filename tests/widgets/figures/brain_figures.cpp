#include "scanned_study.h"

#include "core/base/text.h"
#include "widgets/figures/brain_map_page.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/region_values.h"
#include "widgets/figures/voxel_profile.h"
#include "widgets/figures/voxel_values.h"

#include <algorithm>
#include <cmath>

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

    void pagesOfSubjectsNameThem() {
        const auto data = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
        std::vector<QByteArray> pages;
        for (const int page : {0, 1}) {
            FigureOptions options;
            options.systems = QStringList{kCategoryRatings};
            options.page = page;
            const QString file = m_study.folder() + QStringLiteral("/page-%1.svg").arg(page);
            savePicture(subjectMapFigure(data, options).picture, file);
            QFile written(file);
            QVERIFY(written.open(QIODevice::ReadOnly));
            pages.push_back(written.readAll());
        }
        QVERIFY(pages[0].contains(">anna · Encoding") && pages[1].contains(">bert · Encoding"));
    }

    void placesOutsideTheScanAreRefused() {
        const auto data = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
        FigureOptions options;
        options.systems = QStringList{kCategoryRatings};
        options.place = Point3{-40, 30, 0};
        QVERIFY(!sliceFigure(data, options).caption.isEmpty());
        options.place = Point3{-40, 900, 0};
        QVERIFY_EXCEPTION_THROWN((void)sliceFigure(data, options), ParameterError);
    }

    void ratesOfAnotherEncodingColourNothing() {
        const ScannedStudy study;
        const auto run = [&](const char* step) { study.runFor(step, kCategoryRatings, "anna"); };
        const auto caption = [&] {
            FigureOptions options;
            options.systems = QStringList{kCategoryRatings};
            const auto data = std::make_shared<const FigureData>(figureDataOf(*study.study()));
            return flatmapFigure(data, options).caption;
        };
        setParameters(*study.study(), {"voxel-test", kCategoryRatings}, {{"test", "r-to-t"}});
        run("voxel-test");
        QVERIFY2(caption().contains("FDR corrected"), qPrintable(caption()));
        setParameters(*study.study(), {"encode", kCategoryRatings}, {{"alphas", "7"}});
        QVERIFY(caption().contains("FDR corrected")); // both are shown as they were
        run("encode");
        QVERIFY2(caption().contains("Not thresholded"), qPrintable(caption()));
        run("voxel-test");
        QVERIFY(caption().contains("FDR corrected"));
    }

    void mapsThatWereNotTestedAreNamed() {
        const ScannedStudy study;
        const auto run = [&](const char* step, const char* system, const char* subject) {
            setParameters(*study.study(), {"voxel-test", system}, {{"test", "r-to-t"}});
            study.runFor(step, system, subject);
        };
        run("voxel-test", kCategoryRatings, "anna");
        run("encode", "dimension-ratings", "anna");
        run("encode", kCategoryRatings, "bert");
        study.runFor("component-maps", kCategoryRatings, "");
        const auto data = [&] { return std::make_shared<const FigureData>(figureDataOf(*study.study())); };
        const auto caption = [&](const QStringList& systems, const QStringList& subjects, const QString& against = {}) {
            FigureOptions options;
            options.systems = systems;
            options.subjects = subjects;
            options.against = against;
            return flatmapFigure(data(), options).caption;
        };
        const QString all("All coloured voxels P < 0.05, FDR corrected over the subject’s voxels");
        const QStringList both{kCategoryRatings, "dimension-ratings"};
        const QString dimensions = data()->modelTitle("dimension-ratings");
        const QString categories = data()->modelTitle(kCategoryRatings);
        const QString anna = QString::fromStdString(data()->subjects[0].title);
        const QString bert = QString::fromStdString(data()->subjects[1].title);
        QVERIFY(caption({kCategoryRatings}, {"anna"}).endsWith(all + "."));
        const QString exceptDimensions = all + "; not thresholded: " + dimensions + ", " + anna + ".";
        QVERIFY2(caption(both, {"anna"}).endsWith(exceptDimensions), qPrintable(caption(both, {"anna"})));
        QVERIFY(caption({kCategoryRatings}, {"anna"}, "dimension-ratings").endsWith(exceptDimensions));
        QVERIFY(caption({kCategoryRatings}, {"anna", "bert"})
                    .endsWith(all + "; not thresholded: " + categories + ", " + bert + "."));
        QVERIFY(componentMapFigure(data()).caption.endsWith("FDR corrected; not thresholded: " + bert + "."));
        FigureOptions options;
        options.systems = both;
        options.subjects = QStringList{"anna"};
        const auto levelOf = [&] {
            return brainMapParts(*data(), options, [](const Subject&) { return std::string(); }).commonLevel();
        };
        QCOMPARE(levelOf(), 1.0);
        run("voxel-test", "dimension-ratings", "anna");
        QVERIFY(caption(both, {"anna"}).endsWith(all + "."));
        QCOMPARE(levelOf(), kUsualLevel);
    }

    void weightsAreOfOneSystem() {
        const ScannedStudy study;
        for (const char* system : {kCategories, kDimensions})
            setParameters(*study.study(), {"encode", system}, {{"folds", "random"}, {"outer", "2"}, {"inner", "2"}});
        study.runFor("encode", kDimensions, "anna");
        study.runFor("encode", kCategories, "bert");
        study.runFor("encode", kDimensions, "bert");
        FigureOptions options{.subjects = {"anna", "bert"}, .brainMap = BrainMapKind::Weights};
        const auto table = [&] {
            const auto data = std::make_shared<const FigureData>(figureDataOf(*study.study()));
            return flatmapFigure(data, options).tables().front();
        };
        const std::string dimensions = figureDataOf(*study.study()).modelTitle(kDimensions).toStdString();
        QCOMPARE(table().rows.size(), 2U); // of the first that anna has
        QCOMPARE(table().rows[0][1], dimensions);
        QCOMPARE(table().rows[1][1], dimensions);
        options.systems = {kCategories, kDimensions};
        QVERIFY_EXCEPTION_THROWN(table(), ParameterError);
        options.systems = {kCategories};
        QCOMPARE(table().rows.size(), 1U); // bert
    }

    void ratingsAreDrawnWhereNoEmbeddingIsEncoded() {
        const ScannedStudy study;
        const auto data = [&] { return std::make_shared<const FigureData>(figureDataOf(*study.study())); };
        QVERIFY_EXCEPTION_THROWN((void)voxelFigure(data(), {}), MissingError);
        study.runFor("encode", kCategoryRatings, "anna");
        study.runFor("encode", "dimension-ratings", "anna");
        QCOMPARE(sliceFigure(data(), {}).tables().front().rows.size(), 2U);
        QCOMPARE(flatmapFigure(data(), {}).tables().front().rows.size(), 2U);
        QVERIFY(!voxelFigure(data(), {}).tables().front().rows.empty());
        setParameters(*study.study(), {"encode", kCategories}, {{"folds", "random"}, {"outer", "2"}, {"inner", "2"}});
        study.runFor("encode", kCategories, "anna");
        QCOMPARE(sliceFigure(data(), {}).tables().front().rows.size(), 1U); // the embedding's
    }

    void weightsOfRatingsSayWhichTermTheyAreOf() {
        const auto data = figureDataOf(*m_study.study());
        const auto encoded = data.arrays({"encode", kCategoryRatings, "anna"});
        const FigureOptions options{.systems = {kCategoryRatings}, .brainMap = BrainMapKind::Weights, .component = 1};
        const auto maps = brainMapParts(data, options, [](const Subject&) { return std::string(); });
        QCOMPARE(maps.component.toStdString(), encoded->get<std::string>("feature").values[1]);
    }

    void similarityOfEarlierWeightsIsLeftOut() {
        const auto figure = [&] {
            return componentMapFigure(std::make_shared<const FigureData>(figureDataOf(*m_study.study())));
        };
        m_study.runFor("component-maps", kCategoryRatings, "");
        QVERIFY(figure().caption.contains("which stands above each"));
        QCOMPARE(figure().tables().size(), 1U);
        setParameters(*m_study.study(), {"encode", kCategoryRatings}, {{"alphas", "7"}});
        m_study.runFor("encode", kCategoryRatings, "anna");
        QVERIFY2(figure().caption.contains("run the step component-maps again"), qPrintable(figure().caption));
        QVERIFY(figure().tables().empty());
        m_study.runFor("component-maps", kCategoryRatings, "");
        QVERIFY(figure().caption.contains("which stands above each"));
    }

    void valuesOfOtherVoxelsAreLookedUpNowhere() {
        const ScannedStudy study;
        const std::pair<QString, QString> models{kCategoryRatings, "dimension-ratings"};
        const QStringList anna{"anna"};
        const VoxelPlace place{.subject = "anna", .voxel = 5};
        const auto leaveOut = [&](std::size_t column) { // as many voxels, whichever it is
            importWithMask(study, "anna", [&](std::size_t voxel) { return voxel % (2 * kCortexSide) != column; });
            study.runFor("assign-regions", "", "anna");
            study.runFor("encode", "dimension-ratings", "anna");
        };
        const auto draws = [&](const char* system) {
            const auto data = std::make_shared<const FigureData>(figureDataOf(*study.study()));
            FigureOptions options;
            options.systems = QStringList{system};
            try {
                return sliceFigure(data, options).tables().front().rows.size() == 1U;
            } catch (const MissingError&) {
                return false;
            }
        };
        const auto rows = [&] { // of the voxel's scores that are known
            const auto data = std::make_shared<const FigureData>(figureDataOf(*study.study()));
            const Table scores = voxelProfileFigure(data, {.place = place}, kCategoryRatings).tables().front();
            return std::count_if(scores.rows.begin(), scores.rows.end(), [](const auto& row) {
                return std::isfinite(toNumber(row[2]).value_or(std::nan("")));
            });
        };
        leaveOut(0);
        study.runFor("encode", kCategoryRatings, "anna");
        QVERIFY(draws(kCategoryRatings));
        FigureData data = figureDataOf(*study.study());
        QVERIFY(!regionValuesOf(data, BrainMapKind::Encoding, models, anna, false).cortical.empty());
        QCOMPARE(voxelMultiples(data, {.subjects = anna}, models.first, {models.second}).pairs.size(), 1U);
        QVERIFY(!voxelTitle(data, place).isEmpty());
        const auto before = rows();
        QVERIFY(before >= 2);
        leaveOut(2 * kCortexSide - 1);
        QVERIFY(!draws(kCategoryRatings));
        QVERIFY(draws("dimension-ratings"));
        data = figureDataOf(*study.study());
        QVERIFY(regionValuesOf(data, BrainMapKind::Encoding, models, anna, false).cortical.empty());
        QVERIFY(voxelMultiples(data, {.subjects = anna}, models.first, {models.second}).pairs.empty());
        QCOMPARE(rows(), before - 1);
    }

private:
    ScannedStudy m_study;
};

QTEST_MAIN(BrainFiguresTest)
#include "brain_figures.moc"
