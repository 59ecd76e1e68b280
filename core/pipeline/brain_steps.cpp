#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/statistics.h"
#include "core/base/text.h"
#include "core/brain/encoding.h"
#include "core/brain/folds.h"
#include "core/brain/group_tests.h"
#include "core/brain/searchlight.h"
#include "core/brain/voxel_comparison.h"
#include "core/brain/voxel_test.h"
#include "core/pipeline/brain_features.h"
#include "core/pipeline/result_origin.h"
#include "core/pipeline/step_groups.h"
#include "core/spaces/similarity.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>

namespace tercet {
namespace {

using Kind = StepInput::Kind;
using TextMap = std::map<std::string, std::string>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kLookEvery = 1024; ///< voxels of which each takes microseconds

double meanOf(std::span<const double> values) {
    double sum = 0;
    std::size_t count = 0;
    for (const double value : values)
        if (std::isfinite(value)) {
            sum += value;
            ++count;
        }
    return count == 0 ? kNone : sum / static_cast<double>(count);
}

/// A step shows what it has at once, and then this often.
class Ticker {
public:
    [[nodiscard]] bool due(double seconds) {
        const auto now = std::chrono::steady_clock::now();
        if (m_last && std::chrono::duration<double>(now - *m_last).count() < seconds)
            return false;
        m_last = now;
        return true;
    }

private:
    std::optional<std::chrono::steady_clock::time_point> m_last;
};

// --- encode (B1, B2) ---

EncodingFolds foldsFor(const StepContext& context, const TextMap& texts, std::span<const std::int32_t> runs,
                       std::span<const std::int32_t> stimuli) {
    const auto number = [&](const char* name) { return static_cast<int>(toInteger(texts.at(name)).value_or(0)); };
    const std::vector<std::int64_t> run(runs.begin(), runs.end());
    std::vector<std::int64_t> stimulus(stimuli.begin(), stimuli.end());
    const std::string& rule = texts.at("folds");
    try {
        if (rule == "random")
            return foldsAtRandom(stimulus, number("outer"), number("inner"),
                                 static_cast<std::uint64_t>(number("seed")));
        if (rule == "whole-runs")
            std::iota(stimulus.begin(), stimulus.end(), 0);
        return foldsByRun(run, stimulus, number("outer"), number("inner"));
    } catch (const DataError& error) {
        Fault fault = error.fault();
        fault.where = "folds of subject " + tercet::quoted(context.subject->name);
        fault.remedy = rule == "runs" ? "set folds to random or, where runs repeat the same conditions, to whole-runs; "
                                        "or ask for fewer, with outer and inner"
                                      : "ask for fewer, with outer and inner";
        throw DataError(fault);
    }
}

/// Which features vary in every training part.
std::vector<std::size_t> varyingFeatures(MatrixView<const double> rows, const EncodingFolds& folds) {
    std::vector<std::size_t> varying;
    for (std::size_t f = 0; f < rows.cols(); ++f) {
        bool varies = true;
        for (std::size_t outer = 0; varies && outer < folds.inner.rows(); ++outer)
            for (int inner = 0; varies && inner < folds.innerCount(); ++inner) {
                double low = std::numeric_limits<double>::infinity();
                double high = -low;
                for (std::size_t r = 0; r < rows.rows(); ++r)
                    if (const int fold = folds.inner(outer, r); fold >= 0 && fold != inner) {
                        low = std::min(low, rows(r, f));
                        high = std::max(high, rows(r, f));
                    }
                varies = low < high;
            }
        if (varies)
            varying.push_back(f);
    }
    return varying;
}

/// The encoding that parameters (as text, of this step or of a result) ask for.
struct AskedEncoding {
    BrainFeatures features; ///< those that vary
    std::size_t left = 0;   ///< out, because they do not
    std::unique_ptr<RidgeEncoding> encoding;
};

AskedEncoding askedEncoding(const StepContext& context, const TextMap& texts) {
    const ArrayBundle& responses = *context.inputs.at("responses");
    const auto& stimulus = responses.get<std::int32_t>("stimulus").values;
    const BrainFeatures all = brainFeatures(context, *context.inputs.at("features"), *context.system);
    const EncodingFolds folds = foldsFor(context, texts, responses.get<std::int32_t>("run").values, stimulus);
    const std::vector<std::size_t> varying = varyingFeatures(all.rowsFor(stimulus), folds);
    if (varying.empty())
        throw DataError({.where = "features of " + tercet::quoted(context.system->name),
                         .what = "none varies over the stimuli that the subject saw",
                         .remedy = "check which stimuli the events name"});
    AskedEncoding asked{.features = all.only(varying), .left = all.values.cols() - varying.size()};
    EncodingOptions options;
    const double low = std::log10(toNumber(texts.at("alpha-low")).value_or(0));
    const double high = std::log10(toNumber(texts.at("alpha-high")).value_or(0));
    const auto count = static_cast<std::size_t>(toInteger(texts.at("alphas")).value_or(0));
    if (!(low < high) && count > 1)
        throw ParameterError({.where = "encode",
                              .expected = "--alpha-low below --alpha-high",
                              .found = texts.at("alpha-low") + " and " + texts.at("alpha-high")});
    for (std::size_t a = 0; a < count; ++a)
        options.alphas.push_back(std::pow(
            10, count == 1 ? low : low + (high - low) * static_cast<double>(a) / static_cast<double>(count - 1)));
    options.criterion = texts.at("criterion") == "explained" ? RidgeCriterion::Explained : RidgeCriterion::Correlation;
    asked.encoding = std::make_unique<RidgeEncoding>(asked.features.rowsFor(stimulus), folds, options);
    return asked;
}

StepOutput encodeStep(StepContext& context) {
    const ArrayBundle& responses = *context.inputs.at("responses");
    const LargeArray& large = responses.largeArray("responses");
    const AskedEncoding asked = askedEncoding(context, context.parameters.texts());
    const RidgeEncoding& encoding = *asked.encoding;
    const std::size_t voxels = large.columns();
    // Results are in memory here, as they are shown, and in part where they are computed.
    const std::size_t shown = 2 * encoding.size().resultBytes(voxels);
    static_cast<void>(encodingMemory(encoding.size(), voxels, 3, context.memory, context.threads));
    const std::size_t folds = encoding.folds();
    const std::size_t features = encoding.components();

    ArrayBundle bundle;
    bundle.attributes[kVoxelsAttribute] = voxelsOf(responses);
    bundle.set("score", std::vector<double>(voxels, kNone));
    bundle.set("score_per_fold", Matrix<double>(folds, voxels, kNone));
    bundle.set("alpha", Matrix<double>(folds, voxels, kNone));
    bundle.set("weights", Matrix<double>(features, voxels, kNone));
    bundle.set("feature", asked.features.names);
    bundle.set("training_column", asked.features.trainingColumn);
    const auto put = [&](const char* name, std::size_t first, const Matrix<double>& part) {
        auto& target = std::get<Array<double>>(bundle.arrays.at(name)).values;
        for (std::size_t r = 0; r < part.rows(); ++r)
            std::copy(part.row(r).begin(), part.row(r).end(),
                      target.begin() + static_cast<std::ptrdiff_t>(r * voxels + first));
    };
    // In parts, so that what is done can be shown.
    constexpr std::size_t kParts = 40;
    constexpr std::size_t kFewest = 1024;
    const std::size_t part = std::max(kFewest, (voxels + kParts - 1) / kParts);
    Ticker ticker;
    for (std::size_t first = 0; first < voxels; first += part) {
        const std::size_t count = std::min(part, voxels - first);
        const auto share = static_cast<double>(voxels);
        const EncodingResult result = encodeVoxels(
            encoding, count, readerOf(large, first), context.memory - shown, context.control,
            context.progress.part(static_cast<double>(first) / share, static_cast<double>(first + count) / share),
            context.threads);
        std::copy(result.score.begin(), result.score.end(),
                  std::get<Array<double>>(bundle.arrays.at("score")).values.begin() +
                      static_cast<std::ptrdiff_t>(first));
        put("score_per_fold", first, result.scorePerFold);
        put("alpha", first, result.alpha);
        put("weights", first, result.weights);
        if (ticker.due(0.25) && first + count < voxels)
            context.publish(std::make_shared<const ArrayBundle>(bundle));
    }
    const auto& score = bundle.get<double>("score").values;
    const auto best = std::max_element(score.begin(), score.end(), [](double a, double b) {
        return (std::isnan(a) ? -2 : a) < (std::isnan(b) ? -2 : b);
    });
    const auto predicted = std::count_if(score.begin(), score.end(), [](double r) { return r > 0.1; });
    std::string summary =
        fmt::format("mean r {:.3f} over {}, {} above 0.1, best {:.3f}; {}", meanOf(score),
                    counted(voxels, "voxel", "voxels"), withThousands(static_cast<std::uint64_t>(predicted)),
                    best == score.end() ? kNone : *best, counted(features, "feature", "features"));
    if (asked.left > 0)
        summary += fmt::format(", {} left out that do not vary", asked.left);
    summarise(bundle, summary);
    return {.arrays = std::move(bundle)};
}

// --- voxel-test (B10) ---

/// The one-sided p, of what is above 0, of a two-sided one.
double oneSided(double p, double statistic) { return statistic > 0 ? p / 2 : 1 - p / 2; }

/// Where the same stimuli are in training and tested parts, features that can take any value for each of them fit
/// whatever is dealt out to them: throws DataError, for then nothing would be found.
void requireRefutable(const StepContext& context, const RidgeEncoding& encoding, std::span<const std::int32_t> rows) {
    const std::size_t stimuli = std::set<std::int32_t>(rows.begin(), rows.end()).size();
    if (context.records.at("encoding").parameters.at("folds") != "whole-runs" || encoding.components() + 1 < stimuli)
        return;
    throw DataError({.where = "voxel test of " + tercet::quoted(context.system->name),
                     .what = fmt::format("a model of {} tells {} apart however they are exchanged",
                                         counted(encoding.components(), "feature", "features"),
                                         counted(stimuli, "stimulus", "stimuli")),
                     .remedy = "set the test to folds"});
}

StepOutput voxelTestStep(StepContext& context) {
    const LargeArray& large = context.inputs.at("responses")->largeArray("responses");
    const ArrayBundle& encoded = *context.inputs.at("encoding");
    const std::string& rule = context.parameters.text("test");
    const MatrixView<const double> perFold = encoded.matrix("score_per_fold");
    std::vector<double> p(large.columns(), kNone);
    std::string how;
    if (rule == "permutation") {
        const AskedEncoding asked = askedEncoding(context, context.records.at("encoding").parameters);
        const auto& stimuli = context.inputs.at("responses")->get<std::int32_t>("stimulus").values;
        requireRefutable(context, *asked.encoding, stimuli);
        const VoxelTest test = testVoxels(*asked.encoding, large.columns(), readerOf(large),
                                          {.permutations = countOf(context, "permutations"),
                                           .stimuli = stimuli,
                                           .seed = seedOf(context),
                                           .pooled = context.parameters.flag("pooled")},
                                          context.memory / 2, context.control, context.progress, context.threads);
        p = test.p;
        how = fmt::format("{} of {}, encoded anew{}",
                          counted(countOf(context, "permutations"), "permutation", "permutations"),
                          counted(test.exchanged, "stimulus", "stimuli"),
                          context.parameters.flag("pooled") ? ", pooled over voxels" : "");
    } else if (rule == "folds") {
        std::vector<double> values(perFold.rows());
        for (std::size_t v = 0; v < p.size(); ++v) {
            if (v % kLookEvery == 0)
                context.control.check();
            for (std::size_t f = 0; f < values.size(); ++f)
                values[f] = perFold(f, v);
            const MeanTest test = meanTest(values);
            if (test.n == values.size()) // else there is no score
                p[v] = oneSided(test.p, test.t);
        }
        how = fmt::format("one-sided t over {} folds, d.f. {}", perFold.rows(), perFold.rows() - 1);
    } else {
        const auto& score = encoded.get<double>("score").values;
        for (std::size_t v = 0; v < p.size(); ++v) {
            if (v % kLookEvery == 0)
                context.control.check();
            p[v] = oneSided(correlationP(score[v], large.rows()), score[v]);
        }
        how = fmt::format("one-sided t of r, n = {}, d.f. {}", large.rows(), large.rows() - 2);
    }
    std::vector<double> q = falseDiscoveryRates(p);
    const auto significant = std::count_if(q.begin(), q.end(), [](double value) { return value < 0.05; });
    const auto family = std::count_if(p.begin(), p.end(), [](double value) { return std::isfinite(value); });
    StepOutput output;
    summarise(output.arrays, fmt::format("{} of {} voxels at FDR 0.05; {}; family: this subject's voxels",
                                         withThousands(static_cast<std::uint64_t>(significant)),
                                         withThousands(static_cast<std::uint64_t>(family)), how));
    output.arrays.attributes["test"] = how;
    output.arrays.attributes[kVoxelsAttribute] = voxelsOf(*context.inputs.at("responses"));
    output.arrays.set("p", std::move(p));
    output.arrays.set("q", std::move(q));
    return output;
}

// --- searchlight (B4) ---

/// Voxels whose values are there, and the mean pattern of each stimulus in them.
struct Patterns {
    std::vector<std::int32_t> stimuli; ///< rows of the study, ascending
    std::vector<std::uint32_t> voxels; ///< of the subject
    std::vector<VoxelIndex> places;    ///< of these
    Matrix<double> values;             ///< stimuli × voxels
    int threads = 1;                   ///< that there is memory for
};

SearchlightOptions searchlightOptions(const StepContext& context) {
    return {.radius = context.parameters.real("radius"),
            .inclusive = context.parameters.text("boundary") == "inclusive"};
}

Patterns patternsOf(const StepContext& context, const std::vector<std::int32_t>* chosen) {
    const ArrayBundle& responses = *context.inputs.at("responses");
    const LargeArray& large = responses.largeArray("responses");
    const auto& stimulus = responses.get<std::int32_t>("stimulus").values;
    const auto& missing = responses.get<std::uint8_t>("missing").values;
    const auto& voxel = responses.get<std::int32_t>("voxel").values;
    Patterns patterns;
    patterns.stimuli = stimulus;
    std::sort(patterns.stimuli.begin(), patterns.stimuli.end());
    patterns.stimuli.erase(std::unique(patterns.stimuli.begin(), patterns.stimuli.end()), patterns.stimuli.end());
    if (chosen != nullptr)
        std::erase_if(patterns.stimuli,
                      [&](std::int32_t row) { return !std::binary_search(chosen->begin(), chosen->end(), row); });
    for (std::size_t v = 0; v < missing.size(); ++v)
        if (missing[v] == 0) {
            patterns.voxels.push_back(static_cast<std::uint32_t>(v));
            patterns.places.push_back({voxel[3 * v], voxel[3 * v + 1], voxel[3 * v + 2]});
        }
    const std::size_t sphere = sphereVoxels(searchlightOptions(context));
    const auto bytesWith = [&](int threads) {
        return searchlightBytes(patterns.stimuli.size(), patterns.voxels.size(),
                                context.ofEverySystem("features").size(), sphere, threads);
    };
    const std::size_t bytes = bytesWith(1);
    if (bytes > context.memory)
        throw DataError(
            {.where = "searchlight of subject " + tercet::quoted(context.subject->name),
             .what = fmt::format("the patterns of {} and how similar they are take {}",
                                 counted(patterns.stimuli.size(), "stimulus", "stimuli"), formatBytes(bytes)),
             .expected = "at most " + formatBytes(context.memory),
             .remedy = "choose fewer stimuli with --chooser, or allow more with --memory-gb"});
    for (patterns.threads = context.threads; patterns.threads > 1 && bytesWith(patterns.threads) > context.memory;)
        --patterns.threads;
    patterns.values = Matrix<double>(patterns.stimuli.size(), patterns.voxels.size());
    std::vector<double> count(patterns.stimuli.size());
    std::vector<double> row(large.columns());
    for (std::size_t s = 0; s < stimulus.size(); ++s) {
        context.control.check();
        const auto place = std::lower_bound(patterns.stimuli.begin(), patterns.stimuli.end(), stimulus[s]);
        if (place == patterns.stimuli.end() || *place != stimulus[s])
            continue;
        const auto i = static_cast<std::size_t>(place - patterns.stimuli.begin());
        large.read(s, 0, MatrixView<double>(row.data(), 1, row.size()));
        for (std::size_t v = 0; v < patterns.voxels.size(); ++v)
            patterns.values(i, v) += row[patterns.voxels[v]];
        ++count[i];
    }
    for (std::size_t i = 0; i < count.size(); ++i)
        for (double& value : patterns.values.row(i))
            value /= count[i];
    return patterns;
}

/// How similar a system sees each pair of stimuli, in the order of similarityOfRows(). Throws DataError if it does not
/// tell them apart, or has no model of choices and these are asked for.
std::vector<double> modelSimilarity(const StepContext& context, const ArrayBundle& input, const System& system,
                                    const std::vector<std::int32_t>& stimuli, const Progress& progress) {
    const std::string& asked = context.parameters.text("similarity");
    std::vector<double> similarity;
    if (asked == "predicted") {
        if (isRatingTable(system.source))
            throw DataError({.what = "a table of ratings predicts no choices"});
        const std::vector<std::uint32_t> rows(stimuli.begin(), stimuli.end());
        const Matrix<double> predicted =
            predictedSimilarity(input.matrix("embedding"), rows, context.control, progress, context.threads);
        similarity.reserve(stimuli.size() * (stimuli.size() - 1) / 2);
        for (std::size_t i = 0; i < predicted.rows(); ++i)
            similarity.insert(similarity.end(), predicted.row(i).begin() + static_cast<std::ptrdiff_t>(i + 1),
                              predicted.row(i).end());
    } else {
        similarity = similarityOfRows(brainFeatures(context, input, system).rowsFor(stimuli),
                                      asked == "pearson"  ? RowSimilarity::Pearson
                                      : asked == "cosine" ? RowSimilarity::Cosine
                                                          : RowSimilarity::Dot,
                                      context.control);
    }
    if (std::ranges::adjacent_find(similarity, std::ranges::not_equal_to()) == similarity.end())
        throw DataError({.what = "all pairs are equally similar"});
    return similarity;
}

StepOutput searchlightStep(StepContext& context) {
    const auto choice = context.inputs.find("chosen");
    const std::string& chooser = context.parameters.text("chooser");
    const Patterns patterns = patternsOf(
        context, choice == context.inputs.end() ? nullptr : &choice->second->get<std::int32_t>("chosen").values);
    constexpr std::size_t kFewest = 4;
    if (patterns.stimuli.size() < kFewest)
        throw DataError({.where = "searchlight of subject " + tercet::quoted(context.subject->name),
                         .expected = fmt::format("at least {} stimuli", kFewest),
                         .found = std::to_string(patterns.stimuli.size())});
    std::vector<std::string> models;
    std::vector<std::string> left;
    std::vector<std::vector<double>> similarities;
    const auto systems = context.ofEverySystem("features");
    const double modelShare = context.parameters.text("similarity") == "predicted" ? 0.1 : 0; // of the time
    for (const auto& [system, input] : systems) {
        const auto number = static_cast<double>(similarities.size() + left.size());
        const double share = modelShare / static_cast<double>(systems.size());
        try {
            similarities.push_back(modelSimilarity(context, *input, system, patterns.stimuli,
                                                   context.progress.part(number * share, (number + 1) * share)));
            models.push_back(system.name);
        } catch (const DataError& error) {
            left.push_back(
                fmt::format("{} ({})", system.name, error.fault().what.empty() ? error.what() : error.fault().what));
        }
    }
    if (models.empty())
        throw DataError({.where = "searchlight",
                         .what = "no model tells these stimuli apart: " + left.front(),
                         .remedy = "choose another similarity"});
    const Searchlight searchlight(patterns.values, patterns.places, similarities, searchlightOptions(context),
                                  context.control);

    // What a killed program had done.
    Matrix<double> rho(models.size(), patterns.voxels.size(), kNone);
    std::vector<std::uint8_t> known(patterns.voxels.size());
    std::error_code ignored;
    if (std::filesystem::exists(context.checkpoint, ignored)) {
        try {
            ArrayBundle kept = readArrayFile(context.checkpoint);
            Array<double> values = kept.take<double>("rho");
            Array<std::uint8_t> flags = kept.take<std::uint8_t>("known");
            if (values.values.size() == rho.size() && flags.values.size() == known.size()) {
                rho.values() = std::move(values.values);
                known = std::move(flags.values);
            }
        } catch (const Error&) {
            known.assign(known.size(), 0); // damaged: from the beginning
        }
    }

    const std::size_t voxels = context.inputs.at("responses")->largeArray("responses").columns();
    const auto bundleOf = [&, of = voxelsOf(*context.inputs.at("responses"))] {
        ArrayBundle bundle;
        bundle.attributes[kVoxelsAttribute] = of;
        Matrix<double> all(models.size(), voxels, kNone);
        for (std::size_t m = 0; m < models.size(); ++m)
            for (std::size_t v = 0; v < patterns.voxels.size(); ++v)
                if (known[v] != 0)
                    all(m, patterns.voxels[v]) = rho(m, v);
        bundle.set("rho", std::move(all));
        bundle.set("systems", models);
        return bundle;
    };
    const auto keep = [&] {
        ArrayBundle state;
        state.set("rho", rho);
        state.set("known", known);
        writeArrayFile(context.checkpoint, state);
    };
    Ticker shown;
    Ticker kept;
    constexpr double kShowEvery = 0.3;  // s
    constexpr double kKeepEvery = 10.0; // s
    try {
        correlateAll(
            searchlight, rho, known,
            [&](std::span<const std::uint32_t>) {
                if (shown.due(kShowEvery))
                    context.publish(std::make_shared<const ArrayBundle>(bundleOf()));
                if (kept.due(kKeepEvery))
                    keep();
            },
            context.control, context.progress.part(modelShare, 1), patterns.threads);
    } catch (const Cancelled&) {
        keep(); // goes on from here
        throw;
    }
    if (std::ranges::none_of(rho.values(), [](double r) { return std::isfinite(r); }))
        throw DataError({.where = "searchlight of subject " + tercet::quoted(context.subject->name),
                         .what = "no sphere has two voxels whose patterns tell the stimuli apart",
                         .remedy = "set a larger radius, or import with another mask"});
    keep(); // until it is stored
    StepOutput output{.arrays = bundleOf(), .keptUntilStored = true};
    std::string summary;
    for (std::size_t m = 0; m < models.size(); ++m)
        summary += fmt::format("{}{} {:.3f}", m == 0 ? "mean ρ " : ", ", models[m], meanOf(rho.row(m)));
    summary += fmt::format("; {} spheres of {}", withThousands(patterns.voxels.size()),
                           counted(patterns.stimuli.size(), "stimulus", "stimuli"));
    for (const std::string& one : left)
        summary += "; left out: " + one;
    if (choice != context.inputs.end() && context.records.at("chosen").parameters.at("by") == "reliability") {
        summary += "; stimuli chosen by how reliable their patterns are";
    } else if (!chooser.empty()) {
        output.arrays.attributes["warning"] =
            fmt::format("The stimuli were chosen with “{}”, which favours it in this comparison (B3).", chooser);
        summary += fmt::format("; stimuli chosen with {}, which favours it", chooser);
    }
    summarise(output.arrays, summary);
    output.arrays.set("stimuli", patterns.stimuli);
    return output;
}

// --- roi-test (B5) ---

/// Systems that have a result for every subject that has regions, and the mean of a map in each region.
struct RegionMeans {
    std::vector<std::string> systems;
    std::vector<std::string> subjects;
    std::vector<std::string> regions;
    std::vector<std::uint8_t> subcortical;
    Array<double> mean; ///< systems × subjects × regions
};

/// `mapOf`: a value per voxel of a system and subject; empty if there is none.
RegionMeans regionMeans(const StepContext& context,
                        const std::function<std::span<const double>(const System&, const std::string&)>& mapOf) {
    RegionMeans means;
    const auto subjects = context.ofEverySubject("regions");
    for (const auto& [subject, regions] : subjects) {
        means.subjects.push_back(subject.name);
        const auto& names = regions->get<std::string>("region_name").values;
        if (means.regions.empty()) {
            means.regions = names;
            means.subcortical = regions->get<std::uint8_t>("subcortical").values;
        }
    }
    for (const System& system : context.systems) {
        std::vector<double> values;
        bool any = false;
        for (const auto& [subject, regions] : subjects) {
            context.control.check();
            const std::span<const double> map = mapOf(system, subject.name);
            const auto& region = regions->get<std::int32_t>("region").values;
            std::vector<double> sum(means.regions.size());
            std::vector<double> count(means.regions.size());
            for (std::size_t v = 0; v < map.size(); ++v)
                if (region[v] >= 0 && std::isfinite(map[v])) {
                    sum[static_cast<std::size_t>(region[v])] += map[v];
                    ++count[static_cast<std::size_t>(region[v])];
                }
            any = any || !map.empty();
            for (std::size_t r = 0; r < sum.size(); ++r)
                values.push_back(count[r] > 0 ? sum[r] / count[r] : kNone);
        }
        if (!any)
            continue;
        means.systems.push_back(system.name);
        means.mean.values.insert(means.mean.values.end(), values.begin(), values.end());
    }
    means.mean.shape = {means.systems.size(), means.subjects.size(), means.regions.size()};
    return means;
}

StepOutput roiTestStep(StepContext& context) {
    const bool searchlight = context.parameters.text("of") == "searchlight";
    const auto mapOf = [&](const System& system, const std::string& subject) -> std::span<const double> {
        if (!searchlight) {
            const auto found = context.inputs.find(nameOfInput(nameOfInput("encoding", system.name), subject));
            return found == context.inputs.end() ? std::span<const double>()
                                                 : found->second->get<double>("score").values;
        }
        const auto found = context.inputs.find(nameOfInput("searchlight", subject));
        if (found == context.inputs.end())
            return {};
        const auto& models = found->second->get<std::string>("systems").values;
        const auto place = std::find(models.begin(), models.end(), system.name);
        if (place == models.end())
            return {};
        return found->second->matrix("rho").row(static_cast<std::size_t>(place - models.begin()));
    };
    RegionMeans means = regionMeans(context, mapOf);
    if (means.systems.empty())
        throw MissingError({.where = "roi-test",
                            .what = "no system has been compared with the brain of a subject with regions",
                            .remedy = searchlight ? "run searchlight first" : "run encode first"});
    const std::size_t subjects = means.subjects.size();
    const std::size_t regions = means.regions.size();
    std::vector<std::int32_t> pairs;
    std::vector<double> t;
    std::vector<double> freedom;
    std::vector<double> p;
    std::vector<double> effect;
    std::vector<double> low;
    std::vector<double> high;
    std::vector<double> difference;
    std::vector<double> flips;
    for (std::size_t a = 0; a < means.systems.size(); ++a)
        for (std::size_t b = a + 1; b < means.systems.size(); ++b)
            for (std::size_t r = 0; r < regions; ++r) {
                context.control.check();
                std::vector<double> differences;
                for (std::size_t s = 0; s < subjects; ++s)
                    differences.push_back(means.mean.values[(a * subjects + s) * regions + r] -
                                          means.mean.values[(b * subjects + s) * regions + r]);
                const MeanTest test = meanTest(differences);
                for (const std::size_t value : {a, b, r})
                    pairs.push_back(static_cast<std::int32_t>(value));
                t.push_back(test.t);
                freedom.push_back(test.freedom);
                p.push_back(test.p);
                effect.push_back(test.effect);
                low.push_back(test.interval.low);
                high.push_back(test.interval.high);
                difference.push_back(test.mean);
                constexpr std::size_t kMostFlipped = 20;
                flips.push_back(test.n <= kMostFlipped ? signFlipP(differences) : kNone);
            }
    std::vector<double> q = falseDiscoveryRates(p);
    const auto family = std::count_if(p.begin(), p.end(), [](double value) { return std::isfinite(value); });
    const auto significant = std::count_if(q.begin(), q.end(), [](double value) { return value < 0.05; });
    StepOutput output;
    std::string rule = fmt::format("two-tailed paired t over {}; family: {} of pairs of systems and regions",
                                   counted(subjects, "subject", "subjects"),
                                   counted(static_cast<std::uint64_t>(family), "test", "tests"));
    std::set<std::string> choosers; // whose choice of stimuli a searchlight took (B3)
    for (const auto& [name, input] : context.inputs)
        if (searchlight && input->attributes.contains("warning"))
            choosers.insert(context.records.at(name).parameters.at("chooser"));
    if (!choosers.empty())
        rule += fmt::format("; stimuli chosen with {}, which favours it", fmt::join(choosers, ", "));
    summarise(output.arrays, fmt::format("{} of {} differences at FDR 0.05; {}", significant, family, rule));
    output.arrays.attributes["rule"] = rule;
    output.arrays.attributes["of"] = context.parameters.text("of");
    output.arrays.set("systems", std::move(means.systems));
    output.arrays.set("subjects", std::move(means.subjects));
    output.arrays.set("regions", std::move(means.regions));
    output.arrays.set("subcortical", std::move(means.subcortical));
    output.arrays.arrays["mean"] = std::move(means.mean);
    output.arrays.arrays["comparison"] = Array<std::int32_t>{{pairs.size() / 3, 3}, std::move(pairs)};
    output.arrays.set("difference", std::move(difference));
    output.arrays.set("t", std::move(t));
    output.arrays.set("freedom", std::move(freedom));
    output.arrays.set("p", std::move(p));
    output.arrays.set("q", std::move(q));
    output.arrays.set("effect", std::move(effect));
    output.arrays.set("low", std::move(low));
    output.arrays.set("high", std::move(high));
    output.arrays.set("flip_p", std::move(flips));
    return output;
}

// --- compare-voxels (B7) ---

StepOutput compareVoxelsStep(StepContext& context) {
    std::vector<std::string> systems;
    for (const System& system : context.systems)
        if (!context.ofEverySubject("encoding", &system).empty())
            systems.push_back(system.name);
    const std::size_t subjects = context.subjects.size();
    std::vector<std::string> subjectNames;
    for (const Subject& subject : context.subjects)
        subjectNames.push_back(subject.name);
    Matrix<double> pooled(systems.size(), systems.size(), kNone);
    Array<double> each{{subjects, systems.size(), systems.size()},
                       std::vector<double>(subjects * systems.size() * systems.size(), kNone)};
    const auto scoreOf = [&](const std::string& system, const std::string& subject) -> std::span<const double> {
        const auto found = context.inputs.find(nameOfInput(nameOfInput("encoding", system), subject));
        return found == context.inputs.end() ? std::span<const double>() : found->second->get<double>("score").values;
    };
    for (std::size_t a = 0; a < systems.size(); ++a)
        for (std::size_t b = 0; b < systems.size(); ++b) {
            double above = 0;
            std::size_t voxels = 0;
            for (std::size_t s = 0; s < subjects; ++s) {
                context.control.check();
                const auto x = scoreOf(systems[a], subjectNames[s]);
                const auto y = scoreOf(systems[b], subjectNames[s]);
                if (x.empty() || y.empty() || a == b)
                    continue;
                const VoxelComparison comparison = compareVoxels(x, y, 1, 0, 1);
                each.values[(s * systems.size() + a) * systems.size() + b] = comparison.shareAbove;
                if (comparison.voxels > 0) {
                    above += comparison.shareAbove * static_cast<double>(comparison.voxels);
                    voxels += comparison.voxels;
                }
            }
            if (voxels > 0)
                pooled(a, b) = above / static_cast<double>(voxels);
        }
    std::string best;
    double bestShare = -1;
    for (std::size_t b = 0; b < systems.size(); ++b)
        for (std::size_t a = 0; a < systems.size(); ++a)
            if (pooled(a, b) > bestShare) {
                bestShare = pooled(a, b);
                best = fmt::format("{} predicts {:.1f} % of voxels better than {}", systems[b], 100 * bestShare,
                                   systems[a]);
            }
    StepOutput output;
    summarise(output.arrays, best);
    output.arrays.set("systems", std::move(systems));
    output.arrays.set("subjects", std::move(subjectNames));
    output.arrays.set("share_above", std::move(pooled));
    output.arrays.arrays["share_per_subject"] = std::move(each);
    return output;
}

// --- component-maps (B9) ---

StepOutput componentMapsStep(StepContext& context) {
    const auto encodings = context.ofEverySubject("encoding");
    std::map<std::string, std::shared_ptr<const ArrayBundle>> regionsOf;
    for (const auto& [subject, regions] : context.ofEverySubject("regions"))
        regionsOf.emplace(subject.name, regions);
    std::vector<std::int32_t> columns; // training columns of all subjects' features
    for (const auto& [subject, encoding] : encodings)
        for (const std::int32_t column : encoding->get<std::int32_t>("training_column").values)
            if (std::find(columns.begin(), columns.end(), column) == columns.end())
                columns.push_back(column);
    std::vector<std::string> subjects;
    std::vector<std::string> regionNames;
    std::vector<double> profile; // subjects × components × regions
    for (const auto& [subject, encoding] : encodings) {
        const auto regions = regionsOf.find(subject.name);
        if (regions == regionsOf.end())
            continue;
        subjects.push_back(subject.name);
        regionNames = regions->second->get<std::string>("region_name").values;
        const auto& region = regions->second->get<std::int32_t>("region").values;
        const MatrixView<const double> weights = encoding->matrix("weights");
        const auto& own = encoding->get<std::int32_t>("training_column").values;
        for (const std::int32_t column : columns) {
            context.control.check();
            std::vector<double> sum(regionNames.size());
            std::vector<double> count(regionNames.size());
            const auto place = std::find(own.begin(), own.end(), column);
            if (place != own.end()) {
                const auto row = weights.row(static_cast<std::size_t>(place - own.begin()));
                for (std::size_t v = 0; v < row.size(); ++v)
                    if (region[v] >= 0 && std::isfinite(row[v])) {
                        sum[static_cast<std::size_t>(region[v])] += row[v];
                        ++count[static_cast<std::size_t>(region[v])];
                    }
            }
            for (std::size_t r = 0; r < sum.size(); ++r)
                profile.push_back(count[r] > 0 ? sum[r] / count[r] : kNone);
        }
    }
    const std::size_t regionCount = regionNames.size();
    const auto profileOf = [&](std::size_t subject, std::size_t component) {
        return std::span<const double>(profile).subspan((subject * columns.size() + component) * regionCount,
                                                        regionCount);
    };
    const auto correlation = [](std::span<const double> a, std::span<const double> b) {
        std::vector<double> x;
        std::vector<double> y;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (std::isfinite(a[i]) && std::isfinite(b[i])) {
                x.push_back(a[i]);
                y.push_back(b[i]);
            }
        return x.size() > 2 ? pearson(x, y) : kNone;
    };
    Array<double> similarity{{columns.size(), subjects.size(), subjects.size()}, {}};
    std::vector<double> mean;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        std::vector<double> others;
        for (std::size_t a = 0; a < subjects.size(); ++a)
            for (std::size_t b = 0; b < subjects.size(); ++b) {
                similarity.values.push_back(a == b ? 1 : correlation(profileOf(a, c), profileOf(b, c)));
                if (a < b)
                    others.push_back(similarity.values.back());
            }
        mean.push_back(meanOf(others));
    }
    StepOutput output;
    summarise(output.arrays, fmt::format("{} in {}; mean r between subjects over regions {:.3f}",
                                         counted(columns.size(), "feature", "features"),
                                         counted(subjects.size(), "subject", "subjects"), meanOf(mean)));
    output.arrays.arrays["profile"] = Array<double>{{subjects.size(), columns.size(), regionCount}, std::move(profile)};
    output.arrays.arrays["similarity"] = std::move(similarity);
    output.arrays.set("mean_similarity", std::move(mean));
    output.arrays.set("training_column", std::move(columns));
    output.arrays.set("subjects", std::move(subjects));
    output.arrays.set("regions", std::move(regionNames));
    return output;
}

StepInput responsesInput() { return {.name = "responses", .kind = Kind::Result, .step = "preprocess-fmri"}; }
StepInput featuresInput() { return {.name = "features", .kind = Kind::Features}; }
StepInput regionsOfSubjects() {
    return {.name = "regions", .kind = Kind::Result, .step = "assign-regions", .everySubject = 1};
}

} // namespace

