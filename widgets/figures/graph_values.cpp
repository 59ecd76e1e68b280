#include "widgets/figures/graph_values.h"

#include "core/base/text.h"
#include "core/spaces/cluster_overlap.h"
#include "widgets/bridge/term_text.h"
#include "widgets/plots/palettes.h"

#include <QObject>

#include <algorithm>

namespace tercet {
namespace {

/// The place of a training column among a system's components; −1 if it is none of them.
int placeOf(const FigureSystem& system, int trainingColumn) {
    if (!system.embedding)
        return -1;
    const auto& columns = system.embedding->trainingColumns;
    const auto found = std::find(columns.begin(), columns.end(), trainingColumn);
    return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

} // namespace

EmotionGraph emotionGraphIn(const ArrayBundle& result) {
    EmotionGraph graph;
    const auto numbers = [&](const char* name) {
        const auto& values = result.get<std::int64_t>(name).values;
        return std::vector<int>(values.begin(), values.end());
    };
    const auto matrix = [&](const char* name) {
        const auto view = result.matrix(name);
        return Matrix<double>(view.rows(), view.cols(), {view.values().begin(), view.values().end()});
    };
    graph.correlation = matrix("correlation");
    graph.coassignment = matrix("coassignment");
    graph.community = numbers("community");
    graph.consensus = numbers("consensus");
    graph.pagerank = result.get<double>("pagerank").values;
    graph.modularity = result.get<double>("modularity").values.at(0);
    graph.seedModularity = result.get<double>("seed_modularity").values;
    for (const int component : numbers("isolated"))
        graph.isolated.push_back(static_cast<std::size_t>(component));
    const auto edges = numbers("edges");
    const auto& weights = result.get<double>("weights").values;
    for (std::size_t e = 0; e < weights.size(); ++e)
        graph.edges.push_back(
            {static_cast<std::size_t>(edges.at(2 * e)), static_cast<std::size_t>(edges.at(2 * e + 1)), weights[e]});
    return graph;
}

std::vector<int> trainingColumnsIn(const ArrayBundle& result) {
    const auto& columns = result.get<std::int32_t>("training_column").values;
    return {columns.begin(), columns.end()};
}

EmotionGraphOptions graphOptionsOf(const ResultRecord& record) {
    const auto parameter = [&](const char* which) {
        const auto found = record.parameters.find(which);
        return found == record.parameters.end() ? std::string() : found->second;
    };
    EmotionGraphOptions options;
    options.rule = parameter("rule") == "absolute" ? EdgeRule::Absolute : EdgeRule::Positive;
    options.threshold = toNumber(parameter("threshold")).value_or(options.threshold);
    options.seeds = static_cast<std::size_t>(toInteger(parameter("seeds")).value_or(100));
    options.seed = static_cast<std::uint64_t>(toInteger(parameter("seed")).value_or(1));
    options.damping = toNumber(parameter("damping")).value_or(options.damping);
    return options;
}

std::vector<QPointF> placesIn(const GraphLayout& layout) {
    std::vector<QPointF> places;
    for (const auto& [x, y] : layout.places())
        places.emplace_back(x, y);
    return places;
}

std::vector<QPointF> placesIn(const ArrayBundle& result) {
    const auto positions = result.matrix("positions");
    std::vector<QPointF> places;
    for (std::size_t i = 0; i < positions.rows(); ++i)
        places.emplace_back(positions(i, 0), positions(i, 1));
    return places;
}

GraphPlotData graphPlotData(const FigureSystem& system, const Ratings* ratings, const EmotionGraph& graph,
                            const std::vector<int>& community, const std::vector<int>& trainingColumns) {
    GraphPlotData data;
    const int count = community.empty() ? 0 : *std::max_element(community.begin(), community.end()) + 1;
    std::vector<std::vector<int>> members(static_cast<std::size_t>(count));
    const bool labelled = ratings && system.embedding && !system.embedding->correlations.empty();
    Matrix<double> correlations(community.size(), ratings ? ratings->terms.size() : 0);
    for (std::size_t i = 0; i < community.size(); ++i) {
        const int column = trainingColumns.at(i);
        const int place = placeOf(system, column);
        data.nodes.push_back({place < 0 ? static_cast<int>(i) + 1 : place + 1, system.componentNames.value(place),
                              componentColor(column), graph.pagerank[i], community[i]});
        if (community[i] >= 0)
            members[static_cast<std::size_t>(community[i])].push_back(column);
        if (labelled && place >= 0)
            std::copy_n(system.embedding->correlations.row(static_cast<std::size_t>(place)).begin(),
                        correlations.cols(), correlations.row(i).begin());
    }
    for (const GraphEdge& edge : graph.edges)
        data.edges.push_back({static_cast<int>(edge.first), static_cast<int>(edge.second), edge.r});
    std::vector<std::string> names(members.size());
    if (labelled)
        names = clusterNames(clusterProfiles(correlations, ratings->terms, community, graph.pagerank), ratings->terms);
    const std::vector<int> given = givenOf(members, system.clusters);
    for (std::size_t k = 0; k < members.size(); ++k) {
        GraphPlotCluster cluster{names[k].empty() ? QObject::tr("cluster %1").arg(k + 1) : termText(names[k]),
                                 {},
                                 clusterColor(static_cast<int>(k))};
        if (given[k] >= 0) {
            const GivenCluster& one = system.clusters[static_cast<std::size_t>(given[k])];
            if (!one.name.empty())
                cluster.name = QString::fromStdString(one.name);
            cluster.description = QString::fromStdString(one.description);
        }
        data.clusters.push_back(std::move(cluster));
    }
    return data;
}

FlowPlotData flowPlotData(const FigureData& figureData, const ArrayBundle& result, double threshold, bool dark) {
    FlowPlotData data;
    const auto& names = result.get<std::string>("systems").values;
    const auto& components = result.get<std::int64_t>("components").values;
    const auto& columns = result.get<std::int32_t>("training_column").values;
    const auto& fates = result.get<std::string>("fate").values;
    const auto& best = result.get<double>("best_r").values;
    for (const std::string& name : names) {
        const QString id = QString::fromStdString(name);
        const FigureSystem* system = figureData.system(id);
        data.columns.push_back({id, system ? system->title : id, figureData.color(id, dark), {}});
    }
    for (std::size_t k = 0; k < columns.size(); ++k) {
        FlowPlotColumn& column = data.columns.at(static_cast<std::size_t>(components.at(2 * k)));
        const FigureSystem* system = figureData.system(column.id);
        const int place = system ? placeOf(*system, columns[k]) : -1;
        const std::string& fate = fates.at(k);
        column.items.push_back({place < 0 ? static_cast<int>(components.at(2 * k + 1)) + 1 : place + 1,
                                system ? system->componentNames.value(place) : QString(), componentColor(columns[k]),
                                fate == "shared"          ? FlowFate::Shared
                                : fate == "partly shared" ? FlowFate::Partly
                                : fate == "blended"       ? FlowFate::Blended
                                                          : FlowFate::Unique,
                                best.at(k), columns[k]});
    }
    const auto bands = [&](const char* pairs, const std::vector<double>& r, double least, bool blend) {
        const auto& numbers = result.get<std::int64_t>(pairs).values;
        for (std::size_t p = 0; p < r.size(); ++p)
            if (r[p] >= least)
                data.bands.push_back({static_cast<int>(numbers.at(4 * p)), static_cast<int>(numbers.at(4 * p + 1)),
                                      static_cast<int>(numbers.at(4 * p + 2)), static_cast<int>(numbers.at(4 * p + 3)),
                                      r[p], blend});
    };
    bands("pairs", result.get<double>("r").values, threshold, false);
    std::vector<double> ingredients = result.get<double>("blend_weight").values;
    const auto& blendR = result.get<double>("blend_r").values;
    for (std::size_t b = 0; b < ingredients.size(); ++b)
        ingredients[b] *= blendR.at(b);
    bands("blends", ingredients, 0, true);
    return data;
}

OverlapPlotData overlapPlotData(const FigureData& figureData, const ArrayBundle& result, bool dark) {
    OverlapPlotData data;
    for (const std::string& name : result.get<std::string>("systems").values) {
        const QString id = QString::fromStdString(name);
        const FigureSystem* system = figureData.system(id);
        data.systems.push_back({system ? system->title : id, figureData.color(id, dark)});
    }
    const auto& membership = result.get<std::uint8_t>("membership").values;
    const auto& names = result.get<std::string>("merged_name").values;
    const auto& shared = result.get<std::string>("shared_terms").values;
    for (std::size_t m = 0; m < names.size(); ++m) {
        OverlapPlotCluster cluster{termText(names[m]), termText(shared.at(m)), 0};
        for (std::size_t s = 0; s < data.systems.size(); ++s)
            if (membership.at(m * data.systems.size() + s) != 0)
                cluster.systems |= 1U << s;
        data.clusters.push_back(std::move(cluster));
    }
    return data;
}

} // namespace tercet
