#include "core/pipeline/given_names.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <tuple>

namespace tercet {

using nlohmann::json;

std::string componentNameSetting(const std::string& system, const std::string& embeddingKey, int trainingColumn) {
    return kComponentNamePrefix + system + "/" + embeddingKey + "/" + std::to_string(trainingColumn);
}

std::string clusterSetting(const std::string& system, const std::string& embeddingKey) {
    return kClusterPrefix + system + "/" + embeddingKey;
}

std::string clusterText(const std::vector<GivenCluster>& given) {
    if (given.empty())
        return {};
    json list = json::array();
    for (const GivenCluster& one : given)
        list.push_back({{"members", one.members}, {"name", one.name}, {"description", one.description}});
    return list.dump();
}

std::vector<GivenCluster> clustersFrom(const std::string& text) {
    std::vector<GivenCluster> given;
    try {
        for (const json& one : json::parse(text))
            given.push_back({one.at("members").get<std::vector<int>>(), one.at("name").get<std::string>(),
                             one.at("description").get<std::string>()});
    } catch (const json::exception&) {
        return {};
    }
    return given;
}

std::vector<int> givenOf(const std::vector<std::vector<int>>& clusters, std::span<const GivenCluster> given) {
    constexpr double kLeast = 0.5;
    std::vector<std::tuple<double, std::size_t, std::size_t>> likes;
    for (std::size_t k = 0; k < clusters.size(); ++k) {
        std::vector<int> sorted = clusters[k];
        std::sort(sorted.begin(), sorted.end());
        for (std::size_t g = 0; g < given.size(); ++g) {
            std::vector<int> both;
            std::set_intersection(sorted.begin(), sorted.end(), given[g].members.begin(), given[g].members.end(),
                                  std::back_inserter(both));
            const std::size_t all = sorted.size() + given[g].members.size() - both.size();
            const double like = all == 0 ? 0 : static_cast<double>(both.size()) / static_cast<double>(all);
            if (like >= kLeast)
                likes.emplace_back(-like, k, g);
        }
    }
    std::sort(likes.begin(), likes.end());
    std::vector<int> result(clusters.size(), -1);
    for (const auto& [like, k, g] : likes)
        if (result[k] < 0 && std::find(result.begin(), result.end(), static_cast<int>(g)) == result.end())
            result[k] = static_cast<int>(g);
    return result;
}

} // namespace tercet
