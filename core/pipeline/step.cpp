#include "core/pipeline/step.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>

namespace tercet {
namespace {

template <class Items>
const typename Items::value_type& named(const Items& items, const std::string& name, const std::string& where,
                                        const std::string& what) {
    std::string known;
    for (const auto& item : items) {
        if (item.name == name)
            return item;
        known += (known.empty() ? "" : ", ") + item.name;
    }
    throw ParameterError({.where = where, .expected = "a " + what + " (" + known + ")", .found = tercet::quoted(name)});
}

} // namespace

std::vector<std::pair<System, std::shared_ptr<const ArrayBundle>>>
StepContext::ofEverySystem(const std::string& input) const {
    std::vector<std::pair<System, std::shared_ptr<const ArrayBundle>>> found;
    for (const System& each : systems)
        if (const auto bundle = inputs.find(nameOfInput(input, each.name)); bundle != inputs.end())
            found.emplace_back(each, bundle->second);
    return found;
}

std::vector<std::pair<Subject, std::shared_ptr<const ArrayBundle>>>
StepContext::ofEverySubject(const std::string& input, const System* ofSystem) const {
    const std::string name = ofSystem != nullptr ? nameOfInput(input, ofSystem->name) : input;
    std::vector<std::pair<Subject, std::shared_ptr<const ArrayBundle>>> found;
    for (const Subject& each : subjects)
        if (const auto bundle = inputs.find(nameOfInput(name, each.name)); bundle != inputs.end())
            found.emplace_back(each, bundle->second);
    return found;
}

std::string nameOfInput(const std::string& input, const std::string& systemOrSubject) {
    return input + "/" + systemOrSubject;
}

bool Step::runsFor(SystemSource source) const noexcept {
    return std::find(systems.begin(), systems.end(), source) != systems.end();
}

const Parameter& Step::parameter(const std::string& parameterName) const {
    if (parameters.empty())
        throw ParameterError(
            {.where = name, .what = "this step has no parameters", .found = tercet::quoted(parameterName)});
    return named(parameters, parameterName, name, "parameter of this step");
}

const Step& stepNamed(const std::string& name) { return named(stepTable(), name, "tercet run", "step"); }

} // namespace tercet
