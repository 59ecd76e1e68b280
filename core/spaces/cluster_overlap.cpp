#include "core/spaces/cluster_overlap.h"

#include "core/base/error.h"
#include "core/spaces/component_labels.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

/// The columns of a profile that a name may be made of, heaviest first.
std::vector<std::size_t> nameColumns(std::span<const double> profile, std::span<const Term> terms) {
    std::vector<std::size_t> columns;
    for (std::size_t t = 0; t < profile.size(); ++t)
        if (profile[t] > 0 || (profile[t] < 0 && terms[t].kind == TermKind::Dimension))
            columns.push_back(t);
    if (columns.empty())
        for (std::size_t t = 0; t < profile.size(); ++t)
            if (profile[t] != 0)
                columns.push_back(t);
    std::stable_sort(columns.begin(), columns.end(),
                     [&](std::size_t a, std::size_t b) { return std::abs(profile[a]) > std::abs(profile[b]); });
    return columns;
}

std::string wordFor(const Term& term, double weight) {
    if (term.kind != TermKind::Dimension)
        return term.name;
    return term.name + (weight > 0 ? "-high" : "-low");
}

std::string nameFrom(std::span<const double> profile, std::span<const Term> terms,
                     const std::vector<std::size_t>& columns, std::size_t count) {
    std::string name;
    for (std::size_t i = 0; i < std::min(count, columns.size()); ++i)
        name += (name.empty() ? "" : ", ") + wordFor(terms[columns[i]], profile[columns[i]]);
    return name;
}

double cosine(std::span<const double> a, std::span<const double> b) {
    const double ab = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    const double aa = std::inner_product(a.begin(), a.end(), a.begin(), 0.0);
    const double bb = std::inner_product(b.begin(), b.end(), b.begin(), 0.0);
    return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : std::numeric_limits<double>::quiet_NaN();
}

struct Group {
    std::vector<std::size_t> parts;
    std::vector<bool> systems;
    double weight = 0;
    [[nodiscard]] std::size_t count() const {
        return static_cast<std::size_t>(std::count(systems.begin(), systems.end(), true));
    }
};

bool meet(const Group& a, const Group& b) {
    for (std::size_t s = 0; s < a.systems.size(); ++s)
        if (a.systems[s] && b.systems[s])
            return true;
    return false;
}

double likeness(const Group& a, const Group& b, const Matrix<double>& similarity) {
    double sum = 0;
    for (const std::size_t i : a.parts)
        for (const std::size_t j : b.parts)
            sum += similarity(i, j);
    return sum / static_cast<double>(a.parts.size() * b.parts.size());
}

} // namespace

Matrix<double> clusterProfiles(MatrixView<const double> correlation, std::span<const Term> terms,
                               std::span<const int> community, std::span<const double> pagerank) {
    if (correlation.cols() != terms.size() || correlation.rows() != community.size() ||
        correlation.rows() != pagerank.size())
        throw ParameterError({.where = "Clusters",
                              .expected = fmt::format("{} components of {} terms, each with a community and a PageRank",
                                                      community.size(), terms.size()),
                              .found = fmt::format("correlations of {} with {} and {} ranks", correlation.rows(),
                                                   correlation.cols(), pagerank.size())});
    const int count = community.empty() ? 0 : *std::max_element(community.begin(), community.end()) + 1;
    Matrix<double> profiles(static_cast<std::size_t>(count), terms.size());
    for (std::size_t c = 0; c < community.size(); ++c) {
        if (community[c] < 0)
            continue;
        for (const LabelTerm& term : labelFrom(correlation.row(c), terms).terms)
            profiles(static_cast<std::size_t>(community[c]), term.term) += pagerank[c] * term.r;
    }
    return profiles;
}

std::vector<std::string> clusterNames(MatrixView<const double> profiles, std::span<const Term> terms) {
    constexpr std::size_t kMostTerms = 4;
    constexpr double kSecond = 0.5;
    const std::size_t n = profiles.rows();
    std::vector<std::vector<std::size_t>> columns;
    std::vector<std::size_t> used;
    std::vector<std::string> names;
    for (std::size_t k = 0; k < n; ++k) {
        const auto profile = profiles.row(k);
        columns.push_back(nameColumns(profile, terms));
        const auto& mine = columns.back();
        used.push_back(mine.size() > 1 && std::abs(profile[mine[1]]) >= kSecond * std::abs(profile[mine[0]]) ? 2 : 1);
        names.push_back(mine.empty() ? fmt::format("cluster {}", k + 1) : nameFrom(profile, terms, mine, used.back()));
    }
    for (std::size_t round = 0; round < kMostTerms; ++round) {
        const std::vector<std::string> before = names;
        for (std::size_t k = 0; k < n; ++k)
            if (std::count(before.begin(), before.end(), before[k]) > 1 &&
                used[k] < std::min(kMostTerms, columns[k].size()))
                names[k] = nameFrom(profiles.row(k), terms, columns[k], ++used[k]);
    }
    const std::vector<std::string> before = names;
    for (std::size_t k = 0; k < n; ++k)
        if (const auto earlier = std::count(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(k), before[k]))
            names[k] += fmt::format(" {}", earlier + 1);
    return names;
}

