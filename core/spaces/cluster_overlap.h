#pragma once

#include "core/base/matrix.h"
#include "core/io/terms.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tercet {

/// What the communities of a system mean (G2): communities × terms. For each term the sum, over the members that carry
/// it in their label (C1), of PageRank × r; 0 where no member does. `correlation`: components × terms, Pearson r;
/// `community` and `pagerank`: one per component, −1 belongs to none. Throws ParameterError if sizes disagree.
[[nodiscard]] Matrix<double> clusterProfiles(MatrixView<const double> correlation, std::span<const Term> terms,
                                             std::span<const int> community, std::span<const double> pagerank);

/// A name for each row of `profiles`, by its strongest terms: the first, and the second if it weighs at least half as
/// much; dimensions carry -high or -low by their sign, categories that weigh less than 0 are left out while there are
/// others. Where two names would be the same, more terms follow, then a number. "cluster 3" where a row is all 0.
[[nodiscard]] std::vector<std::string> clusterNames(MatrixView<const double> profiles, std::span<const Term> terms);

/// The terms of a profile that are not 0, the heaviest first, as they stand in names.
[[nodiscard]] std::vector<std::string> clusterTerms(std::span<const double> profile, std::span<const Term> terms);

/// The communities of one system.
struct SystemClusters {
    Matrix<double> profiles = {};     ///< clusters × terms
    std::vector<double> weights = {}; ///< of each cluster: the sum of its members' PageRank
};

/// One system's part in a merged cluster.
struct ClusterPart {
    std::size_t system = 0;
    std::size_t cluster = 0; ///< of that system
    std::size_t merged = 0;
};

/// Which clusters several systems have in common (G3).
struct ClusterOverlap {
    std::vector<ClusterPart> parts = {};  ///< every cluster of every system, in their order
    Matrix<double> similarity = {};       ///< parts × parts: cosine of their profiles; NaN where one is all 0
    Matrix<std::uint8_t> membership = {}; ///< merged clusters × systems: 1 where the system has it
    Matrix<double> profiles = {};         ///< merged clusters × terms: sum of their parts'
};

/// Merges clusters of different systems: two groups of clusters are as alike as the mean cosine between the profiles of
/// the one's and the other's; the two that are most alike are joined first, again and again, while they are alike by
/// `threshold` or more; never two clusters of one system. Merged clusters are in the order of how many systems have
/// them, then of their weight. Throws ParameterError if the systems' numbers of terms differ or the threshold is
/// outside of −1 to 1.
[[nodiscard]] ClusterOverlap clusterOverlap(std::span<const SystemClusters> systems, double threshold);

/// The rule in words, for attributes, help and figures.
[[nodiscard]] std::string overlapRule(double threshold);

/// How many merged clusters exactly these systems have: [bits], bit s for system s. Of the first `systems` columns of
/// `membership`, at most 16; those with none of them are not counted, so that [0] is 0.
[[nodiscard]] std::vector<std::int64_t> vennCounts(const Matrix<std::uint8_t>& membership, std::size_t systems);

} // namespace tercet
