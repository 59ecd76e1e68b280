#pragma once

#include "core/base/rng.h"
#include "core/io/scratch.h"
#include "core/io/terms.h"
#include "core/pipeline/pipeline.h"
#include "core/study/judgment_set.h"
#include "core/study/study.h"

#include <cstring>
#include <fmt/format.h>

namespace tercet::test {

inline const Task kSample{"sample-triplets", ""};
inline const Task kSimulate{"simulate-judgments", "human-categories"};
inline const Task kFit{"fit-embedding", "human-categories"};
inline const Task kMap{"map", "human-categories"};
inline const Task kCentroids{"centroids", "human-categories"};
inline const Task kLabels{"label-components", "human-categories"};

enum class Terms { All, Dimensions };

/// Ratings of `stimuli` stimuli in six groups, so that a fit finds something.
inline Study::Import ratingsImport(std::size_t stimuli, std::uint64_t seed, Terms terms = Terms::All) {
    constexpr std::uint32_t kGroups = 6;
    Rng rng(seed);
    std::vector<std::string> names;
    std::vector<std::uint8_t> kinds;
    std::vector<std::size_t> columns;
    for (std::size_t k = 0; k < knownTerms().size(); ++k) {
        const Term& term = knownTerms()[k];
        if (terms == Terms::Dimensions && term.kind != TermKind::Dimension)
            continue;
        columns.push_back(k);
        names.push_back(term.name);
        kinds.push_back(static_cast<std::uint8_t>(term.kind));
    }
    Study::Import import;
    import.kind = "ratings";
    Matrix<double> values(stimuli, columns.size());
    for (std::size_t i = 0; i < stimuli; ++i) {
        import.newStimuli.push_back({fmt::format("{:04}", i + 1), fmt::format("clip, {}", i + 1)});
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const std::size_t k = columns[c];
            values(i, c) = k >= kCategoryCount          ? 1 + 8 * rng.uniform()
                           : k % kGroups == i % kGroups ? 0.3 + 0.6 * rng.uniform()
                                                        : 0.05 * rng.uniform();
        }
    }
    import.arrays.set("ratings", std::move(values));
    import.arrays.set("terms", std::move(names));
    import.arrays.set("kinds", std::move(kinds));
    if (terms == Terms::All)
        import.systems.push_back({"human-categories", "Human categories", SystemSource::Categories});
    import.systems.push_back({"human-dimensions", "Human dimensions", SystemSource::Dimensions});
    import.source = "/nowhere/ratings.csv";
    return import;
}

/// A study of 60 rated stimuli whose fits take a moment.
inline std::shared_ptr<Study> makeStudy(const std::filesystem::path& folder, std::uint64_t seed = 7) {
    auto study = Study::create(folder, "Small study");
    study->add(ratingsImport(60, seed));
    for (const System& system : study->systems()) {
        setParameters(*study, {"fit-embedding", system.name},
                      {{"epochs", "12"}, {"components", "20"}, {"rate", "0.02"}, {"batch", "256"}});
        setParameters(*study, {"map", system.name}, {{"iterations", "60"}, {"perplexity", "8"}});
        setParameters(*study, {"centroids", system.name}, {{"minimum", "3"}, {"permutations", "20"}});
    }
    return study;
}

/// What the steps that fit many times get.
struct FewRuns {
    const char* runs = "2";
    const char* sizes = "2,6";
    const char* shares = "0.4,1";
};

/// makeStudy() in which few validation judgments and few fits are enough.
inline std::shared_ptr<Study> makeStudyOfFewRuns(const std::filesystem::path& folder, const FewRuns& few) {
    auto study = makeStudy(folder);
    setParameters(*study, {"sample-validation", ""}, {{"per-pair", "20"}});
    for (const System& system : study->systems()) {
        setParameters(*study, {"reproducibility", system.name}, {{"runs", few.runs}});
        setParameters(*study, {"sweep-dimensions", system.name}, {{"sizes", few.sizes}, {"runs", "2"}});
        setParameters(*study, {"saturation", system.name}, {{"shares", few.shares}, {"replicates", "2"}});
    }
    return study;
}

inline void replaceRatings(Study& study, std::uint64_t seed) {
    Study::Import import = ratingsImport(study.stimuli()->size(), seed);
    import.newStimuli.clear();
    study.add(std::move(import));
}

/// A run that counts what it really computes.
struct Run {
    JobControl control = {};
    std::vector<Task> computed = {};
    std::function<void(const Task&, const Snapshot&)> publish = {};
    std::size_t memory = kUsualMemory; ///< bytes

    ResultRecord of(Study& study, const Task& task, int threads = 1) {
        return runTask(study, task,
                       {.control = control,
                        .progress = {},
                        .threads = threads,
                        .memory = memory,
                        .started = [this](const Task& one) { computed.push_back(one); },
                        .publish = publish,
                        .finished = {}});
    }
};

inline ResultRecord run(Study& study, const Task& task, int threads = 1) { return Run().of(study, task, threads); }

inline StepState::Kind kindOf(const Study& study, const Task& task) { return stateOf(study, task).kind; }

/// Everything that a result computes, byte by byte; how long it took is left out.
inline std::map<std::string, std::string> bytesOf(const Study& study, const ResultRecord& record) {
    std::map<std::string, std::string> bytes;
    const auto bundle = study.arrays(record.key);
    for (const auto& [name, value] : bundle->arrays) {
        if (name == "record_seconds")
            continue;
        std::string& to = bytes[name];
        to = fmt::format("{}: ", shapeText(shapeOf(value)));
        std::visit(
            [&]<class T>(const Array<T>& array) {
                if constexpr (std::is_same_v<T, std::string>)
                    for (const std::string& text : array.values)
                        to += text + '\n';
                else
                    to.append(reinterpret_cast<const char*>(array.values.data()), array.values.size() * sizeof(T));
            },
            value);
    }
    for (const auto& [name, large] : bundle->large) {
        Matrix<float> values(large.rows(), large.columns());
        large.read(0, 0, values.view());
        std::string& to = bytes[name];
        to = fmt::format("{} × {}: ", large.rows(), large.columns());
        to.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    }
    return bytes;
}

/// Turns around one byte of a value of an array in the file.
inline void damage(const std::filesystem::path& file) {
    std::string content = contentOf(file);
    REQUIRE(content.size() > 2000);
    content[content.size() / 2] = static_cast<char>(~content[content.size() / 2]);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

inline std::filesystem::path fileOf(const Study& study, const std::string& key) {
    return study.folder() / "arrays" / (key + ".h5");
}

} // namespace tercet::test
