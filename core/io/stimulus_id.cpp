#include "core/io/stimulus_id.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace tercet {
namespace {

constexpr std::array<std::string_view, 20> kMediaEndings{".mp4",  ".webm", ".mov",  ".avi",  ".mkv",  ".m4v", ".mpg",
                                                         ".mpeg", ".wmv",  ".ogv",  ".jpg",  ".jpeg", ".png", ".gif",
                                                         ".bmp",  ".tif",  ".tiff", ".webp", ".wav",  ".mp3"};

bool allDigits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

std::string canonicalStimulusId(std::string_view text) {
    text = trimmed(text);
    const std::string small = lowered(text);
    for (const std::string_view ending : kMediaEndings)
        if (small.size() > ending.size() && small.ends_with(ending)) {
            text.remove_suffix(ending.size());
            if (const auto slash = text.find_last_of("/\\"); slash != std::string_view::npos)
                text.remove_prefix(slash + 1);
            break;
        }
    if (const auto number = toNumber(text);
        number && text.ends_with(".0") && allDigits(text.substr(0, text.size() - 2)))
        text.remove_suffix(2); // a whole number that a table stored as a fraction
    if (!allDigits(text))
        return std::string(text);
    const auto first = std::min(text.find_first_not_of('0'), text.size() - 1);
    return fmt::format("{:0>4}", text.substr(first));
}

std::vector<std::string> parseStimulusIds(std::string_view text) {
    std::vector<std::string> ids;
    std::string list(text);
    std::ranges::replace(list, '\n', ',');
    for (const std::string_view part : split(list, ',')) {
        const std::string_view entry = trimmed(part);
        if (entry.empty())
            continue;
        const auto dash = entry.find('-');
        const std::string_view low = trimmed(entry.substr(0, dash));
        const std::string_view high = dash == std::string_view::npos ? "" : trimmed(entry.substr(dash + 1));
        if (!allDigits(low) || !allDigits(high)) {
            ids.push_back(canonicalStimulusId(entry));
            continue;
        }
        const auto first = toInteger(low);
        const auto last = toInteger(high);
        if (!first || !last || *first > *last || *last - *first > 10'000'000)
            throw ParameterError(
                {.where = "stimulus ids", .expected = "a range such as 5-9", .found = tercet::quoted(entry)});
        for (std::int64_t id = *first; id <= *last; ++id)
            ids.push_back(canonicalStimulusId(fmt::format("{}", id)));
    }
    return ids;
}

} // namespace tercet
