#include "app/bench.h"

#ifdef TERCET_GUI
#include "app/cortex_bench.h"
#include "app/graph_bench.h"
#endif
#include "app/window_bench.h"
#include "core/base/error.h"
#include "core/base/machine.h"
#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/base/text.h"
#include "core/brain/encoding.h"
#include "core/brain/searchlight.h"
#include "core/embedding/spose_fit.h"
#include "core/io/array_file.h"
#include "core/io/numpy_file.h"
#include "core/io/ratings_file.h"
#include "core/judgments/simulated_choices.h"
#include "core/judgments/triplet_sampling.h"
#include "core/pipeline/pipeline.h"
#include "core/spaces/centroids.h"
#include "core/spaces/emotion_graph.h"
#include "core/spaces/map.h"
#include "core/spaces/similarity.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

namespace tercet {
namespace {

constexpr std::size_t kStimuli = 2180;
constexpr std::size_t kComponents = 30;

class Bench {
public:
    explicit Bench(const BenchRequest& request) : m_request(request) {}

    [[nodiscard]] const BenchRequest& request() const noexcept { return m_request; }

    /// Prints one figure: what was done, the figures by name, and a sentence for people.
    void report(const std::string& bench, const nlohmann::ordered_json& figures, const std::string& sentence) const {
        if (m_request.json) {
            nlohmann::ordered_json line{{"bench", bench}};
            line.update(figures);
            fmt::print("{}\n", line.dump());
        } else {
            fmt::print("{:<15} {}\n", bench, sentence);
        }
        std::fflush(stdout);
    }

    [[nodiscard]] const MachineLimits& limits(int threads) {
        auto& known = m_limits[threads];
        if (known.gigaflops == 0)
            known = measureMachine(threads);
        return known;
    }

