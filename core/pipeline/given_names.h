#pragma once

#include <span>
#include <string>
#include <vector>

namespace tercet {

// Names that people gave, kept among a study's settings. They belong to a stored embedding, named by its key.

/// Settings that hold the names people gave to components begin so.
inline constexpr const char* kComponentNamePrefix = "component-name/";
/// The setting that holds the name of one component of a stored embedding.
[[nodiscard]] std::string componentNameSetting(const std::string& system, const std::string& embeddingKey,
                                               int trainingColumn);

/// Settings that hold what people wrote of clusters begin so.
inline constexpr const char* kClusterPrefix = "clusters/";
/// The setting that holds it for all clusters of a stored embedding.
[[nodiscard]] std::string clusterSetting(const std::string& system, const std::string& embeddingKey);

/// What a person wrote of a cluster of components (G2).
struct GivenCluster {
    std::vector<int> members = {}; ///< training columns, ascending, as they were then
    std::string name = {};         ///< empty: the one made from labels
    std::string description = {};
    friend bool operator==(const GivenCluster&, const GivenCluster&) = default;
};

/// The setting's text; empty for no clusters.
[[nodiscard]] std::string clusterText(const std::vector<GivenCluster>& given);
/// What clusterText() wrote; none where the text is not that.
[[nodiscard]] std::vector<GivenCluster> clustersFrom(const std::string& text);

/// Which of `given` belongs to each of the clusters (their members' training columns), −1 for none. Clusters change
/// with threshold and seed, so what was written goes to the cluster that shares most members with it, as a share of
/// all of both (Jaccard), if that is at least one half; each to one cluster at most.
[[nodiscard]] std::vector<int> givenOf(const std::vector<std::vector<int>>& clusters,
                                       std::span<const GivenCluster> given);

} // namespace tercet
