#include "core/pipeline/graph_export.h"

#include "core/base/text.h"
#include "core/pipeline/given_names.h"
#include "core/spaces/cluster_overlap.h"
#include "core/spaces/component_labels.h"

#include <algorithm>
#include <fmt/format.h>

namespace tercet {
namespace {

/// As many first rows as both have.
MatrixView<const double> firstRows(MatrixView<const double> values, std::size_t count) {
    return {values.data(), std::min(count, values.rows()), values.cols()};
}

} // namespace

bool isGraphFile(const std::filesystem::path& file) {
    const std::string ending = lowered(file.extension().string());
    return ending == ".graphml" || ending == ".gexf" || ending == ".csv";
}

GraphFile graphFileOf(const Study& study, const ResultRecord& record) {
    const auto bundle = study.arrays(record.key);
    const std::string& embeddingKey = record.inputs.at("embedding");
    const auto& community = bundle->get<std::int64_t>("community").values;
    const auto& pagerank = bundle->get<double>("pagerank").values;
    const auto& columns = bundle->get<std::int32_t>("training_column").values;
    GraphFile graph;
    graph.title = fmt::format("Emotion graph of {}", record.system);
    for (const auto& [name, value] : record.parameters)
        graph.attributes[name] = value;
    graph.attributes["result"] = record.key;
    graph.attributes["study"] = study.id();

    std::vector<std::string> labels(community.size());
    std::vector<std::string> clusters;
    const std::vector<int> numbers(community.begin(), community.end());
    if (const auto ratings = study.ratings()) {
        const auto embedding = study.arrays(embeddingKey);
        const auto weights = embedding->matrix("embedding");
        const std::size_t rows = std::min(weights.rows(), ratings->values.rows());
        const ComponentLabels found =
            labelComponents(firstRows(weights, rows), firstRows(ratings->values, rows), ratings->terms);
        for (std::size_t c = 0; c < labels.size(); ++c)
            labels[c] = found.labels.at(c).text;
        clusters = clusterNames(clusterProfiles(found.correlation, ratings->terms, numbers, pagerank), ratings->terms);
    }
    const int count = numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end()) + 1;
    for (int k = static_cast<int>(clusters.size()); k < count; ++k)
        clusters.push_back(fmt::format("cluster {}", k + 1));
    std::vector<std::string> descriptions(clusters.size());
    std::vector<std::vector<int>> members(clusters.size());
    for (std::size_t c = 0; c < numbers.size(); ++c)
        if (numbers[c] >= 0)
            members[static_cast<std::size_t>(numbers[c])].push_back(columns[c]);
    const auto given = clustersFrom(study.setting(clusterSetting(record.system, embeddingKey)).value_or(""));
    const std::vector<int> which = givenOf(members, given);
    for (std::size_t k = 0; k < clusters.size(); ++k)
        if (which[k] >= 0) {
            const GivenCluster& one = given[static_cast<std::size_t>(which[k])];
            if (!one.name.empty())
                clusters[k] = one.name;
            descriptions[k] = one.description;
        }

    for (std::size_t c = 0; c < numbers.size(); ++c) {
        GraphFile::Node node{.id = std::to_string(c + 1), .label = labels[c], .name = {}, .community = numbers[c]};
        node.name = study.setting(componentNameSetting(record.system, embeddingKey, columns[c])).value_or(labels[c]);
        node.pagerank = pagerank[c];
        if (numbers[c] >= 0) {
            node.communityName = clusters[static_cast<std::size_t>(numbers[c])];
            node.communityDescription = descriptions[static_cast<std::size_t>(numbers[c])];
        }
        graph.nodes.push_back(std::move(node));
    }
    const auto& edges = bundle->get<std::int64_t>("edges").values;
    const auto& weights = bundle->get<double>("weights").values;
    for (std::size_t e = 0; e < weights.size(); ++e)
        graph.edges.push_back(
            {static_cast<std::size_t>(edges[2 * e]), static_cast<std::size_t>(edges[2 * e + 1]), weights[e]});
    return graph;
}

} // namespace tercet
