#include "core/pipeline/parameter.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace tercet {

std::string toText(const ParameterValue& value) {
    return std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
}

const ParameterValue& Parameter::defaultOf(SystemSource source) const {
    const auto found = defaultFor.find(source);
    return found == defaultFor.end() ? defaultValue : found->second;
}

std::optional<std::vector<double>> numbersOf(const std::string& list) {
    std::vector<double> numbers;
    for (const std::string_view part : split(list, ',')) {
        const auto number = toNumber(part);
        if (!number || std::isnan(*number) || (!numbers.empty() && *number <= numbers.back()))
            return std::nullopt;
        numbers.push_back(*number);
    }
    return numbers;
}

std::string Parameter::domain() const {
    if (!choices.empty())
        return fmt::format("one of {}", fmt::join(choices, ", "));
    if (std::holds_alternative<bool>(defaultValue))
        return "true or false";
    if (list != NumberList::None)
        return fmt::format("ascending {}numbers from {:L} to {:L}, separated by commas",
                           list == NumberList::Whole ? "whole " : "", minimum, maximum);
    if (std::holds_alternative<std::string>(defaultValue))
        return "text";
    return fmt::format("{}{:L} to {:L}",
                       std::holds_alternative<std::int64_t>(defaultValue) ? "a whole number from " : "", minimum,
                       maximum);
}

ParameterValue Parameter::parse(const std::string& text) const {
    const auto refuse = [&]() -> ParameterValue {
        throw ParameterError({.where = "--" + name, .expected = domain(), .found = tercet::quoted(text)});
    };
    const auto inside = [&](double value) { return value >= minimum && value <= maximum; };
    if (std::holds_alternative<std::int64_t>(defaultValue)) {
        const auto value = toInteger(text);
        return value && inside(static_cast<double>(*value)) ? *value : refuse();
    }
    if (std::holds_alternative<double>(defaultValue)) {
        const auto value = toNumber(text);
        return value && inside(*value) ? *value : refuse();
    }
    if (std::holds_alternative<bool>(defaultValue))
        return text == "true" ? true : text == "false" ? false : refuse();
    if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end())
        return refuse();
    if (list != NumberList::None) {
        const auto numbers = numbersOf(text);
        if (!numbers || !std::all_of(numbers->begin(), numbers->end(), [&](double number) {
                return inside(number) && (list == NumberList::Real || number == std::floor(number));
            }))
            return refuse();
    }
    return text;
}

std::map<std::string, std::string> Parameters::texts() const {
    std::map<std::string, std::string> result;
    for (const auto& [name, value] : m_values)
        result[name] = toText(value);
    return result;
}

} // namespace tercet
