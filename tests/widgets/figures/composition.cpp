#include "panel_study.h"

#include "core/base/error.h"
#include "widgets/figures/composition.h"
#include "widgets/figures/figure_recipe.h"

#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QStandardPaths>

using namespace tercet;

class CompositionTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        m_study.run("map");
        m_study.run("label-components");
        m_data = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
        m_page.journal = "nature";
        m_page.panels = {{"map", {}, {{"width_mm", 89.0}, {"systems", QJsonArray{kCategories}}}},
                         {"fit", {}, {{"width_mm", 89.0}}},
                         {"rose", {}, {{"width_mm", 183.0}}}};
        arrange(m_page, m_data);
    }

    void survivesJson() {
        QCOMPARE(compositionFrom(toJson(m_page), "page"), m_page);
        QVERIFY_EXCEPTION_THROWN((void)compositionFrom({}, "page.json"), FormatError);
        QVERIFY_EXCEPTION_THROWN((void)compositionFrom({{"width_mm", "wide"}, {"panels", QJsonArray()}}, "p"),
                                 FormatError);
        QVERIFY_EXCEPTION_THROWN((void)compositionFrom({{"panels", QJsonArray{QJsonObject{{"preset", "pie"}}}}}, "p"),
                                 ParameterError);
    }

    void arrangesInRowsWithoutOverlap() {
        const ComposedPage page = composedPage(m_page, m_data);
        QCOMPARE(page.parts[1].areaMm.top(), 0.0);
        QCOMPARE(page.parts[1].areaMm.left(), 89 + m_page.gapMm);
        QCOMPARE(page.parts[2].areaMm.left(), 0.0);
        for (std::size_t i = 0; i < page.parts.size(); ++i) {
            QVERIFY(page.parts[i].areaMm.right() <= 183.01);
            QVERIFY(page.parts[i].areaMm.bottom() <= page.heightMm + 0.01);
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY(!page.parts[i].areaMm.intersects(page.parts[j].areaMm));
        }
    }

    void snapsToPageAndPanels() {
        const std::vector<QRectF> others{{0, 0, 80, 40}};
        QCOMPARE(snappedPlace({83, 1, 60, 30}, others, 183, 4), QPointF(84, 0));
        QCOMPARE(snappedPlace({1.2, 43, 60, 30}, others, 183, 4), QPointF(0, 44));
        QCOMPARE(snappedPlace({122.2, 20, 60, 30}, others, 183, 4), QPointF(123, 20));
        QCOMPARE(snappedPlace({100, 20, 60, 30}, others, 183, 4), QPointF(100, 20));
    }

    void isOnePageOfVectorsWithLettersAndRecipe() {
        const Figure figure = composedFigure(m_page, m_data);
        const QString pdf = m_study.folder() + "/page.pdf";
        const QString svg = m_study.folder() + "/page.svg";
        savePicture(figure.picture, pdf);
        savePicture(figure.picture, svg);
        const FigureRecipe recipe = readFigureRecipe(pdf);
        QCOMPARE(compositionFrom(recipe.options, "recipe"), m_page);
        QVERIFY(recipe.results.size() >= 3);
        QFile file(svg);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        QVERIFY(!text.contains("<image"));
        for (const char* letter : {">a</text>", ">b</text>", ">c</text>"})
            QVERIFY2(text.contains(letter), letter);
        if (QStandardPaths::findExecutable("pdfimages").isEmpty())
            QSKIP("poppler-utils is not installed");
        QProcess process;
        process.start("pdfimages", {"-list", pdf});
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.readAllStandardOutput().split('\n').size(), 3);
    }

    void lettersStandAboveTheirFigure() {
        Composition page = m_page;
        page.panels.resize(1);
        const QImage with = renderedPicture(composedFigure(page, m_data).picture, 150);
        page.letters = false;
        const QImage without = renderedPicture(composedFigure(page, m_data).picture, 150);
        const double strip = composedPage(m_page, m_data).letterMm;
        QCOMPARE(with.height() - without.height(), qRound(strip / 25.4 * 150));
        bool ink = false;
        for (int y = 0; y < with.height() - without.height(); ++y)
            for (int x = 0; x < 20; ++x)
                ink = ink || qGray(with.pixel(x, y)) < 100;
        QVERIFY(ink);
    }

    void saysWhichPanelIsWrong() {
        Composition page = m_page;
        page.panels[1].placeMm = {150, 0};
        try {
            (void)composedFigure(page, m_data);
            QFAIL("a panel off the page was drawn");
        } catch (const ParameterError& error) {
            QVERIFY2(QString(error.what()).contains("panel b"), error.what());
        }
        page.panels[1] = {"map", {}, {{"width_mm", 89.0}, {"systems", QJsonArray{kDimensions}}}};
        QVERIFY(composedPage(page, m_data).parts[1].failure.contains("run the step"));
        QVERIFY_EXCEPTION_THROWN((void)composedFigure(page, m_data), MissingError);
        QVERIFY_EXCEPTION_THROWN((void)composedFigure({}, m_data), MissingError);
    }

    void refusesOptionsThatMeanNothing_data() {
        QTest::addColumn<QJsonObject>("options");
        QTest::addColumn<QString>("named");
        QTest::newRow("unknown field") << QJsonObject{{"widht_mm", 89}} << QStringLiteral("widht_mm");
        QTest::newRow("negative width") << QJsonObject{{"width_mm", -5}} << QStringLiteral("width_mm");
        QTest::newRow("no colouring") << QJsonObject{{"colour_by", "the sky"}} << QStringLiteral("category, rating");
        QTest::newRow("no list") << QJsonObject{{"systems", kCategories}} << QStringLiteral("a list of names");
        QTest::newRow("half a page") << QJsonObject{{"page", 1.5}} << QStringLiteral("option page");
        QTest::newRow("no such stimulus") << QJsonObject{{"stimuli", QJsonArray{"nobody"}}} << QStringLiteral("nobody");
    }
    void refusesOptionsThatMeanNothing() {
        QFETCH(QJsonObject, options);
        QFETCH(QString, named);
        const ComposedPage page = composedPage({.journal = "nature", .panels = {{"map", {}, options}}}, m_data);
        QVERIFY2(page.parts[0].failure.contains(named), qPrintable(page.parts[0].failure));
    }

private:
    PanelStudy m_study;
    SharedFigureData m_data;
    Composition m_page;
};

QTEST_MAIN(CompositionTest)
#include "composition.moc"
