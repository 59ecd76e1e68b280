#include "core/pipeline/fit_checkpoint.h"

#include "core/base/error.h"
#include "core/io/array_file.h"

#include <array>

namespace tercet {
namespace {

/// The columns of the records, each as one array of float64.
struct Column {
    const char* name;
    double (*get)(const EpochRecord&);
    void (*set)(EpochRecord&, double);
};

constexpr std::array<Column, 8> kColumns{{
    {"record_epoch", [](const EpochRecord& r) { return static_cast<double>(r.epoch); },
     [](EpochRecord& r, double v) { r.epoch = static_cast<std::size_t>(v); }},
    {"record_objective", [](const EpochRecord& r) { return r.objective; },
     [](EpochRecord& r, double v) { r.objective = v; }},
    {"record_train_accuracy", [](const EpochRecord& r) { return r.trainAccuracy; },
     [](EpochRecord& r, double v) { r.trainAccuracy = v; }},
    {"record_held_out_nll", [](const EpochRecord& r) { return r.heldOutNll; },
     [](EpochRecord& r, double v) { r.heldOutNll = v; }},
    {"record_held_out_accuracy", [](const EpochRecord& r) { return r.heldOutAccuracy; },
     [](EpochRecord& r, double v) { r.heldOutAccuracy = v; }},
    {"record_active_components", [](const EpochRecord& r) { return static_cast<double>(r.activeComponents); },
     [](EpochRecord& r, double v) { r.activeComponents = static_cast<std::size_t>(v); }},
    {"record_sparsity", [](const EpochRecord& r) { return r.sparsity; },
     [](EpochRecord& r, double v) { r.sparsity = v; }},
    {"record_seconds", [](const EpochRecord& r) { return r.seconds; }, [](EpochRecord& r, double v) { r.seconds = v; }},
}};

void putFloats(ArrayBundle& bundle, const std::string& name, const Matrix<float>& values) {
    bundle.arrays[name] = Array<float>{{values.rows(), values.cols()}, values.values()};
}

Matrix<float> takeFloats(ArrayBundle& bundle, const std::string& name) {
    Array<float> array = bundle.take<float>(name);
    return {array.shape.at(0), array.shape.at(1), std::move(array.values)};
}

} // namespace

void putRecords(ArrayBundle& bundle, const std::vector<EpochRecord>& records) {
    for (const Column& column : kColumns) {
        std::vector<double> values;
        for (const EpochRecord& record : records)
            values.push_back(column.get(record));
        bundle.set(column.name, std::move(values));
    }
}

std::vector<EpochRecord> recordsIn(const ArrayBundle& bundle) {
    std::vector<EpochRecord> records;
    for (const Column& column : kColumns) {
        if (!bundle.contains(column.name))
            return {};
        const auto& values = bundle.get<double>(column.name).values;
        records.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            column.set(records[i], values[i]);
    }
    return records;
}

void writeCheckpoint(const std::filesystem::path& file, const SposeState& state) {
    ArrayBundle bundle;
    bundle.set("steps", std::vector<std::int64_t>{static_cast<std::int64_t>(state.steps)});
    putFloats(bundle, "weights", state.weights);
    putFloats(bundle, "first_moment", state.firstMoment);
    putFloats(bundle, "second_moment", state.secondMoment);
    putFloats(bundle, "best_weights", state.bestWeights);
    putRecords(bundle, state.records);
    writeArrayFile(file, bundle);
}

SposeState readCheckpoint(const std::filesystem::path& file) {
    try {
        ArrayBundle bundle = readArrayFile(file);
        SposeState state;
        state.steps = static_cast<std::uint64_t>(bundle.get<std::int64_t>("steps").values.at(0));
        state.weights = takeFloats(bundle, "weights");
        state.firstMoment = takeFloats(bundle, "first_moment");
        state.secondMoment = takeFloats(bundle, "second_moment");
        state.bestWeights = takeFloats(bundle, "best_weights");
        state.records = recordsIn(bundle);
        return state;
    } catch (const Error&) {
        return {};
    }
}

} // namespace tercet
