#include "core/base/error.h"
#include "core/base/text.h"
#include "core/pipeline/step_groups.h"
#include "core/spaces/centroids.h"
#include "core/spaces/component_labels.h"
#include "core/spaces/similarity.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace tercet {
namespace {

using enum SystemSource;
using Kind = StepInput::Kind;

// --- label-components (C1, C3) ---

StepOutput labelComponentsStep(StepContext& context) {
    ComponentLabels found = labelComponents(embeddingOf(context), context.ratings->values, context.ratings->terms);
    std::vector<std::string> texts;
    std::vector<std::uint8_t> interpretable;
    std::size_t strong = 0;
    for (const ComponentLabel& label : found.labels) {
        texts.push_back(label.text);
        interpretable.push_back(static_cast<std::uint8_t>(label.interpretable));
        strong += static_cast<std::size_t>(!label.terms.empty() && label.terms.front().r > 0.95);
    }
    const auto interpretableCount = std::count(interpretable.begin(), interpretable.end(), std::uint8_t{1});
    StepOutput output;
    output.arrays.set("correlation", std::move(found.correlation));
    output.arrays.set("labels", std::move(texts));
    output.arrays.set("interpretable", std::move(interpretable));
    summarise(output.arrays, fmt::format("{} of {} components interpretable (|r| > 0.1), {} with r > 0.95 to one term",
                                         interpretableCount, found.labels.size(), strong));
    return output;
}

// --- centroids (C8) ---

StepOutput centroidsStep(StepContext& context) {
    const Matrix<double> categories = context.ratings->part(TermKind::Category);
    if (categories.cols() == 0)
        throw MissingError({.where = "centroids",
                            .what = "the ratings have no category",
                            .remedy = "import a rating table with emotion categories"});
    CentroidResult result = nearestCentroids(embeddingOf(context), topCategories(categories),
                                             {.minimumPerCategory = countOf(context, "minimum"),
                                              .permutations = countOf(context, "permutations"),
                                              .seed = seedOf(context),
                                              .threads = context.threads},
                                             context.control, context.progress);
    const std::size_t k = std::min<std::size_t>(3, result.accuracy.size());
    const std::string chance =
        result.chance.empty()
            ? std::string()
            : fmt::format(", chance {:.4f} ± {:.4f}", result.chance[k - 1].mean, result.chance[k - 1].deviation);
    StepOutput output;
    summarise(output.arrays,
              fmt::format("top-1 {:.4f}, top-{} {:.4f}{}; {} stimuli of {} categories", result.accuracy[0], k,
                          result.accuracy[k - 1], chance, withThousands(result.rows.size()), result.categories.size()));
    output.arrays.set("rows", std::move(result.rows));
    output.arrays.set("rank", std::move(result.rank));
    output.arrays.set("categories", std::move(result.categories));
    output.arrays.set("accuracy", std::move(result.accuracy));
    output.arrays.set("chance", std::move(result.permuted));
    return output;
}

// --- similarity (E7) ---

StepOutput similarityStep(StepContext& context) {
    Matrix<double> similarity =
        predictedSimilarity(embeddingOf(context), context.control, context.progress, context.threads);
    std::vector<double> pairs;
    pairs.reserve(similarity.rows() * (similarity.rows() - 1) / 2);
    for (std::size_t i = 0; i < similarity.rows(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            pairs.push_back(similarity(i, j));
    const auto [least, most] = std::minmax_element(pairs.begin(), pairs.end());
    const double mean = std::accumulate(pairs.begin(), pairs.end(), 0.0) / static_cast<double>(pairs.size());
    StepOutput output;
    summarise(output.arrays, fmt::format("{} pairs, similarity {:.3f} on average, {:.3f} to {:.3f}",
                                         withThousands(pairs.size()), mean, *least, *most));
    output.arrays.set("similarity", std::move(similarity));
    return output;
}

// --- map (C7) ---

StepOutput mapStep(StepContext& context) {
    const Parameters& p = context.parameters;
    const std::string& repulsion = p.text("repulsion");
    const MapOptions options{.perplexity = p.real("perplexity"),
                             .metric = p.text("metric") == "cosine" ? MapMetric::Cosine : MapMetric::Euclidean,
                             .init = p.text("init") == "pca" ? MapInit::Pca : MapInit::Random,
                             .seed = seedOf(context),
                             .iterations = static_cast<int>(p.integer("iterations")),
                             .repulsion = repulsion == "exact"  ? MapRepulsion::Exact
                                          : repulsion == "grid" ? MapRepulsion::Grid
                                                                : MapRepulsion::Automatic};
    MapResult map = computeMap(
        embeddingOf(context), options, context.control, context.progress, context.threads,
        [&](std::shared_ptr<const MapSnapshot> snapshot) { context.publish(Snapshot(std::move(snapshot))); });
    StepOutput output;
    output.arrays.arrays["positions"] =
        Array<float>{{map.positions.rows(), map.positions.cols()}, std::move(map.positions.values())};
    output.arrays.set("divergence", std::vector<double>{map.divergence});
    std::string notes;
    for (const std::string& note : map.notes)
        notes += "; " + note;
    summarise(output.arrays,
              fmt::format("{} points, KL {:.3f} after {} iterations, perplexity {:g}{}",
                          withThousands(map.positions.rows()), map.divergence, map.iterations, map.perplexity, notes));
    if (map.iterations < options.iterations)
        output.settled["iterations"] = std::int64_t{map.iterations};
    return output;
}

} // namespace

std::vector<Step> meaningSteps() {
    return {
        {.name = "label-components",
         .title = "Label components",
         .group = "Meaning",
         .help = "Correlates every component with every rating and names it by the strongest terms.",
         .systems = embeddedSystems(),
         .inputs = {embeddingInput(), ratingsInput()},
         .arrays = {{"correlation", "components × rating terms: Pearson r"},
                    {"labels", "components: label"},
                    {"interpretable", "components: 1 if any |r| > 0.1"}},
         .mainArray = "correlation",
         .run = labelComponentsStep},
        {.name = "centroids",
         .title = "Nearest centroid",
         .group = "Meaning",
         .help =
             "How often a stimulus is nearest, or among the three nearest, to the centroid of its own category, itself "
             "left out; with chance from permuted labels.",
         .systems = embeddedSystems(),
         .inputs = {embeddingInput(), categoriesInput()},
         .parameters = {{.name = "minimum",
                         .title = "Stimuli per category",
                         .defaultValue = std::int64_t{10},
                         .minimum = 2,
                         .maximum = 100000,
                         .help = "Categories with fewer stimuli are left out."},
                        {.name = "permutations",
                         .title = "Permutations",
                         .defaultValue = std::int64_t{1000},
                         .minimum = 0,
                         .maximum = 1e6,
                         .help = "Label permutations for chance."},
                        seedParameter()},
         .arrays = {{"rows", "tested stimuli: their rows"},
                    {"rank", "tested stimuli: centroids nearer than their own"},
                    {"categories", "tested categories: their columns among the categories"},
                    {"accuracy", "top k: share with rank < k"},
                    {"chance", "permutations × top k: accuracy with permuted labels"}},
         .mainArray = "accuracy",
         .run = centroidsStep},
        {.name = "similarity",
         .title = "Similarity",
         .group = "Meaning",
         .help = "Predicts how similar each pair of stimuli is (RSM): the probability that the two are chosen as the "
                 "pair, averaged over every third stimulus.",
         .systems = embeddedSystems(),
         .inputs = {embeddingInput()},
         .arrays = {{"similarity", "stimuli × stimuli: probability of the pair, 1 on the diagonal"}},
         .mainArray = "similarity",
         .run = similarityStep},
        {.name = "map",
         .title = "Map",
         .group = "Meaning",
         .help = "Lays the stimuli out on a plane so that neighbours in the embedding stay neighbours (t-SNE).",
         .systems = embeddedSystems(),
         .inputs = {embeddingInput()},
         .parameters =
             {{.name = "perplexity",
               .title = "Perplexity",
               .defaultValue = 30.0,
               .minimum = 1,
               .maximum = 1000,
               .unit = "neighbours",
               .help = "How many neighbours count, smoothly."},
              {.name = "metric",
               .title = "Metric",
               .defaultValue = std::string("euclidean"),
               .choices = {"euclidean", "cosine"},
               .help = "Distance between rows of the embedding."},
              {.name = "init",
               .title = "Start",
               .defaultValue = std::string("pca"),
               .choices = {"pca", "random"},
               .help = "Where the points start: the first two principal components, or anywhere."},
              {.name = "iterations",
               .title = "Iterations",
               .defaultValue = std::int64_t{MapOptions().iterations},
               .minimum = 1,
               .maximum = 100000,
               .help = "Steps of the layout."},
              {.name = "repulsion",
               .title = "Repulsion",
               .defaultValue = std::string("automatic"),
               .choices = {"automatic", "exact", "grid"},
               .help =
                   "All pairs of points, or a grid that is faster for many points; automatic picks by their number."},
              seedParameter()},
         .arrays = {{"positions", "stimuli × 2: place on the map"},
                    {"divergence", "1: Kullback–Leibler divergence, nats"}},
         .mainArray = "positions",
         .run = mapStep},
    };
}

} // namespace tercet
