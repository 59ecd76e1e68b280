#include "core/pipeline/result_export.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/atomic_file.h"
#include "core/io/numpy_file.h"
#include "core/pipeline/graph_export.h"
#include "core/pipeline/step.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

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

/// A .csv with a line per row: what it is of, then the values.
class CsvLines {
public:
    /// `stimuli`: what the rows are; null: something else, which is counted.
    CsvLines(const std::string& name, std::size_t columns, const std::vector<Stimulus>* stimuli)
        : m_stimuli(stimuli), m_title(stimuli != nullptr ? "stimulus" : "row") {
        for (std::size_t c = 0; c < columns; ++c)
            m_title += columns == 1 ? "," + name : fmt::format(",{}_{}", name, c + 1);
        m_title += '\n';
    }
    [[nodiscard]] const std::string& title() const noexcept { return m_title; }
    template <class T>
    [[nodiscard]] std::string line(std::size_t row, std::span<const T> values) const {
        std::string text = m_stimuli != nullptr ? csvCell((*m_stimuli)[row].id) : std::to_string(row);
        for (const T& value : values)
            text += "," + csvCell(value);
        return text + '\n';
    }

private:
    const std::vector<Stimulus>* m_stimuli;
    std::string m_title;
};

template <class T>
std::string csvText(const Array<T>& array, const std::vector<Stimulus>* stimuli, const std::string& name) {
    if (array.shape.size() > 2)
        throw ParameterError({.where = "array " + name,
                              .expected = "at most two axes for .csv",
                              .found = shapeText(array.shape),
                              .remedy = "export it as .npy or .h5, or another array with --array"});
    const std::size_t rows = array.shape.empty() ? 1 : array.shape[0];
    const std::size_t columns = array.shape.size() == 2 ? array.shape[1] : 1;
    const CsvLines lines(name, columns, stimuli);
    std::string text = lines.title();
    for (std::size_t r = 0; r < rows; ++r)
        text += lines.line(r, std::span<const T>(array.values).subspan(r * columns, columns));
    return text;
}

/// Row by row, because all of it may exceed the memory.
void writeCsv(const std::filesystem::path& file, const LargeArray& array, const std::string& name) {
    const CsvLines lines(name, array.columns(), nullptr);
    std::vector<float> values(array.columns());
    std::size_t row = 0;
    bool begun = false;
    writeFileAtomically(file, [&]() -> std::string {
        if (!std::exchange(begun, true))
            return lines.title();
        if (row == array.rows())
            return {};
        array.read(row, 0, MatrixView<float>(values.data(), 1, values.size()));
        return lines.line(row++, std::span<const float>(values));
    });
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
    if (ending == ".json" && !bundle->large.empty())
        throw ParameterError({.where = file.string(),
                              .what = tercet::quoted(bundle->large.begin()->first) + " is too large for .json",
                              .expected = "a name ending in .npy, .csv or .h5",
                              .found = tercet::quoted(ending)});
    if (ending == ".json")
        return writeFileAtomically(file, jsonText(record, *bundle));
    if (ending != ".npy" && ending != ".csv")
        throw ParameterError({.where = file.string(),
                              .expected = "a name ending in .npy, .csv, .h5 or .json",
                              .found = tercet::quoted(ending)});
    const std::string name = array.empty() ? stepNamed(record.step).mainArray : array;
    if (const auto large = bundle->large.find(name); large != bundle->large.end())
        return ending == ".npy" ? writeNpy(file, large->second) : writeCsv(file, large->second, name);
    const auto found = bundle->arrays.find(name);
    if (found == bundle->arrays.end()) {
        std::vector<std::string> known;
        for (const auto& [other, value] : bundle->arrays)
            known.push_back(other);
        for (const auto& [other, value] : bundle->large)
            known.push_back(other);
        throw MissingError({.where = record.step,
                            .what = "this result has no array " + tercet::quoted(name),
                            .expected = fmt::format("one of {}", fmt::join(known, ", "))});
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
