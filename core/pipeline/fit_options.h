#pragma once

#include "core/embedding/spose_fit.h"

#include <map>
#include <string>

namespace tercet {

/// The options of a fit from parameters of fit-embedding as text, those of the step or of a stored result.
[[nodiscard]] SposeOptions sposeOptions(const std::map<std::string, std::string>& parameters);

} // namespace tercet
