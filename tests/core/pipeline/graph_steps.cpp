#include "core/base/error.h"
#include "core/pipeline/given_names.h"
#include "core/pipeline/graph_export.h"
#include "core/pipeline/result_export.h"
#include "core/spaces/emotion_graph.h"
#include "pipeline_study.h"

#include <algorithm>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

const Task kGraph{"emotion-graph", "human-categories"};

/// A study whose second system is an imported embedding: the fitted one's columns turned around, two of them mixed.
void addTwin(Study& study, const std::string& name) {
    const auto fit = study.arrays(shownResult(study, kFit)->key);
    const auto weights = fit->matrix("embedding");
    Matrix<double> twin(weights.rows(), weights.cols());
    for (std::size_t i = 0; i < weights.rows(); ++i)
        for (std::size_t c = 0; c < weights.cols(); ++c)
            twin(i, c) = weights(i, weights.cols() - 1 - c);
    Study::Import import;
    import.kind = "embedding";
    import.owner = name;
    import.systems = {{ name, "Twin", SystemSource::Embedding }};
    import.arrays.set("embedding", std::move(twin));
    import.source = "/nowhere/twin.npy";
    study.add(std::move(import));
}

} // namespace

TEST_CASE("the step of the emotion graph stores what the graph is") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    setParameters(*study, kGraph, {{"rule", "absolute"}, {"threshold", "0.3"}, {"seeds", "20"}, {"seed", "4"}});
    const ResultRecord record = run(*study, kGraph, 2);
    const auto bundle = study->arrays(record.key);
    const auto fit = study->arrays(shownResult(*study, kFit)->key);
    const EmotionGraph graph =
        emotionGraph(fit->matrix("embedding"), {.rule = EdgeRule::Absolute, .threshold = 0.3, .seeds = 20, .seed = 4});
    REQUIRE(!graph.edges.empty());
    CHECK(bundle->get<double>("correlation").values == graph.correlation.values());
    CHECK(bundle->get<double>("pagerank").values == graph.pagerank);
    CHECK(bundle->get<double>("seed_modularity").values == graph.seedModularity);
    CHECK(bundle->get<double>("coassignment").values == graph.coassignment.values());
    CHECK(bundle->get<double>("modularity").values == std::vector<double>{graph.modularity});
    const auto& community = bundle->get<std::int64_t>("community").values;
    CHECK(std::vector<int>(community.begin(), community.end()) == graph.community);
    const auto& edges = bundle->get<std::int64_t>("edges");
    REQUIRE(edges.shape == std::vector<std::size_t>{graph.edges.size(), 2});
    for (std::size_t e = 0; e < graph.edges.size(); ++e) {
        CHECK(edges.values[2 * e] == static_cast<std::int64_t>(graph.edges[e].first));
        CHECK(bundle->get<double>("weights").values[e] == graph.edges[e].r);
    }
    CHECK(shapeOf(bundle->arrays.at("positions")) == std::vector<std::size_t>{graph.size(), 2});
    CHECK(bundle->get<std::int32_t>("training_column") == fit->get<std::int32_t>("training_column"));
    for (const auto& [name, value] : bundle->arrays)
        CHECK(stepNamed("emotion-graph").arrays.contains(name));
    // Any number of threads gives the same bytes.
    const auto other = makeStudy(folder / "b.tercet");
    setParameters(*other, kGraph, {{"rule", "absolute"}, {"threshold", "0.3"}, {"seeds", "20"}, {"seed", "4"}});
    CHECK(bytesOf(*other, run(*other, kGraph, 1)) == bytesOf(*study, record));
}

