#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tercet {

/// The one spelling of a stimulus id by which files about the same stimuli are matched (SPEC D1): folders and the
/// ending of a video, image or sound file are dropped, and whole numbers are padded to four digits, so that
/// "videos/0007.mp4", "0007" and "7" are the same stimulus "0007".
[[nodiscard]] std::string canonicalStimulusId(std::string_view text);

/// Canonical ids of a list such as "859, 866, 2186-2196, cat.mp4"; a range includes both ends.
/// Throws ParameterError if a range runs backwards.
[[nodiscard]] std::vector<std::string> parseStimulusIds(std::string_view text);

} // namespace tercet
