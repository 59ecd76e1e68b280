#include "core/pipeline/fit_options.h"

#include "core/base/text.h"

namespace tercet {

SposeOptions sposeOptions(const std::map<std::string, std::string>& parameters) {
    const auto count = [&](const char* name) {
        return static_cast<std::size_t>(toInteger(parameters.at(name)).value());
    };
    const auto real = [&](const char* name) { return toNumber(parameters.at(name)).value(); };
    const std::string& rule = parameters.at("stopping");
    return {.components = count("components"),
            .lambda = real("lambda"),
            .rate = real("rate"),
            .batch = count("batch"),
            .epochLimit = count("epochs"),
            .seed = count("seed"),
            .heldOutShare = real("held-out"),
            .stopRule = rule == "slope"      ? StopRule::Slope
                        : rule == "held-out" ? StopRule::HeldOut
                                             : StopRule::EpochLimit,
            .window = count("window")};
}

} // namespace tercet