std::vector<std::string> clusterTerms(std::span<const double> profile, std::span<const Term> terms) {
    std::vector<std::size_t> columns;
    for (std::size_t t = 0; t < profile.size(); ++t)
        if (profile[t] != 0)
            columns.push_back(t);
    std::stable_sort(columns.begin(), columns.end(),
                     [&](std::size_t a, std::size_t b) { return std::abs(profile[a]) > std::abs(profile[b]); });
    std::vector<std::string> words;
    for (const std::size_t t : columns)
        words.push_back(wordFor(terms[t], profile[t]));
    return words;
}

ClusterOverlap clusterOverlap(std::span<const SystemClusters> systems, double threshold) {
    if (!(threshold >= -1 && threshold <= 1))
        throw ParameterError(
            {.where = "Clusters to match: threshold", .expected = "−1 to 1", .found = fmt::format("{}", threshold)});
    ClusterOverlap result;
    std::vector<std::span<const double>> profiles;
    std::vector<Group> groups;
    const std::size_t terms = systems.empty() ? 0 : systems.front().profiles.cols();
    for (std::size_t s = 0; s < systems.size(); ++s) {
        if (systems[s].profiles.rows() > 0 && terms > 0 && systems[s].profiles.cols() != terms)
            throw ParameterError({.where = "Clusters to match",
                                  .expected = fmt::format("{} terms in every system", terms),
                                  .found = fmt::format("{}", systems[s].profiles.cols())});
        for (std::size_t k = 0; k < systems[s].profiles.rows(); ++k) {
            Group group{.parts = {profiles.size()}, .systems = std::vector<bool>(systems.size(), false)};
            group.systems[s] = true;
            group.weight = systems[s].weights.at(k);
            groups.push_back(std::move(group));
            profiles.push_back(systems[s].profiles.row(k));
            result.parts.push_back({.system = s, .cluster = k});
        }
    }
    result.similarity = Matrix<double>(profiles.size(), profiles.size());
    for (std::size_t i = 0; i < profiles.size(); ++i)
        for (std::size_t j = 0; j < profiles.size(); ++j)
            result.similarity(i, j) = cosine(profiles[i], profiles[j]);

    while (true) {
        double most = -2;
        std::size_t first = 0;
        std::size_t second = 0;
        for (std::size_t a = 0; a < groups.size(); ++a)
            for (std::size_t b = a + 1; b < groups.size(); ++b) {
                const double alike =
                    meet(groups[a], groups[b]) ? -2 : likeness(groups[a], groups[b], result.similarity);
                if (alike > most) { // false for NaN
                    most = alike;
                    first = a;
                    second = b;
                }
            }
        if (most < threshold || most == -2)
            break;
        Group& kept = groups[first];
        Group& gone = groups[second];
        kept.parts.insert(kept.parts.end(), gone.parts.begin(), gone.parts.end());
        for (std::size_t s = 0; s < systems.size(); ++s)
            kept.systems[s] = kept.systems[s] || gone.systems[s];
        kept.weight += gone.weight;
        groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(second));
    }
    std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
        return a.count() != b.count() ? a.count() > b.count() : a.weight > b.weight;
    });
    result.membership = Matrix<std::uint8_t>(groups.size(), systems.size());
    result.profiles = Matrix<double>(groups.size(), terms);
    for (std::size_t m = 0; m < groups.size(); ++m)
        for (const std::size_t part : groups[m].parts) {
            result.parts[part].merged = m;
            result.membership(m, result.parts[part].system) = 1;
            for (std::size_t t = 0; t < terms; ++t)
                result.profiles(m, t) += profiles[part][t];
        }
    return result;
}

std::string overlapRule(double threshold) {
    return fmt::format(
        "A cluster means what its components' labels say: for each rated term, the sum of PageRank × r over the "
        "components that carry it in their label. Clusters of different systems are the same if these weights are "
        "alike (mean cosine of at least {:g}), the most alike are joined first, never two of one system.",
        threshold);
}

std::vector<std::int64_t> vennCounts(const Matrix<std::uint8_t>& membership, std::size_t systems) {
    constexpr std::size_t kMost = 16;
    const std::size_t used = std::min({systems, membership.cols(), kMost});
    std::vector<std::int64_t> counts(std::size_t{1} << used, 0);
    for (std::size_t m = 0; m < membership.rows(); ++m) {
        std::size_t bits = 0;
        for (std::size_t s = 0; s < used; ++s)
            bits |= static_cast<std::size_t>(membership(m, s) != 0) << s;
        counts[bits] += static_cast<std::int64_t>(bits != 0);
    }
    return counts;
}

} // namespace tercet
