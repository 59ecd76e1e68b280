#pragma once

#include <string>
#include <string_view>

namespace tercet {

inline constexpr const char* kXmlBegin = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Text as it may stand in an XML element or attribute. Control characters, for which XML has no place, become spaces.
[[nodiscard]] std::string xmlEscaped(std::string_view text);

} // namespace tercet
