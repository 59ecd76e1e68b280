#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tercet {

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
[[nodiscard]] std::string lowered(std::string_view text); ///< ASCII only
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// The number that the whole of `text` (spaces around it allowed) spells, "nan" and "inf" included;
/// nothing if it is not one. Independent of the locale.
[[nodiscard]] std::optional<double> toNumber(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::int64_t> toInteger(std::string_view text) noexcept;

/// A number that may end in k, M, B or T: "25 M", "671B", "7e9", "1,300,000".
[[nodiscard]] std::optional<double> toLargeNumber(std::string_view text);
/// 6.71e11 → "671 B", three significant digits.
[[nodiscard]] std::string formatLargeNumber(double value);
/// 7125330 → "7,125,330".
[[nodiscard]] std::string withThousands(std::uint64_t value);
/// (1, "category", "categories") → "1 category", (2180, "stimulus", "stimuli") → "2,180 stimuli".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view one, std::string_view many);
/// 3725.2 → "1 h 2 min", 75 → "1 min 15 s", 4.2 → "4.2 s".
[[nodiscard]] std::string formatDuration(double seconds);
/// 1536 → "1.5 kB".
[[nodiscard]] std::string formatBytes(std::uint64_t bytes);
/// Compares text so that "clip 9" comes before "clip 10"; ASCII letters without regard to case.
[[nodiscard]] bool naturallyLess(std::string_view a, std::string_view b) noexcept;
/// A cell or name as it may stand in a message: quoted, at most 40 characters, control characters shown as "?".
[[nodiscard]] std::string quoted(std::string_view text);

} // namespace tercet
