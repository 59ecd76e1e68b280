#include "panel_study.h"

#include "core/base/text.h"
#include "core/io/table_file.h"
#include "core/spaces/component_kinds.h"
#include "widgets/bridge/term_text.h"
#include "widgets/figures/composition.h"
#include "widgets/figures/figure_page.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/gallery_values.h"
#include "widgets/figures/graph_values.h"
#include "widgets/figures/rose_values.h"

#include <QSet>

#include <algorithm>
#include <cmath>

using namespace tercet;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::size_t columnOf(const Table& table, const char* name) {
    const auto found = std::find(table.columns.begin(), table.columns.end(), name);
    if (found == table.columns.end())
        qFatal("no column %s in the table %s", name, table.title.c_str());
    return static_cast<std::size_t>(found - table.columns.begin());
}

std::string textAt(const Table& table, std::size_t row, const char* column) {
    return table.rows.at(row).at(columnOf(table, column));
}

/// NaN where a cell is empty.
double numberAt(const Table& table, std::size_t row, const char* column) {
    const std::string cell = textAt(table, row, column);
    const auto value = toNumber(cell);
    if (!cell.empty() && !value)
        qFatal("no number: %s", cell.c_str());
    return value.value_or(kNone);
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

} // namespace

class FigureTablesTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        setParameters(*m_study.study(), {"sample-validation", ""}, {{"per-pair", "20"}});
        for (const char* system : {kCategories, kDimensions}) {
            setParameters(*m_study.study(), {"sweep-dimensions", system}, {{"sizes", "2,6"}, {"runs", "2"}});
            setParameters(*m_study.study(), {"reproducibility", system}, {{"runs", "2"}});
            setParameters(*m_study.study(), {"saturation", system}, {{"shares", "0.4,1"}, {"replicates", "2"}});
            for (const char* step : {"map", "centroids", "held-out", "noise-ceiling", "compress", "rsm",
                                     "emotion-graph", "sweep-dimensions", "reproducibility", "saturation"})
                m_study.run(step, system);
        }
        for (const char* step : {"agreement", "align-systems", "match-components", "cluster-overlap"})
            m_study.run(step, "");
        m_data = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
    }

    void everyPresetHasTablesWithRowsAndAsManyCellsAsColumns_data() {
        QTest::addColumn<QString>("preset");
        for (const FigurePreset& preset : figurePresets())
            if (preset.name != QLatin1String("model-zoo") && // wants a model: see validation_pages
                                                             // These want subjects: see brain_figures and their panels.
                !QStringList{"flatmap", "component-maps", "regions", "slices", "subject-maps", "voxels", "raw-ratings"}
                     .contains(preset.name))
                QTest::newRow(qPrintable(preset.name)) << preset.name;
    }
    void everyPresetHasTablesWithRowsAndAsManyCellsAsColumns() {
        QFETCH(QString, preset);
        const Figure figure = figurePresetNamed(preset).make(m_data, {});
        QVERIFY(figure.tables);
        const std::vector<Table> tables = figure.tables();
        QVERIFY(!tables.empty());
        QSet<QString> titles;
        for (const Table& table : tables) {
            QVERIFY(!table.title.empty());
            titles << QString::fromStdString(table.title);
            QVERIFY2(!table.rows.empty(), table.title.c_str());
            QVERIFY(table.decimals.size() <= table.columns.size());
            for (const auto& row : table.rows)
                QCOMPARE(row.size(), table.columns.size());
            // What is written is read back cell by cell, numbers to the last bit.
            const std::string text = table.toTsv();
            const auto lines = split(text, '\n');
            QCOMPARE(lines.size(), table.rows.size() + 2);
            for (std::size_t i = 0; i < table.rows.size(); ++i) {
                const auto cells = split(lines[i + 1], '\t');
                QCOMPARE(cells.size(), table.columns.size());
                for (std::size_t c = 0; c < cells.size(); ++c)
                    if (const auto value = toNumber(table.rows[i][c]))
                        QCOMPARE(toNumber(cells[c]), value);
            }
            QVERIFY(table.toLatex().find("\\end{tabular}") != std::string::npos);
        }
        QCOMPARE(titles.size(), static_cast<qsizetype>(tables.size()));
    }

    void tablesAreOfTheSystemsAskedFor() {
        for (const auto& [name, column] : {std::pair{"fit", "system"},
                                           {"map", "system"},
                                           {"heat-map", "system"},
                                           {"compression", "system"},
                                           {"emotion-graph", "system"}}) {
            const std::vector<Table> all = tablesOf(name);
            const std::vector<Table> one = tablesOf(name, {.systems = {kDimensions}});
            for (std::size_t t = 0; t < one.size(); ++t) {
                for (std::size_t row = 0; row < one[t].rows.size(); ++row)
                    QCOMPARE(textAt(one[t], row, column), std::string("Human dimensions"));
                QVERIFY(one[t].rows.size() < all[t].rows.size());
            }
        }
    }

    void systemsOfTheSameTitleAreToldApart() {
        FigureData figureData = *m_data;
        figureData.systems[1].title = figureData.systems[0].title;
        const Table table = fitFigure(std::make_shared<const FigureData>(figureData)).tables().at(0);
        QCOMPARE(textAt(table, 0, "system"), std::string("Human categories (human-categories)"));
    }

    void fitHasEveryEpoch() {
        const Table table = tablesOf("fit").at(0);
        QCOMPARE(table.rows.size(), std::size_t{60});
        const auto& records = m_data->system(kDimensions)->fit->records;
        for (std::size_t i = 0; i < 30; ++i) {
            QCOMPARE(textAt(table, 30 + i, "system"), std::string("Human dimensions"));
            QCOMPARE(numberAt(table, 30 + i, "epoch"), static_cast<double>(records[i].epoch));
            QCOMPARE(numberAt(table, 30 + i, "objective (nats)"), records[i].objective);
            QCOMPARE(numberAt(table, 30 + i, "held-out accuracy (%)"), 100 * records[i].heldOutAccuracy);
            QCOMPARE(numberAt(table, 30 + i, "training accuracy (%)"), 100 * records[i].trainAccuracy);
            QCOMPARE(numberAt(table, 30 + i, "sparsity (%)"), 100 * records[i].sparsity);
        }
    }

    void mapHasPlacesCategoriesAndTheColouring() {
        const FigureSystem& system = *m_data->system(kCategories);
        const Table table = tablesOf("map").at(0);
        QCOMPARE(table.rows.size(), std::size_t{120});
        int prototypes = 0;
        for (std::size_t row = 0; row < 60; ++row) {
            QCOMPARE(textAt(table, row, "stimulus"), (*m_data->stimuli)[row].id);
            QCOMPARE(numberAt(table, row, "x"), system.map->positions[row].x());
            QCOMPARE(numberAt(table, row, "y"), system.map->positions[row].y());
            QCOMPARE(textAt(table, row, "category"),
                     termText(m_data->ratings->terms[static_cast<std::size_t>(m_data->topCategories[row])].name)
                         .toStdString());
            prototypes += static_cast<int>(numberAt(table, row, "prototype"));
        }
        QCOMPARE(prototypes, static_cast<int>(prototypeRows(*m_data).size()));
        const Table rated = tablesOf("map", {.coloring = {MapColoring::By::Rating, 3}}).at(0);
        QVERIFY(textAt(rated, 0, "coloured by").starts_with("amusement"));
        QCOMPARE(numberAt(rated, 7, "value"), m_data->ratings->values(7, 3));
        const int column = system.embedding->trainingColumns[2];
        const Table weighted =
            tablesOf("map", {.systems = {kCategories}, .coloring = {MapColoring::By::Component, column}}).at(0);
        QCOMPARE(numberAt(weighted, 11, "value"), system.embedding->weights(11, 2));
    }

    void rosesHaveWeights() {
        const QVector<int> rows{4, 9};
        const Table table = tablesOf("rose", {.systems = {kCategories}, .stimuli = rows}).at(0);
        const EmbeddingView& embedding = *m_data->system(kCategories)->embedding;
        QCOMPARE(table.rows.size(), 2 * embedding.weights.cols());
        for (std::size_t k = 0; k < embedding.weights.cols(); ++k) {
            const std::size_t row = embedding.weights.cols() + k;
            QCOMPARE(textAt(table, row, "stimulus"), (*m_data->stimuli)[9].id);
            QCOMPARE(numberAt(table, row, "component"), static_cast<double>(k + 1));
            QCOMPARE(numberAt(table, row, "weight"), embedding.weights(9, k));
        }
    }

    void labelsAndHeatMapHaveCorrelations() {
        const std::vector<Table> labels = tablesOf("labels");
        const Table rated = tablesOf("heat-map").at(0);
        std::size_t row = 0;
        std::size_t cell = 0;
        for (const char* name : {kCategories, kDimensions}) {
            const FigureSystem& system = *m_data->system(name);
            const Matrix<double>& r = system.embedding->correlations;
            for (std::size_t i = 0; i < r.rows(); ++i, ++row) {
                double strongest = 0;
                for (std::size_t t = 0; t < r.cols(); ++t, ++cell) {
                    QVERIFY(same(numberAt(rated, cell, "r"), r(i, t)));
                    QCOMPARE(textAt(rated, cell, "rating"), termText(m_data->ratings->terms[t].name).toStdString());
                    if (std::abs(r(i, t)) > std::abs(strongest))
                        strongest = r(i, t);
                }
                QCOMPARE(textAt(labels[0], row, "label"),
                         system.componentNames[static_cast<qsizetype>(i)].toStdString());
                QVERIFY(strongest == 0 || numberAt(labels[0], row, "strongest r") == strongest);
                const std::size_t pair = name == std::string_view(kCategories) ? 1 : 3;
                QCOMPARE(labels[1].rows.at(i).at(pair), textAt(labels[0], row, "label"));
                QCOMPARE(labels[1].rows.at(i).at(pair + 1), textAt(labels[0], row, "strongest r"));
            }
        }
        QCOMPARE(rated.rows.size(), cell);
        QCOMPARE(labels[0].rows.size(), row);
    }

    void galleriesHaveWordsAndTopStimuli() {
        const EmbeddingView& embedding = *m_data->system(kCategories)->embedding;
        const std::vector<Table> gallery = tablesOf("gallery");
        const std::vector<StimulusCard> cards = topStimuli(*m_data, embedding, 0);
        for (std::size_t i = 0; i < cards.size(); ++i) {
            QCOMPARE(textAt(gallery[0], i, "stimulus"),
                     m_data->stimuli->at(static_cast<std::size_t>(cards[i].stimulus)).id);
            QCOMPARE(numberAt(gallery[0], i, "weight"), cards[i].weight);
            QCOMPARE(numberAt(gallery[0], i, "place"), static_cast<double>(i + 1));
        }
        const Table words = tablesOf("word-clouds").at(0);
        for (std::size_t row = 0; row < words.rows.size(); ++row)
            QVERIFY(std::abs(numberAt(words, row, "r")) > 0.1 && numberAt(words, row, "component") <= 6);
        const std::vector<CloudWord> first = cloudWords(embedding, m_data->ratings.get(), 0);
        QVERIFY(!first.empty());
        for (std::size_t i = 0; i < first.size(); ++i)
            QCOMPARE(numberAt(words, i, "r"), first[i].r);
    }

    void kindsAddUp() {
        const KindOptions options;
        const std::vector<Table> tables = tablesOf("component-kinds");
        const KindCounts counts = countKinds(
            componentKinds(m_data->system(kCategories)->embedding->correlations, m_data->ratings->terms, options));
        QCOMPARE(textAt(tables[0], 0, "kind"), std::string("categorical"));
        QCOMPARE(numberAt(tables[0], 0, "components"), static_cast<double>(counts.categorical));
        QCOMPARE(numberAt(tables[0], 1, "components"), static_cast<double>(counts.mixed));
        QCOMPARE(numberAt(tables[0], 2, "components"), static_cast<double>(counts.dimensional));
        QCOMPARE(numberAt(tables[0], 3, "components"), static_cast<double>(counts.uninterpretable));
        QCOMPARE(textAt(tables[1], 1, "threshold (|r|)"), std::string("0.105"));
        std::size_t categorical = 0;
        for (std::size_t row = 0; row < tables[2].rows.size(); ++row)
            categorical += textAt(tables[2], row, "system") == "Human categories" &&
                           textAt(tables[2], row, "kind") == "categorical";
        QCOMPARE(categorical, counts.categorical);
    }

    void centroidsHaveAccuracyAndChance() {
        const std::vector<Table> tables = tablesOf("centroid-accuracy");
        const auto arrays = m_data->arrays({"centroids", kDimensions});
        const std::vector<double>& accuracy = arrays->get<double>("accuracy").values;
        QCOMPARE(numberAt(tables[0], 1, "top-3 accuracy (%)"), 100 * accuracy[2]);
        double sum = 0;
        double count = 0;
        for (const char* system : {kCategories, kDimensions}) {
            const auto bundle = m_data->arrays({"centroids", system});
            const auto chance = bundle->matrix("chance");
            for (std::size_t p = 0; p < chance.rows(); ++p, ++count)
                sum += 100 * chance(p, 2);
        }
        QVERIFY(std::abs(numberAt(tables[0], 0, "chance (%)") - sum / count) < 1e-9);
    }

    void validationHasEveryFitAndInterval() {
        const std::vector<Table> tables = tablesOf("validation");
        QCOMPARE(tables.size(), std::size_t{5}); // sweep, reproducibility: means and runs; accuracy
        const auto sweep = m_data->arrays({"sweep-dimensions", kCategories});
        QCOMPARE(numberAt(tables[0], 1, "components"), 6.0);
        QVERIFY(
            same(numberAt(tables[0], 1, "held-out accuracy low (%)"), 100 * sweep->get<double>("band").values.at(4)));
        QCOMPARE(tables[1].rows.size(), std::size_t{8});
        QCOMPARE(numberAt(tables[1], 3, "held-out accuracy (%)"), 100 * sweep->get<double>("accuracy").values.at(3));
        const auto runs = m_data->arrays({"reproducibility", kCategories});
        const auto known = runs->matrix("component");
        double before = 2;
        for (std::size_t row = 0; row < known.rows(); ++row) {
            const auto k = static_cast<std::size_t>(numberAt(tables[2], row, "component")) - 1;
            const double r = numberAt(tables[2], row, "reproducibility (r)");
            QVERIFY(same(r, known(k, 0)));
            QVERIFY(same(numberAt(tables[2], row, "reproducibility high (r)"), known(k, 2)));
            QVERIFY(!(r > before));
            before = r;
        }
        const auto heldOut = m_data->arrays({"held-out", kDimensions});
        const auto ceiling = m_data->arrays({"noise-ceiling", kDimensions});
        const Table& accuracy = tables[4];
        QCOMPARE(textAt(accuracy, 1, "system"), std::string("Human dimensions"));
        QCOMPARE(numberAt(accuracy, 1, "held-out accuracy high (%)"),
                 100 * heldOut->get<double>("accuracy").values.at(2));
        QCOMPARE(numberAt(accuracy, 1, "noise ceiling (%)"), 100 * ceiling->get<double>("ceiling").values.at(0));
    }

    void similarityHasEveryPairOnce() {
        const std::vector<Table> tables = tablesOf("similarity", {.systems = {kCategories}});
        const auto bundle = m_data->arrays({"rsm", kCategories});
        const auto predicted = bundle->matrix("predicted");
        const auto measured = bundle->matrix("measured");
        QCOMPARE(numberAt(tables[0], 0, "r"), bundle->get<double>("fit").values.at(0));
        QCOMPARE(tables[1].rows.size(), predicted.rows() * (predicted.rows() - 1) / 2);
        std::size_t row = 0;
        for (std::size_t i = 0; i < predicted.rows(); ++i)
            for (std::size_t j = 0; j < i; ++j, ++row) {
                QCOMPARE(numberAt(tables[1], row, "predicted similarity"), predicted(i, j));
                QVERIFY(same(numberAt(tables[1], row, "measured similarity"), measured(i, j)));
            }
    }

    void compressionSaturationAndPairsOfSystems() {
        const std::vector<Table> compression = tablesOf("compression");
        const auto compressed = m_data->arrays({"compress", kCategories});
        const std::vector<double>& kept = compressed->get<double>("accuracy").values;
        for (std::size_t k = 0; k < kept.size(); ++k) {
            QCOMPARE(numberAt(compression[0], k, "components kept"), static_cast<double>(k));
            QCOMPARE(numberAt(compression[0], k, "held-out accuracy (%)"), 100 * kept[k]);
        }
        QCOMPARE(numberAt(compression[1], 0, "components for 95 % of it"),
                 static_cast<double>(compressed->get<std::int64_t>("reached").values.at(0)));

        const std::vector<Table> saturation = tablesOf("saturation");
        const auto saturated = m_data->arrays({"saturation", kCategories});
        const auto recovered = toDoubles(saturated->arrays.at("recovered"), "recovered").values;
        for (std::size_t i = 0; i < recovered.size(); ++i)
            QCOMPARE(numberAt(saturation[1], i, "recovered components"), recovered[i]);
        QCOMPARE(numberAt(saturation[0], 0, "median"), (recovered[0] + recovered[1]) / 2);
        QCOMPARE(numberAt(saturation[0], 0, "minimum"), std::min(recovered[0], recovered[1]));

        const std::vector<Table> pairs = tablesOf("agreement");
        QCOMPARE(pairs.size(), std::size_t{2});
        QCOMPARE(pairs[0].rows.size(), std::size_t{1});
        QCOMPARE(numberAt(pairs[0], 0, "alignment"), m_data->arrays({"align-systems", ""})->matrix("alignment")(0, 1));
        QCOMPARE(numberAt(pairs[1], 0, "agreement (%)"),
                 100 * m_data->arrays({"agreement", ""})->matrix("share")(0, 1));
        QCOMPARE(textAt(pairs[1], 0, "other system"), std::string("Human dimensions"));
    }

    void graphsHaveNodesAndEdges() {
        const std::vector<Table> tables = tablesOf("emotion-graph", {.systems = {kCategories}});
        const EmotionGraph graph = emotionGraphIn(*m_data->arrays({"emotion-graph", kCategories}));
        QCOMPARE(tables[0].rows.size(), graph.size());
        QCOMPARE(tables[1].rows.size(), graph.edges.size());
        for (std::size_t i = 0; i < graph.size(); ++i) {
            QCOMPARE(numberAt(tables[0], i, "PageRank"), graph.pagerank[i]);
            QVERIFY(same(numberAt(tables[0], i, "community"),
                         graph.community[i] < 0 ? kNone : static_cast<double>(graph.community[i] + 1)));
        }
        for (std::size_t e = 0; e < graph.edges.size(); ++e) {
            QCOMPARE(numberAt(tables[1], e, "r"), graph.edges[e].r);
            QCOMPARE(numberAt(tables[1], e, "component"), numberAt(tables[0], graph.edges[e].first, "component"));
            QCOMPARE(textAt(tables[1], e, "other label"), textAt(tables[0], graph.edges[e].second, "label"));
        }
        QCOMPARE(numberAt(tables[2], 0, "modularity of the best run"), graph.modularity);

        // The threshold that the figure shows, not the stored one.
        const Table strong = tablesOf("emotion-graph", {.systems = {kCategories}, .edgeThreshold = 0.6}).at(1);
        std::size_t expected = 0;
        for (std::size_t i = 0; i < graph.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                expected += graph.correlation(i, j) > 0.6;
        QCOMPARE(strong.rows.size(), expected);
        QVERIFY(strong.rows.size() != tables[1].rows.size());
    }

    void flowsAndOverlapsHaveWhatTheResultsHave() {
        const std::vector<Table> flow = tablesOf("component-flow");
        const auto matched = m_data->arrays({"match-components", ""});
        QCOMPARE(flow[0].rows.size(), matched->get<std::string>("fate").values.size());
        for (std::size_t i = 0; i < flow[0].rows.size(); ++i)
            QCOMPARE(textAt(flow[0], i, "fate"), matched->get<std::string>("fate").values[i]);
        QSet<QString> drawn;
        for (std::size_t row = 0; row < flow[1].rows.size(); ++row)
            if (textAt(flow[1], row, "kind") == "match")
                drawn << QString::fromStdString(textAt(flow[1], row, "width (r)"));
        QSet<QString> strong;
        for (const double r : matched->get<double>("r").values)
            if (r >= 0.5)
                strong << QString::fromStdString(numberCell(r));
        QCOMPARE(drawn, strong);

        const std::vector<Table> overlap = tablesOf("cluster-overlap");
        const auto clusters = m_data->arrays({"cluster-overlap", ""});
        const auto& membership = clusters->get<std::uint8_t>("membership").values;
        QCOMPARE(overlap[0].rows.size(), membership.size());
        for (std::size_t i = 0; i < membership.size(); ++i)
            QCOMPARE(numberAt(overlap[0], i, "has it"), membership[i] != 0 ? 1.0 : 0.0);
        double total = 0;
        for (std::size_t row = 0; row < overlap[1].rows.size(); ++row)
            total += numberAt(overlap[1], row, "clusters");
        QCOMPARE(total, static_cast<double>(membership.size() / 2));
    }

    void aCompositionHasTheTablesOfItsPanels() {
        Composition composition;
        composition.widthMm = 183;
        composition.panels = {{.preset = "fit", .placeMm = {0, 0}, .options = {}},
                              {.preset = "emotion-graph", .placeMm = {0, 60}, .options = {}}};
        QStringList titles;
        for (const Table& table : composedFigure(composition, m_data).tables())
            titles << QString::fromStdString(table.title);
        QCOMPARE(titles, (QStringList{"a Fit curves", "b Nodes", "b Edges", "b Communities"}));
    }

    void thePageLinksEveryTable() {
        const std::vector<Figure> figures{fitFigure(m_data), emotionGraphFigure(m_data)};
        const QString page = figurePage(*m_data, figures);
        for (const char* file :
             {"fit.csv", "emotion-graph-nodes.csv", "emotion-graph-edges.csv", "emotion-graph-communities.csv"})
            QVERIFY2(page.contains(QString("<a href=\"%1\">CSV").arg(file)), file);
    }

private:
    [[nodiscard]] std::vector<Table> tablesOf(const char* preset, const FigureOptions& options = {}) const {
        return figurePresetNamed(preset).make(m_data, options).tables();
    }

    PanelStudy m_study;
    SharedFigureData m_data;
};

QTEST_MAIN(FigureTablesTest)
#include "figure_tables.moc"
