#include "core/base/error.h"
#include "core/pipeline/step_groups.h"
#include "core/spaces/cluster_overlap.h"
#include "core/spaces/component_flow.h"
#include "core/spaces/component_labels.h"
#include "core/spaces/emotion_graph.h"
#include "core/spaces/graph_layout.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace tercet {
namespace {

using Kind = StepInput::Kind;

std::vector<std::int64_t> whole(std::span<const int> values) { return {values.begin(), values.end()}; }

std::string plural(std::size_t count, const char* one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

template <class T>
Array<T> rowsOf(std::size_t columns, std::vector<T> values) {
    return {{values.size() / columns, columns}, std::move(values)};
}

/// Per component the column it had while training.
std::vector<std::int32_t> trainingColumns(const ArrayBundle& embedding) {
    if (embedding.contains("training_column"))
        return embedding.get<std::int32_t>("training_column").values;
    std::vector<std::int32_t> columns(embedding.matrix("embedding").cols());
    std::iota(columns.begin(), columns.end(), 0);
    return columns;
}

// --- emotion-graph (G1) ---

StepOutput emotionGraphStep(StepContext& context) {
    const Parameters& p = context.parameters;
    EmotionGraph graph = emotionGraph(embeddingOf(context),
                                      {.rule = p.text("rule") == "absolute" ? EdgeRule::Absolute : EdgeRule::Positive,
                                       .threshold = p.real("threshold"),
                                       .seeds = countOf(context, "seeds"),
                                       .seed = seedOf(context),
                                       .damping = p.real("damping")},
                                      context.control);
    StepOutput output;
    ArrayBundle& arrays = output.arrays;
    std::vector<std::int64_t> edges;
    std::vector<double> weights;
    for (const GraphEdge& edge : graph.edges) {
        edges.insert(edges.end(), {static_cast<std::int64_t>(edge.first), static_cast<std::int64_t>(edge.second)});
        weights.push_back(edge.r);
    }
    const auto [least, most] = std::minmax_element(graph.seedModularity.begin(), graph.seedModularity.end());
    summarise(arrays,
              fmt::format("{} of {}, {} isolated; {}, modularity {:.3f} ({:.3f} to {:.3f} over seeds)",
                          plural(graph.edges.size(), "edge"), plural(graph.size(), "component"), graph.isolated.size(),
                          graph.communities() == 1 ? "1 community" : fmt::format("{} communities", graph.communities()),
                          graph.modularity, *least, *most));
    arrays.set("positions", layoutOf(graph, seedOf(context)));
    arrays.arrays["edges"] = rowsOf(2, std::move(edges));
    arrays.set("weights", std::move(weights));
    arrays.set("isolated", std::vector<std::int64_t>(graph.isolated.begin(), graph.isolated.end()));
    arrays.set("community", whole(graph.community));
    arrays.set("pagerank", std::move(graph.pagerank));
    arrays.set("modularity", std::vector<double>{graph.modularity});
    arrays.set("seed_modularity", std::move(graph.seedModularity));
    arrays.set("coassignment", std::move(graph.coassignment));
    arrays.set("consensus", whole(graph.consensus));
    arrays.set("correlation", std::move(graph.correlation));
    arrays.set("training_column", trainingColumns(*context.inputs.at("embedding")));
    return output;
}

// --- match-components ---

StepOutput matchComponentsStep(StepContext& context) {
    const auto embeddings = context.ofEverySystem("embedding");
    std::vector<std::string> systems;
    std::vector<MatrixView<const double>> views;
    std::vector<std::int64_t> components;
    std::vector<std::int32_t> columns;
    for (const auto& [system, bundle] : embeddings) {
        systems.push_back(system.name);
        views.push_back(bundle->matrix("embedding"));
        const std::vector<std::int32_t> training = trainingColumns(*bundle);
        for (std::size_t c = 0; c < training.size(); ++c) {
            components.insert(components.end(),
                              {static_cast<std::int64_t>(systems.size()) - 1, static_cast<std::int64_t>(c)});
            columns.push_back(training[c]);
        }
    }
    const double threshold = context.parameters.real("threshold");
    const ComponentFlow flow = componentFlow(views, threshold, context.control);
    std::vector<std::int64_t> pairs;
    std::vector<double> r;
    for (const ComponentLink& link : flow.matches) {
        for (const std::size_t value : {link.system, link.component, link.otherSystem, link.otherComponent})
            pairs.push_back(static_cast<std::int64_t>(value));
        r.push_back(link.r);
    }
    std::vector<std::int64_t> blends;
    std::vector<double> blendWeights;
    std::vector<double> blendR;
    for (const ComponentBlend& blend : flow.blends) {
        for (const std::size_t value : {blend.system, blend.component, blend.otherSystem, blend.otherComponent})
            blends.push_back(static_cast<std::int64_t>(value));
        blendWeights.push_back(blend.weight);
        blendR.push_back(blend.r);
    }
    std::vector<std::string> fates;
    std::vector<double> best;
    std::string counts;
    for (std::size_t s = 0; s < systems.size(); ++s) {
        for (const ComponentFate fate : flow.fates[s])
            fates.push_back(toString(fate));
        best.insert(best.end(), flow.best[s].begin(), flow.best[s].end());
        const auto count = [&](ComponentFate fate) {
            return std::count(flow.fates[s].begin(), flow.fates[s].end(), fate);
        };
        counts += fmt::format("{}{} {} + {}", counts.empty() ? "" : ", ", systems[s], count(ComponentFate::Shared),
                              count(ComponentFate::Partly));
    }
    StepOutput output;
    summarise(output.arrays, fmt::format("shared by all + by some at r ≥ {:g}: {}", threshold, counts));
    output.arrays.set("systems", std::move(systems));
    output.arrays.arrays["components"] = rowsOf(2, std::move(components));
    output.arrays.set("training_column", std::move(columns));
    output.arrays.set("fate", std::move(fates));
    output.arrays.set("best_r", std::move(best));
    output.arrays.arrays["pairs"] = rowsOf(4, std::move(pairs));
    output.arrays.set("r", std::move(r));
    output.arrays.arrays["blends"] = rowsOf(4, std::move(blends));
    output.arrays.set("blend_weight", std::move(blendWeights));
    output.arrays.set("blend_r", std::move(blendR));
    return output;
}

// --- cluster-overlap (G3) ---

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

StepOutput clusterOverlapStep(StepContext& context) {
    const std::vector<Term>& terms = context.ratings->terms;
    std::vector<std::string> systems;
    std::vector<SystemClusters> clusters;
    std::vector<std::vector<std::size_t>> sizes;
    std::vector<std::vector<std::string>> names;
    for (const auto& [system, graph] : context.ofEverySystem("graph")) {
        const auto labels = context.inputs.find(nameOfInput("labels", system.name));
        if (labels == context.inputs.end())
            continue;
        const auto& numbers = graph->get<std::int64_t>("community").values;
        const std::vector<int> community(numbers.begin(), numbers.end());
        const auto& pagerank = graph->get<double>("pagerank").values;
        SystemClusters mine{.profiles =
                                clusterProfiles(labels->second->matrix("correlation"), terms, community, pagerank)};
        mine.weights.assign(mine.profiles.rows(), 0);
        std::vector<std::size_t> size(mine.profiles.rows(), 0);
        for (std::size_t c = 0; c < community.size(); ++c)
            if (community[c] >= 0) {
                mine.weights[static_cast<std::size_t>(community[c])] += pagerank[c];
                ++size[static_cast<std::size_t>(community[c])];
            }
        systems.push_back(system.name);
        names.push_back(clusterNames(mine.profiles, terms));
        sizes.push_back(std::move(size));
        clusters.push_back(std::move(mine));
    }
    const double threshold = context.parameters.real("threshold");
    ClusterOverlap overlap = clusterOverlap(clusters, threshold);

    const std::size_t merged = overlap.membership.rows();
    std::vector<std::vector<std::string>> shared(merged);
    std::vector<std::vector<std::string>> termsOf;
    std::vector<bool> seen(merged, false);
    for (const ClusterPart& part : overlap.parts) {
        termsOf.push_back(clusterTerms(clusters[part.system].profiles.view().row(part.cluster), terms));
        auto& common = shared[part.merged];
        if (!seen[part.merged]) {
            common = termsOf.back();
            seen[part.merged] = true;
        } else {
            std::erase_if(common, [&](const std::string& word) {
                return std::find(termsOf.back().begin(), termsOf.back().end(), word) == termsOf.back().end();
            });
        }
    }
    std::vector<std::int64_t> parts;
    std::vector<std::string> partNames;
    std::vector<std::string> ownTerms;
    std::vector<std::int64_t> partSizes;
    for (std::size_t k = 0; k < overlap.parts.size(); ++k) {
        const ClusterPart& part = overlap.parts[k];
        for (const std::size_t value : {part.system, part.cluster, part.merged})
            parts.push_back(static_cast<std::int64_t>(value));
        partNames.push_back(names[part.system][part.cluster]);
        partSizes.push_back(static_cast<std::int64_t>(sizes[part.system][part.cluster]));
        std::vector<std::string> own = termsOf[k];
        const bool alone = std::count_if(overlap.parts.begin(), overlap.parts.end(),
                                         [&](const ClusterPart& other) { return other.merged == part.merged; }) == 1;
        if (!alone)
            std::erase_if(own, [&](const std::string& word) {
                const auto& common = shared[part.merged];
                return std::find(common.begin(), common.end(), word) != common.end();
            });
        ownTerms.push_back(joined(own));
        if (alone)
            shared[part.merged].clear();
    }
    std::vector<std::string> sharedTerms;
    std::size_t inAll = 0;
    std::size_t inOne = 0;
    for (std::size_t m = 0; m < merged; ++m) {
        sharedTerms.push_back(joined(shared[m]));
        const auto row = overlap.membership.row(m);
        const auto count = static_cast<std::size_t>(std::count(row.begin(), row.end(), std::uint8_t{1}));
        inAll += static_cast<std::size_t>(count == systems.size());
        inOne += static_cast<std::size_t>(count == 1);
    }
    constexpr std::size_t kVennSets = 4;
    StepOutput output;
    summarise(output.arrays, fmt::format("{} of {} systems: {} in all, {} in one only",
                                         plural(merged, "different cluster"), systems.size(), inAll, inOne));
    output.arrays.attributes["rule"] = overlapRule(threshold);
    output.arrays.set("venn", vennCounts(overlap.membership, kVennSets));
    output.arrays.set("systems", std::move(systems));
    output.arrays.arrays["clusters"] = rowsOf(3, std::move(parts));
    output.arrays.set("cluster_name", std::move(partNames));
    output.arrays.set("cluster_size", std::move(partSizes));
    output.arrays.set("own_terms", std::move(ownTerms));
    output.arrays.set("similarity", std::move(overlap.similarity));
    output.arrays.set("merged_name", clusterNames(overlap.profiles, terms));
    output.arrays.set("shared_terms", std::move(sharedTerms));
    output.arrays.arrays["membership"] = Array<std::uint8_t>{{overlap.membership.rows(), overlap.membership.cols()},
                                                             std::move(overlap.membership.values())};
    return output;
}

} // namespace

std::vector<Step> graphSteps() {
    return {
        {.name = "emotion-graph",
         .title = "Emotion graph",
         .group = "Graphs",
         .help = "Joins components that occur together: communities by the best of many Louvain runs, their consensus, "
                 "PageRank, and a layout. Edges weigh |r|; components without an edge are isolated.",
         .systems = embeddedSystems(),
         .inputs = {embeddingInput()},
         .parameters = {{.name = "rule",
                         .title = "Edges by",
                         .defaultValue = std::string("positive"),
                         .choices = {"positive", "absolute"},
                         .help = "Components are joined where r is above the threshold, or where |r| is: then a "
                                 "negative correlation ties as strongly as a positive one.",
                         .paper = "r > 0.2 in the caption of its figure, |r| > 0.2 in its methods."},
                        {.name = "threshold",
                         .title = "Threshold",
                         .defaultValue = 0.2,
                         .minimum = 0,
                         .maximum = 0.99,
                         .help = "Correlation that an edge must exceed."},
                        {.name = "seeds",
                         .title = "Louvain runs",
                         .defaultValue = std::int64_t{100},
                         .minimum = 1,
                         .maximum = 100000,
                         .help = "How often communities are sought from another random order; the partition of the "
                                 "highest modularity is kept.",
                         .paper = "does not say how many."},
                        {.name = "damping",
                         .title = "Damping",
                         .defaultValue = 0.85,
                         .minimum = 0,
                         .maximum = 0.99,
                         .help = "Of PageRank: the chance to follow an edge rather than to jump anywhere."},
                        seedParameter()},
         .arrays = {{"correlation", "components × components: Pearson r, NaN where one is constant"},
                    {"edges", "edges × 2: the components it joins, counted from 0"},
                    {"weights", "edges: Pearson r"},
                    {"isolated", "isolated components: their numbers, from 0"},
                    {"community", "components: number of its community, the largest is 0; −1 for isolated ones"},
                    {"pagerank", "components: PageRank, sums to 1"},
                    {"modularity", "1: modularity of the communities"},
                    {"seed_modularity", "Louvain runs: modularity of each"},
                    {"coassignment", "components × components: share of runs that put both into one community"},
                    {"consensus", "components: number of its community in the consensus of all runs; −1 isolated"},
                    {"positions", "components × 2: place in the layout, NaN for isolated ones"},
                    {"training_column", "components: column of each while training"}},
         .mainArray = "edges",
         .run = emotionGraphStep},
        {.name = "match-components",
         .title = "Match components",
         .group = "Graphs",
         .help = "Pairs the components of every two systems so that the sum of their correlations across stimuli is "
                 "largest. A pair counts from the threshold on. A component is shared if it has a partner in every "
                 "other system, partly shared if in some; without one it is blended if another system's component "
                 "that has a nearer partner, or a non-negative mixture of several, reaches the threshold; else unique.",
         .inputs = {{.name = "embedding", .kind = Kind::Embedding, .everySystem = 2}},
         .parameters = {{.name = "threshold",
                         .title = "Threshold",
                         .defaultValue = 0.5,
                         .minimum = 0,
                         .maximum = 1,
                         .help = "Pearson r from which on two components are the same.",
                         .paper = "does not match components."}},
         .arrays = {{"systems", "systems: their names"},
                    {"components", "components of all systems × 2: number of the system, of the component"},
                    {"training_column", "components of all systems: column of each while training"},
                    {"fate", "components of all systems: shared, partly shared, blended or unique"},
                    {"best_r", "components of all systems: highest r with any component of another system"},
                    {"pairs", "pairs × 4: system, component, other system, its component"},
                    {"r", "pairs: Pearson r"},
                    {"blends", "ingredients of blends × 4: system, blended component, other system, its component"},
                    {"blend_weight", "ingredients of blends: share of the mixture"},
                    {"blend_r", "ingredients of blends: Pearson r of the component with the whole mixture"}},
         .mainArray = "pairs",
         .run = matchComponentsStep},
        {.name = "cluster-overlap",
         .title = "Cluster overlap",
         .group = "Graphs",
         .help = overlapRule(0.5) + " The threshold is a parameter.",
         .inputs = {{.name = "graph", .kind = Kind::Result, .step = "emotion-graph", .everySystem = 2},
                    {.name = "labels", .kind = Kind::Result, .step = "label-components", .everySystem = 2},
                    ratingsInput()},
         .parameters = {{.name = "threshold",
                         .title = "Threshold",
                         .defaultValue = 0.5,
                         .minimum = 0,
                         .maximum = 1,
                         .help = "Mean cosine between term weights from which on clusters are the same.",
                         .paper = "does not say how it matched clusters."}},
         .arrays = {{"systems", "systems: their names"},
                    {"clusters", "clusters of all systems × 3: number of the system, of its community, of the merged "
                                 "cluster it is part of"},
                    {"cluster_name", "clusters of all systems: name from labels"},
                    {"cluster_size", "clusters of all systems: number of components"},
                    {"own_terms", "clusters of all systems: terms that not every part of its merged cluster has"},
                    {"similarity", "clusters × clusters of all systems: cosine of their term weights"},
                    {"merged_name", "merged clusters: name from labels"},
                    {"shared_terms", "merged clusters: terms that all of its parts have; none if it has one part"},
                    {"membership", "merged clusters × systems: 1 where the system has it"},
                    {"venn",
                     "subsets of the first four systems: clusters that exactly these have; place = Σ 2^system"}},
         .mainArray = "membership",
         .run = clusterOverlapStep},
    };
}

} // namespace tercet
