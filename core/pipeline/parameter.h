#pragma once

#include "core/study/study.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tercet {

using ParameterValue = std::variant<std::int64_t, double, bool, std::string>;

/// The value as it stands in keys, settings and on the command line; numbers in the shortest form that reads back
/// the same.
[[nodiscard]] std::string toText(const ParameterValue& value);

/// The numbers of a list like "2, 4,8"; nothing if a part is no number or they are not ascending.
[[nodiscard]] std::optional<std::vector<double>> numbersOf(const std::string& list);

/// One parameter of a step, declared once: command line, form, help and key are made from it.
struct Parameter {
    std::string name;                                       ///< as on the command line, without the dashes
    std::string title;                                      ///< as in a form
    ParameterValue defaultValue;                            ///< its alternative is the parameter's type
    std::map<SystemSource, ParameterValue> defaultFor = {}; ///< where a kind of system has another default
    double minimum = 0;                                     ///< numbers only
    double maximum = 0;                                     ///< numbers only
    std::vector<std::string> choices = {};                  ///< text only; empty allows any
    /// Text only: numbers from minimum to maximum, ascending, with commas between them (see numbersOf).
    enum class NumberList { None, Whole, Real } list = NumberList::None;
    std::string unit = {};
    std::string help = {};
    std::string paper = {}; ///< what the paper says, where it differs or is silent
    /// Says how long to go on, or what is made of fits, not how they are done: a checkpoint serves every value.
    bool lengthOnly = false;

    [[nodiscard]] const ParameterValue& defaultOf(SystemSource source) const;
    /// The value that `text` spells. Throws ParameterError naming parameter, domain and what was found.
    [[nodiscard]] ParameterValue parse(const std::string& text) const;
    /// "1 to 200", "one of raw, centred, z-scored".
    [[nodiscard]] std::string domain() const;
};

/// A value for every parameter of one step.
class Parameters {
public:
    void set(const std::string& name, ParameterValue value) { m_values[name] = std::move(value); }
    /// The getters throw std::bad_variant_access or std::out_of_range if the step's table has no such parameter.
    [[nodiscard]] std::int64_t integer(const std::string& name) const {
        return std::get<std::int64_t>(m_values.at(name));
    }
    [[nodiscard]] double real(const std::string& name) const { return std::get<double>(m_values.at(name)); }
    [[nodiscard]] bool flag(const std::string& name) const { return std::get<bool>(m_values.at(name)); }
    [[nodiscard]] const std::string& text(const std::string& name) const {
        return std::get<std::string>(m_values.at(name));
    }
    [[nodiscard]] const std::map<std::string, ParameterValue>& values() const noexcept { return m_values; }
    [[nodiscard]] std::map<std::string, std::string> texts() const;
    friend bool operator==(const Parameters&, const Parameters&) = default;

private:
    std::map<std::string, ParameterValue> m_values;
};

} // namespace tercet
