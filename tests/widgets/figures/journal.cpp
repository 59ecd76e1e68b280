#include "panel_study.h"

#include "core/base/error.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/journal.h"

#include <QFile>
#include <QImage>
#include <QRegularExpression>
#include <QXmlStreamReader>

#include <algorithm>
#include <cmath>

using namespace tercet;

namespace {

/// What an SVG has on paper.
struct Ink {
    double widthMm = 0;
    double thinnestPt = 1e9;
    std::vector<double> textPt;
    QStringList families;
};

Ink inkOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no file");
    QXmlStreamReader reader(&file);
    struct State {
        double scale = 1;
        bool stroked = false;
        double stroke = 1;
    };
    std::vector<State> states{{}};
    Ink ink;
    const QRegularExpression matrix("matrix\\(([-\\d.e]+),([-\\d.e]+),([-\\d.e]+),([-\\d.e]+)");
    constexpr double kPointsPerUnit = 0.75;
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isEndElement())
            states.pop_back();
        if (!reader.isStartElement())
            continue;
        State state = states.back();
        const auto attributes = reader.attributes();
        if (reader.name() == QLatin1String("svg"))
            ink.widthMm = attributes.value("width").toString().remove("mm").toDouble();
        if (const auto found = matrix.match(attributes.value("transform").toString()); found.hasMatch())
            state.scale *= std::sqrt(std::abs(found.captured(1).toDouble() * found.captured(4).toDouble() -
                                              found.captured(2).toDouble() * found.captured(3).toDouble()));
        if (attributes.hasAttribute("stroke"))
            state.stroked = attributes.value("stroke") != QLatin1String("none");
        if (attributes.hasAttribute("stroke-width"))
            state.stroke = attributes.value("stroke-width").toDouble();
        const QString name = reader.name().toString();
        if (state.stroked &&
            QStringList{"path", "polyline", "polygon", "line", "circle", "ellipse", "rect"}.contains(name))
            ink.thinnestPt = std::min(ink.thinnestPt, state.stroke * state.scale * kPointsPerUnit);
        if (name == "text") {
            ink.textPt.push_back(attributes.value("font-size").toDouble() * state.scale * kPointsPerUnit);
            ink.families << attributes.value("font-family").toString();
        }
        states.push_back(state);
    }
    return ink;
}

} // namespace

class JournalTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        m_study.run("map");
        m_study.run("label-components");
        m_data = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
    }

    void figuresHaveTheJournalsWidthFontsAndLines_data() {
        QTest::addColumn<QString>("journal");
        QTest::addColumn<QString>("preset");
        for (const Journal& journal : journals())
            for (const FigurePreset& preset : figurePresets()) {
                try {
                    (void)preset.make(m_data, {});
                } catch (const MissingError&) {
                    continue;
                }
                QTest::addRow("%s %s", qPrintable(journal.name), qPrintable(preset.name))
                    << journal.name << preset.name;
            }
    }
    void figuresHaveTheJournalsWidthFontsAndLines() {
        QFETCH(QString, journal);
        QFETCH(QString, preset);
        const Journal& rules = journalNamed(journal);
        for (const double width : rules.columnsMm) {
            const FigurePreset& made = figurePresetNamed(preset);
            if (width < made.smallestWidthMm)
                continue;
            const Figure figure = makeFigure(made, m_data, {.widthMm = width, .journal = journal});
            const QString path = m_study.folder() + "/journal.svg";
            savePicture(figure.picture, path);
            const Ink ink = inkOf(path);
            QVERIFY2(std::abs(ink.widthMm - width) < 0.1, qPrintable(QString::number(ink.widthMm)));
            QVERIFY(!ink.textPt.empty());
            // The size of a word in a cloud is data; it must only stay readable.
            const bool cloud = preset == QLatin1String("word-clouds") || preset == QLatin1String("gallery");
            constexpr double kReadablePt = 5;
            for (const double points : ink.textPt)
                QVERIFY2((cloud && points >= kReadablePt) ||
                             std::any_of(rules.textPt.begin(), rules.textPt.end(),
                                         [points](double known) { return std::abs(known - points) < 0.01; }),
                         qPrintable(QString::number(points)));
            for (const QString& family : ink.families)
                QCOMPARE(family, rules.families.front());
            QVERIFY2(ink.thinnestPt >= rules.thinnestLinePt - 0.005, qPrintable(QString::number(ink.thinnestPt)));
            savePicture(figure.picture, m_study.folder() + "/journal.png", 300);
            QCOMPARE(QImage(m_study.folder() + "/journal.png").width(), qRound(width / 25.4 * 300));
        }
    }

    void textSizesAreExactInEveryFormat() {
        for (const Journal& journal : journals())
            for (const double points : journal.textPt)
                QCOMPARE(points / 0.75, std::round(points / 0.75));
    }

    void lettersGoOn() {
        QCOMPARE(panelLetter(journalNamed("nature"), 0), QString("a"));
        QCOMPARE(panelLetter(journalNamed("cell"), 2), QString("C"));
        QCOMPARE(panelLetter(journalNamed("nature"), 25), QString("z"));
        QCOMPARE(panelLetter(journalNamed("nature"), 26), QString("aa"));
    }

    void narrowerThanSensibleIsRefused() {
        QVERIFY_EXCEPTION_THROWN((void)makeFigure(figurePresetNamed("map"), m_data, {.widthMm = 20}), ParameterError);
        QVERIFY_EXCEPTION_THROWN((void)makeFigure(figurePresetNamed("map"), m_data, {.journal = "gazette"}),
                                 ParameterError);
        QVERIFY_EXCEPTION_THROWN((void)makeFigure(figurePresetNamed("map"), m_data, {.systems = {"nobody"}}),
                                 ParameterError);
    }

private:
    PanelStudy m_study;
    SharedFigureData m_data;
};

QTEST_MAIN(JournalTest)
#include "journal.moc"