    /// 1 and the most that may be used.
    [[nodiscard]] std::vector<int> threadCounts() const {
        return m_request.threads > 1 ? std::vector{1, m_request.threads} : std::vector{1};
    }

private:
    BenchRequest m_request;
    std::map<int, MachineLimits> m_limits;
};

double secondsOf(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Ratings of the paper's form: 34 shares of about 12 raters, most of them 0.
Matrix<double> madeUpRatings() {
    Rng rng(1);
    Matrix<double> ratings(kStimuli, 34);
    for (std::size_t i = 0; i < kStimuli; ++i) {
        const std::uint32_t main = rng.below(34);
        for (int rater = 0; rater < 12; ++rater) {
            ratings(i, rng.uniform() < 0.6 ? main : rng.below(34)) += 1.0 / 12;
        }
    }
    return ratings;
}

void benchSample(Bench& bench) {
    const Matrix<double> ratings = madeUpRatings();
    for (const int threads : bench.threadCounts()) {
        const JobControl control;
        SampledTriplets sampled;
        const double sampling =
            secondsOf([&] { sampled = sampleTriplets(kStimuli, {.seed = 1, .threads = threads}, control); });
        SimulatedChoices choices;
        const double simulating = secondsOf(
            [&] { choices = simulateChoices(ratings, sampled.triplets, {.seed = 1, .threads = threads}, control); });
        const double bytes = 4.0 * 3 * sizeof(std::uint16_t) * static_cast<double>(sampled.triplets.size());
        const double share = 1e-9 * bytes / (sampling + simulating) / bench.limits(threads).memoryGigabytes;
        bench.report(
            "sample",
            {{"triplets", sampled.triplets.size()},
             {"threads", threads},
             {"sampling_s", sampling},
             {"simulating_s", simulating},
             {"share_of_memory_bandwidth", share}},
            fmt::format("{} triplets: sampled in {:.2f} s, simulated in {:.2f} s, {} thread{} ({:.1f} % of the "
                        "memory bandwidth: random access, not bandwidth, is the limit)",
                        withThousands(sampled.triplets.size()), sampling, simulating, threads, threads == 1 ? "" : "s",
                        100 * share));
    }
}

/// Random triplets of different stimuli.
Triplets randomTriplets(std::size_t count) {
    Rng rng(2);
    Triplets::Narrow values;
    values.reserve(3 * count);
    for (std::size_t t = 0; t < count; ++t) {
        std::array<std::uint16_t, 3> row{};
        do {
            for (auto& stimulus : row)
                stimulus = static_cast<std::uint16_t>(rng.below(kStimuli));
        } while (row[0] == row[1] || row[0] == row[2] || row[1] == row[2]);
        values.insert(values.end(), row.begin(), row.end());
    }
    return Triplets(std::move(values));
}

void benchFit(Bench& bench) {
    for (const std::size_t batch : {std::size_t{128}, std::size_t{1024}, std::size_t{8192}}) {
        const std::size_t count = batch == 128 ? 1'000'000 : 4'000'000;
        const auto triplets = std::make_shared<const Triplets>(randomTriplets(count));
        // The fastest epoch of some rounds of all thread counts: other programs only ever slow a fit down.
        constexpr int kRounds = 3;
        constexpr std::size_t kEpochs = 4;
        std::map<int, double> fastest; // seconds by threads
        for (int round = 0; round < kRounds; ++round)
            for (const int threads : bench.threadCounts()) {
                SposeFit fit(triplets, kStimuli,
                             {.components = kComponents,
                              .batch = batch,
                              .epochLimit = kEpochs,
                              .heldOutShare = 0,
                              .stopRule = StopRule::EpochLimit});
                for (const EpochRecord& record : fit.run(JobControl(), {}, threads).records) {
                    const auto best = fastest.try_emplace(threads, record.seconds).first;
                    best->second = std::min(best->second, record.seconds);
                }
            }
        for (const auto& [threads, seconds] : fastest) {
            const double perSecond = static_cast<double>(count) / seconds;
            const double timesOneThread = fastest.at(1) / seconds;
            // Three products and six scaled rows a judgment; Adam on every weight, about 12 operations, a batch.
            const double operations = 18.0 * kComponents + 12.0 * kStimuli * kComponents / static_cast<double>(batch);
            const double gigaflops = 1e-9 * operations * perSecond;
            // Adam reads and writes weight, gradient and both moments.
            const double adamBytes = 8.0 * sizeof(float) * kStimuli * kComponents / static_cast<double>(batch);
            const double gigabytes = 1e-9 * adamBytes * perSecond;
            const MachineLimits& limits = bench.limits(threads);
            bench.report(
                "fit",
                {{"batch", batch},
                 {"threads", threads},
                 {"judgments_per_second", perSecond},
                 {"gflops", gigaflops},
                 {"share_of_peak_flops", gigaflops / limits.gigaflops},
                 {"adam_gb_per_second", gigabytes},
                 {"share_of_cache_bandwidth", gigabytes / limits.cacheGigabytes},
                 {"instruction_set", SposeFit::instructionSet()},
                 {"times_one_thread", timesOneThread}},
                fmt::format("batch {}, {} thread{}: {:.2f} million judgments/s ({:.2f} × one thread), {:.1f} GFLOP/s = "
                            "{:.0f} % of this machine's peak; Adam's {:.1f} GB/s = {:.0f} % of its cache bandwidth; {}",
                            batch, threads, threads == 1 ? "" : "s", 1e-6 * perSecond, timesOneThread, gigaflops,
                            100 * gigaflops / limits.gigaflops, gigabytes, 100 * gigabytes / limits.cacheGigabytes,
                            SposeFit::instructionSet()));
        }
    }
}

/// Category ratings of the paper's size: those asked for, else made-up ones.
Matrix<double> categoryRatings(const Bench& bench) {
    if (bench.request().ratings.empty())
        return madeUpRatings();
    const RatingsTable table = readRatings(bench.request().ratings);
    std::size_t categories = 0;
    while (categories < table.terms.size() && table.terms[categories].kind == TermKind::Category)
        ++categories;
    Matrix<double> ratings(table.values.rows(), categories);
    for (std::size_t i = 0; i < ratings.rows(); ++i)
        for (std::size_t j = 0; j < categories; ++j)
            ratings(i, j) = table.values(i, j);
    return ratings;
}

void benchFitPaper(Bench& bench) {
    const Matrix<double> ratings = categoryRatings(bench);
    const JobControl control;
    const int threads = bench.request().threads;
    SposeResult result;
    const double seconds = secondsOf([&] {
        const SampledTriplets sampled = sampleTriplets(ratings.rows(), {.seed = 1, .threads = threads}, control);
        SimulatedChoices choices = simulateChoices(ratings, sampled.triplets, {.seed = 1, .threads = threads}, control);
        SposeFit fit(std::make_shared<const Triplets>(choices.judgments), ratings.rows(), {.lambda = 0.004, .seed = 1});
        result = fit.run(control, {}, threads);
    });
    bench.report(
        "fit-paper",
        {{"stimuli", ratings.rows()},
         {"threads", threads},
         {"seconds", seconds},
         {"epochs", result.epochs},
         {"objective", result.records.back().objective},
         {"held_out_accuracy", result.heldOut.share},
         {"active_components", result.records.back().activeComponents},
         {"peak_memory_bytes", peakMemory()}},
        fmt::format("sampling, simulating and fitting {} stimuli to the stopping rule: {:.1f} s on {} threads, {} "
                    "epochs, objective {:.4f}, held-out accuracy {:.4f}, {} components in use, {} at most",
                    withThousands(ratings.rows()), seconds, threads, result.epochs, result.records.back().objective,
                    result.heldOut.share, result.records.back().activeComponents, formatBytes(peakMemory())));
}

/// Non-negative points around 27 sparse centres.
Matrix<double> madeUpPoints(std::size_t count) {
    Rng rng(3, count);
    Matrix<double> centres(27, kComponents);
    for (double& value : centres.values())
        value = rng.uniform() < 0.15 ? -std::log(1 - rng.uniform()) : 0;
    Matrix<double> points(count, kComponents);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t centre = rng.below(27);
        for (std::size_t j = 0; j < kComponents; ++j)
            points(i, j) = std::abs(centres(centre, j) + 0.15 * rng.normal());
    }
    return points;
}

void benchMap(Bench& bench) {
    std::vector<Matrix<double>> sets;
    if (bench.request().points.empty()) {
        for (const std::size_t count : {2180, 10000, 100000})
            sets.push_back(madeUpPoints(count));
    } else {
        ArrayBundle bundle;
        bundle.arrays["points"] = readNpy(bench.request().points);
        const auto view = bundle.matrix("points");
        sets.emplace_back(view.rows(), view.cols(), std::vector<double>(view.values().begin(), view.values().end()));
    }
    const int threads = bench.request().threads;
    for (const Matrix<double>& points : sets) {
        const JobControl control;
        const double before = cpuSeconds();
        MapResult map;
        const double seconds = secondsOf([&] { map = computeMap(points, {.seed = 1}, control, {}, threads, {}); });
        const double cpu = cpuSeconds() - before;
        const AffinityGraph graph(points, map.perplexity, MapMetric::Euclidean, threads);
        const double kl = mapDivergence(graph, map.positions, threads);
        bench.report(
            "map",
            {{"points", points.rows()},
             {"threads", threads},
             {"seconds", seconds},
             {"cpu_seconds", cpu},
             {"iterations", map.iterations},
             {"kl", kl}},
            fmt::format("{} points: {:.2f} s on {} threads ({:.0f} % of their time busy), {} iterations, KL {:.4f}",
                        withThousands(points.rows()), seconds, threads, 100 * cpu / (seconds * threads), map.iterations,
                        kl));
    }
}

void benchCentroids(Bench& bench) {
    const Matrix<double> points = madeUpPoints(kStimuli);
    const Matrix<double> ratings = madeUpRatings();
    for (const int threads : bench.threadCounts()) {
        CentroidResult test;
        const JobControl control;
        const double seconds = secondsOf([&] {
            test = nearestCentroids(points, topCategories(ratings),
                                    {.permutations = 1000, .seed = 1, .threads = threads}, control);
        });
        const double operations = 1000.0 * kStimuli * static_cast<double>(test.categories.size()) * kComponents * 2;
        const double gigaflops = 1e-9 * operations / seconds;
        bench.report(
            "centroids",
            {{"stimuli", kStimuli},
             {"threads", threads},
             {"permutations", 1000},
             {"seconds", seconds},
             {"gflops", gigaflops}},
            fmt::format("{} stimuli, 1,000 permutations: {:.2f} s on {} thread{}, {:.1f} GFLOP/s = {:.0f} % of the "
                        "machine's float32 peak",
                        withThousands(kStimuli), seconds, threads, threads == 1 ? "" : "s", gigaflops,
                        100 * gigaflops / bench.limits(threads).gigaflops));
    }
}

void benchSimilarity(Bench& bench) {
    const Matrix<double> embedding = madeUpPoints(kStimuli);
    for (const int threads : bench.threadCounts()) {
        const double seconds =
            secondsOf([&] { static_cast<void>(predictedSimilarity(embedding, JobControl(), Progress(), threads)); });
        // An addition, a division and two more additions a pair and third.
        const double gigaflops = 1e-9 * 4 * std::pow(static_cast<double>(kStimuli), 3) / 2 / seconds;
        const double peak = bench.limits(threads).gigaflops / 2; // float64
        bench.report(
            "similarity",
            {{"stimuli", kStimuli},
             {"threads", threads},
             {"seconds", seconds},
             {"gflops", gigaflops},
             {"share_of_peak_flops", gigaflops / peak}},
            fmt::format("RSM of {} stimuli over all thirds: {:.2f} s on {} thread{}, {:.1f} GFLOP/s = {:.0f} % "
                        "of the machine's float64 peak; divisions are the limit",
                        withThousands(kStimuli), seconds, threads, threads == 1 ? "" : "s", gigaflops,
                        100 * gigaflops / peak));
    }
}

Matrix<double> normalNumbers(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    Rng rng(seed);
    Matrix<double> numbers(rows, columns);
    for (double& number : numbers.values())
        number = rng.normal();
    return numbers;
}

/// As long as one encoding takes with 5 outer and 6 inner folds and 100 α.
void benchEncoding(Bench& bench) {
    constexpr std::size_t kVoxels = 20'000;
    constexpr int kOuter = 5;
    const Matrix<double> features = normalNumbers(kStimuli, kComponents, 1);
    const Matrix<double> responses = normalNumbers(kStimuli, kVoxels, 2);
    std::vector<std::int64_t> stimuli(kStimuli);
    std::iota(stimuli.begin(), stimuli.end(), std::int64_t{0});
    const RidgeEncoding encoding(features, foldsAtRandom(stimuli, kOuter, 6, 1));
    const auto read = [&](std::size_t first, MatrixView<double> block) {
        for (std::size_t i = 0; i < block.rows(); ++i)
            std::copy_n(responses.row(i).data() + first, block.cols(), block.row(i).data());
    };
    for (const int threads : bench.threadCounts()) {
        const double seconds = secondsOf([&] {
            static_cast<void>(
                encodeVoxels(encoding, kVoxels, read, std::size_t{2} << 30U, JobControl(), Progress(), threads));
        });
        const double perVoxel = 1e3 * seconds / (kVoxels * kOuter);
        const double gigaflops = 1e-9 * encoding.operationsPerVoxel() * kVoxels / seconds;
        const double peak = bench.limits(threads).gigaflops / 2; // float64
        const double gigabytes = 1e-9 * sizeof(double) * static_cast<double>(responses.size()) / seconds;
        const double bandwidth = gigabytes / bench.limits(threads).memoryGigabytes;
        bench.report("encoding",
                     {{"stimuli", kStimuli},
                      {"components", kComponents},
                      {"voxels", kVoxels},
                      {"threads", threads},
                      {"milliseconds_per_voxel_and_outer_fold", perVoxel},
                      {"gflops", gigaflops},
                      {"share_of_peak_flops", gigaflops / peak},
                      {"share_of_memory_bandwidth", bandwidth}},
                     fmt::format("{} voxels, {} stimuli, {} components: {:.2f} µs per voxel and outer fold on {} "
                                 "thread{}, {:.1f} GFLOP/s = {:.0f} % of the machine's float64 peak; reading responses "
                                 "takes {:.1f} % of the memory bandwidth",
                                 withThousands(kVoxels), withThousands(kStimuli), kComponents, 1e3 * perVoxel, threads,
                                 threads == 1 ? "" : "s", gigaflops, 100 * gigaflops / peak, 100 * bandwidth));
    }
}

/// A folder for files of a benchmark, gone at the end.
class ScratchStudy {
public:
    ScratchStudy() {
        std::string pattern = (std::filesystem::temp_directory_path() / "tercet-bench-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw StorageError({.where = pattern, .what = "a folder for the benchmark cannot be made"});
        m_folder = pattern;
        m_study = Study::create(m_folder / "bench.tercet", "Benchmark");
    }
    ScratchStudy(const ScratchStudy&) = delete;
    ScratchStudy& operator=(const ScratchStudy&) = delete;
    ~ScratchStudy() {
        m_study.reset();
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    [[nodiscard]] Study& study() { return *m_study; }

private:
    std::filesystem::path m_folder;
    std::shared_ptr<Study> m_study;
};

/// The step encode for a subject of the paper's size, whose responses stay in a file, and how much memory it took.
void benchEncodingMemory(Bench& bench) {
    constexpr std::size_t kVoxels = 100'000;
    constexpr std::size_t kPerRun = 36;
    const int threads = bench.request().threads;
    ScratchStudy scratch;
    const System model{.name = "model", .title = "Model", .source = SystemSource::Embedding};
    const Subject subject{.name = "sub-01", .title = "Subject 1"};
    scratch.study().setSystem(model);
    const Matrix<double> embedding = madeUpPoints(kStimuli);

    LargeArrayWriter writer(scratch.study().scratchFolder(), kStimuli, kVoxels);
    Rng rng(4);
    Matrix<double> row(1, kVoxels);
    ArrayBundle responses;
    std::vector<std::int32_t> stimulus(kStimuli);
    std::vector<std::int32_t> run(kStimuli);
    for (std::size_t i = 0; i < kStimuli; ++i) { // each voxel follows one component
        for (std::size_t v = 0; v < kVoxels; ++v)
            row(0, v) = embedding(i, v % kComponents) + rng.uniform();
        writer.write(i, 0, row);
        stimulus[i] = static_cast<std::int32_t>(i);
        run[i] = static_cast<std::int32_t>(i / kPerRun);
    }
    responses.large.emplace("responses", writer.finish());
    responses.set("stimulus", std::move(stimulus));
    responses.set("run", std::move(run));
    ArrayBundle features;
    features.set("embedding", embedding);
    std::vector<std::int32_t> columns(kComponents);
    std::iota(columns.begin(), columns.end(), 0);
    features.set("training_column", std::move(columns));

    const Step& step = stepNamed("encode");
    const Parameters parameters = parametersOf(scratch.study(), {step.name, model.name});
    JobControl control;
    StepContext context{.study = scratch.study(),
                        .system = &model,
                        .subject = &subject,
                        .systems = {model},
                        .subjects = {subject},
                        .parameters = parameters,
                        .inputs = {{"responses", std::make_shared<const ArrayBundle>(std::move(responses))},
                                   {"features", std::make_shared<const ArrayBundle>(std::move(features))}},
                        .records = {},
                        .ratings = {},
                        .control = control,
                        .progress = {},
                        .threads = threads,
                        .memory = kUsualMemory,
                        .publish = [](const Snapshot&) {},
                        .checkpoint = {}};
    resetPeakMemory();
    const std::size_t before = peakMemory();
    StepOutput output;
    const double seconds = secondsOf([&] { output = step.run(context); });
    const std::size_t peak = peakMemory();
    bench.report("encoding-memory",
                 {{"stimuli", kStimuli},
                  {"components", kComponents},
                  {"voxels", kVoxels},
                  {"threads", threads},
                  {"seconds", seconds},
                  {"allowed_memory_bytes", context.memory},
                  {"peak_memory_bytes", peak},
                  {"peak_memory_before_bytes", before}},
                 fmt::format("{} voxels, {} stimuli, {} components from a file of {}: {:.1f} s on {} thread{}, the "
                             "program took {} at most, {} of them before, and was allowed {}; {}",
                             withThousands(kVoxels), withThousands(kStimuli), kComponents,
                             formatBytes(sizeof(float) * kVoxels * kStimuli), seconds, threads, threads == 1 ? "" : "s",
                             formatBytes(peak), formatBytes(before), formatBytes(context.memory),
                             output.arrays.attribute("summary")));
}

void benchSearchlight(Bench& bench) {
    constexpr std::size_t kShown = 1000;
    constexpr std::size_t kModels = 4;
    constexpr std::size_t kSphere = 123; // voxels
    std::vector<VoxelIndex> places;
    for (std::int32_t i = 0; i < 9; ++i)
        for (std::int32_t j = 0; j < 9; ++j)
            for (std::int32_t k = 0; k < 9; ++k)
                places.push_back({i, j, k});
    const Matrix<double> patterns = normalNumbers(kShown, places.size(), 3);
    std::vector<std::vector<double>> models;
    for (std::size_t m = 0; m < kModels; ++m)
        models.push_back(similarityOfRows(normalNumbers(kShown, kComponents, 10 + m), RowSimilarity::Pearson));
    const Searchlight searchlight(patterns, places, models);
    std::vector<std::uint8_t> isCutOff(places.size()); // spheres that reach beyond the voxels are left out
    for (std::size_t v = 0; v < places.size(); ++v)
        isCutOff[v] = static_cast<std::uint8_t>(searchlight.sphere(v).size() < kSphere);
    const auto whole = static_cast<double>(std::count(isCutOff.begin(), isCutOff.end(), std::uint8_t{0}));
    Matrix<double> rho(kModels, places.size());
    double one = 0;
    for (const int threads : bench.threadCounts()) {
        std::vector<double> rounds;
        for (int round = 0; round < 5; ++round) {
            std::vector<std::uint8_t> known = isCutOff;
            rounds.push_back(
                secondsOf([&] { correlateAll(searchlight, rho, known, {}, JobControl(), Progress(), threads); }));
        }
        const double perVoxel = 1e3 * *std::min_element(rounds.begin(), rounds.end()) / whole;
        one = one > 0 ? one : perVoxel;
        // For each pair of stimuli a product and a sum for each voxel of the sphere and for each model.
        const double pairs = 0.5 * kShown * (kShown - 1);
        const double gigaflops = 1e-6 * pairs * 2 * (kSphere + kModels) / perVoxel;
        const double peak = bench.limits(threads).gigaflops / 2; // float64
        // For each pair: r written, read for its key; the key written, read and written in the few
        // passes after which sorting stays within the nearest cache, read for its rank; that written and read, and read
        // of each model.
        constexpr double kPasses = 4;
        const double bytes = pairs * (2 * 8 + 8 + kPasses * 16 + 8 + 4 + 4 + 4 * kModels);
        const double gigabytes = 1e-6 * bytes / perVoxel;
        const double cache = gigabytes / bench.limits(threads).cacheGigabytes;
        bench.report(
            "searchlight",
            {{"stimuli", kShown},
             {"sphere", kSphere},
             {"models", kModels},
             {"threads", threads},
             {"milliseconds_per_voxel", perVoxel},
             {"times_one_thread", one / perVoxel},
             {"gflops", gigaflops},
             {"share_of_peak_flops", gigaflops / peak},
             {"gb_per_second", gigabytes},
             {"share_of_cache_bandwidth", cache}},
            fmt::format("{} stimuli, {} voxels, {} models: {:.2f} ms per voxel on {} thread{}, {:.2f} times "
                        "one thread, {:.1f} GFLOP/s = {:.0f} % of the machine's float64 peak and {:.1f} GB/s = "
                        "{:.0f} % of its cache bandwidth; the cache, where ranks are spread, is the limit",
                        withThousands(kShown), kSphere, kModels, perVoxel, threads, threads == 1 ? "" : "s",
                        one / perVoxel, gigaflops, 100 * gigaflops / peak, gigabytes, 100 * cache));
    }
}

double quantile(std::vector<double> values, double share) {
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// The threshold of the emotion graph, dragged from 0 to 0.9.
void benchGraph(Bench& bench) {
    constexpr std::size_t kSeeds = 100;
    const Matrix<double> points = madeUpPoints(kStimuli);
    EmotionGraph graph = emotionGraph(points.view());
    std::vector<double> computed;
    std::vector<EmotionGraph> graphs;
    for (int hundredths = 0; hundredths <= 90; ++hundredths) {
        computed.push_back(secondsOf([&] {
            graph = emotionGraph(std::move(graph.correlation), {.threshold = hundredths / 100.0, .seeds = kSeeds});
        }));
        graphs.push_back(graph);
    }
    std::vector<double> drawn;
#ifdef TERCET_GUI
    drawn = graphRedrawSeconds(graphs);
#endif
    const double slowest = quantile(computed, 1);
    nlohmann::ordered_json figures{{"components", graph.size()},
                                   {"louvain_runs", kSeeds},
                                   {"threads", 1},
                                   {"median_s", quantile(computed, 0.5)},
                                   {"slowest_s", slowest}};
    std::string drawing;
    if (!drawn.empty()) {
        figures["redraw_median_s"] = quantile(drawn, 0.5);
        figures["redraw_slowest_s"] = quantile(drawn, 1);
        drawing = fmt::format("; drawn at 1,600 × 900 in {:.1f} ms (median, slowest {:.1f} ms)",
                              1000 * quantile(drawn, 0.5), 1000 * quantile(drawn, 1));
    }
    bench.report(
        "graph", figures,
        fmt::format("communities of {} components, {} Louvain runs and their consensus: {:.1f} ms (median over "
                    "thresholds, slowest {:.1f} ms) on 1 thread{}",
                    graph.size(), kSeeds, 1000 * quantile(computed, 0.5), 1000 * slowest, drawing));
}

/// Two hemispheres on a flat map, drawn by the processor.
void benchCortex(Bench& bench) {
#ifdef TERCET_GUI
    const CortexFigures figures = measureCortex();
    const auto median = [](const std::vector<double>& seconds) { return quantile(seconds, 0.5); };
    const auto slowest = [](const std::vector<double>& seconds) { return quantile(seconds, 1); };
    bench.report("cortex",
                 {{"vertices", figures.vertices},
                  {"first_frame_s", figures.firstFrame},
                  {"recolour_median_s", median(figures.recolour)},
                  {"recolour_slowest_s", slowest(figures.recolour)},
                  {"threshold_median_s", median(figures.threshold)},
                  {"threshold_slowest_s", slowest(figures.threshold)},
                  {"pick_slowest_s", slowest(figures.pick)},
                  {"turn_median_s", median(figures.turn)}},
                 fmt::format("{} vertices and 360 regions at 900 × 500, drawn by the processor: first frame {:.0f} ms, "
                             "another map {:.1f} ms (median; slowest {:.1f} ms), another threshold {:.1f} ms ({:.1f} "
                             "ms), a vertex under the pointer at most {:.3f} ms, turned {:.0f} ms",
                             withThousands(figures.vertices), 1000 * figures.firstFrame,
                             1000 * median(figures.recolour), 1000 * slowest(figures.recolour),
                             1000 * median(figures.threshold), 1000 * slowest(figures.threshold),
                             1000 * slowest(figures.pick), 1000 * median(figures.turn)));
#else
    bench.report("cortex", {{"skipped", "no window"}}, "left out: this program was built without a window");
#endif
}

void benchWindow(Bench& bench) {
    if (!hasDisplay()) {
        bench.report("window", {{"skipped", "no display"}}, "left out: there is no display; xvfb-run gives one");
        return;
    }
    constexpr int kSeconds = 30;
    const int threads = bench.request().threads;
    const WindowFigures figures = measureWindow(categoryRatings(bench), kSeconds, threads);
    const double frame = quantile(figures.frames, 0.5);
    const double slowFrame = quantile(figures.frames, 0.99);
    const double click = quantile(figures.clicks, 0.5);
    const double slowClick = quantile(figures.clicks, 1);
    const double stall = quantile(figures.stalls, 1);
    const double epoch = quantile(figures.epochs, 0.5);
    bench.report("window",
                 {{"seconds", kSeconds},
                  {"threads", threads},
                  {"frames", figures.frames.size()},
                  {"frame_median_ms", frame},
                  {"frame_99_percent_ms", slowFrame},
                  {"clicks", figures.clicks.size()},
                  {"click_median_ms", click},
                  {"click_longest_ms", slowClick},
                  {"stall_longest_ms", stall},
                  {"epoch_median_ms", epoch}},
                 fmt::format("during a fit on {} threads: {:.0f} frames/s of the moving map (median; {:.0f} at the "
                             "slowest 1 % of {}), {:.0f} ms from a click to roses and table (median of {}; longest "
                             "{:.0f} ms), longest stall {:.0f} ms, {:.0f} ms an epoch of the fit (median of {})",
                             threads, 1000 / frame, 1000 / slowFrame, figures.frames.size(), click,
                             figures.clicks.size(), slowClick, stall, epoch, figures.epochs.size()));
}

struct Entry {
    const char* name;
    void (*run)(Bench&);
};

constexpr std::array<Entry, 12> kBenches{{{"sample", benchSample},
                                          {"fit", benchFit},
                                          {"fit-paper", benchFitPaper},
                                          {"map", benchMap},
                                          {"centroids", benchCentroids},
                                          {"similarity", benchSimilarity},
                                          {"graph", benchGraph},
                                          {"encoding", benchEncoding},
                                          {"encoding-memory", benchEncodingMemory},
                                          {"searchlight", benchSearchlight},
                                          {"cortex", benchCortex},
                                          {"window", benchWindow}}};

} // namespace

std::string benchNames() {
    std::string names;
    for (const Entry& entry : kBenches)
        names += (names.empty() ? "" : ", ") + std::string(entry.name);
    return names;
}

void runBench(const BenchRequest& request) {
    Bench bench(request);
    bool ran = false;
    for (const int threads : bench.threadCounts()) {
        const MachineLimits& limits = bench.limits(threads);
        bench.report(
            "machine",
            {{"threads", threads},
             {"instruction_set", limits.instructionSet},
             {"gflops", limits.gigaflops},
             {"cache_gb_per_second", limits.cacheGigabytes},
             {"memory_gb_per_second", limits.memoryGigabytes}},
            fmt::format("{} thread{}: {}, {:.0f} GFLOP/s (float32), {:.0f} GB/s in cache, {:.0f} GB/s in memory",
                        threads, threads == 1 ? "" : "s", limits.instructionSet, limits.gigaflops,
                        limits.cacheGigabytes, limits.memoryGigabytes));
    }
    for (const Entry& entry : kBenches)
        if (request.name.empty() || request.name == entry.name) {
            entry.run(bench);
            ran = true;
        }
    if (!ran)
        throw ParameterError(
            {.where = "tercet bench", .expected = "one of " + benchNames(), .found = tercet::quoted(request.name)});
}

} // namespace tercet
