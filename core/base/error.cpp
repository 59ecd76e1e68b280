#include "core/base/error.h"

namespace tercet {
namespace {

std::string sentence(const Fault& fault) {
    std::string text = fault.where;
    const auto append = [&text](const std::string& part, const char* separator) {
        if (part.empty())
            return;
        if (!text.empty())
            text += separator;
        text += part;
    };
    append(fault.what, ": ");
    if (!fault.expected.empty())
        append("expected " + fault.expected, ": ");
    if (!fault.found.empty())
        append("found " + fault.found, fault.expected.empty() ? ": " : ", ");
    append(fault.remedy, "; ");
    if (!text.empty() && text.back() != '.')
        text += '.';
    return text;
}

} // namespace

Error::Error(Fault fault) : std::runtime_error(sentence(fault)), m_fault(std::move(fault)) {}

} // namespace tercet
