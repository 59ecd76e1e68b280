#include "core/pipeline/result_origin.h"

#include "core/base/hash.h"
#include "core/pipeline/brain_import.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>

namespace tercet {

std::string voxelsOf(const ArrayBundle& arrays) {
    if (const auto known = arrays.attributes.find(kVoxelsAttribute); known != arrays.attributes.end())
        return known->second;
    if (!arrays.contains(scan_arrays::kVoxel) || !arrays.contains(scan_arrays::kAffine))
        return {};
    Hasher hasher;
    hasher.addValues(std::span(arrays.get<double>(scan_arrays::kAffine).values));
    hasher.addValues(std::span(arrays.get<std::int32_t>(scan_arrays::kVoxel).values));
    return hasher.hex();
}

bool areOtherVoxels(const std::string& voxels, const std::string& others) {
    return !voxels.empty() && !others.empty() && voxels != others;
}

bool isMadeFrom(const ArrayBundle& result, const std::string& input, const ArrayBundle& source) {
    const auto inputs = result.attributes.find("inputs"); // as Study::store() keeps them
    if (inputs == result.attributes.end() || source.source.empty())
        return false;
    const auto keys = nlohmann::json::parse(inputs->second, nullptr, false);
    const auto key = keys.find(input);
    // A study names files by their keys.
    return key != keys.end() && *key == std::filesystem::path(source.source).stem().string();
}

} // namespace tercet
