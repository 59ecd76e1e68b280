#include "core/pipeline/result_export.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/atomic_file.h"
#include "core/io/numpy_file.h"
#include "core/pipeline/graph_export.h"
#include "core/pipeline/step.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tercet {
namespace {

using nlohmann::json;

std::string csvCell(const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos)
        return text;
    std::string cell = "\"";
    for (const char c : text)
        cell += c == '"' ? std::string("\"\"") : std::string(1, c);
    return cell + "\"";
}

std::string csvCell(double value) { return fmt::format("{}", value); }
std::string csvCell(float value) { return fmt::format("{}", value); }
template <class Integer>
std::string csvCell(Integer value) requires std::is_integral_v<Integer> {
    return fmt::format("{}", value);
}

template <class T>
std::string csvText(const Array<T>& array, const std::vector<Stimulus>* stimuli, const std::string& name) {
    if (array.shape.size() > 2)
        throw ParameterError({.where = "array " + name,
                              .expected = "at most two axes for .csv",
                              .found = shapeText(array.shape),
                              .remedy = "export it as .npy or .h5"});
    const std::size_t rows = array.shape.empty() ? 1 : array.shape[0];
    const std::size_t columns = array.shape.size() == 2 ? array.shape[1] : 1;
    std::string text = stimuli != nullptr ? "stimulus" : "row";
    for (std::size_t c = 0; c < columns; ++c)
        text += columns == 1 ? "," + name : fmt::format(",{}_{}", name, c + 1);
    text += '\n';
    for (std::size_t r = 0; r < rows; ++r) {
        text += stimuli != nullptr ? csvCell((*stimuli)[r].id) : std::to_string(r);
        for (std::size_t c = 0; c < columns; ++c)
            text += "," + csvCell(array.values[r * columns + c]);
        text += '\n';
    }
    return text;
}

template <class T>
json nested(const Array<T>& array, std::size_t axis, std::size_t& next) {
    if (axis == array.shape.size()) {
        if constexpr (std::is_floating_point_v<T>) {
            const T value = array.values[next++];
            return std::isfinite(value) ? json(value) : json(nullptr); // JSON has no NaN
        } else {
            return json(array.values[next++]);
        }
    }
    json list = json::array();
    for (std::size_t i = 0; i < array.shape[axis]; ++i)
        list.push_back(nested(array, axis + 1, next));
    return list;
}

std::string jsonText(const ResultRecord& record, const ArrayBundle& bundle) {
    json arrays = json::object();
    for (const auto& [name, value] : bundle.arrays)
        arrays[name] = std::visit(
            [](const auto& array) {
                std::size_t next = 0;
                return nested(array, 0, next);
            },
            value);
    return json{{"key", record.key},
                {"step", record.step},
                {"step_version", record.stepVersion},
                {"system", record.system},
                {"subject", record.subject},
                {"parameters", record.parameters},
                {"inputs", record.inputs},
                {"program", record.program},
                {"created_at", record.createdAt},
                {"attributes", bundle.attributes},
                {"arrays", arrays}}
               .dump(1) +
           "\n";
}

} // namespace

void exportResult(const Study& study, const ResultRecord& record, const std::string& array,
                  const std::filesystem::path& file) {
    if (record.step == "emotion-graph" && array.empty() && isGraphFile(file))
        return writeGraph(file, graphFileOf(study, record));
    const auto bundle = study.arrays(record.key);
    const std::string ending = lowered(file.extension().string());
    if (ending == ".h5")
        return writeArrayFile(file, *bundle);
    if (ending == ".json")
        return writeFileAtomically(file, jsonText(record, *bundle));
    if (ending != ".npy" && ending != ".csv")
        throw ParameterError({.where = file.string(),
                              .expected = "a name ending in .npy, .csv, .h5 or .json",
                              .found = tercet::quoted(ending)});
    const std::string name = array.empty() ? stepNamed(record.step).mainArray : array;
    const auto found = bundle->arrays.find(name);
    if (found == bundle->arrays.end()) {
        std::string known;
        for (const auto& [other, value] : bundle->arrays)
            known += (known.empty() ? "" : ", ") + other;
        throw MissingError({.where = record.step,
                            .what = "this result has no array " + tercet::quoted(name),
                            .expected = "one of " + known});
    }
    if (ending == ".npy")
        return writeNpy(file, found->second);
    const auto stimuli = study.stimuli();
    const std::map<std::string, std::string>& described = stepNamed(record.step).arrays;
    const auto description = described.find(name);
    const bool ofStimuli = description != described.end() && description->second.starts_with("stimuli") &&
                           shapeOf(found->second).at(0) == stimuli->size();
    writeFileAtomically(
        file, std::visit([&](const auto& values) { return csvText(values, ofStimuli ? stimuli.get() : nullptr, name); },
                         found->second));
}

} // namespace tercet