TEST_CASE("components and clusters of a system and its twin are all shared") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    run(*study, kFit);
    addTwin(*study, "twin");
    const auto matches = study->arrays(run(*study, {"match-components", ""}).key);
    const auto& names = matches->get<std::string>("systems").values;
    const auto of = [&](const char* name) {
        return static_cast<std::int64_t>(std::find(names.begin(), names.end(), name) - names.begin());
    };
    REQUIRE(names.size() == 3);
    const auto& pairs = matches->get<std::int64_t>("pairs").values;
    const auto& r = matches->get<double>("r").values;
    std::size_t seen = 0;
    for (std::size_t p = 0; p < r.size(); ++p)
        if (pairs[4 * p] == of("human-categories") && pairs[4 * p + 2] == of("twin")) {
            CHECK(pairs[4 * p + 3] == 19 - pairs[4 * p + 1]);
            CHECK(r[p] == Approx(1).margin(1e-9));
            ++seen;
        }
    CHECK(seen > 3);
    const auto& fates = matches->get<std::string>("fate").values;
    CHECK(fates.size() == shapeOf(matches->arrays.at("components"))[0]);
    for (const auto& [name, value] : matches->arrays)
        CHECK(stepNamed("match-components").arrays.contains(name));

    const auto overlap = study->arrays(run(*study, {"cluster-overlap", ""}).key);
    const auto& clusters = overlap->get<std::int64_t>("clusters").values;
    const auto& membership = overlap->get<std::uint8_t>("membership");
    REQUIRE(overlap->get<std::string>("systems").values == names);
    std::size_t shared = 0;
    for (std::size_t k = 0; k + 2 < clusters.size(); k += 3)
        if (clusters[k] == of("twin")) {
            const std::size_t merged = static_cast<std::size_t>(clusters[k + 2]) * 3;
            CHECK(membership.values[merged + static_cast<std::size_t>(of("human-categories"))] == 1);
            ++shared;
        }
    CHECK(shared > 0);
    CHECK_THAT(overlap->attribute("rule"), Contains("PageRank × r") && Contains("0.5"));
    for (const auto& [name, value] : overlap->arrays)
        CHECK(stepNamed("cluster-overlap").arrays.contains(name));
    std::int64_t counted = 0;
    for (const std::int64_t count : overlap->get<std::int64_t>("venn").values)
        counted += count;
    CHECK(static_cast<std::size_t>(counted) == membership.shape[0]);
}

TEST_CASE("one system alone cannot be compared, and the reason is said") {
    const ScratchFolder folder;
    auto study = Study::create(folder / "a.tercet", "One");
    study->add(ratingsImport(60, 7, Terms::Dimensions));
    const StepState state = stateOf(*study, {"match-components", ""});
    CHECK(state.kind == StepState::Kind::Blocked);
    CHECK_THAT(state.reason, Contains("At least 2 systems with an embedding"));
}

TEST_CASE("an emotion graph is exported with the names that people gave") {
    const ScratchFolder folder;
    const auto study = makeStudy(folder / "a.tercet");
    const ResultRecord record = run(*study, kGraph);
    const auto bundle = study->arrays(record.key);
    const std::string& embedding = record.inputs.at("embedding");
    const auto& community = bundle->get<std::int64_t>("community").values;
    const auto& columns = bundle->get<std::int32_t>("training_column").values;
    GivenCluster given{.name = "threat & dread", .description = "all that one runs from"};
    for (std::size_t c = 0; c < community.size(); ++c)
        if (community[c] == 0)
            given.members.push_back(columns[c]);
    REQUIRE(given.members.size() > 1);
    std::sort(given.members.begin(), given.members.end());
    study->setSetting(clusterSetting("human-categories", embedding), clusterText({given}));
    study->setSetting(componentNameSetting("human-categories", embedding, columns[0]), "first of all");
    const GraphFile graph = graphFileOf(*study, record);
    REQUIRE(graph.nodes.size() == community.size());
    CHECK(graph.edges.size() == bundle->get<double>("weights").values.size());
    CHECK(graph.nodes[0].name == "first of all");
    CHECK(graph.nodes[0].label != "first of all");
    for (std::size_t c = 0; c < community.size(); ++c) {
        CHECK(graph.nodes[c].community == community[c]);
        CHECK((graph.nodes[c].communityName == "threat & dread") == (community[c] == 0));
        CHECK(graph.nodes[c].communityName.empty() == (community[c] < 0));
    }
    exportResult(*study, record, "", folder / "g.graphml");
    CHECK_THAT(contentOf(folder / "g.graphml"), Contains("threat &amp; dread") && Contains("first of all"));
    exportResult(*study, record, "", folder / "g.csv");
    CHECK_THAT(contentOf(folder / "g.csv"), Catch::StartsWith("source,target,weight,r,"));
    exportResult(*study, record, "pagerank", folder / "p.csv");
    CHECK_THAT(contentOf(folder / "p.csv"), Catch::StartsWith("row,pagerank"));
    const ResultRecord fit = *shownResult(*study, kFit);
    CHECK_THROWS_AS(exportResult(*study, fit, "", folder / "f.gexf"), ParameterError);
}

TEST_CASE("what was written of a cluster follows its members") {
    const std::vector<GivenCluster> given{{{1, 2, 3, 4}, "a", "one \"line\""}, {{5, 6}, "b", ""}, {{1, 2, 3}, "c", ""}};
    CHECK(clustersFrom(clusterText(given)) == given);
    CHECK(clusterText({}).empty());
    CHECK(clustersFrom("no json").empty());
    CHECK(clustersFrom("[{\"members\": 3}]").empty());
    CHECK(givenOf({{4, 3, 2, 1}, {6, 7}, {9}}, given) == std::vector<int>{0, -1, -1});
    CHECK(givenOf({{5, 6, 7, 8}, {1, 2, 3}, {1, 4}}, given) == std::vector<int>{1, 2, 0});
    CHECK(givenOf({}, given).empty());
}