std::vector<Step> brainSteps() {
    return {
        {.name = "encode",
         .title = "Encoding",
         .group = "Brain",
         .help = "Predicts every voxel's responses from the model's features by ridge regression: in each outer fold "
                 "the penalty is chosen per voxel by inner folds, features are standardised and responses centred in "
                 "the training part only; the score is the mean over folds of held-out Pearson r.",
         .systems = modelSystems(),
         .inputs = {responsesInput(), featuresInput()},
         .parameters = {{.name = "folds",
                         .title = "Folds",
                         .defaultValue = std::string("runs"),
                         .choices = {"runs", "whole-runs", "random"},
                         .help = "By run, with runs that share a stimulus together; whole runs whatever was shown in "
                                 "them, for conditions that every run repeats; or stimuli at random."},
                        {.name = "outer",
                         .title = "Outer folds",
                         .defaultValue = std::int64_t{5},
                         .minimum = 2,
                         .maximum = 1000,
                         .help = "Each is held out once."},
                        {.name = "inner",
                         .title = "Inner folds",
                         .defaultValue = std::int64_t{6},
                         .minimum = 2,
                         .maximum = 1000,
                         .help = "Of the training part, by which the penalty is chosen."},
                        {.name = "criterion",
                         .title = "Choose the penalty by",
                         .defaultValue = std::string("correlation"),
                         .choices = {"correlation", "explained"},
                         .help = "Mean inner Pearson r, or R²."},
                        {.name = "alpha-low",
                         .title = "Lowest penalty",
                         .defaultValue = 1e-3,
                         .minimum = 1e-12,
                         .maximum = 1e12,
                         .help = "Of those that are tried."},
                        {.name = "alpha-high",
                         .title = "Highest penalty",
                         .defaultValue = 1e3,
                         .minimum = 1e-12,
                         .maximum = 1e12,
                         .help = "Of those that are tried."},
                        {.name = "alphas",
                         .title = "Penalties",
                         .defaultValue = std::int64_t{100},
                         .minimum = 1,
                         .maximum = 1000,
                         .help = "How many are tried, equally far apart in their logarithm."},
                        seedParameter()},
         .perSubject = true,
         .arrays = {{"score", "voxels: mean over folds of held-out Pearson r; NaN without values"},
                    {"score_per_fold", "folds × voxels: held-out Pearson r"},
                    {"alpha", "folds × voxels: penalty that was chosen"},
                    {"weights", "features × voxels: mean over folds, of standardised features"},
                    {"feature", "features: component number or rated term; those that do not vary are left out"},
                    {"training_column", "features: column of the component while training"}},
         .mainArray = "score",
         .run = encodeStep},
        {.name = "voxel-test",
         .title = "Voxel test",
         .group = "Brain",
         .version = 2,
         .help = "Which voxels are predicted better than by chance, with the false discovery rate over the subject's "
                 "voxels: responses are dealt out to the stimuli anew and encoded again.",
         .systems = modelSystems(),
         .inputs = {responsesInput(), featuresInput(), {.name = "encoding", .kind = Kind::Result, .step = "encode"}},
         .parameters = {{.name = "test",
                         .title = "Test",
                         .defaultValue = std::string("permutation"),
                         .choices = {"permutation", "folds", "r-to-t"},
                         .help = "Permutation of the stimuli; t of the folds' scores against 0; or t of the mean r "
                                 "with n samples. The last two take dependent scores as independent.",
                         .paper = "names no test within a subject."},
                        {.name = "permutations",
                         .title = "Permutations",
                         .defaultValue = std::int64_t{20},
                         .minimum = 1,
                         .maximum = 1000000,
                         .help = "Each encodes all voxels once more."},
                        {.name = "pooled",
                         .title = "Pool voxels",
                         .defaultValue = true,
                         .help = "Compare with the permutations of all voxels, so that few suffice; else with the "
                                 "voxel's own, which need a thousand."},
                        seedParameter()},
         .perSubject = true,
         .arrays = {{"p", "voxels: one-sided p of the score"}, {"q", "voxels: false discovery rate"}},
         .mainArray = "q",
         .run = voxelTestStep},
        {.name = "searchlight",
         .title = "Searchlight",
         .group = "Brain",
         .help = "Around every voxel, the Spearman correlation of how similar the stimuli's patterns in the sphere are "
                 "with how similar each model sees the stimuli; all models in one pass, from coarse to fine.",
         .inputs = {responsesInput(),
                    {.name = "features", .kind = Kind::Features, .everySystem = 1},
                    {.name = "chosen", .kind = Kind::Result, .step = "choose-stimuli", .systemParameter = "chooser"}},
         .parameters = {{.name = "radius",
                         .title = "Radius",
                         .defaultValue = 3.0,
                         .minimum = 1,
                         .maximum = 20,
                         .unit = "voxels",
                         .help = "Of the sphere."},
                        {.name = "boundary",
                         .title = "Sphere's surface",
                         .defaultValue = std::string("inclusive"),
                         .choices = {"inclusive", "exclusive"},
                         .help = "Whether voxels exactly at the radius belong to it (123 or 93 voxels at 3)."},
                        {.name = "similarity",
                         .title = "Models' similarity",
                         .defaultValue = std::string("pearson"),
                         .choices = {"pearson", "cosine", "dot", "predicted"},
                         .help = "Between the models' rows of two stimuli; or how probably an embedding predicts them "
                                 "to be chosen as the pair, over all third stimuli, which tables of ratings do not."},
                        {.name = "chooser",
                         .title = "Stimuli chosen by",
                         .defaultValue = std::string(),
                         .help = "A system whose choice of stimuli (choose-stimuli) is taken; empty: all stimuli. That "
                                 "system is then favoured, unless its stimuli were chosen by reliability.",
                         .paper = "keeps the 1,000 stimuli that one model predicts best."}},
         .perSubject = true,
         .arrays = {{"rho", "systems × voxels: Spearman ρ; NaN without values"},
                    {"systems", "systems: names"},
                    {"stimuli", "stimuli that were used: their rows"}},
         .mainArray = "rho",
         .run = searchlightStep},
        {.name = "roi-test",
         .title = "Region test",
         .group = "Brain",
         .version = 2,
         .help = "Mean score of every system in every region and subject, and a two-tailed paired t test across "
                 "subjects of each difference between systems, with the false discovery rate over all of them; exact "
                 "sign flips beside it.",
         .inputs = {{.name = "encoding",
                     .kind = Kind::Result,
                     .step = "encode",
                     .everySystem = 1,
                     .everySubject = 1,
                     .onlyWith = {"of", "encoding"}},
                    {.name = "searchlight",
                     .kind = Kind::Result,
                     .step = "searchlight",
                     .everySubject = 1,
                     .onlyWith = {"of", "searchlight"}},
                    regionsOfSubjects()},
         .parameters = {{.name = "of",
                         .title = "Test",
                         .defaultValue = std::string("encoding"),
                         .choices = {"encoding", "searchlight"},
                         .help = "The maps whose means are compared."}},
         .arrays = {{"systems", "systems: names"},
                    {"subjects", "subjects: names"},
                    {"regions", "regions: names"},
                    {"subcortical", "regions: 1 where it is one"},
                    {"mean", "systems × subjects × regions: mean over its voxels"},
                    {"comparison", "tests × 3: system, other system, region"},
                    {"difference", "tests: mean over subjects of the first less the other"},
                    {"t", "tests: Student's t"},
                    {"freedom", "tests: degrees of freedom"},
                    {"p", "tests: two-tailed"},
                    {"q", "tests: false discovery rate"},
                    {"effect", "tests: Cohen's d"},
                    {"low", "tests: of the 95 % interval of the difference"},
                    {"high", "tests: of the 95 % interval of the difference"},
                    {"flip_p", "tests: exact two-tailed p of flipped signs"}},
         .mainArray = "mean",
         .run = roiTestStep},
        {.name = "compare-voxels",
         .title = "Voxel comparison",
         .group = "Brain",
         .help = "In how many voxels each system predicts better than each other one.",
         .inputs = {{.name = "encoding", .kind = Kind::Result, .step = "encode", .everySystem = 2, .everySubject = 1}},
         .arrays = {{"systems", "systems: names"},
                    {"subjects", "subjects: names"},
                    {"share_above", "systems × systems: share of voxels where the column's score is above the row's"},
                    {"share_per_subject", "subjects × systems × systems: the same"}},
         .mainArray = "share_above",
         .run = compareVoxelsStep},
        {.name = "component-maps",
         .title = "Component maps",
         .group = "Brain",
         .help = "Encoding weights of each component over the regions of every subject, and how similar subjects are.",
         .systems = modelSystems(),
         .inputs = {{.name = "encoding", .kind = Kind::Result, .step = "encode", .everySubject = 1},
                    regionsOfSubjects()},
         .arrays = {{"profile", "subjects × features × regions: mean weight"},
                    {"similarity", "features × subjects × subjects: Pearson r over regions"},
                    {"mean_similarity", "features: mean over pairs of subjects"},
                    {"training_column", "features: column of the component while training"},
                    {"subjects", "subjects: names"},
                    {"regions", "regions: names"}},
         .mainArray = "mean_similarity",
         .run = componentMapsStep},
    };
}

} // namespace tercet
