#include "core/pipeline/run_log.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <fmt/format.h>

namespace tercet {

RunLog::RunLog(std::filesystem::path file) : m_file(std::move(file)) {
    try {
        ArrayBundle all = readArrayFile(m_file);
        for (auto& [name, array] : all.arrays) { // "7.accuracy"
            const auto dot = name.find('.');
            if (const auto number = toInteger(name.substr(0, dot)); number && dot != std::string::npos)
                m_runs[static_cast<std::size_t>(*number)].arrays[name.substr(dot + 1)] = std::move(array);
        }
    } catch (const Error&) {
        m_runs.clear();
    }
}

const ArrayBundle* RunLog::find(std::size_t number) const {
    const auto found = m_runs.find(number);
    return found == m_runs.end() ? nullptr : &found->second;
}

void RunLog::add(std::size_t number, ArrayBundle run) {
    m_runs[number] = std::move(run);
    ArrayBundle all;
    for (const auto& [each, arrays] : m_runs)
        for (const auto& [name, array] : arrays.arrays)
            all.arrays[fmt::format("{}.{}", each, name)] = array;
    writeArrayFile(m_file, all);
}

} // namespace tercet
